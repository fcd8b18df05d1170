/* SPDX-License-Identifier: EUPL-1.2 */
/* What handlers do with a call (route.h). */
#include <string.h>
#include <unistd.h>

#include "web/gate.h"
#include "web/signed_in.h"
#include "web/uploads.h"

/* ---- asking
 * ---------------------------------------------------------------- */

struct gather {
	json_t *rows;
	bool over;
};

static void
gather(void *ctx, json_t *row)
{
	struct gather *g = ctx;

	if (json_array_size(g->rows) == WEB_ROWS)
		g->over = true;
	else
		(void)json_array_append(g->rows, row);
}

enum rc
web_ask_files(struct web_call *c, enum control_what what, json_t *request,
    const int *fds, size_t count, json_t **rows, json_t **last, struct err *e)
{
	struct gather g = { json_array(), false };
	struct control_ears ears = { .row = gather, .ctx = &g };
	json_t *answer = NULL;
	enum rc rc;

	if (rows != NULL)
		*rows = NULL;
	if (last != NULL)
		*last = NULL;
	if (c->control < 0) {
		json_decref(request);
		rc = fail(e, RC_DENIED, "there is no session");
		goto out;
	}
	rc = control_ask(
	    c->control, what, request, fds, count, &ears, &answer, e);
	if (rc == RC_OK && g.over)
		rc = fail(e, RC_LIMIT, "there are over %u rows; ask for less",
		    WEB_ROWS);
	if (rc != RC_OK)
		goto out;
	if (rows != NULL) {
		*rows = g.rows;
		g.rows = NULL;
	}
	if (last != NULL) {
		*last = answer;
		answer = NULL;
	}
out:
	json_decref(g.rows);
	json_decref(answer);
	return rc;
}

enum rc
web_ask(struct web_call *c, enum control_what what, json_t *request,
    json_t **rows, json_t **last, struct err *e)
{
	return web_ask_files(c, what, request, NULL, 0, rows, last, e);
}

enum rc
web_pass(struct web_call *c, struct err *e)
{
	json_t *rows, *last;
	enum rc rc =
	    web_ask(c, c->route->ask, web_request(c, NULL), &rows, &last, e);

	if (rc != RC_OK)
		return rc;
	(void)json_object_del(last, "rc");
	(void)json_object_set_new(last, "rows", rows);
	web_replies(c, last);
	return RC_OK;
}

/* ---- values
 * ---------------------------------------------------------------- */

const char *
web_text(const struct web_call *c, const char *name)
{
	const char *text = json_string_value(json_object_get(c->values, name));

	return text == NULL ? "" : text;
}

uint64_t
web_number(const struct web_call *c, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(c->values, name));
}

bool
web_flag(const struct web_call *c, const char *name)
{
	return json_is_true(json_object_get(c->values, name));
}

bool
web_has(const struct web_call *c, const char *name)
{
	return json_object_get(c->values, name) != NULL;
}

json_t *
web_request(const struct web_call *c, const char *const *names)
{
	json_t *request, *v;
	size_t i;

	if (names == NULL)
		return json_copy(c->values);
	request = json_object();
	for (i = 0; names[i] != NULL; i++) {
		v = json_object_get(c->values, names[i]);
		if (v != NULL)
			(void)json_object_set(request, names[i], v);
	}
	return request;
}

/* ---- replying
 * -------------------------------------------------------------- */

static void
reply_free(struct web_reply *r)
{
	json_decref(r->json);
	buf_free(&r->bytes);
	if (r->fd >= 0)
		(void)close(r->fd);
	r->json = NULL;
	r->fd = -1;
	r->size = 0;
}

static void
put(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		len = size - 1;
	memcpy(out, text, len);
	out[len] = '\0';
}

void
web_replies(struct web_call *c, json_t *json)
{
	reply_free(&c->reply);
	if (c->open > 0)
		upload_closed(c->uploads, c->open);
	c->open = 0;
	c->reply.json = json;
}

void
web_replies_bytes(
    struct web_call *c, struct buf *bytes, const char *type, const char *name)
{
	reply_free(&c->reply);
	c->reply.bytes = *bytes;
	*bytes = (struct buf){ 0 };
	put(c->reply.type, sizeof(c->reply.type), type);
	put(c->reply.name, sizeof(c->reply.name), name);
}

void
web_replies_file(struct web_call *c, int fd, uint64_t size, const char *type,
    const char *name)
{
	reply_free(&c->reply);
	c->reply.fd = fd;
	c->reply.size = size;
	put(c->reply.type, sizeof(c->reply.type), type);
	put(c->reply.name, sizeof(c->reply.name), name);
}

void
web_header(struct web_call *c, const char *name, const char *value)
{
	size_t n = c->reply.header_count;

	if (n == WEB_HEADERS || strpbrk(value, "\r\n") != NULL)
		bug("web: a header that cannot be");
	c->reply.headers[n].name = name;
	put(c->reply.headers[n].value, sizeof(c->reply.headers[n].value),
	    value);
	c->reply.header_count++;
}

void
web_fails(struct web_call *c, const struct err *e)
{
	json_t *why = json_object();

	(void)json_object_set_new(why, "code", json_string(rc_name(e->rc)));
	(void)json_object_set_new(why, "text", json_string(e->text));
	if (c->field[0] != '\0')
		(void)json_object_set_new(why, "field", json_string(c->field));
	if (c->upload[0] != '\0')
		(void)json_object_set_new(
		    why, "upload", json_string(c->upload));
	web_replies(c, json_pack("{s:o}", "error", why));
	if (c->reply.status == 0)
		c->reply.status = e->rc == RC_DENIED && c->session == NULL
				      ? 401
				      : web_status(e->rc);
}

enum rc
web_room(struct web_call *c, uint64_t bytes, struct err *e)
{
	enum rc rc = upload_room(c->uploads, bytes, e);

	if (rc == RC_OK)
		c->open += bytes;
	return rc;
}

void
web_call_free(struct web_call *c)
{
	reply_free(&c->reply);
	json_decref(c->values);
	c->values = NULL;
}

void
web_run(struct web_call *c)
{
	struct err e;
	enum rc rc = RC_OK;

	/* a sign-in that the station ended is over here too */
	if (c->session != NULL && c->route->needs > WEB_BEGUN)
		rc = signed_in_fresh(c, &e);
	if (rc == RC_OK)
		rc = web_may(c->route, c->session, &e);
	if (rc == RC_OK)
		rc = c->route->run(c, &e);
	if (rc != RC_OK)
		web_fails(c, &e);
}
