/* SPDX-License-Identifier: EUPL-1.2 */
/* What frames of a bundle hold: answers, and items (docs/media.md 2). */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "media/bundle.h"

#define DEST_BYTES 1000u /* docs/link.md 6.6 */

void
bundle_answer_put(struct buf *out, const struct bundle_answer *a)
{
	buf_add(out, bytes_of(a->sum, sizeof(a->sum)));
	buf_u8(out, (uint8_t)a->outcome);
	buf_u8(out, (uint8_t)a->why);
}

enum rc
bundle_answer_next(struct bundle_answer *a, struct bytes *in, struct err *e)
{
	struct rd r = rd_init(*in);
	struct bytes sum = rd_bytes(&r, sizeof(a->sum));
	const uint8_t outcome = rd_u8(&r), why = rd_u8(&r);

	*in = rd_rest(&r);
	if (!rd_end(&r) || outcome >= ACKS || why >= REFUSALS ||
	    (outcome == ACK_REFUSED) != (why != REFUSAL_NONE))
		return fail(
		    e, RC_INVALID, "docs/media.md 2.6: an answer that is none");
	memcpy(a->sum, sum.p, sizeof(a->sum));
	a->outcome = (enum ack)outcome;
	a->why = (enum refusal)why;
	return RC_OK;
}

static size_t
most_dests(const struct item *item)
{
	const size_t most = 1 + item->envelope / DEST_BYTES;

	return most < LINK_DESTS ? most : LINK_DESTS;
}

/* Destinations of one frame; where they lie is known when all are there. */
static enum rc
add_dests(struct bundle_item *b, const struct item_part *part, struct err *e)
{
	struct bytes rest = part->dests;
	struct link_dest d;
	struct bytes last;
	enum rc rc;
	size_t i;

	if (b->count + part->count > most_dests(&b->item))
		return fail(e, RC_INVALID,
		    "docs/link.md 6.6: %zu destinations of an envelope of %u "
		    "bytes",
		    b->count + part->count, b->item.envelope);
	for (i = 0; i < part->count; i++) {
		last = b->count == 0 ? (struct bytes){ 0 }
				     : b->dests[b->count - 1].address;
		if (b->count > 0) /* "text" may have moved */
			last = bytes_of(
			    b->text.p + b->text.len - last.len, last.len);
		if ((rc = dest_next(&d, &rest, last, e)) != RC_OK)
			return rc;
		buf_add(&b->text, d.address);
		b->dests = vec_more(b->dests, b->count, sizeof(*b->dests));
		b->dests[b->count++] = d;
	}
	if (rest.len > 0)
		return fail(e, RC_INVALID,
		    "docs/link.md 6.1: %zu bytes behind the destinations",
		    rest.len);
	if (part->more)
		return RC_OK;
	if (b->count == 0)
		return fail(e, RC_INVALID, "docs/link.md 6.6: no destination");
	b->whole = true;
	for (i = 0, rest = buf_bytes(&b->text); i < b->count; i++) {
		b->dests[i].address = bytes_of(rest.p, b->dests[i].address.len);
		rest = bytes_of(rest.p + b->dests[i].address.len,
		    rest.len - b->dests[i].address.len);
	}
	b->item.dests = b->dests;
	b->item.dest_count = b->count;
	b->at = b->item.from;
	return RC_OK;
}

enum rc
bundle_item_begin(
    struct bundle_item *b, uint32_t number, struct bytes payload, struct err *e)
{
	struct item_part part;
	enum rc rc;

	if (b->begun && !b->whole)
		return fail(e, RC_INVALID,
		    "docs/media.md 2.7: an item in the head of another");
	bundle_item_free(b);
	if ((rc = item_read(&b->item, &part, payload, e)) != RC_OK)
		return rc;
	if (b->item.number != number)
		return fail(e, RC_INVALID,
		    "docs/media.md 2.7: item %u, wanted %u", b->item.number,
		    number);
	b->begun = true;
	return add_dests(b, &part, e);
}

enum rc
bundle_item_more(struct bundle_item *b, struct bytes payload, struct err *e)
{
	struct item_part part;
	uint32_t number;
	enum rc rc;

	if ((rc = more_read(&number, &part, payload, e)) != RC_OK)
		return rc;
	if (!b->begun || b->whole || number != b->item.number)
		return fail(e, RC_INVALID,
		    "docs/media.md 2.7: more of a head that is none");
	return add_dests(b, &part, e);
}

enum rc
bundle_item_data(struct bundle_item *b, struct bytes payload,
    struct bytes *bytes, struct err *e)
{
	struct rd r = rd_init(payload);
	uint32_t number = 0;
	int i;

	for (i = 0; i < 4; i++)
		number = number << 8 | rd_u8(&r);
	*bytes = rd_rest(&r);
	if (!rd_end(&r) || !b->whole || number != b->item.number ||
	    bytes->len == 0 || bytes->len > b->item.total - b->at)
		return fail(e, RC_INVALID,
		    "docs/media.md 2.7: bytes of no item, or beyond its end");
	b->at += bytes->len;
	return RC_OK;
}

void
bundle_item_free(struct bundle_item *b)
{
	free(b->dests);
	buf_free(&b->text);
	*b = (struct bundle_item){ 0 };
}
