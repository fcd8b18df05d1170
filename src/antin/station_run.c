/* SPDX-License-Identifier: EUPL-1.2 */
/* antin station check, start, stop: antind on a folder. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "antin/backup.h"
#include "antin/talk.h"
#include "core/lang.h"
#include "core/utf8.h"
#include "file/file.h"

#define START_MS 30000 /* it is ready within */
#define STOP_MS 20000  /* it is gone within */
#define STEP_MS 50
#define LOG_SHOWN 4096 /* bytes of its log that are shown */
#define NOT_RUN 127    /* status of a program that cannot be run */

char *
station_path(const char *dir, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		bug("no memory");
	return path;
}

void
station_exec(const char *const words[static 2])
{
	char self[4096], *slash;
	char *const *argv = (char *const *)(uintptr_t)words;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 8);

	if (n > 0) {
		self[n] = '\0';
		slash = strrchr(self, '/');
		(void)strcpy(slash + 1, "antind");
		(void)execv(self, argv);
	}
	(void)execvp("antind", argv);
	_exit(NOT_RUN);
}

/* Who holds the lock of run/antind.pid. */
enum rc
station_pid(pid_t *pid, const char *dir, struct err *e)
{
	char *path = station_in(dir, "run/antind.pid");
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum rc rc = RC_OK;

	*pid = 0;
	if (fd < 0 && errno != ENOENT)
		rc = fail_io(e, "%s cannot be read", path);
	else if (fd >= 0 && fcntl(fd, F_GETLK, &lock) != 0)
		rc = fail_io(e, "%s cannot be read", path);
	else if (fd >= 0 && lock.l_type != F_UNLCK)
		*pid = lock.l_pid;
	if (fd >= 0)
		(void)close(fd);
	free(path);
	return rc;
}

static void
step(void)
{
	const struct timespec t = { 0, STEP_MS * 1000000L };

	(void)nanosleep(&t, NULL);
}

/* ---- check
 * ----------------------------------------------------------------- */

static enum rc
not_run(struct err *e)
{
	return fail(e, RC_IO,
	    "antind cannot be run: it is neither beside this program nor in "
	    "PATH");
}

static enum rc
check(const struct args *a, struct err *e)
{
	char *conf = station_path(a->rest[0], "antind.conf");
	const char *words[] = { "antind", "-n", "-c", conf, NULL };
	int status = 0;
	pid_t pid;
	enum rc rc = RC_OK;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		station_exec(words);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		rc = fail_io(e, "antind cannot be run");
	else if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_RUN)
		rc = not_run(e);
	else if (status != 0)
		rc = fail(
		    e, RC_INVALID, "%s: the station would not start", conf);
	free(conf);
	return rc;
}

static const struct opt no_opts[] = { OPT_END };
const struct cmd cmd_station_check = {
	.name = "station check",
	.args = "DIR",
	.does = "Check a station's configuration, and show what is in force.",
	.opts = no_opts,
	.least = 1,
	.most = 1,
	.run = check,
};

/* ---- start
 * ----------------------------------------------------------------- */

/* In a session of its own, with its log for an error output.  It is our child
 * until we end: so we hear when it dies at once. */
static pid_t
launch(const char *conf, int log)
{
	const char *words[] = { "antind", "-c", conf, NULL };
	pid_t pid = fork();
	int null;

	if (pid != 0)
		return pid;
	(void)setsid();
	null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
		_exit(NOT_RUN);
	/* what others had open is none of its; best effort */
	(void)close_range(STDERR_FILENO + 1, ~0u, 0);
	station_exec(words);
}

/* What it has written since it was started. */
static void
show_log(const char *path, off_t from)
{
	struct buf text = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t end = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	ssize_t n;

	if (end - from > LOG_SHOWN)
		from = end - LOG_SHOWN;
	if (fd >= 0) {
		n = pread(fd, buf_grow(&text, LOG_SHOWN), LOG_SHOWN, from);
		text.len = n < 0 ? 0 : (size_t)n;
		(void)close(fd);
	}
	utf8_print(stderr, buf_bytes(&text));
	buf_free(&text);
}

