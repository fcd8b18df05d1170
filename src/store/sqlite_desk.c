/* SPDX-License-Identifier: EUPL-1.2 */
/* Dispatches at the desks of this station. */
#include "store/check.h"
#include "store/sqlite.h"

/* The columns of a delivery "v", in the order delivery_of() reads. */
#define DELIVERY "v.n, v.desk, v.state, v.at, v.arrived, v.reason, v.tag, v.c"
#define DELIVERY_COLUMNS 8

/* Borrows from the row. */
static struct delivery
delivery_of(const struct sqlite_run *r)
{
	struct delivery d = {
		.n = sqlite_get_uint(r, 0),
		.desk = sqlite_get_bytes(r, 1),
		.state = (enum delivery_state)(
		    sqlite_get_uint(r, 2) % DELIVERY_STATES),
		.at = sqlite_get_int(r, 3),
		.arrived = sqlite_get_int(r, 4),
		.reason = sqlite_get_bytes(r, 5),
		.copy = sqlite_get_uint(r, 7),
	};

	sqlite_get_fixed(r, 6, d.tag.b, TAG_SIZE);
	return d;
}

enum rc
sqlite_deliver(struct store *store, uint64_t n, uint64_t copy,
    const struct dest *d, int64_t at, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	uint64_t total;
	bool has;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_dest(d, e)) != RC_OK ||
	    (rc = sqlite_has(store, n, d->address, &has, e)) != RC_OK)
		return rc;
	if (has)
		return fail(
		    e, RC_EXISTS, "store: it has this destination already");
	if ((rc = sqlite_there(s, n, copy, &total, e)) != RC_OK ||
	    (rc = sqlite_take(s, n, d, 0, false, &has, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_DELIVER,
	    "INSERT INTO delivery (n, desk, state, at, arrived, reason, tag,"
	    " c) VALUES (?1, ?2, 0, ?3, ?3, x'', ?4, ?5)");
	sqlite_uint(&r, 1, n);
	sqlite_bytes(&r, 2, d->address);
	sqlite_int(&r, 3, at);
	sqlite_bytes(&r, 4, tag_bytes(&d->tag));
	sqlite_uint(&r, 5, copy);
	return sqlite_do(&r, e);
}

enum rc
sqlite_delivery(struct store *store, uint64_t n, struct bytes desk,
    struct delivery *out, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_DELIVERY,
	    "SELECT " DELIVERY
	    " FROM delivery v WHERE v.desk = ?2 AND v.n = ?1");
	bool found;
	enum rc rc;

	*out = (struct delivery){ 0 };
	sqlite_uint(&r, 1, n);
	sqlite_bytes(&r, 2, desk);
	if ((found = sqlite_row(&r))) {
		*out = delivery_of(&r);
		out->desk =
		    sqlite_keep(s->held.address[0], LIMIT_ADDRESS, out->desk);
		out->reason =
		    sqlite_keep(s->held.reason, STORE_REASON, out->reason);
	}
	if ((rc = sqlite_end(&r, e)) != RC_OK)
		return rc;
	if (!found)
		return fail(e, RC_ABSENT, "store: it is not at this desk");
	return RC_OK;
}

/* The caller's bytes may be what the store lent him: nothing of that is
 * overwritten here. */
static enum rc
state_of(struct sqlite *s, uint64_t n, struct bytes desk,
    enum delivery_state *state, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_DELIVERY_STATE,
	    "SELECT state FROM delivery WHERE desk = ?2 AND n = ?1");
	bool found;
	enum rc rc;

	*state = DELIVERY_ARRIVED;
	sqlite_uint(&r, 1, n);
	sqlite_bytes(&r, 2, desk);
	if ((found = sqlite_row(&r)))
		*state = (enum delivery_state)(
		    sqlite_get_uint(&r, 0) % DELIVERY_STATES);
	if ((rc = sqlite_end(&r, e)) != RC_OK)
		return rc;
	if (!found)
		return fail(e, RC_ABSENT, "store: it is not at this desk");
	return RC_OK;
}

enum rc
sqlite_delivery_set(struct store *store, uint64_t n, struct bytes desk,
    enum delivery_state state, int64_t at, struct bytes reason, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum delivery_state was;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_delivery(state, reason, e)) != RC_OK ||
	    (rc = state_of(s, n, desk, &was, e)) != RC_OK)
		return rc;
	if (state == was)
		return RC_OK;
	if (!delivery_follows(was, state))
		return fail(e, RC_DENIED,
		    "store: that state cannot follow (docs/station.md 4.6)");
	r = sqlite_run(s, QUERY_DELIVERY_SET,
	    "UPDATE delivery SET state = ?3, at = ?4, reason = ?5"
	    " WHERE desk = ?2 AND n = ?1");
	sqlite_uint(&r, 1, n);
	sqlite_bytes(&r, 2, desk);
	sqlite_int(&r, 3, state);
	sqlite_int(&r, 4, at);
	sqlite_bytes(&r, 5, reason);
	return sqlite_do(&r, e);
}

enum rc
sqlite_deliveries(struct store *store, uint64_t n,
    bool (*each)(void *ctx, const struct delivery *d), void *ctx, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_DELIVERIES,
	    "SELECT " DELIVERY " FROM dest t CROSS JOIN delivery v"
	    " ON v.desk = t.address AND v.n = t.n"
	    " WHERE t.n = ?1 AND t.q = 0 ORDER BY t.address");
	struct delivery d;

	sqlite_uint(&r, 1, n);
	while (sqlite_row(&r)) {
		d = delivery_of(&r);
		if (!each(ctx, &d))
			break;
	}
	return sqlite_end(&r, e);
}

enum rc
sqlite_inbox(struct store *store, struct bytes desk, bool all, uint64_t before,
    size_t max,
    bool (*each)(void *ctx, const struct delivery *d, const struct stored *of),
    void *ctx, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r =
	    all ? sqlite_run(s, QUERY_INBOX_ALL,
		      "SELECT " DELIVERY ", " SQLITE_STORED
		      " FROM delivery v CROSS JOIN dispatch d ON d.n = v.n"
		      " WHERE v.desk = ?1 AND v.n < ?2"
		      " ORDER BY v.n DESC LIMIT ?3")
		: sqlite_run(s, QUERY_INBOX,
		      "SELECT " DELIVERY ", " SQLITE_STORED
		      " FROM delivery v INDEXED BY delivery_open"
		      " CROSS JOIN dispatch d ON d.n = v.n"
		      " WHERE v.desk = ?1 AND v.n < ?2"
		      " AND v.state IN (0, 1)"
		      " ORDER BY v.n DESC LIMIT ?3");
	struct delivery d;
	struct stored of;

	sqlite_bytes(&r, 1, desk);
	sqlite_uint(&r, 2, before);
	sqlite_uint(&r, 3, max);
	while (sqlite_row(&r)) {
		d = delivery_of(&r);
		sqlite_stored(&r, DELIVERY_COLUMNS, &of);
		if (!each(ctx, &d, &of))
			break;
	}
	return sqlite_end(&r, e);
}
