/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Three days without a line: lists for all children of a station wait there,
 * some sealed at its own desk and some passed on from another child, some of
 * which expire meanwhile; then all children dial at one moment.  Each gets each
 * of its dispatches once, hỏa tốc first.  The station's clock can be set.
 *
 * ANTIN_SOAK: 600 children, a thousand for each.
 */
#include <sys/resource.h>

#include "cost.h"
#include "lists.h"
#include "queue.h"
#include "set_clock.h"

#define OUTAGE_H 72
#define WAIT_S (getenv("ANTIN_SOAK") != NULL ? 3600 : 120)

/* ---- what it costs ----------------------------------------------------------
 */

static uint64_t size_sum;

static int
size_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)path;
	(void)at;
	size_sum += type == FTW_F ? (uint64_t)st->st_size : 0;
	return 0;
}

/* MiB in a folder or file of its data. */
static double
size_of(const char *name)
{
	char path[2 * PATH];

	(void)snprintf(path, sizeof(path), "%s/data/%s", root->folder, name);
	size_sum = 0;
	(void)nftw(path, size_one, 16, FTW_PHYS);
	return (double)size_sum / 1048576;
}

/* MiB that a process has had in memory at most. */
static double
peak_of(pid_t pid)
{
	char path[64], line[128];
	double kib = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "VmHWM: %lf", &kib) == 1)
			break;
	if (f != NULL)
		(void)fclose(f);
	return kib / 1024;
}

static void
cost(const char *when)
{
	const pid_t store = seat_process(root, "store"),
		    link = seat_process(root, "link");

	note("%s: cpu store=%.1f link=%.1f all=%.1f s; memory store=%.1f "
	     "(peak %.1f) link=%.1f (peak %.1f) all=%.1f MiB; database %.1f, "
	     "its log %.1f, files %.1f MiB",
	    when, cpu_of(store), cpu_of(link), cpu_of_station(root),
	    pss_of(store), peak_of(store), pss_of(link), peak_of(link),
	    pss_of_station(root), size_of("store/store.db"),
	    size_of("store/store.db-wal"), size_of("store/files"));
}

/* ---- three days -------------------------------------------------------------
 */

static size_t
told(const char *what)
{
	return seat_said(root, what);
}

/* An hour at a time; the station looks each second. */
static void
three_days_pass(unsigned ms)
{
	unsigned h;

	for (h = 1; h <= OUTAGE_H; h++) {
		set_clock(root, h * HOUR);
		(void)usleep(ms * 1000);
	}
}

static void
nothing_waits_that_is_over(void)
{
	const size_t dead = (list_count - wanted) * crowd.count;
	const int64_t until = peer_ms() + WAIT_S * 1000;
	const int64_t began = peer_ms();

	while (told("event=dispatch.expired") < dead && peer_ms() < until)
		(void)usleep(200000);
	note("expired: legs=%zu of %zu, %.1f s later",
	    told("event=dispatch.expired"), dead,
	    (double)(peer_ms() - began) / 1000);
}

/* What waits for the children; and how long a person waits for that answer. */
static void
nothing_else_waits(void)
{
	const int64_t began = peer_ms();
	json_t *rows = seat_rows(root, CONTROL_STATUS, NULL), *row;
	size_t i, n = 0;

	json_array_foreach(rows, i,
	    row) if (strcmp(row_word(row, "row"), "hop") == 0 &&
		     strcmp(row_word(row, "hop"), sender->address) != 0) n +=
	    (size_t)json_integer_value(json_object_get(row, "messages"));
	json_decref(rows);
	note("status: s=%.2f", (double)(peer_ms() - began) / 1000);
	is(n, wanted * crowd.count,
	    "what did not expire waits for them, and no inquiry about it");
}

/* ---- all lines return -------------------------------------------------------
 */

