/* SPDX-License-Identifier: EUPL-1.2 */
/* A QR code for a terminal. */
#ifndef FORM_QR_H
#define FORM_QR_H

#include <stdbool.h>

#include "core/bytes.h"

/*
 * As lines of half blocks, two rows of it in a line, with a quiet zone of two.
 * "colour": black on white by escapes, whatever the terminal's colours are;
 * else for one that is dark.  false, and nothing, where the text is too long,
 * is empty or has a NUL in it.  The caller frees *out, which shows the text.
 */
bool qr_draw(struct buf *out, struct bytes text, bool colour);

#endif
