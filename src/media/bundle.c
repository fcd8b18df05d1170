/* SPDX-License-Identifier: EUPL-1.2 */
#include "media/bundle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/kdf.h"

#define MAGIC "antinbd\x01" /* the last byte is the version */
#define MAGIC_SIZE 8
#define LAST 0x80000000u
#define INFO "antin bundle 1"
#define CHUNK_HEAD 4u

void
bundle_name(
    char out[static BUNDLE_NAME], const struct tag *key, uint64_t number)
{
	char hex[2 * 4 + 1];

	hex_write(hex, bytes_of(key->b, 4));
	(void)snprintf(
	    out, BUNDLE_NAME, "antin-%s-%" PRIu64 ".bundle", hex, number);
}

/* ---- the outside
 * ------------------------------------------------------------------ */

void
bundle_head_write(struct buf *out, const struct bundle_head *h)
{
	buf_add(out, bytes_of(MAGIC, MAGIC_SIZE));
	buf_add(out, tag_bytes(&h->key));
	buf_u64(out, h->number);
	buf_u8(out, (uint8_t)(h->ct.len >> 8));
	buf_u8(out, (uint8_t)h->ct.len);
	buf_add(out, h->ct);
}

enum rc
bundle_head_length(size_t *len, struct bytes first, struct err *e)
{
	if (first.len < BUNDLE_FIXED ||
	    memcmp(first.p, MAGIC, MAGIC_SIZE - 1) != 0)
		return fail(e, RC_INVALID, "this file is no bundle");
	if (first.p[MAGIC_SIZE - 1] != MAGIC[MAGIC_SIZE - 1])
		return fail(e, RC_INVALID,
		    "docs/media.md 2.2: a bundle of version %u, which this "
		    "program does not know",
		    first.p[MAGIC_SIZE - 1]);
	*len =
	    (size_t)first.p[BUNDLE_FIXED - 2] << 8 | first.p[BUNDLE_FIXED - 1];
	if (*len == 0 || *len > KEM_CT_MAX)
		return fail(e, RC_INVALID,
		    "docs/media.md 2.2: a bundle with a key of %zu bytes",
		    *len);
	*len += BUNDLE_FIXED;
	return RC_OK;
}

enum rc
bundle_head_read(struct bundle_head *out, struct bytes in, struct err *e)
{
	struct rd r = rd_init(in);
	struct bytes tag;
	size_t len;
	enum rc rc;

	*out = (struct bundle_head){ 0 };
	if ((rc = bundle_head_length(&len, in, e)) != RC_OK)
		return rc;
	(void)rd_bytes(&r, MAGIC_SIZE);
	tag = rd_bytes(&r, TAG_SIZE);
	out->number = rd_u64(&r);
	(void)rd_bytes(&r, 2);
	out->ct = rd_bytes(&r, len - BUNDLE_FIXED);
	if (!rd_end(&r) || in.len != len)
		return fail(e, RC_INVALID,
		    "docs/media.md 2.2: the bundle is cut off in its head");
	memcpy(out->key.b, tag.p, TAG_SIZE);
	return RC_OK;
}

void
bundle_key(uint8_t out[static AEAD_KEY],
    const uint8_t secret[static KEM_SECRET],
    const uint8_t head[static SHA256_SIZE])
{
	hkdf_sha256(out, AEAD_KEY, bytes_of(head, SHA256_SIZE),
	    bytes_of(secret, KEM_SECRET), bytes_str(INFO));
}

static void
nonce_of(uint8_t nonce[static AEAD_NONCE], uint64_t chunk, bool last)
{
	int i;

	memset(nonce, 0, AEAD_NONCE);
	nonce[0] = last;
	for (i = 0; i < 8; i++)
		nonce[AEAD_NONCE - 1 - i] = (uint8_t)(chunk >> 8 * i);
}

/* ---- writing
 * ---------------------------------------------------------------------- */

void
bundle_out_begin(
    struct bundle_out *b, struct sink to, const uint8_t key[static AEAD_KEY])
{
	*b = (struct bundle_out){ .to = to, .aead = aead_new(key) };
}

void
bundle_out_free(struct bundle_out *b)
{
	aead_free(b->aead);
	buf_free(&b->plain);
	*b = (struct bundle_out){ 0 };
}

uint64_t
bundle_room(uint64_t payload)
{
	/* a frame's and DATA's head for each 16 KiB, a chunk's for 64 */
	return payload + payload / FRAME_MAX * (FRAME_HEAD + 4) +
	       payload / BUNDLE_CHUNK * (CHUNK_HEAD + AEAD_TAG) + 64;
}

/* The first "len" bytes that wait, sealed. */
static enum rc
put_chunk(struct bundle_out *b, size_t len, bool last, struct err *e)
{
	const uint32_t says = (uint32_t)len | (last ? LAST : 0);
	uint8_t nonce[AEAD_NONCE], tag[AEAD_TAG];
	struct buf chunk = { 0 };
	uint8_t *sealed;
	enum rc rc;

	nonce_of(nonce, b->chunks++, last);
	frame_uint(&chunk, says, CHUNK_HEAD);
	if (len > 0) {
		sealed = buf_grow(&chunk, len);
		aead_seal(b->aead, nonce, (struct bytes){ 0 },
		    bytes_of(b->plain.p, len), sealed, tag);
	} else {
		aead_seal(b->aead, nonce, (struct bytes){ 0 },
		    (struct bytes){ 0 }, nonce, tag);
	}
	buf_add(&chunk, bytes_of(tag, sizeof(tag)));
	b->bytes += chunk.len;
	rc = b->to.put(b->to.ctx, buf_bytes(&chunk), e);
	if (len > 0)
		memmove(b->plain.p, b->plain.p + len, b->plain.len - len);
	b->plain.len -= len;
	buf_free(&chunk);
	return rc;
}

