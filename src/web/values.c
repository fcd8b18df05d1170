/* SPDX-License-Identifier: EUPL-1.2 */
/* What comes from outside, held to the fields of its route (docs/desk.md 3). */
#include <stdlib.h>
#include <string.h>

#include "core/time.h"
#include "core/utf8.h"
#include "envelope/address.h"
#include "web/values.h"

/* ---- text of one type
 * ------------------------------------------------------ */

static enum rc
too_long(const struct web_field *f, struct err *e)
{
	return fail(e, RC_LIMIT, "\"%s\" is too long: at most %lu bytes",
	    f->name, (unsigned long)f->max);
}

static json_t *
string(struct bytes text)
{
	return text.len == 0 ? json_string("")
			     : json_stringn((const char *)text.p, text.len);
}

/* In its stored form, held to the field's length. */
static enum rc
take_clean(
    json_t **out, const struct web_field *f, struct buf *text, struct err *e)
{
	if (text->len > f->max)
		return too_long(f, e);
	if (text->len < f->min)
		return fail(e, RC_INVALID, "\"%s\" is empty", f->name);
	*out = string(buf_bytes(text));
	return RC_OK;
}

static enum rc
take_text(
    json_t **out, const struct web_field *f, struct bytes text, struct err *e)
{
	struct buf clean;
	enum rc rc = utf8_clean(&clean, text, f->max, e);

	if (rc == RC_LIMIT)
		rc = too_long(f, e);
	else if (rc != RC_OK)
		rc = fail(e, rc,
		    "\"%s\" is no text on one line: a letter in it may not be "
		    "there",
		    f->name);
	if (rc == RC_OK)
		rc = take_clean(out, f, &clean, e);
	buf_free(&clean);
	return rc;
}

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
take_lines(
    json_t **out, const struct web_field *f, struct bytes text, struct err *e)
{
	struct buf all = { 0 };
	struct bytes line;
	enum rc rc = RC_OK;
	size_t at = 0;

	if (text.len > 4 * f->max)
		return too_long(f, e);
	while (rc == RC_OK && at < text.len) {
		line = bytes_of(text.p + at, 0);
		while (at < text.len && text.p[at] != '\n')
			at++;
		line.len = (size_t)(text.p + at - line.p);
		if (line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
		rc = clean_line(&all, line, f->max, e);
		if (rc == RC_OK && at < text.len)
			buf_u8(&all, '\n');
		at++;
	}
	if (rc == RC_LIMIT)
		rc = too_long(f, e);
	else if (rc != RC_OK)
		rc = fail(e, rc,
		    "\"%s\" is no text: a letter in it may not be there",
		    f->name);
	if (rc == RC_OK)
		rc = take_clean(out, f, &all, e);
	buf_free(&all);
	return rc;
}

/* As the command takes a passphrase: in NFC, without blanks around it.  Why it
 * is none is not said. */
static enum rc
take_secret(
    json_t **out, const struct web_field *f, struct bytes text, struct err *e)
{
	struct buf clean;
	enum rc rc = utf8_clean(&clean, text, f->max, e);

	if (rc == RC_LIMIT)
		rc = too_long(f, e);
	else if (rc != RC_OK)
		rc = fail(e, rc, "\"%s\" has a letter that no keyboard gives",
		    f->name);
	if (rc == RC_OK)
		rc = take_clean(out, f, &clean, e);
	buf_free(&clean);
	return rc;
}

static bool
made_of(struct bytes text, const char *letters)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (memchr(letters, text.p[i], strlen(letters)) == NULL)
			return false;
	return true;
}

static enum rc
take_word(
    json_t **out, const struct web_field *f, struct bytes text, struct err *e)
{
	if (text.len > f->max)
		return too_long(f, e);
	if (text.len == 0 ||
	    !made_of(text, "abcdefghijklmnopqrstuvwxyz0123456789-."))
		return fail(e, RC_INVALID,
		    "\"%s\" is no word of small letters, digits and hyphens",
		    f->name);
	*out = string(text);
	return RC_OK;
}

static enum rc
take_id(
    json_t **out, const struct web_field *f, struct bytes text, struct err *e)
{
	struct id id;

	if (!id_parse(&id, text))
		return fail(
		    e, RC_INVALID, "\"%s\" is no id of 32 digits", f->name);
	*out = string(text);
	return RC_OK;
}

