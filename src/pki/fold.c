/* SPDX-License-Identifier: EUPL-1.2 */
#include "pki/fold.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/index.h"
#include "core/lang.h"
#include "core/vec.h"

#define NO_HOST ((struct bytes){ 0 })

/* ---- alarms ---------------------------------------------------------------
 */

void
fold_alarm(struct fold *f, enum alarm_kind kind, const struct fold_act *a,
    size_t unit, size_t holder, const char *fmt, va_list ap)
{
	struct state *s = &f->s;
	struct alarm *alarm;
	char text[ERR_TEXT];

	(void)vsnprintf(text, sizeof(text), tr(fmt), ap);
	s->alarms = vec_more(s->alarms, s->alarm_count, sizeof(*s->alarms));
	alarm = &s->alarms[s->alarm_count++];
	alarm->kind = kind;
	alarm->log = a->log;
	alarm->number = a->act.number;
	alarm->at = a->act.at;
	alarm->unit = unit;
	alarm->holder = holder;
	alarm->text = arena_add(&s->text, bytes_str(text));
}

void
fold_void(struct fold *f, const struct fold_act *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fold_alarm(f, ALARM_VOID, a, NONE, NONE, fmt, ap);
	va_end(ap);
}

static void
fold_clash(struct fold *f, const struct fold_act *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fold_alarm(f, ALARM_CLASH, a, NONE, NONE, fmt, ap);
	va_end(ap);
}

/* ---- rights ----------------------------------------------------------------
 */

size_t
fold_unit(
    struct fold *f, const struct fold_act *a, const struct id *uid, bool own)
{
	const size_t unit = unit_by_uid(&f->s, uid);
	const struct unit *speaker = &f->s.units[a->log_unit];

	if (unit == NONE)
		return NONE;
	if (speaker->closed <= a->act.at) {
		fold_void(f, a, "the unit that decided it had ended");
		return NONE;
	}
	if ((unit == a->log_unit && !own) ||
	    !unit_within(&f->s, unit, a->log_unit, a->act.from)) {
		fold_void(f, a,
		    "docs/directory.md 3.3: an authority decides for its own "
		    "subtree only");
		return NONE;
	}
	return unit;
}

/* ---- units
 * ------------------------------------------------------------------- */

static void
add_since(struct since **v, size_t *n, int64_t from, struct bytes text)
{
	*v = vec_more(*v, *n, sizeof(**v));
	(*v)[(*n)++] = (struct since){ from, text };
}

static void
add_place(
    struct state *s, size_t unit, int64_t from, size_t parent, struct bytes id)
{
	struct unit *u = &s->units[unit], *above;

	u->places = vec_more(u->places, u->place_count, sizeof(*u->places));
	u->places[u->place_count++] = (struct place){ from, parent, id };
	if (parent == NONE)
		return;
	above = &s->units[parent];
	above->children = vec_more(
	    above->children, above->child_count, sizeof(*above->children));
	above->children[above->child_count++] = unit;
}

static void
set_codes(struct unit *u, struct bytes codes, int64_t from)
{
	struct bytes code;
	size_t i;

	for (i = 0; i < u->code_count; i++)
		if (u->codes[i].until == TIME_NEVER)
			u->codes[i].until = from;
	while (act_next_code(&codes, &code)) {
		u->codes = vec_more(u->codes, u->code_count, sizeof(*u->codes));
		u->codes[u->code_count++] =
		    (struct code){ from, TIME_NEVER, code };
	}
}

static size_t
new_unit(struct state *s, const struct act *a, size_t parent)
{
	struct unit *u;

	s->units = vec_more(s->units, s->unit_count, sizeof(*s->units));
	u = &s->units[s->unit_count];
	*u = (struct unit){ .uid = a->unit,
		.opened = a->from,
		.closed = TIME_NEVER,
		.log = NONE,
		.holders = NONE,
		.certs = NONE };
	u->depth = parent == NONE ? 0 : s->units[parent].depth + 1;
	add_since(&u->names, &u->name_count, a->from, a->name);
	add_since(&u->classes, &u->class_count, a->from, a->class);
	if (act_has(a, F_CODES))
		set_codes(u, a->codes, a->from);
	add_place(s, s->unit_count, a->from, parent, a->id);
	index_add(s->by_uid, key_of(id_bytes(&u->uid)), s->unit_count);
	return s->unit_count++;
}

