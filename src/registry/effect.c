/* SPDX-License-Identifier: EUPL-1.2 */
/* What a step brings about besides the document's state: numbers, lines of
 * registers, due times (docs/registry.md 4). */
#include <stdio.h>
#include <string.h>

#include "core/time.h"
#include "envelope/address.h"
#include "registry/due.h"
#include "registry/inner.h"

/* ---- numbers (docs/registry.md 4.1, 4.2) --------------------------------- */

static void
add_suffix(struct buf *series, struct bytes word)
{
	buf_u8(series, '.');
	buf_add(series, word);
}

/* docs/registry.md 4.1: the series of the document's own number. */
static enum rc
put_series(struct trying *t, int64_t at)
{
	const enum doc_kind k = t->out->kind;
	const struct bytes traffic = trying_has(t, FIELD_TRAFFIC);
	const struct bytes body = trying_has(t, FIELD_BODY);
	const struct rule_series *s = rule_series_of(t->ask->rules,
	    bytes_str(doc_kind_word(k == DOC_PAPER ? DOC_OUT : k)),
	    t->out->level > LEVEL_ORDINARY);
	struct buf word = { 0 };

	if (s == NULL)
		return fail(t->e, RC_ABSENT,
		    "docs/registry.md 4.1: the rules in force have no series "
		    "for this document");
	buf_add(&word, s->word);
	if (traffic.len > 0 && !bytes_is(traffic, "live"))
		add_suffix(&word, traffic);
	if (body.len > 0)
		add_suffix(&word, body);
	trying_put(t, FIELD_SERIES, buf_bytes(&word));
	trying_put_uint(t, FIELD_YEAR, number_year(at));
	buf_free(&word);
	t->out->number.series = trying_said(t, FIELD_SERIES);
	t->out->number.year = number_year(at);
	return RC_OK;
}

/* The last part of a desk's address. */
static struct bytes
desk_id(struct bytes desk)
{
	struct address a;

	return address_parse(&a, desk) ? a.desk : (struct bytes){ 0 };
}

/* What stands in the symbol for the agency and the office in it: as the draft
 * says, or else the office's own rules. */
static struct bytes
agency_of(const struct trying *t, const struct rule_set *office)
{
	const struct bytes said = t->d->value[FIELD_AGENCY];
	const struct rule_agency *a =
	    rule_agency(office, t->d->value[FIELD_GRAMMAR]);

	return said.len > 0 || a == NULL ? said : a->symbol;
}

static struct bytes
unit_of(const struct trying *t, const struct rule_set *office)
{
	const struct bytes said = t->d->value[FIELD_UNIT];
	const struct rule_unit *u = rule_unit(office, desk_id(t->ask->desk));

	return said.len > 0 || u == NULL ? said : u->symbol;
}

static enum rc
put_symbol(struct trying *t, uint64_t number)
{
	const struct rule_set *rules = t->ask->rules;
	const struct rule_set *office =
	    t->ask->now == NULL ? rules : t->ask->now;
	const struct rule_grammar *g =
	    rule_grammar(rules, t->d->value[FIELD_GRAMMAR]);
	const struct rule_type *type =
	    rule_type(rules, t->d->value[FIELD_TYPE]);
	struct buf symbol = { 0 };
	char text[24];
	enum rc rc;

	if (t->d->kind == DOC_TELEGRAM_OUT) {
		(void)snprintf(
		    text, sizeof(text), "%02llu", (unsigned long long)number);
		trying_put(t, FIELD_SYMBOL, bytes_str(text));
		return RC_OK;
	}
	if (t->d->kind != DOC_OUT)
		return RC_OK;
	if (g == NULL || type == NULL)
		return fail(t->e, RC_ABSENT,
		    "docs/registry.md 4.2: the rules in force do not know the "
		    "document's type or grammar any more");
	rc = rule_number_write(&symbol, g, number, type, agency_of(t, office),
	    unit_of(t, office), t->e);
	if (rc == RC_OK)
		trying_put(t, FIELD_SYMBOL, buf_bytes(&symbol));
	buf_free(&symbol);
	return rc;
}

