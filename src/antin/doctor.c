/* SPDX-License-Identifier: EUPL-1.2 */
/* antin doctor: is the station well, and what is to be done (docs/operations.md
 * 1).  What can be seen without the daemon is looked at without it. */
#include "antin/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "antin/station.h"
#include "antin/who.h"
#include "core/lang.h"
#include "core/time.h"
#include "file/directory_file.h"

#define SAYS 600	   /* bytes of a line */
#define PATIENCE_S 10	   /* for a daemon that hangs */
#define BACKUP_DAYS 7	   /* a backup that is older wants a look */
#define QUEUE_SECONDS 3600 /* what waits longer wants a look */

/* ---- lines
 * ----------------------------------------------------------------------------
 */

static void
print_found(
    const char *name, enum health how, const char *to_do, const char *says)
{
	static const char *const signs[] = { "●", "◐", "○" };
	static const char *const colours[] = { "\033[32m", "\033[33m",
		"\033[31m" };
	const char *word = how == FINE	 ? tr("fine")
			   : how == LOOK ? tr("look")
					 : tr("wrong");

	if (wants_colour())
		(void)printf("%s%s %s\033[0m  %s: %s\n", colours[how],
		    signs[how], word, name, says);
	else
		(void)printf("%s %s  %s: %s\n", signs[how], word, name, says);
	if (to_do != NULL)
		(void)printf("    -> %s\n", to_do);
}

void
found(struct doctor *d, const char *check, const char *name, enum health how,
    const char *to_do, const char *fmt, ...)
{
	static const char *const words[] = { "fine", "look", "wrong" };
	char says[SAYS];
	json_t *line;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(says, sizeof(says), fmt, ap);
	va_end(ap);
	d->count[how]++;
	if (d->checks == NULL) {
		print_found(name, how, to_do, says);
		return;
	}
	line = show_item(d->checks);
	show_word(line, "check", check);
	show_word(line, "state", words[how]);
	show_text(line, "says", bytes_str(says));
	if (to_do != NULL)
		show_text(line, "do", bytes_str(to_do));
}

const json_t *
doctor_row(const struct doctor *d, const char *kind)
{
	json_t *row;
	size_t i;

	json_array_foreach(d->rows, i, row)
	{
		if (row_is(row, kind))
			return row;
	}
	return NULL;
}

size_t
doctor_alarms(const struct doctor *d, const char *kind)
{
	size_t i, n = 0;
	json_t *row;

	json_array_foreach(d->alarms, i, row) n +=
	    strcmp(row_text(row, "kind"), kind) == 0;
	return n;
}

/* ---- what the daemon knows
 * -------------------------------------------------------------- */

static void
check_station(struct doctor *d)
{
	if (d->rows != NULL)
		found(d, "station", tr("station"), FINE, NULL,
		    tr("it runs (process %ld) and answers"), (long)d->daemon);
	else if (d->daemon != 0)
		found(d, "station", tr("station"), WRONG,
		    tr("look at its log; stop it and start it again"),
		    tr("it runs (process %ld) and does not answer, or not to "
		       "this user"),
		    (long)d->daemon);
	else
		found(d, "station", tr("station"), WRONG,
		    tr("start it: antin station start, or the service manager"),
		    tr("it does not run"));
}

/* What only the daemon can say. */
static bool
silent(struct doctor *d, const char *check, const char *name)
{
	if (d->rows != NULL)
		return false;
	found(d, check, name, LOOK, tr("ask again when the station runs"),
	    tr("not known while the station does not answer"));
	return true;
}

static void
check_links(struct doctor *d)
{
	const json_t *station = doctor_row(d, "station");
	const size_t down = doctor_alarms(d, "child");
	const char *parent = row_text(station, "parent");
	size_t i, up = 0, lines = 0;
	json_t *row;

	if (silent(d, "links", tr("links")))
		return;
	json_array_foreach(d->rows, i, row)
	{
		if (!row_is(row, "link"))
			continue;
		lines++;
		up += strcmp(row_text(row, "station"), parent) == 0;
	}
	if (parent[0] != '\0' && up == 0)
		found(d, "links", tr("links"),
		    doctor_alarms(d, "parent") > 0 ? WRONG : LOOK,
		    tr("look at the cable or modem and at \"parent\" in the "
		       "configuration; the log says why"),
		    tr("no line to the station above, %s"), parent);
	else if (down > 0)
		found(d, "links", tr("links"), LOOK,
		    tr("call those stations: antin alarms names them"),
		    tr("%zu lines up; %zu stations below have been away for "
		       "over 10 minutes"),
		    lines, down);
	else
		found(d, "links", tr("links"), FINE, NULL, tr("%zu lines up"),
		    lines);
}

