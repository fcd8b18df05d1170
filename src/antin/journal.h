/* SPDX-License-Identifier: EUPL-1.2 */
/* A station's journal, as the command asks for it and shows it. */
#ifndef ANTIN_JOURNAL_H
#define ANTIN_JOURNAL_H

#include "antin/talk.h"
#include "journal/entry.h"

/* One answer: its bytes, which the caller frees, its total, and the key of
 * docs/journal.md 5.3 (tool; NULL: not wanted).  The request is taken. */
enum rc journal_ask(struct talk *t, enum control_what what, json_t *request,
    struct buf *bytes, uint64_t *total, struct buf *tool, struct err *e);
/* The same, of a request that names a number. */
enum rc journal_ask_at(struct talk *t, enum control_what what, uint64_t at,
    struct buf *bytes, uint64_t *total, struct err *e);

/* What a restored station may lack of what arrived, as remarks, of gaps of the
 * last 30 days; nothing where there is none. */
enum rc journal_gaps_say(struct talk *t, struct err *e);

/* Entries as the station gives them, piece by piece. */
struct journal_walk {
	struct talk *t;
	uint64_t next, total;
	struct buf piece; /* the caller frees it at the end */
	struct rd in;
};
/* The next entry; what it lends stays until the next call.  The opening is
 * empty where it was destroyed.  RC_DENIED: there is none. */
enum rc journal_next(struct journal_walk *w, struct bytes *bytes,
    struct entry *entry, struct bytes *opening, struct err *e);

/* An entry as a row; and printed for a person. */
json_t *journal_row(
    uint64_t number, const struct entry *entry, struct bytes opening);
void journal_print(const json_t *row, unsigned kind);

#endif
