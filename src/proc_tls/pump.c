/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Between a browser and web (docs/desk.md 11.6): what comes by TLS goes into a
 * pair of sockets, and back.  Of each way at most TLS_PIECE bytes wait here;
 * who does not take what is his is not read from.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc_tls/tls.h"

#define ROUNDS 8	      /* pieces of one connection before another's */
#define LOG_MS INT64_C(10000) /* a line of the log in so long */

enum stage {
	SHAKING,
	OPEN,
	LINGERING, /* all is said, and the other may still speak */
};

struct conn {
	struct conn *next, *prev;
	enum stage stage;
	int fd, pair; /* to the browser; to web (-1: not yet) */
	struct browser *tls;
	/* may be read, may be written, there is more to do */
	struct event *net_in, *net_out, *pair_in, *pair_out, *again;
	struct buf up, down;   /* to web; to the browser */
	size_t up_at, down_at; /* of that gone already */
	bool up_end, up_shut;  /* the browser said its end; web was told */
	bool down_end;	       /* web did */
	int64_t since;	       /* milliseconds: something came or went */
	int64_t began;
	size_t source;
	char peer[MSG_PEER_TEXT + 1];
};

static struct conn *all;
static uint8_t piece[TLS_PIECE]; /* wiped after each use */
static struct {
	int64_t since;
	uint64_t count;
} failures;

static void
conn_free(struct conn *c)
{
	struct event *const events[] = { c->net_in, c->net_out, c->pair_in,
		c->pair_out, c->again };
	size_t i;

	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (events[i] != NULL)
			event_free(events[i]);
	browser_free(c->tls);
	(void)close(c->fd);
	if (c->pair >= 0)
		(void)close(c->pair);
	seat_left(c->source, c->stage != SHAKING);
	process_used();
	if (c->next != NULL)
		c->next->prev = c->prev;
	*(c->prev != NULL ? &c->prev->next : &all) = c->next;
	buf_free(&c->up);
	buf_free(&c->down);
	free(c);
}

/* One line tells of all in some seconds: whoever fails on purpose fails often.
 */
static void
log_failure(const struct conn *c, const struct err *e)
{
	const int64_t ms = process_ms();
	struct log_line l;

	failures.count++;
	if (failures.since != 0 && ms - failures.since < LOG_MS)
		return;
	l = log_line(LOG_INFO, "web.tls_failed");
	log_str(&l, "peer", bytes_str(c->peer));
	log_uint(&l, "count", failures.count);
	log_err(&l, e);
	process_log(LOG_INFO, &l);
	failures.since = ms;
	failures.count = 0;
}

static void
arm(struct event *e, short what, bool wanted)
{
	const bool is = event_pending(e, what, NULL) != 0;

	if (wanted != is && (wanted ? event_add(e, NULL) : event_del(e)) != 0)
		bug("no event");
}

/* ---- to web
 * ------------------------------------------------------------------ */

/* What a write to web, or a read of it, says: false where it is gone. */
static bool
web_is_there(ssize_t n)
{
	return n >= 0 || errno == EAGAIN || errno == EINTR;
}

/* Whether all that waited has gone. */
static bool
flush_up(struct conn *c)
{
	ssize_t n;

	while (c->up_at < c->up.len) {
		n = send(c->pair, c->up.p + c->up_at, c->up.len - c->up_at,
		    MSG_NOSIGNAL);
		if (!web_is_there(n)) {
			c->up_end = true; /* it hears no more: drop it */
			break;
		}
		if (n < 0)
			return false;
		c->up_at += (size_t)n;
		c->since = process_ms();
	}
	buf_free(&c->up);
	c->up_at = 0;
	return true;
}

/* One piece; *more: there may be another.  false: the connection is over. */
static bool
pump_up(struct conn *c, bool *more)
{
	struct err e = { 0 };
	size_t got = 0;

	if (!flush_up(c))
		return true;
	if (c->up_end) {
		if (!c->up_shut)
			(void)shutdown(c->pair, SHUT_WR);
		c->up_shut = true;
		return true;
	}
	switch (browser_read(c->tls, piece, sizeof(piece), &got, &e)) {
	case TLS_DONE:
		buf_add(&c->up, bytes_of(piece, got));
		wipe(piece, got);
		*more = flush_up(c);
		return true;
	case TLS_WANT_READ:
	case TLS_WANT_WRITE:
	case TLS_WANT_SECRET:
		return true;
	case TLS_CLOSED:
		c->up_end = *more = true;
		return true;
	case TLS_FAILED:
		break;
	}
	if (e.rc == RC_DENIED)
		log_failure(c, &e);
	return false;
}

/* ---- to the browser
 * ------------------------------------------------------------ */

/* -1: it is over; 0: some waits; 1: all has gone. */
static int
flush_down(struct conn *c)
{
	struct err e;
	size_t sent;

	while (c->down_at < c->down.len) {
		switch (browser_write(c->tls,
		    bytes_of(c->down.p + c->down_at, c->down.len - c->down_at),
		    &sent, &e)) {
		case TLS_DONE:
			c->down_at += sent;
			c->since = process_ms();
			break;
		case TLS_WANT_READ:
		case TLS_WANT_WRITE:
		case TLS_WANT_SECRET:
			return 0;
		case TLS_CLOSED:
		case TLS_FAILED:
			return -1;
		}
	}
	buf_free(&c->down);
	c->down_at = 0;
	return 1;
}

static void
linger(struct conn *c)
{
	browser_close(c->tls);
	(void)shutdown(c->fd, SHUT_WR);
	c->stage = LINGERING;
	c->since = process_ms();
}

