/* SPDX-License-Identifier: EUPL-1.2 */
/* Frames of a thin line: what goes in comes out, shorter on the way, and what
 * is not of the form is refused (docs/link.md 21). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"

#include "core/limits.h"
#include "link/compact.h"
#include "link/session.h"

/* All frames that come of these bytes, given in pieces of "step". */
static enum rc
unpack(struct buf *out, struct bytes in, size_t step, struct err *e)
{
	struct compact *c = compact_new();
	struct buf frame = { 0 };
	enum rc rc = RC_ABSENT;
	size_t n;

	while (in.len > 0 && rc == RC_ABSENT) {
		n = in.len < step ? in.len : step;
		compact_add(c, bytes_of(in.p, n));
		in = bytes_of(in.p + n, in.len - n);
		while ((rc = compact_next(c, &frame, e)) == RC_OK)
			buf_add(out, buf_bytes(&frame));
	}
	buf_free(&frame);
	compact_free(c);
	return rc;
}

static void
put_one_item(struct buf *out, uint32_t number, uint32_t envelope,
    uint64_t total, uint64_t from, unsigned dests)
{
	struct item item = { .number = number,
		.rank = number % 4,
		.again = number % 2 == 1,
		.envelope = envelope,
		.total = total,
		.from = from };
	struct link_dest d;
	char address[64];
	unsigned i;
	size_t at = frame_open(out, FRAME_ITEM);

	memset(item.sum, (int)number, sizeof(item.sum));
	item_put(out, &item, number % 3 == 0, (uint16_t)dests);
	for (i = 0; i < dests; i++) {
		(void)snprintf(address, sizeof(address),
		    "antin://muong-nhe.dien-bien.vn/b%03u", i);
		d.address = bytes_str(address);
		memset(d.tag.b, (int)i, TAG_SIZE);
		dest_put(out, &d);
	}
	frame_close(out, at);
}

/* Each kind of frame, as a session makes it. */
static void
every_frame(struct buf *out)
{
	static const uint8_t text[700] = { 1, 2, 3 };
	const struct partial p = { .sum = { 9 }, .have = 1u << 20 };
	const struct credit credit = { UINT64_MAX, UINT32_MAX };
	const struct acked acked[] = {
		{ 1, ACK_STORED, REFUSAL_NONE },
		{ 300, ACK_REFUSED, REFUSAL_TOO_LARGE },
		{ UINT32_MAX, ACK_LATER, REFUSAL_NONE },
	};
	size_t at, i;

	put_hello(out, bytes_of(text, 100));
	at = frame_open(out, FRAME_PARTIAL);
	partial_put(out, &p);
	frame_close(out, at);
	frame_close(out, frame_open(out, FRAME_PARTIAL));
	put_one_item(out, 1, 5000, 5000, 0, 1);
	for (i = 0; i < 8; i++) {
		at = frame_open(out, FRAME_DATA);
		frame_uint(out, 1, 4);
		buf_add(out, bytes_of(text, sizeof(text) - i));
		frame_close(out, at);
	}
	put_one_item(out, 2, 90000, LINK_TOTAL_MAX, 77777, 80);
	put_one_item(out, 3, 9000, 9000, 0, 3);
	put_one_item(out, 4, 1, 1, 1, 1);
	at = frame_open(out, FRAME_MORE);
	more_put(out, 3, false, 1);
	dest_put(
	    out, &(struct link_dest){ .address = bytes_str("antin://vn/z") });
	frame_close(out, at);
	at = frame_open(out, FRAME_STOP);
	frame_uint(out, 1, 4);
	frame_close(out, at);
	at = frame_open(out, FRAME_ACK);
	for (i = 0; i < 3; i++)
		ack_put(out, &acked[i]);
	frame_close(out, at);
	credit_write(out, &credit);
	tell_put(out, 3, true, bytes_of(text, 50));
	bye_write(out, BYE_STALE, bytes_str("77"));
}

