/* SPDX-License-Identifier: EUPL-1.2 */
#include "link/tls.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#define KEY_TYPE "ML-DSA-65"
#define EXPORT "EXPORTER-antin-thin"
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
	/* docs/link.md 19: secret.identity is what the peer named */
	bool thin, named, known;
	struct tls_secret secret;
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

/* ---- thin lines: docs/link.md 19 ---- */

/* The one suite's number: a hash of 32 bytes makes short handshakes. */
static const unsigned char thin_suite[] = { 0x13, 0x03 };

static SSL_SESSION *
secret_session(SSL *ssl, const struct tls_secret *s)
{
	SSL_SESSION *session = SSL_SESSION_new();
	const SSL_CIPHER *suite = SSL_CIPHER_find(ssl, thin_suite);

	if (session == NULL || suite == NULL ||
	    SSL_SESSION_set1_master_key(session, s->key, sizeof(s->key)) != 1 ||
	    SSL_SESSION_set_cipher(session, suite) != 1 ||
	    SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) != 1)
		bug("OpenSSL without what a thin line needs");
	return session;
}

static int
use_secret(SSL *ssl, const EVP_MD *md, const unsigned char **id, size_t *len,
    SSL_SESSION **session)
{
	struct tls *t = SSL_get_app_data(ssl);

	*id = t->secret.identity;
	*len = sizeof(t->secret.identity);
	*session = md == NULL || EVP_MD_get_type(md) == NID_sha256
		       ? secret_session(ssl, &t->secret)
		       : NULL;
	return 1;
}

static int
find_secret(
    SSL *ssl, const unsigned char *id, size_t len, SSL_SESSION **session)
{
	const struct tls *t = SSL_get_app_data(ssl);

	*session = t->known && len == TLS_IDENTITY &&
			   memcmp(id, t->secret.identity, len) == 0
		       ? secret_session(ssl, &t->secret)
		       : NULL;
	return 1;
}

static int
no_key(int ok, X509_STORE_CTX *store)
{
	(void)ok;
	(void)store;
	return 0; /* a peer of a thin line has none to show */
}

/* One of its own: a context with keys falls back to them (14). */
static SSL_CTX *
thin_context(void)
{
	static SSL_CTX *ctx;
	char groups[] = "X25519", signatures[] = "ed25519";

	if (ctx != NULL)
		return ctx;
	ctx = SSL_CTX_new(TLS_method());
	if (ctx == NULL ||
	    SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set1_groups_list(ctx, groups) != 1 ||
	    SSL_CTX_set_ciphersuites(ctx, "TLS_CHACHA20_POLY1305_SHA256") !=
		1 ||
	    SSL_CTX_set1_sigalgs_list(ctx, signatures) != 1 ||
	    SSL_CTX_set_num_tickets(ctx, 0) != 1)
		bug("OpenSSL without what a thin line needs");
	SSL_CTX_set_options(ctx,
	    SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_clear_options(ctx, SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS |
				  SSL_MODE_ENABLE_PARTIAL_WRITE |
				  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
	SSL_CTX_set_max_cert_list(ctx, KEY_MESSAGE);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, no_key);
	SSL_CTX_set_psk_use_session_callback(ctx, use_secret);
	SSL_CTX_set_psk_find_session_callback(ctx, find_secret);
	return ctx;
}

/* The one identity that a thin peer offers: RFC 8446 4.2.11. */
static bool
offered(uint8_t out[static TLS_IDENTITY], const unsigned char *p, size_t len)
{
	struct rd r = rd_init(bytes_of(p, len));
	struct bytes list, id;
	unsigned n;

	n = (unsigned)rd_u8(&r) << 8;
	n |= rd_u8(&r);
	list = rd_bytes(&r, n);
	if (r.bad)
		return false;
	r = rd_init(list);
	n = (unsigned)rd_u8(&r) << 8;
	n |= rd_u8(&r);
	id = rd_bytes(&r, n);
	(void)rd_bytes(&r, 4); /* an age, of which nothing is thought */
	if (!rd_end(&r) || id.len != TLS_IDENTITY)
		return false;
	memcpy(out, id.p, TLS_IDENTITY);
	return true;
}

/* What the dialled side does before anything else of a ClientHello counts. */
static int
hello_came(SSL *ssl, int *alert, void *ctx)
{
	struct tls *t = SSL_get_app_data(ssl);
	char groups[] = "X25519";
	const unsigned char *p;
	size_t len;

	(void)ctx;
	if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_psk, &p, &len) != 1)
		return t->named ? SSL_CLIENT_HELLO_ERROR
				: SSL_CLIENT_HELLO_SUCCESS;
	if (!t->named) {
		*alert = SSL_AD_ILLEGAL_PARAMETER;
		if (!offered(t->secret.identity, p, len))
			return SSL_CLIENT_HELLO_ERROR;
		t->named = t->thin = true;
		return SSL_CLIENT_HELLO_RETRY;
	}
	*alert = SSL_AD_UNKNOWN_PSK_IDENTITY;
	if (!t->known)
		return SSL_CLIENT_HELLO_ERROR;
	if (SSL_set_SSL_CTX(ssl, thin_context()) == NULL ||
	    SSL_set1_groups_list(ssl, groups) != 1 ||
	    SSL_set_ciphersuites(ssl, "TLS_CHACHA20_POLY1305_SHA256") != 1)
		bug("OpenSSL without what a thin line needs");
	SSL_set_psk_find_session_callback(ssl, find_secret);
	SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
	return SSL_CLIENT_HELLO_SUCCESS;
}

