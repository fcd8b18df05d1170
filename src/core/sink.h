/* SPDX-License-Identifier: EUPL-1.2 */
/* Where bytes go that are too many to gather: a file, a line, a buffer. */
#ifndef CORE_SINK_H
#define CORE_SINK_H

#include "core/bytes.h"
#include "core/err.h"

struct sink {
	enum rc (*put)(void *ctx, struct bytes more, struct err *e);
	void *ctx; /* borrowed */
};

/* One that gathers in *out after all. */
struct sink sink_buf(struct buf *out);

#endif
