/* SPDX-License-Identifier: EUPL-1.2 */
/* Arrays that grow.  Their owner keeps the count; the room is the next power
 * of two, so nobody has to keep that. */
#ifndef CORE_VEC_H
#define CORE_VEC_H

#include <stddef.h>

/*
 * "items" with room for one more than "count" of this size; what is not yet
 * used is zero.  NULL is the empty array.  The old pointer is no longer valid.
 *
 *	v = vec_more(v, n, sizeof(*v));
 *	v[n++] = x;
 *
 * Freed with free().
 */
void *vec_more(void *items, size_t count, size_t size);

#endif
