/* SPDX-License-Identifier: EUPL-1.2 */
/* Sessions: items go over connections that are cut (docs/link.md). */
#include "session_pair.h"

static bool soak;

/* Sizes as they come: telegrams, documents, some that go to a file. */
static size_t
some_size(struct dice *d)
{
	switch (dice_below(d, 8)) {
	case 0:
		return SESSION_SMALL + 1 + dice_below(d, 200000);
	case 1:
		return 1 + dice_below(d, 62000); /* four fit a keep */
	default:
		return 1 + dice_below(d, 12000);
	}
}

static size_t
open_count(const struct end *x)
{
	size_t i, n = 0;

	for (i = 0; i < x->count; i++)
		n += !x->parcels[i].done;
	return n;
}

/* Bytes go in pieces of any length; answers come when they do. */
static void
some_way(struct end *a, struct end *b, struct dice *d, size_t bytes)
{
	size_t moved = 0, idle = 0, piece;

	while (moved < bytes && idle < 20) {
		size_t n;

		piece = dice_below(d, 4) == 0 ? 1 + dice_below(d, 9)
					      : 1 + dice_below(d, 5000);
		session_output(a->s, &a->wire, piece);
		session_output(b->s, &b->wire, piece);
		n = deliver(a, piece) + deliver(b, piece);
		moved += n;
		idle = n > 0 ? 0 : idle + 1;
		if (dice_below(d, 6) == 0 || n == 0)
			answer_all(a);
		if (dice_below(d, 6) == 0 || n == 0)
			answer_all(b);
	}
}

struct sums {
	uint64_t cuts, twice, lost, other, over, saved, early;
};

static void
one_walk(uint64_t seed, struct sums *sums)
{
	struct dice d = { seed };
	struct end a, b, *both[] = { &a, &b };
	size_t i, k;

	pair_init(&a, &b);
	for (i = 0; i < 2; i++) {
		both[i]->conf.frame = 256 + dice_below(&d, FRAME_MAX - 255);
		both[i]->window = 1 + dice_below(&d, 100000);
		both[i]->items = (uint16_t)(1 + dice_below(&d, 9));
		both[i]->late = dice_below(&d, 2) == 1;
		for (k = 0; k < 12; k++)
			parcel_add(
			    both[i], some_size(&d), dice_below(&d, 4), &d);
	}
	for (k = 0; k < 400 && open_count(&a) + open_count(&b) > 0; k++) {
		pair_connect(&a, &b);
		offer_all(&a);
		offer_all(&b);
		some_way(&a, &b, &d, 1 + dice_below(&d, 150000));
		pair_cut(&a, &b);
		sums->cuts++;
	}
	for (i = 0; i < 2; i++) {
		uint64_t total = 0, frame = both[i]->conf.frame;

		for (k = 0; k < both[i]->count; k++) {
			const struct parcel *p = &both[i]->parcels[k];

			total += p->item.total;
			sums->lost +=
			    !p->done || both[1 - i]->got[k].stored == 0;
			sums->twice += p->answers[ACK_STORED] > 1;
			sums->other += p->answers[ACK_REFUSED];
		}
		sums->over +=
		    both[i]->data_out > total + both[i]->resent + k * frame;
		sums->saved += both[i]->saved_out;
		sums->early += both[i]->early;
	}
	pair_free(&a, &b);
}

static void
items_survive_cuts(void)
{
	struct sums sums = { 0 };
	uint64_t seed, walks = soak ? 2000 : 60;

	for (seed = 1; seed <= walks; seed++)
		one_walk(seed, &sums);
	note("%llu connections, %llu bytes not sent again, %llu known early",
	    (unsigned long long)sums.cuts, (unsigned long long)sums.saved,
	    (unsigned long long)sums.early);
	ok(sums.cuts > walks * 3, "connections are cut again and again");
	is(sums.lost, 0, "every item arrives, whole and as it was sent");
	is(sums.twice, 0, "no item is stored twice");
	is(sums.other, 0, "none is refused");
	is(sums.over, 0,
	    "nothing goes twice but what was in flight or not answered");
	ok(sums.saved > 0, "what was there is not sent again");
	ok(sums.early > 0,
	    "a large one that is known is answered before it is sent");
}

