/* SPDX-License-Identifier: EUPL-1.2 */
/* What is done to legs otherwise than by their lines. */
#include "store/check.h"
#include "store/sqlite.h"

enum rc
sqlite_pin(struct store *store, uint64_t q, bool pinned, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if (sqlite_writes(s, e) != RC_OK)
		return e->rc;
	r = sqlite_run(s, QUERY_PIN, "UPDATE leg SET pinned = ?2 WHERE q = ?1");
	sqlite_uint(&r, 1, q);
	sqlite_int(&r, 2, pinned);
	if ((rc = sqlite_do(&r, e)) == RC_OK && sqlite3_changes(s->db) == 0)
		rc = fail(e, RC_ABSENT, "store: no such leg");
	return rc;
}

enum rc
sqlite_dest_drop(
    struct store *store, uint64_t q, struct bytes address, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if (sqlite_writes(s, e) != RC_OK)
		return e->rc;
	r = sqlite_run(s, QUERY_DEST_DROP,
	    "DELETE FROM dest WHERE n = (SELECT l.n FROM leg l WHERE l.q = ?1)"
	    " AND address = ?2 AND q = ?1");
	sqlite_uint(&r, 1, q);
	sqlite_bytes(&r, 2, address);
	if ((rc = sqlite_do(&r, e)) == RC_OK && sqlite3_changes(s->db) == 0)
		rc = fail(e, RC_ABSENT, "store: no such destination");
	return rc;
}

enum rc
sqlite_dest_leg(struct store *store, uint64_t n, struct bytes address,
    uint64_t *q, struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_DEST_LEG,
	    "SELECT q FROM dest WHERE n = ?1 AND address = ?2");
	bool found;
	enum rc rc;

	*q = 0;
	sqlite_uint(&r, 1, n);
	sqlite_bytes(&r, 2, address);
	if ((found = sqlite_row(&r)))
		*q = sqlite_get_uint(&r, 0);
	if ((rc = sqlite_end(&r, e)) == RC_OK && !found)
		rc = fail(e, RC_ABSENT, "store: no such destination");
	return rc;
}

enum rc
sqlite_expired(struct store *store, int64_t now, size_t max,
    bool (*each)(void *ctx, uint64_t q), void *ctx, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_EXPIRED,
	    "SELECT q FROM leg INDEXED BY leg_expires WHERE state IN (0, 4)"
	    " AND expires > 0 AND expires < ?1 ORDER BY expires LIMIT ?2");

	sqlite_int(&r, 1, now);
	sqlite_uint(&r, 2, max);
	while (sqlite_row(&r) && each(ctx, sqlite_get_uint(&r, 0)))
		;
	return sqlite_end(&r, e);
}

enum rc
sqlite_goes(struct store *store, uint64_t n, struct bytes hop, bool *does,
    struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_LEG_GOES,
	    "SELECT 1 FROM leg INDEXED BY leg_dispatch"
	    " WHERE n = ?1 AND hop = ?2 LIMIT 1");

	sqlite_uint(&r, 1, n);
	sqlite_bytes(&r, 2, hop);
	*does = sqlite_row(&r);
	return sqlite_end(&r, e);
}
