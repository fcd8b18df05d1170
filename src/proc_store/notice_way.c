/* SPDX-License-Identifier: EUPL-1.2 */
/* What stations say of a dispatch's way: who has it, and where it goes no
 * further (docs/receipts.md 7). */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "envelope/address.h"
#include "pki/resolve.h"
#include "proc_store/weigh.h"

#define BACK_MAX 65536u		       /* docs/receipts.md 7.1 */
#define HOPS_EACH (2u * ADDRESS_DEPTH) /* stations on the way to a desk */

/* ---- legs ---------------------------------------------------------------- */

static bool
add_leg(void *ctx, const struct leg *leg)
{
	struct leg_list *x = ctx;

	x->q = vec_more(x->q, x->count, sizeof(*x->q));
	x->q[x->count++] = leg->q;
	return true;
}

enum rc
leg_list(struct leg_list *out, uint64_t n, struct err *e)
{
	*out = (struct leg_list){ 0 };
	return st.store->ops->legs(st.store, n, add_leg, out, e);
}

/* ---- custody ------------------------------------------------------------- */

enum rc
notice_custody(const struct stored *d, struct err *e)
{
	const struct statement s = notice_about(d, STATEMENT_CUSTODY);

	if (d->from.len == 0)
		return RC_OK;
	return notice_pend(&s, bytes_str(st.address), d->from,
	    precedence_rank(d->header.precedence), e);
}

struct look_hop {
	struct bytes hop;
	bool found;
};

static bool
look_hop(void *ctx, const struct leg *leg)
{
	struct look_hop *x = ctx;

	x->found = weigh_same(leg->hop, x->hop);
	return !x->found;
}

/* Only the next station speaks of what it was given, and of what lies behind
 * it. */
static enum rc
check_hop(const struct weighed *w, struct err *e)
{
	struct look_hop x = { .hop = w->batch->signer.address };
	enum rc rc;

	rc = st.store->ops->operate.goes(st.store, w->d.n, x.hop, &x.found, e);
	if (rc == RC_OK && !x.found) /* it may be written differently now */
		rc = st.store->ops->legs(st.store, w->d.n, look_hop, &x, e);
	return rc == RC_OK && !x.found ? weigh_not_his(w, e) : rc;
}

/* What went back, by hashes: the place of one is given to the next that has
 * it. */
static uint64_t back[BACK_MAX];

void
way_settled(bool kept)
{
	if (!kept) /* it comes again, and goes back then */
		memset(back, 0, sizeof(back));
}

/* docs/receipts.md 7.1: a station between keeps no row of it. */
static bool
went_back(const struct weighed *w, struct bytes station)
{
	struct buf all = { 0 };
	uint8_t hash[SHA256_SIZE];
	uint64_t h;
	bool did;

	buf_u64(&all, w->d.n);
	buf_add(&all, station);
	sha256(hash, buf_bytes(&all));
	buf_free(&all);
	memcpy(&h, hash, sizeof(h));
	did = back[h % BACK_MAX] == h;
	back[h % BACK_MAX] = h;
	return did;
}

struct hops {
	size_t hops, dests;
};

static bool
count_hop(void *ctx, const struct saying *said)
{
	struct hops *x = ctx;

	x->hops += said->kind == STATEMENT_HOP;
	return true;
}

static bool
count_dest(void *ctx, const struct dest *d)
{
	struct hops *x = ctx;

	(void)d;
	x->dests++;
	return true;
}

/* A dispatch goes no further than up and down the tree, to each of its
 * destinations. */
static enum rc
check_hops(const struct weighed *w, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	struct hops x = { 0 };
	struct leg_list legs = { 0 };
	enum rc rc;
	size_t i;

	rc = ops->notices->said(st.store, w->d.n, count_hop, &x, e);
	if (rc != RC_OK || x.hops < HOPS_EACH)
		return rc;
	rc = leg_list(&legs, w->d.n, e);
	for (i = 0; i < legs.count && rc == RC_OK; i++)
		rc = ops->leg_dests(st.store, legs.q[i], count_dest, &x, e);
	free(legs.q);
	if (rc == RC_OK && x.hops >= HOPS_EACH * x.dests)
		rc = fail(e, RC_LIMIT,
		    "docs/receipts.md 7.1: more stations than there are on "
		    "any way");
	return rc;
}

