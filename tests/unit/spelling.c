/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One spelling of every certificate in a path, and bounds on what is read:
 * constraints and extensions otherwise than they are, bombs, BER that OpenSSL
 * takes, and every bit and length of a path.
 */
#include <openssl/x509v3.h>

#include "chain.h"

#define FORM "docs/pki.md 3.2"

/* ---- extensions: each once, in order -------------------------------- */

static const char *
extension_path(size_t i)
{
	static char path[] = "0700";

	path[3] = (char)('0' + i);
	return path;
}

static size_t
extensions_of(const struct chain *c, size_t step)
{
	struct bytes all = contents_of(at(buf_bytes(&c->s[step].der), "070"));
	size_t n = 0;

	while (nth(all, n).len > 0)
		n++;
	return n;
}

/* Extension i is repeated behind j, or stands there instead of where it was. */
static bool
rearranged_is_refused(size_t step, size_t i, size_t j, bool twice)
{
	struct buf one = { 0 };
	struct chain c;
	bool good;

	chain_make(&c, CERT_DESK);
	buf_add(&one, at(buf_bytes(&c.s[step].der), extension_path(i)));
	edit(&c.s[step].der, extension_path(j), AFTER, buf_bytes(&one));
	if (!twice)
		edit(&c.s[step].der, extension_path(i < j ? i : i + 1), CUT,
		    (struct bytes){ 0 });
	chain_sign(&c, step);
	good = chain_is(&c, RC_INVALID, FORM);
	chain_free(&c);
	buf_free(&one);
	return good;
}

static void
extensions_stand_once_in_order(void)
{
	static const size_t steps[] = { HOLDER, COMMUNE };
	struct chain c;
	size_t s, n, i, j, twice = 0, moved = 0;

	for (s = 0; s < COUNT(steps); s++) {
		chain_make(&c, CERT_DESK);
		n = extensions_of(&c, steps[s]);
		chain_free(&c);
		for (i = 0; i < n; i++)
			for (j = 0; j < n; j++) {
				twice += !rearranged_is_refused(
				    steps[s], i, j, true);
				if (j != i && j + 1 != i)
					moved += !rearranged_is_refused(
					    steps[s], i, j, false);
			}
	}
	is(twice, 0, "an extension that stands twice is refused, wherever");
	is(moved, 0, "so is one that stands elsewhere than it should");
}

/* ---- name constraints ----------------------------------------------- */

enum { PERMIT = DER_CTXC(0), EXCLUDE = DER_CTXC(1) };

