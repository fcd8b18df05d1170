/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/terminal.h"

#include "form/qr.h"

#define QUIET 2
#define DARK "\033[30;47m" /* black on white */
#define PLAIN "\033[0m"

/* Outside of it all is light. */
static bool
is_dark(const struct qr *qr, int x, int y)
{
	return x >= 0 && y >= 0 && x < qr->width && y < qr->width &&
	       (qr->modules[y * qr->width + x] & 1) != 0;
}

bool
terminal_qr(struct buf *out, struct bytes text, bool colour)
{
	static const char *const halves[] = { " ", "\u2584", "\u2580",
		"\u2588" };
	struct qr qr;
	int x, y, n;

	*out = (struct buf){ 0 };
	if (!qr_make(&qr, text))
		return false;
	for (y = -QUIET; y < qr.width + QUIET; y += 2) {
		if (colour)
			buf_add(out, bytes_str(DARK));
		for (x = -QUIET; x < qr.width + QUIET; x++) {
			n = 2 * is_dark(&qr, x, y) + is_dark(&qr, x, y + 1);
			buf_add(out, bytes_str(halves[colour ? n : 3 - n]));
		}
		buf_add(out, bytes_str(colour ? PLAIN "\n" : "\n"));
	}
	qr_free(&qr);
	return true;
}
