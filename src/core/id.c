/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/id.h"

#include <string.h>

#define GROUP 8

void
id_write(char out[static ID_TEXT], const struct id *id)
{
	size_t g;

	for (g = 0; g < 4; g++) {
		hex_write(out + g * (GROUP + 1), bytes_of(id->b + g * 4, 4));
		out[g * (GROUP + 1) + GROUP] = g == 3 ? '\0' : '-';
	}
}

bool
id_parse(struct id *out, struct bytes in)
{
	uint8_t hex[2 * ID_SIZE];
	size_t i, n = 0;

	if (in.len == ID_TEXT - 1) {
		for (i = 0; i < in.len; i++) {
			if (i % (GROUP + 1) != GROUP)
				hex[n++] = in.p[i];
			else if (in.p[i] != '-')
				return false;
		}
		in = bytes_of(hex, n);
	}
	return hex_parse(out->b, sizeof(out->b), in);
}

bool
id_eq(const struct id *a, const struct id *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

struct bytes
id_bytes(const struct id *id)
{
	return bytes_of(id->b, sizeof(id->b));
}
