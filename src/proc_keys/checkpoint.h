/* SPDX-License-Identifier: EUPL-1.2 */
/* Checkpoints of the journal, as the keys process signs them (note.c;
 * docs/journal.md 5). */
#ifndef PROC_KEYS_CHECKPOINT_H
#define PROC_KEYS_CHECKPOINT_H

#include "daemon/msg.h"
#include "pki/card.h"

/* Write and sign what MSG_NOTE asks for; the store hears MSG_NOTED. */
void checkpoint_sign(const struct identity *station, const struct message *m);
/* The line of this station under a child's checkpoint, whose text is written
 * here: MSG_WITNESS; the store hears MSG_WITNESSED. */
void checkpoint_witness(
    const struct identity *station, const struct message *m);

#endif
