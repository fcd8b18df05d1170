/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Stations whose machines have wrong clocks: a day ahead, in 1970, set back
 * while they run.  The daemon here is this program, with a clock that can be
 * set: the Makefile wraps time_now().
 */
#include "clerk.h"
#include "outpost.h"
#include "set_clock.h"

#define CALM_S 40
#define REAL 3
#define YEAR (365 * TIME_DAY)

/* ---- stations ---------------------------------------------------------------
 */

static struct country country;
static struct ledger ledger;
static struct outpost outposts[2]; /* below the first and below the last */

static void
build(void)
{
	static const char *const ids[REAL] = { "vn", "dien-bien", "muong-ang" };
	struct seat *above = NULL;
	size_t i;

	country_begin(&country);
	for (i = 0; i < REAL; i++)
		above = country_seat(&country, above, ids[i]);
	(void)country_seat(&country, &country.seats[0], "bac");
	(void)country_seat(&country, above, "nam");
	for (i = 0; i < REAL; i++)
		country_write(&country.seats[i], "");
	ledger_begin(&ledger, &country);
	outpost_begin(
	    &outposts[0], &ledger, &country.seats[REAL], country.seats[0].port);
	outpost_begin(&outposts[1], &ledger, &country.seats[REAL + 1],
	    country.seats[REAL - 1].port);
	daemon_is_this(&country);
}

/* What a station says of itself. */
struct said {
	int64_t now;
	bool own;
};

static void
read_said(void *ctx, json_t *row)
{
	struct said *s = ctx;
	const char *what = json_string_value(json_object_get(row, "row"));
	const char *clock = json_string_value(json_object_get(row, "clock"));

	if (what == NULL || strcmp(what, "station") != 0 || clock == NULL)
		return;
	s->now = json_integer_value(json_object_get(row, "now"));
	s->own = strcmp(clock, "own") == 0;
}

static struct said
asked(size_t seat)
{
	struct said s = { .own = true };
	const struct control_ears ears = { .row = read_said, .ctx = &s };
	struct err e;
	int fd;

	must(seat_control(&fd, &country.seats[seat], &e), &e);
	must(control_ask(
		 fd, CONTROL_STATUS, json_object(), NULL, 0, &ears, NULL, &e),
	    &e);
	close(fd);
	return s;
}

static bool
is_right(int64_t t)
{
	const int64_t off = t - __real_time_now();

	return off >= -5 && off <= 5;
}

/* Soon; where its parent did not know it either, it asks again after half a
 * minute. */
static bool
hears_the_time(size_t seat)
{
	struct said s = { .own = true };
	unsigned i;

	for (i = 0; i < 400 && (s.own || !is_right(s.now)); i++) {
		s = asked(seat);
		(void)usleep(100000);
	}
	return !s.own && is_right(s.now);
}

static void
start(size_t seat, size_t links)
{
	struct seat *s = &country.seats[seat];

	ok(seat_start(s) && seat_waits(s, "event=link.up", links, 20),
	    "%s runs and finds its parent", s->address);
}

/* ---- load -------------------------------------------------------------------
 */

/* Ten each way, for every desk; until nothing waits anywhere. */
static void
exchange(const char *when)
{
	const int64_t until = peer_ms() + CALM_S * 1000;
	bool calm = false;
	size_t i, n;

	for (i = 0; i < 10; i++) {
		outpost_send(&outposts[0],
		    ledger_make(&ledger, REAL, 1u << (REAL + 1) | 6,
			300 + i * 30000, PRECEDENCE_KHAN));
		outpost_send(
		    &outposts[1], ledger_make(&ledger, REAL + 1, 1u << REAL | 3,
				      300 + i * 30000, PRECEDENCE_THUONG));
	}
	while (!calm && peer_ms() < until) {
		for (i = 0; i < 40; i++)
			outposts_turn(outposts, 2, 5);
		calm = outposts[0].owed_count + outposts[1].owed_count == 0;
		for (n = 0; n < REAL && calm; n++)
			calm = seat_is_calm(&country.seats[n]);
	}
	ok(calm, "dispatches go both ways %s", when);
}

/* ---- tests ------------------------------------------------------------------
 */

static void
a_child_takes_its_parents_time(void)
{
	struct said s;

	set_clock(&country.seats[0], 0);
	set_clock(&country.seats[1], TIME_DAY);
	set_clock(&country.seats[2], -__real_time_now() + 1000);
	ok(seat_start(&country.seats[0]), "the root runs, its clock is right");
	start(1, 1);
	start(2, 1);
	s = asked(2);
	ok(is_right(s.now) && !s.own,
	    "a child whose battery is empty has the network's time");
	s = asked(1);
	ok(!is_right(s.now) && s.own,
	    "one that was ahead stands still, and says it is its own time");
	exchange("with one clock a day ahead and one in 1970");
}

