/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * PEM blocks: what is read, written again, is the text that was read, but for
 * what stood before it and how its lines ended.
 */
#include <string.h>

#include "crypto/pem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LABEL "ANTIN KEY"

/* The text without carriage returns at line ends, ending with a line's end. */
static struct buf
unix_lines(struct bytes in)
{
	struct buf out = { 0 };
	size_t i;

	for (i = 0; i < in.len; i++)
		if (in.p[i] != '\r' || (i + 1 < in.len && in.p[i + 1] != '\n'))
			buf_u8(&out, in.p[i]);
	if (out.len > 0 && out.p[out.len - 1] != '\n')
		buf_u8(&out, '\n');
	return out;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size), from = in;
	struct buf der, again = { 0 }, text;
	struct err e;

	while (pem_read(&der, &in, LABEL, &e) == RC_OK) {
		if (in.len >= from.len || in.p != from.p + (from.len - in.len))
			bug("a reader that does not step on");
		pem_write(&again, LABEL, buf_bytes(&der));
		text = unix_lines(bytes_of(from.p, from.len - in.len));
		if (text.len < again.len ||
		    memcmp(text.p + text.len - again.len, again.p, again.len) !=
			0)
			bug("a block that is written otherwise than it was "
			    "read");
		buf_free(&text);
		buf_free(&again);
		buf_free(&der);
		from = in;
	}
	if (der.p != NULL)
		bug("something is left of what was not read");
	return 0;
}
