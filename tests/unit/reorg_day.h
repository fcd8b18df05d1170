/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The day of the reorganisation: 29 provinces go into others, so that 34
 * remain; all districts close; communes come directly under provinces, some go
 * into a neighbour, one is split, one crosses a border of provinces; those of
 * one name under one province get another id.  First on paper, then as acts.
 */
#ifndef TESTS_UNIT_REORG_DAY_H
#define TESTS_UNIT_REORG_DAY_H

#include "reorg.h"

/* ---- on paper -------------------------------------------------------------
 */

/* The province that a province is part of from the day on. */
static inline unsigned
home_of(unsigned p)
{
	static const unsigned homes[OTHERS] = { [HA_GIANG] = TUYEN_QUANG,
		[VINH_PHUC] = PHU_THO,
		[HOA_BINH] = PHU_THO,
		[HAU_GIANG] = CAN_THO,
		[SOC_TRANG] = CAN_THO,
		[BINH_DUONG] = HO_CHI_MINH,
		[BA_RIA] = HO_CHI_MINH };

	if (p < OTHERS)
		return homes[p] == 0 ? p : homes[p];
	if (p >= OTHERS_TAKEN && p < OTHERS_KEPT)
		return OTHERS + (p - OTHERS_TAKEN) % (OTHERS_TAKEN - OTHERS);
	return p;
}

static inline unsigned
province_of(const struct country *c, unsigned n)
{
	while (c->seats[n].rank > PROVINCE)
		n = c->seats[n].parent;
	return n;
}

static inline void
goes_to(struct country *c, unsigned from, const char *id, unsigned to,
    const char *to_id)
{
	if (desk_of(c, from, id) == NULL)
		return;
	c->goes = vec_more(c->goes, c->goes_count, sizeof(*c->goes));
	c->goes[c->goes_count++] = (struct goes){ from, to, id, to_id };
}

/* Its desks go to those of their id, or else to the clerk. */
static inline void
ends_into(struct country *c, unsigned n, unsigned heir)
{
	c->seats[n].heir = heir;
	if (desk_of(c, heir, "co-yeu") == NULL)
		goes_to(c, n, "co-yeu", heir, "van-thu");
}

/* The k-th commune of a province's first or second district. */
static inline unsigned
commune_at(
    const struct country *c, unsigned province, unsigned which, unsigned k)
{
	unsigned n, districts = 0;

	for (n = PROVINCES + 1; districts <= which; n++)
		districts += c->seats[n].rank == DISTRICT &&
			     c->seats[n].parent == province;
	return n + k;
}

static inline void
choose(struct country *c)
{
	c->split = commune_at(c, TUYEN_QUANG, 1, 2);
	c->border = commune_at(c, DIEN_BIEN, 1, 2);
	c->beyond = commune_at(c, OTHERS_KEPT, 1, 0);
	c->crossing = commune_at(c, OTHERS_KEPT + 2, 0, 2);
}

static inline bool
is_chosen(const struct country *c, unsigned n)
{
	return n == c->split || n == c->border || n == c->crossing;
}

/* Communes of a district that go into one before them. */
static inline void
draw_up_communes(struct country *c, unsigned district)
{
	unsigned n, k = 0, stays = 0;

	for (n = district + 1;
	     n < c->seat_count && c->seats[n].parent == district; n++, k++) {
		if (k % 3 == 0)
			stays = n;
		if (!is_chosen(c, n) && (k % 3 == 1 || (c->full && k % 3 == 2)))
			ends_into(c, n, stays);
	}
}

static inline unsigned
add_half(struct country *c, const char *id, const char *name)
{
	const unsigned n = add_seat(c, COMMUNE, TUYEN_QUANG, "xa");

	call(&c->seats[n], id, name);
	c->seats[n].opened = DAY;
	add_desk(c, "van-thu", false);
	if (make_keys(c, c->desk_count - 1, &c->t.e) != RC_OK)
		bug(c->t.e.text);
	return n;
}

static inline void
draw_up_some(struct country *c)
{
	c->north = add_half(c, "phia-bac", "Xã Phía Bắc");
	c->south = add_half(c, "phia-nam", "Xã Phía Nam");
	c->seats[c->split].heir = c->north;
	goes_to(c, c->split, "van-thu", c->north, "van-thu");
	goes_to(c, c->split, "co-yeu", c->south, "van-thu");

	ends_into(c, c->border, c->beyond);
	c->seats[c->crossing].parent_then = OTHERS_KEPT + 3;
}

/* Another id where the province has one of it already; those who come go
 * first. */
