/* SPDX-License-Identifier: EUPL-1.2 */
/* What kem.c and sig.c do alike with OpenSSL's keys; nobody else includes
 * this. */
#ifndef CRYPTO_PKEY_H
#define CRYPTO_PKEY_H

#include <openssl/evp.h>

#include "core/bytes.h"

#define PKEY_SEED_MAX 64

/* The key pair of an ML algorithm from its seed of at most PKEY_SEED_MAX
 * bytes, "param" being what OpenSSL calls that; NULL where it is none.  Freed
 * by EVP_PKEY_free. */
EVP_PKEY *pkey_of_seed(const char *type, const char *param, struct bytes seed);
/* A parameter of exactly "len" bytes of a key that has it. */
void pkey_octets(EVP_PKEY *key, const char *param, uint8_t *out, size_t len);

#endif
