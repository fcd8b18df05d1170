/* SPDX-License-Identifier: EUPL-1.2 */
/* The table as OpenAPI 3.1 (docs/desk.md 3). */
#include <string.h>

#include "web/route.h"
#include "web/values.h"

static json_t *
schema(const struct web_field *f)
{
	const struct web_type_is *t = &web_types[f->type];
	json_t *s = json_pack("{s:s}", "type", t->type);

	if (t->format != NULL)
		(void)json_object_set_new(s, "format", json_string(t->format));
	if (t->sized && f->max > 0) {
		(void)json_object_set_new(
		    s, "minLength", json_integer((json_int_t)(f->min > 0)));
		(void)json_object_set_new(
		    s, "maxLength", json_integer((json_int_t)f->max));
	} else if (f->type == WEB_NUMBER) {
		(void)json_object_set_new(
		    s, "minimum", json_integer((json_int_t)f->min));
		(void)json_object_set_new(
		    s, "maximum", json_integer((json_int_t)f->max));
	} else if (f->type == WEB_ID) {
		(void)json_object_set_new(s, "pattern",
		    json_string("^[0-9a-fA-F]{8}(-?[0-9a-fA-F]{8}){3}$"));
	} else if (f->type == WEB_LIST || f->type == WEB_OBJECTS) {
		(void)json_object_set_new(s, "items",
		    json_pack("{s:s}", "type",
			f->type == WEB_LIST ? "string" : "object"));
		(void)json_object_set_new(
		    s, "maxItems", json_integer((json_int_t)f->max));
	} else if (f->type == WEB_OBJECT) {
		(void)json_object_set_new(s, "additionalProperties",
		    json_pack("{s:s}", "type", "string"));
	}
	if (f->what != NULL)
		(void)json_object_set_new(
		    s, "description", json_string(f->what));
	return s;
}

static json_t *
parameters(const struct web_route *r)
{
	json_t *all = json_array();
	const struct web_field *f;

	for (f = r->fields; f->name != NULL; f++)
		if (f->where != WEB_IN_BODY)
			(void)json_array_append_new(all,
			    json_pack("{s:s, s:s, s:b, s:o}", "name", f->name,
				"in",
				f->where == WEB_IN_PATH ? "path" : "query",
				"required", f->must || f->where == WEB_IN_PATH,
				"schema", schema(f)));
	return all;
}

/* NULL: it has none. */
static json_t *
body(const struct web_route *r)
{
	json_t *names = json_object(), *must = json_array(), *s, *all;
	const struct web_field *f;

	if (r->raw && strcmp(r->method, "PUT") == 0) {
		json_decref(names);
		json_decref(must);
		return json_pack("{s:b, s:{s:{s:{s:s, s:s}}}}", "required", 1,
		    "content", "application/octet-stream", "schema", "type",
		    "string", "format", "binary");
	}
	for (f = r->fields; f->name != NULL; f++) {
		if (f->where != WEB_IN_BODY)
			continue;
		(void)json_object_set_new(names, f->name, schema(f));
		if (f->must)
			(void)json_array_append_new(must, json_string(f->name));
	}
	if (json_object_size(names) == 0) {
		json_decref(names);
		json_decref(must);
		return NULL;
	}
	s = json_pack("{s:s, s:b, s:o}", "type", "object",
	    "additionalProperties", 0, "properties", names);
	all = json_pack("{s:b, s:{s:{s:O}}}", "required",
	    json_array_size(must) > 0, "content", "application/json", "schema",
	    s);
	if (json_array_size(must) > 0)
		(void)json_object_set_new(s, "required", must);
	else
		json_decref(must);
	json_decref(s);
	return all;
}

/* As docs/desk.md 3.3 has them. */
static const char *const needs_words[] = { [WEB_NOTHING] = "nothing",
	[WEB_BEGUN] = "begun",
	[WEB_SESSION] = "session",
	[WEB_RUNS] = "runs",
	[WEB_PERSON] = "person" };

static json_t *
operation(const struct web_route *r)
{
	bool bytes = r->raw && strcmp(r->method, "GET") == 0;
	bool changes = strcmp(r->method, "GET") != 0;
	json_t *op, *security = json_array(), *one, *b = body(r);

	if (r->needs != WEB_NOTHING) {
		one = json_pack("{s:[]}", "session");
		if (changes)
			(void)json_object_set_new(one, "csrf", json_array());
		(void)json_array_append_new(security, one);
	}
	op = json_pack("{s:s, s:[s], s:o, s:o, s:{s:{s:s, s:{s:{s:{s:s}}}}, "
		       "s:{s:s}}}",
	    "summary", r->what, "tags", "antin", "security", security,
	    "parameters", parameters(r), "responses", "200", "description",
	    r->gives != NULL ? r->gives : "done", "content",
	    bytes ? "application/octet-stream" : "application/json", "schema",
	    "type", bytes ? "string" : "object", "default", "$ref",
	    "#/components/responses/Error");
	(void)json_object_set_new(
	    op, "x-needs", json_string(needs_words[r->needs]));
	if (b != NULL)
		(void)json_object_set_new(op, "requestBody", b);
	return op;
}

static json_t *
components(void)
{
	return json_pack("{s:{s:{s:s,s:s,s:s}, s:{s:s,s:s,s:s}},"
			 " s:{s:{s:s, s:{s:{s:{s:s, s:[s], s:{s:{s:s, s:[ss],"
			 " s:{s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}}}}}}}}}}",
	    "securitySchemes", "session", "type", "apiKey", "in", "cookie",
	    "name", "antin", "csrf", "type", "apiKey", "in", "header", "name",
	    "X-Antin", "responses", "Error", "description", "why not",
	    "content", "application/json", "schema", "type", "object",
	    "required", "error", "properties", "error", "type", "object",
	    "required", "code", "text", "properties", "code", "type", "string",
	    "text", "type", "string", "field", "type", "string", "upload",
	    "type", "string");
}

/* "get" */
static void
lower(char out[static 8], const char *method)
{
	size_t i;

	for (i = 0; i < 7 && method[i] != '\0'; i++)
		out[i] = (char)(method[i] | 0x20);
	out[i] = '\0';
}

json_t *
web_openapi(void)
{
	json_t *paths = json_object(), *at;
	const struct web_route *const *t, *r;
	struct buf path = { 0 };
	char method[8];

	for (t = web_tables; *t != NULL; t++)
		for (r = *t; r->method != NULL; r++) {
			buf_add(&path, bytes_str(WEB_ROOT));
			buf_add(&path, bytes_str(r->path));
			buf_u8(&path, '\0');
			at = json_object_get(paths, (const char *)path.p);
			if (at == NULL) {
				at = json_object();
				(void)json_object_set_new(
				    paths, (const char *)path.p, at);
			}
			lower(method, r->method);
			(void)json_object_set_new(at, method, operation(r));
			buf_free(&path);
		}
	return json_pack("{s:s, s:{s:s, s:s, s:s}, s:o, s:o}", "openapi",
	    "3.1.0", "info", "title", "Antin", "version", ANTIN_VERSION,
	    "description", "What a browser may ask of a station: docs/desk.md.",
	    "paths", paths, "components", components());
}
