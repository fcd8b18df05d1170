/* SPDX-License-Identifier: EUPL-1.2 */
/* Requests of enrolment and renewal (docs/directory.md 9.2, 9.3, 9.5). */
#include "core/checkwords.h"
#include "crypto/pem.h"
#include "enrolling.h"

#define LABEL "CERTIFICATE"

/* Read; ends the test where a refused one left something. */
static enum rc
read_it(struct request *out, struct bytes in, struct err *e)
{
	enum rc rc;

	memset(out, 0xa5, sizeof(*out));
	rc = request_read(out, in, e);
	if (rc != RC_OK &&
	    (out->card.sign_der.p != NULL || out->card.pub != NULL ||
		out->card_pem.p != NULL || out->proof.p != NULL))
		bug("a refused request left something");
	return rc;
}

/* Read it and hold it to its code. */
static enum rc
take(struct bytes in, const uint8_t *with)
{
	struct request r;
	struct err e;
	enum rc rc = read_it(&r, in, &e);

	if (rc == RC_OK)
		rc = request_verify(&r, with, &e);
	request_free(&r);
	return rc;
}

/* ... to the key it renews. */
static enum rc
take_renewal(struct bytes in, enum who earlier)
{
	struct request r;
	struct err e;
	enum rc rc = read_it(&r, in, &e);

	if (rc == RC_OK)
		rc = request_verify_renewal(&r, desks[earlier].card.pub, &e);
	request_free(&r);
	return rc;
}

/* A request under the code with this card, which is freed. */
static void
request_of(struct buf *out, struct buf *card)
{
	const struct request r = {
		.invitation = invited, .at = NOW, .card_pem = buf_bytes(card)
	};

	request_write(out, &r, key, NULL);
	buf_free(card);
}

/* ---- what is good --------------------------------------------------- */

static void
requests_come_back(void)
{
	static const enum who all[] = { SENDER, B_SENDER, CLERK };
	struct request r = { .invitation = invited, .at = NOW }, back;
	struct buf card, file;
	size_t i, wrong = 0;
	struct err e;

	for (i = 0; i < 2 * COUNT(all); i++) {
		const struct card *c = &desks[all[i / 2]].card;

		card_write(&card, c);
		r.card_pem = buf_bytes(&card);
		r.escrow = bytes_str(i % 2 ? "an escrow" : "");
		request_write(&file, &r, key, NULL);
		wrong += read_it(&back, buf_bytes(&file), &e) != RC_OK;
		wrong += !id_eq(&back.invitation, &invited) || back.at != NOW ||
			 !bytes_eq(back.card_pem, r.card_pem) ||
			 !bytes_eq(back.escrow, r.escrow) ||
			 back.earlier.len != 0 ||
			 memcmp(back.card.sign_cert, c->sign_cert,
			     SHA256_SIZE) != 0 ||
			 back.card.has_kem != c->has_kem;
		wrong += request_verify(&back, key, &e) != RC_OK;
		wrong += request_verify(&back, other_key, &e) != RC_DENIED;
		wrong += request_verify_renewal(&back, c->pub, &e) != RC_DENIED;
		request_free(&back);
		buf_free(&file);
		buf_free(&card);
	}
	is(wrong, 0,
	    "requests of desks and persons come back, with their "
	    "code");
}

static void
renewals_come_back(void)
{
	static const enum who all[] = { SENDER, B_SENDER, CLERK };
	struct buf file;
	size_t i, j, wrong = 0, by_code = 0;

	for (i = 0; i < COUNT(all); i++) {
		request_make(&file, all[i], NULL);
		for (j = 0; j < COUNT(all); j++)
			wrong += take_renewal(buf_bytes(&file), all[j]) !=
				 (i == j ? RC_OK : RC_DENIED);
		by_code += take(buf_bytes(&file), key) != RC_DENIED;
		buf_free(&file);
	}
	is(wrong, 0, "a renewal holds under the key it renews, and no other");
	is(by_code, 0, "and under no code");
}

/* ---- for what a request is ------------------------------------------ */

