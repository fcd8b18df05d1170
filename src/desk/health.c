/* SPDX-License-Identifier: EUPL-1.2 */
#include "desk/health.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/lang.h"
#include "core/progress.h"
#include "core/time.h"

#define SAYS 600 /* bytes of a sentence */

/* docs/operations.md 1.3: within these it is fine. */
#define CLOCK_SECONDS 60	 /* the machine's may differ by */
#define DISK_LOOK (1ull << 30)	 /* bytes that are free; or */
#define DISK_LOOK_PART 16	 /* this part of it */
#define DISK_WRONG (64ull << 20) /* docs/station.md 4.10 */
#define DISK_WRONG_PART 64
#define KNOWN_DAYS 7	   /* the directory is old */
#define QUEUE_SECONDS 3600 /* something may wait */
#define BACKUP_DAYS 7	   /* a backup is old */

/* ---- a report ------------------------------------------------------------ */

const char *
health_word(enum health how)
{
	static const char *const words[HEALTHS] = { "fine", "look", "wrong" };

	return words[how];
}

void
health_found(struct health_report *r, const char *check, const char *name,
    enum health how, const char *to_do, const char *fmt, ...)
{
	json_t *found = show_item(r->checks);
	char says[SAYS];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(says, sizeof(says), fmt, ap);
	va_end(ap);
	r->count[how]++;
	show_word(found, "check", check);
	show_text(found, "name", bytes_str(name));
	show_word(found, "state", health_word(how));
	show_text(found, "says", bytes_str(says));
	if (to_do != NULL)
		show_text(found, "do", bytes_str(to_do));
}

void
health_measured(struct health_report *r, uint64_t value, uint64_t bound)
{
	json_t *last =
	    json_array_get(r->checks, json_array_size(r->checks) - 1);

	show_number(last, "value", value);
	show_number(last, "bound", bound);
}

enum health
health_worst(const struct health_report *r)
{
	return r->count[HEALTH_WRONG] > 0  ? HEALTH_WRONG
	       : r->count[HEALTH_LOOK] > 0 ? HEALTH_LOOK
					   : HEALTH_FINE;
}

const json_t *
health_row(const struct health_report *r, const char *kind)
{
	json_t *row;
	size_t i;

	json_array_foreach(r->rows, i, row)
	{
		if (row_is(row, kind))
			return row;
	}
	return NULL;
}

size_t
health_alarms(const struct health_report *r, const char *kind)
{
	size_t i, n = 0;
	json_t *row;

	json_array_foreach(r->alarms, i, row) n +=
	    strcmp(row_text(row, "kind"), kind) == 0 &&
	    strcmp(row_text(row, "state"), "over") != 0;
	return n;
}

/* What is to be done, as who reads it would do it. */
static const char *
by(const struct health_report *r, const char *command, const char *page)
{
	return r->reader == HEALTH_OF_PAGES ? page : command;
}

bool
health_silent(struct health_report *r, const char *check, const char *name)
{
	if (r->rows != NULL)
		return false;
	health_found(r, check, name, HEALTH_LOOK,
	    tr("ask again when the station runs"),
	    tr("not known while the station does not answer"));
	return true;
}

/* ---- what is found out elsewhere too ------------------------------------- */

