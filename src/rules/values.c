/* SPDX-License-Identifier: EUPL-1.2 */
/* Values as they are written in a row: docs/rules.md 2.5. */
#include <string.h>

#include "core/limits.h"
#include "core/time.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "envelope/address.h"
#include "rules/kinds.h"

#define SHOWN_MAX 48   /* bytes of a text in an error */
#define SYMBOL_MAX 30u /* bytes: CodeNotation of QCVN 102 */

int
shown(struct bytes text)
{
	size_t n = text.len < SHOWN_MAX ? text.len : SHOWN_MAX;

	while (n > 0 && n < text.len && (text.p[n] & 0xc0) == 0x80)
		n--;
	return (int)n;
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

bool
word_ok(struct bytes word)
{
	size_t i;

	if (word.len == 0 || word.len > RULES_WORD_MAX || word.p[0] == '-' ||
	    word.p[word.len - 1] == '-')
		return false;
	for (i = 0; i < word.len; i++)
		if (!(word.p[i] >= 'a' && word.p[i] <= 'z') &&
		    !is_digit(word.p[i]) && word.p[i] != '-')
			return false;
	return true;
}

bool
symbol_ok(struct bytes symbol)
{
	size_t i;

	for (i = 0; i < symbol.len; i++)
		if (symbol.p[i] <= ' ' ||
		    memchr("/{}\"#", symbol.p[i], 5) != NULL)
			return false;
	return symbol.len > 0 && symbol.len <= SYMBOL_MAX &&
	       utf8_is_text(symbol);
}

bool
number_parse(unsigned *out, struct bytes in, unsigned max)
{
	uint64_t v = 0;
	size_t i;

	if (in.len == 0 || in.len > 9 || (in.len > 1 && in.p[0] == '0'))
		return false;
	for (i = 0; i < in.len; i++) {
		if (!is_digit(in.p[i]))
			return false;
		v = v * 10 + (uint64_t)(in.p[i] - '0');
	}
	*out = (unsigned)v;
	return v <= max;
}

bool
day_parse(int64_t *out, struct bytes in)
{
	return in.len == sizeof("2026-03-01") - 1 && time_parse(out, in);
}

/* ---- values
 * ------------------------------------------------------------------------- */

/* The next token of the value; the row is known to have it. */
static struct bytes
take(struct reader *r)
{
	r->t->at = r->t->row[r->i].line;
	return r->t->row[r->i++].text;
}

static enum rc
read_flag(struct reader *r, struct err *e)
{
	(void)e;
	*(bool *)r->at = true;
	return RC_OK;
}

static enum rc
read_number(struct reader *r, struct err *e)
{
	struct bytes in = take(r);
	unsigned *out = r->at;

	if (!number_parse(out, in, r->a->max) || *out < r->a->min)
		return fail(e, RC_INVALID,
		    "%s: \"%.*s\" is no number of %u to %u: write one in "
		    "digits",
		    r->a->word, SHOWN(in), r->a->min, r->a->max);
	if (r->count != NULL)
		*(bool *)r->count = true;
	return RC_OK;
}

static enum rc
read_word(struct reader *r, struct err *e)
{
	struct bytes in = take(r);

	if (!word_ok(in))
		return fail(e, RC_INVALID,
		    "%s: \"%.*s\" is no word: write at most %u small letters "
		    "without diacritics, digits and inner hyphens",
		    r->a->word, SHOWN(in), RULES_WORD_MAX);
	*(struct bytes *)r->at = in;
	return RC_OK;
}

/* The next of a list's words, by commas. */
static bool
cut_word(struct bytes *word, struct bytes *list)
{
	const uint8_t *comma;

	if (list->p == NULL)
		return false;
	comma = memchr(list->p, ',', list->len);
	*word = *list;
	if (comma == NULL) {
		*list = (struct bytes){ 0 };
		return true;
	}
	word->len = (size_t)(comma - list->p);
	list->p += word->len + 1;
	list->len -= word->len + 1;
	return true;
}

static enum rc
list_is_long(const struct reader *r, struct err *e)
{
	return fail(e, RC_INVALID,
	    "%s: there are more than %u: leave some away", r->a->word,
	    RULES_LIST_MAX);
}

static enum rc
read_words(struct reader *r, struct err *e)
{
	struct bytes list = take(r), **words = r->at, word;
	size_t *n = r->count;

	while (cut_word(&word, &list)) {
		if (!word_ok(word))
			return fail(e, RC_INVALID,
			    "%s: \"%.*s\" is no word: write words with commas "
			    "and no blanks between them",
			    r->a->word, SHOWN(word));
		if (*n == RULES_LIST_MAX)
			return list_is_long(r, e);
		*words = vec_more(*words, *n, sizeof(**words));
		(*words)[(*n)++] = word;
	}
	return RC_OK;
}

static enum rc
read_symbol(struct reader *r, struct err *e)
{
	struct bytes in = take(r);

	if (!symbol_ok(in))
		return fail(e, RC_INVALID,
		    "%s: \"%.*s\" is no symbol: write at most %u bytes of "
		    "letters, digits and hyphens, without \"/\" and blanks",
		    r->a->word, SHOWN(in), SYMBOL_MAX);
	*(struct bytes *)r->at = in;
	return RC_OK;
}

static enum rc
read_pattern(struct reader *r, struct err *e)
{
	struct bytes in = take(r);

	if (!pattern_ok(in, r->a->value == V_PLAIN))
		return fail(e, RC_INVALID,
		    r->a->value == V_PLAIN
			? "\"%.*s\" is no pattern: write {so} once, {co-quan}, "
			  "{don-vi} and signs between them, without {loai}"
			: "\"%.*s\" is no pattern: write {so} and {loai} once, "
			  "{co-quan}, {don-vi} and signs between them",
		    SHOWN(in));
	*(struct bytes *)r->at = in;
	return RC_OK;
}

static enum rc
read_name(struct reader *r, struct err *e)
{
	struct bytes in = take(r);

	if (in.len == 0)
		return fail(e, RC_INVALID,
		    "%s: the text is empty: write one, or leave the word away",
		    r->a->word);
	*(struct bytes *)r->at = in;
	return RC_OK;
}

static enum rc
read_text(struct reader *r, struct err *e)
{
	struct rule_text *out = r->at;
	bool quoted = r->t->row[r->i].quoted && r->t->row[r->i + 1].quoted;

	out->vi = take(r);
	out->en = take(r);
	if (!quoted || out->vi.len == 0 || out->en.len == 0)
		return fail(e, RC_INVALID,
		    "%s: here are two texts wanted: write \"the Vietnamese\" "
		    "\"the English\"",
		    r->a->word);
	return RC_OK;
}

static enum rc
read_level(struct reader *r, struct err *e)
{
	struct bytes in = take(r);

	if (!level_parse(r->at, in))
		return fail(e, RC_INVALID,
		    "\"%.*s\" is no level: write thuong, mat, toi-mat or "
		    "tuyet-mat",
		    SHOWN(in));
	return RC_OK;
}

static enum rc
read_precedence(struct reader *r, struct err *e)
{
	struct bytes in = take(r);

	if (!precedence_parse(r->at, in))
		return fail(e, RC_INVALID,
		    "\"%.*s\" is no precedence: write thuong, khan, "
		    "thuong-khan, hoa-toc or hoa-toc-hen-gio",
		    SHOWN(in));
	*(bool *)r->count = true;
	return RC_OK;
}

static enum rc
read_abstract(struct reader *r, struct err *e)
{
	static const char *const ways[] = {
		[RULE_ABSTRACT_NEVER] = "never",
		[RULE_ABSTRACT_AGREED] = "agreed",
		[RULE_ABSTRACT_FREE] = "free",
	};
	struct bytes in = take(r);
	unsigned i;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (bytes_is(in, ways[i])) {
			*(enum rule_abstract *)r->at = (enum rule_abstract)i;
			return RC_OK;
		}
	return fail(e, RC_INVALID,
	    "abstract: \"%.*s\" says nothing: write never, agreed or free",
	    SHOWN(in));
}

static enum rc
read_roles(struct reader *r, struct err *e)
{
	struct bytes list = take(r), word;
	enum role role;

	while (cut_word(&word, &list)) {
		if (!role_parse(&role, word))
			return fail(e, RC_INVALID,
			    "\"%.*s\" is no role: write drafter, authority, "
			    "clerk, operator, custodian, inspector, duty or "
			    "administrator, with commas and no blanks between "
			    "them",
			    SHOWN(word));
		*(unsigned *)r->at |= 1u << role;
	}
	return RC_OK;
}

/* "30x8", "13-14" */
static enum rc
read_pair(struct reader *r, struct err *e)
{
	struct bytes in = take(r), left = in, right;
	size_t i = 0;

	while (i < in.len && is_digit(in.p[i]))
		i++;
	left.len = i;
	right = bytes_of(in.p + i + (i < in.len), in.len - i - (i < in.len));
	if (i == in.len || (in.p[i] != 'x' && in.p[i] != '-') ||
	    !number_parse(r->at, left, r->a->max) ||
	    !number_parse(r->count, right, r->a->max) ||
	    *(unsigned *)r->at < r->a->min || *(unsigned *)r->count < r->a->min)
		return fail(e, RC_INVALID,
		    "%s: \"%.*s\" are no two numbers of %u to %u: write them "
		    "as 30x8 or 13-14",
		    r->a->word, SHOWN(in), r->a->min, r->a->max);
	return RC_OK;
}

static enum rc
read_day(struct reader *r, struct err *e)
{
	struct bytes in = take(r);
	int64_t *out = r->at;

	if (!day_parse(out, in) || *out > TIME_MAX - TIME_DAY)
		return fail(e, RC_INVALID,
		    "%s: \"%.*s\" is no day: write it as 2026-03-01",
		    r->a->word, SHOWN(in));
	if (r->a->value == V_LAST)
		*out += TIME_DAY;
	return RC_OK;
}

static enum rc
read_person(struct reader *r, struct err *e)
{
	struct bytes in = take(r);

	if (!address_is_desk(in) || in.len > LIMIT_ADDRESS)
		return fail(e, RC_INVALID,
		    "\"%.*s\" is no person's address: write it as "
		    "antin://UNIT/PERSON",
		    SHOWN(in));
	*(struct bytes *)r->at = in;
	return RC_OK;
}

/* A column or a field: word, for a column its width, two texts. */
static enum rc
read_column(struct reader *r, struct err *e)
{
	struct rule_column **columns = r->at, c = { 0 };
	struct reader part = *r;
	size_t *n = r->count, i;

	if (*n == RULES_LIST_MAX)
		return list_is_long(r, e);
	part.count = NULL;
	part.at = &c.field;
	if (read_word(&part, e) != RC_OK)
		return e->rc;
	part.at = &c.width_mm;
	if (r->a->value == V_COLUMN && read_number(&part, e) != RC_OK)
		return e->rc;
	part.at = &c.title;
	if (read_text(&part, e) != RC_OK)
		return e->rc;
	r->i = part.i;
	for (i = 0; i < *n; i++)
		if (bytes_eq((*columns)[i].field, c.field))
			return fail(e, RC_INVALID,
			    "%s: \"%.*s\" is there twice: leave one away",
			    r->a->word, SHOWN(c.field));
	*columns = vec_more(*columns, *n, sizeof(**columns));
	(*columns)[(*n)++] = c;
	return RC_OK;
}

/* "30-04" each year, or a day. */
static enum rc
read_holiday(struct reader *r, struct err *e)
{
	struct bytes in = take(r);
	char text[] = "2000-00-00"; /* a leap year */
	int64_t t;
	bool ok;

	if (in.len == 5 && in.p[2] == '-') {
		memcpy(text + 5, in.p + 3, 2);
		memcpy(text + 8, in.p, 2);
		ok = day_parse(&t, bytes_str(text));
	} else {
		ok = day_parse(&t, in);
	}
	if (!ok)
		return fail(e, RC_INVALID,
		    "\"%.*s\" is no day: write 30-04 for each year, or "
		    "2026-02-17 for one",
		    SHOWN(in));
	*(struct bytes *)r->at = in;
	return RC_OK;
}

static enum rc
read_weekday(struct reader *r, struct err *e)
{
	struct bytes in = take(r);

	if (!bytes_is(in, "saturday") && !bytes_is(in, "sunday"))
		return fail(e, RC_INVALID,
		    "\"%.*s\" is no day of rest: write saturday or sunday",
		    SHOWN(in));
	*(struct bytes *)r->at = in;
	return RC_OK;
}

const struct value_row values[] = {
	[V_FLAG] = { 0, read_flag },
	[V_NUMBER] = { 1, read_number },
	[V_WORD] = { 1, read_word },
	[V_WORDS] = { 1, read_words },
	[V_SYMBOL] = { 1, read_symbol },
	[V_PATTERN] = { 1, read_pattern },
	[V_PLAIN] = { 1, read_pattern },
	[V_NAME] = { 1, read_name },
	[V_TEXT] = { 2, read_text },
	[V_LEVEL] = { 1, read_level },
	[V_PRECEDENCE] = { 1, read_precedence },
	[V_ABSTRACT] = { 1, read_abstract },
	[V_ROLES] = { 1, read_roles },
	[V_PAIR] = { 1, read_pair },
	[V_DAY] = { 1, read_day },
	[V_LAST] = { 1, read_day },
	[V_PERSON] = { 1, read_person },
	[V_COLUMN] = { 4, read_column },
	[V_FIELD] = { 3, read_column },
	[V_HOLIDAY] = { 1, read_holiday },
	[V_WEEKDAY] = { 1, read_weekday },
};
