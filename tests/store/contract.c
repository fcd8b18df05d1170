/* SPDX-License-Identifier: EUPL-1.2 */
/* Settings, transactions, dispatches (contract.h). */
#include "contract.h"

/* ---- settings and transactions ----------------------------------------- */

static void
word_is(struct world *w, const char *name, struct bytes want, const char *say)
{
	struct buf got;

	if (w->ops->word(w->s, name, &got, &w->e) == RC_OK)
		same(buf_bytes(&got), want, "%s", say);
	else
		went(w->e.rc, &w->e, "%s", say);
	buf_free(&got);
}

static void
words_are_kept(struct world *w)
{
	static const char *const names[] = { "a", "", "'; DROP TABLE word; --",
		("0123456789012345678901234567890123456789012345678901234567890"
		 "123") };
	struct buf large = bytes_made(1, STORE_VALUE + 1), got;
	struct bytes most = bytes_of(large.p, STORE_VALUE);
	size_t i;

	is(w->ops->word(w->s, "a", &got, &w->e), RC_ABSENT,
	    "a setting that was never set is absent");
	world_do(w);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		must(w->ops->set_word(
			 w->s, names[i], bytes_str(names[i]), &w->e),
		    &w->e);
	world_done(w);
	world_again(w);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		word_is(w, names[i], bytes_str(names[i]), "a setting is kept");
	world_do(w);
	went(w->ops->set_word(w->s, "a", most, &w->e), &w->e,
	    "a setting is set again, as large as it may be");
	is(w->ops->set_word(w->s, "a", buf_bytes(&large), &w->e), RC_LIMIT,
	    "a larger one is refused");
	is(w->ops->set_word(w->s,
	       "01234567890123456789012345678901234567890123456789012345678901"
	       "234",
	       most, &w->e),
	    RC_LIMIT, "and a longer name");
	world_done(w);
	world_again(w);
	word_is(w, "a", most, "the last one counts");
	world_do(w);
	must(w->ops->set_word(w->s, "a", bytes_str("x"), &w->e), &w->e);
	must(w->ops->set_word(w->s, "b", bytes_str("x"), &w->e), &w->e);
	must(w->ops->set_word(w->s, "a", bytes_str("y"), &w->e), &w->e);
	w->ops->rollback(w->s);
	word_is(w, "a", most, "a rollback brings the old one back");
	is(w->ops->word(w->s, "b", &got, &w->e), RC_ABSENT,
	    "and leaves nothing of a new one");
	buf_free(&large);
}

/* ---- dispatches -------------------------------------------------------- */

/* One is put, read back whole, found by its key. */
static void
put_is_kept(
    struct world *w, struct stored *d, struct bytes package, const char *what)
{
	struct stored got;
	struct buf bytes;

	world_do(w);
	if (!went(
		w->ops->put(w->s, d, package, &w->e), &w->e, "%s is put", what))
		return w->ops->rollback(w->s);
	world_done(w);
	world_again(w);
	must(w->ops->get(w->s, d->n, 0, &got, &w->e), &w->e);
	stored_is(&got, d, "it is got as it was put");
	must(w->ops->known(w->s, &d->header, &got, &w->e), &w->e);
	stored_is(&got, d, "and found by its key");
	if (d->total > STORE_INLINE) {
		is(w->ops->package(w->s, d->n, 0, &bytes, &w->e), RC_ABSENT,
		    "its package is not in the database");
		ok(w->ops->needs(w->s, d->sum), "its file is needed");
		return;
	}
	must(w->ops->package(w->s, d->n, 0, &bytes, &w->e), &w->e);
	same(buf_bytes(&bytes), package, "so is its package");
	buf_free(&bytes);
	ok(!w->ops->needs(w->s, d->sum), "no file is needed for it");
}

static void
every_value_is_kept(struct world *w)
{
	struct buf p = bytes_made(7, STORE_INLINE + 1), none = { 0 };
	struct buf address = bytes_made(8, LIMIT_ADDRESS);
	struct stored d = stored_made(900, &p);

	put_is_kept(w, &d, (struct bytes){ 0 }, "one of a file");
	p.len = STORE_INLINE;
	d = stored_made(901, &p);
	put_is_kept(w, &d, buf_bytes(&p), "the largest inline one");
	d = stored_made(902, &none);
	put_is_kept(w, &d, (struct bytes){ 0 }, "one of no bytes");
	d.header.serial = UINT64_MAX;
	d.header.incarnation = UINT64_MAX - 1;
	d.header.expires = TIME_NEVER;
	d.at = INT64_MIN;
	put_is_kept(w, &d, (struct bytes){ 0 }, "one of the highest numbers");
	d.header.origin = d.from = d.desk = buf_bytes(&address);
	put_is_kept(
	    w, &d, (struct bytes){ 0 }, "one of addresses of any bytes");
	d.header.origin = bytes_str("'); DELETE FROM dispatch; --");
	put_is_kept(w, &d, (struct bytes){ 0 }, "one of an SQL text");
	d.header.origin = (struct bytes){ 0 };
	put_is_kept(w, &d, (struct bytes){ 0 }, "one of no origin");
	buf_free(&p);
	buf_free(&address);
}

