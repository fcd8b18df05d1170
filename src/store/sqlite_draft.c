/* SPDX-License-Identifier: EUPL-1.2 */
/* What people write and have not sent. */
#include "store/check.h"
#include "store/sqlite.h"

static enum rc
absent(struct err *e)
{
	return fail(e, RC_ABSENT, "store: no such draft");
}

/* A run that frees pages: they are overwritten, too. */
static enum rc
thoroughly(struct sqlite *s, struct sqlite_run *r, struct err *e)
{
	struct err later;
	enum rc rc = sqlite_do(r, e);

	if (sqlite_thorough(s, false, &later) != RC_OK && rc == RC_OK) {
		*e = later;
		rc = RC_IO;
	}
	return rc;
}

enum rc
sqlite_draft_put(
    struct store *store, const struct store_draft *d, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_draft(d, e)) != RC_OK ||
	    (rc = sqlite_thorough(s, true, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_DRAFT_PUT,
	    "INSERT INTO draft (person, id, desk, changed, text)"
	    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (person, id)"
	    " DO UPDATE SET desk = ?3, changed = ?4, text = ?5");
	sqlite_bytes(&r, 1, d->person);
	sqlite_bytes(&r, 2, bytes_of(d->id, sizeof(d->id)));
	sqlite_bytes(&r, 3, d->desk);
	sqlite_int(&r, 4, d->changed);
	sqlite_bytes(&r, 5, d->text);
	return thoroughly(s, &r, e);
}

#define COLUMNS "person, id, desk, changed, text"

static struct store_draft
draft_of(const struct sqlite_run *r)
{
	struct store_draft d = { .person = sqlite_get_bytes(r, 0),
		.desk = sqlite_get_bytes(r, 2),
		.changed = sqlite_get_int(r, 3),
		.text = sqlite_get_bytes(r, 4) };

	sqlite_get_fixed(r, 1, d.id, sizeof(d.id));
	return d;
}

/* The one row of a run that was bound. */
static enum rc
one(struct sqlite_run *r, struct store_draft *out, struct buf *hold,
    struct err *e)
{
	bool found;
	enum rc rc;

	*hold = (struct buf){ 0 };
	*out = (struct store_draft){ 0 };
	if ((found = sqlite_row(r))) {
		*out = draft_of(r);
		buf_reserve(
		    hold, out->person.len + out->desk.len + out->text.len + 1);
		buf_add(hold, out->person);
		buf_add(hold, out->desk);
		buf_add(hold, out->text);
		out->person.p = hold->p;
		out->desk.p = hold->p + out->person.len;
		out->text.p = out->desk.p + out->desk.len;
	}
	if ((rc = sqlite_end(r, e)) != RC_OK)
		return rc;
	return found ? RC_OK : absent(e);
}

enum rc
sqlite_draft_get(struct store *s, struct bytes person,
    const uint8_t id[static STORE_DOC_ID], struct store_draft *out,
    struct buf *hold, struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(s), QUERY_DRAFT_GET,
	    "SELECT " COLUMNS " FROM draft WHERE person = ?1 AND id = ?2");

	sqlite_bytes(&r, 1, person);
	sqlite_bytes(&r, 2, bytes_of(id, STORE_DOC_ID));
	return one(&r, out, hold, e);
}

enum rc
sqlite_drafts(struct store *s, struct bytes person,
    bool (*each)(void *ctx, const struct store_draft *d), void *ctx,
    struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(s), QUERY_DRAFT_EACH,
	    "SELECT " COLUMNS " FROM draft WHERE person = ?1"
	    " ORDER BY changed DESC, rowid DESC");
	struct store_draft d;

	sqlite_bytes(&r, 1, person);
	while (sqlite_row(&r)) {
		d = draft_of(&r);
		if (!each(ctx, &d))
			break;
	}
	return sqlite_end(&r, e);
}

enum rc
sqlite_draft_drop(struct store *store, struct bytes person,
    const uint8_t id[static STORE_DOC_ID], struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = sqlite_thorough(s, true, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_DRAFT_DROP,
	    "DELETE FROM draft WHERE person = ?1 AND id = ?2");
	sqlite_bytes(&r, 1, person);
	sqlite_bytes(&r, 2, bytes_of(id, STORE_DOC_ID));
	if ((rc = thoroughly(s, &r, e)) != RC_OK)
		return rc;
	return sqlite3_changes(s->db) == 0 ? absent(e) : RC_OK;
}

enum rc
sqlite_draft_old(struct store *s, int64_t before, struct store_draft *out,
    struct buf *hold, struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(s), QUERY_DRAFT_OLD,
	    "SELECT " COLUMNS " FROM draft WHERE changed < ?1"
	    " ORDER BY changed LIMIT 1");

	sqlite_int(&r, 1, before);
	return one(&r, out, hold, e);
}
