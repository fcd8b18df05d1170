/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Drafts at a real station grow old (docs/registry.md 10.4): one goes 90 days
 * after it was changed last, and not before, however often the station is
 * killed meanwhile.
 */
#include "people.h"
#include "set_clock.h"

#define ONE "11111111111111111111111111111111"
#define TWO "22222222222222222222222222222222"

static json_t *
of(const struct user *u, const char *id, const char *data)
{
	json_t *r = json_object();

	(void)json_object_set_new(r, "as", json_string(u->address));
	(void)json_object_set_new(r, "desk", json_string(seat->desk_address));
	if (id != NULL)
		(void)json_object_set_new(r, "draft", json_string(id));
	if (data != NULL)
		(void)json_object_set_new(r, "data", json_string(data));
	return r;
}

static enum rc
does(enum control_what what, const char *id, const char *data)
{
	struct err e;
	enum rc rc = as(FIRST, what, of(&lan, id, data), NULL, &e);

	if (rc != RC_OK)
		note("%s", e.text);
	return rc;
}

/* The station is killed, and is there again when so many days have gone by;
 * she signs in. */
static void
days_go_by(int64_t days)
{
	unsigned i;

	(void)seat_stop(seat, SIGKILL);
	set_clock(seat, days * TIME_DAY);
	people_ahead = days * TIME_DAY;
	if (!seat_start(seat))
		bug("it does not start");
	for (i = 0;
	     i < 60 && signs_in(&lan, FIRST, WORDS, code_of(&lan)) != RC_OK;
	     i++)
		(void)sleep(1);
}

static bool
goes(const char *id)
{
	unsigned i;

	for (i = 0; i < patience(30) * 10; i++) {
		if (does(CONTROL_DRAFT_GET, id, NULL) == RC_ABSENT)
			return true;
		(void)usleep(100000);
	}
	return false;
}

static void
drafts_grow_old(void)
{
	is(does(CONTROL_DRAFT_PUT, ONE, "e30="), RC_OK, "a draft is kept");
	is(does(CONTROL_DRAFT_PUT, TWO, "e30="), RC_OK, "and another");
	days_go_by(89);
	is(does(CONTROL_DRAFT_GET, ONE, NULL), RC_OK,
	    "both are there after 89 days");
	is(does(CONTROL_DRAFT_PUT, TWO, "W10="), RC_OK, "one is changed");
	days_go_by(91);
	ok(goes(ONE), "after 91 days the other is gone");
	is(does(CONTROL_DRAFT_GET, TWO, NULL), RC_OK,
	    "what was changed meanwhile is there");
	days_go_by(180);
	ok(goes(TWO), "until 90 days after that");
}

int
main(int argc, char **argv)
{
	if (strcmp(argv[0], "antind") == 0)
		return antind_main(argc, argv);
	if (geteuid() != 0) {
		skip("only root speaks as others");
		return done();
	}
	country_begin(&land);
	daemon_is_this(&land);
	seat = country_seat(&land, NULL, "vn");
	user_new(&lan, ROLE_CLERK);
	country_write(seat, "");
	set_clock(seat, 0);
	user_write(&lan);
	(void)chmod(land.folder, 0711);
	if (!seat_start(seat))
		bug("the station does not start");
	ok(comes(&lan, "codes", "none") &&
		gets_codes(&lan, FIRST, NULL) == RC_OK &&
		signs_in(&lan, FIRST, WORDS, code_of(&lan)) == RC_OK,
	    "somebody signs in");
	drafts_grow_old();
	if (getenv("TELL") != NULL)
		seat_tells(seat);
	identity_free(&lan.keys);
	country_end(&land);
	return done();
}
