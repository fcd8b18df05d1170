/* SPDX-License-Identifier: EUPL-1.2 */
/* The report as tables on paper: Vietnamese, whatever the language of who
 * prints (docs/registry.md 9.3). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "envelope/label.h"
#include "print/print.h"
#include "print/said.h"

#define REPORT_ROWS 5000u /* of a table */
#define NUMBER 24u

static const char *
level_vi(const char *word)
{
	static const char *const names[] = { [LEVEL_ORDINARY] = "Thường",
		[LEVEL_MAT] = "Mật",
		[LEVEL_TOI_MAT] = "Tối mật",
		[LEVEL_TUYET_MAT] = "Tuyệt mật" };
	enum level l;

	return level_parse(&l, bytes_str(word)) ? names[l] : "";
}

static const char *
precedence_vi(const char *word)
{
	static const char *const names[] = { [PRECEDENCE_THUONG] = "Thường",
		[PRECEDENCE_KHAN] = "Khẩn",
		[PRECEDENCE_THUONG_KHAN] = "Thượng khẩn",
		[PRECEDENCE_HOA_TOC] = "Hỏa tốc",
		[PRECEDENCE_HOA_TOC_HEN_GIO] = "Hỏa tốc hẹn giờ" };
	enum precedence p;

	return precedence_parse(&p, bytes_str(word)) ? names[p] : "";
}

static const char *
way_vi(const json_t *row)
{
	return strcmp(row_text(row, "way"), "in") == 0 ? "Đến" : "Đi";
}

/* Cells, and the numbers that some of them borrow. */
struct cells {
	struct bytes *of;	 /* owned */
	char (*numbers)[NUMBER]; /* owned */
	size_t count, used;
};

static void
cells_new(struct cells *c, size_t rows, size_t columns)
{
	*c = (struct cells){ alloc(rows * columns + 1, sizeof(*c->of)),
		alloc(rows * columns + 1, NUMBER), 0, 0 };
}

static void
cells_free(struct cells *c)
{
	free(c->of);
	free(c->numbers);
}

static void
add(struct cells *c, const char *text)
{
	c->of[c->count++] = bytes_str(text);
}

static void
add_number(struct cells *c, int64_t n)
{
	char *text = c->numbers[c->used++];

	(void)snprintf(text, NUMBER, "%lld", (long long)n);
	add(c, text);
}

/* Hours and minutes. */
static void
add_hours(struct cells *c, int64_t seconds)
{
	char *text = c->numbers[c->used++];

	(void)snprintf(text, NUMBER, "%lld:%02lld", (long long)(seconds / 3600),
	    (long long)(seconds < 0 ? 0 : seconds / 60 % 60));
	add(c, text);
}

static void
add_count(struct cells *c, const json_t *row, int64_t *total)
{
	const char *title = row_text(row, "title");

	add(c, title[0] != '\0' ? title : row_text(row, "register"));
	add(c, way_vi(row));
	add(c, level_vi(row_text(row, "level")));
	add(c, precedence_vi(row_text(row, "precedence")));
	add_number(c, row_int(row, "count"));
	*total += row_int(row, "count") & INT32_MAX;
}

static void
add_time(struct cells *c, const json_t *row)
{
	add(c, way_vi(row));
	add(c, precedence_vi(row_text(row, "precedence")));
	add_number(c, row_int(row, "done"));
	add_number(c, row_int(row, "open"));
	if (json_is_integer(json_object_get(row, "late")))
		add_number(c, row_int(row, "late"));
	else
		add(c, "làm ngay");
	if (row_int(row, "done") > 0) {
		add_hours(c, row_int(row, "median"));
		add_hours(c, row_int(row, "longest"));
	} else {
		add(c, "");
		add(c, "");
	}
}

enum rc
print_report(struct form_out *out, const json_t *report, struct err *e)
{
	const json_t *counts = json_object_get(report, "counts"),
		     *times = json_object_get(report, "times"), *row;
	char from[TIME_TEXT], until[TIME_TEXT], all[NUMBER];
	struct cells a, b;
	struct form_report r;
	int64_t total = 0;
	size_t i;
	enum rc rc;

	if (!json_is_array(counts) || !json_is_array(times))
		return fail(
		    e, RC_INVALID, "the station's answer cannot be read");
	if (json_array_size(counts) > REPORT_ROWS ||
	    json_array_size(times) > REPORT_ROWS)
		return fail(
		    e, RC_LIMIT, "over %u rows in one sheet", REPORT_ROWS);
	cells_new(&a, json_array_size(counts), FORM_COUNTS);
	cells_new(&b, json_array_size(times), FORM_TIMES);
	json_array_foreach(counts, i, row) add_count(&a, row, &total);
	json_array_foreach(times, i, row) add_time(&b, row);
	said_time(from, report, "from");
	said_time(until, report, "until");
	(void)snprintf(all, sizeof(all), "%lld", (long long)total);
	r = (struct form_report){ .head = { .superior =
						said_bytes(report, "superior"),
				      .agency = said_bytes(report, "office") },
		.from = bytes_str(from),
		.until = bytes_str(until),
		.counts = { a.of, json_array_size(counts) },
		.total = bytes_str(all),
		.times = { b.of, json_array_size(times) } };
	rc = form_report(out, &r, e);
	cells_free(&a);
	cells_free(&b);
	return rc;
}
