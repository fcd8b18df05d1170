/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/envelope.h"

#include <stdlib.h>
#include <string.h>

#include "core/work.h"
#include "crypto/random.h"
#include "envelope/outer.h"

#define BATCH 512 /* slips made at once, on all cores */

/* ---- the outer layer's pieces: each reader beside its writer ------------ */

/* docs/envelope.md 5.4: contentEncryptionAlgorithm. */
static void
cipher_write(struct der_wr *w, const uint8_t nonce[static AEAD_NONCE])
{
	der_put_open(w, DER_SEQUENCE);
	der_put_oid(w, oid(OID_AES256_GCM));
	der_put_open(w, DER_SEQUENCE);
	der_put_octets(w, bytes_of(nonce, AEAD_NONCE));
	der_put_uint(w, AEAD_TAG);
	der_put_close(w);
	der_put_close(w);
}

static void
cipher_read(struct der *d, struct envelope *env)
{
	struct der copy = *d;

	env->cipher = der_raw(&copy, DER_SEQUENCE);
	der_open(d, DER_SEQUENCE);
	der_oid_is(d, oid(OID_AES256_GCM));
	der_open(d, DER_SEQUENCE);
	env->nonce = der_octets(d, AEAD_NONCE, AEAD_NONCE);
	if (der_uint(d, 255) != AEAD_TAG)
		der_fault(d, "a tag that is not of 16 bytes");
	der_close(d);
	der_close(d);
}

/* docs/envelope.md 5.2: the authenticated attributes, as the SET OF that is
 * the AAD (RFC 5083 2.2). */
static void
attributes_write(struct der_wr *w, const struct header *h)
{
	der_put_open(w, DER_SET);
	der_put_open(w, DER_SEQUENCE);
	der_put_oid(w, oid(OID_AT_CONTENT_TYPE));
	der_put_open(w, DER_SET);
	der_put_oid(w, oid(OID_SIGNED_DATA));
	der_put_close(w);
	der_put_close(w);
	der_put_open(w, DER_SEQUENCE);
	der_put_oid(w, oid(OID_ANTIN_AT_HEADER));
	der_put_open(w, DER_SET);
	header_write(w, h);
	der_put_close(w);
	der_put_close(w);
	der_put_close_set(w);
}

static void
attributes_read(struct der *d, struct envelope *env)
{
	struct der copy = *d;

	env->attributes = der_raw(&copy, DER_CTXC(1));
	der_open_set(d, DER_CTXC(1));
	der_open(d, DER_SEQUENCE);
	der_oid_is(d, oid(OID_AT_CONTENT_TYPE));
	der_open(d, DER_SET);
	der_oid_is(d, oid(OID_SIGNED_DATA));
	der_close(d);
	der_close(d);
	der_open(d, DER_SEQUENCE);
	der_oid_is(d, oid(OID_ANTIN_AT_HEADER));
	der_open(d, DER_SET);
	header_read(d, &env->header);
	der_close(d);
	der_close(d);
	der_close(d);
}

void
outer_ukm(uint8_t out[static UKM_SIZE], const struct kem_alg *alg,
    struct bytes cipher, struct bytes set, struct bytes origin)
{
	uint8_t header[SHA256_SIZE];
	struct der_wr w = { 0 };

	sha256(header, set);
	der_put_open(&w, DER_SEQUENCE);
	der_put_oid(&w, oid(alg->oid));
	der_put_raw(&w, cipher);
	der_put_octets(&w, bytes_of(header, sizeof(header)));
	der_put(&w, DER_IA5, origin);
	der_put_close(&w);
	sha256(out, buf_bytes(&w.out));
	der_wr_free(&w);
}

/* ---- reading
 * ------------------------------------------------------------------ */

static void
slips_read(struct der *d, struct envelope *env)
{
	const uint8_t *start;

	der_open_set(d, DER_SET);
	start = d->at;
	for (; der_more(d); env->slip_count++)
		(void)der_raw(d, DER_CTXC(4));
	if (d->why == NULL)
		env->slips = bytes_of(start, (size_t)(d->at - start));
	der_close(d);
}

