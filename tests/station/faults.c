/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Three real stations, one below the other, under load both ways, of which a
 * process is killed every now and then: any process of any of them, or all of
 * one.  Afterwards every dispatch that its originator was told is in the
 * station's hands lies once, unaltered, at the desk of each addressee.
 *
 * ANTIN_SEED: the seed, ANTIN_SOAK: several hundred kills.
 */
#include "clerk.h"
#include "outpost.h"

#define REAL 3 /* stations; behind the first and last lies an outpost */
#define OUTPOSTS 2
#define CLERKS 2
#define AHEAD 12  /* dispatches of an outpost that are not answered */
#define CALM_S 60 /* at the most until all has arrived */
#define BIG (10u << 20)

static struct country country;
static struct ledger ledger;
static struct seat *real[REAL];
static struct outpost outposts[OUTPOSTS];
static struct clerk clerks[CLERKS];
static struct dice dice;
static int from_clerks;
static unsigned clerks_left;
static size_t unsure, silent, launches, kills;

/* ---- stations ---------------------------------------------------------------
 */

static void
launch(struct seat *s)
{
	seat_launch(s);
	launches++;
}

/* What ended by itself is started again, as a service manager would. */
static void
watch(void)
{
	int status;
	size_t i;

	for (i = 0; i < REAL; i++)
		if (waitpid(real[i]->daemon, &status, WNOHANG) ==
		    real[i]->daemon) {
			note("%s ended by itself: status %d", real[i]->address,
			    status);
			launch(real[i]);
		}
}

static bool
kill_one(void)
{
	static const char *const names[] = { "keys", "store", "seal", "link",
		"control", "media" };
	struct seat *s = real[dice_below(&dice, REAL)];
	const uint32_t which = dice_below(&dice, COUNT(names) + 1);
	pid_t pid;
	int status;

	if (which == COUNT(names)) {
		(void)kill(s->daemon, SIGKILL);
		(void)waitpid(s->daemon, &status, 0);
		launch(s);
		return true;
	}
	pid = seat_process(s, names[which]);
	return seat_owns(s, pid) && kill(pid, SIGKILL) == 0;
}

static void
build(void)
{
	struct seat *above = NULL;
	static const char *const ids[] = { "vn", "dien-bien", "muong-ang" };
	size_t i;

	country_begin(&country);
	for (i = 0; i < REAL; i++)
		above = real[i] = country_seat(&country, above, ids[i]);
	(void)country_seat(&country, real[0], "bac");
	(void)country_seat(&country, real[REAL - 1], "nam");
	for (i = 0; i < REAL; i++)
		country_write(real[i], "");
	ledger_begin(&ledger, &country);
	for (i = 0; i < OUTPOSTS; i++)
		outpost_begin(&outposts[i], &ledger, &country.seats[REAL + i],
		    real[i * (REAL - 1)]->port);
}

/* ---- load -------------------------------------------------------------------
 */

/* 100 bytes to 1 MiB, each size as likely as its double; and a few of 10 MiB.
 */
static size_t
some_size(void)
{
	size_t size = 100u << dice_below(&dice, 14);

	if (dice_below(&dice, 60) == 0)
		return BIG;
	size += dice_below(&dice, (uint32_t)size);
	return size < 1u << 20 ? size : 1u << 20;
}

/* The other outpost, and perhaps desks on the way. */
static uint32_t
some_desks(size_t outpost)
{
	const uint32_t most = (1u << (REAL + OUTPOSTS)) - 1;
	uint32_t to = 1u << (REAL + 1 - outpost);

	if (dice_below(&dice, 3) == 0)
		to |= dice_below(&dice, most + 1);
	else if (dice_below(&dice, 3) == 0)
		to = 1u << dice_below(&dice, REAL);
	return to & ~(1u << (REAL + outpost));
}

static void
load(void)
{
	size_t i;

	for (i = 0; i < OUTPOSTS; i++)
		if (outposts[i].owed_count < AHEAD && dice_below(&dice, 3) == 0)
			outpost_send(&outposts[i],
			    ledger_make(&ledger, (unsigned)(REAL + i),
				some_desks(i), some_size(),
				(enum precedence)dice_below(&dice, 4)));
}

static void
start_clerks(void)
{
	int ends[2];
	size_t i, n;

	if (pipe2(ends, O_CLOEXEC) != 0)
		bug("no pipe");
	from_clerks = ends[0];
	for (i = 0; i < CLERKS; i++) {
		clerks[i] = (struct clerk){ .seat = real[i * (REAL - 1)],
			.country = &country,
			.most = 900000,
			.pause_ms = 50,
			.dice = { dice.state + i } };
		for (n = 0; n < CLERK_TO; n++) /* at least one is another */
			clerks[i].to[n] = 1u << ((n + 1) % REAL) |
					  1u << (REAL + n % OUTPOSTS) |
					  1u << (REAL - 1);
		clerk_start(&clerks[i], ends);
	}
	close(ends[1]);
}

