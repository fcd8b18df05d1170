/* SPDX-License-Identifier: EUPL-1.2 */
#include "antin/enrol_line.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "link/session.h"
#include "link/tls.h"

#define LINE_PORT "7433"
#define TRIES 3		  /* without a byte of the answer between them */
#define PATIENCE_MS 20000 /* in which nothing comes */
#define CONNECT_MS 10000
#define OUT_BYTES 65536u
#define ANSWER_HEAD (ENROLMENT_HEAD + 1 + SHA256_SIZE + 16) /* before bytes */

/* ---- one connection
 * ---------------------------------------------------------------- */

struct line {
	const char *to;
	int fd;
	struct tls_key *key;
	struct tls_context *context;
	struct tls *tls;
	struct session *session;
	struct buf in;	/* the message in answer, as far as it came */
	struct buf out; /* made, and not yet written */
	size_t out_at;
	bool whole, broken, left;
	unsigned reason; /* for which it left */
	struct err why;	 /* broken */
};

static void
line_free(struct line *l)
{
	session_free(l->session);
	tls_free(l->tls);
	tls_context_free(l->context);
	tls_key_free(l->key);
	if (l->fd >= 0)
		(void)close(l->fd);
	buf_free(&l->out);
}

static void
on_enrol(void *ctx, struct bytes piece)
{
	struct line *l = ctx;

	if (l->broken)
		return;
	if (l->whole)
		(void)fail(&l->why, RC_INVALID,
		    "docs/link.md 12.2: more came than the message has");
	l->broken = l->whole || enrolment_more(&l->in, piece, true, &l->whole,
				    &l->why) != RC_OK;
}

static void
on_bye(void *ctx, unsigned reason, struct bytes text)
{
	struct line *l = ctx;

	(void)text;
	l->left = true;
	l->reason = reason;
}

static const struct session_owner owner = { .enrol = on_enrol, .bye = on_bye };
static const struct session_conf conf = { .dialled = true,
	.enrol = true,
	.frame = FRAME_MAX,
	.total_max = 1,
	.idle_ms = PATIENCE_MS,
	.dead_ms = 2 * PATIENCE_MS };

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* "192.0.2.1:7433", "[2001:db8::1]:7433"; no names are asked of anybody. */
static enum rc
parse(struct addrinfo **at, const char *to, struct err *e)
{
	const struct addrinfo hints = { .ai_flags =
					    AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM };
	const char *colon = strrchr(to, ':'), *close = strrchr(to, ']');
	const bool port = colon != NULL && (close == NULL || colon > close);
	size_t len = port ? (size_t)(colon - to) : strlen(to);
	const char *host = to;
	char text[64];

	if (close != NULL && to[0] == '[' && close == to + len - 1) {
		host++;
		len -= 2;
	}
	(void)snprintf(text, sizeof(text), "%.*s", (int)len, host);
	if (len >= sizeof(text) ||
	    getaddrinfo(text, port ? colon + 1 : LINE_PORT, &hints, at) != 0)
		return fail(e, RC_USAGE,
		    "--line wants an IP address and a port, such as "
		    "192.0.2.1:7433, found \"%s\"",
		    to);
	return RC_OK;
}

static bool
wait_for(int fd, short what, int ms)
{
	struct pollfd p = { .fd = fd, .events = what };
	int n;

	while ((n = poll(&p, 1, ms)) < 0 && errno == EINTR)
		continue;
	return n > 0;
}

static enum rc
reach(struct line *l, struct err *e)
{
	socklen_t len = sizeof(int);
	struct addrinfo *at;
	int failed = 0;

	if (parse(&at, l->to, e) != RC_OK)
		return e->rc;
	l->fd = socket(
	    at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fd >= 0 && connect(l->fd, at->ai_addr, at->ai_addrlen) != 0 &&
	    errno != EINPROGRESS)
		failed = errno;
	freeaddrinfo(at);
	if (l->fd < 0)
		return fail_io(e, "%s cannot be reached", l->to);
	if (failed == 0 && !wait_for(l->fd, POLLOUT, CONNECT_MS))
		failed = ETIMEDOUT;
	if (failed == 0)
		(void)getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &failed, &len);
	errno = failed;
	return failed == 0 ? RC_OK : fail_io(e, "%s cannot be reached", l->to);
}

/* ---- TLS and frames
 * --------------------------------------------------------------- */

