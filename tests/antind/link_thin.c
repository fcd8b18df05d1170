/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The link process, and children that dial it by a secret: whose that is it
 * asks its store, and what they say then is judged (docs/link.md 19, 21).
 */
#include "linked.h"

static const struct tls_secret secret = { "0123456789abcde", "a secret" };

struct thin {
	struct tls *tls;
	int fd;
	struct compact *compact;
};

/* Its handshake; the store knows the secret, or does not.  What came of it. */
static enum tls_did
knocks(struct thin *t, const struct tls_secret *with, bool known)
{
	const struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct msg_thin_is is = { .rc = known ? RC_OK : RC_ABSENT };
	enum tls_did did;
	struct pollfd f;
	struct heard h;
	struct err e;

	t->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(t->fd, (const struct sockaddr *)&a, sizeof(a)) != 0)
		bug("it does not listen");
	(void)fcntl(t->fd, F_SETFL, O_NONBLOCK);
	t->tls = tls_new_thin(t->fd, with);
	t->compact = compact_new();
	(void)tls_handshake(t->tls, &e);
	if (!wait_for(&h, store, MSG_THIN_ASK))
		bug("the store is not asked");
	is.conn = h.m.body.thin_ask.conn;
	memcpy(is.identity, h.m.body.thin_ask.identity, sizeof(is.identity));
	memcpy(is.key, secret.key, sizeof(is.key));
	heard_free(&h);
	say_to(store, MSG_THIN_IS, 0, &is, -1);
	f = (struct pollfd){ .fd = t->fd, .events = POLLIN };
	while ((did = tls_handshake(t->tls, &e)) == TLS_WANT_READ ||
	       did == TLS_WANT_WRITE)
		if (poll(&f, 1, PATIENCE_MS) != 1)
			bug("it does not answer");
	return did;
}

static void
parts(struct thin *t)
{
	tls_free(t->tls);
	compact_free(t->compact);
	close(t->fd);
}

static void
says(struct thin *t, struct bytes raw)
{
	struct err e;
	size_t n;

	if (tls_write(t->tls, raw, &n, &e) != TLS_DONE || n != raw.len)
		bug("nothing can be said");
}

static void
thin_hello(struct thin *t, struct bytes statement)
{
	struct buf hello = { 0 }, raw = { 0 };

	hello_write(&hello, &(struct hello){ .lowest = 1,
				.highest = 1,
				.incarnation = 1,
				.clock = 5,
				.window = 100000,
				.items = 100,
				.statement = statement });
	compact_pack(t->compact, &raw, buf_bytes(&hello));
	says(t, buf_bytes(&raw));
	buf_free(&hello);
	buf_free(&raw);
}

/* The reason of the BYE that it hears; 99: it hears none before the end. */
static unsigned
hears_bye(struct thin *t)
{
	struct pollfd f = { .fd = t->fd, .events = POLLIN };
	struct buf frame = { 0 };
	enum tls_did did;
	uint8_t piece[4096];
	unsigned reason = 99;
	struct err e;
	size_t n;

	while (reason == 99) {
		did = tls_read(t->tls, piece, sizeof(piece), &n, &e);
		if (did == TLS_WANT_READ && poll(&f, 1, PATIENCE_MS) == 1)
			continue;
		if (did != TLS_DONE)
			break;
		compact_add(t->compact, bytes_of(piece, n));
		while (compact_next(t->compact, &frame, &e) == RC_OK)
			if (frame.p[0] == FRAME_BYE)
				reason = frame.p[FRAME_HEAD];
	}
	buf_free(&frame);
	return reason;
}

