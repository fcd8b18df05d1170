/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "pki/fold.h"

/* ---- reading the logs, from the root down
 * -------------------------------------- */

static enum rc
read_log(struct fold *f, size_t log, struct err *e)
{
	const struct dlog *l = &f->logs[log];
	char id[ID_TEXT];
	struct fold_act *a;
	int64_t last = TIME_MIN;
	size_t i;
	enum rc rc;

	id_write(id, &l->id);
	for (i = 0; i < l->log.count; i++) {
		const struct log_item *item = &l->log.items[i];

		if (item->entry.p == NULL)
			continue;
		f->acts = vec_more(f->acts, f->act_count, sizeof(*f->acts));
		a = &f->acts[f->act_count++];
		*a = (struct fold_act){
			.bytes = item->entry, .log = log, .log_unit = l->unit
		};
		rc = act_read(&a->act, item->entry, e);
		if (rc == RC_OK &&
		    (!id_eq(&a->act.log, &l->id) || a->act.number != item->at))
			rc = fail(e, RC_INVALID,
			    "docs/directory.md 2.1: it says it is another "
			    "log's, or has another number");
		if (rc == RC_OK &&
		    (a->act.at < last || a->act.at > l->note.checkpoint.at))
			rc = fail(e, RC_INVALID,
			    "docs/directory.md 2.2: its time is before that "
			    "of an earlier act, or after the checkpoint's");
		if (rc != RC_OK)
			return fail_at(e, "act %llu of log %s",
			    (unsigned long long)item->at, id);
		last = a->act.at;
		if (f->banned != NULL && f->banned[f->act_count - 1]) {
			fold_void(f, a,
			    "docs/directory.md 6.3: it was decided when its "
			    "authority had ended, or its key was revoked");
			a->act.kind = 0; /* no kind: nobody looks at it */
		}
	}
	return RC_OK;
}

/* The first act of this log enrols its own unit, below none. */
static bool
is_root(const struct dlog *l)
{
	struct act a;
	struct err e;

	return l->log.count > 0 && l->log.items[0].entry.p != NULL &&
	       act_read(&a, l->log.items[0].entry, &e) == RC_OK &&
	       a.kind == ACT_ENROL && a.subject == ACT_UNIT &&
	       id_eq(&a.unit, &l->id) && !act_has(&a, F_TO);
}

/* The root's log, wherever it stands; the root is unit 0. */
static enum rc
read_root(struct fold *f, struct err *e)
{
	size_t i, root = NONE;
	enum rc rc;

	for (i = 0; i < f->log_count; i++)
		if (is_root(&f->logs[i])) {
			if (root != NONE)
				return fail(e, RC_INVALID,
				    "docs/directory.md 3.2: two roots");
			root = i;
		}
	if (root == NONE)
		return fail(e, RC_INVALID,
		    "docs/directory.md 3.2: no log begins with the root");
	f->logs[root].unit = 0;
	if ((rc = read_log(f, root, e)) != RC_OK)
		return rc;
	(void)fold_new_unit(&f->s, &f->acts[0].act, NONE);
	f->s.units[0].log = root;
	return RC_OK;
}

/* Give the logs of units that are known by now to their units, and read
 * them.  Each round finds the units that the next round's logs belong to. */
static enum rc
read_round(struct fold *f, const struct dlog **order, bool *any, struct err *e)
{
	size_t i, n, first, unit;
	enum rc rc;

	*any = false;
	for (n = 0; n < f->log_count; n++) {
		i = (size_t)(order[n] - f->logs);
		if (f->logs[i].unit != NONE)
			continue;
		unit = unit_by_uid(&f->s, &f->logs[i].id);
		if (unit == NONE)
			continue;
		*any = true;
		f->logs[i].unit = unit;
		f->s.units[unit].log = i;
		first = f->act_count;
		if ((rc = read_log(f, i, e)) != RC_OK)
			return rc;
		for (; first < f->act_count; first++)
			if (f->acts[first].act.kind == ACT_ENROL &&
			    f->acts[first].act.subject == ACT_UNIT)
				(void)fold_enrol(f, &f->acts[first]);
	}
	return RC_OK;
}

/* Units whose parents have become known. */
static bool
enrol_waiting(struct fold *f)
{
	bool any = false;
	size_t i;

	for (i = 0; i < f->act_count; i++)
		if (f->acts[i].waits)
			any |= fold_enrol(f, &f->acts[i]);
	return any;
}

/* A unit of this uid was enrolled, though that is void by now: its log is kept,
 * and says nothing. */
static bool
was_enrolled(const struct fold *f, const struct id *uid)
{
	size_t i;

	for (i = 0; i < f->act_count; i++)
		if (id_eq(&f->acts[i].act.unit, uid) &&
		    f->acts[i].act.subject == ACT_UNIT &&
		    act_has(&f->acts[i].act, F_CLASS))
			return true;
	return false;
}

static int
by_id(const void *left, const void *right)
{
	const struct dlog *a = *(const struct dlog *const *)left;
	const struct dlog *b = *(const struct dlog *const *)right;

	return memcmp(a->id.b, b->id.b, ID_SIZE);
}

/* Logs by their ids: the state does not depend on how they came. */
static const struct dlog **
order_logs(const struct fold *f)
{
	const struct dlog **order = alloc(f->log_count + 1, sizeof(*order));
	size_t i;

	for (i = 0; i < f->log_count; i++)
		order[i] = &f->logs[i];
	qsort(order, f->log_count, sizeof(*order), by_id);
	return order;
}

enum rc
fold_read(struct fold *f, struct err *e)
{
	char id[ID_TEXT];
	const struct dlog **order;
	bool any = true;
	size_t i;
	enum rc rc;

	for (i = 0; i < f->log_count; i++)
		f->logs[i].unit = NONE;
	if (f->log_count == 0)
		return RC_OK;
	if ((rc = read_root(f, e)) != RC_OK)
		return rc;
	for (i = 1; i < f->act_count; i++)
		if (f->acts[i].act.kind == ACT_ENROL &&
		    f->acts[i].act.subject == ACT_UNIT)
			(void)fold_enrol(f, &f->acts[i]);
	order = order_logs(f);
	while (any && rc == RC_OK) {
		rc = read_round(f, order, &any, e);
		any |= enrol_waiting(f);
	}
	free(order);
	if (rc != RC_OK)
		return rc;
	for (i = 0; i < f->act_count; i++)
		if (f->acts[i].waits)
			fold_void(f, &f->acts[i], "its parent is not known");
	for (i = 0; i < f->log_count; i++)
		if (f->logs[i].unit == NONE &&
		    !was_enrolled(f, &f->logs[i].id)) {
			id_write(id, &f->logs[i].id);
			return fail(e, RC_INVALID,
			    "docs/directory.md 3.2: log %s is of no unit that "
			    "is known",
			    id);
		}
	return RC_OK;
}
