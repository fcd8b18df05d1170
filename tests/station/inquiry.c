/* SPDX-License-Identifier: EUPL-1.2 */
/* Who has not confirmed is asked for, and every station on the way says what it
 * knows (docs/receipts.md 9). */
#include "changed.h"
#include "queue.h"
#include "receipts.h"

#include "../tests/tap.h"

static size_t
alarms_of(const struct seat *s)
{
	return seat_has(s, CONTROL_ALARMS, "alarm", "kind", "not-arrived");
}

/* The alarm of this dispatch, as who is on duty is shown it; its number. */
static json_int_t
duty_is_shown(const struct seat *s, const struct id *id)
{
	json_t *r = json_object(), *rows, *row;
	json_int_t n = 0;
	char text[ID_TEXT];
	size_t i;

	id_write(text, id);
	(void)json_object_set_new(r, "desk", json_string(s->desk_address));
	rows = seat_rows(s, CONTROL_ALARMS, r);
	json_array_foreach(rows, i, row)
	{
		if (strcmp(row_word(row, "kind"), "not-arrived") == 0 &&
		    strcmp(row_word(row, "subject"), text) == 0)
			n = json_integer_value(json_object_get(row, "alarm"));
	}
	json_decref(rows);
	return n;
}

static void
every_station_answers(struct row_of_three *x, struct id *id)
{
	const char *low = x->low->desk_address;

	*id = three_send(x, x->top, 4, "precedence", json_string("hoa-toc"));
	if (!three_hears(x->top, id, "hop", x->low->address, NULL, NULL, 30))
		bug("it does not go");
	is(three_said(x->top, id, "answer", NULL, NULL, NULL), 0,
	    "nobody is asked before it is time");
	is(alarms_of(x->top), 0, "and nobody called");
	seat_changed(x->top, "UPDATE chase SET due = 0");
	ok(seat_comes_to(
	       x->top, CONTROL_ALARMS, "alarm", "kind", "not-arrived", 1, 10),
	    "when it is, an alarm is raised");
	ok(duty_is_shown(x->top, id) > 0,
	    "which the desk on duty is shown, with the dispatch");
	is(alarms_of(x->mid) + alarms_of(x->low), 0,
	    "at the station that sent it, and no other");
	ok(three_hears(
	       x->top, id, "answer", low, x->mid->address, "passed", 30),
	    "a station on the way says that it has passed it on");
	ok(three_hears(
	       x->top, id, "answer", low, x->low->address, "unsigned", 30),
	    "and the addressee's, that nobody has signed for it");
	is(seat_said(x->top, "event=dispatch.unconfirmed"), 0,
	    "that is no reason to warn yet");
	seat_changed(x->top, "UPDATE chase SET due = 0, asked = 2");
	ok(seat_waits(x->top, "event=dispatch.unconfirmed", 1, 30),
	    "asked twice in vain the log warns");
}

static void
it_ends_with_the_receipt(struct row_of_three *x, const struct id *id)
{
	const char *low = x->low->desk_address;

	three_sign_in(x, x->low);
	ok(three_hears(x->top, id, "arrived", low, low, NULL, 30),
	    "who signs in is heard of");
	ok(seat_comes_to(
	       x->top, CONTROL_ALARMS, "alarm", "kind", "not-arrived", 0, 10),
	    "and the alarm is over by itself");
	seat_changed(x->top, "UPDATE chase SET due = 0, asked = 2");
	(void)usleep(2500000);
	is(seat_said(x->top, "event=dispatch.unconfirmed"), 1,
	    "and not asked for any more");
}

