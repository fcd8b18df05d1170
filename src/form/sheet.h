/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The printable sheet of one share of a ceremony: A5, to be printed where the
 * ceremony is held and put into a sealed envelope.
 */
#ifndef FORM_SHEET_H
#define FORM_SHEET_H

#include "core/bytes.h"

struct sheet {
	struct bytes ceremony; /* its name */
	struct bytes holder;   /* the officer's name */
	struct bytes date;     /* as people write it */
	unsigned share, shares, quorum;
	/* the share itself, for the QR and to be typed in: ASCII without
	 * spaces; of capitals and digits alone the QR is coarser and is read
	 * more easily */
	struct bytes code;
	struct bytes words; /* its check words, a space between; up to 8 */
	struct bytes set;   /* which set of shares: to be read */
};

/* As SVG, in the language of the process; the caller frees *out, which holds
 * the share.  Ends the process where the code is too long for a QR code. */
void sheet_draw(struct buf *out, const struct sheet *s);

#endif
