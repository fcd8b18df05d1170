/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Lines of registers (docs/registry.md 4.5): what stands in the columns that
 * the rules give a register.
 *
 * A cell is the text of one column, by the column's word.  "serial" is for the
 * store to fill in.  The abstract is a cell of its own ("abstract"), apart from
 * the type, so that it can be destroyed: where a column wants both
 * ("type-abstract"), who prints it puts them together.
 */
#ifndef REGISTRY_LINE_H
#define REGISTRY_LINE_H

#include "core/bytes.h"

#define LINE_CELLS 16u
#define LINE_BOOK 64u /* bytes of a register's word */

enum line_how {
	LINE_NEW,
	LINE_REMARK, /* added to the line there is of this document */
};

struct line_cell {
	struct bytes field; /* the column's word */
	struct bytes text;
};

struct line {
	enum line_how how;
	struct bytes book; /* the register's word: "secret-out" */
	unsigned year;	   /* of Vietnam's time; of a remark 0 */
	struct line_cell cells[LINE_CELLS]; /* of a remark one: "note" */
	size_t count;
};

/* Empty: it has no such cell. */
struct bytes line_get(const struct line *l, struct bytes field);

#endif
