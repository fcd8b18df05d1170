/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Pieces of files, sealed, in one file that has no name (docs/desk.md 6.3): the
 * key is this process's and dies with it.  A piece lies in a place, of which
 * there are so many from the beginning; what a place took is given back to the
 * disk, or to memory, with it.
 *
 * spool_put() and spool_give() are under their caller's lock; spool_get() is
 * for any thread, as long as nobody gives that place back.
 */
#ifndef WEB_SPOOL_H
#define WEB_SPOOL_H

#include "core/bytes.h"
#include "core/err.h"

#define SPOOL_PIECE 65536u /* bytes of one, at the most */
#define SPOOL_NOWHERE UINT32_MAX

struct spool;

struct piece {
	uint32_t place;	 /* SPOOL_NOWHERE: it is not there */
	uint64_t number; /* its nonce: no two have one */
};

/* "fd" is a file that nobody else has, and is taken; -1: one is made in
 * memory.  For so many pieces at once. */
struct spool *spool_new(int fd, uint32_t places);
void spool_free(struct spool *s);
/*
 * Seal what is there in its own place ("some" is not what it was then), for who
 * says "of" again when he reads it, and keep it.  There must be room: over what
 * spool_new() was told is a bug.
 *
 * RC_IO: the disk, or memory, has no room; the piece is nowhere
 */
enum rc spool_put(struct piece *p, struct spool *s, struct bytes of,
    uint8_t *some, size_t len, struct err *e);
/* RC_IO: it cannot be read, or is not what was put there. */
enum rc spool_get(uint8_t *out, size_t len, const struct spool *s,
    struct piece p, struct bytes of, struct err *e);
void spool_give(struct spool *s, struct piece *p);

#endif
