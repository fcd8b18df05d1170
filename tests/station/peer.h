/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station's end of a line, without a station: TCP, TLS and session, driven by
 * hand.  Tests and benchmarks speak to real daemons by it.
 */
#ifndef TESTS_STATION_PEER_H
#define TESTS_STATION_PEER_H

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

#include "country.h"
#include "dispatch/package.h"
#include "link/session.h"
#include "link/tls.h"

struct peer {
	struct session_conf conf;
	struct tls_key *key;
	struct tls_context *context;
	struct tls *tls;
	struct session *session;
	struct session_owner owner;
	void *ctx;
	struct buf out;
	size_t out_at;
	struct buf statement;
	uint64_t epoch;
	const char *source; /* address it dials from; NULL: any */
	int fd;
	bool admitted, over;
	struct err e; /* why it is over */
};

static inline int64_t
peer_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Connected, from this address of the loopback (NULL: any). */
static inline int
dial_port_from(uint16_t port, const char *source)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	const struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int on = 1;

	if (fd < 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
	    (source != NULL &&
		(inet_pton(AF_INET, source, &from.sin_addr) != 1 ||
		    bind(fd, (struct sockaddr *)&from, sizeof(from)) != 0)) ||
	    connect(fd, (const struct sockaddr *)&a, sizeof(a)) != 0)
		bug("a station does not answer");
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	return fd;
}

static inline int
dial_port(uint16_t port)
{
	return dial_port_from(port, NULL);
}

/* TLS is through; the statement is of this identity, for this address. */
static inline bool
peer_dial(struct peer *p, uint16_t port, const struct identity *station,
    struct bytes address)
{
	enum tls_did did;
	struct pollfd f;

	(void)signal(SIGPIPE, SIG_IGN); /* a line may end under it */
	if (p->key == NULL)
		p->key = tls_key_new();
	p->context = tls_context_new(p->key);
	p->fd = dial_port_from(port, p->source);
	p->tls = tls_new(p->context, p->fd, false);
	f = (struct pollfd){ .fd = p->fd };
	while ((did = tls_handshake(p->tls, &p->e)) == TLS_WANT_READ ||
	       did == TLS_WANT_WRITE) {
		f.events = did == TLS_WANT_READ ? POLLIN : POLLOUT;
		(void)poll(&f, 1, 5000);
	}
	if (did != TLS_DONE)
		return false;
	if (p->epoch == 0) /* stations of tests begin anew where they like */
		p->epoch = (uint64_t)time_now();
	p->epoch++;
	link_write(&p->statement, address, p->epoch, tls_key_public(p->key),
	    station->sig);
	return true;
}

/* Whatever comes, notices of what was sent, too: of who has no item(). */
static inline void
peer_takes(void *ctx, const struct item *item, struct bytes package)
{
	struct peer *p = ctx;

	(void)package;
	session_ack(p->session, item->number, ACK_STORED, REFUSAL_NONE);
	session_taken(p->session, item->total - item->from);
}

static inline void
peer_leaves(void *ctx, unsigned reason, struct bytes text)
{
	(void)ctx;
	note("the station leaves, %u: %.*s", reason, (int)text.len,
	    (const char *)text.p);
}

/* The session begins; the owner may set more of p->conf and p->owner before. */
static inline void
peer_begin(struct peer *p)
{
	struct hello own = { .incarnation = 1,
		.clock = time_now(),
		.own_clock = true,
		.window = 4u << 20,
		.items = 2000,
		.statement = buf_bytes(&p->statement) };

	if (p->owner.item == NULL && p->ctx == p)
		p->owner.item = peer_takes;
	if (p->owner.bye == NULL)
		p->owner.bye = peer_leaves;
	p->conf.dialled = true;
	if (p->conf.frame == 0)
		p->conf.frame = FRAME_MAX;
	p->conf.total_max = LINK_TOTAL_MAX;
	p->conf.idle_ms = 30000;
	p->conf.dead_ms = 90000;
	p->session = session_new(&p->conf, &p->owner, p->ctx, NULL, peer_ms());
	session_hello(p->session, &own);
}

/* Write what can be written. */
static inline bool
peer_write(struct peer *p)
{
	enum tls_did did = TLS_DONE;
	size_t sent;

	while (did == TLS_DONE) {
		if (p->out_at == p->out.len) {
			buf_free(&p->out);
			p->out_at = 0;
			session_output(p->session, &p->out, 65536);
		}
		if (p->out.len == 0)
			return true;
		did = tls_write(p->tls,
		    bytes_of(p->out.p + p->out_at, p->out.len - p->out_at),
		    &sent, &p->e);
		p->out_at += sent;
	}
	return did == TLS_WANT_READ || did == TLS_WANT_WRITE;
}

