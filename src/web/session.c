/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>

#include "web/sessions.h"

void
sessions_lock(struct web_sessions *ws)
{
	if (pthread_mutex_lock(&ws->lock) != 0)
		bug("web: a mutex");
}

void
sessions_unlock(struct web_sessions *ws)
{
	if (pthread_mutex_unlock(&ws->lock) != 0)
		bug("web: a mutex");
}

/* ---- the table
 * ------------------------------------------------------------- */

struct web_sessions *
web_sessions_new(void)
{
	struct web_sessions *ws = alloc(1, sizeof(*ws));

	if (pthread_mutex_init(&ws->lock, NULL) != 0 ||
	    pthread_cond_init(&ws->rested, NULL) != 0)
		bug("web: no mutex");
	ws->next = USER_WEB;
	return ws;
}

void
web_sessions_free(struct web_sessions *ws)
{
	if (ws == NULL)
		return;
	(void)pthread_cond_destroy(&ws->rested);
	(void)pthread_mutex_destroy(&ws->lock);
	wipe(ws, sizeof(*ws));
	free(ws);
}

/* ---- sessions
 * -------------------------------------------------------------- */

/* A page that is open holds its session by the stream of its changes: before
 * it somebody may sit who has not signed in yet. */
static bool
is_due(const struct entry *s, int64_t now)
{
	return s->over || now - s->last >= WEB_IDLE_MS ||
	       (s->is.people == 0 && s->holds == 0 &&
		   now - s->last >= WEB_EMPTY_MS);
}

/* A place for one more.  What has lines or was told to control is not simply
 * forgotten: web_sessions_due() ends it. */
static struct entry *
place(struct web_sessions *ws)
{
	struct entry *s, *oldest = NULL;
	size_t i, alive = 0;

	for (i = 0; i < WEB_SESSIONS; i++) {
		s = &ws->entries[i];
		if (!s->used)
			return s;
		alive += !s->over;
		if (!s->over && s->holds == 0 && s->is.people == 0 &&
		    (oldest == NULL || s->last < oldest->last))
			oldest = s;
	}
	if (oldest != NULL && alive == WEB_SESSIONS)
		oldest->over = true;
	return NULL;
}

enum rc
web_session_begin(struct web_session **out, char cookie[static WEB_TOKEN],
    struct web_sessions *ws, const struct web_from *from, int64_t now,
    struct err *e)
{
	struct entry *s = NULL;
	int64_t wait;

	*out = NULL;
	cookie[0] = '\0';
	sessions_lock(ws);
	if (may_begin(ws, from, now, &wait))
		s = place(ws);
	if (s != NULL) {
		*s = (struct entry){
			.used = true,
			.holds = 1,
			.last = now,
			.is = { .user = ws->next++, .from = *from },
		};
		token_new(s->is.csrf);
		token_new(cookie);
		sha256(s->cookie, bytes_str(cookie));
		*out = &s->is;
	}
	sessions_unlock(ws);
	return s != NULL ? RC_OK
			 : fail(e, RC_LIMIT,
			       "too many sessions were begun just now; try "
			       "again soon");
}

struct web_session *
web_session_find(struct web_sessions *ws, struct bytes cookie,
    const struct web_from *from, int64_t now)
{
	uint8_t hash[SHA256_SIZE];
	struct entry *s, *found = NULL;
	size_t i;

	if (cookie.len != WEB_TOKEN - 1)
		return NULL;
	sha256(hash, cookie);
	sessions_lock(ws);
	ws->clock = now > ws->clock ? now : ws->clock;
	for (i = 0; i < WEB_SESSIONS; i++) {
		s = &ws->entries[i];
		if (s->used && token_is(s->cookie, hash))
			found = s;
	}
	if (found != NULL &&
	    (found->is.from.secure != from->secure ||
		found->is.from.uid != from->uid || is_due(found, now)))
		found = NULL;
	if (found != NULL) {
		found->holds++;
		found->last = now;
	}
	sessions_unlock(ws);
	return found == NULL ? NULL : &found->is;
}

void
web_session_renew(struct web_sessions *ws, struct web_session *s,
    char cookie[static WEB_TOKEN])
{
	token_new(cookie);
	sessions_lock(ws);
	sha256(entry_of(s)->cookie, bytes_str(cookie));
	sessions_unlock(ws);
}

void
web_session_hold(struct web_sessions *ws, struct web_session *s)
{
	sessions_lock(ws);
	entry_of(s)->holds++;
	sessions_unlock(ws);
}

