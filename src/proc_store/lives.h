/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Lives of stations (docs/journal.md 7): a parent knows of each child how far
 * its journal has come, signs that it has seen it, and gives a new incarnation
 * to one that was rolled back to an old copy; each side tells the other what
 * it holds of the other's journal.
 */
#ifndef PROC_STORE_LIVES_H
#define PROC_STORE_LIVES_H

#include "dispatch/statement.h"
#include "journal/life.h"
#include "proc_store/tell.h"

/* ---- lives.c: of neighbours
 * ----------------------------------------------- */

/*
 * Before a child is let in: RC_DENIED where a newer life of it is known, and
 * nobody has seen the alarm that says so.
 */
enum rc lives_judge(size_t unit, uint64_t incarnation, struct err *e);
void lives_line(struct line *l, const struct msg_hello *h); /* it was let in */
/* Items may come and go over it: what it has written down is not older than
 * what is known of it. */
bool lives_open(struct line *l);

/* One more message of this line is looked at: each costs a signature's check,
 * or a new one.  false: there were too many; it is in the log, once. */
bool lives_hears(struct line *l);
void lives_checkpoint(struct line *l, struct bytes message);
void lives_behind(struct line *l, struct bytes message);
/* What is kept of the station of a unit, { 0 } where nothing is; the caller
 * frees *note (NULL: not wanted). */
enum rc lives_get(
    struct life *out, struct buf *note, const struct id *unit, struct err *e);
enum rc lives_put(const struct life *l, struct bytes note,
    const struct id *unit, struct err *e);

/* ---- witness.c: what they are answered
 * ------------------------------------------------- */

/* When this round is kept. */
void lives_reply(struct line *l, enum life_reply what, uint64_t size);
void lives_witnessed(uint64_t job, const struct msg_noted *m); /* by keys */
/* What keys is asked to sign of the journal of that unit's station: the newest
 * note that is known of it; false: none is. */
bool lives_witness(struct msg_witness *m, const struct id *unit);
/* That note with our line under it, as it is told; "ours" is what keys signed.
 * false: a newer one has come meanwhile.  The caller frees *message. */
bool lives_countersigned(
    struct buf *message, const struct id *unit, struct bytes ours);
/* The life that a child's station is given and has not taken, as it is told;
 * empty: none.  The caller frees *message. */
enum rc lives_given(struct buf *message, const struct id *unit, struct err *e);
void lives_keys_gone(void);    /* what it was asked is asked again, */
void lives_keys_up(void);      /* now */
void lives_settled(bool kept); /* the round is over */

/* ---- life.c, life_seen.c, life_new.c: this station's own
 * ------------------------------------------- */

void life_line(struct line *l); /* the line to the parent is up */
void life_tick(int64_t ms);
/* What the parent knows of our journal; { 0 }: nothing that we know of. */
void life_claim(struct msg_life *out);
uint64_t life_size(void); /* of our journal */
/* Its newest note, which borrows *bytes; the caller frees them in any case. */
bool life_note_last(struct note *n, struct buf *bytes);
bool life_wants(void);	  /* a checkpoint, now */
/* It is kept: the parent is told, the children by life_feed(). */
void life_noted(struct bytes note, const struct note *n);
void life_feed(void); /* some of those who are still to be told, in a round */
void life_countersigned(struct line *l, struct bytes message);
void life_given(struct line *l, struct bytes message);
/* Somebody holds this of our journal; "l" is the line that said so. */
void life_held(struct line *l, const struct note *n, struct bytes note);
void life_stale(uint64_t epoch); /* docs/link.md 11.4 */
/* Our newest checkpoint, for the parent with its proof; false: there is none.
 * The caller frees *message. */
bool life_bundle(struct buf *message, bool parent);
/* A note of ours that is not of this journal: we were rolled back; empty: none.
 * The caller frees it. */
void life_behind(struct buf *note);
void life_settled(bool kept);
/* In this round: a new life, the one before being over; "n": what others have
 * of its journal (NULL: nothing), "serial" its last number. */
enum rc life_adopt(
    uint64_t born, const struct note *n, uint64_t serial, struct err *e);

/* ---- gaps.c: what was lost
 * ------------------------------------------------- */

/* This came, by this signer, about a dispatch of this station that it does not
 * know: kept where it is a receipt of the desk that signs it, and the number
 * may be one that was lost. */
void life_hearsay(const struct statement *s, struct bytes signer);
/* Gaps and then hearsay, for JOURNAL_GAPS: what fits, but so many. */
enum rc life_gaps(struct buf *out, uint64_t skip, struct err *e);
/* When this station was last rolled back, and knew it; TIME_MIN: never. */
int64_t life_rolled(void);
enum rc life_gap_count(uint64_t *count, struct err *e);

#endif
