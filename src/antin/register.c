/* SPDX-License-Identifier: EUPL-1.2 */
/* antin register: the registers of a station (docs/registry.md 7.5). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/register.h"
#include "core/lang.h"
#include "core/time.h"

#define PAGE 500u /* lines that are asked for at a time */

/* Lines have come: further ones begin after the last of them.  False: all are
 * there. */
static bool
more_lines(uint64_t *at, const json_t *page)
{
	const json_t *row;
	size_t i, lines = 0;

	json_array_foreach(page, i, row)
	{
		if (!row_is(row, "line"))
			continue;
		lines++;
		*at = (uint64_t)row_int(row, "serial") + 1;
	}
	return lines == PAGE;
}

/* All lines of a register, page after page. */
static enum rc
ask_pages(struct talk *t, enum control_what what, json_t *request,
    json_t **rows, struct err *e)
{
	json_t *page = NULL;
	uint64_t at = 1;
	bool more = true;
	enum rc rc = RC_OK;

	*rows = json_array();
	while (rc == RC_OK && more) {
		show_number(request, "at", at);
		show_number(request, "max", PAGE);
		rc = talk_rows(t, what, json_deep_copy(request), &page, e);
		if (rc != RC_OK)
			break;
		more = more_lines(&at, page);
		if (what == CONTROL_BOOK_PRINT && json_array_size(*rows) == 0)
			show_number(request, "volume",
			    (uint64_t)row_int(
				json_array_get(page, 0), "volume"));
		(void)json_array_extend(*rows, page);
		json_decref(page);
	}
	json_decref(request);
	if (rc != RC_OK)
		json_decref(*rows), *rows = NULL;
	return rc;
}

enum rc
register_begin(
    struct talk *t, json_t **request, const struct args *a, struct err *e)
{
	char *person = NULL;
	enum rc rc;

	*request = NULL;
	if ((rc = talk_open(t, a, e)) != RC_OK ||
	    (rc = talk_choose(t, arg(a, "desk"), e)) != RC_OK)
		return rc;
	if (arg_given(a, "as") &&
	    (rc = talk_person(&person, t, arg(a, "as"), e)) != RC_OK)
		return rc;
	*request = talk_request(t);
	if (person != NULL)
		show_word(*request, "as", person);
	free(person);
	return RC_OK;
}

enum rc
register_ask(json_t **rows, const struct args *a, enum control_what what,
    json_t *(*more)(json_t *request, const struct args *a), struct err *e)
{
	uint64_t year = (uint64_t)time_civil(time_now() + 7 * 3600).year,
		 volume = 0;
	json_t *request = NULL;
	struct talk t = { .fd = -1 };
	enum rc rc;

	*rows = NULL;
	if ((rc = arg_number(&year, a, "year", 1900, 9999, e)) != RC_OK ||
	    (rc = arg_number(&volume, a, "volume", 1, 9999, e)) != RC_OK ||
	    (rc = register_begin(&t, &request, a, e)) != RC_OK)
		goto out;
	if (a->rest_count > 0) {
		show_word(request, "book", a->rest[0]);
		show_number(request, "year", year);
	}
	if (volume > 0)
		show_number(request, "volume", volume);
	if (more != NULL)
		request = more(request, a);
	rc = what == CONTROL_BOOK || what == CONTROL_BOOK_PRINT
		 ? ask_pages(&t, what, request, rows, e)
		 : talk_rows(&t, what, request, rows, e);
	request = NULL;
out:
	json_decref(request);
	talk_close(&t);
	return rc;
}

/* ---- list ---------------------------------------------------------------- */

static void
print_volumes(const json_t *rows)
{
	struct table t = { .columns = 6 };
	char text[40], closed[TIME_TEXT];
	json_t *row;
	size_t i;

	table_add(&t, tr("Register"));
	table_add(&t, tr("Year"));
	table_add(&t, tr("Volume"));
	table_add(&t, tr("Lines"));
	table_add(&t, tr("Closed"));
	table_add(&t, tr("Name"));
	json_array_foreach(rows, i, row)
	{
		if (!row_is(row, "volume"))
			continue;
		table_add(&t, row_text(row, "book"));
		(void)snprintf(
		    text, sizeof(text), "%d", (int)row_int(row, "year"));
		table_add(&t, text);
		(void)snprintf(
		    text, sizeof(text), "%d", (int)row_int(row, "volume"));
		table_add(&t, text);
		(void)snprintf(text, sizeof(text), "%lld-%lld",
		    (long long)row_int(row, "first"),
		    (long long)row_int(row, "last"));
		table_add(&t, text);
		row_time(closed, row, "closed");
		table_add(&t, closed);
		table_add(&t, row_text(row, "title"));
	}
	table_print(&t);
}

static enum rc
register_list(const struct args *a, struct err *e)
{
	json_t *rows;
	enum rc rc = register_ask(&rows, a, CONTROL_BOOKS, NULL, e);

	if (rc == RC_OK && arg_given(a, "json"))
		rows_show(rows), rows = NULL;
	else if (rc == RC_OK && json_array_size(rows) == 0)
		say("No register has been begun.\n");
	else if (rc == RC_OK)
		print_volumes(rows);
	json_decref(rows);
	return rc;
}

