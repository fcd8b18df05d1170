/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Evidence files: one dispatch, and all that a station can prove of it, for
 * whoever asks years later and has nothing but the root (docs/evidence.md).
 *
 *	Evidence ::= [APPLICATION 2] IMPLICIT SEQUENCE {
 *		version INTEGER (1), at GeneralizedTime, station IA5String,
 *		directory OCTET STRING, envelope OCTET STRING,
 *		batches SEQUENCE OF Batch,
 *		checkpoint OCTET STRING, entries SEQUENCE OF Entry }
 *	Entry ::= SEQUENCE { number INTEGER, entry OCTET STRING (43),
 *		opening OCTET STRING, proof OCTET STRING }
 */
#ifndef DISPATCH_EVIDENCE_H
#define DISPATCH_EVIDENCE_H

#include "dispatch/batch.h"
#include "journal/entry.h"
#include "journal/note.h"
#include "pki/directory.h"

#define EVIDENCE_TAG 0x62u	 /* its first byte */
#define EVIDENCE_FIRST 16u	 /* bytes that tell whether it may be one */
#define EVIDENCE_MAX (96u << 20) /* bytes of a file */
#define EVIDENCE_BATCHES 100000u /* of one */
#define EVIDENCE_ENTRIES 100000u

/* One that is made, or was read; borrows all. */
struct evidence {
	int64_t at;		 /* when it was written */
	struct bytes station;	 /* by which: its address */
	struct bytes directory;	 /* a directory file */
	struct bytes envelope;	 /* without attachments */
	struct bytes batches;	 /* whole elements, one after another */
	struct bytes checkpoint; /* of that station's journal; empty: none */
	struct bytes entries;	 /* whole elements, one after another */
};

struct evidence_entry {
	uint64_t number;
	struct bytes entry;   /* ENTRY_SIZE */
	struct bytes opening; /* empty: it was destroyed */
	struct bytes proof;   /* its nodes, from the leaf up */
};

/* It begins as one does; a text may begin with the same letter. */
bool evidence_is(struct bytes file);
/* The caller frees *out. */
void evidence_write(struct buf *out, const struct evidence *v);
/* Add an entry to those of a file that is made. */
void evidence_add(struct buf *entries, const struct evidence_entry *entry);

/* RC_INVALID, RC_LIMIT: not of the form of docs/evidence.md 2.  Nothing is
 * verified yet. */
enum rc evidence_read(struct evidence *out, struct bytes in, struct err *e);

/* ---- what holds (docs/evidence.md 3) --------------------------------------
 */

/* The dispatch that it is about. */
struct evidence_of {
	struct header header; /* borrows from the file */
	uint8_t digest[SHA256_SIZE];
};
/* RC_INVALID: its envelope is none. */
enum rc evidence_about(
    struct evidence_of *out, const struct evidence *v, struct err *e);

/*
 * Each statement in it about that dispatch, with what is wrong with it: rc is
 * RC_OK where its signer is known to the directory, was in force and has
 * signed it, and may say it; else e says why not.  Batches that cannot be read
 * are told with a statement of kind 0.
 */
struct evidence_said {
	struct statement statement;
	struct bytes signer;
	int64_t signed_at;
	bool own_clock;
	enum rc rc;
	const struct err *e;
};
void evidence_statements(const struct evidence *v, const struct evidence_of *of,
    struct directory *d, void (*each)(void *ctx, const struct evidence_said *s),
    void *ctx);

/* The checkpoint, and whose signatures on it hold. */
struct evidence_log {
	struct note note;
	bool signed_here; /* by the station, with a certificate in force then */
	bool countersigned; /* by the station above it */
};
/* RC_ABSENT: there is none.  RC_INVALID: it cannot be read. */
enum rc evidence_log(struct evidence_log *out, const struct evidence *v,
    struct directory *d, struct err *e);
/* Each entry; RC_DENIED where it is not in the log of that checkpoint, or its
 * opening is not its own. */
struct evidence_told {
	uint64_t number;
	struct entry entry;
	bool open; /* data is there */
	struct entry_data data;
	enum rc rc;
	const struct err *e;
};
void evidence_entries(const struct evidence *v, const struct evidence_of *of,
    const struct note *note,
    void (*each)(void *ctx, const struct evidence_told *t), void *ctx);

#endif
