/* SPDX-License-Identifier: EUPL-1.2 */
/* antin inbox, outbox, ack, refuse, sign-in, sign-out: a desk of a station. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/journal.h"
#include "antin/talk.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"

/* ---- boxes
 * ----------------------------------------------------------------- */

static void
inbox_table(const json_t *rows)
{
	struct table t = { .columns = 5 };
	char id[SHORT_ID], when[TIME_TEXT];
	json_t *row;
	size_t i;

	table_add(&t, tr("Id"));
	table_add(&t, tr("Arrived"));
	table_add(&t, tr("Precedence"));
	table_add(&t, tr("State"));
	table_add(&t, tr("From"));
	json_array_foreach(rows, i, row)
	{
		row_short(id, row);
		row_time(when, row, "arrived");
		table_add(&t, id);
		table_add(&t, when);
		table_add_precedence(&t, row);
		table_add(&t,
		    json_integer_value(json_object_get(row, "withheld")) != 0
			? tr("withheld unopened")
			: row_state(row));
		table_add(&t, row_text(row, "origin"));
	}
	table_print(&t);
}

/* ---- how far what was sent is
 * ---------------------------------------------- */

/* Where it goes no further, as a station on the way has signed, unless the
 * addressee has it after all. */
static void
take_report(json_t *to, const json_t *row)
{
	static const struct {
		const char *code, *state;
	} states[] = {
		{ "expired", "expired" },
		{ "no-way", "held" },
		{ "refused-on-the-way", "refused" },
		{ "held", "held" },
		{ "dropped", "refused" },
	};
	const char *state = row_text(to, "state");
	size_t i;

	if (strcmp(row_text(row, "says"), "report") != 0 ||
	    strcmp(row_text(to, "desk"), row_text(row, "about")) != 0 ||
	    (strcmp(state, "queued") != 0 && strcmp(state, "passed") != 0))
		return;
	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(states[i].code, row_text(row, "code")) == 0) {
			show_word(to, "state", states[i].state);
			show_word(to, "said_by", row_text(row, "by"));
		}
}

/* What an addressee's desk has signed is further than what the station knows
 * of its way. */
static void
take_receipt(json_t *list, json_t *row)
{
	static const char *const rising[] = { "arrived", "opened", "acted",
		"refused" };
	json_t *to;
	size_t i, j;

	for (j = 0; j < sizeof(rising) / sizeof(rising[0]); j++)
		if (strcmp(row_text(row, "says"), rising[j]) == 0)
			break;
	row_times(row);
	json_array_foreach(list, i, to)
	{
		take_report(to, row);
		if (j == sizeof(rising) / sizeof(rising[0]) ||
		    strcmp(row_text(to, "desk"), row_text(row, "about")) != 0)
			continue;
		/* they come in the order of their kinds */
		show_word(to, "state", rising[j]);
		(void)json_object_set(
		    to, rising[j], json_object_get(row, "at"));
		if (row_text(row, "code")[0] != '\0')
			show_word(to, "why", state_name(row_text(row, "code")));
	}
}

/* Put under "destinations" of what was sent where each of them is. */
static enum rc
trace_one(struct talk *t, json_t *row, struct err *e)
{
	json_t *request = json_object(), *steps, *step, *list, *to;
	size_t i;
	enum rc rc;

	show_word(request, "id", row_text(row, "id"));
	rc = talk_rows(t, CONTROL_TRACE, request, &steps, e);
	if (rc != RC_OK)
		return rc;
	list = show_array(row, "destinations");
	json_array_foreach(steps, i, step)
	{
		if (!row_is(step, "destination") && !row_is(step, "delivery"))
			continue;
		to = show_item(list);
		show_word(to, "desk", row_text(step, "desk"));
		show_word(to, "state", row_text(step, "state"));
		if (row_text(step, "reason")[0] != '\0')
			show_word(to, "why", row_text(step, "reason"));
	}
	json_array_foreach(steps, i, step)
	{
		if (row_is(step, "receipt"))
			take_receipt(list, step);
	}
	json_decref(steps);
	return RC_OK;
}

