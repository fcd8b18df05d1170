/* SPDX-License-Identifier: EUPL-1.2 */
#include "desk/list.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/utf8.h"
#include "crypto/random.h"
#include "file/file.h"
#include "registry/content.h"

#define CONTENT_TYPE "application/vnd.antin.content"
#define CONTENT_NAME "antin-content"
#define RECORD_TYPE "application/vnd.antin.record"
#define RECORD_NAME "antin-record"

/* ---- descriptors --------------------------------------------------------- */

static enum rc
hash_fd(struct doc_file *f, struct err *e)
{
	uint8_t some[1u << 14];
	struct sha256 h = sha256_start();
	ssize_t n;

	f->size = 0;
	while ((n = pread(f->fd, some, sizeof(some), (off_t)f->size)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			sha256_drop(&h);
			return fail_io(e, "a file of the document");
		}
		sha256_add(&h, bytes_of(some, (size_t)n));
		f->size += (uint64_t)n;
	}
	sha256_end(&h, f->digest);
	wipe(some, sizeof(some));
	return RC_OK;
}

static enum rc
memory_fd(int *fd, struct err *e)
{
	*fd = memfd_create("part", MFD_CLOEXEC);
	return *fd >= 0 ? RC_OK : fail_io(e, "no memory for a part");
}

/* The same, where there is room for what will be in it. */
static enum rc
room_fd(int *fd, const struct desk *d, uint64_t bytes, struct err *e)
{
	enum rc rc = RC_OK;

	*fd = -1;
	if (d->room != NULL)
		rc = d->room(d->room_ctx, bytes, e);
	return rc == RC_OK ? memory_fd(fd, e) : rc;
}

