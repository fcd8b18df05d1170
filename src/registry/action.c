/* SPDX-License-Identifier: EUPL-1.2 */
#include "registry/action.h"

#include "core/lang.h"

#define A(a) (UINT64_C(1) << ACTION_##a)

/* ---- actions and their fields (docs/registry.md 3.4) --------------------- */

#define N(f)                                                                   \
	{                                                                      \
		FIELD_##f, NEEDED                                              \
	}
#define O(f)                                                                   \
	{                                                                      \
		FIELD_##f, 0                                                   \
	}
#define S(f)                                                                   \
	{                                                                      \
		FIELD_##f, BY_SYSTEM                                           \
	}
#define FIELDS(...)                                                            \
	{ __VA_ARGS__ }, sizeof((struct action_field[]){ __VA_ARGS__ }) /      \
			     sizeof(struct action_field)
#define NO_FIELDS { { FIELD_TYPE, 0 } }, 0

static const struct action_row action_rows[ACTIONS] = {
	[ACTION_DRAFT] = { "draft", "a draft is made",
	    FIELDS(N(TYPE), N(GRAMMAR), O(AGENCY), O(UNIT), O(BODY), N(LEVEL),
		N(PRECEDENCE), O(RECIPIENTS), O(CONTENT), O(DOCUMENTS),
		O(PAGES), O(ATTACHMENTS), O(ANSWERS), S(FLOOR), O(DUE)),
	    0 },
	[ACTION_DIGITISE] = { "digitise", "a document on paper is digitised",
	    FIELDS(N(TYPE), N(LEVEL), N(PRECEDENCE), O(CATALOGUE),
		O(RECIPIENTS), O(COPIES), O(COPYING), O(UNTIL), N(CONTENT),
		N(DOCUMENTS), N(PAGES), O(ATTACHMENTS), S(SERIES), S(YEAR),
		O(NUMBER), N(SYMBOL), N(DATE), O(SIGNER), S(EXPIRES)),
	    0 },
	[ACTION_ARRIVE] = { "arrive", "it arrives",
	    FIELDS(O(TYPE), N(LEVEL), N(PRECEDENCE), O(RECIPIENTS), O(COPYING),
		O(UNTIL), N(DOCUMENTS), N(PAGES), O(ATTACHMENTS), O(ANSWERS),
		O(SYMBOL), O(DATE), S(EXPIRES), O(DISPATCH), O(DIGEST), N(FROM),
		O(NAMED), O(DUE)),
	    0 },
	[ACTION_TELEGRAM_DRAFT] = { "telegram-draft", "a telegram is drafted",
	    FIELDS(N(TRAFFIC), N(LEVEL), N(PRECEDENCE), O(CATALOGUE),
		N(RECIPIENTS), O(UNTIL), N(CONTENT), O(WORDS), O(PAGES),
		O(ANSWERS), S(FLOOR), O(DUE)),
	    0 },
	[ACTION_TELEGRAM_ARRIVE] = { "telegram-arrive", "a telegram arrives",
	    FIELDS(N(TRAFFIC), N(LEVEL), N(PRECEDENCE), O(RECIPIENTS), O(UNTIL),
		O(ANSWERS), O(SYMBOL), O(DATE), S(EXPIRES), O(DISPATCH),
		O(DIGEST), N(FROM), O(NAMED), O(GROUPS), O(DUE)),
	    0 },
	[ACTION_DESCRIBE] = { "describe", "its abstract is given",
	    FIELDS(N(ABSTRACT)), 0 },
	[ACTION_REVISE] = { "revise", "the draft is revised",
	    FIELDS(O(RECIPIENTS), N(CONTENT), O(DOCUMENTS), O(PAGES),
		O(ATTACHMENTS), O(WORDS)),
	    0 },
	[ACTION_PROPOSE_LEVEL] = { "propose-level", "its level is proposed",
	    FIELDS(N(LEVEL), O(CATALOGUE), N(RECIPIENTS), N(COPIES), N(COPYING),
		O(UNTIL), O(REASON)),
	    0 },
	[ACTION_DECIDE_LEVEL] = { "decide-level", "its level is decided",
	    FIELDS(N(LEVEL), O(CATALOGUE), O(RECIPIENTS), N(COPIES), N(COPYING),
		O(UNTIL), O(REMARKS), S(EXPIRES)),
	    A(PROPOSE_LEVEL) },
	[ACTION_RETURN] = { "return", "it is given back with remarks",
	    FIELDS(N(REMARKS)), 0 },
	[ACTION_SIGN] = { "sign", "it is signed",
	    FIELDS(O(LEVEL), O(PRECEDENCE), O(CATALOGUE), O(UNTIL), N(CONTENT),
		S(SIGNER), O(CAPACITY), S(EXPIRES)),
	    0 },
	[ACTION_NUMBER] = { "number", "it is numbered",
	    FIELDS(S(SERIES), S(YEAR), S(NUMBER), S(SYMBOL), S(DATE)), 0 },
	[ACTION_MARK] = { "mark", "its level is marked on it",
	    FIELDS(O(CONTENT)), 0 },
	[ACTION_SIGN_AGENCY] = { "sign-agency", "it is signed for the agency",
	    FIELDS(N(CONTENT)), 0 },
	[ACTION_REGISTER] = { "register", "it is registered",
	    FIELDS(O(RECIPIENTS), O(COPIES), O(REMARKS), O(KEEPER)), 0 },
	[ACTION_SEND] = { "send", "it is sent",
	    FIELDS(O(RECIPIENTS), N(DISPATCH), N(DIGEST)), 0 },
	[ACTION_CONFIRM] = { "confirm", "a recipient has answered for it",
	    FIELDS(O(REASON), O(DISPATCH), N(FROM), N(OUTCOME)), 0 },
	[ACTION_CHECK] = { "check", "it is checked",
	    FIELDS(O(DOCUMENTS), O(PAGES), O(ATTACHMENTS), N(INTEGRITY)), 0 },
	[ACTION_STAMP] = { "stamp", "it is stamped as come in",
	    FIELDS(S(SERIES), S(YEAR), S(NUMBER), S(DUE)), 0 },
	[ACTION_RECEIPT] = { "receipt", "its receipt is given",
	    FIELDS(O(DISPATCH)), 0 },
	[ACTION_REFUSE] = { "refuse", "it is refused",
	    FIELDS(N(REASON), O(DISPATCH)), 0 },
	[ACTION_ASSIGN] = { "assign", "it is assigned",
	    FIELDS(O(REMARKS), N(ASSIGNEE), O(DUE)), 0 },
	[ACTION_HANDLE] = { "handle", "it is handled",
	    FIELDS(O(REPLY), N(RESULT)), 0 },
	[ACTION_EXTEND] = { "extend", "its protection is extended",
	    FIELDS(N(UNTIL), S(EXPIRES), N(INSTRUMENT)), 0 },
	[ACTION_RELEVEL] = { "relevel", "its level is changed",
	    FIELDS(N(LEVEL), N(CATALOGUE), O(UNTIL), S(EXPIRES), N(INSTRUMENT)),
	    0 },
	[ACTION_DECLASSIFY] = { "declassify", "it is declassified",
	    FIELDS(N(REASON), N(INSTRUMENT)), 0 },
	[ACTION_EXPIRE] = { "expire", "its protection has ended", NO_FIELDS,
	    0 },
	[ACTION_FOLLOW] = { "follow", "an act of its originator is followed",
	    FIELDS(O(LEVEL), O(UNTIL), S(EXPIRES), N(INSTRUMENT), N(ACT)), 0 },
	[ACTION_PERMIT_COPY] = { "permit-copy", "copies are permitted",
	    FIELDS(N(RECIPIENTS), N(COPIES), O(REASON), N(FORM), S(NAME)), 0 },
	[ACTION_COPY] = { "copy", "it is copied",
	    FIELDS(N(FORM), N(MADE), N(SPOILED), S(FIRST), S(NAME)), 0 },
	[ACTION_HAND_OVER] = { "hand-over", "it is handed over",
	    FIELDS(O(REMARKS), N(TO), O(SIGNED)), 0 },
	[ACTION_RECALL] = { "recall", "it is recalled",
	    FIELDS(N(REASON), O(INSTRUMENT)), 0 },
	[ACTION_DECIDE_DESTROY] = { "decide-destroy",
	    "its destruction is decided",
	    FIELDS(N(REASON), N(INSTRUMENT), O(COUNCIL)), 0 },
	[ACTION_STOP_DESTROY] = { "stop-destroy",
	    "the decision to destroy it is taken back", FIELDS(N(REASON)), 0 },
	[ACTION_WITNESS] = { "witness", "its destruction is witnessed",
	    FIELDS(O(REMARKS)), A(DECIDE_DESTROY) },
	[ACTION_DESTROY] = { "destroy", "it is destroyed before two",
	    FIELDS(N(METHOD), N(MINUTES)), A(DECIDE_DESTROY) | A(WITNESS) },
	[ACTION_DESTROY_DANGER] = { "destroy-danger",
	    "it is destroyed in danger", FIELDS(N(REASON), N(METHOD)), 0 },
	[ACTION_REPORT_DANGER] = { "report-danger",
	    "its destruction in danger is reported",
	    FIELDS(N(INSTRUMENT), N(TO)), 0 },
	[ACTION_CANCEL] = { "cancel", "it is cancelled", FIELDS(N(REASON)), 0 },
	[ACTION_ACCEPT] = { "accept", "the cipher operator takes its text",
	    FIELDS(N(PAGES), O(REMARKS), N(WORDS)), 0 },
	[ACTION_ENCIPHER] = { "encipher", "it is enciphered",
	    FIELDS(N(GROUPS), N(PRODUCT), N(KEY), O(STARTED), O(FINISHED),
		S(NAME)),
	    0 },
	[ACTION_DECIPHER] = { "decipher", "it is deciphered",
	    FIELDS(O(WORDS), O(GROUPS), N(PRODUCT), N(KEY), O(STARTED),
		O(FINISHED), S(NAME)),
	    0 },
	[ACTION_VERIFY] = { "verify", "a second person has checked it",
	    FIELDS(O(REMARKS), S(NAME)), A(ENCIPHER) | A(DECIPHER) },
	[ACTION_DELIVER] = { "deliver", "it is delivered to its addressee",
	    FIELDS(N(TO), N(SIGNED)), 0 },
	[ACTION_CLEAR] = { "clear", "its clear copy is seen to",
	    FIELDS(O(TO), N(DISPOSAL)), 0 },
};

