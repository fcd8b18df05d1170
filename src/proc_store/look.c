/* SPDX-License-Identifier: EUPL-1.2 */
/* What a person looks up: the tree that the directory knows, and the rules of
 * the law (docs/station.md 9.2). */
#include <stdlib.h>
#include <string.h>

#include "pki/keys.h"
#include "pki/resolve.h"
#include "proc_store/registry.h"
#include "rules/rules.h"

#define TREE_ROWS 1000u /* of an answer, and a unit's last */
#define MEMBERS 500u	/* as many as a document can have recipients */

struct looking {
	struct buf rows;
	size_t count;
	int64_t now;
	const struct state *s;
};

static void
put(struct buf *row, const char *name, struct bytes value)
{
	if (value.len > 0)
		pairs_add(row, bytes_str(name), value);
}

static void
look_add(struct looking *l, struct buf *row)
{
	rows_add(&l->rows, row);
	l->count++;
}

/* ---- the tree ------------------------------------------------------------ */

static void
put_address(struct buf *row, const char *key, const struct looking *l,
    size_t unit, size_t holder)
{
	char address[LIMIT_ADDRESS + 1];

	if (address_of(st.file.directory, unit, holder, l->now, address))
		put(row, key, bytes_str(address));
}

/* The state of their keys under "key", and the first end of all. */
static void
put_keys(struct buf *row, const char *key, const struct looking *l, size_t unit,
    size_t holder, enum cert_kind kind, int64_t *first)
{
	int64_t until;
	const enum keys k =
	    keys_of(st.file.directory, unit, holder, kind, l->now, &until);

	put(row, key, bytes_str(keys_state(k)));
	if (k != KEYS_NONE && until < *first)
		*first = until;
}

static void
look_holder(struct looking *l, size_t n)
{
	const struct holder *h = &l->s->holders[n];
	int64_t until = TIME_NEVER;
	struct buf row = { 0 };

	put(&row, "row", bytes_str(h->person ? "person" : "desk"));
	row_number(&row, "#unit", (int64_t)h->unit);
	put(&row, "name", holder_name(h, l->now));
	put_address(&row, "address", l, h->unit, n);
	if (h->person)
		put(&row, "level", bytes_str(level_word(h->level)));
	put_keys(&row, "keys", l, h->unit, n,
	    h->person ? CERT_PERSON : CERT_DESK, &until);
	row_number(&row, "#until", until);
	look_add(l, &row);
}

/* A unit with its desks and persons; of what has ended nothing. */
static void
look_unit(struct looking *l, size_t n)
{
	const struct unit *u = &l->s->units[n];
	const size_t above = unit_parent(u, l->now);
	int64_t until = TIME_NEVER;
	struct buf row = { 0 };
	size_t i;

	if (!unit_open(u, l->now))
		return;
	put(&row, "row", bytes_str("unit"));
	row_number(&row, "#unit", (int64_t)n);
	if (above != NONE)
		row_number(&row, "#in", (int64_t)above);
	put(&row, "name", unit_name(u, l->now));
	put(&row, "class", unit_class(u, l->now));
	put_address(&row, "address", l, n, NONE);
	put_keys(&row, "authority", l, n, NONE, CERT_AUTHORITY, &until);
	put_keys(&row, "station", l, n, NONE, CERT_STATION, &until);
	row_number(&row, "#until", until);
	row_number(&row, "#known", knowledge_of(st.file.directory, n, l->now));
	look_add(l, &row);
	for (i = u->holders; i != NONE; i = l->s->holders[i].next)
		if (holder_open(&l->s->holders[i], l->now))
			look_holder(l, i);
}

static void
look_role(struct looking *l, size_t n)
{
	const struct role_held *r = &l->s->roles[n];
	const struct holder *p = &l->s->holders[r->person],
			    *d = &l->s->holders[r->desk];
	struct buf row = { 0 };

	if (l->now < r->from || r->until <= l->now || !holder_open(p, l->now) ||
	    !holder_open(d, l->now))
		return;
	put(&row, "row", bytes_str("role"));
	put(&row, "role", bytes_str(role_word(r->role)));
	put_address(&row, "person", l, p->unit, r->person);
	put_address(&row, "desk", l, d->unit, r->desk);
	if (r->substitute != NONE)
		put_address(&row, "for", l, l->s->holders[r->substitute].unit,
		    r->substitute);
	if (r->until <= TIME_MAX)
		row_number(&row, "#until", r->until - 1);
	look_add(l, &row);
}

/* Who is on it now; what is longer than the recipients of a document is told
 * by its name alone. */
static void
look_members(struct looking *l, const struct list *list, const char *id)
{
	struct listed on;
	struct buf row;
	size_t i;

	list_expand(st.file.directory, list, l->now, &on);
	for (i = 0; on.count <= MEMBERS && i < on.count; i++) {
		row = (struct buf){ 0 };
		put(&row, "row", bytes_str("member"));
		put(&row, "list", bytes_str(id));
		put_address(
		    &row, "desk", l, on.desks[i].unit, on.desks[i].holder);
		look_add(l, &row);
	}
	free(on.desks);
}

