/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines, queues, alarms, duty: what an operator looks at (docs/station.md 13,
 * 14; docs/duty.md). */
#include <stdio.h>

#include "core/base64.h"
#include "desk/rota.h"
#include "web/fields.h"
#include "web/resources.h"

/* What waits: one of these. */
#define WHICH                                                                  \
	FIELD_NUMBER("leg", WEB_IN_BODY, false, 1, INT64_MAX),                 \
	    FIELD_ID("id", WEB_IN_BODY, false),                                \
	{                                                                      \
		"hop", WEB_IN_BODY, WEB_TEXT, false, 0, LIMIT_ADDRESS,         \
		    "the next station; empty: none is known"                   \
	}
#define REASON(must)                                                           \
	{                                                                      \
		"reason", WEB_IN_BODY, WEB_TEXT, must, must, CONTROL_REASON,   \
		    NULL                                                       \
	}

/* A refusal names the person or shift: "shifts.3", from 0. */
static enum rc
plan(struct web_call *c, struct err *e)
{
	json_t *request = json_object(), *last = NULL;
	struct buf text = { 0 }, data = { 0 };
	struct rota_fault fault;
	enum rc rc = rota_of_lists(&text, json_object_get(c->values, "people"),
	    json_object_get(c->values, "shifts"), &fault, e);

	if (rc != RC_OK && fault.list != NULL)
		(void)snprintf(
		    c->field, sizeof(c->field), "%s.%zu", fault.list, fault.at);
	if (rc == RC_OK) {
		base64_write(&data, buf_bytes(&text));
		show_text(request, "data", buf_bytes(&data));
		rc = web_ask(c, CONTROL_DUTY_PLAN, request, NULL, &last, e);
		request = NULL;
	}
	if (rc == RC_OK) {
		(void)json_object_del(last, "rc");
		web_replies(c, last);
	}
	json_decref(request);
	buf_free(&text);
	buf_free(&data);
	return rc;
}

const struct web_route web_network_routes[] = {
	{ .method = "GET",
	    .path = "/status",
	    .needs = WEB_SESSION,
	    .what = "How the station is: its clock, disk and lines",
	    .run = web_pass,
	    .ask = CONTROL_STATUS,
	    .gives = "rows: station, life, link, hop, alarms, key, request" },
	{ .method = "GET",
	    .path = "/queue",
	    .needs = WEB_SESSION,
	    .what = "What waits to go on, station by station",
	    .run = web_pass,
	    .ask = CONTROL_QUEUE,
	    .gives = "rows of hops and legs" },
	{ .method = "POST",
	    .path = "/queue/hold",
	    .needs = WEB_RUNS,
	    .what = "Keep what waits here",
	    .fields = { WHICH },
	    .run = web_pass,
	    .ask = CONTROL_HOLD,
	    .gives = "legs" },
	{ .method = "POST",
	    .path = "/queue/release",
	    .needs = WEB_RUNS,
	    .what = "Let it find its way again",
	    .fields = { WHICH },
	    .run = web_pass,
	    .ask = CONTROL_RELEASE,
	    .gives = "legs" },
	{ .method = "POST",
	    .path = "/queue/reroute",
	    .needs = WEB_RUNS,
	    .what = "Let it go over the line of another neighbour",
	    .fields = { WHICH, FIELD_ADDRESS("station", WEB_IN_BODY, true) },
	    .run = web_pass,
	    .ask = CONTROL_REROUTE,
	    .gives = "legs" },
	{ .method = "POST",
	    .path = "/queue/drop",
	    .needs = WEB_RUNS,
	    .what = "Give it up, with a reason",
	    .fields = { WHICH, REASON(true) },
	    .run = web_pass,
	    .ask = CONTROL_DROP,
	    .gives = "legs" },
	{ .method = "GET",
	    .path = "/alarms",
	    .needs = WEB_SESSION,
	    .what = "What wants a person",
	    .fields = { FIELD_FLAG("all", WEB_IN_QUERY),
		FIELD_ADDRESS("desk", WEB_IN_QUERY, false) },
	    .run = web_pass,
	    .ask = CONTROL_ALARMS,
	    .gives = "rows of alarms" },
	{ .method = "POST",
	    .path = "/alarms/{alarm}/seen",
	    .needs = WEB_PERSON,
	    .what = "Somebody has seen an alarm",
	    .fields = { FIELD_NUMBER(
		"alarm", WEB_IN_PATH, true, 1, INT64_MAX) },
	    .run = web_pass,
	    .ask = CONTROL_SEEN },
	{ .method = "GET",
	    .path = "/duty",
	    .needs = WEB_SESSION,
	    .what = "Who is on duty, the rota, and what was handed over",
	    .fields = { FIELD_FLAG("all", WEB_IN_QUERY) },
	    .run = web_pass,
	    .ask = CONTROL_DUTY,
	    .gives = "rows of duty" },
	{ .method = "POST",
	    .path = "/duty/plan",
	    .needs = WEB_PERSON,
	    .what = "Put a rota in force, in the place of the old one; by a "
		    "duty officer or an administrator",
	    .fields = { { "people", WEB_IN_BODY, WEB_OBJECTS, true, 1, 64,
			    "login and name" },
		{ "shifts", WEB_IN_BODY, WEB_OBJECTS, true, 1, 800,
		    "login, from and until, in seconds since 1970" } },
	    .run = plan,
	    .gives = "number" },
	{ .method = "POST",
	    .path = "/duty/offer",
	    .needs = WEB_SESSION,
	    .what = "Hand over",
	    .fields = { { "login", WEB_IN_BODY, WEB_TEXT, false, 1, 32,
			    "for whom; any of the rota where it is not said" },
		REASON(false) },
	    .run = web_pass,
	    .ask = CONTROL_DUTY_OFFER,
	    .gives = "number" },
	{ .method = "POST",
	    .path = "/duty/take",
	    .needs = WEB_SESSION,
	    .what = "Take over, by the number of the hand-over or a reason",
	    .fields = { FIELD_NUMBER("offer", WEB_IN_BODY, false, 1, INT64_MAX),
		REASON(false) },
	    .run = web_pass,
	    .ask = CONTROL_DUTY_TAKE,
	    .gives = "number" },
	{ .method = "POST",
	    .path = "/duty/note",
	    .needs = WEB_SESSION,
	    .what = "A note of who is on duty",
	    .fields = { REASON(true) },
	    .run = web_pass,
	    .ask = CONTROL_DUTY_NOTE,
	    .gives = "number" },
	{ .method = "GET",
	    .path = "/enrolments",
	    .needs = WEB_SESSION,
	    .what = "Requests for certificates that wait here",
	    .fields = { FIELD_FLAG("all", WEB_IN_QUERY) },
	    .run = web_pass,
	    .ask = CONTROL_ENROL_LIST,
	    .gives = "rows of requests" },
	{ .method = "GET",
	    .path = "/media",
	    .needs = WEB_SESSION,
	    .what = "For which stations a disk can be written",
	    .fields = { FIELD_ADDRESS("station", WEB_IN_QUERY, false) },
	    .run = web_pass,
	    .ask = CONTROL_MEDIA,
	    .gives = "rows of media" },
	{ .method = NULL },
};
