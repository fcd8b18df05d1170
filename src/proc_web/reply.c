/* SPDX-License-Identifier: EUPL-1.2 */
/* What is answered: headers, bytes, files and parts of them. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc_web/web.h"
#include "web/asset.h"

#define BLOCK 65536u /* bytes of a file that are read at once */

/* ---- headers
 * ----------------------------------------------------------------- */

static void
header(struct MHD_Response *r, const char *name, const char *value)
{
	(void)mhd->MHD_add_response_header(r, name, value);
}

/* docs/desk.md 4.8.  What the interface gives is data, and never a page,
 * whatever somebody has sent. */
void
reply_headers(struct MHD_Response *r, bool api)
{
	static const char page[] =
	    "default-src 'none'; script-src 'self'; style-src 'self'; img-src "
	    "'self' data: blob:; connect-src 'self'; font-src 'self'; "
	    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
	static const char data[] =
	    "default-src 'none'; form-action 'none'; base-uri 'none'; "
	    "frame-ancestors 'none'; sandbox";
	static const char *const all[][2] = {
		{ "X-Content-Type-Options", "nosniff" },
		{ "X-Frame-Options", "DENY" },
		{ "Referrer-Policy", "no-referrer" },
		{ "Cross-Origin-Opener-Policy", "same-origin" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ "Cross-Origin-Embedder-Policy", "require-corp" },
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		header(r, all[i][0], all[i][1]);
	header(r, "Content-Security-Policy", api ? data : page);
	if (api)
		header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
}

/* A type that a browser may be told; else it is bytes, and nothing that could
 * do anything: who sealed a part has chosen its type. */
static const char *
type_of(const char *type)
{
	static const struct {
		const char *type, *said;
	} fine[] = {
		{ "application/json", "application/json" },
		{ "application/pdf", "application/pdf" },
		{ "image/jpeg", "image/jpeg" },
		{ "image/png", "image/png" },
		{ "text/csv", "text/csv; charset=utf-8" },
		{ "text/plain", "text/plain; charset=utf-8" },
	};
	const size_t len = strcspn(type, "; ");
	size_t i;

	for (i = 0; i < sizeof(fine) / sizeof(fine[0]); i++)
		if (strlen(fine[i].type) == len &&
		    memcmp(fine[i].type, type, len) == 0)
			return fine[i].said;
	return "application/octet-stream";
}

/* RFC 6266: for who saves it, never to be shown in the page's place. */
static void
disposition(struct MHD_Response *r, const char *name)
{
	static const char hex[] = "0123456789ABCDEF";
	struct buf b = { 0 };
	const uint8_t *p;

	buf_add(&b, bytes_str("attachment"));
	if (name[0] != '\0')
		buf_add(&b, bytes_str("; filename*=UTF-8''"));
	for (p = (const uint8_t *)name; *p != '\0'; p++)
		if ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
		    (*p >= '0' && *p <= '9') || strchr("-._~", *p) != NULL) {
			buf_u8(&b, *p);
		} else {
			buf_u8(&b, '%');
			buf_u8(&b, (uint8_t)hex[*p >> 4]);
			buf_u8(&b, (uint8_t)hex[*p & 15]);
		}
	buf_u8(&b, '\0');
	header(r, MHD_HTTP_HEADER_CONTENT_DISPOSITION, (const char *)b.p);
	buf_free(&b);
}

/* ---- parts (RFC 9110 14)
 * ----------------------------------------------------- */

struct span {
	uint64_t at, size;
};

static bool
digits(uint64_t *out, const char **at)
{
	const char *p = *at;
	uint64_t v = 0;

	for (; *p >= '0' && *p <= '9' && p - *at < 18; p++)
		v = v * 10 + (uint64_t)(*p - '0');
	if (p == *at || (*p >= '0' && *p <= '9'))
		return false;
	*at = p;
	*out = v;
	return true;
}

/*
 * One part of "all" bytes: 206.  200 where what is asked is none, or several,
 * which nobody needs; 416 where there is nothing of it.
 */
