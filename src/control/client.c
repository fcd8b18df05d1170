/* SPDX-License-Identifier: EUPL-1.2 */
#include "control/client.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/packet.h"
#include "core/lang.h"

#define PATIENCE_S 60 /* without a packet */

enum rc
control_connect(int *fd, const char *path, struct err *e)
{
	const struct timeval patience = { PATIENCE_S, 0 };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len = strlen(path);
	enum rc rc = RC_OK;

	*fd = -1;
	if (len >= sizeof(to.sun_path))
		return fail(e, RC_LIMIT,
		    "%s is too long for a socket: %zu bytes, at most %zu", path,
		    len, sizeof(to.sun_path) - 1);
	memcpy(to.sun_path, path, len + 1);
	*fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return fail_io(e, "a socket cannot be made");
	if (setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		sizeof(patience)) == 0 &&
	    connect(*fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return RC_OK;
	if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR)
		rc =
		    fail(e, RC_ABSENT, "no station is running there: %s", path);
	else if (errno == EACCES || errno == EPERM)
		rc = fail(e, RC_DENIED,
		    "%s: this user may not use the station; ask who runs it",
		    path);
	else
		rc = fail_io(e, "%s", path);
	(void)close(*fd);
	*fd = -1;
	return rc;
}

static enum rc
outcome(const json_t *packet, struct err *e)
{
	const char *word = json_string_value(json_object_get(packet, "rc"));
	const char *why = json_string_value(json_object_get(packet, "why"));
	const char *of = json_string_value(json_object_get(packet, "of"));
	struct buf said = { 0 };
	enum err_of n;
	enum rc rc;

	for (rc = RC_OK; rc <= RC_USAGE; rc++)
		if (word != NULL && strcmp(rc_name(rc), word) == 0)
			break;
	if (rc == RC_OK)
		return RC_OK;
	if (rc > RC_USAGE || why == NULL)
		return fail(e, RC_INVALID,
		    "the daemon answers in a way that is not understood");
	/* the station's own language is English */
	tr_said(&said, why);
	buf_u8(&said, '\0');
	rc = fail(e, rc, "%s", (const char *)said.p);
	for (n = ERR_OF_ALL; n < ERR_OFS; n++)
		if (of != NULL && strcmp(of, err_of_name(n)) == 0)
			rc = fail_of(e, n);
	buf_free(&said);
	return rc;
}

static void
told(const struct control_ears *ears, json_t *packet)
{
	const json_t *p = json_object_get(packet, "progress");
	json_t *rows = json_object_get(packet, "rows"), *row;
	size_t i;

	if (ears == NULL)
		return;
	if (p != NULL && ears->progress != NULL)
		ears->progress(ears->ctx,
		    (uint64_t)json_integer_value(json_object_get(p, "done")),
		    (uint64_t)json_integer_value(json_object_get(p, "total")));
	if (ears->row != NULL)
		json_array_foreach(rows, i, row) if (json_is_object(row))
		    ears->row(ears->ctx, row);
}

/* The next packet; the last one has an outcome. */
static enum rc
next(json_t **out, int fd, struct err *e)
{
	struct packet p;
	enum rc rc = packet_receive(&p, fd, e);

	*out = NULL;
	if (rc == RC_EXPIRED)
		return fail(e, RC_EXPIRED,
		    "the station has not answered for %d seconds; look at its "
		    "log",
		    PATIENCE_S);
	if (rc != RC_OK)
		return fail(e, RC_IO,
		    "the station stopped while it was asked; look at its log");
	*out = json_loadb(
	    (const char *)p.bytes.p, p.bytes.len, JSON_REJECT_DUPLICATES, NULL);
	packet_free(&p);
	return json_is_object(*out)
		   ? RC_OK
		   : fail(e, RC_INVALID,
			 "the daemon answers in a way that is not understood");
}

static enum rc
listen_to(
    int fd, const struct control_ears *ears, json_t **answer, struct err *e)
{
	json_t *packet = NULL;
	enum rc rc;

	for (;;) {
		if ((rc = next(&packet, fd, e)) != RC_OK)
			break;
		if (json_object_get(packet, "rc") != NULL) {
			rc = outcome(packet, e);
			break;
		}
		told(ears, packet);
		json_decref(packet);
		packet = NULL;
	}
	if (rc == RC_OK && answer != NULL)
		*answer = packet;
	else
		json_decref(packet);
	return rc;
}

static int
add(const char *more, size_t len, void *to)
{
	buf_add(to, bytes_of(more, len));
	return 0;
}

enum rc
control_ask(int fd, enum control_what what, json_t *request, const int *fds,
    size_t count, const struct control_ears *ears, json_t **answer,
    struct err *e)
{
	struct buf text = { 0 };
	enum rc rc;

	if (answer != NULL)
		*answer = NULL;
	(void)json_object_set_new(
	    request, "ask", json_string(control_word(what)));
	(void)json_dump_callback(request, add, &text, JSON_COMPACT);
	json_decref(request);
	rc = packet_send(fd, buf_bytes(&text), fds, count, e);
	buf_free(&text);
	if (rc == RC_ABSENT)
		rc = RC_OK; /* it may have said why before it closed */
	return rc == RC_OK ? listen_to(fd, ears, answer, e) : rc;
}
