/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One step of a document in the making (docs/registry.md 7.2): what was asked,
 * the steps so far, and what comes of it.  It touches no store, clock or
 * sibling; what it says is bytes for the store's rows.
 *
 *	acting_new, acting_ask		who asks for what
 *	acting_step ...			each step so far, opened
 *	acting_refers, acting_about ...	those of the document it refers to
 *	acting_plan			what comes of it, or why not; where
 *					plan.wanted: again, with the number
 */
#ifndef PROC_STORE_ACTING_H
#define PROC_STORE_ACTING_H

#include "core/id.h"
#include "crypto/hash.h"
#include "envelope/label.h"

struct rules;

struct acting_ask {
	struct bytes action;
	struct bytes fields;	   /* core/pairs.h */
	struct bytes person, name; /* his address, and what he is called */
	uint8_t cert[SHA256_SIZE]; /* of the key he signed in with */
	unsigned roles;		   /* at the desk: bits 1u << enum role */
	enum level clearance;
	/* as struct doc_who has them */
	bool (*is_his)(const void *ctx, const uint8_t cert[static SHA256_SIZE]);
	const void *ctx;
	struct bytes desk;
	int64_t at;
	bool own_clock;
};

enum acting_how {
	ACTING_NO_NUMBER,
	ACTING_NEXT,  /* the next of the series is taken */
	ACTING_GIVEN, /* this very one */
	ACTING_CANCELLED,
};
#define ACTING_LINES 2u
struct acting_line {
	bool remark; /* to the line there is of this document */
	struct bytes book;
	unsigned year;
	struct bytes cells; /* core/pairs.h; without the serial */
};

/* What comes of it; borrows from the acting, until the next acting_plan(). */
struct acting_plan {
	unsigned kind, state, level, rank;
	const char *kind_word, *state_word;
	int64_t due, at;
	const char *owes; /* what is to be said in writing now; NULL: nothing */
	int64_t owes_by;
	unsigned steps; /* before it */
	uint8_t previous[SHA256_SIZE];
	bool incoming; /* a kind that comes from elsewhere */
	/* Of a number: wanted, where how is ACTING_NEXT and it was not said. */
	enum acting_how how;
	bool wanted;
	struct bytes series;
	unsigned year;
	uint64_t number;
	struct bytes reason;
	/* The rest is empty where a number is wanted. */
	struct acting_line lines[ACTING_LINES];
	size_t line_count;
	bool destroys_abstract, destroys_openings;
	struct bytes burns; /* ids of dispatches that are to be destroyed */
	struct bytes statement, opening;
	struct bytes summary; /* core/pairs.h */
	struct id dispatch;   /* zeros: none */
};

struct acting;
struct acting *acting_new(void);
void acting_free(struct acting *a); /* takes NULL */
/* All of it is copied.  RC_INVALID, RC_LIMIT: no such action, no such fields.
 */
enum rc acting_ask(
    struct acting *a, const struct acting_ask *ask, struct err *e);
/* It begins a document. */
bool acting_begins(const struct acting *a);
/* A field of the request, by its word; empty: it was not given. */
struct bytes acting_said(const struct acting *a, const char *field);
/* The next step so far, of the document or of the one it refers to; an opening
 * that was destroyed is empty.  RC_INVALID: the steps are not whole. */
enum rc acting_step(struct acting *a, bool about, struct bytes statement,
    struct bytes opening, struct err *e);
/* When all have come.  RC_INVALID: an opening lacks that may not. */
enum rc acting_whole(const struct acting *a, bool about, struct err *e);
/* The document that it refers to; false: none. */
bool acting_refers(struct id *out, const struct acting *a);
/* doc_step()'s outcomes.  "document" is a new one's id; "number" 0: it is not
 * known yet. */
enum rc acting_plan(struct acting_plan *out, struct acting *a,
    const struct rules *rules, const struct id *document, uint64_t number,
    struct err *e);

/* ---- how long it took (docs/registry.md 9.5) ----------------------------- */

struct acting_times {
	int64_t began, done; /* TIME_NEVER: it did not, it is not */
};
/* With the document's next statement.  What is looked at is from the arrival,
 * or the signature of what is made here, until it is registered; of telegrams,
 * until they are delivered, or sent.  RC_INVALID. */
enum rc acting_time(struct acting_times *t, unsigned kind,
    struct bytes statement, struct err *e);
/* By when it was to be, by the rules of then; "set" is the time of what has
 * one, or TIME_NEVER.  TIME_NEVER: they say nothing of it. */
int64_t acting_due(const struct rules *rules, unsigned kind, enum precedence p,
    int64_t began, int64_t set);

/* ---- showing ------------------------------------------------------------- */

/* Append pairs of what the document is by all its steps ("row" is
 * "document"). */
void acting_show(struct buf *pairs, const struct acting *a);
/* And of one of its steps ("row" is "step").  RC_INVALID. */
enum rc acting_show_step(struct buf *pairs, struct bytes statement,
    struct bytes opening, struct err *e);

/* The step of this statement gives the abstract. */
bool acting_describes(struct bytes statement);
/* A document that has no content to be shown in a list of what is to be done.
 */
bool acting_state_is_end(unsigned state);
/* What a number of the store's rows is called; "" where it is none. */
const char *acting_kind_word(unsigned kind);
const char *acting_state_word(unsigned state);
/* The kinds (bits 1 << kind) or states that a word names; false: neither. */
bool acting_filter(uint32_t *kinds, uint64_t *states, struct bytes word);
/* The states in which there is still something to be done. */
uint64_t acting_open_states(void);

#endif
