/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/cut.h"

#include <stdlib.h>
#include <string.h>

#include "envelope/outer.h"

/* ---- where the slips lie -------------------------------------------------
 */

static int
by_tag(const void *a, const void *b)
{
	const struct slip_place *x = a, *y = b;
	const int c = memcmp(x->tag.b, y->tag.b, TAG_SIZE);

	return c != 0 ? c : (x->at > y->at) - (x->at < y->at);
}

void
envelope_map(
    struct envelope_map *out, const struct envelope *env, struct bytes in)
{
	const uint32_t first = (uint32_t)(env->slips.p - in.p);
	struct slip_place *p;
	struct slip slip;
	size_t at = 0;

	*out = (struct envelope_map){ .places = alloc(env->slip_count,
					  sizeof(*out->places)),
		.tail = first + (uint32_t)env->slips.len,
		.size = (uint32_t)in.len };
	while (envelope_slip(env, &at, &slip)) {
		p = &out->places[out->count++];
		memcpy(p->tag.b, slip.rid.p, TAG_SIZE);
		p->len = (uint32_t)slip.raw.len;
		p->at = first + (uint32_t)at - p->len;
	}
	qsort(out->places, out->count, sizeof(*out->places), by_tag);
}

void
envelope_map_free(struct envelope_map *map)
{
	free(map->places);
	*map = (struct envelope_map){ 0 };
}

/* ---- cutting -------------------------------------------------------------
 */

/* Those that were asked for; in the order in which they lie. */
struct chosen {
	const struct slip_place **list; /* owned */
	size_t count, bytes;
};

static int
by_place(const void *a, const void *b)
{
	const struct slip_place *x = *(const struct slip_place *const *)a;
	const struct slip_place *y = *(const struct slip_place *const *)b;

	return (x->at > y->at) - (x->at < y->at);
}

/* The first place of this tag, or where it would be: a key of another suite
 * may have the same. */
static size_t
place_of(const struct envelope_map *map, const struct tag *tag)
{
	size_t low = 0, high = map->count, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (memcmp(map->places[mid].tag.b, tag->b, TAG_SIZE) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int
tag_order(const void *a, const void *b)
{
	return memcmp(a, b, TAG_SIZE);
}

/* Two destinations may have one slip. */
static void
choose(struct chosen *out, const struct envelope_map *map,
    const struct tag *tags, size_t count)
{
	struct tag *sorted = alloc(count + 1, sizeof(*sorted));
	size_t i, at;

	if (count > 0)
		memcpy(sorted, tags, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), tag_order);
	out->list = alloc(map->count, sizeof(const struct slip_place *));
	for (i = 0; i < count; i++) {
		if (i > 0 && tag_order(&sorted[i], &sorted[i - 1]) == 0)
			continue;
		for (at = place_of(map, &sorted[i]);
		     at < map->count &&
		     tag_order(&map->places[at].tag, &sorted[i]) == 0;
		     at++) {
			out->list[out->count++] = &map->places[at];
			out->bytes += map->places[at].len;
		}
	}
	qsort(out->list, out->count, sizeof(*out->list), by_place);
	free(sorted);
}

static enum rc
add(struct buf *out, const struct envelope_source *from, size_t len,
    uint32_t at, struct err *e)
{
	return from->read(from->ctx, buf_grow(out, len), len, at, e);
}

static enum rc
add_slip(struct buf *out, const struct envelope_source *from,
    const struct slip_place *p, struct err *e)
{
	const size_t was = out->len;
	struct slip slip;
	enum rc rc;

	if ((rc = add(out, from, p->len, p->at, e)) != RC_OK)
		return rc;
	rc = slip_parse(&slip, bytes_of(out->p + was, p->len), e);
	if (rc == RC_OK &&
	    (!slip_is_ours(&slip) || !bytes_eq(slip.rid, tag_bytes(&p->tag))))
		rc = fail(e, RC_INVALID,
		    "docs/station.md 7.5: a slip is not where it was");
	return rc;
}

enum rc
envelope_cut(struct buf *out, const struct envelope_map *map,
    const struct envelope_source *from, const struct tag *tags, size_t count,
    struct err *e)
{
	struct chosen c = { 0 };
	enum rc rc = RC_OK;
	size_t i;

	*out = (struct buf){ 0 };
	if (count == map->count)
		return add(out, from, map->size, 0, e);
	choose(&c, map, tags, count);
	if (c.count == 0) {
		rc = fail(e, RC_ABSENT, "no slip is left for that way");
		goto out;
	}
	outer_head(out, c.bytes, map->size - map->tail);
	buf_reserve(out, c.bytes + map->size - map->tail);
	for (i = 0; i < c.count && rc == RC_OK; i++)
		rc = add_slip(out, from, c.list[i], e);
	if (rc == RC_OK)
		rc = add(out, from, map->size - map->tail, map->tail, e);
out:
	free(c.list);
	if (rc != RC_OK)
		buf_free(out);
	return rc;
}
