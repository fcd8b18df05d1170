/* SPDX-License-Identifier: EUPL-1.2 */
#include "file/backup_file.h"

#include <string.h>

#include "crypto/aead.h"
#include "crypto/kdf.h"
#include "der/der.h"

#define FIRST "ANTIN BACKUP 1\n"
#define INFO "antin backup chunks"
#define CONTEXT "antin backup"
#define LAST 0x80000000u
#define SEAL_MAX (SIG_MAX + 64u)

/* ---- what both sides do ---------------------------------------------------
 */

/* The key of the chunks: of this head and no other. */
static struct aead *
aead_of(const uint8_t key[static AEAD_KEY], struct bytes head)
{
	uint8_t salt[SHA256_SIZE], own[AEAD_KEY];
	struct aead *a;

	sha256(salt, head);
	hkdf_sha256(own, sizeof(own), bytes_of(salt, sizeof(salt)),
	    bytes_of(key, AEAD_KEY), bytes_str(INFO));
	a = aead_new(own);
	wipe(own, sizeof(own));
	return a;
}

static void
nonce_of(uint8_t out[static AEAD_NONCE], uint64_t chunk, bool last)
{
	unsigned i;

	memset(out, 0, AEAD_NONCE);
	out[0] = last;
	for (i = 0; i < 8; i++)
		out[4 + i] = (uint8_t)(chunk >> (56 - 8 * i));
}

static void
put_u32(uint8_t out[static 4], uint32_t v)
{
	unsigned i;

	for (i = 0; i < 4; i++)
		out[i] = (uint8_t)(v >> (24 - 8 * i));
}

static uint32_t
get_u32(const uint8_t in[static 4])
{
	return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 |
	       (uint32_t)in[2] << 8 | in[3];
}

/* ---- writing --------------------------------------------------------------
 */

static enum rc
put(struct backup_out *b, struct bytes more, struct err *e)
{
	sha512_add(&b->hash, more);
	return out_put(&b->file, more, e);
}

enum rc
backup_out_open(struct backup_out *b, const char *path, bool replace,
    struct bytes head, const uint8_t key[static AEAD_KEY], struct err *e)
{
	uint8_t len[4];
	enum rc rc;

	*b = (struct backup_out){ .file = { .dir = -1, .fd = -1 } };
	b->aead = aead_of(key, head);
	b->hash = sha512_start();
	put_u32(len, (uint32_t)head.len);
	if ((rc = out_open(&b->file, path, 0600, replace, e)) == RC_OK &&
	    (rc = put(b, bytes_str(FIRST), e)) == RC_OK &&
	    (rc = put(b, bytes_of(len, sizeof(len)), e)) == RC_OK)
		rc = put(b, head, e);
	return rc;
}

/* Seal what is there, at most a chunk. */
static enum rc
flush(struct backup_out *b, bool last, struct err *e)
{
	const size_t n =
	    b->plain.len < BACKUP_CHUNK ? b->plain.len : BACKUP_CHUNK;
	uint8_t nonce[AEAD_NONCE], len[4];
	struct buf sealed = { 0 }, rest = { 0 };
	enum rc rc;

	nonce_of(nonce, b->chunk++, last);
	put_u32(len, (uint32_t)n | (last ? LAST : 0));
	(void)buf_grow(&sealed, n + AEAD_TAG);
	aead_seal(b->aead, nonce, bytes_of(len, sizeof(len)),
	    bytes_of(b->plain.p, n), sealed.p, sealed.p + n);
	if ((rc = put(b, bytes_of(len, sizeof(len)), e)) == RC_OK)
		rc = put(b, buf_bytes(&sealed), e);
	buf_add(&rest, bytes_of(b->plain.p + n, b->plain.len - n));
	buf_free(&b->plain);
	b->plain = rest;
	buf_free(&sealed);
	return rc;
}

static enum rc
add(struct backup_out *b, struct bytes more, struct err *e)
{
	enum rc rc = RC_OK;

	buf_add(&b->plain, more);
	while (rc == RC_OK && b->plain.len >= BACKUP_CHUNK)
		rc = flush(b, false, e);
	if (b->progress != NULL)
		progress_to(b->progress, b->progress->done + more.len);
	return rc;
}

