/* SPDX-License-Identifier: EUPL-1.2 */
/* Databases of older programs are brought up to date, whole or not at all;
 * those of newer ones, of others and damaged ones are refused (docs/station.md
 * 4.11, 4.12). */
#include <sqlite3.h>
#include <sys/wait.h>

#include "shaky_vfs.h"
#include "store/schema.h"
#include "world.h"

/* Version 1, as it was. */
static const char one[] =
    "CREATE TABLE word ("
    " name BLOB NOT NULL UNIQUE,"
    " value BLOB NOT NULL);"
    "CREATE TABLE clash (count INTEGER NOT NULL);"
    "INSERT INTO clash VALUES (0);"
    "CREATE TABLE dispatch ("
    " n INTEGER PRIMARY KEY,"
    " id BLOB NOT NULL, origin BLOB NOT NULL,"
    " incarnation INTEGER NOT NULL, serial INTEGER NOT NULL,"
    " precedence INTEGER NOT NULL, expires INTEGER NOT NULL,"
    " digest BLOB NOT NULL,"
    " came BLOB NOT NULL, desk BLOB NOT NULL,"
    " at INTEGER NOT NULL, own_clock INTEGER NOT NULL,"
    " envelope INTEGER NOT NULL, total INTEGER NOT NULL,"
    " sum BLOB NOT NULL);"
    "CREATE UNIQUE INDEX dispatch_key"
    " ON dispatch (id, origin, incarnation, serial);"
    "CREATE INDEX dispatch_desk ON dispatch (desk, n) WHERE desk <> x'';"
    "CREATE TABLE package (n INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
    "CREATE TABLE file ("
    " sum BLOB NOT NULL, n INTEGER NOT NULL,"
    " PRIMARY KEY (sum, n)) WITHOUT ROWID;"
    "CREATE TABLE leg ("
    " q INTEGER PRIMARY KEY,"
    " n INTEGER NOT NULL, hop BLOB NOT NULL,"
    " rank INTEGER NOT NULL, due INTEGER NOT NULL,"
    " state INTEGER NOT NULL, at INTEGER NOT NULL,"
    " total INTEGER NOT NULL);"
    "CREATE INDEX leg_dispatch ON leg (n);"
    "CREATE INDEX leg_queue ON leg (hop, rank, due, q, total, at)"
    " WHERE state = 0;"
    "CREATE INDEX leg_waiting ON leg (q) WHERE state IN (0, 4);"
    "CREATE TABLE dest ("
    " n INTEGER NOT NULL, address BLOB NOT NULL,"
    " tag BLOB NOT NULL, q INTEGER NOT NULL,"
    " PRIMARY KEY (n, address)) WITHOUT ROWID;"
    "CREATE TABLE delivery ("
    " desk BLOB NOT NULL, n INTEGER NOT NULL,"
    " state INTEGER NOT NULL, at INTEGER NOT NULL,"
    " arrived INTEGER NOT NULL, reason BLOB NOT NULL,"
    " tag BLOB NOT NULL,"
    " PRIMARY KEY (desk, n)) WITHOUT ROWID;"
    "CREATE INDEX delivery_open ON delivery (desk, n) WHERE state IN (0, 1);"
    "CREATE TABLE over (n INTEGER PRIMARY KEY);"
    "PRAGMA user_version = 1;"
    "PRAGMA application_id = 1097749609;";

/* What was in it: 1 lies at a desk and is sent to one hop, 2 was passed on and
 * not yet purged, 3 was sealed here, its package a file. */
