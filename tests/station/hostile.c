/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Hostile peers against a real station: each clause of docs/link.md that a peer
 * can break is broken, and named; statements that are another's, TLS that is no
 * line's, sizes that are lies.  After each the station serves an honest child.
 */
#include "villain.h"

#include <openssl/err.h>

#include "../tests/unit/other_tls.h"

/* ---- clauses ---- */

/* What is said after TLS, and the clause that BYE names; "": another reason. */
static const struct {
	const char *clause, *script;
	enum bye reason;
} rows[] = {
#include "hostile_rows.h"
};

static void
script_play(struct script *s, const char *words)
{
	char copy[600], *word, *rest;

	if (strlen(words) >= sizeof(copy))
		bug(words);
	memcpy(copy, words, strlen(words) + 1);
	for (word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest))
		script_word(s, word);
}

static bool
breaks(const char *words, enum bye reason, const char *text)
{
	struct script s = { 0 };
	struct buf in = { 0 };
	struct peer p;
	bool heard = false;

	if (villain_dial(&p, hostile, NULL)) {
		s.statement = buf_bytes(&p.statement);
		script_play(&s, words);
		heard = villain_write(&p, buf_bytes(&s.bytes)) &&
			hears_bye(&p, &in, reason, text);
	}
	buf_free(&s.bytes);
	buf_free(&in);
	peer_end(&p);
	return heard;
}

static void
each_clause_that_is_broken_is_named(void)
{
	char text[40];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		(void)snprintf(text, sizeof(text), "%s%s",
		    rows[i].clause[0] == '\0' ? "" : "docs/link.md ",
		    rows[i].clause);
		ok(breaks(rows[i].script, rows[i].reason, text),
		    "%s ends with BYE %u %s", rows[i].script, rows[i].reason,
		    text);
		if (i % 8 == 7)
			ok(centre_serves(NULL, 10), "the station serves on");
	}
	ok(centre_serves(NULL, 10), "the station serves on");
}

/* Credit cannot be outrun while the disk stands still. */
static void
credit_is_held_to(void)
{
	static const char *const what[] = { "I1 @10=0000000000100000", "I1" };
	const pid_t store = seat_process(centre, "store");
	struct script s;
	struct buf in;
	struct peer p;
	size_t k, i;
	char word[32];

	for (k = 0; k < 2; k++) {
		s = (struct script){ 0 };
		in = (struct buf){ 0 };
		villain_comes(&p, hostile);
		s.statement = buf_bytes(&p.statement);
		script_play(&s, "H P");
		(void)villain_write(&p, buf_bytes(&s.bytes));
		/* it is let in: the last PARTIAL is there */
		while (!came(&in, FRAME_PARTIAL, &(struct bytes){ 0 }) &&
		       !villain_reads(&p, &in, 100))
			;
		(void)kill(store, SIGSTOP);
		buf_free(&s.bytes);
		if (k == 0) {
			script_play(&s, what[0]);
			for (i = 0; i < 27; i++)
				script_word(&s, "D1:10000");
		} else {
			for (i = 1; i <= 513; i++) {
				(void)snprintf(word, sizeof(word), "I%zu", i);
				script_word(&s, word);
				(void)snprintf(
				    word, sizeof(word), "D%zu:10", i);
				script_word(&s, word);
			}
		}
		(void)villain_write(&p, buf_bytes(&s.bytes));
		ok(hears_bye(&p, &in, BYE_PROTOCOL, "docs/link.md 9.2"),
		    k == 0 ? "no byte comes beyond credit"
			   : "no item comes beyond credit");
		(void)kill(store, SIGCONT);
		buf_free(&s.bytes);
		buf_free(&in);
		peer_end(&p);
	}
	ok(centre_serves(NULL, 10), "the station serves on");
}

/* ---- who it is: 3 ---- */

