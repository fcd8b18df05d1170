/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A bad network between a station and its parent (proxy.h), under load both
 * ways.  Afterwards every dispatch that its originator was told is in the
 * station's hands lies once, unaltered, at each of its addressees; and what is
 * large does not begin anew each time.
 *
 * ANTIN_SEED: the seed, ANTIN_SOAK: six hundred connections.
 */
#include "clerk.h"
#include "outpost.h"
#include "proxy.h"

#define AHEAD 12      /* of an outpost, not acknowledged */
#define UNDER_WAY 150 /* of all, that have not come out */
#define CALM_S 60
#define SHAKEN (64u << 10) /* bytes with which a connection is surely up */

enum { ROOT_OF, CHILD, FAR, NEAR };

static struct country country;
static struct ledger ledger;
static struct outpost outposts[2]; /* far: below the root; near: the child */
static struct proxy proxy;
static struct dice dice, proxy_dice;
static atomic_int network; /* what the proxy is to do: */
enum { GOOD, BAD, LARGE_DOWN, LARGE_UP };
static size_t large = 10u << 20;
static unsigned long large_cuts = 10;

/* ---- the network ------------------------------------------------------------
 */

/* Mostly it ends soon; but once it was let up in between, or a child would
 * wait ever longer before it calls again. */
static struct plan
bad_plan(const struct pair *last)
{
	static const uint8_t harms[20] = { HARM_CLOSE, HARM_CLOSE, HARM_CLOSE,
		HARM_CLOSE, HARM_CLOSE, HARM_RESET, HARM_RESET, HARM_RESET,
		HARM_HALF, HARM_HALF, HARM_HALF, HARM_CORRUPT, HARM_CORRUPT,
		HARM_CORRUPT, HARM_CORRUPT, HARM_SLOW, HARM_SLOW, HARM_REPLAY,
		HARM_ECHO, HARM_STALL };
	struct plan p = { .harm = harms[dice_below(&proxy_dice, 20)],
		.way = dice_below(&proxy_dice, 2),
		.ms = 1500 };
	enum harm h;

	for (h = HARM_CLOSE; h < HARMS; h++) /* each of them at least once */
		if (proxy.harmed[h] == 0)
			p.harm = h;
	p.after = 64u << dice_below(&proxy_dice, 15);
	p.after += dice_below(&proxy_dice, (uint32_t)p.after);
	if (last->went[0] < SHAKEN / 2 || last->went[1] < SHAKEN / 2 ||
	    p.harm == HARM_STALL)
		p.after += SHAKEN;
	return p;
}

static struct plan
next_plan(void *ctx, const struct pair *last)
{
	const int now = network;

	(void)ctx;
	if (now == GOOD ||
	    (now != BAD && proxy.harmed[HARM_CLOSE] >= large_cuts))
		return (struct plan){ .harm = HARM_NONE };
	if (now == BAD)
		return bad_plan(last);
	return (struct plan){ .harm = HARM_CLOSE,
		.way = now == LARGE_DOWN,
		.after = (512u << 10) + dice_below(&proxy_dice, 900u << 10) };
}

static void
network_is(int what)
{
	enum harm h;

	for (h = HARM_NONE; h < HARMS; h++)
		proxy.harmed[h] = 0;
	proxy.bytes[0] = proxy.bytes[1] = 0;
	network = what;
	proxy.era++;
}

static unsigned long
harmed(void)
{
	unsigned long n = 0;
	enum harm h;

	for (h = HARM_CLOSE; h < HARMS; h++)
		n += proxy.harmed[h];
	return n;
}

/* ---- load -------------------------------------------------------------------
 */

static void
build(void)
{
	struct seat *root, *child;

	country_begin(&country);
	root = country_seat(&country, NULL, "vn");
	child = country_seat(&country, root, "dien-bien");
	(void)country_seat(&country, root, "bac");
	(void)country_seat(&country, child, "nam");
	proxy_begin(&proxy, root->port, next_plan, NULL);
	country_write(root, "keep-alive 1\n");
	country_write_to(child, proxy.port, "keep-alive 1\n");
	ledger_begin(&ledger, &country);
	outpost_begin(&outposts[0], &ledger, &country.seats[FAR], root->port);
	outpost_begin(&outposts[1], &ledger, &country.seats[NEAR], child->port);
}

static size_t
under_way(void)
{
	return ledger.count - outposts[0].came - outposts[1].came;
}

/* 100 bytes to 400 KiB: to the other outpost, and the desk before it. */
static void
load(void)
{
	size_t i, size;
	uint32_t to;

	for (i = 0; i < 2; i++) {
		if (outposts[i].owed_count >= AHEAD ||
		    under_way() >= UNDER_WAY || dice_below(&dice, 3) > 0)
			continue;
		size = 100u << dice_below(&dice, 12);
		size += dice_below(&dice, (uint32_t)size);
		to = 1u << (NEAR - i);
		if (dice_below(&dice, 3) == 0)
			to |= 1u << (CHILD - i);
		outpost_send(&outposts[i],
		    ledger_make(&ledger, (unsigned)(FAR + i), to, size,
			(enum precedence)dice_below(&dice, 4)));
	}
}

