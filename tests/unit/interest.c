/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who gets what of the directory (docs/directory.md 5.4): what a station needs,
 * no more, with its proofs; and what it asks for later, into the gaps.
 */
#include "dump.h"

enum { A = 1, B, A1, A2, B1, B2, A11 };

static struct bytes cert_b1;

static void
fixture(struct tree *t)
{
	struct act a;

	tree_begin(t);
	t->now += TIME_DAY;
	tree_unit(t, ROOT, A, ROOT, "dien-bien", "tinh");
	tree_unit(t, ROOT, B, ROOT, "lai-chau", "tinh");
	(void)tree_authority(t, ROOT, A);
	(void)tree_authority(t, ROOT, B);
	tree_unit(t, A, A1, A, "muong-nhe", "xa");
	tree_unit(t, B, B1, B, "muong-te", "xa");
	(void)tree_authority(t, A, A1);
	(void)tree_authority(t, B, B1);
	(void)tree_desk(t, A, A, "van-thu");
	(void)tree_desk(t, B, B, "van-thu");
	tree_unit(t, A, A2, A, "tua-chua", "xa");
	tree_unit(t, B, B2, B, "sin-ho", "xa");
	(void)tree_desk(t, A1, A1, "van-thu");
	cert_b1 = tree_desk(t, B1, B1, "van-thu");
	(void)tree_desk(t, B, B2, "van-thu");
	(void)tree_person(t, A1, A1, "hanh");
	(void)tree_person(t, B1, B1, "lan");
	a = act_role(t, B1, "lan", ROLE_CLERK, "van-thu");
	tree_do(t, B1, &a);
	tree_unit(t, A1, A11, A1, "ban-1", "ban");
	(void)tree_desk(t, A1, A11, "truong-ban");
	t->now += TIME_DAY;
}

static uint64_t
size_in(void *ctx, const struct id *log)
{
	const struct directory *d = ctx;
	size_t i;

	for (i = 0; i < d->log_count; i++)
		if (id_eq(&d->logs[i].id, log))
			return d->logs[i].log.tree.size;
	return 0;
}

/* ---- who gets what --------------------------------------------------------
 */

static const struct dlog *
log_of(const struct directory *d, unsigned n)
{
	const struct id uid = tree_uid(n);
	size_t i;

	for (i = 0; i < d->log_count; i++)
		if (id_eq(&d->logs[i].id, &uid))
			return &d->logs[i];
	return NULL;
}

static size_t
entries_of(const struct directory *d, unsigned n)
{
	const struct dlog *l = log_of(d, n);
	size_t i, entries = 0;

	for (i = 0; l != NULL && i < l->log.count; i++)
		entries += l->log.items[i].entry.p != NULL;
	return entries;
}

static bool
has_whole(const struct directory *d, unsigned n)
{
	return log_of(d, n) != NULL &&
	       entries_of(d, n) == log_of(d, n)->log.tree.size;
}

/* Acts that who needs no more of a log than its tree must not have. */
static size_t
too_many(const struct tree *t, const struct directory *d, unsigned n,
    const unsigned *needed, size_t count)
{
	const struct dlog *l = log_of(d, n);
	size_t i, j, wrong = 0;
	struct act a;
	struct err e;
	struct id uid;
	bool is_needed;

	(void)t;
	for (i = 0; l != NULL && i < l->log.count; i++) {
		if (l->log.items[i].entry.p == NULL)
			continue;
		if (act_read(&a, l->log.items[i].entry, &e) != RC_OK)
			bug("no act");
		is_needed = (a.kind != ACT_CERTIFY && a.kind != ACT_ROLE &&
			     a.kind != ACT_RENEW && a.kind != ACT_RECOVER &&
			     a.subject == ACT_UNIT);
		for (j = 0; j < count; j++) {
			uid = tree_uid(needed[j]);
			is_needed |= id_eq(&a.unit, &uid);
		}
		wrong += !is_needed;
	}
	return wrong;
}