/* The province's: each a subtree, in a list of those of its kind. */
static const struct {
	const char *name;
	struct subtree {
		uint8_t list, tag;
		const char *base, *bounds; /* minimum and maximum, hex */
	} t[4];
} constraints[] = {
	{ "its own host alone", { { PERMIT, 0x86, "dien-bien.vn", "" } } },
	{ "all below it alone", { { PERMIT, 0x86, ".dien-bien.vn", "" } } },
	{ "both in the other order",
	    { { PERMIT, 0x86, ".dien-bien.vn", "" },
		{ PERMIT, 0x86, "dien-bien.vn", "" } } },
	{ "the root's",
	    { { PERMIT, 0x86, "vn", "" }, { PERMIT, 0x86, ".vn", "" } } },
	{ "its own and all below the root's",
	    { { PERMIT, 0x86, "dien-bien.vn", "" },
		{ PERMIT, 0x86, ".vn", "" } } },
	{ "another province's", { { PERMIT, 0x86, "lai-chau.vn", "" },
				    { PERMIT, 0x86, ".lai-chau.vn", "" } } },
	{ "one more", { { PERMIT, 0x86, "dien-bien.vn", "" },
			  { PERMIT, 0x86, ".dien-bien.vn", "" },
			  { PERMIT, 0x86, "lai-chau.vn", "" } } },
	{ "one twice", { { PERMIT, 0x86, "dien-bien.vn", "" },
			   { PERMIT, 0x86, "dien-bien.vn", "" } } },
	{ "one excluded too", { { PERMIT, 0x86, "dien-bien.vn", "" },
				  { PERMIT, 0x86, ".dien-bien.vn", "" },
				  { EXCLUDE, 0x86, "x.dien-bien.vn", "" } } },
	{ "excluded what should be permitted",
	    { { EXCLUDE, 0x86, "dien-bien.vn", "" },
		{ EXCLUDE, 0x86, ".dien-bien.vn", "" } } },
	{ "minimum 0, spelled", { { PERMIT, 0x86, "dien-bien.vn", "800100" },
				    { PERMIT, 0x86, ".dien-bien.vn", "" } } },
	{ "a minimum", { { PERMIT, 0x86, "dien-bien.vn", "" },
			   { PERMIT, 0x86, ".dien-bien.vn", "800101" } } },
	{ "a maximum", { { PERMIT, 0x86, "dien-bien.vn", "" },
			   { PERMIT, 0x86, ".dien-bien.vn", "810105" } } },
	{ "minimum and maximum",
	    { { PERMIT, 0x86, "dien-bien.vn", "800100810105" },
		{ PERMIT, 0x86, ".dien-bien.vn", "" } } },
	{ "in capitals", { { PERMIT, 0x86, "DIEN-BIEN.VN", "" },
			     { PERMIT, 0x86, ".DIEN-BIEN.VN", "" } } },
	{ "with a dot behind", { { PERMIT, 0x86, "dien-bien.vn.", "" },
				   { PERMIT, 0x86, ".dien-bien.vn.", "" } } },
	{ "as addresses", { { PERMIT, 0x86, "antin://dien-bien.vn", "" },
			      { PERMIT, 0x86, ".dien-bien.vn", "" } } },
	{ "with a star", { { PERMIT, 0x86, "dien-bien.vn", "" },
			     { PERMIT, 0x86, "*.dien-bien.vn", "" } } },
	{ "everything",
	    { { PERMIT, 0x86, "", "" }, { PERMIT, 0x86, ".", "" } } },
	{ "hosts' names", { { PERMIT, 0x82, "dien-bien.vn", "" },
			      { PERMIT, 0x82, ".dien-bien.vn", "" } } },
	{ "hosts' names too", { { PERMIT, 0x86, "dien-bien.vn", "" },
				  { PERMIT, 0x86, ".dien-bien.vn", "" },
				  { PERMIT, 0x82, "dien-bien.vn", "" } } },
	{ "nothing", { { 0, 0, NULL, NULL } } },
};

static void
put_subtree(struct der_wr *w, const struct subtree *t)
{
	der_put_open(w, DER_SEQUENCE);
	der_put(w, t->tag, bytes_str(t->base));
	der_put_raw(w, hexed(t->bounds));
	der_put_close(w);
}

/* The province's constraints in this form. */
static void
constrain(struct chain *c, const struct subtree t[static 4])
{
	struct der_wr w = { 0 };
	size_t i;

	der_put_open(&w, DER_SEQUENCE);
	for (i = 0; i < 4 && t[i].list != 0; i++) {
		if (i == 0 || t[i - 1].list != t[i].list)
			der_put_open(&w, t[i].list);
		put_subtree(&w, &t[i]);
		if (i == 3 || t[i + 1].list != t[i].list)
			der_put_close(&w);
	}
	der_put_close(&w);
	edit(&c->s[PROVINCE].der, "070620", PUT, buf_bytes(&w.out));
	chain_sign(c, PROVINCE);
	der_wr_free(&w);
}

static void
constraints_have_one_form(void)
{
	static const struct subtree own[4] = { { PERMIT, 0x86, "dien-bien.vn",
						   "" },
		{ PERMIT, 0x86, ".dien-bien.vn", "" } };
	struct chain c;
	size_t i, wrong = 0;

	chain_make(&c, CERT_DESK);
	constrain(&c, own);
	ok(chain_is(&c, RC_OK, ""),
	    "constraints are an authority's host and all below it");
	for (i = 0; i < COUNT(constraints); i++) {
		constrain(&c, constraints[i].t);
		if (!chain_is(&c, RC_INVALID, "docs/pki.md 2.6")) {
			note("%s", constraints[i].name);
			wrong++;
		}
	}
	is(wrong, 0, "and nothing else (%zu)", COUNT(constraints));
	chain_free(&c);
}

