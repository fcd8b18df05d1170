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

struct memory_copy *
memory_copy_of(struct memory *m, uint64_t n, uint64_t copy)
{
	const struct memory_dispatch *d = memory_known(m, n);

	return d == NULL || copy >= d->copy_count ? NULL
						  : &m->copies[d->copies[copy]];
}

struct memory_copy *
memory_there(struct memory *m, uint64_t n, uint64_t copy)
{
	struct memory_copy *c = memory_copy_of(m, n, copy);

	return c == NULL || c->gone ? NULL : c;
}

struct stored
memory_stored(
    const struct memory *m, const struct memory_dispatch *d, uint64_t copy)
{
	const struct memory_copy *c = &m->copies[d->copies[copy]];
	struct stored out = d->d;

	out.copy = copy;
	out.envelope = c->envelope;
	out.total = c->total;
	out.gone = c->gone;
	memcpy(out.sum, c->sum, SHA256_SIZE);
	return out;
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

static void
add_copy(struct memory *m, struct memory_dispatch *to, struct stored *d,
    struct bytes package)
{
	struct memory_copy *c;

	m->copies = vec_more(m->copies, m->count.copies, sizeof(*m->copies));
	c = &m->copies[m->count.copies];
	*c = (struct memory_copy){
		.n = to->d.n, .envelope = d->envelope, .total = d->total
	};
	memcpy(c->sum, d->sum, SHA256_SIZE);
	(void)memory_own(&c->package, package);
	to->copies = vec_more(to->copies, to->copy_count, sizeof(*to->copies));
	d->copy = to->copy_count;
	to->copies[to->copy_count++] = m->count.copies++;
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
	new->d.header.origin = memory_own(&new->origin, d->header.origin);
	new->d.from = memory_own(&new->from, d->from);
	new->d.desk = memory_own(&new->desk, d->desk);
	m->dispatches = vec_more(m->dispatches, m->count.dispatches,
	    sizeof(struct memory_dispatch *));
	m->dispatches[m->count.dispatches++] = new;
	index_add(m->ids, id_hash(&d->header.id), (size_t)d->n - 1);
	add_copy(m, new, d, package);
	return RC_OK;
}

enum rc
memory_copy(
    struct store *s, struct stored *d, struct bytes package, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_dispatch *known = memory_known(m, d->n);
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_stored(d, package, e)) != RC_OK)
		return rc;
	if (known == NULL)
		return fail(e, RC_ABSENT, "store: no such dispatch");
	add_copy(m, known, d, package);
	return RC_OK;
}

enum rc
memory_get(struct store *s, uint64_t n, uint64_t copy, struct stored *out,
    struct err *e)
{
	struct memory *m = memory_of(s);

	*out = (struct stored){ 0 };
	if (memory_copy_of(m, n, copy) == NULL)
		return fail(e, RC_ABSENT, "store: no such dispatch");
	*out = memory_stored(m, memory_known(m, n), copy);
	return RC_OK;
}

enum rc
memory_key(struct store *s, const struct header *key, struct stored *out,
    struct err *e)
{
	const struct memory_dispatch *d = same_key(memory_of(s), key);

	return memory_get(s, d == NULL ? 0 : d->d.n, 0, out, e);
}

/* The newest come first: the last that is not worse is the one. */
enum rc
memory_find(
    struct store *s, const struct id *id, struct stored *out, struct err *e)
{
	const struct memory_dispatch *d, *best = NULL;
	size_t at = 0;

	while ((d = next_of(memory_of(s), id, &at)) != NULL)
		if (best == NULL || d->d.desk.len > 0 || best->d.desk.len == 0)
			best = d;
	return memory_get(s, best == NULL ? 0 : best->d.n, 0, out, e);
}

enum rc
memory_find_at(struct store *s, const struct id *id, struct bytes desk,
    struct stored *out, struct err *e)
{
	const struct memory_dispatch *d, *best = NULL;
	struct delivery lies;
	bool his, was = false;
	size_t at = 0;

	while ((d = next_of(memory_of(s), id, &at)) != NULL) {
		his = bytes_eq(d->d.desk, desk);
		if ((his || !was) && (his || memory_delivery(s, d->d.n, desk,
						 &lies, e) == RC_OK)) {
			best = d;
			was = his;
		}
	}
	return memory_get(s, best == NULL ? 0 : best->d.n, 0, out, e);
}

