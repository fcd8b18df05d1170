/* SPDX-License-Identifier: EUPL-1.2 */
/* Roots and proofs out of tiles are those of the whole tree
 * (docs/journal.md 4.2). */
#include <stdlib.h>
#include <string.h>

#include "../tests/tap.h"
#include "journal/tiles.h"

#define LEAVES 70000u /* reaches into the third level */

static struct node *leaves;
static struct node *levels[TILE_LEVELS];
static size_t counts[TILE_LEVELS];

/* Full tiles, as somebody keeps them. */
static enum rc
keep(void *ctx, unsigned level, uint64_t i,
    const struct node nodes[static TILE_NODES], struct err *e)
{
	(void)ctx;
	(void)e;
	if (i * TILE_NODES != counts[level])
		bug("a tile out of order");
	memcpy(levels[level] + counts[level], nodes, TILE_SIZE);
	counts[level] += TILE_NODES;
	return RC_OK;
}

static enum rc
lookup(void *ctx, unsigned level, uint64_t i, size_t count, struct node *out,
    struct err *e)
{
	const struct tiler *t = ctx;
	const size_t first = (size_t)i * TILE_NODES;

	if (first + count <= counts[level])
		memcpy(out, levels[level] + first, count * sizeof(*out));
	else if (first == counts[level] && count <= tiler_count(t, level))
		memcpy(out, t->tail[level], count * sizeof(*out));
	else
		return fail(e, RC_INVALID, "a tile that is not there");
	return RC_OK;
}

static void
make(struct tiler *t)
{
	struct err e;
	uint64_t i;
	unsigned l;

	leaves = calloc(LEAVES, sizeof(*leaves));
	for (l = 0; l < TILE_LEVELS; l++)
		levels[l] = calloc(LEAVES, sizeof(*leaves));
	for (i = 0; i < LEAVES; i++) {
		merkle_leaf(&leaves[i], bytes_of(&i, sizeof(i)));
		if (tiler_add(t, &leaves[i], keep, NULL, &e) != RC_OK)
			bug(e.text);
	}
}

static uint64_t
some(struct dice *d, uint64_t most)
{
	static const uint64_t edges[] = { 1, 2, 255, 256, 257, 511, 512, 65535,
		65536, 65537, LEAVES };
	uint64_t v = dice_below(d, 3) == 0 ? edges[dice_below(d, 11)]
					   : 1 + dice_below(d, (uint32_t)most);

	return v <= most ? v : 1 + v % most;
}

int
main(void)
{
	struct tiler *t = alloc(1, sizeof(*t));
	const struct tiles from = { lookup, t };
	struct node root, old, want, proof[MERKLE_PROOF], direct[MERKLE_PROOF];
	size_t roots = 0, proofs = 0, extends = 0, forged = 0, n;
	struct dice d = { 7 };
	unsigned len, is_len;
	uint64_t m, size, i;
	struct err e;

	make(t);
	is(counts[0], LEAVES / TILE_NODES * TILE_NODES, "full tiles are told");
	is(counts[1], LEAVES / 65536 * 256, "of higher levels too");
	for (n = 0; n < 60; n++) {
		size = some(&d, LEAVES);
		m = some(&d, size);
		i = dice_below(&d, (uint32_t)size);
		merkle_root_of(&want, leaves, size);
		roots += tiles_root(&root, &from, size, &e) == RC_OK &&
			 node_eq(&root, &want);
		is_len = merkle_prove(direct, leaves, size, i);
		proofs +=
		    tiles_prove(proof, &len, &from, i, size, &e) == RC_OK &&
		    len == is_len &&
		    memcmp(proof, direct, len * sizeof(*proof)) == 0 &&
		    merkle_check(&leaves[i], i, size, proof, len, &root);
		merkle_root_of(&old, leaves, m);
		extends +=
		    tiles_prove_extends(proof, &len, &from, m, size, &e) ==
			RC_OK &&
		    merkle_check_extends(m, &old, size, &root, proof, len);
		old.b[0] ^= 1;
		forged +=
		    merkle_check_extends(m, &old, size, &root, proof, len);
	}
	is(roots, n, "each root is that of the whole tree");
	is(proofs, n, "each inclusion proof is that of the whole tree");
	is(extends, n, "each consistency proof holds");
	is(forged, 0, "and none for another older root");
	ok(tiles_root(&root, &from, 0, &e) == RC_OK,
	    "the empty one has a root");
	merkle_root_of(&want, leaves, 0);
	same(bytes_of(root.b, 32), bytes_of(want.b, 32), "of nothing");
	is(tiles_prove(proof, &len, &from, LEAVES, LEAVES, &e), RC_ABSENT,
	    "no entry is proved beyond the size");
	is(tiles_prove_extends(proof, &len, &from, 0, 5, &e), RC_ABSENT,
	    "nothing extends the empty log");
	is(tiles_prove_extends(proof, &len, &from, 6, 5, &e), RC_ABSENT,
	    "nor a longer one");
	is(tiles_root(&root, &from, LEAVES + 1, &e), RC_INVALID,
	    "a size it never had has no root");
	for (len = 0; len < TILE_LEVELS; len++)
		free(levels[len]);
	free(leaves);
	free(t);
	return done();
}
