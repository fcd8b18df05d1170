/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/pack.h"

#include <zstd.h>

#define LEVEL 9

static unsigned
log2_floor(uint64_t n)
{
	return 63 - (unsigned)__builtin_clzll(n);
}

uint64_t
pad_size(uint64_t n)
{
	unsigned e, s;
	uint64_t mask;

	if (n < 2)
		return n;
	e = log2_floor(n);
	s = e == 0 ? 0 : log2_floor(e) + 1;
	mask = (UINT64_C(1) << (e - s)) - 1;
	return (n + mask) & ~mask;
}

enum coding
pack(struct buf *out, struct bytes in)
{
	size_t bound = in.len - in.len / 20, n;

	*out = (struct buf){ 0 };
	if (bound > 0) {
		(void)buf_grow(out, bound);
		n = ZSTD_compress(out->p, bound, in.p, in.len, LEVEL);
		if (!ZSTD_isError(n)) {
			out->len = n;
			return CODING_ZSTD;
		}
		out->len = 0; /* it does not fit: not worth it */
	}
	buf_add(out, in);
	return CODING_PLAIN;
}

/* One frame, which is all there is, and no other kind of frame: what is packed
 * has no room for anything else. */
static bool
is_one_frame(struct bytes in)
{
	static const uint8_t magic[] = { 0x28, 0xb5, 0x2f, 0xfd };

	return in.len > sizeof(magic) &&
	       bytes_eq(bytes_of(in.p, sizeof(magic)),
		   bytes_of(magic, sizeof(magic))) &&
	       ZSTD_findFrameCompressedSize(in.p, in.len) == in.len;
}

enum rc
unpack(struct buf *out, enum coding coding, struct bytes in, size_t size,
    struct err *e)
{
	size_t n = in.len;

	*out = (struct buf){ 0 };
	if (coding == CODING_PLAIN)
		buf_add(out, in);
	else if (!is_one_frame(in))
		n = size + 1;
	else
		n = ZSTD_decompress(buf_grow(out, size), size, in.p, in.len);
	if (!ZSTD_isError(n) && n == size)
		return RC_OK;
	buf_free(out);
	return fail(e, RC_INVALID,
	    "docs/envelope.md 7.2: content that does not unpack to %zu bytes",
	    size);
}
