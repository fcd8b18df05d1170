/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/cert.h"

#include <string.h>

#include "core/limits.h"
#include "core/time.h"
#include "crypto/random.h"
#include "crypto/suite.h"
#include "der/der.h"
#include "envelope/address.h"

#define SERIAL 16
#define SERIAL_MAX 20 /* RFC 5280 4.1.2.2 */
/* keyUsage's bits, as the byte of its BIT STRING (RFC 5280 4.2.1.3) */
#define USAGE_SIGN 0x80	     /* digitalSignature; 7 bits unused */
#define USAGE_KEM 0x20	     /* keyEncipherment (RFC 9935 5); 5 unused */
#define USAGE_AUTHORITY 0x86 /* and keyCertSign, cRLSign; 1 unused */

static const char *const holder_words[CERT_KINDS] = {
	[CERT_CARD] = "card",
	[CERT_AUTHORITY] = "authority",
	[CERT_STATION] = "station",
	[CERT_DESK] = "desk",
	[CERT_PERSON] = "person",
};

const char *
cert_kind_word(enum cert_kind k)
{
	return holder_words[k];
}

bool
cert_is_authority(const struct cert *c)
{
	return c->rights.kind == CERT_AUTHORITY && c->use == CERT_SIGN;
}

/* ---- names
 * -------------------------------------------------------------------- */

/* RFC 5280 4.1.2.4: one common name, in UTF-8. */
void
cert_name_write(struct der_wr *w, struct bytes name)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_open(w, DER_SET);
	der_put_open(w, DER_SEQUENCE);
	der_put_oid(w, oid(OID_X_COMMON_NAME));
	der_put(w, DER_UTF8, name);
	der_put_close(w);
	der_put_close(w);
	der_put_close(w);
}

struct bytes
cert_name_read(struct der *d)
{
	struct bytes name;

	der_open(d, DER_SEQUENCE);
	der_open(d, DER_SET);
	der_open(d, DER_SEQUENCE);
	der_oid_is(d, oid(OID_X_COMMON_NAME));
	name = der_utf8(d, LIMIT_NAME);
	if (name.len == 0)
		der_fault(d, "RFC 5280 4.1.2.6: an empty name");
	der_close(d);
	der_close(d);
	der_close(d);
	return name;
}

/* ---- keys
 * --------------------------------------------------------------------- */

static enum oid
key_oid(const struct cert_request *r)
{
	return r->use == CERT_SIGN ? r->sig->oid : r->kem->oid;
}

void
cert_tag(struct tag *out, const struct cert_request *r)
{
	tag_of(out, key_oid(r), r->pub);
}

static void
key_read(struct der *d, struct cert *c)
{
	struct bytes alg;
	size_t want = 0;

	der_open(d, DER_SEQUENCE);
	alg = der_algorithm(d, DER_SEQUENCE);
	c->pub = der_bits(d);
	der_close(d);
	c->sig = sig_by_oid(alg);
	c->kem = kem_by_oid(alg);
	if (c->sig != NULL)
		want = c->sig->pub;
	else if (c->kem != NULL && suite_has_kem(c->kem))
		want = c->kem->pub;
	else
		der_fault(d, "a key of an algorithm that is of no suite");
	if (c->pub.len != want)
		der_fault(d, "a key of another length than its algorithm's");
	c->use = c->sig != NULL ? CERT_SIGN : CERT_KEM;
	if (d->why == NULL)
		tag_of(&c->tag, c->sig != NULL ? c->sig->oid : c->kem->oid,
		    c->pub);
}

/* ---- extensions: each one's reader beside its writer
 * ------------------------- */

struct making {
	const struct cert_request *r;
	struct tag tag, issuer_tag;
};

static bool
makes_authority(const struct cert_request *r)
{
	return r->rights.kind == CERT_AUTHORITY && r->use == CERT_SIGN;
}

/* docs/pki.md 2.5: the first extension of all certificates of the tree. */
static void
put_rights(struct der_wr *w, const struct making *m)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_uint(w, m->r->rights.kind);
	der_put_uint(w, m->r->rights.level);
	der_put_uint(w, m->r->rights.precedence);
	der_put_close(w);
}

static void
read_rights(struct der *d, struct cert *c)
{
	der_open(d, DER_SEQUENCE);
	c->rights.kind = (enum cert_kind)der_uint(d, CERT_KINDS - 1);
	c->rights.level = (enum level)der_uint(d, LEVELS - 1);
	c->rights.precedence = (enum precedence)der_uint(d, PRECEDENCES - 1);
	der_close(d);
	if (c->rights.kind == CERT_CARD)
		der_fault(d, "docs/pki.md 2.5: rights of no kind");
	if (c->rights.kind == CERT_PERSON && c->use == CERT_KEM)
		der_fault(d, "docs/pki.md 2.2: a person has no KEM key");
}

