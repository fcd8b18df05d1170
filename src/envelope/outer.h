/* SPDX-License-Identifier: EUPL-1.2 */
/* What sealing and opening compute alike; nobody else includes this. */
#ifndef ENVELOPE_OUTER_H
#define ENVELOPE_OUTER_H

#include "envelope/slip.h"

/*
 * docs/envelope.md 6.3: what every slip's key derivation is bound to.
 * "cipher" is the contentEncryptionAlgorithm element, "set" the authenticated
 * attributes as a SET OF.
 */
void outer_ukm(uint8_t out[static UKM_SIZE], const struct kem_alg *alg,
    struct bytes cipher, struct bytes set, struct bytes origin);

/* What comes before so many bytes of slips: headers down to their set; "tail"
 * bytes come behind them. */
void outer_head(struct buf *out, size_t slips, size_t tail);

#endif
