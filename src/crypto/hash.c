/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/hash.h"

#include <pthread.h>

#include <openssl/evp.h>

#include "core/err.h"

static EVP_MD *md_sha256, *md_sha512, *md_sha3_256;
static pthread_once_t md_once = PTHREAD_ONCE_INIT;
/* One context a thread: a hash of a few bytes costs less than making one. */
static _Thread_local EVP_MD_CTX *md_ctx;
static pthread_key_t md_key;

static void
md_ctx_free(void *ctx)
{
	EVP_MD_CTX_free(ctx);
}

static void
md_fetch(void)
{
	md_sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	md_sha512 = EVP_MD_fetch(NULL, "SHA512", NULL);
	md_sha3_256 = EVP_MD_fetch(NULL, "SHA3-256", NULL);
	if (md_sha256 == NULL || md_sha512 == NULL || md_sha3_256 == NULL ||
	    pthread_key_create(&md_key, md_ctx_free) != 0)
		bug("OpenSSL without SHA-2 and SHA-3");
}

static void
md_init(void)
{
	if (pthread_once(&md_once, md_fetch) != 0)
		bug("pthread_once");
	if (md_ctx != NULL)
		return;
	md_ctx = EVP_MD_CTX_new();
	if (md_ctx == NULL || pthread_setspecific(md_key, md_ctx) != 0)
		bug("no memory for a hash");
}

static void
hash_parts(EVP_MD *const *md, uint8_t *out, const struct bytes *parts, size_t n)
{
	size_t i;
	int ok;

	md_init();
	ok = EVP_DigestInit_ex(md_ctx, *md, NULL);
	for (i = 0; i < n && ok == 1; i++)
		if (parts[i].len > 0)
			ok = EVP_DigestUpdate(md_ctx, parts[i].p, parts[i].len);
	if (ok != 1 || EVP_DigestFinal_ex(md_ctx, out, NULL) != 1)
		bug("a hash failed");
}

void
sha256_parts(
    uint8_t out[static SHA256_SIZE], const struct bytes *parts, size_t n)
{
	hash_parts(&md_sha256, out, parts, n);
}

void
sha3_256_parts(
    uint8_t out[static SHA256_SIZE], const struct bytes *parts, size_t n)
{
	hash_parts(&md_sha3_256, out, parts, n);
	(void)EVP_MD_CTX_reset(md_ctx); /* it is for secrets: keep none */
}

void
sha256(uint8_t out[static SHA256_SIZE], struct bytes in)
{
	hash_parts(&md_sha256, out, &in, 1);
}

void
sha512(uint8_t out[static SHA512_SIZE], struct bytes in)
{
	hash_parts(&md_sha512, out, &in, 1);
}

/* ---- of what comes in pieces ------------------------------------------- */

static void *
pieces_start(EVP_MD *const *md)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	md_init();
	if (ctx == NULL || EVP_DigestInit_ex(ctx, *md, NULL) != 1)
		bug("a hash failed");
	return ctx;
}

static void
pieces_add(void *ctx, struct bytes more)
{
	if (more.len > 0 && EVP_DigestUpdate(ctx, more.p, more.len) != 1)
		bug("a hash failed");
}

static void
pieces_end(void **ctx, uint8_t *out)
{
	if (EVP_DigestFinal_ex(*ctx, out, NULL) != 1)
		bug("a hash failed");
	EVP_MD_CTX_free(*ctx);
	*ctx = NULL;
}

static void
pieces_drop(void **ctx)
{
	EVP_MD_CTX_free(*ctx);
	*ctx = NULL;
}

struct sha256
sha256_start(void)
{
	return (struct sha256){ pieces_start(&md_sha256) };
}

void
sha256_add(struct sha256 *h, struct bytes more)
{
	pieces_add(h->ctx, more);
}

void
sha256_end(struct sha256 *h, uint8_t out[static SHA256_SIZE])
{
	pieces_end(&h->ctx, out);
}

void
sha256_drop(struct sha256 *h)
{
	pieces_drop(&h->ctx);
}

struct sha512
sha512_start(void)
{
	return (struct sha512){ pieces_start(&md_sha512) };
}

void
sha512_add(struct sha512 *h, struct bytes more)
{
	pieces_add(h->ctx, more);
}

void
sha512_end(struct sha512 *h, uint8_t out[static SHA512_SIZE])
{
	pieces_end(&h->ctx, out);
}

void
sha512_drop(struct sha512 *h)
{
	pieces_drop(&h->ctx);
}
