/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station moves to another machine and goes on there as it was, closed where
 * it was; and one that was restored is opened by a person's word, where nobody
 * can say how far it had come (docs/backup.md 5.5, 6).
 */
#include "backup.h"

#include "../tests/tap.h"

/* ---- moving ---------------------------------------------------------------
 */

static bool
starts_not(struct seat *s, const char *why)
{
	const size_t before = seat_said(s, why);
	bool said;

	seat_launch(s);
	said = seat_waits(s, why, before + 1, 30);
	return seat_stop(s, SIGTERM) == 1 && said;
}

static void
it_is_closed_where_it_was(struct three_lives *x, const char *file)
{
	struct seat *s = x->low;
	char mark[2 * PATH];

	is(COMMAND("station", "move", s->folder, file), 1,
	    "one that runs does not move");
	ok(says("stop it first") && !file_exists(file), "and it is said why");
	ok(!is_closed(s), "it works on");
	if (seat_stop(s, SIGTERM) != 0)
		bug("it does not stop");
	is(COMMAND("station", "move", s->folder, file), 0,
	    "one that is stopped moves");
	(void)snprintf(mark, sizeof(mark), "%s/data/moved", s->folder);
	ok(file_exists(mark), "its folder has the mark");
	ok(starts_not(s, "docs/backup.md 6.3"),
	    "it does not start there again, and says why");
	is(COMMAND("station", "start", s->folder), 3,
	    "nor by the command, which says so at once");
	is(backs_up(x, s, beside(&x->c, "moved.backup")), 3,
	    "nor is it backed up");
	/* as after a kill between the mark and the name */
	(void)unlink(file);
	is(COMMAND("station", "move", s->folder, file), 0,
	    "the file can be made anew, for nothing has changed");
}

static void
it_goes_on_where_it_is(struct three_lives *x, const char *file)
{
	struct seat *s = x->low;
	const uint64_t serial = lives_word(s, "serial"),
		       life = lives_word(s, "incarnation"),
		       gaps = lives_gaps(s);
	const size_t alarms = seat_said(x->mid, "alarm.raised kind=rolled");
	struct err e;

	burns_down(s);
	(void)seat_stop(x->mid, SIGTERM); /* nobody is asked */
	is(is_restored(x, s, file), 0, "it is restored at the new machine");
	ok(says("goes on here as it was"), "and it is said that it moved");
	ok(seat_start(s) && !is_closed(s), "it starts, and is open at once");
	went(lives_send(x, s, &e), &e, "it gives numbers");
	(void)seat_start(x->mid);
	lives_settle(x);
	lives_sends(x, 1);
	lives_settle(x);
	lives_settle(x);
	is(not_once(x), 0, "everything is at each desk once, what waited too");
	(void)seat_stop(s, SIGTERM);
	is(lives_word(s, "incarnation"), life, "it has the same life");
	is(lives_word(s, "serial"), serial + 2, "its numbers go on");
	is(numbers_twice(s), 0, "none is given twice");
	is(lives_gaps(s), gaps, "nothing is missing");
	is(seat_said(x->mid, "alarm.raised kind=rolled"), alarms,
	    "nobody is alarmed");
	(void)seat_start(s);
}

static void
a_station_moves(struct three_lives *x)
{
	char file[PATH];
	struct err e;

	(void)snprintf(file, sizeof(file), "%s", beside(&x->c, "low.move"));
	is(names_officers(x, x->low), 0, "officers are named");
	(void)seat_stop(x->top, SIGTERM); /* so that something waits */
	lives_settle(x);
	must(lives_send(x, x->low, &e), &e);
	it_is_closed_where_it_was(x, file);
	(void)seat_start(x->top);
	it_goes_on_where_it_is(x, file);
}

/* ---- a person's word ------------------------------------------------------
 */

static void
a_person_opens_it(struct three_lives *x)
{
	struct seat *s = x->low;
	char file[PATH], conf[2 * PATH];
	struct buf text;
	uint64_t life;
	struct err e;
	size_t had;

	(void)snprintf(file, sizeof(file), "%s", beside(&x->c, "word.backup"));
	lives_settle(x);
	is(backs_up(x, s, file), 0, "a station is backed up");
	had = x->count;
	lives_sends(x, 1);
	lives_settle(x);
	for (; had < x->count; had++)
		burnt[had][s->unit] = true;
	(void)seat_stop(s, SIGTERM);
	life = lives_word(s, "incarnation");
	burns_down(s);
	(void)seat_stop(x->mid, SIGTERM);
	is(is_restored(x, s, file), 0, "restored");
	is(COMMAND("station", "move", s->folder, beside(&x->c, "early.move")),
	    3, "it is not moved before it has been started");
	ok(!file_exists(beside(&x->c, "early.move")), "nothing is written");
	(void)snprintf(conf, sizeof(conf), "%s/antind.conf", s->folder);
	must(file_read(&text, conf, 65536, &e), &e);
	buf_add(&text, bytes_str("restore-wait 2s\n"));
	must(file_write(conf, buf_bytes(&text), 0600, true, &e), &e);
	buf_free(&text);
	ok(seat_start(s) && is_closed(s), "and closed, with nobody above");
	for (had = 0; had < 60; had++) {
		if (COMMAND("station", "reopen", "--station", s->folder) == 0)
			break;
		(void)usleep(500000);
	}
	ok(had > 0 && had < 60, "after its time a person opens it");
	ok(!is_closed(s), "it is open");
	is(COMMAND("station", "reopen", "--station", s->folder), 1,
	    "which is done once");
	went(lives_send(x, s, &e), &e, "it gives numbers");
	(void)seat_start(x->mid);
	lives_settle(x);
	lives_sends(x, 1);
	lives_settle(x);
	lives_settle(x);
	is(not_once(x), 0, "what was sent so is at each desk once");
	is(more_than_once(x), 0, "and nothing twice");
	(void)seat_stop(s, SIGTERM);
	ok(lives_word(s, "incarnation") >= life + 17 &&
		lives_word(s, "incarnation") < life + 17 + 1024,
	    "its life is one that nobody had");
	(void)seat_stop(x->mid, SIGTERM);
	is(numbers_twice(x->mid), 0, "no number is two dispatches'");
}

