/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who holds what and since when: roles, substitutes, leavers; lists
 * (docs/directory.md 2.8, 2.9); and how old knowledge may be (8).
 */
#include "dump.h"

enum { A = 1, B, A1, A2, A3, B1, NEW };

static void
fixture(struct tree *t)
{
	static const struct {
		unsigned n, above;
		const char *id, *class;
	} communes[] = { { A1, A, "muong-nhe", "xa" },
		{ A2, A, "tua-chua", "xa" }, { A3, A, "noong-bua", "phuong" },
		{ B1, B, "muong-te", "xa" } };
	size_t i;

	tree_begin(t);
	t->now += TIME_DAY;
	tree_unit(t, ROOT, A, ROOT, "dien-bien", "tinh");
	tree_unit(t, ROOT, B, ROOT, "lai-chau", "tinh");
	(void)tree_authority(t, ROOT, A);
	(void)tree_authority(t, ROOT, B);
	for (i = 0; i < COUNT(communes); i++) {
		tree_unit(t, communes[i].above, communes[i].n,
		    communes[i].above, communes[i].id, communes[i].class);
		(void)tree_desk(t, communes[i].above, communes[i].n, "van-thu");
	}
	(void)tree_authority(t, A, A1);
	(void)tree_person(t, A1, A1, "hanh");
	(void)tree_person(t, A1, A1, "minh");
	t->now += TIME_DAY;
}

/* ---- roles ----------------------------------------------------------------
 */

static bool
has_role(struct tree *t, const char *who, enum role role, int64_t when)
{
	return role_is_held(t->d, tree_holder(t, A1, who),
	    tree_holder(t, A1, "van-thu"), role, when);
}

static void
roles(struct tree *base)
{
	struct tree t = tree_with(base, tree_twin(base));
	const int64_t day = t.now;
	const struct role_held *r;
	struct act a = act_role(&t, A1, "hanh", ROLE_CLERK, "van-thu");

	a.has |= HAS(F_UNTIL);
	a.until = day + 10 * TIME_DAY;
	tree_do(&t, A1, &a);
	ok(!has_role(&t, "hanh", ROLE_CLERK, day - 1) &&
		has_role(&t, "hanh", ROLE_CLERK, day) &&
		has_role(&t, "hanh", ROLE_CLERK, a.until - 1) &&
		!has_role(&t, "hanh", ROLE_CLERK, a.until),
	    "a role is held from its first second and until its end");
	ok(!has_role(&t, "hanh", ROLE_DUTY, day), "no other role is");
	ok(!has_role(&t, "minh", ROLE_CLERK, day), "nor by another");

	a = act_role(&t, A1, "minh", ROLE_CLERK, "van-thu");
	a.has |= HAS(F_UNTIL) | HAS(F_SUBSTITUTE);
	a.until = day + 3 * TIME_DAY;
	a.substitute = bytes_str("hanh");
	tree_do(&t, A1, &a);
	r = &t.d->state.roles[t.d->state.role_count - 1];
	ok(r->substitute == tree_holder(&t, A1, "hanh") &&
		r->person == tree_holder(&t, A1, "minh") &&
		has_role(&t, "minh", ROLE_CLERK, day),
	    "a substitute holds it for whom he stands");
	ok(!has_role(&t, "minh", ROLE_CLERK, a.until) &&
		has_role(&t, "hanh", ROLE_CLERK, a.until),
	    "and no longer");

	a = act_role(&t, A1, "hanh", ROLE_CLERK, "van-thu");
	a.from = day + 5 * TIME_DAY;
	a.has |= HAS(F_UNTIL);
	a.until = day + 20 * TIME_DAY;
	tree_do(&t, A1, &a);
	ok(has_role(&t, "hanh", ROLE_CLERK, day + 4 * TIME_DAY) &&
		has_role(&t, "hanh", ROLE_CLERK, day + 15 * TIME_DAY),
	    "a new act takes the place of the old one from its date");
	a.from = a.until = day + 8 * TIME_DAY;
	tree_do(&t, A1, &a);
	ok(has_role(&t, "hanh", ROLE_CLERK, a.from - 1) &&
		!has_role(&t, "hanh", ROLE_CLERK, a.from),
	    "one whose end is its beginning ends it");
	tree_without(&t);
}

