/* SPDX-License-Identifier: EUPL-1.2 */
/* The database itself: statements, transactions, settings. */
#include "store/sqlite.h"

#include <string.h>

#include "store/check.h"

struct sqlite *
sqlite_of(struct store *s)
{
	return (struct sqlite *)s;
}

/* ---- what went wrong --------------------------------------------------- */

/* Of SQLite's outcomes those that an operator can do something about. */
enum rc
sqlite_trouble(struct sqlite *s, int code, struct err *e)
{
	static const struct {
		int code;
		const char *text;
	} known[] = {
		{ SQLITE_BUSY, "another process has it open" },
		{ SQLITE_LOCKED, "another process has it open" },
		{ SQLITE_FULL, "the disk is full" },
		{ SQLITE_CORRUPT, "the database is damaged" },
		{ SQLITE_NOTADB, "the database is damaged" },
		{ SQLITE_READONLY, "it may not be written" },
		{ SQLITE_PERM, "it may not be read" },
		{ SQLITE_CANTOPEN, "it cannot be opened" },
		{ SQLITE_IOERR, "the disk reads or writes wrongly" },
	};
	const char *text = "the database failed";
	size_t i;

	if ((code & 0xff) == SQLITE_NOMEM)
		bug("no memory for the database");
	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i].code == (code & 0xff))
			text = known[i].text;
	(void)fail(e, RC_IO, "store: %s (SQLite %d: %s)", text, code,
	    s->db == NULL ? "" : sqlite3_errmsg(s->db));
	if (s->in && !s->lost)
		s->why = *e;
	s->lost = s->in;
	return RC_IO;
}

enum rc
sqlite_writes(struct sqlite *s, struct err *e)
{
	if (!s->in)
		bug("the store is changed outside a transaction");
	if (s->lost)
		*e = s->why;
	return s->lost ? RC_IO : RC_OK;
}

/* ---- statements -------------------------------------------------------- */

struct sqlite_run
sqlite_run(struct sqlite *s, enum sqlite_query query, const char *sql)
{
	struct sqlite_run r = { .s = s };

	/* SQLite has rolled a lost transaction back, perhaps: what ran now
	 * would be one of its own */
	if (s->in && s->lost) {
		r.code = SQLITE_ABORT;
		return r;
	}
	if (s->query[query] == NULL)
		r.code = sqlite3_prepare_v3(s->db, sql, -1,
		    SQLITE_PREPARE_PERSISTENT, &s->query[query], NULL);
	r.stmt = s->query[query];
	return r;
}

/* What is bound lives until the run's end. */
void
sqlite_int(struct sqlite_run *r, int i, int64_t v)
{
	if (r->code == SQLITE_OK)
		r->code = sqlite3_bind_int64(r->stmt, i, v);
}

void
sqlite_uint(struct sqlite_run *r, int i, uint64_t v)
{
	sqlite_int(r, i, v > INT64_MAX ? INT64_MAX : (int64_t)v);
}

void
sqlite_bytes(struct sqlite_run *r, int i, struct bytes v)
{
	if (r->code == SQLITE_OK) /* a NULL pointer would be SQL's NULL */
		r->code = sqlite3_bind_blob64(r->stmt, i,
		    v.len == 0 ? (const void *)"" : v.p, v.len, SQLITE_STATIC);
}

bool
sqlite_row(struct sqlite_run *r)
{
	if (r->code == SQLITE_OK || r->code == SQLITE_ROW)
		r->code = sqlite3_step(r->stmt);
	return r->code == SQLITE_ROW;
}

enum rc
sqlite_end(struct sqlite_run *r, struct err *e)
{
	enum rc rc = RC_OK;

	if (r->s->in && r->s->lost) {
		*e = r->s->why;
		rc = RC_IO;
	} else if (r->code != SQLITE_OK && r->code != SQLITE_ROW &&
		   r->code != SQLITE_DONE) {
		rc = sqlite_trouble(r->s, r->code, e);
	}
	if (r->stmt == NULL)
		return rc;
	(void)sqlite3_reset(r->stmt); /* says again what step() said */
	(void)sqlite3_clear_bindings(r->stmt);
	return rc;
}

enum rc
sqlite_do(struct sqlite_run *r, struct err *e)
{
	(void)sqlite_row(r);
	return sqlite_end(r, e);
}

uint64_t
sqlite_get_uint(const struct sqlite_run *r, int i)
{
	return (uint64_t)sqlite3_column_int64(r->stmt, i);
}

int64_t
sqlite_get_int(const struct sqlite_run *r, int i)
{
	return sqlite3_column_int64(r->stmt, i);
}

struct bytes
sqlite_get_bytes(const struct sqlite_run *r, int i)
{
	const void *p = sqlite3_column_blob(r->stmt, i);

	return bytes_of(p, (size_t)sqlite3_column_bytes(r->stmt, i));
}

