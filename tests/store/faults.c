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

int
main(void)
{
	const char *one = getenv("ANTIN_SEED");
	size_t lives = getenv("ANTIN_SOAK") != NULL ? 5000 : 40, i;
	uint64_t seed = one != NULL ? strtoull(one, NULL, 10) : 1;

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
