/* SPDX-License-Identifier: EUPL-1.2 */
/* Two sessions and the bytes between them; owners that store what comes. */
#ifndef TESTS_SESSION_PAIR_H
#define TESTS_SESSION_PAIR_H

#include <stdlib.h>
#include <string.h>

#include "../tests/tap.h"
#include "core/vec.h"
#include "link/session.h"

#define STATEMENT "a link statement"
#define DESK "antin://muong-nhe.dien-bien.vn/van-thu"

/* One to be sent, and what became of it. */
struct parcel {
	struct item item;
	struct buf package;
	struct link_dest dest;
	unsigned answers[ACKS]; /* told to its owner */
	bool offered;		/* on this connection */
	bool done;		/* stored or known: never offered again */
};

/* What came of one of the other side's parcels. */
struct got {
	struct buf part; /* of a large one */
	unsigned stored, whole;
	bool open;
};

struct due {
	uint32_t number;
	size_t parcel;
	uint64_t taken;
};

struct end {
	struct session *s;
	struct session_conf conf;
	struct link_keep *keep;
	struct buf wire; /* on its way to the other */
	struct parcel *parcels;
	size_t count;
	struct got *got; /* of peer->parcels */
	struct end *peer;
	struct due *due; /* answers that wait for the disk */
	size_t due_count;
	size_t numbers[64]; /* parcel of an open number */
	uint64_t resent;    /* allowed: in flight, or whole and unanswered */
	uint64_t data_out, saved_out;
	unsigned reasons, early, stops, hellos;
	bool manual; /* hello() leaves the judging to the test */
	bool late;   /* hello() says which keep it is */
	bool broken_read;
	uint32_t window;
	uint16_t items;
	uint64_t max_held, held;
};

static const struct session_conf pair_conf = {
	.frame = 1000, .total_max = 1u << 30, .idle_ms = 1000, .dead_ms = 3000
};

static size_t
parcel_of(const struct end *x, const uint8_t *sum)
{
	size_t i;

	for (i = 0; i < x->peer->count; i++)
		if (memcmp(x->peer->parcels[i].item.sum, sum, SHA256_SIZE) == 0)
			return i;
	bug("an item that nobody sent");
}

static void
answer_later(struct end *x, uint32_t number, size_t parcel, uint64_t taken)
{
	x->held += taken;
	x->max_held = x->held > x->max_held ? x->held : x->max_held;
	x->due = vec_more(x->due, x->due_count, sizeof(*x->due));
	x->due[x->due_count++] = (struct due){ number, parcel, taken };
}

static void
pair_hello(void *ctx, const struct hello *h)
{
	struct end *x = ctx;
	struct err e;
	size_t i;

	x->hellos++;
	if (!bytes_is(h->statement, STATEMENT))
		bug("another statement");
	if (x->manual)
		return;
	if (x->late)
		session_keep(x->s, x->keep);
	for (i = 0; i < x->peer->count; i++)
		if (x->got[i].part.len > 0)
			session_partial(x->s, x->peer->parcels[i].item.sum,
			    x->got[i].part.len);
	if (session_admit(x->s, 0, &e) != RC_OK)
		bug(e.text);
}

static void
pair_item(void *ctx, const struct item *item, struct bytes package)
{
	struct end *x = ctx;
	size_t i = parcel_of(x, item->sum);
	const struct parcel *p = &x->peer->parcels[i];

	if (!bytes_eq(package, buf_bytes(&p->package)) ||
	    item->dest_count != 1 ||
	    !bytes_eq(item->dests[0].address, p->dest.address) ||
	    item->rank != p->item.rank || item->again != p->item.again ||
	    item->envelope != p->item.envelope)
		bug("an item came otherwise than it was sent");
	x->got[i].whole++;
	answer_later(x, item->number, i, item->total - item->from);
}

