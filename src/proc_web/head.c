/* SPDX-License-Identifier: EUPL-1.2 */
/* The head of a request, held to rules that leave one reading of it
 * (docs/desk.md 5.1). */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "proc_web/web.h"

/* The headers that decide something. */
enum {
	HOST,
	LENGTH,
	ENCODING,
	COOKIE,
	ORIGIN,
	SITE,
	TOKEN,
	TYPE,
	LANGUAGES,
};
static const char *const names[HEAD_ONCE] = {
	[HOST] = "Host",
	[LENGTH] = "Content-Length",
	[ENCODING] = "Transfer-Encoding",
	[COOKIE] = "Cookie",
	[ORIGIN] = "Origin",
	[SITE] = "Sec-Fetch-Site",
	[TOKEN] = "X-Antin",
	[TYPE] = "Content-Type",
	[LANGUAGES] = "Accept-Language",
};

/* RFC 9110 5.6.2, 5.5.  A CR alone in a value, and a line that goes on in the
 * next one and so into its name, are not refused by every libmicrohttpd. */
static bool
is_clean(const char *name, const char *value)
{
	const size_t len = strlen(name);

	while (*value == '\t' || (uint8_t)*value >= ' ')
		value++;
	return *value == '\0' && len > 0 &&
	       strspn(name,
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		   "0123456789!#$%&'*+-.^_`|~") == len;
}

static enum MHD_Result
look(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct head *h = cls;
	size_t i;

	(void)kind;
	if (value == NULL)
		value = "";
	h->torn |= !is_clean(name, value);
	for (i = 0; i < HEAD_ONCE; i++) {
		if (strcasecmp(name, names[i]) != 0)
			continue;
		h->torn |= h->once[i] != NULL;
		h->once[i] = value;
	}
	return MHD_YES;
}

void
head_take(struct head *h, struct MHD_Connection *c)
{
	*h = (struct head){ 0 };
	(void)mhd->MHD_get_connection_values(c, MHD_HEADER_KIND, look, h);
}

static struct bytes
said(const struct head *h, int which)
{
	return h->once[which] == NULL ? (struct bytes){ 0 }
				      : bytes_str(h->once[which]);
}

bool
head_cookie(struct bytes *out, const struct head *h, const char *name)
{
	struct bytes all = said(h, COOKIE);
	const size_t len = strlen(name);
	unsigned found = 0;
	struct bytes one;
	size_t n;

	while (all.len > 0) {
		for (n = 0; n < all.len && all.p[n] != ';'; n++)
			;
		one = bytes_of(all.p, n);
		all = bytes_of(all.p + n, all.len - n);
		while (all.len > 0 && (all.p[0] == ';' || all.p[0] == ' '))
			all = bytes_of(all.p + 1, all.len - 1);
		if (one.len <= len || memcmp(one.p, name, len) != 0 ||
		    one.p[len] != '=')
			continue;
		*out = bytes_of(one.p + len + 1, one.len - len - 1);
		found++;
	}
	return found == 1;
}

enum lang
head_lang(const struct head *h, const struct web_session *s)
{
	const struct bytes languages = said(h, LANGUAGES);
	struct bytes chosen;

	if (s != NULL && s->lang_set)
		return s->lang;
	if (head_cookie(&chosen, h, "lang"))
		return bytes_is(chosen, "vi") ? LANG_VI : LANG_EN;
	return languages.len >= 2 &&
		       strncasecmp((const char *)languages.p, "vi", 2) == 0
		   ? LANG_VI
		   : LANG_EN;
}

static enum rc
malformed(struct err *e)
{
	return fail(e, RC_INVALID, "what was asked is not well formed");
}

enum rc
head_read(struct web_asked *out, unsigned *status, const struct head *h,
    const char *uri, const char *method, const char *version, bool secure,
    struct err *e)
{
	char *end = NULL;
	uint64_t size = 0;

	*status = MHD_HTTP_URI_TOO_LONG;
	if (uri == NULL)
		return fail(e, RC_LIMIT, "the address is too long");
	*status = MHD_HTTP_BAD_REQUEST;
	if (h->torn || uri[0] != '/' ||
	    (strcmp(version, "HTTP/1.1") != 0 &&
		strcmp(version, "HTTP/1.0") != 0))
		return malformed(e);
	if (h->once[LENGTH] != NULL)
		size = strtoull(h->once[LENGTH], &end, 10);
	if (end != NULL && *end != '\0')
		return malformed(e);
	*status = MHD_HTTP_LENGTH_REQUIRED;
	if (h->once[ENCODING] != NULL)
		return fail(
		    e, RC_INVALID, "a body is told with its length, and whole");
	*out = (struct web_asked){ .method = method,
		.host = said(h, HOST),
		.origin = said(h, ORIGIN),
		.site = said(h, SITE),
		.csrf = said(h, TOKEN),
		.type = said(h, TYPE),
		.size = size,
		.secure = secure };
	out->names = web_names(&out->name_count);
	*status = MHD_HTTP_FORBIDDEN;
	if (!web_host_ok(out))
		return fail(
		    e, RC_DENIED, "the station is not known under this name");
	return RC_OK;
}
