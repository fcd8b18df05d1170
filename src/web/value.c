/* SPDX-License-Identifier: EUPL-1.2 */
/* What comes from outside as one value, held to its field's type and bounds. */
#include <stdlib.h>
#include <string.h>

#include "core/time.h"
#include "core/utf8.h"
#include "envelope/address.h"
#include "web/values.h"

static struct bytes
text_of(const json_t *v)
{
	return bytes_of(json_string_value(v), json_string_length(v));
}

/* ---- kinds of text
 * --------------------------------------------------------- */

/* One line of several: what stands before it stays, as a text has indents. */
static enum rc
clean_line(struct buf *out, struct bytes line, size_t max, struct err *e)
{
	struct buf tabs = { 0 }, clean = { 0 };
	size_t i, lead = 0;
	enum rc rc;

	for (i = 0; i < line.len; i++)
		buf_u8(&tabs, line.p[i] == '\t' ? ' ' : line.p[i]);
	while (lead < tabs.len && tabs.p[lead] == ' ')
		lead++;
	rc = utf8_clean(&clean, buf_bytes(&tabs), max, e);
	if (rc == RC_OK && clean.len > 0)
		buf_add(out, bytes_of(tabs.p, lead));
	if (rc == RC_OK)
		buf_add(out, buf_bytes(&clean));
	buf_free(&tabs);
	buf_free(&clean);
	return rc;
}

static enum rc
clean_lines(struct buf *out, struct bytes text, size_t max, struct err *e)
{
	struct bytes line;
	enum rc rc = RC_OK;
	size_t at = 0;

	*out = (struct buf){ 0 };
	if (text.len > 4 * max)
		return fail(e, RC_LIMIT, "text of %zu bytes, at most %zu",
		    text.len, max);
	while (rc == RC_OK && at < text.len) {
		line = bytes_of(text.p + at, 0);
		while (at < text.len && text.p[at] != '\n')
			at++;
		line.len = (size_t)(text.p + at - line.p);
		if (line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
		rc = clean_line(out, line, max, e);
		if (rc == RC_OK && at < text.len)
			buf_u8(out, '\n');
		at++;
	}
	return rc;
}

static bool
made_of(struct bytes text, const char *letters)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (memchr(letters, text.p[i], strlen(letters)) == NULL)
			return false;
	return text.len > 0;
}

static bool
is_word(struct bytes text)
{
	return made_of(text, "abcdefghijklmnopqrstuvwxyz0123456789-.");
}

static bool
is_id(struct bytes text)
{
	struct id id;

	return id_parse(&id, text);
}

static bool
is_digits(struct bytes text)
{
	return made_of(text, "0123456789abcdef");
}

static bool
is_address(struct bytes text)
{
	return address_is_desk(text) || address_is_station(text);
}

/* Each is made clean, or taken as it stands where it is one; and what is said
 * of what is none.  Of a secret that does not tell why it is none. */
static const struct text_kind {
	enum rc (*clean)(
	    struct buf *out, struct bytes text, size_t max, struct err *e);
	bool (*is)(struct bytes text);
	const char *isnt;
} text_kinds[WEB_TYPES] = {
	[WEB_TEXT] = { utf8_clean, NULL,
	    "no text on one line: a letter in it may not be there" },
	[WEB_LINES] = { clean_lines, NULL,
	    "no text: a letter in it may not be there" },
	[WEB_SECRET] = { utf8_clean, NULL, "no text that a keyboard gives" },
	[WEB_WORD] = { NULL, is_word,
	    "no word of small letters, digits and hyphens" },
	[WEB_ID] = { NULL, is_id, "no id of 32 digits" },
	[WEB_DIGITS] = { NULL, is_digits, "no beginning of an id" },
	[WEB_ADDRESS] = { NULL, is_address, "no address" },
};

static enum rc
too_long(const struct web_field *f, struct err *e)
{
	return fail(e, RC_LIMIT, "\"%s\" is too long: at most %lu bytes",
	    f->name, (unsigned long)f->max);
}

static enum rc
isnt(const struct web_field *f, struct err *e)
{
	return fail(e, RC_INVALID, "\"%s\" is %s", f->name,
	    tr(text_kinds[f->type].isnt));
}

static json_t *
string(struct bytes text)
{
	return text.len == 0 ? json_string("")
			     : json_stringn((const char *)text.p, text.len);
}

static enum rc
take_clean(
    json_t **out, const struct web_field *f, struct bytes text, struct err *e)
{
	struct buf clean = { 0 };
	enum rc rc = text_kinds[f->type].clean(&clean, text, f->max, e);

	if (rc == RC_LIMIT || (rc == RC_OK && clean.len > f->max))
		rc = too_long(f, e);
	else if (rc != RC_OK)
		rc = isnt(f, e);
	else if (clean.len < f->min)
		rc = fail(e, RC_INVALID, "\"%s\" is empty", f->name);
	else
		*out = string(buf_bytes(&clean));
	buf_free(&clean);
	return rc;
}