static void
look_list(struct looking *l, size_t n)
{
	const struct list *list = &l->s->lists[n];
	char id[2 * ID_SIZE + 1];
	struct buf row = { 0 };

	if (list != list_find(st.file.directory, &list->id, 0, l->now))
		return;
	hex_write(id, id_bytes(&list->id));
	put(&row, "row", bytes_str("list"));
	put(&row, "list", bytes_str(id));
	put(&row, "name", list->name);
	look_add(l, &row);
	look_members(l, list, id);
}

/* What an answer goes on with: units, then roles, then lists. */
static void
look_tree(struct looking *l, uint64_t at)
{
	const struct {
		size_t count;
		void (*look)(struct looking *l, size_t n);
	} kinds[] = { { l->s->unit_count, look_unit },
		{ l->s->role_count, look_role },
		{ l->s->list_count, look_list } };
	uint64_t n = at;
	struct buf row = { 0 };
	size_t i, all = 0;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		for (; n < all + kinds[i].count && l->count < TREE_ROWS; n++)
			kinds[i].look(l, (size_t)(n - all));
		all += kinds[i].count;
	}
	put(&row, "row", bytes_str("tree"));
	if (st.named)
		row_number(&row, "#own", (int64_t)st.unit);
	row_number(&row, "#all", (int64_t)all);
	if (n < all)
		row_number(&row, "#next", (int64_t)n);
	look_add(l, &row);
}

/* ---- the rules ----------------------------------------------------------- */

static void
look_file(struct looking *l, const struct rules_file *f)
{
	struct buf row = { 0 };

	put(&row, "row", bytes_str("file"));
	put(&row, "file", f->name);
	put(&row, "topic", f->topic);
	put(&row, "title", f->title.vi);
	put(&row, "title-en", f->title.en);
	row_number(&row, "#from", f->from);
	if (f->until != TIME_NEVER)
		row_number(&row, "#until", f->until - 1);
	put(&row, "state",
	    bytes_str(f->from > l->now	   ? "coming"
		      : f->until <= l->now ? "over"
					   : "in-force"));
	put(&row, "own", bytes_str(f->own ? "yes" : "no"));
	put(&row, "unverified", bytes_str(f->unverified ? "yes" : "no"));
	look_add(l, &row);
}

static void
look_rule(struct looking *l, enum rule_kind k, const void *rule)
{
	const struct rule_source *source = rule_source(rule);
	const struct rule_text *name = rule_name(k, rule);
	struct buf text = { 0 }, row = { 0 };

	rule_write(&text, k, rule);
	put(&row, "row", bytes_str("rule"));
	put(&row, "kind", bytes_str(rule_kind_word(k)));
	if (name != NULL) {
		put(&row, "name", name->vi);
		put(&row, "name-en", name->en);
	}
	put(&row, "text", bytes_of(text.p, text.len - 1));
	put(&row, "source", source->text.vi);
	put(&row, "source-en", source->text.en);
	put(&row, "own", bytes_str(source->own ? "yes" : "no"));
	put(&row, "unverified", bytes_str(source->unverified ? "yes" : "no"));
	put(&row, "file", source->file);
	row_number(&row, "#line", source->line);
	look_add(l, &row);
	buf_free(&text);
}

/* What is in force at that time (0: now), and every file there is. */
static enum rc
look_rules(struct looking *l, uint64_t at, struct err *e)
{
	const struct rules_file *f;
	const struct rules *rules;
	const struct rule_set *set;
	struct buf row = { 0 };
	size_t i, k;
	enum rc rc = law(&rules, e);

	if (rc != RC_OK)
		return rc;
	for (i = 0; (f = rules_file_nth(rules, i)) != NULL; i++)
		look_file(l, f);
	set = rules_at(rules, at == 0 ? l->now : (int64_t)at);
	for (k = 0; set != NULL && k < RULE_KINDS; k++)
		for (i = 0; i < set->of[k].count; i++)
			look_rule(l, (enum rule_kind)k, set->of[k].rows[i]);
	put(&row, "row", bytes_str("rules"));
	if (set != NULL)
		put(&row, "version", set->version);
	row_number(&row, "#at", at == 0 ? l->now : (int64_t)at);
	look_add(l, &row);
	return RC_OK;
}

void
look_on(uint64_t job, const struct msg_ask *m)
{
	struct looking l = { .now = station_now(),
		.s = &st.file.directory->state };
	enum rc rc = RC_OK;
	struct err e;

	if (m->what == ASK_RULES)
		rc = look_rules(&l, m->before, &e);
	else
		look_tree(&l, m->before);
	if (rc == RC_OK)
		rows_say(job, buf_bytes(&l.rows));
	else
		rows_refuse(job, &e);
	buf_free(&l.rows);
}