#undef N
#undef O
#undef S

const struct action_row *
action_row(unsigned action)
{
	return action < ACTION_DRAFT || action >= ACTIONS
		   ? NULL
		   : &action_rows[action];
}

bool
action_by_word(enum action *out, struct bytes word)
{
	unsigned i;

	for (i = ACTION_DRAFT; i < ACTIONS; i++)
		if (bytes_is(word, action_rows[i].word)) {
			*out = (enum action)i;
			return true;
		}
	return false;
}

const char *
action_name(enum action a)
{
	const struct action_row *row = action_row(a);

	if (row == NULL)
		bug("an action that is none");
	return tr(row->name);
}

/* ---- moves (docs/registry.md 3.3) ---------------------------------------- */

#define K(k) (1u << DOC_##k)
#define F(s) (1u << STATE_##s)
#define TELEGRAMS (K(TELEGRAM_OUT) | K(TELEGRAM_IN))
#define ISSUED (K(OUT) | K(PAPER))
/* Where a document of a kind lives on, registered. */
#define LIVES_ISSUED (F(REGISTERED) | F(SENT))
#define LIVES_IN (F(REGISTERED) | F(RECEIPTED) | F(ASSIGNED) | F(HANDLED))
#define LIVES_TELEGRAM_OUT (F(REGISTERED) | F(CLEARED))
#define LIVES_TELEGRAM_IN (F(REGISTERED) | F(DELIVERED) | F(CLEARED))
#define DRAFTED                                                                \
	(F(DRAFT) | F(PROPOSED) | F(DECIDED) | F(SIGNED) | F(NUMBERED) |       \
	    F(MARKED) | F(SEALED))
