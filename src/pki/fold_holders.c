/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>
#include <string.h>

#include "core/index.h"
#include "core/lang.h"
#include "core/vec.h"
#include "envelope/address.h"
#include "pki/fold.h"
#include "pki/path.h"

/* ---- desks and persons ----------------------------------------------------
 */

static void
enrol_holder(struct fold *f, const struct fold_act *fa)
{
	const struct act *a = &fa->act;
	struct state *s = &f->s;
	struct holder *h;
	size_t unit;

	if (a->subject == ACT_UNIT ||
	    (unit = fold_unit(f, fa, &a->unit, true)) == NONE)
		return;
	if (!unit_open(&s->units[unit], a->from)) {
		fold_void(f, fa, "its unit has ended, or not begun");
		return;
	}
	if (holder_by_id(s, unit, a->id) != NONE) {
		fold_void(f, fa,
		    "docs/directory.md 3.5: the unit has a \"%.*s\" already, "
		    "or had: an id is not used twice",
		    (int)a->id.len, (const char *)a->id.p);
		return;
	}
	s->holders = vec_more(s->holders, s->holder_count, sizeof(*h));
	h = &s->holders[s->holder_count];
	*h = (struct holder){ .unit = unit,
		.person = a->subject == ACT_PERSON,
		.id = a->id,
		.opened = a->from,
		.closed = TIME_NEVER,
		.to_unit = NONE,
		.level = a->level };
	fold_since(&h->names, &h->name_count, a->from, a->name);
	h->next = s->units[unit].holders;
	s->units[unit].holders = s->holder_count++;
}

/* The holder that an act names; NONE after an alarm. */
static size_t
fold_holder(
    struct fold *f, const struct fold_act *fa, struct bytes id, bool person)
{
	const size_t unit = fold_unit(f, fa, &fa->act.unit, true);
	size_t h;

	if (unit == NONE)
		return NONE;
	h = holder_by_id(&f->s, unit, id);
	if (h == NONE || f->s.holders[h].person != person) {
		fold_void(f, fa, "the unit has no %s \"%.*s\"",
		    person ? tr("person") : tr("desk"), (int)id.len,
		    (const char *)id.p);
		return NONE;
	}
	return h;
}

static void
rename_holder(struct fold *f, const struct fold_act *fa)
{
	const struct act *a = &fa->act;
	struct holder *h;
	size_t i;

	if (a->subject == ACT_UNIT || !act_has(a, F_NAME) ||
	    (i = fold_holder(f, fa, a->id, a->subject == ACT_PERSON)) == NONE)
		return;
	h = &f->s.holders[i];
	fold_since(&h->names, &h->name_count, a->from, a->name);
}

static void
close_holder(struct fold *f, const struct fold_act *fa)
{
	const struct act *a = &fa->act;
	struct holder *h;
	size_t i;

	if (a->subject == ACT_UNIT ||
	    (i = fold_holder(f, fa, a->id, a->subject == ACT_PERSON)) == NONE)
		return;
	h = &f->s.holders[i];
	if (h->closed <= a->from) {
		fold_void(f, fa, "it had ended by then");
		return;
	}
	h->closed = a->from;
	if (act_has(a, F_TO) && act_has(a, F_TO_ID)) {
		h->to_unit = unit_by_uid(&f->s, &a->to);
		h->to_id = a->to_id;
	}
}

/* ---- roles, lists, policies
 * ------------------------------------------------------ */

static struct role_held *
role_at(struct state *s, size_t person, size_t desk, enum role role, int64_t t)
{
	size_t i;

	for (i = s->role_count; i-- > 0;)
		if (s->roles[i].person == person && s->roles[i].desk == desk &&
		    s->roles[i].role == role && s->roles[i].from <= t &&
		    t < s->roles[i].until)
			return &s->roles[i];
	return NULL;
}

static void
fold_role(struct fold *f, const struct fold_act *fa)
{
	const struct act *a = &fa->act;
	struct role_held r = { .role = a->role,
		.from = a->from,
		.until = a->until,
		.substitute = NONE },
			 *held;

	r.person = fold_holder(f, fa, a->id, true);
	if (r.person == NONE)
		return;
	r.desk = fold_holder(f, fa, a->desk, false);
	if (r.desk == NONE)
		return;
	if (act_has(a, F_SUBSTITUTE)) {
		r.substitute = fold_holder(f, fa, a->substitute, true);
		if (r.substitute == NONE)
			return;
	}
	held = role_at(&f->s, r.person, r.desk, r.role, a->from);
	if (held != NULL)
		held->until = a->from; /* the new one takes its place */
	else if (a->until == a->from)
		fold_void(f, fa, "the role was not held then");
	if (a->until == a->from)
		return; /* docs/directory.md 2.8: it ends */
	f->s.roles = vec_more(f->s.roles, f->s.role_count, sizeof(r));
	f->s.roles[f->s.role_count++] = r;
}

