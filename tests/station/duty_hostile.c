/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A child that says what it likes of alarms that nobody has seen (docs/duty.md
 * 5.3): it speaks for itself alone, in our words, and not often.
 */
#include "core/time.h"
#include "queue.h"
#include "villain.h"

#define TAKE_S 30 /* docs/duty.md 5.2 */

static void
on_hello(void *ctx, const struct hello *h)
{
	(void)h;
	peer_admits(ctx);
}

static void
begin(struct peer *p, const struct seat *as)
{
	int i;

	villain_comes(p, as);
	p->owner = (struct session_owner){ .hello = on_hello };
	p->ctx = p;
	peer_begin(p);
	for (i = 0; i < 500 && !p->admitted; i++)
		(void)peer_turn(p, 20);
	for (i = 0; i < 10; i++)
		(void)peer_turn(p, 20);
}

static void
entry(
    struct buf *m, unsigned kind, unsigned rank, uint64_t count, uint64_t since)
{
	buf_u8(m, (uint8_t)kind);
	buf_u8(m, (uint8_t)rank);
	buf_u64(m, count);
	buf_u64(m, since);
}

/* Told, and gone through. */
static void
tells(struct peer *p, struct buf *m)
{
	int i;

	if (!session_tell(p->session, TELL_UNSEEN, buf_bytes(m)))
		note("it cannot be told");
	for (i = 0; i < 10; i++)
		(void)peer_turn(p, 20);
	buf_free(m);
}

static size_t
below(const char *key, const char *value)
{
	json_t *rows = seat_rows(centre, CONTROL_ALARMS, NULL), *row;
	size_t i, n = 0;

	json_array_foreach(rows, i, row) n +=
	    strcmp(row_word(row, "kind"), "below") == 0 &&
	    (key[0] == '\0' || strcmp(row_word(row, key), value) == 0);
	json_decref(rows);
	return n;
}

/* Until there are so many; the line goes on meanwhile. */
static bool
comes_to(struct peer *p, const char *key, const char *value, size_t n,
    unsigned seconds)
{
	const int64_t until = peer_ms() + seconds * 1000;

	while (below(key, value) != n) {
		if (peer_ms() > until)
			return false;
		(void)peer_turn(p, 100);
	}
	return true;
}

static void
what_is_no_message(struct peer *p)
{
	struct buf m = { 0 };
	unsigned i;

	buf_add(&m, bytes_str("antin://dien-bien.vn"));
	tells(p, &m);
	buf_u8(&m, 1);
	tells(p, &m);
	entry(&m, 0, 0, 1, 1);
	tells(p, &m);
	entry(&m, STORE_ALARM_DISK, 4, 1, 1);
	tells(p, &m);
	entry(&m, STORE_ALARM_DISK, 3, 0, 1);
	tells(p, &m);
	entry(&m, STORE_ALARM_DISK, 3, UINT64_MAX, 1);
	tells(p, &m);
	entry(&m, STORE_ALARM_DISK, 3, 1, UINT64_MAX);
	tells(p, &m);
	entry(&m, STORE_ALARM_DISK, 3, 1, 1);
	entry(&m, STORE_ALARM_DISK, 3, 1, 1);
	tells(p, &m);
	for (i = 0; i < 65; i++)
		entry(&m, i + 1, 3, 1, 1);
	tells(p, &m);
	entry(&m, STORE_ALARM_DISK, 3, 1, 1);
	m.len--;
	tells(p, &m);
	is(below("", ""), 0, "what is no such message raises nothing");
	is(seat_said(centre, "event=unseen.refused"), 1,
	    "the log says so, and not each time");
}

static void
what_it_says_of_itself(struct peer *p)
{
	struct buf m = { 0 };
	unsigned i;

	entry(&m, STORE_ALARM_DISK, 3, 1, 1);
	entry(&m, STORE_ALARM_WAITS, 3, 7, 1);
	entry(&m, 200, 0, 2, 1);
	tells(p, &m);
	ok(comes_to(p, "subject", hostile->address, 1, TAKE_S + 30),
	    "what it says of itself raises one alarm, of itself");
	is(below("text", "disk 1, waits 7 hoa-toc, other 2"), 1,
	    "in words that are not its own");
	for (i = 0; i < 200; i++) {
		if (i % 2 == 0)
			buf_u8(&m, 0);
		else
			entry(&m, STORE_ALARM_DISK, 3, 1 + i, 1);
		(void)session_tell(p->session, TELL_UNSEEN, buf_bytes(&m));
		buf_free(&m);
		(void)peer_turn(p, 5);
	}
	ok(seat_said(centre, "event=alarm.raised kind=below") <= 3,
	    "however often it changes its mind, it is one alarm in half a "
	    "minute");
	for (i = 1; i <= 64; i++)
		entry(&m, i, i % 4, 1000, 1);
	tells(p, &m);
	ok(comes_to(p, "precedence", "hoa-toc", 1, TAKE_S + 30),
	    "as much as there is to say is one alarm still");
	is(below("", ""), 1, "and no more");
}

static void
of_another(struct peer *p)
{
	struct buf m = { 0 };
	struct peer other;

	begin(&other, honest);
	ok(other.admitted, "another child comes");
	buf_u8(&m, 0);
	tells(&other, &m);
	is(below("subject", hostile->address), 1,
	    "which does not end the first one's alarm");
	is(below("subject", honest->address), 0,
	    "and has none that the first one said");
	peer_end(&other);
	buf_u8(&m, 0);
	tells(p, &m);
	ok(comes_to(p, "", "", 0, TAKE_S + 30),
	    "who has said so ends it, within half a minute");
}

int
main(void)
{
	struct peer p;

	land_begin("");
	begin(&p, hostile);
	ok(p.admitted, "a child that is let in");
	what_is_no_message(&p);
	what_it_says_of_itself(&p);
	of_another(&p);
	ok(!p.over, "its line stood all the time");
	peer_end(&p);
	land_end();
	return done();
}
