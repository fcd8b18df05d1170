/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbers, how series go on, volumes of registers. */
#include "store/check.h"
#include "store/memory.h"

/* By name, then year. */
static int
order(struct bytes a, unsigned a_year, struct bytes b, unsigned b_year)
{
	const int names = bytes_cmp(a, b);

	return names != 0 ? names : a_year < b_year ? -1 : a_year > b_year;
}

/* ---- numbers ------------------------------------------------------------- */

enum rc
memory_take(struct store *s, const struct store_number *number, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct memory_row row = { .number = *number };
	const struct store_number *at;
	struct memory_rows *all;
	size_t i;
	int is;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_book(number->series, number->year, e)) != RC_OK ||
	    (rc = check_cells(number->reason, e)) != RC_OK)
		return rc;
	all = memory_change(m, REGISTRY_NUMBER);
	for (i = 0; i < all->count; i++) {
		at = &all->list[i].number;
		is = order(at->series, at->year, number->series, number->year);
		if (is == 0 && at->number == number->number)
			return fail(
			    e, RC_EXISTS, "store: this number is taken");
		if (is > 0 || (is == 0 && at->number > number->number))
			break;
	}
	memory_row_add(all, REGISTRY_NUMBER, i, &row);
	return RC_OK;
}

enum rc
memory_taken(struct store *s, struct bytes series, unsigned year,
    uint64_t *last, struct err *e)
{
	const struct memory_rows *all =
	    memory_rows(memory_of(s), REGISTRY_NUMBER);
	const struct store_number *at;
	size_t i;

	(void)e;
	*last = 0;
	for (i = 0; i < all->count; i++) {
		at = &all->list[i].number;
		if (order(at->series, at->year, series, year) == 0)
			*last = at->number;
	}
	return RC_OK;
}

enum rc
memory_cancel(struct store *s, struct bytes series, unsigned year,
    uint64_t number, struct bytes reason, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_rows *all;
	struct memory_row *row;
	size_t i;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_cells(reason, e)) != RC_OK)
		return rc;
	all = memory_change(m, REGISTRY_NUMBER);
	for (i = 0; i < all->count; i++) {
		row = &all->list[i];
		if (row->number.number != number ||
		    order(row->number.series, row->number.year, series, year) !=
			0)
			continue;
		if (row->number.cancelled)
			return fail(e, RC_DENIED,
			    "store: this number is cancelled already");
		row->number.cancelled = true;
		row->number.reason = reason;
		memory_row_own(REGISTRY_NUMBER, row);
		return RC_OK;
	}
	return fail(e, RC_ABSENT, "store: this number was not taken");
}

enum rc
memory_numbers(struct store *s, struct bytes series, unsigned year,
    uint64_t from, size_t max,
    bool (*each)(void *ctx, const struct store_number *number), void *ctx,
    struct err *e)
{
	const struct memory_rows *all =
	    memory_rows(memory_of(s), REGISTRY_NUMBER);
	const struct store_number *at;
	size_t i;

	(void)e;
	for (i = 0; i < all->count && max > 0; i++) {
		at = &all->list[i].number;
		if (at->number < from ||
		    order(at->series, at->year, series, year) != 0)
			continue;
		max--;
		if (!each(ctx, at))
			break;
	}
	return RC_OK;
}

/* ---- series -------------------------------------------------------------- */

enum rc
memory_resume(struct store *s, const struct store_series *series, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct memory_row row = { .series = *series };
	struct memory_rows *all;
	size_t i;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_book(series->series, series->year, e)) != RC_OK ||
	    (rc = check_cells(series->reason, e)) != RC_OK)
		return rc;
	all = memory_change(m, REGISTRY_SERIES);
	for (i = 0; i < all->count; i++)
		if (order(all->list[i].series.series, all->list[i].series.year,
			series->series, series->year) == 0)
			break;
	if (i == all->count) {
		memory_row_add(all, REGISTRY_SERIES, i, &row);
		return RC_OK;
	}
	all->list[i].series = *series;
	memory_row_own(REGISTRY_SERIES, &all->list[i]);
	return RC_OK;
}

enum rc
memory_resumed(struct store *s, struct bytes series, unsigned year,
    struct store_series *out, struct buf *hold, struct err *e)
{
	const struct memory_rows *all =
	    memory_rows(memory_of(s), REGISTRY_SERIES);
	const struct store_series *at;
	size_t i;

	*hold = (struct buf){ 0 };
	*out = (struct store_series){ .series = series, .year = year };
	for (i = 0; i < all->count; i++) {
		at = &all->list[i].series;
		if (order(at->series, at->year, series, year) != 0)
			continue;
		out->from = at->from;
		out->at = at->at;
		out->reason = memory_own(hold, at->reason);
		return RC_OK;
	}
	return fail(e, RC_ABSENT, "store: nothing was said of it");
}

enum rc
memory_all_series(struct store *s, unsigned level,
    bool (*each)(void *ctx, struct bytes series, unsigned year, uint64_t last),
    void *ctx, struct err *e)
{
	const struct memory_rows *all =
	    memory_rows(memory_of(s), REGISTRY_NUMBER);
	const struct store_number *last = NULL, *at;
	bool more = true;
	size_t i;

	(void)e;
	for (i = 0; i < all->count && more; i++) {
		at = &all->list[i].number;
		if (memory_doc_above(memory_of(s), at->n, level))
			continue;
		if (last != NULL &&
		    order(at->series, at->year, last->series, last->year) != 0)
			more =
			    each(ctx, last->series, last->year, last->number);
		last = at;
	}
	if (last != NULL && more)
		(void)each(ctx, last->series, last->year, last->number);
	return RC_OK;
}

