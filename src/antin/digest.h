/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef ANTIN_DIGEST_H
#define ANTIN_DIGEST_H

#include "core/err.h"
#include "crypto/hash.h"

/* SHA-512 of a file of any size, with progress on the terminal. */
enum rc digest_file(
    uint8_t out[static SHA512_SIZE], const char *path, struct err *e);

#endif
