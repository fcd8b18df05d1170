/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A thin line of 9.6 kbit/s (1,200 bytes a second each way) that takes a second
 * there and back, between a centre and a commune, two complete stations: what
 * goes over it, counted between them.  TLS's records are counted, TCP's heads
 * are not.
 */
#include "../tests/station/slow.h"

#include "../tests/tap.h"
#include "bench.h"

#define RATE 1200
#define LATE 600

static struct country land;
static struct seat *centre, *commune;
static struct slow line;

static struct went
since(struct went before)
{
	const struct went now = slow_went(&line);

	return (struct went){ now.up - before.up, now.down - before.down,
		now.connections - before.connections, 0, 0 };
}

static void
say(const char *what, struct went w)
{
	printf("thin: %s: %lu bytes up, %lu down\n", what, w.up, w.down);
	(void)fflush(stdout);
}

static void
calm(unsigned seconds)
{
	if (!slow_is_quiet(&line, seconds, LATE))
		bug("the line does not become quiet");
}

static void
sends(struct seat *from, struct seat *to, const char *precedence, size_t size)
{
	must_send(from,
	    &(struct errand_of){ precedence, { to }, size, 0, 0, NULL }, NULL);
}

static void
arrives(struct seat *at, size_t n)
{
	if (!inbox_comes_to(at, n, LATE))
		bug("something does not arrive");
}

static void
again(void)
{
	const size_t lines = seat_said(centre, "thin=1");

	slow_cut(&line, true);
	(void)sleep(2);
	slow_cut(&line, false);
	if (!seat_waits(centre, "thin=1", lines + 1, LATE))
		bug("the line does not come back");
}

/* ---- figures
 * ----------------------------------------------------------------------- */

static void
begins(void)
{
	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	commune = country_seat(&land, centre, "muong-nhe");
	slow_begin(&line, &land, centre, RATE, 500);
	country_write(centre, "checkpoint 5s\n");
	country_write_to(commune, line.port, "thin yes\ncheckpoint 5s\n");
	if (!seat_start(centre) || !seat_start(commune) ||
	    !seat_waits(commune, "event=link.up", 1, LATE))
		bug("no line");
	say("the full handshake and HELLO, once", slow_went(&line));
	if (!seat_waits(centre, "thin=1", 1, LATE))
		bug("no thin line");
	calm(15);
	say("all of the first two lines, with the journals' first checkpoints",
	    slow_went(&line));
}

static void
comes_back(void)
{
	const struct went before = slow_went(&line);

	again();
	calm(8);
	say("coming back after a cut: handshake, HELLO, statuses",
	    since(before));
}

static void
idles(void)
{
	const struct went before = slow_went(&line);
	struct went w;

	(void)sleep(180);
	w = since(before);
	printf("thin: 3 minutes with nothing to say, 36 checkpoints' worth of "
	       "a day's timers: %lu bytes\n",
	    w.up + w.down);
}

static void
one_telegram(void)
{
	struct went before = slow_went(&line);
	double at = bench_now();

	sends(centre, commune, "khan", 500);
	arrives(commune, 1);
	printf("thin: one telegram of 500 bytes is there after %.1f s, %lu "
	       "bytes down\n",
	    bench_now() - at, since(before).down);
	calm(75);
	say("the same, with custody and arrival receipted", since(before));
}

/* Bytes that wait at the centre. */
static unsigned long
waiting(size_t *count)
{
	json_t *rows = seat_rows(centre, CONTROL_QUEUE, NULL), *row;
	unsigned long all = 0;
	size_t i;

	*count = 0;
	json_array_foreach(rows, i, row)
	{
		if (strcmp(row_word(row, "row"), "leg") != 0)
			continue;
		all += (unsigned long)json_integer_value(
		    json_object_get(row, "bytes"));
		(*count)++;
	}
	json_decref(rows);
	return all;
}

static void
backlog(void)
{
	const size_t lines = seat_said(centre, "thin=1");
	unsigned long bytes;
	size_t count, i;
	double at;

	slow_cut(&line, true);
	(void)sleep(2);
	for (i = 0; i < 11; i++)
		sends(centre, commune, "thuong", 4096);
	bytes = waiting(&count);
	slow_cut(&line, false);
	if (!seat_waits(centre, "thin=1", lines + 1, LATE))
		bug("the line does not come back");
	at = bench_now();
	arrives(commune, 12);
	while (count > 0) {
		(void)usleep(20000);
		(void)waiting(&count);
	}
	at = bench_now() - at;
	printf("thin: a backlog of 11 telegrams, %lu sealed bytes: %.1f s from "
	       "HELLO to the last answer, %.1f %% of the line\n",
	    bytes, at, 100.0 * (double)bytes / (RATE * at));
	(void)fflush(stdout);
	calm(75);
}

/* How long it takes; when its first byte leaves is bench/first's matter. */
static void
urgent(void)
{
	double took[5], at;
	size_t i;

	for (i = 0; i < 3; i++)
		sends(centre, commune, "thuong", 60000);
	(void)sleep(5);
	for (i = 0; i < 5; i++) {
		sends(centre, commune, "hoa-toc", 500);
		at = bench_now();
		if (!queue_comes_to(centre, "precedence", "hoa-toc", 0, LATE))
			bug("a hỏa tốc does not go");
		took[i] = bench_now() - at;
		(void)sleep(2);
	}
	at = bench_median(took, 5);
	printf("thin: a hỏa tốc of 500 bytes during bulk: answered after %.2f "
	       "s (median of 5; most %.2f)\n",
	    at, took[4]);
	(void)fflush(stdout);
	arrives(commune, 12 + 5 + 3);
	calm(75);
}

/* Six in, four out, in three bundles of work; two lines, two checkpoints each
 * way. */
static void
a_day(void)
{
	static const struct {
		size_t in[3], out[2];
	} hours[] = {
		{ { 500, 2000, 0 }, { 500, 0 } },
		{ { 500, 2000, 10000 }, { 500, 5000 } },
		{ { 2000, 0, 0 }, { 500, 0 } },
	};
	const struct went before = slow_went(&line);
	size_t i, k;

	for (i = 0; i < 3; i++) {
		if (i == 0 || i == 2) {
			(void)seat_stop(commune, SIGTERM);
			if (!seat_start(commune))
				bug("no commune");
		}
		for (k = 0; k < 3; k++)
			if (hours[i].in[k] > 0)
				sends(centre, commune, "khan", hours[i].in[k]);
		for (k = 0; k < 2; k++)
			if (hours[i].out[k] > 0)
				sends(commune, centre, "khan", hours[i].out[k]);
		calm(75);
	}
	say("a day of a commune: 6 telegrams in (2 of 500, 3 of 2,000, 1 of "
	    "10,000 bytes), 4 out (3 of 500, 1 of 5,000), all receipted, 2 "
	    "lines, 2 checkpoints",
	    since(before));
}

int
main(void)
{
	const bool brief = getenv("BRIEF") != NULL;

	begins();
	comes_back();
	if (!brief)
		idles();
	one_telegram();
	backlog();
	urgent();
	a_day();
	(void)seat_stop(commune, SIGTERM);
	(void)seat_stop(centre, SIGTERM);
	slow_end(&line);
	country_end(&land);
	return 0;
}
