/* SPDX-License-Identifier: EUPL-1.2 */
#include "registry/doc.h"

#include <stdlib.h>
#include <string.h>

#include "core/lang.h"
#include "core/time.h"
#include "core/vec.h"
#include "registry/inner.h"

/* ---- the fold (docs/registry.md 2.6) ------------------------------------- */

void
doc_init(struct doc *d)
{
	*d = (struct doc){ .expires = TIME_NEVER };
}

void
doc_free(struct doc *d)
{
	free(d->did);
	arena_free(&d->arena);
	doc_init(d);
}

bool
doc_is_secret(const struct doc *d)
{
	return d->level > LEVEL_ORDINARY;
}

bool
doc_can(const struct doc *d, enum action a)
{
	enum doc_kind kind = d->kind;
	enum doc_state to;

	if (d->steps == 0)
		return action_begins(&kind, a);
	return action_moves(
	    &to, a, kind, d->state, d->before, doc_is_secret(d));
}

enum level
level_after(const struct doc *d, enum action a, const struct fields *f)
{
	const struct bytes said = fields_get(f, FIELD_LEVEL);
	const enum level l = said.len == 0 ? d->level : field_level(said);

	if (a == ACTION_DECLASSIFY || a == ACTION_EXPIRE ||
	    (a == ACTION_FOLLOW &&
		bytes_is(fields_get(f, FIELD_ACT), "declassified")))
		return LEVEL_ORDINARY;
	/* what is proposed protects at once, and loosens nothing */
	if (a == ACTION_PROPOSE_LEVEL && d->level > l)
		return d->level;
	return l;
}

/* It is the document's next step, as far as that can be told without what was
 * written in it. */
static enum rc
follows(enum doc_kind *kind, enum doc_state *to, const struct doc *d,
    const struct step *s, struct err *e)
{
	const char *why = NULL;

	*kind = d->kind;
	if (s->number != d->steps)
		why = "another number than the next";
	else if (memcmp(s->previous, d->last, SHA256_SIZE) != 0)
		why = "it follows another step";
	else if (s->number > 0 && !id_eq(&s->document, &d->id))
		why = "it is of another document";
	else if (s->number > 0 && !bytes_eq(s->desk, d->desk))
		why = "it is of another desk";
	else if (s->at < d->at)
		why = "it was made before the last";
	else if (s->number == 0 && !action_begins(kind, s->action))
		why = "it begins no document";
	else if (!action_moves(to, s->action, *kind, d->state, d->before,
		     doc_is_secret(d)))
		why = "there is no such move";
	if (why == NULL)
		return RC_OK;
	return fail(e, RC_INVALID, "docs/registry.md 2.6: step %u: %s",
	    (unsigned)s->number, tr(why));
}

/* Read what was written in it, and hold it to the statement. */
static enum rc
opened(struct fields *f, const struct doc *d, const struct step *s,
    struct bytes opening, struct err *e)
{
	uint8_t commitment[SHA256_SIZE];
	enum rc rc;

	f->count = 0;
	if (opening.len == 0)
		return RC_OK;
	opening_commit(commitment, opening);
	if (memcmp(commitment, s->commitment, SHA256_SIZE) != 0)
		return fail(e, RC_INVALID,
		    "docs/registry.md 2.3: step %u: its opening is not what "
		    "was committed to",
		    (unsigned)s->number);
	if ((rc = opening_read(f, s->action, opening, e)) != RC_OK)
		return rc;
	if (level_after(d, s->action, f) != s->level)
		return fail(e, RC_INVALID,
		    "docs/registry.md 2.6: step %u: a level that its fields do "
		    "not say",
		    (unsigned)s->number);
	return RC_OK;
}

/* Their fields say nothing of the document itself. */
static bool
keeps_apart(enum action a)
{
	return a == ACTION_PERMIT_COPY || a == ACTION_COPY ||
	       a == ACTION_CONFIRM || a == ACTION_HAND_OVER ||
	       a == ACTION_RECEIPT || a == ACTION_REPORT_DANGER ||
	       a == ACTION_REFUSE;
}

