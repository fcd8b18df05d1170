/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station that is played: it dials its parent, again and again, keeps what
 * it was not acknowledged and offers it again, and knows what it has had.  Its
 * side of every line is src/link; what a disk is to a station its memory is to
 * it, for it never dies.
 *
 *	outpost_begin(&o, &ledger, seat, port);
 *	outpost_send(&o, ledger_make(...));
 *	while (...) outposts_turn(&o, 1, 10);
 *	outpost_end(&o);
 */
#ifndef TESTS_STATION_OUTPOST_H
#define TESTS_STATION_OUTPOST_H

#include "dispatch/batch.h"
#include "ledger.h"
#include "peer.h"

/* A large package that has not come whole. */
struct held {
	uint8_t sum[SHA256_SIZE];
	uint64_t total;
	uint32_t envelope, number;
	bool open; /* on the present line */
	struct buf bytes;
};

/* One of its own that is not yet answered. */
struct owed {
	size_t entry;
	unsigned line; /* over which it was sent last */
	int64_t not_before;
};

struct outpost {
	struct peer p;
	struct ledger *l;
	const struct seat *seat;
	uint16_t port;
	enum { OUTPOST_DOWN, OUTPOST_SHAKING, OUTPOST_UP } state;
	int64_t dial_at;
	unsigned line;	   /* counts them */
	bool old;	   /* its HELLO says nothing of notices */
	struct owed *owed; /* owned */
	size_t owed_count;
	struct held *helds; /* owned */
	size_t held_count;
	unsigned *seen; /* by entry: the line over which it came; owned */
	size_t seen_room;
	size_t acked, refused, later, came;
	uint64_t resumed; /* bytes that did not come again */
	unsigned bye;	  /* the last reason it heard */
};

/* ---- what comes -------------------------------------------------------------
 */

static inline unsigned *
outpost_seen(struct outpost *o, const struct ledger_entry *e)
{
	const size_t i = (size_t)(e - o->l->all);
	size_t room = o->seen_room == 0 ? 1024 : o->seen_room;

	while (room <= i)
		room *= 2;
	if (room > o->seen_room) {
		o->seen = realloc(o->seen, room * sizeof(*o->seen));
		if (o->seen == NULL)
			bug("no memory");
		memset(o->seen + o->seen_room, 0,
		    (room - o->seen_room) * sizeof(*o->seen));
		o->seen_room = room;
	}
	return &o->seen[i];
}

static inline void
outpost_takes(struct outpost *o, const struct item *item, struct bytes package)
{
	struct ledger_entry *e;
	unsigned *seen;

	if (notice_is(package)) {
		o->l->notices++;
		session_ack(
		    o->p.session, item->number, ACK_STORED, REFUSAL_NONE);
		return;
	}
	e = ledger_came(o->l, package, item->envelope);
	if (item->dest_count != 1 ||
	    !bytes_is(item->dests[0].address, o->seat->desk_address))
		o->l->strange++;
	if (e == NULL) { /* a desk sent it, whose answer is on its way */
		struct envelope env;
		struct err err;

		must(envelope_parse(
			 &env, bytes_of(package.p, item->envelope), &err),
		    &err);
		e = ledger_add(o->l, &env.header.id, 1u << o->seat->unit);
		e->state = LEDGER_UNSURE;
	} else if (e->state == LEDGER_UNSURE) {
		e->to |= 1u << o->seat->unit;
	}
	seen = outpost_seen(o, e);
	if (*seen == o->line)
		o->l->doubled++;
	else if (*seen != 0)
		o->l->repeats++;
	else
		o->came++, e->came[o->seat->unit]++;
	session_ack(o->p.session, item->number,
	    *seen != 0 ? ACK_KNOWN : ACK_STORED, REFUSAL_NONE);
	*seen = o->line;
}

static inline void
outpost_item(void *ctx, const struct item *item, struct bytes package)
{
	struct outpost *o = ctx;

	outpost_takes(o, item, package);
	session_taken(o->p.session, item->total - item->from);
}

static inline struct held *
outpost_held(struct outpost *o, uint32_t number)
{
	size_t i;

	for (i = 0; i < o->held_count; i++)
		if (o->helds[i].open && o->helds[i].number == number)
			return &o->helds[i];
	return NULL;
}

static inline void
outpost_forget(struct outpost *o, struct held *h)
{
	buf_free(&h->bytes);
	*h = o->helds[--o->held_count];
}

