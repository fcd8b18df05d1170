/* SPDX-License-Identifier: EUPL-1.2 */
/* Registers: every backend keeps volumes, lines and remarks as
 * src/store/registry.h says (docs/registry.md 5). */
#include "contract.h"

#define YEAR 2026u

static enum rc
volume_opens(struct world *w, const char *book, unsigned year, unsigned volume)
{
	const struct store_volume v = { .book = bytes_str(book),
		.year = year,
		.volume = volume,
		.opened = SECOND,
		.first = 9,
		.closed = 9,
		.cover = bytes_str("cover") };

	return w->ops->registry->volume_open(w->s, &v, &w->e);
}

static enum rc
volume_closes(struct world *w, const char *book, unsigned volume)
{
	const struct store_volume v = { .book = bytes_str(book),
		.year = YEAR,
		.volume = volume,
		.closed = SECOND + 5,
		.cover = bytes_str("closed") };

	return w->ops->registry->volume_close(w->s, &v, &w->e);
}

static enum rc
line(struct world *w, const char *book, unsigned volume, uint64_t serial,
    unsigned level)
{
	const struct store_line l = { .book = bytes_str(book),
		.year = YEAR,
		.volume = volume,
		.serial = serial,
		.n = 100 + serial,
		.level = level,
		.rank = level % 2,
		.incoming = book[0] == 'i',
		.at = SECOND + (int64_t)serial,
		.cells = bytes_str("cells") };

	return w->ops->registry->line(w->s, &l, &w->e);
}

static bool
add_volume(void *ctx, const struct store_volume *v)
{
	char *text = ctx;
	size_t at = strlen(text);

	(void)snprintf(text + at, 200 - at, "%.*s/%u/%u:%u-%u%s%.*s ",
	    (int)v->book.len, (const char *)v->book.p, v->year, v->volume,
	    (unsigned)v->first, (unsigned)v->last, v->closed == 0 ? "" : "!",
	    (int)v->cover.len, (const char *)v->cover.p);
	return v->opened == SECOND;
}

static void
volumes_are(
    struct world *w, const char *book, const char *want, const char *name)
{
	char text[200] = "";

	must(w->ops->registry->volumes(
		 w->s, bytes_str(book), 7, add_volume, text, &w->e),
	    &w->e);
	same(bytes_str(text), bytes_str(want), "%s", name);
}

static bool
add_line(void *ctx, const struct store_line *l)
{
	char *text = ctx;
	size_t at = strlen(text);

	(void)snprintf(text + at, 200 - at, "%.*s/%u.%u ", (int)l->book.len,
	    (const char *)l->book.p, l->volume, (unsigned)l->serial);
	return bytes_is(l->cells, "cells") && l->year == YEAR &&
	       l->n == 100 + l->serial &&
	       l->at == SECOND + (int64_t)l->serial &&
	       l->rank == l->level % 2 && l->incoming == (l->book.p[0] == 'i');
}

static void
lines_are(struct world *w, unsigned volume, uint64_t from, unsigned level,
    size_t max, const char *want, const char *name)
{
	char text[200] = "";

	must(w->ops->registry->lines(w->s, bytes_str("out"), YEAR, volume, from,
		 level, max, add_line, text, &w->e),
	    &w->e);
	same(bytes_str(text), bytes_str(want), "%s", name);
}

static uint64_t
next_serial(struct world *w, const char *book, unsigned year)
{
	uint64_t next;

	must(
	    w->ops->registry->serial(w->s, bytes_str(book), year, &next, &w->e),
	    &w->e);
	return next;
}

