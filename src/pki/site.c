/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/site.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/time.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "der/der.h"
#include "der/oid.h"
#include "pki/cert.h"

#define SERIAL 16
#define KEY_ID 20      /* bytes of a key identifier: SHA-256's first ones */
#define LABEL 63       /* bytes of a part of a host's name */
#define COMMON_NAME 64 /* characters */
#define SAN_DNS DER_CTX(2)
#define SAN_IP DER_CTX(7)

/* ---- names
 * -------------------------------------------------------------------- */

/* An address, in network order; 0: it is none, or not in the one way. */
static size_t
address_of(uint8_t out[static 16], struct bytes name)
{
	char text[INET6_ADDRSTRLEN] = { 0 }, again[INET6_ADDRSTRLEN];
	int family;

	if (name.len == 0 || name.len >= sizeof(text))
		return 0;
	memcpy(text, name.p, name.len);
	family = memchr(text, ':', name.len) != NULL ? AF_INET6 : AF_INET;
	if (inet_pton(family, text, out) != 1 ||
	    inet_ntop(family, out, again, sizeof(again)) == NULL ||
	    strcmp(text, again) != 0)
		return 0;
	return family == AF_INET6 ? 16 : 4;
}

static bool
is_label(struct bytes l)
{
	size_t i;
	uint8_t c;

	if (l.len == 0 || l.len > LABEL || l.p[0] == '-' ||
	    l.p[l.len - 1] == '-')
		return false;
	for (i = 0; i < l.len; i++) {
		c = l.p[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '-')
			return false;
	}
	return true;
}

/* RFC 1123 2.1; its last part is no number, or it would be an address. */
static bool
is_host(struct bytes name)
{
	size_t i, start = 0;

	if (name.len == 0 || name.len > SITE_NAME)
		return false;
	for (i = 0; i <= name.len; i++) {
		if (i < name.len && name.p[i] != '.')
			continue;
		if (!is_label(bytes_of(name.p + start, i - start)))
			return false;
		if (i == name.len && name.p[start] >= '0' &&
		    name.p[start] <= '9')
			return false;
		start = i + 1;
	}
	return true;
}

bool
site_name_is(struct bytes name)
{
	uint8_t address[16];

	return address_of(address, name) > 0 || is_host(name);
}

/* The next line of *text, taken off it. */
static bool
next_name(struct bytes *out, struct bytes *text)
{
	const uint8_t *end =
	    text->len == 0 ? NULL : memchr(text->p, '\n', text->len);

	if (end == NULL)
		return false;
	*out = bytes_of(text->p, (size_t)(end - text->p));
	*text = bytes_of(end + 1, text->len - out->len - 1);
	return true;
}

enum rc
site_names_read(struct site_names *out, struct bytes text, struct err *e)
{
	struct bytes name;

	*out = (struct site_names){ 0 };
	while (next_name(&name, &text)) {
		if (out->count == SITE_NAMES || !site_name_is(name))
			return fail(e, RC_INVALID,
			    "docs/desk.md 11.2: names that no certificate can "
			    "have");
		out->name[out->count++] = name;
	}
	if (text.len > 0 || out->count == 0)
		return fail(e, RC_INVALID,
		    "docs/desk.md 11.2: names that no certificate can have");
	return RC_OK;
}

bool
site_names_within(const struct site_names *these, struct bytes those)
{
	struct bytes rest, name;
	size_t i;
	bool found;

	for (i = 0; i < these->count; i++) {
		rest = those;
		found = false;
		while (!found && next_name(&name, &rest))
			found = bytes_eq(name, these->name[i]);
		if (!found)
			return false;
	}
	return true;
}

/* ---- extensions
 * --------------------------------------------------------------- */

static void
key_id(uint8_t out[static KEY_ID], struct bytes pub)
{
	uint8_t hash[SHA256_SIZE];

	sha256(hash, pub);
	memcpy(out, hash, KEY_ID);
}

/* RFC 5280 4.2.1.9: an authority signs certificates, and no authorities. */
static void
put_basic(struct der_wr *w, const struct site_cert *c)
{
	der_put_open(w, DER_SEQUENCE);
	if (c->authority) {
		der_put_bool(w, true);
		der_put_uint(w, 0);
	}
	der_put_close(w);
}

