/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The desk on duty in the store process (docs/duty.md): the rota, who is on,
 * and whom an alarm calls that nobody has seen.
 */
#ifndef PROC_STORE_DUTY_H
#define PROC_STORE_DUTY_H

#include "proc_store/tell.h"

/* ---- duty.c: the rota, hand-overs, notes; duty_show.c, duty_state.c
 * ------------------------------------------ */

/* Whom of the rota a user is: himself; a browser's session is who is signed in
 * by it (docs/duty.md 1.5), or itself. */
uint64_t duty_user(uint64_t uid);
void duty_on(uint64_t job, const struct msg_duty *m);
enum rc duty_rows(void (*each)(void *ctx, const struct msg_row *row), void *ctx,
    bool all, struct err *e);
void duty_look(void);	      /* is on who should be? */
void duty_settled(bool kept); /* the round is over */
/* There is a rota, and nobody has taken over. */
bool duty_nobody(void);

/* ---- offer.c: what is handed over
 * --------------------------------------------------- */

/* The list of docs/duty.md 3.1, a line each, fields between tabs; "who" made
 * it.  The caller frees *out. */
enum rc offer_write(
    struct buf *out, const char *who, struct bytes note, struct err *e);

/* The lines of such a list, or of a record, a row each. */
void offer_rows(void (*each)(void *ctx, const struct msg_row *row), void *ctx,
    enum duty_row what, uint64_t n, struct bytes text);

/* ---- unseen.c: alarms that nobody sees
 * ------------------------------------------------ */

/* How far it has escalated: 0, 1 the next is called, 2 the unit above. */
unsigned unseen_step(const struct store_alarm *a);
void unseen_tick(int64_t ms);
void unseen_line(struct line *l); /* the line to the parent is up */
void unseen_came(struct line *l, struct bytes message); /* from a child */
/* What is slow: the disk's room, and those that are no children any more. */
void unseen_look(bool (*is_child)(const char *station));

#endif
