/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the rooms of this station's own life tell one another (docs/journal.md
 * 7): life_seen.c is what others know of our journal, life.c tells the parent
 * and hears what it answers, life_new.c begins another life.
 */
#ifndef PROC_STORE_LIFE_H
#define PROC_STORE_LIFE_H

#include "proc_store/lives.h"

/* ---- life_seen.c */

/* What the parent has countersigned, as far as we know. */
struct seen {
	uint64_t size, serial, at;
};

enum rc seen_read(struct seen *out, struct err *e); /* { 0 }: nothing */
enum rc seen_write(const struct seen *s, struct err *e);
/* A note of ours that is not of this journal is kept; empty: there is none. */
enum rc behind_set(struct bytes note, struct err *e);
bool behind_is(struct bytes note); /* it is this one */
const struct id *life_uid(void);   /* of our unit */
/* Our journal is, or goes on from, what this note says. */
enum rc life_is_ours(const struct note *n, bool *ours, struct err *e);

/* ---- life.c */

/* What was told is of a life that is over. */
void life_told_anew(void);
void life_owes_behind(void); /* the parent is to be told of behind_set() */

#endif