static enum rc
take_text(
    json_t **out, const struct web_field *f, struct bytes text, struct err *e)
{
	if (text_kinds[f->type].clean != NULL)
		return take_clean(out, f, text, e);
	if (web_types[f->type].sized && text.len > f->max)
		return too_long(f, e);
	if (text.len < f->min || !text_kinds[f->type].is(text))
		return isnt(f, e);
	*out = string(text);
	return RC_OK;
}

/* ---- numbers, times, flags
 * ------------------------------------------------- */

/* Digits as a number is written and no otherwise. */
static bool
digits_parse(json_int_t *out, struct bytes text)
{
	size_t i;

	*out = 0;
	if (text.len > 18 || !made_of(text, "0123456789") ||
	    (text.len > 1 && text.p[0] == '0'))
		return false;
	for (i = 0; i < text.len; i++)
		*out = *out * 10 + (text.p[i] - '0');
	return true;
}

static enum rc
number_in(json_t **out, const struct web_field *f, json_int_t n, struct err *e)
{
	if (n < 0 || (uint64_t)n < f->min || (uint64_t)n > f->max)
		return fail(e, RC_LIMIT, "\"%s\" is not from %lu to %lu",
		    f->name, (unsigned long)f->min, (unsigned long)f->max);
	*out = json_integer(n);
	return RC_OK;
}

static enum rc
no_number(const struct web_field *f, struct err *e)
{
	return fail(e, RC_INVALID, "\"%s\" is no number", f->name);
}

static enum rc
number_of_text(
    json_t **out, const struct web_field *f, struct bytes text, struct err *e)
{
	json_int_t n;

	return digits_parse(&n, text) ? number_in(out, f, n, e)
				      : no_number(f, e);
}

static enum rc
number_of_json(
    json_t **out, const struct web_field *f, const json_t *v, struct err *e)
{
	return json_is_integer(v) ? number_in(out, f, json_integer_value(v), e)
				  : no_number(f, e);
}

static enum rc
time_in(json_t **out, const struct web_field *f, json_int_t n, struct err *e)
{
	if (n < TIME_MIN || n > TIME_MAX)
		return fail(e, RC_INVALID, "\"%s\" is no time", f->name);
	*out = json_integer(n);
	return RC_OK;
}

static enum rc
time_of_text(
    json_t **out, const struct web_field *f, struct bytes text, struct err *e)
{
	json_int_t n;

	return time_in(out, f, digits_parse(&n, text) ? n : -1, e);
}

static enum rc
time_of_json(
    json_t **out, const struct web_field *f, const json_t *v, struct err *e)
{
	return time_in(
	    out, f, json_is_integer(v) ? json_integer_value(v) : -1, e);
}

static enum rc
no_flag(const struct web_field *f, struct err *e)
{
	return fail(e, RC_INVALID, "\"%s\" is neither true nor false", f->name);
}

static enum rc
flag_of_text(
    json_t **out, const struct web_field *f, struct bytes text, struct err *e)
{
	bool yes = bytes_is(text, "true") || bytes_is(text, "1");

	if (!yes && !bytes_is(text, "false") && !bytes_is(text, "0"))
		return no_flag(f, e);
	*out = json_boolean(yes);
	return RC_OK;
}

static enum rc
flag_of_json(
    json_t **out, const struct web_field *f, const json_t *v, struct err *e)
{
	if (!json_is_boolean(v))
		return no_flag(f, e);
	*out = json_boolean(json_is_true(v));
	return RC_OK;
}

/* ---- lists and objects, of a body alone
 * ------------------------------------- */

static enum rc
too_many(const struct web_field *f, struct err *e)
{
	return fail(e, RC_LIMIT, "\"%s\" has too many: at most %lu", f->name,
	    (unsigned long)f->max);
}

static enum rc
list_of_json(
    json_t **out, const struct web_field *f, const json_t *v, struct err *e)
{
	struct web_field one = { .name = f->name, .min = 1, .max = WEB_ITEM };
	json_t *item, *clean = NULL;
	enum rc rc = RC_OK;
	size_t i;

	if (!json_is_array(v))
		return fail(e, RC_INVALID, "\"%s\" is no list", f->name);
	if (json_array_size(v) > f->max)
		return too_many(f, e);
	if (json_array_size(v) < f->min)
		return fail(e, RC_INVALID, "\"%s\" is empty", f->name);
	*out = json_array();
	json_array_foreach(v, i, item)
	{
		if (!json_is_string(item))
			rc = fail(e, RC_INVALID, "\"%s\" is no list of texts",
			    f->name);
		else
			rc = take_text(&clean, &one, text_of(item), e);
		if (rc != RC_OK)
			return rc;
		(void)json_array_append_new(*out, clean);
	}
	return RC_OK;
}

