/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Alarms: what wants a person is raised once, and is over by itself when its
 * cause is (docs/station.md 13).  What lasts is in memory too, so that looking
 * costs nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "daemon/hours.h"
#include "envelope/address.h"
#include "pki/path.h"
#include "pki/resolve.h"
#include "proc_store/duty.h"
#include "proc_store/sessions.h"

#define MOST_OF_KIND 200u	  /* that last: one kind leaves room */
#define PARENT_MS INT64_C(120000) /* its line is down for so long */
#define CHILD_MS INT64_C(600000)
#define CLOCK_MS INT64_C(3600000)
#define SLOW_MS INT64_C(10000) /* between two looks at all else */
#define OLD_DAYS 7
#define LOOK_PART 200 /* of the time goes for looking for what waits */

/* One that lasts. */
struct lasts {
	enum store_alarm_kind kind;
	unsigned rank;
	char subject[STORE_ALARM_SUBJECT + 1];
	bool still; /* its cause was seen in this look */
};

static struct {
	struct lasts *list; /* owned */
	size_t count;
	bool read;			 /* the list is what is on disk */
	bool changed;			 /* in this round */
	int64_t waits_at, slow_at;	 /* milliseconds: of the next look */
	int64_t parent_since, own_since; /* 0: all is well */
	int64_t disk_since;		 /* time; 0: it takes */
} is;

/* ---- what lasts
 * ------------------------------------------------------------------- */

static struct lasts *
find(enum store_alarm_kind kind, struct bytes subject, unsigned rank)
{
	struct lasts *l;
	size_t i;

	for (i = 0; i < is.count; i++) {
		l = &is.list[i];
		if (l->kind == kind && l->rank == rank &&
		    bytes_is(subject, l->subject))
			return l;
	}
	return NULL;
}

static void
add(enum store_alarm_kind kind, struct bytes subject, unsigned rank)
{
	struct lasts *l;

	is.list = vec_more(is.list, is.count, sizeof(*is.list));
	l = &is.list[is.count++];
	*l = (struct lasts){ .kind = kind, .rank = rank, .still = true };
	if (subject.len > 0)
		memcpy(l->subject, subject.p, subject.len);
}

static bool
read_one(void *ctx, const struct store_alarm *a)
{
	(void)ctx;
	add(a->kind, a->subject, a->rank);
	return true;
}

/* As it is on disk; false: that cannot be read. */
static bool
ready(void)
{
	struct err e;

	if (is.read)
		return true;
	is.count = 0;
	is.read = st.store->ops->alarms.each(
		      st.store, false, read_one, NULL, &e) == RC_OK;
	return is.read;
}

void
alarms_settled(bool kept)
{
	if (!kept && is.changed)
		is.read = false;
	is.changed = false;
}

static size_t
count_of(enum store_alarm_kind kind)
{
	size_t i, n = 0;

	for (i = 0; i < is.count; i++)
		n += is.list[i].kind == kind;
	return n;
}

static void
log_alarm(const char *event, enum log_level level, enum store_alarm_kind kind,
    struct bytes subject, unsigned rank)
{
	struct log_line l = log_line(level, event);

	log_str(&l, "kind", bytes_str(store_alarm_words[kind]));
	log_str(&l, "subject", subject);
	log_uint(&l, "rank", rank);
	process_log(level, &l);
}

bool
alarm_lasts(enum store_alarm_kind kind, struct bytes subject, unsigned rank)
{
	return !ready() || find(kind, subject, rank) != NULL;
}

void
alarm_raise(enum store_alarm_kind kind, struct bytes subject, unsigned rank,
    const char *text)
{
	struct store_alarm a = { .kind = kind,
		.subject = subject,
		.rank = rank,
		.since = station_now(),
		.text = bytes_str(text) };
	struct lasts *l;
	struct err e;
	enum rc rc;

	if (!ready() || subject.len > STORE_ALARM_SUBJECT)
		return;
	if ((l = find(kind, subject, rank)) != NULL) {
		l->still = true;
		return;
	}
	if (count_of(kind) >= MOST_OF_KIND || store_write(&e) != RC_OK)
		return;
	rc = store_failed(st.store->ops->alarms.raise(st.store, &a, &e));
	if (rc != RC_OK)
		return;
	add(kind, subject, rank);
	is.changed = true;
	changed(CHANGED_ALARMS);
	log_alarm("alarm.raised", LOG_WARN, kind, subject, rank);
}

