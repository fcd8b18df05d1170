/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station that was restored from an old copy, or is there twice, is noticed,
 * and goes on in a new life; what is missing is said, and every desk has each
 * dispatch once (docs/journal.md 7).
 */
#include <sqlite3.h>

#include "lives.h"

#include "../tests/tap.h"
#include "core/base64.h"

/* A station restores its folder; there was traffic since the copy. */
static void
restored(struct three_lives *x, struct seat *s, const char *who)
{
	struct err e;
	size_t before, i, last;
	uint64_t gaps, serial;

	lives_copy(s);
	gaps = lives_gaps(s);
	x->life[s->unit] = lives_word(s, "incarnation");
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

/* How many checkpoints it keeps; the size of the newest that its parent has
 * signed. */
static size_t
kept_by(const struct seat *s, uint64_t *seen)
{
	json_t *r, *answer;
	struct buf note = { 0 };
	uint64_t at = 0;
	struct err e;
	size_t n = 0;
	int fd;

	must(seat_control(&fd, s, &e), &e);
	for (;; n++) {
		r = json_object();
		(void)json_object_set_new(
		    r, "at", json_integer((json_int_t)at));
		if (control_ask(fd, CONTROL_JOURNAL_KEPT, r, NULL, 0, NULL,
			&answer, &e) != RC_OK)
			break;
		at = (uint64_t)json_integer_value(
		    json_object_get(answer, "total"));
		if (!base64_parse(&note, bytes_str(row_word(answer, "data"))))
			bug("no note");
		buf_u8(&note, 0);
		if (strstr((const char *)note.p, "/witness ") != NULL)
			*seen = at;
		at++;
		buf_free(&note);
		json_decref(answer);
	}
	close(fd);
	return n;
}

/* One a second: docs/journal.md 4.5. */
static void
its_checkpoints_do_not_pile_up(struct three_lives *x)
{
	uint64_t last = 0, now = 0;
	size_t i, k, came = 0, kept = SIZE_MAX;

	for (i = 0; i < 8; i++) {
		lives_sends(x, 1);
		for (k = 0; k < 100 && now == last; k++) {
			(void)usleep(200000);
			kept = kept_by(x->low, &now);
		}
		came += now > last;
		last = now;
	}
	is(came, 8, "a station's checkpoints are signed by its parent");
	for (k = 0; k < 150 && kept > 4; k++) {
		(void)usleep(200000);
		kept = kept_by(x->low, &now);
	}
	/* a ten minutes' end, and one that is not signed */
	ok(kept <= 4, "and few are kept (%zu)", kept);
	ok(now >= last, "of them the newest");
}

static void
each_may_be_restored(struct three_lives *x)
{
	restored(x, x->low, "a child");
	restored(x, x->mid, "one in the middle");
	restored(x, x->top, "the root");
}

/* ---- there twice ----------------------------------------------------------
 */

/* The copy of a station's folder beside it, as a station of its own. */
static struct seat
clone_of(const struct seat *s)
{
	char data[PATH + 8], copy[PATH + 8];
	struct seat c = *s;

	c.daemon = 0;
	c.port = free_port();
	(void)snprintf(c.folder, sizeof(c.folder), "%.500s-clone", s->folder);
	(void)snprintf(c.log, sizeof(c.log), "%.500s/log", c.folder);
	(void)mkdir(c.folder, 0700);
	country_write_to(&c, s->above->port, "checkpoint 1s\n");
	(void)snprintf(data, sizeof(data), "%s/data", c.folder);
	(void)snprintf(copy, sizeof(copy), "%s/copy", s->folder);
	lives_runs("rm", data, data);
	lives_runs("cp", copy, data);
	return c;
}

static bool
sees_alarm(const struct seat *s, const char *kind)
{
	json_t *rows = json_array(), *row;
	const struct control_ears ears = { .row = keep_row, .ctx = rows };
	json_t *r = json_object();
	bool found = false;
	struct err e;
	size_t i;
	int fd;

	must(seat_control(&fd, s, &e), &e);
	must(control_ask(
		 fd, CONTROL_ALARMS, json_object(), NULL, 0, &ears, NULL, &e),
	    &e);
	json_array_foreach(rows, i,
	    row) if (!found && strcmp(row_word(row, "kind"), kind) == 0)
	{
		(void)json_object_set(
		    r, "alarm", json_object_get(row, "alarm"));
		found = true;
	}
	if (found)
		must(control_ask(fd, CONTROL_SEEN, r, NULL, 0, NULL, NULL, &e),
		    &e);
	else
		json_decref(r);
	json_decref(rows);
	close(fd);
	return found;
}

/* Its copy is of a life before the one that is known: both are missing. */
static void
the_same_copy_comes_again(struct three_lives *x)
{
	const size_t clones = seat_said(x->mid, "alarm.raised kind=clone"),
		     reborn = seat_said(x->low, "event=station.reborn");
	uint64_t gaps;

	lives_restore(x->low);
	gaps = lives_gaps(x->low);
	ok(seat_start(x->low) &&
		seat_waits(x->mid, "alarm.raised kind=clone", clones + 1, 60),
	    "the same copy once more is refused");
	ok(sees_alarm(x->mid, "clone"), "until a person has seen it");
	ok(seat_waits(x->low, "event=station.reborn", reborn + 1, 90),
	    "then it is given a life");
	lives_settle(x);
	(void)seat_stop(x->low, SIGTERM);
	is(lives_gaps(x->low), gaps + 2, "what is missing of both is kept");
	x->life[x->low->unit] = lives_word(x->low, "incarnation");
	seat_start(x->low);
	lives_settle(x);
}

/* Who gives lives forgets which ones: none is given twice. */
static void
a_parent_forgets_what_it_gave(struct three_lives *x)
{
	size_t reborn, mid;
	uint64_t life;

	lives_copy(x->low);
	seat_start(x->low);
	lives_settle(x);
	lives_sends(x, 1);
	lives_settle(x);
	lives_copy(x->mid);
	seat_start(x->mid);
	lives_settle(x);
	reborn = seat_said(x->low, "event=station.reborn");
	mid = seat_said(x->mid, "event=station.reborn");
	lives_restore(x->low);
	ok(seat_start(x->low) &&
		seat_waits(x->low, "event=station.reborn", reborn + 1, 30),
	    "a child is given a life");
	lives_settle(x);
	(void)seat_stop(x->low, SIGTERM);
	life = lives_word(x->low, "incarnation");
	lives_restore(x->mid);
	ok(seat_start(x->mid) &&
		seat_waits(x->mid, "event=station.reborn", mid + 1, 30),
	    "its parent is restored, and forgets that");
	lives_restore(x->low);
	ok(seat_start(x->low) &&
		seat_waits(x->low, "event=station.reborn", reborn + 2, 30),
	    "so is the child once more");
	lives_settle(x);
	(void)seat_stop(x->low, SIGTERM);
	(void)seat_stop(x->mid, SIGTERM);
	ok(lives_word(x->low, "incarnation") > life,
	    "no life is given it twice");
	x->life[x->low->unit] = lives_word(x->low, "incarnation");
	x->life[x->mid->unit] = lives_word(x->mid, "incarnation");
	seat_start(x->mid);
	seat_start(x->low);
	lives_settle(x);
}

static void
a_copy_beside_it_is_noticed(struct three_lives *x)
{
	struct seat clone;
	size_t clones = seat_said(x->mid, "alarm.raised kind=clone");

	lives_copy(x->low);
	clone = clone_of(x->low);
	seat_start(x->low);
	lives_settle(x);
	lives_sends(x, 1);
	lives_settle(x);
	ok(seat_start(&clone), "a copy runs beside its original");
	ok(seat_waits(&clone, "event=station.reborn", 1, 30) ||
		seat_said(x->low, "event=station.reborn") > 0,
	    "one of them is given a new life");
	ok(seat_waits(x->mid, "alarm.raised kind=clone", clones + 1, 90),
	    "the other is refused, with an alarm");
	(void)seat_stop(&clone, SIGTERM);
	(void)seat_stop(x->low, SIGTERM);
	is(lives_word(x->low, "incarnation") ==
		lives_word(&clone, "incarnation"),
	    false, "they are not the same any more");
	/* the one that was refused is the one that is wanted */
	seat_start(x->low);
	if (lives_word(&clone, "incarnation") == x->life[x->low->unit])
		x->life[x->low->unit]++; /* low was given it */
}

static void
a_person_decides_which_it_is(struct three_lives *x)
{
	const size_t reborn = seat_said(x->low, "event=station.reborn");

	ok(seat_waits(x->low, "reason=3", 1, 60), "it is refused");
	ok(sees_alarm(x->mid, "clone"), "a person sees the alarm");
	ok(seat_waits(x->low, "event=station.reborn", reborn + 1, 90),
	    "then it is let in, and given a life of its own");
	lives_settle(x);
	(void)seat_stop(x->low, SIGTERM);
	x->life[x->low->unit] = lives_word(x->low, "incarnation");
	seat_start(x->low);
}

/* The copy has run, and told its parent so, when the original comes back. */
static void
the_original_comes_second(struct three_lives *x)
{
	const size_t clones = seat_said(x->mid, "alarm.raised kind=clone");
	const size_t reborn = seat_said(x->low, "event=station.reborn");
	struct seat clone;

	lives_copy(x->low);
	clone = clone_of(x->low);
	seat_start(x->low);
	lives_settle(x);
	lives_sends(x, 1);
	lives_settle(x);
	(void)seat_stop(x->low, SIGTERM);
	(void)unlink(clone.log);
	seat_start(&clone);
	ok(seat_waits(&clone, "event=station.reborn", 1, 30),
	    "a copy that runs while the original does not is noticed");
	ok(seat_waits(&clone, "event=link.up", 2, 30), "and goes on");
	seat_start(x->low);
	ok(seat_waits(x->mid, "alarm.raised kind=clone", clones + 1, 60),
	    "the original that comes back is refused");
	(void)seat_stop(&clone, SIGTERM);
	ok(sees_alarm(x->mid, "clone"), "until a person has seen it");
	ok(seat_waits(x->low, "event=station.reborn", reborn + 1, 90),
	    "then it is given a life of its own");
	lives_settle(x);
}

/* ---- the journal alone ----------------------------------------------------
 */

static void
reborn_after(struct three_lives *x, const char *sql, const char *what)
{
	const size_t n = seat_said(x->low, "event=station.reborn");

	(void)seat_stop(x->low, SIGTERM);
	(void)lives_ask(x->low, "DELETE FROM checkpoint");
	if (sql != NULL)
		(void)lives_ask(x->low, sql);
	else
		lives_flip(x->low);
	ok(seat_start(x->low) &&
		seat_waits(x->low, "event=station.reborn", n + 1, 30),
	    "%s", what);
	lives_settle(x);
}

static void
a_journal_that_was_changed_is_noticed(struct three_lives *x)
{
	const size_t failed = seat_said(x->low, "4.3: the journal");

	lives_settle(x);
	lives_sends(x, 3);
	lives_settle(x);
	reborn_after(x,
	    "DELETE FROM journal WHERE first > (SELECT max(first) - 20 FROM "
	    "journal)",
	    "a journal that was cut off is noticed by the parent");
	reborn_after(x, NULL, "so is one that was rewritten");
	(void)seat_stop(x->low, SIGTERM);
	lives_flip(x->low);
	seat_launch(x->low);
	ok(seat_waits(x->low, "4.3: the journal", failed + 1, 20),
	    "with its checkpoints there it does not even start");
	(void)seat_stop(x->low, SIGTERM);
	lives_flip(x->low);
	ok(seat_start(x->low), "until what was there is back");
	lives_settle(x);
}

/* ---- ending at any moment -------------------------------------------------
 */

static void
killed_at_any_step(struct three_lives *x)
{
	const unsigned steps = getenv("ANTIN_SOAK") != NULL ? 200 : 12;
	uint64_t life, now;
	unsigned i;

	lives_copy(x->low);
	life = lives_word(x->low, "incarnation");
	seat_start(x->low);
	lives_settle(x);
	lives_sends(x, 1);
	lives_settle(x);
	lives_restore(x->low);
	for (i = 0; i < steps; i++) {
		seat_launch(x->low);
		(void)usleep(60000 + 40000 * (i % 12));
		if (i % 3 == 0) {
			(void)seat_stop(x->mid, SIGKILL);
			seat_launch(x->mid);
		}
		(void)seat_stop(x->low, SIGKILL);
	}
	ok(seat_start(x->low), "killed again and again, it starts");
	lives_settle(x);
	lives_settle(x);
	/* a process may find the database in the hands of one that ends yet,
	 * and is started again */
	is(seat_said(x->mid, "broken promise") +
		seat_said(x->low, "broken promise"),
	    0, "no promise was broken");
	(void)seat_stop(x->low, SIGTERM);
	now = lives_word(x->low, "incarnation");
	ok(now > life && now <= life + 2, "it has a new life, not many (%llu)",
	    (unsigned long long)(now - life));
	is(lives_ask(x->low,
	       "SELECT count(*) FROM paper WHERE kind = 7 AND key = "
	       "(SELECT value FROM word WHERE name = CAST('incarnation' AS "
	       "BLOB))"),
	    1, "with its gap");
	seat_start(x->low);
	lives_settle(x);
}

static void
all_is_well(struct three_lives *x)
{
	size_t last = x->count, k, bad = 0;

	lives_sends(x, 1);
	lives_settle(x);
	for (; last < x->count; last++)
		for (k = 0; k < 3; k++)
			bad += x->to[last] != k &&
			       lives_has(&x->c.seats[k], &x->sent[last]) != 1;
	is(bad, 0, "after all of it dispatches arrive, each once");
}

/* What was sent after the copy is known only by what is said of it. */
static void
receipts_for_what_is_lost_are_kept(struct three_lives *x)
{
	const struct errand_of w = {
		.precedence = "thuong", .to = { x->top }, .size = 300
	};
	const size_t reborn = seat_said(x->low, "event=station.reborn");
	unsigned long long heard;
	struct id id;

	lives_copy(x->low);
	heard = lives_ask(x->low, "SELECT count(*) FROM paper WHERE kind = 8");
	(void)seat_stop(x->top, SIGTERM); /* nobody is signed in then */
	seat_start(x->top);
	seat_start(x->low);
	lives_settle(x);
	must_send(x->low, &w, &id);
	lives_settle(x);
	lives_restore(x->low);
	seat_start(x->low);
	if (!seat_waits(x->low, "event=station.reborn", reborn + 1, 30))
		bug("it is not noticed");
	lives_settle(x);
	is(lives_has(x->top, &id), 1, "what was lost has arrived");
	lives_settle(x);
	(void)seat_stop(x->low, SIGTERM);
	ok(lives_ask(x->low, "SELECT count(*) FROM paper WHERE kind = 8") >
		heard,
	    "and is known by its receipt where it was lost");
	seat_start(x->low);
	lives_settle(x);
}

int
main(void)
{
	static struct three_lives x;

	lives_begin(&x);
	a_journal_that_was_changed_is_noticed(&x);
	killed_at_any_step(&x);
	all_is_well(&x);
	its_checkpoints_do_not_pile_up(&x);
	each_may_be_restored(&x);
	the_same_copy_comes_again(&x);
	a_parent_forgets_what_it_gave(&x);
	receipts_for_what_is_lost_are_kept(&x);
	a_copy_beside_it_is_noticed(&x);
	a_person_decides_which_it_is(&x);
	the_original_comes_second(&x);
	all_is_well(&x);
	lives_end(&x);
	return done();
}
