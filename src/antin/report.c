/* SPDX-License-Identifier: EUPL-1.2 */
/* antin report: the periodic report of a unit's registers, and how long
 * documents took (docs/registry.md 9.4, 9.5). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/register.h"
#include "core/lang.h"
#include "core/time.h"
#include "envelope/label.h"
#include "print/report.h"

/* ---- the time it is of --------------------------------------------------- */

static enum rc
times(int64_t *from, int64_t *until, const struct args *a, struct err *e)
{
	const char *word = arg(a, "period");
	int64_t on = time_now();
	enum rc rc = arg_time(&on, a, "on", e);

	if (rc != RC_OK)
		return rc;
	if (!report_period(from, until, word == NULL ? "month" : word, on))
		return fail(e, RC_USAGE,
		    "--period is \"day\", \"week\", \"month\", \"quarter\", "
		    "\"half-year\" or \"year\"");
	if ((rc = arg_time(from, a, "from", e)) != RC_OK ||
	    (rc = arg_time(until, a, "to", e)) != RC_OK)
		return rc;
	if (*from >= *until)
		return fail(e, RC_USAGE, "--from is not before --to");
	return RC_OK;
}

/* ---- asking ---------------------------------------------------------------
 */

/* Page after page, the newest first. */
static enum rc
ask_times(struct report *r, struct talk *t, json_t *request, struct err *e)
{
	const int64_t now = time_now();
	int64_t before = 0;
	json_t *rows, *row;
	size_t i;
	enum rc rc;

	do {
		if (before > 0)
			show_number(request, "before", (uint64_t)before);
		rc = talk_rows(
		    t, CONTROL_REPORT_TIMES, json_deep_copy(request), &rows, e);
		if (rc != RC_OK)
			return rc;
		before = 0;
		json_array_foreach(rows, i, row)
		{
			report_add(r, row, now);
			before = row_int(row, "n");
		}
		json_decref(rows);
	} while (before > 1);
	return RC_OK;
}

static enum rc
ask(struct report *r, const struct args *a, int64_t from, int64_t until,
    struct err *e)
{
	json_t *request = NULL;
	struct talk t = { .fd = -1 };
	enum rc rc = register_begin(&t, &request, a, e);

	if (rc == RC_OK) {
		(void)json_object_set_new(request, "from", json_integer(from));
		(void)json_object_set_new(
		    request, "until", json_integer(until));
		rc = talk_rows(
		    &t, CONTROL_REPORT, json_deep_copy(request), &r->counts, e);
	}
	if (rc == RC_OK)
		rc = ask_times(r, &t, request, e);
	report_done(r);
	json_decref(request);
	talk_close(&t);
	return rc;
}

/* ---- showing ------------------------------------------------------------- */

static void
add_number(struct table *t, uint64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	table_add(t, text);
}

static void
print_counts(const json_t *counts)
{
	struct table t = { .columns = 5 };
	enum precedence p = PRECEDENCE_THUONG;
	enum level l;
	uint64_t all = 0;
	json_t *row;
	size_t i;

	table_add(&t, tr("Register"));
	table_add(&t, tr("Way"));
	table_add(&t, tr("Level"));
	table_add(&t, tr("Precedence"));
	table_add(&t, tr("Lines"));
	json_array_foreach(counts, i, row)
	{
		table_add(&t, row_text(row, "book"));
		table_add(&t, strcmp(row_text(row, "way"), "in") == 0
				  ? tr("in")
				  : tr("out"));
		table_add(&t, level_parse(&l, bytes_str(row_text(row, "level")))
				  ? level_name(l)
				  : "");
		(void)precedence_parse(&p, bytes_str(report_rank(row)));
		table_add(&t, precedence_name(p));
		add_number(&t, (uint64_t)row_int(row, "count"));
		all += (uint64_t)row_int(row, "count");
	}
	table_print(&t);
	say("Together: %llu lines.\n", (unsigned long long)all);
}

/* "2:05": hours and minutes. */
static void
add_hours(struct table *t, int64_t seconds)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%lld:%02lld",
	    (long long)(seconds / 3600), (long long)(seconds / 60 % 60));
	table_add(t, text);
}

static void
print_times(const struct report *r)
{
	struct table out = { .columns = 7 };
	const struct took *t;
	size_t w, p;

	table_add(&out, tr("Way"));
	table_add(&out, tr("Precedence"));
	table_add(&out, tr("Done"));
	table_add(&out, tr("Not done"));
	table_add(&out, tr("Late"));
	table_add(&out, tr("Median (h:mm)"));
	table_add(&out, tr("Longest (h:mm)"));
	for (w = 0; w < REPORT_WAYS; w++)
		for (p = 0; p < REPORT_PRECEDENCES; p++) {
			t = &r->took[w][p];
			if (t->done + t->open == 0)
				continue;
			table_add(&out, w == 1 ? tr("in") : tr("out"));
			table_add(&out, precedence_name((enum precedence)p));
			add_number(&out, t->done);
			add_number(&out, t->open);
			if (t->at_once)
				table_add(&out, tr("at once"));
			else
				add_number(&out, t->late);
			add_hours(&out, took_median(t));
			add_hours(&out, took_longest(t));
		}
	table_print(&out);
}

static enum rc
report(const struct args *a, struct err *e)
{
	struct report r = { 0 };
	char first[TIME_TEXT], last[TIME_TEXT];
	int64_t from, until;
	json_t *root;
	enum rc rc = times(&from, &until, a, e);

	if (rc == RC_OK)
		rc = ask(&r, a, from, until, e);
	if (rc == RC_OK && arg_given(a, "json")) {
		root = report_json(&r, from, until);
		show_time(root, "from", from);
		show_time(root, "until", until);
		show(root, true);
	} else if (rc == RC_OK) {
		time_write_vn(first, from);
		time_write_vn(last, until);
		say("From %s until before %s.\n\n", first, last);
		print_counts(r.counts);
		(void)putchar('\n');
		print_times(&r);
	}
	report_free(&r);
	return rc;
}

static const struct opt opts[] = {
	{ "period", "PERIOD",
	    "day, week, month (default), quarter, half-year or year", false },
	{ "on", "TIME", "the period that this is in (default: now)", false },
	{ "from", "TIME", "from then on, instead of a period", false },
	{ "to", "TIME", "until before then", false }, OPT_AS, OPT_DESK,
	OPT_STATION, OPT_JSON, OPT_END
};
const struct cmd cmd_report = {
	.name = "report",
	.args = "",
	.does = "count what was registered, and how long it took",
	.opts = opts,
	.run = report,
};