/* ---- volumes ------------------------------------------------------------- */

static struct memory_row *
volume_row(const struct memory_rows *all, struct bytes book, unsigned year,
    unsigned volume)
{
	const struct store_volume *v;
	size_t i;

	for (i = 0; i < all->count; i++) {
		v = &all->list[i].volume;
		if (v->volume == volume &&
		    order(v->book, v->year, book, year) == 0)
			return &all->list[i];
	}
	return NULL;
}

const struct store_volume *
memory_volume_of(
    struct memory *m, struct bytes book, unsigned year, unsigned volume)
{
	const struct memory_row *row =
	    volume_row(memory_rows(m, REGISTRY_VOLUME), book, year, volume);

	return row == NULL ? NULL : &row->volume;
}

void
memory_volume_grew(struct memory *m, const struct store_line *l)
{
	struct memory_row *row = volume_row(
	    memory_change(m, REGISTRY_VOLUME), l->book, l->year, l->volume);

	if (row == NULL)
		bug("a line of no volume");
	row->volume.last = l->serial;
	if (row->volume.first == 0)
		row->volume.first = l->serial;
}

/* The last one, and where the next one stands. */
static const struct store_volume *
last_of(const struct memory_rows *all, struct bytes book, unsigned year,
    size_t *next)
{
	const struct store_volume *v, *found = NULL;
	size_t i;

	for (i = 0; i < all->count; i++) {
		v = &all->list[i].volume;
		if (order(v->book, v->year, book, year) > 0)
			break;
		if (order(v->book, v->year, book, year) == 0)
			found = v;
	}
	*next = i;
	return found;
}

enum rc
memory_volume_open(struct store *s, const struct store_volume *v, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_row row = { .volume = *v };
	const struct store_volume *last;
	struct memory_rows *all;
	size_t at;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_book(v->book, v->year, e)) != RC_OK ||
	    (rc = check_cells(v->cover, e)) != RC_OK)
		return rc;
	all = memory_change(m, REGISTRY_VOLUME);
	last = last_of(all, v->book, v->year, &at);
	if (last != NULL && last->volume >= v->volume)
		return fail(e, RC_EXISTS, "store: there is such a volume");
	if (last != NULL && last->closed == 0)
		return fail(
		    e, RC_DENIED, "store: the volume before it is open");
	row.volume.closed = 0;
	row.volume.first = row.volume.last = 0;
	memory_row_add(all, REGISTRY_VOLUME, at, &row);
	return RC_OK;
}

enum rc
memory_volume_close(
    struct store *s, const struct store_volume *v, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_row *row;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_cells(v->cover, e)) != RC_OK)
		return rc;
	row = volume_row(
	    memory_change(m, REGISTRY_VOLUME), v->book, v->year, v->volume);
	if (row == NULL)
		return fail(e, RC_ABSENT, "store: no such volume");
	if (row->volume.closed != 0)
		return fail(e, RC_DENIED, "store: the volume is closed");
	row->volume.closed = v->closed;
	row->volume.cover = v->cover;
	memory_row_own(REGISTRY_VOLUME, row);
	return RC_OK;
}

enum rc
memory_volume(struct store *s, struct bytes book, unsigned year,
    struct store_volume *out, struct buf *hold, struct err *e)
{
	const struct store_volume *last;
	size_t at;

	*hold = (struct buf){ 0 };
	*out = (struct store_volume){ 0 };
	last = last_of(
	    memory_rows(memory_of(s), REGISTRY_VOLUME), book, year, &at);
	if (last == NULL)
		return fail(e, RC_ABSENT, "store: no such volume");
	*out = *last;
	out->cover = memory_own(hold, last->cover);
	out->book = book;
	return RC_OK;
}

/* Its first and last line up to a level. */
static void
seen(struct memory *m, struct store_volume *v, unsigned level)
{
	const struct memory_rows *all = memory_rows(m, REGISTRY_LINE);
	const struct store_line *l;
	size_t i;

	v->first = v->last = 0;
	for (i = 0; i < all->count; i++) {
		l = &all->list[i].line;
		if (l->volume != v->volume || l->level > level ||
		    order(l->book, l->year, v->book, v->year) != 0 ||
		    memory_doc_above(m, l->n, level))
			continue;
		if (v->first == 0)
			v->first = l->serial;
		v->last = l->serial;
	}
}

enum rc
memory_volumes(struct store *s, struct bytes book, unsigned level,
    bool (*each)(void *ctx, const struct store_volume *v), void *ctx,
    struct err *e)
{
	const struct memory_rows *all =
	    memory_rows(memory_of(s), REGISTRY_VOLUME);
	struct store_volume v;
	size_t i;

	(void)e;
	for (i = 0; i < all->count; i++) {
		v = all->list[i].volume;
		if (book.len > 0 && !bytes_eq(v.book, book))
			continue;
		seen(memory_of(s), &v, level);
		if (!each(ctx, &v))
			break;
	}
	return RC_OK;
}
