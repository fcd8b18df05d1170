/* SPDX-License-Identifier: EUPL-1.2 */
/* What a child tells of alarms that nobody has seen has one spelling. */
#include "dispatch/unseen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct unseen list[UNSEEN_MAX];
	struct buf again = { 0 };
	struct err e;
	size_t n;

	if (unseen_read(list, &n, bytes_of(data, size), &e) != RC_OK) {
		if (n != 0)
			bug("something is left of what was not read");
		return 0;
	}
	unseen_write(&again, list, n);
	if (!bytes_eq(buf_bytes(&again), bytes_of(data, size)))
		bug("a list that is written otherwise than it was read");
	buf_free(&again);
	return 0;
}
