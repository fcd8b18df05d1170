/* SPDX-License-Identifier: EUPL-1.2 */
/* What a store that was told so much must hold, in as few words as will do;
 * and whether it does. */
#ifndef TESTS_STORE_MODEL_H
#define TESTS_STORE_MODEL_H

#include "registered.h"
#include "store/check.h"
#include "world.h"

#define MODEL_DISPATCHES 64
#define MODEL_LEGS 96
#define MODEL_COPIES 3
#define MODEL_DESKS 2 /* here */
#define MODEL_HOPS 3  /* each with one desk behind it */
#define MODEL_BIG (STORE_INLINE + 1)
#define MODEL_ENTRIES 700
#define NOWHERE (-1)

struct model_copy {
	bool big, gone;
	size_t size;
};

struct model_dispatch {
	bool sealed;
	size_t copies;
	struct model_copy copy[MODEL_COPIES];
	int desk[MODEL_DESKS];	  /* enum delivery_state, or NOWHERE */
	size_t slip[MODEL_DESKS]; /* the copy that it is there by */
	bool to[MODEL_HOPS];
};

struct model_leg {
	size_t n, copy; /* the dispatch's number */
	unsigned hop, dest;
	enum leg_state state;
};

/* The dispatch of number n has the serial n. */
struct model {
	size_t dispatches, legs;
	struct model_dispatch d[MODEL_DISPATCHES];
	struct model_leg leg[MODEL_LEGS];
	unsigned word, clashes;
	size_t entries, destroyed; /* of the journal; the first so many */
	struct registered registered;
};

static inline const char *
model_hop(unsigned i)
{
	static const char *const hops[MODEL_HOPS] = { "antin://a", "antin://b",
		"antin://c" };

	return hops[i];
}

static inline const char *
model_dest(unsigned i)
{
	static const char *const dests[MODEL_HOPS] = { "antin://a/x",
		"antin://b/x", "antin://c/x" };

	return dests[i];
}

static inline const char *
model_desk(unsigned i)
{
	static const char *const desks[MODEL_DESKS] = { "antin://d/x",
		"antin://d/y" };

	return desks[i];
}

static inline struct model_copy
model_copy(size_t n, size_t copy)
{
	const bool big = (n + copy) % 10 == 3;

	return (struct model_copy){ .big = big,
		.size = big ? MODEL_BIG + n * 99 + copy
			    : (n + copy) * 7919 % 12000 };
}

static inline struct stored
model_stored(size_t n, size_t copy, bool sealed, struct buf *package)
{
	struct stored s;

	*package = bytes_made(n + 1000 * copy, model_copy(n, copy).size);
	s = stored_made(n, package);
	s.n = n;
	s.copy = copy;
	if (sealed)
		s.desk = bytes_str(model_desk(0));
	return s;
}

/* ---- purging ----------------------------------------------------------- */

static inline bool
model_needed(const struct model *m, size_t n, size_t copy)
{
	const struct model_dispatch *d = &m->d[n - 1];
	size_t i, legs = 0;

	for (i = 0; i < MODEL_DESKS; i++)
		if (d->desk[i] != NOWHERE && d->slip[i] == copy)
			return true;
	for (i = 0; i < m->legs; i++) {
		if (m->leg[i].n != n || m->leg[i].copy != copy)
			continue;
		legs++;
		if (leg_waits(m->leg[i].state))
			return true;
	}
	return (copy == 0 && d->sealed) || legs == 0;
}

static inline void
model_purge(struct model *m, size_t max)
{
	struct model_dispatch *d;
	size_t n, c;

	for (n = 1; n <= m->dispatches; n++) {
		d = &m->d[n - 1];
		for (c = 0; c < d->copies && max > 0; c++)
			if (!d->copy[c].gone && !model_needed(m, n, c)) {
				d->copy[c].gone = true;
				max--;
			}
	}
}

/* ---- whether it is so -------------------------------------------------- */

/* What was found: the first difference, and how many dispatches are missing
 * or wrong, and how many there are twice. */
struct findings {
	char what[200];
	size_t lost, doubled;
};

static inline void
finding(struct findings *f, const char *what, uint64_t n)
{
	if (f->what[0] == '\0')
		(void)snprintf(f->what, sizeof(f->what), "%s (%llu)", what,
		    (unsigned long long)n);
}

/* The whole of a file is these bytes. */
static inline bool
file_is(struct disk *disk, const char *name, struct bytes want)
{
	struct buf got = { 0 };
	uint64_t size;
	struct err e;
	bool same_bytes = false;
	int file;

	if (disk->ops->open(disk, name, false, &file, &e) != RC_OK)
		return false;
	if (disk->ops->size(disk, file, &size, &e) == RC_OK &&
	    size == want.len &&
	    disk->ops->read(
		disk, file, 0, buf_grow(&got, want.len), want.len, &e) == RC_OK)
		same_bytes = bytes_eq(buf_bytes(&got), want);
	disk->ops->close(disk, file);
	buf_free(&got);
	return same_bytes;
}

