/* SPDX-License-Identifier: EUPL-1.2 */
/* Dispatches at the desks of this station. */
#include <stdlib.h>

#include "core/vec.h"
#include "store/check.h"
#include "store/memory.h"

enum rc
memory_deliver(struct store *s, uint64_t n, uint64_t copy, const struct dest *d,
    int64_t at, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_copy *of = memory_there(m, n, copy);
	struct memory_delivery *v;
	struct memory_dest *dest;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_dest(d, e)) != RC_OK)
		return rc;
	if (memory_dest(m, n, d->address) != NULL)
		return fail(
		    e, RC_EXISTS, "store: it has this destination already");
	if (of == NULL)
		return memory_gone(e);
	dest = memory_dest_add(m, n, d);
	dest->here = true;
	dest->delivery = m->count.deliveries;
	m->deliveries = vec_more(
	    m->deliveries, m->count.deliveries, sizeof(*m->deliveries));
	v = &m->deliveries[m->count.deliveries++];
	*v = (struct memory_delivery){ .d = { .n = n,
					   .copy = copy,
					   .at = at,
					   .arrived = at,
					   .tag = d->tag } };
	v->d.desk = memory_own(&v->desk, d->address);
	of->desks++;
	return RC_OK;
}

static struct memory_delivery *
at_desk(struct memory *m, uint64_t n, struct bytes desk)
{
	const struct memory_dest *d = memory_dest(m, n, desk);

	return d == NULL || !d->here ? NULL : &m->deliveries[d->delivery];
}

enum rc
memory_delivery(struct store *s, uint64_t n, struct bytes desk,
    struct delivery *out, struct err *e)
{
	const struct memory_delivery *v = at_desk(memory_of(s), n, desk);

	*out = (struct delivery){ 0 };
	if (v == NULL)
		return fail(e, RC_ABSENT, "store: it is not at this desk");
	*out = v->d;
	return RC_OK;
}

enum rc
memory_delivery_set(struct store *s, uint64_t n, struct bytes desk,
    enum delivery_state state, int64_t at, struct bytes reason, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_delivery *v;
	struct memory_undo *u;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_delivery(state, reason, e)) != RC_OK)
		return rc;
	v = at_desk(m, n, desk);
	if (v == NULL)
		return fail(e, RC_ABSENT, "store: it is not at this desk");
	if (state == v->d.state)
		return RC_OK;
	if (!delivery_follows(v->d.state, state))
		return fail(e, RC_DENIED,
		    "store: that state cannot follow (docs/station.md 4.6)");
	u = memory_undo(m, MEMORY_DELIVERY, (size_t)(v - m->deliveries));
	u->delivery = v->d;
	u->was = v->reason;
	v->d.reason = memory_own(&v->reason, reason);
	v->d.state = state;
	v->d.at = at;
	return RC_OK;
}

static int
newest_first(const void *a, const void *b)
{
	const struct delivery *x = *(const struct delivery *const *)a;
	const struct delivery *y = *(const struct delivery *const *)b;

	return x->n > y->n ? -1 : x->n < y->n;
}

static int
by_desk(const void *a, const void *b)
{
	const struct delivery *x = *(const struct delivery *const *)a;
	const struct delivery *y = *(const struct delivery *const *)b;

	return bytes_cmp(x->desk, y->desk);
}

enum rc
memory_deliveries(struct store *s, uint64_t n,
    bool (*each)(void *ctx, const struct delivery *d), void *ctx, struct err *e)
{
	const struct memory *m = memory_of(s);
	const struct delivery **found;
	size_t i, count = 0;

	(void)e;
	found = alloc(m->count.deliveries + 1, sizeof(const struct delivery *));
	for (i = 0; i < m->count.deliveries; i++)
		if (m->deliveries[i].d.n == n)
			found[count++] = &m->deliveries[i].d;
	qsort(found, count, sizeof(const struct delivery *), by_desk);
	for (i = 0; i < count && each(ctx, found[i]); i++)
		;
	free(found);
	return RC_OK;
}

enum rc
memory_inbox(struct store *s, struct bytes desk, bool all, uint64_t before,
    size_t max,
    bool (*each)(void *ctx, const struct delivery *d, const struct stored *of),
    void *ctx, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct delivery **found, *d;
	struct stored of;
	size_t i, n = 0;

	(void)e;
	found = alloc(m->count.deliveries + 1, sizeof(const struct delivery *));
	for (i = 0; i < m->count.deliveries; i++) {
		d = &m->deliveries[i].d;
		if (d->n < before && bytes_eq(d->desk, desk) &&
		    (all || d->state == DELIVERY_ARRIVED ||
			d->state == DELIVERY_OPENED))
			found[n++] = d;
	}
	qsort(found, n, sizeof(const struct delivery *), newest_first);
	for (i = 0; i < n && i < max; i++) {
		of = memory_stored(m, m->dispatches[found[i]->n - 1], 0);
		if (!each(ctx, found[i], &of))
			break;
	}
	free(found);
	return RC_OK;
}