/* Exactly as many bytes as were promised: it may have grown since. */
static enum rc
add_all(struct backup_out *b, struct in_file *in, uint64_t size, struct err *e)
{
	struct buf piece = { 0 };
	size_t want, got;
	enum rc rc = RC_OK;

	(void)buf_grow(&piece, BACKUP_CHUNK);
	while (rc == RC_OK && size > 0) {
		want = size < BACKUP_CHUNK ? (size_t)size : BACKUP_CHUNK;
		rc = in_read(in, piece.p, want, &got, e);
		if (rc == RC_OK && got < want)
			rc = fail(e, RC_INVALID,
			    "%s became shorter while it was read", in->path);
		if (rc == RC_OK)
			rc = add(b, bytes_of(piece.p, got), e);
		size -= want;
	}
	buf_free(&piece);
	return rc;
}

enum rc
backup_out_file(
    struct backup_out *b, const char *name, const char *path, struct err *e)
{
	struct backup_entry entry = { 0 };
	struct buf head = { 0 };
	struct in_file in;
	enum rc rc;

	if (!file_exists(path))
		return fail(e, RC_ABSENT, "%s is not there", path);
	if ((rc = in_open(&in, path, e)) != RC_OK)
		return rc;
	if (!in.regular) {
		rc = fail(e, RC_INVALID, "%s is no regular file", path);
		goto out;
	}
	memcpy(entry.name, name, strlen(name) + 1);
	entry.size = in.size;
	backup_entry_write(&head, &entry);
	if ((rc = add(b, buf_bytes(&head), e)) == RC_OK)
		rc = add_all(b, &in, entry.size, e);
out:
	buf_free(&head);
	in_close(&in);
	return rc;
}

static void
seal_write(struct buf *out, const struct identity *station,
    const uint8_t hash[static SHA512_SIZE])
{
	uint8_t sig[SIG_MAX];
	struct der_wr w = { 0 };
	size_t n = sig_sign(
	    station->sig, bytes_str(CONTEXT), bytes_of(hash, SHA512_SIZE), sig);

	der_put_open(&w, DER_SEQUENCE);
	der_put_octets(&w, tag_bytes(&station->card.sign.tag));
	der_put_octets(&w, bytes_of(sig, n));
	der_put_close(&w);
	*out = w.out;
}

enum rc
backup_out_end(
    struct backup_out *b, const struct identity *station, struct err *e)
{
	uint8_t hash[SHA512_SIZE], len[4];
	struct buf seal = { 0 };
	enum rc rc;

	if ((rc = add(b, bytes_of("", 1), e)) != RC_OK ||
	    (rc = flush(b, true, e)) != RC_OK)
		return rc;
	sha512_end(&b->hash, hash);
	b->hash = (struct sha512){ 0 };
	seal_write(&seal, station, hash);
	put_u32(len, (uint32_t)seal.len);
	if ((rc = out_put(&b->file, bytes_of(len, sizeof(len)), e)) == RC_OK)
		rc = out_put(&b->file, buf_bytes(&seal), e);
	buf_free(&seal);
	return rc;
}

void
backup_out_drop(struct backup_out *b)
{
	out_drop(&b->file);
	aead_free(b->aead);
	sha512_drop(&b->hash);
	buf_free(&b->plain);
	b->aead = NULL;
	b->hash = (struct sha512){ 0 };
}

/* ---- reading --------------------------------------------------------------
 */

static enum rc
cut_off(const struct backup_in *b, struct err *e)
{
	return fail(e, RC_INVALID,
	    "docs/backup.md 3.1: %s is cut off: it is not whole", b->file.path);
}

/* Exactly so many bytes; what a chunk is of counts for the seal too. */
static enum rc
get(struct backup_in *b, uint8_t *to, size_t len, struct err *e)
{
	size_t got;
	enum rc rc = in_read(&b->file, to, len, &got, e);

	if (rc != RC_OK)
		return rc;
	if (got < len)
		return cut_off(b, e);
	sha512_add(&b->hash, bytes_of(to, len));
	b->read += len;
	if (b->progress != NULL)
		progress_to(b->progress, b->read);
	return RC_OK;
}