static const char rows[] =
    "INSERT INTO word VALUES (x'61', x'62');"
    "UPDATE clash SET count = 3;"
    "WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k"
    "  WHERE i < 3)"
    " INSERT INTO dispatch SELECT i, randomblob(16), x'6f', 1, i, i, 100,"
    "  zeroblob(32), x'66', CASE i WHEN 3 THEN x'642f78' ELSE x'' END, 50, 0,"
    "  10, CASE i WHEN 3 THEN 200000 ELSE 700 END, zeroblob(32) FROM k;"
    "INSERT INTO package VALUES (1, zeroblob(700)), (2, zeroblob(700));"
    "INSERT INTO file VALUES (zeroblob(32), 3);"
    "INSERT INTO leg VALUES (1, 1, x'61', 1, 9, 0, 50, 700),"
    "  (2, 2, x'61', 1, 9, 1, 60, 700), (3, 3, x'62', 2, 9, 4, 60, 200000);"
    "INSERT INTO dest VALUES (1, x'612f78', zeroblob(32), 1),"
    "  (2, x'612f78', zeroblob(32), 2), (3, x'622f78', zeroblob(32), 3),"
    "  (1, x'642f78', zeroblob(32), 0);"
    "INSERT INTO delivery VALUES (x'642f78', 1, 1, 70, 50, x'',"
    "  zeroblob(32));"
    "INSERT INTO over VALUES (2);";

static void
sql(struct disk *disk, const char *text)
{
	char path[200], *why = NULL;
	sqlite3 *db;

	(void)snprintf(path, sizeof(path), "%s/store.db", disk->ops->path);
	if (sqlite3_open_v2(path, &db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
		disk->ops->vfs) != SQLITE_OK ||
	    sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL,
		NULL) != SQLITE_OK ||
	    sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		bug(why != NULL ? why : "sqlite3_open");
	if (sqlite3_close(db) != SQLITE_OK)
		bug("sqlite3_close");
}

/* A number that the database itself says. */
static int64_t
asked(struct disk *disk, const char *text)
{
	sqlite3_stmt *stmt;
	char path[200];
	int64_t v = -1;
	sqlite3 *db;

	(void)snprintf(path, sizeof(path), "%s/store.db", disk->ops->path);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, disk->ops->vfs) !=
		SQLITE_OK ||
	    sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL,
		NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, text, -1, &stmt, NULL) != SQLITE_OK)
		bug("sqlite3_open");
	if (sqlite3_step(stmt) == SQLITE_ROW)
		v = sqlite3_column_int64(stmt, 0);
	(void)sqlite3_finalize(stmt);
	if (sqlite3_close(db) != SQLITE_OK)
		bug("sqlite3_close");
	return v;
}

/* Everything that was in version 1 is there, and works. */
static const char *
difference(struct world *w)
{
	const struct bytes desk = bytes_str("d/x");
	struct stored d;
	struct delivery v;
	struct leg leg;
	struct buf b;
	uint64_t n;
	enum rc rc;
	bool has;

	for (n = 1; n <= 3; n++)
		if (w->ops->get(w->s, n, 0, &d, &w->e) != RC_OK ||
		    d.header.serial != n || d.copy != 0 || d.gone ||
		    d.total != (n == 3 ? 200000 : 700))
			return "a dispatch";
	if (!bytes_is(d.desk, "d/x") || !w->ops->needs(w->s, d.sum))
		return "one of a file";
	rc = w->ops->package(w->s, 1, 0, &b, &w->e);
	buf_free(&b);
	if (rc != RC_OK)
		return "a package";
	for (n = 1; n <= 3; n++)
		if (w->ops->leg(w->s, n, &leg, &w->e) != RC_OK || leg.n != n ||
		    leg.copy != 0 ||
		    leg.state != (n == 1      ? LEG_QUEUED
				     : n == 2 ? LEG_PASSED
					      : LEG_HELD))
			return "a leg";
	if (w->ops->delivery(w->s, 1, desk, &v, &w->e) != RC_OK ||
	    v.copy != 0 || v.state != DELIVERY_OPENED || v.at != 70 ||
	    v.arrived != 50)
		return "a delivery";
	if (w->ops->has(w->s, 1, desk, &has, &w->e) != RC_OK || !has)
		return "a destination";
	rc = w->ops->word(w->s, "a", &b, &w->e);
	if (rc != RC_OK || !bytes_is(buf_bytes(&b), "b"))
		return "a setting";
	buf_free(&b);
	return w->ops->clashes(w->s) == 3 ? NULL : "the clashes";
}

