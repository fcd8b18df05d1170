/* SPDX-License-Identifier: EUPL-1.2 */
#include "control/packet.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* One more than a request may have: what is too much is seen to be. */
#define ROOM_FDS (CONTROL_FDS + 1)

union room {
	struct cmsghdr align;
	uint8_t b[CMSG_SPACE(ROOM_FDS * sizeof(int))];
};

static enum rc
failed(const char *what, struct err *e)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
		return fail(e, RC_EXPIRED, "not now");
	if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN)
		return fail(e, RC_ABSENT, "the other side is gone");
	return fail_io(e, "%s", what);
}

enum rc
packet_send(
    int fd, struct bytes packet, const int *fds, size_t count, struct err *e)
{
	struct iovec iov = { (void *)(uintptr_t)packet.p, packet.len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union room room = { 0 };
	struct cmsghdr *c;
	ssize_t n;

	if (count > CONTROL_FDS || packet.len > CONTROL_PACKET)
		return fail(e, RC_LIMIT,
		    "a request of %zu bytes with %zu files; at most %u and %u",
		    packet.len, count, CONTROL_PACKET, CONTROL_FDS);
	if (count > 0) {
		m.msg_control = room.b;
		m.msg_controllen = CMSG_SPACE(count * sizeof(int));
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(c), fds, count * sizeof(int));
	}
	do
		n = sendmsg(fd, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? failed("sendmsg", e) : RC_OK;
}

/* All that came, also what is too much: it is ours to close. */
static bool
take_fds(struct packet *p, struct msghdr *m)
{
	bool fits = (m->msg_flags & MSG_CTRUNC) == 0;
	struct cmsghdr *c;
	size_t i, n;
	int fd;

	for (c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			memcpy(
			    &fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (p->fd_count < CONTROL_FDS) {
				p->fds[p->fd_count++] = fd;
				continue;
			}
			(void)close(fd);
			fits = false;
		}
	}
	return fits;
}

enum rc
packet_receive(struct packet *out, int fd, struct err *e)
{
	struct packet p = { 0 };
	struct iovec iov;
	union room room;
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = room.b,
		.msg_controllen = sizeof(room.b) };
	enum rc rc = RC_OK;
	bool fits;
	ssize_t n;

	*out = p;
	iov.iov_base = buf_grow(&p.bytes, CONTROL_PACKET);
	iov.iov_len = CONTROL_PACKET;
	do
		n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		rc = failed("recvmsg", e);
		goto out;
	}
	fits = take_fds(&p, &m);
	p.bytes.len = (size_t)n;
	if (!fits || (m.msg_flags & MSG_TRUNC) != 0)
		rc = fail(e, RC_LIMIT,
		    "a packet of over %u bytes or %u descriptors",
		    CONTROL_PACKET, CONTROL_FDS);
	else if (n == 0 && p.fd_count == 0)
		rc = fail(e, RC_ABSENT, "the other side is gone");
	if (rc != RC_OK)
		goto out;
	*out = p;
	p = (struct packet){ 0 };
out:
	packet_free(&p);
	return rc;
}

void
packet_free(struct packet *p)
{
	size_t i;

	for (i = 0; i < p->fd_count; i++)
		(void)close(p->fds[i]);
	buf_free(&p->bytes);
	*p = (struct packet){ 0 };
}
