/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/card.h"

#include <stdlib.h>
#include <string.h>

#include "core/time.h"
#include "core/vec.h"
#include "crypto/pem.h"
#include "der/der.h"
#include "envelope/address.h"

#define LABEL "CERTIFICATE"

void
card_free(struct card *c)
{
	sig_pub_free(c->pub);
	buf_free(&c->sign_der);
	buf_free(&c->kem_der);
	*c = (struct card){ 0 };
}

void
card_write(struct buf *out, const struct card *c)
{
	*out = (struct buf){ 0 };
	pem_write(out, LABEL, buf_bytes(&c->sign_der));
	if (c->has_kem)
		pem_write(out, LABEL, buf_bytes(&c->kem_der));
}

static enum rc
check_sign(struct card *c, struct err *e)
{
	if (c->sign.use != CERT_SIGN)
		return fail(e, RC_INVALID,
		    "a card begins with the certificate of a signature key");
	c->issued = c->sign.rights.kind != CERT_CARD;
	if (c->issued) {
		c->pub = sig_pub_of(c->sign.sig, c->sign.pub);
		return c->pub != NULL
			   ? RC_OK
			   : fail(e, RC_INVALID, "it holds no proper key");
	}
	if (!bytes_eq(c->sign.issuer, c->sign.name) ||
	    !bytes_eq(tag_bytes(&c->sign.issuer_tag), tag_bytes(&c->sign.tag)))
		return fail(e, RC_INVALID,
		    "docs/envelope.md 13.2: a card's first certificate is its "
		    "own issuer's");
	c->pub = sig_pub_of(c->sign.sig, c->sign.pub);
	if (c->pub == NULL || !cert_verify(&c->sign, c->pub))
		return fail(e, RC_DENIED,
		    "the certificate's own signature does not hold");
	return RC_OK;
}

static enum rc
check_kem(const struct card *c, struct err *e)
{
	const struct bytes issuer = c->issued ? c->sign.issuer : c->sign.name;

	if (c->kem.use != CERT_KEM ||
	    c->kem.rights.kind != c->sign.rights.kind ||
	    !bytes_eq(c->kem.address, c->sign.address) ||
	    !bytes_eq(c->kem.name, c->sign.name) ||
	    (!bytes_eq(c->kem.issuer, issuer) && !cert_is_authority(&c->sign)))
		return fail(e, RC_INVALID,
		    "a card's second certificate is of another holder, or "
		    "not of a KEM key");
	if (c->issued)
		return RC_OK;
	if (!bytes_eq(tag_bytes(&c->kem.issuer_tag), tag_bytes(&c->sign.tag)) ||
	    !cert_verify(&c->kem, c->pub))
		return fail(e, RC_DENIED,
		    "the card's signature key does not vouch for its KEM "
		    "key");
	return RC_OK;
}

enum rc
card_parse(struct card *out, struct bytes pem, struct err *e)
{
	struct card c = { 0 };
	struct buf more = { 0 };
	enum rc rc;

	*out = c;
	if (pem.len > CARD_MAX)
		return fail(e, RC_LIMIT, "a card of %zu bytes, at most %u",
		    pem.len, CARD_MAX);
	rc = pem_read(&c.sign_der, &pem, LABEL, e);
	if (rc != RC_OK ||
	    (rc = cert_parse(&c.sign, buf_bytes(&c.sign_der), e)) != RC_OK ||
	    (rc = check_sign(&c, e)) != RC_OK)
		goto out;
	rc = pem_read(&c.kem_der, &pem, LABEL, e);
	if (rc == RC_OK) {
		c.has_kem = true;
		rc = cert_parse(&c.kem, buf_bytes(&c.kem_der), e);
		if (rc == RC_OK)
			rc = check_kem(&c, e);
		if (rc == RC_OK && pem_read(&more, &pem, LABEL, e) != RC_ABSENT)
			rc = fail(e, RC_INVALID,
			    "a card holds two certificates at the most");
	} else if (rc == RC_ABSENT) {
		rc = RC_OK; /* a person's */
	}
	if (rc != RC_OK)
		goto out;
	cert_fingerprint(c.sign_cert, buf_bytes(&c.sign_der));
	*out = c; /* the caller owns it now */
	c = (struct card){ 0 };
out:
	buf_free(&more);
	card_free(&c);
	return rc;
}

enum rc
card_valid_at(const struct card *c, int64_t now, struct err *e)
{
	enum rc rc = cert_valid_at(&c->sign, now, e);

	if (rc == RC_OK && c->has_kem)
		rc = cert_valid_at(&c->kem, now, e);
	return rc;
}