static inline bool
peer_read(struct peer *p)
{
	uint8_t piece[SESSION_READ];
	enum tls_did did;
	size_t got;

	while (session_wants_input(p->session)) {
		did = tls_read(p->tls, piece, sizeof(piece), &got, &p->e);
		if (did == TLS_WANT_READ || did == TLS_WANT_WRITE)
			return true;
		if (did != TLS_DONE ||
		    session_input(p->session, bytes_of(piece, got), peer_ms(),
			&p->e) != RC_OK)
			return false;
	}
	return true;
}

/* One round: write, wait at most "ms" for something to read, read, write. */
static inline bool
peer_turn(struct peer *p, int ms)
{
	struct pollfd f = { .fd = p->fd, .events = POLLIN };

	if (p->over)
		return false;
	if (!peer_write(p))
		p->over = true;
	if (p->out.len > p->out_at)
		f.events |= POLLOUT;
	if (!p->over && !tls_pending(p->tls))
		(void)poll(&f, 1, ms);
	if (!p->over && !peer_read(p))
		p->over = true;
	(void)peer_write(p);
	return !p->over;
}

static inline void
peer_end(struct peer *p)
{
	session_free(p->session);
	tls_free(p->tls);
	tls_context_free(p->context);
	tls_key_free(p->key);
	buf_free(&p->out);
	buf_free(&p->statement);
	if (p->fd > 0)
		close(p->fd);
	*p = (struct peer){ 0 };
}

/* An owner's hello() that takes whoever it is for its parent. */
static inline void
peer_admits(struct peer *p)
{
	struct err e;

	must(session_admit(p->session, peer_ms(), &e), &e);
	p->admitted = true;
}

/* ---- what is sent
 * ---------------------------------------------------------------- */

/* A sealed text of "size" random bytes from one desk to another, as the
 * origin's station would seal it. */
static inline void
sealed_level(struct buf *out, struct tag *tag, const struct seat *from,
    const struct seat *to, uint64_t serial, size_t size,
    enum precedence precedence, enum level level)
{
	struct part part = { .kind = PART_DOCUMENT,
		.name = bytes_str("a"),
		.type = bytes_str("application/octet-stream"),
		.size = size };
	struct addressee whom = { bytes_str(to->desk_address), PURPOSE_ACTION };
	struct dispatch d = {
		.header = { .origin = bytes_str(from->address),
		    .incarnation = 1,
		    .serial = serial,
		    .precedence = precedence,
		    .expires = TIME_NEVER },
		.originator = bytes_str(from->desk_address),
		.level = level,
		.due = TIME_NEVER,
		.to = &whom,
		.to_count = 1,
		.parts = &part,
		.part_count = 1,
		.size = size,
	};
	const struct signer signer = identity_signer(&from->desk);
	struct recipient r = { .alg = kem_key_alg(to->desk.kem),
		.pub = kem_key_pub(to->desk.kem) };
	uint8_t cek[AEAD_KEY], *text = alloc(1, size);
	struct buf inner;
	struct sink sink;
	struct err e;

	*out = (struct buf){ 0 };
	sink = sink_buf(out);
	random_bytes(text, size);
	random_bytes(cek, sizeof(cek));
	random_bytes(d.header.id.b, ID_SIZE);
	tag_of(&r.tag, r.alg->oid, r.pub);
	*tag = r.tag;
	signed_dispatch(&inner, &d, bytes_of(text, size), &signer, time_now());
	must(envelope_seal(&sink, &d.header, buf_bytes(&inner), cek, &r, 1, &e),
	    &e);
	buf_free(&inner);
	free(text);
}

static inline void
sealed_text(struct buf *out, struct tag *tag, const struct seat *from,
    const struct seat *to, uint64_t serial, size_t size,
    enum precedence precedence)
{
	sealed_level(out, tag, from, to, serial, size, precedence,
	    LEVEL_ORDINARY);
}

/* Give it to the session, under this number. */
static inline void
peer_send(struct peer *p, uint64_t ref, struct bytes package,
    const struct seat *to, const struct tag *tag, unsigned rank)
{
	const struct link_dest dest = { bytes_str(to->desk_address), *tag };
	struct item item = { .rank = rank,
		.envelope = (uint32_t)package.len,
		.total = package.len,
		.dests = &dest,
		.dest_count = 1 };

	sha256(item.sum, package);
	session_send(p->session, ref, &item, package);
}

#endif
