/* SPDX-License-Identifier: EUPL-1.2 */
/* What each action holds to beyond order and persons (docs/registry.md 3.6 to
 * 3.10), and the fields that the system adds to it. */
#include <stdio.h>
#include <string.h>

#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "registry/due.h"
#include "registry/inner.h"

/* ---- what checks share --------------------------------------------------- */

void
trying_put_uint(struct trying *t, enum field_name f, uint64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	trying_put(t, f, bytes_str(text));
}

void
trying_put_time(struct trying *t, enum field_name f, int64_t at)
{
	char text[TIME_TEXT];

	time_write(text, at);
	trying_put(t, f, bytes_str(text));
}

enum rc
trying_contradicts(const struct trying *t, const char *why)
{
	return fail(t->e, RC_INVALID, "\"%s\": %s", t->row->word, tr(why));
}

bool
trying_is_secret(const struct trying *t)
{
	return t->out->level > LEVEL_ORDINARY;
}

static bool
is_telegram(enum doc_kind k)
{
	return k == DOC_TELEGRAM_OUT || k == DOC_TELEGRAM_IN;
}

/* The level itself as this step says it; else the document's. */
enum level
trying_level(const struct trying *t)
{
	const struct bytes said = trying_said(t, FIELD_LEVEL);

	return said.len > 0 ? field_level(said) : t->out->level;
}

void
trying_owe(struct trying *t, enum doc_notice_what what, const char *due)
{
	const struct rule_due *row =
	    rule_due(t->ask->rules, bytes_str(due), t->out->precedence);

	t->out->has_notice = true;
	t->out->notice.what = what;
	t->out->notice.by = row == NULL ? TIME_NEVER
					: rule_due_time(t->ask->rules, row,
					      t->ask->at, TIME_NEVER);
}

/* From when on protection lasts, and until when at the most. */
enum rc
trying_put_expiry(struct trying *t, int64_t from)
{
	const struct bytes said = trying_said(t, FIELD_UNTIL);
	const int64_t until = said.len > 0 ? field_day(said) : TIME_NEVER;
	const enum level l = t->out->level;
	int64_t end;

	if (l == LEVEL_ORDINARY)
		return said.len == 0
			   ? RC_OK
			   : trying_contradicts(t,
				 "what is ordinary has no term of protection");
	end = due_expiry(t->ask->rules, l, from, TIME_NEVER);
	if (until != TIME_NEVER &&
	    (until + TIME_DAY <= t->ask->at || until >= end))
		return trying_refuse(t,
		    "its protection may end earlier than the level's term, and "
		    "not before now");
	end = due_expiry(t->ask->rules, l, from, until);
	if (end != TIME_NEVER)
		trying_put_time(t, FIELD_EXPIRES, end);
	return RC_OK;
}

/* docs/registry.md 3.6: nothing is secret that the catalogue does not name. */
enum rc
trying_catalogued(const struct trying *t)
{
	const bool secret = trying_level(t) > LEVEL_ORDINARY;

	if (secret && trying_has(t, FIELD_CATALOGUE).len == 0)
		return trying_refuse(t,
		    "a level needs the item of the catalogue of state secrets "
		    "it rests on: \"catalogue\"");
	if (!secret && trying_said(t, FIELD_CATALOGUE).len > 0)
		return trying_contradicts(
		    t, "what is ordinary is no item of the catalogue");
	return RC_OK;
}

/* ---- answers (docs/registry.md 3.7, 3.8) --------------------------------- */

enum level
answer_floor(const struct doc *about, enum doc_kind answer)
{
	/* enciphered: what answers in the clear would betray it */
	if (is_telegram(about->kind) && !is_telegram(answer) &&
	    about->level < LEVEL_MAT)
		return LEVEL_MAT;
	return about->level;
}

static enum rc
about_is(const struct trying *t, enum field_name f)
{
	uint8_t id[ID_SIZE];
	const struct doc *about = t->ask->about;

	if (about == NULL || !hex_parse(id, sizeof(id), trying_said(t, f)) ||
	    memcmp(id, about->id.b, ID_SIZE) != 0)
		return fail(t->e, RC_ABSENT,
		    "docs/registry.md 3.7: the document that \"%s\" names is "
		    "not here",
		    field_row(f)->word);
	return RC_OK;
}

/* It is not below what it answers. */
static enum rc
above_floor(const struct trying *t)
{
	const struct bytes floor = trying_has(t, FIELD_FLOOR);

	if (floor.len > 0 && trying_level(t) < field_level(floor))
		return trying_refuse(t,
		    "what answers a secret or an enciphered text is protected "
		    "as that is: choose a level that is not below it");
	return RC_OK;
}

