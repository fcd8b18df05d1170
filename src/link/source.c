/* SPDX-License-Identifier: EUPL-1.2 */
#include "link/source.h"

#include <netinet/in.h>
#include <string.h>

#include "crypto/hash.h"

size_t
source_row(const struct sockaddr_storage *a, const struct source_salt *salt,
    size_t rows)
{
	uint8_t all[SOURCE_SALT + 8] = { 0 }, sum[SHA256_SIZE];
	uint8_t *address = all + SOURCE_SALT;

	memcpy(all, salt->b, SOURCE_SALT);
	if (a->ss_family == AF_INET)
		memcpy(address, &((const struct sockaddr_in *)a)->sin_addr, 4);
	else if (a->ss_family == AF_INET6)
		memcpy(
		    address, &((const struct sockaddr_in6 *)a)->sin6_addr, 8);
	sha256(sum, bytes_of(all, sizeof(all)));
	return ((size_t)sum[0] << 8 | sum[1]) % rows;
}
