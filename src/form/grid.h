/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A table on paper that goes on from page to page under the names of its
 * columns (docs/forms.md 3.2 to 3.4): of registers, and of forms' lists.
 */
#ifndef FORM_GRID_H
#define FORM_GRID_H

#include "core/bytes.h"
#include "core/err.h"
#include "form/page.h"

#define GRID_COLUMNS 16u /* at most */
#define GRID_CELL 4096u	 /* bytes of a cell, at most */

struct grid_column {
	struct bytes key;  /* for programs: a word; csv.h */
	struct bytes name; /* as it stands above the column */
	double width;	   /* its share: of what all columns' add up to */
	enum page_align align;
};

struct grid {
	struct page *page;		   /* borrowed, as all below */
	const struct grid_column *columns; /* 1 to GRID_COLUMNS */
	size_t count;
	double left, width; /* mm: where it lies */
	double top, bottom; /* mm: of it, on pages that it goes on to */
	double y;	    /* of what comes next */
	double row;	    /* mm: no row is lower; 0: what its text takes */
	double points;	    /* the size of letters */
	bool numbered;	    /* the columns have numbers, in a second row */
	void (*turn)(void *ctx); /* makes the next page what it should be */
	void *ctx;

	/* the rest is grid.c's */
	double x[GRID_COLUMNS + 1], names, body;
	struct page_block *blocks[GRID_COLUMNS]; /* a cell each */
	struct buf text;
};

/*
 * The members above are set; see whether it can be drawn.
 *
 * RC_INVALID	no column, too many, or one that is too narrow
 * RC_LIMIT	a column's name that takes half of a page
 *
 * On success the caller ends it by grid_free(), which takes a zeroed one too.
 */
enum rc grid_open(struct grid *g, struct err *e);
void grid_free(struct grid *g);
/* The names of the columns, at y. */
void grid_head(struct grid *g);
/*
 * A row: a cell a column, borrowed for the call.  It stays on one page where a
 * page can hold it; a longer one goes on between two lines of its text, under
 * the first cell once more.  What was cancelled is struck through, but for its
 * last cell, which says why.
 *
 * RC_LIMIT	a cell over GRID_CELL; the row is not drawn
 */
enum rc grid_row(
    struct grid *g, const struct bytes *cells, bool cancelled, struct err *e);

#endif
