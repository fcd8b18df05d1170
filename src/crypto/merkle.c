/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/merkle.h"

#include <string.h>

#include "core/err.h"

bool
node_eq(const struct node *a, const struct node *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

static struct bytes
node_bytes(const struct node *n)
{
	return bytes_of(n->b, sizeof(n->b));
}

void
merkle_leaf(struct node *out, struct bytes data)
{
	const struct bytes parts[] = { bytes_of("\0", 1), data };

	sha256_parts(out->b, parts, 2);
}

void
merkle_parent(
    struct node *out, const struct node *left, const struct node *right)
{
	const struct bytes parts[] = { bytes_of("\1", 1), node_bytes(left),
		node_bytes(right) };

	sha256_parts(out->b, parts, 3);
}

/* The largest power of two below n; n > 1. */
static uint64_t
split(uint64_t n)
{
	uint64_t k = 1;

	while (k < n - k)
		k <<= 1;
	return k;
}

void
merkle_add(struct merkle *m, const struct node *leaf)
{
	merkle_add_tree(m, 0, leaf);
}

void
merkle_add_tree(struct merkle *m, unsigned level, const struct node *root)
{
	unsigned top = (unsigned)__builtin_popcountll(m->size);
	struct node node = *root;
	uint64_t size;

	if (level > 63 || m->size % (UINT64_C(1) << level) != 0)
		bug("merkle: a subtree where none of its size may begin");
	size = m->size >> level;
	m->size += UINT64_C(1) << level;
	/* each low one-bit of the size is a full subtree that now joins */
	for (; size & 1; size >>= 1)
		merkle_parent(&node, &m->path[--top], &node);
	m->path[top] = node;
}

void
merkle_root(const struct merkle *m, struct node *out)
{
	unsigned top = (unsigned)__builtin_popcountll(m->size);

	if (top == 0) {
		sha256(out->b, (struct bytes){ 0 });
		return;
	}
	*out = m->path[--top];
	while (top > 0)
		merkle_parent(out, &m->path[--top], out);
}

void
merkle_root_of(struct node *out, const struct node *leaves, uint64_t n)
{
	struct merkle m = { 0 };
	uint64_t i;

	for (i = 0; i < n; i++)
		merkle_add(&m, &leaves[i]);
	merkle_root(&m, out);
}

unsigned
merkle_prove(struct node out[static MERKLE_PROOF], const struct node *leaves,
    uint64_t n, uint64_t index)
{
	struct node nodes[MERKLE_PROOF];
	unsigned len = 0, i;
	uint64_t k;

	/* from the root down: the sibling of each step */
	while (n > 1) {
		k = split(n);
		if (index < k) {
			merkle_root_of(&nodes[len++], leaves + k, n - k);
			n = k;
		} else {
			merkle_root_of(&nodes[len++], leaves, k);
			leaves += k;
			index -= k;
			n -= k;
		}
	}
	for (i = 0; i < len; i++)
		out[i] = nodes[len - 1 - i];
	return len;
}

/* RFC 9162 2.1.3.2 */
bool
merkle_check(const struct node *leaf, uint64_t index, uint64_t n,
    const struct node *proof, unsigned proof_len, const struct node *root)
{
	struct node r = *leaf;
	uint64_t fn = index, sn = n - 1;
	unsigned i;

	if (index >= n)
		return false;
	for (i = 0; i < proof_len; i++) {
		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			merkle_parent(&r, &proof[i], &r);
			while (!(fn & 1) && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			merkle_parent(&r, &r, &proof[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && node_eq(&r, root);
}

unsigned
merkle_prove_extends(struct node out[static MERKLE_PROOF],
    const struct node *leaves, uint64_t m, uint64_t n)
{
	struct node nodes[MERKLE_PROOF];
	unsigned len = 0, i;
	bool whole = true; /* the old tree is this whole subtree so far */
	uint64_t k;

	while (m != n) {
		k = split(n);
		if (m <= k) {
			merkle_root_of(&nodes[len++], leaves + k, n - k);
			n = k;
		} else {
			merkle_root_of(&nodes[len++], leaves, k);
			leaves += k;
			m -= k;
			n -= k;
			whole = false;
		}
	}
	if (!whole)
		merkle_root_of(&nodes[len++], leaves, n);
	for (i = 0; i < len; i++)
		out[i] = nodes[len - 1 - i];
	return len;
}

/* RFC 9162 2.1.4.2 */
bool
merkle_check_extends(uint64_t m, const struct node *root_m, uint64_t n,
    const struct node *root_n, const struct node *proof, unsigned proof_len)
{
	struct node fr, sr;
	uint64_t fn = m - 1, sn = n - 1;
	unsigned i = 0;

	if (m == 0 || m > n)
		return false;
	if (m == n)
		return proof_len == 0 && node_eq(root_m, root_n);
	for (; fn & 1; fn >>= 1)
		sn >>= 1;
	if ((m & (m - 1)) == 0) {
		fr = sr = *root_m;
	} else {
		if (proof_len == 0)
			return false;
		fr = sr = proof[i++];
	}
	for (; i < proof_len; i++) {
		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			merkle_parent(&fr, &proof[i], &fr);
			merkle_parent(&sr, &proof[i], &sr);
			while (!(fn & 1) && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			merkle_parent(&sr, &sr, &proof[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && node_eq(&fr, root_m) && node_eq(&sr, root_n);
}
