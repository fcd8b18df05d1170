/* SPDX-License-Identifier: EUPL-1.2 */
/* What the antin station commands have in common (antin station start and stop
 * are in station_run.c). */
#ifndef ANTIN_STATION_H
#define ANTIN_STATION_H

#include <sys/types.h>

#include "antin/cmd.h"

/* The folder "dir" and a name in it; the caller frees. */
char *station_path(const char *dir, const char *name);
/* Run antind, which lies beside this program or in PATH, with these arguments
 * behind its name; does not return.  The words end with NULL. */
void station_exec(const char *const words[static 2]) __attribute__((noreturn));
/* The process that runs the station in this folder; 0: none. */
enum rc station_pid(pid_t *pid, const char *dir, struct err *e);

#endif
