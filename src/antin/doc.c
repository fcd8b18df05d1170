/* SPDX-License-Identifier: EUPL-1.2 */
/* antin doc: documents of a station's registry (docs/registry.md 7). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/doc.h"
#include "antin/who.h"
#include "core/lang.h"
#include "core/time.h"
#include "desk/way.h"
#include "file/file.h"
#include "registry/doc.h"

/* ---- asking -------------------------------------------------------------- */

/* Connected, with the desk chosen, and who asks. */
enum rc
doc_begin(struct talk *t, json_t **request, const struct args *a, struct err *e)
{
	char *person = NULL;
	enum rc rc;

	*request = NULL;
	if ((rc = talk_open(t, a, e)) != RC_OK ||
	    (rc = talk_choose(t, arg(a, "desk"), e)) != RC_OK)
		return rc;
	*request = talk_request(t);
	if (!arg_given(a, "as"))
		return RC_OK;
	rc = talk_person(&person, t, arg(a, "as"), e);
	if (rc == RC_OK)
		show_word(*request, "as", person);
	free(person);
	return rc;
}

/* The rows of an answer; the request is taken. */
static enum rc
ask(json_t **rows, struct talk *t, enum control_what what, json_t **request,
    struct err *e)
{
	json_t *r = *request;

	*request = NULL;
	return talk_rows(t, what, r, rows, e);
}

/* ---- what words are called ------------------------------------------------
 */

static const char *
state_of(const json_t *row)
{
	enum doc_state s;
	const char *word = row_text(row, "state");

	return doc_state_by_word(&s, bytes_str(word)) ? doc_state_name(s)
						      : word;
}

static const char *
kind_of(const json_t *row)
{
	enum doc_kind k;
	const char *word = row_text(row, "kind");

	return doc_kind_by_word(&k, bytes_str(word)) ? doc_kind_name(k) : word;
}

static const char *
level_of(const json_t *row)
{
	enum level l;
	const char *word = row_text(row, "level");

	return level_parse(&l, bytes_str(word)) ? level_name(l) : word;
}

static const char *
action_of(const json_t *row)
{
	enum action a;
	const char *word = row_text(row, "action");

	return action_by_word(&a, bytes_str(word)) ? action_name(a) : word;
}

/* ---- doing --------------------------------------------------------------- */

/* "name=value" into the object.  RC_USAGE. */
static enum rc
add_field(json_t *fields, const char *word, struct err *e)
{
	const char *is = strchr(word, '=');
	char name[40], text[2 * ID_SIZE + 1] = "";
	struct id id;

	if (is == NULL || is == word || (size_t)(is - word) >= sizeof(name))
		return fail(
		    e, RC_USAGE, "\"%s\" is not of the form name=value", word);
	memcpy(name, word, (size_t)(is - word));
	name[is - word] = '\0';
	if (json_object_get(fields, name) != NULL)
		return fail(e, RC_USAGE, "\"%s\" is given twice", name);
	/* ids as they are printed, in groups */
	if (strlen(is + 1) == ID_TEXT - 1 && id_parse(&id, bytes_str(is + 1)))
		hex_write(text, id_bytes(&id));
	return talk_text(fields, name, text[0] != '\0' ? text : is + 1, e);
}

/* What the law wants said in writing after such a step. */
static const struct {
	const char *word, *text;
} doc_owed[] = {
	{ "extended", "To be said to all recipients in writing: its "
		      "protection is extended" },
	{ "relevelled",
	    "To be said to all recipients in writing: its level is another" },
	{ "declassified",
	    "To be said to all recipients in writing: it is declassified" },
	{ "recalled", "To be said to all recipients in writing: it is "
		      "recalled" },
	{ "refused", "To be said to the sender in writing: why it is refused" },
	{ "destroyed-in-danger", "To be reported in writing to the unit above: "
				 "what was destroyed, and why" },
};

