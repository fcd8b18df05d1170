/* SPDX-License-Identifier: EUPL-1.2 */
/* Further copies, and what goes (contract.h; docs/station.md 4.7, 4.9). */
#include "contract.h"

/* ---- further copies ---------------------------------------------------- */

/* A further copy of a dispatch, of bytes of its own. */
static struct stored
copied(struct world *w, uint64_t n, uint64_t seed, size_t size)
{
	struct buf p = bytes_made(seed, size);
	struct stored d = stored_made(1, &p);

	d.n = n;
	must(w->ops->copy(w->s, &d,
		 size > STORE_INLINE ? (struct bytes){ 0 } : buf_bytes(&p),
		 &w->e),
	    &w->e);
	buf_free(&p);
	return d;
}

static bool
has(struct world *w, uint64_t n, const char *address)
{
	bool yes;

	must(w->ops->has(w->s, n, bytes_str(address), &yes, &w->e), &w->e);
	return yes;
}

/* What of a copy is its own, and what is the dispatch's. */
static void
copy_is(struct world *w, const struct stored *first, const struct stored *d,
    uint64_t seed, const char *what)
{
	struct buf want = bytes_made(seed, (size_t)d->total), got;
	struct stored all = *first, s;

	must(w->ops->get(w->s, d->n, d->copy, &s, &w->e), &w->e);
	all.copy = d->copy;
	all.envelope = d->envelope;
	all.total = d->total;
	memcpy(all.sum, d->sum, SHA256_SIZE);
	stored_is(&s, &all, what);
	is(s.copy, d->copy, "%s, by its number", what);
	must(w->ops->package(w->s, d->n, d->copy, &got, &w->e), &w->e);
	same(buf_bytes(&got), buf_bytes(&want), "%s, and its package", what);
	buf_free(&want);
	buf_free(&got);
}

