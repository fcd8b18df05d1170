/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * PEM (RFC 7468, strict): lines of 64 base64 characters between BEGIN and END.
 */
#ifndef CRYPTO_PEM_H
#define CRYPTO_PEM_H

#include "core/bytes.h"
#include "core/err.h"

void pem_write(struct buf *out, const char *label, struct bytes der);

/*
 * The next block of *in with this label; *in is stepped behind it.  Text
 * before a block is passed over.
 *
 * RC_ABSENT	no block is left
 * RC_INVALID	a block of another label, or not strict base64
 *
 * The caller frees *out.
 */
enum rc pem_read(
    struct buf *out, struct bytes *in, const char *label, struct err *e);

#endif
