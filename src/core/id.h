/* SPDX-License-Identifier: EUPL-1.2 */
/* 128-bit identifiers: of dispatches, parts, people.  Made of random bytes by
 * whoever has them; this module only writes, reads and compares. */
#ifndef CORE_ID_H
#define CORE_ID_H

#include "core/bytes.h"

#define ID_SIZE 16
#define ID_TEXT 36 /* 32 hex digits in four groups, with the NUL */

struct id {
	uint8_t b[ID_SIZE];
};

/* "9f3c2a71-0b44d1e8-...": four groups of eight, to be read over a phone. */
void id_write(char out[static ID_TEXT], const struct id *id);
/* The same with or without its hyphens, either case. */
bool id_parse(struct id *out, struct bytes in);
bool id_eq(const struct id *a, const struct id *b);
struct bytes id_bytes(const struct id *id);

#endif
