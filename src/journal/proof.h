/* SPDX-License-Identifier: EUPL-1.2 */
/* That an entry is in a journal, as a file (c2sp.org/tlog-proof;
 * docs/journal.md 6). */
#ifndef JOURNAL_PROOF_H
#define JOURNAL_PROOF_H

#include "journal/entry.h"
#include "journal/note.h"

#define PROOF_MAX (80u << 10) /* bytes of a file */

struct proof_file {
	uint8_t bytes[ENTRY_SIZE]; /* the entry */
	struct entry entry;
	struct buf opening; /* owned; empty: it is not told */
	uint64_t number;
	struct node nodes[MERKLE_PROOF];
	unsigned len;
	struct note note; /* borrows from what was read */
};

/* The caller frees *out.  "note" is a checkpoint's bytes. */
void proof_write(struct buf *out, const uint8_t entry[static ENTRY_SIZE],
    struct bytes opening, uint64_t number, const struct node *nodes,
    unsigned len, struct bytes note);
/*
 * RC_INVALID	not of this form
 * RC_LIMIT	over PROOF_MAX
 *
 * The caller frees *out by proof_free(); it is empty on failure.
 */
enum rc proof_read(struct proof_file *out, struct bytes in, struct err *e);
void proof_free(struct proof_file *p);
/* The entry is in the tree of the checkpoint, and the opening (if there) is the
 * entry's.  Who signed the checkpoint is not asked.  RC_DENIED. */
enum rc proof_check(const struct proof_file *p, struct err *e);

#endif
