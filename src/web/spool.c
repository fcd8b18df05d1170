/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "crypto/aead.h"
#include "crypto/random.h"

#define PLACE (SPOOL_PIECE + AEAD_TAG) /* bytes of one */

struct spool {
	int fd;
	uint8_t key[AEAD_KEY];
	struct aead *aead; /* for what is put */
	uint64_t sealed;   /* pieces so far: the next number */
	uint32_t places;
	bool *taken; /* owned; which of them */
};

struct spool *
spool_new(int fd, uint32_t places)
{
	struct spool *s = alloc(1, sizeof(*s));

	if (fd < 0)
		fd = memfd_create("uploads", MFD_CLOEXEC);
	if (fd < 0)
		bug("no memory for uploads");
	s->fd = fd;
	random_bytes(s->key, sizeof(s->key));
	s->aead = aead_new(s->key);
	s->places = places;
	s->taken = alloc(places, sizeof(*s->taken));
	return s;
}

void
spool_free(struct spool *s)
{
	(void)close(s->fd);
	aead_free(s->aead);
	wipe(s->key, sizeof(s->key));
	free(s->taken);
	free(s);
}

/* ---- places -------------------------------------------------------------- */

static uint32_t
place_take(struct spool *s)
{
	uint32_t i;

	for (i = 0; i < s->places; i++)
		if (!s->taken[i]) {
			s->taken[i] = true;
			return i;
		}
	bug("uploads: over what there was room for");
}

static enum rc
place_write(
    struct spool *s, uint32_t place, struct bytes b, off_t at, struct err *e)
{
	ssize_t n;

	at += (off_t)place * PLACE;
	while (b.len > 0) {
		n = pwrite(s->fd, b.p, b.len, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail_io(e, "there is no room for the file");
		b = bytes_of(b.p + n, b.len - (size_t)n);
		at += n;
	}
	return RC_OK;
}

static enum rc
place_read(const struct spool *s, uint32_t place, uint8_t *to, size_t len,
    off_t at, struct err *e)
{
	ssize_t n;

	at += (off_t)place * PLACE;
	while (len > 0) {
		n = pread(s->fd, to, len, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail_io(e, "a file that came cannot be read");
		to += n;
		len -= (size_t)n;
		at += n;
	}
	return RC_OK;
}

/* ---- pieces -------------------------------------------------------------- */

static void
nonce_of(uint8_t nonce[static AEAD_NONCE], uint64_t number)
{
	size_t i;

	memset(nonce, 0, AEAD_NONCE);
	for (i = 0; i < 8; i++)
		nonce[AEAD_NONCE - 1 - i] = (uint8_t)(number >> 8 * i);
}

enum rc
spool_put(struct piece *p, struct spool *s, struct bytes of, uint8_t *some,
    size_t len, struct err *e)
{
	uint8_t nonce[AEAD_NONCE], tag[AEAD_TAG];
	enum rc rc;

	p->number = s->sealed++;
	nonce_of(nonce, p->number);
	aead_seal(s->aead, nonce, of, bytes_of(some, len), some, tag);
	p->place = place_take(s);
	rc = place_write(s, p->place, bytes_of(some, len), 0, e);
	if (rc == RC_OK)
		rc = place_write(
		    s, p->place, bytes_of(tag, sizeof(tag)), SPOOL_PIECE, e);
	if (rc != RC_OK)
		spool_give(s, p);
	return rc;
}

enum rc
spool_get(uint8_t *out, size_t len, const struct spool *s, struct piece p,
    struct bytes of, struct err *e)
{
	uint8_t nonce[AEAD_NONCE], tag[AEAD_TAG];
	struct aead *aead = aead_new(s->key); /* this thread's */
	enum rc rc;

	nonce_of(nonce, p.number);
	rc = place_read(s, p.place, out, len, 0, e);
	if (rc == RC_OK)
		rc = place_read(s, p.place, tag, sizeof(tag), SPOOL_PIECE, e);
	if (rc == RC_OK &&
	    !aead_open(aead, nonce, of, bytes_of(out, len), tag, out))
		rc = fail(e, RC_IO, "a file that came cannot be read");
	aead_free(aead);
	return rc;
}

void
spool_give(struct spool *s, struct piece *p)
{
	s->taken[p->place] = false;
	/* what it took on the disk, or of memory */
	(void)fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
	    (off_t)p->place * PLACE, PLACE);
	p->place = SPOOL_NOWHERE;
}
