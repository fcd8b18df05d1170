/* SPDX-License-Identifier: EUPL-1.2 */
/* Legs: whither a dispatch has still to go. */
#include "core/time.h"
#include "store/check.h"
#include "store/sqlite.h"

/* The columns of a leg, in the order leg_of() reads. */
#define LEG "q, n, hop, rank, due, state, at, total, c, pinned, expires, again"

/* Borrows from the row. */
static struct leg
leg_of(const struct sqlite_run *r)
{
	return (struct leg){
		.q = sqlite_get_uint(r, 0),
		.n = sqlite_get_uint(r, 1),
		.hop = sqlite_get_bytes(r, 2),
		.rank = (unsigned)sqlite_get_uint(r, 3),
		.due = sqlite_get_int(r, 4),
		.state = (enum leg_state)(sqlite_get_uint(r, 5) % LEG_STATES),
		.at = sqlite_get_int(r, 6),
		.total = sqlite_get_uint(r, 7),
		.copy = sqlite_get_uint(r, 8),
		.pinned = sqlite_get_int(r, 9) != 0,
		.expires = sqlite_get_int(r, 10),
		.again = (unsigned)sqlite_get_uint(r, 11),
	};
}

/* ---- sending ----------------------------------------------------------- */

enum rc
sqlite_has(struct store *store, uint64_t n, struct bytes address, bool *has,
    struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(
	    s, QUERY_HAS, "SELECT 1 FROM dest WHERE n = ?1 AND address = ?2");

	sqlite_uint(&r, 1, n);
	sqlite_bytes(&r, 2, address);
	*has = sqlite_row(&r);
	return sqlite_end(&r, e);
}

enum rc
sqlite_take(struct sqlite *s, uint64_t n, const struct dest *d, uint64_t q,
    bool listed, bool *taken, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_TAKE,
	    "INSERT INTO dest (n, address, tag, q, listed)"
	    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING");
	enum rc rc;

	*taken = false;
	sqlite_uint(&r, 1, n);
	sqlite_bytes(&r, 2, d->address);
	sqlite_bytes(&r, 3, tag_bytes(&d->tag));
	sqlite_uint(&r, 4, q);
	sqlite_int(&r, 5, listed);
	if ((rc = sqlite_do(&r, e)) != RC_OK)
		return rc;
	*taken = sqlite3_changes(s->db) > 0;
	return RC_OK;
}

/* It is not there, in *e: that is no matter where it has all of them. */
static enum rc
send_gone(struct sqlite *s, uint64_t n, const struct dest *dests, size_t count,
    struct err *e)
{
	bool has = count > 0;
	struct err worse;
	size_t i;

	for (i = 0; i < count && has; i++)
		if (sqlite_has(&s->store, n, dests[i].address, &has, &worse) !=
		    RC_OK) {
			*e = worse;
			return worse.rc;
		}
	return has ? RC_OK : e->rc;
}

static enum rc
send_leg(struct sqlite *s, const struct leg *leg, uint64_t q, uint64_t total,
    struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_SEND,
	    "INSERT INTO leg (" LEG ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
	    " ?8, ?9, ?10, ?11, ?12)");

	sqlite_uint(&r, 1, q);
	sqlite_uint(&r, 2, leg->n);
	sqlite_bytes(&r, 3, leg->hop);
	sqlite_int(&r, 4, leg->rank);
	sqlite_int(&r, 5, leg->due);
	sqlite_int(&r, 6, leg->state);
	sqlite_int(&r, 7, leg->at);
	sqlite_uint(&r, 8, total);
	sqlite_uint(&r, 9, leg->copy);
	sqlite_int(&r, 10, leg->pinned);
	sqlite_int(&r, 11, leg->expires == TIME_NEVER ? 0 : leg->expires);
	sqlite_uint(&r, 12, leg->again);
	return sqlite_do(&r, e);
}

/* A dispatch's first legs are no list yet: nearly all have no others. */
#define LEGS_FEW 8u

static bool
is_listed(struct sqlite *s, uint64_t n)
{
	return n != s->put || ++s->put_legs > LEGS_FEW;
}

