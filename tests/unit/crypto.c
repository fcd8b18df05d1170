/* SPDX-License-Identifier: EUPL-1.2 */
/* Each algorithm of each suite, from a key made here and back. */
#include <string.h>

#include "../tests/tap.h"
#include "crypto/aead.h"
#include "crypto/kdf.h"
#include "crypto/random.h"
#include "crypto/suite.h"

static void
a_kem_gives_both_sides_one_secret(const struct kem_alg *alg)
{
	struct kem_key *k = kem_generate(alg), *again;
	uint8_t ct[KEM_CT_MAX], a[KEM_SECRET], b[KEM_SECRET];
	struct err e;
	size_t i, same_secret = 0;

	again = kem_key_of(alg, kem_key_priv(k));
	ok(again != NULL, "%s: a private key is read back", alg->name);
	same(kem_key_pub(again), kem_key_pub(k),
	    "%s: and has the same public key", alg->name);
	went(kem_encapsulate(alg, kem_key_pub(k), ct, a, &e), &e,
	    "%s: encapsulates", alg->name);
	ok(kem_decapsulate(again, bytes_of(ct, alg->ct), b) &&
		memcmp(a, b, sizeof(a)) == 0,
	    "%s: both sides have one secret", alg->name);
	for (i = 0; i < alg->ct; i += 37) {
		ct[i] ^= 1;
		if (kem_decapsulate(again, bytes_of(ct, alg->ct), b))
			same_secret += memcmp(a, b, sizeof(a)) == 0;
		ct[i] ^= 1;
	}
	is(same_secret, 0, "%s: a changed ciphertext gives no such secret",
	    alg->name);
	ok(!kem_decapsulate(again, bytes_of(ct, alg->ct - 1), b),
	    "%s: a short ciphertext is refused", alg->name);
	ok(kem_encapsulate(alg, bytes_of(ct, alg->pub - 1), ct, a, &e) ==
		RC_INVALID,
	    "%s: a short public key is refused", alg->name);
	kem_key_free(k);
	kem_key_free(again);
}

static void
a_signature_holds_for_its_message_only(const struct sig_alg *alg)
{
	struct sig_key *k = sig_generate(alg), *again;
	struct sig_pub *p = sig_pub_of(alg, sig_key_pub(k));
	struct bytes msg = bytes_str("bí mật, chính xác, kịp thời");
	struct bytes context =
	    bytes_str(strcmp(alg->name, "Ed25519") == 0 ? "" : "antin test");
	uint8_t sig[SIG_MAX];
	size_t len, i, held = 0;

	again = sig_key_of(alg, sig_key_priv(k));
	ok(again != NULL && p != NULL, "%s: keys are read back", alg->name);
	same(sig_key_pub(again), sig_key_pub(k),
	    "%s: and have the same public key", alg->name);
	len = sig_sign(again, context, msg, sig);
	ok(len <= alg->max && sig_verify(p, context, msg, bytes_of(sig, len)),
	    "%s: a signature verifies", alg->name);
	for (i = 0; i < len; i += 41) {
		sig[i] ^= 0x40;
		held += sig_verify(p, context, msg, bytes_of(sig, len));
		sig[i] ^= 0x40;
	}
	is(held, 0, "%s: a changed one does not", alg->name);
	ok(!sig_verify(p, context, msg, bytes_of(sig, len - 1)),
	    "%s: a short one does not", alg->name);
	ok(!sig_verify(
	       p, context, bytes_of(msg.p, msg.len - 1), bytes_of(sig, len)),
	    "%s: nor one of another message", alg->name);
	if (context.len > 0)
		ok(!sig_verify(p, bytes_str("other"), msg, bytes_of(sig, len)),
		    "%s: nor one of another context", alg->name);
	sig_pub_free(p);
	sig_key_free(k);
	sig_key_free(again);
}

/* A half of a composite signature, alone or beside a foreign half, is
 * refused (docs/envelope.md 10, "composite stripping"). */
