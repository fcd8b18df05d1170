/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Secrets of thin lines in the process keys (docs/link.md 19.4): the two
 * stations of a line have the same keys and names each day, and what is kept of
 * a secret opens for its own station and its own line alone.
 */
#include "play.h"

#define NAMES (1 + MSG_THIN_AHEAD)

static struct identity stations[2];
static struct actor keys[2];
static struct line *store[2];

/* The answer, which the caller frees. */
static struct heard
asks(unsigned at, struct bytes record, uint64_t steps, uint8_t secret,
    uint8_t bound)
{
	struct msg_thin m = { .record = record, .steps = steps };
	struct heard h;

	memset(m.secret, secret, sizeof(m.secret));
	memset(m.bound, bound, sizeof(m.bound));
	say_to(store[at], MSG_THIN, ++jobs, &m, -1);
	if (!wait_for(&h, store[at], MSG_THINNED) || h.m.job != jobs)
		bug("no answer, or to another job");
	return h;
}

static const struct msg_thinned *
of(const struct heard *h)
{
	return &h->m.body.thinned;
}

static bool
same_day(const struct heard *a, const struct heard *b)
{
	return of(a)->rc == RC_OK && of(b)->rc == RC_OK &&
	       bytes_eq(of(a)->names, of(b)->names) &&
	       memcmp(of(a)->key, of(b)->key, sizeof(of(a)->key)) == 0;
}

static void
begin(void)
{
	const struct rights r = { .kind = CERT_STATION };
	unsigned i;

	for (i = 0; i < 2; i++) {
		holder_new(&stations[i], i == 0 ? "A" : "B",
		    i == 0 ? "antin://vn" : "antin://xa.vn", &r);
		keys[i] = actor_new(&process_keys);
		give_key(&keys[i], &stations[i], "station.key", NULL, true);
		store[i] = actor_sibling(&keys[i], PROC_STORE);
		if (!actor_go(&keys[i]))
			bug("keys does not start");
	}
}

static void
both_ends_have_the_same(void)
{
	struct heard a = asks(0, (struct bytes){ 0 }, 0, 7, 1),
		     b = asks(1, (struct bytes){ 0 }, 0, 7, 2),
		     other = asks(0, (struct bytes){ 0 }, 0, 8, 1);

	ok(same_day(&a, &b), "of one secret both stations make the same");
	is(of(&a)->names.len, NAMES * MSG_THIN_IDENTITY,
	    "and the names of 64 days ahead");
	ok(!same_day(&a, &other), "of another secret another");
	ok(memmem(of(&a)->record.p, of(&a)->record.len, of(&a)->key,
	       sizeof(of(&a)->key)) == NULL &&
		!bytes_eq(of(&a)->record, of(&b)->record),
	    "what is kept is each station's own, and shows nothing of it");
	heard_free(&a);
	heard_free(&b);
	heard_free(&other);
}

/* Day after day, and some days at once, come to the same. */
static void
days_go_on(void)
{
	struct heard first = asks(0, (struct bytes){ 0 }, 0, 7, 1), one, two,
		     at_once, again;
	struct bytes name;

	one = asks(0, of(&first)->record, 1, 0, 1);
	two = asks(0, of(&one)->record, 1, 0, 1);
	at_once = asks(0, of(&first)->record, 2, 0, 1);
	ok(same_day(&two, &at_once), "two days are a day and a day");
	ok(!same_day(&first, &one) && !same_day(&one, &two),
	    "each has keys of its own");
	name = bytes_of(
	    of(&first)->names.p + 2 * MSG_THIN_IDENTITY, MSG_THIN_IDENTITY);
	ok(bytes_eq(name, bytes_of(of(&two)->names.p, MSG_THIN_IDENTITY)),
	    "by a name that was known two days before");
	again = asks(0, of(&two)->record, 0, 0, 1);
	ok(same_day(&two, &again), "what is kept opens again");
	heard_free(&first);
	heard_free(&one);
	heard_free(&two);
	heard_free(&at_once);
	heard_free(&again);
}

static void
it_opens_nowhere_else(void)
{
	struct heard a = asks(0, (struct bytes){ 0 }, 0, 7, 1), h;
	struct buf bent = { 0 };
	size_t i, opened = 0, leaked = 0;

	h = asks(0, of(&a)->record, 0, 0, 2);
	ok(of(&h)->rc == RC_DENIED && of(&h)->names.len == 0,
	    "what is of another line does not open");
	heard_free(&h);
	h = asks(1, of(&a)->record, 0, 0, 1);
	is(of(&h)->rc, RC_DENIED, "nor at another station");
	heard_free(&h);
	buf_add(&bent, of(&a)->record);
	for (i = 0; i < bent.len; i += i < 12 ? 1 : 31) {
		bent.p[i] ^= 0x10;
		h = asks(0, buf_bytes(&bent), 0, 0, 1);
		opened += of(&h)->rc == RC_OK;
		leaked += of(&h)->key[0] != 0 || of(&h)->record.len > 0;
		heard_free(&h);
		bent.p[i] ^= 0x10;
	}
	h = asks(0, bytes_of(bent.p, bent.len - 1), 0, 0, 1);
	opened += of(&h)->rc == RC_OK;
	heard_free(&h);
	is(opened, 0, "nor where a bit is flipped, or the end is missing");
	is(leaked, 0, "and nothing comes out of it");
	buf_free(&bent);
	heard_free(&a);
}

int
main(void)
{
	unsigned i;

	begin();
	both_ends_have_the_same();
	days_go_on();
	it_opens_nowhere_else();
	for (i = 0; i < 2; i++) {
		is((uint64_t)actor_stop(&keys[i]), 0,
		    "keys ends when it is told to");
		identity_free(&stations[i]);
	}
	lines_end();
	return done();
}
