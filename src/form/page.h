/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Pages of paper, as PDF: A4, text, lines, boxes and QR codes at places in
 * millimetres from the upper left corner (docs/forms.md 1).
 *
 * Text is set in one font, embedded, that has the widths of Times New Roman
 * and every Vietnamese letter: Tinos, or Liberation Serif from 2.0 on.  The
 * same input on the same machine gives the same bytes: nothing of the machine,
 * its user or its clock is in them.
 *
 * Text from outside is drawn as utf8_shown() has it, line ends and all; what
 * the font has no picture of is drawn as U+FFFD and counted.
 */
#ifndef FORM_PAGE_H
#define FORM_PAGE_H

#include "core/bytes.h"
#include "core/err.h"
#include "core/sink.h"

/* Margins (Decree 30/2020, annex I: 20-25, 20-25, 30-35, 15-20) */
#define PAGE_TOP 20.0
#define PAGE_BOTTOM 20.0
#define PAGE_LEFT 30.0
#define PAGE_RIGHT 15.0

struct page; /* a document that is being drawn, a page at a time */

enum page_turn { PAGE_PORTRAIT, PAGE_LANDSCAPE };

/* What the file says of itself: never more than the form's own name. */
struct page_about {
	struct bytes title;
	int64_t made; /* a time of core/time.h */
};

/*
 * Begin a document; its bytes go to the sink as pages are done.
 *
 * RC_ABSENT	no such font; the text names the packages that have one
 *
 * On success the caller ends it by page_close() or page_drop().
 */
enum rc page_open(struct page **out, struct sink to, enum page_turn turn,
    const struct page_about *about, struct err *e);
/* The last bytes, and the sink's failure where it had one.  Frees. */
enum rc page_close(struct page *p, struct err *e);
/* Given up: nothing more goes to the sink.  Takes NULL. */
void page_drop(struct page *p);

/* Done with this page; the first is there from the start. */
void page_next(struct page *p);
unsigned page_number(const struct page *p); /* of the present one, from 1 */
double page_width(const struct page *p);    /* mm */
double page_height(const struct page *p);
/* Characters that the font had no picture of. */
size_t page_unknown(const struct page *p);

/* ---- text ------------------------------------------------------------- */

enum page_face { PAGE_BOLD = 1, PAGE_ITALIC = 2, PAGE_STRUCK = 4 };
enum page_align { PAGE_START, PAGE_MIDDLE, PAGE_END, PAGE_JUSTIFY };
enum page_ink { PAGE_BLACK, PAGE_RED, PAGE_GREY };

struct page_style {
	double points; /* the font's size */
	unsigned face; /* of enum page_face */
	enum page_align align;
	enum page_ink ink;
	double indent;	/* of a paragraph's first line, mm */
	double leading; /* the distance of lines, in single ones; 0 is 1 */
};

/* Lines of this width from y on downwards; returns where they end.  Nothing
 * keeps them on the page. */
double page_text(struct page *p, const struct page_style *s, double x, double y,
    double width, struct bytes text);
/* In the middle of a rectangle: capitals, not their marks, are centred. */
void page_text_in(struct page *p, const struct page_style *s, double x,
    double y, double width, double height, struct bytes text);
/* How wide it is in one line. */
double page_text_width(
    struct page *p, const struct page_style *s, struct bytes text);

/* Text that is laid out and not yet drawn, or not all of it. */
struct page_block;
struct page_block *page_block_new(struct page *p);
void page_block_free(struct page_block *b);
void page_block_set(struct page_block *b, const struct page_style *s,
    double width, struct bytes text);
double page_block_height(const struct page_block *b);
size_t page_block_lines(const struct page_block *b);
/* Draw lines from *line on, as many as end above "bottom"; *line is the first
 * that was not drawn.  Returns where they end. */
double page_block_draw(
    struct page_block *b, size_t *line, double x, double y, double bottom);

/* ---- lines ------------------------------------------------------------- */

#define PAGE_HAIR 0.2 /* mm: the lines of tables */

void page_line(struct page *p, double x1, double y1, double x2, double y2,
    double thick, enum page_ink ink);
/* What is written on by hand. */
void page_dots(
    struct page *p, double x1, double x2, double y, enum page_ink ink);
/* An outline that lies within the rectangle. */
void page_box(struct page *p, double x, double y, double width, double height,
    double thick, enum page_ink ink);
/* A QR code in a square of this side, quiet zone within.  false, and nothing
 * drawn, where the text is too long for one or empty. */
bool page_qr(
    struct page *p, double x, double y, double side, struct bytes text);

#endif
