/* SPDX-License-Identifier: EUPL-1.2 */
/* A statement of a batch that holds, as it is weighed (docs/receipts.md 3):
 * what the files store_notice*.c share. */
#ifndef PROC_STORE_WEIGH_H
#define PROC_STORE_WEIGH_H

#include "proc_store/notices.h"

struct weighed {
	const struct batch *batch;
	struct bytes bytes; /* of the batch */
	uint64_t b;	    /* its number, once it is kept */
	struct statement s;
	struct bytes statement; /* its bytes */
	struct stored d;	/* the dispatch, where it is known */
	bool known;
	struct held held;
	bool news, news_one; /* of all of the batch; of this one */
};

/* It is the same desk, or station, though it be written differently now. */
bool weigh_same(struct bytes a, struct bytes b);
/* This is the desk's name now, or was at t. */
bool weigh_named(struct bytes desk, struct bytes name, int64_t t);
enum rc weigh_not_his(const struct weighed *w, struct err *e); /* RC_DENIED */
/* The address under which the dispatch has this destination. */
enum rc weigh_dest(
    char out[static LIMIT_ADDRESS + 1], const struct weighed *w, struct err *e);
/* Keep it, with its batch; the first of its kind counts, or (latest) the last
 * that was said. */
enum rc weigh_keep(
    struct weighed *w, struct bytes about, bool latest, struct err *e);

/* recall.c */
enum rc weigh_recall(struct weighed *w, struct err *e);
enum rc weigh_outcome(struct weighed *w, struct err *e);

/* chase.c */
enum rc weigh_inquiry(struct weighed *w, struct err *e);
enum rc weigh_answer(struct weighed *w, struct err *e);

/* notice_way.c: what stations say of a dispatch's way */
enum rc weigh_custody(struct weighed *w, struct err *e);
enum rc weigh_hop(struct weighed *w, struct err *e);
enum rc weigh_report(struct weighed *w, struct err *e);
/* Of a station between here and the desk, the latest counts. */
enum rc weigh_from_way(struct weighed *w, struct err *e);

#endif