/* Nobody is asked any more, but it has not arrived: a person is to know. */
static void
who_is_given_up_is_not_forgotten(struct row_of_three *x)
{
	struct id id;
	json_t *r;
	json_int_t n;
	struct err e;

	(void)seat_stop(x->low, SIGTERM);
	three_sign_in(x, x->top);
	id = three_send(x, x->top, 4, "precedence", json_string("hoa-toc"));
	if (!three_hears(
		x->top, &id, "custody", NULL, x->mid->address, NULL, 30))
		bug("it does not go");
	seat_changed(x->top, "UPDATE chase SET due = 0, asked = 12");
	if (!seat_waits(x->top, "asked=12", 1, 10))
		bug("it is not given up");
	n = duty_is_shown(x->top, &id);
	ok(n > 0, "the alarm of what is given up lasts");
	r = json_object();
	(void)json_object_set_new(r, "alarm", json_integer(n));
	must(seat_asks(x->top, CONTROL_SEEN, r, NULL, &e), &e);
	is(alarms_of(x->top), 0, "until a person has seen it");
	if (!seat_start(x->low))
		bug("it does not start");
}

/* A receipt that was lost at the origin comes again, as it was. */
static void
a_receipt_comes_again(struct row_of_three *x, const struct id *id)
{
	const char *low = x->low->desk_address;

	seat_changed(x->top,
	    "DELETE FROM said;"
	    "INSERT INTO chase SELECT n, address, 0, 0 FROM dest "
	    "WHERE CAST(address AS TEXT) LIKE '%van-thu'");
	ok(three_hears(x->top, id, "arrived", low, low, NULL, 30),
	    "a receipt that is asked for once more comes once more");
}

/* What the desk signed with it is not said again. */
static void
no_more_comes_again(struct row_of_three *x)
{
	const char *low = x->low->desk_address;
	struct id one, other;

	(void)seat_stop(x->low, SIGTERM);
	if (x->control[x->low->unit] >= 0)
		close(x->control[x->low->unit]);
	if (!seat_start(x->low))
		bug("it does not start");
	if (x->control[0] >= 0)
		close(x->control[0]);
	three_sign_in(x, x->top);
	one = three_send(x, x->top, 4, NULL, NULL);
	other = three_send(x, x->top, 4, NULL, NULL);
	if (!three_hears(x->top, &one, "hop", x->low->address, NULL, NULL, 30))
		bug("it does not go");
	(void)usleep(500000);
	three_sign_in(x, x->low);
	if (!three_hears(x->top, &other, "arrived", low, low, NULL, 30) ||
	    !three_hears(x->top, &one, "arrived", low, low, NULL, 30))
		bug("they do not arrive");
	seat_changed(x->top,
	    "DELETE FROM said; INSERT INTO chase SELECT n, address, 0, 0 FROM "
	    "dest WHERE n = (SELECT n FROM dispatch WHERE desk <> x'' ORDER "
	    "BY n DESC LIMIT 1 OFFSET 1)");
	ok(three_hears(x->top, &one, "arrived", low, low, NULL, 30),
	    "who is asked for one says of it again");
	is(three_said(x->top, &other, "arrived", low, low, NULL), 0,
	    "and nothing of what was signed with it");
}

static void
what_waits_is_said(struct row_of_three *x)
{
	const char *low = x->low->desk_address;
	struct id id;

	three_sign_in(x, x->top);
	(void)seat_stop(x->low, SIGTERM);
	id = three_send(x, x->top, 4, "precedence", json_string("hoa-toc"));
	if (!three_hears(
		x->top, &id, "custody", NULL, x->mid->address, NULL, 30))
		bug("it does not go");
	seat_changed(x->top, "UPDATE chase SET due = 0");
	ok(three_hears(
	       x->top, &id, "answer", low, x->mid->address, "waits", 30),
	    "a station where it waits says so");
}

static const char lose[] =
    "DELETE FROM delivery; DELETE FROM dest; DELETE FROM dispatch;"
    "DELETE FROM package; DELETE FROM pending; DELETE FROM leg;"
    "DELETE FROM copy;";

