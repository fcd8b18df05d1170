/* SPDX-License-Identifier: EUPL-1.2 */
/* What lies at a desk, and what became of it; sending and files are in
 * routes_mail_files.c. */
#include <stdio.h>

#include "desk/ask.h"
#include "web/fields.h"
#include "web/resources.h"

#define EVIDENCE_SHOWN (32u << 20) /* bytes; the command writes larger ones */

#define DESK_Q FIELD_ADDRESS("desk", WEB_IN_QUERY, true)
#define DESK_B FIELD_ADDRESS("desk", WEB_IN_BODY, true)
#define ID FIELD_ID("id", WEB_IN_PATH, true)

/* What can be proved of a dispatch, as one file (docs/evidence.md); with a
 * checkpoint that has all of it. */
static enum rc
evidence(struct web_call *c, struct err *e)
{
	const char *word = web_text(c, "id");
	struct buf file = { 0 };
	char name[64];
	struct id id;
	enum rc rc;

	if (!id_parse(&id, bytes_str(word)))
		bug("web: an id that was read before");
	rc = web_ask(
	    c, CONTROL_JOURNAL_CHECKPOINT, json_object(), NULL, NULL, e);
	if (rc == RC_OK)
		rc = ask_pieces(&file, c->control, CONTROL_EVIDENCE, &id,
		    EVIDENCE_SHOWN, e);
	if (rc != RC_OK)
		return rc;
	(void)snprintf(name, sizeof(name), "chung-cu-%.8s.evidence", word);
	web_replies_bytes(c, &file, "application/octet-stream", name);
	return RC_OK;
}

const struct web_route web_mail_routes[] = {
	{ .method = "GET",
	    .path = "/mail/in",
	    .needs = WEB_SESSION,
	    .what = "What lies at a desk, the newest first",
	    .fields = { DESK_Q, FIELD_FLAG("all", WEB_IN_QUERY), FIELD_PAGE },
	    .run = web_pass,
	    .ask = CONTROL_INBOX,
	    .gives = "rows of deliveries; first, alarms where the desk is on "
		     "duty" },
	{ .method = "GET",
	    .path = "/mail/out",
	    .needs = WEB_SESSION,
	    .what = "What a desk has sent, the newest first",
	    .fields = { DESK_Q, FIELD_PAGE },
	    .run = web_pass,
	    .ask = CONTROL_OUTBOX,
	    .gives = "rows of dispatches" },
	{ .method = "GET",
	    .path = "/mail/{id}",
	    .needs = WEB_SESSION,
	    .what = "Open a dispatch: its letter; that is noted as opened",
	    .fields = { ID, DESK_Q },
	    .run = web_pass,
	    .ask = CONTROL_READ,
	    .gives = "the letter; rows of parts, addressees and references" },
	{ .method = "POST",
	    .path = "/mail/{id}/ack",
	    .needs = WEB_SESSION,
	    .what = "It was acted on: a receipt is signed",
	    .fields = { ID, DESK_B },
	    .run = web_pass,
	    .ask = CONTROL_ACK },
	{ .method = "POST",
	    .path = "/mail/{id}/refuse",
	    .needs = WEB_SESSION,
	    .what = "It is refused, with a code of docs/receipts.md 3.1 and a "
		    "reason",
	    .fields = { ID, DESK_B,
		FIELD_NUMBER("code", WEB_IN_BODY, true, 1, CONTROL_CODE),
		{ "reason", WEB_IN_BODY, WEB_TEXT, false, 0, CONTROL_REASON,
		    NULL } },
	    .run = web_pass,
	    .ask = CONTROL_REFUSE },
	{ .method = "POST",
	    .path = "/mail/{id}/recall",
	    .needs = WEB_SESSION,
	    .what = "Its originator wants it back",
	    .fields = { ID, DESK_B },
	    .run = web_pass,
	    .ask = CONTROL_RECALL },
	{ .method = "GET",
	    .path = "/mail/{id}/trace",
	    .needs = WEB_SESSION,
	    .what = "The way of a dispatch, station by station",
	    .fields = { ID },
	    .run = web_pass,
	    .ask = CONTROL_TRACE,
	    .gives = "rows of legs, destinations, deliveries and receipts" },
	{ .method = "GET",
	    .path = "/mail/{id}/evidence",
	    .needs = WEB_SESSION,
	    .what = "All that the station can prove of a dispatch, as a file "
		    "for antin verify (docs/evidence.md)",
	    .fields = { ID },
	    .run = evidence,
	    .slow = true,
	    .gives = "the file",
	    .raw = true },
	{ .method = NULL },
};
