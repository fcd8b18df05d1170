/* SPDX-License-Identifier: EUPL-1.2 */
#include "antin/digest.h"

#include <stdlib.h>

#include "core/lang.h"
#include "core/progress.h"
#include "file/file.h"

#define PIECE (256u << 10)

enum rc
digest_file(uint8_t out[static SHA512_SIZE], const char *path, struct err *e)
{
	struct sha512 hash = sha512_start();
	struct buf piece = { 0 };
	struct progress progress;
	struct in_file in;
	uint64_t done = 0;
	size_t got = PIECE;
	enum rc rc;

	rc = in_open(&in, path, e);
	if (rc != RC_OK) {
		sha512_drop(&hash);
		return rc;
	}
	progress = progress_start(tr("Reading"), in.size);
	(void)buf_grow(&piece, PIECE);
	while (rc == RC_OK && got == PIECE) {
		rc = in_read(&in, piece.p, PIECE, &got, e);
		sha512_add(&hash, bytes_of(piece.p, got));
		progress_to(&progress, done += got);
	}
	progress_end(&progress);
	sha512_end(&hash, out);
	buf_free(&piece);
	in_close(&in);
	return rc;
}
