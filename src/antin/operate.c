/* SPDX-License-Identifier: EUPL-1.2 */
/* antin queue hold, release, reroute, drop: an operator at the queues. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/talk.h"
#include "core/lang.h"
#include "core/utf8.h"
#include "envelope/address.h"

#define AT_ONCE 5000 /* legs that a station does in one request */

/* What it is done to: a leg's number, a station, "-" (what has no way), or a
 * dispatch's id. */
static enum rc
put_which(json_t *request, const char *word, struct err *e)
{
	struct id id;
	uint64_t leg;

	if (strcmp(word, "-") == 0)
		show_word(request, "hop", "");
	else if (address_is_station(bytes_str(word)))
		show_word(request, "hop", word);
	else if (id_parse(&id, bytes_str(word)))
		show_id(request, "id", &id);
	else if (talk_number(word, &leg, e) == RC_OK)
		show_number(request, "leg", leg);
	else
		return fail(e, RC_USAGE,
		    "wanted the number of a leg, an id, a station's address or "
		    "-, found \"%s\"; see antin queue",
		    word);
	return RC_OK;
}

/* Again while there is more of it. */
static enum rc
operate_all(struct talk *t, enum control_what what, const json_t *request,
    uint64_t *legs, struct err *e)
{
	json_t *answer;
	uint64_t some;
	enum rc rc;

	*legs = 0;
	do {
		answer = NULL;
		rc = talk_ask(
		    t, what, json_deep_copy(request), NULL, &answer, e);
		some = (uint64_t)row_int(answer, "legs");
		*legs += some;
		json_decref(answer);
	} while (rc == RC_OK && some == AT_ONCE);
	return rc;
}

static enum rc
operate(const struct args *a, enum control_what what, json_t *request,
    struct err *e)
{
	uint64_t legs;
	struct talk t;
	enum rc rc;

	if ((rc = put_which(request, a->rest[0], e)) != RC_OK) {
		json_decref(request);
		return rc;
	}
	rc = talk_open(&t, a, e);
	if (rc == RC_OK)
		rc = operate_all(&t, what, request, &legs, e);
	if (rc == RC_OK && legs == 0)
		say("Nothing of that kind waits.\n");
	else if (rc == RC_OK)
		say("Done: %llu.\n", (unsigned long long)legs);
	json_decref(request);
	talk_close(&t);
	return rc;
}

static enum rc
hold(const struct args *a, struct err *e)
{
	return operate(a, CONTROL_HOLD, json_object(), e);
}

static enum rc
release(const struct args *a, struct err *e)
{
	return operate(a, CONTROL_RELEASE, json_object(), e);
}

static enum rc
reroute(const struct args *a, struct err *e)
{
	json_t *request = json_object();

	show_word(request, "station", a->rest[1]);
	return operate(a, CONTROL_REROUTE, request, e);
}

static enum rc
drop(const struct args *a, struct err *e)
{
	json_t *request = json_object();
	struct buf reason = { 0 };
	const char *word = NULL;
	enum rc rc;

	rc = arg_must(&word, a, "reason", e);
	if (rc == RC_OK && (rc = utf8_clean(&reason, bytes_str(word),
				CONTROL_REASON, e)) != RC_OK)
		rc = fail_at(e, "the reason");
	if (rc == RC_OK) {
		show_text(request, "reason", buf_bytes(&reason));
		rc = operate(a, CONTROL_DROP, request, e);
	} else {
		json_decref(request);
	}
	buf_free(&reason);
	return rc;
}

static const struct opt opts[] = { OPT_STATION, OPT_END };
static const struct opt drop_opts[] = {
	{ "reason", "TEXT", "why; nothing that is secret", false },
	OPT_STATION,
	OPT_END,
};

const struct cmd cmd_queue_hold = {
	.name = "queue hold",
	.args = "WHAT",
	.does = "Hold what waits: a leg, a dispatch, or all for a station.",
	.opts = opts,
	.least = 1,
	.most = 1,
	.run = hold,
};
const struct cmd cmd_queue_release = {
	.name = "queue release",
	.args = "WHAT",
	.does = "Let it find its way again.",
	.opts = opts,
	.least = 1,
	.most = 1,
	.run = release,
};
const struct cmd cmd_queue_reroute = {
	.name = "queue reroute",
	.args = "WHAT STATION",
	.does = "Send it over the line to another neighbour.",
	.opts = opts,
	.least = 2,
	.most = 2,
	.run = reroute,
};
const struct cmd cmd_queue_drop = {
	.name = "queue drop",
	.args = "WHAT",
	.does = "Give it up, and say why.",
	.opts = drop_opts,
	.least = 1,
	.most = 1,
	.run = drop,
};
