/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A session among hostile bytes.  The first byte says of what kind it is; then
 * come steps: a byte that says which, and what it needs.  The peer sends raw
 * bytes, frames with any payload, and well-made ones; the owner answers, sends,
 * takes, and the line is cut.
 */
#include <stdlib.h>
#include <string.h>

#include "link/session.h"

#define WINDOW 40000u
#define ITEMS 20u
#define OPEN 64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct fuzzed {
	struct session *s;
	struct session_conf conf;
	struct link_keep *keep;
	bool judging, over;
	bool late;	/* the keep is named when the peer is known */
	uint64_t given; /* bytes, not yet taken */
	uint32_t unanswered[OPEN];
	size_t unanswered_count;
	struct {
		uint32_t number;
		uint64_t at, total;
	} open[OPEN];
	size_t open_count;
	uint32_t last; /* item we sent to it */
	uint64_t ref, answers;
	size_t telling[TELLS], told;
	uint8_t turn;
} f;

static void
on_hello(void *ctx, const struct hello *h)
{
	(void)ctx;
	if (h->statement.len == 0)
		bug("HELLO without a statement");
	f.judging = true;
}

static void
unanswered(uint32_t number)
{
	if (f.unanswered_count == OPEN)
		bug("more items than were allowed");
	f.unanswered[f.unanswered_count++] = number;
}

static void
dests_ok(const struct item *item)
{
	if (item->dest_count == 0 || item->dest_count > LINK_DESTS)
		bug("an item for nobody");
}

static void
on_item(void *ctx, const struct item *item, struct bytes package)
{
	uint8_t sum[SHA256_SIZE];

	(void)ctx;
	dests_ok(item);
	sha256(sum, package);
	if (package.len != item->total || item->total > SESSION_SMALL ||
	    memcmp(sum, item->sum, sizeof(sum)) != 0)
		bug("an item that is not what it says");
	f.given += item->total - item->from;
	unanswered(item->number);
}

static enum rc
on_begin(void *ctx, const struct item *item, struct err *e)
{
	(void)ctx;
	dests_ok(item);
	if (item->total <= SESSION_SMALL)
		bug("a small item in pieces");
	if (item->sum[0] % 4 == 1)
		return fail(e, (enum rc)(1 + item->sum[1] % 8), "no");
	if (f.open_count == SESSION_OPEN)
		bug("too many items are open");
	f.open[f.open_count].number = item->number;
	f.open[f.open_count].at = item->from;
	f.open[f.open_count++].total = item->total;
	unanswered(item->number);
	return RC_OK;
}

static size_t
open_at(uint32_t number)
{
	size_t i;

	for (i = 0; i < f.open_count; i++)
		if (f.open[i].number == number)
			return i;
	bug("an item that is not open");
}

static void
forget(size_t i)
{
	f.open[i] = f.open[--f.open_count];
}

static void
on_data(void *ctx, uint32_t number, uint64_t at, struct bytes more)
{
	size_t i = open_at(number);

	(void)ctx;
	if (f.open[i].at != at || more.len > f.open[i].total - at)
		bug("bytes out of order");
	f.open[i].at += more.len;
	f.given += more.len;
}

static void
on_end(void *ctx, uint32_t number)
{
	size_t i = open_at(number);

	(void)ctx;
	if (f.open[i].at != f.open[i].total)
		bug("an item ends before its end");
	forget(i);
}

static void
answered(size_t i)
{
	memmove(&f.unanswered[i], &f.unanswered[i + 1],
	    (f.unanswered_count - i - 1) * sizeof(f.unanswered[0]));
	f.unanswered_count--;
}

static void
on_stop(void *ctx, uint32_t number)
{
	size_t i;

	(void)ctx;
	forget(open_at(number));
	for (i = 0; f.unanswered[i] != number; i++)
		;
	answered(i);
}

static void
on_acked(void *ctx, uint64_t ref, enum ack outcome, enum refusal why)
{
	(void)ctx;
	if (ref >= f.ref || (outcome == ACK_REFUSED) == (why == REFUSAL_NONE))
		bug("an answer of no sense");
	if (++f.answers > f.ref)
		bug("more answers than items");
}

static enum rc
on_read(void *ctx, uint64_t ref, uint64_t at, uint8_t *to, size_t len,
    struct err *e)
{
	(void)ctx;
	(void)ref;
	memset(to, 7, len);
	return at > 150000 ? fail(e, RC_IO, "no") : RC_OK;
}

