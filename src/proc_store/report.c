/* SPDX-License-Identifier: EUPL-1.2 */
/* How long documents took, for reports (docs/registry.md 9.5). */
#include <string.h>

#include "core/vec.h"
#include "proc_store/registry.h"

#define TIMES_MAX 200u /* documents of one request */

/* A document that is looked at. */
struct timed {
	uint64_t n;
	unsigned kind;
	enum level level;
	enum precedence precedence;
	int64_t set; /* its own due time, or TIME_NEVER */
};

struct timing {
	struct timed docs[TIMES_MAX];
	size_t count;
	enum rc rc;
	struct err *e;
};

static bool
take_doc(void *ctx, const struct store_doc *d)
{
	struct timing *t = ctx;
	struct timed *to = &t->docs[t->count];
	struct buf summary;

	*to = (struct timed){ d->n, d->kind, (enum level)d->level,
		PRECEDENCE_THUONG, TIME_NEVER };
	t->rc = sealed_read(&summary, row_of_doc(d->id), d->summary, t->e);
	if (t->rc == RC_OK) {
		(void)precedence_parse(&to->precedence,
		    pairs_get(buf_bytes(&summary), "precedence"));
		if (!time_parse(
			&to->set, pairs_get(buf_bytes(&summary), "due")))
			to->set = TIME_NEVER;
		t->count++;
	}
	buf_free(&summary);
	return t->rc == RC_OK && t->count < TIMES_MAX;
}

struct stepping {
	struct acting_times times;
	unsigned kind;
	enum rc rc;
	struct err *e;
};

static bool
take_step(void *ctx, const struct store_step *step)
{
	struct stepping *s = ctx;

	s->rc = acting_time(&s->times, s->kind, step->statement, s->e);
	return s->rc == RC_OK;
}

static enum rc
add_timed(struct buf *rows, const struct timed *d, struct err *e)
{
	struct stepping s = {
		.times = { TIME_NEVER, TIME_NEVER }, .kind = d->kind, .e = e
	};
	const struct rules *rules;
	struct buf row = { 0 };
	enum rc rc = law(&rules, e);

	if (rc == RC_OK)
		rc = st.store->ops->registry->steps(
		    st.store, d->n, 0, take_step, &s, e);
	if (rc != RC_OK || s.rc != RC_OK)
		return rc != RC_OK ? rc : s.rc;
	pairs_add(&row, bytes_str("row"), bytes_str("time"));
	row_number(&row, "#n", (int64_t)d->n);
	pairs_add(
	    &row, bytes_str("kind"), bytes_str(acting_kind_word(d->kind)));
	pairs_add(&row, bytes_str("level"), bytes_str(level_word(d->level)));
	pairs_add(&row, bytes_str("precedence"),
	    bytes_str(precedence_word(d->precedence)));
	row_number(&row, "#began", s.times.began);
	row_number(&row, "#done", s.times.done);
	if (s.times.began != TIME_NEVER)
		row_number(&row, "#by",
		    acting_due(
			rules, d->kind, d->precedence, s.times.began, d->set));
	rows_add(rows, &row);
	return RC_OK;
}

enum rc
docs_times(struct buf *rows, const struct asking *a, const struct msg_doc *m,
    struct err *e)
{
	const struct store_doc_filter f = { .desk = bytes_str(a->address),
		.level = (unsigned)a->level,
		.opened = { m->from, m->until },
		.before = m->before };
	struct timing t = { .e = e };
	size_t i;
	enum rc rc = st.store->ops->registry->each(
	    st.store, &f, TIMES_MAX, take_doc, &t, e);

	if (rc == RC_OK)
		rc = t.rc;
	for (i = 0; i < t.count && rc == RC_OK; i++)
		rc = add_timed(rows, &t.docs[i], e);
	return rc;
}
