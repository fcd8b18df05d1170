/* SPDX-License-Identifier: EUPL-1.2 */
/* What rows of the station say, for paper. */
#ifndef PRINT_SAID_H
#define PRINT_SAID_H

#include "core/time.h"
#include "desk/value.h"

static inline struct bytes
said_bytes(const json_t *row, const char *key)
{
	return bytes_str(row_text(row, key));
}

/* As people write it; "" where it is none. */
static inline void
said_time(char out[static TIME_TEXT], const json_t *row, const char *key)
{
	const int64_t t = row_int(row, key);

	out[0] = '\0';
	if (t > TIME_MIN && t <= TIME_MAX)
		time_write_vn(out, t);
}

#endif
