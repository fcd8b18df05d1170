/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One telegram to all desks of a city (city.h): all have it, once, and open it,
 * and who sent it knows that all have.
 *
 * ANTIN_SOAK: 30 units and 579 communes, of which 61 stations are complete.
 */
#include "city.h"
#include "receipts.h"

static struct city city;

/* How often it lies at the desk of a complete station. */
static size_t
lies_at(const struct seat *s)
{
	struct numbers x = { 0 };
	struct seat_store o;
	struct err e;

	seat_opens(&o, s);
	must(o.store->ops->inbox(o.store, bytes_str(s->desk_address), true,
		 INT64_MAX, 10, note_number, &x, &e),
	    &e);
	seat_closes(&o);
	free(x.n);
	return x.count;
}

static void
spread(const char *what, double v[static 3])
{
	note("bytes %s: %.0f/%.0f/%.0f", what, v[0], v[1], v[2]);
}

static void
figures(void)
{
	note("sealed=%.3f all=%.3f heard=%.3f came=%zu arrived=%zu opened=%zu",
	    city.did.sealed, city.did.all, city.did.heard, city.did.came,
	    city.did.said[0], city.did.said[1]);
	note("cpu=%.2f with_receipts=%.2f memory=%.1f after=%.1f",
	    city.did.cpu[0], city.did.cpu[1], city.did.memory,
	    city.did.memory_after);
	spread("up from a unit", city.did.units[0]);
	spread("down to a unit", city.did.units[1]);
	spread("up from a commune", city.did.leaves[0]);
	spread("down to a commune", city.did.leaves[1]);
}

static void
account(void)
{
	size_t i, wrong = 0;

	const bool heard = city_telegram(&city, 60);

	is(city.did.came, city.did.desks, "one telegram comes to all %zu desks",
	    city.did.desks);
	ok(heard, "and the centre hears so from each");
	figures();
	is(city.wrong, 0,
	    "who gets it opens it, once, as it was written, and is believed");
	is(three_said(city.centre, &city.id, "arrived", NULL, NULL, NULL),
	    city.did.desks, "the centre's trace says of all that it arrived");
	is(three_said(city.centre, &city.id, "opened", NULL, NULL, NULL),
	    city.did.desks, "and that it was opened");
	is(seat_said(city.centre, "event=receipt.refused"), 0,
	    "nothing that was said is refused");
	for (i = 0; i < city.line_count; i++) {
		wrong += seat_stop(city.lines[i].seat, SIGTERM) != 0 ||
			 seat_said(city.lines[i].seat, "process.died") > 0 ||
			 lies_at(city.lines[i].seat) != 1;
	}
	is(wrong, 0, "and at each complete station it lies once");
	is((uint64_t)seat_stop(city.centre, SIGTERM), 0,
	    "the centre ends well");
}

int
main(void)
{
	const bool soak = getenv("ANTIN_SOAK") != NULL;

	city_begin(&city, soak ? CITY_UNITS : 5, soak ? CITY_COMMUNES : 40,
	    soak ? CITY_COMPLETE : 2);
	if (ok(city_start(&city),
		"%zu complete stations and %zu driven ones stand",
		1 + city.line_count, city.peer_count))
		account();
	note("built=%.1f started=%.1f", city.did.built, city.did.started);
	city_end(&city);
	return done();
}