/* The day of Vietnam's time as fields have it. */
static void
put_day(struct trying *t, int64_t at)
{
	char text[TIME_TEXT];

	time_write(text, at + INT64_C(7) * 3600);
	trying_put(t, FIELD_DATE, bytes_of(text, 10));
}

static enum rc
take_next(struct trying *t)
{
	const uint64_t n = t->ask->number == 0 ? 1 : t->ask->number;
	enum rc rc;

	if (n > NUMBER_MAX)
		return fail(t->e, RC_LIMIT,
		    "docs/registry.md 4.2: a number is at most %u", NUMBER_MAX);
	if ((rc = put_series(t, t->ask->at)) != RC_OK)
		return rc;
	t->out->number.how = NUMBER_NEXT;
	t->out->number.wanted = t->ask->number == 0;
	/* also where it is not known: that a symbol can be written of it is
	 * better known before a number is looked for */
	if (t->ask->action == ACTION_NUMBER) {
		if ((rc = put_symbol(t, n)) != RC_OK)
			return rc;
		put_day(t, t->ask->at);
	}
	trying_put_uint(t, FIELD_NUMBER, n);
	t->out->number.number = t->ask->number;
	return RC_OK;
}

static enum rc
take_given(struct trying *t)
{
	const struct bytes n = trying_said(t, FIELD_NUMBER);
	enum rc rc;

	if ((rc = put_series(t, field_day(trying_said(t, FIELD_DATE)))) !=
	    RC_OK)
		return rc;
	if (n.len > 0 && field_uint(n) > NUMBER_GIVEN_MAX)
		return fail(t->e, RC_LIMIT,
		    "docs/registry.md 4.2: a number on paper is at most %u",
		    NUMBER_GIVEN_MAX);
	if (n.len > 0) {
		t->out->number.how = NUMBER_GIVEN;
		t->out->number.number = field_uint(n);
	}
	return RC_OK;
}

static enum rc
cancel_number(struct trying *t)
{
	struct number *n = &t->out->number;
	const struct bytes *was = t->d->value;

	if (was[FIELD_NUMBER].len == 0)
		return RC_OK;
	n->how = NUMBER_CANCELLED;
	n->series = arena_add(&t->out->arena, was[FIELD_SERIES]);
	n->year = (unsigned)field_uint(was[FIELD_YEAR]);
	n->number = field_uint(was[FIELD_NUMBER]);
	n->reason = arena_add(&t->out->arena, trying_said(t, FIELD_REASON));
	return RC_OK;
}

enum rc
effect_number(struct trying *t)
{
	switch ((int)t->ask->action) {
	case ACTION_NUMBER:
	case ACTION_STAMP:
		return take_next(t);
	case ACTION_DIGITISE:
		return take_given(t);
	case ACTION_CANCEL:
		return cancel_number(t);
	default:
		return RC_OK;
	}
}

/* ---- lines (docs/registry.md 4.5) ---------------------------------------- */

static bool
is_registered(const struct trying *t)
{
	return did_last(t->d, ACTION_REGISTER) != NULL;
}

/* "a: b", or the one that is there. */
static struct bytes
joined(struct trying *t, struct bytes a, const char *between, struct bytes b)
{
	struct buf text = { 0 };
	struct bytes kept;

	buf_add(&text, a);
	if (a.len > 0 && b.len > 0)
		buf_add(&text, bytes_str(between));
	buf_add(&text, b);
	kept = arena_add(&t->out->arena, buf_bytes(&text));
	buf_free(&text);
	return kept;
}

static enum rc
line_register(struct trying *t)
{
	return line_make(t, line_book(t));
}

/* docs/registry.md 4.3: a number that is taken has a line, also where its
 * document was cancelled before it was registered. */
