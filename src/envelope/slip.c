/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/slip.h"

#include <string.h>

#include "crypto/hash.h"
#include "crypto/suite.h"
#include "der/der.h"

#define RID_MAX 64
#define UKM_MAX 64

void
tag_of(struct tag *out, enum oid alg, struct bytes pub)
{
	const struct bytes parts[] = { oid(alg), pub };
	uint8_t digest[SHA256_SIZE];

	sha256_parts(digest, parts, 2);
	memcpy(out->b, digest, TAG_SIZE);
}

struct bytes
tag_bytes(const struct tag *t)
{
	return bytes_of(t->b, TAG_SIZE);
}

/* RFC 9629 3: KEMRecipientInfo in OtherRecipientInfo, implicitly [4]. */
enum rc
slip_parse(struct slip *out, struct bytes in, struct err *e)
{
	struct der d = der_init(in);

	*out = (struct slip){ .raw = in };
	der_open(&d, DER_CTXC(4));
	der_oid_is(&d, oid(OID_ORI_KEM));
	der_open(&d, DER_SEQUENCE);
	(void)der_uint(&d, 0); /* version */
	out->rid = der_tagged(&d, DER_CTX(0), 1, RID_MAX);
	out->kem = kem_by_oid(der_algorithm(&d, DER_SEQUENCE));
	if (out->kem == NULL)
		der_fault(&d, "a key encapsulation that is of no suite");
	out->ct = der_octets(&d, 1, KEM_CT_MAX);
	if (out->kem != NULL && out->ct.len != out->kem->ct)
		der_fault(&d, "a key encapsulation of another length");
	if (!bytes_eq(der_algorithm(&d, DER_SEQUENCE), oid(OID_HKDF_SHA256)))
		der_fault(&d, "a key derivation other than HKDF-SHA256");
	out->kek_size = der_uint(&d, WRAP_KEY);
	if (der_next_is(&d, DER_CTXC(0))) {
		der_open(&d, DER_CTXC(0));
		out->ukm = der_octets(&d, 1, UKM_MAX);
		der_close(&d);
	}
	out->wrap = der_algorithm(&d, DER_SEQUENCE);
	out->wrapped = der_octets(&d, 1, WRAP_SIZE);
	der_close(&d);
	der_close(&d);
	return der_end(&d, "docs/envelope.md 6.1: a slip", e);
}

bool
slip_is_ours(const struct slip *s)
{
	return suite_has_kem(s->kem) && s->rid.len == TAG_SIZE &&
	       s->ukm.len == UKM_SIZE && s->kek_size == WRAP_KEY &&
	       s->wrapped.len == WRAP_SIZE &&
	       bytes_eq(s->wrap, oid(OID_AES256_WRAP));
}

static void
put_ukm(struct der_wr *w, struct bytes ukm)
{
	der_put_open(w, DER_CTXC(0));
	der_put_octets(w, ukm);
	der_put_close(w);
}

/* RFC 9629 5: the KEK is bound to the wrap, its length and the ukm. */
static void
derive_kek(uint8_t *kek, size_t size, const uint8_t secret[static KEM_SECRET],
    struct bytes wrap, struct bytes ukm)
{
	struct der_wr info = { 0 };

	der_put_open(&info, DER_SEQUENCE);
	der_put_algorithm(&info, DER_SEQUENCE, wrap);
	der_put_uint(&info, size);
	if (ukm.len > 0)
		put_ukm(&info, ukm);
	der_put_close(&info);
	hkdf_sha256(kek, size, (struct bytes){ 0 },
	    bytes_of(secret, KEM_SECRET), buf_bytes(&info.out));
	der_wr_free(&info);
}

