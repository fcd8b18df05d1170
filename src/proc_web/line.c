/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Sessions' connections to control (docs/station.md 20.4): one end of a pair
 * goes there with the session's number, which it takes for a user's; the other
 * is used by one call at a time.
 */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proc_web/web.h"

#define PATIENCE_S 60 /* of control_ask() without a packet */

static bool control_up, told; /* that nobody is signed in */

static int
line_new(uint64_t user)
{
	const struct timeval patience = { PATIENCE_S, 0 };
	const struct msg_web_user m = { user };
	int pair[2];

	if (!control_up ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	if (setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &patience,
		sizeof(patience)) != 0 ||
	    !tell(PROC_CONTROL, MSG_WEB_CLIENT, 0, &m, pair[1])) {
		(void)close(pair[0]);
		return -1;
	}
	return pair[0];
}

/* Nobody has gone, and nothing is left of an answer that somebody waited for
 * too long. */
static bool
is_good(int fd)
{
	uint8_t one;

	return recv(fd, &one, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
	       (errno == EAGAIN || errno == EWOULDBLOCK);
}

/* "fd", or -1 where it is closed, for it is good no more. */
static int
only_good(int fd)
{
	if (fd < 0 || is_good(fd))
		return fd;
	(void)close(fd);
	return -1;
}

int
line_take(struct web_session *s)
{
	struct err e;
	int fd;

	if (web_line_take(&fd, web_server.sessions, s, &e) != RC_OK)
		return -1;
	fd = only_good(fd);
	if (fd < 0)
		fd = line_new(s->user);
	if (fd < 0)
		web_line_give(web_server.sessions, s, -1, process_ms());
	return fd;
}

void
line_give(struct web_session *s, int fd)
{
	web_line_give(web_server.sessions, s, only_good(fd), process_ms());
}

/* ---- ends
 * -------------------------------------------------------------------- */

static void
closes(void *ctx, int fd)
{
	(void)ctx;
	(void)close(fd);
}

/* Whom it has signed in is signed out. */
static void
ended(void *ctx, uint64_t user)
{
	const struct msg_web_user m = { user };
	struct log_line l = log_line(LOG_INFO, "session.ended");

	(void)ctx;
	uploads_forget(web_uploads, user);
	log_uint(&l, "user", user);
	process_log(LOG_INFO, &l);
	(void)tell(PROC_CONTROL, MSG_WEB_END, 0, &m, -1);
}

void
line_tick(int64_t ms)
{
	const struct web_due due = { .close = closes, .ended = ended };

	if (control_up)
		web_sessions_due(web_server.sessions, &due, ms);
}

/* Sessions of a process that is gone are nobody's: none of them has anybody
 * signed in any more. */
void
line_begin(void)
{
	const struct msg_web_user all = { 0 };

	if (!told)
		told = control_up =
		    tell(PROC_CONTROL, MSG_WEB_END, 0, &all, -1);
}

void
line_control(bool up)
{
	control_up = up;
	if (up)
		line_begin();
}
