/* SPDX-License-Identifier: EUPL-1.2 */
/* Questions to what is in force. */
#include <string.h>

#include "core/lang.h"
#include "rules/inner.h"

#define VN_OFFSET (7 * 3600)
#define DAYS_MAX 20000 /* that a due time is looked for */

/* ---- rows by their word
 * -------------------------------------------------------------------------- */

const void *
rule_find(const struct rule_set *s, enum rule_kind k, struct bytes word)
{
	size_t i;

	for (i = 0; i < s->of[k].count; i++)
		if (bytes_eq(row_word(s->of[k].rows[i]), word))
			return s->of[k].rows[i];
	return NULL;
}

const struct rule_level *
rule_level(const struct rule_set *s, enum level l)
{
	return rule_find(s, RULE_LEVEL, bytes_str(level_word(l)));
}

const struct rule_action *
rule_action(const struct rule_set *s, struct bytes word)
{
	return rule_find(s, RULE_ACTION, word);
}

const struct rule_grammar *
rule_grammar(const struct rule_set *s, struct bytes word)
{
	return rule_find(s, RULE_GRAMMAR, word);
}

const struct rule_type *
rule_type(const struct rule_set *s, struct bytes word)
{
	return rule_find(s, RULE_TYPE, word);
}

const struct rule_register *
rule_register(const struct rule_set *s, struct bytes word)
{
	return rule_find(s, RULE_REGISTER, word);
}

const struct rule_stamp *
rule_stamp(const struct rule_set *s, struct bytes word)
{
	return rule_find(s, RULE_STAMP, word);
}

const struct rule_series *
rule_series(const struct rule_set *s, struct bytes word)
{
	return rule_find(s, RULE_SERIES, word);
}

const struct rule_agency *
rule_agency(const struct rule_set *s, struct bytes grammar)
{
	return rule_find(s, RULE_AGENCY, grammar);
}

const struct rule_unit *
rule_unit(const struct rule_set *s, struct bytes desk)
{
	return rule_find(s, RULE_UNIT, desk);
}

const struct rule_retention *
rule_retention(const struct rule_set *s, struct bytes word)
{
	return rule_find(s, RULE_RETENTION, word);
}

unsigned
rule_limit(const struct rule_set *s, struct bytes word, unsigned otherwise)
{
	const struct rule_limit *l = rule_find(s, RULE_LIMIT, word);

	return l == NULL ? otherwise : l->value;
}

/* ---- series and registers
 * ------------------------------------------------------------------------- */

const struct rule_series *
rule_series_of(const struct rule_set *s, struct bytes kind, bool secret)
{
	const struct rule_series *x;
	size_t i;

	for (i = 0; i < s->of[RULE_SERIES].count; i++) {
		x = s->of[RULE_SERIES].rows[i];
		if (!x->source.own && bytes_eq(x->kind, kind) &&
		    (x->both || x->secret == secret))
			return x;
	}
	return NULL;
}

const struct rule_register *
rule_register_of(const struct rule_set *s, struct bytes series)
{
	const struct rule_register *x;
	size_t i;

	for (i = 0; i < s->of[RULE_REGISTER].count; i++) {
		x = s->of[RULE_REGISTER].rows[i];
		if (x->series.len > 0 && bytes_eq(x->series, series))
			return x;
	}
	return NULL;
}

/* ---- due times
 * ---------------------------------------------------------------------- */

const struct rule_due *
rule_due(const struct rule_set *s, struct bytes action, enum precedence p)
{
	const struct rule_due *x, *each = NULL;
	size_t i;

	for (i = 0; i < s->of[RULE_DUE].count; i++) {
		x = s->of[RULE_DUE].rows[i];
		if (!bytes_eq(x->word, action))
			continue;
		if (x->one && x->precedence == p)
			return x;
		if (!x->one)
			each = x;
	}
	return each;
}