/* An item of the highest rank is offered while another is on its way. */
static void
higher_rank_goes_first(void)
{
	struct dice d = { 5 };
	struct end a, b;
	struct bytes rest;
	unsigned before = 0, at_all = 0;
	bool came = false;

	pair_init(&a, &b);
	parcel_add(&a, 100000, 0, &d);
	parcel_add(&a, 100, 3, &d);
	pair_connect(&a, &b);
	settle(&a, &b);
	offer(&a, 0);
	session_output(a.s, &a.wire, 10000);
	while (deliver(&a, SESSION_READ) > 0)
		;
	offer(&a, 1);
	session_output(a.s, &a.wire, 3000);
	rest = buf_bytes(&a.wire);
	while (rest.len >= FRAME_HEAD) {
		uint8_t type;
		size_t len;

		frame_head(rest.p, &type, &len);
		if (type == FRAME_ITEM)
			came = true;
		before += type == FRAME_DATA && !came;
		at_all += type == FRAME_DATA;
		rest = bytes_of(
		    rest.p + FRAME_HEAD + len, rest.len - FRAME_HEAD - len);
	}
	ok(came && at_all > 1, "an item of the highest rank goes at once");
	is(before, 0, "no more of a lower rank goes before it");
	settle(&a, &b);
	ok(a.parcels[0].done && a.parcels[1].done,
	    "what was overtaken arrives, too");
	pair_free(&a, &b);
}

static void
within_a_rank_the_older_goes_first(void)
{
	struct dice d = { 6 };
	struct end a, b;
	size_t i;

	pair_init(&a, &b);
	for (i = 0; i < 4; i++)
		parcel_add(&a, 3000, (unsigned)(i % 2), &d);
	pair_connect(&a, &b);
	settle(&a, &b);
	offer_all(&a);
	while (session_wants_output(a.s))
		session_output(a.s, &a.wire, 100);
	while (deliver(&a, SESSION_READ) > 0)
		;
	is(b.due_count, 4, "four items come");
	ok(b.due[0].parcel == 1 && b.due[1].parcel == 3 &&
		b.due[2].parcel == 0 && b.due[3].parcel == 2,
	    "higher ranks first, and within a rank the older");
	answer_all(&b);
	pair_free(&a, &b);
}

static void
credit_is_honoured(void)
{
	struct dice d = { 7 };
	struct end a, b;
	size_t i;

	pair_init(&a, &b);
	b.window = 50000;
	b.items = 4;
	for (i = 0; i < 20; i++)
		parcel_add(&a, 20000, 1, &d);
	pair_connect(&a, &b);
	offer_all(&a);
	/* b answers nothing and takes nothing */
	for (i = 0; i < 200; i++) {
		session_output(a.s, &a.wire, 5000);
		session_output(b.s, &b.wire, 5000);
		(void)deliver(&a, SESSION_READ);
		(void)deliver(&b, SESSION_READ);
	}
	ok(!session_wants_output(a.s), "who has no credit left is silent");
	is(session_counts(a.s)->items_out, 4, "no item goes beyond credit");
	ok(session_counts(a.s)->data_out <= 4 * 20000 && b.held >= 40000,
	    "no byte goes beyond credit");
	settle(&a, &b);
	for (i = 0; i < 20 && a.parcels[i].done; i++)
		;
	is(i, 20, "when the owner takes and answers, all else comes");
	ok(b.max_held <= 50000 + 20000,
	    "an owner holds no more than its window and one item");
	pair_free(&a, &b);
}

