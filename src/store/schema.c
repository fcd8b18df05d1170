/* SPDX-License-Identifier: EUPL-1.2 */
#include "store/schema.h"

/*
 * leg.state, delivery.state: enum leg_state, enum delivery_state, as numbers.
 * The partial indexes name them, so those enums only grow at their ends.
 */
static const char first[] =
    /* settings, and the count of clashes */
    "CREATE TABLE word ("
    " name BLOB NOT NULL UNIQUE,"
    " value BLOB NOT NULL);"
    "CREATE TABLE clash (count INTEGER NOT NULL);"
    "INSERT INTO clash VALUES (0);"

    /* for ever */
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
    /* the id first: store find() needs no index of its own */
    "CREATE UNIQUE INDEX dispatch_key"
    " ON dispatch (id, origin, incarnation, serial);"
    "CREATE INDEX dispatch_desk ON dispatch (desk, n) WHERE desk <> x'';"

    /* until purged: a row in either, or the package is gone */
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
    /* the queues, in their order; and all that hops() counts */
    "CREATE INDEX leg_queue ON leg (hop, rank, due, q, total, at)"
    " WHERE state = 0;"
    "CREATE INDEX leg_waiting ON leg (q) WHERE state IN (0, 4);"

    /* whither a dispatch goes, once each: q = 0 is a desk here */
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

    /* whose last leg came to its end: purge() looks at these alone */
    "CREATE TABLE over (n INTEGER PRIMARY KEY);";

/*
 * Further copies (docs/station.md 4.7).  copy.here: 0 purged, 1 in "bytes", 2
 * in a file.  The first copy stays where it was: nearly all dispatches have no
 * other.
 */
static const char copies[] =
    "CREATE TABLE copy ("
    " n INTEGER NOT NULL, c INTEGER NOT NULL,"
    " envelope INTEGER NOT NULL, total INTEGER NOT NULL,"
    " sum BLOB NOT NULL,"
    " here INTEGER NOT NULL, bytes BLOB NOT NULL);"
    "CREATE UNIQUE INDEX copy_key ON copy (n, c);"
    "CREATE INDEX copy_file ON copy (sum) WHERE here = 2;"
    "ALTER TABLE leg ADD COLUMN c INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE delivery ADD COLUMN c INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE ended ("
    " n INTEGER NOT NULL, c INTEGER NOT NULL,"
    " PRIMARY KEY (n, c)) WITHOUT ROWID;"
    "INSERT INTO ended SELECT n, 0 FROM over;"
    "DROP TABLE over;"
    "ALTER TABLE ended RENAME TO over;";

/* Papers (docs/station.md 10); the body last: who reads heads does not read it.
 */
static const char papers[] = "CREATE TABLE paper ("
			     " kind INTEGER NOT NULL, key BLOB NOT NULL,"
			     " at INTEGER NOT NULL, head BLOB NOT NULL,"
			     " size INTEGER NOT NULL, body BLOB NOT NULL,"
			     " UNIQUE (kind, key));";

/*
 * The journal (docs/journal.md 4).  Of a transaction's entries: the first's
 * number, all of them (43 bytes each), and all their openings, each after its
 * length (2 bytes; the highest bit: destroyed).  Openings last: who reads
 * entries does not read them, and they are overwritten in place.
 */
static const char journal[] =
    "CREATE TABLE journal ("
    " first INTEGER PRIMARY KEY,"
    " entries BLOB NOT NULL, openings BLOB NOT NULL);"
    "CREATE TABLE tile ("
    " level INTEGER NOT NULL, i INTEGER NOT NULL,"
    " hashes BLOB NOT NULL,"
    " PRIMARY KEY (level, i));"
    "CREATE TABLE mention ("
    " n INTEGER NOT NULL, entry INTEGER NOT NULL,"
    " PRIMARY KEY (n, entry)) WITHOUT ROWID;"
    "CREATE TABLE checkpoint ("
    " size INTEGER PRIMARY KEY, seen INTEGER NOT NULL,"
    " note BLOB NOT NULL);"
    "ALTER TABLE dispatch ADD COLUMN entry INTEGER NOT NULL DEFAULT 0;";

