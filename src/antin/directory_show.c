/* SPDX-License-Identifier: EUPL-1.2 */
#include "antin/directory_show.h"

#include <stdlib.h>

#include "antin/cert.h"
#include "core/time.h"
#include "core/vec.h"

/* ---- what hangs under a unit
 * -------------------------------------------------- */

static bool
asked_for(const struct view *v, int64_t opened, int64_t closed)
{
	return v->all || (opened <= v->at && v->at < closed);
}

static void
add_found(struct found **out, size_t *n, size_t unit, size_t holder)
{
	*out = vec_more(*out, *n, sizeof(**out));
	(*out)[(*n)++] = (struct found){ unit, holder };
}

/* The newest stands first in the directory, and last here. */
static void
add_holders(struct found **out, size_t *n, const struct view *v, size_t unit,
    bool persons)
{
	const struct state *s = &v->d->state;
	const size_t first = *n;
	struct found f;
	size_t h, i, j;

	for (h = s->units[unit].holders; h != NONE; h = s->holders[h].next)
		if (s->holders[h].person == persons &&
		    asked_for(v, s->holders[h].opened, s->holders[h].closed))
			add_found(out, n, unit, h);
	for (i = first, j = *n; i + 1 < j; i++) {
		f = (*out)[i];
		(*out)[i] = (*out)[--j];
		(*out)[j] = f;
	}
}

/* Among those from the "first" on. */
static bool
is_among(const struct found *v, size_t first, size_t n, size_t unit)
{
	for (; first < n; first++)
		if (v[first].unit == unit && v[first].holder == NONE)
			return true;
	return false;
}

size_t
below(struct found **out, const struct view *v, size_t unit)
{
	const struct unit *units = v->d->state.units;
	const struct unit *u = &units[unit];
	size_t i, child, first, n = 0;

	*out = NULL;
	add_holders(out, &n, v, unit, false);
	add_holders(out, &n, v, unit, true);
	first = n;
	for (i = 0; i < u->child_count; i++) {
		child = u->children[i];
		/* one that left and came back is named twice */
		if (unit_parent(&units[child], v->at) == unit &&
		    asked_for(v, units[child].opened, units[child].closed) &&
		    !is_among(*out, first, n, child))
			add_found(out, &n, child, NONE);
	}
	return n;
}

/* ---- pieces
 * ------------------------------------------------------------------- */

/* From, and until where that is known; "until" is the first second after. */
static void
show_range(json_t *to, int64_t from, int64_t until)
{
	show_time(to, "from", from);
	if (until <= TIME_MAX)
		show_time(to, "until", until - 1);
}

static void
show_names(json_t *to, const struct since *names, size_t n)
{
	json_t *all, *one;
	size_t i;

	if (n < 2)
		return;
	all = show_array(to, "names");
	for (i = 0; i < n; i++) {
		one = show_item(all);
		show_text(one, "name", names[i].text);
		show_range(one, names[i].from,
		    i + 1 < n ? names[i + 1].from : TIME_NEVER);
	}
}

/* Every address that it had, has or will have; desk empty: the unit's own. */
static void
show_addresses(
    json_t *to, const struct unit *u, struct bytes desk, int64_t until)
{
	json_t *all = show_array(to, "addresses"), *one;
	struct buf text;
	size_t i;

	for (i = 0; i < u->host_count; i++) {
		if (u->hosts[i].from >= until)
			continue;
		text = (struct buf){ 0 };
		buf_add(&text, bytes_str("antin://"));
		buf_add(&text, u->hosts[i].text);
		if (desk.len > 0)
			buf_u8(&text, '/');
		buf_add(&text, desk);
		one = show_item(all);
		show_text(one, "address", buf_bytes(&text));
		show_range(one, u->hosts[i].from,
		    u->hosts[i].until < until ? u->hosts[i].until : until);
		buf_free(&text);
	}
}

static void
show_codes(json_t *to, const struct unit *u)
{
	json_t *all, *one;
	size_t i;

	if (u->code_count == 0)
		return;
	all = show_array(to, "codes");
	for (i = 0; i < u->code_count; i++) {
		one = show_item(all);
		show_text(one, "code", u->codes[i].text);
		show_range(one, u->codes[i].from, u->codes[i].until);
	}
}

static void
show_reason(json_t *to, enum revoke_reason reason)
{
	switch (reason) {
	case REVOKE_KEY_COMPROMISE:
		show_word(to, "reason", "key-compromise");
		return;
	case REVOKE_AUTHORITY_COMPROMISE:
		show_word(to, "reason", "authority-compromise");
		return;
	case REVOKE_AFFILIATION:
		show_word(to, "reason", "affiliation-changed");
		return;
	case REVOKE_SUPERSEDED:
		show_word(to, "reason", "superseded");
		return;
	case REVOKE_CESSATION:
		show_word(to, "reason", "cessation");
		return;
	case REVOKE_UNSPECIFIED:
		break;
	}
	show_word(to, "reason", "unspecified");
}