static void
take_fields(struct doc *d, const struct step *s, const struct fields *f)
{
	struct bytes v;
	size_t i;

	for (i = 0; i < f->count && !keeps_apart(s->action); i++)
		d->value[f->of[i].name] = arena_add(&d->arena, f->of[i].value);
	if ((v = fields_get(f, FIELD_PRECEDENCE)).len > 0)
		d->precedence = field_precedence(v);
	if ((v = fields_get(f, FIELD_EXPIRES)).len > 0)
		d->expires = field_time(v);
	if (d->level == LEVEL_ORDINARY)
		d->expires = TIME_NEVER;
	if (s->action == ACTION_PERMIT_COPY && f->count > 0) {
		d->permitted = field_uint(fields_get(f, FIELD_COPIES));
		d->permitted_to =
		    arena_add(&d->arena, fields_get(f, FIELD_RECIPIENTS));
		d->permitted_by = arena_add(&d->arena, s->person);
		d->permitted_form =
		    arena_add(&d->arena, fields_get(f, FIELD_FORM));
	}
	if (s->action == ACTION_COPY && f->count > 0) {
		const uint64_t made = field_uint(fields_get(f, FIELD_MADE));
		const uint64_t bad = field_uint(fields_get(f, FIELD_SPOILED));

		d->copies += made > bad ? made - bad : 0;
		d->permitted = 0;
	}
}

enum rc
doc_add(
    struct doc *d, struct bytes statement, struct bytes opening, struct err *e)
{
	enum doc_state to = STATE_NONE;
	struct doc_did *did;
	enum doc_kind kind;
	struct fields f;
	struct step s;
	enum rc rc;

	if ((rc = step_read(&s, statement, e)) != RC_OK ||
	    (rc = follows(&kind, &to, d, &s, e)) != RC_OK ||
	    (rc = opened(&f, d, &s, opening, e)) != RC_OK)
		return rc;
	if (d->steps == 0) {
		d->id = s.document;
		d->kind = kind;
		d->desk = arena_add(&d->arena, s.desk);
		d->rules = arena_add(&d->arena, s.rules);
		d->begun = s.at;
	}
	if (s.action == ACTION_DECIDE_DESTROY)
		d->before = d->state;
	else if (to != STATE_WITNESSED)
		d->before = STATE_NONE;
	d->state = to;
	d->level = s.level;
	d->at = s.at;
	d->did = vec_more(d->did, d->steps, sizeof(*d->did));
	did = &d->did[d->steps++];
	did->action = s.action;
	did->person = arena_add(&d->arena, s.person);
	memcpy(did->cert, s.cert, SHA256_SIZE);
	did->name = arena_add(&d->arena, fields_get(&f, FIELD_NAME));
	did->role = s.role;
	did->at = s.at;
	did->destroyed = opening.len == 0;
	take_fields(d, &s, &f);
	step_hash(d->last, statement);
	return RC_OK;
}

enum rc
doc_whole(const struct doc *d, struct err *e)
{
	uint64_t i;

	if (d->state == STATE_DESTROYED ||
	    d->state == STATE_DESTROYED_UNREPORTED)
		return RC_OK;
	for (i = 0; i < d->steps; i++)
		if (d->did[i].destroyed && d->did[i].action != ACTION_DESCRIBE)
			return fail(e, RC_INVALID,
			    "docs/registry.md 2.7: step %u has no opening, and "
			    "the document is not destroyed",
			    (unsigned)i);
	return RC_OK;
}

enum rc
doc_fold(
    struct doc *out, const struct doc_steps *steps, size_t count, struct err *e)
{
	enum rc rc = RC_OK;
	size_t i;

	doc_init(out);
	for (i = 0; i < count && rc == RC_OK; i++)
		rc = doc_add(out, steps[i].statement, steps[i].opening, e);
	return rc == RC_OK ? doc_whole(out, e) : rc;
}

/* ---- the next step (docs/registry.md 3.2) -------------------------------- */

struct bytes
trying_said(const struct trying *t, enum field_name f)
{
	return fields_get(&t->out->fields, f);
}

struct bytes
trying_has(const struct trying *t, enum field_name f)
{
	const struct bytes said = trying_said(t, f);

	return said.len > 0 && !keeps_apart(t->ask->action) ? said
							    : t->d->value[f];
}

void
trying_put(struct trying *t, enum field_name f, struct bytes text)
{
	fields_put(&t->out->fields, t->ask->action, f,
	    arena_add(&t->out->arena, text));
}

const struct doc_did *
did_last(const struct doc *d, enum action a)
{
	uint64_t i;

	for (i = d->steps; i > 0; i--)
		if (d->did[i - 1].action == a)
			return &d->did[i - 1];
	return NULL;
}

enum rc
trying_refuse(const struct trying *t, const char *why)
{
	/* the law's own words, whoever reads them */
	const struct bytes cite = t->rule->cite.vi;

	return fail(t->e, RC_DENIED, "\"%s\": %s (the rule: %.*s)",
	    t->row->word, tr(why), (int)cite.len, (const char *)cite.p);
}