static void
print_owed(const json_t *row)
{
	const char *word = row_text(row, "owes");
	char by[TIME_TEXT];
	size_t i;

	for (i = 0; i < sizeof(doc_owed) / sizeof(doc_owed[0]); i++)
		if (strcmp(doc_owed[i].word, word) == 0)
			(void)printf("%s.\n", tr(doc_owed[i].text));
	if (row_int(row, "owes_by") == 0)
		return;
	time_write_vn(by, row_int(row, "owes_by"));
	say("By %s at the latest.\n", by);
}

static void
print_done(const json_t *row)
{
	char due[TIME_TEXT];

	say("Document %s: %s.\n", row_text(row, "document"), state_of(row));
	if (row_text(row, "symbol")[0] != '\0')
		say("Number: %s\n", row_text(row, "symbol"));
	if (row_int(row, "due") != 0) {
		time_write_vn(due, row_int(row, "due"));
		say("To be done with by %s.\n", due);
	}
	print_owed(row);
}

/* A step that a command line asks for. */
struct command {
	struct talk t;
	struct doing d;
	const struct args *a;
	bool json;
};

static enum rc
acts(void *ctx, struct err *e)
{
	struct command *c = ctx;
	enum rc rc = talk_act(&c->t, arg(c->a, "desk"), e);

	c->d.desk.address = c->t.desk;
	return rc;
}

static void
is_told(void *ctx, const char *text)
{
	const struct command *c = ctx;

	if (!c->json)
		(void)puts(text);
}

static void
was_taken(void *ctx, json_t *rows)
{
	const struct command *c = ctx;

	if (c->json)
		rows_show(json_incref(rows));
	else if (json_array_size(rows) > 0)
		print_done(json_array_get(rows, 0));
}

static enum rc
doc_do(const struct args *a, struct err *e)
{
	struct command *c = alloc(1, sizeof(*c));
	char *as = NULL;
	size_t i = 1;
	enum rc rc;

	*c = (struct command){
		.t = { .fd = -1 }, .a = a, .json = arg_given(a, "json")
	};
	c->d.action = a->rest[0];
	c->d.fields = json_object();
	c->d.code = arg(a, "code");
	c->d.taken = was_taken;
	if (a->rest_count > 1 && strchr(a->rest[1], '=') == NULL)
		c->d.document = a->rest[i++];
	if ((rc = talk_open(&c->t, a, e)) != RC_OK ||
	    (rc = talk_choose(&c->t, arg(a, "desk"), e)) != RC_OK)
		goto out;
	if (arg_given(a, "as") &&
	    (rc = talk_person(&as, &c->t, arg(a, "as"), e)) != RC_OK)
		goto out;
	for (; i < a->rest_count && rc == RC_OK; i++)
		rc = add_field(c->d.fields, a->rest[i], e);
	if (rc == RC_OK && arg_given(a, "file"))
		rc = doc_files(&c->d.files, a, e);
	c->d.desk = talk_desk(&c->t, as);
	c->d.desk.act = acts;
	c->d.desk.tell = is_told;
	c->d.desk.ctx = c;
	if (rc == RC_OK)
		rc = way_take(&c->d, e);
out:
	way_free(&c->d);
	talk_close(&c->t);
	free(as);
	free(c);
	return rc;
}

static const struct opt do_opts[] = { OPT_AS, OPT_DESK,
	{ "file", "FILE", "a document's file: it is sealed for the desk",
	    true },
	{ "attachment", "FILE", "a file that is attached to it", true },
	{ "code", "WORD", "why it is refused: its sender is told", false },
	OPT_STATION, OPT_PASSPHRASE, OPT_JSON, OPT_END };
const struct cmd cmd_doc = {
	.name = "doc",
	.args = "ACTION [DOCUMENT] [NAME=VALUE]...",
	.does = "Take a step of a document; you sign it with your own key.",
	.opts = do_opts,
	.least = 1,
	.most = 40,
	.run = doc_do,
};

/* ---- lists --------------------------------------------------------------- */

