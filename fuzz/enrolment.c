/* SPDX-License-Identifier: EUPL-1.2 */
/* A message of enrolment by line: what is read is written as it came, and what
 * comes in pieces is what comes whole. */
#include "link/enrolment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size), inside;
	const bool back = size > ENROLMENT_HEAD && data[ENROLMENT_HEAD] > 2;
	struct buf all = { 0 }, again;
	struct enrolment m;
	bool whole = false;
	struct err e;
	size_t i;

	for (i = 0; i < size; i++)
		if (whole || enrolment_more(&all, bytes_of(data + i, 1), back,
				 &whole, &e) != RC_OK)
			break;
	if (i == size && whole) {
		inside = bytes_of(in.p + ENROLMENT_HEAD, size - ENROLMENT_HEAD);
		if (enrolment_read(&m, inside, back, &e) == RC_OK) {
			enrolment_write(&again, &m);
			if (!bytes_eq(buf_bytes(&again), in))
				bug("a message that is written otherwise");
			buf_free(&again);
		}
	}
	buf_free(&all);
	return 0;
}
