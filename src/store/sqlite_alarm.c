/* SPDX-License-Identifier: EUPL-1.2 */
/* Alarms. */
#include "store/check.h"
#include "store/sqlite.h"

/* The one that lasts; 0: none does. */
static enum rc
lasting(struct sqlite *s, enum store_alarm_kind kind, struct bytes subject,
    unsigned rank, uint64_t *n, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_ALARM_FIND,
	    "SELECT n FROM alarm INDEXED BY alarm_lasts WHERE kind = ?1"
	    " AND subject = ?2 AND rank = ?3 AND over = 0");

	*n = 0;
	sqlite_int(&r, 1, kind);
	sqlite_bytes(&r, 2, subject);
	sqlite_int(&r, 3, rank);
	if (sqlite_row(&r))
		*n = sqlite_get_uint(&r, 0);
	return sqlite_end(&r, e);
}

static enum rc
check_room(struct sqlite *s, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_ALARM_COUNT,
	    "SELECT count(*) FROM alarm INDEXED BY alarm_lasts WHERE over = 0");
	uint64_t count = 0;
	enum rc rc;

	if (sqlite_row(&r))
		count = sqlite_get_uint(&r, 0);
	if ((rc = sqlite_end(&r, e)) != RC_OK)
		return rc;
	return count < STORE_ALARMS_LASTING
		   ? RC_OK
		   : fail(e, RC_LIMIT, "store: %u alarms last already",
			 STORE_ALARMS_LASTING);
}

/* Of those that are over the oldest go. */
static enum rc
forget(struct sqlite *s, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_ALARM_FORGET,
	    "DELETE FROM alarm WHERE over > 0 AND n <= (SELECT n FROM alarm"
	    " WHERE over > 0 ORDER BY n DESC LIMIT 1 OFFSET ?1)");

	sqlite_uint(&r, 1, STORE_ALARMS_OVER);
	return sqlite_do(&r, e);
}

enum rc
sqlite_raise(struct store *store, struct store_alarm *a, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_alarm(a, e)) != RC_OK ||
	    (rc = lasting(s, a->kind, a->subject, a->rank, &a->n, e)) != RC_OK)
		return rc;
	if (a->n != 0)
		return fail(e, RC_EXISTS, "store: this alarm lasts already");
	if ((rc = check_room(s, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_ALARM_RAISE,
	    "INSERT INTO alarm (kind, subject, rank, since, over, acked, uid,"
	    " text) VALUES (?1, ?2, ?3, ?4, 0, 0, 0, ?5)");
	sqlite_int(&r, 1, a->kind);
	sqlite_bytes(&r, 2, a->subject);
	sqlite_int(&r, 3, a->rank);
	sqlite_int(&r, 4, a->since);
	sqlite_bytes(&r, 5, a->text);
	if ((rc = sqlite_do(&r, e)) != RC_OK)
		return rc;
	a->n = (uint64_t)sqlite3_last_insert_rowid(s->db);
	return forget(s, e);
}

enum rc
sqlite_alarm_end(struct store *store, enum store_alarm_kind kind,
    struct bytes subject, unsigned rank, int64_t at, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	uint64_t n;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = lasting(s, kind, subject, rank, &n, e)) != RC_OK)
		return rc;
	if (n == 0)
		return fail(e, RC_ABSENT, "store: no such alarm lasts");
	r = sqlite_run(
	    s, QUERY_ALARM_END, "UPDATE alarm SET over = ?2 WHERE n = ?1");
	sqlite_uint(&r, 1, n);
	sqlite_int(&r, 2, at);
	return sqlite_do(&r, e);
}

enum rc
sqlite_alarm_ack(struct store *store, uint64_t n, uint64_t uid, struct bytes by,
    int64_t at, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_alarm_by(by, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_ALARM_ACK,
	    "UPDATE alarm SET uid = CASE acked WHEN 0 THEN ?2 ELSE uid END,"
	    " who = CASE acked WHEN 0 THEN ?4 ELSE who END,"
	    " acked = CASE acked WHEN 0 THEN ?3 ELSE acked END WHERE n = ?1");
	sqlite_uint(&r, 1, n);
	sqlite_uint(&r, 2, uid);
	sqlite_int(&r, 3, at);
	sqlite_bytes(&r, 4, by);
	if ((rc = sqlite_do(&r, e)) == RC_OK && sqlite3_changes(s->db) == 0)
		rc = fail(e, RC_ABSENT, "store: no such alarm");
	return rc;
}

enum rc
sqlite_alarm_each(struct store *store, bool all,
    bool (*each)(void *ctx, const struct store_alarm *a), void *ctx,
    struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_ALARM_EACH,
	    "SELECT n, kind, subject, rank, since, over, acked, uid, text,"
	    " who FROM alarm WHERE over = 0 OR ?1 ORDER BY rank DESC, n DESC");
	struct store_alarm a;

	sqlite_int(&r, 1, all);
	while (sqlite_row(&r)) {
		a = (struct store_alarm){ .n = sqlite_get_uint(&r, 0),
			.kind = (enum store_alarm_kind)sqlite_get_uint(&r, 1),
			.subject = sqlite_get_bytes(&r, 2),
			.rank = (unsigned)sqlite_get_uint(&r, 3),
			.since = sqlite_get_int(&r, 4),
			.over = sqlite_get_int(&r, 5),
			.acked = sqlite_get_int(&r, 6),
			.uid = sqlite_get_uint(&r, 7),
			.text = sqlite_get_bytes(&r, 8),
			.by = sqlite_get_bytes(&r, 9) };
		if (!each(ctx, &a))
			break;
	}
	return sqlite_end(&r, e);
}

enum rc
sqlite_late(struct store *store, const int64_t before[static 4],
    bool (*each)(void *ctx, const struct late *l), void *ctx, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_ALARM_LATE,
	    "SELECT hop, rank, count(*), min(at)"
	    " FROM leg INDEXED BY leg_queue WHERE state = 0 AND at <"
	    " CASE rank WHEN 0 THEN ?1 WHEN 1 THEN ?2 WHEN 2 THEN ?3 ELSE ?4"
	    " END AND NOT EXISTS"
	    " (SELECT 1 FROM dispatch d WHERE d.n = leg.n AND d.serial = 0)"
	    " GROUP BY hop, rank");
	struct late l;
	int i;

	for (i = 0; i < 4; i++)
		sqlite_int(&r, i + 1, before[i]);
	while (sqlite_row(&r)) {
		l = (struct late){ .hop = sqlite_get_bytes(&r, 0),
			.rank = (unsigned)sqlite_get_uint(&r, 1),
			.count = sqlite_get_uint(&r, 2),
			.oldest = sqlite_get_int(&r, 3) };
		if (!each(ctx, &l))
			break;
	}
	return sqlite_end(&r, e);
}