static const char *
difference_in_work(struct world *w)
{
	uint8_t(*sums)[SHA256_SIZE];
	struct buf p = bytes_made(9, SMALL);
	struct stored d = stored_made(9, &p);
	size_t count;
	uint64_t q;
	const char *what = NULL;

	world_do(w);
	if (w->ops->purge(w->s, 9, &sums, &count, &w->e) != RC_OK)
		bug(w->e.text);
	free(sums);
	if (w->ops->get(w->s, 2, 0, &d, &w->e) != RC_OK || !d.gone ||
	    w->ops->get(w->s, 1, 0, &d, &w->e) != RC_OK || d.gone)
		what = "what was to be purged";
	d = stored_made(9, &p);
	d.n = 2;
	if (w->ops->copy(w->s, &d, buf_bytes(&p), &w->e) != RC_OK ||
	    try_send_copy(w, 2, d.copy, "b", 0, 1, "b/x", &q) != RC_OK ||
	    q != 4)
		what = "a further copy";
	world_done(w);
	buf_free(&p);
	return what;
}

static void
old_ones_are_brought_up_to_date(void)
{
	struct world w;
	const char *what;

	same(bytes_str(schema_steps[0]), bytes_of(one, strlen(schema_steps[0])),
	    "the step that made version 1 is as it was");
	world_begin(&w, &store_sqlite);
	world_end(&w);
	w = (struct world){ .ops = &store_sqlite };
	(void)snprintf(w.path, sizeof(w.path), "/tmp/antin-store.XXXXXX");
	if (mkdtemp(w.path) == NULL)
		bug("no folder for the test");
	must(disk_folder(&w.disk, w.path, &w.e), &w.e);
	sql(w.disk, one);
	sql(w.disk, rows);
	world_open(&w);
	what = difference(&w);
	ok(what == NULL, "all that was in version 1 is there: %s",
	    what == NULL ? "yes" : what);
	what = difference_in_work(&w);
	ok(what == NULL, "and works: %s", what == NULL ? "yes" : what);
	w.ops->close(w.s);
	is((uint64_t)asked(w.disk, "PRAGMA user_version"),
	    (uint64_t)schema_version, "it is of this program's version then");
	is((uint64_t)asked(w.disk, "SELECT count(*) FROM over"), 0,
	    "what was purged is struck off");
	world_open(&w);
	ok(w.ops->get(w.s, 1, 0, &(struct stored){ 0 }, &w.e) == RC_OK,
	    "and opens again");
	world_end(&w);
}

/* ---- refused --------------------------------------------------------------
 */

static void
others_are_refused(void)
{
	static const struct {
		const char *sql, *says, *name;
	} cases[] = {
		{ "PRAGMA user_version = 1000000", "a newer program wrote it",
		    "a newer program's database is refused, and it is said" },
		{ "PRAGMA user_version = -1", "its schema is version -1",
		    "so is one of a version that cannot be" },
		{ "PRAGMA application_id = 7", "something else",
		    "so is something else's" },
	};
	struct world w;
	size_t i;
	int64_t before, after;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		world_begin(&w, &store_sqlite);
		w.ops->close(w.s);
		sql(w.disk, cases[i].sql);
		before = asked(w.disk, "PRAGMA schema_version");
		is(w.ops->open(&w.s, w.disk, &w.e), RC_INVALID, "%s",
		    cases[i].name);
		ok(strstr(w.e.text, cases[i].says) != NULL, "(%s)", w.e.text);
		ok(w.s == NULL, "nothing is open then");
		after = asked(w.disk, "PRAGMA schema_version");
		ok(before == after, "and it is left as it was");
		w.disk->ops->free(w.disk);
		folder_remove(w.path);
	}
}

/* ---- in the middle --------------------------------------------------------
 */

enum middle { STOPS, FAILS, IS_FULL };

/* Version 1 on a disk; the k-th operation of the migration goes wrong.  False:
 * there is no k-th. */
