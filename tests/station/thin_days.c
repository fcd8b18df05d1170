/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The days of a thin line's secret (docs/link.md 19.7) between two stations,
 * over days that pass on their clocks while both run, one is away, or has a
 * clock that is dead or wrong.  The daemon here is this program, with a clock
 * that can be set: the Makefile wraps time_now().
 */
#include "link/tls.h"
#include "set_clock.h"
#include "slow.h"
#include "store/sqlite.h"

#define LATE 60u /* seconds */
#define DEAD (-__real_time_now() + 1000)

static struct country land;
static struct seat *centre, *commune;
static struct slow line;
static int64_t days; /* on a clock that is right */

/* What a station has of the secret: docs/link.md 19.4. */
struct secret {
	bool there;
	uint64_t day;
	uint8_t name[TLS_IDENTITY];
};

static struct id unit_of;

static bool
first_unit(void *ctx, const struct paper *p)
{
	(void)ctx;
	if (p->key.len == ID_SIZE)
		memcpy(unit_of.b, p->key.p, ID_SIZE);
	return false;
}

/* Of a station that does not run. */
static struct secret
secret_of(const struct seat *s)
{
	struct secret is = { 0 };
	struct buf head = { 0 }, body = { 0 };
	struct seat_store o;
	struct err e;
	struct rd r;

	seat_opens(&o, s);
	must(
	    o.store->ops->paper_each(o.store, PAPER_THIN, first_unit, NULL, &e),
	    &e);
	if (o.store->ops->paper_get(o.store, PAPER_THIN,
		bytes_of(unit_of.b, ID_SIZE), &head, &body, &e) == RC_OK &&
	    body.len > TLS_IDENTITY) {
		r = rd_init(buf_bytes(&head));
		(void)rd_u8(&r);
		(void)rd_bytes(&r, 2 * TAG_SIZE);
		is.day = rd_u64(&r);
		is.there = !r.bad;
		memcpy(is.name, body.p, TLS_IDENTITY);
	}
	buf_free(&head);
	buf_free(&body);
	seat_closes(&o);
	return is;
}

static size_t
thin_lines(void)
{
	return seat_said(commune, "thin=1");
}

/* It breaks, and is there again. */
static bool
line_comes_back(void)
{
	const size_t lines = thin_lines();
	bool back;

	slow_cut(&line, true);
	(void)sleep(1);
	slow_cut(&line, false);
	back = seat_waits(commune, "thin=1", lines + 1, LATE);
	(void)slow_is_quiet(&line, 3, LATE); /* all that it said is kept */
	return back;
}

/* One that was stopped. */
static bool
is_back(struct seat *s, int64_t offset)
{
	const size_t lines = thin_lines();

	set_clock(s, offset);
	if (!seat_start(s) || !seat_waits(commune, "thin=1", lines + 1, LATE))
		return false;
	(void)slow_is_quiet(&line, 3, LATE);
	return true;
}

/* Both have the same day, this one, and go on. */
static void
both_are_at(uint64_t day, const char *why)
{
	struct secret a, b;

	(void)seat_stop(commune, SIGTERM);
	(void)seat_stop(centre, SIGTERM);
	a = secret_of(centre);
	b = secret_of(commune);
	is(a.day, day, "the parent is at that day's secret: %s", why);
	is(b.day, day, "and so is the child");
	ok(a.there && b.there && memcmp(a.name, b.name, TLS_IDENTITY) == 0,
	    "by one name");
	if (!seat_start(centre))
		bug("the centre does not start");
}

static void
set_right(const struct seat *s)
{
	set_clock(s, days * TIME_DAY);
}

/* ---- tests
 * ---------------------------------------------------------------------------
 */

