/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What lies between a child and its parent, and does to their connections what
 * networks do: cuts them, anywhere; ends one direction; goes silent and keeps
 * them open; changes a byte; says again what was said before; takes its time.
 * Each connection comes from another address of the loopback.  A thread.
 */
#ifndef TESTS_STATION_PROXY_H
#define TESTS_STATION_PROXY_H

#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>

#include "peer.h"

#define PROXY_PAIRS 64
#define PROXY_PIECE 65536u
#define PROXY_RECORD 65536u

enum harm {
	HARM_NONE,
	HARM_CLOSE,
	HARM_RESET,
	HARM_HALF,    /* the receiver hears that no more comes */
	HARM_STALL,   /* nothing more goes either way, and nobody is told */
	HARM_CORRUPT, /* one bit, and all goes on */
	HARM_SLOW,    /* a few bytes, late, again; then it is closed */
	HARM_REPLAY,  /* closed; the parent hears all of it again */
	HARM_ECHO,    /* closed; the next hears what this one's parent said */
	HARMS,
};

/* What is done to one connection: when "after" bytes went in this direction
 * (0: up, 1: down), or so many milliseconds are over. */
struct plan {
	enum harm harm;
	unsigned way;
	uint64_t after;
	int64_t ms; /* 0: never */
};

struct pair {
	int fd[2]; /* the child's, the parent's; 0: none */
	struct plan plan;
	int64_t since, stalled;
	uint64_t went[2]; /* since it has this plan */
	unsigned era;
	bool harmed, flip, ended[2];
	struct buf piece[2]; /* read, and not yet written */
	struct buf record[2];
};

struct proxy {
	pthread_t thread;
	int listener;
	uint16_t port;
	atomic_ushort to;
	atomic_bool stop;
	atomic_uint era; /* changed: there are other plans for all */
	/* What to do next; asked by the thread. */
	struct plan (*next)(void *ctx, const struct pair *last);
	void *ctx;
	struct pair pairs[PROXY_PAIRS];
	struct pair last;     /* as it was when it ended; no bytes of it */
	struct buf replay[2]; /* of an earlier connection, by direction */
	bool echo;
	unsigned host;
	/* counts */
	atomic_ulong bytes[2], connections, harmed[HARMS], replayed;
};

/* ---- one pair ---------------------------------------------------------------
 */

static inline void
pair_close(struct proxy *p, struct pair *c, bool reset)
{
	const struct linger now = { 1, 0 };
	unsigned i;

	for (i = 0; i < 2; i++) {
		if (reset)
			(void)setsockopt(
			    c->fd[i], SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		close(c->fd[i]);
		buf_free(&c->piece[i]);
		buf_free(&c->record[i]);
	}
	p->last = *c;
	*c = (struct pair){ 0 };
}

/* From 127.0.0.2 and on, each time another. */
static inline int
proxy_dials(struct proxy *p)
{
	struct sockaddr_in from = { .sin_family = AF_INET }, to = from;
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + p->host++ % 200);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons(p->to);
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) != 0 ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		close(fd);
		return -1;
	}
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

/* Say to the parent what an earlier child said. */
static inline void
proxy_replays(struct proxy *p)
{
	const int fd = proxy_dials(p);
	struct pollfd f = { .fd = fd, .events = POLLIN };
	uint8_t piece[4096];
	unsigned i;

	if (fd < 0 || p->replay[0].len == 0)
		return;
	(void)send(fd, p->replay[0].p, p->replay[0].len, MSG_NOSIGNAL);
	for (i = 0; i < 20 && poll(&f, 1, 50) >= 0; i++)
		if ((f.revents & POLLIN) != 0 &&
		    read(fd, piece, sizeof(piece)) <= 0)
			break;
	close(fd);
	p->replayed++;
}

static inline void
pair_harm(struct proxy *p, struct pair *c)
{
	const enum harm harm = c->plan.harm;

	c->harmed = true;
	p->harmed[harm]++;
	if (harm == HARM_REPLAY || harm == HARM_ECHO) {
		buf_free(&p->replay[0]);
		buf_free(&p->replay[1]);
		p->replay[0] = c->record[0];
		p->replay[1] = c->record[1];
		c->record[0] = c->record[1] = (struct buf){ 0 };
		p->echo = harm == HARM_ECHO;
	}
	if (harm == HARM_HALF)
		(void)shutdown(c->fd[!c->plan.way], SHUT_WR);
	else if (harm == HARM_STALL)
		c->stalled = peer_ms();
	else if (harm == HARM_CORRUPT)
		c->flip = true;
	else
		pair_close(p, c, harm == HARM_RESET);
	if (harm == HARM_REPLAY)
		proxy_replays(p);
}

/* So much may be passed on in this direction before the harm. */
static inline size_t
pair_room(const struct pair *c, unsigned way)
{
	size_t room = PROXY_PIECE;

	if (c->plan.harm == HARM_SLOW)
		room = 700;
	if (!c->harmed && c->plan.harm != HARM_NONE && way == c->plan.way &&
	    c->plan.after - c->went[way] < room)
		room = (size_t)(c->plan.after - c->went[way]);
	return room;
}