static void
what_cannot_be_is_refused(struct world *w)
{
	struct buf p = bytes_made(7, SMALL), large = bytes_made(7, 300);
	struct stored d = stored_made(800, &p), good = d;
	struct bytes **field,
	    *fields[] = { &d.header.origin, &d.from, &d.desk, NULL };
	struct stored got;

	world_do(w);
	for (field = fields; *field != NULL; field++) {
		d = good;
		**field = bytes_of(large.p, LIMIT_ADDRESS + 1);
		is(w->ops->put(w->s, &d, buf_bytes(&p), &w->e), RC_LIMIT,
		    "a longer address is refused");
	}
	d = good;
	d.total++;
	is(w->ops->put(w->s, &d, buf_bytes(&p), &w->e), RC_INVALID,
	    "a package of another length is refused");
	d = good;
	d.envelope = d.total + 1;
	is(w->ops->put(w->s, &d, buf_bytes(&p), &w->e), RC_INVALID,
	    "an envelope larger than the package is refused");
	d = good;
	d.total = STORE_INLINE + 1;
	is(w->ops->put(w->s, &d, buf_bytes(&p), &w->e), RC_INVALID,
	    "a large package is not taken inline");
	d.total = STORE_TOTAL + 1;
	is(w->ops->put(w->s, &d, (struct bytes){ 0 }, &w->e), RC_LIMIT,
	    "one beyond all measure is refused");
	d = good;
	d.header.precedence = (enum precedence)PRECEDENCES;
	is(w->ops->put(w->s, &d, buf_bytes(&p), &w->e), RC_INVALID,
	    "an unknown precedence is refused");
	world_done(w);
	is(w->ops->find(w->s, &good.header.id, &got, &w->e), RC_ABSENT,
	    "nothing of them was kept");
	is(w->ops->get(w->s, 0, 0, &got, &w->e), RC_ABSENT, "there is no 0");
	is(w->ops->get(w->s, UINT64_MAX, 0, &got, &w->e), RC_ABSENT,
	    "and no highest number");
	buf_free(&p);
	buf_free(&large);
}

static void
a_key_is_known_for_ever(struct world *w)
{
	struct buf p = bytes_made(1, SMALL), bytes;
	struct stored d, other, got;
	uint64_t n;

	world_do(w);
	n = put(w, 1);
	world_done(w);
	world_again(w);
	world_do(w);
	is(try_put(w, 1, &d), RC_EXISTS, "the same again is known");
	is(d.n, n, "by its number");
	d = stored_made(1, &p);
	d.digest[31] ^= 1;
	is(w->ops->put(w->s, &d, buf_bytes(&p), &w->e), RC_DENIED,
	    "another under its key is refused");
	is(d.n, n, "by its number too");
	is(w->ops->clashes(w->s), 1, "and counted");
	w->ops->rollback(w->s);
	is(w->ops->clashes(w->s), 0, "a rollback takes that back");
	world_do(w);
	is(w->ops->put(w->s, &d, buf_bytes(&p), &w->e), RC_DENIED,
	    "it is refused again");
	world_done(w);
	world_again(w);
	is(w->ops->clashes(w->s), 1, "the count is kept");
	must(w->ops->package(w->s, n, 0, &bytes, &w->e), &w->e);
	same(buf_bytes(&bytes), buf_bytes(&p), "the first one stays");
	buf_free(&bytes);

	world_do(w);
	other = stored_made(1, &p);
	other.header.serial = 77;
	must(w->ops->put(w->s, &other, buf_bytes(&p), &w->e), &w->e);
	ok(other.n > n, "another serial of the same id is another dispatch");
	other.header.incarnation = 2;
	must(w->ops->put(w->s, &other, buf_bytes(&p), &w->e), &w->e);
	other.header.origin = bytes_str("antin://dien-bien.vnx");
	must(w->ops->put(w->s, &other, buf_bytes(&p), &w->e), &w->e);
	world_done(w);
	must(w->ops->find(w->s, &other.header.id, &got, &w->e), &w->e);
	is(got.n, n, "find() gives the first of an id");
	is(other.n, n + 3, "incarnation and origin count too");
	must(w->ops->known(w->s, &other.header, &got, &w->e), &w->e);
	is(got.n, other.n, "known() that of the key");
	other.header.serial += 7;
	is(w->ops->known(w->s, &other.header, &got, &w->e), RC_ABSENT,
	    "and no other of its id");
	buf_free(&p);
}

