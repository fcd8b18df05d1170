/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The directory: the logs of the authorities, as much of them as is at hand,
 * under one root, and the state that follows from them (docs/directory.md).
 *
 * A directory file is a head and any number of parts, one after another:
 *
 *	Head ::= SEQUENCE { version INTEGER (1), root OCTET STRING }
 *	Part ::= SEQUENCE { log OCTET STRING (16), from INTEGER, items Items,
 *		note OCTET STRING }
 *	Fork ::= [1] SEQUENCE { Part, Part }
 *	Mark ::= [0] OCTET STRING (40)
 *
 * A snapshot's parts begin at 0; a delta's where its reader's knowledge ends.
 * Both are the same thing, and so is a station's own file, to which parts are
 * appended.  A mark says that all before it was on disk when it was written.
 */
#ifndef PKI_DIRECTORY_H
#define PKI_DIRECTORY_H

#include "pki/state.h"

#define DIRECTORY_MAX (1u << 30) /* bytes of a directory file */
#define DIRECTORY_LOGS 20000u	 /* logs of one */

struct fork { /* two logs of one name that differ, both signed */
	struct id log;
	struct bytes proof; /* the whole Fork element */
};

struct directory {
	struct bytes root; /* the root's certificate */
	struct dlog *logs;
	size_t log_count;
	struct fork *forks;
	size_t fork_count;
	struct state state;
	/* below: the directory's own */
	struct buf *files; /* what all of the above borrows from */
	size_t file_count;
	struct index *verified; /* notes and certificates that did hold */
	uint8_t (*verified_keys)[SHA256_SIZE];
	size_t verified_count;
};

/* An empty one, under this root: path_root()'s outcomes.  Freed by
 * directory_free(). */
enum rc directory_new(struct directory **out, struct bytes root, struct err *e);
void directory_free(struct directory *d);

/* What applying a file did. */
struct applied {
	size_t acts;  /* that were not known */
	size_t older; /* logs of which it knew less than we do */
	size_t forks; /* that were not known: alarms */
	bool news;    /* any of it, or a newer checkpoint */
};

/*
 * Take over what a directory file says beyond what is known.  All of it is
 * checked first: acts, certificates of authorities, checkpoints, and that every
 * log only grew.  On failure nothing has changed.
 *
 * RC_INVALID	not a directory file, or against docs/directory.md
 * RC_DENIED	another root's, or a signature does not hold
 * RC_ABSENT	it begins after what is known: a delta for somebody else
 *
 * A fork is no failure: our log stays as it is, and the proof is kept.  *file
 * is taken.
 */
enum rc directory_apply(
    struct directory *d, struct buf *file, struct applied *did, struct err *e);

/* The root's certificate in a directory file's head; borrows. */
enum rc directory_root(struct bytes *out, struct bytes file, struct err *e);

/*
 * The part of one's own file that ends with its last mark: what is behind was
 * being written when the machine stopped, and was never acknowledged.
 */
size_t directory_whole(struct bytes file);
/* A mark behind "more", which follows what was marked last, to stand at this
 * offset of the file; the caller frees *out. */
void directory_mark(struct buf *out, struct bytes more, uint64_t at);

/* What of a file that was applied is appended to one's own: all but its head
 * and marks; the caller frees *out. */
void directory_parts(struct buf *out, struct bytes file);

/* Who shall have it. */
struct directory_for {
	/* all of it; else what this unit needs: docs/directory.md 5.4 */
	bool all;
	size_t unit;
	const size_t *asked; /* units besides, whose certificates are wanted */
	size_t asked_count;
	/* those that he asked for before: what he has of them is whole */
	const size_t *given;
	size_t given_count;
	/* how much of a log he has; NULL: nothing of any */
	uint64_t (*has)(void *ctx, const struct id *log);
	void *ctx;
};

/* A directory file for somebody; the caller frees *out. */
void directory_write(struct buf *out, const struct directory *d,
    const struct directory_for *who, int64_t now);

/*
 * Decide: append n acts to the log of this unit's authority, with a checkpoint
 * signed by "key".  kind, from, fields are the caller's; the rest is filled in,
 * the uid of a unit that begins too (act_uid(): who needs it before, reckons
 *it). *part is what has to be appended to the directory file before anybody is
 *told; the caller frees it.  n == 0 makes a fresh checkpoint.
 *
 * RC_DENIED	an act would be void, with the reason; the key is not the
 *		authority's
 * RC_INVALID	an act is not well made
 * RC_ABSENT	it is about a unit that nobody knows
 *
 * On failure nothing has changed.
 */
enum rc directory_decide(struct directory *d, struct buf *part, size_t unit,
    struct act *acts, size_t n, const struct sig_key *key, int64_t now,
    struct err *e);

/* The head of a new directory file; the caller frees *out. */
void directory_head(struct buf *out, struct bytes root);

/* The signatures on a certificate and on those above it hold; remembered. */
bool directory_holds(struct directory *d, size_t cert);
/* The same for all certificates, on all cores.  RC_DENIED names the first that
 * does not. */
enum rc directory_verify(struct directory *d, struct err *e);

/* The log of a unit, or NULL; the authority's certificate for this key. */
struct dlog *directory_log(struct directory *d, size_t unit);

#endif