static unsigned
part_of(struct span *out, const char *range, uint64_t all)
{
	const char *p = range + 6;
	uint64_t first = 0, last = UINT64_MAX;
	bool suffix;

	*out = (struct span){ 0, all };
	if (strncmp(range, "bytes=", 6) != 0)
		return MHD_HTTP_OK;
	suffix = *p == '-';
	if (suffix) {
		p++;
		if (!digits(&last, &p) || *p != '\0')
			return MHD_HTTP_OK;
		if (last == 0 || all == 0)
			return MHD_HTTP_RANGE_NOT_SATISFIABLE;
		first = last >= all ? 0 : all - last;
		last = all - 1;
	} else {
		if (!digits(&first, &p) || *p++ != '-' ||
		    (*p != '\0' && (!digits(&last, &p) || *p != '\0')) ||
		    last < first)
			return MHD_HTTP_OK;
		if (first >= all)
			return MHD_HTTP_RANGE_NOT_SATISFIABLE;
		if (last >= all)
			last = all - 1;
	}
	*out = (struct span){ first, last - first + 1 };
	return MHD_HTTP_PARTIAL_CONTENT;
}

static const char *
etag_of(const struct web_call *c)
{
	size_t i;

	for (i = 0; i < c->reply.header_count; i++)
		if (strcmp(c->reply.headers[i].name, MHD_HTTP_HEADER_ETAG) == 0)
			return c->reply.headers[i].value;
	return NULL;
}

static const char *
asked(struct MHD_Connection *conn, const char *name)
{
	return mhd->MHD_lookup_connection_value(conn, MHD_HEADER_KIND, name);
}

/* Which bytes of so many go; the status that says so. */
static unsigned
choose(struct span *out, const struct web_call *c, struct MHD_Connection *conn,
    uint64_t all)
{
	const char *tag = etag_of(c), *range, *same;

	*out = (struct span){ 0, all };
	same = asked(conn, MHD_HTTP_HEADER_IF_NONE_MATCH);
	if (tag != NULL && same != NULL && strcmp(same, tag) == 0)
		return MHD_HTTP_NOT_MODIFIED;
	range = asked(conn, MHD_HTTP_HEADER_RANGE);
	same = asked(conn, MHD_HTTP_HEADER_IF_RANGE);
	if (range == NULL ||
	    (same != NULL && (tag == NULL || strcmp(same, tag) != 0)))
		return MHD_HTTP_OK;
	return part_of(out, range, all);
}

