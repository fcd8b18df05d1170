/* SPDX-License-Identifier: EUPL-1.2 */
/* Documents and their steps. */
#include <string.h>

#include "core/time.h"
#include "store/check.h"
#include "store/sqlite.h"

#define DOC                                                                    \
	"n, id, kind, state, level, rank, due, opened, changed, steps, desk,"  \
	" dispatch, last, summary"

static enum rc
absent(struct err *e)
{
	return fail(e, RC_ABSENT, "store: no such document");
}

/* Empty where there is none, so that the index has only those that are. */
static struct bytes
dispatch_of(const uint8_t id[static STORE_DOC_ID])
{
	static const uint8_t none[STORE_DOC_ID] = { 0 };

	return memcmp(id, none, STORE_DOC_ID) == 0 ? (struct bytes){ 0 }
						   : bytes_of(id, STORE_DOC_ID);
}

/* What put() and set() bind alike, from parameter 1 on. */
static void
bind(struct sqlite_run *r, const struct store_doc *d)
{
	sqlite_uint(r, 1, d->state);
	sqlite_uint(r, 2, d->level);
	sqlite_uint(r, 3, d->rank);
	sqlite_int(r, 4, d->due);
	sqlite_int(r, 5, d->changed);
	sqlite_uint(r, 6, d->steps);
	sqlite_bytes(r, 7, d->desk);
	sqlite_bytes(r, 8, dispatch_of(d->dispatch));
	sqlite_bytes(r, 9, bytes_of(d->last, sizeof(d->last)));
	sqlite_bytes(r, 10, d->summary);
}

static struct store_doc
doc_of(const struct sqlite_run *r)
{
	struct store_doc d = { .n = sqlite_get_uint(r, 0),
		.kind = (unsigned)sqlite_get_uint(r, 2),
		.state = (unsigned)sqlite_get_uint(r, 3),
		.level = (unsigned)sqlite_get_uint(r, 4),
		.rank = (unsigned)sqlite_get_uint(r, 5),
		.due = sqlite_get_int(r, 6),
		.opened = sqlite_get_int(r, 7),
		.changed = sqlite_get_int(r, 8),
		.steps = (unsigned)sqlite_get_uint(r, 9),
		.desk = sqlite_get_bytes(r, 10),
		.summary = sqlite_get_bytes(r, 13) };

	sqlite_get_fixed(r, 1, d.id, sizeof(d.id));
	sqlite_get_fixed(r, 11, d.dispatch, sizeof(d.dispatch));
	sqlite_get_fixed(r, 12, d.last, sizeof(d.last));
	return d;
}

static enum rc
put(struct store *store, struct store_doc *d, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_doc(d, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_DOC_PUT,
	    "INSERT INTO doc (state, level, rank, due, changed, steps, desk,"
	    " dispatch, last, summary, id, kind, opened)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
	    " ON CONFLICT DO NOTHING");
	bind(&r, d);
	sqlite_bytes(&r, 11, bytes_of(d->id, sizeof(d->id)));
	sqlite_uint(&r, 12, d->kind);
	sqlite_int(&r, 13, d->opened);
	if ((rc = sqlite_do(&r, e)) != RC_OK)
		return rc;
	if (sqlite3_changes(s->db) == 0)
		return fail(e, RC_EXISTS, "store: there is such a document");
	d->n = (uint64_t)sqlite3_last_insert_rowid(s->db);
	return RC_OK;
}

/* How many steps it has; 0: there is none. */
static enum rc
steps_of(struct sqlite *s, uint64_t n, unsigned *steps, struct err *e)
{
	struct sqlite_run r = sqlite_run(
	    s, QUERY_DOC_STEPS, "SELECT steps FROM doc WHERE n = ?1");

	*steps = 0;
	sqlite_uint(&r, 1, n);
	if (sqlite_row(&r))
		*steps = (unsigned)sqlite_get_uint(&r, 0);
	return sqlite_end(&r, e);
}

