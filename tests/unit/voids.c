/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Acts that may not do what they do (docs/directory.md 3.3 to 3.5).  None is
 * decided; one that is in a log all the same counts for nothing, raises an
 * alarm, and is no reason to refuse the rest.
 */
#include "dump.h"

/* Two provinces with two communes each; the first of these have authorities. */
enum { A = 1, B, A1, A2, B1, B2, A11, NEW, GONE };

static struct bytes cert_b, cert_b1_desk;
static struct id list_b;

static struct act
act_list(struct tree *t, struct id id, uint64_t version, unsigned member)
{
	const struct act_member m = { tree_uid(member), bytes_str("van-thu") };
	struct der_wr w = { 0 };
	struct act a = act_of(t, ACT_LIST,
	    HAS(F_LIST) | HAS(F_VERSION) | HAS(F_NAME) | HAS(F_MEMBERS));

	act_put_member(&w, &m);
	a.members = arena_add(t->text, buf_bytes(&w.out));
	der_wr_free(&w);
	a.list = id;
	a.version = version;
	a.name = bytes_str("danh sách");
	return a;
}

static void
fixture(struct tree *t)
{
	struct act a;

	tree_begin(t);
	t->now += TIME_DAY;
	tree_unit(t, ROOT, A, ROOT, "dien-bien", "tinh");
	tree_unit(t, ROOT, B, ROOT, "lai-chau", "tinh");
	(void)tree_authority(t, ROOT, A);
	cert_b = tree_authority(t, ROOT, B);
	tree_unit(t, A, A1, A, "muong-nhe", "xa");
	tree_unit(t, A, A2, A, "tua-chua", "xa");
	tree_unit(t, A, GONE, A, "da-het", "xa");
	tree_unit(t, B, B1, B, "muong-te", "xa");
	tree_unit(t, B, B2, B, "sin-ho", "xa");
	(void)tree_authority(t, A, A1);
	(void)tree_authority(t, B, B1);
	tree_unit(t, A1, A11, A1, "ban-1", "ban");
	(void)tree_desk(t, A, A, "van-thu");
	(void)tree_desk(t, B, B, "van-thu");
	(void)tree_desk(t, A1, A1, "van-thu");
	cert_b1_desk = tree_desk(t, B1, B1, "van-thu");
	(void)tree_desk(t, B, B2, "van-thu");
	(void)tree_person(t, A1, A1, "hanh");
	(void)tree_person(t, B1, B1, "lan");
	list_b = tree_uid(1000);
	a = act_list(t, list_b, 5, B1);
	tree_do(t, B, &a);
	t->now += TIME_DAY;
	a = act_close(t, GONE, NULL);
	tree_do(t, A, &a);
	a = act_close(t, B2, "van-thu");
	tree_do(t, B, &a);
	t->now += TIME_DAY;
}

/* ---- each one ------------------------------------------------------------ */

#define ACT(name, ...)                                                         \
	static struct act name(struct tree *t)                                 \
	{                                                                      \
		return __VA_ARGS__;                                            \
	}

ACT(desk_of_sibling, act_holder(t, B, ACT_DESK, "co-yeu"))
ACT(desk_of_root, act_holder(t, ROOT, ACT_DESK, "co-yeu"))
ACT(desk_of_nephew, act_holder(t, B1, ACT_DESK, "co-yeu"))
ACT(person_of_nephew, act_holder(t, B1, ACT_PERSON, "minh"))
ACT(desk_again, act_holder(t, A1, ACT_DESK, "van-thu"))
ACT(person_as_desk, act_holder(t, A1, ACT_PERSON, "van-thu"))
ACT(desk_as_person, act_holder(t, A1, ACT_DESK, "hanh"))
ACT(desk_that_ended, act_holder(t, B2, ACT_DESK, "van-thu"))
ACT(under_sibling, act_unit(t, NEW, B, "nam-nhun", "xa"))
ACT(under_sibling_as_its, act_unit(t, NEW, B, "muong-te", "xa"))
ACT(under_root, act_unit(t, NEW, ROOT, "son-la", "tinh"))

