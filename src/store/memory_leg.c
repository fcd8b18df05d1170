/* SPDX-License-Identifier: EUPL-1.2 */
/* Legs: whither a dispatch has still to go. */
#include <stdlib.h>
#include <string.h>

#include "core/index.h"
#include "core/time.h"
#include "core/vec.h"
#include "store/check.h"
#include "store/memory.h"

/* ---- destinations ------------------------------------------------------ */

static uint64_t
dest_hash(uint64_t n, struct bytes address)
{
	const struct bytes parts[] = { bytes_of(&n, sizeof(n)), address };
	uint8_t sum[SHA256_SIZE];
	uint64_t h;

	sha256_parts(sum, parts, 2);
	memcpy(&h, sum, sizeof(h));
	return h;
}

struct memory_dest *
memory_dest(struct memory *m, uint64_t n, struct bytes address)
{
	uint64_t hash = dest_hash(n, address);
	struct memory_dest *d;
	size_t at = 0, place;

	while (index_each(m->targets, hash, &at, &place)) {
		if (place >= m->count.dests)
			continue; /* of an undone transaction */
		d = &m->dests[place];
		if (d->n == n && !d->gone &&
		    bytes_eq(buf_bytes(&d->address), address))
			return d;
	}
	return NULL;
}

struct memory_dest *
memory_dest_add(struct memory *m, uint64_t n, const struct dest *d)
{
	struct memory_dest *new;

	m->dests = vec_more(m->dests, m->count.dests, sizeof(*m->dests));
	index_add(m->targets, dest_hash(n, d->address), m->count.dests);
	new = &m->dests[m->count.dests++];
	*new = (struct memory_dest){ .n = n, .tag = d->tag };
	(void)memory_own(&new->address, d->address);
	return new;
}

enum rc
memory_has(
    struct store *s, uint64_t n, struct bytes address, bool *has, struct err *e)
{
	(void)e;
	*has = memory_dest(memory_of(s), n, address) != NULL;
	return RC_OK;
}

/* ---- what waits -------------------------------------------------------- */

/* Where a leg is among those that wait, or would be. */
static size_t
wait_place(const struct memory *m, size_t leg)
{
	size_t low = 0, high = m->wait_count, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (m->waits[mid] < leg)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void
wait_set(struct memory *m, size_t leg, bool waits)
{
	size_t at = wait_place(m, leg);
	bool is = at < m->wait_count && m->waits[at] == leg;

	if (is == waits)
		return;
	if (waits) {
		m->waits = vec_more(m->waits, m->wait_count, sizeof(*m->waits));
		memmove(m->waits + at + 1, m->waits + at,
		    (m->wait_count - at) * sizeof(*m->waits));
		m->waits[at] = leg;
		m->wait_count++;
	} else {
		m->wait_count--;
		memmove(m->waits + at, m->waits + at + 1,
		    (m->wait_count - at) * sizeof(*m->waits));
	}
}

void
memory_waits(struct memory *m)
{
	size_t i;

	free(m->waits);
	m->waits = NULL;
	m->wait_count = 0;
	for (i = 0; i < m->count.legs; i++)
		wait_set(m, i, leg_waits(m->legs[i].leg.state));
}

/* ---- sending ----------------------------------------------------------- */

/* How many of them it has not yet. */
static size_t
new_ones(struct memory *m, uint64_t n, const struct dest *dests, size_t count)
{
	size_t i, new = 0;

	for (i = 0; i < count; i++)
		new += memory_dest(m, n, dests[i].address) == NULL;
	return new;
}

static void
send_leg(struct memory *m, struct memory_dispatch *d, const struct leg *leg,
    const struct dest *dests, size_t count)
{
	size_t i, place = m->count.legs;
	struct memory_leg *l;

	m->legs = vec_more(m->legs, m->count.legs, sizeof(*m->legs));
	l = &m->legs[m->count.legs++];
	*l = (struct memory_leg){ .leg = *leg };
	l->leg.q = place + 1;
	if (l->leg.expires == TIME_NEVER)
		l->leg.expires = 0;
	l->leg.total = memory_copy_of(m, leg->n, leg->copy)->total;
	l->leg.hop = memory_own(&l->hop, leg->hop);
	for (i = 0; i < count; i++) {
		if (memory_dest(m, leg->n, dests[i].address) != NULL)
			continue;
		(void)memory_dest_add(m, leg->n, &dests[i]);
		l->dests = vec_more(l->dests, l->dest_count, sizeof(*l->dests));
		l->dests[l->dest_count++] = m->count.dests - 1;
	}
	d->legs = vec_more(d->legs, d->leg_count, sizeof(*d->legs));
	d->legs[d->leg_count++] = place;
	wait_set(m, place, true);
}

enum rc
memory_send(struct store *s, const struct leg *leg, const struct dest *dests,
    size_t count, uint64_t *q, struct err *e)
{
	struct memory *m = memory_of(s);
	size_t i, new;
	enum rc rc;

	*q = 0;
	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_leg(leg, e)) != RC_OK)
		return rc;
	for (i = 0; i < count; i++)
		if ((rc = check_dest(&dests[i], e)) != RC_OK)
			return rc;
	new = new_ones(m, leg->n, dests, count);
	if (memory_there(m, leg->n, leg->copy) == NULL &&
	    (new > 0 || count == 0))
		return memory_gone(e);
	if (new == 0)
		return RC_OK;
	send_leg(m, memory_known(m, leg->n), leg, dests, count);
	*q = m->count.legs;
	return RC_OK;
}