static enum rc
memory_of(int *fd, struct bytes b, struct err *e)
{
	ssize_t n;
	enum rc rc = memory_fd(fd, e);

	while (rc == RC_OK && b.len > 0) {
		n = write(*fd, b.p, b.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail_io(e, "no memory for a part");
		b = bytes_of(b.p + n, b.len - (size_t)n);
	}
	return rc;
}

/* All of it, of at most "max" bytes. */
static enum rc
slurp(struct buf *out, const struct doc_file *f, size_t max, struct err *e)
{
	struct in_file in = { .fd = f->fd, .regular = true, .size = f->size };

	if (f->size > max)
		return fail(e, RC_LIMIT, "a part of over %zu bytes", max);
	return f->size == 0 ? RC_OK
			    : in_read_at(&in, buf_grow(out, (size_t)f->size),
				  (size_t)f->size, 0, e);
}

void
files_content(char out[static 2 * SHA256_SIZE + 1], const struct files *p)
{
	uint8_t digest[SHA256_SIZE];

	sha256(digest, buf_bytes(&p->content));
	hex_write(out, bytes_of(digest, sizeof(digest)));
}

enum rc
files_check(const struct files *p, const char *content, struct err *e)
{
	char is[2 * SHA256_SIZE + 1];

	if (p->content.len < LIST_HEAD)
		return fail(e, RC_INVALID, "it has no list of its files");
	files_content(is, p);
	if (strcmp(is, content) != 0)
		return fail(e, RC_INVALID,
		    "its list of files is not the one that was signed");
	return list_is(p) ? RC_OK
			  : fail(e, RC_INVALID,
				"its files are not those that were signed");
}

size_t
files_attachments(const struct files *p)
{
	size_t i, n = 0;

	for (i = 0; i < p->count; i++)
		n += p->file[i].attachment;
	return n;
}

enum rc
files_id(struct id *out, const char *content, struct err *e)
{
	return content_dispatch(out, bytes_str(content))
		   ? RC_OK
		   : fail(e, RC_ABSENT, "this document has no files here");
}

/* ---- files that a person gives ------------------------------------------- */

static struct doc_file *
file_more(struct files *p, struct err *e)
{
	/* a list, a record, and some that have a place of their own */
	if (p->count + 2 >= CONTROL_FDS || p->count + 2 >= DISPATCH_PARTS) {
		(void)fail(e, RC_LIMIT, "over %u parts", CONTROL_FDS - 2);
		return NULL;
	}
	p->file[p->count] = (struct doc_file){ .fd = -1 };
	return &p->file[p->count++];
}

enum rc
files_add(struct files *p, int fd, struct bytes name, struct bytes type,
    bool attachment, struct err *e)
{
	struct doc_file *f = file_more(p, e);
	struct buf clean = { 0 };
	enum rc rc;

	if (f == NULL) {
		(void)close(fd);
		return e->rc;
	}
	f->fd = fd;
	f->attachment = attachment;
	f->type = arena_add(&p->text, type);
	rc = utf8_clean(&clean, name, LIMIT_NAME, e);
	f->name = arena_add(&p->text, buf_bytes(&clean));
	buf_free(&clean);
	if (rc != RC_OK)
		return fail_at(e, "the name of a file");
	return hash_fd(f, e);
}

void
files_list(struct files *p)
{
	uint8_t nonce[LIST_NONCE / 2];
	char hex[LIST_NONCE + 1];

	random_bytes(nonce, sizeof(nonce));
	hex_write(hex, bytes_of(nonce, sizeof(nonce)));
	buf_free(&p->content);
	list_write(&p->content, p, bytes_str(hex));
}

/* ---- sending ------------------------------------------------------------- */

static void
add_part(json_t *list, struct bytes name, struct bytes type)
{
	json_t *item = show_item(list);

	show_word(item, "kind", "document");
	show_text(item, "name", name);
	show_text(item, "type", type);
}

enum rc
files_send(
    const struct files *p, const struct desk *d, json_t *request, struct err *e)
{
	const char *const names[] = { CONTENT_NAME, RECORD_NAME };
	const char *const types[] = { CONTENT_TYPE, RECORD_TYPE };
	const struct buf *const inside[] = { &p->content, &p->record };
	const struct control_ears ears = { .progress = d->progress,
		.ctx = d->ctx };
	json_t *list = show_array(request, "parts");
	int fds[CONTROL_FDS], own[2] = { -1, -1 };
	size_t n = 0, i;
	enum rc rc = RC_OK;

	for (i = 0; i < p->count; i++) {
		add_part(list, p->file[i].name, p->file[i].type);
		fds[n++] = p->file[i].fd;
	}
	for (i = 0; i < 2 && rc == RC_OK; i++) {
		if (inside[i]->len == 0)
			continue;
		rc = memory_of(&own[i], buf_bytes(inside[i]), e);
		add_part(list, bytes_str(names[i]), bytes_str(types[i]));
		fds[n++] = own[i];
	}
	if (rc == RC_OK)
		rc = control_ask(d->fd, CONTROL_SEND, json_incref(request), fds,
		    n, &ears, NULL, e);
	json_decref(request);
	for (i = 0; i < 2; i++)
		if (own[i] >= 0)
			(void)close(own[i]);
	return rc;
}

/* ---- opening ------------------------------------------------------------- */

static void
take_row(void *ctx, json_t *row)
{
	(void)json_array_append(ctx, row);
}

static enum rc
take_part(struct files *p, const struct desk *d, const struct id *id,
    size_t part, const json_t *row, struct err *e)
{
	json_t *request = desk_request(d);
	const char *type = row_text(row, "type");
	struct doc_file f = { .fd = -1 }, *to;
	enum rc rc;

	show_id(request, "id", id);
	show_number(request, "part", part);
	rc = room_fd(&f.fd, d, (uint64_t)row_int(row, "size"), e);
	if (rc != RC_OK) {
		json_decref(request);
		return rc;
	}
	rc = control_ask(d->fd, CONTROL_SAVE, request, &f.fd, 1, NULL, NULL, e);
	if (rc == RC_OK)
		rc = hash_fd(&f, e);
	if (rc == RC_OK && strcmp(type, CONTENT_TYPE) == 0 &&
	    p->content.len == 0) {
		rc = slurp(&p->content, &f, LIST_MAX, e);
	} else if (rc == RC_OK && strcmp(type, RECORD_TYPE) == 0 &&
		   p->record.len == 0) {
		rc = slurp(&p->record, &f, RECORD_MAX, e);
	} else if (rc == RC_OK && (to = file_more(p, e)) == NULL) {
		rc = e->rc;
	} else if (rc == RC_OK) {
		f.name = arena_add(&p->text, bytes_str(row_text(row, "name")));
		f.type = arena_add(&p->text, bytes_str(type));
		*to = f;
		return RC_OK;
	}
	(void)close(f.fd);
	return rc;
}

/* Its rows: a part each. */
static enum rc
read_letter(struct files *p, json_t **rows, const struct desk *d,
    const struct id *id, struct err *e)
{
	json_t *request = desk_request(d);
	struct control_ears ears = { .row = take_row };
	enum rc rc;

	*rows = ears.ctx = json_array();
	show_id(request, "id", id);
	rc = ask_station(d->fd, CONTROL_READ, request, &ears, &p->letter, e);
	if (rc == RC_OK)
		(void)json_object_set(p->letter, "rows", *rows);
	return rc;
}

enum rc
files_open(
    struct files *p, const struct desk *d, const struct id *id, struct err *e)
{
	json_t *rows, *row;
	size_t i, part = 0;
	enum rc rc = read_letter(p, &rows, d, id, e);

	json_array_foreach(rows, i, row)
	{
		if (rc == RC_OK && row_is(row, "part"))
			rc = take_part(p, d, id, part++, row, e);
	}
	if (rc == RC_OK)
		list_kinds(p);
	json_decref(rows);
	return rc;
}

/* ---- some of it ---------------------------------------------------------- */

/* A part that is a file; without its bytes. */
static enum rc
note_part(struct files *p, const json_t *row, struct err *e)
{
	struct doc_file *f = file_more(p, e);

	if (f == NULL)
		return e->rc;
	f->name = arena_add(&p->text, bytes_str(row_text(row, "name")));
	f->type = arena_add(&p->text, bytes_str(row_text(row, "type")));
	f->size = (uint64_t)row_int(row, "size");
	return RC_OK;
}

enum rc
files_look(struct files *p, const struct desk *d, const struct id *id,
    const char *content, struct err *e)
{
	char is[2 * SHA256_SIZE + 1];
	json_t *rows, *row;
	const char *type;
	bool record = false;
	size_t i, part = 0;
	enum rc rc = read_letter(p, &rows, d, id, e);

	json_array_foreach(rows, i, row)
	{
		type = row_text(row, "type");
		if (rc != RC_OK || !row_is(row, "part"))
			continue;
		if (strcmp(type, CONTENT_TYPE) == 0 && p->content.len == 0)
			rc = take_part(p, d, id, part, row, e);
		else if (strcmp(type, RECORD_TYPE) != 0 || record)
			rc = note_part(p, row, e);
		else
			record = true;
		part++;
	}
	json_decref(rows);
	if (rc != RC_OK || (p->content.len == 0 && content == NULL))
		return rc;
	files_content(is, p);
	if (content != NULL && strcmp(is, content) != 0)
		return fail(e, RC_INVALID,
		    "its list of files is not the one that was signed");
	return list_read(p, e);
}

/* Which of the dispatch's parts is this file; a record and the list are
 * none. */
static size_t
part_of(const struct files *p, size_t i)
{
	const json_t *rows = json_object_get(p->letter, "rows"), *row;
	bool content = false, record = false;
	const char *type;
	size_t at, part = 0;

	json_array_foreach(rows, at, row)
	{
		type = row_text(row, "type");
		if (!row_is(row, "part"))
			continue;
		if (!content && strcmp(type, CONTENT_TYPE) == 0)
			content = true;
		else if (!record && strcmp(type, RECORD_TYPE) == 0)
			record = true;
		else if (i-- == 0)
			return part;
		part++;
	}
	bug("files: one that was not looked at");
}

enum rc
files_open_one(struct files *p, size_t i, const struct desk *d,
    const struct id *id, struct err *e)
{
	json_t *request;
	struct doc_file *f, is;
	enum rc rc;

	if (i >= p->count)
		return fail(e, RC_ABSENT, "it has %zu files", p->count);
	f = &p->file[i];
	is = *f;
	if ((rc = room_fd(&f->fd, d, is.size, e)) != RC_OK)
		return rc;
	request = desk_request(d);
	show_id(request, "id", id);
	show_number(request, "part", part_of(p, i));
	rc =
	    control_ask(d->fd, CONTROL_SAVE, request, &f->fd, 1, NULL, NULL, e);
	if (rc == RC_OK)
		rc = hash_fd(f, e);
	if (rc == RC_OK && p->content.len > 0 &&
	    memcmp(f->digest, is.digest, sizeof(is.digest)) != 0)
		rc = fail(
		    e, RC_INVALID, "its files are not those that were signed");
	return rc;
}

/* ---- of a document ------------------------------------------------------- */

enum rc
files_where(
    struct id *out, const char **content, const json_t *document, struct err *e)
{
	const bool came =
	    strcmp(row_text(document, "kind"), "in") == 0 ||
	    strcmp(row_text(document, "kind"), "telegram-in") == 0;

	*content = came ? NULL : row_text(document, "content");
	if (!came)
		return files_id(out, *content, e);
	return id_parse(out, bytes_str(row_text(document, "dispatch")))
		   ? RC_OK
		   : fail(e, RC_ABSENT, "this document has no files here");
}

enum rc
files_of(struct files *p, const struct desk *d, const json_t *document,
    struct err *e)
{
	char is[2 * SHA256_SIZE + 1];
	const char *content;
	struct id id;
	enum rc rc;

	if ((rc = files_where(&id, &content, document, e)) != RC_OK ||
	    (rc = desk_act(d, e)) != RC_OK ||
	    (rc = files_open(p, d, &id, e)) != RC_OK)
		return rc;
	if (content == NULL && p->content.len == 0)
		return RC_OK; /* no list came with it */
	files_content(is, p);
	return files_check(p, content == NULL ? is : content, e);
}

void
files_free(struct files *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (p->file[i].fd >= 0)
			(void)close(p->file[i].fd);
	json_decref(p->letter);
	buf_free(&p->content);
	buf_free(&p->record);
	arena_free(&p->text);
	*p = (struct files){ 0 };
}
