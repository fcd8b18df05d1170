/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * By disk and by line, at random: a centre, a province and two communes, any of
 * which writes for any other and reads whatever lies there (docs/media.md).
 * Disks are lost, repeated, swapped, cut off, damaged, and come from the past;
 * lines and stations come and go.  ANTIN_SEED names the dice.
 */
#include "carried.h"

#define SEATS_HERE 4u
#define DISKS 6u

static struct country land;
static struct seat *seats[SEATS_HERE]; /* centre, province, communes */
static bool line[SEATS_HERE], runs[SEATS_HERE];
static size_t due[SEATS_HERE]; /* for its desk */
static uint64_t written[SEATS_HERE];
static char *disks[DISKS], *past;
static struct dice dice;

static unsigned
below(unsigned n)
{
	return dice_below(&dice, n);
}

static void
begin(void)
{
	const char *seed = getenv("ANTIN_SEED");
	char name[32];
	size_t i;

	dice.state = seed != NULL ? strtoull(seed, NULL, 10) : 20261122;
	note("seed %llu", (unsigned long long)dice.state);
	country_begin(&land);
	seats[0] = country_seat(&land, NULL, "vn");
	seats[1] = country_seat(&land, seats[0], "dien-bien");
	seats[2] = country_seat(&land, seats[1], "muong-nhe");
	seats[3] = country_seat(&land, seats[1], "na-tau");
	for (i = 0; i < SEATS_HERE; i++) {
		write_without_line(seats[i]);
		runs[i] = seat_start(seats[i]);
	}
	ok(runs[0] && runs[1] && runs[2] && runs[3],
	    "four stations run, without lines");
	for (i = 0; i < DISKS; i++) {
		(void)snprintf(name, sizeof(name), "disk-%zu", i);
		disks[i] = folder_new(&land, name);
	}
	past = folder_new(&land, "past");
}

/* ---- what may happen
 * ------------------------------------------------------------------ */

static void
sends(void)
{
	static const char *const ranks[] = { "thuong", "khan", "hoa-toc" };
	const size_t from = below(SEATS_HERE), one = below(SEATS_HERE),
		     two = below(SEATS_HERE);
	struct errand_of w = { ranks[below(3)], { seats[one] },
		1 + below(below(4) == 0 ? 1500000 : 60000), 0, 0, NULL };

	if (from == one || !runs[from])
		return;
	if (two != one && two != from && below(2) == 0) {
		w.to[1] = seats[two];
		due[two]++;
	}
	due[one]++;
	must_send(seats[from], &w, NULL);
}

static void
writes(void)
{
	const size_t from = below(SEATS_HERE), to = below(SEATS_HERE);
	char *disk = disks[below(DISKS)];

	if (from == to || !runs[from])
		return;
	if (antin(seats[from], "media", "write", disk,
		below(3) == 0 ? "--rest" : "--json", "--size",
		below(3) == 0 ? "1200000" : "99000000", "--for",
		seats[to]->address, NULL) == 0)
		written[from]++;
}

static void
reads(void)
{
	const size_t by = below(SEATS_HERE);

	if (runs[by])
		(void)antin(seats[by], "media", "read",
		    below(5) == 0 ? past : disks[below(DISKS)], NULL);
}

/* As who carries it would: read, then write. */
static void
carries(void)
{
	const size_t by = below(SEATS_HERE);

	if (runs[by])
		(void)antin(seats[by], "media", disks[below(DISKS)], NULL);
}

static void
loses(void)
{
	const size_t of = below(SEATS_HERE);
	char number[24];

	if (!runs[of] || written[of] == 0)
		return;
	(void)snprintf(
	    number, sizeof(number), "%u", 1 + below((unsigned)written[of]));
	(void)antin(seats[of], "media", "lost", number, NULL);
}

/* A bundle is copied, to turn up again one day. */
static void
copies(void)
{
	static unsigned count;
	char *disk = disks[below(DISKS)], *path, to[2 * PATH];
	struct buf all = { 0 };
	struct err e;

	if (files_in(disk) == 0)
		return;
	path = bundle_in(disk);
	(void)snprintf(to, sizeof(to), "%s/antin-%u-1.bundle", past, count++);
	if (file_read(&all, path, 64u << 20, &e) == RC_OK)
		must(file_write(to, buf_bytes(&all), 0600, true, &e), &e);
	buf_free(&all);
	free(path);
}

static void
harms(void)
{
	bundles_harm(disks[below(DISKS)], &dice);
}

/* Its line or the station itself goes, or comes back. */
static void
turns(void)
{
	const size_t of = below(SEATS_HERE);

	if (runs[of])
		(void)seat_stop(seats[of], below(2) == 0 ? SIGKILL : SIGTERM);
	runs[of] = below(4) != 0;
	line[of] = below(2) == 0;
	if (line[of])
		country_write(seats[of], "");
	else
		write_without_line(seats[of]);
	if (runs[of] && !seat_start(seats[of]))
		bug("a station does not start");
}

static size_t
too_many(void)
{
	size_t i, n = 0;

	for (i = 0; i < SEATS_HERE; i++)
		n += runs[i] && inbox_size(seats[i]) > due[i];
	return n;
}

static void
anything_happens(void)
{
	static void (*const acts[])(void) = { sends, sends, sends, writes,
		writes, reads, reads, reads, carries, loses, copies, harms,
		turns };
	const unsigned rounds = getenv("ANTIN_SOAK") != NULL ? 600 : 120;
	size_t strange = 0;
	unsigned i;

	for (i = 0; i < rounds; i++) {
		acts[below(COUNT(acts))]();
		if (i % 10 == 9)
			strange += too_many();
	}
	is(strange, 0, "%u times something happened: nothing came twice",
	    rounds);
}

/* ---- in the end
 * ----------------------------------------------------------------------- */

static void
all_is_there_once(void)
{
	const char *clash = "clash";
	size_t i;

	for (i = 0; i < SEATS_HERE; i++) {
		if (runs[i])
			(void)seat_stop(seats[i], SIGTERM);
		country_write(seats[i], "");
		runs[i] = seat_start(seats[i]);
	}
	for (i = 0; i < SEATS_HERE; i++)
		ok(inbox_comes_to(seats[i], due[i], 90),
		    "with all lines up, all is at %s, once each",
		    seats[i]->address);
	for (i = 0; i < SEATS_HERE; i++)
		ok(queue_comes_to(seats[i], "", "", 0, 90),
		    "and nothing waits at %s", seats[i]->address);
	/* whatever lies about is read once more, by everybody */
	for (i = 0; i < SEATS_HERE * (DISKS + 1); i++)
		(void)antin(seats[i % SEATS_HERE], "media", "read",
		    i / SEATS_HERE < DISKS ? disks[i / SEATS_HERE] : past,
		    NULL);
	is(too_many(), 0, "old disks bring nothing new");
	for (i = 0; i < SEATS_HERE; i++)
		ok(queue_comes_to(seats[i], "", "", 0, 60),
		    "nor make anything wait at %s", seats[i]->address);
	for (i = 0; i < SEATS_HERE; i++)
		is(seat_has(seats[i], CONTROL_ALARMS, "alarm", "kind", clash) +
			seat_has(seats[i], CONTROL_ALARMS, "alarm", "kind",
			    "rolled-back"),
		    0, "and nobody is taken for another");
}

int
main(void)
{
	size_t i;

	begin();
	anything_happens();
	all_is_there_once();
	for (i = 0; i < DISKS; i++)
		free(disks[i]);
	free(past);
	country_end(&land);
	return done();
}
