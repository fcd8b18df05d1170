/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The vectors of draft-ietf-lamps-pq-composite-kem, for each algorithm of
 * ours, and keys and ciphertexts made wrong on purpose.
 */
#include "../tests/vectors/json.h"
#include "crypto/kem.h"

static const struct row {
	const char *id, *alg;
	size_t curve; /* bytes of the classical half of a ciphertext */
} rows[] = {
	{ "id-MLKEM768-X25519-SHA3-256", "MLKEM768-X25519", 32 },
	{ "id-MLKEM1024-ECDH-P384-SHA3-256", "MLKEM1024-P384", 97 },
	{ "id-MLKEM768-ECDH-P256-SHA3-256", "MLKEM768-P256", 65 },
	{ "id-alg-ml-kem-768", "ML-KEM-768", 0 },
	{ "id-alg-ml-kem-1024", "ML-KEM-1024", 0 },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static bool
gives(const struct kem_key *k, struct bytes ct, struct bytes secret)
{
	uint8_t got[KEM_SECRET];

	return kem_decapsulate(k, ct, got) &&
	       bytes_eq(bytes_of(got, sizeof(got)), secret);
}

/* Sizes, OIDs, and the same keys in a certificate and in PKCS #8. */
static void
the_fields_agree(const struct kem_alg *alg, const json_t *t)
{
	struct buf ek = vector_base64(t, "ek"), dk = vector_base64(t, "dk");
	struct buf c = vector_base64(t, "c"), k = vector_base64(t, "k");
	struct buf cert = vector_base64(t, "x5c");
	struct buf pkcs8 = vector_base64(t, "dk_pkcs8");
	struct named_key pub = certificate_key(buf_bytes(&cert));
	struct named_key priv = pkcs8_key(buf_bytes(&pkcs8));

	ok(ek.len == alg->pub && dk.len == alg->priv && c.len == alg->ct &&
		k.len == KEM_SECRET,
	    "%s: keys, ciphertexts and secrets have their sizes", alg->name);
	ok(kem_by_oid(pub.oid) == alg && bytes_eq(pub.key, buf_bytes(&ek)),
	    "%s: its certificate names it and has its key", alg->name);
	ok(kem_by_oid(priv.oid) == alg && bytes_eq(priv.key, buf_bytes(&dk)),
	    "%s: its PKCS #8 names it and has its key", alg->name);
	buf_free(&ek);
	buf_free(&dk);
	buf_free(&c);
	buf_free(&k);
	buf_free(&cert);
	buf_free(&pkcs8);
}

/* A bit in eleven of the ML-KEM half, each bit of the classical one. */
static void
no_flipped_bit_gives_the_secret(
    const struct kem_key *key, struct buf *c, struct bytes secret, size_t curve)
{
	size_t bits = c->len * 8, first = bits - curve * 8, bit, n = 0;
	size_t got = 0;

	for (bit = 0; bit < bits; bit += bit < first ? 11 : 1, n++) {
		c->p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		got += gives(key, buf_bytes(c), secret);
		c->p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	is(got, 0, "%s: none of %zu flipped bits gives the secret",
	    kem_key_alg(key)->name, n);
}

static void
the_vector_holds(const struct row *row, const json_t *t)
{
	const struct kem_alg *alg = kem_by_name(row->alg);
	struct buf ek = vector_base64(t, "ek"), dk = vector_base64(t, "dk");
	struct buf c = vector_base64(t, "c"), k = vector_base64(t, "k");
	struct kem_key *key = kem_key_of(alg, buf_bytes(&dk));
	uint8_t ct[KEM_CT_MAX], secret[KEM_SECRET];
	struct err e;

	if (!ok(key != NULL, "%s: the private key is read", row->id))
		goto out;
	same(kem_key_pub(key), buf_bytes(&ek), "%s: and has the public key",
	    row->id);
	same(kem_key_priv(key), buf_bytes(&dk), "%s: and is written as it was",
	    row->id);
	ok(gives(key, buf_bytes(&c), buf_bytes(&k)),
	    "%s: the ciphertext gives the secret", row->id);
	no_flipped_bit_gives_the_secret(key, &c, buf_bytes(&k), row->curve);
	went(kem_encapsulate(alg, buf_bytes(&ek), ct, secret, &e), &e,
	    "%s: we encapsulate to the public key", row->id);
	ok(gives(key, bytes_of(ct, alg->ct), bytes_of(secret, KEM_SECRET)),
	    "%s: and its holder has the same secret", row->id);
out:
	kem_key_free(key);
	buf_free(&ek);
	buf_free(&dk);
	buf_free(&c);
	buf_free(&k);
}

/* Public keys that are none, each made of the good one by a patch. */
static const struct {
	const char *alg, *what;
	size_t at; /* from its end where there is "end" */
	bool end;
	const char *patch; /* hex */
} bad_pubs[] = {
	{ "ML-KEM-768", "a coefficient over q (FIPS 203 7.2)", 0, false,
	    "ffffff" },
	{ "ML-KEM-1024", "a coefficient of q", 0, false, "010d00" },
	{ "MLKEM768-X25519", "a coefficient over q", 0, false, "ffffff" },
	{ "MLKEM768-X25519", "a point of small order", 32, true,
	    "000000000000000000000000000000000000000000000000000000000000000"
	    "0" },
	{ "MLKEM1024-P384", "a point off the curve", 48, true,
	    "000000000000000000000000000000000000000000000000"
	    "000000000000000000000000000000000000000000000001" },
	{ "MLKEM1024-P384", "a compressed point", 97, true, "02" },
	{ "MLKEM1024-P384", "a hybrid point", 97, true, "06" },
	{ "MLKEM1024-P384", "the point at infinity", 97, true, "00" },
	{ "MLKEM768-P256", "a point off the curve", 32, true,
	    "000000000000000000000000000000000000000000000000"
	    "0000000000000001" },
};

/* The same patches make a ciphertext's classical half bad. */
static void
bad_public_keys_are_refused(void)
{
	uint8_t pub[KEM_PUB_MAX], ct[KEM_CT_MAX], got[KEM_SECRET];
	uint8_t zero[KEM_SECRET] = { 0 };
	size_t i, at, len;
	struct err e;

	for (i = 0; i < sizeof(bad_pubs) / sizeof(bad_pubs[0]); i++) {
		const struct kem_alg *alg = kem_by_name(bad_pubs[i].alg);
		struct kem_key *key = kem_generate(alg);

		len = strlen(bad_pubs[i].patch) / 2;
		at = bad_pubs[i].end ? alg->pub - bad_pubs[i].at
				     : bad_pubs[i].at;
		memcpy(pub, kem_key_pub(key).p, alg->pub);
		(void)hex_parse(pub + at, len, bytes_str(bad_pubs[i].patch));
		memset(got, 1, sizeof(got));
		ok(kem_encapsulate(alg, bytes_of(pub, alg->pub), ct, got, &e) ==
			    RC_INVALID &&
			memcmp(got, zero, sizeof(got)) == 0,
		    "%s: %s is no public key", alg->name, bad_pubs[i].what);
		if (bad_pubs[i].end && kem_encapsulate(alg, kem_key_pub(key),
					   ct, got, &e) == RC_OK) {
			memcpy(ct + alg->ct - bad_pubs[i].at,
			    pub + alg->pub - bad_pubs[i].at, bad_pubs[i].at);
			ok(!kem_decapsulate(key, bytes_of(ct, alg->ct), got) &&
				memcmp(got, zero, sizeof(got)) == 0,
			    "%s: nor is it a ciphertext", alg->name);
		}
		kem_key_free(key);
	}
}

/* Numbers that are no private key of P-384: they are read from files. */
static const struct {
	const char *what, *number;
} bad_numbers[] = {
	{ "zero", "000000000000000000000000000000000000000000000000"
		  "000000000000000000000000000000000000000000000000" },
	{ "the group's order",
	    "ffffffffffffffffffffffffffffffffffffffffffffffff"
	    "c7634d81f4372ddf581a0db248b0a77aecec196accc52973" },
	{ "one over the group's order",
	    "ffffffffffffffffffffffffffffffffffffffffffffffff"
	    "c7634d81f4372ddf581a0db248b0a77aecec196accc52974" },
	{ "all bits", "ffffffffffffffffffffffffffffffffffffffffffffffff"
		      "ffffffffffffffffffffffffffffffffffffffffffffffff" },
};

static void
bad_private_numbers_are_refused(void)
{
	const struct kem_alg *alg = kem_by_name("MLKEM1024-P384");
	struct kem_key *good = kem_generate(alg), *bad;
	uint8_t priv[KEM_PRIV_MAX];
	size_t i;

	for (i = 0; i < sizeof(bad_numbers) / sizeof(bad_numbers[0]); i++) {
		memcpy(priv, kem_key_priv(good).p, alg->priv);
		(void)hex_parse(
		    priv + 64 + 7, 48, bytes_str(bad_numbers[i].number));
		bad = kem_key_of(alg, bytes_of(priv, alg->priv));
		ok(bad == NULL, "P-384: %s is no private key",
		    bad_numbers[i].what);
		kem_key_free(bad);
	}
	kem_key_free(good);
}

int
main(void)
{
	json_t *all = vectors_load("composite-kem-testvectors.json");
	size_t i;

	for (i = 0; all != NULL && i < ROWS; i++) {
		const json_t *t = vector_test(all, rows[i].id);

		the_fields_agree(kem_by_name(rows[i].alg), t);
		the_vector_holds(&rows[i], t);
	}
	json_decref(all);
	bad_public_keys_are_refused();
	bad_private_numbers_are_refused();
	return done();
}
