/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A register on paper: a cover, pages of a table, a closing note and the
 * places of signatures (docs/forms.md 3).  Rows go out as they come: a book of
 * any length takes the memory of a page.
 */
#ifndef FORM_REGISTER_H
#define FORM_REGISTER_H

#include "core/bytes.h"
#include "core/err.h"
#include "core/sink.h"
#include "form/grid.h"

#define REGISTER_CLOSING 2000u /* bytes of a closing note, at most */

/* Who signs at the end; without a name there is a place for it. */
struct register_signer {
	struct bytes title, name;
};

/* Texts in NFC, as the caller has them; what is empty is a line of dots where
 * a form has one, or nothing. */
struct register_book {
	struct bytes title; /* "Sổ đăng ký bí mật nhà nước đi" */
	struct bytes mark;  /* of secrecy, in red: "MẬT"; empty: none */
	struct bytes superior, agency;
	struct bytes year, volume;
	struct bytes first_date, last_date, first_serial, last_serial;
	const struct grid_column *columns;
	size_t count;	      /* of columns: 1 to GRID_COLUMNS */
	double row;	      /* mm: no row is lower; 0: what its text takes */
	struct bytes closing; /* said besides pages and rows; may be empty */
	struct bytes place_date; /* "Điện Biên, ngày 31 tháng 12 năm 2026" */
	struct register_signer keeper, head;
	int64_t made; /* when it is printed: stands in the file only */
};

struct register_print;

/*
 * Begin: the cover goes out.  "book" and what it borrows live until
 * register_close() or register_drop().
 *
 * RC_ABSENT	the font lacks (page.h)
 * RC_INVALID	no column, too many, or one that is too narrow
 * RC_LIMIT	a closing note over REGISTER_CLOSING, or a column's name that
 *		takes half of a page
 */
enum rc register_open(struct register_print **out, struct sink to,
    const struct register_book *book, struct err *e);
/* A row, as grid_row() has it.  An empty one, to be written on, is not counted
 * in the closing note. */
enum rc register_row(struct register_print *r, const struct bytes *cells,
    bool cancelled, struct err *e);
/* The closing note and the end of the file.  Frees.  *unknown, unless NULL,
 * is how many characters the font had no picture of. */
enum rc register_close(
    struct register_print *r, size_t *unknown, struct err *e);
void register_drop(struct register_print *r); /* takes NULL */

#endif
