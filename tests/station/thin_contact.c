/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Hours of contact as the parent sees them (docs/link.md 20.7, 20.8): a child
 * that is away out of its hours is not missed, one that is away in them is.
 * The daemon here is this program, with clocks that can be set: the Makefile
 * wraps time_now() and process_ms(), so hours pass in a second.
 */
#include "queue.h"
#include "set_clock.h"

#define LATE 60u /* seconds */
#define HOUR 3600
#define LOOK 12000 /* milliseconds: by then it was looked at */

static struct country land;
static struct seat *centre, *commune;
static char begins[6]; /* its hours, tomorrow */

int64_t __real_process_ms(void);
int64_t __wrap_process_ms(void);

int64_t
__wrap_process_ms(void)
{
	return __real_process_ms() +
	       (clock_offset != NULL ? *clock_offset * 1000 : 0);
}

/* So many seconds have passed since the test began. */
static void
it_is(int64_t seconds)
{
	set_clock(centre, seconds);
	set_clock(commune, seconds);
}

static size_t
alarms(const char *kind)
{
	return seat_has(centre, CONTROL_ALARMS, "alarm", "kind", kind);
}

static bool
alarms_come_to(const char *kind, size_t n)
{
	return seat_comes_to(
	    centre, CONTROL_ALARMS, "alarm", "kind", kind, n, LATE);
}

/* Whatever there is to see by now was looked at, some times. */
static void
looked(void)
{
	(void)usleep(LOOK * 1000);
}

/* From an hour ago to an hour from now on, at UTC+7. */
static void
begin(void)
{
	const int64_t minute = __real_time_now() / 60 + 7 * 60;
	const unsigned from = (unsigned)((minute - 60) % 1440),
		       to = (unsigned)((minute + 60) % 1440);
	char more[128];

	country_begin(&land);
	centre = country_seat(&land, NULL, "vn");
	commune = country_seat(&land, centre, "muong-nhe");
	country_write(centre, "");
	(void)snprintf(
	    begins, sizeof(begins), "%02u:%02u", from / 60 % 24, from % 60);
	(void)snprintf(more, sizeof(more), "thin yes\ncontact %s-%02u:%02u\n",
	    begins, to / 60 % 24, to % 60);
	country_write(commune, more);
	daemon_is_this(&land);
	it_is(0);
}

static void
send_to_commune(const char *precedence)
{
	must_send(centre,
	    &(struct errand_of){ precedence, { commune }, 500, 0, 0, NULL },
	    NULL);
}

static void
nobody_is_missed_out_of_hours(void)
{
	ok(seat_start(centre) && seat_start(commune) &&
		seat_waits(centre, "thin=1", 1, LATE),
	    "a child is here in its hours");
	it_is(2 * HOUR);
	ok(seat_waits(centre, "event=link.down", 1, LATE),
	    "when they are over it leaves");
	is(seat_has(commune, CONTROL_ALARMS, "alarm", "kind", "parent"), 0,
	    "it does not miss its parent");
	(void)seat_stop(commune, SIGTERM);
	send_to_commune("khan");
	send_to_commune("hoa-toc");
	it_is(6 * HOUR);
	looked();
	is(alarms("child"), 0, "four hours later it is not missed either");
}

static bool
says(const char *kind, const char *precedence, const char *text)
{
	json_t *rows = seat_rows(centre, CONTROL_ALARMS, NULL), *row;
	bool found = false;
	size_t i;

	json_array_foreach(rows, i, row) found =
	    found || (strcmp(row_word(row, "kind"), kind) == 0 &&
			 strcmp(row_word(row, "precedence"), precedence) == 0 &&
			 strcmp(row_word(row, "text"), text) == 0);
	json_decref(rows);
	return found;
}

static void
what_waits_says_until_when(void)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "contact %s", begins);
	ok(alarms_come_to("waits", 1),
	    "what is urgent and waits for it calls somebody");
	ok(says("waits", "hoa-toc", text), "and says when it will be here");
}

static void
who_does_not_come_in_his_hours_is_missed(void)
{
	it_is(23 * HOUR + 120);
	looked();
	is(alarms("child"), 0, "two minutes after they began it may yet come");
	is(alarms("waits"), 1, "and what is not urgent may yet go");
	it_is(23 * HOUR + 900);
	ok(alarms_come_to("child", 1), "after fifteen it is missed");
	ok(alarms_come_to("waits", 2), "and so is what waits for it");
	it_is(26 * HOUR);
	looked();
	is(alarms("child"), 1, "nor is that over when its hours are");
	it_is(47 * HOUR + 60);
	ok(seat_start(commune) && alarms_come_to("child", 0),
	    "it is when it comes");
	ok(inbox_comes_to(commune, 2, LATE) && alarms_come_to("waits", 0),
	    "with all that had waited");
}

int
main(int argc, char **argv)
{
	if (strcmp(argv[0], "antind") == 0)
		return antind_main(argc, argv);
	begin();
	nobody_is_missed_out_of_hours();
	what_waits_says_until_when();
	who_does_not_come_in_his_hours_is_missed();
	(void)seat_stop(commune, SIGTERM);
	(void)seat_stop(centre, SIGTERM);
	is(seat_said(centre, "event=process.died") +
		seat_said(commune, "event=process.died"),
	    0, "no process has died");
	country_end(&land);
	return done();
}
