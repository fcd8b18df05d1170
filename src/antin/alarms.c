/* SPDX-License-Identifier: EUPL-1.2 */
/* antin alarms: what in a station wants a person. */
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "antin/talk.h"
#include "core/lang.h"
#include "core/progress.h"
#include "core/time.h"

/* What each kind is called, and what to do next (docs/duty.md 7.1). */
static const struct label {
	const char *word, *text, *next;
} alarm_labels[] = {
	{ "waits", "waits too long",
	    "See antin queue, and call the next station: is its line up? What "
	    "cannot wait goes over another neighbour (antin queue reroute) or "
	    "is carried by hand." },
	{ "parent", "no line to the station above",
	    "Look at the network cable and the router, then call the station "
	    "above. What is urgent can be carried by hand." },
	{ "child", "no line from a station below",
	    "Call that unit: is its station running, is its line up?" },
	{ "held", "no way is known",
	    "See antin trace: is the address right, does the directory know "
	    "the unit? Ask the unit above; antin queue drop gives it up." },
	{ "not-arrived", "nobody has signed for it",
	    "See antin trace how far it has come, and call the addressee. Send "
	    "it anew only if he does not have it." },
	{ "disk", "the disk refuses",
	    "Nothing is accepted until the disk takes it again: make room on "
	    "it or replace it, then look at antin status." },
	{ "old", "the directory is old",
	    "Ask the station above for a new directory; as a file it is taken "
	    "over by antin directory give." },
	{ "fork", "an authority has decided two things at once",
	    "Believe nothing new of that authority. Call it, tell the unit "
	    "above at once, and keep both files as evidence." },
	{ "clash", "two dispatches have one number",
	    "Call the station that it came from, and tell the unit above: "
	    "a station may have been copied." },
	{ "clock", "the clock is this machine's own",
	    "Look at the line to the station above and at this machine's "
	    "clock: until it ends, times are not the network's." },
	{ "key", "a key ends soon",
	    "Of a desk: ask for new certificates by antin enrol request. A "
	    "station asks by itself: remind the authority to answer it." },
	{ "expired", "expired on its way",
	    "Call the addressee: he did not get it in time. Tell the "
	    "originator, who may send it anew." },
	{ "rolled-back", "a station was rolled back to an old copy",
	    "See antin journal gaps for what is missing, have it sent anew, "
	    "and tell the unit above." },
	{ "clone", "a station is there twice",
	    "Call that unit: one of the two has to be switched off. Only then "
	    "note the alarm as seen." },
	{ "destroyed", "a station says that it is being destroyed",
	    "Call that unit. antin station lost lists what it had; have its "
	    "keys revoked at once." },
	{ "room", "the disk will soon be full",
	    "Remove from it what does not belong to the station, or have a "
	    "larger one put in, before it refuses." },
	{ "below", "a unit below does not see its alarms",
	    "Call that unit by telephone: who is on duty there, and has he "
	    "seen them?" },
	{ "duty", "nobody is on duty who should be",
	    "Call him. He takes over by: antin duty on" },
	{ "malware", "malware was found in an attachment",
	    "It was not opened. Tell the desk that sent it, by telephone, and "
	    "who is responsible for security; delete no copy before he has "
	    "seen it." },
};
#define LABELS (sizeof(alarm_labels) / sizeof(alarm_labels[0]))

static const struct label *
label_of(const char *kind)
{
	size_t i;

	for (i = 0; i < LABELS; i++)
		if (strcmp(alarm_labels[i].word, kind) == 0)
			return &alarm_labels[i];
	return NULL;
}

const char *
alarm_name(const char *kind)
{
	const struct label *l = label_of(kind);

	return l == NULL ? kind : tr(l->text);
}

const char *
alarm_next(const char *kind)
{
	const struct label *l = label_of(kind);

	return l == NULL ? tr("This command is older than the station: ask "
			      "for a new one.")
			 : tr(l->next);
}

void
user_name(char out[static USER_NAME], int64_t uid)
{
	/* a browser's session is no user of this machine */
	const struct passwd *pw =
	    uid < 0 || uid > UINT32_MAX ? NULL : getpwuid((uid_t)uid);

	if (pw != NULL)
		(void)snprintf(out, USER_NAME, "%s", pw->pw_name);
	else
		(void)snprintf(out, USER_NAME, "%lld", (long long)uid);
}

void
alarm_seen_by(char out[static ALARM_BY], const json_t *row)
{
	if (row_text(row, "by")[0] != '\0')
		(void)snprintf(out, ALARM_BY, "%s", row_text(row, "by"));
	else
		user_name(out, row_int(row, "uid"));
}

#define STANDING (ALARM_BY + 40u)

