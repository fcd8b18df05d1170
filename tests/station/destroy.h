/* SPDX-License-Identifier: EUPL-1.2 */
/* antin destroy as a test runs it, and what is left of a station then. */
#ifndef TESTS_STATION_DESTROY_H
#define TESTS_STATION_DESTROY_H

#include "queue.h"

#define SECRETS 64u

static char work[PATH]; /* passphrases, what was said, links */

/* ---- running antin
 * ---------------------------------------------------------------------- */

static struct buf said;

static const char *
in_work(const char *name)
{
	static char paths[8][2 * PATH];
	static unsigned turn;

	turn = (turn + 1) % 8;
	(void)snprintf(
	    paths[turn], sizeof(paths[turn]), "%.600s/%s", work, name);
	return paths[turn];
}

static void
put_work(const char *name, const char *text)
{
	struct err e;

	must(file_write(in_work(name), bytes_str(text), 0600, true, &e), &e);
}

/* Start antin with these words, and this typed on its input. */
static pid_t
runs(const char *typed, const char *const *words)
{
	const char *b = getenv("ANTIN_B");
	char path[PATH];
	pid_t pid;
	int in, out;

	(void)snprintf(
	    path, sizeof(path), "%.400s/bin/antin", b != NULL ? b : "obj");
	put_work("typed", typed);
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		in = open(in_work("typed"), O_RDONLY);
		out = open(in_work("said"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
		(void)setsid(); /* no terminal to ask at */
		(void)dup2(in, 0);
		(void)dup2(out, 1);
		(void)dup2(out, 2);
		(void)setenv("LC_ALL", "C", 1);
		(void)execv(path, (char *const *)(uintptr_t)words);
		_exit(127);
	}
	return pid;
}

/* "antin destroy" of a seat's station, and more words. */
static pid_t
launch(const struct seat *s, const char *typed, const char *const *more)
{
	const char *words[24] = { "antin", "destroy", "--station", s->folder };
	size_t n = 4;

	for (; *more != NULL && n < COUNT(words) - 1; more++)
		words[n++] = *more;
	return runs(typed, words);
}

static unsigned
ends(pid_t pid)
{
	int status = 0;
	struct err e;

	if (waitpid(pid, &status, 0) != pid)
		bug("no child");
	buf_free(&said);
	must(file_read(&said, in_work("said"), 1u << 20, &e), &e);
	buf_u8(&said, 0);
	return WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : 256;
}

static bool
says(const char *what)
{
	if (strstr((const char *)said.p, what) != NULL)
		return true;
	note("it said: %s", (const char *)said.p);
	return false;
}

#define DESTROYS(seat, typed, ...)                                             \
	ends(launch(seat, typed, (const char *const[]){ __VA_ARGS__, NULL }))
#define BY(one, two, first, second_)                                           \
	"--by", one, "--passphrase-file", in_work(first), "--by", two,         \
	    "--passphrase-file", in_work(second_)

/* ---- what is left of it
 * ----------------------------------------------------------------- */

static struct {
	char text[SECRETS][80];
	size_t count;
	size_t files, found, links;
} left;

/* The middle of a key file: no two have the same. */
static void
know_secret(const struct seat *s, const char *name)
{
	char path[2 * PATH];
	struct buf file;
	struct err e;

	(void)snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	must(file_read(&file, path, KEYFILE_MAX, &e), &e);
	if (left.count == SECRETS || file.len < 400)
		bug("no key file");
	memcpy(left.text[left.count], file.p + file.len / 2, 40);
	left.text[left.count++][40] = '\0';
	buf_free(&file);
}

static void
know_text(const char *text)
{
	(void)snprintf(left.text[left.count++], 80, "%s", text);
}

static int
look_at(const char *path, const struct stat *st, int type, struct FTW *at)
{
	struct buf file = { 0 };
	struct err e;
	size_t i;

	(void)at;
	if (type != FTW_F || !S_ISREG(st->st_mode))
		return 0;
	left.files++;
	if (file_read(&file, path, 128u << 20, &e) != RC_OK)
		bug(e.text);
	for (i = 0; i < left.count; i++)
		if (memmem(file.p, file.len, left.text[i],
			strlen(left.text[i])) != NULL) {
			note("%s has \"%s\"", path, left.text[i]);
			left.found++;
		}
	buf_free(&file);
	return 0;
}

/* How many secrets and texts are legible below a folder. */
static size_t
legible(const char *folder)
{
	left.files = left.found = 0;
	(void)nftw(folder, look_at, 16, FTW_PHYS);
	return left.found;
}

static int
link_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	char name[2 * PATH];

	(void)at;
	if (type == FTW_F && S_ISREG(st->st_mode) &&
	    strstr(path, "/log") == NULL) {
		(void)snprintf(
		    name, sizeof(name), "%.600s/aside/%zu", work, left.links++);
		if (link(path, name) != 0)
			bug("no link");
	}
	return 0;
}

/* Further names of all its files: what is unlinked only is legible there. */
static void
put_aside(const struct seat *s)
{
	(void)mkdir(in_work("aside"), 0700);
	(void)nftw(s->folder, link_one, 16, FTW_PHYS);
}

static int
count_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	/* the test's own log lies in the folder of each */
	left.files += type == FTW_F && strstr(path, "/log") == NULL;
	return 0;
}

static size_t
files_of(const struct seat *s)
{
	left.files = 0;
	(void)nftw(s->folder, count_one, 16, FTW_PHYS);
	return left.files;
}

/* It is there, and no zombie. */
static bool
is_there(pid_t pid)
{
	char path[64];
	struct buf stat = { 0 };
	const char *at;
	struct err e;
	bool there = false;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (pid > 1 && file_read(&stat, path, 4096, &e) == RC_OK) {
		buf_u8(&stat, 0);
		at = strrchr((const char *)stat.p, ')');
		there = at != NULL && at[2] != 'Z' && at[2] != 'X';
	}
	buf_free(&stat);
	return there;
}

#endif
