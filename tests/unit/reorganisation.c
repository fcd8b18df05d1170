/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A reorganisation, from end to end: 63 provinces become 34, districts end, and
 * nobody loses his address, his keys or what he was sent
 * (docs/directory.md 2.7, 3).  With ANTIN_SOAK at full scale.
 */
#include "reorg_day.h"
#include "reorg_post.h"
#include "reorg_station.h"

#define POSTS 60

static struct country c;
static struct dice dice = { 34 };

/* ---- who there is ---------------------------------------------------------
 */

static size_t
open_units(int64_t t)
{
	size_t i, n = 0;

	for (i = 0; i < c.t.d->state.unit_count; i++)
		n += unit_open(&c.t.d->state.units[i], t);
	return n;
}

static size_t
provinces(int64_t t)
{
	size_t i, n = 0;

	for (i = 1; i <= PROVINCES; i++)
		n +=
		    unit_open(&c.t.d->state.units[seat_at(&c, (unsigned)i)], t);
	return n;
}

static void
units_end(void)
{
	const struct unit *u;
	size_t i, wrong = 0, elsewhere = 0;

	is(provinces(DAY - 1), 63, "before the day there are 63 provinces");
	is(provinces(DAY), 34, "on it there are 34");
	is(open_units(DAY - 1), open_on_paper(&c, DAY - 1),
	    "before the day as many units are open as there were");
	is(open_units(DAY), open_on_paper(&c, DAY),
	    "on it, as many as were drawn up");
	note("%zu units, then %zu", open_units(DAY - 1), open_units(DAY));
	for (i = 0; i < c.seat_count; i++) {
		u = &c.t.d->state.units[seat_at(&c, (unsigned)i)];
		wrong += unit_open(u, DAY) != seat_open(&c.seats[i], DAY) ||
			 !bytes_is(u->places[0].id, c.seats[i].id);
		elsewhere += !bytes_eq(unit_host(u, DAY),
		    unit_open(u, DAY) ? paper_host(&c, (unsigned)i, DAY)
				      : (struct bytes){ 0 });
	}
	is(wrong, 0, "each keeps its uid and was called what it was called");
	is(elsewhere, 0, "each has the host that was drawn up, or none");
	is(c.t.d->state.alarm_count, 0, "nothing of it raises an alarm");
}

static void
names_and_codes(void)
{
	struct found f[4];
	size_t i, wrong = 0, at;
	struct bytes code;

	for (i = 1; i < c.seat_count; i++) {
		const struct seat *s = &c.seats[i];
		const struct unit *u =
		    &c.t.d->state.units[seat_at(&c, (unsigned)i)];

		wrong += s->opened < DAY &&
			 (!bytes_is(unit_name(u, DAY - 1), s->name) ||
			     !bytes_is(unit_class(u, DAY - 1), s->class));
		wrong += s->heir == NOBODY &&
			 (!bytes_is(unit_name(u, DAY), s->name_then) ||
			     !bytes_is(unit_class(u, DAY), s->class_then));
	}
	is(wrong, 0, "names and classes are those of their time");
	at = seat_at(&c, OTHERS);
	ok(directory_search(c.t.d, bytes_str("hop nhat 14"), DAY, f, 4) > 0 &&
		f[0].unit == at && f[0].holder == NONE &&
		directory_search(
		    c.t.d, bytes_str("hop nhat 14"), DAY - 1, f, 4) == 0,
	    "a new name is found without its diacritics, from the day on");
	wrong = 0;
	for (i = 1; i <= PROVINCES; i++) {
		at = seat_at(&c, (unsigned)i);
		code = province_code(&c, (unsigned)i, false);
		wrong += unit_by_code(c.t.d, code, DAY - 1) != at;
		if (c.seats[i].heir != NOBODY)
			continue;
		wrong += unit_by_code(c.t.d, code, DAY) != NONE;
		code = province_code(&c, (unsigned)i, true);
		wrong += unit_by_code(c.t.d, code, DAY) != at ||
			 unit_by_code(c.t.d, code, DAY - 1) != NONE;
	}
	is(wrong, 0, "a code of 13 signs leads there before, a new one after");
	ok(unit_by_code(c.t.d, province_code(&c, HA_GIANG, false), DAY) ==
		seat_at(&c, TUYEN_QUANG),
	    "an old code may be the successor's");
	ok(unit_by_code(c.t.d, province_code(&c, SOC_TRANG, false), DAY) ==
		NONE,
	    "that of a unit that ended is nobody's then");
}

