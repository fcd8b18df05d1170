/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The signatures of a path, its root, and cards in it: docs/pki.md 3.11, 2.8
 * and 2.7, each held though every certificate is of the form.
 */
#include "chain.h"

/* ---- 3.11: signatures ----------------------------------------------- */

#define PQ_SIG 3309   /* the ML-DSA-65 half of a signature of suite A */
#define PQ_SIG_B 4627 /* ML-DSA-87, of suite B */
#define SEED 32	      /* the ML-DSA half of a private key */

static struct bytes
signature_of(const struct chain *c, size_t i)
{
	struct bytes bits = contents_of(at(buf_bytes(&c->s[i].der), "2"));

	return bytes_of(bits.p + 1, bits.len - 1);
}

/* One half of a signature beside another's, each given or zeroed or absent. */
enum half { GOOD, ZERO, NONE, OTHER };

static void
halves(struct chain *c, size_t i, enum half pq, enum half trad)
{
	const size_t cut = c->s[i].by == keys[K_ROOT] ? PQ_SIG_B : PQ_SIG;
	const enum half how[] = { pq, trad };
	struct bytes good = signature_of(c, i), part;
	struct buf sig = { 0 };
	uint8_t other[SIG_MAX];
	size_t h;

	(void)sig_sign(keys[K_OTHER], (struct bytes){ 0 },
	    at(buf_bytes(&c->s[i].der), "0"), other);
	for (h = 0; h < 2; h++) {
		part = h == 0 ? bytes_of(good.p, cut)
			      : bytes_of(good.p + cut, good.len - cut);
		if (how[h] == GOOD)
			buf_add(&sig, part);
		if (how[h] == ZERO)
			(void)buf_grow(&sig, part.len);
		if (how[h] == OTHER)
			buf_add(&sig,
			    bytes_of(other + (part.p - good.p), part.len));
	}
	chain_put_signature(c, i, buf_bytes(&sig));
	buf_free(&sig);
}

/* Each mixture of halves but the good one, on each certificate. */
static void
both_halves_must_hold(void)
{
	static const char *const whose[] = { "the holder", "the commune",
		"the province, of suite B" };
	enum half pq, trad;
	struct chain c;
	size_t i, wrong;

	for (i = HOLDER; i < ROOT; i++) {
		wrong = 0;
		for (pq = GOOD; pq <= OTHER; pq++)
			for (trad = GOOD; trad <= OTHER; trad++) {
				if ((pq == GOOD && trad == GOOD) ||
				    (i == PROVINCE &&
					(pq == OTHER || trad == OTHER)))
					continue;
				chain_make(&c, CERT_DESK);
				halves(&c, i, pq, trad);
				wrong += !chain_is(
				    &c, RC_DENIED, "docs/pki.md 3.11");
				chain_free(&c);
			}
		is(wrong, 0,
		    "one half of a signature alone, zeroed or another's does "
		    "not hold on the certificate of %s",
		    whose[i]);
	}
}

static void
halves_swapped(struct chain *c)
{
	struct bytes good = signature_of(c, HOLDER);
	struct buf sig = { 0 };

	buf_add(&sig, bytes_of(good.p + PQ_SIG, good.len - PQ_SIG));
	buf_add(&sig, bytes_of(good.p, PQ_SIG));
	chain_put_signature(c, HOLDER, buf_bytes(&sig));
	buf_free(&sig);
}

/* Each half as a signature of its own over the same, put together. */
static void
signed_by_each_half(struct chain *c)
{
	struct bytes tbs = at(buf_bytes(&c->s[HOLDER].der), "0");
	const uint8_t *priv = sig_key_priv(keys[K_COMMUNE]).p;
	struct sig_key *pq, *trad;
	uint8_t sig[SIG_MAX];
	size_t len;

	pq = sig_key_of(sig_by_name("ML-DSA-65"), bytes_of(priv, SEED));
	trad = sig_key_of(sig_by_name("Ed25519"), bytes_of(priv + SEED, 32));
	len = sig_sign(pq, (struct bytes){ 0 }, tbs, sig);
	len += sig_sign(trad, (struct bytes){ 0 }, tbs, sig + len);
	chain_put_signature(c, HOLDER, bytes_of(sig, len));
	sig_key_free(pq);
	sig_key_free(trad);
}

static void
signed_in(struct chain *c, size_t i, struct bytes context)
{
	uint8_t sig[SIG_MAX];
	size_t len = sig_sign(
	    c->s[i].by, context, at(buf_bytes(&c->s[i].der), "0"), sig);

	chain_put_signature(c, i, bytes_of(sig, len));
}

static void
signed_in_a_context(struct chain *c)
{
	signed_in(c, HOLDER, LIT("antin link"));
}

static void
signed_in_a_context_above(struct chain *c)
{
	signed_in(c, PROVINCE, LIT("antin checkpoint"));
}

/* A of the commune's where the certificate says B, and the reverse. */
static void
names_b(struct chain *c)
{
	const struct bytes b = made_alg(oid(OID_MLDSA87_P384));

	edit(&c->s[HOLDER].der, "02", PUT, b);
	edit(&c->s[HOLDER].der, "1", PUT, b);
	chain_sign(c, HOLDER);
}

