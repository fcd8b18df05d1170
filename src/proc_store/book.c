/* SPDX-License-Identifier: EUPL-1.2 */
/* What people see of registers (docs/registry.md 7.5). */
#include <stdio.h>
#include <string.h>

#include "proc_store/registry.h"
#include "rules/rules.h"

#define LINES_MAX 500u
#define NUMBERS_MAX 1000000u /* of a series in a year */

struct reading {
	struct buf *rows;
	const struct asking *a;
	enum level top; /* of what the unit's registers may have */
	enum rc rc;
	struct err *e;
};

static void
add_name(struct buf *row, const char *name, struct bytes value)
{
	pairs_add(row, bytes_str(name), value);
}

/* ---- who sees which register (docs/registry.md 9.1) ---------------------- */

/*
 * Up to which level a register of this unit may have lines: that of the unit's
 * desks, by the certificates that they ever had.  Of the lines themselves it
 * must not depend: that somebody is refused would tell what stands in them.
 */
enum level
asking_top(const struct asking *a)
{
	const struct state *s = &st.file.directory->state;
	const size_t unit = s->holders[a->desk].unit;
	enum level top = LEVEL_ORDINARY;
	const struct dcert *c;
	size_t i;

	for (i = 0; i < s->cert_count; i++) {
		c = &s->certs[i];
		if (c->unit == unit && c->holder != NONE &&
		    !s->holders[c->holder].person && c->cert.rights.level > top)
			top = c->cert.rights.level;
	}
	return top;
}

/* The register's word of a book's, which may have a "." and more behind it. */
static struct bytes
stem(struct bytes word)
{
	const uint8_t *dot =
	    word.len == 0 ? NULL : memchr(word.p, '.', word.len);

	return dot == NULL ? word : bytes_of(word.p, (size_t)(dot - word.p));
}

/* What the rules do not know may be secret. */
static bool
is_secret(struct bytes word, int64_t t)
{
	struct law_book book;

	return !law_book(&book, stem(word), t) || book.secret;
}

static bool
may_see(const struct asking *a, enum level top, struct bytes word, int64_t t)
{
	return a->level >= top || !is_secret(word, t);
}

/* ---- volumes ------------------------------------------------------------- */

static bool
add_volume(void *ctx, const struct store_volume *v)
{
	struct reading *r = ctx;
	const struct bytes word = book_word(r->a->unit, v->book);
	struct law_book book;
	struct buf row = { 0 };

	/* docs/registry.md 7.3: of what he sees no line, he sees nothing */
	if (word.len == 0 || !may_see(r->a, r->top, word, v->opened) ||
	    (v->last == 0 && r->a->level < LEVEL_TUYET_MAT))
		return true;
	add_name(&row, "row", bytes_str("volume"));
	add_name(&row, "book", word);
	if (law_book(&book, stem(word), v->opened))
		add_name(&row, "title", book.vi);
	row_number(&row, "#year", v->year);
	row_number(&row, "#volume", v->volume);
	row_number(&row, "#opened", v->opened);
	if (v->closed != 0)
		row_number(&row, "#closed", v->closed);
	row_number(&row, "#first", (int64_t)v->first);
	row_number(&row, "#last", (int64_t)v->last);
	rows_add(r->rows, &row);
	return true;
}

static bool
add_series(void *ctx, struct bytes series, unsigned year, uint64_t last)
{
	struct reading *r = ctx;
	const struct bytes word = book_word(r->a->unit, series);
	struct buf row = { 0 };

	if (word.len == 0 || !may_see(r->a, r->top, word, station_now()))
		return true;
	add_name(&row, "row", bytes_str("series"));
	add_name(&row, "book", word);
	row_number(&row, "#year", year);
	row_number(&row, "#last", (int64_t)last);
	rows_add(r->rows, &row);
	return true;
}

