/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Very many stations below one, and a desk "van-thu" at each where that is
 * wanted: their keys, certificates and acts, without folders or daemons.  They
 * speak by peer.h.
 */
#ifndef TESTS_STATION_CROWD_H
#define TESTS_STATION_CROWD_H

#include "core/work.h"
#include "peer.h"

#define CROWD_BATCH 1000 /* acts under one checkpoint */
#define CROWD_BEGIN 16u	 /* lines begun in a round */

struct crowd {
	struct country *country;
	const struct seat *above;
	size_t count;
	bool desks;
	struct member {
		struct id uid;
		struct identity station; /* of which only sig is there */
		struct buf cert;
		char id[16], address[64];
		/* the desk */
		struct sig_key *sig;
		struct kem_key *kem;
		struct buf sig_cert, kem_cert;
		char desk[80];
	} * members; /* owned */
	/* What comes to one of them, whose peer is the ctx; NULL: it is
	 * taken, whatever it is. */
	void (*item)(void *ctx, const struct item *item, struct bytes package);
	/* What it sent is answered; NULL: it sends nothing. */
	void (*acked)(
	    void *ctx, uint64_t ref, enum ack outcome, enum refusal why);
};

static inline void
crowd_desk(struct crowd *c, struct member *m)
{
	const struct suite *s = suite_by_name("A");
	struct cert_request r = { .name = bytes_str("a desk"),
		.rights = { CERT_DESK, LEVEL_TUYET_MAT,
		    PRECEDENCE_HOA_TOC_HEN_GIO, 0 },
		.use = CERT_SIGN,
		.sig = sig_by_name(s->sig),
		.from = c->country->t.now,
		.until = c->country->t.now + YEARS(9),
		.issuer = bytes_str("unit 0") };

	(void)snprintf(m->desk, sizeof(m->desk), "%s/van-thu", m->address);
	m->sig = sig_generate(r.sig);
	r.address = bytes_str(m->desk);
	r.pub = sig_key_pub(m->sig);
	cert_write(&m->sig_cert, &r, tree_authority_key(&c->country->t, ROOT));
	r.use = CERT_KEM;
	r.sig = NULL;
	r.kem = kem_by_name(s->kem);
	m->kem = kem_generate(r.kem);
	r.pub = kem_key_pub(m->kem);
	cert_write(&m->kem_cert, &r, tree_authority_key(&c->country->t, ROOT));
}

static inline enum rc
crowd_member(void *ctx, size_t i, struct err *e)
{
	struct crowd *c = ctx;
	struct member *m = &c->members[i];
	const struct suite *s = suite_by_name("A");
	struct cert_request r = { .name = bytes_str("a station"),
		.rights = { CERT_STATION, LEVEL_TUYET_MAT,
		    PRECEDENCE_HOA_TOC_HEN_GIO, 0 },
		.use = CERT_SIGN,
		.sig = sig_by_name(s->sig),
		.from = c->country->t.now,
		.until = c->country->t.now + YEARS(9),
		.issuer = bytes_str("unit 0") };

	(void)e;
	(void)snprintf(m->id, sizeof(m->id), "tram-%zu", i);
	(void)snprintf(m->address, sizeof(m->address), "antin://%s.%s", m->id,
	    c->above->address + strlen("antin://"));
	m->station.sig = sig_generate(r.sig);
	r.address = bytes_str(m->address);
	r.pub = sig_key_pub(m->station.sig);
	cert_write(&m->cert, &r, tree_authority_key(&c->country->t, ROOT));
	if (c->desks)
		crowd_desk(c, m);
	return RC_OK;
}

/* All of these acts, under one checkpoint. */
static inline void
crowd_decide(struct crowd *c, struct act *acts, size_t n)
{
	struct tree *t = &c->country->t;
	struct buf part;

	must(directory_decide(t->d, &part, tree_at(t, ROOT), acts, n,
		 tree_authority_key(t, ROOT), t->now, &t->e),
	    &t->e);
	tree_append(t, buf_bytes(&part));
	buf_free(&part);
}

