/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The table of the REST interface (docs/desk.md 3), walked: each route and each
 * of its fields, with what it must have and with all that it must not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "web/gate.h"
#include "web/server.h"

#define UNIT "antin://muong-nhe.dien-bien.vn"

/* ---- one of each type
 * ------------------------------------------------------ */

/* A value that a type takes, as it stands in a path or a query; one that it
 * does not. */
static const struct {
	const char *good, *bad;
} texts[] = {
	[WEB_TEXT] = { "abc", "a\x01z" },
	[WEB_LINES] = { "abc", "a\x01z" },
	[WEB_SECRET] = { "abc", "a\x01z" },
	[WEB_WORD] = { "vi", "Công văn" },
	[WEB_NUMBER] = { NULL, "01" },
	[WEB_TIME] = { "1795392000", "01" },
	[WEB_FLAG] = { "true", "yes" },
	[WEB_ID] = { "9f3c2a710b44d1e89f3c2a710b44d1e8",
	    "9f3c2a710b44d1e89f3c2a710b44d1e" },
	[WEB_DIGITS] = { "9f3c", "9F3C" },
	[WEB_ADDRESS] = { UNIT "/van-thu", "antin://a@b.vn/x" },
	[WEB_LIST] = { "[\"abc\"]", NULL },
	[WEB_OBJECT] = { "{\"subject\":\"abc\"}", NULL },
	[WEB_OBJECTS] = { "[{\"upload\":\"abc\"}]", NULL },
};

static const char *
good_text(const struct web_field *f)
{
	static char number[24];

	if (f->type != WEB_NUMBER)
		return texts[f->type].good;
	(void)snprintf(number, sizeof(number), "%lu", (unsigned long)f->min);
	return number;
}

/* The same in a body. */
static json_t *
good_json(const struct web_field *f)
{
	json_t *v = json_loads(good_text(f), JSON_DECODE_ANY, NULL);

	/* an id may be digits alone: it is text all the same */
	if (v == NULL || (json_is_integer(v) && f->type != WEB_NUMBER &&
			     f->type != WEB_TIME)) {
		json_decref(v);
		v = json_string(good_text(f));
	}
	return v;
}

struct request {
	char path[WEB_PATH + 400];
	struct buf query;
	json_t *body; /* owned */
};

static void
add_query(struct request *q, const char *name, const char *value)
{
	char c[4];

	if (q->query.len > 0)
		buf_u8(&q->query, '&');
	buf_add(&q->query, bytes_str(name));
	buf_u8(&q->query, '=');
	for (; *value != '\0'; value++) {
		(void)snprintf(c, sizeof(c), "%%%02X", (unsigned char)*value);
		buf_add(&q->query, bytes_str(c));
	}
}

/* A route's path with these values of its fields, each byte as an escape. */
static void
fill_path(
    char *out, const struct web_route *r, const char *of, const char *value)
{
	const char *p = r->path, *end, *v;
	const struct web_field *f;
	char name[64];

	out += sprintf(out, WEB_ROOT);
	for (; *p != '\0'; p++) {
		if (*p != '{') {
			*out++ = *p;
			continue;
		}
		end = strchr(p, '}');
		(void)snprintf(
		    name, sizeof(name), "%.*s", (int)(end - p - 1), p + 1);
		for (f = r->fields; strcmp(f->name, name) != 0; f++)
			;
		v = of != NULL && strcmp(of, name) == 0 ? value : good_text(f);
		for (; *v != '\0'; v++)
			out += sprintf(out, "%%%02x", (unsigned char)*v);
		p = end;
	}
	*out = '\0';
}

/* A good request, but without "but". */
static struct request
request_of(const struct web_route *r, const char *but)
{
	struct request q = { .body = json_object() };
	const struct web_field *f;

	fill_path(q.path, r, NULL, NULL);
	for (f = r->fields; f->name != NULL; f++) {
		if (but != NULL && strcmp(f->name, but) == 0)
			continue;
		if (f->where == WEB_IN_QUERY)
			add_query(&q, f->name, good_text(f));
		else if (f->where == WEB_IN_BODY)
			(void)json_object_set_new(
			    q.body, f->name, good_json(f));
	}
	return q;
}

static void
request_free(struct request *q)
{
	buf_free(&q->query);
	json_decref(q->body);
}

struct outcome {
	enum rc rc;
	char field[WEB_NAME + 1];
	json_t *values; /* owned */
};

/* Find the route and read what it has; a body that is no object is "raw". */
static struct outcome
asked_raw(const struct web_route *r, const char *path, struct bytes query,
    struct bytes body)
{
	struct outcome o = { 0 };
	const struct web_route *found;
	char allowed[64];
	struct err e;