static void
what_goes_in_comes_out(void)
{
	static const size_t steps[] = { 1, 2, 3, 7, 100, 16384 };
	struct compact *c = compact_new();
	struct buf frames = { 0 }, packed = { 0 }, out = { 0 };
	struct err e;
	size_t i, wrong = 0;

	every_frame(&frames);
	compact_pack(c, &packed, buf_bytes(&frames));
	note("%zu bytes of frames are %zu", frames.len, packed.len);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		wrong += unpack(&out, buf_bytes(&packed), steps[i], &e) !=
			     RC_ABSENT ||
			 !bytes_eq(buf_bytes(&out), buf_bytes(&frames));
		buf_free(&out);
	}
	is(wrong, 0, "each kind of frame comes out as it went in");
	ok(packed.len < frames.len, "and is shorter on the way");
	buf_free(&frames);
	buf_free(&packed);
	compact_free(c);
}

/* What a telegram of one desk costs beside its bytes, and the next to it. */
static void
a_known_desk_is_short(void)
{
	struct compact *c = compact_new();
	struct buf frames = { 0 }, packed = { 0 };
	size_t first;

	put_one_item(&frames, 1, 5000, 5000, 0, 1);
	compact_pack(c, &packed, buf_bytes(&frames));
	first = packed.len;
	buf_free(&frames);
	buf_free(&packed);
	put_one_item(&frames, 2, 5000, 5000, 0, 1);
	compact_pack(c, &packed, buf_bytes(&frames));
	note("ITEM to a desk: %zu bytes, then %zu, of %zu", first, packed.len,
	    frames.len);
	ok(packed.len <= 40 && first > packed.len,
	    "an item to a desk that had one takes 40 bytes at the most");
	buf_free(&frames);
	buf_free(&packed);
	compact_free(c);
}

#define SUM32 "12345678901234567890123456789012"
static const struct {
	const char *name, *bytes;
	size_t len;
} bad[] = {
	{ "a frame of no type", "\x00\x01x", 3 },
	{ "a frame of a type behind the last", "\x0e\x01x", 3 },
	{ "ENROL, which has no place here", "\x0c\x01x", 3 },
	{ "a length that is not the shortest", "\x0d\x80\x05xxxxx", 8 },
	{ "a length over the limit", "\x05\x82\x80\x00xx", 6 },
	{ "a length without an end", "\x05\xff\xff\xff\xff", 5 },
	{ "an item without a sum", "\x03\x03\x00\x05x", 5 },
	{ "an item with flags that are not known", "\x03\x22\x40\x05" SUM32,
	    36 },
	{ "an item to a desk that was never named",
	    "\x03\x23\x00\x05" SUM32 "\x01", 37 },
	{ "an item to a desk beyond the table", "\x03\x23\x00\x05" SUM32 "\x41",
	    37 },
	{ "an item whose new desk is cut off",
	    "\x03\x26\x00\x05" SUM32 "\x00xxx", 40 },
	{ "DATA where there was no item", "\x05\x02\x00x", 4 },
	{ "STOP where there was no item", "\x06\x01\x00", 3 },
	{ "MORE where there was no item", "\x04\x02\x00\x00", 4 },
	{ "DATA of an item before the first",
	    "\x03\x22\x00\x05" SUM32 "\x05\x02\x01x", 40 },
	{ "an answer that is cut off", "\x07\x01\x00", 3 },
	{ "an answer with a number over 32 bits",
	    "\x07\x06\x00\x90\x80\x80\x80\x00", 8 },
	{ "CREDIT with something behind it", "\x08\x03\x01\x01\x01", 5 },
	{ "PARTIAL that is cut off", "\x02\x03xxx", 5 },
};

static void
what_is_not_of_the_form_is_refused(void)
{
	struct buf out = { 0 };
	struct err e;
	size_t i, step;
	enum rc rc;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		rc = RC_INVALID;
		for (step = 1; step < 64 && rc == RC_INVALID; step *= 2) {
			buf_free(&out);
			rc = unpack(
			    &out, bytes_of(bad[i].bytes, bad[i].len), step, &e);
		}
		ok(rc == RC_INVALID &&
			strstr(e.text, "docs/link.md 21.2") != NULL,
		    "%s is refused", bad[i].name);
	}
	buf_free(&out);
}