enum rc
books_list(struct buf *rows, const struct asking *a, const struct msg_doc *m,
    struct err *e)
{
	struct reading r = {
		.rows = rows, .a = a, .top = asking_top(a), .e = e
	};
	enum rc rc = st.store->ops->registry->volumes(st.store,
	    (struct bytes){ 0 }, (unsigned)a->level, add_volume, &r, e);

	(void)m;
	if (rc == RC_OK)
		rc = st.store->ops->registry->all_series(
		    st.store, (unsigned)a->level, add_series, &r, e);
	return rc;
}

/* ---- lines --------------------------------------------------------------- */

/* The row, with these pairs but one, is the next; pairs and row are freed. */
static void
add_pairs(struct buf *rows, struct buf *row, struct buf *text, const char *but)
{
	struct bytes pairs = buf_bytes(text), name, value;

	while (pairs_next(&pairs, &name, &value))
		if (!bytes_is(name, but))
			pairs_add(row, name, value);
	rows_add(rows, row);
	buf_free(text);
}

static bool
add_remark(void *ctx, const struct store_remark *m)
{
	struct reading *r = ctx;
	struct buf text, row = { 0 };

	r->rc = sealed_read(&text,
	    row_of_book("remark", m->book, m->year, m->serial), m->text, r->e);
	if (r->rc != RC_OK)
		return false;
	add_name(&row, "row", bytes_str("remark"));
	row_number(&row, "#serial", (int64_t)m->serial);
	row_number(&row, "#at", m->at);
	add_pairs(r->rows, &row, &text, "");
	return true;
}

static bool
add_line(void *ctx, const struct store_line *l)
{
	struct reading *r = ctx;
	struct buf cells, row = { 0 };

	r->rc = sealed_read(&cells,
	    row_of_book("line", l->book, l->year, l->serial), l->cells, r->e);
	if (r->rc != RC_OK)
		return false;
	add_name(&row, "row", bytes_str("line"));
	row_number(&row, "#serial", (int64_t)l->serial);
	row_number(&row, "#volume", l->volume);
	row_number(&row, "#at", l->at);
	add_name(
	    &row, "line-level", bytes_str(level_word((enum level)l->level)));
	add_pairs(r->rows, &row, &cells, "serial");
	return true;
}

/* Which of them have remarks is asked when the lines have been read. */
struct serials {
	uint64_t of[LINES_MAX];
	size_t count;
	struct reading r;
};

static bool
take_line(void *ctx, const struct store_line *l)
{
	struct serials *s = ctx;

	if (s->count == LINES_MAX || !add_line(&s->r, l))
		return false;
	s->of[s->count++] = l->serial;
	return true;
}

/* That somebody looks at a secret register is on disk before he does. */
static enum rc
note_view(const struct asking *a, const struct msg_doc *m, struct err *e)
{
	const bool print = m->what == REG_PRINT;
	char text[LIMIT_ADDRESS + 160];

	(void)snprintf(text, sizeof(text), "%s %s %.*s %u/%u %llu",
	    a->who.address, print ? "print" : "show", (int)m->book.len,
	    (const char *)m->book.p, (unsigned)m->year, (unsigned)m->volume,
	    (unsigned long long)m->before);
	return viewed(a, (const uint8_t[ID_SIZE]){ 0 }, text, print, e);
}

static enum rc
check_seen(
    const struct asking *a, const struct msg_doc *m, int64_t t, struct err *e)
{
	if (!may_see(a, asking_top(a), m->book, t))
		return fail(e, RC_DENIED,
		    "docs/registry.md 9.1: a register of secrets is shown to "
		    "who is cleared for all that its desks may have");
	return is_secret(m->book, t) ? note_view(a, m, e) : RC_OK;
}

static enum rc
add_lines(struct buf *rows, const struct asking *a, const struct msg_doc *m,
    struct err *e)
{
	struct serials s = { .r = { .rows = rows, .a = a, .e = e } };
	char name[BOOK_NAME];
	const struct bytes book = book_name(name, a->unit, m->book);
	const size_t max =
	    m->max == 0 || m->max > LINES_MAX ? LINES_MAX : (size_t)m->max;
	size_t i;
	enum rc rc = st.store->ops->registry->lines(st.store, book,
	    (unsigned)m->year, (unsigned)m->volume, m->before,
	    (unsigned)a->level, max, take_line, &s, e);