	o.rc = web_find(
	    &found, &o.values, allowed, r->method, bytes_str(path), &e);
	if (o.rc != RC_OK)
		return o;
	if (found != r)
		o.rc = RC_USAGE;
	else
		o.rc = web_values(o.values, o.field, r, query, body, &e);
	return o;
}

static struct outcome
asked(const struct web_route *r, const struct request *q)
{
	char *body = json_object_size(q->body) == 0
			 ? NULL
			 : json_dumps(q->body, JSON_COMPACT);
	struct outcome o = asked_raw(r, q->path, buf_bytes(&q->query),
	    body == NULL ? (struct bytes){ 0 } : bytes_str(body));

	free(body);
	return o;
}

static void
outcome_free(struct outcome *o)
{
	json_decref(o->values);
}

/* ---- walks
 * ----------------------------------------------------------------- */

static void
each_route(void (*walk)(const struct web_route *r))
{
	const struct web_route *const *t, *r;

	for (t = web_tables; *t != NULL; t++)
		for (r = *t; r->method != NULL; r++)
			walk(r);
}

/* What the table promises about itself. */
static void
row_is_sound(const struct web_route *r)
{
	const struct web_field *f;
	char hole[64];
	size_t count = 0, bad = 0, holes = 0;
	const char *p;

	for (p = r->path; (p = strchr(p, '{')) != NULL; p++)
		holes++;
	for (f = r->fields; f->name != NULL; f++, count++) {
		(void)snprintf(hole, sizeof(hole), "{%s}", f->name);
		if (f->where == WEB_IN_PATH) {
			bad += strstr(r->path, hole) == NULL || !f->must;
			holes--;
		}
		bad += strlen(f->name) > WEB_NAME;
		if (f->where != WEB_IN_BODY) /* scalars alone */
			bad += f->type == WEB_LIST || f->type == WEB_OBJECT ||
			       f->type == WEB_OBJECTS || f->type == WEB_SECRET;
		bad += f->where == WEB_IN_BODY && strcmp(r->method, "GET") == 0;
		/* what has bytes or items has a limit of them */
		bad += f->max == 0 && f->type != WEB_TIME &&
		       f->type != WEB_FLAG && f->type != WEB_ID;
		bad += f->min > f->max;
	}
	ok(count < WEB_FIELDS && bad == 0 && holes == 0 && r->run != NULL &&
		r->what != NULL && r->path[0] == '/',
	    "the row of %s %s is sound", r->method, r->path);
}

static void
takes_what_it_should(const struct web_route *r)
{
	struct request q = request_of(r, NULL);
	struct outcome o = asked(r, &q);
	const struct web_field *f;
	size_t there = 0, count = 0;

	for (f = r->fields; f->name != NULL; f++, count++)
		there += o.values != NULL &&
			 json_object_get(o.values, f->name) != NULL;
	ok(o.rc == RC_OK && there == count && o.field[0] == '\0',
	    "%s %s takes each of its fields", r->method, r->path);
	outcome_free(&o);
	request_free(&q);
}

static void
refuses_what_is_missing(const struct web_route *r)
{
	const struct web_field *f;
	struct request q;
	struct outcome o;
	size_t bad = 0;

	for (f = r->fields; f->name != NULL; f++) {
		if (f->where == WEB_IN_PATH)
			continue;
		q = request_of(r, f->name);
		o = asked(r, &q);
		if (f->must)
			bad +=
			    o.rc != RC_INVALID || strcmp(o.field, f->name) != 0;
		else
			bad += o.rc != RC_OK;
		outcome_free(&o);
		request_free(&q);
	}
	is(bad, 0, "%s %s says which field is missing", r->method, r->path);
}

/* By this outcome, or RC_OK: by any. */
static bool
refused_by(enum rc rc, const struct web_route *r, const struct web_field *f,
    json_t *value)
{
	struct request q = request_of(r, f->name);
	struct outcome o;
	bool good;

	(void)json_object_set_new(q.body, f->name, value);
	o = asked(r, &q);
	good = o.rc != RC_OK && (rc == RC_OK || o.rc == rc) &&
	       strcmp(o.field, f->name) == 0;
	if (!good)
		note("%s of %s %s: %s", f->name, r->method, r->path,
		    rc_name(o.rc));
	outcome_free(&o);
	request_free(&q);
	return good;
}

static bool
refused(const struct web_route *r, const struct web_field *f, json_t *value)
{
	return refused_by(RC_OK, r, f, value);
}

static bool
refused_text_by(enum rc rc, const struct web_route *r,
    const struct web_field *f, const char *value)
{
	struct request q = request_of(r, f->name);
	struct outcome o;
	bool good;

	if (f->where == WEB_IN_PATH)
		fill_path(q.path, r, f->name, value);
	else
		add_query(&q, f->name, value);
	o = asked(r, &q);
	good = o.rc != RC_OK && (rc == RC_OK || o.rc == rc) &&
	       strcmp(o.field, f->name) == 0;
	if (!good)
		note("%s of %s %s: %s", f->name, r->method, r->path,
		    rc_name(o.rc));
	outcome_free(&o);
	request_free(&q);
	return good;
}

