/* SPDX-License-Identifier: EUPL-1.2 */
#include "link/compact.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"

#define HEAD_MAX 4u /* u8 type | varint length */
/* docs/link.md 21.3: of ITEM */
#define RANK 3u
#define FLAG_MORE 4u
#define FLAG_AGAIN 8u
#define FLAG_FROM 16u
#define FLAG_LONG 32u
#define FLAGS 63u
/* and of a frame's, docs/link.md 6.1 */
#define IS_MORE 1u
#define IS_AGAIN 2u

struct dest {
	uint8_t bytes[TAG_SIZE + 1 + LIMIT_ADDRESS]; /* as in a frame */
	size_t len;
};

/* One direction. */
struct way {
	struct dest dests[COMPACT_DESTS];
	size_t next;   /* where the next new one goes */
	uint32_t last; /* number of the newest item */
};

struct compact {
	struct way out, in;
	struct buf part;
	size_t at; /* of it, that was read */
};

struct compact *
compact_new(void)
{
	return alloc(1, sizeof(struct compact));
}

void
compact_free(struct compact *c)
{
	if (c == NULL)
		return;
	buf_free(&c->part);
	free(c);
}

/* ---- numbers: seven bits a byte, the highest first; bit 7: more follow
 * ----------------------- */

static void
put_number(struct buf *out, uint64_t v)
{
	unsigned shift = 63;

	while (shift > 0 && v >> shift == 0)
		shift -= 7;
	for (; shift > 0; shift -= 7)
		buf_u8(out, (uint8_t)(0x80 | (v >> shift & 0x7f)));
	buf_u8(out, (uint8_t)(v & 0x7f));
}

/* Of at most "max"; the shortest spelling alone. */
static uint64_t
rd_number(struct rd *r, uint64_t max)
{
	uint64_t v = 0;
	uint8_t b;
	unsigned n;

	for (n = 0; n < 10; n++) {
		b = rd_u8(r);
		if ((n == 0 && b == 0x80) || v > max >> 7)
			break;
		v = v << 7 | (b & 0x7f);
		if (b < 0x80 && v <= max)
			return v;
		if (b < 0x80)
			break;
	}
	r->bad = true;
	return 0;
}

static uint64_t
rd_fixed(struct rd *r, unsigned bytes)
{
	uint64_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | rd_u8(r);
	return v;
}

/* ---- destinations: docs/link.md 21.4 ---- */

static void
remember(struct way *w, struct bytes dest)
{
	struct dest *d = &w->dests[w->next];

	memcpy(d->bytes, dest.p, dest.len);
	d->len = dest.len;
	w->next = (w->next + 1) % COMPACT_DESTS;
}

static struct bytes
rd_dest(struct rd *r)
{
	struct rd head = *r;

	(void)rd_bytes(&head, TAG_SIZE);
	return rd_bytes(r, TAG_SIZE + 1 + rd_u8(&head));
}

static void
put_dests(struct way *w, struct buf *out, struct rd *r)
{
	struct bytes d;
	size_t i;

	while (r->in.len > 0) {
		d = rd_dest(r);
		if (r->bad)
			bug("a destination that is not whole goes out");
		for (i = 0; i < COMPACT_DESTS; i++)
			if (bytes_eq(d,
				bytes_of(w->dests[i].bytes, w->dests[i].len)))
				break;
		put_number(out, i < COMPACT_DESTS ? i + 1 : 0);
		if (i < COMPACT_DESTS)
			continue;
		buf_add(out, d);
		remember(w, d);
	}
}

/* How many; "most" bytes of them at most. */
static uint64_t
take_dests(struct way *w, struct buf *out, struct rd *r)
{
	uint64_t n, which;
	struct bytes d;

	for (n = 0; r->in.len > 0 && !r->bad; n++) {
		which = rd_number(r, COMPACT_DESTS);
		if (which > 0) {
			d = bytes_of(
			    w->dests[which - 1].bytes, w->dests[which - 1].len);
			r->bad = r->bad || d.len == 0;
		} else {
			d = rd_dest(r);
			if (!r->bad)
				remember(w, d);
		}
		r->bad = r->bad || out->len + d.len > FRAME_HEAD + FRAME_MAX;
		if (!r->bad)
			buf_add(out, d);
	}
	return n;
}

/* ---- that go
 * ------------------------------------------------------------------------ */