/* RFC 5280 4.2.1.9; cA FALSE is the default and absent. */
static void
put_basic(struct der_wr *w, const struct making *m)
{
	der_put_open(w, DER_SEQUENCE);
	if (makes_authority(m->r)) {
		der_put_bool(w, true);
		der_put_uint(w, m->r->rights.path_len);
	}
	der_put_close(w);
}

static void
read_basic(struct der *d, struct cert *c)
{
	der_open(d, DER_SEQUENCE);
	if (cert_is_authority(c)) {
		if (!der_bool(d))
			der_fault(d, "RFC 5280 4.2.1.9: an authority that is "
				     "no CA");
		c->rights.path_len = (unsigned)der_uint(d, CERT_PATH_LEN);
	}
	der_close(d);
}

/* The BIT STRING's contents: unused bits, and the byte. */
static struct bytes
usage_of(enum cert_use use, bool authority)
{
	static const uint8_t sign[] = { 7, USAGE_SIGN };
	static const uint8_t kem[] = { 5, USAGE_KEM };
	static const uint8_t signs_others[] = { 1, USAGE_AUTHORITY };

	if (authority)
		return bytes_of(signs_others, 2);
	return bytes_of(use == CERT_SIGN ? sign : kem, 2);
}

static void
put_usage(struct der_wr *w, const struct making *m)
{
	der_put(w, DER_BITS, usage_of(m->r->use, makes_authority(m->r)));
}

static void
read_usage(struct der *d, struct cert *c)
{
	if (!bytes_eq(
		der_take(d, DER_BITS), usage_of(c->use, cert_is_authority(c))))
		der_fault(d, "RFC 5280 4.2.1.3: a key usage that is not its "
			     "key's");
}

static void
put_tag(struct der_wr *w, const struct making *m)
{
	der_put_octets(w, tag_bytes(&m->tag));
}

static void
read_tag(struct der *d, struct cert *c)
{
	if (!bytes_eq(der_octets(d, 1, 64), tag_bytes(&c->tag)))
		der_fault(d, "a key identifier that is not its key's tag");
}

static void
put_issuer_tag(struct der_wr *w, const struct making *m)
{
	der_put_open(w, DER_SEQUENCE);
	der_put(w, DER_CTX(0), tag_bytes(&m->issuer_tag));
	der_put_close(w);
}

static void
read_issuer_tag(struct der *d, struct cert *c)
{
	struct bytes tag;

	der_open(d, DER_SEQUENCE);
	tag = der_tagged(d, DER_CTX(0), TAG_SIZE, TAG_SIZE);
	der_close(d);
	if (tag.len == TAG_SIZE)
		memcpy(c->issuer_tag.b, tag.p, TAG_SIZE);
}

static void
put_address(struct der_wr *w, const struct making *m)
{
	der_put_open(w, DER_SEQUENCE);
	der_put(w, DER_CTX(6), m->r->address);
	der_put_close(w);
}

static void
read_address(struct der *d, struct cert *c)
{
	const bool unit =
	    c->rights.kind == CERT_AUTHORITY || c->rights.kind == CERT_STATION;
	const bool desk =
	    c->rights.kind == CERT_DESK || c->rights.kind == CERT_PERSON;
	struct address a;

	der_open(d, DER_SEQUENCE);
	c->address = der_tagged(d, DER_CTX(6), 1, LIMIT_ADDRESS);
	der_close(d);
	if (d->why != NULL)
		return;
	if (!address_parse(&a, c->address))
		der_fault(d, "docs/envelope.md 3: not an antin:// address");
	else if ((unit && a.desk.len > 0) || (desk && a.desk.len == 0))
		der_fault(d, "docs/pki.md 2.4: an address of another kind of "
			     "holder");
}

/* RFC 5280 4.2.1.10: "host" is the host itself, ".host" all below it. */
static void
put_constraint(struct der_wr *w, struct bytes host, bool below)
{
	struct buf text = { 0 };

	if (below)
		buf_u8(&text, '.');
	buf_add(&text, host);
	der_put_open(w, DER_SEQUENCE);
	der_put(w, DER_CTX(6), buf_bytes(&text));
	der_put_close(w);
	buf_free(&text);
}

static void
constraints_of(struct der_wr *w, struct bytes address)
{
	struct address a;

	if (!address_parse(&a, address))
		bug("an authority without address");
	der_put_open(w, DER_SEQUENCE);
	der_put_open(w, DER_CTXC(0)); /* permitted */
	put_constraint(w, a.host, false);
	put_constraint(w, a.host, true);
	der_put_close(w);
	der_put_close(w);
}