static enum rc
pair_begin(void *ctx, const struct item *item, struct err *e)
{
	struct end *x = ctx;
	size_t i = parcel_of(x, item->sum);

	if (x->got[i].stored > 0) {
		x->early++;
		return fail(e, RC_EXISTS, "known");
	}
	if (item->from != 0 && item->from != x->got[i].part.len)
		bug("a part goes on where it is not");
	if (item->from == 0)
		buf_free(&x->got[i].part);
	x->numbers[item->number % 64] = i;
	return RC_OK;
}

static void
pair_data(void *ctx, uint32_t number, uint64_t at, struct bytes more)
{
	struct end *x = ctx;
	struct got *g = &x->got[x->numbers[number % 64]];

	if (at != g->part.len)
		bug("bytes out of order");
	buf_add(&g->part, more);
	session_taken(x->s, more.len);
}

static void
pair_end(void *ctx, uint32_t number)
{
	struct end *x = ctx;
	size_t i = x->numbers[number % 64];

	if (!bytes_eq(buf_bytes(&x->got[i].part),
		buf_bytes(&x->peer->parcels[i].package)))
		bug("a large item came otherwise than it was sent");
	x->got[i].whole++;
	answer_later(x, number, i, 0);
}

static void
pair_stop(void *ctx, uint32_t number)
{
	struct end *x = ctx;

	(void)number;
	x->stops++;
}

static void
pair_acked(void *ctx, uint64_t ref, enum ack outcome, enum refusal why)
{
	struct end *x = ctx;
	struct parcel *p = &x->parcels[ref];

	if ((outcome == ACK_REFUSED) != (why != REFUSAL_NONE) || !p->offered)
		bug("an answer of no sense");
	p->answers[outcome]++;
	p->done = outcome != ACK_LATER;
	p->offered = outcome != ACK_LATER;
}

static enum rc
pair_read(void *ctx, uint64_t ref, uint64_t at, uint8_t *to, size_t len,
    struct err *e)
{
	struct end *x = ctx;

	if (x->broken_read && at >= 200000)
		return fail(e, RC_IO, "a bad disk");
	memcpy(to, x->parcels[ref].package.p + at, len);
	return RC_OK;
}

static void
pair_bye(void *ctx, unsigned reason, struct bytes text)
{
	struct end *x = ctx;

	(void)text;
	x->reasons |= 1u << reason;
}

static const struct session_owner pair_owner = { .hello = pair_hello,
	.item = pair_item,
	.begin = pair_begin,
	.data = pair_data,
	.end = pair_end,
	.stop = pair_stop,
	.acked = pair_acked,
	.read = pair_read,
	.bye = pair_bye };

/* ---- parcels ---- */

static void
parcel_add(struct end *x, size_t total, unsigned rank, struct dice *d)
{
	struct parcel *p;
	size_t i;

	x->parcels = vec_more(x->parcels, x->count, sizeof(*x->parcels));
	p = &x->parcels[x->count++];
	(void)buf_grow(&p->package, total);
	for (i = 0; i < total; i++)
		p->package.p[i] = (uint8_t)dice_below(d, 256);
	p->dest.address = bytes_str(DESK);
	memset(p->dest.tag.b, (int)rank, TAG_SIZE);
	p->item = (struct item){ .rank = rank,
		.again = total % 2 == 1,
		.envelope = (uint32_t)(total < 5000 ? total : 5000),
		.total = total,
		.dest_count = 1 };
	sha256(p->item.sum, buf_bytes(&p->package));
}

static void
offer(struct end *x, size_t i)
{
	struct parcel *p = &x->parcels[i];

	p->item.dests = &p->dest;
	p->offered = true;
	session_send(x->s, i, &p->item,
	    p->item.total <= SESSION_SMALL ? buf_bytes(&p->package)
					   : bytes_of("", 0));
}

static inline void
offer_all(struct end *x)
{
	size_t i;

	for (i = 0; i < x->count; i++)
		if (!x->parcels[i].done && !x->parcels[i].offered)
			offer(x, i);
}

