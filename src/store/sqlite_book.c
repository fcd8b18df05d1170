/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbers, how series go on, volumes of registers. */
#include "store/check.h"
#include "store/sqlite.h"

/* ---- numbers ------------------------------------------------------------- */

enum rc
sqlite_take_number(
    struct store *store, const struct store_number *number, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_book(number->series, number->year, e)) != RC_OK ||
	    (rc = check_cells(number->reason, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_NUMBER_TAKE,
	    "INSERT INTO number (series, year, number, n, at, cancelled,"
	    " reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
	    " ON CONFLICT DO NOTHING");
	sqlite_bytes(&r, 1, number->series);
	sqlite_uint(&r, 2, number->year);
	sqlite_uint(&r, 3, number->number);
	sqlite_uint(&r, 4, number->n);
	sqlite_int(&r, 5, number->at);
	sqlite_int(&r, 6, number->cancelled);
	sqlite_bytes(&r, 7, number->reason);
	if ((rc = sqlite_do(&r, e)) == RC_OK && sqlite3_changes(s->db) == 0)
		rc = fail(e, RC_EXISTS, "store: this number is taken");
	return rc;
}

enum rc
sqlite_taken(struct store *store, struct bytes series, unsigned year,
    uint64_t *last, struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_NUMBER_LAST,
	    "SELECT number FROM number WHERE series = ?1 AND year = ?2"
	    " ORDER BY number DESC LIMIT 1");

	*last = 0;
	sqlite_bytes(&r, 1, series);
	sqlite_uint(&r, 2, year);
	if (sqlite_row(&r))
		*last = sqlite_get_uint(&r, 0);
	return sqlite_end(&r, e);
}

static enum rc
number_get(struct sqlite *s, struct bytes series, unsigned year,
    uint64_t number, bool *cancelled, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_NUMBER_GET,
	    "SELECT cancelled FROM number"
	    " WHERE series = ?1 AND year = ?2 AND number = ?3");
	bool found;
	enum rc rc;

	sqlite_bytes(&r, 1, series);
	sqlite_uint(&r, 2, year);
	sqlite_uint(&r, 3, number);
	if ((found = sqlite_row(&r)))
		*cancelled = sqlite_get_int(&r, 0) != 0;
	rc = sqlite_end(&r, e);
	if (rc == RC_OK && !found)
		rc = fail(e, RC_ABSENT, "store: this number was not taken");
	return rc;
}

enum rc
sqlite_cancel(struct store *store, struct bytes series, unsigned year,
    uint64_t number, struct bytes reason, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	bool cancelled = false;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_cells(reason, e)) != RC_OK ||
	    (rc = number_get(s, series, year, number, &cancelled, e)) != RC_OK)
		return rc;
	if (cancelled)
		return fail(
		    e, RC_DENIED, "store: this number is cancelled already");
	r = sqlite_run(s, QUERY_NUMBER_CANCEL,
	    "UPDATE number SET cancelled = 1, reason = ?4"
	    " WHERE series = ?1 AND year = ?2 AND number = ?3");
	sqlite_bytes(&r, 1, series);
	sqlite_uint(&r, 2, year);
	sqlite_uint(&r, 3, number);
	sqlite_bytes(&r, 4, reason);
	return sqlite_do(&r, e);
}

enum rc
sqlite_numbers(struct store *store, struct bytes series, unsigned year,
    uint64_t from, size_t max,
    bool (*each)(void *ctx, const struct store_number *number), void *ctx,
    struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_NUMBER_EACH,
	    "SELECT number, n, at, cancelled, reason FROM number"
	    " WHERE series = ?1 AND year = ?2 AND number >= ?3"
	    " ORDER BY number LIMIT ?4");
	struct store_number number = { .series = series, .year = year };

	sqlite_bytes(&r, 1, series);
	sqlite_uint(&r, 2, year);
	sqlite_uint(&r, 3, from);
	sqlite_uint(&r, 4, max);
	while (sqlite_row(&r)) {
		number.number = sqlite_get_uint(&r, 0);
		number.n = sqlite_get_uint(&r, 1);
		number.at = sqlite_get_int(&r, 2);
		number.cancelled = sqlite_get_int(&r, 3) != 0;
		number.reason = sqlite_get_bytes(&r, 4);
		if (!each(ctx, &number))
			break;
	}
	return sqlite_end(&r, e);
}

