/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/register.h"

#include <stdio.h>
#include <stdlib.h>

#define SIZE 11.0   /* points, of cells */
#define FOOT 13.0   /* mm above the page's end: what the sheet is of */
#define SIGNED 50.0 /* mm: what the places of signatures take */
#define DOTS "………………"

struct register_print {
	const struct register_book *book;
	struct page *page;
	struct grid grid;
	struct page_block *note; /* the closing one */
	size_t rows;
	unsigned pages;	 /* with rows: the cover has no number */
	struct buf text; /* what is put together to be drawn */
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
	return page_width(r->page) - PAGE_LEFT - PAGE_RIGHT;
}

/* Text in the table's width. */
static double
put(struct register_print *r, const struct page_style *s, double y,
    struct bytes text)
{
	return page_text(r->page, s, PAGE_LEFT, y, width(r), text);
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
	const double centre = PAGE_LEFT + width(r) / 2;
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

/* The first page after the cover. */
static void
begin_table(struct register_print *r)
{
	if (r->pages > 0)
		return;
	page_next(r->page);
	page_head(r);
	grid_head(&r->grid);
}

/* For the grid, which goes on there. */
static void
turn(void *ctx)
{
	struct register_print *r = ctx;

	page_next(r->page);
	page_head(r);
}

enum rc
register_row(struct register_print *r, const struct bytes *cells,
    bool cancelled, struct err *e)
{
	bool filled = false;
	size_t i;
	enum rc rc;

	for (i = 0; i < r->book->count; i++)
		filled |= cells[i].len > 0;
	begin_table(r);
	rc = grid_row(&r->grid, cells, cancelled, e);
	if (rc == RC_OK)
		r->rows += filled;
	return rc;
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
	page_block_set(r->note, &note, width(r), buf_bytes(&r->text));
	r->text.len = 0;
}

static void
closing(struct register_print *r)
{
	const struct register_book *b = r->book;
	const double half = width(r) / 2;
	double y;
	size_t line = 0;

	begin_table(r);
	closing_note(r, r->pages);
	if (r->grid.y + 5 + page_block_height(r->note) + SIGNED >
	    r->grid.bottom) {
		turn(r);
		r->grid.y = PAGE_TOP;
		closing_note(r, r->pages);
	}
	y = page_block_draw(
		r->note, &line, PAGE_LEFT, r->grid.y + 5, r->grid.bottom) +
	    4;
	y = page_text(r->page, &middle_italic, PAGE_LEFT + half, y, half,
		b->place_date.len > 0
		    ? b->place_date
		    : bytes_str("…………, ngày …… tháng …… năm ………")) +
	    1;
	signer(r, PAGE_LEFT, half, y, &b->keeper, "NGƯỜI GIỮ SỔ",
	    "(Ký, ghi rõ họ tên)");
	signer(r, PAGE_LEFT + half, half, y, &b->head, "THỦ TRƯỞNG CƠ QUAN",
	    "(Ký tên, đóng dấu)");
}

/* ---- the whole ----------------------------------------------------------- */

static enum rc
open_grid(struct register_print *r, struct err *e)
{
	const struct register_book *b = r->book;

	if (b->closing.len > REGISTER_CLOSING)
		return fail(e, RC_LIMIT,
		    "a register's closing note of %zu bytes, at most %u",
		    b->closing.len, REGISTER_CLOSING);
	r->grid = (struct grid){ .page = r->page,
		.columns = b->columns,
		.count = b->count,
		.left = PAGE_LEFT,
		.width = width(r),
		.top = PAGE_TOP,
		.bottom = page_height(r->page) - PAGE_BOTTOM,
		.y = PAGE_TOP,
		.row = b->row,
		.points = SIZE,
		.numbered = true,
		.turn = turn,
		.ctx = r };
	return grid_open(&r->grid, e);
}

enum rc
register_open(struct register_print **out, struct sink to,
    const struct register_book *book, struct err *e)
{
	const struct page_about about = { book->title, book->made };
	struct register_print *r;
	enum rc rc;

	*out = NULL;
	r = alloc(1, sizeof(*r));
	r->book = book;
	rc = page_open(&r->page, to, PAGE_LANDSCAPE, &about, e);
	if (rc == RC_OK)
		rc = open_grid(r, e);
	if (rc != RC_OK) {
		register_drop(r);
		return rc;
	}
	r->note = page_block_new(r->page);
	cover(r);
	*out = r;
	return RC_OK;
}

static void
register_free(struct register_print *r)
{
	grid_free(&r->grid);
	page_block_free(r->note);
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