/* Each slip is of the profile, and no tag stands twice: thousands of slips for
 * one key would be as many decapsulations.  In DER's order the same tags are
 * neighbours. */
static enum rc
slips_check(struct bytes rest, struct err *e)
{
	struct slip slip = { 0 }, last;
	struct bytes one;
	enum rc rc;

	while (rest.len > 0) {
		last = slip;
		one = der_element(rest);
		rest = bytes_of(rest.p + one.len, rest.len - one.len);
		rc = slip_parse(&slip, one, e);
		if (rc != RC_OK)
			return rc;
		if (!slip_is_ours(&slip))
			return fail(e, RC_INVALID,
			    "docs/envelope.md 6.2: a slip outside the profile");
		if (slip.kem == last.kem && bytes_eq(slip.rid, last.rid))
			return fail(e, RC_INVALID,
			    "docs/envelope.md 6.2: a recipient stands twice");
	}
	return RC_OK;
}

enum rc
envelope_parse(struct envelope *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);
	enum rc rc;

	*out = (struct envelope){ 0 };
	if (in.len > ENVELOPE_MAX)
		return fail(e, RC_LIMIT, "an envelope of %zu bytes, at most %u",
		    in.len, ENVELOPE_MAX);
	der_open(&d, DER_SEQUENCE);
	der_oid_is(&d, oid(OID_AUTH_ENVELOPED));
	der_open(&d, DER_CTXC(0));
	der_open(&d, DER_SEQUENCE);
	(void)der_uint(&d, 0); /* version */
	slips_read(&d, out);
	der_open(&d, DER_SEQUENCE);
	der_oid_is(&d, oid(OID_SIGNED_DATA));
	cipher_read(&d, out);
	out->sealed = der_tagged(&d, DER_CTX(0), 1, ENVELOPE_SEALED_MAX);
	der_close(&d);
	attributes_read(&d, out);
	out->mac = der_octets(&d, AEAD_TAG, AEAD_TAG);
	der_close(&d);
	der_close(&d);
	der_close(&d);
	rc = der_end(&d, "docs/envelope.md 5: an envelope", e);
	if (rc != RC_OK)
		goto out;
	if (out->slip_count == 0 || out->slip_count > LIMIT_SLIPS) {
		rc = fail(e, RC_LIMIT,
		    "docs/envelope.md 5.3: %zu slips, 1 to %u are wanted",
		    out->slip_count, LIMIT_SLIPS);
		goto out;
	}
	rc = slips_check(out->slips, e);
out:
	if (rc != RC_OK)
		*out = (struct envelope){ 0 };
	return rc;
}

enum rc
envelope_outside(struct envelope *out, struct bytes slips, struct bytes cipher,
    struct bytes attributes, struct err *e)
{
	struct der d = der_init(slips);
	enum rc rc;

	*out = (struct envelope){ .slips = slips };
	for (; der_more(&d) && out->slip_count <= LIMIT_SLIPS;
	     out->slip_count++)
		(void)der_raw(&d, DER_CTXC(4));
	if (out->slip_count == 0 || out->slip_count > LIMIT_SLIPS) {
		rc = fail(e, RC_LIMIT,
		    "docs/envelope.md 5.3: %zu slips, 1 to %u are wanted",
		    out->slip_count, LIMIT_SLIPS);
		goto out;
	}
	rc = der_end(&d, "docs/envelope.md 6: slips", e);
	if (rc != RC_OK || (rc = slips_check(slips, e)) != RC_OK)
		goto out;
	d = der_init(cipher);
	cipher_read(&d, out);
	rc = der_end(&d, "docs/envelope.md 5.4: a cipher", e);
	if (rc != RC_OK)
		goto out;
	d = der_init(attributes);
	attributes_read(&d, out);
	rc = der_end(&d, "docs/envelope.md 5.2: authenticated attributes", e);
out:
	if (rc != RC_OK)
		*out = (struct envelope){ 0 };
	return rc;
}

bool
envelope_slip(const struct envelope *env, size_t *at, struct slip *out)
{
	struct bytes rest = bytes_of(env->slips.p + *at, env->slips.len - *at);
	struct bytes one = der_element(rest);
	struct err e;

	if (one.len == 0)
		return false;
	*at += one.len;
	if (slip_parse(out, one, &e) != RC_OK)
		bug("a slip that was read before");
	return true;
}

