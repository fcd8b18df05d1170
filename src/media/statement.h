/* SPDX-License-Identifier: EUPL-1.2 */
/* Whose a bundle is, and for whom: what its writer signs (docs/media.md 3). */
#ifndef MEDIA_STATEMENT_H
#define MEDIA_STATEMENT_H

#include "pki/cert.h"

#define BUNDLE_STATEMENT_MAX 8192u

/* One to be written, or that was read: then it borrows. */
struct bundle_statement {
	struct bytes from, to; /* stations' addresses */
	uint64_t number;       /* the writer's: they grow */
	uint64_t incarnation;  /* of its store */
	int64_t at;
	uint64_t open; /* of its bundles for this station the first that it
			  still waits for; 0: none */
	uint8_t head[SHA256_SIZE];	     /* of the bundle's outside */
	struct bytes signed_part, signature; /* read */
};

/* The caller frees *out.  bug() where an address is no station's. */
void bundle_statement_write(struct buf *out, const struct bundle_statement *s,
    const struct sig_key *key);
/* RC_INVALID: not of the form of docs/media.md 3.1. */
enum rc bundle_statement_read(
    struct bundle_statement *out, struct bytes in, struct err *e);
/* It is signed under this certificate, which is a station's; that it is in
 * force, and of whom, is for the caller to say. */
bool bundle_statement_holds(
    const struct bundle_statement *s, const struct cert *station);

#endif
