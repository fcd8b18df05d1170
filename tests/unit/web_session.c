/* SPDX-License-Identifier: EUPL-1.2 */
/* Sessions of browsers (docs/desk.md 4): who holds one, and until when. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "web/session.h"

static const struct web_from lan = { false, 1000, 0 },
			     other = { false, 1001, 0 },
			     far = { true, UINT64_MAX, 7 },
			     farther = { true, UINT64_MAX, 8 };

/* ---- what ends
 * ------------------------------------------------------------- */

static struct {
	size_t closed, ended;
	int last_fd;
	uint64_t last_user;
} heard;

static void
hear_close(void *ctx, int fd)
{
	(void)ctx;
	heard.closed++;
	heard.last_fd = fd;
}

static void
hear_end(void *ctx, uint64_t user)
{
	(void)ctx;
	heard.ended++;
	heard.last_user = user;
}

static void
look(struct web_sessions *ws, int64_t now)
{
	const struct web_due due = { hear_close, hear_end, NULL };

	memset(&heard, 0, sizeof(heard));
	web_sessions_due(ws, &due, now);
}

/* ---- links
 * ----------------------------------------------------------------- */

static enum rc
take_by(struct web_sessions *ws, uint64_t uid, const char *token, int64_t now)
{
	const struct web_from from = { .uid = uid };
	struct err e;

	return web_link_take(ws, bytes_str(token), &from, now, &e);
}

static enum rc
take(struct web_sessions *ws, const char *token, int64_t now)
{
	return take_by(ws, 1000, token, now);
}

static void
links_are_good_once(void)
{
	struct web_sessions *ws = web_sessions_new();
	char token[WEB_TOKEN], second[WEB_TOKEN], wrong[WEB_TOKEN];

	web_link_new(ws, token, WEB_ANYBODY, 0);
	web_link_new(ws, second, WEB_ANYBODY, 0);
	is(strlen(token), WEB_TOKEN - 1, "a link is 43 letters");
	ok(strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			 "0123456789-_") == WEB_TOKEN - 1,
	    "that an address may have");
	ok(strcmp(token, second) != 0, "no two are the same");
	memcpy(wrong, token, sizeof(wrong));
	wrong[0] = wrong[0] == 'A' ? 'B' : 'A';
	is(take(ws, wrong, 1), RC_DENIED, "another link is none");
	is(take(ws, "", 1), RC_DENIED, "nothing is none");
	is(take(ws, token, 1), RC_OK, "a link is taken");
	is(take(ws, token, 2), RC_DENIED, "once");
	is(take(ws, second, WEB_LINK_MS), RC_DENIED, "and not when it is old");
	web_link_new(ws, token, WEB_ANYBODY, 10 * WEB_LINK_MS);
	is(take(ws, token, 11 * WEB_LINK_MS - 1), RC_OK,
	    "until then it is good");
	web_sessions_free(ws);
}

/* A list of processes shows them to all users of a machine. */
static void
links_are_for_one(void)
{
	struct web_sessions *ws = web_sessions_new();
	char token[WEB_TOKEN];

	web_link_new(ws, token, 1000, 0);
	is(take_by(ws, 1001, token, 1), RC_DENIED,
	    "a link for one user is none for another");
	is(take_by(ws, 1000, token, 2), RC_OK, "whose try does not use it up");
	is(take_by(ws, 1000, token, 3), RC_DENIED, "as his own does");
	web_link_new(ws, token, 1000, 10);
	is(take_by(ws, WEB_ANYBODY, token, 11), RC_OK,
	    "where nobody can say who asks it is good for him");
	web_sessions_free(ws);
}

static void
links_are_not_guessed(void)
{
	struct web_sessions *ws = web_sessions_new();
	char token[WEB_TOKEN];
	size_t i, denied = 0;

	web_link_new(ws, token, WEB_ANYBODY, 0);
	while (take(ws, "AAAA", 1) == RC_DENIED)
		denied++;
	is(denied, WEB_BEGIN_BURST, "so many tries are heard at once");
	is(take(ws, token, 1), RC_LIMIT,
	    "then not even the right one is, for a while");
	is(take(ws, token, 1 + 1000 / WEB_BEGIN_RATE), RC_OK, "and then it is");
	for (i = 0; i < WEB_LINKS + 1; i++)
		web_link_new(ws, token, WEB_ANYBODY, 2000 + (int64_t)i);
	is(take(ws, token, 100000), RC_OK,
	    "links that nobody follows are not in the way of the next");
	web_sessions_free(ws);
}