static enum rc
lost(const struct line *l, struct err *e)
{
	if (l->left && l->reason == BYE_BUSY)
		return fail(e, RC_LIMIT,
		    "the station at %s has no room for it now; try again "
		    "later",
		    l->to);
	if (l->left)
		return fail(e, RC_INVALID,
		    "the station at %s enrols nobody by line", l->to);
	return fail(e, RC_IO, "the line to %s broke", l->to);
}

/* Wait as TLS wants. */
static enum rc
wait_tls(const struct line *l, enum tls_did did, struct err *e)
{
	if (did == TLS_FAILED)
		return e->rc;
	if (did == TLS_CLOSED)
		return lost(l, e);
	if (wait_for(
		l->fd, did == TLS_WANT_WRITE ? POLLOUT : POLLIN, PATIENCE_MS))
		return RC_OK;
	return fail(e, RC_IO, "%s does not answer", l->to);
}

static enum rc
shake(struct line *l, struct err *e)
{
	enum tls_did did;
	enum rc rc = RC_OK;

	l->key = tls_key_new();
	l->context = tls_context_new(l->key);
	l->tls = tls_new(l->context, l->fd, false);
	while (rc == RC_OK && (did = tls_handshake(l->tls, e)) != TLS_DONE)
		rc = wait_tls(l, did, e);
	return rc == RC_OK ? RC_OK : fail_at(e, "%s", l->to);
}

static enum rc
write_all(struct line *l, struct err *e)
{
	enum tls_did did;
	enum rc rc = RC_OK;
	size_t sent;

	session_output(l->session, &l->out, OUT_BYTES);
	while (rc == RC_OK && l->out_at < l->out.len) {
		did = tls_write(l->tls,
		    bytes_of(l->out.p + l->out_at, l->out.len - l->out_at),
		    &sent, e);
		l->out_at += sent;
		if (did != TLS_DONE)
			rc = wait_tls(l, did, e);
		else if (l->out_at == l->out.len) {
			buf_free(&l->out);
			l->out_at = 0;
			session_output(l->session, &l->out, OUT_BYTES);
		}
	}
	return rc;
}

static enum rc
read_some(struct line *l, struct err *e)
{
	uint8_t piece[SESSION_READ];
	enum tls_did did;
	size_t got;

	did = tls_read(l->tls, piece, sizeof(piece), &got, e);
	if (did != TLS_DONE)
		return wait_tls(l, did, e);
	if (session_input(l->session, bytes_of(piece, got), now_ms(), e) !=
	    RC_OK)
		return l->left ? lost(l, e) : e->rc;
	if (l->broken)
		*e = l->why;
	return l->broken ? e->rc : RC_OK;
}

static void
put(struct line *l, struct bytes message)
{
	struct rd r = rd_init(message);
	size_t left = message.len, n;

	for (; left > 0; left -= n) {
		n = left < FRAME_MAX ? left : FRAME_MAX;
		session_enrol(l->session, rd_bytes(&r, n));
	}
}

/* Say one message; *in is what came in answer, also where not all of it did.
 * The caller frees it. */
static enum rc
exchange(
    struct buf *in, const char *to, const struct enrolment *m, struct err *e)
{
	struct line l = { .to = to, .fd = -1 };
	struct buf message;
	enum rc rc;

	(void)signal(SIGPIPE, SIG_IGN);
	enrolment_write(&message, m);
	if ((rc = reach(&l, e)) == RC_OK && (rc = shake(&l, e)) == RC_OK) {
		l.session = session_new(&conf, &owner, &l, NULL, now_ms());
		put(&l, buf_bytes(&message));
		rc = write_all(&l, e);
		while (rc == RC_OK && !l.whole)
			rc = read_some(&l, e);
	}
	*in = l.in; /* the caller owns it now */
	buf_free(&message);
	line_free(&l);
	return rc;
}

/* ---- what the station says
 * -------------------------------------------------------- */

static enum rc
refused(const struct enrolment *m, struct err *e)
{
	if (m->why == ENROLMENT_BUSY)
		return fail(e, RC_LIMIT,
		    "the station has no room for it now; try again later");
	if (m->why == ENROLMENT_ELSEWHERE)
		return fail(e, RC_DENIED,
		    "this station is not the authority's: the address is not "
		    "below it, or it does not know the certificate that is to "
		    "be renewed");
	if (m->why == ENROLMENT_TAKEN_BACK)
		return fail(e, RC_DENIED,
		    "the authority has put the request aside: ask it why, "
		    "then make a new one");
	return fail(e, RC_DENIED,
	    "the station does not take the request: it was changed on the "
	    "way, or the key that is to be renewed is no longer in force");
}

