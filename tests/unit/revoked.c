/* SPDX-License-Identifier: EUPL-1.2 */
/* Revocation (docs/directory.md 6) and other keys in the place of old ones. */
#include "dump.h"

enum { A = 1, B, A1, B1 };

static struct bytes cert_a, desk_a1, desk_b1;

static void
fixture(struct tree *t)
{
	struct act a;

	tree_begin(t);
	t->now += TIME_DAY;
	tree_unit(t, ROOT, A, ROOT, "dien-bien", "tinh");
	tree_unit(t, ROOT, B, ROOT, "lai-chau", "tinh");
	cert_a = tree_authority(t, ROOT, A);
	(void)tree_authority(t, ROOT, B);
	tree_unit(t, A, A1, A, "muong-nhe", "xa");
	tree_unit(t, B, B1, B, "muong-te", "xa");
	(void)tree_authority(t, A, A1);
	(void)tree_authority(t, B, B1);
	a = act_holder(t, A1, ACT_DESK, "co-yeu");
	tree_do(t, A1, &a);
	desk_a1 = tree_desk(t, A, A1, "van-thu");
	desk_b1 = tree_desk(t, B1, B1, "van-thu");
	t->now += TIME_DAY;
}

/* ---- revocation -----------------------------------------------------------
 */

static bool
revoked_by(struct tree *t, unsigned by, struct bytes cert, int64_t since)
{
	struct act a = act_revoke(t, cert, REVOKE_KEY_COMPROMISE);

	if (since != 0) {
		a.has |= HAS(F_SINCE);
		a.since = since;
	}
	if (tree_try(t, by, &a, 1) == RC_OK)
		return true;
	note("%s", t->e.text);
	return false;
}

static void
revocation(struct tree *t)
{
	struct tree x = tree_with(t, tree_twin(t));
	const int64_t then = x.now;

	x.now += 20 * TIME_DAY;
	ok(revoked_by(&x, A1, desk_b1, 0) == false,
	    "nobody revokes a stranger's certificate");
	ok(revoked_by(&x, A, desk_a1, 0), "its issuer revokes a certificate");
	ok(believed(x.d, desk_a1, x.now - 1) && !believed(x.d, desk_a1, x.now),
	    "it ends then");
	ok(revoked_by(&x, ROOT, desk_a1, then + TIME_DAY),
	    "anybody above may do so, for an earlier time");
	ok(believed(x.d, desk_a1, then + TIME_DAY - 1) &&
		!believed(x.d, desk_a1, then + TIME_DAY),
	    "what was signed since is not believed");
	ok(revoked_by(&x, A, desk_a1, then + 5 * TIME_DAY),
	    "a third revocation for a later time");
	ok(!believed(x.d, desk_a1, then + TIME_DAY), "changes nothing");
	tree_without(&x);

	x = tree_with(t, tree_twin(t));
	x.now += 20 * TIME_DAY;
	ok(revoked_by(&x, ROOT, cert_a, 0), "an authority's is revoked");
	ok(believed(x.d, desk_a1, x.now - 1) && !believed(x.d, desk_a1, x.now),
	    "what it issued ends with it");
	ok(believed(x.d, desk_b1, x.now), "what others issued does not");
	tree_without(&x);
}

static void
revoked_first(struct tree *t)
{
	struct tree x = tree_with(t, tree_twin(t));
	const struct bytes cert =
	    tree_sign(&x, A1, tree_request(&x, A1, "co-yeu", CERT_DESK));
	struct act a;

	ok(revoked_by(&x, A, cert, x.now), "a revocation may come first");
	a = act_certify(&x, A1, "co-yeu", cert, (struct bytes){ 0 });
	tree_do(&x, A1, &a);
	ok(!believed(x.d, cert, x.now), "the certificate is then void");
	tree_without(&x);
}

/* Whoever has made a checkpoint since. */
static void
revoked_since_before(struct tree *t)
{
	struct tree x = tree_with(t, tree_twin(t));
	struct directory *fresh, *knows;
	struct buf file;
	const int64_t stolen = x.now;

	x.now += 5 * TIME_DAY;
	tree_freshen(&x, A);
	knows = tree_twin(&x);
	x.now += TIME_DAY;
	ok(revoked_by(&x, ROOT, cert_a, stolen),
	    "an authority's key is revoked since before its last checkpoint");
	ok(!believed(x.d, desk_a1, stolen), "what it issued ends then");
	tree_without(&x);

	/* the root does not know of the checkpoint yet; a station does */
	x = tree_with(t, tree_twin(t));
	x.now += TIME_DAY;
	ok(revoked_by(&x, ROOT, cert_a, 0), "or before one not yet known");
	file = snapshot_of(x.d);
	went(tree_apply(t, knows, buf_bytes(&file), NULL), &t->e,
	    "who had that checkpoint takes the revocation");
	buf_free(&file);
	fresh = tree_other(t);
	file = snapshot_of(knows);
	went(tree_apply(t, fresh, buf_bytes(&file), NULL), &t->e,
	    "and passes it on");
	buf_free(&file);
	directory_free(fresh);
	directory_free(knows);
	tree_without(&x);
}

