/* SPDX-License-Identifier: EUPL-1.2 */
/* Sessions of browsers, and who is signed in by one (docs/desk.md 4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "crypto/keyfile.h"
#include "crypto/totp.h"
#include "form/svg.h"
#include "web/fields.h"
#include "web/resources.h"
#include "web/signed_in.h"

#define QR_SIDE 60.0 /* mm of a picture for a phone */
#define SCHEME "antin://"

static const char *
text(const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));

	return s == NULL ? "" : s;
}

/* ---- who is signed in
 * ------------------------------------------------------ */

/* "antin://unit" of any address there. */
static void
station_of(json_t *to, const json_t *rows, const char *key)
{
	const char *address = text(json_array_get(rows, 0), key);
	const char *slash;

	if (strncmp(address, SCHEME, strlen(SCHEME)) != 0 ||
	    json_object_get(to, "station") != NULL)
		return;
	slash = strchr(address + strlen(SCHEME), '/');
	(void)json_object_set_new(to, "station",
	    json_stringn(address,
		slash == NULL ? strlen(address) : (size_t)(slash - address)));
}

/* Rows of people, and within each the roles that he has. */
static json_t *
people_with_roles(const struct web_call *c, const json_t *users, bool ours)
{
	json_t *all = json_array(), *row, *person = NULL, *roles = NULL;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)users, i, row)
	{
		if (strcmp(text(row, "row"), "user") == 0) {
			person = NULL;
			if (ours && !signed_in_by(c, row))
				continue;
			person = json_copy(row);
			roles = json_array();
			(void)json_object_del(person, "row");
			(void)json_object_del(person, "uid");
			(void)json_object_set_new(
			    person, "here", json_boolean(signed_in_by(c, row)));
			(void)json_object_set_new(person, "roles", roles);
			(void)json_array_append_new(all, person);
		} else if (person != NULL) {
			(void)json_array_append_new(
			    roles, json_pack("{s:O?, s:O?, s:O?}", "desk",
				       json_object_get(row, "desk"), "role",
				       json_object_get(row, "role"), "until",
				       json_object_get(row, "until")));
		}
	}
	return all;
}

/* Whom a page may show before somebody has signed in: on this machine all, by
 * TLS nobody. */
static bool
may_see_people(const struct web_call *c)
{
	return !c->session->from.secure || c->session->people > 0;
}

static enum rc
show(struct web_call *c, struct err *e)
{
	json_t *users, *desks, *out;
	enum rc rc = signed_in_ask(c, &users, &desks, e);
	bool all;

	if (rc != RC_OK)
		return rc;
	all = may_see_people(c);
	out = json_pack("{s:s, s:b, s:s, s:s, s:o, s:o, s:o}", "csrf",
	    c->session->csrf, "secure", c->session->from.secure, "lang",
	    c->lang == LANG_VI ? "vi" : "en", "version", ANTIN_VERSION,
	    "persons", people_with_roles(c, users, true), "desks",
	    all ? json_incref(desks) : json_array(), "people",
	    all ? people_with_roles(c, users, false) : json_array());
	station_of(out, desks, "desk");
	station_of(out, users, "person");
	web_replies(c, out);
	json_decref(users);
	json_decref(desks);
	return RC_OK;
}

/* What is said after signing in or out; the page asks for the session then. */
static enum rc
heard(struct web_call *c, json_t *last, struct err *e)
{
	json_t *users, *desks;
	enum rc rc = signed_in_ask(c, &users, &desks, e);

	json_decref(users);
	json_decref(desks);
	if (rc != RC_OK) {
		json_decref(last);
		return rc;
	}
	(void)json_object_del(last, "rc");
	web_replies(c, last);
	return RC_OK;
}

/* ---- begin and end
 * --------------------------------------------------------- */