static inline bool
pair_writes(struct proxy *p, struct pair *c, unsigned way)
{
	struct buf *b = &c->piece[way];
	ssize_t n;

	n = send(c->fd[!way], b->p, b->len, MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN;
	c->went[way] += (uint64_t)n;
	p->bytes[way] += (unsigned long)n;
	if (c->record[way].len < PROXY_RECORD)
		buf_add(&c->record[way], bytes_of(b->p, (size_t)n));
	memmove(b->p, b->p + n, b->len - (size_t)n);
	b->len -= (size_t)n;
	return true;
}

/* Pass something on; false: an end closed it. */
static inline bool
pair_moves(struct proxy *p, struct pair *c, unsigned way)
{
	uint8_t piece[PROXY_PIECE];
	ssize_t n;

	if (c->piece[way].len == 0 && !c->ended[way]) {
		n = recv(c->fd[way], piece, pair_room(c, way), 0);
		if (n < 0)
			return errno == EAGAIN;
		if (n == 0) {
			c->ended[way] = true;
			return shutdown(c->fd[!way], SHUT_WR) == 0;
		}
		if (c->flip && way == c->plan.way) {
			piece[0] ^= 0x10;
			c->flip = false;
		}
		buf_add(&c->piece[way], bytes_of(piece, (size_t)n));
	}
	return c->piece[way].len == 0 || pair_writes(p, c, way);
}

static inline void
pair_turn(struct proxy *p, struct pair *c)
{
	const struct plan *plan = &c->plan;
	const int64_t ms = peer_ms();
	unsigned way;

	if (c->era != p->era && !c->harmed) {
		c->era = p->era;
		c->plan = p->next(p->ctx, &p->last);
		c->went[0] = c->went[1] = 0;
	}
	if (c->stalled != 0) {
		if (ms - c->stalled > 6000)
			pair_close(p, c, true);
		return;
	}
	if (!c->harmed && plan->harm != HARM_NONE &&
	    (c->went[plan->way] >= plan->after ||
		(plan->ms != 0 && ms - c->since > plan->ms))) {
		pair_harm(p, c);
		if (c->fd[0] == 0 || c->stalled != 0)
			return;
	}
	for (way = 0; way < 2; way++)
		if (!pair_moves(p, c, way)) {
			pair_close(p, c, false);
			return;
		}
	if (c->ended[0] && c->ended[1])
		pair_close(p, c, false);
}

/* ---- all --------------------------------------------------------------------
 */

static inline void
proxy_accepts(struct proxy *p)
{
	struct pair c = { .since = peer_ms() };
	unsigned i;

	c.fd[0] =
	    accept4(p->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (c.fd[0] < 0)
		return;
	if (p->echo && p->replay[1].len > 0) {
		(void)send(
		    c.fd[0], p->replay[1].p, p->replay[1].len, MSG_NOSIGNAL);
		(void)usleep(100000);
		close(c.fd[0]);
		p->echo = false;
		p->replayed++;
		return;
	}
	c.fd[1] = proxy_dials(p);
	for (i = 0; i < PROXY_PAIRS && p->pairs[i].fd[0] != 0; i++)
		;
	if (c.fd[1] < 0 || i == PROXY_PAIRS) {
		close(c.fd[0]);
		if (c.fd[1] >= 0)
			close(c.fd[1]);
		return;
	}
	c.era = p->era;
	c.plan = p->next(p->ctx, &p->last);
	p->connections++;
	p->pairs[i] = c;
}

/* What is waited for at an end of a pair; of those that take their time, and
 * say nothing, it is not asked. */
static inline struct pollfd
pair_waits(const struct pair *c, unsigned way)
{
	struct pollfd f = { .fd = c->fd[way] };

	if (c->stalled != 0 || c->plan.harm == HARM_SLOW)
		f.fd = -1;
	if (c->piece[way].len == 0 && !c->ended[way])
		f.events |= POLLIN;
	if (c->piece[!way].len > 0)
		f.events |= POLLOUT;
	return f;
}

static inline void *
proxy_runs(void *ctx)
{
	struct proxy *p = ctx;
	struct pollfd f[1 + 2 * PROXY_PAIRS];
	unsigned i, n, way;

	while (!p->stop) {
		f[0] = (struct pollfd){ .fd = p->listener, .events = POLLIN };
		n = 1;
		for (i = 0; i < PROXY_PAIRS; i++)
			for (way = 0; way < 2 && p->pairs[i].fd[0] != 0; way++)
				f[n++] = pair_waits(&p->pairs[i], way);
		(void)poll(f, n, 20);
		if ((f[0].revents & POLLIN) != 0)
			proxy_accepts(p);
		for (i = 0; i < PROXY_PAIRS; i++)
			if (p->pairs[i].fd[0] != 0)
				pair_turn(p, &p->pairs[i]);
	}
	return NULL;
}

static inline void
proxy_begin(struct proxy *p, uint16_t to,
    struct plan (*next)(void *ctx, const struct pair *last), void *ctx)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);

	p->to = to;
	p->next = next;
	p->ctx = ctx;
	p->listener =
	    socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (p->listener < 0 ||
	    bind(p->listener, (struct sockaddr *)&a, len) != 0 ||
	    getsockname(p->listener, (struct sockaddr *)&a, &len) != 0 ||
	    listen(p->listener, 64) != 0)
		bug("no port is to be had");
	p->port = ntohs(a.sin_port);
	if (pthread_create(&p->thread, NULL, proxy_runs, p) != 0)
		bug("no thread");
}

static inline void
proxy_end(struct proxy *p)
{
	unsigned i;

	p->stop = true;
	(void)pthread_join(p->thread, NULL);
	for (i = 0; i < PROXY_PAIRS; i++)
		if (p->pairs[i].fd[0] != 0)
			pair_close(p, &p->pairs[i], true);
	buf_free(&p->replay[0]);
	buf_free(&p->replay[1]);
	close(p->listener);
}

#endif
