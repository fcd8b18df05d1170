/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What may be done to a document (docs/registry.md 3): one table.  Each action
 * has its word and number, the fields of its step, and its moves: of which
 * kinds of document, from which states, to which.  What has no move is
 * refused.  Who may do it is the law's (rules/rules.h, row "action" of the same
 * word); here is only what no law of an office may loosen.
 *
 * A move depends on nothing but kind, state, and whether the document is above
 * ordinary: so the state can be told from statements alone, where what was
 * written in them is destroyed.
 */
#ifndef REGISTRY_ACTION_H
#define REGISTRY_ACTION_H

#include "registry/field.h"

/* Numbers stay as they are, here and below. */
enum doc_kind {
	DOC_OUT = 1, /* made here */
	DOC_PAPER,   /* paper, digitised: has its number and signatures */
	DOC_IN,
	DOC_TELEGRAM_OUT,
	DOC_TELEGRAM_IN,
};
#define DOC_KINDS 6

enum doc_state {
	STATE_NONE, /* nothing is done yet */
	STATE_DRAFT,
	STATE_PROPOSED, /* its level is */
	STATE_DECIDED,	/* its level is */
	STATE_SIGNED,	/* by the person */
	STATE_NUMBERED,
	STATE_MARKED,
	STATE_SEALED, /* signed for the agency */
	STATE_REGISTERED,
	STATE_SENT,
	STATE_DIGITISED,
	STATE_ARRIVED,
	STATE_CHECKED,
	STATE_STAMPED,
	STATE_RECEIPTED,
	STATE_REFUSED,
	STATE_ASSIGNED,
	STATE_HANDLED,
	STATE_ACCEPTED, /* a telegram's text, by the cipher operator */
	STATE_ENCIPHERED,
	STATE_DECIPHERED,
	STATE_VERIFIED,	 /* by a second person */
	STATE_CONFIRMED, /* a telegram's receipt has come */
	STATE_DELIVERED,
	STATE_CLEARED, /* the clear copy is seen to */
	STATE_RECALLED,
	STATE_TO_DESTROY,	    /* it is decided */
	STATE_WITNESSED,	    /* by the first of two */
	STATE_DESTROYED_UNREPORTED, /* in danger; the report is owed */
	STATE_DESTROYED,
	STATE_CANCELLED,
};
#define DOC_STATES 31

enum action {
	ACTION_DRAFT = 1,
	ACTION_DIGITISE,
	ACTION_ARRIVE,
	ACTION_TELEGRAM_DRAFT,
	ACTION_TELEGRAM_ARRIVE,
	ACTION_DESCRIBE, /* gives the abstract; its opening goes by itself */
	ACTION_REVISE,
	ACTION_PROPOSE_LEVEL,
	ACTION_DECIDE_LEVEL,
	ACTION_RETURN, /* with remarks */
	ACTION_SIGN,
	ACTION_NUMBER,
	ACTION_MARK,
	ACTION_SIGN_AGENCY,
	ACTION_REGISTER,
	ACTION_SEND,
	ACTION_CONFIRM, /* what a recipient said came back */
	ACTION_CHECK,
	ACTION_STAMP,
	ACTION_RECEIPT,
	ACTION_REFUSE,
	ACTION_ASSIGN,
	ACTION_HANDLE,
	ACTION_EXTEND,
	ACTION_RELEVEL,
	ACTION_DECLASSIFY,
	ACTION_EXPIRE, /* its protection has ended by itself */
	ACTION_FOLLOW, /* an act of the originator's */
	ACTION_PERMIT_COPY,
	ACTION_COPY,
	ACTION_HAND_OVER,
	ACTION_RECALL,
	ACTION_DECIDE_DESTROY,
	ACTION_STOP_DESTROY,
	ACTION_WITNESS,
	ACTION_DESTROY,
	ACTION_DESTROY_DANGER,
	ACTION_REPORT_DANGER,
	ACTION_CANCEL,
	ACTION_ACCEPT,
	ACTION_ENCIPHER,
	ACTION_DECIPHER,
	ACTION_VERIFY,
	ACTION_DELIVER,
	ACTION_CLEAR,
};
#define ACTIONS 46

/* Of a field an action has. */
enum {
	NEEDED = 1,    /* it is always there */
	BY_SYSTEM = 2, /* doc_step() writes it; who asks may not */
};
#define ACTION_FIELDS 20u

struct action_field {
	enum field_name name;
	unsigned how;
};

struct action_row {
	const char *word; /* "propose-level"; rules call it so, too */
	const char *name; /* what it is, to be translated */
	struct action_field fields[ACTION_FIELDS];
	size_t field_count;
	/* Bits 1 << action: who did one of these may not do this, whatever the
	 * rules say (docs/registry.md 3.5). */
	uint64_t apart;
};

/* NULL where the number is none's. */
const struct action_row *action_row(unsigned action);
bool action_by_word(enum action *out, struct bytes word);

/*
 * Whether there is a move, and to which state.  "before" is the state the
 * document had when its destruction was decided; where nothing was, any.
 */
bool action_moves(enum doc_state *to, enum action a, enum doc_kind kind,
    enum doc_state from, enum doc_state before, bool secret);
/* The kind of document that this action begins; false: it begins none. */
bool action_begins(enum doc_kind *kind, enum action a);

const char *doc_kind_word(enum doc_kind k); /* "telegram-out" */
const char *doc_kind_name(enum doc_kind k); /* translated */
bool doc_kind_by_word(enum doc_kind *out, struct bytes word);
const char *doc_state_word(enum doc_state s); /* "level-proposed" */
const char *doc_state_name(enum doc_state s); /* translated */
bool doc_state_by_word(enum doc_state *out, struct bytes word);
const char *action_name(enum action a); /* translated */
/* Nothing but what is owed of it can be done any more. */
bool doc_state_is_end(enum doc_state s);

#endif