enum rc
sqlite_send(struct store *store, const struct leg *leg,
    const struct dest *dests, size_t count, uint64_t *q, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	uint64_t next = s->now.last_leg + 1, total;
	bool taken, any = false, listed;
	size_t i;
	enum rc rc;

	*q = 0;
	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_leg(leg, e)) != RC_OK)
		return rc;
	for (i = 0; i < count; i++)
		if ((rc = check_dest(&dests[i], e)) != RC_OK)
			return rc;
	rc = sqlite_there(s, leg->n, leg->copy, &total, e);
	if (rc == RC_ABSENT)
		return send_gone(s, leg->n, dests, count, e);
	listed = is_listed(s, leg->n);
	for (i = 0; i < count && rc == RC_OK; i++, any |= taken)
		rc = sqlite_take(s, leg->n, &dests[i], next, listed, &taken, e);
	if (rc != RC_OK || !any)
		return rc;
	if ((rc = send_leg(s, leg, next, total, e)) != RC_OK)
		return rc;
	*q = s->now.last_leg = next;
	return RC_OK;
}

/* ---- a leg's state ----------------------------------------------------- */

enum rc
sqlite_leg(struct store *store, uint64_t q, struct leg *out, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r =
	    sqlite_run(s, QUERY_LEG, "SELECT " LEG " FROM leg WHERE q = ?1");
	bool found;
	enum rc rc;

	*out = (struct leg){ 0 };
	sqlite_uint(&r, 1, q);
	if ((found = sqlite_row(&r))) {
		*out = leg_of(&r);
		out->hop =
		    sqlite_keep(s->held.address[0], LIMIT_ADDRESS, out->hop);
	}
	if ((rc = sqlite_end(&r, e)) != RC_OK)
		return rc;
	if (!found)
		return fail(e, RC_ABSENT, "store: no such leg");
	return RC_OK;
}

static struct sqlite_wait *
wait_of(struct sqlite *s, uint64_t n)
{
	return &s->waits[n % SQLITE_WAITS];
}

/* The leg that waited last time waits still: nothing else need be looked at. */
static enum rc
still_waits(
    struct sqlite *s, uint64_t n, uint64_t copy, bool *does, struct err *e)
{
	const struct sqlite_wait *w = wait_of(s, n);
	struct sqlite_run r;

	*does = false;
	if (w->n != n || w->copy != copy)
		return RC_OK;
	r = sqlite_run(s, QUERY_STILL_WAITS,
	    "SELECT 1 FROM leg WHERE q = ?1 AND n = ?2 AND c = ?3"
	    " AND state IN (0, 4)");
	sqlite_uint(&r, 1, w->q);
	sqlite_uint(&r, 2, n);
	sqlite_uint(&r, 3, copy);
	*does = sqlite_row(&r);
	return sqlite_end(&r, e);
}

/* One that waits is remembered: of a list, whose legs come to their ends one by
 * one, it is soon another that nearly all others come before. */
static enum rc
which_waits(struct sqlite *s, uint64_t n, uint64_t copy, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_WHICH_WAITS,
	    "SELECT q FROM leg INDEXED BY leg_dispatch"
	    " WHERE n = ?1 AND c = ?2 AND state IN (0, 4)"
	    " ORDER BY hop DESC LIMIT 1");

	sqlite_uint(&r, 1, n);
	sqlite_uint(&r, 2, copy);
	if (sqlite_row(&r))
		*wait_of(s, n) =
		    (struct sqlite_wait){ n, copy, sqlite_get_uint(&r, 0) };
	return sqlite_end(&r, e);
}

/* The copy's last leg may be over, and it was only passed on here: purge()
 * looks. */
static enum rc
over(struct sqlite *s, uint64_t n, uint64_t copy, struct err *e)
{
	struct sqlite_run r;
	bool waits;
	enum rc rc;

	if ((rc = still_waits(s, n, copy, &waits, e)) != RC_OK || waits)
		return rc;
	r = sqlite_run(s, QUERY_OVER,
	    "INSERT INTO over (n, c) SELECT d.n, ?2 FROM dispatch d"
	    " WHERE d.n = ?1 AND (d.desk = x'' OR ?2 > 0) AND NOT EXISTS"
	    " (SELECT 1 FROM leg l INDEXED BY leg_dispatch"
	    "  WHERE l.n = d.n AND l.c = ?2 AND l.state IN (0, 4))"
	    " ON CONFLICT DO NOTHING");
	sqlite_uint(&r, 1, n);
	sqlite_uint(&r, 2, copy);
	if ((rc = sqlite_do(&r, e)) != RC_OK || sqlite3_changes(s->db) > 0)
		return rc;
	return which_waits(s, n, copy, e);
}