/* ---- identities
 * ------------------------------------------------------------------- */

void
identity_free(struct identity *id)
{
	size_t i;

	card_free(&id->card);
	sig_key_free(id->sig);
	kem_key_free(id->kem);
	for (i = 0; i < id->old_count; i++)
		kem_key_free(id->old[i]);
	free(id->old);
	*id = (struct identity){ 0 };
}

struct signer
identity_signer(const struct identity *id)
{
	struct signer s = { .key = id->sig, .tag = id->card.sign.tag };

	memcpy(s.cert, id->card.sign_cert, sizeof(s.cert));
	return s;
}

enum rc
identity_new(struct identity *out, const struct sig_alg *sig,
    const struct kem_alg *kem, struct bytes name, struct bytes address,
    int64_t from, int64_t until, struct err *e)
{
	struct cert_request r = { .name = name,
		.issuer = name,
		.address = address,
		.from = from,
		.until = until };
	struct identity id = { 0 };
	struct buf der = { 0 }, pem = { 0 };
	struct address a;
	enum rc rc;

	*out = id;
	if (!address_parse(&a, address))
		return fail(e, RC_INVALID,
		    "\"%.*s\" is no address; one looks like "
		    "antin://dien-bien.vn/van-thu",
		    (int)address.len, (const char *)address.p);
	id.sig = sig_generate(sig);
	r.use = CERT_SIGN;
	r.sig = sig;
	r.pub = sig_key_pub(id.sig);
	cert_write(&der, &r, id.sig);
	pem_write(&pem, LABEL, buf_bytes(&der));
	buf_free(&der);
	if (kem != NULL) {
		id.kem = kem_generate(kem);
		r.use = CERT_KEM;
		r.kem = kem;
		r.pub = kem_key_pub(id.kem);
		cert_write(&der, &r, id.sig);
		pem_write(&pem, LABEL, buf_bytes(&der));
		buf_free(&der);
	}
	rc = card_parse(&id.card, buf_bytes(&pem), e);
	buf_free(&pem);
	if (rc != RC_OK) {
		identity_free(&id);
		return rc;
	}
	*out = id;
	return RC_OK;
}

/* docs/keyfile.md 3: the private keys, sealed. */
static void
secret_write(struct der_wr *w, const struct identity *id)
{
	size_t i;

	der_put_open(w, DER_SEQUENCE);
	der_put_octets(w, sig_key_priv(id->sig));
	if (id->kem != NULL)
		der_put_octets(w, kem_key_priv(id->kem));
	if (id->old_count > 0) {
		der_put_open(w, DER_CTXC(0));
		for (i = 0; i < id->old_count; i++) {
			der_put_open(w, DER_SEQUENCE);
			der_put_oid(w, oid(kem_key_alg(id->old[i])->oid));
			der_put_octets(w, kem_key_priv(id->old[i]));
			der_put_close(w);
		}
		der_put_close(w);
	}
	der_put_close(w);
}

static void
add_old(struct identity *id, struct kem_key *key)
{
	id->old = vec_more(id->old, id->old_count, sizeof(*id->old));
	id->old[id->old_count++] = key;
}

static void
old_read(struct der *d, struct identity *id)
{
	const struct kem_alg *alg;
	struct kem_key *key;
	struct bytes priv;

	der_open(d, DER_CTXC(0));
	while (der_more(d) && id->old_count < IDENTITY_OLD) {
		der_open(d, DER_SEQUENCE);
		alg = kem_by_oid(der_oid(d));
		priv = der_octets(d, 1, KEM_PRIV_MAX);
		der_close(d);
		key = d->why != NULL || alg == NULL ? NULL
						    : kem_key_of(alg, priv);
		if (key != NULL)
			add_old(id, key);
		else
			der_fault(d, "an old key that is none");
	}
	der_close(d);
}

