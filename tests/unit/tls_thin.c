/* SPDX-License-Identifier: EUPL-1.2 */
/* TLS of a thin line: two ends that share a secret, and peers that have none
 * or another (docs/link.md 19). */
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../tests/tap.h"
#include "link/tls.h"

static const struct tls_secret good = { "0123456789abcde", "a secret of 32" };

/* Two ends, with somebody between who counts. */
struct wire {
	struct tls_key *key;
	struct tls_context *ctx;
	struct tls *end[2]; /* 0 dialled, 1 was dialled */
	int fd[2], middle[2];
	size_t bytes[2]; /* by 0, by 1 */
	uint8_t first[2048];
	size_t first_len; /* what came first of 0 */
};

static void
wire_sockets(struct wire *w)
{
	int pair[2], i;

	*w = (struct wire){ 0 };
	for (i = 0; i < 2; i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) !=
		    0)
			bug("no socketpair");
		w->fd[i] = pair[0];
		w->middle[i] = pair[1];
	}
	w->key = tls_key_new();
	w->ctx = tls_context_new(w->key);
	w->end[1] = tls_new(w->ctx, w->fd[1], true);
}

static void
wire_free(struct wire *w)
{
	int i;

	for (i = 0; i < 2; i++) {
		tls_free(w->end[i]);
		(void)close(w->fd[i]);
		(void)close(w->middle[i]);
	}
	tls_context_free(w->ctx);
	tls_key_free(w->key);
}

static void
put(int fd, const uint8_t *p, size_t len)
{
	if (write(fd, p, len) < 0)
		return; /* that end is closed: what it was sent is nobody's */
}

static void
carry(struct wire *w)
{
	uint8_t piece[4096];
	ssize_t n;
	int i;

	for (i = 0; i < 2; i++)
		while ((n = read(w->middle[i], piece, sizeof(piece))) > 0) {
			if (w->first_len == 0) {
				w->first_len = (size_t)n;
				memcpy(w->first, piece, (size_t)n);
			}
			w->bytes[i] += (size_t)n;
			put(w->middle[!i], piece, (size_t)n);
		}
}

/* Both in turns; who is asked for a secret gets "known". */
static void
shake(struct wire *w, const struct tls_secret *known, enum tls_did did[2],
    struct err e[2])
{
	int turns, i;

	did[0] = did[1] = TLS_WANT_READ;
	for (turns = 0; turns < 50; turns++)
		for (i = 0; i < 2; i++) {
			if (w->end[i] != NULL && (did[i] == TLS_WANT_READ ||
						     did[i] == TLS_WANT_WRITE))
				did[i] = tls_handshake(w->end[i], &e[i]);
			if (did[i] == TLS_WANT_SECRET) {
				tls_answer(w->end[i], known);
				did[i] = TLS_WANT_WRITE;
			}
			carry(w);
		}
}

static void
who_shares_a_secret_speaks(void)
{
	uint8_t named[TLS_IDENTITY], got[8];
	enum tls_did did[2];
	struct err e[2];
	struct wire w;
	size_t n = 0;

	wire_sockets(&w);
	w.end[0] = tls_new_thin(w.fd[0], &good);
	shake(&w, &good, did, e);
	tls_named(w.end[1], named);
	ok(did[0] == TLS_DONE && did[1] == TLS_DONE && tls_is_thin(w.end[0]) &&
		tls_is_thin(w.end[1]) &&
		memcmp(named, good.identity, sizeof(named)) == 0,
	    "who shares a secret shakes hands by it");
	note("a thin handshake: %zu bytes of who dials, %zu of the other, %zu "
	     "together",
	    w.bytes[0], w.bytes[1], w.bytes[0] + w.bytes[1]);
	ok(w.bytes[0] + w.bytes[1] <= 520, "it takes 520 bytes at the most");
	ok(tls_write(w.end[0], bytes_str("hail"), &n, &e[0]) == TLS_DONE &&
		n == 4,
	    "one end writes");
	carry(&w);
	ok(tls_read(w.end[1], got, sizeof(got), &n, &e[1]) == TLS_DONE &&
		n == 4 && memcmp(got, "hail", 4) == 0,
	    "and the other reads it");
	wire_free(&w);
}

