/* SPDX-License-Identifier: EUPL-1.2 */
/* A QR code for a terminal. */
#ifndef FORM_TERMINAL_H
#define FORM_TERMINAL_H

#include "core/bytes.h"

/*
 * As lines of half blocks, two rows of it in a line, with a quiet zone of two:
 * a screen is clean, and it has to fit there.  "colour": black on white by
 * escapes, whatever the terminal's colours are; else for one that is dark.
 * false, and nothing, where the text is none for a QR code (form/qr.h).  The
 * caller frees *out, which shows the text.
 */
bool terminal_qr(struct buf *out, struct bytes text, bool colour);

#endif
