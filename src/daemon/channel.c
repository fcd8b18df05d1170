/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/vec.h"

#define READ_MAX (256u << 10) /* bytes of one channel_read() */
#define KEEP (16u << 10)      /* bytes of a buffer not worth giving back */

/* A descriptor that goes with the byte at this offset of what is queued. */
struct out_fd {
	size_t at;
	int fd;
};

struct channel {
	int fd;
	enum proc self, peer;
	bool gone; /* the peer is; nothing can be written any more */

	struct buf in;
	size_t in_at;	  /* bytes of it that were handed out */
	int fds[MSG_FDS]; /* received, not yet handed out, in order */
	size_t fd_count;
	struct buf answer; /* what channel_wait() handed out */

	struct buf out;
	size_t out_at; /* bytes of it that were written */
	struct out_fd *out_fds;
	size_t out_fd_at, out_fd_count; /* handed to the kernel; all */
};

struct channel *
channel_new(int fd, enum proc self, enum proc peer)
{
	struct channel *c = alloc(1, sizeof(*c));
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
		bug("a channel without a descriptor");
	c->fd = fd;
	c->self = self;
	c->peer = peer;
	return c;
}

void
channel_free(struct channel *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < c->fd_count; i++)
		(void)close(c->fds[i]);
	for (i = c->out_fd_at; i < c->out_fd_count; i++)
		(void)close(c->out_fds[i].fd);
	free(c->out_fds);
	buf_free(&c->in);
	buf_free(&c->out);
	buf_free(&c->answer);
	(void)close(c->fd);
	free(c);
}

int
channel_fd(const struct channel *c)
{
	return c->fd;
}

enum proc
channel_peer(const struct channel *c)
{
	return c->peer;
}

size_t
channel_queued(const struct channel *c)
{
	return c->out.len - c->out_at;
}

/* ---- buffers ----------------------------------------------------------------
 */

/* Take the first bytes out of a buffer; what they were is overwritten. */
static void
drop_front(struct buf *b, size_t *at)
{
	size_t left = b->len - *at;

	if (*at == 0)
		return;
	if (left > 0)
		memmove(b->p, b->p + *at, left);
	wipe(b->p + left, b->len - left);
	b->len = left;
	*at = 0;
}

static void
rest(struct buf *b)
{
	if (b->len == 0 && b->cap > KEEP)
		buf_free(b);
}

void
channel_rest(struct channel *c)
{
	drop_front(&c->in, &c->in_at);
	rest(&c->in);
	rest(&c->out);
	buf_free(&c->answer);
	if (c->out_fd_count == 0) {
		free(c->out_fds);
		c->out_fds = NULL;
	}
}

/* ---- writing ----------------------------------------------------------------
 */

void
channel_send(
    struct channel *c, enum msg m, uint64_t job, const void *body, int fd)
{
	if (!msg_may(m, c->self, c->peer))
		bug(msg_name(m));
	if (c->gone) {
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	if (fd >= 0) {
		c->out_fds =
		    vec_more(c->out_fds, c->out_fd_count, sizeof(*c->out_fds));
		c->out_fds[c->out_fd_count++] =
		    (struct out_fd){ c->out.len, fd };
	}
	msg_write(&c->out, m, job, fd >= 0, body);
}

/* The next descriptor to be written; NULL: none. */
static const struct out_fd *
next_fd(const struct channel *c)
{
	return c->out_fd_at < c->out_fd_count ? &c->out_fds[c->out_fd_at]
					      : NULL;
}

/* Write once: up to the next byte that has a descriptor, or from one that has.
 */
static ssize_t
write_some(struct channel *c)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec io = { c->out.p + c->out_at, c->out.len - c->out_at };
	struct msghdr h = { .msg_iov = &io, .msg_iovlen = 1 };
	const struct out_fd *next = next_fd(c);
	struct cmsghdr *cm;
	bool with = false;

