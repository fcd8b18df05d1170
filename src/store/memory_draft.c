/* SPDX-License-Identifier: EUPL-1.2 */
/* What people write and have not sent; in the order in which it was changed. */
#include <string.h>

#include "store/check.h"
#include "store/memory.h"

/* Its place; SIZE_MAX: there is none. */
static size_t
place(const struct memory_rows *all, struct bytes person,
    const uint8_t id[static STORE_DOC_ID])
{
	const struct store_draft *d;
	size_t i;

	for (i = 0; i < all->count; i++) {
		d = &all->list[i].draft;
		if (bytes_eq(d->person, person) &&
		    memcmp(d->id, id, STORE_DOC_ID) == 0)
			return i;
	}
	return SIZE_MAX;
}

static void
drop(struct memory_rows *all, size_t i)
{
	size_t b;

	for (b = 0; b < REGISTRY_BUFS; b++)
		buf_free(&all->list[i].b[b]);
	all->count--;
	memmove(&all->list[i], &all->list[i + 1],
	    (all->count - i) * sizeof(*all->list));
}

static enum rc
one(const struct store_draft *d, struct store_draft *out, struct buf *hold)
{
	*out = *d;
	buf_reserve(hold, d->person.len + d->desk.len + d->text.len + 1);
	buf_add(hold, d->person);
	buf_add(hold, d->desk);
	buf_add(hold, d->text);
	out->person.p = hold->p;
	out->desk.p = hold->p + d->person.len;
	out->text.p = hold->p + d->person.len + d->desk.len;
	return RC_OK;
}

enum rc
memory_draft_put(struct store *s, const struct store_draft *d, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct memory_row row = { .draft = *d };
	struct memory_rows *all;
	size_t i;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_draft(d, e)) != RC_OK)
		return rc;
	all = memory_change(m, REGISTRY_DRAFT);
	if ((i = place(all, d->person, d->id)) != SIZE_MAX)
		drop(all, i);
	for (i = all->count;
	     i > 0 && all->list[i - 1].draft.changed > d->changed; i--)
		;
	memory_row_add(all, REGISTRY_DRAFT, i, &row);
	return RC_OK;
}

enum rc
memory_draft_get(struct store *s, struct bytes person,
    const uint8_t id[static STORE_DOC_ID], struct store_draft *out,
    struct buf *hold, struct err *e)
{
	const struct memory_rows *all =
	    memory_rows(memory_of(s), REGISTRY_DRAFT);
	const size_t i = place(all, person, id);

	*hold = (struct buf){ 0 };
	*out = (struct store_draft){ 0 };
	return i == SIZE_MAX ? fail(e, RC_ABSENT, "store: no such draft")
			     : one(&all->list[i].draft, out, hold);
}

enum rc
memory_drafts(struct store *s, struct bytes person,
    bool (*each)(void *ctx, const struct store_draft *d), void *ctx,
    struct err *e)
{
	const struct memory_rows *all =
	    memory_rows(memory_of(s), REGISTRY_DRAFT);
	size_t i;

	(void)e;
	for (i = all->count; i > 0; i--)
		if (bytes_eq(all->list[i - 1].draft.person, person) &&
		    !each(ctx, &all->list[i - 1].draft))
			break;
	return RC_OK;
}

enum rc
memory_draft_drop(struct store *s, struct bytes person,
    const uint8_t id[static STORE_DOC_ID], struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_rows *all;
	size_t i;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK)
		return rc;
	all = memory_change(m, REGISTRY_DRAFT);
	if ((i = place(all, person, id)) == SIZE_MAX)
		return fail(e, RC_ABSENT, "store: no such draft");
	drop(all, i);
	return RC_OK;
}

enum rc
memory_draft_old(struct store *s, int64_t before, struct store_draft *out,
    struct buf *hold, struct err *e)
{
	const struct memory_rows *all =
	    memory_rows(memory_of(s), REGISTRY_DRAFT);

	*hold = (struct buf){ 0 };
	*out = (struct store_draft){ 0 };
	return all->count == 0 || all->list[0].draft.changed >= before
		   ? fail(e, RC_ABSENT, "store: no such draft")
		   : one(&all->list[0].draft, out, hold);
}
