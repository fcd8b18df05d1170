/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The SQLite store on a disk that keeps no more than it must (shaky.h): work
 * at random, stopped anywhere.  What was acknowledged is there, once, and what
 * was not is there whole or not at all.
 */
#include "work.h"

/* ---- cycles ------------------------------------------------------------ */

/* When it stops: early, or late. */
static uint64_t
some_time(struct known *k)
{
	return k->d->done + 1 + dice(k, 1u << (3 + dice(k, 9)));
}

static void
work(struct known *k)
{
	uint32_t n = 1 + dice(k, 25);

	while (n-- > 0 && !k->d->dead && !k->failed && k->count < MAYBE)
		if (transaction(k) != RC_OK)
			break;
}

/* Work until the machine stops, wherever that is; start it, and look. */
static void
crash_cycle(struct known *k)
{
	k->d->crash_at = dice(k, 8) == 0 ? 0 : some_time(k);
	if (start(k)) {
		work(k);
		if (dice(k, 3) == 0 && !k->d->dead) /* while closing */
			k->d->crash_at = k->d->done + dice(k, 40);
	}
	crash(k);
	if (k->failed)
		return;
	if (!start(k)) {
		wrong(k, k->w.e.text);
		return;
	}
	look(k);
	if (dice(k, 2) == 0)
		k->w.ops->close(k->w.s);
	else
		crash(k);
	k->w.s = NULL;
}

/* The disk fails for a while, or is full, at any point: the store says so,
 * holds what it held, and goes on when it is better. */
static void
error_cycle(struct known *k)
{
	uint32_t n;

	if (!start(k)) {
		wrong(k, k->w.e.text);
		return;
	}
	for (n = 4; n > 0 && !k->failed && k->count < MAYBE; n--) {
		if (dice(k, 3) == 0) {
			k->d->room = shaky_used(k->d) + dice(k, 60000);
		} else {
			k->d->fail_at = some_time(k);
			k->d->fail_for = 1 + dice(k, 3);
		}
		work(k);
		sum.errors++;
		k->d->room = k->d->fail_for = 0;
		if (k->failed || k->count == MAYBE)
			break;
		/* what was rolled back is not there, what was committed is */
		if (model_compare(&k->w, &k->maybe[0]).what[0] != '\0')
			wrong(k, model_compare(&k->w, &k->maybe[0]).what);
		else if (transaction(k) != RC_OK)
			wrong(k, "it does not go on when the disk is well");
	}
	if (dice(k, 2) == 0)
		k->w.ops->close(k->w.s);
	else
		crash(k);
	k->w.s = NULL;
	if (k->failed)
		return;
	if (!start(k)) {
		wrong(k, k->w.e.text);
		return;
	}
	look(k);
	k->w.ops->close(k->w.s);
	k->w.s = NULL;
}

/* One disk from its first use on. */
static void
life(uint64_t seed, bool lies)
{
	struct known *k = known_new(seed);
	size_t i;

	k->d->lies = lies;
	for (i = 0; i < 6 && !k->failed; i++)
		if (dice(k, 3) == 0)
			error_cycle(k);
		else
			crash_cycle(k);
	known_free(k);
}

/* ---- one fault after another -------------------------------------------- */

/* A sync that fails, and what is done about it failing too: bytes of which
 * nobody knows whether they are on disk are not built upon. */
static bool
file_survives(uint64_t k, uint64_t faults)
{
	struct shaky *d = shaky_new(k * 10 + faults);
	struct buf all = bytes_made(k, 90000);
	char name[FILES_NAME];
	struct partial *p = NULL;
	uint8_t sha[SHA256_SIZE];
	uint64_t have;
	struct err e;
	enum rc rc = RC_IO;
	bool good;
	int tries;

	sha256(sha, buf_bytes(&all));
	files_name(name, sha);
	d->fail_at = d->done + k;
	d->fail_for = faults;
	for (tries = 0; rc != RC_OK && tries < 9; tries++) {
		rc = partial_open(&p, &d->disk, sha, all.len, &have, &e);
		if (rc == RC_OK)
			rc = partial_add(p,
			    bytes_of(all.p + have, all.len - (size_t)have), &e);
		if (rc == RC_OK)
			rc = partial_done(p, &e);
		partial_close(p);
		p = NULL;
	}
	shaky_crash(d);
	good = rc == RC_OK && file_is(&d->disk, name, buf_bytes(&all));
	d->disk.ops->free(&d->disk);
	buf_free(&all);
	return good;
}