static inline bool
has_namesake(const struct country *c, unsigned n)
{
	const struct seat *s = &c->seats[n], *o;
	const bool comes = province_of(c, n) != s->parent_then;
	unsigned i;

	for (i = PROVINCES + 1; i < c->seat_count; i++) {
		o = &c->seats[i];
		if (i == n || !seat_open(o, DAY) || o->rank != COMMUNE ||
		    o->parent_then != s->parent_then ||
		    strcmp(o->id_then, s->id_then) != 0)
			continue;
		if (i < n || (comes && province_of(c, i) == s->parent_then))
			return true;
	}
	return false;
}

static inline void
draw_up_names(struct country *c)
{
	struct seat *s;
	unsigned n;

	for (n = 1; n < c->seat_count; n++) {
		s = &c->seats[n];
		if (!seat_open(s, DAY))
			continue;
		if (s->rank == PROVINCE && n >= OTHERS && n < OTHERS_TAKEN)
			(void)snprintf(s->name_then, sizeof(s->name_then),
			    "Tỉnh Hợp Nhất %u", n);
		if (s->rank == COMMUNE && has_namesake(c, n))
			(void)snprintf(
			    s->id_then, sizeof(s->id_then), "%s-%u", s->id, n);
		if (strcmp(s->class, "thi-tran") != 0)
			continue;
		s->class_then = "xa";
		(void)snprintf(
		    s->name_then, sizeof(s->name_then), "Xã Đổi Tên %u", n);
	}
}

/* Half of the provinces certify before the day, for it; the others after. */
static inline bool
plans_ahead(const struct country *c, unsigned n)
{
	return c->seats[n].parent_then % 2 == 0;
}

static inline void
draw_up(struct country *c)
{
	unsigned n;

	choose(c);
	for (n = 1; n < c->seat_count; n++)
		switch (c->seats[n].rank) {
		case CENTRE:
			break;
		case PROVINCE:
			if (home_of(n) != n)
				ends_into(c, n, home_of(n));
			break;
		case DISTRICT:
			ends_into(c, n, home_of(c->seats[n].parent));
			draw_up_communes(c, n);
			break;
		case COMMUNE:
			c->seats[n].parent_then = home_of(province_of(c, n));
			break;
		}
	draw_up_some(c);
	draw_up_names(c);
	/* one that has an authority, comes to another province, which does not
	 * plan ahead, and stays */
	for (n = PROVINCES + 1; n < c->seat_count; n++)
		if (c->seats[n].rank == COMMUNE &&
		    c->seats[n].authority != NULL &&
		    province_of(c, n) != c->seats[n].parent_then &&
		    !plans_ahead(c, n) && seat_open(&c->seats[n], DAY))
			c->switched_off = n;
}

/* ---- as acts, from the day on ---------------------------------------------
 */

static inline struct act
on_the_day(struct act a)
{
	a.from = DAY;
	return a;
}

/* One more unit in the act's sequence of them. */
static inline void
with_unit(struct country *c, struct act *a, unsigned n)
{
	struct der_wr w = { 0 };

	der_put_raw(&w, a->units);
	act_put_unit(&w, &c->seats[n].uid);
	a->units = arena_add(c->t.text, buf_bytes(&w.out));
	a->has |= HAS(F_UNITS);
	der_wr_free(&w);
}

static inline void
with_desks(struct country *c, struct act *a, unsigned n)
{
	struct der_wr w = { 0 };
	const struct goes *g;
	size_t i;

	for (i = 0; i < c->goes_count; i++) {
		g = &c->goes[i];
		if (g->from != n)
			continue;
		act_put_desk(&w,
		    &(struct act_desk){ c->seats[n].uid, c->seats[g->to].uid,
			bytes_str(g->id), bytes_str(g->to_id) });
		a->has |= HAS(F_DESKS);
	}
	a->desks = arena_add(c->t.text, buf_bytes(&w.out));
	der_wr_free(&w);
}

static inline struct act
merge_of(struct country *c, unsigned n)
{
	struct act a = on_the_day(act_of(&c->t, ACT_MERGE, HAS(F_TO)));

	a.to = c->seats[c->seats[n].heir].uid;
	with_unit(c, &a, n);
	with_desks(c, &a, n);
	return a;
}

static inline struct act
close_of(struct country *c, unsigned n)
{
	struct act a = on_the_day(act_close(&c->t, n, NULL));

	a.has |= HAS(F_TO);
	a.unit = c->seats[n].uid;
	a.to = c->seats[c->seats[n].heir].uid;
	return a;
}

static inline struct act
move_of(struct country *c, unsigned n)
{
	const struct seat *s = &c->seats[n];
	struct act a =
	    on_the_day(act_move(&c->t, n, s->parent_then, s->id_then));

	a.unit = s->uid;
	a.to = c->seats[s->parent_then].uid;
	return a;
}

