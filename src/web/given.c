/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/given.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/utf8.h"
#include "web/scan.h"
#include "web/session.h"
#include "web/uploads.h"

static struct given_file *
more(struct given *g, struct err *e)
{
	struct given_file *f;

	if (g->count == GIVEN_MAX) {
		(void)fail(e, RC_LIMIT, "over %u parts", GIVEN_MAX);
		return NULL;
	}
	f = &g->files[g->count++];
	f->fd = -1;
	return f;
}

static enum rc
take_text(struct given *g, const struct web_call *c, struct err *e)
{
	const char *name = web_text(c, "text_name");
	struct bytes b = bytes_str(web_text(c, "text"));
	struct given_file *f = more(g, e);
	struct buf clean = { 0 };
	ssize_t n;
	enum rc rc;

	if (f == NULL)
		return e->rc;
	rc = upload_name(
	    &clean, bytes_str(name[0] == '\0' ? GIVEN_NAME : name), e);
	if (rc == RC_OK)
		memcpy(f->name, clean.p, clean.len);
	buf_free(&clean);
	if (rc != RC_OK)
		return rc;
	f->text = true;
	memcpy(f->type, GIVEN_TYPE, sizeof(GIVEN_TYPE));
	f->fd = memfd_create("part", MFD_CLOEXEC);
	while (f->fd >= 0 && b.len > 0) {
		n = write(f->fd, b.p, b.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		b = bytes_of(b.p + n, b.len - (size_t)n);
	}
	return f->fd >= 0 && b.len == 0 ? RC_OK
					: fail_io(e, "no memory for a part");
}

/* {"upload": id, "attachment": flag}, and nothing else. */
static enum rc
take_upload(struct given *g, struct web_call *c, json_t *o, struct err *e)
{
	const json_t *attachment = json_object_get(o, "attachment");
	struct given_file *f;
	struct upload_is is;
	struct id id;
	size_t i;
	enum rc rc;

	if (!id_parse(&id, bytes_str(row_text(o, "upload"))) ||
	    (attachment != NULL && !json_is_boolean(attachment)) ||
	    json_object_size(o) != 1u + (attachment != NULL))
		return fail(
		    e, RC_INVALID, "\"%s\" is not of the form", "uploads");
	for (i = 0; i < g->count; i++)
		if (id_eq(&g->files[i].upload, &id))
			return fail(
			    e, RC_INVALID, "\"%s\" is given twice", "uploads");
	if ((f = more(g, e)) == NULL)
		return e->rc;
	id_write(c->upload, &id); /* until it is known to be good */
	rc = upload_open(&f->fd, &is, c->uploads, c->session->user, &id, e);
	if (rc != RC_OK) {
		g->count--;
		return rc;
	}
	f->attachment = json_is_true(attachment);
	f->upload = id;
	f->size = is.size;
	memcpy(f->name, is.name, sizeof(is.name));
	memcpy(f->type, is.type, sizeof(is.type));
	rc = web_flag(c, "try") ? RC_OK : web_scan(c, f->fd, e);
	if (rc == RC_OK)
		c->upload[0] = '\0';
	return rc;
}

enum rc
given_take(struct given *g, struct web_call *c, struct err *e)
{
	const char *field = "text_name";
	json_t *o;
	size_t i;
	enum rc rc = RC_OK;

	g->count = 0;
	g->c = c;
	if (web_text(c, "text")[0] != '\0')
		rc = take_text(g, c, e);
	json_array_foreach(json_object_get(c->values, "uploads"), i, o)
	{
		if (rc != RC_OK)
			break;
		field = "uploads";
		rc = take_upload(g, c, o, e);
	}
	if (rc != RC_OK)
		memcpy(c->field, field, strlen(field) + 1);
	return rc;
}

static bool
is_upload(const struct given_file *f)
{
	static const struct id none;

	return !id_eq(&f->upload, &none);
}

void
given_sealed(void *given, uint64_t done, uint64_t total)
{
	const struct given *g = given;
	size_t i;

	for (i = 0; i < g->count; i++)
		if (is_upload(&g->files[i]))
			upload_sealed(g->c->uploads, g->c->session->user,
			    &g->files[i].upload, done, total);
}

void
given_free(struct given *g, struct web_call *c)
{
	size_t i;

	if (g->count > 0)
		given_sealed(g, 0, 0); /* it is over */
	for (i = 0; i < g->count; i++) {
		if (g->files[i].fd >= 0)
			(void)close(g->files[i].fd);
		if (is_upload(&g->files[i]))
			upload_closed(c->uploads, g->files[i].size);
	}
	g->count = 0;
}

void
given_drop(const struct given *g, struct web_call *c)
{
	struct err ignored;
	size_t i;

	for (i = 0; i < g->count; i++)
		if (is_upload(&g->files[i]) &&
		    upload_drop(c->uploads, c->session->user,
			&g->files[i].upload, &ignored) != RC_OK)
			continue; /* another call sends it, or it is gone */
}

/* Types that are shown, and nothing in them is run.  An end of '/', '.' or ';'
 * stands for all that go on so. */
static const char *const harmless[] = { "application/pdf", "application/msword",
	"application/rtf", "application/zip", "application/vnd.", "audio/",
	"image/bmp", "image/gif", "image/jpeg", "image/png", "image/tiff",
	"image/webp", "text/csv", "text/plain", "text/plain;", "video/" };

static bool
is_harmless(struct bytes type)
{
	size_t i, len;

	for (i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		len = strlen(harmless[i]);
		if (type.len < len || memcmp(type.p, harmless[i], len) != 0)
			continue;
		if (type.len == len ||
		    strchr("/.;", harmless[i][len - 1]) != NULL)
			return true;
	}
	return false;
}

void
given_replies(struct web_call *c, int fd, uint64_t size, struct bytes type,
    struct bytes name)
{
	char text[100] = "application/octet-stream";
	struct buf file = { 0 };

	if (is_harmless(type) && type.len < sizeof(text)) {
		memcpy(text, type.p, type.len);
		text[type.len] = '\0';
	}
	utf8_file_name(&file, name);
	buf_u8(&file, '\0');
	web_replies_file(c, fd, size, text, (const char *)file.p);
	buf_free(&file);
}

static enum rc
room(void *ctx, uint64_t bytes, struct err *e)
{
	return web_room(ctx, bytes, e);
}

enum rc
given_desk(struct desk *d, struct web_call *c, struct err *e)
{
	const char *as = web_text(c, "as");

	*d = (struct desk){ .fd = c->control,
		.address = web_text(c, "desk"),
		.as = as[0] == '\0' ? NULL : as,
		.room = room,
		.room_ctx = c };
	return c->control >= 0 ? RC_OK
			       : fail(e, RC_DENIED, "there is no session");
}