/* With this statement, over a key of its own. */
static bool
is_refused(const struct buf *statement)
{
	struct script s = { .statement = buf_bytes(statement) };
	struct buf in = { 0 };
	struct peer p;
	bool heard = false;

	if (villain_dial(&p, hostile, NULL)) {
		script_play(&s, "H P");
		heard = villain_write(&p, buf_bytes(&s.bytes)) &&
			hears_bye(&p, &in, BYE_REFUSED, "") &&
			!came(&in, FRAME_HELLO, &(struct bytes){ 0 });
	}
	buf_free(&s.bytes);
	buf_free(&in);
	peer_end(&p);
	return heard;
}

/* A statement for the key of *p, at this address and epoch, signed so; BYE
 * with this reason and text. */
static bool
says_and_hears(const char *address, uint64_t at, const struct identity *by,
    enum bye reason, const char *text)
{
	struct script s = { 0 };
	struct buf in = { 0 }, statement = { 0 };
	struct peer p;
	bool heard = false;

	if (villain_dial(&p, hostile, NULL)) {
		link_write(&statement, bytes_str(address), at,
		    tls_key_public(p.key), by->sig);
		s.statement = buf_bytes(&statement);
		script_play(&s, "H P");
		heard = villain_write(&p, buf_bytes(&s.bytes)) &&
			hears_bye(&p, &in, reason, text) &&
			!came(&in, FRAME_HELLO, &(struct bytes){ 0 });
	}
	buf_free(&s.bytes);
	buf_free(&in);
	buf_free(&statement);
	peer_end(&p);
	return heard;
}

static bool
says_refused(const char *address, uint64_t at, const struct identity *by)
{
	return says_and_hears(address, at, by, BYE_REFUSED, "");
}

static void
others_are_not_let_in(void)
{
	struct errand er;
	struct buf stolen = { 0 };
	char text[24];
	uint64_t seen;

	/* one that was good on its own line, and still is there */
	if (!errand_begin(&er, honest, NULL))
		bug("a line that is not to be had");
	while (!er.p.admitted && peer_turn(&er.p, 100))
		;
	ok(er.p.admitted, "an honest child is let in");
	buf_add(&stolen, buf_bytes(&er.p.statement));
	seen = er.p.epoch;
	ok(is_refused(&stolen), "another's statement is refused (3.2)");
	stolen.p[stolen.len - 1] ^= 1;
	ok(is_refused(&stolen), "and one that was changed");
	stolen.len = 7;
	ok(is_refused(&stolen), "and what is none");
	ok(says_refused(honest->address, ++epoch, &hostile->station),
	    "a child does not speak for another (3.3)");
	ok(says_refused(hostile->address, ++epoch, &hostile->desk),
	    "nor a desk for its station");
	ok(says_refused("antin://la.vn", ++epoch, &hostile->station),
	    "nobody speaks for who is not known");
	ok(says_refused(grandchild->address, ++epoch, &grandchild->station),
	    "a child's child is not let in (3.4)");
	ok(says_refused(centre->address, ++epoch, &centre->station),
	    "nor who says he is the station itself");
	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)seen);
	ok(says_and_hears(
	       honest->address, seen - 1, &honest->station, BYE_STALE, text),
	    "an epoch before one that was seen is refused, which is told "
	    "(11.4)");
	ok(says_and_hears(
	       honest->address, seen, &honest->station, BYE_STALE, text),
	    "and another key in the same");
	ok(says_refused(honest->address, seen - 1, &hostile->station),
	    "to nobody but who has the key");
	ok(peer_turn(&er.p, 100) && !er.p.over,
	    "all this does not touch the line of the honest one");
	peer_end(&er.p);
	buf_free(&stolen);
	ok(centre_serves(NULL, 10), "the station serves on");
}

static void
the_newest_line_counts(void)
{
	struct errand first, second;
	struct buf in = { 0 };
	int i;

	if (!errand_begin(&first, hostile, NULL))
		bug("a line that is not to be had");
	while (!first.p.admitted && peer_turn(&first.p, 100))
		;
	/* it falls silent; the same station comes again */
	if (!errand_begin(&second, hostile, NULL))
		bug("a line that is not to be had");
	while (!second.p.admitted && peer_turn(&second.p, 100))
		;
	ok(second.p.admitted, "a station whose old line hangs is let in");
	ok(hears_bye(&first.p, &in, BYE_REPLACED, ""),
	    "the old one is told so (3.5)");
	for (i = 0; i < 3 && peer_turn(&second.p, 50); i++)
		;
	is((uint64_t)i, 3, "the new one goes on");
	peer_end(&first.p);
	peer_end(&second.p);
	buf_free(&in);
}

