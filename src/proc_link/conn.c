/* SPDX-License-Identifier: EUPL-1.2 */
/* One connection: TCP, TLS, and the session that speaks over it. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/vec.h"
#include "proc_link/link.h"

/* ---- finding, making, ending
 * --------------------------------------------------- */

struct conn *
conn_of(uint64_t number)
{
	size_t low = 0, high = lk.count, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (lk.conns[mid]->number < number)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == lk.count || lk.conns[low]->number != number ||
	    lk.conns[low]->state == CONN_CLOSED)
		return NULL;
	return lk.conns[low];
}

static void on_readable(evutil_socket_t fd, short what, void *ctx);
static void on_writable(evutil_socket_t fd, short what, void *ctx);

struct conn *
conn_new(int fd, bool dialled, const char *from)
{
	struct conn *c = alloc(1, sizeof(*c));
	const int on = 1;

	c->number = ++lk.last;
	c->fd = fd;
	c->dialled = dialled;
	c->state = CONN_DIALLING;
	c->since = process_ms();
	(void)snprintf(c->from, sizeof(c->from), "%s", from);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	c->readable =
	    event_new(process_base(), fd, EV_READ | EV_PERSIST, on_readable, c);
	c->writable = event_new(process_base(), fd, EV_WRITE, on_writable, c);
	if (c->readable == NULL || c->writable == NULL)
		bug("no memory");
	lk.conns = vec_more(lk.conns, lk.count, sizeof(struct conn *));
	lk.conns[lk.count++] = c;
	return c;
}

void
conn_free(struct conn *c)
{
	size_t i;

	event_free(c->readable);
	event_free(c->writable);
	keeps_leave(c);
	session_free(c->session);
	compact_free(c->compact);
	tls_free(c->tls);
	wipe(&c->secret, sizeof(c->secret));
	close(c->fd);
	for (i = 0; i < c->sending_count; i++)
		sending_drop(&c->sendings[i]);
	free(c->sendings);
	buf_free(&c->out);
	buf_free(&c->enrol);
	free(c);
}

static void
talks_no_more(const struct conn *c)
{
	if (c->admitted && !c->dialled)
		lk.children--;
}

/* Nothing but what is to be written is left of it; that has its time. */
static void
conn_quits(struct conn *c)
{
	talks_no_more(c);
	c->state = CONN_LEAVING;
	(void)event_del(c->readable); /* nothing of it is read any more */
	c->next = process_ms() + lk.shake_ms;
	c->dirty = true;
}

/* Closed now; freed when the round ends, because callbacks may be above us. */
void
conn_close(struct conn *c, const struct err *why)
{
	const struct msg_conn gone = { c->number };
	/* by TLS, or by BYE; a line that breaks refuses nobody */
	const bool refused =
	    (why != NULL && why->rc == RC_DENIED) || c->state == CONN_LEAVING;

	if (c->state == CONN_CLOSED)
		return;
	if (c->state == CONN_TALKING || c->state == CONN_LEAVING)
		tls_close(c->tls);
	if (c->state == CONN_TALKING)
		talks_no_more(c);
	c->state = CONN_CLOSED;
	(void)event_del(c->readable);
	(void)event_del(c->writable);
	if (c->asked)
		(void)tell(PROC_STORE, MSG_GONE, 0, &gone, -1);
	room_leave(c);
	room_ended(c);
	if (c->admitted || c->dialled || room_says())
		link_event(
		    why != NULL && why->rc != RC_ABSENT ? LOG_WARN : LOG_INFO,
		    "conn.closed", c, why);
	thin_ended(c, refused);
	if (c->up)
		enrol_up_ended(c);
	else if (c->dialled)
		dial_ended(c->admitted);
}

void
conn_leave(struct conn *c, enum bye reason)
{
	if (c->state == CONN_TALKING) {
		session_refuse(c->session, reason);
		conn_quits(c);
	} else if (c->state != CONN_LEAVING) {
		conn_close(c, NULL);
	}
}

void
conn_replaced(struct conn *c)
{
	conn_leave(c, BYE_REPLACED);
	keeps_leave(c);
}

/* ---- whether a thin one is there yet
 * --------------------------------------------------------------------- */

#define THIN_DEAD_MS 120000u /* what was sent is not answered */
#define THIN_SILENT_MS INT64_C(60000)
#define THIN_DOUBT_MS 30000u /* of the first that is sent after silence */

/* Nobody asks whether the other is there: the system sees it, of what was
 * sent. */
