/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Files on their way from a browser (docs/desk.md 6): what came of each, until
 * it is sent or taken back.  They lie sealed, in pieces of UPLOAD_CHUNK under a
 * key of this process, in one file that has no name: after a restart nobody
 * reads them, and they are gone.
 *
 * Any thread may call; nothing here waits for a peer.
 */
#ifndef WEB_UPLOADS_H
#define WEB_UPLOADS_H

#include "core/bytes.h"
#include "core/err.h"
#include "core/id.h"
#include "core/limits.h"

#define UPLOAD_CHUNK 65536u
#define UPLOAD_MAX (256u << 20)		/* bytes of one */
#define UPLOADS_MINE 64u		/* of one session, at once */
#define UPLOADS_MINE_BYTES (256u << 20) /* of one session */
#define UPLOADS_ALL 1024u		/* at once */
#define UPLOADS_BYTES (512u << 20) /* of all, where nobody says otherwise */
#define UPLOADS_OPEN (512u << 20)  /* bytes of those that are opened at once */
#define UPLOAD_TYPE 100u	   /* bytes of a media type */

struct uploads;

/* "spool" is a file that nobody else has, and is taken; -1: one is made in
 * memory.  "bytes": at most so many of all. */
struct uploads *uploads_new(int spool, uint64_t bytes);
void uploads_free(struct uploads *u);

/* A person's name of a file, in NFC.  RC_INVALID, RC_LIMIT: no file could have
 * it.  The caller frees *out. */
enum rc upload_name(struct buf *out, struct bytes name, struct err *e);

struct upload_is {
	char name[LIMIT_NAME + 1], type[UPLOAD_TYPE + 1];
	uint64_t size, have; /* bytes it is to have; that came */
	/* Where it is being sent: bytes of all that goes with it, and of which
	 * so many are sealed; 0: it is not. */
	uint64_t total, sealed;
};

/*
 * Begin one of a session (its user).  Room for all of it is kept.
 *
 * RC_LIMIT	it is too large, or there are too many of this session or in
 *		all
 * RC_INVALID	it has no name that a file could have, or no type
 */
enum rc upload_begin(struct id *out, struct uploads *u, uint64_t user,
    struct bytes name, struct bytes type, uint64_t size, struct err *e);
/* RC_ABSENT: this session has no such upload. */
enum rc upload_state(struct upload_is *out, struct uploads *u, uint64_t user,
    const struct id *id, struct err *e);
/*
 * The next of its bytes, of which the first is number "at".
 *
 * RC_ABSENT	this session has no such upload
 * RC_EXISTS	it is to go on elsewhere: upload_state() says where
 * RC_LIMIT	it would be longer than it was said to be
 * RC_IO	there is no room for them
 */
enum rc upload_add(struct uploads *u, uint64_t user, const struct id *id,
    uint64_t at, struct bytes piece, struct err *e);
/* RC_ABSENT, and RC_EXISTS: it is being sent. */
enum rc upload_drop(
    struct uploads *u, uint64_t user, const struct id *id, struct err *e);
/*
 * All of it, as a file in memory that is the caller's to close.  It counts
 * among those that are open until upload_closed(): the caller says so once for
 * each that was opened.
 *
 * RC_ABSENT	this session has no such upload: the person gives it again
 * RC_EXPIRED	not all of it came yet
 * RC_LIMIT	too much is open at once: it may be tried again
 */
enum rc upload_open(int *fd, struct upload_is *is, struct uploads *u,
    uint64_t user, const struct id *id, struct err *e);
void upload_closed(struct uploads *u, uint64_t size);
/* Room among those that are open for so many bytes of something else, until
 * upload_closed().  RC_LIMIT: too much is open now, or it is too large ever to
 * be. */
enum rc upload_room(struct uploads *u, uint64_t bytes, struct err *e);
/* How far the sealing is of what it is sent with; nothing where it is gone. */
void upload_sealed(struct uploads *u, uint64_t user, const struct id *id,
    uint64_t done, uint64_t total);
/* The session ended. */
void uploads_forget(struct uploads *u, uint64_t user);

/* How many there are, and their bytes; for a test, and the log. */
void uploads_count(struct uploads *u, size_t *count, uint64_t *bytes);

#endif