/* Whether pages that are freed are overwritten too: a summary may have some of
 * its own. */
enum rc
sqlite_thorough(struct sqlite *s, bool yes, struct err *e)
{
	const int code = sqlite3_exec(s->db,
	    yes ? "PRAGMA secure_delete = ON" : "PRAGMA secure_delete = FAST",
	    NULL, NULL, NULL);

	return code == SQLITE_OK ? RC_OK : sqlite_trouble(s, code, e);
}

static enum rc
set(struct store *store, const struct store_doc *d, unsigned seen,
    struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	struct err later;
	unsigned steps;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_doc(d, e)) != RC_OK ||
	    (rc = steps_of(s, d->n, &steps, e)) != RC_OK)
		return rc;
	if (steps == 0)
		return absent(e);
	if (steps != seen)
		return fail(e, RC_DENIED,
		    "store: the document has %u steps, not %u", steps, seen);
	if ((rc = sqlite_thorough(s, true, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_DOC_SET,
	    "UPDATE doc SET state = ?1, level = ?2, rank = ?3, due = ?4,"
	    " changed = ?5, steps = ?6, desk = ?7, dispatch = ?8, last = ?9,"
	    " summary = ?10 WHERE n = ?11");
	bind(&r, d);
	sqlite_uint(&r, 11, d->n);
	rc = sqlite_do(&r, e);
	if (sqlite_thorough(s, false, &later) != RC_OK && rc == RC_OK) {
		*e = later;
		rc = RC_IO;
	}
	return rc;
}

/* The one row of a run that was bound. */
static enum rc
one(struct sqlite_run *r, struct store_doc *out, struct buf *hold,
    struct err *e)
{
	size_t count = 0;
	enum rc rc;

	*hold = (struct buf){ 0 };
	*out = (struct store_doc){ 0 };
	for (; count < 2 && sqlite_row(r); count++) {
		if (count > 0)
			continue;
		*out = doc_of(r);
		buf_reserve(hold, out->desk.len + out->summary.len);
		buf_add(hold, out->desk);
		buf_add(hold, out->summary);
		out->desk.p = hold->p;
		out->summary.p = hold->p + out->desk.len;
	}
	if ((rc = sqlite_end(r, e)) == RC_OK && count == 1)
		return RC_OK;
	*out = (struct store_doc){ 0 };
	if (rc != RC_OK)
		return rc;
	return count == 0
		   ? absent(e)
		   : fail(e, RC_EXISTS, "store: several documents begin so");
}

static enum rc
get(struct store *store, uint64_t n, struct store_doc *out, struct buf *hold,
    struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_DOC_GET,
	    "SELECT " DOC " FROM doc WHERE n = ?1");

	sqlite_uint(&r, 1, n);
	return one(&r, out, hold, e);
}

static enum rc
find(struct store *store, const uint8_t id[static STORE_DOC_ID],
    unsigned digits, unsigned level,
    bool (*each)(void *ctx, const struct store_doc *d), void *ctx,
    struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_DOC_FIND,
	    "SELECT " DOC " FROM doc WHERE id BETWEEN ?1 AND ?2"
	    " AND level <= ?3 ORDER BY id");
	struct store_doc d;
	uint8_t low[STORE_DOC_ID], high[STORE_DOC_ID];
	unsigned i;

	for (i = 0; i < STORE_DOC_ID; i++) {
		const uint8_t rest = digits <= 2 * i	   ? 0xff
				     : digits == 2 * i + 1 ? 0x0f
							   : 0;
		low[i] = (uint8_t)(id[i] & ~rest);
		high[i] = id[i] | rest;
	}
	sqlite_bytes(&r, 1, bytes_of(low, sizeof(low)));
	sqlite_bytes(&r, 2, bytes_of(high, sizeof(high)));
	sqlite_uint(&r, 3, level);
	while (sqlite_row(&r)) {
		d = doc_of(&r);
		if (!each(ctx, &d))
			break;
	}
	return sqlite_end(&r, e);
}

