/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A disk that is full, at each of the places where the store could find it so:
 * it says that, holds what it held, and goes on when there is room (docs/
 * station.md 4.10).
 */
#include "work.h"

#define STEPS 12 /* transactions */

static size_t met; /* transactions that found it full */

/* The same work, with room for so many bytes more than there are; how many
 * transactions found it full. */
static size_t
with_room(uint64_t room, uint64_t seed)
{
	struct known *k = known_new(seed);
	size_t i, full = 0;

	if (!start(k))
		bug(k->w.e.text);
	/* what is there already when it gets full */
	for (i = 0; i < 4; i++)
		if (transaction(k) != RC_OK)
			bug(k->w.e.text);
	for (i = 0; i < STEPS && !k->failed; i++) {
		k->d->room = shaky_used(k->d) + room;
		if (transaction(k) == RC_OK)
			continue;
		full++;
		if (strstr(k->w.e.text, "the disk is full") == NULL &&
		    strstr(k->w.e.text, "no space left") == NULL)
			wrong(k, k->w.e.text);
		/* it is as it was before, and can be asked */
		if (!k->failed)
			compare(k);
		k->d->room = 0;
		if (!k->failed && transaction(k) != RC_OK)
			wrong(k, "it does not go on when there is room");
	}
	k->d->room = 0;
	if (!k->failed)
		compare(k);
	crash(k);
	if (!k->failed && !start(k))
		wrong(k, k->w.e.text);
	if (!k->failed)
		look(k);
	known_free(k);
	return full;
}

/* From no room at all to enough, a little at a time. */
static void
full_at_every_place(uint64_t seed, uint64_t step)
{
	uint64_t room = 0;
	size_t full, enough = 0;

	for (; enough < 3; room += step) {
		full = with_room(room, seed);
		met += full;
		enough = full == 0 ? enough + 1 : 0;
	}
	note("seed %llu: full up to %llu bytes", (unsigned long long)seed,
	    (unsigned long long)room);
}

int
main(void)
{
	const bool soak = getenv("ANTIN_SOAK") != NULL;
	uint64_t seed;

	for (seed = 1; seed <= (soak ? 40 : 6); seed++)
		full_at_every_place(seed, soak ? 512 : 4096);
	note("met=%zu lost=%zu doubled=%zu commits=%zu", met, sum.lost,
	    sum.doubled, sum.commits);
	is(sum.lost + sum.doubled, 0, "nothing is lost, nothing doubled");
	is(sum.failures, 0,
	    "it says that it is full, stays as it was, and goes on");
	ok(met > 100, "which happens");
	return done();
}