static inline void
crowd_acts(struct crowd *c)
{
	struct act *acts = alloc(CROWD_BATCH, sizeof(*acts));
	struct tree *t = &c->country->t;
	const struct id root = tree_uid(ROOT);
	struct member *m;
	size_t n = 0, i;

	for (i = 0; i < c->count; i++) {
		m = &c->members[i];
		act_uid(&m->uid, &root, tree_size(t->d, ROOT) + n);
		acts[n] = act_unit(t, UNITS, c->above->unit, m->id, "don-vi");
		acts[n++].unit = m->uid;
		acts[n] = act_certify(
		    t, UNITS, NULL, buf_bytes(&m->cert), (struct bytes){ 0 });
		acts[n++].unit = m->uid;
		if (c->desks) {
			acts[n] = act_holder(t, UNITS, ACT_DESK, "van-thu");
			acts[n++].unit = m->uid;
			acts[n] = act_certify(t, UNITS, "van-thu",
			    buf_bytes(&m->sig_cert), buf_bytes(&m->kem_cert));
			acts[n++].unit = m->uid;
		}
		if (n == CROWD_BATCH || i + 1 == c->count) {
			crowd_decide(c, acts, n);
			n = 0;
		}
	}
	free(acts);
}

static inline void
crowd_make(struct crowd *c, struct country *country, const struct seat *above,
    size_t n, bool desks)
{
	struct err e;

	*c = (struct crowd){
		.country = country, .above = above, .count = n, .desks = desks
	};
	c->members = alloc(n, sizeof(*c->members));
	must(work_each(n, crowd_member, c, &e), &e);
	crowd_acts(c);
}

/* So many, of units below this seat's; before its country_write(). */
static inline void
crowd_begin(struct crowd *c, struct country *country, const struct seat *above,
    size_t n)
{
	crowd_make(c, country, above, n, false);
}

/* Each has a desk "van-thu", without a certificate; before country_write(). */
static inline void
crowd_desks(struct crowd *c)
{
	struct act *acts = alloc(CROWD_BATCH, sizeof(*acts));
	size_t n = 0, i;

	for (i = 0; i < c->count; i++) {
		acts[n] =
		    act_holder(&c->country->t, UNITS, ACT_DESK, "van-thu");
		acts[n++].unit = c->members[i].uid;
		if (n == CROWD_BATCH || i + 1 == c->count) {
			crowd_decide(c, acts, n);
			n = 0;
		}
	}
	free(acts);
}

/* ---- their lines
 * ----------------------------------------------------------------- */

static inline void
crowd_hello(void *ctx, const struct hello *h)
{
	(void)h;
	peer_admits(ctx);
}

/* The line is gone, without a word; the key stays, and who hears what comes on
 * the next one: without tell() it would not take what is told. */
static inline void
crowd_drop(struct peer *p)
{
	const struct session_owner owner = p->owner;
	struct tls_key *key = p->key;
	const uint64_t epoch = p->epoch;

	p->key = NULL;
	peer_end(p);
	p->key = key;
	p->epoch = epoch;
	p->owner = owner;
}

/* Who lost his line, or was turned away, dials again when his time has come;
 * each time he waits longer, and half of it is chance, as a station does. */
struct crowd_wait {
	int64_t at, wait; /* milliseconds */
};

static inline void
crowd_later(struct crowd_wait *w)
{
	uint32_t r;

	random_bytes(&r, sizeof(r));
	w->wait = w->wait == 0 ? 500 : w->wait * 2;
	w->at = peer_ms() + w->wait / 2 + r % (w->wait / 2);
}