static enum rc
line_cancel(struct trying *t)
{
	const struct bytes reason = trying_said(t, FIELD_REASON);
	const struct bytes book = line_book(t);
	enum rc rc;

	if (t->d->value[FIELD_NUMBER].len == 0 && !is_registered(t))
		return RC_OK;
	if (is_registered(t)) {
		line_put(t, line_remark(t, book), "cancelled", reason);
		return RC_OK;
	}
	if ((rc = line_make(t, book)) == RC_OK)
		line_put(t, &t->out->lines[0], "cancelled", reason);
	return rc;
}

static enum rc
line_hand_over(struct trying *t)
{
	const struct bytes to = trying_said(t, FIELD_TO);
	const struct bytes by = trying_said(t, FIELD_SIGNED);
	struct line *l;
	enum rc rc;

	if (t->out->level > LEVEL_ORDINARY) {
		rc = line_make(t, bytes_str("hand-over"));
		if (rc == RC_OK && by.len > 0)
			line_put(t, &t->out->lines[0], "signed",
			    joined(t, by, ", ", line_time(t, t->ask->at)));
		return rc;
	}
	l = line_remark(t, line_book(t));
	line_put(t, l, "to", to);
	line_put(t, l, "passed", line_day(t, t->ask->at));
	line_put(t, l, "signed", by);
	return RC_OK;
}

static enum rc
line_copy(struct trying *t)
{
	enum rc rc = line_make(t, bytes_str("copying"));

	if (rc == RC_OK)
		line_put(t, &t->out->lines[0], "form",
		    line_choice(trying_said(t, FIELD_FORM)));
	return rc;
}

static enum rc
line_sent(struct trying *t)
{
	if (t->d->kind != DOC_TELEGRAM_OUT)
		line_put(t, line_remark(t, line_book(t)), "sent",
		    line_day(t, t->ask->at));
	return RC_OK;
}

static enum rc
line_confirm(struct trying *t)
{
	const struct bytes from = trying_said(t, FIELD_FROM);
	struct line *l;

	if (t->d->kind == DOC_TELEGRAM_OUT)
		return RC_OK;
	l = line_remark(t, line_book(t));
	if (bytes_is(trying_said(t, FIELD_OUTCOME), "refused"))
		line_put(t, l, "refused",
		    joined(t, from, ": ", trying_said(t, FIELD_REASON)));
	else
		line_put(t, l, "signed",
		    joined(t, from, ", ", line_time(t, t->ask->at)));
	return RC_OK;
}

/* The register of handling is an open one. */
static bool
is_followed(const struct trying *t)
{
	return t->out->level == LEVEL_ORDINARY &&
	       rule_register(t->ask->rules, bytes_str("handling")) != NULL;
}

static enum rc
line_assign(struct trying *t)
{
	struct line *l = line_remark(t, line_book(t));

	line_put(t, l, "to", trying_said(t, FIELD_ASSIGNEE));
	line_put(t, l, "passed", line_day(t, t->ask->at));
	if (!is_followed(t) || did_last(t->d, ACTION_ASSIGN) != NULL)
		return RC_OK;
	return line_make(t, bytes_str("handling"));
}

static enum rc
line_handle(struct trying *t)
{
	struct line *l;

	if (!is_followed(t))
		return RC_OK;
	l = line_remark(t, bytes_str("handling"));
	line_put(t, l, "progress", trying_said(t, FIELD_RESULT));
	if (trying_said(t, FIELD_REPLY).len > 0)
		line_put(t, l, "reply", t->ask->about->value[FIELD_SYMBOL]);
	return RC_OK;
}

static enum rc
line_deliver(struct trying *t)
{
	struct line *l = line_remark(t, line_book(t));

	line_put(t, l, "delivered", line_time(t, t->ask->at));
	line_put(t, l, "signed", trying_said(t, FIELD_SIGNED));
	return RC_OK;
}

