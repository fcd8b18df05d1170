/* SPDX-License-Identifier: EUPL-1.2 */
/* Legs and deliveries (contract.h; docs/station.md 4.5, 4.6). */
#include "contract.h"

/* ---- legs -------------------------------------------------------------- */

static void
a_destination_is_gone_to_once(struct world *w)
{
	struct dest d[3] = { dest_made("antin://c"), dest_made("antin://a"),
		dest_made("antin://c") };
	struct leg leg = { .hop = bytes_str("antin://h"),
		.rank = 2,
		.due = 50,
		.state = LEG_HELD,
		.at = 40,
		.total = 1,
		.q = 99 };
	struct dests all = { 0 };
	struct leg got;
	struct list l = { 0 };
	uint64_t n, q, other, none;

	world_do(w);
	leg.n = n = put(w, 1);
	d[0].tag.b[0] = 7;
	must(w->ops->send(w->s, &leg, d, 3, &q, &w->e), &w->e);
	must(w->ops->send(w->s, &leg, d, 2, &none, &w->e), &w->e);
	is(none, 0, "a leg without new destinations is not made");
	must(w->ops->send(w->s, &leg, d, 0, &none, &w->e), &w->e);
	is(none, 0, "nor one of none");
	d[1] = dest_made("antin://b");
	leg.hop = bytes_str("antin://other");
	must(w->ops->send(w->s, &leg, d, 2, &other, &w->e), &w->e);
	ok(other > q, "numbers of legs grow");
	must(w->ops->deliver(w->s, n, 0,
		 &(struct dest){ .address = bytes_str("antin://here") }, 1,
		 &w->e),
	    &w->e);
	d[0] = dest_made("antin://here");
	must(w->ops->send(w->s, &leg, d, 1, &none, &w->e), &w->e);
	is(none, 0, "a desk here is no destination elsewhere");
	d[0] = dest_made("antin://a");
	is(w->ops->deliver(w->s, n, 0, d, 1, &w->e), RC_EXISTS,
	    "nor the other way round");
	world_done(w);
	world_again(w);
	must(w->ops->leg_dests(w->s, q, add_dest, &all, &w->e), &w->e);
	same(bytes_str(all.text), bytes_str("antin://a:1 antin://c:7 "),
	    "a leg has its destinations once each, in their order");
	all = (struct dests){ 0 };
	must(w->ops->leg_dests(w->s, other, add_dest, &all, &w->e), &w->e);
	same(bytes_str(all.text), bytes_str("antin://b:1 "),
	    "another those that were left");
	all = (struct dests){ 0 };
	must(w->ops->leg_dests(w->s, 1000, add_dest, &all, &w->e), &w->e);
	is(all.n, 0, "one that is not there none");
	must(w->ops->leg(w->s, q, &got, &w->e), &w->e);
	ok(got.q == q && got.n == n && got.rank == 2 && got.due == 50 &&
		got.state == LEG_HELD && got.at == 40 && got.total == SMALL &&
		bytes_is(got.hop, "antin://h"),
	    "a leg is as it was made, of its package's size");
	must(w->ops->legs(w->s, n, list_leg, &l, &w->e), &w->e);
	LIST_IS(&l, "a dispatch has both", q, other);
}

