/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A centre that really runs, its children played by hand, and means to be a
 * hostile one: what the tests of hostile peers and of floods share.
 */
#ifndef TESTS_STATION_VILLAIN_H
#define TESTS_STATION_VILLAIN_H

#include "../tests/unit/script.h"
#include "peer.h"

static struct country land;
/* The daemon; a child that is honest, one that is not; who is no child. */
static struct seat *centre, *honest, *hostile, *grandchild;
static uint64_t epoch;	/* the last that was used */
static uint64_t serial; /* of the honest child's dispatches */
static pid_t link_pid;	/* the centre's link process */
static size_t killed;	/* processes of it, by the test */

static inline void
land_begin(const char *more)
{
	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	honest = country_seat(&land, centre, "dien-bien");
	hostile = country_seat(&land, centre, "lai-chau");
	grandchild = country_seat(&land, honest, "muong-nhe");
	country_write(centre, more);
	epoch = (uint64_t)time_now() * 1000;
	if (!ok(seat_start(centre), "a station starts"))
		bug("no station to attack");
	link_pid = seat_process(centre, "link");
}

/* No process of the centre's has died of it. */
static inline void
land_end(void)
{
	is((uint64_t)seat_process(centre, "link"), (uint64_t)link_pid,
	    "the link process lived through all of it");
	is(seat_said(centre, "event=process.died"), killed,
	    "and so did all others");
	is((uint64_t)seat_stop(centre, SIGTERM), 0, "the station ends well");
	country_end(&land);
}

/* TLS and a statement of its own, from an address of the loopback. */
static inline bool
villain_dial(struct peer *p, const struct seat *as, const char *source)
{
	*p = (struct peer){ .source = source, .epoch = epoch++ };
	return peer_dial(p, centre->port, &as->station, bytes_str(as->address));
}

/* The same, again and again as a child does it: a station that has just begun,
 * or a machine that has much to do, may miss one. */
static inline void
villain_comes(struct peer *p, const struct seat *as)
{
	const int64_t until = peer_ms() + patience(30) * 1000;

	while (!villain_dial(p, as, NULL)) {
		if (peer_ms() > until)
			bug("no line");
		peer_end(p);
		(void)poll(NULL, 0, 100);
	}
}

/* ---- an honest one ---- */

struct errand {
	struct peer p;
	unsigned answers[ACKS];
};

static inline void
errand_hello(void *ctx, const struct hello *h)
{
	struct errand *er = ctx;

	(void)h;
	peer_admits(&er->p);
}

static inline void
errand_acked(void *ctx, uint64_t ref, enum ack outcome, enum refusal why)
{
	struct errand *er = ctx;

	(void)ref;
	(void)why;
	er->answers[outcome]++;
}

static inline void
errand_bye(void *ctx, unsigned reason, struct bytes text)
{
	(void)ctx;
	note("an honest one hears BYE: %u %.*s", reason, (int)text.len,
	    (const char *)text.p);
}

/* Its line is begun; false: it was not to be had. */
static inline bool
errand_begin(struct errand *er, const struct seat *as, const char *source)
{
	*er = (struct errand){ 0 };
	if (!villain_dial(&er->p, as, source))
		return false;
	er->p.owner = (struct session_owner){
		.hello = errand_hello, .acked = errand_acked, .bye = errand_bye
	};
	er->p.ctx = er;
	peer_begin(&er->p);
	return true;
}

/* A dispatch of the honest child's is stored at the centre within so many
 * seconds: by as many lines as it takes. */
static inline bool
centre_serves(const char *source, unsigned seconds)
{
	const int64_t until = peer_ms() + seconds * 1000;
	struct buf package;
	struct errand er;
	struct tag tag;
	bool stored = false;

	sealed_text(
	    &package, &tag, honest, centre, ++serial, 1000, PRECEDENCE_HOA_TOC);
	while (!stored && peer_ms() < until) {
		if (errand_begin(&er, honest, source)) {
			peer_send(
			    &er.p, 1, buf_bytes(&package), centre, &tag, 3);
			while (er.answers[ACK_STORED] == 0 &&
			       peer_ms() < until && peer_turn(&er.p, 50))
				;
			stored =
			    er.answers[ACK_STORED] + er.answers[ACK_KNOWN] > 0;
		}
		peer_end(&er.p);
		if (!stored)
			(void)usleep(100000);
	}
	buf_free(&package);
	return stored;
}