static enum rc
line_clear(struct trying *t)
{
	line_put(t, line_remark(t, line_book(t)), "disposal",
	    joined(t, line_choice(trying_said(t, FIELD_DISPOSAL)), ": ",
		trying_said(t, FIELD_TO)));
	return RC_OK;
}

/* What became of it: the word of the remark, and what it says. */
static enum rc
line_life(struct trying *t, const char *word, struct bytes what)
{
	if (is_registered(t))
		line_put(t, line_remark(t, line_book(t)), word,
		    joined(t,
			joined(t, line_day(t, t->ask->at), ", ",
			    trying_said(t, FIELD_INSTRUMENT)),
			": ", what));
	return RC_OK;
}

static struct bytes
level_name_of(const struct trying *t)
{
	const struct rule_level *l = rule_level(t->ask->rules, t->out->level);

	return l == NULL ? (struct bytes){ 0 } : l->name.vi;
}

static enum rc
line_extend(struct trying *t)
{
	return line_life(
	    t, "extended", line_day(t, field_day(trying_said(t, FIELD_UNTIL))));
}

static enum rc
line_follow(struct trying *t)
{
	const struct bytes act = trying_said(t, FIELD_ACT);

	if (bytes_is(act, "extended"))
		return line_extend(t);
	if (bytes_is(act, "declassified"))
		return line_life(t, "declassified", bytes_str(""));
	return line_life(t, "relevelled", level_name_of(t));
}

static enum rc
line_relevel(struct trying *t)
{
	return line_life(t, "relevelled", level_name_of(t));
}

static enum rc
line_declassify(struct trying *t)
{
	return line_life(t, "declassified", trying_said(t, FIELD_REASON));
}

static enum rc
line_recall(struct trying *t)
{
	return line_life(t, "recalled", trying_said(t, FIELD_REASON));
}

static enum rc
line_destroy(struct trying *t)
{
	const struct bytes what = joined(t, trying_said(t, FIELD_MINUTES), ", ",
	    trying_said(t, FIELD_METHOD));
	enum rc rc;

	if (is_registered(t) || t->d->value[FIELD_NUMBER].len == 0)
		return line_life(t, "destroyed", what);
	/* docs/registry.md 4.3: in danger before it was registered */
	if ((rc = line_make(t, line_book(t))) == RC_OK)
		line_put(t, &t->out->lines[0], "destroyed",
		    joined(t, line_day(t, t->ask->at), ": ", what));
	return rc;
}

static enum rc (*const lines[ACTIONS])(struct trying *t) = {
	[ACTION_REGISTER] = line_register,
	[ACTION_CANCEL] = line_cancel,
	[ACTION_HAND_OVER] = line_hand_over,
	[ACTION_COPY] = line_copy,
	[ACTION_SEND] = line_sent,
	[ACTION_CONFIRM] = line_confirm,
	[ACTION_ASSIGN] = line_assign,
	[ACTION_HANDLE] = line_handle,
	[ACTION_DELIVER] = line_deliver,
	[ACTION_CLEAR] = line_clear,
	[ACTION_EXTEND] = line_extend,
	[ACTION_RELEVEL] = line_relevel,
	[ACTION_DECLASSIFY] = line_declassify,
	[ACTION_EXPIRE] = line_declassify,
	[ACTION_FOLLOW] = line_follow,
	[ACTION_RECALL] = line_recall,
	[ACTION_DESTROY] = line_destroy,
	[ACTION_DESTROY_DANGER] = line_destroy,
};

enum rc
effect_lines(struct trying *t)
{
	return lines[t->ask->action] == NULL ? RC_OK : lines[t->ask->action](t);
}

/* ---- due times (docs/registry.md 4.6) ------------------------------------ */

