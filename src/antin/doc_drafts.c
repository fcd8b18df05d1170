/* SPDX-License-Identifier: EUPL-1.2 */
/* antin doc drafts: what somebody writes in the desk's pages and has not sent
 * (docs/registry.md 10). */
#include <stdio.h>
#include <string.h>

#include "antin/doc.h"
#include "core/lang.h"
#include "core/time.h"

static void
print_drafts(const json_t *rows)
{
	struct table t = { .columns = 5 };
	char id[SHORT_ID], changed[TIME_TEXT], until[TIME_TEXT], size[24];
	json_t *row;
	size_t i;

	table_add(&t, tr("Draft"));
	table_add(&t, tr("Title"));
	table_add(&t, tr("Bytes"));
	table_add(&t, tr("Changed"));
	table_add(&t, tr("Kept until"));
	json_array_foreach(rows, i, row)
	{
		(void)snprintf(id, sizeof(id), "%.8s", row_text(row, "draft"));
		(void)snprintf(size, sizeof(size), "%lld",
		    (long long)row_int(row, "size"));
		row_time(changed, row, "changed");
		row_time(until, row, "until");
		table_add(&t, id);
		table_add(&t, row_text(row, "title"));
		table_add(&t, size);
		table_add(&t, changed);
		table_add(&t, until);
	}
	table_print(&t);
}

/* The one whose id begins so.  RC_ABSENT, RC_EXISTS. */
static enum rc
find(const char **out, const json_t *rows, const char *digits, struct err *e)
{
	const char *id;
	json_t *row;
	size_t i;

	*out = NULL;
	json_array_foreach(rows, i, row)
	{
		id = row_text(row, "draft");
		if (strncmp(id, digits, strlen(digits)) != 0)
			continue;
		if (*out != NULL)
			return fail(e, RC_EXISTS,
			    "several drafts begin with %s: more digits are "
			    "wanted",
			    digits);
		*out = id;
	}
	return *out != NULL
		   ? RC_OK
		   : fail(e, RC_ABSENT, "you have no draft that begins with %s",
			 digits);
}

static enum rc
drop(struct talk *t, json_t *request, const json_t *rows, const char *digits,
    struct err *e)
{
	json_t *answer = NULL, *of = json_deep_copy(request);
	const char *id;
	enum rc rc = find(&id, rows, digits, e);

	if (rc == RC_OK) {
		show_word(of, "draft", id);
		rc = talk_rows(t, CONTROL_DRAFT_DROP, of, &answer, e);
		of = NULL;
	}
	if (rc == RC_OK)
		say("The draft %.8s is deleted.\n", id);
	json_decref(of);
	json_decref(answer);
	return rc;
}

static enum rc
doc_drafts(const struct args *a, struct err *e)
{
	json_t *request = NULL, *rows = NULL;
	struct talk t = { .fd = -1 };
	enum rc rc;

	if ((rc = doc_begin(&t, &request, a, e)) != RC_OK ||
	    (rc = talk_rows(&t, CONTROL_DRAFTS, json_deep_copy(request), &rows,
		 e)) != RC_OK)
		goto out;
	if (arg_given(a, "drop")) {
		rc = drop(&t, request, rows, arg(a, "drop"), e);
	} else if (arg_given(a, "json")) {
		rows_show(rows), rows = NULL;
	} else if (json_array_size(rows) == 0) {
		say("No drafts.\n");
	} else {
		print_drafts(rows);
	}
out:
	json_decref(request);
	json_decref(rows);
	talk_close(&t);
	return rc;
}

static const struct opt drafts_opts[] = { OPT_AS, OPT_DESK,
	{ "drop", "DRAFT", "delete this one", false }, OPT_STATION, OPT_JSON,
	OPT_END };
const struct cmd cmd_doc_drafts = {
	.name = "doc drafts",
	.args = "",
	.does = "List what you write and have not sent, or delete it.",
	.opts = drafts_opts,
	.run = doc_drafts,
};
