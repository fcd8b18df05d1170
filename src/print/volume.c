/* SPDX-License-Identifier: EUPL-1.2 */
/* A volume of a register, on paper or for another program (docs/registry.md
 * 9.2, 9.3). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/viet.h"
#include "envelope/label.h"
#include "form/stamps.h"
#include "print/print.h"
#include "print/said.h"

#define REASON_MAX                                                             \
	600u /* bytes of a gap's reason that the closing note has              \
	      */

/* A line, and what was said of it later. */
struct line {
	const json_t *row;
	const json_t **remarks; /* owned */
	size_t count;
};

struct volume {
	const json_t *about; /* borrowed, as all rows */
	const json_t *gap;   /* NULL: no number is missing */
	const char *title;
	struct grid_column columns[GRID_COLUMNS];
	size_t column_count;
	struct line *lines; /* owned */
	size_t line_count;
	enum level level; /* the highest of a line */
};

/* ---- what the station said ----------------------------------------------- */

static void
volume_free(struct volume *v)
{
	size_t i;

	for (i = 0; i < v->line_count; i++)
		free(v->lines[i].remarks);
	free(v->lines);
}

static void
add_column(struct volume *v, const json_t *row)
{
	const char *field = row_text(row, "field");
	const bool middle =
	    strcmp(field, "serial") == 0 || strcmp(field, "number") == 0 ||
	    strcmp(field, "date") == 0 || strcmp(field, "arrived") == 0 ||
	    strcmp(field, "level") == 0 || strcmp(field, "copies") == 0;
	const int64_t width = row_int(row, "width");

	if (v->column_count == GRID_COLUMNS)
		return; /* as many as rules can give are fewer */
	v->columns[v->column_count++] = (struct grid_column){
		.key = bytes_str(field),
		.name = bytes_str(row_text(row, "title")),
		.width = width < 1 || width > 1000 ? 1 : (double)width,
		.align = middle ? PAGE_MIDDLE : PAGE_START,
	};
}

static void
add_line(struct volume *v, const json_t *row)
{
	enum level level;

	if (level_parse(&level, bytes_str(row_text(row, "line-level"))) &&
	    level > v->level)
		v->level = level;
	v->lines[v->line_count++].row = row;
}

/* Lines come by their serials. */
static void
add_remark(struct volume *v, const json_t *row)
{
	const int64_t serial = row_int(row, "serial");
	size_t low = 0, high = v->line_count, mid;
	struct line *l;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (row_int(v->lines[mid].row, "serial") < serial)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == v->line_count)
		return;
	l = &v->lines[low];
	l->remarks = realloc(l->remarks, (l->count + 1) * sizeof(*l->remarks));
	if (l->remarks == NULL)
		bug("no memory");
	l->remarks[l->count++] = row;
}

static enum rc
volume_read(struct volume *v, const json_t *rows, struct err *e)
{
	const json_t *row;
	size_t i;

	v->lines = alloc(json_array_size(rows) + 1, sizeof(*v->lines));
	json_array_foreach(rows, i, row)
	{
		if (row_is(row, "book"))
			v->about = row;
		else if (row_is(row, "gap"))
			v->gap = row;
		else if (row_is(row, "title"))
			v->title = row_text(row, "title");
		else if (row_is(row, "column"))
			add_column(v, row);
		else if (row_is(row, "line"))
			add_line(v, row);
	}
	json_array_foreach(rows, i, row)
	{
		if (row_is(row, "remark"))
			add_remark(v, row);
	}
	if (v->about != NULL && v->title != NULL && v->column_count > 0)
		return RC_OK;
	return fail(e, RC_INVALID, "the station's answer cannot be read");
}

/* ---- cells (docs/registry.md 9.3) ---------------------------------------- */

static bool
has_column(const struct volume *v, const char *word)
{
	size_t i;

	for (i = 0; i < v->column_count; i++)
		if (bytes_is(v->columns[i].key, word))
			return true;
	return false;
}

