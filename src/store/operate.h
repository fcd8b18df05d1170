/* SPDX-License-Identifier: EUPL-1.2 */
/* What is done to legs otherwise than by their lines: by an operator, by the
 * directory, by time (docs/station.md 4.5, 5, 14). */
#ifndef STORE_OPERATE_H
#define STORE_OPERATE_H

#include "core/bytes.h"
#include "core/err.h"

struct store;

struct store_operate_ops {
	/* An operator has decided where it is or goes, or has no longer: that
	 * is for those that call it to heed.  RC_ABSENT. */
	enum rc (*pin)(struct store *s, uint64_t q, bool pinned, struct err *e);
	/* The leg has this destination no longer, and its dispatch neither.
	 * RC_ABSENT. */
	enum rc (*dest_drop)(
	    struct store *s, uint64_t q, struct bytes address, struct err *e);
	/* The leg that has this destination of a dispatch; 0: a desk here.
	 * RC_ABSENT: the dispatch has it not. */
	enum rc (*dest_leg)(struct store *s, uint64_t n, struct bytes address,
	    uint64_t *q, struct err *e);
	/* Numbers of legs that wait and expired before "now", at most max. */
	enum rc (*expired)(struct store *s, int64_t now, size_t max,
	    bool (*each)(void *ctx, uint64_t q), void *ctx, struct err *e);
	/* A leg of this dispatch goes over this hop, or went. */
	enum rc (*goes)(struct store *s, uint64_t n, struct bytes hop,
	    bool *does, struct err *e);
};

#endif
