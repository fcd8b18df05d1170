/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The process that browsers reach by TLS (docs/desk.md 11), with this test as
 * its store, as its web, and as the browsers.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/ioctl.h>

#include "play.h"

#include "proc_tls/tls.h"
#include "crypto/random.h"
#include "pki/site.h"

#define WAIT_MS 30000
#define MUCH ((size_t)6 << 20)

static struct actor it;
static struct line *store, *web;
static uint16_t port;
static struct p256 *authority;
static struct buf ca;
static const char names[] = "antin.dien-bien.vn\n127.0.0.1\n";

/* ---- its siblings ---- */

static void
certify(struct buf *out, struct bytes pub, bool is_authority, int64_t days)
{
	struct site_cert c = { .issuer = bytes_str("Antin: Điện Biên"),
		.from = time_now() - TIME_DAY,
		.until = time_now() + days * TIME_DAY,
		.pub = pub,
		.authority = is_authority };
	struct err e;

	c.subject = is_authority ? c.issuer : bytes_str("antin.dien-bien.vn");
	if (site_names_read(&c.names, bytes_str(names), &e) != RC_OK)
		bug(e.text);
	site_cert_write(out, &c, authority);
}

/* The n-th of these in its log; false: it does not come. */
static bool
waits_for_log(const char *what, size_t n)
{
	const int64_t until = process_ms() + WAIT_MS;
	const uint8_t *at;
	struct message m;
	struct err e;
	size_t found;
	int fd;

	while (process_ms() < until) {
		(void)channel_read(it.parent->c, &e);
		while (channel_next(it.parent->c, &m, &fd, &e) == RC_OK)
			if (m.kind == MSG_LOG)
				take_log(&m);
		at = logged.p;
		for (found = 0;
		     logged.len > 0 &&
		     (at = memmem(at, logged.len - (size_t)(at - logged.p),
			  what, strlen(what))) != NULL;
		     at++)
			found++;
		if (found >= n)
			return true;
		(void)usleep(10000);
	}
	return false;
}

/* It asks for a certificate, and gets one; false: it does not ask. */
static bool
gives_certificate(void)
{
	struct msg_web_cert_is is = { .until = time_now() + 30 * TIME_DAY };
	static size_t given;
	struct heard h;
	struct buf leaf = { 0 };

	if (!wait_for(&h, store, MSG_WEB_CERT))
		return false;
	certify(&leaf, bytes_of(h.m.body.web_cert.pub, MSG_WEB_PUB), false, 30);
	is.leaf = buf_bytes(&leaf);
	is.ca = buf_bytes(&ca);
	say_to(store, MSG_WEB_CERT_IS, h.m.job, &is, -1);
	heard_free(&h);
	buf_free(&leaf);
	return waits_for_log("event=web.certificate", ++given);
}

static int
listening(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) != 0 ||
	    listen(fd, 1024) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		bug("no port is to be had");
	port = ntohs(a.sin_port);
	return fd;
}

static void
starts(void)
{
	uint8_t pub[P256_PUB];

	authority = p256_new();
	p256_pub(authority, pub);
	certify(&ca, bytes_of(pub, sizeof(pub)), true, 3650);
	it = actor_new(&process_tls);
	say_to(it.parent, MSG_SOCKET, 0,
	    &(struct msg_socket){ bytes_str("web.tls") }, listening());
	store = actor_sibling(&it, PROC_STORE);
	web = actor_sibling(&it, PROC_WEB);
	ok(actor_go(&it), "it starts");
}

/* ---- a browser ---- */

struct visit {
	int fd;
	SSL *ssl;
	int web; /* web's end; -1: it was handed none */
	uint64_t secure;
	char peer[80];
};

static SSL_CTX *
browsers(const char *groups, int most)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	const unsigned char *at = ca.p;
	X509 *x = d2i_X509(NULL, &at, (long)ca.len);
	char list[64];

	(void)snprintf(list, sizeof(list), "%s", groups);
	if (x == NULL || SSL_CTX_set1_groups_list(ctx, list) != 1 ||
	    SSL_CTX_set_max_proto_version(ctx, most) != 1 ||
	    X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), x) != 1)
		bug("no browser");
	X509_free(x);
	return ctx;
}

