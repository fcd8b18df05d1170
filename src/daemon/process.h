/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What all processes of the daemon but the parent are alike in: they are
 * started afresh with one channel to the parent, get their settings, sockets
 * and channels to siblings, enter their sandbox, and only then read from anyone
 * (docs/station.md 2).
 */
#ifndef DAEMON_PROCESS_H
#define DAEMON_PROCESS_H

#include <event2/event.h>

#include "core/log.h"
#include "daemon/channel.h"
#include "daemon/sandbox.h"

/* A process, as a table; a folder each (proc_keys, proc_store, ...). */
struct process {
	enum proc self;
	/* A setting (conf.h), a key or a socket that the parent hands over,
	 * before prepare(); descriptors are the callee's.  A failure ends the
	 * start.  NULL: it is given settings alone, and needs none. */
	enum rc (*given)(const struct message *m, int fd, struct err *e);
	/* Open what has to be opened while the disk is still to be seen.
	 * NULL: nothing. */
	enum rc (*prepare)(struct sandbox *box, struct err *e);
	/* The sandbox is entered and siblings can be spoken to.  NULL: it
	 * waits to be spoken to. */
	enum rc (*begin)(struct err *e);
	/* A message from a sibling (or the parent, later: MSG_KEY).  "fd" (-1:
	 * none) is the callee's. */
	void (*message)(enum proc from, const struct message *m, int fd);
	/* A sibling was started anew (up) or is gone: what it was asked is not
	 * answered any more.  Not called of those that are there at begin().
	 * NULL: does not matter. */
	void (*peer)(enum proc peer, bool up);
	/* After each round of events, before anything that was queued is
	 * written: the store commits here.  NULL: nothing. */
	void (*round)(void);
	/* Time to go; the process ends when it returns and what it told has
	 * been written.  NULL: nothing. */
	void (*stop)(void);
};

extern const struct process process_keys, process_store, process_seal,
    process_link, process_control, process_media, process_web, process_tls,
    process_print, process_scan;

#define PROCESS_STOPPED 0 /* told to, or the parent is gone */
#define PROCESS_FAILED 1  /* it cannot start; it has said why */
#define PROCESS_BROKEN 3  /* a sibling told it what it may not */

/* Run it with the channel to the parent at this descriptor; does not return
 * before the end.  What main() returns: one of these. */
int process_run(const struct process *p, int fd);

/* ---- for the processes themselves ------------------------------------------
 */

struct event_base *process_base(void);
/* Tell a sibling; where it is just not there the message is dropped, as it
 * would be with its death, and false is returned.  "fd" is taken either way. */
bool tell(enum proc to, enum msg m, uint64_t job, const void *body, int fd);
/* What was told goes when the message is done with that is at work; of long
 * work this much goes now, as far as the sibling takes it. */
void tell_now(enum proc to);
/* A number for a job that is asked. */
uint64_t next_job(void);
/*
 * Ask and wait for the answer (seal and control only; see channel_wait()).
 * RC_ABSENT: the sibling is not there, or went; RC_EXPIRED: no answer in two
 * minutes.  A message that came from the one who is asked is gone afterwards.
 */
enum rc ask(enum proc to, enum msg m, const void *body, int fd,
    struct message *answer, int *answer_fd, struct err *e);
size_t process_queued(enum proc to);
/* Memory was given up for other reasons than messages: at the next rest it goes
 * back to the system. */
void process_used(void);
/* The clock of this machine: seconds; and milliseconds that only go forward. */
int64_t process_now(void);
int64_t process_ms(void);

/*
 * A line of the log, through the parent, in the place of log_end():
 *
 *	struct log_line l = log_line(LOG_INFO, "link.up");
 *	log_str(&l, "peer", address);
 *	process_log(LOG_INFO, &l);
 *
 * Frees the line. */
void process_log(enum log_level level, struct log_line *l);

#endif
