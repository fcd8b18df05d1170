/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The process store of a root station with three children, played upon: this
 * test is its keys, seal, link and control (play.h).
 */
#ifndef TESTS_ANTIND_STAGE_H
#define TESTS_ANTIND_STAGE_H

#include <stdio.h>

#include "play.h"

#include "../station/country.h"
#include "core/vec.h"
#include "dispatch/answer.h"
#include "dispatch/package.h"
#include "store/files.h"
#include "store/store.h"

#define KIDS 3u

struct stage {
	struct country c;
	struct seat *own, *kid[KIDS];
	char data[PATH + 8];
	struct actor a;
	struct line *link, *keys, *seal, *control;
	uint64_t epoch;
};

/* ---- what was heard, until it is asked for ------------------------------- */

struct said {
	struct line *line;
	struct heard h;
};
static struct said *saids; /* owned */
static size_t said_count;

static inline void
note_said(struct line *l, const struct message *m, int fd)
{
	saids = vec_more(saids, said_count, sizeof(*saids));
	saids[said_count].line = l;
	hear(&saids[said_count++].h, l, m, fd);
}

static inline struct heard
said_take(size_t i)
{
	struct heard h = saids[i].h;

	memmove(&saids[i], &saids[i + 1], (--said_count - i) * sizeof(*saids));
	return h;
}

/* The next of this kind; its fd is -2 where none comes. */
static inline struct heard
expect(struct line *l, enum msg kind)
{
	struct heard h;
	size_t i;

	for (i = 0; i < said_count; i++)
		if (saids[i].line == l && saids[i].h.m.kind == kind)
			return said_take(i);
	if (!wait_for(&h, l, kind))
		h.fd = -2;
	return h;
}

static inline size_t
said_of(const struct line *l, enum msg kind)
{
	size_t i, n = 0;

	for (i = 0; i < said_count; i++)
		n += saids[i].line == l && saids[i].h.m.kind == kind;
	return n;
}

static inline void
saids_forget(void)
{
	while (said_count > 0)
		heard_free(&saids[--said_count].h);
	free(saids);
	saids = NULL;
}

/* ---- the process --------------------------------------------------------- */

/* All that it had to say to what it was told is said. */
static inline void
stage_settle(struct stage *s)
{
	const struct msg_ask ask = { .what = ASK_STATUS };
	struct heard h;
	int i;

	for (i = 0; i < 2; i++) {
		say_to(s->control, MSG_ASK, 1, &ask, -1);
		h = expect(s->control, MSG_ROWS);
		heard_free(&h);
	}
}

static inline void
stage_make(struct stage *s)
{
	static const char *const names[KIDS] = { "a", "b", "c" };
	size_t i;

	*s = (struct stage){ 0 };
	country_begin(&s->c);
	s->own = country_seat(&s->c, NULL, "vn");
	for (i = 0; i < KIDS; i++)
		s->kid[i] = country_seat(&s->c, s->own, names[i]);
	country_write(s->own, "");
	(void)snprintf(s->data, sizeof(s->data), "%s/data", s->own->folder);
	s->epoch = (uint64_t)time_now();
	on_message = note_said;
}

/* false: it did not start. */
static inline bool
stage_start(struct stage *s)
{
	char directory[PATH + 32];
	struct msg_held held = { .station = 1 };
	struct msg_link_key key = { .epoch = 0 };

	(void)snprintf(
	    directory, sizeof(directory), "%s/data/directory", s->own->folder);
	write_in(s->own, "data/directory", buf_bytes(&s->c.t.file));
	s->a = actor_new(&process_store);
	actor_set(&s->a, "data", s->data);
	actor_set(&s->a, "directory", directory);
	s->link = actor_sibling(&s->a, PROC_LINK);
	s->keys = actor_sibling(&s->a, PROC_KEYS);
	s->seal = actor_sibling(&s->a, PROC_SEAL);
	s->control = actor_sibling(&s->a, PROC_CONTROL);
	if (!actor_go(&s->a)) {
		note("%.*s", (int)logged.len, (const char *)logged.p);
		return false;
	}
	held.sign = buf_bytes(&s->own->station.card.sign_der);
	held.kem = buf_bytes(&s->own->station.card.kem_der);
	say_to(s->keys, MSG_HELD, 0, &held, -1);
	say_to(s->link, MSG_LINK_KEY, 0, &key, -1);
	stage_settle(s);
	return true;
}

/* How it ended, by SIGTERM's like or a signal. */
static inline uint64_t
stage_stop(struct stage *s, int sig)
{
	int status;

	if (sig != 0)
		(void)kill(s->a.pid, sig);
	status = sig == 0 ? actor_stop(&s->a) : actor_wait(&s->a);
	saids_forget();
	lines_end();
	return (uint64_t)status;
}

static inline void
stage_end(struct stage *s)
{
	if (s->a.pid != 0)
		(void)stage_stop(s, 0);
	country_end(&s->c);
}