#define ANY_BUT_ENDS                                                           \
	(~(F(NONE) | F(DESTROYED_UNREPORTED) | F(DESTROYED) | F(CANCELLED)))

enum {
	STAYS = DOC_STATES, /* the state is as it was */
	GOES_BACK, /* is as it was before its destruction was decided */
};
enum when { ALWAYS, SECRET, ORDINARY };

struct move {
	enum action action;
	unsigned kinds;
	uint32_t from;
	unsigned to;
	enum when when;
};

#define LIFE(action, when)                                                     \
	{ action, ISSUED, LIVES_ISSUED, STAYS, when },                         \
	    { action, K(IN), LIVES_IN, STAYS, when },                          \
	    { action, K(TELEGRAM_OUT), LIVES_TELEGRAM_OUT, STAYS, when },      \
	{                                                                      \
		action, K(TELEGRAM_IN), LIVES_TELEGRAM_IN, STAYS, when         \
	}
/* What only who issued it may. */
#define OWN(action)                                                            \
	{ action, ISSUED, LIVES_ISSUED, STAYS, SECRET },                       \
	{                                                                      \
		action, K(TELEGRAM_OUT), LIVES_TELEGRAM_OUT, STAYS, SECRET     \
	}

static const struct move moves[] = {
	{ ACTION_DRAFT, K(OUT), F(NONE), STATE_DRAFT, ALWAYS },
	{ ACTION_DIGITISE, K(PAPER), F(NONE), STATE_DIGITISED, ALWAYS },
	{ ACTION_ARRIVE, K(IN), F(NONE), STATE_ARRIVED, ALWAYS },
	{ ACTION_TELEGRAM_DRAFT, K(TELEGRAM_OUT), F(NONE), STATE_DRAFT,
	    ALWAYS },
	{ ACTION_TELEGRAM_ARRIVE, K(TELEGRAM_IN), F(NONE), STATE_ARRIVED,
	    ALWAYS },

	{ ACTION_DESCRIBE, K(OUT), DRAFTED, STAYS, ALWAYS },
	{ ACTION_DESCRIBE, K(PAPER), F(DIGITISED) | F(MARKED), STAYS, ALWAYS },
	{ ACTION_DESCRIBE, K(IN), F(ARRIVED) | F(CHECKED) | F(STAMPED), STAYS,
	    ALWAYS },
	{ ACTION_REVISE, K(OUT) | K(TELEGRAM_OUT), F(DRAFT), STAYS, ALWAYS },

	/* made here (docs/registry.md 3.6) */
	{ ACTION_PROPOSE_LEVEL, K(OUT), F(DRAFT), STATE_PROPOSED, ALWAYS },
	{ ACTION_DECIDE_LEVEL, K(OUT), F(PROPOSED), STATE_DECIDED, ALWAYS },
	{ ACTION_RETURN, K(OUT), F(PROPOSED) | F(DECIDED), STATE_DRAFT,
	    ALWAYS },
	{ ACTION_RETURN, K(OUT), F(DRAFT), STAYS, ORDINARY },
	{ ACTION_SIGN, K(OUT), F(DRAFT), STATE_SIGNED, ORDINARY },
	{ ACTION_SIGN, K(OUT), F(DECIDED), STATE_SIGNED, ALWAYS },
	{ ACTION_NUMBER, K(OUT), F(SIGNED), STATE_NUMBERED, ALWAYS },
	{ ACTION_MARK, K(OUT), F(NUMBERED), STATE_MARKED, SECRET },
	{ ACTION_MARK, K(PAPER), F(DIGITISED), STATE_MARKED, SECRET },
	{ ACTION_SIGN_AGENCY, K(OUT), F(NUMBERED), STATE_SEALED, ORDINARY },
	{ ACTION_SIGN_AGENCY, K(OUT), F(MARKED), STATE_SEALED, SECRET },
	{ ACTION_REGISTER, K(OUT), F(SEALED), STATE_REGISTERED, ALWAYS },
	{ ACTION_REGISTER, K(PAPER), F(DIGITISED), STATE_REGISTERED, ORDINARY },
	{ ACTION_REGISTER, K(PAPER), F(MARKED), STATE_REGISTERED, SECRET },
	{ ACTION_SEND, ISSUED, F(REGISTERED), STATE_SENT, ALWAYS },
	{ ACTION_CONFIRM, ISSUED, F(SENT) | F(RECALLED), STAYS, ALWAYS },

	/* come in (3.7) */
	{ ACTION_CHECK, K(IN) | K(TELEGRAM_IN), F(ARRIVED), STATE_CHECKED,
	    ALWAYS },
	{ ACTION_STAMP, K(IN), F(ARRIVED) | F(CHECKED), STATE_STAMPED, ALWAYS },
	{ ACTION_REGISTER, K(IN), F(STAMPED), STATE_REGISTERED, ALWAYS },
	{ ACTION_RECEIPT, K(IN), F(REGISTERED), STATE_RECEIPTED, ALWAYS },
	{ ACTION_REFUSE, K(IN), F(ARRIVED) | F(CHECKED), STATE_REFUSED,
	    ALWAYS },
	{ ACTION_REFUSE, K(TELEGRAM_IN),
	    F(ARRIVED) | F(CHECKED) | F(DECIPHERED), STATE_REFUSED, ALWAYS },
	{ ACTION_ASSIGN, K(IN), F(RECEIPTED) | F(ASSIGNED), STATE_ASSIGNED,
	    ALWAYS },
	{ ACTION_HANDLE, K(IN), F(ASSIGNED), STATE_HANDLED, ALWAYS },

	/* telegrams (3.8) */
	{ ACTION_SIGN, K(TELEGRAM_OUT), F(DRAFT), STATE_SIGNED, ALWAYS },
	{ ACTION_RETURN, K(TELEGRAM_OUT), F(SIGNED), STATE_DRAFT, ALWAYS },
	{ ACTION_ACCEPT, K(TELEGRAM_OUT), F(SIGNED), STATE_ACCEPTED, ALWAYS },
	{ ACTION_NUMBER, K(TELEGRAM_OUT), F(ACCEPTED), STATE_NUMBERED, ALWAYS },
	{ ACTION_ENCIPHER, K(TELEGRAM_OUT), F(NUMBERED), STATE_ENCIPHERED,
	    ALWAYS },
	{ ACTION_RETURN, K(TELEGRAM_OUT), F(ENCIPHERED), STATE_NUMBERED,
	    ALWAYS },
	{ ACTION_VERIFY, K(TELEGRAM_OUT), F(ENCIPHERED), STATE_VERIFIED,
	    ALWAYS },
	{ ACTION_SEND, K(TELEGRAM_OUT), F(VERIFIED), STATE_SENT, ALWAYS },
	{ ACTION_SEND, K(TELEGRAM_OUT), F(SENT), STAYS, ALWAYS },
	{ ACTION_CONFIRM, K(TELEGRAM_OUT), F(SENT), STATE_CONFIRMED, ALWAYS },
	{ ACTION_REGISTER, K(TELEGRAM_OUT), F(CONFIRMED), STATE_REGISTERED,
	    ALWAYS },
	{ ACTION_DECIPHER, K(TELEGRAM_IN), F(CHECKED), STATE_DECIPHERED,
	    ALWAYS },
	{ ACTION_RETURN, K(TELEGRAM_IN), F(DECIPHERED), STATE_CHECKED, ALWAYS },
	{ ACTION_VERIFY, K(TELEGRAM_IN), F(DECIPHERED), STATE_VERIFIED,
	    ALWAYS },
	{ ACTION_NUMBER, K(TELEGRAM_IN), F(VERIFIED), STATE_NUMBERED, ALWAYS },
	{ ACTION_REGISTER, K(TELEGRAM_IN), F(NUMBERED), STATE_REGISTERED,
	    ALWAYS },
	{ ACTION_DELIVER, K(TELEGRAM_IN), F(REGISTERED), STATE_DELIVERED,
	    ALWAYS },
	{ ACTION_CLEAR, K(TELEGRAM_OUT), F(REGISTERED), STATE_CLEARED, ALWAYS },
	{ ACTION_CLEAR, K(TELEGRAM_IN), F(DELIVERED), STATE_CLEARED, ALWAYS },

	/* what comes after (3.9) */
	OWN(ACTION_EXTEND),
	OWN(ACTION_RELEVEL),
	OWN(ACTION_DECLASSIFY),
	{ ACTION_FOLLOW, K(IN), LIVES_IN, STAYS, SECRET },
	{ ACTION_FOLLOW, K(TELEGRAM_IN), LIVES_TELEGRAM_IN, STAYS, SECRET },
	LIFE(ACTION_EXPIRE, SECRET),
	LIFE(ACTION_PERMIT_COPY, SECRET),
	LIFE(ACTION_COPY, SECRET),
	LIFE(ACTION_HAND_OVER, ALWAYS),
	{ ACTION_RECALL, ISSUED, F(SENT), STATE_RECALLED, ALWAYS },
	{ ACTION_RECALL, K(IN), LIVES_IN, STATE_RECALLED, ALWAYS },

	/* and the ends (3.10) */
	{ ACTION_DECIDE_DESTROY, ISSUED, LIVES_ISSUED | F(RECALLED),
	    STATE_TO_DESTROY, ALWAYS },
	{ ACTION_DECIDE_DESTROY, K(IN), LIVES_IN | F(RECALLED) | F(REFUSED),
	    STATE_TO_DESTROY, ALWAYS },
	{ ACTION_DECIDE_DESTROY, K(TELEGRAM_OUT), LIVES_TELEGRAM_OUT,
	    STATE_TO_DESTROY, ALWAYS },
	{ ACTION_DECIDE_DESTROY, K(TELEGRAM_IN), LIVES_TELEGRAM_IN | F(REFUSED),
	    STATE_TO_DESTROY, ALWAYS },
	{ ACTION_STOP_DESTROY, ISSUED | K(IN) | TELEGRAMS,
	    F(TO_DESTROY) | F(WITNESSED), GOES_BACK, ALWAYS },
	{ ACTION_WITNESS, ISSUED | K(IN) | TELEGRAMS, F(TO_DESTROY),
	    STATE_WITNESSED, ALWAYS },
	{ ACTION_DESTROY, ISSUED | K(IN) | TELEGRAMS, F(WITNESSED),
	    STATE_DESTROYED, ALWAYS },
	{ ACTION_DESTROY_DANGER, ISSUED | K(IN) | TELEGRAMS, ANY_BUT_ENDS,
	    STATE_DESTROYED_UNREPORTED, SECRET },
	{ ACTION_REPORT_DANGER, ISSUED | K(IN) | TELEGRAMS,
	    F(DESTROYED_UNREPORTED), STATE_DESTROYED, ALWAYS },
	{ ACTION_CANCEL, K(OUT), DRAFTED | F(REGISTERED), STATE_CANCELLED,
	    ALWAYS },
	{ ACTION_CANCEL, K(PAPER), F(DIGITISED) | F(MARKED) | F(REGISTERED),
	    STATE_CANCELLED, ALWAYS },
	{ ACTION_CANCEL, K(IN), F(STAMPED) | F(REGISTERED), STATE_CANCELLED,
	    ALWAYS },
	{ ACTION_CANCEL, K(TELEGRAM_OUT),
	    F(DRAFT) | F(SIGNED) | F(ACCEPTED) | F(NUMBERED) | F(ENCIPHERED) |
		F(VERIFIED),
	    STATE_CANCELLED, ALWAYS },
	{ ACTION_CANCEL, K(TELEGRAM_IN), F(NUMBERED), STATE_CANCELLED, ALWAYS },
};

