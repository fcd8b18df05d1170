/* SPDX-License-Identifier: EUPL-1.2 */
/* Trees and proofs, held to the recursive definitions of RFC 9162 2.1. */
#include <string.h>

#include "../tests/tap.h"
#include "crypto/merkle.h"

#define MOST 40	  /* leaves of a tree whose every proof is made */
#define SHAPES 20 /* ... and is tried as a proof of every other size */

static struct node leaves[512];

static void
hash(struct node *out, const char *prefix, struct bytes a, struct bytes b)
{
	const struct bytes parts[] = { bytes_of(prefix, 1), a, b };

	sha256_parts(out->b, parts, 3);
}

static struct bytes
bytes_of_node(const struct node *n)
{
	return bytes_of(n->b, sizeof(n->b));
}

/* ---- the definitions -------------------------------------------------- */

/* k: the largest power of two smaller than n. */
static unsigned
half(unsigned n)
{
	unsigned k = 1;

	while (2 * k < n)
		k *= 2;
	return k;
}

/* 2.1.1: MTH(D[n]) */
static void
tree(struct node *out, const struct node *d, unsigned n)
{
	struct node left, right;
	unsigned k;

	if (n == 0) {
		sha256(out->b, bytes_str(""));
		return;
	}
	if (n == 1) {
		*out = d[0];
		return;
	}
	k = half(n);
	tree(&left, d, k);
	tree(&right, d + k, n - k);
	hash(out, "\1", bytes_of_node(&left), bytes_of_node(&right));
}

/* A proof by its definition, and its shape: 'R' for a node that is a right
 * neighbour, 'L' for a left one, and '.' for the last of SUBPROOF. */
struct proof {
	struct node node[MERKLE_PROOF];
	char shape[MERKLE_PROOF + 2];
	unsigned len, steps;
};

static void
proof_add(struct proof *p, char side, const struct node *d, unsigned n)
{
	tree(&p->node[p->len++], d, n);
	p->shape[p->steps++] = side;
}

/* 2.1.3.1: PATH(m, D[n]) */
static void
path(struct proof *p, unsigned m, const struct node *d, unsigned n)
{
	unsigned k;

	if (n == 1)
		return;
	k = half(n);
	if (m < k) {
		path(p, m, d, k);
		proof_add(p, 'R', d + k, n - k);
	} else {
		path(p, m - k, d + k, n - k);
		proof_add(p, 'L', d, k);
	}
}

/* 2.1.4.1: SUBPROOF(m, D[n], b) */
static void
subproof(
    struct proof *p, unsigned m, const struct node *d, unsigned n, bool whole)
{
	unsigned k;

	if (m == n) {
		if (whole)
			p->shape[p->steps++] = '.';
		else
			proof_add(p, '*', d, n);
		return;
	}
	k = half(n);
	if (m <= k) {
		subproof(p, m, d, k, whole);
		proof_add(p, 'R', d + k, n - k);
	} else {
		subproof(p, m - k, d + k, n - k, false);
		proof_add(p, 'L', d, k);
	}
}

static bool
proof_is(const struct proof *p, const struct node *got, unsigned len)
{
	return len == p->len && memcmp(got, p->node, len * sizeof(*got)) == 0;
}

/* ---- what is known ---------------------------------------------------- */

static const struct {
	const char *leaf, *root; /* of the tree that ends with this leaf */
} known[] = {
	{ "", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01"
	      "d" },
	{ "00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c1"
		"25" },
	{ "10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e"
		"77" },
	{ "2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd952096"
		  "14b7" },
	{ "3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a862"
		  "64d4" },
	{ "40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a12"
		      "7f2087ef" },
	{ "5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b7"
			      "7e122c9594a74c8c" },
	{ "606162636465666768696a6b6c6d6e6f",
	    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff460432"
	    "8" },
};