enum rc
backup_in_open(struct backup_in *b, const char *path, struct err *e)
{
	uint8_t first[sizeof(FIRST) - 1], len[4];
	uint32_t n;
	enum rc rc;

	*b = (struct backup_in){ .file = { .fd = -1 } };
	b->hash = sha512_start();
	if ((rc = in_open(&b->file, path, e)) != RC_OK ||
	    (rc = get(b, first, sizeof(first), e)) != RC_OK)
		return rc;
	if (memcmp(first, FIRST, sizeof(first)) != 0)
		return fail(e, RC_INVALID,
		    "docs/backup.md 3.1: %s is no backup of a station", path);
	if ((rc = get(b, len, sizeof(len), e)) != RC_OK)
		return rc;
	n = get_u32(len);
	if (n > BACKUP_HEAD_MAX)
		return fail(e, RC_LIMIT,
		    "docs/backup.md 3.2: a head of %zu bytes, at most %u",
		    (size_t)n, BACKUP_HEAD_MAX);
	rc = get(b, buf_grow(&b->head_bytes, n), n, e);
	return rc == RC_OK
		   ? backup_head_read(&b->head, buf_bytes(&b->head_bytes), e)
		   : rc;
}

void
backup_in_unlock(struct backup_in *b, const uint8_t key[static AEAD_KEY])
{
	b->aead = aead_of(key, buf_bytes(&b->head_bytes));
}

/* The next chunk, opened behind what is there of the one before. */
static enum rc
more(struct backup_in *b, struct err *e)
{
	uint8_t nonce[AEAD_NONCE], len[4];
	struct buf sealed = { 0 };
	uint32_t n;
	enum rc rc;

	if (b->last)
		return fail(e, RC_INVALID,
		    "docs/backup.md 3.5: %s ends in the middle of a file",
		    b->file.path);
	if ((rc = get(b, len, sizeof(len), e)) != RC_OK)
		return rc;
	n = get_u32(len) & ~LAST;
	b->last = (get_u32(len) & LAST) != 0;
	if (n > BACKUP_CHUNK || (!b->last && n < BACKUP_CHUNK))
		return fail(e, RC_INVALID,
		    "docs/backup.md 3.4: a chunk of %u bytes", n);
	rc = get(b, buf_grow(&sealed, n + AEAD_TAG), n + AEAD_TAG, e);
	if (rc == RC_OK && b->aead != NULL) {
		nonce_of(nonce, b->chunk, b->last);
		if (!aead_open(b->aead, nonce, bytes_of(len, sizeof(len)),
			bytes_of(sealed.p, n), sealed.p + n,
			buf_grow(&b->plain, n)))
			rc = fail(e, RC_DENIED,
			    "docs/backup.md 3.4: chunk %llu of %s was changed, "
			    "or is of another backup",
			    (unsigned long long)b->chunk, b->file.path);
	}
	b->chunk++;
	buf_free(&sealed);
	return rc;
}

/* What is opened and was not used. */
static struct bytes
unused(const struct backup_in *b)
{
	return b->at < b->plain.len
		   ? bytes_of(b->plain.p + b->at, b->plain.len - b->at)
		   : (struct bytes){ 0 };
}

/* What was used goes, so that plain stays as long as two chunks. */
static void
forget(struct backup_in *b)
{
	struct buf rest = { 0 };

	buf_add(&rest, unused(b));
	buf_free(&b->plain);
	b->plain = rest;
	b->at = 0;
}