/* The column that a remark under this word stands in; NULL: the notes. */
static const char *
column_of(const struct volume *v, const char *word)
{
	if (has_column(v, word) && strcmp(word, "note") != 0)
		return word;
	/* "recipients, and received by" is one column in registers of secrets
	 */
	if (strcmp(word, "signed") == 0 && has_column(v, "recipients"))
		return "recipients";
	if (strcmp(word, "signed") == 0 && has_column(v, "to"))
		return "to";
	return NULL;
}

/* What stands before a remark among the notes: Vietnamese, as all of it. */
static const char *
label_of(const char *word)
{
	static const struct {
		const char *word, *label;
	} laters[] = {
		{ "cancelled", "ĐÃ HỦY: " },
		{ "refused", "Nơi nhận từ chối: " },
		{ "extended", "Gia hạn: " },
		{ "relevelled", "Điều chỉnh độ mật: " },
		{ "declassified", "Giải mật: " },
		{ "recalled", "Thu hồi: " },
		{ "destroyed", "Đã tiêu hủy: " },
		{ "sent", "Chuyển ngày " },
		{ "passed", "Chuyển ngày " },
		{ "delivered", "Giao lúc " },
		{ "disposal", "Bản rõ: " },
		{ "form", "Hình thức sao: " },
	};
	size_t i;

	for (i = 0; i < sizeof(laters) / sizeof(laters[0]); i++)
		if (strcmp(word, laters[i].word) == 0)
			return laters[i].label;
	return "";
}

static void
join(struct buf *to, const char *between, const char *text)
{
	if (to->len > 0 && text[0] != '\0')
		buf_add(to, bytes_str(between));
	buf_add(to, bytes_str(text));
}

static void
add_part(struct buf *to, const char *label, const char *text)
{
	if (text[0] == '\0')
		return;
	join(to, "; ", label[0] != '\0' ? label : text);
	if (label[0] != '\0')
		buf_add(to, bytes_str(text));
}

/* Who it went to, by name: "Văn thư (antin://vn/van-thu)" is for machines. */
static void
add_names(struct buf *to, const char *list)
{
	const char *at, *end;

	if (to->len > 0 && list[0] != '\0')
		buf_add(to, bytes_str("; "));
	while ((at = strstr(list, " (antin://")) != NULL &&
	       (end = strchr(at, ')')) != NULL) {
		buf_add(to, (struct bytes){
				(const uint8_t *)list, (size_t)(at - list) });
		list = end + 1;
	}
	buf_add(to, bytes_str(list));
}

/* What is no cell: what a row is told by. */
static bool
is_frame(const char *name)
{
	static const char *const frame[] = { "row", "serial", "volume", "at",
		"line-level", "type", "abstract" };
	size_t i;

	for (i = 0; i < sizeof(frame) / sizeof(frame[0]); i++)
		if (strcmp(name, frame[i]) == 0)
			return true;
	return false;
}

/* All of a row (a line's or a remark's) that goes into this column, NULL: that
 * goes among the notes. */
static void
add_cells(struct buf *to, const struct volume *v, const json_t *row,
    const char *column)
{
	const char *name, *at;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)row, name, value)
	{
		if (is_frame(name) || !json_is_string(value))
			continue;
		at = column_of(v, name);
		if (at == NULL && column == NULL)
			add_part(to, label_of(name), json_string_value(value));
		else if (at == NULL || column == NULL ||
			 strcmp(at, column) != 0)
			continue;
		else if (strcmp(name, "recipients") == 0)
			add_names(to, json_string_value(value));
		else
			add_part(to, "", json_string_value(value));
	}
}

static void
make_cell(struct buf *to, const struct volume *v, const struct line *l,
    struct bytes field, bool last)
{
	const bool note = bytes_is(field, "note");
	char word[64], serial[24];
	size_t i;