static void
a_closed_volume_takes_nothing(struct world *w)
{
	struct store_volume v;
	struct buf hold;

	is(w->ops->registry->volume(
	       w->s, bytes_str("out"), YEAR, &v, &hold, &w->e),
	    RC_ABSENT, "a register without a volume has none");
	buf_free(&hold);
	world_do(w);
	is(line(w, "out", 1, 1, 0), RC_ABSENT, "and takes no line");
	must(volume_opens(w, "out", YEAR, 1), &w->e);
	must(volume_opens(w, "in", YEAR, 1), &w->e);
	must(volume_opens(w, "out", YEAR + 1, 1), &w->e);
	is(volume_opens(w, "out", YEAR, 1), RC_EXISTS,
	    "a volume is opened once");
	is(volume_opens(w, "out", YEAR, 2), RC_DENIED,
	    "none is opened while another is open");
	must(line(w, "out", 1, 1, 0), &w->e);
	must(line(w, "out", 1, 2, 3), &w->e);
	is(line(w, "out", 1, 2, 3), RC_EXISTS, "no serial is two lines'");
	is(line(w, "out", 1, 4, 3), RC_INVALID, "and none is left out");
	is(line(w, "out", 2, 3, 3), RC_ABSENT, "nor in another volume");
	must(volume_closes(w, "out", 1), &w->e);
	is(volume_closes(w, "out", 1), RC_DENIED, "it is closed once");
	is(volume_closes(w, "out", 7), RC_ABSENT, "where it is there");
	is(line(w, "out", 1, 3, 0), RC_DENIED, "a closed volume takes nothing");
	is(next_serial(w, "out", YEAR), 3, "serials go on over volumes");
	is(next_serial(w, "out", YEAR + 1), 1, "of one year");
	must(volume_opens(w, "out", YEAR, 2), &w->e);
	must(line(w, "out", 2, 3, 1), &w->e);
	is(line(w, "out", 1, 4, 0), RC_DENIED,
	    "nor does it when another is open");
	world_done(w);
	world_again(w);
	volumes_are(w, "",
	    "in/2026/1:0-0cover out/2026/1:1-2!closed out/2026/2:3-3cover "
	    "out/2027/1:0-0cover ",
	    "volumes are kept, with their first and last serials");
	volumes_are(w, "in", "in/2026/1:0-0cover ", "and listed by register");
	went(w->ops->registry->volume(
		 w->s, bytes_str("out"), YEAR, &v, &hold, &w->e),
	    &w->e, "the last one");
	ok(v.volume == 2 && v.closed == 0 && v.first == 3 && v.last == 3 &&
		bytes_is(v.book, "out") && bytes_is(v.cover, "cover"),
	    "is that which is open");
	buf_free(&hold);
	world_do(w);
	must(line(w, "out", 2, 4, 1), &w->e);
	must(volume_closes(w, "out", 2), &w->e);
	w->ops->rollback(w->s);
	is(next_serial(w, "out", YEAR), 4, "a rollback gives a serial back");
	volumes_are(w, "out",
	    "out/2026/1:1-2!closed out/2026/2:3-3cover "
	    "out/2027/1:0-0cover ",
	    "and opens what was closed");
}

static bool
add_count(void *ctx, const struct store_line_count *c)
{
	char *text = ctx;
	size_t at = strlen(text);

	(void)snprintf(text + at, 200 - at, "%.*s%s/%u/%u:%u ",
	    (int)c->book.len, (const char *)c->book.p, c->incoming ? "<" : ">",
	    c->level, c->rank, (unsigned)c->count);
	return true;
}

static void
lines_are_listed(struct world *w)
{
	char text[200] = "";
	uint64_t i;

	world_do(w);
	must(volume_opens(w, "out", YEAR, 1), &w->e);
	must(volume_opens(w, "in", YEAR, 1), &w->e);
	for (i = 1; i <= 6; i++) {
		if (i == 4) {
			must(volume_closes(w, "out", 1), &w->e);
			must(volume_opens(w, "out", YEAR, 2), &w->e);
		}
		must(
		    line(w, "out", i < 4 ? 1 : 2, i, (unsigned)(i % 3)), &w->e);
	}
	must(line(w, "in", 1, 1, 2), &w->e);
	must(line(w, "in", 1, 2, 2), &w->e);
	must(line(w, "in", 1, 3, 2), &w->e);
	world_done(w);
	world_again(w);
	lines_are(w, 0, 0, 2, 99,
	    "out/1.1 out/1.2 out/1.3 out/2.4 out/2.5 out/2.6 ",
	    "lines are listed by their serials");
	lines_are(w, 2, 0, 2, 99, "out/2.4 out/2.5 out/2.6 ", "of a volume");
	lines_are(w, 0, 3, 2, 2, "out/1.3 out/2.4 ", "from one on, some");
	lines_are(w, 0, 0, 1, 99, "out/1.1 out/1.3 out/2.4 out/2.6 ",
	    "up to a level");
	must(w->ops->registry->lines_of(w->s, 102, add_line, text, &w->e),
	    &w->e);
	same(bytes_str(text), bytes_str("in/1.2 out/1.2 "),
	    "and those of a document");
	world_do(w);
	must(w->ops->registry->cells(
		 w->s, bytes_str("in"), YEAR, 2, bytes_str("other"), &w->e),
	    &w->e);
	is(w->ops->registry->cells(
	       w->s, bytes_str("in"), YEAR, 9, bytes_str("other"), &w->e),
	    RC_ABSENT, "of no line nothing is destroyed");
	text[0] = '\0';
	must(w->ops->registry->lines_of(w->s, 102, add_line, text, &w->e),
	    &w->e);
	same(bytes_str(text), bytes_str("in/1.2 "),
	    "of one, and of no other, all that stood in it");
	w->ops->rollback(w->s);
	text[0] = '\0';
	must(w->ops->registry->counts(
		 w->s, SECOND + 2, SECOND + 6, 9, add_count, text, &w->e),
	    &w->e);
	same(bytes_str(text),
	    bytes_str("in</2/0:2 out>/0/0:1 out>/1/1:1 out>/2/0:2 "),
	    "those of a time are counted by what they are");
	text[0] = '\0';
	must(w->ops->registry->counts(
		 w->s, SECOND, SECOND + 60, 1, add_count, text, &w->e),
	    &w->e);
	same(bytes_str(text), bytes_str("out>/0/0:2 out>/1/1:2 "),
	    "above a level none is");
}

static bool
add_remark(void *ctx, const struct store_remark *r)
{
	char *text = ctx;
	size_t at = strlen(text);

	(void)snprintf(text + at, 200 - at, "%u:%.*s ", r->number,
	    (int)r->text.len, (const char *)r->text.p);
	return r->at == SECOND;
}

