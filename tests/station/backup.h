/* SPDX-License-Identifier: EUPL-1.2 */
/* The command, run on stations in a row: backups, shares, restores. */
#ifndef TESTS_STATION_BACKUP_H
#define TESTS_STATION_BACKUP_H

#include "lives.h"

#define SAID_MAX 4096

/* Where the command is, and what it said last. */
static char command_said[SAID_MAX];

static inline const char *
antin_path(void)
{
	static char path[PATH];
	const char *b = getenv("ANTIN_B");

	(void)snprintf(
	    path, sizeof(path), "%s/bin/antin", b != NULL ? b : "obj");
	return path;
}

/* Start it; what it says comes out of *out. */
static inline pid_t
command_starts(const char *const *words, int *out)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		bug("no pipe");
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)setenv("LC_ALL", "C.UTF-8", 1);
		(void)dup2(ends[1], 1);
		(void)dup2(ends[1], 2);
		(void)execv(antin_path(), (char *const *)(uintptr_t)words);
		_exit(127);
	}
	(void)close(ends[1]);
	*out = ends[0];
	return pid;
}

/* Its exit status, or 256 + the signal; command_said has what it said. */
static inline unsigned
command_ends(pid_t pid, int out)
{
	size_t have = 0;
	char rest[256];
	int status;
	ssize_t n;

	for (;;) {
		n = have < SAID_MAX - 1
			? read(out, command_said + have, SAID_MAX - 1 - have)
			: read(out, rest, sizeof(rest));
		if (n <= 0)
			break;
		if (have < SAID_MAX - 1)
			have += (size_t)n;
	}
	command_said[have] = '\0';
	(void)close(out);
	(void)waitpid(pid, &status, 0);
	return (unsigned)(WIFEXITED(status) ? WEXITSTATUS(status)
					    : 256 + WTERMSIG(status));
}

static inline unsigned
command(const char *const *words)
{
	int out;
	const pid_t pid = command_starts(words, &out);

	return command_ends(pid, out);
}
#define COMMAND(...)                                                           \
	command((const char *const[]){ "antin", __VA_ARGS__, NULL })

static inline bool
says(const char *what)
{
	if (strstr(command_said, what) != NULL)
		return true;
	note("said: %s", command_said);
	return false;
}

/* A name in the folder of them all; of the last four calls. */
static inline const char *
beside(const struct country *c, const char *name)
{
	static char paths[4][PATH];
	static unsigned at;
	char *path = paths[at++ % 4];

	(void)snprintf(path, PATH, "%s/%s", c->folder, name);
	return path;
}

static inline void
seat_key(char out[static 2 * PATH], const struct seat *s)
{
	(void)snprintf(out, 2 * PATH, "%s/data/keys/van-thu.key", s->folder);
}

/* The officers of a station: the desks of all three, any two. */
static inline unsigned
names_officers(struct three_lives *x, struct seat *s)
{
	return COMMAND("backup", "officers", "--station", s->folder, "--quorum",
	    "2", x->top->desk_address, x->mid->desk_address,
	    x->low->desk_address);
}

static inline unsigned
backs_up(struct three_lives *x, struct seat *s, const char *file)
{
	(void)x;
	return COMMAND("backup", "--force", "--station", s->folder, file);
}

/* Its folder is gone, as of a machine that burnt down. */
static inline void
burns_down(struct seat *s)
{
	char path[2 * PATH];

	(void)seat_stop(s, SIGKILL);
	(void)snprintf(path, sizeof(path), "%s-ashes", s->folder);
	lives_runs("rm", path, path);
	if (rename(s->folder, path) != 0)
		bug("it does not burn");
	/* what is restored has a folder of this name */
	(void)snprintf(s->log, sizeof(s->log), "%.600s.log", s->folder);
}

/* From the keys of two officers, whose stations did not burn. */
static inline unsigned
is_restored(struct three_lives *x, struct seat *s, const char *file)
{
	char one[2 * PATH], two[2 * PATH];
	const struct seat *a = s == x->top ? x->mid : x->top,
			  *b = s == x->low ? x->mid : x->low;

	seat_key(one, a);
	seat_key(two, b);
	return COMMAND("restore", "--key", one, "--key", two, file, s->folder);
}

/* Numbers that two dispatches have. */
static inline uint64_t
numbers_twice(const struct seat *s)
{
	return lives_ask(s, "SELECT count(*) FROM (SELECT 1 FROM dispatch "
			    "WHERE serial > 0 GROUP BY origin, "
			    "incarnation, serial HAVING count(*) > 1)");
}

/* What burnt with a station: the n-th dispatch, at the k-th seat. */
static bool burnt[256][3];

/* Every dispatch that was sent is at each of its desks once, but those that
 * burnt there. */
static inline size_t
not_once(struct three_lives *x)
{
	size_t i, k, bad = 0;

	for (i = 0; i < x->count; i++)
		for (k = 0; k < 3; k++) {
			if (x->to[i] == k || burnt[i][k])
				continue;
			if (lives_has(&x->c.seats[k], &x->sent[i]) == 1)
				continue;
			note("number %zu of seat %u is not at %zu", i,
			    x->to[i], k);
			bad++;
		}
	return bad;
}

static inline size_t
more_than_once(struct three_lives *x)
{
	size_t i, k, bad = 0;

	for (i = 0; i < x->count; i++)
		for (k = 0; k < 3; k++)
			bad += lives_has(&x->c.seats[k], &x->sent[i]) > 1;
	return bad;
}

/* It is exactly so: 1 where the status says that it is closed. */
static inline bool
is_closed(const struct seat *s)
{
	json_t *rows = seat_rows(s, CONTROL_STATUS, NULL), *row;
	bool closed = false;
	size_t i;

	json_array_foreach(rows, i,
	    row) if (strcmp(row_word(row, "row"), "life") == 0) closed =
	    json_integer_value(json_object_get(row, "restored")) == 1;
	json_decref(rows);
	return closed;
}

#endif
