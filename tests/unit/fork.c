/* SPDX-License-Identifier: EUPL-1.2 */
/* Forks (docs/directory.md 7): kept as proof, passed on, and not to be faked.
 */
#include "dump.h"

enum { A = 1, B, A1, B1 };

static void
fixture(struct tree *t)
{
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
	(void)tree_desk(t, A1, A1, "van-thu");
	(void)tree_desk(t, B1, B1, "van-thu");
	t->now += TIME_DAY;
}

/* A file of a log that says something else than the tree's own. */
static struct buf
other_view(struct tree *t, unsigned by, const char *id, size_t acts)
{
	struct directory *d = tree_twin(t);
	struct act a[3];
	struct buf file;
	size_t i;

	for (i = 0; i < acts; i++) {
		a[i] = act_holder(t, by, ACT_DESK, id);
		a[i].id = tree_say(t, "%s-%zu", id, i);
	}
	file = tree_rogue(t, d, by, a, acts);
	directory_free(d);
	return file;
}

/* Who knows one view meets another: nothing of his changes, and he keeps the
 * proof. */
static void
fork_is_kept(struct tree *t, size_t ours, size_t theirs, const char *what)
{
	struct buf one = other_view(t, A, "mot", ours);
	struct buf two = other_view(t, A, "hai", theirs);
	struct directory *d = tree_twin(t), *before = tree_twin(t);
	struct applied did;

	if (tree_apply(t, d, buf_bytes(&one), NULL) != RC_OK ||
	    tree_apply(t, before, buf_bytes(&one), NULL) != RC_OK)
		bug(t->e.text);
	went(tree_apply(t, d, buf_bytes(&two), &did), &t->e,
	    "a fork is no failure: %s", what);
	is(did.forks, 1, "it is counted");
	is(d->fork_count, 1, "and kept");
	is(alarms_of(d, ALARM_FORK), 1, "with an alarm");
	ok(same_things(before, d, false), "what was known stays as it was");
	went(tree_apply(t, d, buf_bytes(&two), &did), &t->e, "met again");
	is(did.forks + d->fork_count, 1, "it is the same fork");
	directory_free(d);
	directory_free(before);
	buf_free(&one);
	buf_free(&two);
}

/* A directory with a fork of this unit's log. */
static struct directory *
forked(struct tree *t, unsigned by)
{
	struct buf one = other_view(t, by, "mot", 2);
	struct buf two = other_view(t, by, "hai", 1);
	struct directory *d = tree_twin(t);

	if (tree_apply(t, d, buf_bytes(&one), NULL) != RC_OK ||
	    tree_apply(t, d, buf_bytes(&two), NULL) != RC_OK ||
	    d->fork_count != 1)
		bug(t->e.text);
	buf_free(&one);
	buf_free(&two);
	return d;
}

static void
proof_travels(struct tree *t)
{
	struct directory *d = forked(t, A), *other = tree_other(t);
	struct directory *third = tree_other(t);
	struct buf file = snapshot_of(d);

	went(tree_apply(t, other, buf_bytes(&file), NULL), &t->e,
	    "a file with a fork's proof is taken over");
	is(alarms_of(other, ALARM_FORK), 1, "the proof raises the alarm there");
	buf_free(&file);
	file = snapshot_of(other);
	went(tree_apply(t, third, buf_bytes(&file), NULL), &t->e,
	    "and is passed on");
	is(third->fork_count, 1, "to a third");
	ok(same_state(d, third), "who knows all that the first knew");
	directory_free(d);
	directory_free(other);
	directory_free(third);
	buf_free(&file);
}

/* The decision that follows a fork can still be made and read. */
static void
life_goes_on(struct tree *t)
{
	struct directory *d = forked(t, A);
	struct tree other = *t;
	struct act a = act_holder(t, B, ACT_DESK, "van-thu");

	other.d = d;
	other.file = (struct buf){ 0 };
	ok(tree_try(&other, B, &a, 1) == RC_OK,
	    "others decide on after a fork");
	a = act_holder(t, A, ACT_DESK, "ba");
	ok(tree_try(&other, A, &a, 1) == RC_OK,
	    "and so does its authority, in the log that is known here");
	is(d->fork_count, 1, "the proof stays");
	buf_free(&other.file);
	directory_free(d);
}