/* The fields are the action's own, and none that is the system's. */
static enum rc
fields_asked(const struct trying *t)
{
	const struct fields *f = &t->ask->fields;
	size_t i, j;

	for (i = 0; i < t->row->field_count; i++)
		for (j = 0; j < f->count; j++)
			if (f->of[j].name == t->row->fields[i].name &&
			    (t->row->fields[i].how & BY_SYSTEM) != 0)
				return fail(t->e, RC_INVALID,
				    "docs/registry.md 3.4: \"%s\" is for the "
				    "system to say",
				    field_row(f->of[j].name)->word);
	return fields_check(t->ask->action, f, t->e);
}

/* docs/registry.md 2.9: for these there is room also at a document of very many
 * steps. */
static bool
ends_it(enum action a)
{
	return a == ACTION_DECIDE_DESTROY || a == ACTION_WITNESS ||
	       a == ACTION_DESTROY || a == ACTION_DESTROY_DANGER ||
	       a == ACTION_REPORT_DANGER || a == ACTION_CANCEL;
}

/* docs/registry.md 3.3: there is a move. */
static enum rc
in_order(struct trying *t)
{
	const struct doc *d = t->d;
	const enum action a = t->ask->action;
	struct doc_outcome *out = t->out;

	out->kind = d->kind;
	if (d->steps >= STEP_NUMBERS - (ends_it(a) ? 0 : STEP_ENDING))
		return fail(t->e, RC_LIMIT,
		    "docs/registry.md 2.2: a document has at most %u steps",
		    STEP_NUMBERS - STEP_ENDING);
	if (d->steps == 0 && !action_begins(&out->kind, a))
		return trying_refuse(t, "nothing has been begun");
	if (!action_moves(&out->state, a, out->kind, d->state, d->before,
		doc_is_secret(d))) {
		const struct bytes cite = t->rule->cite.vi;

		return fail(t->e, RC_DENIED,
		    "\"%s\" is out of order: this is: %s, %s, %s (the rule: "
		    "%.*s)",
		    t->row->word, doc_kind_name(out->kind),
		    doc_state_name(d->state), level_name(d->level),
		    (int)cite.len, (const char *)cite.p);
	}
	return RC_OK;
}

/* docs/registry.md 3.5: under whatever name and key he did it. */
static bool
is_he(const struct doc_did *did, const struct doc_who *who)
{
	return bytes_eq(did->person, who->person) ||
	       memcmp(did->cert, who->cert, SHA256_SIZE) == 0 ||
	       (who->is_his != NULL && who->is_his(who->ctx, did->cert));
}

/* Not both by one person, nor both under one key. */
static bool
did_either(const struct doc *d, enum action a, const struct doc_who *who)
{
	uint64_t i;

	for (i = 0; i < d->steps; i++)
		if (d->did[i].action == a && is_he(&d->did[i], who))
			return true;
	return false;
}

/* Refused whatever he says. */
static enum rc
refuse_him(const struct trying *t, enum err_of of, enum rc rc)
{
	return rc == RC_OK ? RC_OK : fail_of(t->e, of);
}

static enum rc
another_person(const struct trying *t)
{
	enum action a;
	size_t i;
	unsigned n;

	for (n = ACTION_DRAFT; n < ACTIONS; n++)
		if ((t->row->apart >> n & 1) != 0 &&
		    did_either(t->d, (enum action)n, &t->ask->who))
			return trying_refuse(
			    t, "another person, under another key, is needed");
	for (i = 0; i < t->rule->differs_count; i++)
		if (action_by_word(&a, t->rule->differs[i]) &&
		    did_either(t->d, a, &t->ask->who))
			return trying_refuse(
			    t, "another person, under another key, is needed");
	return RC_OK;
}

/* docs/registry.md 3.5: who may. */
static enum rc
may(struct trying *t)
{
	const struct doc_who *who = &t->ask->who;
	const unsigned roles = who->roles & t->rule->roles;
	const enum level level =
	    t->out->level > t->d->level ? t->out->level : t->d->level;
	unsigned r;
	enum rc rc;

	if (roles == 0)
		return refuse_him(t, ERR_OF_ROLE,
		    trying_refuse(t, "none of your roles at this desk may"));
	for (r = 0; (roles >> r & 1) == 0; r++)
		;
	t->out->role = (enum role)r;
	if (who->clearance < level)
		return refuse_him(t, ERR_OF_PERSON,
		    trying_refuse(t, "it is above your clearance"));
	if ((rc = another_person(t)) != RC_OK)
		return refuse_him(t, ERR_OF_PERSON, rc);
	if (!rule_may(t->ask->now == NULL ? t->ask->rules : t->ask->now,
		bytes_str(t->row->word), level, who->person, t->ask->at))
		return refuse_him(t, ERR_OF_PERSON,
		    trying_refuse(t,
			"your position has no authority for it at this "
			"level"));
	return RC_OK;
}

