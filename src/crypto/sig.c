/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/sig.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "crypto/curve.h"
#include "crypto/hash.h"
#include "crypto/pkey.h"
#include "der/der.h"

#define SEED 32 /* an ML-DSA private key: xi (FIPS 204 6.1) */
#define PREFIX "CompositeAlgorithmSignatures2025"
#define CONTEXT_MAX 255

struct sig_row {
	struct sig_alg alg;
	const char *mldsa; /* OpenSSL's name, or NULL */
	size_t pub, sig;   /* of the ML-DSA part */
	enum curve curve;
	const char *label; /* of a composite, or NULL */
};

static const struct sig_row rows[] = {
	{ { "MLDSA65-Ed25519", OID_MLDSA65_ED25519, 1984, 64, 3373 },
	    "ML-DSA-65", 1952, 3309, CURVE_ED25519,
	    "COMPSIG-MLDSA65-Ed25519-SHA512" },
	{ { "MLDSA87-P384", OID_MLDSA87_P384, 2689, 96, 4731 }, "ML-DSA-87",
	    2592, 4627, CURVE_P384, "COMPSIG-MLDSA87-ECDSA-P384-SHA512" },
	{ { "ML-DSA-65", OID_MLDSA65, 1952, 32, 3309 }, "ML-DSA-65", 1952, 3309,
	    CURVE_NONE, NULL },
	{ { "ML-DSA-87", OID_MLDSA87, 2592, 32, 4627 }, "ML-DSA-87", 2592, 4627,
	    CURVE_NONE, NULL },
	{ { "Ed25519", OID_ED25519, 32, 32, 64 }, NULL, 0, 0, CURVE_ED25519,
	    NULL },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

struct sig_pub {
	const struct sig_row *row;
	EVP_PKEY *pq, *trad; /* NULL where the row has no such half */
	uint8_t pub[SIG_PUB_MAX];
};

struct sig_key {
	struct sig_pub keys; /* private ones here */
	uint8_t priv[SIG_PRIV_MAX];
};

const struct sig_alg *
sig_by_oid(struct bytes der)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (bytes_eq(oid(rows[i].alg.oid), der))
			return &rows[i].alg;
	return NULL;
}

const struct sig_alg *
sig_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (strcmp(rows[i].alg.name, name) == 0)
			return &rows[i].alg;
	return NULL;
}

static const struct sig_row *
row_of(const struct sig_alg *alg)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (&rows[i].alg == alg)
			return &rows[i];
	bug("a signature algorithm that is not of the table");
}

static bool
has_halves(const struct sig_pub *p)
{
	return (p->row->mldsa == NULL || p->pq != NULL) &&
	       (p->row->curve == CURVE_NONE || p->trad != NULL);
}

static void
halves_free(struct sig_pub *p)
{
	EVP_PKEY_free(p->pq);
	EVP_PKEY_free(p->trad);
}

static size_t
seed_size(const struct sig_row *row)
{
	return row->mldsa == NULL ? 0 : SEED;
}

static bool
key_complete(struct sig_key *k)
{
	const struct sig_row *row = k->keys.row;

	if (!has_halves(&k->keys))
		return false;
	if (row->mldsa != NULL) {
		pkey_octets(
		    k->keys.pq, OSSL_PKEY_PARAM_PUB_KEY, k->keys.pub, row->pub);
		pkey_octets(
		    k->keys.pq, OSSL_PKEY_PARAM_ML_DSA_SEED, k->priv, SEED);
	}
	if (row->curve != CURVE_NONE) {
		curve_write_pub(
		    row->curve, k->keys.trad, k->keys.pub + row->pub);
		curve_write_priv(
		    row->curve, k->keys.trad, k->priv + seed_size(row));
	}
	return true;
}

struct sig_key *
sig_generate(const struct sig_alg *alg)
{
	struct sig_key *k = alloc(1, sizeof(*k));
	const struct sig_row *row = row_of(alg);

	k->keys.row = row;
	if (row->mldsa != NULL)
		k->keys.pq = EVP_PKEY_Q_keygen(NULL, NULL, row->mldsa);
	if (row->curve != CURVE_NONE)
		k->keys.trad = curve_generate(row->curve);
	if (!key_complete(k))
		bug("no signature key could be made");
	return k;
}

