/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is urgent goes first through real stations: due times, and a child that
 * marks everything as urgent (docs/station.md 12).
 */
#include "queue.h"

static struct country land;
static struct seat *centre, *flood, *honest, *target;

#define FLOOD 30

static void
begin(void)
{
	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	flood = country_seat(&land, centre, "dien-bien");
	honest = country_seat(&land, centre, "lai-chau");
	target = country_seat(&land, centre, "son-la");
	country_write(centre, "quota-hoa-toc 5\nquota-thuong-khan 3\n");
	country_write(flood, "");
	country_write(honest, "");
	country_write(target, "");
}

/* The place of a dispatch among those that came to a desk: the first is 1. */
static size_t
place_of(const json_t *rows, const struct id *id)
{
	char text[ID_TEXT];
	size_t i, n = json_array_size(rows);

	id_write(text, id);
	for (i = 0; i < n; i++)
		if (strcmp(row_word(json_array_get(rows, i), "id"), text) == 0)
			return n - i;
	return 0;
}

/* ---- due times
 * ------------------------------------------------------------------ */

static void
what_is_due_first_goes_first(void)
{
	static const struct {
		const char *precedence;
		int days; /* until it is due; 0: it has no due time */
		size_t place;
	} sent[] = {
		{ "khan", 0, 6 },
		{ "hoa-toc-hen-gio", 5, 5 },
		{ "hoa-toc-hen-gio", 1, 2 },
		{ "hoa-toc-hen-gio", 3, 4 },
		{ "hoa-toc", 0, 1 },
		{ "hoa-toc-hen-gio", 2, 3 },
	};
	struct id ids[COUNT(sent)];
	size_t i, wrong = 0;
	json_t *rows;

	ok(seat_start(flood), "a station runs, its parent does not");
	for (i = 0; i < COUNT(sent); i++)
		must_send(flood,
		    &(struct errand_of){ sent[i].precedence, { centre }, 2000,
			sent[i].days == 0
			    ? 0
			    : time_now() + sent[i].days * TIME_DAY,
			0, NULL },
		    &ids[i]);
	ok(seat_start(centre) && inbox_comes_to(centre, COUNT(sent), 30),
	    "all of it arrives when that does");
	rows = seat_inbox(centre);
	for (i = 0; i < COUNT(sent); i++)
		if (place_of(rows, &ids[i]) != sent[i].place) {
			note("%s, %d days: %zu", sent[i].precedence,
			    sent[i].days, place_of(rows, &ids[i]));
			wrong++;
		}
	json_decref(rows);
	is(wrong, 0, "at once first, then what is due first, then the rest");
}

/* ---- quotas
 * --------------------------------------------------------------------- */

static void
a_flood_delays_no_other_child(void)
{
	struct id theirs[FLOOD], ours[2];
	size_t i, late = 0, urgent = 0;
	json_t *rows, *row;

	ok(seat_start(honest), "another child runs; a third one does not");
	for (i = 0; i < FLOOD; i++)
		must_send(flood,
		    &(struct errand_of){
			"hoa-toc", { target }, 3000, 0, 0, NULL },
		    &theirs[i]);
	ok(seat_comes_to(centre, CONTROL_QUEUE, "leg", "", "", FLOOD, 30),
	    "all that one child sends as hỏa tốc waits at the centre");
	is(seat_has(centre, CONTROL_QUEUE, "leg", "precedence", "hoa-toc"), 5,
	    "what its quota allows is carried so");
	is(seat_has(centre, CONTROL_QUEUE, "leg", "precedence", "thuong-khan"),
	    3, "then what the next quota allows");
	is(seat_has(centre, CONTROL_QUEUE, "leg", "precedence", "khan"),
	    FLOOD - 8, "and the rest as khẩn");
	is(seat_said(centre, "event=quota.over"), 1, "the log says so once");
	for (i = 0; i < 2; i++)
		must_send(honest,
		    &(struct errand_of){
			"hoa-toc", { target }, 1000, 0, 0, NULL },
		    &ours[i]);
	ok(seat_comes_to(centre, CONTROL_QUEUE, "leg", "", "", FLOOD + 2, 30),
	    "then another child sends two");
	ok(seat_start(target) && inbox_comes_to(target, FLOOD + 2, 40),
	    "the third child comes; all of it arrives");
	rows = seat_inbox(target);
	for (i = 0; i < 2; i++)
		late += place_of(rows, &ours[i]) > 7;
	json_array_foreach(rows, i, row) urgent +=
	    strcmp(row_word(row, "precedence"), "hoa-toc") == 0;
	is(late, 0, "the other child's hỏa tốc is not behind the flood");
	is(urgent, FLOOD + 2, "what the dispatches say of themselves stays");
	json_decref(rows);
}

int
main(void)
{
	size_t i;

	begin();
	what_is_due_first_goes_first();
	a_flood_delays_no_other_child();
	for (i = 0; i < land.count; i++) {
		(void)seat_stop(&land.seats[i], SIGTERM);
		is(seat_said(&land.seats[i], "event=process.died"), 0,
		    "no process of %s has died", land.seats[i].address);
	}
	country_end(&land);
	return done();
}