/* Of a station that the directory knows, under the name that it has there. */
static enum rc
keep_hop(struct weighed *w, struct err *e)
{
	struct directory *d = st.file.directory;
	const int64_t now = station_now();
	struct resolved to;
	enum rc rc;

	rc = resolve(d, w->s.station, now, &to, e);
	if (rc == RC_OK &&
	    (to.holder != NONE || station_of(d, to.unit, now) != to.unit))
		rc = fail(e, RC_DENIED,
		    "docs/receipts.md 7.1: %.*s is no station",
		    (int)w->s.station.len, (const char *)w->s.station.p);
	if (rc == RC_OK)
		rc = check_hops(w, e);
	return rc == RC_OK ? weigh_keep(w, bytes_str(to.address), false, e)
			   : rc;
}

/* Kept at the origin; else it goes back one station, as hearsay. */
static enum rc
pass_back(struct weighed *w, struct bytes station, struct err *e)
{
	struct statement s;

	if (w->d.from.len == 0)
		return w->s.kind == STATEMENT_HOP
			   ? keep_hop(w, e)
			   : weigh_keep(w, (struct bytes){ 0 }, false, e);
	if (went_back(w, station))
		return RC_OK;
	s = notice_about(&w->d, STATEMENT_HOP);
	s.station = station;
	if (w->s.at <= s.at) { /* another's clock does not date what we sign */
		s.at = w->s.at;
		s.own_clock = w->s.own_clock;
	}
	return notice_pend(&s, bytes_str(st.address), w->d.from,
	    precedence_rank(w->d.header.precedence), e);
}

enum rc
weigh_custody(struct weighed *w, struct err *e)
{
	const enum rc rc = check_hop(w, e);

	return rc == RC_OK ? pass_back(w, w->batch->signer.address, e) : rc;
}

enum rc
weigh_hop(struct weighed *w, struct err *e)
{
	const enum rc rc = check_hop(w, e);

	return rc == RC_OK ? pass_back(w, w->s.station, e) : rc;
}

/* ---- reports ------------------------------------------------------------- */

enum rc
notice_report(const struct stored *d, enum report_why why, struct bytes desk,
    struct bytes hop, int64_t since, struct err *e)
{
	struct statement s = notice_about(d, STATEMENT_REPORT);

	if (!address_is_desk(desk)) /* a notice: it is not reported of */
		return RC_OK;
	s.code = why;
	s.desk = desk;
	s.station = hop;
	s.since = since;
	return notice_pend(&s, bytes_str(st.address), d->header.origin,
	    precedence_rank(d->header.precedence), e);
}

static bool
add_desk(void *ctx, const struct dest *d)
{
	struct buf *rows = ctx;
	const struct msg_dest row = { d->address, d->tag };

	list_add(rows, LIST_DEST, &row);
	return true;
}

/* The leg, its dispatch, and its destinations as rows; what they borrow is
 * held. */
struct leg_of {
	struct leg leg;
	struct stored d;
	struct held held;
	char hop[LIMIT_ADDRESS + 1];
	struct buf rows;
};

static enum rc
find_leg(struct leg_of *x, uint64_t q, struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	enum rc rc;

	if ((rc = ops->leg(st.store, q, &x->leg, e)) != RC_OK)
		return rc;
	memcpy(x->hop, x->leg.hop.p, x->leg.hop.len);
	if ((rc = ops->get(st.store, x->leg.n, 0, &x->d, e)) != RC_OK)
		return rc;
	notice_hold(&x->d, &x->held);
	return ops->leg_dests(st.store, q, add_desk, &x->rows, e);
}

