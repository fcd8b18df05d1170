/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/register.h"

#include <stdio.h>
#include <stdlib.h>

#define SIZE 11.0     /* points, of cells */
#define PAD 1.2	      /* mm, between a cell's lines and its text */
#define FOOT 13.0     /* mm above the page's end: what the sheet is of */
#define FRAME 0.35    /* mm, around the table */
#define SIGNED 50.0   /* mm: what the places of signatures take */
#define ROW 60.0      /* mm: no row is made higher than this */
#define NARROWEST 6.0 /* mm, of columns */
#define NUMBERS 5.0   /* mm: the row of the columns' numbers */
#define HEAD 60.0     /* mm: the names of columns take no more */
#define BEGUN 30.0    /* mm: a row that no page holds begins in no less */
#define DOTS "………………"
#define CONTINUED " (tiếp)"

struct register_print {
	const struct register_book *book;
	struct page *page;
	struct page_block *blocks[REGISTER_COLUMNS]; /* a cell each */
	double x[REGISTER_COLUMNS + 1];		     /* mm: their edges */
	double top, y, bottom; /* of the table; of the next row; of pages */
	double names, body;    /* mm: what the columns' names take, and rows */
	size_t rows;
	unsigned pages;	 /* with rows: the cover has no number */
	struct buf text; /* what is put together to be drawn */
};

static const struct page_style cell_plain = { .points = SIZE };
static const struct page_style column_name = {
	.points = SIZE, .face = PAGE_BOLD, .align = PAGE_MIDDLE
};
static const struct page_style middle = { .points = 13, .align = PAGE_MIDDLE };
static const struct page_style middle_bold = {
	.points = 13, .face = PAGE_BOLD, .align = PAGE_MIDDLE
};
static const struct page_style middle_italic = {
	.points = 13, .face = PAGE_ITALIC, .align = PAGE_MIDDLE
};
static const struct page_style small = { .points = 9, .ink = PAGE_GREY };

static double
width(const struct register_print *r)
{
	return r->x[r->book->count] - r->x[0];
}

/* Text in the table's width. */
static double
put(struct register_print *r, const struct page_style *s, double y,
    struct bytes text)
{
	return page_text(r->page, s, r->x[0], y, width(r), text);
}

static void
add(struct register_print *r, const char *label, struct bytes value)
{
	buf_add(&r->text, bytes_str(label));
	buf_add(&r->text, value);
}

static struct bytes
or_dots(struct bytes value)
{
	return value.len > 0 ? value : bytes_str(DOTS);
}

/* ---- the cover --------------------------------------------------------- */

static void
cover_frame(struct register_print *r)
{
	const double x = PAGE_LEFT - 8, y = 12;
	const double w = page_width(r->page) - x - 7,
		     h = page_height(r->page) - 2 * y;

	page_box(r->page, x, y, w, h, 0.9, PAGE_BLACK);
	page_box(r->page, x + 1.8, y + 1.8, w - 3.6, h - 3.6, 0.3, PAGE_BLACK);
}

static double
cover_line(struct register_print *r, double y)
{
	const struct page_style s = { .points = 16, .align = PAGE_MIDDLE };

	y = put(r, &s, y, buf_bytes(&r->text)) + 3;
	r->text.len = 0;
	return y;
}

static void
cover(struct register_print *r)
{
	const struct register_book *b = r->book;
	const struct page_style title = {
		.points = 26, .face = PAGE_BOLD, .align = PAGE_MIDDLE
	};
	const struct page_style mark = { .points = 14,
		.face = PAGE_BOLD,
		.align = PAGE_MIDDLE,
		.ink = PAGE_RED };
	const struct page_style superior = { .points = 14,
		.align = PAGE_MIDDLE };
	const struct page_style agency = {
		.points = 14, .face = PAGE_BOLD, .align = PAGE_MIDDLE
	};
	const double centre = r->x[0] + width(r) / 2;
	double y = 24, w;

	cover_frame(r);
	if (b->superior.len > 0)
		y = put(r, &superior, y, b->superior) + 0.8;
	y = put(r, &agency, y, or_dots(b->agency)) + 1;
	page_line(r->page, centre - 17, y, centre + 17, y, 0.3, PAGE_BLACK);
	if (b->mark.len > 0) {
		w = page_text_width(r->page, &mark, b->mark) + 8;
		page_box(r->page, centre - w / 2, y + 8, w, 8, 0.4, PAGE_RED);
		page_text_in(
		    r->page, &mark, centre - w / 2, y + 8, w, 8, b->mark);
	}
	y = page_height(r->page) * 0.39;
	y = put(r, &title, y, or_dots(b->title)) + 12;
	add(r, "Năm: ", or_dots(b->year));
	y = cover_line(r, y);
	add(r, "Từ ngày ", or_dots(b->first_date));
	add(r, " đến ngày ", or_dots(b->last_date));
	y = cover_line(r, y);
	add(r, "Từ số ", or_dots(b->first_serial));
	add(r, " đến số ", or_dots(b->last_serial));
	y = cover_line(r, y);
	add(r, "Quyển số: ", or_dots(b->volume));
	(void)cover_line(r, y);
}

