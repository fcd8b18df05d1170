/* SPDX-License-Identifier: EUPL-1.2 */
/* What is told of the directory by line: a status that is read is written as it
 * was; what is wanted is well-made.  The first byte says which. */
#include "pki/told.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
status(struct bytes in)
{
	struct buf again = { 0 };
	struct told t;
	struct err e;

	if (told_read(&t, in, &e) != RC_OK)
		return;
	if (t.fork_count > TOLD_FORKS || t.status.count > DIRECTORY_LOGS)
		bug("a status over its limits");
	told_write(&again, &t);
	if (!bytes_eq(buf_bytes(&again), in))
		bug("a status that is written otherwise than it was read");
	buf_free(&again);
	told_free(&t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes which, rest;
	enum wanted what;
	size_t n = 0;

	if (size == 0)
		return 0;
	rest = bytes_of(data + 1, size - 1);
	if (data[0] % 2 == 0) {
		status(rest);
		return 0;
	}
	for (; wanted_next(&what, &which, &rest); n++)
		if (!wanted_is_good(what, which))
			bug("nobody can be asked for so");
	if (n > size / 2)
		bug("more are wanted than were said");
	return 0;
}
