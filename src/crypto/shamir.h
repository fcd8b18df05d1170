/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Secret sharing (A. Shamir, 1979) over GF(2^8) with the polynomial of AES,
 * x^8 + x^4 + x^3 + x + 1, byte by byte.  Any k of n shares give the secret;
 * fewer say nothing about it.  Time and memory access do not depend on secrets.
 *
 * Shares carry no check of their own: whoever joins them knows by the key file
 * that opens, or does not (docs/ceremony.md).
 */
#ifndef CRYPTO_SHAMIR_H
#define CRYPTO_SHAMIR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"

#define SHAMIR_SECRET 32 /* bytes of a secret, and of a share's value */
#define SHAMIR_MAX 16	 /* shares at the most */

struct share {
	uint8_t x; /* 1 to SHAMIR_MAX: which share it is */
	uint8_t y[SHAMIR_SECRET];
};

/* n shares, any k of which join; 2 <= k <= n <= SHAMIR_MAX. */
void shamir_split(struct share *out, unsigned n, unsigned k,
    const uint8_t secret[static SHAMIR_SECRET]);

/* Join k shares.  false, and out wiped, where two have one x, an x is out of
 * range, or k is no number that shamir_split() takes. */
bool shamir_join(
    uint8_t out[static SHAMIR_SECRET], const struct share *shares, unsigned k);

#endif
