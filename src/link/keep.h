/* SPDX-License-Identifier: EUPL-1.2 */
/* What a keep holds (link/session.h); for the session alone. */
#ifndef LINK_KEEP_H
#define LINK_KEEP_H

#include "link/session.h"

struct kept {
	uint8_t sum[SHA256_SIZE];
	uint32_t envelope;
	uint64_t total;
	struct buf package; /* as far as it came; at least a byte */
};

/* The keep owns it now, or it was dropped: *one is empty. */
void keep_put(struct link_keep *k, struct kept *one);
/* The caller owns *out now; false: there is none of this sum. */
bool keep_take(struct link_keep *k, const uint8_t sum[static SHA256_SIZE],
    struct kept *out);
/* The i-th, the oldest first; NULL behind the last. */
const struct kept *keep_each(const struct link_keep *k, size_t i);

#endif
