/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The process that seals and opens content (docs/station.md 8): one job at a
 * time, with a content key and descriptors it is given.  It touches no network
 * and no database, and has no private key: it asks store and keys, and waits.
 * A job fails where one of them goes; the next is begun.
 */
#include "proc_seal/seal.h"

#include <string.h>
#include <unistd.h>

#define TELL_MS 200 /* between two tellings of progress */

/* Descriptors that control has sent for a job that is still to come. */
static struct {
	uint64_t number;
	int fds[MSG_FDS];
	size_t count;
	bool too_many;
} coming;

/* ---- asking
 * ---------------------------------------------------------------------------
 */

enum rc
seal_ask(enum proc to, enum msg m, const void *body, enum msg want,
    struct message *answer, int *fd, struct err *e)
{
	int one = -1;
	enum rc rc;

	rc = ask(to, m, body, -1, answer, &one, e);
	if (rc == RC_EXPIRED)
		return fail(e, RC_EXPIRED,
		    "the station is too busy: its part \"%s\" did not answer",
		    proc_name(to));
	if (rc != RC_OK)
		return fail(e, RC_ABSENT,
		    "the station's part \"%s\" was started anew; try again",
		    proc_name(to));
	if (answer->kind != want)
		bug("an answer to another question");
	if (fd != NULL)
		*fd = one;
	else if (one >= 0)
		(void)close(one);
	return RC_OK;
}

enum rc
seal_said(uint64_t rc, struct bytes why, struct err *e)
{
	const size_t len = why.len < ERR_TEXT ? why.len : ERR_TEXT - 1;

	if (rc == RC_OK)
		return RC_OK;
	e->rc = (enum rc)rc;
	if (len > 0)
		memcpy(e->text, why.p, len);
	e->text[len] = '\0';
	return e->rc;
}

/* ---- descriptors
 * ---------------------------------------------------------------------- */

static void
coming_drop(void)
{
	while (coming.count > 0)
		(void)close(coming.fds[--coming.count]);
	coming.too_many = false;
}

static void
fd_came(uint64_t number, int fd)
{
	if (number != coming.number)
		coming_drop();
	coming.number = number;
	if (fd < 0)
		bug("a descriptor that is none");
	if (coming.count == MSG_FDS) {
		coming.too_many = true;
		(void)close(fd);
		return;
	}
	coming.fds[coming.count++] = fd;
}

/* Those that came for this job are its own. */
static enum rc
take_fds(struct job *j, struct err *e)
{
	if (coming.number != j->number)
		coming_drop();
	if (coming.too_many) {
		coming_drop();
		return fail(e, RC_LIMIT,
		    "over %u files; put them in an archive together", MSG_FDS);
	}
	memcpy(j->fds, coming.fds, sizeof(j->fds));
	j->fd_count = coming.count;
	coming.count = 0;
	return RC_OK;
}

int
job_fd(struct job *j, size_t i)
{
	int fd = j->fds[i];

	j->fds[i] = -1;
	return fd;
}

/* ---- jobs
 * -----------------------------------------------------------------------------
 */

static void
told(void *ctx, const struct progress *p)
{
	const int64_t now = process_ms();
	struct job *j = ctx;

	if (now - j->told < TELL_MS)
		return;
	j->told = now;
	(void)tell(PROC_CONTROL, MSG_PROGRESS, j->number,
	    &(struct msg_progress){ p->done, p->total }, -1);
	tell_now(PROC_CONTROL);
}

static void
say_done(uint64_t number, enum rc rc, const struct err *e, const struct id *id)
{
	const struct msg_done done = { .rc = rc,
		.why = rc == RC_OK ? (struct bytes){ 0 } : bytes_str(e->text),
		.id = *id };

	(void)tell(PROC_CONTROL, MSG_DONE, number, &done, -1);
}

static void
run(const struct message *m)
{
	struct job j = { .number = m->job,
		.asked = m,
		.told = process_ms(),
		.progress = { .told = told } };
	struct id id = { 0 };
	struct err e;
	enum rc rc;

	j.progress.ctx = &j;
	rc = take_fds(&j, &e);
	if (rc == RC_OK && m->kind == MSG_SEAL) {
		rc = seal_make(&j, &id, &e);
	} else if (rc == RC_OK && m->kind == MSG_READ) {
		rc = seal_read(&j, &e);
	} else if (rc == RC_OK) {
		id = m->body.of.id;
		rc = seal_save(&j, &e);
	}
	while (j.fd_count > 0)
		if (j.fds[--j.fd_count] >= 0)
			(void)close(j.fds[j.fd_count]);
	if (m->kind != MSG_READ)
		say_done(j.number, rc, &e, &id);
	else if (rc != RC_OK)
		(void)tell(PROC_CONTROL, MSG_LETTER, j.number,
		    &(struct msg_letter){ .rc = rc, .why = bytes_str(e.text) },
		    -1);
}

/* ---- the process
 * ---------------------------------------------------------------------- */

static void
message(enum proc from, const struct message *m, int fd)
{
	/* an answer that came after its job had given up */
	if (from != PROC_CONTROL) {
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	if (m->kind == MSG_FD)
		fd_came(m->job, fd);
	else
		run(m);
}

static void
peer(enum proc p, bool up)
{
	(void)up;
	if (p == PROC_CONTROL)
		coming_drop();
}

const struct process process_seal = {
	.self = PROC_SEAL,
	.message = message,
	.peer = peer,
	.stop = coming_drop,
};
