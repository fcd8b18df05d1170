/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station's pages by TLS (docs/desk.md 11): real stations, and browsers that
 * trust what the station says of itself.
 */
#include "clerk.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define HOST "antin.dien-bien.vn"
#define CROWD 500u
#define ANSWER (256u << 10) /* bytes of an answer, at most */

static struct country land;
static struct seat *s;
static uint16_t port, plain_port;

static void
configure(const char *names)
{
	char more[256];

	plain_port = free_port();
	(void)snprintf(more, sizeof(more),
	    "web 127.0.0.1:%u\nweb.tls 127.0.0.1:%u\n%s", plain_port, port,
	    names);
	country_write(s, more);
}

/* ---- whom a browser is to trust ---- */

/* As "antin desk trust" has it; the caller frees.  NULL: not yet. */
static X509 *
trusted_now(void)
{
	json_t *answer = NULL;
	const char *pem;
	X509 *x = NULL;
	struct err e;
	BIO *in;
	int fd;

	if (seat_control(&fd, s, &e) != RC_OK)
		return NULL;
	if (control_ask(fd, CONTROL_DESK_TRUST, json_object(), NULL, 0, NULL,
		&answer, &e) == RC_OK) {
		pem = json_string_value(json_object_get(answer, "pem"));
		in = BIO_new_mem_buf(pem, -1);
		x = PEM_read_bio_X509(in, NULL, NULL, NULL);
		BIO_free(in);
	}
	json_decref(answer);
	close(fd);
	return x;
}

static X509 *
trusted(void)
{
	X509 *x;
	unsigned i;

	for (i = 0; i < patience(30) * 20; i++) {
		if ((x = trusted_now()) != NULL)
			return x;
		(void)usleep(50000);
	}
	bug("the station has no authority");
}

/* ---- a browser ---- */

struct visit {
	int fd;
	SSL *ssl;
};

static bool
visits_from(struct visit *v, X509 *ca, const char *host, const char *from)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	const struct timeval wait = { patience(30), 0 };
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	char name[256];
	bool good;

	*v = (struct visit){ .fd = socket(AF_INET, SOCK_STREAM, 0) };
	(void)setsockopt(v->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	(void)inet_pton(AF_INET, from, &a.sin_addr);
	(void)bind(v->fd, (struct sockaddr *)&a, sizeof(a));
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons(port);
	good = connect(v->fd, (struct sockaddr *)&a, sizeof(a)) == 0;
	(void)X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), ca);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	v->ssl = SSL_new(ctx);
	(void)SSL_set1_host(v->ssl, host);
	(void)snprintf(name, sizeof(name), "%s", host);
	(void)SSL_set_tlsext_host_name(v->ssl, name);
	(void)SSL_set_fd(v->ssl, v->fd);
	ERR_clear_error();
	good = good && SSL_connect(v->ssl) == 1;
	SSL_CTX_free(ctx);
	return good;
}

static bool
visits(struct visit *v, X509 *ca)
{
	return visits_from(v, ca, HOST, "127.0.0.1");
}

static void
leaves(struct visit *v)
{
	SSL_free(v->ssl);
	(void)close(v->fd);
}

/* The status of what it answers, and the answer's head; 0: nothing. */
static int
gets(struct visit *v, const char *path, char head[static 4096])
{
	static char all[ANSWER];
	const char *end, *length;
	char ask[512];
	size_t len = 0, want = 0;
	int n;

	n = snprintf(ask, sizeof(ask), "GET %s HTTP/1.1\r\nHost: %s:%u\r\n\r\n",
	    path, HOST, port);
	if (SSL_write(v->ssl, ask, n) != n)
		return 0;
	while (want == 0 || len < want) {
		n = SSL_read(v->ssl, all + len, (int)(sizeof(all) - 1 - len));
		if (n <= 0)
			return 0;
		len += (size_t)n;
		all[len] = '\0';
		end = strstr(all, "\r\n\r\n");
		length = strcasestr(all, "content-length:");
		if (want == 0 && end != NULL && length != NULL)
			want = (size_t)(end + 4 - all) +
			       strtoul(length + 15, NULL, 10);
	}
	(void)snprintf(head, 4096, "%.4095s", all);
	return atoi(all + 9);
}

/* A new browser gets the pages. */
static bool
is_served(X509 *ca)
{
	char head[4096];
	struct visit v;
	bool good = visits(&v, ca) && gets(&v, "/", head) == 200;

	leaves(&v);
	return good;
}

