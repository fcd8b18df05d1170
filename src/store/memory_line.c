/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines of registers, and what was added to them later. */
#include <stdlib.h>

#include "core/vec.h"
#include "store/check.h"
#include "store/memory.h"

static int
compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
order(const struct store_line *a, const struct store_line *b)
{
	int is = bytes_cmp(a->book, b->book);

	if (is == 0)
		is = compare(a->year, b->year);
	return is != 0 ? is : compare(a->serial, b->serial);
}

enum rc
memory_serial(struct store *s, struct bytes book, unsigned year, uint64_t *next,
    struct err *e)
{
	const struct memory_rows *all =
	    memory_rows(memory_of(s), REGISTRY_LINE);
	const struct store_line *l;
	size_t i;

	(void)e;
	*next = 1;
	for (i = 0; i < all->count; i++) {
		l = &all->list[i].line;
		if (l->year == year && bytes_eq(l->book, book))
			*next = l->serial + 1;
	}
	return RC_OK;
}

enum rc
memory_line(struct store *s, const struct store_line *l, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct memory_row row = { .line = *l };
	const struct store_volume *v;
	struct memory_rows *all;
	uint64_t next;
	size_t i;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_line(l, e)) != RC_OK ||
	    (rc = memory_serial(s, l->book, l->year, &next, e)) != RC_OK)
		return rc;
	if ((v = memory_volume_of(m, l->book, l->year, l->volume)) == NULL)
		return fail(e, RC_ABSENT, "store: no such volume");
	if (v->closed != 0)
		return fail(e, RC_DENIED, "store: the volume is closed");
	if (l->serial != next)
		return fail(e, l->serial < next ? RC_EXISTS : RC_INVALID,
		    "store: the register's next line is another one");
	all = memory_change(m, REGISTRY_LINE);
	for (i = 0; i < all->count; i++)
		if (order(&all->list[i].line, l) > 0)
			break;
	memory_row_add(all, REGISTRY_LINE, i, &row);
	memory_volume_grew(m, l);
	return RC_OK;
}

enum rc
memory_cells(struct store *s, struct bytes book, unsigned year, uint64_t serial,
    struct bytes cells, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct store_line wanted = {
		.book = book, .year = year, .serial = serial
	};
	struct memory_rows *all;
	enum rc rc;
	size_t i;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_cells(cells, e)) != RC_OK)
		return rc;
	all = memory_change(m, REGISTRY_LINE);
	for (i = 0; i < all->count; i++) {
		if (order(&all->list[i].line, &wanted) != 0)
			continue;
		all->list[i].line.cells = cells;
		memory_row_own(REGISTRY_LINE, &all->list[i]);
		return RC_OK;
	}
	return fail(e, RC_ABSENT, "store: no such line");
}

enum rc
memory_lines(struct store *s, struct bytes book, unsigned year, unsigned volume,
    uint64_t from, unsigned level, size_t max,
    bool (*each)(void *ctx, const struct store_line *l), void *ctx,
    struct err *e)
{
	const struct memory_rows *all =
	    memory_rows(memory_of(s), REGISTRY_LINE);
	const struct store_line *l;
	size_t i;

	(void)e;
	for (i = 0; i < all->count && max > 0; i++) {
		l = &all->list[i].line;
		if (l->year != year || !bytes_eq(l->book, book) ||
		    l->serial < from || l->level > level ||
		    (volume != 0 && l->volume != volume) ||
		    memory_doc_above(memory_of(s), l->n, level))
			continue;
		max--;
		if (!each(ctx, l))
			break;
	}
	return RC_OK;
}

enum rc
memory_lines_of(struct store *s, uint64_t n,
    bool (*each)(void *ctx, const struct store_line *l), void *ctx,
    struct err *e)
{
	const struct memory_rows *all =
	    memory_rows(memory_of(s), REGISTRY_LINE);
	size_t i;