static enum rc
of_dispatch(struct store *store, const uint8_t dispatch[static STORE_DOC_ID],
    struct bytes desk, struct store_doc *out, struct buf *hold, struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_DOC_DISPATCH,
	    "SELECT " DOC " FROM doc WHERE dispatch = ?1 AND dispatch <> x''"
	    " AND desk = ?2 ORDER BY n LIMIT 1");

	sqlite_bytes(&r, 1, dispatch_of(dispatch));
	sqlite_bytes(&r, 2, desk);
	return one(&r, out, hold, e);
}

#define FILTER                                                                 \
	" n < ?1 AND level <= ?2"                                              \
	" AND (?3 = 0 OR (?3 >> kind) & 1) AND (?4 = 0 OR (?4 >> state) & 1)"  \
	" AND opened >= ?5 AND opened < ?6 AND changed >= ?7"                  \
	" AND changed < ?8"

static enum rc
each_doc(struct store *store, const struct store_doc_filter *f, size_t max,
    bool (*each)(void *ctx, const struct store_doc *d), void *ctx,
    struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r =
	    f->desk.len > 0 ? sqlite_run(s, QUERY_DOC_DESK,
				  "SELECT " DOC " FROM doc WHERE" FILTER
				  " AND desk = ?10 ORDER BY n DESC LIMIT ?9")
			    : sqlite_run(s, QUERY_DOC_EACH,
				  "SELECT " DOC " FROM doc WHERE" FILTER
				  " ORDER BY n DESC LIMIT ?9");
	struct store_doc d;

	sqlite_uint(&r, 1, f->before > 0 ? f->before : UINT64_MAX);
	sqlite_uint(&r, 2, f->level);
	sqlite_uint(&r, 3, f->kinds);
	sqlite_int(&r, 4, (int64_t)f->states);
	sqlite_int(&r, 5, f->opened[0]);
	sqlite_int(&r, 6, f->opened[1] > 0 ? f->opened[1] : TIME_NEVER);
	sqlite_int(&r, 7, f->changed[0]);
	sqlite_int(&r, 8, f->changed[1] > 0 ? f->changed[1] : TIME_NEVER);
	sqlite_uint(&r, 9, max);
	if (f->desk.len > 0)
		sqlite_bytes(&r, 10, f->desk);
	while (sqlite_row(&r)) {
		d = doc_of(&r);
		if (!each(ctx, &d))
			break;
	}
	return sqlite_end(&r, e);
}

/* ---- steps --------------------------------------------------------------- */

static enum rc
step_add(struct store *store, const struct store_step *step, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct buf opening = { 0 };
	struct sqlite_run r;
	unsigned steps;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_step(step, e)) != RC_OK ||
	    (rc = steps_of(s, step->n, &steps, e)) != RC_OK)
		return rc;
	if (steps == 0)
		return absent(e);
	buf_u8(&opening, step->opening.len == 0);
	buf_add(&opening, step->opening);
	r = sqlite_run(s, QUERY_STEP_ADD,
	    "INSERT INTO step (n, number, statement, signature, opening)"
	    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING");
	sqlite_uint(&r, 1, step->n);
	sqlite_uint(&r, 2, step->number);
	sqlite_bytes(&r, 3, step->statement);
	sqlite_bytes(&r, 4, step->signature);
	sqlite_bytes(&r, 5, buf_bytes(&opening));
	rc = sqlite_do(&r, e);
	buf_free(&opening);
	if (rc == RC_OK && sqlite3_changes(s->db) == 0)
		rc = fail(e, RC_EXISTS, "store: there is such a step");
	return rc;
}

