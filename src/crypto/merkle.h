/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Merkle trees of RFC 9162 section 2.1, over SHA-256.  Attachments and the
 * journal stand on the same code.
 */
#ifndef CRYPTO_MERKLE_H
#define CRYPTO_MERKLE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"
#include "crypto/hash.h"

struct node {
	uint8_t b[SHA256_SIZE];
};

bool node_eq(const struct node *a, const struct node *b);

/* RFC 9162 2.1.1: SHA-256(00 || data), SHA-256(01 || left || right). */
void merkle_leaf(struct node *out, struct bytes data);
void merkle_parent(
    struct node *out, const struct node *left, const struct node *right);

/*
 * A root built as leaves come, in the memory of one path.
 * struct merkle m = { 0 } is the empty tree.
 */
struct merkle {
	uint64_t size;
	struct node path[64]; /* roots of the full subtrees, largest first */
};

void merkle_add(struct merkle *m, const struct node *leaf);
/* Add a whole subtree of 2^level leaves; m->size is a multiple of 2^level. */
void merkle_add_tree(struct merkle *m, unsigned level, const struct node *root);
/* The root; of the empty tree SHA-256 of nothing. */
void merkle_root(const struct merkle *m, struct node *out);
/* The root over n leaf hashes. */
void merkle_root_of(struct node *out, const struct node *leaves, uint64_t n);

#define MERKLE_PROOF 64 /* nodes of a proof at the most */

/*
 * RFC 9162 2.1.3: that leaf "index" is in the tree of n leaves.  Returns the
 * number of nodes.  index < n.
 */
unsigned merkle_prove(struct node out[static MERKLE_PROOF],
    const struct node *leaves, uint64_t n, uint64_t index);
bool merkle_check(const struct node *leaf, uint64_t index, uint64_t n,
    const struct node *proof, unsigned proof_len, const struct node *root);

/*
 * RFC 9162 2.1.4: that the tree of n leaves extends that of its first m.
 * 0 < m <= n.
 */
unsigned merkle_prove_extends(struct node out[static MERKLE_PROOF],
    const struct node *leaves, uint64_t m, uint64_t n);
bool merkle_check_extends(uint64_t m, const struct node *root_m, uint64_t n,
    const struct node *root_n, const struct node *proof, unsigned proof_len);

#endif