/* The browser is given this cookie, which is wiped. */
static void
set_cookie(struct web_call *c, char cookie[static WEB_TOKEN])
{
	char value[200];

	(void)snprintf(value, sizeof(value),
	    "%s=%s; HttpOnly; SameSite=Strict; Path=/%s", c->cookie, cookie,
	    c->from.secure ? "; Secure" : "");
	web_header(c, "Set-Cookie", value);
	wipe(cookie, WEB_TOKEN);
	wipe(value, sizeof(value));
}

static enum rc
begin(struct web_call *c, struct err *e)
{
	char cookie[WEB_TOKEN];
	enum rc rc;

	rc = web_session_begin(&c->session, cookie, c->server->sessions,
	    &c->from, c->server->ms(), e);
	if (rc != RC_OK) {
		c->reply.status = 429;
		return rc;
	}
	set_cookie(c, cookie);
	web_replies(c, json_pack("{s:s}", "csrf", c->session->csrf));
	return RC_OK;
}

/* By TLS alone: on this machine a session begins by a link. */
static enum rc
begin_by_tls(struct web_call *c, struct err *e)
{
	if (!c->from.secure)
		return fail(e, RC_DENIED,
		    "on this machine a session begins by the one-time "
		    "address that antin desk gives");
	if (c->session != NULL) {
		web_replies(c, json_pack("{s:s}", "csrf", c->session->csrf));
		return RC_OK;
	}
	return begin(c, e);
}

static enum rc
begin_by_link(struct web_call *c, struct err *e)
{
	struct web_session *before = c->session;
	enum rc rc;

	rc = web_link_take(c->server->sessions, bytes_str(web_text(c, "token")),
	    &c->from, c->server->ms(), e);
	if (rc == RC_LIMIT)
		c->reply.status = 429;
	if (rc == RC_OK)
		rc = begin(c, e);
	if (rc == RC_OK && before != NULL) {
		/* who followed a new link is somebody else, perhaps */
		web_session_end(c->server->sessions, before);
		web_session_done(c->server->sessions, before);
	}
	return rc;
}

static enum rc
end(struct web_call *c, struct err *e)
{
	(void)e;
	web_session_end(c->server->sessions, c->session);
	web_replies(c, json_object());
	web_header(c, "Clear-Site-Data", "\"cache\", \"storage\"");
	return RC_OK;
}

/* ---- people
 * ---------------------------------------------------------------- */

/* The address of who is called so: it, or its last part alone. */
static enum rc
person_called(char **out, struct web_call *c, const char *word, struct err *e)
{
	const char *found = NULL, *address, *slash;
	json_t *users, *row;
	size_t i, n = 0;
	enum rc rc;

	*out = NULL;
	rc = web_ask(c, CONTROL_USERS, json_object(), &users, NULL, e);
	if (rc != RC_OK)
		return rc;
	json_array_foreach(users, i, row)
	{
		address = text(row, "person");
		slash = strrchr(address, '/');
		if (strcmp(text(row, "row"), "user") != 0 ||
		    (strcmp(address, word) != 0 &&
			(slash == NULL || strcmp(slash + 1, word) != 0)))
			continue;
		found = address;
		n++;
	}
	if (n == 1)
		*out = strdup(found);
	else if (n > 1)
		rc = fail(e, RC_INVALID,
		    "several people are meant; give the whole address");
	else /* said as of a wrong passphrase: who there is is nobody's guess */
		rc = fail(e, RC_DENIED,
		    "the passphrase or the code is not right; a code is good "
		    "once");
	json_decref(users);
	return rc;
}

static enum rc
may_try(struct web_call *c, struct err *e)
{
	enum rc rc =
	    web_session_try(c->server->sessions, &c->from, c->server->ms(), e);

	if (rc == RC_LIMIT)
		c->reply.status = 429;
	return rc;
}