/* What is due of a document in a state, and since which step. */
static const struct next_due {
	enum doc_kind kind;
	enum doc_state state;
	enum action due, since;
} due_rows[] = {
	{ DOC_OUT, STATE_SIGNED, ACTION_REGISTER, ACTION_SIGN },
	{ DOC_OUT, STATE_NUMBERED, ACTION_REGISTER, ACTION_SIGN },
	{ DOC_OUT, STATE_MARKED, ACTION_REGISTER, ACTION_SIGN },
	{ DOC_OUT, STATE_SEALED, ACTION_REGISTER, ACTION_SIGN },
	{ DOC_OUT, STATE_REGISTERED, ACTION_SEND, ACTION_SIGN },
	{ DOC_PAPER, STATE_DIGITISED, ACTION_REGISTER, ACTION_DIGITISE },
	{ DOC_PAPER, STATE_MARKED, ACTION_REGISTER, ACTION_DIGITISE },
	{ DOC_PAPER, STATE_REGISTERED, ACTION_SEND, ACTION_DIGITISE },
	{ DOC_IN, STATE_ARRIVED, ACTION_REGISTER, ACTION_ARRIVE },
	{ DOC_IN, STATE_CHECKED, ACTION_REGISTER, ACTION_ARRIVE },
	{ DOC_IN, STATE_STAMPED, ACTION_REGISTER, ACTION_ARRIVE },
	{ DOC_IN, STATE_REGISTERED, ACTION_RECEIPT, ACTION_ARRIVE },
	{ DOC_TELEGRAM_OUT, STATE_SIGNED, ACTION_ENCIPHER, ACTION_SIGN },
	{ DOC_TELEGRAM_OUT, STATE_ACCEPTED, ACTION_ENCIPHER, ACTION_SIGN },
	{ DOC_TELEGRAM_OUT, STATE_NUMBERED, ACTION_ENCIPHER, ACTION_SIGN },
	{ DOC_TELEGRAM_OUT, STATE_ENCIPHERED, ACTION_SEND, ACTION_SIGN },
	{ DOC_TELEGRAM_OUT, STATE_VERIFIED, ACTION_SEND, ACTION_SIGN },
	{ DOC_TELEGRAM_IN, STATE_ARRIVED, ACTION_DECIPHER,
	    ACTION_TELEGRAM_ARRIVE },
	{ DOC_TELEGRAM_IN, STATE_CHECKED, ACTION_DECIPHER,
	    ACTION_TELEGRAM_ARRIVE },
	{ DOC_TELEGRAM_IN, STATE_DECIPHERED, ACTION_DELIVER,
	    ACTION_TELEGRAM_ARRIVE },
	{ DOC_TELEGRAM_IN, STATE_VERIFIED, ACTION_DELIVER,
	    ACTION_TELEGRAM_ARRIVE },
	{ DOC_TELEGRAM_IN, STATE_NUMBERED, ACTION_DELIVER,
	    ACTION_TELEGRAM_ARRIVE },
	{ DOC_TELEGRAM_IN, STATE_REGISTERED, ACTION_DELIVER,
	    ACTION_TELEGRAM_ARRIVE },
};

void
effect_due(struct trying *t)
{
	const struct doc_did *since;
	const struct next_due *r;
	const struct bytes set = trying_has(t, FIELD_DUE);
	const int64_t at = set.len > 0 ? field_time(set) : TIME_NEVER;
	struct doc_outcome *out = t->out;
	size_t i;

	if (out->state == STATE_DESTROYED_UNREPORTED)
		out->due = out->notice.by;
	if (out->state == STATE_RECEIPTED || out->state == STATE_ASSIGNED)
		out->due = at;
	for (i = 0; i < sizeof(due_rows) / sizeof(due_rows[0]); i++) {
		r = &due_rows[i];
		if (r->kind != out->kind || r->state != out->state)
			continue;
		since = did_last(t->d, r->since);
		out->due = due_at(t->ask->rules, r->due, out->precedence,
		    since == NULL ? t->ask->at : since->at, at);
	}
}
