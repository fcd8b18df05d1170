/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Dispatches that wait while units move, merge, split and close: real stations
 * that are given a new directory (docs/station.md 5.7).
 */
#include "queue.h"

static struct country land;
static struct seat *centre, *a, *b, *a1, *a2, *b1;

/* It learns what the tree knows now; started anew as it was. */
static void
learns(struct seat *s)
{
	const bool ran = s->daemon > 0;

	(void)seat_stop(s, SIGTERM);
	write_in(s, "data/directory", buf_bytes(&land.t.file));
	if (ran && !seat_start(s))
		bug("a station does not come back");
}

static void
day_later(void)
{
	land.t.now += TIME_DAY;
}

static size_t
legs_to(const struct seat *s, const char *hop)
{
	return seat_has(s, CONTROL_QUEUE, "leg", "hop", hop);
}

static void
begin(void)
{
	size_t i;

	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	a = country_seat(&land, centre, "dien-bien");
	b = country_seat(&land, centre, "lai-chau");
	a1 = country_seat(&land, a, "muong-nhe");
	a2 = country_seat(&land, a, "tuan-giao");
	b1 = country_seat(&land, b, "muong-te");
	for (i = 0; i < land.count; i++)
		country_write(&land.seats[i], "");
}

/* Two communes behind one province; one of them moves to another. */
static void
a_leg_is_split_when_a_unit_moves(void)
{
	struct act act;

	ok(seat_start(centre), "the centre runs, no other station does");
	must_send(centre,
	    &(struct errand_of){ "khan", { a1, a2 }, 1000, 0, 0, NULL }, NULL);
	must_send(centre,
	    &(struct errand_of){ "khan", { a1 }, 1000, 0, 0, NULL }, NULL);
	must_send(centre,
	    &(struct errand_of){ "hoa-toc", { a1, a2, b1 }, 1000, 0, 0, NULL },
	    NULL);
	ok(legs_to(centre, a->address) == 3 && legs_to(centre, b->address) == 1,
	    "what is for one province waits together");
	day_later();
	act = act_move(&land.t, a1->unit, b->unit, NULL);
	tree_do(&land.t, ROOT, &act);
	learns(centre);
	is(legs_to(centre, a->address), 2,
	    "a unit moves: what is left of its legs waits where it did");
	is(legs_to(centre, b->address), 4,
	    "the rest is on legs to the other province");
	ok(seat_has(centre, CONTROL_QUEUE, "leg", "state", "held") == 0,
	    "nothing is held");
	learns(a);
	learns(b);
	a1->above = b;
	country_write(a1, "");
	learns(a1);
	learns(a2);
	learns(b1);
	ok(seat_start(a) && seat_start(b) && seat_start(a1) && seat_start(a2) &&
		seat_start(b1),
	    "all others start");
	ok(inbox_comes_to(a1, 3, 30), "who moved has what was sent to him");
	ok(inbox_comes_to(a2, 2, 30), "who stayed has his");
	ok(inbox_comes_to(b1, 1, 30), "and so has the third");
	ok(seat_comes_to(centre, CONTROL_QUEUE, "leg", "", "", 0, 10),
	    "nothing waits");
}

/* A relay whose unit takes over a commune's desk while its dispatch waits. */
static void
a_unit_that_waits_is_merged(void)
{
	const unsigned gone[] = { a2->unit };
	struct act act;

	(void)seat_stop(a2, SIGTERM);
	ok(seat_waits(a, "event=link.down", 1, 20), "a commune goes");
	must_send(centre,
	    &(struct errand_of){ "khan", { a2 }, 1000, 0, 0, NULL }, NULL);
	must_send(centre,
	    &(struct errand_of){ "khan", { a2, a }, 1000, 0, 0, NULL }, NULL);
	ok(seat_comes_to(a, CONTROL_QUEUE, "leg", "hop", a2->address, 2, 20),
	    "two dispatches for it wait at the relay");
	ok(inbox_comes_to(a, 1, 10), "one of them lies at a desk there too");
	day_later();
	act = act_merge(&land.t, gone, 1, a->unit);
	act_add_desk(&land.t, &act, a2->unit, "van-thu", a->unit, "van-thu");
	tree_do(&land.t, ROOT, &act);
	learns(a);
	ok(seat_comes_to(a, CONTROL_QUEUE, "leg", "", "", 0, 20),
	    "the commune is merged into the province: nothing waits");
	ok(inbox_comes_to(a, 2, 10),
	    "the desk has each once, whatever it was addressed by");
	(void)seat_stop(a, SIGKILL);
	ok(seat_start(a) && inbox_comes_to(a, 2, 10),
	    "so it is after the station was killed");
}

/* A unit is split: its desk goes on at another unit. */
static void
a_unit_that_waits_is_split(void)
{
	const unsigned into[] = { 50 };
	struct act act;

	(void)seat_stop(b1, SIGTERM);
	ok(seat_waits(b, "station=antin://muong-te.lai-chau.vn in=", 1, 20),
	    "another commune goes");
	must_send(centre,
	    &(struct errand_of){ "khan", { b1 }, 1000, 0, 0, NULL }, NULL);
	ok(seat_comes_to(b, CONTROL_QUEUE, "leg", "hop", b1->address, 1, 20),
	    "a dispatch for it waits at the relay");
	day_later();
	tree_unit(&land.t, ROOT, 50, b->unit, "pa-tan", "don-vi");
	act = act_holder(&land.t, 50, ACT_DESK, "van-thu");
	tree_do(&land.t, ROOT, &act);
	act = act_split(&land.t, b1->unit, into, 1);
	act_add_desk(&land.t, &act, b1->unit, "van-thu", 50, "van-thu");
	tree_do(&land.t, ROOT, &act);
	learns(b);
	ok(seat_comes_to(b, CONTROL_QUEUE, "leg", "", "", 0, 20),
	    "it is split; its desk is one of the province's station now");
}

/* A unit is closed: nobody has its desk. */
static void
a_unit_that_waits_is_closed(void)
{
	struct act act;

	(void)seat_stop(a1, SIGTERM);
	must_send(centre,
	    &(struct errand_of){ "khan", { a1 }, 1000, 0, 0, NULL }, NULL);
	ok(seat_comes_to(b, CONTROL_QUEUE, "leg", "hop",
	       "antin://muong-nhe.lai-chau.vn", 1, 20),
	    "a dispatch for a third one waits at its relay");
	day_later();
	act = act_close(&land.t, a1->unit, NULL);
	tree_do(&land.t, ROOT, &act);
	learns(centre);
	learns(b);
	ok(seat_comes_to(b, CONTROL_QUEUE, "leg", "state", "held", 1, 20),
	    "it is closed: what came for it does not go back, and is held");
	ok(seat_comes_to(b, CONTROL_ALARMS, "alarm", "kind", "held", 1, 10),
	    "somebody is called");
}

int
main(void)
{
	size_t i;

	begin();
	a_leg_is_split_when_a_unit_moves();
	a_unit_that_waits_is_merged();
	a_unit_that_waits_is_split();
	a_unit_that_waits_is_closed();
	for (i = 0; i < land.count; i++) {
		(void)seat_stop(&land.seats[i], SIGTERM);
		is(seat_said(&land.seats[i], "event=process.died"), 0,
		    "no process of %s has died", land.seats[i].address);
	}
	country_end(&land);
	return done();
}
