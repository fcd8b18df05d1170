/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Attachments: files of any size, sealed in chunks beside the envelope.
 * docs/envelope.md 11.
 *
 * Stored bytes (a file packed and padded) are cut into chunks.  After every
 * ATTACHMENT_GROUP chunks, and after the last, stands a table with the hashes
 * of those chunks.  Each chunk and each table is sealed by itself, so a chunk
 * opens in any order and an interrupted work resumes at any chunk.  The root
 * over all hashes is in the signed manifest: a chunk is released only when it
 * authenticates and its hash is in a table that is under that root.
 *
 * These functions touch no file; src/file/attach.h moves the bytes.
 */
#ifndef ENVELOPE_ATTACHMENT_H
#define ENVELOPE_ATTACHMENT_H

#include "core/id.h"
#include "crypto/aead.h"
#include "crypto/merkle.h"

#define ATTACHMENT_CHUNK 65536u /* bytes, but of the last one */
#define ATTACHMENT_SEALED (ATTACHMENT_CHUNK + AEAD_TAG)
#define ATTACHMENT_GROUP 2048u /* chunks to a table */
#define ATTACHMENT_TABLE (ATTACHMENT_GROUP * SHA256_SIZE + AEAD_TAG)

/* The key of attachment number "part" of the manifest. */
void attachment_key(uint8_t out[static AEAD_KEY],
    const uint8_t cek[static AEAD_KEY], const struct id *dispatch, size_t part);

/* How "stored" bytes lie when sealed. */
uint64_t attachment_chunks(uint64_t stored); /* at least 1 */
uint64_t attachment_groups(uint64_t stored);
uint64_t attachment_size(uint64_t stored);    /* sealed, with its tables */
uint64_t attachment_chunk_at(uint64_t chunk); /* offset of a sealed chunk */
size_t attachment_chunk_len(uint64_t stored, uint64_t chunk); /* unsealed */
uint64_t attachment_table_at(uint64_t stored, uint64_t group);
size_t attachment_table_len(uint64_t stored, uint64_t group); /* hashes */

/* Seal a chunk: "out" takes plain.len + AEAD_TAG bytes; *leaf is its hash. */
void attachment_seal(struct aead *key, uint64_t chunk, bool last,
    struct bytes plain, uint8_t *out, struct node *leaf);
/* Open one that must have this hash; "out" takes sealed.len - AEAD_TAG bytes
 * and is wiped where it is refused. */
bool attachment_open(struct aead *key, uint64_t chunk, bool last,
    struct bytes sealed, const struct node *leaf, uint8_t *out);

/* The same for a table of "n" hashes. */
void attachment_table_seal(struct aead *key, uint64_t group,
    const struct node *leaves, size_t n, uint8_t *out);
bool attachment_table_open(
    struct aead *key, uint64_t group, struct bytes sealed, struct node *leaves);

/*
 * The root, of tables one after another.  A table that is not the last must be
 * full, so its own root is a node of the tree: attachment_fold() adds it.
 */
void attachment_fold(struct merkle *tree, const struct node *leaves, size_t n);

#endif
