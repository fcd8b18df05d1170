/* SPDX-License-Identifier: EUPL-1.2 */
/* The rota (docs/duty.md 2): what people write, and what is wrong with it. */
#include <stdio.h>
#include <string.h>

#include "../tests/tap.h"
#include "core/time.h"
#include "desk/rota.h"
#include "dispatch/rota.h"

#define LAN "person lan=1001 Nguyễn Thị Lan\n"
#define MINH "person minh=1002 Trần Văn Minh\n"
#define DAY "2026-11-23 07:00  2026-11-23 19:00  lan\n"
#define NIGHT "2026-11-23 19:00  2026-11-24 07:00  minh\n"

static int64_t
at(const char *text)
{
	int64_t t;

	if (!time_parse(&t, bytes_str(text)))
		bug("no time");
	return t;
}

static enum rc
reads(struct rota *r, const char *text, struct err *e)
{
	enum rc rc = rota_parse(r, bytes_str(text), e);

	if (rc != RC_OK)
		note("%s", e->text);
	return rc;
}

/* This is refused, with this in what is said. */
static void
refuses(const char *text, const char *why, const char *name)
{
	struct rota r;
	struct err e;
	const enum rc rc = reads(&r, text, &e);

	ok(rc == RC_INVALID && strstr(e.text, why) != NULL &&
		r.people == NULL && r.shifts == NULL,
	    "%s", name);
	rota_free(&r);
}

static void
a_rota_says_who(void)
{
	const struct rota_shift *s;
	struct rota r;
	struct err e;
	int64_t from, until;

	is(reads(&r, LAN MINH NIGHT "# a remark\n\n" DAY, &e), RC_OK,
	    "a rota is read, in whatever order");
	s = rota_at(&r, at("2026-11-23T07:00"));
	ok(s != NULL && strcmp(r.people[s->person].login, "lan") == 0,
	    "a shift begins with its first minute, in Vietnam's time");
	s = rota_at(&r, at("2026-11-23T19:00"));
	ok(s != NULL && strcmp(r.people[s->person].login, "minh") == 0,
	    "and ends before its last, which is the next one's");
	ok(rota_at(&r, at("2026-11-24T07:00")) == NULL,
	    "after the last nobody is");
	s = rota_next(&r, at("2026-11-23T08:00"), 1001);
	ok(s != NULL && strcmp(r.people[s->person].login, "minh") == 0,
	    "the next is who comes after");
	ok(rota_next(&r, at("2026-11-23T08:00"), 1002) == NULL,
	    "and never the same person again");
	ok(!rota_gap(&r, at("2026-11-23T07:00"), &from, &until),
	    "there is no gap");
	is(rota_check(&r, at("2026-11-23T12:00"), &e), RC_OK,
	    "it holds in the midst of it");
	is(rota_check(&r, at("2026-11-24T07:00"), &e), RC_INVALID,
	    "not when all of it is over");
	is(rota_check(&r, at("2024-11-23T07:00"), &e), RC_INVALID,
	    "nor when it is for a far year");
	rota_free(&r);
	is(reads(
	       &r, LAN MINH DAY "2026-11-23 20:00 2026-11-24 07:00 minh\n", &e),
	    RC_OK, "one with a gap is read");
	ok(rota_gap(&r, at("2026-11-23T07:00"), &from, &until) &&
		from == at("2026-11-23T19:00") &&
		until == at("2026-11-23T20:00"),
	    "and says where");
	rota_free(&r);
}

