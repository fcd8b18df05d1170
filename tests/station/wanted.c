/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What children ask their station for, it asks above: of each in turn, so that
 * one that asks for nonsense takes no other's place (docs/link.md 17.7).  The
 * station is real; its parent and its children are played.
 */
#include "../tests/tap.h"
#include "peer.h"
#include "pki/told.h"

#define WAIT_MS 60000
#define NONSENSE 256u

static struct country land;
static struct seat *parent, *middle, *seats[2];
static int listener;
static struct peer above, children[2];
static uint64_t epoch;
static size_t asked[2], own; /* of what was asked above: by child; else */

static void
no_bye(void *ctx, unsigned reason, struct bytes text)
{
	(void)ctx;
	(void)reason;
	(void)text;
}

/* "antin://0-17.xa.vn": the child's 17th. */
static void
above_tell(void *ctx, enum tell kind, bool more, struct bytes piece)
{
	enum wanted what;
	struct bytes which;
	uint8_t by;

	(void)ctx;
	if (kind != TELL_WANTED || more)
		return;
	while (wanted_next(&what, &which, &piece)) {
		by = which.len > 8 ? (uint8_t)(which.p[8] - '0') : 255;
		if (by < COUNT(asked))
			asked[by]++;
		else
			own++;
	}
}

static void
above_hello(void *ctx, const struct hello *h)
{
	struct hello mine = { .incarnation = 1,
		.clock = time_now(),
		.own_clock = true,
		.window = 4u << 20,
		.items = 2000,
		.statement = buf_bytes(&above.statement) };

	(void)ctx;
	(void)h;
	session_hello(above.session, &mine);
	peer_admits(&above);
}

static void
child_hello(void *ctx, const struct hello *h)
{
	(void)h;
	peer_admits(ctx);
}

static void
turns(unsigned ms, const size_t *until, size_t n)
{
	const int64_t end = peer_ms() + ms;
	size_t i;

	while (peer_ms() < end && *until < n) {
		(void)peer_turn(&above, 10);
		for (i = 0; i < COUNT(children); i++)
			if (children[i].session != NULL)
				(void)peer_turn(&children[i], 0);
	}
}

static void
parent_begins(void)
{
	struct pollfd f = { .fd = listener, .events = POLLIN };
	enum tls_did did = TLS_WANT_READ;
	size_t never = 0;
	unsigned i;

	above.key = tls_key_new();
	above.context = tls_context_new(above.key);
	if (poll(&f, 1, 30000) != 1)
		bug("a child that does not dial");
	above.fd = accept(listener, NULL, NULL);
	(void)fcntl(above.fd, F_SETFL, fcntl(above.fd, F_GETFL) | O_NONBLOCK);
	above.tls = tls_new(above.context, above.fd, true);
	for (i = 0; i < 4000 && did != TLS_DONE; i++) {
		did = tls_handshake(above.tls, &above.e);
		(void)usleep(5000);
	}
	link_write(&above.statement, bytes_str(parent->address), ++epoch,
	    tls_key_public(above.key), parent->station.sig);
	above.owner = (struct session_owner){
		.hello = above_hello, .tell = above_tell, .bye = no_bye
	};
	above.conf.frame = FRAME_MAX;
	above.conf.total_max = LINK_TOTAL_MAX;
	above.conf.idle_ms = 30000;
	above.conf.dead_ms = 90000;
	above.session =
	    session_new(&above.conf, &above.owner, NULL, NULL, peer_ms());
	for (i = 0; i < 200 && !above.admitted; i++)
		turns(100, &never, 1);
	ok(above.admitted, "a station has a parent");
}

static void
child_begins(size_t which)
{
	struct peer *p = &children[which];
	size_t never = 0;
	unsigned i;

	peer_end(p);
	p->epoch = ++epoch;
	if (!peer_dial(p, middle->port, &seats[which]->station,
		bytes_str(seats[which]->address)))
		bug("no line");
	p->owner =
	    (struct session_owner){ .hello = child_hello, .bye = no_bye };
	p->ctx = p;
	peer_begin(p);
	for (i = 0; i < 200 && !p->admitted; i++)
		turns(100, &never, 1);
	if (!p->admitted)
		bug("a child that is not let in");
}

/* So many that there are not, each another. */
static void
wants(size_t which, unsigned count)
{
	static unsigned number;
	struct buf message = { 0 };
	char address[64];

	while (count-- > 0) {
		(void)snprintf(address, sizeof(address), "antin://%zu-%u.xa.vn",
		    which, number++);
		wanted_put(&message, WANTED_ADDRESS, bytes_str(address));
	}
	(void)session_tell(
	    children[which].session, TELL_WANTED, buf_bytes(&message));
	buf_free(&message);
}

static void
one_takes_no_others_turn(void)
{
	size_t never = 0, before, i;

	wants(0, NONSENSE);
	turns(30000, &asked[0], 64);
	ok(asked[0] >= 64, "what a child asks for is asked above");
	wants(0, NONSENSE);
	turns(3000, &never, 1);
	/* it asks on, over new lines, too, while another wants a few */
	wants(1, 4);
	for (i = 0; i < 4 && asked[1] < 4; i++) {
		wants(0, 64);
		before = asked[0];
		turns(WAIT_MS / 4, &asked[1], i + 1);
		child_begins(0);
		wants(0, 64);
		note(
		    "%zu of it, %zu of the other", asked[0] - before, asked[1]);
	}
	turns(WAIT_MS, &asked[1], 4);
	is(asked[1], 4, "another's is asked, too, while one floods");
	ok(asked[0] < 64 + 256, "and not all of the flood");
	is(own, 0, "nothing else was asked for");
}

int
main(void)
{
	const struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in is_at = a;
	const int on = 1;

	(void)signal(SIGPIPE, SIG_IGN);
	country_begin(&land);
	parent = country_seat(&land, NULL, "vn");
	middle = country_seat(&land, parent, "dien-bien");
	seats[0] = country_seat(&land, middle, "muong-nhe");
	seats[1] = country_seat(&land, middle, "tua-chua");
	epoch = (uint64_t)time_now();
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	is_at.sin_port = htons(parent->port);
	(void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (const struct sockaddr *)&is_at, sizeof(is_at)) !=
		0 ||
	    listen(listener, 5) != 0)
		bug("no port");
	country_write(middle, "");
	ok(seat_start(middle), "a station runs");
	parent_begins();
	child_begins(0);
	child_begins(1);
	one_takes_no_others_turn();
	is(seat_said(middle, "process.died"), 0, "nothing in it has died");
	peer_end(&children[0]);
	peer_end(&children[1]);
	peer_end(&above);
	close(listener);
	country_end(&land);
	return done();
}
