/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is asked over a connection: its head is read (head.c), then it is a
 * page's file, or a call of the table of routes, which a thread runs while the
 * connection rests.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proc_web/web.h"
#include "web/gate.h"
#include "web/resources.h"

enum state {
	R_HEAD,	   /* it is new */
	R_ASKS,	   /* nothing was done yet, and no body comes */
	R_BODY,	   /* its body comes */
	R_WAITS,   /* for others of its session */
	R_WORKS,   /* in a thread, or on the way there */
	R_ANSWERS, /* there is a reply to be sent */
};

struct request {
	struct request *prev, *next; /* by age; the youngest is last */
	struct web_conn *conn;
	struct MHD_Connection *http;
	enum state state;
	char *uri; /* owned; NULL: it is too long */
	struct web_asked asked;
	struct web_call call;
	char allowed[64];
	struct buf body;
	uint64_t wanted;	/* bytes of it */
	struct web_session *of; /* whose connection to control it uses; NULL: it
				   uses none */
	bool line;		/* call.control was taken */
	struct work work;
};

static struct request *first, *last;

static struct web_server *const server = &web_server;

/* ---- from and to the list
 * ---------------------------------------------------- */

void *
request_uri(void *cls, const char *uri, struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info =
	    mhd->MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct request *r = alloc(1, sizeof(*r));

	(void)cls;
	*r = (struct request){ .http = c, .prev = last };
	r->conn = info == NULL ? NULL : info->socket_context;
	if (r->conn == NULL)
		bug("web: a connection of nobody");
	r->call = (struct web_call){ .control = -1,
		.server = server,
		.uploads = web_uploads,
		.reply = { .fd = -1 } };
	if (strlen(uri) <= WEB_PATH + WEB_QUERY &&
	    (r->uri = strdup(uri)) == NULL)
		bug("no memory");
	if (last != NULL)
		last->next = r;
	else
		first = r;
	last = r;
	return r;
}

void
request_over(void *cls, struct MHD_Connection *c, void **context,
    enum MHD_RequestTerminationCode how)
{
	struct request *r = *context;

	(void)cls;
	(void)c;
	(void)how;
	*context = NULL;
	if (r == NULL)
		return;
	if (r->state == R_WORKS || r->state == R_WAITS)
		bug("web: a request went while it was at work");
	if (r->prev != NULL)
		r->prev->next = r->next;
	else
		first = r->next;
	if (r->next != NULL)
		r->next->prev = r->prev;
	else
		last = r->prev;
	/* until the next one, which may be long in coming */
	r->conn->until = process_ms() + WEB_BODY_MS + WEB_HEAD_MS;
	if (r->call.session != NULL)
		web_session_done(server->sessions, r->call.session);
	web_call_free(&r->call);
	buf_free(&r->body);
	free(r->uri);
	free(r);
}

/* ---- answers
 * ----------------------------------------------------------------- */

/* It is answered so when libmicrohttpd asks. */
static void
refuse(struct request *r, unsigned status, const struct err *e)
{
	r->call.reply.status = status;
	web_fails(&r->call, e);
	r->state = R_ANSWERS;
}

static enum MHD_Result
queue(struct request *r, unsigned status, struct MHD_Response *answer)
{
	enum MHD_Result done;

	if (answer == NULL)
		return MHD_NO;
	r->state = R_ANSWERS;
	done = mhd->MHD_queue_response(r->http, status, answer);
	mhd->MHD_destroy_response(answer);
	return done;
}

static enum MHD_Result
answer(struct request *r)
{
	unsigned status;
	struct MHD_Response *out = reply_of(&r->call, r->http, &status);

	if (out != NULL && r->allowed[0] != '\0')
		(void)mhd->MHD_add_response_header(
		    out, MHD_HTTP_HEADER_ALLOW, r->allowed);
	return queue(r, status, out);
}

/* ---- pages
 * ------------------------------------------------------------------- */

static enum MHD_Result
page(struct request *r, size_t len, const char *method)
{
	struct MHD_Response *out;
	unsigned status;
	struct err e;

	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
		(void)snprintf(r->allowed, sizeof(r->allowed), "GET, HEAD");
		if (fail(&e, RC_USAGE, "this address is not asked so") != RC_OK)
			refuse(r, MHD_HTTP_METHOD_NOT_ALLOWED, &e);
		return answer(r);
	}
	out = reply_asset(r->uri, len, &status);
	return queue(r, status, out);
}

/* ---- calls
 * ------------------------------------------------------------------- */

