/* SPDX-License-Identifier: EUPL-1.2 */
/* The database itself: opening, transactions, statements, settings. */
#include "store/sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/check.h"
#include "store/schema.h"

#define DATABASE "store.db"

struct sqlite *
sqlite_of(struct store *s)
{
	return (struct sqlite *)s;
}

/* ---- what went wrong --------------------------------------------------- */

/* Of SQLite's outcomes those that an operator can do something about. */
static enum rc
trouble(struct sqlite *s, int code, struct err *e)
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

	if (r->code != SQLITE_OK && r->code != SQLITE_ROW &&
	    r->code != SQLITE_DONE)
		rc = trouble(r->s, r->code, e);
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

/* ---- opening ----------------------------------------------------------- */

/* One number that a statement of no parameters returns. */
static enum rc
number(struct sqlite *s, const char *sql, int64_t *out, struct err *e)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL);
	enum rc rc = RC_OK;

	*out = 0;
	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		*out = sqlite3_column_int64(stmt, 0);
	else if (code != SQLITE_DONE)
		rc = trouble(s, code, e);
	(void)sqlite3_finalize(stmt);
	return rc;
}

static enum rc
execute(struct sqlite *s, const char *sql, struct err *e)
{
	int code = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? RC_OK : trouble(s, code, e);
}

/* The file is made by us, so that it has our mode and its name is on disk. */
static enum rc
database_make(struct disk *disk, struct err *e)
{
	enum rc rc;
	int file;

	if ((rc = disk->ops->open(disk, DATABASE, true, &file, e)) != RC_OK)
		return rc;
	disk->ops->close(disk, file);
	return disk->ops->sync_folder(disk, "", e);
}

static enum rc
database_open(struct sqlite *s, struct err *e)
{
	const struct disk_ops *ops = s->disk->ops;
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
			  SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
	struct buf path = { 0 };
	int code;

	buf_add(&path, bytes_str(ops->path));
	buf_add(&path, bytes_of("/" DATABASE, sizeof("/" DATABASE)));
	code = sqlite3_open_v2((const char *)path.p, &s->db, flags, ops->vfs);
	buf_free(&path);
	if (code != SQLITE_OK)
		return trouble(s, code, e);
	/* no names of tables, no code, from a database that was tampered with
	 */
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	(void)sqlite3_limit(s->db, SQLITE_LIMIT_ATTACHED, 0);
	return RC_OK;
}

/*
 * Exclusive before the first look, so that the WAL's index lies in memory and
 * a second process is refused.  secure_delete off (Debian's is on): what is
 * deleted are sealed bytes, and the settings are no secrets.  The cache holds
 * what a group of 100 dispatches changes; a WAL of 16 MiB is written back at
 * once, most of its pages then once for many changes.
 */
static const char settings[] = "PRAGMA locking_mode = EXCLUSIVE;"
			       "PRAGMA page_size = 4096;"
			       "PRAGMA journal_mode = WAL;"
			       "PRAGMA synchronous = FULL;"
			       "PRAGMA wal_autocheckpoint = 4096;"
			       "PRAGMA journal_size_limit = 33554432;"
			       "PRAGMA cache_size = -4000;"
			       "PRAGMA secure_delete = OFF;"
			       "PRAGMA cell_size_check = ON;"
			       "PRAGMA temp_store = MEMORY;"
			       "PRAGMA mmap_size = 0;";

