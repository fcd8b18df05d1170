/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A document (docs/registry.md 2, 3): the fold of its steps, and what comes of
 * the next one.  Pure: bytes and the time come in.
 *
 * A store takes a step so, all of it in one transaction but the signing:
 *
 *	doc_fold(&doc, steps, n)		what it is now
 *	doc_step(&out, &doc, &ask)		what would come of it, or
 *refused out.number.wanted: ask.number = the next of out.number's series,
 *	    doc_outcome_free(), doc_step() again
 *	doc_write(&statement, &opening, ...)	what the person signs
 *	(signed; is doc.last still the last, the number still free?)
 *	apply: the step, the document's row, the number, the lines, what is
 *	to be destroyed, the journal's entry
 *
 * What a step would do is told by its outcome; what it did is told by the fold
 * alone, and both say the same.
 */
#ifndef REGISTRY_DOC_H
#define REGISTRY_DOC_H

#include "core/arena.h"
#include "registry/line.h"
#include "registry/number.h"
#include "registry/step.h"

struct rule_set; /* rules/rules.h */

/* ---- what it is ---------------------------------------------------------- */

/* Who took a step. */
struct doc_did {
	enum action action;
	struct bytes person;
	struct bytes name; /* where its step says it */
	uint8_t cert[SHA256_SIZE];
	enum role role;
	int64_t at;
	bool destroyed; /* what was written in it */
};

/* All it borrows is its own: doc_free(). */
struct doc {
	struct id id;
	enum doc_kind kind; /* 0: nothing is done yet */
	enum doc_state state;
	enum doc_state before; /* its destruction was decided */
	enum level level;
	enum precedence precedence;
	struct bytes desk;
	struct bytes rules; /* the version it was begun under */
	int64_t begun, at;  /* its first step and its last */
	uint64_t steps;
	uint8_t last[SHA256_SIZE]; /* of the last statement; zeros: none */
	int64_t expires;	   /* its protection; TIME_NEVER: it has none */
	/* What was said last in each field, of the document itself; empty:
	 * nothing, or it is destroyed. */
	struct bytes value[FIELD_COUNT];
	/* Of copies. */
	uint64_t permitted; /* and not made yet */
	uint64_t copies;    /* made so far, the spoiled left out */
	struct bytes permitted_to, permitted_by, permitted_form;

	struct doc_did *did; /* "steps" of them */
	struct arena arena;
};

/*
 * Take one more step into *d, which begins as zeros: doc_init().  An opening
 * that was destroyed is empty.
 *
 * RC_INVALID	it is not this document's next step: another document, number,
 *		previous or desk; no move (docs/registry.md 3.3); an opening
 *		that is not what was committed to; a level that is not what the
 *		fields say; a time before the last
 *
 * On failure *d is as it was.
 */
void doc_init(struct doc *d);
enum rc doc_add(
    struct doc *d, struct bytes statement, struct bytes opening, struct err *e);

/* An opening lacks only where that may be: the abstract was in it, or the
 * document is destroyed (docs/registry.md 2.7).  RC_INVALID: it does not. */
enum rc doc_whole(const struct doc *d, struct err *e);

struct doc_steps {
	struct bytes statement, opening;
};
/*
 * All steps of one document, each added and the whole looked at: doc_add(),
 * doc_whole().  The caller frees *out, also on failure, with doc_free().
 */
enum rc doc_fold(struct doc *out, const struct doc_steps *steps, size_t count,
    struct err *e);
void doc_free(struct doc *d);

bool doc_is_secret(const struct doc *d);

/* ---- what comes next ----------------------------------------------------- */

struct doc_who {
	struct bytes person; /* address */
	struct bytes name;   /* as the directory has it; registers show it */
	uint8_t cert[SHA256_SIZE]; /* of the key he signed in with */
	unsigned roles;		   /* at the desk: bits 1u << enum role */
	enum level clearance;
	/* This certificate is another of his: his unit was renamed, or he has a
	 * new key.  NULL: nobody knows of others. */
	bool (*is_his)(const void *ctx, const uint8_t cert[static SHA256_SIZE]);
	const void *ctx;
};

struct doc_ask {
	struct id document; /* of a new one */
	enum action action;
	struct doc_who who;
	struct bytes desk;    /* address */
	struct fields fields; /* none that are BY_SYSTEM */
	int64_t at;
	bool own_clock;
	/* Those of the document: of a new one rules_at(at), else
	 * rules_version(doc.rules).  And those in force now, which say who
	 * holds which position. */
	const struct rule_set *rules, *now;
	/* The document that FIELD_ANSWERS or FIELD_REPLY names, folded; NULL:
	 * it is not here. */
	const struct doc *about;
	uint64_t number; /* 0: not known yet */
};

enum doc_notice_what {
	NOTICE_EXTENDED,
	NOTICE_RELEVELLED,
	NOTICE_DECLASSIFIED,
	NOTICE_RECALLED,
	NOTICE_REFUSED,	  /* to the sender */
	NOTICE_DESTROYED, /* in danger: the written report */
};
/* What somebody owes somebody in writing now. */
struct doc_notice {
	enum doc_notice_what what;
	int64_t by;
};
const char *doc_notice_word(enum doc_notice_what w); /* "relevelled" */

/* What is to be destroyed with this step, besides the secrets of keys. */
enum {
	DOC_DESTROY_ABSTRACT = 1, /* openings of "describe", cells of lines */
	DOC_DESTROY_OPENINGS = 2, /* all but this step's own */
	DOC_DESTROY_CONTENT = 4,  /* drafts and packages */
};

#define DOC_LINES 2u

struct doc_outcome {
	enum doc_kind kind;
	enum doc_state state;
	enum level level;
	enum precedence precedence;
	enum role role;		      /* in which he does it */
	struct fields fields;	      /* the step's, those BY_SYSTEM too */
	struct number number;	      /* registry/number.h */
	struct line lines[DOC_LINES]; /* registry/line.h */
	size_t line_count;
	unsigned destroys; /* DOC_DESTROY_* */
	struct doc_notice notice;
	bool has_notice;
	int64_t due;	    /* by when it is to be done with; TIME_NEVER */
	struct arena arena; /* what all else borrows */
};

/*
 * What comes of it.  Where a number is wanted and ask->number is 0, number says
 * of which series; the rest is filled in once it is known.
 *
 * RC_INVALID	the fields are not those of the action, or contradict the
 *		document
 * RC_DENIED	the law has it otherwise: order, role, clearance, second person,
 *		authority, time; the text cites the rule
 * RC_EXPIRED	the time is before the last step
 * RC_ABSENT	the rules have nothing of this, or the document that it refers
 *		to is not here
 *
 * The caller frees *out whatever came out; it is empty on failure.
 */
enum rc doc_step(struct doc_outcome *out, const struct doc *d,
    const struct doc_ask *ask, struct err *e);
void doc_outcome_free(struct doc_outcome *o);

/* The statement that is to be signed, and its opening.  bug() where a number is
 * wanted and not known.  The caller frees both. */
void doc_write(struct buf *statement, struct buf *opening, const struct doc *d,
    const struct doc_ask *ask, const struct doc_outcome *o,
    const uint8_t salt[static STEP_SALT]);

/* Whether there is a move for this action now, whoever asks: for menus. */
bool doc_can(const struct doc *d, enum action a);

#endif
