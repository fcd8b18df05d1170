/* SPDX-License-Identifier: EUPL-1.2 */
/* Documents (docs/desk.md 7): what there is, each with what can be done to it
 * next, and steps with all that belongs to them (src/desk/way.h). */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "desk/next.h"
#include "desk/way.h"
#include "web/fields.h"
#include "web/given.h"
#include "web/resources.h"
#include "web/scan.h"

/* ---- one ----------------------------------------------------------------- */

static enum rc
shows(struct web_call *c, struct err *e)
{
	json_t *rows = NULL, *next = NULL, *addressees = NULL, *out;
	struct desk d;
	enum rc rc;

	if ((rc = given_desk(&d, c, e)) != RC_OK ||
	    (rc = desk_document(
		 &rows, &d, web_text(c, "id"), CONTROL_DOC_SHOW, e)) != RC_OK ||
	    (rc = next_of(&next, &d, rows, e)) != RC_OK ||
	    (rc = way_addressees(&addressees, &d, rows, e)) != RC_OK)
		goto out;
	out = json_object();
	(void)json_object_set(out, "rows", rows);
	(void)json_object_set(out, "next", next);
	(void)json_object_set(out, "addressees", addressees);
	web_replies(c, out);
out:
	json_decref(rows);
	json_decref(next);
	json_decref(addressees);
	return rc;
}

static enum rc
beginnings(struct web_call *c, struct err *e)
{
	json_t *next = NULL, *out;
	struct desk d;
	enum rc rc = given_desk(&d, c, e);

	if (rc == RC_OK && (rc = next_of(&next, &d, NULL, e)) == RC_OK) {
		out = json_object();
		(void)json_object_set(out, "next", next);
		web_replies(c, out);
	}
	json_decref(next);
	return rc;
}

/* ---- steps --------------------------------------------------------------- */

/* A step that a page asks for. */
struct asked {
	struct doing d;
	struct given given;
	json_t *rows, *notes; /* owned */
};

static void
is_told(void *ctx, const char *text)
{
	struct asked *a = ctx;

	(void)json_array_append_new(a->notes, json_string(text));
}

static void
is_sealed(void *ctx, uint64_t done, uint64_t total)
{
	struct asked *a = ctx;

	given_sealed(&a->given, done, total);
}

static void
was_taken(void *ctx, json_t *rows)
{
	struct asked *a = ctx;

	(void)json_array_extend(a->rows, rows);
}

/* Ids as people see them, in groups, become those that steps have. */
static json_t *
fields_of(const struct web_call *c)
{
	json_t *out = json_object(), *v;
	char text[2 * ID_SIZE + 1];
	const char *name, *s;
	struct id id;

	json_object_foreach(json_object_get(c->values, "fields"), name, v)
	{
		s = json_string_value(v);
		if (s[0] == '\0')
			continue; /* a form's field that nobody filled in */
		if (strlen(s) == ID_TEXT - 1 && id_parse(&id, bytes_str(s))) {
			hex_write(text, id_bytes(&id));
			s = text;
		}
		show_word(out, name, s);
	}
	return out;
}

static enum rc
add_files(struct asked *a, struct err *e)
{
	struct given_file *f;
	size_t i;
	enum rc rc = RC_OK;

	if (a->given.count > 0 && !way_takes_files(a->d.action))
		return fail(
		    e, RC_USAGE, "no files are given with \"%s\"", a->d.action);
	for (i = 0; i < a->given.count && rc == RC_OK; i++) {
		f = &a->given.files[i];
		rc = files_add(&a->d.files, f->fd, bytes_str(f->name),
		    bytes_str(f->type), f->attachment, e);
		f->fd = -1; /* it was taken */
	}
	return rc;
}