/* ---- pages ------------------------------------------------------------- */

/* A row's cells are drawn: their edges. */
static void
rule_row(struct register_print *r, double from, double to)
{
	size_t i, n = r->book->count;

	for (i = 0; i <= n; i++)
		page_line(r->page, r->x[i], from, r->x[i], to,
		    i == 0 || i == n ? FRAME : PAGE_HAIR, PAGE_BLACK);
	page_line(r->page, r->x[0], to, r->x[n], to, PAGE_HAIR, PAGE_BLACK);
}

/* What a sheet that fell out of the book is of. */
static void
foot(struct register_print *r)
{
	const struct register_book *b = r->book;
	const double y = page_height(r->page) - FOOT;

	add(r, "", b->title);
	add(r, b->agency.len > 0 ? " – " : "", b->agency);
	if (b->year.len > 0)
		add(r, " – Năm ", b->year);
	if (b->volume.len > 0)
		add(r, " – Quyển số ", b->volume);
	put(r, &small, y, buf_bytes(&r->text));
	r->text.len = 0;
}

static void
page_head(struct register_print *r)
{
	const struct page_style mark = { .points = 12,
		.face = PAGE_BOLD,
		.align = PAGE_END,
		.ink = PAGE_RED };
	char number[16];

	r->pages++;
	(void)snprintf(number, sizeof(number), "%u", r->pages);
	put(r, &middle, 11, bytes_str(number));
	if (r->book->mark.len > 0)
		put(r, &mark, 11.2, r->book->mark);
	foot(r);
}

/* The names of the columns, and their numbers below. */
static void
table_head(struct register_print *r)
{
	const struct page_style number = {
		.points = 9, .face = PAGE_ITALIC, .align = PAGE_MIDDLE
	};
	const struct register_column *c = r->book->columns;
	const double y = r->top, tall = r->names;
	char text[16];
	size_t i;

	for (i = 0; i < r->book->count; i++)
		page_text_in(r->page, &column_name, r->x[i] + PAD, y,
		    r->x[i + 1] - r->x[i] - 2 * PAD, tall, c[i].name);
	for (i = 0; i < r->book->count; i++) {
		(void)snprintf(text, sizeof(text), "(%zu)", i + 1);
		page_text_in(r->page, &number, r->x[i], y + tall,
		    r->x[i + 1] - r->x[i], NUMBERS, bytes_str(text));
	}
	page_line(r->page, r->x[0], y, r->x[i], y, FRAME, PAGE_BLACK);
	rule_row(r, y, y + tall);
	rule_row(r, y + tall, y + tall + NUMBERS);
	r->y = y + tall + NUMBERS;
}

static void
new_page(struct register_print *r)
{
	page_next(r->page);
	page_head(r);
	table_head(r);
}

/* ---- rows --------------------------------------------------------------- */

static void
set_cells(struct register_print *r, const struct bytes *cells, bool cancelled)
{
	const struct register_column *c = r->book->columns;
	struct page_style s = cell_plain;
	size_t i, n = r->book->count;

	for (i = 0; i < n; i++) {
		s.align = c[i].align;
		/* the last cell says why */
		s.face = cancelled && i + 1 < n ? PAGE_STRUCK : 0;
		page_block_set(r->blocks[i], &s,
		    r->x[i + 1] - r->x[i] - 2 * PAD, cells[i]);
	}
}