static void
legs_that_cannot_be_are_refused(struct world *w)
{
	struct buf large = bytes_made(5, LIMIT_ADDRESS + 1);
	struct dest d = dest_made("antin://a");
	struct leg leg = { .state = LEG_QUEUED, .due = TIME_NEVER }, got;
	struct bytes hop = buf_bytes(&large);
	struct list l = { 0 };
	uint64_t q;

	world_do(w);
	leg.n = 1;
	is(w->ops->send(w->s, &leg, &d, 1, &q, &w->e), RC_ABSENT,
	    "a dispatch that is not there is not sent");
	is(w->ops->deliver(w->s, 1, 0, &d, 1, &w->e), RC_ABSENT,
	    "nor does it arrive");
	leg.n = put(w, 1);
	leg.hop = hop;
	is(w->ops->send(w->s, &leg, &d, 1, &q, &w->e), RC_LIMIT,
	    "a hop is no longer than an address");
	leg.hop = bytes_str("h");
	d.address = hop;
	is(w->ops->send(w->s, &leg, &d, 1, &q, &w->e), RC_LIMIT,
	    "nor a destination");
	is(w->ops->deliver(w->s, 1, 0, &d, 1, &w->e), RC_LIMIT, "nor a desk");
	d.address = (struct bytes){ 0 };
	is(w->ops->send(w->s, &leg, &d, 1, &q, &w->e), RC_INVALID,
	    "nor is one empty");
	d = dest_made("antin://a");
	leg.state = LEG_PASSED;
	is(w->ops->send(w->s, &leg, &d, 1, &q, &w->e), RC_INVALID,
	    "a leg does not begin at its end");
	leg.state = LEG_QUEUED;
	is(w->ops->leg_set(w->s, 1, LEG_PASSED, NULL, 1, &w->e), RC_ABSENT,
	    "one that is not there has no state");
	is(w->ops->leg(w->s, 1, &got, &w->e), RC_ABSENT, "nor anything else");
	must(w->ops->send(w->s, &leg, &d, 1, &q, &w->e), &w->e);
	is(w->ops->leg_set(w->s, q, (enum leg_state)LEG_STATES, NULL, 1, &w->e),
	    RC_INVALID, "there is no sixth state");
	is(w->ops->leg_set(w->s, q, LEG_QUEUED, &hop, 1, &w->e), RC_LIMIT,
	    "a new hop is no longer either");
	world_done(w);
	must(w->ops->waiting(w->s, 0, 9, list_leg, &l, &w->e), &w->e);
	LIST_IS(&l, "what was refused is not there", q);
	buf_free(&large);
}

