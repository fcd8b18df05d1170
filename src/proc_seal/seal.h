/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the files of the process seal share (seal.c; make.c makes
 * dispatches, open.c reads them): one job at a time, of which nothing is
 * left in memory when it is over.
 */
#ifndef PROC_SEAL_SEAL_H
#define PROC_SEAL_SEAL_H

#include "core/progress.h"
#include "daemon/process.h"

#define SEAL_PATIENCE 60 /* seconds a pipe may be silent, or full */

/* What was asked by control. */
struct job {
	uint64_t number; /* control's */
	const struct message *asked;
	int fds[MSG_FDS]; /* owned until they are taken: then -1 */
	size_t fd_count;
	struct progress progress; /* tells control */
	int64_t told;		  /* when it did, milliseconds */
};

/* A dispatch is sealed and the store has it: *id is filled in. */
enum rc seal_make(struct job *j, struct id *id, struct err *e);
/* Answers with MSG_LETTER itself where it is RC_OK. */
enum rc seal_read(struct job *j, struct err *e);
enum rc seal_save(struct job *j, struct err *e);

/*
 * Ask a sibling; another answer than "want" is a broken promise.  What it
 * answers stays until he is asked again.
 *
 * RC_ABSENT	he is gone
 * RC_EXPIRED	he does not answer
 */
enum rc seal_ask(enum proc to, enum msg m, const void *body, enum msg want,
    struct message *answer, int *fd, struct err *e);
/* What a sibling said of it as an outcome here. */
enum rc seal_said(uint64_t rc, struct bytes why, struct err *e);

/* A part of one dispatch that is at hand, with what its errors call it. */
int job_fd(struct job *j, size_t i);

#endif