struct bytes
sqlite_keep(uint8_t *to, size_t size, struct bytes v)
{
	size_t len = v.len < size ? v.len : size;

	if (len > 0)
		memcpy(to, v.p, len);
	return bytes_of(to, len);
}

void
sqlite_get_fixed(const struct sqlite_run *r, int i, uint8_t *to, size_t size)
{
	struct bytes v = sqlite_get_bytes(r, i);

	memset(to, 0, size);
	if (v.len == size)
		memcpy(to, v.p, size);
}

/* ---- transactions ------------------------------------------------------ */

/* SQLite has rolled some back by itself already. */
static enum rc
undo(struct sqlite *s, struct err *e)
{
	struct sqlite_run r;

	if (sqlite3_get_autocommit(s->db) != 0)
		return RC_OK;
	r = sqlite_run(s, QUERY_ROLLBACK, "ROLLBACK");
	return sqlite_do(&r, e);
}

static enum rc
begin(struct store *store, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if (s->in)
		bug("a transaction within a transaction");
	/* a rollback that failed is made up for */
	if ((rc = undo(s, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_BEGIN, "BEGIN IMMEDIATE");
	if ((rc = sqlite_do(&r, e)) != RC_OK)
		return rc;
	s->before = s->now;
	s->put = 0;
	s->in = true;
	s->lost = false;
	return RC_OK;
}

static enum rc
commit(struct store *store, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_COMMIT, "COMMIT");
	if ((rc = sqlite_do(&r, e)) != RC_OK)
		return rc;
	s->in = false;
	s->put = 0;
	sqlite_journal_end(s, true);
	return RC_OK;
}

static void
rollback(struct store *store)
{
	struct sqlite *s = sqlite_of(store);
	struct err e;

	if (!s->in)
		bug("a rollback outside a transaction");
	s->in = false;
	s->put = 0;
	s->now = s->before;
	sqlite_journal_end(s, false);
	if (undo(s, &e) != RC_OK)
		return; /* begin() tries again */
}

/* ---- settings ---------------------------------------------------------- */

static enum rc
word(struct store *store, const char *name, struct buf *value, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r =
	    sqlite_run(s, QUERY_WORD, "SELECT value FROM word WHERE name = ?1");
	bool found;
	enum rc rc;

	*value = (struct buf){ 0 };
	sqlite_bytes(&r, 1, bytes_str(name));
	if ((found = sqlite_row(&r)))
		buf_add(value, sqlite_get_bytes(&r, 0));
	if ((rc = sqlite_end(&r, e)) != RC_OK)
		return rc;
	if (!found)
		return fail(e, RC_ABSENT, "store: no such setting");
	return RC_OK;
}

static enum rc
set_word(
    struct store *store, const char *name, struct bytes value, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_word(name, value, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_SET_WORD,
	    "INSERT INTO word (name, value) VALUES (?1, ?2)"
	    " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
	sqlite_bytes(&r, 1, bytes_str(name));
	sqlite_bytes(&r, 2, value);
	return sqlite_do(&r, e);
}

static uint64_t
clashes(struct store *s)
{
	return sqlite_of(s)->now.clashes;
}

const struct store_ops store_sqlite = {
	.scheme = "sqlite",
	.open = sqlite_open,
	.close = sqlite_close,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.word = word,
	.set_word = set_word,
	.put = sqlite_put,
	.copy = sqlite_copy,
	.has = sqlite_has,
	.get = sqlite_get,
	.known = sqlite_known,
	.find = sqlite_find,
	.find_at = sqlite_find_at,
	.package = sqlite_package,
	.clashes = clashes,
	.send = sqlite_send,
	.queue = sqlite_queue,
	.leg = sqlite_leg,
	.leg_dests = sqlite_leg_dests,
	.leg_set = sqlite_leg_set,
	.legs = sqlite_legs,
	.hops = sqlite_hops,
	.waiting = sqlite_waiting,
	.deliver = sqlite_deliver,
	.delivery = sqlite_delivery,
	.delivery_set = sqlite_delivery_set,
	.deliveries = sqlite_deliveries,
	.inbox = sqlite_inbox,
	.outbox = sqlite_outbox,
	.purge = sqlite_purge,
	.burn = sqlite_burn,
	.needs = sqlite_needs,
	.paper_put = sqlite_paper_put,
	.paper_get = sqlite_paper_get,
	.paper_each = sqlite_paper_each,
	.paper_drop = sqlite_paper_drop,
	.journal = &sqlite_journal,
	.notices = &sqlite_notices,
	.registry = &sqlite_registry,
	.operate = { sqlite_pin, sqlite_dest_drop, sqlite_dest_leg,
	    sqlite_expired, sqlite_goes },
	.alarms = { sqlite_raise, sqlite_alarm_end, sqlite_alarm_ack,
	    sqlite_alarm_each, sqlite_late },
	.backup = &sqlite_backup,
};