/* ---- where addresses lead -------------------------------------------------
 */

/* Another unit has this unit's old host from the day on. */
static bool
is_reused(unsigned n)
{
	const size_t u =
	    unit_by_host(&c.t.d->state, paper_host(&c, n, DAY - 1), DAY);

	return u != seat_at(&c, n) && unit_open(&c.t.d->state.units[u], DAY);
}

static void
addresses_lead(void)
{
	const struct desk *to;
	size_t i, wrong = 0, units = 0;
	const char *was, *now;
	unsigned n;

	for (i = 0; i < c.desk_count; i++) {
		n = c.desks[i].unit;
		to = paper_successor(&c, &c.desks[i]);
		if (c.seats[n].opened >= DAY || c.desks[i].person ||
		    is_reused(n))
			continue;
		was = paper_address(&c, n, c.desks[i].id, DAY - 1);
		now = paper_address(&c, to->unit, to->id, DAY);
		wrong += !leads_to(c.t.d, was, DAY - 1, was);
		wrong += !leads_to(c.t.d, was, DAY, now);
		wrong += !leads_to(c.t.d, now, AFTER, now);
	}
	is(wrong, 0, "each address that was in use leads to whoever has it");
	for (n = 0; n < c.seat_count; n++) {
		if (c.seats[n].opened >= DAY || is_reused(n))
			continue;
		was = paper_address(&c, n, NULL, DAY - 1);
		units += *leads(c.t.d, was, DAY) == '\0';
	}
	is(units, 0, "so does that of each unit");
}

/* A commune has its district's host from the day on. */
static void
host_is_reused(void)
{
	const unsigned n = c.namesake;
	const char *was = paper_address(&c, n, "van-thu", DAY - 1);

	ok(is_reused(n) && leads_to(c.t.d, was, DAY,
			       paper_address(&c, n + 1, "van-thu", DAY)),
	    "a host that is another's by now leads to that");
	ok(leads_to(c.t.d, paper_address(&c, n, "co-yeu", DAY - 1), DAY, ""),
	    "and nowhere, for a desk that this one does not have");
}

/* ---- certificates in force ------------------------------------------------
 */

struct paths {
	struct way {
		struct bytes certs[PATH_MAX_CERTS];
		size_t count;
		struct path_want want;
	} * ways;
	size_t count;
	struct cert root;
};

static enum rc
check_way(void *ctx, size_t i, struct err *e)
{
	const struct paths *p = ctx;
	struct path path;

	return path_check(&path, p->ways[i].certs, p->ways[i].count, &p->root,
	    &p->ways[i].want, e);
}

/* Certificates from this one up to the root, which is not of them. */
static void
add_way(struct paths *p, const struct dcert *cert, int64_t t)
{
	const struct state *s = &c.t.d->state;
	struct way *w;

	p->ways = vec_more(p->ways, p->count, sizeof(*p->ways));
	w = &p->ways[p->count++];
	w->want = (struct path_want){ .at = t,
		.kind = cert->cert.rights.kind,
		.use = cert->cert.use,
		.address = cert->cert.address,
		.level = LEVEL_TUYET_MAT,
		.precedence = PRECEDENCE_HOA_TOC };
	for (w->count = 0; cert->issuer != NONE; cert = &s->certs[cert->issuer])
		w->certs[w->count++] = cert->cert.der;
}

