/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/suite.h"

#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>

#define OPENSSL_VERSION_NUMBER_MIN 0x30500000ul /* ML-KEM, ML-DSA */

const struct suite suite_table[SUITE_COUNT] = {
	{ "A", "MLKEM768-X25519", "MLDSA65-Ed25519", true,
	    "ML-KEM-768 with X25519, ML-DSA-65 with Ed25519" },
	{ "B", "MLKEM1024-P384", "MLDSA87-P384", true,
	    "ML-KEM-1024 with P-384, ML-DSA-87 with ECDSA P-384" },
	{ "interop", "ML-KEM-768", "ML-DSA-65", false,
	    "ML-KEM-768, ML-DSA-65: for foreign tools" },
	{ "interop-1024", "ML-KEM-1024", "ML-DSA-87", false,
	    "ML-KEM-1024, ML-DSA-87: for foreign tools" },
	{ "interop-ed25519", "ML-KEM-768", "Ed25519", false,
	    "ML-KEM-768, Ed25519: for foreign tools" },
};

const struct suite *
suite_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < SUITE_COUNT; i++)
		if (strcasecmp(suite_table[i].name, name) == 0)
			return &suite_table[i];
	return NULL;
}

const struct suite *
suite_by_sig(const struct sig_alg *alg)
{
	size_t i;

	for (i = 0; i < SUITE_COUNT; i++)
		if (strcmp(suite_table[i].sig, alg->name) == 0)
			return &suite_table[i];
	return NULL;
}

bool
suite_has_kem(const struct kem_alg *alg)
{
	size_t i;

	for (i = 0; i < SUITE_COUNT; i++)
		if (strcmp(suite_table[i].kem, alg->name) == 0)
			return true;
	return false;
}

bool
suite_kem_is_composite(const struct kem_alg *alg)
{
	size_t i;

	for (i = 0; i < SUITE_COUNT; i++)
		if (suite_table[i].composite &&
		    strcmp(suite_table[i].kem, alg->name) == 0)
			return true;
	return false;
}

bool
suite_sig_is_composite(const struct sig_alg *alg)
{
	const struct suite *s = suite_by_sig(alg);

	return s != NULL && s->composite;
}

const char *
crypto_library(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}

bool
crypto_library_fits(void)
{
	return OpenSSL_version_num() >= OPENSSL_VERSION_NUMBER_MIN;
}

void
crypto_library_ready(void)
{
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		bug("OpenSSL cannot be made ready");
}
