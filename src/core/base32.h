/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Codes that people type in: Crockford's base 32, digits and capitals without
 * I, L, O and U.  Reading takes any case, O for 0, I and L for 1, and spaces
 * and hyphens anywhere.
 */
#ifndef CORE_BASE32_H
#define CORE_BASE32_H

#include "core/bytes.h"

/* The letters of "in", five bits each; what is left over is filled with zero
 * bits. */
void base32_write(struct buf *out, struct bytes in);
/* Exactly out_len bytes; false where it is not that. */
bool base32_parse(uint8_t *out, size_t out_len, struct bytes in);

#endif