static bool
pump_down(struct conn *c, bool *more)
{
	const int flushed = flush_down(c);
	ssize_t n;

	if (flushed < 1)
		return flushed == 0;
	if (c->down_end) {
		linger(c);
		return true;
	}
	n = recv(c->pair, piece, sizeof(piece), 0);
	if (n <= 0) {
		c->down_end = n == 0 || !web_is_there(n);
		*more = *more || c->down_end;
		return true;
	}
	buf_add(&c->down, bytes_of(piece, (size_t)n));
	wipe(piece, (size_t)n);
	*more = true;
	return flush_down(c) >= 0;
}

/* ---- both
 * -------------------------------------------------------------------- */

/* What comes after the end is nobody's. */
static bool
pump_rest(const struct conn *c)
{
	ssize_t n;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		n = recv(c->fd, piece, sizeof(piece), 0);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		if (n == 0)
			return false;
	}
	return true;
}

static void
wait_on(struct conn *c, bool more)
{
	static const struct timeval now = { 0, 0 };
	const bool up_waits = c->up.len > 0, down_waits = c->down.len > 0;
	const bool open = c->stage == OPEN;

	arm(c->net_in, EV_READ, !open || (!up_waits && !c->up_end));
	arm(c->net_out, EV_WRITE, open && down_waits);
	arm(c->pair_in, EV_READ, open && !down_waits);
	arm(c->pair_out, EV_WRITE, open && up_waits);
	if (more && event_add(c->again, &now) != 0)
		bug("no event");
}

static void
pump(struct conn *c)
{
	bool more = true, there = true;
	int i;

	for (i = 0; i < ROUNDS && more && there && c->stage == OPEN; i++) {
		more = false;
		there = pump_up(c, &more) && pump_down(c, &more);
	}
	if (there && c->stage == LINGERING)
		there = pump_rest(c);
	if (there)
		wait_on(c, more && c->stage == OPEN);
	else
		conn_free(c);
}

/* ---- the handshake
 * ------------------------------------------------------------ */

static void on_event(evutil_socket_t fd, short what, void *ctx);

static struct event *
event_of(int fd, short what, struct conn *c)
{
	struct event *e = event_new(
	    process_base(), fd, (short)(what | EV_PERSIST), on_event, c);

	if (e == NULL)
		bug("no event");
	return e;
}

/* Both ends hold little: the kernel's memory is nobody's to fill. */
static bool
pair_new(int pair[static 2])
{
	const int most = TLS_KERNEL;
	int i;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
		pair) != 0)
		return false;
	for (i = 0; i < 2; i++)
		(void)setsockopt(
		    pair[i], SOL_SOCKET, SO_SNDBUF, &most, sizeof(most));
	return true;
}

/* He has shaken hands: web hears of him. */
static bool
opened(struct conn *c)
{
	int pair[2];

	seat_shaken(c->source);
	c->stage = OPEN;
	c->since = process_ms();
	if (!pair_new(pair))
		return false;
	c->pair = pair[0];
	c->pair_in = event_of(c->pair, EV_READ, c);
	c->pair_out = event_of(c->pair, EV_WRITE, c);
	return tls_hand_over(pair[1], c->peer, true);
}

static void
shake(struct conn *c)
{
	struct err e = { 0 };

	switch (browser_handshake(c->tls, &e)) {
	case TLS_DONE:
		if (opened(c))
			pump(c);
		else
			conn_free(c);
		return;
	case TLS_WANT_READ:
	case TLS_WANT_SECRET:
		arm(c->net_in, EV_READ, true);
		arm(c->net_out, EV_WRITE, false);
		return;
	case TLS_WANT_WRITE:
		arm(c->net_in, EV_READ, false);
		arm(c->net_out, EV_WRITE, true);
		return;
	case TLS_CLOSED:
		break;
	case TLS_FAILED:
		if (e.rc == RC_DENIED)
			log_failure(c, &e);
		break;
	}
	conn_free(c);
}

static void
on_event(evutil_socket_t fd, short what, void *ctx)
{
	struct conn *c = ctx;

	(void)fd;
	(void)what;
	if (c->stage == SHAKING)
		shake(c);
	else
		pump(c);
}

void
pump_take(int fd, const char *peer, size_t source)
{
	const int yes = 1, most = TLS_SEND, dead = TLS_STALL_MS;
	struct conn *c = alloc(1, sizeof(*c));

	/* the browser does not wait for more of us, nor we for who is gone */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	(void)setsockopt(
	    fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead, sizeof(dead));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &most, sizeof(most));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &most, sizeof(most));
	c->fd = fd;
	c->pair = -1;
	c->source = source;
	c->since = c->began = process_ms();
	(void)snprintf(c->peer, sizeof(c->peer), "%s", peer);
	c->tls = browser_new(leaf_context(), fd);
	c->net_in = event_of(fd, EV_READ, c);
	c->net_out = event_of(fd, EV_WRITE, c);
	c->again = evtimer_new(process_base(), on_event, c);
	if (c->again == NULL)
		bug("no event");
	c->next = all;
	if (all != NULL)
		all->prev = c;
	all = c;
	shake(c);
}

/* ---- time
 * -------------------------------------------------------------------- */

static bool
is_over(const struct conn *c, int64_t ms)
{
	if (c->stage == SHAKING)
		return ms - c->began > TLS_SHAKE_MS;
	if (c->stage == LINGERING)
		return ms - c->since > TLS_LINGER_MS;
	return ms - c->since > (c->down.len > 0 ? TLS_STALL_MS : TLS_IDLE_MS);
}

void
pump_tick(int64_t ms)
{
	struct conn *c, *next;

	for (c = all; c != NULL; c = next) {
		next = c->next;
		if (is_over(c, ms))
			conn_free(c);
	}
}

void
pump_stop(void)
{
	while (all != NULL)
		conn_free(all);
	wipe(piece, sizeof(piece));
}
