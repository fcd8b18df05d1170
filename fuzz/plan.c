/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A ceremony's plan: what is read keeps the rules, and what is written of it
 * is read as the same plan.
 */
#include "pki/plan.h"
#include "core/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
keeps_the_rules(const struct plan *p)
{
	const bool makes_key = p->purpose != PLAN_ACTS;

	if (p->officer_count == 0 || p->officer_count > SHAMIR_MAX ||
	    p->quorum > p->officer_count || makes_key != (p->quorum >= 2) ||
	    makes_key != (p->suite != NULL) || p->todo_count > PLAN_DO ||
	    (p->purpose == PLAN_ROOT) != (p->unit.len > 0) ||
	    (p->purpose == PLAN_AUTHORITY && p->todo_count > 0) ||
	    p->ceremony.len == 0 || p->name.len > LIMIT_NAME)
		bug("a plan that is against the rules");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text, again;
	struct plan p, back;
	struct err e;

	if (plan_read(&p, bytes_of(data, size), &e) != RC_OK)
		return 0;
	keeps_the_rules(&p);
	plan_write(&text, &p);
	if (text.len <= PLAN_MAX) { /* blanks are added */
		if (plan_read(&back, buf_bytes(&text), &e) != RC_OK)
			bug("a plan that was read and cannot be");
		plan_write(&again, &back);
		if (!bytes_eq(buf_bytes(&text), buf_bytes(&again)))
			bug("a plan that is written otherwise than it was "
			    "read");
		buf_free(&again);
	}
	buf_free(&text);
	return 0;
}
