/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A unit moves while its dispatches are on their way: what it sent is passed
 * on, what it had it keeps (docs/station.md 5.4, 5.7); but not for ever.
 */

#include "changed.h"
#include "lives.h"
#include "receipts.h"

#define SECONDS 20

static struct country country;
static struct seat *top, *bac, *nam; /* nam is below bac, then below top */

static void
build(void)
{
	country_begin(&country);
	top = country_seat(&country, NULL, "vn");
	bac = country_seat(&country, top, "bac");
	nam = country_seat(&country, bac, "nam");
}

static void
write_all(void)
{
	size_t i;

	for (i = 0; i < country.count; i++)
		country_write(&country.seats[i], "");
}

static bool
stop_all(void)
{
	bool good = true;
	size_t i;

	for (i = 0; i < country.count; i++)
		if (country.seats[i].daemon != 0)
			good =
			    seat_stop(&country.seats[i], SIGTERM) == 0 && good;
	return good;
}

static int64_t expires = TIME_NEVER; /* what is sent */

/* To the desks of these seats: bit n is the seat n. */
static struct id
sends_all(
    const struct seat *from, uint32_t to, uint8_t part[static SHA256_SIZE])
{
	const struct letter l = {
		.from = from, .country = &country, .to = to, .expires = expires
	};
	const int control = seat_signed_in(from, SECONDS),
		  file = letter_file(part, 1000);
	json_t *answer;
	struct id id;
	struct err e;

	must(control_ask(control, CONTROL_SEND, letter_request(&l), &file, 1,
		 NULL, &answer, &e),
	    &e);
	if (!id_parse(&id,
		bytes_str(json_string_value(json_object_get(answer, "id")))))
		bug("an id that is none");
	json_decref(answer);
	close(file);
	close(control);
	return id;
}

static struct id
sends(const struct seat *from, const struct seat *to,
    uint8_t part[static SHA256_SIZE])
{
	return sends_all(from, 1u << to->unit, part);
}

/* Within so many seconds it can be read there, as it was written. */
static bool
reads(const struct seat *s, const struct id *id,
    const uint8_t wanted[static SHA256_SIZE], unsigned seconds)
{
	uint8_t part[SHA256_SIZE];
	int control = seat_signed_in(s, SECONDS);
	struct err e;
	enum rc rc;
	unsigned i;

	for (i = 0; i <= (seconds == 0 ? 0 : patience(seconds)) * 5; i++) {
		rc = seat_saves(part, control, s, id, &e);
		if (rc == RC_OK)
			break;
		(void)usleep(200000);
	}
	close(control);
	return rc == RC_OK && memcmp(part, wanted, sizeof(part)) == 0;
}

/* How many rows a desk's box has. */
static size_t
rows_of(const struct seat *s, enum control_what box)
{
	const int control = seat_signed_in(s, SECONDS);
	json_t *r = json_object();
	size_t rows = 0;
	const struct control_ears ears = { .row = count_row, .ctx = &rows };
	struct err e;

	(void)json_object_set_new(r, "desk", json_string(s->key_address));
	must(control_ask(control, box, r, NULL, 0, &ears, NULL, &e), &e);
	close(control);
	return rows;
}

static enum rc
asks(const struct seat *s, enum control_what what, const struct id *id)
{
	const int control = seat_signed_in(s, SECONDS);
	json_t *r = json_object();
	char text[ID_TEXT];
	struct err e;
	enum rc rc;

	id_write(text, id);
	(void)json_object_set_new(r, "desk", json_string(s->key_address));
	(void)json_object_set_new(r, "id", json_string(text));
	rc = control_ask(control, what, r, NULL, 0, NULL, NULL, &e);
	if (rc != RC_OK)
		note("%s", e.text);
	close(control);
	return rc;
}

/* What came under the old name is asked for under the new one (docs/receipts.md
 * 3.3): what was said of it is said again, and the asking is over. */
