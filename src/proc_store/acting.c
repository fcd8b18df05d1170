/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_store/acting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/pairs.h"
#include "core/time.h"
#include "crypto/random.h"
#include "registry/content.h"
#include "registry/doc.h"
#include "registry/due.h"
#include "rules/rules.h"

struct acting {
	struct doc doc, about;
	bool refers;
	struct doc_ask ask; /* borrows from the arena */
	struct arena arena; /* what was asked */
	struct doc_outcome out;
	struct buf statement, opening, summary;
	struct buf cells[ACTING_LINES];
	struct buf lies; /* ids: as which dispatches it lies here */
};

struct acting *
acting_new(void)
{
	struct acting *a = alloc(1, sizeof(*a));

	doc_init(&a->doc);
	doc_init(&a->about);
	return a;
}

static void
plan_free(struct acting *a)
{
	size_t i;

	doc_outcome_free(&a->out);
	a->out = (struct doc_outcome){ 0 };
	buf_free(&a->statement);
	buf_free(&a->opening);
	buf_free(&a->summary);
	for (i = 0; i < ACTING_LINES; i++)
		buf_free(&a->cells[i]);
}

void
acting_free(struct acting *a)
{
	if (a == NULL)
		return;
	plan_free(a);
	doc_free(&a->doc);
	doc_free(&a->about);
	buf_free(&a->lies);
	arena_free(&a->arena);
	free(a);
}

/* ---- what was asked ------------------------------------------------------ */

static bool
has_field(const struct action_row *row, enum field_name name)
{
	size_t i;

	for (i = 0; i < row->field_count; i++)
		if (row->fields[i].name == name)
			return true;
	return false;
}

/* Each is known, of its form, the action's, and there once. */
static enum rc
ask_fields(struct acting *a, struct bytes pairs, struct err *e)
{
	const struct action_row *row = action_row(a->ask.action);
	struct bytes name, value;
	struct field f;
	enum rc rc;

	while (pairs_next(&pairs, &name, &value)) {
		if (!field_by_word(&f.name, name) || !has_field(row, f.name))
			return fail(e, RC_INVALID,
			    "\"%s\" has no field \"%.*s\"", row->word,
			    (int)name.len, (const char *)name.p);
		f.value = value;
		if ((rc = field_check(&f, e)) != RC_OK)
			return rc;
		if (fields_get(&a->ask.fields, f.name).len > 0)
			return fail(e, RC_INVALID, "\"%.*s\" is there twice",
			    (int)name.len, (const char *)name.p);
		fields_put(&a->ask.fields, a->ask.action, f.name,
		    arena_add(&a->arena, value));
	}
	return pairs.len == 0
		   ? RC_OK
		   : fail(e, RC_INVALID, "fields that cannot be read");
}

enum rc
acting_ask(struct acting *a, const struct acting_ask *ask, struct err *e)
{
	if (!action_by_word(&a->ask.action, ask->action))
		return fail(e, RC_INVALID, "\"%.*s\" is no action",
		    (int)ask->action.len, (const char *)ask->action.p);
	a->ask.who.person = arena_add(&a->arena, ask->person);
	a->ask.who.name = arena_add(&a->arena, ask->name);
	memcpy(a->ask.who.cert, ask->cert, SHA256_SIZE);
	a->ask.who.roles = ask->roles;
	a->ask.who.clearance = ask->clearance;
	a->ask.who.is_his = ask->is_his;
	a->ask.who.ctx = ask->ctx;
	a->ask.desk = arena_add(&a->arena, ask->desk);
	a->ask.at = ask->at;
	a->ask.own_clock = ask->own_clock;
	return ask_fields(a, ask->fields, e);
}

bool
acting_begins(const struct acting *a)
{
	enum doc_kind kind;

	return action_begins(&kind, a->ask.action);
}

struct bytes
acting_said(const struct acting *a, const char *field)
{
	enum field_name name;

	return field_by_word(&name, bytes_str(field))
		   ? fields_get(&a->ask.fields, name)
		   : (struct bytes){ 0 };
}