static void
a_request_is_for_one_thing(void)
{
	static const struct {
		enum rc want;
		const char *name;
	} outcomes[] = {
		{ RC_INVALID, "a request for nothing is refused" },
		{ RC_OK, "one for an invitation is read" },
		{ RC_OK, "one for an earlier certificate is read" },
		{ RC_INVALID, "one for both is refused" },
	};
	const struct bytes hash = bytes_of(desks[SENDER].card.sign_cert, 32);
	struct request r = { .at = NOW };
	struct buf card, file;
	struct request back;
	struct err e;
	unsigned i;

	card_write(&card, &desks[SENDER].card);
	r.card_pem = buf_bytes(&card);
	for (i = 0; i < 4; i++) {
		r.invitation = i & 1 ? invited : (struct id){ { 0 } };
		r.earlier = i & 2 ? hash : (struct bytes){ 0 };
		request_write(&file, &r, i & 1 ? key : NULL, &desks[SENDER]);
		is(read_it(&back, buf_bytes(&file), &e), outcomes[i].want, "%s",
		    outcomes[i].name);
		request_free(&back);
		buf_free(&file);
	}
	buf_free(&card);
}

/* Another certificate than was signed for, another invitation: denied. */
static void
what_it_is_for_is_not_changed(void)
{
	struct buf file;

	request_make(&file, SENDER, NULL);
	edit(&file, "4", PUT,
	    made(DER_CTX(1), bytes_of(desks[READER].card.sign_cert, 32)));
	is(take_renewal(buf_bytes(&file), SENDER), RC_DENIED,
	    "a renewal of another certificate was not signed");
	buf_free(&file);
	request_make(&file, SENDER, key);
	edit(&file, "1", PUT, made(DER_OCTETS, id_bytes(&elsewhere)));
	is(take(buf_bytes(&file), key), RC_DENIED,
	    "a request for another invitation has no proof");
	buf_free(&file);
}

static void
a_signature_is_no_code(void)
{
	const struct request r = { .invitation = invited, .at = NOW };
	struct request s = r;
	struct buf card, file;

	card_write(&card, &desks[SENDER].card);
	s.card_pem = buf_bytes(&card);
	request_write(&file, &s, NULL, &desks[SENDER]);
	is(take(buf_bytes(&file), key), RC_DENIED,
	    "a request for an invitation that is signed is denied");
	is(take_renewal(buf_bytes(&file), SENDER), RC_DENIED,
	    "and is no renewal");
	buf_free(&file);
	s.invitation = (struct id){ { 0 } };
	s.earlier = bytes_of(desks[SENDER].card.sign_cert, 32);
	request_write(&file, &s, key, NULL);
	is(take(buf_bytes(&file), key), RC_DENIED, "so is a renewal by a code");
	is(take_renewal(buf_bytes(&file), SENDER), RC_DENIED,
	    "which its key does not sign");
	buf_free(&file);
	buf_free(&card);
}

/* What else the key signs is no request: the context differs. */
static void
other_signatures_are_no_renewals(void)
{
	static const char *const contexts[] = { "", "antin", "antin checkpoint",
		"antin link", "antin enrol " };
	uint8_t sig[SIG_MAX];
	struct buf file;
	struct request r;
	size_t i, len, held = 0;
	struct err e;

	request_make(&file, SENDER, NULL);
	if (read_it(&r, buf_bytes(&file), &e) != RC_OK)
		bug(e.text);
	for (i = 0; i < COUNT(contexts); i++) {
		len = sig_sign(desks[SENDER].sig, bytes_str(contexts[i]),
		    r.signed_part, sig);
		r.proof = bytes_of(sig, len);
		held += request_verify_renewal(
			    &r, desks[SENDER].card.pub, &e) == RC_OK;
	}
	is(held, 0, "a signature under another context renews nothing");
	request_free(&r);
	buf_free(&file);
}

/* ---- the card within ------------------------------------------------ */

static enum rc
take_card(struct buf *card)
{
	struct buf file;
	enum rc rc;

	request_of(&file, card);
	rc = take(buf_bytes(&file), key);
	buf_free(&file);
	return rc;
}

