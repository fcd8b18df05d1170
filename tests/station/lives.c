/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station that was restored from an old copy, or is there twice, is noticed,
 * and goes on in a new life; what is missing is said, and every desk has each
 * dispatch once (docs/journal.md 7).
 */
#include <sqlite3.h>

#include "lives.h"

#include "../tests/tap.h"

/* A station restores its folder; there was traffic since the copy. */
static void
restored(struct three_lives *x, struct seat *s, const char *who)
{
	struct err e;
	size_t before, i, last;
	uint64_t gaps, serial;

	lives_copy(s);
	gaps = lives_gaps(s);
	if (!seat_start(s))
		bug("it does not start");
	lives_settle(x);
	lives_sends(x, 2); /* numbers that the copy does not know */
	lives_settle(x);
	before = seat_said(s, "event=station.reborn");
	lives_restore(s);
	ok(seat_start(s), "%s starts from an old copy", who);
	ok(seat_waits(s, "event=station.reborn", before + 1, 20),
	    "%s is given a new life", who);
	lives_settle(x);
	last = x->count;
	lives_sends(x, 1);
	must(lives_send(x, s, &e), &e);
	lives_settle(x);
	for (i = 0; last < x->count; last++)
		for (size_t k = 0; k < 3; k++)
			i += x->to[last] != k &&
			     lives_has(&x->c.seats[k], &x->sent[last]) != 1;
	is(i, 0, "what is sent then is at each desk once");
	if (seat_stop(s, SIGTERM) != 0)
		bug("it does not stop");
	serial = lives_word(s, "serial");
	ok(serial >= 2 && serial < 20, "its numbers count from 1 (%llu)",
	    (unsigned long long)serial);
	is(lives_word(s, "incarnation"), ++x->life[s->unit],
	    "in the next life");
	is(lives_gaps(s), gaps + 1, "what is missing is kept");
	seat_start(s);
}

static void
each_may_be_restored(struct three_lives *x)
{
	restored(x, x->low, "a child");
	restored(x, x->mid, "one in the middle");
	restored(x, x->top, "the root");
}

int
main(void)
{
	static struct three_lives x;

	lives_begin(&x);
	each_may_be_restored(&x);
	lives_end(&x);
	return done();
}