static void
enrol_unit(struct fold *f, const struct fold_act *fa)
{
	const struct act *a = &fa->act;
	size_t parent;

	if (unit_by_uid(&f->s, &a->unit) != NONE) {
		fold_void(f, fa, "the unit is enrolled already");
		return;
	}
	if (!act_has(a, F_TO)) {
		fold_void(f, fa, "a unit without a parent is a root");
		return;
	}
	/* moves are not known yet: whether the parent is below the authority
	 * then is asked when hosts are reckoned */
	parent = unit_by_uid(&f->s, &a->to);
	if (parent == NONE) {
		fold_void(f, fa, "its parent is not known");
		return;
	}
	if (f->s.units[parent].depth + 1 >= FOLD_DEPTH) {
		fold_void(f, fa, "docs/envelope.md 3.2: over 16 units deep");
		return;
	}
	(void)new_unit(&f->s, a, parent);
}

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
	}
	return RC_OK;
}

/* The first act of the root's log enrols the root. */
static enum rc
enrol_root(struct fold *f, struct err *e)
{
	const struct fold_act *a = &f->acts[0];

	if (f->act_count == 0 || a->act.number != 0 ||
	    a->act.kind != ACT_ENROL || a->act.subject != ACT_UNIT ||
	    !id_eq(&a->act.unit, &a->act.log) || act_has(&a->act, F_TO))
		return fail(e, RC_INVALID,
		    "docs/directory.md 3.2: the root's log does not begin with "
		    "the root");
	(void)new_unit(&f->s, &a->act, NONE);
	return RC_OK;
}

/* Give the logs of units that are known by now to their units, and read
 * them.  Each round finds the units that the next round's logs belong to. */
static enum rc
read_round(struct fold *f, bool *any, struct err *e)
{
	size_t i, first, unit;
	enum rc rc;

	*any = false;
	for (i = 0; i < f->log_count; i++) {
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
				enrol_unit(f, &f->acts[first]);
	}
	return RC_OK;
}

static enum rc
read_all(struct fold *f, struct err *e)
{
	char id[ID_TEXT];
	bool any = true;
	size_t i;
	enum rc rc;

	for (i = 0; i < f->log_count; i++)
		f->logs[i].unit = NONE;
	if (f->log_count == 0)
		return RC_OK;
	/* the root's log is the first */
	f->logs[0].unit = 0;
	if ((rc = read_log(f, 0, e)) != RC_OK ||
	    (rc = enrol_root(f, e)) != RC_OK)
		return rc;
	f->s.units[0].log = 0;
	for (i = 1; i < f->act_count; i++)
		if (f->acts[i].act.kind == ACT_ENROL &&
		    f->acts[i].act.subject == ACT_UNIT)
			enrol_unit(f, &f->acts[i]);
	while (any)
		if ((rc = read_round(f, &any, e)) != RC_OK)
			return rc;
	for (i = 0; i < f->log_count; i++)
		if (f->logs[i].unit == NONE) {
			id_write(id, &f->logs[i].id);
			return fail(e, RC_INVALID,
			    "docs/directory.md 3.2: log %s is of no unit that "
			    "is known",
			    id);
		}
	return RC_OK;
}

/* ---- units end and move
 * ----------------------------------------------------------- */

/* "unit" hangs under "parent" from then on, by its own id or another. */
static void
hang(struct fold *f, const struct fold_act *a, size_t unit, size_t parent,
    struct bytes id)
{
	const struct unit *u = &f->s.units[unit];
	const struct place *last = &u->places[u->place_count - 1];