static void
thin_dead(const struct conn *c, unsigned after)
{
	if (c->thin)
		(void)setsockopt(c->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &after,
		    sizeof(after));
}

/* docs/link.md 20.9: a line that was silent may have gone unseen. */
static void
thin_writes(struct conn *c)
{
	if (!c->thin || c->doubted || process_ms() - c->heard < THIN_SILENT_MS)
		return;
	c->doubted = true;
	thin_dead(c, THIN_DOUBT_MS);
}

static void
thin_heard(struct conn *c)
{
	c->heard = process_ms();
	if (c->doubted)
		thin_dead(c, THIN_DEAD_MS);
	c->doubted = false;
}

/* ---- bytes
 * --------------------------------------------------------------------- */

/* The store is behind: what peers send waits in their sockets, so that what
 * waits for the store is bounded whoever sends it (docs/link.md 15.5). */
static bool
is_full(void)
{
	const bool full = process_queued(PROC_STORE) >= LINK_STORE_FULL;

	lk.store_full = lk.store_full || full;
	return full;
}

/* What it does not want to hear yet stays in the socket. */
static void
listen_while_wanted(struct conn *c)
{
	const bool wants = session_wants_input(c->session) && !is_full();

	if (wants == c->deaf)
		(void)(wants ? event_add(c->readable, NULL)
			     : event_del(c->readable));
	c->deaf = !wants;
}

/* Write what there is; it is tried again when the socket can take more. */
void
conn_flush(struct conn *c)
{
	struct err e = { .rc = RC_ABSENT };
	enum tls_did did = TLS_DONE;
	size_t sent;

	c->dirty = false;
	while (did == TLS_DONE &&
	       (c->state == CONN_TALKING || c->state == CONN_LEAVING)) {
		if (c->out_at == c->out.len) {
			if (c->out.len > 0)
				pace_gone(c);
			buf_free(&c->out);
			c->out_at = 0;
			if (!pace_make(c))
				break;
		}
		if (c->out.len == 0)
			break;
		thin_writes(c);
		did = tls_write(c->tls,
		    bytes_of(c->out.p + c->out_at, c->out.len - c->out_at),
		    &sent, &e);
		c->out_at += sent;
		c->went += sent;
		c->has_room = c->has_room && sent == 0;
		if (c->enrolling && sent > 0)
			c->since = process_ms();
	}
	if (did == TLS_WANT_WRITE)
		(void)event_add(c->writable, NULL);
	else if (did == TLS_CLOSED || did == TLS_FAILED)
		conn_close(c, did == TLS_FAILED ? &e : NULL);
	else if (did == TLS_DONE && (c->state == CONN_LEAVING || c->answered))
		conn_close(c, NULL);
	if (c->state == CONN_TALKING && session_over(c->session))
		conn_quits(c); /* its numbers are used up */
	else if (c->state == CONN_TALKING)
		listen_while_wanted(c);
}

/* The session is at its end: say why, as far as the peer still listens. */
static void
fell_out(struct conn *c, const struct err *e)
{
	if (c->admitted || c->dialled || room_says())
		link_event(e->rc == RC_ABSENT ? LOG_INFO : LOG_WARN,
		    "session.ended", c, e);
	if (c->state == CONN_TALKING)
		conn_quits(c);
	c->dirty = true;
}

/* What came on a thin line and is whole, as far as the session wants it. */
static void
read_compact(struct conn *c)
{
	struct buf frame = { 0 };
	struct err e;
	enum rc rc = RC_OK;
	bool reads = false; /* the session has said why not */

	while (c->compact != NULL && c->state == CONN_TALKING && rc == RC_OK &&
	       session_wants_input(c->session)) {
		rc = compact_next(c->compact, &frame, &e);
		reads = rc == RC_OK;
		if (reads)
			rc = session_input(
			    c->session, buf_bytes(&frame), process_ms(), &e);
	}
	if (rc == RC_INVALID && !reads)
		session_broken(c->session, &e);
	if (reads ? rc != RC_OK : rc == RC_INVALID)
		fell_out(c, &e);
	buf_free(&frame);
}

