/* SPDX-License-Identifier: EUPL-1.2 */
/* A session's life: who speaks when, refusals, enrolment, keep-alive, what an
 * idle one costs (docs/link.md 3, 4, 8, 10 to 12). */
#include <malloc.h>
#include <stdio.h>

#include "core/time.h"
#include "link/inner.h"
#include "session_pair.h"

/* ---- HELLO and admission: 3 ---- */

/* The types of the frames in "wire", a letter each. */
static const char *
frames_in(const struct buf *wire)
{
	static const char letters[] = "?HPIMDSACGOBE";
	static char out[100];
	struct bytes rest = buf_bytes(wire);
	size_t n = 0, len;
	uint8_t type;

	while (rest.len >= FRAME_HEAD && n < sizeof(out) - 1) {
		frame_head(rest.p, &type, &len);
		out[n++] = letters[type < FRAME_TYPES ? type : 0];
		rest = bytes_of(
		    rest.p + FRAME_HEAD + len, rest.len - FRAME_HEAD - len);
	}
	out[n] = '\0';
	return out;
}

static void
says(struct end *x, const char *wanted, const char *name)
{
	x->wire.len = 0;
	session_output(x->s, &x->wire, 100000);
	if (!ok(strcmp(frames_in(&x->wire), wanted) == 0, "%s", name))
		note("%s, wanted %s", frames_in(&x->wire), wanted);
}

static void
nothing_is_read_before_admission(void)
{
	struct dice d = { 1 };
	struct end a, b;
	struct err e;

	pair_init(&a, &b);
	b.manual = true;
	parcel_add(&a, 3000, 1, &d);
	pair_connect(&a, &b);
	says(&b, "", "who was dialled does not speak first");
	offer_all(&a);
	says(&a, "H", "who dials says HELLO, and no more");
	/* a hostile one goes on at once */
	{
		static const uint8_t partial[] = { FRAME_PARTIAL, 0, 0, 0 };
		static const uint8_t bad[] = { 99, 1, 1, 1 };

		buf_add(&a.wire, bytes_of(partial, sizeof(partial)));
		buf_add(&a.wire, bytes_of(bad, sizeof(bad)));
	}
	(void)deliver(&a, SESSION_READ);
	is(b.hellos, 1, "HELLO comes");
	ok(!session_wants_input(b.s) && !session_over(b.s),
	    "what is behind it is not read");
	says(&b, "", "who judges says nothing");
	is(session_admit(b.s, 0, &e), RC_INVALID,
	    "admitted, what was held is read: here, what is no frame");
	ok(strncmp(e.text, "docs/link.md 2.3:", 17) == 0, "and is named");
	says(&b, "B", "the violation is answered by BYE alone");
	pair_free(&a, &b);
}

static void
a_peer_is_admitted_late(void)
{
	struct dice d = { 2 };
	struct end a, b;
	struct err e;

	pair_init(&a, &b);
	b.manual = true;
	parcel_add(&a, 3000, 1, &d);
	parcel_add(&b, 3000, 1, &d);
	pair_connect(&a, &b);
	offer_all(&a);
	offer_all(&b);
	settle(&a, &b);
	ok(!a.parcels[0].offered || !a.parcels[0].done, "nothing goes before");
	went(session_admit(b.s, 0, &e), &e, "the peer is admitted");
	says(&b, "HP", "then HELLO and PARTIAL come");
	(void)deliver(&b, SESSION_READ);
	settle(&a, &b);
	ok(a.parcels[0].done && b.parcels[0].done, "and items, both ways");
	pair_free(&a, &b);
}

