/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/vec.h"

#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"

void *
vec_more(void *items, size_t count, size_t size)
{
	void *more;

	if (count > 0 && (count & (count - 1)) != 0)
		return items;
	more = alloc(count == 0 ? 1 : 2 * count, size);
	if (count > 0) {
		memcpy(more, items, count * size);
		wipe(items, count * size);
	}
	free(items);
	return more;
}