/* The reader's keys, certified by an authority. */
static void
issued_card(struct buf *out)
{
	const struct card *c = &desks[READER].card;
	struct cert_request q = { .name = c->sign.name,
		.address = c->sign.address,
		.rights = { CERT_DESK, LEVEL_MAT, PRECEDENCE_KHAN, 0 },
		.from = NOW,
		.until = NOW + TIME_DAY,
		.use = CERT_SIGN,
		.sig = c->sign.sig,
		.pub = c->sign.pub,
		.issuer = bytes_str("Xã Mường Nhé") };
	struct buf der;

	*out = (struct buf){ 0 };
	cert_write(&der, &q, desks[B_SENDER].sig);
	pem_write(out, LABEL, buf_bytes(&der));
	buf_free(&der);
	q.use = CERT_KEM;
	q.sig = NULL;
	q.kem = c->kem.kem;
	q.pub = c->kem.pub;
	cert_write(&der, &q, desks[B_SENDER].sig);
	pem_write(out, LABEL, buf_bytes(&der));
	buf_free(&der);
}

/* The first certificate of one and the second of another. */
static void
mixed_card(struct buf *out, enum who sign, enum who kem)
{
	*out = (struct buf){ 0 };
	pem_write(out, LABEL, buf_bytes(&desks[sign].card.sign_der));
	pem_write(out, LABEL, buf_bytes(&desks[kem].card.kem_der));
}

static void
only_ones_own_card_is_taken(void)
{
	struct buf card, der = { 0 };

	issued_card(&card);
	is(take_card(&card), RC_INVALID, "a card that was issued is refused");
	card_write(&card, &desks[TOOL].card);
	is(take_card(&card), RC_INVALID,
	    "a card of a suite for foreign tools is refused");
	mixed_card(&card, SENDER, READER);
	is(take_card(&card), RC_INVALID, "a card of two holders is refused");
	buf_add(&der, buf_bytes(&desks[READER].card.sign_der));
	der.p[der.len - 1] ^= 1;
	pem_write(&card, LABEL, buf_bytes(&der));
	is(take_card(&card), RC_DENIED,
	    "a card whose signature does not hold is refused");
	buf_free(&der);
	card = (struct buf){ 0 };
	pem_write(&card, LABEL, buf_bytes(&desks[READER].card.kem_der));
	is(take_card(&card), RC_INVALID, "so is a KEM key alone");
	card = (struct buf){ 0 };
	buf_add(&card, bytes_str("no card"));
	ok(take_card(&card) != RC_OK, "and what is no card");
}

/* A composite signature key that vouches for a KEM key that is none. */
static void
both_keys_are_composite(void)
{
	const struct card *r = &desks[READER].card;
	struct cert_request q = { .name = r->sign.name,
		.address = r->sign.address,
		.from = r->sign.from,
		.until = r->sign.until,
		.use = CERT_KEM,
		.kem = desks[TOOL].card.kem.kem,
		.pub = desks[TOOL].card.kem.pub,
		.issuer = r->sign.name };
	struct buf card = { 0 }, der;

	pem_write(&card, LABEL, buf_bytes(&r->sign_der));
	cert_write(&der, &q, desks[READER].sig);
	pem_write(&card, LABEL, buf_bytes(&der));
	is(take_card(&card), RC_INVALID,
	    "a KEM key of a suite for foreign tools is refused, whoever "
	    "vouches for it");
	buf_free(&der);
}

/* ---- changes -------------------------------------------------------- */

