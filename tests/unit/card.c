/* SPDX-License-Identifier: EUPL-1.2 */
/* Cards and certificates: each rule of docs/envelope.md 13, held. */
#include "crypto/pem.h"
#include "forge.h"

#define LABEL "CERTIFICATE"

/* The desk's card, cut open: two certificates and who signs them. */
struct parts {
	struct buf sign, kem;
};

static void
parts_of(struct parts *p, enum who w)
{
	*p = (struct parts){ 0 };
	buf_add(&p->sign, buf_bytes(&desks[w].card.sign_der));
	buf_add(&p->kem, buf_bytes(&desks[w].card.kem_der));
}

static void
parts_free(struct parts *p)
{
	buf_free(&p->sign);
	buf_free(&p->kem);
}

/* Parse these certificates as a card; ends the test where a refused one
 * leaves something. */
static enum rc
card_of(const struct bytes *certs, size_t n, struct card *out)
{
	struct buf pem = { 0 };
	struct card c;
	struct err e;
	size_t i;
	enum rc rc;

	for (i = 0; i < n; i++)
		pem_write(&pem, LABEL, certs[i]);
	rc = card_parse(&c, buf_bytes(&pem), &e);
	if (rc != RC_OK &&
	    (c.sign_der.p != NULL || c.kem_der.p != NULL || c.pub != NULL))
		bug("a refused card left something");
	if (out != NULL)
		*out = c;
	else
		card_free(&c);
	buf_free(&pem);
	return rc;
}

static enum rc
parts_parse(const struct parts *p, struct card *out)
{
	const struct bytes certs[] = { buf_bytes(&p->sign),
		buf_bytes(&p->kem) };

	return card_of(certs, 2, out);
}

/* Sign a certificate as it stands now. */
static void
resign(struct buf *cert, enum who w)
{
	uint8_t sig[SIG_MAX + 1] = { 0 };
	size_t len;

	len = sig_sign(desks[w].sig, (struct bytes){ 0 },
	    at(buf_bytes(cert), "0"), sig + 1);
	edit(cert, "2", PUT, made(DER_BITS, bytes_of(sig, len + 1)));
}

/* ---- each rule ------------------------------------------------------ */

