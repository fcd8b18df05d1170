/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The process that writes and reads bundles (docs/media.md): one at a time,
 * through a descriptor it is given.  It touches no network, no database and no
 * folder, and has no private key: keys finds a bundle's key, the store decides
 * what comes of it.
 */
#include "proc_media/media.h"

#include <unistd.h>

#include "core/time.h"

/* A descriptor that control has sent for a job that is still to come. */
static struct {
	uint64_t number;
	int fd; /* -1: none */
} coming = { .fd = -1 };

static void
coming_drop(void)
{
	if (coming.fd >= 0)
		(void)close(coming.fd);
	coming.fd = -1;
}

void
media_progress(struct carrying *c, uint64_t done, uint64_t total)
{
	const int64_t now = process_ms();

	if (now - c->told < MEDIA_TELL_MS)
		return;
	c->told = now;
	(void)tell(PROC_CONTROL, MSG_PROGRESS, c->number,
	    &(struct msg_progress){ done, total < done ? done : total }, -1);
}

static void
run(const struct message *m)
{
	struct carrying c = { .number = m->job,
		.asked = &m->body.bundle,
		.fd = coming.fd,
		.is = { .at = 0, .before = TIME_NEVER },
		.told = process_ms() };
	struct log_line l;
	struct err e = { 0 };
	enum rc rc;

	coming.fd = -1;
	if (c.fd < 0 || coming.number != m->job)
		rc = fail(&e, RC_INVALID, "no file came with it");
	else if (m->body.bundle.what == BUNDLE_WRITE)
		rc = media_write(&c, &e);
	else
		rc = media_read(&c, &e);
	if (rc != RC_OK && c.conn != 0)
		(void)tell(PROC_STORE, MSG_BUNDLE_GONE, 0,
		    &(struct msg_conn){ c.conn }, -1);
	if (rc != RC_OK) {
		l = log_line(LOG_WARN, "bundle.refused");
		log_err(&l, &e);
		process_log(LOG_WARN, &l);
	}
	c.is.rc = rc;
	c.is.why = bytes_str(e.text);
	(void)tell(PROC_CONTROL, MSG_BUNDLE_IS, m->job, &c.is, -1);
	if (c.fd >= 0)
		(void)close(c.fd);
}

static void
message(enum proc from, const struct message *m, int fd)
{
	/* an answer that came after its job had given up */
	if (from != PROC_CONTROL) {
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	if (m->kind == MSG_FD) {
		if (fd < 0)
			bug("a descriptor that is none");
		coming_drop();
		coming.number = m->job;
		coming.fd = fd;
	} else {
		run(m);
	}
}

static void
peer(enum proc p, bool up)
{
	(void)up;
	if (p == PROC_CONTROL)
		coming_drop();
}

const struct process process_media = {
	.self = PROC_MEDIA,
	.message = message,
	.peer = peer,
	.stop = coming_drop,
};
