/* SPDX-License-Identifier: EUPL-1.2 */
/* Link statements: whose a short-lived link key is (docs/pki.md 4). */
#ifndef PKI_LINK_H
#define PKI_LINK_H

#include "pki/cert.h"

#define LINK_KEY 1952 /* bytes of an ML-DSA-65 public key */
#define LINK_STATEMENT_MAX 8192u

/* One that was read; borrows. */
struct link_statement {
	struct bytes station; /* its address */
	uint64_t epoch;
	struct bytes key; /* LINK_KEY bytes */
	struct bytes signed_part, signature;
};

/* Write and sign one; the caller frees *out.  epoch >= 1; "station" is a
 * station's address and "key" its signature key, of a composite suite. */
void link_write(struct buf *out, struct bytes station, uint64_t epoch,
    const uint8_t link_key[static LINK_KEY], const struct sig_key *key);

/* RC_INVALID: not of the form of docs/pki.md 4.1. */
enum rc link_read(struct link_statement *out, struct bytes in, struct err *e);

/* What is known of one station's link, by its address: { 0 } where nothing is.
 */
struct link_seen {
	struct tag station; /* of the station's key, whose epochs they are */
	uint64_t epoch;
	uint8_t key[SHA256_SIZE]; /* hash of the link key of that epoch */
};

/*
 * It is this station's, and not older than what was seen; *seen is stepped on.
 * That the station's certificate is in force is the directory's to say, before.
 * Under another key of the station's, epochs begin anew: else who once had a
 * key could end its links for ever.
 *
 * RC_DENIED	another station's, or its signature does not hold
 * RC_EXPIRED	an epoch before the one seen, or another key in that epoch
 */
enum rc link_accept(struct link_seen *seen, const struct link_statement *s,
    const struct cert *station, struct err *e);

#endif