struct sig_key *
sig_key_of(const struct sig_alg *alg, struct bytes priv)
{
	const struct sig_row *row = row_of(alg);
	size_t seed = seed_size(row);
	struct sig_key *k;

	if (priv.len != alg->priv)
		return NULL;
	k = alloc(1, sizeof(*k));
	k->keys.row = row;
	if (row->mldsa != NULL)
		k->keys.pq = pkey_of_seed(row->mldsa,
		    OSSL_PKEY_PARAM_ML_DSA_SEED, bytes_of(priv.p, SEED));
	if (row->curve != CURVE_NONE)
		k->keys.trad = curve_priv(
		    row->curve, bytes_of(priv.p + seed, priv.len - seed));
	if (!key_complete(k)) {
		sig_key_free(k);
		return NULL;
	}
	return k;
}

void
sig_key_free(struct sig_key *k)
{
	if (k == NULL)
		return;
	halves_free(&k->keys);
	wipe(k, sizeof(*k));
	free(k);
}

const struct sig_alg *
sig_key_alg(const struct sig_key *k)
{
	return &k->keys.row->alg;
}

struct bytes
sig_key_pub(const struct sig_key *k)
{
	return sig_pub_bytes(&k->keys);
}

struct bytes
sig_key_priv(const struct sig_key *k)
{
	return bytes_of(k->priv, k->keys.row->alg.priv);
}

struct sig_pub *
sig_pub_of(const struct sig_alg *alg, struct bytes pub)
{
	const struct sig_row *row = row_of(alg);
	struct sig_pub *p;

	if (pub.len != alg->pub)
		return NULL;
	p = alloc(1, sizeof(*p));
	p->row = row;
	memcpy(p->pub, pub.p, pub.len);
	if (row->mldsa != NULL)
		p->pq = EVP_PKEY_new_raw_public_key_ex(
		    NULL, row->mldsa, NULL, pub.p, row->pub);
	if (row->curve != CURVE_NONE)
		p->trad = curve_pub(
		    row->curve, bytes_of(pub.p + row->pub, pub.len - row->pub));
	if (!has_halves(p)) {
		sig_pub_free(p);
		return NULL;
	}
	return p;
}

void
sig_pub_free(struct sig_pub *p)
{
	if (p == NULL)
		return;
	halves_free(p);
	free(p);
}

const struct sig_alg *
sig_pub_alg(const struct sig_pub *p)
{
	return &p->row->alg;
}

struct bytes
sig_pub_bytes(const struct sig_pub *p)
{
	return bytes_of(p->pub, p->row->alg.pub);
}

/* What a composite's halves sign: M'. */
static void
representative(struct buf *out, const struct sig_row *row, struct bytes context,
    struct bytes msg)
{
	uint8_t digest[SHA512_SIZE];

	*out = (struct buf){ 0 };
	sha512(digest, msg);
	buf_add(out, bytes_str(PREFIX));
	buf_add(out, bytes_str(row->label));
	buf_u8(out, (uint8_t)context.len);
	buf_add(out, context);
	buf_add(out, bytes_of(digest, sizeof(digest)));
}

/* The context parameter of ML-DSA; its bytes are copied to "copy". */
static void
context_params(OSSL_PARAM params[static 2], struct bytes context,
    uint8_t copy[static CONTEXT_MAX])
{
	if (context.len > 0)
		memcpy(copy, context.p, context.len);
	params[0] = OSSL_PARAM_construct_octet_string(
	    OSSL_SIGNATURE_PARAM_CONTEXT_STRING, copy, context.len);
	params[1] = OSSL_PARAM_construct_end();
}

static void
mldsa_sign(EVP_PKEY *key, struct bytes context, struct bytes msg, uint8_t *out,
    size_t len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t copy[CONTEXT_MAX];
	OSSL_PARAM params[2];
	size_t got = len;

	context_params(params, context, copy);
	if (ctx == NULL ||
	    EVP_DigestSignInit_ex(ctx, NULL, NULL, NULL, NULL, key, params) !=
		1 ||
	    EVP_DigestSign(ctx, out, &got, msg.p, msg.len) != 1 || got != len)
		bug("ML-DSA failed to sign");
	EVP_MD_CTX_free(ctx);
}

