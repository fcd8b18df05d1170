/* SPDX-License-Identifier: EUPL-1.2 */
/* What the station says of duty, as people read it (docs/duty.md). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/duty.h"
#include "core/lang.h"
#include "core/progress.h"
#include "core/time.h"
#include "core/utf8.h"

#define FIELDS 8 /* of a line of a list, at most */

enum rc
duty_ask(json_t **rows, struct talk *t, bool all, struct err *e)
{
	json_t *request = json_object();

	if (all)
		show_bool(request, "all", true);
	return talk_rows(t, CONTROL_DUTY, request, rows, e);
}

const json_t *
duty_row(const json_t *rows, const char *what)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (strcmp(row_text(row, "what"), what) == 0)
			return row;
	}
	return NULL;
}

void
duty_who(char out[static DUTY_WHO], const json_t *row)
{
	if (row == NULL)
		(void)snprintf(out, DUTY_WHO, "%s", tr("nobody"));
	else
		(void)snprintf(out, DUTY_WHO, "%s (%s)", row_text(row, "text"),
		    row_text(row, "login"));
}

/* "22/11/2026 07:00": a shift has no seconds. */
static void
minute(char out[static TIME_TEXT], const json_t *row, const char *key)
{
	row_time(out, row, key);
	if (strlen(out) > 16)
		out[16] = '\0';
}

void
duty_print_who(const json_t *rows)
{
	const json_t *on = duty_row(rows, "on"), *row;
	char who[DUTY_WHO], since[TIME_TEXT], until[TIME_TEXT];

	duty_who(who, on);
	minute(since, on, "since");
	if (on != NULL)
		say("On duty: %s, since %s\n", who, since);
	else
		say("On duty: nobody\n");
	row = duty_row(rows, "planned");
	if (row != NULL &&
	    (on == NULL || row_int(on, "uid") != row_int(row, "uid"))) {
		duty_who(who, row);
		minute(since, row, "since");
		minute(until, row, "until");
		say("By the rota: %s, %s to %s\n", who, since, until);
	}
	if ((row = duty_row(rows, "next")) != NULL) {
		duty_who(who, row);
		minute(since, row, "since");
		minute(until, row, "until");
		say("Next: %s, %s to %s\n", who, since, until);
	}
}

/* ---- a list
 * -------------------------------------------------------------------- */

/* The fields of a line, in "copy"; how many. */
static size_t
split(char *copy, const char *field[static FIELDS])
{
	size_t n = 0;
	char *tab;

	for (;;) {
		field[n++] = copy;
		tab = strchr(copy, '\t');
		if (tab == NULL || n == FIELDS)
			break;
		*tab = '\0';
		copy = tab + 1;
	}
	return n;
}

static const char *
when(char out[static TIME_TEXT], const char *seconds)
{
	const int64_t t = strtoll(seconds, NULL, 10);

	if (t < TIME_MIN || t > TIME_MAX)
		return "";
	time_write_vn(out, t);
	return out;
}

static void
print_head(const char *const *f, size_t n)
{
	static const char *const duty_did[] = { NULL, "a new rota",
		"took over; nobody was on duty", "took over by a hand-over",
		"took over without a hand-over", "note" };
	const unsigned long code = strtoul(f[0], NULL, 10);
	char at[TIME_TEXT];

	if (code < 1 || code >= sizeof(duty_did) / sizeof(duty_did[0]) || n < 5)
		return;
	printf("%s  %s: %s", when(at, f[1]), tr(duty_did[code]), f[2]);
	if (f[3][0] != '\0')
		printf(" < %s", f[3]);
	if (f[4][0] != '\0')
		printf(" \"%s\"", f[4]);
	printf("\n");
}

