/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/uploads.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/utf8.h"
#include "crypto/random.h"
#include "web/spool.h"

_Static_assert(UPLOAD_CHUNK == SPOOL_PIECE, "a chunk is a piece of the spool");

struct upload {
	struct id id;
	uint64_t user;
	struct upload_is is;
	struct piece *chunks; /* owned */
	uint8_t *begun;	      /* owned; the chunk that is not full yet */
	unsigned readers;
	bool gone; /* once nobody reads it */
};

struct uploads {
	pthread_mutex_t lock;
	struct spool *spool;
	struct upload *uploads[UPLOADS_ALL];
	size_t count;
	uint64_t bytes, bytes_max, open;
};

/* ---- making -------------------------------------------------------------- */

static size_t
chunks_of(uint64_t size)
{
	return (size_t)((size + UPLOAD_CHUNK - 1) / UPLOAD_CHUNK);
}

struct uploads *
uploads_new(int spool, uint64_t bytes)
{
	struct uploads *u = alloc(1, sizeof(*u));

	if (pthread_mutex_init(&u->lock, NULL) != 0)
		bug("no lock");
	/* each upload may end in a chunk that is not full */
	u->spool = spool_new(spool, (uint32_t)(chunks_of(bytes) + UPLOADS_ALL));
	u->bytes_max = bytes;
	return u;
}

/* ---- chunks -------------------------------------------------------------- */

static size_t
chunk_size(const struct upload *up, size_t i)
{
	const uint64_t left = up->is.size - (uint64_t)i * UPLOAD_CHUNK;

	return left < UPLOAD_CHUNK ? (size_t)left : UPLOAD_CHUNK;
}

/* The one that was begun is full: into the spool with it. */
static enum rc
chunk_end(struct uploads *u, struct upload *up, size_t i, struct err *e)
{
	const size_t size = chunk_size(up, i);
	enum rc rc = spool_put(
	    &up->chunks[i], u->spool, id_bytes(&up->id), up->begun, size, e);

	wipe(up->begun, UPLOAD_CHUNK);
	if (rc != RC_OK || (uint64_t)i * UPLOAD_CHUNK + size == up->is.size) {
		free(up->begun);
		up->begun = NULL;
	}
	return rc;
}

static void
upload_free(struct uploads *u, struct upload *up)
{
	const size_t chunks = chunks_of(up->is.size);
	size_t i;

	for (i = 0; i < chunks; i++)
		if (up->chunks[i].place != SPOOL_NOWHERE)
			spool_give(u->spool, &up->chunks[i]);
	if (up->begun != NULL)
		wipe(up->begun, UPLOAD_CHUNK);
	free(up->begun);
	free(up->chunks);
	u->bytes -= up->is.size;
	free(up);
}

void
uploads_free(struct uploads *u)
{
	if (u == NULL)
		return;
	while (u->count > 0)
		upload_free(u, u->uploads[--u->count]);
	(void)pthread_mutex_destroy(&u->lock);
	spool_free(u->spool);
	free(u);
}

/* ---- under the lock ------------------------------------------------------ */

static void
lock(struct uploads *u)
{
	if (pthread_mutex_lock(&u->lock) != 0)
		bug("uploads: no lock");
}

static void
unlock(struct uploads *u)
{
	if (pthread_mutex_unlock(&u->lock) != 0)
		bug("uploads: no lock");
}

static enum rc
find(struct upload **out, size_t *at, struct uploads *u, uint64_t user,
    const struct id *id, struct err *e)
{
	size_t i;

	for (i = 0; i < u->count; i++)
		if (u->uploads[i]->user == user && !u->uploads[i]->gone &&
		    id_eq(&u->uploads[i]->id, id)) {
			*out = u->uploads[i];
			if (at != NULL)
				*at = i;
			return RC_OK;
		}
	return fail(e, RC_ABSENT,
	    "this file is not at the station any more: choose it again");
}

static void
remove_at(struct uploads *u, size_t i)
{
	upload_free(u, u->uploads[i]);
	u->uploads[i] = u->uploads[--u->count];
}

/* ---- beginning ----------------------------------------------------------- */

enum rc
upload_name(struct buf *clean, struct bytes name, struct err *e)
{
	struct bytes b;
	enum rc rc = utf8_clean(clean, name, LIMIT_NAME, e);

	if (rc != RC_OK)
		return fail_at(e, "the name of a file");
	b = buf_bytes(clean);
	if (b.len == 0 || bytes_is(b, ".") || bytes_is(b, "..") ||
	    memchr(b.p, '/', b.len) != NULL ||
	    memchr(b.p, '\\', b.len) != NULL || !utf8_is_text(b))
		return fail(e, RC_INVALID, "this is no name of a file");
	return RC_OK;
}

