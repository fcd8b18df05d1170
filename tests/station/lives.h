/* SPDX-License-Identifier: EUPL-1.2 */
/* Three stations in a row that are copied, and restored from their copies. */
#ifndef TESTS_STATION_LIVES_H
#define TESTS_STATION_LIVES_H

#include <dirent.h>
#include <sqlite3.h>

#include "queue.h"

struct three_lives {
	struct country c;
	struct seat *top, *mid, *low;
	uint64_t life[3];
	struct id sent[256];
	unsigned to[256]; /* whose desk */
	size_t count;
};

static inline void
lives_runs(const char *what, const char *from, const char *to)
{
	const pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		(void)execlp(
		    what, what, what[0] == 'r' ? "-rf" : "-a", from, to, NULL);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		bug("a folder cannot be copied");
}

static inline void
lives_begin(struct three_lives *x)
{
	size_t i;

	*x = (struct three_lives){ .life = { 1, 1, 1 } };
	country_begin(&x->c);
	x->top = country_seat(&x->c, NULL, "vn");
	x->mid = country_seat(&x->c, x->top, "dien-bien");
	x->low = country_seat(&x->c, x->mid, "muong-nhe");
	for (i = 0; i < 3; i++) {
		country_write(&x->c.seats[i], "checkpoint 1s\n");
		if (!seat_start(&x->c.seats[i]))
			bug("a station does not start");
	}
}

static inline void
lives_end(struct three_lives *x)
{
	country_end(&x->c);
}

/* It is stopped, and its folder copied; or the copy takes its place. */
static inline void
lives_copy(struct seat *s)
{
	char data[PATH + 8], copy[PATH + 8];

	if (seat_stop(s, SIGTERM) != 0)
		bug("a station does not stop");
	(void)snprintf(data, sizeof(data), "%s/data", s->folder);
	(void)snprintf(copy, sizeof(copy), "%s/copy", s->folder);
	lives_runs("rm", copy, copy);
	lives_runs("cp", data, copy);
}

static inline void
lives_restore(struct seat *s)
{
	char data[PATH + 8], copy[PATH + 8];

	(void)seat_stop(s, SIGKILL);
	(void)snprintf(data, sizeof(data), "%s/data", s->folder);
	(void)snprintf(copy, sizeof(copy), "%s/copy", s->folder);
	lives_runs("rm", data, data);
	lives_runs("cp", copy, data);
}

/* The first number of the row that this asks for, of a station that does
 * not run; a blob of 8 bytes is one. */
static inline uint64_t
lives_ask(const struct seat *s, const char *sql)
{
	char path[2 * PATH];
	sqlite3_stmt *stmt = NULL;
	uint64_t v = 0;
	const uint8_t *b;
	sqlite3 *db;
	int i;

	(void)snprintf(path, sizeof(path), "%s/data/store/store.db", s->folder);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) !=
		SQLITE_OK ||
	    sqlite3_busy_timeout(db, 5000) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		bug("no database");
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		if (sqlite3_column_type(stmt, 0) == SQLITE_BLOB &&
		    sqlite3_column_bytes(stmt, 0) >= 8) {
			b = sqlite3_column_blob(stmt, 0);
			for (i = 0; i < 8; i++)
				v = v << 8 | b[i];
		} else {
			v = (uint64_t)sqlite3_column_int64(stmt, 0);
		}
	}
	(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(db);
	return v;
}

/* A bit of the newest entry but 20 is another one; again, and it is as it was.
 */
static inline void
lives_flip(const struct seat *s)
{
	char path[2 * PATH];
	sqlite3_stmt *stmt = NULL;
	uint8_t row[4096];
	sqlite3_int64 first;
	sqlite3 *db;
	int len;

	(void)snprintf(path, sizeof(path), "%s/data/store/store.db", s->folder);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) !=
		SQLITE_OK ||
	    sqlite3_prepare_v2(db,
		"SELECT first, entries FROM journal WHERE first > 2 ORDER BY "
		"first LIMIT 1",
		-1, &stmt, NULL) != SQLITE_OK ||
	    sqlite3_step(stmt) != SQLITE_ROW)
		bug("no database");
	first = sqlite3_column_int64(stmt, 0);
	len = sqlite3_column_bytes(stmt, 1);
	if (len < 43 || len > (int)sizeof(row))
		bug("no entry");
	memcpy(row, sqlite3_column_blob(stmt, 1), (size_t)len);
	row[20] ^= 1;
	(void)sqlite3_finalize(stmt);
	if (sqlite3_prepare_v2(db,
		"UPDATE journal SET entries = ?1 WHERE first = ?2", -1, &stmt,
		NULL) != SQLITE_OK ||
	    sqlite3_bind_blob(stmt, 1, row, len, NULL) != SQLITE_OK ||
	    sqlite3_bind_int64(stmt, 2, first) != SQLITE_OK ||
	    sqlite3_step(stmt) != SQLITE_DONE)
		bug("it cannot be changed");
	(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(db);
}

static inline uint64_t
lives_word(const struct seat *s, const char *name)
{
	char sql[200];

	(void)snprintf(sql, sizeof(sql),
	    "SELECT value FROM word WHERE name = CAST('%s' AS BLOB)", name);
	return lives_ask(s, sql);
}

/* What is kept of the gaps in its past. */
static inline uint64_t
lives_gaps(const struct seat *s)
{
	return lives_ask(s, "SELECT count(*) FROM paper WHERE kind = 7");
}

/* All lines are up, and what a parent has heard is what its child has told;
 * so it stays for a moment. */
static inline void
lives_settle(struct three_lives *x)
{
	size_t up[3], i;
	unsigned turns;

	(void)x;
	for (turns = 0; turns < 3; turns++) {
		for (i = 0; i < 3; i++)
			up[i] = seat_said(&x->c.seats[i], "event=");
		(void)usleep(1500000);
		for (i = 0; i < 3; i++)
			if (up[i] != seat_said(&x->c.seats[i], "event="))
				break;
		if (i == 3)
			return;
	}
}

static inline enum rc
lives_send(struct three_lives *x, struct seat *s, struct err *e)
{
	struct errand_of w = { .precedence = "thuong", .size = 300 };
	size_t i, n = 0;
	struct id id;
	enum rc rc;

	for (i = 0; i < 3; i++)
		if (&x->c.seats[i] != s)
			w.to[n++] = &x->c.seats[i];
	rc = desk_sends(s, &w, &id, e);
	if (rc == RC_OK && x->count < COUNT(x->sent)) {
		x->to[x->count] = s->unit;
		x->sent[x->count++] = id;
	}
	return rc;
}

/* Each sends to all others, so often. */
static inline void
lives_sends(struct three_lives *x, unsigned times)
{
	struct err e;
	size_t i;

	while (times-- > 0)
		for (i = 0; i < 3; i++)
			must(lives_send(x, &x->c.seats[i], &e), &e);
}

static inline size_t
lives_has(const struct seat *s, const struct id *id)
{
	json_t *rows = seat_inbox(s), *row;
	char text[ID_TEXT];
	size_t i, n = 0;

	id_write(text, id);
	json_array_foreach(rows, i, row) n +=
	    strcmp(row_word(row, "id"), text) == 0;
	json_decref(rows);
	return n;
}

#endif
