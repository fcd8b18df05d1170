/* SPDX-License-Identifier: EUPL-1.2 */
/* SHA-256 (FIPS 180-4) of what comes in pieces.  Of files' contents, which are
 * sealed: nothing here is secret. */
#ifndef STORE_SUM_H
#define STORE_SUM_H

#include "crypto/hash.h"

struct sum {
	uint32_t state[8];
	uint64_t len;	   /* bytes so far */
	uint8_t block[64]; /* the last len % 64 of them */
};

void sum_start(struct sum *s);
void sum_add(struct sum *s, struct bytes more);
/* "s" is at its end; it may be started again. */
void sum_end(struct sum *s, uint8_t out[static SHA256_SIZE]);

#endif