/* What of a leg its next state depends on. */
struct standing {
	uint64_t n, copy;
	bool waits, moves; /* moves: it has another hop than this one */
};

/* The caller's bytes may be what the store lent him: nothing of that is
 * overwritten here. */
static enum rc
state_of(struct sqlite *s, uint64_t q, const struct bytes *hop,
    struct standing *out, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_LEG_STATE,
	    "SELECT n, c, state IN (0, 4), hop <> ifnull(?2, hop)"
	    " FROM leg WHERE q = ?1");
	bool found;
	enum rc rc;

	*out = (struct standing){ 0 };
	sqlite_uint(&r, 1, q);
	if (hop != NULL)
		sqlite_bytes(&r, 2, *hop);
	if ((found = sqlite_row(&r))) {
		out->n = sqlite_get_uint(&r, 0);
		out->copy = sqlite_get_uint(&r, 1);
		out->waits = sqlite_get_int(&r, 2) != 0;
		out->moves = sqlite_get_int(&r, 3) != 0;
	}
	if ((rc = sqlite_end(&r, e)) != RC_OK)
		return rc;
	if (!found)
		return fail(e, RC_ABSENT, "store: no such leg");
	return RC_OK;
}

enum rc
sqlite_leg_set(struct store *store, uint64_t q, enum leg_state state,
    const struct bytes *hop, int64_t at, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	struct standing was;
	uint64_t total;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_leg_state(state, e)) != RC_OK ||
	    (hop != NULL && (rc = check_address(*hop, e)) != RC_OK) ||
	    (rc = state_of(s, q, hop, &was, e)) != RC_OK)
		return rc;
	if (leg_waits(state) && !was.waits &&
	    (rc = sqlite_there(s, was.n, was.copy, &total, e)) != RC_OK)
		return rc;
	/* an index has the hop: it is left alone where that stays */
	r = was.moves ? sqlite_run(s, QUERY_LEG_MOVE,
			    "UPDATE leg SET state = ?2, at = ?3, hop = ?4"
			    " WHERE q = ?1")
		      : sqlite_run(s, QUERY_LEG_SET,
			    "UPDATE leg SET state = ?2, at = ?3 WHERE q = ?1");
	sqlite_uint(&r, 1, q);
	sqlite_int(&r, 2, state);
	sqlite_int(&r, 3, at);
	if (was.moves)
		sqlite_bytes(&r, 4, *hop);
	if ((rc = sqlite_do(&r, e)) != RC_OK)
		return rc;
	return was.waits && !leg_waits(state) ? over(s, was.n, was.copy, e)
					      : RC_OK;
}

/* ---- lists ------------------------------------------------------------- */

/* Rows until there are no more, or each() has enough: *on is false then. */
static enum rc
some_legs(struct sqlite_run *r, bool (*each)(void *ctx, const struct leg *leg),
    void *ctx, size_t *count, bool *on, struct err *e)
{
	struct leg leg;

	*on = true;
	while (*on && sqlite_row(r)) {
		leg = leg_of(r);
		(*count)++;
		*on = each(ctx, &leg);
	}
	return sqlite_end(r, e);
}

static enum rc
each_leg(struct sqlite_run *r, bool (*each)(void *ctx, const struct leg *leg),
    void *ctx, struct err *e)
{
	size_t count = 0;
	bool on;

	return some_legs(r, each, ctx, &count, &on, e);
}

/* In two steps, each of which begins where it should in the index: those that
 * are due then, and those that are later. */
