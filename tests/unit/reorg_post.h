/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Dispatches between desks of a country, and documents that persons sign:
 * sealed by what one directory says, opened by what another does.
 */
#ifndef TESTS_UNIT_REORG_POST_H
#define TESTS_UNIT_REORG_POST_H

#include "core/limits.h"
#include "crypto/random.h"
#include "envelope/envelope.h"
#include "reorg.h"

#define TEXT "Mùng 9 họp 7 giờ 30, mang theo bản đồ xã."

struct post {
	const struct desk *from;
	int64_t at;
	struct bytes to; /* as it was addressed; of a list empty */
	struct buf file;
};

static inline size_t
holder_of(struct country *c, const struct directory *d, const struct desk *desk)
{
	const size_t unit = unit_by_uid(&d->state, &c->seats[desk->unit].uid);

	return unit == NONE
		   ? NONE
		   : holder_by_id(&d->state, unit, bytes_str(desk->id));
}

/* The certificate it signs or opens with then, or NULL. */
static inline const struct dcert *
cert_of(struct country *c, struct directory *d, const struct desk *desk,
    enum cert_use use, int64_t t)
{
	const size_t holder = holder_of(c, d, desk);
	size_t i;

	if (holder == NONE)
		return NULL;
	i = cert_in_force(d, d->state.holders[holder].unit, holder,
	    desk->person ? CERT_PERSON : CERT_DESK, use, t);
	return i == NONE ? NULL : &d->state.certs[i];
}

static inline struct signer
signer_of(const struct desk *desk, const struct dcert *cert)
{
	struct signer s = { .key = desk->sig, .tag = cert->cert.tag };

	memcpy(s.cert, cert->fingerprint, SHA256_SIZE);
	return s;
}

/* What is written with one key as one holder, for one desk or a list. */
struct draft {
	const struct desk *from;
	const struct dcert *as; /* the certificate it signs with */
	struct bytes to;	/* empty: the list */
	struct list_ref list;
	const struct recipient *slips;
	size_t slip_count;
};

static inline struct post
post_write(const struct draft *w, int64_t now)
{
	struct addressee to = { .address = w->to };
	struct part part = { .kind = PART_TEXT,
		.name = bytes_str("text"),
		.type = bytes_str("text/plain; charset=utf-8"),
		.size = sizeof(TEXT) - 1 };
	struct dispatch d = { .originator = w->as->cert.address,
		.level = LEVEL_MAT,
		.due = TIME_NEVER,
		.subject = bytes_str("Họp khẩn"),
		.to = &to,
		.to_count = w->to.len > 0 ? 1 : 0,
		.list = w->list,
		.parts = &part,
		.part_count = 1,
		.size = sizeof(TEXT) - 1 };
	const struct signer signer = signer_of(w->from, w->as);
	struct post post = { .from = w->from, .at = now, .to = w->to };
	struct sink sink = sink_buf(&post.file);
	uint8_t cek[AEAD_KEY];
	struct address a;
	struct buf plain;
	struct err e;

	if (!address_parse(&a, d.originator))
		bug("a desk without an address");
	random_bytes(cek, sizeof(cek));
	random_bytes(d.header.id.b, ID_SIZE);
	d.header.origin = a.station;
	d.header.incarnation = 1;
	d.header.serial = 1;
	d.header.precedence = PRECEDENCE_KHAN;
	d.header.expires = TIME_NEVER;
	signed_dispatch(&plain, &d, bytes_str(TEXT), &signer, now);
	if (envelope_seal(&sink, &d.header, buf_bytes(&plain), cek, w->slips,
		w->slip_count, &e) != RC_OK)
		bug(e.text);
	buf_free(&plain);
	return post;
}

static inline struct recipient
recipient_of(const struct dcert *kem)
{
	return (
	    struct recipient){ kem->cert.tag, kem->cert.kem, kem->cert.pub };
}

/* From desk to desk, by what "d" knows at that time of an address; false where
 * it is not sealed. */
static inline bool
post_to(struct country *c, struct post *out, struct directory *d,
    const struct desk *from, struct bytes address, int64_t now)
{
	struct draft w = { .from = from,
		.as = cert_of(c, d, from, CERT_SIGN, now),
		.slip_count = 1 };
	const struct dcert *kem;
	struct recipient slip;
	struct resolved to;

	if (w.as == NULL || resolve_kem(d, address, LEVEL_MAT, now, &kem, &to,
				&c->t.e) != RC_OK)
		return false;
	w.to = tree_say(&c->t, "%s", to.address);
	slip = recipient_of(kem);
	w.slips = &slip;
	*out = post_write(&w, now);
	return true;
}

/* Opened with a desk's key, as whoever has this address. */
static inline enum rc
post_open(struct country *c, const struct post *p, struct directory *d,
    const struct desk *with, struct bytes address, int64_t now)
{
	const struct opener by = { .address = address,
		.now = now,
		.find = resolve_signer,
		.listed = resolve_listed,
		.answers = resolve_answers,
		.ctx = d };
	uint8_t cek[AEAD_KEY];
	struct envelope env;
	struct opened o = { 0 };
	struct tag tag;
	enum rc rc;

	tag_of(&tag, kem_key_alg(with->kem)->oid, kem_key_pub(with->kem));
	rc = envelope_parse(&env, buf_bytes(&p->file), &c->t.e);
	if (rc == RC_OK)
		rc = envelope_unlock(cek, &env, with->kem, &tag, &c->t.e);
	if (rc == RC_OK)
		rc = envelope_open(&o, &env, cek, &by, &c->t.e);
	if (rc == RC_OK && !(bytes_is(buf_bytes(&o.content), TEXT) &&
			       o.signature.signed_at == p->at))
		bug("another dispatch came out");
	opened_free(&o);
	return rc;
}

/* What a person has signed. */
struct paper {
	uint8_t digest[SHA512_SIZE];
	struct buf signature;
};

static inline struct paper
paper_sign(const struct desk *by, const struct dcert *as, int64_t now)
{
	const struct signer signer = signer_of(by, as);
	struct paper p = { 0 };

	sha512(p.digest, bytes_str(TEXT));
	signed_document(&p.signature, p.digest, &signer, now);
	return p;
}

/* It is the signature of somebody who could sign then. */
static inline bool
paper_counts(const struct paper *p, struct directory *d)
{
	struct known_signer k;
	struct signed_data s;
	struct err e;
	size_t i;

	if (signed_read(&s, SIGNED_DOCUMENT, buf_bytes(&p->signature), &e) !=
		RC_OK ||
	    !resolve_signer(d, s.signer, s.cert, &k))
		return false;
	i = cert_by_fingerprint(&d->state, k.cert);
	return signed_document_verify(
		   &s, k.pub, d->state.certs[i].cert.der, p->digest) &&
	       k.from <= s.signed_at && s.signed_at <= k.until;
}

#endif
