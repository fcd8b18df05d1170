/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What was written under another name: units move, and what is theirs stays
 * theirs (docs/station.md 5.9).
 */
#include <stdio.h>
#include <string.h>

#include "pki/path.h"
#include "pki/resolve.h"
#include "proc_store/station.h"

#define NAMES_MS INT64_C(10000)

static void
add(struct names *out, const char *name)
{
	size_t i;

	for (i = 0; i < out->count; i++)
		if (strcmp(out->name[i], name) == 0)
			return;
	if (out->count < NAMES_MAX)
		(void)snprintf(
		    out->name[out->count++], LIMIT_ADDRESS + 1, "%s", name);
}

void
names_of(struct names *out, struct bytes desk)
{
	const struct state *s = &st.file.directory->state;
	const struct unit *u;
	char name[LIMIT_ADDRESS + 1];
	struct bytes id;
	struct resolved to;
	struct err e;
	size_t i;

	out->count = 0;
	(void)snprintf(
	    name, sizeof(name), "%.*s", (int)desk.len, (const char *)desk.p);
	add(out, name);
	if (resolve(st.file.directory, desk, station_now(), &to, &e) != RC_OK ||
	    to.holder == NONE)
		return;
	u = &s->units[to.unit];
	id = s->holders[to.holder].id;
	for (i = u->host_count; i-- > 0;) {
		(void)snprintf(name, sizeof(name), "antin://%.*s/%.*s",
		    (int)u->hosts[i].text.len, (const char *)u->hosts[i].text.p,
		    (int)id.len, (const char *)id.p);
		add(out, name);
	}
}

bool
names_same(struct bytes desk, struct bytes name, int64_t t)
{
	return bytes_eq(desk, name) ||
	       resolve_answers(st.file.directory, desk, name, t);
}

enum rc
names_delivery(
    uint64_t n, struct bytes desk, struct delivery *out, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct names names;
	enum rc rc;
	size_t i;

	if ((rc = ops->delivery(st.store, n, desk, out, e)) != RC_ABSENT)
		return rc;
	names_of(&names, desk);
	for (i = 0; i < names.count; i++) {
		rc = ops->delivery(
		    st.store, n, bytes_str(names.name[i]), out, e);
		if (rc != RC_ABSENT &&
		    (rc != RC_OK || names_same(desk, out->desk, out->arrived)))
			return rc;
	}
	return fail(e, RC_ABSENT, "no such dispatch lies at %.*s",
	    (int)desk.len, (const char *)desk.p);
}

/* The name is the desk's: it meant it when the leg began, or does now. */
static enum rc
is_name(
    uint64_t q, struct bytes desk, struct bytes name, bool *is, struct err *e)
{
	struct leg leg = { .at = station_now() };
	enum rc rc = RC_OK;

	if (q != 0)
		rc = st.store->ops->leg(st.store, q, &leg, e);
	*is = names_same(desk, name, leg.at) ||
	      names_same(desk, name, station_now());
	return rc;
}

enum rc
names_dest(uint64_t n, struct bytes desk, char name[static LIMIT_ADDRESS + 1],
    uint64_t *q, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct names names;
	bool is = false;
	enum rc rc = RC_OK;
	size_t i;

	names_of(&names, desk);
	for (i = 0; i < names.count && rc == RC_OK; i++) {
		memcpy(name, names.name[i], LIMIT_ADDRESS + 1);
		rc = ops->operate.dest_leg(st.store, n, bytes_str(name), q, e);
		if (rc == RC_OK)
			rc = is_name(*q, desk, bytes_str(name), &is, e);
		if (rc == RC_OK && is)
			return RC_OK;
		if (rc == RC_ABSENT)
			rc = RC_OK;
	}
	return rc != RC_OK ? rc
			   : fail(e, RC_ABSENT,
				 "docs/station.md 5.4: it was not for %.*s",
				 (int)desk.len, (const char *)desk.p);
}

