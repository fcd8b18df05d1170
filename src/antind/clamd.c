/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines to clamd, which the parent connects for the process `scan`
 * (docs/desk.md 9.2): it has no socket() of its own. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "antind/child.h"

/* It is of this machine, and so answers at once, or is too busy to. */
static enum rc
connect_to(int *out, const char *path, struct err *e)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd;

	*out = -1;
	if (strlen(path) >= sizeof(at.sun_path))
		return fail(e, RC_LIMIT, "%s: too long for a socket", path);
	memcpy(at.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&at, sizeof(at)) != 0) {
		if (fd >= 0)
			(void)close(fd);
		return fail_io(e, "clamd at %s", path);
	}
	*out = fd;
	return RC_OK;
}

void
child_clamd(struct child *c)
{
	const struct conf_value *v;
	size_t at = 0;
	char *path;
	struct err e;
	int fd = -1;
	enum rc rc;

	if ((v = conf_each(&me.s->conf, "clamd", &at)) == NULL)
		bug("a line to a clamd that there is not");
	path = setup_path(me.s, v);
	rc = connect_to(&fd, path, &e);
	free(path);
	if (rc == RC_OK)
		channel_send(c->c, MSG_SCAN_LINE, 0, NULL, fd);
	else
		channel_send(c->c, MSG_SCAN_NONE, 0,
		    &(struct msg_scan_none){ bytes_str(e.text) }, -1);
	child_flush(c);
}
