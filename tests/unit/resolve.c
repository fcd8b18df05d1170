/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Where addresses lead (docs/directory.md 2.7, 3.5): through moves, merges,
 * splits and ends, at each time; and whose key is sealed for then.
 */
#include "dump.h"

enum { A = 1, B, A1, A2, A3, B1, C, D, E, F };

#define A1_NOW "antin://muong-nhe.dien-bien.vn"
#define A2_NOW "antin://tua-chua.dien-bien.vn"
#define A3_NOW "antin://noong-bua.dien-bien.vn"
#define B1_NOW "antin://muong-te.lai-chau.vn"

static struct bytes cert_a1, cert_b1;

static void
fixture(struct tree *t)
{
	tree_begin(t);
	t->now += TIME_DAY;
	/* B's log comes before A's */
	tree_unit(t, ROOT, B, ROOT, "lai-chau", "tinh");
	tree_unit(t, ROOT, A, ROOT, "dien-bien", "tinh");
	(void)tree_authority(t, ROOT, B);
	(void)tree_authority(t, ROOT, A);
	tree_unit(t, B, B1, B, "muong-te", "xa");
	tree_unit(t, A, A1, A, "muong-nhe", "xa");
	tree_unit(t, A, A2, A, "tua-chua", "xa");
	tree_unit(t, A, A3, A, "noong-bua", "phuong");
	cert_b1 = tree_desk(t, B, B1, "van-thu");
	cert_a1 = tree_desk(t, A, A1, "van-thu");
	(void)tree_desk(t, A, A2, "van-thu");
	(void)tree_desk(t, A, A3, "van-thu");
	(void)tree_desk(t, A, A3, "co-yeu");
	(void)tree_person(t, A, A1, "hanh");
	t->now += TIME_DAY;
}

static struct tree
copy_of(struct tree *t)
{
	return tree_with(t, tree_twin(t));
}

/* ---- one change -----------------------------------------------------------
 */

static void
addresses(struct tree *t)
{
	struct resolved r;
	struct err e;

	ok(leads_to(t->d, A1_NOW "/van-thu", t->now, A1_NOW "/van-thu") &&
		leads_to(t->d, A1_NOW "/hanh", t->now, A1_NOW "/hanh") &&
		leads_to(t->d, A1_NOW, t->now, A1_NOW) &&
		leads_to(t->d, "antin://vn", t->now, "antin://vn"),
	    "an address leads to a desk, a person, a unit, the root");
	ok(resolve(t->d, bytes_str(A1_NOW), t->now, &r, &e) == RC_OK &&
		!r.moved,
	    "it is not another");
	ok(leads_to(t->d, A1_NOW "/khong", t->now, "") &&
		leads_to(t->d, "antin://khong.dien-bien.vn", t->now, "") &&
		leads_to(t->d, A1_NOW, BEGIN, ""),
	    "what is not there, or not yet, leads nowhere");
	ok(resolve(t->d, bytes_str("antin://Muong-Nhe.dien-bien.vn"), t->now,
	       &r, &e) == RC_INVALID &&
		resolve(t->d, (struct bytes){ 0 }, t->now, &r, &e) ==
		    RC_INVALID,
	    "what is no address is refused");
}

static void
moved(struct tree *base)
{
	struct tree t = copy_of(base);
	struct act a = act_move(&t, A1, B, "muong-nhe-2");
	struct resolved r;
	struct err e;

	a.from = t.now + TIME_DAY;
	tree_do(&t, ROOT, &a);
	ok(leads_to(t.d, A1_NOW "/van-thu", a.from - 1, A1_NOW "/van-thu"),
	    "before a move an address leads where it did");
	ok(leads_to(t.d, A1_NOW "/van-thu", a.from,
	       "antin://muong-nhe-2.lai-chau.vn/van-thu") &&
		leads_to(
		    t.d, A1_NOW, a.from, "antin://muong-nhe-2.lai-chau.vn") &&
		leads_to(t.d, "antin://muong-nhe-2.lai-chau.vn/hanh", a.from,
		    "antin://muong-nhe-2.lai-chau.vn/hanh"),
	    "from its day on to the new one");
	ok(resolve(t.d, bytes_str(A1_NOW), a.from, &r, &e) == RC_OK && r.moved,
	    "which is said");
	ok(leads_to(t.d, "antin://muong-nhe-2.lai-chau.vn", a.from - 1, ""),
	    "the new one leads nowhere before");
	ok(resolve_answers(t.d,
	       bytes_str("antin://muong-nhe-2.lai-chau.vn/van-thu"),
	       bytes_str(A1_NOW "/van-thu"), t.now),
	    "who has the new address answers for the old one");
	ok(!resolve_answers(t.d,
	       bytes_str("antin://muong-nhe-2.lai-chau.vn/van-thu"),
	       bytes_str(A1_NOW "/hanh"), t.now) &&
		!resolve_answers(t.d, bytes_str(B1_NOW "/van-thu"),
		    bytes_str(A1_NOW "/van-thu"), t.now),
	    "and for no other");
	tree_without(&t);
}