static void
people_are_told_apart(void)
{
	struct buf text = { 0 };
	struct rota r;
	struct err e;

	is(reads(&r,
	       "person lan1=7 Nguyễn Thị Lan\nperson lan2=8 Nguyễn Thị Lan\n"
	       "2026-11-23 07:00 2026-11-23 19:00 lan1\n"
	       "2026-11-23 19:00 2026-11-24 07:00 lan2\n",
	       &e),
	    RC_OK, "two people may have one name");
	ok(strcmp(rota_person(&r, 8)->login, "lan2") == 0,
	    "each is a user of his own");
	ok(rota_person(&r, 9) == NULL && rota_person(&r, ROTA_NOBODY) == NULL,
	    "and nobody else is one of them");
	rota_free(&r);
	refuses(LAN "person lan2=1001 Lê Thị Lan\n" DAY, "named already",
	    "two persons are not one user");
	refuses(LAN "person lan=1003 Lê Thị Lan\n" DAY, "named already",
	    "nor one login two persons");
	is(reads(&r,
	       "person lan=1001 Nguye\xcc\x82\xcc\x83n Thi\xcc\xa3 Lan\n" DAY,
	       &e),
	    RC_OK, "a name of combining letters is read");
	ok(strcmp(r.people[0].name, "Nguyễn Thị Lan") == 0,
	    "and kept in the one form");
	rota_free(&r);
	refuses("person lan=1001 La\x1b[31mn\n" DAY, "name",
	    "a name does not steer a terminal");
	refuses("person lan=1001\n" DAY, "name", "a person has a name");
	refuses("person l/an=1001 Lan\n" DAY, "login", "a login is a login");
	refuses("person lan=01 Lan\n" DAY, "login", "a uid has one spelling");
	refuses("person lan=4294967295 Lan\n" DAY, "login",
	    "and is that of a user");
	is(reads(&r, "person lan Nguyễn Thị Lan\n" DAY, &e), RC_OK,
	    "a person without a uid is read");
	is(rota_check(&r, at("2026-11-23T12:00"), &e), RC_INVALID,
	    "and does not hold before it has one");
	rota_write(&text, &r);
	ok(strstr((const char *)text.p, "person lan Nguyễn") != NULL,
	    "it is written as it was");
	buf_free(&text);
	rota_free(&r);
}

static void
what_is_wrong_is_said(void)
{
	struct buf all = { 0 };
	struct rota r;
	struct err e;
	unsigned i;

	refuses(LAN MINH DAY "2026-11-23 18:00 2026-11-24 07:00 minh\n",
	    "line 4: the shift overlaps",
	    "nobody is on with somebody else, and the line is said");
	refuses(LAN DAY DAY, "overlaps", "nobody is on twice");
	refuses(LAN "2026-11-23 07:00 2026-11-23 07:00 lan\n", "ends before",
	    "a shift has a time");
	refuses(LAN "2026-11-23 19:00 2026-11-23 07:00 lan\n", "ends before",
	    "and does not run back");
	refuses(LAN "2026-11-23 07:00 2027-11-23 07:00 lan\n", "7 days",
	    "a shift of a year is a slip");
	refuses(LAN "2026-02-30 07:00 2026-02-30 19:00 lan\n", "line 2",
	    "a day is one that there is");
	refuses(LAN "2026-11-23 7:00 2026-11-23 19:00 lan\n", "line 2",
	    "an hour has two digits");
	refuses(LAN "2026-11-23 07:00 2026-11-23 19:00 minh\n", "who",
	    "who is on is somebody");
	refuses(LAN "2026-11-23 07:00 2026-11-23 19:00 lan minh\n", "line 2",
	    "a shift is one person's");
	refuses(LAN, "no shift", "a rota has shifts");
	refuses("", "no shift", "nothing is no rota");
	is(reads(&r,
	       "\xef\xbb\xbf"
	       "person lan=1 Lan\r\n"
	       "23/11/2026 07:00\t23/11/2026 19:00 lan\r\n",
	       &e),
	    RC_OK, "what other editors write is read");
	rota_free(&r);
	for (i = 0; i < ROTA_MAX; i++)
		buf_u8(&all, '#');
	buf_u8(&all, '\n');
	is(rota_parse(&r, buf_bytes(&all), &e), RC_LIMIT,
	    "too much is not looked at");
	buf_free(&all);
	for (i = 0; i <= ROTA_PEOPLE; i++) {
		char line[60];

		(void)snprintf(line, sizeof(line), "person p%u=%u A\n", i, i);
		buf_add(&all, bytes_str(line));
	}
	is(rota_parse(&r, buf_bytes(&all), &e), RC_LIMIT,
	    "there are only so many people");
	buf_free(&all);
}

/* docs/duty.md 2.5 */
static void
who_has_no_user_gets_a_number(void)
{
	struct rota was, r, again;
	struct err e;
	uint64_t ha;

	is(reads(&was, LAN MINH DAY, &e), RC_OK, "there was a rota");
	is(reads(&r,
	       "person ha Hà\nperson minh Minh\nperson ba Ba\n"
	       "2026-11-23 07:00 2026-11-23 19:00 ha\n",
	       &e),
	    RC_OK, "and there is one without uids");
	is(rota_check(&r, at("2026-11-22T07:00"), &e), RC_INVALID,
	    "which is none yet");
	rota_number(&r, &was, 7);
	ha = r.people[0].uid;
	is(r.people[1].uid, 1002, "who was in it keeps his");
	ok(ha >= ROTA_PAGES && ha < UINT32_MAX,
	    "who is new gets one that no user has");
	ok(r.people[2].uid >= ROTA_PAGES && r.people[2].uid != ha,
	    "of his own");
	is(rota_check(&r, at("2026-11-22T07:00"), &e), RC_OK,
	    "then it can be put in force");
	is(reads(&again,
	       "person ha Hà\n"
	       "2026-11-23 07:00 2026-11-23 19:00 ha\n",
	       &e),
	    RC_OK, "he comes again");
	rota_number(&again, &was, 7);
	is(again.people[0].uid, ha, "by the same number");
	again.people[0].uid = ROTA_NOBODY;
	rota_number(&again, &was, ha);
	is(again.people[0].uid, ha + 1, "but where somebody else has it");
	again.people[0].uid = ROTA_NOBODY;
	rota_number(&again, &r, ha);
	is(again.people[0].uid, ha, "or it was his before");
	rota_free(&was);
	rota_free(&r);
	rota_free(&again);
}

