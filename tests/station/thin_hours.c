/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Hours of the line to the parent, and what it carries in them (docs/link.md
 * 20.2, 20.3), of a thin one and of a full one.
 */
#include "slow.h"

#define LATE 60u /* seconds */
#define CAP 2000u

static struct country land;
static struct seat *centre, *commune;
static struct slow line;

/* "HH:MM-HH:MM" at UTC+7, from so many minutes from now on to so many. */
static void
hours(char out[static 16], int from, int to)
{
	const int64_t now = (time_now() + 7 * 3600) / 60 + 24 * 60;
	const int a = (int)((now + from) % (24 * 60)),
		  b = (int)((now + to) % (24 * 60));

	(void)snprintf(
	    out, 16, "%02d:%02d-%02d:%02d", a / 60, a % 60, b / 60, b % 60);
}

static void
configured(const char *word, const char *value, const char *more)
{
	char text[160];

	(void)seat_stop(commune, SIGTERM);
	(void)snprintf(
	    text, sizeof(text), "%s%s %s%s\n", "thin yes\n", word, value, more);
	country_write_to(commune, line.port, text);
	ok(seat_start(commune), "a commune with \"%s HH:MM-HH:MM%s\" runs",
	    word, more);
}

static void
out_of_hours_nobody_dials(void)
{
	char when[16];

	hours(when, 120, 180);
	configured("contact", when, "");
	(void)sleep(4);
	is(slow_went(&line).connections, 0,
	    "two hours before its time it does not dial");
	hours(when, -60, 60);
	configured("contact", when, "");
	ok(seat_waits(commune, "thin=1", 1, LATE),
	    "in its time it does, and its line becomes thin");
}

/* How long it takes is all that shows a cap, so it is asked for the least. */
static void
a_cap_holds_both_ways(void)
{
	const size_t lines = seat_said(commune, "thin=1");
	struct went before, after;
	char when[16];
	int64_t at;

	hours(when, -60, 60);
	configured("cap", when, " 2000");
	ok(seat_waits(commune, "thin=1", lines + 1, LATE), "it dials");
	(void)slow_is_quiet(&line, 3, LATE);
	before = slow_went(&line);
	at = now_ms();
	must_send(centre,
	    &(struct errand_of){ "khan", { commune }, 30000, 0, 0, NULL },
	    NULL);
	must_send(commune,
	    &(struct errand_of){ "khan", { centre }, 30000, 0, 0, NULL }, NULL);
	ok(inbox_comes_to(commune, 1, LATE) && inbox_comes_to(centre, 1, LATE),
	    "a dispatch of 30,000 bytes each way arrives");
	at = now_ms() - at;
	after = slow_went(&line);
	note("%lu up, %lu down in %lld ms", after.up - before.up,
	    after.down - before.down, (long long)at);
	/* what was not used for a second is given, and half a second is made */
	ok((int64_t)(after.up - before.up) <= at * CAP / 1000 + 2 * CAP + 2000,
	    "the child sends no more than its cap");
	ok((int64_t)(after.down - before.down) <=
		at * CAP / 1000 + 2 * CAP + 2000,
	    "nor does the parent, who was told");
	ok(at >= 10000, "it took its time");
}

/* A line is as thin as the child says, whatever secret there is. */
static void
a_child_may_dial_in_full_again(void)
{
	const size_t thin = seat_said(commune, "thin=1"),
		     lines = seat_said(commune, "event=link.up");

	(void)seat_stop(commune, SIGTERM);
	country_write_to(commune, line.port, "thin no\n");
	ok(seat_start(commune) &&
		seat_waits(commune, "event=link.up", lines + 1, LATE),
	    "a commune that says \"thin no\" has a line");
	(void)sleep(3);
	is(seat_said(commune, "thin=1"), thin, "which is no thin one");
	is(seat_said(commune, "event=link.up"), lines + 1, "and stays");
}

int
main(void)
{
	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	commune = country_seat(&land, centre, "muong-nhe");
	slow_begin(&line, &land, centre, 60000, 10);
	country_write(centre, "");
	ok(seat_start(centre), "a centre runs");
	out_of_hours_nobody_dials();
	a_cap_holds_both_ways();
	a_child_may_dial_in_full_again();
	(void)seat_stop(commune, SIGTERM);
	(void)seat_stop(centre, SIGTERM);
	is(seat_said(centre, "event=process.died") +
		seat_said(commune, "event=process.died"),
	    0, "no process has died");
	slow_end(&line);
	country_end(&land);
	return done();
}