static inline bool
package_is(
    struct world *w, const struct stored *s, bool is_gone, struct bytes want)
{
	char name[FILES_NAME];
	struct buf got;
	bool good;

	if (is_gone != s->gone)
		return false;
	if (s->total > STORE_INLINE) {
		files_name(name, s->sum);
		return is_gone || (w->ops->needs(w->s, s->sum) &&
				      file_is(w->disk, name, want));
	}
	good = (w->ops->package(w->s, s->n, s->copy, &got, &w->e) == RC_OK) !=
	       is_gone;
	good &= is_gone || bytes_eq(buf_bytes(&got), want);
	buf_free(&got);
	return good;
}

static inline void
compare_copy(struct world *w, const struct model_dispatch *d, size_t n,
    size_t c, struct findings *f)
{
	struct stored want, got;
	struct buf package;

	want = model_stored(n, c, d->sealed, &package);
	if (w->ops->get(w->s, n, c, &got, &w->e) != RC_OK || got.n != n ||
	    got.copy != c || !id_eq(&got.header.id, &want.header.id) ||
	    memcmp(got.digest, want.digest, SHA256_SIZE) != 0 ||
	    memcmp(got.sum, want.sum, SHA256_SIZE) != 0 ||
	    got.total != want.total || got.envelope != want.envelope ||
	    !bytes_eq(got.desk, want.desk) || got.at != want.at ||
	    !package_is(w, &got, d->copy[c].gone, buf_bytes(&package))) {
		finding(f, "a dispatch is not as it was", n);
		f->lost++;
	} else if (w->ops->find(w->s, &want.header.id, &got, &w->e) != RC_OK ||
		   got.n != n) {
		finding(f, "a dispatch is there twice", n);
		f->doubled++;
	}
	buf_free(&package);
}

/* All deliveries of a dispatch, as they are given. */
struct deliveries {
	const struct model_dispatch *d;
	size_t wanted, found, wrong;
	char last[LIMIT_ADDRESS + 1];
};

static inline bool
count_delivery(void *ctx, const struct delivery *v)
{
	struct deliveries *all = ctx;
	unsigned i = 0;

	while (i < MODEL_DESKS && !bytes_is(v->desk, model_desk(i)))
		i++;
	all->found++;
	all->wrong += i == MODEL_DESKS || all->d->desk[i] != (int)v->state ||
		      bytes_cmp(bytes_str(all->last), v->desk) >= 0;
	(void)snprintf(all->last, sizeof(all->last), "%.*s", (int)v->desk.len,
	    (const char *)v->desk.p);
	return true;
}

static inline void
compare_dispatch(
    struct world *w, const struct model *m, size_t n, struct findings *f)
{
	const struct model_dispatch *d = &m->d[n - 1];
	struct deliveries all = { .d = d };
	struct stored none;
	struct delivery v;
	unsigned i;
	size_t c;
	enum rc rc;

	for (c = 0; c < d->copies; c++)
		compare_copy(w, d, n, c, f);
	if (w->ops->get(w->s, n, d->copies, &none, &w->e) != RC_ABSENT)
		finding(f, "there is a copy more", n);
	for (i = 0; i < MODEL_DESKS; i++) {
		rc = w->ops->delivery(
		    w->s, n, bytes_str(model_desk(i)), &v, &w->e);
		if (rc == RC_OK
			? (int)v.state != d->desk[i] || v.copy != d->slip[i]
			: rc != RC_ABSENT || d->desk[i] != NOWHERE)
			finding(f, "a delivery is not as it was", n);
		all.wanted += d->desk[i] != NOWHERE;
	}
	if (w->ops->deliveries(w->s, n, count_delivery, &all, &w->e) != RC_OK ||
	    all.found != all.wanted || all.wrong != 0)
		finding(f, "its deliveries are not all there", n);
}

static inline void
compare_leg(
    struct world *w, const struct model *m, size_t q, struct findings *f)
{
	const struct model_leg *l = &m->leg[q - 1];
	struct leg got;

	if (w->ops->leg(w->s, q, &got, &w->e) != RC_OK || got.n != l->n ||
	    got.copy != l->copy ||
	    got.total != model_copy(l->n, l->copy).size ||
	    got.state != l->state || !bytes_is(got.hop, model_hop(l->hop)))
		finding(f, "a leg is not as it was", q);
}

struct dest_count {
	const char *address;
	size_t n;
};

static inline bool
count_dest(void *ctx, const struct dest *d)
{
	struct dest_count *c = ctx;

	c->n += bytes_is(d->address, c->address);
	return true;
}

