/* SPDX-License-Identifier: EUPL-1.2 */
/* What somebody writes and has not sent (docs/registry.md 10). */
#include "core/base64.h"
#include "web/fields.h"
#include "web/resources.h"

#define DRAFT                                                                  \
	{                                                                      \
		"draft", WEB_IN_PATH, WEB_ID, true, 0, 0,                      \
		    "an id that the page has drawn at random"                  \
	}
#define AT(where)                                                              \
	FIELD_ADDRESS("desk", where, true), FIELD_ADDRESS("as", where, false)

/* The data as it was put: the station has it in base64. */
static enum rc
draft_get(struct web_call *c, struct err *e)
{
	json_t *rows, *row;
	struct buf data = { 0 };
	const char *text;
	enum rc rc =
	    web_ask(c, CONTROL_DRAFT_GET, web_request(c, NULL), &rows, NULL, e);

	if (rc != RC_OK)
		return rc;
	row = json_array_get(rows, 0);
	text = json_string_value(json_object_get(row, "data"));
	if (text == NULL || !base64_parse(&data, bytes_str(text))) {
		rc = fail(e, RC_INVALID, "the station's answer cannot be read");
		goto out;
	}
	(void)json_object_set_new(
	    row, "data", json_stringn((const char *)data.p, data.len));
	web_replies(c, json_incref(row));
out:
	buf_free(&data);
	json_decref(rows);
	return rc;
}

static enum rc
draft_put(struct web_call *c, struct err *e)
{
	const struct bytes data = bytes_str(web_text(c, "data"));
	json_t *request = web_request(c, NULL), *rows;
	struct buf text = { 0 };
	enum rc rc;

	base64_write(&text, data);
	(void)json_object_set_new(
	    request, "data", json_stringn((const char *)text.p, text.len));
	buf_free(&text);
	rc = web_ask(c, CONTROL_DRAFT_PUT, request, &rows, NULL, e);
	if (rc != RC_OK)
		return rc;
	web_replies(c, json_incref(json_array_get(rows, 0)));
	json_decref(rows);
	return RC_OK;
}

const struct web_route web_draft_routes[] = {
	{ .method = "GET",
	    .path = "/drafts",
	    .needs = WEB_PERSON,
	    .what = "What the person writes at a desk and has not sent, the "
		    "newest first",
	    .fields = { AT(WEB_IN_QUERY) },
	    .run = web_pass,
	    .ask = CONTROL_DRAFTS,
	    .gives = "rows of drafts, each with until when it is kept" },
	{ .method = "GET",
	    .path = "/drafts/{draft}",
	    .needs = WEB_PERSON,
	    .what = "A draft, with what it says",
	    .fields = { DRAFT, AT(WEB_IN_QUERY) },
	    .run = draft_get,
	    .gives = "draft, title, changed, until, size, data" },
	{ .method = "PUT",
	    .path = "/drafts/{draft}",
	    .needs = WEB_PERSON,
	    .what = "Keep a draft, in the place of what was",
	    .fields = { DRAFT, AT(WEB_IN_BODY),
		{ "title", WEB_IN_BODY, WEB_TEXT, false, 0, CONTROL_TITLE,
		    "what the list calls it" },
		{ "data", WEB_IN_BODY, WEB_LINES, true, 1, CONTROL_DRAFT,
		    "what the page makes of it: nobody else looks into it" } },
	    .run = draft_put,
	    .gives = "draft, changed, until" },
	{ .method = "DELETE",
	    .path = "/drafts/{draft}",
	    .needs = WEB_PERSON,
	    .what = "Delete a draft",
	    .fields = { DRAFT, AT(WEB_IN_QUERY) },
	    .run = web_pass,
	    .ask = CONTROL_DRAFT_DROP },
	{ .method = NULL },
};