/* From an address of its own, as stations in different places have. */
static inline int
crowd_connect(uint16_t port, size_t i)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) },
				 from = { .sin_family = AF_INET,
					 .sin_addr.s_addr =
					     htonl(0x7f010000 +
						   ((uint32_t)i & 0x1fffff)) };
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    bind(fd, (const struct sockaddr *)&from, sizeof(from)) != 0)
		bug("no address is to be had");
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0 &&
	    errno != EINPROGRESS)
		bug("a station does not answer");
	return fd;
}

static inline void
crowd_dial(struct crowd *c, struct peer *p, size_t i)
{
	if (p->key == NULL)
		p->key = tls_key_new();
	p->context = tls_context_new(p->key);
	p->fd = crowd_connect(c->above->port, i);
	p->tls = tls_new(p->context, p->fd, false);
}

/* A step of one that is not yet in: false, he was turned away. */
static inline bool
crowd_step(struct crowd *c, struct peer *p, size_t i)
{
	const struct member *m = &c->members[i];
	enum tls_did did;

	if (p->session == NULL) {
		did = tls_handshake(p->tls, &p->e);
		if (did == TLS_WANT_READ || did == TLS_WANT_WRITE)
			return true;
		if (did != TLS_DONE)
			return false;
		p->epoch = p->epoch == 0 ? (uint64_t)time_now() : p->epoch + 1;
		buf_free(&p->statement);
		link_write(&p->statement, bytes_str(m->address), p->epoch,
		    tls_key_public(p->key), m->station.sig);
		p->owner.hello = crowd_hello;
		p->owner.item = c->item;
		p->owner.acked = c->acked;
		p->ctx = p;
		peer_begin(p);
	}
	return peer_turn(p, 0);
}

/* Who has something to read goes on; false: he was turned away. */
static inline bool
crowd_goes(struct crowd *c, struct peer *p, size_t i, struct crowd_wait *w)
{
	if (crowd_step(c, p, i))
		return true;
	crowd_drop(p);
	crowd_later(w);
	return false;
}

/*
 * All want in at one moment, and go on until all are.  One process is all of
 * them: who has begun is served before others begin, as each would be on a
 * machine of his own.  Returns how often one was turned away on the way.
 */
static inline size_t
crowd_enter(struct crowd *c, struct peer *peers)
{
	struct pollfd *polls = alloc(c->count, sizeof(*polls));
	struct crowd_wait *waits = alloc(c->count, sizeof(*waits));
	size_t *whom = alloc(c->count, sizeof(*whom));
	size_t i, n, k, begun, in = 0, turned = 0;
	int64_t now;

	while (in < c->count) {
		now = peer_ms();
		n = begun = 0;
		for (i = 0; i < c->count; i++) {
			if (peers[i].admitted)
				continue;
			if (peers[i].tls == NULL && waits[i].at <= now &&
			    begun < CROWD_BEGIN) {
				crowd_dial(c, &peers[i], i);
				begun++;
				turned +=
				    !crowd_goes(c, &peers[i], i, &waits[i]);
			}
			if (peers[i].tls == NULL)
				continue;
			whom[n] = i;
			polls[n++] = (struct pollfd){ .fd = peers[i].fd,
				.events = POLLIN };
		}
		(void)poll(polls, (nfds_t)n, begun > 0 ? 0 : 20);
		for (k = 0; k < n; k++) {
			if (polls[k].revents == 0)
				continue;
			i = whom[k];
			turned += !crowd_goes(c, &peers[i], i, &waits[i]);
			in += peers[i].admitted;
		}
	}
	free(whom);
	free(polls);
	free(waits);
	return turned;
}

static inline void
crowd_end(struct crowd *c)
{
	size_t i;

	for (i = 0; i < c->count; i++) {
		sig_key_free(c->members[i].station.sig);
		buf_free(&c->members[i].cert);
		sig_key_free(c->members[i].sig);
		kem_key_free(c->members[i].kem);
		buf_free(&c->members[i].sig_cert);
		buf_free(&c->members[i].kem_cert);
	}
	free(c->members);
	*c = (struct crowd){ 0 };
}

#endif