/* ---- where the proof meets less knowledge ---------------------------------
 */

static void
to_those_who_know_less(struct tree *t, unsigned by, const char *whose)
{
	struct directory *d = forked(t, by), *station = tree_other(t);
	const struct directory_for a1 = { .unit = tree_at(t, A1) };
	struct buf file;

	directory_write(&file, t->d, &a1, t->now);
	if (tree_apply(t, station, buf_bytes(&file), NULL) != RC_OK)
		bug(t->e.text);
	buf_free(&file);
	directory_write(&file, d, &a1, t->now);
	went(tree_apply(t, station, buf_bytes(&file), NULL), &t->e,
	    "a fork of %s does not keep a station elsewhere from its file",
	    whose);
	buf_free(&file);
	directory_free(d);
	directory_free(station);
}

/* The authority is revoked since before the fork, as one would. */
static void
after_revocation(struct tree *t)
{
	struct tree other = *t;
	const struct dcert *c = NULL;
	struct directory *fresh = tree_other(t);
	struct buf file;
	struct act a;
	size_t i;

	other.d = forked(t, A);
	other.file = (struct buf){ 0 };
	for (i = 0; i < t->d->state.cert_count; i++)
		if (t->d->state.certs[i].unit == tree_at(t, A))
			c = &t->d->state.certs[i];
	other.now = t->now + TIME_DAY;
	a = act_revoke(&other, c->cert.der, REVOKE_AUTHORITY_COMPROMISE);
	if (!ok(tree_try(&other, ROOT, &a, 1) == RC_OK,
		"an authority that forked its log is revoked"))
		note("%s", other.e.text);
	a.from = other.now;
	a.has |= HAS(F_SINCE);
	a.since = t->now - 3600;
	if (!ok(tree_try(&other, ROOT, &a, 1) == RC_OK,
		"... and not trusted since before the fork"))
		note("%s", other.e.text);
	file = snapshot_of(other.d);
	went(tree_apply(t, fresh, buf_bytes(&file), NULL), &t->e,
	    "the file with revocation and proof is taken over");
	buf_free(&file);
	buf_free(&other.file);
	directory_free(fresh);
	directory_free(other.d);
}

/* ---- proofs that are none -------------------------------------------------
 */

static struct buf
fork_file(struct tree *t, const struct buf *one, const struct buf *two)
{
	const struct bytes files[] = { buf_bytes(one), buf_bytes(two) };
	struct der_wr w = { 0 };
	struct buf out;
	size_t i;

	directory_head(&out, buf_bytes(&t->root));
	der_put_open(&w, DER_CTXC(1)); /* Fork */
	for (i = 0; i < 2; i++) {
		const struct bytes head = der_element(files[i]);

		der_put_raw(&w,
		    bytes_of(files[i].p + head.len, files[i].len - head.len));
	}
	der_put_close(&w);
	buf_add(&out, buf_bytes(&w.out));
	der_wr_free(&w);
	return out;
}

/* The log of this unit as a part alone, from an act on. */
static struct buf
log_file(struct tree *t, struct directory *d, unsigned n, uint64_t from)
{
	const struct id uid = tree_uid(n);
	struct der_wr w = { 0 };
	struct buf out;

	directory_head(&out, buf_bytes(&t->root));
	tree_part(&w, directory_log(d, unit_by_uid(&d->state, &uid)), from);
	buf_add(&out, buf_bytes(&w.out));
	der_wr_free(&w);
	return out;
}

static void
is_no_fork(struct tree *t, struct buf *one, struct buf *two, const char *what)
{
	struct directory *d = tree_twin(t);
	struct buf file = fork_file(t, one, two);
	const enum rc rc = tree_apply(t, d, buf_bytes(&file), NULL);

	ok(rc != RC_OK && d->fork_count == 0 && same_state(d, t->d),
	    "no proof of a fork: %s", what);
	directory_free(d);
	buf_free(&file);
}

