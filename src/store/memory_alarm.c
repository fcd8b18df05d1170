/* SPDX-License-Identifier: EUPL-1.2 */
/* Alarms.  They are few: a transaction that changes one keeps all as they
 * were. */
#include <stdlib.h>

#include "core/vec.h"
#include "store/check.h"
#include "store/memory.h"

static void
all_free(struct memory_alarms *all)
{
	size_t i;

	for (i = 0; i < all->count; i++) {
		buf_free(&all->list[i].subject);
		buf_free(&all->list[i].text);
		buf_free(&all->list[i].by);
	}
	free(all->list);
	*all = (struct memory_alarms){ 0 };
}

static void
add(struct memory_alarms *all, const struct store_alarm *a)
{
	struct memory_alarm *to;

	all->list = vec_more(all->list, all->count, sizeof(*all->list));
	to = &all->list[all->count++];
	*to = (struct memory_alarm){ .a = *a };
	to->a.subject = memory_own(&to->subject, a->subject);
	to->a.text = memory_own(&to->text, a->text);
	to->a.by = memory_own(&to->by, a->by);
}

static void
remember(struct memory *m)
{
	size_t i;

	if (m->alarms_kept)
		return;
	m->alarms_kept = true;
	m->alarms_before.last = m->alarms.last;
	for (i = 0; i < m->alarms.count; i++)
		add(&m->alarms_before, &m->alarms.list[i].a);
}

void
memory_alarms_end(struct memory *m, bool kept)
{
	if (m->alarms_kept && !kept) {
		all_free(&m->alarms);
		m->alarms = m->alarms_before;
		m->alarms_before = (struct memory_alarms){ 0 };
	}
	all_free(&m->alarms_before);
	m->alarms_kept = false;
}

void
memory_alarms_free(struct memory *m)
{
	all_free(&m->alarms);
	all_free(&m->alarms_before);
}

static struct store_alarm *
lasting(struct memory *m, enum store_alarm_kind kind, struct bytes subject,
    unsigned rank, size_t *count)
{
	struct store_alarm *a, *found = NULL;
	size_t i;

	*count = 0;
	for (i = 0; i < m->alarms.count; i++) {
		a = &m->alarms.list[i].a;
		if (a->over != 0)
			continue;
		++*count;
		if (a->kind == kind && a->rank == rank &&
		    bytes_eq(a->subject, subject))
			found = a;
	}
	return found;
}

/* Of those that are over the oldest go. */
static void
forget(struct memory_alarms *all)
{
	struct memory_alarms left = { .last = all->last };
	size_t i, over = 0;

	for (i = 0; i < all->count; i++)
		over += all->list[i].a.over != 0;
	if (over <= STORE_ALARMS_OVER)
		return;
	for (i = 0; i < all->count; i++)
		if (all->list[i].a.over == 0 || over-- <= STORE_ALARMS_OVER)
			add(&left, &all->list[i].a);
	all_free(all);
	*all = left;
}

enum rc
memory_raise(struct store *s, struct store_alarm *a, struct err *e)
{
	struct memory *m = memory_of(s);
	const struct store_alarm *was;
	struct store_alarm new = *a;
	size_t count;
	enum rc rc;

	a->n = 0;
	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_alarm(a, e)) != RC_OK)
		return rc;
	was = lasting(m, a->kind, a->subject, a->rank, &count);
	if (was != NULL) {
		a->n = was->n;
		return fail(e, RC_EXISTS, "store: this alarm lasts already");
	}
	if (count >= STORE_ALARMS_LASTING)
		return fail(e, RC_LIMIT, "store: %u alarms last already",
		    STORE_ALARMS_LASTING);
	remember(m);
	new.n = a->n = ++m->alarms.last;
	new.over = new.acked = 0;
	new.uid = 0;
	new.by = (struct bytes){ 0 };
	add(&m->alarms, &new);
	forget(&m->alarms);
	return RC_OK;
}

