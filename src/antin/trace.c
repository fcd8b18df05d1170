/* SPDX-License-Identifier: EUPL-1.2 */
/* antin trace: the story of one dispatch, as this station knows it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "antin/talk.h"
#include "core/arena.h"
#include "core/lang.h"
#include "core/time.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "file/file.h"
#include "form/timeline.h"

/* ---- what happened, where, and when
 * ------------------------------------------------- */

struct event {
	int64_t at;  /* TIME_NEVER: it has not happened */
	size_t turn; /* of those of one time what goes first */
	const char *where;
	struct bytes what;
	enum timeline_mark mark;
};

struct story {
	const json_t *rows;
	struct event *events; /* owned */
	size_t count;
	struct arena text;
};

static void
story_free(struct story *s)
{
	free(s->events);
	arena_free(&s->text);
}

static void
tell(struct story *s, int64_t at, const char *where, const char *what,
    enum timeline_mark mark)
{
	s->events = vec_more(s->events, s->count, sizeof(*s->events));
	s->events[s->count] = (struct event){ at, s->count, where,
		arena_add(&s->text, bytes_str(what)), mark };
	s->count++;
}

/* What was told last goes before all else of that time. */
static void
goes_first(struct story *s)
{
	s->events[s->count - 1].turn = 0;
}

/* Somebody has signed one of these about this desk, or as this station. */
static bool
is_signed(const struct story *s, const char *key, const char *who,
    const char *const *says, size_t n)
{
	const json_t *row;
	size_t i, j;

	json_array_foreach(s->rows, i, row)
	{
		if (!row_is(row, "receipt") ||
		    strcmp(row_text(row, key), who) != 0)
			continue;
		for (j = 0; j < n; j++)
			if (strcmp(row_text(row, "says"), says[j]) == 0)
				return true;
	}
	return false;
}

static const char *const desks_say[] = { "arrived", "opened", "acted",
	"refused" };
static const char *const custody[] = { "custody" };

/* The words of a refusal stay here; what a desk signs has its code. */
static const char *
words_of(const struct story *s, const char *desk)
{
	const json_t *row;
	size_t i;

	json_array_foreach(s->rows, i, row)
	{
		if (row_is(row, "delivery") &&
		    strcmp(row_text(row, "desk"), desk) == 0)
			return row_text(row, "reason");
	}
	return "";
}

static void
tell_receipt(struct story *s, const json_t *row)
{
	static const char *const troubles[] = { "refused", "report", "inquiry",
		"answer" };
	const char *about = row_text(row, "about"), *says;
	const char *code = row_text(row, "code");
	enum timeline_mark mark = TIMELINE_DONE;
	struct buf what = { 0 };
	size_t i;

	says = row_text(row, "says");
	for (i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++)
		if (strcmp(says, troubles[i]) == 0)
			mark = TIMELINE_TROUBLE;
	buf_add(&what, bytes_str(state_name(says)));
	if (code[0] != '\0') {
		buf_add(&what, bytes_str(": "));
		buf_add(&what, bytes_str(state_name(code)));
	}
	if (strcmp(says, "refused") == 0 && words_of(s, about)[0] != '\0') {
		buf_add(&what, bytes_str(": "));
		buf_add(&what, bytes_str(words_of(s, about)));
	}
	buf_u8(&what, 0);
	tell(s, row_int(row, "at"),
	    about[0] == '\0' ? row_text(row, "by") : about,
	    (const char *)what.p, mark);
	if (strcmp(says, "custody") == 0 || strcmp(says, "hop") == 0)
		goes_first(s);
	buf_free(&what);
}

/* A way: where the next station has signed for it, its word stands. */
static void
tell_leg(struct story *s, const json_t *row)
{
	const char *state = row_text(row, "state"), *hop = row_text(row, "hop");
	const bool passed = strcmp(state, "passed") == 0;
	const bool waits = strcmp(state, "queued") == 0;
	const char *disk = row_text(row, "disk");
	char text[96], when[TIME_TEXT];

	if (passed && is_signed(s, "by", hop, custody, 1))
		return;
	if (disk[0] != '\0') {
		row_time(when, row, "disk_since");
		(void)snprintf(
		    text, sizeof(text), tr("on disk %s since %s"), disk, when);
	}
	tell(s, row_int(row, "at"),
	    hop[0] == '\0' ? tr("(no way is known)") : hop,
	    disk[0] != '\0' ? text : row_state(row),
	    passed  ? TIMELINE_DONE
	    : waits ? TIMELINE_WAITS
		    : TIMELINE_TROUBLE);
}

/* At a desk of this station that has not signed that yet. */
static void
tell_delivery(struct story *s, const json_t *row)
{
	const char *desk = row_text(row, "desk"), *reason;
	const char *const state = row_text(row, "state");
	struct buf what = { 0 };

	if (is_signed(s, "about", desk, &state, 1))
		return;
	reason = row_text(row, "reason");
	buf_add(&what, bytes_str(row_state(row)));
	if (reason[0] != '\0') {
		buf_add(&what, bytes_str(": "));
		buf_add(&what, bytes_str(reason));
	}
	buf_u8(&what, 0);
	tell(s, row_int(row, "at"), desk, (const char *)what.p,
	    TIMELINE_DONE);
	buf_free(&what);
}

/* Of whom nothing has come. */
static void
tell_destination(struct story *s, const json_t *row)
{
	const char *desk = row_text(row, "desk");

	if (!is_signed(s, "about", desk, desks_say, 4))
		tell(s, TIME_NEVER, desk, tr("has not confirmed it"),
		    TIMELINE_WAITS);
}

