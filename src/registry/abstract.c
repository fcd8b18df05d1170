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

/* Folded, and with one blank wherever there is no letter or digit. */
static void
plain_words(struct buf *out, struct bytes text)
{
	struct buf fold = { 0 };
	size_t i;
	bool is;

	utf8_fold(&fold, text);
	for (i = 0; i < fold.len; i++) {
		is = fold.p[i] >= 0x80 ||
		     (fold.p[i] >= 'a' && fold.p[i] <= 'z') ||
		     (fold.p[i] >= '0' && fold.p[i] <= '9');
		if (is)
			buf_u8(out, fold.p[i]);
		else if (out->len > 0 && out->p[out->len - 1] != ' ')
			buf_u8(out, ' ');
	}
	buf_free(&fold);
}

/* These words, and right behind them a number. */
static bool
says_number(struct bytes text, const char *words)
{
	const size_t n = strlen(words);
	size_t i;

	for (i = 0; i + n < text.len; i++)
		if (memcmp(text.p + i, words, n) == 0 && text.p[i + n] >= '0' &&
		    text.p[i + n] <= '9' && !is_public(bytes_of(text.p, i)))
			return true;
	return false;
}

bool
quotes_telegram(struct bytes text)
{
	static const char *const said[] = { "dien so ", "dien mat so ",
		"dien den so ", "dien di so ", "so dien ", "so dien mat " };
	struct buf words = { 0 };
	bool quotes = false;
	size_t i;

	plain_words(&words, text);
	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		quotes |= says_number(buf_bytes(&words), said[i]);
	buf_free(&words);
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
