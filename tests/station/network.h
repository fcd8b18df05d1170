/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A tree of stations with a proxy on each line, and what happens to such a
 * tree: lines that are cut and come back, processes and stations that are
 * killed, stations that are away, units that move, folders that are copied and
 * laid back.
 */
#ifndef TESTS_STATION_NETWORK_H
#define TESTS_STATION_NETWORK_H

#include "journal/life.h"
#include "ledger.h"
#include "proxy.h"
#include "queue.h"

#define NETWORK_MOST 20 /* stations */

enum line_is {
	LINE_GOOD,
	LINE_CUT,  /* no connection lives */
	LINE_HARM, /* something happens to this connection, or the next */
};

struct spot {
	struct seat *seat;
	struct proxy proxy; /* to its parent; .to 0: the highest has none */
	atomic_int line;
	struct dice dice;	/* the proxy's */
	int64_t good_at;	/* milliseconds; when a cut is over, 0: none */
	int64_t back_at;	/* when it is started again, 0: it runs */
	bool killed;		/* all of it, by us: it ends by a signal */
	bool copied;		/* there is a backup of it, of this life */
	uint64_t life, entries; /* and so long a journal */
	bool untold;		/* a person has acts for it */
};

struct network {
	struct country country;
	struct spot spots[NETWORK_MOST];
	size_t count;
	struct dice dice;
	size_t launches, kills, moves, cuts, restores, holds, seen;
	/* A station is about to forget what it did since its copy; it does not
	 * run.  NULL: nobody wants to know */
	void (*forgets)(const struct seat *s);
	struct spot *rolled; /* back, and may not know it yet; NULL */
	size_t reborn;	     /* so often it had been before */
	size_t alone; /* stations that ended though nobody told them to */
	size_t bad;   /* that ended otherwise than they should when told */
};

/* ---- building ---------------------------------------------------------------
 */

static inline struct plan
network_plan(void *ctx, const struct pair *last)
{
	static const enum harm harms[] = { HARM_CLOSE, HARM_CLOSE, HARM_RESET,
		HARM_HALF, HARM_CORRUPT, HARM_STALL };
	struct spot *p = ctx;
	struct plan plan = { .harm = HARM_NONE };

	(void)last;
	if (p->line == LINE_CUT)
		plan.harm = HARM_CLOSE;
	if (p->line != LINE_HARM)
		return plan;
	p->line = LINE_GOOD; /* for the next */
	plan.harm = harms[dice_below(&p->dice, COUNT(harms))];
	plan.way = dice_below(&p->dice, 2);
	plan.after = dice_below(&p->dice, 64u << dice_below(&p->dice, 14));
	plan.ms = 1500;
	return plan;
}

/* Its configuration as the tree is now, and the directory that all know. */
static inline void
spot_write(struct spot *p)
{
	const struct seat *s = p->seat;

	if (s->above != NULL)
		p->proxy.to = s->above->port;
	country_write_to(s, p->proxy.port, "keep-alive 1\ncheckpoint 2s\n");
}

/* A tree of "count", each below any that was there before; nothing runs. */
static inline void
network_begin(struct network *n, size_t count, uint64_t seed)
{
	struct seat *above;
	struct spot *p;
	char id[16];
	size_t i;

	*n = (struct network){ .count = count, .dice = { seed } };
	country_begin(&n->country);
	for (i = 0; i < count; i++) {
		p = &n->spots[i];
		(void)snprintf(id, sizeof(id), i == 0 ? "vn" : "xa-%zu", i);
		above = i == 0
			    ? NULL
			    : n->spots[dice_below(&n->dice, (uint32_t)i)].seat;
		p->seat = country_seat(&n->country, above, id);
		p->dice.state = seed + i;
		if (i > 0)
			proxy_begin(&p->proxy, above->port, network_plan, p);
	}
	for (i = 0; i < count; i++)
		spot_write(&n->spots[i]);
}

static inline void
network_end(struct network *n)
{
	size_t i;

	for (i = 1; i < n->count; i++)
		proxy_end(&n->spots[i].proxy);
	country_end(&n->country);
}

