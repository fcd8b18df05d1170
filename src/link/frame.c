/* SPDX-License-Identifier: EUPL-1.2 */
#include "link/frame.h"

#include <inttypes.h>
#include <string.h>

#include "core/time.h"
#include "core/utf8.h"
#include "envelope/address.h"
#include "envelope/envelope.h"
#include "pki/link.h"

#define RANKS 4
#define FLAG_MORE 1u /* docs/link.md 6.3 */
#define FLAG_AGAIN 2u
#define CRITICAL 0x8000u

/* docs/link.md 2.2: a payload's bytes, at least and at most. */
static const struct {
	const char *name;
	size_t min, max;
} types[FRAME_TYPES] = {
	[FRAME_HELLO] = { "HELLO", 27, FRAME_MAX },
	[FRAME_PARTIAL] = { "PARTIAL", 0, LINK_PARTIALS * 40 },
	[FRAME_ITEM] = { "ITEM", ITEM_HEAD, FRAME_MAX },
	[FRAME_MORE] = { "MORE", MORE_HEAD, FRAME_MAX },
	[FRAME_DATA] = { "DATA", 5, FRAME_MAX },
	[FRAME_STOP] = { "STOP", 4, 4 },
	[FRAME_ACK] = { "ACK", ACK_ENTRY, FRAME_MAX },
	[FRAME_CREDIT] = { "CREDIT", 12, 12 },
	[FRAME_PING] = { "PING", 8, 8 },
	[FRAME_PONG] = { "PONG", 8, 8 },
	[FRAME_BYE] = { "BYE", 1, 1 + LINK_BYE_TEXT },
	[FRAME_ENROL] = { "ENROL", 1, FRAME_MAX },
	[FRAME_TELL] = { "TELL", TELL_HEAD + 1, FRAME_MAX },
};

static uint64_t
rd_uint(struct rd *r, unsigned bytes)
{
	uint64_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | rd_u8(r);
	return v;
}

void
frame_uint(struct buf *out, uint64_t v, unsigned bytes)
{
	uint8_t b[8];
	unsigned i;

	for (i = 0; i < bytes; i++)
		b[i] = (uint8_t)(v >> 8 * (bytes - 1 - i));
	buf_add(out, bytes_of(b, bytes));
}

