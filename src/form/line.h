/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The line in a form's QR code, by which the paper is held against what a
 * station has (docs/forms.md 6.5):
 *
 *	antin-form 1 ID DIGEST DATE NUMBER
 *
 * ID is 32 and DIGEST 64 hexadecimal digits in lower case, DATE a day as
 * 2026-11-22, NUMBER the rest: text in NFC.
 */
#ifndef FORM_LINE_H
#define FORM_LINE_H

#include "core/bytes.h"
#include "core/err.h"

#define FORM_LINE_ID 16u     /* bytes: of a dispatch */
#define FORM_LINE_DIGEST 32u /* bytes: SHA-256 */
#define FORM_LINE_NUMBER 64u /* bytes, at most, of a number and symbol */
#define FORM_LINE_MAX 200u   /* bytes of the whole */

struct form_line {
	uint8_t id[FORM_LINE_ID];
	uint8_t digest[FORM_LINE_DIGEST];
	char date[11];	     /* NUL-terminated */
	struct bytes number; /* borrowed */
};

/* RC_INVALID: the date or the number is none.  The caller frees *out. */
enum rc form_line_write(
    struct buf *out, const struct form_line *line, struct err *e);
/* Exactly what form_line_write() writes, or RC_INVALID; borrows. */
enum rc form_line_parse(struct form_line *out, struct bytes in, struct err *e);

#endif
