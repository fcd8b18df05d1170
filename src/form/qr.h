/* SPDX-License-Identifier: EUPL-1.2 */
/* QR codes, as modules: what svg.c and page.c draw. */
#ifndef FORM_QR_H
#define FORM_QR_H

#include "core/bytes.h"

#define QR_QUIET 4 /* modules of white around a QR code (ISO/IEC 18004) */

struct qr {
	int width;		/* modules a side, without the white around */
	unsigned char *modules; /* owned; row after row */
	void *code;		/* owned */
};

/* Error correction M.  false, and nothing to free, where the text is too long
 * for one, is empty or has a NUL in it. */
bool qr_make(struct qr *out, struct bytes text);
void qr_free(struct qr *qr); /* wipes */

/* The next run of dark modules in row y from *x on: its length, and *x where
 * it begins; 0 where there is none. */
int qr_run(const struct qr *qr, int *x, int y);

#endif
