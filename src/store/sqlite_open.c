/* SPDX-License-Identifier: EUPL-1.2 */
/* Opening the database: its settings, its schema, its state. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/schema.h"
#include "store/sqlite.h"

#define DATABASE "store.db"
#define JOURNAL DATABASE "-wal"
#define CHECK_MAX (INT64_C(256) << 20) /* bytes of one that is checked */

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
		rc = sqlite_trouble(s, code, e);
	(void)sqlite3_finalize(stmt);
	return rc;
}

static enum rc
execute(struct sqlite *s, const char *sql, struct err *e)
{
	int code = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? RC_OK : sqlite_trouble(s, code, e);
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
		return sqlite_trouble(s, code, e);
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
 * a second process is refused.  secure_delete not on (Debian's is): what is
 * deleted are sealed bytes, and the settings are no secrets; fast, so that no
 * page keeps an old copy of rows that moved (docs/journal.md 2.4).  The cache
 * holds
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
			       "PRAGMA secure_delete = FAST;"
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
		rc = sqlite_trouble(s, code, e);
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

/* A write-ahead log is left where nobody closed the database. */
static bool
was_left(struct disk *disk)
{
	return disk->ops->exists(disk, JOURNAL);
}

/* The last line of what quick_check says. */
static const char *
last_line(const unsigned char *text)
{
	const char *said = (const char *)text, *line;

	while ((line = strchr(said, '\n')) != NULL)
		said = line + 1;
	return said;
}

/* A page that cannot be read is told like one that is wrong. */
static bool
is_unread(const char *said)
{
	static const char words[] = "error code=";
	const char *at = strstr(said, words);

	return strstr(said, "failed to get page") != NULL ||
	       (at != NULL && (strtol(at + strlen(words), NULL, 10) & 0xff) ==
				  SQLITE_IOERR);
}

/* After an unclean end (docs/station.md 4.12): is it whole?  One that is large
 * is not read to the end before anybody is served. */
static enum rc
check(struct sqlite *s, struct err *e)
{
	static const char sql[] = "PRAGMA quick_check(1)";
	int64_t pages, size;
	sqlite3_stmt *stmt = NULL;
	const unsigned char *said = NULL;
	enum rc rc;
	int code;

	if ((rc = number(s, "PRAGMA page_count", &pages, e)) != RC_OK ||
	    (rc = number(s, "PRAGMA page_size", &size, e)) != RC_OK)
		return rc;
	if (pages > CHECK_MAX / (size > 0 ? size : 1))
		return RC_OK;
	code = sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		said = sqlite3_column_text(stmt, 0);
	if (said == NULL)
		rc = sqlite_trouble(s, code, e);
	else if (is_unread((const char *)said))
		rc = sqlite_trouble(s, SQLITE_IOERR, e);
	else if (!bytes_is(bytes_str((const char *)said), "ok"))
		rc = fail(e, RC_INVALID,
		    "store: %s is damaged (docs/station.md 4.12): %s", DATABASE,
		    last_line(said));
	(void)sqlite3_finalize(stmt);
	if (rc != RC_OK) /* its journal stays: it is checked again */
		(void)sqlite3_db_config(
		    s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	return rc;
}

/* What is kept beside the database. */
static enum rc
beside(struct sqlite *s, struct err *e)
{
	int64_t legs, clashes, waits;
	enum rc rc;

	if ((rc = number(s, "SELECT max(q) FROM leg", &legs, e)) != RC_OK ||
	    (rc = number(s, "SELECT count FROM clash", &clashes, e)) != RC_OK ||
	    (rc = number(s, "SELECT max(p) FROM pending", &waits, e)) != RC_OK)
		return rc;
	s->now.last_leg = (uint64_t)legs;
	s->now.clashes = (uint64_t)clashes;
	s->now.last_pending = (uint64_t)waits;
	return RC_OK;
}

void
sqlite_close(struct store *store)
{
	struct sqlite *s = sqlite_of(store);
	size_t i;

	if (s == NULL)
		return;
	sqlite_backup_end(store);
	for (i = 0; i < QUERIES; i++)
		(void)sqlite3_finalize(s->query[i]);
	free(s->journal);
	/* an open transaction is rolled back */
	if (sqlite3_close(s->db) != SQLITE_OK)
		bug("a statement of the store outlives it");
	free(s);
}

enum rc
sqlite_open(struct store **out, struct disk *disk, struct err *e)
{
	struct sqlite *s = alloc(1, sizeof(*s));
	const bool left = was_left(disk);
	enum rc rc;

	*out = NULL;
	s->store.ops = &store_sqlite;
	s->disk = disk;
	if ((rc = database_make(disk, e)) != RC_OK ||
	    (rc = database_open(s, e)) != RC_OK ||
	    (rc = settle(s, e)) != RC_OK ||
	    (left && (rc = check(s, e)) != RC_OK) ||
	    (rc = migrate(s, e)) != RC_OK || (rc = beside(s, e)) != RC_OK)
		goto out;
	*out = &s->store; /* the caller owns it now */
	s = NULL;
out:
	if (s != NULL)
		sqlite_close(&s->store);
	return rc;
}
