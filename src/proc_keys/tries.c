/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_keys/tries.h"

#include <stdlib.h>

#include "core/vec.h"

void
tries_free(struct tries *t)
{
	free(t->list);
	*t = (struct tries){ 0 };
}

static struct tried *
tried_by(const struct tries *t, uint64_t uid)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		if (t->list[i].uid == uid)
			return &t->list[i];
	return NULL;
}

/* His row; where there are too many, that of him who has waited longest. */
static struct tried *
row_of(struct tries *t, uint64_t uid)
{
	struct tried *p = tried_by(t, uid);
	size_t i;

	if (p != NULL)
		return p;
	if (t->count < TRIES_MAX) {
		t->list = vec_more(t->list, t->count, sizeof(*t->list));
		p = &t->list[t->count++];
	} else {
		p = &t->list[0];
		for (i = 1; i < t->count; i++)
			if (t->list[i].until < p->until)
				p = &t->list[i];
	}
	*p = (struct tried){ .uid = uid };
	return p;
}

uint64_t
tries_wait(const struct tries *t, uint64_t uid, int64_t now)
{
	const struct tried *p = tried_by(t, uid);

	return p == NULL || p->until <= now
		   ? 0
		   : (uint64_t)(p->until - now + 999) / 1000;
}

uint64_t
tries_wrong(
    struct tries *t, const struct tries_rule *rule, uint64_t uid, int64_t now)
{
	struct tried *p = row_of(t, uid);
	uint64_t wait = 0;
	unsigned i;

	if (p->wrong >= rule->free) {
		wait = rule->first;
		for (i = rule->free; i < p->wrong && wait < rule->most; i++)
			wait *= 2;
		wait = wait < rule->most ? wait : rule->most;
	}
	if (p->wrong < UINT32_MAX)
		p->wrong++;
	p->until = now + (int64_t)wait * 1000;
	return wait;
}

void
tries_right(struct tries *t, uint64_t uid)
{
	struct tried *p = tried_by(t, uid);

	if (p != NULL)
		*p = t->list[--t->count];
}