/* ---- TLS: 14 ---- */

static void
no_line_is_met(size_t i)
{
	SSL_CTX *ctx = foreign(i, true);
	SSL *ssl;
	const int fd = dial_port(centre->port);
	uint8_t b;
	int shaken, why;

	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, takes_any);
	ssl = SSL_new(ctx);
	(void)SSL_set_fd(ssl, fd);
	SSL_set_connect_state(ssl);
	ERR_clear_error();
	shaken = SSL_do_handshake(ssl);
	/* a refusal may come behind the client's last flight; a line that is
	 * met waits for HELLO */
	if (shaken == 1 && !GOOD(i))
		(void)SSL_read(ssl, &b, 1);
	why = ERR_GET_REASON(ERR_peek_last_error());
	ERR_clear_error();
	ok(GOOD(i) ? shaken == 1 : why > SSL_AD_REASON_OFFSET, "%s is %s",
	    peers[i].name, GOOD(i) ? "met" : "refused by an alert (14.5)");
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	close(fd);
}

static void
other_bytes_are_no_line(void)
{
	static const char *const said[] = { "GET / HTTP/1.1\r\n\r\n",
		"\x16\x03\x01\xff\xff\x01\xff\xff\xff", "\x80\x2e\x01\x03\x01",
		"SSH-2.0-x\r\n" };
	struct pollfd f = { .events = POLLIN };
	char answer[256];
	ssize_t n;
	size_t i;

	for (i = 0; i < COUNT(said); i++) {
		f.fd = dial_port(centre->port);
		(void)!write(f.fd, said[i], i == 1 ? 9 : strlen(said[i]));
		(void)shutdown(f.fd, SHUT_WR);
		do {
			(void)poll(&f, 1, 5000);
			n = read(f.fd, answer, sizeof(answer));
		} while (n > 0);
		ok(n == 0 || (n < 0 && errno == ECONNRESET),
		    "what is no handshake is closed: %zu", i);
		close(f.fd);
	}
}

static void
only_lines_are_met(void)
{
	size_t i;

	for (i = 0; i < COUNT(peers); i++)
		no_line_is_met(i);
	other_bytes_are_no_line();
	ok(centre_serves(NULL, 10), "the station serves on");
}

/* ---- sizes that are lies: 6, 7 ---- */

static enum rc
lies(void *ctx, uint64_t ref, uint64_t at, uint8_t *to, size_t len,
    struct err *e)
{
	(void)ctx;
	(void)ref;
	(void)at;
	(void)e;
	memset(to, 7, len);
	return RC_OK;
}

/* An item of these sizes whose sum is wrong; how it is answered. */
static void
answered(uint64_t total, uint32_t envelope, bool wrong_sum, enum ack want,
    const char *name)
{
	const struct link_dest dest = { .address =
					    bytes_str(centre->desk_address) };
	struct item item = { .envelope = envelope,
		.total = total,
		.dests = &dest,
		.dest_count = 1 };
	struct buf package = { 0 };
	struct errand er;

	memset(buf_grow(&package, (size_t)total), 7, (size_t)total);
	sha256(item.sum, buf_bytes(&package));
	item.sum[0] ^= wrong_sum;
	if (!errand_begin(&er, hostile, NULL))
		bug("a line that is not to be had");
	er.p.owner.read = lies;
	session_send(er.p.session, 1, &item,
	    total <= SESSION_SMALL ? buf_bytes(&package) : (struct bytes){ 0 });
	while (er.answers[0] + er.answers[1] + er.answers[2] + er.answers[3] ==
		   0 &&
	       peer_turn(&er.p, 2000))
		;
	is(er.answers[want], 1, "%s", name);
	peer_end(&er.p);
	buf_free(&package);
}

