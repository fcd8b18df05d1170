/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Frames as a thin line has them (docs/link.md 21): the same frames, shorter.
 * What goes is turned from frames into compact ones, what comes into frames,
 * which a session then reads and judges as ever.
 */
#ifndef LINK_COMPACT_H
#define LINK_COMPACT_H

#include "link/frame.h"

#define COMPACT_DESTS 64u  /* of each direction, that are known by a number */
#define COMPACT_MAX 32760u /* bytes of a compact frame's payload */

struct compact; /* both directions of a line */
struct compact *compact_new(void);
void compact_free(struct compact *c);

/* Add these whole frames, of a session's output, to *out. */
void compact_pack(struct compact *c, struct buf *out, struct bytes frames);

/* Bytes that came. */
void compact_add(struct compact *c, struct bytes in);
/*
 * The next frame, in the place of what is in *out.
 *
 * RC_ABSENT	no more of them are whole
 * RC_INVALID	the peer broke a clause, which the error cites; nothing more is
 *		read
 */
enum rc compact_next(struct compact *c, struct buf *out, struct err *e);

#endif
