/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Browsers for benchmarks of a station's pages (docs/desk.md): a connection
 * each, plain or by TLS, that is kept; sessions; and how long answers took,
 * what is asked by what is asked.  Each is a thread of the benchmark's own.
 */
#ifndef BENCH_BROWSER_H
#define BENCH_BROWSER_H

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <sys/fsuid.h>

#include "../tests/station/clerk.h"
#include "../tests/station/cost.h"
#include "bench.h"

#define ANSWER (4u << 20) /* bytes of an answer, at most */
#define FIRST_USER 20000u
#define SAMPLES (1u << 18)

static struct seat *s;
static uint16_t secure_port, plain_port;
static SSL_CTX *tls;

/* ---- a connection ---- */

struct conn {
	int fd;
	SSL *ssl;
	char *in; /* ANSWER bytes; owned */
};

/*
 * Plain: as another user of this machine each, where that can be.  By TLS: from
 * another address of the loopback each, as from another machine.
 */
static inline bool
conn_open(struct conn *c, uint16_t port, bool secure, unsigned who)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	const struct timeval wait = { 60, 0 };
	const int one = 1;

	if (!secure && geteuid() == 0)
		(void)setfsuid(FIRST_USER + who);
	*c = (struct conn){ .fd = socket(AF_INET, SOCK_STREAM, 0),
		.in = alloc(ANSWER, 1) };
	if (!secure && geteuid() == 0)
		(void)setfsuid(0);
	(void)setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (secure) {
		a.sin_addr.s_addr =
		    htonl(0x7f010001u + who / 200 * 256 + who % 200);
		(void)bind(c->fd, (struct sockaddr *)&a, sizeof(a));
	}
	a.sin_port = htons(port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(c->fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		return false;
	if (!secure)
		return true;
	c->ssl = SSL_new(tls);
	(void)SSL_set_fd(c->ssl, c->fd);
	return SSL_connect(c->ssl) == 1;
}

static inline void
conn_close(struct conn *c)
{
	SSL_free(c->ssl);
	(void)close(c->fd);
	free(c->in);
	*c = (struct conn){ .fd = -1 };
}

static inline ssize_t
conn_read(struct conn *c, char *to, size_t max)
{
	return c->ssl != NULL ? SSL_read(c->ssl, to, (int)max)
			      : recv(c->fd, to, max, 0);
}

static inline bool
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
static inline int
answered(struct conn *c)
{
	const char *end, *length;
	size_t len = 0, want = 0;
	ssize_t n;

	while (want == 0 || len < want) {
		n = conn_read(c, c->in + len, ANSWER - 1 - len);
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

/* What stands behind this word in an answer, up to any of "ends"; false: it is
 * not there. */
static inline bool
behind(
    char *out, size_t size, const char *in, const char *word, const char *ends)
{
	const char *at = strstr(in, word);

	if (at == NULL)
		return false;
	at += strlen(word);
	(void)snprintf(out, size, "%.*s", (int)strcspn(at, ends), at);
	return true;
}

/* ---- a session ---- */

struct session {
	unsigned who;
	bool secure;
	char cookie[80], csrf[64];
};

/* The head of a request; how long it is. */
static inline size_t
head_of(char *out, size_t max, const struct session *of, const char *method,
    const char *path, const char *type, size_t body)
{
	const char *host = of->secure ? "localhost" : "127.0.0.1";
	const unsigned port = of->secure ? secure_port : plain_port;
	char about[128] = "", cookie[100] = "";

	if (type != NULL)
		(void)snprintf(about, sizeof(about),
		    "Content-Type: %s\r\nContent-Length: %zu\r\n", type, body);
	if (of->cookie[0] != '\0')
		(void)snprintf(
		    cookie, sizeof(cookie), "Cookie: %s\r\n", of->cookie);
	return (size_t)snprintf(out, max,
	    "%s %s HTTP/1.1\r\nHost: %s:%u\r\n%s"
	    "Origin: %s://%s:%u\r\nX-Antin: %s\r\n%s\r\n",
	    method, path, host, port, cookie, of->secure ? "https" : "http",
	    host, port, of->csrf, about);
}

/* Ask, with a JSON body or "": the status; 0: no answer. */
static inline int
asks(struct conn *c, const struct session *of, const char *method,
    const char *path, const char *body)
{
	const size_t size = strlen(body);
	char head[1400];
	size_t n;

	c->in[0] = '\0';
	n = head_of(head, sizeof(head), of, method, path,
	    size > 0 ? "application/json" : NULL, size);
	if (!put_all(c, head, n) || !put_all(c, body, size))
		return 0;
	return answered(c);
}

/* The cookie and the token that an answer has. */
static inline void
session_told(struct session *of, const struct conn *c)
{
	(void)behind(
	    of->cookie, sizeof(of->cookie), c->in, "Set-Cookie: ", ";");
	(void)behind(of->csrf, sizeof(of->csrf), c->in, "\"csrf\":\"", "\"");
}

/* As "antin desk" begins one: over a connection to this machine's own port. */
static inline void
session_link(struct session *out, struct conn *c, unsigned who, int control)
{
	char token[64], body[160];
	json_t *answer = NULL;
	struct err e;

	*out = (struct session){ .who = who };
	bench_must(control_ask(control, CONTROL_DESK, json_object(), NULL, 0,
		       NULL, &answer, &e),
	    &e);
	if (!behind(token, sizeof(token),
		json_string_value(json_object_get(answer, "url")),
		"#link=", ""))
		bug("no link");
	json_decref(answer);
	(void)snprintf(body, sizeof(body), "{\"token\":\"%s\"}", token);
	if (!conn_open(c, plain_port, false, who) ||
	    asks(c, out, "POST", "/api/1/session/link", body) != 200)
		bug("no session");
	session_told(out, c);
}

/* ---- what was measured ---- */

struct samples {
	const char *what;
	double *took; /* SAMPLES at most; owned */
	size_t count, failed;
};

static pthread_mutex_t samples_lock = PTHREAD_MUTEX_INITIALIZER;

static inline void
samples_add(struct samples *m, double seconds, bool good)
{
	(void)pthread_mutex_lock(&samples_lock);
	if (m->took == NULL)
		m->took = alloc(SAMPLES, sizeof(*m->took));
	if (good && m->count < SAMPLES)
		m->took[m->count++] = seconds;
	m->failed += !good;
	(void)pthread_mutex_unlock(&samples_lock);
}

/* One line, and they are empty again. */
static inline void
samples_say(struct samples *m, const char *what, double seconds)
{
	const size_t n = m->count;

	if (n > 0)
		qsort(m->took, n, sizeof(*m->took), bench_by_size);
	if (n == 0)
		printf("%s: none answered; %zu failed\n", what, m->failed);
	else
		printf("%s: %.*f a second; p50 %.1f ms, p95 %.1f ms, p99 %.1f "
		       "ms, longest %.1f ms; %zu failed\n",
		    what, (double)n / seconds < 10 ? 1 : 0, (double)n / seconds,
		    m->took[n / 2] * 1e3, m->took[n * 95 / 100] * 1e3,
		    m->took[n * 99 / 100] * 1e3, m->took[n - 1] * 1e3,
		    m->failed);
	(void)fflush(stdout);
	free(m->took);
	*m = (struct samples){ .what = m->what };
}

/* ---- memory ---- */

/* Those that a station has, whichever run just now. */
static inline double
say_memory(const char *when)
{
	static const char *const names[] = { "keys", "store", "seal", "link",
		"media", "control", "tls", "web", "print", "scan" };
	double all = pss_of(s->daemon), one;
	size_t i;
	pid_t pid;

	printf("memory %s (PSS): parent %.1f", when, all);
	for (i = 0; i < COUNT(names); i++) {
		pid = seat_process(s, names[i]);
		one = pid > 0 && seat_owns(s, pid) ? pss_of(pid) : 0;
		if (one > 0)
			printf(", %s %.1f", names[i], one);
		all += one;
	}
	printf(" MiB; all %.1f MiB\n", all);
	(void)fflush(stdout);
	return all;
}

/* ---- the station ---- */

/* One with pages both ways; then browser_write(), and seat_start(). */
static inline void
browser_begin(struct country *c)
{
	(void)signal(SIGPIPE, SIG_IGN);
	tls = SSL_CTX_new(TLS_client_method());
	country_begin(c);
	s = country_seat(c, NULL, "vn");
	secure_port = free_port();
	plain_port = free_port();
}

static inline void
browser_write(void)
{
	char more[160];

	(void)snprintf(more, sizeof(more),
	    "web 127.0.0.1:%u\nweb.tls 127.0.0.1:%u\nweb.name localhost\n",
	    plain_port, secure_port);
	country_write(s, more);
}

static inline void
browser_start(void)
{
	if (!seat_start(s) || !seat_waits(s, "event=web.certificate ", 1, 30))
		bug("the station does not start");
}

static inline void
browser_end(struct country *c)
{
	(void)seat_stop(s, SIGTERM);
	country_end(c);
	SSL_CTX_free(tls);
}

#endif
