/* SPDX-License-Identifier: EUPL-1.2 */
/* Recalls and supersessions: who may, what becomes of the copies, and what
 * comes before its dispatch (docs/receipts.md 8). */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "envelope/address.h"
#include "pki/resolve.h"
#include "proc_store/weigh.h"

/* Who has said that he recalls a dispatch. */
struct recaller {
	char by[LIMIT_ADDRESS + 1];
	int64_t at;
	bool superseded;
	struct id instead;
};

#define AHEAD_MAX 4096u	  /* recalls whose dispatches have not come */
#define AHEAD_ORIGIN 512u /* of one origin */
#define AHEAD_KEY (2 * SHA256_SIZE)
#define AHEAD_DESKS 8u /* that recall one of them */

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

/* All desks that a dispatch is for. */
static enum rc
desks_of(struct addresses *out, uint64_t n, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct leg_list legs;
	enum rc rc;
	size_t i;

	*out = (struct addresses){ 0 };
	rc = leg_list(&legs, n, e);
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
	const char *lost = NULL;
	enum rc rc = desks_of(&desks, n, e);
	size_t i;

	for (i = 0; i < desks.count && rc == RC_OK; i++)
		if (station_for(station, bytes_str(desks.list[i])))
			add_address(&stations, bytes_str(station));
		else
			lost = desks.list[i];
	for (i = 0; i < stations.count && rc == RC_OK; i++)
		rc = notice_pend(s, desk, bytes_str(stations.list[i]), rank, e);
	if (rc == RC_OK && lost != NULL)
		rc = fail(e, RC_ABSENT,
		    "where %s is now is not known here: its station is not "
		    "told of the recall, all others are",
		    lost);
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

/* It came before its dispatch (8.3): the origin, and all else. */
static struct bytes
key_of(uint8_t key[static AHEAD_KEY], const struct header *h,
    const uint8_t digest[static SHA256_SIZE])
{
	struct buf all = { 0 };

	buf_add(&all, id_bytes(&h->id));
	buf_u64(&all, h->incarnation);
	buf_u64(&all, h->serial);
	buf_add(&all, bytes_of(digest, SHA256_SIZE));
	sha256(key, h->origin);
	sha256(key + SHA256_SIZE, buf_bytes(&all));
	buf_free(&all);
	return bytes_of(key, AHEAD_KEY);
}

/* The oldest of those whose keys begin so. */
struct papers {
	struct bytes begin;
	size_t count;
	uint8_t oldest[STORE_PAPER_KEY];
	size_t len;
};

static bool
count_paper(void *ctx, const struct paper *p)
{
	struct papers *x = ctx;

	if (p->key.len < x->begin.len ||
	    !bytes_eq(bytes_of(p->key.p, x->begin.len), x->begin))
		return true;
	if (x->count++ == 0) {
		memcpy(x->oldest, p->key.p, p->key.len);
		x->len = p->key.len;
	}
	return true;
}

static bool
is_this(void *ctx, const struct log_item *item)
{
	const struct weighed *w = ctx;

	return item->entry.p == w->statement.p;
}

/* Of each desk the first counts: whose the dispatch is shows when it comes. */
static bool
may_be_added(struct bytes batches, const struct weighed *w)
{
	struct batch b;
	struct bytes one;
	struct err e;
	size_t count = 0;
	bool other = true;

	while (other && notice_next(&batches, &one)) {
		if (batch_read(&b, one, &e) != RC_OK)
			bug("a batch that was kept");
		other = !weigh_same(b.signer.address, w->batch->signer.address);
		batch_free(&b);
		count++;
	}
	return other && count < AHEAD_DESKS;
}

static enum rc
make_room(struct bytes begin, size_t most, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct papers all = { .begin = begin };
	enum rc rc;

	rc = ops->paper_each(st.store, PAPER_RECALL, count_paper, &all, e);
	if (rc == RC_OK && all.count >= most)
		rc = ops->paper_drop(
		    st.store, PAPER_RECALL, bytes_of(all.oldest, all.len), e);
	return rc;
}

static enum rc
keep_ahead(struct weighed *w, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct stored d = { .header = { .id = w->s.id,
				.origin = w->s.origin,
				.incarnation = w->s.incarnation,
				.serial = w->s.serial } };
	struct statement s;
	struct buf head = { 0 }, body = { 0 };
	uint8_t key[AHEAD_KEY];
	struct paper p = { .kind = PAPER_RECALL, .at = station_now() };
	enum rc rc;

	memcpy(d.digest, w->s.digest, SHA256_SIZE);
	p.key = key_of(key, &d.header, d.digest);
	rc = ops->paper_get(st.store, p.kind, p.key, &head, &body, e);
	if (rc == RC_OK && !may_be_added(buf_bytes(&body), w))
		goto out;
	if (rc == RC_ABSENT && (rc = make_room(bytes_of(key, SHA256_SIZE),
				    AHEAD_ORIGIN, e)) == RC_OK)
		rc = make_room((struct bytes){ 0 }, AHEAD_MAX, e);
	batch_cut(&body, w->batch, is_this, w);
	if (rc == RC_OK)
		rc = ops->paper_put(st.store, &p, buf_bytes(&body), e);
	if (rc != RC_OK) {
		rc = store_failed(rc);
		goto out;
	}
	s = notice_about(&d, STATEMENT_OUTCOME);
	s.code = OUTCOME_AHEAD;
	w->news = true;
	if (answer_may(w->s.origin))
		rc = notice_pend(&s, bytes_str(st.address), w->s.origin, 0, e);
out:
	buf_free(&head);
	buf_free(&body);
	return rc;
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

static int
by_time(const void *a, const void *b)
{
	const struct recaller *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

struct recallers {
	struct recaller list[MSG_RECALLERS];
	size_t count;
};

static bool
add_recaller(void *ctx, const struct saying *said)
{
	struct recallers *x = ctx;
	struct recaller *r = &x->list[x->count];
	struct statement s;
	struct err e;

	if (said->kind != STATEMENT_RECALL && said->kind != STATEMENT_SUPERSEDE)
		return true;
	*r = (struct recaller){ .at = said->at };
	memcpy(r->by, said->signer.p, said->signer.len);
	if (said->kind == STATEMENT_SUPERSEDE &&
	    statement_read(&s, said->statement, &e) == RC_OK) {
		r->superseded = true;
		r->instead = s.by;
	}
	return ++x->count < MSG_RECALLERS;
}

enum rc
recall_all(struct buf *out, uint64_t n, struct err *e)
{
	struct recallers *x = alloc(1, sizeof(*x));
	struct msg_recaller row;
	enum rc rc;
	size_t i;

	rc = st.store->ops->notices->said(st.store, n, add_recaller, x, e);
	qsort(x->list, x->count, sizeof(*x->list), by_time);
	for (i = 0; i < x->count && rc == RC_OK; i++) {
		row = (struct msg_recaller){ bytes_str(x->list[i].by),
			x->list[i].at, { 0 } };
		if (x->list[i].superseded)
			row.instead = id_bytes(&x->list[i].instead);
		list_add(out, LIST_RECALLER, &row);
	}
	free(x);
	return rc;
}

enum rc
recall_by(bool *did, uint64_t n, struct bytes desk, struct err *e)
{
	struct buf rows = { 0 };
	struct bytes rest;
	struct msg_recaller by;
	const enum rc rc = recall_all(&rows, n, e);

	*did = false;
	rest = buf_bytes(&rows);
	while (rc == RC_OK && !*did && list_next(&rest, LIST_RECALLER, &by))
		*did = desk.len == 0 || weigh_same(by.by, desk);
	buf_free(&rows);
	return rc;
}

enum rc
weigh_recall(struct weighed *w, struct err *e)
{
	struct addresses desks = { 0 };
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
	uint8_t at[AHEAD_KEY];
	const struct bytes key = key_of(at, &d->header, d->digest);
	struct buf head, body;
	struct bytes rest, one;
	bool did = false;
	enum rc rc;
	size_t i;

	rc = ops->paper_get(st.store, PAPER_RECALL, key, &head, &body, e);
	if (rc == RC_OK) {
		rest = buf_bytes(&body);
		while (rc == RC_OK && notice_next(&rest, &one))
			rc = notice_own(one, e);
		if (rc == RC_OK)
			rc = recall_by(&did, d->n, (struct bytes){ 0 }, e);
		if (rc == RC_OK && did)
			rc = ops->paper_drop(st.store, PAPER_RECALL, key, e);
		buf_free(&head);
		buf_free(&body);
		return store_failed(rc);
	}
	if (rc == RC_ABSENT)
		rc = recall_by(&did, d->n, (struct bytes){ 0 }, e);
	for (i = 0; i < n && rc == RC_OK && did; i++)
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
	bool did, his = false;
	enum rc rc = recall_by(&did, d->n, (struct bytes){ 0 }, e);

	if (rc == RC_OK && did)
		rc = recall_by(&his, d->n, by, e);
	if (rc == RC_OK && did && !his)
		rc = outcome(d, OUTCOME_NOT_YOURS, desk, e);
	if (rc == RC_OK && supersedes.len == ID_SIZE)
		rc = mark_old(d, desk, by, supersedes, e);
	return rc;
}

/* ---- at the origin ------------------------------------------------------- */

/* docs/receipts.md 9.4: it became something of what the desk that sent it
 * recalled, and the addressee's own station says so. */
static enum rc
end_chase(const struct weighed *w, struct err *e)
{
	char station[LIMIT_ADDRESS + 1], about[LIMIT_ADDRESS + 1];
	bool did;
	enum rc rc;

	if (w->s.code >= OUTCOME_AHEAD || !station_for(station, w->s.desk) ||
	    !weigh_same(bytes_str(station), w->batch->signer.address))
		return RC_OK;
	rc = recall_by(&did, w->d.n, w->d.desk, e);
	if (rc != RC_OK || !did)
		return rc;
	rc = weigh_dest(about, w, e);
	return rc == RC_OK ? chase_end(&w->d, bytes_str(about), e) : rc;
}

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
		return rc == RC_OK ? end_chase(w, e) : rc;
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