static void
is_asked_for(const struct id *id)
{
	char sql[1024];

	(void)snprintf(sql, sizeof(sql),
	    "DELETE FROM said; INSERT INTO chase SELECT n, CAST('%s' AS BLOB),"
	    " 0, 1 FROM dest WHERE address ="
	    " CAST('%s' AS BLOB)",
	    nam->desk_address, nam->was[0]);
	seat_changed(top, sql);
	ok(three_hears(top, id, "acted", NULL, NULL, NULL, SECONDS),
	    "what came under the old name is told of again");
	is(three_said(top, id, "answer", NULL, NULL, NULL), 0,
	    "and is not said to be unknown");
	ok(seat_comes_to(
	       top, CONTROL_ALARMS, "alarm", "kind", "not-arrived", 0, SECONDS),
	    "nobody is asked any more");
}

/* What was sent by who has moved waits at the station that was above it. */
static void
a_unit_moves(bool long_ago)
{
	uint8_t had[SHA256_SIZE], sent[SHA256_SIZE], later[SHA256_SIZE];
	struct id first, second, third;

	build();
	write_all();
	ok(seat_start(top) && seat_start(bac) && seat_start(nam),
	    "three stations run, one below the other");
	first = sends(top, nam, had);
	ok(reads(nam, &first, had, SECONDS), "the lowest has got something");
	(void)seat_stop(top, SIGTERM);
	second = sends(nam, top, sent);
	ok(seat_waits(nam, "event=link.up", 1, SECONDS), "and sends something");
	while (!seat_is_calm(nam))
		(void)usleep(50000);
	ok(stop_all(), "which waits above it when it moves");
	ok(country_move(&country, nam, top,
	       long_ago ? country.t.now + 1 : time_now(), true),
	    long_ago ? "as the directory says long afterwards"
		     : "under the highest");
	write_all();
	ok(seat_start(top) && seat_start(bac) && seat_start(nam),
	    "all know it, and run");
	if (long_ago) {
		ok(seat_waits(top, "event=dispatch.refused", 1, SECONDS),
		    "then it is passed on no more");
		is(rows_of(top, CONTROL_INBOX), 0, "and does not arrive");
	} else {
		ok(reads(top, &second, sent, SECONDS), "what it sent arrives");
		ok(three_hears(
		       nam, &second, "arrived", NULL, NULL, NULL, SECONDS),
		    "of which it hears under its new name");
		is(seat_said(top, "event=dispatch.refused"), 0,
		    "and is not refused");
	}
	ok(reads(nam, &first, had, 0), "what it had it reads");
	is(rows_of(nam, CONTROL_INBOX), 1, "once it stands in its box");
	is(rows_of(nam, CONTROL_OUTBOX), 1, "and what it sent in the other");
	is(asks(nam, CONTROL_ACK, &first), RC_OK, "it says that it has acted");
	is(rows_of(nam, CONTROL_INBOX), 0, "and it is in the box no more");
	third = sends(top, nam, later);
	ok(reads(nam, &third, later, SECONDS), "what is sent now arrives");
	ok(three_hears(top, &third, "arrived", NULL, NULL, NULL, SECONDS),
	    "and is signed for");
	is(rows_of(nam, CONTROL_INBOX), 1, "in the same box");
	is_asked_for(&first);
	ok(stop_all(), "all end well");
	country_end(&country);
}

/* A day comes that the directory has told of: nobody learns anything then, and
 * what waits goes on all the same. */
static void
a_day_comes(void)
{
	uint8_t part[SHA256_SIZE];
	struct seat *dong;
	struct id id, own;
	int64_t day;

	build();
	dong = country_seat(&country, top, "dong");
	write_all();
	ok(seat_start(bac), "a station runs, and one below it does not");
	own = sends(bac, bac, part);
	id = sends(bac, nam, part);
	ok(stop_all(), "for which something waits");
	day = time_now() + 3;
	ok(country_move(&country, bac, dong, day, false),
	    "both are to move on some day");
	write_all();
	ok(seat_start(bac), "which is known before");
	while (time_now() <= day)
		(void)usleep(100000);
	ok(seat_start(nam), "and when it has come the other one runs");
	ok(reads(nam, &id, part, SECONDS), "what waited for it arrives");
	ok(three_hears(bac, &id, "arrived", NULL, NULL, NULL, SECONDS),
	    "and is signed for, with the certificates of the old names");
	is(asks(bac, CONTROL_RECALL, &own), RC_OK,
	    "what was sent under the old name is recalled");
	ok(three_hears(bac, &own, "outcome", NULL, NULL, NULL, SECONDS),
	    "and a station that is written otherwise now tells itself so");
	ok(stop_all(), "all end well");
	country_end(&country);
}