static enum rc
start(struct trying *t)
{
	t->row = action_row(t->ask->action);
	if (t->row == NULL)
		return fail(t->e, RC_INVALID,
		    "docs/registry.md 3.4: there is no such action");
	if (t->ask->rules == NULL)
		return fail(t->e, RC_ABSENT,
		    "docs/registry.md 3.2: no rules are in force then");
	t->rule = rule_action(t->ask->rules, bytes_str(t->row->word));
	if (t->rule == NULL)
		return fail(t->e, RC_ABSENT,
		    "docs/registry.md 3.2: the rules in force have no action "
		    "\"%s\"",
		    t->row->word);
	if (t->ask->at < t->d->at)
		return fail(t->e, RC_EXPIRED,
		    "docs/registry.md 2.6: it is before the document's last "
		    "step: is the clock of this machine right?");
	return RC_OK;
}

/* The order is known before the level that the fields say: those are read only
 * where they are of this action. */
static enum rc
think(struct trying *t)
{
	struct doc_outcome *out = t->out;
	struct bytes v;
	enum rc rc;

	if ((rc = start(t)) != RC_OK || (rc = fields_asked(t)) != RC_OK ||
	    (rc = in_order(t)) != RC_OK)
		return rc;
	out->fields = t->ask->fields;
	out->level = level_after(t->d, t->ask->action, &out->fields);
	out->precedence = t->d->precedence;
	if ((v = trying_said(t, FIELD_PRECEDENCE)).len > 0)
		out->precedence = field_precedence(v);
	if ((rc = may(t)) != RC_OK || (rc = check_action(t)) != RC_OK ||
	    (rc = effect_number(t)) != RC_OK)
		return rc;
	effect_due(t);
	if (out->number.wanted)
		return RC_OK;
	if ((rc = effect_lines(t)) != RC_OK)
		return rc;
	return fields_check(t->ask->action, &out->fields, t->e);
}

enum rc
doc_step(struct doc_outcome *out, const struct doc *d,
    const struct doc_ask *ask, struct err *e)
{
	struct trying t = { .out = out, .d = d, .ask = ask, .e = e };
	enum rc rc;

	*out = (struct doc_outcome){ .due = TIME_NEVER };
	if ((rc = think(&t)) != RC_OK)
		doc_outcome_free(out);
	return rc;
}

void
doc_outcome_free(struct doc_outcome *o)
{
	arena_free(&o->arena);
	*o = (struct doc_outcome){ .due = TIME_NEVER };
}

void
doc_write(struct buf *statement, struct buf *opening, const struct doc *d,
    const struct doc_ask *ask, const struct doc_outcome *o,
    const uint8_t salt[static STEP_SALT])
{
	struct step s = {
		.document = d->steps == 0 ? ask->document : d->id,
		.number = d->steps,
		.at = ask->at,
		.own_clock = ask->own_clock,
		.action = ask->action,
		.person = ask->who.person,
		.desk = ask->desk,
		.role = o->role,
		.level = o->level,
		.rules = ask->rules->version,
	};

	if (o->number.wanted)
		bug("a step whose number is not known");
	memcpy(s.previous, d->last, SHA256_SIZE);
	memcpy(s.cert, ask->who.cert, SHA256_SIZE);
	opening_write(opening, salt, ask->action, &o->fields);
	opening_commit(s.commitment, buf_bytes(opening));
	step_write(statement, &s);
}

static const char *const notices[] = {
	[NOTICE_EXTENDED] = "extended",
	[NOTICE_RELEVELLED] = "relevelled",
	[NOTICE_DECLASSIFIED] = "declassified",
	[NOTICE_RECALLED] = "recalled",
	[NOTICE_REFUSED] = "refused",
	[NOTICE_DESTROYED] = "destroyed-in-danger",
};

const char *
doc_notice_word(enum doc_notice_what w)
{
	if ((unsigned)w >= sizeof(notices) / sizeof(notices[0]))
		bug("a notice that is none");
	return notices[w];
}
