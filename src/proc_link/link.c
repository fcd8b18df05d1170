/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The link process: other stations, over TLS 1.3 and the frames of
 * docs/link.md. It decides nothing: whom to let in, what to keep and what to
 * send are the store's.  It has no key but the short-lived one of its lines.
 */
#include "proc_link/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LISTENERS 16u
#define TICK_MS 250

struct linking lk = {
	.idle_ms = 30000, .max_children = 10000, .key_ms = LINK_KEY_MS
};

static struct event *listeners[LISTENERS], *ticker;
static int listener_fds[LISTENERS];
static size_t listener_count;

void
link_event(enum log_level level, const char *event, const struct conn *c,
    const struct err *e)
{
	struct log_line l = log_line(level, event);

	if (c != NULL) {
		log_str(&l, "peer", bytes_str(c->from));
		if (c->station[0] != '\0')
			log_str(&l, "station", bytes_str(c->station));
	}
	if (e != NULL && e->text[0] != '\0')
		log_err(&l, e);
	process_log(level, &l);
}

/* ---- who dials us
 * --------------------------------------------------------------- */

static void
address_text(char out[static 64], const struct sockaddr_storage *a)
{
	char host[INET6_ADDRSTRLEN] = "?";

	if (a->ss_family == AF_INET)
		(void)inet_ntop(AF_INET,
		    &((const struct sockaddr_in *)a)->sin_addr, host,
		    sizeof(host));
	else if (a->ss_family == AF_INET6)
		(void)inet_ntop(AF_INET6,
		    &((const struct sockaddr_in6 *)a)->sin6_addr, host,
		    sizeof(host));
	(void)snprintf(out, 64, "%s", host);
}

static void
on_connection(evutil_socket_t listener, short what, void *ctx)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);
	struct conn *c;
	char from[64];
	size_t source;
	unsigned i;
	int fd;

	(void)what;
	(void)ctx;
	for (i = 0; i < 64; i++) {
		len = sizeof(a);
		fd = accept4(listener, (struct sockaddr *)&a, &len,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return;
		source = room_source(&a);
		if (lk.context == NULL || !lk.store_up || !room_for(source)) {
			close(fd);
			continue;
		}
		address_text(from, &a);
		c = conn_new(fd, false, from);
		c->source = source;
		room_enter(c);
		conn_connected(c);
	}
}

/* ---- the process
 * ------------------------------------------------------------- */

static enum rc
given_socket(int fd, struct err *e)
{
	if (fd < 0 || listener_count == LISTENERS)
		return fail(
		    e, RC_LIMIT, "over %u listening sockets", LISTENERS);
	listener_fds[listener_count++] = fd;
	return RC_OK;
}

static enum rc
given(const struct message *m, int fd, struct err *e)
{
	const struct msg_setting *s = &m->body.setting;
	char value[64];

	if (m->kind == MSG_SOCKET)
		return given_socket(fd, e);
	if (s->value.len >= sizeof(value))
		return fail(
		    e, RC_LIMIT, "a setting of %zu bytes", s->value.len);
	memcpy(value, s->value.p, s->value.len);
	value[s->value.len] = '\0';
	if (bytes_is(s->name, "parent") && lk.parent_count < LINK_PARENTS)
		memcpy(lk.parents[lk.parent_count++], value, sizeof(value));
	else if (bytes_is(s->name, "thin"))
		lk.thin = strcmp(value, "yes") == 0;
	else if (bytes_is(s->name, "contact"))
		hours_contact_is(value);
	else if (bytes_is(s->name, "cap"))
		hours_cap_is(value);
	else if (bytes_is(s->name, "keep-alive"))
		lk.idle_ms = strtoll(value, NULL, 10) * 1000;
	else if (bytes_is(s->name, "max-children"))
		lk.max_children = strtoull(value, NULL, 10);
	else if (bytes_is(s->name, "max-size"))
		lk.max_size = strtoull(value, NULL, 10);
	return RC_OK;
}