static inline enum rc
outpost_begins(void *ctx, const struct item *item, struct err *e)
{
	struct outpost *o = ctx;
	struct held *h;
	size_t i;

	for (i = 0; i < o->held_count; i++)
		if (memcmp(o->helds[i].sum, item->sum, SHA256_SIZE) == 0)
			break;
	if (i < o->held_count && o->helds[i].open)
		return fail(e, RC_IO, "it is on its way already");
	if (i == o->held_count) {
		o->helds = vec_more(o->helds, o->held_count, sizeof(*o->helds));
		o->helds[o->held_count++] = (struct held){ 0 };
		memcpy(o->helds[i].sum, item->sum, SHA256_SIZE);
	}
	h = &o->helds[i];
	if (item->from != 0 && item->from != h->bytes.len)
		bug("it goes on where nobody stopped");
	if (item->from == 0)
		buf_free(&h->bytes);
	o->resumed += item->from;
	h->total = item->total;
	h->envelope = item->envelope;
	h->number = item->number;
	h->open = true;
	return RC_OK;
}

static inline void
outpost_data(void *ctx, uint32_t number, uint64_t at, struct bytes more)
{
	struct outpost *o = ctx;
	struct held *h = outpost_held(o, number);

	if (h == NULL || h->bytes.len != at)
		bug("data that follows nothing");
	buf_add(&h->bytes, more);
	session_taken(o->p.session, more.len);
}

static inline void
outpost_ends(void *ctx, uint32_t number)
{
	struct outpost *o = ctx;
	struct held *h = outpost_held(o, number);
	const struct link_dest to = { bytes_str(o->seat->desk_address),
		seat_tag(o->seat) };
	struct item item = { .dests = &to, .dest_count = 1 };
	uint8_t sum[SHA256_SIZE];

	if (h == NULL)
		bug("an end of nothing");
	sha256(sum, buf_bytes(&h->bytes));
	item.number = number;
	item.envelope = h->envelope;
	if (h->bytes.len != h->total || memcmp(sum, h->sum, sizeof(sum)) != 0)
		session_ack(o->p.session, number, ACK_REFUSED, REFUSAL_INVALID);
	else
		outpost_takes(o, &item, buf_bytes(&h->bytes));
	outpost_forget(o, h);
}

static inline void
outpost_stops(void *ctx, uint32_t number)
{
	struct held *h = outpost_held(ctx, number);

	if (h != NULL)
		h->open = false;
}

static inline void
outpost_bye(void *ctx, unsigned reason, struct bytes text)
{
	struct outpost *o = ctx;

	(void)text;
	o->bye = reason;
}

/* ---- what goes --------------------------------------------------------------
 */

static inline void
outpost_send(struct outpost *o, const struct ledger_entry *e)
{
	o->owed = vec_more(o->owed, o->owed_count, sizeof(*o->owed));
	o->owed[o->owed_count++] =
	    (struct owed){ .entry = (size_t)(e - o->l->all) };
}

static inline enum rc
outpost_reads(void *ctx, uint64_t ref, uint64_t at, uint8_t *to, size_t len,
    struct err *err)
{
	struct outpost *o = ctx;
	const struct ledger_entry *e = &o->l->all[ref];

	if (at + len > e->package.len)
		return fail(err, RC_INVALID, "there is no more of it");
	memcpy(to, e->package.p + at, len);
	return RC_OK;
}

static inline void
outpost_acked(void *ctx, uint64_t ref, enum ack outcome, enum refusal why)
{
	struct outpost *o = ctx;
	struct ledger_entry *e = &o->l->all[ref];
	size_t i;

	for (i = 0; i < o->owed_count && o->owed[i].entry != ref; i++)
		;
	if (i == o->owed_count)
		bug("an answer to nothing");
	if (outcome == ACK_LATER) {
		o->owed[i].not_before = peer_ms() + 500;
		o->owed[i].line = 0;
		o->later++;
		return;
	}
	e->state = outcome == ACK_REFUSED ? LEDGER_REFUSED : LEDGER_ACKED;
	e->why = why;
	o->acked += outcome != ACK_REFUSED;
	o->refused += outcome == ACK_REFUSED;
	buf_free(&e->package);
	o->owed[i] = o->owed[--o->owed_count];
}

/* Offer what was not offered over this line. */
static inline void
outpost_offer(struct outpost *o, struct owed *w)
{
	const struct ledger_entry *e = &o->l->all[w->entry];
	struct link_dest dests[LEDGER_SEATS];
	struct item item = { .rank = precedence_rank(e->precedence),
		.envelope = (uint32_t)e->envelope,
		.total = e->total,
		.dests = dests };
	size_t i;

	for (i = 0; i < o->l->country->count; i++)
		if ((e->to >> i & 1) != 0)
			dests[item.dest_count++] = (struct link_dest){
				bytes_str(o->l->country->seats[i].desk_address),
				seat_tag(&o->l->country->seats[i])
			};
	memcpy(item.sum, e->sum, SHA256_SIZE);
	session_send(o->p.session, w->entry, &item,
	    e->total <= SESSION_SMALL ? buf_bytes(&e->package)
				      : (struct bytes){ 0 });
	w->line = o->line;
}