static void
merged(struct tree *base)
{
	static const unsigned ended[] = { A2, A3 };
	struct tree t = copy_of(base);
	struct act a = act_merge(&t, ended, 2, A1);

	act_add_desk(&t, &a, A3, "co-yeu", A1, "van-thu");
	a.from = t.now + TIME_DAY;
	tree_do(&t, A, &a);
	ok(leads_to(t.d, A2_NOW "/van-thu", a.from, A1_NOW "/van-thu") &&
		leads_to(t.d, A2_NOW, a.from, A1_NOW),
	    "merged, a desk goes to the one of the same id");
	ok(leads_to(t.d, A3_NOW "/co-yeu", a.from, A1_NOW "/van-thu"),
	    "or where it is said to go");
	ok(leads_to(t.d, A2_NOW "/van-thu", a.from - 1, A2_NOW "/van-thu"),
	    "and nowhere else before");
	ok(leads_to(t.d, A2_NOW "/khong", a.from, ""),
	    "a desk that never was leads nowhere");
	tree_without(&t);
}

static void
split(struct tree *base)
{
	static const unsigned into[] = { A1, A2 };
	struct tree t = copy_of(base);
	struct act a = act_split(&t, A3, into, 2);

	act_add_desk(&t, &a, A3, "co-yeu", A2, "van-thu");
	a.from = t.now + TIME_DAY;
	tree_do(&t, A, &a);
	ok(leads_to(t.d, A3_NOW "/co-yeu", a.from, A2_NOW "/van-thu"),
	    "split, a desk goes where it is said to go");
	ok(leads_to(t.d, A3_NOW "/van-thu", a.from, A1_NOW "/van-thu") &&
		leads_to(t.d, A3_NOW, a.from, A1_NOW),
	    "or to the first successor");
	tree_without(&t);
}

static void
closed(struct tree *base)
{
	struct tree t = copy_of(base);
	struct act a = act_close(&t, A2, NULL);

	a.from = t.now + TIME_DAY;
	tree_do(&t, A, &a);
	ok(leads_to(t.d, A2_NOW "/van-thu", a.from - 1, A2_NOW "/van-thu") &&
		leads_to(t.d, A2_NOW "/van-thu", a.from, "") &&
		leads_to(t.d, A2_NOW, a.from, ""),
	    "closed without a successor, an address leads nowhere");
	a = act_close(&t, A3, "co-yeu");
	a.has |= HAS(F_TO) | HAS(F_TO_ID);
	a.to = tree_uid(A3);
	a.to_id = bytes_str("van-thu");
	tree_do(&t, A, &a);
	ok(leads_to(t.d, A3_NOW "/co-yeu", a.from, A3_NOW "/van-thu"),
	    "a desk's successor takes its address");
	a = act_close(&t, A3, NULL);
	a.has |= HAS(F_TO);
	a.to = tree_uid(A1);
	a.from = t.now + 3 * TIME_DAY;
	tree_do(&t, A, &a);
	ok(leads_to(t.d, A3_NOW "/co-yeu", a.from - 1, A3_NOW "/van-thu"),
	    "and so it stays until its unit ends");
	ok(leads_to(t.d, A3_NOW "/van-thu", a.from, A1_NOW "/van-thu"),
	    "when the unit's successor takes them");
	ok(leads_to(t.d, A3_NOW "/co-yeu", a.from, A1_NOW "/van-thu"),
	    "also what went to another desk of it before");
	tree_without(&t);
}

/* ---- several, one after another -------------------------------------------
 */