	if (a->act.from < last->from)
		fold_void(f, a, "the unit has moved since then");
	else if (unit_within(&f->s, parent, unit, a->act.from))
		fold_void(f, a, "a unit cannot hang below itself");
	else
		add_place(&f->s, unit, a->act.from, parent,
		    id.len > 0 ? id : last->id);
}

static void
move_unit(struct fold *f, const struct fold_act *a)
{
	const size_t unit = fold_unit(f, a, &a->act.unit, false);
	const size_t to =
	    unit == NONE ? NONE : fold_unit(f, a, &a->act.to, true);

	if (unit == NONE || to == NONE)
		return;
	if (!unit_open(&f->s.units[unit], a->act.from) ||
	    !unit_open(&f->s.units[to], a->act.from)) {
		fold_void(f, a, "one of the units has ended, or not begun");
		return;
	}
	hang(f, a, unit, to, a->act.id);
}

/* "u" is under "parent" at t, and has not ended by then. */
static bool
hangs(const struct unit *u, size_t parent, int64_t t)
{
	return unit_parent(u, t) == parent && t < u->closed;
}

/* A unit ends; what hangs under it goes to its first successor. */
static void
end_unit(struct fold *f, const struct fold_act *a, size_t unit)
{
	struct unit *u = &f->s.units[unit];
	const size_t heir = u->successor_count > 0 ? u->successors[0] : NONE;
	size_t i, child;

	u->closed = a->act.from;
	for (i = 0; i < u->child_count; i++) {
		child = u->children[i];
		if (!hangs(&f->s.units[child], unit, a->act.from))
			continue;
		/* a child that is itself the heir goes where its parent was */
		if (child == heir)
			hang(f, a, child, unit_parent(u, a->act.from), NO_HOST);
		else if (heir != NONE)
			hang(f, a, child, heir, NO_HOST);
	}
}

static bool
has_children(const struct fold *f, size_t unit, int64_t t)
{
	const struct unit *u = &f->s.units[unit];
	size_t i;

	for (i = 0; i < u->child_count; i++)
		if (hangs(&f->s.units[u->children[i]], unit, t))
			return true;
	return false;
}

static void
add_successor(struct unit *u, size_t to)
{
	u->successors =
	    vec_more(u->successors, u->successor_count, sizeof(size_t));
	u->successors[u->successor_count++] = to;
}

static void
set_desks(struct fold *f, const struct act *a)
{
	struct bytes rest = a->desks;
	struct act_desk d;
	struct unit *u;
	size_t from, to;

	while (act_next_desk(&rest, &d)) {
		from = unit_by_uid(&f->s, &d.unit);
		to = unit_by_uid(&f->s, &d.to);
		if (from == NONE || to == NONE)
			continue;
		u = &f->s.units[from];
		u->desks_to = vec_more(
		    u->desks_to, u->desk_to_count, sizeof(*u->desks_to));
		u->desks_to[u->desk_to_count++] =
		    (struct desk_to){ d.id, to, d.to_id };
	}
}

/* It may be ended: below the authority, and open. */
static size_t
endable(struct fold *f, const struct fold_act *a, const struct id *uid)
{
	const size_t unit = fold_unit(f, a, uid, false);

	if (unit != NONE && !unit_open(&f->s.units[unit], a->act.from)) {
		fold_void(f, a, "one of the units has ended, or not begun");
		return NONE;
	}
	return unit;
}

static void
merge_units(struct fold *f, const struct fold_act *a)
{
	const size_t to = fold_unit(f, a, &a->act.to, true);
	struct bytes rest = a->act.units;
	struct id uid;
	size_t unit;

	if (to == NONE)
		return;
	set_desks(f, &a->act);
	while (act_next_unit(&rest, &uid)) {
		unit = endable(f, a, &uid);
		if (unit == NONE || unit == to)
			continue;
		add_successor(&f->s.units[unit], to);
		end_unit(f, a, unit);
	}
}

