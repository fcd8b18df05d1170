/* SPDX-License-Identifier: EUPL-1.2 */
/* What a step does, in one transaction (docs/registry.md 7.2): all is looked at
 * before anything is written, for the transaction is others' too. */
#include "proc_store/doc_keep.h"

#include <string.h>

#include "crypto/row.h"

/* It stands as it did when the step was thought through. */
static enum rc
check_same(uint64_t n, const struct acting_plan *plan, struct err *e)
{
	struct store_doc d;
	struct buf hold;
	enum rc rc;

	if (n == 0)
		return RC_OK;
	rc = st.store->ops->registry->get(st.store, n, &d, &hold, e);
	if (rc == RC_OK &&
	    (d.steps != plan->steps ||
		memcmp(d.last, plan->previous, SHA256_SIZE) != 0))
		rc = fail(e, RC_EXISTS,
		    "somebody else has done something to this document "
		    "meanwhile; look at it again");
	buf_free(&hold);
	return rc;
}

static enum rc
keep_doc(const struct asking *a, uint64_t *n, const struct id *id,
    const struct acting_plan *plan, struct err *e)
{
	struct store_doc d = { .n = *n,
		.kind = plan->kind,
		.state = plan->state,
		.level = plan->level,
		.rank = precedence_rank((enum precedence)plan->rank),
		.desk = bytes_str(a->address),
		.due = plan->due,
		.opened = plan->at,
		.changed = plan->at,
		.steps = plan->steps + 1 };
	struct buf summary;
	enum rc rc;

	memcpy(d.id, id->b, ID_SIZE);
	memcpy(d.dispatch, plan->dispatch.b, ID_SIZE);
	sha256(d.last, plan->statement);
	rc = sealed_shut(&summary, row_of_doc(id->b), plan->summary, e);
	d.summary = buf_bytes(&summary);
	if (rc == RC_OK && *n == 0)
		rc = st.store->ops->registry->put(st.store, &d, e);
	else if (rc == RC_OK)
		rc = st.store->ops->registry->set(st.store, &d, plan->steps, e);
	*n = d.n;
	buf_free(&summary);
	return rc;
}

static enum rc
keep_step(uint64_t n, const struct id *id, const struct acting_plan *plan,
    struct bytes signature, struct err *e)
{
	struct store_step step = { .n = n,
		.number = plan->steps,
		.statement = plan->statement,
		.signature = signature };
	struct buf opening;
	enum rc rc;

	rc = sealed_shut(
	    &opening, row_of_step(id->b, plan->steps), plan->opening, e);
	step.opening = buf_bytes(&opening);
	if (rc == RC_OK)
		rc = st.store->ops->registry->step(st.store, &step, e);
	buf_free(&opening);
	return rc;
}

static void
journal_step(
    const struct asking *a, const struct id *id, const struct acting_plan *plan)
{
	struct entry_data d = {
		.id = *id, .number = plan->steps, .desk = bytes_str(a->address)
	};

	sha256(d.hash, plan->statement);
	journal_add(ENTRY_STEP, &d, 0);
}

/* It has room in the store's rows, sealed. */
static enum rc
check_room(const struct acting_plan *plan, struct err *e)
{
	bool much = plan->steps + 1 > STORE_DOC_STEPS ||
		    plan->summary.len + ROW_EXTRA > STORE_SUMMARY ||
		    plan->opening.len + ROW_EXTRA > STORE_STEP_OPENING ||
		    plan->reason.len + ROW_EXTRA > STORE_CELLS;
	size_t i;

	/* and a serial with its name */
	for (i = 0; i < plan->line_count; i++)
		much = much ||
		       plan->lines[i].cells.len + ROW_EXTRA + 64 > STORE_CELLS;
	return much ? fail(e, RC_LIMIT,
			  "so much is written in this document that the "
			  "registry has no room for it")
		    : RC_OK;
}

static enum rc
write_all(const struct asking *a, uint64_t n, const struct id *id,
    const struct acting_plan *plan, struct bytes signature, struct err *e)
{
	enum rc rc = keep_doc(a, &n, id, plan, e);
	size_t i;

	if (rc == RC_OK)
		rc = doc_destroy(n, plan, bytes_str(a->address), e);
	if (rc == RC_OK)
		rc = keep_step(n, id, plan, signature, e);
	if (rc == RC_OK)
		rc = book_number_keep(a, n, plan, e);
	for (i = 0; i < plan->line_count && rc == RC_OK; i++)
		rc = plan->lines[i].remark
			 ? book_line_remark(a, n, plan, &plan->lines[i], e)
			 : book_line_keep(a, n, plan, &plan->lines[i], e);
	return rc;
}

enum rc
doc_keep(const struct asking *a, uint64_t n, const struct id *id,
    const struct acting_plan *plan, struct bytes signature, struct err *e)
{
	uint8_t key[ROWS_KEY];
	enum rc rc;

	rc = rows_key_or(key, e);
	wipe(key, sizeof(key));
	if (rc != RC_OK || (rc = store_write(e)) != RC_OK ||
	    (rc = check_room(plan, e)) != RC_OK ||
	    (rc = check_same(n, plan, e)) != RC_OK ||
	    (rc = book_number_check(a, n, plan, e)) != RC_OK)
		return rc;
	rc = write_all(a, n, id, plan, signature, e);
	if (store_failed(rc) == RC_IO)
		return rc;
	if (rc != RC_OK) /* half of it is in others' transaction */
		bug("a step that was held to the store does not apply");
	doc_destroyed(plan);
	journal_step(a, id, plan);
	return RC_OK;
}