/* ---- cookies
 * --------------------------------------------------------------- */

static struct web_session *
begin(struct web_sessions *ws, char cookie[static WEB_TOKEN],
    const struct web_from *from, int64_t now)
{
	struct web_session *s;
	struct err e;

	return web_session_begin(&s, cookie, ws, from, now, &e) == RC_OK ? s
									 : NULL;
}

/* Whether it is found, and by this. */
static bool
found(struct web_sessions *ws, const char *cookie, const struct web_from *from,
    int64_t now)
{
	struct web_session *s =
	    web_session_find(ws, bytes_str(cookie), from, now);

	if (s != NULL)
		web_session_done(ws, s);
	return s != NULL;
}

static void
a_cookie_is_its_sessions(void)
{
	struct web_sessions *ws = web_sessions_new();
	char one[WEB_TOKEN], two[WEB_TOKEN], wrong[WEB_TOKEN];
	struct web_session *a = begin(ws, one, &lan, 0);
	struct web_session *b = begin(ws, two, &lan, 0);
	size_t i, others = 0;

	ok(a != NULL && b != NULL && a->user != b->user &&
		a->user >= USER_WEB && strcmp(a->csrf, b->csrf) != 0 &&
		strcmp(one, two) != 0,
	    "two browsers are two users");
	ok(strcmp(one, a->csrf) != 0, "a page's token is not the cookie");
	ok(web_session_find(ws, bytes_str(one), &lan, 1) == a,
	    "a cookie finds its session");
	for (i = 0; i < WEB_TOKEN - 1; i++) {
		memcpy(wrong, one, sizeof(wrong));
		wrong[i] = wrong[i] == 'A' ? 'B' : 'A';
		others += found(ws, wrong, &lan, 1);
	}
	others += found(ws, "", &lan, 1);
	others += found(ws, a->csrf, &lan, 1);
	is(others, 0, "and no other finds it");
	ok(!found(ws, one, &other, 1), "not for another user of the machine");
	ok(!found(ws, one, &far, 1), "nor over another kind of connection");
	ok(web_session_csrf(a, bytes_str(a->csrf)) &&
		!web_session_csrf(a, bytes_str(b->csrf)) &&
		!web_session_csrf(a, bytes_str("")),
	    "a page's token is its session's");
	memcpy(wrong, one, sizeof(wrong));
	web_session_renew(ws, a, one);
	ok(!found(ws, wrong, &lan, 1), "a cookie that was changed is none");
	ok(found(ws, one, &lan, 1), "and the one in its place is");
	web_session_done(ws, a);
	web_session_done(ws, a);
	web_session_done(ws, b);
	web_session_end(ws, a);
	ok(!found(ws, one, &lan, 2), "one that was ended is found no more");
	ok(found(ws, two, &lan, 2), "and the other is");
	web_sessions_free(ws);
}

static void
they_end_by_themselves(void)
{
	struct web_sessions *ws = web_sessions_new();
	char empty[WEB_TOKEN], used[WEB_TOKEN];
	struct web_session *a = begin(ws, empty, &lan, 0);
	struct web_session *b = begin(ws, used, &lan, 0);
	uint64_t user = a->user;

	web_session_people(ws, b, 1, 0, 0);
	web_session_done(ws, a);
	look(ws, WEB_EMPTY_MS);
	is(heard.ended, 1, "one in which nobody is signed in ends");
	is(heard.last_user, user, "and whose it was is told");
	ok(!found(ws, empty, &lan, WEB_EMPTY_MS), "it is found no more");
	look(ws, WEB_IDLE_MS);
	is(heard.ended, 0, "what is held is not taken from under a call");
	web_session_done(ws, b);
	look(ws, WEB_IDLE_MS + WEB_EMPTY_MS);
	is(heard.ended, 1, "but ends after it");
	look(ws, 10 * WEB_IDLE_MS);
	is(heard.ended, 0, "once");
	is(web_sessions_count(ws), 0, "and none is left");
	a = begin(ws, empty, &lan, 10 * WEB_IDLE_MS);
	ok(a->user > user + 1, "no session has the number of another");
	web_session_done(ws, a);
	web_session_end(ws, a);
	look(ws, 10 * WEB_IDLE_MS);
	is(heard.ended, 1, "one that was ended is told at once");
	web_sessions_free(ws);
}