static enum rc
trace_all(struct talk *t, json_t *rows, struct err *e)
{
	json_t *row;
	size_t i;
	enum rc rc = RC_OK;

	json_array_foreach(rows, i, row)
	{
		if (rc == RC_OK)
			rc = trace_one(t, row, e);
	}
	return rc;
}

/* How many destinations are in this state, and the first of them. */
static size_t
count_in(const json_t *list, const char *state, const json_t **first)
{
	json_t *to;
	size_t i, n = 0;

	json_array_foreach(list, i, to)
	{
		if (strcmp(row_text(to, "state"), state) == 0 && n++ == 0)
			*first = to;
	}
	return n;
}

/* What wants a look most, and how many destinations it is so with. */
static void
sent_state(struct table *t, const json_t *row)
{
	static const char *const states[] = { "refused", "expired", "dropped",
		"held", "queued", "passed", "arrived", "opened", "acted" };
	const json_t *list = json_object_get(row, "destinations"), *to = NULL;
	size_t i, n = 0, all = json_array_size(list);
	const char *why, *name = "";
	char *text;
	int len;

	for (i = 0; i < sizeof(states) / sizeof(states[0]) && n == 0; i++) {
		n = count_in(list, states[i], &to);
		name = n > 0 ? state_name(states[i]) : "";
	}
	why = n > 0 ? row_text(to, "why") : "";
	if (n < all)
		len = asprintf(&text, tr("%s (%zu of %zu)"), name, n, all);
	else
		len = asprintf(
		    &text, "%s%s%s", name, why[0] == '\0' ? "" : ": ", why);
	if (len < 0)
		bug("no memory");
	table_add(t, text);
	free(text);
}

static void
sent_to(struct table *t, const json_t *row)
{
	const json_t *list = json_object_get(row, "destinations");
	const char *first = row_text(json_array_get(list, 0), "desk");
	size_t n = json_array_size(list);
	char *text;
	int len;

	if (n > 1)
		len = asprintf(&text, tr("%s and %zu more"), first, n - 1);
	else
		len = asprintf(&text, "%s", first);
	if (len < 0)
		bug("no memory");
	table_add(t, text);
	free(text);
}

/* What a desk has sealed for itself alone, and has acted on: files of a
 * document (docs/registry.md 8.1), which wait for nobody. */
static bool
is_put_by(const json_t *row)
{
	const json_t *list = json_object_get(row, "destinations"), *to;
	size_t i;

	json_array_foreach(list, i, to)
	{
		if (strcmp(row_text(to, "desk"), row_text(row, "desk")) != 0 ||
		    strcmp(row_text(to, "state"), "acted") != 0)
			return false;
	}
	return json_array_size(list) > 0;
}

static void
outbox_table(const json_t *rows)
{
	struct table t = { .columns = 5 };
	char id[SHORT_ID], when[TIME_TEXT];
	json_t *row;
	size_t i;

	table_add(&t, tr("Id"));
	table_add(&t, tr("Sent"));
	table_add(&t, tr("Precedence"));
	table_add(&t, tr("State"));
	table_add(&t, tr("To"));
	json_array_foreach(rows, i, row)
	{
		if (is_put_by(row))
			continue;
		row_short(id, row);
		row_time(when, row, "at");
		table_add(&t, id);
		table_add(&t, when);
		table_add_precedence(&t, row);
		sent_state(&t, row);
		sent_to(&t, row);
	}
	table_print(&t);
}

/* Who is on duty sees first what wants him. */
static enum rc
duty(struct talk *t, struct err *e)
{
	json_t *rows;
	enum rc rc;

	rc = talk_rows(t, CONTROL_ALARMS, talk_request(t), &rows, e);
	if (rc != RC_OK)
		return rc;
	if (json_array_size(rows) > 0) {
		say("Alarms that nobody has seen (antin alarms ack NUMBER):\n");
		alarms_print(rows);
		(void)putchar('\n');
	}
	json_decref(rows);
	return RC_OK;
}