static void
new_key(void)
{
	struct msg_link_key m = { .epoch = 0 };

	tls_key_free(lk.key);
	lk.key = tls_key_new();
	lk.key_asked = true;
	lk.key_at = process_ms();
	memcpy(m.key, tls_key_public(lk.key), LINK_KEY);
	(void)tell(PROC_STORE, MSG_LINK_KEY, 0, &m, -1);
}

static void
tick_one(struct conn *c, int64_t now)
{
	struct err e;

	if (c->state == CONN_CLOSED)
		return;
	if (!c->admitted &&
	    now - c->since > (c->enrolling ? LINK_ENROL_MS : lk.shake_ms)) {
		(void)fail(&e, RC_EXPIRED, "it did not say who it is in time");
		conn_close(c, &e);
	} else if (c->state == CONN_LEAVING && now >= c->next) {
		conn_close(c, NULL);
	} else if (c->state == CONN_TALKING && !c->enrolling &&
		   now >= c->next) {
		if (session_tick(c->session, now, &c->next, &e) != RC_OK)
			conn_close(c, &e);
		c->dirty = true;
	}
	if (c->cap_at != 0 && now >= c->cap_at)
		c->dirty = true;
	/* docs/link.md 20.2, 20.3: its hours are over, or others */
	if (c->dialled && !c->up && c->state == CONN_TALKING &&
	    (!hours_contact() || hours_cap() != c->cap))
		conn_leave(c, BYE_CLOSING);
}

static void
tick(evutil_socket_t fd, short what, void *ctx)
{
	const int64_t now = process_ms();
	size_t i;

	(void)fd;
	(void)what;
	(void)ctx;
	for (i = 0; i < lk.count; i++)
		tick_one(lk.conns[i], now);
	/* docs/link.md 14.7 */
	if (lk.store_up && now - lk.key_at >= lk.key_ms)
		new_key();
	dial_tick(now);
}

/* What the library reads at its first use is read while there are files. */
static enum rc
prepare(struct sandbox *box, struct err *e)
{
	lk.key = tls_key_new();
	tls_context_free(tls_context_new(lk.key));
	room_begin();
	return dial_ports(box, e);
}

static enum rc
begin(struct err *e)
{
	const struct timeval every = { 0, TICK_MS * 1000 };
	size_t i;

	lk.store_up = true;
	lk.shake_ms =
	    lk.idle_ms * 3 < LINK_SHAKE_MS ? lk.idle_ms * 3 : LINK_SHAKE_MS;
	lk.serve = (struct session_conf){ .frame = FRAME_MAX,
		.total_max = lk.max_size != 0 ? lk.max_size : LINK_TOTAL_MAX,
		.idle_ms = lk.idle_ms,
		.dead_ms = lk.idle_ms * 3 };
	lk.dial = lk.serve;
	lk.dial.dialled = true;
	lk.dial.offer = lk.thin;
	lk.serve.enrol = true;
	for (i = 0; i < listener_count; i++) {
		listeners[i] = event_new(process_base(), listener_fds[i],
		    EV_READ | EV_PERSIST, on_connection, NULL);
		if (listeners[i] == NULL || event_add(listeners[i], NULL) != 0)
			return fail(e, RC_IO, "no listening");
	}
	ticker = event_new(process_base(), -1, EV_PERSIST, tick, NULL);
	if (ticker == NULL || event_add(ticker, &every) != 0)
		return fail(e, RC_IO, "no timer is to be had");
	new_key();
	return RC_OK;
}

