/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Secrets that the store keeps and only keys opens: sealed for the station's
 * own KEM key, of a kind ("label") and for one thing ("bound"), so that none
 * takes another's place.
 *
 *	u8 version 1 | tag of the KEM key | its ciphertext | the secret, sealed
 *
 * The seal is AES-256-GCM under HKDF-SHA256 of the encapsulated secret with
 * the label, which seals once; "bound" is its associated data.
 */
#ifndef PROC_KEYS_KEPT_H
#define PROC_KEYS_KEPT_H

#include "daemon/msg.h"
#include "pki/card.h"

#define KEPT_SECRET 32u /* bytes of one, at the most */

/* The caller frees *out.  RC_ABSENT: the station has no KEM key. */
enum rc kept_seal(struct buf *out, const struct identity *station,
    const char *label, struct bytes bound, struct bytes secret, struct err *e);
/*
 * *old: it is under an earlier key of the station's, and is to be sealed again.
 *
 * RC_DENIED	of other keys, or it does not open; out is wiped
 */
enum rc kept_open(uint8_t *out, size_t len, bool *old,
    const struct identity *station, const char *label, struct bytes bound,
    struct bytes record, struct err *e);

#endif