	for (i = 0; i < s.count && rc == RC_OK && s.r.rc == RC_OK; i++)
		rc = st.store->ops->registry->remarks(st.store, book,
		    (unsigned)m->year, s.of[i], add_remark, &s.r, e);
	return rc == RC_OK ? s.r.rc : rc;
}

enum rc
books_lines(struct buf *rows, const struct asking *a, const struct msg_doc *m,
    struct err *e)
{
	enum rc rc = check_seen(a, m, station_now(), e);

	return rc == RC_OK ? add_lines(rows, a, m, e) : rc;
}

/* ---- printing (docs/registry.md 9.2) ------------------------------------- */

/* The volume that is asked for, or the year's last. */
struct volume_at {
	struct bytes book;
	unsigned year, volume;
	struct store_volume is;
};

static bool
find_volume(void *ctx, const struct store_volume *v)
{
	struct volume_at *at = ctx;

	if (v->year == at->year &&
	    (at->volume == 0 || v->volume == at->volume)) {
		at->is = *v;
		at->is.book = at->is.cover = (struct bytes){ 0 };
	}
	return true;
}

void
office_add(struct buf *row, const struct asking *a)
{
	const struct state *s = &st.file.directory->state;
	const struct unit *u = &s->units[s->holders[a->desk].unit];
	const size_t above = unit_parent(u, station_now());

	add_name(row, "office", unit_name(u, station_now()));
	if (above != NONE)
		add_name(row, "superior",
		    unit_name(&s->units[above], station_now()));
}

void
type_add(struct buf *row, struct bytes word)
{
	const struct rules *rules;
	const struct rule_set *set;
	const struct rule_type *type;
	struct err e;

	if (law(&rules, &e) != RC_OK ||
	    (set = rules_at(rules, station_now())) == NULL ||
	    (type = rule_type(set, word)) == NULL)
		return;
	add_name(row, "type-name", type->name.vi);
}

static void
add_book(struct buf *rows, const struct asking *a, const struct msg_doc *m,
    const struct store_volume *v)
{
	struct buf row = { 0 };

	add_name(&row, "row", bytes_str("book"));
	add_name(&row, "book", m->book);
	office_add(&row, a);
	row_number(&row, "#year", v->year);
	row_number(&row, "#volume", v->volume);
	row_number(&row, "#opened", v->opened);
	if (v->closed != 0)
		row_number(&row, "#closed", v->closed);
	row_number(&row, "#first", (int64_t)v->first);
	row_number(&row, "#last", (int64_t)v->last);
	rows_add(rows, &row);
}

/* How its columns are called, by the rules of the day it was opened. */
static enum rc
add_columns(struct buf *rows, struct bytes word, int64_t t, struct err *e)
{
	const struct rule_register *r = NULL;
	const struct rules *rules;
	const struct rule_set *set;
	struct buf row;
	enum rc rc = law(&rules, e);
	size_t i;

	if (rc != RC_OK)
		return rc;
	if ((set = rules_at(rules, t)) != NULL)
		r = rule_register(set, stem(word));
	if (r == NULL)
		return fail(e, RC_ABSENT,
		    "the rules in force when this volume was opened have no "
		    "such register");
	for (i = 0; i <= r->columns_count; i++) {
		row = (struct buf){ 0 };
		add_name(&row, "row", bytes_str(i == 0 ? "title" : "column"));
		if (i > 0) {
			add_name(&row, "field", r->columns[i - 1].field);
			row_number(&row, "#width", r->columns[i - 1].width_mm);
		}
		add_name(&row, "title",
		    i == 0 ? r->title.vi : r->columns[i - 1].title.vi);
		rows_add(rows, &row);
	}
	return RC_OK;
}

struct number_before {
	uint64_t from, last; /* the highest below it */
};

