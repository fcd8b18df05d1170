/* SPDX-License-Identifier: EUPL-1.2 */
/* The link process with the test as its store, and peers of it that are played
 * by hand. */
#ifndef TESTS_ANTIND_LINKED_H
#define TESTS_ANTIND_LINKED_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>

#include "play.h"

#include "proc_link/link.h"
#include "crypto/random.h"

static struct identity station, child;
static struct actor it;
static struct line *store;
static uint16_t port;
static uint8_t keys[8][LINK_KEY]; /* as they were asked for */
static size_t key_count;

/* ---- its beginning ---- */

static inline int
listening(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) != 0 ||
	    listen(fd, 64) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		bug("no port is to be had");
	port = ntohs(a.sin_port);
	return fd;
}

/* Its next key; false: it asks for none in time. */
static inline bool
hears_key(void)
{
	struct heard h;
	bool heard = wait_for(&h, store, MSG_LINK_KEY);

	if (heard)
		memcpy(keys[key_count++ % 8], h.m.body.link_key.key, LINK_KEY);
	heard_free(&h);
	return heard;
}

/* The statement of a key that it asked for. */
static inline void
says_self(size_t key)
{
	struct buf statement = { 0 };

	link_write(&statement, bytes_str(STATION), key + 1, keys[key % 8],
	    station.sig);
	say_to(store, MSG_LINK_SELF, ++jobs,
	    &(struct msg_self){ .station = bytes_str(STATION),
		.statement = buf_bytes(&statement),
		.incarnation = 1 },
	    -1);
	buf_free(&statement);
}

static inline void
starts(int64_t key_ms, const char *children)
{
	lk.key_ms = key_ms;
	key_count = 0;
	it = actor_new(&process_link);
	actor_set(&it, "max-children", children);
	say_to(it.parent, MSG_SOCKET, 0,
	    &(struct msg_socket){ bytes_str("listen") }, listening());
	store = actor_sibling(&it, PROC_STORE);
	ok(actor_go(&it), "it starts");
	ok(hears_key(), "it asks for a statement of its key");
	says_self(0);
}

static inline void
stops(void)
{
	is((uint64_t)actor_stop(&it), PROCESS_STOPPED, "it ends well");
	lines_end();
}

/* ---- a peer of it ---- */

struct peer {
	struct session_conf conf;
	struct tls_key *key;
	struct tls_context *context;
	struct tls *tls;
	struct session *session;
	struct buf out;
	size_t out_at, acked, items;
	uint64_t bytes; /* of large ones */
	uint64_t conn;	/* its number there */
	int fd;
	unsigned bye;
	bool over, in;
};

static inline void
on_hello(void *ctx, const struct hello *h)
{
	struct peer *p = ctx;
	struct err e;

	(void)h;
	p->in = session_admit(p->session, process_ms(), &e) == RC_OK;
}

static inline void
on_acked(void *ctx, uint64_t ref, enum ack outcome, enum refusal why)
{
	struct peer *p = ctx;

	(void)ref;
	(void)outcome;
	(void)why;
	p->acked++;
}

static inline enum rc
on_read(void *ctx, uint64_t ref, uint64_t at, uint8_t *to, size_t len,
    struct err *e)
{
	(void)ctx;
	(void)ref;
	(void)at;
	memset(to, 1, len);
	return fail(e, RC_IO, "no"); /* so STOP follows at once */
}

static inline void
on_bye(void *ctx, unsigned reason, struct bytes text)
{
	struct peer *p = ctx;

	(void)text;
	p->bye = reason;
}

static inline void
on_item(void *ctx, const struct item *item, struct bytes package)
{
	struct peer *p = ctx;

	(void)package;
	p->items++;
	session_ack(p->session, item->number, ACK_STORED, REFUSAL_NONE);
}

static inline enum rc
on_begin(void *ctx, const struct item *item, struct err *e)
{
	(void)ctx;
	(void)item;
	(void)e;
	return RC_OK;
}

static inline void
on_data(void *ctx, uint32_t number, uint64_t at, struct bytes more)
{
	struct peer *p = ctx;

	(void)number;
	(void)at;
	p->bytes += more.len;
	session_taken(p->session, more.len);
}

static const struct session_owner peer_owner = { .hello = on_hello,
	.item = on_item,
	.begin = on_begin,
	.data = on_data,
	.acked = on_acked,
	.read = on_read,
	.bye = on_bye };

