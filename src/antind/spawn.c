/* SPDX-License-Identifier: EUPL-1.2 */
/* Starting a process afresh: this program again, with its channel and nothing
 * else. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "antind/parent.h"

#define SELF "/proc/self/exe"

/* What of our environment is theirs: how sanitizers are to behave. */
static size_t
environment(char *out[static 3])
{
	static const char *const names[] = { "ASAN_OPTIONS=",
		"UBSAN_OPTIONS=" };
	size_t i, n = 0;
	char **v;

	for (v = environ; *v != NULL; v++)
		for (i = 0; i < 2; i++)
			if (n < 2 &&
			    strncmp(*v, names[i], strlen(names[i])) == 0)
				out[n++] = *v;
	out[n] = NULL;
	return n;
}

/* 0: nothing to read; 1: nowhere; 2: to us, quoted into the log; 3: the
 * channel. */
static int
descriptors(posix_spawn_file_actions_t *a, int said, int channel)
{
	int bad;

	bad = posix_spawn_file_actions_addopen(a, 0, "/dev/null", O_RDONLY, 0);
	if (bad == 0)
		bad = posix_spawn_file_actions_addopen(
		    a, 1, "/dev/null", O_WRONLY, 0);
	if (bad == 0)
		bad = posix_spawn_file_actions_adddup2(a, said, 2);
	if (bad == 0)
		bad = posix_spawn_file_actions_adddup2(a, channel, PARENT_FD);
	return bad;
}

static int
signals(posix_spawnattr_t *a)
{
	sigset_t all, none;
	int bad;

	(void)sigfillset(&all);
	(void)sigemptyset(&none);
	bad = posix_spawnattr_setsigdefault(a, &all);
	if (bad == 0)
		bad = posix_spawnattr_setsigmask(a, &none);
	if (bad == 0)
		bad = posix_spawnattr_setflags(
		    a, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	return bad;
}

static int
run(enum proc p, pid_t *pid, int said, int channel)
{
	char name[16], program[] = "antind", option[] = "-p";
	char *argv[] = { program, option, name, NULL }, *envp[3];
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int bad;

	(void)environment(envp);
	memcpy(name, proc_name(p), strlen(proc_name(p)) + 1);
	if (posix_spawn_file_actions_init(&files) != 0 ||
	    posix_spawnattr_init(&attributes) != 0)
		bug("no memory");
	bad = descriptors(&files, said, channel);
	if (bad == 0)
		bad = signals(&attributes);
	if (bad == 0)
		bad = posix_spawn(pid, SELF, &files, &attributes, argv, envp);
	(void)posix_spawn_file_actions_destroy(&files);
	(void)posix_spawnattr_destroy(&attributes);
	return bad;
}

enum rc
spawn(enum proc p, pid_t *pid, int *channel, int *said, struct err *e)
{
	int pair[2] = { -1, -1 }, out[2] = { -1, -1 }, bad;
	enum rc rc = RC_OK;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 ||
	    pipe2(out, O_CLOEXEC | O_NONBLOCK) != 0) {
		rc = fail_io(e, "%s cannot be started", proc_name(p));
		goto out;
	}
	if ((bad = run(p, pid, out[1], pair[1])) != 0) {
		errno = bad;
		rc = fail_io(e, "%s cannot be started", proc_name(p));
		goto out;
	}
	*channel = pair[0];
	*said = out[0];
	pair[0] = out[0] = -1;
out:
	for (bad = 0; bad < 2; bad++) {
		if (pair[bad] >= 0)
			(void)close(pair[bad]);
		if (out[bad] >= 0)
			(void)close(out[bad]);
	}
	return rc;
}
