/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/crl.h"

#include <stdlib.h>
#include <string.h>

#include "core/vec.h"

#define V2 1
#define ENUMERATED 0x0a
#define SERIAL_MAX 20 /* RFC 5280 4.1.2.2 */

/* ---- the order of entries
 * ------------------------------------------------------ */

static int
by_date(const void *a, const void *b)
{
	const struct crl_entry *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return bytes_cmp(x->serial, y->serial);
}

static int
by_serial(const void *a, const void *b)
{
	return bytes_cmp(*(const struct bytes *)a, *(const struct bytes *)b);
}

/* ---- extensions: each one's reader beside its writer
 * ------------------------- */

static void
extension_write(struct der_wr *w, enum oid o, const struct der_wr *value)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_oid(w, oid(o));
	der_put_octets(w, buf_bytes(&value->out));
	der_put_close(w);
}

/* A reader of what the next extension holds, which must be this one. */
static struct der
extension_read(struct der *d, enum oid o)
{
	struct bytes octets;

	der_open(d, DER_SEQUENCE);
	der_oid_is(d, oid(o));
	octets = der_octets(d, 1, 64);
	der_close(d);
	return der_init(octets);
}

/* The value was read to its end, without fault. */
static void
extension_end(struct der *d, const struct der *value)
{
	if (value->why != NULL || value->at != value->end[0])
		der_fault(d,
		    value->why != NULL ? value->why : "more bytes than wanted");
}

static void
reason_write(struct der_wr *w, enum revoke_reason reason)
{
	const uint8_t code = (uint8_t)reason;
	struct der_wr value = { 0 };

	der_put(&value, ENUMERATED, bytes_of(&code, 1));
	der_put_open(w, DER_SEQUENCE);
	extension_write(w, OID_X_CRL_REASON, &value);
	der_put_close(w);
	der_wr_free(&value);
}

static enum revoke_reason
reason_read(struct der *d)
{
	struct bytes code;
	struct der value;

	der_open(d, DER_SEQUENCE);
	value = extension_read(d, OID_X_CRL_REASON);
	der_close(d);
	if (d->why != NULL)
		return REVOKE_UNSPECIFIED;
	code = der_tagged(&value, ENUMERATED, 1, 1);
	extension_end(d, &value);
	if (code.len == 1 && code.p[0] >= REVOKE_KEY_COMPROMISE &&
	    code.p[0] <= REVOKE_CESSATION)
		return (enum revoke_reason)code.p[0];
	der_fault(d, "RFC 5280 5.3.1: a reason that is not written");
	return REVOKE_UNSPECIFIED;
}

static void
extensions_write(struct der_wr *w, const struct crl_request *r)
{
	struct der_wr tag = { 0 }, number = { 0 };

	der_put_open(&tag, DER_SEQUENCE);
	der_put(&tag, DER_CTX(0), tag_bytes(&r->issuer->tag));
	der_put_close(&tag);
	der_put_uint(&number, r->number);
	der_put_open(w, DER_CTXC(0));
	der_put_open(w, DER_SEQUENCE);
	extension_write(w, OID_X_AKI, &tag);
	extension_write(w, OID_X_CRL_NUMBER, &number);
	der_put_close(w);
	der_put_close(w);
	der_wr_free(&tag);
	der_wr_free(&number);
}

static void
extensions_read(struct der *d, struct crl *c)
{
	struct bytes tag = { 0 };
	struct der value;

	der_open(d, DER_CTXC(0));
	der_open(d, DER_SEQUENCE);
	value = extension_read(d, OID_X_AKI);
	if (d->why == NULL) {
		der_open(&value, DER_SEQUENCE);
		tag = der_tagged(&value, DER_CTX(0), TAG_SIZE, TAG_SIZE);
		der_close(&value);
		extension_end(d, &value);
	}
	if (tag.len == TAG_SIZE)
		memcpy(c->issuer_tag.b, tag.p, TAG_SIZE);
	value = extension_read(d, OID_X_CRL_NUMBER);
	if (d->why == NULL) {
		c->number = der_uint(&value, INT64_MAX);
		extension_end(d, &value);
	}
	der_close(d);
	der_close(d);
}

