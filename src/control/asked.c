/* SPDX-License-Identifier: EUPL-1.2 */
/* Kinds of fields (asked.h). */
#include "control/asked.h"

#include <string.h>

#include "core/base64.h"
#include "core/limits.h"
#include "core/pairs.h"
#include "core/time.h"
#include "core/utf8.h"
#include "envelope/address.h"

enum rc
fields_take(void *to, const struct field fields[static FIELDS],
    const json_t *object, const char *but, struct err *e)
{
	const struct field *f;
	const char *key;
	json_t *v;
	enum rc rc;

	for (f = fields; f->name != NULL; f++) {
		v = json_object_get(object, f->name);
		if (v == NULL && f->must)
			return fail(
			    e, RC_INVALID, "\"%s\" is missing", f->name);
		if (v == NULL)
			continue;
		rc = f->take((void *)((uint8_t *)to + f->at), f, v, e);
		if (rc != RC_OK)
			return rc;
	}
	json_object_foreach((json_t *)(uintptr_t)object, key, v)
	{
		for (f = fields; f->name != NULL; f++)
			if (strcmp(f->name, key) == 0)
				break;
		if (f->name == NULL && strcmp(key, but) != 0)
			return fail(e, RC_INVALID,
			    "a field that this request does not have");
	}
	return RC_OK;
}

/* ---- kinds of fields
 * -------------------------------------------------------- */

enum rc
asked_is_no(const struct field *f, const char *kind, struct err *e)
{
	return fail(e, RC_INVALID, "\"%s\" is no %s", f->name, kind);
}

static enum rc
asked_string(
    struct bytes *out, const struct field *f, const json_t *v, struct err *e)
{
	if (!json_is_string(v))
		return asked_is_no(f, "string", e);
	*out = bytes_of(json_string_value(v), json_string_length(v));
	if (out->len > f->max)
		return fail(e, RC_LIMIT, "\"%s\" has %zu bytes, at most %lu",
		    f->name, out->len, (unsigned long)f->max);
	if (out->len < f->min)
		return fail(e, RC_INVALID, "\"%s\" is empty", f->name);
	return RC_OK;
}

/* A line of text in the form in which it is stored. */
enum rc
asked_text(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct bytes *out = to;
	enum rc rc = asked_string(out, f, v, e);

	if (rc == RC_OK && !utf8_is_text(*out))
		rc = asked_is_no(f, "text in NFC on one line", e);
	return rc;
}

enum rc
asked_secret(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct bytes *out = to;

	return asked_string(out, f, v, e);
}

enum rc
asked_desk(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct bytes *out = to;
	enum rc rc = asked_string(out, f, v, e);

	if (rc == RC_OK && !address_is_desk(*out))
		rc = asked_is_no(f, "address of a desk", e);
	return rc;
}

/* Of a desk, a person or a station. */
enum rc
asked_address(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct bytes *out = to;
	enum rc rc = asked_string(out, f, v, e);

	if (rc == RC_OK && !address_is_desk(*out) && !address_is_station(*out))
		rc = asked_is_no(f, "address", e);
	return rc;
}

/* Bytes as base64. */
enum rc
asked_data(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct buf *out = to;
	struct bytes text;
	enum rc rc = asked_string(&text, f, v, e);

	if (rc == RC_OK &&
	    (!base64_parse(out, text) || out->len > CONTROL_DATA))
		rc = asked_is_no(f, "piece of bytes", e);
	return rc;
}

/* All of a draft, as base64. */
enum rc
asked_draft(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct buf *out = to;
	struct bytes text;
	enum rc rc = asked_string(&text, f, v, e);

	if (rc == RC_OK && !base64_parse(out, text))
		rc = asked_is_no(f, "piece of bytes", e);
	if (rc == RC_OK && out->len > CONTROL_DRAFT)
		rc = fail(e, RC_LIMIT, "a draft of %zu bytes, at most %u",
		    out->len, CONTROL_DRAFT);
	return rc;
}

enum rc
asked_number(void *to, const struct field *f, const json_t *v, struct err *e)
{
	uint64_t *out = to;

	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return asked_is_no(f, "number", e);
	*out = (uint64_t)json_integer_value(v);
	if (*out < f->min || *out > f->max)
		return fail(
		    e, RC_LIMIT, "\"%s\" is out of its bounds", f->name);
	return RC_OK;
}

