/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What waits in real stations, and who does something about it: operators,
 * time, and the alarms that call them (docs/station.md 5.6, 13, 14).
 */
#include "queue.h"
#include "receipts.h"

static struct country land;
static struct seat *centre, *province, *other, *commune;
static struct id last; /* that the centre got */

#define UP "event=link.up"

static void
begin(void)
{
	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	province = country_seat(&land, centre, "dien-bien");
	other = country_seat(&land, centre, "lai-chau");
	commune = country_seat(&land, province, "muong-nhe");
	country_write(centre, "deadline-thuong 4s\n");
	country_write(province, "deadline-khan 2s\nkeep-alive 1\n");
	country_write(other, "");
	country_write(commune, "");
}

static void
id_text(char out[static ID_TEXT], const struct id *id)
{
	id_write(out, id);
}

/* ---- hold, release
 * -------------------------------------------------------------- */

static void
what_is_held_stays(void)
{
	struct id ids[3];
	char text[ID_TEXT];
	uint64_t legs = 0;
	struct err e;
	size_t i;

	ok(seat_start(province), "a station runs, its parent does not");
	for (i = 0; i < 3; i++)
		must_send(province,
		    &(struct errand_of){ "khan", { centre }, 1000, 0, 0, NULL },
		    &ids[i]);
	id_text(text, &ids[1]);
	is(operates(province, CONTROL_HOLD, "id", text, NULL, NULL, &legs, &e),
	    RC_OK, "a dispatch is held");
	is(legs, 1, "which is one leg");
	is(operates(province, CONTROL_HOLD, "id", text, NULL, NULL, &legs, &e),
	    RC_OK, "it can be held again");
	is(legs, 0, "which changes nothing");
	ok(seat_said(province, "event=leg.held") == 1 &&
		seat_said(province, "uid=") > 0,
	    "the log says so, once, and who");
	is((uint64_t)seat_stop(province, SIGKILL), 256 + SIGKILL,
	    "the station is killed");
	ok(seat_start(centre) && seat_start(province),
	    "it comes back, and its parent too");
	ok(inbox_comes_to(centre, 2, 30), "what is not held arrives");
	ok(seat_has(province, CONTROL_QUEUE, "leg", "by", "operator") == 1 &&
		seat_has(province, CONTROL_QUEUE, "leg", "state", "held") == 1,
	    "what is held stays over a restart, and says who holds it");
	is(operates(
	       province, CONTROL_RELEASE, "id", text, NULL, NULL, &legs, &e),
	    RC_OK, "it is released");
	is(legs, 1, "again one leg");
	ok(inbox_comes_to(centre, 3, 20), "and finds its way");
	ok(queue_comes_to(province, "", "", 0, 10), "nothing waits then");
}

/* ---- drop
 * ----------------------------------------------------------------------- */

static void
what_is_dropped_is_over(void)
{
	struct id id;
	uint64_t legs = 0;
	struct err e;
	char text[ID_TEXT];

	(void)seat_stop(centre, SIGTERM);
	must_send(province,
	    &(struct errand_of){ "khan", { centre }, 1000, 0, 0, NULL }, &id);
	must_send(province,
	    &(struct errand_of){ "khan", { centre }, 1000, 0, 0, NULL }, &last);
	id_text(text, &id);
	is(operates(province, CONTROL_DROP, "id", text, NULL, NULL, NULL, &e),
	    RC_INVALID, "nothing is dropped without a reason");
	is(operates(province, CONTROL_DROP, "id", text, "reason", "sent twice",
	       &legs, &e),
	    RC_OK, "with one it is");
	is(legs, 1, "one leg");
	ok(seat_waits(province, "event=leg.reported", 1, 5) &&
		seat_waits(province, "code=5", 1, 5),
	    "which is reported");
	is(operates(
	       province, CONTROL_RELEASE, "id", text, NULL, NULL, &legs, &e),
	    RC_OK, "what is over is not released");
	is(legs, 0, "for it is over");
	is(operates(province, CONTROL_HOLD, "hop", centre->address, NULL, NULL,
	       &legs, &e),
	    RC_OK, "all that waits for a station is held");
	is(legs, 1, "which is the other one");
	ok(seat_start(centre), "the parent is back");
	ok(seat_waits(province, UP, 2, 20), "and the line");
	(void)usleep(500000);
	ok(inbox_comes_to(centre, 3, 1), "neither arrives");
	is(operates(province, CONTROL_RELEASE, "hop", centre->address, NULL,
	       NULL, &legs, &e),
	    RC_OK, "all of it is released");
	ok(inbox_comes_to(centre, 4, 20), "what was held does then");
}

