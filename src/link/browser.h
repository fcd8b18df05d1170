/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * TLS of a browser's connection (docs/desk.md 11.5): TLS 1.3 alone, by a
 * certificate that browsers take, X25519MLKEM768 where the browser has it.
 * Outcomes are those of link/tls.h; a browser proves nothing of itself here.
 *
 * Descriptors are non-blocking.  The process ignores SIGPIPE.
 */
#ifndef LINK_BROWSER_H
#define LINK_BROWSER_H

#include "link/tls.h"

#define BROWSER_PUB 65 /* an uncompressed point of P-256 */

/* A fresh P-256 key, in memory only; wiped when it is freed. */
struct browser_key;
struct browser_key *browser_key_new(void);
void browser_key_pub(
    const struct browser_key *k, uint8_t out[static BROWSER_PUB]);
void browser_key_free(struct browser_key *k);

/*
 * What connections have in common; they may outlive it.
 *
 * RC_INVALID	"leaf" is no certificate of this key
 */
struct browser_context;
enum rc browser_context_new(struct browser_context **out,
    const struct browser_key *k, struct bytes leaf, struct err *e);
void browser_context_free(struct browser_context *c);

struct browser;
/* On a connected descriptor, which stays the caller's. */
struct browser *browser_new(struct browser_context *c, int fd);
void browser_free(struct browser *b);
/* Until TLS_DONE; then it can be read from and written to. */
enum tls_did browser_handshake(struct browser *b, struct err *e);
/* As tls_read(), tls_write(), tls_pending() and tls_close(). */
enum tls_did browser_read(
    struct browser *b, uint8_t *to, size_t max, size_t *got, struct err *e);
enum tls_did browser_write(
    struct browser *b, struct bytes in, size_t *sent, struct err *e);
bool browser_pending(const struct browser *b);
void browser_close(struct browser *b);

#endif
