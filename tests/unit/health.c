/* SPDX-License-Identifier: EUPL-1.2 */
/* How a station is, by what it says of itself (docs/operations.md 1.3). */
#include "desk/health.h"

#include <string.h>

#include "../tap.h"
#include "core/time.h"

#define NOW INT64_C(1000000000)
#define SOUND                                                                  \
	"[{'row':'station','station':'antin://vn','now':1000000000,"           \
	"'clock':'network','free':1099511627776,'disk':2199023255552,"         \
	"'known':999999000,'alarms':0,'alarms_unseen':0}"
#define LIFE                                                                   \
	",{'row':'life','incarnation':1,'gaps':0,'restored':0,"                \
	"'backup':999999000}"

/* JSON with ' for ". */
static json_t *
rows_of(const char *text)
{
	char quoted[2048];
	size_t i;

	for (i = 0; text[i] != '\0' && i + 1 < sizeof(quoted); i++)
		quoted[i] = text[i] == '\'' ? '"' : text[i];
	quoted[i] = '\0';
	return json_loads(quoted, 0, NULL);
}

static bool
is_str(const char *got, const char *wanted, const char *name)
{
	return same(bytes_str(got), bytes_str(wanted), "%s", name);
}

/* The state that a report has for a check: "fine:"; and what it measured. */
static const char *
of_check(const char *status, const char *alarms, const char *check,
    uint64_t *value, uint64_t *bound)
{
	static char is[16];
	json_t *rows = rows_of(status), *all = rows_of(alarms), *found;
	struct health_report r = { .reader = HEALTH_OF_PAGES,
		.rows = rows,
		.alarms = all,
		.now = NOW,
		.checks = json_array() };
	const struct health_clock clock = { .machine = NOW };
	const struct health_disk disk = {
		.left = (uint64_t)row_int(health_row(&r, "station"), "free"),
		.all = (uint64_t)row_int(health_row(&r, "station"), "disk"),
	};
	size_t i;

	health_of_station(&r, 0);
	health_of_clock(&r, &clock);
	health_of_disk(&r, &disk);
	health_of_keys(&r);
	health_of_links(&r);
	health_of_queue(&r);
	health_of_journal(&r);
	health_of_backups(&r);
	health_of_alarms(&r);
	strcpy(is, "?");
	json_array_foreach(r.checks, i, found)
	{
		if (strcmp(row_text(found, "check"), check) != 0)
			continue;
		strcpy(is, row_text(found, "state"));
		/* whatever is not fine says what to do */
		if ((strcmp(is, "fine") != 0) !=
		    (json_object_get(found, "do") != NULL))
			strcpy(is, "no advice");
		if (value != NULL)
			*value = (uint64_t)row_int(found, "value");
		if (bound != NULL)
			*bound = (uint64_t)row_int(found, "bound");
	}
	if (strcmp(check, "worst") == 0)
		strcpy(is, health_word(health_worst(&r)));
	json_decref(r.checks);
	json_decref(rows);
	json_decref(all);
	return is;
}

static void
what_is_well_is_fine(void)
{
	static const char *const checks[] = { "station", "clock", "disk",
		"keys", "links", "queue", "journal", "backups", "alarms",
		"worst" };
	size_t i, fine = 0;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		fine += strcmp(of_check(
				   SOUND LIFE "]", "[]", checks[i], NULL, NULL),
			    "fine") == 0;
	is(fine, i, "a station that is well is fine in all");
}

