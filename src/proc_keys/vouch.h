/* SPDX-License-Identifier: EUPL-1.2 */
/* Batches of statements, as the keys process signs them (keys_vouch.c); of
 * docs/receipts.md 4.5. */
#ifndef ANTIND_VOUCH_H
#define ANTIND_VOUCH_H

#include "proc_keys/desks.h"
#include "daemon/msg.h"

/* Answers MSG_VOUCH: each statement is read, and held to the signer. */
void vouch(const struct message *m, const struct identity *station,
    const struct desks *desks);
/* Tell the store which desks somebody is signed in to, where that has changed;
 * all: also where it has not. */
void vouch_desks(struct desks *desks, bool all);

#endif
