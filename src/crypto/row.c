/* SPDX-License-Identifier: EUPL-1.2 */
#include "crypto/row.h"

#include "crypto/kdf.h"
#include "crypto/random.h"

/* The caller wipes it. */
struct row_keys {
	uint8_t key[AEAD_KEY];
	uint8_t nonce[AEAD_NONCE];
};

static void
derive(struct row_keys *out, const uint8_t key[static ROW_KEY_SIZE],
    const uint8_t salt[static ROW_SALT])
{
	uint8_t all[AEAD_KEY + AEAD_NONCE];
	size_t i;

	hkdf_sha256(all, sizeof(all), bytes_of(salt, ROW_SALT),
	    bytes_of(key, ROW_KEY_SIZE), bytes_str("antin row"));
	for (i = 0; i < AEAD_KEY; i++)
		out->key[i] = all[i];
	for (i = 0; i < AEAD_NONCE; i++)
		out->nonce[i] = all[AEAD_KEY + i];
	wipe(all, sizeof(all));
}

void
row_seal(struct buf *out, const uint8_t key[static ROW_KEY_SIZE],
    struct bytes about, struct bytes text)
{
	struct row_keys k;
	struct aead *a;
	uint8_t *p = buf_grow(out, text.len + ROW_EXTRA);

	random_bytes(p, ROW_SALT);
	derive(&k, key, p);
	a = aead_new(k.key);
	aead_seal(
	    a, k.nonce, about, text, p + ROW_SALT, p + ROW_SALT + text.len);
	aead_free(a);
	wipe(&k, sizeof(k));
}

enum rc
row_open(struct buf *out, const uint8_t key[static ROW_KEY_SIZE],
    struct bytes about, struct bytes sealed, struct err *e)
{
	struct row_keys k;
	struct bytes text;
	struct aead *a;
	uint8_t none;
	bool good;

	*out = (struct buf){ 0 };
	if (sealed.len < ROW_EXTRA)
		return fail(e, RC_INVALID,
		    "row: %zu bytes are none that is sealed", sealed.len);
	text = bytes_of(sealed.p + ROW_SALT, sealed.len - ROW_EXTRA);
	derive(&k, key, sealed.p);
	a = aead_new(k.key);
	good = aead_open(a, k.nonce, about, text, text.p + text.len,
	    text.len == 0 ? &none : buf_grow(out, text.len));
	aead_free(a);
	wipe(&k, sizeof(k));
	if (good)
		return RC_OK;
	buf_free(out);
	return fail(e, RC_DENIED,
	    "row: it is another row's, another key's, or was changed");
}