/* A page that rests before somebody who has not signed in yet. */
static void
an_open_page_keeps_it(void)
{
	struct web_sessions *ws = web_sessions_new();
	char cookie[WEB_TOKEN];
	struct web_session *s = begin(ws, cookie, &lan, 0);

	look(ws, 3 * WEB_EMPTY_MS);
	is(heard.ended, 0, "one whose page is open goes on, with nobody in");
	ok(found(ws, cookie, &lan, 3 * WEB_EMPTY_MS), "and is found");
	web_session_done(ws, s);
	look(ws, 4 * WEB_EMPTY_MS - 1);
	is(heard.ended, 0, "and a while longer when it is closed");
	look(ws, 4 * WEB_EMPTY_MS);
	is(heard.ended, 1, "and no more then");
	s = begin(ws, cookie, &lan, 4 * WEB_EMPTY_MS);
	look(ws, 4 * WEB_EMPTY_MS + WEB_IDLE_MS);
	ok(web_session_over(ws, s),
	    "but one in which nothing was asked for so long is over");
	web_session_done(ws, s);
	web_sessions_free(ws);
}

static void
use_keeps_it(void)
{
	struct web_sessions *ws = web_sessions_new();
	char cookie[WEB_TOKEN];
	struct web_session *s = begin(ws, cookie, &far, 0);
	int64_t now;

	web_session_done(ws, s);
	for (now = 0; now < 3 * WEB_IDLE_MS; now += WEB_EMPTY_MS - 1) {
		look(ws, now);
		if (!found(ws, cookie, &far, now))
			break;
	}
	ok(now >= 3 * WEB_IDLE_MS, "one that is used goes on");
	web_sessions_free(ws);
}

/* ---- many
 * ------------------------------------------------------------------ */

static void
nobody_is_pushed_out(void)
{
	struct web_sessions *ws = web_sessions_new();
	static char cookies[WEB_SESSIONS][WEB_TOKEN];
	char more[WEB_TOKEN];
	struct web_session *s;
	int64_t now = 0;
	size_t i;

	for (i = 0; i < WEB_SESSIONS; i++) {
		now += 1000 / WEB_BEGIN_RATE;
		s = begin(ws, cookies[i], &far, now);
		if (s == NULL)
			break;
		if (i != 7)
			web_session_people(ws, s, 1, 0, now);
		web_session_done(ws, s);
	}
	is(i, WEB_SESSIONS, "so many sessions there may be");
	now += 1000 / WEB_BEGIN_RATE;
	ok(begin(ws, more, &far, now) == NULL, "and no more");
	look(ws, now);
	is(heard.ended, 1, "but one in which nobody is signed in makes room");
	ok(!found(ws, cookies[7], &far, now), "it is that one");
	now += 1000 / WEB_BEGIN_RATE;
	s = begin(ws, more, &far, now);
	ok(s != NULL, "for the next");
	web_session_people(ws, s, 1, 0, now);
	web_session_done(ws, s);
	now += 1000 / WEB_BEGIN_RATE;
	ok(begin(ws, more, &far, now) == NULL,
	    "where all are signed in nobody else comes in");
	look(ws, now);
	is(heard.ended, 0, "and nobody is pushed out");
	web_sessions_free(ws);
}

static void
asking_has_a_rate(void)
{
	struct web_sessions *ws = web_sessions_new();
	char cookie[WEB_TOKEN];
	struct web_session *s = begin(ws, cookie, &lan, 0);
	int64_t wait = 0, now = 5000;
	size_t n = 0;

	while (web_session_may(ws, s, now, &wait))
		n++;
	is(n, WEB_BURST, "so many requests are answered at once");
	ok(wait > 0 && wait <= 1000, "then it is told how long to wait");
	ok(!web_session_may(ws, s, now + wait - 1, &wait), "that long");
	for (n = 0, now += 1; now < 15000; now++)
		n += web_session_may(ws, s, now, &wait);
	ok(n >= 10 * WEB_RATE - 2 && n <= 10 * WEB_RATE + 2,
	    "and then so many a second: %zu in ten", n);
	web_session_done(ws, s);
	web_sessions_free(ws);
}

