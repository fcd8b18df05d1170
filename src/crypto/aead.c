/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/aead.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "core/err.h"

struct aead {
	EVP_CIPHER_CTX *seal, *open;
};

static EVP_CIPHER *gcm;
static pthread_once_t gcm_once = PTHREAD_ONCE_INIT;

static void
gcm_fetch(void)
{
	gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	if (gcm == NULL)
		bug("OpenSSL without AES-256-GCM");
}

struct aead *
aead_new(const uint8_t key[static AEAD_KEY])
{
	struct aead *a = alloc(1, sizeof(*a));

	if (pthread_once(&gcm_once, gcm_fetch) != 0)
		bug("pthread_once");
	a->seal = EVP_CIPHER_CTX_new();
	a->open = EVP_CIPHER_CTX_new();
	if (a->seal == NULL || a->open == NULL ||
	    EVP_EncryptInit_ex2(a->seal, gcm, key, NULL, NULL) != 1 ||
	    EVP_DecryptInit_ex2(a->open, gcm, key, NULL, NULL) != 1)
		bug("AES-256-GCM failed");
	return a;
}

void
aead_free(struct aead *a)
{
	if (a == NULL)
		return;
	EVP_CIPHER_CTX_free(a->seal);
	EVP_CIPHER_CTX_free(a->open);
	free(a);
}

static int
int_len(size_t len)
{
	if (len > INT_MAX)
		bug("AES-256-GCM over 2 GiB at once");
	return (int)len;
}

void
aead_seal(struct aead *a, const uint8_t nonce[static AEAD_NONCE],
    struct bytes aad, struct bytes plain, uint8_t *out,
    uint8_t tag[static AEAD_TAG])
{
	int n;

	if (EVP_EncryptInit_ex2(a->seal, NULL, NULL, nonce, NULL) != 1 ||
	    (aad.len > 0 && EVP_EncryptUpdate(a->seal, NULL, &n, aad.p,
				int_len(aad.len)) != 1) ||
	    (plain.len > 0 && EVP_EncryptUpdate(a->seal, out, &n, plain.p,
				  int_len(plain.len)) != 1) ||
	    EVP_EncryptFinal_ex(a->seal, NULL, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(
		a->seal, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG, tag) != 1)
		bug("AES-256-GCM failed");
}

bool
aead_open(struct aead *a, const uint8_t nonce[static AEAD_NONCE],
    struct bytes aad, struct bytes sealed, const uint8_t tag[static AEAD_TAG],
    uint8_t *out)
{
	uint8_t want[AEAD_TAG];
	int n;

	memcpy(want, tag, sizeof(want));
	if (EVP_DecryptInit_ex2(a->open, NULL, NULL, nonce, NULL) == 1 &&
	    EVP_CIPHER_CTX_ctrl(
		a->open, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG, want) == 1 &&
	    (aad.len == 0 || EVP_DecryptUpdate(a->open, NULL, &n, aad.p,
				 int_len(aad.len)) == 1) &&
	    (sealed.len == 0 || EVP_DecryptUpdate(a->open, out, &n, sealed.p,
				    int_len(sealed.len)) == 1) &&
	    EVP_DecryptFinal_ex(a->open, NULL, &n) == 1)
		return true;
	wipe(out, sealed.len);
	return false;
}
