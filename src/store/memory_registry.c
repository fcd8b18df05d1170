/* SPDX-License-Identifier: EUPL-1.2 */
/* The registry's rows, and of them documents and their steps.  A transaction
 * that changes any keeps all as they were. */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "store/check.h"
#include "store/memory.h"

/* ---- rows and copies of them --------------------------------------------- */

/* The i-th of what a row borrows; NULL: it has no more. */
static struct bytes *
part(enum memory_row_kind kind, struct memory_row *row, size_t i)
{
	struct bytes *parts[REGISTRY_KINDS][REGISTRY_BUFS] = {
		[REGISTRY_DOC] = { &row->doc.desk, &row->doc.summary },
		[REGISTRY_STEP] = { &row->step.statement, &row->step.signature,
		    &row->step.opening },
		[REGISTRY_NUMBER] = { &row->number.series,
		    &row->number.reason },
		[REGISTRY_SERIES] = { &row->series.series,
		    &row->series.reason },
		[REGISTRY_VOLUME] = { &row->volume.book, &row->volume.cover },
		[REGISTRY_LINE] = { &row->line.book, &row->line.cells },
		[REGISTRY_REMARK] = { &row->remark.book, &row->remark.text },
		[REGISTRY_DRAFT] = { &row->draft.person, &row->draft.desk,
		    &row->draft.text },
	};

	return i < REGISTRY_BUFS ? parts[kind][i] : NULL;
}

void
memory_row_own(enum memory_row_kind kind, struct memory_row *row)
{
	struct buf was[REGISTRY_BUFS];
	struct bytes *p;
	size_t i;

	memcpy(was, row->b, sizeof(was));
	for (i = 0; (p = part(kind, row, i)) != NULL; i++)
		*p = memory_own(&row->b[i], *p);
	for (; i < REGISTRY_BUFS; i++)
		row->b[i] = (struct buf){ 0 };
	for (i = 0; i < REGISTRY_BUFS; i++)
		buf_free(&was[i]);
}

void
memory_row_add(struct memory_rows *rows, enum memory_row_kind kind, size_t i,
    const struct memory_row *row)
{
	size_t k;

	rows->list = vec_more(rows->list, rows->count, sizeof(*rows->list));
	for (k = rows->count++; k > i; k--)
		rows->list[k] = rows->list[k - 1];
	rows->list[i] = *row;
	memset(rows->list[i].b, 0, sizeof(rows->list[i].b));
	memory_row_own(kind, &rows->list[i]);
}

static void
all_free(struct memory_registry *all)
{
	size_t k, i, b;

	for (k = 0; k < REGISTRY_KINDS; k++) {
		for (i = 0; i < all->rows[k].count; i++)
			for (b = 0; b < REGISTRY_BUFS; b++)
				buf_free(&all->rows[k].list[i].b[b]);
		free(all->rows[k].list);
	}
	*all = (struct memory_registry){ 0 };
}

const struct memory_rows *
memory_rows(struct memory *m, enum memory_row_kind kind)
{
	return &m->registry.rows[kind];
}

struct memory_rows *
memory_change(struct memory *m, enum memory_row_kind kind)
{
	const struct memory_rows *from;
	enum memory_row_kind k;
	size_t i;

	for (k = 0; k < REGISTRY_KINDS && !m->registry_kept; k++) {
		from = &m->registry.rows[k];
		for (i = 0; i < from->count; i++)
			memory_row_add(
			    &m->registry_before.rows[k], k, i, &from->list[i]);
	}
	m->registry_kept = true;
	return &m->registry.rows[kind];
}

void
memory_registry_end(struct memory *m, bool kept)
{
	if (m->registry_kept && !kept) {
		all_free(&m->registry);
		m->registry = m->registry_before;
		m->registry_before = (struct memory_registry){ 0 };
	}
	all_free(&m->registry_before);
	m->registry_kept = false;
}

void
memory_registry_free(struct memory *m)
{
	all_free(&m->registry);
	all_free(&m->registry_before);
}

/* ---- documents ----------------------------------------------------------- */

static enum rc
absent(struct err *e)
{
	return fail(e, RC_ABSENT, "store: no such document");
}

static const struct store_doc *
doc_of(struct memory *m, uint64_t n)
{
	const struct memory_rows *docs = memory_rows(m, REGISTRY_DOC);

	return n > 0 && n <= docs->count ? &docs->list[n - 1].doc : NULL;
}

