/* SPDX-License-Identifier: EUPL-1.2 */
/* antin queue: what is on its way. */
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

/* It waits for its answer on a disk; NULL: on none. */
static const char *
disk_of(char text[static 96], const json_t *row)
{
	const char *disk = row_text(row, "disk");
	char when[TIME_TEXT];

	if (disk[0] == '\0')
		return NULL;
	row_time(when, row, "disk_since");
	(void)snprintf(text, 96, tr("on disk %s since %s"), disk, when);
	return text;
}

static void
queue_table(const json_t *rows)
{
	struct table t = { .columns = 7 };
	char leg[24], id[SHORT_ID], when[TIME_TEXT], size[SIZE_TEXT];
	char disk[96];
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
		/* receipts and their like are nobody's work here */
		if (strcmp(row_text(row, "what"), "notice") == 0)
			continue;
		(void)snprintf(
		    leg, sizeof(leg), "%lld", (long long)row_int(row, "q"));
		row_short(id, row);
		row_time(when, row, "at");
		size_write(size, (uint64_t)row_int(row, "bytes"));
		table_add(&t, leg);
		table_add(&t, id);
		table_add(&t, when);
		table_add_precedence(&t, row);
		table_add(
		    &t, disk_of(disk, row) != NULL ? disk : row_state(row));
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