/* ---- bombs ---------------------------------------------------------- */

/* So many more extensions, each of so many bytes. */
static void
swell(struct buf *der, size_t n, size_t bytes)
{
	struct buf all = { 0 }, value = { 0 };
	struct bytes one;
	size_t i;

	(void)buf_grow(&value, bytes);
	one = made(DER_OCTETS, buf_bytes(&value));
	buf_add(&all, LIT("\x06\x03\x2a\x03\x04"));
	buf_add(&all, one);
	one = made(DER_SEQUENCE, buf_bytes(&all));
	buf_free(&all);
	for (i = 0; i < n; i++)
		buf_add(&all, one);
	edit(der, "070", INTO, buf_bytes(&all));
	buf_free(&value);
	buf_free(&all);
}

static void
of_33_kib(struct chain *c)
{
	swell(&c->s[HOLDER].der, 1, 33 << 10);
	chain_sign(c, HOLDER);
}

static void
commune_of_33_kib(struct chain *c)
{
	swell(&c->s[COMMUNE].der, 1, 33 << 10);
	chain_sign(c, COMMUNE);
}

static void
of_10000_extensions(struct chain *c)
{
	swell(&c->s[HOLDER].der, 10000, 1);
	chain_sign(c, HOLDER);
}

static void
of_2000_extensions(struct chain *c)
{
	swell(&c->s[HOLDER].der, 2000, 0);
	chain_sign(c, HOLDER);
}

/* Just as long as one may be; and one byte more, which is not read at all. */
static void
as_long_as_may_be(struct chain *c)
{
	swell(&c->s[HOLDER].der, 1, 16 << 10);
	swell(
	    &c->s[HOLDER].der, 1, CERT_MAX - c->s[HOLDER].der.len - 4 - 5 - 4);
	if (c->s[HOLDER].der.len != CERT_MAX)
		bug("a certificate of another length");
}

static void
one_byte_longer(struct chain *c)
{
	as_long_as_may_be(c);
	buf_u8(&c->s[HOLDER].der, 0);
}

static void
root_of_33_kib(struct chain *c)
{
	swell(&c->s[ROOT].der, 1, 33 << 10);
	chain_sign(c, ROOT);
}

static void
named(struct chain *c, size_t i, size_t len)
{
	static char name[301];

	memset(name, 'a', len);
	c->s[i].q.name = bytes_of(name, len);
	chain_write_all(c);
}

static void
named_in_255(struct chain *c)
{
	named(c, HOLDER, 255);
}

static void
named_in_256(struct chain *c)
{
	named(c, HOLDER, 256);
}

static void
named_in_300(struct chain *c)
{
	named(c, HOLDER, 300);
}

static void
issuer_named_in_255(struct chain *c)
{
	named(c, COMMUNE, 255);
}

static void
issuer_named_in_300(struct chain *c)
{
	named(c, COMMUNE, 300);
}

/* Elements within each other in an extension's value. */
static void
nest(struct chain *c, size_t deep)
{
	struct buf b = { 0 };
	struct bytes more;

	for (; deep > 0; deep--) {
		more = made(DER_SEQUENCE, buf_bytes(&b));
		buf_free(&b);
		buf_add(&b, more);
	}
	edit(&c->s[HOLDER].der, "070020", PUT, buf_bytes(&b));
	chain_sign(c, HOLDER);
	buf_free(&b);
}

static void
nested_25_deep(struct chain *c)
{
	nest(c, 25);
}

static void
nested_5000_deep(struct chain *c)
{
	nest(c, 5000);
}

static void
only(struct chain *c, struct bytes der)
{
	buf_free(&c->s[HOLDER].der);
	buf_add(&c->s[HOLDER].der, der);
}

/* As deep as a certificate's bytes allow, and nothing else. */
static void
all_nested(struct chain *c)
{
	struct buf b = { 0 };
	struct bytes more;

	while (b.len < CERT_MAX - 8) {
		more = made(DER_SEQUENCE, buf_bytes(&b));
		buf_free(&b);
		buf_add(&b, more);
	}
	only(c, buf_bytes(&b));
	buf_free(&b);
}

