/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Certificates: X.509 v3 (RFC 5280) with composite keys, written and read
 * strictly.  docs/pki.md 2 gives the profile.
 *
 * Whoever opens envelopes has two: one for his signature key and one for his
 * KEM key.  In the tree an authority signs both and says what their holder is
 * and may do (struct rights).  A card's are self-made: the first is signed by
 * itself, vouches for the second, and is known by its fingerprint.
 */
#ifndef PKI_CERT_H
#define PKI_CERT_H

#include "crypto/hash.h"
#include "crypto/kem.h"
#include "crypto/sig.h"
#include "der/der.h"
#include "envelope/label.h"
#include "envelope/slip.h"

#define CERT_MAX (32u << 10) /* bytes of a certificate */

enum cert_use { CERT_SIGN, CERT_KEM };

/* What the holder is.  All but a card's say it in their rights. */
enum cert_kind {
	CERT_CARD, /* self-made, outside the tree */
	CERT_AUTHORITY,
	CERT_STATION,
	CERT_DESK,
	CERT_PERSON,
};
#define CERT_KINDS 5

/* What the holder may do at the most (docs/pki.md 2.5). */
struct rights {
	enum cert_kind kind;
	enum level level;
	enum precedence precedence;
	unsigned path_len; /* of an authority: authorities below it */
};
#define CERT_PATH_LEN 15u /* path_len at the most */

/* One that was read; borrows from its DER. */
struct cert {
	struct bytes der;
	struct bytes tbs; /* what is signed */
	struct bytes serial;
	struct bytes issuer, name; /* common names */
	int64_t from, until;
	enum cert_use use;
	const struct sig_alg *sig; /* CERT_SIGN */
	const struct kem_alg *kem; /* CERT_KEM */
	struct bytes pub;
	struct tag tag; /* of its key */
	struct tag issuer_tag;
	struct bytes address;
	struct rights rights; /* of a card: kind CERT_CARD, the rest zero */
	const struct sig_alg *signed_by;
	struct bytes signature;
};

/*
 * Read the certificate that is the whole of "in".
 *
 * RC_INVALID	not of the profile; the clause is cited, and *out is nothing to
 *		use
 */
enum rc cert_parse(struct cert *out, struct bytes in, struct err *e);
/* Its signature holds under the issuer's key. */
bool cert_verify(const struct cert *c, const struct sig_pub *issuer);
/* Within its dates: RC_EXPIRED where it is not. */
enum rc cert_valid_at(const struct cert *c, int64_t now, struct err *e);
void cert_fingerprint(uint8_t out[static SHA256_SIZE], struct bytes der);

/* It is an authority's own: it may sign others. */
bool cert_is_authority(const struct cert *c);
/* The word of a kind ("desk"), untranslated. */
const char *cert_kind_word(enum cert_kind k);

/* A Name of one common name (RFC 5280 4.1.2.4), as certificates and
 * revocation lists have it. */
void cert_name_write(struct der_wr *w, struct bytes name);
struct bytes cert_name_read(struct der *d);

/* What a new certificate says. */
struct cert_request {
	struct bytes name, address;
	struct rights rights;
	int64_t from, until;
	enum cert_use use;
	const struct sig_alg *sig; /* CERT_SIGN */
	const struct kem_alg *kem; /* CERT_KEM */
	struct bytes pub;
	struct bytes issuer; /* its name */
};

/* Write and sign one; the caller frees *out. */
void cert_write(struct buf *out, const struct cert_request *r,
    const struct sig_key *issuer);

/* The key tag of a key of either use. */
void cert_tag(struct tag *out, const struct cert_request *r);

#endif