static struct had {
	uint8_t *got; /* owned, by list: how often */
	size_t count, urgent, notices, strange, again, dead;
	size_t urgent_at; /* how many it had when it had all of hỏa tốc */
	unsigned first;	  /* rank of its first */
	double in, first_urgent, all; /* seconds */
} * had;			      /* owned, by child */
static int64_t start;

static double
since_start(void)
{
	return (double)(peer_ms() - start) / 1000;
}

static void
takes(struct had *h, const struct id *id)
{
	const size_t i = list_of(id);

	if (i == SIZE_MAX) {
		h->strange++;
		return;
	}
	if (h->got[i]++ > 0) {
		h->again++;
		return;
	}
	h->dead += lists[i].dies;
	if (h->count++ == 0)
		h->first = lists[i].rank;
	if (lists[i].rank == HIGHEST) {
		if (h->urgent++ == 0)
			h->first_urgent = since_start();
		if (h->urgent == urgent)
			h->urgent_at = h->count;
	}
	if (h->count == wanted)
		h->all = since_start();
}

static void
child_has(void *ctx, const struct item *item, struct bytes package)
{
	struct peer *p = ctx;
	const size_t i = (size_t)(p - peers);
	struct had *h = &had[i];
	struct envelope env;
	struct err e;

	if (item->dest_count == 1 &&
	    bytes_is(item->dests[0].address, crowd.members[i].address)) {
		h->notices++;
	} else if (item->dest_count == 1 &&
		   bytes_is(item->dests[0].address, crowd.members[i].desk) &&
		   envelope_parse(&env, bytes_of(package.p, item->envelope),
		       &e) == RC_OK &&
		   env.slip_count == 1) {
		takes(h, &env.header.id);
	} else {
		h->strange++;
	}
	session_ack(p->session, item->number, ACK_STORED, REFUSAL_NONE);
	session_taken(p->session, item->total - item->from);
}

struct back {
	struct pollfd *polls;
	struct crowd_wait *waits;
	size_t *whom; /* owned */
	size_t turned;
};

static void
step(struct back *b, size_t i)
{
	const bool was = peers[i].admitted;

	if (was && !peer_turn(&peers[i], 0))
		bug("a line broke");
	if (was)
		return;
	b->turned += !crowd_goes(&crowd, &peers[i], i, &b->waits[i]);
	if (peers[i].admitted)
		had[i].in = since_start();
}

static size_t
missing(void)
{
	size_t i, n = 0;

	for (i = 0; i < crowd.count; i++)
		n += wanted - (had[i].count - had[i].dead);
	return n;
}

/* Whoever is in is served while others still come. */
static void
round_of_all(struct back *b)
{
	size_t i, k, n = 0, begun = 0;

	for (i = 0; i < crowd.count; i++) {
		if (peers[i].tls == NULL && begun < CROWD_BEGIN &&
		    b->waits[i].at <= peer_ms()) {
			crowd_dial(&crowd, &peers[i], i);
			begun++;
			step(b, i);
		}
		if (peers[i].tls == NULL)
			continue;
		b->whom[n] = i;
		b->polls[n++] = (struct pollfd){ .fd = peers[i].fd,
			.events = POLLIN |
				  (peers[i].out.len > peers[i].out_at ? POLLOUT
								      : 0) };
	}
	(void)poll(b->polls, (nfds_t)n, begun > 0 ? 0 : 20);
	for (k = 0; k < n; k++)
		if (b->polls[k].revents != 0)
			step(b, b->whom[k]);
}

static void
all_lines_return(void)
{
	struct back b = { alloc(crowd.count, sizeof(*b.polls)),
		alloc(crowd.count, sizeof(*b.waits)),
		alloc(crowd.count, sizeof(*b.whom)), 0 };
	int64_t said = peer_ms();

	start = peer_ms();
	while (missing() > 0 && peer_ms() < start + WAIT_S * 1000) {
		round_of_all(&b);
		if (peer_ms() - said < 30000)
			continue;
		said = peer_ms();
		note("%.0f s: %zu are missing", since_start(), missing());
		cost("so far");
		(void)fflush(stdout);
	}
	note("turned_away=%zu", b.turned);
	/* and what comes twice would come now */
	said = peer_ms();
	while (peer_ms() < said + 1000)
		round_of_all(&b);
	free(b.polls);
	free(b.waits);
	free(b.whom);
}

