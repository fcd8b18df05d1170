/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Steps that do something besides (docs/registry.md 8): files are sealed for
 * the desk itself, a document is sent, what came is opened and held to what its
 * sender signed, and its sender is told.  Each can be ended anywhere and asked
 * for again: what is done is done once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/lang.h"
#include "core/time.h"
#include "desk/way.h"
#include "registry/doc.h"

/* ---- fields -------------------------------------------------------------- */

const char *
way_said(const struct doing *d, const char *name)
{
	return row_text(d->fields, name);
}

/* What nobody said, where the action has it and people may. */
void
way_lacks(struct doing *d, const char *name, const char *value)
{
	const struct action_row *row;
	enum action a;
	enum field_name f;
	size_t i;

	if (value[0] == '\0' || way_said(d, name)[0] != '\0' ||
	    !action_by_word(&a, bytes_str(d->action)) ||
	    !field_by_word(&f, bytes_str(name)))
		return;
	row = action_row(a);
	for (i = 0; i < row->field_count; i++)
		if (row->fields[i].name == f &&
		    (row->fields[i].how & BY_SYSTEM) == 0)
			show_word(d->fields, name, value);
}

void
way_lacks_bytes(struct doing *d, const char *name, struct bytes value)
{
	char *text = bytes_text(value);

	way_lacks(d, name, text);
	free(text);
}

void
way_lacks_number(struct doing *d, const char *name, size_t n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%zu", n);
	way_lacks(d, name, text);
}

void
way_lacks_id(struct doing *d, const char *name, const struct id *id)
{
	char text[2 * ID_SIZE + 1];

	hex_write(text, id_bytes(id));
	way_lacks(d, name, text);
}

/* ---- the document -------------------------------------------------------- */

enum rc
way_load(struct doing *d, struct err *e)
{
	if (d->rows != NULL)
		return RC_OK;
	if (d->document == NULL)
		return fail(e, RC_USAGE,
		    "\"%s\" is done to a document: which one?", d->action);
	return desk_document(
	    &d->rows, &d->desk, d->document, CONTROL_DOC_SHOW, e);
}

const char *
way_is(const struct doing *d, const char *name)
{
	return row_text(json_array_get(d->rows, 0), name);
}

bool
way_is_one(const char *word, const char *const *of)
{
	for (; *of != NULL; of++)
		if (strcmp(word, *of) == 0)
			return true;
	return false;
}

const char *const way_made_here[] = { "out", "paper", "telegram-out", NULL };

bool
way_is_outgoing(const struct doing *d)
{
	return way_is_one(way_is(d, "kind"), way_made_here);
}

/* The dispatch by which it came or went; false: none. */
bool
way_dispatch(struct id *id, const struct doing *d)
{
	return id_parse(id, bytes_str(way_is(d, "dispatch")));
}

json_t *
way_about(const struct doing *d, const struct id *id)
{
	json_t *request = desk_request(&d->desk);

	show_id(request, "id", id);
	return request;
}

/* ---- files (docs/registry.md 8.1) ---------------------------------------- */

static enum rc
fill_files(struct doing *d, struct err *e)
{
	char content[2 * SHA256_SIZE + 1];
	enum rc rc;

	d->plain = d->files.count == 0;
	if (d->plain)
		return RC_OK;
	if (way_said(d, "content")[0] != '\0')
		return fail(e, RC_USAGE,
		    "\"content\" is what the files come to: give either");
	if (d->document != NULL && (rc = way_load(d, e)) != RC_OK)
		return rc;
	if (d->files.count == files_attachments(&d->files))
		return fail(e, RC_USAGE,
		    "one of the files is the document itself, not an "
		    "attachment");
	files_list(&d->files);
	files_content(content, &d->files);
	way_lacks(d, "content", content);
	way_lacks_number(
	    d, "documents", d->files.count - files_attachments(&d->files));
	way_lacks_number(d, "attachments", files_attachments(&d->files));
	return RC_OK;
}

/* Sealed for the desk itself, where it is noted as acted on at once: it waits
 * for nobody. */
static enum rc
seal_files(struct doing *d, struct err *e)
{
	const char *level = way_said(d, "level");
	json_t *request, *to;
	struct id id;
	enum rc rc;

	if ((rc = files_id(&id, way_said(d, "content"), e)) != RC_OK ||
	    (rc = desk_act(&d->desk, e)) != RC_OK)
		return rc;
	if (level[0] == '\0')
		level = way_is(d, "level");
	request = way_about(d, &id);
	show_word(request, "level", level);
	show_word(request, "precedence", precedence_word(PRECEDENCE_THUONG));
	to = show_array(request, "to");
	(void)json_array_append_new(to, json_string(d->desk.address));
	rc = files_send(&d->files, &d->desk, request, e);
	return rc != RC_OK ? rc
			   : ask_station(d->desk.fd, CONTROL_ACK,
				 way_about(d, &id), NULL, NULL, e);
}

/* Opened, and what it was when it was drafted. */
enum rc
way_open_files(struct doing *d, struct err *e)
{
	const char *content = way_is(d, "content");
	struct id id;
	enum rc rc;

	if ((rc = files_id(&id, content, e)) != RC_OK ||
	    (rc = desk_act(&d->desk, e)) != RC_OK ||
	    (rc = files_open(&d->files, &d->desk, &id, e)) != RC_OK)
		return rc;
	return files_check(&d->files, content, e);
}

