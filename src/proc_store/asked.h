/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * How the store answers what people ask of it (docs/station.md 9): ask.c has
 * the answers, of how the station is; ask_mail.c those of boxes, queues and
 * ways.
 */
#ifndef PROC_STORE_ASKED_H
#define PROC_STORE_ASKED_H

#include "proc_store/station.h"

struct rows {
	struct buf rows;
	uint64_t max, count;
};

void asked_row(struct rows *r, const struct msg_row *row);
/* The same; ctx: the rows. */
void add_row(void *ctx, const struct msg_row *row);

/* ---- ask_mail.c */

enum rc ask_inbox(struct rows *r, const struct msg_ask *q, struct err *e);
enum rc ask_outbox(struct rows *r, const struct msg_ask *q, struct err *e);
enum rc ask_queue(struct rows *r, const struct msg_ask *q, struct err *e);
enum rc ask_trace(struct rows *r, const struct msg_ask *q, struct err *e);

#endif
