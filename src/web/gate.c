/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/gate.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "pki/act.h"

/* ---- hosts
 * ----------------------------------------------------------------- */

static bool
same_name(struct bytes a, struct bytes b)
{
	return a.len == b.len &&
	       strncasecmp((const char *)a.p, (const char *)b.p, a.len) == 0;
}

/* A host without its port; false where what follows is no port. */
static bool
split_host(struct bytes *name, struct bytes host)
{
	size_t n = 0, i;

	if (host.len > 0 && host.p[0] == '[') {
		while (n < host.len && host.p[n] != ']')
			n++;
		if (n == host.len)
			return false;
		n++;
	} else {
		while (n < host.len && host.p[n] != ':')
			n++;
	}
	*name = bytes_of(host.p, n);
	if (n == host.len)
		return n > 0;
	if (host.p[n] != ':' || host.len - n < 2 || host.len - n > 6)
		return false;
	for (i = n + 1; i < host.len; i++)
		if (host.p[i] < '0' || host.p[i] > '9')
			return false;
	return n > 0;
}

void
web_cookie_name(char out[static WEB_COOKIE], const struct web_asked *a)
{
	struct bytes name;
	int port;

	(void)snprintf(out, WEB_COOKIE, a->secure ? "__Host-antin" : "antin");
	if (a->secure || !split_host(&name, a->host) || name.len == a->host.len)
		return;
	port = (int)(a->host.len - name.len - 1); /* digits, at most 5 */
	(void)snprintf(out, WEB_COOKIE, "antin-%.*s", port,
	    (const char *)a->host.p + name.len + 1);
}

bool
web_host_ok(const struct web_asked *a)
{
	static const char *const here[] = { "127.0.0.1", "localhost", "[::1]" };
	struct bytes name;
	size_t i;

	if (!split_host(&name, a->host))
		return false;
	for (i = 0; !a->secure && i < sizeof(here) / sizeof(here[0]); i++)
		if (same_name(name, bytes_str(here[i])))
			return true;
	for (i = 0; a->secure && i < a->name_count; i++)
		if (same_name(name, a->names[i]))
			return true;
	return false;
}

/* ---- whose page asks
 * ------------------------------------------------------- */

/* "http://" and the host that it was asked under. */
static bool
origin_is(const struct web_asked *a)
{
	struct bytes scheme = bytes_str(a->secure ? "https://" : "http://");

	return a->origin.len > scheme.len &&
	       bytes_eq(bytes_of(a->origin.p, scheme.len), scheme) &&
	       same_name(bytes_of(a->origin.p + scheme.len,
			     a->origin.len - scheme.len),
		   a->host);
}

/* What a browser says of where a request comes from; what is no browser says
 * nothing, and has to say it where it changes something. */
static bool
site_ok(const struct web_asked *a, bool changes)
{
	if (a->origin.len > 0 && !origin_is(a))
		return false;
	if (a->site.len > 0 && !bytes_is(a->site, "same-origin") &&
	    (changes || !bytes_is(a->site, "none")))
		return false;
	return !changes || a->origin.len > 0 || a->site.len > 0;
}

/* ---- what it brings
 * -------------------------------------------------------- */

/* "application/json", with or without "; charset=utf-8". */
static bool
is_json(struct bytes type)
{
	const struct bytes want = bytes_str("application/json");

	return type.len >= want.len &&
	       same_name(bytes_of(type.p, want.len), want) &&
	       (type.len == want.len || type.p[want.len] == ';' ||
		   type.p[want.len] == ' ');
}

static enum rc
body_ok(unsigned *status, const struct web_route *r, const struct web_asked *a,
    struct err *e)
{
	if (a->size == 0 || r->raw)
		return RC_OK;
	*status = 413;
	if (a->size > WEB_BODY)
		return fail(
		    e, RC_LIMIT, "the body has over %u bytes", WEB_BODY);
	*status = 415;
	if (!is_json(a->type))
		return fail(e, RC_INVALID, "the body is no JSON object");
	*status = 0;
	return RC_OK;
}

enum rc
web_may(const struct web_route *r, const struct web_session *s, struct err *e)
{
	const unsigned runs = 1u << ROLE_ADMINISTRATOR | 1u << ROLE_DUTY;

	if (r->needs == WEB_NOTHING || r->needs == WEB_BEGUN)
		return RC_OK;
	if (s == NULL)
		return fail(e, RC_DENIED, "there is no session");
	if ((r->needs == WEB_PERSON || s->from.secure) && s->people == 0)
		return fail(e, RC_DENIED, "nobody is signed in");
	if (r->needs == WEB_RUNS && s->from.secure && (s->roles & runs) == 0)
		return fail(e, RC_DENIED,
		    "this is for an administrator or a duty officer of the "
		    "station");
	return RC_OK;
}

enum rc
web_gate(unsigned *status, const struct web_route *r, const struct web_asked *a,
    const struct web_session *s, struct err *e)
{
	bool changes = strcmp(r->method, "GET") != 0;
	enum rc rc;

	*status = 403;
	if (!web_host_ok(a))
		return fail(
		    e, RC_DENIED, "the station is not known under this name");
	if (!site_ok(a, changes))
		return fail(e, RC_DENIED,
		    "this was asked by a page that is not the station's");
	*status = 401;
	if (r->needs != WEB_NOTHING && s == NULL)
		return fail(e, RC_DENIED, "there is no session");
	*status = 403;
	if (r->needs != WEB_NOTHING && changes && !web_session_csrf(s, a->csrf))
		return fail(e, RC_DENIED,
		    "this page is of an earlier session: load it again");
	if ((rc = web_may(r, s, e)) != RC_OK)
		return rc;
	return body_ok(status, r, a, e);
}
