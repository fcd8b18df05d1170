/* SPDX-License-Identifier: EUPL-1.2 */
/* Hours of contact that a child says (docs/link.md 20.7), at any time of day.
 */
#include <string.h>

#include "../tap.h"
#include "daemon/hours.h"
#include "crypto/random.h"
#include "daemon/process.h"

#define MINUTE 60
#define AT(h, m) (((h)*60 + (m)) * MINUTE - 7 * 3600 + (INT64_C(20000) * 86400))
#define MS INT64_C(600000) /* of patience */

static struct contact
said(const char *bytes, size_t len)
{
	struct contact c;

	contact_read(&c, bytes_of(bytes, len));
	return c;
}

/* 07:00-08:30, and over midnight 23:00-01:00 */
static const char two[] = "\x01\xa4\x01\xfe\x05\x64\x00\x3c";

static void
what_is_said_is_read(void)
{
	struct contact c = said(two, 8);

	is(c.count, 2, "two times of contact are read");
	hours_clock(AT(6, 59));
	ok(!contact_now(&c), "a minute before there is none");
	hours_clock(AT(7, 0));
	ok(contact_lasts(&c) == 0, "at its time it has just begun");
	hours_clock(AT(8, 29));
	ok(contact_lasts(&c) == 89, "it lasts");
	hours_clock(AT(8, 30));
	ok(!contact_now(&c), "until its end");
	hours_clock(AT(0, 30));
	ok(contact_lasts(&c) == 90, "one goes over midnight");
	c = said("", 0);
	ok(contact_lasts(&c) == INT64_MAX, "who says none is always here");
}

static void
the_next_is_named(void)
{
	const struct contact c = said(two, 8);
	char text[6];

	hours_clock(AT(3, 0));
	contact_next(text, &c);
	ok(strcmp(text, "07:00") == 0, "at three the next is at seven");
	hours_clock(AT(9, 0));
	contact_next(text, &c);
	ok(strcmp(text, "23:00") == 0, "at nine that of the evening");
}

static void
nonsense_says_nothing(void)
{
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = { { "\x01\xa4\x01", 3 }, { "\x01\xa4\x01\xfe\x05", 5 },
		{ "\x05\xa0\x00\x10", 4 }, { "\x00\x10\x05\xa1", 4 },
		{ "\x00\x10\x00\x10", 4 }, { "\xff\xff\xff\xff", 4 } };
	uint8_t some[CONTACT_MAX + 8];
	struct contact c;
	size_t i, k, wrong = 0;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		is(said(bad[i].bytes, bad[i].len).count, 0,
		    "what is not of the form says nothing (%zu)", i);
	for (i = 0; i < 20000; i++) {
		random_bytes(some, sizeof(some));
		contact_read(&c, bytes_of(some, i % sizeof(some)));
		wrong += c.count > HOURS_LINES;
		for (k = 0; k < c.count && c.count <= HOURS_LINES; k++)
			wrong += c.from[k] >= 1440 || c.to[k] > 1440;
	}
	is(wrong, 0, "nor do any bytes say more than a day has");
}

static void
who_is_away_is_missed_in_his_hours(void)
{
	const struct contact c = said(two, 8), always = said("", 0);
	struct absence a = { 0 };
	int64_t ms = 1000000;

	hours_clock(AT(6, 0));
	ok(!contact_missed(&a, &always, ms, ms + MS - 1, MS) &&
		contact_missed(&a, &always, ms, ms + MS, MS),
	    "who is always here is missed after ten minutes");
	a = (struct absence){ 0 };
	ok(!contact_missed(&a, &c, ms, ms + 100 * MS, MS),
	    "out of his hours nobody is");
	hours_clock(AT(7, 0));
	ms += 200 * MS;
	ok(!contact_missed(&a, &c, 1000000, ms, MS) &&
		!contact_missed(&a, &c, 1000000, ms + MS - 1, MS),
	    "in them he has ten minutes");
	ok(contact_missed(&a, &c, 1000000, ms + MS, MS), "then he is");
	hours_clock(AT(12, 0));
	ok(contact_missed(&a, &c, 1000000, ms + MS + 1, MS),
	    "and out of them as well");
	ok(!contact_missed(&a, &c, 0, ms + MS + 2, MS), "until he is here");
	hours_clock(AT(22, 59));
	(void)contact_missed(&a, &c, ms, ms, MS);
	hours_clock(AT(23, 0));
	(void)contact_missed(&a, &c, ms, ms + 1, MS);
	hours_clock(AT(2, 0));
	ok(contact_missed(&a, &c, ms, ms + 2, MS),
	    "a whole time of contact is missed however short it was");
	(void)contact_missed(&a, &c, 0, ms, MS);
	hours_clock(AT(8, 25));
	(void)contact_missed(&a, &c, ms, ms + 60000, MS);
	hours_clock(AT(8, 30));
	ok(!contact_missed(&a, &c, ms, ms + 360000, MS),
	    "who left some minutes before its end is not");
}

int
main(void)
{
	what_is_said_is_read();
	the_next_is_named();
	nonsense_says_nothing();
	who_is_away_is_missed_in_his_hours();
	return done();
}