static void
of_4_gib(struct chain *c)
{
	only(c, LIT("\x30\x84\xff\xff\xff\xff"));
}

static void
of_more(struct chain *c)
{
	only(c, LIT("\x30\x85\x01\x00\x00\x00\x00"));
}

static void
of_all_there_is(struct chain *c)
{
	only(c, LIT("\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff"));
}

static void
of_a_length_of_127_bytes(struct chain *c)
{
	only(c, LIT("\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff"));
}

/* The length of what is signed is longer than what holds it. */
static void
longer_within(struct chain *c)
{
	memset(c->s[HOLDER].der.p + 6, 0xff, 2);
}

static void
a_serial_of_4_kib(struct chain *c)
{
	struct buf b = { 0 };

	memset(buf_grow(&b, 4096), 0x41, 4096);
	edit(&c->s[HOLDER].der, "01", PUT, made(DER_INTEGER, buf_bytes(&b)));
	chain_sign(c, HOLDER);
	buf_free(&b);
}

#define TOO_LARGE RC_LIMIT, FORM
#define BROKEN RC_INVALID, FORM

static const struct attack bombs[] = {
	{ "a certificate of 33 KiB is refused", CERT_DESK, of_33_kib,
	    TOO_LARGE },
	{ "an issuer's too", CERT_DESK, commune_of_33_kib, TOO_LARGE },
	{ "and the root's", CERT_DESK, root_of_33_kib, RC_LIMIT,
	    "the root's certificate" },
	{ "32 KiB and a byte are not read", CERT_DESK, one_byte_longer,
	    TOO_LARGE },
	{ "32 KiB are, and refused for what they say", CERT_DESK,
	    as_long_as_may_be, BROKEN },
	{ "10,000 extensions", CERT_DESK, of_10000_extensions, TOO_LARGE },
	{ "2,000 extensions", CERT_DESK, of_2000_extensions, BROKEN },
	{ "a name of 300 bytes", CERT_DESK, named_in_300, BROKEN },
	{ "of 256", CERT_DESK, named_in_256, BROKEN },
	{ "one of 255 is read", CERT_DESK, named_in_255, RC_OK, "" },
	{ "an issuer's name of 300", CERT_DESK, issuer_named_in_300, BROKEN },
	{ "one of 255 is read", CERT_DESK, issuer_named_in_255, RC_OK, "" },
	{ "elements 25 deep", CERT_DESK, nested_25_deep, BROKEN },
	{ "5,000 deep", CERT_DESK, nested_5000_deep, BROKEN },
	{ "and as deep as its bytes allow", CERT_DESK, all_nested, BROKEN },
	{ "a length of 2^32 - 1", CERT_DESK, of_4_gib, BROKEN },
	{ "of 2^32", CERT_DESK, of_more, BROKEN },
	{ "of 2^64 - 1", CERT_DESK, of_all_there_is, BROKEN },
	{ "in 127 bytes", CERT_DESK, of_a_length_of_127_bytes, BROKEN },
	{ "a length over what holds it", CERT_DESK, longer_within, BROKEN },
	{ "a serial number of 4 KiB", CERT_DESK, a_serial_of_4_kib, BROKEN },
};

/* The certificates are not looked at: most are not there. */
static void
paths_are_counted(void)
{
	static const size_t counts[] = { 0, 17, 18, 1000, SIZE_MAX };
	struct path_want want = { .at = NOW, .kind = CERT_DESK };
	static const struct cert no_root;
	struct bytes none = { 0 };
	struct path out;
	struct err e;
	size_t i, wrong = 0;

	for (i = 0; i < COUNT(counts); i++)
		wrong += path_check(&out, &none, counts[i], &no_root, &want,
			     &e) != RC_LIMIT ||
			 strstr(e.text, "docs/pki.md 3.1") == NULL;
	is(wrong, 0, "a path of no certificates, or of over 16, is refused");
}