/* ---- reroute
 * -------------------------------------------------------------------- */

static void
it_goes_another_way(void)
{
	uint64_t legs = 0;
	char text[ID_TEXT];
	unsigned i, told = 0;
	struct id id;
	struct err e;

	/* docs/receipts.md 7.1: what the centre says of it comes later */
	for (i = 0; i < 600 && told < 2; i++) {
		told = three_said(
			   province, &last, "custody", NULL, NULL, NULL) > 0;
		told += three_said(
			    province, &last, "arrived", NULL, NULL, NULL) > 0;
		(void)usleep(50000);
	}
	is(told, 2, "the centre has said what there is to say");
	(void)seat_stop(province, SIGTERM);
	ok(seat_start(other), "another child runs");
	ok(seat_waits(centre, "station=antin://lai-chau.vn", 1, 20),
	    "and is let in");
	must_send(centre,
	    &(struct errand_of){ "thuong", { province }, 1000, 0, 0, NULL },
	    &id);
	id_text(text, &id);
	is(operates(centre, CONTROL_REROUTE, "hop", province->address,
	       "station", commune->address, &legs, &e),
	    RC_ABSENT, "nothing goes over a station that is no neighbour");
	ok(seat_comes_to(
	       centre, CONTROL_ALARMS, "alarm", "kind", "waits", 1, 10),
	    "what waits too long raises an alarm");
	is(operates(centre, CONTROL_REROUTE, "id", text, "station",
	       other->address, &legs, &e),
	    RC_OK, "over a neighbour it does");
	is(legs, 1, "one leg");
	ok(queue_comes_to(centre, "", "", 0, 30), "here it waits no longer");
	ok(seat_comes_to(
	       centre, CONTROL_ALARMS, "alarm", "kind", "waits", 0, 30),
	    "and the alarm is over by itself");
	ok(queue_comes_to(other, "state", "held", 1, 20),
	    "which holds it: it does not go back");
	ok(seat_comes_to(other, CONTROL_ALARMS, "alarm", "kind", "held", 1, 10),
	    "with an alarm");
}

/* The operator's way stays over a restart, whatever the directory says. */
static void
a_way_that_was_chosen_stays(void)
{
	char text[ID_TEXT];
	struct id id;
	struct err e;

	(void)seat_stop(other, SIGTERM);
	must_send(centre,
	    &(struct errand_of){ "thuong", { province }, 1000, 0, 0, NULL },
	    &id);
	id_text(text, &id);
	is(operates(centre, CONTROL_REROUTE, "id", text, "station",
	       other->address, NULL, &e),
	    RC_OK, "a neighbour that is known will do, up or not");
	(void)seat_stop(centre, SIGTERM);
	ok(seat_start(centre), "the station is started anew");
	ok(queue_comes_to(centre, "hop", other->address, 1, 1),
	    "the way that was chosen stays");
	is(operates(centre, CONTROL_RELEASE, "id", text, NULL, NULL, NULL, &e),
	    RC_OK, "until it is released");
	ok(queue_comes_to(centre, "hop", province->address, 1, 1),
	    "then it is the directory's");
}

/* ---- expiry
 * --------------------------------------------------------------------- */