/* "new", "new, escalated", "seen: lan", "over" */
static void
standing(char out[static STANDING], const json_t *row)
{
	char who[ALARM_BY];

	if (strcmp(row_text(row, "state"), "over") == 0) {
		(void)snprintf(out, STANDING, "%s", tr("over"));
	} else if (json_object_get(row, "seen") != NULL) {
		alarm_seen_by(who, row);
		(void)snprintf(out, STANDING, "%s: %s", tr("seen"), who);
	} else {
		(void)snprintf(out, STANDING, "%s",
		    row_int(row, "escalated") > 0 ? tr("new, too long")
						  : tr("new"));
	}
}

/* Of each kind that is there, once. */
static void
print_next(const json_t *rows)
{
	const char *kind, *other;
	json_t *row;
	size_t i, k;

	say("What to do next:\n");
	json_array_foreach(rows, i, row)
	{
		kind = row_text(row, "kind");
		for (k = 0; k < i; k++) {
			other = row_text(json_array_get(rows, k), "kind");
			if (strcmp(other, kind) == 0)
				break;
		}
		if (k == i)
			printf(
			    "  %s: %s\n", alarm_name(kind), alarm_next(kind));
	}
}

/* docs/link.md 20.8: "contact 07:00"; other texts are words that stay. */
void
alarm_subject(char *out, size_t size, const json_t *row)
{
	static const char contact[] = "contact ";
	const char *text = row_text(row, "text");
	char says[128];

	if (strncmp(text, contact, sizeof(contact) - 1) == 0) {
		(void)snprintf(says, sizeof(says), tr("contact at %s"),
		    text + sizeof(contact) - 1);
		text = says;
	}
	(void)snprintf(out, size, "%s%s%s%s", row_text(row, "subject"),
	    text[0] == '\0' ? "" : " (", text, text[0] == '\0' ? "" : ")");
}

void
alarms_print(const json_t *rows)
{
	struct table t = { .columns = 6 };
	char number[24], when[TIME_TEXT], state[STANDING];
	char of[512];
	json_t *row;
	size_t i;

	table_add(&t, tr("Number"));
	table_add(&t, tr("Since"));
	table_add(&t, tr("Precedence"));
	table_add(&t, tr("Alarm"));
	table_add(&t, tr("State"));
	table_add(&t, tr("Of"));
	json_array_foreach(rows, i, row)
	{
		(void)snprintf(number, sizeof(number), "%lld",
		    (long long)row_int(row, "alarm"));
		row_time(when, row, "since");
		table_add(&t, number);
		table_add(&t, when);
		table_add_precedence(&t, row);
		table_add(&t, alarm_name(row_text(row, "kind")));
		standing(state, row);
		table_add(&t, state);
		alarm_subject(of, sizeof(of), row);
		table_add(&t, of);
	}
	table_print(&t);
	print_next(rows);
}

static enum rc
alarms(const struct args *a, struct err *e)
{
	json_t *rows = NULL, *request = json_object();
	struct talk t;
	enum rc rc;

	if (arg_given(a, "all"))
		show_bool(request, "all", true);
	rc = talk_open(&t, a, e);
	if (rc == RC_OK)
		rc = talk_rows(&t, CONTROL_ALARMS, request, &rows, e);
	else
		json_decref(request);
	if (rc == RC_OK && arg_given(a, "json")) {
		rows_show(rows);
		rows = NULL;
	} else if (rc == RC_OK && json_array_size(rows) == 0) {
		say("No alarm.\n");
	} else if (rc == RC_OK) {
		alarms_print(rows);
	}
	json_decref(rows);
	talk_close(&t);
	return rc;
}

static const struct opt alarms_opts[] = {
	{ "all", NULL, "also what is over", false },
	OPT_STATION,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_alarms = {
	.name = "alarms",
	.args = "",
	.does = "List what in the station wants a person.",
	.opts = alarms_opts,
	.least = 0,
	.most = 0,
	.run = alarms,
};

static enum rc
alarms_ack(const struct args *a, struct err *e)
{
	json_t *request = json_object();
	struct talk t;
	uint64_t n;
	enum rc rc;

	if ((rc = talk_number(a->rest[0], &n, e)) != RC_OK) {
		json_decref(request);
		return rc;
	}
	show_number(request, "alarm", n);
	rc = talk_open(&t, a, e);
	if (rc == RC_OK)
		rc = talk_ask(&t, CONTROL_SEEN, request, NULL, NULL, e);
	else
		json_decref(request);
	if (rc == RC_OK)
		say("Noted as seen.\n");
	talk_close(&t);
	return rc;
}

static const struct opt ack_opts[] = { OPT_STATION, OPT_END };
const struct cmd cmd_alarms_ack = {
	.name = "alarms ack",
	.args = "NUMBER",
	.does = "Note that you have seen an alarm.",
	.opts = ack_opts,
	.least = 1,
	.most = 1,
	.run = alarms_ack,
};
