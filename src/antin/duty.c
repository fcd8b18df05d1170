/* SPDX-License-Identifier: EUPL-1.2 */
/* antin duty plan, hand-over, on, note (docs/duty.md 2, 3). */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "antin/duty.h"
#include "core/base64.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "dispatch/rota.h"
#include "file/file.h"

#define NOTE_MAX 1000u

/* A person's text under a key; nothing where there is none. */
static enum rc
put_text(json_t *request, const char *key, const char *text, struct err *e)
{
	struct buf clean = { 0 };
	enum rc rc;

	if (text == NULL)
		return RC_OK;
	rc = utf8_clean(&clean, bytes_str(text), NOTE_MAX, e);
	if (rc == RC_OK)
		show_text(request, key, buf_bytes(&clean));
	buf_free(&clean);
	return rc;
}

/* ---- plan
 * ---------------------------------------------------------------------- */

/* Who the logins are on this machine, where the file does not say. */
static void
find_users(struct rota *r)
{
	const struct passwd *pw;
	size_t i;

	for (i = 0; i < r->people_count; i++)
		if (r->people[i].uid == ROTA_NOBODY &&
		    (pw = getpwnam(r->people[i].login)) != NULL)
			r->people[i].uid = pw->pw_uid;
}

static enum rc
read_plan(struct buf *out, const char *path, struct err *e)
{
	struct buf file = { 0 };
	struct rota r = { 0 };
	enum rc rc;

	if ((rc = file_read(&file, path, ROTA_MAX, e)) != RC_OK)
		return rc;
	rc = rota_parse(&r, buf_bytes(&file), e);
	if (rc == RC_OK) {
		find_users(&r);
		rc = rota_check(&r, time_now(), e);
	}
	if (rc == RC_OK)
		rota_write(out, &r);
	if (rc == RC_OK && out->len > ROTA_MAX)
		rc = fail(e, RC_LIMIT, "a rota of %zu bytes, at most %u",
		    out->len, ROTA_MAX);
	rota_free(&r);
	buf_free(&file);
	return rc;
}

static void
say_gaps(const json_t *rows)
{
	char from[TIME_TEXT], until[TIME_TEXT];
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (strcmp(row_text(row, "what"), "gap") != 0)
			continue;
		row_time(from, row, "since");
		row_time(until, row, "until");
		say("Nobody is on duty from %s to %s.\n", from, until);
	}
}

static enum rc
duty_plan(const struct args *a, struct err *e)
{
	json_t *request = json_object(), *rows = NULL;
	struct buf text = { 0 }, data = { 0 };
	struct talk t = { .fd = -1 };
	enum rc rc;

	if ((rc = read_plan(&text, a->rest[0], e)) != RC_OK)
		goto out;
	base64_write(&data, buf_bytes(&text));
	show_text(request, "data", buf_bytes(&data));
	if ((rc = talk_open(&t, a, e)) != RC_OK)
		goto out;
	rc = talk_ask(&t, CONTROL_DUTY_PLAN, request, NULL, NULL, e);
	request = NULL;
	if (rc == RC_OK)
		rc = duty_ask(&rows, &t, false, e);
	if (rc == RC_OK) {
		say("The rota is in force.\n");
		say_gaps(rows);
		duty_print_who(rows);
	}
out:
	json_decref(request);
	json_decref(rows);
	buf_free(&text);
	buf_free(&data);
	talk_close(&t);
	return rc;
}

static const struct opt plan_opts[] = { OPT_STATION, OPT_END };
const struct cmd cmd_duty_plan = {
	.name = "duty plan",
	.args = "FILE",
	.does = "Put a rota in force: who is on duty from when to when.",
	.opts = plan_opts,
	.least = 1,
	.most = 1,
	.run = duty_plan,
};

/* ---- hand-over
 * ----------------------------------------------------------------- */

static enum rc
duty_hand_over(const struct args *a, struct err *e)
{
	json_t *request = json_object(), *answer = NULL, *rows = NULL;
	struct talk t = { .fd = -1 };
	enum rc rc;

	if ((rc = put_text(request, "login", arg(a, "to"), e)) != RC_OK ||
	    (rc = put_text(request, "reason", arg(a, "note"), e)) != RC_OK ||
	    (rc = talk_open(&t, a, e)) != RC_OK)
		goto out;
	rc = talk_ask(&t, CONTROL_DUTY_OFFER, request, NULL, &answer, e);
	request = NULL;
	if (rc == RC_OK)
		rc = duty_ask(&rows, &t, false, e);
	if (rc != RC_OK)
		goto out;
	say("Handed over, number %lld:\n",
	    (long long)row_int(answer, "number"));
	duty_print_list(rows, "line", row_int(answer, "number"));
	say("You are on duty until it is accepted: antin duty on\n");
out:
	json_decref(request);
	json_decref(answer);
	json_decref(rows);
	talk_close(&t);
	return rc;
}

