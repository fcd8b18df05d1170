/* SPDX-License-Identifier: EUPL-1.2 */
#include "form/qr.h"

#include <string.h>

#include <qrencode.h>

bool
qr_make(struct qr *out, struct bytes text)
{
	struct buf terminated = { 0 };
	QRcode *code = NULL;

	*out = (struct qr){ 0 };
	buf_add(&terminated, text);
	buf_u8(&terminated, '\0');
	/* capitals and digits alone take fewer modules; the library sees to
	 * it, and so takes a string */
	if (strlen((const char *)terminated.p) == text.len)
		code = QRcode_encodeString(
		    (const char *)terminated.p, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	buf_free(&terminated);
	if (code == NULL)
		return false;
	*out = (struct qr){ code->width, code->data, code };
	return true;
}

void
qr_free(struct qr *qr)
{
	if (qr->code != NULL) {
		wipe(qr->modules, (size_t)(qr->width * qr->width));
		QRcode_free(qr->code);
	}
	*qr = (struct qr){ 0 };
}

int
qr_run(const struct qr *qr, int *x, int y)
{
	const unsigned char *row = qr->modules + y * qr->width;
	int end;

	while (*x < qr->width && (row[*x] & 1) == 0)
		(*x)++;
	for (end = *x; end < qr->width && (row[end] & 1) != 0; end++)
		;
	return end - *x;
}
