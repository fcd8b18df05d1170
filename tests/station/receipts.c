/* SPDX-License-Identifier: EUPL-1.2 */
/* Who sent a dispatch learns what became of it, by the signatures of those it
 * was for (docs/receipts.md). */
#include <time.h>

#include "receipts.h"

#include "../tests/tap.h"

static void
receipts_come_back(struct row_of_three *x)
{
	const char *low = x->low->desk_address, *mid = x->mid->desk_address;
	struct id id = three_send(x, x->top, 6, NULL, NULL);
	struct err e;

	ok(three_hears(x->top, &id, "arrived", low, low, NULL, 20),
	    "who sent it learns that it arrived, two stations away");
	ok(three_hears(x->top, &id, "arrived", mid, mid, NULL, 20),
	    "and at the other addressee");
	is(three_said(x->top, &id, "opened", NULL, NULL, NULL), 0,
	    "that nobody has opened it");
	must(three_ask(x, x->low, CONTROL_READ, &id, &e), &e);
	ok(three_hears(x->top, &id, "opened", low, low, NULL, 20),
	    "then that it was opened");
	must(three_ask(x, x->low, CONTROL_ACK, &id, &e), &e);
	ok(three_hears(x->top, &id, "acted", low, low, NULL, 20),
	    "and acted on");
	must(three_ask(x, x->mid, CONTROL_REFUSE, &id, &e), &e);
	ok(three_hears(x->top, &id, "refused", mid, mid, "wrong-level", 20),
	    "and of the other, that it is refused, and why");
	must(three_ask(x, x->low, CONTROL_READ, &id, &e), &e);
	(void)usleep(500000);
	is(three_said(x->top, &id, "opened", low, NULL, NULL), 1,
	    "to read it again says nothing new");
	ok(three_said(x->low, &id, "acted", low, low, NULL) == 1,
	    "the addressee's station keeps what its desk signed");
}

static void
the_way_is_known(struct row_of_three *x)
{
	const char *top = x->top->address, *mid = x->mid->address;
	struct id id = three_send(x, x->low, 1, NULL, NULL);

	ok(three_hears(x->low, &id, "custody", NULL, mid, NULL, 30),
	    "who sent it learns that the next station has it");
	ok(three_hears(x->low, &id, "hop", top, mid, NULL, 30),
	    "and from that one, that the one behind it has it");
}

/* What cannot go on is told of, from wherever it lies. */
static void
nothing_ends_in_silence(struct row_of_three *x)
{
	const char *low = x->low->desk_address, *mid = x->mid->address;
	struct id far, near;

	(void)seat_stop(x->low, SIGTERM);
	far = three_send(
	    x, x->top, 4, "expires", json_integer((json_int_t)time(NULL) + 4));
	ok(three_hears(x->top, &far, "report", low, mid, "expired", 40),
	    "a station where it waited too long says so");
	(void)seat_stop(x->mid, SIGTERM);
	near = three_send(
	    x, x->top, 4, "expires", json_integer((json_int_t)time(NULL) + 3));
	ok(three_hears(
	       x->top, &near, "report", low, x->top->address, "expired", 40),
	    "and so does one's own");
	ok(seat_said(x->top, "warn event=receipt ") > 0 ||
		seat_said(x->top, "code=expired") > 0,
	    "the log warns of it");
	if (!seat_start(x->mid) || !seat_start(x->low))
		bug("they do not start");
	three_sign_in(x, x->low);
	three_sign_in(x, x->mid);
}

static void
nobody_signs_for_an_empty_desk(struct row_of_three *x)
{
	const char *top = x->top->desk_address;
	struct id id;

	close(x->control[0]);
	x->control[0] = -1;
	(void)seat_stop(x->top, SIGTERM);
	if (!seat_start(x->top))
		bug("it does not start");
	id = three_send(x, x->low, 1, NULL, NULL);
	(void)usleep(1500000);
	is(three_said(x->low, &id, "arrived", NULL, NULL, NULL), 0,
	    "while nobody is signed in, nobody has received it");
	three_sign_in(x, x->top);
	ok(three_hears(x->low, &id, "arrived", top, top, NULL, 20),
	    "who signs in has it, and says so");
}

static void
at_home_too(struct row_of_three *x)
{
	const char *low = x->low->desk_address;
	struct id id = three_send(x, x->low, 4, NULL, NULL);

	ok(three_hears(x->low, &id, "arrived", low, low, NULL, 20),
	    "of one's own station receipts count the same");
}

static void
what_was_to_be_signed_outlives_a_kill(struct row_of_three *x)
{
	const char *low = x->low->desk_address;
	struct id id;
	pid_t store;

	id = three_send(x, x->top, 4, NULL, NULL);
	ok(three_hears(x->low, &id, NULL, low, NULL, NULL, 20) ||
		seat_waits(x->low, "event=", 1, 1),
	    "it lies there");
	store = seat_process(x->mid, "store");
	(void)kill(store, SIGKILL);
	ok(three_hears(x->top, &id, "arrived", low, low, NULL, 40),
	    "a station on the way that is killed loses no receipt");
}

int
main(void)
{
	struct row_of_three x;
	size_t i;

	three_begin(&x, "");
	for (i = 0; i < 3; i++)
		if (!seat_start(&x.c.seats[i]))
			bug("a station does not start");
	for (i = 0; i < 3; i++)
		three_sign_in(&x, &x.c.seats[i]);
	receipts_come_back(&x);
	at_home_too(&x);
	what_was_to_be_signed_outlives_a_kill(&x);
	the_way_is_known(&x);
	nothing_ends_in_silence(&x);
	nobody_signs_for_an_empty_desk(&x);
	for (i = 0; i < 3; i++)
		is(seat_said(&x.c.seats[i], "receipt.refused"), 0,
		    "nothing that was said is refused at %s",
		    x.c.seats[i].address);
	three_end(&x);
	return done();
}