/* ---- all lines ---- */

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
	SSL_CTX_set_client_hello_cb(ctx, hello_came, NULL);
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

static struct tls *
new_on(SSL_CTX *ctx, int fd)
{
	struct tls *t = alloc(1, sizeof(*t));

	t->ssl = SSL_new(ctx);
	if (t->ssl == NULL || SSL_set_fd(t->ssl, fd) != 1 ||
	    SSL_set_app_data(t->ssl, t) != 1)
		bug("no memory for TLS");
	return t;
}

struct tls *
tls_new_thin(int fd, const struct tls_secret *s)
{
	struct tls *t = new_on(thin_context(), fd);

	t->thin = t->known = t->named = true;
	t->secret = *s;
	SSL_set_connect_state(t->ssl);
	ERR_clear_error();
	return t;
}

void
tls_named(const struct tls *t, uint8_t identity[static TLS_IDENTITY])
{
	if (!t->named)
		bug("a peer that has named no secret");
	memcpy(identity, t->secret.identity, TLS_IDENTITY);
}

void
tls_answer(struct tls *t, const struct tls_secret *s)
{
	if (!t->named || t->known)
		bug("a secret that was not asked for");
	if (s == NULL)
		return;
	if (memcmp(s->identity, t->secret.identity, TLS_IDENTITY) != 0)
		bug("another secret than was asked for");
	t->known = true;
	t->secret = *s;
}

bool
tls_is_thin(const struct tls *t)
{
	return t->thin;
}

void
tls_export(const struct tls *t, uint8_t out[static TLS_SECRET])
{
	if (!t->done || t->thin ||
	    SSL_export_keying_material(t->ssl, out, TLS_SECRET, EXPORT,
		sizeof(EXPORT) - 1, NULL, 0, 0) != 1)
		bug("what a line's ends share is asked for too early");
}

struct tls *
tls_new(struct tls_context *c, int fd, bool server)
{
	struct tls *t = new_on(c->ctx, fd);

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
	wipe(&t->secret, sizeof(t->secret));
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
	case SSL_ERROR_WANT_CLIENT_HELLO_CB:
		return TLS_WANT_SECRET;
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

/* docs/link.md 19.3, once more, of what was agreed. */
static enum tls_did
secret_check(struct tls *t, struct err *e)
{
	wipe(t->secret.key, sizeof(t->secret.key));
	if (SSL_version(t->ssl) != TLS1_3_VERSION ||
	    SSL_session_reused(t->ssl) != 1 ||
	    SSL_get_negotiated_group(t->ssl) != NID_X25519 ||
	    SSL_get0_peer_certificate(t->ssl) != NULL) {
		(void)fail(e, RC_DENIED,
		    "docs/link.md 19.3: TLS: not by the secret of the line");
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
	if (ret != 1)
		return outcome(t, ret, e);
	return t->thin ? secret_check(t, e) : peer_check(t, e);
}

void
tls_peer_key(const struct tls *t, uint8_t out[static LINK_KEY])
{
	size_t len = LINK_KEY;

	if (!t->done || t->thin ||
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