/* Who recalls is who signed the content, though he signs under another name
 * now: what is withheld is not saved (docs/receipts.md 8.4, 8.5). */
static void
who_was_renamed_recalls(void)
{
	uint8_t part[SHA256_SIZE];
	struct seat *dong;
	struct id own;
	struct err e;
	int control;

	build();
	dong = country_seat(&country, top, "dong");
	write_all();
	ok(seat_start(bac), "a station runs");
	own = sends(bac, bac, part);
	while (!seat_is_calm(bac))
		(void)usleep(50000);
	ok(stop_all(), "where something lies that nobody has opened");
	ok(country_move(&country, bac, dong, time_now(), true),
	    "it has another name now, and keys for that");
	write_all();
	ok(seat_start(bac), "under which it runs");
	is(asks(bac, CONTROL_RECALL, &own), RC_OK,
	    "what was sent under the old one is recalled");
	ok(three_hears(bac, &own, "outcome", NULL, NULL, "withheld", SECONDS),
	    "and withheld");
	control = seat_signed_in(bac, SECONDS);
	is(seat_saves(part, control, bac, &own, &e), RC_DENIED,
	    "so it is not saved");
	ok(strstr(e.text, "has recalled it") != NULL,
	    "for who signed it has recalled it: %s", e.text);
	close(control);
	ok(stop_all(), "all end well");
	country_end(&country);
}

/* What waits for who has moved goes back the way it came. */
/* Two stations run (and nam, where it says so); what one sends for nam, or who
 * is below it, waits, and all stop; then nam moves there. */
static struct id
waits_while_it_moves(const struct seat *from, const struct seat *to, bool runs,
    struct seat *where, uint8_t part[static SHA256_SIZE])
{
	unsigned tries = patience(60) * 20;
	struct id id;

	write_all();
	ok(seat_start(top) && seat_start(bac) && (!runs || seat_start(nam)),
	    "stations run, but who waits below them");
	id = sends(from, to, part);
	while (!seat_is_calm(from) && tries-- > 0)
		(void)usleep(50000);
	ok(stop_all(), "where a dispatch waits for him");
	ok(country_move(&country, nam, where, time_now(), true),
	    "a unit moves elsewhere");
	write_all();
	return id;
}

static void
what_waits_comes_back(void)
{
	uint8_t part[SHA256_SIZE];
	struct id id;

	build();
	id = waits_while_it_moves(top, nam, false, top, part);
	ok(seat_start(top) && seat_start(bac) && seat_start(nam),
	    "all know it, and run");
	ok(reads(nam, &id, part, SECONDS), "it goes back, and arrives there");
	is(seat_said(top, "event=dispatch.refused"), 0, "nothing is refused");
	ok(stop_all(), "all end well");
	country_end(&country);
}

/* One of two who are waited for moves: what is for it goes back under its new
 * name, to who has it under the old one. */
static void
one_of_two_comes_back(void)
{
	uint8_t part[SHA256_SIZE];
	struct seat *con;
	struct id id;

	build();
	con = country_seat(&country, nam, "con");
	write_all();
	ok(seat_start(top) && seat_start(bac), "two stations run");
	id = sends_all(top, 1u << nam->unit | 1u << con->unit, part);
	while (!seat_is_calm(top))
		(void)usleep(50000);
	ok(stop_all(),
	    "the lower one has something for two below it, the same way");
	ok(country_move(&country, con, top, time_now(), true),
	    "of which one moves under the highest");
	write_all();
	ok(seat_start(top) && seat_start(bac) && seat_start(nam) &&
		seat_start(con),
	    "all know it, and run");
	ok(reads(con, &id, part, SECONDS), "it goes back, and arrives there");
	ok(reads(nam, &id, part, SECONDS), "and at the other one");
	ok(three_hears(top, &id, "arrived", NULL, NULL, NULL, SECONDS),
	    "which is signed for");
	is(seat_said(top, "event=dispatch.refused"), 0, "nothing is refused");
	ok(stop_all(), "all end well");
	country_end(&country);
}

