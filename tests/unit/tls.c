/* SPDX-License-Identifier: EUPL-1.2 */
/* TLS of a line: two ends over a socketpair, and peers that are no line's
 * (docs/link.md 14). */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "link/tls.h"
#include "other_tls.h"

struct wire {
	struct tls_key *key[2];
	struct tls_context *ctx[2];
	struct tls *end[2]; /* 0 dialled, 1 was dialled */
	int fd[2];
};

static void
sockets(int fd[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) != 0)
		bug("no socketpair");
}

static void
wire_make(struct wire *w)
{
	int i;

	sockets(w->fd);
	for (i = 0; i < 2; i++) {
		w->key[i] = tls_key_new();
		w->ctx[i] = tls_context_new(w->key[i]);
		w->end[i] = tls_new(w->ctx[i], w->fd[i], i == 1);
	}
}

static void
wire_free(struct wire *w)
{
	int i;

	for (i = 0; i < 2; i++) {
		tls_free(w->end[i]);
		tls_context_free(w->ctx[i]);
		tls_key_free(w->key[i]);
		(void)close(w->fd[i]);
	}
}

/* Both shake hands in turns; what each did. */
static void
shake(struct wire *w, enum tls_did did[2], struct err e[2])
{
	int turns, i;

	did[0] = did[1] = TLS_WANT_READ;
	for (turns = 0; turns < 50; turns++)
		for (i = 0; i < 2; i++)
			if (did[i] == TLS_WANT_READ || did[i] == TLS_WANT_WRITE)
				did[i] = tls_handshake(w->end[i], &e[i]);
}

static void
two_ends_know_each_others_keys(void)
{
	uint8_t got[2][LINK_KEY];
	enum tls_did did[2];
	struct err e[2];
	struct wire w;
	int i;

	wire_make(&w);
	/* a context keeps what it needs of its key */
	tls_context_free(w.ctx[0]);
	w.ctx[0] = NULL;
	shake(&w, did, e);
	ok(did[0] == TLS_DONE && did[1] == TLS_DONE, "two ends shake hands");
	for (i = 0; i < 2 && did[i] == TLS_DONE; i++)
		tls_peer_key(w.end[i], got[i]);
	ok(memcmp(got[0], tls_key_public(w.key[1]), LINK_KEY) == 0 &&
		memcmp(got[1], tls_key_public(w.key[0]), LINK_KEY) == 0,
	    "each has the other's key");
	ok(memcmp(got[0], got[1], LINK_KEY) != 0, "two keys differ");
	wire_free(&w);
}

static void
bytes_go_both_ways(void)
{
	uint8_t out[100000], in[sizeof(out)], one;
	size_t sent = 0, got = 0, n, i;
	struct wire w;
	enum tls_did did[2], d;
	struct err e[2];

	for (i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(i * 7 + i / 251);
	wire_make(&w);
	shake(&w, did, e);
	while (got < sizeof(out)) {
		if (sent < sizeof(out)) {
			/* from another place each time */
			struct buf copy = { 0 };

			buf_add(
			    &copy, bytes_of(out + sent, sizeof(out) - sent));
			d = tls_write(w.end[0], buf_bytes(&copy), &n, &e[0]);
			sent += n;
			buf_free(&copy);
			if (d != TLS_DONE && d != TLS_WANT_WRITE)
				break;
		}
		d = tls_read(w.end[1], in + got, 777, &n, &e[1]);
		got += n;
		if (d != TLS_DONE && d != TLS_WANT_READ)
			break;
	}
	same(bytes_of(in, got), bytes_of(out, sizeof(out)),
	    "bytes arrive as they were sent");
	(void)tls_write(w.end[1], bytes_of(out, 300), &n, &e[1]);
	is(n, 300, "and the other way");
	for (i = 0; i < n; i++) {
		size_t k;

		if (tls_read(w.end[0], &one, 1, &k, &e[0]) != TLS_DONE ||
		    one != out[i] || tls_pending(w.end[0]) != (i + 1 < n))
			break;
	}
	is(i, 300, "byte by byte; what waits in memory is told");
	d = tls_read(w.end[0], &one, 1, &n, &e[0]);
	ok(d == TLS_WANT_READ && n == 0, "nothing more is there");
	wire_free(&w);
}

static void
an_end_is_told(void)
{
	enum tls_did did[2], d;
	struct err e[2];
	struct wire w;
	uint8_t b[16];
	size_t n;

	wire_make(&w);
	shake(&w, did, e);
	tls_close(w.end[0]);
	d = tls_read(w.end[1], b, sizeof(b), &n, &e[1]);
	ok(d == TLS_CLOSED && n == 0, "the peer's end is an end");
	wire_free(&w);

	wire_make(&w);
	shake(&w, did, e);
	(void)close(w.fd[0]);
	w.fd[0] = open("/dev/null", O_RDWR);
	d = tls_read(w.end[1], b, sizeof(b), &n, &e[1]);
	is(d, TLS_CLOSED, "a line that is cut off is closed, too");
	d = tls_write(w.end[1], bytes_of(b, sizeof(b)), &n, &e[1]);
	ok(d == TLS_CLOSED || d == TLS_FAILED,
	    "and cannot be written to any more");
	wire_free(&w);

	wire_make(&w);
	did[0] = tls_handshake(w.end[0], &e[0]);
	(void)shutdown(w.fd[0], SHUT_RDWR);
	do
		d = tls_handshake(w.end[1], &e[1]);
	while (d == TLS_WANT_READ);
	is(d, TLS_CLOSED, "one that ends in the handshake is closed");
	wire_free(&w);
}

static void
other_bytes_are_refused(void)
{
	static const char *const said[] = { "GET / HTTP/1.1\r\n\r\n",
		"\x16\x03\x01\xff\xff\x01\x00\xff\xff",
		"\x17\x03\x03\x00\x01x" };
	enum tls_did d = TLS_DONE;
	struct wire w;
	struct err e;
	size_t i;

	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		wire_make(&w);
		if (write(w.fd[0], said[i], i == 1 ? 9 : strlen(said[i])) < 0)
			bug("a socket that takes nothing");
		(void)shutdown(w.fd[0], SHUT_WR);
		d = tls_handshake(w.end[1], &e);
		ok(d == TLS_FAILED || d == TLS_CLOSED,
		    "what is no handshake is refused: %zu", i);
		wire_free(&w);
	}
}

