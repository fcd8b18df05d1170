/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Sandboxes: what a process may still do once it reads from others.
 * docs/station.md 2.4.  Each platform has its file (sandbox_linux.c).
 */
#ifndef DAEMON_SANDBOX_H
#define DAEMON_SANDBOX_H

#include "daemon/msg.h"

#define SANDBOX_PATHS 8
#define SANDBOX_PORTS 8

/* What a process asks for besides its row in the table of system calls. */
struct sandbox {
	/* folders or files it goes on using, and how; borrowed */
	struct sandbox_path {
		const char *path;
		bool write; /* read, write, make and remove; else read */
	} paths[SANDBOX_PATHS];
	size_t path_count;
	/* TCP ports it may connect to, where the kernel can tell them apart;
	 * none: it connects nowhere */
	uint16_t ports[SANDBOX_PORTS];
	size_t port_count;
};

/*
 * Enter it: another user where "user" ("UID:GID") is set and this one is root,
 * no capabilities, no new privileges, undumpable, no core file, Landlock as far
 * as the kernel knows it, seccomp.  *got says in words what the kernel gave
 * ("landlock=6 seccomp"), for the log.  Failing is final: the process ends.
 *
 * What a process may not do ends it (SIGSYS), or, where only Landlock stands
 * before it, fails with EACCES.  The parent is held less tightly, for all that
 * the others need at their start has to pass its list: what is not on that
 * fails with ENOSYS.
 */
enum rc sandbox_enter(enum proc self, const struct sandbox *box,
    const char *user, char got[static 128], struct err *e);
/* Only become this user (NULL: stay), die with the parent, hold no
 * capabilities: for who runs without a sandbox. */
enum rc sandbox_user(enum proc self, const char *user, struct err *e);
/* This program was built with sanitizers, under which no sandbox is entered. */
bool sandbox_is_off(void);

/* ---- the steps, each in its file --------------------------------------------
 */

/* Landlock; *abi is the kernel's, 0 where it has none. */
enum rc sandbox_landlock(
    enum proc self, const struct sandbox *box, int *abi, struct err *e);
/* The list of system calls (sandbox_calls.c). */
enum rc sandbox_calls(enum proc self, struct err *e);

#endif
