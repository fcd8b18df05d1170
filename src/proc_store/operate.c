/* SPDX-License-Identifier: EUPL-1.2 */
/* What an operator does to what waits, and what time does (docs/station.md 14,
 * 5.6). */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "envelope/address.h"
#include "pki/path.h"
#include "pki/resolve.h"
#include "proc_store/backup.h"
#include "proc_store/notices.h"
#include "proc_store/sessions.h"

#define LEGS_MAX 5000u	/* of one request; the command asks again */
#define EXPIRE_MAX 200u /* legs in one round */
#define BATCH 256u

/* ---- which
 * ------------------------------------------------------------------------ */

struct chosen {
	const struct msg_operate *m;
	uint64_t q[LEGS_MAX];
	uint64_t last;
	size_t count, looked;
};

/* It would change something of this one. */
static bool
wants(const struct msg_operate *m, const struct leg *l)
{
	if (l->state != LEG_QUEUED && l->state != LEG_HELD)
		return false;
	if (m->what == OPERATE_HOLD)
		return l->state != LEG_HELD || !l->pinned;
	if (m->what == OPERATE_RELEASE)
		return l->pinned;
	return m->what != OPERATE_REROUTE || l->state != LEG_QUEUED ||
	       !bytes_eq(l->hop, m->station);
}

static bool
choose(void *ctx, const struct leg *l)
{
	struct chosen *c = ctx;

	c->last = l->q;
	c->looked++;
	if (wants(c->m, l) &&
	    (c->m->by != OPERATE_HOP || bytes_eq(l->hop, c->m->hop)))
		c->q[c->count++] = l->q;
	return c->count < LEGS_MAX;
}

static enum rc
choose_all(struct chosen *c, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	const struct msg_operate *m = c->m;
	struct stored d;
	struct leg l;
	enum rc rc;

	if (m->by == OPERATE_LEG) {
		if ((rc = ops->leg(st.store, m->q, &l, e)) == RC_OK)
			(void)choose(c, &l);
		return rc;
	}
	if (m->by == OPERATE_DISPATCH) {
		if ((rc = ops->find(st.store, &m->id, &d, e)) == RC_OK)
			rc = ops->legs(st.store, d.n, choose, c, e);
		return rc;
	}
	do {
		c->looked = 0;
		rc = ops->waiting(st.store, c->last, BATCH, choose, c, e);
	} while (rc == RC_OK && c->looked > 0 && c->count < LEGS_MAX);
	return rc;
}

/* ---- what is done
 * ----------------------------------------------------------------- */

/* The other way is a neighbour's, whose name of today is "to". */
static enum rc
check_neighbour(
    char to[static LIMIT_ADDRESS + 1], struct bytes station, struct err *e)
{
	struct directory *d = st.file.directory;
	const int64_t now = station_now();
	size_t unit;

	if (!address_is_station(station))
		return fail(e, RC_INVALID, "%.*s is no station",
		    (int)station.len, (const char *)station.p);
	unit = unit_by_host(&d->state, address_host(station), now);
	if (unit != NONE && unit_open(&d->state.units[unit], now) &&
	    (station_above(d, unit, now) == st.unit ||
		station_above(d, st.unit, now) == unit) &&
	    address_of(d, unit, NONE, now, to))
		return RC_OK;
	return fail(e, RC_ABSENT,
	    "%.*s is not the station above this one, nor one below it",
	    (int)station.len, (const char *)station.p);
}

static enum rc
hold(const struct msg_operate *m, const struct leg *l, struct err *e)
{
	(void)m;
	leg_reported(l->q, REPORT_HELD);
	return st.store->ops->leg_set(
	    st.store, l->q, LEG_HELD, NULL, station_now(), e);
}

/* It finds its way anew, as one that is held. */
static enum rc
release(const struct msg_operate *m, const struct leg *l, struct err *e)
{
	const struct bytes nowhere = bytes_of("", 0);
	enum rc rc = RC_OK;

	(void)m;
	if (l->state == LEG_HELD)
		rc = st.store->ops->leg_set(
		    st.store, l->q, LEG_HELD, &nowhere, station_now(), e);
	return rc == RC_OK ? leg_look(l->q, e) : rc;
}

static enum rc
reroute(const struct msg_operate *m, const struct leg *l, struct err *e)
{
	struct leg new = *l;
	enum rc rc;

	new.hop = m->station;
	new.state = LEG_QUEUED;
	rc = st.store->ops->leg_set(
	    st.store, l->q, LEG_QUEUED, &new.hop, station_now(), e);
	if (rc != RC_OK)
		return rc;
	leg_rerouted(l->q, new.hop);
	leg_goes(l->q, &new);
	return RC_OK;
}

static enum rc
drop(const struct msg_operate *m, const struct leg *l, struct err *e)
{
	(void)m;
	leg_reported(l->q, REPORT_DROPPED);
	return st.store->ops->leg_set(
	    st.store, l->q, LEG_DROPPED, NULL, station_now(), e);
}

