/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Certificates: X.509 v3 (RFC 5280) with composite keys, written and read
 * strictly.  docs/envelope.md 13 gives the profile.
 *
 * A desk has two: one for its signature key and one for its KEM key, which the
 * signature key vouches for.  Who vouches for the first is the directory's
 * matter; until there is one, it is self-signed and known by its fingerprint.
 */
#ifndef PKI_CERT_H
#define PKI_CERT_H

#include "crypto/hash.h"
#include "crypto/kem.h"
#include "crypto/sig.h"
#include "envelope/slip.h"

#define CERT_MAX (32u << 10) /* bytes of a certificate */

enum cert_use { CERT_SIGN, CERT_KEM };

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
	const struct sig_alg *signed_by;
	struct bytes signature;
};

/*
 * Read the certificate that is the whole of "in".
 *
 * RC_INVALID	not of the profile; the clause is cited
 */
enum rc cert_parse(struct cert *out, struct bytes in, struct err *e);
/* Its signature holds under the issuer's key. */
bool cert_verify(const struct cert *c, const struct sig_pub *issuer);
/* Within its dates: RC_EXPIRED where it is not. */
enum rc cert_valid_at(const struct cert *c, int64_t now, struct err *e);
void cert_fingerprint(uint8_t out[static SHA256_SIZE], struct bytes der);

/* What a new certificate says. */
struct cert_request {
	struct bytes name, address;
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