static bool
refused_text(
    const struct web_route *r, const struct web_field *f, const char *value)
{
	return refused_text_by(RC_OK, r, f, value);
}

/* Of a field wherever it stands; the value is taken. */
static bool
refused_there(enum rc rc, const struct web_route *r, const struct web_field *f,
    json_t *value)
{
	char *text;
	bool good;

	if (f->where == WEB_IN_BODY)
		return refused_by(rc, r, f, value);
	text = json_dumps(value, JSON_ENCODE_ANY);
	good = refused_text_by(
	    rc, r, f, json_is_string(value) ? json_string_value(value) : text);
	free(text);
	json_decref(value);
	return good;
}

/* A value of each JSON type, but the one that this field takes. */
static size_t
taken_of_other_types(const struct web_route *r, const struct web_field *f)
{
	json_t *all[] = { json_null(), json_true(), json_integer(-1),
		json_real(1.5), json_string("\x01"), json_array(),
		json_pack("[i]", 1), json_object(),
		json_pack("{s:i}", "a", 1) };
	size_t i, taken = 0;
	bool may;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		may = (f->type == WEB_FLAG && json_is_boolean(all[i])) ||
		      (f->type == WEB_OBJECT && json_object_size(all[i]) == 0 &&
			  json_is_object(all[i])) ||
		      ((f->type == WEB_LIST || f->type == WEB_OBJECTS) &&
			  f->min == 0 && json_is_array(all[i]) &&
			  json_array_size(all[i]) == 0);
		if (!may)
			taken += !refused(r, f, json_incref(all[i]));
		json_decref(all[i]);
	}
	return taken;
}

static void
refuses_other_types(const struct web_route *r)
{
	const struct web_field *f;
	size_t bad = 0;

	for (f = r->fields; f->name != NULL; f++)
		if (f->where == WEB_IN_BODY)
			bad += taken_of_other_types(r, f);
		else
			bad += !refused_text(r, f, texts[f->type].bad);
	is(bad, 0, "%s %s refuses values of other types", r->method, r->path);
}

/* One more than it takes: of bytes, of items, of a number. */
static json_t *
one_too_many(const struct web_field *f)
{
	json_t *list = json_array(), *v;
	char name[16];
	uint64_t i;
	char *text;

	if (f->type == WEB_LIST || f->type == WEB_OBJECTS) {
		for (i = 0; i <= f->max; i++)
			(void)json_array_append_new(list, f->type == WEB_LIST
							      ? json_string("a")
							      : json_object());
		return list;
	}
	json_decref(list);
	if (f->type == WEB_OBJECT) {
		v = json_object();
		for (i = 0; i <= f->max; i++) {
			(void)snprintf(
			    name, sizeof(name), "n%lu", (unsigned long)i);
			(void)json_object_set_new(v, name, json_string("a"));
		}
		return v;
	}
	if (f->type == WEB_NUMBER)
		return json_integer(
		    f->max == INT64_MAX ? -1 : (json_int_t)f->max + 1);
	if (f->type == WEB_TIME)
		return json_integer(INT64_C(253402300800));
	text = alloc(f->max + 2, 1);
	memset(text, 'a', f->max + 1);
	v = json_string(text);
	free(text);
	return v;
}

/* For that reason, and not because it is of no good form besides. */
static void
refuses_too_much(const struct web_route *r)
{
	const struct web_field *f;
	size_t bad = 0;
	bool limit;

	for (f = r->fields; f->name != NULL; f++) {
		if (f->type == WEB_FLAG || f->type == WEB_ID)
			continue;
		limit = f->type != WEB_TIME &&
			(f->type != WEB_NUMBER || f->max < INT64_MAX);
		bad += !refused_there(
		    limit ? RC_LIMIT : RC_OK, r, f, one_too_many(f));
	}
	is(bad, 0, "%s %s refuses what is too long or too many", r->method,
	    r->path);
}

/* One less than it takes. */
static void
refuses_too_little(const struct web_route *r)
{
	const struct web_field *f;
	char text[16] = "aaaaaaaaaaaaaaa";
	size_t bad = 0;

	for (f = r->fields; f->name != NULL; f++) {
		if (f->min == 0)
			continue;
		/* a segment of a path that is empty is another path */
		if (f->type == WEB_NUMBER)
			bad += !refused_there(RC_LIMIT, r, f,
			    json_integer((json_int_t)f->min - 1));
		else if (f->type == WEB_LIST || f->type == WEB_OBJECTS)
			bad += !refused_there(RC_INVALID, r, f, json_array());
		else if (f->type == WEB_OBJECT)
			bad += !refused_there(RC_INVALID, r, f, json_object());
		else if (f->min < sizeof(text) &&
			 (f->min > 1 || f->where != WEB_IN_PATH))
			bad += !refused_there(RC_INVALID, r, f,
			    json_stringn(text, (size_t)f->min - 1));
	}
	is(bad, 0, "%s %s refuses what is too short or too few", r->method,
	    r->path);
}

