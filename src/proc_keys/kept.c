/* SPDX-License-Identifier: EUPL-1.2 */
#include "proc_keys/kept.h"

#include <string.h>

#include "crypto/kdf.h"

#define VERSION 1

_Static_assert(
    1 + TAG_SIZE + KEM_CT_MAX + KEPT_SECRET + AEAD_TAG <= MSG_KEPT_RECORD,
    "a record of a secret");

/* The key under which a record is sealed: of one encapsulation only. */
static struct aead *
record_key(uint8_t shared[static KEM_SECRET], const char *label)
{
	uint8_t key[AEAD_KEY];
	struct aead *a;

	hkdf_sha256(key, sizeof(key), bytes_of("", 0),
	    bytes_of(shared, KEM_SECRET), bytes_str(label));
	a = aead_new(key);
	wipe(key, sizeof(key));
	wipe(shared, KEM_SECRET);
	return a;
}

static const uint8_t once[AEAD_NONCE]; /* no key seals twice */

enum rc
kept_seal(struct buf *out, const struct identity *station, const char *label,
    struct bytes bound, struct bytes secret, struct err *e)
{
	uint8_t ct[KEM_CT_MAX], shared[KEM_SECRET];
	uint8_t sealed[KEPT_SECRET], mark[AEAD_TAG];
	const struct kem_alg *alg;
	struct aead *a;
	enum rc rc;

	*out = (struct buf){ 0 };
	if (secret.len > KEPT_SECRET)
		bug("a secret that is too long to be kept");
	if (station->kem == NULL)
		return fail(e, RC_ABSENT, "the station has no KEM key");
	alg = kem_key_alg(station->kem);
	rc = kem_encapsulate(alg, kem_key_pub(station->kem), ct, shared, e);
	if (rc != RC_OK)
		return rc;
	a = record_key(shared, label);
	aead_seal(a, once, bound, secret, sealed, mark);
	aead_free(a);
	buf_u8(out, VERSION);
	buf_add(out, tag_bytes(&station->card.kem.tag));
	buf_add(out, bytes_of(ct, alg->ct));
	buf_add(out, bytes_of(sealed, secret.len));
	buf_add(out, bytes_of(mark, AEAD_TAG));
	return RC_OK;
}

enum rc
kept_open(uint8_t *out, size_t len, bool *old, const struct identity *station,
    const char *label, struct bytes bound, struct bytes record, struct err *e)
{
	struct rd r = rd_init(record);
	uint8_t version = rd_u8(&r), shared[KEM_SECRET];
	struct bytes tag = rd_bytes(&r, TAG_SIZE), ct, sealed, mark;
	const struct kem_key *key = NULL;
	struct tag of = { 0 };
	struct aead *a;
	bool opened = false;

	if (!r.bad && version == VERSION && station->kem != NULL) {
		memcpy(of.b, tag.p, TAG_SIZE);
		key = identity_kem(station, &of);
	}
	if (key == NULL)
		return fail(e, RC_DENIED,
		    "what is kept is sealed for other keys than this "
		    "station's");
	*old = key != station->kem;
	ct = rd_bytes(&r, kem_key_alg(key)->ct);
	sealed = rd_bytes(&r, len);
	mark = rd_bytes(&r, AEAD_TAG);
	if (rd_end(&r) && kem_decapsulate(key, ct, shared)) {
		a = record_key(shared, label);
		opened = aead_open(a, once, bound, sealed, mark.p, out);
		aead_free(a);
	}
	if (opened)
		return RC_OK;
	wipe(out, len);
	return fail(e, RC_DENIED, "what is kept does not open: it was changed");
}
