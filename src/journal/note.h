/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Checkpoints of a log as C2SP signed notes (c2sp.org/signed-note,
 * c2sp.org/tlog-checkpoint), docs/directory.md 4:
 *
 *	antin/<log id>		origin
 *	<tree size>
 *	<root, base64>
 *	time <ISO 8601, UTC>
 *
 *	— antin/<log id> <base64(key id (4) || signature)>
 *
 * Lines end in LF; the text that is signed is all up to and with the LF before
 * the empty line.  Our signature is the authority's composite one under the
 * context "antin checkpoint".  Lines of signatures by other keys are allowed
 *and passed over.
 */
#ifndef JOURNAL_NOTE_H
#define JOURNAL_NOTE_H

#include "core/err.h"
#include "core/id.h"
#include "crypto/merkle.h"
#include "crypto/sig.h"

#define NOTE_MAX (64u << 10) /* bytes of a note */
#define NOTE_SIGNATURES 16u  /* lines of signatures at the most */

struct checkpoint {
	struct id log;
	uint64_t size;
	struct node root;
	int64_t at;
};

/* One that was read; borrows from its bytes. */
struct note {
	struct checkpoint checkpoint;
	struct bytes text;	 /* what is signed */
	struct bytes signatures; /* the lines after the empty one */
};

/* Write and sign one; the caller frees *out.  "key" is of a composite suite. */
void note_sign(
    struct buf *out, const struct checkpoint *c, const struct sig_key *key);

/*
 * RC_INVALID	not a checkpoint of this form: one spelling only
 * RC_LIMIT	over NOTE_MAX or NOTE_SIGNATURES
 */
enum rc note_read(struct note *out, struct bytes in, struct err *e);

/* A line by this key is there, and its signature holds. */
bool note_verify(const struct note *n, const struct sig_pub *pub);

#endif