static void
refuses_the_unknown(const struct web_route *r)
{
	struct request q = request_of(r, NULL);
	struct outcome o;
	size_t taken = 0;

	add_query(&q, "none", "1");
	o = asked(r, &q);
	taken += o.rc != RC_INVALID;
	outcome_free(&o);
	request_free(&q);
	q = request_of(r, NULL);
	(void)json_object_set_new(q.body, "none", json_true());
	o = asked(r, &q);
	taken += o.rc != RC_INVALID;
	outcome_free(&o);
	request_free(&q);
	is(taken, 0, "%s %s takes no field that it does not have", r->method,
	    r->path);
}

/* A name twice, in a query, in a body, or once in each. */
static void
refuses_twice(const struct web_route *r)
{
	const struct web_field *f;
	char *body, *value, *rest;
	struct request q;
	struct outcome o;
	size_t taken = 0;
	json_t *v;

	for (f = r->fields; f->name != NULL; f++) {
		q = request_of(r, NULL);
		if (f->where == WEB_IN_BODY) {
			v = good_json(f);
			value = json_dumps(v, JSON_ENCODE_ANY);
			rest = json_dumps(q.body, JSON_COMPACT);
			json_decref(v);
			if (asprintf(&body, "{\"%s\":%s,%s", f->name, value,
				rest + 1) < 0)
				bug("no memory");
			o = asked_raw(
			    r, q.path, buf_bytes(&q.query), bytes_str(body));
			taken += o.rc != RC_INVALID;
			outcome_free(&o);
			free(value);
			free(rest);
			free(body);
		}
		add_query(&q, f->name, good_text(f));
		o = asked(r, &q);
		taken += o.rc == RC_OK;
		outcome_free(&o);
		request_free(&q);
	}
	is(taken, 0, "%s %s takes no field twice", r->method, r->path);
}

/* A field that the route takes in a body, so that nothing but the body's form
 * is wrong with it. */
static const char *
name_of_body(const struct web_route *r)
{
	const struct web_field *f;

	for (f = r->fields; f->name != NULL; f++)
		if (f->where == WEB_IN_BODY)
			return f->name;
	return "a";
}

/* "what" with the name in the place of its "%s". */
static void
body_with(char *out, size_t size, const char *what, const char *name)
{
	const char *at = strstr(what, "%s");

	(void)snprintf(out, size, "%.*s%s%s",
	    at == NULL ? (int)strlen(what) : (int)(at - what), what,
	    at == NULL ? "" : name, at == NULL ? "" : at + 2);
}

/* Bodies that are no object, or not of this encoding. */
static void
refuses_broken_bodies(const struct web_route *r)
{
	static const char *const bodies[] = { "[]", "1", "\"%s\"", "null", "{",
		"{\"%s\":1}x", "{\"%s\":\"\xff\"}", "{\"%s\":\"\\u0000\"}",
		"{\"%s\\u0000\":1}", "{\"%s\":\"\\ud800\"}", "{\"%s\":01}",
		"{\"%s\":1e999}", "{\"%s\":99999999999999999999}",
		"\xef\xbb\xbf{}", "{'%s':1}", "{\"%s\":\xc0\xaf}" };
	struct request q = request_of(r, NULL);
	char body[128];
	struct buf deep = { 0 };
	struct outcome o;
	size_t i, taken = 0;

	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		body_with(body, sizeof(body), bodies[i], name_of_body(r));
		o = asked_raw(r, q.path, buf_bytes(&q.query), bytes_str(body));
		/* of no field: it was not read so far */
		taken += o.rc != RC_INVALID || o.field[0] != '\0';
		outcome_free(&o);
	}
	buf_add(&deep, bytes_str("{\"a\":"));
	for (i = 0; i < 100000; i++)
		buf_u8(&deep, i < 50000 ? '[' : ']');
	buf_u8(&deep, '}');
	o = asked_raw(r, q.path, buf_bytes(&q.query), buf_bytes(&deep));
	taken += o.rc != RC_INVALID;
	outcome_free(&o);
	(void)buf_grow(&deep, WEB_BODY);
	o = asked_raw(r, q.path, buf_bytes(&q.query), buf_bytes(&deep));
	taken += o.rc != RC_LIMIT;
	outcome_free(&o);
	buf_free(&deep);
	request_free(&q);
	is(taken, 0, "%s %s takes no body that is no JSON object", r->method,
	    r->path);
}

