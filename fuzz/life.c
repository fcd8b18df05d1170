/* SPDX-License-Identifier: EUPL-1.2 */
/* What stations tell one another of their journals: what is read is written as
 * it was.  The first byte says which. */
#include "journal/life.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
same(struct buf *again, struct bytes in)
{
	if (!bytes_eq(buf_bytes(again), in))
		bug("a message that is written otherwise than it was read");
	buf_free(again);
}

static void
checkpoint(struct bytes in)
{
	struct life_checkpoint c;
	struct buf again;
	struct err e;

	if (life_checkpoint_read(&c, in, &e) != RC_OK)
		return;
	life_checkpoint_write(&again, &c);
	same(&again, in);
}

static void
countersigned(struct bytes in)
{
	struct life_countersigned c;
	struct buf again;
	struct err e;

	if (life_countersigned_read(&c, in, &e) != RC_OK)
		return;
	life_countersigned_write(&again, &c);
	same(&again, in);
}

static void
given(struct bytes in)
{
	struct life_given g;
	struct buf again;
	struct err e;

	if (life_given_read(&g, in, &e) != RC_OK)
		return;
	life_given_write(&again, &g);
	same(&again, in);
}

static void
kept(struct bytes in)
{
	struct life_gap g;
	struct life l;
	struct err e;

	if (life_read(&l, in, &e) == RC_OK &&
	    life_gap_read(&g, in, &e) == RC_OK)
		bug("two things at once");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const reads[])(
	    struct bytes in) = { checkpoint, countersigned, given, kept };

	if (size > 0)
		reads[data[0] % 4](bytes_of(data + 1, size - 1));
	return 0;
}