static void
each_has_all(void)
{
	struct had sum = { 0 }, most = { 0 };
	size_t i, first = 0;
	const struct had *h;

	for (i = 0; i < crowd.count; i++) {
		h = &had[i];
		sum.strange += h->strange;
		sum.again += h->again;
		sum.dead += h->dead;
		sum.notices += h->notices;
		first += h->first == HIGHEST;
#define MOST(x) most.x = h->x > most.x ? h->x : most.x
		MOST(in);
		MOST(urgent_at);
		MOST(all);
		if (h->first_urgent - h->in > sum.first_urgent)
			sum.first_urgent = h->first_urgent - h->in;
		MOST(first_urgent);
	}
	is(missing(), 0, "each child has each of its %zu dispatches", wanted);
	is(sum.again, 0, "once");
	is(sum.strange, 0, "and nothing that is not its own");
	is(sum.dead, 0, "nor what expired meanwhile");
	is(first, crowd.count, "the first over each line was hỏa tốc");
	note("all are in after %.1f s; the slowest had its first hỏa tốc %.1f "
	     "s after the start, one waited %.2f s after it was let in; a "
	     "child had all of its %zu hỏa tốc among its first %zu at the "
	     "latest; all have all after %.1f s; notices %zu",
	    most.in, most.first_urgent, sum.first_urgent, urgent,
	    most.urgent_at, most.all, sum.notices);
}

/* ---- the test ---------------------------------------------------------------
 */

static void
build(size_t n)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	(void)signal(SIGPIPE, SIG_IGN);
	country_begin(&country);
	root = country_seat(&country, NULL, "vn");
	sender = country_seat(&country, root, "dong");
	crowd_make(&crowd, &country, root, n, true);
	crowd.item = child_has;
	peers = alloc(n, sizeof(*peers));
	country_write(root, "");
	daemon_is_this(&country);
	set_clock(root, 0);
}

int
main(int argc, char **argv)
{
	const bool soak = getenv("ANTIN_SOAK") != NULL;
	const char *given = getenv("OUTAGE");
	size_t i, n = soak ? 600 : 30, each = soak ? 1000 : 100;
	int64_t began;

	if (strcmp(argv[0], "antind") == 0)
		return antind_main(argc, argv);
	if (given != NULL)
		(void)sscanf(given, "%zux%zu", &n, &each);
	build(n);
	ok(seat_start(root), "a station runs, and none of its children");
	queue_all(each);
	cost("queued");
	(void)fflush(stdout);
	began = peer_ms();
	three_days_pass(50);
	nothing_waits_that_is_over();
	nothing_else_waits();
	cost("three days later");
	note("meanwhile: s=%.1f unconfirmed=%zu alarms=%zu",
	    (double)(peer_ms() - began) / 1000, told("dispatch.unconfirmed"),
	    told("alarm.raised"));
	(void)fflush(stdout);
	had = alloc(n, sizeof(*had));
	for (i = 0; i < n; i++)
		had[i].got = alloc(list_count, 1);
	all_lines_return();
	cost("all lines are back");
	each_has_all();
	is((uint64_t)seat_stop(root, SIGTERM), 0, "the station ends well");
	ok(told("kind=not-arrived") > 0, "who wrote was told of what waited");
	is(told("process.died"), 0, "nothing in it had died");
	for (i = 0; i < n; i++) {
		peer_end(&peers[i]);
		free(had[i].got);
	}
	free(peers);
	free(had);
	free(lists);
	index_free(by_id);
	crowd_end(&crowd);
	country_end(&country);
	return done();
}