/* ---- killed again and again -----------------------------------------------
 */

static void
it_is_killed_while_it_is_closed(struct three_lives *x)
{
	const unsigned steps = getenv("ANTIN_SOAK") != NULL ? 100 : 10;
	struct seat *s = x->low;
	uint64_t life, gaps;
	char file[PATH];
	unsigned i;
	size_t had;

	(void)snprintf(file, sizeof(file), "%s", beside(&x->c, "kill.backup"));
	(void)seat_start(x->mid);
	(void)seat_start(s);
	lives_settle(x);
	is(backs_up(x, s, file), 0, "a station is backed up");
	had = x->count;
	lives_sends(x, 1);
	lives_settle(x);
	for (; had < x->count; had++)
		burnt[had][s->unit] = true;
	(void)seat_stop(s, SIGTERM);
	life = lives_word(s, "incarnation");
	gaps = lives_gaps(s);
	burns_down(s);
	if (is_restored(x, s, file) != 0)
		bug(command_said);
	for (i = 0; i < steps; i++) {
		seat_launch(s);
		(void)usleep(30000 + 50000 * (i % 10));
		(void)seat_stop(s, SIGKILL);
	}
	ok(seat_start(s),
	    "killed again and again while it is closed, it starts");
	for (i = 0; i < 120 && is_closed(s); i++)
		(void)usleep(500000);
	ok(!is_closed(s), "and is open at last");
	lives_sends(x, 1);
	lives_settle(x);
	lives_settle(x);
	is(not_once(x), 0, "what is sent then is at each desk once");
	(void)seat_stop(s, SIGTERM);
	(void)seat_stop(x->mid, SIGTERM);
	ok(lives_word(s, "incarnation") > life &&
		lives_word(s, "incarnation") <= life + 2,
	    "it has a new life, not many");
	ok(lives_gaps(s) > gaps && lives_gaps(s) <= gaps + 2, "with its gap");
	is(numbers_twice(x->mid), 0, "no number is two dispatches'");
}

/* Of a life before the one that the station above knows. */
static void
an_older_backup_wants_a_person(struct three_lives *x)
{
	const size_t clones = seat_said(x->mid, "alarm.raised kind=clone");
	struct seat *s = x->low;
	json_t *rows, *row, *r = json_object();
	struct err e;
	size_t i;

	(void)seat_start(x->mid);
	burns_down(s);
	is(is_restored(x, s, beside(&x->c, "kill.backup")), 0,
	    "the same backup is restored once more");
	ok(seat_start(s) &&
		seat_waits(x->mid, "alarm.raised kind=clone", clones + 1, 60),
	    "the station above knows a newer life, and is alarmed");
	ok(is_closed(s), "it stays closed");
	rows = seat_rows(x->mid, CONTROL_ALARMS, NULL);
	json_array_foreach(
	    rows, i, row) if (strcmp(row_word(row, "kind"), "clone") == 0)(void)
	    json_object_set(r, "alarm", json_object_get(row, "alarm"));
	json_decref(rows);
	went(seat_asks(x->mid, CONTROL_SEEN, r, NULL, &e), &e,
	    "a person there has seen it");
	for (i = 0; i < 240 && is_closed(s); i++)
		(void)usleep(500000);
	ok(!is_closed(s), "then it is given a life of its own, and open");
	for (i = 0; i < x->count; i++)
		burnt[i][s->unit] = true;
	lives_settle(x);
	lives_sends(x, 1);
	lives_settle(x);
	lives_settle(x);
	is(not_once(x), 0, "and what is sent is at each desk once");
	(void)seat_stop(x->mid, SIGTERM);
	is(numbers_twice(x->mid), 0, "no number is two dispatches'");
}

int
main(void)
{
	static struct three_lives x;

	lives_begin(&x);
	a_station_moves(&x);
	a_person_opens_it(&x);
	it_is_killed_while_it_is_closed(&x);
	an_older_backup_wants_a_person(&x);
	lives_end(&x);
	return done();
}
