/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * TLS of a line (docs/link.md 14): TLS 1.3, X25519MLKEM768, raw ML-DSA-65
 * public keys both ways.  It proves that the peer has its key; whose the key
 * is, the statement in HELLO says, and the owner compares.
 *
 * Descriptors are non-blocking.  The process ignores SIGPIPE.
 */
#ifndef LINK_TLS_H
#define LINK_TLS_H

#include "core/bytes.h"
#include "core/err.h"
#include "pki/link.h"

/* A fresh key pair, in memory only; wiped when it is freed. */
struct tls_key;
struct tls_key *tls_key_new(void);
const uint8_t *tls_key_public(const struct tls_key *k); /* LINK_KEY bytes */
void tls_key_free(struct tls_key *k);

/* What all lines under one key have in common, dialled or not.  The key may be
 * freed before. */
struct tls_context;
struct tls_context *tls_context_new(const struct tls_key *k);
void tls_context_free(struct tls_context *c); /* lines may outlive it */

enum tls_did {
	TLS_DONE,	 /* go on */
	TLS_WANT_READ,	 /* again when it can be read from */
	TLS_WANT_WRITE,	 /* again when it can be written to */
	TLS_WANT_SECRET, /* the peer is thin: tls_named(), tls_answer() */
	TLS_CLOSED,	 /* the peer closed, or the connection is gone */
	TLS_FAILED,	 /* *e says why: close */
};

struct tls;
/* On a connected descriptor, which stays the caller's. */
struct tls *tls_new(struct tls_context *c, int fd, bool server);
void tls_free(struct tls *t);

/* Until TLS_DONE; then the peer has proved a key of the right kind. */
enum tls_did tls_handshake(struct tls *t, struct err *e);
/*
 * Thin lines (docs/link.md 19): TLS 1.3 with a secret that both have and
 * X25519, nobody has a key.  Who dials has it; who was dialled hears in the
 * handshake which one is meant, TLS_WANT_SECRET, and goes on after tls_answer()
 * (NULL: it is not known, the handshake fails).
 */
#define TLS_SECRET 32
#define TLS_IDENTITY 16
struct tls_secret {
	uint8_t identity[TLS_IDENTITY], key[TLS_SECRET];
};
struct tls *tls_new_thin(int fd, const struct tls_secret *s);
void tls_named(const struct tls *t, uint8_t identity[static TLS_IDENTITY]);
void tls_answer(struct tls *t, const struct tls_secret *s);
bool tls_is_thin(const struct tls *t);
/* What both ends of this line alone know; after tls_handshake() is done, not of
 * a thin one. */
void tls_export(const struct tls *t, uint8_t out[static TLS_SECRET]);

/* That key.  After tls_handshake() is done, not of a thin line. */
void tls_peer_key(const struct tls *t, uint8_t out[static LINK_KEY]);

/* At most "max" > 0 bytes into *to; *got of them, 0 unless TLS_DONE. */
enum tls_did tls_read(
    struct tls *t, uint8_t *to, size_t max, size_t *got, struct err *e);
/* Some of "in", which is not empty; *sent bytes of it, 0 unless TLS_DONE.  What
 * was not sent is offered again at its front; it may lie elsewhere then. */
enum tls_did tls_write(
    struct tls *t, struct bytes in, size_t *sent, struct err *e);
/* Bytes are in memory already: read before waiting for the descriptor. */
bool tls_pending(const struct tls *t);
/* Tell the peer, as far as that is possible at once, that nothing follows. */
void tls_close(struct tls *t);

#endif
