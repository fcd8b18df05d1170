/* SPDX-License-Identifier: EUPL-1.2 */
/* Work at random on a store on a shaky disk, and what must be there after it
 * (model.h). */
#ifndef TESTS_STORE_WORK_H
#define TESTS_STORE_WORK_H

#include <sqlite3.h>

#include "model.h"
#include "shaky_vfs.h"
#include "store/sqlite.h"

#define MAYBE 6 /* states the store may be in, at most */

/* What the test knows. */
struct known {
	struct world w;
	struct shaky *d;
	struct dice dice;
	struct model
	    maybe[MAYBE]; /* [0] is acknowledged, the others were not */
	size_t count;
	uint64_t seed;
	bool failed;
};

static struct {
	size_t cycles, lost, doubled, commits, errors, swept, resumed, failures;
} sum;

static inline uint32_t
dice(struct known *k, uint32_t n)
{
	return dice_below(&k->dice, n);
}

static inline void
wrong(struct known *k, const char *what)
{
	if (!k->failed && sum.failures++ < 5)
		note("seed %llu, operation %llu: %s",
		    (unsigned long long)k->seed, (unsigned long long)k->d->done,
		    what);
	k->failed = true;
}

/* ---- one step of work -------------------------------------------------- */

/* A large package comes in pieces, perhaps goes on where it was. */
static inline enum rc
big_file(struct known *k, const struct stored *d, struct bytes bytes)
{
	struct partial *p;
	uint64_t have;
	size_t at, n;
	bool stop;
	enum rc rc;

	rc = partial_open(&p, k->w.disk, d->sum, d->total, &have, &k->w.e);
	if (rc != RC_OK)
		return rc;
	sum.resumed += have > 0;
	stop = dice(k, 4) == 0;
	for (at = (size_t)have; at < bytes.len && rc == RC_OK; at += n) {
		if (dice(k, 3) == 0)
			rc = partial_hash(p, dice(k, 90000), &k->w.e);
		if (rc != RC_OK)
			break;
		n = 1 + dice(k, 60000);
		n = n < bytes.len - at ? n : bytes.len - at;
		rc = partial_add(p, bytes_of(bytes.p + at, n), &k->w.e);
		if (stop && dice(k, 3) == 0) {
			partial_close(p);
			return RC_ABSENT; /* another time */
		}
	}
	if (rc == RC_OK)
		rc = partial_done(p, &k->w.e);
	partial_close(p);
	return rc;
}

/* Or is written here, and then named. */
static inline enum rc
own_file(struct known *k, struct stored *d, struct bytes bytes)
{
	const struct disk_ops *ops = k->w.disk->ops;
	struct partial *p;
	enum rc rc;
	int file;

	rc = ops->open(k->w.disk, "partial/new-1", true, &file, &k->w.e);
	if (rc != RC_OK)
		return rc;
	if ((rc = ops->truncate(k->w.disk, file, 0, &k->w.e)) == RC_OK)
		rc = ops->write(k->w.disk, file, 0, bytes, &k->w.e);
	ops->close(k->w.disk, file);
	if (rc != RC_OK)
		return rc;
	rc = partial_from(&p, k->w.disk, "partial/new-1", d->total, &k->w.e);
	if (rc != RC_OK)
		return rc;
	if ((rc = partial_done(p, &k->w.e)) == RC_OK)
		partial_sum(p, d->sum);
	partial_close(p);
	return rc;
}

/* The package of one of a number, so that a file that was begun is gone on
 * with; and it, or a further copy of it, is kept. */
static inline enum rc
keep_one(struct known *k, size_t n, size_t copy, bool sealed)
{
	const bool big = model_copy(n, copy).big;
	struct stored s;
	struct buf package;
	struct bytes here;
	enum rc rc = RC_OK;

	s = model_stored(n, copy, sealed, &package);
	here = big ? (struct bytes){ 0 } : buf_bytes(&package);
	if (big)
		rc = dice(k, 2) == 0 ? big_file(k, &s, buf_bytes(&package))
				     : own_file(k, &s, buf_bytes(&package));
	if (rc == RC_OK)
		rc = copy > 0 ? k->w.ops->copy(k->w.s, &s, here, &k->w.e)
			      : k->w.ops->put(k->w.s, &s, here, &k->w.e);
	if (rc == RC_OK && (s.n != n || s.copy != copy))
		wrong(k, "a number was left out");
	buf_free(&package);
	return rc;
}

/* A file that was torn starts again some time. */
static inline enum rc
another_time(enum rc rc)
{
	return rc == RC_INVALID || rc == RC_ABSENT ? RC_OK : rc;
}