/* The holiday's row for this day, or NULL. */
static const struct rule_holiday *
holiday(const struct rule_set *s, const char *day)
{
	const char yearly[] = { day[8], day[9], '-', day[5], day[6] };
	const struct rule_holiday *x;

	x = rule_find(s, RULE_HOLIDAY, bytes_of(day, 10));
	return x != NULL ? x
			 : rule_find(s, RULE_HOLIDAY,
			       bytes_of(yearly, sizeof(yearly)));
}

bool
rule_workday(const struct rule_set *s, int64_t t)
{
	const struct rule_holiday *h;
	char day[TIME_TEXT];
	int64_t n;

	if (t < TIME_MIN || t > TIME_MAX - VN_OFFSET)
		return true;
	time_write(day, t + VN_OFFSET);
	h = holiday(s, day);
	if (h != NULL)
		return h->work;
	n = (t + VN_OFFSET) / TIME_DAY % 7; /* 1970-01-01 was a Thursday */
	if (n == 2)
		return rule_find(s, RULE_WEEKEND, bytes_str("saturday")) ==
		       NULL;
	if (n == 3)
		return rule_find(s, RULE_WEEKEND, bytes_str("sunday")) == NULL;
	return true;
}

int64_t
rule_due_time(const struct rule_set *s, const struct rule_due *d, int64_t from,
    int64_t set)
{
	unsigned i, left = d->days;
	int64_t day;

	if (d->at_once || from < TIME_MIN || from > TIME_MAX - VN_OFFSET)
		return from;
	if (d->at_set_time)
		return set;
	day = from - (from + VN_OFFSET) % TIME_DAY;
	if (!d->working)
		return day + (int64_t)(d->days + 1) * TIME_DAY - 1;
	for (i = 0; i < DAYS_MAX && left > 0; i++) {
		day += TIME_DAY;
		left -= rule_workday(s, day);
	}
	return day + TIME_DAY - 1;
}

int64_t
rule_protected_until(const struct rule_level *l, int64_t t)
{
	struct civil c;
	int64_t end;

	if (l->years == 0 || t < TIME_MIN || t > TIME_MAX - VN_OFFSET)
		return TIME_NEVER;
	c = time_civil(t + VN_OFFSET);
	c.year += (int)l->years;
	if (!time_of_civil(&end, &c)) {
		c.day = 28;
		if (!time_of_civil(&end, &c))
			return TIME_NEVER;
	}
	return end - VN_OFFSET;
}

/* ---- who may
 * -------------------------------------------------------------------------- */

/* Whether this person holds that position then; *deputy: as a deputy only. */
static bool
holds(const struct rule_set *s, struct bytes position, struct bytes person,
    int64_t t, bool *deputy)
{
	const struct rule_holder *h;
	bool found = false;
	size_t i;

	*deputy = true;
	for (i = 0; i < s->of[RULE_HOLDER].count; i++) {
		h = s->of[RULE_HOLDER].rows[i];
		if (!bytes_eq(h->word, position) ||
		    !bytes_eq(h->person, person) || t < h->from ||
		    t >= h->until)
			continue;
		found = true;
		*deputy &= h->deputy;
	}
	return found;
}

bool
rule_may(const struct rule_set *s, struct bytes action, enum level level,
    struct bytes person, int64_t t)
{
	const struct rule_delegation *d;
	bool deputy, named = false;
	size_t i;

	if (s->of[RULE_HOLDER].count == 0)
		return true;
	for (i = 0; i < s->of[RULE_DELEGATION].count; i++) {
		d = s->of[RULE_DELEGATION].rows[i];
		if (!bytes_eq(d->word, action) || d->level != level)
			continue;
		named = true;
		if (holds(s, d->position, person, t, &deputy) &&
		    (!deputy || d->may_delegate))
			return true;
	}
	return !named;
}

struct bytes
rule_says(const struct rule_text *t)
{
	return lang_get() == LANG_VI || t->en.len == 0 ? t->vi : t->en;
}
