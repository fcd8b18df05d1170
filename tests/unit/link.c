/* SPDX-License-Identifier: EUPL-1.2 */
/* Link statements: whose a link key is, and since when (docs/pki.md 4). */
#include "pki/link.h"
#include "chain.h"

#define STATION "antin://muong-nhe.dien-bien.vn"

static uint8_t link_key[2][LINK_KEY]; /* of a line, and another */

/* A statement of the station under a checked path, and its certificate. */
struct station {
	struct chain c;
	struct cert cert;
	struct buf statement;
};

static void
station_make(struct station *s)
{
	struct err e;

	chain_make(&s->c, CERT_STATION);
	if (cert_parse(&s->cert, buf_bytes(&s->c.s[HOLDER].der), &e) != RC_OK)
		bug(e.text);
	link_write(
	    &s->statement, bytes_str(STATION), 7, link_key[0], keys[K_HOLDER]);
}

static void
station_free(struct station *s)
{
	chain_free(&s->c);
	buf_free(&s->statement);
}

/* Read it, and accept it as the station's; ends the test where a refused one
 * left something or stepped on what was seen. */
static enum rc
take(struct link_seen *seen, struct bytes statement, const struct cert *cert,
    struct err *e)
{
	const struct link_seen before = *seen;
	struct link_statement l;
	enum rc rc;

	*e = (struct err){ 0 };
	if ((rc = link_read(&l, statement, e)) == RC_OK)
		rc = link_accept(seen, &l, cert, e);
	if (rc != RC_OK && (seen->epoch != before.epoch ||
			       memcmp(seen->key, before.key, SHA256_SIZE) != 0))
		bug("a refused link statement was seen");
	return rc;
}

static bool
take_is(struct bytes statement, const struct cert *cert, enum rc want,
    const char *why)
{
	struct link_seen seen = { 0 };
	struct err e;
	enum rc rc = take(&seen, statement, cert, &e);

	if (rc == want && strstr(e.text, why) != NULL)
		return true;
	note("got %s: %s; wanted %s", rc_name(rc), e.text, why);
	return false;
}

/* ---- what is good --------------------------------------------------- */

static void
a_statement_comes_back(void)
{
	struct link_statement l;
	struct link_seen seen = { 0 };
	uint8_t digest[SHA256_SIZE];
	struct station s;
	struct err e;

	station_make(&s);
	went(link_read(&l, buf_bytes(&s.statement), &e), &e,
	    "a link statement is read");
	same(l.station, bytes_str(STATION), "with its station");
	is(l.epoch, 7, "its epoch");
	same(l.key, bytes_of(link_key[0], LINK_KEY), "and its key");
	went(link_accept(&seen, &l, &s.cert, &e), &e,
	    "and accepted of its station");
	sha256(digest, bytes_of(link_key[0], LINK_KEY));
	ok(seen.epoch == 7 && memcmp(seen.key, digest, SHA256_SIZE) == 0,
	    "its epoch and key are then seen");
	station_free(&s);
}

/* ---- 4.3: epochs ---------------------------------------------------- */

