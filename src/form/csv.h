/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The rows of a register for other programs: CSV (RFC 4180) for tables that
 * people calculate with, JSON (RFC 8259) for the rest (docs/forms.md 4).
 *
 * A spreadsheet takes a cell that begins with one of = + - @ for a formula,
 * whatever it is quoted with; such a cell gets an apostrophe before it.
 */
#ifndef FORM_CSV_H
#define FORM_CSV_H

#include "form/register.h"

enum csv_form {
	CSV_PLAIN,
	CSV_BOM, /* with the mark by which some programs know UTF-8 */
	CSV_JSON,
};

struct csv {
	struct sink to;
	enum csv_form form;
	const struct grid_column *columns; /* borrowed */
	size_t count, rows;
	struct buf row; /* owned */
};

/* The columns' names go out (in JSON with each row, by their keys).  "columns"
 * lives until csv_close(), which frees. */
enum rc csv_open(struct csv *out, struct sink to, enum csv_form form,
    const struct grid_column *columns, size_t count, struct err *e);
/* A cell for each column; what is no text is U+FFFD. */
enum rc csv_row(struct csv *c, const struct bytes *cells, struct err *e);
enum rc csv_close(struct csv *c, struct err *e);
void csv_drop(struct csv *c); /* no end is written */

#endif
