/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Sessions of browsers (docs/desk.md 4): who holds which cookie, until when,
 * and how often he may ask.  No clock and no socket: "now" is in milliseconds
 * that only go forward.  Any thread may call; a mutex of the table's is held no
 * longer than a look takes, but by web_line_take(), which waits without it.
 *
 * Of a token only its hash is kept, and hashes are compared: how long that
 * takes says nothing of a token.
 */
#ifndef WEB_SESSION_H
#define WEB_SESSION_H

#include "web/route.h"

#define WEB_SESSIONS 512u    /* at once */
#define WEB_LINKS 64u	     /* one-time links that wait */
#define WEB_LINK_MS 300000   /* a link is good for, once */
#define WEB_IDLE_MS 28800000 /* a session ends when nothing is asked: 8 h */
#define WEB_EMPTY_MS 900000  /* one in which nobody is signed in: 15 min */
#define WEB_TOKEN 44u	     /* base64url of WEB_SECRET_SIZE, with its NUL */
#define SESSION_LINES 3u     /* control connections of one session */
#define WEB_LINE_MS 60000    /* one that is not used so long is given up */
/* How often a session may ask: so many at once, and so many a second. */
#define WEB_BURST 120u
#define WEB_RATE 20u
/* The same of all sessions of one address in which nobody is signed in. */
#define WEB_UNKNOWN_BURST 300u
#define WEB_UNKNOWN_RATE 40u
/* How often a session may be begun, or a link tried: by one user of the machine
 * or one address, and by all together. */
#define WEB_BEGIN_BURST 100u
#define WEB_BEGIN_RATE 2u
#define WEB_BEGIN_ALL_BURST 400u
#define WEB_BEGIN_ALL_RATE 20u

#define WEB_TRIES 10u
#define WEB_TRY_MS 20000
#define WEB_TLS_TRIES 40u
#define WEB_TLS_TRY_MS 2000
#define WEB_TLS_ALL_TRIES 120u
#define WEB_TLS_ALL_TRY_MS 1000
#define WEB_TRIERS 256u /* users and addresses remembered for that */

struct web_session {
	uint64_t user; /* USER_WEB and on: never used again in this process */
	char csrf[WEB_TOKEN];
	struct web_from from;
	/* Written by web_session_lang() and _people() alone. */
	enum lang lang;
	bool lang_set;
	unsigned people; /* signed in by it, when it was last heard */
	unsigned roles;	 /* of theirs: 1 << enum role (pki/act.h) */
};

struct web_sessions;

struct web_sessions *web_sessions_new(void);
/* Nothing of it may be held any more. */
void web_sessions_free(struct web_sessions *ws);

/* ---- one-time links --------------------------------------------------------
 */

/* A new one for a user of this machine, or for anybody; the oldest goes where
 * WEB_LINKS wait already. */
#define WEB_ANYBODY UINT64_MAX
void web_link_new(struct web_sessions *ws, char token[static WEB_TOKEN],
    uint64_t uid, int64_t now);
/*
 * Use it up, where it is for him.
 *
 * RC_DENIED	there is no such link for him, it was used, or it is too old
 * RC_LIMIT	too many were tried just now
 */
enum rc web_link_take(struct web_sessions *ws, struct bytes token,
    const struct web_from *from, int64_t now, struct err *e);

/* ---- sessions --------------------------------------------------------------
 */

/*
 * Begin one, and hold it (web_session_done()).  The cookie is for the browser
 * alone.  Where WEB_SESSIONS are, the one goes in which nobody is signed in and
 * that was not used for longest; nobody is pushed out who is signed in.
 *
 * RC_LIMIT	all are in use, or too many were begun just now
 */
enum rc web_session_begin(struct web_session **out,
    char cookie[static WEB_TOKEN], struct web_sessions *ws,
    const struct web_from *from, int64_t now, struct err *e);
/* The session of a cookie, held; NULL: there is none (any more), or another
 * began it: a browser gives a cookie of 127.0.0.1 to each of its ports, and so
 * to other users of the machine.  It counts as used now. */
struct web_session *web_session_find(struct web_sessions *ws,
    struct bytes cookie, const struct web_from *from, int64_t now);
/* It has another cookie from now on; by the one before it is not found any
 * more, for who knew that may be somebody else than who signs in now. */
void web_session_renew(struct web_sessions *ws, struct web_session *s,
    char cookie[static WEB_TOKEN]);
/* One more holds it. */
void web_session_hold(struct web_sessions *ws, struct web_session *s);
/* It is held no more by who found it. */
void web_session_done(struct web_sessions *ws, struct web_session *s);
/* It is found no more from now on; web_sessions_due() tells that it ended when
 * nobody holds it. */
void web_session_end(struct web_sessions *ws, struct web_session *s);
/* Whether it was ended, as who waits for its changes wants to know. */
bool web_session_over(struct web_sessions *ws, const struct web_session *s);
/* Whether this is its CSRF token. */
bool web_session_csrf(const struct web_session *s, struct bytes token);
/* One more request: true, or *wait milliseconds until one may be made. */
bool web_session_may(
    struct web_sessions *ws, struct web_session *s, int64_t now, int64_t *wait);
/* How many are signed in by it now, and as what. */
void web_session_people(struct web_sessions *ws, struct web_session *s,
    unsigned people, unsigned roles, int64_t now);
/* How long ago that was heard, in milliseconds. */
int64_t web_session_heard(
    struct web_sessions *ws, const struct web_session *s, int64_t now);
/*
 * One more try of a passphrase.  The station makes each session wait after
 * wrong ones; this is so that new sessions do not make new tries: of one user
 * of the machine WEB_TRIES at once and then one in WEB_TRY_MS; by TLS of one
 * address WEB_TLS_TRIES, and then one in WEB_TLS_TRY_MS, and of all together
 * WEB_TLS_ALL_TRIES: one machine does not keep all others from signing in.
 *
 * RC_LIMIT
 */
enum rc web_session_try(struct web_sessions *ws, const struct web_from *from,
    int64_t now, struct err *e);
/* It was right, by a code that is good once: it does not count, so that many
 * who come in one morning do not wait for one another's. */
void web_session_right(
    struct web_sessions *ws, const struct web_from *from, int64_t now);
void web_session_lang(
    struct web_sessions *ws, struct web_session *s, enum lang lang);
size_t web_sessions_count(struct web_sessions *ws);

/* ---- control connections ---------------------------------------------------
 *
 * A session has up to SESSION_LINES descriptors, each used by one call at a
 * time. This module only keeps their numbers: who takes one with -1 makes one
 * and gives that back; what comes out is the caller's to close.
 */

/* *fd: one that rests, or -1: make one.  Waits while all are at work.
 * RC_ABSENT: the session has ended. */
enum rc web_line_take(
    int *fd, struct web_sessions *ws, struct web_session *s, struct err *e);
/* "fd" rests from now on; -1: it is broken or was not made, and there is room
 * for another. */
void web_line_give(
    struct web_sessions *ws, struct web_session *s, int fd, int64_t now);

/* ---- time ------------------------------------------------------------------
 */

/*
 * What the time has ended: lines that rest too long (closed), links, sessions
 * (ended, once, when nobody holds them any more: the caller signs out whom its
 * user has signed in; its lines are told to be closed first).  To be asked each
 * few seconds; NULL may not be given.  Not called under the mutex.
 */
struct web_due {
	void (*close)(void *ctx, int fd);
	void (*ended)(void *ctx, uint64_t user);
	void *ctx;
};
void web_sessions_due(
    struct web_sessions *ws, const struct web_due *due, int64_t now);

#endif