static void
epochs_never_go_back(void)
{
	static const struct {
		uint64_t epoch;
		size_t key;
		enum rc want;
	} rows[] = {
		{ 1, 0, RC_OK },
		{ 1, 0, RC_OK },
		{ 1, 1, RC_EXPIRED },
		{ 2, 0, RC_OK }, /* a new epoch may have the same key */
		{ 1, 0, RC_EXPIRED },
		{ 9, 1, RC_OK },
		{ 8, 1, RC_EXPIRED },
		{ 8, 0, RC_EXPIRED },
		{ 9, 0, RC_EXPIRED },
		{ 9, 1, RC_OK },
		{ INT64_MAX - 1, 1, RC_OK },
		{ INT64_MAX, 0, RC_OK },
		{ INT64_MAX, 1, RC_EXPIRED },
		{ INT64_MAX - 1, 1, RC_EXPIRED },
		{ 1, 1, RC_EXPIRED },
	};
	struct link_seen seen = { 0 };
	struct station s;
	struct err e;
	size_t i, wrong = 0;
	enum rc rc;

	station_make(&s);
	for (i = 0; i < COUNT(rows); i++) {
		buf_free(&s.statement);
		link_write(&s.statement, bytes_str(STATION), rows[i].epoch,
		    link_key[rows[i].key], keys[K_HOLDER]);
		rc = take(&seen, buf_bytes(&s.statement), &s.cert, &e);
		if (rc != rows[i].want ||
		    (rc != RC_OK &&
			strstr(e.text, "docs/pki.md 4.3") == NULL)) {
			note("row %zu: %s: %s", i, rc_name(rc), e.text);
			wrong++;
		}
	}
	is(wrong, 0,
	    "no epoch before the one that was seen is taken, nor another key "
	    "in the same");
	station_free(&s);
}

/* Who had the key once cannot end the links for ever. */
static void
a_new_key_counts_anew(void)
{
	struct link_seen seen = { 0 };
	struct station s;
	struct err e;

	station_make(&s);
	buf_free(&s.statement);
	link_write(&s.statement, bytes_str(STATION), INT64_MAX, link_key[0],
	    keys[K_HOLDER]);
	is(take(&seen, buf_bytes(&s.statement), &s.cert, &e), RC_OK,
	    "the last epoch there is can be spoken");
	step_key(&s.c.s[HOLDER], K_OTHER);
	chain_write(&s.c, HOLDER);
	if (cert_parse(&s.cert, buf_bytes(&s.c.s[HOLDER].der), &e) != RC_OK)
		bug(e.text);
	buf_free(&s.statement);
	link_write(
	    &s.statement, bytes_str(STATION), 1, link_key[1], keys[K_OTHER]);
	is(take(&seen, buf_bytes(&s.statement), &s.cert, &e), RC_OK,
	    "under a new key of the station epochs begin anew");
	station_free(&s);
}

/* ---- 4.4: whose it is ----------------------------------------------- */

static void
as_desk(struct step *s)
{
	s->q.rights.kind = CERT_DESK;
	s->q.address = bytes_str(STATION "/van-thu");
}

static void
as_person(struct step *s)
{
	as_desk(s);
	s->q.rights.kind = CERT_PERSON;
}

static void
as_authority(struct step *s)
{
	s->q.rights.kind = CERT_AUTHORITY;
}

static void
as_card(struct step *s)
{
	s->q.rights = (struct rights){ 0 };
}

static void
as_kem_key(struct step *s)
{
	step_kem(s, KEM_A);
}

static void
as_sibling(struct step *s)
{
	s->q.address = bytes_str("antin://muong-cha.dien-bien.vn");
}

static void
as_parent(struct step *s)
{
	s->q.address = bytes_str("antin://dien-bien.vn");
}

static void
as_longer(struct step *s)
{
	s->q.address = bytes_str(STATION "x");
}

static void
with_interop_key(struct step *s)
{
	step_key(s, K_MLDSA65);
}

static void
with_another_key(struct step *s)
{
	step_key(s, K_OTHER);
}

static void
with_key_of_b(struct step *s)
{
	step_key(s, K_ROOT);
}

/* The very statement, under another certificate of the same key. */
static const struct {
	const char *name;
	void (*change)(struct step *s);
	const char *why;
} holders[] = {
	{ "a desk's certificate is no station's", as_desk, "4.4" },
	{ "nor a person's", as_person, "4.4" },
	{ "nor the unit's authority's, of the same address and key",
	    as_authority, "4.4" },
	{ "nor a card's", as_card, "4.4" },
	{ "nor one of a KEM key", as_kem_key, "4.4" },
	{ "nor the sibling's, of the same key", as_sibling, "4.4" },
	{ "nor the parent's", as_parent, "4.4" },
	{ "nor one of an address that begins so", as_longer, "4.4" },
	{ "nor one of an interop key", with_interop_key, "4.4" },
	{ "nor one of another key", with_another_key, "4.2" },
	{ "nor of another suite", with_key_of_b, "4.2" },
};