/* Letters, digits, and what a media type has between them (RFC 6838 4.2). */
static enum rc
check_type(struct bytes type, struct err *e)
{
	size_t i, slashes = 0;

	for (i = 0; i < type.len; i++) {
		if (type.p[i] == '/')
			slashes++;
		else if (type.p[i] <= ' ' || type.p[i] >= 0x7f ||
			 strchr("()<>@,:\\\"[]?", type.p[i]) != NULL)
			return fail(e, RC_INVALID, "this is no media type");
	}
	return slashes == 1 && type.len > 2 && type.len <= UPLOAD_TYPE
		   ? RC_OK
		   : fail(e, RC_INVALID, "this is no media type");
}

static enum rc
check_room(struct uploads *u, uint64_t user, uint64_t size, struct err *e)
{
	uint64_t bytes = size;
	size_t i, count = 0;

	for (i = 0; i < u->count; i++)
		if (u->uploads[i]->user == user) {
			bytes += u->uploads[i]->is.size;
			count++;
		}
	if (count >= UPLOADS_MINE || bytes > UPLOADS_MINE_BYTES)
		return fail(e, RC_LIMIT,
		    "there are too many files in this session: send or remove "
		    "some first");
	if (u->count >= UPLOADS_ALL || u->bytes + size > u->bytes_max)
		return fail(e, RC_LIMIT,
		    "there is no room for more files at the station now: try "
		    "again later");
	return RC_OK;
}

enum rc
upload_begin(struct id *out, struct uploads *u, uint64_t user,
    struct bytes name, struct bytes type, uint64_t size, struct err *e)
{
	struct buf clean = { 0 };
	struct upload *up;
	size_t i;
	enum rc rc;

	if (size > UPLOAD_MAX)
		return fail(
		    e, RC_LIMIT, "a file of over %u MiB", UPLOAD_MAX >> 20);
	if ((rc = upload_name(&clean, name, e)) != RC_OK ||
	    (rc = check_type(type, e)) != RC_OK) {
		buf_free(&clean);
		return rc;
	}
	lock(u);
	if ((rc = check_room(u, user, size, e)) == RC_OK) {
		up = alloc(1, sizeof(*up));
		random_bytes(up->id.b, sizeof(up->id.b));
		up->user = user;
		up->is.size = size;
		memcpy(up->is.name, clean.p, clean.len);
		memcpy(up->is.type, type.p, type.len);
		up->chunks = alloc(chunks_of(size) + 1, sizeof(*up->chunks));
		for (i = 0; i < chunks_of(size); i++)
			up->chunks[i].place = SPOOL_NOWHERE;
		u->uploads[u->count++] = up;
		u->bytes += size;
		*out = up->id;
	}
	unlock(u);
	buf_free(&clean);
	return rc;
}

enum rc
upload_state(struct upload_is *out, struct uploads *u, uint64_t user,
    const struct id *id, struct err *e)
{
	struct upload *up;
	enum rc rc;

	lock(u);
	if ((rc = find(&up, NULL, u, user, id, e)) == RC_OK)
		*out = up->is;
	unlock(u);
	return rc;
}

/* ---- coming -------------------------------------------------------------- */

static enum rc
add(struct uploads *u, struct upload *up, struct bytes piece, struct err *e)
{
	size_t i, in, n, size;
	enum rc rc = RC_OK;

	while (piece.len > 0 && rc == RC_OK) {
		i = (size_t)(up->is.have / UPLOAD_CHUNK);
		in = (size_t)(up->is.have % UPLOAD_CHUNK);
		size = chunk_size(up, i);
		n = piece.len < size - in ? piece.len : size - in;
		if (up->begun == NULL)
			up->begun = alloc(1, UPLOAD_CHUNK);
		memcpy(up->begun + in, piece.p, n);
		up->is.have += n;
		piece = bytes_of(piece.p + n, piece.len - n);
		if (in + n == size && (rc = chunk_end(u, up, i, e)) != RC_OK)
			up->is.have = (uint64_t)i * UPLOAD_CHUNK;
	}
	return rc;
}

enum rc
upload_add(struct uploads *u, uint64_t user, const struct id *id, uint64_t at,
    struct bytes piece, struct err *e)
{
	struct upload *up;
	enum rc rc;

	lock(u);
	if ((rc = find(&up, NULL, u, user, id, e)) != RC_OK)
		goto out;
	if (at != up->is.have)
		rc = fail(e, RC_EXISTS,
		    "%llu bytes of this file came: it goes on there",
		    (unsigned long long)up->is.have);
	else if (piece.len > up->is.size - up->is.have)
		rc = fail(e, RC_LIMIT,
		    "it is longer than the %llu bytes that were announced",
		    (unsigned long long)up->is.size);
	else
		rc = add(u, up, piece, e);
out:
	unlock(u);
	return rc;
}

/* ---- going --------------------------------------------------------------- */

