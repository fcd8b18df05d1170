/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Backups in the store process (docs/backup.md): a copy of all it has, as of
 * one moment, for the command to seal; and a station that was restored from
 * one, which gives no number and sends nothing before it is known how far it
 * had come.
 */
#ifndef PROC_STORE_BACKUP_H
#define PROC_STORE_BACKUP_H

#include "proc_store/lives.h"

/* ---- backup.c: the copy
 * ---------------------------------------------------- */

/* OPERATE_BACKUP, OPERATE_BACKED, OPERATE_REOPEN. */
void backup_on(uint64_t job, const struct msg_operate *m);
bool backup_slice(void); /* true: there is more of it */
/* Files are being linked: none may go meanwhile. */
bool backup_links(void);
void backup_tick(int64_t ms);
/* At the start: what one left that was killed goes. */
void backup_sweep(void);
/* When the last one was whole; 0: never. */
int64_t backup_last(void);

/* ---- restored.c: closed since it was restored
 * ---------------------------------------------------- */

/* At the start, before anything is written: note that it was. */
enum rc restored_open(struct err *e);
bool restored_is(void);
/* RC_DENIED while it is. */
enum rc restored_check(struct err *e);
/* From when on a person may open it; TIME_NEVER: it is not closed. */
int64_t restored_until(void);
/* A person's word: in this round. */
enum rc restored_reopen(struct err *e);
void restored_tick(void);

/* The parent has heard our checkpoint, and knows of nothing newer. */
void restored_heard(void);
/* Of the root: this child has said what it holds of our journal; and that it
 * is more than we have. */
void restored_said(const struct line *l);
void restored_holds(const struct note *n);
/* Lives to be left out before one that came so: in a bundle, which may be
 * old; 0: none. */
uint64_t restored_skip(const struct line *l);

/* Of a new life that is taken while it is closed (docs/journal.md 7.5): "n",
 * what others have of the old one, or NULL. */
void restored_gap(
    struct life_gap *out, uint64_t born, const struct note *n, uint64_t serial);
/* In that transaction; and when it is on disk. */
enum rc restored_over(struct err *e);
void restored_opened(void);

#endif