/* Who was below another stands above it now: to see who either is, both are
 * looked at, once (docs/directory.md 5.4). */
static void
places_are_exchanged(void)
{
	uint8_t part[SHA256_SIZE], back[SHA256_SIZE];
	struct id id, answer;

	build();
	ok(country_move(&country, nam, top, time_now(), true) &&
		country_move(&country, bac, nam, time_now(), true),
	    "who was the lower one of two is the higher one");
	write_all();
	ok(seat_start(top) && seat_start(bac) && seat_start(nam), "all run");
	id = sends(bac, top, part);
	ok(reads(top, &id, part, SECONDS), "what the lower one sends arrives");
	answer = sends(top, bac, back);
	ok(reads(bac, &answer, back, SECONDS), "and what is sent to it");
	is(seat_said(top, "event=process.died") +
		seat_said(nam, "event=process.died"),
	    0, "no part of a station has died");
	ok(stop_all(), "all end well");
	country_end(&country);
}

/* Who was away while it was moved knows its old parent alone, and nobody gives
 * it a file: it learns of it by line, of whichever of the two it is told to
 * dial (docs/link.md 17.8). */
static void
it_was_away(bool dials_new)
{
	uint8_t part[SHA256_SIZE], back[SHA256_SIZE];
	struct buf old = { 0 };
	struct id id;

	build();
	write_all();
	ok(seat_start(top) && seat_start(bac) && seat_start(nam),
	    "three stations run, one below the other");
	id = sends(nam, top, part);
	ok(reads(top, &id, part, SECONDS), "lines are up");
	(void)seat_stop(nam, SIGTERM);
	buf_add(&old, buf_bytes(&country.t.file));
	ok(country_move(&country, nam, top, time_now(), false),
	    "the lowest is moved while it is away");
	(void)seat_stop(top, SIGTERM);
	country_write(top, "");
	ok(seat_start(top) &&
		seat_waits(bac, "event=directory.learned", 1, SECONDS),
	    "which the others know");
	if (dials_new)
		country_write(nam, "");
	write_in(nam, "data/directory", buf_bytes(&old));
	ok(seat_start(nam), "it comes back, and dials the %s one",
	    dials_new ? "new" : "old");
	ok(seat_waits(nam, "event=directory.learned", 1, SECONDS),
	    "there it learns of it");
	if (!dials_new) {
		is(seat_said(bac, "event=dispatch.refused"), 0,
		    "nothing else is said");
		ok(seat_waits(nam, "event=link.ended", 1, SECONDS),
		    "and the line ends");
		(void)seat_stop(nam, SIGTERM);
		country_write(nam, "");
		ok(seat_start(nam), "told of the new one, it dials that");
	}
	id = sends(top, nam, back);
	ok(reads(nam, &id, back, SECONDS), "what is sent to it arrives");
	ok(three_hears(top, &id, "arrived", NULL, NULL, NULL, SECONDS),
	    "and is signed for");
	ok(stop_all(), "all end well");
	buf_free(&old);
	country_end(&country);
}

/* What waits at a station that moves, for another that moves, is others', and
 * new where it comes to now: it has no other way out (docs/station.md 5.4). */
static void
what_it_carries_is_taken(void)
{
	uint8_t part[SHA256_SIZE];
	struct seat *dong, *con;
	struct id id;

	build();
	dong = country_seat(&country, top, "dong");
	con = country_seat(&country, nam, "con");
	id = waits_while_it_moves(bac, con, true, dong, part);
	ok(country_move(&country, con, dong, time_now(), true),
	    "with who is below it, to where nobody knows it");
	write_all();
	ok(seat_start(top) && seat_start(dong) && seat_start(nam) &&
		seat_start(con),
	    "all know it, and run, but who sent it");
	ok(reads(con, &id, part, SECONDS), "it goes up, and arrives");
	is(seat_said(dong, "event=dispatch.refused"), 0, "nothing is refused");
	ok(stop_all(), "all end well");
	country_end(&country);
}

/* What is lost behind a station goes again the way that is the way now
 * (docs/receipts.md 9.3). */
