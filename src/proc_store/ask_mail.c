/* SPDX-License-Identifier: EUPL-1.2 */
/* What people ask of the station, and what they say of a delivery (docs/
 * station.md 9). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "proc_store/backup.h"
#include "proc_store/carried.h"
#include "proc_store/duty.h"
#include "proc_store/lives.h"
#include "proc_store/lost.h"
#include "proc_store/sessions.h"
#include "proc_store/weigh.h"
#include "pki/resolve.h"

#define ROWS_AT_ONCE 500u
#define ROWS_BYTES (1u << 20) /* of rows, in one message */

struct rows {
	struct buf rows;
	uint64_t max, count;
};

static void
add(struct rows *r, const struct msg_row *row)
{
	list_add(&r->rows, LIST_ROW, row);
	r->count++;
}

/* ---- boxes
 * --------------------------------------------------------------------- */

static bool
add_delivery(void *ctx, const struct delivery *d, const struct stored *of)
{
	const struct msg_row row = { .what = ROW_DELIVERY,
		.id = of->header.id,
		.n = d->n,
		.address = d->desk,
		.other = of->header.origin,
		.state = d->state,
		.rank = of->header.precedence,
		.at = d->at,
		.since = d->arrived,
		.due = TIME_NEVER,
		.bytes = of->total,
		.text = d->reason };

	add(ctx, &row);
	return true;
}

static bool
add_stored(void *ctx, const struct stored *of)
{
	char digest[2 * SHA256_SIZE + 1] = "";
	const struct msg_row row = { .what = ROW_SENT,
		.id = of->header.id,
		.text = bytes_of((const uint8_t *)digest, sizeof(digest) - 1),
		.n = of->n,
		.address = of->desk,
		.rank = of->header.precedence,
		.at = of->at,
		.since = of->at,
		.due = TIME_NEVER,
		.bytes = of->total };

	hex_write(digest, bytes_of(of->digest, SHA256_SIZE));
	add(ctx, &row);
	return true;
}

/* What lies in a desk's box under one of its names. */
struct box {
	struct rows *rows;
	struct bytes desk;
};

static bool
add_to_inbox(void *ctx, const struct delivery *d, const struct stored *of)
{
	const struct box *b = ctx;

	return !names_same(b->desk, d->desk, d->arrived) ||
	       add_delivery(b->rows, d, of);
}

static bool
add_to_outbox(void *ctx, const struct stored *of)
{
	const struct box *b = ctx;

	return !names_same(b->desk, of->desk, of->at) ||
	       add_stored(b->rows, of);
}

static int
newest_first(const void *a, const void *b)
{
	const struct msg_row *x = a, *y = b;

	return x->n > y->n ? -1 : x->n < y->n;
}

/* Of what was found under several names, as much as was asked for. */
static void
merge(struct rows *r)
{
	struct msg_row *rows = alloc(r->count + 1, sizeof(*rows));
	struct buf was = r->rows;
	struct bytes rest = buf_bytes(&was);
	size_t n = 0, i;

	while (n < r->count && list_next(&rest, LIST_ROW, &rows[n]))
		n++;
	qsort(rows, n, sizeof(*rows), newest_first);
	r->rows = (struct buf){ 0 };
	r->count = 0;
	for (i = 0; i < n && i < r->max; i++)
		add(r, &rows[i]);
	buf_free(&was);
	free(rows);
}

static enum rc
ask_box(struct rows *r, const struct msg_ask *q, bool in, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	const uint64_t before = q->before == 0 ? INT64_MAX : q->before;
	struct box b = { r, q->desk };
	struct names names;
	struct bytes name;
	enum rc rc = RC_OK;
	size_t i;

	names_of(&names, q->desk);
	for (i = 0; i < names.count && rc == RC_OK; i++) {
		name = bytes_str(names.name[i]);
		rc = in ? ops->inbox(st.store, name, q->all != 0, before,
			      r->max, add_to_inbox, &b, e)
			: ops->outbox(st.store, name, before, r->max,
			      add_to_outbox, &b, e);
	}
	if (names.count > 1)
		merge(r);
	return rc;
}

static enum rc
ask_inbox(struct rows *r, const struct msg_ask *q, struct err *e)
{
	return ask_box(r, q, true, e);
}

static enum rc
ask_outbox(struct rows *r, const struct msg_ask *q, struct err *e)
{
	return ask_box(r, q, false, e);
}

/* ---- what is under way
 * --------------------------------------------------------- */

static bool
add_leg(void *ctx, const struct leg *l)
{
	const struct msg_row row = { .what = ROW_LEG,
		.n = l->n,
		.q = l->q,
		.address = l->hop,
		.state = l->state,
		.rank = l->rank,
		.at = l->at,
		.due = l->due,
		.since = TIME_NEVER,
		.bytes = l->total,
		.count = l->pinned };

	add(ctx, &row);
	return true;
}

