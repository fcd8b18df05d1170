/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Paths: from a holder's certificate to the root (docs/pki.md 3).  Strict and
 * small; takes bytes and the time, touches nothing.
 */
#ifndef PKI_PATH_H
#define PKI_PATH_H

#include "pki/cert.h"

#define PATH_MAX_CERTS 16u

/* What is asked of the holder. */
struct path_want {
	int64_t at;
	enum cert_kind kind;
	enum cert_use use;
	struct bytes address; /* empty: any, for who asks who it is */
	enum level level;
	enum precedence precedence;
};

/* A path that holds. */
struct path {
	struct cert holder;  /* borrows from the first certificate */
	int64_t from, until; /* when all its certificates are in their dates */
};

/*
 * Check the path of n certificates, the holder's first, up to one that "root"
 * issued, which path_root() gave: it is checked once and trusted.  Rules 3.2 to
 * 3.10 are asked before any signature.
 *
 * RC_INVALID	a certificate or the path is not of the form
 * RC_DENIED	it claims what it may not, or a signature does not hold
 * RC_EXPIRED	a certificate is outside its dates at that time
 * RC_LIMIT	too many certificates, or one too large
 *
 * The text cites the clause.
 */
enum rc path_check(struct path *out, const struct bytes *certs, size_t n,
    const struct cert *root, const struct path_want *want, struct err *e);

/* docs/pki.md 2.8: a root's certificate, its own signature included.  On
 * failure *out is nothing to use. */
enum rc path_root(struct cert *out, struct bytes der, struct err *e);

/*
 * One step of a path: "c" may be what it claims to be, "issuer" having issued
 * it; rules 3.3 and 3.5 to 3.8.  "below": authorities below the issuer on
 * the path, the holder among them if it is one.  The signature is not asked.
 */
enum rc path_step(const struct cert *c, const struct cert *issuer,
    unsigned below, struct err *e);

/* docs/pki.md 1.3: host "in" is host "of" or below it. */
bool host_within(struct bytes in, struct bytes of);
/* The host of a valid address. */
struct bytes address_host(struct bytes address);

#endif
