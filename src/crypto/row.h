/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rows of a database that are sealed (docs/registry.md 5.3):
 *
 *	salt (32) | AES-256-GCM of the text | tag (16)
 *
 * Key and nonce are HKDF-SHA256(row key, salt, "antin row"): each sealing has
 * its own.  "about" says which row it is, and is authenticated with it: what is
 * copied to another row does not open there.
 */
#ifndef CRYPTO_ROW_H
#define CRYPTO_ROW_H

#include "core/bytes.h"
#include "core/err.h"
#include "crypto/aead.h"

#define ROW_KEY_SIZE 32
#define ROW_SALT 32
#define ROW_EXTRA (ROW_SALT + AEAD_TAG) /* bytes more than the text has */

/* Added to *out. */
void row_seal(struct buf *out, const uint8_t key[static ROW_KEY_SIZE],
    struct bytes about, struct bytes text);
/*
 * RC_INVALID	it is too short to be one
 * RC_DENIED	another key's, another row's, or changed
 *
 * The caller frees *out; it is empty after a failure.
 */
enum rc row_open(struct buf *out, const uint8_t key[static ROW_KEY_SIZE],
    struct bytes about, struct bytes sealed, struct err *e);

#endif
