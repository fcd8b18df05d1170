/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/route.h"

#include <string.h>

#include "core/utf8.h"
#include "web/values.h"

/* ---- percent-encoding
 * ------------------------------------------------------ */

/* Of a path's segment or a query: unreserved, sub-delims, ':', '@', '/', '?'
 * (RFC 3986 3.3, 3.4). */
static bool
may_stand(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("-._~!$&'()*+,;=:@/?", c) != NULL);
}

enum rc
web_decode(struct buf *out, struct bytes in, bool query, struct err *e)
{
	uint8_t c;
	size_t i;

	*out = (struct buf){ 0 };
	for (i = 0; i < in.len; i++) {
		c = in.p[i];
		if (c == '%') {
			if (in.len - i < 3 ||
			    !hex_parse(&c, 1, bytes_of(in.p + i + 1, 2)) ||
			    c == '\0')
				goto bad;
			i += 2;
		} else if (!may_stand(c)) {
			goto bad;
		} else if (query && c == '+') {
			c = ' ';
		}
		buf_u8(out, c);
	}
	if (utf8_valid(buf_bytes(out)))
		return RC_OK;
bad:
	buf_free(out);
	return fail(e, RC_INVALID, "the address is not well encoded");
}

/* ---- finding
 * --------------------------------------------------------------- */

/* The next segment of a path that begins with '/'; false: there is no more. */
static bool
segment(struct bytes *out, struct bytes *path)
{
	size_t n = 1;

	if (path->len == 0)
		return false;
	while (n < path->len && path->p[n] != '/')
		n++;
	*out = bytes_of(path->p + 1, n - 1);
	*path = bytes_of(path->p + n, path->len - n);
	return true;
}

static bool
is_field(struct bytes segment)
{
	return segment.len > 2 && segment.p[0] == '{';
}

/*
 * How well a path is this route's: 0 not at all; else the more, the earlier it
 * has a segment that is said as it stands.  "/mail/in" is never "/mail/{id}".
 */
static unsigned
match(const struct web_route *r, struct bytes path)
{
	struct bytes want = bytes_str(r->path), here, there;
	unsigned score = 1, n = 0;

	while (segment(&there, &want)) {
		if (n++ == 16 || !segment(&here, &path) || here.len == 0)
			return 0;
		if (!is_field(there) && !bytes_eq(there, here))
			return 0;
		score = score * 2 + !is_field(there);
	}
	return path.len == 0 ? score : 0;
}

/* Path fields, as strings. */
static enum rc
take_path(
    json_t *values, const struct web_route *r, struct bytes path, struct err *e)
{
	struct bytes want = bytes_str(r->path), here, there;
	struct buf text = { 0 };
	enum rc rc = RC_OK;

	while (rc == RC_OK && segment(&there, &want) && segment(&here, &path)) {
		if (!is_field(there))
			continue;
		rc = web_decode(&text, here, false, e);
		if (rc == RC_OK)
			(void)json_object_setn_new(values,
			    (const char *)there.p + 1, there.len - 2,
			    json_stringn((const char *)text.p, text.len));
		buf_free(&text);
	}
	return rc;
}

/* Which methods there are, and the route by this one. */
struct search {
	unsigned best;
	const struct web_route *found;
	char *allowed; /* of 64 */
};

static void
weigh(struct search *s, const struct web_route *r, const char *method,
    struct bytes path)
{
	unsigned score = match(r, path);
	size_t len;

	if (score == 0 || score < s->best)
		return;
	if (score > s->best) {
		s->best = score;
		s->found = NULL;
		s->allowed[0] = '\0';
	}
	if (strcmp(r->method, method) == 0)
		s->found = r;
	len = strlen(s->allowed);
	if (len + strlen(r->method) + 3 < 64) {
		if (len > 0)
			memcpy(s->allowed + len, ", ", 3);
		memcpy(s->allowed + strlen(s->allowed), r->method,
		    strlen(r->method) + 1);
	}
}

enum rc
web_find(const struct web_route **out, json_t **values, char allowed[static 64],
    const char *method, struct bytes path, struct err *e)
{
	struct search s = { .allowed = allowed };
	const struct web_route *const *t, *r;
	struct bytes root = bytes_str(WEB_ROOT);
	enum rc rc;

	*out = NULL;
	*values = NULL;
	allowed[0] = '\0';
	if (path.len > WEB_PATH)
		return fail(e, RC_INVALID, "the address is not well encoded");
	if (path.len <= root.len ||
	    !bytes_eq(bytes_of(path.p, root.len), root) ||
	    path.p[root.len] != '/')
		return fail(e, RC_ABSENT, "there is nothing at this address");
	path = bytes_of(path.p + root.len, path.len - root.len);
	for (t = web_tables; *t != NULL; t++)
		for (r = *t; r->method != NULL; r++)
			weigh(&s, r, method, path);
	if (s.best == 0)
		return fail(e, RC_ABSENT, "there is nothing at this address");
	if (s.found == NULL)
		return fail(e, RC_USAGE, "this address is not asked so");
	*values = json_object();
	if ((rc = take_path(*values, s.found, path, e)) != RC_OK) {
		json_decref(*values);
		*values = NULL;
		return rc;
	}
	*out = s.found;
	return RC_OK;
}

/* ---- what becomes of a call
 * ------------------------------------------------ */

unsigned
web_status(enum rc rc)
{
	static const unsigned of[] = {
		[RC_OK] = 200,
		[RC_INVALID] = 400,
		[RC_DENIED] = 403,
		[RC_LIMIT] = 413,
		[RC_EXPIRED] = 410,
		[RC_ABSENT] = 404,
		[RC_EXISTS] = 409,
		[RC_IO] = 503,
		[RC_USAGE] = 400,
	};

	return rc >= 0 && (size_t)rc < sizeof(of) / sizeof(of[0]) ? of[rc]
								  : 500;
}