static void
split_unit(struct fold *f, const struct fold_act *a)
{
	const size_t unit = endable(f, a, &a->act.unit);
	struct bytes rest = a->act.units;
	struct id uid;
	size_t to;

	if (unit == NONE)
		return;
	set_desks(f, &a->act);
	while (act_next_unit(&rest, &uid)) {
		to = fold_unit(f, a, &uid, true);
		if (to != NONE && to != unit)
			add_successor(&f->s.units[unit], to);
	}
	if (f->s.units[unit].successor_count == 0)
		fold_void(f, a, "it is split into nothing");
	else
		end_unit(f, a, unit);
}

static void
close_unit(struct fold *f, const struct fold_act *a)
{
	const size_t unit = endable(f, a, &a->act.unit);
	size_t to = NONE;

	if (unit == NONE)
		return;
	if (act_has(&a->act, F_TO)) {
		to = fold_unit(f, a, &a->act.to, true);
		if (to == NONE || to == unit)
			return;
		add_successor(&f->s.units[unit], to);
	} else if (has_children(f, unit, a->act.from)) {
		fold_void(f, a,
		    "units hang under it: say which unit takes its place");
		return;
	}
	end_unit(f, a, unit);
}

static void
rename_unit(struct fold *f, const struct fold_act *a)
{
	const size_t unit = fold_unit(f, a, &a->act.unit, true);
	struct unit *u;

	if (unit == NONE)
		return;
	u = &f->s.units[unit];
	if (a->act.from < u->names[u->name_count - 1].from) {
		fold_void(f, a, "it has got another name since then");
		return;
	}
	if (act_has(&a->act, F_NAME))
		add_since(&u->names, &u->name_count, a->act.from, a->act.name);
	if (act_has(&a->act, F_CLASS))
		add_since(
		    &u->classes, &u->class_count, a->act.from, a->act.class);
	if (act_has(&a->act, F_CODES))
		set_codes(u, a->act.codes, a->act.from);
}

/* Acts about units, as they take effect; of one time as they stand. */
static int
by_effect(const void *left, const void *right)
{
	const struct fold_act *a = *(const struct fold_act *const *)left;
	const struct fold_act *b = *(const struct fold_act *const *)right;

	if (a->act.from != b->act.from)
		return a->act.from < b->act.from ? -1 : 1;
	return a < b ? -1 : a > b;
}

static void
fold_units(struct fold *f)
{
	static void (*const does[ACT_KINDS])(
	    struct fold *, const struct fold_act *) = {
		[ACT_RENAME] = rename_unit,
		[ACT_MOVE] = move_unit,
		[ACT_MERGE] = merge_units,
		[ACT_SPLIT] = split_unit,
		[ACT_CLOSE] = close_unit,
	};
	const struct fold_act **order;
	size_t i, n = 0;

	order = alloc(f->act_count + 1, sizeof(*order));
	for (i = 0; i < f->act_count; i++)
		if (does[f->acts[i].act.kind] != NULL &&
		    f->acts[i].act.subject == ACT_UNIT)
			order[n++] = &f->acts[i];
	qsort(order, n, sizeof(*order), by_effect);
	for (i = 0; i < n; i++)
		does[order[i]->act.kind](f, order[i]);
	free(order);
}

/* ---- hosts
 * ------------------------------------------------------------------------------
 */

/* Another unit has this host at some time of the range. */
static bool
host_taken(const struct state *s, size_t unit, const struct host *h)
{
	const struct host *other;
	size_t at = 0, i, j;

	while (index_each(s->by_host, key_of(h->text), &at, &i))
		for (j = 0; i != unit && j < s->units[i].host_count; j++) {
			other = &s->units[i].hosts[j];
			if (bytes_eq(other->text, h->text) &&
			    other->from < h->until && h->from < other->until)
				return true;
		}
	return false;
}

static void
add_host(struct fold *f, size_t unit, int64_t from, int64_t until,
    struct bytes id, struct bytes above)
{
	struct unit *u = &f->s.units[unit];
	struct buf text = { 0 };
	struct host h = { from, until, { 0 } };