/* ---- who may
 * --------------------------------------------------------------- */

static const struct bytes names[] = { { (const uint8_t *)"tram.vn", 7 },
	{ (const uint8_t *)"10.1.2.3", 8 } };

static struct web_asked
good_asked(const struct web_route *r, const struct web_session *s)
{
	struct web_asked a = { .method = r->method,
		.host = bytes_str(
		    s->from.secure ? "tram.vn:8443" : "127.0.0.1:4711"),
		.origin = bytes_str(s->from.secure ? "https://tram.vn:8443"
						   : "http://127.0.0.1:4711"),
		.site = bytes_str("same-origin"),
		.csrf = bytes_str(s->csrf),
		.type = bytes_str("application/json"),
		.size = 2,
		.secure = s->from.secure,
		.names = names,
		.name_count = 2 };

	return a;
}

static const struct web_session here = { .csrf = "token", .people = 1 },
				there = { .csrf = "token",
					.people = 1,
					.from = { .secure = true },
					.roles = 1u << 7 };

static unsigned
gate(const struct web_route *r, const struct web_asked *a,
    const struct web_session *s)
{
	unsigned status = 0;
	struct err e;

	return web_gate(&status, r, a, s, &e) == RC_OK ? 200 : status;
}

static void
wants_what_it_needs(const struct web_route *r)
{
	bool changes = strcmp(r->method, "GET") != 0;
	struct web_asked a = good_asked(r, &here), b = good_asked(r, &there), x;
	struct web_session nobody = here, stranger = there;
	size_t bad = 0;

	nobody.people = 0;
	stranger.people = stranger.roles = 0;
	bad += gate(r, &a, &here) != 200;
	bad += gate(r, &b, &there) != 200;
	bad += gate(r, &a, NULL) != (r->needs == WEB_NOTHING ? 200 : 401);
	bad += gate(r, &b, NULL) != (r->needs == WEB_NOTHING ? 200 : 401);
	x = a;
	x.csrf = bytes_str("tokeN");
	bad += gate(r, &x, &here) !=
	       (changes && r->needs != WEB_NOTHING ? 403 : 200);
	x.csrf = (struct bytes){ 0 };
	bad += gate(r, &x, &here) !=
	       (changes && r->needs != WEB_NOTHING ? 403 : 200);
	bad += gate(r, &a, &nobody) != (r->needs == WEB_PERSON ? 403 : 200);
	bad += gate(r, &b, &stranger) != (r->needs > WEB_BEGUN ? 403 : 200);
	stranger.people = 1;
	bad += gate(r, &b, &stranger) != (r->needs == WEB_RUNS ? 403 : 200);
	is(bad, 0, "%s %s lets nobody in who has not what it needs", r->method,
	    r->path);
}

/* What a browser says that shows another site's page, or a name that lies. */
static void
wants_its_own_page(const struct web_route *r)
{
	static const char *const hosts[] = { "", "evil.vn", "127.0.0.1.evil.vn",
		"127.0.0.1:80:80", "127.0.0.1:", "127.0.0.1:8x",
		"127.0.0.1@evil.vn", "[::1", "[::1]x", "tram.vn:8443",
		"localhost.", "127.0.0.2", ":80", "127.0.0.1:1234567" };
	static const char *const origins[] = { "null", "http://evil.vn",
		"https://127.0.0.1:4711", "http://127.0.0.1:4712",
		"http://127.0.0.1", "127.0.0.1:4711",
		"http://127.0.0.1:4711.evil.vn", "http://127.0.0.1:4711/" };
	bool changes = strcmp(r->method, "GET") != 0;
	struct web_asked x;
	size_t i, bad = 0;

	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		x = good_asked(r, &here);
		x.host = bytes_str(hosts[i]);
		bad += gate(r, &x, &here) != 403;
	}
	for (i = 0; i < sizeof(origins) / sizeof(origins[0]); i++) {
		x = good_asked(r, &here);
		x.origin = bytes_str(origins[i]);
		bad += gate(r, &x, &here) != 403;
	}
	x = good_asked(r, &here);
	x.site = bytes_str("cross-site");
	bad += gate(r, &x, &here) != 403;
	x.site = bytes_str("same-site");
	bad += gate(r, &x, &here) != 403;
	x.site = bytes_str("none"); /* an address that was typed */
	bad += gate(r, &x, &here) != (changes ? 403 : 200);
	x.site = x.origin = (struct bytes){ 0 };
	bad += gate(r, &x, &here) != (changes ? 403 : 200);
	x = good_asked(r, &there); /* by TLS, another name than its own */
	x.host = bytes_str("127.0.0.1:8443");
	x.origin = bytes_str("https://127.0.0.1:8443");
	bad += gate(r, &x, &there) != 403;
	is(bad, 0, "%s %s is asked by the station's own pages alone", r->method,
	    r->path);
}