/* ---- stations come and go ---------------------------------------------------
 */

static inline void
spot_launch(struct network *n, struct spot *p)
{
	p->back_at = 0;
	p->killed = false;
	seat_launch(p->seat);
	n->launches++;
}

/* It may be told before it listens for that. */
static inline bool
spot_stop(struct network *n, struct spot *p)
{
	const bool killed = p->killed;
	int status;

	if (p->seat->daemon == 0)
		return false;
	status = seat_stop(p->seat, SIGTERM);
	if (status != 0 && status != 256 + SIGTERM && !killed) {
		note("%s ends badly: status %d", p->seat->address, status);
		n->bad++;
	}
	return true;
}

/* All run, and wait for nothing but each other; false: one does not start. */
static inline bool
network_start(struct network *n)
{
	size_t before[NETWORK_MOST], i;
	bool all = true;

	for (i = 0; i < n->count; i++) {
		before[i] = seat_said(n->spots[i].seat, "event=daemon.ready");
		spot_launch(n, &n->spots[i]);
	}
	for (i = 0; i < n->count; i++)
		all = seat_waits(n->spots[i].seat, "event=daemon.ready",
			  before[i] + 1, 20) &&
		      all;
	return all;
}

static inline void
network_stop(struct network *n)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		(void)spot_stop(n, &n->spots[i]);
}

/* A station is given all that was decided, as by a person.  If it is not there
 * it is told later. */
static inline enum rc
network_gives(struct network *n, struct spot *p)
{
	struct err e;
	enum rc rc;

	p->untold = true;
	rc = seat_learns(p->seat, buf_bytes(&n->country.t.file), &e);
	p->untold = rc != RC_OK;
	return rc;
}

/* What ended is started again, as a service manager would; cuts end. */
static inline void
network_watch(struct network *n)
{
	const int64_t ms = peer_ms();
	struct spot *p;
	int status;
	size_t i;

	for (i = 0; i < n->count; i++) {
		p = &n->spots[i];
		if (p->good_at != 0 && ms >= p->good_at) {
			p->line = LINE_GOOD;
			p->good_at = 0;
			p->proxy.era++;
		}
		if (p->back_at != 0 && ms >= p->back_at)
			spot_launch(n, p);
		if (p->seat->daemon == 0 || waitpid(p->seat->daemon, &status,
						WNOHANG) != p->seat->daemon)
			continue;
		if (!p->killed) {
			note("%s ended by itself: status %d", p->seat->address,
			    status);
			if (++n->alone > 20)
				bug("stations end by themselves");
		}
		spot_launch(n, p);
	}
	for (i = 0; i < n->count; i++)
		if (n->spots[i].untold && n->spots[i].seat->daemon != 0)
			(void)!network_gives(n, &n->spots[i]);
}

/* ---- what happens to it -----------------------------------------------------
 */

static inline struct spot *
network_any(struct network *n)
{
	return &n->spots[dice_below(&n->dice, (uint32_t)n->count)];
}

static inline void
network_cut(struct network *n)
{
	struct spot *p = network_any(n);

	if (p->seat->above == NULL)
		return;
	p->line = LINE_CUT;
	p->good_at = peer_ms() + 100 + dice_below(&n->dice, 2000);
	p->proxy.era++;
	n->cuts++;
}

static inline void
network_harm(struct network *n)
{
	struct spot *p = network_any(n);

	if (p->seat->above == NULL || p->line != LINE_GOOD)
		return;
	p->line = LINE_HARM;
	p->proxy.era++;
	n->cuts++;
}

struct doomed {
	pid_t pid;
	useconds_t in;
};

static inline void *
network_kills(void *ctx)
{
	const struct doomed d = *(struct doomed *)ctx;

	free(ctx);
	(void)usleep(d.in);
	(void)kill(d.pid, SIGKILL);
	return NULL;
}