static void
leavers(struct tree *base)
{
	struct tree t = tree_with(base, tree_twin(base));
	struct act a = act_role(&t, A1, "hanh", ROLE_AUTHORITY, "van-thu");
	const struct dcert *c = NULL;
	size_t i;

	tree_do(&t, A1, &a);
	a = act_close(&t, A1, "hanh");
	a.subject = ACT_PERSON;
	a.from = t.now + 2 * TIME_DAY;
	tree_do(&t, A1, &a);
	for (i = 0; i < t.d->state.cert_count; i++)
		if (t.d->state.certs[i].holder == tree_holder(&t, A1, "hanh"))
			c = &t.d->state.certs[i];
	ok(has_role(&t, "hanh", ROLE_AUTHORITY, a.from - 1) &&
		!has_role(&t, "hanh", ROLE_AUTHORITY, a.from),
	    "who leaves has no role from then on");
	ok(c != NULL && believed(t.d, c->cert.der, a.from - 1) &&
		!believed(t.d, c->cert.der, a.from),
	    "and his signature does not count");
	ok(!believed(t.d, c->cert.der, t.now - 100 * TIME_DAY),
	    "nor did it before he came");
	t.now = a.from + TIME_DAY;
	a = act_role(&t, A1, "hanh", ROLE_AUTHORITY, "van-thu");
	(void)tree_try(&t, A1, &a, 1);
	ok(!has_role(&t, "hanh", ROLE_AUTHORITY, t.now),
	    "no act gives him a role then");
	a = act_holder(&t, A1, ACT_PERSON, "hanh");
	ok(tree_try(&t, A1, &a, 1) == RC_DENIED, "nobody else gets his id");
	tree_without(&t);
}

/* Names in the order of their dates, not of their acts. */
static void
names(struct tree *base)
{
	struct tree t = tree_with(base, tree_twin(base));
	const struct holder *h;
	struct act a = act_of(&t, ACT_RENAME,
	    HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_ID) | HAS(F_NAME));
	const int64_t day = t.now;

	a.subject = ACT_PERSON;
	a.unit = tree_uid(A1);
	a.id = bytes_str("hanh");
	a.name = bytes_str("Hạnh sau");
	a.from = day + 20 * TIME_DAY;
	tree_do(&t, A1, &a);
	a.name = bytes_str("Hạnh trước");
	a.from = day + 10 * TIME_DAY;
	tree_do(&t, A1, &a);
	h = &t.d->state.holders[tree_holder(&t, A1, "hanh")];
	ok(bytes_is(holder_name(h, day), "hanh of 3"),
	    "a name holds until the next");
	ok(bytes_is(holder_name(h, day + 15 * TIME_DAY), "Hạnh trước"),
	    "which may be decided after the one that follows it");
	ok(bytes_is(holder_name(h, day + 25 * TIME_DAY), "Hạnh sau"),
	    "and holds until that");
	tree_without(&t);
}

/* ---- lists ----------------------------------------------------------------
 */

static const struct list *
list_decided(struct tree *t, uint64_t version, const struct act_member *m,
    size_t n, struct act *rule)
{
	struct act a = act_of(t, ACT_LIST,
	    HAS(F_LIST) | HAS(F_VERSION) | HAS(F_NAME) |
		(n > 0 ? HAS(F_MEMBERS) : 0) |
		(rule != NULL ? HAS(F_RULE) : 0));
	struct der_wr w = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		act_put_member(&w, &m[i]);
	a.members = arena_add(t->text, buf_bytes(&w.out));
	der_wr_free(&w);
	if (rule != NULL) {
		a.rule_unit = rule->rule_unit;
		a.rule_class = rule->rule_class;
		a.rule_id = rule->rule_id;
	}
	a.list = tree_uid(700);
	a.version = version;
	a.name = bytes_str("các xã");
	tree_do(t, A, &a);
	return list_find(t->d, &a.list, version, t->now);
}