static void
find_session(struct request *r, const struct head *h)
{
	struct bytes token;

	r->call.from =
	    (struct web_from){ r->conn->secure, r->conn->uid, r->conn->source };
	web_cookie_name(r->call.cookie, &r->asked);
	if (head_cookie(&token, h, r->call.cookie))
		r->call.session = web_session_find(
		    server->sessions, token, &r->call.from, process_ms());
	r->call.lang = head_lang(h, r->call.session);
}

static enum rc
too_often(struct request *r, int64_t wait, struct err *e)
{
	char seconds[24];

	if (wait > 0) {
		(void)snprintf(seconds, sizeof(seconds), "%lld",
		    (long long)(wait / 1000 + 1));
		web_header(&r->call, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
	}
	return fail(e, RC_LIMIT, "too much was asked at once; try again");
}

/* The route, and that this may be asked of it. */
static enum rc
find_call(struct request *r, size_t len, const char *method, unsigned *status,
    struct err *e)
{
	struct web_call *c = &r->call;
	int64_t wait;
	enum rc rc;

	*status = 0;
	rc = web_find(&c->route, &c->values, r->allowed,
	    strcmp(method, "HEAD") == 0 ? "GET" : method, bytes_of(r->uri, len),
	    e);
	if (rc == RC_USAGE)
		*status = 405;
	else
		r->allowed[0] = '\0';
	if (rc != RC_OK)
		return rc;
	if ((rc = web_gate(status, c->route, &r->asked, c->session, e)) !=
	    RC_OK)
		return rc;
	*status = MHD_HTTP_TOO_MANY_REQUESTS;
	if (c->session != NULL &&
	    !web_session_may(server->sessions, c->session, process_ms(), &wait))
		return too_often(r, wait, e);
	return RC_OK;
}

/* ---- work
 * -------------------------------------------------------------------- */

static void call_start(struct request *r);

/* One more of its session may: of what may take long fewer, so that who opens a
 * file sees the rest meanwhile. */
static bool
may_start(const struct request *r)
{
	const struct request *x;
	size_t works = 0, slow = 0;

	for (x = first; x != NULL; x = x->next)
		if (x->of == r->of && x->state == R_WORKS) {
			works++;
			slow += x->call.route->slow;
		}
	return works < SESSION_LINES &&
	       (!r->call.route->slow || slow < SESSION_LINES - 1);
}

static void
next_of(const struct web_session *s)
{
	struct request *r;

	for (r = first; r != NULL; r = r->next)
		if (r->of == s && r->state == R_WAITS && may_start(r)) {
			call_start(r);
			return;
		}
}

/* A thread has run it. */
static void
call_done(struct work *w)
{
	struct request *r =
	    (void *)((uint8_t *)w - offsetof(struct request, work));
	struct web_session *s = r->of;

	if (r->line)
		line_give(s, r->call.control);
	r->line = false;
	r->call.control = -1;
	r->state = R_ANSWERS;
	mhd->MHD_resume_connection(r->http);
	if (s != NULL)
		next_of(s);
}

static enum rc
call_give(struct request *r, struct err *e)
{
	if (r->of != NULL) {
		r->call.control = line_take(r->of);
		r->line = r->call.control >= 0;
		if (!r->line)
			return fail(e, RC_IO,
			    "a part of the station was started anew; try "
			    "again");
	}
	r->work = (struct work){ .call = &r->call, .done = call_done };
	r->state = R_WORKS;
	if (!work_add(&r->work))
		return fail(
		    e, RC_LIMIT, "the station has too much to do; try again");
	return RC_OK;
}

/* It rests already. */
static void
call_start(struct request *r)
{
	struct err e;

	lang_thread(r->call.lang);
	if (call_give(r, &e) != RC_OK) {
		refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE, &e);
		call_done(&r->work);
	}
	lang_thread(LANG_EN);
}

static enum MHD_Result
events(struct request *r)
{
	struct MHD_Response *out = events_new(r->http, r->call.session);
	struct err e;

	if (out != NULL)
		return queue(r, MHD_HTTP_OK, out);
	if (too_often(r, 0, &e) != RC_OK)
		refuse(r, MHD_HTTP_TOO_MANY_REQUESTS, &e);
	return answer(r);
}

static enum rc
call_values(struct request *r, struct err *e)
{
	struct web_call *c = &r->call;
	const char *query = strchr(r->uri, '?');
	enum rc rc = web_values(c->values, c->field, c->route,
	    query == NULL ? (struct bytes){ 0 } : bytes_str(query + 1),
	    buf_bytes(&r->body), e);

	buf_free(&r->body);
	return rc;
}