static void
names_a(struct chain *c)
{
	const struct bytes a = made_alg(oid(OID_MLDSA65_ED25519));

	edit(&c->s[PROVINCE].der, "02", PUT, a);
	edit(&c->s[PROVINCE].der, "1", PUT, a);
	chain_sign(c, PROVINCE);
}

static void
other_bytes(struct chain *c)
{
	flip(&c->s[HOLDER].der, "01", 5);
}

static void
other_bytes_above(struct chain *c)
{
	flip(&c->s[PROVINCE].der, "01", 5);
}

/* A good signature, of the same key, on another certificate. */
static void
anothers_signature(struct chain *c)
{
	struct buf sig = { 0 };

	buf_add(&sig, signature_of(c, HOLDER));
	c->s[HOLDER].q.rights.level = LEVEL_ORDINARY;
	chain_write(c, HOLDER);
	chain_put_signature(c, HOLDER, buf_bytes(&sig));
	buf_free(&sig);
}

static void
over_all_of_it(struct chain *c)
{
	uint8_t sig[SIG_MAX];
	size_t len = sig_sign(c->s[HOLDER].by, (struct bytes){ 0 },
	    contents_of(at(buf_bytes(&c->s[HOLDER].der), "0")), sig);

	chain_put_signature(c, HOLDER, bytes_of(sig, len));
}

static void
by_the_grand_issuer(struct chain *c)
{
	c->s[HOLDER].by = keys[K_PROVINCE];
	chain_sign(c, HOLDER);
}

static void
by_the_holder(struct chain *c)
{
	c->s[HOLDER].by = keys[K_HOLDER];
	chain_sign(c, HOLDER);
}

static void
one_byte_more(struct chain *c)
{
	struct buf sig = { 0 };

	buf_add(&sig, signature_of(c, HOLDER));
	buf_u8(&sig, 0);
	chain_put_signature(c, HOLDER, buf_bytes(&sig));
	buf_free(&sig);
}

/* The first of ECDSA's numbers spelled with a zero before it. */
static void
a_looser_ecdsa(struct chain *c)
{
	struct buf sig = { 0 }, trad = { 0 }, r = { 0 };
	struct bytes good = signature_of(c, PROVINCE);

	buf_add(&trad, bytes_of(good.p + PQ_SIG_B, good.len - PQ_SIG_B));
	buf_u8(&r, 0);
	buf_add(&r, contents_of(at(buf_bytes(&trad), "0")));
	edit(&trad, "0", PUT, made(DER_INTEGER, buf_bytes(&r)));
	buf_add(&sig, bytes_of(good.p, PQ_SIG_B));
	buf_add(&sig, buf_bytes(&trad));
	chain_put_signature(c, PROVINCE, buf_bytes(&sig));
	buf_free(&sig);
	buf_free(&trad);
	buf_free(&r);
}

/* The commune's key with an Ed25519 half that is no point. */
static void
issuer_of_no_point(struct chain *c)
{
	struct buf pub = { 0 };

	buf_add(&pub, c->s[COMMUNE].q.pub);
	memset(pub.p + 1952, 0xff, 32);
	c->s[COMMUNE].q.pub = buf_bytes(&pub);
	chain_write(c, COMMUNE);
	edit(&c->s[HOLDER].der, "0704100", PUT,
	    made(DER_CTX(0),
		contents_of(at(buf_bytes(&c->s[COMMUNE].der), "070310"))));
	chain_sign(c, HOLDER);
	buf_free(&pub);
}

static void
no_signature(struct chain *c)
{
	chain_put_signature(c, HOLDER, (struct bytes){ 0 });
}

#define UNSIGNED RC_DENIED, "docs/pki.md 3.11"

static const struct attack signatures[] = {
	{ "halves in the other order do not hold", CERT_DESK, halves_swapped,
	    UNSIGNED },
	{ "nor two signatures of the halves for themselves", CERT_DESK,
	    signed_by_each_half, UNSIGNED },
	{ "nor one made for links", CERT_DESK, signed_in_a_context, UNSIGNED },
	{ "nor one made for checkpoints", CERT_DESK, signed_in_a_context_above,
	    UNSIGNED },
	{ "nor one of suite A under the name of B", CERT_DESK, names_b,
	    UNSIGNED },
	{ "nor of B under the name of A", CERT_DESK, names_a, UNSIGNED },
	{ "nor over another serial number", CERT_DESK, other_bytes, UNSIGNED },
	{ "nor in the province's certificate", CERT_DESK, other_bytes_above,
	    UNSIGNED },
	{ "nor one that was put on another certificate of the holder",
	    CERT_DESK, anothers_signature, UNSIGNED },
	{ "nor over the contents without their header", CERT_DESK,
	    over_all_of_it, UNSIGNED },
	{ "nor by the issuer's issuer", CERT_DESK, by_the_grand_issuer,
	    UNSIGNED },
	{ "nor by the holder", CERT_DESK, by_the_holder, UNSIGNED },
	{ "nor with a byte more", CERT_DESK, one_byte_more, UNSIGNED },
	{ "nor with no bytes", CERT_DESK, no_signature, UNSIGNED },
	{ "nor with ECDSA in another spelling", CERT_DESK, a_looser_ecdsa,
	    UNSIGNED },
	{ "nor under a key that is none", CERT_DESK, issuer_of_no_point,
	    UNSIGNED },
};