static int
dial(const char *from)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const struct timeval patience = { WAIT_MS / 1000, 0 };

	if (inet_pton(AF_INET, from, &a.sin_addr) != 1 ||
	    bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		bug("no such address");
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons(port);
	(void)setsockopt(
	    fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		bug("it does not listen");
	return fd;
}

/* TLS, and web's end of it. */
static bool
visits_by(struct visit *v, SSL_CTX *ctx, const char *from)
{
	struct heard h;

	*v = (struct visit){ .fd = dial(from), .web = -1 };
	v->ssl = SSL_new(ctx);
	(void)SSL_set_fd(v->ssl, v->fd);
	ERR_clear_error();
	if (SSL_connect(v->ssl) != 1)
		return false;
	if (!wait_for(&h, web, MSG_BROWSER))
		return false;
	v->web = h.fd;
	v->secure = h.m.body.browser.secure;
	(void)snprintf(v->peer, sizeof(v->peer), "%.*s",
	    (int)h.m.body.browser.peer.len,
	    (const char *)h.m.body.browser.peer.p);
	h.fd = -1;
	heard_free(&h);
	(void)fcntl(v->web, F_SETFL, 0);
	return true;
}

static bool
visits(struct visit *v)
{
	static SSL_CTX *usual;

	if (usual == NULL)
		usual = browsers("X25519MLKEM768:X25519:P-256", 0);
	return visits_by(v, usual, "127.0.0.1");
}

static void
leaves(struct visit *v)
{
	SSL_free(v->ssl);
	(void)close(v->fd);
	if (v->web >= 0)
		(void)close(v->web);
}

/* What one end says the other hears. */
static bool
speaks(struct visit *v)
{
	char b[16] = { 0 };

	return SSL_write(v->ssl, "hail", 4) == 4 && read(v->web, b, 16) == 4 &&
	       memcmp(b, "hail", 4) == 0 && write(v->web, "well", 4) == 4 &&
	       SSL_read(v->ssl, b, 16) == 4 && memcmp(b, "well", 4) == 0;
}

/* ---- who is let in ---- */

static void
nobody_comes_before_there_is_a_certificate(void)
{
	struct pollfd f = { .events = POLLIN };
	struct visit v;

	f.fd = dial("127.0.0.1");
	ok(poll(&f, 1, 300) == 0, "who comes too early waits");
	(void)close(f.fd);
	ok(gives_certificate(), "it asks for a certificate");
	ok(visits(&v) && speaks(&v), "then a browser and web hear each other");
	is(v.secure, 1, "web is told that it is by TLS");
	ok(strncmp(v.peer, "127.0.0.1:", 10) == 0, "and whose it is: %s",
	    v.peer);
	leaves(&v);
}

static bool
is_verified(const char *host, const char *address)
{
	SSL_CTX *ctx = browsers("X25519MLKEM768", 0);
	struct visit v;
	bool good;

	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	(void)X509_VERIFY_PARAM_set1_host(
	    SSL_CTX_get0_param(ctx), host, host == NULL ? 0 : strlen(host));
	if (address != NULL)
		(void)X509_VERIFY_PARAM_set1_ip_asc(
		    SSL_CTX_get0_param(ctx), address);
	good = visits_by(&v, ctx, "127.0.0.1");
	leaves(&v);
	SSL_CTX_free(ctx);
	return good;
}

static void
the_certificate_is_for_its_names(void)
{
	ok(is_verified("antin.dien-bien.vn", NULL),
	    "the certificate holds for the station's name");
	ok(is_verified(NULL, "127.0.0.1"), "and for its address");
	ok(!is_verified("antin.lai-chau.vn", NULL), "not for another's name");
	ok(!is_verified("x.antin.dien-bien.vn", NULL), "nor one below it");
	ok(!is_verified(NULL, "127.0.0.2"), "nor another address");
}

static void
what_is_agreed(void)
{
	static const struct {
		const char *what, *groups;
		int most;
		bool good;
	} kinds[] = {
		{ "a browser of today", "X25519MLKEM768:X25519:P-256", 0,
		    true },
		{ "one without ML-KEM", "X25519:P-256", 0, true },
		{ "one with P-256 alone", "P-256", 0, true },
		{ "one of TLS 1.2", "X25519:P-256", TLS1_2_VERSION, false },
		{ "one with other groups", "P-384:P-521", 0, false },
	};
	struct visit v;
	SSL_CTX *ctx;
	size_t i;

	for (i = 0; i < COUNT(kinds); i++) {
		ctx = browsers(kinds[i].groups, kinds[i].most);
		ok(visits_by(&v, ctx, "127.0.0.1") == kinds[i].good, "%s %s",
		    kinds[i].what, kinds[i].good ? "is let in" : "is refused");
		if (i == 0)
			ok(strcmp(SSL_get0_group_name(v.ssl),
			       "X25519MLKEM768") == 0 &&
				SSL_version(v.ssl) == TLS1_3_VERSION &&
				strcmp(SSL_get_cipher_name(v.ssl),
				    "TLS_AES_256_GCM_SHA384") == 0,
			    "by %s and %s", SSL_get0_group_name(v.ssl),
			    SSL_get_cipher_name(v.ssl));
		leaves(&v);
		SSL_CTX_free(ctx);
	}
}

static bool
agrees_on(const char *protocols, size_t len, const char *wanted)
{
	SSL_CTX *ctx = browsers("X25519", 0);
	const unsigned char *got = NULL;
	unsigned got_len = 0;
	struct visit v;
	bool good;

	(void)SSL_CTX_set_alpn_protos(
	    ctx, (const unsigned char *)protocols, (unsigned)len);
	good = visits_by(&v, ctx, "127.0.0.1");
	SSL_get0_alpn_selected(v.ssl, &got, &got_len);
	good = good && wanted != NULL && got_len == strlen(wanted) &&
	       memcmp(got, wanted, got_len) == 0;
	leaves(&v);
	SSL_CTX_free(ctx);
	return good;
}

static void
it_speaks_http_1_1_alone(void)
{
	ok(agrees_on("\2h2\10http/1.1", 12, "http/1.1"),
	    "who offers HTTP/2 too gets HTTP/1.1");
	ok(!agrees_on("\2h2", 3, NULL) && !agrees_on("\6postgr", 7, NULL),
	    "who offers something else alone is refused");
}

static void
nothing_is_resumed(void)
{
	struct visit v;

	ok(visits(&v) && speaks(&v) &&
		SSL_SESSION_is_resumable(SSL_get_session(v.ssl)) == 0,
	    "there are no tickets");
	ok(SSL_key_update(v.ssl, SSL_KEY_UPDATE_REQUESTED) == 1 && speaks(&v) &&
		speaks(&v),
	    "a browser's new keys are taken");
	leaves(&v);
}

/* ---- the pump ---- */

/* A browser that sends much and reads what web sends, in a process: both at
 * once, with pauses. */
static void
other_side(struct visit *v, const uint8_t *much)
{
	size_t sent = 0, got = 0;
	uint8_t b[9000];
	ssize_t n;

	while (sent < MUCH || got < MUCH) {
		if (sent < MUCH) {
			n = write(v->web, much + sent,
			    MUCH - sent < 70000 ? MUCH - sent : 70000);
			sent += n > 0 ? (size_t)n : 0;
		}
		if (got < MUCH) {
			n = recv(v->web, b, sizeof(b), MSG_DONTWAIT);
			if (n > 0 && memcmp(b, much + got, (size_t)n) != 0)
				_exit(1);
			got += n > 0 ? (size_t)n : 0;
			if (n == 0)
				_exit(2);
		}
	}
	_exit(0);
}

static void
much_goes_both_ways(void)
{
	uint8_t *much = alloc(MUCH, 1), b[17000];
	size_t sent = 0, got = 0, bad = 0;
	struct visit v;
	int status, n;
	pid_t pid;

	random_bytes(much, MUCH);
	ok(visits(&v), "a browser comes");
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		other_side(&v, much);
	(void)fcntl(v.web, F_SETFL, 0);
	while (sent < MUCH || got < MUCH) {
		if (sent < MUCH) {
			n = SSL_write(v.ssl, much + sent,
			    (int)(MUCH - sent < 9973 ? MUCH - sent : 9973));
			if (n <= 0)
				break;
			sent += (size_t)n;
		}
		if (got < MUCH) {
			n = SSL_read(v.ssl, b, sizeof(b));
			if (n <= 0)
				break;
			bad += memcmp(b, much + got, (size_t)n) != 0;
			got += (size_t)n;
		}
	}
	(void)waitpid(pid, &status, 0);
	ok(status == 0 && bad == 0 && sent == MUCH && got == MUCH,
	    "%zu bytes each way arrive as they went", MUCH);
	leaves(&v);
	free(much);
}

static void
ends_are_told(void)
{
	struct visit v;
	char b[8];

	ok(visits(&v) && SSL_write(v.ssl, "ask", 3) == 3 &&
		SSL_shutdown(v.ssl) == 0 && read(v.web, b, 8) == 3 &&
		read(v.web, b, 8) == 0,
	    "a browser's end is web's end of reading");
	ok(write(v.web, "tell", 4) == 4 && SSL_read(v.ssl, b, 8) == 4,
	    "web's answer still arrives");
	(void)close(v.web);
	v.web = -1;
	ok(SSL_read(v.ssl, b, 8) <= 0 &&
		(SSL_get_shutdown(v.ssl) & SSL_RECEIVED_SHUTDOWN) != 0,
	    "and then its end, as TLS says it");
	leaves(&v);
	ok(visits(&v) && write(v.web, "last", 4) == 4, "where web ends first");
	(void)close(v.web);
	v.web = -1;
	ok(SSL_read(v.ssl, b, 8) == 4 && SSL_read(v.ssl, b, 8) <= 0 &&
		(SSL_get_shutdown(v.ssl) & SSL_RECEIVED_SHUTDOWN) != 0,
	    "what it said arrives, and its end");
	leaves(&v);
	ok(visits(&v), "where the browser's machine just goes");
	(void)close(v.fd);
	v.fd = -1;
	ok(read(v.web, b, 8) <= 0, "web is told");
	leaves(&v);
}

/* Bytes of what the browser sent that are anywhere but with web, when web does
 * not read. */
static void
who_does_not_read_is_not_sent_more(void)
{
	static uint8_t b[16384];
	size_t sent = 0;
	int waits = 0, idle = 0, n;
	struct visit v, other;

	ok(visits(&v), "web does not read what a browser sends");
	(void)fcntl(v.fd, F_SETFL, O_NONBLOCK);
	while (idle < 20 && sent < ((size_t)64 << 20)) {
		n = SSL_write(v.ssl, b, sizeof(b));
		sent += n > 0 ? (size_t)n : 0;
		idle = n > 0 ? 0 : idle + 1;
		if (n <= 0)
			(void)usleep(20000);
	}
	(void)ioctl(v.web, FIONREAD, &waits);
	ok(sent < ((size_t)8 << 20) && waits <= 4 * TLS_KERNEL,
	    "it stands after %zu bytes, and %d of them wait for web", sent,
	    waits);
	ok(visits(&other) && speaks(&other), "others are served meanwhile");
	leaves(&other);
	leaves(&v);
}

/* ---- those who mean harm ---- */

/* It closes this connection within its time. */
static bool
is_closed(int fd, int ms)
{
	struct pollfd f = { .fd = fd, .events = POLLIN };
	char b[64];
	ssize_t n = 1;

	while (n > 0 && poll(&f, 1, ms) == 1)
		n = recv(fd, b, sizeof(b), MSG_DONTWAIT);
	return n == 0 || (n < 0 && errno == ECONNRESET);
}

static void
what_is_no_tls_is_closed(void)
{
	static const char *const said[] = { "GET / HTTP/1.1\r\n\r\n",
		"\x16\x03\x01\xff\xff",
		"\x16\x03\x01\x00\x05\x01\xff\xff\xff\xff", "SSH-2.0-x\r\n",
		"\x15\x03\x01\x00\x02\x02\x28" };
	size_t i, closed = 0, len;
	struct visit v;
	int fd;

	for (i = 0; i < COUNT(said); i++) {
		fd = dial("127.0.0.1");
		len = i == 0 || i == 3 ? strlen(said[i])
		      : i == 1	       ? 5
		      : i == 2	       ? 10
				       : 7;
		(void)!write(fd, said[i], len);
		closed += is_closed(fd, 15000);
		(void)close(fd);
	}
	is(closed, COUNT(said), "what is no TLS is closed");
	ok(visits(&v) && speaks(&v), "others are served");
	leaves(&v);
}

static void
silent_ones_keep_nobody_out(void)
{
	int fds[400];
	size_t i, open = 0;
	struct visit v;
	SSL_CTX *ctx = browsers("X25519", 0);
	struct pollfd f = { .events = POLLIN };

	for (i = 0; i < COUNT(fds); i++)
		fds[i] = dial("127.0.0.5");
	ok(visits_by(&v, ctx, "127.0.0.6") && speaks(&v),
	    "%zu that say nothing keep no other out", COUNT(fds));
	leaves(&v);
	for (i = 0; i < COUNT(fds); i++) {
		f.fd = fds[i];
		open += poll(&f, 1, 0) == 0;
	}
	ok(open <= TLS_SHAKING_OF_ONE, "%zu of them are there", open);
	for (i = 0, open = 0; i < COUNT(fds); i++)
		open += !is_closed(fds[i], WAIT_MS);
	is(open, 0,
	    "and those too go when their time is over: docs/desk.md "
	    "11.6");
	for (i = 0; i < COUNT(fds); i++)
		(void)close(fds[i]);
	SSL_CTX_free(ctx);
}

static void
one_address_has_not_all(void)
{
	struct visit *all = alloc(TLS_OF_ONE + 1, sizeof(*all)), v;
	SSL_CTX *ctx = browsers("X25519", 0);
	size_t i, in = 0;

	for (i = 0; i < TLS_OF_ONE; i++)
		in += visits_by(&all[i], ctx, "127.0.0.7");
	is(in, TLS_OF_ONE, "many of one address are let in");
	ok(!visits_by(&all[TLS_OF_ONE], ctx, "127.0.0.7"), "not one more");
	ok(visits_by(&v, ctx, "127.0.0.8") && speaks(&v), "another's is");
	leaves(&v);
	ok(speaks(&all[0]) && speaks(&all[TLS_OF_ONE - 1]),
	    "and those that are in are served");
	for (i = 0; i <= TLS_OF_ONE; i++)
		leaves(&all[i]);
	free(all);
	SSL_CTX_free(ctx);
}

/* ---- its siblings come and go ---- */

static void
a_new_certificate_drops_nobody(void)
{
	struct visit old, new;
	X509 *was, *is_now;

	ok(visits(&old), "a browser is there");
	was = SSL_get1_peer_certificate(old.ssl);
	store = actor_sibling(&it, PROC_STORE);
	ok(gives_certificate(), "the store is there anew: it asks anew");
	ok(visits(&new) && speaks(&new), "a browser comes");
	is_now = SSL_get1_peer_certificate(new.ssl);
	ok(X509_cmp(was, is_now) != 0 && EVP_PKEY_eq(X509_get0_pubkey(was),
					     X509_get0_pubkey(is_now)) != 1,
	    "under another certificate of another key");
	ok(speaks(&old), "who was there goes on");
	X509_free(was);
	X509_free(is_now);
	leaves(&old);
	leaves(&new);
}

static void
a_certificate_that_is_none_changes_nothing(void)
{
	struct msg_web_cert_is is = { .rc = RC_OK, .leaf = bytes_str("no") };
	struct visit v;
	struct heard h;

	store = actor_sibling(&it, PROC_STORE);
	ok(wait_for(&h, store, MSG_WEB_CERT), "the store is there anew");
	say_to(store, MSG_WEB_CERT_IS, h.m.job, &is, -1);
	heard_free(&h);
	ok(visits(&v) && speaks(&v), "the old one counts");
	leaves(&v);
	ok(wait_for(&h, store, MSG_WEB_CERT), "and it asks again");
	is.leaf = (struct bytes){ 0 };
	is.rc = RC_IO;
	is.why = bytes_str("not now");
	say_to(store, MSG_WEB_CERT_IS, h.m.job, &is, -1);
	heard_free(&h);
	ok(gives_certificate(), "until it is given one");
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	starts();
	nobody_comes_before_there_is_a_certificate();
	the_certificate_is_for_its_names();
	what_is_agreed();
	it_speaks_http_1_1_alone();
	nothing_is_resumed();
	much_goes_both_ways();
	ends_are_told();
	who_does_not_read_is_not_sent_more();
	what_is_no_tls_is_closed();
	silent_ones_keep_nobody_out();
	one_address_has_not_all();
	a_new_certificate_drops_nobody();
	a_certificate_that_is_none_changes_nothing();
	ok(!was_logged("hail"), "nothing of what was said is in the log");
	is((uint64_t)actor_stop(&it), PROCESS_STOPPED, "it ends well");
	lines_end();
	p256_free(authority);
	buf_free(&ca);
	return done();
}