/* ---- BER ------------------------------------------------------------ */

/* Spellings of the holder's certificate that are not DER or not X.509's. */
static const struct {
	const char *name, *path;
	enum edit how;
	const char *with;
	bool taken; /* by OpenSSL */
} spellings[] = {
	{ "bytes behind the certificate", "", AFTER, "0500", true },
	{ "a version's length in two bytes", "000", PUT, "02810102", true },
	{ "a version's length in four", "000", PUT, "02840000000102", true },
	{ "a version in two bytes", "000", PUT, "02020002", false },
	{ "a version of 9", "000", PUT, "020109", true },
	{ "a serial number that is not minimal", "01", PUT, "02020001", false },
	{ "a serial number's length in two bytes", "01", PUT, "02810107",
	    true },
	{ "a negative serial number", "01", PUT, "0201f9", true },
	{ "a serial number of 0", "01", PUT, "020100", true },
	{ "critical 01", "07001", PUT, "010101", true },
	{ "critical 80", "07001", PUT, "010180", true },
	{ "critical FALSE, the default, spelled", "07030", AFTER, "010100",
	    true },
	{ "an extension's value in pieces", "07002", PUT,
	    "24110404300902010404093009020103020100", true },
	{ "critical, its length in two bytes", "07001", PUT, "018101ff", true },
	{ "version 1, the default, spelled", "000", PUT, "020100", true },
	{ "a date without seconds", "040", PUT, "170b323530313031303030305a",
	    false },
	{ "a date with an offset", "040", PUT,
	    "17113235303130313030303030302b30373030", true },
	{ "a date with a fraction", "040", PUT,
	    "181132303235303130313030303030302e355a", true },
	{ "GeneralizedTime before 2050", "040", PUT,
	    "180f32303235303130313030303030305a", true },
	{ "a date of 31 April", "040", PUT, "170d3235303433313030303030305a",
	    true },
	{ "a date that is none", "040", PUT, "170178", false },
	{ "a signature with unused bits", "2", PUT, "03020780", true },
	{ "a signature in pieces", "2", PUT, "230403020080", true },
	{ "a key with unused bits", "061", PUT, "030207ff", true },
	{ "an empty list of extensions", "070", PUT, "3000", true },
	{ "an unknown critical extension", "0700", AFTER,
	    "300c06032a03040101ff04020500", true },
	{ "cA FALSE, the default, spelled", "070120", INTO, "010100", true },
	{ "a usage with bits set that are unused", "070220", PUT, "030207ff",
	    true },
	{ "a usage in two bytes", "070220", PUT, "0303078000", true },
	{ "bytes behind an extension's value", "070120", AFTER, "0500", true },
	{ "unique identifiers", "06", AFTER, "810200ff", true },
	{ "a name in PrintableString", "05001", PUT, "130161", true },
	{ "a name in UniversalString", "05001", PUT, "1c0400000061", true },
	{ "two names in one set, out of order", "050", INTO,
	    "300806035504030c0161", true },
	{ "no name", "05", PUT, "3000", true },
	{ "overlong UTF-8 in a name", "05001", PUT, "0c02c0af", false },
	{ "a name with a NUL", "05001", PUT, "0c03610062", true },
};

/* d2i_X509() makes a certificate of it and minds no extension of it. */
static bool
openssl_takes(struct bytes der)
{
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.len);
	bool taken =
	    x != NULL && (X509_get_extension_flags(x) & EXFLAG_INVALID) == 0;

	X509_free(x);
	return taken;
}

static void
is_not_taken(const struct chain *c, const char *name, bool taken)
{
	const bool by_openssl = openssl_takes(buf_bytes(&c->s[HOLDER].der));

	if (by_openssl != taken)
		note("OpenSSL takes it: %d", by_openssl);
	ok(chain_is(c, RC_INVALID, FORM) && by_openssl == taken, "%s: %s",
	    taken ? "OpenSSL takes it, we do not" : "neither takes it", name);
}

