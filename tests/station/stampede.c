/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * All children of a station come back at one moment, because it was killed:
 * all are let in again, and what is urgent goes through meanwhile.
 *
 * ANTIN_SOAK: two thousand of them.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>

#include "crowd.h"
#include "outpost.h"

#define WAIT_S 60

static struct country country;
static struct seat *root;
static struct ledger ledger;
static struct outpost outposts[2]; /* two children more, with work to do */
static struct crowd crowd;
static struct peer *peers;

/* ---- the two that work, in a thread of their own ----------------------------
 */

static atomic_bool stop, hurry; /* hurry: send what is urgent */
static atomic_long took;	/* milliseconds, until it was there; -1: not */
static atomic_size_t let_in;	/* when it was */

static size_t
admitted(void)
{
	size_t i, n = 0;

	for (i = 0; i < crowd.count; i++)
		n += peers[i].admitted;
	return n;
}

static void *
work(void *ctx)
{
	size_t urgent = SIZE_MAX;
	int64_t since = 0;

	(void)ctx;
	while (!stop) {
		if (outposts[0].owed_count < 4 && urgent == SIZE_MAX)
			outpost_send(
			    &outposts[0], ledger_make(&ledger, 1, 1u << 2,
					      100000, PRECEDENCE_THUONG));
		if (hurry && urgent == SIZE_MAX) {
			outpost_send(
			    &outposts[0], ledger_make(&ledger, 1, 1u << 2, 2000,
					      PRECEDENCE_HOA_TOC));
			urgent = ledger.count - 1;
			since = peer_ms();
		}
		outposts_turn(outposts, 2, 5);
		if (urgent != SIZE_MAX && took < 0 &&
		    ledger.all[urgent].came[2] > 0) {
			let_in = admitted();
			took = (long)(peer_ms() - since);
		}
	}
	return NULL;
}

/* ---- the stampede -----------------------------------------------------------
 */

static void
build(size_t n)
{
	struct rlimit files;
	size_t i;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	country_begin(&country);
	root = country_seat(&country, NULL, "vn");
	(void)country_seat(&country, root, "bac");
	(void)country_seat(&country, root, "nam");
	crowd_begin(&crowd, &country, root, n);
	peers = alloc(n, sizeof(*peers));
	country_write(root, "");
	ledger_begin(&ledger, &country);
	for (i = 0; i < 2; i++)
		outpost_begin(
		    &outposts[i], &ledger, &country.seats[1 + i], root->port);
}

static bool
comes_through(void)
{
	const int64_t until = peer_ms() + WAIT_S * 1000;

	while (took < 0 && peer_ms() < until)
		(void)usleep(20000);
	return took >= 0;
}

static void
all_come_back(void)
{
	size_t i, turned;
	int64_t began;

	took = -1;
	(void)usleep(500000); /* of work */
	is((uint64_t)seat_stop(root, SIGKILL), 256 + SIGKILL,
	    "their parent is killed");
	for (i = 0; i < crowd.count; i++)
		crowd_drop(&peers[i]);
	ok(seat_start(root), "and started again");
	hurry = true;
	began = peer_ms();
	turned = crowd_enter(&crowd, peers);
	is(admitted(), crowd.count, "all its children are back");
	note("children=%zu ms=%lld turned_away=%zu", crowd.count,
	    (long long)(peer_ms() - began), turned);
	ok(comes_through(), "and what was urgent has come through");
	note("urgent: ms=%ld, with %zu let in", (long)took, (size_t)let_in);
}

static bool
nothing_is_owed(void)
{
	const int64_t until = peer_ms() + WAIT_S * 1000;
	size_t i, missing = 1;

	while (missing > 0 && peer_ms() < until) {
		outposts_turn(outposts, 2, 5);
		missing = outposts[0].owed_count;
		for (i = 0; i < ledger.count; i++)
			missing += ledger.all[i].came[2] == 0;
	}
	return missing == 0;
}

static void
account(void)
{
	struct account a;

	ok(nothing_is_owed(), "everything else arrives too");
	is((uint64_t)seat_stop(root, SIGTERM), 0, "the station ends well");
	is(seat_said(root, "process.died"), 0, "nothing in it had died");
	a = ledger_account(&ledger);
	note("dispatches=%zu acknowledged=%zu delivered=%zu lost=%zu "
	     "doubled=%zu",
	    ledger.count, a.acked, a.delivered, a.lost, a.doubled);
	is(a.lost, 0, "nothing is lost");
	is(a.doubled, 0, "nothing is there twice");
	is(ledger.altered + ledger.strange, 0, "nothing is altered");
}

int
main(void)
{
	const size_t n = getenv("ANTIN_SOAK") != NULL ? 2000 : 200;
	pthread_t thread;
	size_t i;

	build(n);
	ok(seat_start(root), "a station runs");
	(void)crowd_enter(&crowd, peers);
	is(admitted(), n, "its children are let in");
	if (pthread_create(&thread, NULL, work, NULL) != 0)
		bug("no thread");
	all_come_back();
	stop = true;
	(void)pthread_join(thread, NULL);
	account();
	for (i = 0; i < 2; i++)
		outpost_end(&outposts[i]);
	for (i = 0; i < n; i++)
		peer_end(&peers[i]);
	free(peers);
	crowd_end(&crowd);
	ledger_end(&ledger);
	country_end(&country);
	return done();
}