static void
what_a_failed_sync_left_is_not_built_upon(void)
{
	uint64_t k, faults, bad = 0;

	for (faults = 1; faults < 6; faults++)
		for (k = 1; k < 16; k++)
			bad += !file_survives(k, faults);
	is(bad, 0,
	    "a file that is said to be there is there after a crash, "
	    "whatever failed before");
}

static uint64_t
gone_of(struct world *w, size_t count)
{
	struct stored d;
	uint64_t n, all = 0;

	for (n = 1; n <= count; n++) {
		must(w->ops->get(w->s, n, 0, &d, &w->e), &w->e);
		all += d.gone;
	}
	return all;
}

/* Packages in files, of which each is looked for elsewhere as it goes; false:
 * nothing failed.  *gone: those that went. */
static bool
purge_fails(uint64_t k, uint64_t *gone)
{
	struct shaky *d = shaky_new(k);
	struct world w = { .ops = &store_sqlite, .disk = &d->disk };
	struct buf p = bytes_made(7, MODEL_BIG);
	uint8_t(*sums)[SHA256_SIZE];
	struct stored s;
	size_t i, count;
	bool failed;

	world_open(&w);
	world_do(&w);
	for (i = 1; i <= 6; i++) {
		s = stored_made(i, &p);
		s.sum[0] ^= (uint8_t)i;
		must(w.ops->put(w.s, &s, (struct bytes){ 0 }, &w.e), &w.e);
		leg_to(&w, send_to(&w, i, "antin://a", 0, 1), LEG_PASSED);
	}
	world_done(&w);
	w.ops->close(w.s);
	world_open(&w); /* so that it has to be read */
	world_do(&w);
	d->fail_at = d->done + k;
	d->fail_for = 1;
	failed = w.ops->purge(w.s, 99, &sums, &count, &w.e) != RC_OK;
	free(sums);
	failed = failed || d->done >= d->fail_at;
	d->fail_for = 0;
	w.ops->rollback(w.s);
	*gone = gone_of(&w, 6);
	w.ops->close(w.s);
	d->disk.ops->free(&d->disk);
	buf_free(&p);
	return failed;
}

static void
what_is_rolled_back_is_not_there(void)
{
	uint64_t k, gone, all = 0, failed = 0;

	for (k = 1; k < 40 && purge_fails(k, &gone); k++) {
		all += gone;
		failed++;
	}
	is(all, 0, "nothing goes with a purge that failed, wherever it did");
	ok(failed > 5, "which happens (%llu times)",
	    (unsigned long long)failed);
}

int
main(void)
{
	const char *one = getenv("ANTIN_SEED");
	size_t lives = getenv("ANTIN_SOAK") != NULL ? 5000 : 30, i;
	uint64_t seed = one != NULL ? strtoull(one, NULL, 10) : 1;

	what_a_failed_sync_left_is_not_built_upon();
	what_is_rolled_back_is_not_there();
	for (i = 0; i < (one != NULL ? 1 : lives); i++)
		life(seed + i * 1000, false);
	note("cycles=%zu lost=%zu doubled=%zu commits=%zu errors=%zu "
	     "swept=%zu resumed=%zu",
	    sum.cycles, sum.lost, sum.doubled, sum.commits, sum.errors,
	    sum.swept, sum.resumed);
	is(sum.lost, 0, "nothing that was acknowledged is lost");
	is(sum.doubled, 0, "nothing is there twice");
	is(sum.failures, 0,
	    "and all is as it was, or as it was about to be, or refused");
	ok(one != NULL ||
		(sum.cycles > lives && sum.commits > lives &&
		    sum.errors > lives && sum.swept > 0 && sum.resumed > 0),
	    "with crashes, commits, errors, sweeps and resumptions");
	return done();
}