/* Each act at hand proves that it is in the log that was signed. */
static bool
proofs_hold(const struct tree *t, const struct directory *d)
{
	struct node root, whole;
	size_t i, j;

	for (i = 0; i < d->log_count; i++) {
		const struct log *l = &d->logs[i].log;

		merkle_root(&l->tree, &root);
		if (!node_eq(&root, &d->logs[i].note.checkpoint.root))
			return false;
		for (j = 0; j < t->d->log_count; j++)
			if (id_eq(&t->d->logs[j].id, &d->logs[i].id)) {
				merkle_root(&t->d->logs[j].log.tree, &whole);
				if (!node_eq(&root, &whole))
					return false;
			}
	}
	return true;
}

static struct directory *
station_of(struct tree *t, const struct directory_for *who, const char *name)
{
	struct directory *d = tree_other(t);
	struct buf file;

	directory_write(&file, t->d, who, t->now);
	went(tree_apply(t, d, buf_bytes(&file), NULL), &t->e,
	    "the file for %s is read", name);
	buf_free(&file);
	ok(proofs_hold(t, d), "each of its acts is proved");
	is(d->state.alarm_count, 0, "it raises no alarm");
	return d;
}

static void
who_gets_what(struct tree *t)
{
	static const unsigned of_a1[] = { ROOT, A, A1, A11 };
	static const unsigned of_a[] = { ROOT, A, A1, A2, A11 };
	struct directory_for who = { .unit = tree_at(t, A1) };
	struct directory *d = station_of(t, &who, "a commune");

	ok(has_whole(d, A1), "a commune has the whole of its own log");
	ok(log_of(d, A) != NULL && log_of(d, ROOT) != NULL,
	    "and of those above it");
	ok(log_of(d, B) == NULL && log_of(d, B1) == NULL,
	    "nothing of logs beside it");
	is(too_many(t, d, ROOT, of_a1, COUNT(of_a1)) +
		too_many(t, d, A, of_a1, COUNT(of_a1)),
	    0, "and no more than it needs of those above");
	ok(!has_whole(d, ROOT), "which is not all");
	ok(leads_to(d, "antin://dien-bien.vn/van-thu", t->now,
	       "antin://dien-bien.vn/van-thu"),
	    "it knows the desks above it");
	ok(leads_to(d, "antin://ban-1.muong-nhe.dien-bien.vn/truong-ban",
	       t->now, "antin://ban-1.muong-nhe.dien-bien.vn/truong-ban"),
	    "and below it");
	ok(leads_to(d, "antin://lai-chau.vn", t->now, "antin://lai-chau.vn"),
	    "and that another province is there");
	is(unit_by_host(&d->state, bytes_str("muong-te.lai-chau.vn"), t->now),
	    NONE, "but not its communes");
	directory_free(d);

	who.unit = tree_at(t, A);
	d = station_of(t, &who, "a province");
	ok(has_whole(d, A) && has_whole(d, A1), "a province has all below");
	ok(log_of(d, B) == NULL, "nothing of another's log");
	is(too_many(t, d, ROOT, of_a, COUNT(of_a)), 0,
	    "no more than it needs of the root's");
	directory_free(d);

	who.unit = tree_at(t, ROOT);
	d = station_of(t, &who, "the centre");
	ok(same_state(d, t->d), "the centre has all");
	directory_free(d);
}

/* Certificates of units elsewhere, when they are asked for; into gaps. */
static void
asked_later(struct tree *t)
{
	const size_t asked[] = { tree_at(t, B1) };
	struct directory_for who = { .unit = tree_at(t, A1) };
	struct directory *d = station_of(t, &who, "a commune");
	struct buf file, twice;
	struct applied did;

	ok(!believed(d, cert_b1, t->now), "a stranger's key is not known");
	who.asked = asked;
	who.asked_count = 1;
	who.has = size_in;
	who.ctx = d;
	directory_write(&file, t->d, &who, t->now);
	went(tree_apply(t, d, buf_bytes(&file), &did), &t->e,
	    "a unit elsewhere that was asked for comes later");
	ok(did.acts > 0, "into the gaps");
	ok(believed(d, cert_b1, t->now), "its desk's key is known then");
	ok(leads_to(d, "antin://muong-te.lai-chau.vn/van-thu", t->now,
	       "antin://muong-te.lai-chau.vn/van-thu"),
	    "and where it is");
	ok(proofs_hold(t, d), "the proofs hold");
	is(tree_holder(&(struct tree){ .d = d }, B, "van-thu") != NONE &&
		tree_at(&(struct tree){ .d = d }, B2) != NONE,
	    1, "with what is above it");
	is(unit_by_uid(&d->state, &(struct id){ { 0 } }), NONE, "and no more");
	directory_write(&twice, t->d, &who, t->now);
	went(tree_apply(t, d, buf_bytes(&twice), &did), &t->e,
	    "asked for again");
	is(did.acts, 0, "it is no news");
	buf_free(&file);
	buf_free(&twice);
	/* somebody who knows as little as he passes it on */
	who = (struct directory_for){ .all = true };
	directory_write(&file, d, &who, t->now);
	{
		struct directory *third = tree_other(t);

		went(tree_apply(t, third, buf_bytes(&file), NULL), &t->e,
		    "a directory with gaps is passed on");
		ok(same_state(d, third), "as it is");
		directory_free(third);
	}
	buf_free(&file);
	directory_free(d);
}

