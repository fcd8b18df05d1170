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
	/* when it takes effect, and when it was decided if that was later */
	if ((unit == a->log_unit && !own) ||
	    !unit_within(&f->s, unit, a->log_unit, a->act.from) ||
	    (a->act.at > a->act.from &&
		!unit_within(&f->s, unit, a->log_unit, a->act.at))) {
		fold_void(f, a,
		    "docs/directory.md 3.3: an authority decides for its own "
		    "subtree only");
		return NONE;
	}
	return unit;
}

/* ---- units
 * ------------------------------------------------------------------- */

void
fold_since(struct since **v, size_t *n, int64_t from, struct bytes text)
{
	size_t at = *n;

	*v = vec_more(*v, *n, sizeof(**v));
	for (; at > 0 && (*v)[at - 1].from > from; at--)
		(*v)[at] = (*v)[at - 1];
	(*v)[at] = (struct since){ from, text };
	(*n)++;
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

size_t
fold_new_unit(struct state *s, const struct act *a, size_t parent)
{
	struct unit *u;

	s->units = vec_more(s->units, s->unit_count, sizeof(*s->units));
	u = &s->units[s->unit_count];
	*u = (struct unit){ .uid = a->unit,
		.enrolled = a->at,
		.number = a->number,
		.opened = a->from,
		.closed = TIME_NEVER,
		.log = NONE,
		.holders = NONE,
		.certs = NONE };
	u->depth = parent == NONE ? 0 : s->units[parent].depth + 1;
	fold_since(&u->names, &u->name_count, a->from, a->name);
	fold_since(&u->classes, &u->class_count, a->from, a->class);
	if (act_has(a, F_CODES))
		set_codes(u, a->codes, a->from);
	add_place(s, s->unit_count, a->from, parent, a->id);
	index_add(s->by_uid, key_of(id_bytes(&u->uid)), s->unit_count);
	return s->unit_count++;
}

/* true: the unit is there by now. */
bool
fold_enrol(struct fold *f, struct fold_act *fa)
{
	const struct act *a = &fa->act;
	struct id uid;
	size_t parent;

	act_uid(&uid, &a->log, a->number);
	if (!id_eq(&uid, &a->unit)) {
		fold_void(f, fa,
		    "docs/directory.md 1.3: the unit's uid is not that of this "
		    "act");
		return false;
	}
	if (!act_has(a, F_TO)) {
		fold_void(f, fa, "a unit without a parent is a root");
		return false;
	}
	/* moves are not known yet: whether the parent is below the authority
	 * then is asked when hosts are reckoned */
	parent = unit_by_uid(&f->s, &a->to);
	fa->waits = parent == NONE;
	if (fa->waits)
		return false; /* a log below may enrol it */
	(void)fold_new_unit(&f->s, a, parent);
	fa->made = true;
	return true;
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

/* Each desk is of a unit that ends by this act, and goes where the authority
 * has something to say. */
static bool
desks_fit(struct fold *f, const struct fold_act *a, const size_t *ended,
    size_t ended_count)
{
	struct bytes rest = a->act.desks;
	struct act_desk d;
	size_t from, i;

	while (act_has(&a->act, F_DESKS) && act_next_desk(&rest, &d)) {
		from = unit_by_uid(&f->s, &d.unit);
		for (i = 0; i < ended_count && ended[i] != from; i++)
			continue;
		if (i == ended_count) {
			fold_void(f, a,
			    "it says where desks go of a unit that does not "
			    "end");
			return false;
		}
		if (unit_by_uid(&f->s, &d.to) != NONE &&
		    fold_unit(f, a, &d.to, true) == NONE)
			return false;
	}
	return true;
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

/* It may take over from this one: open, not the same, and not far below it
 * (directly below it takes its place). */
static bool
can_inherit(struct fold *f, const struct fold_act *a, size_t heir, size_t ends,
    bool first)
{
	const int64_t t = a->act.from;
	const char *why = NULL;

	if (!unit_open(&f->s.units[heir], t))
		why = "what takes over has ended, or not begun";
	else if (heir == ends)
		why = "a unit does not take over from itself";
	else if (first && unit_within(&f->s, heir, ends, t) &&
		 unit_parent(&f->s.units[heir], t) != ends)
		why = "what takes over is far below what ends";
	if (why != NULL)
		fold_void(f, a, "%s", tr(why));
	return why == NULL;
}

/* The units that an act names, or nothing where one of them may not be. */
static bool
units_of(struct fold *f, const struct fold_act *a, bool ending, size_t *out,
    size_t *count)
{
	struct bytes rest = a->act.units;
	struct id uid;

	for (*count = 0; act_next_unit(&rest, &uid);) {
		/* with some acts only at hand others count all the same */
		if (unit_by_uid(&f->s, &uid) == NONE)
			continue;
		out[*count] =
		    ending ? endable(f, a, &uid) : fold_unit(f, a, &uid, true);
		if (out[(*count)++] == NONE)
			return false;
	}
	return true;
}

static void
merge_units(struct fold *f, const struct fold_act *a)
{
	const bool known = unit_by_uid(&f->s, &a->act.to) != NONE;
	const size_t to = known ? fold_unit(f, a, &a->act.to, true) : NONE;
	size_t ended[ACT_UNITS_MAX], n, i;

	if ((known && to == NONE) || !units_of(f, a, true, ended, &n))
		return;
	for (i = 0; i < n; i++)
		if (known && !can_inherit(f, a, to, ended[i], true))
			return;
	if (!desks_fit(f, a, ended, n))
		return;
	set_desks(f, &a->act);
	for (i = 0; i < n; i++) {
		if (known)
			add_successor(&f->s.units[ended[i]], to);
		end_unit(f, a, ended[i]);
	}
}

static void
split_unit(struct fold *f, const struct fold_act *a)
{
	const size_t unit = endable(f, a, &a->act.unit);
	size_t into[ACT_UNITS_MAX], n, i;

	if (unit == NONE || !units_of(f, a, false, into, &n))
		return;
	for (i = 0; i < n; i++)
		if (!can_inherit(f, a, into[i], unit, i == 0))
			return;
	if (!desks_fit(f, a, &unit, 1))
		return;
	set_desks(f, &a->act);
	for (i = 0; i < n; i++)
		add_successor(&f->s.units[unit], into[i]);
	end_unit(f, a, unit);
}

static void
close_unit(struct fold *f, const struct fold_act *a)
{
	const size_t unit = endable(f, a, &a->act.unit);
	size_t to = NONE;

	if (unit == NONE)
		return;
	if (act_has(&a->act, F_TO) && unit_by_uid(&f->s, &a->act.to) != NONE) {
		to = fold_unit(f, a, &a->act.to, true);
		if (to == NONE || !can_inherit(f, a, to, unit, true))
			return;
		add_successor(&f->s.units[unit], to);
	} else if (!act_has(&a->act, F_TO) &&
		   has_children(f, unit, a->act.from)) {
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
	if (act_has(&a->act, F_NAME))
		fold_since(&u->names, &u->name_count, a->act.from, a->act.name);
	if (act_has(&a->act, F_CLASS))
		fold_since(
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

/* ---- all of it
 * ------------------------------------------------------------------------------
 */

static enum rc
fold_once(struct fold *f, struct dlog *logs, size_t n, struct bytes root,
    const uint8_t *banned, struct err *e)
{
	enum rc rc;

	*f = (struct fold){ .logs = logs, .log_count = n, .banned = banned };
	f->s.by_host = index_new();
	f->s.by_uid = index_new();
	f->s.by_fingerprint = index_new();
	f->s.by_tag = index_new();
	rc = fold_read(f, e);
	if (rc == RC_OK && n > 0) {
		fold_units(f);
		fold_check_enrolments(f);
		fold_hosts(f);
		fold_holders(f, root);
	}
	return rc;
}

/* An authority's key that was in force then, had it not been revoked since; and
 * none that was. */
static bool
is_banned(const struct fold *f, const struct fold_act *a)
{
	const struct state *s = &f->s;
	bool revoked = false;
	size_t i;

	for (i = s->units[a->log_unit].certs; i != NONE; i = s->certs[i].next) {
		const struct dcert *c = &s->certs[i];

		if (!cert_is_authority(&c->cert) || a->act.at < c->from)
			continue;
		if (a->act.at < c->until)
			return false;
		revoked |= a->act.at < c->dated;
	}
	return revoked;
}

/* Which acts are; whether that differs from what was thought. */
static bool
find_banned(const struct fold *f, uint8_t *banned)
{
	bool other = false;
	size_t i;

	for (i = 0; i < f->act_count; i++)
		if (is_banned(f, &f->acts[i]) != banned[i]) {
			banned[i] ^= 1;
			other = true;
		}
	return other;
}

/* Revocation is an act itself, and ends what a key decided since: so it is
 * folded again until nothing more is ended by it.  Revocation comes from above
 * only, so this goes down the tree and ends there. */
enum rc
state_fold(struct state *out, struct dlog *logs, size_t n, struct bytes root,
    struct err *e)
{
	uint8_t *banned = NULL;
	bool again = true;
	unsigned rounds;
	struct fold f;
	enum rc rc = RC_OK;

	*out = (struct state){ 0 };
	for (rounds = 0; again; rounds++) {
		rc = fold_once(&f, logs, n, root, banned, e);
		if (banned == NULL)
			banned = alloc(f.act_count + 1, 1);
		again = rc == RC_OK && rounds < 2 * FOLD_DEPTH &&
			find_banned(&f, banned);
		free(f.acts);
		if (again || rc != RC_OK)
			state_free(&f.s);
	}
	free(banned);
	if (rc == RC_OK)
		*out = f.s;
	return rc;
}