static void
a_changed_request_is_refused(void)
{
	struct buf file;
	size_t bit, taken = 0, tried = 0, head = 200 * 8, tail;

	request_make(&file, SENDER, key);
	tail = (file.len - ENROL_KEY - 2) * 8;
	for (bit = 0; bit < file.len * 8;
	     bit += bit < head || bit >= tail ? 1 : 89) {
		file.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		taken += take(buf_bytes(&file), key) == RC_OK;
		file.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		tried++;
	}
	is(taken, 0, "no flipped bit of a request is taken (%zu)", tried);
	for (bit = 0; bit < file.len; bit += bit < 200 ? 1 : 37)
		taken += take(bytes_of(file.p, bit), key) == RC_OK;
	is(taken, 0, "nor one that is cut off");
	buf_u8(&file, 0);
	is(take(buf_bytes(&file), key), RC_INVALID,
	    "nor one with a byte behind it");
	buf_free(&file);
	request_make(&file, SENDER, NULL);
	for (bit = tried = 0; bit < file.len * 8;
	     bit += bit < 64 * 8 ? 3 : 241, tried++) {
		file.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		taken += take_renewal(buf_bytes(&file), SENDER) == RC_OK;
		file.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	is(taken, 0, "no flipped bit of a renewal is taken (%zu)", tried);
	buf_free(&file);
}

/* version, invitation, time, card, proof */
static const struct cutting fields[] = {
	{ "version 0", "0", PUT, "020100" },
	{ "version 2", "0", PUT, "020102" },
	{ "an invitation of 15 bytes", "1", PUT,
	    "040f303132333435363738393031323334" },
	{ "no invitation", "1", CUT, "" },
	{ "an invitation of zeros", "1", PUT,
	    "041000000000000000000000000000000000" },
	{ "a date on 31 April", "2", PUT,
	    "180f32303237303433313030303030305a" },
	{ "no date", "2", CUT, "" },
	{ "no card", "3", CUT, "" },
	{ "an empty card", "3", PUT, "0400" },
	{ "an empty escrow", "3", AFTER, "8000" },
	{ "an earlier certificate of 3 bytes", "3", AFTER, "8103303132" },
	{ "something under [2]", "3", AFTER, "820161" },
	{ "a proof of 3 bytes", "4", PUT, "0403303132" },
	{ "no proof", "4", CUT, "" },
	{ "something behind the proof", "4", AFTER, "0500" },
	{ "something behind it all", "", AFTER, "0500" },
	{ "a SET", "", PUT, "3100" },
};

static void
fields_are_held(void)
{
	struct buf file;
	struct request r;
	size_t n, read = 0;
	struct err e;

	for (n = 0; n < COUNT(fields); n++) {
		request_make(&file, SENDER, key);
		edit(&file, fields[n].path, fields[n].how,
		    hexed(fields[n].with));
		if (read_it(&r, buf_bytes(&file), &e) != RC_INVALID) {
			note("read: %s", fields[n].name);
			read++;
		}
		request_free(&r);
		buf_free(&file);
	}
	is(read, 0, "no request outside its form is read (%zu)", COUNT(fields));
	(void)buf_grow(&file, REQUEST_MAX + 1);
	is(read_it(&r, buf_bytes(&file), &e), RC_LIMIT,
	    "nor is one over its limit");
	buf_free(&file);
}

/* ---- words ---------------------------------------------------------- */

static size_t
words_in(struct bytes text)
{
	size_t i, n = text.len > 0;

	for (i = 0; i < text.len; i++)
		n += text.p[i] == ' ';
	return n;
}

static void
words_stand_for_the_request(void)
{
	struct buf file, words, again, back;
	uint8_t hash[SHA256_SIZE];
	struct request r;
	struct bytes bad;
	size_t i, same_words = 0;
	struct err e;

	request_make(&file, SENDER, key);
	if (read_it(&r, buf_bytes(&file), &e) != RC_OK)
		bug(e.text);
	sha256(hash, buf_bytes(&file));
	same(bytes_of(r.hash, SHA256_SIZE), bytes_of(hash, SHA256_SIZE),
	    "a request's hash is over all of it");
	request_words(&words, r.hash);
	request_words(&again, hash);
	same(buf_bytes(&words), buf_bytes(&again), "its words stay the same");
	is(words_in(buf_bytes(&words)), ENROL_WORDS, "they are %d",
	    ENROL_WORDS);
	ok(checkwords_parse(&back, buf_bytes(&words), &bad) &&
		bytes_eq(buf_bytes(&back), bytes_of(hash, 8)),
	    "and stand for its first 8 bytes");
	buf_free(&again);
	for (i = 0; i < 64; i++) {
		hash[i / 8] ^= (uint8_t)(1u << i % 8);
		request_words(&again, hash);
		same_words += bytes_eq(buf_bytes(&words), buf_bytes(&again));
		hash[i / 8] ^= (uint8_t)(1u << i % 8);
		buf_free(&again);
	}
	is(same_words, 0, "another bit gives other words");
	request_free(&r);
	buf_free(&words);
	buf_free(&back);
	buf_free(&file);
}

int
main(void)
{
	desks_make();
	codes_make();
	requests_come_back();
	renewals_come_back();
	a_request_is_for_one_thing();
	what_it_is_for_is_not_changed();
	a_signature_is_no_code();
	other_signatures_are_no_renewals();
	only_ones_own_card_is_taken();
	both_keys_are_composite();
	a_changed_request_is_refused();
	fields_are_held();
	words_stand_for_the_request();
	desks_free();
	return done();
}
