/* SPDX-License-Identifier: EUPL-1.2 */
/* What stations say of a dispatch's way: who has it, and where it goes no
 * further (docs/receipts.md 7). */
#include <string.h>

#include "antind/weigh.h"
#include "core/vec.h"
#include "envelope/address.h"
#include "pki/resolve.h"

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

	rc = st.store->ops->legs(st.store, w->d.n, look_hop, &x, e);
	return rc == RC_OK && !x.found ? weigh_not_his(w, e) : rc;
}

/* Kept at the origin; else it goes back one station, as hearsay. */
static enum rc
pass_back(struct weighed *w, struct bytes station, struct err *e)
{
	struct statement s;

	if (w->d.from.len == 0)
		return weigh_keep(w,
		    w->s.kind == STATEMENT_HOP ? station : (struct bytes){ 0 },
		    false, e);
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
	struct entry_data of;

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

/* Stations from a unit's own upwards: this one is among them. */
static bool
is_above(size_t unit, size_t station)
{
	struct directory *d = st.file.directory;
	const int64_t now = station_now();
	unsigned steps;

	unit = station_of(d, unit, now);
	for (steps = 0; unit != NONE && steps <= ADDRESS_DEPTH; steps++) {
		if (unit == station)
			return true;
		unit = station_above(d, unit, now);
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