/* Units that are there, enrolled once more. */
static struct act
again(struct tree *t, unsigned n, unsigned parent, const char *id)
{
	struct act a = act_unit(t, n, parent, id, "xa");

	a.unit = tree_uid(n);
	return a;
}
ACT(under_itself, act_unit(t, NEW, NEW, "son-la", "tinh"))
ACT(nephew_under_me, again(t, B1, A, "muong-te"))
ACT(nephew_under_his, again(t, B1, B, "muong-te"))
ACT(sibling_under_me, again(t, B, A, "lai-chau"))
ACT(sibling_under_root, again(t, B, ROOT, "lai-chau"))
ACT(root_under_me, again(t, ROOT, A, "vn"))
ACT(me_under_sibling, again(t, A, B, "dien-bien"))
ACT(move_nephew, act_move(t, B1, A, NULL))
ACT(move_within_sibling, act_move(t, B1, B2, NULL))
ACT(give_to_sibling, act_move(t, A2, B, NULL))
ACT(move_myself, act_move(t, A, B, NULL))
ACT(move_my_id, act_move(t, A, ROOT, "ha-noi"))
ACT(move_root, act_move(t, ROOT, A, NULL))
ACT(move_below_itself, act_move(t, A1, A11, NULL))
ACT(move_under_ended, act_move(t, A2, GONE, NULL))
ACT(move_ended, act_move(t, GONE, A1, NULL))
ACT(close_myself, act_close(t, A, NULL))
ACT(close_sibling, act_close(t, B, NULL))
ACT(close_root, act_close(t, ROOT, NULL))
ACT(close_nephew, act_close(t, B1, NULL))
ACT(close_with_children, act_close(t, A1, NULL))
ACT(close_ended, act_close(t, GONE, NULL))
ACT(close_nephews_desk, act_close(t, B1, "van-thu"))
ACT(close_no_desk, act_close(t, A1, "khong"))
ACT(close_desk_again, act_close(t, B2, "van-thu"))
ACT(merge_nephew, act_merge(t, (const unsigned[]){ B1 }, 1, A1))
ACT(merge_into_nephew, act_merge(t, (const unsigned[]){ A2 }, 1, B1))
ACT(merge_myself, act_merge(t, (const unsigned[]){ A }, 1, A1))
ACT(merge_both, act_merge(t, (const unsigned[]){ A2, B2 }, 2, A1))
ACT(merge_into_ended, act_merge(t, (const unsigned[]){ A2 }, 1, GONE))
ACT(merge_into_itself, act_merge(t, (const unsigned[]){ A2 }, 1, A2))
ACT(merge_below, act_merge(t, (const unsigned[]){ A, B }, 2, A11))
ACT(split_nephew, act_split(t, B1, (const unsigned[]){ A1 }, 1))
ACT(split_to_nephew, act_split(t, A2, (const unsigned[]){ B1 }, 1))
ACT(split_to_both, act_split(t, A2, (const unsigned[]){ A1, B1 }, 2))
ACT(split_myself, act_split(t, A, (const unsigned[]){ A1 }, 1))
ACT(split_into_itself, act_split(t, A2, (const unsigned[]){ A2 }, 1))
ACT(split_into_ended, act_split(t, A2, (const unsigned[]){ GONE }, 1))
ACT(revoke_sibling, act_revoke(t, cert_b, REVOKE_KEY_COMPROMISE))
ACT(revoke_nephew, act_revoke(t, cert_b1_desk, REVOKE_KEY_COMPROMISE))
ACT(revoke_root, act_revoke(t, buf_bytes(&t->root), REVOKE_KEY_COMPROMISE))
ACT(role_of_nephew, act_role(t, B1, "lan", ROLE_CLERK, "van-thu"))
ACT(role_of_desk, act_role(t, A1, "van-thu", ROLE_CLERK, "van-thu"))
ACT(role_at_person, act_role(t, A1, "hanh", ROLE_CLERK, "hanh"))
ACT(role_of_nobody, act_role(t, A1, "ai", ROLE_CLERK, "van-thu"))
ACT(under_ended, act_unit(t, NEW, GONE, "ban-2", "ban"))
ACT(desk_of_ended, act_holder(t, GONE, ACT_DESK, "co-yeu"))
ACT(list_back, act_list(t, list_b, 4, B1))
ACT(list_again, act_list(t, list_b, 5, B1))

