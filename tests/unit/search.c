/* SPDX-License-Identifier: EUPL-1.2 */
/* Finding units, desks and persons: by code, and by words as people write. */
#include "dump.h"

enum { A = 1, A1, A2 };

static void
fixture(struct tree *t)
{
	tree_begin(t);
	t->now += TIME_DAY;
	tree_unit(t, ROOT, A, ROOT, "dien-bien", "tinh");
	(void)tree_authority(t, ROOT, A);
	tree_unit(t, A, A1, A, "muong-nhe", "xa");
	tree_unit(t, A, A2, A, "tua-chua", "xa");
	(void)tree_desk(t, A, A1, "van-thu");
	(void)tree_person(t, A, A1, "hanh");
	t->now += TIME_DAY;
}

/* ---- by code and by words
 * ------------------------------------------------------
 */

static struct act
act_codes(struct tree *t, unsigned n, const char *one, const char *two)
{
	struct act a =
	    act_of(t, ACT_RENAME, HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_CODES));
	struct der_wr w = { 0 };

	a.unit = tree_uid(n);
	act_put_code(&w, bytes_str(one));
	if (two != NULL)
		act_put_code(&w, bytes_str(two));
	a.codes = arena_add(t->text, buf_bytes(&w.out));
	der_wr_free(&w);
	return a;
}

static size_t
by_code(struct tree *t, const char *code, int64_t when)
{
	return unit_by_code(t->d, bytes_str(code), when);
}

static void
codes(struct tree *base)
{
	struct tree t = tree_with(base, tree_twin(base));
	struct act a = act_codes(&t, A1, "H18.01", "000.01.H18");
	const int64_t day = t.now;

	tree_do(&t, A, &a);
	a = act_codes(&t, A1, "H18.77", NULL);
	a.from = day + 5 * TIME_DAY;
	tree_do(&t, A, &a);
	a = act_codes(&t, A2, "H18.01", NULL);
	a.from = day + 9 * TIME_DAY;
	tree_do(&t, A, &a);
	ok(by_code(&t, "H18.01", day - 1) == NONE &&
		by_code(&t, "H18.01", day) == tree_at(&t, A1) &&
		by_code(&t, "000.01.H18", day) == tree_at(&t, A1),
	    "a unit has its codes from their day");
	ok(by_code(&t, "H18.01", a.from - 1) == NONE &&
		by_code(&t, "H18.77", day + 5 * TIME_DAY) == tree_at(&t, A1) &&
		by_code(&t, "H18.01", day + 4 * TIME_DAY) == tree_at(&t, A1),
	    "others replace them all, from theirs");
	ok(by_code(&t, "H18.01", a.from) == tree_at(&t, A2),
	    "another unit may have one then");
	ok(by_code(&t, "h18.77", day + 5 * TIME_DAY) == NONE &&
		by_code(&t, "H18", day + 5 * TIME_DAY) == NONE &&
		by_code(&t, "", day) == NONE,
	    "they are compared with case, and whole");
	tree_without(&t);
}

static bool
finds(
    struct tree *t, const char *words, int64_t when, unsigned n, const char *id)
{
	struct found f[10];
	const size_t count =
	    directory_search(t->d, bytes_str(words), when, f, COUNT(f));
	size_t i;

	for (i = 0; i < count; i++)
		if (f[i].unit == tree_at(t, n) &&
		    f[i].holder == (id == NULL ? NONE : tree_holder(t, n, id)))
			return true;
	return false;
}

static void
words(struct tree *base)
{
	struct tree t = tree_with(base, tree_twin(base));
	struct act a =
	    act_of(&t, ACT_RENAME, HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_NAME));
	const int64_t day = t.now;
	struct found f[3];

	a.unit = tree_uid(A1);
	a.name = bytes_str("Ủy ban nhân dân xã Mường Nhé");
	tree_do(&t, A, &a);
	a.name = bytes_str("Xã Đường Ưởng");
	a.from = day + 5 * TIME_DAY;
	tree_do(&t, A, &a);
	ok(finds(&t, "mường nhé", day, A1, NULL) &&
		finds(&t, "MUONG NHE", day, A1, NULL) &&
		finds(&t, "nhe uy ban", day, A1, NULL),
	    "a unit is found by its words, without marks, in any order");
	ok(!finds(&t, "uy ban", a.from, A1, NULL) &&
		finds(&t, "duong uong", a.from, A1, NULL) &&
		!finds(&t, "duong uong", a.from - 1, A1, NULL),
	    "by the name that it has then");
	ok(finds(&t, "muong-nhe.dien-bien", day, A1, NULL) &&
		finds(&t, "van-thu muong-nhe", day, A1, "van-thu") &&
		finds(&t, "hanh", day, A1, "hanh"),
	    "a desk or person by address and name");
	ok(!finds(&t, "khong co", day, A1, NULL), "and by no other");
	is(directory_search(t.d, bytes_str("vn"), day, f, COUNT(f)), COUNT(f),
	    "no more are given than asked for");
	is(directory_search(t.d, bytes_str("vn"), day, f, 0), 0,
	    "of none, none");
	a = act_close(&t, A2, NULL);
	tree_do(&t, A, &a);
	ok(!finds(&t, "tua-chua", t.now, A2, NULL) &&
		finds(&t, "tua-chua", t.now - 1, A2, NULL),
	    "what has ended is found for the time it was open only");
	tree_without(&t);
}

int
main(void)
{
	struct tree t;

	fixture(&t);
	codes(&t);
	words(&t);
	tree_end(&t);
	return done();
}