static enum rc
box(const struct args *a, enum control_what what,
    void (*print)(const json_t *rows), struct err *e)
{
	const char *word = a->rest_count > 0 ? a->rest[0] : NULL;
	json_t *rows = NULL, *request;
	struct talk t;
	enum rc rc;

	rc = talk_open(&t, a, e);
	if (rc == RC_OK)
		rc = talk_act(&t, word, e);
	if (rc == RC_OK && what == CONTROL_INBOX && !arg_given(a, "json"))
		rc = duty(&t, e);
	if (rc == RC_OK) {
		request = talk_request(&t);
		if (arg_given(a, "all"))
			show_bool(request, "all", true);
		rc = talk_rows(&t, what, request, &rows, e);
	}
	if (rc == RC_OK && what == CONTROL_OUTBOX)
		rc = trace_all(&t, rows, e);
	if (rc == RC_OK && arg_given(a, "json")) {
		rows_show(rows);
		rows = NULL;
	} else if (rc == RC_OK && json_array_size(rows) == 0) {
		say("%s: nothing is there.\n", t.desk);
	} else if (rc == RC_OK) {
		(void)printf("%s\n", t.desk);
		print(rows);
	}
	if (rc == RC_OK && what == CONTROL_INBOX && !arg_given(a, "json"))
		rc = journal_gaps_say(&t, e);
	json_decref(rows);
	talk_close(&t);
	return rc;
}

static enum rc
inbox(const struct args *a, struct err *e)
{
	return box(a, CONTROL_INBOX, inbox_table, e);
}

static enum rc
outbox(const struct args *a, struct err *e)
{
	return box(a, CONTROL_OUTBOX, outbox_table, e);
}