static void
a_peer_is_refused(void)
{
	struct end a, b;
	struct err e;

	pair_init(&a, &b);
	b.manual = true;
	pair_connect(&a, &b);
	session_output(a.s, &a.wire, 1000);
	(void)deliver(&a, SESSION_READ);
	session_refuse(b.s, BYE_REFUSED);
	ok(session_over(b.s) && !session_wants_input(b.s),
	    "a refused session is over");
	session_output(b.s, &b.wire, 1000);
	ok(strcmp(frames_in(&b.wire), "B") == 0,
	    "who is refused learns nothing but that");
	is(session_input(a.s, buf_bytes(&b.wire), 0, &e), RC_ABSENT,
	    "BYE in the place of HELLO is read");
	is(a.reasons, 1u << BYE_REFUSED, "with its reason");
	says(&a, "", "nothing answers BYE");
	is(session_input(a.s, buf_bytes(&b.wire), 0, &e), RC_ABSENT,
	    "a session that is over takes nothing");
	/* late answers of the owner's are for nobody */
	session_ack(b.s, 1, ACK_STORED, REFUSAL_NONE);
	says(&b, "", "nothing follows BYE");
	pair_free(&a, &b);
}

static void
who_dials_may_refuse(void)
{
	struct end a, b;
	struct err e;

	pair_init(&a, &b);
	a.manual = true;
	pair_connect(&a, &b);
	settle(&a, &b);
	is(a.hellos, 1, "HELLO of who was dialled comes");
	session_refuse(a.s, BYE_REPLACED);
	session_output(a.s, &a.wire, 1000);
	is(session_input(b.s, buf_bytes(&a.wire), 0, &e), RC_ABSENT,
	    "BYE in the place of PARTIAL is read");
	is(b.reasons, 1u << BYE_REPLACED, "with its reason");
	pair_free(&a, &b);
}

static struct hello heard;
static struct buf heard_bytes;

static void
keeps_hello(void *ctx, const struct hello *h)
{
	(void)ctx;
	heard = *h;
	buf_add(&heard_bytes, h->statement);
	heard.statement = buf_bytes(&heard_bytes);
}

static void
hello_says_what_it_was_told(void)
{
	struct session_owner owner = pair_owner;
	struct end a, b;

	pair_init(&a, &b);
	owner.hello = keeps_hello;
	a.s = session_new(&a.conf, &pair_owner, &a, NULL, 0);
	b.s = session_new(&b.conf, &owner, &b, NULL, 0);
	session_hello(a.s, &(struct hello){ .incarnation = UINT64_MAX - 1,
			       .clock = TIME_MAX,
			       .own_clock = true,
			       .window = UINT32_MAX,
			       .items = UINT16_MAX,
			       .statement = bytes_str(STATEMENT) });
	session_output(a.s, &a.wire, 1000);
	(void)deliver(&a, SESSION_READ);
	ok(heard.lowest == 1 && heard.highest == 1 &&
		heard.incarnation == UINT64_MAX - 1 &&
		heard.clock == TIME_MAX && heard.own_clock &&
		heard.window == UINT32_MAX && heard.items == UINT16_MAX &&
		bytes_is(heard.statement, STATEMENT),
	    "HELLO says what it was told");
	buf_free(&heard_bytes);
	pair_free(&a, &b);
}

/* ---- keep-alive: 10 ---- */

static void
a_silent_peer_is_asked_and_given_up(void)
{
	struct end a, b;
	struct err e;
	int64_t next;

	pair_init(&a, &b);
	pair_connect(&a, &b);
	settle(&a, &b);
	went(session_tick(a.s, 999, &next, &e), &e, "a silence is allowed");
	is((uint64_t)next, 1000, "the time to ask is told");
	says(&a, "", "and nothing is asked before");
	went(session_tick(a.s, 1000, &next, &e), &e, "then it is asked");
	is((uint64_t)next, 3000, "the time to give up is told");
	says(&a, "G", "by PING");
	went(session_tick(a.s, 2500, &next, &e), &e, "and is waited for");
	says(&a, "", "but not asked twice");
	is(session_tick(a.s, 3000, &next, &e), RC_EXPIRED,
	    "who does not answer is given up");
	ok(session_over(a.s) && next == TIME_NEVER, "that is the end");
	says(&a, "", "of which nothing is said to nobody");
	pair_free(&a, &b);
}