/* One line, as its first word says. */
static void
print_line(const char *text)
{
	const char *f[FIELDS];
	char *copy = strdup(text);
	char at[TIME_TEXT];
	size_t n;

	if (copy == NULL)
		bug("no memory");
	n = split(copy, f);
	if (strcmp(f[0], "offer") == 0 && n >= 3)
		(void)fputs("  ", stdout),
		    say("Handed over %s by: %s\n", when(at, f[1]), f[2]);
	else if (strcmp(f[0], "note") == 0 && n >= 2)
		(void)fputs("  ", stdout), say("Note: %s\n", f[1]);
	else if (strcmp(f[0], "alarm") == 0 && n == 8)
		printf("  %s %s: %s, %s, %s %s%s%s\n", tr("Alarm"), f[1],
		    alarm_name(f[2]), when(at, f[4]),
		    strcmp(f[5], "seen") == 0 ? tr("seen") : tr("new"), f[6],
		    f[7][0] == '\0' ? "" : " ", f[7]);
	else if (strcmp(f[0], "waits") == 0 && n == 5)
		(void)fputs("  ", stdout),
		    say("Waiting: %s for %s, since %s\n", f[1],
			f[4][0] == '\0' ? tr("(no way is known)") : f[4],
			when(at, f[3]));
	else if (strcmp(f[0], "desk") == 0 && n >= 4)
		(void)fputs("  ", stdout),
		    say("At %s: %s not opened, %s not acted on\n", f[3], f[1],
			f[2]);
	else if (strcmp(f[0], "more") == 0 && n >= 3)
		(void)fputs("  ", stdout), say("and %s more\n", f[2]);
	else if (n >= 5 && f[0][0] >= '0' && f[0][0] <= '9' && f[0][1] == '\0')
		print_head(f, n);
	else
		printf("  %s\n", text);
	free(copy);
}

void
duty_print_list(const json_t *rows, const char *what, int64_t number)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (strcmp(row_text(row, "what"), what) == 0 &&
		    row_int(row, "number") == number)
			print_line(row_text(row, "text"));
	}
}

/* ---- antin duty show
 * ------------------------------------------------------------- */

static void
add_shift(struct table *t, const json_t *row, bool gap)
{
	char who[DUTY_WHO], at[TIME_TEXT];

	minute(at, row, "since");
	table_add(t, at);
	minute(at, row, "until");
	table_add(t, at);
	duty_who(who, gap ? NULL : row);
	table_add(t, who);
}

/* In the order of time: a gap ends where the next shift begins. */
static void
print_shifts(const json_t *rows)
{
	struct table t = { .columns = 3 };
	json_t *row, *gap;
	size_t i, k;

	table_add(&t, tr("From"));
	table_add(&t, tr("Until"));
	table_add(&t, tr("Person"));
	json_array_foreach(rows, i, row)
	{
		if (strcmp(row_text(row, "what"), "shift") != 0)
			continue;
		json_array_foreach(rows, k, gap)
		{
			if (strcmp(row_text(gap, "what"), "gap") == 0 &&
			    row_int(gap, "until") ==
				row_int(row, "since"))
				add_shift(&t, gap, true);
		}
		add_shift(&t, row, false);
	}
	table_print(&t);
}

static void
print_records(const json_t *rows)
{
	int64_t last = 0;
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (strcmp(row_text(row, "what"), "record") != 0 ||
		    row_int(row, "number") == last)
			continue;
		last = row_int(row, "number");
		printf("%lld. ", (long long)last);
		duty_print_list(rows, "record", last);
	}
}

static void
print_all(const json_t *rows, bool records)
{
	const json_t *desk = duty_row(rows, "desk"), *offer;
	const char *address = row_text(desk, "desk");

	if (address[0] != '\0')
		say("Desk on duty: %s\n", address);
	else
		say("No desk is on duty: see duty in antind.conf(5).\n");
	if (row_int(desk, "number") == 0) {
		say("There is no rota: see antin duty plan.\n");
		return;
	}
	duty_print_who(rows);
	if ((offer = duty_row(rows, "offer")) != NULL) {
		say("A hand-over waits for: %s (antin duty on)\n",
		    row_text(offer, "login")[0] == '\0'
			? tr("anybody of the rota")
			: row_text(offer, "login"));
		duty_print_list(rows, "line", row_int(offer, "number"));
	}
	print_shifts(rows);
	if (records)
		print_records(rows);
}

static enum rc
duty_show(const struct args *a, struct err *e)
{
	const bool records = arg_given(a, "records");
	json_t *rows = NULL;
	struct talk t;
	enum rc rc;

	if ((rc = talk_open(&t, a, e)) == RC_OK)
		rc = duty_ask(&rows, &t, records, e);
	if (rc == RC_OK && arg_given(a, "json")) {
		rows_show(rows);
		rows = NULL;
	} else if (rc == RC_OK) {
		print_all(rows, records);
	}
	json_decref(rows);
	talk_close(&t);
	return rc;
}

static const struct opt show_opts[] = {
	{ "records", NULL, "also what was handed over and noted", false },
	OPT_STATION,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_duty_show = {
	.name = "duty show",
	.args = "",
	.does = "Show who is on duty, and the rota.",
	.opts = show_opts,
	.least = 0,
	.most = 0,
	.run = duty_show,
};
