/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Entries of a station's journal (docs/journal.md 2):
 *
 *	u8 version 1 | u8 kind | u8 flags (1: own clock) | u64 at |
 *	commitment (32)
 *
 * all integers big-endian.  The commitment is SHA-256("antin entry" || salt ||
 * data), so the entry tells nobody more than what kind of thing happened when.
 * Salt and data are its opening, kept apart: without it, once it is destroyed,
 * nothing of the data can be found out again, and the journal stays whole.
 *
 * Which kinds there are, and of which fields the data of each is, is one table
 * (entry.c).  Kinds that this program does not know are read all the same: a
 * newer one wrote them.
 */
#ifndef JOURNAL_ENTRY_H
#define JOURNAL_ENTRY_H

#include "core/err.h"
#include "core/id.h"
#include "core/limits.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"

#define ENTRY_VERSION 1
#define ENTRY_SIZE 43u	 /* bytes of an entry */
#define ENTRY_SALT 16u	 /* bytes of an opening before its data */
#define ENTRY_DATA 1200u /* bytes of the data at the most */
#define ENTRY_OPENING (ENTRY_SALT + ENTRY_DATA)

/* Numbers stay as they are. */
enum entry_kind {
	ENTRY_STARTED = 1,
	ENTRY_STOPPED,
	ENTRY_SEALED,	/* accepted, and sealed here */
	ENTRY_ACCEPTED, /* from another station */
	ENTRY_COPY,	/* a further copy, for others (docs/station.md 4.7) */
	ENTRY_DELIVERED,
	ENTRY_OPENED,
	ENTRY_ACTED,
	ENTRY_DECLINED, /* refused by a desk */
	ENTRY_REFUSED,	/* here, of what another station offered */
	ENTRY_CLASH,	/* another dispatch came under a known key */
	ENTRY_BOUNCED,	/* refused by the next station */
	ENTRY_EXPIRED,
	ENTRY_HELD,
	ENTRY_REROUTED,
	ENTRY_LOST, /* a number was given and is no dispatch's */
	ENTRY_LEARNED,
	ENTRY_ADMITTED,
	ENTRY_ANSWERED, /* a request for certificates */
	ENTRY_PUT_ASIDE,
	ENTRY_INVITED,
	ENTRY_NAMED,	 /* the station's own certificate */
	ENTRY_DESTROYED, /* an opening */
	ENTRY_DROPPED,	 /* an operator gave a leg up */
	ENTRY_REBORN,	 /* the station has a new life: what was is missing */
	ENTRY_WITNESSED, /* a child's checkpoint */
	ENTRY_ROLLED,	 /* a child was rolled back, and gets a new life */
	ENTRY_CLONE,	 /* an older life of a child came */
	ENTRY_DUTY,	 /* who is on duty (docs/duty.md 3.6) */
	ENTRY_STEP,	 /* of a document (docs/registry.md 7.2) */
	ENTRY_VIEWED,	 /* a secret document, by a person */
	ENTRY_REGISTER,	 /* a volume was opened, closed; a series goes on */
	ENTRY_USER = 33, /* who signed in (docs/registry.md 6.6) */
};
#define ENTRY_KINDS 34 /* rows of the table; what has none is unknown */

/* The word of a kind ("accepted"); NULL where it is unknown. */
const char *entry_word(unsigned kind);
/* What it is, in the person's language; of one that is unknown, that. */
const char *entry_says(unsigned kind);

struct entry {
	unsigned kind; /* 1 to 255 */
	bool own_clock;
	int64_t at;
	uint8_t commitment[SHA256_SIZE];
};

void entry_write(uint8_t out[static ENTRY_SIZE], const struct entry *entry);
/* RC_INVALID: not of this form; one spelling only. */
enum rc entry_read(struct entry *out, struct bytes in, struct err *e);

/* What an entry is about; what its kind has not is empty. */
struct entry_data {
	struct id id; /* of the dispatch, or what the kind has instead */
	uint8_t digest[SHA256_SIZE]; /* of the dispatch's content */
	struct bytes origin;
	uint64_t incarnation, serial; /* of its origin */
	struct bytes desk, station;
	uint64_t code, number;
	uint8_t hash[SHA256_SIZE];
	struct bytes text;
};

/* Which of them a kind has. */
enum entry_field {
	FIELD_NONE,
	FIELD_ID,
	FIELD_DIGEST,
	FIELD_ORIGIN,
	FIELD_INCARNATION,
	FIELD_SERIAL,
	FIELD_DESK,
	FIELD_STATION,
	FIELD_CODE,
	FIELD_NUMBER,
	FIELD_HASH,
	FIELD_TEXT,
};
#define ENTRY_FIELDS 9 /* of a kind, with the FIELD_NONE at its end */
/* Of a known kind, up to FIELD_NONE. */
const enum entry_field *entry_fields(unsigned kind);

/* Append the opening: salt and the kind's fields.  The kind is known, texts
 * are within LIMIT_ADDRESS. */
void entry_open(struct buf *out, unsigned kind, const struct entry_data *d,
    const uint8_t salt[static ENTRY_SALT]);
/* Fill in entry->commitment. */
void entry_commit(struct entry *entry, struct bytes opening);
/* The opening is this entry's. */
bool entry_holds(const struct entry *entry, struct bytes opening);
/*
 * What an opening says; texts borrow from it.  That it is the entry's is
 * entry_holds()'s matter.
 *
 * RC_INVALID	not of this kind's form, or the kind is unknown
 */
enum rc entry_data_read(
    struct entry_data *out, unsigned kind, struct bytes opening, struct err *e);

#endif