/* ---- raw bytes over TLS ---- */

/* All of it, within five seconds; false: the line is gone. */
static inline bool
villain_write(struct peer *p, struct bytes in)
{
	struct pollfd f = { .fd = p->fd, .events = POLLOUT };
	const int64_t until = peer_ms() + 5000;
	enum tls_did did;
	size_t sent;

	while (in.len > 0 && peer_ms() < until) {
		did = tls_write(p->tls, in, &sent, &p->e);
		if (did == TLS_CLOSED || did == TLS_FAILED)
			return false;
		in = bytes_of(in.p + sent, in.len - sent);
		if (did != TLS_DONE)
			(void)poll(&f, 1, 100);
	}
	return in.len == 0;
}

/* What comes next, within a second, is added to *in; true: the line is closed,
 * or nothing came. */
static inline bool
villain_reads_once(struct peer *p, struct buf *in)
{
	struct pollfd f = { .fd = p->fd, .events = POLLIN };
	uint8_t piece[16384];
	enum tls_did did;
	size_t got;

	did = tls_read(p->tls, piece, sizeof(piece), &got, &p->e);
	if (did == TLS_WANT_READ || did == TLS_WANT_WRITE) {
		if (poll(&f, 1, 1000) <= 0)
			return true;
		did = tls_read(p->tls, piece, sizeof(piece), &got, &p->e);
	}
	buf_add(in, bytes_of(piece, got));
	return did == TLS_CLOSED || did == TLS_FAILED;
}

/* What comes is added to *in; true: the line was closed in this time. */
static inline bool
villain_reads(struct peer *p, struct buf *in, int ms)
{
	struct pollfd f = { .fd = p->fd, .events = POLLIN };
	const int64_t until = peer_ms() + ms;
	uint8_t piece[16384];
	enum tls_did did;
	size_t got;

	while (peer_ms() < until) {
		did = tls_read(p->tls, piece, sizeof(piece), &got, &p->e);
		buf_add(in, bytes_of(piece, got));
		if (did == TLS_CLOSED || did == TLS_FAILED)
			return true;
		if (did != TLS_DONE)
			(void)poll(&f, 1, ms < 100 ? ms : 100);
	}
	return false;
}

/* The frame of this type in what came; its payload. */
static inline bool
came(const struct buf *in, enum frame_type want, struct bytes *payload)
{
	struct bytes rest = buf_bytes(in);
	uint8_t type;
	size_t len;

	while (rest.len >= FRAME_HEAD) {
		frame_head(rest.p, &type, &len);
		if (len > rest.len - FRAME_HEAD)
			return false;
		*payload = bytes_of(rest.p + FRAME_HEAD, len);
		if (type == (uint8_t)want)
			return true;
		rest = bytes_of(
		    rest.p + FRAME_HEAD + len, rest.len - FRAME_HEAD - len);
	}
	return false;
}

/* The line ends within ten seconds, with BYE of this reason and text. */
static inline bool
hears_bye(struct peer *p, struct buf *in, enum bye reason, const char *text)
{
	const bool closed = villain_reads(p, in, 10000);
	struct bytes payload;

	if (closed && came(in, FRAME_BYE, &payload) && payload.len > 0 &&
	    payload.p[0] == (uint8_t)reason &&
	    bytes_is(bytes_of(payload.p + 1, payload.len - 1), text))
		return true;
	if (came(in, FRAME_BYE, &payload))
		note("BYE %u %.*s", payload.p[0], (int)payload.len - 1,
		    (const char *)payload.p + 1);
	else
		note("no BYE; %s", closed ? "closed" : "still open");
	return false;
}

#endif