static const struct {
	const char *event;
	enum rc (*act)(
	    const struct msg_operate *m, const struct leg *l, struct err *e);
	bool pins;
} acts[OPERATES] = {
	[OPERATE_HOLD] = { "leg.held", hold, true },
	[OPERATE_RELEASE] = { "leg.released", release, false },
	[OPERATE_REROUTE] = { "leg.rerouted", reroute, true },
	[OPERATE_DROP] = { "leg.dropped", drop, false },
};

static void
log_act(const struct msg_operate *m, const struct leg *l)
{
	struct log_line log = log_line(LOG_WARN, acts[m->what].event);

	log_uint(&log, "leg", l->q);
	log_uint(&log, "n", l->n);
	log_str(&log, "hop", m->what == OPERATE_REROUTE ? m->station : l->hop);
	session_log(&log, m->uid);
	if (m->reason.len > 0)
		log_str(&log, "reason", m->reason);
	process_log(LOG_WARN, &log);
}

static enum rc
act_on(const struct msg_operate *m, uint64_t q, struct err *e)
{
	char hop[LIMIT_ADDRESS + 1] = "";
	struct leg l;
	enum rc rc;

	if ((rc = st.store->ops->leg(st.store, q, &l, e)) != RC_OK)
		return rc;
	memcpy(hop, l.hop.p, l.hop.len);
	l.hop = bytes_str(hop);
	log_act(m, &l);
	line_takes_back(q);
	rc = st.store->ops->operate.pin(st.store, q, acts[m->what].pins, e);
	return rc == RC_OK ? acts[m->what].act(m, &l, e) : rc;
}

static enum rc
operate(const struct msg_operate *m, struct chosen *c, struct err *e)
{
	char to[LIMIT_ADDRESS + 1];
	struct msg_operate as = *m;
	enum rc rc = RC_OK;
	size_t i;

	if (!st.named)
		return fail(e, RC_ABSENT,
		    "this station does not know yet who it is: try again");
	if (m->what == OPERATE_REROUTE)
		rc = check_neighbour(to, m->station, e);
	if (m->what == OPERATE_REROUTE)
		as.station = bytes_str(to);
	if (m->what == OPERATE_DROP && m->reason.len == 0)
		rc = fail(e, RC_INVALID, "a reason is wanted");
	if (rc == RC_OK)
		rc = choose_all(c, e);
	if (rc == RC_OK && c->count > 0)
		rc = store_write(e);
	for (i = 0; i < c->count && rc == RC_OK; i++)
		rc = store_failed(act_on(&as, c->q[i], e));
	return rc;
}

void
operate_on(uint64_t job, const struct msg_operate *m)
{
	struct chosen *c = alloc(1, sizeof(*c));
	struct err e = { 0 };

	c->m = m;
	if (m->what >= OPERATE_BACKUP && m->what <= OPERATE_REOPEN)
		backup_on(job, m);
	else if (m->what == OPERATE_SEEN &&
		 alarm_seen(m->q, m->uid, &e) == RC_OK)
		after_counted(job, 1);
	else if (m->what != OPERATE_SEEN && operate(m, c, &e) == RC_OK)
		after_counted(job, c->count);
	else
		say_done(PROC_CONTROL, job, &e, NULL);
	free(c);
}

/* ---- what time does
 * --------------------------------------------------------------- */

struct expired {
	uint64_t q[EXPIRE_MAX];
	size_t count;
};

static bool
note_expired(void *ctx, uint64_t q)
{
	struct expired *x = ctx;

	x->q[x->count++] = q;
	return x->count < EXPIRE_MAX;
}

static enum rc
expire(uint64_t q, struct err *e)
{
	struct log_line log;
	struct leg l;
	enum rc rc;

	if ((rc = st.store->ops->leg(st.store, q, &l, e)) != RC_OK)
		return rc;
	leg_reported(q, REPORT_EXPIRED);
	rc = st.store->ops->leg_set(
	    st.store, q, LEG_EXPIRED, NULL, station_now(), e);
	if (rc != RC_OK)
		return rc;
	line_takes_back(q);
	log = log_line(LOG_WARN, "dispatch.expired");
	log_uint(&log, "n", l.n);
	log_uint(&log, "leg", q);
	process_log(LOG_WARN, &log);
	alarm_expired(l.n, l.rank);
	return RC_OK;
}

void
operate_tick(void)
{
	struct expired x = { .count = 0 };
	struct log_line log;
	struct err e;
	bool own;
	enum rc rc;
	size_t i;

	rc = st.store->ops->operate.expired(
	    st.store, station_judges(&own), EXPIRE_MAX, note_expired, &x, &e);
	if (rc == RC_OK && x.count > 0)
		rc = store_write(&e);
	for (i = 0; i < x.count && rc == RC_OK; i++)
		rc = store_failed(expire(x.q[i], &e));
	if (rc == RC_OK)
		return;
	log = log_line(LOG_WARN, "store.expire");
	log_err(&log, &e);
	process_log(LOG_WARN, &log);
}
