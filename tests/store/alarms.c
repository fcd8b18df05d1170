/* SPDX-License-Identifier: EUPL-1.2 */
/* Alarms, and what an operator and time do to legs: every backend keeps the
 * contract of src/store/alarms.h and operate.h. */
#include "contract.h"

/* ---- alarms
 * ---------------------------------------------------------------- */

static enum rc
raises(struct world *w, enum store_alarm_kind kind, const char *subject,
    unsigned rank, int64_t since, uint64_t *n)
{
	struct store_alarm a = { .kind = kind,
		.subject = bytes_str(subject),
		.rank = rank,
		.since = since,
		.text = bytes_str("text") };
	enum rc rc = w->ops->alarms.raise(w->s, &a, &w->e);

	*n = a.n;
	return rc;
}

struct listed {
	char text[2000];
	size_t n;
};

static bool
list_alarm(void *ctx, const struct store_alarm *a)
{
	struct listed *l = ctx;
	size_t at = strlen(l->text);

	if (l->n++ < 20)
		(void)snprintf(l->text + at, sizeof(l->text) - at,
		    "%d/%.*s/%u/%d%s%s%.*s ", (int)a->kind, (int)a->subject.len,
		    (const char *)a->subject.p, a->rank, (int)a->since,
		    a->over != 0 ? " over" : "", a->acked != 0 ? " seen" : "",
		    (int)a->by.len, a->by.len > 0 ? (const char *)a->by.p : "");
	return true;
}

static void
alarms_are(struct world *w, bool all, const char *want, const char *name)
{
	struct listed l = { 0 };

	must(w->ops->alarms.each(w->s, all, list_alarm, &l, &w->e), &w->e);
	same(bytes_str(l.text), bytes_str(want), "%s", name);
}

static void
one_cause_is_one_alarm(struct world *w)
{
	static const uint8_t long_by[STORE_ALARM_BY + 1];
	const struct bytes none = bytes_str("");
	uint64_t a, b, c, again;

	world_do(w);
	must(raises(w, STORE_ALARM_WAITS, "x", 1, 5, &a), &w->e);
	must(raises(w, STORE_ALARM_WAITS, "x", 3, 6, &b), &w->e);
	ok(b > a, "numbers of alarms grow");
	is(raises(w, STORE_ALARM_WAITS, "x", 1, 9, &again), RC_EXISTS,
	    "what lasts is not raised again");
	is(again, a, "and its number is told");
	must(raises(w, STORE_ALARM_PARENT, "x", 1, 7, &c), &w->e);
	world_done(w);
	world_again(w);
	alarms_are(w, false, "1/x/3/6 2/x/1/7 1/x/1/5 ",
	    "the highest rank first, then the newest");
	world_do(w);
	is(w->ops->alarms.end(
	       w->s, STORE_ALARM_WAITS, bytes_str("x"), 2, 11, &w->e),
	    RC_ABSENT, "none ends that does not last");
	must(w->ops->alarms.end(
		 w->s, STORE_ALARM_WAITS, bytes_str("x"), 1, 11, &w->e),
	    &w->e);
	is(w->ops->alarms.ack(w->s, 99, 1000, none, 12, &w->e), RC_ABSENT,
	    "nor is one seen that is not there");
	is(w->ops->alarms.ack(
	       w->s, b, 1000, bytes_of(long_by, sizeof(long_by)), 12, &w->e),
	    RC_LIMIT, "nor by somebody of too many words");
	must(w->ops->alarms.ack(w->s, b, 1000, bytes_str("=Lan"), 12, &w->e),
	    &w->e);
	must(w->ops->alarms.ack(w->s, b, 1001, bytes_str("=Mai"), 13, &w->e),
	    &w->e);
	must(w->ops->alarms.ack(w->s, c, 1001, none, 13, &w->e), &w->e);
	alarms_are(w, false, "1/x/3/6 seen=Lan 2/x/1/7 seen ",
	    "what is over lasts no longer; what is seen does, and by whom");
	alarms_are(w, true, "1/x/3/6 seen=Lan 2/x/1/7 seen 1/x/1/5 over ",
	    "and is listed with all");
	must(raises(w, STORE_ALARM_WAITS, "x", 1, 20, &again), &w->e);
	ok(again > b, "the same cause again is an alarm of its own");
	w->ops->rollback(w->s);
	alarms_are(w, true, "1/x/3/6 2/x/1/7 1/x/1/5 ",
	    "a rollback undoes all of that");
}