static void
print_list(const json_t *rows)
{
	struct table t = { .columns = 6 };
	char id[SHORT_ID], at[TIME_TEXT];
	json_t *row;
	size_t i;

	table_add(&t, tr("Document"));
	table_add(&t, tr("Kind"));
	table_add(&t, tr("State"));
	table_add(&t, tr("Level"));
	table_add(&t, tr("Number"));
	table_add(&t, tr("Changed"));
	json_array_foreach(rows, i, row)
	{
		(void)snprintf(
		    id, sizeof(id), "%.8s", row_text(row, "document"));
		row_time(at, row, "changed");
		table_add(&t, id);
		table_add(&t, kind_of(row));
		table_add(&t, state_of(row));
		table_add(&t, level_of(row));
		table_add(&t, row_text(row, "symbol"));
		table_add(&t, at);
	}
	table_print(&t);
}

static enum rc
list(const struct args *a, enum control_what what, struct err *e)
{
	json_t *request = NULL, *rows = NULL;
	struct talk t = { .fd = -1 };
	uint64_t max = 0;
	enum rc rc;

	if ((rc = doc_begin(&t, &request, a, e)) != RC_OK ||
	    (rc = arg_number(&max, a, "max", 1, CONTROL_ROWS, e)) != RC_OK)
		goto out;
	if (a->rest_count > 0 &&
	    (rc = talk_text(request, "text", a->rest[0], e)) != RC_OK)
		goto out;
	if (what == CONTROL_DOC_LIST && arg_given(a, "all"))
		show_bool(request, "all", true);
	if (max > 0)
		show_number(request, "max", max);
	rc = ask(&rows, &t, what, &request, e);
	if (rc == RC_OK && arg_given(a, "json"))
		rows_show(rows), rows = NULL;
	else if (rc == RC_OK && json_array_size(rows) == 0)
		say("No documents.\n");
	else if (rc == RC_OK)
		print_list(rows);
out:
	json_decref(request);
	json_decref(rows);
	talk_close(&t);
	return rc;
}

static enum rc
doc_list(const struct args *a, struct err *e)
{
	return list(a, CONTROL_DOC_LIST, e);
}

#define OPT_MAX                                                                \
	{                                                                      \
		"max", "N", "at most so many, the newest", false               \
	}
static const struct opt list_opts[] = { OPT_AS, OPT_DESK,
	{ "all", NULL, "also those that are over", false }, OPT_MAX,
	OPT_STATION, OPT_JSON, OPT_END };
const struct cmd cmd_doc_list = {
	.name = "doc list",
	.args = "[KIND|STATE]",
	.does = "List the documents of a desk.",
	.opts = list_opts,
	.most = 1,
	.run = doc_list,
};

static enum rc
doc_search(const struct args *a, struct err *e)
{
	return list(a, CONTROL_DOC_SEARCH, e);
}

static const struct opt search_opts[] = { OPT_AS, OPT_DESK, OPT_MAX,
	OPT_STATION, OPT_JSON, OPT_END };
const struct cmd cmd_doc_search = {
	.name = "doc search",
	.args = "WORDS",
	.does = "Find documents by words, with or without diacritics.",
	.opts = search_opts,
	.least = 1,
	.most = 1,
	.run = doc_search,
};

/* ---- one ----------------------------------------------------------------- */

/* What is told in lines of its own, or not at all. */
static bool
is_known(const char *name)
{
	static const char *const known[] = { "row", "document", "kind", "state",
		"level", "precedence", "desk", "rules", "begun", "changed",
		"can", "number", "at", "action", "person", "role", "destroyed",
		"content", "digest", "office", "superior", "person-name",
		"type-name" };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(name, known[i]) == 0)
			return true;
	return false;
}

static void
print_fields(const json_t *row, const char *before)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)row, name, value)
	{
		if (!is_known(name) && json_is_string(value))
			(void)printf("%s%s: %s\n", before, name,
			    json_string_value(value));
	}
}

static void
print_step(const json_t *row)
{
	char at[TIME_TEXT];

	row_time(at, row, "at");
	(void)printf("%3d. %s  %s  %s\n", (int)row_int(row, "step"), at,
	    action_of(row), row_text(row, "person"));
	if (row_text(row, "destroyed")[0] != '\0')
		(void)printf(
		    "       %s\n", tr("what was written in it is destroyed"));
	print_fields(row, "       ");
}