bool
action_moves(enum doc_state *to, enum action a, enum doc_kind kind,
    enum doc_state from, enum doc_state before, bool secret)
{
	const struct move *m;
	size_t i;

	for (i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		m = &moves[i];
		if (m->action != a || (m->kinds & 1u << kind) == 0 ||
		    (m->from & UINT32_C(1) << from) == 0 ||
		    (m->when == SECRET && !secret) ||
		    (m->when == ORDINARY && secret))
			continue;
		*to = m->to == STAYS	   ? from
		      : m->to == GOES_BACK ? before
					   : (enum doc_state)m->to;
		return *to != STATE_NONE;
	}
	return false;
}

bool
action_begins(enum doc_kind *kind, enum action a)
{
	enum doc_state to;
	unsigned k;

	for (k = DOC_OUT; k < DOC_KINDS; k++)
		if (action_moves(&to, a, (enum doc_kind)k, STATE_NONE,
			STATE_NONE, false)) {
			*kind = (enum doc_kind)k;
			return true;
		}
	return false;
}

/* ---- words --------------------------------------------------------------- */

static const struct named {
	const char *word, *name;
} doc_kinds[DOC_KINDS] = {
	[DOC_OUT] = { "out", "outgoing document" },
	[DOC_PAPER] = { "paper", "digitised paper document" },
	[DOC_IN] = { "in", "incoming document" },
	[DOC_TELEGRAM_OUT] = { "telegram-out", "outgoing telegram" },
	[DOC_TELEGRAM_IN] = { "telegram-in", "incoming telegram" },
}, doc_states[DOC_STATES] = {
	[STATE_NONE] = { "none", "not begun" },
	[STATE_DRAFT] = { "draft", "draft" },
	[STATE_PROPOSED] = { "level-proposed", "level proposed" },
	[STATE_DECIDED] = { "level-decided", "level decided" },
	[STATE_SIGNED] = { "signed", "signed" },
	[STATE_NUMBERED] = { "numbered", "numbered" },
	[STATE_MARKED] = { "marked", "level marked" },
	[STATE_SEALED] = { "agency-signed", "signed for the agency" },
	[STATE_REGISTERED] = { "registered", "registered" },
	[STATE_SENT] = { "sent", "sent" },
	[STATE_DIGITISED] = { "digitised", "digitised" },
	[STATE_ARRIVED] = { "arrived", "arrived" },
	[STATE_CHECKED] = { "checked", "checked" },
	[STATE_STAMPED] = { "stamped-in", "stamped as come in" },
	[STATE_RECEIPTED] = { "receipted", "receipt given" },
	[STATE_REFUSED] = { "refused", "refused" },
	[STATE_ASSIGNED] = { "assigned", "assigned" },
	[STATE_HANDLED] = { "handled", "handled" },
	[STATE_ACCEPTED] = { "text-accepted", "text accepted" },
	[STATE_ENCIPHERED] = { "enciphered", "enciphered" },
	[STATE_DECIPHERED] = { "deciphered", "deciphered" },
	[STATE_VERIFIED] = { "verified", "checked by a second person" },
	[STATE_CONFIRMED] = { "confirmed", "receipt has come" },
	[STATE_DELIVERED] = { "delivered", "delivered" },
	[STATE_CLEARED] = { "cleared", "clear copy seen to" },
	[STATE_RECALLED] = { "recalled", "recalled" },
	[STATE_TO_DESTROY] = { "to-destroy", "destruction decided" },
	[STATE_WITNESSED] = { "destroy-witnessed",
	    "destruction witnessed by one" },
	[STATE_DESTROYED_UNREPORTED] = { "destroyed-unreported",
	    "destroyed in danger, to be reported" },
	[STATE_DESTROYED] = { "destroyed", "destroyed" },
	[STATE_CANCELLED] = { "cancelled", "cancelled" },
};

