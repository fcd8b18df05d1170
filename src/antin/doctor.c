/* SPDX-License-Identifier: EUPL-1.2 */
/* antin doctor: is the station well, and what is to be done (docs/operations.md
 * 1).  What can be seen without the daemon is looked at without it. */
#include "antin/doctor.h"

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

#define PATIENCE_S 10 /* for a daemon that hangs */

/* ---- lines
 * ----------------------------------------------------------------------------
 */

static void
print_found(const json_t *found)
{
	static const char *const signs[] = { "●", "◐", "○" };
	static const char *const colours[] = { "\033[32m", "\033[33m",
		"\033[31m" };
	const char *words[] = { tr("fine"), tr("look"), tr("wrong") };
	const char *name = row_text(found, "name"),
		   *says = row_text(found, "says"),
		   *to_do = row_text(found, "do");
	enum health how = HEALTH_FINE;

	while (strcmp(row_text(found, "state"), health_word(how)) != 0)
		how++;
	if (wants_colour())
		(void)printf("%s%s %s\033[0m  %s: %s\n", colours[how],
		    signs[how], words[how], name, says);
	else
		(void)printf(
		    "%s %s  %s: %s\n", signs[how], words[how], name, says);
	if (to_do[0] != '\0')
		(void)printf("    -> %s\n", to_do);
}

static void
print_report(const struct health_report *r)
{
	json_t *found;
	size_t i;

	json_array_foreach(r->checks, i, found) print_found(found);
	say("%zu fine, %zu to look at, %zu wrong.\n", r->count[HEALTH_FINE],
	    r->count[HEALTH_LOOK], r->count[HEALTH_WRONG]);
}

static void
show_report(const struct health_report *r)
{
	json_t *root = json_object();

	show_word(root, "worst", health_word(health_worst(r)));
	(void)json_object_set(root, "checks", r->checks);
	show(root, true);
}

/* ---- getting to know it
 * -------------------------------------------------------------------- */

/* It answers: until the end of this run it is connected. */
static void
ask_daemon(struct doctor *d)
{
	const struct timeval patience = { PATIENCE_S, 0 };
	json_t *hello = json_object();
	char *path = station_path(d->site.data, "run/control");
	struct err none;
	enum rc rc;

	show_number(hello, "version", CONTROL_VERSION);
	rc = control_connect(&d->talk.fd, path, &none);
	if (rc == RC_OK) {
		(void)setsockopt(d->talk.fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		    sizeof(patience));
		rc =
		    talk_ask(&d->talk, CONTROL_HELLO, hello, NULL, NULL, &none);
	} else {
		json_decref(hello);
	}
	if (rc == RC_OK)
		rc = talk_rows(&d->talk, CONTROL_STATUS, NULL, &d->rows, &none);
	if (rc == RC_OK && talk_rows(&d->talk, CONTROL_ALARMS, NULL, &d->alarms,
			       &none) != RC_OK) {
		json_decref(d->rows);
		d->rows = NULL;
	}
	free(path);
}

static void
begin_report(struct doctor *d)
{
	struct health_report *r = &d->report;
	int64_t now;

	*r = (struct health_report){ .reader = HEALTH_OF_COMMAND,
		.rows = d->rows,
		.alarms = d->alarms,
		.now = time_now(),
		.checks = json_array() };
	now = row_int(health_row(r, "station"), "now");
	if (now > 0)
		r->now = now;
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
	if (resolve(d->directory, card.sign.address, d->report.now, &who,
		&none) == RC_OK)
		d->unit = who.unit;
	card_free(&card);
}

static void
look_at_all(struct doctor *d)
{
	struct health_report *r = &d->report;

	health_of_station(r, (long)d->daemon);
	check_configuration(d);
	check_clock(d);
	check_disk(d);
	check_memory(d);
	check_keys(d);
	check_knowledge(d);
	check_sandbox(d);
	health_of_links(r);
	health_of_queue(r);
	health_of_journal(r);
	health_of_backups(r);
	check_emergency(d);
	check_rules(d);
	health_of_malware(r, d->talk.fd);
	health_of_alarms(r);
}

static enum rc
doctor(const struct args *a, struct err *e)
{
	struct doctor d = {
		.a = a, .talk = { .a = a, .fd = -1 }, .unit = NONE
	};
	const size_t *wrong = &d.report.count[HEALTH_WRONG];
	struct err none;
	enum rc rc;

	if ((rc = site_find(&d.site, a, e)) != RC_OK)
		return rc;
	if (station_pid(&d.daemon, d.site.dir, &none) != RC_OK)
		d.daemon = 0;
	ask_daemon(&d);
	begin_report(&d);
	read_directory(&d);
	look_at_all(&d);
	if (arg_given(a, "json"))
		show_report(&d.report);
	else
		print_report(&d.report);
	if (*wrong > 0)
		rc = fail(e, RC_INVALID,
		    "%zu checks say that something is wrong", *wrong);
	talk_close(&d.talk);
	json_decref(d.rows);
	json_decref(d.alarms);
	json_decref(d.report.checks);
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