void
frame_head(const uint8_t head[static FRAME_HEAD], uint8_t *type, size_t *len)
{
	*type = head[0];
	*len = (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
}

const char *
frame_name(uint8_t type)
{
	return type < FRAME_TYPES ? types[type].name : NULL;
}

enum rc
frame_fits(uint8_t type, size_t len, struct err *e)
{
	if (len < types[type].min || len > types[type].max)
		return fail(e, RC_INVALID,
		    "docs/link.md 2.4: %s of %zu bytes, at least %zu and at "
		    "most %zu",
		    types[type].name, len, types[type].min, types[type].max);
	return RC_OK;
}

size_t
frame_open(struct buf *out, enum frame_type type)
{
	frame_uint(out, (uint64_t)type << 24, FRAME_HEAD);
	return out->len;
}

void
frame_close(struct buf *out, size_t opened)
{
	size_t len = out->len - opened;

	if (len > FRAME_MAX)
		bug("a frame over its limit");
	out->p[opened - 3] = (uint8_t)(len >> 16);
	out->p[opened - 2] = (uint8_t)(len >> 8);
	out->p[opened - 1] = (uint8_t)len;
}

void
hello_write(struct buf *out, const struct hello *h)
{
	size_t at = frame_open(out, FRAME_HELLO);

	if (h->statement.len > LINK_STATEMENT_MAX)
		bug("HELLO with a link statement that is too long");
	buf_u8(out, h->lowest);
	buf_u8(out, h->highest);
	buf_u64(out, h->incarnation);
	buf_u64(out, (uint64_t)h->clock);
	buf_u8(out, h->own_clock);
	frame_uint(out, h->window, 4);
	frame_uint(out, h->items, 2);
	frame_uint(out, h->statement.len, 2);
	buf_add(out, h->statement);
	buf_add(out, h->extensions);
	frame_close(out, at);
}

/* The next extension, stepping *r over it. */
static bool
extension_next(struct rd *r, uint16_t *tag, struct bytes *value)
{
	if (r->in.len == 0)
		return false;
	*tag = (uint16_t)rd_uint(r, 2);
	*value = rd_bytes(r, (size_t)rd_uint(r, 2));
	return !r->bad;
}

/* docs/link.md 4.6. */
static enum rc
extensions_check(struct bytes in, struct err *e)
{
	struct rd r = rd_init(in);
	struct bytes value;
	uint32_t last = 0;
	uint16_t tag;
	bool first;

	for (first = true; extension_next(&r, &tag, &value); first = false) {
		if (!first && tag <= last)
			return fail(e, RC_INVALID,
			    "docs/link.md 4.6: extension %u after %" PRIu32,
			    tag, last);
		if (tag & CRITICAL)
			return fail(e, RC_INVALID,
			    "docs/link.md 4.6: the critical extension %u is "
			    "not known",
			    tag);
		last = tag;
	}
	if (!rd_end(&r))
		return fail(e, RC_INVALID,
		    "docs/link.md 4.6: %zu bytes are no extensions", in.len);
	return RC_OK;
}

bool
hello_extension(const struct hello *h, uint16_t tag, struct bytes *value)
{
	struct rd r = rd_init(h->extensions);
	uint16_t at;

	while (extension_next(&r, &at, value))
		if (at == tag)
			return true;
	return false;
}

static enum rc
read_hello(struct hello *out, struct bytes in, bool thin, struct err *e)
{
	struct rd r = rd_init(in);
	uint64_t clock;
	uint8_t whose;
	size_t len;

	*out = (struct hello){ 0 };
	out->lowest = rd_u8(&r);
	out->highest = rd_u8(&r);
	out->incarnation = rd_u64(&r);
	clock = rd_u64(&r);
	whose = rd_u8(&r);
	out->window = (uint32_t)rd_uint(&r, 4);
	out->items = (uint16_t)rd_uint(&r, 2);
	len = (size_t)rd_uint(&r, 2);
	out->statement = rd_bytes(&r, len);
	out->extensions = rd_rest(&r);
	if (thin && len > 0)
		return fail(e, RC_INVALID,
		    "docs/link.md 19.5: HELLO with a statement of %zu bytes",
		    len);
	if (!rd_end(&r) || (len == 0 && !thin) || len > LINK_STATEMENT_MAX)
		return fail(e, RC_INVALID,
		    "docs/link.md 4.5: HELLO of %zu bytes with a link "
		    "statement of %zu, 1 to %u",
		    in.len, len, LINK_STATEMENT_MAX);
	if (out->lowest == 0 || out->lowest > out->highest)
		return fail(e, RC_INVALID,
		    "docs/link.md 4.2: versions %u to %u", out->lowest,
		    out->highest);
	if (clock > (uint64_t)TIME_MAX || whose > 1)
		return fail(e, RC_INVALID,
		    "docs/link.md 4.3: not a clock: %" PRIu64 ", of %u", clock,
		    whose);
	out->clock = (int64_t)clock;
	out->own_clock = whose == 1;
	return extensions_check(out->extensions, e);
}

enum rc
hello_read(struct hello *out, struct bytes in, struct err *e)
{
	return read_hello(out, in, false, e);
}

enum rc
hello_read_thin(struct hello *out, struct bytes in, struct err *e)
{
	return read_hello(out, in, true, e);
}

void
partial_put(struct buf *out, const struct partial *p)
{
	buf_add(out, bytes_of(p->sum, sizeof(p->sum)));
	buf_u64(out, p->have);
}

enum rc
partial_next(struct partial *p, struct bytes *in, struct err *e)
{
	struct rd r = rd_init(*in);
	struct bytes sum = rd_bytes(&r, sizeof(p->sum));

	p->have = rd_u64(&r);
	*in = rd_rest(&r);
	if (!rd_end(&r))
		return fail(e, RC_INVALID,
		    "docs/link.md 5.1: PARTIAL of entries that are not whole");
	memcpy(p->sum, sum.p, sizeof(p->sum));
	if (p->have == 0 || p->have > LINK_TOTAL_MAX)
		return fail(e, RC_INVALID,
		    "docs/link.md 5.3: a part of %" PRIu64 " bytes", p->have);
	return RC_OK;
}

void
item_put(struct buf *out, const struct item *item, bool more, uint16_t count)
{
	frame_uint(out, item->number, 4);
	buf_u8(out, (uint8_t)item->rank);
	buf_u8(out, (more ? FLAG_MORE : 0) | (item->again ? FLAG_AGAIN : 0));
	frame_uint(out, item->envelope, 4);
	buf_u64(out, item->total);
	buf_add(out, bytes_of(item->sum, sizeof(item->sum)));
	buf_u64(out, item->from);
	frame_uint(out, count, 2);
}

void
more_put(struct buf *out, uint32_t number, bool more, uint16_t count)
{
	frame_uint(out, number, 4);
	buf_u8(out, more ? FLAG_MORE : 0);
	frame_uint(out, count, 2);
}

static enum rc
flags_check(
    struct item_part *part, uint8_t flags, unsigned known, struct err *e)
{
	if (flags & ~known)
		return fail(e, RC_INVALID,
		    "docs/link.md 6.3: flags %u that are not known", flags);
	part->more = (flags & FLAG_MORE) != 0;
	return RC_OK;
}

/* docs/link.md 6.4. */
static enum rc
sizes_check(const struct item *item, struct err *e)
{
	if (item->envelope == 0 || item->envelope > ENVELOPE_MAX ||
	    item->envelope > item->total || item->total > LINK_TOTAL_MAX)
		return fail(e, RC_INVALID,
		    "docs/link.md 6.4: an item of %" PRIu64 " bytes with an "
		    "envelope of %" PRIu32,
		    item->total, item->envelope);
	if (item->from > item->total)
		return fail(e, RC_INVALID,
		    "docs/link.md 6.5: an item of %" PRIu64 " bytes from "
		    "%" PRIu64,
		    item->total, item->from);
	return RC_OK;
}

enum rc
item_read(
    struct item *out, struct item_part *part, struct bytes in, struct err *e)
{
	struct rd r = rd_init(in);
	struct bytes sum;
	uint8_t flags;

	*out = (struct item){ 0 };
	*part = (struct item_part){ 0 };
	out->number = (uint32_t)rd_uint(&r, 4);
	out->rank = rd_u8(&r);
	flags = rd_u8(&r);
	out->envelope = (uint32_t)rd_uint(&r, 4);
	out->total = rd_u64(&r);
	sum = rd_bytes(&r, sizeof(out->sum));
	out->from = rd_u64(&r);
	part->count = (size_t)rd_uint(&r, 2);
	part->dests = rd_rest(&r);
	if (!rd_end(&r))
		return frame_fits(FRAME_ITEM, in.len, e);
	memcpy(out->sum, sum.p, sizeof(out->sum));
	if (out->rank >= RANKS)
		return fail(
		    e, RC_INVALID, "docs/link.md 6.3: rank %u", out->rank);
	if (flags_check(part, flags, FLAG_MORE | FLAG_AGAIN, e) != RC_OK)
		return e->rc;
	out->again = (flags & FLAG_AGAIN) != 0;
	return sizes_check(out, e);
}

enum rc
more_read(
    uint32_t *number, struct item_part *part, struct bytes in, struct err *e)
{
	struct rd r = rd_init(in);
	uint8_t flags;

	*part = (struct item_part){ 0 };
	*number = (uint32_t)rd_uint(&r, 4);
	flags = rd_u8(&r);
	part->count = (size_t)rd_uint(&r, 2);
	part->dests = rd_rest(&r);
	if (!rd_end(&r))
		return frame_fits(FRAME_MORE, in.len, e);
	if (part->count == 0)
		return fail(e, RC_INVALID,
		    "docs/link.md 6.7: MORE without a destination");
	return flags_check(part, flags, FLAG_MORE, e);
}

bool
dest_ok(const struct link_dest *d)
{
	static const struct tag none;

	return address_is_desk(d->address) ||
	       (address_is_station(d->address) &&
		   memcmp(d->tag.b, none.b, TAG_SIZE) == 0);
}

void
dest_put(struct buf *out, const struct link_dest *d)
{
	buf_add(out, tag_bytes(&d->tag));
	buf_u8(out, (uint8_t)d->address.len);
	buf_add(out, d->address);
}

enum rc
dest_next(
    struct link_dest *out, struct bytes *in, struct bytes last, struct err *e)
{
	struct rd r = rd_init(*in);
	struct bytes tag = rd_bytes(&r, TAG_SIZE);

	out->address = rd_bytes(&r, rd_u8(&r));
	*in = rd_rest(&r);
	if (!rd_end(&r))
		return fail(e, RC_INVALID,
		    "docs/link.md 6.1: destinations that are not whole");
	memcpy(out->tag.b, tag.p, TAG_SIZE);
	if (!dest_ok(out))
		return fail(e, RC_INVALID,
		    "docs/link.md 6.6: a destination that is no desk's "
		    "address, nor a station's without a slip");
	if (last.len > 0 && bytes_cmp(last, out->address) >= 0)
		return fail(e, RC_INVALID,
		    "docs/link.md 6.6: a destination twice, or out of order");
	return RC_OK;
}

void
ack_put(struct buf *out, const struct acked *a)
{
	frame_uint(out, a->number, 4);
	buf_u8(out, (uint8_t)a->outcome);
	buf_u8(out, (uint8_t)a->why);
}

enum rc
ack_next(struct acked *a, struct bytes *in, struct err *e)
{
	struct rd r = rd_init(*in);
	uint8_t outcome, why;

	a->number = (uint32_t)rd_uint(&r, 4);
	outcome = rd_u8(&r);
	why = rd_u8(&r);
	*in = rd_rest(&r);
	if (!rd_end(&r))
		return fail(e, RC_INVALID,
		    "docs/link.md 8.1: ACK of entries that are not whole");
	if (outcome >= ACKS || why >= REFUSALS ||
	    (outcome == ACK_REFUSED) != (why != REFUSAL_NONE))
		return fail(e, RC_INVALID,
		    "docs/link.md 8.2: outcome %u with reason %u", outcome,
		    why);
	a->outcome = (enum ack)outcome;
	a->why = (enum refusal)why;
	return RC_OK;
}

void
credit_write(struct buf *out, const struct credit *c)
{
	size_t at = frame_open(out, FRAME_CREDIT);

	buf_u64(out, c->bytes);
	frame_uint(out, c->items, 4);
	frame_close(out, at);
}

struct credit
credit_read(struct bytes in)
{
	struct rd r = rd_init(in);
	struct credit c;

	c.bytes = rd_u64(&r);
	c.items = (uint32_t)rd_uint(&r, 4);
	return c;
}

void
bye_write(struct buf *out, enum bye reason, struct bytes text)
{
	size_t at = frame_open(out, FRAME_BYE);

	buf_u8(out, (uint8_t)reason);
	buf_add(out, text);
	frame_close(out, at);
}

enum rc
bye_read(uint8_t *reason, struct bytes *text, struct bytes in, struct err *e)
{
	struct rd r = rd_init(in);

	*reason = rd_u8(&r);
	*text = rd_rest(&r);
	if (!rd_end(&r) || !utf8_is_text(*text))
		return fail(e, RC_INVALID,
		    "docs/link.md 11.3: the text of BYE is not a line of text");
	return RC_OK;
}

void
tell_put(struct buf *out, uint8_t kind, bool more, struct bytes piece)
{
	size_t at = frame_open(out, FRAME_TELL);

	buf_u8(out, kind);
	buf_u8(out, more ? FLAG_MORE : 0);
	buf_add(out, piece);
	frame_close(out, at);
}

enum rc
tell_read(uint8_t *kind, bool *more, struct bytes *piece, struct bytes in,
    struct err *e)
{
	struct rd r = rd_init(in);
	uint8_t flags;

	*kind = rd_u8(&r);
	flags = rd_u8(&r);
	*piece = rd_rest(&r);
	if (!rd_end(&r) || piece->len == 0)
		return frame_fits(FRAME_TELL, in.len, e);
	if (flags & ~FLAG_MORE)
		return fail(e, RC_INVALID,
		    "docs/link.md 16.2: flags %u that are not known", flags);
	*more = (flags & FLAG_MORE) != 0;
	return RC_OK;
}
