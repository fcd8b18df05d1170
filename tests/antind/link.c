/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The link process, with this test as its store: what it asks, whom it tells
 * what, and what peers can do to it (docs/link.md 5.5, 7.5, 14.7, 15.6).
 */
#include "linked.h"

#define KEY_MS 2000 /* of the keys of this process: else a day */

/* ---- keys: 14.7 ---- */

static void
keys_take_turns(void)
{
	struct peer old, between, next, late;

	starts(KEY_MS, "100");
	ok(comes(&old, "antin://a.vn") && is_under(&old, 0),
	    "a peer is met under the first key");
	ok(hears_key() && memcmp(keys[0], keys[1], LINK_KEY) != 0,
	    "after its time it asks for another");
	ok(dials(&between) && is_under(&between, 0),
	    "until the new one's statement is there the old one counts");
	says_hello(&between);
	ok(hears_key(), "where no statement comes it asks again");
	says_self(1);
	ok(comes(&late, "antin://b.vn") && is_under(&late, 0),
	    "a statement of a key that is no more is nothing");
	says_self(2);
	is_let_in(&between, "antin://c.vn");
	ok(waits_over(&between) && between.bye == BYE_BUSY && !between.in,
	    "who came under the old key and is let in now is to come again");
	ok(comes(&next, "antin://c.vn") && is_under(&next, 2),
	    "then it is met under the new one");
	turn(&old);
	ok(!old.over, "lines that are there go on");
	leaves(&old);
	leaves(&between);
	leaves(&late);
	leaves(&next);
	stops();
}

/* ---- parts: 5.5 ---- */

static uint8_t text[130000];

static void
sends(struct peer *p, size_t total)
{
	const struct link_dest dest = { .address = bytes_str("antin://vn/a") };
	struct item item = {
		.envelope = 100, .total = total, .dests = &dest, .dest_count = 1
	};

	sha256(item.sum, bytes_of(text, sizeof(text)));
	session_send(p->session, 1, &item,
	    total <= SESSION_SMALL ? bytes_of(text, total)
				   : (struct bytes){ 0 });
}

/* All that is to go goes. */
static void
goes(struct peer *p)
{
	const int64_t until = process_ms() + 5000;

	do {
		turn(p);
		(void)usleep(5000);
	} while (session_waiting(p->session) > 0 && !p->over &&
		 process_ms() < until);
}

/* So much of an item goes; all that went has arrived there. */
static void
sends_some(struct peer *p, size_t bytes)
{
	struct err e;
	size_t n;

	sends(p, sizeof(text));
	while (!session_wants_output(p->session) && !p->over) {
		turn(p); /* what they have of it is still to come */
		(void)usleep(5000);
	}
	session_output(p->session, &p->out, bytes);
	while (p->out_at < p->out.len) {
		if (tls_write(p->tls,
			bytes_of(p->out.p + p->out_at, p->out.len - p->out_at),
			&n, &e) == TLS_FAILED)
			bug("a line that is gone");
		p->out_at += n;
	}
	(void)usleep(300000);
}

static void
parts_find_their_station(void)
{
	struct peer first, second, third, other;
	struct heard h;

	random_bytes(text, sizeof(text));
	starts(LINK_KEY_MS, "100");
	ok(comes(&first, "antin://a.vn"), "a child comes");
	sends_some(&first, 60000);
	/* its line hangs; it comes again, and the store says so */
	ok(dials(&second), "it comes again");
	says_hello(&second);
	say_to(store, MSG_GONE, 0, &(struct msg_conn){ first.conn }, -1);
	is_let_in(&second, "antin://a.vn");
	ok(waits_in(&second), "and is let in");
	ok(waits_over(&first) && first.bye == BYE_REPLACED,
	    "the line that hung is told so");
	leaves(&first);
	sends_some(&second, 40000);
	ok(session_counts(second.session)->saved_out > 40000,
	    "what had come over it is not sent again");
	/* and once more, where the line ends before */
	leaves(&second);
	ok(wait_for(&h, store, MSG_GONE), "a line that ends is told of");
	heard_free(&h);
	ok(comes(&other, "antin://b.vn"), "another child comes");
	sends(&other, sizeof(text));
	goes(&other);
	is(session_counts(other.session)->saved_out, 0,
	    "which is not told of the first one's parts");
	ok(wait_for(&h, store, MSG_ITEM), "and sends the whole");
	heard_free(&h);
	ok(comes(&third, "antin://a.vn"), "the first one comes again");
	sends(&third, sizeof(text));
	goes(&third);
	ok(wait_for(&h, store, MSG_ITEM) &&
		bytes_eq(h.m.body.item.package, bytes_of(text, sizeof(text))),
	    "and its item arrives, put together of three parts");
	heard_free(&h);
	ok(session_counts(third.session)->saved_out > 90000,
	    "of which the last was short");
	leaves(&other);
	leaves(&third);
	stops();
}

/* ---- giving up faster than the disk: 7.5 ---- */

static void
giving_up_has_its_bound(void)
{
	struct msg_taken later = { .outcome = ACK_LATER };
	struct peer p;
	struct heard h;
	size_t i, k, begun = 0;

	starts(LINK_KEY_MS, "100");
	ok(comes(&p, "antin://a.vn"), "a child comes");
	for (k = 0; k < 2; k++) {
		for (i = 0; i < SESSION_OPEN; i++)
			sends(&p, 200000);
		goes(&p);
		for (i = 0; i < SESSION_OPEN; i++) {
			begun += wait_for(&h, store, MSG_BIG);
			later.conn = p.conn;
			later.number = h.m.body.item.number;
			heard_free(&h);
			if (k == 0)
				say_to(store, MSG_TAKEN, 0, &later, -1);
		}
	}
	is(begun, 2 * SESSION_OPEN, "large items begin and are given up");
	sends(&p, 200000);
	ok(waits_over(&p) && p.bye == BYE_BUSY,
	    "a ninth while eight are not heard of is too many");
	leaves(&p);
	/* late words of the store about it are for nobody */
	say_to(store, MSG_TAKEN, 0, &later, -1);
	ok(comes(&p, "antin://a.vn"), "the process goes on");
	leaves(&p);
	stops();
}

/* ---- how many children: 15.6 ---- */

static void
so_many_children_and_no_more(void)
{
	struct peer a, b, again;

	starts(LINK_KEY_MS, "1");
	ok(comes(&a, "antin://a.vn"), "a child comes");
	ok(!comes(&b, "antin://b.vn") && waits_over(&b) && b.bye == BYE_BUSY,
	    "a second one is to come later");
	leaves(&b);
	ok(dials(&again), "the first one comes again");
	says_hello(&again);
	say_to(store, MSG_GONE, 0, &(struct msg_conn){ a.conn }, -1);
	is_let_in(&again, "antin://a.vn");
	ok(waits_in(&again), "and takes its own place");
	leaves(&a);
	leaves(&again);
	stops();
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	holder_new(&station, "A", STATION, NULL);
	holder_new(&child, "A", STATION, NULL);
	keys_take_turns();
	parts_find_their_station();
	giving_up_has_its_bound();
	so_many_children_and_no_more();
	identity_free(&station);
	identity_free(&child);
	return done();
}
