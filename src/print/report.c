/* SPDX-License-Identifier: EUPL-1.2 */
#include "print/report.h"

#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "envelope/label.h"
#include "print/said.h"

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
bool
report_period(int64_t *from, int64_t *until, const char *word, int64_t t)
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

void
report_free(struct report *r)
{
	size_t w, p;

	for (w = 0; w < REPORT_WAYS; w++)
		for (p = 0; p < REPORT_PRECEDENCES; p++)
			free(r->took[w][p].seconds);
	json_decref(r->counts);
}

void
report_add(struct report *r, const json_t *row, int64_t now)
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
	    (unsigned)p >= REPORT_PRECEDENCES || began == 0)
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

void
report_done(struct report *r)
{
	size_t w, p;

	for (w = 0; w < REPORT_WAYS; w++)
		for (p = 0; p < REPORT_PRECEDENCES; p++)
			if (r->took[w][p].done > 0)
				qsort(r->took[w][p].seconds, r->took[w][p].done,
				    sizeof(int64_t), by_number);
}

/* ---- showing ------------------------------------------------------------- */

const char *
report_rank(const json_t *row)
{
	static const enum precedence of[] = { PRECEDENCE_THUONG,
		PRECEDENCE_KHAN, PRECEDENCE_THUONG_KHAN, PRECEDENCE_HOA_TOC };
	const int64_t rank = row_int(row, "rank");

	return precedence_word(of[rank < 0 || rank > 3 ? 0 : rank]);
}

/* Half of them took no longer. */
int64_t
took_median(const struct took *t)
{
	return t->done == 0 ? 0 : t->seconds[(t->done - 1) / 2];
}

int64_t
took_longest(const struct took *t)
{
	return t->done == 0 ? 0 : t->seconds[t->done - 1];
}

static void
put(json_t *to, const char *key, json_t *value)
{
	(void)json_object_set_new(to, key, value);
}

/* Under the same names as the station's. */
static void
copy(json_t *to, const json_t *row, const char *key)
{
	if (row_text(row, key)[0] != '\0')
		put(to, key, json_string(row_text(row, key)));
}

json_t *
report_json(const struct report *r, int64_t from, int64_t until)
{
	json_t *root = json_object(), *list, *item, *row;
	const struct took *t;
	size_t i, w, p;

	put(root, "from", json_integer(from));
	put(root, "until", json_integer(until));
	copy(root, json_array_get(r->counts, 0), "office");
	copy(root, json_array_get(r->counts, 0), "superior");
	put(root, "counts", list = json_array());
	json_array_foreach(r->counts, i, row)
	{
		(void)json_array_append_new(list, item = json_object());
		put(item, "register", json_string(row_text(row, "book")));
		copy(item, row, "title");
		put(item, "way", json_string(row_text(row, "way")));
		put(item, "level", json_string(row_text(row, "level")));
		put(item, "precedence", json_string(report_rank(row)));
		put(item, "count", json_integer(row_int(row, "count")));
	}
	put(root, "times", list = json_array());
	for (w = 0; w < REPORT_WAYS; w++)
		for (p = 0; p < REPORT_PRECEDENCES; p++) {
			t = &r->took[w][p];
			if (t->done + t->open == 0)
				continue;
			(void)json_array_append_new(list, item = json_object());
			put(item, "way", json_string(w == 1 ? "in" : "out"));
			put(item, "precedence",
			    json_string(precedence_word((enum precedence)p)));
			put(item, "done", json_integer((json_int_t)t->done));
			put(item, "open", json_integer((json_int_t)t->open));
			if (!t->at_once)
				put(item, "late",
				    json_integer((json_int_t)t->late));
			if (t->done == 0)
				continue;
			put(item, "median", json_integer(took_median(t)));
			put(item, "longest", json_integer(took_longest(t)));
		}
	return root;
}
