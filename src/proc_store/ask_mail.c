/* SPDX-License-Identifier: EUPL-1.2 */
/* What lies in a desk's boxes, what is under way, and a dispatch's trace. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proc_store/asked.h"
#include "proc_store/carried.h"
#include "proc_store/notices.h"
#include "proc_store/weigh.h"

/* ---- boxes
 * ------------------------------------------------------------ */

/* It was recalled before it was opened, as far as can be known of what is
 * closed: who opens it learns whose it was (docs/receipts.md 8.5). */
static bool
is_withheld(const struct delivery *d, uint64_t n)
{
	struct err e;
	bool did = false;

	return d->state == DELIVERY_ARRIVED &&
	       recall_by(&did, n, (struct bytes){ 0 }, &e) == RC_OK && did;
}

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
		.count = is_withheld(d, of->n),
		.text = d->reason };

	asked_row(ctx, &row);
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
	asked_row(ctx, &row);
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
		asked_row(r, &rows[i]);
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

enum rc
ask_inbox(struct rows *r, const struct msg_ask *q, struct err *e)
{
	return ask_box(r, q, true, e);
}

enum rc
ask_outbox(struct rows *r, const struct msg_ask *q, struct err *e)
{
	return ask_box(r, q, false, e);
}

/* ---- what is under way
 * ------------------------------------------------------------ */

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

	asked_row(ctx, &row);
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

enum rc
ask_queue(struct rows *r, const struct msg_ask *q, struct err *e)
{
	enum rc rc;

	rc = st.store->ops->waiting(st.store, q->before, r->max, add_leg, r, e);
	return rc == RC_OK ? name_legs(r, e) : rc;
}

/* ---- the trace of a dispatch
 * ------------------------------------------------------------ */

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

	asked_row(t->r, &row);
	return true;
}

static bool
add_place(void *ctx, const struct delivery *d)
{
	struct tracing *t = ctx;
	const struct stored of = { .header = { .id = t->id } };

	return add_delivery(t->r, d, &of);
}

enum rc
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
		asked_row(r, &row);
		leg.hop = row.address;
		if (rc == RC_OK)
			rc = st.store->ops->leg_dests(st.store, row.q, add_dest,
			    &(struct tracing){ .r = r, .leg = &leg }, e);
	}
	free(disks);
	buf_free(&legs.rows);
	return rc;
}