/* One row or alarm more, or another station's row. */
static void
each_is_found(void)
{
#define STATION(more)                                                          \
	"[{'row':'station','now':1000000000,'clock':'network','known':1,"      \
	"'free':1099511627776" more "}"
#define ALARM(kind) "[{'row':'alarm','kind':'" kind "','state':'lasts'}]"
	static const struct {
		const char *rows, *alarms, *check, *state, *name;
	} all[] = {
		{ SOUND LIFE "]", ALARM("disk"), "disk", "wrong",
		    "a disk that refuses is wrong" },
		{ SOUND LIFE "]", ALARM("room"), "disk", "look",
		    "one that is nearly full wants a look" },
		{ STATION(",'free':5") "]", "[]", "disk", "wrong",
		    "5 bytes are wrong" },
		{ STATION(",'free':1073741823") "]", "[]", "disk", "look",
		    "under 1 GiB wants a look" },
		{ STATION(",'free':1073741824") "]", "[]", "disk", "fine",
		    "1 GiB is fine" },
		{ STATION(",'free':10737418240,'disk':1099511627776") "]", "[]",
		    "disk", "wrong", "under a 64th is wrong" },
		{ STATION(",'free':60000000000,'disk':1099511627776") "]", "[]",
		    "disk", "look", "under a 16th wants a look" },
		{ STATION(",'parent':'antin://vn'") "]", "[]", "links", "look",
		    "no line above wants a look" },
		{ STATION(",'parent':'antin://vn'") "]", ALARM("parent"),
		    "links", "wrong", "for long it is wrong" },
		{ STATION(",'parent':'antin://vn'") ",{'row':'link',"
						    "'station':'antin://"
						    "vn','state':'up'}]",
		    "[]", "links", "fine", "with a line it is fine" },
		{ SOUND LIFE "]", ALARM("child"), "links", "look",
		    "stations below that are away want a look" },
		{ STATION(",'parent':'antin://vn','clock':'own'") "]", "[]",
		    "clock", "look", "a clock of its own wants a look" },
		{ STATION(",'clock':'own'") "]", "[]", "clock", "fine",
		    "but not at the root" },
		{ SOUND ",{'row':'hop','messages':1,'oldest':999996400}]", "[]",
		    "queue", "fine", "what waits for an hour is fine" },
		{ SOUND ",{'row':'hop','messages':1,'oldest':999996399}]", "[]",
		    "queue", "look", "for longer it wants a look" },
		{ SOUND LIFE "]", ALARM("waits"), "queue", "wrong",
		    "what is late is wrong" },
		{ SOUND LIFE "]",
		    "[{'row':'alarm','kind':'waits','state':'over'}]", "queue",
		    "fine", "an alarm that is over is none" },
		{ SOUND LIFE "]", ALARM("clone"), "journal", "wrong",
		    "a station that is there twice is wrong" },
		{ SOUND ",{'row':'life','gaps':1,'backup':999999000}]", "[]",
		    "journal", "look", "gaps want a look" },
		{ SOUND ",{'row':'life','restored':1,'reopen':1000000500}]",
		    "[]", "station", "wrong",
		    "a station that is closed is "
		    "wrong" },
		{ SOUND ",{'row':'life','backup':0}]", "[]", "backups", "look",
		    "no backup wants a look" },
		{ SOUND ",{'row':'life','backup':999395200}]", "[]", "backups",
		    "fine", "one of 7 days is fine" },
		{ SOUND ",{'row':'life','backup':999395199}]", "[]", "backups",
		    "look", "one that is older is not" },
		{ SOUND LIFE ",{'row':'key','address':'antin://vn'}]", "[]",
		    "keys", "look", "keys that end soon want a look" },
		{ STATION(",'alarms':2,'alarms_unseen':1") "]", "[]", "alarms",
		    "look", "an alarm that nobody has seen wants a look" },
		{ STATION(",'alarms':2") "]", "[]", "alarms", "fine",
		    "those that were seen do not" },
		{ SOUND LIFE "]", ALARM("disk"), "worst", "wrong",
		    "the worst is said" },
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		is_str(of_check(all[i].rows, all[i].alarms, all[i].check, NULL,
			   NULL),
		    all[i].state, all[i].name);
}

static void
what_is_measured_is_said(void)
{
	uint64_t value, bound;

	(void)of_check(SOUND ",{'row':'hop','messages':1,'oldest':999990000}]",
	    "[]", "queue", &value, &bound);
	is(value, 10000, "how long something waits is given");
	is(bound, 3600, "and how long it may");
	(void)of_check(SOUND LIFE "]", "[]", "disk", &value, &bound);
	is(value, UINT64_C(1) << 40, "what the disk has left too");
	is(bound, (UINT64_C(1) << 41) / 16, "and a 16th of it");
}

static const char *
clock_is(int64_t machine, int64_t newest)
{
	static char is[16];
	json_t *rows = rows_of(SOUND LIFE "]");
	struct health_report r = {
		.rows = rows, .now = NOW, .checks = json_array()
	};
	const struct health_clock c = { machine, newest };

	health_of_clock(&r, &c);
	strcpy(is, row_text(json_array_get(r.checks, 0), "state"));
	json_decref(r.checks);
	json_decref(rows);
	return is;
}

static const char *
knows(const struct health_knowledge *k)
{
	static char is[16];
	struct health_report r = { .now = NOW, .checks = json_array() };

	health_of_knowledge(&r, k);
	strcpy(is, row_text(json_array_get(r.checks, 0), "state"));
	json_decref(r.checks);
	return is;
}

static void
clocks_and_knowledge_have_bounds(void)
{
	struct health_knowledge k = { .known = NOW - 7 * TIME_DAY };

	is_str(clock_is(NOW + 60, 0), "fine", "a minute apart is fine");
	is_str(clock_is(NOW - 61, 0), "look", "more wants a look");
	is_str(clock_is(NOW, NOW + 61), "wrong",
	    "before what has happened it is wrong");
	is_str(knows(&k), "fine", "a directory of 7 days is fine");
	k.known--;
	is_str(knows(&k), "look", "an older one is not");
	k.too_old = true;
	is_str(knows(&k), "wrong", "where the policy says so it is wrong");
	k = (struct health_knowledge){ .known = NOW, .fork = true };
	is_str(knows(&k), "wrong", "so are two ends of a log");
	k = (struct health_knowledge){ .none = true };
	is_str(knows(&k), "wrong", "and none at all");
	k.denied = true;
	is_str(knows(&k), "look", "but who may not read it cannot tell");
}

/* What is not asked because the station is silent. */
static void
silence_is_no_health(void)
{
	struct health_report r = { .now = NOW, .checks = json_array() };

	health_of_station(&r, 0);
	is(r.count[HEALTH_WRONG], 1, "a station that does not answer is wrong");
	health_of_keys(&r);
	health_of_links(&r);
	health_of_queue(&r);
	health_of_journal(&r);
	health_of_backups(&r);
	health_of_alarms(&r);
	health_of_malware(&r, -1);
	is(r.count[HEALTH_LOOK], 7, "and what it alone knows is not known");
	is(r.count[HEALTH_FINE], 0, "nothing is called fine");
	json_decref(r.checks);
}

int
main(void)
{
	what_is_well_is_fine();
	each_is_found();
	what_is_measured_is_said();
	clocks_and_knowledge_have_bounds();
	silence_is_no_health();
	return done();
}
