/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Lists for all children of a station: some sealed at its own desk, some by
 * another child and passed on, some of which expire.  What outage.c queues.
 */
#ifndef TESTS_STATION_LISTS_H
#define TESTS_STATION_LISTS_H

#include "clerk.h"
#include "crowd.h"

#define EXPIRES_H 48
#define SIZE 2000 /* bytes of a text */
#define HOUR INT64_C(3600)
#define HIGHEST 3u /* rank */

static struct country country;
static struct seat *root, *sender;
static struct crowd crowd;
static struct peer *peers;

/* ---- what is sent -----------------------------------------------------------
 */

static struct sent {
	struct id id;
	unsigned rank;
	bool dies; /* it expires before the lines return */
} * lists;	   /* owned */
static size_t list_count, wanted, urgent; /* what each child is to get */
static struct index *by_id;
static struct peer sending;
static size_t stored;

static inline uint64_t
hash_of(const struct id *id)
{
	uint64_t h;

	memcpy(&h, id->b, sizeof(h));
	return h;
}

static inline size_t
list_of(const struct id *id)
{
	size_t at = 0, i;

	while (index_each(by_id, hash_of(id), &at, &i))
		if (id_eq(&lists[i].id, id))
			return i;
	return SIZE_MAX;
}

static inline enum precedence
precedence_of(size_t i)
{
	static const enum precedence mixed[] = { PRECEDENCE_THUONG,
		PRECEDENCE_THUONG, PRECEDENCE_KHAN, PRECEDENCE_THUONG,
		PRECEDENCE_THUONG_KHAN, PRECEDENCE_KHAN, PRECEDENCE_THUONG,
		PRECEDENCE_THUONG_KHAN, PRECEDENCE_HOA_TOC, PRECEDENCE_KHAN };

	return mixed[i % COUNT(mixed)];
}

static inline void
add(size_t i, const struct id *id, bool dies)
{
	struct sent *l = &lists[i];

	*l = (struct sent){ *id, precedence_rank(precedence_of(i)), dies };
	index_add(by_id, hash_of(id), i);
	wanted += !dies;
	urgent += !dies && l->rank == HIGHEST;
}

/* By the station's own desk, at its control socket. */
static inline void
sealed_here(int control, size_t i, bool dies)
{
	const struct letter l = { .from = root,
		.country = &country,
		.precedence = precedence_of(i),
		.expires = dies ? time_now() + EXPIRES_H * HOUR : TIME_NEVER };
	json_t *r = letter_request(&l), *to = json_object_get(r, "to"),
	       *answer = NULL;
	uint8_t part[SHA256_SIZE];
	const int file = letter_file(part, SIZE);
	struct err e;
	struct id id;
	size_t k;

	for (k = 0; k < crowd.count; k++)
		(void)json_array_append_new(
		    to, json_string(crowd.members[k].desk));
	must(control_ask(control, CONTROL_SEND, r, &file, 1, NULL, &answer, &e),
	    &e);
	if (!id_parse(&id,
		bytes_str(json_string_value(json_object_get(answer, "id")))))
		bug("no id");
	add(i, &id, dies);
	json_decref(answer);
	close(file);
}

struct list_to {
	struct recipient *r;
	struct addressee *whom;
	struct link_dest *dests;
}; /* owned */

static inline void
list_to(struct list_to *to)
{
	const struct member *m;
	size_t k;

	*to = (struct list_to){ alloc(crowd.count, sizeof(*to->r)),
		alloc(crowd.count, sizeof(*to->whom)),
		alloc(crowd.count, sizeof(*to->dests)) };
	for (k = 0; k < crowd.count; k++) {
		m = &crowd.members[k];
		to->r[k] = (struct recipient){ .alg = kem_key_alg(m->kem),
			.pub = kem_key_pub(m->kem) };
		tag_of(&to->r[k].tag, to->r[k].alg->oid, to->r[k].pub);
		to->whom[k] =
		    (struct addressee){ bytes_str(m->desk), PURPOSE_ACTION };
		to->dests[k] =
		    (struct link_dest){ bytes_str(m->desk), to->r[k].tag };
	}
}

static inline void
list_to_free(struct list_to *to)
{
	free(to->r);
	free(to->whom);
	free(to->dests);
}

static struct buf sent; /* what is being sent: one at a time */

