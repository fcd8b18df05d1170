/* SPDX-License-Identifier: EUPL-1.2 */
/* What people ask of the station (docs/station.md 9). */
#include <sys/statvfs.h>

#include "pki/resolve.h"
#include "proc_store/asked.h"
#include "proc_store/backup.h"
#include "proc_store/carried.h"
#include "proc_store/duty.h"
#include "proc_store/lives.h"
#include "proc_store/lost.h"
#include "proc_store/sessions.h"

#define ROWS_AT_ONCE 500u
#define ROWS_BYTES (1u << 20) /* of rows, in one message */

void
asked_row(struct rows *r, const struct msg_row *row)
{
	list_add(&r->rows, LIST_ROW, row);
	r->count++;
}

void
add_row(void *ctx, const struct msg_row *row)
{
	asked_row(ctx, row);
}

/* ---- lists
 * ------------------------------------------------------------ */

static enum rc
ask_enrol(struct rows *r, const struct msg_ask *q, struct err *e)
{
	return enrol_list(add_row, r, q->all != 0, e);
}

/* Of a desk: only what that on duty is to see first. */
static enum rc
ask_alarms(struct rows *r, const struct msg_ask *q, struct err *e)
{
	const bool desk = q->desk.len > 0;

	if (desk && !bytes_is(q->desk, st.duty))
		return RC_OK;
	return alarms_rows(add_row, r, q->all != 0 && !desk, desk, e);
}

static enum rc
ask_media(struct rows *r, const struct msg_ask *q, struct err *e)
{
	return media_rows(add_row, r, q->desk, e);
}

static enum rc
ask_lost(struct rows *r, const struct msg_ask *q, struct err *e)
{
	const struct losing to = { add_row, r };

	return lost_rows(&to, q->desk, q->before, e);
}

static enum rc
ask_duty(struct rows *r, const struct msg_ask *q, struct err *e)
{
	return duty_rows(add_row, r, q->all != 0, e);
}

static enum rc
ask_users(struct rows *r, const struct msg_ask *q, struct err *e)
{
	(void)q;
	(void)e;
	people_rows(add_row, r);
	return RC_OK;
}

/* ---- how the station is
 * ------------------------------------------------------------ */

struct counting {
	uint64_t all, unseen, kinds[STORE_ALARM_KINDS];
};

static void
count_alarm(void *ctx, const struct msg_row *row)
{
	struct counting *c = ctx;

	c->all++;
	if (row->n < STORE_ALARM_KINDS)
		c->kinds[row->n]++;
	c->unseen += row->at == TIME_NEVER;
}

static bool
add_hop(void *ctx, const struct hop_count *h)
{
	const struct msg_row row = { .what = ROW_HOP,
		.address = h->hop,
		.count = h->queued,
		.bytes = h->bytes,
		.since = h->oldest,
		.due = TIME_NEVER,
		.rank = h->rank };

	asked_row(ctx, &row);
	return true;
}

static struct msg_row
disk_row(void)
{
	struct msg_row row = { .what = ROW_DISK,
		.at = TIME_NEVER,
		.since = TIME_NEVER,
		.due = TIME_NEVER };
	struct statvfs v;

	if (statvfs(st.data, &v) == 0) {
		row.bytes = (uint64_t)v.f_bavail * (uint64_t)v.f_frsize;
		row.count = (uint64_t)v.f_blocks * (uint64_t)v.f_frsize;
	}
	return row;
}

static enum rc
ask_status(struct rows *r, const struct msg_ask *q, struct err *e)
{
	const struct msg_row disk = disk_row();
	struct msg_row row = { .what = ROW_STATION,
		.address = bytes_str(st.address),
		.at = station_now(),
		.state = station_own_clock(),
		.count = st.accepted,
		.bytes = disk.bytes,
		.due = TIME_NEVER };
	char parent[LIMIT_ADDRESS + 1];
	struct counting alarms = { 0 };
	size_t i, above;
	enum rc rc;

	(void)q;
	rc = alarms_rows(count_alarm, &alarms, false, false, e);
	if (rc != RC_OK)
		return rc;
	row.q = alarms.all;
	row.n = alarms.unseen;
	if (st.named) {
		row.since =
		    knowledge_of(st.file.directory, st.unit, station_now());
		above =
		    station_above(st.file.directory, st.unit, station_now());
		if (above != NONE && address_of(st.file.directory, above, NONE,
					 station_now(), parent))
			row.other = bytes_str(parent);
	}
	asked_row(r, &row);
	asked_row(r, &disk);
	for (i = 0; i < st.line_count; i++) {
		row = (struct msg_row){ .what = ROW_LINK,
			.address = bytes_str(st.lines[i]->station),
			.state = 1,
			.since = st.lines[i]->since,
			.count = st.lines[i]->in + st.lines[i]->out,
			.due = TIME_NEVER };
		asked_row(r, &row);
	}
	renew_rows(add_row, r);
	row = (struct msg_row){ .what = ROW_LIFE,
		.n = st.incarnation,
		.state = restored_is(),
		.due = restored_until(),
		.at = backup_last() };
	if ((rc = life_gap_count(&row.count, e)) != RC_OK)
		return rc;
	asked_row(r, &row);
	for (i = 1; i < STORE_ALARM_KINDS; i++) {
		row = (struct msg_row){ .what = ROW_ALARMS,
			.n = i,
			.count = alarms.kinds[i],
			.due = TIME_NEVER };
		if (row.count > 0)
			asked_row(r, &row);
	}
	return st.store->ops->hops(st.store, add_hop, r, e);
}

/* ---- asking
 * ------------------------------------------------------------ */

/* In as many messages as they take: what was said of a dispatch is as much as
 * it has addressees. */
static void
say_rows(uint64_t job, struct bytes rows)
{
	struct msg_rows out = { .rc = RC_OK };
	struct bytes rest = rows;
	struct msg_row row;

	do {
		while (rows.len - rest.len < ROWS_BYTES &&
		       list_next(&rest, LIST_ROW, &row))
			;
		out.rows = bytes_of(rows.p, rows.len - rest.len);
		out.last = rest.len == 0;
		(void)tell(PROC_CONTROL, MSG_ROWS, job, &out, -1);
		rows = rest;
	} while (rest.len > 0);
}

void
ask_rows(uint64_t job, const struct msg_ask *q)
{
	static enum rc (*const asks[ASKS])(
	    struct rows * r, const struct msg_ask *q, struct err *e) = {
		[ASK_INBOX] = ask_inbox,
		[ASK_OUTBOX] = ask_outbox,
		[ASK_QUEUE] = ask_queue,
		[ASK_STATUS] = ask_status,
		[ASK_TRACE] = ask_trace,
		[ASK_ENROL] = ask_enrol,
		[ASK_ALARMS] = ask_alarms,
		[ASK_MEDIA] = ask_media,
		[ASK_LOST] = ask_lost,
		[ASK_DUTY] = ask_duty,
		[ASK_USERS] = ask_users,
	};
	struct rows r = { .max = q->max == 0 || q->max > ROWS_AT_ONCE
				     ? ROWS_AT_ONCE
				     : q->max };
	struct msg_rows out = { .last = 1 };
	struct err e = { 0 };

	out.rc = asks[q->what](&r, q, &e);
	out.why = bytes_str(e.text);
	if (out.rc == RC_OK)
		say_rows(job, buf_bytes(&r.rows));
	else
		(void)tell(PROC_CONTROL, MSG_ROWS, job, &out, -1);
	buf_free(&r.rows);
}
