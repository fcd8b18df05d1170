/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/base32.h"

#include <string.h>

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void
base32_write(struct buf *out, struct bytes in)
{
	unsigned bits = 0, n = 0;
	size_t i;

	for (i = 0; i < in.len; i++) {
		bits = bits << 8 | in.p[i];
		for (n += 8; n >= 5; n -= 5)
			buf_u8(out, (uint8_t)letters[bits >> (n - 5) & 31]);
	}
	if (n > 0)
		buf_u8(out, (uint8_t)letters[bits << (5 - n) & 31]);
}

/* The five bits of a letter; over 31 where it is none.  A search through all:
 * a share is a secret, and this takes the same time for each. */
static unsigned
digit(uint8_t c)
{
	unsigned i, d = 32;

	if (c >= 'a' && c <= 'z')
		c = (uint8_t)(c - 'a' + 'A');
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	for (i = 0; i < 32; i++)
		if ((uint8_t)letters[i] == c)
			d = i;
	return d;
}

bool
base32_parse(uint8_t *out, size_t out_len, struct bytes in)
{
	unsigned bits = 0, n = 0, d;
	size_t i, at = 0;

	for (i = 0; i < in.len; i++) {
		if (memchr(" -\t\r\n", in.p[i], 5) != NULL)
			continue;
		d = digit(in.p[i]);
		if (d > 31 || (at == out_len && n < 8 && n + 5 > 8))
			return false;
		bits = (bits << 5 | d) & 0xffff;
		n += 5;
		if (n < 8)
			continue;
		if (at == out_len)
			return false;
		n -= 8;
		out[at++] = (uint8_t)(bits >> n);
	}
	/* what is left over is less than a letter, and zeros */
	return at == out_len && n < 5 && (bits & ((1u << n) - 1)) == 0;
}