	(void)snprintf(
	    word, sizeof(word), "%.*s", (int)field.len, (const char *)field.p);
	if (bytes_is(field, "serial")) {
		(void)snprintf(serial, sizeof(serial), "%02lld",
		    (long long)row_int(l->row, "serial"));
		buf_add(to, bytes_str(serial));
	} else if (bytes_is(field, "type-abstract")) {
		buf_add(to, bytes_str(row_text(l->row, "type")));
		join(to, ": ", row_text(l->row, "abstract"));
	} else if (!note) {
		add_cells(to, v, l->row, word);
		for (i = 0; i < l->count; i++)
			add_cells(to, v, l->remarks[i], word);
	}
	/* where a register has no column for notes they stand in its last */
	if (!note && (!last || has_column(v, "note")))
		return;
	add_cells(to, v, l->row, NULL);
	for (i = 0; i < l->count; i++)
		add_cells(to, v, l->remarks[i], NULL);
}

static bool
is_cancelled(const struct line *l)
{
	size_t i;

	if (row_text(l->row, "cancelled")[0] != '\0')
		return true;
	for (i = 0; i < l->count; i++)
		if (row_text(l->remarks[i], "cancelled")[0] != '\0')
			return true;
	return false;
}

/* A cell is held to what a grid takes: a longer one is cut, and says so. */
static void
cut(struct buf *text, size_t max)
{
	static const char more[] = " …";

	if (text->len <= max)
		return;
	text->len = max - (sizeof(more) - 1);
	while (text->len > 0 && (text->p[text->len] & 0xc0) == 0x80)
		text->len--;
	buf_add(text, bytes_str(more));
}

/* Give each line to put(), as cells. */
static enum rc
each_line(const struct volume *v,
    enum rc (*put)(
	void *ctx, const struct bytes *cells, bool cancelled, struct err *e),
    void *ctx, struct err *e)
{
	struct buf texts[GRID_COLUMNS] = { 0 };
	struct bytes cells[GRID_COLUMNS];
	size_t i, c;
	enum rc rc = RC_OK;

	for (i = 0; i < v->line_count && rc == RC_OK; i++) {
		for (c = 0; c < v->column_count; c++) {
			texts[c].len = 0;
			make_cell(&texts[c], v, &v->lines[i], v->columns[c].key,
			    c + 1 == v->column_count);
			cut(&texts[c], GRID_CELL);
			cells[c] = buf_bytes(&texts[c]);
		}
		rc = put(ctx, cells, is_cancelled(&v->lines[i]), e);
	}
	for (c = 0; c < GRID_COLUMNS; c++)
		buf_free(&texts[c]);
	return rc;
}

/* ---- the book ------------------------------------------------------------ */

static void
day(char out[static TIME_TEXT], const json_t *row, const char *key)
{
	said_time(out, row, key);
	out[strlen(out) < 10 ? strlen(out) : 10] = '\0';
}

/* What is said at the end besides pages and lines. */
static void
closing(struct buf *out, const struct volume *v)
{
	char text[160], closed[TIME_TEXT];
	struct buf words = { 0 }, reason = { 0 };

	viet_number_words(&words, v->line_count);
	buf_add(out, bytes_str("Số dòng bằng chữ: "));
	buf_add(out, buf_bytes(&words));
	buf_add(out, bytes_str(" dòng. "));
	day(closed, v->about, "closed");
	if (closed[0] != '\0')
		(void)snprintf(
		    text, sizeof(text), "Quyển này đóng ngày %s.", closed);
	else
		(void)snprintf(
		    text, sizeof(text), "Quyển này chưa đóng khi in.");
	buf_add(out, bytes_str(text));
	if (v->gap != NULL) {
		buf_add(&reason, bytes_str(row_text(v->gap, "text")));
		cut(&reason, REASON_MAX);
		(void)snprintf(text, sizeof(text),
		    " Không có các số từ %02lld đến %02lld (khôi phục hệ "
		    "thống): ",
		    (long long)row_int(v->gap, "first"),
		    (long long)row_int(v->gap, "last"));
		buf_add(out, bytes_str(text));
		buf_add(out, buf_bytes(&reason));
		buf_add(out, bytes_str("."));
	}
	buf_free(&words);
	buf_free(&reason);
}

