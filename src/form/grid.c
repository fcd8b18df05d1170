/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/grid.h"

#include <stdio.h>

#define PAD 1.2	      /* mm, between a cell's lines and its text */
#define FRAME 0.35    /* mm, around the table */
#define ROW 60.0      /* mm: no row is made higher than this */
#define NARROWEST 6.0 /* mm, of columns */
#define BEGUN 30.0    /* mm: a row that no page holds begins in no less */
#define NUMBERS 5.0   /* mm: the row of the columns' numbers */
#define HEAD 60.0     /* mm: the names of columns take no more */
#define CONTINUED " (tiếp)"

static struct page_style
name_style(const struct grid *g)
{
	return (struct page_style){
		.points = g->points, .face = PAGE_BOLD, .align = PAGE_MIDDLE
	};
}

/* A row's cells are drawn: their edges. */
static void
rule_row(struct grid *g, double from, double to)
{
	size_t i, n = g->count;

	for (i = 0; i <= n; i++)
		page_line(g->page, g->x[i], from, g->x[i], to,
		    i == 0 || i == n ? FRAME : PAGE_HAIR, PAGE_BLACK);
	page_line(g->page, g->x[0], to, g->x[n], to, PAGE_HAIR, PAGE_BLACK);
}

/* The names of the columns, and their numbers below. */
void
grid_head(struct grid *g)
{
	const struct page_style number = {
		.points = 9, .face = PAGE_ITALIC, .align = PAGE_MIDDLE
	};
	const struct grid_column *c = g->columns;
	const struct page_style name = name_style(g);
	const double y = g->y, tall = g->names;
	char text[16];
	size_t i;

	for (i = 0; i < g->count; i++)
		page_text_in(g->page, &name, g->x[i] + PAD, y,
		    g->x[i + 1] - g->x[i] - 2 * PAD, tall, c[i].name);
	for (i = 0; g->numbered && i < g->count; i++) {
		(void)snprintf(text, sizeof(text), "(%zu)", i + 1);
		page_text_in(g->page, &number, g->x[i], y + tall,
		    g->x[i + 1] - g->x[i], NUMBERS, bytes_str(text));
	}
	page_line(g->page, g->x[0], y, g->x[g->count], y, FRAME, PAGE_BLACK);
	rule_row(g, y, y + tall);
	g->y = y + tall;
	if (g->numbered) {
		rule_row(g, g->y, g->y + NUMBERS);
		g->y += NUMBERS;
	}
}

static void
new_page(struct grid *g)
{
	g->turn(g->ctx);
	g->y = g->top;
	grid_head(g);
}

static void
set_cells(struct grid *g, const struct bytes *cells, bool cancelled)
{
	const struct grid_column *c = g->columns;
	struct page_style s = { .points = g->points };
	size_t i, n = g->count;

	for (i = 0; i < n; i++) {
		s.align = c[i].align;
		/* the last cell says why */
		s.face = cancelled && i + 1 < n ? PAGE_STRUCK : 0;
		page_block_set(g->blocks[i], &s,
		    g->x[i + 1] - g->x[i] - 2 * PAD, cells[i]);
	}
}

static double
row_height(const struct grid *g)
{
	double tall = 0, h;
	size_t i;

	for (i = 0; i < g->count; i++) {
		h = page_block_height(g->blocks[i]);
		tall = h > tall ? h : tall;
	}
	tall += 2 * PAD;
	h = g->row < ROW ? g->row : ROW;
	return tall > h ? tall : h;
}

/* What of each cell has room; true where something is left of a cell from
 * "first" on. */
static bool
draw_cells(struct grid *g, size_t *lines, size_t first, double *end)
{
	double below;
	bool left = false;
	size_t i;

	*end = g->y;
	for (i = 0; i < g->count; i++) {
		below = page_block_draw(g->blocks[i], &lines[i], g->x[i] + PAD,
		    g->y + PAD, g->bottom - PAD);
		*end = below + PAD > *end ? below + PAD : *end;
		left |= i >= first && lines[i] < page_block_lines(g->blocks[i]);
	}
	return left;
}

