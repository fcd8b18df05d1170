/* SPDX-License-Identifier: EUPL-1.2 */
/* Recalls and supersessions: who may, what becomes of the copies, and what
 * comes before its dispatch (docs/receipts.md 8). */
#include <stdlib.h>
#include <string.h>

#include "antind/weigh.h"
#include "core/vec.h"
#include "envelope/address.h"
#include "pki/resolve.h"

#define AHEAD_MAX 4096u /* recalls whose dispatches have not come */

/* ---- asking for it (docs/receipts.md 8.1) -------------------------------- */

/* Addresses, each once. */
struct addresses {
	char (*list)[LIMIT_ADDRESS + 1]; /* owned */
	size_t count;
};

static void
add_address(struct addresses *x, struct bytes address)
{
	size_t i;

	for (i = 0; i < x->count; i++)
		if (bytes_is(address, x->list[i]))
			return;
	x->list = vec_more(x->list, x->count, sizeof(*x->list));
	memcpy(x->list[x->count], address.p, address.len);
	x->list[x->count++][address.len] = '\0';
}

static bool
add_dest(void *ctx, const struct dest *d)
{
	add_address(ctx, d->address);
	return true;
}

static bool
add_delivery(void *ctx, const struct delivery *d)
{
	add_address(ctx, d->desk);
	return true;
}

struct leg_numbers {
	uint64_t *q; /* owned */
	size_t count;
};

static bool
add_leg(void *ctx, const struct leg *leg)
{
	struct leg_numbers *x = ctx;

	x->q = vec_more(x->q, x->count, sizeof(*x->q));
	x->q[x->count++] = leg->q;
	return true;
}

/* All desks that a dispatch is for. */
static enum rc
desks_of(struct addresses *out, uint64_t n, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct leg_numbers legs = { 0 };
	enum rc rc;
	size_t i;

	*out = (struct addresses){ 0 };
	rc = ops->legs(st.store, n, add_leg, &legs, e);
	for (i = 0; i < legs.count && rc == RC_OK; i++)
		rc = ops->leg_dests(st.store, legs.q[i], add_dest, out, e);
	if (rc == RC_OK)
		rc = ops->deliveries(st.store, n, add_delivery, out, e);
	free(legs.q);
	return rc;
}

bool
station_for(char out[static LIMIT_ADDRESS + 1], struct bytes desk)
{
	struct directory *d = st.file.directory;
	const int64_t now = station_now();
	struct resolved to;
	struct err e;
	size_t unit;

	if (resolve(d, desk, now, &to, &e) != RC_OK)
		return false;
	unit = station_of(d, to.unit, now);
	return unit != NONE && address_of(d, unit, NONE, now, out);
}

static enum rc
pend_to_all(const struct statement *s, struct bytes desk, uint64_t n,
    unsigned rank, struct err *e)
{
	struct addresses desks, stations = { 0 };
	char station[LIMIT_ADDRESS + 1];
	enum rc rc = desks_of(&desks, n, e);
	size_t i;

	for (i = 0; i < desks.count && rc == RC_OK; i++)
		if (station_for(station, bytes_str(desks.list[i])))
			add_address(&stations, bytes_str(station));
	for (i = 0; i < stations.count && rc == RC_OK; i++)
		rc = notice_pend(s, desk, bytes_str(stations.list[i]), rank, e);
	free(desks.list);
	free(stations.list);
	return rc;
}

static enum rc
recall(
    const struct id *id, struct bytes desk, const struct id *by, struct err *e)
{
	struct statement s;
	struct held held;
	struct stored d;
	enum rc rc;

	if ((rc = names_find(id, desk, &d, e)) != RC_OK)
		return rc;
	notice_hold(&d, &held);
	if (d.from.len > 0 || !names_same(desk, d.desk, d.at))
		return fail(e, RC_DENIED,
		    "only the desk that sent a dispatch recalls it; this one "
		    "is not of %.*s",
		    (int)desk.len, (const char *)desk.p);
	s = notice_about(
	    &d, by == NULL ? STATEMENT_RECALL : STATEMENT_SUPERSEDE);
	if (by != NULL)
		s.by = *by;
	return pend_to_all(
	    &s, desk, d.n, precedence_rank(d.header.precedence), e);
}

void
recall_ask(uint64_t job, const struct msg_recall *m)
{
	struct err e;
	enum rc rc;

	rc = store_write(&e);
	if (rc == RC_OK)
		rc = store_failed(recall(&m->id, m->desk, NULL, &e));
	if (rc == RC_OK)
		after_done(PROC_CONTROL, job, &m->id);
	else
		say_done(PROC_CONTROL, job, &e, &m->id);
}

/* A dispatch of ours names one that it takes the place of: whose that was not
 * sent from this desk is told by the content alone (8.6). */
enum rc
recall_superseded(
    const struct id *old, struct bytes desk, const struct id *by, struct err *e)
{
	const enum rc rc = recall(old, desk, by, e);

	return rc == RC_ABSENT || rc == RC_DENIED ? RC_OK : store_failed(rc);
}

/* ---- what becomes of it (8.2) -------------------------------------------- */