/* ---- beginnings ---------------------------------------------------------- */

static enum rc
known_type(const struct trying *t)
{
	const struct bytes word = trying_said(t, FIELD_TYPE);
	const struct bytes grammar = trying_said(t, FIELD_GRAMMAR);
	const struct rule_type *type;

	if (grammar.len > 0 && rule_grammar(t->ask->rules, grammar) == NULL)
		return fail(t->e, RC_ABSENT,
		    "the rules in force have no grammar \"%.*s\"",
		    (int)grammar.len, (const char *)grammar.p);
	if (word.len == 0)
		return RC_OK;
	type = rule_type(t->ask->rules, word);
	if (type == NULL || type->copy)
		return fail(t->e, RC_ABSENT,
		    "the rules in force have no type of document \"%.*s\"",
		    (int)word.len, (const char *)word.p);
	return RC_OK;
}

static enum rc
due_fits(const struct trying *t)
{
	const struct bytes due = trying_said(t, FIELD_DUE);

	if (due.len > 0 && field_time(due) < t->ask->at)
		return trying_contradicts(t, "it would be due before now");
	if (due.len == 0 && t->out->precedence == PRECEDENCE_HOA_TOC_HEN_GIO)
		return trying_contradicts(
		    t, "hoa-toc-hen-gio needs its time: \"due\"");
	return RC_OK;
}

static enum rc
check_begin(struct trying *t)
{
	enum rc rc;

	if ((rc = known_type(t)) != RC_OK)
		return rc;
	return t->ask->action == ACTION_DIGITISE ? RC_OK : due_fits(t);
}

static enum rc
check_draft(struct trying *t)
{
	enum level floor;
	enum rc rc;

	if ((rc = check_begin(t)) != RC_OK)
		return rc;
	if (trying_said(t, FIELD_ANSWERS).len == 0)
		return RC_OK;
	if ((rc = about_is(t, FIELD_ANSWERS)) != RC_OK)
		return rc;
	floor = answer_floor(t->ask->about, t->out->kind);
	trying_put(t, FIELD_FLOOR, bytes_str(level_word(floor)));
	return above_floor(t);
}

/* The day of the document, or of this step. */
static int64_t
decided_on(const struct trying *t)
{
	const struct bytes date = trying_said(t, FIELD_DATE);

	return date.len > 0 ? field_day(date) : t->ask->at;
}

static enum rc
check_come(struct trying *t)
{
	const struct bytes until = trying_said(t, FIELD_UNTIL);
	enum rc rc;

	if ((rc = check_begin(t)) != RC_OK)
		return rc;
	if (decided_on(t) > t->ask->at)
		return trying_contradicts(t, "its date is yet to come");
	/* what comes may have been extended already: its sender knows */
	if (t->out->kind != DOC_PAPER && trying_is_secret(t) && until.len > 0) {
		trying_put_time(t, FIELD_EXPIRES, field_day(until) + TIME_DAY);
		return RC_OK;
	}
	return trying_put_expiry(t, decided_on(t));
}

/* ---- drafts and levels --------------------------------------------------- */

static enum rc
check_propose(struct trying *t)
{
	const struct bytes until = trying_said(t, FIELD_UNTIL);
	enum rc rc;

	if ((rc = trying_catalogued(t)) != RC_OK ||
	    (rc = above_floor(t)) != RC_OK)
		return rc;
	if (until.len > 0 && (trying_level(t) == LEVEL_ORDINARY ||
				 field_day(until) + TIME_DAY <= t->ask->at))
		return trying_contradicts(t,
		    "a term of protection is a secret document's, and ends "
		    "after today");
	abstract_drop(t);
	return RC_OK;
}

static enum rc
check_decide(struct trying *t)
{
	enum rc rc;

	if ((rc = trying_catalogued(t)) != RC_OK ||
	    (rc = above_floor(t)) != RC_OK)
		return rc;
	abstract_drop(t);
	return trying_put_expiry(t, t->ask->at);
}

static enum rc
same_content(struct trying *t)
{
	if (!bytes_eq(
		trying_said(t, FIELD_CONTENT), t->d->value[FIELD_CONTENT]))
		return trying_refuse(t,
		    "\"content\" is not what lies here now: read the document "
		    "again");
	return RC_OK;
}

static enum rc
check_sign(struct trying *t)
{
	enum rc rc;

	if ((rc = same_content(t)) != RC_OK)
		return rc;
	if (t->d->kind == DOC_OUT &&
	    (trying_said(t, FIELD_LEVEL).len > 0 ||
		trying_said(t, FIELD_PRECEDENCE).len > 0 ||
		trying_said(t, FIELD_CATALOGUE).len > 0 ||
		trying_said(t, FIELD_UNTIL).len > 0))
		return trying_contradicts(
		    t, "only of a telegram is the level set in signing");
	if (t->d->kind == DOC_TELEGRAM_OUT) {
		if ((rc = trying_catalogued(t)) != RC_OK ||
		    (rc = trying_put_expiry(t, t->ask->at)) != RC_OK)
			return rc;
	}
	trying_put(t, FIELD_SIGNER, t->ask->who.name);
	return above_floor(t);
}