/* Who signs, signs what lies here; that it does is looked at. */
static enum rc
fill_signed(struct doing *d, struct err *e)
{
	enum rc rc;

	d->plain = true;
	if (way_said(d, "content")[0] != '\0')
		return RC_OK;
	if ((rc = way_load(d, e)) == RC_OK &&
	    (rc = way_open_files(d, e)) == RC_OK)
		way_lacks(d, "content", way_is(d, "content"));
	return rc;
}

/* ---- the table ----------------------------------------------------------- */

#define OF_FILES "content documents attachments"

static const struct way ways[] = {
	{ "draft", fill_files, seal_files, NULL, OF_FILES },
	{ "revise", fill_files, seal_files, NULL, OF_FILES },
	{ "digitise", fill_files, seal_files, NULL, OF_FILES },
	{ "telegram-draft", fill_files, seal_files, NULL, OF_FILES },
	{ "mark", fill_files, seal_files, NULL, OF_FILES },
	{ "sign", fill_signed, NULL, NULL, "content" },
	{ "sign-agency", fill_signed, NULL, NULL, "content" },
	{ "send", way_fill_send, way_act_send, way_after_send,
	    "dispatch digest" },
	{ "arrive", way_fill_arrive, NULL, NULL, WAY_ARRIVE },
	{ "telegram-arrive", way_fill_arrive, NULL, NULL, WAY_ARRIVE },
	{ "check", way_fill_check, NULL, NULL,
	    "integrity documents pages attachments" },
	{ "receipt", way_fill_tell, NULL, way_after_tell, "" },
	{ "deliver", way_fill_tell, NULL, way_after_tell, "" },
	{ "refuse", way_fill_tell, NULL, way_after_tell, "" },
	{ "recall", way_fill_tell, NULL, way_after_tell, "" },
	{ "confirm", way_fill_confirm, NULL, NULL, "from outcome reason" },
};

const struct way *
way_of(const char *action)
{
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].action, action) == 0)
			return &ways[i];
	return NULL;
}

bool
way_takes_files(const char *action)
{
	const struct way *way = way_of(action);

	return way != NULL && way->fill == fill_files;
}

bool
way_fills(const char *action, const char *field)
{
	const struct way *way = way_of(action);
	const char *words = way == NULL ? "" : way->fills;
	size_t n;

	for (; *words != '\0'; words += n + (words[n] != '\0')) {
		n = strcspn(words, " ");
		if (n == strlen(field) && strncmp(words, field, n) == 0)
			return true;
	}
	return false;
}

/* ---- taking one ---------------------------------------------------------- */

/* "tried": only whether it could be taken. */
static enum rc
ask_step(json_t **rows, struct doing *d, bool tried, struct err *e)
{
	json_t *request = desk_request_as(&d->desk);

	show_word(request, "do", d->action);
	if (d->document != NULL)
		show_word(request, "document", d->document);
	if (json_object_size(d->fields) > 0)
		(void)json_object_set(request, "fields", d->fields);
	if (tried)
		show_bool(request, "try", true);
	return ask_for_rows(d->desk.fd, CONTROL_DOC, request, rows, e);
}

static enum rc
take_step(struct doing *d, const struct way *way, struct err *e)
{
	json_t *rows = NULL;
	enum rc rc;

	if (way != NULL && way->act != NULL && !d->plain) {
		if ((rc = ask_step(&rows, d, true, e)) != RC_OK)
			return rc;
		json_decref(rows);
		if ((rc = way->act(d, e)) != RC_OK)
			return rc;
	}
	if ((rc = ask_step(&rows, d, false, e)) != RC_OK)
		return rc;
	d->taken(d->desk.ctx, rows);
	json_decref(rows);
	return RC_OK;
}

enum rc
way_take(struct doing *d, struct err *e)
{
	const struct way *way = way_of(d->action);
	enum rc rc;

	do {
		if (way != NULL && (rc = way->fill(d, e)) != RC_OK)
			return rc;
		if (d->done)
			desk_tell(
			    &d->desk, "%s", tr("This step was taken before."));
		if (!d->done && (rc = take_step(d, way, e)) != RC_OK)
			return rc;
	} while (d->more);
	return way == NULL || way->after == NULL || d->plain ? RC_OK
							     : way->after(d, e);
}

void
way_free(struct doing *d)
{
	files_free(&d->files);
	json_decref(d->fields);
	json_decref(d->rows);
	d->fields = d->rows = NULL;
}

/* ---- who has it ---------------------------------------------------------- */

enum rc
way_addressees(
    json_t **out, const struct desk *desk, const json_t *rows, struct err *e)
{
	const json_t *doc = json_array_get(rows, 0), *answer;
	json_t *request, *trace, *row, *one;
	struct id id;
	size_t i;
	enum rc rc;

	*out = json_array();
	if (!way_is_one(row_text(doc, "kind"), way_made_here) ||
	    !id_parse(&id, bytes_str(row_text(doc, "dispatch"))))
		return RC_OK;
	request = json_object();
	show_id(request, "id", &id);
	rc = ask_for_rows(desk->fd, CONTROL_TRACE, request, &trace, e);
	if (rc != RC_OK)
		return rc;
	json_array_foreach(trace, i, row)
	{
		if (!row_is(row, "destination") && !row_is(row, "delivery"))
			continue;
		answer = way_answer(trace, row_text(row, "desk"));
		one = show_item(*out);
		show_word(one, "desk", row_text(row, "desk"));
		show_word(one, "state",
		    answer != NULL ? row_text(answer, "says")
				   : row_text(row, "state"));
		if (answer != NULL && row_text(answer, "code")[0] != '\0')
			show_word(one, "code", row_text(answer, "code"));
	}
	json_decref(trace);
	return RC_OK;
}