static void
a_peer_that_answers_stays(void)
{
	struct end a, b;
	struct err e;
	int64_t now, next;
	size_t died = 0;

	pair_init(&a, &b);
	pair_connect(&a, &b);
	settle(&a, &b);
	for (now = 0; now < 20000; now += 100) {
		died += session_tick(a.s, now, &next, &e) != RC_OK;
		died += session_tick(b.s, now + 50, &next, &e) != RC_OK;
		session_output(a.s, &a.wire, 1000);
		session_output(b.s, &b.wire, 1000);
		if (a.wire.len > 0)
			died += session_input(
				    b.s, buf_bytes(&a.wire), now, &e) != RC_OK;
		a.wire.len = 0;
		if (b.wire.len > 0)
			died += session_input(
				    a.s, buf_bytes(&b.wire), now, &e) != RC_OK;
		b.wire.len = 0;
	}
	is(died, 0, "two that are idle keep each other");
	ok(session_counts(a.s)->bytes_in < 1000,
	    "at the cost of some bytes a minute");
	pair_cut(&a, &b);
	pair_free(&a, &b);
}

static void
hello_has_its_time_in_all(void)
{
	static const uint8_t drop[1] = { FRAME_HELLO };
	struct end a, b;
	struct err e;
	int64_t next;

	pair_init(&a, &b);
	pair_connect(&a, &b);
	went(session_input(b.s, bytes_of(drop, 1), 2900, &e), &e,
	    "HELLO may come in drops");
	is(session_tick(b.s, 3000, &next, &e), RC_EXPIRED,
	    "but has its time in all (docs/link.md 3.4)");
	pair_free(&a, &b);
}

/* ---- enrolment: 12 ---- */

static unsigned enrols;
static void
on_enrol(void *ctx, struct bytes message)
{
	struct end *x = ctx;

	enrols++;
	if (!x->conf.dialled && bytes_is(message, "request"))
		session_enrol(x->s, bytes_str("answer"));
}

static void
enrolment_goes_both_ways(void)
{
	struct session_owner owner = pair_owner;
	struct end a, b;
	unsigned i;
	struct err e;

	pair_init(&a, &b);
	owner.enrol = on_enrol;
	b.conf.enrol = true;
	a.s = session_new(&a.conf, &owner, &a, NULL, 0);
	b.s = session_new(&b.conf, &owner, &b, NULL, 0);
	pair_say(&b);
	for (i = 0; i < SESSION_ENROLS; i++)
		session_enrol(a.s, bytes_str("request"));
	settle(&a, &b);
	is(enrols, 2 * SESSION_ENROLS,
	    "messages of an enrolment go both ways, and HELLO stays unsaid");
	ok(!session_over(a.s) && !session_over(b.s), "up to their number");
	for (i = SESSION_ENROLS; i < SESSION_ENROLS_BACK; i++)
		session_enrol(b.s, bytes_str("answer"));
	settle(&a, &b);
	ok(enrols == SESSION_ENROLS + SESSION_ENROLS_BACK && !session_over(a.s),
	    "which is larger in answer");
	pair_free(&a, &b);

	pair_init(&a, &b);
	enrols = 0;
	a.s = session_new(&a.conf, &owner, &a, NULL, 0);
	b.s = session_new(&b.conf, &owner, &b, NULL, 0);
	pair_say(&b);
	session_enrol(a.s, bytes_str("request"));
	session_output(a.s, &a.wire, 1000);
	is(session_input(b.s, buf_bytes(&a.wire), 0, &e), RC_INVALID,
	    "who does not enrol by line refuses it");
	ok(strncmp(e.text, "docs/link.md 12.1:", 18) == 0 && enrols == 0,
	    "unread");
	pair_free(&a, &b);
}

/* ---- destinations and answers: 6.6, 8.2 ---- */

#define MANY 10000u
static size_t dests_seen, dests_wrong;
static uint64_t out_when_answered;