static struct bytes
mark_of(enum level level)
{
	const struct stamp *s = stamp_find(bytes_str(level_word(level)));

	return level == LEVEL_ORDINARY || s == NULL ? (struct bytes){ 0 }
						    : bytes_str(s->text);
}

/* Texts that a book borrows. */
struct texts {
	char year[8], volume[16], from[TIME_TEXT], until[TIME_TEXT];
	char first[24], last[24];
	struct buf closing; /* owned */
};

static void
book_of(struct register_book *b, struct texts *s, const struct volume *v,
    int64_t made)
{
	const struct line *last =
	    v->line_count == 0 ? NULL : &v->lines[v->line_count - 1];

	*b = (struct register_book){ .title = bytes_str(v->title),
		.mark = mark_of(v->level),
		.superior = bytes_str(row_text(v->about, "superior")),
		.agency = bytes_str(row_text(v->about, "office")),
		.columns = v->columns,
		.count = v->column_count,
		.made = made };
	(void)snprintf(
	    s->year, sizeof(s->year), "%d", (int)row_int(v->about, "year"));
	(void)snprintf(s->volume, sizeof(s->volume), "%02lld",
	    (long long)row_int(v->about, "volume"));
	b->year = bytes_str(s->year);
	b->volume = bytes_str(s->volume);
	closing(&s->closing, v);
	b->closing = buf_bytes(&s->closing);
	if (last == NULL)
		return;
	day(s->from, v->lines[0].row, "at");
	day(s->until, last->row, "at");
	(void)snprintf(s->first, sizeof(s->first), "%02lld",
	    (long long)row_int(v->lines[0].row, "serial"));
	(void)snprintf(s->last, sizeof(s->last), "%02lld",
	    (long long)row_int(last->row, "serial"));
	b->first_date = bytes_str(s->from);
	b->last_date = bytes_str(s->until);
	b->first_serial = bytes_str(s->first);
	b->last_serial = bytes_str(s->last);
}

/* ---- formats ------------------------------------------------------------- */

static enum rc
put_row(void *ctx, const struct bytes *cells, bool cancelled, struct err *e)
{
	return register_row(ctx, cells, cancelled, e);
}

enum rc
print_volume(struct form_out *out, const json_t *rows, struct err *e)
{
	struct volume v = { .level = LEVEL_ORDINARY };
	struct texts texts = { .closing = { 0 } };
	struct register_print *r = NULL;
	struct register_book book;
	enum rc rc;

	if ((rc = volume_read(&v, rows, e)) != RC_OK)
		goto out;
	book_of(&book, &texts, &v, out->made);
	rc = register_open(&r, out->to, &book, e);
	if (rc == RC_OK && (rc = each_line(&v, put_row, r, e)) == RC_OK)
		rc = register_close(r, &out->unknown, e);
	else
		register_drop(r);
out:
	buf_free(&texts.closing);
	volume_free(&v);
	return rc;
}

static enum rc
put_csv(void *ctx, const struct bytes *cells, bool cancelled, struct err *e)
{
	(void)cancelled; /* its note says so */
	return csv_row(ctx, cells, e);
}

enum rc
print_volume_rows(
    struct sink to, enum csv_form form, const json_t *rows, struct err *e)
{
	struct volume v = { .level = LEVEL_ORDINARY };
	struct csv csv = { 0 };
	enum rc rc;

	if ((rc = volume_read(&v, rows, e)) != RC_OK)
		goto out;
	rc = csv_open(&csv, to, form, v.columns, v.column_count, e);
	if (rc == RC_OK && (rc = each_line(&v, put_csv, &csv, e)) == RC_OK)
		rc = csv_close(&csv, e);
	else
		csv_drop(&csv);
out:
	volume_free(&v);
	return rc;
}
