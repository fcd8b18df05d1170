/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Directory files (docs/directory.md 5): what is written is read to the same
 * state, whole or in pieces; what knows less is passed over; what is broken is
 * refused whole; one's own file survives where writing stopped.
 */
#include "dump.h"

enum { A = 1, B, A1, A2, B1, B2, A11 };

/* Half of it; then the other half, which a delta brings. */
static void
fixture_begin(struct tree *t)
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
	(void)tree_desk(t, A, A, "van-thu");
	(void)tree_desk(t, B, B, "van-thu");
	t->now += TIME_DAY;
}

static void
fixture_rest(struct tree *t)
{
	struct act a;

	tree_unit(t, A, A2, A, "tua-chua", "xa");
	tree_unit(t, B, B2, B, "sin-ho", "xa");
	(void)tree_desk(t, A1, A1, "van-thu");
	(void)tree_desk(t, B1, B1, "van-thu");
	(void)tree_desk(t, B, B2, "van-thu");
	(void)tree_person(t, A1, A1, "hanh");
	(void)tree_person(t, B1, B1, "lan");
	a = act_role(t, A1, "hanh", ROLE_CLERK, "van-thu");
	tree_do(t, A1, &a);
	a = act_role(t, B1, "lan", ROLE_CLERK, "van-thu");
	tree_do(t, B1, &a);
	tree_unit(t, A1, A11, A1, "ban-1", "ban");
	(void)tree_desk(t, A1, A11, "truong-ban");
	t->now += TIME_DAY;
}

/* ---- the same state -------------------------------------------------------
 */

static uint64_t
size_in(void *ctx, const struct id *log)
{
	struct directory *d = ctx;
	size_t i;

	for (i = 0; i < d->log_count; i++)
		if (id_eq(&d->logs[i].id, log))
			return d->logs[i].log.tree.size;
	return 0;
}

static void
comes_back(struct tree *t, struct directory *half)
{
	struct directory *whole = tree_twin(t), *own = tree_other(t);
	const struct directory_for him = {
		.all = true, .has = size_in, .ctx = half
	};
	struct buf snapshot = snapshot_of(t->d), again, delta;
	struct applied did;

	ok(same_state(t->d, whole), "a snapshot gives the same state");
	again = snapshot_of(whole);
	same(buf_bytes(&again), buf_bytes(&snapshot),
	    "and is written again as it was");
	went(tree_apply(t, own, buf_bytes(&t->file), &did), &t->e,
	    "the file that parts were appended to is read");
	ok(same_state(t->d, own), "it gives the same state");
	went(tree_apply(t, own, buf_bytes(&snapshot), &did), &t->e,
	    "what is known is no failure");
	is(did.acts + did.older + did.forks, 0, "nor news");
	directory_write(&delta, t->d, &him, t->now);
	ok(delta.len < snapshot.len, "a delta is shorter than a snapshot");
	went(tree_apply(t, half, buf_bytes(&delta), &did), &t->e,
	    "a delta is read");
	ok(did.acts > 0 && same_state(t->d, half), "to the same state");
	directory_free(whole);
	directory_free(own);
	buf_free(&snapshot);
	buf_free(&again);
	buf_free(&delta);
}

static void
not_for_him(struct tree *t, const struct buf *old, const struct buf *delta)
{
	struct directory *empty = tree_other(t), *half = tree_other(t);
	struct applied did;
	struct tree other;
	enum rc rc;

	ok(tree_apply(t, empty, buf_bytes(delta), &did) == RC_ABSENT &&
		empty->log_count == 0 && empty->state.unit_count == 0,
	    "a delta is not for who knows nothing");
	tree_begin(&other);
	rc = tree_apply(&other, other.d, buf_bytes(old), &did);
	ok(rc == RC_DENIED, "the directory of another root is refused");
	tree_end(&other);
	directory_free(empty);
	directory_free(half);
}