enum rc
memory_package(
    struct store *s, uint64_t n, uint64_t copy, struct buf *out, struct err *e)
{
	const struct memory_copy *c = memory_there(memory_of(s), n, copy);

	*out = (struct buf){ 0 };
	if (c == NULL || c->total > STORE_INLINE)
		return fail(
		    e, RC_ABSENT, "store: the package is not in the database");
	buf_add(out, buf_bytes(&c->package));
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
	size_t i = m->count.dispatches;
	struct stored d;

	(void)e;
	if (desk.len == 0)
		return RC_OK;
	if (before == 0)
		return RC_OK;
	if (before - 1 < i)
		i = (size_t)before - 1;
	for (; i > 0 && max > 0; i--) {
		d = memory_stored(m, m->dispatches[i - 1], 0);
		if (!bytes_eq(d.desk, desk))
			continue;
		max--;
		if (!each(ctx, &d))
			break;
	}
	return RC_OK;
}

/* ---- purging ----------------------------------------------------------- */

/* A leg of that copy waits. */
static bool
goes_on(const struct memory *m, const struct memory_dispatch *d, uint64_t copy)
{
	const struct leg *leg;
	size_t i;

	for (i = 0; i < d->leg_count; i++) {
		leg = &m->legs[d->legs[i]].leg;
		if (leg->copy == copy && leg_waits(leg->state))
			return true;
	}
	return false;
}

static bool
not_needed(
    const struct memory *m, const struct memory_dispatch *d, uint64_t copy)
{
	const struct memory_copy *c = &m->copies[d->copies[copy]];
	size_t i;

	if (c->gone || (copy == 0 && d->desk.len > 0) || c->desks > 0 ||
	    goes_on(m, d, copy))
		return false;
	for (i = 0; i < d->leg_count; i++)
		if (m->legs[d->legs[i]].leg.copy == copy)
			return true;
	return false;
}

/* Its package goes; its file's sum is noted where nothing else needs it. */
static void
drop(struct memory *m, size_t place, uint8_t (**sums)[SHA256_SIZE],
    size_t *count)
{
	struct memory_copy *c = &m->copies[place];

	memory_undo(m, MEMORY_PACKAGE, place)->was = c->package;
	c->package = (struct buf){ 0 };
	c->gone = true;
	if (c->total <= STORE_INLINE || memory_needs(&m->store, c->sum))
		return;
	*sums = vec_more(*sums, *count, sizeof(**sums));
	memcpy((*sums)[(*count)++], c->sum, SHA256_SIZE);
}

enum rc
memory_purge(struct store *s, size_t max, uint8_t (**sums)[SHA256_SIZE],
    size_t *count, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_dispatch *d;
	uint64_t copy;
	size_t i;
	enum rc rc;

	*sums = NULL;
	*count = 0;
	if ((rc = memory_writes(m, e)) != RC_OK)
		return rc;
	for (i = 0; i < m->count.dispatches; i++) {
		d = m->dispatches[i];
		for (copy = 0; copy < d->copy_count && max > 0; copy++)
			if (not_needed(m, d, copy)) {
				drop(m, d->copies[copy], sums, count);
				max--;
			}
	}
	return RC_OK;
}

enum rc
memory_burn(struct store *s, uint64_t n, uint8_t (**sums)[SHA256_SIZE],
    size_t *count, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_dispatch *d;
	uint64_t copy;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK)
		return rc;
	d = memory_known(m, n);
	for (copy = 0; d != NULL && copy < d->copy_count; copy++)
		if (!m->copies[d->copies[copy]].gone && !goes_on(m, d, copy))
			drop(m, d->copies[copy], sums, count);
	return RC_OK;
}

bool
memory_needs(struct store *s, const uint8_t sum[static SHA256_SIZE])
{
	struct memory *m = memory_of(s);
	const struct memory_copy *c;
	size_t i;

	for (i = 0; i < m->count.copies; i++) {
		c = &m->copies[i];
		if (!c->gone && c->total > STORE_INLINE &&
		    memcmp(c->sum, sum, SHA256_SIZE) == 0)
			return true;
	}
	return false;
}