static enum rc
sign_in(struct web_call *c, struct err *e)
{
	static const char *const names[] = { "passphrase", "code", NULL };
	char *person = NULL, cookie[WEB_TOKEN];
	json_t *request, *last = NULL;
	enum rc rc;

	if ((rc = may_try(c, e)) != RC_OK ||
	    (rc = person_called(&person, c, web_text(c, "person"), e)) != RC_OK)
		return rc;
	request = web_request(c, names);
	(void)json_object_set_new(request, "person", json_string(person));
	rc = web_ask(c, CONTROL_USER_IN, request, NULL, &last, e);
	if (rc == RC_OK) {
		(void)json_object_set_new(last, "person", json_string(person));
		web_session_right(
		    c->server->sessions, &c->from, c->server->ms());
	}
	/* on this machine a cookie is its user's alone */
	if (rc == RC_OK && c->from.secure) {
		web_session_renew(c->server->sessions, c->session, cookie);
		set_cookie(c, cookie);
	}
	free(person);
	return rc == RC_OK ? heard(c, last, e) : rc;
}

static enum rc
sign_out(struct web_call *c, struct err *e)
{
	json_t *last;
	enum rc rc =
	    web_ask(c, c->route->ask, web_request(c, NULL), NULL, &last, e);

	return rc == RC_OK ? heard(c, last, e) : rc;
}

static enum rc
desk_in(struct web_call *c, struct err *e)
{
	/* where none is given none is tried */
	enum rc rc =
	    web_text(c, "passphrase")[0] != '\0' ? may_try(c, e) : RC_OK;

	if (!web_has(c, "passphrase"))
		(void)json_object_set_new(
		    c->values, "passphrase", json_string(""));
	return rc == RC_OK ? sign_out(c, e) : rc;
}

/* The picture that a phone reads, and the letters to type. */
static json_t *
codes_of(const char *person, const char *secret)
{
	const size_t scheme = strlen(SCHEME);
	struct buf uri, picture = { 0 };
	struct svg svg;
	json_t *out;

	totp_uri(&uri,
	    bytes_str(strncmp(person, SCHEME, scheme) == 0 ? person + scheme
							   : person),
	    bytes_str(secret));
	svg_begin(&svg, QR_SIDE, QR_SIDE, bytes_str("QR"));
	(void)svg_qr(&svg, 0, 0, QR_SIDE, buf_bytes(&uri));
	svg_end(&svg, &picture);
	out = json_pack("{s:s, s:s, s:s%, s:s%}", "person", person, "secret",
	    secret, "uri", (const char *)uri.p, uri.len, "svg",
	    (const char *)picture.p, picture.len);
	buf_free(&uri);
	buf_free(&picture);
	return out;
}

static enum rc
codes(struct web_call *c, struct err *e)
{
	static const char *const names[] = { "passphrase", "code", NULL };
	char *person = NULL, *by = NULL;
	json_t *request, *last = NULL;
	enum rc rc;

	if ((rc = may_try(c, e)) != RC_OK ||
	    (rc = person_called(&person, c, web_text(c, "person"), e)) !=
		RC_OK ||
	    (web_has(c, "by") &&
		(rc = person_called(&by, c, web_text(c, "by"), e)) != RC_OK))
		goto out;
	request = web_request(c, names);
	(void)json_object_set_new(request, "person", json_string(person));
	if (by != NULL)
		(void)json_object_set_new(request, "by", json_string(by));
	rc = web_ask(c, CONTROL_USER_CODES, request, NULL, &last, e);
	if (rc == RC_OK)
		web_replies(c, codes_of(person, text(last, "secret")));
out:
	json_decref(last);
	free(person);
	free(by);
	return rc;
}

static enum rc
set_lang(struct web_call *c, struct err *e)
{
	const char *word = web_text(c, "lang");

	if (strcmp(word, "vi") != 0 && strcmp(word, "en") != 0) {
		(void)snprintf(c->field, sizeof(c->field), "lang");
		return fail(e, RC_INVALID, "there is no such language here");
	}
	web_session_lang(c->server->sessions, c->session,
	    strcmp(word, "vi") == 0 ? LANG_VI : LANG_EN);
	web_replies(c, json_pack("{s:s}", "lang", word));
	return RC_OK;
}

/* ---- the table
 * ------------------------------------------------------------- */

