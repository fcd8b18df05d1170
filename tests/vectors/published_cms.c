/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The published examples of a KEMRecipientInfo: RFC 9936's appendix (ML-KEM-512
 * with AES-128) and that of draft-ietf-lamps-cms-composite-kem (ML-KEM-768 with
 * P-256, and AES-256), each step of them.
 */
#include <openssl/evp.h>

#include "../tests/foreign/cms.h"
#include "../tests/vectors/json.h"
#include "crypto/aead.h"
#include "crypto/pem.h"
#include "envelope/envelope.h"

static const struct row {
	const char *dir, *name, *priv; /* of its files */
	const char *alg;
	size_t key; /* bytes of its AES keys */
} rows[] = {
	{ "rfc9936", "ML-KEM-512", "ML-KEM-512-seed", "ML-KEM-512", 16 },
	{ "cms-composite-kem", "MLKEM768-ECDH-P256-SHA3-256",
	    "MLKEM768-ECDH-P256-SHA3-256", "MLKEM768-P256", 32 },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* ---- their files: PEM, text, and hex in lines ---------------------------- */

static struct buf
file(const struct row *row, const char *name, const char *suffix)
{
	char relative[128];
	const char *path;

	(void)snprintf(
	    relative, sizeof(relative), "%s/%s%s", row->dir, name, suffix);
	path = vector_path(relative);
	if (path == NULL)
		vector_bail(relative, "absent");
	return slurp(path);
}

static struct buf
pem_file(const struct row *row, const char *name, const char *suffix,
    const char *label)
{
	struct buf text = file(row, name, suffix), der;
	struct bytes at = buf_bytes(&text);
	struct err e;

	if (pem_read(&der, &at, label, &e) != RC_OK)
		vector_bail(name, e.text);
	buf_free(&text);
	return der;
}

static struct buf
hex_file(const struct row *row, const char *name, const char *suffix)
{
	struct buf text = file(row, name, suffix), digits = { 0 }, out = { 0 };
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.p[i] != '\n')
			buf_u8(&digits, text.p[i]);
	if (!hex_parse(buf_grow(&out, digits.len / 2), digits.len / 2,
		buf_bytes(&digits)))
		vector_bail(name, "not hex");
	buf_free(&text);
	buf_free(&digits);
	return out;
}

static void
is_file(
    struct bytes got, const struct row *row, const char *name, const char *what)
{
	struct buf wanted = hex_file(row, name, ".txt");

	same(got, buf_bytes(&wanted), "%s: %s", row->name, what);
	buf_free(&wanted);
}

/* ---- AES-128, which the program has not ---------------------------------- */

static bool
unwrap_128(uint8_t cek[static 16], const uint8_t *kek, struct bytes wrapped)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;
	bool good;

	EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	good = wrapped.len == 24 &&
	       EVP_DecryptInit_ex2(ctx, EVP_aes_128_wrap(), kek, NULL, NULL) ==
		   1 &&
	       EVP_DecryptUpdate(ctx, cek, &n, wrapped.p, 24) == 1 && n == 16;
	EVP_CIPHER_CTX_free(ctx);
	return good;
}

