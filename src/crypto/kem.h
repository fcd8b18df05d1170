/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Key encapsulation: ML-KEM (FIPS 203) and its composites with a curve
 * (draft-ietf-lamps-pq-composite-kem):
 *
 *	ss = SHA3-256(mlkemSS || tradSS || tradCT || tradPK || Label)
 *	pk = mlkemPK || tradPK,  ct = mlkemCT || tradCT,  sk = seed || tradSK
 *
 * An algorithm is a row of one table.
 */
#ifndef CRYPTO_KEM_H
#define CRYPTO_KEM_H

#include "core/bytes.h"
#include "core/err.h"
#include "der/oid.h"

#define KEM_SECRET 32
#define KEM_PUB_MAX 1665
#define KEM_PRIV_MAX 128
#define KEM_CT_MAX 1665

struct kem_alg {
	const char *name;
	enum oid oid;
	size_t pub, priv, ct; /* bytes */
};

/* NULL where no row has this OID, or this name. */
const struct kem_alg *kem_by_oid(struct bytes oid);
const struct kem_alg *kem_by_name(const char *name);

/* A private key with its public one. */
struct kem_key;
struct kem_key *kem_generate(const struct kem_alg *alg);
/* NULL where the bytes are no such key. */
struct kem_key *kem_key_of(const struct kem_alg *alg, struct bytes priv);
void kem_key_free(struct kem_key *k);
const struct kem_alg *kem_key_alg(const struct kem_key *k);
struct bytes kem_key_pub(const struct kem_key *k);  /* borrows */
struct bytes kem_key_priv(const struct kem_key *k); /* borrows; a secret */

/*
 * A fresh secret for the holder of "pub".  ct takes alg->ct bytes.
 *
 * RC_INVALID	no public key of this algorithm
 */
enum rc kem_encapsulate(const struct kem_alg *alg, struct bytes pub,
    uint8_t *ct, uint8_t secret[static KEM_SECRET], struct err *e);

/*
 * The secret in "ct".  A ct that was tampered with gives another secret
 * (ML-KEM's implicit rejection) or false; secret is then wiped.
 */
bool kem_decapsulate(const struct kem_key *k, struct bytes ct,
    uint8_t secret[static KEM_SECRET]);

#endif
