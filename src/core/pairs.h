/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Names and values, one pair after another:
 *
 *	u8 length | name | u16 length | value
 *
 * all integers big-endian.
 */
#ifndef CORE_PAIRS_H
#define CORE_PAIRS_H

#include "core/bytes.h"

#define PAIRS_NAME 255u	   /* bytes of a name */
#define PAIRS_VALUE 65535u /* of a value */

/* A pair more; bug() where it is too long. */
void pairs_add(struct buf *out, struct bytes name, struct bytes value);
/* The next pair, taken off *pairs; false at the end, or where what is left is
 * none (*pairs is not empty then). */
bool pairs_next(struct bytes *pairs, struct bytes *name, struct bytes *value);
/* All of it is pairs. */
bool pairs_are(struct bytes pairs);
/* The first value of this name; empty: there is none. */
struct bytes pairs_get(struct bytes pairs, const char *name);

#endif
