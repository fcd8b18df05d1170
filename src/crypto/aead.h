/* SPDX-License-Identifier: EUPL-1.2 */
/* AES-256-GCM (NIST SP 800-38D): 12-byte nonces and 16-byte tags, no others. */
#ifndef CRYPTO_AEAD_H
#define CRYPTO_AEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"

#define AEAD_KEY 32
#define AEAD_NONCE 12
#define AEAD_TAG 16

/* One key, ready; of one thread at a time. */
struct aead;
struct aead *aead_new(const uint8_t key[static AEAD_KEY]);
void aead_free(struct aead *a);

/* "out" takes plain.len bytes and may be where plain is. */
void aead_seal(struct aead *a, const uint8_t nonce[static AEAD_NONCE],
    struct bytes aad, struct bytes plain, uint8_t *out,
    uint8_t tag[static AEAD_TAG]);

/*
 * "out" takes sealed.len bytes.  false where it does not authenticate; "out"
 * is then wiped: no byte of an unauthenticated text is left in it.
 */
bool aead_open(struct aead *a, const uint8_t nonce[static AEAD_NONCE],
    struct bytes aad, struct bytes sealed, const uint8_t tag[static AEAD_TAG],
    uint8_t *out);

#endif
