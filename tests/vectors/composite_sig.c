/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The vectors of draft-ietf-lamps-pq-composite-sigs, for each algorithm of
 * ours, and signatures made wrong on purpose.
 */
#include "../tests/vectors/json.h"
#include "crypto/sig.h"

static const struct row {
	const char *id, *alg;
	size_t pq; /* bytes of the ML-DSA half of a signature */
} rows[] = {
	{ "id-MLDSA65-Ed25519-SHA512", "MLDSA65-Ed25519", 3309 },
	{ "id-MLDSA87-ECDSA-P384-SHA512", "MLDSA87-P384", 4627 },
	{ "id-ML-DSA-65", "ML-DSA-65", 3309 },
	{ "id-ML-DSA-87", "ML-DSA-87", 4627 },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* One vector, read. */
struct vector {
	const struct row *row;
	const struct sig_alg *alg;
	struct buf pk, sk, s, s_ctx, cert, pkcs8;
	struct bytes msg, ctx; /* borrowed */
	struct sig_pub *pub;
	struct sig_key *key;
};

static struct vector
vector_of(
    const struct row *row, const json_t *t, struct bytes msg, struct bytes ctx)
{
	struct vector v = { .row = row, .msg = msg, .ctx = ctx };

	v.alg = sig_by_name(row->alg);
	v.pk = vector_base64(t, "pk");
	v.sk = vector_base64(t, "sk");
	v.s = vector_base64(t, "s");
	v.s_ctx = vector_base64(t, "sWithContext");
	v.cert = vector_base64(t, "x5c");
	v.pkcs8 = vector_base64(t, "sk_pkcs8");
	v.pub = sig_pub_of(v.alg, buf_bytes(&v.pk));
	v.key = sig_key_of(v.alg, buf_bytes(&v.sk));
	if (v.pub == NULL || v.key == NULL)
		vector_bail(row->id, "its keys are not read");
	return v;
}

static void
vector_free(struct vector *v)
{
	buf_free(&v->pk);
	buf_free(&v->sk);
	buf_free(&v->s);
	buf_free(&v->s_ctx);
	buf_free(&v->cert);
	buf_free(&v->pkcs8);
	sig_pub_free(v->pub);
	sig_key_free(v->key);
}

/* The certificate is signed by its own key: its text, and the signature. */
static bool
certificate_holds(const struct vector *v)
{
	struct der d = der_init(buf_bytes(&v->cert));
	struct bytes text, sig;
	struct err e;

	der_open(&d, DER_SEQUENCE);
	text = der_raw(&d, DER_SEQUENCE);
	der_open(&d, DER_SEQUENCE);
	der_oid_is(&d, oid(v->alg->oid));
	der_close(&d);
	sig = der_bits(&d);
	der_close(&d);
	return der_end(&d, "a certificate", &e) == RC_OK &&
	       sig_verify(v->pub, bytes_str(""), text, sig);
}

static void
the_fields_agree(const struct vector *v)
{
	struct named_key pub = certificate_key(buf_bytes(&v->cert));
	struct named_key priv = pkcs8_key(buf_bytes(&v->pkcs8));

	ok(v->pk.len == v->alg->pub && v->sk.len == v->alg->priv &&
		v->s.len <= v->alg->max && v->s_ctx.len <= v->alg->max,
	    "%s: keys and signatures have their sizes", v->row->id);
	ok(sig_by_oid(pub.oid) == v->alg &&
		bytes_eq(pub.key, buf_bytes(&v->pk)),
	    "%s: its certificate names it and has its key", v->row->id);
	ok(certificate_holds(v), "%s: and is signed by it", v->row->id);
	ok(sig_by_oid(priv.oid) == v->alg &&
		bytes_eq(priv.key, buf_bytes(&v->sk)),
	    "%s: its PKCS #8 names it and has its key", v->row->id);
	same(sig_key_pub(v->key), buf_bytes(&v->pk),
	    "%s: the private key has the public key", v->row->id);
	same(sig_key_priv(v->key), buf_bytes(&v->sk),
	    "%s: and is written as it was", v->row->id);
}

static void
signatures_hold_in_their_context_only(const struct vector *v)
{
	const struct bytes none = bytes_str("");
	struct bytes s = buf_bytes(&v->s), s_ctx = buf_bytes(&v->s_ctx);
	struct bytes cut = bytes_of(v->ctx.p, v->ctx.len - 1);
	uint8_t own[SIG_MAX];
	size_t len;

	ok(sig_verify(v->pub, none, v->msg, s), "%s: the signature verifies",
	    v->row->id);
	ok(sig_verify(v->pub, v->ctx, v->msg, s_ctx),
	    "%s: the one with a context verifies", v->row->id);
	ok(!sig_verify(v->pub, v->ctx, v->msg, s) &&
		!sig_verify(v->pub, none, v->msg, s_ctx) &&
		!sig_verify(v->pub, cut, v->msg, s_ctx) &&
		!sig_verify(v->pub, v->msg, v->ctx, s_ctx),
	    "%s: neither does in another context", v->row->id);
	len = sig_sign(v->key, v->ctx, v->msg, own);
	ok(sig_verify(v->pub, v->ctx, v->msg, bytes_of(own, len)) &&
		!sig_verify(v->pub, none, v->msg, bytes_of(own, len)),
	    "%s: our signature by the private key holds under the public one",
	    v->row->id);
}

/* A bit in 101 of the ML-DSA half, each bit of the classical one; and of the
 * message each bit. */
static void
no_flipped_bit_verifies(struct vector *v)
{
	struct buf msg = { 0 };
	size_t bit, n = 0, held = 0;

	for (bit = 0; bit < v->s.len * 8;
	     bit += bit < v->row->pq * 8 ? 101 : 1, n++) {
		v->s.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		held +=
		    sig_verify(v->pub, bytes_str(""), v->msg, buf_bytes(&v->s));
		v->s.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	buf_add(&msg, v->msg);
	for (bit = 0; bit < msg.len * 8; bit++, n++) {
		msg.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		held += sig_verify(
		    v->pub, bytes_str(""), buf_bytes(&msg), buf_bytes(&v->s));
		msg.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	is(held, 0, "%s: with none of %zu flipped bits does it verify",
	    v->row->id, n);
	buf_free(&msg);
}

/* A signature's length is a part of it. */
static void
no_other_length_verifies(const struct vector *v)
{
	uint8_t longer[SIG_MAX + 2] = { 0 };
	size_t len, held = 0;

	memcpy(longer, v->s.p, v->s.len);
	for (len = 0; len < sizeof(longer); len++)
		if (len != v->s.len)
			held += sig_verify(v->pub, bytes_str(""), v->msg,
			    bytes_of(longer, len));
	is(held, 0, "%s: cut or longer it does not verify", v->row->id);
}

/* The same two numbers of ECDSA in BER; r and s are 48 bytes without sign. */
static const struct {
	const char *what;
	const char *head, *middle, *tail; /* hex before r, between, after s */
} spellings[] = {
	{ "DER", "30640230", "0230", "" },
	{ "a long length", "3081640230", "0230", "" },
	{ "a long length within", "3065028130", "0230", "" },
	{ "an indefinite length", "30800230", "0230", "0000" },
	{ "a padded number", "3065023100", "0230", "" },
	{ "a byte too many within", "30650230", "0230", "00" },
	{ "a byte too many after it", "30640230", "0230", "00" },
	{ "a null at its end", "30660230", "0230", "0500" },
	{ "a set for a sequence", "31640230", "0230", "" },
};

static size_t
hex_at(uint8_t *at, const char *hex)
{
	size_t len = strlen(hex) / 2;

	(void)hex_parse(at, len, bytes_str(hex));
	return len;
}

/* Sign until both numbers need neither a sign byte nor fewer bytes: one in
 * four does. */
static bool
sign_plainly(const struct sig_key *k, struct bytes msg, uint8_t *sig)
{
	static const uint8_t head[] = { 0x30, 0x64, 0x02, 0x30 };
	unsigned tries;

	for (tries = 0; tries < 1000; tries++)
		if (sig_sign(k, bytes_str(""), msg, sig) == 4627 + 102 &&
		    memcmp(sig + 4627, head, sizeof(head)) == 0)
			return true;
	return false;
}

static void
ecdsa_has_one_spelling(const struct vector *v)
{
	uint8_t sig[SIG_MAX], other[SIG_MAX + 8];
	size_t i, n;
	bool held;

	if (!ok(sign_plainly(v->key, v->msg, sig),
		"%s: ECDSA's numbers come in 48 bytes", v->row->id))
		return;
	for (i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		n = 4627;
		memcpy(other, sig, n);
		n += hex_at(other + n, spellings[i].head);
		memcpy(other + n, sig + 4627 + 4, 48);
		n += 48;
		n += hex_at(other + n, spellings[i].middle);
		memcpy(other + n, sig + 4627 + 4 + 48 + 2, 48);
		n += 48;
		n += hex_at(other + n, spellings[i].tail);
		held = sig_verify(
		    v->pub, bytes_str(""), v->msg, bytes_of(other, n));
		ok(n <= v->alg->max && held == (i == 0), "%s: %s %s",
		    v->row->id, spellings[i].what,
		    i == 0 ? "verifies" : "does not verify");
	}
}

int
main(void)
{
	json_t *all = vectors_load("composite-sigs-testvectors.json");
	struct buf msg = { 0 }, ctx = { 0 };
	struct vector v;
	size_t i;

	if (all == NULL)
		return done();
	msg = vector_base64(all, "m");
	ctx = vector_base64(all, "ctx");
	for (i = 0; i < ROWS; i++) {
		v = vector_of(&rows[i], vector_test(all, rows[i].id),
		    buf_bytes(&msg), buf_bytes(&ctx));
		the_fields_agree(&v);
		signatures_hold_in_their_context_only(&v);
		no_flipped_bit_verifies(&v);
		no_other_length_verifies(&v);
		if (strcmp(rows[i].alg, "MLDSA87-P384") == 0)
			ecdsa_has_one_spelling(&v);
		vector_free(&v);
	}
	buf_free(&msg);
	buf_free(&ctx);
	json_decref(all);
	return done();
}