/* What is wrong is found in the lists that a page sent. */
static void
faults_of(
    const char *people, const char *shifts, const char *want, const char *name)
{
	json_t *p = json_loads(people, 0, NULL),
	       *s = json_loads(shifts, 0, NULL);
	struct rota_fault f;
	struct buf text;
	struct err e;
	char is_at[40] = "";
	const enum rc rc = rota_of_lists(&text, p, s, &f, &e);

	if (rc == RC_OK)
		(void)snprintf(is_at, sizeof(is_at), "good");
	else if (f.list != NULL)
		(void)snprintf(is_at, sizeof(is_at), "%s.%zu", f.list, f.at);
	ok(strcmp(is_at, want) == 0 && (rc == RC_OK) == (text.len > 0), "%s",
	    name);
	if (strcmp(is_at, want) != 0)
		note("%s: %s", is_at, rc == RC_OK ? "" : e.text);
	buf_free(&text);
	json_decref(p);
	json_decref(s);
}

static void
a_page_is_told_which_item_is_wrong(void)
{
#define P                                                                      \
	"[{\"login\":\"lan\",\"name\":\"Lan\"},"                               \
	"{\"login\":\"minh\",\"name\":\"Minh\"}]"
#define S(who, a, b) "{\"login\":\"" who "\",\"from\":" #a ",\"until\":" #b "}"
	faults_of(P,
	    "[" S("lan", 1795392000, 1795435200) "," S(
		"minh", 1795435200, 1795478400) "]",
	    "good", "a rota of lists is one");
	faults_of(P,
	    "[" S("lan", 1795392000, 1795435200) "," S(
		"minh", 1795435140, 1795478400) "]",
	    "shifts.1", "that overlaps");
	faults_of(P, "[" S("lan", 1795392000, 1795392000) "]", "shifts.0",
	    "that ends as it begins");
	faults_of(P, "[" S("lan", 1795392030, 1795435200) "]", "shifts.0",
	    "that begins within a minute");
	faults_of(P, "[" S("lan", null, 1795435200) "]", "shifts.0",
	    "that does not begin");
	faults_of(P, "[" S("lan", "1", 1795435200) "]", "shifts.0",
	    "whose time is a text");
	faults_of(P, "[" S("lan", -60, 1795435200) "]", "shifts.0",
	    "from before all time");
	faults_of(P, "[" S("lan", 1, 9223372036854775807) "]", "shifts.0",
	    "or after it");
	faults_of(P, "[" S("ha", 1795392000, 1795435200) "]", "shifts.0",
	    "of nobody who is named");
	faults_of(P, "[" S("lan minh", 1795392000, 1795435200) "]", "shifts.0",
	    "of two at once");
	faults_of(P, "[" S("lan\\nperson x X", 1795392000, 1795435200) "]",
	    "shifts.0", "with a line in it");
	faults_of(P, "[{}]", "shifts.0", "with nothing in it");
	faults_of(
	    "[{\"login\":\"lan\"}]", "[]", "people.0", "a person has a name");
	faults_of("[{\"login\":\"lan\",\"name\":\"Lan\"},"
		  "{\"login\":\"lan\",\"name\":\"Mai\"}]",
	    "[]", "people.1", "and a login of his own");
	faults_of("[{\"login\":\"lan=0\",\"name\":\"Lan\"}]", "[]", "people.0",
	    "whose number no page says");
	faults_of("[{\"login\":\"a\",\"name\":\"A\\nperson b=0 B\"}]", "[]",
	    "people.0", "nor in a name");
	faults_of(P, "[]", "", "no shift at all is no item's fault");
}

int
main(void)
{
	who_has_no_user_gets_a_number();
	a_page_is_told_which_item_is_wrong();
	a_rota_says_who();
	people_are_told_apart();
	what_is_wrong_is_said();
	return done();
}