/* What came is named by its dispatch, wholly or by its first digits. */
static void
take_dispatch(struct asked *a, char digits[static ID_TEXT])
{
	const char *is = row_text(a->d.fields, "dispatch");

	if ((strcmp(a->d.action, "arrive") != 0 &&
		strcmp(a->d.action, "telegram-arrive") != 0) ||
	    is[0] == '\0' || strlen(is) >= ID_TEXT ||
	    row_text(a->d.fields, "from")[0] != '\0')
		return;
	memcpy(digits, is, strlen(is) + 1);
	a->d.document = digits;
	(void)json_object_del(a->d.fields, "dispatch");
}

static json_t *
reply_of(const struct asked *a)
{
	const size_t n = json_array_size(a->rows);
	json_t *out = json_object();

	if (n > 0)
		show_word(out, "document",
		    row_text(json_array_get(a->rows, n - 1), "document"));
	else if (a->d.document != NULL)
		show_word(out, "document", a->d.document);
	(void)json_object_set(out, "rows", a->rows);
	(void)json_object_set(out, "notes", a->notes);
	return out;
}

static enum rc
takes_step(struct web_call *c, struct err *e)
{
	const char *code = web_text(c, "code"), *id = web_text(c, "id");
	struct asked *a = alloc(1, sizeof(*a));
	char digits[ID_TEXT];
	enum rc rc;

	a->rows = json_array();
	a->notes = json_array();
	if ((rc = given_desk(&a->d.desk, c, e)) != RC_OK)
		goto out;
	a->d.desk.tell = is_told;
	a->d.desk.progress = is_sealed;
	a->d.desk.ctx = a;
	a->d.taken = was_taken;
	a->d.action = web_text(c, "action");
	a->d.document = id[0] == '\0' ? NULL : id;
	a->d.code = code[0] == '\0' ? NULL : code;
	a->d.fields = fields_of(c);
	if (id[0] == '\0')
		take_dispatch(a, digits);
	if ((rc = given_take(&a->given, c, e)) == RC_OK &&
	    (rc = add_files(a, e)) == RC_OK &&
	    (rc = way_take(&a->d, e)) == RC_OK) {
		web_replies(c, reply_of(a));
		given_drop(&a->given, c);
	}
out:
	way_free(&a->d);
	given_free(&a->given, c);
	json_decref(a->rows);
	json_decref(a->notes);
	free(a);
	return rc;
}

/* Only whether it could be taken, with what is said. */
static enum rc
tries_step(struct web_call *c, struct err *e)
{
	json_t *request, *out;
	struct desk d;
	enum rc rc = given_desk(&d, c, e);

	if (rc != RC_OK)
		return rc;
	request = desk_request_as(&d);
	show_word(request, "do", web_text(c, "action"));
	if (web_has(c, "id"))
		show_word(request, "document", web_text(c, "id"));
	(void)json_object_set_new(request, "fields", fields_of(c));
	if (json_object_size(json_object_get(request, "fields")) == 0)
		(void)json_object_del(request, "fields");
	show_bool(request, "try", true);
	rc = ask_station(d.fd, CONTROL_DOC, request, NULL, NULL, e);
	if (rc != RC_OK)
		return rc;
	out = json_object();
	show_bool(out, "could", true);
	web_replies(c, out);
	return RC_OK;
}

static enum rc
step(struct web_call *c, struct err *e)
{
	return web_flag(c, "try") ? tries_step(c, e) : takes_step(c, e);
}

/* ---- its files ----------------------------------------------------------- */

/* Where they lie, and what the list says of them. */
static enum rc
look(struct files *f, struct desk *d, struct id *id, struct web_call *c,
    struct err *e)
{
	const char *content;
	json_t *rows = NULL;
	enum rc rc;

	if ((rc = given_desk(d, c, e)) == RC_OK &&
	    (rc = desk_document(
		 &rows, d, web_text(c, "id"), CONTROL_DOC_SHOW, e)) == RC_OK &&
	    (rc = files_where(id, &content, json_array_get(rows, 0), e)) ==
		RC_OK &&
	    (rc = desk_act(d, e)) == RC_OK)
		rc = files_look(f, d, id, content, e);
	json_decref(rows);
	return rc;
}

