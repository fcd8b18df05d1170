/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Text: UTF-8 in NFC (TCVN 6909:2001 allows composed and combining letters;
 * inside Antin there is one form, so that equal words are equal bytes).
 */
#ifndef CORE_UTF8_H
#define CORE_UTF8_H

#include <stdio.h>

#include "core/bytes.h"
#include "core/err.h"

/* Valid UTF-8 (no overlong forms, surrogates or non-characters). */
bool utf8_valid(struct bytes in);
/* One line of text as Antin stores it: valid, in NFC, without control
 * characters and without characters that turn the direction of writing. */
bool utf8_is_text(struct bytes in);
/* Letters as a person counts them: code points, for limits in letters. */
size_t utf8_count(struct bytes in);

/*
 * A person's input into the stored form: NFC, NBSP as a space, soft hyphens,
 * zero-width spaces and byte-order marks left out, trimmed.
 *
 * RC_INVALID	not UTF-8, or a control character within
 * RC_LIMIT	over max bytes
 *
 * The caller frees *out.
 */
enum rc utf8_clean(struct buf *out, struct bytes in, size_t max, struct err *e);

/*
 * A name from outside as a name for a file of ours: path separators, control
 * and direction characters become '_', leading dots and trailing dots and
 * spaces go, at most 200 bytes, never empty.
 */
void utf8_file_name(struct buf *out, struct bytes name);

/*
 * As people search: composed or combining letters, capitals or not, with
 * diacritics or without, all the same; đ is d.  NBSP and line ends are spaces,
 * runs of blanks one, none at the ends.  What is no UTF-8 gives an empty
 * result.  The caller frees *out.
 */
void utf8_fold(struct buf *out, struct bytes in);

/*
 * The next character of text from outside as it may be shown, lines and all:
 * what could steer a terminal or turn the direction of writing, and what is no
 * UTF-8, is U+FFFD.  *text, which is not empty, is stepped over it; the result
 * lives as long as the text.
 */
struct bytes utf8_shown(struct bytes *text);

/* Print text from outside as utf8_shown() has it. */
void utf8_print(FILE *to, struct bytes text);

/* Columns "in" takes on a terminal, wide and combining letters minded. */
size_t utf8_columns(struct bytes in);

#endif