	buf_add(&text, id);
	if (above.len > 0) {
		buf_u8(&text, '.');
		buf_add(&text, above);
	}
	h.text = arena_add(&f->s.text, buf_bytes(&text));
	buf_free(&text);
	if (host_taken(&f->s, unit, &h)) {
		const struct fold_act at = { .act = { .at = from },
			.log = f->s.units[0].log };

		fold_clash(f, &at,
		    "two units would have the host %.*s; one of them must "
		    "get another id",
		    (int)h.text.len, (const char *)h.text.p);
		return;
	}
	u->hosts = vec_more(u->hosts, u->host_count, sizeof(*u->hosts));
	u->hosts[u->host_count++] = h;
	index_add(f->s.by_host, key_of(h.text), unit);
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The hosts of one place of a unit: as many as its parent had meanwhile. */
static void
hosts_of_place(struct fold *f, size_t unit, size_t place)
{
	const struct unit *u = &f->s.units[unit];
	const struct place p = u->places[place];
	const int64_t until = sooner(
	    place + 1 < u->place_count ? u->places[place + 1].from : TIME_NEVER,
	    u->closed);
	const struct unit *above;
	size_t i;

	if (p.parent == NONE) {
		add_host(f, unit, p.from, until, p.id, NO_HOST);
		return;
	}
	above = &f->s.units[p.parent];
	for (i = 0; i < above->host_count; i++) {
		const struct host *h = &above->hosts[i];

		if (later(h->from, p.from) < sooner(h->until, until))
			add_host(f, unit, later(h->from, p.from),
			    sooner(h->until, until), p.id, h->text);
	}
}

/* Parents before children, whatever has moved: done[] says whose are reckoned,
 * and a unit that is being reckoned is its own ancestor over time, which is
 * taken as it stands. */
static void
reckon_hosts(struct fold *f, size_t unit, uint8_t *done, unsigned depth)
{
	size_t i, parent;

	if (done[unit] != 0 || depth > 2 * FOLD_DEPTH)
		return;
	done[unit] = 1;
	for (i = 0; i < f->s.units[unit].place_count; i++) {
		parent = f->s.units[unit].places[i].parent;
		if (parent != NONE)
			reckon_hosts(f, parent, done, depth + 1);
	}
	for (i = 0; i < f->s.units[unit].place_count; i++)
		hosts_of_place(f, unit, i);
}

/* A unit that was enrolled where its authority has nothing to say never was:
 * else it could take a host from the unit that has a right to it. */
static void
check_enrolments(struct fold *f)
{
	const struct fold_act *a;
	struct unit *u;
	size_t i, unit;

	for (i = 0; i < f->act_count; i++) {
		a = &f->acts[i];
		if (a->act.kind != ACT_ENROL || a->act.subject != ACT_UNIT ||
		    !act_has(&a->act, F_TO))
			continue;
		unit = unit_by_uid(&f->s, &a->act.unit);
		if (unit == NONE || fold_unit(f, a, &a->act.to, true) != NONE)
			continue;
		u = &f->s.units[unit];
		u->closed = u->opened;
		u->place_count = 0;
	}
}

static void
fold_hosts(struct fold *f)
{
	uint8_t *done = alloc(f->s.unit_count + 1, 1);
	size_t i;

	for (i = 0; i < f->s.unit_count; i++)
		reckon_hosts(f, i, done, 0);
	free(done);
}

/* ---- all of it
 * ------------------------------------------------------------------------------
 */

enum rc
state_fold(struct state *out, struct dlog *logs, size_t n, struct bytes root,
    struct err *e)
{
	struct fold f = { .logs = logs, .log_count = n };
	enum rc rc;

	*out = (struct state){ 0 };
	f.s.by_host = index_new();
	f.s.by_uid = index_new();
	f.s.by_fingerprint = index_new();
	f.s.by_tag = index_new();
	rc = read_all(&f, e);
	if (rc == RC_OK && n > 0) {
		fold_units(&f);
		check_enrolments(&f);
		fold_hosts(&f);
		fold_holders(&f, root);
	}
	free(f.acts);
	if (rc == RC_OK)
		*out = f.s;
	else
		state_free(&f.s);
	return rc;
}