/* It is on a disk: which, and since when. */
static void
on_disk(struct msg_row *row, char text[static 24], const struct carried *c)
{
	if (c == NULL || !c->on_disk ||
	    (row->state != LEG_QUEUED && row->state != LEG_HELD))
		return;
	(void)snprintf(text, 24, "%llu", (unsigned long long)c->number);
	row->other = bytes_str(text);
	row->since = c->at;
}

/* Rows of legs get the ids of their dispatches, and whether they are notices,
 * which have no number; the store could not be asked for that meanwhile. */
static enum rc
name_legs(struct rows *r, struct err *e)
{
	struct bytes rest = buf_bytes(&r->rows);
	struct carried *disks = NULL;
	struct buf named = { 0 };
	struct msg_row row;
	struct stored d;
	size_t count = 0;
	char text[24];
	enum rc rc = carried_load(&disks, &count, NULL, e);

	while (rc == RC_OK && list_next(&rest, LIST_ROW, &row)) {
		if (row.what == ROW_LEG) {
			rc = st.store->ops->get(st.store, row.n, 0, &d, e);
			row.id = d.header.id;
			row.level = rc == RC_OK && d.header.serial == 0;
			on_disk(&row, text, carried_of(disks, count, row.q));
		}
		list_add(&named, LIST_ROW, &row);
	}
	free(disks);
	buf_free(&r->rows);
	r->rows = named;
	return rc;
}

static enum rc
ask_queue(struct rows *r, const struct msg_ask *q, struct err *e)
{
	enum rc rc;

	rc = st.store->ops->waiting(st.store, q->before, r->max, add_leg, r, e);
	return rc == RC_OK ? name_legs(r, e) : rc;
}

static void
add_row(void *ctx, const struct msg_row *row)
{
	add(ctx, row);
}

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

struct tracing {
	struct rows *r;
	const struct leg *leg; /* of destinations */
	struct id id;	       /* of deliveries */
};

static bool
add_dest(void *ctx, const struct dest *d)
{
	const struct tracing *t = ctx;
	const struct msg_row row = { .what = ROW_DEST,
		.q = t->leg->q,
		.address = d->address,
		.other = t->leg->hop,
		.state = t->leg->state,
		.at = t->leg->at,
		.due = TIME_NEVER };

	add(t->r, &row);
	return true;
}

static bool
add_place(void *ctx, const struct delivery *d)
{
	struct tracing *t = ctx;
	const struct stored of = { .header = { .id = t->id } };

	return add_delivery(t->r, d, &of);
}

static enum rc
ask_trace(struct rows *r, const struct msg_ask *q, struct err *e)
{
	struct bytes rest;
	struct rows legs = { 0 };
	struct carried *disks = NULL;
	struct msg_row row;
	struct stored d;
	struct leg leg;
	size_t count = 0;
	char text[24];
	enum rc rc;

	if ((rc = st.store->ops->find(st.store, &q->id, &d, e)) != RC_OK)
		return rc;
	(void)add_stored(r, &d);
	rc = st.store->ops->deliveries(st.store, d.n, add_place,
	    &(struct tracing){ .r = r, .id = q->id }, e);
	if (rc == RC_OK)
		rc = st.store->ops->legs(st.store, d.n, add_leg, &legs, e);
	if (rc == RC_OK)
		rc = notice_rows(d.n, &q->id, add_row, r, e);
	if (rc == RC_OK)
		rc = carried_load(&disks, &count, NULL, e);
	rest = buf_bytes(&legs.rows);
	while (rc == RC_OK && list_next(&rest, LIST_ROW, &row)) {
		rc = st.store->ops->leg(st.store, row.q, &leg, e);
		row.id = q->id;
		on_disk(&row, text, carried_of(disks, count, row.q));
		add(r, &row);
		leg.hop = row.address;
		if (rc == RC_OK)
			rc = st.store->ops->leg_dests(st.store, row.q, add_dest,
			    &(struct tracing){ .r = r, .leg = &leg }, e);
	}
	free(disks);
	buf_free(&legs.rows);
	return rc;
}

/* ---- how the station is
 * ---------------------------------------------------------- */

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

	add(ctx, &row);
	return true;
}

static uint64_t
disk_free(void)
{
	struct statvfs v;

	return statvfs(st.data, &v) == 0
		   ? (uint64_t)v.f_bavail * (uint64_t)v.f_frsize
		   : 0;
}

