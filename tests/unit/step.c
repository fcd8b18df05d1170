/* SPDX-License-Identifier: EUPL-1.2 */
/* The signed statement and its opening (docs/registry.md 2.2 to 2.5): one
 * spelling, and nothing that is not of the form. */
#include "clerks.h"

static const uint8_t salt[STEP_SALT] = { 1, 2, 3 };

static struct step
a_step(void)
{
	struct step s = {
		.number = 3,
		.at = at("2026-11-22T03:45:00Z"),
		.action = ACTION_NUMBER,
		.person = bytes_str(HOST "hoa"),
		.desk = bytes_str(DESK),
		.role = ROLE_CLERK,
		.level = LEVEL_MAT,
		.rules = bytes_str("2026-03-27.0123456789abcdef"),
	};

	memset(s.document.b, 9, ID_SIZE);
	memset(s.previous, 8, SHA256_SIZE);
	memset(s.cert, 7, SHA256_SIZE);
	memset(s.commitment, 6, SHA256_SIZE);
	return s;
}

static bool
same_step(const struct step *a, const struct step *b)
{
	return id_eq(&a->document, &b->document) && a->number == b->number &&
	       memcmp(a->previous, b->previous, SHA256_SIZE) == 0 &&
	       a->at == b->at && a->own_clock == b->own_clock &&
	       a->action == b->action && bytes_eq(a->person, b->person) &&
	       memcmp(a->cert, b->cert, SHA256_SIZE) == 0 &&
	       bytes_eq(a->desk, b->desk) && a->role == b->role &&
	       a->level == b->level && bytes_eq(a->rules, b->rules) &&
	       memcmp(a->commitment, b->commitment, SHA256_SIZE) == 0;
}

static void
what_is_written_is_read(void)
{
	struct step s = a_step(), back;
	struct buf out;
	struct err e;

	step_write(&out, &s);
	went(step_read(&back, buf_bytes(&out), &e), &e, "a step is read");
	ok(same_step(&s, &back), "all of it as it was written");
	buf_free(&out);
	s.own_clock = true;
	step_write(&out, &s);
	ok(step_read(&back, buf_bytes(&out), &e) == RC_OK && back.own_clock,
	    "a clock of its own is told");
	ok(out.len <= STEP_MAX, "a step fits its limit");
	buf_free(&out);
}

/* Whatever one byte is changed, what is still read is written as it came. */
static void
there_is_one_spelling(void)
{
	struct step s = a_step(), back;
	unsigned two = 0, read = 0, cut = 0;
	struct buf out, again;
	struct err e;
	uint8_t was;
	size_t i;
	int v;

	step_write(&out, &s);
	for (i = 0; i < out.len; i++) {
		was = out.p[i];
		for (v = 0; v < 256; v++) {
			out.p[i] = (uint8_t)v;
			if (step_read(&back, buf_bytes(&out), &e) != RC_OK)
				continue;
			read++;
			step_write(&again, &back);
			two += !bytes_eq(buf_bytes(&again), buf_bytes(&out));
			buf_free(&again);
		}
		out.p[i] = was;
		cut += step_read(&back, bytes_of(out.p, i), &e) == RC_OK;
	}
	ok(read > out.len, "a changed byte may make another step");
	is(two, 0, "but none that has two spellings");
	is(cut, 0, "nothing that was cut off is a step");
	buf_u8(&out, 0);
	is(step_read(&back, buf_bytes(&out), &e), RC_INVALID,
	    "nor what has a byte too many");
	buf_free(&out);
}