/* All that its certificate hangs on stays. */
static bool
issuers_stay(unsigned n)
{
	for (n = certifier_of(&c, n, DAY - 1); n != ROOT;
	     n = certifier_of(&c, c.seats[n].parent, DAY - 1))
		if (!seat_open(&c.seats[n], DAY))
			return false;
	return true;
}

/* Or what it is to hang on was certified before the day. */
static bool
is_provided(unsigned n)
{
	return issuers_stay(n) || c.seats[n].opened == DAY ||
	       (c.seats[n].rank == COMMUNE && plans_ahead(&c, n));
}

/* Open desks that are provided for, or all, that have not both certificates in
 * force then; of those that have them all paths hold. */
static size_t
without_path(int64_t t, bool all, const char *when)
{
	struct paths p = { 0 };
	const struct dcert *sign, *kem;
	size_t i, without = 0;
	struct err e;

	if (path_root(&p.root, c.t.d->root, &e) != RC_OK)
		bug(e.text);
	for (i = 0; i < c.desk_count; i++) {
		const struct desk *d = &c.desks[i];

		if (!seat_open(&c.seats[d->unit], t) ||
		    (!all && !is_provided(d->unit)))
			continue;
		sign = cert_of(&c, c.t.d, d, CERT_SIGN, t);
		kem = d->person ? sign : cert_of(&c, c.t.d, d, CERT_KEM, t);
		if (sign == NULL || kem == NULL) {
			without++;
			continue;
		}
		add_way(&p, sign, t);
		if (!d->person)
			add_way(&p, kem, t);
	}
	went(work_each(p.count, check_way, &p, &e), &e, "%zu paths hold %s",
	    p.count, when);
	free(p.ways);
	return without;
}

static void
certificates_are_in_force(void)
{
	went(directory_verify(c.t.d, &c.t.e), &c.t.e, "all signatures hold");
	is(without_path(DAY - 1, true, "the day before"), 0,
	    "the day before all have certificates in force");
	is(without_path(DAY, false, "on the day"), 0,
	    "on the day, all whose issuers stay or have provided");
	/* docs/directory.md 3.7: who was certified by what ends, and whom
	 * nobody certified ahead, waits for it */
	ok(without_path(DAY, true, "on the day") > 0,
	    "certifying ahead is what does it");
	is(without_path(AFTER, true, "after it"), 0, "after it, all");
}

/* ---- lists and roles ------------------------------------------------------
 */

static const struct list *
list_of(unsigned list, int64_t t)
{
	const struct id id = list_id(list);

	return list_find(c.t.d, &id, 0, t);
}

/* This commune is of the class, and in the province, on paper. */
static bool
is_under(unsigned n, unsigned province, const char *class, int64_t t)
{
	const struct seat *s = &c.seats[n];

	return s->rank == COMMUNE && seat_open(s, t) &&
	       strcmp(t < DAY ? s->class : s->class_then, class) == 0 &&
	       (t < DAY ? province_of(&c, n) : s->parent_then) == province;
}

/* The rule's list has these, and no more. */
static bool
rule_holds(unsigned province, const char *class, int64_t t)
{
	struct listed all;
	size_t i, n, wanted = 0, found = 0;

	list_expand(c.t.d, list_of(OF_RULE, t), t, &all);
	for (n = 0; n < c.seat_count; n++) {
		if (!is_under((unsigned)n, province, class, t))
			continue;
		wanted++;
		for (i = 0; i < all.count; i++)
			found += strcmp(all.desks[i].address,
				     paper_address(
					 &c, (unsigned)n, "van-thu", t)) == 0;
	}
	i = all.count;
	free(all.desks);
	return i == wanted && found == wanted && wanted > 0;
}