static enum rc
take_digits(
    json_t **out, const struct web_field *f, struct bytes text, struct err *e)
{
	if (text.len == 0 || text.len > f->max ||
	    !made_of(text, "0123456789abcdef"))
		return fail(
		    e, RC_INVALID, "\"%s\" is no beginning of an id", f->name);
	*out = string(text);
	return RC_OK;
}

static enum rc
take_address(
    json_t **out, const struct web_field *f, struct bytes text, struct err *e)
{
	if (text.len > f->max)
		return too_long(f, e);
	if (!address_is_desk(text) && !address_is_station(text))
		return fail(e, RC_INVALID, "\"%s\" is no address", f->name);
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
	if (text.len == 0 || text.len > 18 || !made_of(text, "0123456789") ||
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

static struct bytes
text_of(const json_t *v)
{
	return bytes_of(json_string_value(v), json_string_length(v));
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
	[WEB_LINES] = { take_lines, NULL },
	[WEB_SECRET] = { take_secret, NULL },
	[WEB_WORD] = { take_word, NULL },
	[WEB_NUMBER] = { number_of_text, number_of_json },
	[WEB_TIME] = { time_of_text, time_of_json },
	[WEB_FLAG] = { flag_of_text, flag_of_json },
	[WEB_ID] = { take_id, NULL },
	[WEB_DIGITS] = { take_digits, NULL },
	[WEB_ADDRESS] = { take_address, NULL },
	[WEB_LIST] = { NULL, list_of_json },
	[WEB_OBJECT] = { NULL, object_of_json },
	[WEB_OBJECTS] = { NULL, objects_of_json },
};

/* Of a path or a query. */
static enum rc
value_of_text(
    json_t **out, const struct web_field *f, struct bytes text, struct err *e)
{
	*out = NULL;
	if (takes[f->type].text == NULL)
		bug("web: a list in a query");
	return takes[f->type].text(out, f, text, e);
}

static enum rc
value_of_json(
    json_t **out, const struct web_field *f, const json_t *v, struct err *e)
{
	*out = NULL;
	if (takes[f->type].json != NULL)
		return takes[f->type].json(out, f, v, e);
	if (!json_is_string(v))
		return fail(e, RC_INVALID, "\"%s\" is no text", f->name);
	return takes[f->type].text(out, f, text_of(v), e);
}

/* ---- fields of a route
 * ----------------------------------------------------- */

static const struct web_field *
field_of(const struct web_route *r, enum web_where where, struct bytes name)
{
	const struct web_field *f;

	for (f = r->fields; f->name != NULL; f++)
		if (f->where == where && bytes_is(name, f->name))
			return f;
	return NULL;
}

static void
field_is(char field[static WEB_NAME + 1], const char *name)
{
	size_t len = strlen(name);

	if (len > WEB_NAME)
		len = WEB_NAME;
	memcpy(field, name, len);
	field[len] = '\0';
}

/* What web_find() put there as it stands in the path. */
static enum rc
take_path(json_t *values, char field[static WEB_NAME + 1],
    const struct web_route *r, struct err *e)
{
	const struct web_field *f;
	json_t *v = NULL;
	enum rc rc = RC_OK;

	for (f = r->fields; rc == RC_OK && f->name != NULL; f++) {
		if (f->where != WEB_IN_PATH)
			continue;
		rc = value_of_text(
		    &v, f, text_of(json_object_get(values, f->name)), e);
		if (rc == RC_OK)
			(void)json_object_set_new(values, f->name, v);
		else
			field_is(field, f->name);
	}
	return rc;
}

static enum rc
take_pair(json_t *values, char field[static WEB_NAME + 1],
    const struct web_route *r, struct bytes raw_name, struct bytes raw,
    struct err *e)
{
	struct buf name = { 0 }, value = { 0 };
	const struct web_field *f = NULL;
	json_t *v = NULL;
	enum rc rc;

	if ((rc = web_decode(&name, raw_name, true, e)) != RC_OK ||
	    (rc = web_decode(&value, raw, true, e)) != RC_OK)
		goto out;
	f = field_of(r, WEB_IN_QUERY, buf_bytes(&name));
	if (f == NULL) {
		rc = fail(
		    e, RC_INVALID, "a field that this request does not have");
		goto out;
	}
	if (json_object_get(values, f->name) != NULL)
		rc = fail(e, RC_INVALID, "\"%s\" is there twice", f->name);
	else
		rc = value_of_text(&v, f, buf_bytes(&value), e);
	if (rc == RC_OK)
		(void)json_object_set_new(values, f->name, v);
	else
		json_decref(v);
out:
	if (rc != RC_OK && f != NULL)
		field_is(field, f->name);
	buf_free(&name);
	buf_free(&value);
	return rc;
}

static struct bytes
until(struct bytes *rest, uint8_t mark)
{
	struct bytes one = { rest->p, 0 };

	while (one.len < rest->len && rest->p[one.len] != mark)
		one.len++;
	if (one.len < rest->len)
		*rest =
		    bytes_of(rest->p + one.len + 1, rest->len - one.len - 1);
	else
		*rest = (struct bytes){ 0 };
	return one;
}

static enum rc
take_query(json_t *values, char field[static WEB_NAME + 1],
    const struct web_route *r, struct bytes query, struct err *e)
{
	struct bytes pair, name;
	enum rc rc = RC_OK;

	if (query.len > WEB_QUERY)
		return fail(
		    e, RC_LIMIT, "the query has over %u bytes", WEB_QUERY);
	while (rc == RC_OK && query.len > 0) {
		pair = until(&query, '&');
		name = until(&pair, '=');
		rc = take_pair(values, field, r, name, pair, e);
	}
	return rc;
}

/* jansson reads any depth that its stack holds; nothing here has more than a
 * list of objects of lists. */
static bool
is_deep(struct bytes text)
{
	unsigned depth = 0;
	bool quoted = false;
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (quoted && text.p[i] == '\\')
			i++;
		else if (text.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && (text.p[i] == '{' || text.p[i] == '['))
			depth++;
		else if (!quoted && (text.p[i] == '}' || text.p[i] == ']'))
			depth -= depth > 0;
		if (depth > WEB_DEPTH)
			return true;
	}
	return false;
}

static enum rc
take_body(json_t *values, char field[static WEB_NAME + 1],
    const struct web_route *r, struct bytes body, struct err *e)
{
	const struct web_field *f;
	json_t *root = NULL, *item, *v = NULL;
	const char *key;
	enum rc rc = RC_OK;

	if (body.len == 0)
		return RC_OK;
	if (body.len > WEB_BODY)
		return fail(
		    e, RC_LIMIT, "the body has over %u bytes", WEB_BODY);
	if (!is_deep(body))
		root = json_loadb((const char *)body.p, body.len,
		    JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(root)) {
		rc = fail(e, RC_INVALID, "the body is no JSON object");
		goto out;
	}
	json_object_foreach(root, key, item)
	{
		f = field_of(r, WEB_IN_BODY, bytes_str(key));
		rc = f == NULL ? fail(e, RC_INVALID,
				     "a field that this request does not have")
			       : value_of_json(&v, f, item, e);
		if (rc == RC_OK)
			(void)json_object_set_new(values, f->name, v);
		else if (f != NULL)
			field_is(field, f->name);
		if (rc != RC_OK) {
			json_decref(v);
			goto out;
		}
		v = NULL;
	}
out:
	json_decref(root);
	return rc;
}

enum rc
web_values(json_t *values, char field[static WEB_NAME + 1],
    const struct web_route *r, struct bytes query, struct bytes body,
    struct err *e)
{
	const struct web_field *f;
	enum rc rc;

	field[0] = '\0';
	if ((rc = take_path(values, field, r, e)) != RC_OK ||
	    (rc = take_query(values, field, r, query, e)) != RC_OK ||
	    (rc = take_body(values, field, r, body, e)) != RC_OK)
		return rc;
	for (f = r->fields; f->name != NULL; f++)
		if (f->must && json_object_get(values, f->name) == NULL) {
			field_is(field, f->name);
			return fail(
			    e, RC_INVALID, "\"%s\" is missing", f->name);
		}
	return RC_OK;
}