static const struct opt inbox_opts[] = {
	{ "all", NULL, "also what was acted on or refused", false },
	OPT_STATION,
	OPT_PASSPHRASE,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_inbox = {
	.name = "inbox",
	.args = "[DESK]",
	.does = "List the dispatches that lie at a desk.",
	.opts = inbox_opts,
	.least = 0,
	.most = 1,
	.run = inbox,
};

static const struct opt outbox_opts[] = {
	OPT_STATION,
	OPT_PASSPHRASE,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_outbox = {
	.name = "outbox",
	.args = "[DESK]",
	.does = "List the dispatches that a desk has sent.",
	.opts = outbox_opts,
	.least = 0,
	.most = 1,
	.run = outbox,
};

/* ---- acting on one
 * --------------------------------------------------------- */

static enum rc
mark(const struct args *a, enum control_what what, bool sent, json_t *request,
    struct err *e)
{
	struct talk t;
	struct id id;
	enum rc rc;

	rc = talk_open(&t, a, e);
	if (rc == RC_OK && (rc = talk_act(&t, arg(a, "desk"), e)) == RC_OK)
		rc = talk_id(&t, a->rest[0], sent, &id, e);
	if (rc == RC_OK) {
		show_word(request, "desk", t.desk);
		show_id(request, "id", &id);
		rc = talk_ask(&t, what, json_incref(request), NULL, NULL, e);
	}
	json_decref(request);
	talk_close(&t);
	return rc;
}

static enum rc
ack(const struct args *a, struct err *e)
{
	enum rc rc = mark(a, CONTROL_ACK, false, json_object(), e);

	if (rc == RC_OK)
		say("Noted as acted on.\n");
	return rc;
}

static enum rc
refuse(const struct args *a, struct err *e)
{
	json_t *request = json_object();
	const char *word = NULL;
	struct buf reason = { 0 };
	uint64_t code = 0;
	enum rc rc;

	rc = arg_must(&word, a, "reason", e);
	if (rc == RC_OK)
		rc = reason_code(&code, word, e);
	if (rc == RC_OK && a->rest_count > 1 &&
	    (rc = utf8_clean(
		 &reason, bytes_str(a->rest[1]), CONTROL_REASON, e)) != RC_OK)
		rc = fail_at(e, "the reason");
	if (rc == RC_OK) {
		show_number(request, "code", code);
		show_text(request, "reason", buf_bytes(&reason));
		rc = mark(a, CONTROL_REFUSE, false, request, e);
	} else {
		json_decref(request);
	}
	buf_free(&reason);
	if (rc == RC_OK)
		say("Noted as refused.\n");
	return rc;
}

static enum rc
recall(const struct args *a, struct err *e)
{
	enum rc rc = mark(a, CONTROL_RECALL, true, json_object(), e);

	if (rc == RC_OK)
		say("Recalled. What becomes of each copy: antin trace %s\n",
		    a->rest[0]);
	return rc;
}

static const struct opt recall_opts[] = {
	OPT_DESK,
	OPT_STATION,
	OPT_PASSPHRASE,
	OPT_END,
};
const struct cmd cmd_recall = {
	.name = "recall",
	.args = "ID",
	.does = "Recall a dispatch that a desk has sent.",
	.opts = recall_opts,
	.least = 1,
	.most = 1,
	.run = recall,
};

static const struct opt ack_opts[] = {
	OPT_DESK,
	OPT_STATION,
	OPT_PASSPHRASE,
	OPT_END,
};
const struct cmd cmd_ack = {
	.name = "ack",
	.args = "ID",
	.does = "Note that a dispatch was acted on.",
	.opts = ack_opts,
	.least = 1,
	.most = 1,
	.run = ack,
};

static const struct opt refuse_opts[] = {
	{ "reason", "WORD", "why; the one who sent it is told", false },
	OPT_DESK,
	OPT_STATION,
	OPT_PASSPHRASE,
	OPT_END,
};
const struct cmd cmd_refuse = {
	.name = "refuse",
	.args = "ID [TEXT]",
	.does = "Note that a dispatch is refused, and why.",
	.opts = refuse_opts,
	.least = 1,
	.most = 2,
	.run = refuse,
};

/* ---- signing in
 * ------------------------------------------------------------ */

static enum rc
sign_in(const struct args *a, struct err *e)
{
	char text[TIME_TEXT];
	int64_t until = 0;
	struct talk t;
	enum rc rc;

	rc = talk_open(&t, a, e);
	if (rc == RC_OK &&
	    (rc = talk_choose(&t, a->rest_count > 0 ? a->rest[0] : NULL, e)) ==
		RC_OK)
		rc = talk_sign_in(&t, &until, e);
	if (rc == RC_OK && until > TIME_MIN && until <= TIME_MAX) {
		time_write_vn(text, until);
		say("Signed in to %s until %s, and longer while it is used.\n",
		    t.desk, text);
	} else if (rc == RC_OK) {
		say("Signed in to %s.\n", t.desk);
	}
	talk_close(&t);
	return rc;
}

static enum rc
sign_out(const struct args *a, struct err *e)
{
	struct talk t;
	enum rc rc;

	rc = talk_open(&t, a, e);
	if (rc == RC_OK &&
	    (rc = talk_choose(&t, a->rest_count > 0 ? a->rest[0] : NULL, e)) ==
		RC_OK)
		rc = talk_ask(
		    &t, CONTROL_SIGN_OUT, talk_request(&t), NULL, NULL, e);
	if (rc == RC_OK)
		say("Signed out of %s.\n", t.desk);
	talk_close(&t);
	return rc;
}

static const struct opt sign_in_opts[] = {
	OPT_STATION,
	OPT_PASSPHRASE,
	OPT_END,
};
const struct cmd cmd_sign_in = {
	.name = "sign-in",
	.args = "[DESK]",
	.does = "Unlock a desk's keys in the station, for this user alone.",
	.opts = sign_in_opts,
	.least = 0,
	.most = 1,
	.run = sign_in,
};

static const struct opt sign_out_opts[] = { OPT_STATION, OPT_END };
const struct cmd cmd_sign_out = {
	.name = "sign-out",
	.args = "[DESK]",
	.does = "Lock a desk's keys in the station for this user, at once.",
	.opts = sign_out_opts,
	.least = 0,
	.most = 1,
	.run = sign_out,
};
