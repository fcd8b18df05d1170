/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The directory is the routing table (docs/station.md 5): what is for a desk of
 * this station stays, what is below goes to the child it lies behind, the rest
 * goes up; wherever in the tree it is asked.
 */
#include "dispatch/route.h"
#include "dispatch/clock.h"
#include "dump.h"

enum { A = 1, B, A1, A2, B1, A11 };

#define VAN_THU "/van-thu"

/* The unit's station, certified by "by". */
static void
station(struct tree *t, unsigned by, unsigned n)
{
	struct act a = act_certify(t, n, NULL,
	    tree_sign(t, by, tree_request(t, n, NULL, CERT_STATION)),
	    tree_sign(t, by, tree_request_kem(t, n, NULL, CERT_STATION)));

	tree_do(t, by, &a);
}

/* The root, A and B have stations; of A's communes A1 has one and A2 has not;
 * A11 below A1 has none. */
static void
fixture(struct tree *t)
{
	tree_begin(t);
	t->now += TIME_DAY;
	tree_unit(t, ROOT, A, ROOT, "dien-bien", "tinh");
	tree_unit(t, ROOT, B, ROOT, "lai-chau", "tinh");
	tree_unit(t, ROOT, A1, A, "muong-nhe", "xa");
	tree_unit(t, ROOT, A2, A, "tua-chua", "xa");
	tree_unit(t, ROOT, A11, A1, "don", "don");
	tree_unit(t, ROOT, B1, B, "muong-te", "xa");
	station(t, ROOT, ROOT);
	station(t, ROOT, A);
	station(t, ROOT, B);
	station(t, ROOT, A1);
	station(t, ROOT, B1);
	(void)tree_desk(t, ROOT, A, "van-thu");
	(void)tree_desk(t, ROOT, A1, "van-thu");
	(void)tree_desk(t, ROOT, A2, "van-thu");
	(void)tree_desk(t, ROOT, A11, "van-thu");
	(void)tree_desk(t, ROOT, B1, "van-thu");
	t->now += TIME_DAY;
}

static bool
goes(struct tree *t, unsigned from, const char *to, enum way way,
    const char *hop)
{
	struct route r;

	route_find(t->d, tree_at(t, from), bytes_str(to), t->now, &r);
	if (r.way == way && strcmp(r.hop, hop) == 0)
		return true;
	note("%s from %u: way %d by \"%s\"", to, from, r.way, r.hop);
	return false;
}

#define HOST_A "antin://dien-bien.vn"
#define HOST_B "antin://lai-chau.vn"
#define HOST_A1 "antin://muong-nhe.dien-bien.vn"
#define HOST_A2 "antin://tua-chua.dien-bien.vn"
#define HOST_A11 "antin://don.muong-nhe.dien-bien.vn"
#define HOST_B1 "antin://muong-te.lai-chau.vn"

static void
ways(struct tree *t)
{
	ok(goes(t, A, HOST_A VAN_THU, WAY_HERE, "") &&
		goes(t, A, HOST_A2 VAN_THU, WAY_HERE, ""),
	    "desks of a unit and of those below it without a station are "
	    "here");
	ok(goes(t, A, HOST_A1 VAN_THU, WAY_LINK, HOST_A1) &&
		goes(t, A, HOST_A11 VAN_THU, WAY_LINK, HOST_A1),
	    "what is behind a child goes to the child");
	ok(goes(t, ROOT, HOST_A11 VAN_THU, WAY_LINK, HOST_A) &&
		goes(t, ROOT, HOST_B1 VAN_THU, WAY_LINK, HOST_B),
	    "one step at a time");
	ok(goes(t, A1, HOST_A VAN_THU, WAY_LINK, HOST_A) &&
		goes(t, A1, HOST_A2 VAN_THU, WAY_LINK, HOST_A) &&
		goes(t, A1, HOST_B1 VAN_THU, WAY_LINK, HOST_A) &&
		goes(t, A, HOST_B1 VAN_THU, WAY_LINK, "antin://vn"),
	    "the rest goes up");
	ok(goes(t, A1, "antin://khong.biet.vn/ai", WAY_LINK, HOST_A),
	    "what nobody here knows goes up");
	ok(goes(t, ROOT, "antin://khong.biet.vn/ai", WAY_NONE, ""),
	    "and at the top it goes nowhere");
	ok(goes(t, ROOT, HOST_A, WAY_LINK, HOST_A) &&
		goes(t, A, HOST_A, WAY_HERE, ""),
	    "a station's own address is a way too");
	is(station_above(t->d, tree_at(t, ROOT), t->now), NONE,
	    "nobody is above the root");
	is(station_above(t->d, tree_at(t, A11), t->now), tree_at(t, A1),
	    "above a unit without a station is the one that serves it");
}

/* A commune comes under another province: what is addressed the old way finds
 * it there. */
