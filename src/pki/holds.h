/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Which signatures of a directory hold: of certificates, and of checkpoints.
 * Each is verified once, on all cores where there are many, and remembered.
 */
#ifndef PKI_HOLDS_H
#define PKI_HOLDS_H

#include "pki/directory.h"

/* Public keys of authorities, ready to verify with. */
enum rc holds_prepare(struct state *s, struct err *e);
/* Verify the authorities' certificates, or all; each says by itself whether
 * it holds. */
enum rc holds_certs(
    struct directory *d, struct state *s, bool all, struct err *e);
/* RC_DENIED: a checkpoint of these logs is not its authority's. */
enum rc holds_notes(struct directory *d, struct state *s,
    const struct dlog *logs, size_t n, struct err *e);
/* The certificate of the unit's authority, as it was then, whose key signed the
 * checkpoint; NONE: none did. */
size_t holds_note(struct directory *d, const struct state *s, size_t unit,
    const struct note *note, struct bytes bytes);

#endif