void
health_of_clock(struct health_report *r, const struct health_clock *c)
{
	const json_t *station = health_row(r, "station");
	const int64_t off = c->machine - r->now, apart = station == NULL ? 0
							 : off < 0	 ? -off
									 : off;
	const bool own =
	    station == NULL || strcmp(row_text(station, "clock"), "own") == 0;
	char age[AGE_TEXT], when[TIME_TEXT];

	time_write_vn(when, c->machine);
	age_write(age, apart);
	if (c->newest > c->machine + CLOCK_SECONDS)
		health_found(r, "clock", tr("clock"), HEALTH_WRONG,
		    tr("set this machine's clock, or replace its battery"),
		    tr("%s: before the newest that is known of the "
		       "authorities"),
		    when);
	else if (apart > CLOCK_SECONDS)
		health_found(r, "clock", tr("clock"), HEALTH_LOOK,
		    tr("set this machine's clock: the station needs it when "
		       "no line is up"),
		    tr("this machine's differs from the station's by %s"), age);
	else if (own && row_text(station, "parent")[0] != '\0')
		health_found(r, "clock", tr("clock"), HEALTH_LOOK,
		    tr("it is the network's again when the line to the "
		       "station above is up"),
		    tr("the station goes by this machine's own"));
	else
		health_found(r, "clock", tr("clock"), HEALTH_FINE, NULL,
		    own ? tr("%s, of this machine") : tr("%s, the network's"),
		    when);
	if (station != NULL)
		health_measured(r, (uint64_t)apart, CLOCK_SECONDS);
}

static enum health
judge_disk(const struct health_report *r, const struct health_disk *d)
{
	if (health_alarms(r, "disk") > 0 || d->full || d->left < DISK_WRONG ||
	    d->left < d->all / DISK_WRONG_PART)
		return HEALTH_WRONG;
	return health_alarms(r, "room") > 0 || d->left < DISK_LOOK ||
		       d->left < d->all / DISK_LOOK_PART
		   ? HEALTH_LOOK
		   : HEALTH_FINE;
}

void
health_of_disk(struct health_report *r, const struct health_disk *d)
{
	const enum health how = judge_disk(r, d);
	const char *const to_do[HEALTHS] = {
		[HEALTH_LOOK] =
		    tr("make room: large dispatches are put off before it is "
		       "full"),
		[HEALTH_WRONG] =
		    tr("make room now: the station takes nothing in; move what "
		       "is not the station's elsewhere"),
	};
	const uint64_t part = d->all / DISK_LOOK_PART;
	char room[SIZE_TEXT], has[SIZE_TEXT];

	size_write(room, d->left);
	size_write(has, d->has);
	if (d->has > 0)
		health_found(r, "disk", tr("disk"), how, to_do[how],
		    tr("%s free; the station has %s"), room, has);
	else
		health_found(r, "disk", tr("disk"), how, to_do[how],
		    tr("%s free"), room);
	health_measured(r, d->left, part > DISK_LOOK ? part : DISK_LOOK);
}

void
health_of_knowledge(struct health_report *r, const struct health_knowledge *k)
{
	const int64_t old = r->now > k->known ? r->now - k->known : 0;
	const char *newer = by(r,
	    tr("get a newer one: by the line to the station above, or "
	       "carried: antin directory give"),
	    tr("get a newer one: by the line to the station above, or carried "
	       "on a disk"));
	char age[AGE_TEXT];

	age_write(age, old);
	if (k->none)
		health_found(r, "knowledge", tr("directory"),
		    k->denied ? HEALTH_LOOK : HEALTH_WRONG,
		    tr("look by sudo; where it is damaged, bring it back from "
		       "the backup"),
		    "%s",
		    tr("it cannot be read, or does not know this station"));
	else if (k->fork)
		health_found(r, "knowledge", tr("directory"), HEALTH_WRONG,
		    by(r,
			tr("ask the authorities: antin directory show names "
			   "which; seal nothing secret meanwhile"),
			tr("ask the authorities: the alarms name which; seal "
			   "nothing secret meanwhile")),
		    tr("an authority has decided two things at once"));
	else if (k->too_old)
		health_found(r, "knowledge", tr("directory"), HEALTH_WRONG,
		    newer, tr("%s old: the policy forbids to seal by it"), age);
	else
		health_found(r, "knowledge", tr("directory"),
		    old > KNOWN_DAYS * TIME_DAY ? HEALTH_LOOK : HEALTH_FINE,
		    old > KNOWN_DAYS * TIME_DAY ? newer : NULL, tr("%s old"),
		    age);
	if (!k->none)
		health_measured(r, (uint64_t)old, KNOWN_DAYS * TIME_DAY);
}