void
show_dcert(json_t *to, const struct directory *d, size_t cert)
{
	const struct dcert *c = &d->state.certs[cert];

	cert_show(to, &c->cert);
	/* where its issuer ended before it began, it never is */
	if (c->from < c->until) {
		show_time(to, "in_force_from", c->from);
		show_time(to, "in_force_until", c->until - 1);
	}
	if (c->revoked != TIME_NEVER) {
		show_time(to, "revoked", c->revoked);
		show_reason(to, c->reason);
	}
}

/* The certificates of a holder, or (NONE) of the unit itself, the newest
 * first. */
static void
show_certs(json_t *to, const struct view *v, size_t unit, size_t holder)
{
	const struct state *s = &v->d->state;
	json_t *all = show_array(to, "certificates");
	size_t i;

	for (i = s->units[unit].certs; i != NONE; i = s->certs[i].next)
		if (s->certs[i].holder == holder)
			show_dcert(show_item(all), v->d, i);
}

static void
show_role(json_t *to, const struct view *v, const struct role_held *r)
{
	const struct state *s = &v->d->state;
	const struct holder *person = &s->holders[r->person];

	show_word(to, "role", role_word(r->role));
	show_text(to, "person", holder_name(person, v->at));
	show_text(to, "person_id", person->id);
	show_text(to, "desk_id", s->holders[r->desk].id);
	show_range(to, r->from, r->until);
	if (r->substitute != NONE)
		show_text(to, "substitute",
		    holder_name(&s->holders[r->substitute], v->at));
}

static void
show_roles(json_t *to, const struct view *v, size_t holder)
{
	const struct state *s = &v->d->state;
	json_t *all = show_array(to, "roles");
	size_t i;

	for (i = 0; i < s->role_count; i++)
		if (s->roles[i].person == holder || s->roles[i].desk == holder)
			show_role(show_item(all), v, &s->roles[i]);
}

/* Where somebody who has ended went. */
static void
show_successor(
    json_t *array, const struct view *v, size_t unit, struct bytes id)
{
	const struct unit *u = &v->d->state.units[unit];
	json_t *one = show_item(array);

	show_text(one, "name", unit_name(u, v->at));
	show_id(one, "uid", &u->uid);
	if (id.len > 0)
		show_text(one, "desk_id", id);
}

/* ---- desks, persons, units
 * ---------------------------------------------------- */

static void
show_open(json_t *to, int64_t opened, int64_t closed)
{
	show_time(to, "opened", opened);
	if (closed <= TIME_MAX)
		show_time(to, "closed", closed);
}

static void
show_address(json_t *to, const char *key, const struct view *v, size_t unit,
    size_t holder)
{
	char address[LIMIT_ADDRESS + 1];

	if (address_of(v->d, unit, holder, v->at, address))
		show_text(to, key, bytes_str(address));
}

void
show_holder(json_t *to, const struct view *v, size_t holder)
{
	const struct holder *h = &v->d->state.holders[holder];
	const struct unit *u = &v->d->state.units[h->unit];
	const int64_t until = h->closed < u->closed ? h->closed : u->closed;

	show_text(to, "name", holder_name(h, v->at));
	if (h->person)
		show_word(to, "kind", "person");
	else
		show_word(to, "kind", "desk");
	show_address(to, "address", v, h->unit, holder);
	show_text(to, h->person ? "person_id" : "desk_id", h->id);
	show_text(to, "unit", unit_name(u, v->at));
	show_id(to, "unit_uid", &u->uid);
	if (h->person)
		show_word(to, "clearance", level_word(h->level));
	show_open(to, h->opened, h->closed);
	show_names(to, h->names, h->name_count);
	show_addresses(to, u, h->id, until);
	if (h->closed <= TIME_MAX && h->to_unit != NONE)
		show_successor(
		    show_array(to, "successors"), v, h->to_unit, h->to_id);
	show_certs(to, v, h->unit, holder);
	show_roles(to, v, holder);
}

static void
show_policy(json_t *to, const struct view *v, size_t unit)
{
	const struct state *s = &v->d->state;
	json_t *all, *one;
	unsigned l;
	size_t i;

	for (i = s->policy_count; i-- > 0;)
		if (s->policies[i].unit == unit && s->policies[i].from <= v->at)
			break;
	if (i >= s->policy_count)
		return;
	all = show_array(to, "ages");
	for (l = 0; l < LEVELS; l++) {
		one = show_item(all);
		show_word(one, "level", level_word((enum level)l));
		show_number(one, "warn", s->policies[i].warn[l]);
		show_number(one, "refuse", s->policies[i].refuse[l]);
	}
}

static void
show_holder_within(json_t *to, const struct view *v, size_t holder)
{
	const struct holder *h = &v->d->state.holders[holder];

	if (!v->brief) {
		show_holder(to, v, holder);
		return;
	}
	show_text(to, "name", holder_name(h, v->at));
	show_address(to, "address", v, h->unit, holder);
}