/* In a certificate: tbs is 0, its extensions 070, one's value 07n02. */
static const struct cutting both[] = {
	{ "no version: v1", "00", CUT, "" },
	{ "v2", "000", PUT, "020101" },
	{ "v4", "000", PUT, "020103" },
	{ "a negative serial", "01", PUT, "0201ff" },
	{ "an empty serial", "01", PUT, "0200" },
	{ "serial 0", "01", PUT, "020100" },
	{ "a serial that is not minimal", "01", PUT, "02020001" },
	{ "a serial of 21 bytes", "01", PUT,
	    "0215010203040506070809101112131415161718192021" },
	{ "another algorithm within", "02", PUT, "300a06082b06010505070631" },
	{ "an unknown algorithm", "02", PUT,
	    "30050603"
	    "2a0304" },
	{ "an algorithm with parameters", "02", INTO, "0500" },
	{ "another algorithm outside", "1", PUT, "300a06082b06010505070631" },
	{ "parameters outside", "1", INTO, "0500" },
	{ "an issuer of two names", "03", INTO, "310a300806035504030c0161" },
	{ "an issuer without name", "03", PUT, "3000" },
	{ "an issuer with an empty name", "03001", PUT, "0c00" },
	{ "an issuer in PrintableString", "03001", PUT, "130161" },
	{ "another issuer's name", "03001", PUT, "0c0161" },
	{ "an issuer by organisation", "03000", PUT, "060355040a" },
	{ "two attributes in one name", "030", INTO, "300806035504030c0161" },
	{ "a subject of two names", "05", INTO, "310a300806035504030c0161" },
	{ "a subject without name", "05", PUT, "3000" },
	{ "a subject with an empty name", "05001", PUT, "0c00" },
	{ "a subject in two lines", "05001", PUT, "0c03610a62" },
	{ "a subject not in NFC", "05001", PUT, "0c0361cc81" },
	{ "a subject that is not UTF-8", "05001", PUT, "0c02c0af" },
	{ "a date without seconds", "040", PUT, "170b323530313031303030305a" },
	{ "a date with an offset", "040", PUT,
	    "17113235303130313030303030302b30373030" },
	{ "a date on 31 April", "040", PUT, "170d3235303433313030303030305a" },
	{ "GeneralizedTime before 2050", "040", PUT,
	    "180f32303235303130313030303030305a" },
	{ "one date", "041", CUT, "" },
	{ "three dates", "041", AFTER, "170d3235303430313030303030305a" },
	{ "a key of an unknown algorithm", "0600", PUT, "06032a0304" },
	{ "a key with parameters", "060", INTO, "0500" },
	{ "a key of half its bits", "061", PUT, "030200ff" },
	{ "a key with unused bits", "061", PUT, "030201fe" },
	{ "an empty key", "061", PUT, "030100" },
	{ "unique identifiers", "06", AFTER,
	    "8102"
	    "00ff" },
	{ "no extensions", "07", CUT, "" },
	{ "an empty list of them", "070", PUT, "3000" },
	{ "no basicConstraints", "0700", CUT, "" },
	{ "no keyUsage", "0701", CUT, "" },
	{ "no subjectKeyIdentifier", "0702", CUT, "" },
	{ "no authorityKeyIdentifier", "0703", CUT, "" },
	{ "no subjectAltName", "0704", CUT, "" },
	{ "an extension more", "0704", AFTER, "300a0603551d250403300106" },
	{ "a critical one more", "0704", AFTER,
	    "300c06032a03040101ff04020500" },
	{ "basicConstraints that are not critical", "07001", CUT, "" },
	{ "critical FALSE", "07001", PUT, "010100" },
	{ "critical 1", "07001", PUT, "010101" },
	{ "a certification authority", "070020", INTO, "0101ff" },
	{ "a path length", "070020", INTO, "020100" },
	{ "keyUsage that is not critical", "07011", CUT, "" },
	{ "all usages", "070120", PUT, "030200fe" },
	{ "certificate signing", "070120", PUT, "03020204" },
	{ "no usage", "070120", PUT, "030100" },
	{ "a usage in two bytes", "070120", PUT, "0303078000" },
	{ "a critical subjectKeyIdentifier", "07020", AFTER, "0101ff" },
	{ "another key's tag", "070210", PUT, "04083031323334353637" },
	{ "a tag of 20 bytes", "070210", PUT,
	    "04143031323334353637383930313233343536373839" },
	{ "an empty tag", "070210", PUT, "0400" },
	{ "another issuer's tag", "0703100", PUT, "80083031323334353637" },
	{ "an issuer's tag of 7 bytes", "0703100", PUT, "800730313233343536" },
	{ "an issuer by serial too", "070310", INTO, "820101" },
	{ "no issuer's tag", "0703100", CUT, "" },
	{ "two addresses", "070410", INTO,
	    "8611616e74696e3a2f2f612e766e2f62626262" },
	{ "no address", "0704100", CUT, "" },
	{ "an address of the web", "0704100", PUT,
	    "860b687474703a2f2f612e766e" },
	{ "a host's name", "0704100", PUT, "8204612e766e" },
	{ "a mail address", "0704100", PUT, "81056140622e63" },
	{ "an address in capitals", "0704100", PUT,
	    "860e616e74696e3a2f2f412e766e2f62" },
	{ "an address with a user", "0704100", PUT,
	    "8610616e74696e3a2f2f6340612e766e2f62" },
	{ "an address with an escape", "0704100", PUT,
	    "8610616e74696e3a2f2f612e766e2f253262" },
	{ "bytes behind an extension's value", "070410", AFTER, "0500" },
	{ "bytes behind an extension", "07041", AFTER, "0500" },
	{ "bytes behind them", "070", AFTER, "0500" },
	{ "bytes behind what is signed", "07", AFTER, "0500" },
	{ "bytes behind the signature", "2", AFTER, "0500" },
	{ "bytes behind it all", "", AFTER, "0500" },
	{ "an indefinite length", "", PUT, "30800000" },
};

/* Each certificate for itself is good, and the two are of two holders. */
static const struct cutting other_half[] = {
	{ "another subject", "05001", PUT, "0c0161" },
	{ "another address", "0704100", PUT,
	    "860e616e74696e3a2f2f612e766e2f62" },
};

static const struct cutting sign_only[] = {
	{ "keyEncipherment of a signature key", "070120", PUT, "03020520" },
	{ "its usage with other unused bits", "070120", PUT, "03020080" },
	{ "its usage with more unused bits than there are", "070120", PUT,
	    "0302ff80" },
	{ "its length spelled long", "070120", PUT, "0381020780" },
};