static enum rc
settle(struct sqlite *s, struct err *e)
{
	sqlite3_stmt *stmt = NULL;
	const unsigned char *mode = NULL;
	enum rc rc;
	int code;

	if ((rc = execute(s, settings, e)) != RC_OK)
		return rc;
	code =
	    sqlite3_prepare_v2(s->db, "PRAGMA journal_mode", -1, &stmt, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		mode = sqlite3_column_text(stmt, 0);
	if (mode == NULL)
		rc = trouble(s, code, e);
	else if (!bytes_is(bytes_str((const char *)mode), "wal"))
		rc = fail(e, RC_IO, "store: no write-ahead log on this disk");
	(void)sqlite3_finalize(stmt);
	return rc;
}

/* One step of the schema, whole or not at all. */
static enum rc
step(struct sqlite *s, int version, struct err *e)
{
	char marks[100];
	enum rc rc;

	(void)snprintf(marks, sizeof(marks),
	    "PRAGMA user_version = %d; PRAGMA application_id = %d;",
	    version + 1, SCHEMA_APPLICATION);
	if ((rc = execute(s, "BEGIN IMMEDIATE", e)) == RC_OK &&
	    (rc = execute(s, schema_steps[version], e)) == RC_OK &&
	    (rc = execute(s, marks, e)) == RC_OK)
		rc = execute(s, "COMMIT", e);
	return rc;
}

static enum rc
migrate(struct sqlite *s, struct err *e)
{
	int64_t version, application, tables;
	enum rc rc;

	if ((rc = number(s, "PRAGMA user_version", &version, e)) != RC_OK ||
	    (rc = number(s, "PRAGMA application_id", &application, e)) !=
		RC_OK ||
	    (rc = number(
		 s, "SELECT count(*) FROM sqlite_master", &tables, e)) != RC_OK)
		return rc;
	if (tables > 0 && application != SCHEMA_APPLICATION)
		return fail(e, RC_INVALID,
		    "store: %s is a database of something else", DATABASE);
	if (version < 0 || version > schema_version)
		return fail(e, RC_INVALID,
		    "store: its schema is version %lld, this program knows %d: "
		    "a newer program wrote it",
		    (long long)version, schema_version);
	while (version < schema_version && rc == RC_OK)
		rc = step(s, (int)version++, e);
	return rc;
}

/* What is kept beside the database. */
static enum rc
beside(struct sqlite *s, struct err *e)
{
	int64_t legs, clashes;
	enum rc rc;

	if ((rc = number(s, "SELECT max(q) FROM leg", &legs, e)) != RC_OK ||
	    (rc = number(s, "SELECT count FROM clash", &clashes, e)) != RC_OK)
		return rc;
	s->now.last_leg = (uint64_t)legs;
	s->now.clashes = (uint64_t)clashes;
	return RC_OK;
}

static void
close_store(struct store *store)
{
	struct sqlite *s = sqlite_of(store);
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < QUERIES; i++)
		(void)sqlite3_finalize(s->query[i]);
	/* an open transaction is rolled back */
	if (sqlite3_close(s->db) != SQLITE_OK)
		bug("a statement of the store outlives it");
	free(s);
}

static enum rc
open_store(struct store **out, struct disk *disk, struct err *e)
{
	struct sqlite *s = alloc(1, sizeof(*s));
	enum rc rc;

	*out = NULL;
	s->store.ops = &store_sqlite;
	s->disk = disk;
	if ((rc = database_make(disk, e)) != RC_OK ||
	    (rc = database_open(s, e)) != RC_OK ||
	    (rc = settle(s, e)) != RC_OK || (rc = migrate(s, e)) != RC_OK ||
	    (rc = beside(s, e)) != RC_OK)
		goto out;
	*out = &s->store; /* the caller owns it now */
	s = NULL;
out:
	if (s != NULL)
		close_store(&s->store);
	return rc;
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
	s->now = s->before;
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
	.open = open_store,
	.close = close_store,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.word = word,
	.set_word = set_word,
	.put = sqlite_put,
	.copy = sqlite_copy,
	.has = sqlite_has,
	.get = sqlite_get,
	.find = sqlite_find,
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
	.inbox = sqlite_inbox,
	.outbox = sqlite_outbox,
	.purge = sqlite_purge,
	.needs = sqlite_needs,
	.paper_put = sqlite_paper_put,
	.paper_get = sqlite_paper_get,
	.paper_each = sqlite_paper_each,
	.paper_drop = sqlite_paper_drop,
};
