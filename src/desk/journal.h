/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station's journal, as it is asked for over a connection (control/client.h),
 * shown, and checked (docs/journal.md).
 */
#ifndef DESK_JOURNAL_H
#define DESK_JOURNAL_H

#include "control/client.h"
#include "crypto/merkle.h"
#include "journal/entry.h"

/* One answer: its bytes, which the caller frees, its total, and the key of
 * docs/journal.md 5.3 (tool; NULL: not wanted).  The request is taken. */
enum rc journal_ask(int fd, enum control_what what, json_t *request,
    struct buf *bytes, uint64_t *total, struct buf *tool, struct err *e);
/* The same, of a request that names a number. */
enum rc journal_ask_at(int fd, enum control_what what, uint64_t at,
    struct buf *bytes, uint64_t *total, struct err *e);

/* Entries as the station gives them, piece by piece. */
struct journal_walk {
	int fd;
	uint64_t next, total;
	struct buf piece; /* the caller frees it at the end */
	struct rd in;
};
/* The next entry; what it lends stays until the next call.  The opening is
 * empty where it was destroyed.  RC_DENIED: there is none. */
enum rc journal_walk_next(struct journal_walk *w, struct bytes *bytes,
    struct entry *entry, struct bytes *opening, struct err *e);

/* An entry as a row; the caller json_decref()s. */
json_t *journal_row(
    uint64_t number, const struct entry *entry, struct bytes opening);

/* What is known of a journal's beginning, as it is walked. */
struct journal_sum {
	struct merkle tree;
	uint64_t destroyed, lives; /* openings that are gone; lives begun */
};
/* The next entry, and add it.  RC_DENIED: it is missing, or does not say what
 * it is said to say. */
enum rc journal_sum_add(
    struct journal_sum *s, struct journal_walk *w, struct err *e);
/* The root is that of the entries up to here.  RC_DENIED: they were rewritten.
 */
enum rc journal_sum_is(
    const struct journal_sum *s, const struct node *root, struct err *e);

#endif
