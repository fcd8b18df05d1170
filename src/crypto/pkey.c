/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/pkey.h"

#include <string.h>

#include <openssl/params.h>

#include "core/err.h"

EVP_PKEY *
pkey_of_seed(const char *type, const char *param, struct bytes seed)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	uint8_t copy[PKEY_SEED_MAX];
	EVP_PKEY *key = NULL;
	OSSL_PARAM params[2];

	if (seed.len > sizeof(copy))
		bug("a seed over its limit");
	memcpy(copy, seed.p, seed.len);
	params[0] = OSSL_PARAM_construct_octet_string(param, copy, seed.len);
	params[1] = OSSL_PARAM_construct_end();
	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	wipe(copy, sizeof(copy));
	return key;
}

void
pkey_octets(EVP_PKEY *key, const char *param, uint8_t *out, size_t len)
{
	size_t got = 0;

	if (EVP_PKEY_get_octet_string_param(key, param, out, len, &got) != 1 ||
	    got != len)
		bug("a key did not come out");
}
