/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Views of logs: what a directory file says of each, joined with what is known
 * (docs/directory.md 5 to 7).  Nothing is changed until all of it is taken.
 */
#ifndef PKI_VIEWS_H
#define PKI_VIEWS_H

#include "pki/directory.h"

#define FORK DER_CTXC(1) /* the tag of a fork's proof */

struct log_part {
	struct id log;
	uint64_t from;
	struct bytes items; /* the whole element */
	struct bytes note;
};

/* Write a part of a log, from an act on, as log_write() does. */
void part_write(struct der_wr *w, const struct dlog *l, uint64_t from,
    uint64_t few, bool (*keep)(void *ctx, const struct log_item *item),
    void *ctx);
struct log_part part_read(struct der *d);

/* What is being made: ours, with what the file says. */
struct next {
	struct dlog *logs;
	size_t log_count;
	struct fork *forks;
	size_t fork_count, fork_known;
	struct index *by_id;
	struct applied did;
	struct buf *made; /* proofs of forks */
	size_t made_count;
};

/* An array of logs. */
void views_free(struct dlog *logs, size_t n);

void next_begin(struct next *n, const struct directory *d);
void next_free(struct next *n);
/* Take over a file's parts and forks; directory_apply()'s outcomes. */
enum rc next_take(struct next *n, const struct directory *d, struct bytes file,
    struct err *e);

#endif
