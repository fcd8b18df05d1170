/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bundles: what one station gives another as a file that is carried
 * (docs/media.md 2).  No I/O of its own: bytes come from and go to functions.
 *
 * Outside: magic[8] | key tag[8] | u64 number | u16 length | KEM ciphertext
 * Then chunks: u32 length, top bit: it is the last | sealed bytes | tag[16]
 * Inside: frames, u8 type | u24 length | payload
 */
#ifndef MEDIA_BUNDLE_H
#define MEDIA_BUNDLE_H

#include "core/sink.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/kem.h"
#include "link/frame.h"

#define BUNDLE_FIXED 26u /* bytes before the ciphertext */
#define BUNDLE_HEAD_MAX (BUNDLE_FIXED + KEM_CT_MAX) /* of the outside */
#define BUNDLE_CHUNK (64u << 10)		    /* sealed bytes of one */
#define BUNDLE_ITEMS 100000u			    /* items of one bundle */
#define BUNDLE_NAME 48u /* bytes of a file's name, with its NUL */

enum bundle_frame {
	BUNDLE_STATEMENT = 1, /* media/statement.h; the first, and no other */
	BUNDLE_ANSWERS,	      /* entries: struct bundle_answer */
	BUNDLE_PARTS,	      /* entries of PARTIAL */
	BUNDLE_TELL,	      /* as TELL of the link */
	BUNDLE_ITEM,	      /* as ITEM; */
	BUNDLE_MORE,	      /* and MORE, */
	BUNDLE_DATA,	      /* and DATA */
};
#define BUNDLE_FRAMES 8 /* one behind the last */

struct bundle_head {
	struct tag key;	 /* of the receiver's KEM key */
	uint64_t number; /* the writer's */
	struct bytes ct; /* borrows */
};
/* "antin-3f2a9c01-7.bundle" */
void bundle_name(
    char out[static BUNDLE_NAME], const struct tag *key, uint64_t number);
void bundle_head_write(struct buf *out, const struct bundle_head *h);
/* How long an outside is, by its first BUNDLE_FIXED bytes.  RC_INVALID: it is
 * no bundle, or of a version that is not known. */
enum rc bundle_head_length(size_t *len, struct bytes first, struct err *e);
enum rc bundle_head_read(
    struct bundle_head *out, struct bytes in, struct err *e);
/* The key of its chunks: of the KEM's secret and the outside's bytes. */
void bundle_key(uint8_t out[static AEAD_KEY],
    const uint8_t secret[static KEM_SECRET],
    const uint8_t head[static SHA256_SIZE]);

/* ---- writing
 * ------------------------------------------------------------------- */

/* One being written: begin it with { 0 } and bundle_out_begin(), after the
 * outside has gone to the sink. */
struct bundle_out {
	struct sink to;
	struct aead *aead;
	struct buf plain;
	uint64_t chunks, bytes; /* written; of the file, but for the outside */
};
void bundle_out_begin(
    struct bundle_out *b, struct sink to, const uint8_t key[static AEAD_KEY]);
/* Add a frame of at most FRAME_MAX bytes. */
enum rc bundle_put(struct bundle_out *b, enum bundle_frame type,
    struct bytes payload, struct err *e);
/* The last chunk; nothing comes after it. */
enum rc bundle_out_end(struct bundle_out *b, struct err *e);
void bundle_out_free(struct bundle_out *b);
/* Bytes of a file that so many bytes of payload come to, at most. */
uint64_t bundle_room(uint64_t payload);

/* ---- reading
 * ------------------------------------------------------------------- */

/* "got" < "len" only at the end of the file. */
struct bundle_from {
	enum rc (*read)(
	    void *ctx, uint8_t *to, size_t len, size_t *got, struct err *e);
	void *ctx; /* borrowed */
};
struct bundle_in {
	struct bundle_from from;
	struct aead *aead;
	struct buf plain;
	size_t at; /* in it */
	uint64_t chunks, bytes;
	bool last; /* the last chunk is in */
	bool cut;  /* it was cut off: what came until then counts */
};
void bundle_in_begin(struct bundle_in *b, struct bundle_from from,
    const uint8_t key[static AEAD_KEY]);
/*
 * The next frame; its payload borrows until the next call.
 *
 * RC_ABSENT	there is none: its end, or b->cut
 * RC_INVALID	a chunk that does not authenticate, a frame that is none, bytes
 *		behind the end
 */
enum rc bundle_next(struct bundle_in *b, enum bundle_frame *type,
    struct bytes *payload, struct err *e);
void bundle_in_free(struct bundle_in *b);

/* ---- what frames hold
 * ------------------------------------------------------------ */

/* How the other station took what came in a bundle of this one's. */
#define BUNDLE_ANSWER 34u
struct bundle_answer {
	uint8_t sum[SHA256_SIZE]; /* of the package */
	enum ack outcome;
	enum refusal why;
};
void bundle_answer_put(struct buf *out, const struct bundle_answer *a);
enum rc bundle_answer_next(
    struct bundle_answer *a, struct bytes *in, struct err *e);

/* An item whose head is being read: { 0 }, and bundle_item_free(). */
struct bundle_item {
	struct item item;	 /* dests point into "text" when it is whole */
	struct link_dest *dests; /* owned */
	struct buf text;	 /* their frames' bytes */
	size_t count;
	bool begun, whole;
	uint64_t at; /* bytes of it that came: from item.from */
};
/* ITEM, and then its MOREs; numbers count from 1 (docs/media.md 2.7). */
enum rc bundle_item_begin(struct bundle_item *b, uint32_t number,
    struct bytes payload, struct err *e);
enum rc bundle_item_more(
    struct bundle_item *b, struct bytes payload, struct err *e);
/* DATA of it: its bytes. */
enum rc bundle_item_data(struct bundle_item *b, struct bytes payload,
    struct bytes *bytes, struct err *e);
void bundle_item_free(struct bundle_item *b);

#endif
