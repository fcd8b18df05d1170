/* SPDX-License-Identifier: EUPL-1.2 */
/* Files that go over the control socket in pieces. */
#include "antin/talk.h"
#include "core/base64.h"

static json_t *
piece_of(const struct id *id, size_t at)
{
	json_t *request = json_object();

	if (id != NULL)
		show_id(request, "id", id);
	show_number(request, "at", at);
	return request;
}

enum rc
talk_take(struct buf *out, struct talk *t, enum control_what what,
    const struct id *id, uint64_t max, struct err *e)
{
	return ask_pieces(out, t->fd, what, id, max, e);
}

enum rc
talk_give(struct talk *t, enum control_what what, const struct id *id,
    struct bytes file, struct err *e)
{
	struct rd r = rd_init(file);
	struct buf text = { 0 };
	json_t *request;
	size_t at, n;
	enum rc rc = RC_OK;

	for (at = 0; at < file.len && rc == RC_OK; at += n) {
		n = file.len - at < CONTROL_DATA ? file.len - at : CONTROL_DATA;
		request = piece_of(id, at);
		show_number(request, "total", file.len);
		base64_write(&text, rd_bytes(&r, n));
		show_text(request, "data", buf_bytes(&text));
		buf_free(&text);
		rc = talk_ask(t, what, request, NULL, NULL, e);
	}
	return rc;
}