static void
pack_item(struct way *w, struct buf *out, struct rd *r)
{
	const uint32_t number = (uint32_t)rd_fixed(r, 4);
	const unsigned rank = rd_u8(r), is = rd_u8(r);
	const uint64_t envelope = rd_fixed(r, 4), total = rd_u64(r);
	const struct bytes sum = rd_bytes(r, SHA256_SIZE);
	const uint64_t from = rd_u64(r);

	(void)rd_fixed(r, 2);
	if (number != ++w->last)
		bug("an item out of its turn");
	buf_u8(out, (uint8_t)(rank | (is & IS_MORE ? FLAG_MORE : 0) |
			      (is & IS_AGAIN ? FLAG_AGAIN : 0) |
			      (from > 0 ? FLAG_FROM : 0) |
			      (total > envelope ? FLAG_LONG : 0)));
	put_number(out, envelope);
	if (total > envelope)
		put_number(out, total - envelope);
	buf_add(out, sum);
	if (from > 0)
		put_number(out, from);
	put_dests(w, out, r);
}

static void
pack_more(struct way *w, struct buf *out, struct rd *r)
{
	put_number(out, w->last - (uint32_t)rd_fixed(r, 4));
	buf_u8(out, rd_u8(r));
	(void)rd_fixed(r, 2);
	put_dests(w, out, r);
}

static void
pack_data(struct way *w, struct buf *out, struct rd *r)
{
	put_number(out, w->last - (uint32_t)rd_fixed(r, 4));
	buf_add(out, rd_rest(r));
}

static void
pack_ack(struct way *w, struct buf *out, struct rd *r)
{
	uint64_t number;
	unsigned outcome;

	(void)w;
	while (r->in.len > 0) {
		number = rd_fixed(r, 4);
		outcome = (unsigned)rd_u8(r) << 4;
		buf_u8(out, (uint8_t)(outcome | rd_u8(r)));
		put_number(out, number);
	}
}

static void
pack_credit(struct way *w, struct buf *out, struct rd *r)
{
	(void)w;
	put_number(out, rd_u64(r));
	put_number(out, rd_fixed(r, 4));
}

static void
pack_partial(struct way *w, struct buf *out, struct rd *r)
{
	(void)w;
	while (r->in.len > 0) {
		buf_add(out, rd_bytes(r, SHA256_SIZE));
		put_number(out, rd_u64(r));
	}
}

static void
as_it_is(struct way *w, struct buf *out, struct rd *r)
{
	(void)w;
	buf_add(out, rd_rest(r));
}

/* ---- that come: a payload, to the end of *out
 * ----------------------------------------------- */

static void
take_item(struct way *w, struct buf *out, struct rd *r)
{
	const unsigned flags = rd_u8(r);
	const uint64_t envelope = rd_number(r, UINT32_MAX);
	uint64_t total = envelope, from = 0;
	struct bytes sum;
	size_t count_at;
	uint64_t count;

	if (flags & FLAG_LONG)
		total += rd_number(r, LINK_TOTAL_MAX);
	sum = rd_bytes(r, SHA256_SIZE);
	if (flags & FLAG_FROM)
		from = rd_number(r, LINK_TOTAL_MAX);
	if (r->bad || flags > FLAGS || w->last == UINT32_MAX) {
		r->bad = true;
		return;
	}
	frame_uint(out, ++w->last, 4);
	buf_u8(out, flags & RANK);
	buf_u8(out, (flags & FLAG_MORE ? IS_MORE : 0) |
			(flags & FLAG_AGAIN ? IS_AGAIN : 0));
	frame_uint(out, envelope, 4);
	buf_u64(out, total);
	buf_add(out, sum);
	buf_u64(out, from);
	count_at = out->len;
	frame_uint(out, 0, 2);
	count = take_dests(w, out, r);
	out->p[count_at] = (uint8_t)(count >> 8);
	out->p[count_at + 1] = (uint8_t)count;
}

/* An item that is not the newest, by how many came behind it. */
static void
take_number(const struct way *w, struct buf *out, struct rd *r)
{
	const uint64_t back = rd_number(r, UINT32_MAX);

	r->bad = r->bad || back >= w->last;
	if (!r->bad)
		frame_uint(out, w->last - back, 4);
}

static void
take_more(struct way *w, struct buf *out, struct rd *r)
{
	size_t count_at;
	uint64_t count;

	take_number(w, out, r);
	buf_u8(out, rd_u8(r));
	count_at = out->len;
	frame_uint(out, 0, 2);
	count = take_dests(w, out, r);
	out->p[count_at] = (uint8_t)(count >> 8);
	out->p[count_at + 1] = (uint8_t)count;
}

static void
take_data(struct way *w, struct buf *out, struct rd *r)
{
	take_number(w, out, r);
	buf_add(out, rd_rest(r));
}