/* ---- what the station says of itself ------------------------------------- */

void
health_of_station(struct health_report *r, long pid)
{
	const json_t *life = health_row(r, "life");
	char when[TIME_TEXT];

	if (r->rows == NULL && pid != 0) {
		health_found(r, "station", tr("station"), HEALTH_WRONG,
		    tr("look at its log; stop it and start it again"),
		    tr("it runs (process %ld) and does not answer, or not to "
		       "this user"),
		    pid);
	} else if (r->rows == NULL) {
		health_found(r, "station", tr("station"), HEALTH_WRONG,
		    tr("start it: antin station start, or the service manager"),
		    "%s", tr("it does not run"));
	} else if (row_int(life, "restored") != 0) {
		time_write_vn(when, row_int(life, "reopen"));
		health_found(r, "station", tr("station"), HEALTH_WRONG,
		    tr("wait for the others to say how far it had come; where "
		       "they cannot be reached: antin station reopen"),
		    tr("closed since it was restored: it gives no number and "
		       "sends nothing; it may be opened from %s on"),
		    when);
	} else if (pid != 0) {
		health_found(r, "station", tr("station"), HEALTH_FINE, NULL,
		    tr("it runs (process %ld) and answers"), pid);
	} else {
		health_found(r, "station", tr("station"), HEALTH_FINE, NULL,
		    "%s", tr("it runs and answers"));
	}
}

void
health_of_keys(struct health_report *r)
{
	size_t i, ending = 0;
	json_t *row;

	if (health_silent(r, "keys", tr("keys")))
		return;
	json_array_foreach(r->rows, i, row) ending += row_is(row, "key");
	if (ending > 0 || health_alarms(r, "key") > 0)
		health_found(r, "keys", tr("keys"), HEALTH_LOOK,
		    tr("a desk's are asked for by its own people; the "
		       "station's are renewed by themselves: remind the "
		       "authority to answer"),
		    tr("keys that end soon: %zu"), ending);
	else
		health_found(r, "keys", tr("keys"), HEALTH_FINE, NULL, "%s",
		    tr("none ends soon"));
}

void
health_of_links(struct health_report *r)
{
	const json_t *station = health_row(r, "station");
	const size_t down = health_alarms(r, "child");
	const char *parent = row_text(station, "parent");
	size_t i, up = 0, lines = 0;
	json_t *row;

	if (health_silent(r, "links", tr("links")))
		return;
	json_array_foreach(r->rows, i, row)
	{
		if (!row_is(row, "link"))
			continue;
		lines++;
		up += strcmp(row_text(row, "station"), parent) == 0;
	}
	if (parent[0] != '\0' && up == 0)
		health_found(r, "links", tr("links"),
		    health_alarms(r, "parent") > 0 ? HEALTH_WRONG : HEALTH_LOOK,
		    by(r,
			tr("look at the cable or modem and at \"parent\" in "
			   "the configuration; the log says why"),
			tr("look at the cable and the router, then call the "
			   "station above; it is called again and again by "
			   "itself")),
		    tr("no line to the station above, %s"), parent);
	else if (down > 0)
		health_found(r, "links", tr("links"), HEALTH_LOOK,
		    by(r, tr("call those stations: antin alarms names them"),
			tr("call those stations: the alarms name them")),
		    tr("%zu lines up; %zu stations below have been away for "
		       "over 10 minutes"),
		    lines, down);
	else
		health_found(r, "links", tr("links"), HEALTH_FINE, NULL,
		    tr("%zu lines up"), lines);
}

