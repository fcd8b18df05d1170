/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Other ways: what waits is looked at again, destination by destination, when
 * the directory has learnt something (docs/station.md 5.7).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "envelope/address.h"
#include "pki/path.h"
#include "pki/resolve.h"
#include "proc_store/notices.h"

#define LEGS_AT_ONCE 256u
#define LEGS_NOW 2000u	/* looked at in the round that learnt it, */
#define LEGS_TICK 5000u /* and each second after */
#define LATER_MS 30000	/* docs/station.md 5.11 */
#define LATER_MAX 1024u
#define LATER_AGAIN 2u /* so often it has come back, and is looked at */

void
station_way(
    struct route *out, struct bytes from, struct bytes address, bool again)
{
	const struct state *s = &st.file.directory->state;
	struct resolved to;
	struct err e;

	route_find(st.file.directory, st.unit, address, station_now(), out);
	if (out->way == WAY_LINK && from.len > 0 && !(again && out->known) &&
	    names_same(bytes_str(out->hop), from, station_now()))
		out->way = WAY_NONE;
	if (out->way == WAY_HERE &&
	    (resolve(st.file.directory, bytes_str(out->address), station_now(),
		 &to, &e) != RC_OK ||
		to.holder == NONE || s->holders[to.holder].person))
		out->way = WAY_NONE;
}

/* A destination of a leg, and where it goes now. */
struct moving {
	struct bytes was; /* in the arena */
	struct tag tag;
	struct route to;
	bool done;
};

struct look {
	struct leg leg;	      /* its hop is in the arena */
	struct moving *dests; /* owned */
	size_t count;
	struct arena text;
	struct stored d; /* what it borrows is in "held" */
	struct held held;
};

static bool
note_dest(void *ctx, const struct dest *d)
{
	struct look *k = ctx;

	k->dests = vec_more(k->dests, k->count, sizeof(*k->dests));
	k->dests[k->count++] =
	    (struct moving){ .was = arena_add(&k->text, d->address),
		    .tag = d->tag };
	return true;
}

/* The same way; of what is here or has none there is one each. */
static bool
same_way(const struct route *a, const struct route *b)
{
	return a->way == b->way &&
	       (a->way != WAY_LINK || strcmp(a->hop, b->hop) == 0);
}

/* Where the leg stands. */
static struct route
stands(const struct leg *l)
{
	struct route r = { .way = l->state == LEG_HELD ? WAY_NONE : WAY_LINK };

	memcpy(r.hop, l->hop.p, l->hop.len);
	return r;
}

static void
goes_elsewhere(const struct look *k, uint64_t q, const struct leg *to)
{
	struct entry_data of;

	journal_of(&of, &k->d);
	of.station = to->hop;
	if (to->state == LEG_QUEUED)
		journal_add(ENTRY_REROUTED, &of, k->d.n);
	leg_goes(q, to);
}

/* Those that go the way of the i-th leave the leg together. */
static enum rc
leave(struct look *k, size_t i, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	const struct route to = k->dests[i].to;
	struct dest *dests = alloc(k->count, sizeof(*dests));
	struct leg new = k->leg;
	size_t n = 0, at;
	bool news = false;
	uint64_t q = 0;
	enum rc rc = RC_OK;

	for (at = i; at < k->count && rc == RC_OK; at++) {
		struct moving *d = &k->dests[at];

		if (d->done || !same_way(&d->to, &to))
			continue;
		d->done = true;
		dests[n++] = (struct dest){ bytes_str(d->to.address), d->tag };
		rc = ops->operate.dest_drop(st.store, k->leg.q, d->was, e);
	}
	new.hop = bytes_str(to.way == WAY_LINK ? to.hop : "");
	new.state = to.way == WAY_LINK ? LEG_QUEUED : LEG_HELD;
	new.at = station_now();
	if (rc == RC_OK && to.way != WAY_HERE)
		rc = ops->send(st.store, &new, dests, n, &q, e);
	if (rc == RC_OK && q != 0)
		goes_elsewhere(k, q, &new);
	for (at = 0; at < n && rc == RC_OK && to.way == WAY_HERE; at++)
		rc = station_delivers(&k->d, &dests[at], &news, e);
	free(dests);
	return rc;
}

/* ---- what is held
 * ------------------------------------------------------------------ */

/* Those that are looked at once more in a while, the oldest first. */
static struct {
	struct {
		uint64_t q;
		int64_t ms;
	} legs[LATER_MAX];
	size_t first, count;
} held;

/* It may have come where no way is known yet, or no longer: whoever is to
 * learn of it has by then.  Beyond those it is looked at when this station
 * does. */
static void
later(uint64_t q, unsigned again)
{
	const size_t at = (held.first + held.count) % LATER_MAX;

	if (again > LATER_AGAIN || held.count == LATER_MAX)
		return;
	held.legs[at].q = q;
	held.legs[at].ms = process_ms() + LATER_MS;
	held.count++;
}

static void
look_later(void)
{
	enum rc rc = RC_OK;
	struct err e;
	uint64_t q;

	while (held.count > 0 && held.legs[held.first].ms <= process_ms() &&
	       (rc == RC_OK || rc == RC_ABSENT)) {
		q = held.legs[held.first].q;
		held.first = (held.first + 1) % LATER_MAX;
		held.count--;
		rc = leg_look(q, &e);
	}
}

