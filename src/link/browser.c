/* SPDX-License-Identifier: EUPL-1.2 */
#include "link/browser.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

struct browser_key {
	EVP_PKEY *pair;
};

struct browser_context {
	SSL_CTX *ctx;
};

struct browser {
	SSL *ssl;
	bool done;
};

struct browser_key *
browser_key_new(void)
{
	struct browser_key *k = alloc(1, sizeof(*k));

	k->pair = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	if (k->pair == NULL)
		bug("no P-256 key for browsers");
	return k;
}

void
browser_key_pub(const struct browser_key *k, uint8_t out[static BROWSER_PUB])
{
	size_t len = 0;

	if (EVP_PKEY_get_octet_string_param(k->pair, OSSL_PKEY_PARAM_PUB_KEY,
		out, BROWSER_PUB, &len) != 1 ||
	    len != BROWSER_PUB)
		bug("a public key did not come out");
}

void
browser_key_free(struct browser_key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->pair); /* wipes the private half */
	free(k);
}

/* docs/desk.md 11.5: the one protocol that web speaks.  Who offers others alone
 * wants something else here. */
static int
choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
    const unsigned char *in, unsigned in_len, void *ctx)
{
	static const unsigned char http[] = "\x08http/1.1";
	unsigned char *found;

	(void)ssl;
	(void)ctx;
	if (SSL_select_next_proto(&found, out_len, http, sizeof(http) - 1, in,
		in_len) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = found;
	return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *
context_new(void)
{
	char groups[] = "X25519MLKEM768:X25519:P-256";
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL ||
	    SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set1_groups_list(ctx, groups) != 1 ||
	    SSL_CTX_set_ciphersuites(ctx,
		"TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:"
		"TLS_AES_128_GCM_SHA256") != 1 ||
	    SSL_CTX_set_num_tickets(ctx, 0) != 1 ||
	    SSL_CTX_set_max_early_data(ctx, 0) != 1)
		bug("OpenSSL without what browsers need");
	SSL_CTX_set_options(ctx,
	    SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
		SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS |
				  SSL_MODE_ENABLE_PARTIAL_WRITE |
				  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* a browser's KeyUpdates do not hold the process */
	SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
	return ctx;
}

enum rc
browser_context_new(struct browser_context **out, const struct browser_key *k,
    struct bytes leaf, struct err *e)
{
	struct browser_context *c = alloc(1, sizeof(*c));
	const unsigned char *at = leaf.p;
	X509 *cert = NULL;
	bool ok;

	c->ctx = context_new();
	*out = NULL;
	if (leaf.len > 0 && leaf.len <= LONG_MAX)
		cert = d2i_X509(NULL, &at, (long)leaf.len);
	ok = cert != NULL && at == leaf.p + leaf.len &&
	     SSL_CTX_use_certificate(c->ctx, cert) == 1 &&
	     SSL_CTX_use_PrivateKey(c->ctx, k->pair) == 1 &&
	     SSL_CTX_check_private_key(c->ctx) == 1;
	X509_free(cert);
	ERR_clear_error();
	if (!ok) {
		browser_context_free(c);
		return fail(e, RC_INVALID,
		    "docs/desk.md 11.3: no certificate of the key that it was "
		    "asked for");
	}
	*out = c;
	return RC_OK;
}

void
browser_context_free(struct browser_context *c)
{
	if (c == NULL)
		return;
	SSL_CTX_free(c->ctx);
	free(c);
}

struct browser *
browser_new(struct browser_context *c, int fd)
{
	struct browser *b = alloc(1, sizeof(*b));

	b->ssl = SSL_new(c->ctx);
	if (b->ssl == NULL || SSL_set_fd(b->ssl, fd) != 1)
		bug("no memory for TLS");
	SSL_set_accept_state(b->ssl);
	ERR_clear_error();
	return b;
}

void
browser_free(struct browser *b)
{
	if (b == NULL)
		return;
	SSL_free(b->ssl);
	free(b);
}

/* What a call that returned "ret" <= 0 did. */
static enum tls_did
outcome(const struct browser *b, int ret, struct err *e)
{
	const int system = errno;
	const char *reason;

	switch (SSL_get_error(b->ssl, ret)) {
	case SSL_ERROR_WANT_READ:
		return TLS_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		ERR_clear_error();
		return TLS_CLOSED;
	case SSL_ERROR_SYSCALL:
		ERR_clear_error();
		errno = system;
		if (system == 0)
			(void)fail(e, RC_IO, "the connection ended");
		else
			(void)fail_io(e, "a browser's connection");
		return TLS_FAILED;
	default:
		break;
	}
	reason = ERR_reason_error_string(ERR_peek_error());
	ERR_clear_error();
	(void)fail(e, RC_DENIED, "docs/desk.md 11.5: TLS: %s",
	    reason == NULL ? "no reason given" : reason);
	return TLS_FAILED;
}

enum tls_did
browser_handshake(struct browser *b, struct err *e)
{
	int ret;

	if (b->done)
		return TLS_DONE;
	ERR_clear_error();
	errno = 0;
	ret = SSL_do_handshake(b->ssl);
	if (ret != 1)
		return outcome(b, ret, e);
	if (SSL_version(b->ssl) != TLS1_3_VERSION) {
		(void)fail(e, RC_DENIED, "docs/desk.md 11.5: not TLS 1.3");
		return TLS_FAILED;
	}
	b->done = true;
	return TLS_DONE;
}

static int
at_most(size_t len)
{
	return len > INT_MAX ? INT_MAX : (int)len;
}

enum tls_did
browser_read(
    struct browser *b, uint8_t *to, size_t max, size_t *got, struct err *e)
{
	int ret;

	*got = 0;
	if (!b->done || max == 0)
		bug("TLS is read before its handshake");
	ERR_clear_error();
	errno = 0;
	ret = SSL_read(b->ssl, to, at_most(max));
	if (ret <= 0)
		return outcome(b, ret, e);
	*got = (size_t)ret;
	return TLS_DONE;
}

enum tls_did
browser_write(struct browser *b, struct bytes in, size_t *sent, struct err *e)
{
	int ret;

	*sent = 0;
	if (!b->done || in.len == 0)
		bug("TLS is written to before its handshake");
	ERR_clear_error();
	errno = 0;
	ret = SSL_write(b->ssl, in.p, at_most(in.len));
	if (ret <= 0)
		return outcome(b, ret, e);
	*sent = (size_t)ret;
	return TLS_DONE;
}

bool
browser_pending(const struct browser *b)
{
	return SSL_has_pending(b->ssl) == 1;
}

void
browser_close(struct browser *b)
{
	if (b->done)
		(void)SSL_shutdown(b->ssl);
	ERR_clear_error();
}
