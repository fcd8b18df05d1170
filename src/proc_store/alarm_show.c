/* SPDX-License-Identifier: EUPL-1.2 */
/* Alarms as people see them, and that somebody has seen one (docs/station.md
 * 13, docs/desk.md 9.4). */
#include <string.h>

#include "proc_store/duty.h"
#include "proc_store/sessions.h"

/* It is over when a person has seen it. */
static const bool events[STORE_ALARM_KINDS] = {
	[STORE_ALARM_FORK] = true,
	[STORE_ALARM_CLASH] = true,
	[STORE_ALARM_EXPIRED] = true,
	[STORE_ALARM_ROLLED] = true,
	[STORE_ALARM_CLONE] = true,
	[STORE_ALARM_DESTROYED] = true,
	[STORE_ALARM_MALWARE] = true,
};

/* ---- what there is
 * ------------------------------------------------------------ */

struct showing {
	void (*each)(void *ctx, const struct msg_row *row);
	void *ctx;
	bool unseen; /* only those that nobody has seen */
};

static bool
show_one(void *ctx, const struct store_alarm *a)
{
	const struct showing *s = ctx;
	const struct msg_row row = { .what = ROW_ALARM,
		.q = a->n,
		.n = a->kind,
		.address = a->subject,
		.state = a->over != 0,
		.rank = a->kind == STORE_ALARM_WAITS ||
				a->kind == STORE_ALARM_HELD ||
				a->kind == STORE_ALARM_NOT_ARRIVED ||
				a->kind == STORE_ALARM_EXPIRED ||
				a->kind == STORE_ALARM_BELOW
			    ? a->rank
			    : RANK_NONE,
		.since = a->since,
		.due = a->over == 0 ? TIME_NEVER : a->over,
		.at = a->acked == 0 ? TIME_NEVER : a->acked,
		.count = a->uid,
		.text = a->text,
		.other = a->by,
		.bytes = a->acked == 0 && a->over == 0 ? unseen_step(a) : 0 };

	if (a->acked == 0 || !s->unseen)
		s->each(s->ctx, &row);
	return true;
}

enum rc
alarms_rows(void (*each)(void *ctx, const struct msg_row *row), void *ctx,
    bool all, bool unseen, struct err *e)
{
	struct showing s = { each, ctx, unseen };
	const struct store_alarm disk = { .kind = STORE_ALARM_DISK,
		.since = alarm_disk_since() };

	if (disk.since != 0)
		(void)show_one(&s, &disk);
	return st.store->ops->alarms.each(st.store, all, show_one, &s, e);
}

/* ---- one was seen
 * ------------------------------------------------------------ */

/* One by what it is about. */
struct alarm_of {
	enum store_alarm_kind kind;
	unsigned rank;
	char subject[STORE_ALARM_SUBJECT + 1];
};

/* Nobody asks for its addressees any more. */
static bool
given_up(const struct alarm_of *l)
{
	struct stored d;
	struct err e;
	struct id id;

	return l->kind == STORE_ALARM_NOT_ARRIVED &&
	       id_parse(&id, bytes_str(l->subject)) &&
	       st.store->ops->find(st.store, &id, &d, &e) == RC_OK &&
	       st.store->ops->notices->chased(st.store, d.n, &e) == RC_ABSENT;
}

struct seen {
	uint64_t n;
	bool found;
	struct alarm_of of;
};

static bool
find_seen(void *ctx, const struct store_alarm *a)
{
	struct seen *s = ctx;

	if (a->n != s->n)
		return true;
	s->found = true;
	s->of = (struct alarm_of){ .kind = a->kind, .rank = a->rank };
	memcpy(s->of.subject, a->subject.p, a->subject.len);
	return false;
}

enum rc
alarm_seen(uint64_t n, uint64_t uid, struct err *e)
{
	struct seen s = { .n = n };
	struct buf by = { 0 };
	struct log_line l;
	enum rc rc = session_names(&by, uid, STORE_ALARM_BY, e);

	if (rc == RC_OK)
		rc = st.store->ops->alarms.each(
		    st.store, false, find_seen, &s, e);
	if (rc == RC_OK)
		rc = store_write(e);
	if (rc == RC_OK)
		rc = store_failed(st.store->ops->alarms.ack(st.store, n,
		    duty_user(uid), by.len > 0 ? buf_bytes(&by) : bytes_str(""),
		    station_now(), e));
	buf_free(&by);
	if (rc != RC_OK)
		return rc;
	changed(CHANGED_ALARMS);
	l = log_line(LOG_INFO, "alarm.seen");
	log_uint(&l, "alarm", n);
	session_log(&l, uid);
	process_log(LOG_INFO, &l);
	if (s.found && (events[s.of.kind] || given_up(&s.of)))
		alarm_over(s.of.kind, bytes_str(s.of.subject), s.of.rank);
	return RC_OK;
}
