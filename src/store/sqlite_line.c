/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines of registers, and what was added to them later. */
#include "store/check.h"
#include "store/sqlite.h"

#define LINE "book, year, volume, serial, n, level, rank, incoming, at, cells"

static struct store_line
line_of(const struct sqlite_run *r)
{
	return (struct store_line){ .book = sqlite_get_bytes(r, 0),
		.year = (unsigned)sqlite_get_uint(r, 1),
		.volume = (unsigned)sqlite_get_uint(r, 2),
		.serial = sqlite_get_uint(r, 3),
		.n = sqlite_get_uint(r, 4),
		.level = (unsigned)sqlite_get_uint(r, 5),
		.rank = (unsigned)sqlite_get_uint(r, 6),
		.incoming = sqlite_get_int(r, 7) != 0,
		.at = sqlite_get_int(r, 8),
		.cells = sqlite_get_bytes(r, 9) };
}

enum rc
sqlite_serial(struct store *store, struct bytes book, unsigned year,
    uint64_t *next, struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_LINE_LAST,
	    "SELECT serial FROM line WHERE book = ?1 AND year = ?2"
	    " ORDER BY serial DESC LIMIT 1");

	*next = 1;
	sqlite_bytes(&r, 1, book);
	sqlite_uint(&r, 2, year);
	if (sqlite_row(&r))
		*next = sqlite_get_uint(&r, 0) + 1;
	return sqlite_end(&r, e);
}

static enum rc
insert(struct sqlite *s, const struct store_line *l, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_LINE_ADD,
	    "INSERT INTO line (" LINE ")"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");

	sqlite_bytes(&r, 1, l->book);
	sqlite_uint(&r, 2, l->year);
	sqlite_uint(&r, 3, l->volume);
	sqlite_uint(&r, 4, l->serial);
	sqlite_uint(&r, 5, l->n);
	sqlite_uint(&r, 6, l->level);
	sqlite_uint(&r, 7, l->rank);
	sqlite_int(&r, 8, l->incoming);
	sqlite_int(&r, 9, l->at);
	sqlite_bytes(&r, 10, l->cells);
	return sqlite_do(&r, e);
}

enum rc
sqlite_line(struct store *store, const struct store_line *l, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	uint64_t next;
	bool open;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_line(l, e)) != RC_OK ||
	    (rc = sqlite_volume_state(
		 s, l->book, l->year, l->volume, &open, e)) != RC_OK ||
	    (rc = sqlite_serial(store, l->book, l->year, &next, e)) != RC_OK)
		return rc;
	if (!open)
		return fail(e, RC_DENIED, "store: the volume is closed");
	if (l->serial != next)
		return fail(e, l->serial < next ? RC_EXISTS : RC_INVALID,
		    "store: the register's next line is another one");
	if ((rc = insert(s, l, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_VOLUME_LINE,
	    "UPDATE volume SET last = ?4,"
	    " first = CASE first WHEN 0 THEN ?4 ELSE first END"
	    " WHERE book = ?1 AND year = ?2 AND volume = ?3");
	sqlite_bytes(&r, 1, l->book);
	sqlite_uint(&r, 2, l->year);
	sqlite_uint(&r, 3, l->volume);
	sqlite_uint(&r, 4, l->serial);
	return sqlite_do(&r, e);
}

enum rc
sqlite_cells(struct store *store, struct bytes book, unsigned year,
    uint64_t serial, struct bytes cells, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	struct err later;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_cells(cells, e)) != RC_OK ||
	    (rc = sqlite_thorough(s, true, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_LINE_CELLS,
	    "UPDATE line SET cells = ?4"
	    " WHERE book = ?1 AND year = ?2 AND serial = ?3");
	sqlite_bytes(&r, 1, book);
	sqlite_uint(&r, 2, year);
	sqlite_uint(&r, 3, serial);
	sqlite_bytes(&r, 4, cells);
	if ((rc = sqlite_do(&r, e)) == RC_OK && sqlite3_changes(s->db) == 0)
		rc = fail(e, RC_ABSENT, "store: no such line");
	if (sqlite_thorough(s, false, &later) != RC_OK && rc == RC_OK) {
		*e = later;
		rc = RC_IO;
	}
	return rc;
}

static enum rc
each_line(struct sqlite_run *r,
    bool (*each)(void *ctx, const struct store_line *l), void *ctx,
    struct err *e)
{
	struct store_line l;

	while (sqlite_row(r)) {
		l = line_of(r);
		if (!each(ctx, &l))
			break;
	}
	return sqlite_end(r, e);
}

enum rc
sqlite_lines(struct store *store, struct bytes book, unsigned year,
    unsigned volume, uint64_t from, unsigned level, size_t max,
    bool (*each)(void *ctx, const struct store_line *l), void *ctx,
    struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_LINE_EACH,
	    "SELECT " LINE " FROM line WHERE book = ?1 AND year = ?2"
	    " AND serial >= ?3 AND level <= ?4 AND (?5 = 0 OR volume = ?5)"
	    " AND NOT EXISTS (SELECT 1 FROM doc WHERE doc.n = line.n"
	    " AND doc.level > ?4)"
	    " ORDER BY serial LIMIT ?6");

	sqlite_bytes(&r, 1, book);
	sqlite_uint(&r, 2, year);
	sqlite_uint(&r, 3, from);
	sqlite_uint(&r, 4, level);
	sqlite_uint(&r, 5, volume);
	sqlite_uint(&r, 6, max);
	return each_line(&r, each, ctx, e);
}

