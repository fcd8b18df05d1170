/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/told.h"

#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "envelope/address.h"

void
told_write(struct buf *out, const struct told *t)
{
	size_t i;

	status_put(out, &t->status);
	for (i = 0; i < t->status.count; i++)
		buf_u64(out, (uint64_t)t->ats[i]);
	for (i = 0; i < t->fork_count; i++)
		buf_add(out, id_bytes(&t->forks[i]));
}

enum rc
told_read(struct told *out, struct bytes in, struct err *e)
{
	const struct bytes head = der_element(in);
	struct told t = { .fork_count = 0 };
	struct rd r;
	size_t i, left;
	enum rc rc;

	*out = t;
	if ((rc = status_read(&t.status, head, e)) != RC_OK)
		return rc;
	left = in.len - head.len;
	if (left < t.status.count * 8 ||
	    (left - t.status.count * 8) % ID_SIZE != 0 ||
	    (left - t.status.count * 8) / ID_SIZE > TOLD_FORKS) {
		status_free(&t.status);
		return fail(e, RC_INVALID,
		    "docs/link.md 17.1: a status of %zu bytes", in.len);
	}
	r = rd_init(bytes_of(in.p + head.len, left));
	t.fork_count = (left - t.status.count * 8) / ID_SIZE;
	t.ats = alloc(t.status.count + 1, sizeof(*t.ats));
	t.forks = alloc(t.fork_count + 1, sizeof(*t.forks));
	for (i = 0; i < t.status.count; i++)
		t.ats[i] = (int64_t)rd_u64(&r);
	for (i = 0; i < t.fork_count; i++)
		memcpy(t.forks[i].b, rd_bytes(&r, ID_SIZE).p, ID_SIZE);
	*out = t;
	return RC_OK;
}

void
told_free(struct told *t)
{
	status_free(&t->status);
	free(t->ats);
	free(t->forks);
	*t = (struct told){ .fork_count = 0 };
}

bool
wanted_is_good(enum wanted what, struct bytes which)
{
	struct address a;

	if (what == WANTED_CERT)
		return which.len == SHA256_SIZE;
	return (what == WANTED_ADDRESS || what == WANTED_NEWS) &&
	       which.len <= LIMIT_ADDRESS && address_parse(&a, which);
}

void
wanted_put(struct buf *out, enum wanted what, struct bytes which)
{
	buf_u8(out, (uint8_t)what);
	buf_u8(out, (uint8_t)which.len);
	buf_add(out, which);
}

bool
wanted_next(enum wanted *what, struct bytes *which, struct bytes *in)
{
	struct rd r;

	while (in->len > 0) {
		r = rd_init(*in);
		*what = (enum wanted)rd_u8(&r);
		*which = rd_bytes(&r, rd_u8(&r));
		*in = rd_rest(&r);
		if (!rd_end(&r)) {
			*in = bytes_of("", 0);
			return false;
		}
		if (wanted_is_good(*what, *which))
			return true;
	}
	return false;
}