/* Four ranks interrupt each other under a window that none fits in. */
static void
a_small_window_stops_nobody(void)
{
	struct dice d = { 8 };
	struct end a, b;
	unsigned i;

	pair_init(&a, &b);
	b.window = 700;
	b.items = 2;
	for (i = 0; i < 4; i++)
		parcel_add(&a, SESSION_SMALL, i, &d);
	parcel_add(&a, SESSION_SMALL + 1, 0, &d);
	pair_connect(&a, &b);
	settle(&a, &b);
	for (i = 0; i < 4; i++) {
		offer(&a, i);
		session_output(a.s, &a.wire, 600);
		(void)deliver(&a, SESSION_READ);
	}
	offer(&a, 4);
	settle(&a, &b);
	for (i = 0; i < 5 && a.parcels[i].done; i++)
		;
	is(i, 5, "items larger than the window go through it");
	pair_free(&a, &b);
}

/* ---- what is left of a cut connection ---- */

/* The first "bytes" bytes of a's frames arrive; then the line is cut. */
static void
go_as_far(struct end *a, struct end *b, size_t bytes)
{
	pair_connect(a, b);
	settle(a, b);
	offer_all(a);
	while (session_counts(b->s)->data_in < bytes) {
		session_output(a->s, &a->wire, 500);
		(void)deliver(a, SESSION_READ);
		session_output(b->s, &b->wire, 500);
		(void)deliver(b, SESSION_READ);
	}
	pair_cut(a, b);
}

static void
a_part_is_kept_and_goes_on(void)
{
	struct dice d = { 9 };
	struct end a, b;

	pair_init(&a, &b);
	parcel_add(&a, 100000, 1, &d);
	go_as_far(&a, &b, 60000);
	ok(keep_bytes(b.keep) >= 60000 && keep_bytes(b.keep) < 62000,
	    "the part of a small item stays in the keep");
	pair_connect(&a, &b);
	offer_all(&a);
	settle(&a, &b);
	ok(a.parcels[0].done, "it goes on, on the next connection");
	is(session_counts(a.s)->saved_out + session_counts(a.s)->data_out,
	    100000, "and only what lacks is sent");
	ok(session_counts(a.s)->saved_out >= 60000, "from where it was cut");
	is(keep_bytes(b.keep), 0, "the keep is empty then");
	pair_free(&a, &b);
}

/* Who was dialled learns from HELLO whose parts it has. */
static void
a_keep_may_come_when_the_peer_is_known(void)
{
	struct dice d = { 16 };
	struct end a, b;

	pair_init(&a, &b);
	b.late = true;
	parcel_add(&a, 100000, 1, &d);
	go_as_far(&a, &b, 60000);
	ok(keep_bytes(b.keep) >= 60000,
	    "what came goes into a keep that was named in hello()");
	pair_connect(&a, &b);
	offer_all(&a);
	settle(&a, &b);
	ok(a.parcels[0].done, "it goes on, on the next connection");
	is(session_counts(a.s)->saved_out + session_counts(a.s)->data_out,
	    100000, "and only what lacks is sent");
	pair_free(&a, &b);
}

/* A line whose end was not noticed: the new one finds what the old has. */
static void
parts_are_there_before_the_old_session_is_freed(void)
{
	struct dice d = { 17 };
	struct session *old;
	struct end a, b;
	struct err e;

	pair_init(&a, &b);
	b.late = true;
	parcel_add(&a, 100000, 1, &d);
	pair_connect(&a, &b);
	settle(&a, &b);
	offer_all(&a);
	while (session_counts(b.s)->data_in < 60000) {
		session_output(a.s, &a.wire, 500);
		(void)deliver(&a, SESSION_READ);
	}
	old = b.s;
	session_refuse(old, BYE_REPLACED);
	session_parts(old, b.keep);
	ok(keep_bytes(b.keep) >= 60000, "a session that is over leaves parts");
	session_output(old, &b.wire, 1000);
	ok(b.wire.len > 0 && b.wire.p[0] == FRAME_BYE,
	    "and still says BYE then");
	b.wire.len = 0;
	a.wire.len = 0;
	session_free(a.s);
	a.parcels[0].offered = false;
	pair_connect(&a, &b);
	offer_all(&a);
	settle(&a, &b);
	ok(a.parcels[0].done && session_counts(a.s)->saved_out >= 60000,
	    "they go on, on the next one");
	is(session_input(old, bytes_of("x", 1), 0, &e), RC_ABSENT,
	    "the old one takes nothing");
	session_free(old);
	is(keep_bytes(b.keep), 0, "and leaves nothing more");
	pair_free(&a, &b);
}

