/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station is backed up while it works, burns down and is restored: it is
 * closed until it is known how far it had come, gives no number twice and sends
 * nothing twice (docs/backup.md).
 */
#include "backup.h"

#include "../tests/tap.h"

static bool
is_there(const struct seat *s, const char *name)
{
	char path[2 * PATH];

	(void)snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	return file_exists(path);
}

/* docs/rules.md 5.1: the office's own rules. */
#define OWN "data/rules/xa.rules"

static void
writes_own_rules(const struct seat *s)
{
	char path[2 * PATH];
	struct err e;

	(void)snprintf(path, sizeof(path), "%s/data/rules", s->folder);
	(void)mkdir(path, 0755);
	(void)snprintf(path, sizeof(path), "%s/" OWN, s->folder);
	if (file_write(path,
		bytes_str("own xa\ntitle \"a\" \"b\"\n"
			  "in-force 2026-07-01\n"),
		0644, true, &e) != RC_OK)
		bug(e.text);
}

/* ---- making one -----------------------------------------------------------
 */

static void
officers_are_named_first(struct three_lives *x)
{
	const char *file = beside(&x->c, "none.backup");

	is(backs_up(x, x->low, file), 1, "without officers there is no backup");
	ok(says("docs/backup.md 1.2"), "and it is said who names them");
	is(COMMAND("backup", "officers", "--station", x->low->folder,
	       x->top->desk_address),
	    2, "one officer is none");
	is(COMMAND("backup", "officers", "--station", x->low->folder,
	       x->top->desk_address, x->top->desk_address),
	    1, "nor is the same one twice");
	is(COMMAND("backup", "officers", "--station", x->low->folder,
	       x->top->desk_address, "antin://vn/ai-do"),
	    1, "nor one whom nobody knows");
	is(names_officers(x, x->low) + names_officers(x, x->mid) +
		names_officers(x, x->top),
	    0, "three of whom two open it are named");
	is(COMMAND("backup", "officers", "--station", x->low->folder), 0,
	    "they are shown");
	ok(says(x->mid->desk_address), "by name");
	ok(!file_exists(file), "nothing was written meanwhile");
}

static void
one_is_made_while_it_works(struct three_lives *x)
{
	const char *file = beside(&x->c, "low.backup");

	lives_sends(x, 2);
	is(backs_up(x, x->low, file), 0, "a station is backed up at work");
	ok(says("any 2 of its officers"), "and it is said who opens it");
	ok(seat_waits(x->low, "event=backup.made", 1, 30), "its log says so");
	ok(!is_there(x->low, "data/store/backup/store.db"),
	    "no copy is left beside it");
	ok(seat_has(x->low, CONTROL_STATUS, "life", "", "") == 1 &&
		!is_closed(x->low),
	    "it is not closed by that");
	is(COMMAND("backup", "--station", x->low->folder, file), 1,
	    "a file that is there is not written over");
}

/* ---- restoring it ---------------------------------------------------------
 */

/* Restored, closed, and open again when the one above has spoken; there was
 * traffic since the backup, which the old one's sends had left. */
static void
one_burns_down(
    struct three_lives *x, struct seat *s, const char *name, const char *who)
{
	char path[PATH];
	const uint64_t life = ++x->life[s->unit];
	const size_t had = x->count;
	size_t since, k;
	uint64_t twice = 0;
	struct err e;

	(void)snprintf(path, sizeof(path), "%s", beside(&x->c, name));
	lives_settle(x);
	writes_own_rules(s);
	is(backs_up(x, s, path), 0, "%s is backed up", who);
	lives_sends(x, 2); /* what the backup does not know */
	lives_settle(x);
	is(not_once(x), 0, "all has arrived by then");
	burns_down(s);
	for (k = 0; k < 3; k++) /* who could tell it is away */
		if (&x->c.seats[k] != s)
			(void)seat_stop(&x->c.seats[k], SIGTERM);
	is(is_restored(x, s, path), 0, "it is restored by two officers");
	ok(is_there(s, OWN), "with the office's own rules");
	ok(seat_start(s), "and starts");
	is(seat_said(s, "event=station.restored"), 1, "it knows that it was");
	ok(is_closed(s), "it is closed");
	is(lives_send(x, s, &e), RC_DENIED, "and gives no number");
	ok(strstr(e.text, "docs/backup.md 5.1") != NULL, "and says why");
	ok(seat_stop(s, SIGTERM) == 0 && seat_start(s) && is_closed(s),
	    "nor after a restart");
	is(COMMAND("station", "reopen", "--station", s->folder), 3,
	    "nobody opens it by his word at once");
	for (k = 0; k < 3; k++)
		if (&x->c.seats[k] != s && !seat_start(&x->c.seats[k]))
			bug("it does not start");
	ok(seat_waits(s, "event=station.open", 1, 60),
	    "it is open when the others have spoken");
	lives_settle(x);
	for (since = had; since < x->count; since++)
		burnt[since][s->unit] = true;
	lives_sends(x, 2);
	lives_settle(x);
	lives_settle(x);
	is(not_once(x), 0,
	    "what is sent then is at each desk once, and all that was before");
	is(more_than_once(x), 0, "nothing is at a desk twice");
	is(COMMAND("journal", "gaps", "--station", s->folder), 0,
	    "what is missing is listed");
	ok(says("entries missing"), "its entries");
	ok(s == x->top || says("numbers that had been given"),
	    "and its numbers, where a station above knows them");
	for (k = 0; k < 3; k++) {
		if (seat_stop(&x->c.seats[k], SIGTERM) != 0)
			bug("it does not stop");
		twice += numbers_twice(&x->c.seats[k]);
	}
	is(twice, 0, "no number is two dispatches'");
	is(lives_word(s, "incarnation"), life + 1, "it has the next life");
	is(lives_gaps(s), life, "with its gap");
	x->life[s->unit] = life;
	for (k = 0; k < 3; k++)
		(void)seat_start(&x->c.seats[k]);
	lives_settle(x);
}

int
main(void)
{
	static struct three_lives x;

	lives_begin(&x);
	x.life[0] = x.life[1] = x.life[2] = 0;
	officers_are_named_first(&x);
	one_is_made_while_it_works(&x);
	one_burns_down(&x, x.low, "low.backup", "a child");
	one_burns_down(&x, x.mid, "mid.backup", "one in the middle");
	one_burns_down(&x, x.top, "top.backup", "the root");
	lives_end(&x);
	return done();
}