/* Statements, batches and inquiries (docs/station.md 11). */
static const char notices[] =
    /* one tree, for each dispatch that is passed on has a row for a while */
    "CREATE TABLE pending ("
    " signer BLOB NOT NULL, p INTEGER NOT NULL,"
    " send_to BLOB NOT NULL, rank INTEGER NOT NULL,"
    " statement BLOB NOT NULL,"
    " PRIMARY KEY (signer, p)) WITHOUT ROWID;"
    "CREATE TABLE batch (b INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
    "CREATE TABLE said ("
    " n INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " signer BLOB NOT NULL, about BLOB NOT NULL,"
    " at INTEGER NOT NULL, code INTEGER NOT NULL,"
    " b INTEGER NOT NULL, statement BLOB NOT NULL,"
    " PRIMARY KEY (n, kind, signer, about)) WITHOUT ROWID;"
    "CREATE TABLE chase ("
    " n INTEGER NOT NULL, desk BLOB NOT NULL,"
    " due INTEGER NOT NULL, asked INTEGER NOT NULL,"
    " PRIMARY KEY (n, desk)) WITHOUT ROWID;"
    "CREATE INDEX chase_due ON chase (due, n, desk);";

/* What an operator decided of a leg; when it expires (0: never); alarms. */
static const char operating[] =
    "ALTER TABLE leg ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE leg ADD COLUMN expires INTEGER NOT NULL DEFAULT 0;"
    "UPDATE leg SET expires = ifnull((SELECT d.expires FROM dispatch d"
    " WHERE d.n = leg.n AND d.expires < 9223372036854775807), 0)"
    " WHERE state IN (0, 4);"
    "CREATE INDEX leg_expires ON leg (expires)"
    " WHERE state IN (0, 4) AND expires > 0;"
    "CREATE TABLE alarm ("
    " n INTEGER PRIMARY KEY,"
    " kind INTEGER NOT NULL, subject BLOB NOT NULL,"
    " rank INTEGER NOT NULL, since INTEGER NOT NULL,"
    " over INTEGER NOT NULL, acked INTEGER NOT NULL,"
    " uid INTEGER NOT NULL, text BLOB NOT NULL);"
    "CREATE UNIQUE INDEX alarm_lasts ON alarm (kind, subject, rank)"
    " WHERE over = 0;";

/* How often a leg's destinations went on before. */
static const char again[] =
    "ALTER TABLE leg ADD COLUMN again INTEGER NOT NULL DEFAULT 0;";

/* Whether anything that counts still stands in a batch. */
static const char batches[] = "CREATE INDEX said_batch ON said (b);";

/* Whether a dispatch of thousands of legs went to one station. */
static const char hops[] = "DROP INDEX leg_dispatch;"
			   "CREATE INDEX leg_dispatch ON leg (n, hop);"
			   /* of a list a leg's destinations are found by it;
			    * what is passed on to one or a few has no row here
			    */
			   "ALTER TABLE dest"
			   " ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;"
			   "CREATE INDEX dest_listed ON dest (q, address)"
			   " WHERE listed = 1;";

/*
 * The registry (docs/registry.md 5).  What is sealed stands last: who looks for
 * rows does not read it.  An opening's first byte: 1 where it is destroyed; it
 * is overwritten in place.
 */
