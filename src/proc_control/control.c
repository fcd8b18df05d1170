/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The control process: the command's socket, and the metrics'
 * (docs/station.md 9).  It has no key and no database; it knows who asks from
 * the kernel, and what may be asked from src/control/.
 */
#include "proc_control/control.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAUSE_MS 200 /* where the system has no descriptor left */

/* A listening socket, and who takes what connects. */
static struct listener {
	const char *name;
	void (*take)(int fd);
	int fd;
	struct event *event, *resume;
} listeners[] = {
	{ "control", client_new, -1, NULL, NULL },
	{ "metrics", metrics_new, -1, NULL, NULL },
};
#define LISTENERS (sizeof(listeners) / sizeof(listeners[0]))

static void
resume(evutil_socket_t fd, short what, void *ctx)
{
	struct listener *l = ctx;

	(void)fd;
	(void)what;
	(void)event_add(l->event, NULL);
}

static void
connected(evutil_socket_t fd, short what, void *ctx)
{
	const struct timeval pause = { 0, PAUSE_MS * 1000 };
	struct listener *l = ctx;
	struct log_line line;
	int got;

	(void)what;
	got = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (got >= 0) {
		l->take(got);
		return;
	}
	if (errno != EMFILE && errno != ENFILE && errno != ENOMEM &&
	    errno != ENOBUFS)
		return; /* it has gone again */
	line = log_line(LOG_WARN, "control.full");
	log_str(&line, "socket", bytes_str(l->name));
	process_log(LOG_WARN, &line);
	(void)event_del(l->event);
	(void)event_add(l->resume, &pause);
}

static enum rc
control_given(const struct message *m, int fd, struct err *e)
{
	size_t i;

	for (i = 0; m->kind == MSG_SOCKET && i < LISTENERS; i++)
		if (bytes_is(m->body.socket.name, listeners[i].name) &&
		    listeners[i].fd < 0 && fd >= 0) {
			listeners[i].fd = fd;
			return RC_OK;
		}
	if (fd >= 0)
		(void)close(fd);
	if (m->kind != MSG_SETTING)
		return fail(e, RC_INVALID, "control: what is it given?");
	scan_setting(&m->body.setting);
	return RC_OK;
}

static enum rc
control_prepare(struct sandbox *box, struct err *e)
{
	(void)box;
	control_prepares();
	return listeners[0].fd >= 0
		   ? RC_OK
		   : fail(e, RC_INVALID, "control: there is no socket");
}

static enum rc
control_begin(struct err *e)
{
	struct listener *l;
	size_t i;

	for (i = 0; i < LISTENERS; i++) {
		l = &listeners[i];
		if (l->fd < 0)
			continue;
		l->event = event_new(
		    process_base(), l->fd, EV_READ | EV_PERSIST, connected, l);
		l->resume = event_new(process_base(), -1, 0, resume, l);
		if (l->event == NULL || l->resume == NULL ||
		    evutil_make_socket_nonblocking(l->fd) != 0 ||
		    event_add(l->event, NULL) != 0)
			return fail(e, RC_IO, "control: no events");
	}
	return RC_OK;
}

static void
control_message(enum proc from, const struct message *m, int fd)
{
	if (m->kind == MSG_WEB_CLIENT && fd >= 0) {
		client_web(fd, m->body.web_user.user);
		return;
	}
	if (fd >= 0)
		(void)close(fd);
	if (m->kind == MSG_WEB_END)
		(void)tell(PROC_KEYS, MSG_WEB_ENDED, 0, &m->body.web_user, -1);
	else if (!metrics_message(m))
		job_message(from, m);
}

static void
control_peer(enum proc peer, bool up)
{
	job_peer(peer, up);
	metrics_peer(peer);
}

static void
control_stop(void)
{
	size_t i;

	for (i = 0; i < LISTENERS; i++) {
		if (listeners[i].fd < 0)
			continue;
		event_free(listeners[i].event);
		event_free(listeners[i].resume);
		(void)close(listeners[i].fd);
		listeners[i].fd = -1;
	}
	clients_close();
	metrics_close();
	print_stop();
}

const struct process process_control = {
	.self = PROC_CONTROL,
	.given = control_given,
	.prepare = control_prepare,
	.begin = control_begin,
	.message = control_message,
	.peer = control_peer,
	.stop = control_stop,
};
