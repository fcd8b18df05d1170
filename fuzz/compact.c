/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Frames of a thin line: what comes out are frames, which go in again and come
 * out the same.
 */
#include "link/compact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
unpack(struct buf *out, struct bytes in)
{
	struct compact *c = compact_new();
	struct buf frame = { 0 };
	struct err e;
	enum rc rc;

	compact_add(c, in);
	while ((rc = compact_next(c, &frame, &e)) == RC_OK)
		buf_add(out, buf_bytes(&frame));
	if (rc != RC_ABSENT && rc != RC_INVALID)
		bug("another outcome");
	buf_free(&frame);
	compact_free(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf frames = { 0 }, packed = { 0 }, again = { 0 };
	struct compact *c = compact_new();

	unpack(&frames, bytes_of(data, size));
	compact_pack(c, &packed, buf_bytes(&frames));
	unpack(&again, buf_bytes(&packed));
	if (!bytes_eq(buf_bytes(&frames), buf_bytes(&again)))
		bug("frames that come out otherwise than they went in");
	buf_free(&frames);
	buf_free(&packed);
	buf_free(&again);
	compact_free(c);
	return 0;
}