/* ---- writing
 * ------------------------------------------------------------------ */

void
outer_head(struct buf *out, size_t slips, size_t tail)
{
	size_t set = der_header_size(slips) + slips;
	size_t body = 3 + set + tail;
	size_t body_all = der_header_size(body) + body;
	size_t explicit_all = der_header_size(body_all) + body_all;
	struct der_wr w = { 0 };

	der_put_oid(&w, oid(OID_AUTH_ENVELOPED));
	der_put_header(out, DER_SEQUENCE, w.out.len + explicit_all);
	buf_add(out, buf_bytes(&w.out));
	der_wr_free(&w);
	der_put_header(out, DER_CTXC(0), body_all);
	der_put_header(out, DER_SEQUENCE, body);
	der_put_uint(&w, 0);
	buf_add(out, buf_bytes(&w.out));
	der_wr_free(&w);
	der_put_header(out, DER_SET, slips);
}

/* What comes after the slips: the sealed content, the attributes, the tag. */
static void
tail_write(struct der_wr *w, struct bytes cipher, struct bytes sealed,
    struct bytes set, struct bytes mac)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_oid(w, oid(OID_SIGNED_DATA));
	der_put_raw(w, cipher);
	der_put(w, DER_CTX(0), sealed);
	der_put_close(w);
	buf_u8(&w->out, DER_CTXC(1)); /* the set under its other tag */
	buf_add(&w->out, bytes_of(set.p + 1, set.len - 1));
	der_put_octets(w, mac);
}

/* Making the slips, a batch at a time. */
struct slip_work {
	const struct recipient **order;
	size_t first; /* of this batch, in order */
	const uint8_t *cek;
	struct bytes cipher, set, origin;
	size_t *at; /* where each slip of the batch goes in "out" */
	struct buf out;
};

static enum rc
one_slip(void *ctx, size_t i, struct err *e)
{
	struct slip_work *work = ctx;
	const struct recipient *r = work->order[work->first + i];
	uint8_t ukm[UKM_SIZE];
	enum rc rc;

	outer_ukm(ukm, r->alg, work->cipher, work->set, work->origin);
	rc = slip_seal(work->out.p + work->at[i], r->alg, &r->tag, r->pub, ukm,
	    work->cek, e);
	if (rc != RC_OK)
		rc = fail_at(e, "recipient %zu", work->first + i + 1);
	return rc;
}

static enum rc
slips_write(
    const struct sink *to, struct slip_work *work, size_t n, struct err *e)
{
	size_t batch, i, at;
	enum rc rc = RC_OK;

	work->at = alloc(BATCH, sizeof(*work->at));
	for (; work->first < n && rc == RC_OK; work->first += batch) {
		batch = n - work->first < BATCH ? n - work->first : BATCH;
		for (i = 0, at = 0; i < batch; i++) {
			work->at[i] = at;
			at += slip_size(work->order[work->first + i]->alg);
		}
		work->out.len = 0;
		(void)buf_grow(&work->out, at);
		rc = work_each(batch, one_slip, work, e);
		if (rc == RC_OK)
			rc = to->put(to->ctx, buf_bytes(&work->out), e);
	}
	buf_free(&work->out);
	free(work->at);
	return rc;
}

static int
by_slip_order(const void *a, const void *b)
{
	const struct recipient *x = *(const struct recipient *const *)a;
	const struct recipient *y = *(const struct recipient *const *)b;

	return slip_order(x->alg, &x->tag, y->alg, &y->tag);
}

/* Recipients in DER's order of their slips; the caller frees *out. */
static enum rc
recipients_sort(const struct recipient ***out, const struct recipient *r,
    size_t n, struct err *e)
{
	const struct recipient **order;
	size_t i;

	*out = NULL;
	if (n == 0 || n > LIMIT_SLIPS)
		return fail(e, RC_LIMIT,
		    "docs/envelope.md 5.3: %zu slips, 1 to %u are wanted", n,
		    LIMIT_SLIPS);
	order = alloc(n, sizeof(const struct recipient *));
	for (i = 0; i < n; i++)
		order[i] = &r[i];
	qsort(order, n, sizeof(const struct recipient *), by_slip_order);
	for (i = 1; i < n; i++)
		if (by_slip_order(&order[i - 1], &order[i]) == 0) {
			free(order);
			return fail(e, RC_INVALID,
			    "docs/envelope.md 6.2: a recipient stands twice");
		}
	*out = order;
	return RC_OK;
}

