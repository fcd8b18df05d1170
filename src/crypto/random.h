/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CRYPTO_RANDOM_H
#define CRYPTO_RANDOM_H

#include <stddef.h>

/* Random bytes fit for keys; ends the process where there are none. */
void random_bytes(void *out, size_t len);

#endif
