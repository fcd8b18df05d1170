/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the store tells other stations and hears from them, beside the items
 * (docs/link.md 16), and what it makes of that for the directory (17).
 */
#ifndef PROC_STORE_TELL_H
#define PROC_STORE_TELL_H

#include "link/frame.h"
#include "pki/told.h"
#include "proc_store/station.h"

/* ---- tell.c: messages
 * ---------------------------------------------------------- */

/*
 * Tell a line this, of 1 to TELL_MAX bytes.  false: it does not take TELL.  It
 * is not held against tell_room(), which who says much asks before.
 */
bool tell_send(struct line *l, enum tell kind, struct bytes message);
/* The line to our parent, where it takes TELL; NULL. */
struct line *tell_up(void);
/* There is room for so many bytes on their way to it: docs/link.md 15.4. */
bool tell_room(const struct line *l, size_t len);
void tell_came(struct line *l, const struct msg_tell *m);
void tell_gone(struct line *l, uint64_t bytes);
void tell_drop(struct line *l); /* it ends */
/*
 * So many bytes that it told are to be kept: counted until tell_let().  Where
 * that is more than docs/link.md 15.4 allows for all, who holds most leaves.
 * false: that was this one, and *l is no more.
 */
bool tell_hold(struct line *l, size_t len);
void tell_let(struct line *l, size_t len);
void line_event(enum log_level level, const char *event, const struct line *l,
    const struct err *e);
/* Say BYE for this reason, and forget it. */
void line_leave(struct line *l, enum bye reason);

/* ---- directory.c: statuses, and what comes; lacks.c: what goes;
 * give.c: by command */

/* A line is up: our status. */
void directory_line(struct line *l);
void directory_status(struct line *l, struct bytes message);
void directory_came(struct line *l, struct bytes message);
/* What it lacks, if anything; false: there is no room for it now. */
bool directory_feed(struct line *l);
void directory_line_free(struct line *l);
/* Of a bundle: what its station has said that it knows (empty: nothing), to be
 * freed by directory_line_free(); our status for it; a directory file of what
 * it lacks by that, empty where it is nothing. */
void directory_bundle(struct line *l, struct bytes status);
void directory_says(struct buf *out, const struct line *l);
void directory_lacking(struct buf *file, const struct line *l);
void directory_tick(int64_t ms);
/* After our directory has grown. */
void directory_grew(void);
/* The unit was asked for by this line: it gets what is known of it, anew where
 * it did not have it. */
void directory_asked(struct line *l, size_t unit, bool anew);
void directory_give(uint64_t job, const struct msg_enrol_piece *m);
void directory_take(uint64_t job, const struct msg_enrol_piece *m);
void give_tick(int64_t ms); /* what nobody goes on with is forgotten */
/* The same of what is known of one dispatch: an evidence file. */
void evidence_take(uint64_t job, const struct msg_enrol_piece *m);

/* ---- evidence.c: what can be proved of one dispatch
 * ------------------------------------------------------------------- */

/* The caller frees *out.  RC_ABSENT: it is not known, or not here any more. */
enum rc evidence_make(struct buf *out, const struct id *id, struct err *e);

/* ---- wanted.c, wanted_below.c: who is asked for
 * ------------------------------------------------- */

void wanted_line(struct line *l); /* the line to the parent is up */
void wanted_came(struct line *l, struct bytes message);
/* What is wanted here, to be asked above; empty: nothing.  The caller frees. */
void wanted_says(struct buf *out);
/* One that a bundle brought: what is not here is asked for above, the rest is
 * given with what l is written next, where that is being written. */
void wanted_carried(struct line *l, struct bytes message);
void wanted_line_free(struct line *l);
/* Our directory has grown. */
void wanted_grew(void);
void wanted_tick(int64_t ms);
/* Ask for this; true: it is asked for, and an answer may come soon. */
bool wanted_ask(enum wanted what, struct bytes which);
/* Ask for this certificate, of a batch that came: who invents signers takes
 * nothing from what people here ask for. */
void wanted_signer(const uint8_t cert[static SHA256_SIZE]);
/* It was asked for, and has not come. */
bool wanted_is(enum wanted what, struct bytes which);
/* It sends to a desk here: who it is is asked for where it is not known. */
void wanted_sender(struct bytes station);
/* questions.c: the answer to this question may be another in a moment: it is
 * put again when the directory has grown, and at the latest in a few seconds.
 */
bool wanted_waits(uint64_t job, const struct message *m);

#endif
