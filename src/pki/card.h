/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Cards and identities.
 *
 * A card is what others know of somebody: the certificate of the signature
 * key and, for whoever opens envelopes, that of the KEM key, in PEM one after
 * the other (NAME.pub).  Self-made ones vouch for themselves; those of holders
 * in the tree are issued by an authority, and only the directory knows whether
 * they hold.  An identity is a card with its private keys (NAME.key, a key file
 * whose readable part is the card).
 */
#ifndef PKI_CARD_H
#define PKI_CARD_H

#include "crypto/keyfile.h"
#include "envelope/signed.h"
#include "pki/cert.h"

#define CARD_MAX (96u << 10) /* bytes of a card in PEM */

struct card {
	struct buf sign_der, kem_der; /* owned; the certificates borrow them */
	struct cert sign, kem;
	bool has_kem;
	bool issued;	     /* by an authority: nothing is verified */
	struct sig_pub *pub; /* owned; ready to verify */
	uint8_t sign_cert[SHA256_SIZE]; /* fingerprint of the first */
};

/*
 * Read a card: both certificates are of the profile and name the same holder.
 * A self-made card's are signed by its signature key; an issued one's have one
 * issuer, whose signatures are not asked.  Nor are dates.
 *
 * RC_INVALID	not a card
 * RC_DENIED	a signature within does not hold
 *
 * The caller frees *out with card_free(); it is empty on failure.
 */
enum rc card_parse(struct card *out, struct bytes pem, struct err *e);
void card_free(struct card *c);
/* Within the dates of all its certificates: RC_EXPIRED where it is not. */
enum rc card_valid_at(const struct card *c, int64_t now, struct err *e);

#define IDENTITY_OLD 64u /* earlier KEM keys that are kept */

struct identity {
	struct card card;
	struct sig_key *sig; /* owned */
	struct kem_key *kem; /* owned; NULL for a person's */
	/* KEM keys from before, the newest first: old opens, new seals */
	struct kem_key **old; /* owned */
	size_t old_count;
};

/*
 * Make keys and their card.  "kem" NULL makes a person's, who signs only.
 * The caller frees *out.
 */
enum rc identity_new(struct identity *out, const struct sig_alg *sig,
    const struct kem_alg *kem, struct bytes name, struct bytes address,
    int64_t from, int64_t until, struct err *e);
/* As a key file; the caller frees *out. */
enum rc identity_seal(struct buf *out, const struct identity *id,
    const struct bytes *passphrase, struct err *e);
enum rc identity_seal_under(struct buf *out, const struct identity *id,
    const struct lock *lock, struct err *e);
/*
 * The authority's certificates take the place of those in the card.
 *
 * RC_INVALID	they are not of these keys
 */
enum rc identity_certify(
    struct identity *id, const struct bytes *certs, size_t n, struct err *e);
/* Keep the KEM keys of an earlier identity; those beyond IDENTITY_OLD, the
 * oldest, go. */
void identity_keep(struct identity *id, const struct identity *earlier);
/* The KEM key with this tag, the present one or an old one; NULL. */
const struct kem_key *identity_kem(
    const struct identity *id, const struct tag *tag);
/* From a key file; outcomes of keyfile_open() and card_parse(). */
enum rc identity_open(struct identity *out, struct bytes file,
    struct bytes passphrase, struct err *e);
void identity_free(struct identity *id);

/* The card in PEM; the caller frees *out. */
void card_write(struct buf *out, const struct card *c);
struct signer identity_signer(const struct identity *id); /* borrows */

#endif
