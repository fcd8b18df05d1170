/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station's key was renewed after its backup: what is restored has the old
 * one.  It goes on by that as long as it is in force, and not a moment longer
 * (docs/backup.md 4.6).
 */
#include "backup.h"

#include "../tests/tap.h"
#include "partly.h"

static struct three_lives x;
static struct identity renewed;

/* The root is told what was decided since; all others hear it by line. */
static void
news_from(size_t from)
{
	struct buf file;
	struct err e;

	country_news_from(&file, &x.c, from);
	must(seat_learns(x.top, buf_bytes(&file), &e), &e);
	buf_free(&file);
}

static void
its_key_is_renewed(void)
{
	const size_t from = x.c.t.file.len,
		     ups =
			 seat_said(x.mid, "event=link.up station=antin://muo");

	country_enrol(&x.c, &renewed, x.low->unit, NULL, CERT_STATION);
	news_from(from);
	(void)seat_stop(x.low, SIGTERM);
	write_key(x.low, "data/station.key.old", &x.low->station);
	write_key(x.low, "data/station.key", &renewed);
	ok(seat_start(x.low), "it goes on under a new key");
	ok(seat_waits(x.mid, "event=link.up station=antin://muo", ups + 1, 60),
	    "which the station above knows");
	lives_sends(&x, 1);
	lives_settle(&x);
}

static void
it_is_restored_with_the_old_one(const char *file)
{
	const size_t had = x.count;
	size_t i;

	burns_down(x.low);
	is(is_restored(&x, x.low, file), 0, "it is restored");
	ok(seat_start(x.low), "and starts, with the key that it had");
	ok(seat_waits(x.low, "event=station.open", 1, 60),
	    "that is in force yet: it is let in, and open");
	for (i = 0; i < had; i++)
		burnt[i][x.low->unit] = true;
	lives_sends(&x, 1);
	lives_settle(&x);
	lives_settle(&x);
	is(not_once(&x), 0, "what is sent then is at each desk once");
	is(more_than_once(&x), 0, "and nothing twice");
}

static void
it_is_shut_out_when_that_ends(void)
{
	const size_t from = x.c.t.file.len,
		     refused = seat_said(x.mid, "event=link.refused"),
		     ended = seat_said(x.mid, "event=link.ended");
	struct act a =
	    act_revoke(&x.c.t, x.low->station.card.sign.der, REVOKE_SUPERSEDED);

	tree_do(&x.c.t, ROOT, &a);
	news_from(from);
	ok(seat_waits(x.mid, "event=link.ended", ended + 1, 60),
	    "its old key is revoked, and its line ends");
	ok(seat_waits(x.mid, "event=link.refused", refused + 1, 60),
	    "it comes again, and is not let in");
	must_send(x.top,
	    &(struct errand_of){ "khan", { x.low }, 1000, 0, 0, NULL }, NULL);
	ok(queue_comes_to(x.mid, "hop", x.low->address, 1, 60),
	    "what is for it waits above");
}

/* Enrolled anew, or by the key file that somebody has saved. */
static void
it_comes_back_with_the_new_one(void)
{
	json_t *rows = seat_inbox(x.low);
	const size_t had = json_array_size(rows);

	json_decref(rows);
	(void)seat_stop(x.low, SIGTERM);
	write_key(x.low, "data/station.key", &renewed);
	ok(seat_start(x.low), "it is given the key that is in force");
	ok(inbox_comes_to(x.low, had + 1, 60), "and has what waited");
	ok(queue_comes_to(x.mid, "", "", 0, 60), "nothing waits any more");
}

int
main(void)
{
	char file[PATH];

	lives_begin(&x);
	(void)snprintf(file, sizeof(file), "%s", beside(&x.c, "old.backup"));
	is(names_officers(&x, x.low), 0, "officers are named");
	lives_settle(&x);
	is(backs_up(&x, x.low, file), 0, "a station is backed up");
	its_key_is_renewed();
	it_is_restored_with_the_old_one(file);
	it_is_shut_out_when_that_ends();
	it_comes_back_with_the_new_one();
	identity_free(&renewed);
	lives_end(&x);
	return done();
}