static inline enum rc
new_one(struct known *k, struct model *m)
{
	size_t n = m->dispatches + 1;
	struct model_dispatch d = { .sealed = n % 4 == 0,
		.copies = 1,
		.copy = { model_copy(n, 0) },
		.desk = { NOWHERE, NOWHERE } };
	enum rc rc;

	if (m->dispatches == MODEL_DISPATCHES)
		return RC_OK;
	if ((rc = keep_one(k, n, 0, d.sealed)) == RC_OK)
		m->d[m->dispatches++] = d;
	return another_time(rc);
}

static inline enum rc
copy_one(struct known *k, struct model *m)
{
	size_t n = 1 + dice(k, (uint32_t)m->dispatches);
	struct model_dispatch *d = &m->d[n - 1];
	enum rc rc;

	if (d->copies == MODEL_COPIES)
		return RC_OK;
	if ((rc = keep_one(k, n, d->copies, d->sealed)) == RC_OK) {
		d->copy[d->copies] = model_copy(n, d->copies);
		d->copies++;
	}
	return another_time(rc);
}

static inline enum rc
old_one(struct known *k, struct model *m)
{
	size_t n = 1 + dice(k, (uint32_t)m->dispatches);
	bool clash = dice(k, 2) == 0;
	struct buf package;
	struct stored s = model_stored(n, 0, m->d[n - 1].sealed, &package);
	enum rc rc;

	s.digest[0] ^= clash;
	rc = k->w.ops->put(k->w.s, &s,
	    m->d[n - 1].copy[0].big ? (struct bytes){ 0 } : buf_bytes(&package),
	    &k->w.e);
	buf_free(&package);
	if (rc == RC_IO)
		return rc;
	if (rc != (clash ? RC_DENIED : RC_EXISTS) || s.n != n)
		wrong(k, "a known dispatch is not known");
	m->clashes += clash;
	return RC_OK;
}

static inline enum rc
send_one(struct known *k, struct model *m)
{
	size_t n = 1 + dice(k, (uint32_t)m->dispatches);
	unsigned hop = dice(k, MODEL_HOPS), dest = dice(k, MODEL_HOPS);
	struct model_dispatch *d = &m->d[n - 1];
	size_t copy = dice(k, (uint32_t)d->copies + 1);
	bool new = !d->to[dest];
	bool gone = copy == d->copies || d->copy[copy].gone;
	uint64_t q;
	enum rc rc;

	if (m->legs == MODEL_LEGS)
		return RC_OK;
	rc = try_send_copy(&k->w, n, copy, model_hop(hop), (unsigned)(n % 4),
	    (int64_t)dice(k, 3), model_dest(dest), &q);
	if (rc == RC_IO)
		return rc;
	if (rc != (new &&gone ? RC_ABSENT : RC_OK) ||
	    (rc == RC_OK && q != (new ? m->legs + 1 : 0)))
		wrong(k, "a leg is not made as it should");
	if (rc == RC_OK && new) {
		d->to[dest] = true;
		m->leg[m->legs++] =
		    (struct model_leg){ n, copy, hop, dest, LEG_QUEUED };
	}
	return RC_OK;
}

static inline enum rc
leg_one(struct known *k, struct model *m)
{
	size_t q = 1 + dice(k, (uint32_t)m->legs + 1);
	enum leg_state state =
	    dice(k, 2) == 0 ? LEG_PASSED : (enum leg_state)dice(k, LEG_STATES);
	unsigned hop = dice(k, MODEL_HOPS);
	struct bytes to = bytes_str(model_hop(hop));
	bool moves = dice(k, 3) == 0;
	enum rc rc =
	    k->w.ops->leg_set(k->w.s, q, state, moves ? &to : NULL, 7, &k->w.e);
	enum rc want = RC_OK;

	if (rc == RC_IO)
		return rc;
	if (q > m->legs ||
	    (leg_waits(state) &&
		m->d[m->leg[q - 1].n - 1].copy[m->leg[q - 1].copy].gone))
		want = RC_ABSENT;
	if (rc != want)
		wrong(k, "a leg's state is not as it should be");
	if (rc == RC_OK) {
		m->leg[q - 1].state = state;
		if (moves)
			m->leg[q - 1].hop = hop;
	}
	return RC_OK;
}

