/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Whose process is at the other end of a connection of this machine: the
 * kernel is asked (sock_diag(7)) for the socket that has our two addresses the
 * other way round.  A browser gives what it keeps for 127.0.0.1 to all its
 * ports, and so to other users (docs/desk.md 4.3).
 */
#include "proc_tls/tls.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NOBODY UINT64_MAX
#define SPOKEN_UP_TO                                                           \
	64u /* answers to earlier questions that are passed over               \
	     */

static int diag = -1;
static uint32_t asked;

void
uid_begin(void)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct log_line l;

	diag = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_SOCK_DIAG);
	if (diag >= 0 &&
	    connect(diag, (struct sockaddr *)&kernel, sizeof(kernel)) == 0)
		return;
	if (diag >= 0)
		(void)close(diag);
	diag = -1;
	l = log_line(LOG_WARN, "web.whose");
	log_str(&l, "note",
	    bytes_str("this kernel does not say whose a connection is; "
		      "sessions are held to their cookies alone"));
	process_log(LOG_WARN, &l);
}

/* The addresses of a socket of his: his own first. */
static void
addresses(struct inet_diag_req_v2 *q, const struct sockaddr_storage *his,
    const struct sockaddr_storage *ours)
{
	const struct sockaddr_in6 *his6 = (const void *)his,
				  *ours6 = (const void *)ours;
	const struct sockaddr_in *his4 = (const void *)his,
				 *ours4 = (const void *)ours;

	q->sdiag_family = (uint8_t)his->ss_family;
	if (his->ss_family == AF_INET6) {
		q->id.idiag_sport = his6->sin6_port;
		q->id.idiag_dport = ours6->sin6_port;
		memcpy(q->id.idiag_src, &his6->sin6_addr, 16);
		memcpy(q->id.idiag_dst, &ours6->sin6_addr, 16);
	} else {
		q->id.idiag_sport = his4->sin_port;
		q->id.idiag_dport = ours4->sin_port;
		memcpy(q->id.idiag_src, &his4->sin_addr, 4);
		memcpy(q->id.idiag_dst, &ours4->sin_addr, 4);
	}
}

/* What the kernel says to the question of this number. */
static uint64_t
answer(uint32_t number)
{
	union {
		struct nlmsghdr head;
		uint8_t bytes[2048];
	} in;
	const struct inet_diag_msg *m;
	unsigned i;
	ssize_t n;

	for (i = 0; i < SPOKEN_UP_TO; i++) {
		n = recv(diag, &in, sizeof(in), 0);
		if (n < (ssize_t)sizeof(in.head))
			return NOBODY;
		if (in.head.nlmsg_seq != number)
			continue;
		if (in.head.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
		    n < (ssize_t)NLMSG_LENGTH(sizeof(*m)))
			return NOBODY;
		m = NLMSG_DATA(&in.head);
		/* one that its process has closed is nobody's */
		return m->idiag_inode == 0 ? NOBODY : m->idiag_uid;
	}
	return NOBODY;
}

uint64_t
uid_of(const struct sockaddr_storage *his, const struct sockaddr_storage *ours)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 q;
	} out = { .head = { .nlmsg_len = sizeof(out),
		      .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		      .nlmsg_flags = NLM_F_REQUEST,
		      .nlmsg_seq = ++asked },
		.q = { .sdiag_protocol = IPPROTO_TCP,
		    .idiag_states = UINT32_MAX,
		    .id = { .idiag_cookie = {
				INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE } } } };

	if (diag < 0)
		return NOBODY;
	addresses(&out.q, his, ours);
	return send(diag, &out, sizeof(out), 0) == (ssize_t)sizeof(out)
		   ? answer(asked)
		   : NOBODY;
}
