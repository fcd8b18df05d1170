/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * ECDSA over P-256 with SHA-256 (FIPS 186-5), for browsers alone, which know
 * no composite yet (docs/desk.md 11): nothing of the tree is signed by it.
 */
#ifndef CRYPTO_P256_H
#define CRYPTO_P256_H

#include "core/bytes.h"

#define P256_PRIV 32
#define P256_PUB 65 /* the uncompressed point */
#define P256_SIG 72 /* a signature has at most so many bytes, in DER */

struct p256;
struct p256 *p256_new(void);
/* NULL where the number is no key. */
struct p256 *p256_of(const uint8_t priv[static P256_PRIV]);
void p256_free(struct p256 *k);
void p256_priv(const struct p256 *k, uint8_t out[static P256_PRIV]);
void p256_pub(const struct p256 *k, uint8_t out[static P256_PUB]);
/* These bytes are a point of the curve. */
bool p256_is_pub(struct bytes pub);
/* The signature's length. */
size_t p256_sign(
    const struct p256 *k, struct bytes msg, uint8_t out[static P256_SIG]);
bool p256_verify(struct bytes pub, struct bytes msg, struct bytes sig);

#endif
