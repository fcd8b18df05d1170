/* SPDX-License-Identifier: EUPL-1.2 */
/* What is kept of what this station has lost: gaps, and dispatches that are
 * known only by their receipts (docs/journal.md 7.5). */
#include <string.h>

#include "core/vec.h"
#include "proc_store/lives.h"
#include "proc_store/weigh.h"

#define HEARSAY_MAX 10000u
#define HEARSAY_EACH 500u /* of one desk */

/* ---- showing it
 * ---------------------------------------------------------------- */

struct rows {
	struct buf *out; /* NULL: they are counted */
	uint64_t skip, count;
	size_t most;
	bool full;
};

static bool
add_row(void *ctx, const struct paper *p)
{
	struct rows *r = ctx;

	r->count++;
	if (r->out == NULL || r->count <= r->skip)
		return true;
	r->full = r->out->len + 1 + 8 + 2 + p->head.len > r->most;
	if (r->full)
		return false;
	buf_u8(r->out, p->kind == PAPER_GAP ? 1 : 2);
	buf_u64(r->out, (uint64_t)p->at);
	buf_u8(r->out, (uint8_t)(p->head.len >> 8));
	buf_u8(r->out, (uint8_t)p->head.len);
	buf_add(r->out, p->head);
	return true;
}

enum rc
life_gap_count(uint64_t *count, struct err *e)
{
	struct rows r = { 0 };
	enum rc rc =
	    st.store->ops->paper_each(st.store, PAPER_GAP, add_row, &r, e);

	*count = r.count;
	return rc;
}

static bool
look_at(void *ctx, const struct paper *p)
{
	int64_t *latest = ctx;

	if (p->at > *latest)
		*latest = p->at;
	return true;
}

int64_t
life_rolled(void)
{
	int64_t latest = TIME_MIN;
	struct err e;

	if (st.store->ops->paper_each(
		st.store, PAPER_GAP, look_at, &latest, &e) != RC_OK)
		return TIME_MAX;
	return latest;
}

enum rc
life_gaps(struct buf *out, uint64_t skip, struct err *e)
{
	struct rows r = { .out = out, .skip = skip, .most = MSG_JOURNAL_BYTES };
	enum rc rc =
	    st.store->ops->paper_each(st.store, PAPER_GAP, add_row, &r, e);

	if (rc == RC_OK && !r.full)
		rc = st.store->ops->paper_each(
		    st.store, PAPER_HEARSAY, add_row, &r, e);
	return rc;
}

/* ---- hearsay
 * ------------------------------------------------------------------- */

/* What is on disk, by desks. */
static struct {
	bool read;
	size_t count, desk_count;
	struct heard {
		char desk[LIMIT_ADDRESS + 1];
		unsigned count;
	} * desks; /* owned */
} kept;

static struct heard *
heard_of(struct bytes desk)
{
	struct heard *h;
	size_t i;

	for (i = 0; i < kept.desk_count; i++)
		if (bytes_is(desk, kept.desks[i].desk))
			return &kept.desks[i];
	kept.desks = vec_more(kept.desks, kept.desk_count, sizeof(*kept.desks));
	h = &kept.desks[kept.desk_count++];
	*h = (struct heard){ 0 };
	memcpy(h->desk, desk.p, desk.len);
	return h;
}

static bool
count_one(void *ctx, const struct paper *p)
{
	struct statement s;
	struct err e;

	(void)ctx;
	kept.count++;
	if (statement_read(&s, p->head, &e) == RC_OK &&
	    s.desk.len <= LIMIT_ADDRESS)
		heard_of(s.desk)->count++;
	return true;
}

static bool
ready(void)
{
	struct err e;

	if (!kept.read) {
		kept.count = kept.desk_count = 0;
		kept.read = st.store->ops->paper_each(st.store, PAPER_HEARSAY,
				count_one, NULL, &e) == RC_OK;
	}
	return kept.read;
}

/* A number that may have been given, and is not known here. */
static bool
may_be_lost(const struct statement *s)
{
	return s->incarnation < st.incarnation ||
	       (s->incarnation == st.incarnation && s->serial > st.serial);
}

static bool
is_receipt(enum statement_kind k)
{
	return k == STATEMENT_ARRIVED || k == STATEMENT_OPENED ||
	       k == STATEMENT_ACTED || k == STATEMENT_REFUSED;
}

static bool
is_there(struct bytes key)
{
	struct buf head, body;
	struct err e;

	if (st.store->ops->paper_get(
		st.store, PAPER_HEARSAY, key, &head, &body, &e) != RC_OK)
		return false;
	buf_free(&head);
	buf_free(&body);
	return true;
}

void
life_hearsay(const struct statement *s, struct bytes signer)
{
	struct paper p = { .kind = PAPER_HEARSAY,
		.key = bytes_of(s->id.b, ID_SIZE),
		.at = s->at };
	struct der_wr w = { 0 };
	struct heard *h;
	struct err e;

	if (!is_receipt(s->kind) || !weigh_same(s->desk, signer) ||
	    !may_be_lost(s) || s->desk.len > LIMIT_ADDRESS || !ready() ||
	    kept.count >= HEARSAY_MAX)
		return;
	h = heard_of(s->desk);
	if (h->count >= HEARSAY_EACH || is_there(p.key))
		return; /* the first that was heard is kept */
	statement_write(&w, s);
	p.head = buf_bytes(&w.out);
	if (store_write(&e) == RC_OK &&
	    store_failed(st.store->ops->paper_put(
		st.store, &p, (struct bytes){ 0 }, &e)) == RC_OK)
		kept.count++, h->count++;
	der_wr_free(&w);
}
