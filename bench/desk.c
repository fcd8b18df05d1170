/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station's pages under load (docs/desk.md): one station on this machine,
 * and browsers that are threads of this program, each with a connection of its
 * own that it keeps.  Plain: what people ask, paced as by people, of sessions
 * that have the station's desk unlocked, with a stream of changes each.  By
 * TLS: the largest file of the pages, as fast as it goes, beside nginx with the
 * same file, protocol and groups where it is here.
 */
#include "browser.h"

#define SESSIONS 200u /* by root; else FEW, for one user has so many tries */
#define FEW 10u
#define BROWSERS 200u
#define SECONDS 10
#define PACE 0.5 /* seconds between what one asks */
#define REST_S 5 /* until a station that was started is at rest */

static uint16_t peer_port;
static char files_path[128]; /* the pages' program */
static struct samples answers;

/* ---- a station that nobody has asked yet ---- */

/* All that a browser needs to show the first page; seconds, 0: it fails. */
static double
first_page(bool secure)
{
	const struct session nobody = { .secure = secure };
	struct session of = nobody;
	const double began = bench_now();
	double took = 0;
	struct conn c;

	if (conn_open(&c, secure ? secure_port : plain_port, secure, 0) &&
	    asks(&c, &nobody, "GET", "/", "") == 200 &&
	    asks(&c, &nobody, "GET", files_path, "") == 200 &&
	    (!secure || (asks(&c, &of, "POST", "/api/1/session", "{}") == 200 &&
			    (session_told(&of, &c), true) &&
			    asks(&c, &of, "GET", "/api/1/session", "") == 200)))
		took = bench_now() - began;
	conn_close(&c);
	return took;
}

/* From when it is started, and again when all is warm. */
static void
cold(void)
{
	const double began = bench_now();
	double first = 0, tls_first, again;
	struct conn c;

	seat_launch(s);
	while (first == 0 && bench_now() - began < 60) {
		if (conn_open(&c, plain_port, false, 0))
			first = first_page(false);
		conn_close(&c);
		if (first == 0)
			(void)usleep(2000);
	}
	first = bench_now() - began;
	if (!seat_waits(s, "event=web.certificate ", 1, 30))
		bug("the station does not start");
	tls_first = first_page(true);
	again = first_page(true);
	printf("a station is started: its first page (index and program, "
	       "plain) is there after %.2f s; then by TLS with a session the "
	       "first time %.0f ms, again %.0f ms\n",
	    first, tls_first * 1e3, again * 1e3);
}

/* ---- a session ---- */

/* As "antin desk" begins one; then the station's desk is unlocked in it. */
static void
session_begin(struct session *out, unsigned who, int control)
{
	char body[LIMIT_ADDRESS + 64];
	struct conn c;

	session_link(out, &c, who, control);
	(void)snprintf(body, sizeof(body),
	    "{\"desk\":\"%s\",\"passphrase\":\"\"}", s->key_address);
	if (asks(&c, out, "POST", "/api/1/session/desk", body) != 200)
		(void)fprintf(stderr, "desk: %.300s\n", c.in);
	conn_close(&c);
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
		samples_add(&answers, 0, false);
	else
		for (next = bench_now() + PACE * (b->number % 97) / 97;
		     next < b->until; next += PACE, turn++) {
			while ((began = bench_now()) < next)
				(void)usleep((unsigned)((next - began) * 1e6));
			good = asks_something(&c, b->session, turn);
			if (!good && answers.failed < 3)
				fprintf(stderr, "turn %u: %.200s\n", turn % 10,
				    c.in);
			/* late is late: from when it was to be asked */
			samples_add(&answers, bench_now() - next, good);
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
	samples_say(&answers,
	    "requests (50 % boxes, 20 % sessions, 20 % status, 10 % "
	    "pages)",
	    SECONDS);
	(void)say_memory("with them");
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
		samples_add(&answers, 0, false);
		return NULL;
	}
	while ((began = bench_now()) < b->until) {
		good = put_all(&c, head, (size_t)n) && answered(&c) == 200;
		samples_add(&answers, bench_now() - began, good);
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
	samples_say(&answers, what, bench_now() - began);
}

/* desk files_path peer_port: the peer serves "/file". */
int
main(int argc, char **argv)
{
	static struct country land;

	if (argc < 2)
		return 2;
	(void)snprintf(files_path, sizeof(files_path), "%s", argv[1]);
	peer_port = argc > 2 ? (uint16_t)atoi(argv[2]) : 0;
	browser_begin(&land);
	browser_write();
	cold();
	(void)sleep(REST_S);
	(void)say_memory("of a station with pages, that nobody asks");
	people();
	pump("by TLS, 200 browsers, the pages' program", secure_port,
	    files_path);
	(void)sleep(REST_S);
	(void)say_memory("when all are gone");
	if (peer_port != 0)
		pump("peer: nginx by TLS, the same file", peer_port, "/file");
	browser_end(&land);
	return 0;
}
