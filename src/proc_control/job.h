/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A request at work: its life (job.c), what it asks of siblings
 * (ask.c), and what they answer (answer.c); papers and files
 * that are looked at have rooms of their own (print.c,
 * scan.c).  Only these files include it.
 */
#ifndef PROC_CONTROL_JOB_H
#define PROC_CONTROL_JOB_H

#include "proc_control/control.h"

struct job {
	struct job *next;
	uint64_t number;
	struct client *client; /* NULL: gone */
	uint64_t uid;
	struct control_request r;
	enum proc at;	/* who is asked now */
	enum msg wants; /* what he may answer with, besides progress */
	struct answer_rows rows;
	struct answer last; /* that is kept until its opening is noted */
	struct packet came; /* its descriptors, until they are handed on */
};

/* Each at work, in no order; "call" may end the one it is given. */
void jobs_each(enum proc at, void (*call)(struct job *j));
/* The last packet: the job is over.  "a" and the job are taken. */
void job_end(struct job *j, struct answer *a, enum rc rc, struct bytes why);
void job_fail(struct job *j, const struct err *e);
/* Who was asked is gone, or was not there: so it is over, and told. */
void job_lost(struct job *j);
/* Ask a sibling, and wait for this kind of answer; false where he is not there,
 * and the job is over.  Who may have descriptors is handed the request's. */
bool job_tell(
    struct job *j, enum proc to, enum msg m, const void *body, enum msg wants);

/* ---- ask.c
 * --------------------------------------------------------- */

/* Ask what it is about: whether that may be asked first, where that is for who
 * is signed in to the desk. */
void job_ask(struct job *j);
/* Keys has said that it may: ask on.  false: that was all it wanted. */
bool job_ask_on(struct job *j);

/* ---- print.c
 * --------------------------------------------------------- */

/* A paper: it is drawn as soon as `print` is there. */
void print_ask(struct job *j);
/* It is there, or gone. */
void print_peer(bool up);

/* ---- scan.c
 * --------------------------------------------------------- */

/* A file that is looked at, and what was found. */
void scan_ask(struct job *j);
void scan_hear(struct job *j, const struct message *m);

/* ---- answer.c
 * ------------------------------------------------------ */

/* What he who was asked says. */
void job_hear(struct job *j, const struct message *m);

#endif
