/* SPDX-License-Identifier: EUPL-1.2 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "antin/letter.h"
#include "antin/saving.h"
#include "core/lang.h"
#include "core/utf8.h"

/* What is written, and where. */
struct opening {
	const struct letter *l;
	struct saving to;
	uint8_t digests[DISPATCH_PARTS][SHA512_SIZE];
	struct progress progress;
};

/* A sink that writes, and hashes what somebody signed. */
struct hashed {
	struct out_file out;
	bool wanted;
	struct sha512 hash;
};

static enum rc
put_hashed(void *ctx, struct bytes more, struct err *e)
{
	struct hashed *h = ctx;

	if (h->wanted)
		sha512_add(&h->hash, more);
	return out_put(&h->out, more, e);
}

static enum rc
pour(const struct opening *s, size_t part, struct sink to,
    struct progress *progress, struct err *e)
{
	const struct dispatch *d = &s->l->opened.dispatch;
	uint8_t key[AEAD_KEY];
	uint64_t at;
	enum rc rc;

	if (!d->parts[part].attached)
		return to.put(to.ctx,
		    dispatch_part(d, part, buf_bytes(&s->l->opened.content)),
		    e);
	rc = sealed_attachment_at(&at, &s->l->file, d, part, e);
	if (rc != RC_OK)
		return rc;
	attachment_key(key, s->l->cek, &d->header.id, part);
	rc = attach_open(
	    &to, &s->l->file.in, at, key, &d->parts[part], progress, e);
	wipe(key, sizeof(key));
	return rc;
}

static bool
is_signed(const struct dispatch *d, size_t part)
{
	size_t i;

	for (i = 0; i < d->part_count; i++)
		if (d->parts[i].kind == PART_SIGNATURE &&
		    d->parts[i].of == part)
			return true;
	return false;
}

static enum rc
save_part(struct opening *s, size_t part, struct err *e)
{
	const struct dispatch *d = &s->l->opened.dispatch;
	char *path = saving_path(&s->to, d->parts[part].name);
	struct hashed h = { .wanted = is_signed(d, part) };
	enum rc rc;

	rc = out_open(&h.out, path, 0600, false, e);
	if (rc == RC_OK)
		rc = out_room(&h.out, d->parts[part].size, e);
	if (rc == RC_OK) {
		if (h.wanted)
			h.hash = sha512_start();
		rc = pour(
		    s, part, (struct sink){ put_hashed, &h }, &s->progress, e);
		if (h.wanted)
			sha512_end(&h.hash, s->digests[part]);
	}
	if (rc == RC_OK)
		rc = out_commit(&h.out, e);
	out_drop(&h.out);
	if (rc == RC_OK)
		s->to.paths[part] = path;
	else
		free(path);
	return rc;
}

static enum rc
save(struct opening *s, struct err *e)
{
	const struct dispatch *d = &s->l->opened.dispatch;
	uint64_t total = 0;
	enum rc rc = RC_OK;
	size_t i;

	if ((rc = saving_begin(&s->to, e)) != RC_OK)
		return rc;
	for (i = 0; i < d->part_count; i++)
		total += d->parts[i].attached ? d->parts[i].size : 0;
	s->progress = progress_start(tr("Opening"), total);
	for (i = 0; i < d->part_count && rc == RC_OK; i++)
		rc = save_part(s, i, e);
	progress_end(&s->progress);
	if (rc != RC_OK)
		saving_take_back(&s->to);
	return rc;
}

/* ---- told
 * ----------------------------------------------------------------------------
 */

/* Where each part lies now, and how each signature stands. */
static void
add_saved(json_t *root, const struct opening *s)
{
	const struct dispatch *d = &s->l->opened.dispatch;
	json_t *parts =
	    json_object_get(json_object_get(root, "dispatch"), "parts");
	struct bytes signer;
	const char *state;
	json_t *item;
	size_t i;

	for (i = 0; i < d->part_count; i++) {
		item = json_array_get(parts, i);
		if (s->to.paths[i] != NULL)
			show_text(item, "saved", bytes_str(s->to.paths[i]));
		if (d->parts[i].kind != PART_SIGNATURE)
			continue;
		state = letter_signature(
		    s->l, i, s->digests[d->parts[i].of], &signer);
		show_word(item, "signature", state);
		if (signer.len > 0)
			show_text(item, "signer", signer);
	}
}

static void
print_texts(const struct letter *l)
{
	const struct dispatch *d = &l->opened.dispatch;
	size_t i;

	for (i = 0; i < d->part_count; i++) {
		if (d->parts[i].kind != PART_TEXT || d->parts[i].attached)
			continue;
		(void)putchar('\n');
		utf8_print(
		    stdout, dispatch_part(d, i, buf_bytes(&l->opened.content)));
		(void)putchar('\n');
	}
}

static void
tell(const struct args *a, const struct opening *s)
{
	json_t *root = json_object();
	bool as_json = arg_given(a, "json");

	letter_show_inside(root, s->l);
	add_saved(root, s);
	show(root, as_json);
	if (!as_json)
		print_texts(s->l);
}

/* The file's name without ".antin", with ".open" behind; the caller frees. */
static char *
folder_for(const struct args *a)
{
	const char *into = arg(a, "into"), *path = a->rest[0];
	size_t n = strlen(path);
	char *folder = NULL;

	if (n > 6 && strcmp(path + n - 6, ".antin") == 0)
		n -= 6;
	if (into != NULL)
		folder = strdup(into);
	else if (asprintf(&folder, "%.*s.open", (int)n, path) < 0)
		folder = NULL;
	if (folder == NULL)
		bug("no memory");
	return folder;
}

static enum rc
open_letter(const struct args *a, struct err *e)
{
	char *folder = folder_for(a);
	struct opening *s = alloc(1, sizeof(*s));
	const char *key;
	struct letter l;
	enum rc rc;

	s->to.folder = folder;
	rc = arg_threads(a, e);
	if (rc == RC_OK)
		rc = arg_must(&key, a, "key", e);
	if (rc == RC_OK)
		rc = saving_check(a, folder, e);
	if (rc == RC_OK && (rc = letter_open(&l, a, a->rest[0], e)) == RC_OK) {
		s->l = &l;
		rc = save(s, e);
		if (rc == RC_OK)
			tell(a, s);
		letter_free(&l);
	}
	saving_free(&s->to);
	free(s);
	free(folder);
	return rc;
}

static const struct opt opts[] = {
	{ "key", "FILE.key", "the key file of the desk that opens", false },
	{ "from", "CARD",
	    "whom to know as sender or signer (or a folder of cards)", true },
	OPT_DIRECTORY,
	{ "into", "FOLDER", "where to save (default: FILE.open)", false },
	{ "foreign", NULL, "allow keys that are for foreign tools only",
	    false },
	OPT_PASSPHRASE,
	OPT_THREADS,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_open = {
	.name = "open",
	.args = "FILE",
	.does = "Open an envelope as one of its addressees: check who sent it, "
		"show what it says, save what it holds.",
	.opts = opts,
	.least = 1,
	.most = 1,
	.run = open_letter,
};
