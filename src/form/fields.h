/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A form's fields as people write them (docs/forms.md 10): a line each,
 *
 *	name = value
 *	list = cell | cell | cell
 *
 * empty lines and lines that begin with # aside.  A name that stands again
 * adds a line to its text, or a row to its list.
 */
#ifndef FORM_FIELDS_H
#define FORM_FIELDS_H

#include "core/arena.h"
#include "core/bytes.h"
#include "core/err.h"
#include "form/forms.h"
#include "form/grid.h"

#define FIELDS_MAX (8u << 20)	 /* bytes of all of it */
#define FIELDS_TEXT (256u << 10) /* bytes of one text */
#define FIELDS_ROWS 20000u	 /* of one list */
#define FIELDS_COUNT 32u	 /* of one form, at most */

struct field {
	const char *name; /* NULL behind the last */
	const char *help; /* what it is: English, of the catalogue */
	size_t at;	  /* of its struct bytes, or of its struct form_list */
	size_t cells;	  /* of a row, at most; 0: it is a text */
};

struct fields {
	const struct field *table; /* borrowed */
	const struct field *head;  /* ... texts of many forms, or NULL */
	void *form;		   /* borrowed: what "at" is in; zeroed */
	struct arena kept;	   /* owned: what the form's texts borrow */
	struct bytes *rows[FIELDS_COUNT]; /* owned: cells of lists */
};

/*
 * Fill the form.  Texts come out in NFC, trimmed.
 *
 * RC_INVALID	a line that is none, a name that the form has not, a row of too
 *		many cells, or a text that is no text; the line is named
 * RC_LIMIT	over the above
 *
 * On success and failure the caller frees by fields_free(), when the form is
 * printed.
 */
enum rc fields_read(struct fields *f, struct bytes in, struct err *e);
/* One more: a value from a command line, as on a line of its own. */
enum rc fields_add(
    struct fields *f, struct bytes name, struct bytes value, struct err *e);
void fields_free(struct fields *f);

#endif
