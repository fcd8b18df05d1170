/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A log as somebody holds it: entries he has, and gaps of which he has the
 * hash.  The root over both is the log's root, so whoever holds some entries
 * holds their proofs too.  docs/directory.md 5.
 *
 * A gap covers 2^level leaves from a multiple of 2^level, and is a node of the
 * RFC 9162 tree of every log that reaches beyond it.
 *
 *	Items ::= SEQUENCE OF CHOICE {
 *		entry [0] OCTET STRING,
 *		gap   [1] SEQUENCE { level INTEGER (0..62), hash OCTET STRING }
 *}
 */
#ifndef JOURNAL_LOG_H
#define JOURNAL_LOG_H

#include "core/err.h"
#include "crypto/merkle.h"
#include "der/der.h"

#define LOG_ENTRY_MAX (256u << 10) /* bytes of an entry */
#define LOG_ENTRIES_MAX (1u << 26) /* leaves of a log */

struct log_item {
	uint64_t at;	    /* number of its first leaf */
	unsigned level;	    /* of a gap; 0 of an entry */
	struct bytes entry; /* borrowed; p is NULL in a gap */
	struct node hash;   /* of the leaf, or of the gap's subtree */
};

/* struct log l = { 0 } is the empty log. */
struct log {
	struct log_item *items; /* owned, in order, without holes */
	size_t count, room;
	struct merkle tree; /* over all of them; tree.size is the log's size */
};

void log_free(struct log *l); /* leaves it empty */
/* A copy with an array of its own; entries stay borrowed. */
void log_copy(struct log *out, const struct log *l);

/* Append an entry, which stays borrowed: of 1 to LOG_ENTRY_MAX bytes, and the
 * log has room. */
void log_add(struct log *l, struct bytes entry);
/* Append a gap.  RC_INVALID where it does not begin at a multiple of its own
 * size, or the log would be over LOG_ENTRIES_MAX. */
enum rc log_add_gap(
    struct log *l, unsigned level, const struct node *hash, struct err *e);

/* The item that covers this leaf, or NULL beyond the end. */
const struct log_item *log_at(const struct log *l, uint64_t number);

/*
 * Put an entry into a gap: "proof" is its audit path within the gap's subtree,
 * from the leaf up, as many nodes as the gap's level.
 *
 * RC_EXISTS	the entry is there already, the same
 * RC_DENIED	another entry is there, or the proof does not hold
 * RC_ABSENT	the log does not reach there
 *
 * Where it fails the log stays as it is; where it does not, what log_at() gave
 * is void.
 */
enum rc log_fill(struct log *l, uint64_t number, struct bytes entry,
    const struct node *proof, unsigned proof_len, struct err *e);
/* The audit path of an entry that is held, within the subtree of 2^level
 * leaves around it, level nodes; false where it is not held, or the log ends
 * within the subtree.  No gap stands in its way: one that reached beyond a node
 * of the path would cover the entry. */
bool log_prove(struct node out[static MERKLE_PROOF], const struct log *l,
    uint64_t number, unsigned level);

/* The root over the first "size" leaves; false where a gap lies across the
 * boundary. */
bool log_root_at(struct node *out, const struct log *l, uint64_t size);

/*
 * Write the items from leaf "from" on: entries for which keep() says yes (NULL:
 * all), all else as as few gaps as there can be.  Behind leaf "few" gaps are
 * not joined: who has any number of leaves from there on can see that the log
 * continues his.  An existing gap that "from" cuts is a bug.
 */
void log_write(struct der_wr *w, const struct log *l, uint64_t from,
    uint64_t few, bool (*keep)(void *ctx, const struct log_item *item),
    void *ctx);

/*
 * Read Items and append them; entries borrow from the reader's input.  Faults
 * are the reader's, and after one the log is as it was.  Gaps need not be as
 * few as log_write() makes them.
 */
void log_read(struct der *d, struct log *l);

#endif
