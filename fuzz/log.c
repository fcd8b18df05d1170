/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Items of a log: what is read is written with no more gaps, under the same
 * root; and what is written once is written so again.
 */
#include "journal/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_again(struct log *out, const struct log *l, struct der_wr *w)
{
	struct node root, back;
	struct der d;

	log_write(w, l, 0, UINT64_MAX, NULL, NULL);
	d = der_init(buf_bytes(&w->out));
	log_read(&d, out);
	merkle_root(&l->tree, &root);
	merkle_root(&out->tree, &back);
	if (d.why != NULL || out->count > l->count ||
	    out->tree.size != l->tree.size || !node_eq(&root, &back))
		bug("items that are written otherwise than they were read");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct log l = { 0 }, once = { 0 }, twice = { 0 };
	struct der d = der_init(bytes_of(data, size));
	struct der_wr first = { 0 }, second = { 0 };
	struct node root;

	log_read(&d, &l);
	if (d.why != NULL && (l.count > 0 || l.tree.size > 0))
		bug("something is left of what was not read");
	read_again(&once, &l, &first);
	read_again(&twice, &once, &second);
	if (!bytes_eq(buf_bytes(&first.out), buf_bytes(&second.out)) ||
	    !log_root_at(&root, &l, l.tree.size))
		bug("gaps that could have been fewer");
	log_free(&l);
	log_free(&once);
	log_free(&twice);
	der_wr_free(&first);
	der_wr_free(&second);
	return 0;
}
