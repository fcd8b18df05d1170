/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>
#include <string.h>

#include "core/index.h"
#include "core/lang.h"
#include "core/limits.h"
#include "core/vec.h"
#include "pki/fold.h"

/* bytes of a host in an address with a desk of the longest id */
#define HOST_MAX (LIMIT_ADDRESS - sizeof("antin:///") - 63)

static void fold_clash(struct fold *f, const struct fold_act *a,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void
fold_clash(struct fold *f, const struct fold_act *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fold_alarm(f, ALARM_CLASH, a, NONE, NONE, fmt, ap);
	va_end(ap);
}

/* ---- hosts
 * ------------------------------------------------------------------------------
 */

/* Another unit has this host at some time of the range. */
static bool
host_taken(const struct state *s, size_t unit, const struct host *h)
{
	const struct host *other;
	size_t at = 0, i, j;

	while (index_each(s->by_host, key_of(h->text), &at, &i))
		for (j = 0; i != unit && j < s->units[i].host_count; j++) {
			other = &s->units[i].hosts[j];
			if (bytes_eq(other->text, h->text) &&
			    other->from < h->until && h->from < other->until)
				return true;
		}
	return false;
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* A host that a unit would have; who had one first keeps it. */
struct claim {
	size_t unit;
	struct host host;
};

struct claims {
	struct fold *f;
	struct claim *all; /* owned */
	size_t count;
};

static void
no_host(struct fold *f, int64_t at, const char *why, struct bytes host)
{
	const struct fold_act nobody = { .act = { .at = at },
		.log = f->s.units[0].log };

	fold_clash(f, &nobody, "%s: %.*s", tr(why), (int)host.len,
	    (const char *)host.p);
}

static void
claim_host(struct claims *c, size_t unit, int64_t from, int64_t until,
    struct bytes text)
{
	struct claim claim = { unit, { from, until, { 0 } } };

	claim.host.text = arena_add(&c->f->s.text, text);
	c->all = vec_more(c->all, c->count, sizeof(*c->all));
	c->all[c->count++] = claim;
}

/*
 * The hosts of a unit from then until then, of which "text" is the part below
 * "at": its places up to the root.  At each moment the way up has an end; over
 * time two units may have stood below one another.
 */
static void
climb(struct claims *c, size_t unit, size_t at, int64_t from, int64_t until,
    struct bytes text, unsigned depth)
{
	const struct unit *u = &c->f->s.units[at];
	struct buf more;
	int64_t begin, end;
	size_t i;

	if (depth == FOLD_DEPTH || text.len > HOST_MAX) {
		no_host(c->f, from,
		    "docs/envelope.md 3.2: a host of over 16 ids, or too long",
		    text);
		return;
	}
	until = sooner(until, u->closed);
	for (i = 0; i < u->place_count; i++) {
		const struct place *p = &u->places[i];

		begin = later(from, p->from);
		end = i + 1 < u->place_count
			  ? sooner(until, u->places[i + 1].from)
			  : until;
		if (begin >= end)
			continue;
		more = (struct buf){ 0 };
		buf_add(&more, text);
		if (text.len > 0)
			buf_u8(&more, '.');
		buf_add(&more, p->id);
		if (p->parent == NONE)
			claim_host(c, unit, begin, end, buf_bytes(&more));
		else
			climb(c, unit, p->parent, begin, end, buf_bytes(&more),
			    depth + 1);
		buf_free(&more);
	}
}

/* The earlier first; of one moment the one enrolled earlier; and where two logs
 * did that at once, by uid, which nobody chose. */
static int
by_claim(const void *left, const void *right, void *ctx)
{
	const struct claim *a = left, *b = right;
	const struct state *s = ctx;
	const struct unit *u = &s->units[a->unit], *v = &s->units[b->unit];

	if (a->host.from != b->host.from)
		return a->host.from < b->host.from ? -1 : 1;
	if (u->enrolled != v->enrolled)
		return u->enrolled < v->enrolled ? -1 : 1;
	if (u->number != v->number)
		return u->number < v->number ? -1 : 1;
	return memcmp(u->uid.b, v->uid.b, ID_SIZE);
}

static void
grant(struct fold *f, const struct claim *c)
{
	struct unit *u = &f->s.units[c->unit];

	if (host_taken(&f->s, c->unit, &c->host)) {
		no_host(f, c->host.from,
		    "two units would have one host; one of them must get "
		    "another id",
		    c->host.text);
		return;
	}
	u->hosts = vec_more(u->hosts, u->host_count, sizeof(*u->hosts));
	u->hosts[u->host_count++] = c->host;
	index_add(f->s.by_host, key_of(c->host.text), c->unit);
}

/* Its parent is the authority's to decide for, and open then. */
static bool
is_rightful(struct fold *f, const struct fold_act *a)
{
	const size_t parent = fold_unit(f, a, &a->act.to, true);

	if (parent == NONE)
		return false;
	if (unit_open(&f->s.units[parent], a->act.from))
		return true;
	fold_void(f, a, "its parent has ended, or not begun");
	return false;
}

/* A unit that was enrolled where its authority has nothing to say never was:
 * else it could take a host from the unit that has a right to it. */
void
fold_check_enrolments(struct fold *f)
{
	const struct fold_act *a;
	struct unit *u;
	size_t i, unit;

	for (i = 0; i < f->act_count; i++) {
		a = &f->acts[i];
		if (!a->made)
			continue;
		unit = unit_by_uid(&f->s, &a->act.unit);
		if (unit == NONE || is_rightful(f, a))
			continue;
		u = &f->s.units[unit];
		u->closed = u->opened;
		u->place_count = 0;
	}
}

void
fold_hosts(struct fold *f)
{
	struct claims c = { .f = f };
	size_t i;

	for (i = 0; i < f->s.unit_count; i++)
		climb(&c, i, i, f->s.units[i].opened, f->s.units[i].closed,
		    (struct bytes){ 0 }, 0);
	if (c.count > 0)
		qsort_r(c.all, c.count, sizeof(*c.all), by_claim, &f->s);
	for (i = 0; i < c.count; i++)
		grant(f, &c.all[i]);
	free(c.all);
}