static void
a_further_copy_has_its_own_package(struct world *w)
{
	const struct dest x = dest_made("antin://x/van-thu"),
			  y = dest_made("antin://y/van-thu");
	struct stored first, second, third, got;
	struct leg leg = { .hop = bytes_str("h"), .due = TIME_NEVER };
	struct dest both[2] = { dest_made("antin://a/x"),
		dest_made("antin://b/x") };
	struct dests all = { 0 };
	struct delivery v;
	struct buf p = bytes_made(1, SMALL);
	uint64_t q[2];

	world_do(w);
	must(try_put(w, 1, &first), &w->e);
	(void)put(w, 2);
	is(first.copy, 0, "the first copy has the number 0");
	leg.n = first.n;
	must(w->ops->send(w->s, &leg, both, 1, &q[0], &w->e), &w->e);
	must(w->ops->deliver(w->s, first.n, 0, &x, 1, &w->e), &w->e);
	second = copied(w, first.n, 77, SMALL + 9);
	third = copied(w, first.n, 78, 0);
	ok(second.copy > 0 && third.copy > second.copy, "numbers grow");
	leg.copy = second.copy;
	must(w->ops->send(w->s, &leg, both, 2, &q[1], &w->e), &w->e);
	is(w->ops->deliver(w->s, first.n, second.copy, &x, 2, &w->e), RC_EXISTS,
	    "what came by one copy does not come by another");
	must(w->ops->deliver(w->s, first.n, second.copy, &y, 2, &w->e), &w->e);
	world_done(w);
	world_again(w);

	copy_is(w, &first, &first, 1, "the first copy is as it was");
	copy_is(w, &first, &second, 77, "a further one is the same dispatch");
	copy_is(w, &first, &third, 78, "a third too, and of no bytes");
	must(w->ops->find(w->s, &first.header.id, &got, &w->e), &w->e);
	ok(got.n == first.n && got.copy == 0 && got.total == SMALL,
	    "find() gives the first");
	ok(has(w, first.n, "antin://a/x") && has(w, first.n, "antin://b/x") &&
		has(w, first.n, "antin://x/van-thu") &&
		has(w, first.n, "antin://y/van-thu"),
	    "the destinations of all copies are the dispatch's");
	ok(!has(w, first.n, "antin://c/x") &&
		!has(w, first.n + 1, "antin://a/x") &&
		!has(w, 99, "antin://a/x"),
	    "and no others, nor another dispatch's");
	must(w->ops->leg_dests(w->s, q[1], add_dest, &all, &w->e), &w->e);
	same(bytes_str(all.text), bytes_str("antin://b/x:1 "),
	    "its leg has only those that the first has not");
	must(w->ops->leg(w->s, q[1], &leg, &w->e), &w->e);
	ok(leg.copy == second.copy && leg.total == SMALL + 9,
	    "and takes the further copy");
	must(w->ops->leg(w->s, q[0], &leg, &w->e), &w->e);
	ok(leg.copy == 0 && leg.total == SMALL, "the first's the first");
	must(w->ops->delivery(w->s, first.n, y.address, &v, &w->e), &w->e);
	is(v.copy, second.copy, "a desk has the copy with its slip");
	must(w->ops->delivery(w->s, first.n, x.address, &v, &w->e), &w->e);
	is(v.copy, 0, "as has the other");

	world_do(w);
	got = second;
	got.n = 99;
	is(w->ops->copy(w->s, &got, buf_bytes(&p), &w->e), RC_INVALID,
	    "a copy of another length is refused");
	got.total = p.len;
	is(w->ops->copy(w->s, &got, buf_bytes(&p), &w->e), RC_ABSENT,
	    "one of nothing too");
	is(w->ops->get(w->s, first.n, 9, &got, &w->e), RC_ABSENT,
	    "a copy that did not come is not there");
	is(try_send_copy(w, first.n, 9, "h", 0, 1, "antin://c/x", q), RC_ABSENT,
	    "nor sent");
	is(w->ops->deliver(w->s, first.n, 9, both, 1, &w->e), RC_EXISTS,
	    "nor delivered, where it has been");
	is(w->ops->deliver(w->s, first.n, 9,
	       &(struct dest){ .address = bytes_str("antin://c/x") }, 1, &w->e),
	    RC_ABSENT, "nor where it has not");
	(void)copied(w, first.n, 5, 10);
	w->ops->rollback(w->s);
	world_again(w);
	is(w->ops->get(w->s, first.n, third.copy + 1, &got, &w->e), RC_ABSENT,
	    "a rollback leaves nothing of one");
	buf_free(&p);
}

/* ---- purging ----------------------------------------------------------- */

static size_t
purge(struct world *w, size_t max, uint8_t first[static SHA256_SIZE])
{
	uint8_t(*sums)[SHA256_SIZE];
	size_t count;

	world_do(w);
	must(w->ops->purge(w->s, max, &sums, &count, &w->e), &w->e);
	if (count > 0)
		memcpy(first, sums[0], SHA256_SIZE);
	free(sums);
	world_done(w);
	world_again(w);
	return count;
}

static bool
gone(struct world *w, uint64_t n)
{
	struct stored d;
	struct buf bytes;
	enum rc rc;

	must(w->ops->get(w->s, n, 0, &d, &w->e), &w->e);
	rc = w->ops->package(w->s, n, 0, &bytes, &w->e);
	buf_free(&bytes);
	if (d.total <= STORE_INLINE && d.gone != (rc == RC_ABSENT))
		bug("gone, and its package is there");
	return d.gone;
}

