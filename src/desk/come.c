/* SPDX-License-Identifier: EUPL-1.2 */
/* A document that comes: taken in, held to what its sender signed; and what is
 * told back (docs/registry.md 8.3 to 8.6). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/lang.h"
#include "core/time.h"
#include "desk/way.h"
#include "registry/doc.h"

/* ---- arriving (docs/registry.md 8.3, 8.4) -------------------------------- */

/* The document of ours that a dispatch refers to. */
static enum rc
find_answered(struct doing *d, struct err *e)
{
	const json_t *rows = json_object_get(d->files.letter, "rows");
	json_t *request, *found, *row, *hit;
	char text[2 * ID_SIZE + 1];
	struct id id;
	size_t i, j;
	enum rc rc;

	json_array_foreach(rows, i, row)
	{
		if (!row_is(row, "reference") ||
		    !id_parse(&id, bytes_str(row_text(row, "id"))))
			continue;
		hex_write(text, id_bytes(&id));
		request = desk_request_as(&d->desk);
		show_word(request, "text", text);
		rc = ask_for_rows(
		    d->desk.fd, CONTROL_DOC_SEARCH, request, &found, e);
		if (rc != RC_OK)
			return rc;
		json_array_foreach(found, j, hit)
		{
			if (way_is_one(row_text(hit, "kind"), way_made_here))
				way_lacks(
				    d, "answers", row_text(hit, "document"));
		}
		json_decref(found);
	}
	return RC_OK;
}

/* What its sender says of it, where that holds. */
static void
take_record(struct doing *d, const struct doc *doc)
{
	static const enum field_name names[] = { FIELD_TYPE, FIELD_COPYING,
		FIELD_UNTIL, FIELD_DOCUMENTS, FIELD_PAGES, FIELD_ATTACHMENTS,
		FIELD_SYMBOL, FIELD_DATE, FIELD_TRAFFIC, FIELD_GROUPS };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		way_lacks_bytes(
		    d, field_row(names[i])->word, doc->value[names[i]]);
}

static void
take_letter(struct doing *d, const struct id *id)
{
	const json_t *l = d->files.letter;
	char due[TIME_TEXT];

	way_lacks(d, "level", row_text(l, "level"));
	way_lacks(d, "precedence", row_text(l, "precedence"));
	way_lacks_id(d, "dispatch", id);
	if (row_int(l, "due") > 0) {
		time_write(due, row_int(l, "due"));
		way_lacks(d, "due", due);
	}
	way_lacks_number(
	    d, "documents", d->files.count - files_attachments(&d->files));
	way_lacks(d, "pages", "0");
	way_lacks_number(d, "attachments", files_attachments(&d->files));
	way_lacks(d, "traffic", "live");
}

static void
take_digest(struct doing *d, const struct id *id)
{
	json_t *request = json_object(), *rows, *row;
	struct err e;
	size_t i;

	show_id(request, "id", id);
	if (ask_for_rows(d->desk.fd, CONTROL_TRACE, request, &rows, &e) !=
	    RC_OK)
		return;
	json_array_foreach(rows, i, row)
	{
		if (row_is(row, "sent"))
			way_lacks(d, "digest", row_text(row, "digest"));
	}
	json_decref(rows);
}

/* docs/registry.md 8.3: what was sealed high is not taken in lower. */
static enum rc
hold_level(const struct doing *d, struct err *e)
{
	const char *sealed = row_text(d->files.letter, "level");
	enum level is, said;

	if (!level_parse(&is, bytes_str(sealed)) ||
	    !level_parse(&said, bytes_str(way_said(d, "level"))) || said >= is)
		return RC_OK;
	return fail(e, RC_INVALID,
	    "level: the dispatch is %s, and is not taken in as %s",
	    level_name(is), level_name(said));
}

/* docs/registry.md 8.3: what its sender made as a telegram is one here too. */
static enum rc
hold_kind(const struct doing *d, const struct doc *doc, struct err *e)
{
	const bool as = strcmp(d->action, "telegram-arrive") == 0;

	if (doc->kind == 0 || as == (doc->kind == DOC_TELEGRAM_OUT))
		return RC_OK;
	return as ? fail(e, RC_INVALID,
			"its sender sent a document, and no telegram: take it "
			"in as a document")
		  : fail(e, RC_INVALID,
			"its sender sent a telegram: a cipher operator or "
			"the duty officer takes it in as one");
}