static enum rc
try(struct web_sessions *ws, const struct web_from *from, int64_t now)
{
	struct err e;

	return web_session_try(ws, from, now, &e);
}

static void
new_sessions_make_no_new_tries(void)
{
	struct web_sessions *ws = web_sessions_new();
	struct web_from many = { .secure = false };
	size_t n = 0;
	int64_t now;

	while (try(ws, &lan, 1) == RC_OK)
		n++;
	is(n, WEB_TRIES, "one user of the machine has so many tries");
	is(try(ws, &lan, WEB_TRY_MS / 2), RC_LIMIT, "and then waits");
	is(try(ws, &other, 1), RC_OK, "which another does not");
	is(try(ws, &lan, 1 + WEB_TRY_MS), RC_OK, "for a while");
	for (many.uid = 5000; many.uid < 5000 + 10 * WEB_TRIERS; many.uid++)
		if (try(ws, &many, 2 + WEB_TRY_MS) != RC_OK)
			break;
	is(many.uid, 5000 + 10 * WEB_TRIERS, "nobody is in another's way");
	is(try(ws, &lan, 3 + WEB_TRY_MS), RC_LIMIT,
	    "and who has tried much is remembered among many");
	for (n = 0; try(ws, &far, 1) == RC_OK; n++)
		;
	is(n, WEB_TLS_TRIES, "by TLS one address has so many");
	is(try(ws, &farther, 1), RC_OK, "which keeps another from none");
	for (n++; n < 10 * WEB_TLS_ALL_TRIES; n++) {
		many = (struct web_from){ true, UINT64_MAX, n };
		if (try(ws, &many, 1) != RC_OK)
			break;
	}
	is(n, WEB_TLS_ALL_TRIES, "and all together so many");
	many = (struct web_from){ true, UINT64_MAX, 1u << 20 };
	for (n = 0; n < 2 * WEB_TLS_TRIES; n++)
		(void)try(ws, &many, 2);
	now = 2 + WEB_TLS_ALL_TRY_MS * (int64_t)WEB_TLS_ALL_TRIES;
	is(try(ws, &many, now), RC_OK,
	    "what was refused for all together is no try of one's own");
	web_sessions_free(ws);
}

/* Who signs in rightly is not counted, neither alone nor among all: an office
 * that comes in one morning. */
static void
who_is_right_does_not_wait(void)
{
	struct web_sessions *ws = web_sessions_new();
	struct web_from one = { .secure = true };
	size_t n;

	for (n = 0; n < 10 * WEB_TLS_ALL_TRIES; n++) {
		one.source = n % 50; /* several behind one address */
		if (try(ws, &one, 1) != RC_OK)
			break;
		web_session_right(ws, &one, 1);
	}
	is(n, 10 * WEB_TLS_ALL_TRIES, "who is right is not counted");
	for (n = 0; try(ws, &far, 1) == RC_OK; n++)
		;
	is(n, WEB_TLS_TRIES, "and takes nothing from who is wrong, nor gives");
	for (n = 0; n < 10 * WEB_TLS_ALL_TRIES; n++)
		web_session_right(ws, &farther, 1);
	for (n = 0; try(ws, &farther, 1) == RC_OK; n++)
		;
	is(n, WEB_TLS_TRIES, "nobody has more tries for having been right");
	web_sessions_free(ws);
}

/* Whoever begins without end keeps no other from it. */
static void
one_address_does_not_begin_for_all(void)
{
	struct web_sessions *ws = web_sessions_new();
	char cookie[WEB_TOKEN];
	struct web_session *s;
	size_t n = 0;

	while (n < 10 * WEB_BEGIN_BURST &&
	       (s = begin(ws, cookie, &far, 1)) != NULL) {
		web_session_done(ws, s);
		n++;
	}
	is(n, WEB_BEGIN_BURST, "one address begins so many sessions at once");
	s = begin(ws, cookie, &farther, 1);
	ok(s != NULL, "another begins one yet");
	if (s != NULL)
		web_session_done(ws, s);
	web_sessions_free(ws);
}

