/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Base64 (RFC 4648 4, padded): one spelling of a value and no other.  Key files
 * are written with it, so nothing here branches on a byte or indexes by it.
 */
#ifndef CORE_BASE64_H
#define CORE_BASE64_H

#include "core/bytes.h"

/* Append "in" as base64, in one line without an end. */
void base64_write(struct buf *out, struct bytes in);
/* Append the bytes that "in" stands for; false, and nothing is appended, where
 * base64_write() would have written them otherwise. */
bool base64_parse(struct buf *out, struct bytes in);

#endif