/* A form of a step that a hostile writer makes; n says which fault it has. */
static void
write_hostile(struct buf *out, unsigned fault)
{
	struct der_wr w = { 0 };
	const struct step s = a_step();
	uint8_t zeros[SHA256_SIZE] = { 0 };

	der_put_open(&w, DER_SEQUENCE);
	der_put_uint(&w, fault == 1 ? 2 : 1);
	der_put_octets(&w, bytes_of(s.document.b, fault == 2 ? 15 : 16));
	der_put_uint(&w, fault == 3 ? STEP_NUMBERS : fault == 4 ? 0 : 3);
	der_put_octets(
	    &w, bytes_of(fault == 5 ? zeros : s.previous, SHA256_SIZE));
	der_put_time(&w, s.at);
	if (fault == 6)
		der_put_bool(&w, false);
	der_put_uint(&w, fault == 7   ? 0
			 : fault == 8 ? ACTIONS
			 : fault == 9 ? ACTION_DRAFT
				      : ACTION_NUMBER);
	der_put(&w, DER_IA5, fault == 10 ? bytes_str("hoa") : s.person);
	der_put_octets(&w, bytes_of(s.cert, fault == 11 ? 31 : 32));
	der_put(&w, DER_IA5,
	    fault == 12 ? bytes_str("antin://dien-bien.vn") : s.desk);
	der_put_uint(&w, fault == 13 ? ROLES : s.role);
	der_put_uint(&w, fault == 14 ? LEVELS : s.level);
	der_put(&w, DER_UTF8, fault == 15 ? bytes_str("") : s.rules);
	der_put_octets(&w, bytes_of(s.commitment, SHA256_SIZE));
	if (fault == 16)
		der_put_bool(&w, true);
	der_put_close(&w);
	*out = w.out;
}
#define FAULTS 16u

static void
hostile_steps_are_refused(void)
{
	unsigned n, read = 0;
	struct step back;
	struct buf out;
	struct err e;

	write_hostile(&out, 0);
	is(step_read(&back, buf_bytes(&out), &e), RC_OK,
	    "without a fault it is a step");
	buf_free(&out);
	for (n = 1; n <= FAULTS; n++) {
		write_hostile(&out, n);
		if (step_read(&back, buf_bytes(&out), &e) == RC_OK) {
			note("fault %u is read", n);
			read++;
		}
		buf_free(&out);
	}
	is(read, 0, "with any of %u faults it is none", FAULTS);
}

/* ---- fields ---------------------------------------------------------------
 */

static void
fields_are_kept_in_their_order(void)
{
	struct fields f = { .count = 0 }, back;
	struct buf one, two;
	struct err e;

	fields_put(&f, ACTION_SEND, FIELD_DIGEST, bytes_str(HASH_B));
	fields_put(&f, ACTION_SEND, FIELD_DISPATCH, bytes_str(SOME_ID));
	fields_put(&f, ACTION_SEND, FIELD_DIGEST, bytes_str(HASH_A));
	is(f.count, 2, "the same field again takes the place of the first");
	ok(f.of[0].name == FIELD_DISPATCH,
	    "fields stand as the table has them");
	opening_write(&one, salt, ACTION_SEND, &f);
	went(opening_read(&back, ACTION_SEND, buf_bytes(&one), &e), &e,
	    "an opening is read");
	opening_write(&two, salt, ACTION_SEND, &back);
	same(buf_bytes(&two), buf_bytes(&one), "and written the same again");
	is(opening_read(&back, ACTION_NUMBER, buf_bytes(&one), &e), RC_INVALID,
	    "it is none of another action");
	buf_free(&one);
	buf_free(&two);
}

/* An opening with these pairs, as anybody may write it. */
static void
write_pairs(struct buf *out, const char *const *pairs)
{
	struct der_wr w = { 0 };

	buf_add(&w.out, bytes_of(salt, STEP_SALT));
	der_put_open(&w, DER_SEQUENCE);
	for (; pairs[0] != NULL; pairs += 2) {
		der_put_open(&w, DER_SEQUENCE);
		der_put(&w, DER_IA5, bytes_str(pairs[0]));
		der_put(&w, DER_UTF8, bytes_str(pairs[1]));
		der_put_close(&w);
	}
	der_put_close(&w);
	*out = w.out;
}

static enum rc
reads_pairs(enum action a, const char *const *pairs)
{
	struct fields back;
	struct buf out;
	struct err e;
	enum rc rc;

	write_pairs(&out, pairs);
	rc = opening_read(&back, a, buf_bytes(&out), &e);
	buf_free(&out);
	return rc;
}