/* What the document's last step says of where its files lie. */
static void
note_lies(struct acting *a)
{
	struct id id;

	if (content_dispatch(&id, a->doc.value[FIELD_CONTENT]))
		buf_add(&a->lies, id_bytes(&id));
	if (id_parse(&id, a->doc.value[FIELD_DISPATCH]))
		buf_add(&a->lies, id_bytes(&id));
}

enum rc
acting_step(struct acting *a, bool about, struct bytes statement,
    struct bytes opening, struct err *e)
{
	enum rc rc;

	a->refers = a->refers || about;
	rc = doc_add(about ? &a->about : &a->doc, statement, opening, e);
	if (rc == RC_OK && !about)
		note_lies(a);
	return rc;
}

enum rc
acting_whole(const struct acting *a, bool about, struct err *e)
{
	return doc_whole(about ? &a->about : &a->doc, e);
}

bool
acting_refers(struct id *out, const struct acting *a)
{
	struct bytes id = fields_get(&a->ask.fields, FIELD_ANSWERS);

	if (id.len == 0)
		id = fields_get(&a->ask.fields, FIELD_REPLY);
	return id.len > 0 && id_parse(out, id);
}

/* ---- what comes of it ---------------------------------------------------- */

/* What the lists and the search read: the document's fields as they stand. */
static void
summarise(struct acting *a)
{
	const unsigned destroys = a->out.destroys;
	int f;

	if ((destroys & DOC_DESTROY_OPENINGS) != 0)
		return;
	for (f = 0; f < FIELD_COUNT; f++) {
		if (a->doc.value[f].len == 0 ||
		    (f == FIELD_ABSTRACT &&
			(destroys & DOC_DESTROY_ABSTRACT) != 0))
			continue;
		pairs_add(&a->summary,
		    bytes_str(field_row((enum field_name)f)->word),
		    a->doc.value[f]);
	}
	/* who has to be another than the one before him: docs/registry.md 7.4 */
	pairs_add(&a->summary, bytes_str("by"),
	    a->doc.did[a->doc.steps - 1].person);
}

static void
plan_lines(struct acting_plan *out, struct acting *a)
{
	const struct line *l;
	struct acting_line *to;
	size_t i, c;

	for (i = 0; i < a->out.line_count && i < ACTING_LINES; i++) {
		l = &a->out.lines[i];
		to = &out->lines[out->line_count++];
		*to = (struct acting_line){ .remark = l->how == LINE_REMARK,
			.book = l->book,
			.year = l->year };
		for (c = 0; c < l->count; c++)
			pairs_add(
			    &a->cells[i], l->cells[c].field, l->cells[c].text);
		to->cells = buf_bytes(&a->cells[i]);
	}
}

static void
plan_number(struct acting_plan *out, const struct number *n)
{
	static const enum acting_how hows[] = {
		[NUMBER_NONE] = ACTING_NO_NUMBER,
		[NUMBER_NEXT] = ACTING_NEXT,
		[NUMBER_GIVEN] = ACTING_GIVEN,
		[NUMBER_CANCELLED] = ACTING_CANCELLED,
	};

	out->how = hows[n->how];
	out->wanted = n->wanted;
	out->series = n->series;
	out->year = n->year;
	out->number = n->number;
	out->reason = n->reason;
}

static void
plan_state(struct acting_plan *out, const struct acting *a)
{
	const struct doc_outcome *o = &a->out;

	*out = (struct acting_plan){ .kind = (unsigned)o->kind,
		.state = (unsigned)o->state,
		.level = (unsigned)o->level,
		.rank = (unsigned)o->precedence,
		.kind_word = doc_kind_word(o->kind),
		.state_word = doc_state_word(o->state),
		.due = o->due,
		.at = a->ask.at,
		.owes = o->has_notice ? doc_notice_word(o->notice.what) : NULL,
		.owes_by = o->has_notice ? o->notice.by : TIME_NEVER,
		.steps = (unsigned)a->doc.steps,
		.incoming = o->kind == DOC_IN || o->kind == DOC_TELEGRAM_IN,
		.burns = (o->destroys & DOC_DESTROY_CONTENT) != 0
			     ? buf_bytes(&a->lies)
			     : (struct bytes){ 0 },
		.destroys_abstract = (o->destroys & DOC_DESTROY_ABSTRACT) != 0,
		.destroys_openings =
		    (o->destroys & DOC_DESTROY_OPENINGS) != 0 };
	memcpy(out->previous, a->doc.last, SHA256_SIZE);
}

