/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/kem.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "crypto/curve.h"
#include "crypto/hash.h"
#include "crypto/pkey.h"

#define SEED 64 /* an ML-KEM private key: d || z (FIPS 203 7.1) */

/* A composite's parts; a plain ML-KEM has no curve. */
struct kem_row {
	struct kem_alg alg;
	const char *mlkem; /* OpenSSL's name */
	size_t pub, ct;	   /* of the ML-KEM part */
	enum curve curve;
	const char *label;
};

static const struct kem_row rows[] = {
	{ { "MLKEM768-X25519", OID_MLKEM768_X25519, 1216, 96, 1120 },
	    "ML-KEM-768", 1184, 1088, CURVE_X25519, "\\.//^\\" },
	{ { "MLKEM1024-P384", OID_MLKEM1024_P384, 1665, 128, 1665 },
	    "ML-KEM-1024", 1568, 1568, CURVE_P384, "MLKEM1024-P384" },
	{ { "ML-KEM-768", OID_MLKEM768, 1184, 64, 1088 }, "ML-KEM-768", 1184,
	    1088, CURVE_NONE, NULL },
	{ { "ML-KEM-1024", OID_MLKEM1024, 1568, 64, 1568 }, "ML-KEM-1024", 1568,
	    1568, CURVE_NONE, NULL },
	/* The published examples use these two; no suite does. */
	{ { "ML-KEM-512", OID_MLKEM512, 800, 64, 768 }, "ML-KEM-512", 800, 768,
	    CURVE_NONE, NULL },
	{ { "MLKEM768-P256", OID_MLKEM768_P256, 1249, 115, 1153 }, "ML-KEM-768",
	    1184, 1088, CURVE_P256, "MLKEM768-P256" },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

struct kem_key {
	const struct kem_row *row;
	EVP_PKEY *pq, *trad; /* trad NULL where there is no curve */
	uint8_t pub[KEM_PUB_MAX], priv[KEM_PRIV_MAX];
};

const struct kem_alg *
kem_by_oid(struct bytes der)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (bytes_eq(oid(rows[i].alg.oid), der))
			return &rows[i].alg;
	return NULL;
}

const struct kem_alg *
kem_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (strcmp(rows[i].alg.name, name) == 0)
			return &rows[i].alg;
	return NULL;
}

static const struct kem_row *
row_of(const struct kem_alg *alg)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (&rows[i].alg == alg)
			return &rows[i];
	bug("a KEM that is not of the table");
}

/* Fill in both halves' bytes from the EVP keys; false where one is missing. */
static bool
key_complete(struct kem_key *k)
{
	const struct kem_row *row = k->row;

	if (k->pq == NULL || (row->curve != CURVE_NONE && k->trad == NULL))
		return false;
	pkey_octets(k->pq, OSSL_PKEY_PARAM_PUB_KEY, k->pub, row->pub);
	pkey_octets(k->pq, OSSL_PKEY_PARAM_ML_KEM_SEED, k->priv, SEED);
	if (row->curve != CURVE_NONE) {
		curve_write_pub(row->curve, k->trad, k->pub + row->pub);
		curve_write_priv(row->curve, k->trad, k->priv + SEED);
	}
	return true;
}

struct kem_key *
kem_generate(const struct kem_alg *alg)
{
	struct kem_key *k = alloc(1, sizeof(*k));

	k->row = row_of(alg);
	k->pq = EVP_PKEY_Q_keygen(NULL, NULL, k->row->mlkem);
	if (k->row->curve != CURVE_NONE)
		k->trad = curve_generate(k->row->curve);
	if (!key_complete(k))
		bug("no KEM key could be made");
	return k;
}

struct kem_key *
kem_key_of(const struct kem_alg *alg, struct bytes priv)
{
	struct kem_key *k;

	if (priv.len != alg->priv)
		return NULL;
	k = alloc(1, sizeof(*k));
	k->row = row_of(alg);
	k->pq = pkey_of_seed(
	    k->row->mlkem, OSSL_PKEY_PARAM_ML_KEM_SEED, bytes_of(priv.p, SEED));
	if (k->row->curve != CURVE_NONE)
		k->trad = curve_priv(
		    k->row->curve, bytes_of(priv.p + SEED, priv.len - SEED));
	if (!key_complete(k)) {
		kem_key_free(k);
		return NULL;
	}
	return k;
}

void
kem_key_free(struct kem_key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->pq);
	EVP_PKEY_free(k->trad);
	wipe(k, sizeof(*k));
	free(k);
}

const struct kem_alg *
kem_key_alg(const struct kem_key *k)
{
	return &k->row->alg;
}

struct bytes
kem_key_pub(const struct kem_key *k)
{
	return bytes_of(k->pub, k->row->alg.pub);
}

struct bytes
kem_key_priv(const struct kem_key *k)
{
	return bytes_of(k->priv, k->row->alg.priv);
}