/* A move, then merged, then split, then closed. */
static void
chain(struct tree *base)
{
	static const unsigned merged_units[] = { A1 };
	static const unsigned into[] = { A2, A3 };
	struct tree t = copy_of(base);
	const int64_t day = t.now;
	struct act a = act_move(&t, A1, B, NULL);

	a.from = day + TIME_DAY;
	tree_do(&t, ROOT, &a);
	a = act_merge(&t, merged_units, 1, B1);
	a.from = day + 2 * TIME_DAY;
	tree_do(&t, B, &a);
	a = act_split(&t, B1, into, 2);
	act_add_desk(&t, &a, B1, "van-thu", A3, "co-yeu");
	a.from = day + 3 * TIME_DAY;
	tree_do(&t, ROOT, &a);
	a = act_close(&t, A3, NULL);
	a.has |= HAS(F_TO);
	a.to = tree_uid(A2);
	a.from = day + 4 * TIME_DAY;
	tree_do(&t, A, &a);
	ok(leads_to(t.d, A1_NOW "/van-thu", day, A1_NOW "/van-thu") &&
		leads_to(t.d, A1_NOW "/van-thu", day + TIME_DAY,
		    "antin://muong-nhe.lai-chau.vn/van-thu") &&
		leads_to(t.d, A1_NOW "/van-thu", day + 2 * TIME_DAY,
		    B1_NOW "/van-thu") &&
		leads_to(t.d, A1_NOW "/van-thu", day + 3 * TIME_DAY,
		    A3_NOW "/co-yeu"),
	    "moved, merged, split: each step from its day");
	ok(leads_to(t.d, A1_NOW, day + 4 * TIME_DAY, A2_NOW),
	    "closed: the unit's address has come to the last");
	ok(leads_to(t.d, "antin://muong-nhe.lai-chau.vn/van-thu",
	       day + 3 * TIME_DAY, A3_NOW "/co-yeu"),
	    "an address from between leads there too");
	tree_without(&t);
}

/* Provinces merge: what hangs under the one hangs under the other. */
static void
provinces(struct tree *base)
{
	static const unsigned ended[] = { A };
	struct tree t = copy_of(base);
	struct act a = act_merge(&t, ended, 1, B);

	a.from = t.now + TIME_DAY;
	tree_do(&t, ROOT, &a);
	ok(leads_to(t.d, A1_NOW "/van-thu", a.from,
	       "antin://muong-nhe.lai-chau.vn/van-thu") &&
		leads_to(
		    t.d, A1_NOW "/van-thu", a.from - 1, A1_NOW "/van-thu") &&
		leads_to(
		    t.d, "antin://dien-bien.vn", a.from, "antin://lai-chau.vn"),
	    "a province merged, its communes go with it");
	t.now = a.from;
	a = act_holder(&t, A1, ACT_DESK, "moi");
	ok(tree_try(&t, B, &a, 1) == RC_OK,
	    "who took it over decides for them");
	a = act_holder(&t, A1, ACT_DESK, "cu");
	ok(tree_try(&t, A, &a, 1) == RC_DENIED, "who ended does not");
	tree_without(&t);
}

/* An address that somebody else has got since. */
static void
used_again(struct tree *base)
{
	struct tree t = copy_of(base);
	struct act a = act_move(&t, A1, B, NULL);
	const int64_t day = t.now;

	a.from = day + TIME_DAY;
	tree_do(&t, ROOT, &a);
	a = act_unit(&t, C, A, "muong-nhe", "xa");
	a.from = day + 5 * TIME_DAY;
	tree_do(&t, A, &a);
	t.now = day + 6 * TIME_DAY;
	(void)tree_desk(&t, A, C, "van-thu");
	ok(leads_to(t.d, A1_NOW "/van-thu", day, A1_NOW "/van-thu") &&
		leads_to(t.d, A1_NOW "/van-thu", day + 4 * TIME_DAY,
		    "antin://muong-nhe.lai-chau.vn/van-thu") &&
		leads_to(t.d, A1_NOW "/van-thu", t.now, A1_NOW "/van-thu"),
	    "an id is used again after its unit has gone");
	is(unit_by_host(&t.d->state, bytes_str("muong-nhe.dien-bien.vn"), day),
	    tree_at(&t, A1), "then it was the first's");
	is(unit_by_host(
	       &t.d->state, bytes_str("muong-nhe.dien-bien.vn"), t.now),
	    tree_at(&t, C), "now it is the second's");
	tree_without(&t);
}

