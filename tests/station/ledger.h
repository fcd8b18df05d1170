/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A ledger of dispatches: what was made, what its originator was told of it,
 * and at which desks it came out.  What tests of delivery count with.
 */
#ifndef TESTS_STATION_LEDGER_H
#define TESTS_STATION_LEDGER_H

#include "core/index.h"
#include "core/vec.h"
#include "country.h"
#include "dispatch/answer.h"
#include "dispatch/package.h"
#include "store/files.h"
#include "store/store.h"

#define LEDGER_SEATS 32		   /* more do not fit into a set of desks */
#define LEDGER_INSIDE (200u << 10) /* bytes of a content; the rest follows */

enum entry_state {
	LEDGER_MADE,
	LEDGER_ACKED,
	LEDGER_REFUSED,
	LEDGER_UNSURE, /* it came out, and nobody was told that it went in */
};

struct ledger_entry {
	struct id id;
	enum entry_state state;
	enum refusal why;
	unsigned from;
	uint32_t to; /* bit n: the desk of seat n */
	enum precedence precedence;
	uint8_t digest[SHA256_SIZE]; /* of the content, whatever the slips */
	uint8_t tail[SHA256_SIZE];   /* of what follows the envelope */
	bool made_here;		     /* digest and tail are known */
	uint8_t part[SHA256_SIZE];   /* of its first part, where a desk sent */
	struct buf package;	     /* until it is answered; owned */
	size_t envelope;
	uint64_t total;
	uint8_t sum[SHA256_SIZE];
	unsigned came[LEDGER_SEATS];
};

struct ledger {
	struct country *country;
	struct ledger_entry *all; /* owned */
	size_t count;
	struct index *by_id;
	uint64_t serial;
	size_t altered, strange, doubled;
	size_t repeats; /* came again over another line: it may */
	size_t notices; /* what is said of dispatches (docs/receipts.md 5) */
};

static inline void
ledger_begin(struct ledger *l, struct country *c)
{
	*l = (struct ledger){ .country = c, .by_id = index_new() };
}

static inline void
ledger_end(struct ledger *l)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		buf_free(&l->all[i].package);
	free(l->all);
	index_free(l->by_id);
}

static inline uint64_t
ledger_hash(const struct id *id)
{
	uint64_t h;

	memcpy(&h, id->b, sizeof(h));
	return h;
}

static inline struct ledger_entry *
ledger_find(const struct ledger *l, const struct id *id)
{
	size_t at = 0, i;

	while (index_each(l->by_id, ledger_hash(id), &at, &i))
		if (id_eq(&l->all[i].id, id))
			return &l->all[i];
	return NULL;
}

static inline struct ledger_entry *
ledger_add(struct ledger *l, const struct id *id, uint32_t to)
{
	struct ledger_entry *e;

	l->all = vec_more(l->all, l->count, sizeof(*l->all));
	index_add(l->by_id, ledger_hash(id), l->count);
	e = &l->all[l->count++];
	*e = (struct ledger_entry){ .id = *id, .to = to };
	return e;
}

/* ---- making one -------------------------------------------------------------
 */

static inline struct tag
seat_tag(const struct seat *s)
{
	struct tag tag;

	tag_of(&tag, kem_key_alg(s->desk.kem)->oid, kem_key_pub(s->desk.kem));
	return tag;
}

/* Sealed at the desk of a seat for those desks, as its station would: random
 * bytes, of which what is too much for a content follows the envelope. */
