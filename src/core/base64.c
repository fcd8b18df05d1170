/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/base64.h"

/* All ones where lo <= v <= hi, else zero; all below 2^31. */
static uint32_t
within(uint32_t v, uint32_t lo, uint32_t hi)
{
	return ((v - lo) >> 31 | (hi - v) >> 31) - 1;
}

/* The letter of six bits. */
static uint8_t
letter(uint32_t v)
{
	return (uint8_t)((within(v, 0, 25) & ('A' + v)) |
			 (within(v, 26, 51) & ('a' + v - 26)) |
			 (within(v, 52, 61) & ('0' + v - 52)) |
			 (within(v, 62, 62) & '+') | (within(v, 63, 63) & '/'));
}

/* The six bits of a letter; over 63 where it is none. */
static uint32_t
digit(uint32_t c)
{
	return ((within(c, 'A', 'Z') & (c - 'A' + 1)) |
		   (within(c, 'a', 'z') & (c - 'a' + 27)) |
		   (within(c, '0', '9') & (c - '0' + 53)) |
		   (within(c, '+', '+') & 63) | (within(c, '/', '/') & 64)) -
	       1;
}

void
base64_write(struct buf *out, struct bytes in)
{
	uint8_t *to = buf_grow(out, in.len / 3 * 4 + (in.len % 3 ? 4 : 0));
	size_t i, n = 0, left;
	uint32_t bits;

	for (i = 0; i < in.len; i += 3) {
		left = in.len - i;
		bits = (uint32_t)in.p[i] << 16;
		if (left > 1)
			bits |= (uint32_t)in.p[i + 1] << 8;
		if (left > 2)
			bits |= in.p[i + 2];
		to[n++] = letter(bits >> 18);
		to[n++] = letter(bits >> 12 & 63);
		to[n++] = left > 1 ? letter(bits >> 6 & 63) : '=';
		to[n++] = left > 2 ? letter(bits & 63) : '=';
	}
}

bool
base64_parse(struct buf *out, struct bytes in)
{
	size_t was = out->len, pad = 0, n = 0, i;
	uint32_t bits = 0, bad = 0, d;
	uint8_t *to;

	if (in.len % 4 != 0)
		return false;
	while (pad < 2 && pad < in.len && in.p[in.len - 1 - pad] == '=')
		pad++;
	to = buf_grow(out, in.len / 4 * 3 - pad);
	for (i = 0; i < in.len - pad; i++) {
		d = digit(in.p[i]);
		bad |= d >> 6;
		bits = bits << 6 | (d & 63);
		if (i % 4 != 0)
			to[n++] = (uint8_t)(bits >> (6 - i % 4 * 2));
	}
	bad |= bits & ((1u << 2 * pad) - 1); /* RFC 4648 3.5 */
	if (bad != 0)
		out->len = was;
	return bad == 0;
}