/* Every one of these is among the recipients that were decided. */
static bool
are_recipients(const struct trying *t)
{
	struct bytes list = trying_said(t, FIELD_RECIPIENTS), item;
	struct bytes known, other;
	bool found;

	while (field_item(&item, &list)) {
		known = t->d->value[FIELD_RECIPIENTS];
		for (found = false; !found && field_item(&other, &known);)
			found = bytes_eq(item, other);
		if (!found)
			return false;
	}
	return true;
}

static enum rc
check_register(struct trying *t)
{
	const bool named = t->d->value[FIELD_NAMED].len > 0;

	if (is_telegram(t->d->kind))
		return RC_OK;
	if (t->d->kind != DOC_IN && trying_has(t, FIELD_RECIPIENTS).len == 0)
		return trying_contradicts(
		    t, "to whom does it go? Say \"recipients\"");
	if (trying_is_secret(t) && t->d->kind == DOC_OUT && !are_recipients(t))
		return trying_refuse(
		    t, "it goes to those whom the authority decided on");
	if (!named && trying_has(t, FIELD_ABSTRACT).len == 0 &&
	    abstract_of(t, t->d->level) == RULE_ABSTRACT_FREE)
		return trying_refuse(
		    t, "its abstract is wanted first: \"describe\"");
	return abstract_is_open(t);
}

static enum rc
check_send(struct trying *t)
{
	if (!are_recipients(t))
		return trying_refuse(t,
		    "it goes to the recipients that were decided, and no "
		    "others");
	return RC_OK;
}

static enum rc
check_confirm(struct trying *t)
{
	const bool refused = bytes_is(trying_said(t, FIELD_OUTCOME), "refused");

	if (refused && trying_said(t, FIELD_REASON).len == 0)
		return trying_contradicts(
		    t, "why was it refused? Say \"reason\"");
	if (refused && is_telegram(t->d->kind))
		return trying_contradicts(
		    t, "a telegram that was refused is sent anew");
	return RC_OK;
}

/* ---- come in ------------------------------------------------------------- */

/* What was found is what was said to be there. */
static bool
counts_agree(const struct trying *t, enum field_name f, bool needed)
{
	const struct bytes found = trying_said(t, f);
	const struct bytes said = t->d->value[f];

	if (found.len == 0)
		return !needed && (said.len == 0 || field_uint(said) == 0);
	return field_uint(found) == (said.len == 0 ? 0 : field_uint(said));
}

static enum rc
check_check(struct trying *t)
{
	if (!bytes_is(trying_said(t, FIELD_INTEGRITY), "good"))
		return trying_refuse(
		    t, "it is not whole: refuse it, and say why (\"refuse\")");
	if (t->d->kind == DOC_IN &&
	    (!counts_agree(t, FIELD_DOCUMENTS, true) ||
		!counts_agree(t, FIELD_PAGES, true) ||
		!counts_agree(t, FIELD_ATTACHMENTS, false)))
		return trying_refuse(t,
		    "documents, pages or attachments are not as many as its "
		    "sender says: refuse it, and say why (\"refuse\")");
	return RC_OK;
}

static int64_t
set_time(const struct trying *t)
{
	const struct bytes due = trying_has(t, FIELD_DUE);

	return due.len > 0 ? field_time(due) : TIME_NEVER;
}

static enum rc
check_stamp(struct trying *t)
{
	int64_t due = set_time(t);

	if (t->d->state == STATE_ARRIVED && t->d->value[FIELD_NAMED].len == 0)
		return trying_refuse(t,
		    "it is checked first: whole, and as many documents, pages "
		    "and attachments as its sender says");
	if (due == TIME_NEVER)
		due = due_at(t->ask->rules, ACTION_HANDLE, t->out->precedence,
		    t->ask->at, TIME_NEVER);
	if (due != TIME_NEVER)
		trying_put_time(t, FIELD_DUE, due);
	return RC_OK;
}

static enum rc
check_refuse(struct trying *t)
{
	trying_owe(t, NOTICE_REFUSED, "receipt");
	return RC_OK;
}

static enum rc
check_assign(struct trying *t)
{
	const struct bytes due = trying_said(t, FIELD_DUE);

	if (due.len > 0 && field_time(due) < t->ask->at)
		return trying_contradicts(t, "it would be due before now");
	return RC_OK;
}