static inline struct ledger_entry *
ledger_make(struct ledger *l, unsigned from, uint32_t to, size_t size,
    enum precedence precedence)
{
	const size_t inside = size <= LEDGER_INSIDE ? size : 1000;
	const struct seat *s = &l->country->seats[from], *t;
	struct part part = { .kind = PART_DOCUMENT,
		.name = bytes_str("a"),
		.type = bytes_str("application/octet-stream"),
		.size = inside };
	struct dispatch d = {
		.header = { .origin = bytes_str(s->address),
		    .incarnation = 1,
		    .serial = ++l->serial,
		    .precedence = precedence,
		    .expires = TIME_NEVER },
		.originator = bytes_str(s->desk_address),
		.due = TIME_NEVER,
		.parts = &part,
		.part_count = 1,
		.size = inside,
	};
	const struct signer signer = identity_signer(&s->desk);
	struct recipient r[LEDGER_SEATS];
	struct addressee whom[LEDGER_SEATS];
	uint8_t cek[AEAD_KEY], *text = alloc(1, size + 1);
	struct buf inner, package = { 0 };
	struct sink sink = sink_buf(&package);
	struct envelope env;
	struct ledger_entry *entry;
	struct err e;
	size_t i;

	for (i = 0; i < l->country->count; i++) {
		if ((to >> i & 1) == 0)
			continue;
		t = &l->country->seats[i];
		r[d.to_count] = (struct recipient){ seat_tag(t),
			kem_key_alg(t->desk.kem), kem_key_pub(t->desk.kem) };
		whom[d.to_count++] =
		    (struct addressee){ bytes_str(t->desk_address),
			    PURPOSE_ACTION };
	}
	d.to = whom;
	random_bytes(text, size);
	random_bytes(cek, sizeof(cek));
	random_bytes(d.header.id.b, ID_SIZE);
	signed_dispatch(
	    &inner, &d, bytes_of(text, inside), &signer, time_now());
	must(envelope_seal(
		 &sink, &d.header, buf_bytes(&inner), cek, r, d.to_count, &e),
	    &e);
	entry = ledger_add(l, &d.header.id, to);
	entry->from = from;
	entry->precedence = precedence;
	entry->made_here = true;
	entry->envelope = package.len;
	must(envelope_parse(&env, buf_bytes(&package), &e), &e);
	package_digest(entry->digest, &env);
	sha256(entry->tail, bytes_of(text + inside, size - inside));
	buf_add(&package, bytes_of(text + inside, size - inside));
	entry->total = package.len;
	sha256(entry->sum, buf_bytes(&package));
	entry->package = package; /* the ledger owns it now */
	buf_free(&inner);
	free(text);
	return entry;
}

/* ---- what came out ----------------------------------------------------------
 */

/* A package has come to a desk; false: it is none of the ledger's. */
static inline struct ledger_entry *
ledger_came(struct ledger *l, struct bytes package, size_t envelope)
{
	uint8_t digest[SHA256_SIZE], tail[SHA256_SIZE];
	struct envelope env;
	struct ledger_entry *entry;
	struct err e;

	if (envelope > package.len ||
	    envelope_parse(&env, bytes_of(package.p, envelope), &e) != RC_OK) {
		l->altered++;
		return NULL;
	}
	entry = ledger_find(l, &env.header.id);
	if (entry == NULL || !entry->made_here)
		return entry;
	package_digest(digest, &env);
	sha256(tail, bytes_of(package.p + envelope, package.len - envelope));
	if (memcmp(digest, entry->digest, sizeof(digest)) != 0 ||
	    memcmp(tail, entry->tail, sizeof(tail)) != 0)
		l->altered++;
	return entry;
}

struct numbers {
	uint64_t *n; /* owned */
	size_t count;
};

static inline bool
note_number(void *ctx, const struct delivery *d, const struct stored *of)
{
	struct numbers *x = ctx;

	(void)of;
	x->n = vec_more(x->n, x->count, sizeof(*x->n));
	x->n[x->count++] = d->n;
	return true;
}

