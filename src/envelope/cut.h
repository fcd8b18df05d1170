/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Where the slips of an envelope lie, so that one for a few of its recipients
 * is cut out of it without all of it being read again (docs/station.md 7.5).
 */
#ifndef ENVELOPE_CUT_H
#define ENVELOPE_CUT_H

#include "envelope/envelope.h"

struct slip_place {
	struct tag tag;
	uint32_t at, len; /* in the envelope */
};
struct envelope_map {
	struct slip_place *places; /* owned; by tag, then by place */
	size_t count;
	uint32_t tail, size; /* where what is behind the slips begins, ends */
};

/* Of one that envelope_parse() has read from "in".  The caller frees *out. */
void envelope_map(
    struct envelope_map *out, const struct envelope *env, struct bytes in);
void envelope_map_free(struct envelope_map *map); /* leaves it empty */

/* The envelope's bytes: "len" of them, from "at" on. */
struct envelope_source {
	enum rc (*read)(
	    void *ctx, uint8_t *to, size_t len, uint64_t at, struct err *e);
	void *ctx;
};

/*
 * The envelope with only the slips of these tags, each of which it has; all of
 * it where that is all of them.  The bytes are those that were mapped, or what
 * has become of them: each slip is checked once more.
 *
 * RC_ABSENT	it has none of them
 * RC_INVALID	where one should be there is another, or none
 *
 * and what read() fails with.  The caller frees *out; on failure it is empty.
 */
enum rc envelope_cut(struct buf *out, const struct envelope_map *map,
    const struct envelope_source *from, const struct tag *tags, size_t count,
    struct err *e);

#endif