/* What a thief decides with a stolen key does not keep anybody from its
 * revocation: a unit of his, with a log of its own. */
static void
thief(struct tree *t)
{
	struct tree x = tree_with(t, tree_twin(t));
	struct directory *fresh = tree_other(t);
	const int64_t stolen = x.now;
	struct buf file;
	struct act a;

	x.now += TIME_DAY;
	tree_unit(&x, A, 50, A, "cua-trom", "xa");
	(void)tree_authority(&x, A, 50);
	(void)tree_desk(&x, 50, 50, "van-thu");
	x.now += TIME_DAY;
	(void)tree_desk(&x, B, B, "van-thu");
	(void)tree_desk(&x, B1, B1, "phong");
	a = act_revoke(&x, cert_a, REVOKE_KEY_COMPROMISE);
	a.has |= HAS(F_SINCE);
	a.since = stolen + 3600;
	file = tree_rogue(&x, x.d, ROOT, &a, 1);
	went(tree_apply(&x, x.d, buf_bytes(&file), NULL), &x.e,
	    "a thief's unit with a log of its own is no hindrance to the "
	    "revocation");
	ok(!believed(x.d, desk_a1, x.now), "which counts");
	ok(leads_to(x.d, "antin://muong-te.lai-chau.vn/phong", x.now,
	       "antin://muong-te.lai-chau.vn/phong") &&
		leads_to(x.d, "antin://lai-chau.vn/van-thu", x.now,
		    "antin://lai-chau.vn/van-thu"),
	    "what others decided stays");
	ok(leads_to(x.d, "antin://cua-trom.dien-bien.vn/van-thu", x.now, ""),
	    "what he decided does not");
	buf_free(&file);
	file = snapshot_of(x.d);
	went(tree_apply(t, fresh, buf_bytes(&file), NULL), &t->e,
	    "who comes later takes all that");
	ok(same_state(fresh, x.d), "and believes the same");
	buf_free(&file);
	directory_free(fresh);
	tree_without(&x);
}

/* The same with the end of a unit. */
static void
ended_before(struct tree *t)
{
	struct tree x = tree_with(t, tree_twin(t));
	const unsigned ended[] = { A };
	struct directory *knows;
	struct buf file;
	struct act a;

	x.now += 5 * TIME_DAY;
	tree_freshen(&x, A);
	knows = tree_twin(&x);
	a = act_merge(&x, ended, 1, B);
	a.from = x.now - 3600;
	ok(tree_try(&x, ROOT, &a, 1) == RC_OK,
	    "a unit is merged from an hour before its last checkpoint");
	tree_without(&x);
	x = tree_with(t, tree_twin(t));
	x.now += TIME_DAY;
	a = act_merge(&x, ended, 1, B);
	tree_do(&x, ROOT, &a);
	file = snapshot_of(x.d);
	went(tree_apply(t, knows, buf_bytes(&file), NULL), &t->e,
	    "who had a later checkpoint of a merged unit takes the merge");
	buf_free(&file);
	directory_free(knows);
	tree_without(&x);
}

/* The unit has moved away since; the certificate is still its issuer's. */
static void
revoked_after_a_move(struct tree *t)
{
	struct tree x = tree_with(t, tree_twin(t));
	struct act a = act_move(&x, A1, B, NULL);

	tree_do(&x, ROOT, &a);
	x.now += TIME_DAY;
	ok(revoked_by(&x, A, desk_a1, 0),
	    "an issuer revokes what it issued, though the unit has moved");
	ok(revoked_by(&x, B, desk_a1, 0), "and so does the new superior");
	tree_without(&x);
}

/* ---- other keys -----------------------------------------------------------
 */

static void
desk_rotates(struct tree *t)
{
	struct tree x = tree_with(t, tree_twin(t));
	const int64_t then = x.now;
	struct bytes fresh;
	struct resolved to;
	const struct dcert *kem;

	x.now += TIME_DAY;
	x.turn[A1] = 1;
	fresh = tree_certify(&x, A, A1, "van-thu");
	x.turn[A1] = 0;
	ok(believed(x.d, desk_a1, then) && believed(x.d, desk_a1, x.now) &&
		believed(x.d, fresh, x.now) && !believed(x.d, fresh, then),
	    "a desk's new key counts, the old one runs out");
	ok(resolve_kem(x.d, bytes_str("antin://muong-nhe.dien-bien.vn/van-thu"),
	       LEVEL_MAT, x.now, &kem, &to, &x.e) == RC_OK &&
		bytes_eq(kem->cert.pub,
		    kem_key_pub(tree_key(A1, "van-thu", 1)->kem)),
	    "what is new is sealed for the new one");
	tree_without(&x);
}