/* Each member's successor is on it, once. */
static size_t
members_lack(int64_t t)
{
	struct listed all;
	struct desk *to;
	size_t i, j, found, wrong = 0;

	list_expand(c.t.d, list_of(OF_MEMBERS, t), t, &all);
	for (i = 0; listed_unit(&c, i) != ROOT; i++) {
		to = desk_of(&c, listed_unit(&c, i), "van-thu");
		if (t >= DAY)
			to = paper_successor(&c, to);
		for (found = j = 0; j < all.count; j++)
			found +=
			    strcmp(all.desks[j].address,
				paper_address(&c, to->unit, to->id, t)) == 0;
		wrong += found != 1;
	}
	/* Hà Giang's is Tuyên Quang's, which is on it already */
	wrong += all.count != i - (t < DAY ? 0 : 1);
	free(all.desks);
	return wrong;
}

static void
lists_expand(void)
{
	struct listed all;

	ok(rule_holds(DIEN_BIEN, "xa", DAY - 1),
	    "before the day a rule's list has all communes of a province");
	ok(rule_holds(DIEN_BIEN, "xa", DAY),
	    "on it, those of their new classes that are left");
	is(members_lack(DAY - 1), 0, "a list by name has its members");
	is(members_lack(DAY), 0, "then their successors, each once");
	list_expand(c.t.d, list_of(OF_ENDED, DAY), DAY, &all);
	ok(all.count > 0, "a rule for a unit that ended is its successor's");
	free(all.desks);
}

static void
roles_are_held(void)
{
	size_t person, desk, i, wrong = 0, ended = 0;

	for (i = 0; i < c.desk_count; i++) {
		const struct desk *p = &c.desks[i];

		if (!p->person)
			continue;
		person = holder_of(&c, c.t.d, p);
		desk = holder_of(&c, c.t.d, desk_of(&c, p->unit, "van-thu"));
		wrong +=
		    !role_is_held(c.t.d, person, desk, ROLE_AUTHORITY, DAY - 1);
		if (seat_open(&c.seats[p->unit], DAY))
			wrong += !role_is_held(
			    c.t.d, person, desk, ROLE_AUTHORITY, DAY);
		else
			ended += role_is_held(
			    c.t.d, person, desk, ROLE_AUTHORITY, DAY);
	}
	is(wrong, 0, "roles are held before the day, and after it");
	ok(ended == 0, "but for those of units that ended");
}

/* ---- what was sent before it ----------------------------------------------
 */

static struct post sent[POSTS], to_list;
static struct desk *sent_to[POSTS];
static struct paper papers[2]; /* of one who stays, of one whose unit ends */
static struct desk *signers[2];

static struct desk *
any_desk(int64_t t)
{
	struct desk *d;

	do
		d = &c.desks[dice_below(&dice, (uint32_t)c.desk_count)];
	while (d->person || !seat_open(&c.seats[d->unit], t));
	return d;
}

static void
send_before(void)
{
	const unsigned chosen[] = { c.namesake, c.border, c.split, HA_GIANG,
		c.switched_off, c.crossing };
	struct draft w = { .from = desk_of(&c, DIEN_BIEN, "van-thu") };
	struct recipient slips[100];
	const struct list *l = list_of(OF_RULE, c.t.now);
	struct listed all;
	const struct dcert *kem;
	size_t i, lost = 0;

	for (i = 0; i < POSTS; i++) {
		sent_to[i] = i < COUNT(chosen)
				 ? desk_of(&c, chosen[i], "van-thu")
				 : any_desk(c.t.now);
		lost += !post_to(&c, &sent[i], c.t.d, any_desk(c.t.now),
		    bytes_str(paper_address(
			&c, sent_to[i]->unit, sent_to[i]->id, c.t.now)),
		    c.t.now);
	}
	is(lost, 0, "before the day desks write to one another");
	list_expand(c.t.d, l, c.t.now, &all);
	for (i = 0; i < all.count && i < COUNT(slips); i++) {
		kem =
		    &c.t.d->state.certs[cert_in_force(c.t.d, all.desks[i].unit,
			all.desks[i].holder, CERT_DESK, CERT_KEM, c.t.now)];
		slips[w.slip_count++] = recipient_of(kem);
	}
	free(all.desks);
	w.slips = slips;
	w.as = cert_of(&c, c.t.d, w.from, CERT_SIGN, c.t.now);
	w.list = (struct list_ref){
		.set = true, .id = l->id, .version = l->version
	};
	memcpy(w.list.hash.b, l->hash, sizeof(l->hash));
	to_list = post_write(&w, c.t.now);
	signers[0] = desk_of(&c, TUYEN_QUANG, "chu-tich");
	signers[1] = desk_of(&c, HA_GIANG, "chu-tich");
	for (i = 0; i < 2; i++)
		papers[i] = paper_sign(signers[i],
		    cert_of(&c, c.t.d, signers[i], CERT_SIGN, c.t.now),
		    c.t.now);
}

