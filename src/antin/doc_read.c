/* SPDX-License-Identifier: EUPL-1.2 */
/* antin doc read: the files of a document (docs/registry.md 8.1). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/doc.h"
#include "core/lang.h"
#include "core/utf8.h"

static void
say_saved(const struct package *p, const char *folder)
{
	size_t i;

	say("Saved in %s:\n", folder);
	for (i = 0; i < p->count; i++) {
		(void)fputs(p->files[i].attachment ? "  + " : "  ", stdout);
		utf8_print(stdout, p->files[i].name);
		(void)putchar('\n');
	}
}

/* Those of a draft, or of what came, held to their list. */
static enum rc
open_document(struct package *p, struct talk *t, const json_t *row,
    const struct args *a, struct err *e)
{
	const bool came = strcmp(row_text(row, "kind"), "in") == 0 ||
			  strcmp(row_text(row, "kind"), "telegram-in") == 0;
	char content[2 * SHA256_SIZE + 1];
	struct id id;
	enum rc rc;

	if (!came)
		rc = package_id(&id, row_text(row, "content"), e);
	else if (id_parse(&id, bytes_str(row_text(row, "dispatch"))))
		rc = RC_OK;
	else
		rc = fail(e, RC_ABSENT, "this document has no files here");
	if (rc != RC_OK || (rc = talk_act(t, arg(a, "desk"), e)) != RC_OK ||
	    (rc = package_open(p, t, &id, e)) != RC_OK)
		return rc;
	if (came && p->content.len == 0)
		return RC_OK; /* no list came with it */
	package_content(content, p);
	return package_check(p, came ? content : row_text(row, "content"), e);
}

static enum rc
doc_read(const struct args *a, struct err *e)
{
	struct talk t = { .fd = -1 };
	struct package *p = alloc(1, sizeof(*p));
	json_t *request, *rows = NULL;
	const char *into;
	enum rc rc;

	if ((rc = arg_must(&into, a, "into", e)) != RC_OK) {
		free(p);
		return rc;
	}
	if ((rc = doc_begin(&t, &request, a, e)) == RC_OK) {
		show_word(request, "document", a->rest[0]);
		rc = talk_rows(&t, CONTROL_DOC_SHOW, request, &rows, e);
		request = NULL;
	}
	if (rc == RC_OK)
		rc = open_document(p, &t, json_array_get(rows, 0), a, e);
	if (rc == RC_OK && (rc = package_save(p, into, e)) == RC_OK)
		say_saved(p, into);
	package_free(p);
	free(p);
	json_decref(request);
	json_decref(rows);
	talk_close(&t);
	return rc;
}

static const struct opt read_opts[] = { OPT_AS, OPT_DESK,
	{ "into", "FOLDER", "save what it holds there", false }, OPT_STATION,
	OPT_PASSPHRASE, OPT_END };
const struct cmd cmd_doc_read = {
	.name = "doc read",
	.args = "DOCUMENT",
	.does = "Save the files of a document, as they were sealed.",
	.opts = read_opts,
	.least = 1,
	.most = 1,
	.run = doc_read,
};
