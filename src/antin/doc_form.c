/* SPDX-License-Identifier: EUPL-1.2 */
/* antin doc form: a document's stamps, its telegram's form, its minutes, filled
 * from its steps (docs/registry.md 9.7). */
#include "antin/register.h"
#include "core/lang.h"
#include "core/time.h"
#include "file/file.h"
#include "print/print.h"

static json_t *
more(json_t *request, const struct args *a)
{
	(void)json_object_del(request, "book");
	(void)json_object_del(request, "year");
	show_word(request, "document", a->rest[0]);
	show_bool(request, "print", true);
	return request;
}

static enum rc
write_out(const json_t *rows, enum print_what what, const struct args *a,
    struct err *e)
{
	struct form_out out = { .made = time_now() };
	struct out_file file = { .dir = -1, .fd = -1 };
	const char *path;
	enum rc rc = arg_must(&path, a, "out", e);

	if (rc == RC_OK)
		rc = out_open(&file, path, 0600, arg_given(a, "force"), e);
	if (rc != RC_OK)
		return rc;
	out.to = out_sink(&file);
	if ((rc = print_paper(&out, what, rows, e)) == RC_OK)
		rc = out_commit(&file, e);
	out_drop(&file);
	if (rc == RC_OK)
		say("Printed: %s\n", path);
	return rc;
}

static enum rc
doc_form(const struct args *a, struct err *e)
{
	const char *name = arg(a, "form");
	enum print_what what = PRINT_STAMPS;
	json_t *rows = NULL;
	enum rc rc;

	if (name != NULL && (!print_by_word(&what, bytes_str(name)) ||
				what < PRINT_STAMPS || what > PRINT_HANDOVER))
		return fail(e, RC_USAGE,
		    "--form is \"stamps\", \"telegram\", \"destruction\" or "
		    "\"handover\"");
	rc = register_ask(&rows, a, CONTROL_DOC_SHOW, more, e);
	if (rc == RC_OK)
		rc = write_out(
		    rows, name == NULL ? print_usual(rows) : what, a, e);
	json_decref(rows);
	return rc;
}

static const struct opt opts[] = { { "out", "FILE.pdf",
				       "the file to be written", false },
	{ "form", "FORM",
	    "stamps, telegram, destruction or handover (default: a "
	    "telegram's form, else its stamps)",
	    false },
	OPT_FORCE, OPT_AS, OPT_DESK, OPT_STATION, OPT_END };
const struct cmd cmd_doc_form = {
	.name = "doc form",
	.args = "DOCUMENT",
	.does = "Print a document's stamps, or a form filled from its steps.",
	.opts = opts,
	.least = 1,
	.most = 1,
	.run = doc_form,
};