/* ---- 2.8: roots ----------------------------------------------------- */

static void
root_of(struct chain *c, enum cert_kind kind, const char *address)
{
	c->s[ROOT].q.rights.kind = kind;
	c->s[ROOT].q.address = bytes_str(address);
	chain_write(c, ROOT);
}

static void
a_card_as_root(struct chain *c)
{
	root_of(c, CERT_CARD, "antin://vn");
}

static void
a_station_as_root(struct chain *c)
{
	root_of(c, CERT_STATION, "antin://vn");
}

static void
a_desk_as_root(struct chain *c)
{
	root_of(c, CERT_DESK, "antin://vn/van-thu");
}

static void
a_kem_key_as_root(struct chain *c)
{
	step_kem(&c->s[ROOT], KEM_B);
	chain_write(c, ROOT);
}

static void
root_issued_by_another(struct chain *c)
{
	c->s[ROOT].by = keys[K_ROOT_2];
	chain_write(c, ROOT);
}

static void
root_of_another_issuer(struct chain *c)
{
	edit(&c->s[ROOT].der, "03001", PUT, made(DER_UTF8, LIT("Rễ")));
	chain_sign(c, ROOT);
}

static void
province_as_root(struct chain *c)
{
	chain_drop(c, ROOT);
	c->s[PROVINCE].q.issuer = c->s[PROVINCE].q.name;
	c->n = PROVINCE;
}

static void
root_of_a_broken_signature(struct chain *c)
{
	c->s[ROOT].by = keys[K_ROOT_2];
	chain_sign(c, ROOT);
}

static void
root_half_signed(struct chain *c)
{
	halves(c, ROOT, GOOD, ZERO);
}

static void
no_root(struct chain *c)
{
	buf_free(&c->s[ROOT].der);
}

static void
root_of_something_else(struct chain *c)
{
	buf_free(&c->s[ROOT].der);
	buf_add(&c->s[ROOT].der, LIT("\x30\x03\x02\x01\x01"));
}

#define NO_ROOT RC_INVALID, "docs/pki.md 2.8"

static const struct attack roots[] = {
	{ "a card as the root is refused", CERT_DESK, a_card_as_root, NO_ROOT },
	{ "a station's certificate", CERT_DESK, a_station_as_root, NO_ROOT },
	{ "a desk's", CERT_DESK, a_desk_as_root, NO_ROOT },
	{ "an authority's KEM key", CERT_DESK, a_kem_key_as_root, NO_ROOT },
	{ "one that another key issued", CERT_DESK, root_issued_by_another,
	    NO_ROOT },
	{ "one of another issuer's name", CERT_DESK, root_of_another_issuer,
	    NO_ROOT },
	{ "a province's, though the path ends there", CERT_DESK,
	    province_as_root, NO_ROOT },
	{ "one whose own signature does not hold", CERT_DESK,
	    root_of_a_broken_signature, UNSIGNED },
	{ "or does by half", CERT_DESK, root_half_signed, UNSIGNED },
	{ "no root at all", CERT_DESK, no_root, RC_INVALID,
	    "the root's certificate" },
	{ "a root that is no certificate", CERT_DESK, root_of_something_else,
	    RC_INVALID, "the root's certificate" },
};

/* ---- 2.7: cards ----------------------------------------------------- */

static void
a_card_in_the_middle(struct chain *c)
{
	c->s[COMMUNE].q.rights = (struct rights){ 0 };
	chain_write(c, COMMUNE);
}

static void
a_card_as_holder(struct chain *c)
{
	c->s[HOLDER].q.rights = (struct rights){ 0 };
	chain_write(c, HOLDER);
}

static void
a_card_that_is_asked_for(struct chain *c)
{
	a_card_as_holder(c);
	c->want.kind = CERT_CARD;
}

static void
a_self_made_card(struct chain *c)
{
	while (c->n > 1)
		chain_drop(c, 1);
	c->s[0].by = keys[K_HOLDER];
	c->s[1].q.name = c->s[0].q.name;
	c->s[0].q.rights = (struct rights){ 0 };
	chain_write(c, 0);
	c->want.kind = CERT_CARD;
}

#define CARD RC_DENIED, "docs/pki.md 2.7"

static const struct attack cards[] = {
	{ "a card in the middle of a path is refused", CERT_DESK,
	    a_card_in_the_middle, CARD },
	{ "as the holder's", CERT_DESK, a_card_as_holder, CARD },
	{ "also where a card is asked for", CERT_DESK, a_card_that_is_asked_for,
	    CARD },
	{ "and one that signed itself", CERT_DESK, a_self_made_card, CARD },
};

int
main(void)
{
	keys_make();
	both_halves_must_hold();
	TRY("signatures", signatures);
	TRY("roots", roots);
	TRY("cards", cards);
	keys_free();
	return done();
}