static const char registry[] =
    "CREATE TABLE doc ("
    " n INTEGER PRIMARY KEY, id BLOB NOT NULL,"
    " kind INTEGER NOT NULL, state INTEGER NOT NULL,"
    " level INTEGER NOT NULL, rank INTEGER NOT NULL,"
    " due INTEGER NOT NULL, opened INTEGER NOT NULL,"
    " changed INTEGER NOT NULL, steps INTEGER NOT NULL,"
    " desk BLOB NOT NULL, dispatch BLOB NOT NULL,"
    " last BLOB NOT NULL, summary BLOB NOT NULL);"
    "CREATE UNIQUE INDEX doc_id ON doc (id);"
    "CREATE INDEX doc_desk ON doc (desk, n);"
    "CREATE INDEX doc_dispatch ON doc (dispatch, desk)"
    " WHERE dispatch <> x'';"
    "CREATE TABLE step ("
    " n INTEGER NOT NULL, number INTEGER NOT NULL,"
    " statement BLOB NOT NULL, signature BLOB NOT NULL,"
    " opening BLOB NOT NULL);"
    "CREATE UNIQUE INDEX step_key ON step (n, number);"
    "CREATE TABLE number ("
    " series BLOB NOT NULL, year INTEGER NOT NULL,"
    " number INTEGER NOT NULL, n INTEGER NOT NULL,"
    " at INTEGER NOT NULL, cancelled INTEGER NOT NULL,"
    " reason BLOB NOT NULL,"
    " PRIMARY KEY (series, year, number)) WITHOUT ROWID;"
    "CREATE TABLE resumed ("
    " series BLOB NOT NULL, year INTEGER NOT NULL,"
    " number INTEGER NOT NULL, at INTEGER NOT NULL,"
    " reason BLOB NOT NULL,"
    " PRIMARY KEY (series, year)) WITHOUT ROWID;"
    "CREATE TABLE volume ("
    " book BLOB NOT NULL, year INTEGER NOT NULL,"
    " volume INTEGER NOT NULL,"
    " opened INTEGER NOT NULL, closed INTEGER NOT NULL,"
    " first INTEGER NOT NULL, last INTEGER NOT NULL,"
    " cover BLOB NOT NULL,"
    " PRIMARY KEY (book, year, volume)) WITHOUT ROWID;"
    "CREATE TABLE line ("
    " book BLOB NOT NULL, year INTEGER NOT NULL,"
    " serial INTEGER NOT NULL, volume INTEGER NOT NULL,"
    " n INTEGER NOT NULL, level INTEGER NOT NULL,"
    " rank INTEGER NOT NULL, incoming INTEGER NOT NULL,"
    " at INTEGER NOT NULL, cells BLOB NOT NULL);"
    "CREATE UNIQUE INDEX line_key ON line (book, year, serial);"
    "CREATE INDEX line_doc ON line (n);"
    "CREATE INDEX line_at ON line (at, level, rank, incoming, book);"
    "CREATE TABLE remark ("
    " book BLOB NOT NULL, year INTEGER NOT NULL,"
    " serial INTEGER NOT NULL, number INTEGER NOT NULL,"
    " at INTEGER NOT NULL, text BLOB NOT NULL,"
    " PRIMARY KEY (book, year, serial, number)) WITHOUT ROWID;";

/* What people write and have not sent (docs/registry.md 10); sealed, last. */
static const char drafts[] = "CREATE TABLE draft ("
			     " person BLOB NOT NULL, id BLOB NOT NULL,"
			     " desk BLOB NOT NULL, changed INTEGER NOT NULL,"
			     " text BLOB NOT NULL);"
			     "CREATE UNIQUE INDEX draft_key"
			     " ON draft (person, id);"
			     "CREATE INDEX draft_changed ON draft (changed);";

/* Who has seen an alarm by a page: the uid says a session (docs/desk.md 4.1).
 */
static const char seen[] =
    "ALTER TABLE alarm ADD COLUMN who BLOB NOT NULL DEFAULT x'';";

const char *const schema_steps[] = { first, copies, papers, journal, notices,
	operating, again, batches, hops, registry, drafts, seen };
const int schema_version = sizeof(schema_steps) / sizeof(*schema_steps);