/* Whoever has the key opens it, as who he was, and as who he is. */
static void
old_dispatches_open(void)
{
	const struct desk *now;
	size_t i, as_then = 0, as_now = 0, wrong = 0;

	for (i = 0; i < POSTS; i++) {
		now = paper_successor(&c, sent_to[i]);
		as_then += post_open(&c, &sent[i], c.t.d, sent_to[i],
			       sent[i].to, AFTER) != RC_OK;
		if (is_reused(sent_to[i]->unit))
			continue;
		as_now +=
		    post_open(&c, &sent[i], c.t.d, sent_to[i],
			bytes_str(paper_address(&c, now->unit, now->id, AFTER)),
			AFTER) != RC_OK;
		wrong += post_open(&c, &sent[i], c.t.d, sent_to[i],
			     bytes_str("antin://ha-noi.vn/co-yeu"),
			     AFTER) == RC_OK &&
			 now != desk_of(&c, HA_NOI, "co-yeu");
	}
	is(as_then, 0, "what was sent before opens, as it was addressed");
	is(as_now, 0, "and as the address is written now");
	is(wrong, 0, "but for nobody else");
	now = paper_successor(&c, sent_to[0]);
	ok(post_open(&c, &sent[0], c.t.d, sent_to[0],
	       bytes_str(paper_address(&c, now->unit, now->id, AFTER)),
	       AFTER) == RC_OK,
	    "for the successor, though the host is another's by now");
	for (i = 0; i < POSTS; i++)
		buf_free(&sent[i].file);
}

static void
old_list_opens(void)
{
	const unsigned n = c.namesake + 1; /* a commune of Điện Biên */
	const struct desk *desk = desk_of(&c, n, "van-thu");

	ok(is_under(n, DIEN_BIEN, "xa", DAY - 1), "a desk was on the list");
	went(post_open(&c, &to_list, c.t.d, desk,
		 bytes_str(paper_address(&c, n, "van-thu", DAY - 1)), AFTER),
	    &c.t.e, "what was sent to it opens, by the address of then");
	ok(post_open(&c, &to_list, c.t.d, desk,
	       bytes_str(paper_address(&c, n, "van-thu", DAY)), AFTER) == RC_OK,
	    "and by that of now");
	buf_free(&to_list.file);
}

/* ---- what is sent and signed after it -------------------------------------
 */

static void
new_dispatches_arrive(void)
{
	const struct desk *to, *now;
	struct post p;
	size_t i, lost = 0, wrong = 0;

	for (i = 0; i < POSTS; i++) {
		do
			to = any_desk(DAY - 1);
		while (is_reused(to->unit));
		now = paper_successor(&c, to);
		if (!post_to(&c, &p, c.t.d, any_desk(AFTER),
			bytes_str(paper_address(&c, to->unit, to->id, DAY - 1)),
			AFTER)) {
			note("%s", c.t.e.text);
			lost++;
			continue;
		}
		wrong +=
		    post_open(&c, &p, c.t.d, now,
			bytes_str(paper_address(&c, now->unit, now->id, AFTER)),
			AFTER) != RC_OK;
		buf_free(&p.file);
	}
	is(lost, 0, "after it all old addresses can be written to");
	is(wrong, 0, "and the right desks open what is sent there");
}

