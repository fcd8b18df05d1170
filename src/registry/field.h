/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The fields of steps (docs/registry.md 2.5): what each is called, of what
 * type its value is and how long.  One table; which of them an action has is
 * the action's (registry/action.h).
 *
 * Values are text in one line, NFC; a type has one spelling of each value.
 */
#ifndef REGISTRY_FIELD_H
#define REGISTRY_FIELD_H

#include "core/err.h"
#include "core/id.h"
#include "crypto/hash.h"
#include "envelope/label.h"

enum field_name {
	FIELD_TYPE,    /* the document type's word (rules) */
	FIELD_GRAMMAR, /* the number grammar's word (rules) */
	FIELD_AGENCY,  /* letters in the symbol: "UBND" */
	FIELD_UNIT,    /* letters of who drafted: "VX" */
	FIELD_BODY,    /* an advisory council's word: it has its series */
	FIELD_LEVEL,
	FIELD_PRECEDENCE,
	FIELD_CATALOGUE, /* item of the catalogue of state secrets */
	FIELD_RECIPIENTS,
	FIELD_COPIES,  /* how many are issued, or permitted */
	FIELD_COPYING, /* whether it may be copied: yes, no */
	FIELD_UNTIL,   /* the day protection ends, where it is earlier */
	FIELD_CONTENT, /* SHA-256 of the package with its parts */
	FIELD_DOCUMENTS,
	FIELD_PAGES,
	FIELD_ATTACHMENTS,
	FIELD_ANSWERS, /* the document that it answers */
	FIELD_FLOOR,   /* the level below which an answer may not be */
	FIELD_ABSTRACT,
	FIELD_REMARKS,
	FIELD_REASON,
	FIELD_SIGNER,	/* the name of who signed */
	FIELD_CAPACITY, /* in which he signed: "KT. CHỦ TỊCH" */
	FIELD_SERIES,
	FIELD_YEAR,
	FIELD_NUMBER,
	FIELD_SYMBOL,  /* the whole of it: "05/QĐ-UBND" */
	FIELD_DATE,    /* of the document */
	FIELD_EXPIRES, /* when protection ends */
	FIELD_KEEPER,  /* the unit that keeps the file copy */
	FIELD_DISPATCH,
	FIELD_DIGEST,	 /* of the dispatch's package */
	FIELD_FROM,	 /* the agency it comes from */
	FIELD_NAMED,	 /* the only one who may open it */
	FIELD_INTEGRITY, /* good, bad */
	FIELD_OUTCOME,	 /* received, refused */
	FIELD_ASSIGNEE,
	FIELD_DUE,
	FIELD_REPLY, /* the document that answers this one */
	FIELD_RESULT,
	FIELD_INSTRUMENT, /* the decision by which: its number and day */
	FIELD_ACT,	  /* of the originator: extended, relevelled, ... */
	FIELD_FORM,	  /* of a copy: full, extract, photo, electronic */
	FIELD_MADE,
	FIELD_SPOILED, /* of those made: destroyed at once */
	FIELD_FIRST,   /* number of the first copy that was made */
	FIELD_TO,
	FIELD_SIGNED, /* who signed for having got it */
	FIELD_COUNCIL,
	FIELD_METHOD,
	FIELD_MINUTES, /* number of the minutes */
	FIELD_TRAFFIC, /* live, service, test */
	FIELD_WORDS,
	FIELD_GROUPS,
	FIELD_PRODUCT, /* which cipher product: a reference */
	FIELD_KEY,     /* which key: a reference, never the key */
	FIELD_STARTED,
	FIELD_FINISHED,
	FIELD_NAME,	/* of who takes the step */
	FIELD_DISPOSAL, /* of the clear copy: returned, destroyed, filed */
	FIELD_COUNT
};

enum field_type {
	FIELD_TEXT,	     /* one line */
	FIELD_LIST,	     /* items of text, "; " between them, none twice */
	FIELD_WORD,	     /* a-z, 0-9, inner hyphens */
	FIELD_UINT,	     /* decimal, no zeros before it; at most max */
	FIELD_ID,	     /* 32 hex digits, lower case */
	FIELD_HASH,	     /* 64 */
	FIELD_IS_LEVEL,	     /* level_word() */
	FIELD_IS_PRECEDENCE, /* precedence_word() */
	FIELD_TIME,	     /* "2026-11-22T03:45:00Z" */
	FIELD_DAY,	     /* "2026-11-22", in Vietnam */
	FIELD_CHOICE	     /* one of the table's words */
};

#define FIELD_TEXT_MAX 16384u /* bytes of the longest value */
#define FIELD_ITEMS 500u      /* of a list */

/* Of one field; "word" is how it is called in the encoding and by people. */
struct field_row {
	const char *word;
	enum field_type type;
	uint64_t min, max;	    /* of a UINT its value, else its bytes */
	const char *const *choices; /* to NULL; else NULL */
};
const struct field_row *field_row(enum field_name f);
bool field_by_word(enum field_name *out, struct bytes word);

struct field {
	enum field_name name;
	struct bytes value; /* borrows */
};

/* The value is one of this field's: RC_INVALID, RC_LIMIT where it is not. */
enum rc field_check(const struct field *f, struct err *e);

/* What a value that was checked says; bug() where it was not. */
uint64_t field_uint(struct bytes value);
enum level field_level(struct bytes value);
enum precedence field_precedence(struct bytes value);
int64_t field_time(struct bytes value);
/* The first second of the day, in Vietnam. */
int64_t field_day(struct bytes value);
/* The next item of a list, stepping *list over it; false: there is none. */
bool field_item(struct bytes *item, struct bytes *list);

#endif