enum rc
bundle_put(struct bundle_out *b, enum bundle_frame type, struct bytes payload,
    struct err *e)
{
	enum rc rc = RC_OK;

	if (payload.len > FRAME_MAX)
		bug("a frame over its limit");
	buf_u8(&b->plain, (uint8_t)type);
	frame_uint(&b->plain, payload.len, 3);
	buf_add(&b->plain, payload);
	while (rc == RC_OK && b->plain.len > BUNDLE_CHUNK)
		rc = put_chunk(b, BUNDLE_CHUNK, false, e);
	return rc;
}

enum rc
bundle_out_end(struct bundle_out *b, struct err *e)
{
	return put_chunk(b, b->plain.len, true, e);
}

/* ---- reading
 * ---------------------------------------------------------------------- */

void
bundle_in_begin(struct bundle_in *b, struct bundle_from from,
    const uint8_t key[static AEAD_KEY])
{
	*b = (struct bundle_in){ .from = from, .aead = aead_new(key) };
}

void
bundle_in_free(struct bundle_in *b)
{
	aead_free(b->aead);
	buf_free(&b->plain);
	*b = (struct bundle_in){ 0 };
}

/* Exactly so many bytes; *cut where the file ends before. */
static enum rc
take(struct bundle_in *b, uint8_t *to, size_t len, struct err *e)
{
	size_t got = 0;
	enum rc rc = b->from.read(b->from.ctx, to, len, &got, e);

	b->bytes += got;
	if (rc == RC_OK && got < len) {
		b->cut = true;
		rc = fail(e, RC_ABSENT, "the bundle is cut off");
	}
	return rc;
}

/* Behind the last chunk there is nothing. */
static enum rc
check_end(struct bundle_in *b, struct err *e)
{
	uint8_t one;
	size_t got = 0;
	enum rc rc = b->from.read(b->from.ctx, &one, 1, &got, e);

	if (rc == RC_OK && got > 0)
		return fail(e, RC_INVALID,
		    "docs/media.md 2.4: there is something behind the "
		    "bundle's end");
	return rc;
}

static enum rc
take_chunk(struct bundle_in *b, struct err *e)
{
	uint8_t head[CHUNK_HEAD], nonce[AEAD_NONCE], tag[AEAD_TAG], *to;
	uint32_t says;
	size_t len, was;
	enum rc rc;

	if ((rc = take(b, head, sizeof(head), e)) != RC_OK)
		return rc;
	says = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 |
	       (uint32_t)head[2] << 8 | head[3];
	b->last = (says & LAST) != 0;
	len = says & ~LAST;
	if (len > BUNDLE_CHUNK || (len < BUNDLE_CHUNK && !b->last))
		return fail(e, RC_INVALID,
		    "docs/media.md 2.4: a chunk of %zu bytes", len);
	if (b->at > 0)
		memmove(b->plain.p, b->plain.p + b->at, b->plain.len - b->at);
	b->plain.len -= b->at;
	b->at = 0;
	was = b->plain.len;
	to = buf_grow(&b->plain, len + 1); /* "to" is somewhere for none, too */
	b->plain.len = was;
	if ((rc = take(b, to, len, e)) != RC_OK ||
	    (rc = take(b, tag, sizeof(tag), e)) != RC_OK)
		goto out;
	nonce_of(nonce, b->chunks++, b->last);
	if (!aead_open(b->aead, nonce, (struct bytes){ 0 }, bytes_of(to, len),
		tag, to)) {
		rc = fail(e, RC_INVALID,
		    "docs/media.md 2.4: the bundle was damaged or changed on "
		    "its way");
		goto out;
	}
	b->plain.len = was + len;
	if (b->last)
		rc = check_end(b, e);
out:
	if (rc != RC_OK)
		wipe(to, len);
	return rc;
}

enum rc
bundle_next(struct bundle_in *b, enum bundle_frame *type, struct bytes *payload,
    struct err *e)
{
	const uint8_t *p;
	size_t len = 0, left;
	enum rc rc;

	for (;;) {
		left = b->plain.len - b->at;
		p = left > 0 ? b->plain.p + b->at : NULL;
		if (left >= FRAME_HEAD) {
			len = (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
			if (p[0] == 0 || p[0] >= BUNDLE_FRAMES ||
			    len > FRAME_MAX)
				return fail(e, RC_INVALID,
				    "docs/media.md 2.5: a frame of type %u "
				    "and %zu bytes",
				    p[0], len);
			if (left - FRAME_HEAD >= len)
				break;
		}
		if (b->last && left == 0)
			return fail(e, RC_ABSENT, "the bundle's end");
		if (b->last)
			return fail(e, RC_INVALID,
			    "docs/media.md 2.5: half a frame at the bundle's "
			    "end");
		if ((rc = take_chunk(b, e)) != RC_OK)
			return rc;
	}
	*type = (enum bundle_frame)p[0];
	*payload = bytes_of(p + FRAME_HEAD, len);
	b->at += FRAME_HEAD + len;
	return RC_OK;
}