static const struct cutting kem_only[] = {
	{ "digitalSignature of a KEM key", "070120", PUT, "03020780" },
	{ "its usage with other unused bits", "070120", PUT, "03020020" },
};

enum where { ALONE, FIRST, SECOND }; /* in a card */

static enum rc
where_parse(const struct parts *p, enum where where)
{
	const struct bytes sign = buf_bytes(&p->sign);

	return where == ALONE ? card_of(&sign, 1, NULL) : parts_parse(p, NULL);
}

/* Each row, signed anew by the card's own key, in one of its certificates. */
static size_t
rows_parsed(const struct cutting *rows, size_t n, enum where where)
{
	struct parts p;
	struct buf *cert;
	size_t i, parsed = 0;

	for (i = 0; i < n; i++) {
		parts_of(&p, READER);
		cert = where == SECOND ? &p.kem : &p.sign;
		edit(
		    cert, rows[i].path, PUT, at(buf_bytes(cert), rows[i].path));
		resign(cert, READER);
		if (where_parse(&p, where) != RC_OK)
			bug(rows[i].name);
		edit(cert, rows[i].path, rows[i].how, hexed(rows[i].with));
		if (rows[i].path[0] == '0')
			resign(cert, READER);
		if (where_parse(&p, where) == RC_OK) {
			note("read in the %s certificate: %s",
			    where == SECOND ? "KEM" : "signature",
			    rows[i].name);
			parsed++;
		}
		parts_free(&p);
	}
	return parsed;
}

static void
each_field_is_held(void)
{
	is(rows_parsed(both, COUNT(both), ALONE), 0,
	    "no signature key's certificate outside the profile is read, "
	    "though its key signed it (%zu)",
	    COUNT(both));
	is(rows_parsed(both, COUNT(both), SECOND), 0, "nor a KEM key's (%zu)",
	    COUNT(both));
	is(rows_parsed(other_half, COUNT(other_half), FIRST) +
		rows_parsed(other_half, COUNT(other_half), SECOND),
	    0, "nor two that are of two holders");
	is(rows_parsed(sign_only, COUNT(sign_only), ALONE), 0,
	    "a signature key's usage has one spelling (%zu)", COUNT(sign_only));
	is(rows_parsed(kem_only, COUNT(kem_only), SECOND), 0,
	    "and a KEM key's (%zu)", COUNT(kem_only));
}

/* ---- which certificates --------------------------------------------- */

static void
a_card_is_of_one_holder(void)
{
	struct parts a, b;
	struct bytes s, k, other_s, other_k;
	size_t wrong = 0;

	parts_of(&a, READER);
	parts_of(&b, READER_2);
	s = buf_bytes(&a.sign);
	k = buf_bytes(&a.kem);
	other_s = buf_bytes(&b.sign);
	other_k = buf_bytes(&b.kem);
#define CARD(...)                                                              \
	card_of((const struct bytes[]){ __VA_ARGS__ },                         \
	    sizeof((const struct bytes[]){ __VA_ARGS__ }) /                    \
		sizeof(struct bytes),                                          \
	    NULL)
	wrong += CARD(s, k) != RC_OK;
	wrong += CARD(s) != RC_OK; /* a person's */
	is(wrong, 0, "a card is one certificate, or two");
	wrong += CARD(k, s) != RC_INVALID;
	wrong += CARD(k) != RC_INVALID;
	wrong += CARD(s, s) != RC_INVALID;
	wrong += CARD(s, other_s) != RC_INVALID;
	wrong += CARD(s, other_k) != RC_INVALID;
	wrong += CARD(other_s, k) != RC_INVALID;
	wrong += CARD(s, k, k) != RC_INVALID;
	wrong += CARD(s, k, other_s) != RC_INVALID;
	is(wrong, 0,
	    "not two in the other order, of other holders, of one "
	    "kind, or three");
#undef CARD
	parts_free(&a);
	parts_free(&b);
}

