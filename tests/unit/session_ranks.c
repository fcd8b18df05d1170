/* SPDX-License-Identifier: EUPL-1.2 */
/* Which item has the line, and how much of it (docs/link.md 13). */
#include "core/time.h"
#include "session_pair.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What went over the line, of which item of a. */
struct seen {
	size_t first[64];  /* bytes before the item's first frame; SIZE_MAX */
	uint64_t data[64]; /* bytes of its DATA */
	uint64_t all;
	uint32_t order[64]; /* items in the order of their numbers */
	size_t begun;
};

static void
seen_new(struct seen *v)
{
	size_t i;

	*v = (struct seen){ 0 };
	for (i = 0; i < 64; i++)
		v->first[i] = SIZE_MAX;
}

/* The frames that lie on a's wire. */
static void
look(struct seen *v, const struct end *a)
{
	struct bytes rest = buf_bytes(&a->wire);
	const uint8_t *p;
	uint32_t number;
	uint8_t type;
	size_t len, i;

	while (rest.len >= FRAME_HEAD) {
		frame_head(rest.p, &type, &len);
		p = rest.p + FRAME_HEAD;
		number = len < 4 ? 0
				 : (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
				       (uint32_t)p[2] << 8 | p[3];
		if (type == FRAME_ITEM)
			for (i = 0; i < a->count; i++)
				if (memcmp(p + 18, a->parcels[i].item.sum,
					SHA256_SIZE) == 0) {
					v->order[number % 64] = (uint32_t)i;
					v->first[i] = v->all;
					v->begun++;
				}
		if (type == FRAME_DATA)
			v->data[v->order[number % 64]] += len - 4;
		v->all += FRAME_HEAD + len;
		rest = bytes_of(p + len, rest.len - FRAME_HEAD - len);
	}
}

/* So many bytes of a go, all of them arrive. */
static void
goes(struct seen *v, struct end *a, struct end *b, uint64_t bytes)
{
	const uint64_t until = v->all + bytes;

	while (v->all < until && session_wants_output(a->s)) {
		session_output(a->s, &a->wire, 1);
		look(v, a);
		while (deliver(a, SESSION_READ) > 0)
			;
		answer_all(b);
		session_output(b->s, &b->wire, 20000);
		while (deliver(b, SESSION_READ) > 0)
			;
	}
}

/* Four ranks, each with more than the line takes. */
static void
nobody_starves(void)
{
	struct dice d = { 21 };
	struct end a, b;
	struct seen v;
	uint64_t low;
	unsigned i;

	pair_init(&a, &b);
	for (i = 0; i < 4; i++)
		parcel_add(&a, 3000000, i, &d);
	pair_connect(&a, &b);
	settle(&a, &b);
	offer_all(&a);
	seen_new(&v);
	goes(&v, &a, &b, 1000000);
	low = v.data[0] + v.data[1] + v.data[2];
	note("of %llu bytes by rank: %llu %llu %llu %llu",
	    (unsigned long long)v.all, (unsigned long long)v.data[0],
	    (unsigned long long)v.data[1], (unsigned long long)v.data[2],
	    (unsigned long long)v.data[3]);
	ok(low > 0 && low * 16 <= v.all, "lower ranks have a 16th at the most");
	ok(low * 18 >= v.all, "and nearly that where they wait");
	ok(v.data[0] * 4 > low && v.data[1] * 4 > low && v.data[2] * 4 > low,
	    "each of them has its part of it");
	pair_cut(&a, &b);
	pair_free(&a, &b);
}

/* Between two frames of what goes above it never more than 15 frames. */
static void
who_waits_has_a_turn_soon(void)
{
	struct dice d = { 22 };
	struct end a, b;
	struct seen v;
	uint64_t had = 0, since = 0, longest = 0;
	unsigned i;

	pair_init(&a, &b);
	parcel_add(&a, 200000, 0, &d);
	parcel_add(&a, 3000000, 2, &d);
	pair_connect(&a, &b);
	settle(&a, &b);
	offer_all(&a);
	seen_new(&v);
	for (i = 0; i < 1500; i++) {
		goes(&v, &a, &b, 1);
		if (v.data[0] != had || v.first[0] + 200 > v.all)
			since = v.all;
		had = v.data[0];
		longest = v.all - since > longest ? v.all - since : longest;
	}
	ok(had > 0 && longest <= 17 * a.conf.frame,
	    "who waits has a frame after 15 of others");
	pair_free(&a, &b);
}

/* Many small ones: the guard counts bytes, or it would have half the line. */
static void
small_ones_of_a_higher_rank_keep_their_part(void)
{
	struct dice d = { 23 };
	struct end a, b;
	struct seen v;
	uint64_t high = 0;
	unsigned i;

	pair_init(&a, &b);
	a.conf.frame = 16000;
	b.items = 1000;
	b.window = 1u << 24;
	parcel_add(&a, 3000000, 0, &d);
	for (i = 0; i < 60; i++)
		parcel_add(&a, 5000, 3, &d);
	pair_connect(&a, &b);
	settle(&a, &b);
	offer_all(&a);
	seen_new(&v);
	goes(&v, &a, &b, 310000);
	for (i = 1; i <= 60; i++)
		high += v.data[i];
	note("%llu of %llu bytes", (unsigned long long)high,
	    (unsigned long long)v.all);
	ok(high * 100 >= v.all * 90, "small ones of hỏa tốc have the line");
	pair_free(&a, &b);
}

/* Whatever goes and whoever's turn it is, hỏa tốc begins with the next frame.
 */
static void
the_highest_begins_at_once(void)
{
	struct dice d = { 24 };
	struct end a, b;
	struct seen v;
	size_t late = 0, before;
	unsigned i;

	pair_init(&a, &b);
	b.items = 1000;
	b.window = 1u << 24;
	parcel_add(&a, 4000000, 0, &d);
	parcel_add(&a, 4000000, 1, &d);
	parcel_add(&a, 4000000, 2, &d);
	for (i = 0; i < 50; i++)
		parcel_add(&a, 300, 3, &d);
	pair_connect(&a, &b);
	settle(&a, &b);
	for (i = 0; i < 3; i++)
		offer(&a, i);
	seen_new(&v);
	for (i = 0; i < 50; i++) {
		goes(&v, &a, &b, 1 + dice_below(&d, 40000));
		before = v.all;
		offer(&a, 3 + i);
		goes(&v, &a, &b, 1);
		late += v.first[3 + i] != before;
	}
	is(late, 0, "hỏa tốc begins with the very next frame");
	pair_free(&a, &b);
}

/* ---- due times ---- */

static void
what_is_due_earlier_passes(void)
{
	static const int64_t dues[] = { 900, 500, 700, 500, TIME_NEVER, 100 };
	static const uint32_t wanted[] = { 0, 5, 1, 3, 2, 4 };
	struct dice d = { 25 };
	struct end a, b;
	struct seen v;
	unsigned i, wrong = 0;

	pair_init(&a, &b);
	for (i = 0; i < COUNT(dues); i++) {
		parcel_add(&a, 3000, 3, &d);
		a.parcels[i].item.due = dues[i];
	}
	pair_connect(&a, &b);
	settle(&a, &b);
	seen_new(&v);
	offer(&a, 0);
	goes(&v, &a, &b, 1); /* it has begun */
	for (i = 1; i < COUNT(dues); i++)
		offer(&a, i);
	goes(&v, &a, &b, 100000);
	for (i = 0; i < COUNT(dues); i++)
		wrong += v.order[i + 1] != wanted[i];
	is(wrong, 0,
	    "what is due earlier passes what has not begun, and nothing else");
	is(v.begun, COUNT(dues), "all of them go");
	pair_free(&a, &b);
}

/* Due times of any order, offered while others go: never one before another
 * that was there and is due earlier. */
static void
dues_of_any_order(void)
{
	struct dice d = { 26 };
	struct end a, b;
	struct seen v;
	uint64_t there[60];
	unsigned i, k, wrong = 0;

	pair_init(&a, &b);
	for (i = 0; i < 60; i++) {
		parcel_add(&a, 400, 3, &d);
		a.parcels[i].item.due = 1 + dice_below(&d, 30);
	}
	pair_connect(&a, &b);
	settle(&a, &b);
	seen_new(&v);
	for (i = 0; i < 60; i++) {
		offer(&a, i);
		there[i] = v.all;
		if (dice_below(&d, 3) == 0)
			goes(&v, &a, &b, 400);
	}
	goes(&v, &a, &b, 1000000);
	for (i = 0; i < 60; i++)
		for (k = 0; k < 60; k++)
			wrong += v.first[k] >= there[i] &&
				 v.first[k] < v.first[i] &&
				 a.parcels[k].item.due > a.parcels[i].item.due;
	is(wrong, 0, "none goes before what is there and due earlier");
	is(v.begun, 60, "each goes once");
	pair_free(&a, &b);
}

int
main(void)
{
	nobody_starves();
	who_waits_has_a_turn_soon();
	small_ones_of_a_higher_rank_keep_their_part();
	the_highest_begins_at_once();
	what_is_due_earlier_passes();
	dues_of_any_order();
	return done();
}