enum rc
sqlite_lines_of(struct store *store, uint64_t n,
    bool (*each)(void *ctx, const struct store_line *l), void *ctx,
    struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_LINE_OF,
	    "SELECT " LINE " FROM line WHERE n = ?1"
	    " ORDER BY book, year, serial");

	sqlite_uint(&r, 1, n);
	return each_line(&r, each, ctx, e);
}

enum rc
sqlite_counts(struct store *store, int64_t from, int64_t until, unsigned level,
    bool (*each)(void *ctx, const struct store_line_count *c), void *ctx,
    struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_LINE_COUNTS,
	    "SELECT book, incoming, level, rank, count(*) FROM line"
	    " WHERE at >= ?1 AND at < ?2 AND level <= ?3"
	    " AND NOT EXISTS (SELECT 1 FROM doc WHERE doc.n = line.n"
	    " AND doc.level > ?3)"
	    " GROUP BY book, incoming, level, rank"
	    " ORDER BY book, incoming, level, rank");
	struct store_line_count c;

	sqlite_int(&r, 1, from);
	sqlite_int(&r, 2, until);
	sqlite_uint(&r, 3, level);
	while (sqlite_row(&r)) {
		c = (struct store_line_count){ .book = sqlite_get_bytes(&r, 0),
			.incoming = sqlite_get_int(&r, 1) != 0,
			.level = (unsigned)sqlite_get_uint(&r, 2),
			.rank = (unsigned)sqlite_get_uint(&r, 3),
			.count = sqlite_get_uint(&r, 4) };
		if (!each(ctx, &c))
			break;
	}
	return sqlite_end(&r, e);
}

/* ---- remarks ------------------------------------------------------------- */

/* The number that the line's next has; RC_DENIED: its volume is closed. */
static enum rc
next_remark(struct sqlite *s, struct store_remark *m, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_REMARK_LAST,
	    "SELECT v.closed, (SELECT count(*) FROM remark m"
	    " WHERE m.book = ?1 AND m.year = ?2 AND m.serial = ?3)"
	    " FROM line l JOIN volume v ON v.book = l.book"
	    " AND v.year = l.year AND v.volume = l.volume"
	    " WHERE l.book = ?1 AND l.year = ?2 AND l.serial = ?3");
	bool found, closed = false;
	enum rc rc;

	sqlite_bytes(&r, 1, m->book);
	sqlite_uint(&r, 2, m->year);
	sqlite_uint(&r, 3, m->serial);
	if ((found = sqlite_row(&r))) {
		closed = sqlite_get_int(&r, 0) != 0;
		m->number = 1 + (unsigned)sqlite_get_uint(&r, 1);
	}
	if ((rc = sqlite_end(&r, e)) != RC_OK)
		return rc;
	if (!found)
		return fail(e, RC_ABSENT, "store: no such line");
	return closed ? fail(e, RC_DENIED, "store: the volume is closed")
		      : RC_OK;
}

enum rc
sqlite_remark(struct store *store, struct store_remark *m, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	m->number = 0;
	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_cells(m->text, e)) != RC_OK ||
	    (rc = next_remark(s, m, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_REMARK_ADD,
	    "INSERT INTO remark (book, year, serial, number, at, text)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
	sqlite_bytes(&r, 1, m->book);
	sqlite_uint(&r, 2, m->year);
	sqlite_uint(&r, 3, m->serial);
	sqlite_uint(&r, 4, m->number);
	sqlite_int(&r, 5, m->at);
	sqlite_bytes(&r, 6, m->text);
	return sqlite_do(&r, e);
}

enum rc
sqlite_remarks(struct store *store, struct bytes book, unsigned year,
    uint64_t serial, bool (*each)(void *ctx, const struct store_remark *r),
    void *ctx, struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_REMARK_EACH,
	    "SELECT number, at, text FROM remark"
	    " WHERE book = ?1 AND year = ?2 AND serial = ?3 ORDER BY number");
	struct store_remark m = {
		.book = book, .year = year, .serial = serial
	};

	sqlite_bytes(&r, 1, book);
	sqlite_uint(&r, 2, year);
	sqlite_uint(&r, 3, serial);
	while (sqlite_row(&r)) {
		m.number = (unsigned)sqlite_get_uint(&r, 0);
		m.at = sqlite_get_int(&r, 1);
		m.text = sqlite_get_bytes(&r, 2);
		if (!each(ctx, &m))
			break;
	}
	return sqlite_end(&r, e);
}
