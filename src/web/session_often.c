/* SPDX-License-Identifier: EUPL-1.2 */
/* How often who may ask, begin a session, and try (docs/desk.md 3.7). */
#include "web/sessions.h"

struct rate {
	int64_t burst; /* so many at once */
	int64_t each;  /* milliseconds that one takes */
};

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

/* As if one had not been taken. */
static void
bucket_back(struct bucket *b, const struct rate *rate)
{
	b->used = b->used > rate->each ? b->used - rate->each : 0;
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

bool
may_ask(struct web_sessions *ws, struct entry *s, int64_t now, int64_t *wait)
{
	return bucket_take(&s->asks, &asks, now, wait) &&
	       (!s->is.from.secure || s->is.people > 0 ||
		   bucket_take(&trier_of(ws, &s->is.from, now)->asked,
		       &unknown_asks, now, wait));
}

bool
may_begin(struct web_sessions *ws, const struct web_from *from, int64_t now,
    int64_t *wait)
{
	return bucket_take(
		   &trier_of(ws, from, now)->begun, &begins, now, wait) &&
	       bucket_take(&ws->begun, &begins_all, now, wait);
}

bool
may_try_link(struct web_sessions *ws, const struct web_from *from, int64_t now,
    int64_t *wait)
{
	return bucket_take(
	    &trier_of(ws, from, now)->links_tried, &begins, now, wait);
}

bool
may_try(struct web_sessions *ws, const struct web_from *from, int64_t now,
    int64_t *wait)
{
	const struct rate *rate = from->secure ? &tls_tries : &tries;
	struct bucket *own = &trier_of(ws, from, now)->tried;

	if (!bucket_take(own, rate, now, wait))
		return false;
	if (!from->secure ||
	    bucket_take(&ws->tls_tried, &tls_tries_all, now, wait))
		return true;
	bucket_back(own, rate); /* what was not tried is no try */
	return false;
}

void
was_right(struct web_sessions *ws, const struct web_from *from, int64_t now)
{
	bucket_back(&trier_of(ws, from, now)->tried,
	    from->secure ? &tls_tries : &tries);
	if (from->secure)
		bucket_back(&ws->tls_tried, &tls_tries_all);
}
