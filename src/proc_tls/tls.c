/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The process that browsers reach (docs/station.md 20): it accepts their
 * connections and hands them to web.  What comes over a plain one, from this
 * machine alone, it never sees.
 */
#include "proc_tls/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define AT_ONCE 64u	      /* connections of one round */
#define WEB_QUEUE (64u << 10) /* bytes that web has still to read */
#define PAUSE_MS 200	      /* where there is no descriptor left */
#define SEAT_PAUSE_MS 50      /* where there are too many handshakes */

/* A listening socket. */
static struct listener {
	int fd;
	bool secure;
	char at[MSG_PEER_TEXT + 1];
	struct sockaddr_storage here;
	struct event *event;
} listeners[TLS_LISTENERS];
static size_t listener_count;
static struct event *resume, *ticker;
static bool web_up;

/* "127.0.0.1:80", "[::1]:80". */
static void
address_text(
    char out[static MSG_PEER_TEXT + 1], const struct sockaddr_storage *a)
{
	char host[INET6_ADDRSTRLEN] = "?";
	const struct sockaddr_in6 *in6 = (const void *)a;
	const struct sockaddr_in *in4 = (const void *)a;
	unsigned port = 0;

	if (a->ss_family == AF_INET) {
		(void)inet_ntop(AF_INET, &in4->sin_addr, host, sizeof(host));
		port = ntohs(in4->sin_port);
	} else if (a->ss_family == AF_INET6) {
		(void)inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		port = ntohs(in6->sin6_port);
	}
	(void)snprintf(out, MSG_PEER_TEXT + 1,
	    a->ss_family == AF_INET6 ? "[%s]:%u" : "%s:%u", host, port);
}

static bool
hand_over(int fd, const char *peer, bool secure, uint64_t uid)
{
	const struct msg_browser m = { bytes_str(peer), secure, uid };

	if (!web_up || process_queued(PROC_WEB) > WEB_QUEUE) {
		(void)close(fd);
		return false;
	}
	return tell(PROC_WEB, MSG_BROWSER, 0, &m, fd);
}

bool
tls_hand_over(int fd, const char *peer, bool secure)
{
	return hand_over(fd, peer, secure, UINT64_MAX);
}

/* ---- who comes
 * -------------------------------------------------------------- */

/* Without a certificate nobody is let in who wants one. */
static void
listen_all(void)
{
	const struct listener *l;

	for (l = listeners; l < listeners + listener_count; l++)
		if ((!l->secure || leaf_context() != NULL) &&
		    event_add(l->event, NULL) != 0)
			bug("no event");
}

static void
on_resume(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	listen_all();
}

/* Whoever waits goes on waiting: the kernel's queue is theirs. */
static void
pause_for(int ms, bool secure_only)
{
	const struct timeval pause = { 0, ms * 1000 };
	size_t i;

	for (i = 0; i < listener_count; i++)
		if (listeners[i].secure || !secure_only)
			(void)event_del(listeners[i].event);
	(void)event_add(resume, &pause);
}

static void
pause_all(void)
{
	struct log_line l = log_line(LOG_WARN, "web.full");

	process_log(LOG_WARN, &l);
	pause_for(PAUSE_MS, false);
}

void
tls_ports(struct buf *out)
{
	const struct listener *l;

	for (l = listeners; l < listeners + listener_count; l++)
		if (l->secure) {
			buf_add(out, bytes_str(strrchr(l->at, ':') + 1));
			buf_u8(out, '\n');
		}
}

void
tls_secure_begins(void)
{
	listen_all();
}

static void
secure_came(int fd, const char *peer, const struct sockaddr_storage *a)
{
	const size_t source = seat_source(a);

	if (seat_take(source, process_ms()))
		pump_take(fd, peer, source);
	else
		(void)close(fd);
}

static void
on_connection(evutil_socket_t listener, short what, void *ctx)
{
	const struct listener *l = ctx;
	struct sockaddr_storage a;
	socklen_t len;
	char peer[MSG_PEER_TEXT + 1];
	unsigned i;
	int fd;

	(void)what;
	for (i = 0; i < AT_ONCE; i++) {
		if (l->secure && !seat_is_time(process_ms())) {
			pause_for(SEAT_PAUSE_MS, true);
			return;
		}
		len = sizeof(a);
		fd = accept4(listener, (struct sockaddr *)&a, &len,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0 && (errno == EMFILE || errno == ENFILE ||
				  errno == ENOMEM || errno == ENOBUFS))
			pause_all();
		if (fd < 0)
			return;
		address_text(peer, &a);
		if (!l->secure)
			(void)hand_over(fd, peer, false, uid_of(&a, &l->here));
		else
			secure_came(fd, peer, &a);
	}
}