static void
read_some(struct conn *c)
{
	uint8_t piece[SESSION_READ];
	struct err e = { .rc = RC_ABSENT };
	enum tls_did did = TLS_DONE;
	unsigned i;
	size_t got;

	for (i = 0; c->state == CONN_TALKING && did == TLS_DONE &&
		    session_wants_input(c->session) && !is_full() &&
		    (i < LINK_BURST || tls_pending(c->tls));
	     i++) {
		did = tls_read(c->tls, piece, sizeof(piece), &got, &e);
		if (did == TLS_DONE)
			thin_heard(c);
		if (did == TLS_DONE && c->compact != NULL) {
			compact_add(c->compact, bytes_of(piece, got));
			read_compact(c);
		} else if (did == TLS_DONE &&
			   session_input(c->session, bytes_of(piece, got),
			       process_ms(), &e) != RC_OK) {
			fell_out(c, &e);
		}
	}
	wipe(piece, sizeof(piece));
	if (c->state != CONN_CLOSED && (did == TLS_CLOSED || did == TLS_FAILED))
		conn_close(c, did == TLS_FAILED ? &e : NULL);
	else if (c->state == CONN_TALKING && did == TLS_WANT_WRITE)
		(void)event_add(c->writable, NULL);
	c->dirty = true;
}

/* ---- how it begins
 * -------------------------------------------------------------- */

#define THIN_IDLE_MS (INT64_C(1) << 60) /* never */

static void
begin_session(struct conn *c)
{
	const struct hello own = { .incarnation = lk.incarnation,
		.clock = process_now(),
		.own_clock = true,
		.window = LINK_WINDOW,
		.items = LINK_ITEMS,
		.statement =
		    c->thin ? (struct bytes){ 0 } : buf_bytes(&lk.statement) };

	if (c->dialled && c->self != lk.self) {
		conn_close(c, NULL); /* again, under the new key */
		return;
	}
	c->state = CONN_TALKING;
	c->conf = c->dialled ? lk.dial : lk.serve;
	c->conf.thin = c->thin;
	if (c->thin) /* docs/link.md 20.1 */
		c->conf.dead_ms = 2 * (c->conf.idle_ms = THIN_IDLE_MS);
	if (c->thin && c->dialled && c->life.size > 0)
		thin_claims(c, c->life.size, c->life.root);
	if (c->dialled && !c->up) {
		c->conf.contact = hours_contact_said();
		c->conf.cap = (uint32_t)(c->cap = hours_cap());
	}
	c->conf.offer = c->conf.offer && !c->thin && !c->up;
	c->heard = process_ms();
	thin_dead(c, THIN_DEAD_MS);
	c->conf.enrol = c->conf.enrol && !c->thin;
	if (c->thin)
		c->compact = compact_new();
	pace_begin(c);
	c->session = session_new(&c->conf, &conn_owner, c, NULL, process_ms());
	if (c->up)
		enrol_up_begins(c);
	else if (c->dialled)
		session_hello(c->session, &own);
	c->dirty = true;
}

void
conn_shake(struct conn *c)
{
	struct err e = { .rc = RC_ABSENT };
	enum tls_did did = tls_handshake(c->tls, &e);

	if (did == TLS_DONE) {
		begin_session(c);
		if (c->state == CONN_TALKING)
			read_some(c);
	} else if (did == TLS_WANT_WRITE) {
		(void)event_add(c->writable, NULL);
	} else if (did == TLS_WANT_SECRET) {
		thin_named(c);
	} else if (did != TLS_WANT_READ) {
		conn_close(c, did == TLS_FAILED ? &e : NULL);
	}
}

void
conn_connected(struct conn *c)
{
	c->tls = c->thin ? tls_new_thin(c->fd, &c->secret)
			 : tls_new(lk.context, c->fd, !c->dialled);
	wipe(&c->secret, sizeof(c->secret));
	c->self = lk.self;
	c->state = CONN_SHAKING;
	(void)event_add(c->readable, NULL);
	if (c->dialled)
		conn_shake(c);
}

/* A handshake costs its time here: who is to be met may not begin too many. */
static bool
may_shake(struct conn *c)
{
	struct err e;

	if (c->dialled || c->tried || room_try(c))
		return true;
	(void)fail(&e, RC_LIMIT,
	    "docs/link.md 15.3: too many handshakes from its address");
	conn_close(c, &e);
	return false;
}

static void
on_readable(evutil_socket_t fd, short what, void *ctx)
{
	struct conn *c = ctx;

	(void)fd;
	(void)what;
	if (c->state == CONN_SHAKING && may_shake(c))
		conn_shake(c);
	else if (c->state == CONN_TALKING)
		read_some(c);
}

