/* SPDX-License-Identifier: EUPL-1.2 */
/* Addressees that have not been heard of are asked for, and every station on
 * the way answers (docs/receipts.md 9). */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "proc_store/weigh.h"

#define CHASES_AT_ONCE 64u /* a tick */
#define CHASE_DOUBLES 6u   /* times the wait becomes twice as long */
#define CHASE_WARN 2u	   /* asked so often in vain, the log warns */
#define ASKED_MAX 12u	   /* then it is given up */

/* docs/receipts.md 9.5 */
#define ANSWERS_EACH 8u
#define ANSWERS_ORIGIN 1000u
#define OFTEN_MS INT64_C(60000)
#define OFTEN_MAX 4096u

static int64_t
wait_of(unsigned rank, unsigned asked)
{
	return st.deadlines.seconds[rank]
	       << (asked < CHASE_DOUBLES ? asked : CHASE_DOUBLES);
}

/* ---- asking -------------------------------------------------------------- */

enum rc
chase_begin(const struct stored *d, struct bytes desk, struct err *e)
{
	const struct chase c = { .n = d->n,
		.desk = desk,
		.due = station_now() +
		       wait_of(precedence_rank(d->header.precedence), 0) };

	return store_failed(st.store->ops->notices->chase(st.store, &c, e));
}

/* Under whatever name of the desk it is asked for. */
static enum rc
drop(const struct stored *d, struct bytes desk, struct err *e)
{
	const struct store_notice_ops *ops = st.store->ops->notices;
	struct names names;
	struct bytes name;
	enum rc rc = RC_OK;
	size_t i;

	names_of(&names, desk);
	for (i = 0; i < names.count && rc == RC_OK; i++) {
		name = bytes_str(names.name[i]);
		if (weigh_named(desk, name, d->at))
			rc = ops->chase_drop(st.store, d->n, name, e);
	}
	return store_failed(rc);
}

enum rc
chase_end(const struct stored *d, struct bytes desk, struct err *e)
{
	enum rc rc;

	if ((rc = drop(d, desk, e)) != RC_OK)
		return rc;
	rc = st.store->ops->notices->chased(st.store, d->n, e);
	if (rc == RC_ABSENT)
		alarm_arrived(d);
	return rc == RC_ABSENT ? RC_OK : rc;
}

struct due {
	struct chase list[CHASES_AT_ONCE];
	struct buf desks[CHASES_AT_ONCE];
	size_t count;
};

static bool
add_due(void *ctx, const struct chase *c)
{
	struct due *x = ctx;

	x->list[x->count] = *c;
	buf_add(&x->desks[x->count++], c->desk);
	return x->count < CHASES_AT_ONCE;
}

static void
warn_of(const struct stored *d, const struct chase *c)
{
	struct log_line l = log_line(LOG_WARN, "dispatch.unconfirmed");
	char id[ID_TEXT];

	id_write(id, &d->header.id);
	log_str(&l, "id", bytes_str(id));
	log_str(&l, "desk", c->desk);
	log_uint(&l, "asked", c->asked);
	process_log(LOG_WARN, &l);
}

static enum rc
give_up(const struct stored *d, struct bytes desk, struct err *e)
{
	enum rc rc;

	if ((rc = drop(d, desk, e)) != RC_OK)
		return rc;
	rc = st.store->ops->notices->chased(st.store, d->n, e);
	if (rc == RC_ABSENT)
		alarm_given_up(d);
	return rc == RC_ABSENT ? RC_OK : rc;
}

/* A station has said of this desk why it goes no further. */
struct reports {
	struct bytes desk;
	bool found;
};

static bool
is_report(void *ctx, const struct saying *said)
{
	struct reports *x = ctx;

	x->found = x->found || (said->kind == STATEMENT_REPORT &&
				   weigh_same(said->about, x->desk));
	return !x->found;
}

/* Nobody is asked any more; when its time is over once more, if nobody has said
 * what became of it. */
static enum rc
is_over(bool *over, bool *last, const struct stored *d, const struct chase *c,
    struct err *e)
{
	struct reports x = { .desk = c->desk };
	enum rc rc;

	*last = d->header.expires < station_now();
	*over = c->asked >= ASKED_MAX;
	if (*over || !*last)
		return RC_OK;
	rc = st.store->ops->notices->said(st.store, d->n, is_report, &x, e);
	*over = x.found;
	return rc;
}

/* The leg of a destination, and the name under which it has it. */
struct look_leg {
	struct leg leg;
	char hop[LIMIT_ADDRESS + 1], dest[LIMIT_ADDRESS + 1];
	bool found;
};

