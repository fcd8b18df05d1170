/* SPDX-License-Identifier: EUPL-1.2 */
#include "journal/tiles.h"

#include <string.h>

/* The largest power of two below n; n > 1. */
static uint64_t
split(uint64_t n)
{
	uint64_t k = 1;

	while (k < n - k)
		k <<= 1;
	return k;
}

/* The root of the full subtree of 2^level leaves, number i of its size. */
static enum rc
subtree(struct node *out, const struct tiles *t, unsigned level, uint64_t i,
    struct err *e)
{
	const unsigned within = level % TILE_BITS;
	const uint64_t first = i << within;
	const size_t count = (size_t)1 << within,
		     at = (size_t)(first % TILE_NODES);
	struct node nodes[TILE_NODES];
	enum rc rc;

	rc = t->read(t->ctx, level / TILE_BITS, first / TILE_NODES, at + count,
	    nodes, e);
	if (rc == RC_OK)
		merkle_root_of(out, nodes + at, count);
	return rc;
}

/* The root over "count" leaves from "first" on, a subtree of the tree's. */
static enum rc
range(struct node *out, const struct tiles *t, uint64_t first, uint64_t count,
    struct err *e)
{
	const unsigned level = (unsigned)__builtin_ctzll(count);
	struct node left, right;
	uint64_t k;
	enum rc rc;

	if ((count & (count - 1)) == 0)
		return subtree(out, t, level, first >> level, e);
	k = split(count);
	if ((rc = range(&left, t, first, k, e)) == RC_OK &&
	    (rc = range(&right, t, first + k, count - k, e)) == RC_OK)
		merkle_parent(out, &left, &right);
	return rc;
}

enum rc
tiles_root(
    struct node *out, const struct tiles *t, uint64_t size, struct err *e)
{
	static const struct merkle none = { 0 };

	if (size > 0)
		return range(out, t, 0, size, e);
	merkle_root(&none, out);
	return RC_OK;
}

static void
turn(struct node *nodes, unsigned len)
{
	struct node one;
	unsigned i;

	for (i = 0; i < len / 2; i++) {
		one = nodes[i];
		nodes[i] = nodes[len - 1 - i];
		nodes[len - 1 - i] = one;
	}
}

enum rc
tiles_prove(struct node out[static MERKLE_PROOF], unsigned *len,
    const struct tiles *t, uint64_t index, uint64_t size, struct err *e)
{
	uint64_t first = 0, n = size, k;
	enum rc rc = RC_OK;

	*len = 0;
	if (index >= size)
		return fail(
		    e, RC_ABSENT, "the journal has no entry of this number");
	while (n > 1 && rc == RC_OK) {
		k = split(n);
		if (index < first + k) {
			rc = range(&out[(*len)++], t, first + k, n - k, e);
			n = k;
		} else {
			rc = range(&out[(*len)++], t, first, k, e);
			first += k;
			n -= k;
		}
	}
	turn(out, *len);
	return rc;
}

enum rc
tiles_prove_extends(struct node out[static MERKLE_PROOF], unsigned *len,
    const struct tiles *t, uint64_t m, uint64_t n, struct err *e)
{
	uint64_t first = 0, k;
	bool whole = true; /* the old tree is this whole subtree so far */
	enum rc rc = RC_OK;

	*len = 0;
	if (m == 0 || m > n)
		return fail(e, RC_ABSENT,
		    "the journal never had this size, or has it not yet");
	while (m != n && rc == RC_OK) {
		k = split(n);
		if (m <= k) {
			rc = range(&out[(*len)++], t, first + k, n - k, e);
			n = k;
		} else {
			rc = range(&out[(*len)++], t, first, k, e);
			first += k;
			m -= k;
			n -= k;
			whole = false;
		}
	}
	if (!whole && rc == RC_OK)
		rc = range(&out[(*len)++], t, first, n, e);
	turn(out, *len);
	return rc;
}

/* ---- a log that grows ---------------------------------------------------- */

size_t
tiler_count(const struct tiler *t, unsigned level)
{
	return (size_t)((t->size >> (TILE_BITS * level)) % TILE_NODES);
}

enum rc
tiler_add(struct tiler *t, const struct node *leaf,
    enum rc (*full)(void *ctx, unsigned level, uint64_t i,
	const struct node nodes[static TILE_NODES], struct err *e),
    void *ctx, struct err *e)
{
	struct node node = *leaf;
	unsigned level;
	uint64_t n = t->size;
	enum rc rc;

	for (level = 0; level < TILE_LEVELS; level++) {
		t->tail[level][n % TILE_NODES] = node;
		if (n % TILE_NODES != TILE_NODES - 1)
			break;
		n /= TILE_NODES;
		rc = full(ctx, level, n, t->tail[level], e);
		if (rc != RC_OK)
			return rc;
		merkle_root_of(&node, t->tail[level], TILE_NODES);
	}
	if (level == TILE_LEVELS)
		bug("journal: more entries than there can be");
	t->size++;
	return RC_OK;
}
