/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Frames: a payload that is read is written as it was read.  The first byte is
 * its type.
 */
#include <string.h>

#include "envelope/envelope.h"
#include "link/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct buf again;

static void
hello(struct bytes in)
{
	struct hello h;
	struct bytes value;
	struct err e;

	if (hello_read(&h, in, &e) != RC_OK)
		return;
	hello_write(&again, &h);
	if (hello_extension(&h, 0x8001, &value))
		bug("a critical extension that is not known");
	(void)hello_extension(&h, 1, &value);
}

/* What stands behind an item's head; the rest of *in is what is none. */
static void
dests(struct item_part part)
{
	struct bytes last = { 0 };
	struct link_dest d;
	struct err e;
	size_t i;

	for (i = 0; i < part.count; i++) {
		if (dest_next(&d, &part.dests, last, &e) != RC_OK)
			break;
		if (last.len > 0 && bytes_cmp(last, d.address) >= 0)
			bug("destinations out of order");
		last = d.address;
		dest_put(&again, &d);
	}
	/* what was not read is added, to compare the whole */
	if (i == part.count)
		buf_add(&again, part.dests);
	else
		again.len = 0;
}

static void
item(struct bytes in)
{
	struct item_part part;
	struct item it;
	struct err e;
	size_t at;

	if (item_read(&it, &part, in, &e) != RC_OK)
		return;
	if (it.envelope == 0 || it.envelope > ENVELOPE_MAX ||
	    it.envelope > it.total || it.from > it.total || it.rank > 3)
		bug("an item over its limits");
	at = frame_open(&again, FRAME_ITEM);
	item_put(&again, &it, part.more, (uint16_t)part.count);
	dests(part);
	if (again.len > 0)
		frame_close(&again, at);
}

static void
more(struct bytes in)
{
	struct item_part part;
	uint32_t number;
	struct err e;
	size_t at;

	if (more_read(&number, &part, in, &e) != RC_OK)
		return;
	at = frame_open(&again, FRAME_MORE);
	more_put(&again, number, part.more, (uint16_t)part.count);
	dests(part);
	if (again.len > 0)
		frame_close(&again, at);
}

static void
entries(enum frame_type type, struct bytes in)
{
	size_t at = frame_open(&again, type);
	struct partial p = { 0 };
	struct acked a = { 0 };
	struct err e;
	enum rc rc = RC_OK;

	while (in.len > 0 && rc == RC_OK)
		if (type == FRAME_ACK) {
			rc = ack_next(&a, &in, &e);
			ack_put(&again, &a);
		} else {
			rc = partial_next(&p, &in, &e);
			partial_put(&again, &p);
		}
	frame_close(&again, at);
	if (rc != RC_OK)
		again.len = 0;
}

static void
bye(struct bytes in)
{
	struct bytes text;
	uint8_t reason;
	struct err e;

	if (bye_read(&reason, &text, in, &e) == RC_OK)
		bye_write(&again, (enum bye)reason, text);
}

static void
told(struct bytes in)
{
	struct bytes piece;
	struct err e;
	uint8_t kind;
	bool more;

	if (tell_read(&kind, &more, &piece, in, &e) == RC_OK)
		tell_put(&again, kind, more, piece);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { 0 };
	struct credit c;
	struct err e;
	uint8_t type;

	if (size == 0 || frame_name(data[0]) == NULL)
		return 0;
	type = data[0];
	in = bytes_of(data + 1, size - 1);
	if (frame_fits(type, in.len, &e) != RC_OK)
		return 0;
	if (type == FRAME_HELLO)
		hello(in);
	else if (type == FRAME_ITEM)
		item(in);
	else if (type == FRAME_MORE)
		more(in);
	else if (type == FRAME_ACK || type == FRAME_PARTIAL)
		entries((enum frame_type)type, in);
	else if (type == FRAME_BYE)
		bye(in);
	else if (type == FRAME_TELL)
		told(in);
	else if (type == FRAME_CREDIT) {
		c = credit_read(in);
		credit_write(&again, &c);
	}
	if (again.len > 0 &&
	    (again.len != FRAME_HEAD + in.len || again.p[0] != type ||
		!bytes_eq(bytes_of(again.p + FRAME_HEAD, in.len), in)))
		bug("a frame that is written otherwise than it was read");
	buf_free(&again);
	return 0;
}
