/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/session.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base64.h"
#include "crypto/hash.h"
#include "crypto/random.h"

/* What may be done so often: "used" milliseconds' worth of it. */
struct bucket {
	int64_t used, at;
};
struct rate {
	int64_t burst; /* so many at once */
	int64_t each;  /* milliseconds that one takes */
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
static struct entry *
entry_of(struct web_session *s)
{
	return (struct entry *)(void *)s;
}

static void
lock(struct web_sessions *ws)
{
	if (pthread_mutex_lock(&ws->lock) != 0)
		bug("web: a mutex");
}

static void
unlock(struct web_sessions *ws)
{
	if (pthread_mutex_unlock(&ws->lock) != 0)
		bug("web: a mutex");
}

/* ---- tokens
 * ---------------------------------------------------------------- */

/* base64url (RFC 4648 5) without padding: fit for a cookie and an address. */
static void
token_new(char out[static WEB_TOKEN])
{
	uint8_t secret[WEB_SECRET_SIZE];
	struct buf text = { 0 };
	size_t i;

	random_bytes(secret, sizeof(secret));
	base64_write(&text, bytes_of(secret, sizeof(secret)));
	for (i = 0; i < WEB_TOKEN - 1; i++)
		out[i] = text.p[i] == '+'   ? '-'
			 : text.p[i] == '/' ? '_'
					    : (char)text.p[i];
	out[WEB_TOKEN - 1] = '\0';
	wipe(secret, sizeof(secret));
	buf_free(&text);
}

static bool
hash_is(
    const uint8_t a[static SHA256_SIZE], const uint8_t b[static SHA256_SIZE])
{
	return ct_equal(bytes_of(a, SHA256_SIZE), bytes_of(b, SHA256_SIZE));
}

/* ---- how often
 * ------------------------------------------------------------- */

static const struct rate asks = { WEB_BURST, 1000 / WEB_RATE },
			 unknown_asks = { WEB_UNKNOWN_BURST,
				 1000 / WEB_UNKNOWN_RATE },
			 begins = { WEB_BEGIN_BURST, 1000 / WEB_BEGIN_RATE },
			 begins_all = { WEB_BEGIN_ALL_BURST,
				 1000 / WEB_BEGIN_ALL_RATE },
			 tries = { WEB_TRIES, WEB_TRY_MS },
			 tls_tries = { WEB_TLS_TRIES, WEB_TLS_TRY_MS },
			 tls_tries_all = { WEB_TLS_ALL_TRIES,
				 WEB_TLS_ALL_TRY_MS };

/* One more: true, or how long to wait for it. */
static bool
bucket_take(
    struct bucket *b, const struct rate *rate, int64_t now, int64_t *wait)
{
	int64_t past = now - b->at;

