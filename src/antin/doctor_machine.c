/* SPDX-License-Identifier: EUPL-1.2 */
/* antin doctor: the machine's clock and memory, and how the daemon is locked
 * in. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/doctor.h"
#include "core/lang.h"
#include "core/time.h"
#include "file/file.h"
#include "pki/resolve.h"

#define PROC_MOST 16384 /* bytes of a file of /proc */

/* ---- the clock
 * ------------------------------------------------------------------------ */

void
check_clock(struct doctor *d)
{
	const struct health_clock c = {
		.machine = time_now(),
		.newest = d->unit == NONE
			      ? 0
			      : knowledge_of(d->directory, d->unit, TIME_MAX),
	};

	health_of_clock(&d->report, &c);
}

/* ---- memory
 * ------------------------------------------------------------------------- */

/* Lines of /proc/swaps behind its head, but those that are encrypted as far as
 * their names say (dm-crypt), or lie in memory (zram). */
static size_t
open_swaps(void)
{
	struct buf text = { 0 };
	char *line, *rest = NULL;
	struct err none;
	size_t n = 0;

	if (file_read(&text, "/proc/swaps", PROC_MOST, &none) == RC_OK) {
		buf_u8(&text, '\0');
		(void)strtok_r((char *)text.p, "\n", &rest);
		while ((line = strtok_r(NULL, "\n", &rest)) != NULL)
			n += strncmp(line, "/dev/dm-", 8) != 0 &&
			     strncmp(line, "/dev/mapper/", 12) != 0 &&
			     strncmp(line, "/dev/zram", 9) != 0;
	}
	buf_free(&text);
	return n;
}

void
check_memory(struct doctor *d)
{
	const size_t n = open_swaps();

	if (n > 0)
		health_found(&d->report, "memory", tr("memory"), HEALTH_LOOK,
		    tr("turn it off (swapoff -a), or encrypt it"),
		    tr("%zu swap spaces that are not encrypted: keys may get "
		       "onto the disk"),
		    n);
	else
		health_found(&d->report, "memory", tr("memory"), HEALTH_FINE,
		    NULL, tr("nothing of it gets onto the disk"));
}

/* ---- the sandbox
 * ----------------------------------------------------------------------- */

/* A field of /proc/PID/status as a number; -1: it is not there. */
static long
status_of(const char *pid, const char *field)
{
	struct buf text = { 0 };
	char path[64];
	const char *at;
	struct err none;
	long n = -1;

	(void)snprintf(path, sizeof(path), "/proc/%.20s/status", pid);
	if (file_read(&text, path, PROC_MOST, &none) == RC_OK) {
		buf_u8(&text, '\0');
		at = strstr((const char *)text.p, field);
		if (at != NULL)
			n = strtol(at + strlen(field), NULL, 10);
	}
	buf_free(&text);
	return n;
}

/* Processes of the daemon, and how many of them are locked in. */
static size_t
count_locked(const struct doctor *d, size_t *locked)
{
	DIR *proc = opendir("/proc");
	struct dirent *x;
	size_t n = 0;

	*locked = 0;
	while (proc != NULL && (x = readdir(proc)) != NULL) {
		if (strtol(x->d_name, NULL, 10) <= 0 ||
		    status_of(x->d_name, "\nPPid:") != (long)d->daemon)
			continue;
		n++;
		*locked += status_of(x->d_name, "\nSeccomp:") == 2 &&
			   status_of(x->d_name, "\nNoNewPrivs:") == 1;
	}
	if (proc != NULL)
		(void)closedir(proc);
	return n;
}

void
check_sandbox(struct doctor *d)
{
	size_t locked = 0, n;

	if (d->daemon == 0) {
		health_found(&d->report, "sandbox", tr("sandbox"), HEALTH_LOOK,
		    tr("ask again when the station runs"),
		    tr("not known while the station does not run"));
		return;
	}
	n = count_locked(d, &locked);
	if (n > 0 && locked == n)
		health_found(&d->report, "sandbox", tr("sandbox"), HEALTH_FINE,
		    NULL, tr("all %zu processes are locked in"), n);
	else
		health_found(&d->report, "sandbox", tr("sandbox"), HEALTH_WRONG,
		    tr("take \"sandbox none\" out of the configuration, and "
		       "start the station again"),
		    tr("%zu of %zu processes are locked in"), locked, n);
}
