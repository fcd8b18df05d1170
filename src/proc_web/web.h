/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the files of the process web share (docs/station.md 20): web.c (the
 * process), conn.c (browsers' connections), head.c (the head of what is asked
 * over one), request.c (all of it), reply.c (what is answered), work.c (threads
 * that run handlers), line.c (sessions' connections to control), events.c
 * (streams of changes).
 *
 * A browser is input: whatever it does, only its own connection ends.  All but
 * work.c's threads is the loop's.
 */
#ifndef PROC_WEB_WEB_H
#define PROC_WEB_WEB_H

#include "proc_web/mhd.h"

#include "daemon/process.h"
#include "web/gate.h"
#include "web/server.h"
#include "web/uploads.h"

/* Connections of browsers: those by TLS and those of this machine fill no place
 * of the others', nor one user of it all of these. */
#define WEB_SECURE 1100u
#define WEB_PLAIN 600u
#define WEB_PLAIN_OF 200u
#define WEB_CONNS (WEB_SECURE + WEB_PLAIN)
#define WEB_CONN_BYTES 36864u /* of one: its head, and what is under way */
#define WEB_HEAD_MS 20000     /* until a request's head is there */
#define WEB_BODY_MS 60000 /* without another byte of what is told or taken */
#define WEB_WORKERS 16u	  /* threads */
#define WEB_SLOW 5u	  /* of them, that run what may take long */
#define WEB_WAITING 256u  /* calls that wait for one */
#define WEB_STREAMS 400u  /* of changes; */
#define WEB_STREAMS_OF 8u /* of one session */
#define WEB_NAMES 16u	  /* of this station, in its certificate */

/* ---- web.c
 * ------------------------------------------------------------------ */

extern struct web_server web_server;
extern struct uploads *web_uploads;

/* The station's names, where it is reached by TLS, as they stand in a Host
 * header. */
const struct bytes *web_names(size_t *count);

/* ---- conn.c
 * ------------------------------------------------------------- */

/* A browser's connection; request.c's while a request is at work. */
struct web_conn {
	struct web_conn *prev, *next;
	int fd; /* libmicrohttpd's */
	bool secure;
	uint64_t uid;	 /* who is there, on this machine; UINT64_MAX */
	uint64_t source; /* by which is counted what comes from there */
	char peer[MSG_PEER_TEXT + 1];
	int64_t until; /* ms: so long it may take to ask; 0: it has */
};

/* Open what is open until the end, before the sandbox is entered. */
enum rc conns_open(struct err *e);
enum rc conns_begin(struct err *e);
/* A connection that was accepted; it is taken. */
void conn_adopt(int fd, const struct msg_browser *m);
/* The loop has something to do for a connection that was resumed. */
void conns_run(void);
void conns_tick(int64_t ms);

/* ---- head.c
 * ------------------------------------------------------------- */

#define HEAD_ONCE 9u

/* Headers that decide something are said once, and each is a name and a value
 * as they must be: of two readers of a request none may take it another way.
 * Values are borrowed of the connection. */
struct head {
	const char *once[HEAD_ONCE];
	bool torn; /* it is otherwise */
};

void head_take(struct head *h, struct MHD_Connection *c);
/*
 * What there is to know of a request, which borrows from *h, and that the
 * station is asked by a name of its own; "uri": NULL where it is too long.
 * On failure *status is the answer's.
 *
 * RC_LIMIT, RC_INVALID, RC_DENIED
 */
enum rc head_read(struct web_asked *out, unsigned *status, const struct head *h,
    const char *uri, const char *method, const char *version, bool secure,
    struct err *e);
/* The value of a cookie; false: it is not there, or not once. */
bool head_cookie(struct bytes *out, const struct head *h, const char *name);
/* In which language its answer is; "s" may be NULL. */
enum lang head_lang(const struct head *h, const struct web_session *s);

/* ---- request.c
 * ---------------------------------------------------------- */

struct request;

/* libmicrohttpd's callbacks. */
void *request_uri(void *cls, const char *uri, struct MHD_Connection *c);
enum MHD_Result request_on(void *cls, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *data, size_t *size,
    void **context);
void request_over(void *cls, struct MHD_Connection *c, void **context,
    enum MHD_RequestTerminationCode how);

/* ---- reply.c
 * ------------------------------------------------------------ */

/* What a call replies, as libmicrohttpd has it; *status may change (206, 304,
 * 416).  What it takes over of the call is gone from there. */
struct MHD_Response *reply_of(
    struct web_call *c, struct MHD_Connection *conn, unsigned *status);
/* A page, or a file of the pages; NULL: no memory. */
struct MHD_Response *reply_asset(
    const char *path, size_t len, unsigned *status);
/* Headers that are on everything. */
void reply_headers(struct MHD_Response *r, bool api);

/* ---- work.c
 * ------------------------------------------------------------- */

/* What a thread does, and then the loop. */
struct work {
	struct work *next;
	uint64_t number; /* which came first */
	struct web_call *call;
	void (*done)(struct work *w);
};

enum rc work_open(struct err *e); /* before the sandbox */
enum rc work_begin(struct err *e);
/* false: too many wait already. */
bool work_add(struct work *w);

/* ---- line.c
 * ------------------------------------------------------------- */

/* A session's connection to control, for a call; -1: control is not there. */
int line_take(struct web_session *s);
void line_give(struct web_session *s, int fd);
void line_tick(int64_t ms);
void line_begin(void);
void line_control(bool up); /* it is there, or not */

/* ---- events.c
 * ----------------------------------------------------------- */

/* The answer of a stream; NULL: there are too many.  The session is held by
 * it. */
struct MHD_Response *events_new(
    struct MHD_Connection *c, struct web_session *s);
enum rc events_begin(struct err *e);
void events_changed(uint64_t what);
void events_tick(int64_t ms);

#endif