static void
alarms_are_bounded(struct world *w)
{
	struct store_alarm a = { .kind = STORE_ALARM_HELD };
	struct buf big = bytes_made(1, STORE_ALARM_SUBJECT + 1);
	struct listed l = { 0 };
	char subject[16];
	uint64_t n;
	size_t i;

	world_do(w);
	a.subject = buf_bytes(&big);
	is(w->ops->alarms.raise(w->s, &a, &w->e), RC_LIMIT,
	    "a subject that is too long is refused");
	a = (struct store_alarm){ .kind = STORE_ALARM_KINDS };
	is(w->ops->alarms.raise(w->s, &a, &w->e), RC_INVALID,
	    "and an alarm of no kind");
	for (i = 0; i < STORE_ALARMS_LASTING; i++) {
		(void)snprintf(subject, sizeof(subject), "%zu", i);
		must(raises(w, STORE_ALARM_HELD, subject, 0, 1, &n), &w->e);
	}
	is(raises(w, STORE_ALARM_HELD, "more", 0, 1, &n), RC_LIMIT,
	    "only so many last");
	for (i = 0; i < STORE_ALARMS_LASTING; i++) {
		(void)snprintf(subject, sizeof(subject), "%zu", i);
		must(w->ops->alarms.end(w->s, STORE_ALARM_HELD,
			 bytes_str(subject), 0, 2, &w->e),
		    &w->e);
	}
	for (i = 0; i < 10; i++) {
		must(raises(w, STORE_ALARM_HELD, "x", 0, 1, &n), &w->e);
		must(w->ops->alarms.end(
			 w->s, STORE_ALARM_HELD, bytes_str("x"), 0, 2, &w->e),
		    &w->e);
	}
	must(raises(w, STORE_ALARM_HELD, "last", 0, 3, &n), &w->e);
	world_done(w);
	world_again(w);
	must(w->ops->alarms.each(w->s, true, list_alarm, &l, &w->e), &w->e);
	is(l.n, STORE_ALARMS_OVER + 1, "and only so many that are over stay");
	buf_free(&big);
}

/* ---- legs
 * ------------------------------------------------------------------ */

static uint64_t
leg_made(struct world *w, uint64_t n, const char *hop, unsigned rank,
    int64_t at, int64_t expires, const char *to)
{
	const struct leg leg = { .n = n,
		.hop = bytes_str(hop),
		.rank = rank,
		.due = INT64_MAX,
		.at = at,
		.expires = expires };
	const struct dest d = dest_made(to);
	uint64_t q;

	must(w->ops->send(w->s, &leg, &d, 1, &q, &w->e), &w->e);
	return q;
}

static bool
list_late(void *ctx, const struct late *l)
{
	struct listed *all = ctx;
	size_t at = strlen(all->text);

	(void)snprintf(all->text + at, sizeof(all->text) - at, "%.*s/%u/%d/%d ",
	    (int)l->hop.len, (const char *)l->hop.p, l->rank, (int)l->count,
	    (int)l->oldest);
	return true;
}

static void
what_waits_too_long_is_found(struct world *w)
{
	static const int64_t before[4] = { 10, 20, 30, 40 };
	struct listed l = { 0 };
	uint64_t n, q;
	struct stored notice;

	world_do(w);
	n = put(w, 1);
	(void)leg_made(w, n, "antin://h", 0, 9, 0, "antin://a/1");
	(void)leg_made(w, n, "antin://h", 0, 5, 0, "antin://a/2");
	(void)leg_made(w, n, "antin://h", 0, 10, 0, "antin://a/3");
	(void)leg_made(w, n, "antin://h", 3, 39, 0, "antin://a/4");
	(void)leg_made(w, n, "antin://g", 2, 30, 0, "antin://a/5");
	q = leg_made(w, n, "antin://g", 1, 1, 0, "antin://a/6");
	must(w->ops->leg_set(w->s, q, LEG_HELD, NULL, 1, &w->e), &w->e);
	must(try_put(w, 0, &notice), &w->e);
	(void)leg_made(w, notice.n, "antin://h", 0, 3, 0, "antin://a/7");
	(void)leg_made(w, notice.n, "antin://n", 1, 3, 0, "antin://a/8");
	world_done(w);
	world_again(w);
	must(w->ops->alarms.late(w->s, before, list_late, &l, &w->e), &w->e);
	same(bytes_str(l.text), bytes_str("antin://h/0/2/5 antin://h/3/1/39 "),
	    "by hop and rank, what is queued since before its time; "
	    "notices are not");
}

static bool
list_number(void *ctx, uint64_t q)
{
	struct listed *all = ctx;
	size_t at = strlen(all->text);

	(void)snprintf(
	    all->text + at, sizeof(all->text) - at, "%u ", (unsigned)q);
	return true;
}

