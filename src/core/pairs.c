/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/pairs.h"

#include "core/err.h"

void
pairs_add(struct buf *out, struct bytes name, struct bytes value)
{
	if (name.len > PAIRS_NAME || value.len > PAIRS_VALUE)
		bug("a pair that is too long");
	buf_u8(out, (uint8_t)name.len);
	buf_add(out, name);
	buf_u8(out, (uint8_t)(value.len >> 8));
	buf_u8(out, (uint8_t)value.len);
	buf_add(out, value);
}

bool
pairs_next(struct bytes *pairs, struct bytes *name, struct bytes *value)
{
	struct rd r = rd_init(*pairs);
	size_t len;

	*name = rd_bytes(&r, rd_u8(&r));
	len = (size_t)rd_u8(&r) << 8;
	len |= rd_u8(&r);
	*value = rd_bytes(&r, len);
	if (r.bad)
		return false;
	*pairs = rd_rest(&r);
	return true;
}

bool
pairs_are(struct bytes pairs)
{
	struct bytes name, value;

	while (pairs_next(&pairs, &name, &value))
		;
	return pairs.len == 0;
}

struct bytes
pairs_get(struct bytes pairs, const char *name)
{
	struct bytes is, value;

	while (pairs_next(&pairs, &is, &value))
		if (bytes_is(is, name))
			return value;
	return (struct bytes){ 0 };
}
