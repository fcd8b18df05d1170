/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The REST interface as one table (docs/desk.md 3): what may be asked of a
 * station by HTTP, by whom, with which fields of which types and sizes.  The
 * same rows are its checks, its OpenAPI description and its test.
 *
 * Nothing here knows a socket or libmicrohttpd.  A handler runs in a thread
 * that may wait, and asks the station by web_ask().
 */
#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H

#include <jansson.h>

#include "control/client.h"
#include "core/bytes.h"
#include "core/id.h"
#include "core/lang.h"

#define WEB_ROOT "/api/1"
#define WEB_BODY (256u << 10)  /* bytes of a JSON body, at the most */
#define WEB_BODY_UNKNOWN 4096u /* the same, before anybody is signed in */
#define WEB_PATH 1000u	       /* bytes of a path, as it is encoded */
#define WEB_QUERY 8192u	       /* bytes of a query */
#define WEB_NAME 39u	       /* bytes of a field's name */
#define WEB_ROWS 20000u	       /* rows of an answer */
#define WEB_FIELDS 16u	       /* of a route, with the last empty one */
#define WEB_HEADERS 8u	       /* a handler's own */
#define WEB_COOKIE 16u	       /* bytes of a cookie's name, and its end */
#define WEB_SECRET_SIZE 32u    /* bytes of a token */
#define USER_WEB (1ull << 32)  /* the first user that is a browser's session */

enum web_needs {
	WEB_NOTHING, /* anybody who reaches the port */
	WEB_BEGUN,   /* a session (docs/desk.md 4), whoever's: to sign in */
	WEB_SESSION, /* one of this machine's user; by TLS, one in which
			somebody is signed in */
	WEB_RUNS,    /* the same; by TLS, an administrator or a duty officer */
	WEB_PERSON,  /* one in which somebody is signed in */
};
enum web_where { WEB_IN_PATH, WEB_IN_QUERY, WEB_IN_BODY };
enum web_type {
	WEB_TEXT,   /* a line in NFC; what a browser gives is made so */
	WEB_LINES,  /* text of several lines, in NFC */
	WEB_SECRET, /* UTF-8 that is wiped, and never said again */
	WEB_WORD,   /* small letters, digits, '-' and '.' */
	WEB_NUMBER,
	WEB_TIME, /* seconds since 1970 */
	WEB_FLAG,
	WEB_ID,	     /* 32 hex digits */
	WEB_DIGITS,  /* the beginning of one */
	WEB_ADDRESS, /* of a desk, a person or a station */
	WEB_LIST,    /* of texts */
	WEB_OBJECT,  /* names with texts */
	WEB_OBJECTS, /* a list of objects, which the handler checks */
};

struct web_field {
	const char *name; /* NULL: the last */
	enum web_where where;
	enum web_type type;
	bool must;
	uint64_t min, max; /* of a number; bytes of a text; items of a list */
	const char *what;  /* for the description, in English */
};

struct web_call;

struct web_route {
	const char *method; /* "GET"; NULL: the last of its table */
	const char *path;   /* "/documents/{id}", below WEB_ROOT */
	enum web_needs needs;
	const char *what; /* one line for the description, in English */
	struct web_field fields[WEB_FIELDS];
	/* web_pass(), or what it does. */
	enum rc (*run)(struct web_call *c, struct err *e);
	enum control_what ask; /* of web_pass() */
	const char *gives;     /* what an answer is, in English */
	bool raw; /* the body is bytes for "take", not JSON; or the answer may
		     be large */
	/* Of a raw body: each piece as it comes, in the loop's thread, once
	 * path and query are checked; an empty one before the first, when
	 * nothing was read yet.  run() follows when all came.  A failure is
	 * the answer. */
	enum rc (*take)(struct web_call *c, struct bytes piece, struct err *e);
	bool slow; /* it may take long: only some threads run such calls */
};

/* The tables, by resource; each file owns its routes and their handlers. */
extern const struct web_route *const web_tables[];

/* ---- a call ----------------------------------------------------------------
 */

struct web_reply {
	unsigned status; /* 0: 200, or what the outcome is */
	json_t *json;	 /* owned; or: */
	struct buf bytes;
	int fd;	       /* owned, -1: none; a file's bytes, from 0 on */
	uint64_t size; /* of it */
	char type[100], name[LIMIT_NAME + 1]; /* of bytes and files */
	struct {
		const char *name; /* literal */
		char value[200];
	} headers[WEB_HEADERS];
	size_t header_count;
};