/* One that lies at the desk of a real station: that copy of it. */
static inline void
ledger_lies(struct ledger *l, const struct seat *s, struct store *store,
    uint64_t n, const char *address)
{
	struct delivery at;
	char name[FILES_NAME], path[2 * PATH];
	uint8_t sum[SHA256_SIZE];
	struct buf package = { 0 };
	struct ledger_entry *entry;
	struct stored d;
	struct err e;

	must(store->ops->delivery(store, n, bytes_str(address), &at, &e), &e);
	must(store->ops->get(store, n, at.copy, &d, &e), &e);
	if (d.total <= STORE_INLINE) {
		must(store->ops->package(store, n, at.copy, &package, &e), &e);
	} else {
		files_name(name, d.sum);
		(void)snprintf(
		    path, sizeof(path), "%s/data/store/%s", s->folder, name);
		must(file_read(&package, path, 64u << 20, &e), &e);
	}
	sha256(sum, buf_bytes(&package));
	if (memcmp(sum, d.sum, sizeof(sum)) != 0 || package.len != d.total)
		l->altered++;
	entry = ledger_came(l, buf_bytes(&package), d.envelope);
	if (entry == NULL) {
		entry = ledger_add(l, &d.header.id, 1u << s->unit);
		entry->state = LEDGER_UNSURE;
	} else if (entry->state == LEDGER_UNSURE) {
		entry->to |= 1u << s->unit;
	}
	entry->came[s->unit]++;
	buf_free(&package);
}

/* The store of a station, which does not run. */
struct seat_store {
	struct store *store;
	struct disk *disk;
};

static inline void
seat_opens(struct seat_store *o, const struct seat *s)
{
	char path[PATH + 16];
	struct err e;

	(void)snprintf(path, sizeof(path), "%s/data/store", s->folder);
	must(disk_folder(&o->disk, path, &e), &e);
	must(store_sqlite.open(&o->store, o->disk, &e), &e);
}

static inline void
seat_closes(struct seat_store *o)
{
	o->store->ops->close(o->store);
	o->disk->ops->free(o->disk);
}

/* All that lies at a desk, by an address that it has or had. */
static inline void
ledger_collect_at(struct ledger *l, const struct seat *s, struct store *store,
    const char *address)
{
	struct numbers x = { 0 };
	struct err e;
	size_t i;

	must(store->ops->inbox(store, bytes_str(address), true, INT64_MAX,
		 SIZE_MAX >> 1, note_number, &x, &e),
	    &e);
	for (i = 0; i < x.count; i++)
		ledger_lies(l, s, store, x.n[i], address);
	free(x.n);
}

/* All that lies at the desk of a station, which does not run. */
static inline void
ledger_collect(struct ledger *l, const struct seat *s)
{
	struct seat_store o;
	size_t i;

	seat_opens(&o, s);
	ledger_collect_at(l, s, o.store, s->desk_address);
	for (i = 0; i < s->was_count; i++)
		if (strcmp(s->was[i], s->desk_address) != 0)
			ledger_collect_at(l, s, o.store, s->was[i]);
	if (o.store->ops->clashes(o.store) != 0)
		l->strange++;
	seat_closes(&o);
}

/* ---- the account ------------------------------------------------------------
 */

struct account {
	size_t acked, refused, unsure, delivered, lost, doubled;
};

/* Every dispatch that was acknowledged lies once at each of its addressees;
 * none lies twice, or where it was not addressed. */
static inline struct account
ledger_account(struct ledger *l)
{
	struct account a = { .doubled = l->doubled };
	const struct ledger_entry *e;
	bool all;
	size_t i, n;

	for (i = 0; i < l->count; i++) {
		e = &l->all[i];
		all = true;
		for (n = 0; n < LEDGER_SEATS; n++) {
			if ((e->to >> n & 1) == 0)
				l->strange += e->came[n] > 0;
			else
				all = all && e->came[n] > 0;
			a.doubled += e->came[n] > 1;
		}
		a.acked += e->state == LEDGER_ACKED;
		a.refused += e->state == LEDGER_REFUSED;
		a.unsure += e->state == LEDGER_UNSURE;
		a.lost += e->state == LEDGER_ACKED && !all;
		a.delivered += e->state == LEDGER_ACKED && all;
	}
	return a;
}

#endif
