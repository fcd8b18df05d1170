/* SPDX-License-Identifier: EUPL-1.2 */
#include "dispatch/unseen.h"

#include "core/time.h"

#define ENTRY 18u

void
unseen_write(struct buf *out, const struct unseen *list, size_t count)
{
	size_t i;

	if (count > UNSEEN_MAX)
		bug("more alarms than are told");
	if (count == 0)
		buf_u8(out, 0);
	for (i = 0; i < count; i++) {
		buf_u8(out, list[i].kind);
		buf_u8(out, list[i].rank);
		buf_u64(out, list[i].count);
		buf_u64(out, (uint64_t)list[i].since);
	}
}

static bool
is_entry(const struct unseen *u, bool had[static 256 * UNSEEN_RANKS])
{
	bool *h;

	if (u->kind == 0 || u->rank >= UNSEEN_RANKS || u->count == 0 ||
	    u->count > UNSEEN_COUNT || u->since < TIME_MIN ||
	    u->since > TIME_MAX)
		return false;
	h = &had[u->kind * UNSEEN_RANKS + u->rank];
	if (*h)
		return false;
	*h = true;
	return true;
}

enum rc
unseen_read(struct unseen out[static UNSEEN_MAX], size_t *count,
    struct bytes in, struct err *e)
{
	bool had[256 * UNSEEN_RANKS] = { false };
	struct rd r = rd_init(in);
	size_t i;

	*count = 0;
	if (in.len == 1 && in.p[0] == 0)
		return RC_OK;
	if (in.len == 0 || in.len % ENTRY != 0 || in.len / ENTRY > UNSEEN_MAX)
		return fail(e, RC_INVALID,
		    "docs/link.md 22.1: %zu bytes are no such list", in.len);
	for (i = 0; i < in.len / ENTRY; i++) {
		out[i].kind = rd_u8(&r);
		out[i].rank = rd_u8(&r);
		out[i].count = rd_u64(&r);
		out[i].since = (int64_t)rd_u64(&r);
		if (!is_entry(&out[i], had))
			return fail(e, RC_INVALID,
			    "docs/link.md 22.1: entry %zu of such a list", i);
	}
	*count = i;
	return RC_OK;
}
