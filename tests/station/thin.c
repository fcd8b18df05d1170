/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A thin line (docs/link.md 19 to 21) between real stations, over a line of
 * 9.6 kbit/s that takes a second there and back.
 */
#include "slow.h"

static struct country land;
static struct seat *centre, *commune;
static struct slow line;

static void
begin(void)
{
	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	commune = country_seat(&land, centre, "muong-nhe");
	slow_begin(&line, &land, centre, 1200, 500);
	country_write(centre, "");
	country_write_to(commune, line.port, "thin yes\n");
}

static void
the_first_line_is_full_the_next_is_thin(void)
{
	struct went full;

	ok(seat_start(centre) && seat_start(commune), "two stations run");
	ok(seat_waits(commune, "event=link.up", 1, 60),
	    "a commune's first line is a full one");
	full = slow_went(&line);
	is(seat_said(commune, "thin=1"), 0, "it has no secret yet");
	ok(seat_waits(commune, "thin=1", 1, 60) &&
		seat_waits(centre, "thin=1", 1, 30),
	    "then it is a thin one");
	note("full: %lu up, %lu down; then %lu up, %lu down", full.up,
	    full.down, slow_went(&line).up - full.up,
	    slow_went(&line).down - full.down);
}

static void
a_telegram_goes_and_comes(void)
{
	struct went before, after;

	ok(slow_is_quiet(&line, 20, 90), "then it is quiet");
	before = slow_went(&line);
	note("up to now: %lu up, %lu down, %lu lines", before.up, before.down,
	    before.connections);
	must_send(centre,
	    &(struct errand_of){ "khan", { commune }, 500, 0, 0, NULL }, NULL);
	ok(inbox_comes_to(commune, 1, 60), "a telegram comes");
	must_send(commune,
	    &(struct errand_of){ "khan", { centre }, 500, 0, 0, NULL }, NULL);
	ok(inbox_comes_to(centre, 1, 60), "and one goes");
	(void)slow_is_quiet(&line, 65, 200);
	after = slow_went(&line);
	note("two telegrams: %lu up, %lu down", after.up - before.up,
	    after.down - before.down);
}

int
main(void)
{
	size_t i;

	begin();
	the_first_line_is_full_the_next_is_thin();
	a_telegram_goes_and_comes();
	for (i = 0; i < land.count; i++) {
		(void)seat_stop(&land.seats[i], SIGTERM);
		is(seat_said(&land.seats[i], "event=process.died"), 0,
		    "no process of %s has died", land.seats[i].address);
	}
	slow_end(&line);
	if (getenv("KEEP") == NULL)
		country_end(&land);
	return done();
}