enum rc
names_find(
    const struct id *id, struct bytes desk, struct stored *out, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct names names;
	enum rc rc;
	size_t i;

	names_of(&names, desk);
	for (i = 0; i < names.count; i++) {
		rc = ops->find_at(
		    st.store, id, bytes_str(names.name[i]), out, e);
		if (rc != RC_ABSENT)
			return rc;
	}
	return ops->find(st.store, id, out, e);
}

/* So it was at t. */
static bool
was_behind(size_t unit, size_t child, int64_t t)
{
	char address[LIMIT_ADDRESS + 1];
	struct route r;

	if (!address_of(st.file.directory, unit, NONE, t, address))
		return false;
	route_find(st.file.directory, st.unit, bytes_str(address), t, &r);
	return r.way == WAY_LINK && r.hop_unit == child;
}

bool
names_behind(struct bytes station, struct bytes child)
{
	const struct state *s = &st.file.directory->state;
	const int64_t now = station_now();
	const size_t unit = unit_by_host(s, address_host(station), now),
		     below = unit_by_host(s, address_host(child), now);
	const struct host *h;
	size_t i;

	if (unit == NONE || below == NONE)
		return false;
	if (was_behind(unit, below, now))
		return true;
	for (i = s->units[unit].host_count; i-- > 0;) {
		h = &s->units[unit].hosts[i];
		if (h->until <= now && h->until > now - MOVED_KEEP &&
		    was_behind(unit, below, h->until - 1))
			return true;
	}
	return false;
}

/* Its clock may be ahead of ours. */
#define CLOCKS_DIFFER 60 /* seconds */

bool
names_carries(struct bytes child)
{
	const struct state *s = &st.file.directory->state;
	const int64_t now = station_now();
	const size_t below = unit_by_host(s, address_host(child), now);
	const struct unit *u;
	const struct host *h;
	size_t i, k;

	for (i = 0; i < s->unit_count && below != NONE; i++) {
		u = &s->units[i];
		for (k = u->host_count; k-- > 1;) {
			h = &u->hosts[k];
			if (h->from <= now + CLOCKS_DIFFER &&
			    h->from > now - MOVED_KEEP &&
			    unit_within(
				s, i, below, h->from > now ? h->from : now) &&
			    !was_behind(i, below, h->from - 1))
				return true;
		}
	}
	return false;
}

/* This station is written otherwise now: *name is. */
static bool
renamed(struct bytes station, char name[static LIMIT_ADDRESS + 1])
{
	const struct directory *d = st.file.directory;
	const int64_t now = station_now();
	const size_t unit = unit_by_host(&d->state, address_host(station), now);

	return unit != NONE && address_of(d, unit, NONE, now, name) &&
	       !bytes_is(station, name);
}

void
names_lines(void)
{
	char now[LIMIT_ADDRESS + 1];
	struct line *l;
	size_t i;

	for (i = 0; i < st.line_count; i++) {
		l = st.lines[i];
		if (!renamed(bytes_str(l->station), now))
			continue;
		find_no_line(l);
		(void)snprintf(l->station, sizeof(l->station), "%s", now);
		find_line(l);
		l->neighbour = neighbour_of(bytes_str(now));
		l->neighbour->down = 0;
	}
}

/* A unit is written otherwise from some day after "since" on. */
static bool
turned(int64_t since, int64_t now)
{
	const struct state *s = &st.file.directory->state;
	const struct unit *u;
	size_t i, k;

	for (i = 0; i < s->unit_count; i++) {
		u = &s->units[i];
		for (k = u->host_count; k-- > 0;)
			if (u->hosts[k].from > since && u->hosts[k].from <= now)
				return true;
	}
	return false;
}

static int64_t looked = TIME_MAX; /* when all that waits was looked at */

void
names_looked(void)
{
	looked = station_now();
}

/* What was decided long ago begins to hold when its day comes: whatever day
 * came since what waits was looked at. */
void
names_tick(int64_t ms)
{
	static int64_t at;

	if (ms < at || !st.named)
		return;
	at = ms + NAMES_MS;
	if (turned(looked, station_now()))
		take_reroute();
}