static void
check_queue(struct doctor *d)
{
	const size_t late = doctor_alarms(d, "waits"),
		     held = doctor_alarms(d, "held"),
		     missing = doctor_alarms(d, "not-arrived");
	int64_t oldest = 0, waits, all = 0;
	char age[AGE_TEXT];
	json_t *row;
	size_t i;

	if (silent(d, "queue", tr("queue")))
		return;
	json_array_foreach(d->rows, i, row)
	{
		if (!row_is(row, "hop"))
			continue;
		all += row_int(row, "messages");
		waits = d->now - row_int(row, "oldest");
		oldest = waits > oldest ? waits : oldest;
	}
	age_write(age, oldest);
	if (late + held + missing > 0)
		found(d, "queue", tr("queue"), WRONG,
		    tr("antin alarms says which; antin queue reroute finds "
		       "another way, antin trace what became of one"),
		    tr("%lld wait; %zu alarms of what is late, %zu of what has "
		       "no way, %zu of what nobody has signed for"),
		    (long long)all, late, held, missing);
	else if (all > 0)
		found(d, "queue", tr("queue"),
		    oldest > QUEUE_SECONDS ? LOOK : FINE,
		    oldest > QUEUE_SECONDS
			? tr("antin queue says what waits, and for whom")
			: NULL,
		    tr("%lld wait, the oldest for %s"), (long long)all, age);
	else
		found(d, "queue", tr("queue"), FINE, NULL, tr("nothing waits"));
}

static void
check_journal(struct doctor *d)
{
	const json_t *life = doctor_row(d, "life");
	const size_t clones = doctor_alarms(d, "clone"),
		     rolled = doctor_alarms(d, "rolled-back");

	if (silent(d, "journal", tr("journal")))
		return;
	if (clones + rolled > 0)
		found(d, "journal", tr("journal"), WRONG,
		    tr("antin alarms says which station; antin journal gaps "
		       "what is missing"),
		    tr("a station was rolled back to an old copy, or is there "
		       "twice"));
	else if (row_int(life, "gaps") > 0)
		found(d, "journal", tr("journal"), LOOK,
		    tr("antin journal gaps shows what is missing: ask for it "
		       "where it came from"),
		    tr("it has gaps: this station was rolled back %lld times"),
		    (long long)row_int(life, "gaps"));
	else
		found(d, "journal", tr("journal"), FINE, NULL,
		    tr("it goes on from its last checkpoint (life %lld)"),
		    (long long)row_int(life, "incarnation"));
}

static void
check_backups(struct doctor *d)
{
	char age[AGE_TEXT];
	int64_t last = 0;
	json_t *row;
	size_t i;

	if (silent(d, "backups", tr("backups")))
		return;
	json_array_foreach(d->rows, i, row)
	{
		if (row_int(row, "backup") > last)
			last = row_int(row, "backup");
	}
	if (last == 0) {
		found(d, "backups", tr("backups"), LOOK,
		    tr("make one: antin backup, and keep it elsewhere"),
		    tr("none is known to have been made"));
		return;
	}
	age_write(age, d->now - last);
	if (d->now - last > BACKUP_DAYS * TIME_DAY)
		found(d, "backups", tr("backups"), LOOK,
		    tr("make one: antin backup, and keep it elsewhere"),
		    tr("the last one is %s old"), age);
	else
		found(d, "backups", tr("backups"), FINE, NULL,
		    tr("the last one is %s old"), age);
}

static void
check_alarms(struct doctor *d)
{
	const json_t *station = doctor_row(d, "station");
	const long long unseen =
			    (long long)row_int(station, "alarms_unseen"),
			all = (long long)row_int(station, "alarms");

	if (silent(d, "alarms", tr("alarms")))
		return;
	if (unseen > 0)
		found(d, "alarms", tr("alarms"), LOOK,
		    tr("antin alarms lists them; antin alarms ack notes that "
		       "you have seen one"),
		    tr("%lld last, of which nobody has seen %lld"), all,
		    unseen);
	else if (all > 0)
		found(d, "alarms", tr("alarms"), FINE, NULL,
		    tr("%lld last, all seen"), all);
	else
		found(d, "alarms", tr("alarms"), FINE, NULL, "%s", tr("none"));
}

