/* SPDX-License-Identifier: EUPL-1.2 */
#include "registry/field.h"

#include <string.h>

#include "core/limits.h"
#include "core/time.h"
#include "core/utf8.h"
#include "envelope/address.h"

static const char *const yes_no[] = { "yes", "no", NULL };
static const char *const integrity[] = { "good", "bad", NULL };
static const char *const outcome[] = { "received", "refused", NULL };
static const char *const acts[] = { "extended", "relevelled", "declassified",
	NULL };
static const char *const forms[] = { "full", "extract", "photo", "electronic",
	NULL };
static const char *const traffic[] = { "live", "service", "test", NULL };
static const char *const disposal[] = { "returned", "destroyed", "filed",
	NULL };

#define TEXT(m) FIELD_TEXT, 1, m, NULL
#define LIST FIELD_LIST, 1, FIELD_TEXT_MAX, NULL
#define WORD FIELD_WORD, 1, 63, NULL
#define UINT(a, b) FIELD_UINT, a, b, NULL
#define ID FIELD_ID, 2 * ID_SIZE, 2 * ID_SIZE, NULL
#define HASH FIELD_HASH, 2 * SHA256_SIZE, 2 * SHA256_SIZE, NULL
#define TIME FIELD_TIME, 20, 20, NULL
#define DAY FIELD_DAY, 10, 10, NULL
#define CHOICE(w) FIELD_CHOICE, 1, 63, w

static const struct field_row rows[FIELD_COUNT] = {
	[FIELD_TYPE] = { "type", WORD },
	[FIELD_GRAMMAR] = { "grammar", WORD },
	[FIELD_AGENCY] = { "agency", TEXT(60) },
	[FIELD_UNIT] = { "unit", TEXT(60) },
	[FIELD_BODY] = { "body", WORD },
	[FIELD_LEVEL] = { "level", FIELD_IS_LEVEL, 1, 63, NULL },
	[FIELD_PRECEDENCE] = { "precedence", FIELD_IS_PRECEDENCE, 1, 63, NULL },
	[FIELD_CATALOGUE] = { "catalogue", TEXT(500) },
	[FIELD_RECIPIENTS] = { "recipients", LIST },
	[FIELD_COPIES] = { "copies", UINT(1, 10000) },
	[FIELD_COPYING] = { "copying", CHOICE(yes_no) },
	[FIELD_UNTIL] = { "until", DAY },
	[FIELD_CONTENT] = { "content", HASH },
	[FIELD_DOCUMENTS] = { "documents", UINT(1, 1000) },
	[FIELD_PAGES] = { "pages", UINT(0, 100000) },
	[FIELD_ATTACHMENTS] = { "attachments", UINT(0, 1000) },
	[FIELD_ANSWERS] = { "answers", ID },
	[FIELD_FLOOR] = { "floor", FIELD_IS_LEVEL, 1, 63, NULL },
	[FIELD_ABSTRACT] = { "abstract", TEXT(LIMIT_SUBJECT) },
	[FIELD_REMARKS] = { "remarks", TEXT(LIMIT_SUBJECT) },
	[FIELD_REASON] = { "reason", TEXT(LIMIT_SUBJECT) },
	[FIELD_SIGNER] = { "signer", TEXT(LIMIT_NAME) },
	[FIELD_CAPACITY] = { "capacity", TEXT(LIMIT_NAME) },
	[FIELD_SERIES] = { "series", TEXT(64) },
	[FIELD_YEAR] = { "year", UINT(1970, 9999) },
	[FIELD_NUMBER] = { "number", UINT(1, 999999999) },
	[FIELD_SYMBOL] = { "symbol", TEXT(200) },
	[FIELD_DATE] = { "date", DAY },
	[FIELD_EXPIRES] = { "expires", TIME },
	[FIELD_KEEPER] = { "keeper", TEXT(LIMIT_NAME) },
	[FIELD_DISPATCH] = { "dispatch", ID },
	[FIELD_DIGEST] = { "digest", HASH },
	[FIELD_FROM] = { "from", TEXT(500) },
	[FIELD_NAMED] = { "named", TEXT(LIMIT_NAME) },
	[FIELD_INTEGRITY] = { "integrity", CHOICE(integrity) },
	[FIELD_OUTCOME] = { "outcome", CHOICE(outcome) },
	[FIELD_ASSIGNEE] = { "assignee", TEXT(LIMIT_NAME) },
	[FIELD_DUE] = { "due", TIME },
	[FIELD_REPLY] = { "reply", ID },
	[FIELD_RESULT] = { "result", TEXT(LIMIT_SUBJECT) },
	[FIELD_INSTRUMENT] = { "instrument", TEXT(LIMIT_NAME) },
	[FIELD_ACT] = { "act", CHOICE(acts) },
	[FIELD_FORM] = { "form", CHOICE(forms) },
	[FIELD_MADE] = { "made", UINT(1, 10000) },
	[FIELD_SPOILED] = { "spoiled", UINT(0, 10000) },
	[FIELD_FIRST] = { "first", UINT(1, 100000000) },
	[FIELD_TO] = { "to", TEXT(LIMIT_NAME) },
	[FIELD_SIGNED] = { "signed", TEXT(LIMIT_NAME) },
	[FIELD_COUNCIL] = { "council", LIST },
	[FIELD_METHOD] = { "method", TEXT(LIMIT_NAME) },
	[FIELD_MINUTES] = { "minutes", TEXT(LIMIT_NAME) },
	[FIELD_TRAFFIC] = { "traffic", CHOICE(traffic) },
	[FIELD_WORDS] = { "words", UINT(0, 1000000) },
	[FIELD_GROUPS] = { "groups", UINT(1, 1000000) },
	[FIELD_PRODUCT] = { "product", TEXT(60) },
	/* too short for a key */
	[FIELD_KEY] = { "key", TEXT(24) },
	[FIELD_STARTED] = { "started", TIME },
	[FIELD_FINISHED] = { "finished", TIME },
	[FIELD_NAME] = { "name", TEXT(LIMIT_NAME) },
	[FIELD_DISPOSAL] = { "disposal", CHOICE(disposal) },
};

