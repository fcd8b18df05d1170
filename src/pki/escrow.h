/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A KEM private key sealed for one who may one day have to have it: a desk's
 * for its authority (escrow), and back for the desk that is there then
 * (docs/ceremony.md 6).
 *
 *	Escrow ::= SEQUENCE {
 *		version INTEGER (1), address IA5String, algorithm OID,
 *		tag OCTET STRING (8),		-- of the key within
 *		to OCTET STRING (8), kem OID,	-- for whom
 *		ciphertext OCTET STRING, nonce OCTET STRING (12),
 *		sealed OCTET STRING }
 */
#ifndef PKI_ESCROW_H
#define PKI_ESCROW_H

#include "pki/card.h"

#define ESCROW_MAX 8192u

struct escrow { /* one that was read; borrows */
	struct bytes address;
	const struct kem_alg *alg; /* of the key within */
	struct tag tag, to;
	const struct kem_alg *kem;
	struct bytes ciphertext, nonce, sealed;
	struct bytes head; /* all before "sealed" */
};

/* Seal a key of this address for the holder of a KEM certificate's key.
 * RC_INVALID where that is no proper key.  The caller frees *out. */
enum rc escrow_seal(struct buf *out, struct bytes address,
    const struct kem_key *key, const struct cert *to, struct err *e);
/* RC_INVALID: not one. */
enum rc escrow_read(struct escrow *out, struct bytes in, struct err *e);
/*
 * The key within.  kem_key_free() frees *out.
 *
 * RC_DENIED	it is for another key, or was changed
 */
enum rc escrow_open(struct kem_key **out, const struct escrow *s,
    const struct kem_key *key, struct err *e);

#endif