static enum rc
lists_files(struct web_call *c, struct err *e)
{
	struct files *f = alloc(1, sizeof(*f));
	char content[2 * SHA256_SIZE + 1];
	const struct doc_file *one;
	json_t *out, *rows, *item;
	struct desk d;
	struct id id;
	size_t i;
	enum rc rc = look(f, &d, &id, c, e);

	if (rc != RC_OK)
		goto out;
	out = json_object();
	rows = show_array(out, "rows");
	for (i = 0; i < f->count; i++) {
		one = &f->file[i];
		item = show_item(rows);
		show_number(item, "n", i);
		show_text(item, "name", one->name);
		show_text(item, "type", one->type);
		show_number(item, "size", one->size);
		if (f->content.len > 0)
			show_hex(
			    item, "digest", bytes_of(one->digest, SHA256_SIZE));
		show_bool(item, "attachment", one->attachment);
	}
	if (f->content.len > 0) {
		files_content(content, f);
		show_word(out, "content", content);
	}
	web_replies(c, out);
out:
	files_free(f);
	free(f);
	return rc;
}

static enum rc
gives_file(struct web_call *c, struct err *e)
{
	struct files *f = alloc(1, sizeof(*f));
	const size_t n = (size_t)web_number(c, "n");
	struct desk d;
	struct id id;
	enum rc rc = look(f, &d, &id, c, e);

	if (rc == RC_OK && (rc = files_open_one(f, n, &d, &id, e)) == RC_OK &&
	    (rc = web_scan(c, f->file[n].fd, e)) == RC_OK) {
		given_replies(c, f->file[n].fd, f->file[n].size,
		    f->file[n].type, f->file[n].name);
		f->file[n].fd = -1;
	}
	files_free(f);
	free(f);
	return rc;
}

static enum rc
gives_record(struct web_call *c, struct err *e)
{
	struct buf out = { 0 };
	json_t *rows = NULL;
	struct desk d;
	enum rc rc;

	if ((rc = given_desk(&d, c, e)) == RC_OK &&
	    (rc = desk_document(&rows, &d, web_text(c, "id"),
		 CONTROL_DOC_RECORD, e)) == RC_OK &&
	    (rc = record_bytes(&out, rows, e)) == RC_OK)
		web_replies_bytes(
		    c, &out, "application/vnd.antin.record", "antin-record");
	json_decref(rows);
	buf_free(&out);
	return rc;
}

/* ---- the table ----------------------------------------------------------- */

#define DESK(where) FIELD_ADDRESS("desk", where, true)
#define AS(where)                                                              \
	{                                                                      \
		"as", where, WEB_ADDRESS, false, 1, LIMIT_ADDRESS,             \
		    "which of those who are signed in"                         \
	}
#define DOCUMENT                                                               \
	{                                                                      \
		"id", WEB_IN_PATH, WEB_DIGITS, true, 4, 2 * ID_SIZE,           \
		    "the document, or the first digits of its id"              \
	}
#define FIELDS                                                                 \
	{                                                                      \
		"fields", WEB_IN_BODY, WEB_OBJECT, false, 0, CONTROL_FIELDS,   \
		    "what the step says: names with texts"                     \
	}
#define CODE                                                                   \
	{                                                                      \
		"code", WEB_IN_BODY, WEB_WORD, false, 1, 32,                   \
		    "why it is refused: its sender is told this word"          \
	}
#define TRY                                                                    \
	{                                                                      \
		"try", WEB_IN_BODY, WEB_FLAG, false, 0, 0,                     \
		    "only whether it could be taken"                           \
	}

#define TAKEN "the document, what the station said of each step, and notes"