static const struct opt hand_over_opts[] = {
	{ "to", "LOGIN", "for this person alone (default: any of the rota)",
	    false },
	{ "note", "TEXT", "what else he has to know", false },
	OPT_STATION,
	OPT_END,
};
const struct cmd cmd_duty_hand_over = {
	.name = "duty hand-over",
	.args = "",
	.does = "Hand over to the next: what is open is listed for him.",
	.opts = hand_over_opts,
	.least = 0,
	.most = 0,
	.run = duty_hand_over,
};

/* ---- on
 * ------------------------------------------------------------------------ */

/* What is offered to me is shown, and I say yes to it: its number, or 0. */
static enum rc
accepted(int64_t *number, const json_t *rows, struct err *e)
{
	const json_t *offer = duty_row(rows, "offer"),
		     *on = duty_row(rows, "on");
	char line[16];

	*number = 0;
	if (offer == NULL || on == NULL ||
	    row_int(on, "uid") == (int64_t)getuid() ||
	    (row_text(offer, "login")[0] != '\0' &&
		row_int(offer, "uid") != (int64_t)getuid()))
		return RC_OK;
	*number = row_int(offer, "number");
	say("What you take over, number %lld:\n", (long long)*number);
	duty_print_list(rows, "line", *number);
	if (!isatty(STDIN_FILENO))
		return fail(e, RC_USAGE,
		    "read the list, and accept it: antin duty on --accept "
		    "%lld",
		    (long long)*number);
	say("Do you take over with this list? Type yes: ");
	(void)fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL ||
	    (strcmp(line, "yes\n") != 0 && strcmp(line, tr("yes\n")) != 0))
		return fail(e, RC_DENIED, "nothing has changed");
	return RC_OK;
}

static enum rc
duty_on(const struct args *a, struct err *e)
{
	json_t *request = json_object(), *rows = NULL;
	struct talk t = { .fd = -1 };
	uint64_t number = 0;
	int64_t asked = 0;
	enum rc rc;

	if ((rc = arg_number(&number, a, "accept", 1, INT64_MAX, e)) != RC_OK ||
	    (rc = put_text(request, "reason", arg(a, "alone"), e)) != RC_OK ||
	    (rc = talk_open(&t, a, e)) != RC_OK)
		goto out;
	if (number == 0 && !arg_given(a, "alone")) {
		if ((rc = duty_ask(&rows, &t, false, e)) != RC_OK ||
		    (rc = accepted(&asked, rows, e)) != RC_OK)
			goto out;
		number = (uint64_t)asked;
	}
	if (number != 0)
		show_number(request, "offer", number);
	rc = talk_ask(&t, CONTROL_DUTY_TAKE, request, NULL, NULL, e);
	request = NULL;
	json_decref(rows);
	rows = NULL;
	if (rc == RC_OK)
		rc = duty_ask(&rows, &t, false, e);
	if (rc == RC_OK) {
		say("You are on duty.\n");
		duty_print_who(rows);
		say("See alarms as they come: antin duty watch\n");
	}
out:
	json_decref(request);
	json_decref(rows);
	talk_close(&t);
	return rc;
}

static const struct opt on_opts[] = {
	{ "accept", "NUMBER", "the hand-over that you have read, and accept",
	    false },
	{ "alone", "REASON", "without a hand-over, and why", false },
	OPT_STATION,
	OPT_END,
};
const struct cmd cmd_duty_on = {
	.name = "duty on",
	.args = "",
	.does = "Take over: you are on duty.",
	.opts = on_opts,
	.least = 0,
	.most = 0,
	.run = duty_on,
};

/* ---- note
 * ---------------------------------------------------------------------- */

static enum rc
duty_note(const struct args *a, struct err *e)
{
	json_t *request = json_object();
	struct talk t = { .fd = -1 };
	enum rc rc;

	if ((rc = put_text(request, "reason", a->rest[0], e)) != RC_OK ||
	    (rc = talk_open(&t, a, e)) != RC_OK)
		goto out;
	rc = talk_ask(&t, CONTROL_DUTY_NOTE, request, NULL, NULL, e);
	request = NULL;
	if (rc == RC_OK)
		say("Noted.\n");
out:
	json_decref(request);
	talk_close(&t);
	return rc;
}

static const struct opt note_opts[] = { OPT_STATION, OPT_END };
const struct cmd cmd_duty_note = {
	.name = "duty note",
	.args = "TEXT",
	.does = "Write a note into the records of the duty desk.",
	.opts = note_opts,
	.least = 1,
	.most = 1,
	.run = duty_note,
};