static void
slip_write(struct der_wr *w, const struct kem_alg *alg, const struct tag *tag,
    struct bytes ct, struct bytes ukm, struct bytes wrapped)
{
	der_put_open(w, DER_CTXC(4));
	der_put_oid(w, oid(OID_ORI_KEM));
	der_put_open(w, DER_SEQUENCE);
	der_put_uint(w, 0);
	der_put(w, DER_CTX(0), tag_bytes(tag));
	der_put_algorithm(w, DER_SEQUENCE, oid(alg->oid));
	der_put_octets(w, ct);
	der_put_algorithm(w, DER_SEQUENCE, oid(OID_HKDF_SHA256));
	der_put_uint(w, WRAP_KEY);
	put_ukm(w, ukm);
	der_put_algorithm(w, DER_SEQUENCE, oid(OID_AES256_WRAP));
	der_put_octets(w, wrapped);
	der_put_close(w);
	der_put_close(w);
}

size_t
slip_size(const struct kem_alg *alg)
{
	static const uint8_t zero[KEM_CT_MAX];
	const struct tag tag = { 0 };
	struct der_wr w = { 0 };
	size_t size;

	slip_write(&w, alg, &tag, bytes_of(zero, alg->ct),
	    bytes_of(zero, UKM_SIZE), bytes_of(zero, WRAP_SIZE));
	size = w.out.len;
	der_wr_free(&w);
	return size;
}

int
slip_order(const struct kem_alg *alg_a, const struct tag *a,
    const struct kem_alg *alg_b, const struct tag *b)
{
	/* DER sorts by bytes: the header with the length comes first (longer
	 * is later while both lengths are spelled in two bytes), then the rid
	 */
	if (alg_a != alg_b) {
		if (alg_a->ct != alg_b->ct)
			return alg_a->ct < alg_b->ct ? -1 : 1;
		return bytes_cmp(oid(alg_a->oid), oid(alg_b->oid));
	}
	return bytes_cmp(tag_bytes(a), tag_bytes(b));
}

enum rc
slip_seal(uint8_t *out, const struct kem_alg *alg, const struct tag *tag,
    struct bytes pub, const uint8_t ukm[static UKM_SIZE],
    const uint8_t cek[static WRAP_KEY], struct err *e)
{
	uint8_t ct[KEM_CT_MAX], secret[KEM_SECRET], kek[WRAP_KEY];
	uint8_t wrapped[WRAP_SIZE];
	struct der_wr w = { 0 };
	enum rc rc;

	rc = kem_encapsulate(alg, pub, ct, secret, e);
	if (rc == RC_OK) {
		derive_kek(kek, sizeof(kek), secret, oid(OID_AES256_WRAP),
		    bytes_of(ukm, UKM_SIZE));
		key_wrap(wrapped, kek, cek);
		slip_write(&w, alg, tag, bytes_of(ct, alg->ct),
		    bytes_of(ukm, UKM_SIZE), bytes_of(wrapped, WRAP_SIZE));
		memcpy(out, w.out.p, w.out.len);
	}
	der_wr_free(&w);
	wipe(secret, sizeof(secret));
	wipe(kek, sizeof(kek));
	return rc;
}

bool
slip_kek(uint8_t kek[static WRAP_KEY], const struct slip *s,
    const struct kem_key *key)
{
	uint8_t secret[KEM_SECRET];
	bool ok;

	wipe(kek, WRAP_KEY);
	ok = s->kem == kem_key_alg(key) && s->kek_size <= WRAP_KEY &&
	     kem_decapsulate(key, s->ct, secret);
	if (ok)
		derive_kek(kek, s->kek_size, secret, s->wrap, s->ukm);
	wipe(secret, sizeof(secret));
	return ok;
}

bool
slip_open(uint8_t cek[static WRAP_KEY], const struct slip *s,
    const struct kem_key *key)
{
	uint8_t kek[WRAP_KEY];
	bool ok;

	wipe(cek, WRAP_KEY);
	ok = s->kek_size == WRAP_KEY && s->wrapped.len == WRAP_SIZE &&
	     bytes_eq(s->wrap, oid(OID_AES256_WRAP)) && slip_kek(kek, s, key) &&
	     key_unwrap(cek, kek, s->wrapped.p);
	wipe(kek, sizeof(kek));
	return ok;
}