/* In a moment, so that something is under way by then. */
static inline void
network_doom(struct network *n, pid_t pid)
{
	struct doomed *d = alloc(1, sizeof(*d));
	pthread_t thread;

	*d = (struct doomed){ pid, dice_below(&n->dice, 30000) };
	if (pthread_create(&thread, NULL, network_kills, d) != 0 ||
	    pthread_detach(thread) != 0)
		bug("no thread");
	n->kills++;
}

static inline void
network_kill_process(struct network *n)
{
	static const char *const names[] = { "keys", "store", "seal", "link",
		"control" };
	const struct spot *p = network_any(n);
	const pid_t pid =
	    seat_process(p->seat, names[dice_below(&n->dice, COUNT(names))]);

	if (seat_owns(p->seat, pid))
		network_doom(n, pid);
}

static inline void
network_kill_station(struct network *n)
{
	struct spot *p = network_any(n);

	if (p->seat->daemon == 0 || p->killed)
		return;
	p->killed = true;
	network_doom(n, p->seat->daemon);
}

/* For a while it is not there. */
static inline void
network_pause(struct network *n)
{
	struct spot *p = network_any(n);

	if (p->killed || !spot_stop(n, p))
		return;
	p->back_at = peer_ms() + 100 + dice_below(&n->dice, 1500);
}

static inline void
network_runs(const char *what, const char *from, const char *to)
{
	const pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		(void)execlp(
		    what, what, what[0] == 'r' ? "-rf" : "-a", from, to, NULL);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		bug("a folder cannot be copied");
}

/* What its neighbour, which does not run, knows of its journal is more than
 * the backup has. */
static inline bool
spot_is_known(const struct spot *p, const struct seat *neighbour)
{
	const struct id uid = tree_uid(p->seat->unit);
	struct buf head = { 0 }, note = { 0 };
	struct life k = { 0 };
	struct seat_store o;
	struct err e;

	seat_opens(&o, neighbour);
	if (o.store->ops->paper_get(
		o.store, PAPER_LIFE, id_bytes(&uid), &head, &note, &e) == RC_OK)
		must(life_read(&k, buf_bytes(&head), &e), &e);
	seat_closes(&o);
	buf_free(&head);
	buf_free(&note);
	return k.incarnation > p->life ||
	       (k.incarnation == p->life && k.size > p->entries);
}

/* Who is asked is away for a moment: the station above; of the highest one that
 * is below it. */
static inline bool
network_knows(struct network *n, const struct spot *p)
{
	bool knows = false;
	struct spot *q;
	size_t i;

	for (i = 0; i < n->count && !knows; i++) {
		q = &n->spots[i];
		if (p->seat->above != NULL ? p->seat->above != q->seat
					   : q->seat->above != p->seat)
			continue;
		if (q->killed || !spot_stop(n, q))
			continue;
		knows = spot_is_known(p, q->seat);
		spot_launch(n, q);
	}
	return knows;
}

/* Who was rolled back last does not know it yet. */
static inline bool
network_is_rolled(const struct network *n)
{
	return n->rolled != NULL &&
	       seat_said(n->rolled->seat, "event=station.reborn") <= n->reborn;
}

static inline void
spot_copies(struct spot *p, const char *data, const char *copy)
{
	struct seat_store o;
	struct err e;
	struct buf life;
	struct rd r;

	seat_opens(&o, p->seat);
	must(o.store->ops->journal->size(o.store, &p->entries, &e), &e);
	p->life = 1;
	if (o.store->ops->word(o.store, "incarnation", &life, &e) == RC_OK) {
		r = rd_init(buf_bytes(&life));
		p->life = rd_u64(&r);
		buf_free(&life);
	}
	seat_closes(&o);
	network_runs("rm", copy, copy);
	network_runs("cp", data, copy);
	p->copied = true;
}

/* Its folder is copied, at rest; or the copy that was made takes its place,
 * with all that it did since then forgotten.  The same copy may do so again,
 * though the station has had a newer life since.  One at a time, and of which
 * more is known than the copy has: docs/journal.md 7.10. */
