/* SPDX-License-Identifier: EUPL-1.2 */
/* antin alarms: what in a station wants a person. */
#include <stdio.h>
#include <string.h>

#include "antin/talk.h"
#include "core/lang.h"
#include "core/progress.h"
#include "core/time.h"

static const char *
kind_name(const json_t *row)
{
	static const struct label {
		const char *word, *text;
	} labels[] = {
		{ "waits", "waits too long" },
		{ "parent", "no line to the station above" },
		{ "child", "no line from a station below" },
		{ "held", "no way is known" },
		{ "not-arrived", "nobody has signed for it" },
		{ "disk", "the disk refuses" },
		{ "old", "the directory is old" },
		{ "fork", "an authority has decided two things at once" },
		{ "clash", "two dispatches have one number" },
		{ "clock", "the clock is this machine's own" },
		{ "key", "a key ends soon" },
		{ "expired", "expired on its way" },
		{ "rolled-back", "a station was rolled back to an old copy" },
		{ "clone", "a station is there twice" },
		{ "destroyed", "a station says that it is being destroyed" },
	};
	const struct label *label;
	size_t i;

	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		label = &labels[i];
		if (strcmp(label->word, row_text(row, "kind")) == 0)
			return tr(label->text);
	}
	return row_text(row, "kind");
}

static const char *
standing(const json_t *row)
{
	if (strcmp(row_text(row, "state"), "over") == 0)
		return tr("over");
	return json_object_get(row, "seen") != NULL ? tr("seen") : tr("new");
}

void
alarms_print(const json_t *rows)
{
	struct table t = { .columns = 6 };
	char number[24], when[TIME_TEXT];
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
		    (long long)row_number(row, "alarm"));
		row_time(when, row, "since");
		table_add(&t, number);
		table_add(&t, when);
		table_add_precedence(&t, row);
		table_add(&t, kind_name(row));
		table_add(&t, standing(row));
		table_add(&t, row_text(row, "subject"));
	}
	table_print(&t);
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