static void
never_back(struct tree *t, const struct buf *old)
{
	struct directory *d = tree_twin(t);
	struct tree other = tree_with(t, tree_twin(t));
	struct applied did;
	const struct id uid = tree_uid(A);
	struct buf fresh;

	went(tree_apply(t, d, buf_bytes(old), &did), &t->e,
	    "an older snapshot is no failure");
	is(did.older, 2, "each log that has grown since is passed over");
	ok(same_state(t->d, d), "nothing is forgotten");
	other.now += TIME_DAY;
	tree_freshen(&other, A);
	fresh = snapshot_of(other.d);
	went(tree_apply(t, d, buf_bytes(&fresh), &did), &t->e,
	    "a newer checkpoint of the same acts is taken");
	is((uint64_t)knowledge_of(d, unit_by_uid(&d->state, &uid), t->now),
	    (uint64_t)d->logs[0].note.checkpoint.at,
	    "knowledge is as old as the oldest above");
	is((uint64_t)directory_log(d, unit_by_uid(&d->state, &uid))
		->note.checkpoint.at,
	    (uint64_t)other.now, "its log's is the newer one");
	buf_free(&fresh);
	fresh = snapshot_of(t->d);
	went(tree_apply(t, d, buf_bytes(&fresh), &did), &t->e,
	    "the older checkpoint comes again");
	is((uint64_t)directory_log(d, unit_by_uid(&d->state, &uid))
		->note.checkpoint.at,
	    (uint64_t)other.now, "and is passed over");
	buf_free(&fresh);
	buf_free(&other.file);
	directory_free(other.d);
	directory_free(d);
}

/* ---- broken files ---------------------------------------------------------
 */

/* Nothing of it is taken; what was known is byte for byte what it was. */
static bool
is_refused(struct tree *t, struct directory *d, struct bytes file,
    const struct buf *before)
{
	struct applied did = { 0 };
	struct buf now;
	bool good;

	if (tree_apply(t, d, file, &did) == RC_OK)
		return false;
	now = snapshot_of(d);
	good = bytes_eq(buf_bytes(&now), buf_bytes(before)) &&
	       did.acts + did.forks + did.older == 0;
	buf_free(&now);
	return good;
}

static void
flipped_bits(struct tree *t, struct directory *half, const struct buf *file)
{
	struct buf copy = { 0 }, before = snapshot_of(half);
	struct buf dump = dump_of(half, true), after;
	size_t i, taken = 0, tried = 0;
	struct directory *d = half;

	buf_add(&copy, buf_bytes(file));
	for (i = 0; i < copy.len; i += 37, tried++) {
		copy.p[i] ^= (uint8_t)(1u << i % 8);
		if (!is_refused(t, d, buf_bytes(&copy), &before)) {
			if (taken++ == 0)
				note("at byte %zu of %zu", i, copy.len);
			directory_free(d);
			d = tree_other(t);
			if (tree_apply(t, d, buf_bytes(&before), NULL) != RC_OK)
				bug(t->e.text);
		}
		copy.p[i] ^= (uint8_t)(1u << i % 8);
	}
	is(taken, 0, "%zu flipped bits, and each file is refused whole", tried);
	after = dump_of(d, true);
	same(buf_bytes(&after), buf_bytes(&dump), "the state is what it was");
	if (d != half)
		directory_free(d);
	buf_free(&after);
	buf_free(&dump);
	buf_free(&copy);
	buf_free(&before);
}

static void
cut_files(struct tree *t, struct directory *half, const struct buf *file)
{
	struct bytes rest = buf_bytes(file), element;
	struct buf before = snapshot_of(half);
	size_t end = 0, refused = 0, wanted = 0, ends = 0, bad = 0;
	struct directory *d;

	while ((element = der_element(rest)).len > 0) {
		const size_t cuts[] = { end + 1, end + 2, end + 5,
			end + element.len / 2, end + element.len - 1 };
		size_t i;

		for (i = 0; i < COUNT(cuts); i++, wanted++)
			refused += is_refused(
			    t, half, bytes_of(file->p, cuts[i]), &before);
		end += element.len;
		rest = bytes_of(file->p + end, file->len - end);
		/* what is whole so far is a file */
		ends++;
		d = tree_other(t);
		bad += tree_apply(t, d, buf_bytes(&before), NULL) != RC_OK ||
		       tree_apply(t, d, bytes_of(file->p, end), NULL) != RC_OK;
		directory_free(d);
	}
	is(refused, wanted, "%zu pieces of elements, each refused whole",
	    wanted);
	is(bad, 0, "%zu files that end where an element does are taken", ends);
	buf_free(&before);
}

