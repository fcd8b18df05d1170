/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Browsers' connections: libmicrohttpd adopts them, and its epoll descriptor is
 * one event of this process's loop.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proc_web/web.h"

static struct MHD_Daemon *http;
static struct event *ready, *timer;
static struct web_conn *conns;
static struct web_conn *adopting; /* while it is handed over */

/* ---- libmicrohttpd
 * ----------------------------------------------------------- */

/* It tells of its system calls that a socket pair has not, each time. */
static void
on_log(void *cls, const char *fmt, va_list ap)
{
	(void)cls;
	(void)fmt;
	(void)ap;
}

static void conn_gone(struct web_conn *c);

static void
on_connection(void *cls, struct MHD_Connection *c, void **context,
    enum MHD_ConnectionNotificationCode what)
{
	(void)cls;
	(void)c;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = adopting;
		adopting = NULL;
	} else if (*context != NULL) {
		conn_gone(*context);
		*context = NULL;
	}
}

/* Paths stay as they came: route.c decodes them. */
static size_t
as_it_is(void *cls, struct MHD_Connection *c, char *s)
{
	(void)cls;
	(void)c;
	return strlen(s);
}

static void
panic(void *cls, const char *file, unsigned line, const char *reason)
{
	(void)cls;
	(void)file;
	(void)line;
	bug(reason == NULL ? "libmicrohttpd" : reason);
}

enum rc
conns_open(struct err *e)
{
	const unsigned flags = MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC |
			       MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME |
			       MHD_USE_ERROR_LOG;
	enum rc rc = mhd_open(e);

	if (rc != RC_OK)
		return rc;
	mhd->MHD_set_panic_func(panic, NULL);
	http = mhd->MHD_start_daemon(flags, 0, NULL, NULL, request_on, NULL,
	    MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
	    MHD_OPTION_CONNECTION_LIMIT, WEB_CONNS,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)WEB_CONN_BYTES,
	    MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)4096,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)(WEB_BODY_MS / 1000),
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP,
	    1, MHD_OPTION_UNESCAPE_CALLBACK, as_it_is, NULL,
	    MHD_OPTION_URI_LOG_CALLBACK, request_uri, NULL,
	    MHD_OPTION_NOTIFY_COMPLETED, request_over, NULL,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, NULL, MHD_OPTION_END);
	return http != NULL ? RC_OK
			    : fail(e, RC_IO, "libmicrohttpd cannot be started");
}

/* ---- the loop
 * ---------------------------------------------------------------- */

/* It works until nothing is ready, and says when it is to be called again. */
void
conns_run(void)
{
	struct timeval in;
	MHD_UNSIGNED_LONG_LONG ms;

	(void)mhd->MHD_run(http);
	if (mhd->MHD_get_timeout(http, &ms) != MHD_YES) {
		(void)event_del(timer);
		return;
	}
	in = (struct timeval){ (time_t)(ms / 1000),
		(suseconds_t)(ms % 1000 * 1000) };
	(void)event_add(timer, &in);
}

static void
on_ready(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	conns_run();
}

enum rc
conns_begin(struct err *e)
{
	const union MHD_DaemonInfo *info =
	    mhd->MHD_get_daemon_info(http, MHD_DAEMON_INFO_EPOLL_FD);

	if (info == NULL)
		return fail(e, RC_IO, "libmicrohttpd has no epoll");
	ready = event_new(process_base(), info->epoll_fd, EV_READ | EV_PERSIST,
	    on_ready, NULL);
	timer = event_new(process_base(), -1, 0, on_ready, NULL);
	if (ready == NULL || timer == NULL || event_add(ready, NULL) != 0)
		return fail(e, RC_IO, "web: no events");
	return RC_OK;
}

/* ---- connections
 * ------------------------------------------------------------- */

static void
conn_gone(struct web_conn *c)
{
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		conns = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	free(c);
	process_used();
}

/* The address of a peer, as tls has written it. */
static socklen_t
address_of(struct sockaddr_storage *out, const char *peer)
{
	struct sockaddr_in6 *in6 = (void *)out;
	struct sockaddr_in *in4 = (void *)out;
	char host[MSG_PEER_TEXT + 1];
	const char *port = strrchr(peer, ':');
	bool v6 = peer[0] == '[';
	size_t n;

	memset(out, 0, sizeof(*out));
	n = port == NULL ? 0 : (size_t)(port - peer);
	if (n < 4)
		return 0;
	memcpy(host, peer + v6, n - 2u * v6);
	host[n - 2u * v6] = '\0';
	if (v6) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)strtoul(port + 1, NULL, 10));
		return inet_pton(AF_INET6, host, &in6->sin6_addr) == 1
			   ? sizeof(*in6)
			   : 0;
	}
	in4->sin_family = AF_INET;
	in4->sin_port = htons((uint16_t)strtoul(port + 1, NULL, 10));
	return inet_pton(AF_INET, host, &in4->sin_addr) == 1 ? sizeof(*in4) : 0;
}

/* Of IPv6 the network: who has one has all of its addresses. */
static uint64_t
source_of(const struct sockaddr_storage *a)
{
	const struct sockaddr_in6 *in6 = (const void *)a;
	const struct sockaddr_in *in4 = (const void *)a;
	uint64_t source = 0;

	if (a->ss_family == AF_INET6)
		memcpy(&source, &in6->sin6_addr, sizeof(source));
	else
		source = ntohl(in4->sin_addr.s_addr);
	return source;
}

/* docs/desk.md 11.6. */
static bool
has_room(const struct web_conn *new)
{
	const struct web_conn *c;
	size_t alike = 0, his = 0;

	for (c = conns; c != NULL; c = c->next)
		if (c->secure == new->secure) {
			alike++;
			his += c->uid == new->uid;
		}
	return new->secure ? alike < WEB_SECURE
			   : alike < WEB_PLAIN && (new->uid == WEB_ANYBODY ||
						      his < WEB_PLAIN_OF);
}

void
conn_adopt(int fd, const struct msg_browser *m)
{
	struct web_conn *c = alloc(1, sizeof(*c));
	struct sockaddr_storage a;
	socklen_t len;

	*c = (struct web_conn){ .fd = fd,
		.secure = m->secure != 0,
		.uid = m->uid,
		.until = process_ms() + WEB_HEAD_MS,
		.next = conns };
	memcpy(c->peer, m->peer.p, m->peer.len);
	len = address_of(&a, c->peer);
	c->source = source_of(&a);
	if (len == 0 || !has_room(c)) {
		(void)close(fd);
		free(c);
		return;
	}
	if (conns != NULL)
		conns->prev = c;
	conns = c;
	adopting = c;
	/* it closes the descriptor where it does not take it */
	(void)mhd->MHD_add_connection(http, fd, (struct sockaddr *)&a, len);
	conns_run();
	if (adopting != NULL)
		conn_gone(adopting);
	adopting = NULL;
}

/* A browser that tells what it wants byte by byte is not waited for. */
void
conns_tick(int64_t ms)
{
	struct web_conn *c;

	for (c = conns; c != NULL; c = c->next)
		if (c->until != 0 && ms > c->until) {
			c->until = 0;
			(void)shutdown(c->fd, SHUT_RDWR);
		}
}
