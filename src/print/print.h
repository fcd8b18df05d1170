/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a station says of registers and documents, on paper (docs/registry.md
 * 9): its rows, as the control socket gives them, become the fields of forms.
 * The command prints so, and the process `print` for the desk's pages
 * (docs/desk.md 8).
 *
 * "data" is borrowed.  What it lacks is left out; what cannot be read is
 * RC_INVALID.
 */
#ifndef PRINT_PRINT_H
#define PRINT_PRINT_H

#include <jansson.h>

#include "core/err.h"
#include "form/csv.h"
#include "form/forms.h"

enum print_what {
	PRINT_REGISTER, /* all rows of "book-print": a list */
	PRINT_STAMPS,	/* those of "doc-show" with "print" */
	PRINT_TELEGRAM,
	PRINT_DESTRUCTION,
	PRINT_HANDOVER,
	PRINT_REPORT, /* what report_json() gives */
};
#define PRINTS 6
const char *print_word(enum print_what what); /* "register" */
bool print_by_word(enum print_what *out, struct bytes word);
/* The form of a document that is meant where none is named. */
enum print_what print_usual(const json_t *rows);

/*
 * As PDF.
 *
 * RC_ABSENT	there is nothing of this kind to be printed, or no font
 * RC_LIMIT	it does not fit the form
 */
enum rc print_paper(struct form_out *out, enum print_what what,
    const json_t *data, struct err *e);

/* ---- volume.c ------------------------------------------------------------ */

enum rc print_volume(struct form_out *out, const json_t *rows, struct err *e);
/* For programs that calculate. */
enum rc print_volume_rows(
    struct sink to, enum csv_form form, const json_t *rows, struct err *e);

/* ---- document.c ---------------------------------------------------------- */

enum rc print_stamps(struct form_out *out, const json_t *rows, struct err *e);
enum rc print_telegram(struct form_out *out, const json_t *rows, struct err *e);
enum rc print_destruction(
    struct form_out *out, const json_t *rows, struct err *e);
enum rc print_handover(struct form_out *out, const json_t *rows, struct err *e);

/* ---- table.c: the report as tables --------------------------------------- */

enum rc print_report(struct form_out *out, const json_t *report, struct err *e);

#endif
