/* SPDX-License-Identifier: EUPL-1.2 */
/* antin register print: a volume on paper, or as a file for another program
 * (docs/registry.md 9). */
#include <string.h>

#include "antin/register.h"
#include "core/lang.h"
#include "core/time.h"
#include "file/file.h"
#include "print/print.h"

static enum rc
print_pdf(struct sink to, const json_t *rows, struct err *e)
{
	struct form_out out = { .to = to, .made = time_now() };
	enum rc rc = print_paper(&out, PRINT_REGISTER, rows, e);

	if (rc == RC_OK && out.unknown > 0)
		say("Characters that the font has no picture of: %zu; they "
		    "stand as a mark.\n",
		    out.unknown);
	return rc;
}

/* For its owner alone. */
static enum rc
write_out(const json_t *rows, const char *path, const char *format, bool force,
    struct err *e)
{
	struct out_file file = { .dir = -1, .fd = -1 };
	enum rc rc = out_open(&file, path, 0600, force, e);

	if (rc == RC_OK && strcmp(format, "csv") == 0)
		rc = print_volume_rows(out_sink(&file), CSV_BOM, rows, e);
	else if (rc == RC_OK && strcmp(format, "json") == 0)
		rc = print_volume_rows(out_sink(&file), CSV_JSON, rows, e);
	else if (rc == RC_OK)
		rc = print_pdf(out_sink(&file), rows, e);
	if (rc == RC_OK)
		rc = out_commit(&file, e);
	out_drop(&file);
	return rc;
}

static void
say_printed(const char *path, const json_t *rows)
{
	const json_t *row, *about = NULL;
	size_t i, lines = 0;

	json_array_foreach(rows, i, row)
	{
		if (row_is(row, "book"))
			about = row;
		lines += row_is(row, "line");
	}
	say("Printed: %s, volume %d of %d, %zu lines.\n", path,
	    (int)row_int(about, "volume"), (int)row_int(about, "year"),
	    lines);
}

static enum rc
register_print(const struct args *a, struct err *e)
{
	const char *path, *format = arg(a, "format");
	json_t *rows = NULL;
	enum rc rc;

	if (format == NULL)
		format = "pdf";
	if (strcmp(format, "pdf") != 0 && strcmp(format, "csv") != 0 &&
	    strcmp(format, "json") != 0)
		return fail(
		    e, RC_USAGE, "--format is \"pdf\", \"csv\" or \"json\"");
	if ((rc = arg_must(&path, a, "out", e)) != RC_OK)
		return rc;
	rc = register_ask(&rows, a, CONTROL_BOOK_PRINT, NULL, e);
	if (rc == RC_OK)
		rc = write_out(rows, path, format, arg_given(a, "force"), e);
	if (rc == RC_OK)
		say_printed(path, rows);
	json_decref(rows);
	return rc;
}

static const struct opt opts[] = { OPT_YEAR,
	{ "volume", "N", "which volume (default: the year's last)", false },
	{ "out", "FILE", "the file to be written", false },
	{ "format", "FORMAT", "pdf (default), csv or json", false }, OPT_FORCE,
	OPT_AS, OPT_DESK, OPT_STATION, OPT_END };
const struct cmd cmd_register_print = {
	.name = "register print",
	.args = "REGISTER",
	.does = "Print a volume of a register: PDF, CSV or JSON.",
	.opts = opts,
	.least = 1,
	.most = 1,
	.run = register_print,
};
