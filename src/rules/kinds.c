/* SPDX-License-Identifier: EUPL-1.2 */
#include "rules/kinds.h"

#include <string.h>

/* ---- what rows must be besides
 * --------------------------------------------------------------- */

static enum rc
due_ends(void *data, struct err *e)
{
	const struct rule_due *d = data;
	int n = d->at_once + d->at_set_time + d->counted;

	if (n != 1)
		return fail(e, RC_INVALID,
		    "when is it due? Write at-once, at-set-time or days N, and "
		    "one of them only");
	if (d->working && !d->counted)
		return fail(e, RC_INVALID,
		    "\"working\" goes with days N: write both or none");
	return RC_OK;
}

static enum rc
action_ends(void *data, struct err *e)
{
	struct rule_action *a = data;

	(void)e;
	if (a->people == 0)
		a->people = 1;
	return RC_OK;
}

static enum rc
type_ends(void *data, struct err *e)
{
	const struct rule_type *t = data;

	if ((t->as.len > 0) != (t->as_abbr.len > 0))
		return fail(e, RC_INVALID,
		    "\"as\" names a grammar and \"as-abbr\" what that calls "
		    "the type: write both or none");
	return RC_OK;
}

static enum rc
retention_ends(void *data, struct err *e)
{
	const struct rule_retention *r = data;

	if ((r->months > 0) == r->forever)
		return fail(e, RC_INVALID,
		    "how long is it kept? Write months N or forever, and one "
		    "of them only");
	return RC_OK;
}

static enum rc
holder_ends(void *data, struct err *e)
{
	struct rule_holder *h = data;

	if (h->until == 0)
		h->until = TIME_NEVER;
	if (h->until <= h->from)
		return fail(e, RC_INVALID,
		    "the last day is before the first: put \"from\" and "
		    "\"until\" right");
	return RC_OK;
}

static enum rc
register_ends(void *data, struct err *e)
{
	const struct rule_register *r = data;
	unsigned mm = 0;
	size_t i;

	for (i = 0; i < r->columns_count; i++)
		mm += r->columns[i].width_mm;
	if (mm > RULES_WIDTH_MM)
		return fail(e, RC_INVALID,
		    "its columns are %u mm wide together: write at most %u", mm,
		    RULES_WIDTH_MM);
	return RC_OK;
}

/* ---- the rows' parts
 * ---------------------------------------------------------------------- */

/* clang-format off */
#define AT(s, m) offsetof(struct rule_##s, m)
#define LIST(s, m) AT(s, m), AT(s, m##_count)

