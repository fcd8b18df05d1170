/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * All children of a station come back at one moment, because it was killed:
 * all are let in again, each has what waited for it, hỏa tốc first, and what is
 * urgent goes through meanwhile.
 *
 * ANTIN_SOAK: ten thousand of them.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>

#include "cost.h"
#include "crowd.h"
#include "outpost.h"

#define WAIT_S 300

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

/* ---- what waits for the children
 * --------------------------------------------------- */

#define URGENT 10 /* one child of so many has something of hỏa tốc, too */

static struct seat *sender; /* a child that sends something to all others */
static struct peer sending;
static size_t stored;
static struct had {
	unsigned count, first; /* items; the rank of the first */
} * had;		       /* owned; by child */

static void
child_has(void *ctx, const struct item *item, struct bytes package)
{
	struct peer *p = ctx;
	struct had *h = &had[p - peers];

	(void)package;
	if (h->count++ == 0)
		h->first = item->rank;
	session_ack(p->session, item->number, ACK_STORED, REFUSAL_NONE);
	session_taken(p->session, item->total - item->from);
}

static void
sender_acked(void *ctx, uint64_t ref, enum ack outcome, enum refusal why)
{
	(void)ctx;
	(void)ref;
	(void)why;
	stored += outcome == ACK_STORED;
}

static void
send_one(size_t i, uint64_t serial, enum precedence precedence)
{
	struct seat to = *sender;
	struct buf package;
	struct tag tag;

	(void)snprintf(to.desk_address, sizeof(to.desk_address), "%s/van-thu",
	    crowd.members[i].address);
	sealed_text(&package, &tag, sender, &to, serial, 2000, precedence);
	peer_send(&sending, serial, buf_bytes(&package), &to, &tag,
	    precedence_rank(precedence));
	buf_free(&package);
}

/* A station that has just begun may not let anybody in yet. */
static void
sender_dials(void)
{
	static uint64_t epoch;
	const int64_t until = peer_ms() + 2000;

	if (epoch == 0)
		epoch = (uint64_t)time_now() * 1000;
	sending = (struct peer){ .epoch = ++epoch };
	if (peer_dial(&sending, root->port, &sender->station,
		bytes_str(sender->address))) {
		sending.owner = (struct session_owner){ .hello = crowd_hello,
			.acked = sender_acked };
		sending.ctx = &sending;
		peer_begin(&sending);
		while (!sending.admitted && peer_ms() < until &&
		       peer_turn(&sending, 50))
			;
	}
	if (!sending.admitted) {
		peer_end(&sending);
		(void)usleep(100000);
	}
}

/* Something for each child waits at the station, and what is urgent came last.
 */
static void
queue_for_all(void)
{
	const int64_t until = peer_ms() + WAIT_S * 1000;
	const size_t all = crowd.count + crowd.count / URGENT;
	uint64_t serial = 0;
	size_t i;

	while (!sending.admitted && peer_ms() < until)
		sender_dials();
	for (i = 0; i < crowd.count; i++) {
		send_one(i, ++serial, PRECEDENCE_THUONG);
		(void)peer_turn(&sending, 0);
	}
	for (i = 0; i < crowd.count; i += URGENT) {
		send_one(i, ++serial, PRECEDENCE_HOA_TOC);
		(void)peer_turn(&sending, 0);
	}
	while (stored < all && peer_ms() < until && peer_turn(&sending, 20))
		;
	is(stored, all, "something waits there for each of its children");
	peer_end(&sending);
}

/* All children are served until each has what waited for it. */
static void
each_has_its_own(void)
{
	const int64_t until = peer_ms() + WAIT_S * 1000, began = peer_ms();
	size_t i, missing = 1, late = 0, more = 0, wanted;

	while (missing > 0 && peer_ms() < until) {
		missing = 0;
		for (i = 0; i < crowd.count; i++) {
			(void)peer_turn(&peers[i], 0);
			wanted = 1 + (i % URGENT == 0);
			missing += had[i].count < wanted;
		}
		(void)usleep(2000);
	}
	for (i = 0; i < crowd.count; i++) {
		wanted = 1 + (i % URGENT == 0);
		more += had[i].count > wanted;
		late += wanted == 2 && had[i].first != 3;
	}
	note("queued: ms=%lld", (long long)(peer_ms() - began));
	is(missing, 0, "each child has what waited for it");
	is(more, 0, "once");
	is(late, 0, "hỏa tốc came first over each line");
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
	sender = country_seat(&country, root, "dong");
	crowd_begin(&crowd, &country, root, n);
	crowd_desks(&crowd);
	crowd.item = child_has;
	peers = alloc(n, sizeof(*peers));
	had = alloc(n, sizeof(*had));
	country_write(root, "max-children 20000\n");
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
	double memory, cpu;

	took = -1;
	(void)usleep(500000); /* of work */
	is((uint64_t)seat_stop(root, SIGKILL), 256 + SIGKILL,
	    "their parent is killed");
	for (i = 0; i < crowd.count; i++)
		crowd_drop(&peers[i]);
	ok(seat_start(root), "and started again");
	queue_for_all();
	hurry = true;
	memory = pss_of_station(root);
	cpu = cpu_of_station(root);
	began = peer_ms();
	turned = crowd_enter(&crowd, peers);
	is(admitted(), crowd.count, "all its children are back");
	note("children=%zu ms=%lld turned_away=%zu", crowd.count,
	    (long long)(peer_ms() - began), turned);
	note("its work: %.1f s; memory: %.1f MiB before, %.1f with all",
	    cpu_of_station(root) - cpu, memory, pss_of_station(root));
	ok(comes_through(), "and what was urgent has come through");
	note("urgent: ms=%ld, with %zu let in", (long)took, (size_t)let_in);
	each_has_its_own();
	note("its work with what waited for them: %.1f s; memory: %.1f MiB",
	    cpu_of_station(root) - cpu, pss_of_station(root));
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
	const size_t n = getenv("ANTIN_SOAK") != NULL ? 10000 : 200;
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
	free(had);
	crowd_end(&crowd);
	ledger_end(&ledger);
	country_end(&country);
	return done();
}