/* The first cell again, on the next page: it has nothing else left. */
static void
set_continued(struct grid *g, struct bytes first)
{
	struct page_style s = { .points = g->points };

	s.face = PAGE_ITALIC;
	s.align = g->columns[0].align;
	buf_add(&g->text, first);
	buf_add(&g->text, bytes_str(CONTINUED));
	page_block_set(
	    g->blocks[0], &s, g->x[1] - g->x[0] - 2 * PAD, buf_bytes(&g->text));
	g->text.len = 0;
}

/* The rest of a row, page after page. */
static void
go_on(struct grid *g, struct bytes first, size_t *lines)
{
	double end;
	bool more = true, named = false;

	while (more) {
		new_page(g);
		named |= lines[0] >= page_block_lines(g->blocks[0]);
		if (named) {
			set_continued(g, first);
			lines[0] = 0;
		}
		more = draw_cells(g, lines, named, &end);
		rule_row(g, g->y, end);
		g->y = end;
	}
}

enum rc
grid_row(
    struct grid *g, const struct bytes *cells, bool cancelled, struct err *e)
{
	size_t lines[GRID_COLUMNS] = { 0 }, i;
	double tall, end;
	bool more;

	for (i = 0; i < g->count; i++)
		if (cells[i].len > GRID_CELL)
			return fail(e, RC_LIMIT,
			    "a register's cell of %zu bytes, at most %u",
			    cells[i].len, GRID_CELL);
	set_cells(g, cells, cancelled);
	tall = row_height(g);
	/* one that no page holds begins where it stands */
	if (g->y + (tall > g->body ? BEGUN : tall) > g->bottom)
		new_page(g);
	more = draw_cells(g, lines, 0, &end);
	if (!more && end < g->y + tall)
		end = g->y + tall;
	rule_row(g, g->y, end);
	g->y = end;
	if (more)
		go_on(g, cells[0], lines);
	return RC_OK;
}

/* ---- the whole ----------------------------------------------------------- */

/* A row has to have room under the columns' names. */
static enum rc
lay_out(struct grid *g, struct err *e)
{
	const struct page_style name = name_style(g);
	double all = 0, w;
	size_t i;

	for (i = 0; i < g->count; i++)
		all += g->columns[i].width;
	g->x[0] = g->left;
	for (i = 0; i < g->count; i++) {
		w = g->width * g->columns[i].width / all;
		if (!(w >= NARROWEST))
			return fail(e, RC_INVALID,
			    "column %zu of a register is too narrow", i + 1);
		g->x[i + 1] = g->x[i] + w;
		g->blocks[i] = page_block_new(g->page);
		page_block_set(
		    g->blocks[i], &name, w - 2 * PAD, g->columns[i].name);
		w = page_block_height(g->blocks[i]) + 2 * PAD;
		g->names = w > g->names ? w : g->names;
		if (w > HEAD)
			return fail(e, RC_LIMIT,
			    "the name of column %zu of a register is too long",
			    i + 1);
	}
	g->body = g->bottom - g->top - g->names - NUMBERS;
	return RC_OK;
}

enum rc
grid_open(struct grid *g, struct err *e)
{
	enum rc rc;

	if (g->count == 0 || g->count > GRID_COLUMNS)
		return fail(e, RC_INVALID,
		    "a register of %zu columns; it has 1 to %u", g->count,
		    GRID_COLUMNS);
	rc = lay_out(g, e);
	if (rc != RC_OK)
		grid_free(g);
	return rc;
}

void
grid_free(struct grid *g)
{
	size_t i;

	for (i = 0; i < GRID_COLUMNS; i++) {
		page_block_free(g->blocks[i]);
		g->blocks[i] = NULL;
	}
	buf_free(&g->text);
}