static void
fold_list(struct fold *f, const struct fold_act *fa)
{
	struct state *s = &f->s;
	struct list *l;
	size_t i;

	if (s->units[fa->log_unit].closed <= fa->act.at) {
		fold_void(f, fa, "the unit that decided it had ended");
		return;
	}
	for (i = 0; i < s->list_count; i++)
		if (id_eq(&s->lists[i].id, &fa->act.list) &&
		    s->lists[i].log == fa->log &&
		    s->lists[i].version >= fa->act.version) {
			fold_void(f, fa,
			    "docs/directory.md 2.9: a list's version only "
			    "grows");
			return;
		}
	s->lists = vec_more(s->lists, s->list_count, sizeof(*l));
	l = &s->lists[s->list_count++];
	*l = (struct list){ .id = fa->act.list,
		.version = fa->act.version,
		.from = fa->act.from,
		.log = fa->log,
		.name = fa->act.name,
		.act = fa->act };
	sha256(l->hash, fa->bytes);
}

static void
fold_policy(struct fold *f, const struct fold_act *fa)
{
	struct policy p = { .from = fa->act.from };
	struct bytes rest = fa->act.ages;
	struct act_age age;

	p.unit = fold_unit(f, fa, &fa->act.unit, true);
	if (p.unit == NONE)
		return;
	while (act_next_age(&rest, &age)) {
		p.says[age.level] = true;
		p.warn[age.level] = age.warn;
		p.refuse[age.level] = age.refuse;
	}
	f->s.policies = vec_more(f->s.policies, f->s.policy_count, sizeof(p));
	f->s.policies[f->s.policy_count++] = p;
}

static void recovered(struct fold *f, const struct fold_act *fa, size_t unit,
    size_t desk, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
static void
recovered(struct fold *f, const struct fold_act *fa, size_t unit, size_t desk,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fold_alarm(f, ALARM_RECOVERED, fa, unit, desk, fmt, ap);
	va_end(ap);
}

static void
fold_recover(struct fold *f, const struct fold_act *fa)
{
	const struct act *a = &fa->act;
	const size_t desk = fold_holder(f, fa, a->id, false);

	if (desk != NONE)
		recovered(f, fa, f->s.holders[desk].unit, desk,
		    "the KEM key of the desk \"%.*s\" was taken out of escrow: "
		    "%.*s",
		    (int)a->id.len, (const char *)a->id.p, (int)a->name.len,
		    (const char *)a->name.p);
}

/* ---- all of it
 * ------------------------------------------------------------------------ */

/* In the order they were decided; of one moment, as they were read. */
static int
by_decision(const void *left, const void *right)
{
	const struct fold_act *a = *(const struct fold_act *const *)left;
	const struct fold_act *b = *(const struct fold_act *const *)right;

	if (a->act.at != b->act.at)
		return a->act.at < b->act.at ? -1 : 1;
	return a < b ? -1 : a > b;
}

void
fold_holders(struct fold *f, struct bytes root)
{
	static void (*const does[ACT_KINDS])(
	    struct fold *, const struct fold_act *) = {
		[ACT_RENAME] = rename_holder,
		[ACT_CLOSE] = close_holder,
		[ACT_LIST] = fold_list,
		[ACT_ROLE] = fold_role,
		[ACT_POLICY] = fold_policy,
		[ACT_RECOVER] = fold_recover,
	};
	const struct fold_act **order;
	size_t i;

	fold_root(f, root);
	order = alloc(f->act_count + 1, sizeof(*order));
	for (i = 0; i < f->act_count; i++)
		order[i] = &f->acts[i];
	qsort(order, f->act_count, sizeof(*order), by_decision);
	/* who there is, and then what is said of them: authorities' clocks may
	 * differ */
	for (i = 0; i < f->act_count; i++)
		if (order[i]->act.kind == ACT_ENROL)
			enrol_holder(f, order[i]);
	for (i = 0; i < f->act_count; i++)
		if (does[order[i]->act.kind] != NULL)
			does[order[i]->act.kind](f, order[i]);
	free(order);
	fold_certificates(f);
	for (i = 0; i < f->act_count; i++)
		if (f->acts[i].act.kind == ACT_REVOKE)
			fold_revoke(f, &f->acts[i]);
	fold_ranges(&f->s);
}