static void
a_statement_is_of_its_station(void)
{
	struct station s;
	struct err e;
	size_t i;

	for (i = 0; i < COUNT(holders); i++) {
		station_make(&s);
		holders[i].change(&s.c.s[HOLDER]);
		chain_write(&s.c, HOLDER);
		if (cert_parse(&s.cert, buf_bytes(&s.c.s[HOLDER].der), &e) !=
		    RC_OK)
			bug(e.text);
		ok(take_is(buf_bytes(&s.statement), &s.cert, RC_DENIED,
		       holders[i].why),
		    "%s", holders[i].name);
		station_free(&s);
	}
}

/* ---- 4.2: its signature --------------------------------------------- */

/* The statement signed by this key in this context, over these bytes. */
static void
sign_as(struct buf *b, const struct sig_key *key, struct bytes context,
    struct bytes msg)
{
	uint8_t sig[SIG_MAX];
	size_t len = sig_sign(key, context, msg, sig);

	edit(b, "4", PUT, made(DER_OCTETS, bytes_of(sig, len)));
}

/* What is signed: all but the signature. */
static struct bytes
signed_part(const struct buf *b)
{
	static struct buf part;

	buf_free(&part);
	buf_add(&part, buf_bytes(b));
	edit(&part, "4", CUT, (struct bytes){ 0 });
	return buf_bytes(&part);
}

static void
a_signature_is_for_links(void)
{
	static const struct {
		const char *context;
		bool holds;
	} contexts[] = { { "antin link", true }, { "", false },
		{ "antin checkpoint", false }, { "antin links", false },
		{ "antin lin", false }, { "Antin link", false },
		{ "antin act", false } };
	struct station s;
	struct bytes part;
	size_t i, wrong = 0;

	station_make(&s);
	part = signed_part(&s.statement);
	for (i = 0; i < COUNT(contexts); i++) {
		sign_as(&s.statement, keys[K_HOLDER],
		    bytes_str(contexts[i].context), part);
		wrong +=
		    contexts[i].holds
			? !take_is(buf_bytes(&s.statement), &s.cert, RC_OK, "")
			: !take_is(buf_bytes(&s.statement), &s.cert, RC_DENIED,
			      "docs/pki.md 4.2");
	}
	is(wrong, 0, "no signature of another context, or of none, holds");
	station_free(&s);
}

/* Other bytes that somebody might think are what is signed; other signers. */
static void
a_signature_is_over_one_sequence(void)
{
	struct station s;
	struct bytes part, last;
	size_t wrong = 0;

	station_make(&s);
	part = signed_part(&s.statement);
	last = LIT("antin link");
#define DENIED                                                                 \
	!take_is(buf_bytes(&s.statement), &s.cert, RC_DENIED, "docs/pki.md 4.2")
	sign_as(&s.statement, keys[K_HOLDER], last, contents_of(part));
	wrong += DENIED;
	sign_as(&s.statement, keys[K_HOLDER], last,
	    bytes_of(link_key[0], LINK_KEY));
	wrong += DENIED;
	sign_as(
	    &s.statement, keys[K_HOLDER], last, bytes_of(part.p, part.len - 1));
	wrong += DENIED;
	sign_as(&s.statement, keys[K_COMMUNE], last, part);
	wrong += DENIED;
	sign_as(&s.statement, keys[K_OTHER], last, part);
	wrong += DENIED;
	is(wrong, 0,
	    "nor one over the contents alone, over the key alone, over less, "
	    "or by another");
	sign_as(&s.statement, keys[K_HOLDER], last, part);
	ok(take_is(buf_bytes(&s.statement), &s.cert, RC_OK, ""),
	    "but the station's over all of it");
	edit(&s.statement, "4", PUT,
	    made(DER_OCTETS,
		bytes_of(
		    contents_of(at(buf_bytes(&s.statement), "4")).p, 3309)));
	wrong = DENIED;
	is(wrong, 0, "half a signature does not");
#undef DENIED
	station_free(&s);
}