	if (next != NULL && next->at == c->out_at) {
		with = true;
		h.msg_control = control.room;
		h.msg_controllen = sizeof(control.room);
		cm = CMSG_FIRSTHDR(&h);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cm), &next->fd, sizeof(int));
	}
	if (c->out_fd_at + with < c->out_fd_count)
		io.iov_len = next[with].at - c->out_at; /* up to that one */
	return sendmsg(c->fd, &h, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* So many bytes are written, and the descriptor of the first of them. */
static void
written(struct channel *c, size_t n)
{
	const struct out_fd *next = next_fd(c);

	if (next != NULL && next->at == c->out_at) {
		(void)close(next->fd);
		c->out_fd_at++;
	}
	c->out_at += n;
}

/* All was written. */
static void
out_empty(struct channel *c)
{
	drop_front(&c->out, &c->out_at);
	c->out_fd_at = c->out_fd_count = 0;
}

/* More was written than is left: move that to the front. */
static void
out_compact(struct channel *c)
{
	size_t i, at = c->out_at, n = c->out_fd_count - c->out_fd_at;

	if (at < READ_MAX || at < c->out.len / 2)
		return;
	for (i = 0; i < n; i++) {
		c->out_fds[i] = c->out_fds[c->out_fd_at + i];
		c->out_fds[i].at -= at;
	}
	c->out_fd_at = 0;
	c->out_fd_count = n;
	drop_front(&c->out, &c->out_at);
}

static enum rc
peer_gone(struct err *e)
{
	return fail(e, RC_ABSENT, "the peer is gone");
}

enum rc
channel_write(struct channel *c, struct err *e)
{
	ssize_t n;

	while (c->out_at < c->out.len && !c->gone) {
		n = write_some(c);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			out_compact(c);
			return RC_OK;
		}
		if (n < 0 && errno == ETOOMANYREFS)
			return RC_OK; /* the peer has to take some first */
		if (n < 0) {
			c->gone = true;
			break;
		}
		written(c, (size_t)n);
	}
	if (c->gone)
		return peer_gone(e);
	out_empty(c);
	return RC_OK;
}

/* ---- reading ----------------------------------------------------------------
 */

/* Keep the descriptors that came; false where they are too many. */
static bool
keep_fds(struct channel *c, struct msghdr *h)
{
	bool good = (h->msg_flags & MSG_CTRUNC) == 0;
	struct cmsghdr *cm;
	size_t i, n;
	int fd;

	for (cm = CMSG_FIRSTHDR(h); cm != NULL; cm = CMSG_NXTHDR(h, cm)) {
		if (cm->cmsg_level != SOL_SOCKET || cm->cmsg_type != SCM_RIGHTS)
			continue;
		n = (cm->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			memcpy(
			    &fd, CMSG_DATA(cm) + i * sizeof(int), sizeof(int));
			if (c->fd_count < MSG_FDS) {
				c->fds[c->fd_count++] = fd;
			} else {
				(void)close(fd);
				good = false;
			}
		}
	}
	return good;
}

static enum rc
broke_table(struct err *e, const char *how)
{
	return fail(e, RC_INVALID, "messages: %s", how);
}

enum rc
channel_read(struct channel *c, struct err *e)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(MSG_FDS * sizeof(int))];
	} control;
	size_t got = 0;
	struct msghdr h;
	struct iovec io;
	ssize_t n;

	drop_front(&c->in, &c->in_at);
	if (c->fd_count == MSG_FDS)
		return broke_table(e, "too many descriptors");
	/* those of several jobs may lie there: what follows is read when these
	 * were handed out */
	while (got < READ_MAX && c->fd_count < MSG_FDS) {
		buf_reserve(&c->in, KEEP);
		io.iov_base = c->in.p + c->in.len;
		io.iov_len = c->in.cap - c->in.len;
		if (io.iov_len > READ_MAX - got)
			io.iov_len = READ_MAX - got;
		h = (struct msghdr){ .msg_iov = &io,
			.msg_iovlen = 1,
			.msg_control = control.room,
			.msg_controllen = sizeof(control.room) };
		n = recvmsg(c->fd, &h, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return RC_OK;
		if (n <= 0 && got > 0)
			return RC_OK; /* told at the next reading */
		if (n <= 0)
			return peer_gone(e);
		c->in.len += (size_t)n;
		got += (size_t)n;
		if (!keep_fds(c, &h))
			return broke_table(e, "too many descriptors");
	}
	return RC_OK;
}

/* The bytes of the message that is at this offset behind what was handed out;
 * empty where it is not yet whole. */