static void
on_tell(void *ctx, enum tell kind, bool more, struct bytes piece)
{
	size_t i, sum = 0;

	(void)ctx;
	if (kind == 0 || kind >= TELLS || piece.len == 0)
		bug("a message of no kind");
	f.telling[kind] += piece.len;
	for (i = 0; i < TELLS; i++)
		sum += f.telling[i];
	if (sum > TELL_MAX)
		bug("messages over their limit");
	if (!more)
		f.telling[kind] = 0;
}

static void
on_told(void *ctx, size_t bytes)
{
	(void)ctx;
	if (bytes == 0 || bytes > f.told)
		bug("more was told than was given");
	f.told -= bytes;
}

static void
on_enrol(void *ctx, struct bytes message)
{
	(void)ctx;
	if (message.len > FRAME_MAX)
		bug("a message over its limit");
}

static void
on_bye(void *ctx, unsigned reason, struct bytes text)
{
	(void)ctx;
	if (reason > 255 || text.len > LINK_BYE_TEXT)
		bug("BYE over its limit");
}

static const struct session_owner owner = { on_hello, on_item, on_begin,
	on_data, on_end, on_stop, on_acked, on_read, on_tell, on_told, on_enrol,
	on_bye };

static void
connect_it(void)
{
	f.judging = f.over = false;
	f.given = 0;
	f.unanswered_count = f.open_count = 0;
	memset(f.telling, 0, sizeof(f.telling));
	f.told = 0;
	f.last = 0;
	f.s = session_new(&f.conf, &owner, NULL, f.late ? NULL : f.keep, 0);
	session_hello(f.s, &(struct hello){ .window = WINDOW,
			       .items = ITEMS,
			       .statement = bytes_str("ours") });
}

static void
ended(enum rc rc)
{
	f.over = rc != RC_OK || session_over(f.s);
	if (rc != RC_OK && !session_over(f.s))
		bug("a failure that ends nothing");
}

static void
input(struct bytes in)
{
	struct err e;

	while (in.len > 0 && !f.over && session_wants_input(f.s)) {
		size_t n = f.turn % 3 == 0 ? in.len : 1 + in.len / 2;

		ended(session_input(f.s, bytes_of(in.p, n), 0, &e));
		in = bytes_of(in.p + n, in.len - n);
	}
	if (f.given > WINDOW + SESSION_OPEN * SESSION_SMALL)
		bug("more bytes than were allowed");
}

static void
output(size_t max)
{
	struct buf out = { 0 };
	struct bytes rest;
	struct err e;
	uint8_t type = 0;
	size_t len;

	session_output(f.s, &out, max);
	for (rest = buf_bytes(&out); rest.len > 0;) {
		if (rest.len < FRAME_HEAD || type == FRAME_BYE)
			bug("half a frame, or one behind BYE");
		frame_head(rest.p, &type, &len);
		if (frame_name(type) == NULL ||
		    frame_fits(type, len, &e) != RC_OK ||
		    len > rest.len - FRAME_HEAD)
			bug("a frame that is none");
		rest = bytes_of(
		    rest.p + FRAME_HEAD + len, rest.len - FRAME_HEAD - len);
	}
	buf_free(&out);
}

static void
send_one(bool large)
{
	static const uint8_t small[3000];
	struct link_dest d = { .address = bytes_str("antin://vn/a") };
	struct item item = { .rank = f.turn % 4,
		.envelope = 1000,
		.total = large ? 200000 : sizeof(small),
		.dests = &d,
		.dest_count = 1 };

	if (f.over || f.ref - f.answers > 50)
		return;
	item.sum[0] = f.turn;
	session_send(
	    f.s, f.ref++, &item, bytes_of(small, large ? 0 : sizeof(small)));
}

static void
tell_one(uint8_t what)
{
	static const uint8_t text[70000];
	const size_t len = what < 8 ? sizeof(text) : 1u + what;

	if (!f.over && f.told < 1u << 20 &&
	    session_tell(f.s, 1 + what % (TELLS - 1), bytes_of(text, len)))
		f.told += len;
}