static void
what_is_needed_stays(struct world *w)
{
	const struct dest x = dest_made("antin://x/van-thu");
	struct buf p = bytes_made(1, 10);
	struct stored d = stored_made(1, &p);
	uint64_t n[6], q[7], none;
	uint8_t sum[SHA256_SIZE];
	size_t i;

	world_do(w);
	d.desk = x.address;
	must(w->ops->put(w->s, &d, buf_bytes(&p), &w->e), &w->e);
	n[0] = d.n; /* sealed here */
	for (i = 1; i < 6; i++)
		n[i] = put(w, i + 1);
	for (i = 0; i < 5; i++)
		q[i] = send_to(w, n[i], "antin://a", 0, TIME_NEVER);
	must(w->ops->deliver(w->s, n[1], 0, &x, 1, &w->e), &w->e);
	q[5] = send_to(w, n[2], "antin://b", 0, TIME_NEVER);
	for (i = 0; i < 3; i++)
		leg_to(w, q[i], LEG_PASSED);
	leg_to(w, q[3], LEG_HELD);
	leg_to(w, q[4], LEG_REFUSED);
	world_done(w);
	world_again(w);
	(void)purge(w, 99, sum);
	ok(!gone(w, n[0]), "what was sealed here stays");
	ok(!gone(w, n[1]), "what lies at a desk stays");
	ok(!gone(w, n[2]), "what is queued on another leg stays");
	ok(!gone(w, n[3]), "what is held stays");
	ok(gone(w, n[4]), "what was only passed on goes");
	ok(!gone(w, n[5]), "what was not yet sent anywhere stays");

	world_do(w);
	is(try_put(w, 5, &d), RC_EXISTS, "its key is known still");
	is(try_send(w, n[4], "antin://b", 0, 1, "antin://b/x", &none),
	    RC_ABSENT, "it goes nowhere any more");
	went(try_send(w, n[4], "antin://b", 0, 1, "antin://a/van-thu", &none),
	    &w->e, "where it has been is no matter");
	is(w->ops->deliver(w->s, n[4], 0, &x, 1, &w->e), RC_ABSENT,
	    "nor does it arrive");
	is(w->ops->leg_set(w->s, q[4], LEG_QUEUED, NULL, 1, &w->e), RC_ABSENT,
	    "nor is it queued again");
	went(w->ops->leg_set(w->s, q[4], LEG_EXPIRED, NULL, 1, &w->e), &w->e,
	    "but what became of it may change");
	leg_to(w, q[5], LEG_EXPIRED);
	leg_to(w, q[3], LEG_QUEUED);
	leg_to(w, q[3], LEG_PASSED);
	leg_to(w, q[3], LEG_QUEUED);
	world_done(w);
	(void)purge(w, 99, sum);
	ok(gone(w, n[2]), "its last leg over it goes");
	ok(!gone(w, n[3]), "one that is queued again stays");
	buf_free(&p);
}

/* What is destroyed goes from wherever it lies, but for what is on its way. */
static void
what_is_burnt_goes(struct world *w)
{
	uint8_t(*sums)[SHA256_SIZE] = NULL;
	const struct dest x = dest_made("antin://x/van-thu");
	uint64_t n[3], q;
	size_t i, count = 0;

	world_do(w);
	for (i = 0; i < 3; i++)
		n[i] = put(w, 31 + i);
	must(w->ops->deliver(w->s, n[0], 0, &x, 1, &w->e), &w->e);
	q = send_to(w, n[1], "antin://a", 0, TIME_NEVER);
	world_done(w);
	world_do(w);
	for (i = 0; i < 2; i++)
		must(w->ops->burn(w->s, n[i], &sums, &count, &w->e), &w->e);
	ok(gone(w, n[0]), "what lies at a desk goes");
	ok(!gone(w, n[1]), "what is on its way stays");
	ok(!gone(w, n[2]), "and so does everything else");
	w->ops->rollback(w->s);
	ok(!gone(w, n[0]), "a rollback brings it back");
	world_do(w);
	leg_to(w, q, LEG_PASSED);
	for (i = 0; i < 2; i++)
		must(w->ops->burn(w->s, n[i], &sums, &count, &w->e), &w->e);
	must(w->ops->burn(w->s, 999, &sums, &count, &w->e), &w->e);
	world_done(w);
	world_again(w);
	ok(gone(w, n[0]) && gone(w, n[1]), "what has gone on goes, too");
	is(count, 0, "no file is named by what was in none");
	free(sums);
}