static bool
is_before(void *ctx, const struct store_number *n)
{
	struct number_before *b = ctx;

	if (n->number < b->from)
		b->last = n->number;
	return n->number < b->from;
}

/* Which numbers are not there since a restore, and what two people said of it
 * (4.4). */
static enum rc
add_gap(struct buf *rows, const struct asking *a, const struct msg_doc *m,
    struct err *e)
{
	char name[BOOK_NAME];
	const struct bytes series = book_name(name, a->unit, m->book);
	struct number_before before = { 0 };
	struct store_series said;
	struct buf hold, reason = { 0 }, row = { 0 };
	enum rc rc = st.store->ops->registry->resumed(
	    st.store, series, (unsigned)m->year, &said, &hold, e);

	before.from = said.from;
	if (rc == RC_OK)
		rc = st.store->ops->registry->numbers(st.store, series,
		    (unsigned)m->year, 1, NUMBERS_MAX, is_before, &before, e);
	if (rc == RC_OK && before.last + 1 < said.from)
		rc = sealed_read(&reason,
		    row_of_book("resumed", series, (unsigned)m->year, 0),
		    said.reason, e);
	if (rc == RC_OK && before.last + 1 < said.from) {
		add_name(&row, "row", bytes_str("gap"));
		row_number(&row, "#first", (int64_t)before.last + 1);
		row_number(&row, "#last", (int64_t)said.from - 1);
		row_number(&row, "#at", said.at);
		add_name(&row, "text", buf_bytes(&reason));
		rows_add(rows, &row);
	}
	buf_free(&hold);
	buf_free(&reason);
	return rc == RC_ABSENT ? RC_OK : rc;
}

enum rc
books_print(struct buf *rows, const struct asking *a, const struct msg_doc *m,
    struct err *e)
{
	char name[BOOK_NAME];
	struct volume_at at = { .book = book_name(name, a->unit, m->book),
		.year = (unsigned)m->year,
		.volume = (unsigned)m->volume };
	struct msg_doc of = *m;
	enum rc rc = st.store->ops->registry->volumes(
	    st.store, at.book, (unsigned)a->level, find_volume, &at, e);

	if (rc != RC_OK)
		return rc;
	of.volume = at.is.volume;
	/* who may not see it is told so, whether or not there is one */
	if ((rc = check_seen(a, &of,
		 at.is.volume == 0 ? station_now() : at.is.opened, e)) != RC_OK)
		return rc;
	if (at.is.volume == 0)
		return fail(
		    e, RC_ABSENT, "there is no such volume of this register");
	if (m->before <= 1) {
		add_book(rows, a, m, &at.is);
		rc = add_columns(rows, m->book, at.is.opened, e);
		if (rc == RC_OK)
			rc = add_gap(rows, a, m, e);
	}
	return rc == RC_OK ? add_lines(rows, a, &of, e) : rc;
}

/* ---- counts -------------------------------------------------------------- */

static bool
add_count(void *ctx, const struct store_line_count *c)
{
	struct reading *r = ctx;
	const struct bytes word = book_word(r->a->unit, c->book);
	struct law_book book;
	struct buf row = { 0 };

	if (word.len == 0)
		return true;
	add_name(&row, "row", bytes_str("count"));
	add_name(&row, "book", word);
	if (law_book(&book, word, station_now()))
		add_name(&row, "title", book.vi);
	office_add(&row, r->a);
	add_name(&row, "way", bytes_str(c->incoming ? "in" : "out"));
	add_name(&row, "level", bytes_str(level_word((enum level)c->level)));
	row_number(&row, "#rank", c->rank);
	row_number(&row, "#count", (int64_t)c->count);
	rows_add(r->rows, &row);
	return true;
}

enum rc
books_report(struct buf *rows, const struct asking *a, const struct msg_doc *m,
    struct err *e)
{
	struct reading r = { .rows = rows, .a = a, .e = e };

	return st.store->ops->registry->counts(
	    st.store, m->from, m->until, (unsigned)a->level, add_count, &r, e);
}
