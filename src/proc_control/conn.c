/* SPDX-License-Identifier: EUPL-1.2 */
/* The command's connections: packets in, packets out, within limits. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/vec.h"
#include "proc_control/control.h"

struct client {
	struct client *next;
	int fd;
	uint64_t uid; /* or MSG_USER_WEB and on: a browser's session */
	pid_t pid;
	struct event *in, *out;
	struct buf *queue;   /* owned, with what they hold; packets to write */
	size_t first, count; /* of the queue: written; all */
	size_t queued;	     /* bytes */
	struct job *job;     /* that it waits for */
	bool broken; /* nothing more goes out; it is closed by the loop */
};

static struct client *clients;
static size_t all_queued;

static void
client_log(const struct client *c, const char *event, const struct err *e)
{
	struct log_line l = log_line(LOG_WARN, event);

	log_uint(&l, "uid", c->uid);
	log_uint(&l, "pid", (uint64_t)c->pid);
	log_err(&l, e);
	process_log(LOG_WARN, &l);
}

static void
queue_free(struct client *c)
{
	for (; c->first < c->count; c->first++)
		buf_free(&c->queue[c->first]);
	free(c->queue);
	c->queue = NULL;
	all_queued -= c->queued;
	c->first = c->count = c->queued = 0;
}

static void
client_close(struct client *c)
{
	struct client **at = &clients;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	if (c->job != NULL)
		job_forget(c->job);
	queue_free(c);
	event_free(c->in);
	event_free(c->out);
	(void)close(c->fd);
	free(c);
}

void
clients_close(void)
{
	while (clients != NULL)
		client_close(clients);
}

uint64_t
client_uid(const struct client *c)
{
	return c->uid;
}

/* ---- out
 * ------------------------------------------------------------------- */

/* Closed by the loop, never under the feet of who is writing to it. */
static void
client_break(struct client *c, const struct err *e)
{
	if (c->broken)
		return;
	if (e != NULL)
		client_log(c, "control.closed", e);
	c->broken = true;
	queue_free(c);
	event_active(c->out, EV_WRITE, 0);
}

/* What the socket takes now. */
static void
client_write(struct client *c)
{
	const struct timeval stuck = { CLIENT_STUCK, 0 };
	struct err e;
	enum rc rc = RC_OK;
	struct buf *b;

	while (c->first < c->count) {
		b = &c->queue[c->first];
		rc = packet_send(c->fd, buf_bytes(b), NULL, 0, &e);
		if (rc != RC_OK)
			break;
		c->queued -= b->len;
		all_queued -= b->len;
		buf_free(b);
		c->first++;
	}
	if (rc == RC_OK)
		queue_free(c);
	if (rc == RC_EXPIRED)
		(void)event_add(c->out, &stuck);
	else if (rc != RC_OK)
		client_break(c, rc == RC_ABSENT ? NULL : &e);
}

static void
writable(evutil_socket_t fd, short what, void *ctx)
{
	struct client *c = ctx;
	struct err e;

	(void)fd;
	if (!c->broken && (what & EV_TIMEOUT) != 0 &&
	    fail(&e, RC_LIMIT, "it reads nothing for %d s", CLIENT_STUCK) !=
		RC_OK)
		client_log(c, "control.closed", &e);
	if (c->broken || (what & EV_TIMEOUT) != 0)
		client_close(c);
	else
		client_write(c);
}

void
client_put(struct client *c, struct bytes packet)
{
	bool idle = c->first == c->count;
	struct err e;

	if (c->broken)
		return;
	if ((c->queued + packet.len > CLIENT_QUEUE ||
		all_queued + packet.len > CLIENTS_QUEUE) &&
	    fail(&e, RC_LIMIT, "it does not read what it has asked for") !=
		RC_OK) {
		client_break(c, &e);
		return;
	}
	c->queue = vec_more(c->queue, c->count, sizeof(*c->queue));
	c->queue[c->count] = (struct buf){ 0 };
	buf_add(&c->queue[c->count++], packet);
	c->queued += packet.len;
	all_queued += packet.len;
	if (idle)
		client_write(c);
}

/* ---- in
 * -------------------------------------------------------------------- */

