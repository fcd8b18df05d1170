/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Addresses are nothing: a child that comes from another one is the same child,
 * also while its parent still waits for an answer over a line that a router has
 * forgotten; a parent is found where it is now.
 */
#include "clerk.h"
#include "outpost.h"
#include "proxy.h"

#define WAIT_S 20 /* less than a silent line lasts: 90 */
#define ITEMS 20

enum { PARENT, CHILD, MOBILE, FAR };

static struct country country;
static struct ledger ledger;
static struct outpost outposts[2]; /* MOBILE below PARENT, FAR below CHILD */
static struct proxy proxy;
static atomic_bool forgets; /* the router, the next time it looks */

static struct plan
router(void *ctx, const struct pair *last)
{
	const bool now = forgets;

	(void)ctx;
	(void)last;
	forgets = false;
	return (struct plan){ .harm = now ? HARM_STALL : HARM_NONE };
}

static void
build(uint16_t other_port)
{
	struct seat *root, *child;
	char more[64];

	country_begin(&country);
	root = country_seat(&country, NULL, "vn");
	child = country_seat(&country, root, "dien-bien");
	(void)country_seat(&country, root, "bac");
	(void)country_seat(&country, child, "nam");
	proxy_begin(&proxy, root->port, router, NULL);
	country_write(root, "");
	(void)snprintf(more, sizeof(more), "parent 127.0.0.1:%u\n", other_port);
	country_write(child, more);
	ledger_begin(&ledger, &country);
	outpost_begin(
	    &outposts[0], &ledger, &country.seats[MOBILE], proxy.port);
	outpost_begin(&outposts[1], &ledger, &country.seats[FAR], child->port);
}

static void
send_some(size_t from, unsigned to)
{
	size_t i;

	for (i = 0; i < ITEMS; i++)
		outpost_send(&outposts[from],
		    ledger_make(&ledger, (unsigned)(MOBILE + from), 1u << to,
			100 + i * 15000, PRECEDENCE_THUONG));
}

/* How many there are of what was made from "first" on. */
static size_t
there(size_t first, unsigned at)
{
	size_t i, n = 0;

	for (i = first; i < ledger.count; i++)
		n += ledger.all[i].came[at] > 0;
	return n;
}

static bool
all_come(size_t first, unsigned at, unsigned seconds)
{
	const int64_t until = peer_ms() + seconds * INT64_C(1000);

	while (there(first, at) < ledger.count - first && peer_ms() < until)
		outposts_turn(outposts, 2, 5);
	return there(first, at) == ledger.count - first;
}

/* ---- tests ------------------------------------------------------------------
 */

/* The child has noticed, and dials; its parent has not. */
static void
a_router_forgets(void)
{
	const struct seat *root = &country.seats[PARENT];
	const size_t first = ledger.count;
	const int64_t until = peer_ms() + WAIT_S * 1000;

	forgets = true;
	proxy.era++;
	while (proxy.harmed[HARM_STALL] == 0 && peer_ms() < until)
		outposts_turn(outposts, 2, 5);
	is(proxy.harmed[HARM_STALL], 1, "a router forgets a line");
	send_some(1, MOBILE);
	ok(!all_come(first, MOBILE, 1), "over which nothing comes any more");
	is(there(first, MOBILE), 0, "nothing at all");
	outpost_down(&outposts[0]);
	ok(all_come(first, MOBILE, WAIT_S),
	    "over a new line, from another address, all of it comes");
	is(seat_said(root, "event=link.up station=antin://bac.vn\n"), 2,
	    "the newest line counts");
	is(seat_said(root, "event=link.down station=antin://bac.vn "), 1,
	    "and the old one is over");
}

/* What was sent over the old line and not answered is sent again. */
static void
answers_are_lost(void)
{
	const size_t first = ledger.count;

	send_some(0, FAR);
	outpost_turn(&outposts[0]); /* it says much, and hears nothing */
	outpost_down(&outposts[0]);
	ok(all_come(first, FAR, WAIT_S),
	    "what was not answered over one line comes over the next");
}

static void
a_parent_moves(uint16_t port)
{
	struct seat *root = &country.seats[PARENT];
	const struct seat *child = &country.seats[CHILD];
	const size_t first = ledger.count;
	const size_t ups = seat_said(child, "link.up station=antin://vn");

	is((uint64_t)seat_stop(root, SIGTERM), 0, "a parent is stopped");
	root->port = port;
	country_write(root, "");
	ok(seat_start(root), "and starts at another address");
	proxy.to = port;
	ok(seat_waits(child, "link.up station=antin://vn", ups + 1, WAIT_S),
	    "where its child finds it");
	send_some(0, FAR);
	ok(all_come(first, FAR, WAIT_S), "and all goes on");
}

static void
account(void)
{
	struct account a;
	size_t i;

	for (i = 0; i < 2; i++)
		is(outposts[i].owed_count, 0, "nothing is unanswered");
	for (i = PARENT; i <= CHILD; i++) {
		is((uint64_t)seat_stop(&country.seats[i], SIGTERM), 0,
		    "%s ends well", country.seats[i].address);
		is(seat_said(&country.seats[i], "process.died"), 0,
		    "and nothing in it had died");
	}
	a = ledger_account(&ledger);
	note("dispatches=%zu acknowledged=%zu lost=%zu doubled=%zu repeats=%zu",
	    ledger.count, a.acked, a.lost, a.doubled, ledger.repeats);
	is(a.acked, ledger.count, "everything was taken");
	is(a.lost + a.doubled, 0, "nothing is lost, and nothing there twice");
	is(ledger.altered + ledger.strange, 0, "nothing is altered");
}

int
main(void)
{
	const uint16_t other_port = free_port();
	size_t i;

	build(other_port);
	ok(seat_start(&country.seats[PARENT]), "a parent runs");
	ok(seat_start(&country.seats[CHILD]), "a child runs");
	send_some(0, FAR);
	ok(all_come(0, FAR, WAIT_S), "all goes well");
	a_router_forgets();
	answers_are_lost();
	for (i = 0; i < 1500 && outposts[0].owed_count > 0; i++)
		outposts_turn(outposts, 2, 20);
	a_parent_moves(other_port);
	for (i = 0; i < 1500 && outposts[0].owed_count > 0; i++)
		outposts_turn(outposts, 2, 20);
	proxy_end(&proxy);
	account();
	outpost_end(&outposts[0]);
	outpost_end(&outposts[1]);
	ledger_end(&ledger);
	country_end(&country);
	return done();
}