static void
wants_json(const struct web_route *r)
{
	static const char *const types[] = { "", "text/plain",
		"application/x-www-form-urlencoded", "multipart/form-data",
		"application/jsonx" };
	/* before anybody is known a little is enough */
	const size_t most = r->needs == WEB_NOTHING || r->needs == WEB_BEGUN
				? WEB_BODY_UNKNOWN
				: WEB_BODY;
	struct web_asked x;
	size_t i, bad = 0;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		x = good_asked(r, &here);
		x.type = bytes_str(types[i]);
		bad += gate(r, &x, &here) != (r->raw ? 200 : 415);
		x.size = 0;
		bad += gate(r, &x, &here) != 200;
	}
	x = good_asked(r, &here);
	x.type = bytes_str("application/json; charset=utf-8");
	bad += gate(r, &x, &here) != 200;
	x.size = most;
	bad += gate(r, &x, &here) != 200;
	x.size = most + 1;
	if (!r->raw)
		bad += gate(r, &x, &here) != 413;
	is(bad, 0, "%s %s takes JSON, of a size", r->method, r->path);
}

/* ---- addresses
 * ------------------------------------------------------------- */

static enum rc
found(const char *method, struct bytes path, char allowed[static 64])
{
	const struct web_route *r;
	json_t *values;
	struct err e;
	enum rc rc = web_find(&r, &values, allowed, method, path, &e);

	json_decref(values);
	return rc;
}

static void
addresses_have_no_tricks(void)
{
	static const struct {
		const char *path;
		enum rc rc;
	} paths[] = {
		{ "/api/1/session", RC_OK },
		{ "/api/1/mail/in", RC_OK },
		{ "/api/1/mail/%69n", RC_OK }, /* an id, and a bad one */
		{ "/api/1/mail/..", RC_OK },   /* the same */
		{ "", RC_ABSENT },
		{ "/", RC_ABSENT },
		{ "/api/1", RC_ABSENT },
		{ "/api/1/", RC_ABSENT },
		{ "/api/1session", RC_ABSENT },
		{ "/api/2/session", RC_ABSENT },
		{ "//api/1/session", RC_ABSENT },
		{ "/api//1/session", RC_ABSENT },
		{ "/api/1//session", RC_ABSENT },
		{ "/api/1/session/", RC_ABSENT },
		{ "/api/1/%73ession", RC_ABSENT },
		{ "/api/1/Session", RC_ABSENT },
		{ "/api/1/../1/session", RC_ABSENT },
		{ "/api/1/mail//trace", RC_ABSENT },
		{ "/api/1/mail/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q", RC_ABSENT },
		{ "/api/1/mail/a%00b", RC_INVALID },
		{ "/api/1/mail/a%", RC_INVALID },
		{ "/api/1/mail/a%4", RC_INVALID },
		{ "/api/1/mail/a%zz", RC_INVALID },
		{ "/api/1/mail/a%ff", RC_INVALID },
		{ "/api/1/mail/%c0%af", RC_INVALID },
		{ "/api/1/mail/%ed%a0%80", RC_INVALID },
		{ "/api/1/mail/\xc3\xa9", RC_INVALID },
		{ "/api/1/mail/a b", RC_INVALID },
		{ "/api/1/mail/a\\b", RC_INVALID },
		{ "/api/1/mail/a\nb", RC_INVALID },
	};
	char allowed[64], *longest = alloc(WEB_PATH + 2, 1);
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		is(found("GET", bytes_str(paths[i].path), allowed), paths[i].rc,
		    "address %zu is %s", i, rc_name(paths[i].rc));
	memset(longest, 'a', WEB_PATH + 1);
	memcpy(longest, "/api/1/mail/", 12);
	is(found("GET", bytes_of(longest, WEB_PATH + 1), allowed), RC_INVALID,
	    "an address that is too long is refused");
	is(found("GET", bytes_of("/api/1/mail/a\0b", 15), allowed), RC_INVALID,
	    "NUL within an address is refused");
	free(longest);
}

static void
methods_are_told(void)
{
	char allowed[64];

	is(found("DELETE", bytes_str("/api/1/session"), allowed), RC_USAGE,
	    "an address that is asked in another way says so");
	ok(strcmp(allowed, "GET, POST") == 0, "and how it is: %s", allowed);
	is(found("POST", bytes_str("/api/1/mail/in"), allowed), RC_USAGE,
	    "a box is not asked as a dispatch is");
	ok(strcmp(allowed, "GET") == 0, "and takes GET alone: %s", allowed);
	is(found("get", bytes_str("/api/1/session"), allowed), RC_USAGE,
	    "methods are capitals");
	is(found("", bytes_str("/api/1/session"), allowed), RC_USAGE,
	    "no method is none of them");
}