static struct act
rename_of(struct tree *t, unsigned n)
{
	struct act a =
	    act_of(t, ACT_RENAME, HAS(F_SUBJECT) | HAS(F_UNIT) | HAS(F_NAME));

	a.unit = tree_uid(n);
	a.name = bytes_str("Tên mới");
	return a;
}
ACT(rename_sibling, rename_of(t, B))
ACT(rename_root, rename_of(t, ROOT))

static struct act
policy_of(struct tree *t, unsigned n)
{
	struct act a = act_of(t, ACT_POLICY, HAS(F_UNIT) | HAS(F_AGES));
	const struct act_age age = { LEVEL_TUYET_MAT, 0, 0 };
	struct der_wr w = { 0 };

	act_put_age(&w, &age);
	a.unit = tree_uid(n);
	a.ages = arena_add(t->text, buf_bytes(&w.out));
	der_wr_free(&w);
	return a;
}
ACT(policy_of_sibling, policy_of(t, B))
ACT(policy_of_root, policy_of(t, ROOT))

static struct act
recover_nephew(struct tree *t)
{
	struct act a = act_of(t, ACT_RECOVER,
	    HAS(F_UNIT) | HAS(F_ID) | HAS(F_CERT) | HAS(F_NAME));

	a.unit = tree_uid(B1);
	a.id = bytes_str("van-thu");
	a.cert = fingerprint_of(t, cert_b1_desk);
	a.name = bytes_str("tò mò");
	return a;
}

static struct act
role_not_held(struct tree *t)
{
	struct act a = act_role(t, A1, "hanh", ROLE_DUTY, "van-thu");

	a.has |= HAS(F_UNTIL);
	a.until = a.from;
	return a;
}

static struct act
close_into_sibling(struct tree *t)
{
	struct act a = act_close(t, A2, NULL);

	a.has |= HAS(F_TO);
	a.to = tree_uid(B);
	return a;
}

/* Everything that the sibling's ended and open units have would come here. */
static struct act
take_desks(struct tree *t)
{
	struct act a = act_merge(t, (const unsigned[]){ A2 }, 1, A1);

	act_add_desk(t, &a, B1, "van-thu", A1, "van-thu");
	return a;
}

static struct act
give_desks(struct tree *t)
{
	struct act a = act_merge(t, (const unsigned[]){ A2 }, 1, A1);

	act_add_desk(t, &a, A2, "van-thu", B1, "van-thu");
	return a;
}

