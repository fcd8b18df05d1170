/* SPDX-License-Identifier: EUPL-1.2 */
/* What comes from outside, held to the fields of its route (docs/desk.md 3). */
#include <string.h>

#include "web/values.h"

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
static struct bytes
there(json_t *values, const struct web_field *f)
{
	const json_t *v = json_object_get(values, f->name);

	return bytes_of(json_string_value(v), json_string_length(v));
}

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
		rc = web_value_of_text(&v, f, there(values, f), e);
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
		rc = web_value_of_text(&v, f, buf_bytes(&value), e);
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
			       : web_value_of_json(&v, f, item, e);
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
