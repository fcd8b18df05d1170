/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/curve.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/params.h>

#include "core/err.h"

/* RFC 5915 around the 32 or 48 bytes of a private key. */
struct frame {
	const char *head, *tail;
	size_t head_len, tail_len;
};

static const struct curve_row {
	const char *type, *group; /* OpenSSL's names; group for NIST curves */
	size_t pub, priv, secret;
	struct frame frame;
} curves[] = {
	[CURVE_X25519] = { "X25519", NULL, 32, 32, 32, { 0 } },
	[CURVE_ED25519] = { "ED25519", NULL, 32, 32, 0, { 0 } },
	[CURVE_P256] = { "EC", "P-256", 65, 51, 32,
	    { "\x30\x31\x02\x01\x01\x04\x20",
		"\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 7, 12 } },
	[CURVE_P384] = { "EC", "P-384", 97, 64, 48,
	    { "\x30\x3e\x02\x01\x01\x04\x30",
		"\xa0\x07\x06\x05\x2b\x81\x04\x00\x22", 7, 9 } },
};

size_t
curve_pub_size(enum curve c)
{
	return curves[c].pub;
}

size_t
curve_priv_size(enum curve c)
{
	return curves[c].priv;
}

size_t
curve_secret_size(enum curve c)
{
	return curves[c].secret;
}

EVP_PKEY *
curve_generate(enum curve c)
{
	if (curves[c].group != NULL)
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", curves[c].group);
	return EVP_PKEY_Q_keygen(NULL, NULL, curves[c].type);
}

static EVP_PKEY *
nist_pub(const struct curve_row *row, struct bytes pub)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;
	uint8_t copy[CURVE_PUB_MAX];
	char group[8];
	OSSL_PARAM params[3];

	memcpy(copy, pub.p, pub.len);
	memcpy(group, row->group, strlen(row->group) + 1);
	params[0] = OSSL_PARAM_construct_utf8_string(
	    OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
	params[1] = OSSL_PARAM_construct_octet_string(
	    OSSL_PKEY_PARAM_PUB_KEY, copy, pub.len);
	params[2] = OSSL_PARAM_construct_end();
	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

EVP_PKEY *
curve_pub(enum curve c, struct bytes pub)
{
	const struct curve_row *row = &curves[c];

	if (pub.len != row->pub)
		return NULL;
	if (row->group == NULL)
		return EVP_PKEY_new_raw_public_key_ex(
		    NULL, row->type, NULL, pub.p, pub.len);
	/* the uncompressed form and no other; the import checks the curve */
	return pub.p[0] == 0x04 ? nist_pub(row, pub) : NULL;
}

/* RFC 5915 bytes whose number is one the curve allows. */
static EVP_PKEY *
nist_priv(struct bytes priv)
{
	const uint8_t *at = priv.p;
	EVP_PKEY *key = d2i_PrivateKey_ex(
	    EVP_PKEY_EC, NULL, &at, (long)priv.len, NULL, NULL);
	EVP_PKEY_CTX *ctx = NULL;
	bool ok;

	if (key != NULL)
		ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	ok = ctx != NULL && EVP_PKEY_private_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	if (ok)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

EVP_PKEY *
curve_priv(enum curve c, struct bytes priv)
{
	const struct curve_row *row = &curves[c];
	const struct frame *f = &row->frame;

	if (priv.len != row->priv)
		return NULL;
	if (row->group == NULL)
		return EVP_PKEY_new_raw_private_key_ex(
		    NULL, row->type, NULL, priv.p, priv.len);
	if (memcmp(priv.p, f->head, f->head_len) != 0 ||
	    memcmp(priv.p + priv.len - f->tail_len, f->tail, f->tail_len) != 0)
		return NULL;
	return nist_priv(priv);
}

void
curve_write_pub(enum curve c, EVP_PKEY *key, uint8_t *out)
{
	const struct curve_row *row = &curves[c];
	size_t len = row->pub;
	int ok;

	if (row->group == NULL)
		ok = EVP_PKEY_get_raw_public_key(key, out, &len);
	else
		ok = EVP_PKEY_get_octet_string_param(
		    key, OSSL_PKEY_PARAM_PUB_KEY, out, len, &len);
	if (ok != 1 || len != row->pub)
		bug("a public key did not come out");
}

void
curve_write_priv(enum curve c, EVP_PKEY *key, uint8_t *out)
{
	const struct curve_row *row = &curves[c];
	const struct frame *f = &row->frame;
	size_t len = row->priv;
	BIGNUM *n = NULL;

	if (row->group == NULL) {
		if (EVP_PKEY_get_raw_private_key(key, out, &len) != 1 ||
		    len != row->priv)
			bug("a private key did not come out");
		return;
	}
	memcpy(out, f->head, f->head_len);
	memcpy(out + len - f->tail_len, f->tail, f->tail_len);
	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &n) != 1 ||
	    BN_bn2binpad(n, out + f->head_len, (int)row->secret) < 0)
		bug("a private key did not come out");
	BN_clear_free(n);
}

bool
curve_agree(enum curve c, EVP_PKEY *own, EVP_PKEY *peer, uint8_t *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
	size_t len = curves[c].secret;
	bool ok;

	/* set_peer_ex with 0: a public key was checked when it came in */
	ok = ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
	     EVP_PKEY_derive_set_peer_ex(ctx, peer, 0) == 1 &&
	     EVP_PKEY_derive(ctx, out, &len) == 1 && len == curves[c].secret;
	EVP_PKEY_CTX_free(ctx);
	return ok;
}