/* Its desks at t, by unit's number, in order: "3 4 5". */
static bool
on_list(struct tree *t, const struct list *l, int64_t when, const char *want)
{
	struct listed all;
	char got[200] = "";
	size_t i, at = 0;
	unsigned n;

	list_expand(t->d, l, when, &all);
	for (n = 0; n < UNITS; n++)
		for (i = 0; i < all.count; i++)
			if (tree_at(t, n) == all.desks[i].unit)
				at +=
				    (size_t)snprintf(got + at, sizeof(got) - at,
					"%s%u", at > 0 ? " " : "", n);
	free(all.desks);
	if (strcmp(got, want) == 0)
		return true;
	note("on the list: %s; wanted %s", got, want);
	return false;
}

static bool
is_listed(
    struct tree *t, const struct list *l, const char *address, int64_t when)
{
	struct list_ref ref = { .id = l->id, .version = l->version };

	memcpy(ref.hash.b, l->hash, sizeof(l->hash));
	return resolve_listed(t->d, &ref, bytes_str(address), when);
}

static void
lists_by_name(struct tree *base)
{
	struct tree t = tree_with(base, tree_twin(base));
	const struct act_member m[] = { { tree_uid(A1), bytes_str("van-thu") },
		{ tree_uid(A2), bytes_str("van-thu") },
		{ tree_uid(A1), bytes_str("van-thu") },
		{ tree_uid(A1), bytes_str("hanh") },
		{ tree_uid(A3), bytes_str("khong") },
		{ tree_uid(99), bytes_str("van-thu") } };
	const struct id id = tree_uid(700);
	const unsigned ended[] = { A2 };
	const struct list *l = list_decided(&t, 3, m, COUNT(m), NULL);
	struct list_ref ref = { .id = id, .version = 3 };
	const int64_t day = t.now;
	struct act a;

	ok(on_list(&t, l, day, "3 4"),
	    "a list has its desks, each once, and no person or stranger");
	ok(is_listed(&t, l, "antin://tua-chua.dien-bien.vn/van-thu", day) &&
		!is_listed(
		    &t, l, "antin://noong-bua.dien-bien.vn/van-thu", day) &&
		!is_listed(&t, l, "antin://muong-nhe.dien-bien.vn/hanh", day) &&
		!is_listed(&t, l, "antin://dien-bien.vn", day),
	    "who is on it is, who is not is not");
	ok(!resolve_listed(t.d, &ref,
	       bytes_str("antin://tua-chua.dien-bien.vn/van-thu"), day),
	    "a list with another hash is another list");
	t.now += TIME_DAY;
	(void)list_decided(&t, 7, m, 1, NULL);
	l = list_find(t.d, &id, 0, t.now);
	ok(l != NULL && l->version == 7 && on_list(&t, l, t.now, "3"),
	    "the newest version is the list");
	l = list_find(t.d, &id, 0, day);
	ok(l != NULL && l->version == 3, "then it was another");
	l = list_find(t.d, &id, 3, t.now);
	ok(l != NULL && on_list(&t, l, t.now, "3 4"), "which can be asked");
	ok(list_find(t.d, &id, 4, t.now) == NULL &&
		list_find(t.d, &id, 0, day - 1) == NULL,
	    "there is no version between, and none before");
	a = act_merge(&t, ended, 1, A3);
	a.from = t.now + 5 * TIME_DAY;
	tree_do(&t, A, &a);
	l = list_find(t.d, &id, 3, t.now);
	ok(on_list(&t, l, a.from - 1, "3 4") && on_list(&t, l, a.from, "3 5"),
	    "a member that was merged is followed, from that day");
	ok(is_listed(&t, l, "antin://noong-bua.dien-bien.vn/van-thu", a.from) &&
		is_listed(
		    &t, l, "antin://tua-chua.dien-bien.vn/van-thu", a.from),
	    "by either address");
	tree_without(&t);
}