static bool
mldsa_verify(
    EVP_PKEY *key, struct bytes context, struct bytes msg, struct bytes sig)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t copy[CONTEXT_MAX];
	OSSL_PARAM params[2];
	bool ok;

	context_params(params, context, copy);
	ok = ctx != NULL &&
	     EVP_DigestVerifyInit_ex(
		 ctx, NULL, NULL, NULL, NULL, key, params) == 1 &&
	     EVP_DigestVerify(ctx, sig.p, sig.len, msg.p, msg.len) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

/* Ed25519 hashes by itself; P-384 is ecdsa-with-SHA384. */
static const char *
curve_digest(enum curve c)
{
	return c == CURVE_P384 ? "SHA384" : NULL;
}

static size_t
curve_sign(
    enum curve c, EVP_PKEY *key, struct bytes msg, uint8_t *out, size_t max)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = max;

	if (ctx == NULL ||
	    EVP_DigestSignInit_ex(
		ctx, NULL, curve_digest(c), NULL, NULL, key, NULL) != 1 ||
	    EVP_DigestSign(ctx, out, &len, msg.p, msg.len) != 1)
		bug("a curve failed to sign");
	EVP_MD_CTX_free(ctx);
	return len;
}

/* ECDSA's two numbers in strict DER, so that nobody can respell them. */
static bool
ecdsa_is_strict(struct bytes sig)
{
	struct der d = der_init(sig);
	struct err e;

	der_open(&d, DER_SEQUENCE);
	(void)der_big(&d, 48);
	(void)der_big(&d, 48);
	der_close(&d);
	return der_end(&d, "an ECDSA signature", &e) == RC_OK;
}

static bool
curve_verify(enum curve c, EVP_PKEY *key, struct bytes msg, struct bytes sig)
{
	EVP_MD_CTX *ctx;
	bool ok;

	if (c == CURVE_P384 && !ecdsa_is_strict(sig))
		return false;
	ctx = EVP_MD_CTX_new();
	ok = ctx != NULL &&
	     EVP_DigestVerifyInit_ex(
		 ctx, NULL, curve_digest(c), NULL, NULL, key, NULL) == 1 &&
	     EVP_DigestVerify(ctx, sig.p, sig.len, msg.p, msg.len) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

size_t
sig_sign(const struct sig_key *k, struct bytes context, struct bytes msg,
    uint8_t *out)
{
	const struct sig_row *row = k->keys.row;
	struct buf m = { 0 };
	size_t len;

	if (context.len > CONTEXT_MAX ||
	    (row->mldsa == NULL && context.len > 0))
		bug("a signature context that cannot be");
	if (row->curve == CURVE_NONE) {
		mldsa_sign(k->keys.pq, context, msg, out, row->sig);
		return row->sig;
	}
	if (row->mldsa == NULL)
		return curve_sign(
		    row->curve, k->keys.trad, msg, out, row->alg.max);
	representative(&m, row, context, msg);
	mldsa_sign(
	    k->keys.pq, bytes_str(row->label), buf_bytes(&m), out, row->sig);
	len = row->sig + curve_sign(row->curve, k->keys.trad, buf_bytes(&m),
			     out + row->sig, row->alg.max - row->sig);
	buf_free(&m);
	return len;
}

bool
sig_verify(const struct sig_pub *p, struct bytes context, struct bytes msg,
    struct bytes sig)
{
	const struct sig_row *row = p->row;
	struct buf m = { 0 };
	bool ok;

	if (context.len > CONTEXT_MAX || sig.len > row->alg.max ||
	    sig.len < row->sig)
		return false;
	if (row->curve == CURVE_NONE)
		return mldsa_verify(p->pq, context, msg, sig);
	if (row->mldsa == NULL)
		return context.len == 0 &&
		       curve_verify(row->curve, p->trad, msg, sig);
	representative(&m, row, context, msg);
	ok = mldsa_verify(p->pq, bytes_str(row->label), buf_bytes(&m),
		 bytes_of(sig.p, row->sig)) &&
	     curve_verify(row->curve, p->trad, buf_bytes(&m),
		 bytes_of(sig.p + row->sig, sig.len - row->sig));
	buf_free(&m);
	return ok;
}