static void
note_leg(const struct leg_of *x, enum report_why why)
{
	static const enum entry_kind kinds[REPORT_WHYS] = {
		[REPORT_EXPIRED] = ENTRY_EXPIRED,
		[REPORT_NO_WAY] = ENTRY_BOUNCED,
		[REPORT_REFUSED] = ENTRY_BOUNCED,
		[REPORT_HELD] = ENTRY_HELD,
		[REPORT_DROPPED] = ENTRY_DROPPED,
	};
	struct log_line l = log_line(LOG_INFO, "leg.reported");
	struct entry_data of;

	log_uint(&l, "leg", x->leg.q);
	log_uint(&l, "code", why);
	process_log(LOG_INFO, &l);
	journal_of(&of, &x->d);
	of.station = bytes_str(x->hop);
	of.code = why;
	if (kinds[why] != 0)
		journal_add(kinds[why], &of, x->d.n);
}

void
leg_reported(uint64_t q, enum report_why why)
{
	struct leg_of x = { .leg = { 0 } };
	struct bytes rest;
	struct msg_dest row;
	struct err e;
	enum rc rc;

	rc = find_leg(&x, q, &e);
	if (rc == RC_OK)
		note_leg(&x, why);
	for (rest = buf_bytes(&x.rows);
	     rc == RC_OK && list_next(&rest, LIST_DEST, &row);)
		rc = notice_report(
		    &x.d, why, row.address, bytes_str(x.hop), x.leg.at, &e);
	(void)store_failed(rc);
	buf_free(&x.rows);
}

void
leg_rerouted(uint64_t q, struct bytes hop)
{
	struct leg_of x = { .leg = { 0 } };
	struct entry_data of;
	struct err e;

	if (store_failed(find_leg(&x, q, &e)) == RC_OK) {
		journal_of(&of, &x.d);
		of.station = hop;
		journal_add(ENTRY_REROUTED, &of, x.d.n);
	}
	buf_free(&x.rows);
}

/* Stations from a unit's own upwards, as it was at t: this one is among them.
 */
static bool
was_above(size_t unit, size_t station, int64_t t)
{
	struct directory *d = st.file.directory;
	unsigned steps;

	unit = station_of(d, unit, t);
	for (steps = 0; unit != NONE && steps <= ADDRESS_DEPTH; steps++) {
		if (unit == station)
			return true;
		unit = station_above(d, unit, t);
	}
	return false;
}

/* So it is now, or was until MOVED_KEEP ago: what it had then it speaks of. */
static bool
is_above(size_t unit, size_t station)
{
	const struct unit *u = &st.file.directory->state.units[unit];
	const int64_t now = station_now();
	const struct host *h;
	size_t i;

	if (was_above(unit, station, now))
		return true;
	for (i = u->host_count; i-- > 0;) {
		h = &u->hosts[i];
		if (h->until <= now && h->until > now - MOVED_KEEP &&
		    was_above(unit, station, h->until - 1))
			return true;
	}
	return false;
}

/* It lies between this station and the desk, or is one of the two ends. */
static bool
is_on_way(struct bytes station, struct bytes desk)
{
	struct resolved s, to;
	struct err e;

	return resolve(st.file.directory, station, station_now(), &s, &e) ==
		   RC_OK &&
	       resolve(st.file.directory, desk, station_now(), &to, &e) ==
		   RC_OK &&
	       (is_above(to.unit, s.unit) || is_above(st.unit, s.unit));
}

enum rc
weigh_from_way(struct weighed *w, struct err *e)
{
	char about[LIMIT_ADDRESS + 1];
	enum rc rc;

	if (w->d.from.len > 0 ||
	    !is_on_way(w->batch->signer.address, w->s.desk))
		return weigh_not_his(w, e);
	rc = weigh_dest(about, w, e);
	return rc == RC_OK ? weigh_keep(w, bytes_str(about), true, e) : rc;
}

enum rc
weigh_report(struct weighed *w, struct err *e)
{
	if (w->s.desk.len == 0)
		return weigh_not_his(w, e);
	return weigh_from_way(w, e);
}
