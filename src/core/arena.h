/* SPDX-License-Identifier: EUPL-1.2 */
/* Many small things that live as long as one job: copied into large blocks,
 * never moved, wiped and freed together. */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include "core/bytes.h"

struct arena {
	struct arena_block *last; /* owned, with those before it */
};

/* A copy that stays where it is until arena_free(). */
struct bytes arena_add(struct arena *a, struct bytes in);
void arena_free(struct arena *a);

#endif
