/* SPDX-License-Identifier: EUPL-1.2 */
/* What every backend holds rows of the registry to: docs/registry.md 5. */
#include "store/check.h"

enum rc
check_doc(const struct store_doc *d, struct err *e)
{
	enum rc rc;

	if (d->desk.len == 0)
		return fail(e, RC_INVALID, "store: a document of no desk");
	if ((rc = check_address(d->desk, e)) != RC_OK)
		return rc;
	if (d->kind >= STORE_DOC_KINDS || d->state >= STORE_DOC_STATES ||
	    d->level >= STORE_DOC_LEVELS || d->rank >= STORE_DOC_LEVELS)
		return fail(e, RC_LIMIT,
		    "store: a document of kind %u, state %u, level %u, rank %u",
		    d->kind, d->state, d->level, d->rank);
	if (d->steps == 0 || d->steps > STORE_DOC_STEPS)
		return fail(e, RC_LIMIT,
		    "store: a document of %u steps, at most %u", d->steps,
		    STORE_DOC_STEPS);
	if (d->summary.len > STORE_SUMMARY)
		return fail(e, RC_LIMIT,
		    "store: a summary of %zu bytes, at most %u", d->summary.len,
		    STORE_SUMMARY);
	return RC_OK;
}

enum rc
check_step(const struct store_step *step, struct err *e)
{
	if (step->number >= STORE_DOC_STEPS || step->statement.len == 0 ||
	    step->statement.len > STORE_STEP_STATEMENT ||
	    step->signature.len > STORE_STEP_SIGNATURE ||
	    step->opening.len > STORE_STEP_OPENING)
		return fail(e, RC_LIMIT,
		    "store: a step's %zu bytes, signature of %zu, opening "
		    "of %zu",
		    step->statement.len, step->signature.len,
		    step->opening.len);
	return RC_OK;
}

enum rc
check_book(struct bytes name, unsigned year, struct err *e)
{
	if (name.len == 0 || name.len > STORE_SERIES)
		return fail(e, RC_LIMIT,
		    "store: a register's name of %zu bytes, at most %u",
		    name.len, STORE_SERIES);
	if (year < STORE_YEAR_MIN || year > STORE_YEAR_MAX)
		return fail(e, RC_LIMIT, "store: no such year: %u", year);
	return RC_OK;
}

enum rc
check_cells(struct bytes sealed, struct err *e)
{
	if (sealed.len > STORE_CELLS)
		return fail(e, RC_LIMIT,
		    "store: a register's %zu bytes, at most %u", sealed.len,
		    STORE_CELLS);
	return RC_OK;
}

enum rc
check_draft(const struct store_draft *d, struct err *e)
{
	enum rc rc;

	if (d->person.len == 0 || d->desk.len == 0)
		return fail(e, RC_INVALID, "store: a draft of nobody");
	if ((rc = check_address(d->person, e)) != RC_OK ||
	    (rc = check_address(d->desk, e)) != RC_OK)
		return rc;
	if (d->text.len > STORE_DRAFT)
		return fail(e, RC_LIMIT,
		    "store: a draft of %zu bytes, at most %u", d->text.len,
		    STORE_DRAFT);
	return RC_OK;
}

enum rc
check_line(const struct store_line *l, struct err *e)
{
	enum rc rc;

	if ((rc = check_book(l->book, l->year, e)) != RC_OK ||
	    (rc = check_cells(l->cells, e)) != RC_OK)
		return rc;
	if (l->level >= STORE_DOC_LEVELS || l->rank >= STORE_DOC_LEVELS)
		return fail(e, RC_LIMIT, "store: a line of level %u, rank %u",
		    l->level, l->rank);
	return RC_OK;
}