/* A KEM certificate with the reader's name and address, by somebody else. */
static void
a_foreign_kem_key_is_refused(void)
{
	const struct card *r = &desks[READER].card;
	struct cert_request q = { .name = r->sign.name,
		.address = r->sign.address,
		.from = r->sign.from,
		.until = r->sign.until,
		.use = CERT_KEM,
		.kem = kem_key_alg(desks[STRANGER].kem),
		.pub = kem_key_pub(desks[STRANGER].kem),
		.issuer = r->sign.name };
	struct parts p;

	parts_of(&p, READER);
	buf_free(&p.kem);
	cert_write(&p.kem, &q, desks[STRANGER].sig);
	is(parts_parse(&p, NULL), RC_DENIED,
	    "a KEM key that another vouches for is refused");
	edit(&p.kem, "0703100", PUT, made(DER_CTX(0), tag_bytes(&r->sign.tag)));
	resign(&p.kem, STRANGER);
	is(parts_parse(&p, NULL), RC_DENIED,
	    "also where it says the card's own key does");
	resign(&p.kem, READER);
	is(parts_parse(&p, NULL), RC_OK,
	    "it is the card's where the card's key signs it");
	parts_free(&p);
}

static void
a_self_signature_must_hold(void)
{
	struct parts p;

	parts_of(&p, READER);
	resign(&p.sign, READER_2);
	is(parts_parse(&p, NULL), RC_DENIED,
	    "a signature key's certificate signed by another is refused");
	parts_free(&p);
	parts_of(&p, READER);
	resign(&p.kem, READER_2);
	is(parts_parse(&p, NULL), RC_DENIED, "so is a KEM key's");
	parts_free(&p);
}

/* ---- dates ---------------------------------------------------------- */

static void
date_put(struct buf *cert, const char *path, int64_t t)
{
	struct der_wr w = { 0 };

	der_put_when(&w, t);
	edit(cert, path, PUT, buf_bytes(&w.out));
	der_wr_free(&w);
}

/* Whether a card with these dates in one of its certificates holds now. */
static enum rc
holds_with(bool kem, int64_t from, int64_t until)
{
	struct parts p;
	struct card c;
	struct err e;
	enum rc rc;

	parts_of(&p, READER);
	date_put(kem ? &p.kem : &p.sign, "040", from);
	date_put(kem ? &p.kem : &p.sign, "041", until);
	resign(kem ? &p.kem : &p.sign, READER);
	rc = parts_parse(&p, &c);
	if (rc == RC_OK)
		rc = card_valid_at(&c, NOW, &e);
	card_free(&c);
	parts_free(&p);
	return rc;
}

static void
dates_are_asked(void)
{
	static const struct {
		int64_t from, until;
		enum rc want;
	} rows[] = {
		{ 0, TIME_MAX, RC_OK },
		{ NOW, NOW, RC_OK },
		{ 0, NOW - 1, RC_EXPIRED },
		{ NOW + 1, TIME_MAX, RC_EXPIRED },
		{ NOW + 1, NOW - 1, RC_INVALID },
	};
	size_t i, sign = 0, kem = 0;

	for (i = 0; i < COUNT(rows); i++) {
		sign += holds_with(false, rows[i].from, rows[i].until) !=
			rows[i].want;
		kem += holds_with(true, rows[i].from, rows[i].until) !=
		       rows[i].want;
	}
	is(sign, 0, "a card holds within the dates of its signature key");
	is(kem, 0,
	    "and of its KEM key: nothing is sealed to one that has "
	    "expired");
}

/* ---- text ----------------------------------------------------------- */

static void
a_card_comes_back(void)
{
	struct buf text, again;
	struct card c;
	size_t i, lost = 0;
	struct err e;

	for (i = 0; i < DESKS; i++) {
		card_write(&text, &desks[i].card);
		lost += card_parse(&c, buf_bytes(&text), &e) != RC_OK;
		card_write(&again, &c);
		lost += !bytes_eq(buf_bytes(&text), buf_bytes(&again)) ||
			!bytes_eq(c.sign.name, desks[i].card.sign.name) ||
			!bytes_eq(c.sign.address, address_of((enum who)i)) ||
			memcmp(c.sign_cert, desks[i].card.sign_cert,
			    SHA256_SIZE) != 0;
		card_free(&c);
		buf_free(&again);
		buf_free(&text);
	}
	is(lost, 0, "cards of each suite are read as they were written");
}

/* A desk's card without its second certificate is one that opens nothing. */
static void
a_cut_card_opens_nothing(void)
{
	struct buf text, one = { 0 };
	size_t i, read = 0, elsewhere = 0, kem = 0;
	struct card c;
	struct err e;

	card_write(&text, &desks[READER].card);
	pem_write(&one, LABEL, buf_bytes(&desks[READER].card.sign_der));
	for (i = 0; i + 1 < text.len; i++) {
		if (card_parse(&c, bytes_of(text.p, i), &e) != RC_OK)
			continue;
		read++;
		kem += c.has_kem;
		elsewhere +=
		    i + 1 < one.len || i >= one.len + strlen("-----BEGIN ");
		card_free(&c);
	}
	ok(read > 0 && kem == 0 && elsewhere == 0,
	    "cut off at any byte a card is refused, or is its first "
	    "certificate alone");
	buf_free(&one);
	buf_free(&text);
}