static enum rc
object_of_json(
    json_t **out, const struct web_field *f, const json_t *v, struct err *e)
{
	struct web_field one = { .name = f->name, .max = CONTROL_FIELD };
	json_t *item, *clean = NULL;
	const char *key;
	enum rc rc;

	if (!json_is_object(v))
		return fail(e, RC_INVALID,
		    "\"%s\" is no object of names with texts", f->name);
	if (json_object_size(v) > f->max)
		return too_many(f, e);
	*out = json_object();
	json_object_foreach((json_t *)(uintptr_t)v, key, item)
	{
		if (!json_is_string(item) || key[0] == '\0' ||
		    strlen(key) > WEB_NAME || !utf8_is_text(bytes_str(key)))
			return fail(e, RC_INVALID,
			    "\"%s\" is no object of names with texts", f->name);
		if ((rc = take_text(&clean, &one, text_of(item), e)) != RC_OK)
			return rc;
		(void)json_object_set_new(*out, key, clean);
	}
	return RC_OK;
}

/* A copy: what is within is the handler's to check. */
static enum rc
objects_of_json(
    json_t **out, const struct web_field *f, const json_t *v, struct err *e)
{
	json_t *item;
	size_t i;

	if (!json_is_array(v))
		return fail(e, RC_INVALID, "\"%s\" is no list", f->name);
	if (json_array_size(v) > f->max)
		return too_many(f, e);
	if (json_array_size(v) < f->min)
		return fail(e, RC_INVALID, "\"%s\" is empty", f->name);
	json_array_foreach(v, i, item) if (!json_is_object(item)) return fail(
	    e, RC_INVALID, "\"%s\" is no list of objects", f->name);
	*out = json_deep_copy(v);
	return RC_OK;
}

/* ---- the types
 * ------------------------------------------------------------- */

const struct web_type_is web_types[WEB_TYPES] = {
	[WEB_TEXT] = { "string", NULL, true },
	[WEB_LINES] = { "string", NULL, true },
	[WEB_SECRET] = { "string", "password", true },
	[WEB_WORD] = { "string", NULL, true },
	[WEB_NUMBER] = { "integer", "int64", false },
	[WEB_TIME] = { "integer", "int64", false },
	[WEB_FLAG] = { "boolean", NULL, false },
	[WEB_ID] = { "string", NULL, false },
	[WEB_DIGITS] = { "string", NULL, true },
	[WEB_ADDRESS] = { "string", "uri", true },
	[WEB_LIST] = { "array", NULL, false },
	[WEB_OBJECT] = { "object", NULL, false },
	[WEB_OBJECTS] = { "array", NULL, false },
};

static const struct {
	enum rc (*text)(json_t **out, const struct web_field *f,
	    struct bytes text, struct err *e);
	enum rc (*json)(json_t **out, const struct web_field *f,
	    const json_t *v, struct err *e); /* NULL: a string's text */
} takes[WEB_TYPES] = {
	[WEB_TEXT] = { take_text, NULL },
	[WEB_LINES] = { take_text, NULL },
	[WEB_SECRET] = { take_text, NULL },
	[WEB_WORD] = { take_text, NULL },
	[WEB_NUMBER] = { number_of_text, number_of_json },
	[WEB_TIME] = { time_of_text, time_of_json },
	[WEB_FLAG] = { flag_of_text, flag_of_json },
	[WEB_ID] = { take_text, NULL },
	[WEB_DIGITS] = { take_text, NULL },
	[WEB_ADDRESS] = { take_text, NULL },
	[WEB_LIST] = { NULL, list_of_json },
	[WEB_OBJECT] = { NULL, object_of_json },
	[WEB_OBJECTS] = { NULL, objects_of_json },
};

enum rc
web_value_of_text(
    json_t **out, const struct web_field *f, struct bytes text, struct err *e)
{
	*out = NULL;
	if (takes[f->type].text == NULL)
		bug("web: a list in a query");
	return takes[f->type].text(out, f, text, e);
}

enum rc
web_value_of_json(
    json_t **out, const struct web_field *f, const json_t *v, struct err *e)
{
	*out = NULL;
	if (takes[f->type].json != NULL)
		return takes[f->type].json(out, f, v, e);
	if (!json_is_string(v))
		return fail(e, RC_INVALID, "\"%s\" is no text", f->name);
	return takes[f->type].text(out, f, text_of(v), e);
}
