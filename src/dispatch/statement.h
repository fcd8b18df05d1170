/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Statements: one small fact about one dispatch, which a desk or a station
 * signs together with others (dispatch/batch.h).  docs/receipts.md 2 and 3.
 */
#ifndef DISPATCH_STATEMENT_H
#define DISPATCH_STATEMENT_H

#include "core/limits.h"
#include "envelope/dispatch.h"

#define STATEMENT_MAX 1536u /* bytes of one */

/* Their numbers stay as they are. */
enum statement_kind {
	STATEMENT_ARRIVED = 1, /* an addressee's desk */
	STATEMENT_OPENED,
	STATEMENT_ACTED,
	STATEMENT_REFUSED,
	STATEMENT_RECALL, /* the originator's desk */
	STATEMENT_SUPERSEDE,
	STATEMENT_OUTCOME, /* a station: what became of a recall */
	STATEMENT_CUSTODY,
	STATEMENT_HOP,
	STATEMENT_REPORT,
	STATEMENT_INQUIRY,
	STATEMENT_ANSWER,
};
#define STATEMENT_KINDS 13 /* and none */

enum refused_why { /* STATEMENT_REFUSED */
	REFUSED_NOT_US = 1,
	REFUSED_DAMAGED,
	REFUSED_FORM,
	REFUSED_LEVEL,
	REFUSED_BUSINESS,
	REFUSED_OTHER,
};
#define REFUSED_WHYS 7
enum recall_outcome { /* STATEMENT_OUTCOME */
	OUTCOME_WITHHELD,
	OUTCOME_OPENED,
	OUTCOME_ACTED,
	OUTCOME_REFUSED,
	OUTCOME_AHEAD, /* the dispatch had not come; it will be withheld */
	OUTCOME_NOT_YOURS,
};
#define OUTCOMES 6
enum report_why { /* STATEMENT_REPORT */
	REPORT_EXPIRED = 1,
	REPORT_NO_WAY,
	REPORT_REFUSED,
	REPORT_HELD,
	REPORT_DROPPED,
	REPORT_LATE, /* nobody says it: docs/receipts.md 7.5 */
};
#define REPORT_WHYS 7
enum inquiry_answer { /* STATEMENT_ANSWER */
	ANSWER_WAITS,
	ANSWER_PASSED,
	ANSWER_UNKNOWN,
	ANSWER_UNSIGNED, /* it lies at the desk; nobody has signed for it */
};
#define ANSWERS 4

struct statement {
	enum statement_kind kind;
	/* of the dispatch; origin borrows */
	struct id id;
	uint8_t digest[SHA256_SIZE]; /* package_digest() */
	struct bytes origin;
	uint64_t incarnation, serial;
	int64_t at;
	bool own_clock;
	/* what its kind does not have is empty, 0, TIME_NEVER; see
	 * statement_has() */
	struct bytes desk;    /* the addressee it is about */
	struct bytes station; /* of a hop */
	unsigned code;
	struct id by;  /* what supersedes it */
	int64_t since; /* when what is reported began */
};

/* Optional fields, as bits. */
enum {
	HAS_DESK = 1,
	HAS_STATION = 2,
	HAS_CODE = 4,
	HAS_BY = 8,
	HAS_SINCE = 16,
};
/* What a kind always has. */
unsigned statement_has(enum statement_kind k);
bool statement_by_desk(enum statement_kind k); /* signed by a desk's key */
/* "arrived"; and of a code ("not-for-us"; NULL: none such). */
const char *statement_word(enum statement_kind k);
const char *statement_code(enum statement_kind k, unsigned code);
/* A refusal's code by its word: 0 where there is none. */
unsigned refused_by_word(struct bytes word);

/* It names this very dispatch. */
bool statement_is_of(const struct statement *s, const struct header *h,
    const uint8_t digest[static SHA256_SIZE]);

/* bug() where it is not of its kind's form. */
void statement_write(struct der_wr *w, const struct statement *s);
/* The statement that is the whole of "in", from which *out borrows.
 * RC_INVALID: not of the form of docs/receipts.md 2. */
enum rc statement_read(struct statement *out, struct bytes in, struct err *e);

#endif
