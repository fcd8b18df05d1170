/* SPDX-License-Identifier: EUPL-1.2 */
/* Dispatches with their files: sent, and a part of one that came (docs/desk.md
 * 6.5, 6.6). */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "web/fields.h"
#include "web/given.h"
#include "web/resources.h"
#include "web/scan.h"

/* ---- sending ------------------------------------------------------------- */

static json_t *
request_of(const struct web_call *c, const struct given *g)
{
	static const char *const names[] = { "desk", "to", "info", "list",
		"level", "precedence", "info_precedence", "due", "expires",
		"subject", "references", "supersedes", "id", NULL };
	json_t *request = web_request(c, names), *parts, *item;
	size_t i;

	parts = show_array(request, "parts");
	for (i = 0; i < g->count; i++) {
		item = show_item(parts);
		(void)json_object_set_new(item, "kind",
		    json_string(g->files[i].text ? "text" : "document"));
		(void)json_object_set_new(
		    item, "name", json_string(g->files[i].name));
		(void)json_object_set_new(
		    item, "type", json_string(g->files[i].type));
	}
	return request;
}

static enum rc
sends(struct web_call *c, struct err *e)
{
	struct given *g = alloc(1, sizeof(*g));
	const struct control_ears ears = { .progress = given_sealed, .ctx = g };
	json_t *last = NULL;
	int fds[GIVEN_MAX];
	struct desk d;
	size_t i;
	enum rc rc;

	if ((rc = given_desk(&d, c, e)) != RC_OK ||
	    (rc = given_take(g, c, e)) != RC_OK)
		goto out;
	for (i = 0; i < g->count; i++)
		fds[i] = g->files[i].fd;
	rc = control_ask(d.fd, CONTROL_SEND, request_of(c, g), fds, g->count,
	    &ears, &last, e);
	if (rc == RC_OK) {
		(void)json_object_del(last, "rc");
		web_replies(c, json_incref(last));
		given_drop(g, c);
	}
out:
	json_decref(last);
	given_free(g, c);
	free(g);
	return rc;
}

/* ---- a part -------------------------------------------------------------- */

static const json_t *
part_of(const json_t *rows, uint64_t n)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (row_is(row, "part") && n-- == 0)
			return row;
	}
	return NULL;
}

static enum rc
gives_part(struct web_call *c, struct err *e)
{
	static const char *const which[] = { "desk", "id", NULL };
	json_t *rows = NULL, *request;
	const json_t *part = NULL;
	struct stat st;
	int fd = -1;
	enum rc rc;

	rc = web_ask(c, CONTROL_READ, web_request(c, which), &rows, NULL, e);
	if (rc == RC_OK && (part = part_of(rows, web_number(c, "n"))) == NULL)
		rc = fail(e, RC_ABSENT, "it has no such part");
	if (rc == RC_OK)
		rc = web_room(c, (uint64_t)row_int(part, "size"), e);
	if (rc != RC_OK)
		goto out;
	if ((fd = memfd_create("part", MFD_CLOEXEC)) < 0) {
		rc = fail_io(e, "no memory for a part");
		goto out;
	}
	request = web_request(c, which);
	(void)json_object_set(request, "part", json_object_get(c->values, "n"));
	rc = web_ask_files(c, CONTROL_SAVE, request, &fd, 1, NULL, NULL, e);
	if (rc == RC_OK && fstat(fd, &st) != 0)
		rc = fail_io(e, "no memory for a part");
	if (rc == RC_OK)
		rc = web_scan(c, fd, e);
	if (rc == RC_OK) {
		given_replies(c, fd, (uint64_t)st.st_size,
		    bytes_str(row_text(part, "type")),
		    bytes_str(row_text(part, "name")));
		fd = -1;
	}
out:
	if (fd >= 0)
		(void)close(fd);
	json_decref(rows);
	return rc;
}

/* ---- the table ----------------------------------------------------------- */

#define BODY(name, type, must, least, most, what)                              \
	{                                                                      \
		name, WEB_IN_BODY, type, must, least, most, what               \
	}

const struct web_route web_mail_file_routes[] = {
	{ .method = "POST",
	    .path = "/mail",
	    .needs = WEB_SESSION,
	    .what = "Sign, seal and send a dispatch as a desk.",
	    .fields = { FIELD_ADDRESS("desk", WEB_IN_BODY, true),
		BODY("to", WEB_LIST, false, 1, CONTROL_ROWS,
		    "addresses of desks that act on it"),
		BODY("info", WEB_LIST, false, 1, CONTROL_ROWS,
		    "addresses of those that are informed"),
		BODY("list", WEB_TEXT, false, 1, LIMIT_NAME,
		    "all who are on this list, instead"),
		BODY("level", WEB_WORD, true, 1, 32, "its level"),
		BODY("precedence", WEB_WORD, true, 1, 32, "its precedence"),
		BODY("info_precedence", WEB_WORD, false, 1, 32,
		    "for those that are informed"),
		BODY("due", WEB_TIME, false, 0, 0, "of hoa-toc-hen-gio"),
		BODY("subject", WEB_TEXT, false, 0, LIMIT_SUBJECT,
		    "of an ordinary one"),
		BODY("references", WEB_LIST, false, 0, 64,
		    "ids of dispatches that it refers to"),
		FIELD_ID("supersedes", WEB_IN_BODY, false),
		BODY("id", WEB_ID, false, 0, 0,
		    "what it is to be: with it, it is sent once"),
		FIELDS_GIVEN },
	    .run = sends,
	    .slow = true,
	    .gives = "the dispatch's id" },
	{ .method = "GET",
	    .path = "/mail/{id}/parts/{n}",
	    .needs = WEB_SESSION,
	    .what = "A part of a dispatch that lies at a desk.",
	    .fields = { FIELD_ID("id", WEB_IN_PATH, true),
		FIELD_NUMBER("n", WEB_IN_PATH, true, 0, DISPATCH_PARTS - 1),
		FIELD_ADDRESS("desk", WEB_IN_QUERY, true) },
	    .run = gives_part,
	    .slow = true,
	    .gives = "the part",
	    .raw = true },
	{ .method = NULL },
};