static void
purging_is_undone_and_bounded(struct world *w)
{
	uint8_t(*sums)[SHA256_SIZE], sum[SHA256_SIZE];
	uint64_t n[3];
	size_t i, count;

	world_do(w);
	for (i = 0; i < 3; i++) {
		n[i] = put(w, i + 1);
		leg_to(w, send_to(w, n[i], "antin://a", 0, 1), LEG_PASSED);
	}
	world_done(w);
	world_do(w);
	must(w->ops->purge(w->s, 9, &sums, &count, &w->e), &w->e);
	free(sums);
	ok(gone(w, n[0]) && gone(w, n[2]), "all go");
	w->ops->rollback(w->s);
	ok(!gone(w, n[0]) && !gone(w, n[2]), "a rollback brings them back");
	(void)purge(w, 0, sum);
	ok(!gone(w, n[0]), "none of none go");
	(void)purge(w, 2, sum);
	ok(gone(w, n[0]) && gone(w, n[1]) && !gone(w, n[2]),
	    "at most so many go, the oldest first");
	(void)purge(w, SIZE_MAX, sum);
	ok(gone(w, n[2]), "then the rest");
}

static void
a_file_goes_with_its_last_dispatch(struct world *w)
{
	struct buf p = bytes_made(7, STORE_INLINE + 1);
	struct stored d;
	uint64_t q[2];
	uint8_t sum[SHA256_SIZE] = { 0 };
	size_t i;

	world_do(w);
	for (i = 0; i < 2; i++) {
		d = stored_made(i + 1, &p);
		must(w->ops->put(w->s, &d, (struct bytes){ 0 }, &w->e), &w->e);
		q[i] = send_to(w, d.n, "antin://a", 0, 1);
	}
	leg_to(w, q[0], LEG_PASSED);
	world_done(w);
	is(purge(w, 9, sum), 0, "a file that another needs does not go");
	ok(w->ops->needs(w->s, d.sum), "it is needed");
	world_do(w);
	leg_to(w, q[1], LEG_PASSED);
	world_done(w);
	is(purge(w, 9, sum), 1, "with the last it goes");
	same(bytes_of(sum, SHA256_SIZE), bytes_of(d.sum, SHA256_SIZE),
	    "by its sum");
	ok(!w->ops->needs(w->s, d.sum), "and nobody needs it");
	buf_free(&p);
}

/* Which copies are gone, as a number in base 2, the first lowest. */
static uint64_t
gone_copies(struct world *w, uint64_t n)
{
	struct stored d;
	struct buf bytes;
	uint64_t copy, all = 0;
	enum rc rc;

	for (copy = 0; w->ops->get(w->s, n, copy, &d, &w->e) == RC_OK; copy++) {
		rc = w->ops->package(w->s, n, copy, &bytes, &w->e);
		buf_free(&bytes);
		if (d.total <= STORE_INLINE && d.gone != (rc == RC_ABSENT))
			bug("gone, and its package is there");
		all |= (uint64_t)d.gone << copy;
	}
	return all;
}

