/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * From a 64-bit hash to the numbers that were put under it.  What is equal is
 * the caller's matter: he looks at each number.  The hash must be one that
 * nobody outside can steer (the first bytes of a SHA-256).
 */
#ifndef CORE_INDEX_H
#define CORE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct index;
struct index *index_new(void);
void index_free(struct index *ix);
void index_add(struct index *ix, uint64_t hash, size_t value);
/* Steps through the numbers under this hash, the last added first, from
 * *at = 0; false at the end. */
bool index_each(
    const struct index *ix, uint64_t hash, size_t *at, size_t *value);

#endif