static inline struct act
rename_of(struct country *c, unsigned n)
{
	const struct seat *s = &c->seats[n];
	struct act a = on_the_day(act_of(&c->t, ACT_RENAME,
	    HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_NAME) | HAS(F_CLASS)));

	a.subject = ACT_UNIT;
	a.unit = s->uid;
	a.name = bytes_str(s->name_then);
	a.class = bytes_str(s->class_then);
	if (s->rank != PROVINCE)
		return a;
	/* Hà Giang's old code is Tuyên Quang's from then on */
	a.has |= HAS(F_CODES);
	a.codes = codes_of(c, province_code(c, n, true),
	    n == TUYEN_QUANG ? province_code(c, HA_GIANG, false)
			     : (struct bytes){ 0 });
	return a;
}

static inline bool
is_renamed(const struct seat *s)
{
	return seat_open(s, DAY) && strcmp(s->name, s->name_then) != 0;
}

static inline bool
is_moved(const struct country *c, unsigned n)
{
	const struct seat *s = &c->seats[n];

	return seat_open(s, DAY) &&
	       (strcmp(s->id, s->id_then) != 0 || n == c->crossing);
}

/* What lies in provinces that end, or between two, the root decides: else two
 * units would have one host in between. */
static inline bool
is_the_roots(const struct country *c, unsigned n)
{
	const unsigned p = province_of(c, n);

	return home_of(p) != p || n == c->border || n == c->crossing;
}

static inline void
decide_of_unit(struct country *c, unsigned n)
{
	const struct seat *s = &c->seats[n];
	const unsigned home = s->rank == DISTRICT ? s->heir : s->parent_then;
	const unsigned by = is_the_roots(c, n) ? ROOT : home;

	if (s->rank == DISTRICT)
		(void)decide(c, by, close_of(c, n));
	if (s->rank == COMMUNE && is_moved(c, n))
		(void)decide(c, by, move_of(c, n));
	if (s->rank == COMMUNE && is_renamed(s))
		(void)decide(c, home, rename_of(c, n));
	if (s->rank == COMMUNE && s->heir != NOBODY && n != c->split)
		(void)decide(c, n == c->border ? ROOT : home, merge_of(c, n));
}

static inline void
decide_split(struct country *c)
{
	struct act a = on_the_day(act_of(&c->t, ACT_SPLIT, HAS(F_UNIT)));

	decide_unit(c, c->north, TUYEN_QUANG);
	decide_unit(c, c->south, TUYEN_QUANG);
	a.unit = c->seats[c->split].uid;
	with_unit(c, &a, c->north);
	with_unit(c, &a, c->south);
	with_desks(c, &a, c->split);
	(void)decide(c, TUYEN_QUANG, a);
}

/* The root's acts, as directory_decide() makes them: nothing of them is void,
 * or makes another void. */
static inline void
decide_as_root(struct country *c)
{
	struct act *acts = alloc(c->deed_count, sizeof(*acts));
	size_t i, n = 0, left = 0;

	for (i = 0; i < c->deed_count; i++)
		if (c->deeds[i].by == ROOT)
			acts[n++] = c->deeds[i].act;
		else
			c->deeds[left++] = c->deeds[i];
	c->deed_count = left;
	c->seats[ROOT].pending = 0;
	went(tree_try(&c->t, ROOT, acts, n), &c->t.e,
	    "the root decides a week before: %zu acts", n);
	free(acts);
}

static inline void
decide_day(struct country *c)
{
	unsigned n;

	c->t.now = AGREED;
	for (n = 1; n <= PROVINCES; n++)
		(void)decide(c, ROOT,
		    home_of(n) != n ? merge_of(c, n) : rename_of(c, n));
	for (n = PROVINCES + 1; n < c->seat_count; n++)
		if (c->seats[n].opened < DAY)
			decide_of_unit(c, n);
	decide_as_root(c);
	c->t.now = DRAWN_UP;
	decide_split(c);
	publish(c, "decided by the provinces");
}

/* ---- certificates ---------------------------------------------------------
 */

static inline bool
is_due(const struct country *c, unsigned n)
{
	return c->seats[n].rank == COMMUNE && seat_open(&c->seats[n], DAY) &&
	       c->seats[n].opened < DAY;
}

/* The desks and persons of a commune, by whoever certifies them then. */
static inline void
recertify_desks(struct country *c, unsigned n, int64_t from)
{
	size_t i;

	for (i = 0; i < c->seats[n].count; i++)
		decide_certificates(
		    c, n, &c->desks[c->seats[n].first + i], from);
}

/* Those whom the province certifies: authorities, and the desks of communes
 * that have none. */
static inline void
recertify_provinces(struct country *c, bool ahead, int64_t from)
{
	unsigned n;

	for (n = 1; n < c->seat_count; n++) {
		if (!is_due(c, n) || plans_ahead(c, n) != ahead)
			continue;
		if (c->seats[n].authority != NULL)
			decide_certificates(c, n, NULL, from);
		else
			recertify_desks(c, n, from);
	}
}

