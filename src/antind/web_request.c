/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is asked over a connection: its head is held to rules that leave one
 * reading of it, then it is a page's file, or a call of the table of routes,
 * which a thread runs while the connection rests.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "antind/web.h"
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
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct request *r = alloc(1, sizeof(*r));

	(void)cls;
	*r = (struct request){ .http = c, .prev = last };
	r->conn = info == NULL ? NULL : info->socket_context;
	if (r->conn == NULL)
		bug("web: a connection of nobody");
	r->call = (struct web_call){ .control = -1,
		.server = server,
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

static void
refuse(struct request *r, unsigned status, const struct err *e)
{
	r->call.reply.status = status;
	web_fails(&r->call, e);
	r->state = R_ANSWERS;
}

/* The same, with a sentence in the call's language. */
static void
refuses(struct request *r, unsigned status, enum rc rc, const char *why)
{
	struct err e;

	lang_thread(r->call.lang);
	rc = fail(&e, rc, "%s", tr(why));
	lang_thread(LANG_EN);
	if (rc != RC_OK)
		refuse(r, status, &e);
}

static enum MHD_Result
queue(struct request *r, unsigned status, struct MHD_Response *answer)
{
	enum MHD_Result done;

	if (answer == NULL)
		return MHD_NO;
	r->state = R_ANSWERS;
	done = MHD_queue_response(r->http, status, answer);
	MHD_destroy_response(answer);
	return done;
}

static enum MHD_Result
answer(struct request *r)
{
	unsigned status;
	struct MHD_Response *out = reply_of(&r->call, r->http, &status);

	if (out != NULL && r->allowed[0] != '\0')
		(void)MHD_add_response_header(
		    out, MHD_HTTP_HEADER_ALLOW, r->allowed);
	return queue(r, status, out);
}

/* ---- heads
 * ------------------------------------------------------------------- */

/* Headers that decide something are said once: of two readers of a request
 * none may take the other one. */
struct heads {
	struct {
		const char *name;
		const char *value;
	} once[9];
	bool twice;
};
enum {
	HOST,
	LENGTH,
	ENCODING,
	COOKIE,
	ORIGIN,
	SITE,
	TOKEN,
	TYPE,
	LANGUAGES,
};

static enum MHD_Result
head_look(
    void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct heads *h = cls;
	size_t i;

	(void)kind;
	for (i = 0; i < sizeof(h->once) / sizeof(h->once[0]); i++) {
		if (strcasecmp(name, h->once[i].name) != 0)
			continue;
		if (h->once[i].value != NULL)
			h->twice = true;
		h->once[i].value = value == NULL ? "" : value;
	}
	return MHD_YES;
}

static struct bytes
said(const struct heads *h, int which)
{
	const char *v = h->once[which].value;

	return v == NULL ? (struct bytes){ 0 } : bytes_str(v);
}

/* The value of a cookie that is there once; NULL. */
static bool
cookie(struct bytes *out, struct bytes all, const char *name)
{
	const size_t len = strlen(name);
	unsigned found = 0;
	struct bytes one;
	size_t n;

	while (all.len > 0) {
		for (n = 0; n < all.len && all.p[n] != ';'; n++)
			;
		one = bytes_of(all.p, n);
		all = bytes_of(all.p + n, all.len - n);
		while (all.len > 0 && (all.p[0] == ';' || all.p[0] == ' '))
			all = bytes_of(all.p + 1, all.len - 1);
		if (one.len <= len || memcmp(one.p, name, len) != 0 ||
		    one.p[len] != '=')
			continue;
		*out = bytes_of(one.p + len + 1, one.len - len - 1);
		found++;
	}
	return found == 1;
}

static enum lang
lang_of(const struct heads *h, const struct web_session *s)
{
	const struct bytes languages = said(h, LANGUAGES);
	struct bytes chosen;

	if (s != NULL && s->lang_set)
		return s->lang;
	if (cookie(&chosen, said(h, COOKIE), "lang"))
		return bytes_is(chosen, "vi") ? LANG_VI : LANG_EN;
	return languages.len >= 2 &&
		       strncasecmp((const char *)languages.p, "vi", 2) == 0
		   ? LANG_VI
		   : LANG_EN;
}

/* What there is to know of it; false where it was refused. */
static bool
read_head(
    struct request *r, struct heads *h, const char *method, const char *version)
{
	char *end = NULL;

	*h = (struct heads){ .once = {
				 [HOST] = { "Host", NULL },
				 [LENGTH] = { "Content-Length", NULL },
				 [ENCODING] = { "Transfer-Encoding", NULL },
				 [COOKIE] = { "Cookie", NULL },
				 [ORIGIN] = { "Origin", NULL },
				 [SITE] = { "Sec-Fetch-Site", NULL },
				 [TOKEN] = { "X-Antin", NULL },
				 [TYPE] = { "Content-Type", NULL },
				 [LANGUAGES] = { "Accept-Language", NULL },
			     } };
	(void)MHD_get_connection_values(r->http, MHD_HEADER_KIND, head_look, h);
	r->call.lang = lang_of(h, NULL);
	if (r->uri == NULL) {
		refuses(r, 414, RC_LIMIT, "the address is too long");
	} else if (h->twice || r->uri[0] != '/' ||
		   (strcmp(version, "HTTP/1.1") != 0 &&
		       strcmp(version, "HTTP/1.0") != 0)) {
		refuses(r, 400, RC_INVALID, "the request is not well formed");
	} else if (h->once[ENCODING].value != NULL) {
		refuses(r, 411, RC_INVALID,
		    "a body is told with its length, and whole");
	} else {
		if (h->once[LENGTH].value != NULL)
			r->wanted = strtoull(h->once[LENGTH].value, &end, 10);
		r->asked = (struct web_asked){ .method = method,
			.host = said(h, HOST),
			.origin = said(h, ORIGIN),
			.site = said(h, SITE),
			.csrf = said(h, TOKEN),
			.type = said(h, TYPE),
			.size = r->wanted,
			.secure = r->conn->secure };
		if (end == NULL || *end == '\0')
			return true;
		refuses(r, 400, RC_INVALID, "the request is not well formed");
	}
	return false;
}

/* ---- pages
 * ------------------------------------------------------------------- */

static enum MHD_Result
page(struct request *r, size_t len, const char *method)
{
	struct MHD_Response *out;
	unsigned status;

	if (!web_host_ok(&r->asked)) {
		refuses(r, 403, RC_DENIED,
		    "the station is not known under this name");
		return answer(r);
	}
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
		(void)snprintf(r->allowed, sizeof(r->allowed), "GET, HEAD");
		refuses(r, 405, RC_USAGE, "this address is not asked so");
		return answer(r);
	}
	out = reply_asset(r->uri, len, &status);
	return queue(r, status, out);
}

