/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/kdf.h"

#include <pthread.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

static EVP_KDF *kdf_hkdf, *kdf_argon2;
static EVP_CIPHER *kdf_wrap;
static pthread_once_t kdf_once = PTHREAD_ONCE_INIT;

const struct argon2 argon2_default = {
	.kib = 64 << 10, .passes = 3, .lanes = 4
};

static void
kdf_fetch(void)
{
	kdf_hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	kdf_argon2 = EVP_KDF_fetch(NULL, "ARGON2ID", NULL);
	kdf_wrap = EVP_CIPHER_fetch(NULL, "AES-256-WRAP", NULL);
	if (kdf_hkdf == NULL || kdf_argon2 == NULL || kdf_wrap == NULL)
		bug("OpenSSL without HKDF, Argon2id or key wrap");
}

static void
kdf_init(void)
{
	if (pthread_once(&kdf_once, kdf_fetch) != 0)
		bug("pthread_once");
}

/* OpenSSL's parameters are not const; it does not write to them. */
static OSSL_PARAM
octets(const char *name, struct bytes v)
{
	union {
		const uint8_t *in;
		void *out;
	} p = { .in = v.p };
	static char empty[1];

	return OSSL_PARAM_construct_octet_string(
	    name, v.len == 0 ? empty : p.out, v.len);
}

void
hkdf_sha256(uint8_t *out, size_t out_len, struct bytes salt, struct bytes ikm,
    struct bytes info)
{
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(
		    OSSL_KDF_PARAM_DIGEST, digest, 0),
		octets(OSSL_KDF_PARAM_KEY, ikm),
		octets(OSSL_KDF_PARAM_SALT, salt),
		octets(OSSL_KDF_PARAM_INFO, info),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF_CTX *ctx;

	kdf_init();
	ctx = EVP_KDF_CTX_new(kdf_hkdf);
	if (ctx == NULL || EVP_KDF_derive(ctx, out, out_len, params) != 1)
		bug("HKDF failed");
	EVP_KDF_CTX_free(ctx);
}

void
key_wrap(uint8_t out[static WRAP_SIZE], const uint8_t kek[static WRAP_KEY],
    const uint8_t key[static WRAP_KEY])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0, more = 0;

	kdf_init();
	if (ctx == NULL)
		bug("no memory for a key wrap");
	EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	if (EVP_EncryptInit_ex2(ctx, kdf_wrap, kek, NULL, NULL) != 1 ||
	    EVP_EncryptUpdate(ctx, out, &n, key, WRAP_KEY) != 1 ||
	    EVP_EncryptFinal_ex(ctx, out + n, &more) != 1 ||
	    n + more != WRAP_SIZE)
		bug("AES key wrap failed");
	EVP_CIPHER_CTX_free(ctx);
}

bool
key_unwrap(uint8_t out[static WRAP_KEY], const uint8_t kek[static WRAP_KEY],
    const uint8_t in[static WRAP_SIZE])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t key[WRAP_SIZE + 8];
	int n = 0, more = 0;
	bool ok;

	kdf_init();
	if (ctx == NULL)
		bug("no memory for a key wrap");
	EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	ok = EVP_DecryptInit_ex2(ctx, kdf_wrap, kek, NULL, NULL) == 1 &&
	     EVP_DecryptUpdate(ctx, key, &n, in, WRAP_SIZE) == 1 &&
	     EVP_DecryptFinal_ex(ctx, key + n, &more) == 1 &&
	     n + more == WRAP_KEY;
	if (ok)
		memcpy(out, key, WRAP_KEY);
	else
		wipe(out, WRAP_KEY);
	wipe(key, sizeof(key));
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

bool
argon2_acceptable(const struct argon2 *a)
{
	return a->lanes >= 1 && a->lanes <= 16 && a->passes >= 1 &&
	       a->passes <= 16 && a->kib >= 8 * a->lanes && a->kib <= 1 << 20;
}

enum rc
argon2id(uint8_t out[static WRAP_KEY], struct bytes passphrase,
    const uint8_t salt[static ARGON2_SALT], const struct argon2 *a,
    struct err *e)
{
	struct argon2 p = *a;
	uint32_t threads = 1;
	OSSL_PARAM params[] = {
		octets(OSSL_KDF_PARAM_PASSWORD, passphrase),
		octets(OSSL_KDF_PARAM_SALT, bytes_of(salt, ARGON2_SALT)),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_ITER, &p.passes),
		OSSL_PARAM_construct_uint32(
		    OSSL_KDF_PARAM_ARGON2_LANES, &p.lanes),
		OSSL_PARAM_construct_uint32(
		    OSSL_KDF_PARAM_ARGON2_MEMCOST, &p.kib),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_THREADS, &threads),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF_CTX *ctx;
	enum rc rc = RC_OK;

	if (!argon2_acceptable(a))
		return fail(e, RC_LIMIT,
		    "Argon2id with %u KiB, %u passes, %u lanes: over what "
		    "this program computes",
		    a->kib, a->passes, a->lanes);
	kdf_init();
	ctx = EVP_KDF_CTX_new(kdf_argon2);
	if (ctx == NULL || EVP_KDF_derive(ctx, out, WRAP_KEY, params) != 1)
		rc = fail(e, RC_LIMIT,
		    "Argon2id needs %u KiB of memory, which this machine "
		    "does not give",
		    a->kib);
	EVP_KDF_CTX_free(ctx);
	return rc;
}
