/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The last word of a station that is being destroyed (docs/emergency.md 3),
 * and what a station that is lost had (4): last.c, lost.c.
 */
#ifndef PROC_STORE_LOST_H
#define PROC_STORE_LOST_H

#include "pki/last.h"
#include "proc_store/tell.h"

/* This station's own (m->at 0), by command: keys forgets all it has, and the
 * station above is told.  MSG_DONE when that has it on disk; RC_ABSENT: there
 * is no line; RC_DENIED: it is not this station's.  Or (1) another's, which
 * somebody has carried here. */
void last_give(uint64_t job, const struct msg_enrol_piece *m);
/* What a neighbour says: a report, or that it has ours. */
void last_came(struct line *l, struct bytes message);
void last_settled(bool kept); /* the round is over */
/* What is kept of the station of a unit; RC_ABSENT.  The caller frees *bytes,
 * from which *out borrows; *came is when it came. */
enum rc last_get(struct last_word *out, struct buf *bytes, int64_t *came,
    const struct id *unit, struct err *e);

/*
 * Rows of what the station of this address had, or any below it: one ROW_LOST,
 * a ROW_LOST_KEY for each that has keys (both only from the beginning), and a
 * ROW_LOST_DISPATCH for each destination, of some dispatches behind the
 * "after"th.  *next is to be asked for next; 0: that was all.
 */
struct losing {
	void (*each)(void *ctx, const struct msg_row *row);
	void *ctx;
};
enum rc lost_rows(const struct losing *to, struct bytes station, uint64_t after,
    struct err *e);

#endif