static enum rc
write_step(struct acting_plan *out, struct acting *a, struct err *e)
{
	uint8_t salt[STEP_SALT];
	enum rc rc;

	random_bytes(salt, sizeof(salt));
	doc_write(&a->statement, &a->opening, &a->doc, &a->ask, &a->out, salt);
	/* what it does is told by the fold alone, and both say the same */
	rc = doc_add(
	    &a->doc, buf_bytes(&a->statement), buf_bytes(&a->opening), e);
	if (rc != RC_OK)
		return rc;
	if (a->doc.state != a->out.state || a->doc.level != a->out.level)
		return fail(e, RC_INVALID,
		    "docs/registry.md 2.6: the step does something else than "
		    "it says");
	summarise(a);
	out->statement = buf_bytes(&a->statement);
	out->opening = buf_bytes(&a->opening);
	out->summary = buf_bytes(&a->summary);
	if (a->doc.value[FIELD_DISPATCH].len > 0)
		(void)id_parse(&out->dispatch, a->doc.value[FIELD_DISPATCH]);
	plan_lines(out, a);
	return RC_OK;
}

enum rc
acting_plan(struct acting_plan *out, struct acting *a,
    const struct rules *rules, const struct id *document, uint64_t number,
    struct err *e)
{
	enum rc rc;

	*out = (struct acting_plan){ 0 };
	plan_free(a);
	a->ask.document = *document;
	a->ask.now = rules_at(rules, a->ask.at);
	a->ask.rules =
	    a->doc.steps == 0 ? a->ask.now : rules_version(rules, a->doc.rules);
	a->ask.about = a->refers ? &a->about : NULL;
	if (a->doc.steps > 0) /* the desk may have another address by now */
		a->ask.desk = a->doc.desk;
	a->ask.number = number;
	if ((rc = doc_step(&a->out, &a->doc, &a->ask, e)) != RC_OK)
		return rc;
	plan_state(out, a);
	plan_number(out, &a->out.number);
	return out->wanted ? RC_OK : write_step(out, a, e);
}

/* ---- showing ------------------------------------------------------------- */

static void
add(struct buf *pairs, const char *name, struct bytes value)
{
	pairs_add(pairs, bytes_str(name), value);
}

/* A name with # before it: the value is a number. */
static void
add_number(struct buf *pairs, const char *name, int64_t n)
{
	char text[24];

	if (n == TIME_NEVER)
		return;
	(void)snprintf(text, sizeof(text), "%lld", (long long)n);
	add(pairs, name, bytes_str(text));
}

void
acting_show(struct buf *pairs, const struct acting *a)
{
	const struct doc *d = &a->doc;
	struct buf can = { 0 };
	char id[2 * ID_SIZE + 1];
	int f;

	hex_write(id, id_bytes(&d->id));
	add(pairs, "row", bytes_str("document"));
	add(pairs, "document", bytes_str(id));
	add(pairs, "kind", bytes_str(doc_kind_word(d->kind)));
	add(pairs, "state", bytes_str(doc_state_word(d->state)));
	add(pairs, "level", bytes_str(level_word(d->level)));
	add(pairs, "precedence", bytes_str(precedence_word(d->precedence)));
	add(pairs, "desk", d->desk);
	add(pairs, "rules", d->rules);
	add_number(pairs, "#begun", d->begun);
	add_number(pairs, "#changed", d->at);
	for (f = 0; f < FIELD_COUNT; f++)
		if (d->value[f].len > 0 && f != FIELD_LEVEL &&
		    f != FIELD_PRECEDENCE)
			add(pairs, field_row((enum field_name)f)->word,
			    d->value[f]);
	for (f = ACTION_DRAFT; f < ACTIONS; f++) {
		if (!doc_can(d, (enum action)f))
			continue;
		if (can.len > 0)
			buf_u8(&can, ' ');
		buf_add(&can, bytes_str(action_row((unsigned)f)->word));
	}
	add(pairs, "can", buf_bytes(&can));
	buf_free(&can);
}

