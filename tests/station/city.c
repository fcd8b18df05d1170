/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One telegram to all desks of a city (city.h): all have it, once, and open it.
 *
 * ANTIN_SOAK: 30 units and 579 communes, of which 61 stations are complete.
 */
#include "city.h"

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
account(void)
{
	size_t i, wrong = 0;

	ok(city_telegram(&city, 60), "one telegram comes to all %zu desks",
	    city.did.desks);
	note("sealed=%.3f all=%.3f came=%zu cpu=%.2f memory=%.1f "
	     "after=%.1f",
	    city.did.sealed, city.did.all, city.did.came, city.did.cpu,
	    city.did.memory, city.did.memory_after);
	note("bytes: to a unit %.0f/%.0f/%.0f, to a commune %.0f/%.0f/%.0f",
	    city.did.down[0], city.did.down[1], city.did.down[2],
	    city.did.leaf[0], city.did.leaf[1], city.did.leaf[2]);
	is(city.wrong, 0, "who gets it opens it, once, as it was written");
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