/* Two of one sum, one of them wrong: the file is not written by both. */
static void
two_writers_share_no_file(void)
{
	const struct link_dest dest = { .address =
					    bytes_str(centre->desk_address) };
	struct item item = { .envelope = 100,
		.total = 300000,
		.dests = &dest,
		.dest_count = 1,
		.sum = { 5 } };
	struct errand er;

	if (!errand_begin(&er, hostile, NULL))
		bug("a line that is not to be had");
	er.p.owner.read = lies;
	item.rank = 0;
	session_send(er.p.session, 1, &item, (struct bytes){ 0 });
	er.p.conf.frame = 256;
	while (session_counts(er.p.session)->data_out == 0 &&
	       peer_turn(&er.p, 100))
		;
	item.rank = 1;
	session_send(er.p.session, 2, &item, (struct bytes){ 0 });
	while (er.answers[ACK_LATER] + er.answers[ACK_REFUSED] < 2 &&
	       peer_turn(&er.p, 2000))
		;
	is(er.answers[ACK_LATER], 1,
	    "the second of two that are one is for later (7.6)");
	is(er.answers[ACK_REFUSED], 1, "the first is what it is");
	peer_end(&er.p);
}

static uint64_t readable; /* bytes of large items */

static enum rc
reads_so_far(void *ctx, uint64_t ref, uint64_t at, uint8_t *to, size_t len,
    struct err *e)
{
	(void)ctx;
	(void)ref;
	memset(to, 7, len);
	return at + len <= readable ? RC_OK : fail(e, RC_IO, "no");
}

/* Large ones, given up again and again; then one comes whole, on that line. */
static void
what_is_given_up_may_come_again(void)
{
	const struct link_dest dest = { .address =
					    bytes_str(centre->desk_address) };
	struct item item = { .envelope = 100,
		.total = 300000,
		.dests = &dest,
		.dest_count = 1 };
	struct buf package = { 0 };
	struct errand er;
	unsigned i;

	memset(buf_grow(&package, 300000), 7, 300000);
	sha256(item.sum, buf_bytes(&package));
	buf_free(&package);
	if (!errand_begin(&er, hostile, NULL))
		bug("a line that is not to be had");
	er.p.owner.read = reads_so_far;
	for (i = 0; i <= 20; i++) {
		readable = i < 20 ? 10000 * (i + 1) : 300000;
		session_send(er.p.session, i, &item, (struct bytes){ 0 });
		while (er.answers[ACK_LATER] + er.answers[ACK_REFUSED] <= i &&
		       peer_turn(&er.p, 2000))
			;
	}
	is(er.answers[ACK_LATER], 20, "what is given up is for later (7.5)");
	is(er.answers[ACK_REFUSED], 1,
	    "it comes whole then, and is what it is");
	ok(!er.p.over, "the line is the same");
	peer_end(&er.p);
}

/* More is said than ever comes. */
static void
what_ends_in_the_middle_is_borne(void)
{
	static const char *const scripts[] = { "H P I1 D1:5",
		"H P I1 @10=0000000010000000 D1:10000",
		"H P I1 @10=0000000010000000 D1:10000 S1 I2", "H P I1 @5=01",
		"H P I1 D1:5 L200", "H L8000" };
	struct script s;
	struct peer p;
	size_t i;

	for (i = 0; i < 4 * COUNT(scripts); i++) {
		s = (struct script){ 0 };
		villain_comes(&p, hostile);
		s.statement = buf_bytes(&p.statement);
		script_play(&s, scripts[i % COUNT(scripts)]);
		(void)villain_write(&p, buf_bytes(&s.bytes));
		if (i % 2 == 0)
			(void)usleep(20000);
		buf_free(&s.bytes);
		peer_end(&p);
	}
	ok(centre_serves(NULL, 10), "what ends in the middle is borne");
}

static void
sizes_are_held_to(void)
{
	answered(3000, 100, true, ACK_REFUSED,
	    "a small item with a wrong sum is refused (7.4)");
	answered(3000, 100, false, ACK_REFUSED,
	    "a small one that is no envelope is refused");
	answered(300000, 100, true, ACK_REFUSED,
	    "a large item with a wrong sum is refused");
	answered(300000, 100, false, ACK_REFUSED,
	    "a large one that is no envelope is refused");
	answered(17u << 20, 16u << 20, false, ACK_REFUSED,
	    "one whose envelope is as long as may be");
	two_writers_share_no_file();
	what_is_given_up_may_come_again();
	what_ends_in_the_middle_is_borne();
	ok(centre_serves(NULL, 10), "the station serves on");
}