static const struct opt list_opts[] = { OPT_AS, OPT_DESK, OPT_STATION, OPT_JSON,
	OPT_END };
const struct cmd cmd_register_list = {
	.name = "register list",
	.args = "",
	.does = "List the registers, and their volumes.",
	.opts = list_opts,
	.run = register_list,
};

/* ---- show ---------------------------------------------------------------- */

static bool
is_cell(const char *name)
{
	return strcmp(name, "row") != 0 && strcmp(name, "serial") != 0 &&
	       strcmp(name, "volume") != 0 && strcmp(name, "at") != 0 &&
	       strcmp(name, "line-level") != 0;
}

static void
print_lines(const json_t *rows)
{
	const char *name;
	char at[TIME_TEXT];
	json_t *row, *value;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		row_time(at, row, "at");
		if (row_is(row, "remark"))
			say("%5lld. remark, %s\n",
			    (long long)row_int(row, "serial"), at);
		else
			(void)printf("%5lld. %s\n",
			    (long long)row_int(row, "serial"), at);
		json_object_foreach(row, name, value)
		{
			if (is_cell(name) && json_is_string(value))
				(void)printf("       %s: %s\n", name,
				    json_string_value(value));
		}
	}
}

static enum rc
register_show(const struct args *a, struct err *e)
{
	json_t *rows;
	enum rc rc = register_ask(&rows, a, CONTROL_BOOK, NULL, e);

	if (rc == RC_OK && arg_given(a, "json"))
		rows_show(rows), rows = NULL;
	else if (rc == RC_OK && json_array_size(rows) == 0)
		say("No lines.\n");
	else if (rc == RC_OK)
		print_lines(rows);
	json_decref(rows);
	return rc;
}

static const struct opt show_opts[] = { OPT_YEAR,
	{ "volume", "N", "of one volume only", false }, OPT_AS, OPT_DESK,
	OPT_STATION, OPT_JSON, OPT_END };
const struct cmd cmd_register_show = {
	.name = "register show",
	.args = "REGISTER",
	.does = "Show the lines of a register.",
	.opts = show_opts,
	.least = 1,
	.most = 1,
	.run = register_show,
};

/* ---- close, remark, resume ----------------------------------------------- */

static json_t *
number_and_text(json_t *request, const struct args *a)
{
	show_number(request, "at", strtoull(a->rest[1], NULL, 10));
	show_word(request, "text", a->rest[2]);
	return request;
}

static enum rc
register_close(const struct args *a, struct err *e)
{
	json_t *rows;
	enum rc rc = register_ask(&rows, a, CONTROL_BOOK_CLOSE, NULL, e);

	if (rc == RC_OK)
		say("The volume is closed; the next line begins another.\n");
	json_decref(rows);
	return rc;
}

static const struct opt close_opts[] = { OPT_YEAR, OPT_AS, OPT_DESK,
	OPT_STATION, OPT_END };
const struct cmd cmd_register_close = {
	.name = "register close",
	.args = "REGISTER",
	.does = "Close a register's volume: it takes nothing more.",
	.opts = close_opts,
	.least = 1,
	.most = 1,
	.run = register_close,
};

static enum rc
register_remark(const struct args *a, struct err *e)
{
	uint64_t serial;
	json_t *rows = NULL;
	enum rc rc = talk_number(a->rest[1], &serial, e);

	if (rc == RC_OK)
		rc = register_ask(
		    &rows, a, CONTROL_BOOK_REMARK, number_and_text, e);
	if (rc == RC_OK)
		say("The remark stands behind line %llu.\n",
		    (unsigned long long)serial);
	json_decref(rows);
	return rc;
}

const struct cmd cmd_register_remark = {
	.name = "register remark",
	.args = "REGISTER LINE TEXT",
	.does = "Add a remark to a line of a volume that is open.",
	.opts = close_opts,
	.least = 3,
	.most = 3,
	.run = register_remark,
};

static enum rc
register_resume(const struct args *a, struct err *e)
{
	uint64_t number;
	json_t *rows = NULL;
	enum rc rc = talk_number(a->rest[1], &number, e);

	if (rc == RC_OK)
		rc = register_ask(
		    &rows, a, CONTROL_BOOK_RESUME, number_and_text, e);
	if (rc == RC_OK &&
	    strcmp(row_text(json_array_get(rows, 0), "done"), "yes") == 0)
		say("Numbers of this series go on at %llu.\n",
		    (unsigned long long)number);
	else if (rc == RC_OK)
		say("That is noted. Another person says the same now: antin "
		    "register resume\n");
	json_decref(rows);
	return rc;
}

const struct cmd cmd_register_resume = {
	.name = "register resume",
	.args = "SERIES NUMBER REASON",
	.does = "After a restore: two people say at which number it goes on.",
	.opts = close_opts,
	.least = 3,
	.most = 3,
	.run = register_resume,
};
