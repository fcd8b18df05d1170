/* SPDX-License-Identifier: EUPL-1.2 */
/* antin doctor, in parts (docs/operations.md 1): desk/health.h judges; doctor.c
 * shows, and asks the daemon; doctor_files.c looks at what lies on the disk;
 * doctor_machine.c at the machine. */
#ifndef ANTIN_DOCTOR_H
#define ANTIN_DOCTOR_H

#include <sys/types.h>

#include "antin/destroy.h"
#include "antin/tree.h"
#include "desk/health.h"

struct doctor {
	const struct args *a;
	struct site site;
	pid_t daemon;		     /* 0: it does not run */
	struct talk talk;	     /* fd -1: it does not answer */
	json_t *rows, *alarms;	     /* owned; NULL: it does not answer */
	struct directory *directory; /* owned; NULL: it cannot be read */
	size_t unit;		     /* the station's; NONE: not known */
	struct health_report report; /* its checks are owned */
};

/* ---- doctor_files.c
 * ----------------------------------------------------------------------- */

void check_configuration(struct doctor *d);
void check_disk(struct doctor *d);
void check_keys(struct doctor *d);
void check_knowledge(struct doctor *d);
void check_emergency(struct doctor *d);
void check_rules(struct doctor *d);

/* ---- doctor_machine.c
 * ---------------------------------------------------------------------- */

void check_clock(struct doctor *d);
void check_memory(struct doctor *d);
void check_sandbox(struct doctor *d);

#endif