/* A frame of the peer's that is well-made, as far as it goes. */
static void
well_made(uint8_t what, struct bytes more)
{
	static const uint8_t takes[] = { 0, HELLO_TELL, 0, 0 };
	struct buf out = { 0 };
	size_t at;

	if (what % 4 == 0)
		hello_write(&out, &(struct hello){ .lowest = 1,
				      .highest = 1,
				      .window = 10000,
				      .items = 5,
				      .statement = bytes_str("theirs"),
				      .extensions = bytes_of(takes, 4) });
	if (what % 4 == 1) {
		struct item item = { .number = ++f.last,
			.rank = what / 4 % 4,
			.envelope = 1,
			.total = what < 128 ? more.len + 1 : 200000 };
		struct link_dest d = { .address = bytes_str("antin://vn/a") };

		sha256(item.sum, more);
		if (what >= 64 && what < 128)
			item.total = more.len > 0 ? more.len : 1;
		at = frame_open(&out, FRAME_ITEM);
		item_put(&out, &item, false, 1);
		dest_put(&out, &d);
		frame_close(&out, at);
	}
	if (what % 4 > 1) {
		at = frame_open(
		    &out, what % 4 == 2 ? FRAME_DATA : FRAME_PARTIAL);
		if (what % 4 == 2) {
			frame_uint(&out, f.last - what / 4 % 4, 4);
			buf_add(&out, more);
		}
		frame_close(&out, at);
	}
	input(buf_bytes(&out));
	buf_free(&out);
}

static void
judge(uint8_t what)
{
	uint8_t sum[SHA256_SIZE] = { what };
	struct err e;

	if (!f.judging || f.over)
		return;
	f.judging = false;
	if (what % 16 == 1) {
		session_refuse(f.s, BYE_REFUSED);
		f.over = true;
		return;
	}
	if (f.late)
		session_keep(f.s, f.keep);
	session_partial(f.s, sum, 150000);
	ended(session_admit(f.s, 0, &e));
}

static void
answer(uint8_t what)
{
	size_t i = what % (f.unanswered_count + 1), k;
	uint32_t number;
	bool open = false;

	if (f.over || i == f.unanswered_count)
		return;
	number = f.unanswered[i];
	for (k = 0; k < f.open_count; k++)
		if (f.open[k].number == number) {
			forget(k);
			open = true;
			break;
		}
	answered(i);
	session_ack(f.s, number, open ? ACK_KNOWN : ACK_STORED, REFUSAL_NONE);
}

static void
cut(bool parts)
{
	if (parts)
		session_parts(f.s, f.keep);
	if (parts && !session_over(f.s))
		bug("a session without its parts goes on");
	session_free(f.s);
	if (keep_bytes(f.keep) > KEEP_BYTES)
		bug("a keep over its limit");
	f.ref = f.answers = 0;
	connect_it();
}

static void
step(struct rd *r)
{
	uint8_t what = rd_u8(r), arg = rd_u8(r);
	size_t len = (size_t)arg * (what & 0x80 ? 60 : 1);
	struct bytes more = { 0 };
	struct buf frame = { 0 };
	struct err e;
	int64_t next;

	f.turn++;
	if (what % 8 < 3)
		more = rd_bytes(r, len < r->in.len ? len : r->in.len);
	switch (what % 8) {
	case 0:
		input(more);
		break;
	case 1:
		frame_uint(&frame, what / 8 % 16, 1);
		frame_uint(&frame, more.len, 3);
		buf_add(&frame, more);
		input(buf_bytes(&frame));
		buf_free(&frame);
		break;
	case 2:
		well_made(arg, more);
		break;
	case 3:
		judge(arg);
		break;
	case 4:
		answer(arg);
		break;
	case 5:
		if (f.given > 0 && !f.over) {
			session_taken(f.s, 1 + arg * f.given / 256);
			f.given -= 1 + arg * f.given / 256;
		}
		send_one(arg % 2 == 0);
		if (what & 0x40)
			tell_one(arg);
		(void)session_cancel(f.s, arg);
		break;
	case 6:
		output(arg * 100u);
		if (session_tick(f.s, arg * 10, &next, &e) != RC_OK)
			f.over = true;
		break;
	default:
		if (arg % 8 == 0)
			cut(arg / 8 % 2 == 1);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(bytes_of(data, size));
	uint8_t kind = rd_u8(&r);

	memset(&f, 0, sizeof(f));
	f.conf = (struct session_conf){ .dialled = kind & 1,
		.enrol = kind & 2,
		.frame = kind & 4 ? FRAME_MAX : SESSION_FRAME_MIN,
		.total_max = kind & 8 ? 1u << 30 : 180000,
		.idle_ms = 1000,
		.dead_ms = 2400 };
	f.late = kind & 16;
	f.keep = keep_new();
	connect_it();
	while (r.in.len > 0)
		step(&r);
	output(1u << 20);
	session_free(f.s);
	keep_free(f.keep);
	return 0;
}
