/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a desk's keys do for dispatches: one is signed, one that came is opened,
 * for who is signed in there.
 *
 * Nothing is signed that was not read: the statement of a dispatch is taken
 * apart, held to its rules and to the desk's rights, and what is signed is
 * built here.  Nobody can have a digest signed that stands alone: the one that
 * is given becomes the messageDigest beside a statement, under the content type
 * of dispatches (docs/envelope.md 8.1), and is good for nothing else.
 */
#ifndef PROC_KEYS_DISPATCH_H
#define PROC_KEYS_DISPATCH_H

#include "daemon/msg.h"
#include "pki/card.h"
#include "proc_keys/desks.h"

/* MSG_SIGN; it answers. */
void dispatch_sign(struct desks *desks, const struct identity *station,
    const struct message *m);
/* MSG_UNLOCK; it answers. */
void dispatch_unlock(struct desks *desks, const struct message *m);

#endif
