/* SPDX-License-Identifier: EUPL-1.2 */
/* Dispatches and their packages. */
#include <stdlib.h>
#include <string.h>

#include "core/index.h"
#include "core/vec.h"
#include "store/check.h"
#include "store/memory.h"

struct memory_dispatch *
memory_known(struct memory *m, uint64_t n)
{
	return n == 0 || n > m->count.dispatches ? NULL : m->dispatches[n - 1];
}

enum rc
memory_gone(struct err *e)
{
	return fail(
	    e, RC_ABSENT, "store: no such dispatch, or its package is gone");
}

/* Of the hash, for nobody outside steers that. */
static uint64_t
id_hash(const struct id *id)
{
	uint8_t sum[SHA256_SIZE];
	uint64_t h;

	sha256(sum, id_bytes(id));
	memcpy(&h, sum, sizeof(h));
	return h;
}

/* The next with this id, the newest first; an undone transaction leaves
 * numbers in the index that are others' now. */
static struct memory_dispatch *
next_of(struct memory *m, const struct id *id, size_t *at)
{
	uint64_t hash = id_hash(id);
	struct memory_dispatch *d;
	size_t place;

	while (index_each(m->ids, hash, at, &place)) {
		d = memory_known(m, place + 1);
		if (d != NULL && id_eq(&d->d.header.id, id))
			return d;
	}
	return NULL;
}

static const struct memory_dispatch *
same_key(struct memory *m, const struct header *h)
{
	struct memory_dispatch *d;
	size_t at = 0;

	while ((d = next_of(m, &h->id, &at)) != NULL)
		if (d->d.header.incarnation == h->incarnation &&
		    d->d.header.serial == h->serial &&
		    bytes_eq(d->d.header.origin, h->origin))
			return d;
	return NULL;
}

static enum rc
put_known(struct memory *m, const struct memory_dispatch *known,
    struct stored *d, struct err *e)
{
	d->n = known->d.n;
	if (memcmp(known->d.digest, d->digest, SHA256_SIZE) == 0)
		return fail(e, RC_EXISTS, "store: this dispatch is known");
	m->count.clashes++;
	return fail(e, RC_DENIED,
	    "store: another dispatch is known under this key (number %llu)",
	    (unsigned long long)d->n);
}

enum rc
memory_put(
    struct store *s, struct stored *d, struct bytes package, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct memory_dispatch *known;
	struct memory_dispatch *new;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_stored(d, package, e)) != RC_OK)
		return rc;
	known = same_key(m, &d->header);
	if (known != NULL)
		return put_known(m, known, d, e);
	d->n = m->count.dispatches + 1;
	new = alloc(1, sizeof(*new));
	new->d = *d;
	new->d.gone = false;
	new->d.header.origin = memory_own(&new->origin, d->header.origin);
	new->d.from = memory_own(&new->from, d->from);
	new->d.desk = memory_own(&new->desk, d->desk);
	(void)memory_own(&new->package, package);
	m->dispatches = vec_more(m->dispatches, m->count.dispatches,
	    sizeof(struct memory_dispatch *));
	m->dispatches[m->count.dispatches++] = new;
	index_add(m->ids, id_hash(&d->header.id), (size_t)d->n - 1);
	return RC_OK;
}

static enum rc
give(const struct memory_dispatch *d, struct stored *out, struct err *e)
{
	*out = (struct stored){ 0 };
	if (d == NULL)
		return fail(e, RC_ABSENT, "store: no such dispatch");
	*out = d->d;
	return RC_OK;
}

enum rc
memory_get(struct store *s, uint64_t n, struct stored *out, struct err *e)
{
	return give(memory_known(memory_of(s), n), out, e);
}

/* Numbers grow, so the newest is the one that was added last. */
enum rc
memory_find(
    struct store *s, const struct id *id, struct stored *out, struct err *e)
{
	size_t at = 0;

	return give(next_of(memory_of(s), id, &at), out, e);
}

enum rc
memory_package(struct store *s, uint64_t n, struct buf *out, struct err *e)
{
	const struct memory_dispatch *d = memory_known(memory_of(s), n);

	*out = (struct buf){ 0 };
	if (d == NULL || d->d.gone || d->d.total > STORE_INLINE)
		return fail(
		    e, RC_ABSENT, "store: the package is not in the database");
	buf_add(out, buf_bytes(&d->package));
	return RC_OK;
}

uint64_t
memory_clashes(struct store *s)
{
	return memory_of(s)->count.clashes;
}

enum rc
memory_outbox(struct store *s, struct bytes desk, uint64_t before, size_t max,
    bool (*each)(void *ctx, const struct stored *of), void *ctx, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct stored *d;
	size_t i = m->count.dispatches;

	(void)e;
	if (desk.len == 0)
		return RC_OK;
	if (before == 0)
		return RC_OK;
	if (before - 1 < i)
		i = (size_t)before - 1;
	for (; i > 0 && max > 0; i--) {
		d = &m->dispatches[i - 1]->d;
		if (!bytes_eq(d->desk, desk))
			continue;
		max--;
		if (!each(ctx, d))
			break;
	}
	return RC_OK;
}

/* ---- purging ----------------------------------------------------------- */

static bool
not_needed(const struct memory *m, const struct memory_dispatch *d)
{
	size_t i;

	if (d->d.gone || d->desk.len > 0 || d->desks > 0 || d->leg_count == 0)
		return false;
	for (i = 0; i < d->leg_count; i++)
		if (leg_waits(m->legs[d->legs[i]].leg.state))
			return false;
	return true;
}

enum rc
memory_purge(struct store *s, size_t max, uint8_t (**sums)[SHA256_SIZE],
    size_t *count, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_dispatch *d;
	size_t i;
	enum rc rc;

	*sums = NULL;
	*count = 0;
	if ((rc = memory_writes(m, e)) != RC_OK)
		return rc;
	for (i = 0; i < m->count.dispatches && max > 0; i++) {
		d = m->dispatches[i];
		if (!not_needed(m, d))
			continue;
		max--;
		memory_undo(m, MEMORY_PACKAGE, i)->was = d->package;
		d->package = (struct buf){ 0 };
		d->d.gone = true;
		if (d->d.total <= STORE_INLINE || memory_needs(s, d->d.sum))
			continue;
		*sums = vec_more(*sums, *count, sizeof(**sums));
		memcpy((*sums)[(*count)++], d->d.sum, SHA256_SIZE);
	}
	return RC_OK;
}

bool
memory_needs(struct store *s, const uint8_t sum[static SHA256_SIZE])
{
	struct memory *m = memory_of(s);
	const struct stored *d;
	size_t i;

	for (i = 0; i < m->count.dispatches; i++) {
		d = &m->dispatches[i]->d;
		if (!d->gone && d->total > STORE_INLINE &&
		    memcmp(d->sum, sum, SHA256_SIZE) == 0)
			return true;
	}
	return false;
}