/* A body that is taken piece by piece begins: all but it is checked before. */
static enum rc
call_takes(struct request *r, struct err *e)
{
	struct web_call *c = &r->call;
	enum rc rc = call_values(r, e);

	c->size = r->wanted;
	return rc == RC_OK ? c->route->take(c, (struct bytes){ 0 }, e) : rc;
}

/* All of it has come. */
static enum MHD_Result
call_whole(struct request *r)
{
	struct web_call *c = &r->call;
	struct err e;

	if (c->route->take == NULL && call_values(r, &e) != RC_OK) {
		refuse(r, 0, &e);
		return answer(r);
	}
	if (c->route->run == web_events)
		return events(r);
	mhd->MHD_suspend_connection(r->http);
	r->of = c->route->needs == WEB_NOTHING ? NULL : c->session;
	if (r->of == NULL || may_start(r))
		call_start(r);
	else
		r->state = R_WAITS;
	return MHD_YES;
}

/* ---- libmicrohttpd's
 * --------------------------------------------------------- */

static enum MHD_Result
asks(struct request *r, const char *method, const char *version)
{
	const struct bytes api = bytes_str("/api/");
	const bool brings = r->state == R_HEAD;
	unsigned status;
	struct head h;
	struct err e;
	size_t len;
	enum rc rc;

	head_take(&h, r->http);
	r->call.lang = head_lang(&h, NULL);
	lang_thread(r->call.lang);
	rc = head_read(&r->asked, &status, &h, r->uri, method, version,
	    r->conn->secure, &e);
	r->wanted = r->asked.size;
	if (rc == RC_OK) {
		len = strcspn(r->uri, "?");
		if (len < api.len || memcmp(r->uri, api.p, api.len) != 0)
			return page(r, len, method);
		find_session(r, &h);
		lang_thread(r->call.lang);
		rc = find_call(r, len, method, &status, &e);
	}
	if (rc == RC_OK && r->call.route->take != NULL) {
		status = 0;
		rc = call_takes(r, &e);
	}
	if (rc != RC_OK) {
		refuse(r, status, &e);
		return answer(r);
	}
	r->state = R_BODY;
	return brings ? MHD_YES : call_whole(r);
}

static enum MHD_Result
body(struct request *r, const char *data, size_t *size)
{
	const struct bytes piece = bytes_of(data, *size);
	struct web_call *c = &r->call;
	struct err e;

	*size = 0;
	if (c->route->take == NULL) {
		if (piece.len > r->wanted - r->body.len)
			bug("web: a body that is longer than it says");
		buf_add(&r->body, piece);
		return MHD_YES;
	}
	r->conn->until = process_ms() + WEB_BODY_MS;
	if (c->route->take(c, piece, &e) != RC_OK)
		refuse(r, 0, &e); /* said when the rest, unread, has come */
	return MHD_YES;
}

/* It has a body, which is not taken before it is known whether it may come. */
static bool
brings(const struct request *r)
{
	return mhd->MHD_lookup_connection_value(r->http, MHD_HEADER_KIND,
		   MHD_HTTP_HEADER_CONTENT_LENGTH) != NULL ||
	       mhd->MHD_lookup_connection_value(r->http, MHD_HEADER_KIND,
		   MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL;
}

static enum MHD_Result
goes_on(struct request *r, const char *method, const char *version,
    const char *data, size_t *size)
{
	if (r->state == R_HEAD && !brings(r)) {
		r->state = R_ASKS; /* an answer at once would end the line */
		return MHD_YES;
	}
	if (r->state <= R_ASKS) {
		r->conn->until = process_ms() + WEB_BODY_MS;
		return asks(r, method, version);
	}
	if (r->state == R_BODY && *size > 0)
		return body(r, data, size);
	if (*size > 0) {
		*size = 0;
		return MHD_YES;
	}
	r->conn->until = 0;
	return r->state == R_BODY ? call_whole(r) : answer(r);
}

enum MHD_Result
request_on(void *cls, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *data, size_t *size,
    void **context)
{
	struct request *r = *context;
	enum MHD_Result on;

	(void)cls;
	(void)c;
	(void)url;
	/* what is said to a person is in his language, the log is not */
	lang_thread(r->call.lang);
	on = goes_on(r, method, version, data, size);
	lang_thread(LANG_EN);
	return on;
}