static enum rc
whole(const struct channel *c, size_t at, struct bytes *out, struct err *e)
{
	size_t left = c->in.len - c->in_at - at, length;
	struct bytes in = { 0 };
	enum rc rc;

	*out = in;
	if (left == 0)
		return RC_OK;
	in = bytes_of(c->in.p + c->in_at + at, left);
	if ((rc = msg_length(&length, in, e)) != RC_OK)
		return rc;
	if (length > 0 && length <= left)
		*out = bytes_of(in.p, length);
	return RC_OK;
}

/* Take the descriptor of this place in the row. */
static int
take_fd(struct channel *c, size_t place)
{
	int fd = c->fds[place];

	c->fd_count--;
	memmove(c->fds + place, c->fds + place + 1,
	    (c->fd_count - place) * sizeof(c->fds[0]));
	return fd;
}

enum rc
channel_next(struct channel *c, struct message *out, int *fd, struct err *e)
{
	struct bytes in;
	size_t left;
	enum rc rc;

	*fd = -1;
	if ((rc = whole(c, 0, &in, e)) != RC_OK)
		return rc;
	if (in.len == 0) {
		/* one may belong to a message that is still coming */
		left = c->in.len - c->in_at;
		if (c->fd_count > (left > 0))
			return broke_table(e, "a descriptor without one");
		return fail(e, RC_ABSENT, "no message");
	}
	if ((rc = msg_read(out, in, c->peer, c->self, e)) != RC_OK)
		return rc;
	if (out->has_fd && c->fd_count == 0)
		return broke_table(e, "one without its descriptor");
	c->in_at += in.len;
	if (out->has_fd)
		*fd = take_fd(c, 0);
	return RC_OK;
}

/* ---- waiting ----------------------------------------------------------------
 */

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Take the message out of the middle of what was read; it lives on in
 * c->answer. */
static void
take_out(struct channel *c, struct bytes m)
{
	size_t at = (size_t)(m.p - c->in.p), behind = at + m.len;

	buf_free(&c->answer);
	buf_add(&c->answer, m);
	memmove(c->in.p + at, c->in.p + behind, c->in.len - behind);
	wipe(c->in.p + c->in.len - m.len, m.len);
	c->in.len -= m.len;
}

/* Look for the answer from *at on, with *fds descriptors before it; RC_ABSENT
 * where it is not there yet. */
static enum rc
look(struct channel *c, uint64_t job, size_t *at, size_t *fds,
    struct message *out, int *fd, struct err *e)
{
	struct bytes in;
	enum rc rc;

	for (;;) {
		if ((rc = whole(c, *at, &in, e)) != RC_OK)
			return rc;
		if (in.len == 0)
			return fail(e, RC_ABSENT, "no message");
		if ((rc = msg_read(out, in, c->peer, c->self, e)) != RC_OK)
			return rc;
		if (out->has_fd && *fds >= c->fd_count)
			return broke_table(e, "one without its descriptor");
		if (out->job == job)
			break;
		*fds += out->has_fd;
		*at += in.len;
	}
	take_out(c, in);
	if ((rc = msg_read(out, buf_bytes(&c->answer), c->peer, c->self, e)) !=
	    RC_OK)
		return rc;
	if (out->has_fd)
		*fd = take_fd(c, *fds);
	return RC_OK;
}

enum rc
channel_wait(struct channel *c, uint64_t job, int64_t ms, struct message *out,
    int *fd, struct err *e)
{
	int64_t until = now_ms() + ms, left;
	size_t at = 0, fds = 0;
	struct pollfd p = { .fd = c->fd };
	enum rc rc;

	*fd = -1;
	for (;;) {
		/* one that is gone may have answered before */
		if ((rc = channel_write(c, e)) != RC_OK && rc != RC_ABSENT)
			return rc;
		rc = look(c, job, &at, &fds, out, fd, e);
		if (rc != RC_ABSENT)
			return rc;
		left = until - now_ms();
		if (left <= 0)
			return fail(e, RC_EXPIRED, "no answer of %s in %lld ms",
			    proc_name(c->peer), (long long)ms);
		p.events =
		    (short)(channel_queued(c) > 0 && !c->gone ? POLLIN | POLLOUT
							      : POLLIN);
		if (poll(&p, 1, (int)(left < INT32_MAX ? left : INT32_MAX)) < 0)
			continue;
		if (p.revents != 0 && (p.revents & ~POLLOUT) != 0 &&
		    (rc = channel_read(c, e)) != RC_OK)
			return rc;
	}
}