static inline enum rc
sender_reads(void *ctx, uint64_t ref, uint64_t at, uint8_t *to, size_t len,
    struct err *e)
{
	(void)ctx;
	(void)ref;
	(void)e;
	memcpy(to, sent.p + at, len);
	return RC_OK;
}

/* From another child, sealed there. */
static inline void
passed_on(const struct list_to *to, size_t i)
{
	uint8_t text[SIZE], cek[AEAD_KEY];
	struct part part = { .kind = PART_DOCUMENT,
		.name = bytes_str("a"),
		.type = bytes_str("application/octet-stream"),
		.size = SIZE };
	struct dispatch d = { .header = { .origin = bytes_str(sender->address),
				  .incarnation = 1,
				  .serial = i + 1,
				  .precedence = precedence_of(i),
				  .expires = TIME_NEVER },
		.originator = bytes_str(sender->desk_address),
		.due = TIME_NEVER,
		.to = to->whom,
		.to_count = crowd.count,
		.parts = &part,
		.part_count = 1,
		.size = SIZE };
	const struct signer signer = identity_signer(&sender->desk);
	struct buf inner;
	struct sink sink = sink_buf(&sent);
	struct item item = { .rank = precedence_rank(precedence_of(i)),
		.dests = to->dests,
		.dest_count = crowd.count };
	const size_t before = stored;
	struct err e;

	random_bytes(text, SIZE);
	random_bytes(cek, sizeof(cek));
	random_bytes(d.header.id.b, ID_SIZE);
	signed_dispatch(&inner, &d, bytes_of(text, SIZE), &signer, time_now());
	must(envelope_seal(&sink, &d.header, buf_bytes(&inner), cek, to->r,
		 crowd.count, &e),
	    &e);
	item.envelope = (uint32_t)sent.len;
	item.total = sent.len;
	sha256(item.sum, buf_bytes(&sent));
	session_send(sending.session, i + 1, &item,
	    sent.len <= SESSION_SMALL ? buf_bytes(&sent) : (struct bytes){ 0 });
	while (stored == before && peer_turn(&sending, 1000))
		;
	add(i, &d.header.id, false);
	buf_free(&inner);
	buf_free(&sent);
}

static inline void
sender_acked(void *ctx, uint64_t ref, enum ack outcome, enum refusal why)
{
	(void)ctx;
	(void)ref;
	(void)why;
	if (outcome != ACK_STORED)
		bug("what a child sends is not taken");
	stored++;
}

/* A station that has just begun may not let anybody in yet. */
static inline void
sender_dials(void)
{
	static uint64_t epoch;
	const int64_t until = peer_ms() + 2000;

	if (epoch == 0)
		epoch = (uint64_t)time_now() * 1000;
	sending = (struct peer){ .epoch = ++epoch };
	if (peer_dial(&sending, root->port, &sender->station,
		bytes_str(sender->address))) {
		sending.owner = (struct session_owner){ .hello = crowd_hello,
			.acked = sender_acked,
			.read = sender_reads };
		sending.ctx = &sending;
		peer_begin(&sending);
		while (!sending.admitted && peer_ms() < until &&
		       peer_turn(&sending, 50))
			;
	}
	if (!sending.admitted) {
		peer_end(&sending);
		(void)usleep(100000);
	}
}

/* Every third comes from the other child, none of hỏa tốc; of twenty sealed
 * here one expires. */
static inline void
queue_all(size_t each)
{
	const int control = seat_signed_in(root, 60);
	const int64_t began = peer_ms();
	struct list_to to;
	size_t i;

	lists = alloc(each * 2, sizeof(*lists));
	by_id = index_new();
	list_to(&to);
	while (!sending.admitted && peer_ms() < began + 60000)
		sender_dials();
	for (i = 0; wanted < each; i++) {
		if (i % 3 == 0 && precedence_of(i) != PRECEDENCE_HOA_TOC)
			passed_on(&to, i);
		else
			sealed_here(control, i, i % 20 == 11);
		(void)peer_turn(&sending, 0);
	}
	list_count = i;
	peer_end(&sending);
	close(control);
	list_to_free(&to);
	note("queued: dispatches=%zu legs=%zu s=%.1f, of hỏa tốc %zu, from a "
	     "child %zu",
	    list_count, list_count * crowd.count,
	    (double)(peer_ms() - began) / 1000, urgent, stored);
}

#endif