/* Nor do many sessions of his, in which nobody is signed in, ask for many. */
static void
unknown_ones_ask_little_together(void)
{
	struct web_sessions *ws = web_sessions_new();
	struct web_session *all[10], *known;
	char cookie[WEB_TOKEN];
	size_t i, n = 0;
	int64_t wait;

	for (i = 0; i < 10; i++)
		all[i] = begin(ws, cookie, &far, 1);
	known = begin(ws, cookie, &far, 1);
	web_session_people(ws, known, 1, 0, 1);
	for (i = 0; i < 100 * 10; i++)
		n += web_session_may(ws, all[i % 10], 2, &wait);
	is(n, WEB_UNKNOWN_BURST, "unknown ones of one address ask so much");
	ok(wait > 0 && wait <= 1000, "and wait then");
	ok(web_session_may(ws, known, 2, &wait),
	    "but not who is signed in behind the same");
	for (i = 0; i < 10; i++)
		web_session_done(ws, all[i]);
	web_session_done(ws, known);
	web_sessions_free(ws);
}

/* ---- control connections
 * ---------------------------------------------------- */

static struct waiting {
	struct web_sessions *ws;
	struct web_session *s;
	int fd;
	enum rc rc;
} waiting;

static void *
wait_for_line(void *ctx)
{
	struct waiting *w = ctx;
	struct err e;

	w->rc = web_line_take(&w->fd, w->ws, w->s, &e);
	return NULL;
}

static void
lines_are_used_by_one_at_a_time(void)
{
	struct web_sessions *ws = web_sessions_new();
	char cookie[WEB_TOKEN];
	struct web_session *s = begin(ws, cookie, &lan, 0);
	struct err e;
	pthread_t thread;
	size_t i, new = 0;
	enum rc rc;
	int fd;

	for (i = 0; i < SESSION_LINES; i++) {
		rc = web_line_take(&fd, ws, s, &e);
		new += rc == RC_OK &&fd == -1;
	}
	is(new, SESSION_LINES, "a session makes so many lines");
	waiting = (struct waiting){ ws, s, -2, RC_IO };
	if (pthread_create(&thread, NULL, wait_for_line, &waiting) != 0)
		bug("no thread");
	web_line_give(ws, s, 70, 0);
	(void)pthread_join(thread, NULL);
	is(waiting.rc, RC_OK, "who wants one more waits until one rests");
	is((uint64_t)waiting.fd, 70, "and has that one");
	web_line_give(ws, s, -1, 0);
	web_line_give(ws, s, 71, 0);
	web_line_give(ws, s, 72, 0);
	look(ws, WEB_LINE_MS - 1);
	is(heard.closed, 0, "lines rest for a while");
	look(ws, WEB_LINE_MS);
	is(heard.closed, 2, "and are closed then; what is broken is none");
	rc = web_line_take(&fd, ws, s, &e);
	ok(rc == RC_OK && fd == -1, "after that one is made anew");
	web_line_give(ws, s, 73, WEB_LINE_MS);
	for (i = 0; i < SESSION_LINES; i++) {
		rc = web_line_take(&fd, ws, s, &e);
		is(rc, RC_OK, "line %zu is taken", i);
		is((uint64_t)fd, (uint64_t)(i == 0 ? 73 : -1),
		    i == 0 ? "that which rests first" : "then new ones");
	}
	if (pthread_create(&thread, NULL, wait_for_line, &waiting) != 0)
		bug("no thread");
	web_session_end(ws, s);
	(void)pthread_join(thread, NULL);
	is(waiting.rc, RC_ABSENT, "nobody waits for what has ended");
	web_line_give(ws, s, 74, WEB_LINE_MS);
	web_session_done(ws, s);
	look(ws, WEB_LINE_MS);
	ok(heard.closed == 1 && heard.last_fd == 74 && heard.ended == 1,
	    "a session that ends closes its lines");
	web_sessions_free(ws);
}

int
main(void)
{
	links_are_good_once();
	links_are_for_one();
	links_are_not_guessed();
	a_cookie_is_its_sessions();
	they_end_by_themselves();
	an_open_page_keeps_it();
	use_keeps_it();
	nobody_is_pushed_out();
	asking_has_a_rate();
	new_sessions_make_no_new_tries();
	who_is_right_does_not_wait();
	one_address_does_not_begin_for_all();
	unknown_ones_ask_little_together();
	lines_are_used_by_one_at_a_time();
	return done();
}
