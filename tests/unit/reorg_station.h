/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Stations of a country: a directory of their own, made of files that another
 * has written for their unit, and whether it answers as another does.
 */
#ifndef TESTS_UNIT_REORG_STATION_H
#define TESTS_UNIT_REORG_STATION_H

#include "reorg.h"

static inline uint64_t
size_there(void *ctx, const struct id *log)
{
	const struct directory *d = ctx;
	size_t i;

	for (i = 0; i < d->log_count; i++)
		if (id_eq(&d->logs[i].id, log))
			return d->logs[i].log.tree.size;
	return 0;
}

/* What unit n's station needs: all of it, or what "has" lacks. */
static inline struct buf
carried(struct country *c, unsigned n, struct directory *has, int64_t now)
{
	const struct directory_for who = { .unit = seat_at(c, n),
		.has = has == NULL ? NULL : size_there,
		.ctx = has };
	struct buf file;

	directory_write(&file, c->t.d, &who, now);
	return file;
}

/* The station's own directory, fed with this file. */
static inline struct directory *
station_of(struct country *c, const struct buf *file)
{
	struct directory *d = tree_other(&c->t);

	if (tree_apply(&c->t, d, buf_bytes(file), NULL) != RC_OK)
		bug(c->t.e.text);
	return d;
}

static inline bool
same_text(struct bytes a, struct bytes b, const char *what)
{
	if (bytes_eq(a, b))
		return true;
	note("%s: \"%.*s\" here, \"%.*s\" there", what, S(a), S(b));
	return false;
}

/* A certificate in force, by its fingerprint; empty: none. */
static inline struct bytes
in_force(struct directory *d, size_t unit, size_t holder, enum cert_kind kind,
    enum cert_use use, int64_t t)
{
	const size_t i = cert_in_force(d, unit, holder, kind, use, t);

	return i == NONE ? (struct bytes){ 0 }
			 : bytes_of(d->state.certs[i].fingerprint, SHA256_SIZE);
}

static inline size_t
keys_differ(struct directory *a, size_t unit_a, size_t holder_a,
    struct directory *b, size_t unit_b, size_t holder_b, int64_t t)
{
	static const enum cert_kind kinds[] = { CERT_AUTHORITY, CERT_STATION,
		CERT_DESK, CERT_PERSON };
	size_t i, use, n = 0;

	for (i = 0; i < COUNT(kinds); i++)
		for (use = CERT_SIGN; use <= CERT_KEM; use++)
			n += !bytes_eq(in_force(a, unit_a, holder_a, kinds[i],
					   (enum cert_use)use, t),
			    in_force(b, unit_b, holder_b, kinds[i],
				(enum cert_use)use, t));
	return n;
}

/* How much of what the centre says of a unit a station says otherwise. */
static inline size_t
unit_differs(struct directory *centre, size_t u, struct directory *d, int64_t t)
{
	const struct state *s = &centre->state;
	const size_t v = unit_by_uid(&d->state, &s->units[u].uid);
	const struct unit *one = &s->units[u], *two;
	size_t h, g, n = 0;

	if (v == NONE) {
		note("a unit is not known: %.*s", S(unit_name(one, t)));
		return 1;
	}
	two = &d->state.units[v];
	n += !same_text(unit_host(one, t), unit_host(two, t), "host");
	n += !same_text(unit_name(one, t), unit_name(two, t), "name");
	n += !same_text(unit_class(one, t), unit_class(two, t), "class");
	n += unit_open(one, t) != unit_open(two, t);
	n += keys_differ(centre, u, NONE, d, v, NONE, t);
	for (h = one->holders; h != NONE; h = s->holders[h].next) {
		g = holder_by_id(&d->state, v, s->holders[h].id);
		if (g == NONE || holder_open(&s->holders[h], t) !=
				     holder_open(&d->state.holders[g], t))
			n++;
		else
			n += keys_differ(centre, u, h, d, v, g, t);
	}
	if (n > 0)
		note("%zu answers differ on %.*s", n, S(unit_name(one, t)));
	return n;
}

/* Old addresses of this unit lead to the same. */
static inline size_t
leads_differ(struct country *c, unsigned n, struct directory *d, int64_t t)
{
	const struct seat *s = &c->seats[n];
	const char *address;
	size_t i, differ = 0;

	for (i = 0; i < s->count; i++) {
		if (c->desks[s->first + i].person || s->opened >= DAY)
			continue;
		address =
		    paper_address(c, n, c->desks[s->first + i].id, s->opened);
		differ += strcmp(leads(c->t.d, address, t),
			      leads(d, address, t)) != 0;
	}
	if (differ > 0)
		note("%zu addresses of %s lead elsewhere", differ, s->name);
	return differ;
}

/* Answers on its own subtree, and on its path, that are not the centre's. */
static inline size_t
answers_differ(struct country *c, unsigned n, struct directory *d, int64_t t)
{
	struct directory *centre = c->t.d;
	const size_t me = seat_at(c, n);
	size_t i, u, differ = 0;

	for (i = 0; i < c->seat_count; i++) {
		u = seat_at(c, (unsigned)i);
		if (!unit_within(&centre->state, u, me, t) &&
		    !unit_within(&centre->state, me, u, t))
			continue;
		differ += unit_differs(centre, u, d, t);
		differ += leads_differ(c, (unsigned)i, d, t);
	}
	return differ;
}

#endif