static inline enum rc
desk_one(struct known *k, struct model *m)
{
	size_t n = 1 + dice(k, (uint32_t)m->dispatches);
	unsigned desk = dice(k, MODEL_DESKS);
	struct model_dispatch *d = &m->d[n - 1];
	const struct dest to = dest_made(model_desk(desk));
	enum delivery_state state =
	    (enum delivery_state)dice(k, DELIVERY_STATES);
	int *is = &d->desk[desk];
	size_t copy = dice(k, (uint32_t)d->copies + 1);
	bool gone = copy == d->copies || d->copy[copy].gone;
	enum rc rc, want;

	if (dice(k, 2) == 0) {
		rc = k->w.ops->deliver(k->w.s, n, copy, &to, 1, &k->w.e);
		want = *is != NOWHERE ? RC_EXISTS : gone ? RC_ABSENT : RC_OK;
		*is = rc == RC_OK ? DELIVERY_ARRIVED : *is;
		d->slip[desk] = rc == RC_OK ? copy : d->slip[desk];
	} else {
		rc = k->w.ops->delivery_set(
		    k->w.s, n, to.address, state, 2, bytes_str("why"), &k->w.e);
		want = *is == NOWHERE	   ? RC_ABSENT
		       : *is == (int)state ? RC_OK
		       : delivery_follows((enum delivery_state) * is, state)
			   ? RC_OK
			   : RC_DENIED;
		*is = rc == RC_OK ? (int)state : *is;
	}
	if (rc == RC_IO)
		return rc;
	if (rc != want)
		wrong(k, "a delivery is not as it should be");
	return RC_OK;
}

/* What a transaction purged: removed after it. */
struct purged {
	uint8_t (*sums)[SHA256_SIZE];
	size_t count;
};

static inline enum rc
purge_one(struct known *k, struct model *m, struct purged *p)
{
	size_t max = 1 + dice(k, 9);
	enum rc rc;

	if (p->sums != NULL)
		return RC_OK;
	rc = k->w.ops->purge(k->w.s, max, &p->sums, &p->count, &k->w.e);
	if (rc == RC_OK)
		model_purge(m, max);
	return rc;
}

/* Entries of the journal, or the end of what one says. */
static inline enum rc
journal_one(struct known *k, struct model *m)
{
	const struct store_journal_ops *ops = k->w.ops->journal;
	const size_t count = 1 + dice(k, dice(k, 4) == 0 ? 200 : 5);
	uint8_t entry[ENTRY_SIZE];
	struct buf opening;
	struct noted n;
	size_t i;
	enum rc rc = RC_OK;

	if (m->entries > m->destroyed && dice(k, 4) == 0) {
		rc = ops->destroy(k->w.s, m->destroyed, &k->w.e);
		m->destroyed += rc == RC_OK;
		return rc;
	}
	for (i = 0; i < count && rc == RC_OK; i++) {
		if (m->entries == MODEL_ENTRIES)
			break;
		model_entry(m->entries, entry, &opening);
		n = (struct noted){ bytes_of(entry, ENTRY_SIZE),
			buf_bytes(&opening), 0 };
		rc = ops->append(k->w.s, &n, 1, &k->w.e);
		m->entries += rc == RC_OK;
		buf_free(&opening);
	}
	return rc;
}

static inline enum rc
step(struct known *k, struct model *m, struct purged *p)
{
	struct buf v;
	uint32_t what = m->dispatches == 0 ? 0 : dice(k, 20);
	enum rc rc;

	if (what < 4)
		return new_one(k, m);
	if (what == 4)
		return old_one(k, m);
	if (what < 8)
		return send_one(k, m);
	if (what < 10)
		return leg_one(k, m);
	if (what < 12)
		return desk_one(k, m);
	if (what == 12)
		return purge_one(k, m, p);
	if (what == 13)
		return copy_one(k, m);
	if (what > 16)
		return registered_one(&k->w, &k->dice, &m->registered);
	if (what > 14)
		return journal_one(k, m);
	v = bytes_made(1, 1 + dice(k, 9000));
	rc = k->w.ops->set_word(k->w.s, "word", buf_bytes(&v), &k->w.e);
	m->word = (unsigned)v.len;
	buf_free(&v);
	return rc;
}

/* ---- transactions ------------------------------------------------------ */

static inline enum rc
purged_end(struct known *k, struct purged *p, bool done_it)
{
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < p->count && done_it; i++)
		if (!k->w.ops->needs(k->w.s, p->sums[i]))
			rc = files_remove(k->w.disk, p->sums[i], &k->w.e);
	free(p->sums);
	return rc == RC_IO ? rc : RC_OK;
}

/* RC_IO: it was rolled back, or the machine stopped. */
static inline enum rc
transaction(struct known *k)
{
	struct model *next = &k->maybe[k->count];
	struct purged p = { 0 };
	uint32_t n = 1 + dice(k, 8);
	bool asked = false;
	enum rc rc;

	*next = k->maybe[0];
	if ((rc = k->w.ops->begin(k->w.s, &k->w.e)) != RC_OK)
		return rc;
	for (; n > 0 && rc == RC_OK && !k->failed; n--)
		rc = step(k, next, &p);
	if (rc == RC_OK && dice(k, 12) == 0) {
		k->w.ops->rollback(k->w.s);
		return purged_end(k, &p, false);
	}
	if (rc == RC_OK) {
		asked = true;
		rc = k->w.ops->commit(k->w.s, &k->w.e);
	}
	if (rc == RC_OK) {
		k->maybe[0] = *next;
		k->count = 1;
		sum.commits++;
		return purged_end(k, &p, true);
	}
	if (rc != RC_IO)
		wrong(k, k->w.e.text);
	/* of what was asked for and refused it may all be there later */
	k->count += asked;
	k->w.ops->rollback(k->w.s);
	(void)purged_end(k, &p, false);
	return rc;
}