static void
one_spelling_is_read(void)
{
	struct chain c;
	size_t i;

	chain_make(&c, CERT_DESK);
	ok(openssl_takes(buf_bytes(&c.s[HOLDER].der)) &&
		openssl_takes(buf_bytes(&c.s[ROOT].der)) &&
		chain_is(&c, RC_OK, ""),
	    "OpenSSL takes what we do");
	chain_free(&c);
	for (i = 0; i < COUNT(spellings); i++) {
		chain_make(&c, CERT_DESK);
		edit(&c.s[HOLDER].der, spellings[i].path, spellings[i].how,
		    hexed(spellings[i].with));
		if (spellings[i].path[0] == '0')
			chain_sign(&c, HOLDER);
		is_not_taken(&c, spellings[i].name, spellings[i].taken);
		chain_free(&c);
	}
}

/* The certificate's header spelled otherwise: "head", then its length in two
 * bytes where it has one, and "end" behind the contents. */
static void
one_length_is_read(void)
{
	static const struct {
		const char *name, *head;
		bool sized;
		const char *end;
	} rows[] = {
		{ "a certificate's length in three bytes", "308300", true, "" },
		{ "in four", "30840000", true, "" },
		{ "in eight", "3088000000000000", true, "" },
		{ "a certificate of an indefinite length", "3080", false,
		    "0000" },
	};
	struct bytes in;
	struct buf b = { 0 };
	struct chain c;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		chain_make(&c, CERT_DESK);
		in = contents_of(buf_bytes(&c.s[HOLDER].der));
		buf_add(&b, hexed(rows[i].head));
		if (rows[i].sized) {
			buf_u8(&b, (uint8_t)(in.len >> 8));
			buf_u8(&b, (uint8_t)in.len);
		}
		buf_add(&b, in);
		buf_add(&b, hexed(rows[i].end));
		only(&c, buf_bytes(&b));
		is_not_taken(&c, rows[i].name, true);
		chain_free(&c);
		buf_free(&b);
	}
}

/* ---- every bit, every length ---------------------------------------- */

/* Flip a bit of certificate i, one in so many of its signature's and of those
 * before it; how many paths hold. */
static size_t
flips_that_hold(struct chain *c, size_t i, size_t in_signature, size_t before,
    size_t *tried)
{
	struct buf *der = &c->s[i].der;
	const size_t tbs =
	    (size_t)(at(buf_bytes(der), "2").p - der->p) * 8 + 40;
	size_t bit, held = 0;
	struct err e;

	for (bit = 0; bit < der->len * 8;
	     bit += bit < tbs ? before : in_signature) {
		der->p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		held += chain_try(c, &e) == RC_OK;
		der->p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		++*tried;
	}
	return held;
}

static void
no_flipped_bit_holds(void)
{
	const size_t stride =
	    getenv("ANTIN_SOAK") != NULL ? 1 : 41; /* coprime to 8 */
	struct chain c;
	size_t i, held = 0, tried = 0;
	struct err e;

	chain_make(&c, CERT_DESK);
	for (i = HOLDER; i <= ROOT; i++)
		held +=
		    flips_that_hold(&c, i, stride, stride == 1 ? 1 : 5, &tried);
	is(held, 0, "no flipped bit of a path or its root holds");
	note("%zu bits", tried);
	ok(chain_try(&c, &e) == RC_OK, "and without, it does");
	chain_free(&c);
}

static void
no_part_of_a_path_holds(void)
{
	struct chain c;
	size_t i, len, held = 0;
	struct err e;

	chain_make(&c, CERT_DESK);
	for (i = HOLDER; i <= ROOT; i++) {
		len = c.s[i].der.len;
		while (c.s[i].der.len-- > 0)
			held += chain_try(&c, &e) == RC_OK;
		c.s[i].der.len = len;
	}
	is(held, 0, "no certificate of a path that was cut short holds");
	chain_free(&c);
}

int
main(void)
{
	keys_make();
	extensions_stand_once_in_order();
	constraints_have_one_form();
	TRY("bombs", bombs);
	paths_are_counted();
	one_spelling_is_read();
	one_length_is_read();
	no_flipped_bit_holds();
	no_part_of_a_path_holds();
	keys_free();
	return done();
}
