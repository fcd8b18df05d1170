/* SPDX-License-Identifier: EUPL-1.2 */
/* antin read: open a dispatch at a desk of a station. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "antin/saving.h"
#include "antin/talk.h"
#include "core/lang.h"
#include "core/progress.h"
#include "core/utf8.h"
#include "file/file.h"

struct reading {
	struct talk t;
	struct id id;
	json_t *letter; /* what it says; owned */
	json_t *parts;	/* in it; borrowed */
	struct saving to;
	struct progress progress;
	uint64_t before; /* bytes of the parts that are saved */
};

/* ---- the letter
 * ------------------------------------------------------------ */

static void
take_row(void *ctx, json_t *row)
{
	static const struct {
		const char *row, *list;
	} lists[] = {
		{ "part", "parts" },
		{ "addressee", "addressees" },
		{ "reference", "references" },
	};
	json_t *letter = ctx, *list;
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (!row_is(row, lists[i].row))
			continue;
		list = json_object_get(letter, lists[i].list);
		if (list == NULL)
			list = show_array(letter, lists[i].list);
		(void)json_object_del(row, "row");
		(void)json_array_append(list, row);
	}
}

/* What it says itself stands before its lists. */
static enum rc
get_letter(struct reading *r, struct err *e)
{
	json_t *lists = json_object(), *request = talk_request(&r->t), *said;
	struct control_ears ears = { .row = take_row, .ctx = lists };
	enum rc rc;

	show_id(request, "id", &r->id);
	rc = talk_ask(&r->t, CONTROL_READ, request, &ears, &said, e);
	if (rc == RC_OK) {
		(void)json_object_del(said, "rc");
		row_times(said);
		(void)json_object_update(said, lists);
		r->letter = said;
		r->parts = json_object_get(said, "parts");
	}
	json_decref(lists);
	return rc;
}

/* ---- parts
 * ----------------------------------------------------------------- */

static void
on(void *ctx, uint64_t done, uint64_t total)
{
	struct reading *r = ctx;

	(void)total;
	progress_to(&r->progress, r->before + done);
}

static enum rc
pour(struct reading *r, size_t part, int fd, struct err *e)
{
	const struct control_ears ears = { .progress = on, .ctx = r };
	json_t *request = talk_request(&r->t);

	show_id(request, "id", &r->id);
	show_number(request, "part", part);
	return control_ask(
	    r->t.fd, CONTROL_SAVE, request, &fd, 1, &ears, NULL, e);
}

static enum rc
save_part(struct reading *r, size_t part, struct err *e)
{
	json_t *item = json_array_get(r->parts, part);
	char *path = saving_path(&r->to, bytes_str(row_text(item, "name")));
	uint64_t size = (uint64_t)row_int(item, "size");
	struct out_file out;
	enum rc rc;

	rc = out_open(&out, path, 0600, false, e);
	if (rc == RC_OK)
		rc = out_room(&out, size, e);
	if (rc == RC_OK && (rc = pour(r, part, out.fd, e)) == RC_OK)
		rc = out_commit(&out, e);
	out_drop(&out);
	r->before += size;
	r->to.paths[part] = rc == RC_OK ? path : NULL;
	if (rc == RC_OK)
		show_text(item, "saved", bytes_str(path));
	else
		free(path);
	return rc;
}

static enum rc
save(struct reading *r, struct err *e)
{
	size_t i, n = json_array_size(r->parts);
	uint64_t total = 0;
	enum rc rc;

	for (i = 0; i < n; i++)
		total +=
		    (uint64_t)row_int(json_array_get(r->parts, i), "size");
	rc = saving_begin(&r->to, e);
	if (rc != RC_OK)
		return rc;
	r->progress = progress_start(tr("Opening"), total);
	for (i = 0; i < n && i < DISPATCH_PARTS && rc == RC_OK; i++)
		rc = save_part(r, i, e);
	progress_end(&r->progress);
	if (rc != RC_OK)
		saving_take_back(&r->to);
	return rc;
}

/* A text as it stands, by way of memory alone. */
static enum rc
print_text(struct reading *r, size_t part, struct err *e)
{
	int fd = memfd_create("text", MFD_CLOEXEC);
	struct buf text = { 0 };
	uint8_t *to;
	enum rc rc;
	off_t size;

	if (fd < 0)
		return fail_io(e, "no memory for the text");
	rc = pour(r, part, fd, e);
	size = lseek(fd, 0, SEEK_END);
	if (rc == RC_OK && (size < 0 || size > (off_t)LIMIT_CONTENT))
		rc =
		    fail(e, RC_LIMIT, "a text of over %u bytes", LIMIT_CONTENT);
	if (rc == RC_OK && size > 0) {
		to = buf_grow(&text, (size_t)size);
		if (pread(fd, to, (size_t)size, 0) != size)
			rc = fail_io(e, "no memory for the text");
	}
	if (rc == RC_OK) {
		(void)putchar('\n');
		utf8_print(stdout, buf_bytes(&text));
		(void)putchar('\n');
	}
	buf_free(&text);
	(void)close(fd);
	return rc;
}

static enum rc
print_texts(struct reading *r, struct err *e)
{
	enum rc rc = RC_OK;
	json_t *item;
	size_t i;

	json_array_foreach(r->parts, i, item)
	{
		if (rc == RC_OK && strcmp(row_text(item, "part"), "text") == 0)
			rc = print_text(r, i, e);
	}
	return rc;
}

static void
print_letter(struct reading *r, bool as_json)
{
	json_t *root = json_object();

	(void)json_object_set(root, "dispatch", r->letter);
	show(root, as_json);
}

static enum rc
read_letter(const struct args *a, struct err *e)
{
	struct reading *r = alloc(1, sizeof(*r));
	bool as_json = arg_given(a, "json");
	enum rc rc;

	r->to.folder = arg(a, "into");
	rc = talk_open(&r->t, a, e);
	if (rc == RC_OK && (rc = talk_act(&r->t, arg(a, "desk"), e)) == RC_OK &&
	    (rc = talk_id(&r->t, a->rest[0], false, &r->id, e)) == RC_OK &&
	    (rc = get_letter(r, e)) == RC_OK && r->to.folder != NULL)
		rc = save(r, e);
	if (rc == RC_OK)
		print_letter(r, as_json);
	if (rc == RC_OK && !as_json)
		rc = print_texts(r, e);
	json_decref(r->letter);
	saving_free(&r->to);
	talk_close(&r->t);
	free(r);
	return rc;
}

static const struct opt opts[] = {
	OPT_DESK,
	{ "into", "FOLDER", "save what it holds there", false },
	OPT_STATION,
	OPT_PASSPHRASE,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_read = {
	.name = "read",
	.args = "ID",
	.does = "Open a dispatch that lies at a desk: show what it says and "
		"its text, and with --into save its files.",
	.opts = opts,
	.least = 1,
	.most = 1,
	.run = read_letter,
};