/* ---- values
 * ---------------------------------------------------------------- */

static const struct web_route sample = {
	.method = "POST",
	.path = "/sample",
	.fields = { { "q", WEB_IN_QUERY, WEB_TEXT, false, 1, 12, NULL },
	    { "n", WEB_IN_QUERY, WEB_NUMBER, false, 0, INT64_MAX, NULL },
	    { "line", WEB_IN_BODY, WEB_TEXT, false, 1, 12, NULL },
	    { "lines", WEB_IN_BODY, WEB_LINES, false, 0, 40, NULL },
	    { "secret", WEB_IN_BODY, WEB_SECRET, false, 1, 40, NULL },
	    { "fields", WEB_IN_BODY, WEB_OBJECT, false, 0, 4, NULL } },
};

/* What becomes of one value; NULL: it is refused. */
static const char *
becomes(const char *query, const char *body, const char *name)
{
	static char out[200];
	json_t *values = json_object();
	char field[WEB_NAME + 1];
	struct err e;
	enum rc rc = web_values(
	    values, field, &sample, bytes_str(query), bytes_str(body), &e);
	json_t *v = json_object_get(values, name);
	char *text = v == NULL ? NULL : json_dumps(v, JSON_ENCODE_ANY);

	(void)snprintf(out, sizeof(out), "%s", text == NULL ? "" : text);
	free(text);
	json_decref(values);
	return rc == RC_OK ? out : NULL;
}

static void
is_text(const char *got, const char *wanted, const char *name)
{
	ok(wanted == NULL ? got == NULL
			  : got != NULL && strcmp(got, wanted) == 0,
	    "%s", name);
	if (got != NULL && wanted != NULL && strcmp(got, wanted) != 0)
		note("got %s, wanted %s", got, wanted);
}

static void
text_is_stored_in_one_form(void)
{
	is_text(becomes("", "{\"line\":\"Tie\xcc\x82\xcc\x81ng\"}", "line"),
	    "\"Ti\xe1\xba\xbfng\"", "what comes decomposed is composed");
	is_text(becomes("q=Tie%CC%82%CC%81ng", "", "q"), "\"Ti\xe1\xba\xbfng\"",
	    "in a query too");
	is_text(becomes("q=a+b%2Bc", "", "q"), "\"a b+c\"",
	    "a plus is a space in a query, and an escaped one is none");
	is_text(becomes("",
		    "{\"line\":\"  a\xc2\xa0"
		    "b \"}",
		    "line"),
	    "\"a b\"", "blanks around it go");
	is_text(becomes("", "{\"line\":\"   \"}", "line"), NULL,
	    "blanks alone are nothing");
	is_text(becomes("", "{\"line\":\"a\\nb\"}", "line"), NULL,
	    "one line is one line");
	is_text(becomes("", "{\"line\":\"a\\u202eb\"}", "line"), NULL,
	    "nothing turns the direction of writing");
	is_text(becomes("", "{\"lines\":\"a\\r\\n\\tb \\n\\n c\"}", "lines"),
	    "\"a\\n b\\n\\n c\"", "lines keep their ends and indents");
	is_text(becomes("", "{\"lines\":\"\"}", "lines"), "\"\"",
	    "text that may be empty may");
	is_text(becomes("", "{\"lines\":\"a\\u0007\"}", "lines"), NULL,
	    "and have no other control characters");
	is_text(becomes("", "{\"secret\":\"ma\xcc\xa3t \"}", "secret"),
	    "\"m\xe1\xba\xa1t\"", "a passphrase is one, however it is typed");
	is_text(becomes("", "{\"fields\":{\"a\":\"e\xcc\x81\"}}", "fields"),
	    "{\"a\": \"\xc3\xa9\"}", "values of an object are composed too");
	is_text(becomes("", "{\"fields\":{\"\":\"a\"}}", "fields"), NULL,
	    "an object's names are not empty");
}

static void
numbers_have_one_spelling(void)
{
	is_text(becomes("n=0", "", "n"), "0", "0 is a number");
	is_text(becomes("n=900719925474099312", "", "n"), "900719925474099312",
	    "a large one is exact");
	is_text(becomes("n=00", "", "n"), NULL, "00 is none");
	is_text(becomes("n=-1", "", "n"), NULL, "-1 is none");
	is_text(becomes("n=+1", "", "n"), NULL, "+1 is none");
	is_text(becomes("n=1.0", "", "n"), NULL, "1.0 is none");
	is_text(becomes("n=", "", "n"), NULL, "nothing is none");
	is_text(becomes("n=99999999999999999999", "", "n"), NULL,
	    "what is over all bounds is none");
}