static void
the_queue_is_in_order(struct world *w)
{
	const struct bytes a = bytes_str("antin://a"),
			   b = bytes_str("antin://b");
	uint64_t n[7], q[7];
	struct list l = { 0 };
	struct leg leg;
	bool goes[7];
	size_t i;

	static const struct {
		const char *hop;
		unsigned rank;
		int64_t due;
	} sent[] = { { "antin://a", 1, TIME_NEVER }, { "antin://a", 1, 500 },
		{ "antin://a", 1, 100 }, { "antin://b", 1, 1 },
		{ "antin://a", 2, 1 }, { "antin://a", 1, 100 },
		{ "antin://a", 1, -5 } };
	world_do(w);
	for (i = 0; i < 7; i++) {
		n[i] = put(w, i + 1);
		q[i] = send_to(w, n[i], sent[i].hop, sent[i].rank, sent[i].due);
	}
	world_done(w);
	world_again(w);
	must(w->ops->queue(w->s, a, 1, INT64_MIN, 0, 99, list_leg, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "due first, then number; never due last", q[6], q[2], q[5],
	    q[1], q[0]);
	l = (struct list){ 0 };
	must(w->ops->queue(w->s, a, 1, 100, q[2], 99, list_leg, &l, &w->e),
	    &w->e);
	LIST_IS(&l,
	    "behind one: those that come later in that order, and it is "
	    "not its number that counts",
	    q[5], q[1], q[0]);
	l = (struct list){ 0 };
	must(w->ops->queue(w->s, a, 1, 100, q[2], 2, list_leg, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "at most so many of them", q[5], q[1]);
	l = (struct list){ .stop = 1 };
	must(w->ops->queue(w->s, a, 1, 100, q[2], 99, list_leg, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "or until it is told to stop", q[5]);
	l = (struct list){ 0 };
	must(w->ops->queue(
		 w->s, a, 1, TIME_NEVER, q[0] - 1, 9, list_leg, &l, &w->e),
	    &w->e);
	must(
	    w->ops->queue(w->s, a, 1, TIME_NEVER, q[0], 9, list_leg, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "of those that are not due, too", q[0]);
	for (i = 0; i < 7; i++)
		must(w->ops->operate.goes(w->s, n[i], a, &goes[i], &w->e),
		    &w->e);
	ok(goes[0] && goes[2] && !goes[3] && goes[4],
	    "each dispatch is known by its hop");
	l = (struct list){ 0 };
	must(w->ops->queue(w->s, a, 1, INT64_MIN, 0, 2, list_leg, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "at most so many", q[6], q[2]);
	l = (struct list){ .stop = 1 };
	must(w->ops->queue(w->s, a, 1, INT64_MIN, 0, 99, list_leg, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "until it is told to stop", q[6]);
	l = (struct list){ 0 };
	must(w->ops->queue(
		 w->s, a, 2, INT64_MIN, 0, SIZE_MAX, list_leg, &l, &w->e),
	    &w->e);
	must(w->ops->queue(
		 w->s, b, 1, INT64_MIN, 0, SIZE_MAX, list_leg, &l, &w->e),
	    &w->e);
	must(w->ops->queue(w->s, b, 2, INT64_MIN, 0, 99, list_leg, &l, &w->e),
	    &w->e);
	must(w->ops->queue(
		 w->s, b, 1, TIME_NEVER, UINT64_MAX, 99, list_leg, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "each rank and hop by itself", q[4], q[3]);

	world_do(w);
	leg_to(w, q[6], LEG_PASSED);
	leg_to(w, q[2], LEG_REFUSED);
	leg_to(w, q[5], LEG_EXPIRED);
	leg_to(w, q[1], LEG_HELD);
	world_done(w);
	world_again(w);
	l = (struct list){ 0 };
	must(w->ops->queue(w->s, a, 1, INT64_MIN, 0, 99, list_leg, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "what is over or held is not queued", q[0]);
	l = (struct list){ 0 };
	must(w->ops->waiting(w->s, 0, 99, list_leg, &l, &w->e), &w->e);
	LIST_IS(&l, "queued and held ones wait", q[0], q[1], q[3], q[4]);
	l = (struct list){ 0 };
	must(w->ops->waiting(w->s, q[0], 2, list_leg, &l, &w->e), &w->e);
	must(w->ops->waiting(w->s, UINT64_MAX, 2, list_leg, &l, &w->e), &w->e);
	LIST_IS(&l, "after a number, at most so many", q[1], q[3]);

	world_do(w);
	must(w->ops->leg_set(w->s, q[1], LEG_QUEUED, &b, 7777, &w->e), &w->e);
	must(w->ops->leg_set(w->s, q[6], LEG_QUEUED, NULL, 8888, &w->e), &w->e);
	/* what the store lent may be handed back to it */
	must(w->ops->leg(w->s, q[1], &leg, &w->e), &w->e);
	must(
	    w->ops->leg_set(w->s, q[0], LEG_QUEUED, &leg.hop, 9, &w->e), &w->e);
	world_done(w);
	world_again(w);
	must(w->ops->leg(w->s, q[1], &leg, &w->e), &w->e);
	ok(leg.state == LEG_QUEUED && leg.at == 7777 && bytes_eq(leg.hop, b),
	    "a held one goes another way");
	l = (struct list){ 0 };
	must(w->ops->queue(w->s, b, 1, INT64_MIN, 0, 99, list_leg, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "and is queued there", q[3], q[1], q[0]);
	l = (struct list){ 0 };
	must(w->ops->queue(w->s, a, 1, INT64_MIN, 0, 99, list_leg, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "one comes back into its queue", q[6]);
}

static bool
add_hop(void *ctx, const struct hop_count *h)
{
	struct dests *all = ctx;
	size_t at = strlen(all->text);

	(void)snprintf(all->text + at, sizeof(all->text) - at,
	    "%.*s %llu %llu %lld %u; ", (int)h->hop.len, (const char *)h->hop.p,
	    (unsigned long long)h->queued, (unsigned long long)h->bytes,
	    (long long)h->oldest, h->rank);
	return true;
}

static void
hops_are_counted(struct world *w)
{
	struct dests all = { 0 };
	uint64_t q[4];
	size_t i;

	must(w->ops->hops(w->s, add_hop, &all, &w->e), &w->e);
	same(bytes_str(all.text), bytes_str(""), "nothing waits at first");
	world_do(w);
	for (i = 0; i < 4; i++)
		q[i] = send_to(w, put(w, i + 1), i < 3 ? "b" : "a", (unsigned)i,
		    TIME_NEVER);
	must(w->ops->leg_set(w->s, q[0], LEG_QUEUED, NULL, 5, &w->e), &w->e);
	world_done(w);
	world_again(w);
	must(w->ops->hops(w->s, add_hop, &all, &w->e), &w->e);
	same(bytes_str(all.text),
	    bytes_str("a 1 700 1790000000 3; b 3 2100 5 2; "),
	    "each hop has its count, bytes, oldest and highest rank");
	world_do(w);
	leg_to(w, q[0], LEG_PASSED);
	leg_to(w, q[2], LEG_HELD);
	leg_to(w, q[3], LEG_EXPIRED);
	world_done(w);
	all = (struct dests){ 0 };
	must(w->ops->hops(w->s, add_hop, &all, &w->e), &w->e);
	same(bytes_str(all.text), bytes_str("b 1 700 1790000000 1; "),
	    "of what is queued only");
}

/* ---- desks ------------------------------------------------------------- */

static void
states_succeed_each_other(struct world *w)
{
	static const bool may[DELIVERY_STATES][DELIVERY_STATES] = {
		{ true, true, true, true },
		{ false, true, true, true },
		{ false, false, true, false },
		{ false, false, false, true },
	};
	const struct dest d = dest_made("antin://x/van-thu");
	struct delivery v;
	unsigned from, to;
	uint64_t n;
	enum rc rc;
	bool good = true;

	for (from = 0; from < DELIVERY_STATES; from++)
		for (to = 0; to < DELIVERY_STATES; to++) {
			world_do(w);
			n = put(w, 100 + 10 * from + to);
			must(w->ops->deliver(w->s, n, 0, &d, 1, &w->e), &w->e);
			must(w->ops->delivery_set(w->s, n, d.address,
				 (enum delivery_state)from, 2, bytes_str("one"),
				 &w->e),
			    &w->e);
			rc = w->ops->delivery_set(w->s, n, d.address,
			    (enum delivery_state)to, 3, bytes_str("two"),
			    &w->e);
			world_done(w);
			must(w->ops->delivery(w->s, n, d.address, &v, &w->e),
			    &w->e);
			good &= rc == (may[from][to] ? RC_OK : RC_DENIED);
			good &= v.arrived == 1;
			if (may[from][to] && from != to)
				good &= v.state == to && v.at == 3 &&
					bytes_is(v.reason, "two");
			else
				good &=
				    v.state == from &&
				    v.at == (from == 0 ? 1 : 2) &&
				    bytes_is(v.reason, from == 0 ? "" : "one");
		}
	ok(good, "each state follows those it may and no other, and the same "
		 "again changes nothing");
}

static void
a_delivery_is_kept(struct world *w)
{
	struct buf reason = bytes_made(3, STORE_REASON + 1);
	struct dest d = dest_made("antin://x/van-thu");
	struct bytes most = bytes_of(reason.p, STORE_REASON);
	struct delivery v;
	uint64_t n;

	d.tag.b[7] = 255;
	world_do(w);
	n = put(w, 1);
	is(w->ops->delivery(w->s, n, d.address, &v, &w->e), RC_ABSENT,
	    "at first it is at no desk");
	must(w->ops->deliver(w->s, n, 0, &d, 5, &w->e), &w->e);
	is(w->ops->deliver(w->s, n, 0, &d, 6, &w->e), RC_EXISTS,
	    "it arrives once");
	world_done(w);
	world_again(w);
	must(w->ops->delivery(w->s, n, d.address, &v, &w->e), &w->e);
	ok(v.n == n && v.state == DELIVERY_ARRIVED && v.at == 5 &&
		v.arrived == 5 && v.reason.len == 0 &&
		bytes_eq(v.desk, d.address) &&
		memcmp(&v.tag, &d.tag, sizeof(v.tag)) == 0,
	    "and is as it arrived");
	world_do(w);
	is(w->ops->delivery_set(w->s, n, d.address, DELIVERY_REFUSED, 7,
	       buf_bytes(&reason), &w->e),
	    RC_LIMIT, "a reason is not longer than it may");
	is(w->ops->delivery_set(w->s, n, d.address,
	       (enum delivery_state)DELIVERY_STATES, 7, most, &w->e),
	    RC_INVALID, "there is no fifth state");
	is(w->ops->delivery_set(w->s, n, bytes_str("antin://x/van-th"),
	       DELIVERY_REFUSED, 7, most, &w->e),
	    RC_ABSENT, "another desk has it not");
	is(w->ops->delivery_set(
	       w->s, n + 1, d.address, DELIVERY_REFUSED, 7, most, &w->e),
	    RC_ABSENT, "nor has this one another");
	must(w->ops->delivery_set(
		 w->s, n, d.address, DELIVERY_REFUSED, 7, most, &w->e),
	    &w->e);
	world_done(w);
	world_again(w);
	must(w->ops->delivery(w->s, n, d.address, &v, &w->e), &w->e);
	same(v.reason, most, "the reason of a refusal is kept");
	ok(v.state == DELIVERY_REFUSED && v.at == 7 && v.arrived == 5,
	    "with its time");
	buf_free(&reason);
}

static void
boxes_list_the_newest_first(struct world *w)
{
	const struct dest x = dest_made("antin://x/van-thu"),
			  y = dest_made("antin://y/van-thu");
	struct buf p = bytes_made(1, 10);
	struct stored d;
	struct list l = { 0 };
	uint64_t n[6];
	size_t i;

	world_do(w);
	for (i = 0; i < 6; i++) {
		d = stored_made(i + 1, &p);
		if (i % 2 == 0)
			d.desk = x.address;
		must(w->ops->put(w->s, &d, buf_bytes(&p), &w->e), &w->e);
		n[i] = d.n;
	}
	/* not in the order of their numbers */
	must(w->ops->deliver(w->s, n[4], 0, &x, 1, &w->e), &w->e);
	must(w->ops->deliver(w->s, n[1], 0, &x, 1, &w->e), &w->e);
	must(w->ops->deliver(w->s, n[2], 0, &x, 1, &w->e), &w->e);
	must(w->ops->deliver(w->s, n[3], 0, &x, 1, &w->e), &w->e);
	must(w->ops->deliver(w->s, n[3], 0, &y, 1, &w->e), &w->e);
	must(w->ops->delivery_set(w->s, n[1], x.address, DELIVERY_ACTED, 2,
		 (struct bytes){ 0 }, &w->e),
	    &w->e);
	must(w->ops->delivery_set(w->s, n[3], x.address, DELIVERY_OPENED, 2,
		 (struct bytes){ 0 }, &w->e),
	    &w->e);
	world_done(w);
	world_again(w);
	must(w->ops->inbox(w->s, x.address, true, UINT64_MAX, 99, list_delivery,
		 &l, &w->e),
	    &w->e);
	LIST_IS(
	    &l, "the inbox has all, the newest first", n[4], n[3], n[2], n[1]);
	l = (struct list){ 0 };
	must(w->ops->inbox(w->s, x.address, false, UINT64_MAX, 99,
		 list_delivery, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "or those not acted on", n[4], n[3], n[2]);
	l = (struct list){ 0 };
	must(w->ops->inbox(
		 w->s, x.address, true, n[4], 2, list_delivery, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "before a number, at most so many", n[3], n[2]);
	l = (struct list){ .stop = 1 };
	must(w->ops->inbox(w->s, x.address, false, UINT64_MAX, 99,
		 list_delivery, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "until it is told to stop", n[4]);
	l = (struct list){ 0 };
	must(w->ops->inbox(
		 w->s, x.address, true, 0, 99, list_delivery, &l, &w->e),
	    &w->e);
	must(w->ops->outbox(w->s, x.address, 0, 99, list_stored, &l, &w->e),
	    &w->e);
	must(w->ops->outbox(w->s, y.address, 99, 99, list_stored, &l, &w->e),
	    &w->e);
	must(w->ops->outbox(
		 w->s, (struct bytes){ 0 }, 99, 99, list_stored, &l, &w->e),
	    &w->e);
	must(w->ops->inbox(
		 w->s, y.address, true, 99, 99, list_delivery, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "each desk by itself; none has what was relayed", n[3]);
	l = (struct list){ 0 };
	must(w->ops->outbox(
		 w->s, x.address, UINT64_MAX, 99, list_stored, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "the outbox has what it sealed", n[4], n[2], n[0]);
	l = (struct list){ 0 };
	must(w->ops->outbox(w->s, x.address, n[4], 1, list_stored, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "before a number, at most so many", n[2]);
	buf_free(&p);
}

static void
many_destinations_are_quick(struct world *w)
{
	struct leg leg = { .hop = bytes_str("h"), .state = LEG_QUEUED };
	struct dest *d = alloc(LIMIT_SLIPS, sizeof(*d));
	char(*text)[32] = alloc(LIMIT_SLIPS, sizeof(*text));
	struct dests all = { 0 };
	uint64_t q, none;
	size_t i;

	for (i = 0; i < LIMIT_SLIPS; i++) {
		(void)snprintf(text[i], sizeof(*text), "antin://%zu/x", i);
		d[i] = dest_made(text[i]);
	}
	world_do(w);
	leg.n = put(w, 1);
	must(w->ops->send(w->s, &leg, d, LIMIT_SLIPS, &q, &w->e), &w->e);
	must(w->ops->send(w->s, &leg, d, LIMIT_SLIPS, &none, &w->e), &w->e);
	world_done(w);
	is(none, 0, "as many as there are slips, once each");
	must(w->ops->leg_dests(w->s, q, add_dest, &all, &w->e), &w->e);
	is(all.n, LIMIT_SLIPS, "all are there");
	free(d);
	free(text);
}

/* ---- lists -------------------------------------------------------------- */

#define MANY 40u

static bool
is_gone(struct world *w, uint64_t n)
{
	uint8_t(*sums)[SHA256_SIZE];
	struct stored d;
	size_t count;

	world_do(w);
	must(w->ops->purge(w->s, 99, &sums, &count, &w->e), &w->e);
	free(sums);
	world_done(w);
	must(w->ops->get(w->s, n, 0, &d, &w->e), &w->e);
	return d.gone;
}

/* Which legs have other destinations than their two. */
static size_t
wrong_dests(struct world *w, const uint64_t q[static MANY])
{
	char text[MANY][100];
	struct dests all;
	size_t i, wrong = 0;

	for (i = 0; i < MANY; i++) {
		(void)snprintf(text[i], sizeof(text[i]),
		    "antin://h%02zu/a:1 antin://h%02zu/b:1 ", i, i);
		all = (struct dests){ 0 };
		must(w->ops->leg_dests(w->s, q[i], add_dest, &all, &w->e),
		    &w->e);
		wrong += strcmp(all.text, text[i]) != 0;
	}
	return wrong;
}

static void
a_list_goes_many_ways(struct world *w)
{
	struct leg leg = { .due = TIME_NEVER, .state = LEG_QUEUED };
	char hop[40], a[50], b[50];
	struct dests all = { 0 };
	struct dest d[2];
	uint64_t q[MANY];
	size_t i, early = 0;

	world_do(w);
	leg.n = put(w, 1);
	for (i = 0; i < MANY; i++) {
		(void)snprintf(hop, sizeof(hop), "antin://h%02zu", i);
		(void)snprintf(a, sizeof(a), "%s/a", hop);
		(void)snprintf(b, sizeof(b), "%s/b", hop);
		leg.hop = bytes_str(hop);
		d[0] = dest_made(b);
		d[1] = dest_made(a);
		must(w->ops->send(w->s, &leg, d, 2, &q[i], &w->e), &w->e);
	}
	world_done(w);
	world_again(w);
	is(wrong_dests(w, q), 0, "each leg of a list has its own destinations");
	world_do(w);
	must(w->ops->operate.dest_drop(
		 w->s, q[30], bytes_str("antin://h30/a"), &w->e),
	    &w->e);
	world_done(w);
	must(w->ops->leg_dests(w->s, q[30], add_dest, &all, &w->e), &w->e);
	same(bytes_str(all.text), bytes_str("antin://h30/b:1 "),
	    "without one that it has no longer");
	for (i = 0; i < MANY - 1; i++) { /* but one, in no order */
		world_do(w);
		leg_to(w, q[i * 17 % MANY], LEG_PASSED);
		world_done(w);
		early += is_gone(w, leg.n);
	}
	world_do(w);
	leg_to(w, q[5], LEG_HELD); /* one is taken back */
	leg_to(w, q[i * 17 % MANY], LEG_PASSED);
	world_done(w);
	early += is_gone(w, leg.n);
	is(early, 0, "its package stays while one of them waits");
	world_do(w);
	leg_to(w, q[5], LEG_DROPPED);
	world_done(w);
	ok(is_gone(w, leg.n), "and goes with the last");
}

int
main(void)
{
	static void (*const tests[])(struct world * w) = {
		a_destination_is_gone_to_once,
		legs_that_cannot_be_are_refused,
		the_queue_is_in_order,
		hops_are_counted,
		states_succeed_each_other,
		a_delivery_is_kept,
		boxes_list_the_newest_first,
		many_destinations_are_quick,
		a_list_goes_many_ways,
	};

	return contract(tests, sizeof(tests) / sizeof(*tests));
}