/* ---- what is there after all ------------------------------------------- */

static inline void
integrity(struct known *k)
{
	struct sqlite *s = sqlite_of(k->w.s);
	sqlite3_stmt *stmt;
	const char *text;

	if (sqlite3_prepare_v2(
		s->db, "PRAGMA integrity_check", -1, &stmt, NULL) != SQLITE_OK)
		bug("integrity_check");
	if (sqlite3_step(stmt) != SQLITE_ROW)
		wrong(k, "integrity_check fails");
	text = (const char *)sqlite3_column_text(stmt, 0);
	if (text == NULL || strcmp(text, "ok") != 0)
		wrong(k, text == NULL ? "?" : text);
	(void)sqlite3_finalize(stmt);
}

/* The store is in one of the states it may be in. */
static inline void
compare(struct known *k)
{
	struct findings first = { .what = "" }, f;
	size_t i;

	for (i = 0; i < k->count; i++) {
		f = model_compare(&k->w, &k->maybe[i]);
		if (f.what[0] == '\0')
			break;
		if (i == 0)
			first = f;
	}
	if (i < k->count) {
		k->maybe[0] = k->maybe[i];
		k->count = 1;
		return;
	}
	sum.lost += first.lost;
	sum.doubled += first.doubled;
	wrong(k, first.what);
}

static inline bool
needs(void *ctx, const uint8_t of[static SHA256_SIZE])
{
	struct known *k = ctx;

	return k->w.ops->needs(k->w.s, of);
}

static inline void
count_name(void *ctx, const char *name)
{
	(void)name;
	++*(size_t *)ctx;
}

static inline void
count_own(void *ctx, const char *name)
{
	*(size_t *)ctx += strncmp(name, "new-", 4) == 0;
}

/* What no row needs goes, and nothing else. */
static inline void
sweep(struct known *k)
{
	const struct model *m = &k->maybe[0];
	size_t removed, there = 0, own = 0, want = 0, i, c;

	must(files_sweep(k->w.disk, needs, k, &removed, &k->w.e), &k->w.e);
	sum.swept += removed;
	for (i = 0; i < m->dispatches; i++)
		for (c = 0; c < m->d[i].copies; c++)
			want += m->d[i].copy[c].big && !m->d[i].copy[c].gone;
	must(k->w.disk->ops->list(
		 k->w.disk, "files", count_name, &there, &k->w.e),
	    &k->w.e);
	if (there != want)
		wrong(k, "there are more files than are needed");
	must(k->w.disk->ops->list(
		 k->w.disk, "partial", count_own, &own, &k->w.e),
	    &k->w.e);
	if (own != 0)
		wrong(k, "what was written here and not taken is there still");
}

static inline void
look(struct known *k)
{
	integrity(k);
	if (!k->failed)
		compare(k);
	if (k->failed)
		return;
	sweep(k);
	compare(k);
}

/* ---- its lives -------------------------------------------------------- */

static inline bool
start(struct known *k)
{
	struct sqlite *s;

	if (k->w.ops->open(&k->w.s, k->w.disk, &k->w.e) != RC_OK) {
		if (k->w.e.rc != RC_IO)
			wrong(k, k->w.e.text);
		return false;
	}
	s = sqlite_of(k->w.s);
	/* so that it happens at all in so little work */
	(void)sqlite3_wal_autocheckpoint(s->db, 1 + (int)dice(k, 200));
	return true;
}

static inline struct known *
known_new(uint64_t seed)
{
	struct known *k = alloc(1, sizeof(*k));

	k->seed = seed;
	k->dice.state = seed;
	k->d = shaky_new(seed + 1);
	k->w = (struct world){ .ops = &store_sqlite, .disk = &k->d->disk };
	k->count = 1;
	return k;
}

static inline void
known_free(struct known *k)
{
	if (k->w.s != NULL)
		k->w.ops->close(k->w.s);
	k->d->disk.ops->free(&k->d->disk);
	free(k);
}

static inline void
crash(struct known *k)
{
	if (k->w.s != NULL)
		k->w.ops->close(k->w.s);
	k->w.s = NULL;
	shaky_crash(k->d);
	sum.cycles++;
}

#endif