/* What stood below stands above: each had its address at each time. */
static void
upside_down(struct tree *base)
{
	struct tree t = copy_of(base);
	const int64_t day = t.now;
	struct act a;

	tree_unit(&t, A, C, A1, "ban", "ban");
	tree_unit(&t, A, D, A2, "ban", "ban");
	a = act_move(&t, C, A, NULL);
	a.from = day + TIME_DAY;
	tree_do(&t, A, &a);
	a = act_move(&t, A1, C, NULL);
	a.from = day + 2 * TIME_DAY;
	tree_do(&t, A, &a);
	ok(leads_to(t.d, "antin://ban.muong-nhe.dien-bien.vn", day,
	       "antin://ban.muong-nhe.dien-bien.vn") &&
		leads_to(t.d, "antin://ban.muong-nhe.dien-bien.vn",
		    day + TIME_DAY, "antin://ban.dien-bien.vn"),
	    "a unit goes from below another");
	ok(leads_to(t.d, A1_NOW, day + 2 * TIME_DAY,
	       "antin://muong-nhe.ban.dien-bien.vn"),
	    "the other goes below it");
	ok(leads_to(t.d, A1_NOW "/van-thu", day, A1_NOW "/van-thu") &&
		believed(t.d, cert_a1, day),
	    "what was then, was");
	tree_without(&t);
}

static void
heir_from_below(struct tree *base)
{
	static const unsigned ended[] = { A1 };
	struct tree t = copy_of(base);
	const int64_t day = t.now;
	struct act a;

	tree_unit(&t, A, C, A1, "ban-c", "ban");
	tree_unit(&t, A, D, A1, "ban-d", "ban");
	tree_unit(&t, A, E, D, "to-e", "to");
	a = act_merge(&t, ended, 1, C);
	a.from = day + TIME_DAY;
	tree_do(&t, A, &a);
	ok(leads_to(t.d, A1_NOW, a.from, "antin://ban-c.dien-bien.vn") &&
		leads_to(t.d, "antin://ban-c.muong-nhe.dien-bien.vn", a.from,
		    "antin://ban-c.dien-bien.vn"),
	    "a successor from below takes its superior's place");
	ok(leads_to(t.d, "antin://to-e.ban-d.muong-nhe.dien-bien.vn", a.from,
	       "antin://to-e.ban-d.ban-c.dien-bien.vn"),
	    "and what hung beside it hangs below it");
	tree_without(&t);
}

/* What has not begun is not there. */
static void
not_yet(struct tree *base)
{
	struct tree t = copy_of(base);
	struct act a = act_holder(&t, A1, ACT_DESK, "mai");

	a.from = t.now + TIME_DAY;
	tree_do(&t, A, &a);
	ok(leads_to(t.d, A1_NOW "/mai", a.from, A1_NOW "/mai") &&
		leads_to(t.d, A1_NOW "/mai", a.from - 1, ""),
	    "a desk is not there before its first second");
	a = act_unit(&t, C, A, "mai", "xa");
	a.from = t.now + TIME_DAY;
	tree_do(&t, A, &a);
	ok(leads_to(t.d, "antin://mai.dien-bien.vn", a.from,
	       "antin://mai.dien-bien.vn") &&
		leads_to(t.d, "antin://mai.dien-bien.vn", a.from - 1, ""),
	    "nor is a unit");
	tree_without(&t);
}

/* A superior enrols below what a log below his own enrolled. */
static void
from_above(struct tree *base)
{
	struct tree t = copy_of(base);
	struct act a = act_unit(&t, C, A1, "ban", "ban");

	ok(tree_try(&t, ROOT, &a, 1) == RC_OK &&
		leads_to(t.d, "antin://ban.muong-nhe.dien-bien.vn", t.now,
		    "antin://ban.muong-nhe.dien-bien.vn"),
	    "the root enrols below a province's commune");
	tree_without(&t);
}

