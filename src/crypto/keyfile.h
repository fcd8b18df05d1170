/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Key files: a secret under a passphrase, or under a key that officers hold
 * shares of (docs/keyfile.md).
 *
 *	KeyFile ::= SEQUENCE {
 *		type OBJECT IDENTIFIER, version INTEGER (1),
 *		public OCTET STRING,	-- readable by all, authenticated
 *		kdf SEQUENCE { id, salt, kib, passes, lanes } | { id, salt }
 *		    | { id, salt, set },
 *		nonce OCTET STRING (12), sealed OCTET STRING }
 *
 * in PEM, label "ANTIN KEY".
 */
#ifndef CRYPTO_KEYFILE_H
#define CRYPTO_KEYFILE_H

#include "core/id.h"
#include "crypto/kdf.h"

#define KEYFILE_MAX (256u << 10) /* bytes of a key file, in PEM */
#define KEYFILE_PASSPHRASE 1024u /* bytes of a passphrase */

/* What a key file is under. */
enum lock_kind {
	LOCK_NONE, /* nothing: the disk protects it */
	LOCK_PASSPHRASE,
	LOCK_SHARES, /* a random key of WRAP_KEY bytes, split */
};
struct lock {
	enum lock_kind kind;
	struct bytes secret; /* the passphrase, the joined key; borrowed */
	struct id set;	     /* LOCK_SHARES: which shares */
};

/*
 * Seal "secret" with its readable part into *out, in PEM.  Without a
 * passphrase (NULL) the file is not protected by itself: for a station that
 * must start unattended, whose disk is.  The caller frees *out.
 */
enum rc keyfile_seal(struct buf *out, struct bytes public, struct bytes secret,
    const struct bytes *passphrase, struct err *e);
enum rc keyfile_seal_under(struct buf *out, struct bytes public,
    struct bytes secret, const struct lock *lock, struct err *e);

/* The readable part, not yet authenticated, and whether a passphrase is
 * asked for.  The caller frees *public. */
enum rc keyfile_public(
    struct buf *public, bool *protected, struct bytes file, struct err *e);

/* What it is under: kind and set. */
enum rc keyfile_lock(struct lock *out, struct bytes file, struct err *e);

/*
 * "passphrase" is the lock's secret.
 *
 * RC_INVALID	not a key file
 * RC_DENIED	the passphrase is not the one, or the file was changed
 * RC_LIMIT	Argon2id beyond what this program computes
 *
 * The caller frees *secret.
 */
enum rc keyfile_open(struct buf *secret, struct bytes file,
    struct bytes passphrase, struct err *e);

#endif
