/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/sink.h"

static enum rc
put_buf(void *ctx, struct bytes more, struct err *e)
{
	(void)e;
	buf_add(ctx, more);
	return RC_OK;
}

struct sink
sink_buf(struct buf *out)
{
	return (struct sink){ put_buf, out };
}