/* The operator, or a time server, sets the clocks. */
static void
clocks_are_set_while_they_run(void)
{
	struct said before = asked(2), after;

	set_clock(&country.seats[2], YEAR);
	after = asked(2);
	ok(is_right(after.now) && !after.own,
	    "a clock set ahead means nothing while there is a network's time");
	set_clock(&country.seats[2], -20 * YEAR);
	after = asked(2);
	ok(is_right(after.now) && after.now >= before.now, "nor one set back");
	before = asked(0);
	set_clock(&country.seats[0], -3600);
	after = asked(0);
	ok(after.now >= before.now && after.now <= before.now + 5,
	    "the root's time stands still where its clock is set back");
	ok(after.own, "and is not the network's then");
	exchange("with clocks set while they run");
	set_clock(&country.seats[0], 0);
	ok(!asked(0).own, "until its clock is right again");
}

static void
no_time_runs_back_over_a_restart(void)
{
	struct said before = asked(2), after;
	struct seat *s = &country.seats[2];

	/* what the clock was is on disk once something is decided */
	exchange("before a restart");
	is((uint64_t)seat_stop(s, SIGTERM), 0, "it is stopped");
	set_clock(s, -__real_time_now());
	start(2, seat_said(s, "event=link.up") + 1);
	after = asked(2);
	ok(after.now >= before.now - 60, "its time is not before what it was");
	ok(is_right(after.now) && !after.own, "and soon the network's");
	exchange("after it");
}

/* Nobody tells it the time: it says so. */
static void
alone(void)
{
	struct seat *s = &country.seats[2];
	struct said said;
	size_t links;

	is((uint64_t)seat_stop(&country.seats[1], SIGKILL), 256 + SIGKILL,
	    "the station between them is gone");
	is((uint64_t)seat_stop(s, SIGKILL), 256 + SIGKILL,
	    "and the child's power fails");
	set_clock(s, -__real_time_now());
	ok(seat_start(s), "it runs again, alone");
	said = asked(2);
	ok(said.now > BEGIN && said.own,
	    "its time is its own, and no earlier than its certificate");
	links = seat_said(s, "event=link.up station=antin://dien-bien.vn");
	set_clock(&country.seats[1], -7200);
	start(1, seat_said(&country.seats[1], "event=link.up") + 1);
	ok(seat_waits(
	       s, "event=link.up station=antin://dien-bien.vn", links + 1, 20),
	    "the link comes back");
	/* it may have come before its parent knew; do not wait for it */
	if (getenv("ANTIN_SOAK") == NULL)
		(void)kill(seat_process(s, "link"), SIGKILL);
	ok(hears_the_time(2), "and so does the time");
	exchange("after all that");
}

/* By such a clock no certificate is in force. */
static void
what_cannot_be_judged_is_said(void)
{
	struct seat *s = &country.seats[2];

	is((uint64_t)seat_stop(s, SIGTERM), 0, "the child is stopped");
	set_clock(s, 30 * YEAR);
	ok(seat_start(s) && seat_waits(s, "event=station.alone", 1, 10),
	    "thirty years ahead it cannot judge its parent, and says so");
	ok(asked(2).own, "and that it is by its own clock");
	is((uint64_t)seat_stop(s, SIGTERM), 0, "somebody stops it");
	set_clock(s, 0);
	start(2, seat_said(s, "event=link.up station=antin://dien") + 1);
	ok(hears_the_time(2), "a clock that is right again is believed again");
	exchange("as if nothing had been");
}

static void
account(void)
{
	struct account a;
	size_t i;

	for (i = 0; i < REAL; i++) {
		(void)seat_stop(&country.seats[i], SIGTERM);
		is(seat_said(&country.seats[i], "process.says"), 0,
		    "nothing in %s broke", country.seats[i].address);
		ledger_collect(&ledger, &country.seats[i]);
	}
	a = ledger_account(&ledger);
	note("dispatches=%zu acknowledged=%zu delivered=%zu lost=%zu "
	     "doubled=%zu",
	    ledger.count, a.acked, a.delivered, a.lost, a.doubled);
	is(a.acked, ledger.count, "everything was taken");
	is(a.lost, 0, "nothing is lost");
	is(a.doubled, 0, "nothing is anywhere twice");
	is(ledger.altered + ledger.strange, 0, "nothing is altered");
}

int
main(int argc, char **argv)
{
	if (strcmp(argv[0], "antind") == 0)
		return antind_main(argc, argv);
	build();
	a_child_takes_its_parents_time();
	clocks_are_set_while_they_run();
	no_time_runs_back_over_a_restart();
	alone();
	what_cannot_be_judged_is_said();
	account();
	outpost_end(&outposts[0]);
	outpost_end(&outposts[1]);
	ledger_end(&ledger);
	country_end(&country);
	return done();
}
