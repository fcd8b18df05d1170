/* SPDX-License-Identifier: EUPL-1.2 */
/* Files on their way to the station (docs/desk.md 6). */
#include "desk/value.h"
#include "web/fields.h"
#include "web/resources.h"
#include "web/session.h"
#include "web/uploads.h"

static bool
id_of(struct id *id, const struct web_call *c)
{
	return id_parse(id, bytes_str(web_text(c, "upload")));
}

static enum rc
begins(struct web_call *c, struct err *e)
{
	const char *type = web_text(c, "type");
	char text[2 * ID_SIZE + 1];
	struct id id;
	json_t *out;
	enum rc rc;

	rc = upload_begin(&id, c->uploads, c->session->user,
	    bytes_str(web_text(c, "name")),
	    bytes_str(type[0] == '\0' ? "application/octet-stream" : type),
	    web_number(c, "size"), e);
	if (rc != RC_OK)
		return rc;
	hex_write(text, id_bytes(&id));
	out = json_object();
	show_word(out, "upload", text);
	show_number(out, "size", web_number(c, "size"));
	show_number(out, "have", 0);
	web_replies(c, out);
	return RC_OK;
}

static enum rc
state(struct web_call *c, struct err *e)
{
	struct upload_is is;
	struct id id;
	json_t *out;
	enum rc rc;

	if (!id_of(&id, c))
		return fail(e, RC_INVALID, "this is no upload's id");
	rc = upload_state(&is, c->uploads, c->session->user, &id, e);
	if (rc != RC_OK)
		return rc;
	out = json_object();
	show_word(out, "upload", web_text(c, "upload"));
	show_word(out, "name", is.name);
	show_word(out, "type", is.type);
	show_number(out, "size", is.size);
	show_number(out, "have", is.have);
	if (is.total > 0) {
		show_number(out, "sealed", is.sealed);
		show_number(out, "total", is.total);
	}
	web_replies(c, out);
	return RC_OK;
}

/* That it will not be too long is known before anything of it is read. */
static enum rc
takes(struct web_call *c, struct bytes piece, struct err *e)
{
	struct upload_is is;
	struct id id;
	enum rc rc;

	if (!id_of(&id, c))
		return fail(e, RC_INVALID, "this is no upload's id");
	rc = upload_state(&is, c->uploads, c->session->user, &id, e);
	if (rc == RC_OK && c->taken == 0 && c->size > is.size)
		rc = fail(e, RC_LIMIT,
		    "it is longer than the %llu bytes that were announced",
		    (unsigned long long)is.size);
	if (rc == RC_OK)
		rc = upload_add(c->uploads, c->session->user, &id,
		    web_number(c, "at") + c->taken, piece, e);
	if (rc == RC_OK)
		c->taken += piece.len;
	return rc;
}

static enum rc
drops(struct web_call *c, struct err *e)
{
	struct id id;
	enum rc rc;

	if (!id_of(&id, c))
		return fail(e, RC_INVALID, "this is no upload's id");
	rc = upload_drop(c->uploads, c->session->user, &id, e);
	if (rc == RC_OK)
		web_replies(c, json_object());
	return rc;
}

#define UPLOAD FIELD_ID("upload", WEB_IN_PATH, true)

const struct web_route web_upload_routes[] = {
	{ "POST", "/uploads", WEB_PERSON, "Announce a file that will come.",
	    { { "name", WEB_IN_BODY, WEB_TEXT, true, 1, LIMIT_NAME,
		  "its name, without a folder" },
		{ "type", WEB_IN_BODY, WEB_TEXT, false, 0, UPLOAD_TYPE,
		    "its media type" },
		FIELD_NUMBER("size", WEB_IN_BODY, true, 0, UPLOAD_MAX) },
	    begins, 0, "the upload's id, its size, and how much came", false,
	    NULL, false },
	{ "PUT", "/uploads/{upload}", WEB_PERSON,
	    "Bytes of it, from where the last ones ended.",
	    { UPLOAD, FIELD_NUMBER("at", WEB_IN_QUERY, false, 0, UPLOAD_MAX) },
	    state, 0, "its size, and how much came", true, takes, false },
	{ "GET", "/uploads/{upload}", WEB_PERSON, "How much of it came.",
	    { UPLOAD }, state, 0,
	    "its name, type, size, how much came, and while it is sent how "
	    "much is sealed",
	    false, NULL, false },
	{ "DELETE", "/uploads/{upload}", WEB_PERSON, "Remove it.", { UPLOAD },
	    drops, 0, "nothing", false, NULL, false },
	{ .method = NULL },
};
