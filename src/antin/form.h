/* SPDX-License-Identifier: EUPL-1.2 */
/* antin form: the forms that there are, and their fields (docs/forms.md 10). */
#ifndef ANTIN_FORM_H
#define ANTIN_FORM_H

#include "form/fields.h"

struct form_kind {
	const char *name;	  /* NULL behind the last */
	const char *does;	  /* English, of the catalogue */
	const struct field *head; /* fields of many forms, or NULL */
	const struct field *fields;
	size_t size; /* of what the fields are in */
	enum rc (*print)(struct form_out *out, const void *form, struct err *e);
};
extern const struct form_kind form_kinds[];

/* Those of form_sheets.c: lists that a struct of form.h does not hold as they
 * are written. */
struct form_stamps_in {
	struct form_list stamps;
};
extern const struct field form_stamps_fields[];
enum rc form_stamps_print(struct form_out *out, const void *in, struct err *e);

struct form_register_in {
	struct bytes title, mark, superior, agency, year, volume, first_date,
	    last_date, first_serial, last_serial, row, blank, closing,
	    place_date, keeper, keeper_title, head, head_title;
	struct form_list columns, rows;
};
extern const struct field form_register_fields[];
enum rc form_register_print(
    struct form_out *out, const void *in, struct err *e);

#endif