static void
say_part(struct MHD_Response *r, unsigned status, const struct span *part,
    uint64_t all)
{
	char text[80];

	header(r, MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes");
	if (status == MHD_HTTP_RANGE_NOT_SATISFIABLE)
		(void)snprintf(text, sizeof(text), "bytes */%" PRIu64, all);
	else if (status == MHD_HTTP_PARTIAL_CONTENT)
		(void)snprintf(text, sizeof(text),
		    "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, part->at,
		    part->at + part->size - 1, all);
	else
		return;
	header(r, MHD_HTTP_HEADER_CONTENT_RANGE, text);
}

/* ---- bodies
 * ------------------------------------------------------------------ */

static struct MHD_Response *
empty(void)
{
	return mhd->MHD_create_response_from_buffer(
	    0, NULL, MHD_RESPMEM_PERSISTENT);
}

static void
wiped(void *ctx)
{
	struct buf *b = ctx;

	buf_free(b);
	free(b);
}

/* Of bytes that are taken. */
static struct MHD_Response *
of_bytes(struct buf *bytes, const struct span *part)
{
	struct buf *own = alloc(1, sizeof(*own));
	struct MHD_Response *r;

	*own = *bytes;
	*bytes = (struct buf){ 0 };
	r = mhd->MHD_create_response_from_buffer_with_free_callback_cls(
	    (size_t)part->size, own->p == NULL ? NULL : own->p + part->at,
	    wiped, own);
	if (r == NULL)
		wiped(own);
	return r;
}

struct file {
	int fd;
	uint64_t at;
};

static ssize_t
file_read_on(void *ctx, uint64_t pos, char *to, size_t max)
{
	const struct file *f = ctx;
	ssize_t n = pread(f->fd, to, max, (off_t)(f->at + pos));

	return n > 0 ? n : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void
file_over(void *ctx)
{
	struct file *f = ctx;

	(void)close(f->fd);
	free(f);
}

static struct MHD_Response *
of_file(int fd, const struct span *part)
{
	struct file *f = alloc(1, sizeof(*f));
	struct MHD_Response *r;

	*f = (struct file){ fd, part->at };
	r = mhd->MHD_create_response_from_callback(
	    part->size, BLOCK, file_read_on, f, file_over);
	if (r == NULL)
		file_over(f);
	return r;
}

static int
add(const char *more, size_t len, void *to)
{
	buf_add(to, bytes_of(more, len));
	return 0;
}

static struct MHD_Response *
of_json(struct web_call *c)
{
	struct buf text = { 0 };
	struct MHD_Response *r;

	if (c->reply.json == NULL)
		c->reply.json = json_object();
	(void)json_dump_callback(c->reply.json, add, &text, JSON_COMPACT);
	r = of_bytes(&text, &(struct span){ 0, text.len });
	if (r != NULL)
		header(r, MHD_HTTP_HEADER_CONTENT_TYPE,
		    "application/json; charset=utf-8");
	return r;
}

/* ---- all
 * --------------------------------------------------------------------- */

static struct MHD_Response *
of_call(struct web_call *c, struct MHD_Connection *conn, unsigned *status)
{
	const bool file = c->reply.fd >= 0;
	const uint64_t all = file ? c->reply.size : c->reply.bytes.len;
	struct MHD_Response *r;
	struct span part;

	if (c->reply.json != NULL || (!file && c->reply.type[0] == '\0'))
		return of_json(c);
	part = (struct span){ 0, all };
	if (*status == MHD_HTTP_OK)
		*status = choose(&part, c, conn, all);
	if (*status == MHD_HTTP_NOT_MODIFIED ||
	    *status == MHD_HTTP_RANGE_NOT_SATISFIABLE || part.size == 0) {
		r = empty();
	} else if (file) {
		r = of_file(c->reply.fd, &part);
		c->reply.fd = -1;
	} else {
		r = of_bytes(&c->reply.bytes, &part);
	}
	if (r == NULL)
		return NULL;
	say_part(r, *status, &part, all);
	header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type_of(c->reply.type));
	disposition(r, c->reply.name);
	return r;
}

struct MHD_Response *
reply_of(struct web_call *c, struct MHD_Connection *conn, unsigned *status)
{
	struct MHD_Response *r;
	size_t i;

	*status = c->reply.status == 0 ? MHD_HTTP_OK : c->reply.status;
	r = of_call(c, conn, status);
	if (r == NULL)
		return NULL;
	for (i = 0; i < c->reply.header_count; i++)
		header(r, c->reply.headers[i].name, c->reply.headers[i].value);
	reply_headers(r, true);
	return r;
}

/* ---- pages
 * ------------------------------------------------------------------- */

/* Files lie at the root and have a dot in their names.  A path that climbs, or
 * hides its dots, is no page's either. */
static bool
is_file(const char *path, size_t len)
{
	const char *dot = memchr(path, '.', len);

	return dot != NULL && (dot == path || dot[-1] == '/' ||
				  memchr(path + 1, '/', len - 1) == NULL ||
				  memchr(path, '%', len) != NULL);
}

/* Every other path is a page's, and the pages know it:
 * "/mang/tram/ha-noi.vn" is one. */
static const struct web_asset *
asset_of(const char *path, size_t len)
{
	const struct web_asset *a, *root = NULL;

	for (a = web_assets; a->path != NULL; a++) {
		if (strlen(a->path) == len && memcmp(a->path, path, len) == 0)
			return a;
		if (strcmp(a->path, "/") == 0)
			root = a;
	}
	return is_file(path, len) ? NULL : root;
}

struct MHD_Response *
reply_asset(const char *path, size_t len, unsigned *status)
{
	const struct web_asset *a = asset_of(path, len);
	struct MHD_Response *r;

	*status = a == NULL ? MHD_HTTP_NOT_FOUND : MHD_HTTP_OK;
	if (a == NULL)
		r = empty();
	else
		r = mhd->MHD_create_response_from_buffer(a->gz_len,
		    (void *)(uintptr_t)a->gz, MHD_RESPMEM_PERSISTENT);
	if (r == NULL)
		return NULL;
	reply_headers(r, false);
	header(r, MHD_HTTP_HEADER_CACHE_CONTROL,
	    a != NULL && a->immutable ? "public, max-age=31536000, immutable"
				      : "no-cache");
	if (a != NULL) {
		header(r, MHD_HTTP_HEADER_CONTENT_TYPE, a->type);
		header(r, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
	}
	return r;
}