const struct web_route web_document_routes[] = {
	{ .method = "GET",
	    .path = "/documents",
	    .needs = WEB_PERSON,
	    .what = "Documents of a desk in which something is to be done.",
	    .fields = { DESK(WEB_IN_QUERY), AS(WEB_IN_QUERY),
		{ "text", WEB_IN_QUERY, WEB_WORD, false, 1, 32,
		    "those of a kind, or in a state" },
		FIELD_FLAG("all", WEB_IN_QUERY), FIELD_PAGE },
	    .run = web_pass,
	    .ask = CONTROL_DOC_LIST,
	    .gives = "a row a document" },
	{ .method = "GET",
	    .path = "/documents/search",
	    .needs = WEB_PERSON,
	    .what = "Find documents by words, with or without diacritics.",
	    .fields = { DESK(WEB_IN_QUERY), AS(WEB_IN_QUERY),
		{ "text", WEB_IN_QUERY, WEB_TEXT, true, 1, CONTROL_TEXT,
		    "the words" },
		FIELD_PAGE },
	    .run = web_pass,
	    .ask = CONTROL_DOC_SEARCH,
	    .gives = "a row a document" },
	{ .method = "GET",
	    .path = "/documents/beginnings",
	    .needs = WEB_PERSON,
	    .what = "What a person could begin, and what it wants said.",
	    .fields = { DESK(WEB_IN_QUERY), AS(WEB_IN_QUERY) },
	    .run = beginnings,
	    .gives = "next: actions with their fields" },
	{ .method = "GET",
	    .path = "/documents/{id}",
	    .needs = WEB_PERSON,
	    .what = "A document, its steps, and what could come next.",
	    .fields = { DOCUMENT, DESK(WEB_IN_QUERY), AS(WEB_IN_QUERY) },
	    .run = shows,
	    .gives = "rows: the document and its steps; next: actions with "
		     "their fields; addressees: how far it is with each" },
	{ .method = "POST",
	    .path = "/documents",
	    .needs = WEB_PERSON,
	    .what = "Begin a document.",
	    .fields = { DESK(WEB_IN_BODY), AS(WEB_IN_BODY),
		{ "action", WEB_IN_BODY, WEB_WORD, true, 1, 32, "its word" },
		FIELDS, FIELDS_GIVEN, TRY },
	    .run = step,
	    .slow = true,
	    .gives = TAKEN },
	{ .method = "POST",
	    .path = "/documents/{id}/steps/{action}",
	    .needs = WEB_PERSON,
	    .what = "Take a step of it, with all that belongs to it.",
	    .fields = { DOCUMENT,
		{ "action", WEB_IN_PATH, WEB_WORD, true, 1, 32, "its word" },
		DESK(WEB_IN_BODY), AS(WEB_IN_BODY), FIELDS, FIELDS_GIVEN, CODE,
		TRY },
	    .run = step,
	    .slow = true,
	    .gives = TAKEN },
	{ .method = "GET",
	    .path = "/documents/{id}/files",
	    .needs = WEB_PERSON,
	    .what = "The files of a document.",
	    .fields = { DOCUMENT, DESK(WEB_IN_QUERY), AS(WEB_IN_QUERY) },
	    .run = lists_files,
	    .slow = true,
	    .gives = "a row a file, and the hash of their list" },
	{ .method = "GET",
	    .path = "/documents/{id}/files/{n}",
	    .needs = WEB_PERSON,
	    .what = "One of them, held to the list that was signed.",
	    .fields = { DOCUMENT,
		FIELD_NUMBER("n", WEB_IN_PATH, true, 0, GIVEN_MAX),
		DESK(WEB_IN_QUERY), AS(WEB_IN_QUERY) },
	    .run = gives_file,
	    .slow = true,
	    .gives = "the file",
	    .raw = true },
	{ .method = "GET",
	    .path = "/documents/{id}/record",
	    .needs = WEB_PERSON,
	    .what = "Its steps with their signatures.",
	    .fields = { DOCUMENT, DESK(WEB_IN_QUERY), AS(WEB_IN_QUERY) },
	    .run = gives_record,
	    .gives = "a file",
	    .raw = true },
	{ .method = NULL },
};