static void
parts_end_a_session_that_is_not_over(void)
{
	struct dice d = { 18 };
	struct end a, b;

	pair_init(&a, &b);
	parcel_add(&a, 100000, 1, &d);
	pair_connect(&a, &b);
	settle(&a, &b);
	offer_all(&a);
	session_output(a.s, &a.wire, 30000);
	while (deliver(&a, SESSION_READ) > 0)
		;
	session_parts(b.s, NULL);
	ok(session_over(b.s) && !session_wants_output(b.s),
	    "a session without its parts is over, without a word");
	is(keep_bytes(b.keep), 0, "parts without a keep are dropped");
	pair_free(&a, &b);
}

/* A part that is another's, under the sum of this one. */
static void
a_wrong_part_comes_whole_next_time(void)
{
	struct dice d = { 10 };
	struct end a, b;

	pair_init(&a, &b);
	parcel_add(&a, 100000, 1, &d);
	a.parcels[0].package.p[5] ^= 1;
	go_as_far(&a, &b, 60000);
	a.parcels[0].package.p[5] ^= 1;
	pair_connect(&a, &b);
	offer_all(&a);
	settle(&a, &b);
	is(a.parcels[0].answers[ACK_LATER], 1,
	    "what does not have its sum with a kept part is not for now");
	is(b.got[0].whole, 0, "and is given to nobody");
	is(keep_bytes(b.keep), 0, "the part is dropped");
	offer_all(&a);
	settle(&a, &b);
	ok(a.parcels[0].done && b.got[0].stored == 1,
	    "offered again it comes whole");
	pair_free(&a, &b);
}

static void
a_wrong_sum_is_refused(void)
{
	struct dice d = { 11 };
	struct end a, b;

	pair_init(&a, &b);
	parcel_add(&a, 3000, 1, &d);
	parcel_add(&a, 3000, 1, &d);
	a.parcels[0].package.p[5] ^= 1;
	pair_connect(&a, &b);
	offer_all(&a);
	settle(&a, &b);
	is(a.parcels[0].answers[ACK_REFUSED], 1,
	    "an item without its sum is refused (docs/link.md 7.4)");
	is(b.got[0].whole, 0, "and given to nobody");
	ok(a.parcels[1].done && !session_over(a.s),
	    "the next one comes nevertheless");
	pair_free(&a, &b);
}

static void
the_keep_has_its_bounds(void)
{
	struct dice d = { 12 };
	struct end a, b;
	size_t i, most = 0;

	pair_init(&a, &b);
	for (i = 0; i < 24; i++)
		parcel_add(&a, 60000, 0, &d);
	for (i = 0; i < 24; i++) {
		a.parcels[i].done = false;
		pair_connect(&a, &b);
		settle(&a, &b);
		offer(&a, i);
		while (session_counts(b.s)->data_in < 50000) {
			session_output(a.s, &a.wire, 500);
			(void)deliver(&a, SESSION_READ);
		}
		pair_cut(&a, &b);
		most = keep_bytes(b.keep) > most ? keep_bytes(b.keep) : most;
	}
	ok(most <= KEEP_BYTES && most > KEEP_BYTES - 60000,
	    "a keep holds at most KEEP_BYTES");
	pair_connect(&a, &b);
	settle(&a, &b);
	offer(&a, 0);
	offer(&a, 23);
	settle(&a, &b);
	ok(a.parcels[0].done && a.parcels[23].done, "both arrive");
	ok(session_counts(a.s)->saved_out >= 50000 &&
		session_counts(a.s)->saved_out < 60000,
	    "of them the newer was kept, the older was dropped");
	pair_free(&a, &b);
}