/* ---- 4.1: its form -------------------------------------------------- */

/* All signed anew by the station: what is refused is the form. */
static const struct cutting forms[] = {
	{ "version 0", "0", PUT, "020100" },
	{ "version 2", "0", PUT, "020102" },
	{ "version 257", "0", PUT, "02020101" },
	{ "a version that is not minimal", "0", PUT, "02020001" },
	{ "no version", "0", CUT, "" },
	{ "epoch 0", "2", PUT, "020100" },
	{ "epoch -1", "2", PUT, "0201ff" },
	{ "epoch 2^63", "2", PUT, "0209008000000000000000" },
	{ "epoch 2^64 + 7", "2", PUT, "0209010000000000000007" },
	{ "an epoch that is not minimal", "2", PUT, "02020007" },
	{ "an epoch's length in two bytes", "2", PUT, "02810107" },
	{ "no epoch", "2", CUT, "" },
	{ "two epochs", "2", AFTER, "020107" },
	{ "a desk's address", "1", PUT, "160e616e74696e3a2f2f612e766e2f62" },
	{ "an address in capitals", "1", PUT, "160c616e74696e3a2f2f412e766e" },
	{ "an address of the web", "1", PUT, "160b687474703a2f2f612e766e" },
	{ "a host alone", "1", PUT, "1604612e766e" },
	{ "an empty address", "1", PUT, "1600" },
	{ "an address with a NUL", "1", PUT, "160d616e74696e3a2f2f612e766e00" },
	{ "an address in UTF8String", "1", PUT,
	    "0c0c616e74696e3a2f2f612e766e" },
	{ "no address", "1", CUT, "" },
	{ "a short key", "3", PUT, "040430313233" },
	{ "an empty key", "3", PUT, "0400" },
	{ "a key in BIT STRING", "3", PUT, "03020001" },
	{ "no key", "3", CUT, "" },
	{ "an empty signature", "4", PUT, "0400" },
	{ "a signature in BIT STRING", "4", PUT, "03020001" },
	{ "no signature", "4", CUT, "" },
	{ "two signatures", "4", AFTER, "040100" },
	{ "bytes behind", "", AFTER, "0500" },
	{ "a byte behind", "", AFTER, "00" },
	{ "bytes before", "", BEFORE, "0500" },
	{ "a SET", "", PUT, "3100" },
	{ "nothing in it", "", PUT, "3000" },
	{ "no bytes", "", CUT, "" },
	{ "an indefinite length", "", PUT, "30800000" },
};

static void
each_field_is_held(void)
{
	struct station s;
	size_t i, wrong = 0;

	for (i = 0; i < COUNT(forms); i++) {
		station_make(&s);
		edit(&s.statement, forms[i].path, forms[i].how,
		    hexed(forms[i].with));
		if (forms[i].path[0] >= '0' && forms[i].path[0] < '4' &&
		    nth(contents_of(buf_bytes(&s.statement)), 4).len > 0)
			sign_as(&s.statement, keys[K_HOLDER], LIT("antin link"),
			    signed_part(&s.statement));
		if (!take_is(buf_bytes(&s.statement), &s.cert, RC_INVALID,
			"docs/pki.md 4.1")) {
			note("%s", forms[i].name);
			wrong++;
		}
		station_free(&s);
	}
	is(wrong, 0, "no statement of another form is read (%zu)",
	    COUNT(forms));
}