enum rc
asked_time(void *to, const struct field *f, const json_t *v, struct err *e)
{
	int64_t *out = to;

	if (!json_is_integer(v) || json_integer_value(v) < TIME_MIN ||
	    json_integer_value(v) > TIME_MAX)
		return asked_is_no(f, "time", e);
	*out = json_integer_value(v);
	return RC_OK;
}

enum rc
asked_flag(void *to, const struct field *f, const json_t *v, struct err *e)
{
	bool *out = to;

	if (!json_is_boolean(v))
		return asked_is_no(f, "yes or no", e);
	*out = json_is_true(v);
	return RC_OK;
}

struct bytes
string_of(const json_t *v)
{
	return json_is_string(v)
		   ? bytes_of(json_string_value(v), json_string_length(v))
		   : (struct bytes){ 0 };
}

enum rc
asked_id(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct id *out = to;

	return id_parse(out, string_of(v)) ? RC_OK
					   : asked_is_no(f, "dispatch id", e);
}

/* Of what waits. */
enum rc
asked_which_id(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct control_request *r = to;

	r->id_set = true;
	return asked_id(&r->id, f, v, e);
}

enum rc
asked_station(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct bytes *out = to;
	enum rc rc = asked_string(out, f, v, e);

	if (rc == RC_OK && !address_is_station(*out))
		rc = asked_is_no(f, "address of a station", e);
	return rc;
}

/* The next station; empty: none is known. */
enum rc
asked_hop(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct control_request *r = to;

	r->hop_set = true;
	if (json_is_string(v) && json_string_length(v) == 0)
		return RC_OK;
	return asked_station(&r->hop, f, v, e);
}

enum rc
asked_level(void *to, const struct field *f, const json_t *v, struct err *e)
{
	enum level *out = to;

	return level_parse(out, string_of(v)) ? RC_OK
					      : asked_is_no(f, "level", e);
}

enum rc
asked_precedence(
    void *to, const struct field *f, const json_t *v, struct err *e)
{
	enum precedence *out = to;

	return precedence_parse(out, string_of(v))
		   ? RC_OK
		   : asked_is_no(f, "precedence", e);
}

/* ---- the registry
 * ----------------------------------------------------------- */

/* A word: small letters, digits, hyphens and dots. */
enum rc
asked_name(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct bytes *out = to;
	enum rc rc = asked_string(out, f, v, e);
	size_t i;

	for (i = 0; rc == RC_OK && i < out->len; i++)
		if (memchr("abcdefghijklmnopqrstuvwxyz0123456789-.", out->p[i],
			38) == NULL)
			rc = asked_is_no(f, "word", e);
	return rc;
}

/* The first digits of a document's id. */
enum rc
asked_digits(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct bytes *out = to;
	enum rc rc = asked_string(out, f, v, e);
	size_t i;

	for (i = 0; rc == RC_OK && i < out->len; i++)
		if (memchr("0123456789abcdef", out->p[i], 16) == NULL)
			rc = asked_is_no(f, "beginning of a document's id", e);
	return rc;
}

/* {name: text, ...} */
enum rc
asked_values(void *to, const struct field *f, const json_t *v, struct err *e)
{
	struct field one = { .name = f->name, .max = CONTROL_FIELD };
	struct buf *out = to;
	struct bytes name, value;
	const char *key;
	json_t *item;
	enum rc rc;

	if (!json_is_object(v))
		return asked_is_no(f, "list of fields", e);
	if (json_object_size(v) > CONTROL_FIELDS)
		return fail(
		    e, RC_LIMIT, "over %u fields of a step", CONTROL_FIELDS);
	json_object_foreach((json_t *)(uintptr_t)v, key, item)
	{
		name = bytes_str(key);
		if (name.len == 0 || name.len > 32 || !utf8_is_text(name))
			return asked_is_no(f, "list of fields", e);
		if ((rc = asked_text(&value, &one, item, e)) != RC_OK)
			return rc;
		pairs_add(out, name, value);
	}
	return RC_OK;
}