/* Half a second of silence every two: then keep-alive is what is cut. */
static void
bad_times(unsigned long cycles)
{
	const int64_t until = peer_ms() + (int64_t)cycles * 10000;

	while (harmed() < cycles && peer_ms() < until) {
		if (peer_ms() % 2000 > 500)
			load();
		outposts_turn(outposts, 2, 5);
	}
	ok(harmed() >= cycles, "the network is bad %lu times", cycles);
	network_is(GOOD);
}

static bool
is_calm(void)
{
	return outposts[0].owed_count + outposts[1].owed_count == 0 &&
	       seat_is_calm(&country.seats[ROOT_OF]) &&
	       seat_is_calm(&country.seats[CHILD]);
}

static bool
calm_down(void)
{
	const int64_t until = peer_ms() + CALM_S * 1000;
	int64_t next = 0;

	while (peer_ms() < until) {
		outposts_turn(outposts, 2, 5);
		if (peer_ms() < next)
			continue;
		if (is_calm())
			return true;
		next = peer_ms() + 200;
	}
	return false;
}

/* One large dispatch while its connection is cut again and again. */
static void
large_one(size_t from, int times)
{
	const unsigned way = times == LARGE_DOWN;
	struct ledger_entry *e = ledger_make(&ledger, (unsigned)(FAR + from),
	    1u << (NEAR - from), large, PRECEDENCE_THUONG);
	unsigned long cuts;

	network_is(times);
	outpost_send(&outposts[from], e);
	ok(calm_down(), "a large dispatch arrives, %s",
	    way ? "from above" : "from below");
	cuts = proxy.harmed[HARM_CLOSE];
	note("bytes=%zu cuts=%lu sent=%lu (%.2f)", large, cuts,
	    (unsigned long)proxy.bytes[way],
	    (double)proxy.bytes[way] / (double)large);
	ok(cuts >= large_cuts * 3 / 4, "though it is cut again and again");
	ok(proxy.bytes[way] < large / 2 * 3,
	    "and not half of it is sent twice");
	network_is(GOOD);
}

/* ---- the end ----------------------------------------------------------------
 */

static void
report(uint64_t seed, unsigned long cycles)
{
	struct account a;
	size_t i;

	for (i = ROOT_OF; i <= CHILD; i++) {
		is((uint64_t)seat_stop(&country.seats[i], SIGTERM), 0,
		    "%s ends well", country.seats[i].address);
		is(seat_said(&country.seats[i], "process.died"), 0,
		    "and nothing in it had died");
		ledger_collect(&ledger, &country.seats[i]);
	}
	ok(seat_said(&country.seats[ROOT_OF],
	       "link.up station=antin://dien-bien.vn") <= proxy.connections,
	    "nobody was let in for what another had said");
	a = ledger_account(&ledger);
	note("seed=%llu cycles=%lu dispatches=%zu acknowledged=%zu "
	     "delivered=%zu lost=%zu doubled=%zu repeats=%zu replayed=%lu",
	    (unsigned long long)seed, cycles, ledger.count, a.acked,
	    a.delivered, a.lost, a.doubled, ledger.repeats,
	    (unsigned long)proxy.replayed);
	is(a.acked, ledger.count, "everything was taken");
	is(a.lost, 0, "what was acknowledged is at each of its addressees");
	is(a.doubled, 0, "nothing is anywhere twice");
	is(ledger.altered, 0, "nothing is altered");
	is(ledger.strange, 0, "nothing is where it was not addressed");
}

int
main(void)
{
	const char *one = getenv("ANTIN_SEED");
	const bool soak = getenv("ANTIN_SOAK") != NULL;
	const uint64_t seed =
	    one != NULL ? strtoull(one, NULL, 10) : (uint64_t)time_now();
	const unsigned long cycles = soak ? 600 : 12;

	dice.state = seed;
	proxy_dice.state = seed + 1;
	note("ANTIN_SEED=%llu", (unsigned long long)seed);
	if (soak) {
		large *= 2;
		large_cuts *= 2;
	}
	build();
	ok(seat_start(&country.seats[ROOT_OF]), "the parent runs");
	ok(seat_start(&country.seats[CHILD]), "its child runs");
	ok(seat_waits(&country.seats[CHILD], "event=link.up", 1, 20),
	    "and they find each other");
	network_is(BAD);
	bad_times(cycles);
	ok(proxy.replayed >= 2, "what was said is said again, both ways");
	ok(calm_down(), "when the network is good again, nothing waits");
	large_one(0, LARGE_DOWN);
	if (soak)
		large_one(1, LARGE_UP);
	proxy_end(&proxy);
	report(seed, cycles);
	outpost_end(&outposts[0]);
	outpost_end(&outposts[1]);
	ledger_end(&ledger);
	country_end(&country);
	return done();
}