static void
moves(struct tree *t)
{
	struct act a = act_move(t, A2, B, NULL);

	tree_do(t, ROOT, &a);
	t->now += TIME_DAY;
	ok(goes(t, A, HOST_A2 VAN_THU, WAY_LINK, "antin://vn") &&
		goes(t, ROOT, HOST_A2 VAN_THU, WAY_LINK, HOST_B) &&
		goes(t, B, HOST_A2 VAN_THU, WAY_HERE, ""),
	    "an old address leads to where the unit is now");
}

/* A station whose certificate ended serves nobody: its desks are the next
 * one's above. */
static void
ends(struct tree *t)
{
	t->now += YEARS(10);
	ok(goes(t, ROOT, HOST_B1 VAN_THU, WAY_NONE, ""),
	    "a station without a certificate in force is no way");
}

/* ---- the clock ------------------------------------------------------------
 */

static void
clocks(void)
{
	struct station_clock c = { .has_parent = true };
	const int64_t trust = CLOCK_TRUST * INT64_C(1000);
	bool own;

	is((uint64_t)clock_now(&c, 1000, 0), 1000, "at first it is its own");
	ok(clock_is_own(&c, 1000, 0), "and says so");
	clock_heard(&c, 5000, 0);
	is((uint64_t)clock_now(&c, 1001, 1000), 5001,
	    "what the parent says counts, and goes on");
	ok(!clock_is_own(&c, 1001, 1000), "it is the network's then");
	is((uint64_t)clock_now(&c, 9000, 2000), 5002,
	    "whatever the machine's is set to");
	clock_heard(&c, 3000, 2000);
	is((uint64_t)clock_now(&c, 1002, 2000), 5002, "it never runs back");
	ok(clock_is_own(&c, 1002, 2000), "but stands still as its own");
	is((uint64_t)clock_judges(&c, 1002, 3000, &own), 3001,
	    "while the network's is what it judges by");
	ok(!own, "and tells its children");
	is((uint64_t)clock_now(&c, 0, 2010000), 5008,
	    "it goes on when the time it told has come");
	ok(!clock_is_own(&c, 0, 2010000), "and is the network's again");
	ok(clock_is_own(&c, 0, 2000 + trust + 1000),
	    "after a day without a word it is its own again");
	(void)clock_judges(&c, 0, 2000 + trust + 1000, &own);
	ok(own, "in all respects");
	clock_heard(&c, -5, 1);
	clock_heard(&c, INT64_MAX, 1);
	is((uint64_t)clock_judges(&c, 0, 3000, &own), 3001,
	    "no time is not listened to");
	c = (struct station_clock){ .floor = 7000 };
	is((uint64_t)clock_now(&c, 7001, 0), 7001, "the root's is its own");
	ok(!clock_is_own(&c, 7001, 0), "and the network's");
	is((uint64_t)clock_judges(&c, 100, 0, &own), 7001,
	    "set back, it stands still");
	ok(own, "and tells nobody that that is the network's time");
	ok(!clock_is_own(&c, 7001 - CLOCK_SLACK, 0),
	    "unless it is a minute, as after a restart");
}

/* docs/media.md 8.1, 8.3: who lies on whose way. */
static void
lies_on_the_way(struct tree *t)
{
	static const struct {
		unsigned from, over, to;
		bool is;
	} rows[] = {
		{ ROOT, A, A1, true },
		{ ROOT, A1, A11, true },
		{ ROOT, A1, A2, false },
		{ ROOT, B, A1, false },
		{ A1, A, B1, true },
		{ A1, ROOT, B1, true },
		{ A1, B, B1, true },
		{ A1, B1, B1, true },
		{ A1, A1, B1, true },
		{ A1, ROOT, A, false },
		{ A1, B1, B, false },
		{ B1, A1, ROOT, false },
		{ A, A, A, true },
		{ A, ROOT, A, false },
	};
	size_t i, wrong = 0;

	for (i = 0; i < COUNT(rows); i++)
		wrong += route_over(t->d, tree_at(t, rows[i].from),
			     tree_at(t, rows[i].over),
			     station_of(t->d, tree_at(t, rows[i].to), t->now),
			     t->now) != rows[i].is;
	is(wrong, 0, "a way leads over who lies on it, and over nobody else");
	ok(!route_over(t->d, NONE, tree_at(t, A), tree_at(t, A1), t->now) &&
		!route_over(t->d, tree_at(t, A), NONE, tree_at(t, A1), t->now),
	    "what is not known lies on no way");
	is(route_station(t->d, bytes_str(HOST_A2 VAN_THU), t->now),
	    tree_at(t, A), "a desk is served by the nearest station above");
	is(route_station(t->d,
	       bytes_str("antin://ghost.muong-nhe.dien-bien.vn/"
			 "van-thu"),
	       t->now),
	    tree_at(t, A1), "so is what is not known, as far as it is");
	is(route_station(t->d, bytes_str("antin://a.b.xx/van-thu"), t->now),
	    NONE, "of what is not known at all there is none");
}

int
main(void)
{
	struct tree t;

	fixture(&t);
	ways(&t);
	lies_on_the_way(&t);
	moves(&t);
	ends(&t);
	tree_end(&t);
	clocks();
	return done();
}