/* docs/link.md 14.7: from now on, under this key; lines that are there stay. */
static void
be_ourselves(const struct msg_self *s)
{
	struct link_statement said;
	struct tls_context *context;
	struct err e;

	if (lk.key == NULL || s->station.len > LIMIT_ADDRESS ||
	    s->parent.len > LIMIT_ADDRESS ||
	    link_read(&said, s->statement, &e) != RC_OK ||
	    memcmp(said.key.p, tls_key_public(lk.key), LINK_KEY) != 0)
		return; /* a key's before this one: that of this one follows */
	if (lk.key_asked) {
		context = tls_context_new(lk.key);
		tls_context_free(lk.context);
		lk.context = context;
		lk.key_asked = false;
		lk.self++;
	}
	buf_free(&lk.statement);
	buf_add(&lk.statement, s->statement);
	memcpy(lk.station, s->station.p, s->station.len);
	lk.station[s->station.len] = '\0';
	memcpy(lk.parent, s->parent.p, s->parent.len);
	lk.parent[s->parent.len] = '\0';
	lk.incarnation = s->incarnation;
	hours_clock(s->clock);
	lk.dial_at = 0;
}

static void
about_conn(const struct message *m, int fd)
{
	struct conn *c = conn_of(m->body.conn.conn);

	if (c == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	if (m->kind == MSG_ADMIT)
		conn_admit(c, &m->body.admit);
	else if (m->kind == MSG_PARTIAL && c->state == CONN_TALKING)
		session_partial(
		    c->session, m->body.partial.sum, m->body.partial.have);
	else if (m->kind == MSG_SEND)
		conn_send(c, &m->body.send, fd);
	else if (m->kind == MSG_TAKEN)
		conn_taken(c, &m->body.taken);
	else if (m->kind == MSG_WRITTEN)
		c->owed += m->body.data.at;
	else if (m->kind == MSG_GONE)
		conn_replaced(c);
	else if (m->kind == MSG_ENROLLED)
		conn_enrolled(c, &m->body.enrol);
	else if (m->kind == MSG_TELL)
		conn_tell(c, &m->body.tell);
	else if (m->kind == MSG_LEAVE)
		conn_leave(c, (enum bye)(m->body.number.number % BYES));
	else if (m->kind == MSG_CANCEL)
		conn_cancel(c, m->body.number.number);
}

static void
message(enum proc from, const struct message *m, int fd)
{
	if (from != PROC_STORE)
		bug("a message that nobody sends");
	if (m->kind == MSG_LINK_SELF)
		be_ourselves(&m->body.self);
	else if (m->kind == MSG_THIN_IS)
		thin_is(&m->body.thin_is);
	else if (m->kind == MSG_ENROL_UP)
		enrol_up(&m->body.enrol);
	else
		about_conn(m, fd);
}

static void
peer(enum proc who, bool up)
{
	size_t i;

	if (who != PROC_STORE)
		return;
	lk.store_up = up;
	for (i = 0; i < lk.count && !up; i++)
		conn_leave(lk.conns[i], BYE_BUSY);
	if (up)
		new_key();
	else
		thin_store_gone();
}

/* Free what was closed; say how much was taken; write what was made. */
static void
round_ends(void)
{
	const bool room = process_queued(PROC_STORE) < LINK_STORE_FULL;
	struct conn *c;
	size_t i, kept = 0;

	for (i = 0; i < lk.count; i++) {
		c = lk.conns[i];
		if (room && c->owed > 0 && c->state == CONN_TALKING) {
			session_taken(c->session, c->owed);
			c->owed = 0;
			c->dirty = true;
		}
		if (room && lk.store_full && c->deaf)
			c->dirty = true;
		if (c->dirty && c->state != CONN_CLOSED)
			conn_flush(c);
		if (c->state == CONN_CLOSED)
			conn_free(c);
		else
			lk.conns[kept++] = c;
	}
	lk.count = kept;
	if (room)
		lk.store_full = false;
}

static void
stop(void)
{
	size_t i;

	for (i = 0; i < lk.count; i++)
		conn_leave(lk.conns[i], BYE_CLOSING);
	round_ends();
}

const struct process process_link = {
	.self = PROC_LINK,
	.given = given,
	.prepare = prepare,
	.begin = begin,
	.message = message,
	.peer = peer,
	.round = round_ends,
	.stop = stop,
};