static void
again_goes_the_new_way(void)
{
	uint8_t part[SHA256_SIZE];
	struct id id;

	build();
	id = waits_while_it_moves(top, nam, false, top, part);
	ok(seat_start(top) && seat_start(nam), "the one between is gone");
	seat_changed(top, "UPDATE chase SET due = 0");
	ok(seat_waits(top, "event=dispatch.again", 1, SECONDS),
	    "who is asked does not know it");
	ok(reads(nam, &id, part, SECONDS), "and is given it, as it hangs now");
	ok(stop_all(), "all end well");
	country_end(&country);
}

/* What came back is given again as it was sealed here, for of what came back
 * nothing is kept when it has gone on (docs/station.md 4.9). */
static void
what_came_back_goes_again(void)
{
	char data[PATH + 8], copy[PATH + 8];
	uint8_t part[SHA256_SIZE];
	unsigned tries = 20;
	struct id id;

	build();
	(void)snprintf(data, sizeof(data), "%s/data", nam->folder);
	(void)snprintf(copy, sizeof(copy), "%s/copy", nam->folder);
	id = waits_while_it_moves(top, nam, false, top, part);
	lives_runs("cp", data, copy);
	ok(seat_start(top) && seat_start(bac) && seat_start(nam),
	    "all know it, and run");
	ok(reads(nam, &id, part, SECONDS), "it goes back, and arrives there");
	do {
		(void)usleep(1500000);
		(void)seat_stop(top, SIGTERM);
	} while (
	    lives_ask(top, "SELECT count(*) FROM copy WHERE here = 1") > 0 &&
	    tries-- > 0 && seat_start(top));
	ok(lives_ask(top, "SELECT count(*) FROM copy") > 0 && tries > 0,
	    "what came back has gone");
	(void)seat_stop(nam, SIGTERM);
	lives_runs("rm", data, data);
	lives_runs("cp", copy, data);
	ok(seat_start(nam), "it is restored from a copy without it");
	seat_changed(top,
	    "DELETE FROM said; INSERT INTO chase SELECT n, address, 0,"
	    " 1 FROM dest WHERE q > 0");
	ok(seat_waits(top, "event=dispatch.again", 1, SECONDS),
	    "who is asked does not know it");
	ok(reads(nam, &id, part, SECONDS), "and is given it");
	ok(stop_all(), "all end well");
	country_end(&country);
}

/* A station says of what it had for a desk that was below it then
 * (docs/receipts.md 7.3). */
static void
who_was_above_is_heard(void)
{
	uint8_t part[SHA256_SIZE];
	struct seat *dong;
	struct id id;

	build();
	dong = country_seat(&country, top, "dong");
	write_all();
	ok(seat_start(top) && seat_start(bac) && seat_start(dong),
	    "three stations run");
	ok(seat_waits(top, "event=link.up", 2, SECONDS), "with their lines");
	expires = time_now() + 5;
	id = sends(dong, nam, part);
	expires = TIME_NEVER;
	while (!seat_is_calm(dong) || !seat_is_calm(top))
		(void)usleep(50000);
	(void)seat_stop(top, SIGTERM);
	(void)seat_stop(dong, SIGTERM);
	ok(seat_waits(bac, "event=leg.reported", 1, SECONDS),
	    "what waits for one below it expires");
	ok(stop_all(), "all end");
	ok(country_move(&country, nam, top, time_now(), true),
	    "and that one moves away");
	write_all();
	ok(seat_start(top) && seat_start(bac) && seat_start(dong),
	    "all know it, and run");
	ok(three_hears(
	       dong, &id, "report", NULL, bac->address, "expired", SECONDS),
	    "who sent it hears so of the one that was above it");
	ok(stop_all(), "all end well");
	country_end(&country);
}

int
main(void)
{
	what_it_carries_is_taken();
	again_goes_the_new_way();
	what_came_back_goes_again();
	who_was_above_is_heard();
	it_was_away(true);
	it_was_away(false);
	places_are_exchanged();
	who_was_renamed_recalls();
	what_waits_comes_back();
	one_of_two_comes_back();
	a_day_comes();
	a_unit_moves(false);
	a_unit_moves(true);
	return done();
}
