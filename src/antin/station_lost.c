/* SPDX-License-Identifier: EUPL-1.2 */
/* antin station lost: what a station that is lost had, and what to do (docs/
 * emergency.md 4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/talk.h"
#include "core/base64.h"
#include "core/lang.h"
#include "core/time.h"
#include "envelope/address.h"
#include "file/file.h"
#include "pki/last.h"

struct lost {
	json_t *station;    /* the last row "lost"; borrowed from "all" */
	json_t *keys;	    /* owned */
	json_t *dispatches; /* owned */
	json_t *disks;	    /* owned: by number */
};

static void
lost_free(struct lost *l)
{
	json_decref(l->station);
	json_decref(l->keys);
	json_decref(l->dispatches);
	json_decref(l->disks);
}

/* Each answer is of some dispatches; its row "lost" says where to go on. */
static enum rc
lost_ask(struct lost *out, struct talk *t, const char *address, struct err *e)
{
	json_t *rows, *row, *request;
	char number[24];
	uint64_t next = 0;
	enum rc rc = RC_OK;
	size_t i;

	*out = (struct lost){ .keys = json_array(),
		.dispatches = json_array(),
		.disks = json_object() };
	do {
		request = json_object();
		show_word(request, "address", address);
		show_number(request, "at", next);
		rc = talk_rows(t, CONTROL_LOST, request, &rows, e);
		if (rc != RC_OK)
			return rc;
		next = 0;
		json_array_foreach(rows, i, row)
		{
			if (row_is(row, "lost-key"))
				(void)json_array_append(out->keys, row);
			else if (row_is(row, "lost-dispatch"))
				(void)json_array_append(out->dispatches, row);
			if (row_is(row, "lost-disk")) {
				(void)snprintf(number, sizeof(number), "%lld",
				    (long long)row_int(row, "disk"));
				(void)json_object_set(out->disks, number, row);
			}
			if (!row_is(row, "lost"))
				continue;
			next = (uint64_t)row_int(row, "next");
			json_decref(out->station);
			out->station = json_incref(row);
		}
		json_decref(rows);
	} while (next != 0);
	if (out->station == NULL)
		rc = fail(e, RC_INVALID,
		    "the daemon answers in a way that is not understood");
	else
		(void)json_object_del(out->station, "next");
	return rc;
}

/* ---- for a person
 * --------------------------------------------------------------------- */

static const char *
state_said(char text[static 64], const json_t *row)
{
	if (row_int(row, "disk") > 0) {
		(void)snprintf(text, 64, tr("on disk %lld"),
		    (long long)row_int(row, "disk"));
		return text;
	}
	if (strcmp(row_text(row, "state"), "here") == 0)
		return tr("came here");
	return row_state(row);
}

static const char *
receipt_said(const json_t *row)
{
	static const struct label {
		const char *word, *text;
	} labels[] = {
		{ "arrived", "arrived" },
		{ "opened", "opened" },
		{ "acted", "acted on" },
		{ "refused", "refused" },
	};
	const struct label *label;
	size_t i;

	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		label = &labels[i];
		if (strcmp(row_text(row, "receipt"), label->word) == 0)
			return tr(label->text);
	}
	return tr("none known");
}

static void
print_dispatches(const json_t *rows)
{
	struct table t = { .columns = 7 };
	char id[SHORT_ID], when[TIME_TEXT], state[64];
	json_t *row;
	size_t i;

	table_add(&t, tr("Id"));
	table_add(&t, tr("Way"));
	table_add(&t, tr("Precedence"));
	table_add(&t, tr("State"));
	table_add(&t, tr("Since"));
	table_add(&t, tr("Receipt"));
	table_add(&t, tr("Desk"));
	json_array_foreach(rows, i, row)
	{
		row_short(id, row);
		row_time(when, row, "at");
		table_add(&t, id);
		table_add(&t, strcmp(row_text(row, "way"), "from") == 0
				  ? tr("from it")
				  : tr("to it"));
		table_add_precedence(&t, row);
		table_add(&t, state_said(state, row));
		table_add(&t, when);
		table_add(&t, receipt_said(row));
		table_add(&t, row_text(row, "desk"));
	}
	table_print(&t);
}

/* What waits here, and may have got there all the same. */
static void
print_disks(json_t *disks)
{
	struct table t = { .columns = 3 };
	const char *number;
	char when[TIME_TEXT];
	json_t *row;

	if (json_object_size(disks) == 0)
		return;
	say("What is on a disk has not been acknowledged, and may have got "
	    "there. Disks written here:\n");
	table_add(&t, tr("Disk"));
	table_add(&t, tr("Written"));
	table_add(&t, tr("For"));
	json_object_foreach(disks, number, row)
	{
		row_time(when, row, "at");
		table_add(&t, number);
		table_add(&t, when);
		table_add(&t, row_text(row, "for"));
	}
	table_print(&t);
}

static void
print_keys(const json_t *rows)
{
	struct table t = { .columns = 3 };
	char until[TIME_TEXT];
	json_t *row;
	size_t i;

	table_add(&t, tr("Key"));
	table_add(&t, tr("Until"));
	table_add(&t, tr("Of"));
	json_array_foreach(rows, i, row)
	{
		row_time(until, row, "until");
		table_add(&t, row_text(row, "tag"));
		table_add(&t, until);
		table_add(&t, row_text(row, "address"));
	}
	table_print(&t);
}

