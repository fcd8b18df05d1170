/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Proofs of a log without reading it: its tree of RFC 9162 is kept in tiles of
 * 256 hashes (docs/journal.md 4, after c2sp.org/tlog-tiles).  Tile i of level L
 * has the roots of the subtrees of 256^L leaves from number 256 i on.  Every
 * root and every proof, for any size the log ever had, is reckoned from a few.
 */
#ifndef JOURNAL_TILES_H
#define JOURNAL_TILES_H

#include "core/err.h"
#include "crypto/merkle.h"

#define TILE_BITS 8u
#define TILE_NODES 256u
#define TILE_LEVELS 5u				     /* 2^40 leaves */
#define TILE_SIZE ((size_t)TILE_NODES * SHA256_SIZE) /* bytes of a full one */

/* Where tiles come from. */
struct tiles {
	/* The first "count" nodes of a tile, into out; they are there.
	 * RC_INVALID where they are not: the log is damaged. */
	enum rc (*read)(void *ctx, unsigned level, uint64_t i, size_t count,
	    struct node *out, struct err *e);
	void *ctx;
};

/* The root over the first "size" leaves; of none, SHA-256 of nothing. */
enum rc tiles_root(
    struct node *out, const struct tiles *t, uint64_t size, struct err *e);
/* merkle_prove(): that leaf "index" is in the log's first "size".  *len nodes.
 * RC_ABSENT where it is not. */
enum rc tiles_prove(struct node out[static MERKLE_PROOF], unsigned *len,
    const struct tiles *t, uint64_t index, uint64_t size, struct err *e);
/* merkle_prove_extends(): that the first n leaves extend the first m. RC_ABSENT
 * where m is 0 or over n. */
enum rc tiles_prove_extends(struct node out[static MERKLE_PROOF], unsigned *len,
    const struct tiles *t, uint64_t m, uint64_t n, struct err *e);

/*
 * The tail of a log that grows: of each level the tile that is not yet full.
 * struct tiler t = { 0 } is that of the empty log.
 */
struct tiler {
	uint64_t size;
	struct node tail[TILE_LEVELS][TILE_NODES];
};

/* Append a leaf; full() is told of each tile that this fills, the lowest level
 * first, and may fail, after which the tiler is of no more use. */
enum rc tiler_add(struct tiler *t, const struct node *leaf,
    enum rc (*full)(void *ctx, unsigned level, uint64_t i,
	const struct node nodes[static TILE_NODES], struct err *e),
    void *ctx, struct err *e);
/* How many nodes of a level are in its tail. */
size_t tiler_count(const struct tiler *t, unsigned level);

#endif
