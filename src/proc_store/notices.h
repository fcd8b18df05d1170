/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Statements about dispatches in the store process: what is to be signed, what
 * comes, and what counts (docs/receipts.md).  notice.c makes them,
 * notice_sign.c has them signed, notice_take.c takes them.
 */
#ifndef PROC_STORE_NOTICES_H
#define PROC_STORE_NOTICES_H

#include "dispatch/batch.h"
#include "proc_store/arrival.h"

/* What a dispatch borrows from the store, held beyond the next call. */
struct held {
	uint8_t origin[LIMIT_ADDRESS], from[LIMIT_ADDRESS], desk[LIMIT_ADDRESS];
};
void notice_hold(struct stored *d, struct held *to);

/* ---- notice.c: what is to be signed -------------------------------- */

/* A statement about this dispatch, as of now; the kind's fields are the
 * caller's to fill in. */
struct statement notice_about(const struct stored *d, enum statement_kind kind);
/* It is to be signed by this desk or station and told that station; in the
 * round's transaction. */
enum rc notice_pend(const struct statement *s, struct bytes signer,
    struct bytes to, unsigned rank, struct err *e);
/* A desk's statement about itself, to the station the dispatch is from. */
enum rc notice_by_desk(const struct stored *d, enum statement_kind kind,
    struct bytes desk, unsigned code, struct err *e);

/* The round's last rows, in its transaction. */
enum rc notices_round(struct err *e);
void notices_settled(bool kept); /* the round is over */

/* ---- voucher.c: who has something to sign -------------------------- */

void notices_begin(void); /* from before */
void notices_lost(void);  /* keys was started anew */
void notice_desk(const struct msg_desk_state *m);

/* ---- notice_sign.c: it is signed, and goes out --------------------- */

/* What is due is handed to keys; after the round. */
void notices_feed(void);
void notice_signed(uint64_t job, const struct msg_vouched *m);
/* A notice of ours with these batches, at once. */
enum rc notice_post(
    struct bytes batches, struct bytes to, unsigned rank, struct err *e);

/* Of what waits for this signer one statement is not signed, m->bad: it is left
 * out.  (notice_left.c) */
enum rc notice_leave_out(
    const char *signer, const struct msg_vouched *m, struct err *e);

/* A dispatch arrives at a desk here, which says so; nothing where it lies there
 * already. (take.c) */
enum rc station_delivers(
    const struct stored *d, const struct dest *to, bool *news, struct err *e);

/* ---- notice_way.c: of a dispatch's way ----------------------------- */

/* The legs of a dispatch, which can be asked of the store one by one. */
struct leg_list {
	uint64_t *q; /* the caller's to free(), whatever was returned */
	size_t count;
};
enum rc leg_list(struct leg_list *out, uint64_t n, struct err *e);
void way_settled(bool kept); /* the round is over */
/* This station has it: the one it came from is told. */
enum rc notice_custody(const struct stored *d, struct err *e);
/* It goes no further to this desk: its origin is told. */
enum rc notice_report(const struct stored *d, enum report_why why,
    struct bytes desk, struct bytes hop, int64_t since, struct err *e);
/* ... to any of this leg's; the journal has it too.  In the transaction that
 * decided it, before the leg comes into another state. */
void leg_reported(uint64_t q, enum report_why why);
/* An operator sends it over another line: for the journal. */
void leg_rerouted(uint64_t q, struct bytes hop);

/* ---- recall.c ------------------------------------------------------ */

/* Whoever has said that he recalls it or that another takes its place: rows of
 * struct msg_recaller, the first that said so first; the caller frees. */
enum rc recall_all(struct buf *out, uint64_t n, struct err *e);
/* ... this desk has (empty: anybody). */
enum rc recall_by(bool *did, uint64_t n, struct bytes desk, struct err *e);
void recall_ask(uint64_t job, const struct msg_recall *m);
/* A desk's dispatch "by" takes the place of another. */
enum rc recall_superseded(const struct id *old, struct bytes desk,
    const struct id *by, struct err *e);
/* A dispatch has come to these desks; it may have been recalled before. */
enum rc recall_ahead(
    const struct stored *d, const struct bytes *desks, size_t n, struct err *e);
/* It was opened at a desk: its originator, as he signed, and what it
 * supersedes. */
enum rc recall_opened(const struct stored *d, struct bytes desk,
    struct bytes originator, struct bytes supersedes, struct err *e);
/* The station at which a desk is now; false: it is not known. */
bool station_for(char out[static LIMIT_ADDRESS + 1], struct bytes desk);

/* ---- chase.c ------------------------------------------------------- */

/* A desk is to be heard of; it was. */
enum rc chase_begin(const struct stored *d, struct bytes desk, struct err *e);
enum rc chase_end(const struct stored *d, struct bytes desk, struct err *e);
void chases_tick(void); /* each second: who is due is asked for */
/* What an origin's station asked or recalled of what is not here may be
 * answered: not more often than docs/receipts.md 9.5 says. */
bool answer_may(struct bytes origin);

/* ---- stranger.c ---------------------------------------------------- */

/* Its signer's certificate is not here: ask for it, and keep the batch, which
 * this neighbour brought (empty: not known), until it comes. */
enum rc stranger_keep(
    const struct batch *b, struct bytes bytes, struct bytes by, struct err *e);
void strangers_look(void);	 /* our directory has grown */
void strangers_tick(int64_t ms); /* each second: in a minute once, and at the
				  * start, all are looked at, and asked for */

/* ---- notice_take.c: what comes ------------------------------------- */

/* A package that is a notice, in the place of arrival_take(). */
enum rc notice_arrives(struct arrival *a, bool *news, struct err *e);
/* A batch of our own for ourselves. */
enum rc notice_own(struct bytes batch, struct err *e);
/* What of a batch of ours is kept here is kept, in this form. */
enum rc notice_keep(struct bytes batch, struct err *e);
/* Queue a notice, ours (from: NULL) or another's, to a station. */
enum rc notice_queue(struct stored *d, struct bytes package, struct bytes to,
    const struct line *from, bool *news, struct err *e);

/* Rows of what was said about a dispatch. */
enum rc notice_rows(uint64_t n, const struct id *id,
    void (*each)(void *ctx, const struct msg_row *row), void *ctx,
    struct err *e);

#endif
