/* SPDX-License-Identifier: EUPL-1.2 */
/* The command's side of the control socket (control.h). */
#ifndef CONTROL_CLIENT_H
#define CONTROL_CLIENT_H

#include <jansson.h>

#include "control/control.h"
#include "core/err.h"

/* RC_ABSENT: nobody listens there; RC_DENIED: not for this user; RC_LIMIT: the
 * path is too long for a socket.  *fd is the caller's to close. */
enum rc control_connect(int *fd, const char *path, struct err *e);

/* What comes before the last packet of an answer; NULL: nobody listens. */
struct control_ears {
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	/* A row, which each() may keep by json_incref(). */
	void (*row)(void *ctx, json_t *row);
	void *ctx;
};

/*
 * Ask, with so many descriptors beside; "request" has no "ask" yet and is
 * taken.  *answer (NULL: not wanted) is the last packet, for the caller to
 * json_decref(); it is NULL on failure.
 *
 * The outcome is that of the answer, with its text; RC_IO also where the
 * daemon went away meanwhile.
 */
enum rc control_ask(int fd, enum control_what what, json_t *request,
    const int *fds, size_t count, const struct control_ears *ears,
    json_t **answer, struct err *e);

#endif
