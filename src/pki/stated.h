/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a station states under its own key: a SEQUENCE of its parts and, behind
 * them, the signature OCTET STRING over the same parts in a SEQUENCE of their
 * own.  Link statements (docs/pki.md 4), last words (docs/emergency.md 3),
 * bundles' statements (docs/media.md 3).
 */
#ifndef PKI_STATED_H
#define PKI_STATED_H

#include "crypto/sig.h"
#include "der/der.h"
#include "pki/cert.h"

/* Sign the parts that were written to *body, which is freed; "context" is the
 * signature's.  The caller frees *out. */
void stated_write(struct buf *out, struct der_wr *body, const char *context,
    const struct sig_key *key);
/* "station" is a station's certificate, whose key signed these parts.  That it
 * is in force, and of who states this, the caller sees to. */
bool stated_holds(struct bytes parts, struct bytes signature,
    const char *context, const struct cert *station);

#endif