/* Of all that have one; but of the commune that is switched off. */
static inline void
recertify_communes(struct country *c, bool ahead, int64_t from)
{
	unsigned n;

	for (n = 1; n < c->seat_count; n++)
		if (is_due(c, n) && c->seats[n].authority != NULL &&
		    plans_ahead(c, n) == ahead && n != c->switched_off)
			recertify_desks(c, n, from);
}

/* The root renews provinces' certificates; an odd number of acts are in its log
 * then: what nobody on another path needs lies across that. */
static inline void
renew_provinces(struct country *c, unsigned from)
{
	const uint64_t size = c->t.d->logs[0].log.tree.size;
	unsigned n;

	for (n = from; n < from + 6 + size % 2; n++)
		decide_certificates(c, n, NULL, c->t.now);
	publish(c, "the root renews");
}

/* A checkpoint of every authority that is open. */
static inline void
freshen_all(struct country *c, const char *what)
{
	unsigned n;

	for (n = 0; n < c->seat_count; n++)
		if ((n == ROOT || c->seats[n].authority != NULL) &&
		    seat_open(&c->seats[n], c->t.now) &&
		    (n != c->switched_off || c->t.now <= SWITCHED_OFF))
			(void)decide(c, n, (struct act){ 0 });
	publish(c, what);
}

/* ---- lists ----------------------------------------------------------------
 */

enum { OF_RULE = 1, OF_MEMBERS, OF_ENDED };

static inline struct id
list_id(unsigned list)
{
	return (struct id){ { (uint8_t)list } };
}

/* Whose clerks are on the one by name. */
static inline unsigned
listed_unit(const struct country *c, size_t i)
{
	const unsigned units[] = { c->namesake, c->border, c->split, HA_GIANG,
		c->switched_off, HA_NOI, TUYEN_QUANG };

	return i < COUNT(units) ? units[i] : ROOT;
}

static inline void
decide_list(struct country *c, unsigned by, unsigned list, unsigned below,
    const char *class)
{
	struct act a = act_of(&c->t, ACT_LIST,
	    HAS(F_LIST) | HAS(F_VERSION) | HAS(F_NAME) |
		(below == ROOT ? HAS(F_MEMBERS) : HAS(F_RULE)));
	struct der_wr w = { 0 };
	struct act_member m;
	size_t i;

	for (i = 0; listed_unit(c, i) != ROOT; i++) {
		m = (struct act_member){ c->seats[listed_unit(c, i)].uid,
			bytes_str("van-thu") };
		act_put_member(&w, &m);
	}
	a.members = arena_add(c->t.text, buf_bytes(&w.out));
	der_wr_free(&w);
	a.list = list_id(list);
	a.version = 1;
	a.name = bytes_str("các xã");
	a.rule_unit = c->seats[below].uid;
	a.rule_class = bytes_str(class);
	a.rule_id = bytes_str("van-thu");
	(void)decide(c, by, a);
}

static inline void
decide_lists(struct country *c)
{
	decide_list(c, DIEN_BIEN, OF_RULE, DIEN_BIEN, "xa");
	decide_list(c, ROOT, OF_MEMBERS, ROOT, "");
	decide_list(c, HA_GIANG, OF_ENDED, HA_GIANG, "xa");
}

/* ---- its course -----------------------------------------------------------
 */

/* To a month before the day. */
static inline void
country_before(struct country *c)
{
	country_begin(c);
	draw_up(c);
	decide_lists(c);
	publish(c, "founded");
	c->t.now = SWITCHED_OFF - TIME_DAY;
	renew_provinces(c, OTHERS_KEPT);
	c->t.now = SWITCHED_OFF;
	freshen_all(c, "a month before");
}

static inline void
country_day(struct country *c)
{
	c->t.now = SWITCHED_OFF + TIME_DAY;
	renew_provinces(c, OTHERS_KEPT);
	decide_day(c);
	c->t.now = DAY - 3 * TIME_DAY;
	recertify_provinces(c, true, DAY);
	publish(c, "provinces certify for the day");
	c->t.now += TIME_DAY;
	recertify_communes(c, true, DAY);
	publish(c, "and communes");
	c->t.now = DAY + TIME_DAY;
	recertify_provinces(c, false, c->t.now);
	publish(c, "provinces certify after it");
	c->t.now += TIME_DAY;
	recertify_communes(c, false, c->t.now);
	publish(c, "and communes");
	c->t.now = AFTER;
	freshen_all(c, "checkpoints");
}

/* The commune that was switched off has heard. */
static inline void
country_after(struct country *c)
{
	recertify_desks(c, c->switched_off, c->t.now);
	publish(c, "the last commune");
}

#endif