static void
client_wait(struct client *c)
{
	const struct timeval idle = { CLIENT_IDLE, 0 };

	(void)event_add(c->in, &idle);
}

/* However long it takes: only its own going away is heard. */
void
client_waits(struct client *c, struct job *j)
{
	c->job = j;
	(void)event_remove_timer(c->in);
}

void
client_ready(struct client *c)
{
	c->job = NULL;
	if (!c->broken)
		client_wait(c);
}

static void
refuse(struct client *c, const struct err *e)
{
	struct answer a = answer_new();
	struct buf text;

	answer_end(&text, &a, e->rc, bytes_str(e->text));
	client_put(c, buf_bytes(&text));
	buf_free(&text);
}

/*
 * While a job of it is at work nothing is read: what it sends meanwhile lies
 * in its socket.  That it went away is heard all the same.
 */
static void
readable(evutil_socket_t fd, short what, void *ctx)
{
	struct client *c = ctx;
	struct packet p;
	struct err e;
	uint8_t one;
	ssize_t n;
	enum rc rc;

	if ((what & EV_TIMEOUT) != 0 || c->broken) {
		client_close(c);
		return;
	}
	if (c->job != NULL) {
		n = recv(fd, &one, 1, MSG_PEEK | MSG_DONTWAIT);
		if (n == 0)
			client_close(c);
		else if (n > 0 && fail(&e, RC_INVALID,
				      "it asks before it is "
				      "answered") != RC_OK)
			client_break(c, &e);
		return;
	}
	rc = packet_receive(&p, fd, &e);
	if (rc == RC_EXPIRED)
		return;
	if (rc == RC_LIMIT) {
		refuse(c, &e);
		return;
	}
	if (rc != RC_OK) {
		client_close(c);
		return;
	}
	client_wait(c);
	job_new(c, &p);
}

static size_t
count_of(uint64_t uid)
{
	const struct client *c;
	size_t n = 0;

	for (c = clients; c != NULL; c = c->next)
		n += c->uid == uid;
	return n;
}

/* Browsers' sessions, and all others, have their room each. */
static size_t
count_alike(uint64_t uid)
{
	const struct client *c;
	size_t n = 0;

	for (c = clients; c != NULL; c = c->next)
		n += (c->uid >= MSG_USER_WEB) == (uid >= MSG_USER_WEB);
	return n;
}

/* Told on its first packet's way: it may not be read before it is closed. */
static void
turn_away(int fd, const struct err *why)
{
	struct answer a = answer_new();
	struct buf text;
	struct err e;
	enum rc rc;

	answer_end(&text, &a, why->rc, bytes_str(why->text));
	rc = packet_send(fd, buf_bytes(&text), NULL, 0, &e);
	(void)rc; /* it may have gone already */
	buf_free(&text);
	(void)close(fd);
}

static void
client_add(int fd, uint64_t uid, pid_t pid)
{
	struct client *c;
	struct err e;
	enum rc rc = RC_OK;

	if (count_alike(uid) >= (uid < MSG_USER_WEB ? CLIENTS : CLIENTS_WEB))
		rc = fail(&e, RC_LIMIT,
		    "too many are connected to the station; try again");
	else if (count_of(uid) == CLIENTS_OF_UID)
		rc = fail(&e, RC_LIMIT,
		    "this user has too many connections to the station; try "
		    "again");
	if (rc != RC_OK) {
		turn_away(fd, &e);
		return;
	}
	c = alloc(1, sizeof(*c));
	c->fd = fd;
	c->uid = uid;
	c->pid = pid;
	c->in =
	    event_new(process_base(), fd, EV_READ | EV_PERSIST, readable, c);
	c->out = event_new(process_base(), fd, EV_WRITE, writable, c);
	if (c->in == NULL || c->out == NULL)
		bug("no memory");
	c->next = clients;
	clients = c;
	client_wait(c);
}

void
client_new(int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0)
		client_add(fd, who.uid, who.pid);
	else
		(void)close(fd);
}

void
client_web(int fd, uint64_t user)
{
	if (user < MSG_USER_WEB)
		bug("control: a browser that says it is somebody else");
	if (evutil_make_socket_nonblocking(fd) == 0)
		client_add(fd, user, 0);
	else
		(void)close(fd);
}
