/* SPDX-License-Identifier: EUPL-1.2 */
#include "antin/draft.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "core/time.h"
#include "core/utf8.h"

#define INSIDE_FILE (64u << 10) /* a file to this size lies inside */
#define INSIDE_ALL (512u << 10) /* and all of them together to this */
#define TEXT_NAME "dien.txt"	/* the text is saved as */

static const struct {
	const char *suffix, *type;
} media_types[] = {
	{ ".pdf", "application/pdf" },
	{ ".txt", "text/plain; charset=utf-8" },
	{ ".xml", "application/xml" },
	{ ".json", "application/json" },
	{ ".doc", "application/msword" },
	{ ".docx",
	    "application/"
	    "vnd.openxmlformats-officedocument.wordprocessingml.document" },
	{ ".xlsx", "application/"
		   "vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
	{ ".odt", "application/vnd.oasis.opendocument.text" },
	{ ".ods", "application/vnd.oasis.opendocument.spreadsheet" },
	{ ".png", "image/png" },
	{ ".jpg", "image/jpeg" },
	{ ".tif", "image/tiff" },
	{ ".zip", "application/zip" },
	/* docs/registry.md 8 */
	{ ".antin-content", "application/vnd.antin.content" },
	{ ".antin-record", "application/vnd.antin.record" },
};

const char *
draft_type(const char *path)
{
	const char *dot = strrchr(path, '.');
	size_t i;

	for (i = 0;
	     dot != NULL && i < sizeof(media_types) / sizeof(media_types[0]);
	     i++)
		if (strcasecmp(media_types[i].suffix, dot) == 0)
			return media_types[i].type;
	return "application/octet-stream";
}

/* ---- parts
 * ------------------------------------------------------------------------------
 */

static enum rc
new_part(struct draft *d, enum part_kind kind, const char *name,
    const char *type, struct err *e)
{
	struct sealing_part *p = &d->parts[d->part_count];
	struct buf clean;
	enum rc rc;

	if (d->part_count == DISPATCH_PARTS)
		return fail(e, RC_LIMIT, "over %d parts", DISPATCH_PARTS);
	rc = utf8_clean(&clean, bytes_str(name), LIMIT_NAME, e);
	if (rc != RC_OK)
		return fail_at(e, "the name of a file");
	p->part.kind = kind;
	p->part.name = arena_add(&d->kept, buf_bytes(&clean));
	p->part.type = bytes_str(type);
	buf_free(&clean);
	return RC_OK;
}

static enum rc
put_inside(struct draft *d, const char *path, struct err *e)
{
	struct buf *b = &d->inside[d->part_count];
	enum rc rc;

	rc = file_read(b, path, LIMIT_CONTENT, e);
	if (rc != RC_OK)
		return rc;
	d->inside_size += b->len;
	d->parts[d->part_count++].inside = buf_bytes(b);
	return RC_OK;
}

static enum rc
add_text(struct draft *d, struct err *e)
{
	const char *path = arg(d->a, "text");
	enum rc rc;

	if (path == NULL)
		return RC_OK;
	rc = new_part(d, PART_TEXT, TEXT_NAME, "text/plain; charset=utf-8", e);
	if (rc == RC_OK)
		rc = put_inside(d, path, e);
	if (rc == RC_OK && !utf8_valid(buf_bytes(&d->inside[0])))
		rc = fail(e, RC_INVALID,
		    "%s is not UTF-8 text; send it as a file", path);
	return rc;
}

static enum rc
add_file(struct draft *d, const char *path, struct err *e)
{
	char *copy = strdup(path);
	struct stat st;
	uint64_t size;
	enum rc rc;

	if (copy == NULL)
		bug("no memory");
	rc = new_part(d, PART_DOCUMENT, basename(copy), draft_type(path), e);
	free(copy);
	if (rc != RC_OK)
		return rc;
	/* looked at, not opened: a pipe is opened once */
	if (stat(path, &st) != 0)
		return fail_io(e, "%s cannot be opened", path);
	size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	d->total += size;
	if (S_ISREG(st.st_mode) && size <= INSIDE_FILE &&
	    d->inside_size + size <= INSIDE_ALL)
		return put_inside(d, path, e);
	d->parts[d->part_count++].path = path;
	return RC_OK;
}

/* The one document of this name; RC_USAGE where there is none, or several. */
static enum rc
find_document(size_t *out, const struct draft *d, struct bytes name,
    const char *signature, struct err *e)
{
	size_t i, found = 0;

	for (i = 0; i < d->part_count; i++)
		if (d->parts[i].part.kind != PART_SIGNATURE &&
		    bytes_eq(d->parts[i].part.name, name)) {
			*out = i;
			found++;
		}
	if (found == 1)
		return RC_OK;
	if (found == 0)
		return fail(e, RC_USAGE,
		    "%s signs none of the files given: it is named after the "
		    "file it signs, with .sig behind",
		    signature);
	return fail(e, RC_USAGE,
	    "%s may sign any of %zu files of one name; give them names of "
	    "their own",
	    signature, found);
}

/* "doc.pdf.sig" signs the part named "doc.pdf". */
static enum rc
add_signature(struct draft *d, const char *path, struct err *e)
{
	char *copy = strdup(path);
	const char *name = basename(copy);
	size_t len = strlen(name), of = 0;
	enum rc rc;

	rc = find_document(
	    &of, d, bytes_of(name, len > 4 ? len - 4 : 0), path, e);
	if (rc == RC_OK)
		rc = new_part(
		    d, PART_SIGNATURE, name, "application/pkcs7-signature", e);
	if (rc == RC_OK) {
		d->parts[d->part_count].part.of = of;
		rc = put_inside(d, path, e);
	}
	free(copy);
	return rc;
}

static enum rc
gather_parts(struct draft *d, struct err *e)
{
	const char *path;
	size_t at = 0, i;
	enum rc rc;

	rc = add_text(d, e);
	for (i = 0; i < d->a->rest_count && rc == RC_OK; i++)
		rc = add_file(d, d->a->rest[i], e);
	while (rc == RC_OK && (path = arg_each(d->a, "signature", &at)) != NULL)
		rc = add_signature(d, path, e);
	if (rc == RC_OK && d->part_count == 0)
		rc = fail(e, RC_USAGE,
		    "there is nothing to seal: give files, or --text FILE");
	return rc;
}

/* ---- what it says of itself
 * ---------------------------------------------------------- */

static enum rc
take_subject(struct draft *d, struct err *e)
{
	const char *words = arg(d->a, "subject"), *path;
	struct buf text = { 0 };
	enum rc rc = RC_OK;

	path = arg(d->a, "subject-file");
	if (words != NULL && path != NULL)
		return fail(e, RC_USAGE,
		    "--subject and --subject-file exclude each other");
	if (words != NULL && d->d.level != LEVEL_ORDINARY)
		return fail(e, RC_USAGE,
		    "everybody on this machine can read a command line: give "
		    "a secret dispatch's subject by --subject-file");
	if (path != NULL)
		rc = file_read(&text, path, LIMIT_SUBJECT, e);
	else if (words != NULL)
		buf_add(&text, bytes_str(words));
	while (text.len > 0 && text.p[text.len - 1] == '\n')
		text.len--;
	if (rc == RC_OK)
		rc =
		    utf8_clean(&d->subject, buf_bytes(&text), LIMIT_SUBJECT, e);
	buf_free(&text);
	d->d.subject = buf_bytes(&d->subject);
	return rc == RC_OK ? RC_OK : fail_at(e, "the subject");
}

static enum rc
take_labels(struct draft *d, struct err *e)
{
	const char *level = arg(d->a, "level");
	const char *action = arg(d->a, "precedence");
	const char *info = arg(d->a, "info-precedence");

	d->d.info = PRECEDENCE_THUONG;
	if (level != NULL && !level_parse(&d->d.level, bytes_str(level)))
		return fail(e, RC_USAGE,
		    "--level wants thuong, mat, toi-mat or tuyet-mat, found "
		    "\"%s\"",
		    level);
	if ((action != NULL && !precedence_parse(&d->d.header.precedence,
				   bytes_str(action))) ||
	    (info != NULL && !precedence_parse(&d->d.info, bytes_str(info))))
		return fail(e, RC_USAGE,
		    "a precedence is thuong, khan, thuong-khan, hoa-toc or "
		    "hoa-toc-hen-gio");
	return RC_OK;
}

static enum rc
take_ids(struct draft *d, struct err *e)
{
	const char *word;
	size_t at = 0;

	d->d.references = alloc(DISPATCH_REFERENCES, sizeof(struct id));
	while ((word = arg_each(d->a, "reference", &at)) != NULL) {
		if (d->d.reference_count == DISPATCH_REFERENCES)
			return fail(e, RC_LIMIT, "over %d references",
			    DISPATCH_REFERENCES);
		if (!id_parse(&d->d.references[d->d.reference_count++],
			bytes_str(word)))
			return fail(e, RC_USAGE,
			    "--reference wants a dispatch id, found \"%s\"",
			    word);
	}
	word = arg(d->a, "supersedes");
	d->d.supersedes_set = word != NULL;
	if (word != NULL && !id_parse(&d->d.supersedes, bytes_str(word)))
		return fail(e, RC_USAGE,
		    "--supersedes wants a dispatch id, found \"%s\"", word);
	return RC_OK;
}

static enum rc
take_times(struct draft *d, struct err *e)
{
	struct header *h = &d->d.header;
	enum rc rc;

	h->expires = TIME_NEVER;
	d->d.due = TIME_NEVER;
	if ((rc = arg_time(&h->expires, d->a, "expires", e)) != RC_OK)
		return rc;
	if (h->expires < time_now())
		return fail(e, RC_USAGE,
		    "--expires is in the past: nobody could open it");
	rc = arg_time(&d->d.due, d->a, "due", e);
	if (rc == RC_OK && (h->precedence == PRECEDENCE_HOA_TOC_HEN_GIO) !=
			       (d->d.due != TIME_NEVER))
		rc = fail(e, RC_USAGE,
		    "--precedence hoa-toc-hen-gio and --due go together");
	return rc;
}

enum rc
draft_take(struct draft *out, const struct args *a, struct err *e)
{
	enum rc rc;

	*out = (struct draft){ .a = a };
	rc = take_labels(out, e);
	if (rc == RC_OK && (rc = take_times(out, e)) == RC_OK &&
	    (rc = take_ids(out, e)) == RC_OK &&
	    (rc = take_subject(out, e)) == RC_OK)
		rc = gather_parts(out, e);
	return rc;
}

void
draft_free(struct draft *d)
{
	size_t i;

	for (i = 0; i < DISPATCH_PARTS; i++)
		buf_free(&d->inside[i]);
	arena_free(&d->kept);
	buf_free(&d->subject);
	dispatch_free(&d->d);
}