static void
tell_sent(struct story *s, const json_t *row)
{
	const char *desk = row_text(row, "desk");

	tell(s, row_int(row, "at"), desk[0] == '\0' ? tr("here") : desk,
	    desk[0] == '\0' ? tr("accepted by this station")
			    : tr("sealed, and accepted by this station"),
	    TIMELINE_DONE);
	goes_first(s);
}

static int
event_order(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->turn > y->turn) - (x->turn < y->turn);
}

static void
tell_all(struct story *s)
{
	static const struct {
		const char *row;
		void (*tell)(struct story *s, const json_t *row);
	} kinds[] = {
		{ "sent", tell_sent },
		{ "leg", tell_leg },
		{ "delivery", tell_delivery },
		{ "destination", tell_destination },
		{ "receipt", tell_receipt },
	};
	const json_t *row;
	size_t i, j;

	json_array_foreach(s->rows, i, row)
	{
		for (j = 0; j < sizeof(kinds) / sizeof(kinds[0]); j++)
			if (row_is(row, kinds[j].row))
				kinds[j].tell(s, row);
	}
	if (s->count > 0)
		qsort(s->events, s->count, sizeof(*s->events), event_order);
}

/* ---- shown
 * ---------------------------------------------------------------------------
 */

/* Day and hour as people write them here; empty for what has not happened. */
static void
event_time(char text[static TIME_TEXT], struct bytes *day, struct bytes *hour,
    const struct event *event)
{
	char *space;

	text[0] = '\0';
	if (event->at != TIME_NEVER)
		time_write_vn(text, event->at);
	space = strchr(text, ' ');
	*day = *hour = (struct bytes){ 0 };
	if (space == NULL)
		return;
	*day = bytes_of(text, (size_t)(space - text));
	*hour = bytes_str(space + 1);
}

static void
story_print(const struct story *s)
{
	struct table t = { .columns = 3 };
	char text[TIME_TEXT];
	struct buf what;
	size_t i;

	for (i = 0; i < s->count; i++) {
		text[0] = '\0';
		if (s->events[i].at != TIME_NEVER)
			time_write_vn(text, s->events[i].at);
		table_add(&t, text);
		table_add(&t, s->events[i].where);
		what = (struct buf){ 0 };
		if (s->events[i].mark == TIMELINE_TROUBLE)
			buf_add(&what, bytes_str("! "));
		buf_add(&what, s->events[i].what);
		buf_u8(&what, 0);
		table_add(&t, (const char *)what.p);
		buf_free(&what);
	}
	table_print(&t);
}

static enum rc
story_draw(const struct story *s, const struct id *id, const struct args *a,
    struct err *e)
{
	struct timeline_event *events = alloc(s->count, sizeof(*events));
	char(*times)[TIME_TEXT] = alloc(s->count, sizeof(*times));
	struct bytes day = { 0 };
	char title[ID_TEXT];
	struct buf svg;
	enum rc rc;
	size_t i;

	for (i = 0; i < s->count; i++) {
		event_time(
		    times[i], &events[i].day, &events[i].hour, &s->events[i]);
		/* what has not happened stands under the last day */
		if (events[i].day.len == 0)
			events[i].day = day;
		day = events[i].day;
		events[i].where = bytes_str(s->events[i].where);
		events[i].what = s->events[i].what;
		events[i].mark = s->events[i].mark;
	}
	id_write(title, id);
	timeline_draw(&svg, events, s->count, bytes_str(title));
	rc = file_write(
	    arg(a, "svg"), buf_bytes(&svg), 0644, arg_given(a, "force"), e);
	buf_free(&svg);
	free(events);
	free(times);
	return rc;
}

/* ---- the command
 * --------------------------------------------------------------------- */

enum rc
talk_dispatch(
    struct talk *t, const struct args *a, struct id *id, struct err *e)
{
	enum rc rc;

	if (id_parse(id, bytes_str(a->rest[0])))
		return RC_OK;
	rc = talk_act(t, arg(a, "desk"), e);
	return rc == RC_OK ? talk_id(t, a->rest[0], true, id, e) : rc;
}

static enum rc
trace(const struct args *a, struct err *e)
{
	struct story story = { 0 };
	json_t *rows = NULL, *request;
	struct talk t;
	struct id id;
	enum rc rc;

	rc = talk_open(&t, a, e);
	if (rc == RC_OK && (rc = talk_dispatch(&t, a, &id, e)) == RC_OK) {
		request = json_object();
		show_id(request, "id", &id);
		rc = talk_rows(&t, CONTROL_TRACE, request, &rows, e);
	}
	if (rc == RC_OK) {
		story.rows = rows;
		tell_all(&story);
	}
	if (rc == RC_OK && arg_given(a, "svg"))
		rc = story_draw(&story, &id, a, e);
	if (rc == RC_OK && arg_given(a, "json")) {
		rows_show(rows);
		rows = NULL;
	} else if (rc == RC_OK) {
		story_print(&story);
	}
	story_free(&story);
	json_decref(rows);
	talk_close(&t);
	return rc;
}

static const struct opt trace_opts[] = {
	{ "svg", "FILE", "also draw it as a picture for a browser", false },
	OPT_FORCE,
	OPT_DESK,
	OPT_STATION,
	OPT_PASSPHRASE,
	OPT_JSON,
	OPT_END,
};
const struct cmd cmd_trace = {
	.name = "trace",
	.args = "ID",
	.does = "Tell the story of a dispatch, station by station, as this "
		"station knows it: what was signed for, and what waits.",
	.opts = trace_opts,
	.least = 1,
	.most = 1,
	.run = trace,
};
