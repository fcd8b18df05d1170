/* SPDX-License-Identifier: EUPL-1.2 */
#include "journal/life.h"

#include <string.h>

bool
life_too_far(uint64_t said, uint64_t known)
{
	return said > INT64_MAX - 1 ||
	       (said > known && said - known > LIFE_AHEAD);
}

bool
life_thins(
    const struct checkpoint *older, const struct checkpoint *newer, int64_t now)
{
	const int64_t slot =
	    older->at > now - LIFE_WHOLE ? LIFE_SLOT : TIME_DAY;

	return older->incarnation == newer->incarnation &&
	       older->at / slot == newer->at / slot;
}

/* The rest of it is a note of a station's journal. */
static enum rc
read_note(struct note *out, struct bytes *bytes, struct rd *r, struct err *e)
{
	*bytes = rd_rest(r);
	if (!rd_end(r))
		return fail(e, RC_INVALID,
		    "docs/link.md 18.2: what is said of a journal ends too "
		    "early");
	return note_read_journal(out, *bytes, e);
}

void
life_checkpoint_write(struct buf *out, const struct life_checkpoint *c)
{
	unsigned i;

	*out = (struct buf){ 0 };
	buf_u64(out, c->from);
	buf_u64(out, c->serial);
	buf_u8(out, (uint8_t)c->count);
	for (i = 0; i < c->count; i++)
		buf_add(out, bytes_of(c->proof[i].b, SHA256_SIZE));
	buf_add(out, c->bytes);
}

enum rc
life_checkpoint_read(
    struct life_checkpoint *out, struct bytes in, struct err *e)
{
	struct rd r = rd_init(in);
	struct bytes node;
	unsigned i;

	*out = (struct life_checkpoint){ 0 };
	out->from = rd_u64(&r);
	out->serial = rd_u64(&r);
	out->count = rd_u8(&r);
	if (out->count > MERKLE_PROOF)
		return fail(e, RC_INVALID,
		    "docs/link.md 18.2: a proof of %u nodes", out->count);
	for (i = 0; i < out->count; i++) {
		node = rd_bytes(&r, SHA256_SIZE);
		if (!r.bad)
			memcpy(out->proof[i].b, node.p, SHA256_SIZE);
	}
	return read_note(&out->note, &out->bytes, &r, e);
}

void
life_countersigned_write(struct buf *out, const struct life_countersigned *c)
{
	*out = (struct buf){ 0 };
	buf_u8(out, (uint8_t)c->what);
	if (c->what == LIFE_WITNESSED)
		buf_add(out, c->bytes);
	else
		buf_u64(out, c->size);
}

enum rc
life_countersigned_read(
    struct life_countersigned *out, struct bytes in, struct err *e)
{
	struct rd r = rd_init(in);
	unsigned what = rd_u8(&r);

	*out = (struct life_countersigned){ 0 };
	if (what >= LIFE_SAYS)
		return fail(e, RC_INVALID,
		    "docs/link.md 18.3: a countersignature of kind %u", what);
	out->what = what;
	if (what == LIFE_WITNESSED)
		return read_note(&out->note, &out->bytes, &r, e);
	out->size = rd_u64(&r);
	return rd_end(&r) ? RC_OK
			  : fail(e, RC_INVALID,
				"docs/link.md 18.3: no countersignature");
}

void
life_given_write(struct buf *out, const struct life_given *g)
{
	*out = (struct buf){ 0 };
	buf_u64(out, g->incarnation);
	buf_u64(out, g->serial);
	buf_add(out, g->bytes);
}

enum rc
life_given_read(struct life_given *out, struct bytes in, struct err *e)
{
	struct rd r = rd_init(in);

	*out = (struct life_given){ 0 };
	out->incarnation = rd_u64(&r);
	out->serial = rd_u64(&r);
	return read_note(&out->note, &out->bytes, &r, e);
}

/* ---- what is kept ---------------------------------------------------------
 */

static void
node_put(struct buf *out, const struct node *n)
{
	buf_add(out, bytes_of(n->b, SHA256_SIZE));
}

static void
node_get(struct node *out, struct rd *r)
{
	struct bytes b = rd_bytes(r, SHA256_SIZE);

	if (!r->bad)
		memcpy(out->b, b.p, SHA256_SIZE);
}

void
life_write(struct buf *out, const struct life *l)
{
	*out = (struct buf){ 0 };
	buf_u64(out, l->incarnation);
	buf_u64(out, l->given);
	buf_u64(out, l->size);
	buf_u64(out, l->serial);
	node_put(out, &l->root);
	buf_u64(out, (uint64_t)l->at);
	buf_u8(out, l->barred);
}

enum rc
life_read(struct life *out, struct bytes in, struct err *e)
{
	struct rd r = rd_init(in);

	*out = (struct life){ 0 };
	out->incarnation = rd_u64(&r);
	out->given = rd_u64(&r);
	out->size = rd_u64(&r);
	out->serial = rd_u64(&r);
	node_get(&out->root, &r);
	out->at = (int64_t)rd_u64(&r);
	out->barred = rd_u8(&r) != 0;
	return rd_end(&r) ? RC_OK
			  : fail(e, RC_INVALID,
				"what is kept of a station's life is damaged");
}

void
life_gap_write(struct buf *out, const struct life_gap *g)
{
	*out = (struct buf){ 0 };
	buf_u64(out, g->incarnation);
	buf_u64(out, g->born);
	buf_u64(out, g->from);
	buf_u64(out, g->until);
	buf_u64(out, g->serials);
	buf_u64(out, g->to);
	buf_u64(out, g->again);
	buf_u64(out, (uint64_t)g->since);
	buf_u64(out, (uint64_t)g->at);
	node_put(out, &g->root);
}

enum rc
life_gap_read(struct life_gap *out, struct bytes in, struct err *e)
{
	struct rd r = rd_init(in);

	*out = (struct life_gap){ 0 };
	out->incarnation = rd_u64(&r);
	out->born = rd_u64(&r);
	out->from = rd_u64(&r);
	out->until = rd_u64(&r);
	out->serials = rd_u64(&r);
	out->to = rd_u64(&r);
	out->again = rd_u64(&r);
	out->since = (int64_t)rd_u64(&r);
	out->at = (int64_t)rd_u64(&r);
	node_get(&out->root, &r);
	return rd_end(&r)
		   ? RC_OK
		   : fail(e, RC_INVALID, "what is kept of a gap is damaged");
}
