/* SPDX-License-Identifier: EUPL-1.2 */
/* Frames: what is written is read, in one spelling only (docs/link.md 2 to
 * 12). */
#include <stdlib.h>
#include <string.h>

#include "../tests/tap.h"
#include "core/time.h"
#include "link/frame.h"
#include "pki/link.h"

/* ---- a payload read to its end, and written again ---- */

static enum rc
again_hello(struct buf *out, struct bytes in, struct err *e)
{
	struct hello h;

	if (hello_read(&h, in, e) != RC_OK)
		return e->rc;
	hello_write(out, &h);
	return RC_OK;
}

static enum rc
again_partial(struct buf *out, struct bytes in, struct err *e)
{
	const size_t at = frame_open(out, FRAME_PARTIAL);
	struct partial p;

	while (in.len > 0) {
		if (partial_next(&p, &in, e) != RC_OK)
			return e->rc;
		partial_put(out, &p);
	}
	frame_close(out, at);
	return RC_OK;
}

static enum rc
again_ack(struct buf *out, struct bytes in, struct err *e)
{
	const size_t at = frame_open(out, FRAME_ACK);
	struct acked a;

	while (in.len > 0) {
		if (ack_next(&a, &in, e) != RC_OK)
			return e->rc;
		ack_put(out, &a);
	}
	frame_close(out, at);
	return RC_OK;
}

static enum rc
again_dests(struct buf *out, struct item_part part, struct err *e)
{
	struct bytes last = { 0 };
	struct link_dest d;
	size_t i;

	for (i = 0; i < part.count; i++) {
		if (dest_next(&d, &part.dests, last, e) != RC_OK)
			return e->rc;
		last = d.address;
		dest_put(out, &d);
	}
	return part.dests.len == 0 ? RC_OK : fail(e, RC_INVALID, "more");
}

static enum rc
again_item(struct buf *out, struct bytes in, struct err *e)
{
	const size_t at = frame_open(out, FRAME_ITEM);
	struct item_part part;
	struct item it;

	if (item_read(&it, &part, in, e) != RC_OK)
		return e->rc;
	item_put(out, &it, part.more, (uint16_t)part.count);
	if (again_dests(out, part, e) != RC_OK)
		return e->rc;
	frame_close(out, at);
	return RC_OK;
}

static enum rc
again_more(struct buf *out, struct bytes in, struct err *e)
{
	const size_t at = frame_open(out, FRAME_MORE);
	struct item_part part;
	uint32_t number;

	if (more_read(&number, &part, in, e) != RC_OK)
		return e->rc;
	more_put(out, number, part.more, (uint16_t)part.count);
	if (again_dests(out, part, e) != RC_OK)
		return e->rc;
	frame_close(out, at);
	return RC_OK;
}

static enum rc
again_credit(struct buf *out, struct bytes in, struct err *e)
{
	struct credit c;

	(void)e;
	c = credit_read(in);
	credit_write(out, &c);
	return RC_OK;
}

static enum rc
again_bye(struct buf *out, struct bytes in, struct err *e)
{
	struct bytes text;
	uint8_t reason;

	if (bye_read(&reason, &text, in, e) != RC_OK)
		return e->rc;
	bye_write(out, (enum bye)reason, text);
	return RC_OK;
}

/* ---- payloads that are good ---- */

static void
good_hello(struct buf *out)
{
	hello_write(out, &(struct hello){ .lowest = 1,
			     .highest = 1,
			     .incarnation = 3,
			     .clock = 1795000000,
			     .window = 1,
			     .items = 1,
			     .statement = bytes_str("statement") });
}

static void
great_hello(struct buf *out)
{
	static const uint8_t more[] = { 0, 1, 0, 2, 'a', 'b', 0x7f, 0xff, 0,
		0 };

	hello_write(out, &(struct hello){ .lowest = 1,
			     .highest = 255,
			     .incarnation = UINT64_MAX,
			     .clock = TIME_MAX,
			     .own_clock = true,
			     .window = UINT32_MAX,
			     .items = UINT16_MAX,
			     .statement = bytes_str("s"),
			     .extensions = bytes_of(more, sizeof(more)) });
}

static void
good_partial(struct buf *out)
{
	const size_t at = frame_open(out, FRAME_PARTIAL);
	struct partial p = { .sum = { 1 }, .have = 1 };

	partial_put(out, &p);
	p.have = LINK_TOTAL_MAX;
	partial_put(out, &p);
	frame_close(out, at);
}

static const struct link_dest three[] = {
	{ { (const uint8_t *)"antin://a.vn/x", 14 }, { { 1 } } },
	{ { (const uint8_t *)"antin://a.vn/xy", 15 }, { { 2 } } },
	{ { (const uint8_t *)"antin://b.vn/a", 14 }, { { 3 } } },
};