static void
print_journal(const json_t *s)
{
	const long long known = (long long)row_int(s, "known_entries"),
			said = (long long)row_int(s, "entries");
	char when[TIME_TEXT];

	row_time(when, s, "known_at");
	if (known == 0)
		say("Of its journal nothing is known here.\n");
	else
		say("Its journal is known up to entry %lld, of %s (life "
		    "%lld).\n",
		    known, when, (long long)row_int(s, "incarnation"));
	if (said > known)
		say("By its last word it had %lld: what it did in the last "
		    "%lld, nobody else knows.\n",
		    said, said - known);
}

static void
print_station(const json_t *s)
{
	char when[TIME_TEXT], came[TIME_TEXT];

	(void)printf("%s\n", row_text(s, "station"));
	if (strcmp(row_text(s, "state"), "reported") != 0) {
		say("It has not said that it was destroyed: its keys may be "
		    "in other hands.\n");
	} else {
		row_time(when, s, "at");
		row_time(came, s, "reported");
		if (strcmp(row_text(s, "by"), "code") == 0)
			say("It said at %s, by the emergency code, that it was "
			    "being destroyed; that came at %s.\n",
			    when, came);
		else
			say("It said at %s, by %s, that it was being "
			    "destroyed; that came at %s.\n",
			    when, row_text(s, "by"), came);
	}
	print_journal(s);
}

/* One line an address: all that it has ends. */
static void
print_revokes(const json_t *keys, bool stations)
{
	const char *last = "", *address;
	json_t *row;
	size_t i;

	json_array_foreach(keys, i, row)
	{
		address = row_text(row, "address");
		if (strcmp(address, last) == 0 ||
		    address_is_station(bytes_str(address)) != stations)
			continue;
		last = address;
		(void)printf("  antin cert revoke --reason key-compromise %s\n",
		    address);
	}
}

static void
print_acts(const json_t *keys)
{
	say("What to do now: the authority revokes its keys; then its line "
	    "ends, and nobody seals for it any more:\n");
	print_revokes(keys, true); /* its line first */
	print_revokes(keys, false);
	say("Give the act to this station: antin directory give\n");
}

static void
print_lost(const struct lost *l)
{
	print_station(l->station);
	if (json_array_size(l->keys) == 0) {
		say("No key of it is in force any more.\n");
	} else {
		say("Keys of it that are in force (%zu):\n",
		    json_array_size(l->keys));
		print_keys(l->keys);
		print_acts(l->keys);
	}
	if (json_array_size(l->dispatches) == 0) {
		say("Of what went over this station it had nothing.\n");
		return;
	}
	say("What it had of what went over this station (%zu):\n",
	    json_array_size(l->dispatches));
	print_dispatches(l->dispatches);
	print_disks(l->disks);
}

static void
show_lost(struct lost *l)
{
	json_t *all = json_object(), *disks = json_array(), *row;
	const char *number;
	size_t i;

	row_times(l->station);
	json_array_foreach(l->keys, i, row) row_times(row);
	json_array_foreach(l->dispatches, i, row) row_times(row);
	(void)json_object_set(all, "station", l->station);
	(void)json_object_set(all, "keys", l->keys);
	(void)json_object_set(all, "dispatches", l->dispatches);
	json_object_foreach(l->disks, number, row)
	{
		row_times(row);
		(void)json_array_append(disks, row);
	}
	(void)json_object_set_new(all, "disks", disks);
	show(all, true);
}

/* Its last word, which somebody has carried here. */
static enum rc
give_word(struct talk *t, const char *path, struct err *e)
{
	struct buf word = { 0 }, data = { 0 };
	json_t *request;
	enum rc rc;

	if (path == NULL)
		return RC_OK;
	if ((rc = file_read(&word, path, LAST_MAX, e)) != RC_OK)
		goto out;
	request = json_object();
	base64_write(&data, buf_bytes(&word));
	show_number(request, "at", 1);
	show_text(request, "data", buf_bytes(&data));
	rc = talk_ask(t, CONTROL_DESTROYED, request, NULL, NULL, e);
out:
	buf_free(&word);
	buf_free(&data);
	return rc;
}

static enum rc
station_lost(const struct args *a, struct err *e)
{
	const char *address = a->rest[0];
	struct lost l = { 0 };
	struct talk t = { .fd = -1 };
	enum rc rc;

	if (!address_is_station(bytes_str(address)))
		return fail(e, RC_USAGE,
		    "wanted the address of a station, such as "
		    "antin://dien-bien.vn, found \"%s\"",
		    address);
	if ((rc = talk_open(&t, a, e)) != RC_OK ||
	    (rc = give_word(&t, arg(a, "last-word"), e)) != RC_OK ||
	    (rc = lost_ask(&l, &t, address, e)) != RC_OK)
		goto out;
	if (arg_given(a, "json"))
		show_lost(&l);
	else
		print_lost(&l);
out:
	lost_free(&l);
	talk_close(&t);
	return rc;
}

static const struct opt lost_opts[] = {
	{ "last-word", "FILE", "its last word, which was carried here", false },
	OPT_STATION,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_station_lost = {
	.name = "station lost",
	.args = "ADDRESS",
	.does = "List what a station below had that is lost, and what to do.",
	.opts = lost_opts,
	.least = 1,
	.most = 1,
	.run = station_lost,
};