static double
row_height(const struct register_print *r)
{
	double tall = 0, h;
	size_t i;

	for (i = 0; i < r->book->count; i++) {
		h = page_block_height(r->blocks[i]);
		tall = h > tall ? h : tall;
	}
	tall += 2 * PAD;
	h = r->book->row < ROW ? r->book->row : ROW;
	return tall > h ? tall : h;
}

/* What of each cell has room; true where something is left of a cell from
 * "first" on. */
static bool
draw_cells(struct register_print *r, size_t *lines, size_t first, double *end)
{
	double below;
	bool left = false;
	size_t i;

	*end = r->y;
	for (i = 0; i < r->book->count; i++) {
		below = page_block_draw(r->blocks[i], &lines[i], r->x[i] + PAD,
		    r->y + PAD, r->bottom - PAD);
		*end = below + PAD > *end ? below + PAD : *end;
		left |= i >= first && lines[i] < page_block_lines(r->blocks[i]);
	}
	return left;
}

/* The first cell again, on the next page: it has nothing else left. */
static void
set_continued(struct register_print *r, struct bytes first)
{
	struct page_style s = cell_plain;

	s.face = PAGE_ITALIC;
	s.align = r->book->columns[0].align;
	add(r, "", first);
	add(r, CONTINUED, bytes_str(""));
	page_block_set(
	    r->blocks[0], &s, r->x[1] - r->x[0] - 2 * PAD, buf_bytes(&r->text));
	r->text.len = 0;
}

/* The rest of a row, page after page. */
static void
go_on(struct register_print *r, struct bytes first, size_t *lines)
{
	double end;
	bool more = true, named = false;

	while (more) {
		new_page(r);
		named |= lines[0] >= page_block_lines(r->blocks[0]);
		if (named) {
			set_continued(r, first);
			lines[0] = 0;
		}
		more = draw_cells(r, lines, named, &end);
		rule_row(r, r->y, end);
		r->y = end;
	}
}

enum rc
register_row(struct register_print *r, const struct bytes *cells,
    bool cancelled, struct err *e)
{
	size_t lines[REGISTER_COLUMNS] = { 0 }, i;
	double tall, end;
	bool more;

	for (i = 0; i < r->book->count; i++)
		if (cells[i].len > REGISTER_CELL)
			return fail(e, RC_LIMIT,
			    "a register's cell of %zu bytes, at most %u",
			    cells[i].len, REGISTER_CELL);
	if (r->pages == 0)
		new_page(r);
	set_cells(r, cells, cancelled);
	tall = row_height(r);
	/* one that no page holds begins where it stands */
	if (r->y + (tall > r->body ? BEGUN : tall) > r->bottom)
		new_page(r);
	more = draw_cells(r, lines, 0, &end);
	if (!more && end < r->y + tall)
		end = r->y + tall;
	rule_row(r, r->y, end);
	r->y = end;
	if (more)
		go_on(r, cells[0], lines);
	r->rows++;
	return RC_OK;
}

/* ---- the end ------------------------------------------------------------ */

static void
signer(struct register_print *r, double x, double w, double y,
    const struct register_signer *s, const char *title, const char *how)
{
	y = page_text(r->page, &middle_bold, x, y, w,
	    s->title.len > 0 ? s->title : bytes_str(title));
	(void)page_text(r->page, &middle_italic, x, y, w, bytes_str(how));
	if (s->name.len > 0)
		(void)page_text(r->page, &middle_bold, x, y + 26, w, s->name);
}

/* A page without a table. */
static void
last_page(struct register_print *r)
{
	page_next(r->page);
	page_head(r);
	r->y = r->top;
}

/* How many pages there are is said on the last of them, so what is said has to
 * be laid out before: one more page where it has no room. */
static void
closing_note(struct register_print *r, unsigned pages)
{
	const struct register_book *b = r->book;
	const struct page_style note = { .points = 13, .align = PAGE_JUSTIFY };
	char counts[96];

	(void)snprintf(counts, sizeof(counts),
	    "Sổ này có %u trang (không kể trang bìa), đăng ký %zu dòng", pages,
	    r->rows);
	r->text.len = 0;
	add(r, counts, bytes_str(""));
	if (b->first_serial.len > 0 && b->last_serial.len > 0) {
		add(r, ", từ số ", b->first_serial);
		add(r, " đến số ", b->last_serial);
	}
	add(r, ". ", b->closing);
	page_block_set(r->blocks[0], &note, width(r), buf_bytes(&r->text));
	r->text.len = 0;
}

