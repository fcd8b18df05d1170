/* SPDX-License-Identifier: EUPL-1.2 */
#include "link/enrolment.h"

#include <string.h>

#include "pki/enrol.h"

_Static_assert(ENROLMENT_IN > ENROLMENT_HEAD + 1 + REQUEST_MAX,
    "a request fits into a message");
_Static_assert(ENROLMENT_BACK > ENROLMENT_HEAD + 49 + ENROLMENT_ANSWER,
    "an answer fits into a message");

static void
put_u32(uint8_t to[static ENROLMENT_HEAD], size_t v)
{
	to[0] = (uint8_t)(v >> 24);
	to[1] = (uint8_t)(v >> 16);
	to[2] = (uint8_t)(v >> 8);
	to[3] = (uint8_t)v;
}

void
enrolment_write(struct buf *out, const struct enrolment *m)
{
	*out = (struct buf){ 0 };
	(void)buf_grow(out, ENROLMENT_HEAD);
	buf_u8(out, (uint8_t)m->kind);
	if (m->kind == ENROLMENT_REQUEST)
		buf_add(out, m->request);
	else
		buf_add(out, bytes_of(m->hash, SHA256_SIZE));
	if (m->kind == ENROLMENT_REFUSED)
		buf_u8(out, m->why);
	if (m->kind == ENROLMENT_ANSWERED)
		buf_u64(out, m->total);
	if (m->kind == ENROLMENT_ASK || m->kind == ENROLMENT_ANSWERED)
		buf_u64(out, m->from);
	if (m->kind == ENROLMENT_ANSWERED)
		buf_add(out, m->bytes);
	put_u32(out->p, out->len - ENROLMENT_HEAD);
}

static enum rc
check_answer(const struct enrolment *m, struct err *e)
{
	if (m->total > ENROLMENT_ANSWER)
		return fail(e, RC_LIMIT,
		    "docs/link.md 12.4: an answer of over %u bytes",
		    ENROLMENT_ANSWER);
	if (m->from > m->total || m->bytes.len != m->total - m->from)
		return fail(e, RC_INVALID,
		    "docs/link.md 12.4: an answer that is not as long as it "
		    "says");
	return RC_OK;
}

enum rc
enrolment_read(struct enrolment *out, struct bytes in, bool back, struct err *e)
{
	struct enrolment m = { 0 };
	struct rd r = rd_init(in);
	struct bytes hash;
	uint8_t kind = rd_u8(&r);

	*out = m;
	if (kind < ENROLMENT_REQUEST || kind > ENROLMENT_ANSWERED ||
	    (kind >= ENROLMENT_WAITS) != back)
		return fail(e, RC_INVALID,
		    "docs/link.md 12.3: a message of kind %u", kind);
	m.kind = (enum enrolment_kind)kind;
	if (m.kind == ENROLMENT_REQUEST) {
		m.request = rd_rest(&r);
	} else {
		hash = rd_bytes(&r, SHA256_SIZE);
		if (hash.len == SHA256_SIZE)
			memcpy(m.hash, hash.p, SHA256_SIZE);
	}
	if (m.kind == ENROLMENT_REFUSED)
		m.why = rd_u8(&r);
	if (m.kind == ENROLMENT_ANSWERED)
		m.total = rd_u64(&r);
	if (m.kind == ENROLMENT_ASK || m.kind == ENROLMENT_ANSWERED)
		m.from = rd_u64(&r);
	if (m.kind == ENROLMENT_ANSWERED)
		m.bytes = rd_rest(&r);
	if (!rd_end(&r) ||
	    (m.kind == ENROLMENT_REQUEST &&
		(m.request.len == 0 || m.request.len > REQUEST_MAX)))
		return fail(e, RC_INVALID,
		    "docs/link.md 12.3: %zu bytes are no message of kind %u",
		    in.len, kind);
	if (m.kind == ENROLMENT_ANSWERED && check_answer(&m, e) != RC_OK)
		return e->rc;
	*out = m;
	return RC_OK;
}

enum rc
enrolment_more(
    struct buf *all, struct bytes piece, bool back, bool *whole, struct err *e)
{
	const size_t most = back ? ENROLMENT_BACK : ENROLMENT_IN;
	size_t len;

	*whole = false;
	if (piece.len > most - all->len)
		return fail(e, RC_LIMIT,
		    "docs/link.md 12.2: a message of over %zu bytes", most);
	buf_add(all, piece);
	if (all->len < ENROLMENT_HEAD)
		return RC_OK;
	len = (size_t)all->p[0] << 24 | (size_t)all->p[1] << 16 |
	      (size_t)all->p[2] << 8 | all->p[3];
	if (len > most - ENROLMENT_HEAD)
		return fail(e, RC_LIMIT,
		    "docs/link.md 12.2: a message of over %zu bytes", most);
	if (all->len > ENROLMENT_HEAD + len)
		return fail(e, RC_INVALID,
		    "docs/link.md 12.2: more came than the message has");
	*whole = all->len == ENROLMENT_HEAD + len;
	return RC_OK;
}
