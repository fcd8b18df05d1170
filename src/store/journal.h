/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The store's part of the journal (docs/journal.md): entries of a transaction,
 * their openings, the tiles that proofs are made of, and checkpoints.  One more
 * part of the store's contract (store.h): the same transactions, outcomes and
 * suite of tests.
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "core/err.h"
#include "journal/entry.h"
#include "journal/tiles.h"

#define JOURNAL_NOTE (64u << 10) /* bytes of a checkpoint */

struct store;

/* An entry that is to be appended; all of it borrowed. */
struct noted {
	struct bytes entry;   /* ENTRY_SIZE */
	struct bytes opening; /* 1 to ENTRY_OPENING bytes */
	/* A dispatch that it is about, further than its acceptance, whose entry
	 * is stored.entry; 0: none. */
	uint64_t n;
};

struct store_journal_ops {
	/* How many entries there are, with those of this transaction. */
	enum rc (*size)(struct store *s, uint64_t *size, struct err *e);
	/* Append: the first gets the number that size() said.  RC_LIMIT. */
	enum rc (*append)(struct store *s, const struct noted *list,
	    size_t count, struct err *e);
	/* An entry and its opening (empty: destroyed; NULL: not wanted), which
	 * the caller frees.  RC_ABSENT: no such number. */
	enum rc (*entry)(struct store *s, uint64_t number,
	    uint8_t out[static ENTRY_SIZE], struct buf *opening, struct err *e);
	/* All from a number on, in their order, as entry() gives them; each()
	 * borrows, returns false to stop, and may not call the store. */
	enum rc (*entries)(struct store *s, uint64_t from,
	    bool (*each)(void *ctx, const uint8_t entry[static ENTRY_SIZE],
		struct bytes opening),
	    void *ctx, struct err *e);
	/* The numbers of the entries about a dispatch, rising; that of its
	 * acceptance first, where it has one. */
	enum rc (*about)(struct store *s, uint64_t n,
	    bool (*each)(void *ctx, uint64_t number), void *ctx, struct err *e);

	/* journal/tiles.h of all entries, for every size up to size().
	 * RC_INVALID: the journal is damaged. */
	enum rc (*root)(
	    struct store *s, uint64_t size, struct node *out, struct err *e);
	enum rc (*prove)(struct store *s, uint64_t number, uint64_t size,
	    struct node out[static MERKLE_PROOF], unsigned *len, struct err *e);
	enum rc (*prove_extends)(struct store *s, uint64_t m, uint64_t n,
	    struct node out[static MERKLE_PROOF], unsigned *len, struct err *e);

	/*
	 * Destroy an entry's opening: overwritten where it lies.  RC_OK also
	 * where it is already.  Copies of it in what the disk was written by
	 * (a log of changes) go with scrub(), after the commit and outside any
	 * transaction.
	 */
	enum rc (*destroy)(struct store *s, uint64_t number, struct err *e);
	enum rc (*scrub)(struct store *s, struct err *e);

	/*
	 * Keep a checkpoint of that size.  Of those that the parent has not
	 * signed ("seen") only the newest stays; one that it has signed is not
	 * replaced by one that it has not.  RC_LIMIT over JOURNAL_NOTE.
	 */
	enum rc (*note_put)(struct store *s, uint64_t size, struct bytes note,
	    bool seen, struct err *e);
	/* It is not kept any longer.  RC_OK also where it is not there. */
	enum rc (*note_drop)(struct store *s, uint64_t size, struct err *e);
	/* The newest; RC_ABSENT.  The caller frees. */
	enum rc (*note_last)(struct store *s, uint64_t *size, struct buf *note,
	    bool *seen, struct err *e);
	/* The first of at least that size; RC_ABSENT.  The caller frees. */
	enum rc (*note_from)(struct store *s, uint64_t from, uint64_t *size,
	    struct buf *note, bool *seen, struct err *e);
};

#endif