static void
lists_by_rule(struct tree *base)
{
	struct tree t = tree_with(base, tree_twin(base));
	struct act rule = { .rule_unit = tree_uid(A),
		.rule_class = bytes_str("xa"),
		.rule_id = bytes_str("van-thu") };
	const struct list *l = list_decided(&t, 1, NULL, 0, &rule);
	const unsigned ended[] = { A2 };
	const int64_t day = t.now;
	struct act a;

	ok(on_list(&t, l, day, "3 4"),
	    "a rule has the desks of all units of its class below one");
	rule.rule_class = (struct bytes){ 0 };
	l = list_decided(&t, 2, NULL, 0, &rule);
	ok(on_list(&t, l, day, "3 4 5"), "or of any class");
	rule.rule_class = bytes_str("xa");
	l = list_decided(&t, 3,
	    &(const struct act_member){ tree_uid(B1), bytes_str("van-thu") }, 1,
	    &rule);
	ok(on_list(&t, l, day, "3 4 6"), "or besides those by name");
	(void)list_decided(&t, 4, NULL, 0, &rule);
	a = act_merge(&t, ended, 1, A1);
	a.from = day + 5 * TIME_DAY;
	tree_do(&t, A, &a);
	a = act_unit(&t, NEW, A, "moi", "xa");
	a.from = day + 7 * TIME_DAY;
	tree_do(&t, A, &a);
	a = act_holder(&t, NEW, ACT_DESK, "van-thu");
	a.from = day + 8 * TIME_DAY;
	tree_do(&t, A, &a);
	a = act_move(&t, B1, A, NULL);
	a.from = day + 9 * TIME_DAY;
	tree_do(&t, ROOT, &a);
	l = &t.d->state.lists[t.d->state.list_count - 1];
	ok(on_list(&t, l, day + 5 * TIME_DAY - 1, "3 4"), "before a merge");
	ok(on_list(&t, l, day + 5 * TIME_DAY, "3"), "after it");
	ok(on_list(&t, l, day + 8 * TIME_DAY - 1, "3"),
	    "a new unit's desk is not on it before it is there");
	ok(on_list(&t, l, day + 8 * TIME_DAY, "3 7"), "but then");
	ok(on_list(&t, l, day + 9 * TIME_DAY, "3 6 7"),
	    "and so is who has moved here");
	ok(on_list(&t, l, day, "3 4"), "the past stays");
	tree_without(&t);
}

/* Two authorities may have lists of one id: each its own. */
static void
lists_of_one_id(struct tree *base)
{
	struct tree t = tree_with(base, tree_twin(base));
	const struct act_member m = { tree_uid(A2), bytes_str("van-thu") };
	const struct list *l = list_decided(&t, 3, &m, 1, NULL);
	struct list_ref ref = { .id = l->id, .version = l->version };
	struct act a = l->act;
	struct buf file;

	memcpy(ref.hash.b, l->hash, sizeof(l->hash));
	a.members = arena_add(t.text, a.members);
	a.version = 4;
	file = tree_rogue(&t, t.d, B, &a, 1);
	if (tree_apply(&t, t.d, buf_bytes(&file), NULL) != RC_OK)
		bug(t.e.text);
	buf_free(&file);
	ok(resolve_listed(t.d, &ref,
	       bytes_str("antin://tua-chua.dien-bien.vn/van-thu"), t.now),
	    "another's list of the same id does not take its place");
	ref.version = 4;
	ok(!resolve_listed(t.d, &ref,
	       bytes_str("antin://tua-chua.dien-bien.vn/van-thu"), t.now),
	    "a list that is referred to is of that hash and version");
	tree_without(&t);
}

/* ---- age ------------------------------------------------------------------
 */

static enum knowledge
judged(struct tree *t, unsigned n, enum level level, int64_t now)
{
	uint64_t days;

	return knowledge_judge(t->d, tree_at(t, n), level, now, &days);
}