static inline void
network_restore(struct network *n)
{
	struct spot *p = network_any(n);
	char data[PATH + 8], copy[PATH + 8];

	if (p->killed || !spot_stop(n, p))
		return;
	(void)snprintf(data, sizeof(data), "%s/data", p->seat->folder);
	(void)snprintf(copy, sizeof(copy), "%s/copy", p->seat->folder);
	if (!p->copied) {
		spot_copies(p, data, copy);
	} else if (!network_is_rolled(n) && network_knows(n, p)) {
		if (n->forgets != NULL)
			n->forgets(p->seat);
		n->rolled = p;
		n->reborn = seat_said(p->seat, "event=station.reborn");
		network_runs("rm", data, data);
		network_runs("cp", copy, data);
		n->restores++;
		p->copied = dice_below(&n->dice, 2) == 0;
		/* nobody above the highest tells it what it decided itself */
		p->untold = p->untold || p->seat->above == NULL;
	}
	spot_launch(n, p);
}

/* A person looks at the alarms of a station: an older life that was refused is
 * let in when the alarm was seen (docs/journal.md 7.6). */
static inline void
network_sees(struct network *n, struct spot *p)
{
	json_t *rows, *row, *r;
	struct err e;
	size_t i;

	if (p->seat->daemon == 0)
		return;
	rows = seat_rows(p->seat, CONTROL_ALARMS, NULL);
	json_array_foreach(rows, i, row)
	{
		if (strcmp(row_word(row, "kind"), "clone") != 0 ||
		    json_integer_value(json_object_get(row, "seen")) != 0)
			continue;
		r = json_object();
		(void)json_object_set(
		    r, "alarm", json_object_get(row, "alarm"));
		n->seen +=
		    seat_asks(p->seat, CONTROL_SEEN, r, NULL, &e) == RC_OK;
	}
	json_decref(rows);
}

static inline void
network_see(struct network *n)
{
	network_sees(n, network_any(n));
}

/* A unit comes under another, with all below it.  The highest station is told,
 * and a person tells the unit's own whom it dials; all hear of it by line.
 * Nobody stops, and keys are those that were. */
static inline void
network_move(struct network *n)
{
	const bool certify = dice_below(&n->dice, 2) == 0;
	struct seat *s = network_any(n)->seat, *to = network_any(n)->seat;
	char keys[NETWORK_MOST][sizeof(s->key_address)];
	size_t i;

	for (i = 0; i < n->count; i++)
		memcpy(keys[i], n->spots[i].seat->key_address, sizeof(keys[i]));
	if (s->was_count == SEAT_WAS ||
	    (network_is_rolled(n) && n->rolled->seat == s) ||
	    !country_move(&n->country, s, to, time_now(), certify))
		return;
	for (i = 0; i < n->count; i++)
		memcpy(n->spots[i].seat->key_address, keys[i], sizeof(keys[i]));
	for (i = 1; i < n->count; i++)
		n->spots[i].proxy.to = n->spots[i].seat->above->port;
	n->moves++;
	(void)!network_gives(n, &n->spots[0]);
}

/* An operator of a station holds all that waits there for a neighbour. */
static inline void
network_hold(struct network *n)
{
	const struct seat *s = network_any(n)->seat;
	const struct seat *to = network_any(n)->seat;
	struct err e;

	if (s->daemon != 0 && s != to &&
	    operates(s, CONTROL_HOLD, "hop", to->address, NULL, NULL, NULL,
		&e) == RC_OK)
		n->holds++;
}

/* What operators hold goes on. */
static inline void
network_release(struct network *n)
{
	json_t *rows, *row, *r;
	struct err e;
	size_t i, k;

	for (i = 0; i < n->count; i++) {
		if (n->spots[i].seat->daemon == 0)
			continue;
		rows = seat_rows(n->spots[i].seat, CONTROL_QUEUE, NULL);
		json_array_foreach(rows, k, row)
		{
			if (strcmp(row_word(row, "by"), "operator") != 0)
				continue;
			r = json_object();
			(void)json_object_set(
			    r, "leg", json_object_get(row, "q"));
			(void)!seat_asks(
			    n->spots[i].seat, CONTROL_RELEASE, r, NULL, &e);
		}
		json_decref(rows);
	}
}

#endif