/* One that the store lets in; it has heard of it all it is to. */
static void
comes_in(struct thin *t)
{
	struct msg_admit admit = { .rc = RC_OK,
		.station = bytes_str("antin://xa.vn") };
	struct heard h;
	bool good;

	if (knocks(t, &secret, true) != TLS_DONE)
		bug("a child with a secret is refused");
	thin_hello(t, bytes_of("", 0));
	good =
	    wait_for(&h, store, MSG_HELLO) && h.m.body.hello.thin == 1 &&
	    h.m.body.hello.statement.len == 0 &&
	    memcmp(h.m.body.hello.identity, secret.identity, TLS_IDENTITY) == 0;
	if (!good)
		bug("the store hears another HELLO");
	admit.conn = h.m.body.hello.conn;
	heard_free(&h);
	say_to(store, MSG_ADMIT, 0, &admit, -1);
}

static void
whose_it_is_the_store_says(void)
{
	struct tls_secret other = secret;
	struct thin t;

	comes_in(&t);
	ok(true, "a child by a secret that the store knows comes in, and is "
		 "told by its name");
	parts(&t);
	ok(knocks(&t, &secret, false) == TLS_FAILED,
	    "one by a secret that it does not know is refused");
	parts(&t);
	other.key[0] ^= 1;
	ok(knocks(&t, &other, true) == TLS_FAILED,
	    "so is one who has the name alone");
	parts(&t);
}

#define SUM32 "12345678901234567890123456789012"
static const struct {
	const char *name, *bytes;
	size_t len;
} bad[] = {
	{ "a frame of no type", "\x00\x01x", 3 },
	{ "a frame as on a full line", "\x02\x00\x00\x00", 4 },
	{ "ENROL", "\x0c\x01x", 3 },
	{ "a length without an end", "\x05\xff\xff\xff\xff", 5 },
	{ "an item to a desk that was never named",
	    "\x02\x00\x03\x23\x00\x05" SUM32 "\x01", 39 },
	{ "DATA where there was no item", "\x02\x00\x05\x02\x00x", 6 },
	{ "an item before PARTIAL has ended",
	    "\x03\x2f\x00\x05" SUM32 "\x00TTTTTTTT\x02zz", 49 },
	{ "a second HELLO",
	    "\x01\x1b\x01\x01"
	    "\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\5\0\0\1\0\0\0\x20\0\0",
	    29 },
};

static void
what_breaks_a_clause_ends_it(void)
{
	struct thin t;
	size_t i;

	for (i = 0; i < COUNT(bad); i++) {
		comes_in(&t);
		says(&t, bytes_of(bad[i].bytes, bad[i].len));
		is(hears_bye(&t), BYE_PROTOCOL, "%s ends a thin line",
		    bad[i].name);
		parts(&t);
	}
	if (knocks(&t, &secret, true) != TLS_DONE)
		bug("a child with a secret is refused");
	thin_hello(&t, bytes_str("a statement"));
	is(hears_bye(&t), BYE_PROTOCOL,
	    "and so does a statement where there is none");
	parts(&t);
}

/* Byte by byte, it is the same. */
static void
it_may_drip(void)
{
	static const char partial[] = "\x02\x00\x0b\x01\x00";
	struct thin t;
	size_t i;

	comes_in(&t);
	for (i = 0; i + 1 < sizeof(partial); i++)
		says(&t, bytes_of(partial + i, 1));
	is(hears_bye(&t), 99, "a child that leaves is not told why");
	parts(&t);
}

/* A full line is there beside, at the same port. */
static void
full_lines_go_on(void)
{
	struct peer p;

	ok(dials(&p), "who dials in full at the same port is met in full");
	tls_free(p.tls);
	tls_context_free(p.context);
	tls_key_free(p.key);
	close(p.fd);
}

int
main(void)
{
	const struct rights rights = { .kind = CERT_STATION };

	holder_new(&station, "A", STATION, &rights);
	starts(LINK_KEY_MS, "100");
	whose_it_is_the_store_says();
	what_breaks_a_clause_ends_it();
	it_may_drip();
	full_lines_go_on();
	stops();
	identity_free(&station);
	return done();
}
