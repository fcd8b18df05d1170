/* SPDX-License-Identifier: EUPL-1.2 */
/* The parts of a dispatch that is being made: which lie inside, and which are
 * attached. */
#include <string.h>

#include "core/utf8.h"
#include "proc_seal/making.h"

/* Smaller files go inside; what is larger is attached. */
#define INSIDE_FILE (64u << 10)
#define INSIDE_ALL (512u << 10)

enum rc
making_text(struct bytes *out, struct making *mk, struct bytes text, size_t max,
    struct err *e)
{
	struct buf clean;
	enum rc rc;

	rc = utf8_clean(&clean, text, max, e);
	if (rc == RC_OK)
		*out = arena_add(&mk->kept, buf_bytes(&clean));
	buf_free(&clean);
	return rc;
}

/* How many bytes of it may lie inside. */
static size_t
inside_max(const struct making *mk, enum part_kind kind)
{
	const size_t all = kind == PART_DOCUMENT ? INSIDE_ALL : LIMIT_CONTENT;
	const size_t left = mk->inside_size < all ? all - mk->inside_size : 0;

	return kind == PART_DOCUMENT && left > INSIDE_FILE ? INSIDE_FILE : left;
}

/* Read as much as may lie inside, and a byte more to know whether that is
 * all. */
static enum rc
read_part(struct making *mk, size_t i, struct err *e)
{
	const struct part *p = &mk->d.parts[i];
	const size_t max = inside_max(mk, p->kind);
	struct in_file *in = &mk->in[i];
	struct buf *b = &mk->inside[i];
	size_t got;
	enum rc rc;

	if (!in->regular || in->size <= max) {
		rc = in_read(in, buf_grow(b, max + 1), max + 1, &got, e);
		b->len = got;
		if (rc != RC_OK)
			return rc;
		if (got <= max) {
			mk->inside_size += got;
			in_close(in);
			return RC_OK;
		}
	}
	if (p->kind != PART_DOCUMENT)
		return fail(e, RC_LIMIT,
		    "\"%.*s\" is too long to lie inside: %u bytes together at "
		    "the most; send it as a file",
		    (int)p->name.len, (const char *)p->name.p, LIMIT_CONTENT);
	in->ahead = buf_bytes(b);
	mk->attaches = true;
	mk->job->progress.total += in->size;
	return RC_OK;
}

static enum rc
take_part(
    struct making *mk, size_t i, const struct msg_part *row, struct err *e)
{
	struct part *p = &mk->d.parts[i];
	enum rc rc;

	p->kind = (enum part_kind)row->kind;
	p->type = row->type;
	p->of = (size_t)row->of;
	rc = making_text(&p->name, mk, row->name, LIMIT_NAME, e);
	if (rc != RC_OK)
		return fail_at(e, "the name of file %zu", i + 1);
	rc = in_take(&mk->in[i], job_fd(mk->job, i), "what is to be sealed", e);
	if (rc == RC_OK) {
		mk->in[i].patience = SEAL_PATIENCE;
		rc = read_part(mk, i, e);
	}
	if (rc == RC_OK && p->kind == PART_TEXT &&
	    !utf8_valid(buf_bytes(&mk->inside[i])))
		rc = fail(
		    e, RC_INVALID, "it is not UTF-8 text; send it as a file");
	return rc == RC_OK ? RC_OK
			   : fail_at(e, "\"%.*s\"", (int)p->name.len,
				 (const char *)p->name.p);
}

enum rc
making_parts(struct making *mk, struct err *e)
{
	struct bytes rows = mk->m->parts;
	struct msg_part row;
	size_t n = 0;
	enum rc rc = RC_OK;

	while (list_next(&rows, LIST_PART, &row))
		n++;
	if (n == 0)
		return fail(e, RC_INVALID,
		    "there is nothing to seal: give a text or files");
	if (n != mk->job->fd_count)
		return fail(e, RC_INVALID,
		    "%zu parts with %zu descriptors; each has one", n,
		    mk->job->fd_count);
	mk->d.parts = alloc(n, sizeof(*mk->d.parts));
	mk->d.part_count = n;
	rows = mk->m->parts;
	for (n = 0; rc == RC_OK && list_next(&rows, LIST_PART, &row); n++)
		rc = take_part(mk, n, &row, e);
	return rc;
}
