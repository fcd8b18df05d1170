/* SPDX-License-Identifier: EUPL-1.2 */
/* Hashes: SHA-256, SHA-512 (FIPS 180-4) and SHA3-256 (FIPS 202). */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include <stdint.h>

#include "core/bytes.h"

#define SHA256_SIZE 32
#define SHA512_SIZE 64

void sha256(uint8_t out[static SHA256_SIZE], struct bytes in);
void sha512(uint8_t out[static SHA512_SIZE], struct bytes in);
/* Of the n parts one after another. */
void sha256_parts(
    uint8_t out[static SHA256_SIZE], const struct bytes *parts, size_t n);
void sha3_256_parts(
    uint8_t out[static SHA256_SIZE], const struct bytes *parts, size_t n);

/* Of what comes in pieces: shaN_start(), _add()..., _end(), which also frees;
 * shaN_drop() frees one that is given up, and takes one of zeros. */
struct sha256 {
	void *ctx;
};
struct sha256 sha256_start(void);
void sha256_add(struct sha256 *h, struct bytes more);
void sha256_end(struct sha256 *h, uint8_t out[static SHA256_SIZE]);
void sha256_drop(struct sha256 *h);
struct sha512 {
	void *ctx;
};
struct sha512 sha512_start(void);
void sha512_add(struct sha512 *h, struct bytes more);
void sha512_end(struct sha512 *h, uint8_t out[static SHA512_SIZE]);
void sha512_drop(struct sha512 *h);

#endif
