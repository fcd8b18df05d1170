/* SPDX-License-Identifier: EUPL-1.2 */
#include "der/oid.h"

#include <stdio.h>
#include <string.h>

#include "der/der.h"

#define ROW(id, text, arcs, bytes)                                             \
	[id] = { text, arcs, { (const uint8_t *)(bytes), sizeof(bytes) - 1 } }
#define UUID                                                                   \
	"\x69\x83\xca\xce\x9c\x9c\xfe\x8f\xea\x83\x93\x8e\xa5\x88\xf0\x9c\xf6" \
	"\xe3\xca\x72"
#define ARC DER_ARC

const struct oid_row oid_table[OID_COUNT] = {
	ROW(OID_CONTENT_DATA, "data", "1.2.840.113549.1.7.1",
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"),
	ROW(OID_SIGNED_DATA, "signedData", "1.2.840.113549.1.7.2",
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"),
	ROW(OID_AUTH_ENVELOPED, "authEnvelopedData",
	    "1.2.840.113549.1.9.16.1.23",
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"),
	ROW(OID_ORI_KEM, "ori-kem", "1.2.840.113549.1.9.16.13.3",
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x0d\x03"),
	ROW(OID_HKDF_SHA256, "hkdf-with-sha256", "1.2.840.113549.1.9.16.3.28",
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x1c"),
	ROW(OID_AES256_WRAP, "aes256-wrap", "2.16.840.1.101.3.4.1.45",
	    "\x60\x86\x48\x01\x65\x03\x04\x01\x2d"),
	ROW(OID_AES256_GCM, "aes256-GCM", "2.16.840.1.101.3.4.1.46",
	    "\x60\x86\x48\x01\x65\x03\x04\x01\x2e"),
	ROW(OID_SHA256, "sha256", "2.16.840.1.101.3.4.2.1",
	    "\x60\x86\x48\x01\x65\x03\x04\x02\x01"),
	ROW(OID_SHA512, "sha512", "2.16.840.1.101.3.4.2.3",
	    "\x60\x86\x48\x01\x65\x03\x04\x02\x03"),
	ROW(OID_MLKEM512, "ML-KEM-512", "2.16.840.1.101.3.4.4.1",
	    "\x60\x86\x48\x01\x65\x03\x04\x04\x01"),
	ROW(OID_MLKEM768, "ML-KEM-768", "2.16.840.1.101.3.4.4.2",
	    "\x60\x86\x48\x01\x65\x03\x04\x04\x02"),
	ROW(OID_MLKEM1024, "ML-KEM-1024", "2.16.840.1.101.3.4.4.3",
	    "\x60\x86\x48\x01\x65\x03\x04\x04\x03"),
	ROW(OID_MLKEM768_X25519, "MLKEM768-X25519-SHA3-256",
	    "1.3.6.1.5.5.7.6.58", "\x2b\x06\x01\x05\x05\x07\x06\x3a"),
	ROW(OID_MLKEM768_P256, "MLKEM768-ECDH-P256-SHA3-256",
	    "1.3.6.1.5.5.7.6.59", "\x2b\x06\x01\x05\x05\x07\x06\x3b"),
	ROW(OID_MLKEM1024_P384, "MLKEM1024-ECDH-P384-SHA3-256",
	    "1.3.6.1.5.5.7.6.63", "\x2b\x06\x01\x05\x05\x07\x06\x3f"),
	ROW(OID_MLDSA65, "ML-DSA-65", "2.16.840.1.101.3.4.3.18",
	    "\x60\x86\x48\x01\x65\x03\x04\x03\x12"),
	ROW(OID_MLDSA87, "ML-DSA-87", "2.16.840.1.101.3.4.3.19",
	    "\x60\x86\x48\x01\x65\x03\x04\x03\x13"),
	ROW(OID_ED25519, "Ed25519", "1.3.101.112", "\x2b\x65\x70"),
	ROW(OID_MLDSA65_ED25519, "MLDSA65-Ed25519-SHA512", "1.3.6.1.5.5.7.6.48",
	    "\x2b\x06\x01\x05\x05\x07\x06\x30"),
	ROW(OID_MLDSA87_P384, "MLDSA87-ECDSA-P384-SHA512", "1.3.6.1.5.5.7.6.49",
	    "\x2b\x06\x01\x05\x05\x07\x06\x31"),
	ROW(OID_AT_CONTENT_TYPE, "contentType", "1.2.840.113549.1.9.3",
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03"),
	ROW(OID_AT_DIGEST, "messageDigest", "1.2.840.113549.1.9.4",
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04"),
	ROW(OID_AT_SIGNING_TIME, "signingTime", "1.2.840.113549.1.9.5",
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05"),
	ROW(OID_AT_SIGNING_CERT, "signingCertificateV2",
	    "1.2.840.113549.1.9.16.2.47",
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f"),
	ROW(OID_AT_ALG_PROTECTION, "CMSAlgorithmProtection",
	    "1.2.840.113549.1.9.52", "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x34"),
	ROW(OID_AT_LABEL, "securityLabel", "1.2.840.113549.1.9.16.2.2",
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x02"),
	ROW(OID_AT_RECEIPT_REQUEST, "receiptRequest",
	    "1.2.840.113549.1.9.16.2.1",
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x01"),
	ROW(OID_AT_SMIME_CAPABILITIES, "smimeCapabilities",
	    "1.2.840.113549.1.9.15", "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0f"),
	ROW(OID_X_COMMON_NAME, "commonName", "2.5.4.3", "\x55\x04\x03"),
	ROW(OID_X_SKI, "subjectKeyIdentifier", "2.5.29.14", "\x55\x1d\x0e"),
	ROW(OID_X_KEY_USAGE, "keyUsage", "2.5.29.15", "\x55\x1d\x0f"),
	ROW(OID_X_SAN, "subjectAltName", "2.5.29.17", "\x55\x1d\x11"),
	ROW(OID_X_BASIC, "basicConstraints", "2.5.29.19", "\x55\x1d\x13"),
	ROW(OID_X_NAME_CONSTRAINTS, "nameConstraints", "2.5.29.30",
	    "\x55\x1d\x1e"),
	ROW(OID_X_CRL_NUMBER, "cRLNumber", "2.5.29.20", "\x55\x1d\x14"),
	ROW(OID_X_CRL_REASON, "reasonCode", "2.5.29.21", "\x55\x1d\x15"),
	ROW(OID_X_AKI, "authorityKeyIdentifier", "2.5.29.35", "\x55\x1d\x23"),
	ROW(OID_ANTIN_DISPATCH, "antin-dispatch", ARC ".1.1", UUID "\x01\x01"),
	ROW(OID_ANTIN_DOCUMENT, "antin-document", ARC ".1.2", UUID "\x01\x02"),
	ROW(OID_ANTIN_KEY_FILE, "antin-key-file", ARC ".1.3", UUID "\x01\x03"),
	ROW(OID_ANTIN_AT_HEADER, "antin-header", ARC ".2.1", UUID "\x02\x01"),
	ROW(OID_ANTIN_AT_DISPATCH, "antin-dispatch-statement", ARC ".2.2",
	    UUID "\x02\x02"),
	ROW(OID_ANTIN_LABEL_POLICY, "antin-label-policy", ARC ".3.1",
	    UUID "\x03\x01"),
	ROW(OID_ANTIN_KDF_ARGON2ID, "antin-argon2id", ARC ".4.1",
	    UUID "\x04\x01"),
	ROW(OID_ANTIN_KDF_NONE, "antin-no-passphrase", ARC ".4.2",
	    UUID "\x04\x02"),
	ROW(OID_ANTIN_KDF_SHARES, "antin-shares", ARC ".4.3",
	    UUID "\x04\x03"),
	ROW(OID_ANTIN_RIGHTS, "antin-rights", ARC ".5.1", UUID "\x05\x01"),
	ROW(OID_X_EXT_KEY_USAGE, "extKeyUsage", "2.5.29.37", "\x55\x1d\x25"),
	ROW(OID_SERVER_AUTH, "serverAuth", "1.3.6.1.5.5.7.3.1",
	    "\x2b\x06\x01\x05\x05\x07\x03\x01"),
	ROW(OID_EC_PUBLIC_KEY, "id-ecPublicKey", "1.2.840.10045.2.1",
	    "\x2a\x86\x48\xce\x3d\x02\x01"),
	ROW(OID_P256, "prime256v1", "1.2.840.10045.3.1.7",
	    "\x2a\x86\x48\xce\x3d\x03\x01\x07"),
	ROW(OID_ECDSA_SHA256, "ecdsa-with-SHA256", "1.2.840.10045.4.3.2",
	    "\x2a\x86\x48\xce\x3d\x04\x03\x02"),
};

struct bytes
oid(enum oid o)
{
	return oid_table[o].der;
}

const char *
oid_name(struct bytes der)
{
	size_t i;

	for (i = 0; i < OID_COUNT; i++)
		if (bytes_eq(oid_table[i].der, der))
			return oid_table[i].name;
	return NULL;
}

/*
 * An arc of up to 128 bits (2.25.<UUID>) as decimal digits, the least
 * significant first.
 */
struct decimal {
	uint8_t digit[48];
};

/* v = v * 128 + more; false where it has more digits than are kept. */
static bool
decimal_step(struct decimal *v, unsigned more)
{
	size_t i;

	for (i = 0; i < sizeof(v->digit); i++) {
		more += v->digit[i] * 128u;
		v->digit[i] = (uint8_t)(more % 10);
		more /= 10;
	}
	return more == 0;
}

/* v = v - less, where v >= less */
static void
decimal_less(struct decimal *v, unsigned less)
{
	unsigned borrow = 0, sub;
	size_t i;

	for (i = 0; i < sizeof(v->digit); i++, less /= 10) {
		sub = less % 10 + borrow;
		borrow = v->digit[i] < sub;
		v->digit[i] = (uint8_t)(v->digit[i] + 10 * borrow - sub);
	}
}

static size_t
decimal_top(const struct decimal *v)
{
	size_t top = sizeof(v->digit) - 1;

	while (top > 0 && v->digit[top] == 0)
		top--;
	return top;
}

/* X.690 8.19.4: the first number holds two arcs, root * 40 + second. */
static unsigned
split_root(struct decimal *v)
{
	unsigned low = v->digit[1] * 10u + v->digit[0];
	unsigned root = decimal_top(v) > 1 || low >= 80 ? 2 : low / 40;

	decimal_less(v, root * 40);
	return root;
}

void
der_oid_text(char out[static DER_OID_TEXT], struct bytes oid)
{
	struct decimal v = { 0 };
	size_t i, top, n = 0;
	bool fits = der_oid_ok(oid);

	for (i = 0; i < oid.len && fits; i++) {
		fits = decimal_step(&v, oid.p[i] & 0x7fu);
		if (oid.p[i] & 0x80)
			continue;
		/* a root, a dot, the digits and in the end a NUL */
		fits = fits && n + decimal_top(&v) + 4 <= DER_OID_TEXT;
		if (!fits)
			break;
		if (n == 0)
			out[n++] = (char)('0' + split_root(&v));
		out[n++] = '.';
		top = decimal_top(&v) + 1;
		while (top-- > 0)
			out[n++] = (char)('0' + v.digit[top]);
		v = (struct decimal){ 0 };
	}
	out[n] = '\0';
	if (!fits)
		(void)snprintf(out, DER_OID_TEXT, "?");
}