static void
closing(struct register_print *r)
{
	const struct register_book *b = r->book;
	const double half = width(r) / 2;
	double y;
	size_t line = 0;

	if (r->pages == 0)
		new_page(r);
	closing_note(r, r->pages);
	if (r->y + 5 + page_block_height(r->blocks[0]) + SIGNED > r->bottom) {
		last_page(r);
		closing_note(r, r->pages);
	}
	y = page_block_draw(r->blocks[0], &line, r->x[0], r->y + 5, r->bottom) +
	    4;
	y = page_text(r->page, &middle_italic, r->x[0] + half, y, half,
		b->place_date.len > 0
		    ? b->place_date
		    : bytes_str("…………, ngày …… tháng …… năm ………")) +
	    1;
	signer(r, r->x[0], half, y, &b->keeper, "NGƯỜI GIỮ SỔ",
	    "(Ký, ghi rõ họ tên)");
	signer(r, r->x[0] + half, half, y, &b->head, "THỦ TRƯỞNG CƠ QUAN",
	    "(Ký tên, đóng dấu)");
}

/* ---- the whole ----------------------------------------------------------- */

static enum rc
check(const struct register_book *b, struct err *e)
{
	if (b->count == 0 || b->count > REGISTER_COLUMNS)
		return fail(e, RC_INVALID,
		    "a register of %zu columns; it has 1 to %u", b->count,
		    REGISTER_COLUMNS);
	if (b->closing.len > REGISTER_CLOSING)
		return fail(e, RC_LIMIT,
		    "a register's closing note of %zu bytes, at most %u",
		    b->closing.len, REGISTER_CLOSING);
	return RC_OK;
}

/* A row has to have room under the columns' names. */
static enum rc
lay_out(struct register_print *r, struct err *e)
{
	const struct register_book *b = r->book;
	const double room = page_width(r->page) - PAGE_LEFT - PAGE_RIGHT;
	double all = 0, w;
	size_t i;

	for (i = 0; i < b->count; i++)
		all += b->columns[i].width;
	r->x[0] = PAGE_LEFT;
	r->top = PAGE_TOP;
	r->bottom = page_height(r->page) - PAGE_BOTTOM;
	for (i = 0; i < b->count; i++) {
		w = room * b->columns[i].width / all;
		if (!(w >= NARROWEST))
			return fail(e, RC_INVALID,
			    "column %zu of a register is too narrow", i + 1);
		r->x[i + 1] = r->x[i] + w;
		r->blocks[i] = page_block_new(r->page);
		page_block_set(r->blocks[i], &column_name, w - 2 * PAD,
		    b->columns[i].name);
		w = page_block_height(r->blocks[i]) + 2 * PAD;
		r->names = w > r->names ? w : r->names;
		if (w > HEAD)
			return fail(e, RC_LIMIT,
			    "the name of column %zu of a register is too long",
			    i + 1);
	}
	r->body = r->bottom - r->top - r->names - NUMBERS;
	return RC_OK;
}

enum rc
register_open(struct register_print **out, struct sink to,
    const struct register_book *book, struct err *e)
{
	const struct page_about about = { book->title, book->made };
	struct register_print *r;
	enum rc rc;

	*out = NULL;
	if ((rc = check(book, e)) != RC_OK)
		return rc;
	r = alloc(1, sizeof(*r));
	r->book = book;
	rc = page_open(&r->page, to, PAGE_LANDSCAPE, &about, e);
	if (rc == RC_OK)
		rc = lay_out(r, e);
	if (rc != RC_OK) {
		register_drop(r);
		return rc;
	}
	cover(r);
	*out = r;
	return RC_OK;
}

static void
register_free(struct register_print *r)
{
	size_t i;

	for (i = 0; i < REGISTER_COLUMNS; i++)
		page_block_free(r->blocks[i]);
	buf_free(&r->text);
}

enum rc
register_close(struct register_print *r, size_t *unknown, struct err *e)
{
	enum rc rc;

	closing(r);
	register_free(r);
	if (unknown != NULL)
		*unknown = page_unknown(r->page);
	rc = page_close(r->page, e);
	free(r);
	return rc;
}

void
register_drop(struct register_print *r)
{
	if (r == NULL)
		return;
	register_free(r);
	page_drop(r->page);
	free(r);
}