static bool
migrate_until(uint64_t k, enum middle how, const char **what)
{
	struct shaky *d = shaky_new(k + 1);
	struct world w = { .ops = &store_sqlite, .disk = &d->disk };
	bool reached;
	int64_t version;

	sql(&d->disk, one);
	sql(&d->disk, rows);
	if (how == STOPS)
		d->crash_at = d->done + k;
	else if (how == FAILS)
		d->fail_at = d->done + k, d->fail_for = 1;
	else
		d->room = shaky_used(d) + k * 1024;
	reached = w.ops->open(&w.s, w.disk, &w.e) != RC_OK;
	if (!reached && how == STOPS)
		reached = d->dead;
	if (reached && w.e.rc != RC_IO && w.s == NULL)
		*what = w.e.text;
	if (w.s != NULL)
		w.ops->close(w.s);
	if (how == STOPS)
		shaky_crash(d);
	d->room = d->fail_for = 0;
	if (how != STOPS && k % 2 == 0)
		shaky_crash(d);
	version = asked(&d->disk, "PRAGMA user_version");
	if (version < 1 || version > schema_version)
		*what = "a version that is none";
	if (w.ops->open(&w.s, w.disk, &w.e) != RC_OK)
		*what = w.e.text;
	else if (*what == NULL && (*what = difference(&w)) == NULL)
		*what = difference_in_work(&w);
	if (w.s != NULL)
		w.ops->close(w.s);
	d->disk.ops->free(&d->disk);
	return reached;
}

static void
a_step_is_whole_or_not_at_all(void)
{
	static const char *const names[] = {
		"stopped at any operation, it is brought up to date later",
		"failing at any operation, too",
		"and with the disk full at any point",
	};
	const char *what;
	enum middle how;
	uint64_t k, failed, misses;

	for (how = STOPS; how <= IS_FULL; how++) {
		failed = misses = 0;
		for (k = 1, what = NULL; what == NULL && misses < 12; k++)
			if (migrate_until(k, how, &what))
				failed++;
			else
				misses++;
		ok(what == NULL, "%s (%llu times): %s", names[how],
		    (unsigned long long)failed, what == NULL ? "yes" : what);
		ok(failed > 5, "which happens");
	}
}

/* ---- damaged ---------------------------------------------------------------
 */

/* Some work whose end is a kill: what was checked in is in the database, what
 * came last in the write-ahead log. */
static void
work_and_die(struct world *w)
{
	uint64_t i;
	pid_t pid;
	int status;

	world_do(w);
	for (i = 1; i < 300; i++)
		(void)put(w, i);
	world_done(w);
	w->ops->close(w->s);
	w->s = NULL;
	pid = fork();
	if (pid == 0) {
		world_open(w);
		world_do(w);
		(void)put(w, 300);
		world_done(w);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		bug("the work was not done");
}

static void
a_damaged_one_is_refused_after_an_unclean_end(void)
{
	struct buf bad = { 0 };
	struct world w;
	struct err e;
	uint64_t size;
	int file;

	world_begin(&w, &store_sqlite);
	work_and_die(&w);
	world_open(&w);
	ok(w.ops->get(w.s, 300, 0, &(struct stored){ 0 }, &e) == RC_OK,
	    "after a kill it is checked, and opens");
	world_end(&w);

	world_begin(&w, &store_sqlite);
	work_and_die(&w);
	memset(buf_grow(&bad, 4096), 0xff, 4096);
	must(w.disk->ops->open(w.disk, "store.db", false, &file, &e), &e);
	must(w.disk->ops->size(w.disk, file, &size, &e), &e);
	must(w.disk->ops->write(
		 w.disk, file, size / 12288 * 4096, buf_bytes(&bad), &e),
	    &e);
	w.disk->ops->close(w.disk, file);
	is(w.ops->open(&w.s, w.disk, &w.e), RC_INVALID,
	    "with a page of something else it does not");
	ok(strstr(w.e.text, "damaged") != NULL, "and says so (%s)", w.e.text);
	ok(w.ops->open(&w.s, w.disk, &w.e) != RC_OK,
	    "nor the next time, for it was not mended");
	w.disk->ops->free(w.disk);
	folder_remove(w.path);
	buf_free(&bad);
}

int
main(void)
{
	old_ones_are_brought_up_to_date();
	others_are_refused();
	a_step_is_whole_or_not_at_all();
	a_damaged_one_is_refused_after_an_unclean_end();
	return done();
}