void
web_session_done(struct web_sessions *ws, struct web_session *s)
{
	sessions_lock(ws);
	if (entry_of(s)->holds-- == 0)
		bug("web: a session that nobody held");
	if (entry_of(s)->holds == 0 && entry_of(s)->last < ws->clock)
		entry_of(s)->last = ws->clock;
	sessions_unlock(ws);
}

void
web_session_end(struct web_sessions *ws, struct web_session *s)
{
	sessions_lock(ws);
	entry_of(s)->over = true;
	(void)pthread_cond_broadcast(&ws->rested);
	sessions_unlock(ws);
}

bool
web_session_over(struct web_sessions *ws, const struct web_session *s)
{
	bool over;

	sessions_lock(ws);
	over = ((const struct entry *)(const void *)s)->over;
	sessions_unlock(ws);
	return over;
}

bool
web_session_csrf(const struct web_session *s, struct bytes token)
{
	return ct_equal(bytes_str(s->csrf), token);
}

bool
web_session_may(
    struct web_sessions *ws, struct web_session *s, int64_t now, int64_t *wait)
{
	bool may;

	sessions_lock(ws);
	may = may_ask(ws, entry_of(s), now, wait);
	sessions_unlock(ws);
	return may;
}

void
web_session_people(struct web_sessions *ws, struct web_session *s,
    unsigned people, unsigned roles, int64_t now)
{
	sessions_lock(ws);
	s->people = people;
	s->roles = roles;
	entry_of(s)->heard = now;
	sessions_unlock(ws);
}

int64_t
web_session_heard(
    struct web_sessions *ws, const struct web_session *s, int64_t now)
{
	int64_t heard;

	sessions_lock(ws);
	heard = ((const struct entry *)(const void *)s)->heard;
	sessions_unlock(ws);
	return now - heard;
}

enum rc
web_session_try(struct web_sessions *ws, const struct web_from *from,
    int64_t now, struct err *e)
{
	int64_t wait;
	bool may;

	sessions_lock(ws);
	may = may_try(ws, from, now, &wait);
	sessions_unlock(ws);
	return may ? RC_OK
		   : fail(e, RC_LIMIT,
			 "too many tries just now: wait %lld seconds before "
			 "the next",
			 (long long)(wait / 1000 + 1));
}

void
web_session_right(
    struct web_sessions *ws, const struct web_from *from, int64_t now)
{
	sessions_lock(ws);
	was_right(ws, from, now);
	sessions_unlock(ws);
}

void
web_session_lang(struct web_sessions *ws, struct web_session *s, enum lang lang)
{
	sessions_lock(ws);
	s->lang = lang;
	s->lang_set = true;
	sessions_unlock(ws);
}

size_t
web_sessions_count(struct web_sessions *ws)
{
	size_t i, n = 0;

	sessions_lock(ws);
	for (i = 0; i < WEB_SESSIONS; i++)
		n += ws->entries[i].used && !ws->entries[i].over;
	sessions_unlock(ws);
	return n;
}

/* ---- time
 * ------------------------------------------------------------------ */

/* What one look found, told when the mutex is free again. */
struct found {
	int fds[SESSION_LINES];
	size_t count;
	bool ended;
	uint64_t user;
};

static void
look(struct found *f, struct entry *s, int64_t now)
{
	struct line *l;
	size_t i;

	if (!s->used)
		return;
	if (is_due(s, now))
		s->over = true;
	f->ended = s->over && s->holds == 0;
	f->user = s->is.user;
	for (i = 0; i < SESSION_LINES; i++) {
		l = &s->lines[i];
		if (l->state != LINE_RESTS ||
		    (!s->over && now - l->since < WEB_LINE_MS))
			continue;
		f->fds[f->count++] = l->fd;
		l->state = LINE_NONE;
	}
	if (f->ended)
		wipe(s, sizeof(*s));
}

void
web_sessions_due(
    struct web_sessions *ws, const struct web_due *due, int64_t now)
{
	struct found f;
	size_t i, n;

	sessions_lock(ws);
	ws->clock = now > ws->clock ? now : ws->clock;
	for (i = 0; i < WEB_LINKS; i++)
		if (ws->links[i].used &&
		    now - ws->links[i].since >= WEB_LINK_MS)
			wipe(&ws->links[i], sizeof(ws->links[i]));
	sessions_unlock(ws);
	for (i = 0; i < WEB_SESSIONS; i++) {
		f = (struct found){ 0 };
		sessions_lock(ws);
		look(&f, &ws->entries[i], now);
		sessions_unlock(ws);
		for (n = 0; n < f.count; n++)
			due->close(due->ctx, f.fds[n]);
		if (f.ended)
			due->ended(due->ctx, f.user);
	}
}
