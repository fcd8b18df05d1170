/* SPDX-License-Identifier: EUPL-1.2 */
/* antin doctor, in parts (docs/operations.md 1): doctor.c shows, and asks the
 * daemon; doctor_files.c looks at what lies on the disk; doctor_machine.c at
 * the machine. */
#ifndef ANTIN_DOCTOR_H
#define ANTIN_DOCTOR_H

#include <sys/types.h>

#include "antin/destroy.h"
#include "antin/tree.h"

enum health { FINE, LOOK, WRONG };

struct doctor {
	const struct args *a;
	struct site site;
	pid_t daemon;		     /* 0: it does not run */
	json_t *rows, *alarms;	     /* owned; NULL: it does not answer */
	struct directory *directory; /* owned; NULL: it cannot be read */
	size_t unit;		     /* the station's; NONE: not known */
	int64_t now;
	size_t count[3]; /* of each health */
	json_t *checks;	 /* owned, of --json; else NULL: printed at once */
};

/*
 * One line: which check it is ("disk", and that word for a person), how it is,
 * and what to do (NULL: nothing).  All texts are translated by the caller.
 */
void found(struct doctor *d, const char *check, const char *name,
    enum health how, const char *to_do, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* The row of this kind that the daemon gave; NULL: none. */
const json_t *doctor_row(const struct doctor *d, const char *kind);
/* How many alarms of this kind last. */
size_t doctor_alarms(const struct doctor *d, const char *kind);

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