/* ---- entries
 * ------------------------------------------------------------------ */

static void
entry_write(struct der_wr *w, const struct crl_entry *e)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_big(w, e->serial);
	der_put_when(w, e->at);
	if (e->reason != REVOKE_UNSPECIFIED)
		reason_write(w, e->reason);
	der_put_close(w);
}

static struct crl_entry
entry_read(struct der *d)
{
	struct crl_entry e = { 0 };

	der_open(d, DER_SEQUENCE);
	e.serial = der_big(d, SERIAL_MAX);
	if (e.serial.len == 0)
		der_fault(d, "RFC 5280 4.1.2.2: a serial number of zero");
	e.at = der_when(d);
	if (der_more(d))
		e.reason = reason_read(d);
	der_close(d);
	return e;
}

bool
crl_next(struct bytes *entries, struct crl_entry *out)
{
	struct der d = der_init(*entries);

	if (entries->len == 0)
		return false;
	*out = entry_read(&d);
	if (d.why != NULL)
		bug("entries of a list that was not read");
	*entries = bytes_of(d.at, (size_t)(d.end[0] - d.at));
	return true;
}

/* RFC 5280 5.1.2.6: where nobody is revoked there is no such element. */
static void
entries_write(struct der_wr *w, const struct crl_request *r)
{
	size_t i;

	if (r->count == 0)
		return;
	qsort(r->entries, r->count, sizeof(*r->entries), by_date);
	der_put_open(w, DER_SEQUENCE);
	for (i = 0; i < r->count; i++)
		entry_write(w, &r->entries[i]);
	der_put_close(w);
}

/* No certificate stands twice. */
static void
check_serials(struct der *d, struct bytes *serials, size_t n)
{
	size_t i;

	qsort(serials, n, sizeof(*serials), by_serial);
	for (i = 1; i < n; i++)
		if (bytes_eq(serials[i - 1], serials[i]))
			der_fault(d, "docs/pki.md 5.2: a certificate that "
				     "stands twice");
}

static void
entries_read(struct der *d, struct crl *c)
{
	struct crl_entry last = { 0 }, e;
	struct bytes *serials = NULL;
	struct der copy = *d;

	if (!der_next_is(d, DER_SEQUENCE))
		return;
	c->entries = der_take(&copy, DER_SEQUENCE);
	der_open(d, DER_SEQUENCE);
	do {
		e = entry_read(d);
		if (d->why != NULL)
			break;
		if ((c->count > 0 && by_date(&last, &e) >= 0) || e.at > c->at)
			der_fault(d, "docs/pki.md 5.2: certificates that are "
				     "not in the order of their dates");
		last = e;
		serials = vec_more(serials, c->count, sizeof(*serials));
		serials[c->count++] = e.serial;
	} while (d->why == NULL && der_more(d) && c->count <= CRL_ENTRIES_MAX);
	der_close(d);
	if (d->why == NULL)
		check_serials(d, serials, c->count);
	free(serials);
}

/* ---- the list
 * ------------------------------------------------------------------ */

static void
tbs_write(
    struct der_wr *w, const struct crl_request *r, const struct sig_alg *alg)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_uint(w, V2);
	der_put_algorithm(w, DER_SEQUENCE, oid(alg->oid));
	cert_name_write(w, r->issuer->name);
	der_put_when(w, r->at);
	der_put_when(w, r->next);
	entries_write(w, r);
	extensions_write(w, r);
	der_put_close(w);
}

void
crl_write(
    struct buf *out, const struct crl_request *r, const struct sig_key *key)
{
	const struct sig_alg *alg = sig_key_alg(key);
	struct der_wr tbs = { 0 }, w = { 0 };
	uint8_t signature[SIG_MAX];
	size_t len;