/* docs/envelope.md 3.2: no host is of more than 16 ids, however it came. */
static void
deep(struct tree *base)
{
	struct tree t = copy_of(base);
	struct resolved r;
	struct act a;
	unsigned i, made = 0, lost = 0;
	struct err e;
	char text[LIMIT_ADDRESS + 1];

	for (i = 40; i < 60; i++) {
		a = act_unit(&t, i, A, "x", "to");
		a.id = tree_say(&t, "x%u", i);
		tree_do(&t, A, &a);
	}
	for (i = 40; i + 1 < 60; i++) {
		a = act_move(&t, i, i + 1, NULL);
		if (tree_try(&t, A, &a, 1) != RC_OK)
			break;
		made++;
	}
	is(made, 13, "units are moved to 16 deep and no deeper");
	for (i = 40; i < 60; i++)
		lost += !address_of(t.d, tree_at(&t, i), NONE, t.now, text) ||
			resolve(t.d, bytes_str(text), t.now, &r, &e) != RC_OK;
	is(lost, 0, "each has an address");
	tree_without(&t);
}

/* ---- clashes --------------------------------------------------------------
 */

/* Two logs that do not know of each other give one host away; *state as who
 * meets both in either order. */
static void
clashes(struct tree *base)
{
	struct tree t = copy_of(base), one = copy_of(base);
	struct directory *first, *second;
	struct act a = act_unit(&one, D, A, "moi", "xa");
	struct buf early, late;
	int64_t day = t.now;

	a = act_unit(&t, C, A, "tua-chua", "xa");
	ok(tree_try(&t, A, &a, 1) == RC_DENIED,
	    "nobody decides that two units have one host");
	a = act_move(&t, B1, A, "tua-chua");
	ok(tree_try(&t, ROOT, &a, 1) == RC_DENIED, "nor by a move");
	a = act_move(&t, B1, A, NULL);
	ok(tree_try(&t, ROOT, &a, 1) == RC_OK, "with another id it goes");
	tree_without(&t);

	/* A enrols one; later the root another, without knowing of it */
	one.now = day;
	a = act_unit(&one, C, A, "moi", "xa");
	early = tree_rogue(&one, one.d, A, &a, 1);
	one.now = day + 5 * TIME_DAY;
	a = act_unit(&one, D, A, "moi", "xa");
	late = tree_rogue(&one, one.d, ROOT, &a, 1);
	first = tree_twin(base);
	second = tree_twin(base);
	(void)tree_apply(base, first, buf_bytes(&early), NULL);
	(void)tree_apply(base, first, buf_bytes(&late), NULL);
	(void)tree_apply(base, second, buf_bytes(&late), NULL);
	(void)tree_apply(base, second, buf_bytes(&early), NULL);
	is(alarms_of(first, ALARM_CLASH), 1,
	    "two that happened raise an alarm");
	ok(same_state(first, second), "whichever came first");
	t = tree_with(base, first);
	is(unit_by_host(
	       &first->state, bytes_str("moi.dien-bien.vn"), day + TIME_DAY),
	    tree_at(&t, C), "the one that had the host has it");
	is(unit_by_host(&first->state, bytes_str("moi.dien-bien.vn"),
	       day + 9 * TIME_DAY),
	    tree_at(&t, C), "and keeps it");
	directory_free(first);
	directory_free(second);
	buf_free(&early);
	buf_free(&late);
	tree_without(&one);
}

/* Logs in another order are the same acts (docs/directory.md 1.2): a commune
 * goes to a province where another came by its id on the same day. */
static void
any_order(struct tree *base)
{
	struct tree t = copy_of(base);
	struct directory *d[2] = { tree_other(base), tree_other(base) };
	struct directory *know = tree_twin(base);
	struct buf a_file, r_file, file;
	struct der_wr w;
	struct act a;
	size_t i, j;

	t.now += TIME_DAY;
	a = act_unit(&t, C, A, "muong-te", "xa");
	a_file = tree_rogue(&t, t.d, A, &a, 1);
	a = act_move(&t, B1, A, NULL);
	r_file = tree_rogue(&t, t.d, ROOT, &a, 1);
	if (tree_apply(&t, know, buf_bytes(&a_file), NULL) != RC_OK ||
	    tree_apply(&t, know, buf_bytes(&r_file), NULL) != RC_OK)
		bug(t.e.text);
	for (j = 0; j < 2; j++) {
		w = (struct der_wr){ 0 };
		directory_head(&file, buf_bytes(&t.root));
		tree_part(&w, &know->logs[0], 0);
		for (i = 1; i < know->log_count; i++)
			tree_part(&w,
			    &know->logs[j == 0 ? i : know->log_count - i], 0);
		buf_add(&file, buf_bytes(&w.out));
		der_wr_free(&w);
		if (tree_apply(&t, d[j], buf_bytes(&file), NULL) != RC_OK)
			bug(t.e.text);
		buf_free(&file);
	}
	ok(same_state(d[0], d[1]),
	    "who has the same acts has the same state, in whatever order the "
	    "logs came");
	directory_free(d[0]);
	directory_free(d[1]);
	directory_free(know);
	buf_free(&a_file);
	buf_free(&r_file);
	tree_without(&t);
}