/* Where an address was assigned, it is that person's. */
static enum rc
check_handle(struct trying *t)
{
	const struct bytes assignee = t->d->value[FIELD_ASSIGNEE];
	const struct doc *reply = t->ask->about;
	enum rc rc;

	if (assignee.len >= 8 && memcmp(assignee.p, "antin://", 8) == 0 &&
	    !bytes_eq(assignee, t->ask->who.person))
		return trying_refuse(t, "it is assigned to somebody else");
	if (trying_said(t, FIELD_REPLY).len == 0)
		return RC_OK;
	if ((rc = about_is(t, FIELD_REPLY)) != RC_OK)
		return rc;
	if (reply->kind == DOC_IN || reply->kind == DOC_TELEGRAM_IN ||
	    reply->value[FIELD_SYMBOL].len == 0)
		return trying_contradicts(
		    t, "what replies is a document of ours that has a number");
	if (reply->level < answer_floor(t->d, reply->kind))
		return trying_refuse(t,
		    "what answers a secret or an enciphered text is protected "
		    "as that is: the reply is below it");
	return RC_OK;
}

/* ---- telegrams ----------------------------------------------------------- */

static enum rc
check_cipher(struct trying *t)
{
	const struct bytes started = trying_said(t, FIELD_STARTED);
	const struct bytes finished = trying_said(t, FIELD_FINISHED);

	if ((started.len > 0 && field_time(started) > t->ask->at) ||
	    (finished.len > 0 && field_time(finished) > t->ask->at) ||
	    (started.len > 0 && finished.len > 0 &&
		field_time(started) > field_time(finished)))
		return trying_contradicts(t,
		    "\"started\" comes before \"finished\", and that before "
		    "now");
	return RC_OK;
}

static enum rc
check_deliver(struct trying *t)
{
	const struct bytes named = t->d->value[FIELD_NAMED];

	if (named.len > 0 && !bytes_eq(named, trying_said(t, FIELD_TO)))
		return trying_refuse(t, "it is for the named addressee alone");
	return RC_OK;
}

static enum rc
check_clear(struct trying *t)
{
	if (bytes_is(trying_said(t, FIELD_DISPOSAL), "returned") &&
	    trying_said(t, FIELD_TO).len == 0)
		return trying_contradicts(t, "returned to whom? \"to\"");
	return RC_OK;
}

/* ---- the table ----------------------------------------------------------- */

static enum rc (*const checks[ACTIONS])(struct trying *t) = {
	[ACTION_DRAFT] = check_draft,
	[ACTION_DIGITISE] = check_come,
	[ACTION_ARRIVE] = check_come,
	[ACTION_TELEGRAM_DRAFT] = check_draft,
	[ACTION_TELEGRAM_ARRIVE] = check_come,
	[ACTION_DESCRIBE] = check_describe,
	[ACTION_PROPOSE_LEVEL] = check_propose,
	[ACTION_DECIDE_LEVEL] = check_decide,
	[ACTION_SIGN] = check_sign,
	[ACTION_SIGN_AGENCY] = same_content,
	[ACTION_REGISTER] = check_register,
	[ACTION_SEND] = check_send,
	[ACTION_CONFIRM] = check_confirm,
	[ACTION_CHECK] = check_check,
	[ACTION_STAMP] = check_stamp,
	[ACTION_REFUSE] = check_refuse,
	[ACTION_ASSIGN] = check_assign,
	[ACTION_HANDLE] = check_handle,
	[ACTION_EXTEND] = check_extend,
	[ACTION_RELEVEL] = check_relevel,
	[ACTION_DECLASSIFY] = check_declassify,
	[ACTION_EXPIRE] = check_expire,
	[ACTION_FOLLOW] = check_follow,
	[ACTION_PERMIT_COPY] = check_permit,
	[ACTION_COPY] = check_copy,
	[ACTION_RECALL] = check_recall,
	[ACTION_DESTROY] = check_destroy,
	[ACTION_DESTROY_DANGER] = check_destroy,
	[ACTION_CANCEL] = check_cancel,
	[ACTION_ENCIPHER] = check_cipher,
	[ACTION_DECIPHER] = check_cipher,
	[ACTION_DELIVER] = check_deliver,
	[ACTION_CLEAR] = check_clear,
};

enum rc
check_action(struct trying *t)
{
	size_t i;

	for (i = 0; i < t->row->field_count; i++)
		if (t->row->fields[i].name == FIELD_NAME)
			trying_put(t, FIELD_NAME, t->ask->who.name);
	return checks[t->ask->action] == NULL ? RC_OK
					      : checks[t->ask->action](t);
}