static void
no_flipped_bit_is_a_card(void)
{
	struct parts p;
	size_t i, read = 0, tried = 0;

	parts_of(&p, READER);
	for (i = 0; i < p.sign.len * 8; i += 11, tried++) {
		p.sign.p[i / 8] ^= (uint8_t)(1u << i % 8);
		read += parts_parse(&p, NULL) == RC_OK;
		p.sign.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	for (i = 0; i < p.kem.len * 8; i += 11, tried++) {
		p.kem.p[i / 8] ^= (uint8_t)(1u << i % 8);
		read += parts_parse(&p, NULL) == RC_OK;
		p.kem.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	is(read, 0, "none of %zu flipped bits of its certificates is a card",
	    tried);
	parts_free(&p);
}

static void
text_around_certificates(void)
{
	struct buf text = { 0 };
	struct card c;
	struct err e;

	buf_add(&text, bytes_str("a desk\n"));
	pem_write(&text, LABEL, buf_bytes(&desks[READER].card.sign_der));
	pem_write(&text, "ANTIN KEY", bytes_str("x"));
	is(card_parse(&c, buf_bytes(&text), &e), RC_INVALID,
	    "a block of another label in a card is refused");
	buf_free(&text);
	(void)buf_grow(&text, CARD_MAX + 1);
	is(card_parse(&c, buf_bytes(&text), &e), RC_LIMIT,
	    "so is a card over its limit");
	buf_free(&text);
}

/* ---- making --------------------------------------------------------- */

static enum rc
new_one(struct bytes name, const char *address)
{
	const struct suite *a = suite_by_name("A");
	struct identity id;
	struct err e;
	enum rc rc;

	rc = identity_new(&id, sig_by_name(a->sig), kem_by_name(a->kem), name,
	    bytes_str(address), 0, TIME_MAX, &e);
	if (rc != RC_OK && (id.sig != NULL || id.card.pub != NULL))
		bug("a refused identity left something");
	identity_free(&id);
	return rc;
}

static void
identities_are_made_within_the_rules(void)
{
	uint8_t letters[LIMIT_NAME + 1];
	size_t wrong = 0;

	memset(letters, 'a', sizeof(letters));
	wrong +=
	    new_one(bytes_of(letters, LIMIT_NAME), "antin://a.vn/b") != RC_OK;
	wrong += new_one(bytes_str("a"), "antin://a.vn") != RC_OK;
	wrong += new_one(bytes_of(letters, LIMIT_NAME + 1), "antin://a.vn/b") !=
		 RC_INVALID;
	wrong += new_one(bytes_str(""), "antin://a.vn/b") != RC_INVALID;
	wrong += new_one(bytes_str("a\nb"), "antin://a.vn/b") != RC_INVALID;
	wrong +=
	    new_one(bytes_str("a\xcc\x81"), "antin://a.vn/b") != RC_INVALID;
	wrong += new_one(bytes_str("a"), "http://a.vn/b") != RC_INVALID;
	wrong += new_one(bytes_str("a"), "antin://a.vn/") != RC_INVALID;
	wrong += new_one(bytes_str("a"), "antin://a.vn/b/c") != RC_INVALID;
	wrong += new_one(bytes_str("a"), "antin://-a.vn/b") != RC_INVALID;
	wrong += new_one(bytes_str("a"), "antin://a..vn/b") != RC_INVALID;
	wrong += new_one(bytes_str("a"), "antin://a.vn:1/b") != RC_INVALID;
	wrong += new_one(bytes_str("a"), "antin://a.vn/b?c") != RC_INVALID;
	is(wrong, 0,
	    "identities are made with a name and an address, and not "
	    "without");
}

int
main(void)
{
	desks_make();
	each_field_is_held();
	a_card_is_of_one_holder();
	a_foreign_kem_key_is_refused();
	a_self_signature_must_hold();
	dates_are_asked();
	a_card_comes_back();
	a_cut_card_opens_nothing();
	no_flipped_bit_is_a_card();
	text_around_certificates();
	identities_are_made_within_the_rules();
	desks_free();
	return done();
}