const struct field_row *
field_row(enum field_name f)
{
	if ((unsigned)f >= FIELD_COUNT)
		bug("a field that is none");
	return &rows[f];
}

bool
field_by_word(enum field_name *out, struct bytes word)
{
	unsigned i;

	for (i = 0; i < FIELD_COUNT; i++)
		if (bytes_is(word, rows[i].word)) {
			*out = (enum field_name)i;
			return true;
		}
	return false;
}

/* ---- values -------------------------------------------------------------- */

static bool
uint_of(uint64_t *out, struct bytes v)
{
	size_t i;

	*out = 0;
	if (v.len == 0 || v.len > 18 || (v.len > 1 && v.p[0] == '0'))
		return false;
	for (i = 0; i < v.len; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
		*out = *out * 10 + (v.p[i] - '0');
	}
	return true;
}

static bool
is_hex(struct bytes v)
{
	size_t i;

	for (i = 0; i < v.len; i++)
		if (memchr("0123456789abcdef", v.p[i], 16) == NULL)
			return false;
	return true;
}

static bool
time_of(int64_t *out, struct bytes v)
{
	char text[TIME_TEXT];

	if (v.len != 20 || !time_parse(out, v))
		return false;
	time_write(text, *out);
	return bytes_is(v, text);
}

static bool
day_of(int64_t *out, struct bytes v)
{
	return v.len == 10 && time_parse(out, v);
}

static bool
is_item(struct bytes item)
{
	return item.len > 0 && item.len <= LIMIT_NAME && item.p[0] != ' ' &&
	       item.p[item.len - 1] != ' ' &&
	       memchr(item.p, ';', item.len) == NULL;
}

