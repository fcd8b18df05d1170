/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Hosts on this machine, each a network namespace of its own.  They have no
 * name: they and their interfaces are gone with the processes in them, however
 * those end.
 */
#ifndef TESTS_STATION_HOSTS_H
#define TESTS_STATION_HOSTS_H

#include <sched.h>

#include "country.h"

struct machine {
	pid_t holder; /* lives in it as long as the test does */
	int ns;
};
static int own = -1; /* the namespace that we are in ourselves */

static inline bool
enter(int ns)
{
	return setns(ns, CLONE_NEWNET) == 0;
}

/* A process that has a namespace, and waits for our end; false: there may be
 * none. */
static inline bool
host_begin(struct machine *h)
{
	char path[64], c = 'n';
	int pipes[2];

	if (own < 0 &&
	    (own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)) < 0)
		return false;
	if (pipe2(pipes, O_CLOEXEC) != 0)
		bug("no pipe");
	if ((h->holder = fork()) == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		c = unshare(CLONE_NEWNET) == 0 ? 'y' : 'n';
		if (write(pipes[1], &c, 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	close(pipes[1]);
	if (h->holder < 0 || read(pipes[0], &c, 1) != 1)
		c = 'n';
	close(pipes[0]);
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)h->holder);
	h->ns = open(path, O_RDONLY | O_CLOEXEC);
	return c == 'y' && h->ns >= 0;
}

static inline void
host_end(struct machine *h)
{
	if (h->holder <= 0)
		return;
	(void)kill(h->holder, SIGKILL);
	(void)waitpid(h->holder, NULL, 0);
	h->holder = 0;
}

/* A command in a host; true: it went well. */
static inline bool
host_runs(const struct machine *h, const char *command)
{
	int status = -1;
	pid_t pid;

	(void)fflush(stdout);
	if ((pid = fork()) == 0) {
		if (enter(h->ns))
			(void)execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(126);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return false;
	return status == 0;
}

/* A station starts in a host. */
static inline bool
host_starts(const struct machine *h, struct seat *s)
{
	bool up;

	if (!enter(h->ns))
		bug("a host is gone");
	up = seat_start(s);
	if (!enter(own))
		bug("no way back");
	return up;
}

#endif
