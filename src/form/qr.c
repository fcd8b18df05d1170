/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/qr.h"

#include <string.h>

#include <qrencode.h>

#define QUIET 2
#define DARK "\033[30;47m" /* black on white */
#define PLAIN "\033[0m"

/* Outside of it all is light. */
static bool
is_dark(const QRcode *qr, int x, int y)
{
	return x >= 0 && y >= 0 && x < qr->width && y < qr->width &&
	       (qr->data[y * qr->width + x] & 1) != 0;
}

static void
draw(struct buf *out, const QRcode *qr, bool colour)
{
	static const char *const halves[] = { " ", "\u2584", "\u2580",
		"\u2588" };
	const int end = qr->width + QUIET;
	int x, y, n;

	for (y = -QUIET; y < end; y += 2) {
		if (colour)
			buf_add(out, bytes_str(DARK));
		for (x = -QUIET; x < end; x++) {
			n = 2 * is_dark(qr, x, y) + is_dark(qr, x, y + 1);
			buf_add(out, bytes_str(halves[colour ? n : 3 - n]));
		}
		buf_add(out, bytes_str(colour ? PLAIN "\n" : "\n"));
	}
}

bool
qr_draw(struct buf *out, struct bytes text, bool colour)
{
	struct buf terminated = { 0 };
	QRcode *qr = NULL;

	*out = (struct buf){ 0 };
	buf_add(&terminated, text);
	buf_u8(&terminated, '\0');
	/* with little to correct: a screen is clean, and a small picture fits
	 * it */
	if (strlen((const char *)terminated.p) == text.len)
		qr = QRcode_encodeString(
		    (const char *)terminated.p, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
	buf_free(&terminated);
	if (qr == NULL)
		return false;
	draw(out, qr, colour);
	wipe(qr->data, (size_t)(qr->width * qr->width));
	QRcode_free(qr);
	return true;
}
