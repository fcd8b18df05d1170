/* SPDX-License-Identifier: EUPL-1.2 */
/* What is done to legs otherwise than by their lines. */
#include <stdlib.h>

#include "store/check.h"
#include "store/memory.h"

static struct memory_leg *
leg_of(struct memory *m, uint64_t q)
{
	return q == 0 || q > m->count.legs ? NULL : &m->legs[q - 1];
}

enum rc
memory_pin(struct store *s, uint64_t q, bool pinned, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_leg *l = leg_of(m, q);
	struct memory_undo *u;

	if (memory_writes(m, e) != RC_OK)
		return e->rc;
	if (l == NULL)
		return fail(e, RC_ABSENT, "store: no such leg");
	u = memory_undo(m, MEMORY_LEG, (size_t)q - 1);
	u->leg = l->leg;
	u->was = l->hop;
	l->leg.hop = memory_own(&l->hop, buf_bytes(&u->was));
	l->leg.pinned = pinned;
	return RC_OK;
}

enum rc
memory_dest_drop(
    struct store *s, uint64_t q, struct bytes address, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct memory_leg *l = leg_of(m, q);
	struct memory_dest *d;
	size_t i;

	if (memory_writes(m, e) != RC_OK)
		return e->rc;
	for (i = 0; l != NULL && i < l->dest_count; i++) {
		d = &m->dests[l->dests[i]];
		if (d->gone || !bytes_eq(buf_bytes(&d->address), address))
			continue;
		(void)memory_undo(m, MEMORY_DEST, l->dests[i]);
		d->gone = true;
		return RC_OK;
	}
	return fail(e, RC_ABSENT, "store: no such destination");
}

static bool
leg_has(const struct memory_leg *l, size_t dest)
{
	size_t i;

	for (i = 0; i < l->dest_count && l->dests[i] != dest; i++)
		;
	return i < l->dest_count;
}

enum rc
memory_dest_leg(struct store *s, uint64_t n, struct bytes address, uint64_t *q,
    struct err *e)
{
	struct memory *m = memory_of(s);
	const struct memory_dest *d = memory_dest(m, n, address);
	const struct memory_dispatch *of = memory_known(m, n);
	size_t i;

	*q = 0;
	if (d == NULL)
		return fail(e, RC_ABSENT, "store: no such destination");
	for (i = 0; i < of->leg_count; i++)
		if (leg_has(&m->legs[of->legs[i]], (size_t)(d - m->dests)))
			*q = of->legs[i] + 1;
	return RC_OK;
}

static int
by_expires(const void *a, const void *b)
{
	const struct leg *x = *(const struct leg *const *)a;
	const struct leg *y = *(const struct leg *const *)b;

	if (x->expires != y->expires)
		return x->expires < y->expires ? -1 : 1;
	return x->q < y->q ? -1 : x->q > y->q;
}

enum rc
memory_expired(struct store *s, int64_t now, size_t max,
    bool (*each)(void *ctx, uint64_t q), void *ctx, struct err *e)
{
	const struct memory *m = memory_of(s);
	const struct leg **found, *leg;
	size_t i, n = 0;

	(void)e;
	found = alloc(m->wait_count + 1, sizeof(const struct leg *));
	for (i = 0; i < m->wait_count; i++) {
		leg = &m->legs[m->waits[i]].leg;
		if (leg->expires > 0 && leg->expires < now)
			found[n++] = leg;
	}
	qsort(found, n, sizeof(const struct leg *), by_expires);
	for (i = 0; i < n && i < max && each(ctx, found[i]->q); i++)
		;
	free(found);
	return RC_OK;
}

enum rc
memory_goes(
    struct store *s, uint64_t n, struct bytes hop, bool *does, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct memory_dispatch *d = memory_known(m, n);
	size_t i;

	(void)e;
	*does = false;
	for (i = 0; d != NULL && i < d->leg_count && !*does; i++)
		*does = bytes_eq(m->legs[d->legs[i]].leg.hop, hop);
	return RC_OK;
}