static const struct attr level_attrs[] = {
	{ "name", V_TEXT, AT(level, name), 0, A_MUST, 0, 0 },
	{ "years", V_NUMBER, AT(level, years), 0, 0, 1, 100 },
	{ "letter", V_SYMBOL, AT(level, letter), 0, 0, 0, 0 },
	{ "abstract", V_ABSTRACT, AT(level, abstract), 0, A_MUST, 0, 0 },
	{ "extend-days", V_NUMBER, AT(level, extend_days), 0, 0, 1, 3660 },
	{ "two-covers", V_FLAG, AT(level, two_covers), 0, 0, 0, 0 },
	{ 0 }
};
static const struct attr action_attrs[] = {
	{ "roles", V_ROLES, AT(action, roles), 0, A_MUST, 0, 0 },
	{ "differs", V_WORDS, LIST(action, differs), 0, 0, 0 },
	{ "people", V_NUMBER, AT(action, people), 0, 0, 1, 9 },
	{ "cite", V_TEXT, AT(action, cite), 0, A_MUST, 0, 0 },
	{ 0 }
};
static const struct attr due_attrs[] = {
	{ "precedence", V_PRECEDENCE, AT(due, precedence), AT(due, one),
	    A_KEY, 0, 0 },
	{ "at-once", V_FLAG, AT(due, at_once), 0, 0, 0, 0 },
	{ "at-set-time", V_FLAG, AT(due, at_set_time), 0, 0, 0, 0 },
	{ "days", V_NUMBER, AT(due, days), AT(due, counted), 0, 0, 3660 },
	{ "working", V_FLAG, AT(due, working), 0, 0, 0, 0 },
	{ 0 }
};
static const struct attr grammar_attrs[] = {
	{ "name", V_TEXT, AT(grammar, name), 0, A_MUST, 0, 0 },
	{ "pattern", V_PATTERN, AT(grammar, pattern), 0, A_MUST, 0, 0 },
	{ "plain", V_PLAIN, AT(grammar, plain), 0, 0, 0, 0 },
	{ "prefix", V_NAME, AT(grammar, prefix), 0, 0, 0, 0 },
	{ "pad", V_NUMBER, AT(grammar, pad), 0, 0, 1, 10 },
	{ 0 }
};
static const struct attr type_attrs[] = {
	{ "name", V_TEXT, AT(type, name), 0, A_MUST, 0, 0 },
	{ "abbr", V_SYMBOL, AT(type, abbr), 0, 0, 0, 0 },
	{ "only", V_WORD, AT(type, only), 0, 0, 0, 0 },
	{ "as", V_WORD, AT(type, as), 0, 0, 0, 0 },
	{ "as-abbr", V_SYMBOL, AT(type, as_abbr), 0, 0, 0, 0 },
	{ "copy", V_FLAG, AT(type, copy), 0, 0, 0, 0 },
	{ 0 }
};
static const struct attr code_attrs[] = {
	{ "name", V_TEXT, AT(code, name), 0, A_MUST, 0, 0 },
	{ "type", V_WORD, AT(code, type), 0, 0, 0, 0 },
	{ 0 }
};
static const struct attr series_attrs[] = {
	{ "name", V_TEXT, AT(series, name), 0, A_MUST, 0, 0 },
	{ "kind", V_WORD, AT(series, kind), 0, A_MUST, 0, 0 },
	{ "secret", V_FLAG, AT(series, secret), 0, A_LAW, 0, 0 },
	{ "both", V_FLAG, AT(series, both), 0, A_LAW, 0, 0 },
	{ "yearly", V_FLAG, AT(series, yearly), 0, 0, 0, 0 },
	{ 0 }
};
static const struct attr register_attrs[] = {
	{ "title", V_TEXT, AT(register, title), 0, A_MUST, 0, 0 },
	{ "secret", V_FLAG, AT(register, secret), 0, A_LAW, 0, 0 },
	{ "incoming", V_FLAG, AT(register, incoming), 0, 0, 0, 0 },
	{ "series", V_WORD, AT(register, series), 0, 0, 0, 0 },
	{ "cover", V_FIELD, LIST(register, cover), 0, 0, 0 },
	{ "column", V_COLUMN, LIST(register, columns), A_MUST, 5, 200 },
	{ 0 }
};
static const struct attr stamp_attrs[] = {
	{ "text", V_TEXT, AT(stamp, text), 0, A_MUST, 0, 0 },
	{ "size", V_PAIR, AT(stamp, width_mm), AT(stamp, height_mm), 0, 1,
	    200 },
	{ "letters", V_PAIR, AT(stamp, least_pt), AT(stamp, most_pt), 0, 1,
	    72 },
	{ "colour", V_WORD, AT(stamp, colour), 0, 0, 0, 0 },
	{ "box", V_SYMBOL, AT(stamp, box), 0, 0, 0, 0 },
	{ "field", V_FIELD, LIST(stamp, fields), 0, 0, 0 },
	{ 0 }
};
static const struct attr position_attrs[] = {
	{ "name", V_TEXT, AT(position, name), 0, A_MUST, 0, 0 },
	{ 0 }
};
static const struct attr delegation_attrs[] = {
	{ "level", V_LEVEL, AT(delegation, level), 0, A_MUST | A_KEY, 0, 0 },
	{ "position", V_WORD, AT(delegation, position), 0, A_MUST | A_KEY, 0,
	    0 },
	{ "may-delegate", V_FLAG, AT(delegation, may_delegate), 0, 0, 0, 0 },
	{ 0 }
};
static const struct attr holder_attrs[] = {
	{ "person", V_PERSON, AT(holder, person), 0, A_MUST | A_KEY, 0, 0 },
	{ "from", V_DAY, AT(holder, from), 0, A_MUST | A_KEY, 0, 0 },
	{ "until", V_LAST, AT(holder, until), 0, 0, 0, 0 },
	{ "instrument", V_NAME, AT(holder, instrument), 0, A_MUST, 0, 0 },
	{ "deputy", V_FLAG, AT(holder, deputy), 0, 0, 0, 0 },
	{ 0 }
};
static const struct attr agency_attrs[] = {
	{ "symbol", V_SYMBOL, AT(agency, symbol), 0, A_MUST, 0, 0 },
	{ "name", V_TEXT, AT(agency, name), 0, A_MUST, 0, 0 },
	{ 0 }
};
static const struct attr unit_attrs[] = {
	{ "symbol", V_SYMBOL, AT(unit, symbol), 0, A_MUST, 0, 0 },
	{ "name", V_TEXT, AT(unit, name), 0, A_MUST, 0, 0 },
	{ 0 }
};
static const struct attr retention_attrs[] = {
	{ "name", V_TEXT, AT(retention, name), 0, A_MUST, 0, 0 },
	{ "months", V_NUMBER, AT(retention, months), 0, 0, 1, 12000 },
	{ "forever", V_FLAG, AT(retention, forever), 0, 0, 0, 0 },
	{ 0 }
};
static const struct attr limit_attrs[] = {
	{ "name", V_TEXT, AT(limit, name), 0, A_MUST, 0, 0 },
	{ "value", V_NUMBER, AT(limit, value), 0, A_MUST, 0, 1000000 },
	{ "unit", V_WORD, AT(limit, unit), 0, A_MUST, 0, 0 },
	{ 0 }
};
static const struct attr holiday_attrs[] = {
	{ "name", V_TEXT, AT(holiday, name), 0, A_MUST, 0, 0 },
	{ "worked", V_FLAG, AT(holiday, work), 0, 0, 0, 0 },
	{ 0 }
};
static const struct attr weekend_attrs[] = { { 0 } };