/* The same, as soon as a part that was started anew is there. */
static bool
is_served_again(X509 *ca)
{
	unsigned i;

	for (i = 0; i < patience(30) * 5; i++) {
		if (is_served(ca))
			return true;
		(void)usleep(200000);
	}
	return false;
}

/* ---- what is promised ---- */

static void
a_browser_that_trusts_it_has_the_pages(void)
{
	X509 *ca = trusted();
	char head[4096] = "";
	struct visit v, w;

	ok(visits(&v, ca), "who trusts its authority meets the station");
	is((uint64_t)gets(&v, "/", head), 200, "and has its pages");
	ok(strcasestr(head, "content-security-policy: default-src 'none'") !=
		NULL,
	    "with what a browser is to hold them to");
	is((uint64_t)gets(&v, "/api/1/status", head), 401,
	    "but nothing that wants somebody");
	is((uint64_t)gets(&v, "/", head), 200, "over one connection");
	leaves(&v);
	ok(!visits_from(&w, ca, "antin.lai-chau.vn", "127.0.0.1"),
	    "under another name it is not the station");
	leaves(&w);
	X509_free(ca);
}

static void
parts_that_die_come_again(void)
{
	static const char *const parts[] = { "tls", "keys", "store", "web" };
	const pid_t link_was = seat_process(s, "link");
	X509 *ca = trusted(), *now;
	char line[96];
	size_t i;

	for (i = 0; i < COUNT(parts); i++) {
		(void)snprintf(line, sizeof(line),
		    "event=process.ready name=%s pid=", parts[i]);
		const size_t n = seat_said(s, line);
		(void)kill(seat_process(s, parts[i]), SIGKILL);
		ok(seat_waits(s, line, n + 1, 30) && is_served_again(ca),
		    "%s dies, and comes again under the same authority",
		    parts[i]);
		now = trusted();
		ok(X509_cmp(ca, now) == 0, "which it still says");
		X509_free(now);
	}
	is((uint64_t)seat_process(s, "link"), (uint64_t)link_was,
	    "the others went on");
	X509_free(ca);
}

/* The store is killed while a browser is there. */
static void
a_connection_outlives_the_store(void)
{
	X509 *ca = trusted();
	char head[4096];
	struct visit v;
	size_t n;

	ok(visits(&v, ca) && gets(&v, "/", head) == 200, "a browser is there");
	n = seat_said(s, "event=web.certificate ");
	(void)kill(seat_process(s, "store"), SIGKILL);
	ok(seat_waits(s, "event=web.certificate ", n + 1, 30),
	    "the store comes again, and there is a new certificate");
	is((uint64_t)gets(&v, "/", head), 200,
	    "the browser's connection goes on under the old one");
	leaves(&v);
	X509_free(ca);
}

static void
an_authority_lasts(void)
{
	X509 *ca = trusted(), *now;
	const size_t made = seat_said(s, "event=web.authority_made");

	is(made, 1, "one authority was made");
	is((uint64_t)seat_stop(s, SIGTERM), 0, "the station ends");
	ok(seat_start(s), "and starts");
	now = trusted();
	ok(X509_cmp(ca, now) == 0 && is_served(ca), "under the same authority");
	X509_free(now);
	(void)seat_stop(s, SIGTERM);
	configure("web.name " HOST "\n");
	ok(seat_start(s), "with a name less");
	now = trusted();
	ok(X509_cmp(ca, now) == 0 && is_served(ca), "it is the same");
	is(seat_said(s, "event=web.authority_made"), 1, "none was made");
	X509_free(now);
	(void)seat_stop(s, SIGTERM);
	configure("web.name " HOST "\nweb.name antin.vn\n");
	ok(seat_start(s), "with a name more");
	now = trusted();
	ok(X509_cmp(ca, now) != 0 && is_served(now) && !is_served(ca),
	    "there is a new one, and who trusts the old one is not served");
	ok(seat_said(
	       s, "why=\"it is not for all names of the configuration\"") == 1,
	    "and the log says why");
	X509_free(now);
	X509_free(ca);
}

/* A crowd that says nothing more. */
static void
many_browsers_are_served(void)
{
	struct visit *all = alloc(CROWD, sizeof(*all)), v;
	X509 *ca = trusted();
	char head[4096];
	size_t i, in = 0, served = 0;

	for (i = 0; i < CROWD; i++)
		in += visits_from(&all[i], ca, HOST, "127.0.0.3");
	is(in, CROWD, "so many browsers come");
	ok(visits(&v, ca) && gets(&v, "/", head) == 200,
	    "one more, from elsewhere, is served");
	for (i = 0; i < CROWD; i += 50)
		served += gets(&all[i], "/", head) == 200;
	is(served, CROWD / 50, "and so are they");
	leaves(&v);
	for (i = 0; i < CROWD; i++)
		leaves(&all[i]);
	free(all);
	X509_free(ca);
}