/* The disk has them: all answers that wait. */
static void
answer_all(struct end *x)
{
	size_t i;

	for (i = 0; i < x->due_count; i++) {
		struct got *g = &x->got[x->due[i].parcel];

		session_ack(x->s, x->due[i].number,
		    g->stored > 0 ? ACK_KNOWN : ACK_STORED, REFUSAL_NONE);
		g->stored = 1;
		buf_free(&g->part);
		session_taken(x->s, x->due[i].taken);
		x->held -= x->due[i].taken;
	}
	x->due_count = 0;
	free(x->due);
	x->due = NULL;
}

/* ---- connections ---- */

static void
pair_say(struct end *x)
{
	session_hello(x->s, &(struct hello){ .incarnation = 7,
				.clock = 1795000000,
				.window = x->window,
				.items = x->items,
				.statement = bytes_str(STATEMENT) });
}

static void
pair_init(struct end *a, struct end *b)
{
	struct end *both[] = { a, b };
	size_t i;

	for (i = 0; i < 2; i++) {
		*both[i] = (struct end){ .peer = both[1 - i],
			.conf = pair_conf,
			.keep = keep_new(),
			.window = 1u << 20,
			.items = 100 };
		both[i]->conf.dialled = i == 0;
	}
}

/* After the parcels are there. */
static inline void
pair_connect(struct end *a, struct end *b)
{
	struct end *both[] = { a, b };
	size_t i;

	for (i = 0; i < 2; i++) {
		struct end *x = both[i];

		if (x->got == NULL)
			x->got = alloc(x->peer->count + 1, sizeof(*x->got));
		x->s = session_new(
		    &x->conf, &pair_owner, x, x->late ? NULL : x->keep, 0);
		pair_say(x);
	}
}

static inline void
pair_cut(struct end *a, struct end *b)
{
	struct end *both[] = { a, b };
	size_t i, k;

	for (i = 0; i < 2; i++) {
		struct end *x = both[i];

		x->data_out += session_counts(x->s)->data_out;
		x->saved_out += session_counts(x->s)->saved_out;
		/* what may go twice: in flight, or whole and not answered */
		x->resent += x->wire.len;
		for (k = 0; k < x->count; k++)
			if (!x->parcels[k].done && x->peer->got[k].whole > 0)
				x->resent += x->parcels[k].item.total;
		for (k = 0; k < x->count; k++)
			x->parcels[k].offered = false;
		session_free(x->s);
		x->s = NULL;
		buf_free(&x->wire);
		free(x->due);
		x->due = NULL;
		x->due_count = 0;
		x->held = 0;
	}
}

/* At most "most" bytes of x's go to the other side; how many went. */
static size_t
deliver(struct end *x, size_t most)
{
	size_t n = x->wire.len < most ? x->wire.len : most;
	struct err e;

	n = n < SESSION_READ ? n : SESSION_READ;
	if (n == 0 || !session_wants_input(x->peer->s))
		return 0;
	if (session_input(x->peer->s, bytes_of(x->wire.p, n), 0, &e) != RC_OK)
		bug(e.text);
	memmove(x->wire.p, x->wire.p + n, x->wire.len - n);
	x->wire.len -= n;
	return n;
}

/* Until nothing more happens. */
static void
settle(struct end *a, struct end *b)
{
	size_t moved;

	do {
		session_output(a->s, &a->wire, 20000);
		session_output(b->s, &b->wire, 20000);
		moved = deliver(a, SESSION_READ) + deliver(b, SESSION_READ);
		answer_all(a);
		answer_all(b);
	} while (moved > 0 || session_wants_output(a->s) ||
		 session_wants_output(b->s));
}

static void
pair_free(struct end *a, struct end *b)
{
	struct end *both[] = { a, b };
	size_t i, k;

	for (i = 0; i < 2; i++) {
		struct end *x = both[i];

		session_free(x->s);
		keep_free(x->keep);
		for (k = 0; x->got != NULL && k < x->peer->count; k++)
			buf_free(&x->got[k].part);
		free(x->got);
		free(x->due);
		buf_free(&x->wire);
	}
	for (i = 0; i < 2; i++) {
		for (k = 0; k < both[i]->count; k++)
			buf_free(&both[i]->parcels[k].package);
		free(both[i]->parcels);
	}
}

#endif