/* By the address of today, or the one that is asked for. */
static enum rc
find_leg_of(struct look_leg *x, uint64_t n, const char *dest, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	uint64_t q;
	enum rc rc;

	rc = ops->operate.dest_leg(st.store, n, bytes_str(dest), &q, e);
	if (rc == RC_ABSENT || (rc == RC_OK && q == 0))
		return RC_OK;
	if (rc != RC_OK || (rc = ops->leg(st.store, q, &x->leg, e)) != RC_OK)
		return rc;
	x->found = true;
	memcpy(x->dest, dest, strlen(dest) + 1);
	memcpy(x->hop, x->leg.hop.p, x->leg.hop.len);
	x->hop[x->leg.hop.len] = '\0';
	x->leg.hop = bytes_str(x->hop);
	return RC_OK;
}

static enum rc
find_leg(struct look_leg *x, uint64_t n, struct bytes desk, struct err *e)
{
	struct names names;
	enum rc rc = RC_OK;
	size_t i;

	*x = (struct look_leg){ .found = false };
	names_of(&names, desk);
	for (i = 0; i < names.count && rc == RC_OK && !x->found; i++) {
		rc = find_leg_of(x, n, names.name[i], e);
		x->found = x->found &&
			   weigh_named(desk, bytes_str(x->dest), x->leg.at);
	}
	return rc;
}

/* docs/receipts.md 9.6: it has not gone yet. */
static enum rc
waits_here(bool *waits, uint64_t n, struct bytes desk, struct err *e)
{
	struct look_leg x;
	const enum rc rc = store_failed(find_leg(&x, n, desk, e));

	*waits = rc == RC_OK && x.found &&
		 (x.leg.state == LEG_QUEUED || x.leg.state == LEG_HELD);
	return rc;
}

/* It is looked at again: after longer each time, and as long as it waits. */
static enum rc
look_later(const struct chase *c, unsigned rank, struct err *e)
{
	struct chase next = *c;

	next.asked += c->asked < CHASE_DOUBLES;
	next.due = station_now() + wait_of(rank, next.asked);
	return store_failed(st.store->ops->notices->chase(st.store, &next, e));
}

static enum rc
ask_for(const struct chase *c, struct err *e)
{
	bool over, last, waits;
	char to[LIMIT_ADDRESS + 1];
	struct chase next = *c;
	struct statement s;
	struct held held;
	struct stored d;
	unsigned rank;
	enum rc rc;

	if ((rc = st.store->ops->get(st.store, c->n, 0, &d, e)) != RC_OK)
		return rc;
	notice_hold(&d, &held);
	rank = precedence_rank(d.header.precedence);
	alarm_not_arrived(&d);
	rc = waits_here(&waits, c->n, c->desk, e);
	if (rc != RC_OK || (waits && d.header.expires >= station_now()))
		return rc == RC_OK ? look_later(c, rank, e) : rc;
	if (c->asked >= CHASE_WARN)
		warn_of(&d, c);
	rc = is_over(&over, &last, &d, c, e);
	if (rc != RC_OK || over)
		return rc == RC_OK ? give_up(&d, c->desk, e) : rc;
	s = notice_about(&d, STATEMENT_INQUIRY);
	s.desk = c->desk;
	if (station_for(to, c->desk))
		rc = notice_pend(
		    &s, bytes_str(st.address), bytes_str(to), rank, e);
	if (rc == RC_OK && last)
		return give_up(&d, c->desk, e);
	next.asked++;
	next.due = station_now() + wait_of(rank, next.asked);
	if (rc == RC_OK)
		rc = store_failed(
		    st.store->ops->notices->chase(st.store, &next, e));
	return rc;
}

void
chases_tick(void)
{
	struct due *x = alloc(1, sizeof(*x));
	struct err e;
	enum rc rc;
	size_t i;

	rc = st.named ? st.store->ops->notices->chases(st.store, station_now(),
			    CHASES_AT_ONCE, add_due, x, &e)
		      : RC_ABSENT;
	if (rc == RC_OK && x->count > 0)
		rc = store_write(&e);
	for (i = 0; i < x->count; i++) {
		x->list[i].desk = buf_bytes(&x->desks[i]);
		if (rc == RC_OK)
			rc = ask_for(&x->list[i], &e);
		buf_free(&x->desks[i]);
	}
	free(x);
}

/* ---- how often (9.5) ----------------------------------------------------- */

/* By hashes: the place of one is given to the next that has it. */
static struct often {
	uint64_t hash;
	int64_t since; /* milliseconds */
	unsigned count;
} often[OFTEN_MAX];