bool
field_item(struct bytes *item, struct bytes *list)
{
	const uint8_t *end;

	if (list->len == 0)
		return false;
	end = memmem(list->p, list->len, "; ", 2);
	*item = bytes_of(
	    list->p, end == NULL ? list->len : (size_t)(end - list->p));
	*list = end == NULL ? bytes_of(list->p + list->len, 0)
			    : bytes_of(end + 2, list->len - item->len - 2);
	return true;
}

static bool
is_list(struct bytes v)
{
	struct bytes list = v, item, rest, other;
	size_t n = 0;

	if (v.len >= 2 && memcmp(v.p + v.len - 2, "; ", 2) == 0)
		return false;
	while (field_item(&item, &list)) {
		if (!is_item(item) || ++n > FIELD_ITEMS)
			return false;
		for (rest = list; field_item(&other, &rest);)
			if (bytes_eq(item, other))
				return false;
	}
	return n > 0;
}

static bool
is_choice(const char *const *choices, struct bytes v)
{
	for (; *choices != NULL; choices++)
		if (bytes_is(v, *choices))
			return true;
	return false;
}

static bool
is_text(struct bytes v)
{
	return utf8_is_text(v) && v.p[0] != ' ' && v.p[v.len - 1] != ' ';
}

static bool
is_of_type(const struct field_row *row, struct bytes v)
{
	enum precedence p;
	enum level l;
	uint64_t n;
	int64_t t;

	switch (row->type) {
	case FIELD_TEXT:
		return is_text(v);
	case FIELD_LIST:
		return is_text(v) && is_list(v);
	case FIELD_WORD:
		return address_id_ok(v);
	case FIELD_UINT:
		return uint_of(&n, v) && n >= row->min && n <= row->max;
	case FIELD_ID:
	case FIELD_HASH:
		return is_hex(v);
	case FIELD_IS_LEVEL:
		return level_parse(&l, v) && bytes_is(v, level_word(l));
	case FIELD_IS_PRECEDENCE:
		return precedence_parse(&p, v) &&
		       bytes_is(v, precedence_word(p));
	case FIELD_TIME:
		return time_of(&t, v);
	case FIELD_DAY:
		return day_of(&t, v);
	case FIELD_CHOICE:
		return is_choice(row->choices, v);
	}
	return false;
}

enum rc
field_check(const struct field *f, struct err *e)
{
	const struct field_row *row = field_row(f->name);
	const bool counted = row->type == FIELD_UINT;

	if (f->value.len == 0)
		return fail(e, RC_INVALID,
		    "docs/registry.md 2.5: \"%s\" is empty", row->word);
	if (f->value.len > (counted ? 18 : row->max))
		return fail(e, RC_LIMIT,
		    "docs/registry.md 2.5: \"%s\" has %zu bytes, at most %u",
		    row->word, f->value.len,
		    (unsigned)(counted ? 18 : row->max));
	if ((!counted && f->value.len < row->min) || !is_of_type(row, f->value))
		return fail(e, RC_INVALID,
		    "docs/registry.md 2.5: what \"%s\" is given is not of the "
		    "form it must have",
		    row->word);
	return RC_OK;
}

uint64_t
field_uint(struct bytes value)
{
	uint64_t n;

	if (!uint_of(&n, value))
		bug("a field that was not checked");
	return n;
}

enum level
field_level(struct bytes value)
{
	enum level l;

	if (!level_parse(&l, value))
		bug("a level that was not checked");
	return l;
}

enum precedence
field_precedence(struct bytes value)
{
	enum precedence p;

	if (!precedence_parse(&p, value))
		bug("a precedence that was not checked");
	return p;
}

int64_t
field_time(struct bytes value)
{
	int64_t t;

	if (!time_of(&t, value))
		bug("a time that was not checked");
	return t;
}

int64_t
field_day(struct bytes value)
{
	int64_t t;

	if (!day_of(&t, value))
		bug("a day that was not checked");
	return t;
}
