/* SPDX-License-Identifier: EUPL-1.2 */
/* antin status: how a station is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "antin/talk.h"
#include "core/lang.h"
#include "core/progress.h"
#include "core/time.h"
#include "core/utf8.h"

#define OLD_SECONDS 3600     /* what waits longer wants a look */
#define DISK_LEAST (1 << 30) /* bytes; less wants a look */

struct status {
	json_t *rows;  /* owned */
	json_t *desks; /* owned */
	int64_t now;   /* of the station */
	bool colour;
};

/* How a line of it is: said by a mark, and by a colour. */
enum mark { GOOD, WATCH, BAD };

static void
mark(const struct status *s, enum mark m)
{
	static const char *const signs[] = { "●", "◐", "○" };
	static const char *const colours[] = { "\033[32m", "\033[33m",
		"\033[31m" };

	if (s->colour)
		(void)printf("  %s%s\033[0m ", colours[m], signs[m]);
	else
		(void)printf("  %s ", signs[m]);
}

static void
heading(const struct status *s, const char *text)
{
	(void)printf(s->colour ? "\033[1m%s\033[0m\n" : "%s\n", text);
}

/* ---- its lines
 * ------------------------------------------------------------- */

static void
print_station(const struct status *s, const json_t *row)
{
	char when[TIME_TEXT], age[AGE_TEXT], size[SIZE_TEXT];
	const char *address = row_text(row, "station");
	int64_t room = row_int(row, "free");
	bool own = strcmp(row_text(row, "clock"), "own") == 0;

	heading(
	    s, address[0] == '\0' ? tr("(without an address yet)") : address);
	row_time(when, row, "now");
	mark(s, GOOD);
	if (own)
		say("clock: %s, this machine's own\n", when);
	else
		say("clock: %s, the network's\n", when);
	row_time(when, row, "known");
	if (when[0] != '\0') {
		age_write(age, s->now - row_int(row, "known"));
		mark(s, GOOD);
		say("directory: as of %s, %s ago\n", when, age);
	}
	size_write(size, (uint64_t)room);
	mark(s, room < DISK_LEAST ? BAD : GOOD);
	say("disk: %s free\n", size);
	if (row_int(row, "alarms") > 0) {
		mark(s, row_int(row, "alarms_unseen") > 0 ? BAD : WATCH);
		say("alarms: %lld, of which nobody has seen %lld; see antin "
		    "alarms\n",
		    (long long)row_int(row, "alarms"),
		    (long long)row_int(row, "alarms_unseen"));
	}
	mark(s, GOOD);
	say("accepted since its start: %lld\n",
	    (long long)row_int(row, "dispatches"));
}

/* NULL: to any. */
static bool
has_link(const struct status *s, const char *station)
{
	json_t *row;
	size_t i;

	json_array_foreach(s->rows, i, row)
	{
		if (row_is(row, "link") &&
		    (station == NULL ||
			strcmp(row_text(row, "station"), station) == 0))
			return true;
	}
	return false;
}

static void
print_link(const struct status *s, const json_t *row)
{
	bool up = strcmp(row_text(row, "state"), "up") == 0;
	char when[TIME_TEXT];

	row_time(when, row, "since");
	mark(s, up ? GOOD : BAD);
	if (up)
		say("%s: up since %s, %lld dispatches\n",
		    row_text(row, "station"), when,
		    (long long)row_int(row, "items"));
	else
		say("%s: down since %s\n", row_text(row, "station"), when);
}

static void
print_parent(const struct status *s, const json_t *row)
{
	const char *parent = row_text(row, "parent");

	if (parent[0] == '\0' || has_link(s, parent))
		return;
	if (!has_link(s, NULL))
		heading(s, tr("Links"));
	mark(s, BAD);
	say("%s, the station above: down; it is called again and again\n",
	    parent);
}

static void
print_hop(const struct status *s, const json_t *row)
{
	const char *hop = row_text(row, "hop");
	char size[SIZE_TEXT], age[AGE_TEXT];
	int64_t waited = s->now - row_int(row, "oldest");

	size_write(size, (uint64_t)row_int(row, "bytes"));
	age_write(age, waited);
	mark(s, waited > OLD_SECONDS ? WATCH : GOOD);
	say("%s: %lld dispatches, %s; the oldest for %s; up to %s\n",
	    hop[0] == '\0' ? tr("(no way is known)") : hop,
	    (long long)row_int(row, "messages"), size, age,
	    row_precedence(row));
}