/* ---- one's own file, with marks -------------------------------------------
 */

/* Wherever writing stopped, what was marked is known and can be read. */
static void
stopped_anywhere(struct tree *t)
{
	struct bytes rest = buf_bytes(&t->file), element;
	size_t end = 0, marked = 0, wrong = 0, tried = 0, unread = 0, i;
	struct directory *d;

	for (; (element = der_element(rest)).len > 0; end += element.len) {
		const size_t cuts[] = { end, end + 1, end + 3,
			end + element.len / 2, end + element.len - 1 };

		for (i = 0; i < COUNT(cuts); i++, tried++)
			wrong += directory_whole(
				     bytes_of(t->file.p, cuts[i])) != marked;
		if (element.p[0] == DER_CTX(0))
			marked = end + element.len;
		rest = bytes_of(rest.p + element.len, rest.len - element.len);
	}
	is(wrong, 0, "stopped at %zu places, what was marked is known", tried);
	is(marked, t->file.len, "a whole file is whole to its end");
	for (i = 0; i < t->file.len; i += t->file.len / 7) {
		d = tree_other(t);
		unread += tree_apply(t, d,
			      bytes_of(t->file.p,
				  directory_whole(bytes_of(t->file.p, i))),
			      NULL) != RC_OK &&
			  i > 8000;
		directory_free(d);
	}
	is(unread, 0, "and can be read");
}

/* What a disk may leave behind what was marked last. */
static void
torn_ends(struct tree *t)
{
	static const uint8_t zeros[4096];
	const size_t whole = t->file.len;
	struct buf torn = { 0 }, mark;
	const struct bytes part = der_element(buf_bytes(&t->file));

	buf_add(&torn, buf_bytes(&t->file));
	buf_add(&torn, bytes_of(zeros, sizeof(zeros)));
	is(directory_whole(buf_bytes(&torn)), whole, "zeros are no mark");
	torn.len = whole;
	buf_add(&torn, part);
	is(directory_whole(buf_bytes(&torn)), whole,
	    "what was written and not marked does not count");
	directory_mark(&mark, part, torn.len);
	memset(mark.p + 2, 0, mark.len - 2);
	buf_add(&torn, buf_bytes(&mark));
	buf_free(&mark);
	is(directory_whole(buf_bytes(&torn)), whole,
	    "nor does a mark of which a sector is missing");
	/* what others decide may hold any bytes */
	torn.len = whole;
	buf_add(&torn, bytes_of("\x30\x82\x40\x00\x04\x82\x3f\x00", 8));
	directory_mark(&mark, part, whole + part.len);
	buf_add(&torn, buf_bytes(&mark));
	is(directory_whole(buf_bytes(&torn)), whole,
	    "nor does what looks like one in a piece that was not marked");
	buf_free(&mark);
	buf_free(&torn);
	is(directory_whole((struct bytes){ 0 }), 0, "of nothing, nothing");
}

/* A disk that has changed what was marked. */
static void
damaged(struct tree *t)
{
	struct directory *d = tree_twin(t);
	struct buf copy = { 0 }, before = snapshot_of(d);
	size_t i, taken = 0, tried = 0;

	buf_add(&copy, buf_bytes(&t->file));
	for (i = 0; i < copy.len; i += 1009, tried++) {
		copy.p[i] ^= 1;
		taken += !is_refused(t, d, buf_bytes(&copy), &before);
		copy.p[i] ^= 1;
	}
	is(taken, 0, "%zu damages to one's own file, each noticed", tried);
	buf_free(&copy);
	buf_free(&before);
	directory_free(d);
}

