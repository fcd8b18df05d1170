/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a child tells its parent of alarms that nobody has seen (docs/link.md
 * 22.1):
 *
 *	u8 kind | u8 rank | u64 how many | u64 since, at most UNSEEN_MAX times;
 *	of none one byte, 0
 */
#ifndef DISPATCH_UNSEEN_H
#define DISPATCH_UNSEEN_H

#include "core/bytes.h"
#include "core/err.h"

#define UNSEEN_MAX 64u
#define UNSEEN_RANKS 4u
#define UNSEEN_COUNT 1000u /* alarms that last: STORE_ALARMS_LASTING */

struct unseen {
	uint8_t kind; /* not 0; one that is not known is read all the same */
	uint8_t rank;
	uint64_t count;
	int64_t since;
};

/* Append the message. */
void unseen_write(struct buf *out, const struct unseen *list, size_t count);
/* RC_INVALID: not of this form, or the same kind and rank twice; *count is 0
 * then. */
enum rc unseen_read(struct unseen out[static UNSEEN_MAX], size_t *count,
    struct bytes in, struct err *e);

#endif
