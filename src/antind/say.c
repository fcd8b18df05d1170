/* SPDX-License-Identifier: EUPL-1.2 */
/* The log, to standard error as a terminal or journald wants it; and the few
 * words a service manager is told (sd_notify(3)). */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "antind/parent.h"
#include "core/time.h"

#define SAID_MAX PIPE_BUF /* a pipe takes it whole or not at all */
#define PATIENCE_MS 1000

static bool journal;
static int manager = -1;
static bool stuck; /* nobody reads what is logged */
static uint64_t lost;
static bool stays; /* it is too long, and cannot be set aside: to be said */

static void
find_manager(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t n = path == NULL ? 0 : strlen(path);

	if (n < 2 || n >= sizeof(to.sun_path))
		return;
	memcpy(to.sun_path, path, n);
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (manager >= 0 &&
	    connect(manager, (struct sockaddr *)&to,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) != 0) {
		(void)close(manager);
		manager = -1;
	}
}

/* Whether standard error is the journal's, as systemd.exec(5) has it told:
 * JOURNAL_STREAM is its device and inode.  The variable alone says nothing; it
 * is there also where we write into a file. */
static bool
is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;
	char end;

	return stream != NULL &&
	       sscanf(stream, "%llu:%llu%c", &device, &inode, &end) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device &&
	       st.st_ino == inode;
}

void
say_start(void)
{
	journal = is_journal();
	say_file_find();
	find_manager();
}

void
say_notify(const char *state)
{
	if (manager >= 0 &&
	    send(manager, state, strlen(state), MSG_NOSIGNAL) < 0)
		manager = -1; /* it is its own business */
}

/* What stands behind the level, which is told beside it. */
static struct bytes
without_level(const struct log_line *l)
{
	static const char warn[] = "warn ";
	struct bytes line = buf_bytes(&l->text);
	size_t n = sizeof(warn) - 1;

	if (line.len >= n && memcmp(line.p, warn, n) == 0)
		line = bytes_of(line.p + n, line.len - n);
	return line;
}

/* One line of printable bytes: what the parent writes as it is. */
static bool
is_line(struct bytes line)
{
	size_t i;

	for (i = 0; i < line.len; i++)
		if (line.p[i] < 0x20 || line.p[i] == 0x7f)
			return false;
	return line.len > 0;
}

/* Before what is said: its priority, or the time and the level; and who. */
static void
begin_line(struct buf *out, enum log_level level, enum proc of)
{
	static const char *const words[] = { "debug", "info", "warn" };
	static const char *const syslog[] = { "<7>", "<6>", "<4>" };
	char time[TIME_TEXT];

	if (journal) {
		buf_add(out, bytes_str(syslog[level]));
	} else {
		time_write(time, time_now());
		buf_add(out, bytes_str(time));
		buf_u8(out, ' ');
		buf_add(out, bytes_str(words[level]));
		buf_u8(out, ' ');
	}
	buf_add(out, bytes_str(proc_name(of)));
	buf_u8(out, ' ');
}

static void
end_line(struct buf *out)
{
	if (out->len > SAID_MAX - 1)
		out->len = SAID_MAX - 1;
	buf_u8(out, '\n');
	if (write(STDERR_FILENO, out->p, out->len) < 0)
		(void)0; /* nowhere left to say it */
	if (!say_file_grew(out->len))
		stays = true;
	buf_free(out);
}

/* Whether a line can be written at once.  Who does not read the log must not
 * stop the station: his lines are lost, and counted. */
static bool
can_say(void)
{
	struct pollfd p = { STDERR_FILENO, POLLOUT, 0 };
	struct buf out = { 0 };
	struct log_line l;
	int n;

	do
		n = poll(&p, 1, stuck ? 0 : PATIENCE_MS);
	while (n < 0 && errno == EINTR);
	if (n != 1) {
		stuck = true;
		lost++;
		return false;
	}
	stuck = false;
	if (lost == 0)
		return true;
	l = log_line(LOG_WARN, "log.lost");
	log_uint(&l, "lines", lost);
	lost = 0;
	begin_line(&out, LOG_WARN, PROC_PARENT);
	buf_add(&out, without_level(&l));
	buf_free(&l.text);
	end_line(&out);
	return can_say();
}

void
say_line(enum log_level level, enum proc of, struct bytes line)
{
	struct buf out = { 0 };
	struct log_line l;

	if (!can_say())
		return;
	begin_line(&out, level, of);
	if (is_line(line)) {
		buf_add(&out, line);
	} else {
		buf_add(&out, bytes_str("event=log.bad line="));
		log_quote(&out, line);
	}
	end_line(&out);
	if (stays) {
		stays = false;
		l = log_line(LOG_WARN, "log.stays");
		say_log(LOG_WARN, &l);
	}
}

void
say_log(enum log_level level, struct log_line *l)
{
	struct bytes line = without_level(l);

	if (line.len > 0)
		say_line(level, PROC_PARENT, line);
	buf_free(&l->text);
}