void
health_of_queue(struct health_report *r)
{
	const size_t late = health_alarms(r, "waits"),
		     held = health_alarms(r, "held"),
		     missing = health_alarms(r, "not-arrived");
	int64_t oldest = 0, waits, all = 0;
	char age[AGE_TEXT];
	json_t *row;
	size_t i;

	if (health_silent(r, "queue", tr("queue")))
		return;
	json_array_foreach(r->rows, i, row)
	{
		if (!row_is(row, "hop"))
			continue;
		all += row_int(row, "messages");
		waits = r->now - row_int(row, "oldest");
		oldest = waits > oldest ? waits : oldest;
	}
	age_write(age, oldest);
	if (late + held + missing > 0)
		health_found(r, "queue", tr("queue"), HEALTH_WRONG,
		    by(r,
			tr("antin alarms says which; antin queue reroute finds "
			   "another way, antin trace what became of one"),
			tr("the alarms say which; the page Network finds "
			   "another way, or has it carried by disk")),
		    tr("%lld wait; %zu alarms of what is late, %zu of what has "
		       "no way, %zu of what nobody has signed for"),
		    (long long)all, late, held, missing);
	else if (all > 0)
		health_found(r, "queue", tr("queue"),
		    oldest > QUEUE_SECONDS ? HEALTH_LOOK : HEALTH_FINE,
		    oldest <= QUEUE_SECONDS ? NULL
					    : by(r,
						  tr("antin queue says what "
						     "waits, and for whom"),
						  tr("the page Network says "
						     "what waits, and for "
						     "whom")),
		    tr("%lld wait, the oldest for %s"), (long long)all, age);
	else
		health_found(r, "queue", tr("queue"), HEALTH_FINE, NULL, "%s",
		    tr("nothing waits"));
	health_measured(r, (uint64_t)oldest, QUEUE_SECONDS);
}

void
health_of_journal(struct health_report *r)
{
	const json_t *life = health_row(r, "life");

	if (health_silent(r, "journal", tr("journal")))
		return;
	if (health_alarms(r, "clone") + health_alarms(r, "rolled-back") > 0)
		health_found(r, "journal", tr("journal"), HEALTH_WRONG,
		    by(r,
			tr("antin alarms says which station; antin journal "
			   "gaps what is missing"),
			tr("the alarms say which station; ask for what is "
			   "missing where it came from")),
		    tr("a station was rolled back to an old copy, or is there "
		       "twice"));
	else if (row_int(life, "gaps") > 0)
		health_found(r, "journal", tr("journal"), HEALTH_LOOK,
		    tr("antin journal gaps shows what is missing: ask for it "
		       "where it came from"),
		    tr("it has gaps: this station was rolled back %lld times"),
		    (long long)row_int(life, "gaps"));
	else
		health_found(r, "journal", tr("journal"), HEALTH_FINE, NULL,
		    tr("it goes on from its last checkpoint (life %lld)"),
		    (long long)row_int(life, "incarnation"));
}

void
health_of_backups(struct health_report *r)
{
	const int64_t last = row_int(health_row(r, "life"), "backup"),
		      old = r->now > last ? r->now - last : 0;
	const bool good = last != 0 && old <= BACKUP_DAYS * TIME_DAY;
	const char *make =
	    good ? NULL : tr("make one: antin backup, and keep it elsewhere");
	char age[AGE_TEXT];

	if (health_silent(r, "backups", tr("backups")))
		return;
	if (last == 0) {
		health_found(r, "backups", tr("backups"), HEALTH_LOOK, make,
		    "%s", tr("none is known to have been made"));
		return;
	}
	age_write(age, old);
	health_found(r, "backups", tr("backups"),
	    good ? HEALTH_FINE : HEALTH_LOOK, make,
	    tr("the last one is %s old"), age);
	health_measured(r, (uint64_t)old, BACKUP_DAYS * TIME_DAY);
}