static void
other_files(struct tree *t, struct directory *half, const struct buf *file)
{
	struct buf before = snapshot_of(half), out = { 0 };
	const struct bytes head = der_element(buf_bytes(file));
	struct bytes root;

	ok(is_refused(t, half, (struct bytes){ 0 }, &before),
	    "nothing is no directory");
	ok(is_refused(t, half,
	       bytes_of(file->p + head.len, file->len - head.len), &before),
	    "nor are parts without a head");
	went(tree_apply(t, half, head, NULL), &t->e, "a head alone is one");
	buf_add(&out, head);
	buf_add(&out, head);
	ok(is_refused(t, half, buf_bytes(&out), &before), "two heads are none");
	buf_free(&out);
	buf_add(&out, buf_bytes(file));
	buf_u8(&out, 0);
	ok(is_refused(t, half, buf_bytes(&out), &before),
	    "a byte behind the last part is one too many");
	ok(directory_root(&root, buf_bytes(file), &t->e) == RC_OK &&
		bytes_eq(root, buf_bytes(&t->root)),
	    "a file says whose directory it is");
	buf_free(&out);
	buf_free(&before);
}

/* Parts in any order: nothing says that the root's is the first. */
static void
any_order(struct tree *t)
{
	struct directory *d = tree_other(t);
	struct der_wr w = { 0 };
	struct buf file;
	size_t i;

	directory_head(&file, buf_bytes(&t->root));
	for (i = t->d->log_count; i-- > 0;)
		tree_part(&w, &t->d->logs[i], 0);
	buf_add(&file, buf_bytes(&w.out));
	der_wr_free(&w);
	went(tree_apply(t, d, buf_bytes(&file), NULL), &t->e,
	    "the logs may come in another order");
	ok(same_state(t->d, d), "and say the same");
	directory_free(d);
	buf_free(&file);
}

/* ---- deciding -------------------------------------------------------------
 */

static void
who_may_decide(struct tree *t)
{
	struct tree other = tree_with(t, tree_twin(t));
	struct act a = act_holder(t, A, ACT_DESK, "mot");
	struct buf part;

	ok(directory_decide(other.d, &part, tree_at(t, A), &a, 1,
	       tree_authority_key(t, B), t->now, &t->e) == RC_DENIED &&
		part.p == NULL,
	    "nobody decides with another's key");
	ok(directory_decide(other.d, &part, tree_at(t, A2), &a, 1,
	       tree_authority_key(t, A2), t->now, &t->e) == RC_DENIED,
	    "nor a unit whose authority has no certificate");
	ok(directory_decide(other.d, &part, tree_at(t, A2), NULL, 0,
	       tree_authority_key(t, A2), t->now, &t->e) == RC_INVALID,
	    "a log does not begin empty");
	a.from = t->now - 32 * TIME_DAY;
	ok(directory_decide(other.d, &part, tree_at(t, A), &a, 1,
	       tree_authority_key(t, A), t->now, &t->e) == RC_INVALID,
	    "nobody decides for over a month ago");
	a.from = t->now;
	a.name = (struct bytes){ 0 };
	ok(directory_decide(other.d, &part, tree_at(t, A), &a, 1,
	       tree_authority_key(t, A), t->now, &t->e) == RC_INVALID,
	    "a name is not empty");
	ok(same_state(other.d, t->d), "and nothing has changed");
	a = act_holder(t, A, ACT_DESK, "hai");
	went(directory_decide(other.d, &part, tree_at(t, A), &a, 1,
		 tree_authority_key(t, A), t->now - TIME_DAY * 2, &t->e),
	    &t->e, "a clock that ran back does not matter");
	ok(a.at >= BEGIN + 2 * TIME_DAY, "time does not run back in a log");
	buf_free(&part);
	directory_free(other.d);
}

int
main(void)
{
	struct directory *half;
	struct buf before, delta;
	struct directory_for him = { .all = true, .has = size_in };
	struct tree t;

	fixture_begin(&t);
	half = tree_twin(&t);
	before = snapshot_of(t.d);
	fixture_rest(&t);
	him.ctx = half;
	directory_write(&delta, t.d, &him, t.now);
	not_for_him(&t, &before, &delta);
	never_back(&t, &before);
	flipped_bits(&t, half, &delta);
	cut_files(&t, half, &delta);
	stopped_anywhere(&t);
	torn_ends(&t);
	damaged(&t);
	other_files(&t, half, &delta);
	comes_back(&t, half);
	any_order(&t);
	who_may_decide(&t);
	directory_free(half);
	buf_free(&before);
	buf_free(&delta);
	tree_end(&t);
	return done();
}