static void
known_trees_have_their_roots(void)
{
	struct merkle m = { 0 };
	struct node leaf[8], root, wanted;
	uint8_t data[16];
	size_t i, len, bad = 0;

	merkle_root(&m, &root);
	(void)hex_parse(wanted.b, sizeof(wanted.b),
	    bytes_str("e3b0c44298fc1c149afbf4c8996fb924"
		      "27ae41e4649b934ca495991b7852b855"));
	same(bytes_of_node(&root), bytes_of_node(&wanted),
	    "the empty tree is the hash of nothing");
	for (i = 0; i < 8; i++) {
		len = strlen(known[i].leaf) / 2;
		(void)hex_parse(data, len, bytes_str(known[i].leaf));
		(void)hex_parse(
		    wanted.b, sizeof(wanted.b), bytes_str(known[i].root));
		merkle_leaf(&leaf[i], bytes_of(data, len));
		merkle_add(&m, &leaf[i]);
		merkle_root(&m, &root);
		bad += !node_eq(&root, &wanted);
		merkle_root_of(&root, leaf, i + 1);
		bad += !node_eq(&root, &wanted);
	}
	is(bad, 0, "the eight known trees have their roots");
}

static void
trees_are_as_defined(void)
{
	struct merkle m = { 0 };
	struct node root, wanted;
	uint8_t data[2];
	unsigned n, bad = 0;

	for (n = 0; n < sizeof(leaves) / sizeof(leaves[0]); n++) {
		data[0] = (uint8_t)(n >> 8);
		data[1] = (uint8_t)n;
		merkle_leaf(&leaves[n], bytes_of(data, 2));
		hash(&wanted, "\0", bytes_of(data, 2), bytes_str(""));
		bad += !node_eq(&leaves[n], &wanted);
		tree(&wanted, leaves, n);
		merkle_root(&m, &root);
		bad += m.size != n || !node_eq(&root, &wanted);
		merkle_root_of(&root, leaves, n);
		bad += !node_eq(&root, &wanted);
		merkle_add(&m, &leaves[n]);
	}
	is(bad, 0, "%u trees are as RFC 9162 2.1.1 defines them", n);
}

/* ---- inclusion -------------------------------------------------------- */

/* How many changes of a good proof pass. */
static unsigned
altered_paths_that_pass(const struct proof *good, unsigned index, unsigned n,
    const struct node *root)
{
	const struct node *leaf = &leaves[index];
	struct proof p = *good;
	unsigned i, passed = 0;

	for (i = 0; i < p.len * 256; i += 37) {
		p.node[i / 256].b[i % 256 / 8] ^= (uint8_t)(1u << i % 8);
		passed += merkle_check(leaf, index, n, p.node, p.len, root);
		p.node[i / 256].b[i % 256 / 8] ^= (uint8_t)(1u << i % 8);
	}
	for (i = 0; i < p.len; i++)
		passed += merkle_check(leaf, index, n, p.node, i, root);
	if (p.len > 0)
		passed +=
		    merkle_check(leaf, index, n, p.node + 1, p.len - 1, root);
	for (i = 0; i + 1 < p.len; i++) {
		p.node[i] = good->node[i + 1];
		p.node[i + 1] = good->node[i];
		passed += merkle_check(leaf, index, n, p.node, p.len, root);
		p = *good;
	}
	p.node[p.len] = *root;
	passed += merkle_check(leaf, index, n, p.node, p.len + 1, root);
	p.node[p.len] = *leaf;
	passed += merkle_check(leaf, index, n, p.node, p.len + 1, root);
	passed += merkle_check(root, index, n, p.node, p.len, leaf) && n > 1;
	for (i = 0; i < n + 3; i++)
		if (i != index) {
			passed += merkle_check(
			    leaf, i, n, good->node, good->len, root);
			passed += merkle_check(
			    &leaves[i], index, n, good->node, good->len, root);
		}
	return passed;
}