/* ---- series -------------------------------------------------------------- */

enum rc
sqlite_resume(
    struct store *store, const struct store_series *series, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_book(series->series, series->year, e)) != RC_OK ||
	    (rc = check_cells(series->reason, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_SERIES_SET,
	    "INSERT INTO resumed (series, year, number, at, reason)"
	    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (series, year)"
	    " DO UPDATE SET number = excluded.number, at = excluded.at,"
	    " reason = excluded.reason");
	sqlite_bytes(&r, 1, series->series);
	sqlite_uint(&r, 2, series->year);
	sqlite_uint(&r, 3, series->from);
	sqlite_int(&r, 4, series->at);
	sqlite_bytes(&r, 5, series->reason);
	return sqlite_do(&r, e);
}

enum rc
sqlite_resumed(struct store *store, struct bytes series, unsigned year,
    struct store_series *out, struct buf *hold, struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_SERIES_GET,
	    "SELECT number, at, reason FROM resumed"
	    " WHERE series = ?1 AND year = ?2");
	bool found;
	enum rc rc;

	*hold = (struct buf){ 0 };
	*out = (struct store_series){ .series = series, .year = year };
	sqlite_bytes(&r, 1, series);
	sqlite_uint(&r, 2, year);
	if ((found = sqlite_row(&r))) {
		out->from = sqlite_get_uint(&r, 0);
		out->at = sqlite_get_int(&r, 1);
		buf_add(hold, sqlite_get_bytes(&r, 2));
		out->reason = buf_bytes(hold);
	}
	rc = sqlite_end(&r, e);
	if (rc == RC_OK && !found)
		rc = fail(e, RC_ABSENT, "store: nothing was said of it");
	return rc;
}

enum rc
sqlite_all_series(struct store *store, unsigned level,
    bool (*each)(void *ctx, struct bytes series, unsigned year, uint64_t last),
    void *ctx, struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_SERIES_EACH,
	    "SELECT series, year, max(number) FROM number"
	    " WHERE NOT EXISTS (SELECT 1 FROM doc WHERE doc.n = number.n"
	    " AND doc.level > ?1)"
	    " GROUP BY series, year ORDER BY series, year");

	sqlite_uint(&r, 1, level);
	while (sqlite_row(&r))
		if (!each(ctx, sqlite_get_bytes(&r, 0),
			(unsigned)sqlite_get_uint(&r, 1),
			sqlite_get_uint(&r, 2)))
			break;
	return sqlite_end(&r, e);
}

/* ---- volumes ------------------------------------------------------------- */

static struct store_volume
volume_of(const struct sqlite_run *r)
{
	return (struct store_volume){ .book = sqlite_get_bytes(r, 0),
		.year = (unsigned)sqlite_get_uint(r, 1),
		.volume = (unsigned)sqlite_get_uint(r, 2),
		.opened = sqlite_get_int(r, 3),
		.closed = sqlite_get_int(r, 4),
		.first = sqlite_get_uint(r, 5),
		.last = sqlite_get_uint(r, 6),
		.cover = sqlite_get_bytes(r, 7) };
}

#define VOLUME "book, year, volume, opened, closed, first, last, cover"

enum rc
sqlite_volume_state(struct sqlite *s, struct bytes book, unsigned year,
    unsigned volume, bool *open, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_VOLUME_GET,
	    "SELECT closed FROM volume"
	    " WHERE book = ?1 AND year = ?2 AND volume = ?3");
	bool found;
	enum rc rc;

	*open = false;
	sqlite_bytes(&r, 1, book);
	sqlite_uint(&r, 2, year);
	sqlite_uint(&r, 3, volume);
	if ((found = sqlite_row(&r)))
		*open = sqlite_get_int(&r, 0) == 0;
	rc = sqlite_end(&r, e);
	if (rc == RC_OK && !found)
		rc = fail(e, RC_ABSENT, "store: no such volume");
	return rc;
}

