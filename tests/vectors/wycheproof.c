/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Wycheproof's vectors: what our primitives do with its edge cases.  Of the
 * files at hand only chunked encryption is not here: it is another format
 * than that of our attachments.
 */
#include <openssl/evp.h>

#include "../tests/vectors/json.h"
#include "crypto/aead.h"
#include "crypto/curve.h"
#include "crypto/kdf.h"
#include "crypto/kem.h"
#include "crypto/sig.h"

enum verdict {
	REFUSED,
	ACCEPTED, /* with the answer of the vector */
	WRONG,	  /* with another answer */
	LEFT_OUT, /* our interface cannot say this */
};

static const char *const verdicts[] = { "refused", "accepted", "another answer",
	"left out" };

static enum verdict
answered(struct bytes got, const struct buf *wanted)
{
	return bytes_eq(got, buf_bytes(wanted)) ? ACCEPTED : WRONG;
}

/* Both ways: it opens, and we seal the same. */
static enum verdict
gcm(const json_t *group, const json_t *t)
{
	struct buf key, iv, aad, msg, ct, tag;
	uint8_t out[1024], made[AEAD_TAG];
	enum verdict v = REFUSED;
	struct aead *a;

	if (vector_uint(group, "keySize") != 256 ||
	    vector_uint(group, "ivSize") != 96 ||
	    vector_uint(group, "tagSize") != 128)
		return LEFT_OUT;
	key = vector_hex(t, "key");
	iv = vector_hex(t, "iv");
	aad = vector_hex(t, "aad");
	msg = vector_hex(t, "msg");
	ct = vector_hex(t, "ct");
	tag = vector_hex(t, "tag");
	if (key.len != AEAD_KEY || iv.len != AEAD_NONCE ||
	    tag.len != AEAD_TAG || ct.len > sizeof(out))
		vector_bail("AES-GCM", "a vector of another size");
	a = aead_new(key.p);
	if (aead_open(a, iv.p, buf_bytes(&aad), buf_bytes(&ct), tag.p, out)) {
		v = answered(bytes_of(out, ct.len), &msg);
		aead_seal(a, iv.p, buf_bytes(&aad), buf_bytes(&msg), out, made);
		if (!bytes_eq(bytes_of(out, ct.len), buf_bytes(&ct)) ||
		    !bytes_eq(bytes_of(made, AEAD_TAG), buf_bytes(&tag)))
			v = WRONG;
	}
	aead_free(a);
	buf_free(&key);
	buf_free(&iv);
	buf_free(&aad);
	buf_free(&msg);
	buf_free(&ct);
	buf_free(&tag);
	return v;
}

static enum verdict
wrap(const json_t *group, const json_t *t)
{
	struct buf key = vector_hex(t, "key"), msg = vector_hex(t, "msg");
	struct buf ct = vector_hex(t, "ct");
	uint8_t out[WRAP_KEY], made[WRAP_SIZE];
	enum verdict v = REFUSED;

	if (vector_uint(group, "keySize") != 256 || key.len != WRAP_KEY ||
	    msg.len != WRAP_KEY || ct.len != WRAP_SIZE) {
		v = LEFT_OUT;
	} else if (key_unwrap(out, key.p, ct.p)) {
		v = answered(bytes_of(out, sizeof(out)), &msg);
		key_wrap(made, key.p, msg.p);
		if (!bytes_eq(bytes_of(made, sizeof(made)), buf_bytes(&ct)))
			v = WRONG;
	}
	buf_free(&key);
	buf_free(&msg);
	buf_free(&ct);
	return v;
}