enum rc
memory_alarm_end(struct store *s, enum store_alarm_kind kind,
    struct bytes subject, unsigned rank, int64_t at, struct err *e)
{
	struct memory *m = memory_of(s);
	size_t count;

	if (memory_writes(m, e) != RC_OK)
		return e->rc;
	if (lasting(m, kind, subject, rank, &count) == NULL)
		return fail(e, RC_ABSENT, "store: no such alarm lasts");
	remember(m);
	lasting(m, kind, subject, rank, &count)->over = at;
	return RC_OK;
}

enum rc
memory_alarm_ack(struct store *s, uint64_t n, uint64_t uid, struct bytes by,
    int64_t at, struct err *e)
{
	struct memory *m = memory_of(s);
	struct store_alarm *a;
	size_t i;

	if (memory_writes(m, e) != RC_OK || check_alarm_by(by, e) != RC_OK)
		return e->rc;
	for (i = 0; i < m->alarms.count && m->alarms.list[i].a.n != n; i++)
		;
	if (i == m->alarms.count)
		return fail(e, RC_ABSENT, "store: no such alarm");
	remember(m);
	a = &m->alarms.list[i].a;
	if (a->acked == 0) {
		a->acked = at;
		a->uid = uid;
		a->by = memory_own(&m->alarms.list[i].by, by);
	}
	return RC_OK;
}

static int
by_rank(const void *a, const void *b)
{
	const struct store_alarm *x = *(const struct store_alarm *const *)a;
	const struct store_alarm *y = *(const struct store_alarm *const *)b;

	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	return x->n > y->n ? -1 : x->n < y->n;
}

enum rc
memory_alarm_each(struct store *s, bool all,
    bool (*each)(void *ctx, const struct store_alarm *a), void *ctx,
    struct err *e)
{
	const struct memory *m = memory_of(s);
	const struct store_alarm **found;
	size_t i, n = 0;

	(void)e;
	found = alloc(m->alarms.count + 1, sizeof(const struct store_alarm *));
	for (i = 0; i < m->alarms.count; i++)
		if (all || m->alarms.list[i].a.over == 0)
			found[n++] = &m->alarms.list[i].a;
	qsort(found, n, sizeof(const struct store_alarm *), by_rank);
	for (i = 0; i < n && each(ctx, found[i]); i++)
		;
	free(found);
	return RC_OK;
}

static int
by_hop(const void *a, const void *b)
{
	const struct late *x = a, *y = b;
	const int order = bytes_cmp(x->hop, y->hop);

	return order != 0 ? order : x->rank < y->rank ? -1 : x->rank > y->rank;
}

static bool
is_notice(const struct memory *m, uint64_t n)
{
	return n != 0 && n <= m->count.dispatches &&
	       m->dispatches[n - 1]->d.header.serial == 0;
}

enum rc
memory_late(struct store *s, const int64_t before[static 4],
    bool (*each)(void *ctx, const struct late *l), void *ctx, struct err *e)
{
	const struct memory *m = memory_of(s);
	struct late *all = NULL;
	const struct leg *leg;
	size_t i, k, n = 0;

	(void)e;
	for (i = 0; i < m->wait_count; i++) {
		leg = &m->legs[m->waits[i]].leg;
		if (leg->state != LEG_QUEUED || leg->at >= before[leg->rank] ||
		    is_notice(m, leg->n))
			continue;
		for (k = 0; k < n && !(all[k].rank == leg->rank &&
					 bytes_eq(all[k].hop, leg->hop));
		     k++)
			;
		if (k == n) {
			all = vec_more(all, n, sizeof(*all));
			all[n++] =
			    (struct late){ leg->hop, leg->rank, 0, leg->at };
		}
		all[k].count++;
		if (leg->at < all[k].oldest)
			all[k].oldest = leg->at;
	}
	if (n > 0)
		qsort(all, n, sizeof(*all), by_hop);
	for (i = 0; i < n && each(ctx, &all[i]); i++)
		;
	free(all);
	return RC_OK;
}