static void
each_copy_is_purged_by_itself(struct world *w)
{
	const struct dest x = dest_made("antin://x/van-thu");
	struct buf p = bytes_made(1, 10);
	struct stored d, large, other;
	uint64_t n, q[2];
	uint8_t(*sums)[SHA256_SIZE], sum[SHA256_SIZE];
	size_t count;

	world_do(w);
	n = put(w, 1);
	leg_to(w, send_to(w, n, "antin://a", 0, 1), LEG_PASSED);
	world_done(w);
	(void)purge(w, 9, sum);
	is(gone_copies(w, n), 1, "a dispatch is purged");
	world_do(w);
	d = copied(w, n, 7, 30);
	is(try_send(w, n, "antin://b", 0, 1, "antin://b/x", q), RC_ABSENT,
	    "a copy that came later does not bring the first one back");
	must(try_send_copy(w, n, d.copy, "antin://b", 0, 1, "antin://b/x", q),
	    &w->e);
	large = copied(w, n, 8, STORE_INLINE + 1);
	must(try_send_copy(
		 w, n, large.copy, "antin://c", 0, 1, "antin://c/x", q + 1),
	    &w->e);
	world_done(w);
	(void)purge(w, 9, sum);
	is(gone_copies(w, n), 1, "one that is to be sent stays");
	ok(w->ops->needs(w->s, large.sum), "its file is needed");
	world_do(w);
	leg_to(w, q[0], LEG_PASSED);
	leg_to(w, q[1], LEG_REFUSED);
	world_done(w);
	is(purge(w, 1, sum), 0, "the older goes first");
	is(gone_copies(w, n), 3, "by itself");
	is(purge(w, 9, sum), 1, "then the other, of a file");
	same(bytes_of(sum, SHA256_SIZE), bytes_of(large.sum, SHA256_SIZE),
	    "of that sum");
	is(gone_copies(w, n), 7, "then all are gone");
	ok(!w->ops->needs(w->s, large.sum), "and the file is not needed");
	world_do(w);
	is(w->ops->leg_set(w->s, q[0], LEG_QUEUED, NULL, 1, &w->e), RC_ABSENT,
	    "a leg of one that is gone is not queued again");
	d = copied(w, n, 9, 10);
	is(d.copy, 3, "no number comes twice");
	must(w->ops->deliver(w->s, n, d.copy, &x, 1, &w->e), &w->e);
	must(try_send_copy(w, n, d.copy, "antin://d", 0, 1, "antin://d/x", q),
	    &w->e);
	leg_to(w, q[0], LEG_PASSED);
	world_done(w);
	(void)purge(w, 9, sum);
	is(gone_copies(w, n), 7, "a copy that lies at a desk stays");

	/* the first lies at a desk, the further ones do not; a shared file */
	world_do(w);
	other = stored_made(2, &p);
	other.desk = x.address;
	must(w->ops->put(w->s, &other, buf_bytes(&p), &w->e), &w->e);
	must(w->ops->deliver(w->s, other.n, 0, &x, 1, &w->e), &w->e);
	large = copied(w, other.n, 8, STORE_INLINE + 1);
	d = copied(w, other.n, 8, STORE_INLINE + 1);
	must(try_send_copy(
		 w, other.n, large.copy, "antin://a", 0, 1, "antin://a/x", q),
	    &w->e);
	must(try_send_copy(
		 w, other.n, d.copy, "antin://b", 0, 1, "antin://b/x", q + 1),
	    &w->e);
	leg_to(w, q[0], LEG_PASSED);
	world_done(w);
	is(purge(w, 9, sum), 0, "a file of two copies stays with one of them");
	is(gone_copies(w, other.n), 2, "whatever the first one does");
	world_do(w);
	leg_to(w, q[1], LEG_PASSED);
	must(w->ops->purge(w->s, 9, &sums, &count, &w->e), &w->e);
	free(sums);
	is(count, 1, "with the last of them it goes");
	w->ops->rollback(w->s);
	is(gone_copies(w, other.n), 2, "a rollback brings one back");
	buf_free(&p);
}

int
main(void)
{
	static void (*const tests[])(struct world * w) = {
		a_further_copy_has_its_own_package,
		what_is_needed_stays,
		what_is_burnt_goes,
		purging_is_undone_and_bounded,
		a_file_goes_with_its_last_dispatch,
		each_copy_is_purged_by_itself,
	};

	return contract(tests, sizeof(tests) / sizeof(*tests));
}