#define ROW(w, s, names, level, own, ends)                                     \
	{ w, sizeof(struct rule_##s), names, level, s##_attrs, own, ends }

const struct kind kinds[RULE_KINDS] = {
	[RULE_LEVEL] = ROW("level", level, V_LEVEL, AT(level, level),
	    OWN_NEVER, NULL),
	[RULE_ACTION] = ROW("action", action, V_WORD, 0, OWN_NEVER,
	    action_ends),
	[RULE_DUE] = ROW("due", due, V_WORD, 0, OWN_TIGHTEN, due_ends),
	[RULE_GRAMMAR] = ROW("grammar", grammar, V_WORD, 0, OWN_ADD, NULL),
	[RULE_TYPE] = ROW("type", type, V_WORD, 0, OWN_ADD, type_ends),
	[RULE_CODE] = ROW("code", code, V_WORD, 0, OWN_NEVER, NULL),
	[RULE_SERIES] = ROW("series", series, V_WORD, 0, OWN_ADD, NULL),
	[RULE_REGISTER] = ROW("register", register, V_WORD, 0, OWN_ADD,
	    register_ends),
	[RULE_STAMP] = ROW("stamp", stamp, V_WORD, 0, OWN_ADD, NULL),
	[RULE_POSITION] = ROW("position", position, V_WORD, 0, OWN_NEVER,
	    NULL),
	[RULE_DELEGATION] = ROW("delegation", delegation, V_WORD, 0, OWN_NEVER,
	    NULL),
	[RULE_HOLDER] = ROW("holder", holder, V_WORD, 0, OWN_ALONE,
	    holder_ends),
	[RULE_AGENCY] = ROW("agency", agency, V_WORD, 0, OWN_ALONE, NULL),
	[RULE_UNIT] = ROW("unit", unit, V_WORD, 0, OWN_ALONE, NULL),
	[RULE_RETENTION] = ROW("retention", retention, V_WORD, 0, OWN_TIGHTEN,
	    retention_ends),
	[RULE_LIMIT] = ROW("limit", limit, V_WORD, 0, OWN_NEVER, NULL),
	[RULE_HOLIDAY] = ROW("holiday", holiday, V_HOLIDAY, 0, OWN_ADD, NULL),
	[RULE_WEEKEND] = ROW("weekend", weekend, V_WEEKDAY, 0, OWN_NEVER,
	    NULL),
};
/* clang-format on */

const char *
rule_kind_word(enum rule_kind k)
{
	return kinds[k].word;
}

enum own
kind_own(enum rule_kind k)
{
	return kinds[k].own;
}

/* ---- rows of every kind begin alike
 * ------------------------------------------------------------- */

struct bytes
row_word(const void *data)
{
	return *(const struct bytes *)data;
}

struct rule_source *
row_source(void *data)
{
	return (
	    struct rule_source *)(void *)((uint8_t *)data +
					  offsetof(struct rule_level, source));
}
