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
	json_t *answer = NULL;
	uint64_t total = 1;
	size_t before;
	enum rc rc = RC_OK;

	*out = (struct buf){ 0 };
	while (rc == RC_OK && out->len < total) {
		before = out->len;
		rc = talk_ask(t, what, piece_of(id, before), NULL, &answer, e);
		if (rc == RC_OK) {
			total = (uint64_t)row_number(answer, "total");
			if (total > max ||
			    !base64_parse(
				out, bytes_str(row_text(answer, "data"))) ||
			    out->len == before)
				rc = fail(e, RC_INVALID,
				    "the daemon answers in a way that is not "
				    "understood");
		}
		json_decref(answer);
		answer = NULL;
	}
	if (rc != RC_OK)
		buf_free(out);
	return rc;
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
