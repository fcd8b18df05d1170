/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys from keys and from passphrases, and keys under keys. */
#ifndef CRYPTO_KDF_H
#define CRYPTO_KDF_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/err.h"

#define WRAP_KEY 32  /* a key-encryption key, and the key under it */
#define WRAP_SIZE 40 /* a 32-byte key under AES-256 key wrap (RFC 3394) */
#define ARGON2_SALT 16

/* HKDF-SHA256 (RFC 5869); salt and info may be empty. */
void hkdf_sha256(uint8_t *out, size_t out_len, struct bytes salt,
    struct bytes ikm, struct bytes info);

/* AES-256 key wrap of a 32-byte key. */
void key_wrap(uint8_t out[static WRAP_SIZE], const uint8_t kek[static WRAP_KEY],
    const uint8_t key[static WRAP_KEY]);
/* false where it does not unwrap; out is then wiped. */
bool key_unwrap(uint8_t out[static WRAP_KEY],
    const uint8_t kek[static WRAP_KEY], const uint8_t in[static WRAP_SIZE]);

/* Argon2id (RFC 9106). */
struct argon2 {
	uint32_t kib;	 /* memory */
	uint32_t passes; /* over it */
	uint32_t lanes;
};
/* RFC 9106's second recommendation: 64 MiB, 3 passes, 4 lanes. */
extern const struct argon2 argon2_default;
/* What we are ready to compute for a file from outside. */
bool argon2_acceptable(const struct argon2 *a);

/* RC_LIMIT where there is not the memory for it. */
enum rc argon2id(uint8_t out[static WRAP_KEY], struct bytes passphrase,
    const uint8_t salt[static ARGON2_SALT], const struct argon2 *a,
    struct err *e);

#endif
