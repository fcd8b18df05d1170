/* SPDX-License-Identifier: EUPL-1.2 */
/* Enrolment (docs/directory.md 9): codes, invitations, answers; requests have
 * a test of their own. */
#include "enrolling.h"

/* ---- the one-time code ---------------------------------------------- */

static void
codes_are_fresh(void)
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	char code[1000][ENROL_CODE_TEXT];
	bool seen[ENROL_CODE_TEXT][128] = { { 0 } };
	size_t i, j, wrong = 0, twice = 0, few = 0, n;

	for (i = 0; i < COUNT(code); i++) {
		enrol_code_new(code[i]);
		wrong += strlen(code[i]) != ENROL_CODE_TEXT - 1;
		for (j = 0; j < ENROL_CODE_TEXT - 1; j++) {
			wrong += j % 5 == 4
				     ? code[i][j] != '-'
				     : strchr(letters, code[i][j]) == NULL;
			seen[j][code[i][j] & 127] = true;
		}
		for (j = 0; j < i; j++)
			twice += strcmp(code[i], code[j]) == 0;
	}
	for (j = 0; j < ENROL_CODE_TEXT - 1; j++) {
		for (i = n = 0; i < 128; i++)
			n += seen[j][i];
		few += j % 5 == 4 ? n != 1 : n != 32;
	}
	is(wrong, 0, "a code is three groups of four letters");
	is(twice, 0, "no two are alike");
	is(few, 0, "each of their letters is any of 32");
}

static void
codes_have_many_spellings(void)
{
	static const char *const same_code[] = { "701K22MX9RTA",
		"7o1k-22mx-9rta", "7OLK 22MX 9RTA", "7 0 i k 2 2 m x 9 r t a",
		"7oIk22mx9rta-\r\n", "\t701K--22MX--9RTA " };
	static const char *const other_code[] = { "701K-22MX-9RTB",
		"801K-22MX-9RTA", "22MX-701K-9RTA" };
	uint8_t want[ENROL_KEY], got[ENROL_KEY];
	size_t i, wrong = 0;
	struct err e;

	went(enrol_key(want, bytes_str("701K-22MX-9RTA"), &invited, &e), &e,
	    "a code gives a key");
	for (i = 0; i < COUNT(same_code); i++)
		wrong += enrol_key(got, bytes_str(same_code[i]), &invited,
			     &e) != RC_OK ||
			 memcmp(got, want, sizeof(got)) != 0;
	is(wrong, 0, "the same however it is typed");
	for (i = 0; i < COUNT(other_code); i++)
		wrong += enrol_key(got, bytes_str(other_code[i]), &invited,
			     &e) != RC_OK ||
			 memcmp(got, want, sizeof(got)) == 0;
	is(wrong, 0, "another for another code");
	if (enrol_key(got, bytes_str("701K-22MX-9RTA"), &elsewhere, &e) !=
	    RC_OK)
		bug(e.text);
	ok(memcmp(got, want, sizeof(got)) != 0, "and for another invitation");
}

static void
what_is_no_code_is_refused(void)
{
	static const char *const rows[] = { "", " ", "---", "701K-22MX-9RT",
		"701K-22MX-9RTA0", "701K-22MX-9RTAZ", "701K-22MX",
		"701K-22MX-9RTA-701K", "701K-22MX-9RTU", "701K_22MX_9RTA",
		"701K.22MX.9RTA", "701K-22MX-9RT\xc3\x84", "khóa-của-tỉnh",
		"701K-22MX-9RT*" };
	uint8_t out[ENROL_KEY];
	size_t i, wrong = 0;
	struct err e;

	for (i = 0; i < COUNT(rows); i++)
		if (enrol_key(out, bytes_str(rows[i]), &invited, &e) !=
		    RC_USAGE) {
			note("%s", rows[i]);
			wrong++;
		}
	is(wrong, 0, "12 letters are a code, no more and no fewer (%zu)",
	    COUNT(rows));
	is(enrol_key(out, LIT("701K-22MX-9RT\0"), &invited, &e), RC_USAGE,
	    "a NUL is no letter");
}

/* ---- invitations ---------------------------------------------------- */