static void
turn(void)
{
	outposts_turn(outposts, OUTPOSTS, 5);
	clerks_left += clerks_tell(&ledger, from_clerks, &unsure, &silent);
	watch();
}

static void
storm(size_t wanted)
{
	const int64_t until = peer_ms() + (int64_t)wanted * 5000;
	int64_t next = peer_ms() + 500;

	while (kills < wanted && peer_ms() < until) {
		load();
		turn();
		if (peer_ms() < next)
			continue;
		kills += kill_one();
		next = peer_ms() + 100 + dice_below(&dice, 600);
	}
	is(kills, wanted, "processes are killed, one after another");
}

/* ---- the end ----------------------------------------------------------------
 */

/* Every outpost was answered, every station's queue is empty. */
static bool
is_calm(void)
{
	size_t i;

	for (i = 0; i < OUTPOSTS; i++)
		if (outposts[i].owed_count > 0)
			return false;
	for (i = 0; i < REAL; i++)
		if (!seat_is_calm(real[i]))
			return false;
	return clerks_left == CLERKS;
}

static bool
calm_down(void)
{
	const int64_t until = peer_ms() + CALM_S * 1000;
	int64_t next = 0;
	size_t i;

	for (i = 0; i < CLERKS; i++)
		(void)kill(clerks[i].pid, SIGTERM);
	while (peer_ms() < until) {
		turn();
		if (peer_ms() < next)
			continue;
		if (is_calm())
			return true;
		next = peer_ms() + 200;
	}
	return false;
}

/* What desks sent is read by a desk that it came to, as a person would. */
static size_t
read_letters(void)
{
	uint8_t part[SHA256_SIZE];
	const struct ledger_entry *e;
	size_t i, n, wrong = 0;
	struct err err;
	int fd;

	for (n = 0; n < REAL; n++) {
		fd = seat_signed_in(real[n], CALM_S);
		for (i = 0; i < ledger.count; i++) {
			e = &ledger.all[i];
			if (e->made_here || e->state != LEDGER_ACKED ||
			    (e->to >> n & 1) == 0)
				continue;
			if (seat_saves_at_last(
				part, &fd, real[n], &e->id, &err) != RC_OK) {
				note("%s", err.text);
				wrong++;
			} else if (memcmp(part, e->part, sizeof(part)) != 0) {
				wrong++;
			}
		}
		close(fd);
	}
	return wrong;
}

static void
report(uint64_t seed)
{
	struct account a;
	size_t i, ended = 0;
	int status;

	for (i = 0; i < REAL; i++) {
		status = seat_stop(real[i], SIGTERM);
		ended += status == 0;
		ledger_collect(&ledger, real[i]);
	}
	a = ledger_account(&ledger);
	note("seed=%llu kills=%zu dispatches=%zu acknowledged=%zu "
	     "delivered=%zu lost=%zu doubled=%zu",
	    (unsigned long long)seed, kills, ledger.count, a.acked, a.delivered,
	    a.lost, a.doubled);
	note("refused=%zu unsure=%zu of %zu repeats=%zu later=%zu "
	     "resumed=%llu starts=%zu",
	    a.refused, a.unsure, unsure, ledger.repeats,
	    outposts[0].later + outposts[1].later,
	    (unsigned long long)(outposts[0].resumed + outposts[1].resumed),
	    launches);
	is(a.lost, 0, "what was acknowledged is at each of its addressees");
	is(a.doubled, 0, "nothing is anywhere twice");
	is(ledger.altered, 0, "nothing is altered");
	is(ledger.strange, 0, "nothing is where it was not addressed");
	is(a.refused, 0, "nothing is refused");
	ok(a.unsure <= unsure,
	    "what nobody was told of is of those who were told so");
	is(silent, 0, "every question of a desk is answered");
	is(ended, REAL, "and the stations end when they are told to");
}

int
main(void)
{
	const char *one = getenv("ANTIN_SEED");
	const bool soak = getenv("ANTIN_SOAK") != NULL;
	const uint64_t seed =
	    one != NULL ? strtoull(one, NULL, 10) : (uint64_t)time_now();
	size_t i;

	dice.state = seed;
	note("ANTIN_SEED=%llu", (unsigned long long)seed);
	build();
	for (i = 0; i < REAL; i++)
		ok(seat_start(real[i]), "%s runs", real[i]->address);
	launches = REAL;
	start_clerks();
	storm(soak ? 400 : 24);
	ok(calm_down(), "then all is calm, and nothing waits anywhere");
	is(read_letters(), 0, "what desks sent is read as it was written");
	report(seed);
	for (i = 0; i < OUTPOSTS; i++)
		outpost_end(&outposts[i]);
	ledger_end(&ledger);
	country_end(&country);
	return done();
}
