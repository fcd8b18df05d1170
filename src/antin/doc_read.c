/* SPDX-License-Identifier: EUPL-1.2 */
/* Files of documents (docs/registry.md 8.1), from a command line, and into a
 * folder: antin doc read. */
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "antin/doc.h"
#include "antin/draft.h"
#include "antin/saving.h"
#include "core/lang.h"
#include "core/utf8.h"
#include "file/file.h"

/* ---- given on a command line --------------------------------------------- */

static enum rc
take_file(struct files *f, const char *path, bool attachment, struct err *e)
{
	char *copy = strdup(path);
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	enum rc rc;

	if (copy == NULL)
		bug("no memory");
	if (fd < 0) {
		rc = fail_io(e, "%s cannot be opened", path);
	} else if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		rc = fail(e, RC_USAGE,
		    "%s is no file: a station takes neither pipes nor devices",
		    path);
		(void)close(fd);
	} else {
		rc = files_add(f, fd, bytes_str(basename(copy)),
		    bytes_str(draft_type(path)), attachment, e);
	}
	free(copy);
	return rc;
}

enum rc
doc_files(struct files *f, const struct args *a, struct err *e)
{
	const char *path;
	size_t at = 0;
	enum rc rc = RC_OK;

	while (rc == RC_OK && (path = arg_each(a, "file", &at)) != NULL)
		rc = take_file(f, path, false, e);
	at = 0;
	while (rc == RC_OK && (path = arg_each(a, "attachment", &at)) != NULL)
		rc = take_file(f, path, true, e);
	return rc;
}

/* ---- saved --------------------------------------------------------------- */

static enum rc
save_file(struct saving *s, size_t i, const struct doc_file *f, struct err *e)
{
	struct in_file in = { .fd = f->fd, .regular = true, .size = f->size };
	char *path = saving_path(s, f->name);
	uint8_t some[4096];
	struct out_file out;
	uint64_t at, n;
	enum rc rc = out_open(&out, path, 0600, false, e);

	for (at = 0; rc == RC_OK && at < f->size; at += n) {
		n = f->size - at < sizeof(some) ? f->size - at : sizeof(some);
		rc = in_read_at(&in, some, (size_t)n, at, e);
		if (rc == RC_OK)
			rc = out_put(&out, bytes_of(some, (size_t)n), e);
	}
	wipe(some, sizeof(some));
	if (rc == RC_OK)
		rc = out_commit(&out, e);
	out_drop(&out);
	s->paths[i] = rc == RC_OK ? path : NULL;
	if (rc != RC_OK)
		free(path);
	return rc;
}

static enum rc
save(const struct files *p, const char *folder, struct err *e)
{
	struct saving to = { .folder = folder };
	enum rc rc = saving_begin(&to, e);
	const bool begun = rc == RC_OK;
	size_t i;

	for (i = 0; i < p->count && rc == RC_OK; i++)
		rc = save_file(&to, i, &p->file[i], e);
	if (rc != RC_OK && begun)
		saving_take_back(&to);
	saving_free(&to);
	return rc;
}

static void
say_saved(const struct files *p, const char *folder)
{
	size_t i;

	say("Saved in %s:\n", folder);
	for (i = 0; i < p->count; i++) {
		(void)fputs(p->file[i].attachment ? "  + " : "  ", stdout);
		utf8_print(stdout, p->file[i].name);
		(void)putchar('\n');
	}
}

/* Files of it. */
static enum rc
open_document(struct files *p, struct talk *t, const json_t *row,
    const struct args *a, struct err *e)
{
	struct desk d;
	const char *content;
	struct id id;
	enum rc rc = files_where(&id, &content, row, e);

	if (rc != RC_OK || (rc = talk_act(t, arg(a, "desk"), e)) != RC_OK)
		return rc;
	d = talk_desk(t, NULL);
	return files_of(p, &d, row, e);
}

static enum rc
doc_read(const struct args *a, struct err *e)
{
	struct talk t = { .fd = -1 };
	struct files *p = alloc(1, sizeof(*p));
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
	if (rc == RC_OK && (rc = save(p, into, e)) == RC_OK)
		say_saved(p, into);
	files_free(p);
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
