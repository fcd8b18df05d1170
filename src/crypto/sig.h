/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Signatures: ML-DSA (FIPS 204), Ed25519 (RFC 8032), and composites of ML-DSA
 * with a curve (draft-ietf-lamps-pq-composite-sigs):
 *
 *	M' = Prefix || Label || len(ctx) || ctx || SHA-512(M)
 *	s  = ML-DSA.Sign(sk, M', ctx = Label) || Trad.Sign(sk, M')
 *
 * A composite verifies only when both halves do.  It is not strongly
 * unforgeable: key nothing on a signature's bytes (docs/envelope.md 10.9).
 */
#ifndef CRYPTO_SIG_H
#define CRYPTO_SIG_H

#include "core/bytes.h"
#include "core/err.h"
#include "der/oid.h"

#define SIG_PUB_MAX 2689
#define SIG_PRIV_MAX 96
#define SIG_MAX 4731

struct sig_alg {
	const char *name;
	enum oid oid;
	size_t pub, priv, max; /* bytes; a signature has at most max */
};

const struct sig_alg *sig_by_oid(struct bytes oid);
const struct sig_alg *sig_by_name(const char *name);

struct sig_key;
struct sig_key *sig_generate(const struct sig_alg *alg);
/* NULL where the bytes are no such key. */
struct sig_key *sig_key_of(const struct sig_alg *alg, struct bytes priv);
void sig_key_free(struct sig_key *k);
const struct sig_alg *sig_key_alg(const struct sig_key *k);
struct bytes sig_key_pub(const struct sig_key *k);  /* borrows */
struct bytes sig_key_priv(const struct sig_key *k); /* borrows; a secret */

/* A public key, ready to verify many. */
struct sig_pub;
struct sig_pub *sig_pub_of(const struct sig_alg *alg, struct bytes pub);
void sig_pub_free(struct sig_pub *p);
const struct sig_alg *sig_pub_alg(const struct sig_pub *p);
struct bytes sig_pub_bytes(const struct sig_pub *p); /* borrows */

/* Sign with a context of at most 255 bytes (none for Ed25519); "out" takes
 * alg->max bytes.  Returns the signature's length. */
size_t sig_sign(const struct sig_key *k, struct bytes context, struct bytes msg,
    uint8_t *out);
bool sig_verify(const struct sig_pub *p, struct bytes context, struct bytes msg,
    struct bytes sig);

#endif
