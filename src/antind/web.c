/* SPDX-License-Identifier: EUPL-1.2 */
#include "daemon/process.h"

#include <unistd.h>

static void
message(enum proc from, const struct message *m, int fd)
{
	(void)from;
	(void)m;
	if (fd >= 0)
		(void)close(fd);
}

const struct process process_web = { .self = PROC_WEB, .message = message };