	(void)e;
	for (i = 0; i < all->count; i++)
		if (all->list[i].line.n == n && !each(ctx, &all->list[i].line))
			break;
	return RC_OK;
}

static int
by_kind(const void *a, const void *b)
{
	const struct store_line_count *x = a, *y = b;
	int is = bytes_cmp(x->book, y->book);

	if (is == 0)
		is = compare(x->incoming, y->incoming);
	if (is == 0)
		is = compare(x->level, y->level);
	return is != 0 ? is : compare(x->rank, y->rank);
}

enum rc
memory_counts(struct store *s, int64_t from, int64_t until, unsigned level,
    bool (*each)(void *ctx, const struct store_line_count *c), void *ctx,
    struct err *e)
{
	const struct memory_rows *all =
	    memory_rows(memory_of(s), REGISTRY_LINE);
	struct store_line_count *counts = NULL, c;
	const struct store_line *l;
	size_t i, k, n = 0;

	(void)e;
	for (i = 0; i < all->count; i++) {
		l = &all->list[i].line;
		if (l->at < from || l->at >= until || l->level > level ||
		    memory_doc_above(memory_of(s), l->n, level))
			continue;
		c = (struct store_line_count){ l->book, l->incoming, l->level,
			l->rank, 0 };
		for (k = 0; k < n && by_kind(&counts[k], &c) != 0; k++)
			;
		if (k == n) {
			counts = vec_more(counts, n, sizeof(*counts));
			counts[n++] = c;
		}
		counts[k].count++;
	}
	if (n > 0)
		qsort(counts, n, sizeof(*counts), by_kind);
	for (i = 0; i < n && each(ctx, &counts[i]); i++)
		;
	free(counts);
	return RC_OK;
}

/* ---- remarks ------------------------------------------------------------- */

static const struct store_line *
find(struct memory *m, struct bytes book, unsigned year, uint64_t serial)
{
	const struct memory_rows *all = memory_rows(m, REGISTRY_LINE);
	const struct store_line wanted = {
		.book = book, .year = year, .serial = serial
	};
	size_t i;

	for (i = 0; i < all->count; i++)
		if (order(&all->list[i].line, &wanted) == 0)
			return &all->list[i].line;
	return NULL;
}

static bool
is_of(const struct store_remark *r, struct bytes book, unsigned year,
    uint64_t serial)
{
	return r->serial == serial && r->year == year &&
	       bytes_eq(r->book, book);
}

enum rc
memory_remark(struct store *s, struct store_remark *r, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_rows *all;
	struct memory_row row;
	const struct store_line *l;
	size_t i;
	enum rc rc;

	r->number = 0;
	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_cells(r->text, e)) != RC_OK)
		return rc;
	if ((l = find(m, r->book, r->year, r->serial)) == NULL)
		return fail(e, RC_ABSENT, "store: no such line");
	if (memory_volume_of(m, l->book, l->year, l->volume)->closed != 0)
		return fail(e, RC_DENIED, "store: the volume is closed");
	all = memory_change(m, REGISTRY_REMARK);
	r->number = 1;
	for (i = 0; i < all->count; i++)
		r->number +=
		    is_of(&all->list[i].remark, r->book, r->year, r->serial);
	row = (struct memory_row){ .remark = *r };
	memory_row_add(all, REGISTRY_REMARK, all->count, &row);
	return RC_OK;
}

enum rc
memory_remarks(struct store *s, struct bytes book, unsigned year,
    uint64_t serial, bool (*each)(void *ctx, const struct store_remark *r),
    void *ctx, struct err *e)
{
	const struct memory_rows *all =
	    memory_rows(memory_of(s), REGISTRY_REMARK);
	size_t i;

	(void)e;
	for (i = 0; i < all->count; i++)
		if (is_of(&all->list[i].remark, book, year, serial) &&
		    !each(ctx, &all->list[i].remark))
			break;
	return RC_OK;
}
