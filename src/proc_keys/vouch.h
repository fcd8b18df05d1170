/* SPDX-License-Identifier: EUPL-1.2 */
/* Batches of statements, as the keys process signs them (vouch.c); of
 * docs/receipts.md 4.5. */
#ifndef PROC_KEYS_VOUCH_H
#define PROC_KEYS_VOUCH_H

#include "daemon/msg.h"
#include "proc_keys/desks.h"

/* Answers MSG_VOUCH: each statement is read, and held to the signer. */
void vouch(struct desks *desks, const struct identity *station,
    const struct message *m);
/* Tell the store which desks somebody is signed in to, where that has changed;
 * all: also where it has not. */
void vouch_desks(struct desks *desks, bool all);

#endif
