/* SPDX-License-Identifier: EUPL-1.2 */
#include "dispatch/batch.h"

#include <string.h>

#include "envelope/address.h"

#define VERSION 1
#define CONTEXT "antin batch"

void
batch_free(struct batch *b)
{
	log_free(&b->log);
	*b = (struct batch){ 0 };
}

/* ---- signing and writing (docs/receipts.md 4) --------------------------- */

void
batch_log(struct log *out, struct bytes statements)
{
	struct bytes one;

	*out = (struct log){ 0 };
	while (statements.len > 0) {
		one = der_element(statements);
		if (one.len == 0)
			bug("statements that are none");
		log_add(out, one);
		statements =
		    bytes_of(statements.p + one.len, statements.len - one.len);
	}
}

void
batch_sign(struct buf *out, const struct batch_signer *who,
    struct bytes statements, int64_t at, bool own_clock,
    const struct sig_key *key)
{
	uint8_t signature[SIG_MAX];
	struct der_wr w = { 0 };
	struct node root;
	struct log l;
	size_t len;

	batch_log(&l, statements);
	if (l.tree.size == 0 || l.tree.size > BATCH_STATEMENTS)
		bug("a batch of none, or of too many");
	merkle_root(&l.tree, &root);
	der_put_open(&w, DER_SEQUENCE);
	der_put(&w, DER_IA5, who->address);
	der_put_octets(&w, tag_bytes(&who->tag));
	der_put_octets(&w, bytes_of(who->cert, SHA256_SIZE));
	der_put_time(&w, at);
	der_put_bool(&w, own_clock);
	der_put_uint(&w, l.tree.size);
	der_put_octets(&w, bytes_of(root.b, sizeof(root.b)));
	der_put_close(&w);
	len = sig_sign(key, bytes_str(CONTEXT), buf_bytes(&w.out), signature);
	der_put_octets(&w, bytes_of(signature, len));
	*out = w.out;
	log_free(&l);
}

void
batch_write(struct der_wr *w, struct bytes signed_head, const struct log *l,
    bool (*keep)(void *ctx, const struct log_item *item), void *ctx)
{
	der_put_open(w, DER_SEQUENCE);
	der_put_raw(w, signed_head);
	log_write(w, l, 0, l->tree.size, keep, ctx);
	der_put_close(w);
}

void
batch_cut(struct buf *out, const struct batch *b,
    bool (*keep)(void *ctx, const struct log_item *item), void *ctx)
{
	struct der_wr head = { 0 }, w = { 0 };

	der_put_raw(&head, b->head);
	der_put_octets(&head, b->signature);
	batch_write(&w, buf_bytes(&head.out), &b->log, keep, ctx);
	buf_add(out, buf_bytes(&w.out));
	der_wr_free(&head);
	der_wr_free(&w);
}

/* ---- reading ------------------------------------------------------------ */

static void
read_fixed(struct der *d, uint8_t *to, size_t size)
{
	const struct bytes b = der_octets(d, size, size);

	if (b.len == size)
		memcpy(to, b.p, size);
}

static void
head_read(struct der *d, struct batch *b)
{
	struct der copy = *d;

	b->head = der_raw(&copy, DER_SEQUENCE);
	der_open(d, DER_SEQUENCE);
	b->signer.address = der_ia5(d, LIMIT_ADDRESS);
	read_fixed(d, b->signer.tag.b, TAG_SIZE);
	read_fixed(d, b->signer.cert, SHA256_SIZE);
	b->at = der_time(d);
	b->own_clock = der_bool(d);
	b->size = der_uint(d, BATCH_STATEMENTS);
	read_fixed(d, b->root.b, sizeof(b->root.b));
	der_close(d);
	if (d->why == NULL && !address_is_desk(b->signer.address) &&
	    !address_is_station(b->signer.address))
		der_fault(d, "a signer that is no desk and no station");
}

