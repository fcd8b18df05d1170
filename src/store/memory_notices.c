/* SPDX-License-Identifier: EUPL-1.2 */
/* Statements that wait, those that count, batches, inquiries.  A transaction
 * that changes them keeps all as they were. */
#include <stdlib.h>

#include "core/vec.h"
#include "store/check.h"
#include "store/memory.h"

/* ---- rows and copies of them --------------------------------------------- */

static void
row_free(struct memory_notice *r)
{
	size_t i;

	for (i = 0; i < NOTICE_BUFS; i++)
		buf_free(&r->b[i]);
}

static void
all_free(struct memory_notices *all)
{
	size_t i;

	for (i = 0; i < all->count; i++)
		row_free(&all->list[i]);
	free(all->list);
	*all = (struct memory_notices){ 0 };
}

/* Puts a row behind all that are not greater. */
static struct memory_notice *
insert(struct memory_notices *all, const struct memory_notice *like)
{
	size_t i = all->count++, j;

	all->list = vec_more(all->list, i, sizeof(*all->list));
	all->list[i] = *like;
	for (j = 0; j < NOTICE_BUFS; j++) {
		all->list[i].b[j] = (struct buf){ 0 };
		buf_add(&all->list[i].b[j], buf_bytes(&like->b[j]));
	}
	return &all->list[i];
}

static void
drop(struct memory_notices *all, size_t at)
{
	row_free(&all->list[at]);
	for (all->count--; at < all->count; at++)
		all->list[at] = all->list[at + 1];
	all->list[all->count] = (struct memory_notice){ 0 };
}

static void
remember(struct memory *m)
{
	size_t i;

	if (m->notices_kept)
		return;
	m->notices_kept = true;
	m->notices_before.last = m->notices.last;
	for (i = 0; i < m->notices.count; i++)
		(void)insert(&m->notices_before, &m->notices.list[i]);
}

void
memory_notices_end(struct memory *m, bool kept)
{
	if (m->notices_kept && !kept) {
		all_free(&m->notices);
		m->notices = m->notices_before;
		m->notices_before = (struct memory_notices){ 0 };
	}
	all_free(&m->notices_before);
	m->notices_kept = false;
}

void
memory_notices_free(struct memory *m)
{
	all_free(&m->notices);
	all_free(&m->notices_before);
}

/* A new row; its bytes are the caller's to fill in. */
static struct memory_notice *
add(struct memory *m, enum memory_notice_kind what)
{
	const struct memory_notice none = { .what = what };
	struct memory_notice *r;

	remember(m);
	r = insert(&m->notices, &none);
	r->number = ++m->notices.last;
	return r;
}

/* ---- what waits ---------------------------------------------------------- */

static enum rc
pend(struct store *s, struct pending *p, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_notice *r;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_pending(p, e)) != RC_OK)
		return rc;
	r = add(m, NOTICE_PENDING);
	buf_add(&r->b[0], p->signer);
	buf_add(&r->b[1], p->to);
	buf_add(&r->b[2], p->statement);
	r->code = p->rank;
	p->p = r->number;
	return RC_OK;
}

static enum rc
pending(struct store *s, struct bytes signer, uint64_t after, size_t max,
    bool (*each)(void *ctx, const struct pending *p), void *ctx, struct err *e)
{
	const struct memory_notices *all = &memory_of(s)->notices;
	const struct memory_notice *r;
	struct pending p;
	size_t i, n = 0;

	(void)e;
	for (i = 0; i < all->count && n < max; i++) {
		r = &all->list[i];
		if (r->what != NOTICE_PENDING || r->number <= after ||
		    !bytes_eq(buf_bytes(&r->b[0]), signer))
			continue;
		p = (struct pending){ r->number, signer, buf_bytes(&r->b[1]),
			r->code, buf_bytes(&r->b[2]) };
		n++;
		if (!each(ctx, &p))
			break;
	}
	return RC_OK;
}

/* How many a signer has from here on; 0 where an earlier row is his. */
static uint64_t
count_of(const struct memory_notices *all, size_t at)
{
	const struct bytes signer = buf_bytes(&all->list[at].b[0]);
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < all->count; i++) {
		if (all->list[i].what != NOTICE_PENDING ||
		    !bytes_eq(buf_bytes(&all->list[i].b[0]), signer))
			continue;
		if (i < at)
			return 0;
		n++;
	}
	return n;
}