static void
notes_what_went(void *ctx, uint64_t ref, enum ack outcome, enum refusal why)
{
	const struct end *x = ctx;

	if (ref == 1)
		out_when_answered = session_counts(x->s)->data_out;
	pair_acked(ctx, ref, outcome, why);
}

static enum rc
counts_dests(void *ctx, const struct item *item, struct err *e)
{
	char want[60];
	size_t i;

	(void)ctx;
	dests_seen = item->dest_count;
	for (i = 0; i < item->dest_count; i++) {
		(void)snprintf(want, sizeof(want), "antin://xa.vn/d%05zu", i);
		if (!bytes_is(item->dests[i].address, want) ||
		    item->dests[i].tag.b[0] != (uint8_t)i)
			dests_wrong++;
	}
	return fail(e, RC_EXISTS, "known");
}

static void
ten_thousand_destinations_arrive(void)
{
	struct session_owner owner = pair_owner;
	struct link_dest *dests = alloc(MANY, sizeof(*dests));
	char(*names)[24] = alloc(MANY, sizeof(*names));
	struct dice d = { 3 };
	struct end a, b;
	struct item item;
	size_t i;

	pair_init(&a, &b);
	a.conf.frame = SESSION_FRAME_MIN;
	owner.begin = counts_dests;
	owner.acked = notes_what_went;
	parcel_add(&a, 100, 3, &d); /* goes in between */
	parcel_add(&a, 11000000, 0, &d);
	b.got = alloc(3, sizeof(*b.got));
	a.got = alloc(1, sizeof(*a.got));
	a.s = session_new(&a.conf, &owner, &a, NULL, 0);
	b.s = session_new(&b.conf, &owner, &b, NULL, 0);
	pair_say(&a);
	pair_say(&b);
	settle(&a, &b);
	item = a.parcels[1].item;
	item.envelope = 10000000;
	item.dests = dests;
	item.dest_count = MANY;
	for (i = 0; i < MANY; i++) {
		/* in another order than on the line */
		size_t k = (i * 7919) % MANY;

		(void)snprintf(
		    names[i], sizeof(names[i]), "antin://xa.vn/d%05zu", k);
		dests[i].address = bytes_str(names[i]);
		dests[i].tag.b[0] = (uint8_t)k;
	}
	a.parcels[1].offered = true;
	session_send(a.s, 1, &item, bytes_of("", 0));
	session_output(a.s, &a.wire, 5000);
	(void)deliver(&a, SESSION_READ);
	is(dests_seen, 0, "an item waits for its whole head");
	offer(&a, 0);
	settle(&a, &b);
	is(dests_seen, MANY, "ten thousand destinations arrive");
	is(dests_wrong, 0, "in order, each with its tag");
	ok(a.parcels[0].done && b.got[0].stored == 1,
	    "a higher rank overtakes a head, too");
	is(a.parcels[1].answers[ACK_KNOWN], 1,
	    "an item is answered at its head");
	is(session_counts(a.s)->data_out, out_when_answered,
	    "and no byte of it is sent then");
	is(session_waiting(a.s), 0, "nothing is left of it");
	pair_free(&a, &b);
	free(dests);
	free(names);
}

static enum rc begin_fails_with;
static enum rc
fails(void *ctx, const struct item *item, struct err *e)
{
	(void)ctx;
	(void)item;
	return fail(e, begin_fails_with, "no");
}

static enum ack told;
static enum refusal told_why;
static unsigned told_times;
static void
hears(void *ctx, uint64_t ref, enum ack outcome, enum refusal why)
{
	(void)ctx;
	(void)ref;
	told = outcome;
	told_why = why;
	told_times++;
}

