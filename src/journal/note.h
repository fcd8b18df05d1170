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
 * and those of a station's journal (docs/journal.md 5):
 *
 *	antin/<unit's uid>/journal
 *	<tree size>
 *	<root, base64>
 *	time <ISO 8601, UTC>
 *	incarnation <number>
 *
 *	— antin/<unit's uid>/journal <...>	the station; and Ed25519, for
 *tools — antin/<parent's uid>/witness <...>	the parent, when it has seen it
 *
 * Lines end in LF; the text that is signed is all up to and with the LF before
 * the empty line.  Our signatures are composite ones, each role under a context
 * of its own.  Lines of signatures by other keys are allowed and passed over.
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
	bool journal; /* of a station's journal: "log" is its unit's uid */
	uint64_t incarnation; /* of that station; of another log 0 */
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
/* The same of a station's journal; neither takes the other's. */
enum rc note_read_journal(struct note *out, struct bytes in, struct err *e);

/* ---- lines of signatures, each by itself ----------------------------------
 */

enum note_role {
	NOTE_AUTHORITY, /* of a log of the directory */
	NOTE_STATION,	/* whose journal it is */
	NOTE_TOOL,    /* the same, Ed25519: c2sp.org/signed-note as it stands */
	NOTE_WITNESS, /* the parent, which has seen that it extends the last */
};

/* The text of a checkpoint and the empty line after it: lines follow.  The
 * caller frees *out. */
void note_begin(struct buf *out, const struct checkpoint *c);
/* Append the line of a signer, whose unit has the uid "who", over a text that
 * ends before the empty line; "key" is composite, of NOTE_TOOL Ed25519. */
void note_line(struct buf *out, struct bytes text, enum note_role role,
    const struct id *who, const struct sig_key *key);
/* A line of this role by this key is there, and its signature holds. */
bool note_has(const struct note *n, enum note_role role, const struct id *who,
    const struct sig_pub *pub);
/* A line of this role is there, whoever's and whether or not it holds. */
bool note_claims(const struct note *n, enum note_role role);
/* What existing tools take as the key of NOTE_TOOL lines (c2sp.org/signed-note,
 * "vkey").  Appended. */
void note_vkey(struct buf *out, const struct id *who, struct bytes pub);

/* note_has() of the authority's line of a log of the directory. */
bool note_verify(const struct note *n, const struct sig_pub *pub);

#endif