/* At most so many of these in a minute. */
static bool
is_seldom(struct bytes what, struct bytes desk, unsigned most)
{
	const int64_t now = process_ms();
	struct buf all = { 0 };
	uint8_t hash[SHA256_SIZE];
	struct often *o;
	uint64_t h;

	buf_add(&all, what);
	buf_u8(&all, 0);
	buf_add(&all, desk);
	sha256(hash, buf_bytes(&all));
	buf_free(&all);
	memcpy(&h, hash, sizeof(h));
	o = &often[h % OFTEN_MAX];
	if (o->hash != h || now - o->since >= OFTEN_MS)
		*o = (struct often){ .hash = h, .since = now };
	return o->count < most && ++o->count > 0;
}

bool
answer_may(struct bytes origin)
{
	return is_seldom(origin, (struct bytes){ 0 }, ANSWERS_ORIGIN);
}

/* ---- answering (9.2) ----------------------------------------------------- */

static enum rc
answer(const struct weighed *w, enum inquiry_answer code, struct bytes hop,
    int64_t since, struct err *e)
{
	struct statement s = w->s;

	s.kind = STATEMENT_ANSWER;
	s.at = station_now();
	s.own_clock = station_own_clock();
	s.code = code;
	s.station = hop;
	s.since = since;
	return notice_pend(&s, bytes_str(st.address), w->s.origin,
	    w->known ? precedence_rank(w->d.header.precedence) : 0, e);
}

struct batches {
	const struct weighed *of;
	struct bytes desk;
	struct buf all;
	uint64_t last;
};

static bool
is_of(void *ctx, const struct log_item *item)
{
	const struct weighed *w = ctx;
	struct statement s;
	struct err e;

	return item->entry.p != NULL &&
	       statement_read(&s, item->entry, &e) == RC_OK &&
	       statement_is_of(&s, &w->d.header, w->d.digest);
}

/* Of a batch what is said of this dispatch: so all of them fit. */
static bool
add_batch(void *ctx, const struct saying *said)
{
	struct batches *x = ctx;
	struct weighed of = *x->of;
	struct buf cut = { 0 };
	struct batch b;
	struct err e;

	if (said->kind > STATEMENT_REFUSED || said->b == x->last ||
	    !weigh_same(said->signer, x->desk) ||
	    batch_read(&b, said->batch, &e) != RC_OK)
		return true;
	batch_cut(&cut, &b, is_of, &of);
	if (x->all.len + cut.len < NOTICE_MAX - 4096) {
		buf_add(&x->all, buf_bytes(&cut));
		x->last = said->b;
	}
	buf_free(&cut);
	batch_free(&b);
	return true;
}

/* What the desk has said goes once more, under the signatures that it had. */
static enum rc
say_again(const struct weighed *w, bool *said, struct err *e)
{
	struct batches x = { .of = w, .desk = w->s.desk };
	enum rc rc;

	rc = st.store->ops->notices->said(st.store, w->d.n, add_batch, &x, e);
	*said = x.all.len > 0;
	if (rc == RC_OK && *said)
		rc = notice_post(buf_bytes(&x.all), w->s.origin,
		    precedence_rank(w->d.header.precedence), e);
	buf_free(&x.all);
	return rc;
}

static enum rc
answer_on_way(const struct weighed *w, struct bytes desk, struct err *e)
{
	static const enum report_why ends[LEG_STATES] = {
		[LEG_REFUSED] = REPORT_REFUSED,
		[LEG_EXPIRED] = REPORT_EXPIRED,
	};
	struct look_leg x;
	enum rc rc;

	if ((rc = find_leg(&x, w->d.n, desk, e)) != RC_OK)
		return rc;
	if (!x.found)
		return answer(
		    w, ANSWER_UNKNOWN, (struct bytes){ 0 }, TIME_NEVER, e);
	if (ends[x.leg.state] != 0)
		return notice_report(
		    &w->d, ends[x.leg.state], desk, x.leg.hop, x.leg.at, e);
	return answer(w,
	    x.leg.state == LEG_PASSED ? ANSWER_PASSED : ANSWER_WAITS, x.leg.hop,
	    x.leg.at, e);
}

/* An inquiry, for this station or on its way through it. */
enum rc
weigh_inquiry(struct weighed *w, struct err *e)
{
	struct delivery at;
	struct route r;
	struct bytes desk;
	bool said = false;
	enum rc rc;

	if (!weigh_same(w->batch->signer.address, w->s.origin))
		return weigh_not_his(w, e);
	route_find(st.file.directory, st.unit, w->s.desk, station_now(), &r);
	desk = w->known ? bytes_str(r.address) : (struct bytes){ 0 };
	if (!is_seldom(id_bytes(&w->s.id), desk, ANSWERS_EACH) ||
	    !answer_may(w->s.origin))
		return RC_OK;
	if (!w->known)
		return answer(
		    w, ANSWER_UNKNOWN, (struct bytes){ 0 }, TIME_NEVER, e);
	route_find(st.file.directory, st.unit, w->s.desk, station_now(), &r);
	desk = bytes_str(r.address);
	rc = names_delivery(w->d.n, desk, &at, e);
	if (rc == RC_ABSENT)
		return answer_on_way(w, desk, e);
	if (rc == RC_OK)
		rc = say_again(w, &said, e);
	if (rc == RC_OK && !said)
		rc = answer(
		    w, ANSWER_UNSIGNED, (struct bytes){ 0 }, at.arrived, e);
	return rc;
}