/* ---- getting to know it
 * -------------------------------------------------------------------- */

static void
ask_daemon(struct doctor *d)
{
	const struct timeval patience = { PATIENCE_S, 0 };
	struct talk t = { .fd = -1 };
	json_t *hello = json_object();
	char *path = station_path(d->site.data, "run/control");
	const json_t *station;
	struct err none;
	enum rc rc;

	t.a = d->a;
	show_number(hello, "version", CONTROL_VERSION);
	rc = control_connect(&t.fd, path, &none);
	if (rc == RC_OK) {
		(void)setsockopt(
		    t.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		rc = talk_ask(&t, CONTROL_HELLO, hello, NULL, NULL, &none);
	} else {
		json_decref(hello);
	}
	if (rc == RC_OK)
		rc = talk_rows(&t, CONTROL_STATUS, NULL, &d->rows, &none);
	if (rc == RC_OK &&
	    talk_rows(&t, CONTROL_ALARMS, NULL, &d->alarms, &none) != RC_OK) {
		json_decref(d->rows);
		d->rows = NULL;
	}
	station = doctor_row(d, "station");
	if (station != NULL && row_int(station, "now") > 0)
		d->now = row_int(station, "now");
	talk_close(&t);
	free(path);
}

static void
read_directory(struct doctor *d)
{
	struct resolved who;
	struct card card;
	struct err none;

	d->unit = NONE;
	if (directory_read(&d->directory, d->site.directory, true, &none) !=
		RC_OK ||
	    who_card(&card, d->site.key, &none) != RC_OK)
		return;
	if (resolve(d->directory, card.sign.address, d->now, &who, &none) ==
	    RC_OK)
		d->unit = who.unit;
	card_free(&card);
}

static enum rc
outcome(const struct doctor *d, struct err *e)
{
	if (d->checks == NULL)
		say("%zu fine, %zu to look at, %zu wrong.\n", d->count[FINE],
		    d->count[LOOK], d->count[WRONG]);
	if (d->count[WRONG] == 0)
		return RC_OK;
	return fail(e, RC_INVALID, "%zu checks say that something is wrong",
	    d->count[WRONG]);
}

static void
show_checks(struct doctor *d)
{
	json_t *root = json_object();

	show_word(root, "worst",
	    d->count[WRONG] > 0	 ? "wrong"
	    : d->count[LOOK] > 0 ? "look"
				 : "fine");
	(void)json_object_set(root, "checks", d->checks);
	show(root, true);
}

static enum rc
doctor(const struct args *a, struct err *e)
{
	static void (*const checks[])(struct doctor * d) = { check_station,
		check_configuration, check_clock, check_disk, check_memory,
		check_keys, check_knowledge, check_sandbox, check_links,
		check_queue, check_journal, check_backups, check_emergency,
		check_rules, check_alarms };
	struct doctor d = { .a = a, .now = time_now(), .unit = NONE };
	struct err none;
	size_t i;
	enum rc rc;

	if ((rc = site_find(&d.site, a, e)) != RC_OK)
		return rc;
	if (arg_given(a, "json"))
		d.checks = json_array();
	if (station_pid(&d.daemon, d.site.dir, &none) != RC_OK)
		d.daemon = 0;
	ask_daemon(&d);
	read_directory(&d);
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		checks[i](&d);
	if (d.checks != NULL)
		show_checks(&d);
	rc = outcome(&d, e);
	json_decref(d.rows);
	json_decref(d.alarms);
	json_decref(d.checks);
	directory_free(d.directory);
	site_free(&d.site);
	return rc;
}

static const struct opt doctor_opts[] = {
	{ "conf", "FILE",
	    "the station's configuration (default: antind.conf in its folder)",
	    false },
	OPT_STATION,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_doctor = {
	.name = "doctor",
	.args = "",
	.does = "Look whether a station is well, and say what to do.",
	.opts = doctor_opts,
	.least = 0,
	.most = 0,
	.run = doctor,
};
