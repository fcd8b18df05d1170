/* SPDX-License-Identifier: EUPL-1.2 */
#include "registry/content.h"

#include <string.h>

#include "crypto/hash.h"

bool
content_dispatch(struct id *out, struct bytes content)
{
	static const char words[] = "antin content";
	uint8_t in[sizeof(words) - 1 + SHA256_SIZE], digest[SHA256_SIZE];

	memcpy(in, words, sizeof(words) - 1);
	if (!hex_parse(in + sizeof(words) - 1, SHA256_SIZE, content))
		return false;
	sha256(digest, bytes_of(in, sizeof(in)));
	memcpy(out->b, digest, ID_SIZE);
	return true;
}