static void
over(struct lasts *l)
{
	const struct lasts was = *l;
	struct err e;
	enum rc rc;

	if (store_write(&e) != RC_OK)
		return;
	rc = store_failed(st.store->ops->alarms.end(st.store, was.kind,
	    bytes_str(was.subject), was.rank, station_now(), &e));
	if (rc != RC_OK && rc != RC_ABSENT)
		return;
	*l = is.list[--is.count];
	is.changed = true;
	changed(CHANGED_ALARMS);
	log_alarm(
	    "alarm.over", LOG_INFO, was.kind, bytes_str(was.subject), was.rank);
}

void
alarm_over(enum store_alarm_kind kind, struct bytes subject, unsigned rank)
{
	struct lasts *l;

	if (ready() && (l = find(kind, subject, rank)) != NULL)
		over(l);
}

/* A look at a kind: what is not raised again meanwhile is over. */
void
alarms_look(enum store_alarm_kind kind)
{
	size_t i;

	for (i = 0; i < is.count; i++)
		if (is.list[i].kind == kind)
			is.list[i].still = false;
}

void
alarms_looked(enum store_alarm_kind kind)
{
	size_t i;

	for (i = is.count; i-- > 0;)
		if (is.list[i].kind == kind && !is.list[i].still)
			over(&is.list[i]);
}

/* ---- dispatches
 * ------------------------------------------------------------------- */

static void
raise_of(enum store_alarm_kind kind, uint64_t n, unsigned rank)
{
	char id[ID_TEXT];
	struct stored d;
	struct err e;

	if (st.store->ops->get(st.store, n, 0, &d, &e) != RC_OK)
		return;
	id_write(id, &d.header.id);
	alarm_raise(kind, bytes_str(id), rank, "");
}

void
alarm_held(uint64_t n, unsigned rank)
{
	raise_of(STORE_ALARM_HELD, n, rank);
}

void
alarm_expired(uint64_t n, unsigned rank)
{
	raise_of(STORE_ALARM_EXPIRED, n, rank);
}

void
alarm_not_arrived(const struct stored *d)
{
	char id[ID_TEXT];

	id_write(id, &d->header.id);
	alarm_raise(STORE_ALARM_NOT_ARRIVED, bytes_str(id),
	    precedence_rank(d->header.precedence), "");
}

void
alarm_arrived(const struct stored *d)
{
	char id[ID_TEXT];

	id_write(id, &d->header.id);
	alarm_over(STORE_ALARM_NOT_ARRIVED, bytes_str(id),
	    precedence_rank(d->header.precedence));
}

struct given_up {
	struct bytes subject;
	bool seen;
};

static bool
note_seen(void *ctx, const struct store_alarm *a)
{
	struct given_up *x = ctx;

	x->seen =
	    x->seen || (a->kind == STORE_ALARM_NOT_ARRIVED && a->acked != 0 &&
			   bytes_eq(a->subject, x->subject));
	return !x->seen;
}

void
alarm_given_up(const struct stored *d)
{
	char id[ID_TEXT];
	struct given_up x = { 0 };
	struct err e;

	id_write(id, &d->header.id);
	x.subject = bytes_str(id);
	if (st.store->ops->alarms.each(st.store, false, note_seen, &x, &e) ==
		RC_OK &&
	    x.seen)
		alarm_arrived(d);
}

static bool
is_held(void *ctx, const struct leg *l)
{
	bool *held = ctx;

	*held = *held || (l->state == LEG_HELD && !l->pinned);
	return !*held;
}

static bool
still_held(const struct lasts *l)
{
	bool held = false;
	struct stored d;
	struct err e;
	struct id id;

	if (!id_parse(&id, bytes_str(l->subject)) ||
	    st.store->ops->find(st.store, &id, &d, &e) != RC_OK)
		return false;
	/* where it cannot be seen, it stays */
	return st.store->ops->legs(st.store, d.n, is_held, &held, &e) !=
		   RC_OK ||
	       held;
}

static void
look_at_held(void)
{
	size_t i;

	for (i = is.count; i-- > 0;)
		if (is.list[i].kind == STORE_ALARM_HELD &&
		    !still_held(&is.list[i]))
			over(&is.list[i]);
}

/* ---- lines
 * ------------------------------------------------------------------------ */

static void
look_at_parent(int64_t ms)
{
	struct directory *d = st.file.directory;
	char parent[LIMIT_ADDRESS + 1];
	size_t above;

	alarms_look(STORE_ALARM_PARENT);
	above = station_above(d, st.unit, station_now());
	/* out of the hours of contact nobody is called: docs/link.md 20.2 */
	if (above == NONE || !st.dials || line_up() != NULL || !hours_contact())
		is.parent_since = 0;
	else if (is.parent_since == 0)
		is.parent_since = ms;
	if (is.parent_since != 0 && ms - is.parent_since >= PARENT_MS &&
	    address_of(d, above, NONE, station_now(), parent))
		alarm_raise(STORE_ALARM_PARENT, bytes_str(parent), 0, "");
	alarms_looked(STORE_ALARM_PARENT);
}

