/* SPDX-License-Identifier: EUPL-1.2 */
/* antin journal gaps: what a station that was rolled back to an old copy does
 * not have of its past (docs/journal.md 7.5). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "antin/journal.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "dispatch/statement.h"
#include "journal/life.h"

#define GAP_SAID (30 * TIME_DAY) /* so long an inbox says it */

static void
gap_row(json_t *row, const struct life_gap *g)
{
	show_word(row, "row", "gap");
	show_number(row, "life", g->incarnation);
	show_number(row, "born", g->born);
	show_number(row, "entries", g->until - g->from);
	show_number(row, "from", g->from);
	show_number(row, "first", g->serials);
	show_number(row, "last", g->to);
	show_number(row, "anew", g->again);
	if (g->since > 0)
		(void)json_object_set_new(row, "since", json_integer(g->since));
	(void)json_object_set_new(row, "at", json_integer(g->at));
}

static void
heard_row(json_t *row, const struct statement *s)
{
	show_word(row, "row", "hearsay");
	show_id(row, "id", &s->id);
	show_number(row, "incarnation", s->incarnation);
	show_number(row, "serial", s->serial);
	show_text(row, "says", bytes_str(statement_word(s->kind)));
	if (s->desk.len > 0)
		show_text(row, "desk", s->desk);
	(void)json_object_set_new(row, "at", json_integer(s->at));
}

static void
print_gap(const json_t *row)
{
	char since[TIME_TEXT], at[TIME_TEXT];

	row_time(at, row, "at");
	say("Life %" PRId64 " was rolled back; life %" PRId64 " since %s\n",
	    row_int(row, "life"), row_int(row, "born"), at);
	if (row_int(row, "since") > 0) {
		row_time(since, row, "since");
		say("    what was written down since %s may be missing\n",
		    since);
	}
	say("    entries missing: %" PRId64 ", from %" PRId64 " on\n",
	    row_int(row, "entries"), row_int(row, "from"));
	if (row_int(row, "last") >= row_int(row, "first"))
		say("    numbers that had been given: %" PRId64 " to %" PRId64
		    "\n",
		    row_int(row, "first"), row_int(row, "last"));
	if (row_int(row, "anew") >= row_int(row, "first"))
		say("    of them given anew before it was noticed: up to "
		    "%" PRId64 "\n",
		    row_int(row, "anew"));
}

static void
print_heard(const json_t *row)
{
	char when[TIME_TEXT], id[SHORT_ID];

	row_time(when, row, "at");
	row_short(id, row);
	say("known only by its receipt: %s, number %" PRId64 " of life "
	    "%" PRId64 ": %s, %s\n",
	    id, row_int(row, "serial"), row_int(row, "incarnation"),
	    row_text(row, "says"), when);
}

/* One row of the answer: what it is, when, and its bytes. */
static enum rc
show_next(json_t *rows, struct rd *r, bool print, struct err *e)
{
	const unsigned what = rd_u8(r);
	json_t *row = json_object();
	struct statement s;
	struct life_gap g;
	struct bytes body;
	size_t len;
	enum rc rc = RC_OK;

	(void)rd_u64(r);
	len = (size_t)rd_u8(r) << 8;
	len |= rd_u8(r);
	body = rd_bytes(r, len);
	if (r->bad)
		rc = fail(e, RC_INVALID,
		    "the daemon answers in a way that is not understood");
	else if (what == 1 && (rc = life_gap_read(&g, body, e)) == RC_OK)
		gap_row(row, &g);
	else if (what == 2 && (rc = statement_read(&s, body, e)) == RC_OK)
		heard_row(row, &s);
	if (rc == RC_OK && print && what == 1)
		print_gap(row);
	else if (rc == RC_OK && print && what == 2)
		print_heard(row);
	(void)json_array_append_new(rows, row);
	return rc;
}

/* Those that come behind the ones that were shown. */
static enum rc
show_some(struct talk *t, json_t *rows, bool print, bool *more, struct err *e)
{
	struct buf piece;
	uint64_t total;
	struct rd r;
	enum rc rc;

	rc = journal_ask_at(t->fd, CONTROL_JOURNAL_GAPS, json_array_size(rows),
	    &piece, &total, e);
	if (rc != RC_OK)
		return rc;
	*more = piece.len > 0;
	r = rd_init(buf_bytes(&piece));
	while (rc == RC_OK && r.in.len > 0)
		rc = show_next(rows, &r, print, e);
	buf_free(&piece);
	return rc;
}

/* docs/backup.md 5.6 */
static void
say_lacking(const json_t *row)
{
	char since[TIME_TEXT], at[TIME_TEXT];

	if (strcmp(row_text(row, "row"), "gap") != 0 ||
	    row_int(row, "since") <= 0 ||
	    row_int(row, "at") < time_now() - GAP_SAID)
		return;
	row_time(since, row, "since");
	row_time(at, row, "at");
	say("This station was restored: what arrived from %s to %s is not "
	    "here but where it came again. Who sent it may have your receipt: "
	    "ask for it again.\n",
	    since, at);
}

enum rc
journal_gaps_say(struct talk *t, struct err *e)
{
	json_t *rows = json_array(), *row;
	bool more;
	size_t i;
	enum rc rc = show_some(t, rows, false, &more, e);

	json_array_foreach(rows, i, row) say_lacking(row);
	json_decref(rows);
	return rc;
}

static enum rc
journal_gaps(const struct args *a, struct err *e)
{
	const bool print = !arg_given(a, "json");
	json_t *rows = json_array();
	struct talk t = { .fd = -1 };
	bool more = true;
	enum rc rc;

	rc = talk_open(&t, a, e);
	while (rc == RC_OK && more)
		rc = show_some(&t, rows, print, &more, e);
	if (rc == RC_OK && print && json_array_size(rows) == 0)
		say("Nothing is missing.\n");
	if (rc == RC_OK && !print) {
		rows_show(rows);
		rows = NULL;
	}
	json_decref(rows);
	talk_close(&t);
	return rc;
}

static const struct opt gaps_opts[] = {
	OPT_STATION,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_journal_gaps = {
	.name = "journal gaps",
	.args = "",
	.does = "Show what the station lost when it was rolled back to an old "
		"copy.",
	.opts = gaps_opts,
	.least = 0,
	.most = 0,
	.run = journal_gaps,
};