static void
a_half_of_a_composite_signature_is_refused(void)
{
	const struct sig_alg *both = sig_by_name("MLDSA65-Ed25519");
	const struct sig_alg *pq = sig_by_name("ML-DSA-65");
	struct sig_key *k = sig_generate(both), *other = sig_generate(both);
	struct sig_pub *p = sig_pub_of(both, sig_key_pub(k));
	struct sig_pub *half;
	struct bytes msg = bytes_str("m");
	uint8_t a[SIG_MAX], b[SIG_MAX];
	size_t len = sig_sign(k, bytes_str(""), msg, a);

	(void)sig_sign(other, bytes_str(""), msg, b);
	ok(!sig_verify(p, bytes_str(""), msg, bytes_of(a, 3309)),
	    "the ML-DSA half alone is refused");
	memcpy(b, a, 3309);
	ok(!sig_verify(p, bytes_str(""), msg, bytes_of(b, len)),
	    "a good ML-DSA half beside a foreign Ed25519 half is refused");
	(void)sig_sign(other, bytes_str(""), msg, b);
	memcpy(b + 3309, a + 3309, len - 3309);
	ok(!sig_verify(p, bytes_str(""), msg, bytes_of(b, len)),
	    "a good Ed25519 half beside a foreign ML-DSA half is refused");
	half = sig_pub_of(pq, bytes_of(sig_key_pub(k).p, 1952));
	ok(half != NULL &&
		!sig_verify(half, bytes_str(""), msg, bytes_of(a, 3309)),
	    "the half does not verify as plain ML-DSA of the message");
	sig_pub_free(half);
	sig_pub_free(p);
	sig_key_free(k);
	sig_key_free(other);
}

static void
aead_opens_what_it_sealed_and_nothing_else(void)
{
	uint8_t key[AEAD_KEY], nonce[AEAD_NONCE], tag[AEAD_TAG];
	uint8_t text[50], sealed[50], out[50], zero[50] = { 0 };
	struct bytes aad = bytes_str("header");
	struct aead *a;
	size_t i, opened = 0, leaked = 0;

	random_bytes(key, sizeof(key));
	random_bytes(nonce, sizeof(nonce));
	random_bytes(text, sizeof(text));
	a = aead_new(key);
	aead_seal(a, nonce, aad, bytes_of(text, 50), sealed, tag);
	ok(aead_open(a, nonce, aad, bytes_of(sealed, 50), tag, out) &&
		memcmp(out, text, 50) == 0,
	    "what was sealed opens");
	for (i = 0; i < 50 * 8; i++) {
		sealed[i / 8] ^= (uint8_t)(1 << i % 8);
		opened +=
		    aead_open(a, nonce, aad, bytes_of(sealed, 50), tag, out);
		leaked += memcmp(out, zero, 50) != 0;
		sealed[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (i = 0; i < AEAD_TAG * 8; i++) {
		tag[i / 8] ^= (uint8_t)(1 << i % 8);
		opened +=
		    aead_open(a, nonce, aad, bytes_of(sealed, 50), tag, out);
		tag[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	is(opened, 0, "no flipped bit opens");
	is(leaked, 0, "nothing is left of what did not authenticate");
	ok(!aead_open(
	       a, nonce, bytes_str("headex"), bytes_of(sealed, 50), tag, out),
	    "another header does not open");
	aead_free(a);
}

static void
keys_wrap_and_unwrap(void)
{
	uint8_t kek[WRAP_KEY], key[WRAP_KEY], out[WRAP_KEY], in[WRAP_SIZE];
	size_t i, opened = 0;

	random_bytes(kek, sizeof(kek));
	random_bytes(key, sizeof(key));
	key_wrap(in, kek, key);
	ok(key_unwrap(out, kek, in) && memcmp(out, key, sizeof(key)) == 0,
	    "a wrapped key unwraps");
	for (i = 0; i < WRAP_SIZE * 8; i++) {
		in[i / 8] ^= (uint8_t)(1 << i % 8);
		opened += key_unwrap(out, kek, in);
		in[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	is(opened, 0, "no flipped bit unwraps");
}

int
main(void)
{
	size_t i;

	for (i = 0; i < SUITE_COUNT; i++) {
		a_kem_gives_both_sides_one_secret(
		    kem_by_name(suite_table[i].kem));
		a_signature_holds_for_its_message_only(
		    sig_by_name(suite_table[i].sig));
	}
	a_kem_gives_both_sides_one_secret(kem_by_name("MLKEM768-P256"));
	a_half_of_a_composite_signature_is_refused();
	aead_opens_what_it_sealed_and_nothing_else();
	keys_wrap_and_unwrap();
	return done();
}