static enum rc
await(const struct args *a, pid_t pid, const char *log, struct err *e)
{
	struct err not_yet;
	struct talk t;
	int status, ms;

	for (ms = 0; ms < START_MS; ms += STEP_MS) {
		if (talk_open_at(&t, a, a->rest[0], &not_yet) == RC_OK) {
			talk_close(&t);
			return RC_OK;
		}
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) &&
				       WEXITSTATUS(status) == NOT_RUN
				   ? not_run(e)
				   : fail(e, RC_IO,
					 "the station has ended again; see "
					 "%s",
					 log);
		step();
	}
	(void)kill(pid, SIGTERM);
	return fail(e, RC_IO,
	    "the station was not ready within %d s and was stopped; see %s",
	    START_MS / 1000, log);
}

static enum rc
start_in(const struct args *a, const char *conf, const char *log, struct err *e)
{
	int fd = open(
	    log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	off_t from = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	enum rc rc;
	pid_t pid;

	if (fd < 0)
		return fail_io(e, "%s cannot be written", log);
	(void)fflush(NULL);
	pid = launch(conf, fd);
	(void)close(fd);
	if (pid < 0)
		return fail_io(e, "antind cannot be run");
	rc = await(a, pid, log, e);
	if (rc == RC_OK)
		say("The station runs (process %ld); its log: %s\n", (long)pid,
		    log);
	else
		show_log(log, from);
	return rc;
}

static enum rc
start(const struct args *a, struct err *e)
{
	const char *dir = a->rest[0];
	char *conf = station_path(dir, "antind.conf");
	char *log = station_path(dir, "log/antind.log");
	pid_t pid = 0;
	enum rc rc;

	if (!file_exists(conf))
		rc = fail(e, RC_ABSENT,
		    "%s is no station's folder; antin station new makes one",
		    dir);
	else if ((rc = station_here(dir, e)) == RC_OK)
		rc = station_pid(&pid, dir, e);
	if (rc == RC_OK && pid != 0)
		rc = fail(e, RC_EXISTS,
		    "the station runs already (process %ld)", (long)pid);
	if (rc == RC_OK)
		rc = start_in(a, conf, log, e);
	free(conf);
	free(log);
	return rc;
}

const struct cmd cmd_station_start = {
	.name = "station start",
	.args = "DIR",
	.does = "Start a station in the background, and wait until it works.",
	.opts = no_opts,
	.least = 1,
	.most = 1,
	.run = start,
};

/* ---- stop
 * ------------------------------------------------------------------ */

static enum rc
stop(const struct args *a, struct err *e)
{
	pid_t pid, now;
	enum rc rc = station_pid(&pid, a->rest[0], e);
	int ms;

	if (rc == RC_OK && pid == 0) {
		say("No station runs in %s.\n", a->rest[0]);
		return RC_OK;
	}
	if (rc == RC_OK && kill(pid, SIGTERM) != 0)
		rc = fail_io(e, "process %ld cannot be stopped", (long)pid);
	for (ms = 0, now = pid; rc == RC_OK && ms < STOP_MS; ms += STEP_MS) {
		rc = station_pid(&now, a->rest[0], e);
		if (rc == RC_OK && now != pid) {
			say("The station has stopped.\n");
			return RC_OK;
		}
		step();
	}
	if (rc == RC_OK)
		rc = fail(e, RC_IO,
		    "the station (process %ld) has not ended within %d s",
		    (long)pid, STOP_MS / 1000);
	return rc;
}

const struct cmd cmd_station_stop = {
	.name = "station stop",
	.args = "DIR",
	.does = "Stop a station, and wait until it has ended.",
	.opts = no_opts,
	.least = 1,
	.most = 1,
	.run = stop,
};
