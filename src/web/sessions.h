/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the files of session.h share: session.c (who holds which cookie),
 * session_link.c (one-time links), session_often.c (how often who may),
 * session_line.c (control connections).
 *
 * All of a struct web_sessions is under its mutex; what is below is called with
 * it held, but for the two that take and leave it.
 */
#ifndef WEB_SESSIONS_H
#define WEB_SESSIONS_H

#include <pthread.h>

#include "crypto/hash.h"
#include "web/session.h"

/* What may be done so often: "used" milliseconds' worth of it. */
struct bucket {
	int64_t used, at;
};

enum line_state { LINE_NONE, LINE_RESTS, LINE_WORKS };

struct line {
	enum line_state state;
	int fd;
	int64_t since; /* rests */
};

struct entry {
	struct web_session is; /* first: what others see of it */
	bool used, over;
	uint8_t cookie[SHA256_SIZE];
	unsigned holds;
	int64_t last;  /* when it was used */
	int64_t heard; /* when who is signed in was */
	struct bucket asks;
	struct line lines[SESSION_LINES];
};

struct waiting {
	bool used;
	uint8_t token[SHA256_SIZE];
	uint64_t uid; /* for whom */
	int64_t since;
};

struct web_sessions {
	pthread_mutex_t lock;
	pthread_cond_t rested; /* a line */
	struct entry entries[WEB_SESSIONS];
	struct waiting links[WEB_LINKS];
	struct bucket begun, tls_tried; /* by all together */
	struct trier {
		uint64_t who; /* a user of this machine, or a source by TLS */
		bool secure;
		struct bucket tried, begun, links_tried, asked;
	} triers[WEB_TRIERS];
	uint64_t next; /* user */
	int64_t clock; /* the newest "now" */
};

/* "is" is the first of an entry. */
static inline struct entry *
entry_of(struct web_session *s)
{
	return (struct entry *)(void *)s;
}

void sessions_lock(struct web_sessions *ws);
void sessions_unlock(struct web_sessions *ws);

/* ---- tokens (session_link.c) -----------------------------------------------
 */

/* base64url (RFC 4648 5) without padding: fit for a cookie and an address. */
void token_new(char out[static WEB_TOKEN]);
/* In a time that tells nothing. */
bool token_is(
    const uint8_t a[static SHA256_SIZE], const uint8_t b[static SHA256_SIZE]);

/* ---- how often (session_often.c) -------------------------------------------
 *
 * One more: true, or *wait milliseconds until it may be.
 */

bool may_ask(
    struct web_sessions *ws, struct entry *s, int64_t now, int64_t *wait);
bool may_begin(struct web_sessions *ws, const struct web_from *from,
    int64_t now, int64_t *wait);
bool may_try_link(struct web_sessions *ws, const struct web_from *from,
    int64_t now, int64_t *wait);
bool may_try(struct web_sessions *ws, const struct web_from *from, int64_t now,
    int64_t *wait);
/* It was right: as if it had not been one. */
void was_right(
    struct web_sessions *ws, const struct web_from *from, int64_t now);

#endif