static enum rc
outcome(const struct stored *d, unsigned code, struct bytes desk, struct err *e)
{
	struct statement s = notice_about(d, STATEMENT_OUTCOME);

	s.code = code;
	s.desk = desk;
	return notice_pend(&s, bytes_str(st.address), d->header.origin,
	    precedence_rank(d->header.precedence), e);
}

static enum rc
outcome_at(const struct stored *d, struct bytes desk, struct err *e)
{
	static const enum recall_outcome codes[DELIVERY_STATES] = {
		[DELIVERY_ARRIVED] = OUTCOME_WITHHELD,
		[DELIVERY_OPENED] = OUTCOME_OPENED,
		[DELIVERY_ACTED] = OUTCOME_ACTED,
		[DELIVERY_REFUSED] = OUTCOME_REFUSED,
	};
	struct delivery at;
	enum rc rc;

	rc = st.store->ops->delivery(st.store, d->n, desk, &at, e);
	return rc == RC_OK ? outcome(d, codes[at.state], desk, e) : rc;
}

/* It came before its dispatch (8.3). */
static enum rc
key_of(uint8_t key[static SHA256_SIZE], const struct id *id,
    struct bytes origin, uint64_t incarnation, uint64_t serial)
{
	struct buf all = { 0 };

	buf_add(&all, id_bytes(id));
	buf_u64(&all, incarnation);
	buf_u64(&all, serial);
	buf_add(&all, origin);
	sha256(key, buf_bytes(&all));
	buf_free(&all);
	return RC_OK;
}

struct papers {
	size_t count;
	uint8_t oldest[STORE_PAPER_KEY];
	size_t len;
};

static bool
count_paper(void *ctx, const struct paper *p)
{
	struct papers *x = ctx;

	if (x->count++ == 0) {
		memcpy(x->oldest, p->key.p, p->key.len);
		x->len = p->key.len;
	}
	return true;
}

static enum rc
keep_ahead(struct weighed *w, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	const struct stored d = { .header = { .id = w->s.id,
				      .origin = w->s.origin,
				      .incarnation = w->s.incarnation,
				      .serial = w->s.serial } };
	struct statement s = notice_about(&d, STATEMENT_OUTCOME);
	struct buf head, body;
	uint8_t key[SHA256_SIZE];
	struct papers all = { 0 };
	struct paper p = { .kind = PAPER_RECALL,
		.key = bytes_of(key, SHA256_SIZE),
		.at = station_now() };
	enum rc rc;

	rc = key_of(key, &w->s.id, w->s.origin, w->s.incarnation, w->s.serial);
	if (rc != RC_OK)
		return rc;
	rc = ops->paper_get(st.store, p.kind, p.key, &head, &body, e);
	if (rc != RC_ABSENT) { /* the first counts */
		if (rc == RC_OK) {
			buf_free(&head);
			buf_free(&body);
		}
		return rc;
	}
	rc = ops->paper_each(st.store, p.kind, count_paper, &all, e);
	if (rc == RC_OK && all.count >= AHEAD_MAX)
		rc = ops->paper_drop(
		    st.store, p.kind, bytes_of(all.oldest, all.len), e);
	if (rc == RC_OK)
		rc = ops->paper_put(st.store, &p, w->bytes, e);
	if (rc != RC_OK)
		return store_failed(rc);
	memcpy(s.digest, w->s.digest, SHA256_SIZE);
	s.code = OUTCOME_AHEAD;
	w->news = true;
	return notice_pend(
	    &s, bytes_str(st.address), w->s.origin, RANKS - 1, e);
}

/* 8.2: a desk of the origin's station, and where that is this one, the very
 * desk that sealed it. */
static enum rc
check_recaller(const struct weighed *w, struct err *e)
{
	char station[LIMIT_ADDRESS + 1];

	if (!station_for(station, w->batch->signer.address) ||
	    !weigh_same(bytes_str(station), w->s.origin) ||
	    (w->known && w->d.from.len == 0 &&
		!names_same(w->batch->signer.address, w->d.desk, w->d.at)))
		return weigh_not_his(w, e);
	return RC_OK;
}

struct found_recall {
	struct recalled *out;
	bool found;
};

static bool
look_recall(void *ctx, const struct saying *said)
{
	struct found_recall *x = ctx;
	struct statement s;
	struct err e;

	if (said->kind != STATEMENT_RECALL && said->kind != STATEMENT_SUPERSEDE)
		return true;
	if (x->found && said->at >= x->out->at)
		return true;
	x->found = true;
	*x->out = (struct recalled){ .kind = said->kind, .at = said->at };
	memcpy(x->out->by, said->signer.p, said->signer.len);
	if (said->kind == STATEMENT_SUPERSEDE &&
	    statement_read(&s, said->statement, &e) == RC_OK)
		x->out->instead = s.by;
	return true;
}

enum rc
recall_find(struct recalled *out, uint64_t n, struct err *e)
{
	struct found_recall x = { .out = out };

	*out = (struct recalled){ 0 };
	return st.store->ops->notices->said(st.store, n, look_recall, &x, e);
}