/* ---- at the origin ------------------------------------------------------- */

/* A destination of a leg, with its tag. */
struct look_dest {
	struct bytes desk;
	struct tag tag;
	size_t count;
};

static bool
note_dest(void *ctx, const struct dest *d)
{
	struct look_dest *x = ctx;

	if (bytes_eq(d->address, x->desk))
		x->tag = d->tag;
	x->count++;
	return true;
}

/* It leaves its leg, and goes there once more on one of its own, the way that
 * the directory says now, with what was sealed here: that stays, and what came
 * back may be gone; the stations that have it hear that it is lost behind
 * them. */
static enum rc
goes_again(const struct stored *d, const struct look_leg *x, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct look_dest all = { .desk = bytes_str(x->dest) };
	struct leg new = x->leg;
	struct dest to;
	uint64_t q = 0;
	enum rc rc;

	new.state = LEG_QUEUED;
	new.at = station_now();
	new.again++;
	new.copy = d->copy;
	new.total = d->total;
	rc = ops->leg_dests(st.store, x->leg.q, note_dest, &all, e);
	to = (struct dest){ all.desk, all.tag };
	if (rc == RC_OK)
		rc = ops->operate.dest_drop(st.store, x->leg.q, all.desk, e);
	if (rc == RC_OK)
		rc = ops->send(st.store, &new, &to, 1, &q, e);
	if (rc == RC_OK && all.count == 1)
		rc = ops->leg_set(
		    st.store, x->leg.q, LEG_MOVED, NULL, station_now(), e);
	if (rc == RC_OK && q != 0)
		leg_goes(q, &new);
	return rc == RC_OK && q != 0 ? leg_look(q, e) : rc;
}

/* All of the leg was lost at the next station, or this at one behind it. */
static enum rc
lost_behind(const struct weighed *w, struct look_leg *x, struct err *e)
{
	enum rc rc;

	if (x->leg.copy != w->d.copy ||
	    !weigh_same(x->leg.hop, w->batch->signer.address))
		return goes_again(&w->d, x, e);
	x->leg.state = LEG_QUEUED;
	rc = st.store->ops->leg_set(
	    st.store, x->leg.q, LEG_QUEUED, NULL, station_now(), e);
	if (rc == RC_OK)
		leg_goes(x->leg.q, &x->leg);
	return rc == RC_OK ? leg_look(x->leg.q, e) : rc;
}

static bool
says_waits(void *ctx, const struct saying *said)
{
	struct look_dest *x = ctx;

	x->count += said->kind == STATEMENT_ANSWER &&
		    said->code == ANSWER_WAITS &&
		    weigh_same(said->about, x->desk);
	return x->count == 0;
}

/* A station has lost what another one gave it: it goes there once more.  Where
 * it waits on the way, those behind have not had it yet. */
static enum rc
give_again(const struct weighed *w, struct err *e)
{
	struct look_dest waits = { .count = 0 };
	struct log_line log;
	struct look_leg x;
	struct route r;
	enum rc rc;

	route_find(st.file.directory, st.unit, w->s.desk, station_now(), &r);
	waits.desk = bytes_str(r.address);
	rc = find_leg(&x, w->d.n, waits.desk, e);
	if (rc == RC_OK)
		rc = st.store->ops->notices->said(
		    st.store, w->d.n, says_waits, &waits, e);
	if (rc != RC_OK || !x.found || x.leg.state != LEG_PASSED ||
	    x.leg.again >= LEG_AGAIN_MAX || waits.count > 0 ||
	    w->d.header.expires < station_now())
		return rc;
	log = log_line(LOG_WARN, "dispatch.again");
	log_uint(&log, "n", w->d.n);
	log_str(&log, "desk", waits.desk);
	log_str(&log, "lost_at", w->batch->signer.address);
	process_log(LOG_WARN, &log);
	return store_failed(lost_behind(w, &x, e));
}

enum rc
weigh_answer(struct weighed *w, struct err *e)
{
	enum rc rc = weigh_from_way(w, e);

	if (rc == RC_OK && w->news_one && w->s.code == ANSWER_UNKNOWN)
		rc = give_again(w, e);
	return rc;
}