static const struct {
	const char *name;
	unsigned by;
	struct act (*make)(struct tree *t);
} rows[] = {
	{ "a desk in a sibling", A, desk_of_sibling },
	{ "a desk in what is above", A, desk_of_root },
	{ "a desk in a sibling's commune", A, desk_of_nephew },
	{ "a person in a sibling's commune", A, person_of_nephew },
	{ "a desk in an ended unit", A, desk_of_ended },
	{ "a desk that is there", A1, desk_again },
	{ "a desk that is there, by a superior", A, desk_again },
	{ "a person with the id of a desk", A1, person_as_desk },
	{ "a desk with the id of a person", A1, desk_as_person },
	{ "a desk with the id of one that ended", B, desk_that_ended },
	{ "a unit under a sibling", A, under_sibling },
	{ "a unit under a sibling, with its commune's id", A,
	    under_sibling_as_its },
	{ "a unit beside itself", A, under_root },
	{ "a unit under itself", A, under_itself },
	{ "a unit under an ended one", A, under_ended },
	{ "a sibling's commune's uid, below itself", A, nephew_under_me },
	{ "a sibling's commune's uid, where it is", A, nephew_under_his },
	{ "a sibling's uid, below itself", A, sibling_under_me },
	{ "a sibling's uid, where it is", A, sibling_under_root },
	{ "a sibling's uid, where it is, by a commune", A1,
	    sibling_under_root },
	{ "the root's uid, below itself", A, root_under_me },
	{ "its own uid, below a sibling", A, me_under_sibling },
	{ "a sibling's commune moved here", A, move_nephew },
	{ "a sibling's commune moved there", A, move_within_sibling },
	{ "a commune moved to a sibling", A, give_to_sibling },
	{ "itself moved", A, move_myself },
	{ "itself with another id", A, move_my_id },
	{ "the root moved", A, move_root },
	{ "the root moved, by the root", ROOT, move_root },
	{ "a unit moved below itself", A, move_below_itself },
	{ "a unit moved under an ended one", A, move_under_ended },
	{ "an ended unit moved", A, move_ended },
	{ "itself closed", A, close_myself },
	{ "a sibling closed", A, close_sibling },
	{ "the root closed", A, close_root },
	{ "the root closed, by the root", ROOT, close_root },
	{ "a sibling's commune closed", A, close_nephew },
	{ "a unit with units below it closed without a successor", A,
	    close_with_children },
	{ "an ended unit closed", A, close_ended },
	{ "a unit closed with a sibling as its successor", A,
	    close_into_sibling },
	{ "a desk of a sibling's commune closed", A, close_nephews_desk },
	{ "a desk that is not there closed", A, close_no_desk },
	{ "an ended desk closed", B, close_desk_again },
	{ "a sibling's commune merged here", A, merge_nephew },
	{ "a commune merged into a sibling's", A, merge_into_nephew },
	{ "itself merged", A, merge_myself },
	{ "a commune merged here with a sibling's", A, merge_both },
	{ "a unit merged into an ended one", A, merge_into_ended },
	{ "a unit merged into itself", A, merge_into_itself },
	{ "units merged into one far below", ROOT, merge_below },
	{ "a sibling's desks taken by a merge of others", A, take_desks },
	{ "a merged unit's desk given to a sibling", A, give_desks },
	{ "a sibling's commune split", A, split_nephew },
	{ "a commune split into a sibling's", A, split_to_nephew },
	{ "a commune split, half of it into a sibling's", A, split_to_both },
	{ "itself split", A, split_myself },
	{ "a unit split into itself", A, split_into_itself },
	{ "a unit split into an ended one", A, split_into_ended },
	{ "another name for a sibling", A, rename_sibling },
	{ "another name for the root", A, rename_root },
	{ "a sibling's certificate revoked", A, revoke_sibling },
	{ "the certificate of a sibling's desk revoked", A, revoke_nephew },
	{ "the root's certificate revoked", A, revoke_root },
	{ "a role in a sibling's commune", A, role_of_nephew },
	{ "a desk's role", A1, role_of_desk },
	{ "a role at a person", A1, role_at_person },
	{ "a role of nobody", A1, role_of_nobody },
	{ "the end of a role that is not held", A1, role_not_held },
	{ "a policy for a sibling", A, policy_of_sibling },
	{ "a policy for what is above", A, policy_of_root },
	{ "a key of a sibling's desk out of escrow", A, recover_nephew },
	{ "a list's older version", B, list_back },
	{ "a list's version again", B, list_again },
};

