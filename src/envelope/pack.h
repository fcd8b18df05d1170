/* SPDX-License-Identifier: EUPL-1.2 */
/* Compression and padding of what is sealed: docs/envelope.md 7. */
#ifndef ENVELOPE_PACK_H
#define ENVELOPE_PACK_H

#include "core/bytes.h"
#include "core/err.h"

enum coding { CODING_PLAIN, CODING_ZSTD };
#define CODINGS 2

/* The Padmé size class of n bytes: at most 12 % more, and log log n sizes of
 * each magnitude instead of all. */
uint64_t pad_size(uint64_t n);

/* "in" compressed into *out where that saves a twentieth; else plain, and
 * *out a copy.  The caller frees *out. */
enum coding pack(struct buf *out, struct bytes in);

/*
 * The "size" bytes packed in "in".
 *
 * RC_INVALID	it does not unpack to exactly that many
 *
 * The caller frees *out, which is empty on failure.
 */
enum rc unpack(struct buf *out, enum coding coding, struct bytes in,
    size_t size, struct err *e);

#endif
