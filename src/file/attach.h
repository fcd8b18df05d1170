/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Attachments moved between files, on all cores, in memory that does not grow
 * with them (docs/envelope.md 11).
 */
#ifndef FILE_ATTACH_H
#define FILE_ATTACH_H

#include "core/progress.h"
#include "envelope/attachment.h"
#include "envelope/dispatch.h"
#include "file/file.h"

/*
 * Seal all that "in" still has, at out->at.  Fills in the part's sizes, coding
 * and root, and counts "done" on from where it is.
 */
enum rc attach_seal(struct out_file *out, struct in_file *in,
    const uint8_t key[static AEAD_KEY], struct part *part,
    struct progress *progress, struct err *e);

/*
 * Open the attachment that starts at "at" of "in" into "out".  No byte is
 * written that did not authenticate and whose hash is not under the part's
 * root.
 *
 * RC_DENIED	it was changed
 * RC_INVALID	it is cut off, or does not unpack to what the part says
 */
enum rc attach_open(const struct sink *out, const struct in_file *in,
    uint64_t at, const uint8_t key[static AEAD_KEY], const struct part *part,
    struct progress *progress, struct err *e);

/*
 * Where the attachment that is part number "part" starts, where all of the
 * dispatch's follow each other in "in" from "start" on.  RC_INVALID where there
 * is no room for it.
 */
enum rc attach_at(uint64_t *at, const struct in_file *in, uint64_t start,
    const struct dispatch *d, size_t part, struct err *e);
/* RC_INVALID where "in" does not end with the last of them. */
enum rc attach_check_end(const struct in_file *in, uint64_t start,
    const struct dispatch *d, struct err *e);

#endif
