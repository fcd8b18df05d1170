/* SPDX-License-Identifier: EUPL-1.2 */
/* Evidence: what is read has one spelling, and its entries lead nowhere else.
 */
#include "dispatch/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
on_told(void *ctx, const struct evidence_told *t)
{
	size_t *holds = ctx;

	*holds += t->rc == RC_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes in = bytes_of(data, size);
	struct evidence_of of;
	struct evidence v;
	struct buf again;
	struct note note;
	size_t holds = 0;
	struct err e;

	if (evidence_read(&v, in, &e) != RC_OK)
		return 0;
	evidence_write(&again, &v);
	if (!bytes_eq(buf_bytes(&again), in))
		bug("evidence of another spelling");
	buf_free(&again);
	if (evidence_about(&of, &v, &e) == RC_OK &&
	    note_read_journal(&note, v.checkpoint, &e) == RC_OK)
		evidence_entries(&v, &of, &note, on_told, &holds);
	return 0;
}