/* keyCertSign and cRLSign, or digitalSignature: RFC 5280 4.2.1.3. */
static void
put_usage(struct der_wr *w, const struct site_cert *c)
{
	static const uint8_t signs[] = { 1, 0x06 }, speaks[] = { 7, 0x80 };

	der_put(w, DER_BITS, bytes_of(c->authority ? signs : speaks, 2));
}

/* It is for servers, and signs no mail and no program. */
static void
put_purpose(struct der_wr *w, const struct site_cert *c)
{
	(void)c;
	der_put_open(w, DER_SEQUENCE);
	der_put_oid(w, oid(OID_SERVER_AUTH));
	der_put_close(w);
}

static void
put_names(struct der_wr *w, const struct site_cert *c)
{
	uint8_t address[16];
	size_t i, len;

	der_put_open(w, DER_SEQUENCE);
	for (i = 0; i < c->names.count; i++) {
		len = address_of(address, c->names.name[i]);
		if (len > 0)
			der_put(w, SAN_IP, bytes_of(address, len));
		else
			der_put(w, SAN_DNS, c->names.name[i]);
	}
	der_put_close(w);
}

static void
put_subtree(struct der_wr *w, uint8_t tag, struct bytes base)
{
	der_put_open(w, DER_SEQUENCE);
	der_put(w, tag, base);
	der_put_close(w);
}

/* A kind of name of which none is permitted would be free: RFC 5280 4.2.1.10.
 * So all of it is excluded. */
static void
put_excluded(struct der_wr *w, bool hosts, bool addresses)
{
	static const uint8_t all[32];

	if (hosts && addresses)
		return;
	der_put_open(w, DER_CTXC(1));
	if (!hosts)
		put_subtree(w, SAN_DNS, (struct bytes){ 0 });
	if (!addresses) {
		put_subtree(w, SAN_IP, bytes_of(all, 8));
		put_subtree(w, SAN_IP, bytes_of(all, 32));
	}
	der_put_close(w);
}

/* RFC 5280 4.2.1.10: these names, and those below them; an address with a mask
 * of ones. */
static void
put_constraints(struct der_wr *w, const struct site_cert *c)
{
	uint8_t range[32];
	bool hosts = false, addresses = false;
	size_t i, len;

	der_put_open(w, DER_SEQUENCE);
	der_put_open(w, DER_CTXC(0));
	for (i = 0; i < c->names.count; i++) {
		len = address_of(range, c->names.name[i]);
		if (len > 0) {
			memset(range + len, 0xff, len);
			put_subtree(w, SAN_IP, bytes_of(range, 2 * len));
			addresses = true;
		} else {
			put_subtree(w, SAN_DNS, c->names.name[i]);
			hosts = true;
		}
	}
	der_put_close(w);
	put_excluded(w, hosts, addresses);
	der_put_close(w);
}

static void
put_key_id(struct der_wr *w, const struct site_cert *c)
{
	uint8_t id[KEY_ID];

	key_id(id, c->pub);
	der_put_octets(w, bytes_of(id, KEY_ID));
}

enum within { ALL, LEAF, AUTHORITY };

static const struct extension {
	enum oid oid;
	enum within within;
	bool critical;
	void (*put)(struct der_wr *w, const struct site_cert *c);
} extensions[] = {
	{ OID_X_BASIC, ALL, true, put_basic },
	{ OID_X_KEY_USAGE, ALL, true, put_usage },
	{ OID_X_EXT_KEY_USAGE, ALL, false, put_purpose },
	{ OID_X_SKI, ALL, false, put_key_id },
	{ OID_X_SAN, LEAF, false, put_names },
	{ OID_X_NAME_CONSTRAINTS, AUTHORITY, true, put_constraints },
};
#define EXTENSIONS (sizeof(extensions) / sizeof(extensions[0]))

static void
put_extension(
    struct der_wr *w, const struct extension *x, const struct site_cert *c)
{
	struct der_wr value = { 0 };

