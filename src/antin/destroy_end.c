/* SPDX-License-Identifier: EUPL-1.2 */
/* What ends and goes when a station is destroyed: keys, processes, files. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "antin/destroy.h"
#include "antin/station.h"
#include "core/vec.h"
#include "file/file.h"

#define GONE_MS 10000 /* a killed process is gone within */
#define STEP_MS 10

/* ---- files
 * -----------------------------------------------------------------------------
 */

static void
sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		(void)fsync(fd); /* each file's bytes are on disk by now */
		(void)close(fd);
	}
}

/* A path with an ending, or within a folder. */
static void
erase_as(struct erased *to, const char *path, const char *ending)
{
	char *whole;

	if (asprintf(&whole, "%s%s", path, ending) < 0)
		bug("no memory");
	erase_path(to, whole);
	free(whole);
}

void
keys_erase(struct erased *to, const struct site *p)
{
	static const char *const own[] = { "/station.key", "/station.key.next",
		"/station.key.old" };
	static const char *const endings[] = { "", ".next", ".old" };
	size_t i;

	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		erase_as(to, p->key, endings[i]);
		erase_as(to, p->data, own[i]);
	}
	if (file_exists(p->keys))
		erase_tree(to, p->keys, NULL);
	erase_path(to, p->code);
	sync_folder(p->data);
}

void
rest_erase(struct erased *to, const struct site *p)
{
	static const char *const database[] = { "/store/store.db-wal",
		"/store/store.db", "/store/store.db-shm" };
	size_t i;

	for (i = 0; i < sizeof(database) / sizeof(database[0]); i++)
		erase_as(to, p->data, database[i]);
	erase_path(to, p->directory);
	erase_tree(to, p->data, DESTROY_MARK);
	if (p->log != NULL)
		erase_tree(to, p->log, NULL);
	if (p->conf != NULL)
		erase_path(to, p->conf);
	if (to->failed > 0)
		return; /* the mark says that there is something left */
	erase_path(to, p->mark);
	sync_folder(p->data);
	(void)rmdir(p->data);
	sync_folder(p->dir);
}

enum rc
site_may(const struct site *p, struct err *e)
{
	const char *all[] = { p->data, p->keys, p->key };
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (file_exists(all[i]) && access(all[i], W_OK) != 0)
			return fail(e, RC_DENIED,
			    "%s is not this user's to destroy: do it by sudo, "
			    "or as the user whose the station is",
			    all[i]);
	return RC_OK;
}

/* ---- processes
 * ------------------------------------------------------------------------- */

struct running {
	pid_t *pids; /* owned */
	size_t count;
};

static void
note_pid(struct running *r, pid_t pid)
{
	r->pids = vec_more(r->pids, r->count, sizeof(*r->pids));
	r->pids[r->count++] = pid;
}

/* Whose child it is; 0: it is gone. */
static pid_t
parent_of(const char *pid)
{
	char path[64], text[512], *end;
	long parent = 0;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	text[n < 0 ? 0 : n] = '\0';
	end = strrchr(text, ')'); /* behind its name: state, parent */
	if (end == NULL || sscanf(end + 1, " %*c %ld", &parent) != 1)
		return 0;
	return (pid_t)parent;
}

/* It is an antind that works in the folder: one whose parent has died hangs. */
static bool
works_in(const char *pid, const char *data)
{
	char path[64], at[PATH_MAX], name[64] = "";
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%.20s/cwd", pid);
	n = readlink(path, at, sizeof(at) - 1);
	if (n < 0)
		return false;
	at[n] = '\0';
	if (strcmp(at, data) != 0)
		return false;
	(void)snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return false;
	n = read(fd, name, sizeof(name) - 1);
	(void)close(fd);
	return n > 0 && strncmp(name, "antind", 6) == 0;
}

static void
find_all(struct running *r, pid_t daemon, const char *data)
{
	DIR *proc = opendir("/proc");
	struct dirent *x;
	pid_t pid;

	if (daemon != 0)
		note_pid(r, daemon); /* first: it would start others anew */
	while (proc != NULL && (x = readdir(proc)) != NULL) {
		pid = (pid_t)strtol(x->d_name, NULL, 10);
		if (isdigit((unsigned char)x->d_name[0]) && pid != daemon &&
		    ((daemon != 0 && parent_of(x->d_name) == daemon) ||
			works_in(x->d_name, data)))
			note_pid(r, pid);
	}
	if (proc != NULL)
		(void)closedir(proc);
}

/* Killed ones that nobody waits for yet hold no memory. */
static bool
is_gone(pid_t pid)
{
	char path[64], text[512], *end;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return kill(pid, 0) != 0 && errno == ESRCH;
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	text[n < 0 ? 0 : n] = '\0';
	end = strrchr(text, ')');
	return n <= 0 || (end != NULL && (end[2] == 'Z' || end[2] == 'X'));
}

static enum rc
kill_all(const struct running *r, struct err *e)
{
	const struct timespec t = { 0, STEP_MS * 1000000L };
	size_t i;
	int ms;

	for (i = 0; i < r->count; i++)
		if (kill(r->pids[i], SIGKILL) != 0 && errno != ESRCH)
			return fail_io(
			    e, "process %ld cannot be ended", (long)r->pids[i]);
	for (i = 0, ms = 0; i < r->count && ms < GONE_MS; ms += STEP_MS) {
		while (i < r->count && is_gone(r->pids[i]))
			i++;
		if (i < r->count)
			(void)nanosleep(&t, NULL);
	}
	if (i < r->count)
		return fail(
		    e, RC_IO, "process %ld does not end", (long)r->pids[i]);
	return RC_OK;
}

enum rc
daemon_end(size_t *count, const struct site *p, bool rehearse, struct err *e)
{
	char *data = realpath(p->data, NULL);
	struct running r = { 0 };
	struct err none;
	pid_t daemon = 0;
	enum rc rc = RC_OK;

	if (station_pid(&daemon, p->dir, &none) != RC_OK)
		daemon = 0; /* its lock cannot be read: its folder tells */
	find_all(&r, daemon, data == NULL ? p->data : data);
	*count = r.count;
	if (!rehearse)
		rc = kill_all(&r, e);
	free(r.pids);
	free(data);
	return rc;
}
