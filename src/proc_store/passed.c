/* SPDX-License-Identifier: EUPL-1.2 */
/* Notices that an older program at the other end would end the line for
 * (docs/upgrade.md 2.1). */
#include <string.h>

#include "core/vec.h"
#include "proc_store/station.h"

/* Where it is among those passed over, or would be. */
static size_t
passed_at(const struct line *l, uint64_t q)
{
	size_t from = 0, until = l->passed_count, at;

	while (from < until) {
		at = from + (until - from) / 2;
		if (l->passed[at] < q)
			from = at + 1;
		else
			until = at;
	}
	return from;
}

bool
line_passed(const struct line *l, uint64_t q)
{
	const size_t at = passed_at(l, q);

	return at < l->passed_count && l->passed[at] == q;
}

void
line_pass_over(struct line *l, uint64_t q)
{
	const size_t at = passed_at(l, q);

	l->passed = vec_more(l->passed, l->passed_count, sizeof(*l->passed));
	memmove(l->passed + at + 1, l->passed + at,
	    (l->passed_count - at) * sizeof(*l->passed));
	l->passed[at] = q;
	l->passed_count++;
}
