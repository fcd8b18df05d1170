/* SPDX-License-Identifier: EUPL-1.2 */
/* A proof of an entry in a file: one spelling. */
#include "journal/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes in = bytes_of(data, size);
	struct proof_file p;
	struct bytes note;
	struct buf again;
	struct err e;

	if (proof_read(&p, in, &e) != RC_OK) {
		if (p.opening.p != NULL)
			bug("something is left of what was not read");
		return 0;
	}
	note = bytes_of(p.note.text.p, (size_t)(data + size - p.note.text.p));
	proof_write(&again, p.bytes, buf_bytes(&p.opening), p.number, p.nodes,
	    p.len, note);
	if (!bytes_eq(buf_bytes(&again), in))
		bug("a proof of two spellings");
	(void)proof_check(&p, &e);
	buf_free(&again);
	proof_free(&p);
	return 0;
}