static enum rc
secret_read(struct identity *id, struct bytes secret, struct err *e)
{
	struct der d = der_init(secret);
	struct bytes sig, kem = { 0 };
	enum rc rc;

	der_open(&d, DER_SEQUENCE);
	sig = der_octets(&d, 1, SIG_PRIV_MAX);
	if (id->card.has_kem)
		kem = der_octets(&d, 1, KEM_PRIV_MAX);
	if (der_next_is(&d, DER_CTXC(0)))
		old_read(&d, id);
	der_close(&d);
	rc = der_end(&d, "docs/keyfile.md 3: private keys", e);
	if (rc != RC_OK)
		return rc;
	id->sig = sig_key_of(id->card.sign.sig, sig);
	if (id->card.has_kem)
		id->kem = kem_key_of(id->card.kem.kem, kem);
	if (id->sig == NULL ||
	    !bytes_eq(sig_key_pub(id->sig), id->card.sign.pub) ||
	    (id->card.has_kem &&
		(id->kem == NULL ||
		    !bytes_eq(kem_key_pub(id->kem), id->card.kem.pub))))
		return fail(e, RC_INVALID,
		    "the private keys are not those of the certificates");
	return RC_OK;
}

enum rc
identity_seal(struct buf *out, const struct identity *id,
    const struct bytes *passphrase, struct err *e)
{
	struct lock lock = { .kind = LOCK_NONE };

	if (passphrase != NULL)
		lock = (struct lock){ .kind = LOCK_PASSPHRASE,
			.secret = *passphrase };
	return identity_seal_under(out, id, &lock, e);
}

enum rc
identity_seal_under(struct buf *out, const struct identity *id,
    const struct lock *lock, struct err *e)
{
	struct der_wr secret = { 0 };
	struct buf card;
	enum rc rc;

	card_write(&card, &id->card);
	secret_write(&secret, id);
	rc = keyfile_seal_under(
	    out, buf_bytes(&card), buf_bytes(&secret.out), lock, e);
	der_wr_free(&secret);
	buf_free(&card);
	return rc;
}

enum rc
identity_certify(
    struct identity *id, const struct bytes *certs, size_t n, struct err *e)
{
	struct buf pem = { 0 };
	struct card card;
	size_t i;
	enum rc rc;

	for (i = 0; i < n; i++)
		pem_write(&pem, LABEL, certs[i]);
	rc = card_parse(&card, buf_bytes(&pem), e);
	buf_free(&pem);
	if (rc == RC_ABSENT)
		return fail(e, RC_INVALID, "no certificates");
	if (rc != RC_OK)
		return rc;
	if (!bytes_eq(card.sign.pub, id->card.sign.pub) ||
	    card.has_kem != id->card.has_kem ||
	    (card.has_kem && !bytes_eq(card.kem.pub, id->card.kem.pub))) {
		card_free(&card);
		return fail(e, RC_INVALID,
		    "the certificates are not of the keys in the key file");
	}
	card_free(&id->card);
	id->card = card;
	return RC_OK;
}

/* A key of its own from another's bytes. */
static struct kem_key *
kem_copy(const struct kem_key *key)
{
	return kem_key_of(kem_key_alg(key), kem_key_priv(key));
}

void
identity_keep(struct identity *id, const struct identity *earlier)
{
	size_t i;

	if (earlier->kem != NULL && id->old_count < IDENTITY_OLD)
		add_old(id, kem_copy(earlier->kem));
	for (i = 0; i < earlier->old_count && id->old_count < IDENTITY_OLD; i++)
		add_old(id, kem_copy(earlier->old[i]));
}

const struct kem_key *
identity_kem(const struct identity *id, const struct tag *tag)
{
	struct tag of;
	size_t i;

	if (id->kem != NULL &&
	    bytes_eq(tag_bytes(&id->card.kem.tag), tag_bytes(tag)))
		return id->kem;
	for (i = 0; i < id->old_count; i++) {
		tag_of(
		    &of, kem_key_alg(id->old[i])->oid, kem_key_pub(id->old[i]));
		if (bytes_eq(tag_bytes(&of), tag_bytes(tag)))
			return id->old[i];
	}
	return NULL;
}

enum rc
identity_open(struct identity *out, struct bytes file, struct bytes passphrase,
    struct err *e)
{
	struct identity id = { 0 };
	struct buf secret = { 0 }, card = { 0 };
	bool protected;
	enum rc rc;

	*out = id;
	if ((rc = keyfile_open(&secret, file, passphrase, e)) != RC_OK ||
	    (rc = keyfile_public(&card, &protected, file, e)) != RC_OK ||
	    (rc = card_parse(&id.card, buf_bytes(&card), e)) != RC_OK ||
	    (rc = secret_read(&id, buf_bytes(&secret), e)) != RC_OK)
		goto out;
	*out = id; /* the caller owns it now */
	id = (struct identity){ 0 };
out:
	identity_free(&id);
	buf_free(&secret);
	buf_free(&card);
	return rc;
}