	if (r->count > CRL_ENTRIES_MAX || r->at >= r->next ||
	    !bytes_eq(r->issuer->pub, sig_key_pub(key)))
		bug("a revocation list that nobody would read");
	tbs_write(&tbs, r, alg);
	len =
	    sig_sign(key, (struct bytes){ 0 }, buf_bytes(&tbs.out), signature);
	der_put_open(&w, DER_SEQUENCE);
	der_put_raw(&w, buf_bytes(&tbs.out));
	der_put_algorithm(&w, DER_SEQUENCE, oid(alg->oid));
	der_put_bits(&w, bytes_of(signature, len));
	der_put_close(&w);
	*out = w.out;
	der_wr_free(&tbs);
}

static void
tbs_read(struct der *d, struct crl *c)
{
	struct der copy = *d;

	c->tbs = der_raw(&copy, DER_SEQUENCE);
	der_open(d, DER_SEQUENCE);
	if (der_uint(d, V2) != V2)
		der_fault(d, "RFC 5280 5.1.2.1: not a v2 list");
	c->signed_by = sig_by_oid(der_algorithm(d, DER_SEQUENCE));
	if (c->signed_by == NULL)
		der_fault(d, "a signature algorithm that is of no suite");
	c->issuer = cert_name_read(d);
	c->at = der_when(d);
	c->next = der_when(d);
	if (c->next <= c->at)
		der_fault(d, "RFC 5280 5.1.2.5: the next list is not later");
	entries_read(d, c);
	extensions_read(d, c);
	der_close(d);
}

enum rc
crl_read(struct crl *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);
	struct crl c = { 0 };
	enum rc rc;

	*out = c;
	if (in.len > CRL_MAX)
		return fail(e, RC_LIMIT,
		    "a revocation list of %zu bytes, at most %u", in.len,
		    CRL_MAX);
	der_open(&d, DER_SEQUENCE);
	tbs_read(&d, &c);
	if (sig_by_oid(der_algorithm(&d, DER_SEQUENCE)) != c.signed_by)
		der_fault(&d, "RFC 5280 5.1.1.2: two signature algorithms");
	c.signature = der_bits(&d);
	der_close(&d);
	if (c.count > CRL_ENTRIES_MAX)
		return fail(e, RC_LIMIT,
		    "a revocation list of over %u certificates",
		    CRL_ENTRIES_MAX);
	if ((rc = der_end(&d, "docs/pki.md 5: a revocation list", e)) == RC_OK)
		*out = c;
	return rc;
}

bool
crl_verify(const struct crl *c, const struct cert *issuer)
{
	struct sig_pub *pub;
	bool holds;

	if (!cert_is_authority(issuer) || c->signed_by != issuer->sig ||
	    !bytes_eq(c->issuer, issuer->name) ||
	    !bytes_eq(tag_bytes(&c->issuer_tag), tag_bytes(&issuer->tag)))
		return false;
	pub = sig_pub_of(issuer->sig, issuer->pub);
	holds = pub != NULL &&
		sig_verify(pub, (struct bytes){ 0 }, c->tbs, c->signature);
	sig_pub_free(pub);
	return holds;
}

/* ---- who stands on it
 * --------------------------------------------------------- */

size_t
crl_entries(struct crl_entry **out, const struct directory *d, size_t unit,
    struct bytes issuer, int64_t t)
{
	const struct state *s = &d->state;
	const struct dcert *c;
	size_t i, n = 0;

	*out = NULL;
	for (i = 0; i < s->cert_count; i++) {
		c = &s->certs[i];
		/* the root's own are issued by itself */
		if (unit != (c->issuer == NONE ? c->unit
					       : s->certs[c->issuer].unit) ||
		    !bytes_eq(c->cert.issuer, issuer) || t < c->revoked ||
		    c->cert.until < t)
			continue;
		*out = vec_more(*out, n, sizeof(**out));
		(*out)[n++] =
		    (struct crl_entry){ c->cert.serial, c->revoked, c->reason };
	}
	return n;
}