void
health_of_alarms(struct health_report *r)
{
	const json_t *station = health_row(r, "station");
	const long long unseen = (long long)row_int(station, "alarms_unseen"),
			all = (long long)row_int(station, "alarms");

	if (health_silent(r, "alarms", tr("alarms")))
		return;
	if (unseen > 0)
		health_found(r, "alarms", tr("alarms"), HEALTH_LOOK,
		    by(r,
			tr("antin alarms lists them; antin alarms ack notes "
			   "that you have seen one"),
			tr("look at each, and note that you have seen it")),
		    tr("%lld last, of which nobody has seen %lld"), all,
		    unseen);
	else if (all > 0)
		health_found(r, "alarms", tr("alarms"), HEALTH_FINE, NULL,
		    tr("%lld last, all seen"), all);
	else
		health_found(r, "alarms", tr("alarms"), HEALTH_FINE, NULL, "%s",
		    tr("none"));
}

/* ---- malware ------------------------------------------------------------- */

/* What the station says of an empty file. */
static enum rc
ask_scan(json_t **answer, int fd, struct err *e)
{
	const int empty = memfd_create("empty", MFD_CLOEXEC);
	enum rc rc;

	*answer = NULL;
	if (empty < 0)
		return fail_io(e, "a file in memory");
	rc = control_ask(
	    fd, CONTROL_SCAN, json_object(), &empty, 1, NULL, answer, e);
	(void)close(empty);
	return rc;
}

/* It is configured, and away. */
static void
clamd_is_away(struct health_report *r, const char *why, bool required)
{
	health_found(r, "malware", tr("malware"),
	    required ? HEALTH_WRONG : HEALTH_LOOK,
	    tr("start clamd, and see that the station may use its socket: "
	       "clamd in antind.conf(5)"),
	    required ? tr("clamd is wanted and does not answer (%s): no file "
			  "is opened or sent by the pages")
		     : tr("clamd is wanted and does not answer (%s): files are "
			  "opened and sent without being looked at"),
	    why);
}

void
health_of_malware(struct health_report *r, int fd)
{
	struct buf why = { 0 };
	json_t *answer = NULL;
	const char *word;
	struct err e;
	enum rc rc;

	if (health_silent(r, "malware", tr("malware")))
		return;
	rc = ask_scan(&answer, fd, &e);
	word = row_text(answer, "scan");
	tr_said(&why, row_text(answer, "reason"));
	buf_u8(&why, '\0');
	if (rc != RC_OK)
		health_found(r, "malware", tr("malware"), HEALTH_LOOK,
		    tr("look at its log; ask again"), "%s", e.text);
	else if (strcmp(word, "off") == 0)
		health_found(r, "malware", tr("malware"), HEALTH_FINE, NULL,
		    "%s",
		    tr("no clamd is configured: files are not looked at"));
	else if (strcmp(word, "clean") == 0)
		health_found(r, "malware", tr("malware"), HEALTH_FINE, NULL,
		    "%s", tr("clamd answers: the pages' files are looked at"));
	else
		clamd_is_away(r, (const char *)why.p,
		    json_is_true(json_object_get(answer, "required")));
	buf_free(&why);
	json_decref(answer);
}

/* ---- all of it ----------------------------------------------------------- */

void
health_of_all(struct health_report *r, int fd)
{
	const json_t *station = health_row(r, "station"),
		     *room = health_row(r, "disk");
	const struct health_clock clock = { time_now(), 0 };
	const struct health_disk disk = {
		.left = (uint64_t)row_int(room, "free"),
		.all = (uint64_t)row_int(room, "size"),
	};
	const struct health_knowledge known = {
		.none = row_int(station, "known") == 0,
		.known = row_int(station, "known"),
		.fork = health_alarms(r, "fork") > 0,
	};

	health_of_station(r, 0);
	health_of_clock(r, &clock);
	health_of_disk(r, &disk);
	health_of_keys(r);
	health_of_knowledge(r, &known);
	health_of_links(r);
	health_of_queue(r);
	health_of_journal(r);
	health_of_backups(r);
	health_of_malware(r, fd);
	health_of_alarms(r);
}