/* A destination is on one leg, and on the one it should be. */
static inline void
compare_dests(struct world *w, const struct model *m, struct findings *f)
{
	size_t q, k;

	for (q = 1; q <= m->legs; q++)
		for (k = 1; k <= m->legs; k++) {
			struct dest_count c = { model_dest(m->leg[q - 1].dest),
				0 };

			if (m->leg[q - 1].n != m->leg[k - 1].n)
				continue;
			must(w->ops->leg_dests(w->s, k, count_dest, &c, &w->e),
			    &w->e);
			if (c.n != (q == k)) {
				finding(f, "a destination is wrong", k);
				f->doubled += c.n > (q == k);
			}
		}
}

static inline void
compare_queues(struct world *w, const struct model *m, struct findings *f)
{
	size_t i, want[MODEL_HOPS] = { 0 }, waits = 0, n;
	struct list l;
	unsigned hop, rank;

	for (i = 0; i < m->legs; i++) {
		want[m->leg[i].hop] += m->leg[i].state == LEG_QUEUED;
		waits += leg_waits(m->leg[i].state);
	}
	for (hop = 0; hop < MODEL_HOPS; hop++) {
		for (n = 0, rank = 0; rank < 4; rank++, n += l.n) {
			l = (struct list){ 0 };
			must(w->ops->queue(w->s, bytes_str(model_hop(hop)),
				 rank, INT64_MIN, 0, 1000, list_leg, &l, &w->e),
			    &w->e);
		}
		if (n != want[hop])
			finding(f, "a queue is wrong", hop);
	}
	l = (struct list){ 0 };
	must(w->ops->waiting(w->s, 0, 1000, list_leg, &l, &w->e), &w->e);
	if (l.n != waits)
		finding(f, "what waits is wrong", l.n);
}

/* The journal's entry i, and its opening. */
static inline void
model_entry(size_t i, uint8_t out[static ENTRY_SIZE], struct buf *opening)
{
	struct entry x = { .kind = 1, .at = SECOND + (int64_t)i };

	*opening = bytes_made(i + 5000, 20 + i % 300);
	entry_commit(&x, buf_bytes(opening));
	entry_write(out, &x);
}

/* The root over the first n of them. */
static inline struct node
model_root(size_t n)
{
	static struct node leaves[MODEL_ENTRIES];
	static size_t made;
	uint8_t entry[ENTRY_SIZE];
	struct buf opening;
	struct node out;

	for (; made < n; made++) {
		model_entry(made, entry, &opening);
		merkle_leaf(&leaves[made], bytes_of(entry, ENTRY_SIZE));
		buf_free(&opening);
	}
	merkle_root_of(&out, leaves, n);
	return out;
}

static inline void
compare_journal(struct world *w, const struct model *m, struct findings *f)
{
	const struct node want = model_root(m->entries);
	uint8_t entry[ENTRY_SIZE], got[ENTRY_SIZE];
	struct buf opening, had;
	struct node root;
	uint64_t size;
	size_t i;

	if (w->ops->journal->size(w->s, &size, &w->e) != RC_OK ||
	    size != m->entries ||
	    w->ops->journal->root(w->s, size, &root, &w->e) != RC_OK ||
	    !node_eq(&root, &want)) {
		finding(f, "the journal is another", m->entries);
		return;
	}
	for (i = 0; i < m->entries; i += 1 + m->entries / 20) {
		model_entry(i, entry, &opening);
		if (w->ops->journal->entry(w->s, i, got, &had, &w->e) !=
			RC_OK ||
		    memcmp(got, entry, ENTRY_SIZE) != 0 ||
		    (i < m->destroyed
			    ? had.len != 0
			    : !bytes_eq(buf_bytes(&had), buf_bytes(&opening))))
			finding(f, "an entry is another", i);
		buf_free(&opening);
		buf_free(&had);
	}
}

static inline struct findings
model_compare(struct world *w, const struct model *m)
{
	struct findings f = { .what = "" };
	const char *what;
	struct stored none;
	struct leg leg;
	struct buf word;
	size_t i;
	enum rc rc;

	for (i = 1; i <= m->dispatches; i++)
		compare_dispatch(w, m, i, &f);
	for (i = 1; i <= m->legs; i++)
		compare_leg(w, m, i, &f);
	if (w->ops->get(w->s, m->dispatches + 1, 0, &none, &w->e) != RC_ABSENT)
		finding(&f, "there is a dispatch more", m->dispatches + 1);
	if (w->ops->leg(w->s, m->legs + 1, &leg, &w->e) != RC_ABSENT)
		finding(&f, "there is a leg more", m->legs + 1);
	if (f.what[0] != '\0')
		return f;
	compare_dests(w, m, &f);
	compare_queues(w, m, &f);
	compare_journal(w, m, &f);
	what = registered_differs(w, &m->registered);
	if (what != NULL)
		finding(&f, what, 0);
	if (w->ops->clashes(w->s) != m->clashes)
		finding(&f, "the count of clashes is wrong", m->clashes);
	rc = w->ops->word(w->s, "word", &word, &w->e);
	if (rc == RC_OK ? word.len != m->word : m->word != 0)
		finding(&f, "the setting is wrong", m->word);
	buf_free(&word);
	return f;
}

#endif