static void
a_day_passes_while_both_run(void)
{
	set_right(centre);
	set_right(commune);
	ok(seat_start(centre) && seat_start(commune) &&
		seat_waits(commune, "thin=1", 1, LATE),
	    "two stations have a thin line");
	(void)slow_is_quiet(&line, 3, LATE);
	ok(line_comes_back(), "which breaks, and is there again");
	both_are_at(0, "it is the first day");
	ok(is_back(commune, 0), "both go on");
	days = 1;
	set_right(centre);
	set_right(commune);
	(void)sleep(1);
	ok(line_comes_back(), "a day later the line breaks, and is there");
	ok(line_comes_back(), "when the child has heard the time, once more");
	both_are_at(1, "a day is over");
}

static void
the_day_before_is_gone(const struct secret *was)
{
	struct secret is;

	(void)seat_stop(centre, SIGTERM);
	is = secret_of(centre);
	ok(memcmp(was->name, is.name, TLS_IDENTITY) != 0,
	    "the name of the day before is nobody's");
	if (!seat_start(centre))
		bug("the centre does not start");
}

static void
who_was_away_goes_on(void)
{
	struct secret was;

	(void)seat_stop(commune, SIGTERM);
	was = secret_of(commune);
	days = 2;
	set_right(centre);
	ok(is_back(commune, days * TIME_DAY), "a child was away for a day");
	both_are_at(2, "it goes on at once");
	the_day_before_is_gone(&was);
	days = 5;
	set_right(centre);
	ok(is_back(commune, days * TIME_DAY), "then for three days");
	both_are_at(3, "days are counted, not dates");
	(void)seat_stop(centre, SIGTERM);
	days = 8;
	set_right(commune);
	if (!seat_start(commune))
		bug("the commune does not start");
	ok(seat_waits(commune, "event=process.ready name=link", 1, LATE) &&
		is_back(centre, days * TIME_DAY),
	    "then its parent was away for three");
	ok(line_comes_back(), "and the line breaks once more");
	both_are_at(4, "that is one, too");
}

/* Nobody is told the date by a secret, and none is needed. */
static void
a_dead_clock_does_no_harm(void)
{
	ok(is_back(commune, DEAD), "a child whose battery is dead is back");
	both_are_at(4, "it has the day it had");
	days = 9;
	set_right(centre);
	ok(is_back(commune, DEAD), "a day later it is, too");
	ok(line_comes_back(), "it has heard the time, and dials again");
	both_are_at(5, "by the network's time a day was over");
}

/* It may have gone on too early; not too late for ever. */
static void
a_clock_that_was_ahead_stops_nothing(void)
{
	ok(is_back(commune, (days + 300) * TIME_DAY),
	    "a child is back with a clock 300 days ahead");
	both_are_at(6, "it took that for a day");
	ok(is_back(commune, days * TIME_DAY), "then somebody sets it right");
	both_are_at(7, "which is one once more");
	days = 10;
	set_right(centre);
	ok(is_back(commune, days * TIME_DAY), "a day later it is back");
	both_are_at(8, "and days go on as ever");
}

static void
all_was_thin(void)
{
	(void)seat_stop(commune, SIGTERM);
	(void)seat_stop(centre, SIGTERM);
	is(seat_said(commune, "event=link.up") - thin_lines(), 1,
	    "only the first of all lines was a full one");
	is(seat_said(commune, "event=thin.secret"), 1,
	    "one secret served for all");
	is(seat_said(centre, "event=process.died") +
		seat_said(commune, "event=process.died"),
	    0, "no process has died");
}

int
main(int argc, char **argv)
{
	if (strcmp(argv[0], "antind") == 0)
		return antind_main(argc, argv);
	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	commune = country_seat(&land, centre, "muong-nhe");
	slow_begin(&line, &land, centre, 60000, 10);
	country_write(centre, "");
	country_write_to(commune, line.port, "thin yes\n");
	daemon_is_this(&land);
	a_day_passes_while_both_run();
	who_was_away_goes_on();
	a_dead_clock_does_no_harm();
	a_clock_that_was_ahead_stops_nothing();
	all_was_thin();
	slow_end(&line);
	country_end(&land);
	return done();
}