static void
closed_units_sign_nothing(void)
{
	const struct desk *to = desk_of(&c, HA_NOI, "van-thu");
	const struct dcert *kem = cert_of(&c, c.t.d, to, CERT_KEM, AFTER);
	const struct recipient slip = recipient_of(kem);
	struct draft w = { .from = desk_of(&c, HA_GIANG, "van-thu"),
		.to = kem->cert.address,
		.slips = &slip,
		.slip_count = 1 };
	struct paper late;
	struct post p;
	size_t i;

	w.as = cert_of(&c, c.t.d, w.from, CERT_SIGN, DAY - 1);
	p = post_write(&w, AFTER);
	is(post_open(&c, &p, c.t.d, to, kem->cert.address, AFTER), RC_EXPIRED,
	    "what a closed unit's desk signs after the day does not count");
	buf_free(&p.file);
	for (i = 0; i < 2; i++) {
		ok(paper_counts(&papers[i], c.t.d),
		    "what a person signed before it does%s",
		    i == 0 ? "" : ", though the unit has ended");
		late = paper_sign(signers[i],
		    cert_of(&c, c.t.d, signers[i], CERT_SIGN, DAY - 1), AFTER);
		ok(paper_counts(&late, c.t.d) == (i == 0),
		    "what he signs after it does%s", i == 0 ? "" : " not");
		buf_free(&late.signature);
		buf_free(&papers[i].signature);
	}
}

/* ---- an authority whose unit has ended ------------------------------------
 */

static struct act
wishful(unsigned n, int64_t from)
{
	struct act a = act_holder(&c.t, n, ACT_DESK, "mat");

	a.unit = c.seats[n].uid;
	a.from = from;
	return a;
}

/* It signs at that time, as a machine may that has not heard. */
static void
decides_at(int64_t at, const char *when)
{
	const size_t unit = seat_at(&c, c.switched_off);
	struct directory *twin = tree_twin(&c.t);
	struct buf file;

	c.t.now = at;
	(void)decide(&c, HA_GIANG, wishful(c.switched_off, AFTER));
	file = signed_file(&c);
	went(tree_apply(&c.t, twin, buf_bytes(&file), NULL), &c.t.e,
	    "what it decides %s stops nobody", when);
	is(alarms_of(twin, ALARM_VOID), 1, "it is void, with an alarm");
	is(holder_by_id(&twin->state, unit, bytes_str("mat")), NONE,
	    "and nothing comes of it");
	buf_free(&file);
	directory_free(twin);
	c.t.now = AFTER;
}

static void
closed_authority(void)
{
	const size_t unit = seat_at(&c, HA_GIANG);
	const struct dlog *log = directory_log(c.t.d, unit);
	struct act a = wishful(c.switched_off, AFTER);
	struct buf part;

	ok(log->unit == unit && log->note.checkpoint.at < DAY,
	    "the log of a province that ended is kept");
	is(directory_decide(c.t.d, &part, unit, &a, 1,
	       authority_of(&c, HA_GIANG), AFTER, &c.t.e),
	    RC_DENIED, "it decides nothing more");
	decides_at(AFTER, "after its end");
	decides_at(DAY, "at its end");
	decides_at(DAY - 1, "before its end, for later");
}

int
main(void)
{
	country_before(&c);
	send_before();
	country_day(&c);
	country_after(&c);
	units_end();
	names_and_codes();
	addresses_lead();
	host_is_reused();
	certificates_are_in_force();
	lists_expand();
	roles_are_held();
	old_dispatches_open();
	old_list_opens();
	new_dispatches_arrive();
	closed_units_sign_nothing();
	closed_authority();
	country_end(&c);
	return done();
}