static void
invitations_come_back(void)
{
	static const struct {
		enum cert_kind kind;
		const char *address, *escrow;
	} rows[] = {
		{ CERT_AUTHORITY, "antin://muong-nhe.dien-bien.vn", "" },
		{ CERT_STATION, "antin://muong-nhe.dien-bien.vn", "" },
		{ CERT_DESK, "antin://muong-nhe.dien-bien.vn/van-thu",
		    "a certificate" },
		{ CERT_PERSON, "antin://muong-nhe.dien-bien.vn/hanh", "" },
	};
	struct invitation i, back;
	struct buf file;
	size_t n, wrong = 0;
	struct err e;

	for (n = 0; n < COUNT(rows); n++) {
		i = invitation();
		i.rights.kind = rows[n].kind;
		i.rights.path_len = rows[n].kind == CERT_AUTHORITY ? 15 : 0;
		i.address = bytes_str(rows[n].address);
		i.escrow = bytes_str(rows[n].escrow);
		invitation_write(&file, &i, key);
		wrong += invitation_read(&back, buf_bytes(&file), &e) != RC_OK;
		wrong += !id_eq(&i.id, &back.id) ||
			 !bytes_eq(i.address, back.address) ||
			 !bytes_eq(i.name, back.name) ||
			 i.rights.kind != back.rights.kind ||
			 i.rights.level != back.rights.level ||
			 i.rights.precedence != back.rights.precedence ||
			 i.rights.path_len != back.rights.path_len ||
			 i.until != back.until ||
			 !bytes_eq(i.root, back.root) ||
			 !bytes_eq(i.escrow, back.escrow);
		wrong += invitation_verify(&back, key, &e) != RC_OK;
		wrong += invitation_verify(&back, other_key, &e) != RC_DENIED;
		buf_free(&file);
	}
	is(wrong, 0, "invitations of every kind come back, with their code");
}

static enum rc
take_invitation(struct bytes in, const uint8_t *with)
{
	struct invitation i;
	struct err e;
	enum rc rc = invitation_read(&i, in, &e);

	return rc == RC_OK ? invitation_verify(&i, with, &e) : rc;
}

static void
a_changed_invitation_is_refused(void)
{
	struct invitation i = invitation();
	struct buf file;
	size_t n, taken = 0;

	i.escrow = bytes_str("a certificate");
	invitation_write(&file, &i, key);
	for (n = 0; n < file.len * 8; n++) {
		file.p[n / 8] ^= (uint8_t)(1u << n % 8);
		taken += take_invitation(buf_bytes(&file), key) == RC_OK;
		file.p[n / 8] ^= (uint8_t)(1u << n % 8);
	}
	is(taken, 0, "no flipped bit of an invitation is taken (%zu)",
	    file.len * 8);
	for (n = 0; n < file.len; n++)
		taken += take_invitation(bytes_of(file.p, n), key) == RC_OK;
	is(taken, 0, "nor one that is cut off");
	edit(&file, ":", CUT, (struct bytes){ 0 });
	is(take_invitation(buf_bytes(&file), key), RC_DENIED,
	    "nor one whose escrow is left out");
	buf_u8(&file, 0);
	is(take_invitation(buf_bytes(&file), key), RC_INVALID,
	    "nor one with a byte behind it");
	buf_free(&file);
}

/* Its elements: version, id, address, kind, name, level, precedence, depth,
 * until, root, proof. */
static const struct cutting fields[] = {
	{ "version 0", "0", PUT, "020100" },
	{ "version 2", "0", PUT, "020102" },
	{ "an id of 15 bytes", "1", PUT, "040f303132333435363738393031323334" },
	{ "an id of 17 bytes", "1", PUT,
	    "04113031323334353637383930313233343536" },
	{ "no address", "2", CUT, "" },
	{ "an empty address", "2", PUT, "1600" },
	{ "an address in UTF8String", "2", PUT,
	    "0c0e616e74696e3a2f2f612e766e2f62" },
	{ "an address of the web", "2", PUT, "160b687474703a2f2f612e766e" },
	{ "kind 0", "3", PUT, "020100" },
	{ "kind 5", "3", PUT, "020105" },
	{ "kind -1", "3", PUT, "0201ff" },
	{ "a name not in NFC", "4", PUT, "0c0361cc81" },
	{ "a name in two lines", "4", PUT, "0c03610a62" },
	{ "a name that turns around", "4", PUT, "0c0561e280ae62" },
	{ "a name that is not UTF-8", "4", PUT, "0c01ff" },
	{ "no name", "4", CUT, "" },
	{ "level 4", "5", PUT, "020104" },
	{ "precedence 5", "6", PUT, "020105" },
	{ "depth 16", "7", PUT, "020110" },
	{ "a depth that is not minimal", "7", PUT, "02020001" },
	{ "a date on 31 April", "8", PUT,
	    "180f32303237303433313030303030305a" },
	{ "UTCTime", "8", PUT, "170d3237303430313030303030305a" },
	{ "an empty root", "9", PUT, "0400" },
	{ "no root", "9", CUT, "" },
	{ "an empty escrow", "9", AFTER, "8000" },
	{ "an escrow under [1]", "9", AFTER, "810161" },
	{ "an escrow within an element", "9", AFTER, "a003040161" },
	{ "a proof of 31 bytes", ":", PUT,
	    "041f3031323334353637383930313233343536373839303132333435363738"
	    "3930" },
	{ "no proof", ":", CUT, "" },
	{ "something behind the proof", ":", AFTER, "0500" },
	{ "something behind it all", "", AFTER, "0500" },
	{ "a SET", "", PUT, "3100" },
	{ "an indefinite length", "", PUT, "3080" },
};