void
leg_goes(uint64_t q, const struct leg *l)
{
	struct log_line log;

	if (l->state == LEG_QUEUED) {
		line_wake_leg(l->hop, l->rank, q);
		return;
	}
	log = log_line(LOG_WARN, "dispatch.held");
	log_uint(&log, "n", l->n);
	log_uint(&log, "leg", q);
	process_log(LOG_WARN, &log);
	later(q, l->again);
	leg_reported(q, REPORT_HELD);
	alarm_held(l->n, l->rank);
}

/* All of it goes another way, or waits for one. */
static enum rc
go(struct look *k, const struct route *to, struct err *e)
{
	struct leg new = k->leg;
	enum rc rc;

	new.hop = bytes_str(to->way == WAY_LINK ? to->hop : "");
	new.state = to->way == WAY_LINK ? LEG_QUEUED : LEG_HELD;
	rc = st.store->ops->leg_set(
	    st.store, new.q, new.state, &new.hop, station_now(), e);
	if (rc == RC_OK)
		goes_elsewhere(k, new.q, &new);
	return rc;
}

static enum rc
look(struct look *k, struct err *e)
{
	const struct route now = stands(&k->leg);
	size_t i, elsewhere = 0, same = 0;
	enum rc rc;

	for (i = 0; i < k->count; i++) {
		station_way(&k->dests[i].to, k->d.from, k->dests[i].was,
		    address_is_desk(k->dests[i].was));
		elsewhere += !same_way(&k->dests[i].to, &now);
		same += same_way(&k->dests[i].to, &k->dests[0].to);
	}
	if (elsewhere == 0)
		return RC_OK;
	if ((rc = store_write(e)) != RC_OK)
		return rc;
	line_takes_back(k->leg.q);
	if (same == k->count && k->dests[0].to.way != WAY_HERE)
		return store_failed(go(k, &k->dests[0].to, e));
	for (i = 0; i < k->count && rc == RC_OK; i++)
		if (!k->dests[i].done && !same_way(&k->dests[i].to, &now))
			rc = leave(k, i, e);
	if (rc == RC_OK && elsewhere == k->count)
		rc = st.store->ops->leg_set(
		    st.store, k->leg.q, LEG_MOVED, NULL, station_now(), e);
	return store_failed(rc);
}

/* An operator has chosen its way: it stays, under the neighbour's name of
 * today. */
static enum rc
follow(const struct leg *l, struct err *e)
{
	struct directory *d = st.file.directory;
	const int64_t now = station_now();
	const size_t unit = unit_by_host(&d->state, address_host(l->hop), now);
	char name[LIMIT_ADDRESS + 1];
	struct leg new = *l;
	enum rc rc;

	if (unit == NONE || !address_of(d, unit, NONE, now, name) ||
	    bytes_is(l->hop, name))
		return RC_OK;
	new.hop = bytes_str(name);
	if ((rc = store_write(e)) != RC_OK ||
	    (rc = store_failed(st.store->ops->leg_set(
		 st.store, l->q, LEG_QUEUED, &new.hop, now, e))) != RC_OK)
		return rc;
	leg_goes(l->q, &new);
	return RC_OK;
}

enum rc
leg_look(uint64_t q, struct err *e)
{
	struct look k = { .leg = { 0 } };
	enum rc rc;

	if ((rc = st.store->ops->leg(st.store, q, &k.leg, e)) != RC_OK)
		return rc;
	if (k.leg.pinned && k.leg.state == LEG_QUEUED)
		return follow(&k.leg, e);
	if (k.leg.pinned ||
	    (k.leg.state != LEG_QUEUED && k.leg.state != LEG_HELD))
		return RC_OK;
	k.leg.hop = arena_add(&k.text, k.leg.hop);
	rc = st.store->ops->get(st.store, k.leg.n, k.leg.copy, &k.d, e);
	if (rc == RC_OK) {
		notice_hold(&k.d, &k.held);
		rc = st.store->ops->leg_dests(st.store, q, note_dest, &k, e);
	}
	if (rc == RC_OK)
		rc = look(&k, e);
	free(k.dests);
	arena_free(&k.text);
	return rc;
}

/* ---- all of them
 * ------------------------------------------------------------------ */

static struct {
	bool on;
	uint64_t last; /* the leg that was looked at last */
} again;

struct legs {
	uint64_t q[LEGS_AT_ONCE];
	size_t count;
};

static bool
note_leg(void *ctx, const struct leg *leg)
{
	struct legs *l = ctx;

	l->q[l->count++] = leg->q;
	return l->count < LEGS_AT_ONCE;
}

static void
look_at(size_t most)
{
	struct legs *l = alloc(1, sizeof(*l));
	enum rc rc = RC_OK;
	struct log_line log;
	size_t i, n = 0;
	struct err e;

	while (again.on && n < most && rc == RC_OK) {
		l->count = 0;
		rc = st.store->ops->waiting(
		    st.store, again.last, LEGS_AT_ONCE, note_leg, l, &e);
		for (i = 0; i < l->count && rc == RC_OK; i++, n++) {
			rc = leg_look(l->q[i], &e);
			again.last = l->q[i];
		}
		again.on = l->count > 0;
	}
	if (rc != RC_OK) { /* the disk: it is looked at when that is over */
		log = log_line(LOG_WARN, "store.reroute");
		log_err(&log, &e);
		process_log(LOG_WARN, &log);
		again.on = false;
	}
	free(l);
}

void
take_reroute(void)
{
	names_looked();
	again.on = true;
	again.last = 0;
	look_at(LEGS_NOW);
}

void
reroute_tick(void)
{
	if (!st.named)
		return;
	if (again.on)
		look_at(LEGS_TICK);
	look_later();
}