static enum rc
signers(struct store *s,
    bool (*each)(void *ctx, struct bytes signer, uint64_t count), void *ctx,
    struct err *e)
{
	const struct memory_notices *all = &memory_of(s)->notices;
	uint64_t n;
	size_t i;

	(void)e;
	for (i = 0; i < all->count; i++) {
		if (all->list[i].what != NOTICE_PENDING)
			continue;
		n = count_of(all, i);
		if (n > 0 && !each(ctx, buf_bytes(&all->list[i].b[0]), n))
			break;
	}
	return RC_OK;
}

static enum rc
pending_done(struct store *s, struct bytes signer, uint64_t last, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct memory_notice *r;
	enum rc rc;
	size_t i;

	if ((rc = memory_writes(m, e)) != RC_OK)
		return rc;
	remember(m);
	for (i = m->notices.count; i-- > 0;) {
		r = &m->notices.list[i];
		if (r->what == NOTICE_PENDING && r->number <= last &&
		    bytes_eq(buf_bytes(&r->b[0]), signer))
			drop(&m->notices, i);
	}
	return RC_OK;
}

static enum rc
pending_drop(struct store *s, struct bytes signer, uint64_t p, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct memory_notice *r;
	enum rc rc;
	size_t i;

	if ((rc = memory_writes(m, e)) != RC_OK)
		return rc;
	remember(m);
	for (i = m->notices.count; i-- > 0;) {
		r = &m->notices.list[i];
		if (r->what == NOTICE_PENDING && r->number == p &&
		    bytes_eq(buf_bytes(&r->b[0]), signer))
			drop(&m->notices, i);
	}
	return RC_OK;
}

/* ---- what counts --------------------------------------------------------- */

static enum rc
batch(struct store *s, struct bytes bytes, uint64_t *b, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_notice *r;
	enum rc rc;

	*b = 0;
	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_batch(bytes, e)) != RC_OK)
		return rc;
	r = add(m, NOTICE_BATCH);
	buf_add(&r->b[0], bytes);
	*b = r->number;
	return RC_OK;
}

static const struct memory_notice *
batch_of(const struct memory_notices *all, uint64_t b)
{
	size_t i;

	for (i = 0; i < all->count; i++)
		if (all->list[i].what == NOTICE_BATCH &&
		    all->list[i].number == b)
			return &all->list[i];
	return NULL;
}

/* Nothing stands in it any more. */
static void
batch_over(struct memory_notices *all, uint64_t b)
{
	size_t i, at = all->count;

	for (i = 0; i < all->count; i++) {
		if (all->list[i].what == NOTICE_SAID && all->list[i].batch == b)
			return;
		if (all->list[i].what == NOTICE_BATCH &&
		    all->list[i].number == b)
			at = i;
	}
	if (at < all->count)
		drop(all, at);
}

static bool
is_said(const struct memory_notice *r, const struct saying *said)
{
	return r->what == NOTICE_SAID && r->n == said->n &&
	       r->kind == said->kind &&
	       bytes_eq(buf_bytes(&r->b[0]), said->signer) &&
	       bytes_eq(buf_bytes(&r->b[1]), said->about);
}

static enum rc
note(struct store *s, const struct saying *said, bool again, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_notice *r;
	uint64_t was = 0;
	enum rc rc;
	size_t i;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_said(said, e)) != RC_OK)
		return rc;
	for (i = m->notices.count; i-- > 0;) {
		if (!is_said(&m->notices.list[i], said))
			continue;
		if (!again)
			return fail(e, RC_EXISTS, "store: it was said already");
		remember(m);
		was = m->notices.list[i].batch;
		drop(&m->notices, i);
	}
	r = add(m, NOTICE_SAID);
	r->n = said->n;
	r->kind = said->kind;
	r->at = said->at;
	r->code = said->code;
	r->batch = said->b;
	buf_add(&r->b[0], said->signer);
	buf_add(&r->b[1], said->about);
	buf_add(&r->b[2], said->statement);
	if (was != said->b)
		batch_over(&m->notices, was);
	return RC_OK;
}

static int
said_order(const struct memory_notice *a, const struct memory_notice *b)
{
	int c;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	c = bytes_cmp(buf_bytes(&a->b[0]), buf_bytes(&b->b[0]));
	return c != 0 ? c : bytes_cmp(buf_bytes(&a->b[1]), buf_bytes(&b->b[1]));
}

