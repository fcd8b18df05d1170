/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/pieces.h"

#include <stdio.h>

#include "core/base64.h"

/* One piece more; *total is how much there is of all. */
static enum rc
take_one(struct buf *out, uint64_t *total, struct web_call *c,
    enum control_what what, const json_t *request, size_t max, struct err *e)
{
	json_t *r = json_copy((json_t *)(uintptr_t)request), *last, *data;
	size_t before = out->len;
	enum rc rc;

	(void)json_object_set_new(r, "at", json_integer((json_int_t)out->len));
	if ((rc = web_ask(c, what, r, NULL, &last, e)) != RC_OK)
		return rc;
	*total = (uint64_t)json_integer_value(json_object_get(last, "total"));
	data = json_object_get(last, "data");
	if (*total > max)
		rc = fail(e, RC_LIMIT,
		    "this file has %llu bytes: too many for a page; the "
		    "command writes it",
		    (unsigned long long)*total);
	else if (!base64_parse(out, bytes_of(json_string_value(data),
					json_string_length(data))) ||
		 (out->len == before && *total > 0))
		rc = fail(e, RC_INVALID,
		    "the daemon answers in a way that is not understood");
	json_decref(last);
	return rc;
}

enum rc
pieces_take(struct buf *out, struct web_call *c, enum control_what what,
    const json_t *request, size_t max, struct err *e)
{
	uint64_t total = 1;
	enum rc rc = RC_OK;

	*out = (struct buf){ 0 };
	while (rc == RC_OK && out->len < total)
		rc = take_one(out, &total, c, what, request, max, e);
	if (rc != RC_OK)
		buf_free(out);
	return rc;
}

void
pieces_name(
    char *out, size_t size, const char *first, const char *id, const char *last)
{
	(void)snprintf(out, size, "%s%.8s%s", first, id, last);
}
