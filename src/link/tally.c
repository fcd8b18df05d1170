/* SPDX-License-Identifier: EUPL-1.2 */
#include "link/tally.h"

#include <stdlib.h>

#include "core/bytes.h"
#include "core/err.h"

#define FEW 16u

static struct told *
at(const struct tally *t, uint32_t i)
{
	return &t->told[(t->first + i) & (t->cap - 1)];
}

static void
grow(struct tally *t)
{
	uint32_t i, cap = t->cap == 0 ? FEW : 2 * t->cap;
	struct told *told = alloc(cap, sizeof(*told));

	for (i = 0; i < t->count; i++)
		told[i] = *at(t, i);
	free(t->told);
	t->told = told;
	t->cap = cap;
	t->first = 0;
}

uint32_t
tally_add(struct tally *t, uint64_t ref)
{
	if (t->last == UINT32_MAX)
		bug("an item's number is over");
	if (t->count == t->cap)
		grow(t);
	*at(t, t->count++) = (struct told){ .ref = ref };
	return ++t->last;
}

struct told *
tally_find(const struct tally *t, uint32_t number)
{
	uint32_t back = t->last - number; /* from the newest */
	struct told *told;

	if (number > t->last || back >= t->count)
		return NULL;
	told = at(t, t->count - 1 - back);
	return told->answered ? NULL : told;
}

void
tally_answer(struct tally *t, struct told *told)
{
	told->answered = true;
	while (t->count > 0 && t->told[t->first].answered) {
		t->first = (t->first + 1) & (t->cap - 1);
		t->count--;
	}
	/* nothing is kept by who is idle */
	if (t->count == 0) {
		free(t->told);
		t->told = NULL;
		t->cap = t->first = 0;
	}
}

void
tally_free(struct tally *t)
{
	free(t->told);
	*t = (struct tally){ 0 };
}