static void
good_item(struct buf *out)
{
	const struct item item = { .number = 7,
		.rank = 3,
		.again = true,
		.envelope = 5000,
		.total = LINK_TOTAL_MAX,
		.from = LINK_TOTAL_MAX,
		.sum = { 9 } };
	const size_t at = frame_open(out, FRAME_ITEM);
	size_t i;

	item_put(out, &item, true, 3);
	for (i = 0; i < 3; i++)
		dest_put(out, &three[i]);
	frame_close(out, at);
}

static void
good_more(struct buf *out)
{
	const size_t at = frame_open(out, FRAME_MORE);

	more_put(out, UINT32_MAX, false, 1);
	dest_put(out, &three[0]);
	frame_close(out, at);
}

static void
good_ack(struct buf *out)
{
	static const struct acked all[] = { { 1, ACK_STORED, REFUSAL_NONE },
		{ 2, ACK_KNOWN, REFUSAL_NONE },
		{ 3, ACK_REFUSED, REFUSAL_INVALID },
		{ 4, ACK_REFUSED, REFUSAL_CLASH },
		{ UINT32_MAX, ACK_LATER, REFUSAL_NONE } };
	const size_t at = frame_open(out, FRAME_ACK);
	size_t i;

	for (i = 0; i < 5; i++)
		ack_put(out, &all[i]);
	frame_close(out, at);
}

static void
good_credit(struct buf *out)
{
	credit_write(out, &(struct credit){ UINT64_MAX - 1, UINT32_MAX });
}

static void
good_bye(struct buf *out)
{
	bye_write(out, BYE_PROTOCOL, bytes_str("lỗi 7.3"));
}

/* Of their shorter fronts so many are good: whole entries, whole letters,
 * HELLO without its (last) extension. */
static const struct {
	const char *name;
	void (*good)(struct buf *out);
	enum rc (*again)(struct buf *out, struct bytes in, struct err *e);
	size_t fronts;
} rows[] = {
	{ "HELLO", good_hello, again_hello, 0 },
	{ "HELLO with all it can have", great_hello, again_hello, 2 },
	{ "PARTIAL", good_partial, again_partial, 2 },
	{ "ITEM", good_item, again_item, 0 },
	{ "MORE", good_more, again_more, 0 },
	{ "ACK", good_ack, again_ack, 4 },
	{ "CREDIT", good_credit, again_credit, 0 },
	{ "BYE", good_bye, again_bye, 7 },
};

/* Read if it fits its type; what was read is written as it was. */
static enum rc
read_again(size_t row, uint8_t type, struct bytes in, bool *as_it_was)
{
	struct buf out = { 0 };
	struct err e;
	enum rc rc;

	rc = frame_fits(type, in.len, &e);
	if (rc == RC_OK)
		rc = rows[row].again(&out, in, &e);
	*as_it_was = rc == RC_OK && out.len == FRAME_HEAD + in.len &&
		     out.p[0] == type &&
		     bytes_eq(bytes_of(out.p + FRAME_HEAD, in.len), in);
	if (rc != RC_OK && strncmp(e.text, "docs/link.md ", 13) != 0 &&
	    strcmp(e.text, "more") != 0)
		bug("an error without its clause");
	buf_free(&out);
	return rc;
}

static void
one_row(size_t row)
{
	struct buf b = { 0 };
	struct bytes in;
	uint8_t type;
	size_t len, i, n;
	bool same;

	rows[row].good(&b);
	frame_head(b.p, &type, &len);
	is(len, b.len - FRAME_HEAD, "%s has its length", rows[row].name);
	in = bytes_of(b.p + FRAME_HEAD, len);
	ok(read_again(row, type, in, &same) == RC_OK && same,
	    "%s is read as it was written", rows[row].name);
	for (i = n = 0; i < len; i++)
		n += read_again(row, type, bytes_of(in.p, i), &same) == RC_OK;
	is(n, rows[row].fronts, "%s that is cut off is refused",
	    rows[row].name);
	buf_u8(&b, 0);
	in = bytes_of(b.p + FRAME_HEAD, len + 1);
	is(read_again(row, type, in, &same), RC_INVALID,
	    "%s with a byte more is refused", rows[row].name);
	in = bytes_of(b.p + FRAME_HEAD, len);
	for (i = n = 0; i < len * 8; i++) {
		b.p[FRAME_HEAD + i / 8] ^= (uint8_t)(1u << i % 8);
		n += read_again(row, type, in, &same) == RC_OK && !same;
		b.p[FRAME_HEAD + i / 8] ^= (uint8_t)(1u << i % 8);
	}
	is(n, 0, "%s has one spelling for each meaning", rows[row].name);
	buf_free(&b);
}