static enum rc
take(enum line_status *out, const struct enrolment *m, struct bytes hash,
    struct err *e)
{
	if (!bytes_eq(bytes_of(m->hash, SHA256_SIZE), hash))
		return fail(
		    e, RC_DENIED, "the station answers about another request");
	if (m->kind == ENROLMENT_REFUSED && m->why != ENROLMENT_UNKNOWN)
		return refused(m, e);
	*out = m->kind == ENROLMENT_WAITS      ? LINE_WAITS
	       : m->kind == ENROLMENT_ANSWERED ? LINE_ANSWERED
					       : LINE_UNKNOWN;
	return RC_OK;
}

/* Of an answer that did not come whole: what did, behind what there is. */
static bool
gained(struct buf *answer, const struct buf *in, struct bytes hash)
{
	struct rd r = rd_init(buf_bytes(in));
	struct bytes of, rest;
	uint64_t from;
	uint8_t kind;

	(void)rd_bytes(&r, ENROLMENT_HEAD);
	kind = rd_u8(&r);
	of = rd_bytes(&r, SHA256_SIZE);
	(void)rd_u64(&r);
	from = rd_u64(&r);
	rest = rd_rest(&r);
	if (!rd_end(&r) || kind != ENROLMENT_ANSWERED || !bytes_eq(of, hash) ||
	    from != answer->len || rest.len == 0 ||
	    rest.len > ENROLMENT_ANSWER - answer->len)
		return false;
	buf_add(answer, rest);
	return true;
}

static void
pause_s(time_t seconds)
{
	const struct timespec t = { seconds, 0 };

	(void)nanosleep(&t, NULL);
}

/* Say it until something comes back; *in is the whole message then.  What came
 * of an answer before is in *answer, and is not asked for again. */
static enum rc
insist(struct buf *in, struct enrolment *m, struct buf *answer, const char *to,
    struct err *e)
{
	unsigned tries = 0;
	enum rc rc;

	for (;;) {
		m->from = answer->len;
		rc = exchange(in, to, m, e);
		if (rc != RC_IO)
			break;
		if (gained(answer, in, bytes_of(m->hash, SHA256_SIZE)))
			tries = 0;
		if (++tries == TRIES)
			break;
		buf_free(in);
		pause_s((time_t)tries);
	}
	if (rc != RC_OK)
		buf_free(in);
	return rc;
}

static enum rc
say_it(enum line_status *out, struct buf *answer, const char *to,
    struct enrolment *m, struct err *e)
{
	struct enrolment back;
	struct buf in;
	enum rc rc;

	*answer = (struct buf){ 0 };
	if ((rc = insist(&in, m, answer, to, e)) != RC_OK)
		goto out;
	rc = enrolment_read(&back,
	    bytes_of(in.p + ENROLMENT_HEAD, in.len - ENROLMENT_HEAD), true, e);
	if (rc == RC_OK)
		rc = take(out, &back, bytes_of(m->hash, SHA256_SIZE), e);
	if (rc != RC_OK)
		goto out;
	if (back.from != answer->len)
		buf_free(answer); /* it is another one now */
	if (*out == LINE_ANSWERED && back.from == answer->len)
		buf_add(answer, back.bytes);
	else if (*out == LINE_ANSWERED)
		rc = fail(e, RC_IO, "the line to %s broke", to);
out:
	if (rc != RC_OK || *out != LINE_ANSWERED)
		buf_free(answer);
	buf_free(&in);
	return rc;
}

enum rc
line_send(
    enum line_status *out, const char *to, struct bytes request, struct err *e)
{
	struct enrolment m = { .kind = ENROLMENT_REQUEST, .request = request };
	struct buf answer;
	enum rc rc;

	sha256(m.hash, request);
	rc = say_it(out, &answer, to, &m, e);
	buf_free(&answer);
	if (rc == RC_OK && *out == LINE_UNKNOWN)
		rc = fail(e, RC_LIMIT,
		    "the station has no room for it now; try again later");
	return rc;
}

enum rc
line_ask(enum line_status *out, struct buf *answer, const char *to,
    const uint8_t hash[static SHA256_SIZE], struct err *e)
{
	struct enrolment m = { .kind = ENROLMENT_ASK };

	memcpy(m.hash, hash, SHA256_SIZE);
	return say_it(out, answer, to, &m, e);
}
