/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A channel between two processes: a socketpair, messages (msg.h) in both
 * directions, and descriptors beside them.  Nothing blocks but channel_wait().
 */
#ifndef DAEMON_CHANNEL_H
#define DAEMON_CHANNEL_H

#include "daemon/msg.h"

struct channel;

/* Takes the descriptor, which it makes non-blocking. */
struct channel *channel_new(int fd, enum proc self, enum proc peer);
void channel_free(struct channel *c); /* closes; wipes what is in it */

int channel_fd(const struct channel *c);
enum proc channel_peer(const struct channel *c);

/* Queue a message; "fd" (-1: none) is taken.  bug() where this process may not
 * say that to the peer. */
void channel_send(
    struct channel *c, enum msg m, uint64_t job, const void *body, int fd);
/* Bytes that are queued and not yet written: for back-pressure. */
size_t channel_queued(const struct channel *c);
/* Give back what memory it does not need now. */
void channel_rest(struct channel *c);

/*
 * Write what is queued; read what is there.  RC_OK also where it would block;
 * RC_ABSENT: the peer is gone.
 */
enum rc channel_write(struct channel *c, struct err *e);
enum rc channel_read(struct channel *c, struct err *e);
/*
 * The next message that is whole; RC_ABSENT: none.  It borrows the channel's
 * memory until the next call.  *fd is the caller's (-1: none).  Another
 * failure: the peer broke the table, and this process must end.
 */
enum rc channel_next(
    struct channel *c, struct message *out, int *fd, struct err *e);

/*
 * Send all that is queued and wait for the answer to "job", for at most "ms".
 * Messages that come before it are kept for channel_next().  RC_ABSENT: the
 * peer is gone; RC_EXPIRED: no answer in time.
 */
enum rc channel_wait(struct channel *c, uint64_t job, int64_t ms,
    struct message *out, int *fd, struct err *e);

#endif
