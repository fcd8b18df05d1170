/* SPDX-License-Identifier: EUPL-1.2 */
/* Every backend of the store keeps its contract (src/store/store.h); one that
 * keeps things on disk is opened anew between the steps. */
#include "world.h"

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
		"0123456789012345678901234567890123456789012345678901234567890"
		"123" };
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

static void
stored_is(const struct stored *got, const struct stored *want, const char *name)
{
	bool good =
	    got->n == want->n && id_eq(&got->header.id, &want->header.id) &&
	    bytes_eq(got->header.origin, want->header.origin) &&
	    got->header.incarnation == want->header.incarnation &&
	    got->header.serial == want->header.serial &&
	    got->header.precedence == want->header.precedence &&
	    got->header.expires == want->header.expires &&
	    memcmp(got->digest, want->digest, SHA256_SIZE) == 0 &&
	    bytes_eq(got->from, want->from) &&
	    bytes_eq(got->desk, want->desk) && got->at == want->at &&
	    got->own_clock == want->own_clock &&
	    got->envelope == want->envelope && got->total == want->total &&
	    memcmp(got->sum, want->sum, SHA256_SIZE) == 0 &&
	    got->gone == want->gone;

	ok(good, "%s", name);
}

/* One is put, read back whole, found by its id. */
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
	must(w->ops->find(w->s, &d->header.id, &got, &w->e), &w->e);
	stored_is(&got, d, "and found by its id");
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
	is(got.n, other.n, "find() gives the newest of an id");
	is(got.n, n + 3, "incarnation and origin count too");
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
	must(w->ops->queue(
		 w->s, bytes_str("antin://a.vn"), 0, 0, 9, list_leg, &l, &w->e),
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

/* ---- legs -------------------------------------------------------------- */

struct dests {
	char text[300];
	size_t n;
};

static bool
add_dest(void *ctx, const struct dest *d)
{
	struct dests *all = ctx;
	size_t at = strlen(all->text);

	(void)snprintf(all->text + at, sizeof(all->text) - at, "%.*s:%u ",
	    (int)d->address.len, (const char *)d->address.p, d->tag.b[0]);
	all->n++;
	return true;
}

static void
a_destination_is_gone_to_once(struct world *w)
{
	struct dest d[3] = { dest_made("antin://c"), dest_made("antin://a"),
		dest_made("antin://c") };
	struct leg leg = { .hop = bytes_str("antin://h"),
		.rank = 2,
		.due = 50,
		.state = LEG_HELD,
		.at = 40,
		.total = 1,
		.q = 99 };
	struct dests all = { 0 };
	struct leg got;
	struct list l = { 0 };
	uint64_t n, q, other, none;

	world_do(w);
	leg.n = n = put(w, 1);
	d[0].tag.b[0] = 7;
	must(w->ops->send(w->s, &leg, d, 3, &q, &w->e), &w->e);
	must(w->ops->send(w->s, &leg, d, 2, &none, &w->e), &w->e);
	is(none, 0, "a leg without new destinations is not made");
	must(w->ops->send(w->s, &leg, d, 0, &none, &w->e), &w->e);
	is(none, 0, "nor one of none");
	d[1] = dest_made("antin://b");
	leg.hop = bytes_str("antin://other");
	must(w->ops->send(w->s, &leg, d, 2, &other, &w->e), &w->e);
	ok(other > q, "numbers of legs grow");
	must(w->ops->deliver(w->s, n, 0,
		 &(struct dest){ .address = bytes_str("antin://here") }, 1,
		 &w->e),
	    &w->e);
	d[0] = dest_made("antin://here");
	must(w->ops->send(w->s, &leg, d, 1, &none, &w->e), &w->e);
	is(none, 0, "a desk here is no destination elsewhere");
	d[0] = dest_made("antin://a");
	is(w->ops->deliver(w->s, n, 0, d, 1, &w->e), RC_EXISTS,
	    "nor the other way round");
	world_done(w);
	world_again(w);
	must(w->ops->leg_dests(w->s, q, add_dest, &all, &w->e), &w->e);
	same(bytes_str(all.text), bytes_str("antin://a:1 antin://c:7 "),
	    "a leg has its destinations once each, in their order");
	all = (struct dests){ 0 };
	must(w->ops->leg_dests(w->s, other, add_dest, &all, &w->e), &w->e);
	same(bytes_str(all.text), bytes_str("antin://b:1 "),
	    "another those that were left");
	all = (struct dests){ 0 };
	must(w->ops->leg_dests(w->s, 1000, add_dest, &all, &w->e), &w->e);
	is(all.n, 0, "one that is not there none");
	must(w->ops->leg(w->s, q, &got, &w->e), &w->e);
	ok(got.q == q && got.n == n && got.rank == 2 && got.due == 50 &&
		got.state == LEG_HELD && got.at == 40 && got.total == SMALL &&
		bytes_is(got.hop, "antin://h"),
	    "a leg is as it was made, of its package's size");
	must(w->ops->legs(w->s, n, list_leg, &l, &w->e), &w->e);
	LIST_IS(&l, "a dispatch has both", q, other);
}

static void
legs_that_cannot_be_are_refused(struct world *w)
{
	struct buf large = bytes_made(5, LIMIT_ADDRESS + 1);
	struct dest d = dest_made("antin://a");
	struct leg leg = { .state = LEG_QUEUED, .due = TIME_NEVER }, got;
	struct bytes hop = buf_bytes(&large);
	struct list l = { 0 };
	uint64_t q;

	world_do(w);
	leg.n = 1;
	is(w->ops->send(w->s, &leg, &d, 1, &q, &w->e), RC_ABSENT,
	    "a dispatch that is not there is not sent");
	is(w->ops->deliver(w->s, 1, 0, &d, 1, &w->e), RC_ABSENT,
	    "nor does it arrive");
	leg.n = put(w, 1);
	leg.hop = hop;
	is(w->ops->send(w->s, &leg, &d, 1, &q, &w->e), RC_LIMIT,
	    "a hop is no longer than an address");
	leg.hop = bytes_str("h");
	d.address = hop;
	is(w->ops->send(w->s, &leg, &d, 1, &q, &w->e), RC_LIMIT,
	    "nor a destination");
	is(w->ops->deliver(w->s, 1, 0, &d, 1, &w->e), RC_LIMIT, "nor a desk");
	d.address = (struct bytes){ 0 };
	is(w->ops->send(w->s, &leg, &d, 1, &q, &w->e), RC_INVALID,
	    "nor is one empty");
	d = dest_made("antin://a");
	leg.state = LEG_PASSED;
	is(w->ops->send(w->s, &leg, &d, 1, &q, &w->e), RC_INVALID,
	    "a leg does not begin at its end");
	leg.state = LEG_QUEUED;
	is(w->ops->leg_set(w->s, 1, LEG_PASSED, NULL, 1, &w->e), RC_ABSENT,
	    "one that is not there has no state");
	is(w->ops->leg(w->s, 1, &got, &w->e), RC_ABSENT, "nor anything else");
	must(w->ops->send(w->s, &leg, &d, 1, &q, &w->e), &w->e);
	is(w->ops->leg_set(w->s, q, (enum leg_state)LEG_STATES, NULL, 1, &w->e),
	    RC_INVALID, "there is no sixth state");
	is(w->ops->leg_set(w->s, q, LEG_QUEUED, &hop, 1, &w->e), RC_LIMIT,
	    "a new hop is no longer either");
	world_done(w);
	must(w->ops->waiting(w->s, 0, 9, list_leg, &l, &w->e), &w->e);
	LIST_IS(&l, "what was refused is not there", q);
	buf_free(&large);
}

static void
the_queue_is_in_order(struct world *w)
{
	const struct bytes a = bytes_str("antin://a"),
			   b = bytes_str("antin://b");
	uint64_t n[7], q[7];
	struct list l = { 0 };
	struct leg leg;
	size_t i;

	static const struct {
		const char *hop;
		unsigned rank;
		int64_t due;
	} sent[] = { { "antin://a", 1, TIME_NEVER }, { "antin://a", 1, 500 },
		{ "antin://a", 1, 100 }, { "antin://b", 1, 1 },
		{ "antin://a", 2, 1 }, { "antin://a", 1, 100 },
		{ "antin://a", 1, -5 } };
	world_do(w);
	for (i = 0; i < 7; i++) {
		n[i] = put(w, i + 1);
		q[i] = send_to(w, n[i], sent[i].hop, sent[i].rank, sent[i].due);
	}
	world_done(w);
	world_again(w);
	must(w->ops->queue(w->s, a, 1, 0, 99, list_leg, &l, &w->e), &w->e);
	LIST_IS(&l, "due first, then number; never due last", q[6], q[2], q[5],
	    q[1], q[0]);
	l = (struct list){ 0 };
	must(w->ops->queue(w->s, a, 1, q[2], 99, list_leg, &l, &w->e), &w->e);
	LIST_IS(&l, "after a number: those that came later, in that order",
	    q[6], q[5]);
	l = (struct list){ 0 };
	must(w->ops->queue(w->s, a, 1, 0, 2, list_leg, &l, &w->e), &w->e);
	LIST_IS(&l, "at most so many", q[6], q[2]);
	l = (struct list){ .stop = 1 };
	must(w->ops->queue(w->s, a, 1, 0, 99, list_leg, &l, &w->e), &w->e);
	LIST_IS(&l, "until it is told to stop", q[6]);
	l = (struct list){ 0 };
	must(
	    w->ops->queue(w->s, a, 2, 0, SIZE_MAX, list_leg, &l, &w->e), &w->e);
	must(
	    w->ops->queue(w->s, b, 1, 0, SIZE_MAX, list_leg, &l, &w->e), &w->e);
	must(w->ops->queue(w->s, b, 2, 0, 99, list_leg, &l, &w->e), &w->e);
	must(w->ops->queue(w->s, b, 1, UINT64_MAX, 99, list_leg, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "each rank and hop by itself", q[4], q[3]);

	world_do(w);
	leg_to(w, q[6], LEG_PASSED);
	leg_to(w, q[2], LEG_REFUSED);
	leg_to(w, q[5], LEG_EXPIRED);
	leg_to(w, q[1], LEG_HELD);
	world_done(w);
	world_again(w);
	l = (struct list){ 0 };
	must(w->ops->queue(w->s, a, 1, 0, 99, list_leg, &l, &w->e), &w->e);
	LIST_IS(&l, "what is over or held is not queued", q[0]);
	l = (struct list){ 0 };
	must(w->ops->waiting(w->s, 0, 99, list_leg, &l, &w->e), &w->e);
	LIST_IS(&l, "queued and held ones wait", q[0], q[1], q[3], q[4]);
	l = (struct list){ 0 };
	must(w->ops->waiting(w->s, q[0], 2, list_leg, &l, &w->e), &w->e);
	must(w->ops->waiting(w->s, UINT64_MAX, 2, list_leg, &l, &w->e), &w->e);
	LIST_IS(&l, "after a number, at most so many", q[1], q[3]);

	world_do(w);
	must(w->ops->leg_set(w->s, q[1], LEG_QUEUED, &b, 7777, &w->e), &w->e);
	must(w->ops->leg_set(w->s, q[6], LEG_QUEUED, NULL, 8888, &w->e), &w->e);
	/* what the store lent may be handed back to it */
	must(w->ops->leg(w->s, q[1], &leg, &w->e), &w->e);
	must(
	    w->ops->leg_set(w->s, q[0], LEG_QUEUED, &leg.hop, 9, &w->e), &w->e);
	world_done(w);
	world_again(w);
	must(w->ops->leg(w->s, q[1], &leg, &w->e), &w->e);
	ok(leg.state == LEG_QUEUED && leg.at == 7777 && bytes_eq(leg.hop, b),
	    "a held one goes another way");
	l = (struct list){ 0 };
	must(w->ops->queue(w->s, b, 1, 0, 99, list_leg, &l, &w->e), &w->e);
	LIST_IS(&l, "and is queued there", q[3], q[1], q[0]);
	l = (struct list){ 0 };
	must(w->ops->queue(w->s, a, 1, 0, 99, list_leg, &l, &w->e), &w->e);
	LIST_IS(&l, "one comes back into its queue", q[6]);
}

static bool
add_hop(void *ctx, const struct hop_count *h)
{
	struct dests *all = ctx;
	size_t at = strlen(all->text);

	(void)snprintf(all->text + at, sizeof(all->text) - at,
	    "%.*s %llu %llu %lld %u; ", (int)h->hop.len, (const char *)h->hop.p,
	    (unsigned long long)h->queued, (unsigned long long)h->bytes,
	    (long long)h->oldest, h->rank);
	return true;
}

static void
hops_are_counted(struct world *w)
{
	struct dests all = { 0 };
	uint64_t q[4];
	size_t i;

	must(w->ops->hops(w->s, add_hop, &all, &w->e), &w->e);
	same(bytes_str(all.text), bytes_str(""), "nothing waits at first");
	world_do(w);
	for (i = 0; i < 4; i++)
		q[i] = send_to(w, put(w, i + 1), i < 3 ? "b" : "a", (unsigned)i,
		    TIME_NEVER);
	must(w->ops->leg_set(w->s, q[0], LEG_QUEUED, NULL, 5, &w->e), &w->e);
	world_done(w);
	world_again(w);
	must(w->ops->hops(w->s, add_hop, &all, &w->e), &w->e);
	same(bytes_str(all.text),
	    bytes_str("a 1 700 1790000000 3; b 3 2100 5 2; "),
	    "each hop has its count, bytes, oldest and highest rank");
	world_do(w);
	leg_to(w, q[0], LEG_PASSED);
	leg_to(w, q[2], LEG_HELD);
	leg_to(w, q[3], LEG_EXPIRED);
	world_done(w);
	all = (struct dests){ 0 };
	must(w->ops->hops(w->s, add_hop, &all, &w->e), &w->e);
	same(bytes_str(all.text), bytes_str("b 1 700 1790000000 1; "),
	    "of what is queued only");
}

/* ---- desks ------------------------------------------------------------- */

static void
states_succeed_each_other(struct world *w)
{
	static const bool may[DELIVERY_STATES][DELIVERY_STATES] = {
		{ true, true, true, true },
		{ false, true, true, true },
		{ false, false, true, false },
		{ false, false, false, true },
	};
	const struct dest d = dest_made("antin://x/van-thu");
	struct delivery v;
	unsigned from, to;
	uint64_t n;
	enum rc rc;
	bool good = true;

	for (from = 0; from < DELIVERY_STATES; from++)
		for (to = 0; to < DELIVERY_STATES; to++) {
			world_do(w);
			n = put(w, 100 + 10 * from + to);
			must(w->ops->deliver(w->s, n, 0, &d, 1, &w->e), &w->e);
			must(w->ops->delivery_set(w->s, n, d.address,
				 (enum delivery_state)from, 2, bytes_str("one"),
				 &w->e),
			    &w->e);
			rc = w->ops->delivery_set(w->s, n, d.address,
			    (enum delivery_state)to, 3, bytes_str("two"),
			    &w->e);
			world_done(w);
			must(w->ops->delivery(w->s, n, d.address, &v, &w->e),
			    &w->e);
			good &= rc == (may[from][to] ? RC_OK : RC_DENIED);
			good &= v.arrived == 1;
			if (may[from][to] && from != to)
				good &= v.state == to && v.at == 3 &&
					bytes_is(v.reason, "two");
			else
				good &=
				    v.state == from &&
				    v.at == (from == 0 ? 1 : 2) &&
				    bytes_is(v.reason, from == 0 ? "" : "one");
		}
	ok(good, "each state follows those it may and no other, and the same "
		 "again changes nothing");
}

static void
a_delivery_is_kept(struct world *w)
{
	struct buf reason = bytes_made(3, STORE_REASON + 1);
	struct dest d = dest_made("antin://x/van-thu");
	struct bytes most = bytes_of(reason.p, STORE_REASON);
	struct delivery v;
	uint64_t n;

	d.tag.b[7] = 255;
	world_do(w);
	n = put(w, 1);
	is(w->ops->delivery(w->s, n, d.address, &v, &w->e), RC_ABSENT,
	    "at first it is at no desk");
	must(w->ops->deliver(w->s, n, 0, &d, 5, &w->e), &w->e);
	is(w->ops->deliver(w->s, n, 0, &d, 6, &w->e), RC_EXISTS,
	    "it arrives once");
	world_done(w);
	world_again(w);
	must(w->ops->delivery(w->s, n, d.address, &v, &w->e), &w->e);
	ok(v.n == n && v.state == DELIVERY_ARRIVED && v.at == 5 &&
		v.arrived == 5 && v.reason.len == 0 &&
		bytes_eq(v.desk, d.address) &&
		memcmp(&v.tag, &d.tag, sizeof(v.tag)) == 0,
	    "and is as it arrived");
	world_do(w);
	is(w->ops->delivery_set(w->s, n, d.address, DELIVERY_REFUSED, 7,
	       buf_bytes(&reason), &w->e),
	    RC_LIMIT, "a reason is not longer than it may");
	is(w->ops->delivery_set(w->s, n, d.address,
	       (enum delivery_state)DELIVERY_STATES, 7, most, &w->e),
	    RC_INVALID, "there is no fifth state");
	is(w->ops->delivery_set(w->s, n, bytes_str("antin://x/van-th"),
	       DELIVERY_REFUSED, 7, most, &w->e),
	    RC_ABSENT, "another desk has it not");
	is(w->ops->delivery_set(
	       w->s, n + 1, d.address, DELIVERY_REFUSED, 7, most, &w->e),
	    RC_ABSENT, "nor has this one another");
	must(w->ops->delivery_set(
		 w->s, n, d.address, DELIVERY_REFUSED, 7, most, &w->e),
	    &w->e);
	world_done(w);
	world_again(w);
	must(w->ops->delivery(w->s, n, d.address, &v, &w->e), &w->e);
	same(v.reason, most, "the reason of a refusal is kept");
	ok(v.state == DELIVERY_REFUSED && v.at == 7 && v.arrived == 5,
	    "with its time");
	buf_free(&reason);
}

static void
boxes_list_the_newest_first(struct world *w)
{
	const struct dest x = dest_made("antin://x/van-thu"),
			  y = dest_made("antin://y/van-thu");
	struct buf p = bytes_made(1, 10);
	struct stored d;
	struct list l = { 0 };
	uint64_t n[6];
	size_t i;

	world_do(w);
	for (i = 0; i < 6; i++) {
		d = stored_made(i + 1, &p);
		if (i % 2 == 0)
			d.desk = x.address;
		must(w->ops->put(w->s, &d, buf_bytes(&p), &w->e), &w->e);
		n[i] = d.n;
	}
	/* not in the order of their numbers */
	must(w->ops->deliver(w->s, n[4], 0, &x, 1, &w->e), &w->e);
	must(w->ops->deliver(w->s, n[1], 0, &x, 1, &w->e), &w->e);
	must(w->ops->deliver(w->s, n[2], 0, &x, 1, &w->e), &w->e);
	must(w->ops->deliver(w->s, n[3], 0, &x, 1, &w->e), &w->e);
	must(w->ops->deliver(w->s, n[3], 0, &y, 1, &w->e), &w->e);
	must(w->ops->delivery_set(w->s, n[1], x.address, DELIVERY_ACTED, 2,
		 (struct bytes){ 0 }, &w->e),
	    &w->e);
	must(w->ops->delivery_set(w->s, n[3], x.address, DELIVERY_OPENED, 2,
		 (struct bytes){ 0 }, &w->e),
	    &w->e);
	world_done(w);
	world_again(w);
	must(w->ops->inbox(w->s, x.address, true, UINT64_MAX, 99, list_delivery,
		 &l, &w->e),
	    &w->e);
	LIST_IS(
	    &l, "the inbox has all, the newest first", n[4], n[3], n[2], n[1]);
	l = (struct list){ 0 };
	must(w->ops->inbox(w->s, x.address, false, UINT64_MAX, 99,
		 list_delivery, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "or those not acted on", n[4], n[3], n[2]);
	l = (struct list){ 0 };
	must(w->ops->inbox(
		 w->s, x.address, true, n[4], 2, list_delivery, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "before a number, at most so many", n[3], n[2]);
	l = (struct list){ .stop = 1 };
	must(w->ops->inbox(w->s, x.address, false, UINT64_MAX, 99,
		 list_delivery, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "until it is told to stop", n[4]);
	l = (struct list){ 0 };
	must(w->ops->inbox(
		 w->s, x.address, true, 0, 99, list_delivery, &l, &w->e),
	    &w->e);
	must(w->ops->outbox(w->s, x.address, 0, 99, list_stored, &l, &w->e),
	    &w->e);
	must(w->ops->outbox(w->s, y.address, 99, 99, list_stored, &l, &w->e),
	    &w->e);
	must(w->ops->outbox(
		 w->s, (struct bytes){ 0 }, 99, 99, list_stored, &l, &w->e),
	    &w->e);
	must(w->ops->inbox(
		 w->s, y.address, true, 99, 99, list_delivery, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "each desk by itself; none has what was relayed", n[3]);
	l = (struct list){ 0 };
	must(w->ops->outbox(
		 w->s, x.address, UINT64_MAX, 99, list_stored, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "the outbox has what it sealed", n[4], n[2], n[0]);
	l = (struct list){ 0 };
	must(w->ops->outbox(w->s, x.address, n[4], 1, list_stored, &l, &w->e),
	    &w->e);
	LIST_IS(&l, "before a number, at most so many", n[2]);
	buf_free(&p);
}

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

static void
many_destinations_are_quick(struct world *w)
{
	struct leg leg = { .hop = bytes_str("h"), .state = LEG_QUEUED };
	struct dest *d = alloc(LIMIT_SLIPS, sizeof(*d));
	char(*text)[32] = alloc(LIMIT_SLIPS, sizeof(*text));
	struct dests all = { 0 };
	uint64_t q, none;
	size_t i;

	for (i = 0; i < LIMIT_SLIPS; i++) {
		(void)snprintf(text[i], sizeof(*text), "antin://%zu/x", i);
		d[i] = dest_made(text[i]);
	}
	world_do(w);
	leg.n = put(w, 1);
	must(w->ops->send(w->s, &leg, d, LIMIT_SLIPS, &q, &w->e), &w->e);
	must(w->ops->send(w->s, &leg, d, LIMIT_SLIPS, &none, &w->e), &w->e);
	world_done(w);
	is(none, 0, "as many as there are slips, once each");
	must(w->ops->leg_dests(w->s, q, add_dest, &all, &w->e), &w->e);
	is(all.n, LIMIT_SLIPS, "all are there");
	free(d);
	free(text);
}

int
main(void)
{
	static void (*const tests[])(struct world * w) = {
		words_are_kept,
		every_value_is_kept,
		what_cannot_be_is_refused,
		a_key_is_known_for_ever,
		a_rollback_leaves_nothing,
		a_destination_is_gone_to_once,
		legs_that_cannot_be_are_refused,
		the_queue_is_in_order,
		hops_are_counted,
		states_succeed_each_other,
		a_delivery_is_kept,
		boxes_list_the_newest_first,
		a_further_copy_has_its_own_package,
		what_is_needed_stays,
		purging_is_undone_and_bounded,
		a_file_goes_with_its_last_dispatch,
		each_copy_is_purged_by_itself,
		many_destinations_are_quick,
	};
	const struct store_ops *const backends[] = { &store_memory,
		&store_sqlite };
	struct world w;
	size_t b, t;

	for (b = 0; b < sizeof(backends) / sizeof(*backends); b++)
		for (t = 0; t < sizeof(tests) / sizeof(*tests); t++) {
			world_begin(&w, backends[b]);
			if (t == 0)
				note("%s", w.ops->scheme);
			tests[t](&w);
			world_end(&w);
		}
	return done();
}
