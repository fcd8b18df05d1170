/* SPDX-License-Identifier: EUPL-1.2 */
/* Statements that wait, those that count, batches, inquiries. */
#include "store/check.h"
#include "store/sqlite.h"

static enum rc
pend(struct store *store, struct pending *p, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_pending(p, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_PEND,
	    "INSERT INTO pending (signer, send_to, rank, statement, p)"
	    " VALUES (?1, ?2, ?3, ?4, ?5)");
	sqlite_bytes(&r, 1, p->signer);
	sqlite_bytes(&r, 2, p->to);
	sqlite_uint(&r, 3, p->rank);
	sqlite_bytes(&r, 4, p->statement);
	sqlite_uint(&r, 5, s->now.last_pending + 1);
	if ((rc = sqlite_do(&r, e)) == RC_OK)
		p->p = ++s->now.last_pending;
	return rc;
}

static enum rc
pending(struct store *store, struct bytes signer, uint64_t after, size_t max,
    bool (*each)(void *ctx, const struct pending *p), void *ctx, struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_PENDING,
	    "SELECT p, send_to, rank, statement FROM pending"
	    " WHERE signer = ?1 AND p > ?2 ORDER BY p LIMIT ?3");
	struct pending p = { .signer = signer };

	sqlite_bytes(&r, 1, signer);
	sqlite_uint(&r, 2, after);
	sqlite_uint(&r, 3, max);
	while (sqlite_row(&r)) {
		p.p = sqlite_get_uint(&r, 0);
		p.to = sqlite_get_bytes(&r, 1);
		p.rank = (unsigned)sqlite_get_uint(&r, 2);
		p.statement = sqlite_get_bytes(&r, 3);
		if (!each(ctx, &p))
			break;
	}
	return sqlite_end(&r, e);
}

static enum rc
signers(struct store *store,
    bool (*each)(void *ctx, struct bytes signer, uint64_t count), void *ctx,
    struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_SIGNERS,
	    "SELECT signer, count(*) FROM pending GROUP BY signer");

	while (sqlite_row(&r))
		if (!each(ctx, sqlite_get_bytes(&r, 0), sqlite_get_uint(&r, 1)))
			break;
	return sqlite_end(&r, e);
}

static enum rc
pending_done(
    struct store *store, struct bytes signer, uint64_t last, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_PENDING_DONE,
	    "DELETE FROM pending WHERE signer = ?1 AND p <= ?2");
	sqlite_bytes(&r, 1, signer);
	sqlite_uint(&r, 2, last);
	return sqlite_do(&r, e);
}

static enum rc
pending_drop(
    struct store *store, struct bytes signer, uint64_t p, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_PENDING_DROP,
	    "DELETE FROM pending WHERE signer = ?1 AND p = ?2");
	sqlite_bytes(&r, 1, signer);
	sqlite_uint(&r, 2, p);
	return sqlite_do(&r, e);
}

/* ---- what counts --------------------------------------------------------- */

static enum rc
batch(struct store *store, struct bytes bytes, uint64_t *b, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	*b = 0;
	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_batch(bytes, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_BATCH, "INSERT INTO batch (bytes) VALUES (?1)");
	sqlite_bytes(&r, 1, bytes);
	if ((rc = sqlite_do(&r, e)) == RC_OK)
		*b = (uint64_t)sqlite3_last_insert_rowid(s->db);
	return rc;
}

/* The batch that this will no longer stand in; 0: none. */
static enum rc
batch_of(
    struct sqlite *s, const struct saying *said, uint64_t *b, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_BATCH_OF,
	    "SELECT b FROM said"
	    " WHERE n = ?1 AND kind = ?2 AND signer = ?3 AND about = ?4");

	*b = 0;
	sqlite_uint(&r, 1, said->n);
	sqlite_uint(&r, 2, said->kind);
	sqlite_bytes(&r, 3, said->signer);
	sqlite_bytes(&r, 4, said->about);
	if (sqlite_row(&r))
		*b = sqlite_get_uint(&r, 0);
	return sqlite_end(&r, e);
}

static enum rc
batch_over(struct sqlite *s, uint64_t b, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_BATCH_OVER,
	    "DELETE FROM batch WHERE b = ?1"
	    " AND NOT EXISTS (SELECT 1 FROM said WHERE b = ?1)");

	sqlite_uint(&r, 1, b);
	return sqlite_do(&r, e);
}