static void
policy(struct tree *t, unsigned by, unsigned n, const struct act_age *age,
    size_t count)
{
	struct act a = act_of(t, ACT_POLICY, HAS(F_UNIT) | HAS(F_AGES));
	struct der_wr w = { 0 };
	size_t i;

	for (i = 0; i < count; i++)
		act_put_age(&w, &age[i]);
	a.unit = tree_uid(n);
	a.ages = arena_add(t->text, buf_bytes(&w.out));
	der_wr_free(&w);
	tree_do(t, by, &a);
}

static void
usual_ages(struct tree *base)
{
	static const struct {
		enum level level;
		int64_t warn, refuse;
	} rows[] = { { LEVEL_ORDINARY, 30, 36500 }, { LEVEL_MAT, 14, 90 },
		{ LEVEL_TOI_MAT, 7, 45 }, { LEVEL_TUYET_MAT, 3, 30 } };
	struct tree t = tree_with(base, tree_twin(base));
	const int64_t known = knowledge_of(t.d, tree_at(&t, A1), t.now);
	size_t i;

	is((uint64_t)known, (uint64_t)t.d->logs[0].note.checkpoint.at,
	    "knowledge is as old as the oldest checkpoint above");
	for (i = 0; i < COUNT(rows); i++) {
		const int64_t warn = known + rows[i].warn * TIME_DAY,
			      refuse = known + rows[i].refuse * TIME_DAY;

		ok(judged(&t, A1, rows[i].level, warn - 1) == KNOWLEDGE_FRESH &&
			judged(&t, A1, rows[i].level, warn) == KNOWLEDGE_OLD &&
			judged(&t, A1, rows[i].level, refuse - 1) ==
			    KNOWLEDGE_OLD &&
			(rows[i].level == LEVEL_ORDINARY ||
			    judged(&t, A1, rows[i].level, refuse) ==
				KNOWLEDGE_TOO_OLD),
		    "for %s: old after %d days, too old after %d",
		    level_word(rows[i].level), (int)rows[i].warn,
		    (int)rows[i].refuse);
	}
	tree_without(&t);
}

static void
policies(struct tree *base)
{
	static const struct act_age a_says[] = { { LEVEL_MAT, 2, 4 } };
	static const struct act_age a1_says[] = { { LEVEL_MAT, 5, 6 } };
	struct tree t = tree_with(base, tree_twin(base));
	int64_t known, then;

	t.now += TIME_DAY;
	policy(&t, A, A, a_says, 1);
	tree_freshen(&t, ROOT);
	tree_freshen(&t, A1);
	known = t.now;
	ok(judged(&t, A1, LEVEL_MAT, known + 3 * TIME_DAY) == KNOWLEDGE_OLD &&
		judged(&t, A1, LEVEL_MAT, known + 4 * TIME_DAY) ==
		    KNOWLEDGE_TOO_OLD,
	    "a superior's policy binds");
	ok(judged(&t, A1, LEVEL_TUYET_MAT, known + 100 * TIME_DAY) ==
		KNOWLEDGE_TOO_OLD,
	    "it says nothing of other levels, whose limits stay");
	ok(judged(&t, B1, LEVEL_MAT, known + 4 * TIME_DAY) == KNOWLEDGE_FRESH,
	    "nor of others");
	t.now += TIME_DAY;
	then = t.now;
	policy(&t, A, A1, a1_says, 1);
	tree_freshen(&t, ROOT);
	tree_freshen(&t, A1);
	ok(judged(&t, A1, LEVEL_MAT, then + 4 * TIME_DAY) == KNOWLEDGE_FRESH &&
		judged(&t, A1, LEVEL_MAT, then + 5 * TIME_DAY) == KNOWLEDGE_OLD,
	    "the nearest unit's binds");
	tree_without(&t);
}

int
main(void)
{
	struct tree t;

	fixture(&t);
	roles(&t);
	leavers(&t);
	names(&t);
	lists_by_name(&t);
	lists_by_rule(&t);
	lists_of_one_id(&t);
	usual_ages(&t);
	policies(&t);
	tree_end(&t);
	return done();
}