static size_t
slips_size(const struct recipient *r, size_t n)
{
	size_t size = 0, i;

	for (i = 0; i < n; i++)
		size += slip_size(r[i].alg);
	return size;
}

static void
content_seal(struct der_wr *tail, struct bytes inner, struct bytes cipher,
    const uint8_t nonce[static AEAD_NONCE], struct bytes set,
    const uint8_t cek[static AEAD_KEY])
{
	struct aead *aead = aead_new(cek);
	uint8_t mac[AEAD_TAG];
	struct buf sealed = { 0 };

	aead_seal(aead, nonce, set, inner, buf_grow(&sealed, inner.len), mac);
	tail_write(
	    tail, cipher, buf_bytes(&sealed), set, bytes_of(mac, sizeof(mac)));
	buf_free(&sealed);
	aead_free(aead);
}

enum rc
envelope_seal(const struct sink *to, const struct header *header,
    struct bytes inner, const uint8_t cek[static AEAD_KEY],
    const struct recipient *recipients, size_t n, struct err *e)
{
	struct der_wr cipher = { 0 }, set = { 0 }, tail = { 0 };
	const struct recipient **order = NULL;
	struct slip_work work = { .cek = cek, .origin = header->origin };
	uint8_t nonce[AEAD_NONCE];
	struct buf head = { 0 };
	enum rc rc;

	if (inner.len > ENVELOPE_SEALED_MAX)
		return fail(e, RC_LIMIT,
		    "a content of %zu bytes, at most %u; send what is larger "
		    "as an attachment",
		    inner.len, ENVELOPE_SEALED_MAX);
	rc = recipients_sort(&order, recipients, n, e);
	if (rc != RC_OK)
		return rc;
	random_bytes(nonce, sizeof(nonce));
	cipher_write(&cipher, nonce);
	attributes_write(&set, header);
	content_seal(&tail, inner, buf_bytes(&cipher.out), nonce,
	    buf_bytes(&set.out), cek);
	outer_head(&head, slips_size(recipients, n), tail.out.len);
	work.order = order;
	work.cipher = buf_bytes(&cipher.out);
	work.set = buf_bytes(&set.out);

	rc = to->put(to->ctx, buf_bytes(&head), e);
	if (rc == RC_OK)
		rc = slips_write(to, &work, n, e);
	if (rc == RC_OK)
		rc = to->put(to->ctx, buf_bytes(&tail.out), e);

	der_wr_free(&cipher);
	der_wr_free(&set);
	der_wr_free(&tail);
	buf_free(&head);
	free(order);
	return rc;
}

size_t
envelope_size(const struct header *header, size_t inner,
    const struct recipient *recipients, size_t n)
{
	static const uint8_t zero[AEAD_TAG];
	struct der_wr cipher = { 0 }, set = { 0 }, tail = { 0 };
	size_t slips = slips_size(recipients, n), size, held;
	struct buf head = { 0 };

	cipher_write(&cipher, zero);
	attributes_write(&set, header);
	tail_write(&tail, buf_bytes(&cipher.out), (struct bytes){ 0 },
	    buf_bytes(&set.out), bytes_of(zero, AEAD_TAG));
	/* the sealed content, which the two headers before it grow with */
	size = tail.out.len - 2 + der_header_size(inner) + inner;
	held = 2 + oid(OID_SIGNED_DATA).len + cipher.out.len;
	size += der_header_size(held + der_header_size(inner) + inner) -
		der_header_size(held + 2);
	outer_head(&head, slips, size);
	size += head.len + slips;
	der_wr_free(&cipher);
	der_wr_free(&set);
	der_wr_free(&tail);
	buf_free(&head);
	return size;
}