enum rc
batch_read(struct batch *out, struct bytes in, struct err *e)
{
	struct batch b = { 0 };
	struct der d = der_init(in);
	enum rc rc;

	*out = b;
	if (in.len > NOTICE_MAX)
		return fail(e, RC_LIMIT,
		    "docs/receipts.md 4.4: a batch of %zu bytes, at most %u",
		    in.len, NOTICE_MAX);
	der_open(&d, DER_SEQUENCE);
	head_read(&d, &b);
	b.signature = der_octets(&d, 1, SIG_MAX);
	log_read(&d, &b.log);
	der_close(&d);
	if (d.why == NULL && (b.size == 0 || b.log.tree.size != b.size))
		der_fault(&d, "as many statements as it does not have");
	if ((rc = der_end(&d, "docs/receipts.md 4: a batch", e)) == RC_OK)
		*out = b;
	else
		log_free(&b.log);
	return rc;
}

enum rc
batch_verify(
    const struct batch *b, const struct known_signer *who, struct err *e)
{
	struct node root;

	if (memcmp(b->signer.cert, who->cert, SHA256_SIZE) != 0)
		return fail(e, RC_DENIED,
		    "docs/receipts.md 4.3: a batch of another signer");
	if (b->at < who->from || b->at > who->until)
		return fail(e, RC_EXPIRED,
		    "docs/receipts.md 4.3: the certificate of %.*s was not in "
		    "force when it signed",
		    (int)b->signer.address.len,
		    (const char *)b->signer.address.p);
	merkle_root(&b->log.tree, &root);
	if (!node_eq(&root, &b->root))
		return fail(e, RC_DENIED,
		    "docs/receipts.md 4.3: the statements are not those that "
		    "were signed");
	if (!sig_verify(who->pub, bytes_str(CONTEXT), b->head, b->signature))
		return fail(e, RC_DENIED,
		    "docs/receipts.md 4.3: the signature of the batch does not "
		    "hold");
	return RC_OK;
}

/* ---- notices (docs/receipts.md 5) ---------------------------------------- */

bool
notice_is(struct bytes package)
{
	return package.len > 0 && package.p[0] == NOTICE_TAG;
}

void
notice_write(struct buf *out, const struct header *h, struct bytes batches)
{
	struct der_wr w = { 0 };

	der_put_open(&w, NOTICE_TAG);
	der_put_uint(&w, VERSION);
	header_write(&w, h);
	der_put_open(&w, DER_SEQUENCE);
	der_put_raw(&w, batches);
	der_put_close(&w);
	der_put_close(&w);
	if (w.out.len > NOTICE_MAX)
		bug("a notice over its limit");
	*out = w.out;
}

enum rc
notice_read(struct notice *out, struct bytes in, struct err *e)
{
	struct notice n = { 0 };
	struct der d = der_init(in);
	const uint8_t *start;
	enum rc rc;

	*out = n;
	if (in.len > NOTICE_MAX)
		return fail(e, RC_LIMIT,
		    "docs/receipts.md 5.2: a notice of %zu bytes, at most %u",
		    in.len, NOTICE_MAX);
	der_open(&d, NOTICE_TAG);
	if (der_uint(&d, 255) != VERSION)
		der_fault(&d, "a version that this program does not know");
	header_read(&d, &n.header);
	der_open(&d, DER_SEQUENCE);
	start = d.at;
	while (der_more(&d) && n.count <= NOTICE_BATCHES) {
		(void)der_raw(&d, DER_SEQUENCE);
		n.count++;
	}
	if (d.why == NULL)
		n.batches = bytes_of(start, (size_t)(d.at - start));
	der_close(&d);
	der_close(&d);
	if (d.why == NULL && (n.count == 0 || n.count > NOTICE_BATCHES))
		der_fault(&d, "no batch, or too many");
	if ((rc = der_end(&d, "docs/receipts.md 5: a notice", e)) == RC_OK)
		*out = n;
	return rc;
}

bool
notice_next(struct bytes *batches, struct bytes *batch)
{
	*batch = der_element(*batches);
	if (batch->len == 0)
		return false;
	*batches = bytes_of(batches->p + batch->len, batches->len - batch->len);
	return true;
}
