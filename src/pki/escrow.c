/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/escrow.h"

#include <string.h>

#include "core/limits.h"
#include "crypto/aead.h"
#include "crypto/random.h"
#include "crypto/suite.h"
#include "der/der.h"
#include "envelope/address.h"

#define VERSION 1
#define INFO "antin escrow"

/* All before "sealed", without the SEQUENCE around it. */
static void
head_write(struct der_wr *w, const struct escrow *s)
{
	der_put_uint(w, VERSION);
	der_put(w, DER_IA5, s->address);
	der_put_oid(w, oid(s->alg->oid));
	der_put_octets(w, tag_bytes(&s->tag));
	der_put_octets(w, tag_bytes(&s->to));
	der_put_oid(w, oid(s->kem->oid));
	der_put_octets(w, s->ciphertext);
	der_put_octets(w, s->nonce);
}

static struct tag
tag_read(struct der *d)
{
	struct bytes b = der_octets(d, TAG_SIZE, TAG_SIZE);
	struct tag tag = { { 0 } };

	if (b.len == TAG_SIZE)
		memcpy(tag.b, b.p, TAG_SIZE);
	return tag;
}

static const struct kem_alg *
alg_read(struct der *d)
{
	const struct kem_alg *alg = kem_by_oid(der_oid(d));

	if (d->why == NULL && (alg == NULL || !suite_kem_is_composite(alg)))
		der_fault(d, "a key encapsulation that is of no composite "
			     "suite");
	return alg;
}

enum rc
escrow_read(struct escrow *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);
	const uint8_t *start;
	enum rc rc;

	*out = (struct escrow){ 0 };
	if (in.len > ESCROW_MAX)
		return fail(e, RC_LIMIT, "an escrow of %zu bytes, at most %u",
		    in.len, ESCROW_MAX);
	der_open(&d, DER_SEQUENCE);
	start = d.at;
	if (der_uint(&d, 255) != VERSION)
		der_fault(&d, "a version that this program does not know");
	out->address = der_ia5(&d, LIMIT_ADDRESS);
	out->alg = alg_read(&d);
	out->tag = tag_read(&d);
	out->to = tag_read(&d);
	out->kem = alg_read(&d);
	if (d.why == NULL)
		out->ciphertext = der_octets(&d, out->kem->ct, out->kem->ct);
	out->nonce = der_octets(&d, AEAD_NONCE, AEAD_NONCE);
	if (d.why == NULL)
		out->head = bytes_of(start, (size_t)(d.at - start));
	out->sealed = der_octets(&d, AEAD_TAG + 1, AEAD_TAG + KEM_PRIV_MAX);
	der_close(&d);
	if (d.why == NULL && !address_is_desk(out->address) &&
	    !address_is_station(out->address))
		der_fault(&d, "docs/envelope.md 3: not an antin:// address");
	rc = der_end(&d, "docs/ceremony.md 6: an escrow", e);
	if (rc != RC_OK)
		*out = (struct escrow){ 0 };
	return rc;
}

/* The key over it, from the encapsulated secret; wipes that. */
static struct aead *
aead_of(uint8_t secret[static KEM_SECRET])
{
	uint8_t key[AEAD_KEY];
	struct aead *aead;

	hkdf_sha256(key, sizeof(key), (struct bytes){ 0 },
	    bytes_of(secret, KEM_SECRET), bytes_str(INFO));
	aead = aead_new(key);
	wipe(key, sizeof(key));
	wipe(secret, KEM_SECRET);
	return aead;
}

enum rc
escrow_seal(struct buf *out, struct bytes address, const struct kem_key *key,
    const struct cert *to, struct err *e)
{
	uint8_t ct[KEM_CT_MAX], secret[KEM_SECRET], nonce[AEAD_NONCE];
	uint8_t tag[AEAD_TAG];
	struct escrow s = { .address = address,
		.alg = kem_key_alg(key),
		.to = to->tag,
		.kem = to->kem };
	struct der_wr head = { 0 }, w = { 0 };
	struct buf sealed = { 0 };
	struct bytes priv = kem_key_priv(key);
	struct aead *aead;
	enum rc rc;

	*out = (struct buf){ 0 };
	if (to->use != CERT_KEM || !suite_kem_is_composite(to->kem) ||
	    !suite_kem_is_composite(s.alg))
		return fail(e, RC_INVALID,
		    "an escrow is of a KEM key for a KEM key, both of a "
		    "composite suite");
	rc = kem_encapsulate(to->kem, to->pub, ct, secret, e);
	if (rc != RC_OK)
		return rc;
	random_bytes(nonce, sizeof(nonce));
	tag_of(&s.tag, s.alg->oid, kem_key_pub(key));
	s.ciphertext = bytes_of(ct, to->kem->ct);
	s.nonce = bytes_of(nonce, sizeof(nonce));
	head_write(&head, &s);
	aead = aead_of(secret);
	aead_seal(aead, nonce, buf_bytes(&head.out), priv,
	    buf_grow(&sealed, priv.len), tag);
	buf_add(&sealed, bytes_of(tag, sizeof(tag)));
	der_put_open(&w, DER_SEQUENCE);
	der_put_raw(&w, buf_bytes(&head.out));
	der_put_octets(&w, buf_bytes(&sealed));
	der_put_close(&w);
	*out = w.out;
	aead_free(aead);
	buf_free(&sealed);
	der_wr_free(&head);
	return RC_OK;
}

enum rc
escrow_open(struct kem_key **out, const struct escrow *s,
    const struct kem_key *key, struct err *e)
{
	const struct bytes sealed =
	    bytes_of(s->sealed.p, s->sealed.len - AEAD_TAG);
	uint8_t secret[KEM_SECRET];
	struct aead *aead = NULL;
	struct buf priv = { 0 };
	struct tag tag;
	bool ok;

	*out = NULL;
	tag_of(&tag, kem_key_alg(key)->oid, kem_key_pub(key));
	ok = kem_key_alg(key) == s->kem &&
	     bytes_eq(tag_bytes(&tag), tag_bytes(&s->to)) &&
	     kem_decapsulate(key, s->ciphertext, secret);
	if (ok) {
		aead = aead_of(secret);
		ok = aead_open(aead, s->nonce.p, s->head, sealed,
		    s->sealed.p + sealed.len, buf_grow(&priv, sealed.len));
	}
	if (ok)
		*out = kem_key_of(s->alg, buf_bytes(&priv));
	aead_free(aead);
	buf_free(&priv);
	wipe(secret, sizeof(secret));
	if (*out != NULL) {
		tag_of(&tag, s->alg->oid, kem_key_pub(*out));
		if (bytes_eq(tag_bytes(&tag), tag_bytes(&s->tag)))
			return RC_OK;
		kem_key_free(*out);
		*out = NULL;
	}
	return fail(e, RC_DENIED,
	    "docs/ceremony.md 6: the escrow does not open: it is for another "
	    "key, or was changed");
}
