/* SPDX-License-Identifier: EUPL-1.2 */
/* antin form: print a form, filled or blank (docs/forms.md 10). */
#include "antin/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/cmd.h"
#include "core/lang.h"
#include "core/time.h"
#include "file/file.h"
#include "form/stamps.h"

static enum rc
find_kind(const struct form_kind **out, const char *name, struct err *e)
{
	char known[160] = "";
	const struct form_kind *k;

	for (k = form_kinds; k->name != NULL; k++) {
		if (strcmp(k->name, name) == 0) {
			*out = k;
			return RC_OK;
		}
		(void)snprintf(known + strlen(known),
		    sizeof(known) - strlen(known), "%s%s",
		    known[0] == '\0' ? "" : ", ", k->name);
	}
	return fail(
	    e, RC_USAGE, "there is no form \"%s\"; there are %s", name, known);
}

/* ---- --fields: a file to be filled -----------------------------------------
 */

static void
say_stamps(void)
{
	const struct stamp *s;
	size_t i;

	for (i = 0; (s = stamp_at(i)) != NULL; i++)
		(void)printf("#     %s%s%s\n", s->word,
		    s->values == NULL ? "" : " | | | ",
		    s->values == NULL ? "" : s->values);
}

static void
say_table(const struct field *f)
{
	for (; f != NULL && f->name != NULL; f++) {
		(void)printf("\n# %s\n", tr(f->help));
		if (strcmp(f->name, "stamp") == 0)
			say_stamps();
		(void)printf("%s%s =\n", f->cells > 0 ? "#" : "", f->name);
	}
}

static void
say_fields(const struct form_kind *k)
{
	(void)printf("# %s: %s\n", k->name, tr(k->does));
	say_table(k->head);
	say_table(k->fields);
}

/* ---- printing
 * ----------------------------------------------------------------- */

static enum rc
fill(struct fields *f, const struct args *a, struct err *e)
{
	const char *from = arg(a, "from"), *set, *sign;
	struct buf file = { 0 };
	size_t at = 0;
	enum rc rc = RC_OK;

	if (from != NULL)
		rc = file_read(&file, from, FIELDS_MAX, e);
	if (rc == RC_OK && from != NULL &&
	    (rc = fields_read(f, buf_bytes(&file), e)) != RC_OK)
		rc = fail_at(e, "%s", from);
	buf_free(&file);
	while (rc == RC_OK && (set = arg_each(a, "set", &at)) != NULL) {
		sign = strchr(set, '=');
		if (sign == NULL)
			return fail(e, RC_USAGE,
			    "--set wants NAME=VALUE, found \"%s\"", set);
		rc = fields_add(f, bytes_of(set, (size_t)(sign - set)),
		    bytes_str(sign + 1), e);
	}
	return rc;
}

/* For its owner alone: what is filled in may be secret. */
static enum rc
print(const struct form_kind *k, const void *form, const struct args *a,
    struct err *e)
{
	struct form_out out = { .made = time_now() };
	struct out_file file = { .dir = -1, .fd = -1 };
	const char *path;
	enum rc rc;

	if ((rc = arg_must(&path, a, "out", e)) != RC_OK ||
	    (rc = arg_time(&out.made, a, "date", e)) != RC_OK ||
	    (rc = out_open(&file, path, 0600, arg_given(a, "force"), e)) !=
		RC_OK)
		return rc;
	out.to = out_sink(&file);
	if ((rc = k->print(&out, form, e)) == RC_OK)
		rc = out_commit(&file, e);
	out_drop(&file);
	if (rc != RC_OK)
		return rc;
	say("Printed: %s\n", path);
	if (out.unknown > 0)
		say("Characters that the font has no picture of: %zu; they "
		    "stand as a mark.\n",
		    out.unknown);
	return RC_OK;
}

static enum rc
form(const struct args *a, struct err *e)
{
	const struct form_kind *k = NULL;
	struct fields f = { 0 };
	enum rc rc;

	if ((rc = find_kind(&k, a->rest[0], e)) != RC_OK)
		return rc;
	if (arg_given(a, "fields")) {
		say_fields(k);
		return RC_OK;
	}
	f.table = k->fields;
	f.head = k->head;
	f.form = alloc(1, k->size);
	if ((rc = fill(&f, a, e)) == RC_OK)
		rc = print(k, f.form, a, e);
	free(f.form);
	fields_free(&f);
	return rc;
}

static const struct opt opts[] = {
	{ "from", "FILE", "the fields, a line \"name = value\" each", false },
	{ "set", "NAME=VALUE", "one field, after those of --from", true },
	{ "out", "FILE.pdf", "the file to be written", false },
	{ "date", "TIME", "the time that the file tells (default: now)",
	    false },
	{ "fields", NULL, "show which fields it has, as a file to be filled",
	    false },
	OPT_FORCE,
	OPT_END,
};

const struct cmd cmd_form = {
	.name = "form",
	.args = "FORM",
	.does = "print a form as PDF, filled or blank",
	.opts = opts,
	.least = 1,
	.most = 1,
	.run = form,
};