/* ---- calls
 * ------------------------------------------------------------------- */

static void
find_session(struct request *r, const struct heads *h)
{
	struct bytes token;

	r->call.from = (struct web_from){ r->conn->secure, r->conn->uid };
	if (cookie(&token, said(h, COOKIE),
		r->conn->secure ? WEB_COOKIE_SECURE : WEB_COOKIE))
		r->call.session = web_session_find(
		    server->sessions, token, &r->call.from, process_ms());
	r->call.lang = lang_of(h, r->call.session);
}

static void
too_often(struct request *r, int64_t wait)
{
	char seconds[24];

	(void)snprintf(
	    seconds, sizeof(seconds), "%lld", (long long)(wait / 1000 + 1));
	refuses(r, 429, RC_LIMIT, "too much was asked at once; try again");
	web_header(&r->call, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
}

/* The route, and that this may be asked of it. */
static enum rc
find_call(struct request *r, size_t len, const char *method, unsigned *status,
    struct err *e)
{
	struct web_call *c = &r->call;
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
	return web_gate(status, c->route, &r->asked, c->session, e);
}

static void
call_begin(
    struct request *r, const struct heads *h, size_t len, const char *method)
{
	unsigned status;
	int64_t wait;
	struct err e;

	find_session(r, h);
	lang_thread(r->call.lang);
	if (!web_host_ok(&r->asked)) {
		refuses(r, 403, RC_DENIED,
		    "the station is not known under this name");
	} else if (find_call(r, len, method, &status, &e) != RC_OK) {
		refuse(r, status, &e);
	} else if (r->call.session != NULL &&
		   !web_session_may(server->sessions, r->call.session,
		       process_ms(), &wait)) {
		too_often(r, wait);
	} else {
		r->state = R_BODY;
	}
	lang_thread(LANG_EN);
}

/* ---- work
 * -------------------------------------------------------------------- */

static void call_start(struct request *r);

/* Those of its session that are at work. */
static size_t
at_work(const struct web_session *s)
{
	const struct request *r;
	size_t n = 0;

	for (r = first; r != NULL; r = r->next)
		n += r->of == s && r->state == R_WORKS;
	return n;
}

static void
next_of(const struct web_session *s)
{
	struct request *r;

	for (r = first; r != NULL; r = r->next)
		if (r->of == s && r->state == R_WAITS) {
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
	MHD_resume_connection(r->http);
	if (s != NULL)
		next_of(s);
}

/* It rests already. */
static void
call_start(struct request *r)
{
	struct web_call *c = &r->call;

	if (r->of != NULL) {
		c->control = line_take(r->of);
		r->line = c->control >= 0;
	}
	r->work = (struct work){ .call = c, .done = call_done };
	r->state = R_WORKS;
	if (r->of != NULL && !r->line)
		refuses(r, 503, RC_IO,
		    "a part of the station was started anew; try again");
	else if (!work_add(&r->work))
		refuses(r, 503, RC_LIMIT,
		    "the station has too much to do; try again");
	if (r->state == R_ANSWERS)
		call_done(&r->work);
}

static enum MHD_Result
events(struct request *r)
{
	struct MHD_Response *out = events_new(r->http, r->call.session);

	if (out != NULL)
		return queue(r, MHD_HTTP_OK, out);
	refuses(r, 429, RC_LIMIT, "too much was asked at once; try again");
	return answer(r);
}

/* All of it has come. */
static enum MHD_Result
call_whole(struct request *r)
{
	struct web_call *c = &r->call;
	const char *query = strchr(r->uri, '?');
	struct err e;
	enum rc rc;

	lang_thread(c->lang);
	rc = web_values(c->values, c->field, c->route,
	    query == NULL ? (struct bytes){ 0 } : bytes_str(query + 1),
	    buf_bytes(&r->body), &e);
	buf_free(&r->body);
	if (rc != RC_OK)
		refuse(r, 0, &e);
	lang_thread(LANG_EN);
	if (rc != RC_OK)
		return answer(r);
	if (c->route->run == web_events)
		return events(r);
	MHD_suspend_connection(r->http);
	r->of = c->route->needs == WEB_NOTHING ? NULL : c->session;
	if (r->of == NULL || at_work(r->of) < SESSION_LINES)
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
	const bool had_body = r->state == R_HEAD;
	const struct bytes api = bytes_str("/api/");
	struct heads h;
	size_t len;

	if (!read_head(r, &h, method, version))
		return answer(r);
	len = strcspn(r->uri, "?");
	if (len < api.len || memcmp(r->uri, api.p, api.len) != 0)
		return page(r, len, method);
	call_begin(r, &h, len, method);
	if (r->state == R_ANSWERS)
		return answer(r);
	return had_body ? MHD_YES : call_whole(r);
}

static enum MHD_Result
body(struct request *r, const char *data, size_t *size)
{
	if (*size > r->wanted - r->body.len)
		bug("web: a body that is longer than it says");
	buf_add(&r->body, bytes_of(data, *size));
	*size = 0;
	return MHD_YES;
}

/* It has a body, which is not taken before it is known whether it may come. */
static bool
brings(const struct request *r)
{
	return MHD_lookup_connection_value(r->http, MHD_HEADER_KIND,
		   MHD_HTTP_HEADER_CONTENT_LENGTH) != NULL ||
	       MHD_lookup_connection_value(r->http, MHD_HEADER_KIND,
		   MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL;
}

enum MHD_Result
request_on(void *cls, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *data, size_t *size,
    void **context)
{
	struct request *r = *context;

	(void)cls;
	(void)c;
	(void)url;
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
	r->conn->until = 0;
	if (r->state == R_BODY)
		return call_whole(r);
	return answer(r);
}