static bool
by_word(
    unsigned *out, const struct named *of, unsigned count, struct bytes word)
{
	for (*out = 0; *out < count; (*out)++)
		if (of[*out].word != NULL && bytes_is(word, of[*out].word))
			return true;
	return false;
}

static const struct named *
kind_row(enum doc_kind k)
{
	if (k < DOC_OUT || (unsigned)k >= DOC_KINDS)
		bug("a kind of document that is none");
	return &doc_kinds[k];
}

static const struct named *
state_row(enum doc_state s)
{
	if ((unsigned)s >= DOC_STATES)
		bug("a state that is none");
	return &doc_states[s];
}

const char *
doc_kind_word(enum doc_kind k)
{
	return kind_row(k)->word;
}

const char *
doc_kind_name(enum doc_kind k)
{
	return tr(kind_row(k)->name);
}

bool
doc_kind_by_word(enum doc_kind *out, struct bytes word)
{
	unsigned i;
	const bool is = by_word(&i, doc_kinds, DOC_KINDS, word);

	if (is)
		*out = (enum doc_kind)i;
	return is;
}

const char *
doc_state_word(enum doc_state s)
{
	return state_row(s)->word;
}

const char *
doc_state_name(enum doc_state s)
{
	return tr(state_row(s)->name);
}

bool
doc_state_by_word(enum doc_state *out, struct bytes word)
{
	unsigned i;
	const bool is = by_word(&i, doc_states, DOC_STATES, word);

	if (is)
		*out = (enum doc_state)i;
	return is;
}

bool
doc_state_is_end(enum doc_state s)
{
	return s == STATE_DESTROYED || s == STATE_DESTROYED_UNREPORTED ||
	       s == STATE_CANCELLED;
}
