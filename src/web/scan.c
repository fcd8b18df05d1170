/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/scan.h"

#include <string.h>

#include "desk/value.h"

/* The worst of several files is said. */
static void
tell(struct web_call *c, const char *word)
{
	size_t i;

	for (i = 0; i < c->reply.header_count; i++)
		if (strcmp(c->reply.headers[i].name, WEB_SCAN_HEADER) == 0) {
			if (strcmp(word, "away") == 0)
				(void)strcpy(c->reply.headers[i].value, word);
			return;
		}
	web_header(c, WEB_SCAN_HEADER, word);
}

enum rc
web_scan(struct web_call *c, int fd, struct err *e)
{
	json_t *answer = NULL;
	struct buf why = { 0 };
	const char *word;
	enum rc rc = web_ask_files(
	    c, CONTROL_SCAN, json_object(), &fd, 1, NULL, &answer, e);

	if (rc != RC_OK)
		return rc;
	word = row_text(answer, "scan");
	tr_said(&why, row_text(answer, "reason"));
	buf_u8(&why, 0);
	if (strcmp(word, "found") == 0)
		rc = fail(e, RC_DENIED,
		    "malware was found in this file: %s; it stays closed; tell "
		    "its sender by telephone, and who is responsible for "
		    "security",
		    row_text(answer, "name"));
	else if (strcmp(word, "away") == 0 &&
		 json_is_true(json_object_get(answer, "required")))
		rc = fail(e, RC_IO,
		    "this file could not be looked at for malware (%s), which "
		    "this station wants; the administrator sees to clamd",
		    (const char *)why.p);
	else
		tell(c, strcmp(word, "clean") == 0 ? "clean"
			: strcmp(word, "off") == 0 ? "off"
						   : "away");
	buf_free(&why);
	json_decref(answer);
	return rc;
}