/* ---- items that do not arrive ---- */

static void
what_cannot_be_read_is_given_up(void)
{
	struct dice d = { 13 };
	struct end a, b;

	pair_init(&a, &b);
	parcel_add(&a, 400000, 1, &d);
	parcel_add(&a, 3000, 1, &d);
	a.broken_read = true;
	pair_connect(&a, &b);
	offer_all(&a);
	settle(&a, &b);
	is(a.parcels[0].answers[ACK_LATER], 1,
	    "an item that cannot be read further is for later");
	is(b.stops, 1, "the other side is told");
	ok(a.parcels[1].done, "the next one comes nevertheless");
	a.broken_read = false;
	pair_cut(&a, &b);
	pair_connect(&a, &b);
	offer_all(&a);
	settle(&a, &b);
	ok(a.parcels[0].done, "when it can be read, it comes");
	ok(a.saved_out + session_counts(a.s)->saved_out > 190000,
	    "from where it was given up");
	pair_free(&a, &b);
}

static void
a_larger_one_than_may_be_is_refused(void)
{
	struct dice d = { 14 };
	struct end a, b;

	pair_init(&a, &b);
	b.conf.total_max = 200000;
	parcel_add(&a, 300000, 1, &d);
	parcel_add(&a, 200000, 1, &d);
	pair_connect(&a, &b);
	offer_all(&a);
	settle(&a, &b);
	is(a.parcels[0].answers[ACK_REFUSED], 1,
	    "an item over the owner's limit is refused");
	ok(session_counts(a.s)->data_out < 300000 + 200000,
	    "and not sent to its end");
	ok(a.parcels[1].done && session_waiting(a.s) == 0,
	    "one at the limit comes");
	pair_free(&a, &b);
}

static void
one_that_waits_can_be_taken_back(void)
{
	struct dice d = { 15 };
	struct end a, b;
	size_t i;

	pair_init(&a, &b);
	for (i = 0; i < 3; i++)
		parcel_add(&a, 50000, 1, &d);
	pair_connect(&a, &b);
	settle(&a, &b);
	offer_all(&a);
	session_output(a.s, &a.wire, 500);
	ok(!session_cancel(a.s, 0), "an item that is begun is not taken back");
	ok(session_cancel(a.s, 2), "one that waits is");
	ok(!session_cancel(a.s, 2), "once");
	offer(&a, 2);
	ok(session_cancel(a.s, 1), "one in the middle, too");
	settle(&a, &b);
	ok(a.parcels[0].done && a.parcels[2].done, "the others arrive");
	is(b.got[1].whole, 0, "that one does not");
	is(session_waiting(a.s), 0, "nothing waits");
	pair_free(&a, &b);
}

int
main(void)
{
	soak = getenv("ANTIN_SOAK") != NULL;
	items_survive_cuts();
	higher_rank_goes_first();
	within_a_rank_the_older_goes_first();
	credit_is_honoured();
	a_small_window_stops_nobody();
	a_part_is_kept_and_goes_on();
	a_keep_may_come_when_the_peer_is_known();
	parts_are_there_before_the_old_session_is_freed();
	parts_end_a_session_that_is_not_over();
	a_wrong_part_comes_whole_next_time();
	a_wrong_sum_is_refused();
	the_keep_has_its_bounds();
	what_cannot_be_read_is_given_up();
	a_larger_one_than_may_be_is_refused();
	one_that_waits_can_be_taken_back();
	return done();
}
