/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is known of how much of the directory a line's peer has: by its status,
 * and by what went over the line since (docs/link.md 17).
 */
#ifndef PROC_STORE_KNOWS_H
#define PROC_STORE_KNOWS_H

#include "proc_store/tell.h"

#define GIVE_MS INT64_C(2000) /* between two answers to what is wanted */

struct known_log {
	struct id log;
	uint64_t size;
	int64_t at; /* of its checkpoint */
};

struct knows {
	struct known_log *logs; /* owned; in the order of their ids */
	size_t count;
	struct id *forks; /* owned */
	size_t fork_count;
	int64_t since;		   /* milliseconds: the line is up */
	bool said;		   /* its status has come */
	bool news;		   /* it may lack something */
	bool gives_now;		   /* also what it asked for */
	struct buf status;	   /* the newest, till it may be answered */
	int64_t answers, gives;	   /* milliseconds: not before */
	int64_t retry;		   /* tell our status again; 0: no */
	struct id *given, *giving; /* owned: units that it asked for */
	size_t given_count, giving_count;
};

/* NULL: nothing of this log. */
const struct known_log *knows_of(const struct knows *k, const struct id *log);
/* It has at least that much of a log. */
void knows_note(struct knows *k, const struct known_log *is);
/* It has what a directory file shows, which was applied or written. */
void knows_file(struct knows *k, struct bytes file);
void knows_fork(struct knows *k, const struct id *log);

#endif
