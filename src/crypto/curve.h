/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Elliptic-curve keys as raw bytes, for the classical halves of kem.c and
 * sig.c; nobody else includes this.
 */
#ifndef CRYPTO_CURVE_H
#define CRYPTO_CURVE_H

#include <openssl/evp.h>

#include "core/bytes.h"

enum curve { CURVE_NONE, CURVE_X25519, CURVE_ED25519, CURVE_P256, CURVE_P384 };

#define CURVE_PUB_MAX 97
#define CURVE_PRIV_MAX 64
#define CURVE_SECRET_MAX 48

/*
 * Sizes in bytes.  X25519 and Ed25519: RFC 7748 and 8032 raw keys.  NIST
 * curves: public an uncompressed point, private an RFC 5915 ECPrivateKey with
 * named curve and without public key, secret the X coordinate.
 */
size_t curve_pub_size(enum curve c);
size_t curve_priv_size(enum curve c);
size_t curve_secret_size(enum curve c);

/* NULL where the bytes are no key of this curve.  Freed by EVP_PKEY_free. */
EVP_PKEY *curve_generate(enum curve c);
EVP_PKEY *curve_pub(enum curve c, struct bytes pub);
EVP_PKEY *curve_priv(enum curve c, struct bytes priv);

void curve_write_pub(enum curve c, EVP_PKEY *key, uint8_t *out);
void curve_write_priv(enum curve c, EVP_PKEY *key, uint8_t *out);
/* false where the peer's key leads to no secret (a small-order point). */
bool curve_agree(enum curve c, EVP_PKEY *own, EVP_PKEY *peer, uint8_t *out);

#endif