static void
print_doc(const json_t *rows)
{
	const json_t *doc = json_array_get(rows, 0);
	json_t *row;
	size_t i;

	say("Document: %s\n", row_text(doc, "document"));
	say("Kind: %s\n", kind_of(doc));
	say("State: %s\n", state_of(doc));
	say("Level: %s\n", level_of(doc));
	say("Precedence: %s\n", row_precedence(doc));
	print_fields(doc, "  ");
	say("\nSteps:\n");
	json_array_foreach(rows, i, row)
	{
		if (row_is(row, "step"))
			print_step(row);
	}
	say("\nWhat can follow: %s\n", row_text(doc, "can"));
}

static enum rc
one(json_t **rows, const struct args *a, enum control_what what, struct err *e)
{
	json_t *request = NULL;
	struct talk t = { .fd = -1 };
	enum rc rc;

	*rows = NULL;
	if ((rc = doc_begin(&t, &request, a, e)) == RC_OK) {
		show_word(request, "document", a->rest[0]);
		rc = ask(rows, &t, what, &request, e);
	}
	json_decref(request);
	talk_close(&t);
	return rc;
}

/* How far it is with each to whom it was sent. */
static void
print_addressees(struct talk *t, const json_t *rows)
{
	const struct desk d = talk_desk(t, NULL);
	json_t *list, *row;
	const char *code;
	struct err e;
	size_t i;

	if (way_addressees(&list, &d, rows, &e) == RC_OK &&
	    json_array_size(list) > 0)
		say("\nAddressees:\n");
	json_array_foreach(list, i, row)
	{
		code = row_text(row, "code");
		(void)printf("  %s: %s%s%s\n", row_text(row, "desk"),
		    state_name(row_text(row, "state")),
		    code[0] != '\0' ? ": " : "", state_name(code));
	}
	json_decref(list);
}

static enum rc
doc_show(const struct args *a, struct err *e)
{
	struct talk t = { .fd = -1 };
	json_t *request, *rows = NULL;
	enum rc rc = doc_begin(&t, &request, a, e);

	if (rc == RC_OK) {
		show_word(request, "document", a->rest[0]);
		rc = ask(&rows, &t, CONTROL_DOC_SHOW, &request, e);
	}
	if (rc == RC_OK && arg_given(a, "json")) {
		rows_show(rows), rows = NULL;
	} else if (rc == RC_OK) {
		print_doc(rows);
		print_addressees(&t, rows);
	}
	json_decref(request);
	json_decref(rows);
	talk_close(&t);
	return rc;
}

static const struct opt show_opts[] = { OPT_AS, OPT_DESK, OPT_STATION, OPT_JSON,
	OPT_END };
const struct cmd cmd_doc_show = {
	.name = "doc show",
	.args = "DOCUMENT",
	.does = "Show a document, and each step that was taken.",
	.opts = show_opts,
	.least = 1,
	.most = 1,
	.run = doc_show,
};

/* ---- its record ---------------------------------------------------------- */

static enum rc
doc_record(const struct args *a, struct err *e)
{
	struct buf out = { 0 };
	json_t *rows;
	enum rc rc = one(&rows, a, CONTROL_DOC_RECORD, e);

	if (rc == RC_OK)
		rc = record_bytes(&out, rows, e);
	if (rc == RC_OK)
		rc = file_write(a->rest[1], buf_bytes(&out), 0600,
		    arg_given(a, "force"), e);
	if (rc == RC_OK)
		say("Written to %s: %zu steps with their signatures.\n",
		    a->rest[1], json_array_size(rows));
	json_decref(rows);
	buf_free(&out);
	return rc;
}

static const struct opt record_opts[] = { OPT_AS, OPT_DESK, OPT_FORCE,
	OPT_STATION, OPT_END };
const struct cmd cmd_doc_record = {
	.name = "doc record",
	.args = "DOCUMENT FILE",
	.does = "Write a document's signed steps into a file.",
	.opts = record_opts,
	.least = 2,
	.most = 2,
	.run = doc_record,
};
