/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The store in memory: nothing outlives it.  For tests of what stands above,
 * and for stations that may keep nothing.  A transaction is undone from copies
 * of what it changed, and by cutting off what it added.
 */
#include <stdlib.h>
#include <string.h>

#include "core/index.h"
#include "core/vec.h"
#include "store/check.h"
#include "store/memory.h"

struct memory *
memory_of(struct store *s)
{
	return (struct memory *)s;
}

enum rc
memory_writes(struct memory *m, struct err *e)
{
	(void)e;
	if (!m->in)
		bug("the store is changed outside a transaction");
	return RC_OK;
}

struct bytes
memory_own(struct buf *to, struct bytes from)
{
	*to = (struct buf){ 0 };
	buf_add(to, from);
	return buf_bytes(to);
}

/* ---- freeing ----------------------------------------------------------- */

static void
dispatch_drop(struct memory_dispatch *d)
{
	buf_free(&d->origin);
	buf_free(&d->from);
	buf_free(&d->desk);
	free(d->copies);
	free(d->legs);
}

static void
leg_drop(struct memory_leg *l)
{
	buf_free(&l->hop);
	free(l->dests);
}

static void
delivery_drop(struct memory_delivery *d)
{
	buf_free(&d->desk);
	buf_free(&d->reason);
}

/* ---- transactions ------------------------------------------------------ */

struct memory_undo *
memory_undo(struct memory *m, enum memory_kind kind, size_t at)
{
	struct memory_undo *u;

	m->undo = vec_more(m->undo, m->undos, sizeof(*m->undo));
	u = &m->undo[m->undos++];
	*u = (struct memory_undo){ .kind = kind, .at = at };
	return u;
}

/* Put one change back. */
static void
undo(struct memory *m, struct memory_undo *u)
{
	struct memory_delivery *v;
	struct memory_leg *l;

	switch (u->kind) {
	case MEMORY_PACKAGE:
		m->copies[u->at].package = u->was;
		m->copies[u->at].gone = false;
		break;
	case MEMORY_LEG:
		l = &m->legs[u->at];
		buf_free(&l->hop);
		l->hop = u->was;
		l->leg = u->leg;
		l->leg.hop = buf_bytes(&l->hop);
		break;
	case MEMORY_DELIVERY:
		v = &m->deliveries[u->at];
		buf_free(&v->reason);
		v->reason = u->was;
		v->d = u->delivery;
		v->d.reason = buf_bytes(&v->reason);
		break;
	case MEMORY_WORD:
		buf_free(&m->words[u->at].value);
		m->words[u->at].value = u->was;
		break;
	case MEMORY_DEST:
		m->dests[u->at].gone = false;
		break;
	}
	u->was = (struct buf){ 0 };
}

/* Cut off what came after the counts. */
static void
cut(struct memory *m, const struct memory_counts *to)
{
	struct memory_counts *n = &m->count;
	struct memory_dispatch *d;
	struct memory_leg *l;

	for (; n->deliveries > to->deliveries; n->deliveries--) {
		struct memory_delivery *v = &m->deliveries[n->deliveries - 1];

		memory_copy_of(m, v->d.n, v->d.copy)->desks--;
		delivery_drop(v);
	}
	for (; n->legs > to->legs; n->legs--) {
		l = &m->legs[n->legs - 1];
		m->dispatches[l->leg.n - 1]->leg_count--;
		leg_drop(l);
	}
	for (; n->dests > to->dests; n->dests--)
		buf_free(&m->dests[n->dests - 1].address);
	for (; n->copies > to->copies; n->copies--) {
		struct memory_copy *c = &m->copies[n->copies - 1];

		m->dispatches[c->n - 1]->copy_count--;
		buf_free(&c->package);
	}
	for (; n->dispatches > to->dispatches; n->dispatches--) {
		d = m->dispatches[n->dispatches - 1];
		dispatch_drop(d);
		free(d);
	}
	for (; n->words > to->words; n->words--)
		buf_free(&m->words[n->words - 1].value);
	n->clashes = to->clashes;
}

static void
undo_forget(struct memory *m)
{
	size_t i;

	for (i = 0; i < m->undos; i++)
		buf_free(&m->undo[i].was);
	free(m->undo);
	m->undo = NULL;
	m->undos = 0;
	m->in = false;
}

static enum rc
begin(struct store *s, struct err *e)
{
	struct memory *m = memory_of(s);

	(void)e;
	if (m->in)
		bug("a transaction within a transaction");
	m->in = true;
	m->before = m->count;
	return RC_OK;
}

