/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Shares of the key over a key file, as officers hold them (docs/ceremony.md
 *3): 77 letters that a machine reads from a QR code and a person can type.
 *
 *	version (1) | x (1) | quorum (1) | shares (1) | set (8) | y (32)
 *	| the first 4 bytes of SHA-256 over all before
 *
 * in base 32 (core/base32.h).
 */
#ifndef PKI_KEYSHARE_H
#define PKI_KEYSHARE_H

#include "core/err.h"
#include "core/id.h"
#include "crypto/hash.h"
#include "crypto/shamir.h"

#define KEYSHARE_BYTES 48u
#define KEYSHARE_SET 8u /* bytes of the set's id that a share has */
#define KEYSHARE_FILE_MAX 4096u

struct keyshare {
	struct share share;
	unsigned quorum, count;
	uint8_t set[KEYSHARE_SET];
};

/* Its bytes; and back, false where they are none. */
void keyshare_bytes(
    uint8_t out[static KEYSHARE_BYTES], const struct keyshare *s);
bool keyshare_of(
    struct keyshare *out, const uint8_t bytes[static KEYSHARE_BYTES]);
/* The code, without anything between its letters; the caller frees *out. */
void keyshare_write(struct buf *out, const struct keyshare *s);
/*
 * The code in a share's file or as it was typed: the line "code:", or all there
 * is.
 *
 * RC_INVALID	not a code, or a letter of it is wrong
 */
enum rc keyshare_read(struct keyshare *out, struct bytes in, struct err *e);
/* What a transcript says of a share: SHA-256 of its bytes, from which nothing
 * of it can be found. */
void keyshare_hash(uint8_t out[static SHA256_SIZE], const struct keyshare *s);

/*
 * The key that n shares of one set join to.
 *
 * RC_DENIED	too few, of several sets, of another set than "set", or one
 * twice
 */
enum rc keyshare_join(uint8_t key[static SHAMIR_SECRET],
    const struct keyshare *shares, size_t n, const struct id *set,
    struct err *e);

#endif