/* ---- lengths ---- */

static void
lengths_have_their_bounds(void)
{
	static const struct {
		enum frame_type type;
		size_t min, max;
	} bounds[] = { { FRAME_HELLO, 27, 16380 }, { FRAME_PARTIAL, 0, 2560 },
		{ FRAME_ITEM, 60, 16380 }, { FRAME_MORE, 7, 16380 },
		{ FRAME_DATA, 5, 16380 }, { FRAME_STOP, 4, 4 },
		{ FRAME_ACK, 6, 16380 }, { FRAME_CREDIT, 12, 12 },
		{ FRAME_PING, 8, 8 }, { FRAME_PONG, 8, 8 },
		{ FRAME_BYE, 1, 201 }, { FRAME_ENROL, 1, 16380 },
		{ FRAME_TELL, 3, 16380 } };
	size_t i, wrong = 0;
	struct err e;

	for (i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		const uint8_t type = (uint8_t)bounds[i].type;

		wrong += frame_fits(type, bounds[i].min, &e) != RC_OK;
		wrong += frame_fits(type, bounds[i].max, &e) != RC_OK;
		wrong += frame_fits(type, bounds[i].max + 1, &e) != RC_INVALID;
		if (bounds[i].min > 0)
			wrong += frame_fits(type, bounds[i].min - 1, &e) !=
				 RC_INVALID;
		wrong += frame_name(type) == NULL;
	}
	is(i, FRAME_TYPES - 1, "there are thirteen types");
	is(wrong, 0, "each has its bounds (docs/link.md 2.2)");
	ok(frame_name(0) == NULL && frame_name(FRAME_TYPES) == NULL &&
		frame_name(255) == NULL,
	    "no other is known");
}

static void
heads_are_read(void)
{
	static const uint8_t head[] = { 7, 0x01, 0x02, 0x03 };
	struct buf b = { 0 };
	uint8_t type;
	size_t len, at;

	frame_head(head, &type, &len);
	ok(type == 7 && len == 0x010203, "a head is type and length");
	at = frame_open(&b, FRAME_DATA);
	(void)buf_grow(&b, FRAME_MAX);
	frame_close(&b, at);
	frame_head(b.p, &type, &len);
	ok(type == FRAME_DATA && len == FRAME_MAX && b.len == 16384,
	    "the longest frame is a TLS record");
	buf_free(&b);
	frame_uint(&b, 0x0102030405060708, 8);
	frame_uint(&b, 0x010203, 2);
	same(buf_bytes(&b), bytes_of("\1\2\3\4\5\6\7\10\2\3", 10),
	    "numbers are big-endian");
	buf_free(&b);
}

/* ---- what HELLO holds ---- */

static void
extensions_are_found(void)
{
	struct bytes value = { 0 };
	struct buf b = { 0 };
	struct hello h;
	struct err e;

	great_hello(&b);
	went(hello_read(&h, bytes_of(b.p + FRAME_HEAD, b.len - FRAME_HEAD), &e),
	    &e, "HELLO with extensions is read");
	ok(hello_extension(&h, 1, &value) && bytes_is(value, "ab"),
	    "one is found under its tag");
	ok(hello_extension(&h, 0x7fff, &value) && value.len == 0,
	    "one may be empty");
	ok(!hello_extension(&h, 2, &value), "what is not there is not found");
	buf_free(&b);
	good_hello(&b);
	went(hello_read(&h, bytes_of(b.p + FRAME_HEAD, b.len - FRAME_HEAD), &e),
	    &e, "HELLO without is read");
	ok(!hello_extension(&h, 1, &value), "and has none");
	buf_free(&b);
}

static void
the_longest_statement_fits(void)
{
	struct buf statement = { 0 }, b = { 0 };
	struct hello h = { .lowest = 1, .highest = 1, .window = 1 }, read;
	struct err e;

	(void)buf_grow(&statement, LINK_STATEMENT_MAX);
	h.statement = buf_bytes(&statement);
	hello_write(&b, &h);
	went(hello_read(
		 &read, bytes_of(b.p + FRAME_HEAD, b.len - FRAME_HEAD), &e),
	    &e, "the longest statement fits");
	is(read.statement.len, LINK_STATEMENT_MAX, "whole");
	buf_free(&statement);
	buf_free(&b);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		one_row(i);
	lengths_have_their_bounds();
	heads_are_read();
	extensions_are_found();
	the_longest_statement_fits();
	return done();
}