static void
fields_are_held(void)
{
	struct invitation i = invitation(), back;
	struct buf file;
	size_t n, read = 0;
	struct err e;

	for (n = 0; n < COUNT(fields); n++) {
		invitation_write(&file, &i, key);
		edit(&file, fields[n].path, fields[n].how,
		    hexed(fields[n].with));
		if (invitation_read(&back, buf_bytes(&file), &e) !=
		    RC_INVALID) {
			note("read: %s", fields[n].name);
			read++;
		}
		buf_free(&file);
	}
	is(read, 0, "no invitation outside its form is read (%zu)",
	    COUNT(fields));
}

static void
kinds_have_their_addresses(void)
{
	const bool unit[CERT_KINDS] = {
		[CERT_AUTHORITY] = true, [CERT_STATION] = true
	};
	struct invitation i = invitation(), back;
	struct buf file;
	unsigned kind, desk, wrong = 0;
	struct err e;
	bool good;

	for (kind = 0; kind < CERT_KINDS; kind++)
		for (desk = 0; desk < 2; desk++) {
			i.rights.kind = (enum cert_kind)kind;
			i.address =
			    bytes_str(desk ? "antin://a.vn/b" : "antin://a.vn");
			invitation_write(&file, &i, key);
			good = kind != CERT_CARD && unit[kind] == !desk;
			wrong += (invitation_read(&back, buf_bytes(&file),
				      &e) == RC_OK) != good;
			buf_free(&file);
		}
	is(wrong, 0,
	    "units have stations' addresses, desks and persons "
	    "desks'");
}

static void
invitations_are_held_to_their_limits(void)
{
	struct invitation i = invitation(), back;
	struct buf big = { 0 }, file;
	struct err e;

	(void)buf_grow(&big, CERT_MAX + 1);
	i.root = i.escrow = bytes_of(big.p, CERT_MAX);
	invitation_write(&file, &i, key);
	is(take_invitation(buf_bytes(&file), key), RC_OK,
	    "two certificates of CERT_MAX bytes are invited with");
	buf_free(&file);
	i.root = buf_bytes(&big);
	invitation_write(&file, &i, key);
	is(take_invitation(buf_bytes(&file), key), RC_INVALID,
	    "a root of a byte more is not");
	buf_free(&file);
	buf_free(&big);
	(void)buf_grow(&big, INVITATION_MAX + 1);
	is(invitation_read(&back, buf_bytes(&big), &e), RC_LIMIT,
	    "nor is an invitation over its limit");
	buf_free(&big);
}

/* ---- answers -------------------------------------------------------- */

static enum rc
take_answer(struct bytes in, const uint8_t *with)
{
	struct answer a;
	struct err e;
	enum rc rc = answer_read(&a, in, &e);

	return rc == RC_OK ? answer_verify(&a, with, &e) : rc;
}

static void
answers_come_back(void)
{
	static const uint8_t zeros[ENROL_KEY];
	struct answer a = answer("3003020101"), back;
	struct buf file;
	struct err e;

	answer_write(&file, &a, key);
	went(answer_read(&back, buf_bytes(&file), &e), &e, "an answer is read");
	ok(bytes_eq(a.request, back.request) && bytes_eq(a.certs, back.certs) &&
		bytes_eq(a.directory, back.directory),
	    "as it was written");
	is(answer_verify(&back, key, &e), RC_OK, "under its code");
	is(answer_verify(&back, other_key, &e), RC_DENIED, "and no other");
	buf_free(&file);
	answer_write(&file, &a, NULL);
	went(answer_read(&back, buf_bytes(&file), &e), &e,
	    "one of a renewal is read");
	is(answer_verify(&back, key, &e), RC_DENIED,
	    "and is not taken where a code is wanted");
	is(answer_verify(&back, zeros, &e), RC_DENIED, "not even one of zeros");
	buf_free(&file);
}

