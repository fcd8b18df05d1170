/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The parent's children: the processes as it sees them (child.c), and what it
 * knows of all of them (parent.c).
 */
#ifndef ANTIND_CHILD_H
#define ANTIND_CHILD_H

#include "antind/parent.h"

struct child {
	enum proc is;
	pid_t pid; /* 0: not running */
	struct channel *c;
	struct event *in, *out, *said, *again;
	bool wants_out;
	int said_fd;
	struct buf said_line;
	unsigned said_lines;
	bool ready, told_stop;
	bool asked; /* one that is there only while it is wanted, is */
	int64_t started, first_death; /* ms */
	unsigned deaths, failures;
	int64_t delay; /* ms before its next restart */
};

struct parent {
	struct setup *s;
	struct event_base *base;
	struct child children[PROCS];
	struct sock sockets[PARENT_SOCKETS];
	size_t socket_count;
	struct event *signals[4], *deadline;
	bool ran;      /* all were ready once */
	bool stopping; /* in this stage of the end: */
	size_t stage;
	int status; /* what main() returns */
};
extern struct parent me;

/* A line about one. */
struct log_line child_line(
    enum log_level level, const char *event, const struct child *c);

/* An event of the parent's base; bug() where there is none. */
struct event *parent_event(
    int fd, short what, void (*call)(int, short, void *), void *ctx);
/* It has said that it is ready. */
void parent_ready(struct child *c);
/* `print` is wanted, or not any more: it is started, or told to end. */
void parent_asks(bool on);

/* Start it and queue all it is to have; it works from child_go() on.  After a
 * failure it may run (c->pid is set), and is then to be killed. */
enum rc child_start(struct child *c, struct err *e);
void child_go(struct child *c);
/* Queue its key files, as they are now. */
enum rc child_keys(struct child *c, struct err *e);
/* Write what is queued for it, now and as it takes it. */
void child_flush(struct child *c);
/* It is dead: hear its last words, and keep nothing of it but its name. */
void child_forget(struct child *c);

/* clamd.c: `scan` wants a line to clamd; it is told. */
void child_clamd(struct child *c);

#endif
