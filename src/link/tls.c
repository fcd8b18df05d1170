/* SPDX-License-Identifier: EUPL-1.2 */
#include "link/tls.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#define KEY_TYPE "ML-DSA-65"
#define KEY_MESSAGE 4096 /* bytes of a handshake message with a key: 14.6 */

struct tls_key {
	EVP_PKEY *pair;
	uint8_t public[LINK_KEY];
};

struct tls_context {
	SSL_CTX *ctx;
};

struct tls {
	SSL *ssl;
	bool done;
};

struct tls_key *
tls_key_new(void)
{
	struct tls_key *k = alloc(1, sizeof(*k));
	size_t len = sizeof(k->public);

	k->pair = EVP_PKEY_Q_keygen(NULL, NULL, KEY_TYPE);
	if (k->pair == NULL ||
	    EVP_PKEY_get_raw_public_key(k->pair, k->public, &len) != 1 ||
	    len != sizeof(k->public))
		bug("no ML-DSA-65 key for a line");
	return k;
}

const uint8_t *
tls_key_public(const struct tls_key *k)
{
	return k->public;
}

void
tls_key_free(struct tls_key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->pair); /* wipes the private half */
	free(k);
}

/* The peer's key is asked for and proved; whose it is, HELLO says.  OpenSSL
 * calls this with "not trusted" for each raw key; all else stays refused. */
static int
any_raw_key(int ok, X509_STORE_CTX *store)
{
	EVP_PKEY *key = X509_STORE_CTX_get0_rpk(store);

	(void)ok;
	if (key == NULL || EVP_PKEY_is_a(key, KEY_TYPE) != 1)
		return 0;
	X509_STORE_CTX_set_error(store, X509_V_OK);
	return 1;
}

/* docs/link.md 14. */
struct tls_context *
tls_context_new(const struct tls_key *k)
{
	const unsigned char raw[] = { TLSEXT_cert_type_rpk };
	char groups[] = "X25519MLKEM768", signatures[] = "mldsa65";
	struct tls_context *c = alloc(1, sizeof(*c));
	SSL_CTX *ctx = SSL_CTX_new(TLS_method());

	if (ctx == NULL ||
	    SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set1_groups_list(ctx, groups) != 1 ||
	    SSL_CTX_set1_sigalgs_list(ctx, signatures) != 1 ||
	    SSL_CTX_set1_client_sigalgs_list(ctx, signatures) != 1 ||
	    SSL_CTX_set_ciphersuites(ctx,
		"TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") != 1 ||
	    SSL_CTX_set1_server_cert_type(ctx, raw, sizeof(raw)) != 1 ||
	    SSL_CTX_set1_client_cert_type(ctx, raw, sizeof(raw)) != 1 ||
	    SSL_CTX_set_num_tickets(ctx, 0) != 1 ||
	    SSL_CTX_use_PrivateKey(ctx, k->pair) != 1)
		bug("OpenSSL without what a line needs");
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
				     SSL_OP_NO_COMPRESSION |
				     SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS |
				  SSL_MODE_ENABLE_PARTIAL_WRITE |
				  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* docs/link.md 14.8: a peer's KeyUpdates do not hold the process */
	SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
	SSL_CTX_set_max_cert_list(ctx, KEY_MESSAGE);
	SSL_CTX_set_verify(ctx,
	    SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, any_raw_key);
	c->ctx = ctx;
	return c;
}

void
tls_context_free(struct tls_context *c)
{
	if (c == NULL)
		return;
	SSL_CTX_free(c->ctx);
	free(c);
}

struct tls *
tls_new(struct tls_context *c, int fd, bool server)
{
	struct tls *t = alloc(1, sizeof(*t));

	t->ssl = SSL_new(c->ctx);
	if (t->ssl == NULL || SSL_set_fd(t->ssl, fd) != 1)
		bug("no memory for TLS");
	if (server)
		SSL_set_accept_state(t->ssl);
	else
		SSL_set_connect_state(t->ssl);
	ERR_clear_error();
	return t;
}

void
tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_free(t->ssl);
	free(t);
}