/* TLS is through; false: it was not to be. */
static inline bool
dials_port(struct peer *p, uint16_t to)
{
	const struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(to),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	enum tls_did did;
	struct pollfd f;
	struct err e;

	*p = (struct peer){ .conf = { .dialled = true,
				.frame = 1000,
				.total_max = LINK_TOTAL_MAX,
				.idle_ms = 30000,
				.dead_ms = 90000 },
		.bye = 99 };
	p->key = tls_key_new();
	p->context = tls_context_new(p->key);
	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(p->fd, (const struct sockaddr *)&a, sizeof(a)) != 0)
		bug("it does not listen");
	(void)fcntl(p->fd, F_SETFL, O_NONBLOCK);
	p->tls = tls_new(p->context, p->fd, false);
	f = (struct pollfd){ .fd = p->fd, .events = POLLIN };
	while ((did = tls_handshake(p->tls, &e)) == TLS_WANT_READ ||
	       did == TLS_WANT_WRITE)
		(void)poll(&f, 1, 5000);
	return did == TLS_DONE;
}

static inline bool
dials(struct peer *p)
{
	return dials_port(p, port);
}

static inline bool
is_under(const struct peer *p, size_t key)
{
	uint8_t theirs[LINK_KEY];

	tls_peer_key(p->tls, theirs);
	return memcmp(theirs, keys[key % 8], LINK_KEY) == 0;
}

/* What it has to say is written; what came is read. */
static inline void
turn(struct peer *p)
{
	uint8_t piece[SESSION_READ];
	enum tls_did did = TLS_DONE;
	struct err e;
	size_t n;

	session_output(p->session, &p->out, 65536);
	while (p->out_at < p->out.len && did == TLS_DONE) {
		did = tls_write(p->tls,
		    bytes_of(p->out.p + p->out_at, p->out.len - p->out_at), &n,
		    &e);
		p->out_at += n;
	}
	while (!p->over && session_wants_input(p->session)) {
		did = tls_read(p->tls, piece, sizeof(piece), &n, &e);
		if (did == TLS_WANT_READ || did == TLS_WANT_WRITE)
			break;
		p->over = did != TLS_DONE ||
			  session_input(p->session, bytes_of(piece, n),
			      process_ms(), &e) != RC_OK;
	}
}

/* HELLO goes, and the store hears of it. */
static inline void
says_hello(struct peer *p)
{
	struct buf statement = { 0 };
	struct heard h;

	link_write(&statement, bytes_str(STATION), 1, tls_key_public(p->key),
	    child.sig);
	p->session = session_new(&p->conf, &peer_owner, p, NULL, process_ms());
	session_hello(p->session, &(struct hello){ .window = 1u << 20,
				      .items = 100,
				      .statement = buf_bytes(&statement) });
	turn(p);
	if (!wait_for(&h, store, MSG_HELLO))
		bug("the store does not hear of a peer");
	p->conn = h.m.body.hello.conn;
	heard_free(&h);
	buf_free(&statement);
}

static inline void
is_let_in(const struct peer *p, const char *address)
{
	say_to(store, MSG_ADMIT, 0,
	    &(struct msg_admit){
		.conn = p->conn, .station = bytes_str(address) },
	    -1);
}

/* Turns until it is let in, or over: some seconds. */
static inline bool
waits_in(struct peer *p)
{
	const int64_t until = process_ms() + 5000;

	while (!p->in && !p->over && process_ms() < until) {
		turn(p);
		(void)usleep(5000);
	}
	turn(p);
	return p->in && !p->over;
}

static inline bool
waits_over(struct peer *p)
{
	const int64_t until = process_ms() + 5000;

	while (!p->over && process_ms() < until) {
		turn(p);
		(void)usleep(5000);
	}
	return p->over;
}

static inline bool
comes(struct peer *p, const char *address)
{
	if (!dials(p))
		return false;
	says_hello(p);
	is_let_in(p, address);
	return waits_in(p);
}

static inline void
leaves(struct peer *p)
{
	session_free(p->session);
	tls_free(p->tls);
	tls_context_free(p->context);
	tls_key_free(p->key);
	buf_free(&p->out);
	(void)close(p->fd);
}

#endif