static void
what_expires_is_found(struct world *w)
{
	struct listed l = { 0 };
	struct leg got;
	uint64_t n, q[5];

	world_do(w);
	n = put(w, 1);
	q[0] = leg_made(w, n, "antin://h", 0, 1, 50, "antin://a/1");
	q[1] = leg_made(w, n, "antin://h", 0, 1, INT64_MAX, "antin://a/2");
	q[2] = leg_made(w, n, "antin://h", 0, 1, 40, "antin://a/3");
	q[3] = leg_made(w, n, "antin://h", 0, 1, 60, "antin://a/4");
	q[4] = leg_made(w, n, "antin://h", 0, 1, 30, "antin://a/5");
	must(w->ops->leg_set(w->s, q[2], LEG_HELD, NULL, 1, &w->e), &w->e);
	must(w->ops->leg_set(w->s, q[4], LEG_PASSED, NULL, 1, &w->e), &w->e);
	world_done(w);
	world_again(w);
	must(w->ops->leg(w->s, q[0], &got, &w->e), &w->e);
	is((uint64_t)got.expires, 50, "a leg knows when it expires");
	must(w->ops->operate.expired(w->s, 60, 9, list_number, &l, &w->e),
	    &w->e);
	same(bytes_str(l.text), bytes_str("3 1 "),
	    "what waits and has expired is found, the first first");
	l = (struct listed){ 0 };
	must(w->ops->operate.expired(w->s, 60, 1, list_number, &l, &w->e),
	    &w->e);
	same(bytes_str(l.text), bytes_str("3 "), "so many as are wanted");
}

static void
a_leg_is_pinned(struct world *w)
{
	const struct bytes hop = bytes_str("antin://g");
	struct leg got;
	uint64_t n, q;

	world_do(w);
	n = put(w, 1);
	q = leg_made(w, n, "antin://h", 0, 1, 0, "antin://a/1");
	is(w->ops->operate.pin(w->s, 99, true, &w->e), RC_ABSENT,
	    "no leg is pinned that is not there");
	must(w->ops->operate.pin(w->s, q, true, &w->e), &w->e);
	world_done(w);
	world_again(w);
	world_do(w);
	must(w->ops->leg_set(w->s, q, LEG_QUEUED, &hop, 7, &w->e), &w->e);
	must(w->ops->leg(w->s, q, &got, &w->e), &w->e);
	ok(got.pinned && bytes_eq(got.hop, hop),
	    "what an operator decided stays when the leg's state changes");
	must(w->ops->operate.pin(w->s, q, false, &w->e), &w->e);
	w->ops->rollback(w->s);
	must(w->ops->leg(w->s, q, &got, &w->e), &w->e);
	ok(got.pinned && bytes_is(got.hop, "antin://h"),
	    "a rollback undoes what was done to it");
}

static void
a_destination_goes_elsewhere(struct world *w)
{
	struct dest d[2] = { dest_made("antin://a/1"),
		dest_made("antin://a/2") };
	const struct leg leg = {
		.n = 1, .hop = bytes_str("antin://h"), .due = INT64_MAX
	};
	struct dests all = { 0 };
	uint64_t q, other, at;
	bool has;

	world_do(w);
	(void)put(w, 1);
	must(w->ops->send(w->s, &leg, d, 2, &q, &w->e), &w->e);
	world_done(w);
	is(w->ops->operate.dest_leg(
	       w->s, 1, bytes_str("antin://a/3"), &at, &w->e),
	    RC_ABSENT, "what it has not is on no leg");
	world_do(w);
	is(w->ops->operate.dest_drop(
	       w->s, q + 1, bytes_str("antin://a/1"), &w->e),
	    RC_ABSENT, "no leg loses what another has");
	must(
	    w->ops->operate.dest_drop(w->s, q, bytes_str("antin://a/1"), &w->e),
	    &w->e);
	must(
	    w->ops->has(w->s, 1, bytes_str("antin://a/1"), &has, &w->e), &w->e);
	ok(!has, "the dispatch has it no longer");
	must(w->ops->send(w->s, &leg, d, 2, &other, &w->e), &w->e);
	must(w->ops->leg_dests(w->s, q, add_dest, &all, &w->e), &w->e);
	must(w->ops->leg_dests(w->s, other, add_dest, &all, &w->e), &w->e);
	same(bytes_str(all.text), bytes_str("antin://a/2:1 antin://a/1:1 "),
	    "so it can go on another leg");
	must(w->ops->operate.dest_leg(
		 w->s, 1, bytes_str("antin://a/1"), &at, &w->e),
	    &w->e);
	is(at, other, "which is found by it");
	w->ops->rollback(w->s);
	all = (struct dests){ 0 };
	must(w->ops->leg_dests(w->s, q, add_dest, &all, &w->e), &w->e);
	same(bytes_str(all.text), bytes_str("antin://a/1:1 antin://a/2:1 "),
	    "a rollback gives it back");
	world_do(w);
	must(
	    w->ops->operate.dest_drop(w->s, q, bytes_str("antin://a/1"), &w->e),
	    &w->e);
	must(w->ops->deliver(w->s, 1, 0, &d[0], 5, &w->e), &w->e);
	world_done(w);
	world_again(w);
	must(
	    w->ops->has(w->s, 1, bytes_str("antin://a/1"), &has, &w->e), &w->e);
	ok(has, "or to a desk here");
}

int
main(void)
{
	static void (*const tests[])(struct world * w) = {
		one_cause_is_one_alarm,
		alarms_are_bounded,
		what_waits_too_long_is_found,
		what_expires_is_found,
		a_leg_is_pinned,
		a_destination_goes_elsewhere,
	};

	return contract(tests, sizeof(tests) / sizeof(*tests));
}