/* Whoever has seen an id can use it for what is his (docs/station.md 5.5). */
static void
an_id_is_taken_from_nobody(struct world *w)
{
	struct buf p = bytes_made(9, 700);
	const struct bytes mine = bytes_str("antin://muong-nhe.vn/van-thu"),
			   other = bytes_str("antin://muong-nhe.vn/xa"),
			   none = bytes_str("antin://muong-nhe.vn/khong");
	struct stored d[4], got;
	const struct dest to = dest_made("antin://muong-nhe.vn/xa");
	size_t i;

	world_do(w);
	for (i = 0; i < 4; i++) {
		d[i] = stored_made(950, &p);
		d[i].header.serial += i;
		d[i].desk = i == 1 ? mine : (struct bytes){ 0 };
		d[i].from = i == 1 ? (struct bytes){ 0 }
				   : bytes_str("antin://dien-bien.vn");
		must(w->ops->put(w->s, &d[i], buf_bytes(&p), &w->e), &w->e);
		if (i >= 2)
			must(w->ops->deliver(w->s, d[i].n, 0, &to, 1, &w->e),
			    &w->e);
	}
	world_done(w);
	must(w->ops->find(w->s, &d[0].header.id, &got, &w->e), &w->e);
	is(got.n, d[1].n, "of an id that others use, the one sealed here");
	must(w->ops->find_at(w->s, &d[0].header.id, mine, &got, &w->e), &w->e);
	is(got.n, d[1].n, "a desk's is what it sealed");
	must(w->ops->find_at(w->s, &d[0].header.id, other, &got, &w->e), &w->e);
	is(got.n, d[2].n, "or the first that lies there");
	is(w->ops->find_at(w->s, &d[0].header.id, none, &got, &w->e), RC_ABSENT,
	    "another desk has none of it");
	buf_free(&p);
}

static void
a_rollback_leaves_nothing(struct world *w)
{
	struct stored d, got;
	struct leg leg;
	struct list l = { 0 };
	struct dest here = dest_made("antin://muong-nhe.vn/van-thu");
	struct delivery v;
	uint64_t n, before, q;
	struct buf bytes;

	world_do(w);
	before = put(w, 1);
	q = send_to(w, before, "antin://a.vn", 0, TIME_NEVER);
	world_done(w);
	world_do(w);
	n = put(w, 2);
	must(w->ops->deliver(w->s, n, 0, &here, 1, &w->e), &w->e);
	must(w->ops->deliver(w->s, before, 0, &here, 1, &w->e), &w->e);
	(void)send_to(w, n, "antin://a.vn", 0, TIME_NEVER);
	(void)send_to(w, before, "antin://b.vn", 0, TIME_NEVER);
	leg_to(w, q, LEG_PASSED);
	must(w->ops->delivery_set(w->s, n, here.address, DELIVERY_OPENED, 2,
		 bytes_str("r"), &w->e),
	    &w->e);
	w->ops->rollback(w->s);
	is(w->ops->get(w->s, n, 0, &got, &w->e), RC_ABSENT,
	    "nothing of a dispatch is left");
	is(w->ops->package(w->s, n, 0, &bytes, &w->e), RC_ABSENT,
	    "nor of its package");
	is(w->ops->delivery(w->s, before, here.address, &v, &w->e), RC_ABSENT,
	    "nor of a delivery");
	must(w->ops->leg(w->s, q, &leg, &w->e), &w->e);
	is(leg.state, LEG_QUEUED, "a leg is as it was");
	must(w->ops->queue(w->s, bytes_str("antin://a.vn"), 0, INT64_MIN, 0, 9,
		 list_leg, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "the queue too", q);
	l.n = 0;
	must(w->ops->legs(w->s, before, list_leg, &l, &w->e), &w->e);
	LIST_IS(&l, "and the legs", q);
	world_again(w);
	world_do(w);
	is(try_put(w, 2, &d), RC_OK, "the key is free");
	must(w->ops->deliver(w->s, before, 0, &here, 1, &w->e), &w->e);
	ok(send_to(w, before, "antin://b.vn", 0, TIME_NEVER) > q,
	    "so are the destinations");
	world_done(w);
}

int
main(void)
{
	static void (*const tests[])(struct world * w) = {
		words_are_kept,
		every_value_is_kept,
		what_cannot_be_is_refused,
		a_key_is_known_for_ever,
		an_id_is_taken_from_nobody,
		a_rollback_leaves_nothing,
	};

	return contract(tests, sizeof(tests) / sizeof(*tests));
}
