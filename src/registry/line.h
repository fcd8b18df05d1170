/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Lines of registers (docs/registry.md 4.5): what stands in the columns that
 * the rules give a register.
 *
 * A cell is the text of one column, by the column's word.  "serial" is for the
 * store to fill in.  Where the law has one column for type and abstract
 * ("type-abstract") there are two cells, "type" and "abstract", so that the
 * latter can be destroyed: who prints it puts them together.
 *
 * A line does not change.  What happens later is a remark: a cell under the
 * word of the column that was empty ("sent", "delivered"), or under one of the
 * words that say what became of the document, which are printed among the
 * notes: "cancelled", "refused", "extended", "relevelled", "declassified",
 * "recalled", "destroyed".
 */
#ifndef REGISTRY_LINE_H
#define REGISTRY_LINE_H

#include "core/bytes.h"

#define LINE_CELLS 20u
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
	/* The register's word in the rules ("secret-out"), then "." and what
	 * its series has after one: they are books of their own. */
	struct bytes book;
	unsigned year; /* of Vietnam's time; of a remark 0 */
	struct line_cell cells[LINE_CELLS];
	size_t count;
};

/* Empty: it has no such cell. */
struct bytes line_get(const struct line *l, struct bytes field);

/* What a remark's cell is about, as it is printed among the notes: "Ký nhận";
 * empty: no remark has such a cell. */
struct bytes line_label(struct bytes field);
/* Add a remark's cells to *out in one text: "Chuyển: Phòng Văn hóa; Ngày
 * chuyển: 20/11/2026". */
void line_note(struct buf *out, const struct line *l);

#endif