enum rc
upload_drop(
    struct uploads *u, uint64_t user, const struct id *id, struct err *e)
{
	struct upload *up;
	size_t i;
	enum rc rc;

	lock(u);
	if ((rc = find(&up, &i, u, user, id, e)) == RC_OK) {
		if (up->readers > 0)
			rc = fail(e, RC_EXISTS, "it is being sent");
		else
			remove_at(u, i);
	}
	unlock(u);
	return rc;
}

void
uploads_forget(struct uploads *u, uint64_t user)
{
	size_t i;

	lock(u);
	for (i = u->count; i-- > 0;) {
		if (u->uploads[i]->user != user)
			continue;
		if (u->uploads[i]->readers > 0)
			u->uploads[i]->gone = true;
		else
			remove_at(u, i);
	}
	unlock(u);
}

void
uploads_count(struct uploads *u, size_t *count, uint64_t *bytes)
{
	lock(u);
	*count = u->count;
	*bytes = u->bytes;
	unlock(u);
}

/* ---- opened -------------------------------------------------------------- */

static enum rc
write_all(int fd, struct bytes b, struct err *e)
{
	ssize_t n;

	while (b.len > 0) {
		n = write(fd, b.p, b.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail_io(e, "no memory for a part");
		b = bytes_of(b.p + n, b.len - (size_t)n);
	}
	return RC_OK;
}

/* Its chunks do not change any more, and it does not go while it is read. */
static enum rc
read_all(int fd, struct uploads *u, const struct upload *up, struct err *e)
{
	uint8_t *some = alloc(1, UPLOAD_CHUNK);
	const size_t chunks = chunks_of(up->is.size);
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < chunks && rc == RC_OK; i++) {
		rc = spool_get(some, chunk_size(up, i), u->spool, up->chunks[i],
		    id_bytes(&up->id), e);
		if (rc == RC_OK)
			rc =
			    write_all(fd, bytes_of(some, chunk_size(up, i)), e);
	}
	wipe(some, UPLOAD_CHUNK);
	free(some);
	return rc;
}

static void
read_ends(struct uploads *u, struct upload *up)
{
	size_t i;

	up->readers--;
	for (i = 0; i < u->count && up->gone && up->readers == 0; i++)
		if (u->uploads[i] == up) {
			remove_at(u, i);
			return;
		}
}

/* Room among those that are open. */
static enum rc
open_more(struct uploads *u, uint64_t bytes, struct err *e)
{
	if (u->open + bytes > UPLOADS_OPEN)
		return fail(e, RC_LIMIT,
		    "much is being sent at the station now: try again in a "
		    "moment");
	u->open += bytes;
	return RC_OK;
}

enum rc
upload_open(int *fd, struct upload_is *is, struct uploads *u, uint64_t user,
    const struct id *id, struct err *e)
{
	struct upload *up;
	enum rc rc;

	*fd = -1;
	lock(u);
	if ((rc = find(&up, NULL, u, user, id, e)) == RC_OK &&
	    up->is.have < up->is.size)
		rc = fail(e, RC_EXPIRED, "not all of the file %s came yet",
		    up->is.name);
	if (rc == RC_OK && (rc = open_more(u, up->is.size, e)) == RC_OK) {
		up->readers++;
		*is = up->is;
	}
	unlock(u);
	if (rc != RC_OK)
		return rc;
	*fd = memfd_create("part", MFD_CLOEXEC);
	rc = *fd < 0 ? fail_io(e, "no memory for a part")
		     : read_all(*fd, u, up, e);
	lock(u);
	read_ends(u, up);
	if (rc != RC_OK)
		u->open -= is->size;
	unlock(u);
	if (rc != RC_OK && *fd >= 0) {
		(void)close(*fd);
		*fd = -1;
	}
	return rc;
}

enum rc
upload_room(struct uploads *u, uint64_t bytes, struct err *e)
{
	enum rc rc = RC_OK;

	lock(u);
	if (bytes > UPLOADS_OPEN)
		rc = fail(e, RC_LIMIT,
		    "this file has %llu bytes: too many for a page; the "
		    "command writes it",
		    (unsigned long long)bytes);
	else
		rc = open_more(u, bytes, e);
	unlock(u);
	return rc;
}

void
upload_closed(struct uploads *u, uint64_t size)
{
	lock(u);
	if (size > u->open)
		bug("uploads: closed what was not open");
	u->open -= size;
	unlock(u);
}

void
upload_sealed(struct uploads *u, uint64_t user, const struct id *id,
    uint64_t done, uint64_t total)
{
	struct upload *up;
	struct err ignored;

	lock(u);
	if (find(&up, NULL, u, user, id, &ignored) == RC_OK) {
		up->is.sealed = done;
		up->is.total = total;
	}
	unlock(u);
}