static enum rc
note(struct store *store, const struct saying *said, bool again, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	uint64_t was = 0;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_said(said, e)) != RC_OK ||
	    (again && (rc = batch_of(s, said, &was, e)) != RC_OK))
		return rc;
	r = again ? sqlite_run(s, QUERY_SAY_AGAIN,
			"INSERT OR REPLACE INTO said (n, kind, signer, about,"
			" at, code, b, statement)"
			" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
		  : sqlite_run(s, QUERY_SAY,
			"INSERT OR IGNORE INTO said (n, kind, signer, about,"
			" at, code, b, statement)"
			" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
	sqlite_uint(&r, 1, said->n);
	sqlite_uint(&r, 2, said->kind);
	sqlite_bytes(&r, 3, said->signer);
	sqlite_bytes(&r, 4, said->about);
	sqlite_int(&r, 5, said->at);
	sqlite_uint(&r, 6, said->code);
	sqlite_uint(&r, 7, said->b);
	sqlite_bytes(&r, 8, said->statement);
	rc = sqlite_do(&r, e);
	if (rc == RC_OK && sqlite3_changes(s->db) == 0)
		rc = fail(e, RC_EXISTS, "store: it was said already");
	if (rc == RC_OK && was != 0 && was != said->b)
		rc = batch_over(s, was, e);
	return rc;
}

static enum rc
said(struct store *store, uint64_t n,
    bool (*each)(void *ctx, const struct saying *said), void *ctx,
    struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_SAID,
	    "SELECT s.kind, s.signer, s.about, s.at, s.code, s.b, s.statement,"
	    " ifnull(b.bytes, x'') FROM said s LEFT JOIN batch b ON b.b = s.b"
	    " WHERE s.n = ?1 ORDER BY s.kind, s.signer, s.about");
	struct saying one = { .n = n };

	sqlite_uint(&r, 1, n);
	while (sqlite_row(&r)) {
		one.kind = (unsigned)sqlite_get_uint(&r, 0);
		one.signer = sqlite_get_bytes(&r, 1);
		one.about = sqlite_get_bytes(&r, 2);
		one.at = sqlite_get_int(&r, 3);
		one.code = (unsigned)sqlite_get_uint(&r, 4);
		one.b = sqlite_get_uint(&r, 5);
		one.statement = sqlite_get_bytes(&r, 6);
		one.batch = sqlite_get_bytes(&r, 7);
		if (!each(ctx, &one))
			break;
	}
	return sqlite_end(&r, e);
}

/* ---- inquiries ----------------------------------------------------------- */

static enum rc
chase(struct store *store, const struct chase *c, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_address(c->desk, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_CHASE,
	    "INSERT OR REPLACE INTO chase (n, desk, due, asked)"
	    " VALUES (?1, ?2, ?3, ?4)");
	sqlite_uint(&r, 1, c->n);
	sqlite_bytes(&r, 2, c->desk);
	sqlite_int(&r, 3, c->due);
	sqlite_uint(&r, 4, c->asked);
	return sqlite_do(&r, e);
}

static enum rc
chases(struct store *store, int64_t now, size_t max,
    bool (*each)(void *ctx, const struct chase *c), void *ctx, struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_CHASES,
	    "SELECT n, desk, due, asked FROM chase WHERE due <= ?1"
	    " ORDER BY due, n, desk LIMIT ?2");
	struct chase c;

	sqlite_int(&r, 1, now);
	sqlite_uint(&r, 2, max);
	while (sqlite_row(&r)) {
		c.n = sqlite_get_uint(&r, 0);
		c.desk = sqlite_get_bytes(&r, 1);
		c.due = sqlite_get_int(&r, 2);
		c.asked = (unsigned)sqlite_get_uint(&r, 3);
		if (!each(ctx, &c))
			break;
	}
	return sqlite_end(&r, e);
}

static enum rc
chase_drop(struct store *store, uint64_t n, struct bytes desk, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_CHASE_DROP,
	    "DELETE FROM chase WHERE n = ?1 AND desk = ?2");
	sqlite_uint(&r, 1, n);
	sqlite_bytes(&r, 2, desk);
	return sqlite_do(&r, e);
}

static enum rc
chased(struct store *store, uint64_t n, struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_CHASED,
	    "SELECT 1 FROM chase WHERE n = ?1 LIMIT 1");
	bool found;
	enum rc rc;

	sqlite_uint(&r, 1, n);
	found = sqlite_row(&r);
	if ((rc = sqlite_end(&r, e)) != RC_OK || found)
		return rc;
	return fail(e, RC_ABSENT, "store: nobody is waited for");
}

const struct store_notice_ops sqlite_notices = {
	.pend = pend,
	.pending = pending,
	.signers = signers,
	.pending_done = pending_done,
	.pending_drop = pending_drop,
	.batch = batch,
	.note = note,
	.said = said,
	.chase = chase,
	.chases = chases,
	.chase_drop = chase_drop,
	.chased = chased,
};