static enum rc
commit(struct store *s, struct err *e)
{
	struct memory *m = memory_of(s);

	if (memory_writes(m, e) == RC_OK) {
		memory_papers_end(m, true);
		memory_journal_end(m, true);
		memory_notices_end(m, true);
		memory_alarms_end(m, true);
		memory_registry_end(m, true);
		undo_forget(m);
	}
	return RC_OK;
}

static void
rollback(struct store *s)
{
	struct memory *m = memory_of(s);
	size_t i;

	if (!m->in)
		bug("a rollback outside a transaction");
	for (i = m->undos; i > 0; i--)
		undo(m, &m->undo[i - 1]);
	cut(m, &m->before);
	memory_papers_end(m, false);
	memory_journal_end(m, false);
	memory_notices_end(m, false);
	memory_alarms_end(m, false);
	memory_registry_end(m, false);
	undo_forget(m);
	memory_waits(m);
}

static enum rc
open_store(struct store **out, struct disk *disk, struct err *e)
{
	struct memory *m = alloc(1, sizeof(*m));

	(void)disk;
	(void)e;
	m->store.ops = &store_memory;
	m->ids = index_new();
	m->targets = index_new();
	*out = &m->store;
	return RC_OK;
}

static void
close_store(struct store *s)
{
	static const struct memory_counts none = { 0 };
	struct memory *m = memory_of(s);

	if (m == NULL)
		return;
	undo_forget(m);
	cut(m, &none);
	index_free(m->ids);
	index_free(m->targets);
	free(m->dispatches);
	free(m->copies);
	free(m->legs);
	free(m->dests);
	free(m->deliveries);
	free(m->words);
	free(m->waits);
	memory_papers_free(m);
	memory_journal_free(m);
	memory_notices_free(m);
	memory_alarms_free(m);
	memory_registry_free(m);
	free(m);
}

/* ---- settings ---------------------------------------------------------- */

static struct memory_word *
word_of(struct memory *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->count.words; i++)
		if (strcmp(m->words[i].name, name) == 0)
			return &m->words[i];
	return NULL;
}

static enum rc
word(struct store *s, const char *name, struct buf *value, struct err *e)
{
	const struct memory_word *w = word_of(memory_of(s), name);

	*value = (struct buf){ 0 };
	if (w == NULL)
		return fail(e, RC_ABSENT, "store: no such setting");
	buf_add(value, buf_bytes(&w->value));
	return RC_OK;
}

static enum rc
set_word(struct store *s, const char *name, struct bytes value, struct err *e)
{
	struct memory *m = memory_of(s);
	struct memory_word *w;
	enum rc rc;

	if ((rc = memory_writes(m, e)) != RC_OK ||
	    (rc = check_word(name, value, e)) != RC_OK)
		return rc;
	w = word_of(m, name);
	if (w == NULL) {
		m->words =
		    vec_more(m->words, m->count.words, sizeof(*m->words));
		w = &m->words[m->count.words++];
		memcpy(w->name, name, strlen(name) + 1);
	} else {
		memory_undo(m, MEMORY_WORD, (size_t)(w - m->words))->was =
		    w->value;
	}
	(void)memory_own(&w->value, value);
	return RC_OK;
}

const struct store_ops store_memory = {
	.scheme = "memory",
	.open = open_store,
	.close = close_store,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.word = word,
	.set_word = set_word,
	.put = memory_put,
	.copy = memory_copy,
	.has = memory_has,
	.get = memory_get,
	.known = memory_key,
	.find = memory_find,
	.find_at = memory_find_at,
	.package = memory_package,
	.clashes = memory_clashes,
	.send = memory_send,
	.queue = memory_queue,
	.leg = memory_leg,
	.leg_dests = memory_leg_dests,
	.leg_set = memory_leg_set,
	.legs = memory_legs,
	.hops = memory_hops,
	.waiting = memory_waiting,
	.deliver = memory_deliver,
	.delivery = memory_delivery,
	.delivery_set = memory_delivery_set,
	.deliveries = memory_deliveries,
	.inbox = memory_inbox,
	.outbox = memory_outbox,
	.purge = memory_purge,
	.burn = memory_burn,
	.needs = memory_needs,
	.paper_put = memory_paper_put,
	.paper_get = memory_paper_get,
	.paper_each = memory_paper_each,
	.paper_drop = memory_paper_drop,
	.journal = &memory_journal,
	.notices = &memory_notices,
	.registry = &memory_registry,
	.operate = { memory_pin, memory_dest_drop, memory_dest_leg,
	    memory_expired, memory_goes },
	.alarms = { memory_raise, memory_alarm_end, memory_alarm_ack,
	    memory_alarm_each, memory_late },
};