/* Keys a byte too long and short, and one that is too much of everything. */
static void
sizes_are_held(void)
{
	struct station s;
	struct buf big = { 0 };
	size_t wrong = 0;

	station_make(&s);
	(void)buf_grow(&big, 2 * LINK_STATEMENT_MAX);
	edit(&s.statement, "3", PUT,
	    made(DER_OCTETS, bytes_of(big.p, LINK_KEY - 1)));
	wrong += !take_is(
	    buf_bytes(&s.statement), &s.cert, RC_INVALID, "docs/pki.md 4.1");
	edit(&s.statement, "3", PUT,
	    made(DER_OCTETS, bytes_of(big.p, LINK_KEY + 1)));
	wrong += !take_is(
	    buf_bytes(&s.statement), &s.cert, RC_INVALID, "docs/pki.md 4.1");
	edit(&s.statement, "3", PUT,
	    made(DER_OCTETS, bytes_of(link_key[0], LINK_KEY)));
	edit(&s.statement, "4", PUT,
	    made(DER_OCTETS, bytes_of(big.p, SIG_MAX + 1)));
	wrong += !take_is(
	    buf_bytes(&s.statement), &s.cert, RC_INVALID, "docs/pki.md 4.1");
	edit(&s.statement, "4", PUT, made(DER_OCTETS, buf_bytes(&big)));
	wrong += !take_is(buf_bytes(&s.statement), &s.cert, RC_LIMIT, "");
	wrong += !take_is(bytes_of(big.p, LINK_STATEMENT_MAX), &s.cert,
	    RC_INVALID, "docs/pki.md 4.1");
	is(wrong, 0, "no key, signature or statement of another size is read");
	station_free(&s);
	buf_free(&big);
}

static void
any_flip_or_cut_is_refused(void)
{
	const size_t stride = getenv("ANTIN_SOAK") != NULL ? 1 : 7;
	struct link_seen seen = { 0 };
	struct station s;
	struct err e;
	size_t bit, len, held = 0;

	station_make(&s);
	for (bit = 0; bit < s.statement.len * 8; bit += stride) {
		s.statement.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		held +=
		    take(&seen, buf_bytes(&s.statement), &s.cert, &e) == RC_OK;
		s.statement.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	is(held, 0, "no flipped bit of a statement is taken");
	for (len = 0; len < s.statement.len; len++)
		held += take(&seen, bytes_of(s.statement.p, len), &s.cert,
			    &e) == RC_OK;
	is(held, 0, "nor one that was cut short");
	is(take(&seen, buf_bytes(&s.statement), &s.cert, &e), RC_OK,
	    "whole, it is");
	station_free(&s);
}

/* A good key, signature and epoch of one station, of another's name. */
static void
no_statement_is_lent(void)
{
	struct station s;

	station_make(&s);
	buf_free(&s.statement);
	link_write(&s.statement, bytes_str("antin://muong-cha.dien-bien.vn"), 7,
	    link_key[0], keys[K_HOLDER]);
	ok(take_is(
	       buf_bytes(&s.statement), &s.cert, RC_DENIED, "docs/pki.md 4.4"),
	    "a station does not speak for its sibling");
	buf_free(&s.statement);
	link_write(&s.statement, bytes_str("antin://x.muong-nhe.dien-bien.vn"),
	    7, link_key[0], keys[K_HOLDER]);
	ok(take_is(
	       buf_bytes(&s.statement), &s.cert, RC_DENIED, "docs/pki.md 4.4"),
	    "nor for one below it");
	station_free(&s);
}

int
main(void)
{
	keys_make();
	random_bytes(link_key, sizeof(link_key));
	a_statement_comes_back();
	epochs_never_go_back();
	a_new_key_counts_anew();
	a_statement_is_of_its_station();
	no_statement_is_lent();
	a_signature_is_for_links();
	a_signature_is_over_one_sequence();
	each_field_is_held();
	sizes_are_held();
	any_flip_or_cut_is_refused();
	keys_free();
	return done();
}
