/* SPDX-License-Identifier: EUPL-1.2 */
#include "registry/due.h"

#include "registry/doc.h"
#include "rules/rules.h"

int64_t
due_at(const struct rule_set *s, enum action a, enum precedence p, int64_t from,
    int64_t set)
{
	const struct rule_due *due =
	    rule_due(s, bytes_str(action_row(a)->word), p);

	return due == NULL ? TIME_NEVER : rule_due_time(s, due, from, set);
}

/* The first moment after protection that began at t. */
static int64_t
base_end(const struct rule_set *s, enum level l, int64_t t)
{
	const struct rule_level *row = rule_level(s, l);
	const int64_t last =
	    row == NULL ? TIME_NEVER : rule_protected_until(row, t);

	return last == TIME_NEVER ? TIME_NEVER : last + 1;
}

int64_t
due_expiry(const struct rule_set *s, enum level l, int64_t t, int64_t until)
{
	const int64_t end = base_end(s, l, t);

	if (l == LEVEL_ORDINARY)
		return TIME_NEVER;
	return until != TIME_NEVER && until + TIME_DAY < end ? until + TIME_DAY
							     : end;
}

int64_t
due_extended(const struct rule_set *s, enum level l, int64_t expires)
{
	return base_end(s, l, expires - 1);
}

int64_t
due_extend_from(const struct rule_set *s, const struct doc *d)
{
	const struct rule_level *row = rule_level(s, d->level);

	if (d->expires == TIME_NEVER || row == NULL)
		return TIME_NEVER;
	return row->extend_days == 0
		   ? d->begun
		   : d->expires - (int64_t)row->extend_days * TIME_DAY;
}

enum due_end
due_end(const struct rule_set *s, const struct doc *d, int64_t t)
{
	const struct rule_level *row = rule_level(s, d->level);

	if (d->expires == TIME_NEVER)
		return DUE_END_FAR;
	if (t >= d->expires)
		return DUE_END_PASSED;
	/* without a time of the law's there is nothing to remind of */
	return row != NULL && row->extend_days > 0 && t >= due_extend_from(s, d)
		   ? DUE_END_NEAR
		   : DUE_END_FAR;
}