/* ---- the process
 * ------------------------------------------------------------ */

static enum rc
given(const struct message *m, int fd, struct err *e)
{
	if (m->kind == MSG_SETTING)
		return RC_OK;
	if (m->kind != MSG_SOCKET || fd < 0 || listener_count == TLS_LISTENERS)
		return fail(e, RC_INVALID, "tls: what is it given?");
	listeners[listener_count++] = (struct listener){ .fd = fd,
		.secure = bytes_is(m->body.socket.name, "web.tls") };
	return RC_OK;
}

/* Which port a socket got whose configuration left that open. */
static enum rc
prepare(struct sandbox *box, struct err *e)
{
	socklen_t len;
	size_t i;

	(void)box;
	uid_begin();
	seat_begin();
	browser_key_free(browser_key_new()); /* OpenSSL has what it wants */
	for (i = 0; i < listener_count; i++) {
		len = sizeof(listeners[i].here);
		if (getsockname(listeners[i].fd,
			(struct sockaddr *)&listeners[i].here, &len) != 0)
			return fail_io(e, "tls: a socket");
		address_text(listeners[i].at, &listeners[i].here);
	}
	return RC_OK;
}

static void
tell_web(void)
{
	struct log_line line;
	struct msg_web_at m;
	size_t i;

	for (i = 0; i < listener_count; i++) {
		m = (struct msg_web_at){ bytes_str(listeners[i].at),
			listeners[i].secure };
		web_up = tell(PROC_WEB, MSG_WEB_AT, 0, &m, -1);
		line = log_line(LOG_INFO, "web.at");
		log_str(&line, "at", bytes_str(listeners[i].at));
		if (web_up)
			process_log(LOG_INFO, &line);
		else
			buf_free(&line.text);
	}
}

static void
on_second(evutil_socket_t fd, short what, void *ctx)
{
	const int64_t ms = process_ms();

	(void)fd;
	(void)what;
	(void)ctx;
	leaf_tick(ms);
	pump_tick(ms);
}

static enum rc
begin(struct err *e)
{
	const struct timeval second = { 1, 0 };
	struct listener *l;
	bool secure = false;

	resume = event_new(process_base(), -1, 0, on_resume, NULL);
	ticker = event_new(process_base(), -1, EV_PERSIST, on_second, NULL);
	if (resume == NULL || ticker == NULL || event_add(ticker, &second) != 0)
		return fail(e, RC_IO, "tls: no events");
	for (l = listeners; l < listeners + listener_count; l++) {
		l->event = event_new(process_base(), l->fd,
		    EV_READ | EV_PERSIST, on_connection, l);
		if (l->event == NULL)
			return fail(e, RC_IO, "tls: no events");
		secure = secure || l->secure;
	}
	listen_all();
	tell_web();
	if (secure)
		leaf_begin();
	return RC_OK;
}

static void
message(enum proc from, const struct message *m, int fd)
{
	(void)from;
	if (fd >= 0)
		(void)close(fd);
	if (m->kind == MSG_WEB_CERT_IS)
		leaf_came(m->job, &m->body.web_cert_is);
}

static void
peer(enum proc p, bool up)
{
	if (p == PROC_STORE && up)
		leaf_store_up();
	if (p != PROC_WEB)
		return;
	web_up = up;
	if (up)
		tell_web();
}

static void
stop(void)
{
	size_t i;

	pump_stop();
	leaf_stop();
	event_free(resume);
	event_free(ticker);
	for (i = 0; i < listener_count; i++) {
		event_free(listeners[i].event);
		(void)close(listeners[i].fd);
	}
	listener_count = 0;
}

const struct process process_tls = {
	.self = PROC_TLS,
	.given = given,
	.prepare = prepare,
	.begin = begin,
	.message = message,
	.peer = peer,
	.stop = stop,
};