	if ((x->within == LEAF && c->authority) ||
	    (x->within == AUTHORITY && !c->authority))
		return;
	der_put_open(w, DER_SEQUENCE);
	der_put_oid(w, oid(x->oid));
	if (x->critical)
		der_put_bool(w, true);
	x->put(&value, c);
	der_put_octets(w, buf_bytes(&value.out));
	der_put_close(w);
	der_wr_free(&value);
}

static void
put_issuer_id(struct der_wr *w, const struct p256 *issuer)
{
	struct der_wr value = { 0 };
	uint8_t pub[P256_PUB], id[KEY_ID];

	p256_pub(issuer, pub);
	key_id(id, bytes_of(pub, sizeof(pub)));
	der_put_open(&value, DER_SEQUENCE);
	der_put(&value, DER_CTX(0), bytes_of(id, KEY_ID));
	der_put_close(&value);
	der_put_open(w, DER_SEQUENCE);
	der_put_oid(w, oid(OID_X_AKI));
	der_put_octets(w, buf_bytes(&value.out));
	der_put_close(w);
	der_wr_free(&value);
}

/* ---- the certificate
 * ------------------------------------------------------------ */

/* What begins behind it is the next character's. */
static bool
goes_on(uint8_t c)
{
	return (c & 0xc0) == 0x80;
}

static void
put_common_name(struct der_wr *w, struct bytes name)
{
	size_t i, count = 0;

	for (i = 0; i < name.len; i++)
		if (!goes_on(name.p[i]) && count++ == COMMON_NAME)
			break;
	cert_name_write(w, bytes_of(name.p, i));
}

static void
put_key(struct der_wr *w, struct bytes pub)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_open(w, DER_SEQUENCE); /* RFC 5480 2.1.1 */
	der_put_oid(w, oid(OID_EC_PUBLIC_KEY));
	der_put_oid(w, oid(OID_P256));
	der_put_close(w);
	der_put_bits(w, pub);
	der_put_close(w);
}

static void
put_tbs(struct der_wr *w, const struct site_cert *c, const struct p256 *issuer)
{
	uint8_t serial[SERIAL];
	size_t i;

	random_bytes(serial, sizeof(serial));
	serial[0] = (uint8_t)(serial[0] >> 1 | 0x40); /* positive, 16 bytes */
	der_put_open(w, DER_SEQUENCE);
	der_put_open(w, DER_CTXC(0));
	der_put_uint(w, 2); /* v3 */
	der_put_close(w);
	der_put_big(w, bytes_of(serial, sizeof(serial)));
	der_put_algorithm(w, DER_SEQUENCE, oid(OID_ECDSA_SHA256));
	put_common_name(w, c->issuer);
	der_put_open(w, DER_SEQUENCE);
	der_put_when(w, c->from);
	der_put_when(w, c->until);
	der_put_close(w);
	put_common_name(w, c->subject);
	put_key(w, c->pub);
	der_put_open(w, DER_CTXC(3));
	der_put_open(w, DER_SEQUENCE);
	for (i = 0; i < EXTENSIONS; i++)
		put_extension(w, &extensions[i], c);
	put_issuer_id(w, issuer);
	der_put_close(w);
	der_put_close(w);
	der_put_close(w);
}

void
site_cert_write(
    struct buf *out, const struct site_cert *c, const struct p256 *issuer)
{
	struct der_wr tbs = { 0 }, w = { 0 };
	uint8_t sig[P256_SIG];
	size_t len;

	if (c->pub.len != P256_PUB || c->names.count == 0)
		bug("a certificate for browsers of no key or no name");
	put_tbs(&tbs, c, issuer);
	len = p256_sign(issuer, buf_bytes(&tbs.out), sig);
	der_put_open(&w, DER_SEQUENCE);
	der_put_raw(&w, buf_bytes(&tbs.out));
	der_put_algorithm(&w, DER_SEQUENCE, oid(OID_ECDSA_SHA256));
	der_put_bits(&w, bytes_of(sig, len));
	der_put_close(&w);
	*out = w.out; /* the caller's */
	der_wr_free(&tbs);
}
