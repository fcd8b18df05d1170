/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Revocation lists for tools that are not Antin: X.509 v2 CRLs (RFC 5280 5,
 * docs/pki.md 5), written and read strictly.  Antin itself asks the directory.
 *
 *	CertificateList ::= SEQUENCE {
 *		tbsCertList SEQUENCE {
 *			version INTEGER (1), signature, issuer Name,
 *			thisUpdate Time, nextUpdate Time,
 *			revokedCertificates SEQUENCE OF SEQUENCE {
 *				serial INTEGER, at Time,
 *				reasonCode OPTIONAL } OPTIONAL,
 *			[0] { authorityKeyIdentifier, cRLNumber } },
 *		signatureAlgorithm, signature BIT STRING }
 *
 * Entries stand in the order of their dates, of one date in that of their
 * serials' bytes; none stands twice or after thisUpdate.  The reason
 * "unspecified" is not written.
 */
#ifndef PKI_CRL_H
#define PKI_CRL_H

#include "pki/directory.h"

#define CRL_MAX (8u << 20)	/* bytes of a list */
#define CRL_ENTRIES_MAX 100000u /* of one */

struct crl_entry {
	struct bytes serial; /* magnitude, 1 to 20 bytes */
	int64_t at;
	enum revoke_reason reason;
};

/* What a new list says. */
struct crl_request {
	const struct cert *issuer; /* an authority's */
	struct crl_entry *entries; /* in any order; they are put in theirs */
	size_t count;		   /* at most CRL_ENTRIES_MAX */
	uint64_t number;
	int64_t at, next; /* thisUpdate < nextUpdate */
};

/* Write and sign one; "key" is the issuer's.  The caller frees *out. */
void crl_write(
    struct buf *out, const struct crl_request *r, const struct sig_key *key);

/*
 * The certificates that the authority of this unit issued under this name, and
 * that are revoked at t and within their dates.  Serials borrow from the
 * directory; the caller frees *out with free().  Returns how many.
 */
size_t crl_entries(struct crl_entry **out, const struct directory *d,
    size_t unit, struct bytes issuer, int64_t t);

/* One that was read; borrows from its DER. */
struct crl {
	struct bytes tbs; /* what is signed */
	const struct sig_alg *signed_by;
	struct bytes issuer; /* its name */
	struct tag issuer_tag;
	int64_t at, next;
	uint64_t number;
	struct bytes entries; /* stepped through by crl_next() */
	size_t count;
	struct bytes signature;
};

/*
 * RC_INVALID	not of the form above; the clause is cited
 * RC_LIMIT	over CRL_MAX or CRL_ENTRIES_MAX
 */
enum rc crl_read(struct crl *out, struct bytes in, struct err *e);
/* The next of the entries of one that was read; false at their end. */
bool crl_next(struct bytes *entries, struct crl_entry *out);
/* It is this authority's: its name, its key, and the signature holds. */
bool crl_verify(const struct crl *c, const struct cert *issuer);

#endif
