/* SPDX-License-Identifier: EUPL-1.2 */
/* Papers: what waits to be decided or fetched.  They are few: a transaction
 * that changes one keeps all as they were. */
#include <stdlib.h>

#include "core/vec.h"
#include "store/check.h"
#include "store/memory.h"

static void
one_free(struct memory_paper *p)
{
	buf_free(&p->key);
	buf_free(&p->head);
	buf_free(&p->body);
}

static void
all_free(struct memory_papers *all)
{
	size_t i;

	for (i = 0; i < all->count; i++)
		one_free(&all->list[i]);
	free(all->list);
	*all = (struct memory_papers){ 0 };
}

/* In the order of at, then as they came. */
static struct memory_paper *
insert(struct memory_papers *all, enum paper_kind kind, int64_t at,
    struct bytes key)
{
	size_t i = all->count;

	all->list = vec_more(all->list, all->count, sizeof(*all->list));
	for (; i > 0 && all->list[i - 1].at > at; i--)
		all->list[i] = all->list[i - 1];
	all->list[i] = (struct memory_paper){ .kind = kind, .at = at };
	buf_add(&all->list[i].key, key);
	all->count++;
	return &all->list[i];
}

static void
remember(struct memory *m)
{
	const struct memory_paper *p;
	struct memory_paper *copy;
	size_t i;

	if (m->papers_kept)
		return;
	m->papers_kept = true;
	for (i = 0; i < m->papers.count; i++) {
		p = &m->papers.list[i];
		copy = insert(
		    &m->papers_before, p->kind, p->at, buf_bytes(&p->key));
		buf_add(&copy->head, buf_bytes(&p->head));
		buf_add(&copy->body, buf_bytes(&p->body));
	}
}

void
memory_papers_end(struct memory *m, bool kept)
{
	if (m->papers_kept && !kept) {
		all_free(&m->papers);
		m->papers = m->papers_before;
		m->papers_before = (struct memory_papers){ 0 };
	}
	all_free(&m->papers_before);
	m->papers_kept = false;
}

void
memory_papers_free(struct memory *m)
{
	all_free(&m->papers);
	all_free(&m->papers_before);
}

static struct memory_paper *
find(struct memory *m, enum paper_kind kind, struct bytes key)
{
	size_t i;

	for (i = 0; i < m->papers.count; i++)
		if (m->papers.list[i].kind == kind &&
		    bytes_eq(buf_bytes(&m->papers.list[i].key), key))
			return &m->papers.list[i];
	return NULL;
}

static void
drop(struct memory *m, enum paper_kind kind, struct bytes key)
{
	struct memory_paper *p = find(m, kind, key);
	size_t i;

	if (p == NULL)
		return;
	one_free(p);
	m->papers.count--;
	for (i = (size_t)(p - m->papers.list); i < m->papers.count; i++)
		m->papers.list[i] = m->papers.list[i + 1];
	/* room that is not used is zero */
	m->papers.list[m->papers.count] = (struct memory_paper){ 0 };
}

enum rc
memory_paper_put(
    struct store *s, const struct paper *p, struct bytes body, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_paper *to;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_paper(p, body, e)) != RC_OK)
		return rc;
	remember(m);
	drop(m, p->kind, p->key);
	to = insert(&m->papers, p->kind, p->at, p->key);
	buf_add(&to->head, p->head);
	buf_add(&to->body, body);
	return RC_OK;
}

enum rc
memory_paper_get(struct store *s, enum paper_kind kind, struct bytes key,
    struct buf *head, struct buf *body, struct err *e)
{
	const struct memory_paper *p = find(memory_of(s), kind, key);

	*head = *body = (struct buf){ 0 };
	if (p == NULL)
		return fail(e, RC_ABSENT, "store: no such paper");
	buf_add(head, buf_bytes(&p->head));
	buf_add(body, buf_bytes(&p->body));
	return RC_OK;
}

enum rc
memory_paper_each(struct store *s, enum paper_kind kind,
    bool (*each)(void *ctx, const struct paper *p), void *ctx, struct err *e)
{
	const struct memory *m = memory_of(s);
	const struct memory_paper *p;
	struct paper row;
	size_t i;

	(void)e;
	for (i = 0; i < m->papers.count; i++) {
		p = &m->papers.list[i];
		row = (struct paper){ .kind = kind,
			.key = buf_bytes(&p->key),
			.at = p->at,
			.head = buf_bytes(&p->head),
			.size = p->body.len };
		if (p->kind == kind && !each(ctx, &row))
			break;
	}
	return RC_OK;
}

enum rc
memory_paper_drop(
    struct store *s, enum paper_kind kind, struct bytes key, struct err *e)
{
	struct memory *m = memory_of(s);

	if (memory_writes(m, e) != RC_OK)
		return e->rc;
	remember(m);
	drop(m, kind, key);
	return RC_OK;
}
