/* SPDX-License-Identifier: EUPL-1.2 */
/* One connection: TCP, TLS, and the session that speaks over it. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "antind/link.h"
#include "core/vec.h"

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
	lk.pending++;
	return c;
}

static void
drop_sending(struct sending *s)
{
	if (s->fd >= 0)
		close(s->fd);
	buf_free(&s->envelope);
}

void
conn_free(struct conn *c)
{
	size_t i;

	event_free(c->readable);
	event_free(c->writable);
	session_free(c->session);
	tls_free(c->tls);
	close(c->fd);
	for (i = 0; i < c->sending_count; i++)
		drop_sending(&c->sendings[i]);
	free(c->sendings);
	buf_free(&c->out);
	free(c);
}

/* Closed now; freed when the round ends, because callbacks may be above us. */
void
conn_close(struct conn *c, const struct err *why)
{
	const struct msg_conn gone = { c->number };

	if (c->state == CONN_CLOSED)
		return;
	if (c->state == CONN_TALKING || c->state == CONN_LEAVING)
		tls_close(c->tls);
	c->state = CONN_CLOSED;
	(void)event_del(c->readable);
	(void)event_del(c->writable);
	if (c->asked)
		(void)tell(PROC_STORE, MSG_GONE, 0, &gone, -1);
	if (!c->admitted)
		lk.pending--;
	link_event(why != NULL && why->rc != RC_ABSENT ? LOG_WARN : LOG_INFO,
	    "conn.closed", c, why);
	if (c->dialled)
		dial_ended(c->admitted);
}

void
conn_leave(struct conn *c, enum bye reason)
{
	if (c->state == CONN_TALKING) {
		session_refuse(c->session, reason);
		c->state = CONN_LEAVING;
		c->dirty = true;
	} else if (c->state != CONN_LEAVING) {
		conn_close(c, NULL);
	}
}

/* ---- bytes
 * --------------------------------------------------------------------- */

/* What it does not want to hear yet stays in the socket. */
static void
listen_while_wanted(struct conn *c)
{
	const bool wants = session_wants_input(c->session);

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
			buf_free(&c->out);
			c->out_at = 0;
			session_output(c->session, &c->out, LINK_OUT);
		}
		if (c->out.len == 0)
			break;
		did = tls_write(c->tls,
		    bytes_of(c->out.p + c->out_at, c->out.len - c->out_at),
		    &sent, &e);
		c->out_at += sent;
	}
	if (did == TLS_WANT_WRITE)
		(void)event_add(c->writable, NULL);
	else if (did == TLS_CLOSED || did == TLS_FAILED)
		conn_close(c, did == TLS_FAILED ? &e : NULL);
	else if (did == TLS_DONE && c->state == CONN_LEAVING)
		conn_close(c, NULL);
	if (c->state == CONN_TALKING)
		listen_while_wanted(c);
}

/* The session is at its end: say why, as far as the peer still listens. */
static void
fell_out(struct conn *c, const struct err *e)
{
	link_event(
	    e->rc == RC_ABSENT ? LOG_INFO : LOG_WARN, "session.ended", c, e);
	if (c->state == CONN_TALKING)
		c->state = CONN_LEAVING;
	c->dirty = true;
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
		    session_wants_input(c->session) &&
		    (i < LINK_BURST || tls_pending(c->tls));
	     i++) {
		did = tls_read(c->tls, piece, sizeof(piece), &got, &e);
		if (did == TLS_DONE &&
		    session_input(c->session, bytes_of(piece, got),
			process_ms(), &e) != RC_OK)
			fell_out(c, &e);
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

static void
begin_session(struct conn *c)
{
	struct hello own = { .incarnation = lk.incarnation,
		.clock = process_now(),
		.own_clock = true,
		.window = LINK_WINDOW,
		.items = LINK_ITEMS,
		.statement = buf_bytes(&lk.statement) };

	c->state = CONN_TALKING;
	c->session = session_new(c->dialled ? &lk.dial : &lk.serve, &conn_owner,
	    c, NULL, process_ms());
	if (c->dialled)
		session_hello(c->session, &own);
	c->dirty = true;
}

static void
shake(struct conn *c)
{
	struct err e = { .rc = RC_ABSENT };
	enum tls_did did = tls_handshake(c->tls, &e);

	if (did == TLS_DONE) {
		begin_session(c);
		read_some(c);
	} else if (did == TLS_WANT_WRITE) {
		(void)event_add(c->writable, NULL);
	} else if (did != TLS_WANT_READ) {
		conn_close(c, did == TLS_FAILED ? &e : NULL);
	}
}

void
conn_connected(struct conn *c)
{
	c->tls = tls_new(lk.context, c->fd, !c->dialled);
	c->state = CONN_SHAKING;
	(void)event_add(c->readable, NULL);
	shake(c);
}

static void
on_readable(evutil_socket_t fd, short what, void *ctx)
{
	struct conn *c = ctx;

	(void)fd;
	(void)what;
	if (c->state == CONN_SHAKING)
		shake(c);
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
		shake(c);
	} else if (c->state != CONN_CLOSED) {
		conn_flush(c);
	}
}

/* ---- what the session says
 * ------------------------------------------------------ */

static void
on_hello(void *ctx, const struct hello *h)
{
	struct conn *c = ctx;
	struct msg_hello m = { .conn = c->number,
		.statement = h->statement,
		.dialled = c->dialled,
		.incarnation = h->incarnation,
		.clock = h->clock,
		.own_clock = h->own_clock };

	tls_peer_key(c->tls, m.key);
	c->asked = tell(PROC_STORE, MSG_HELLO, 0, &m, -1);
	if (!c->asked)
		conn_leave(c, BYE_BUSY);
}