static enum rc
put(struct store *s, struct store_doc *d, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_row row = { .doc = *d };
	struct memory_rows *docs;
	size_t i;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_doc(d, e)) != RC_OK)
		return rc;
	docs = memory_change(m, REGISTRY_DOC);
	for (i = 0; i < docs->count; i++)
		if (memcmp(docs->list[i].doc.id, d->id, STORE_DOC_ID) == 0)
			return fail(
			    e, RC_EXISTS, "store: there is such a document");
	d->n = row.doc.n = docs->count + 1;
	memory_row_add(docs, REGISTRY_DOC, docs->count, &row);
	return RC_OK;
}

static enum rc
set(struct store *s, const struct store_doc *d, unsigned seen, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct store_doc *was;
	struct memory_row *row;
	struct store_doc next = *d;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_doc(d, e)) != RC_OK)
		return rc;
	if ((was = doc_of(m, d->n)) == NULL)
		return absent(e);
	if (was->steps != seen)
		return fail(e, RC_DENIED,
		    "store: the document has %u steps, not %u", was->steps,
		    seen);
	memcpy(next.id, was->id, sizeof(next.id));
	next.kind = was->kind;
	next.opened = was->opened;
	row = &memory_change(m, REGISTRY_DOC)->list[d->n - 1];
	row->doc = next;
	memory_row_own(REGISTRY_DOC, row);
	return RC_OK;
}

bool
memory_doc_above(struct memory *m, uint64_t n, unsigned level)
{
	const struct store_doc *d = doc_of(m, n);

	return d != NULL && d->level > level;
}

static enum rc
one(const struct store_doc *d, struct store_doc *out, struct buf *hold,
    struct err *e)
{
	*hold = (struct buf){ 0 };
	*out = (struct store_doc){ 0 };
	if (d == NULL)
		return absent(e);
	*out = *d;
	buf_reserve(hold, d->desk.len + d->summary.len);
	buf_add(hold, d->desk);
	buf_add(hold, d->summary);
	out->desk.p = hold->p;
	out->summary.p = hold->p + d->desk.len;
	return RC_OK;
}

static enum rc
get(struct store *s, uint64_t n, struct store_doc *out, struct buf *hold,
    struct err *e)
{
	return one(doc_of(memory_of(s), n), out, hold, e);
}

static bool
begins(const struct store_doc *d, const uint8_t id[static STORE_DOC_ID],
    unsigned digits)
{
	unsigned i, differs;

	for (i = 0; i < digits && i < 2 * STORE_DOC_ID; i++) {
		differs = (unsigned)(d->id[i / 2] ^ id[i / 2]);
		if ((i % 2 == 0 ? differs >> 4 : differs & 0xf) != 0)
			return false;
	}
	return true;
}

static enum rc
find(struct store *s, const uint8_t id[static STORE_DOC_ID], unsigned digits,
    unsigned level, bool (*each)(void *ctx, const struct store_doc *d),
    void *ctx, struct err *e)
{
	const struct memory_rows *docs =
	    memory_rows(memory_of(s), REGISTRY_DOC);
	size_t i;

	(void)e;
	for (i = 0; i < docs->count; i++)
		if (docs->list[i].doc.level <= level &&
		    begins(&docs->list[i].doc, id, digits) &&
		    !each(ctx, &docs->list[i].doc))
			break;
	return RC_OK;
}

static enum rc
of_dispatch(struct store *s, const uint8_t dispatch[static STORE_DOC_ID],
    struct bytes desk, struct store_doc *out, struct buf *hold, struct err *e)
{
	static const uint8_t none[STORE_DOC_ID] = { 0 };
	const struct memory_rows *docs =
	    memory_rows(memory_of(s), REGISTRY_DOC);
	const struct store_doc *d, *found = NULL;
	size_t i;

	for (i = 0; i < docs->count && found == NULL; i++) {
		d = &docs->list[i].doc;
		if (memcmp(dispatch, none, STORE_DOC_ID) != 0 &&
		    memcmp(d->dispatch, dispatch, STORE_DOC_ID) == 0 &&
		    bytes_eq(d->desk, desk))
			found = d;
	}
	return one(found, out, hold, e);
}