enum rc
backup_in_next(struct backup_in *b, struct backup_entry *out, struct err *e)
{
	size_t used;
	enum rc rc;

	if (b->left > 0 || b->aead == NULL)
		bug("a file of a backup was not read to its end");
	for (;;) {
		rc = backup_entry_read(out, &used, unused(b), e);
		if (rc != RC_OK || used > 0)
			break;
		forget(b);
		if ((rc = more(b, e)) != RC_OK)
			return rc;
	}
	if (rc != RC_OK)
		return rc;
	b->at += used;
	b->left = out->size;
	if (out->name[0] == '\0' && (b->at < b->plain.len || !b->last))
		return fail(e, RC_INVALID,
		    "docs/backup.md 3.5: something follows the last file");
	return RC_OK;
}

enum rc
backup_in_data(struct backup_in *b, struct bytes *out, struct err *e)
{
	size_t n;
	enum rc rc;

	*out = (struct bytes){ 0 };
	if (b->left == 0)
		return RC_OK;
	if (b->at == b->plain.len) {
		forget(b);
		if ((rc = more(b, e)) != RC_OK)
			return rc;
	}
	n = b->plain.len - b->at;
	if (n > b->left)
		n = (size_t)b->left;
	*out = bytes_of(b->plain.p + b->at, n);
	b->at += n;
	b->left -= n;
	return RC_OK;
}

enum rc
backup_in_skip(struct backup_in *b, struct err *e)
{
	enum rc rc = RC_OK;

	if (b->aead != NULL)
		bug("a backup is opened and skipped");
	while (rc == RC_OK && !b->last)
		rc = more(b, e);
	return rc;
}

enum rc
backup_in_seal(struct backup_in *b, struct buf *seal,
    uint8_t hash[static SHA512_SIZE], struct err *e)
{
	uint8_t len[4], one;
	size_t got;
	uint32_t n;
	enum rc rc;

	*seal = (struct buf){ 0 };
	sha512_end(&b->hash, hash);
	b->hash = sha512_start(); /* of what follows nothing counts */
	if ((rc = get(b, len, sizeof(len), e)) != RC_OK)
		return rc;
	n = get_u32(len);
	if (n > SEAL_MAX)
		return fail(
		    e, RC_LIMIT, "docs/backup.md 3.6: a seal of %u bytes", n);
	if ((rc = get(b, buf_grow(seal, n), n, e)) == RC_OK)
		rc = in_read(&b->file, &one, 1, &got, e);
	if (rc == RC_OK && got > 0)
		rc = fail(e, RC_INVALID,
		    "docs/backup.md 3.6: something follows the seal of %s",
		    b->file.path);
	return rc;
}

void
backup_in_close(struct backup_in *b)
{
	in_close(&b->file);
	aead_free(b->aead);
	sha512_drop(&b->hash);
	buf_free(&b->plain);
	buf_free(&b->head_bytes);
	*b = (struct backup_in){ .file = { .fd = -1 } };
}

/* ---- the seal -------------------------------------------------------------
 */

static enum rc
seal_read(struct tag *tag, struct bytes *sig, struct bytes seal, struct err *e)
{
	struct der d = der_init(seal);
	struct bytes t;

	*tag = (struct tag){ { 0 } };
	der_open(&d, DER_SEQUENCE);
	t = der_octets(&d, TAG_SIZE, TAG_SIZE);
	*sig = der_octets(&d, 1, SIG_MAX);
	der_close(&d);
	if (t.len == TAG_SIZE)
		memcpy(tag->b, t.p, TAG_SIZE);
	return der_end(&d, "docs/backup.md 3.6: a backup's seal", e);
}

enum rc
backup_seal_tag(struct tag *out, struct bytes seal, struct err *e)
{
	struct bytes sig;

	return seal_read(out, &sig, seal, e);
}

enum rc
backup_seal_check(struct bytes seal, const uint8_t hash[static SHA512_SIZE],
    const struct sig_pub *pub, struct err *e)
{
	struct tag tag;
	struct bytes sig;
	enum rc rc;

	if ((rc = seal_read(&tag, &sig, seal, e)) != RC_OK)
		return rc;
	if (sig_verify(
		pub, bytes_str(CONTEXT), bytes_of(hash, SHA512_SIZE), sig))
		return RC_OK;
	return fail(e, RC_DENIED,
	    "docs/backup.md 3.6: the station's seal does not hold: the file "
	    "was changed");
}