/* A good proof with a node more, for the root that this would give: the size
 * says where a proof ends. */
static unsigned
longer_paths_that_pass(const struct proof *good, unsigned index, unsigned n,
    const struct node *root)
{
	struct proof p = *good;
	struct node above;
	unsigned passed;

	p.node[p.len] = leaves[MOST];
	merkle_parent(&above, &leaves[MOST], root);
	passed =
	    merkle_check(&leaves[index], index, n, p.node, p.len + 1, &above);
	merkle_parent(&above, root, &leaves[MOST]);
	return passed + merkle_check(&leaves[index], index, n, p.node,
			    p.len + 1, &above);
}

/* A root does not tell its size: a proof passes for another one where the
 * way up has the same turns, and nowhere else. */
static unsigned
other_sizes_that_differ(
    const struct proof *good, unsigned index, const struct node *root)
{
	unsigned other, differ = 0;
	bool may;

	for (other = 0; other <= MOST + 1; other++) {
		struct proof p = { 0 };

		if (index < other)
			path(&p, index, leaves, other);
		may = index < other && strcmp(p.shape, good->shape) == 0;
		differ += merkle_check(&leaves[index], index, other, good->node,
			      good->len, root) != may;
	}
	return differ;
}

static void
every_leaf_is_proved_and_nothing_else(void)
{
	struct node got[MERKLE_PROOF], root;
	unsigned n, i, len, bad = 0, passed = 0, differ = 0, proofs = 0;

	for (n = 1; n <= MOST; n++) {
		tree(&root, leaves, n);
		for (i = 0; i < n; i++, proofs++) {
			struct proof p = { 0 };

			path(&p, i, leaves, n);
			len = merkle_prove(got, leaves, n, i);
			bad += !proof_is(&p, got, len);
			bad += !merkle_check(&leaves[i], i, n, got, len, &root);
			passed += altered_paths_that_pass(&p, i, n, &root);
			passed += longer_paths_that_pass(&p, i, n, &root);
			differ += other_sizes_that_differ(&p, i, &root);
		}
	}
	is(bad, 0, "%u leaves are proved as RFC 9162 2.1.3 says", proofs);
	is(passed, 0, "no altered proof of a leaf passes");
	is(differ, 0, "nor one for a size with other turns on the way");
}

/* ---- consistency ------------------------------------------------------ */

static unsigned
altered_extensions_that_pass(const struct proof *good, unsigned m,
    const struct node *root_m, unsigned n, const struct node *root_n)
{
	struct proof p = *good;
	unsigned i, passed = 0;

	for (i = 0; i < p.len * 256; i += 37) {
		p.node[i / 256].b[i % 256 / 8] ^= (uint8_t)(1u << i % 8);
		passed +=
		    merkle_check_extends(m, root_m, n, root_n, p.node, p.len);
		p.node[i / 256].b[i % 256 / 8] ^= (uint8_t)(1u << i % 8);
	}
	for (i = 0; i < p.len; i++)
		passed += merkle_check_extends(m, root_m, n, root_n, p.node, i);
	if (p.len > 0)
		passed += merkle_check_extends(
		    m, root_m, n, root_n, p.node + 1, p.len - 1);
	p.node[p.len] = *root_n;
	passed += merkle_check_extends(m, root_m, n, root_n, p.node, p.len + 1);
	p.node[p.len] = *root_m;
	passed += merkle_check_extends(m, root_m, n, root_n, p.node, p.len + 1);
	if (m == n)
		return passed;
	passed += merkle_check_extends(m, root_n, n, root_n, p.node, p.len);
	passed += merkle_check_extends(m, root_m, n, root_m, p.node, p.len);
	passed += merkle_check_extends(m, root_n, n, root_m, p.node, p.len);
	passed += merkle_check_extends(n, root_m, m, root_n, p.node, p.len);
	passed += merkle_check_extends(0, root_m, n, root_n, p.node, p.len);
	return passed;
}

