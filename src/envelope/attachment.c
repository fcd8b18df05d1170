/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/attachment.h"

#include <string.h>

#include "core/err.h"
#include "crypto/kdf.h"

/* docs/envelope.md 11.3: the first byte of a nonce. */
enum kind { CHUNK = 0, LAST_CHUNK = 1, TABLE = 2 };

void
attachment_key(uint8_t out[static AEAD_KEY], const uint8_t cek[static AEAD_KEY],
    const struct id *dispatch, size_t part)
{
	struct buf info = { 0 };

	buf_add(&info, bytes_str("antin attachment"));
	buf_add(&info, id_bytes(dispatch));
	buf_u64(&info, part);
	hkdf_sha256(out, AEAD_KEY, (struct bytes){ 0 }, bytes_of(cek, AEAD_KEY),
	    buf_bytes(&info));
	buf_free(&info);
}

uint64_t
attachment_chunks(uint64_t stored)
{
	uint64_t n = stored / ATTACHMENT_CHUNK;

	n += stored % ATTACHMENT_CHUNK != 0;
	return n == 0 ? 1 : n;
}

uint64_t
attachment_groups(uint64_t stored)
{
	return (attachment_chunks(stored) + ATTACHMENT_GROUP - 1) /
	       ATTACHMENT_GROUP;
}

uint64_t
attachment_chunk_at(uint64_t chunk)
{
	return chunk * ATTACHMENT_SEALED +
	       chunk / ATTACHMENT_GROUP * ATTACHMENT_TABLE;
}

size_t
attachment_chunk_len(uint64_t stored, uint64_t chunk)
{
	uint64_t rest = stored - chunk * ATTACHMENT_CHUNK;

	return rest < ATTACHMENT_CHUNK ? (size_t)rest : ATTACHMENT_CHUNK;
}

size_t
attachment_table_len(uint64_t stored, uint64_t group)
{
	uint64_t rest = attachment_chunks(stored) - group * ATTACHMENT_GROUP;

	return rest < ATTACHMENT_GROUP ? (size_t)rest : ATTACHMENT_GROUP;
}

uint64_t
attachment_table_at(uint64_t stored, uint64_t group)
{
	if (group + 1 < attachment_groups(stored))
		return attachment_chunk_at((group + 1) * ATTACHMENT_GROUP) -
		       ATTACHMENT_TABLE;
	return stored + attachment_chunks(stored) * AEAD_TAG +
	       group * ATTACHMENT_TABLE;
}

uint64_t
attachment_size(uint64_t stored)
{
	uint64_t last = attachment_groups(stored) - 1;

	return attachment_table_at(stored, last) +
	       attachment_table_len(stored, last) * SHA256_SIZE + AEAD_TAG;
}

static void
nonce_of(uint8_t nonce[static AEAD_NONCE], enum kind kind, uint64_t number)
{
	size_t i;

	memset(nonce, 0, AEAD_NONCE);
	nonce[0] = (uint8_t)kind;
	for (i = 0; i < 8; i++)
		nonce[AEAD_NONCE - 1 - i] = (uint8_t)(number >> 8 * i);
}

static void
seal(struct aead *key, enum kind kind, uint64_t number, struct bytes plain,
    uint8_t *out)
{
	uint8_t nonce[AEAD_NONCE];

	nonce_of(nonce, kind, number);
	aead_seal(key, nonce, (struct bytes){ 0 }, plain, out, out + plain.len);
}

static bool
open(struct aead *key, enum kind kind, uint64_t number, struct bytes sealed,
    uint8_t *out)
{
	uint8_t nonce[AEAD_NONCE];
	size_t len;

	if (sealed.len < AEAD_TAG)
		return false;
	len = sealed.len - AEAD_TAG;
	nonce_of(nonce, kind, number);
	return aead_open(key, nonce, (struct bytes){ 0 },
	    bytes_of(sealed.p, len), sealed.p + len, out);
}

void
attachment_seal(struct aead *key, uint64_t chunk, bool last, struct bytes plain,
    uint8_t *out, struct node *leaf)
{
	merkle_leaf(leaf, plain);
	seal(key, last ? LAST_CHUNK : CHUNK, chunk, plain, out);
}

bool
attachment_open(struct aead *key, uint64_t chunk, bool last,
    struct bytes sealed, const struct node *leaf, uint8_t *out)
{
	struct node got;

	if (!open(key, last ? LAST_CHUNK : CHUNK, chunk, sealed, out))
		return false;
	merkle_leaf(&got, bytes_of(out, sealed.len - AEAD_TAG));
	if (node_eq(&got, leaf))
		return true;
	wipe(out, sealed.len - AEAD_TAG);
	return false;
}

void
attachment_table_seal(struct aead *key, uint64_t group,
    const struct node *leaves, size_t n, uint8_t *out)
{
	seal(key, TABLE, group, bytes_of(leaves->b, n * SHA256_SIZE), out);
}

bool
attachment_table_open(
    struct aead *key, uint64_t group, struct bytes sealed, struct node *leaves)
{
	return open(key, TABLE, group, sealed, leaves->b);
}

void
attachment_fold(struct merkle *tree, const struct node *leaves, size_t n)
{
	struct node root;

	merkle_root_of(&root, leaves, n);
	merkle_add(tree, &root);
}