static enum rc
steps(struct store *store, uint64_t n, unsigned from,
    bool (*each)(void *ctx, const struct store_step *step), void *ctx,
    struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_STEP_EACH,
	    "SELECT number, statement, signature, opening FROM step"
	    " WHERE n = ?1 AND number >= ?2 ORDER BY number");
	struct store_step step = { .n = n };
	struct bytes opening;

	sqlite_uint(&r, 1, n);
	sqlite_uint(&r, 2, from);
	while (sqlite_row(&r)) {
		step.number = (unsigned)sqlite_get_uint(&r, 0);
		step.statement = sqlite_get_bytes(&r, 1);
		step.signature = sqlite_get_bytes(&r, 2);
		opening = sqlite_get_bytes(&r, 3);
		step.opening = opening.len > 1 && opening.p[0] == 0
				   ? bytes_of(opening.p + 1, opening.len - 1)
				   : (struct bytes){ 0 };
		if (!each(ctx, &step))
			break;
	}
	return sqlite_end(&r, e);
}

/* In place: what is written over keeps its length and its pages. */
static enum rc
overwrite(struct sqlite *s, int64_t row, size_t len, struct err *e)
{
	struct buf zeros = { 0 };
	sqlite3_blob *blob = NULL;
	int code, closed;

	buf_u8(&zeros, 1);
	if (len > 1)
		(void)buf_grow(&zeros, len - 1);
	code =
	    sqlite3_blob_open(s->db, "main", "step", "opening", row, 1, &blob);
	if (code == SQLITE_OK)
		code = sqlite3_blob_write(blob, zeros.p, (int)zeros.len, 0);
	closed = sqlite3_blob_close(blob);
	buf_free(&zeros);
	if (code == SQLITE_OK)
		code = closed;
	return code == SQLITE_OK ? RC_OK : sqlite_trouble(s, code, e);
}

static enum rc
steps_destroy(struct store *store, uint64_t n, unsigned number, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	int64_t row;
	size_t len;
	struct sqlite_run r;
	bool found = true;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK)
		return rc;
	/* one after another: a row is not written while it is read */
	while (found && rc == RC_OK) {
		r = sqlite_run(s, QUERY_STEP_OPENINGS,
		    "SELECT rowid, length(opening) FROM step WHERE n = ?1"
		    " AND substr(opening, 1, 1) <> x'01'"
		    " AND (number = ?2 OR ?2 = ?3) LIMIT 1");
		sqlite_uint(&r, 1, n);
		sqlite_uint(&r, 2, number);
		sqlite_uint(&r, 3, STORE_DOC_STEPS);
		row = 0;
		len = 0;
		if ((found = sqlite_row(&r))) {
			row = sqlite_get_int(&r, 0);
			len = (size_t)sqlite_get_uint(&r, 1);
		}
		rc = sqlite_end(&r, e);
		if (rc == RC_OK && found)
			rc = overwrite(s, row, len, e);
	}
	return rc;
}

const struct store_registry_ops sqlite_registry = {
	.put = put,
	.set = set,
	.get = get,
	.find = find,
	.of_dispatch = of_dispatch,
	.each = each_doc,
	.step = step_add,
	.steps = steps,
	.steps_destroy = steps_destroy,
	.take = sqlite_take_number,
	.taken = sqlite_taken,
	.cancel = sqlite_cancel,
	.numbers = sqlite_numbers,
	.resume = sqlite_resume,
	.resumed = sqlite_resumed,
	.all_series = sqlite_all_series,
	.volume_open = sqlite_volume_open,
	.volume_close = sqlite_volume_close,
	.volume = sqlite_volume,
	.volumes = sqlite_volumes,
	.serial = sqlite_serial,
	.line = sqlite_line,
	.cells = sqlite_cells,
	.lines = sqlite_lines,
	.lines_of = sqlite_lines_of,
	.remark = sqlite_remark,
	.remarks = sqlite_remarks,
	.counts = sqlite_counts,
	.draft_put = sqlite_draft_put,
	.draft_get = sqlite_draft_get,
	.drafts = sqlite_drafts,
	.draft_drop = sqlite_draft_drop,
	.draft_old = sqlite_draft_old,
};