static void
hostile_fields_are_refused(void)
{
#define SEND(...) ((const char *const[]){ __VA_ARGS__, NULL })
	is(reads_pairs(
	       ACTION_SEND, SEND("dispatch", SOME_ID, "digest", HASH_A)),
	    RC_OK, "fields of an action are read");
	is(reads_pairs(
	       ACTION_SEND, SEND("digest", HASH_A, "dispatch", SOME_ID)),
	    RC_INVALID, "in another order they are not");
	is(reads_pairs(ACTION_SEND, SEND("dispatch", SOME_ID)), RC_INVALID,
	    "nor where one that is needed lacks at the end");
	is(reads_pairs(ACTION_SEND, SEND("digest", HASH_A)), RC_INVALID,
	    "or before");
	is(reads_pairs(ACTION_SEND, SEND("dispatch", SOME_ID, "dispatch",
					SOME_ID, "digest", HASH_A)),
	    RC_INVALID, "nor one that comes twice");
	is(reads_pairs(ACTION_SEND,
	       SEND("dispatch", SOME_ID, "digest", HASH_A, "level", "mat")),
	    RC_INVALID, "nor one of another action");
	is(reads_pairs(ACTION_SEND,
	       SEND("dispatch", SOME_ID, "digest", HASH_A, "x", "y")),
	    RC_INVALID, "nor one that nobody knows");
	is(reads_pairs(ACTION_SEND, SEND("dispatch", "", "digest", HASH_A)),
	    RC_INVALID, "nor an empty one");
#undef SEND
}

struct value {
	enum field_name name;
	const char *text;
	bool good;
};

static void
values_have_their_form(void)
{
	static const struct value values[] = {
		{ FIELD_PAGES, "0", true },
		{ FIELD_PAGES, "12", true },
		{ FIELD_PAGES, "012", false },
		{ FIELD_PAGES, "-1", false },
		{ FIELD_PAGES, "1 ", false },
		{ FIELD_PAGES, "100001", false },
		{ FIELD_PAGES, "18446744073709551617", false },
		{ FIELD_COPIES, "0", false },
		{ FIELD_LEVEL, "mat", true },
		{ FIELD_LEVEL, "MAT", false },
		{ FIELD_LEVEL, "secret", false },
		{ FIELD_PRECEDENCE, "hoa-toc", true },
		{ FIELD_PRECEDENCE, "hoả-tốc", false },
		{ FIELD_COPYING, "yes", true },
		{ FIELD_COPYING, "maybe", false },
		{ FIELD_UNTIL, "2030-02-28", true },
		{ FIELD_UNTIL, "2030-02-29", false },
		{ FIELD_UNTIL, "28/02/2030", false },
		{ FIELD_DUE, "2026-11-22T03:45:00Z", true },
		{ FIELD_DUE, "2026-11-22T10:45:00+07:00", false },
		{ FIELD_DUE, "2026-11-22", false },
		{ FIELD_CONTENT, HASH_A, true },
		{ FIELD_CONTENT, SOME_ID, false },
		{ FIELD_DISPATCH, "0123456789ABCDEF0123456789ABCDEF", false },
		{ FIELD_TYPE, "nghi-quyet", true },
		{ FIELD_TYPE, "Nghị quyết", false },
		{ FIELD_ABSTRACT, "Về việc kiểm tra", true },
		{ FIELD_ABSTRACT,
		    "Ve\xcc\x82\xcc\x80 vie\xcc\xa3\xcc\x82"
		    "c",
		    false },
		{ FIELD_ABSTRACT, " Về việc", false },
		{ FIELD_ABSTRACT, "Về\nviệc", false },
		{ FIELD_ABSTRACT, "Về\xe2\x80\xaeviệc", false },
		{ FIELD_ABSTRACT, "V\xff", false },
		{ FIELD_RECIPIENTS, "UBND tỉnh; Sở Nội vụ", true },
		{ FIELD_RECIPIENTS, "UBND tỉnh; UBND tỉnh", false },
		{ FIELD_RECIPIENTS, "UBND tỉnh;Sở Nội vụ", false },
		{ FIELD_RECIPIENTS, "UBND tỉnh; ", false },
		{ FIELD_RECIPIENTS, "; UBND tỉnh", false },
		{ FIELD_KEY, "K-2026/17", true },
		{ FIELD_KEY, SOME_ID, false },
	};
	const struct value *v;
	struct err e;
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		v = &values[i];
		ok((field_check(&(struct field){ v->name, bytes_str(v->text) },
			&e) == RC_OK) == v->good,
		    "\"%s\" is %s", field_row(v->name)->word,
		    v->good ? "taken" : "refused");
	}
}

