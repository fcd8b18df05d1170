/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/index.h"

#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/vec.h"

struct row {
	uint64_t hash;
	size_t value;
	size_t next; /* number of the next row under this head, plus 1 */
};

struct index {
	struct row *rows;
	size_t count;
	size_t *heads; /* as next; 1 << bits of them */
	unsigned bits;
};

static size_t *
head_of(const struct index *ix, uint64_t hash)
{
	return &ix->heads[hash & ((UINT64_C(1) << ix->bits) - 1)];
}

static void
link_row(struct index *ix, size_t i)
{
	size_t *head = head_of(ix, ix->rows[i].hash);

	ix->rows[i].next = *head;
	*head = i + 1;
}

static void
heads_make(struct index *ix, unsigned bits)
{
	size_t i;

	free(ix->heads);
	ix->bits = bits;
	ix->heads = alloc((size_t)1 << bits, sizeof(*ix->heads));
	for (i = 0; i < ix->count; i++)
		link_row(ix, i);
}

struct index *
index_new(void)
{
	struct index *ix = alloc(1, sizeof(*ix));

	heads_make(ix, 4);
	return ix;
}

void
index_free(struct index *ix)
{
	if (ix == NULL)
		return;
	free(ix->rows);
	free(ix->heads);
	free(ix);
}

void
index_add(struct index *ix, uint64_t hash, size_t value)
{
	ix->rows = vec_more(ix->rows, ix->count, sizeof(*ix->rows));
	ix->rows[ix->count++] = (struct row){ .hash = hash, .value = value };
	if (ix->count >> ix->bits > 0)
		heads_make(ix, ix->bits + 1);
	else
		link_row(ix, ix->count - 1);
}

bool
index_each(const struct index *ix, uint64_t hash, size_t *at, size_t *value)
{
	size_t next = *at == 0 ? *head_of(ix, hash) : ix->rows[*at - 1].next;

	while (next != 0 && ix->rows[next - 1].hash != hash)
		next = ix->rows[next - 1].next;
	if (next == 0)
		return false;
	*value = ix->rows[next - 1].value;
	*at = next;
	return true;
}
