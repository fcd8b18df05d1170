/* SPDX-License-Identifier: EUPL-1.2 */
/* What is kept of what this station has lost: gaps, and dispatches that are
 * known only by their receipts (docs/journal.md 7.5). */
#include "antind/lives.h"
#include "der/der.h"

#define HEARSAY_MAX 10000u

struct rows {
	struct buf *out;
	uint64_t count;
	size_t most;
};

static bool
add_row(void *ctx, const struct paper *p)
{
	struct rows *r = ctx;

	r->count++;
	if (r->out == NULL)
		return true;
	if (r->out->len + 1 + 8 + 2 + p->head.len > r->most)
		return false;
	buf_u8(r->out, p->kind == PAPER_GAP ? 1 : 2);
	buf_u64(r->out, (uint64_t)p->at);
	buf_u8(r->out, (uint8_t)(p->head.len >> 8));
	buf_u8(r->out, (uint8_t)p->head.len);
	buf_add(r->out, p->head);
	return true;
}

enum rc
life_gaps(struct buf *out, uint64_t *count, struct err *e)
{
	struct rows r = { .out = out, .most = MSG_JOURNAL_BYTES };
	enum rc rc;

	rc = st.store->ops->paper_each(st.store, PAPER_GAP, add_row, &r, e);
	*count = r.count;
	if (rc == RC_OK && out != NULL)
		rc = st.store->ops->paper_each(
		    st.store, PAPER_HEARSAY, add_row, &r, e);
	return rc;
}

void
life_hearsay(const struct statement *s)
{
	static size_t known = SIZE_MAX;
	struct paper p = { .kind = PAPER_HEARSAY,
		.key = bytes_of(s->id.b, ID_SIZE),
		.at = s->at };
	struct der_wr w = { 0 };
	struct rows r = { 0 };
	struct buf head, body;
	struct err e;

	if (known == SIZE_MAX && st.store->ops->paper_each(st.store,
				     PAPER_HEARSAY, add_row, &r, &e) == RC_OK)
		known = r.count;
	if (known >= HEARSAY_MAX)
		return;
	if (st.store->ops->paper_get(
		st.store, PAPER_HEARSAY, p.key, &head, &body, &e) == RC_OK) {
		buf_free(&head);
		buf_free(&body);
		return; /* the first that was heard */
	}
	statement_write(&w, s);
	p.head = buf_bytes(&w.out);
	if (store_write(&e) == RC_OK &&
	    store_failed(st.store->ops->paper_put(
		st.store, &p, (struct bytes){ 0 }, &e)) == RC_OK)
		known++;
	der_wr_free(&w);
}
