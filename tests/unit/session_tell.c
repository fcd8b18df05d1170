/* SPDX-License-Identifier: EUPL-1.2 */
/* What stations tell one another beside the items: docs/link.md 16. */
#include "session_pair.h"

#define MOST 40

static struct told {
	enum tell kinds[MOST]; /* whole, in the order that they came */
	size_t lens[MOST], count;
	size_t begun[TELLS], told;
	bool wrong;
} heard[2]; /* by a, by b */

static struct end ends[2];

static void
on_tell(void *ctx, enum tell kind, bool more, struct bytes piece)
{
	struct told *h = &heard[ctx == &ends[1]];
	size_t i;

	for (i = 0; i < piece.len; i++)
		h->wrong |= piece.p[i] !=
			    (uint8_t)(h->begun[kind] + i + (unsigned)kind);
	h->begun[kind] += piece.len;
	if (more)
		return;
	h->kinds[h->count] = kind;
	h->lens[h->count++ % MOST] = h->begun[kind];
	h->begun[kind] = 0;
}

static void
on_told(void *ctx, size_t bytes)
{
	heard[ctx == &ends[1]].told += bytes;
}

static bool
say(struct end *x, enum tell kind, size_t len)
{
	struct buf b = { 0 };
	bool said;
	size_t i;

	(void)buf_grow(&b, len);
	for (i = 0; i < len; i++)
		b.p[i] = (uint8_t)(i + (unsigned)kind);
	said = session_tell(x->s, kind, buf_bytes(&b));
	buf_free(&b);
	return said;
}

/* Two that are let in; the second may be a program that does not know TELL. */
static void
connect_two(bool old)
{
	static struct session_owner owner;
	struct hello h = { .lowest = 1,
		.highest = 1,
		.clock = 1795000000,
		.window = 1u << 20,
		.items = 100,
		.statement = bytes_str(STATEMENT) };
	struct buf wire = { 0 };
	struct err e;
	size_t i;

	owner = pair_owner;
	owner.tell = on_tell;
	owner.told = on_told;
	memset(heard, 0, sizeof(heard));
	pair_init(&ends[0], &ends[1]);
	for (i = 0; i < 2; i++) {
		ends[i].got = alloc(3, sizeof(struct got));
		ends[i].s = session_new(
		    &ends[i].conf, &owner, &ends[i], ends[i].keep, 0);
		pair_say(&ends[i]);
	}
	if (!old)
		return;
	hello_write(&wire, &h);
	if (session_input(ends[0].s, buf_bytes(&wire), 0, &e) != RC_OK)
		bug(e.text);
	buf_free(&wire);
}

static void
what_is_told_comes(void)
{
	connect_two(false);
	ok(!say(&ends[0], TELL_STATUS, 5),
	    "nothing is told before the peer has said that it takes it");
	settle(&ends[0], &ends[1]);
	ok(say(&ends[0], TELL_STATUS, 1) && say(&ends[0], TELL_WANTED, 997) &&
		say(&ends[0], TELL_WANTED, 998) &&
		say(&ends[0], TELL_WANTED, 999) &&
		say(&ends[1], TELL_DIRECTORY, TELL_MAX),
	    "each side tells something");
	settle(&ends[0], &ends[1]);
	ok(heard[1].count == 4 && heard[1].lens[0] == 1 &&
		heard[1].lens[1] == 997 && heard[1].lens[2] == 998 &&
		heard[1].lens[3] == 999,
	    "all of it comes, in order (docs/link.md 16.2)");
	ok(heard[0].count == 1 && heard[0].lens[0] == TELL_MAX,
	    "also the longest that there can be (16.4)");
	ok(!heard[0].wrong && !heard[1].wrong, "as it was said");
	is(heard[0].told, 1 + 997 + 998 + 999,
	    "and its owner hears that it has gone");
	pair_free(&ends[0], &ends[1]);
}

/* 16.5 */
static void
order_is_kept(void)
{
	struct dice d = { 3 };
	size_t i, first;

	connect_two(false);
	parcel_add(&ends[0], 60000, 2, &d);
	parcel_add(&ends[0], 60000, 3, &d);
	settle(&ends[0], &ends[1]);
	offer(&ends[0], 0);
	(void)say(&ends[0], TELL_DIRECTORY, 30000);
	for (i = 0; i < 100 && heard[1].count == 0; i++) {
		session_output(ends[0].s, &ends[0].wire, 1);
		(void)deliver(&ends[0], SESSION_READ);
	}
	ok(heard[1].count == 1 && ends[1].got[0].whole == 0,
	    "what is told goes before an item that was there first");
	(void)say(&ends[0], TELL_DIRECTORY, 100000);
	offer(&ends[0], 1);
	(void)say(&ends[0], TELL_STATUS, 10);
	(void)say(&ends[0], TELL_DIRECTORY, 10);
	for (i = 0; i < 1000 && ends[1].got[1].whole == 0; i++) {
		session_output(ends[0].s, &ends[0].wire, 1);
		(void)deliver(&ends[0], SESSION_READ);
	}
	first = heard[1].count;
	ok(heard[1].begun[TELL_DIRECTORY] == 0 && first == 2 &&
		heard[1].kinds[1] == TELL_STATUS,
	    "a large one lets hoả tốc before it; a small one does not wait");
	for (i = 0; i < 1000 && ends[1].got[0].whole == 0; i++) {
		session_output(ends[0].s, &ends[0].wire, 1);
		(void)deliver(&ends[0], SESSION_READ);
	}
	ok(heard[1].count == 4 && heard[1].lens[2] == 100000 &&
		heard[1].lens[3] == 10,
	    "but no item of a lower rank, and those of one kind keep their "
	    "order");
	settle(&ends[0], &ends[1]);
	pair_free(&ends[0], &ends[1]);
}

static void
who_does_not_know_it_is_told_nothing(void)
{
	connect_two(true);
	ok(!say(&ends[0], TELL_STATUS, 5),
	    "a peer that does not say it takes TELL is told nothing (4.6)");
	pair_free(&ends[0], &ends[1]);
}

/* A line ends while much is told: nothing is left over. */
static void
a_line_may_end_amid(void)
{
	connect_two(false);
	settle(&ends[0], &ends[1]);
	(void)say(&ends[0], TELL_DIRECTORY, 100000);
	(void)say(&ends[0], TELL_STATUS, 100);
	session_output(ends[0].s, &ends[0].wire, 500);
	(void)deliver(&ends[0], SESSION_READ);
	session_refuse(ends[0].s, BYE_REFUSED);
	ok(!say(&ends[0], TELL_STATUS, 5), "who leaves tells nothing more");
	pair_free(&ends[0], &ends[1]);
}

int
main(void)
{
	what_is_told_comes();
	order_is_kept();
	who_does_not_know_it_is_told_nothing();
	a_line_may_end_amid();
	return done();
}
