/* SPDX-License-Identifier: EUPL-1.2 */
/* Forms whose lists say how they look: stamps at places, and registers. */
#include "antin/form.h"

#include <stddef.h>
#include <stdlib.h>

#include "form/register.h"
#include "form/stamps.h"

/* Where stamps stand of which nothing is said: under one another, where a
 * paper has its marks (docs/forms.md 5.1). */
#define FIRST_X 30.0
#define FIRST_Y 55.0
#define BETWEEN 4.0

/* A number of at most "most" with up to two decimals; the empty text is none,
 * and leaves *out as it is. */
static enum rc
number(double *out, struct bytes in, double most, struct err *e)
{
	double n = 0, part = 0;
	size_t i;

	for (i = 0; i < in.len; i++) {
		if (in.p[i] == '.' && part == 0 && i > 0 && i + 1 < in.len)
			part = 1;
		else if (in.p[i] < '0' || in.p[i] > '9' || i > 7)
			break;
		else if (part == 0)
			n = n * 10 + (in.p[i] - '0');
		else
			n += (in.p[i] - '0') * (part /= 10);
	}
	if (i < in.len || n > most)
		return fail(e, RC_INVALID,
		    "\"%.*s\" is no number from 0 to %.0f",
		    (int)(in.len < 32 ? in.len : 32), (const char *)in.p, most);
	if (in.len > 0)
		*out = n;
	return RC_OK;
}

/* ---- stamps ----------------------------------------------------------------
 */

#define STAMP_CELLS (3 + STAMP_VALUES)

const struct field form_stamps_fields[] = {
	{ "stamp",
	    "which | mm from the left | mm from above | what stands in it ...",
	    offsetof(struct form_stamps_in, stamps), STAMP_CELLS },
	{ NULL, NULL, 0, 0 },
};

static enum rc
place(
    struct form_stamp *out, double *y, const struct bytes *cells, struct err *e)
{
	enum rc rc;

	*out = (struct form_stamp){ .stamp = stamp_find(cells[0]),
		.x = FIRST_X,
		.y = *y,
		.values = cells + 3 };
	if (out->stamp == NULL)
		return fail(e, RC_INVALID,
		    "there is no stamp \"%.*s\"; --fields shows them",
		    (int)(cells[0].len < 64 ? cells[0].len : 64),
		    cells[0].len == 0 ? "" : (const char *)cells[0].p);
	if ((rc = number(&out->x, cells[1], 200, e)) != RC_OK ||
	    (rc = number(&out->y, cells[2], 290, e)) != RC_OK)
		return rc;
	if (cells[2].len == 0)
		*y += out->stamp->height + BETWEEN;
	return RC_OK;
}

enum rc
form_stamps_print(struct form_out *out, const void *in, struct err *e)
{
	const struct form_list *list =
	    &((const struct form_stamps_in *)in)->stamps;
	struct form_stamp *all = alloc(list->rows + 1, sizeof(*all));
	double y = FIRST_Y;
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; rc == RC_OK && i < list->rows; i++)
		rc = place(&all[i], &y, list->cells + i * STAMP_CELLS, e);
	if (rc == RC_OK && list->rows == 0)
		rc = fail(e, RC_INVALID, "no stamp is given");
	if (rc == RC_OK)
		rc = form_stamps(out, all, list->rows, e);
	free(all);
	return rc;
}

/* ---- registers
 * --------------------------------------------------------------- */

#define AT(member) offsetof(struct form_register_in, member)
#define COLUMN_CELLS 4u
const struct field form_register_fields[] = {
	{ "superior", "the superior body", AT(superior), 0 },
	{ "agency", "the agency", AT(agency), 0 },
	{ "title", "the register's title", AT(title), 0 },
	{ "secrecy", "the mark of secrecy", AT(mark), 0 },
	{ "year", "the year", AT(year), 0 },
	{ "volume", "the number of the volume", AT(volume), 0 },
	{ "first-date", "the first day in it", AT(first_date), 0 },
	{ "last-date", "the last day in it", AT(last_date), 0 },
	{ "first-serial", "the first number in it", AT(first_serial), 0 },
	{ "last-serial", "the last number in it", AT(last_serial), 0 },
	{ "column", "name | width | left, middle or right | key", AT(columns),
	    COLUMN_CELLS },
	{ "row", "the cells of a row", AT(rows), GRID_COLUMNS },
	{ "row-height", "mm that a row has at the least", AT(row), 0 },
	{ "blank", "how many empty rows follow", AT(blank), 0 },
	{ "closing", "what the closing note says besides", AT(closing), 0 },
	{ "place-date", "place and date, as they stand at the end",
	    AT(place_date), 0 },
	{ "keeper", "who keeps it", AT(keeper), 0 },
	{ "keeper-title", "his title", AT(keeper_title), 0 },
	{ "head", "the head of the agency", AT(head), 0 },
	{ "head-title", "his title", AT(head_title), 0 },
	{ NULL, NULL, 0, 0 },
};
#undef AT

static enum rc
column(struct grid_column *out, const struct bytes *cells, struct err *e)
{
	*out = (struct grid_column){ .name = cells[0], .key = cells[3] };
	if (bytes_is(cells[2], "middle"))
		out->align = PAGE_MIDDLE;
	else if (bytes_is(cells[2], "right"))
		out->align = PAGE_END;
	else if (cells[2].len > 0 && !bytes_is(cells[2], "left"))
		return fail(e, RC_INVALID,
		    "a column stands \"left\", \"middle\" or \"right\"");
	return number(&out->width, cells[1], 1000, e);
}

static enum rc
print_rows(
    struct register_print *r, const struct form_register_in *in, struct err *e)
{
	const struct bytes none[GRID_COLUMNS] = { 0 };
	double blank = 0;
	enum rc rc = number(&blank, in->blank, FIELDS_ROWS, e);
	size_t i;

	for (i = 0; rc == RC_OK && i < in->rows.rows; i++)
		rc = register_row(
		    r, in->rows.cells + i * GRID_COLUMNS, false, e);
	for (i = 0; rc == RC_OK && i < (size_t)blank; i++)
		rc = register_row(r, none, false, e);
	return rc;
}

enum rc
form_register_print(struct form_out *out, const void *form, struct err *e)
{
	const struct form_register_in *in = form;
	struct grid_column columns[GRID_COLUMNS] = { 0 };
	struct register_book book = { .title = in->title,
		.mark = in->mark,
		.superior = in->superior,
		.agency = in->agency,
		.year = in->year,
		.volume = in->volume,
		.first_date = in->first_date,
		.last_date = in->last_date,
		.first_serial = in->first_serial,
		.last_serial = in->last_serial,
		.columns = columns,
		.count = in->columns.rows,
		.closing = in->closing,
		.place_date = in->place_date,
		.keeper = { in->keeper_title, in->keeper },
		.head = { in->head_title, in->head },
		.made = out->made };
	struct register_print *r = NULL;
	enum rc rc = number(&book.row, in->row, 60, e);
	size_t i;

	for (i = 0; rc == RC_OK && i < in->columns.rows && i < GRID_COLUMNS;
	     i++)
		rc = column(
		    &columns[i], in->columns.cells + i * COLUMN_CELLS, e);
	if (rc == RC_OK)
		rc = register_open(&r, out->to, &book, e);
	if (rc == RC_OK && (rc = print_rows(r, in, e)) == RC_OK)
		return register_close(r, &out->unknown, e);
	register_drop(r);
	return rc;
}