/* A child's line, of this number: numbers grow. */
static inline bool
stage_line(struct stage *s, uint64_t conn, const struct seat *who)
{
	struct msg_hello m = { .conn = conn,
		.incarnation = 1,
		.clock = time_now(),
		.own_clock = 1,
		.notices = 1 };
	struct buf statement = { 0 };
	struct heard h;
	bool good;

	memset(m.key, (int)conn, LINK_KEY);
	link_write(&statement, bytes_str(who->address), ++s->epoch, m.key,
	    who->station.sig);
	m.statement = buf_bytes(&statement);
	say_to(s->link, MSG_HELLO, 0, &m, -1);
	h = expect(s->link, MSG_ADMIT);
	good = h.fd != -2 && h.m.body.admit.rc == RC_OK;
	heard_free(&h);
	buf_free(&statement);
	return good;
}

/* ---- dispatches ---------------------------------------------------------- */

/* One sealed for several desks, with "attached" bytes behind its envelope. */
struct made {
	struct id id;
	struct buf envelope, attached;
	const struct seat *to[KIDS + 1];
	struct tag tags[KIDS + 1];
	size_t count;
};

static inline void
made_free(struct made *m)
{
	buf_free(&m->envelope);
	buf_free(&m->attached);
}

static inline void
make(struct made *out, const struct seat *from, uint64_t serial,
    const struct seat *const *to, size_t count, size_t attached)
{
	struct part part = { .kind = PART_DOCUMENT,
		.name = bytes_str("a"),
		.type = bytes_str("application/octet-stream"),
		.size = 300 };
	struct addressee whom[KIDS + 1];
	struct recipient r[KIDS + 1];
	struct dispatch d = { .header = { .origin = bytes_str(from->address),
				  .incarnation = 1,
				  .serial = serial,
				  .precedence = PRECEDENCE_THUONG,
				  .expires = TIME_NEVER },
		.originator = bytes_str(from->desk_address),
		.due = TIME_NEVER,
		.to = whom,
		.to_count = count,
		.parts = &part,
		.part_count = 1,
		.size = 300 };
	const struct signer signer = identity_signer(&from->desk);
	uint8_t cek[AEAD_KEY], text[300];
	struct buf inner;
	struct sink sink;
	struct err e;
	size_t i;

	*out = (struct made){ .count = count };
	sink = sink_buf(&out->envelope);
	random_bytes(text, sizeof(text));
	random_bytes(cek, sizeof(cek));
	random_bytes(d.header.id.b, ID_SIZE);
	out->id = d.header.id;
	for (i = 0; i < count; i++) {
		whom[i] = (struct addressee){ bytes_str(to[i]->desk_address),
			PURPOSE_ACTION };
		r[i] = (struct recipient){ .alg = kem_key_alg(to[i]->desk.kem),
			.pub = kem_key_pub(to[i]->desk.kem) };
		tag_of(&r[i].tag, r[i].alg->oid, r[i].pub);
		out->tags[i] = r[i].tag;
		out->to[i] = to[i];
	}
	signed_dispatch(
	    &inner, &d, bytes_of(text, sizeof(text)), &signer, time_now());
	must(envelope_seal(
		 &sink, &d.header, buf_bytes(&inner), cek, r, count, &e),
	    &e);
	if (attached > 0)
		random_bytes(buf_grow(&out->attached, attached), attached);
	buf_free(&inner);
}

/* A copy of it, with the slips of the destinations whose bits are set, and the
 * rows of these. */
struct packed {
	struct buf package, dests;
	size_t envelope;
	uint8_t sum[SHA256_SIZE];
};

static inline struct packed
packed(const struct made *m, unsigned bits)
{
	struct tag tags[KIDS + 1];
	struct packed out = { 0 };
	struct msg_dest row;
	struct err e;
	size_t i, n = 0;

	for (i = 0; i < m->count; i++)
		if (bits >> i & 1) {
			tags[n++] = m->tags[i];
			row = (struct msg_dest){
				bytes_str(m->to[i]->desk_address), m->tags[i]
			};
			list_add(&out.dests, LIST_DEST, &row);
		}
	must(package_for(&out.package, buf_bytes(&m->envelope), tags, n, &e),
	    &e);
	out.envelope = out.package.len;
	buf_add(&out.package, buf_bytes(&m->attached));
	sha256(out.sum, buf_bytes(&out.package));
	return out;
}

static inline void
packed_free(struct packed *p)
{
	buf_free(&p->package);
	buf_free(&p->dests);
}

/* What link says of a large one that comes, from its byte "from" on. */
static inline void
send_big(
    struct stage *s, struct msg_item *m, const struct packed *p, size_t from)
{
	struct msg_data data = { .conn = m->conn, .number = m->number };
	const struct msg_number end = { m->conn, m->number };