/* ---- lines ------------------------------------------------------------------
 */

static inline void
outpost_hello(void *ctx, const struct hello *h)
{
	struct outpost *o = ctx;
	size_t i;

	(void)h;
	for (i = 0; i < o->held_count && i < SESSION_PARTIALS; i++)
		if (o->helds[i].bytes.len > 0)
			session_partial(o->p.session, o->helds[i].sum,
			    o->helds[i].bytes.len);
	peer_admits(&o->p);
}

static inline void
outpost_down(struct outpost *o)
{
	struct peer *p = &o->p;
	size_t i;

	session_free(p->session);
	tls_free(p->tls);
	p->session = NULL;
	p->tls = NULL;
	buf_free(&p->out);
	buf_free(&p->statement);
	p->out_at = 0;
	if (p->fd > 0)
		close(p->fd);
	p->fd = 0;
	p->admitted = p->over = false;
	for (i = 0; i < o->held_count; i++)
		o->helds[i].open = false;
	o->state = OUTPOST_DOWN;
	o->dial_at = peer_ms() + 50;
}

static inline void
outpost_begin(
    struct outpost *o, struct ledger *l, const struct seat *seat, uint16_t port)
{
	*o = (struct outpost){ .l = l, .seat = seat, .port = port };
	(void)signal(SIGPIPE, SIG_IGN);
	o->p.key = tls_key_new();
	o->p.context = tls_context_new(o->p.key);
	o->p.epoch = (uint64_t)time_now();
	o->p.owner = (struct session_owner){ .hello = outpost_hello,
		.item = outpost_item,
		.begin = outpost_begins,
		.data = outpost_data,
		.end = outpost_ends,
		.stop = outpost_stops,
		.acked = outpost_acked,
		.read = outpost_reads,
		.bye = outpost_bye };
}

static inline void
outpost_end(struct outpost *o)
{
	outpost_down(o);
	while (o->held_count > 0)
		outpost_forget(o, &o->helds[0]);
	free(o->helds);
	free(o->owed);
	free(o->seen);
	tls_context_free(o->p.context);
	tls_key_free(o->p.key);
	*o = (struct outpost){ 0 };
}

static inline void
outpost_dial(struct outpost *o)
{
	const struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(o->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct peer *p = &o->p;

	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->fd < 0)
		bug("no socket");
	if (connect(p->fd, (const struct sockaddr *)&a, sizeof(a)) != 0) {
		outpost_down(o);
		return;
	}
	(void)fcntl(p->fd, F_SETFL, fcntl(p->fd, F_GETFL) | O_NONBLOCK);
	p->tls = tls_new(p->context, p->fd, false);
	o->state = OUTPOST_SHAKING;
	o->line++;
}

static inline void
outpost_shake(struct outpost *o)
{
	struct peer *p = &o->p;
	enum tls_did did = tls_handshake(p->tls, &p->e);

	if (did == TLS_WANT_READ || did == TLS_WANT_WRITE)
		return;
	if (did != TLS_DONE) {
		outpost_down(o);
		return;
	}
	p->epoch++;
	link_write(&p->statement, bytes_str(o->seat->address), p->epoch,
	    tls_key_public(p->key), o->seat->station.sig);
	p->ctx = o;
	peer_begin(p);
	if (o->old) { /* an extension that nobody knows, in its place */
		session_output(p->session, &p->out, 65536);
		p->out.p[p->out.len - 3] = 0x77;
	}
	o->state = OUTPOST_UP;
}

static inline void
outpost_turn(struct outpost *o)
{
	size_t i;

	if (o->state == OUTPOST_DOWN && peer_ms() >= o->dial_at)
		outpost_dial(o);
	if (o->state == OUTPOST_SHAKING)
		outpost_shake(o);
	if (o->state != OUTPOST_UP)
		return;
	for (i = 0; i < o->owed_count && o->p.admitted; i++)
		if (o->owed[i].line != o->line &&
		    peer_ms() >= o->owed[i].not_before)
			outpost_offer(o, &o->owed[i]);
	if (!peer_turn(&o->p, 0))
		outpost_down(o);
}

/* All of them; waits at most "ms" for one to have something to do. */
static inline void
outposts_turn(struct outpost *o, size_t n, int ms)
{
	struct pollfd f[SEATS];
	size_t i;

	for (i = 0; i < n; i++)
		outpost_turn(&o[i]);
	for (i = 0; i < n; i++) {
		f[i] = (struct pollfd){ .fd = o[i].p.fd > 0 ? o[i].p.fd : -1,
			.events = POLLIN };
		if (o[i].p.out.len > o[i].p.out_at)
			f[i].events |= POLLOUT;
		if (o[i].state == OUTPOST_UP && tls_pending(o[i].p.tls))
			ms = 0;
	}
	(void)poll(f, n, ms);
}

#endif
