/* SPDX-License-Identifier: EUPL-1.2 */
/* Ends of TLS that are no line's, and one that is: whom tests of lines meet
 * (docs/link.md 14). */
#ifndef TESTS_OTHER_TLS_H
#define TESTS_OTHER_TLS_H

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "../tests/tap.h"

#define GOOD(i) ((i) == 0) /* the first is what a line is */
enum has { NOTHING, RAW_MLDSA65, RAW_ED25519, RAW_MLDSA87, CERTIFICATE };
static struct {
	const char *name;
	char groups[24], sigalgs[24]; /* OpenSSL takes no const */
	int most;		      /* TLS version */
	enum has has;
} peers[] = {
	{ "another program with a raw ML-DSA-65 key", "X25519MLKEM768",
	    "mldsa65", TLS1_3_VERSION, RAW_MLDSA65 },
	{ "a peer of TLS 1.2", "X25519", "ed25519", TLS1_2_VERSION,
	    RAW_ED25519 },
	{ "a peer without the hybrid group", "X25519", "mldsa65",
	    TLS1_3_VERSION, RAW_MLDSA65 },
	{ "a peer with ML-KEM alone", "MLKEM768", "mldsa65", TLS1_3_VERSION,
	    RAW_MLDSA65 },
	{ "a peer with another hybrid", "SecP256r1MLKEM768", "mldsa65",
	    TLS1_3_VERSION, RAW_MLDSA65 },
	{ "a peer with an Ed25519 key", "X25519MLKEM768", "ed25519:mldsa65",
	    TLS1_3_VERSION, RAW_ED25519 },
	{ "a peer with an ML-DSA-87 key", "X25519MLKEM768", "mldsa87:mldsa65",
	    TLS1_3_VERSION, RAW_MLDSA87 },
	{ "a peer with a certificate", "X25519MLKEM768", "mldsa65",
	    TLS1_3_VERSION, CERTIFICATE },
	{ "a peer without a key", "X25519MLKEM768", "mldsa65", TLS1_3_VERSION,
	    NOTHING },
};

static inline X509 *
certificate(EVP_PKEY *key)
{
	X509 *x = X509_new();

	(void)X509_set_version(x, X509_VERSION_3);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	(void)X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	(void)X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	(void)X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN",
	    MBSTRING_ASC, (const unsigned char *)"x", -1, -1, 0);
	(void)X509_set_issuer_name(x, X509_get_subject_name(x));
	(void)X509_set_pubkey(x, key);
	if (X509_sign(x, key, NULL) == 0)
		bug("no certificate");
	return x;
}

static inline SSL_CTX *
foreign(size_t i, bool dials)
{
	static const unsigned char raw[] = { TLSEXT_cert_type_rpk,
		TLSEXT_cert_type_x509 };
	static const char *const types[] = { NULL, "ML-DSA-65", "ED25519",
		"ML-DSA-87", "ML-DSA-65" };
	SSL_CTX *ctx = SSL_CTX_new(TLS_method());
	EVP_PKEY *key = NULL;
	X509 *x;

	if (peers[i].has != NOTHING)
		key = EVP_PKEY_Q_keygen(NULL, NULL, types[peers[i].has]);
	SSL_CTX_set_security_level(ctx, 0);
	if (SSL_CTX_set_max_proto_version(ctx, peers[i].most) != 1 ||
	    SSL_CTX_set1_groups_list(ctx, peers[i].groups) != 1 ||
	    SSL_CTX_set1_sigalgs_list(ctx, peers[i].sigalgs) != 1 ||
	    (key != NULL && SSL_CTX_use_PrivateKey(ctx, key) != 1))
		bug("a foreign peer that cannot be made");
	if (peers[i].has == CERTIFICATE) {
		x = certificate(key);
		if (SSL_CTX_use_certificate(ctx, x) != 1)
			bug("no certificate");
		X509_free(x);
		/* it takes our raw key, and has a certificate itself */
		(void)SSL_CTX_set1_server_cert_type(ctx, raw + !dials, 1);
		(void)SSL_CTX_set1_client_cert_type(ctx, raw + dials, 1);
	} else {
		(void)SSL_CTX_set1_server_cert_type(ctx, raw, 2);
		(void)SSL_CTX_set1_client_cert_type(ctx, raw, 2);
	}
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	EVP_PKEY_free(key);
	return ctx;
}

static inline int
takes_any(int preverified, X509_STORE_CTX *store)
{
	(void)preverified;
	X509_STORE_CTX_set_error(store, X509_V_OK);
	return 1;
}

#endif