static void
the_table_is_whole(void)
{
	unsigned a, rows = 0, bad = 0;
	enum field_name f;
	enum action back;
	size_t i, j;

	for (a = ACTION_DRAFT; a < ACTIONS; a++) {
		const struct action_row *row = action_row(a);

		rows +=
		    action_by_word(&back, bytes_str(row->word)) && back == a;
		for (i = 0; i < row->field_count; i++)
			for (j = 0; j < i; j++)
				bad +=
				    row->fields[i].name == row->fields[j].name;
		bad += row->field_count > ACTION_FIELDS;
	}
	is(rows, ACTIONS - ACTION_DRAFT, "each action has a word of its own");
	is(bad, 0, "none has a field twice");
	ok(action_row(0) == NULL && action_row(ACTIONS) == NULL,
	    "there are no others");
	for (i = 0; i < FIELD_COUNT; i++)
		bad += !field_by_word(&f,
			   bytes_str(field_row((enum field_name)i)->word)) ||
		       f != i;
	is(bad, 0, "each field has a word of its own");
}

/* ---- signatures -----------------------------------------------------------
 */

/* A person's certificate under a key of his own making. */
static void
certify(struct buf *der, struct sig_key *key, enum cert_kind kind,
    const char *address)
{
	struct cert_request r = {
		.name = bytes_str("Lê Thị Hoa"),
		.address = bytes_str(address),
		.rights = { kind, LEVEL_MAT, PRECEDENCE_KHAN, 0 },
		.from = at("2026-01-01"),
		.until = at("2027-01-01"),
		.use = CERT_SIGN,
		.sig = sig_key_alg(key),
		.pub = sig_key_pub(key),
		.issuer = bytes_str("Xã"),
	};

	cert_write(der, &r, key);
}

/* Sign what a_step() says under this certificate, changed; how it holds. */
static enum rc
holds(enum cert_kind kind, const char *address, const char *when, bool other,
    bool flip, bool again)
{
	const struct sig_alg *alg = sig_by_name("MLDSA65-Ed25519");
	struct sig_key *key, *second;
	uint8_t signature[SIG_MAX];
	struct step s = a_step();
	struct buf der = { 0 }, out;
	struct cert cert;
	struct err e;
	size_t len;
	enum rc rc;

	if (alg == NULL)
		bug("no such algorithm");
	key = sig_generate(alg);
	second = sig_generate(alg);
	certify(&der, key, kind, address);
	if (cert_parse(&cert, buf_bytes(&der), &e) != RC_OK)
		bug(e.text);
	s.at = at(when);
	cert_fingerprint(s.cert, buf_bytes(&der));
	step_write(&out, &s);
	len = step_sign(other ? second : key, buf_bytes(&out), signature);
	if (flip)
		out.p[out.len - 1] ^= 1;
	if (again) { /* the same key, certified once more */
		buf_free(&der);
		certify(&der, key, kind, address);
		if (cert_parse(&cert, buf_bytes(&der), &e) != RC_OK)
			bug(e.text);
	}
	rc = step_holds(buf_bytes(&out), bytes_of(signature, len), &cert, &e);
	buf_free(&out);
	buf_free(&der);
	sig_key_free(key);
	sig_key_free(second);
	return rc;
}

static void
a_step_is_its_persons(void)
{
	const char *day = "2026-11-22";

	is(holds(CERT_PERSON, HOST "hoa", day, false, false, false), RC_OK,
	    "a step holds under its person's certificate");
	is(holds(CERT_PERSON, HOST "hoa", day, true, false, false), RC_DENIED,
	    "not under another key");
	is(holds(CERT_PERSON, HOST "hoa", day, false, true, false), RC_DENIED,
	    "not where a bit was changed");
	is(holds(CERT_PERSON, HOST "lan", day, false, false, false), RC_DENIED,
	    "not under the certificate of another person");
	is(holds(CERT_PERSON, HOST "hoa", day, false, false, true), RC_DENIED,
	    "not under another certificate of the same key");
	is(holds(CERT_DESK, HOST "hoa", day, false, false, false), RC_DENIED,
	    "not under a desk's");
	is(holds(CERT_PERSON, HOST "hoa", "2027-06-01", false, false, false),
	    RC_DENIED, "not after the certificate's end");
}

int
main(void)
{
	what_is_written_is_read();
	there_is_one_spelling();
	hostile_steps_are_refused();
	fields_are_kept_in_their_order();
	hostile_fields_are_refused();
	values_have_their_form();
	the_table_is_whole();
	a_step_is_its_persons();
	return done();
}