/* Desks and persons, each in an array of their own. */
static void
show_holders(json_t *to, const struct view *v, size_t unit)
{
	json_t *desks = show_array(to, "desks");
	json_t *persons = show_array(to, "persons");
	const struct holder *holders = v->d->state.holders;
	struct found *all;
	size_t i, n = below(&all, v, unit);

	for (i = 0; i < n; i++)
		if (all[i].holder != NONE)
			show_holder_within(
			    show_item(holders[all[i].holder].person ? persons
								    : desks),
			    v, all[i].holder);
	free(all);
}

static void
show_log(json_t *to, const struct view *v, const struct unit *u)
{
	const struct dlog *l;
	json_t *o;

	if (u->log == NONE)
		return;
	l = &v->d->logs[u->log];
	o = show_object(to, "log");
	show_number(o, "acts", l->log.tree.size);
	show_time(o, "known", l->note.checkpoint.at);
}

void
show_unit(json_t *to, const struct view *v, size_t unit)
{
	const struct unit *u = &v->d->state.units[unit];
	const size_t parent = unit_parent(u, v->at);
	json_t *successors;
	size_t i;

	show_text(to, "name", unit_name(u, v->at));
	show_word(to, "kind", "unit");
	show_address(to, "address", v, unit, NONE);
	show_id(to, "uid", &u->uid);
	show_text(to, "class", unit_class(u, v->at));
	if (parent != NONE) {
		show_address(to, "above", v, parent, NONE);
		show_id(to, "parent", &v->d->state.units[parent].uid);
	}
	show_open(to, u->opened, u->closed);
	show_time(to, "known", knowledge_of(v->d, unit, v->at));
	show_log(to, v, u);
	show_codes(to, u);
	show_names(to, u->names, u->name_count);
	show_addresses(to, u, (struct bytes){ 0 }, u->closed);
	if (u->successor_count > 0) {
		successors = show_array(to, "successors");
		for (i = 0; i < u->successor_count; i++)
			show_successor(successors, v, u->successors[i],
			    (struct bytes){ 0 });
	}
	show_policy(to, v, unit);
	show_certs(to, v, unit, NONE);
	show_holders(to, v, unit);
}

/* ---- lists, alarms, all
 * --------------------------------------------------------- */

void
show_list(json_t *to, const struct view *v, const struct list *l)
{
	const size_t unit = v->d->logs[l->log].unit;
	json_t *desks, *one;
	struct listed all;
	size_t i;

	list_expand(v->d, l, v->at, &all);
	show_text(to, "name", l->name);
	show_id(to, "list_id", &l->id);
	show_number(to, "version", l->version);
	show_time(to, "from", l->from);
	show_text(to, "decided_by", unit_name(&v->d->state.units[unit], v->at));
	show_hex(to, "hash", bytes_of(l->hash, sizeof(l->hash)));
	desks = show_array(to, "desks");
	for (i = 0; i < all.count; i++) {
		one = show_item(desks);
		show_text(one, "name",
		    tree_name(
			v->d, all.desks[i].unit, all.desks[i].holder, v->at));
		show_text(one, "address", bytes_str(all.desks[i].address));
	}
	free(all.desks);
}

static const char *const alarm_words[] = {
	[ALARM_VOID] = "void",
	[ALARM_CLASH] = "clash",
	[ALARM_REVOKED] = "revoked",
	[ALARM_FORK] = "fork",
	[ALARM_RECOVERED] = "recovered",
};

void
show_alarms(json_t *to, const struct directory *d, size_t n)
{
	const struct state *s = &d->state;
	const struct alarm *a;
	json_t *one;
	size_t unit;

	for (; n < s->alarm_count; n++) {
		a = &s->alarms[n];
		unit = alarm_unit(d, a);
		one = show_item(to);
		show_word(one, "alarm", alarm_words[a->kind]);
		show_text(one, "text", a->text);
		show_number(one, "number", a->number);
		if (a->at > 0)
			show_time(one, "decided_at", a->at);
		if (a->log < d->log_count)
			show_id(one, "log_id", &d->logs[a->log].id);
		if (unit != NONE)
			show_id(one, "unit_uid", &s->units[unit].uid);
		if (a->holder != NONE)
			show_text(one, "desk_id", s->holders[a->holder].id);
	}
}

/* The newest versions of the lists that are in force. */
static void
show_lists(json_t *to, const struct view *v)
{
	const struct list *l;
	size_t i;

	for (i = 0; i < v->d->state.list_count; i++) {
		l = &v->d->state.lists[i];
		if (list_find(v->d, &l->id, 0, v->at) == l)
			show_list(show_item(to), v, l);
	}
}

void
show_directory(json_t *to, const struct view *v)
{
	const struct state *s = &v->d->state;
	json_t *units;
	size_t i;

	show_hex(
	    to, "fingerprint", bytes_of(s->certs[0].fingerprint, SHA256_SIZE));
	show_time(to, "at", v->at);
	show_alarms(show_array(to, "alarms"), v->d, 0);
	units = show_array(to, "units");
	for (i = 0; i < s->unit_count; i++)
		if (asked_for(v, s->units[i].opened, s->units[i].closed))
			show_unit(show_item(units), v, i);
	show_lists(show_array(to, "lists"), v);
}