enum rc
way_fill_arrive(struct doing *d, struct err *e)
{
	const char *word =
	    d->document != NULL ? d->document : way_said(d, "dispatch");
	struct doc doc;
	struct err why;
	struct id id;
	char *from = NULL;
	enum rc rc;

	d->plain = true;
	if (word[0] == '\0')
		return RC_OK; /* it came otherwise */
	if ((rc = desk_act(&d->desk, e)) != RC_OK ||
	    (rc = desk_id(&id, &d->desk, word, false, e)) != RC_OK ||
	    (rc = files_open(&d->files, &d->desk, &id, e)) != RC_OK ||
	    (rc = hold_level(d, e)) != RC_OK)
		return rc;
	d->document = NULL;
	doc_init(&doc);
	if (d->files.record.len > 0 &&
	    record_check(&doc, &from, &d->desk, buf_bytes(&d->files.record),
		row_text(d->files.letter, "originator"), &why) != RC_OK)
		desk_tell(&d->desk,
		    tr("What its sender's record says does not hold: %s. Its "
		       "check tells more, once it is taken in."),
		    why.text);
	else if ((rc = hold_kind(d, &doc, e)) != RC_OK)
		goto out;
	take_record(d, &doc);
	take_letter(d, &id);
	take_digest(d, &id);
	way_lacks(d, "from",
	    from != NULL ? from : row_text(d->files.letter, "originator"));
	rc = find_answered(d, e);
out:
	doc_free(&doc);
	free(from);
	return rc;
}

/* ---- checking (docs/registry.md 8.4) ------------------------------------- */

/* What was taken in is what the record says. */
static enum rc
same_as_said(const struct doing *d, const struct doc *doc, struct err *e)
{
	static const enum field_name names[] = { FIELD_DOCUMENTS, FIELD_PAGES,
		FIELD_ATTACHMENTS, FIELD_SYMBOL, FIELD_DATE };
	const char *word;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		word = field_row(names[i])->word;
		if (doc->value[names[i]].len > 0 &&
		    way_is(d, word)[0] != '\0' &&
		    !bytes_is(doc->value[names[i]], way_is(d, word)))
			return fail(e, RC_INVALID,
			    "\"%s\" is %s here, and its sender signed %.*s",
			    word, way_is(d, word),
			    (int)doc->value[names[i]].len,
			    (const char *)doc->value[names[i]].p);
	}
	if (strcmp(level_word(doc->level), way_is(d, "level")) != 0)
		return fail(e, RC_INVALID,
		    "\"%s\" is %s here, and its sender signed %s", "level",
		    way_is(d, "level"), level_word(doc->level));
	return RC_OK;
}

static enum rc
hold_to_record(struct doing *d, struct doc *doc, struct err *e)
{
	char content[2 * SHA256_SIZE + 1], *from;
	enum rc rc;

	rc = record_check(doc, &from, &d->desk, buf_bytes(&d->files.record),
	    row_text(d->files.letter, "originator"), e);
	free(from);
	if (rc != RC_OK || (rc = same_as_said(d, doc, e)) != RC_OK)
		return rc;
	if (!doc_can(doc, ACTION_SEND))
		return fail(
		    e, RC_INVALID, "its record ends before it could be sent");
	if (doc->value[FIELD_CONTENT].len != sizeof(content) - 1)
		return fail(e, RC_INVALID, "it has no list of its files");
	memcpy(content, doc->value[FIELD_CONTENT].p, sizeof(content) - 1);
	content[sizeof(content) - 1] = '\0';
	return files_check(&d->files, content, e);
}

enum rc
way_fill_check(struct doing *d, struct err *e)
{
	struct doc doc;
	struct err why;
	struct id id;
	enum rc rc;

	d->plain = true;
	if (way_said(d, "integrity")[0] != '\0')
		return RC_OK;
	if ((rc = way_load(d, e)) != RC_OK || way_is_outgoing(d) ||
	    !way_dispatch(&id, d))
		return rc;
	if ((rc = desk_act(&d->desk, e)) != RC_OK ||
	    (rc = files_open(&d->files, &d->desk, &id, e)) != RC_OK)
		return rc;
	doc_init(&doc);
	if (d->files.record.len == 0)
		desk_tell(&d->desk,
		    tr("No record came with it: that the desk %s sealed it, "
		       "is all that is known."),
		    row_text(d->files.letter, "originator"));
	if (d->files.record.len > 0)
		rc = hold_to_record(d, &doc, &why);
	if (rc == RC_ABSENT || rc == RC_IO) {
		*e = why; /* no fault of what came */
	} else if (rc != RC_OK) {
		rc = fail(e, RC_INVALID,
		    "it is not as its sender signed it: %s. Refuse it with "
		    "the code \"damaged\", and say why",
		    why.text);
	} else {
		way_lacks(d, "integrity", "good");
		way_lacks_number(d, "documents",
		    d->files.count - files_attachments(&d->files));
		way_lacks_bytes(d, "pages", doc.value[FIELD_PAGES]);
		way_lacks(d, "pages", way_is(d, "pages"));
		way_lacks_number(
		    d, "attachments", files_attachments(&d->files));
	}
	doc_free(&doc);
	return rc;
}

/* ---- what its sender is told (docs/registry.md 8.5) ---------------------- */

/* The states after a step by which its sender is told. */
static const struct {
	const char *action;
	const char *after[4];
} tells[] = {
	{ "receipt", { "receipted", "assigned", "handled", NULL } },
	{ "refuse", { "refused", NULL } },
	{ "deliver", { "delivered", "cleared", NULL } },
	{ "recall", { "recalled", NULL } },
};

static enum rc
refusal_code(uint64_t *code, const struct doing *d, struct err *e)
{
	return reason_code(code, d->code == NULL ? "other" : d->code, e);
}