/* Both views of A's log that forked() makes, whole. */
static void
views_of(struct tree *t, struct buf *one, struct buf *two)
{
	struct directory *d[2] = { tree_twin(t), tree_twin(t) };
	struct buf files[2] = { other_view(t, A, "mot", 2),
		other_view(t, A, "hai", 1) };
	size_t i;

	for (i = 0; i < 2; i++)
		if (tree_apply(t, d[i], buf_bytes(&files[i]), NULL) != RC_OK)
			bug(t->e.text);
	*one = log_file(t, d[0], A, 0);
	*two = log_file(t, d[1], A, 0);
	for (i = 0; i < 2; i++) {
		buf_free(&files[i]);
		directory_free(d[i]);
	}
}

static void
fakes(struct tree *t)
{
	struct buf one, two, older = log_file(t, t->d, A, 0), other;
	struct directory *d = tree_twin(t);
	struct buf file;

	views_of(t, &one, &two);
	file = fork_file(t, &one, &two);
	went(tree_apply(t, d, buf_bytes(&file), NULL), &t->e,
	    "two views that differ are a proof");
	is(d->fork_count, 1, "which is kept");
	directory_free(d);
	buf_free(&file);
	is_no_fork(t, &one, &one, "twice the same");
	is_no_fork(t, &older, &one, "one that begins with the other");
	is_no_fork(t, &one, &older, "the same, the longer first");
	other = log_file(t, t->d, B, 0);
	is_no_fork(t, &one, &other, "two authorities' logs");
	buf_free(&other);
	other = log_file(t, t->d, A, 1);
	is_no_fork(t, &one, &other, "a part that does not begin at 0");
	buf_free(&other);
	/* a byte of the last signature, within the base64 of the note */
	two.p[two.len - 200] ^= 1;
	is_no_fork(t, &one, &two, "one whose signature does not hold");
	two.p[two.len - 200] ^= 1;
	t->turn[A] = 7; /* somebody else's key */
	other = other_view(t, A, "ba", 1);
	t->turn[A] = 0;
	d = tree_twin(t);
	ok(tree_apply(t, d, buf_bytes(&other), NULL) == RC_DENIED &&
		d->fork_count == 0,
	    "acts that somebody else signed are refused");
	directory_free(d);
	d = forked(t, B);
	ok(tree_apply(t, d, buf_bytes(&other), NULL) == RC_DENIED,
	    "also after another fork");
	directory_free(d);
	buf_free(&other);
	buf_free(&one);
	buf_free(&two);
	buf_free(&older);
}

/* A checkpoint over fewer acts than one before it of an earlier time had: the
 * authority said there were none. */
static void
time_goes_on(struct tree *t)
{
	struct tree other = *t;
	struct buf late;
	struct id uid = tree_uid(A);
	const struct dlog *l;

	other.d = tree_twin(t);
	other.file = (struct buf){ 0 };
	late = other_view(t, A, "mot", 1);
	other.now += 10 * TIME_DAY;
	tree_freshen(&other, A); /* nothing new in ten days */
	(void)tree_apply(&other, other.d, buf_bytes(&late), NULL);
	l = directory_log(other.d, unit_by_uid(&other.d->state, &uid));
	ok(l->known == other.now,
	    "what is longer and older does not make knowledge older");
	buf_free(&late);
	buf_free(&other.file);
	directory_free(other.d);
}

int
main(void)
{
	struct tree t;

	fixture(&t);
	fork_is_kept(&t, 1, 1, "of the same size");
	fork_is_kept(&t, 1, 3, "theirs is longer");
	fork_is_kept(&t, 3, 1, "ours is longer");
	proof_travels(&t);
	life_goes_on(&t);
	to_those_who_know_less(&t, A, "its own province's log");
	to_those_who_know_less(&t, B, "another province's log");
	to_those_who_know_less(&t, B1, "another province's commune's log");
	after_revocation(&t);
	fakes(&t);
	time_goes_on(&t);
	tree_end(&t);
	return done();
}