/* ---- peers that are not ours ---- */

/* One that sends nothing but KeyUpdates holds nobody (14.8). */
static void
key_updates_take_turns(void)
{
	struct tls_key *key = tls_key_new();
	struct tls_context *own = tls_context_new(key);
	SSL_CTX *ctx = foreign(0, true);
	SSL *other = SSL_new(ctx);
	enum tls_did did = TLS_WANT_READ;
	size_t turns, n, waits = 0;
	struct tls *t;
	struct err e;
	uint8_t b;
	int fd[2];

	sockets(fd);
	t = tls_new(own, fd[0], true);
	if (SSL_set_fd(other, fd[1]) != 1)
		bug("no memory for TLS");
	SSL_set_connect_state(other);
	for (turns = 0; turns < 20 && did != TLS_DONE; turns++) {
		(void)SSL_do_handshake(other);
		did = tls_handshake(t, &e);
	}
	for (turns = 0; turns < 20; turns++) {
		(void)SSL_key_update(other, SSL_KEY_UPDATE_NOT_REQUESTED);
		(void)SSL_do_handshake(other);
	}
	is((uint64_t)SSL_write(other, "x", 1), 1, "a byte behind KeyUpdates");
	for (turns = 0; turns < 30; turns++) {
		did = tls_read(t, &b, 1, &n, &e);
		if (did != TLS_WANT_READ)
			break;
		waits++;
	}
	ok(did == TLS_DONE && n == 1 && b == 'x', "arrives");
	is(waits, 20, "and each of them is read in a turn of its own");
	SSL_free(other);
	SSL_CTX_free(ctx);
	tls_free(t);
	tls_context_free(own);
	tls_key_free(key);
	(void)close(fd[0]);
	(void)close(fd[1]);
}

/* The foreign peer dials us, or is dialled; what our side did. */
static enum tls_did
meet(SSL_CTX *ctx, bool server, struct err *e)
{
	struct tls_key *key = tls_key_new();
	struct tls_context *own = tls_context_new(key);
	enum tls_did did = TLS_WANT_READ;
	struct tls *t;
	SSL *other = SSL_new(ctx);
	uint8_t b;
	size_t n;
	int fd[2], turns;

	sockets(fd);
	t = tls_new(own, fd[0], server);
	if (SSL_set_fd(other, fd[1]) != 1)
		bug("no memory for TLS");
	if (server)
		SSL_set_connect_state(other);
	else
		SSL_set_accept_state(other);
	if (!server)
		SSL_set_verify(other,
		    SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	for (turns = 0; turns < 20; turns++) {
		(void)SSL_do_handshake(other);
		if (did == TLS_WANT_READ || did == TLS_WANT_WRITE)
			did = tls_handshake(t, e);
	}
	/* a server's refusal may come behind our part of the handshake */
	if (did == TLS_DONE && tls_read(t, &b, 1, &n, e) == TLS_FAILED)
		did = TLS_FAILED;
	SSL_free(other);
	tls_free(t);
	tls_context_free(own);
	tls_key_free(key);
	(void)close(fd[0]);
	(void)close(fd[1]);
	return did;
}

static void
only_lines_are_met(void)
{
	size_t i;
	int server;

	for (i = 0; i < sizeof(peers) / sizeof(peers[0]); i++)
		for (server = 0; server < 2; server++) {
			SSL_CTX *ctx = foreign(i, server == 1);
			enum tls_did did;
			struct err e = { 0 };

			SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, takes_any);
			did = meet(ctx, server == 1, &e);
			ok(GOOD(i) ? did == TLS_DONE : did == TLS_FAILED,
			    "%s that %s is %s", peers[i].name,
			    server ? "dials" : "is dialled",
			    GOOD(i) ? "met" : "refused");
			if (!GOOD(i))
				note("%s", e.text);
			SSL_CTX_free(ctx);
		}
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	two_ends_know_each_others_keys();
	bytes_go_both_ways();
	an_end_is_told();
	other_bytes_are_refused();
	only_lines_are_met();
	key_updates_take_turns();
	return done();
}