static void
on_writable(evutil_socket_t fd, short what, void *ctx)
{
	struct conn *c = ctx;
	struct err e;
	socklen_t len = sizeof(int);
	int failed = 0;

	(void)what;
	if (c->state == CONN_DIALLING) {
		(void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len);
		errno = failed;
		if (failed == 0) {
			conn_connected(c);
		} else {
			(void)fail_io(&e, "%s does not answer", c->from);
			conn_close(c, &e);
		}
	} else if (c->state == CONN_SHAKING) {
		conn_shake(c);
	} else if (c->state != CONN_CLOSED) {
		c->has_room = true;
		conn_flush(c);
	}
}

/* ---- what the store says
 * -------------------------------------------------------- */

void
conn_admit(struct conn *c, const struct msg_admit *a)
{
	struct hello own = { .incarnation = lk.incarnation,
		.clock = a->clock,
		.own_clock = a->own_clock != 0,
		.window = LINK_WINDOW,
		.items = LINK_ITEMS,
		.statement =
		    c->thin ? (struct bytes){ 0 } : buf_bytes(&lk.statement) };
	struct err e;

	if (c->state != CONN_TALKING || c->admitted)
		return;
	if (a->rc != RC_OK) {
		if (a->rc == RC_EXPIRED && a->epoch > 0)
			session_stale(c->session, a->epoch);
		conn_leave(c, BYE_REFUSED);
		return;
	}
	memcpy(c->station, a->station.p, a->station.len);
	c->station[a->station.len] = '\0';
	/* docs/link.md 15.6, and 14.7: our statement is of another key now */
	if (!c->dialled &&
	    (lk.children >= lk.max_children || c->self != lk.self)) {
		conn_leave(c, BYE_BUSY);
		return;
	}
	c->admitted = true;
	room_leave(c);
	lk.children += !c->dialled;
	keeps_find(c);
	if (a->guest != 0) /* docs/link.md 19.6: no secret is of use */
		c->conf.offer = false;
	if (!c->dialled && c->thin)
		thin_claims(c, a->life, NULL);
	if (!c->dialled)
		session_hello(c->session, &own);
	if (session_admit(c->session, process_ms(), &e) != RC_OK)
		fell_out(c, &e);
	if (c->dialled) {
		lk.dial_wait = 0;
		hours_clock(a->clock);
	}
	thin_share(c);
	read_compact(c); /* what came behind its HELLO */
	c->dirty = true;
}

void
conn_send(struct conn *c, const struct msg_send *m, int fd)
{
	struct item item = { .rank = (unsigned)m->rank,
		.envelope = (uint32_t)m->envelope,
		.total = m->total,
		.due = m->due,
		.again = m->again != 0 };
	struct link_dest *dests = NULL;
	struct bytes rows = m->dests;
	struct msg_dest row;
	size_t n = 0;

	if (c->state != CONN_TALKING || !c->admitted) {
		if (fd >= 0)
			close(fd);
		return;
	}
	memcpy(item.sum, m->sum, SHA256_SIZE);
	while (list_next(&rows, LIST_DEST, &row)) {
		dests = vec_more(dests, n, sizeof(*dests));
		dests[n++] = (struct link_dest){ row.address, row.tag };
	}
	item.dests = dests;
	item.dest_count = n;
	if (fd >= 0) {
		c->sendings = vec_more(
		    c->sendings, c->sending_count, sizeof(*c->sendings));
		c->sendings[c->sending_count] =
		    (struct sending){ .q = m->q, .fd = fd, .at = m->at };
		buf_add(&c->sendings[c->sending_count++].envelope, m->package);
	}
	session_send(c->session, m->q, &item,
	    fd >= 0 ? (struct bytes){ 0 } : m->package);
	free(dests);
	c->dirty = true;
}

void
conn_taken(struct conn *c, const struct msg_taken *t)
{
	size_t i;

	for (i = 0; i < c->stopped_count; i++)
		if (c->stopped[i] == t->number) {
			c->stopped[i] = c->stopped[--c->stopped_count];
			return;
		}
	if (c->state != CONN_TALKING)
		return;
	session_ack(c->session, (uint32_t)t->number, (enum ack)t->outcome,
	    (enum refusal)t->code);
	c->dirty = true;
}

void
conn_tell(struct conn *c, const struct msg_tell *t)
{
	if (c->state == CONN_TALKING && c->admitted)
		(void)session_tell(c->session, (enum tell)t->kind, t->bytes);
	c->dirty = true;
}
