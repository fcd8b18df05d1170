/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/arena.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_FIRST (1u << 10) /* each is twice the one before */
#define BLOCK_MAX (256u << 10)

struct arena_block {
	struct arena_block *before;
	size_t size, used;
	uint8_t bytes[];
};

struct bytes
arena_add(struct arena *a, struct bytes in)
{
	struct arena_block *b = a->last;
	size_t size;
	uint8_t *at;

	if (b == NULL || b->size - b->used < in.len) {
		size = b == NULL ? BLOCK_FIRST : 2 * b->size;
		if (size > BLOCK_MAX)
			size = BLOCK_MAX;
		if (size < in.len)
			size = in.len;
		b = alloc(1, sizeof(*b) + size);
		b->before = a->last;
		b->size = size;
		a->last = b;
	}
	at = b->bytes + b->used;
	if (in.len > 0)
		memcpy(at, in.p, in.len);
	b->used += in.len;
	return bytes_of(at, in.len);
}

void
arena_free(struct arena *a)
{
	struct arena_block *b = a->last, *before;

	for (; b != NULL; b = before) {
		before = b->before;
		wipe(b->bytes, b->used);
		free(b);
	}
	a->last = NULL;
}