enum rc
acting_show_step(struct buf *pairs, struct bytes statement,
    struct bytes opening, struct err *e)
{
	struct fields fields = { 0 };
	struct step s;
	enum rc rc;
	size_t i;

	if ((rc = step_read(&s, statement, e)) != RC_OK)
		return rc;
	if (opening.len > 0 &&
	    (rc = opening_read(&fields, s.action, opening, e)) != RC_OK)
		return rc;
	add(pairs, "row", bytes_str("step"));
	add_number(pairs, "#step", (int64_t)s.number);
	add_number(pairs, "#at", s.at);
	add(pairs, "action", bytes_str(action_row(s.action)->word));
	add(pairs, "person", s.person);
	add(pairs, "role", bytes_str(role_word(s.role)));
	if (opening.len == 0)
		add(pairs, "destroyed", bytes_str("yes"));
	for (i = 0; i < fields.count; i++)
		add(pairs, field_row(fields.of[i].name)->word,
		    fields.of[i].value);
	return RC_OK;
}

bool
acting_describes(struct bytes statement)
{
	struct step s;
	struct err e;

	return step_read(&s, statement, &e) == RC_OK &&
	       s.action == ACTION_DESCRIBE;
}

const char *
acting_kind_word(unsigned kind)
{
	return kind == 0 || kind >= DOC_KINDS
		   ? ""
		   : doc_kind_word((enum doc_kind)kind);
}

const char *
acting_state_word(unsigned state)
{
	return state == 0 || state >= DOC_STATES
		   ? ""
		   : doc_state_word((enum doc_state)state);
}

bool
acting_filter(uint32_t *kinds, uint64_t *states, struct bytes word)
{
	enum doc_state state;
	enum doc_kind kind;

	if (doc_kind_by_word(&kind, word)) {
		*kinds = UINT32_C(1) << kind;
		return true;
	}
	if (!doc_state_by_word(&state, word))
		return false;
	*states = UINT64_C(1) << state;
	return true;
}

bool
acting_state_is_end(unsigned state)
{
	return doc_state_is_end((enum doc_state)state);
}

uint64_t
acting_open_states(void)
{
	uint64_t states = 0;
	unsigned s;

	/* what is destroyed in danger has its report to come */
	for (s = 1; s < DOC_STATES; s++)
		if (!doc_state_is_end((enum doc_state)s) ||
		    s == STATE_DESTROYED_UNREPORTED)
			states |= UINT64_C(1) << s;
	return states;
}

/* ---- how long it took ---------------------------------------------------- */

static const enum action ends[] = {
	[DOC_OUT] = ACTION_REGISTER,
	[DOC_PAPER] = ACTION_REGISTER,
	[DOC_IN] = ACTION_REGISTER,
	[DOC_TELEGRAM_OUT] = ACTION_SEND,
	[DOC_TELEGRAM_IN] = ACTION_DELIVER,
};

enum rc
acting_time(struct acting_times *t, unsigned kind, struct bytes statement,
    struct err *e)
{
	struct step step;
	enum rc rc = step_read(&step, statement, e);

	if (rc != RC_OK || kind == 0 || kind >= sizeof(ends) / sizeof(ends[0]))
		return rc;
	if (step.action == ACTION_SIGN ||
	    (step.number == 0 && kind != DOC_OUT && kind != DOC_TELEGRAM_OUT))
		t->began = step.at;
	if (step.action == ends[kind] && t->done == TIME_NEVER)
		t->done = step.at;
	return RC_OK;
}

int64_t
acting_due(const struct rules *rules, unsigned kind, enum precedence p,
    int64_t began, int64_t set)
{
	const struct rule_set *s = rules_at(rules, began);

	if (s == NULL || kind == 0 || kind >= sizeof(ends) / sizeof(ends[0]))
		return TIME_NEVER;
	return due_at(s, ends[kind], p, began, set);
}
