/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/random.h"

#include <openssl/rand.h>

#include "core/err.h"

void
random_bytes(void *out, size_t len)
{
	if (RAND_priv_bytes_ex(NULL, out, len, 0) != 1)
		bug("no random bytes");
}