enum rc
weigh_recall(struct weighed *w, struct err *e)
{
	struct addresses desks = { 0 };
	struct recalled was;
	enum rc rc;
	size_t i;

	if ((rc = check_recaller(w, e)) != RC_OK)
		return rc;
	if (!w->known)
		return keep_ahead(w, e);
	rc = st.store->ops->deliveries(
	    st.store, w->d.n, add_delivery, &desks, e);
	if (rc == RC_OK && desks.count == 0)
		rc = fail(e, RC_ABSENT,
		    "docs/receipts.md 8.2: it lies at no desk of this "
		    "station");
	if (rc == RC_OK)
		rc = recall_find(&was, w->d.n, e);
	if (rc == RC_OK)
		rc = weigh_keep(w, (struct bytes){ 0 }, false, e);
	for (i = 0; i < desks.count && rc == RC_OK && w->news_one; i++)
		rc = outcome_at(&w->d, bytes_str(desks.list[i]), e);
	free(desks.list);
	return rc;
}

/* A dispatch is new here, or new at a desk: was it recalled before? */
enum rc
recall_ahead(
    const struct stored *d, const struct bytes *desks, size_t n, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct recalled was;
	uint8_t key[SHA256_SIZE];
	struct buf head, body;
	enum rc rc;
	size_t i;

	rc = key_of(key, &d->header.id, d->header.origin, d->header.incarnation,
	    d->header.serial);
	if (rc != RC_OK)
		return rc;
	rc = ops->paper_get(st.store, PAPER_RECALL, bytes_of(key, SHA256_SIZE),
	    &head, &body, e);
	if (rc == RC_OK) {
		rc = notice_own(buf_bytes(&body), e);
		if (rc == RC_OK)
			rc = ops->paper_drop(st.store, PAPER_RECALL,
			    bytes_of(key, SHA256_SIZE), e);
		buf_free(&head);
		buf_free(&body);
		return store_failed(rc);
	}
	if (rc == RC_ABSENT)
		rc = recall_find(&was, d->n, e);
	for (i = 0; i < n && rc == RC_OK && was.kind != 0; i++)
		rc = outcome_at(d, desks[i], e);
	return rc;
}

/* ---- when it is opened (8.5, 8.6) ---------------------------------------- */

/* What the content itself says takes the place of an older one of the same
 * station: whose that was is seen when that is opened. */
static enum rc
mark_old(const struct stored *d, struct bytes desk, struct bytes by,
    struct bytes supersedes, struct err *e)
{
	struct saying said = {
		.kind = STATEMENT_SUPERSEDE, .signer = by, .at = station_now()
	};
	struct der_wr w = { 0 };
	struct statement s;
	struct held held;
	struct stored old;
	struct id id;
	enum rc rc;

	memcpy(id.b, supersedes.p, ID_SIZE);
	rc = names_find(&id, desk, &old, e);
	if (rc != RC_OK)
		return rc == RC_ABSENT ? RC_OK : rc;
	notice_hold(&old, &held);
	if (!bytes_eq(old.header.origin, d->header.origin))
		return RC_OK;
	s = notice_about(&old, STATEMENT_SUPERSEDE);
	s.by = d->header.id;
	statement_write(&w, &s);
	said.n = old.n;
	said.statement = buf_bytes(&w.out);
	rc = st.store->ops->notices->note(st.store, &said, false, e);
	der_wr_free(&w);
	return rc == RC_EXISTS ? RC_OK : store_failed(rc);
}

/* It was opened, so what had been recalled was not its originator's to recall;
 * and what it supersedes of the same originator is marked. */
enum rc
recall_opened(const struct stored *d, struct bytes desk, struct bytes by,
    struct bytes supersedes, struct err *e)
{
	struct recalled was;
	enum rc rc = recall_find(&was, d->n, e);

	if (rc == RC_OK && was.kind != 0 && !weigh_same(by, bytes_str(was.by)))
		rc = outcome(d, OUTCOME_NOT_YOURS, desk, e);
	if (rc == RC_OK && supersedes.len == ID_SIZE)
		rc = mark_old(d, desk, by, supersedes, e);
	return rc;
}

/* ---- at the origin ------------------------------------------------------- */

/* An outcome: of a station on the way to the desk, or, without a desk, of one
 * of its addressees' stations. */
enum rc
weigh_outcome(struct weighed *w, struct err *e)
{
	struct addresses desks;
	char station[LIMIT_ADDRESS + 1];
	bool his = false;
	enum rc rc;
	size_t i;

	if (w->s.desk.len > 0) {
		rc = weigh_from_way(w, e);
		return rc == RC_OK ? chase_end(&w->d, w->s.desk, e) : rc;
	}
	rc = desks_of(&desks, w->d.n, e);
	for (i = 0; i < desks.count && !his; i++)
		his = station_for(station, bytes_str(desks.list[i])) &&
		      weigh_same(bytes_str(station), w->batch->signer.address);
	free(desks.list);
	if (rc == RC_OK && (!his || w->d.from.len > 0))
		rc = weigh_not_his(w, e);
	return rc == RC_OK ? weigh_keep(w, (struct bytes){ 0 }, true, e) : rc;
}
