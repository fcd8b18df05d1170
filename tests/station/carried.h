/* SPDX-License-Identifier: EUPL-1.2 */
/* The command and its folders, as who carries a disk has them. */
#ifndef TESTS_STATION_CARRIED_H
#define TESTS_STATION_CARRIED_H

#include <stdarg.h>

#include "queue.h"

/* A station that has a parent, and no line to it. */
static inline void
write_without_line(struct seat *s)
{
	struct seat *above = s->above;

	s->above = NULL;
	country_write(s, "");
	s->above = above;
}

/* The caller frees it. */
static inline char *
folder_new(const struct country *c, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", c->folder, name) < 0 ||
	    mkdir(path, 0700) != 0)
		bug("no folder");
	return path;
}

/* What the last command said, on both outputs. */
static char antin_said[65536];

static inline bool
said_last(const char *what)
{
	return strstr(antin_said, what) != NULL;
}

/* antin at this station; its exit status, or 256 + the signal. */
static inline int
antin_args(const struct seat *s, char **args)
{
	static char path[PATH];
	const char *b = getenv("ANTIN_B");
	int ends[2], status = 0;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	(void)snprintf(
	    path, sizeof(path), "%s/bin/antin", b != NULL ? b : "obj");
	if (pipe(ends) != 0)
		bug("no pipe");
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)dup2(ends[1], 1);
		(void)dup2(ends[1], 2);
		(void)close(ends[0]);
		(void)close(ends[1]);
		(void)setenv("ANTIN_STATION", s->folder, 1);
		(void)setenv("LC_ALL", "C.UTF-8", 1);
		(void)execv(path, args);
		_exit(127);
	}
	(void)close(ends[1]);
	while (len < sizeof(antin_said) - 1 &&
	       (n = read(ends[0], antin_said + len,
		    sizeof(antin_said) - 1 - len)) > 0)
		len += (size_t)n;
	antin_said[len] = '\0';
	(void)close(ends[0]);
	(void)waitpid(pid, &status, 0);
	if (getenv("ANTIN_LOUD") != NULL || WEXITSTATUS(status) != 0)
		note("%s", antin_said);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

/* Its words, up to NULL. */
static inline uint64_t
antin(const struct seat *s, ...)
{
	static char name[] = "antin";
	char *args[16] = { name };
	const char *word;
	size_t n = 1;
	va_list list;
	uint64_t status;

	va_start(list, s);
	while ((word = va_arg(list, const char *)) != NULL && n < 15)
		args[n++] = strdup(word);
	va_end(list);
	status = (uint64_t)antin_args(s, args);
	while (n-- > 1)
		free(args[n]);
	return status;
}

/* Bundles in a folder. */
static inline size_t
files_in(const char *folder)
{
	const struct dirent *d;
	size_t n = 0;
	DIR *dir = opendir(folder);

	if (dir == NULL)
		return 0;
	while ((d = readdir(dir)) != NULL)
		n +=
		    strstr(d->d_name, ".bundle") != NULL && d->d_name[0] != '.';
	closedir(dir);
	return n;
}

/* The path of the first bundle; the caller frees it. */
static inline char *
bundle_in(const char *folder)
{
	const struct dirent *d;
	char *path = NULL;
	DIR *dir = opendir(folder);

	while (dir != NULL && path == NULL && (d = readdir(dir)) != NULL)
		if (strstr(d->d_name, ".bundle") != NULL &&
		    d->d_name[0] != '.' &&
		    asprintf(&path, "%s/%s", folder, d->d_name) < 0)
			bug("no memory");
	if (dir != NULL)
		closedir(dir);
	if (path == NULL)
		bug("there is no bundle");
	return path;
}

/* What lies in its desk's inbox now. */
static inline size_t
inbox_size(const struct seat *s)
{
	json_t *rows = seat_inbox(s);
	const size_t n = json_array_size(rows);

	json_decref(rows);
	return n;
}

/* The number of the first bundle in a folder, by its name; static. */
static inline const char *
lost_number(const char *folder)
{
	static char text[24];
	char *path = bundle_in(folder);
	const char *at = strrchr(path, '-');

	(void)snprintf(text, sizeof(text), "%llu",
	    strtoull(at != NULL ? at + 1 : "", NULL, 10));
	free(path);
	return text;
}

/* What a writing that was killed left. */
static inline size_t
half_written_in(const char *folder)
{
	const struct dirent *d;
	size_t n = 0;
	DIR *dir = opendir(folder);

	while (dir != NULL && (d = readdir(dir)) != NULL)
		n += d->d_name[0] == '.' && strstr(d->d_name, "antin") != NULL;
	if (dir != NULL)
		closedir(dir);
	return n;
}

/* Cut a bundle of the folder off, change a bit in it, or remove it. */
static inline void
bundles_harm(const char *folder, struct dice *dice)
{
	struct buf all = { 0 };
	struct err e;
	char *path;

	if (files_in(folder) == 0)
		return;
	path = bundle_in(folder);
	if (dice_below(dice, 3) == 0 ||
	    file_read(&all, path, 64u << 20, &e) != RC_OK) {
		(void)unlink(path);
	} else {
		if (dice_below(dice, 2) == 0)
			all.len = dice_below(dice, (uint32_t)all.len);
		else
			all.p[dice_below(dice, (uint32_t)all.len)] ^= 4;
		must(file_write(path, buf_bytes(&all), 0600, true, &e), &e);
	}
	buf_free(&all);
	free(path);
}

static inline size_t
rows_now(
    const struct seat *s, const char *kind, const char *key, const char *value)
{
	return seat_has(s, CONTROL_QUEUE, kind, key, value);
}

/* One writes for the other, who reads; what that said is said_last(). */
static inline void
disk_goes(const struct country *c, struct seat *from, struct seat *to)
{
	static unsigned count;
	char name[32], *disk;

	(void)snprintf(name, sizeof(name), "carry-%u", count++);
	disk = folder_new(c, name);
	is(antin(from, "media", "write", disk, "--for", to->address, NULL), 0,
	    "%s writes", from->address);
	is(antin(to, "media", "read", disk, NULL), 0, "%s reads", to->address);
	free(disk);
}

#endif