/* Who connects, as far as that stays the same for all his connections. */
struct web_from {
	bool secure;  /* by TLS */
	uint64_t uid; /* else: whose process it is on this machine; UINT64_MAX
			 where that cannot be known */
	uint64_t source; /* by TLS: his address, or network of IPv6, by which
			    is counted what he tries; it may change */
};

struct web_call {
	const struct web_route *route;
	json_t *values; /* of the fields, checked; owned */
	enum lang lang;
	int control; /* the session's connection; -1: it has none */
	struct web_session *session; /* NULL: none (src/web/session.h) */
	struct web_server *server;   /* what lives longer than a call */
	char field[WEB_NAME + 1];    /* which one is wrong, where one is */
	char upload[ID_TEXT];	     /* of several, the one that is */
	struct web_reply reply;
	struct web_from from;
	char cookie[WEB_COOKIE]; /* the name of the session's (gate.h) */
	uint64_t size;		 /* of a raw body, as it was announced */
	uint64_t taken;		 /* of it, so far; take() counts */
	struct uploads *uploads; /* src/web/uploads.h */
	uint64_t open;		 /* bytes that it has room for: web_room() */
};

/* ---- finding and checking (route.c); no I/O --------------------------------
 */

/*
 * The route of a method and a path (without its query), and the values that
 * stand in the path, percent-decoded, as strings into *values.
 *
 * RC_ABSENT	there is no such path
 * RC_USAGE	not by this method; "allowed" has those that are (for Allow:)
 * RC_INVALID	it is not well encoded
 *
 * The caller json_decref()s *values.
 */
enum rc web_find(const struct web_route **out, json_t **values,
    char allowed[static 64], const char *method, struct bytes path,
    struct err *e);
/*
 * Take the query and the body in, each held to its field: its type, its bounds,
 * and nothing that the route does not have.  Body: empty where the route has no
 * field in it.
 *
 * RC_INVALID, RC_LIMIT	"field" says which
 */
enum rc web_values(json_t *values, char field[static WEB_NAME + 1],
    const struct web_route *r, struct bytes query, struct bytes body,
    struct err *e);
/* The HTTP status of an outcome. */
unsigned web_status(enum rc rc);
/* The reply that tells a failure: {"error":{"code","text","field"}}.  What it
 * replied before is freed.  A status that was set stays. */
void web_fails(struct web_call *c, const struct err *e);
/* Frees what it owns, and closes the reply's descriptor, not its control. */
void web_call_free(struct web_call *c);
/* All routes as OpenAPI 3.1; the caller json_decref()s. */
json_t *web_openapi(void);

/* ---- for handlers (call.c) -------------------------------------------------
 */

/* Ask the station over the session's connection; "request" is taken.  *rows
 * and *last may be NULL; the caller json_decref()s. */
enum rc web_ask(struct web_call *c, enum control_what what, json_t *request,
    json_t **rows, json_t **last, struct err *e);
enum rc web_ask_files(struct web_call *c, enum control_what what,
    json_t *request, const int *fds, size_t count, json_t **rows, json_t **last,
    struct err *e);
/* The route's values as the request "ask"; the reply is {"rows":[...]} with the
 * fields of the last packet beside. */
enum rc web_pass(struct web_call *c, struct err *e);
/* Values that were checked. */
const char *web_text(const struct web_call *c, const char *name); /* "" */
uint64_t web_number(const struct web_call *c, const char *name);  /* 0 */
bool web_flag(const struct web_call *c, const char *name);
bool web_has(const struct web_call *c, const char *name);
/* A request that has these of the route's values, under their names; NULL is
 * the last.  Of no names: all values. */
json_t *web_request(const struct web_call *c, const char *const *names);
void web_replies(struct web_call *c, json_t *json); /* taken */
void web_replies_bytes(struct web_call *c, struct buf *bytes, const char *type,
    const char *name); /* taken */
void web_replies_file(struct web_call *c, int fd, uint64_t size,
    const char *type, const char *name); /* taken */
/* Room in memory for so many bytes of a file that is opened for this call, kept
 * until it is answered.  RC_LIMIT. */
enum rc web_room(struct web_call *c, uint64_t bytes, struct err *e);
void web_header(struct web_call *c, const char *name, const char *value);
/* Run the route: c->reply is the answer, whatever comes of it. */
void web_run(struct web_call *c);

#endif
