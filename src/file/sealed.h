/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Envelope files (docs/envelope.md 14): an envelope as it lies on a disk.
 *
 * Without attachments the file is the envelope's DER and nothing else.  With
 * them it is
 *
 *	magic (8) | envelope's length (8) | where attachments start (8)
 *	envelope | zeros | attachments, each after the other
 *
 * all integers big-endian.  The envelope comes first, so that a file that is
 * cut off still shows what it was; the zeros are room that its signature did
 * not need.
 */
#ifndef FILE_SEALED_H
#define FILE_SEALED_H

#include "envelope/envelope.h"
#include "file/attach.h"

#define SEALED_MAGIC "ANTIN\r\n\1"
#define SEALED_HEAD 24u /* bytes before the envelope */

/* One that is open for reading. */
struct sealed_file {
	struct in_file in;
	struct buf der;		  /* the envelope */
	struct envelope envelope; /* borrows der */
	bool has_attachments;
	uint64_t attachments; /* where they start */
};

/*
 * RC_INVALID	not an envelope file
 *
 * and what file_read() says.  The caller frees with sealed_close().
 */
enum rc sealed_open(struct sealed_file *out, const char *path, struct err *e);
void sealed_close(struct sealed_file *f);

/* Where the attachment that is part number "part" starts.  RC_INVALID where
 * the file has no room for all the manifest names. */
enum rc sealed_attachment_at(uint64_t *at, const struct sealed_file *f,
    const struct dispatch *d, size_t part, struct err *e);

/* RC_INVALID where the file does not end with its last attachment. */
enum rc sealed_check_end(
    const struct sealed_file *f, const struct dispatch *d, struct err *e);

/* What goes into a new one. */
struct sealing_part {
	struct part part; /* kind, name, type, "of" by the caller */
	const char *path; /* of a file to be attached; NULL: it lies inside */
	struct bytes inside;
};

/*
 * Make an envelope file at "path" from d, whose parts, coding and size are
 * filled in from "parts"; dispatch_free() frees d->parts afterwards.  The
 * caller has set all else of d, with arrays that dispatch_free() may free.
 */
enum rc sealed_make(const char *path, bool replace, struct dispatch *d,
    struct sealing_part *parts, size_t part_count, const struct signer *signer,
    const struct recipient *recipients, size_t n, int64_t now,
    struct progress *progress, struct err *e);

#endif