static enum verdict
hkdf(const json_t *group, const json_t *t)
{
	struct buf ikm = vector_hex(t, "ikm"), salt = vector_hex(t, "salt");
	struct buf info = vector_hex(t, "info"), okm = vector_hex(t, "okm");
	struct buf out = { 0 };
	size_t size = vector_uint(t, "size");
	enum verdict v = LEFT_OUT;

	(void)group;
	if (size <= 255 * 32) { /* RFC 5869 2.3; over it is a broken promise */
		hkdf_sha256(buf_grow(&out, size), size, buf_bytes(&salt),
		    buf_bytes(&ikm), buf_bytes(&info));
		v = answered(buf_bytes(&out), &okm);
	}
	buf_free(&ikm);
	buf_free(&salt);
	buf_free(&info);
	buf_free(&okm);
	buf_free(&out);
	return v;
}

static enum verdict
x25519(const json_t *group, const json_t *t)
{
	struct buf pub = vector_hex(t, "public"), wanted;
	struct buf priv = vector_hex(t, "private");
	EVP_PKEY *peer = curve_pub(CURVE_X25519, buf_bytes(&pub));
	EVP_PKEY *own = curve_priv(CURVE_X25519, buf_bytes(&priv));
	uint8_t out[CURVE_SECRET_MAX];
	enum verdict v = REFUSED;

	(void)group;
	wanted = vector_hex(t, "shared");
	if (peer != NULL && own != NULL &&
	    curve_agree(CURVE_X25519, own, peer, out))
		v = answered(bytes_of(out, 32), &wanted);
	EVP_PKEY_free(peer);
	EVP_PKEY_free(own);
	buf_free(&pub);
	buf_free(&priv);
	buf_free(&wanted);
	return v;
}

static enum verdict
verify(const char *name, struct buf *pub, const json_t *t)
{
	struct buf msg = vector_hex(t, "msg"), sig = vector_hex(t, "sig");
	struct buf ctx = { 0 };
	struct sig_pub *p = sig_pub_of(sig_by_name(name), buf_bytes(pub));
	enum verdict v = REFUSED;

	if (vector_has(t, "ctx"))
		ctx = vector_hex(t, "ctx");
	if (p != NULL &&
	    sig_verify(p, buf_bytes(&ctx), buf_bytes(&msg), buf_bytes(&sig)))
		v = ACCEPTED;
	sig_pub_free(p);
	buf_free(&msg);
	buf_free(&sig);
	buf_free(&ctx);
	buf_free(pub);
	return v;
}

static enum verdict
ed25519(const json_t *group, const json_t *t)
{
	struct buf pub = vector_hex(json_object_get(group, "publicKey"), "pk");

	return verify("Ed25519", &pub, t);
}

static enum verdict
mldsa(const json_t *group, const json_t *t)
{
	struct buf pub = vector_hex(group, "publicKey");

	return verify("ML-DSA-65", &pub, t);
}

/*
 * No suite has a bare ECDSA, so this is the way a composite's half goes, of
 * the same parts: a point through curve.h, two numbers in strict DER, OpenSSL.
 */
static enum verdict
ecdsa(const json_t *group, const json_t *t)
{
	struct buf pub =
	    vector_hex(json_object_get(group, "publicKey"), "uncompressed");
	struct buf msg = vector_hex(t, "msg"), sig = vector_hex(t, "sig");
	EVP_PKEY *key = curve_pub(CURVE_P384, buf_bytes(&pub));
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct der d = der_init(buf_bytes(&sig));
	enum verdict v = REFUSED;
	struct err e;

	der_open(&d, DER_SEQUENCE);
	(void)der_big(&d, 48);
	(void)der_big(&d, 48);
	der_close(&d);
	if (key == NULL)
		v = WRONG; /* these keys are all good */
	else if (der_end(&d, "an ECDSA signature", &e) == RC_OK &&
		 EVP_DigestVerifyInit_ex(
		     ctx, NULL, "SHA384", NULL, NULL, key, NULL) == 1 &&
		 EVP_DigestVerify(ctx, sig.p, sig.len, msg.p, msg.len) == 1)
		v = ACCEPTED;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	buf_free(&pub);
	buf_free(&msg);
	buf_free(&sig);
	return v;
}

