/* SPDX-License-Identifier: EUPL-1.2 */
/* A slow line between two stations: tools/shaper, a process of its own. */
#ifndef TESTS_STATION_SLOW_H
#define TESTS_STATION_SLOW_H

#include "queue.h"

struct slow {
	pid_t pid;
	uint16_t port; /* the child calls its parent here */
	char counts[PATH];
};

/* bytes a second, and milliseconds one way */
static inline void
slow_begin(struct slow *s, const struct country *c, const struct seat *to,
    unsigned rate, unsigned delay)
{
	char r[16], d[16], at[16], there[16], word[8];
	int out[2];

	*s = (struct slow){ .port = free_port() };
	(void)snprintf(
	    s->counts, sizeof(s->counts), "%s/slow-%u", c->folder, s->port);
	(void)snprintf(r, sizeof(r), "%u", rate);
	(void)snprintf(d, sizeof(d), "%u", delay);
	(void)snprintf(at, sizeof(at), "%u", s->port);
	(void)snprintf(there, sizeof(there), "%u", to->port);
	(void)fflush(stdout);
	if (pipe(out) != 0)
		bug("no pipe");
	s->pid = fork();
	if (s->pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		(void)dup2(out[1], 1);
		(void)execl("tools/shaper", "shaper", "-r", r, "-d", d, "-c",
		    s->counts, at, there, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	if (read(out[0], word, 5) != 5)
		bug("tools/shaper does not start");
	close(out[0]);
}

static inline void
slow_end(struct slow *s)
{
	(void)kill(s->pid, SIGTERM);
	(void)waitpid(s->pid, NULL, 0);
	s->pid = 0;
}

static inline void
slow_cut(const struct slow *s, bool cut)
{
	(void)kill(s->pid, cut ? SIGUSR1 : SIGUSR2);
}

/* What has gone over it. */
struct went {
	unsigned long up, down, connections;
	unsigned long waits_up,
	    waits_down; /* in the line, not yet on its way */
};

static inline struct went
slow_went(const struct slow *s)
{
	struct went w = { 0 };
	FILE *f = fopen(s->counts, "r");

	if (f != NULL) {
		if (fscanf(f, "%lu %lu %lu %lu %lu", &w.up, &w.down,
			&w.connections, &w.waits_up, &w.waits_down) != 5)
			w = (struct went){ 0 };
		(void)fclose(f);
	}
	return w;
}

/* Until nothing has gone over it for so many seconds; false: it never was so.
 */
static inline bool
slow_is_quiet(const struct slow *s, unsigned quiet, unsigned seconds)
{
	struct went was = slow_went(s), is;
	unsigned i, calm = 0;

	for (i = 0; i < seconds && calm < quiet; i++) {
		(void)sleep(1);
		is = slow_went(s);
		calm = is.up == was.up && is.down == was.down ? calm + 1 : 0;
		was = is;
	}
	return calm >= quiet;
}

#endif
