/* SPDX-License-Identifier: EUPL-1.2 */
/* antin report: the periodic report of a unit's registers, and how long
 * documents took (docs/registry.md 9.4, 9.5). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/register.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/vec.h"
#include "envelope/label.h"

#define VIETNAM (7 * 3600)

/* ---- the time it is of --------------------------------------------------- */

static int64_t
first_of(int year, int month, int day)
{
	const struct civil c = { .year = year, .month = month, .day = day };
	int64_t t = 0;

	(void)time_of_civil(&t, &c);
	return t - VIETNAM;
}

/* The period of this name that has t in it; months: how long it is. */
static bool
period_of(int64_t *from, int64_t *until, const char *word, int64_t t)
{
	static const struct {
		const char *word;
		int months;
	} periods[] = { { "month", 1 }, { "quarter", 3 }, { "half-year", 6 },
		{ "year", 12 } };
	const struct civil c = time_civil(t + VIETNAM);
	const int64_t day = first_of(c.year, c.month, c.day);
	int first, next;
	size_t i;

	*from = day;
	*until = day + TIME_DAY;
	if (strcmp(word, "day") == 0)
		return true;
	if (strcmp(word, "week") == 0) { /* from Monday; day 0 was a Thursday */
		*from -= (((day + VIETNAM) / TIME_DAY + 3) % 7) * TIME_DAY;
		*until = *from + 7 * TIME_DAY;
		return true;
	}
	for (i = 0; i < sizeof(periods) / sizeof(periods[0]); i++) {
		if (strcmp(word, periods[i].word) != 0)
			continue;
		first = (c.month - 1) / periods[i].months * periods[i].months;
		next = first + periods[i].months;
		*from = first_of(c.year, first + 1, 1);
		*until = next == 12 ? first_of(c.year + 1, 1, 1)
				    : first_of(c.year, next + 1, 1);
		return true;
	}
	return false;
}

static enum rc
times(int64_t *from, int64_t *until, const struct args *a, struct err *e)
{
	const char *word = arg(a, "period");
	int64_t on = time_now();
	enum rc rc = arg_time(&on, a, "on", e);

	if (rc != RC_OK)
		return rc;
	if (!period_of(from, until, word == NULL ? "month" : word, on))
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

/* ---- how long it took ---------------------------------------------------- */

/* Of one way and precedence. */
struct took {
	int64_t *seconds; /* owned */
	size_t done, open, late;
	bool at_once; /* no minute is laid down: none is counted as late */
};

#define WAYS 2
#define PRECEDENCES 5
struct report {
	json_t *counts; /* owned */
	struct took took[WAYS][PRECEDENCES];
};

static void
report_free(struct report *r)
{
	size_t w, p;

	for (w = 0; w < WAYS; w++)
		for (p = 0; p < PRECEDENCES; p++)
			free(r->took[w][p].seconds);
	json_decref(r->counts);
}

static void
add_time(struct report *r, const json_t *row, int64_t now)
{
	const char *kind = row_text(row, "kind");
	const bool in =
	    strcmp(kind, "in") == 0 || strcmp(kind, "telegram-in") == 0;
	const int64_t began = row_int(row, "began"),
		      done = row_int(row, "done"),
		      by = row_int(row, "by");
	enum precedence p;
	struct took *t;

	if (!precedence_parse(&p, bytes_str(row_text(row, "precedence"))) ||
	    (unsigned)p >= PRECEDENCES || began == 0)
		return; /* not signed yet: nothing is due */
	t = &r->took[in][p];
	if (by != 0 && by == began)
		t->at_once = true;
	else if (by != 0 && (done == 0 ? now : done) > by)
		t->late++;
	if (done == 0) {
		t->open++;
		return;
	}
	t->seconds = vec_more(t->seconds, t->done, sizeof(*t->seconds));
	t->seconds[t->done++] = done - began;
}

static int
by_number(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

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
			add_time(r, row, now);
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
	size_t w, p;
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
	for (w = 0; w < WAYS; w++)
		for (p = 0; p < PRECEDENCES; p++)
			if (r->took[w][p].done > 0)
				qsort(r->took[w][p].seconds, r->took[w][p].done,
				    sizeof(int64_t), by_number);
	json_decref(request);
	talk_close(&t);
	return rc;
}

/* ---- showing ------------------------------------------------------------- */

static const char *
rank_word(const json_t *row)
{
	static const enum precedence of[] = { PRECEDENCE_THUONG,
		PRECEDENCE_KHAN, PRECEDENCE_THUONG_KHAN, PRECEDENCE_HOA_TOC };
	const int64_t rank = row_int(row, "rank");

	return precedence_word(of[rank < 0 || rank > 3 ? 0 : rank]);
}

/* Half of them took no longer. */
static int64_t
median(const struct took *t)
{
	return t->done == 0 ? 0 : t->seconds[(t->done - 1) / 2];
}

static int64_t
longest(const struct took *t)
{
	return t->done == 0 ? 0 : t->seconds[t->done - 1];
}

static void
show_json(const struct report *r, int64_t from, int64_t until)
{
	json_t *root = json_object(), *list, *item, *row;
	const struct took *t;
	size_t i, w, p;

	show_time(root, "from", from);
	show_time(root, "until", until);
	list = show_array(root, "counts");
	json_array_foreach(r->counts, i, row)
	{
		item = show_item(list);
		show_word(item, "register", row_text(row, "book"));
		show_word(item, "way", row_text(row, "way"));
		show_word(item, "level", row_text(row, "level"));
		show_word(item, "precedence", rank_word(row));
		show_number(item, "count", (uint64_t)row_int(row, "count"));
	}
	list = show_array(root, "times");
	for (w = 0; w < WAYS; w++)
		for (p = 0; p < PRECEDENCES; p++) {
			t = &r->took[w][p];
			if (t->done + t->open == 0)
				continue;
			item = show_item(list);
			show_word(item, "way", w == 1 ? "in" : "out");
			show_word(item, "precedence",
			    precedence_word((enum precedence)p));
			show_number(item, "done", t->done);
			show_number(item, "open", t->open);
			if (!t->at_once)
				show_number(item, "late", t->late);
			if (t->done == 0)
				continue;
			show_number(item, "median", (uint64_t)median(t));
			show_number(item, "longest", (uint64_t)longest(t));
		}
	show(root, true);
}

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
		(void)precedence_parse(&p, bytes_str(rank_word(row)));
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
	for (w = 0; w < WAYS; w++)
		for (p = 0; p < PRECEDENCES; p++) {
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
			add_hours(&out, median(t));
			add_hours(&out, longest(t));
		}
	table_print(&out);
}

static enum rc
report(const struct args *a, struct err *e)
{
	struct report r = { 0 };
	char first[TIME_TEXT], last[TIME_TEXT];
	int64_t from, until;
	enum rc rc = times(&from, &until, a, e);

	if (rc == RC_OK)
		rc = ask(&r, a, from, until, e);
	if (rc == RC_OK && arg_given(a, "json")) {
		show_json(&r, from, until);
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
