/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a station and its parent tell one another of their journals
 * (docs/link.md 18), integers big-endian:
 *
 *	checkpoint    = u64 from | u64 serial | u8 count | nodes | note
 *	countersigned = u8 what | u64 size, or note
 *	incarnation   = u64 given | u64 serial | note
 *	behind        = note
 *
 * A note is a journal's checkpoint (journal/note.h), in its one spelling.
 */
#ifndef JOURNAL_LIFE_H
#define JOURNAL_LIFE_H

#include "core/time.h"
#include "journal/note.h"

/* Incarnations that are given beyond one that is known; nobody has lived so
 * often, and who lies cannot use all of them up. */
#define LIFE_AHEAD (1u << 16)
#define LIFE_SLOT 600		  /* seconds: one is kept of each ... */
#define LIFE_WHOLE (7 * TIME_DAY) /* ... for so long, then of each day */
/* A life that is said is none, where this one is known: docs/journal.md 7.8. */
bool life_too_far(uint64_t said, uint64_t known);

/*
 * Whether a checkpoint that the parent has signed goes at "now", where a newer
 * one that it has signed is kept, too: docs/journal.md 4.5.
 */
bool life_thins(const struct checkpoint *older, const struct checkpoint *newer,
    int64_t now);

/* One that was read; all borrows. */
struct life_checkpoint {
	uint64_t from;	 /* the proof's older size; 0: there is none */
	uint64_t serial; /* the highest number that the station has given */
	struct node proof[MERKLE_PROOF];
	unsigned count;
	struct bytes bytes; /* the note's */
	struct note note;
};
void life_checkpoint_write(
    struct buf *out, const struct life_checkpoint *c); /* not of "note" */
/* RC_INVALID: not of that form, or no note of a journal. */
enum rc life_checkpoint_read(
    struct life_checkpoint *out, struct bytes in, struct err *e);

enum life_says {
	LIFE_HEARD,	/* size: it extends what is known */
	LIFE_WITNESSED, /* note: with the parent's line */
	LIFE_AGAIN,	/* size: prove it from there on */
};
#define LIFE_SAYS 3
struct life_countersigned {
	enum life_says what;
	uint64_t size;
	struct bytes bytes; /* of LIFE_WITNESSED */
	struct note note;
};
void life_countersigned_write(
    struct buf *out, const struct life_countersigned *c);
enum rc life_countersigned_read(
    struct life_countersigned *out, struct bytes in, struct err *e);

struct life_given {
	uint64_t incarnation; /* the new one */
	uint64_t serial;      /* the highest known of the old one */
	struct bytes bytes;
	struct note note; /* the newest known of the old one */
};
void life_given_write(struct buf *out, const struct life_given *g);
enum rc life_given_read(struct life_given *out, struct bytes in, struct err *e);

/* What a parent keeps of a child, and a child of its parent; the note is kept
 * beside it. */
struct life {
	uint64_t incarnation;
	uint64_t given; /* the highest that was given it; 0: none */
	uint64_t size, serial;
	struct node root;
	int64_t at;  /* when it was heard */
	bool barred; /* an older life of it came: an alarm says so */
};
void life_write(struct buf *out, const struct life *l);
enum rc life_read(struct life *out, struct bytes in, struct err *e);

/* What of an old life is missing (docs/journal.md 7.5). */
struct life_gap {
	uint64_t incarnation; /* the old one */
	uint64_t born;	      /* the new one */
	uint64_t from, until; /* entries from .. until - 1 are lost */
	uint64_t serials, to; /* and numbers from serials up to "to" */
	uint64_t again;	      /* given anew of these: up to this one */
	int64_t since, at;    /* between these times: not before, known */
	struct node root;     /* of the old life's "until" entries */
};
void life_gap_write(struct buf *out, const struct life_gap *g);
enum rc life_gap_read(struct life_gap *out, struct bytes in, struct err *e);

#endif