static void
no_other_secret_opens(void)
{
	struct tls_secret other = good;
	enum tls_did did[2];
	struct err e[2];
	struct wire w;

	other.key[31] ^= 1;
	wire_sockets(&w);
	w.end[0] = tls_new_thin(w.fd[0], &other);
	shake(&w, &good, did, e);
	ok(did[0] == TLS_FAILED && did[1] == TLS_FAILED,
	    "who names a line and has another secret is refused");
	wire_free(&w);

	wire_sockets(&w);
	w.end[0] = tls_new_thin(w.fd[0], &good);
	shake(&w, NULL, did, e);
	ok(did[0] == TLS_FAILED && did[1] == TLS_FAILED,
	    "who names a line that is not known is refused");
	ok(w.bytes[1] <= 16, "and is told nothing but that");
	wire_free(&w);
}

/* What was recorded of a line's handshake begins one and ends none. */
static void
a_recorded_hello_ends_nowhere(void)
{
	enum tls_did did[2];
	struct err e[2];
	struct wire w, again;

	wire_sockets(&w);
	w.end[0] = tls_new_thin(w.fd[0], &good);
	shake(&w, &good, did, e);
	wire_sockets(&again);
	put(again.middle[1], w.first, w.first_len);
	shake(&again, &good, did, e);
	ok(w.first_len > 0 && did[1] == TLS_WANT_READ,
	    "a replayed ClientHello is answered, and its handshake never ends");
	(void)shutdown(again.middle[1], SHUT_WR);
	did[1] = tls_handshake(again.end[1], &e[1]);
	ok(did[1] == TLS_CLOSED || did[1] == TLS_FAILED, "it ends with it");
	wire_free(&again);
	wire_free(&w);
}

/* A full line's end is no thin one's, and the other way round. */
static void
kinds_do_not_mix(void)
{
	enum tls_did did[2];
	struct err e[2];
	struct wire w;

	wire_sockets(&w);
	w.end[0] = tls_new(w.ctx, w.fd[0], false);
	shake(&w, &good, did, e);
	ok(did[0] == TLS_DONE && did[1] == TLS_DONE && !tls_is_thin(w.end[1]),
	    "who dials in full at the same place shakes hands in full");
	wire_free(&w);

	/* a server that has keys only, and passes secrets over: it is asked
	 * for what it lacks, and the one who dialled takes no key for it */
	wire_sockets(&w);
	w.end[0] = tls_new_thin(w.fd[0], &good);
	shake(&w, NULL, did, e);
	ok(did[0] == TLS_FAILED, "who dialled thin takes nothing else");
	wire_free(&w);
}

static void
both_ends_of_a_full_line_share_a_secret(void)
{
	uint8_t a[TLS_SECRET], b[TLS_SECRET], c[TLS_SECRET];
	enum tls_did did[2];
	struct err e[2];
	struct wire w;

	wire_sockets(&w);
	w.end[0] = tls_new(w.ctx, w.fd[0], false);
	shake(&w, NULL, did, e);
	tls_export(w.end[0], a);
	tls_export(w.end[1], b);
	wire_free(&w);
	wire_sockets(&w);
	w.end[0] = tls_new(w.ctx, w.fd[0], false);
	shake(&w, NULL, did, e);
	tls_export(w.end[0], c);
	wire_free(&w);
	ok(memcmp(a, b, sizeof(a)) == 0 && memcmp(a, c, sizeof(a)) != 0,
	    "both ends of a full line share a secret, of that line alone");
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	who_shares_a_secret_speaks();
	no_other_secret_opens();
	a_recorded_hello_ends_nowhere();
	kinds_do_not_mix();
	both_ends_of_a_full_line_share_a_secret();
	return done();
}