/* ---- a leg's state ----------------------------------------------------- */

static struct memory_leg *
leg_of(struct memory *m, uint64_t q)
{
	return q == 0 || q > m->count.legs ? NULL : &m->legs[q - 1];
}

enum rc
memory_leg(struct store *s, uint64_t q, struct leg *out, struct err *e)
{
	const struct memory_leg *l = leg_of(memory_of(s), q);

	*out = (struct leg){ 0 };
	if (l == NULL)
		return fail(e, RC_ABSENT, "store: no such leg");
	*out = l->leg;
	return RC_OK;
}

enum rc
memory_leg_set(struct store *s, uint64_t q, enum leg_state state,
    const struct bytes *hop, int64_t at, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_leg *l = leg_of(m, q);
	struct memory_undo *u;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_leg_state(state, e)) != RC_OK ||
	    (hop != NULL && (rc = check_address(*hop, e)) != RC_OK))
		return rc;
	if (l == NULL)
		return fail(e, RC_ABSENT, "store: no such leg");
	if (leg_waits(state) && memory_there(m, l->leg.n, l->leg.copy) == NULL)
		return memory_gone(e);
	u = memory_undo(m, MEMORY_LEG, (size_t)q - 1);
	u->leg = l->leg;
	u->was = l->hop;
	l->leg.hop =
	    memory_own(&l->hop, hop != NULL ? *hop : buf_bytes(&u->was));
	l->leg.state = state;
	l->leg.at = at;
	wait_set(m, (size_t)q - 1, leg_waits(state));
	return RC_OK;
}

/* ---- lists ------------------------------------------------------------- */

static int
by_due(const void *a, const void *b)
{
	const struct leg *x = *(const struct leg *const *)a;
	const struct leg *y = *(const struct leg *const *)b;

	if (x->due != y->due)
		return x->due < y->due ? -1 : 1;
	return x->q < y->q ? -1 : x->q > y->q;
}

