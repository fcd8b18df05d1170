/* SPDX-License-Identifier: EUPL-1.2 */
#include "desk/next.h"

#include <stdio.h>
#include <string.h>

#include "core/time.h"
#include "desk/way.h"
#include "registry/action.h"

#define NOTHING_TEXT "x"
#define ZEROS                                                                  \
	"00000000000000000000000000000000"                                     \
	"00000000000000000000000000000000"

/* ---- fields -------------------------------------------------------------- */

static const char *const type_words[] = {
	[FIELD_TEXT] = "text",
	[FIELD_LIST] = "list",
	[FIELD_WORD] = "word",
	[FIELD_UINT] = "number",
	[FIELD_ID] = "id",
	[FIELD_HASH] = "hash",
	[FIELD_IS_LEVEL] = "level",
	[FIELD_IS_PRECEDENCE] = "precedence",
	[FIELD_TIME] = "time",
	[FIELD_DAY] = "day",
	[FIELD_CHOICE] = "choice",
};

static void
add_field(json_t *list, const char *action, const struct action_field *f)
{
	const struct field_row *row = field_row(f->name);
	json_t *item = show_item(list), *choices;
	size_t i;

	show_word(item, "name", row->word);
	show_word(item, "type", type_words[row->type]);
	show_bool(item, "must", (f->how & NEEDED) != 0);
	show_number(item, "min", row->min);
	show_number(item, "max", row->max);
	show_bool(item, "filled", way_fills(action, row->word));
	if (row->choices == NULL)
		return;
	choices = show_array(item, "choices");
	for (i = 0; row->choices[i] != NULL; i++)
		(void)json_array_append_new(
		    choices, json_string(row->choices[i]));
}

/* ---- whether it could be done -------------------------------------------- */

/* Something of this type: what the document says of it, or what means nothing.
 * Who may is looked at before what it says. */
static void
add_try(json_t *fields, const struct field_row *row, const json_t *doc)
{
	char text[TIME_TEXT + 24];
	const char *is = row_text(doc, row->word);

	if (is[0] == '\0' && row->type == FIELD_UINT) {
		(void)snprintf(
		    text, sizeof(text), "%llu", (unsigned long long)row->min);
		is = text;
	} else if (is[0] == '\0' &&
		   (row->type == FIELD_TIME || row->type == FIELD_DAY)) {
		time_write(text, time_now());
		if (row->type == FIELD_DAY)
			text[10] = '\0';
		is = text;
	} else if (is[0] == '\0' && row->type == FIELD_CHOICE) {
		is = row->choices[0];
	} else if (is[0] == '\0' && row->type == FIELD_IS_LEVEL) {
		is = level_word(LEVEL_ORDINARY);
	} else if (is[0] == '\0' && row->type == FIELD_IS_PRECEDENCE) {
		is = precedence_word(PRECEDENCE_THUONG);
	} else if (is[0] == '\0') {
		is = row->type == FIELD_HASH ? ZEROS
		     : row->type == FIELD_ID ? &ZEROS[2 * ID_SIZE]
					     : NOTHING_TEXT;
	}
	show_word(fields, row->word, is);
}

static enum rc
add_action(json_t *out, const struct desk *d, const json_t *doc,
    const struct action_row *row, struct err *e)
{
	json_t *request = desk_request_as(d), *fields = json_object(), *item,
	       *list;
	const struct action_field *f;
	bool could;
	size_t i;
	enum rc rc;

	for (i = 0; i < row->field_count; i++)
		if (row->fields[i].how == NEEDED)
			add_try(fields, field_row(row->fields[i].name), doc);
	show_word(request, "do", row->word);
	if (doc != NULL)
		show_word(request, "document", row_text(doc, "document"));
	if (json_object_size(fields) > 0)
		(void)json_object_set(request, "fields", fields);
	json_decref(fields);
	show_bool(request, "try", true);
	rc = ask_station(d->fd, CONTROL_DOC, request, NULL, NULL, e);
	if (rc == RC_IO)
		return rc;
	if (rc != RC_OK && e->of == ERR_OF_ROLE)
		return RC_OK;
	could = rc == RC_OK || e->of != ERR_OF_PERSON;
	item = show_item(out);
	show_word(item, "action", row->word);
	show_bool(item, "could", could);
	if (!could)
		show_word(item, "why", e->text);
	show_bool(item, "files", way_takes_files(row->word));
	list = show_array(item, "fields");
	for (i = 0; i < row->field_count; i++) {
		f = &row->fields[i];
		if ((f->how & BY_SYSTEM) == 0)
			add_field(list, row->word, f);
	}
	return RC_OK;
}

/* It is one of the words, which have blanks between them. */
static bool
has_word(const char *words, const char *word)
{
	const size_t len = strlen(word);
	size_t n;

	for (; *words != '\0'; words += n + (words[n] != '\0')) {
		n = strcspn(words, " ,;");
		if (n == len && strncmp(words, word, len) == 0)
			return true;
	}
	return false;
}

enum rc
next_of(json_t **out, const struct desk *d, const json_t *rows, struct err *e)
{
	const json_t *doc = rows == NULL ? NULL : json_array_get(rows, 0);
	const struct action_row *row;
	enum doc_kind kind;
	unsigned a;
	enum rc rc = RC_OK;

	*out = json_array();
	for (a = ACTION_DRAFT; a < ACTIONS && rc == RC_OK; a++) {
		row = action_row(a);
		if (doc == NULL ? action_begins(&kind, (enum action)a)
				: has_word(row_text(doc, "can"), row->word))
			rc = add_action(*out, d, doc, row, e);
	}
	return rc;
}