static enum rc
ask_status(struct rows *r, const struct msg_ask *q, struct err *e)
{
	struct msg_row row = { .what = ROW_STATION,
		.address = bytes_str(st.address),
		.at = station_now(),
		.state = station_own_clock(),
		.count = st.accepted,
		.bytes = disk_free(),
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
	add(r, &row);
	for (i = 0; i < st.line_count; i++) {
		row = (struct msg_row){ .what = ROW_LINK,
			.address = bytes_str(st.lines[i]->station),
			.state = 1,
			.since = st.lines[i]->since,
			.count = st.lines[i]->in + st.lines[i]->out,
			.due = TIME_NEVER };
		add(r, &row);
	}
	renew_rows(add_row, r);
	row = (struct msg_row){ .what = ROW_LIFE,
		.n = st.incarnation,
		.state = restored_is(),
		.due = restored_until(),
		.at = backup_last() };
	if ((rc = life_gap_count(&row.count, e)) != RC_OK)
		return rc;
	add(r, &row);
	for (i = 1; i < STORE_ALARM_KINDS; i++) {
		row = (struct msg_row){ .what = ROW_ALARMS,
			.n = i,
			.count = alarms.kinds[i],
			.due = TIME_NEVER };
		if (row.count > 0)
			add(r, &row);
	}
	return st.store->ops->hops(st.store, add_hop, r, e);
}

static enum rc
ask_users(struct rows *r, const struct msg_ask *q, struct err *e)
{
	(void)q;
	(void)e;
	people_rows(add_row, r);
	return RC_OK;
}

/* ---- asking
 * -------------------------------------------------------------------- */

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

/* What was recalled before it was opened is withheld (docs/receipts.md 8.4): it
 * comes into no other state, unless it is opened and was another's (8.5).
 * RC_ABSENT where it is just being opened: control shows what was refused for
 * another reason. */
static enum rc
check_withheld(const struct msg_mark *m, uint64_t n, struct err *e)
{
	/* of who opens it his originator alone counts */
	const struct bytes whose =
	    m->state == DELIVERY_OPENED ? m->originator : (struct bytes){ 0 };
	bool did = false;
	enum rc rc = recall_by(&did, n, whose, e);

	if (rc != RC_OK || !did)
		return rc;
	return m->state == DELIVERY_OPENED
		   ? fail(e, RC_ABSENT,
			 "it has just been recalled: it is withheld")
		   : fail(e, RC_DENIED,
			 "it was recalled before it was opened: it is "
			 "withheld, and nothing more is said of it");
}

/* A delivery, under the name that its desk had ("lies"), comes into another
 * state, and its desk says so; the same state again changes nothing, and is no
 * decision. */
static enum rc
set_state(const struct msg_mark *m, const struct stored *d, struct bytes lies,
    struct err *e)
{
	static const struct {
		enum entry_kind entry;
		enum statement_kind says;
	} kinds[DELIVERY_STATES] = {
		[DELIVERY_ARRIVED] = { ENTRY_DELIVERED, STATEMENT_ARRIVED },
		[DELIVERY_OPENED] = { ENTRY_OPENED, STATEMENT_OPENED },
		[DELIVERY_ACTED] = { ENTRY_ACTED, STATEMENT_ACTED },
		[DELIVERY_REFUSED] = { ENTRY_DECLINED, STATEMENT_REFUSED },
	};
	const enum delivery_state next = (enum delivery_state)m->state;
	enum delivery_state was;
	struct entry_data of;
	struct delivery at;
	enum rc rc;

	journal_of(&of, d);
	of.desk = m->desk;
	rc = st.store->ops->delivery(st.store, d->n, lies, &at, e);
	was = at.state;
	if (rc == RC_OK && was == DELIVERY_ARRIVED)
		rc = check_withheld(m, d->n, e);
	if (rc == RC_OK)
		rc = store_failed(st.store->ops->delivery_set(
		    st.store, d->n, lies, next, station_now(), m->reason, e));
	if (rc == RC_OK && next == DELIVERY_OPENED && m->originator.len > 0)
		rc = recall_opened(d, m->desk, m->originator, m->supersedes, e);
	if (rc != RC_OK || was == next)
		return rc;
	journal_add(kinds[next].entry, &of, d->n);
	return notice_by_desk(d, kinds[next].says, m->desk,
	    m->code == 0 || m->code >= REFUSED_WHYS ? REFUSED_OTHER
						    : (unsigned)m->code,
	    e);
}

void
ask_mark(uint64_t job, const struct msg_mark *m)
{
	char desk[LIMIT_ADDRESS];
	struct delivery at = { 0 };
	struct held held;
	struct stored d;
	struct err e;
	enum rc rc;

	rc = names_find(&m->id, m->desk, &d, &e);
	if (rc == RC_OK)
		notice_hold(&d, &held);
	if (rc == RC_OK &&
	    (rc = names_delivery(d.n, m->desk, &at, &e)) == RC_OK) {
		memcpy(desk, at.desk.p, at.desk.len);
		rc = store_write(&e);
	}
	if (rc == RC_OK)
		rc = set_state(m, &d, bytes_of(desk, at.desk.len), &e);
	if (rc == RC_OK)
		after_done(PROC_CONTROL, job, &m->id);
	else
		say_done(PROC_CONTROL, job, &e, &m->id);
}