/* A short frame that names the longest address as often as fits. */
static void
a_short_frame_makes_no_long_one(void)
{
	struct compact *c = compact_new();
	struct buf in = { 0 }, frame = { 0 };
	const size_t first = 34 + 1 + TAG_SIZE + 1 + LIMIT_ADDRESS;
	struct err e;
	enum rc rc;
	size_t i;

	buf_u8(&in, FRAME_ITEM);
	buf_u8(&in, (uint8_t)(0x80 | first >> 7));
	buf_u8(&in, (uint8_t)(first & 0x7f));
	buf_add(&in, bytes_of("\x00\x05" SUM32 "\x00", 35));
	for (i = 0; i < TAG_SIZE; i++)
		buf_u8(&in, 1);
	buf_u8(&in, LIMIT_ADDRESS);
	for (i = 0; i < LIMIT_ADDRESS; i++)
		buf_u8(&in, 'a');
	buf_u8(&in, FRAME_ITEM);
	buf_u8(&in, 0x80 | 10034 >> 7);
	buf_u8(&in, 10034 & 0x7f);
	buf_add(&in, bytes_of("\x00\x05" SUM32, 34));
	for (i = 0; i < 10000; i++)
		buf_u8(&in, 1);
	compact_add(c, buf_bytes(&in));
	rc = compact_next(c, &frame, &e);
	ok(rc == RC_OK, "a desk is named");
	rc = compact_next(c, &frame, &e);
	ok(rc == RC_INVALID && frame.len <= 2 * FRAME_MAX,
	    "ten thousand times by its number is refused, and is not made");
	buf_free(&in);
	buf_free(&frame);
	compact_free(c);
}

/* Whatever one bit is flipped, nothing comes out that is no frame. */
static void
flipped_bits_make_frames_or_nothing(void)
{
	struct compact *c = compact_new();
	struct buf frames = { 0 }, packed = { 0 }, out = { 0 };
	size_t bit, wrong = 0, len;
	struct bytes rest;
	uint8_t type;
	struct err e;

	every_frame(&frames);
	compact_pack(c, &packed, buf_bytes(&frames));
	for (bit = 0; bit < packed.len * 8; bit++) {
		packed.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		wrong += unpack(&out, buf_bytes(&packed), 16384, &e) == RC_OK;
		rest = buf_bytes(&out);
		while (rest.len >= FRAME_HEAD) {
			frame_head(rest.p, &type, &len);
			if (frame_name(type) == NULL || len > FRAME_MAX ||
			    len + FRAME_HEAD > rest.len)
				break;
			rest = bytes_of(rest.p + FRAME_HEAD + len,
			    rest.len - FRAME_HEAD - len);
		}
		wrong += rest.len != 0;
		buf_free(&out);
		packed.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	is(wrong, 0, "a flipped bit makes frames, or nothing");
	buf_free(&frames);
	buf_free(&packed);
	compact_free(c);
}

/* ---- HELLO: docs/link.md 19.5 ---- */

static size_t hellos;

static void
on_hello(void *ctx, const struct hello *h)
{
	(void)ctx;
	(void)h;
	hellos++;
}

/* What a session says to this HELLO. */
static enum rc
hears(bool thin, struct bytes statement, struct err *e)
{
	static const struct session_owner owner = { .hello = on_hello };
	const struct session_conf conf = { .thin = thin,
		.frame = 4096,
		.total_max = 1u << 20,
		.idle_ms = 1000,
		.dead_ms = 3000 };
	struct session *s = session_new(&conf, &owner, NULL, NULL, 0);
	struct buf wire = { 0 };
	enum rc rc;

	put_hello(&wire, statement);
	rc = session_input(s, buf_bytes(&wire), 0, e);
	buf_free(&wire);
	session_free(s);
	return rc;
}

static void
statements_are_where_they_belong(void)
{
	const struct bytes none = bytes_of("", 0), some = bytes_str("some");
	struct err e;

	ok(hears(false, some, &e) == RC_OK && hears(true, none, &e) == RC_OK &&
		hellos == 2,
	    "HELLO has a statement on a full line, and none on a thin one");
	ok(hears(false, none, &e) == RC_INVALID &&
		strstr(e.text, "docs/link.md 4.5") != NULL,
	    "who has none on a full line is nobody");
	ok(hears(true, some, &e) == RC_INVALID &&
		strstr(e.text, "docs/link.md 19.5") != NULL && hellos == 2,
	    "who has one on a thin line is refused");
}

int
main(void)
{
	what_goes_in_comes_out();
	a_known_desk_is_short();
	what_is_not_of_the_form_is_refused();
	a_short_frame_makes_no_long_one();
	flipped_bits_make_frames_or_nothing();
	statements_are_where_they_belong();
	return done();
}
