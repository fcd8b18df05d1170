/* SPDX-License-Identifier: EUPL-1.2 */
/* A row as it is written in a file: docs/rules.md 2.4 and 2.5. */
#include <stdio.h>
#include <string.h>

#include "rules/kinds.h"

#define VN_OFFSET (7 * 3600)

static const void *
place(const void *data, size_t at)
{
	return (const uint8_t *)data + at;
}

static struct bytes
word_at(const void *data, size_t at)
{
	return *(const struct bytes *)place(data, at);
}

static unsigned
number_at(const void *data, size_t at)
{
	return *(const unsigned *)place(data, at);
}

static bool
flag_at(const void *data, size_t at)
{
	return *(const bool *)place(data, at);
}

static void
add_word(struct buf *out, const char *word)
{
	buf_u8(out, ' ');
	buf_add(out, bytes_str(word));
}

static void
add_bytes(struct buf *out, struct bytes word)
{
	buf_u8(out, ' ');
	buf_add(out, word);
}

static void
add_number(struct buf *out, unsigned n)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%u", n);
	add_word(out, text);
}

static void
add_quoted(struct buf *out, struct bytes text)
{
	buf_add(out, bytes_str(" \""));
	buf_add(out, text);
	buf_u8(out, '"');
}

static void
add_text(struct buf *out, const struct rule_text *text)
{
	add_quoted(out, text->vi);
	add_quoted(out, text->en);
}

static void
add_day(struct buf *out, int64_t t)
{
	char day[TIME_TEXT];

	time_write(day, t + VN_OFFSET);
	buf_u8(out, ' ');
	buf_add(out, bytes_of(day, sizeof("2026-03-01") - 1));
}

/* "30x8", "13-14" */
static void
add_pair(struct buf *out, const void *data, const struct attr *a)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%u%c%u", number_at(data, a->at),
	    strcmp(a->word, "size") == 0 ? 'x' : '-',
	    number_at(data, a->count));
	add_word(out, text);
}

/* "clerk,duty" */
static void
add_roles(struct buf *out, unsigned roles)
{
	unsigned r;
	char sign = ' ';

	for (r = 0; r < ROLES; r++)
		if ((roles & 1u << r) != 0) {
			buf_u8(out, (uint8_t)sign);
			buf_add(out, bytes_str(role_word((enum role)r)));
			sign = ',';
		}
}

/* Whether the row says this part. */
static bool
said(const void *data, const struct attr *a)
{
	switch (a->value) {
	case V_FLAG:
		return flag_at(data, a->at);
	case V_NUMBER:
		if (a->count != 0)
			return flag_at(data, a->count);
		return (a->flags & A_MUST) != 0 || number_at(data, a->at) > 0;
	case V_PRECEDENCE:
		return flag_at(data, a->count);
	case V_ROLES:
	case V_PAIR:
		return number_at(data, a->at) > 0;
	case V_WORDS:
	case V_COLUMN:
	case V_FIELD:
		return *(const size_t *)place(data, a->count) > 0;
	case V_LAST:
		return *(const int64_t *)place(data, a->at) != TIME_NEVER;
	case V_LEVEL:
	case V_ABSTRACT:
	case V_DAY:
		return true;
	case V_WORD:
	case V_SYMBOL:
	case V_PATTERN:
	case V_PLAIN:
	case V_NAME:
	case V_PERSON:
	case V_HOLIDAY:
	case V_WEEKDAY:
		return word_at(data, a->at).len > 0;
	case V_TEXT:
		return ((const struct rule_text *)place(data, a->at))->vi.len >
		       0;
	}
	return false;
}

static void
add_words(struct buf *out, const void *data, const struct attr *a)
{
	const size_t n = *(const size_t *)place(data, a->count);
	struct bytes *words;
	size_t i;

	memcpy(&words, place(data, a->at), sizeof(words));
	for (i = 0; i < n; i++) {
		buf_u8(out, i == 0 ? ' ' : ',');
		buf_add(out, words[i]);
	}
}

/* "word 20 vi en", and the part's word between them. */
static void
add_columns(struct buf *out, const void *data, const struct attr *a)
{
	const size_t n = *(const size_t *)place(data, a->count);
	struct rule_column *columns;
	size_t i;

	memcpy(&columns, place(data, a->at), sizeof(columns));
	for (i = 0; i < n; i++) {
		if (i > 0) {
			buf_add(out, bytes_str("\n\t"));
			buf_add(out, bytes_str(a->word));
		}
		add_bytes(out, columns[i].field);
		if (a->value == V_COLUMN)
			add_number(out, columns[i].width_mm);
		add_text(out, &columns[i].title);
	}
}

static void
add_value(struct buf *out, const void *data, const struct attr *a)
{
	static const char *const abstracts[] = { "never", "agreed", "free" };
	const void *at = place(data, a->at);

	switch (a->value) {
	case V_FLAG:
		break;
	case V_NUMBER:
		add_number(out, number_at(data, a->at));
		break;
	case V_PRECEDENCE:
		add_word(out, precedence_word(*(const enum precedence *)at));
		break;
	case V_ROLES:
		add_roles(out, number_at(data, a->at));
		break;
	case V_PAIR:
		add_pair(out, data, a);
		break;
	case V_WORDS:
		add_words(out, data, a);
		break;
	case V_COLUMN:
	case V_FIELD:
		add_columns(out, data, a);
		break;
	case V_LAST:
		add_day(out, *(const int64_t *)at - TIME_DAY);
		break;
	case V_DAY:
		add_day(out, *(const int64_t *)at);
		break;
	case V_LEVEL:
		add_word(out, level_word(*(const enum level *)at));
		break;
	case V_ABSTRACT:
		add_word(out, abstracts[*(const enum rule_abstract *)at]);
		break;
	case V_WORD:
	case V_SYMBOL:
	case V_PATTERN:
	case V_PLAIN:
	case V_PERSON:
	case V_HOLIDAY:
	case V_WEEKDAY:
		add_bytes(out, word_at(data, a->at));
		break;
	case V_NAME:
		add_quoted(out, word_at(data, a->at));
		break;
	case V_TEXT:
		add_text(out, at);
		break;
	}
}

static bool
is_long(const struct attr *a)
{
	return a->value == V_TEXT || a->value == V_NAME ||
	       a->value == V_COLUMN || a->value == V_FIELD;
}

void
rule_write(struct buf *out, enum rule_kind k, const void *row)
{
	const struct attr *a;

	buf_add(out, bytes_str(kinds[k].word));
	add_bytes(out, row_word(row));
	for (a = kinds[k].attrs; a->word != NULL; a++)
		if (said(row, a)) {
			/* texts begin a line */
			buf_add(out, bytes_str(is_long(a) ? "\n\t" : " "));
			buf_add(out, bytes_str(a->word));
			add_value(out, row, a);
		}
	buf_u8(out, '\n');
}

const struct rule_text *
rule_name(enum rule_kind k, const void *row)
{
	const struct attr *a;

	for (a = kinds[k].attrs; a->word != NULL; a++)
		if (a->value == V_TEXT)
			return place(row, a->at);
	return NULL;
}

const struct rule_source *
rule_source(const void *row)
{
	return place(row, offsetof(struct rule_level, source));
}