static void
queries_have_no_tricks(void)
{
	static const char *const bad[] = { "q", "q=%", "q=%0", "q=%00", "q=%zz",
		"q=\xc3\xa9", "q=%C3", "q=a b", "=a", "&", "q=a&&n=1", "Q=a",
		"q%5b%5d=a", "q=a&%71=b", "q=a\"b" };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		is_text(becomes(bad[i], "", "none"), NULL, bad[i]);
	is_text(becomes("%71=a", "", "q"), "\"a\"",
	    "a name may be escaped, and is the same name");
}

/* ---- what is said of it
 * ---------------------------------------------------- */

static void
failures_are_told(void)
{
	struct web_call c = { .control = -1, .reply = { .fd = -1 } };
	struct err e;
	enum rc rc;

	(void)snprintf(c.field, sizeof(c.field), "desk");
	rc = fail(&e, RC_ABSENT, "no such desk");
	web_fails(&c, &e);
	is(c.reply.status, 404, "a failure has its status");
	ok(rc == RC_ABSENT &&
		strcmp(json_string_value(json_object_get(
			   json_object_get(c.reply.json, "error"), "code")),
		    "absent") == 0 &&
		strcmp(json_string_value(json_object_get(
			   json_object_get(c.reply.json, "error"), "field")),
		    "desk") == 0,
	    "with its code and the field");
	c.reply.status = 0;
	rc = fail(&e, RC_DENIED, "no");
	web_fails(&c, &e);
	is(c.reply.status, 401, "who has no session is told to begin one");
	is(web_status(RC_IO), 503, "a station that does not answer is 503");
	web_call_free(&c);
}

static bool
named(bool secure, const char *host, const char *wanted)
{
	struct web_asked a = { .host = bytes_str(host), .secure = secure };
	char name[WEB_COOKIE];

	web_cookie_name(name, &a);
	return strcmp(name, wanted) == 0;
}

static void
cookies_have_names(void)
{
	ok(named(false, "127.0.0.1:39227", "antin-39227") &&
		named(false, "[::1]:65535", "antin-65535"),
	    "a cookie of this machine has its port in its name");
	ok(named(false, "localhost", "antin") && named(false, "", "antin") &&
		named(false, "a:1;b=2", "antin") &&
		named(false, "a:123456", "antin"),
	    "and nothing that is none");
	ok(named(true, "tram.vn:8443", "__Host-antin"),
	    "by TLS it is the host's alone");
}

static size_t routes, described;
static json_t *openapi;

static void
is_described(const struct web_route *r)
{
	char path[200], method[8];
	const struct web_field *f;
	json_t *op;
	size_t i, n = 0;

	(void)snprintf(path, sizeof(path), WEB_ROOT "%s", r->path);
	for (i = 0; i < 7 && r->method[i] != '\0'; i++)
		method[i] = (char)(r->method[i] | 0x20);
	method[i] = '\0';
	op = json_object_get(
	    json_object_get(json_object_get(openapi, "paths"), path), method);
	for (f = r->fields; f->name != NULL; f++)
		n += f->where != WEB_IN_BODY;
	routes++;
	described += json_is_object(op) &&
		     json_array_size(json_object_get(op, "parameters")) == n &&
		     json_is_object(json_object_get(op, "responses")) &&
		     json_is_array(json_object_get(op, "security")) &&
		     json_is_string(json_object_get(op, "summary"));
}

static void
all_is_described(void)
{
	char *text;
	json_t *again;

	openapi = web_openapi();
	text = json_dumps(openapi, 0);
	again =
	    json_loads(text == NULL ? "" : text, JSON_REJECT_DUPLICATES, NULL);
	ok(again != NULL && json_equal(again, openapi) == 1,
	    "the description is JSON");
	ok(strcmp(json_string_value(json_object_get(openapi, "openapi")),
	       "3.1.0") == 0,
	    "of OpenAPI 3.1");
	each_route(is_described);
	is(described, routes, "it has each route, with its parameters");
	free(text);
	json_decref(again);
	json_decref(openapi);
}

int
main(void)
{
	each_route(row_is_sound);
	each_route(takes_what_it_should);
	each_route(refuses_what_is_missing);
	each_route(refuses_other_types);
	each_route(refuses_too_much);
	each_route(refuses_too_little);
	each_route(refuses_the_unknown);
	each_route(refuses_twice);
	each_route(refuses_broken_bodies);
	each_route(wants_what_it_needs);
	each_route(wants_its_own_page);
	each_route(wants_json);
	addresses_have_no_tricks();
	methods_are_told();
	text_is_stored_in_one_form();
	numbers_have_one_spelling();
	queries_have_no_tricks();
	failures_are_told();
	cookies_have_names();
	all_is_described();
	return done();
}
