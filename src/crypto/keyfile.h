/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Key files: a secret under a passphrase (docs/keyfile.md).
 *
 *	KeyFile ::= SEQUENCE {
 *		type OBJECT IDENTIFIER, version INTEGER (1),
 *		public OCTET STRING,	-- readable by all, authenticated
 *		kdf SEQUENCE { id, salt, kib, passes, lanes } | { id, salt },
 *		nonce OCTET STRING (12), sealed OCTET STRING }
 *
 * in PEM, label "ANTIN KEY".
 */
#ifndef CRYPTO_KEYFILE_H
#define CRYPTO_KEYFILE_H

#include "crypto/kdf.h"

#define KEYFILE_MAX (256u << 10) /* bytes of a key file, in PEM */
#define KEYFILE_PASSPHRASE 1024u /* bytes of a passphrase */

/*
 * Seal "secret" with its readable part into *out, in PEM.  Without a
 * passphrase (NULL) the file is not protected by itself: for a station that
 * must start unattended, whose disk is.  The caller frees *out.
 */
enum rc keyfile_seal(struct buf *out, struct bytes public, struct bytes secret,
    const struct bytes *passphrase, struct err *e);

/* The readable part, not yet authenticated, and whether a passphrase is
 * asked for.  The caller frees *public. */
enum rc keyfile_public(
    struct buf *public, bool *protected, struct bytes file, struct err *e);

/*
 * RC_INVALID	not a key file
 * RC_DENIED	the passphrase is not the one, or the file was changed
 * RC_LIMIT	Argon2id beyond what this program computes
 *
 * The caller frees *secret.
 */
enum rc keyfile_open(struct buf *secret, struct bytes file,
    struct bytes passphrase, struct err *e);

#endif