static unsigned
longer_extensions_that_pass(const struct proof *good, unsigned m,
    const struct node *root_m, unsigned n, const struct node *root_n)
{
	struct proof p = *good;
	struct node above_m, above_n;
	unsigned passed;

	p.node[p.len] = leaves[MOST];
	merkle_parent(&above_m, &leaves[MOST], root_m);
	merkle_parent(&above_n, &leaves[MOST], root_n);
	passed =
	    merkle_check_extends(m, &above_m, n, &above_n, p.node, p.len + 1);
	merkle_parent(&above_n, root_n, &leaves[MOST]);
	return passed +
	       merkle_check_extends(m, root_m, n, &above_n, p.node, p.len + 1);
}

static unsigned
other_pairs_that_differ(const struct proof *good, const struct node *root_m,
    const struct node *root_n)
{
	unsigned m, n, differ = 0;
	bool may;

	for (n = 1; n <= SHAPES; n++)
		for (m = 1; m <= n; m++) {
			struct proof p = { 0 };

			subproof(&p, m, leaves, n, true);
			may = strcmp(p.shape, good->shape) == 0;
			differ += merkle_check_extends(m, root_m, n, root_n,
				      good->node, good->len) != may;
		}
	return differ;
}

static void
every_extension_is_proved_and_nothing_else(void)
{
	struct node got[MERKLE_PROOF], root_m, root_n;
	unsigned m, n, len, bad = 0, passed = 0, differ = 0, proofs = 0;

	for (n = 1; n <= MOST; n++) {
		tree(&root_n, leaves, n);
		for (m = 1; m <= n; m++, proofs++) {
			struct proof p = { 0 };

			tree(&root_m, leaves, m);
			subproof(&p, m, leaves, n, true);
			len = merkle_prove_extends(got, leaves, m, n);
			bad += !proof_is(&p, got, len);
			bad += !merkle_check_extends(
			    m, &root_m, n, &root_n, got, len);
			passed += altered_extensions_that_pass(
			    &p, m, &root_m, n, &root_n);
			passed += longer_extensions_that_pass(
			    &p, m, &root_m, n, &root_n);
			if (n <= SHAPES)
				differ += other_pairs_that_differ(
				    &p, &root_m, &root_n);
		}
	}
	is(bad, 0, "%u extensions are proved as RFC 9162 2.1.4 says", proofs);
	is(passed, 0, "no altered proof of an extension passes");
	is(differ, 0, "nor one for sizes with other turns on the way");
}

/* Sizes from outside: whatever they are, no proof passes and none is read
 * past its end. */
static void
great_sizes_are_refused(void)
{
	static const uint64_t sizes[] = { 0, 1, 2, 3, UINT64_C(1) << 32,
		(UINT64_C(1) << 63) - 1, UINT64_C(1) << 63,
		(UINT64_C(1) << 63) + 1, UINT64_MAX - 1, UINT64_MAX };
	const size_t count = sizeof(sizes) / sizeof(sizes[0]);
	struct node proof[MERKLE_PROOF], root;
	unsigned len, passed = 0;
	size_t i, j;

	memset(proof, 0xa5, sizeof(proof));
	tree(&root, leaves, 7);
	for (i = 0; i < count; i++)
		for (j = 0; j < count; j++)
			for (len = 1; len <= MERKLE_PROOF; len++) {
				passed += merkle_check(&leaves[0], sizes[i],
				    sizes[j], proof, len, &root);
				passed += merkle_check_extends(sizes[i], &root,
				    sizes[j], &root, proof, len);
			}
	is(passed, 0, "a proof of nonsense passes for no size");
}

int
main(void)
{
	known_trees_have_their_roots();
	trees_are_as_defined();
	every_leaf_is_proved_and_nothing_else();
	every_extension_is_proved_and_nothing_else();
	great_sizes_are_refused();
	return done();
}