static void
put_constraints(struct der_wr *w, const struct making *m)
{
	constraints_of(w, m->r->address);
}

/* docs/pki.md 2.6: its own subtree, written in the one way there is. */
static void
read_constraints(struct der *d, struct cert *c)
{
	struct bytes found = der_raw(d, DER_SEQUENCE);
	struct der_wr want = { 0 };

	if (d->why != NULL)
		return;
	constraints_of(&want, c->address);
	if (!bytes_eq(found, buf_bytes(&want.out)))
		der_fault(d, "docs/pki.md 2.6: name constraints that are not "
			     "its own host and all below it");
	der_wr_free(&want);
}

/* Which certificates have it. */
enum within { ALL, TREE, AUTHORITY };

/* In the order they stand in a certificate: all must, none else may. */
static const struct extension {
	enum oid oid;
	enum within within;
	bool critical;
	void (*put)(struct der_wr *w, const struct making *m);
	void (*read)(struct der *d, struct cert *c);
} extensions[] = {
	{ OID_ANTIN_RIGHTS, TREE, true, put_rights, read_rights },
	{ OID_X_BASIC, ALL, true, put_basic, read_basic },
	{ OID_X_KEY_USAGE, ALL, true, put_usage, read_usage },
	{ OID_X_SKI, ALL, false, put_tag, read_tag },
	{ OID_X_AKI, ALL, false, put_issuer_tag, read_issuer_tag },
	{ OID_X_SAN, ALL, false, put_address, read_address },
	{ OID_X_NAME_CONSTRAINTS, AUTHORITY, true, put_constraints,
	    read_constraints },
};
#define EXTENSIONS (sizeof(extensions) / sizeof(extensions[0]))

static bool
has_extension(const struct extension *x, enum cert_kind kind, enum cert_use use)
{
	return x->within == ALL || (x->within == TREE && kind != CERT_CARD) ||
	       (x->within == AUTHORITY && kind == CERT_AUTHORITY &&
		   use == CERT_SIGN);
}

static void
extensions_write(struct der_wr *w, const struct making *m)
{
	const struct extension *x;
	struct der_wr value = { 0 };

	der_put_open(w, DER_CTXC(3));
	der_put_open(w, DER_SEQUENCE);
	for (x = extensions; x < extensions + EXTENSIONS; x++) {
		if (!has_extension(x, m->r->rights.kind, m->r->use))
			continue;
		der_put_open(w, DER_SEQUENCE);
		der_put_oid(w, oid(x->oid));
		if (x->critical)
			der_put_bool(w, true);
		x->put(&value, m);
		der_put_octets(w, buf_bytes(&value.out));
		der_wr_free(&value);
		der_put_close(w);
	}
	der_put_close(w);
	der_put_close(w);
}

/* What one extension holds. */
static void
extension_value(struct der *d, const struct extension *x, struct bytes octets,
    struct cert *c)
{
	struct der value = der_init(octets);

	if (d->why != NULL)
		return;
	x->read(&value, c);
	if (value.why != NULL || value.depth != 0 || value.at != value.end[0])
		der_fault(d,
		    value.why != NULL ? value.why : "more bytes than wanted");
}

/* The first extension is a certificate's rights: it is no card. */
static bool
begins_with_rights(const struct der *d)
{
	struct der look = *d;

	der_open(&look, DER_SEQUENCE);
	return bytes_eq(der_oid(&look), oid(OID_ANTIN_RIGHTS));
}

static void
extensions_read(struct der *d, struct cert *c)
{
	const struct extension *x = extensions;
	struct bytes octets;

	der_open(d, DER_CTXC(3));
	der_open(d, DER_SEQUENCE);
	if (!begins_with_rights(d))
		x++;
	for (; x < extensions + EXTENSIONS; x++) {
		if (x->within != TREE &&
		    !has_extension(x, c->rights.kind, c->use))
			continue;
		der_open(d, DER_SEQUENCE);
		if (!bytes_eq(der_oid(d), oid(x->oid)))
			der_fault(d, "docs/pki.md 2.3: an extension that is "
				     "not expected here");
		if (x->critical && !der_bool(d))
			der_fault(d, "an extension that must be critical");
		octets = der_octets(d, 1, CERT_MAX);
		der_close(d);
		extension_value(d, x, octets, c);
	}
	der_close(d);
	der_close(d);
}

/* ---- the certificate
 * ------------------------------------------------------------ */

