/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A directory file, for one who knows a root, two provinces, a commune and a
 * desk.  The first byte says what follows: 0 parts as they are; else acts one
 * behind the other, which are put into the log of the authority that the byte
 * names and signed by it, as an ill-behaved one may.
 *
 * What is refused changes nothing; what is taken can be passed on.
 */
#include "../tests/unit/rogue.h"

#define ACTS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tree tree;
static struct buf before; /* all that it knows, as a file */

static void
make(void)
{
	tree_begin(&tree);
	tree.now += TIME_DAY;
	tree_unit(&tree, ROOT, 1, ROOT, "dien-bien", "tinh");
	tree_unit(&tree, ROOT, 2, ROOT, "lai-chau", "tinh");
	(void)tree_authority(&tree, ROOT, 1);
	(void)tree_authority(&tree, ROOT, 2);
	tree_unit(&tree, 1, 3, 1, "muong-nhe", "xa");
	(void)tree_authority(&tree, 1, 3);
	(void)tree_desk(&tree, 3, 3, "van-thu");
	(void)tree_person(&tree, 3, 3, "hanh");
	tree.now += TIME_DAY;
	before = snapshot_of(tree.d);
}

/* The acts in a file that their authority has signed. */
static struct buf
signed_acts(unsigned by, struct bytes rest)
{
	struct act acts[ACTS];
	struct bytes one;
	struct err e;
	size_t n = 0;

	while (n < ACTS && (one = der_element(rest)).len > 0) {
		rest = bytes_of(rest.p + one.len, rest.len - one.len);
		if (act_read(&acts[n], one, &e) != RC_OK)
			continue;
		acts[n].at = tree.now;
		if (act_check(&acts[n], &e) == RC_OK)
			n++;
	}
	return tree_rogue(&tree, tree.d, by, acts, n);
}

static struct buf
parts(struct bytes in)
{
	struct buf file;

	directory_head(&file, buf_bytes(&tree.root));
	buf_add(&file, in);
	return file;
}

/* Questions that must be answered, whatever has been taken. */
static void
ask(struct directory *d)
{
	static const char *const addresses[] = { "antin://vn",
		"antin://muong-nhe.dien-bien.vn/van-thu",
		"antin://lai-chau.vn/hanh" };
	struct resolved to;
	const struct dcert *c;
	struct listed all;
	struct found f[4];
	struct err e;
	uint64_t days;
	size_t i;

	for (i = 0; i < COUNT(addresses); i++) {
		(void)resolve(d, bytes_str(addresses[i]), TIME_MAX, &to, &e);
		(void)resolve_kem(d, bytes_str(addresses[i]), LEVEL_MAT,
		    tree.now, &c, &to, &e);
	}
	for (i = 0; i < d->state.list_count; i++) {
		list_expand(d, &d->state.lists[i], tree.now, &all);
		free(all.desks);
	}
	(void)directory_search(d, bytes_str("muong"), tree.now, f, COUNT(f));
	for (i = 0; i < d->state.unit_count; i++)
		(void)knowledge_judge(d, i, LEVEL_MAT, tree.now, &days);
}

/* One who gets what he needs of it, or all, can read it. */
static void
pass_on(struct directory *d, unsigned to)
{
	const struct directory_for who = { .all = to == 0, .unit = to };
	struct directory *other;
	struct applied did;
	struct buf file;
	struct err e;

	directory_write(&file, d, &who, tree.now);
	if (directory_new(&other, buf_bytes(&tree.root), &e) != RC_OK ||
	    directory_apply(other, &file, &did, &e) != RC_OK)
		bug("what was taken cannot be passed on");
	directory_free(other);
}

/* The directory as it was at first. */
static void
begin_again(void)
{
	struct directory *d = tree_other(&tree);

	if (tree_apply(&tree, d, buf_bytes(&before), NULL) != RC_OK)
		bug("what was written cannot be read");
	directory_free(tree.d);
	tree.d = d;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena once = { 0 }, *text;
	struct applied did = { 0 };
	struct bytes rest;
	struct buf file;
	struct err e;

	if (size == 0)
		return 0;
	if (tree.d == NULL)
		make();
	text = tree.text;
	tree.text = &once;
	rest = bytes_of(data + 1, size - 1);
	file =
	    data[0] == 0 ? parts(rest) : signed_acts((data[0] - 1u) % 4, rest);
	if (directory_apply(tree.d, &file, &did, &e) == RC_OK) {
		ask(tree.d);
		pass_on(tree.d, size % 4);
		begin_again();
	} else {
		file = snapshot_of(tree.d);
		if (did.acts + did.older + did.forks > 0 ||
		    !bytes_eq(buf_bytes(&file), buf_bytes(&before)))
			bug("what was refused has changed something");
		buf_free(&file);
	}
	arena_free(&once);
	tree.text = text;
	return 0;
}