static void
a_changed_answer_is_refused(void)
{
	struct answer a = answer("30030201013003020102");
	struct buf file;
	size_t n, taken = 0;

	answer_write(&file, &a, key);
	is(take_answer(buf_bytes(&file), key), RC_OK,
	    "an answer has two certificates");
	for (n = 0; n < file.len * 8; n++) {
		file.p[n / 8] ^= (uint8_t)(1u << n % 8);
		taken += take_answer(buf_bytes(&file), key) == RC_OK;
		file.p[n / 8] ^= (uint8_t)(1u << n % 8);
	}
	is(taken, 0, "no flipped bit of it is taken (%zu)", file.len * 8);
	for (n = 0; n < file.len; n++)
		taken += take_answer(bytes_of(file.p, n), key) == RC_OK;
	is(taken, 0, "nor one that is cut off");
	buf_u8(&file, 0);
	is(take_answer(buf_bytes(&file), key), RC_INVALID,
	    "nor one with a byte behind it");
	buf_free(&file);
}

/* version, request, certificates, directory, proof */
static const struct cutting answer_fields[] = {
	{ "version 0", "0", PUT, "020100" },
	{ "version 2", "0", PUT, "020102" },
	{ "a request's hash of 31 bytes", "1", PUT,
	    "041f3031323334353637383930313233343536373839303132333435363738"
	    "3930" },
	{ "no request", "1", CUT, "" },
	{ "no certificates", "2", CUT, "" },
	{ "none of them", "2", PUT, "3000" },
	{ "three of them", "2", PUT, "3006300030003000" },
	{ "what is no SEQUENCE", "2", PUT, "30020500" },
	{ "a second that is none", "2", PUT, "300430000500" },
	{ "a SET of them", "2", PUT, "31023000" },
	{ "an empty directory", "3", PUT, "0400" },
	{ "no directory", "3", CUT, "" },
	{ "a proof of 31 bytes", "4", PUT,
	    "041f3031323334353637383930313233343536373839303132333435363738"
	    "3930" },
	{ "no proof", "4", CUT, "" },
	{ "something behind the proof", "4", AFTER, "0500" },
	{ "something behind it all", "", AFTER, "0500" },
};

static void
answer_fields_are_held(void)
{
	struct answer a = answer("3003020101"), back;
	struct buf file;
	size_t n, read = 0;
	struct err e;

	for (n = 0; n < COUNT(answer_fields); n++) {
		answer_write(&file, &a, key);
		edit(&file, answer_fields[n].path, answer_fields[n].how,
		    hexed(answer_fields[n].with));
		if (answer_read(&back, buf_bytes(&file), &e) != RC_INVALID) {
			note("read: %s", answer_fields[n].name);
			read++;
		}
		buf_free(&file);
	}
	is(read, 0, "no answer outside its form is read (%zu)",
	    COUNT(answer_fields));
	is(answer_read(&back, bytes_of("", (size_t)ANSWER_MAX + 1), &e),
	    RC_LIMIT, "nor is one over its limit");
}

/* ---- proofs --------------------------------------------------------- */

/* Each message under each purpose: only its own holds. */
static void
no_proof_is_of_another_message(void)
{
	static const char *const purposes[] = { "antin enrol invitation",
		"antin enrol request", "antin enrol answer", "antin enrol",
		"" };
	struct invitation i = invitation();
	struct answer a = answer("3003020101");
	struct buf invite, reply, asks;
	size_t n, wrong = 0;
	struct err e;

	invitation_write(&invite, &i, key);
	answer_write(&reply, &a, key);
	request_make(&asks, SENDER, key);
	for (n = 0; n < COUNT(purposes); n++) {
		struct request r;

		put_proof(&invite, ":", purposes[n]);
		put_proof(&reply, "4", purposes[n]);
		put_proof(&asks, "4", purposes[n]);
		wrong += take_invitation(buf_bytes(&invite), key) !=
			 (n == 0 ? RC_OK : RC_DENIED);
		wrong += take_answer(buf_bytes(&reply), key) !=
			 (n == 2 ? RC_OK : RC_DENIED);
		wrong +=
		    request_read(&r, buf_bytes(&asks), &e) != RC_OK ||
		    request_verify(&r, key, &e) != (n == 1 ? RC_OK : RC_DENIED);
		request_free(&r);
	}
	is(wrong, 0, "a proof holds for the message it was made for");
	buf_free(&invite);
	buf_free(&reply);
	buf_free(&asks);
}

int
main(void)
{
	desks_make();
	codes_make();
	codes_are_fresh();
	codes_have_many_spellings();
	what_is_no_code_is_refused();
	invitations_come_back();
	a_changed_invitation_is_refused();
	fields_are_held();
	kinds_have_their_addresses();
	invitations_are_held_to_their_limits();
	answers_come_back();
	a_changed_answer_is_refused();
	answer_fields_are_held();
	no_proof_is_of_another_message();
	desks_free();
	return done();
}