static bool
open_128(const struct foreign_cms *cms, const uint8_t *cek, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t mac[AEAD_TAG];
	int n = 0;
	bool good;

	memcpy(mac, cms->mac.p, sizeof(mac));
	good = EVP_DecryptInit_ex2(
		   ctx, EVP_aes_128_gcm(), cek, cms->nonce.p, NULL) == 1 &&
	       EVP_DecryptUpdate(
		   ctx, out, &n, cms->sealed.p, (int)cms->sealed.len) == 1 &&
	       EVP_CIPHER_CTX_ctrl(
		   ctx, EVP_CTRL_AEAD_SET_TAG, sizeof(mac), mac) == 1 &&
	       EVP_DecryptFinal_ex(ctx, out + n, &n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return good;
}

static bool
open_256(const struct foreign_cms *cms, const uint8_t *cek, uint8_t *out)
{
	struct aead *a = aead_new(cek);
	bool good = aead_open(
	    a, cms->nonce.p, (struct bytes){ 0 }, cms->sealed, cms->mac.p, out);

	aead_free(a);
	return good;
}

/* ---- the steps ----------------------------------------------------------- */

static struct kem_key *
the_key_is_read(const struct row *row, struct bytes rid)
{
	struct buf pkcs8 = pem_file(row, row->priv, ".priv", "PRIVATE KEY");
	struct buf cert = pem_file(row, row->name, ".pem", "CERTIFICATE");
	struct buf keyid = hex_file(row, row->name, ".keyid");
	struct named_key priv = pkcs8_key(buf_bytes(&pkcs8));
	struct named_key pub = certificate_key(buf_bytes(&cert));
	const struct kem_alg *alg = kem_by_name(row->alg);
	struct kem_key *key = kem_key_of(alg, priv.key);

	ok(kem_by_oid(priv.oid) == alg && kem_by_oid(pub.oid) == alg,
	    "%s: its keys name their algorithm", row->name);
	if (key == NULL)
		vector_bail(row->name, "its private key is not read");
	same(kem_key_pub(key), pub.key, "%s: the certificate has its key",
	    row->name);
	same(rid, buf_bytes(&keyid), "%s: the slip is for it", row->name);
	buf_free(&pkcs8);
	buf_free(&cert);
	buf_free(&keyid);
	return key;
}

/* RFC 9629 5: what the KEK is derived with, from what was read. */
static void
the_info_agrees(const struct row *row, const struct slip *slip)
{
	struct der_wr w = { 0 };

	der_put_open(&w, DER_SEQUENCE);
	der_put_open(&w, DER_SEQUENCE);
	der_put_oid(&w, slip->wrap);
	der_put_close(&w);
	der_put_uint(&w, slip->kek_size);
	der_put_close(&w);
	is_file(buf_bytes(&w.out), row, "ori_info",
	    "the wrap and the KEK's length are read");
	der_wr_free(&w);
}

static void
the_kek_comes_out(const struct row *row, const struct slip *slip,
    const struct kem_key *key, uint8_t kek[static WRAP_KEY])
{
	uint8_t secret[KEM_SECRET];

	is_file(slip->ct, row, "ciphertext", "the ciphertext is read");
	is_file(slip->wrapped, row, "encrypted_cek", "and the wrapped key");
	ok(kem_decapsulate(key, slip->ct, secret), "%s: it is decapsulated",
	    row->name);
	is_file(bytes_of(secret, sizeof(secret)), row, "shared_secret",
	    "to the shared secret");
	ok(slip_kek(kek, slip, key), "%s: the KEK is derived", row->name);
	is_file(
	    bytes_of(kek, row->key), row, "kek", "and is the one published");
}

static void
the_text_comes_out(const struct row *row, const struct foreign_cms *cms,
    const struct slip *slip, const struct kem_key *key)
{
	struct buf wanted = file(row, "plaintext", ".txt"), got = { 0 };
	uint8_t kek[WRAP_KEY], cek[WRAP_KEY];
	bool ours = row->key == WRAP_KEY, good;

	the_kek_comes_out(row, slip, key, kek);
	is(slip_open(cek, slip, key), ours,
	    "%s: a slip opens if it is of AES-256", row->name);
	ok(ours || unwrap_128(cek, kek, slip->wrapped),
	    "%s: the content key is unwrapped", row->name);
	is_file(bytes_of(cek, row->key), row, "cek", "as published");
	(void)buf_grow(&got, cms->sealed.len);
	good = ours ? open_256(cms, cek, got.p) : open_128(cms, cek, got.p);
	ok(good, "%s: the content authenticates", row->name);
	same(buf_bytes(&got), buf_bytes(&wanted), "%s: and is the plaintext",
	    row->name);
	buf_free(&wanted);
	buf_free(&got);
}

static void
the_example_is_read(const struct row *row)
{
	struct buf der = pem_file(row, row->name, ".cms", "CMS");
	struct foreign_cms cms;
	struct envelope env;
	struct kem_key *key;
	struct slip slip;
	struct err e;

	if (!went(foreign_cms_read(&cms, buf_bytes(&der), &e), &e,
		"%s: the structure is strict DER", row->name) ||
	    !went(slip_parse(&slip, cms.slip, &e), &e,
		"%s: its recipient is read as a slip", row->name))
		goto out;
	is(slip.kek_size, row->key, "%s: with a KEK of its length", row->name);
	ok(!slip_is_ours(&slip), "%s: but none of ours", row->name);
	ok(envelope_parse(&env, buf_bytes(&der), &e) == RC_INVALID,
	    "%s: the whole is none of our envelopes", row->name);
	key = the_key_is_read(row, slip.rid);
	the_info_agrees(row, &slip);
	the_text_comes_out(row, &cms, &slip, key);
	kem_key_free(key);
out:
	buf_free(&der);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (vector_path(rows[i].dir) == NULL)
			skip("%s is absent", rows[i].dir);
		else
			the_example_is_read(&rows[i]);
	return done();
}