static void
authority_rotates(struct tree *t)
{
	struct tree x = tree_with(t, tree_twin(t));
	struct bytes fresh;
	struct directory *twin;
	const int64_t then = x.now;
	struct buf file;

	x.now += TIME_DAY;
	tree_freshen(&x, A); /* under the old key */
	x.turn[A] = 1;
	(void)tree_authority(&x, ROOT, A);
	x.turn[A] = 0;
	x.now += TIME_DAY;
	tree_freshen(&x, A); /* again, while both count */
	x.turn[A] = 1;
	x.now += TIME_DAY;
	fresh = tree_certify(&x, A, A1, "co-yeu");
	ok(believed(x.d, fresh, x.now) && believed(x.d, desk_a1, x.now) &&
		believed(x.d, desk_a1, then),
	    "an authority's new key issues, what the old one issued stays");
	ok(directory_verify(x.d, &x.e) == RC_OK, "all signatures hold");
	twin = tree_twin(&x);
	ok(same_state(twin, x.d), "who comes later knows the same");
	directory_free(twin);
	x.now += TIME_DAY;
	ok(revoked_by(&x, ROOT, cert_a, x.now - TIME_DAY / 2),
	    "the old one is revoked");
	ok(believed(x.d, fresh, x.now) && !believed(x.d, desk_a1, x.now),
	    "it ends, with what it issued; the new one stays");
	twin = tree_other(t);
	file = snapshot_of(x.d);
	went(tree_apply(t, twin, buf_bytes(&file), NULL), &t->e,
	    "who comes later takes that");
	buf_free(&file);
	directory_free(twin);
	tree_without(&x);
}

/* A checkpoint that held under one key is not remembered as another's. */
static void
remembered_as_it_was(struct tree *t)
{
	struct tree x = tree_with(t, tree_twin(t));
	struct directory *twin = tree_other(t);
	struct buf file;
	struct act a;
	enum rc here, there;

	x.now += TIME_DAY;
	x.turn[A] = 1;
	(void)tree_authority(&x, ROOT, A);
	x.turn[A] = 0;
	x.now += TIME_DAY;
	tree_freshen(&x, A); /* by the old key, while both count */
	a = act_revoke(&x, cert_a, REVOKE_KEY_COMPROMISE);
	a.has |= HAS(F_SINCE);
	a.since = x.now - 3600;
	x.now += TIME_DAY;
	file = tree_rogue(&x, x.d, ROOT, &a, 1);
	here = tree_apply(&x, x.d, buf_bytes(&file), NULL);
	if (here != RC_OK) {
		skip("the revocation is refused");
	} else {
		buf_free(&file);
		file = snapshot_of(x.d);
		there = tree_apply(&x, twin, buf_bytes(&file), NULL);
		is(there, here,
		    "who was there and who comes later believe the same");
	}
	buf_free(&file);
	directory_free(twin);
	tree_without(&x);
}

static void
root_rotates(struct tree *t)
{
	struct tree x = tree_with(t, tree_twin(t));
	struct directory *twin;
	struct bytes fresh, newest;
	struct act a;

	x.now += TIME_DAY;
	x.turn[ROOT] = 1;
	newest =
	    tree_sign(&x, ROOT, tree_request(&x, ROOT, NULL, CERT_AUTHORITY));
	x.turn[ROOT] = 0;
	a = act_certify(&x, ROOT, NULL, newest, (struct bytes){ 0 });
	tree_do(&x, ROOT, &a);
	x.turn[ROOT] = 1;
	x.now += TIME_DAY;
	tree_unit(&x, ROOT, 60, ROOT, "son-la", "tinh");
	fresh = tree_authority(&x, ROOT, 60);
	ok(believed(x.d, fresh, x.now) && believed(x.d, cert_a, x.now),
	    "the root's new key issues, what the old one issued stays");
	twin = tree_twin(&x);
	ok(same_state(twin, x.d), "who knows the first root only follows it");
	directory_free(twin);
	ok(!revoked_by(&x, ROOT, newest, 0), "its newest it does not revoke");
	ok(revoked_by(&x, ROOT, buf_bytes(&t->root), 0), "the old one it does");
	ok(!believed(x.d, cert_a, x.now) && believed(x.d, fresh, x.now),
	    "what that issued ends, what the new one issued does not");
	tree_without(&x);
}

int
main(void)
{
	struct tree t;

	fixture(&t);
	revocation(&t);
	revoked_first(&t);
	revoked_since_before(&t);
	thief(&t);
	ended_before(&t);
	revoked_after_a_move(&t);
	desk_rotates(&t);
	authority_rotates(&t);
	remembered_as_it_was(&t);
	root_rotates(&t);
	tree_end(&t);
	return done();
}