/* By disk nobody says what he has: snapshots, each made without knowing of the
 * other, in any order. */
static void
snapshots_by_disk(struct tree *t)
{
	const struct directory_for who = { .unit = tree_at(t, A1) };
	struct directory *on = tree_other(t), *back = tree_other(t);
	struct buf file[12];
	size_t i, refused = 0, refused_back = 0;
	struct act a;

	for (i = 0; i < COUNT(file); i++) {
		t->now += TIME_DAY;
		a = act_holder(t, A2, ACT_DESK, "phong");
		a.id = tree_say(t, "phong-%zu", i);
		tree_do(t, A, &a);
		directory_write(&file[i], t->d, &who, t->now);
		refused +=
		    tree_apply(t, on, buf_bytes(&file[i]), NULL) != RC_OK;
	}
	if (!is(refused, 0,
		"%zu snapshots by disk, each newer than the last, are taken",
		COUNT(file)))
		note("%s", t->e.text);
	for (i = COUNT(file); i-- > 0; buf_free(&file[i]))
		refused_back +=
		    tree_apply(t, back, buf_bytes(&file[i]), NULL) != RC_OK;
	is(refused_back, 0, "each older than the last, they are passed over");
	directory_free(on);
	directory_free(back);
}

/* A station that has gaps passes on to another that has not the same. */
static void
gaps_to_gaps(struct tree *t)
{
	struct directory_for who = { .unit = tree_at(t, A1) };
	struct directory *one = station_of(t, &who, "a commune");
	struct directory *two;
	struct buf file;
	struct act a = act_unit(t, 90, A, "moi", "xa");

	who.unit = tree_at(t, A2);
	two = station_of(t, &who, "another");
	t->now += TIME_DAY;
	tree_do(t, A, &a);
	who.unit = tree_at(t, A1);
	who.has = size_in;
	who.ctx = one;
	directory_write(&file, t->d, &who, t->now);
	if (tree_apply(t, one, buf_bytes(&file), NULL) != RC_OK)
		bug(t->e.text);
	buf_free(&file);
	who.unit = tree_at(&(struct tree){ .d = one }, A2);
	who.ctx = two;
	directory_write(&file, one, &who, t->now);
	went(tree_apply(t, two, buf_bytes(&file), NULL), &t->e,
	    "what one station passes on to another is taken");
	ok(tree_at(&(struct tree){ .d = two }, 90) != NONE,
	    "and brings the news");
	buf_free(&file);
	directory_free(one);
	directory_free(two);
}

/* A commune merged across provinces: its heir answers for its address. */
static void
heirs_know(struct tree *t)
{
	const unsigned ended[] = { A2 };
	struct directory_for who = { .unit = tree_at(t, B1) };
	struct directory *d;
	struct act a = act_merge(t, ended, 1, B1);

	tree_do(t, ROOT, &a);
	t->now += TIME_DAY;
	d = station_of(t, &who, "an heir from another province");
	ok(resolve_answers(d, bytes_str("antin://muong-te.lai-chau.vn/van-thu"),
	       bytes_str("antin://tua-chua.dien-bien.vn/van-thu"), t->now),
	    "knows the addresses that it has inherited");
	directory_free(d);
}

int
main(void)
{
	struct tree t;

	fixture(&t);
	who_gets_what(&t);
	asked_later(&t);
	snapshots_by_disk(&t);
	gaps_to_gaps(&t);
	heirs_know(&t);
	tree_end(&t);
	return done();
}