enum rc
sqlite_volume_open(
    struct store *store, const struct store_volume *v, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct store_volume last;
	struct sqlite_run r;
	struct buf hold;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_book(v->book, v->year, e)) != RC_OK ||
	    (rc = check_cells(v->cover, e)) != RC_OK)
		return rc;
	rc = sqlite_volume(store, v->book, v->year, &last, &hold, e);
	buf_free(&hold);
	if (rc == RC_OK && last.volume >= v->volume)
		return fail(e, RC_EXISTS, "store: there is such a volume");
	if (rc == RC_OK && last.closed == 0)
		return fail(
		    e, RC_DENIED, "store: the volume before it is open");
	if (rc != RC_OK && rc != RC_ABSENT)
		return rc;
	r = sqlite_run(s, QUERY_VOLUME_OPEN,
	    "INSERT INTO volume (book, year, volume, opened, closed, first,"
	    " last, cover) VALUES (?1, ?2, ?3, ?4, 0, 0, 0, ?5)");
	sqlite_bytes(&r, 1, v->book);
	sqlite_uint(&r, 2, v->year);
	sqlite_uint(&r, 3, v->volume);
	sqlite_int(&r, 4, v->opened);
	sqlite_bytes(&r, 5, v->cover);
	return sqlite_do(&r, e);
}

enum rc
sqlite_volume_close(
    struct store *store, const struct store_volume *v, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	bool open;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_cells(v->cover, e)) != RC_OK ||
	    (rc = sqlite_volume_state(
		 s, v->book, v->year, v->volume, &open, e)) != RC_OK)
		return rc;
	if (!open)
		return fail(e, RC_DENIED, "store: the volume is closed");
	r = sqlite_run(s, QUERY_VOLUME_SET,
	    "UPDATE volume SET closed = ?4, cover = ?5"
	    " WHERE book = ?1 AND year = ?2 AND volume = ?3");
	sqlite_bytes(&r, 1, v->book);
	sqlite_uint(&r, 2, v->year);
	sqlite_uint(&r, 3, v->volume);
	sqlite_int(&r, 4, v->closed);
	sqlite_bytes(&r, 5, v->cover);
	return sqlite_do(&r, e);
}

enum rc
sqlite_volume(struct store *store, struct bytes book, unsigned year,
    struct store_volume *out, struct buf *hold, struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_VOLUME_LAST,
	    "SELECT " VOLUME " FROM volume WHERE book = ?1 AND year = ?2"
	    " ORDER BY volume DESC LIMIT 1");
	bool found;
	enum rc rc;

	*hold = (struct buf){ 0 };
	*out = (struct store_volume){ 0 };
	sqlite_bytes(&r, 1, book);
	sqlite_uint(&r, 2, year);
	if ((found = sqlite_row(&r))) {
		*out = volume_of(&r);
		buf_add(hold, out->cover);
		out->cover = buf_bytes(hold);
		out->book = book;
	}
	rc = sqlite_end(&r, e);
	if (rc == RC_OK && !found)
		rc = fail(e, RC_ABSENT, "store: no such volume");
	return rc;
}

/* A volume's lines up to level ?2. */
#define SEEN                                                                   \
	" FROM line WHERE line.book = volume.book"                             \
	" AND line.year = volume.year AND line.volume = volume.volume"         \
	" AND line.level <= ?2 AND NOT EXISTS (SELECT 1 FROM doc"              \
	" WHERE doc.n = line.n AND doc.level > ?2)"

enum rc
sqlite_volumes(struct store *store, struct bytes book, unsigned level,
    bool (*each)(void *ctx, const struct store_volume *v), void *ctx,
    struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_VOLUME_EACH,
	    "SELECT book, year, volume, opened, closed,"
	    " (SELECT serial" SEEN " ORDER BY serial LIMIT 1),"
	    " (SELECT serial" SEEN " ORDER BY serial DESC LIMIT 1), cover"
	    " FROM volume WHERE ?1 = x'' OR book = ?1"
	    " ORDER BY book, year, volume");
	struct store_volume v;

	sqlite_bytes(&r, 1, book);
	sqlite_uint(&r, 2, level);
	while (sqlite_row(&r)) {
		v = volume_of(&r);
		if (!each(ctx, &v))
			break;
	}
	return sqlite_end(&r, e);
}