static void
take_ack(struct way *w, struct buf *out, struct rd *r)
{
	uint64_t number;
	unsigned says;

	(void)w;
	while (r->in.len > 0 && !r->bad) {
		says = rd_u8(r);
		number = rd_number(r, UINT32_MAX);
		r->bad = r->bad || out->len > FRAME_MAX;
		frame_uint(out, number, 4);
		buf_u8(out, (uint8_t)(says >> 4));
		buf_u8(out, says & 15);
	}
}

static void
take_credit(struct way *w, struct buf *out, struct rd *r)
{
	(void)w;
	buf_u64(out, rd_number(r, UINT64_MAX));
	frame_uint(out, rd_number(r, UINT32_MAX), 4);
}

static void
take_partial(struct way *w, struct buf *out, struct rd *r)
{
	(void)w;
	while (r->in.len > 0 && !r->bad) {
		buf_add(out, rd_bytes(r, SHA256_SIZE));
		buf_u64(out, rd_number(r, LINK_TOTAL_MAX));
		r->bad = r->bad || out->len > FRAME_MAX;
	}
}

/* ---- all of them
 * -------------------------------------------------------------------- */

static const struct {
	void (*pack)(struct way *w, struct buf *out, struct rd *r);
	void (*take)(struct way *w, struct buf *out, struct rd *r);
} frames[FRAME_TYPES] = {
	[FRAME_HELLO] = { as_it_is, as_it_is },
	[FRAME_PARTIAL] = { pack_partial, take_partial },
	[FRAME_ITEM] = { pack_item, take_item },
	[FRAME_MORE] = { pack_more, take_more },
	[FRAME_DATA] = { pack_data, take_data },
	[FRAME_STOP] = { pack_data, take_data },
	[FRAME_ACK] = { pack_ack, take_ack },
	[FRAME_CREDIT] = { pack_credit, take_credit },
	[FRAME_PING] = { as_it_is, as_it_is },
	[FRAME_PONG] = { as_it_is, as_it_is },
	[FRAME_BYE] = { as_it_is, as_it_is },
	[FRAME_TELL] = { as_it_is, as_it_is },
};

void
compact_pack(struct compact *c, struct buf *out, struct bytes all)
{
	struct rd r = rd_init(all), payload;
	struct buf one = { 0 };
	uint8_t type;

	while (r.in.len > 0) {
		type = rd_u8(&r);
		payload = rd_init(rd_bytes(&r, (size_t)rd_fixed(&r, 3)));
		if (r.bad || frame_name(type) == NULL ||
		    frames[type].pack == NULL)
			bug("a frame that a thin line has not");
		frames[type].pack(&c->out, &one, &payload);
		if (payload.bad || one.len > COMPACT_MAX)
			bug("a frame that is not of its form goes out");
		buf_u8(out, type);
		put_number(out, one.len);
		buf_add(out, buf_bytes(&one));
		buf_free(&one);
	}
}

void
compact_add(struct compact *c, struct bytes in)
{
	struct buf rest = { 0 };

	if (c->at > 0) {
		buf_add(
		    &rest, bytes_of(c->part.p + c->at, c->part.len - c->at));
		buf_free(&c->part);
		c->part = rest;
		c->at = 0;
	}
	buf_add(&c->part, in);
}

enum rc
compact_next(struct compact *c, struct buf *out, struct err *e)
{
	struct rd r = rd_init(bytes_of(c->part.p + c->at, c->part.len - c->at));
	struct rd payload;
	const size_t had = r.in.len;
	uint64_t len;
	uint8_t type;
	size_t at;

	buf_free(out);
	type = rd_u8(&r);
	len = rd_number(&r, COMPACT_MAX);
	if (r.bad && had < HEAD_MAX &&
	    (had < 2 || (c->part.p[c->part.len - 1] & 0x80) != 0))
		return RC_ABSENT;
	if (r.bad)
		return fail(e, RC_INVALID,
		    "docs/link.md 21.2: a frame whose length is none");
	if (frame_name(type) == NULL || frames[type].take == NULL)
		return fail(e, RC_INVALID,
		    "docs/link.md 21.2: a frame of type %u on a thin line",
		    type);
	if (r.in.len < len)
		return RC_ABSENT;
	payload = rd_init(rd_bytes(&r, (size_t)len));
	at = frame_open(out, (enum frame_type)type);
	frames[type].take(&c->in, out, &payload);
	if (!rd_end(&payload) || out->len - at > FRAME_MAX)
		return fail(e, RC_INVALID,
		    "docs/link.md 21.2: a short %s that is not of its form",
		    frame_name(type));
	frame_close(out, at);
	c->at += had - r.in.len;
	return RC_OK;
}
