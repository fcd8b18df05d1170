/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Packages: an envelope followed by its attachments, as stations keep them and
 * pass them on (docs/station.md 4.2).
 */
#ifndef DISPATCH_PACKAGE_H
#define DISPATCH_PACKAGE_H

#include "envelope/cut.h"

/*
 * What identifies a dispatch's content whatever slips lie on it: SHA-256 over
 * the envelope's cipher, attributes, sealed content and tag.  Two envelopes of
 * one id with two of these are two dispatches that claim to be one (docs/
 * envelope.md 10.8).
 */
void package_digest(
    uint8_t out[static SHA256_SIZE], const struct envelope *env);

/* The envelope has a slip with this tag. */
bool package_has_slip(const struct envelope *env, const struct tag *tag);

/* An envelope in memory, to be cut; borrows. */
struct envelope_source package_source(struct bytes *envelope);

/*
 * The envelope with only the slips of these tags, each of which it has; a copy
 * of it where that is all of them.  The caller frees *out.
 */
enum rc package_for(struct buf *out, struct bytes envelope,
    const struct tag *tags, size_t count, struct err *e);

#endif
