/* SPDX-License-Identifier: EUPL-1.2 */
/* A row of words and texts as a struct rule_KIND: docs/rules.md 2.4. */
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "core/time.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "envelope/address.h"
#include "rules/kinds.h"

#define SHOWN_MAX 48   /* bytes of a text in an error */
#define ATTRS_MAX 8    /* of a kind */
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

struct reader {
	struct tokens *t;
	size_t i; /* the token that is next */
	const struct attr *a;
	void *at;    /* where the value goes */
	void *count; /* of a list; or whether it was given; or NULL */
};

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

static const struct {
	size_t tokens;
	enum rc (*read)(struct reader *r, struct err *e);
} values[] = {
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

/* ---- rows
 * ------------------------------------------------------------------------- */

static bool
is_list(const struct attr *a)
{
	return a->value == V_WORDS || a->value == V_COLUMN ||
	       a->value == V_FIELD;
}

static void *
place(void *data, size_t at)
{
	return (uint8_t *)data + at;
}

static enum rc
find_kind(struct row *row, struct bytes word, struct err *e)
{
	unsigned i;

	for (i = 0; i < RULE_KINDS; i++)
		if (bytes_is(word, kinds[i].word)) {
			row->kind = (enum rule_kind)i;
			return RC_OK;
		}
	return fail(e, RC_INVALID,
	    "\"%.*s\" begins no row: see docs/rules.md 4 for those that there "
	    "are; a row that goes on begins with a blank",
	    SHOWN(word));
}

static enum rc
read_value(struct row *row, struct tokens *t, size_t *i, const struct attr *a,
    size_t at, size_t count, struct err *e)
{
	struct reader r = { t, *i, a, place(row->data, at),
		count == 0 ? NULL : place(row->data, count) };

	if (t->count - *i < values[a->value].tokens)
		return fail(e, RC_INVALID,
		    "%s: behind it is something missing: write %zu values "
		    "there",
		    a->word, values[a->value].tokens);
	if (values[a->value].read(&r, e) != RC_OK)
		return e->rc;
	*i = r.i;
	return RC_OK;
}

/* The row's own word. */
static enum rc
read_names(struct row *row, struct tokens *t, size_t *i, struct err *e)
{
	const struct kind *k = &kinds[row->kind];
	const struct attr word = { .word = k->word, .value = k->names };

	*(struct bytes *)row->data =
	    t->count > 1 ? t->row[1].text : (struct bytes){ 0 };
	return read_value(
	    row, t, i, &word, k->names == V_LEVEL ? k->level_at : 0, 0, e);
}

static const struct attr *
find_attr(const struct kind *k, struct bytes word)
{
	const struct attr *a;

	for (a = k->attrs; a->word != NULL; a++)
		if (bytes_is(word, a->word))
			return a;
	return NULL;
}

/* Which parts a row has, and where their values begin. */
struct parts {
	bool has[ATTRS_MAX];
	size_t at[ATTRS_MAX];
};

static enum rc
read_attr(struct row *row, struct tokens *t, size_t *i, struct parts *seen,
    bool own, struct err *e)
{
	const struct kind *k = &kinds[row->kind];
	struct token word = t->row[(*i)++];
	const struct attr *a;
	size_t n;

	t->at = word.line;
	if (word.quoted || (a = find_attr(k, word.text)) == NULL)
		return fail(e, RC_INVALID,
		    "\"%.*s\" is no part of a row \"%s\": see docs/rules.md 4 "
		    "for those that it may have",
		    SHOWN(word.text), k->word);
	n = (size_t)(a - k->attrs);
	if (seen->has[n] && (!is_list(a) || a->value == V_WORDS))
		return fail(e, RC_INVALID, "%s is there twice: leave one away",
		    a->word);
	if (own && (a->flags & A_LAW) != 0)
		return fail(e, RC_INVALID,
		    "%s: an office's own row says nothing of what is secret: "
		    "leave it away (docs/rules.md 5.2)",
		    a->word);
	seen->has[n] = true;
	seen->at[n] = *i;
	return read_value(row, t, i, a, a->at, a->count, e);
}

static enum rc
lacks(const struct row *row, const struct parts *seen, struct err *e)
{
	const struct kind *k = &kinds[row->kind];
	size_t n;

	for (n = 0; k->attrs[n].word != NULL; n++)
		if ((k->attrs[n].flags & A_MUST) != 0 && !seen->has[n])
			return fail(e, RC_INVALID,
			    "the row has no \"%s\": write it behind the rest",
			    k->attrs[n].word);
	return RC_OK;
}

/* What may be said once a day: the word, and the parts that tell rows of one
 * word apart, as they are written. */
static void
write_key(struct row *row, const struct tokens *t, const struct parts *seen)
{
	const struct kind *k = &kinds[row->kind];
	size_t n;

	buf_add(&row->key, row_word(row->data));
	for (n = 0; k->attrs[n].word != NULL; n++) {
		if ((k->attrs[n].flags & A_KEY) == 0)
			continue;
		buf_u8(&row->key, ' ');
		if (seen->has[n])
			buf_add(&row->key, t->row[seen->at[n]].text);
	}
}

enum rc
row_read(struct row *out, struct tokens *t, const struct rule_source *source,
    struct err *e)
{
	struct row row = { 0 };
	struct parts seen = { 0 };
	size_t i = 1;
	enum rc rc;

	*out = (struct row){ 0 };
	t->at = t->row[0].line;
	if ((rc = find_kind(&row, t->row[0].text, e)) != RC_OK)
		return rc;
	row.data = alloc(1, kinds[row.kind].size);
	*row_source(row.data) = *source;
	rc = read_names(&row, t, &i, e);
	while (rc == RC_OK && i < t->count)
		rc = read_attr(&row, t, &i, &seen, source->own, e);
	if (rc != RC_OK)
		goto out;
	t->at = t->row[0].line;
	if ((rc = lacks(&row, &seen, e)) != RC_OK ||
	    (kinds[row.kind].ends != NULL &&
		(rc = kinds[row.kind].ends(row.data, e)) != RC_OK))
		goto out;
	write_key(&row, t, &seen);

	*out = row;
	row = (struct row){ 0 };
out:
	row_free(&row);
	return rc;
}

void
row_free(struct row *r)
{
	const struct attr *a;
	void *list;

	if (r->data != NULL)
		for (a = kinds[r->kind].attrs; a->word != NULL; a++)
			if (is_list(a)) {
				memcpy(
				    &list, place(r->data, a->at), sizeof(list));
				free(list);
			}
	free(r->data);
	buf_free(&r->key);
	*r = (struct row){ 0 };
}
