/* SPDX-License-Identifier: EUPL-1.2 */
/* Papers: what waits to be decided or fetched. */
#include "store/check.h"
#include "store/sqlite.h"

enum rc
sqlite_paper_put(struct store *store, const struct paper *p, struct bytes body,
    struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_paper(p, body, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_PAPER_PUT,
	    "INSERT OR REPLACE INTO paper (kind, key, at, head, size, body)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
	sqlite_int(&r, 1, p->kind);
	sqlite_bytes(&r, 2, p->key);
	sqlite_int(&r, 3, p->at);
	sqlite_bytes(&r, 4, p->head);
	sqlite_uint(&r, 5, body.len);
	sqlite_bytes(&r, 6, body);
	return sqlite_do(&r, e);
}

enum rc
sqlite_paper_get(struct store *store, enum paper_kind kind, struct bytes key,
    struct buf *head, struct buf *body, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_PAPER_GET,
	    "SELECT head, body FROM paper WHERE kind = ?1 AND key = ?2");
	bool found;
	enum rc rc;

	*head = *body = (struct buf){ 0 };
	sqlite_int(&r, 1, kind);
	sqlite_bytes(&r, 2, key);
	if ((found = sqlite_row(&r))) {
		buf_add(head, sqlite_get_bytes(&r, 0));
		buf_add(body, sqlite_get_bytes(&r, 1));
	}
	rc = sqlite_end(&r, e);
	if (rc == RC_OK && !found)
		rc = fail(e, RC_ABSENT, "store: no such paper");
	if (rc != RC_OK) {
		buf_free(head);
		buf_free(body);
	}
	return rc;
}

enum rc
sqlite_paper_each(struct store *store, enum paper_kind kind,
    bool (*each)(void *ctx, const struct paper *p), void *ctx, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_PAPER_EACH,
	    "SELECT key, at, head, size FROM paper WHERE kind = ?1"
	    " ORDER BY at, rowid");
	struct paper p = { .kind = kind };

	sqlite_int(&r, 1, kind);
	while (sqlite_row(&r)) {
		p.key = sqlite_get_bytes(&r, 0);
		p.at = sqlite_get_int(&r, 1);
		p.head = sqlite_get_bytes(&r, 2);
		p.size = sqlite_get_uint(&r, 3);
		if (!each(ctx, &p))
			break;
	}
	return sqlite_end(&r, e);
}

enum rc
sqlite_paper_drop(
    struct store *store, enum paper_kind kind, struct bytes key, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_PAPER_DROP,
	    "DELETE FROM paper WHERE kind = ?1 AND key = ?2");
	sqlite_int(&r, 1, kind);
	sqlite_bytes(&r, 2, key);
	return sqlite_do(&r, e);
}
