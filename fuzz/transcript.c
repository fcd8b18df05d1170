/* SPDX-License-Identifier: EUPL-1.2 */
/* Transcripts: what is read is written again, byte for byte. */
#include "pki/transcript.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);
	struct transcript t;
	struct buf again;
	struct err e;

	if (transcript_read(&t, in, &e) != RC_OK) {
		if (t.files != NULL || t.acts != NULL)
			bug("something is left of a transcript that was "
			    "refused");
		return 0;
	}
	transcript_write(&again, &t);
	if (!bytes_eq(buf_bytes(&again), in))
		bug("a transcript with two spellings");
	buf_free(&again);
	transcript_free(&t);
	return 0;
}