static void
a_failure_is_answered_as_what_it_is(void)
{
	static const struct {
		enum rc rc;
		enum ack ack;
		enum refusal why;
	} rows[] = { { RC_EXISTS, ACK_KNOWN, REFUSAL_NONE },
		{ RC_INVALID, ACK_REFUSED, REFUSAL_INVALID },
		{ RC_EXPIRED, ACK_REFUSED, REFUSAL_EXPIRED },
		{ RC_ABSENT, ACK_REFUSED, REFUSAL_NO_WAY },
		{ RC_LIMIT, ACK_REFUSED, REFUSAL_TOO_LARGE },
		{ RC_DENIED, ACK_REFUSED, REFUSAL_CLASH },
		{ RC_IO, ACK_LATER, REFUSAL_NONE } };
	struct session_owner owner = pair_owner;
	struct dice d = { 4 };
	struct end a, b;
	size_t i;

	pair_init(&a, &b);
	owner.begin = fails;
	owner.acked = hears;
	parcel_add(&a, 200000, 1, &d);
	b.got = alloc(2, sizeof(*b.got));
	a.got = alloc(1, sizeof(*a.got));
	a.s = session_new(&a.conf, &owner, &a, NULL, 0);
	b.s = session_new(&b.conf, &owner, &b, NULL, 0);
	pair_say(&a);
	pair_say(&b);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin_fails_with = rows[i].rc;
		told_times = 0;
		offer(&a, 0);
		settle(&a, &b);
		ok(told_times == 1 && told == rows[i].ack &&
			told_why == rows[i].why,
		    "%s is answered as what it is", rc_name(rows[i].rc));
	}
	pair_free(&a, &b);
}

static void
numbers_end(void)
{
	struct dice d = { 5 };
	struct end a, b;

	pair_init(&a, &b);
	parcel_add(&a, 100, 1, &d);
	pair_connect(&a, &b);
	settle(&a, &b);
	a.s->out_tally.last = UINT32_MAX;
	a.s->may.items = UINT32_MAX;
	offer_all(&a);
	says(&a, "B", "when numbers are over, the session ends (6.2)");
	pair_free(&a, &b);
}

/* ---- what an idle one costs ---- */

static void
an_idle_session_is_small(void)
{
	enum { N = 200 };
	struct end *ends = alloc(2 * N, sizeof(*ends));
	struct dice d = { 6 };
	size_t before, after, i;

	for (i = 0; i < N; i++)
		pair_init(&ends[2 * i], &ends[2 * i + 1]);
	for (i = 0; i < N; i++) {
		parcel_add(&ends[2 * i], 3000, 1, &d);
		parcel_add(&ends[2 * i + 1], 300000, 1, &d);
		ends[2 * i].got = alloc(2, sizeof(struct got));
		ends[2 * i + 1].got = alloc(2, sizeof(struct got));
	}
	before = mallinfo2().uordblks;
	for (i = 0; i < N; i++) {
		pair_connect(&ends[2 * i], &ends[2 * i + 1]);
		offer_all(&ends[2 * i]);
		offer_all(&ends[2 * i + 1]);
		settle(&ends[2 * i], &ends[2 * i + 1]);
		buf_free(&ends[2 * i].wire);
		buf_free(&ends[2 * i + 1].wire);
	}
	after = mallinfo2().uordblks;
	note("a session is %zu bytes; idle it has %zu in all",
	    sizeof(struct session),
	    after > before ? (after - before) / (2 * N) : 0);
	if (getenv("ANTIN_SAN") != NULL && getenv("ANTIN_SAN")[0] == '1')
		skip("sanitizers have another allocator");
	else
		ok(after - before < (size_t)2 * N * 1024,
		    "an idle session, when items have gone both ways, holds "
		    "less than 1 KiB");
	for (i = 0; i < N; i++)
		pair_free(&ends[2 * i], &ends[2 * i + 1]);
	free(ends);
}

int
main(void)
{
	nothing_is_read_before_admission();
	a_peer_is_admitted_late();
	a_peer_is_refused();
	who_dials_may_refuse();
	hello_says_what_it_was_told();
	a_silent_peer_is_asked_and_given_up();
	a_peer_that_answers_stays();
	hello_has_its_time_in_all();
	enrolment_goes_both_ways();
	ten_thousand_destinations_arrive();
	a_failure_is_answered_as_what_it_is();
	numbers_end();
	an_idle_session_is_small();
	return done();
}
