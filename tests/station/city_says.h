/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a commune of a crowd (crowd.h) says of what it was sent, as a complete
 * station would: its desk that it arrived, and that it was opened, to its
 * origin; its station that it has it, to the station above (docs/receipts.md).
 */
#ifndef TESTS_STATION_CITY_SAYS_H
#define TESTS_STATION_CITY_SAYS_H

#include "crowd.h"
#include "dispatch/batch.h"

#define SAYS 3 /* notices of one */

struct says {
	struct buf notice[SAYS]; /* owned; to be sent */
	char to[SAYS][LIMIT_ADDRESS + 1];
};

static inline void
says_free(struct says *s)
{
	size_t i;

	for (i = 0; i < SAYS; i++)
		buf_free(&s->notice[i]);
}

/* One statement, which this key signs, as a notice with this serial. */
static inline void
says_one(struct buf *out, const struct member *m, uint64_t serial,
    const struct statement *s, struct bytes signer, const struct sig_key *key,
    struct bytes cert)
{
	struct batch_signer who = { .address = signer };
	struct header h = { .origin = bytes_str(m->address),
		.incarnation = 1,
		.serial = serial,
		.expires = TIME_NEVER };
	struct der_wr all = { 0 }, w = { 0 };
	struct buf head;
	struct log l;

	tag_of(&who.tag, sig_key_alg(key)->oid, sig_key_pub(key));
	sha256(who.cert, cert);
	random_bytes(h.id.b, ID_SIZE);
	statement_write(&all, s);
	batch_sign(&head, &who, buf_bytes(&all.out), s->at, false, key);
	batch_log(&l, buf_bytes(&all.out));
	batch_write(&w, buf_bytes(&head), &l, NULL, NULL);
	notice_write(out, &h, buf_bytes(&w.out));
	log_free(&l);
	buf_free(&head);
	der_wr_free(&all);
	der_wr_free(&w);
}

/* All that it says of this envelope; "serial": the first of SAYS. */
static inline void
says_make(struct says *out, const struct member *m, const char *above,
    const struct envelope *env, uint64_t serial)
{
	static const enum statement_kind kinds[SAYS] = { STATEMENT_ARRIVED,
		STATEMENT_OPENED, STATEMENT_CUSTODY };
	struct statement s = { .id = env->header.id,
		.origin = env->header.origin,
		.incarnation = env->header.incarnation,
		.serial = env->header.serial,
		.at = time_now(),
		.since = TIME_NEVER };
	bool desk;
	size_t i;

	package_digest(s.digest, env);
	for (i = 0; i < SAYS; i++) {
		desk = statement_by_desk(kinds[i]);
		s.kind = kinds[i];
		s.desk = desk ? bytes_str(m->desk) : (struct bytes){ 0 };
		says_one(&out->notice[i], m, serial + i, &s,
		    bytes_str(desk ? m->desk : m->address),
		    desk ? m->sig : m->station.sig,
		    buf_bytes(desk ? &m->sig_cert : &m->cert));
		(void)snprintf(out->to[i], sizeof(out->to[i]), "%.*s",
		    desk ? (int)s.origin.len : (int)strlen(above),
		    desk ? (const char *)s.origin.p : above);
	}
}

static inline void
says_send(struct says *s, struct peer *p)
{
	struct link_dest dest = { 0 };
	struct item item;
	size_t i;

	for (i = 0; i < SAYS; i++) {
		dest.address = bytes_str(s->to[i]);
		item = (struct item){ .rank = 3,
			.envelope = (uint32_t)s->notice[i].len,
			.total = s->notice[i].len,
			.dests = &dest,
			.dest_count = 1 };
		sha256(item.sum, buf_bytes(&s->notice[i]));
		session_send(p->session, i, &item, buf_bytes(&s->notice[i]));
	}
	says_free(s);
}

#endif