/* A browser of this machine gets the pages, without TLS. */
static bool
is_served_here(void)
{
	const struct timeval wait = { patience(30), 0 };
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(plain_port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char ask[128], answer[16] = "";
	int fd = socket(AF_INET, SOCK_STREAM, 0), n;

	n = snprintf(ask, sizeof(ask),
	    "GET / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", plain_port);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    send(fd, ask, (size_t)n, MSG_NOSIGNAL) != n ||
	    recv(fd, answer, 12, MSG_WAITALL) != 12)
		answer[0] = '\0';
	(void)close(fd);
	return strcmp(answer, "HTTP/1.1 200") == 0;
}

/* Machines that take all places there are by TLS. */
static void
this_machine_is_served_anyhow(void)
{
	static const char *const from[] = { "127.0.0.4", "127.0.0.5",
		"127.0.0.6" };
	const size_t each = 400, all_count = COUNT(from) * each;
	struct visit *all = alloc(all_count, sizeof(*all));
	X509 *ca = trusted();
	size_t i, in = 0;

	for (i = 0; i < all_count; i++)
		in += visits_from(&all[i], ca, HOST, from[i / each]);
	note("%zu connections by TLS", in);
	ok(!is_served(ca), "where all places for other machines are taken");
	ok(is_served_here(), "this machine's browsers are served");
	for (i = 0; i < all_count; i++)
		leaves(&all[i]);
	ok(is_served_again(ca), "and others when there is room again");
	free(all);
	X509_free(ca);
}

/* The end may come at any instruction: who once was shown a certificate can
 * trust the authority behind it. */
static void
what_was_shown_is_on_disk(void)
{
	static struct country lands[3];
	struct country *c;
	X509 *leaf, *ca;
	SSL_CTX *ctx;
	SSL *ssl;
	size_t i, lasting = 0;
	int fd;
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	for (i = 0; i < COUNT(lands); i++) {
		c = &lands[i];
		country_begin(c);
		s = country_seat(c, NULL, "vn");
		port = free_port();
		configure("web.name " HOST "\n");
		seat_launch(s);
		(void)seat_waits(s, "event=web.certificate ", 1, 30);
		(void)kill(seat_process(s, "store"), SIGKILL);
		ctx = SSL_CTX_new(TLS_client_method());
		ssl = SSL_new(ctx);
		fd = socket(AF_INET, SOCK_STREAM, 0);
		a.sin_port = htons(port);
		if (connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
			bug("it does not listen");
		(void)SSL_set_fd(ssl, fd);
		leaf = SSL_connect(ssl) == 1 ? SSL_get1_peer_certificate(ssl)
					     : NULL;
		(void)seat_stop(s, SIGKILL);
		(void)usleep(300000); /* its children see that it is gone */
		SSL_free(ssl);
		SSL_CTX_free(ctx);
		(void)close(fd);
		if (!seat_start(s))
			bug("it does not start");
		ca = trusted();
		lasting += leaf != NULL &&
			   X509_verify(leaf, X509_get0_pubkey(ca)) == 1;
		X509_free(leaf);
		X509_free(ca);
		country_end(c);
	}
	is(lasting, COUNT(lands),
	    "an authority whose certificate was shown outlives kills");
}

static void
tls_wants_a_name(void)
{
	static struct country c;

	country_begin(&c);
	s = country_seat(&c, NULL, "vn");
	port = free_port();
	configure("");
	seat_launch(s);
	ok(seat_waits(s, "web.name", 1, 30), "without a name it says so");
	ok(seat_stop(s, SIGTERM) != 0 &&
		seat_said(s, "event=daemon.ready") == 0,
	    "and does not start");
	country_end(&c);
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	country_begin(&land);
	s = country_seat(&land, NULL, "vn");
	port = free_port();
	configure("web.name " HOST "\nweb.name 127.0.0.1\n");
	if (!ok(seat_start(s), "a station starts"))
		seat_tells(s);
	a_browser_that_trusts_it_has_the_pages();
	parts_that_die_come_again();
	a_connection_outlives_the_store();
	an_authority_lasts();
	many_browsers_are_served();
	this_machine_is_served_anyhow();
	is((uint64_t)seat_stop(s, SIGTERM), 0, "the station ends well");
	country_end(&land);
	what_was_shown_is_on_disk();
	tls_wants_a_name();
	return done();
}
