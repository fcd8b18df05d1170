/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The copy of the database (store/backup.h) by SQLite's own means: what is
 * written while it is made goes into both, so it is whole at its last step,
 * and never begins anew.
 */
#include "store/sqlite.h"

#define DATABASE "/" STORE_COPY "/store.db"
#define PAGE 4096 /* bytes, as sqlite_open.c has it */

/* It is read at once and then goes: nothing of it needs to be on disk. */
static const char settings[] = "PRAGMA journal_mode = OFF;"
			       "PRAGMA synchronous = OFF;"
			       "PRAGMA locking_mode = EXCLUSIVE;";

void
sqlite_backup_end(struct store *store)
{
	struct sqlite *s = sqlite_of(store);

	if (s->copying != NULL)
		(void)sqlite3_backup_finish(s->copying);
	s->copying = NULL;
	(void)sqlite3_close(s->copy);
	s->copy = NULL;
}

/* What the copy's disk said. */
static enum rc
failed(struct sqlite *s, int code, struct err *e)
{
	const enum rc rc = fail(e, RC_IO, "the copy: %s (SQLite %d)",
	    (code & 0xff) == SQLITE_FULL ? "the disk is full"
					 : "the disk reads or writes wrongly",
	    code);

	sqlite_backup_end(&s->store);
	return rc;
}

static enum rc
begin(struct store *store, struct err *e)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
			  SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
			  SQLITE_OPEN_EXRESCODE;
	struct sqlite *s = sqlite_of(store);
	const struct disk_ops *ops = s->disk->ops;
	struct buf path = { 0 };
	int code;

	sqlite_backup_end(store);
	buf_add(&path, bytes_str(ops->path));
	buf_add(&path, bytes_of(DATABASE, sizeof(DATABASE)));
	code = sqlite3_open_v2((const char *)path.p, &s->copy, flags, ops->vfs);
	buf_free(&path);
	if (code == SQLITE_OK)
		code = sqlite3_exec(s->copy, settings, NULL, NULL, NULL);
	if (code != SQLITE_OK)
		return failed(s, code, e);
	s->copying = sqlite3_backup_init(s->copy, "main", s->db, "main");
	return s->copying != NULL ? RC_OK
				  : failed(s, sqlite3_errcode(s->copy), e);
}

static enum rc
step(struct store *store, uint64_t most, uint64_t *done, uint64_t *total,
    bool *over, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	int code, all;

	*over = false;
	if (s->copying == NULL)
		return fail(e, RC_ABSENT, "no copy was begun");
	if (s->in)
		bug("a copy is made in the middle of a transaction");
	code = sqlite3_backup_step(s->copying, (int)(most / PAGE) + 1);
	all = sqlite3_backup_pagecount(s->copying);
	*total = (uint64_t)all * PAGE;
	*done = (uint64_t)(all - sqlite3_backup_remaining(s->copying)) * PAGE;
	*over = code == SQLITE_DONE;
	if (code != SQLITE_OK && code != SQLITE_DONE)
		return failed(s, code, e);
	if (*over)
		sqlite_backup_end(store);
	return RC_OK;
}

const struct store_backup_ops sqlite_backup = {
	.begin = begin,
	.step = step,
	.end = sqlite_backup_end,
};