/* The composite's secret from both halves. */
static void
combine(const struct kem_row *row, const uint8_t *pq_secret,
    const uint8_t *trad_secret, const uint8_t *trad_ct, const uint8_t *trad_pub,
    uint8_t secret[static KEM_SECRET])
{
	const struct bytes parts[] = {
		bytes_of(pq_secret, KEM_SECRET),
		bytes_of(trad_secret, curve_secret_size(row->curve)),
		bytes_of(trad_ct, curve_pub_size(row->curve)),
		bytes_of(trad_pub, curve_pub_size(row->curve)),
		bytes_str(row->label),
	};

	sha3_256_parts(secret, parts, sizeof(parts) / sizeof(parts[0]));
}

static bool
mlkem_encapsulate(
    const struct kem_row *row, struct bytes pub, uint8_t *ct, uint8_t *secret)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key_ex(
	    NULL, row->mlkem, NULL, pub.p, row->pub);
	EVP_PKEY_CTX *ctx = NULL;
	size_t ct_len = row->ct, secret_len = KEM_SECRET;
	bool ok;

	if (key != NULL)
		ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	ok = ctx != NULL && EVP_PKEY_encapsulate_init(ctx, NULL) == 1 &&
	     EVP_PKEY_encapsulate(ctx, ct, &ct_len, secret, &secret_len) == 1 &&
	     ct_len == row->ct && secret_len == KEM_SECRET;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok;
}

/* An ephemeral key of the curve: its public half is the ciphertext. */
static bool
curve_encapsulate(enum curve c, struct bytes pub, uint8_t *ct, uint8_t *secret)
{
	EVP_PKEY *peer = curve_pub(c, pub), *own = NULL;
	bool ok;

	if (peer != NULL)
		own = curve_generate(c);
	ok = own != NULL && curve_agree(c, own, peer, secret);
	if (ok)
		curve_write_pub(c, own, ct);
	EVP_PKEY_free(own);
	EVP_PKEY_free(peer);
	return ok;
}

enum rc
kem_encapsulate(const struct kem_alg *alg, struct bytes pub, uint8_t *ct,
    uint8_t secret[static KEM_SECRET], struct err *e)
{
	const struct kem_row *row = row_of(alg);
	uint8_t pq[KEM_SECRET], trad[CURVE_SECRET_MAX];
	struct bytes trad_pub;
	bool ok;

	if (pub.len != alg->pub)
		return fail(e, RC_INVALID,
		    "a public key of %zu bytes, %s wants %zu", pub.len,
		    alg->name, alg->pub);
	ok = mlkem_encapsulate(row, pub, ct, pq);
	if (row->curve == CURVE_NONE) {
		memcpy(secret, pq, KEM_SECRET);
	} else {
		trad_pub = bytes_of(pub.p + row->pub, pub.len - row->pub);
		ok = ok && curve_encapsulate(
			       row->curve, trad_pub, ct + row->ct, trad);
		if (ok)
			combine(
			    row, pq, trad, ct + row->ct, trad_pub.p, secret);
	}
	wipe(pq, sizeof(pq));
	wipe(trad, sizeof(trad));
	if (ok)
		return RC_OK;
	wipe(secret, KEM_SECRET);
	return fail(e, RC_INVALID, "not a public key of %s", alg->name);
}

static bool
mlkem_decapsulate(const struct kem_key *k, struct bytes ct, uint8_t *secret)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->pq, NULL);
	size_t len = KEM_SECRET;
	bool ok;

	ok = ctx != NULL && EVP_PKEY_decapsulate_init(ctx, NULL) == 1 &&
	     EVP_PKEY_decapsulate(ctx, secret, &len, ct.p, k->row->ct) == 1 &&
	     len == KEM_SECRET;
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

bool
kem_decapsulate(
    const struct kem_key *k, struct bytes ct, uint8_t secret[static KEM_SECRET])
{
	const struct kem_row *row = k->row;
	uint8_t pq[KEM_SECRET], trad[CURVE_SECRET_MAX];
	EVP_PKEY *peer = NULL;
	struct bytes trad_ct;
	bool ok;

	wipe(secret, KEM_SECRET);
	if (ct.len != row->alg.ct)
		return false;
	ok = mlkem_decapsulate(k, ct, pq);
	if (row->curve == CURVE_NONE) {
		if (ok)
			memcpy(secret, pq, KEM_SECRET);
	} else {
		trad_ct = bytes_of(ct.p + row->ct, ct.len - row->ct);
		peer = curve_pub(row->curve, trad_ct);
		ok = ok && peer != NULL &&
		     curve_agree(row->curve, k->trad, peer, trad);
		if (ok)
			combine(row, pq, trad, trad_ct.p, k->pub + row->pub,
			    secret);
	}
	EVP_PKEY_free(peer);
	wipe(pq, sizeof(pq));
	wipe(trad, sizeof(trad));
	return ok;
}