static void
fill_item(struct msg_item *m, struct buf *rows, const struct conn *c,
    const struct item *item)
{
	size_t i;

	*m = (struct msg_item){ .conn = c->number,
		.number = item->number,
		.envelope = item->envelope,
		.total = item->total };
	memcpy(m->sum, item->sum, SHA256_SIZE);
	for (i = 0; i < item->dest_count; i++)
		list_add(rows, LIST_DEST,
		    &(struct msg_dest){
			item->dests[i].address, item->dests[i].tag });
	m->dests = buf_bytes(rows);
}

static void
on_item(void *ctx, const struct item *item, struct bytes package)
{
	struct conn *c = ctx;
	struct buf rows = { 0 };
	struct msg_item m;

	fill_item(&m, &rows, c, item);
	m.package = package;
	if (!tell(PROC_STORE, MSG_ITEM, 0, &m, -1))
		session_ack(c->session, item->number, ACK_LATER, REFUSAL_NONE);
	c->owed += item->total - item->from;
	buf_free(&rows);
}

static enum rc
on_begin(void *ctx, const struct item *item, struct err *e)
{
	struct conn *c = ctx;
	struct buf rows = { 0 };
	struct msg_item m;
	bool told;

	fill_item(&m, &rows, c, item);
	told = tell(PROC_STORE, MSG_BIG, 0, &m, -1);
	buf_free(&rows);
	return told ? RC_OK : fail(e, RC_IO, "the store is being started");
}

static void
on_data(void *ctx, uint32_t number, uint64_t at, struct bytes more)
{
	struct conn *c = ctx;
	const struct msg_data m = { c->number, number, at, more };

	(void)tell(PROC_STORE, MSG_BIG_DATA, 0, &m, -1);
}

static void
on_end(void *ctx, uint32_t number)
{
	struct conn *c = ctx;
	const struct msg_number m = { c->number, number };

	(void)tell(PROC_STORE, MSG_BIG_END, 0, &m, -1);
}

/* The store ends its part; what it answers then counts no more. */
static void
on_stop(void *ctx, uint32_t number)
{
	struct conn *c = ctx;

	if (c->stopped_count < SESSION_OPEN)
		c->stopped[c->stopped_count++] = number;
	on_end(ctx, number);
}

static struct sending *
sending_of(struct conn *c, uint64_t q)
{
	size_t i;

	for (i = 0; i < c->sending_count; i++)
		if (c->sendings[i].q == q)
			return &c->sendings[i];
	return NULL;
}

static void
on_acked(void *ctx, uint64_t ref, enum ack outcome, enum refusal why)
{
	struct conn *c = ctx;
	const struct msg_taken m = { c->number, ref, outcome, why };
	struct sending *s = sending_of(c, ref);

	if (s != NULL) {
		drop_sending(s);
		*s = c->sendings[--c->sending_count];
	}
	(void)tell(PROC_STORE, MSG_SENT, 0, &m, -1);
}

static enum rc
on_read(void *ctx, uint64_t ref, uint64_t at, uint8_t *to, size_t len,
    struct err *e)
{
	struct sending *s = sending_of(ctx, ref);
	size_t front = 0;
	ssize_t n;

	if (s == NULL)
		return fail(e, RC_ABSENT, "an item that is not being sent");
	if (at < s->envelope.len) {
		front = s->envelope.len - (size_t)at;
		front = front < len ? front : len;
		memcpy(to, s->envelope.p + at, front);
	}
	n = len == front ? 0
			 : pread(s->fd, to + front, len - front,
			       (off_t)(s->at + at + front - s->envelope.len));
	if (n != (ssize_t)(len - front))
		return fail_io(e, "a package's file cannot be read");
	return RC_OK;
}

static void
on_bye(void *ctx, unsigned reason, struct bytes text)
{
	struct log_line l = log_line(LOG_INFO, "peer.left");
	const struct conn *c = ctx;

	log_str(&l, "peer", bytes_str(c->from));
	log_uint(&l, "reason", reason);
	log_str(&l, "text", text);
	process_log(LOG_INFO, &l);
}

const struct session_owner conn_owner = {
	.hello = on_hello,
	.item = on_item,
	.begin = on_begin,
	.data = on_data,
	.end = on_end,
	.stop = on_stop,
	.acked = on_acked,
	.read = on_read,
	.bye = on_bye,
};

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
		.statement = buf_bytes(&lk.statement) };
	struct err e;

	if (c->state != CONN_TALKING || c->admitted)
		return;
	if (a->rc != RC_OK) {
		conn_leave(c, BYE_REFUSED);
		return;
	}
	c->admitted = true;
	lk.pending--;
	memcpy(c->station, a->station.p, a->station.len);
	c->station[a->station.len] = '\0';
	if (!c->dialled)
		session_hello(c->session, &own);
	if (session_admit(c->session, process_ms(), &e) != RC_OK)
		fell_out(c, &e);
	if (c->dialled)
		lk.dial_wait = 0;
	c->dirty = true;
}

void
conn_send(struct conn *c, const struct msg_send *m, int fd)
{
	struct item item = { .rank = (unsigned)m->rank,
		.envelope = (uint32_t)m->envelope,
		.total = m->total };
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