static void
tbs_write(struct der_wr *w, const struct making *m, const struct sig_alg *alg)
{
	const struct cert_request *r = m->r;
	uint8_t serial[SERIAL];

	random_bytes(serial, sizeof(serial));
	serial[0] = (uint8_t)(serial[0] >> 1 | 0x40); /* positive, 16 bytes */
	der_put_open(w, DER_SEQUENCE);
	der_put_open(w, DER_CTXC(0));
	der_put_uint(w, 2); /* v3 */
	der_put_close(w);
	der_put_big(w, bytes_of(serial, sizeof(serial)));
	der_put_algorithm(w, DER_SEQUENCE, oid(alg->oid));
	cert_name_write(w, r->issuer);
	der_put_open(w, DER_SEQUENCE);
	der_put_when(w, r->from);
	der_put_when(w, r->until);
	der_put_close(w);
	cert_name_write(w, r->name);
	der_put_open(w, DER_SEQUENCE);
	der_put_algorithm(w, DER_SEQUENCE, oid(key_oid(r)));
	der_put_bits(w, r->pub);
	der_put_close(w);
	extensions_write(w, m);
	der_put_close(w);
}

void
cert_write(
    struct buf *out, const struct cert_request *r, const struct sig_key *issuer)
{
	const struct sig_alg *alg = sig_key_alg(issuer);
	struct making m = { .r = r };
	uint8_t signature[SIG_MAX];
	struct der_wr tbs = { 0 }, w = { 0 };
	size_t len;

	cert_tag(&m.tag, r);
	tag_of(&m.issuer_tag, alg->oid, sig_key_pub(issuer));
	tbs_write(&tbs, &m, alg);
	len = sig_sign(
	    issuer, (struct bytes){ 0 }, buf_bytes(&tbs.out), signature);
	der_put_open(&w, DER_SEQUENCE);
	der_put_raw(&w, buf_bytes(&tbs.out));
	der_put_algorithm(&w, DER_SEQUENCE, oid(alg->oid));
	der_put_bits(&w, bytes_of(signature, len));
	der_put_close(&w);
	*out = w.out;
	der_wr_free(&tbs);
}

static void
tbs_read(struct der *d, struct cert *c)
{
	struct der copy = *d;

	c->tbs = der_raw(&copy, DER_SEQUENCE);
	der_open(d, DER_SEQUENCE);
	der_open(d, DER_CTXC(0));
	if (der_uint(d, 2) != 2)
		der_fault(d, "RFC 5280 4.1.2.1: not a v3 certificate");
	der_close(d);
	c->serial = der_big(d, SERIAL_MAX);
	if (c->serial.len == 0)
		der_fault(d, "RFC 5280 4.1.2.2: a serial number of zero");
	if (c->serial.len == SERIAL_MAX && c->serial.p[0] >= 0x80)
		der_fault(d, "RFC 5280 4.1.2.2: a serial number of over 20 "
			     "bytes");
	c->signed_by = sig_by_oid(der_algorithm(d, DER_SEQUENCE));
	if (c->signed_by == NULL)
		der_fault(d, "a signature algorithm that is of no suite");
	c->issuer = cert_name_read(d);
	der_open(d, DER_SEQUENCE);
	c->from = der_when(d);
	c->until = der_when(d);
	if (c->until < c->from)
		der_fault(d, "docs/pki.md 2.1: it ends before it begins");
	der_close(d);
	c->name = cert_name_read(d);
	key_read(d, c);
	extensions_read(d, c);
	der_close(d);
}

enum rc
cert_parse(struct cert *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);

	*out = (struct cert){ .der = in };
	if (in.len > CERT_MAX)
		return fail(e, RC_LIMIT,
		    "a certificate of %zu bytes, at most %u", in.len, CERT_MAX);
	der_open(&d, DER_SEQUENCE);
	tbs_read(&d, out);
	if (sig_by_oid(der_algorithm(&d, DER_SEQUENCE)) != out->signed_by)
		der_fault(&d, "RFC 5280 4.1.1.2: two signature algorithms");
	out->signature = der_bits(&d);
	der_close(&d);
	return der_end(&d, "docs/pki.md 2: a certificate", e);
}

bool
cert_verify(const struct cert *c, const struct sig_pub *issuer)
{
	return c->signed_by == sig_pub_alg(issuer) &&
	       sig_verify(issuer, (struct bytes){ 0 }, c->tbs, c->signature);
}

void
cert_fingerprint(uint8_t out[static SHA256_SIZE], struct bytes der)
{
	sha256(out, der);
}

enum rc
cert_valid_at(const struct cert *c, int64_t now, struct err *e)
{
	char from[TIME_TEXT], until[TIME_TEXT];

	if (now >= c->from && now <= c->until)
		return RC_OK;
	time_write_vn(from, c->from);
	time_write_vn(until, c->until);
	return fail(e, RC_EXPIRED,
	    "the certificate of \"%.*s\" is outside its time: %s to %s",
	    (int)c->name.len, (const char *)c->name.p, from, until);
}