/* The first reason in OpenSSL's queue, which is emptied. */
static const char *
why(void)
{
	const char *reason = ERR_reason_error_string(ERR_peek_error());

	ERR_clear_error();
	return reason == NULL ? "no reason given" : reason;
}

/* What a call that returned "ret" <= 0 did. */
static enum tls_did
outcome(const struct tls *t, int ret, struct err *e)
{
	int system = errno;

	switch (SSL_get_error(t->ssl, ret)) {
	case SSL_ERROR_WANT_READ:
		return TLS_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		ERR_clear_error();
		return TLS_CLOSED;
	case SSL_ERROR_SYSCALL:
		ERR_clear_error();
		if (system == 0 || system == ECONNRESET || system == EPIPE)
			return TLS_CLOSED;
		errno = system;
		(void)fail_io(e, "a TLS line");
		return TLS_FAILED;
	default:
		break;
	}
	/* the stream ended without close_notify: the frames tell what lacks */
	if (ERR_GET_REASON(ERR_peek_error()) ==
	    SSL_R_UNEXPECTED_EOF_WHILE_READING) {
		ERR_clear_error();
		return TLS_CLOSED;
	}
	(void)fail(e, RC_DENIED, "docs/link.md 14: TLS: %s", why());
	return TLS_FAILED;
}

/* docs/link.md 14.4, once more, of what was agreed. */
static enum tls_did
peer_check(struct tls *t, struct err *e)
{
	EVP_PKEY *key = SSL_get0_peer_rpk(t->ssl);
	uint8_t raw[LINK_KEY];
	size_t len = sizeof(raw);

	if (SSL_version(t->ssl) != TLS1_3_VERSION || key == NULL ||
	    EVP_PKEY_is_a(key, KEY_TYPE) != 1 ||
	    EVP_PKEY_get_raw_public_key(key, raw, &len) != 1 ||
	    len != sizeof(raw)) {
		ERR_clear_error();
		(void)fail(e, RC_DENIED,
		    "docs/link.md 14.4: TLS: the peer has no raw key");
		return TLS_FAILED;
	}
	t->done = true;
	return TLS_DONE;
}

enum tls_did
tls_handshake(struct tls *t, struct err *e)
{
	int ret;

	if (t->done)
		return TLS_DONE;
	ERR_clear_error();
	errno = 0;
	ret = SSL_do_handshake(t->ssl);
	return ret == 1 ? peer_check(t, e) : outcome(t, ret, e);
}

void
tls_peer_key(const struct tls *t, uint8_t out[static LINK_KEY])
{
	size_t len = LINK_KEY;

	if (!t->done ||
	    EVP_PKEY_get_raw_public_key(SSL_get0_peer_rpk(t->ssl), out, &len) !=
		1 ||
	    len != LINK_KEY)
		bug("the peer's key before the handshake");
}

static int
at_most(size_t len)
{
	return len > INT_MAX ? INT_MAX : (int)len;
}

enum tls_did
tls_read(struct tls *t, uint8_t *to, size_t max, size_t *got, struct err *e)
{
	int ret;

	*got = 0;
	if (!t->done || max == 0)
		bug("TLS is read before its handshake");
	ERR_clear_error();
	errno = 0;
	ret = SSL_read(t->ssl, to, at_most(max));
	if (ret <= 0)
		return outcome(t, ret, e);
	*got = (size_t)ret;
	return TLS_DONE;
}

enum tls_did
tls_write(struct tls *t, struct bytes in, size_t *sent, struct err *e)
{
	int ret;

	*sent = 0;
	if (!t->done || in.len == 0)
		bug("TLS is written to before its handshake");
	ERR_clear_error();
	errno = 0;
	ret = SSL_write(t->ssl, in.p, at_most(in.len));
	if (ret <= 0)
		return outcome(t, ret, e);
	*sent = (size_t)ret;
	return TLS_DONE;
}

bool
tls_pending(const struct tls *t)
{
	return SSL_pending(t->ssl) > 0;
}

void
tls_close(struct tls *t)
{
	if (t->done)
		(void)SSL_shutdown(t->ssl);
	ERR_clear_error();
}