static enum rc
remark(struct world *w, uint64_t serial, const char *text)
{
	struct store_remark r = { .book = bytes_str("out"),
		.year = YEAR,
		.serial = serial,
		.at = SECOND,
		.text = bytes_str(text) };

	return w->ops->registry->remark(w->s, &r, &w->e);
}

/* ---- what rose above somebody --------------------------------------------
 */

static bool
add_last(void *ctx, struct bytes series, unsigned year, uint64_t last)
{
	char *text = ctx;
	size_t at = strlen(text);

	(void)snprintf(text + at, 200 - at, "%.*s/%u:%u ", (int)series.len,
	    (const char *)series.p, year, (unsigned)last);
	return true;
}

static bool
add_serial(void *ctx, const struct store_line *l)
{
	char *text = ctx;
	size_t at = strlen(text);

	(void)snprintf(text + at, 200 - at, "%u ", (unsigned)l->serial);
	return true;
}

static bool
add_counted(void *ctx, const struct store_line_count *c)
{
	*(uint64_t *)ctx += c->count;
	return true;
}

/* What is seen of two documents at a level, one of which is above level 1. */
static const char *
seen_at(struct world *w, unsigned level)
{
	static char text[200];
	uint64_t lines = 0;

	text[0] = '\0';
	must(w->ops->registry->volumes(
		 w->s, bytes_str("out"), level, add_volume, text, &w->e),
	    &w->e);
	must(w->ops->registry->lines(w->s, bytes_str("out"), YEAR, 0, 0, level,
		 99, add_serial, text, &w->e),
	    &w->e);
	must(w->ops->registry->all_series(w->s, level, add_last, text, &w->e),
	    &w->e);
	must(w->ops->registry->counts(
		 w->s, SECOND, SECOND + 99, level, add_counted, &lines, &w->e),
	    &w->e);
	(void)snprintf(text + strlen(text), 20, "%u", (unsigned)lines);
	return text;
}

static void
a_line_rises_with_its_document(struct world *w)
{
	struct store_doc d = { .kind = 1,
		.state = 1,
		.level = 1,
		.desk = bytes_str("d/x"),
		.due = TIME_NEVER,
		.opened = SECOND,
		.changed = SECOND,
		.summary = bytes_str("what it is") };
	struct store_line l = { .book = bytes_str("out"),
		.year = YEAR,
		.volume = 1,
		.level = 1,
		.cells = bytes_str("cells") };
	struct store_number n = { .series = bytes_str("out"), .year = YEAR };
	unsigned i;

	world_do(w);
	must(volume_opens(w, "out", YEAR, 1), &w->e);
	for (i = 1; i <= 2; i++) {
		d.id[0] = (uint8_t)i;
		d.steps = 1;
		must(w->ops->registry->put(w->s, &d, &w->e), &w->e);
		l.n = n.n = d.n;
		l.serial = n.number = i;
		l.at = SECOND + (int64_t)i;
		must(w->ops->registry->line(w->s, &l, &w->e), &w->e);
		must(w->ops->registry->take(w->s, &n, &w->e), &w->e);
	}
	d.steps = 2;
	d.level = 3;
	must(w->ops->registry->set(w->s, &d, 1, &w->e), &w->e);
	world_done(w);
	world_again(w);
	same(bytes_str(seen_at(w, 3)),
	    bytes_str("out/2026/1:1-2cover 1 2 out/2026:2 2"),
	    "who may see it sees its line and its number");
	same(bytes_str(seen_at(w, 1)),
	    bytes_str("out/2026/1:1-1cover 1 out/2026:1 1"),
	    "who may see the line alone sees neither, nor that it is there");
	same(bytes_str(seen_at(w, 0)), bytes_str("out/2026/1:0-0cover 0"),
	    "and who may see nothing no serial");
}

static void
remarks_are_added(struct world *w)
{
	char text[200] = "";

	world_do(w);
	must(volume_opens(w, "out", YEAR, 1), &w->e);
	must(line(w, "out", 1, 1, 0), &w->e);
	must(line(w, "out", 1, 2, 0), &w->e);
	must(remark(w, 1, "first"), &w->e);
	must(remark(w, 2, "other"), &w->e);
	must(remark(w, 1, "second"), &w->e);
	is(remark(w, 3, "none"), RC_ABSENT, "no line, no remark");
	must(volume_closes(w, "out", 1), &w->e);
	is(remark(w, 1, "late"), RC_DENIED, "nor in a closed volume");
	world_done(w);
	world_again(w);
	must(w->ops->registry->remarks(
		 w->s, bytes_str("out"), YEAR, 1, add_remark, text, &w->e),
	    &w->e);
	same(bytes_str(text), bytes_str("1:first 2:second "),
	    "remarks stand behind their line, in their order");
}

int
main(void)
{
	static void (*const tests[])(struct world * w) = {
		a_closed_volume_takes_nothing,
		lines_are_listed,
		a_line_rises_with_its_document,
		remarks_are_added,
	};

	return contract(tests, sizeof(tests) / sizeof(*tests));
}
