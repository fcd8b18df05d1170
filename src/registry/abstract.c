/* SPDX-License-Identifier: EUPL-1.2 */
/* The abstract (docs/registry.md 3.11): where it is not written down, and what
 * it may not say. */
#include <string.h>

#include "core/utf8.h"
#include "registry/inner.h"

enum rule_abstract
abstract_of(const struct trying *t, enum level l)
{
	const struct rule_level *row = rule_level(t->ask->rules, l);

	return row == NULL ? RULE_ABSTRACT_NEVER : row->abstract;
}

/* docs/registry.md 3.11: where the level becomes one that has no abstract, what
 * was written of it goes. */
void
abstract_drop(struct trying *t)
{
	if (abstract_of(t, t->out->level) == RULE_ABSTRACT_NEVER)
		t->out->destroys |= DOC_DESTROY_ABSTRACT;
}

/* "công điện số 12" is an ordinary document of that name. */
static bool
is_public(struct bytes before)
{
	static const char word[] = "cong ";
	const size_t n = sizeof(word) - 1;

	return before.len >= n &&
	       memcmp(before.p + before.len - n, word, n) == 0;
}

bool
quotes_telegram(struct bytes text)
{
	static const char *const said[] = { "dien so ", "dien mat so ",
		"so dien ", "so dien mat ", "dien den so ", "dien di so " };
	const uint8_t *at, *next;
	struct buf fold = { 0 };
	bool quotes = false;
	size_t i, n, left;

	utf8_fold(&fold, text);
	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		n = strlen(said[i]);
		for (at = fold.p; at != NULL; at = next + 1) {
			left = fold.len - (size_t)(at - fold.p);
			next = left == 0 ? NULL : memmem(at, left, said[i], n);
			if (next == NULL)
				break;
			left = fold.len - (size_t)(next - fold.p);
			quotes |=
			    left > n && next[n] >= '0' && next[n] <= '9' &&
			    !is_public(
				bytes_of(fold.p, (size_t)(next - fold.p)));
		}
	}
	buf_free(&fold);
	return quotes;
}

enum rc
abstract_is_open(const struct trying *t)
{
	if (t->out->level == LEVEL_ORDINARY &&
	    quotes_telegram(trying_has(t, FIELD_ABSTRACT)))
		return trying_refuse(t,
		    "an open document names no secret telegram by its number: "
		    "change its abstract");
	return RC_OK;
}

enum rc
check_describe(struct trying *t)
{
	const enum rule_abstract may = abstract_of(t, t->d->level);

	if (may == RULE_ABSTRACT_NEVER || t->d->value[FIELD_NAMED].len > 0)
		return trying_refuse(t,
		    "of a document of this level, or for one named person "
		    "alone, no abstract is written down");
	if (may == RULE_ABSTRACT_AGREED && t->out->role != ROLE_AUTHORITY) {
		if ((t->ask->who.roles & 1u << ROLE_AUTHORITY) == 0)
			return trying_refuse(t,
			    "at this level the authority itself gives the "
			    "abstract");
		t->out->role = ROLE_AUTHORITY;
	}
	return abstract_is_open(t);
}
