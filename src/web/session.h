/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Sessions of browsers (docs/desk.md 4): who holds which cookie, until when,
 * and how often he may ask.  No clock and no socket: "now" is in milliseconds
 * that only go forward.
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

struct web_session {
	uint64_t user; /* USER_WEB and on: never used again in this process */
	char csrf[WEB_TOKEN];
	bool secure; /* it came by TLS */
	enum lang lang;
	bool lang_set;
	/* what handlers of the session have learnt; under its lock */
	unsigned people; /* signed in by it, when it was last heard */
};

#endif