enum rc
memory_queue(struct store *s, struct bytes hop, unsigned rank, int64_t due,
    uint64_t after, size_t max, bool (*each)(void *ctx, const struct leg *leg),
    void *ctx, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct leg **found, *leg;
	size_t i, n = 0;

	(void)e;
	if (m->wait_count == 0)
		return RC_OK;
	found = alloc(m->wait_count, sizeof(const struct leg *));
	for (i = 0; i < m->wait_count; i++) {
		leg = &m->legs[m->waits[i]].leg;
		if (leg->state == LEG_QUEUED && leg->rank == rank &&
		    (leg->due > due || (leg->due == due && leg->q > after)) &&
		    bytes_eq(leg->hop, hop))
			found[n++] = leg;
	}
	qsort(found, n, sizeof(const struct leg *), by_due);
	for (i = 0; i < n && i < max && each(ctx, found[i]); i++)
		;
	free(found);
	return RC_OK;
}

enum rc
memory_legs(struct store *s, uint64_t n,
    bool (*each)(void *ctx, const struct leg *leg), void *ctx, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct memory_dispatch *d = memory_known(m, n);
	size_t i;

	(void)e;
	for (i = 0; d != NULL && i < d->leg_count; i++)
		if (!each(ctx, &m->legs[d->legs[i]].leg))
			break;
	return RC_OK;
}

enum rc
memory_waiting(struct store *s, uint64_t after, size_t max,
    bool (*each)(void *ctx, const struct leg *leg), void *ctx, struct err *e)
{
	struct memory *m = memory_of(s);
	size_t i;

	(void)e;
	if (after >= m->count.legs)
		return RC_OK;
	/* the leg after number q is at the place q */
	for (i = wait_place(m, (size_t)after); i < m->wait_count && max > 0;
	     i++, max--)
		if (!each(ctx, &m->legs[m->waits[i]].leg))
			break;
	return RC_OK;
}

static int
by_address(const void *a, const void *b)
{
	const struct dest *x = a, *y = b;

	return bytes_cmp(x->address, y->address);
}

enum rc
memory_leg_dests(struct store *s, uint64_t q,
    bool (*each)(void *ctx, const struct dest *d), void *ctx, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct memory_leg *l = leg_of(m, q);
	const struct memory_dest *from;
	struct dest *all;
	size_t i, n = 0;

	(void)e;
	if (l == NULL)
		return RC_OK;
	all = alloc(l->dest_count, sizeof(*all));
	for (i = 0; i < l->dest_count; i++) {
		from = &m->dests[l->dests[i]];
		if (!from->gone)
			all[n++] = (struct dest){ buf_bytes(&from->address),
				from->tag };
	}
	qsort(all, n, sizeof(*all), by_address);
	for (i = 0; i < n && each(ctx, &all[i]); i++)
		;
	free(all);
	return RC_OK;
}

static int
by_hop(const void *a, const void *b)
{
	const struct hop_count *x = a, *y = b;

	return bytes_cmp(x->hop, y->hop);
}

static void
hop_add(struct hop_count *h, const struct leg *leg)
{
	h->queued++;
	h->bytes += leg->total;
	h->oldest = leg->at < h->oldest ? leg->at : h->oldest;
	h->rank = leg->rank > h->rank ? leg->rank : h->rank;
}

enum rc
memory_hops(struct store *s, bool (*each)(void *ctx, const struct hop_count *h),
    void *ctx, struct err *e)
{
	struct memory *m = memory_of(s);
	struct hop_count *hops = NULL;
	const struct leg *leg;
	size_t i, k, n = 0;

	(void)e;
	for (i = 0; i < m->wait_count; i++) {
		leg = &m->legs[m->waits[i]].leg;
		if (leg->state != LEG_QUEUED)
			continue;
		for (k = 0; k < n && !bytes_eq(hops[k].hop, leg->hop); k++)
			;
		if (k == n) {
			hops = vec_more(hops, n, sizeof(*hops));
			hops[n++] = (struct hop_count){ .hop = leg->hop,
				.oldest = TIME_NEVER };
		}
		hop_add(&hops[k], leg);
	}
	if (n > 0)
		qsort(hops, n, sizeof(*hops), by_hop);
	for (i = 0; i < n && each(ctx, &hops[i]); i++)
		;
	free(hops);
	return RC_OK;
}