/* The first of a dispatch behind "last" in their order; NULL. */
static const struct memory_notice *
said_next(const struct memory_notices *all, uint64_t n,
    const struct memory_notice *last)
{
	const struct memory_notice *r, *best = NULL;
	size_t i;

	for (i = 0; i < all->count; i++) {
		r = &all->list[i];
		if (r->what == NOTICE_SAID && r->n == n &&
		    (last == NULL || said_order(r, last) > 0) &&
		    (best == NULL || said_order(r, best) < 0))
			best = r;
	}
	return best;
}

static enum rc
said(struct store *s, uint64_t n,
    bool (*each)(void *ctx, const struct saying *said), void *ctx,
    struct err *e)
{
	const struct memory_notices *all = &memory_of(s)->notices;
	const struct memory_notice *r = NULL, *b;
	struct saying one;

	(void)e;
	while ((r = said_next(all, n, r)) != NULL) {
		b = batch_of(all, r->batch);
		one = (struct saying){ .n = n,
			.kind = r->kind,
			.signer = buf_bytes(&r->b[0]),
			.about = buf_bytes(&r->b[1]),
			.at = r->at,
			.code = r->code,
			.statement = buf_bytes(&r->b[2]),
			.b = r->batch };
		if (b != NULL)
			one.batch = buf_bytes(&b->b[0]);
		if (!each(ctx, &one))
			break;
	}
	return RC_OK;
}

/* ---- inquiries ----------------------------------------------------------- */

static enum rc
chase_drop(struct store *s, uint64_t n, struct bytes desk, struct err *e)
{
	struct memory *m = memory_of(s);
	enum rc rc;
	size_t i;

	if ((rc = memory_writes(m, e)) != RC_OK)
		return rc;
	remember(m);
	for (i = m->notices.count; i-- > 0;)
		if (m->notices.list[i].what == NOTICE_CHASE &&
		    m->notices.list[i].n == n &&
		    bytes_eq(buf_bytes(&m->notices.list[i].b[0]), desk))
			drop(&m->notices, i);
	return RC_OK;
}

static enum rc
chase(struct store *s, const struct chase *c, struct err *e)
{
	struct memory_notice *r;
	enum rc rc;

	if ((rc = check_address(c->desk, e)) != RC_OK ||
	    (rc = chase_drop(s, c->n, c->desk, e)) != RC_OK)
		return rc;
	r = add(memory_of(s), NOTICE_CHASE);
	r->n = c->n;
	r->at = c->due;
	r->code = c->asked;
	buf_add(&r->b[0], c->desk);
	return RC_OK;
}

static int
chase_order(const struct memory_notice *a, const struct memory_notice *b)
{
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	return bytes_cmp(buf_bytes(&a->b[0]), buf_bytes(&b->b[0]));
}

static enum rc
chases(struct store *s, int64_t now, size_t max,
    bool (*each)(void *ctx, const struct chase *c), void *ctx, struct err *e)
{
	const struct memory_notices *all = &memory_of(s)->notices;
	const struct memory_notice *r, *last = NULL, *best;
	struct chase c;
	size_t i, n;

	(void)e;
	for (n = 0; n < max; n++, last = best) {
		best = NULL;
		for (i = 0; i < all->count; i++) {
			r = &all->list[i];
			if (r->what == NOTICE_CHASE && r->at <= now &&
			    (last == NULL || chase_order(r, last) > 0) &&
			    (best == NULL || chase_order(r, best) < 0))
				best = r;
		}
		if (best == NULL)
			break;
		c = (struct chase){ best->n, buf_bytes(&best->b[0]), best->at,
			best->code };
		if (!each(ctx, &c))
			break;
	}
	return RC_OK;
}

static enum rc
chased(struct store *s, uint64_t n, struct err *e)
{
	const struct memory_notices *all = &memory_of(s)->notices;
	size_t i;

	for (i = 0; i < all->count; i++)
		if (all->list[i].what == NOTICE_CHASE && all->list[i].n == n)
			return RC_OK;
	return fail(e, RC_ABSENT, "store: nobody is waited for");
}

const struct store_notice_ops memory_notices = {
	.pend = pend,
	.pending = pending,
	.signers = signers,
	.pending_done = pending_done,
	.pending_drop = pending_drop,
	.batch = batch,
	.note = note,
	.said = said,
	.chase = chase,
	.chases = chases,
	.chase_drop = chase_drop,
	.chased = chased,
};
