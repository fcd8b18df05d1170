/* SPDX-License-Identifier: EUPL-1.2 */
/* antin queue, antin trace: what is on its way. */
#include <stdio.h>
#include <string.h>

#include "antin/talk.h"
#include "core/lang.h"
#include "core/progress.h"
#include "core/time.h"
#include "core/utf8.h"

static const char *
hop_of(const json_t *row)
{
	const char *hop = row_text(row, "hop");

	return hop[0] == '\0' ? tr("(no way is known)") : hop;
}

static void
queue_table(const json_t *rows)
{
	struct table t = { .columns = 7 };
	char leg[24], id[SHORT_ID], when[TIME_TEXT], size[SIZE_TEXT];
	json_t *row;
	size_t i;

	table_add(&t, tr("Leg"));
	table_add(&t, tr("Id"));
	table_add(&t, tr("Since"));
	table_add(&t, tr("Precedence"));
	table_add(&t, tr("State"));
	table_add(&t, tr("Size"));
	table_add(&t, tr("To"));
	json_array_foreach(rows, i, row)
	{
		(void)snprintf(leg, sizeof(leg), "%lld",
		    (long long)row_number(row, "q"));
		row_short(id, row);
		row_time(when, row, "at");
		size_write(size, (uint64_t)row_number(row, "bytes"));
		table_add(&t, leg);
		table_add(&t, id);
		table_add(&t, when);
		table_add_precedence(&t, row);
		table_add(&t, row_state(row));
		table_add(&t, size);
		table_add(&t, hop_of(row));
	}
	table_print(&t);
}

static enum rc
queue(const struct args *a, struct err *e)
{
	json_t *rows = NULL;
	struct talk t;
	enum rc rc;

	rc = talk_open(&t, a, e);
	if (rc == RC_OK)
		rc = talk_rows(&t, CONTROL_QUEUE, NULL, &rows, e);
	if (rc == RC_OK && arg_given(a, "json")) {
		rows_show(rows);
		rows = NULL;
	} else if (rc == RC_OK && json_array_size(rows) == 0) {
		say("Nothing waits.\n");
	} else if (rc == RC_OK) {
		queue_table(rows);
	}
	json_decref(rows);
	talk_close(&t);
	return rc;
}

static const struct opt queue_opts[] = { OPT_STATION, OPT_JSON, OPT_END };
const struct cmd cmd_queue = {
	.name = "queue",
	.args = "",
	.does = "List what waits in the station to be sent on.",
	.opts = queue_opts,
	.least = 0,
	.most = 0,
	.run = queue,
};

/* ---- one of them
 * ----------------------------------------------------------- */

/* What a desk or station has signed. */
static void
print_receipt(const json_t *row, const char *at)
{
	const char *about = row_text(row, "about"),
		   *code = row_text(row, "code");

	say("%s: %s on %s\n", about[0] == '\0' ? row_text(row, "by") : about,
	    state_name(row_text(row, "says")), at);
	if (code[0] != '\0') {
		(void)printf("  ");
		say("why: %s\n", state_name(code));
	}
}

/* Where it came from, each way it goes, and whom each way is for. */
static void
print_step(const json_t *row)
{
	char when[TIME_TEXT], at[TIME_TEXT];

	row_time(at, row, "at");
	if (row_is(row, "sent")) {
		say("Accepted: %s\n", at);
	} else if (row_is(row, "leg")) {
		say("To %s: %s, %s\n", hop_of(row), row_state(row), at);
	} else if (row_is(row, "destination")) {
		(void)printf("  ");
		utf8_print(stdout, bytes_str(row_text(row, "desk")));
		(void)putchar('\n');
	} else if (row_is(row, "delivery")) {
		row_time(when, row, "arrived");
		say("At %s since %s: %s, %s\n", row_text(row, "desk"), when,
		    row_state(row), at);
		if (row_text(row, "reason")[0] != '\0') {
			(void)printf("  ");
			say("why: %s\n", row_text(row, "reason"));
		}
	} else if (row_is(row, "receipt")) {
		print_receipt(row, at);
	}
}

enum rc
talk_dispatch(
    struct talk *t, const struct args *a, struct id *id, struct err *e)
{
	enum rc rc;

	if (id_parse(id, bytes_str(a->rest[0])))
		return RC_OK;
	rc = talk_act(t, arg(a, "desk"), e);
	return rc == RC_OK ? talk_id(t, a->rest[0], true, id, e) : rc;
}

static enum rc
trace(const struct args *a, struct err *e)
{
	json_t *rows = NULL, *request, *row;
	struct talk t;
	struct id id;
	enum rc rc;
	size_t i;

	rc = talk_open(&t, a, e);
	if (rc == RC_OK && (rc = talk_dispatch(&t, a, &id, e)) == RC_OK) {
		request = json_object();
		show_id(request, "id", &id);
		rc = talk_rows(&t, CONTROL_TRACE, request, &rows, e);
	}
	if (rc == RC_OK && arg_given(a, "json")) {
		rows_show(rows);
		rows = NULL;
	} else if (rc == RC_OK) {
		json_array_foreach(rows, i, row) print_step(row);
	}
	json_decref(rows);
	talk_close(&t);
	return rc;
}

static const struct opt trace_opts[] = {
	OPT_DESK,
	OPT_STATION,
	OPT_PASSPHRASE,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_trace = {
	.name = "trace",
	.args = "ID",
	.does = "Show how far a dispatch is, as this station knows it.",
	.opts = trace_opts,
	.least = 1,
	.most = 1,
	.run = trace,
};
