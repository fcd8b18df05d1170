/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Certificates that browsers take (docs/desk.md 11): X.509 v3 (RFC 5280) with
 * ECDSA over P-256.  A station has its own authority for its own names, which
 * is of no use for any other name, and no part of the tree.
 */
#ifndef PKI_SITE_H
#define PKI_SITE_H

#include "core/err.h"
#include "crypto/p256.h"

#define SITE_NAMES 16u	  /* of a station */
#define SITE_NAME 253u	  /* bytes of one */
#define SITE_CERT 8192u	  /* bytes of a certificate */
#define SITE_CA_DAYS 3653u /* an authority's time */
#define SITE_LEAF_DAYS 30u /* a certificate's */

/* The name of a host (RFC 1123, in small letters), or an address as
 * inet_ntop() writes it. */
bool site_name_is(struct bytes name);

struct site_names {
	struct bytes name[SITE_NAMES]; /* borrowed */
	size_t count;
};
/* "text" has one a line, each with its line feed; RC_INVALID. */
enum rc site_names_read(struct site_names *out, struct bytes text, struct err *e);
/* All of these are among those. */
bool site_names_within(const struct site_names *these, struct bytes those);

struct site_cert {
	struct bytes subject, issuer; /* common names */
	int64_t from, until;
	struct site_names names; /* which it is for, or may sign for */
	struct bytes pub;	/* P256_PUB bytes */
	bool authority;
};
/* Write and sign one; the caller frees *out.  At most 64 characters of a
 * common name are written (RFC 5280, ub-common-name). */
void site_cert_write(
    struct buf *out, const struct site_cert *c, const struct p256 *issuer);

#endif