	b->used = past < b->used ? b->used - past : 0;
	b->at = now;
	*wait = b->used + rate->each - rate->burst * rate->each;
	if (*wait > 0)
		return false;
	*wait = 0;
	b->used += rate->each;
	return true;
}

static int64_t
left_in(const struct bucket *b, int64_t now)
{
	const int64_t left = b->used - (now - b->at);

	return left > 0 ? left : 0;
}

/* Of who is not remembered, the place of who tried least. */
static struct trier *
trier_of(struct web_sessions *ws, const struct web_from *from, int64_t now)
{
	const uint64_t who = from->secure ? from->source : from->uid;
	struct trier *t, *least = NULL;
	int64_t left, fewest = INT64_MAX;

	for (t = ws->triers; t < ws->triers + WEB_TRIERS; t++) {
		if (t->who == who && t->secure == from->secure)
			return t;
		left = left_in(&t->tried, now) + left_in(&t->begun, now) +
		       left_in(&t->links_tried, now) + left_in(&t->asked, now);
		if (left < fewest) {
			fewest = left;
			least = t;
		}
	}
	*least = (struct trier){ .who = who, .secure = from->secure };
	return least;
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

/* ---- one-time links
 * -------------------------------------------------------- */

void
web_link_new(struct web_sessions *ws, char token[static WEB_TOKEN],
    uint64_t uid, int64_t now)
{
	struct waiting *w = &ws->links[0];
	size_t i;

	token_new(token);
	lock(ws);
	for (i = 0; i < WEB_LINKS; i++) {
		if (!ws->links[i].used) {
			w = &ws->links[i];
			break;
		}
		if (ws->links[i].since < w->since)
			w = &ws->links[i];
	}
	w->used = true;
	w->since = now;
	w->uid = uid;
	sha256(w->token, bytes_str(token));
	unlock(ws);
}

enum rc
web_link_take(struct web_sessions *ws, struct bytes token,
    const struct web_from *from, int64_t now, struct err *e)
{
	uint8_t hash[SHA256_SIZE];
	struct waiting *w;
	bool good = false, may;
	int64_t wait;
	size_t i;

	sha256(hash, token);
	lock(ws);
	may = bucket_take(
	    &trier_of(ws, from, now)->links_tried, &begins, now, &wait);
	for (i = 0; may && i < WEB_LINKS; i++) {
		w = &ws->links[i];
		if (!w->used || !hash_is(w->token, hash) ||
		    (w->uid != WEB_ANYBODY && from->uid != WEB_ANYBODY &&
			from->uid != w->uid))
			continue;
		good = now - w->since < WEB_LINK_MS;
		wipe(w, sizeof(*w));
	}
	unlock(ws);
	if (!may)
		return fail(e, RC_LIMIT,
		    "too many one-time addresses were tried just now; try "
		    "again soon");
	return good
		   ? RC_OK
		   : fail(e, RC_DENIED,
			 "this address was used already, or is older than five "
			 "minutes; antin desk gives a new one");
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
	lock(ws);
	if (bucket_take(&trier_of(ws, from, now)->begun, &begins, now, &wait) &&
	    bucket_take(&ws->begun, &begins_all, now, &wait))
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
	unlock(ws);
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
	lock(ws);
	ws->clock = now > ws->clock ? now : ws->clock;
	for (i = 0; i < WEB_SESSIONS; i++) {
		s = &ws->entries[i];
		if (s->used && hash_is(s->cookie, hash))
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
	unlock(ws);
	return found == NULL ? NULL : &found->is;
}

void
web_session_renew(struct web_sessions *ws, struct web_session *s,
    char cookie[static WEB_TOKEN])
{
	token_new(cookie);
	lock(ws);
	sha256(entry_of(s)->cookie, bytes_str(cookie));
	unlock(ws);
}

void
web_session_hold(struct web_sessions *ws, struct web_session *s)
{
	lock(ws);
	entry_of(s)->holds++;
	unlock(ws);
}

void
web_session_done(struct web_sessions *ws, struct web_session *s)
{
	lock(ws);
	if (entry_of(s)->holds-- == 0)
		bug("web: a session that nobody held");
	if (entry_of(s)->holds == 0 && entry_of(s)->last < ws->clock)
		entry_of(s)->last = ws->clock;
	unlock(ws);
}

void
web_session_end(struct web_sessions *ws, struct web_session *s)
{
	lock(ws);
	entry_of(s)->over = true;
	(void)pthread_cond_broadcast(&ws->rested);
	unlock(ws);
}

bool
web_session_over(struct web_sessions *ws, const struct web_session *s)
{
	bool over;

	lock(ws);
	over = ((const struct entry *)(const void *)s)->over;
	unlock(ws);
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

	lock(ws);
	may = bucket_take(&entry_of(s)->asks, &asks, now, wait);
	if (may && s->from.secure && s->people == 0)
		may = bucket_take(&trier_of(ws, &s->from, now)->asked,
		    &unknown_asks, now, wait);
	unlock(ws);
	return may;
}

void
web_session_people(struct web_sessions *ws, struct web_session *s,
    unsigned people, unsigned roles, int64_t now)
{
	lock(ws);
	s->people = people;
	s->roles = roles;
	entry_of(s)->heard = now;
	unlock(ws);
}

int64_t
web_session_heard(
    struct web_sessions *ws, const struct web_session *s, int64_t now)
{
	int64_t heard;

	lock(ws);
	heard = ((const struct entry *)(const void *)s)->heard;
	unlock(ws);
	return now - heard;
}

enum rc
web_session_try(struct web_sessions *ws, const struct web_from *from,
    int64_t now, struct err *e)
{
	int64_t wait;
	bool may;

	lock(ws);
	may = bucket_take(&trier_of(ws, from, now)->tried,
	    from->secure ? &tls_tries : &tries, now, &wait);
	if (may && from->secure)
		may = bucket_take(&ws->tls_tried, &tls_tries_all, now, &wait);
	unlock(ws);
	return may ? RC_OK
		   : fail(e, RC_LIMIT,
			 "too many tries just now: wait %lld seconds before "
			 "the next",
			 (long long)(wait / 1000 + 1));
}

void
web_session_lang(struct web_sessions *ws, struct web_session *s, enum lang lang)
{
	lock(ws);
	s->lang = lang;
	s->lang_set = true;
	unlock(ws);
}

size_t
web_sessions_count(struct web_sessions *ws)
{
	size_t i, n = 0;

	lock(ws);
	for (i = 0; i < WEB_SESSIONS; i++)
		n += ws->entries[i].used && !ws->entries[i].over;
	unlock(ws);
	return n;
}

/* ---- control connections
 * --------------------------------------------------- */

/* One that rests, before one that is to be made. */
static struct line *
line_free(struct entry *s)
{
	struct line *found = NULL;
	size_t i;

	for (i = 0; i < SESSION_LINES; i++) {
		if (s->lines[i].state == LINE_RESTS)
			return &s->lines[i];
		if (s->lines[i].state == LINE_NONE && found == NULL)
			found = &s->lines[i];
	}
	return found;
}

enum rc
web_line_take(
    int *fd, struct web_sessions *ws, struct web_session *s, struct err *e)
{
	struct entry *of = entry_of(s);
	struct line *l = NULL;

	*fd = -1;
	lock(ws);
	while (!of->over && (l = line_free(of)) == NULL)
		(void)pthread_cond_wait(&ws->rested, &ws->lock);
	if (!of->over && l != NULL) {
		*fd = l->state == LINE_RESTS ? l->fd : -1;
		l->state = LINE_WORKS;
		l->fd = -1; /* the caller's, until he gives it back */
	} else {
		l = NULL;
	}
	unlock(ws);
	return l != NULL ? RC_OK : fail(e, RC_ABSENT, "this session has ended");
}

void
web_line_give(
    struct web_sessions *ws, struct web_session *s, int fd, int64_t now)
{
	struct entry *of = entry_of(s);
	struct line *l = NULL;
	size_t i;

	lock(ws);
	for (i = 0; i < SESSION_LINES && l == NULL; i++)
		if (of->lines[i].state == LINE_WORKS)
			l = &of->lines[i];
	if (l == NULL)
		bug("web: a line that nobody took");
	l->state = fd >= 0 ? LINE_RESTS : LINE_NONE;
	l->fd = fd;
	l->since = now;
	(void)pthread_cond_broadcast(&ws->rested);
	unlock(ws);
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

	lock(ws);
	ws->clock = now > ws->clock ? now : ws->clock;
	for (i = 0; i < WEB_LINKS; i++)
		if (ws->links[i].used &&
		    now - ws->links[i].since >= WEB_LINK_MS)
			wipe(&ws->links[i], sizeof(ws->links[i]));
	unlock(ws);
	for (i = 0; i < WEB_SESSIONS; i++) {
		f = (struct found){ 0 };
		lock(ws);
		look(&f, &ws->entries[i], now);
		unlock(ws);
		for (n = 0; n < f.count; n++)
			due->close(due->ctx, f.fds[n]);
		if (f.ended)
			due->ended(due->ctx, f.user);
	}
}