	m->package = (struct bytes){ 0 };
	say_to(s->link, MSG_BIG, 0, m, -1);
	for (data.at = from; data.at < p->package.len;
	     data.at += data.more.len) {
		data.more = bytes_of(p->package.p + data.at,
		    p->package.len - data.at < MSG_PIECE
			? p->package.len - (size_t)data.at
			: MSG_PIECE);
		say_to(s->link, MSG_BIG_DATA, 0, &data, -1);
	}
	say_to(s->link, MSG_BIG_END, 0, &end, -1);
}

/* Offer a copy over a line; what it was answered, or ACKS: nothing. */
static inline enum ack
offer(struct stage *s, uint64_t conn, uint64_t number, const struct made *made,
    unsigned bits)
{
	struct packed p = packed(made, bits);
	struct msg_item m = { .conn = conn,
		.number = number,
		.envelope = p.envelope,
		.total = p.package.len,
		.dests = buf_bytes(&p.dests),
		.package = buf_bytes(&p.package) };
	enum ack outcome = ACKS;
	struct heard h;

	memcpy(m.sum, p.sum, SHA256_SIZE);
	if (m.total <= STORE_INLINE)
		say_to(s->link, MSG_ITEM, 0, &m, -1);
	else
		send_big(s, &m, &p, 0);
	h = expect(s->link, MSG_TAKEN);
	if (h.fd != -2 && h.m.body.taken.conn == conn &&
	    h.m.body.taken.number == number)
		outcome = (enum ack)h.m.body.taken.outcome;
	heard_free(&h);
	packed_free(&p);
	return outcome;
}

/* It has these slips and no others. */
static inline bool
has_slips(const struct made *made, struct bytes envelope, unsigned bits)
{
	struct envelope env;
	struct err e;
	bool good;
	size_t i;

	if (envelope_parse(&env, envelope, &e) != RC_OK)
		return false;
	good = env.slip_count == (size_t)__builtin_popcount(bits);
	for (i = 0; i < made->count; i++)
		good &=
		    package_has_slip(&env, &made->tags[i]) == (bits >> i & 1);
	return good;
}

/* All bytes of what was handed over: the message's, and its file's from "at"
 * on; the caller frees. */
static inline struct buf
whole(struct bytes package, uint64_t at, uint64_t total, int fd)
{
	struct buf out = { 0 };
	const size_t rest =
	    total > package.len ? (size_t)total - package.len : 0;
	uint8_t *to;

	buf_add(&out, package);
	if (fd < 0 || rest == 0)
		return out;
	to = buf_grow(&out, rest);
	if (pread(fd, to, rest, (off_t)at) != (ssize_t)rest)
		memset(to, 0, rest);
	return out;
}

/* What store sends next over this line is that dispatch with those slips, for
 * those destinations; it is answered so. */
static inline bool
is_sent(struct stage *s, uint64_t conn, const struct made *made, unsigned bits,
    enum ack answer)
{
	struct heard h = expect(s->link, MSG_SEND);
	const struct msg_send *m = &h.m.body.send;
	struct msg_taken taken = { .conn = conn, .outcome = answer };
	uint8_t sum[SHA256_SIZE];
	struct bytes rows;
	struct msg_dest row;
	struct buf all;
	size_t n = 0;
	bool good;

	if (h.fd == -2)
		return false;
	all = whole(m->package, m->at, m->total, h.fd);
	sha256(sum, buf_bytes(&all));
	for (rows = m->dests; list_next(&rows, LIST_DEST, &row);)
		n++;
	good = m->conn == conn && all.len == m->total &&
	       m->total == m->envelope + made->attached.len &&
	       memcmp(sum, m->sum, SHA256_SIZE) == 0 &&
	       n == (size_t)__builtin_popcount(bits) &&
	       has_slips(made, bytes_of(all.p, (size_t)m->envelope), bits) &&
	       bytes_eq(
		   bytes_of(all.p + m->envelope, all.len - (size_t)m->envelope),
		   buf_bytes(&made->attached));
	taken.number = m->q;
	say_to(s->link, MSG_SENT, 0, &taken, -1);
	buf_free(&all);
	heard_free(&h);
	return good;
}

/* The desk's package, with that slip; RC of the answer. */
static inline enum rc
is_read(struct stage *s, const struct seat *at, const struct made *made,
    unsigned bits, bool *good)
{
	const struct msg_of of = { .desk = bytes_str(at->desk_address),
		.id = made->id };
	struct heard h;
	struct buf all;
	enum rc rc;

	*good = false;
	say_to(s->seal, MSG_FETCH, jobs++, &of, -1);
	h = expect(s->seal, MSG_PACKAGE);
	if (h.fd == -2)
		return RC_EXPIRED;
	rc = (enum rc)h.m.body.package.rc;
	all = whole(h.m.body.package.package, h.m.body.package.package.len,
	    h.m.body.package.total, h.fd);
	if (rc == RC_OK)
		*good = has_slips(made,
		    bytes_of(all.p, (size_t)h.m.body.package.envelope), bits);
	buf_free(&all);
	heard_free(&h);
	return rc;
}

#endif
