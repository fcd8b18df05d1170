/* SPDX-License-Identifier: EUPL-1.2 */
/* What a step destroys (docs/registry.md 3.10, 5.5). */
#include <stdlib.h>
#include <string.h>

#include "proc_store/doc_keep.h"

/* ---- the abstract of a line
 * ------------------------------------------------------------ */

struct dropping {
	struct buf lines; /* of struct stands */
	enum rc rc;
	struct err *e;
};
struct stands {
	char book[BOOK_NAME];
	unsigned year;
	uint64_t serial;
	struct buf cells; /* sealed; owned */
};

/* Of a line all but the abstract stays. */
static bool
drop_cell(void *ctx, const struct store_line *l)
{
	struct dropping *d = ctx;
	struct buf text = { 0 }, rest = { 0 };
	struct stands p = { .year = l->year, .serial = l->serial };
	struct bytes pairs, name, value;

	d->rc = sealed_read(&text,
	    row_of_book("line", l->book, l->year, l->serial), l->cells, d->e);
	pairs = buf_bytes(&text);
	while (pairs_next(&pairs, &name, &value))
		if (!bytes_is(name, "abstract"))
			pairs_add(&rest, name, value);
	if (d->rc == RC_OK && rest.len < text.len && l->book.len < BOOK_NAME) {
		memcpy(p.book, l->book.p, l->book.len);
		d->rc = sealed_shut(&p.cells,
		    row_of_book("line", l->book, l->year, l->serial),
		    buf_bytes(&rest), d->e);
		buf_add(&d->lines, bytes_of(&p, sizeof(p)));
	}
	buf_free(&text);
	buf_free(&rest);
	return d->rc == RC_OK;
}

static enum rc
drop_abstract(uint64_t n, struct err *e)
{
	struct dropping d = { .e = e };
	struct stands p;
	size_t at;
	enum rc rc =
	    st.store->ops->registry->lines_of(st.store, n, drop_cell, &d, e);

	if (rc == RC_OK)
		rc = d.rc;
	for (at = 0; at + sizeof(p) <= d.lines.len; at += sizeof(p)) {
		memcpy(&p, d.lines.p + at, sizeof(p));
		if (rc == RC_OK)
			rc = st.store->ops->registry->cells(st.store,
			    bytes_str(p.book), p.year, p.serial,
			    buf_bytes(&p.cells), e);
		buf_free(&p.cells);
	}
	buf_free(&d.lines);
	return rc;
}

/* Of which steps the opening has the abstract: all of them. */
struct described {
	bool is[STORE_DOC_STEPS];
};

static bool
is_describing(void *ctx, const struct store_step *step)
{
	struct described *d = ctx;

	if (step->number < STORE_DOC_STEPS)
		d->is[step->number] =
		    step->opening.len > 0 && acting_describes(step->statement);
	return true;
}

/* ---- its dispatches
 * ------------------------------------------------------------ */

/* Files of packages that were destroyed in this round: they go after it. */
static uint8_t (*burnt)[SHA256_SIZE]; /* owned */
static size_t burnt_count;

struct others {
	const struct names *own;
	bool have;
};

static bool
is_others(void *ctx, const struct delivery *d)
{
	struct others *o = ctx;
	size_t i;

	for (i = 0; i < o->own->count; i++)
		if (bytes_is(d->desk, o->own->name[i]))
			return true;
	o->have = true;
	return false;
}

/* One of the desk's, by any name it had; not where it lies at others' desks,
 * too: there it is theirs. */
static enum rc
burn_one(const struct id *id, const struct names *own, struct err *e)
{
	struct others o = { .own = own };
	struct stored d;
	enum rc rc = RC_ABSENT;
	size_t i;

	for (i = 0; i < own->count && rc == RC_ABSENT; i++)
		rc = st.store->ops->find_at(
		    st.store, id, bytes_str(own->name[i]), &d, e);
	if (rc == RC_ABSENT)
		return RC_OK;
	if (rc == RC_OK)
		rc = st.store->ops->deliveries(st.store, d.n, is_others, &o, e);
	if (rc == RC_OK && !o.have)
		rc =
		    st.store->ops->burn(st.store, d.n, &burnt, &burnt_count, e);
	return rc;
}

/* docs/registry.md 3.10: what of it lies as dispatches at its desk. */
static enum rc
burn(struct bytes ids, struct bytes desk, struct err *e)
{
	struct rd r = rd_init(ids);
	struct names own;
	struct id id;
	enum rc rc = RC_OK;

	names_of(&own, desk);
	while (rc == RC_OK && r.in.len >= ID_SIZE) {
		memcpy(id.b, rd_bytes(&r, ID_SIZE).p, ID_SIZE);
		rc = burn_one(&id, &own, e);
	}
	return rc;
}

static void
burnt_files_go(bool kept)
{
	struct err e;
	size_t i;

	for (i = 0; i < burnt_count && kept; i++)
		if (!st.store->ops->needs(st.store, burnt[i]))
			/* what stays is swept at the next start */
			(void)!files_remove(st.disk, burnt[i], &e);
	free(burnt);
	burnt = NULL;
	burnt_count = 0;
}

/* ---- all of it
 * ------------------------------------------------------------ */

enum rc
doc_destroy(uint64_t n, const struct acting_plan *plan, struct bytes desk,
    struct err *e)
{
	const struct store_registry_ops *ops = st.store->ops->registry;
	struct described d = { 0 };
	unsigned i;
	enum rc rc;

	rc = burn(plan->burns, desk, e);
	if (rc == RC_OK && plan->destroys_abstract) /* a line stays: 3.10 */
		rc = drop_abstract(n, e);
	if (rc == RC_OK && plan->destroys_openings)
		rc = ops->steps_destroy(st.store, n, STORE_DOC_STEPS, e);
	else if (rc == RC_OK && plan->destroys_abstract)
		rc = ops->steps(st.store, n, 0, is_describing, &d, e);
	for (i = 0; i < STORE_DOC_STEPS && rc == RC_OK; i++)
		if (d.is[i])
			rc = ops->steps_destroy(st.store, n, i, e);
	return rc;
}

/* Also at the start: the process may have ended in between. */
static bool scrub_due = true;
static bool destroyed; /* in this round */

void
doc_destroyed(const struct acting_plan *plan)
{
	destroyed |= plan->destroys_abstract || plan->destroys_openings ||
		     plan->burns.len > 0;
}

void
docs_scrub(bool kept)
{
	struct log_line l;
	struct err e;

	burnt_files_go(kept);
	scrub_due |= kept && destroyed;
	destroyed = false;
	if (!scrub_due)
		return;
	scrub_due = st.store->ops->journal->scrub(st.store, &e) != RC_OK;
	if (!scrub_due || !kept)
		return;
	l = log_line(LOG_WARN, "registry.not_scrubbed");
	log_err(&l, &e);
	process_log(LOG_WARN, &l);
}
