/* SPDX-License-Identifier: EUPL-1.2 */
/* What a set must be as a whole: docs/rules.md 3.4 and 5.2. */
#include "rules/inner.h"

/* ---- an office's own
 * ----------------------------------------------------------------------- */

static bool
due_tightens(const struct rule_due *own, const struct rule_due *law)
{
	if (own->at_once)
		return true;
	return own->counted && law->counted && own->days <= law->days &&
	       (own->working == law->working || !own->working);
}

static bool
retention_tightens(
    const struct rule_retention *own, const struct rule_retention *law)
{
	return own->forever || (!law->forever && own->months >= law->months);
}

bool
tightens(enum rule_kind k, const void *own, const void *law)
{
	return k == RULE_DUE ? due_tightens(own, law)
			     : retention_tightens(own, law);
}

/* An own row for one precedence may come in before the law's for each. */
static void
check_due(struct rules *r, const struct rule_set *s, const struct rule_due *d)
{
	const struct rule_due *x;
	struct err e;
	size_t i;

	for (i = 0; d->source.own && i < s->of[RULE_DUE].count; i++) {
		x = s->of[RULE_DUE].rows[i];
		if (x->source.own || !bytes_eq(x->word, d->word) || x->one ||
		    due_tightens(d, x))
			continue;
		(void)fail(&e, RC_INVALID,
		    "%s \"%.*s\" asks less than the law (%.*s:%u): write at "
		    "least as much, or leave it away",
		    rule_kind_word(RULE_DUE), SHOWN(d->word),
		    SHOWN(x->source.file), x->source.line);
		problem_once(r, &d->source, &e);
	}
}

/* ---- references
 * ------------------------------------------------------------------------- */

static void
refers(struct rules *r, const struct rule_set *s, const struct rule_source *at,
    enum rule_kind k, struct bytes word)
{
	struct err e;

	if (word.len == 0 || rule_find(s, k, word) != NULL)
		return;
	(void)fail(&e, RC_INVALID,
	    "there is no %s \"%.*s\" at that time: write such a row, or "
	    "another word here",
	    rule_kind_word(k), SHOWN(word));
	problem_once(r, at, &e);
}

static void
check_action(
    struct rules *r, const struct rule_set *s, const struct rule_action *a)
{
	size_t i;

	for (i = 0; i < a->differs_count; i++)
		refers(r, s, &a->source, RULE_ACTION, a->differs[i]);
}

static void
check_register(
    struct rules *r, const struct rule_set *s, const struct rule_register *x)
{
	const struct rule_series *series = rule_series(s, x->series);
	struct err e;

	refers(r, s, &x->source, RULE_SERIES, x->series);
	if (series == NULL || series->both || series->secret == x->secret)
		return;
	(void)fail(&e, RC_INVALID,
	    "the register \"%.*s\" and its series \"%.*s\" are not of the same "
	    "levels: what is secret has registers of its own",
	    SHOWN(x->word), SHOWN(series->word));
	problem_once(r, &x->source, &e);
}

/* An own register shows nothing that the law's secret ones hold. */
static void
check_own_register(
    struct rules *r, const struct rule_set *s, const struct rule_register *x)
{
	const struct rule_series *series = rule_series(s, x->series);
	struct err e;

	if (!x->source.own || series == NULL || !series->both)
		return;
	(void)fail(&e, RC_INVALID,
	    "the series \"%.*s\" has secret documents: an office's own "
	    "register may not be of it",
	    SHOWN(series->word));
	problem_once(r, &x->source, &e);
}

static void
check_type(struct rules *r, const struct rule_set *s, const struct rule_type *t)
{
	refers(r, s, &t->source, RULE_GRAMMAR, t->only);
	refers(r, s, &t->source, RULE_GRAMMAR, t->as);
}

static void
check_delegation(
    struct rules *r, const struct rule_set *s, const struct rule_delegation *d)
{
	refers(r, s, &d->source, RULE_ACTION, d->word);
	refers(r, s, &d->source, RULE_POSITION, d->position);
}

/* ---- what must be there
 * --------------------------------------------------------------------- */

/* Where levels are spoken of, each of them is. */
static void
check_levels(struct rules *r, const struct rule_set *s)
{
	const struct rule_level *any;
	struct err e;
	unsigned l;

	if (s->of[RULE_LEVEL].count == 0)
		return;
	any = s->of[RULE_LEVEL].rows[0];
	for (l = 0; l < LEVELS; l++) {
		if (rule_level(s, (enum level)l) != NULL)
			continue;
		(void)fail(&e, RC_INVALID,
		    "there is no row \"level %s\" at that time: write one",
		    level_word((enum level)l));
		problem_once(r, &any->source, &e);
	}
}

void
set_check(struct rules *r, const struct rule_set *s)
{
	const struct rule_rows *of = s->of;
	const struct rule_holder *h;
	const struct rule_agency *a;
	const struct rule_code *c;
	size_t i;

	check_levels(r, s);
	for (i = 0; i < of[RULE_ACTION].count; i++)
		check_action(r, s, of[RULE_ACTION].rows[i]);
	for (i = 0; i < of[RULE_DUE].count; i++)
		check_due(r, s, of[RULE_DUE].rows[i]);
	for (i = 0; i < of[RULE_TYPE].count; i++)
		check_type(r, s, of[RULE_TYPE].rows[i]);
	for (i = 0; i < of[RULE_DELEGATION].count; i++)
		check_delegation(r, s, of[RULE_DELEGATION].rows[i]);
	for (i = 0; i < of[RULE_REGISTER].count; i++) {
		check_register(r, s, of[RULE_REGISTER].rows[i]);
		check_own_register(r, s, of[RULE_REGISTER].rows[i]);
	}
	for (i = 0; i < of[RULE_CODE].count; i++) {
		c = of[RULE_CODE].rows[i];
		refers(r, s, &c->source, RULE_TYPE, c->type);
	}
	for (i = 0; i < of[RULE_HOLDER].count; i++) {
		h = of[RULE_HOLDER].rows[i];
		refers(r, s, &h->source, RULE_POSITION, h->word);
	}
	for (i = 0; i < of[RULE_AGENCY].count; i++) {
		a = of[RULE_AGENCY].rows[i];
		refers(r, s, &a->source, RULE_GRAMMAR, a->word);
	}
}