enum rc
sqlite_queue(struct store *store, struct bytes hop, unsigned rank, int64_t due,
    uint64_t after, size_t max, bool (*each)(void *ctx, const struct leg *leg),
    void *ctx, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	size_t count = 0;
	bool on = true;
	enum rc rc = RC_OK;

	if (after > 0) {
		r = sqlite_run(s, QUERY_QUEUE_THEN,
		    "SELECT " LEG " FROM leg INDEXED BY leg_queue"
		    " WHERE hop = ?1 AND rank = ?2 AND state = 0"
		    " AND due = ?3 AND q > ?4 ORDER BY q LIMIT ?5");
		sqlite_bytes(&r, 1, hop);
		sqlite_int(&r, 2, rank);
		sqlite_int(&r, 3, due);
		sqlite_uint(&r, 4, after);
		sqlite_uint(&r, 5, max);
		rc = some_legs(&r, each, ctx, &count, &on, e);
		on = on && count < max && due < INT64_MAX;
	}
	if (rc != RC_OK || !on)
		return rc;
	r = sqlite_run(s, QUERY_QUEUE,
	    "SELECT " LEG " FROM leg INDEXED BY leg_queue"
	    " WHERE hop = ?1 AND rank = ?2 AND state = 0 AND due >= ?3"
	    " ORDER BY due, q LIMIT ?4");
	sqlite_bytes(&r, 1, hop);
	sqlite_int(&r, 2, rank);
	sqlite_int(&r, 3, after > 0 ? due + 1 : due);
	sqlite_uint(&r, 4, max - count);
	return each_leg(&r, each, ctx, e);
}

enum rc
sqlite_legs(struct store *store, uint64_t n,
    bool (*each)(void *ctx, const struct leg *leg), void *ctx, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_LEGS,
	    "SELECT " LEG " FROM leg INDEXED BY leg_dispatch"
	    " WHERE n = ?1 ORDER BY q");

	sqlite_uint(&r, 1, n);
	return each_leg(&r, each, ctx, e);
}

enum rc
sqlite_waiting(struct store *store, uint64_t after, size_t max,
    bool (*each)(void *ctx, const struct leg *leg), void *ctx, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_WAITING,
	    "SELECT " LEG " FROM leg INDEXED BY leg_waiting"
	    " WHERE state IN (0, 4) AND q > ?1 ORDER BY q LIMIT ?2");

	sqlite_uint(&r, 1, after);
	sqlite_uint(&r, 2, max);
	return each_leg(&r, each, ctx, e);
}

static enum rc
each_dest(struct sqlite_run *r, bool (*each)(void *ctx, const struct dest *d),
    void *ctx, size_t *count, struct err *e)
{
	struct dest d;

	while (sqlite_row(r)) {
		d.address = sqlite_get_bytes(r, 0);
		sqlite_get_fixed(r, 1, d.tag.b, TAG_SIZE);
		(*count)++;
		if (!each(ctx, &d))
			break;
	}
	return sqlite_end(r, e);
}

/* All of a leg's are listed, or none. */
enum rc
sqlite_leg_dests(struct store *store, uint64_t q,
    bool (*each)(void *ctx, const struct dest *d), void *ctx, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_LISTED_DESTS,
	    "SELECT address, tag FROM dest INDEXED BY dest_listed"
	    " WHERE q = ?1 AND listed = 1 ORDER BY address");
	size_t count = 0;
	enum rc rc;

	sqlite_uint(&r, 1, q);
	rc = each_dest(&r, each, ctx, &count, e);
	if (rc != RC_OK || count > 0)
		return rc;
	r = sqlite_run(s, QUERY_LEG_DESTS,
	    "SELECT t.address, t.tag FROM leg l CROSS JOIN dest t"
	    " ON t.n = l.n AND t.q = l.q WHERE l.q = ?1 ORDER BY t.address");
	sqlite_uint(&r, 1, q);
	return each_dest(&r, each, ctx, &count, e);
}

enum rc
sqlite_hops(struct store *store,
    bool (*each)(void *ctx, const struct hop_count *h), void *ctx,
    struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_HOPS,
	    "SELECT hop, count(*), sum(total), min(at), max(rank)"
	    " FROM leg INDEXED BY leg_queue WHERE state = 0"
	    " GROUP BY hop ORDER BY hop");
	struct hop_count h;

	while (sqlite_row(&r)) {
		h.hop = sqlite_get_bytes(&r, 0);
		h.queued = sqlite_get_uint(&r, 1);
		h.bytes = sqlite_get_uint(&r, 2);
		h.oldest = sqlite_get_int(&r, 3);
		h.rank = (unsigned)sqlite_get_uint(&r, 4);
		if (!each(ctx, &h))
			break;
	}
	return sqlite_end(&r, e);
}