/* The step first; who was interrupted between the two asks again. */
enum rc
way_fill_tell(struct doing *d, struct err *e)
{
	uint64_t code;
	struct id id;
	size_t i;
	enum rc rc;

	if ((rc = refusal_code(&code, d, e)) != RC_OK ||
	    (rc = way_load(d, e)) != RC_OK)
		return rc;
	/* a recall is told of what went, all else of what came */
	d->plain = !way_dispatch(&id, d) ||
		   way_is_outgoing(d) != (strcmp(d->action, "recall") == 0);
	if (d->plain)
		return RC_OK;
	for (i = 0; i < sizeof(tells) / sizeof(tells[0]); i++)
		if (strcmp(tells[i].action, d->action) == 0)
			d->done =
			    way_is_one(way_is(d, "state"), tells[i].after);
	return desk_act(&d->desk, e);
}

/* The words of a refusal may be secret: its code goes back alone. */
enum rc
way_after_tell(struct doing *d, struct err *e)
{
	enum control_what what = CONTROL_ACK;
	json_t *request;
	uint64_t n = 0;
	struct id id;
	enum rc rc;

	if (!way_dispatch(&id, d))
		return RC_OK;
	request = way_about(d, &id);
	if (strcmp(d->action, "refuse") == 0) {
		what = CONTROL_REFUSE;
		if ((rc = refusal_code(&n, d, e)) != RC_OK) {
			json_decref(request);
			return rc;
		}
		show_number(request, "code", n);
	} else if (strcmp(d->action, "recall") == 0) {
		what = CONTROL_RECALL;
	}
	rc = ask_station(d->desk.fd, what, request, NULL, NULL, e);
	if (rc == RC_EXISTS)
		rc = RC_OK;
	if (rc == RC_OK && what == CONTROL_RECALL)
		desk_tell(
		    &d->desk, "%s", tr("Those to whom it went are told."));
	else if (rc == RC_OK)
		desk_tell(&d->desk, "%s", tr("Its sender is told."));
	return rc;
}

/* ---- what they have answered (docs/registry.md 8.6) ---------------------- */

/* What a desk has signed last of a dispatch: "acted", "refused", or "". */
const json_t *
way_answer(const json_t *trace, const char *desk)
{
	const json_t *row, *found = NULL;
	size_t i;

	json_array_foreach(trace, i, row)
	{
		if (row_is(row, "receipt") &&
		    strcmp(row_text(row, "about"), desk) == 0 &&
		    (strcmp(row_text(row, "says"), "acted") == 0 ||
			strcmp(row_text(row, "says"), "refused") == 0))
			found = row;
	}
	return found;
}

static bool
is_confirmed(const struct doing *d, const char *desk)
{
	const json_t *row;
	size_t i;

	json_array_foreach(d->rows, i, row)
	{
		if (row_is(row, "step") &&
		    strcmp(row_text(row, "action"), "confirm") == 0 &&
		    strcmp(row_text(row, "from"), desk) == 0)
			return true;
	}
	return false;
}

static void
take_answer(struct doing *d, const char *desk, const json_t *answer)
{
	const bool refused = strcmp(row_text(answer, "says"), "refused") == 0;

	way_lacks(d, "from", desk);
	way_lacks(d, "outcome", refused ? "refused" : "received");
	if (refused)
		way_lacks(d, "reason",
		    row_text(answer, "code")[0] != '\0'
			? row_text(answer, "code")
			: "other");
}

/* One addressee at a time, until all that have answered are noted. */
enum rc
way_fill_confirm(struct doing *d, struct err *e)
{
	json_t *request, *trace, *row;
	const json_t *answer;
	struct id id;
	size_t i;
	enum rc rc;

	d->plain = true;
	if (way_said(d, "from")[0] != '\0' && !d->more)
		return RC_OK;
	if (d->more) {
		json_decref(d->rows);
		d->rows = NULL;
		(void)json_object_clear(d->fields);
		d->more = false;
	}
	if ((rc = way_load(d, e)) != RC_OK)
		return rc;
	if (!way_dispatch(&id, d))
		return fail(e, RC_ABSENT, "it was not sent by a dispatch");
	request = json_object();
	show_id(request, "id", &id);
	rc = ask_for_rows(d->desk.fd, CONTROL_TRACE, request, &trace, e);
	if (rc != RC_OK)
		return rc;
	json_array_foreach(trace, i, row)
	{
		if (!row_is(row, "destination") && !row_is(row, "delivery"))
			continue;
		answer = way_answer(trace, row_text(row, "desk"));
		if (answer == NULL || is_confirmed(d, row_text(row, "desk")) ||
		    strcmp(way_said(d, "from"), row_text(row, "desk")) == 0)
			continue;
		if (way_said(d, "from")[0] == '\0')
			take_answer(d, row_text(row, "desk"), answer);
		else
			d->more = true;
	}
	json_decref(trace);
	return way_said(d, "from")[0] != '\0'
		   ? RC_OK
		   : fail(e, RC_ABSENT,
			 "nobody has answered for it who is not noted yet");
}
