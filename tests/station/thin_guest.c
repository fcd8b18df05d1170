/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station with a thin line was moved while it was away: its old parent lets
 * it in as a guest, and makes no secret with it, for which it would end the
 * line and dial again (docs/link.md 17.8, 19.4).
 */
#include "queue.h"

#define LATE 120 /* seconds */

static struct country land;
static struct seat *centre, *province, *commune;

static void
begin(void)
{
	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	province = country_seat(&land, centre, "dien-bien");
	commune = country_seat(&land, centre, "muong-nhe");
	country_write(centre, "");
	country_write(commune, "thin yes\n");
	ok(seat_start(centre) && seat_start(commune), "two stations run");
	ok(seat_waits(centre, "thin=1", 1, LATE), "their line is thin");
	(void)seat_stop(commune, SIGTERM);
	(void)seat_stop(centre, SIGTERM);
	if (!country_move(&land, commune, province, time_now(), true))
		bug("it does not move");
	country_write(centre, "");
	ok(seat_start(centre), "the lower one is moved while it is away");
}

static void
a_guest_has_no_secret(void)
{
	const size_t thin = seat_said(centre, "thin=1"),
		     secrets = seat_said(commune, "event=thin.secret"),
		     lines = seat_said(centre, "for=directory");

	is(seat_said(centre, "event=thin.secret"), secrets,
	    "both had kept one secret");
	ok(seat_start(commune), "it comes back");
	ok(seat_waits(centre, "for=directory", lines + 1, LATE),
	    "it is let in as a guest");
	ok(seat_waits(commune, "event=link.ended", 1, LATE),
	    "and learns where it hangs");
	ok(seat_waits(centre, "for=directory", lines + 2, LATE),
	    "it is a guest who knows that he is");
	ok(seat_waits(centre, "for=directory", lines + 3, LATE),
	    "until he is sent away");
	is(seat_said(centre, "event=thin.secret"), secrets,
	    "the old parent makes no secret with a guest");
	is(seat_said(commune, "event=thin.secret"), secrets,
	    "nor he with his old parent");
	is(seat_said(centre, "thin=1"), thin, "no thin line was refused");
}

int
main(void)
{
	begin();
	a_guest_has_no_secret();
	(void)seat_stop(commune, SIGTERM);
	(void)seat_stop(centre, SIGTERM);
	is(seat_said(centre, "event=process.died") +
		seat_said(commune, "event=process.died"),
	    0, "no process has died");
	country_end(&land);
	return done();
}
