/* SPDX-License-Identifier: EUPL-1.2 */
/* Packets over a Unix socket of packets, with descriptors beside them. */
#ifndef CONTROL_PACKET_H
#define CONTROL_PACKET_H

#include "control/control.h"

struct packet {
	struct buf bytes;     /* owned */
	int fds[CONTROL_FDS]; /* owned */
	size_t fd_count;
};

/*
 * Send one; blocks as the socket does.
 *
 * RC_EXPIRED	it would have to wait
 * RC_ABSENT	the other side is gone
 * RC_IO	another failure
 */
enum rc packet_send(
    int fd, struct bytes packet, const int *fds, size_t count, struct err *e);
/*
 * Receive one.  RC_EXPIRED, RC_ABSENT and RC_IO as above; RC_LIMIT: it is
 * longer than CONTROL_PACKET, or has more descriptors: it is gone.  Freed by
 * packet_free(), which closes the descriptors; it is empty on failure.
 */
enum rc packet_receive(struct packet *out, int fd, struct err *e);
void packet_free(struct packet *p);

#endif