static void
print_desk(const struct status *s, const json_t *row)
{
	char when[TIME_TEXT];

	row_time(when, row, "until");
	mark(s, when[0] == '\0' ? WATCH : GOOD);
	if (when[0] == '\0')
		say("%s (%s): not signed in\n", row_text(row, "desk"),
		    row_text(row, "name"));
	else
		say("%s (%s): signed in until %s\n", row_text(row, "desk"),
		    row_text(row, "name"), when);
}

static void
print_key(const struct status *s, const json_t *row)
{
	char when[TIME_TEXT];

	row_time(when, row, "until");
	mark(s, WATCH);
	if (row_int(row, "requested") != 0)
		say("%s: its certificates end on %s; new ones are asked for, "
		    "and wait for the authority\n",
		    row_text(row, "address"), when);
	else
		say("%s: its certificates end on %s; see antin enrol request "
		    "--renew\n",
		    row_text(row, "address"), when);
}

static void
print_life(const struct status *s, const json_t *row)
{
	char when[TIME_TEXT];

	if (row_int(row, "restored") != 0) {
		row_time(when, row, "reopen");
		mark(s, BAD);
		say("closed since it was restored from a backup: it gives no "
		    "number and sends nothing before the others have said how "
		    "far it had come; from %s on you may open it: antin "
		    "station reopen\n",
		    when);
	}
	if (row_int(row, "backup") > 0) {
		row_time(when, row, "backup");
		mark(s, GOOD);
		say("last backup: %s\n", when);
	}
	if (row_int(row, "gaps") == 0)
		return;
	mark(s, WATCH);
	say("restored from an old copy: %lld times; antin journal gaps shows "
	    "what is missing\n",
	    (long long)row_int(row, "gaps"));
}

/* Rows of a kind, under a heading where there are any. */
static void
print_kind(const struct status *s, const json_t *rows, const char *kind,
    const char *title, void (*print)(const struct status *s, const json_t *row))
{
	bool any = false;
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (!row_is(row, kind))
			continue;
		if (!any && title != NULL)
			heading(s, title);
		any = true;
		print(s, row);
	}
}

static void
print_status(struct status *s)
{
	json_t *row;
	size_t i;

	s->colour = wants_colour();
	json_array_foreach(s->rows, i, row)
	{
		if (row_is(row, "station"))
			s->now = row_int(row, "now");
	}
	print_kind(s, s->rows, "station", NULL, print_station);
	print_kind(s, s->rows, "life", NULL, print_life);
	print_kind(s, s->rows, "link", tr("Links"), print_link);
	print_kind(s, s->rows, "station", NULL, print_parent);
	print_kind(s, s->rows, "hop", tr("Waiting"), print_hop);
	print_kind(s, s->desks, "desk", tr("Desks"), print_desk);
	print_kind(s, s->rows, "key", tr("Keys"), print_key);
}

/* ---- as JSON
 * --------------------------------------------------------------- */

static void
json_kind(json_t *to, const char *key, const json_t *rows, const char *kind)
{
	json_t *list = show_array(to, key), *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (!row_is(row, kind))
			continue;
		row_times(row);
		(void)json_array_append(list, row);
	}
}

static void
json_status(const struct status *s)
{
	json_t *root = json_object(), *row;
	size_t i;

	json_array_foreach(s->rows, i, row)
	{
		if (!row_is(row, "station"))
			continue;
		row_times(row);
		(void)json_object_update(root, row);
	}
	json_kind(root, "links", s->rows, "link");
	json_kind(root, "waiting", s->rows, "hop");
	json_kind(root, "desks", s->desks, "desk");
	json_kind(root, "keys", s->rows, "key");
	show(root, true);
}

static enum rc
status(const struct args *a, struct err *e)
{
	struct status s = { 0 };
	struct talk t;
	enum rc rc;

	rc = talk_open(&t, a, e);
	if (rc == RC_OK &&
	    (rc = talk_rows(&t, CONTROL_STATUS, NULL, &s.rows, e)) == RC_OK)
		rc = talk_rows(&t, CONTROL_DESKS, NULL, &s.desks, e);
	if (rc == RC_OK && arg_given(a, "json"))
		json_status(&s);
	else if (rc == RC_OK)
		print_status(&s);
	json_decref(s.rows);
	json_decref(s.desks);
	talk_close(&t);
	return rc;
}

static const struct opt opts[] = { OPT_STATION, OPT_JSON, OPT_END };
const struct cmd cmd_status = {
	.name = "status",
	.args = "",
	.does = "Show how the station is: its links, what waits, its disk, how "
		"old its directory is, who is signed in.",
	.opts = opts,
	.least = 0,
	.most = 0,
	.run = status,
};