/* ---- a commune goes to another province -----------------------------------
 */

static bool
sealed_for(struct tree *t, const char *address, unsigned unit, unsigned turn,
    int64_t when)
{
	const struct dcert *c;
	struct resolved to;

	return resolve_kem(t->d, bytes_str(address), LEVEL_MAT, when, &c, &to,
		   &t->e) == RC_OK &&
	       bytes_eq(c->cert.pub,
		   kem_key_pub(tree_key(unit, "van-thu", turn)->kem));
}

static void
goes_over(struct tree *base, unsigned n, unsigned from, unsigned to,
    struct bytes old, const char *was, const char *now)
{
	struct tree t = copy_of(base);
	const int64_t day = t.now;
	struct act a = act_move(&t, n, to, NULL);
	struct cert_request r;
	struct bytes fresh;

	t.now += TIME_DAY;
	a.from = t.now;
	tree_do(&t, ROOT, &a);
	ok(sealed_for(&t, was, n, 0, t.now),
	    "until it has new certificates the old ones are used");
	t.turn[n] = 1;
	fresh = tree_certify(&t, to, n, "van-thu");
	ok(leads_to(t.d, was, t.now, now), "%s leads to %s", was, now);
	ok(believed(t.d, old, day) && believed(t.d, fresh, t.now) &&
		!believed(t.d, fresh, day),
	    "what it signed before and after is believed, at its date");
	ok(sealed_for(&t, now, n, 1, t.now) && sealed_for(&t, was, n, 1, t.now),
	    "by either address what is new is sealed for the new key");
	/* the old superior certifies once more, for the day before */
	t.turn[n] = 2;
	t.now = day;
	r = tree_request_kem(&t, n, "van-thu", CERT_DESK);
	t.now = day + 2 * TIME_DAY;
	a = act_certify(
	    &t, n, "van-thu", tree_sign(&t, from, r), (struct bytes){ 0 });
	a.from = day;
	(void)tree_try(&t, from, &a, 1);
	ok(sealed_for(&t, now, n, 1, t.now),
	    "whom the old superior certifies then gets nothing");
	tree_without(&t);
}

static void
kem_outcomes(struct tree *t)
{
	const struct dcert *c;
	struct resolved to;

	ok(resolve_kem(t->d, bytes_str(A1_NOW "/hanh"), LEVEL_MAT, t->now, &c,
	       &to, &t->e) == RC_ABSENT &&
		c == NULL,
	    "nobody seals for a person");
	ok(resolve_kem(t->d, bytes_str(A1_NOW), LEVEL_MAT, t->now, &c, &to,
	       &t->e) == RC_ABSENT,
	    "nor for a unit without a station");
	ok(resolve_kem(t->d, bytes_str(A1_NOW "/van-thu"), LEVEL_MAT,
	       t->now + YEARS(11), &c, &to, &t->e) == RC_ABSENT,
	    "nor when its certificate has run out");
}

int
main(void)
{
	struct tree t;

	fixture(&t);
	addresses(&t);
	moved(&t);
	merged(&t);
	split(&t);
	closed(&t);
	chain(&t);
	provinces(&t);
	used_again(&t);
	upside_down(&t);
	heir_from_below(&t);
	not_yet(&t);
	from_above(&t);
	deep(&t);
	clashes(&t);
	any_order(&t);
	goes_over(&t, A1, A, B, cert_a1, A1_NOW "/van-thu",
	    "antin://muong-nhe.lai-chau.vn/van-thu");
	goes_over(&t, B1, B, A, cert_b1, B1_NOW "/van-thu",
	    "antin://muong-te.dien-bien.vn/van-thu");
	kem_outcomes(&t);
	tree_end(&t);
	return done();
}
