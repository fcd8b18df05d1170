/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/p256.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "core/err.h"
#include "crypto/curve.h"

#define FRAMED 51 /* curve.h: RFC 5915 around the number */
#define HEAD 7	  /* bytes before it */

struct p256 {
	EVP_PKEY *key;
	uint8_t priv[P256_PRIV], pub[P256_PUB];
};

static struct p256 *
with(EVP_PKEY *key)
{
	struct p256 *k = alloc(1, sizeof(*k));
	uint8_t framed[FRAMED];

	k->key = key;
	curve_write_pub(CURVE_P256, key, k->pub);
	curve_write_priv(CURVE_P256, key, framed);
	memcpy(k->priv, framed + HEAD, P256_PRIV);
	wipe(framed, sizeof(framed));
	return k;
}

struct p256 *
p256_new(void)
{
	EVP_PKEY *key = curve_generate(CURVE_P256);

	if (key == NULL)
		bug("no P-256 key");
	return with(key);
}

struct p256 *
p256_of(const uint8_t priv[static P256_PRIV])
{
	static const uint8_t head[HEAD] = { 0x30, 0x31, 0x02, 0x01, 0x01, 0x04,
		0x20 };
	static const uint8_t tail[] = { 0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86,
		0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
	uint8_t framed[FRAMED];
	EVP_PKEY *key;

	memcpy(framed, head, HEAD);
	memcpy(framed + HEAD, priv, P256_PRIV);
	memcpy(framed + HEAD + P256_PRIV, tail, sizeof(tail));
	key = curve_priv(CURVE_P256, bytes_of(framed, sizeof(framed)));
	wipe(framed, sizeof(framed));
	ERR_clear_error();
	return key == NULL ? NULL : with(key);
}

void
p256_free(struct p256 *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->key); /* wipes the private half */
	wipe(k, sizeof(*k));
	free(k);
}

void
p256_priv(const struct p256 *k, uint8_t out[static P256_PRIV])
{
	memcpy(out, k->priv, P256_PRIV);
}

void
p256_pub(const struct p256 *k, uint8_t out[static P256_PUB])
{
	memcpy(out, k->pub, P256_PUB);
}

bool
p256_is_pub(struct bytes pub)
{
	EVP_PKEY *key = curve_pub(CURVE_P256, pub);
	const bool is = key != NULL;

	EVP_PKEY_free(key);
	ERR_clear_error();
	return is;
}

size_t
p256_sign(const struct p256 *k, struct bytes msg, uint8_t out[static P256_SIG])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = P256_SIG;

	if (ctx == NULL ||
	    EVP_DigestSignInit_ex(
		ctx, NULL, "SHA256", NULL, NULL, k->key, NULL) != 1 ||
	    EVP_DigestSign(ctx, out, &len, msg.p, msg.len) != 1)
		bug("no signature by P-256");
	EVP_MD_CTX_free(ctx);
	return len;
}

bool
p256_verify(struct bytes pub, struct bytes msg, struct bytes sig)
{
	EVP_PKEY *key = curve_pub(CURVE_P256, pub);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	ok = key != NULL && ctx != NULL &&
	     EVP_DigestVerifyInit_ex(
		 ctx, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
	     EVP_DigestVerify(ctx, sig.p, sig.len, msg.p, msg.len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return ok;
}
