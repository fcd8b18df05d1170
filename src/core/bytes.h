/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bytes: borrowed (struct bytes), owned (struct buf), read (struct rd).
 *
 * Every struct buf is wiped when it is freed and when it grows: one rule,
 * nothing to remember.  Within the limits allocation does not fail: without
 * memory the process ends.
 */
#ifndef CORE_BYTES_H
#define CORE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrows; valid as long as its owner is. */
struct bytes {
	const uint8_t *p;
	size_t len;
};

/* Owns; freed with buf_free(). */
struct buf {
	uint8_t *p;
	size_t len, cap;
};

struct bytes bytes_of(const void *p, size_t len);
struct bytes bytes_str(const char *s); /* without its NUL */
bool bytes_eq(struct bytes a, struct bytes b);
bool bytes_is(struct bytes a, const char *s);
/* A copy with a NUL behind it, which the caller frees. */
char *bytes_text(struct bytes b);
/* Order of memcmp, a shorter one first. */
int bytes_cmp(struct bytes a, struct bytes b);

/* Equal, in a time that depends on the lengths only. */
bool ct_equal(struct bytes a, struct bytes b);

/* Overwrite; not optimised away. */
void wipe(void *p, size_t len);

/* Zeroed memory of n elements; ends the process where there is none. */
void *alloc(size_t n, size_t size);

void buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, struct bytes more);
void buf_u8(struct buf *b, uint8_t v);
void buf_u64(struct buf *b, uint64_t v); /* big-endian */
/* "len" zero bytes at the end, for the caller to fill; until the next call.
 * Of no bytes it is no place to write. */
uint8_t *buf_grow(struct buf *b, size_t len);
struct bytes buf_bytes(const struct buf *b);
void buf_free(struct buf *b); /* wipes; leaves it empty */

/* A reader with a sticky error: after a short read everything reads as zero
 * or empty and rd_end() says no. */
struct rd {
	struct bytes in;
	bool bad;
};

struct rd rd_init(struct bytes in);
uint8_t rd_u8(struct rd *r);
uint64_t rd_u64(struct rd *r); /* big-endian */
struct bytes rd_bytes(struct rd *r, size_t len);
struct bytes rd_rest(struct rd *r);
bool rd_end(const struct rd *r); /* all read, nothing failed */

/* Lower-case hex of "in", NUL-terminated; out holds 2 * in.len + 1. */
void hex_write(char *out, struct bytes in);
/* Exactly out_len bytes of hex, either case; false if it is not that. */
bool hex_parse(uint8_t *out, size_t out_len, struct bytes in);

#endif