static void
what_expires_while_it_waits(void)
{
	struct err e;
	json_t *r;
	json_t *rows;
	size_t i;
	json_t *row;
	bool seen = false;

	(void)seat_stop(centre, SIGTERM);
	ok(seat_start(province) && seat_start(commune),
	    "a relay runs, and its child");
	ok(seat_waits(commune, UP, 1, 20), "with a line");
	must_send(commune,
	    &(struct errand_of){
		"khan", { centre }, 300000, 0, time_now() + 4, NULL },
	    NULL);
	ok(queue_comes_to(province, "", "", 1, 4),
	    "a dispatch waits at the relay");
	is(seat_files(province), 1, "its package is a file there");
	ok(queue_comes_to(province, "", "", 0, 10),
	    "when its time is over it waits no longer");
	ok(seat_waits(province, "event=dispatch.expired", 1, 5),
	    "the log says so");
	for (i = 0; i < 100 && seat_files(province) > 0; i++)
		(void)usleep(50000);
	is(seat_files(province), 0, "and its package goes");
	ok(seat_comes_to(
	       province, CONTROL_ALARMS, "alarm", "kind", "expired", 1, 5),
	    "somebody is called");
	rows = seat_rows(province, CONTROL_ALARMS, NULL);
	json_array_foreach(rows, i, row)
	{
		if (strcmp(row_word(row, "kind"), "expired") != 0)
			continue;
		r = json_object();
		(void)json_object_set(
		    r, "alarm", json_object_get(row, "alarm"));
		seen = seat_asks(province, CONTROL_SEEN, r, NULL, &e) == RC_OK;
	}
	json_decref(rows);
	ok(seen, "who sees it");
	is(seat_has(province, CONTROL_ALARMS, "alarm", "kind", "expired"), 0,
	    "and then it is over");
	ok(seat_start(centre) && seat_waits(province, UP, 4, 20),
	    "the line is back");
	(void)usleep(300000);
	ok(inbox_comes_to(centre, 4, 1), "what had expired does not arrive");
}

/* ---- the desk on duty
 * ----------------------------------------------------------- */

static void
who_is_on_duty_sees_alarms(void)
{
	char more[400];
	json_t *r, *rows;

	(void)seat_stop(province, SIGTERM);
	(void)seat_stop(centre, SIGTERM);
	(void)snprintf(more, sizeof(more), "deadline-khan 1s\nduty %s\n",
	    province->desk_address);
	country_write(province, more);
	ok(seat_start(province), "a station with a desk on duty");
	must_send(province,
	    &(struct errand_of){ "khan", { centre }, 100, 0, 0, NULL }, NULL);
	ok(seat_comes_to(
	       province, CONTROL_ALARMS, "alarm", "kind", "waits", 1, 10),
	    "what waits raises an alarm");
	r = json_object();
	(void)json_object_set_new(
	    r, "desk", json_string(province->desk_address));
	rows = seat_rows(province, CONTROL_ALARMS, r);
	ok(rows_with(rows, "alarm", "kind", "waits") == 1,
	    "the desk on duty is shown it");
	json_decref(rows);
	r = json_object();
	(void)json_object_set_new(r, "desk", json_string(centre->desk_address));
	rows = seat_rows(province, CONTROL_ALARMS, r);
	is(json_array_size(rows), 0, "no other desk is");
	json_decref(rows);
	is(seat_has(province, CONTROL_STATUS, "alarms", "kind", "waits"), 1,
	    "and the status counts it");
}

int
main(void)
{
	size_t i;

	begin();
	what_is_held_stays();
	what_is_dropped_is_over();
	it_goes_another_way();
	a_way_that_was_chosen_stays();
	what_expires_while_it_waits();
	who_is_on_duty_sees_alarms();
	for (i = 0; i < land.count; i++) {
		(void)seat_stop(&land.seats[i], SIGTERM);
		is(seat_said(&land.seats[i], "event=process.died"), 0,
		    "no process of %s has died", land.seats[i].address);
	}
	country_end(&land);
	return done();
}