#define PASSPHRASE                                                             \
	{                                                                      \
		"passphrase", WEB_IN_BODY, WEB_SECRET, true, 1,                \
		    KEYFILE_PASSPHRASE, NULL                                   \
	}
#define CODE                                                                   \
	{                                                                      \
		"code", WEB_IN_BODY, WEB_SECRET, false, 1, TOTP_TYPED,         \
		    "six digits of the phone"                                  \
	}
#define WHO(name, must)                                                        \
	{                                                                      \
		name, WEB_IN_BODY, WEB_TEXT, must, 1, LIMIT_ADDRESS,           \
		    "an address, or its last part"                             \
	}

const struct web_route web_session_routes[] = {
	{ .method = "GET",
	    .path = "/session",
	    .needs = WEB_BEGUN,
	    .what = "The session: who is signed in, and the token that "
		    "requests which change something have in X-Antin",
	    .run = show,
	    .gives = "csrf, secure, station, lang, version, persons (whom this "
		     "session has signed in), desks, people" },
	{ .method = "POST",
	    .path = "/session",
	    .needs = WEB_NOTHING,
	    .what = "Begin a session by TLS",
	    .run = begin_by_tls,
	    .gives = "csrf" },
	{ .method = "POST",
	    .path = "/session/link",
	    .needs = WEB_NOTHING,
	    .what = "Begin a session by the link of antin desk",
	    .fields = { { "token", WEB_IN_BODY, WEB_SECRET, true, 1, 64,
		NULL } },
	    .run = begin_by_link,
	    .gives = "csrf" },
	{ .method = "POST",
	    .path = "/session/sign-in",
	    .needs = WEB_BEGUN,
	    .what = "Sign a person in",
	    .fields = { WHO("person", true), PASSPHRASE, CODE },
	    .run = sign_in,
	    .slow = true,
	    .gives = "person, until" },
	{ .method = "POST",
	    .path = "/session/sign-out",
	    .needs = WEB_BEGUN,
	    .what = "Sign a person out, or all of the session",
	    .fields = { FIELD_ADDRESS("person", WEB_IN_BODY, false) },
	    .run = sign_out,
	    .ask = CONTROL_USER_OUT },
	{ .method = "POST",
	    .path = "/session/desk",
	    .needs = WEB_SESSION,
	    .what = "Unlock a desk's keys for this session",
	    /* no passphrase: the key is under none */
	    .fields = { FIELD_ADDRESS("desk", WEB_IN_BODY, true),
		{ "passphrase", WEB_IN_BODY, WEB_SECRET, false, 0,
		    KEYFILE_PASSPHRASE, NULL } },
	    .run = desk_in,
	    .ask = CONTROL_SIGN_IN,
	    .gives = "until" },
	{ .method = "POST",
	    .path = "/session/desk-out",
	    .needs = WEB_SESSION,
	    .what = "Lock a desk's keys again",
	    .fields = { FIELD_ADDRESS("desk", WEB_IN_BODY, true) },
	    .run = sign_out,
	    .ask = CONTROL_SIGN_OUT },
	{ .method = "POST",
	    .path = "/session/codes",
	    .needs = WEB_BEGUN,
	    .what = "New codes of a phone; those of before are good no more",
	    .fields = { WHO("person", true), PASSPHRASE, CODE,
		WHO("by", false) },
	    .run = codes,
	    .slow = true,
	    .gives = "secret, uri, svg: shown once" },
	{ .method = "POST",
	    .path = "/session/lang",
	    .needs = WEB_BEGUN,
	    .what = "In which language texts are: vi or en",
	    .fields = { { "lang", WEB_IN_BODY, WEB_WORD, true, 1, 2, NULL } },
	    .run = set_lang,
	    .gives = "lang" },
	{ .method = "POST",
	    .path = "/session/end",
	    .needs = WEB_BEGUN,
	    .what = "End the session: all whom it has signed in are signed out",
	    .run = end },
	{ .method = NULL },
};
