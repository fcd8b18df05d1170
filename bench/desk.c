/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station's pages under load (docs/desk.md): one station on this machine,
 * and browsers that are threads of this program, each with a connection of its
 * own that it keeps.  Plain: what people ask, paced as by people, of sessions
 * that have the station's desk unlocked, with a stream of changes each.  By
 * TLS: the largest file of the pages, as fast as it goes, beside nginx with the
 * same file, protocol and groups where it is here.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <sys/fsuid.h>

#include "../tests/station/clerk.h"
#include "bench.h"

#define SESSIONS 200u /* by root; else FEW, for one user has so many tries */
#define FEW 10u
#define BROWSERS 200u
#define SECONDS 10
#define PACE 0.5	  /* seconds between what one asks */
#define ANSWER (1u << 20) /* bytes of an answer, at most */
#define FIRST_USER 20000u
#define SAMPLES (1u << 20)

static struct seat *s;
static uint16_t secure_port, plain_port, peer_port;
static char files_path[128]; /* the pages' program */

/* ---- a connection ---- */

struct conn {
	int fd;
	SSL *ssl;
	char *in; /* ANSWER bytes; owned */
};

static SSL_CTX *tls;

/* As another user of this machine each, where that can be. */
static bool
conn_open(struct conn *c, uint16_t port, bool secure, unsigned who)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct timeval wait = { 60, 0 };

	if (geteuid() == 0)
		(void)setfsuid(FIRST_USER + who);
	*c = (struct conn){ .fd = socket(AF_INET, SOCK_STREAM, 0),
		.in = alloc(ANSWER, 1) };
	if (geteuid() == 0)
		(void)setfsuid(0);
	(void)setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	if (connect(c->fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		return false;
	if (!secure)
		return true;
	c->ssl = SSL_new(tls);
	(void)SSL_set_fd(c->ssl, c->fd);
	return SSL_connect(c->ssl) == 1;
}

static void
conn_close(struct conn *c)
{
	SSL_free(c->ssl);
	(void)close(c->fd);
	free(c->in);
}

static bool
put_all(struct conn *c, const char *p, size_t n)
{
	ssize_t sent;

	for (; n > 0; p += sent, n -= (size_t)sent) {
		sent = c->ssl != NULL ? SSL_write(c->ssl, p, (int)n)
				      : send(c->fd, p, n, MSG_NOSIGNAL);
		if (sent <= 0)
			return false;
	}
	return true;
}

/* The answer's status; 0: none.  c->in has it, with a zero behind. */
static int
answered(struct conn *c)
{
	const char *end, *length;
	size_t len = 0, want = 0;
	ssize_t n;

	while (want == 0 || len < want) {
		n = c->ssl != NULL
			? SSL_read(c->ssl, c->in + len, (int)(ANSWER - 1 - len))
			: recv(c->fd, c->in + len, ANSWER - 1 - len, 0);
		if (n <= 0)
			return 0;
		len += (size_t)n;
		c->in[len] = '\0';
		if (want != 0 || (end = strstr(c->in, "\r\n\r\n")) == NULL)
			continue;
		length = strcasestr(c->in, "content-length:");
		want = (size_t)(end + 4 - c->in) +
		       (length != NULL ? strtoul(length + 15, NULL, 10) : 0);
	}
	return atoi(c->in + 9);
}

/* ---- a session ---- */

struct session {
	unsigned who;
	char cookie[64], csrf[64];
};

static int
asks(struct conn *c, const struct session *of, const char *method,
    const char *path, const char *body)
{
	const size_t size = strlen(body);
	char head[1024], about[96] = "";
	int n;

	if (size > 0)
		(void)snprintf(about, sizeof(about),
		    "Content-Type: application/json\r\nContent-Length: %zu\r\n",
		    size);
	n = snprintf(head, sizeof(head),
	    "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nCookie: %s\r\n"
	    "Origin: http://127.0.0.1:%u\r\nX-Antin: %s\r\n%s\r\n",
	    method, path, plain_port, of->cookie, plain_port, of->csrf, about);
	if (!put_all(c, head, (size_t)n) || !put_all(c, body, size))
		return 0;
	return answered(c);
}

/* What stands behind this word in an answer, up to any of "ends". */
static void
behind(
    char *out, size_t size, const char *in, const char *word, const char *ends)
{
	const char *at = strstr(in, word);

	if (at == NULL)
		bug("an answer without what it must have");
	at += strlen(word);
	(void)snprintf(out, size, "%.*s", (int)strcspn(at, ends), at);
}

/* As "antin desk" begins one; then the station's desk is unlocked in it. */
static void
session_begin(struct session *out, unsigned who, int control)
{
	char token[64], body[LIMIT_ADDRESS + 64];
	json_t *answer = NULL;
	struct conn c;
	struct err e;

	*out = (struct session){ .who = who };
	bench_must(control_ask(control, CONTROL_DESK, json_object(), NULL, 0,
		       NULL, &answer, &e),
	    &e);
	behind(token, sizeof(token),
	    json_string_value(json_object_get(answer, "url")), "#link=", "");
	json_decref(answer);
	(void)snprintf(body, sizeof(body), "{\"token\":\"%s\"}", token);
	if (!conn_open(&c, plain_port, false, who) ||
	    asks(&c, out, "POST", "/api/1/session/link", body) != 200)
		bug("no session");
	behind(out->cookie, sizeof(out->cookie), c.in, "Set-Cookie: ", ";");
	behind(out->csrf, sizeof(out->csrf), c.in, "\"csrf\":\"", "\"");
	(void)snprintf(body, sizeof(body),
	    "{\"desk\":\"%s\",\"passphrase\":\"\"}", s->key_address);
	if (asks(&c, out, "POST", "/api/1/session/desk", body) != 200)
		(void)fprintf(stderr, "desk: %.300s\n", c.in);
	conn_close(&c);
}

/* ---- what was measured ---- */

static double *took;
static size_t took_count, failed;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void
measured(double seconds, bool good)
{
	(void)pthread_mutex_lock(&lock);
	if (good && took_count < SAMPLES)
		took[took_count++] = seconds;
	failed += !good;
	(void)pthread_mutex_unlock(&lock);
}

static void
say_measured(const char *what, double seconds)
{
	qsort(took, took_count, sizeof(*took), bench_by_size);
	if (took_count == 0)
		bug("nothing was answered");
	printf("%s: %.0f a second; p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, "
	       "longest %.1f ms; %zu failed\n",
	    what, (double)took_count / seconds, took[took_count / 2] * 1e3,
	    took[took_count * 95 / 100] * 1e3,
	    took[took_count * 99 / 100] * 1e3, took[took_count - 1] * 1e3,
	    failed);
	took_count = failed = 0;
}

/* Of the station's process of this name, its share of shared pages counted. */
static unsigned long
pss(const char *name)
{
	char path[64];
	struct buf text = { 0 };
	const char *at;
	unsigned long kb = 0;
	struct err e;

	(void)snprintf(path, sizeof(path), "/proc/%d/smaps_rollup",
	    (int)seat_process(s, name));
	if (file_read(&text, path, 65536, &e) == RC_OK) {
		buf_u8(&text, 0);
		at = strstr((const char *)text.p, "\nPss:");
		kb = at != NULL ? strtoul(at + 5, NULL, 10) : 0;
	}
	buf_free(&text);
	return kb;
}

static void
say_memory(const char *when)
{
	printf("memory %s (PSS): tls %lu KiB, web %lu KiB, control %lu KiB\n",
	    when, pss("tls"), pss("web"), pss("control"));
}

/* ---- people ---- */

struct browser {
	pthread_t thread;
	const struct session *session;
	unsigned number;
	uint16_t port;
	double until;
	const char *path;
};

/* One of what a person's page asks, in turn. */
static bool
asks_something(struct conn *c, const struct session *of, unsigned turn)
{
	char inbox[LIMIT_ADDRESS + 64];

	(void)snprintf(
	    inbox, sizeof(inbox), "/api/1/mail/in?desk=%s", s->key_address);
	switch (turn % 10) {
	case 0:
		return asks(c, of, "GET", "/", "") == 200;
	case 1:
	case 2:
		return asks(c, of, "GET", "/api/1/session", "") == 200;
	case 3:
	case 4:
		return asks(c, of, "GET", "/api/1/status", "") == 200;
	default:
		return asks(c, of, "GET", inbox, "") == 200;
	}
}

static void *
works(void *ctx)
{
	const struct browser *b = ctx;
	struct conn c;
	double began, next;
	unsigned turn = b->number;
	bool good;

	if (!conn_open(&c, plain_port, false, b->session->who))
		measured(0, false);
	else
		for (next = bench_now() + PACE * (b->number % 97) / 97;
		     next < b->until; next += PACE, turn++) {
			while ((began = bench_now()) < next)
				(void)usleep((unsigned)((next - began) * 1e6));
			good = asks_something(&c, b->session, turn);
			if (!good && failed < 3)
				fprintf(stderr, "turn %u: %.200s\n", turn % 10,
				    c.in);
			/* late is late: from when it was to be asked */
			measured(bench_now() - next, good);
		}
	conn_close(&c);
	return NULL;
}

static void
people(void)
{
	static struct session sessions[SESSIONS];
	static struct conn streams[SESSIONS];
	static struct browser all[BROWSERS];
	const unsigned count = geteuid() == 0 ? SESSIONS : FEW;
	const double began = bench_now();
	char head[512];
	size_t i, open = 0;
	struct err e;
	int control, n;

	bench_must(seat_control(&control, s, &e), &e);
	for (i = 0; i < count; i++)
		session_begin(&sessions[i], (unsigned)i, control);
	(void)close(control);
	printf("%u sessions begun in %.1f s\n", count, bench_now() - began);
	for (i = 0; i < count; i++) {
		n = snprintf(head, sizeof(head),
		    "GET /api/1/events HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
		    "Cookie: %s\r\n\r\n",
		    plain_port, sessions[i].cookie);
		open +=
		    conn_open(&streams[i], plain_port, false, (unsigned)i) &&
		    put_all(&streams[i], head, (size_t)n) &&
		    recv(streams[i].fd, streams[i].in, 64, 0) > 12 &&
		    strncmp(streams[i].in + 9, "200", 3) == 0;
	}
	for (i = 0; i < BROWSERS; i++) {
		all[i] = (struct browser){ .session = &sessions[i % count],
			.number = (unsigned)i,
			.until = bench_now() + SECONDS };
		if (pthread_create(&all[i].thread, NULL, works, &all[i]) != 0)
			bug("no thread");
	}
	for (i = 0; i < BROWSERS; i++)
		(void)pthread_join(all[i].thread, NULL);
	printf("%u browsers of %u sessions, %zu streams of changes, plain, one "
	       "request each in %.1f s:\n",
	    BROWSERS, count, open, PACE);
	say_measured("requests (50 % boxes, 20 % sessions, 20 % status, 10 % "
		     "pages)",
	    SECONDS);
	say_memory("with them");
	for (i = 0; i < count; i++)
		conn_close(&streams[i]);
}

/* ---- the pump ---- */

static void *
fetches(void *ctx)
{
	const struct browser *b = ctx;
	char head[256];
	struct conn c;
	double began;
	bool good;
	int n;

	n = snprintf(head, sizeof(head),
	    "GET %s HTTP/1.1\r\nHost: localhost:%u\r\n\r\n", b->path, b->port);
	if (!conn_open(&c, b->port, true, 0)) {
		measured(0, false);
		return NULL;
	}
	while ((began = bench_now()) < b->until) {
		good = put_all(&c, head, (size_t)n) && answered(&c) == 200;
		measured(bench_now() - began, good);
		if (!good)
			break;
	}
	conn_close(&c);
	return NULL;
}

static void
pump(const char *what, uint16_t port, const char *path)
{
	static struct browser all[BROWSERS];
	const double began = bench_now();
	size_t i;

	for (i = 0; i < BROWSERS; i++) {
		all[i] = (struct browser){ .number = (unsigned)i,
			.port = port,
			.path = path,
			.until = began + SECONDS };
		if (pthread_create(&all[i].thread, NULL, fetches, &all[i]) != 0)
			bug("no thread");
	}
	for (i = 0; i < BROWSERS; i++)
		(void)pthread_join(all[i].thread, NULL);
	say_measured(what, bench_now() - began);
}

/* desk files_path peer_port: the peer serves "/file". */
int
main(int argc, char **argv)
{
	static struct country land;
	char more[256];
	json_t *answer = NULL;
	struct err e;
	int control;

	if (argc < 2)
		return 2;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)snprintf(files_path, sizeof(files_path), "%s", argv[1]);
	peer_port = argc > 2 ? (uint16_t)atoi(argv[2]) : 0;
	took = alloc(SAMPLES, sizeof(*took));
	tls = SSL_CTX_new(TLS_client_method());
	country_begin(&land);
	s = country_seat(&land, NULL, "vn");
	secure_port = free_port();
	plain_port = free_port();
	(void)snprintf(more, sizeof(more),
	    "web 127.0.0.1:%u\nweb.tls 127.0.0.1:%u\nweb.name localhost\n",
	    plain_port, secure_port);
	country_write(s, more);
	if (!seat_start(s) || !seat_waits(s, "event=web.certificate ", 1, 30))
		bug("the station does not start");
	bench_must(seat_control(&control, s, &e), &e);
	(void)close(control);
	json_decref(answer);
	say_memory("before anybody comes");
	people();
	pump("by TLS, 200 browsers, the pages' program", secure_port,
	    files_path);
	say_memory("after it");
	if (peer_port != 0)
		pump("peer: nginx by TLS, the same file", peer_port, "/file");
	(void)seat_stop(s, SIGTERM);
	country_end(&land);
	SSL_CTX_free(tls);
	free(took);
	return 0;
}
