/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * An entry, and what it says after it: what is read is written again as it was,
 * and only its own opening is its.
 */
#include <string.h>

#include "journal/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes opening =
	    size < ENTRY_SIZE ? (struct bytes){ 0 }
			      : bytes_of(data + ENTRY_SIZE, size - ENTRY_SIZE);
	uint8_t again[ENTRY_SIZE];
	struct buf written = { 0 };
	struct entry_data d;
	struct entry x;
	struct err e;

	if (size < ENTRY_SIZE ||
	    entry_read(&x, bytes_of(data, ENTRY_SIZE), &e) != RC_OK)
		return 0;
	entry_write(again, &x);
	if (memcmp(again, data, ENTRY_SIZE) != 0)
		bug("an entry of two spellings");
	if (entry_data_read(&d, x.kind, opening, &e) != RC_OK)
		return 0;
	entry_open(&written, x.kind, &d, opening.p);
	if (!bytes_eq(buf_bytes(&written), opening))
		bug("an opening of two spellings");
	entry_commit(&x, opening);
	if (!entry_holds(&x, opening))
		bug("an opening that is not its own");
	buf_free(&written);
	return 0;
}