/* A station whose store is lost gets what it was given once more. */
static void
what_is_lost_is_given_again(struct row_of_three *x)
{
	const char *mid = x->mid->desk_address;
	struct id id;

	if (x->control[0] >= 0)
		close(x->control[0]);
	three_sign_in(x, x->top);
	id = three_send(x, x->top, 2, "precedence", json_string("hoa-toc"));
	if (!three_hears(
		x->top, &id, "custody", NULL, x->mid->address, NULL, 30))
		bug("it does not go");
	seat_changed(x->mid, lose);
	seat_changed(x->top, "UPDATE chase SET due = 0");
	ok(three_hears(
	       x->top, &id, "answer", mid, x->mid->address, "unknown", 30),
	    "a station that has lost it says that it does not know it");
	three_sign_in(x, x->mid);
	ok(three_hears(x->top, &id, "arrived", mid, mid, NULL, 60),
	    "and is given it once more");
}

/* Behind the next station it is lost: those that know it pass it on anew. */
static void
what_is_lost_behind_is_given_again(struct row_of_three *x)
{
	const char *low = x->low->desk_address;
	struct id id;
	size_t said;

	close(x->control[0]);
	three_sign_in(x, x->top);
	said = seat_said(x->top, "event=dispatch.again");
	id = three_send(x, x->top, 4, "precedence", json_string("hoa-toc"));
	if (!seat_start(x->low) ||
	    !three_hears(x->top, &id, "hop", x->low->address, NULL, NULL, 30))
		bug("it does not go");
	seat_changed(x->low, lose);
	seat_changed(x->top, "UPDATE chase SET due = 0");
	ok(three_hears(
	       x->top, &id, "answer", low, x->low->address, "unknown", 30),
	    "the addressee's station that has lost it says so");
	three_sign_in(x, x->low);
	ok(three_hears(x->top, &id, "arrived", low, low, NULL, 60),
	    "it gets it once more from the station that passed it on");
	ok(seat_said(x->top, "event=dispatch.again") > said,
	    "and the log says so");
}

/* One in the middle has lost what waited there. */
static void
what_is_lost_on_the_way_is_given_again(struct row_of_three *x, struct seat *end)
{
	const char *desk = end->desk_address;
	struct id id;
	int control;

	if (x->control[0] >= 0)
		close(x->control[0]);
	three_sign_in(x, x->top);
	id = three_send(x, x->top, 8, "precedence", json_string("hoa-toc"));
	if (!three_hears(x->top, &id, "hop", x->low->address, NULL, NULL, 30))
		bug("it does not go");
	seat_changed(x->low, lose);
	seat_changed(x->top, "UPDATE chase SET due = 0");
	ok(three_hears(
	       x->top, &id, "answer", desk, x->low->address, "unknown", 30),
	    "so does one on the way");
	if (!seat_start(end))
		bug("a station does not start");
	control = seat_signed_in(end, 30);
	ok(three_hears(x->top, &id, "arrived", desk, desk, NULL, 60),
	    "and it goes on");
	close(control);
}

int
main(void)
{
	char duty[LIMIT_ADDRESS + 8];
	struct row_of_three x;
	struct seat *end;
	struct id id;
	size_t i;

	three_begin(&x, "");
	end = country_seat(&x.c, x.low, "sin-thau");
	(void)snprintf(duty, sizeof(duty), "duty %s\n", x.top->desk_address);
	for (i = 0; i < 4; i++)
		country_write(&x.c.seats[i], i == x.top->unit ? duty : "");
	for (i = 0; i < 3; i++)
		if (!seat_start(&x.c.seats[i]))
			bug("a station does not start");
	three_sign_in(&x, x.top);
	every_station_answers(&x, &id);
	it_ends_with_the_receipt(&x, &id);
	a_receipt_comes_again(&x, &id);
	no_more_comes_again(&x);
	who_is_given_up_is_not_forgotten(&x);
	what_waits_is_said(&x);
	what_is_lost_is_given_again(&x);
	what_is_lost_behind_is_given_again(&x);
	what_is_lost_on_the_way_is_given_again(&x, end);
	for (i = 0; i < 4; i++)
		is(seat_said(&x.c.seats[i], "receipt.refused"), 0,
		    "nothing that was said is refused at %s",
		    x.c.seats[i].address);
	three_end(&x);
	return done();
}