/* It is a child yet; one that was known before the start, too. */
static bool
is_child(const char *station)
{
	struct directory *d = st.file.directory;
	const int64_t now = station_now();
	const size_t unit =
	    unit_by_host(&d->state, address_host(bytes_str(station)), now);
	char name[LIMIT_ADDRESS + 1];

	/* under an older name it is none */
	return unit != NONE && unit_open(&d->state.units[unit], now) &&
	       station_above(d, unit, now) == st.unit &&
	       address_of(d, unit, NONE, now, name) &&
	       strcmp(name, station) == 0;
}

static void
look_at_children(int64_t ms)
{
	struct neighbour *n;
	size_t i;

	/* docs/link.md 20.7 */
	for (i = 0; (n = neighbour_each(i)) != NULL; i++)
		if (contact_missed(
			&n->absence, &n->contact, n->down, ms, CHILD_MS) &&
		    is_child(n->station))
			alarm_raise(
			    STORE_ALARM_CHILD, bytes_str(n->station), 0, "");
	for (i = is.count; i-- > 0;)
		if (is.list[i].kind == STORE_ALARM_CHILD &&
		    (line_to(bytes_str(is.list[i].subject)) != NULL ||
			!is_child(is.list[i].subject)))
			over(&is.list[i]);
}

/* ---- the station
 * ------------------------------------------------------------------ */

static void
look_at_clock(int64_t ms)
{
	alarms_look(STORE_ALARM_CLOCK);
	if (!st.clock.has_parent || !station_own_clock())
		is.own_since = 0;
	else if (is.own_since == 0)
		is.own_since = ms;
	if (is.own_since != 0 && ms - is.own_since >= CLOCK_MS)
		alarm_raise(STORE_ALARM_CLOCK, bytes_str(""), 0, "");
	alarms_looked(STORE_ALARM_CLOCK);
}

static void
look_at_knowledge(void)
{
	alarms_look(STORE_ALARM_OLD);
	if (knowledge_of(st.file.directory, st.unit, station_now()) <
	    station_now() - OLD_DAYS * TIME_DAY)
		alarm_raise(STORE_ALARM_OLD, bytes_str(""), 0, "");
	alarms_looked(STORE_ALARM_OLD);
}

static void
raise_key(void *ctx, const struct msg_row *row)
{
	(void)ctx;
	alarm_raise(STORE_ALARM_KEY, row->address, 0, "");
}

static void
look_at_keys(void)
{
	alarms_look(STORE_ALARM_KEY);
	renew_rows(raise_key, NULL);
	alarms_looked(STORE_ALARM_KEY);
}

/* While it refused nothing could be kept: that it did is kept now. */
static void
look_at_disk(void)
{
	if (is.disk_since == 0)
		return;
	is.disk_since = 0;
	alarm_raise(STORE_ALARM_DISK, bytes_str(""), 0, "");
	alarm_over(STORE_ALARM_DISK, bytes_str(""), 0);
}

int64_t
alarm_disk_since(void)
{
	return is.disk_since;
}

void
alarms_tick(int64_t ms)
{
	int64_t took;

	if (trouble_is()) {
		if (is.disk_since == 0)
			is.disk_since = station_now();
		return;
	}
	if (!st.named || !ready())
		return;
	look_at_disk();
	hours_clock(station_now());
	if (ms >= is.waits_at) {
		late_look();
		took = (process_ms() - ms) * LOOK_PART;
		is.waits_at = ms + (took < 1000 ? 1000 : took);
	}
	if (ms < is.slow_at)
		return;
	is.slow_at = ms + SLOW_MS;
	look_at_parent(ms);
	look_at_children(ms);
	look_at_held();
	look_at_clock(ms);
	look_at_knowledge();
	look_at_keys();
	duty_look();
	unseen_look(is_child);
}

/* docs/desk.md 9.4 */
void
malware_found(const struct msg_found *m)
{
	struct log_line l = log_line(LOG_WARN, "malware.found");

	log_str(&l, "name", m->name);
	session_log(&l, m->uid);
	process_log(LOG_WARN, &l);
	alarm_raise(STORE_ALARM_MALWARE, m->name, 0, "");
}
