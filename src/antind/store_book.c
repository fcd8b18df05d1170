/* SPDX-License-Identifier: EUPL-1.2 */
/* What people see of registers (docs/registry.md 7.5). */
#include <string.h>

#include "antind/registry.h"

#define LINES_MAX 500u

struct reading {
	struct buf *rows;
	const struct asking *a;
	enum rc rc;
	struct err *e;
};

static void
add_name(struct buf *row, const char *name, struct bytes value)
{
	pairs_add(row, bytes_str(name), value);
}

/* ---- volumes ------------------------------------------------------------- */

static bool
add_volume(void *ctx, const struct store_volume *v)
{
	struct reading *r = ctx;
	const struct bytes word = book_word(r->a->unit, v->book);
	struct law_book book;
	struct buf row = { 0 };

	if (word.len == 0)
		return true;
	add_name(&row, "row", bytes_str("volume"));
	add_name(&row, "book", word);
	if (law_book(&book, word, v->opened))
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

	if (word.len == 0)
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
	struct reading r = { .rows = rows, .a = a, .e = e };
	enum rc rc = st.store->ops->registry->volumes(
	    st.store, (struct bytes){ 0 }, add_volume, &r, e);

	(void)m;
	if (rc == RC_OK)
		rc = st.store->ops->registry->all_series(
		    st.store, add_series, &r, e);
	return rc;
}

/* ---- lines --------------------------------------------------------------- */

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
	add_name(&row, "text", buf_bytes(&text));
	rows_add(r->rows, &row);
	buf_free(&text);
	return true;
}

static bool
add_line(void *ctx, const struct store_line *l)
{
	struct reading *r = ctx;
	struct buf cells, row = { 0 };
	struct bytes pairs, name, value;

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
	pairs = buf_bytes(&cells);
	while (pairs_next(&pairs, &name, &value))
		if (!bytes_is(name, "serial"))
			pairs_add(&row, name, value);
	rows_add(r->rows, &row);
	buf_free(&cells);
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

enum rc
books_lines(struct buf *rows, const struct asking *a, const struct msg_doc *m,
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

/* ---- counts -------------------------------------------------------------- */

static bool
add_count(void *ctx, const struct store_line_count *c)
{
	struct reading *r = ctx;
	const struct bytes word = book_word(r->a->unit, c->book);
	struct buf row = { 0 };

	if (word.len == 0)
		return true;
	add_name(&row, "row", bytes_str("count"));
	add_name(&row, "book", word);
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
