/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A bundle (docs/media.md 2): its outside, its statement, its chunks, and what
 * its writer may put into them.  The first byte says which.
 */
#include <string.h>

#include "crypto/suite.h"
#include "der/der.h"
#include "media/bundle.h"
#include "media/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t key[AEAD_KEY] = { 7 };

static enum rc
next(void *ctx, uint8_t *to, size_t len, size_t *got, struct err *e)
{
	struct bytes *rest = ctx;

	(void)e;
	*got = len < rest->len ? len : rest->len;
	if (*got > 0)
		memcpy(to, rest->p, *got);
	*rest = bytes_of(rest->p + *got, rest->len - *got);
	return RC_OK;
}

/* What is read is written as it was. */
static void
outside(struct bytes in)
{
	struct buf again = { 0 };
	struct bundle_head h;
	struct err e;

	if (bundle_head_read(&h, in, &e) != RC_OK)
		return;
	bundle_head_write(&again, &h);
	if (!bytes_eq(buf_bytes(&again), in) || in.len > BUNDLE_HEAD_MAX)
		bug("an outside of another spelling");
	buf_free(&again);
}

static void
statement(struct bytes in)
{
	static const uint8_t seed[64] = { 1 };
	static struct sig_key *nobody;
	struct bundle_statement s;
	struct cert station = { .rights.kind = CERT_STATION };
	struct err e;

	if (bundle_statement_read(&s, in, &e) != RC_OK)
		return;
	if (nobody == NULL)
		nobody = sig_key_of(
		    sig_by_name("MLDSA65-Ed25519"), bytes_of(seed, 64));
	station.sig = sig_key_alg(nobody);
	station.pub = sig_key_pub(nobody);
	if (s.number == 0 || bundle_statement_holds(&s, &station))
		bug("a statement by nobody");
}

/* Items as media takes them. */
static void
take(struct bundle_in *b)
{
	struct bundle_item item = { 0 };
	struct bundle_answer a;
	enum bundle_frame type;
	struct bytes payload, more;
	uint32_t count = 0;
	uint64_t bytes = 0;
	struct err e;
	enum rc rc;

	while ((rc = bundle_next(b, &type, &payload, &e)) == RC_OK) {
		bytes += payload.len;
		if (type == BUNDLE_ITEM)
			rc = bundle_item_begin(&item, ++count, payload, &e);
		else if (type == BUNDLE_MORE)
			rc = bundle_item_more(&item, payload, &e);
		else if (type == BUNDLE_DATA)
			rc = bundle_item_data(&item, payload, &more, &e);
		while (type == BUNDLE_ANSWERS && rc == RC_OK && payload.len > 0)
			rc = bundle_answer_next(&a, &payload, &e);
		if (rc != RC_OK)
			break;
		if (item.whole &&
		    (item.item.dest_count == 0 || item.at > item.item.total))
			bug("an item beyond its bounds");
	}
	if (bytes > b->bytes || (rc == RC_ABSENT && !b->last && !b->cut))
		bug("more was in it than there is");
	bundle_item_free(&item);
}

/* "sealed": by its very writer, who means ill. */
static void
inside(struct bytes in, bool sealed)
{
	struct bundle_out out;
	struct bundle_in b;
	struct buf file = { 0 };
	struct err e;

	bundle_out_begin(&out, sink_buf(&file), key);
	if (sealed && in.len <= BUNDLE_CHUNK) {
		buf_add(&out.plain, in);
		if (bundle_out_end(&out, &e) != RC_OK)
			bug("a buffer that refuses");
		in = buf_bytes(&file);
	}
	bundle_in_begin(&b, (struct bundle_from){ next, &in }, key);
	take(&b);
	bundle_in_free(&b);
	bundle_out_free(&out);
	buf_free(&file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest;

	if (size == 0)
		return 0;
	rest = bytes_of(data + 1, size - 1);
	if (data[0] % 4 == 0)
		outside(rest);
	else if (data[0] % 4 == 1)
		statement(rest);
	else
		inside(rest, data[0] % 4 == 2);
	return 0;
}
