/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Check words: bytes as short Vietnamese words that two people compare over a
 * telephone.  One word a byte, from a list of 256; the words are the same
 * whatever the language of the program, and stay different without their
 * diacritics.
 */
#ifndef CORE_CHECKWORDS_H
#define CORE_CHECKWORDS_H

#include "core/bytes.h"

#define CHECKWORDS 8 /* words of a fingerprint: 64 bits */

/* The words of "in", a space between; after them a NUL that out->len does not
 * count.  The caller frees *out. */
void checkwords_write(struct buf *out, struct bytes in);

/*
 * The bytes that these words stand for: any case, with or without diacritics,
 * any spaces, commas or hyphens between.  false where one is no word of the
 * list; *out is then empty and *bad that word, which lives as long as "words".
 * The caller frees *out.
 */
bool checkwords_parse(struct buf *out, struct bytes words, struct bytes *bad);

#endif