static enum verdict
mlkem(const json_t *group, const json_t *t)
{
	struct buf seed = vector_hex(t, "seed"), c = vector_hex(t, "c");
	struct buf ek = { 0 }, secret = vector_hex(t, "K");
	struct kem_key *k =
	    kem_key_of(kem_by_name("ML-KEM-768"), buf_bytes(&seed));
	uint8_t out[KEM_SECRET];
	enum verdict v = REFUSED;

	if (strcmp(vector_str(group, "parameterSet"), "ML-KEM-768") != 0)
		vector_bail("ML-KEM", "another parameter set");
	if (k != NULL && kem_decapsulate(k, buf_bytes(&c), out))
		v = answered(bytes_of(out, sizeof(out)), &secret);
	if (k != NULL && vector_has(t, "ek")) {
		ek = vector_hex(t, "ek");
		if (!bytes_eq(kem_key_pub(k), buf_bytes(&ek)))
			v = WRONG;
	}
	kem_key_free(k);
	buf_free(&seed);
	buf_free(&c);
	buf_free(&ek);
	buf_free(&secret);
	return v;
}

static const struct file {
	const char *name;
	const char *left_out; /* which of it, and why */
	size_t least;	      /* cases that must run, of its present edition */
	enum verdict (*run)(const json_t *group, const json_t *t);
} files[] = {
	{ "aes_gcm_test.json", "other sizes than 256, 96 and 128 bits", 66,
	    gcm },
	{ "aes_wrap_test.json", "other keys than 32 bytes under 32", 16, wrap },
	{ "hkdf_sha256_test.json", "more output than HKDF has", 83, hkdf },
	{ "x25519_test.json", "none", 518, x25519 },
	{ "ed25519_test.json", "none", 151, ed25519 },
	{ "ecdsa_secp384r1_sha384_test.json", "none", 504, ecdsa },
	{ "mldsa_65_verify_test.json", "none", 210, mldsa },
	{ "mlkem_768_test.json", "none", 193, mlkem },
};

/* "acceptable" is accepted, but a secret of zeros never is (RFC 7748 6.1). */
static enum verdict
wanted_of(const json_t *t)
{
	const char *result = vector_str(t, "result");

	if (strcmp(result, "valid") == 0)
		return ACCEPTED;
	if (strcmp(result, "acceptable") == 0 &&
	    !vector_flag(t, "flags", "ZeroSharedSecret"))
		return ACCEPTED;
	return REFUSED;
}

struct tally {
	size_t run, left_out, accepted, refused, wrong;
};

static void
run_case(
    const struct file *f, const json_t *group, const json_t *t, struct tally *n)
{
	enum verdict v = f->run(group, t), wanted = wanted_of(t);

	if (v == LEFT_OUT) {
		n->left_out++;
		return;
	}
	n->run++;
	n->accepted += wanted == ACCEPTED;
	n->refused += wanted == REFUSED;
	if (v != wanted && n->wrong++ < 5)
		note("%s %zu: %s, wanted %s", f->name, vector_uint(t, "tcId"),
		    verdicts[v], verdicts[wanted]);
}

static void
run_file(const struct file *f)
{
	const json_t *group, *t;
	struct tally n = { 0 };
	char path[128];
	size_t i, j;
	json_t *all;

	(void)snprintf(path, sizeof(path), "wycheproof/%s", f->name);
	all = vectors_load(path);
	if (all == NULL)
		return;
	json_array_foreach(json_object_get(all, "testGroups"), i, group)
	    json_array_foreach(json_object_get(group, "tests"), j, t)
		run_case(f, group, t, &n);
	note("%s: %zu to accept, %zu to refuse; %zu left out: %s", f->name,
	    n.accepted, n.refused, n.left_out, f->left_out);
	ok(n.wrong == 0 && n.run >= f->least,
	    "%s: each of %zu cases ends as it must", f->name, n.run);
	json_decref(all);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		run_file(&files[i]);
	return done();
}