static bool
within(int64_t t, const int64_t range[static 2])
{
	return t >= range[0] && (range[1] <= 0 || t < range[1]);
}

static bool
wanted(const struct store_doc *d, const struct store_doc_filter *f)
{
	return (f->desk.len == 0 || bytes_eq(d->desk, f->desk)) &&
	       (f->kinds == 0 || (f->kinds >> d->kind & 1) != 0) &&
	       (f->states == 0 || (f->states >> d->state & 1) != 0) &&
	       d->level <= f->level && within(d->opened, f->opened) &&
	       within(d->changed, f->changed) &&
	       (f->before == 0 || d->n < f->before);
}

static enum rc
each_doc(struct store *s, const struct store_doc_filter *f, size_t max,
    bool (*each)(void *ctx, const struct store_doc *d), void *ctx,
    struct err *e)
{
	const struct memory_rows *docs =
	    memory_rows(memory_of(s), REGISTRY_DOC);
	size_t i;

	(void)e;
	for (i = docs->count; i > 0 && max > 0; i--) {
		if (!wanted(&docs->list[i - 1].doc, f))
			continue;
		max--;
		if (!each(ctx, &docs->list[i - 1].doc))
			break;
	}
	return RC_OK;
}

/* ---- steps --------------------------------------------------------------- */

static enum rc
step_add(struct store *s, const struct store_step *step, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct memory_row row = { .step = *step };
	struct memory_rows *all;
	const struct store_step *other;
	size_t i;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_step(step, e)) != RC_OK)
		return rc;
	if (doc_of(m, step->n) == NULL)
		return absent(e);
	all = memory_change(m, REGISTRY_STEP);
	for (i = all->count; i > 0; i--) {
		other = &all->list[i - 1].step;
		if (other->n < step->n ||
		    (other->n == step->n && other->number < step->number))
			break;
		if (other->n == step->n && other->number == step->number)
			return fail(
			    e, RC_EXISTS, "store: there is such a step");
	}
	memory_row_add(all, REGISTRY_STEP, i, &row);
	return RC_OK;
}

static enum rc
steps(struct store *s, uint64_t n, unsigned from,
    bool (*each)(void *ctx, const struct store_step *step), void *ctx,
    struct err *e)
{
	const struct memory_rows *all =
	    memory_rows(memory_of(s), REGISTRY_STEP);
	const struct store_step *step;
	size_t i;

	(void)e;
	for (i = 0; i < all->count; i++) {
		step = &all->list[i].step;
		if (step->n == n && step->number >= from && !each(ctx, step))
			break;
	}
	return RC_OK;
}

static enum rc
steps_destroy(struct store *s, uint64_t n, unsigned number, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_rows *all;
	struct memory_row *row;
	size_t i;

	if (memory_writes(m, e) != RC_OK)
		return e->rc;
	all = memory_change(m, REGISTRY_STEP);
	for (i = 0; i < all->count; i++) {
		row = &all->list[i];
		if (row->step.n != n ||
		    (number != STORE_DOC_STEPS && number != row->step.number))
			continue;
		row->step.opening = (struct bytes){ 0 };
		memory_row_own(REGISTRY_STEP, row);
	}
	return RC_OK;
}

const struct store_registry_ops memory_registry = {
	.put = put,
	.set = set,
	.get = get,
	.find = find,
	.of_dispatch = of_dispatch,
	.each = each_doc,
	.step = step_add,
	.steps = steps,
	.steps_destroy = steps_destroy,
	.take = memory_take,
	.taken = memory_taken,
	.cancel = memory_cancel,
	.numbers = memory_numbers,
	.resume = memory_resume,
	.resumed = memory_resumed,
	.all_series = memory_all_series,
	.volume_open = memory_volume_open,
	.volume_close = memory_volume_close,
	.volume = memory_volume,
	.volumes = memory_volumes,
	.serial = memory_serial,
	.line = memory_line,
	.cells = memory_cells,
	.lines = memory_lines,
	.lines_of = memory_lines_of,
	.remark = memory_remark,
	.remarks = memory_remarks,
	.counts = memory_counts,
	.draft_put = memory_draft_put,
	.draft_get = memory_draft_get,
	.drafts = memory_drafts,
	.draft_drop = memory_draft_drop,
	.draft_old = memory_draft_old,
};
