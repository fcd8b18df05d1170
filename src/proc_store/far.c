/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bundles between stations that are no neighbours (docs/media.md 8): what goes
 * in one is on its way over the other station by the directory, and goes on
 * waiting for its line; of what comes in one the same is held to the writer.
 */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "proc_store/arrival.h"
#include "proc_store/carried.h"

/* The way from where the one is to where the other is leads over a station. */
static bool
leads_over(struct bytes from, size_t over, size_t to)
{
	struct directory *d = st.file.directory;
	const int64_t now = station_now();

	return route_over(d, route_station(d, from, now), over, to, now);
}

bool
far_lies(const struct line *l, struct bytes address)
{
	return leads_over(address, l->unit, st.unit);
}

/* ---- what goes
 * --------------------------------------------------------------- */

struct gathering {
	const struct line *l;
	struct buf *rows;
};

static bool
gather(void *ctx, const struct dest *d)
{
	const struct gathering *g = ctx;
	const struct msg_dest row = { d->address, d->tag };

	if (far_lies(g->l, d->address))
		list_add(g->rows, LIST_DEST, &row);
	return true;
}

enum rc
far_dests(
    struct buf *out, const struct line *l, const struct leg *leg, struct err *e)
{
	struct gathering g = { l, out };
	struct stored d;
	enum rc rc;

	*out = (struct buf){ 0 };
	rc = st.store->ops->get(st.store, leg->n, leg->copy, &d, e);
	/* an operator has decided that it goes elsewhere; he would refuse it */
	if (rc == RC_OK &&
	    (leg->pinned || !leads_over(d.header.origin, st.unit, l->unit)))
		return RC_OK;
	if (rc == RC_OK)
		rc = st.store->ops->leg_dests(st.store, leg->q, gather, &g, e);
	if (rc != RC_OK)
		buf_free(out);
	return rc;
}

/* ---- how it was taken
 * -------------------------------------------------------- */

struct parting {
	struct bytes went;    /* rows */
	struct dest *list;    /* owned; addresses are in "text" */
	size_t count, others; /* others: that the leg keeps */
	struct arena text;
};

static bool
is_among(struct bytes rows, struct bytes address)
{
	struct msg_dest d;

	while (list_next(&rows, LIST_DEST, &d))
		if (bytes_eq(d.address, address))
			return true;
	return false;
}

static bool
part(void *ctx, const struct dest *d)
{
	struct parting *p = ctx;

	if (!is_among(p->went, d->address)) {
		p->others++;
		return true;
	}
	p->list = vec_more(p->list, p->count, sizeof(*p->list));
	p->list[p->count++] =
	    (struct dest){ arena_add(&p->text, d->address), d->tag };
	return true;
}

/* Those that he has leave the leg for one of their own, which is over. */
static enum rc
leave(const struct leg *leg, const struct parting *p, struct bytes hop,
    struct err *e)
{
	const struct store_ops *ops = st.store->ops;
	const int64_t now = station_now();
	struct leg new = *leg;
	uint64_t q = 0;
	enum rc rc = RC_OK;
	size_t i;

	new.hop = hop;
	new.state = LEG_QUEUED;
	new.at = now;
	for (i = 0; i < p->count && rc == RC_OK; i++)
		rc = ops->operate.dest_drop(
		    st.store, leg->q, p->list[i].address, e);
	if (rc == RC_OK)
		rc = ops->send(st.store, &new, p->list, p->count, &q, e);
	if (rc == RC_OK && q != 0)
		rc = ops->leg_set(st.store, q, LEG_PASSED, &hop, now, e);
	return rc;
}

static void
log_refused(
    const struct line *l, const struct carried *c, const struct msg_taken *t)
{
	struct log_line log = log_line(LOG_WARN, "bundle.item_refused");

	log_str(&log, "by", bytes_str(l->station));
	log_uint(&log, "leg", c->q);
	log_uint(&log, "code", t->code);
	process_log(LOG_WARN, &log);
}

enum rc
far_answered(const struct line *l, const struct carried *c,
    const struct msg_taken *t, bool *ended, struct err *e)
{
	struct parting p = { .went = buf_bytes(&c->dests) };
	struct bytes hop = bytes_str(l->station);
	struct leg leg;
	enum rc rc;

	*ended = false;
	if (t->outcome == ACK_REFUSED) { /* who is on the way may take it */
		log_refused(l, c, t);
		return RC_OK;
	}
	if ((rc = st.store->ops->leg(st.store, c->q, &leg, e)) != RC_OK ||
	    (leg.state != LEG_QUEUED && leg.state != LEG_HELD))
		return rc;
	rc = st.store->ops->leg_dests(st.store, c->q, part, &p, e);
	if (rc != RC_OK || p.count == 0 || (rc = store_write(e)) != RC_OK)
		goto out;
	line_takes_back(c->q);
	*ended = true;
	if (p.others == 0)
		rc = st.store->ops->leg_set(
		    st.store, c->q, LEG_PASSED, &hop, station_now(), e);
	else
		rc = leave(&leg, &p, hop, e);
	rc = store_failed(rc);
out:
	free(p.list);
	arena_free(&p.text);
	return rc;
}

/* ---- what comes
 * -------------------------------------------------------------- */

enum rc
far_takes(const struct arrival *a, const struct header *h, struct err *e)
{
	struct bytes dests = a->dests;
	struct msg_dest d;

	if (!leads_over(h->origin, a->from->unit, st.unit))
		return fail(e, RC_INVALID,
		    "docs/media.md 8.3: what is from %.*s does not come here "
		    "over %s",
		    (int)h->origin.len, (const char *)h->origin.p,
		    a->from->station);
	while (list_next(&dests, LIST_DEST, &d))
		if (!leads_over(d.address, st.unit, a->from->unit))
			return fail(e, RC_USAGE,
			    "docs/media.md 8.3: what is for %.*s does not go "
			    "from %s over here",
			    (int)d.address.len, (const char *)d.address.p,
			    a->from->station);
	return RC_OK;
}

bool
far_back(const struct line *l, struct bytes hop)
{
	struct directory *d = st.file.directory;
	const int64_t now = station_now();
	const size_t unit = route_station(d, hop, now);

	return unit != NONE && station_above(d, unit, now) != st.unit &&
	       station_above(d, st.unit, now) != unit &&
	       route_over(d, unit, l->unit, st.unit, now);
}