/* Another directory with the logs in the other order, the root's first. */
static struct directory *
twin_reversed(struct tree *t)
{
	struct directory *d = tree_other(t);
	struct der_wr w = { 0 };
	struct buf file;
	size_t i;

	directory_head(&file, buf_bytes(&t->root));
	tree_part(&w, &t->d->logs[0], 0);
	for (i = t->d->log_count; i-- > 1;)
		tree_part(&w, &t->d->logs[i], 0);
	buf_add(&file, buf_bytes(&w.out));
	der_wr_free(&w);
	if (tree_apply(t, d, buf_bytes(&file), NULL) != RC_OK)
		bug(t->e.text);
	buf_free(&file);
	return d;
}

/* The act counts for nothing with who has the logs in this order. */
static bool
is_void(struct tree *t, struct directory *d, unsigned by, struct act a)
{
	const size_t before = alarms_of(d, ALARM_VOID);
	struct buf file = tree_rogue(t, d, by, &a, 1);
	bool good = true;

	if (tree_apply(t, d, buf_bytes(&file), NULL) != RC_OK) {
		note("the file is refused: %s", t->e.text);
		good = false;
	} else if (!same_things(t->d, d, false)) {
		good = false;
	} else if (alarms_of(d, ALARM_VOID) <= before) {
		note("there is no alarm");
		good = false;
	}
	buf_free(&file);
	directory_free(d);
	return good;
}

static bool
has_uid(const struct tree *t, const struct act *a)
{
	return a->kind == ACT_ENROL && a->subject == ACT_UNIT &&
	       unit_by_uid(&t->d->state, &a->unit) != NONE;
}

static void
no_such_act_counts(struct tree *t)
{
	struct tree other = *t;
	struct act a;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		other.d = tree_twin(t);
		other.file = (struct buf){ 0 };
		a = rows[i].make(t);
		/* directory_decide() gives units their uids itself */
		if (!has_uid(t, &a))
			ok(tree_try(&other, rows[i].by, &a, 1) == RC_DENIED &&
				same_state(t->d, other.d),
			    "not decided: %s", rows[i].name);
		directory_free(other.d);
		buf_free(&other.file);
		ok(is_void(t, tree_twin(t), rows[i].by, rows[i].make(t)) &&
			is_void(
			    t, twin_reversed(t), rows[i].by, rows[i].make(t)),
		    "void where it is: %s", rows[i].name);
	}
}

/* A batch with one such act is not decided at all. */
static void
all_or_nothing(struct tree *t)
{
	struct directory *before = tree_twin(t);
	struct act acts[3] = { act_holder(t, A, ACT_DESK, "mot"),
		desk_of_sibling(t), act_holder(t, A, ACT_DESK, "hai") };

	ok(tree_try(t, A, acts, 3) == RC_DENIED && same_state(t->d, before),
	    "one void act among three, and nothing is decided");
	directory_free(before);
}

/* What an authority knows nothing of, it does not decide about. */
static void
nobody_known(struct tree *t)
{
	struct act a = act_holder(t, NEW, ACT_DESK, "van-thu");
	struct tree other = *t;

	other.d = tree_twin(t);
	other.file = (struct buf){ 0 };
	ok(tree_try(&other, A, &a, 1) != RC_OK,
	    "not decided: a desk of a unit that nobody knows");
	a = act_close(t, NEW, NULL);
	ok(tree_try(&other, A, &a, 1) != RC_OK,
	    "not decided: the end of a unit that nobody knows");
	a = act_move(t, A2, NEW, NULL);
	ok(tree_try(&other, A, &a, 1) != RC_OK,
	    "not decided: a move to a unit that nobody knows");
	directory_free(other.d);
	buf_free(&other.file);
}

int
main(void)
{
	struct tree t;

	fixture(&t);
	is(t.d->state.alarm_count, 0, "what is in order raises no alarm");
	no_such_act_counts(&t);
	all_or_nothing(&t);
	nobody_known(&t);
	tree_end(&t);
	return done();
}