/* ---- a parent that is none ---- */

/* What a real child hears from who listens where its parent should. */
static const struct {
	const char *name;
	struct seat **as;
	bool other_key; /* the statement is of another than TLS proved */
	const char *script;
	enum bye reason;
	const char *text;
} parents[] = {
	{ "another child is no parent, but a guest (17.8)", &hostile, false,
	    "H P T14:4", BYE_PROTOCOL, "docs/link.md 2.3" },
	{ "nor who has its parent's old statement (3.2)", &centre, true, "H P",
	    BYE_REFUSED, "" },
	{ "a parent that breaks a clause is left", &centre, false, "H P T14:4",
	    BYE_PROTOCOL, "docs/link.md 2.3" },
	{ "and one that does before HELLO", &centre, false, "G:1", BYE_PROTOCOL,
	    "docs/link.md 3.2" },
};

/* The child dials; TLS is through.  false: it does not. */
static bool
is_dialled(struct peer *p, int listener)
{
	struct pollfd f = { .fd = listener, .events = POLLIN };
	enum tls_did did;

	*p = (struct peer){ .key = tls_key_new() };
	p->context = tls_context_new(p->key);
	if (poll(&f, 1, 10000) <= 0)
		return false;
	p->fd = f.fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	p->tls = tls_new(p->context, p->fd, true);
	while ((did = tls_handshake(p->tls, &p->e)) == TLS_WANT_READ ||
	       did == TLS_WANT_WRITE)
		(void)poll(&f, 1, 5000);
	return did == TLS_DONE;
}

static void
one_parent(size_t i, int listener)
{
	struct script s = { 0 };
	struct buf in = { 0 }, statement = { 0 };
	struct tls_key *other = tls_key_new();
	const struct seat *as = *parents[i].as;
	struct peer p;

	if (!is_dialled(&p, listener))
		bug("a child that does not dial");
	link_write(&statement, bytes_str(as->address), ++epoch,
	    tls_key_public(parents[i].other_key ? other : p.key),
	    as->station.sig);
	s.statement = buf_bytes(&statement);
	script_play(&s, parents[i].script);
	ok(villain_write(&p, buf_bytes(&s.bytes)) &&
		hears_bye(&p, &in, parents[i].reason, parents[i].text),
	    "%s", parents[i].name);
	buf_free(&s.bytes);
	buf_free(&in);
	buf_free(&statement);
	tls_key_free(other);
	peer_end(&p);
}

static void
only_a_parent_is_one(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const uint16_t port = centre->port;
	struct peer p;
	size_t i;

	if (bind(listener, (struct sockaddr *)&a, len) != 0 ||
	    listen(listener, 8) != 0 ||
	    getsockname(listener, (struct sockaddr *)&a, &len) != 0)
		bug("no port is to be had");
	centre->port = ntohs(a.sin_port);
	country_write(honest, "keep-alive 2\n");
	centre->port = port;
	if (!ok(seat_start(honest), "a child starts"))
		bug("no child");
	for (i = 0; i < COUNT(parents); i++)
		one_parent(i, listener);
	ok(is_dialled(&p, listener), "it dials on");
	peer_end(&p);
	close(listener);
	is(seat_said(honest, "for=directory"), 1, "one of them was a guest");
	is(seat_said(honest, "event=process.died"), 0, "nothing of it died");
	is((uint64_t)seat_stop(honest, SIGTERM), 0, "the child ends well");
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	land_begin("keep-alive 2\n");
	ok(centre_serves(NULL, 20), "it serves an honest child");
	each_clause_that_is_broken_is_named();
	credit_is_held_to();
	others_are_not_let_in();
	the_newest_line_counts();
	only_lines_are_met();
	sizes_are_held_to();
	only_a_parent_is_one();
	land_end();
	return done();
}
