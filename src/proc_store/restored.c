/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station that was restored from a backup (docs/backup.md 5): it gives no
 * number and sends nothing before the station above, or of the root all below
 * it, have said how far it had come; then it goes on in a new life.
 */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "crypto/random.h"
#include "proc_store/backup.h"
#include "proc_store/carried.h"

#define MARK "restored"	 /* a file that antin restore leaves: u64 made */
#define WORD "restored"	 /* struct closed, 8 bytes each; empty: it is open */
#define AHEAD 16u	 /* lives, where nobody can say which there were */
#define HOURS_MAX 32768u /* of that many more, one an hour: LIFE_AHEAD */
#define CHANCE 1024u	 /* and some by chance, fewer than these */
#define WAIT_S INT64_C(21600)

static struct closed {
	uint64_t made;	       /* the backup */
	uint64_t size, serial; /* of the journal in it; its last number */
	uint64_t since;	       /* it was started */
} closed;		       /* since = 0: it is open */

/* Of the root: who below has spoken, and the most that one holds. */
static struct id *said; /* owned */
static size_t said_count;
static struct note *best; /* owned; NULL: nobody has more than we */

/* ---- on disk
 * ---------------------------------------------------------------------- */

static enum rc
closed_read(struct err *e)
{
	struct buf b;
	struct rd r;
	enum rc rc;

	rc = st.store->ops->word(st.store, WORD, &b, e);
	if (rc != RC_OK)
		return rc == RC_ABSENT ? RC_OK : rc;
	r = rd_init(buf_bytes(&b));
	if (b.len > 0) {
		closed.made = rd_u64(&r);
		closed.size = rd_u64(&r);
		closed.serial = rd_u64(&r);
		closed.since = rd_u64(&r);
	}
	if (!rd_end(&r))
		rc = fail(
		    e, RC_INVALID, "the store's \"%s\" is not whole", WORD);
	buf_free(&b);
	return rc;
}

static enum rc
closed_write(const struct closed *c, struct err *e)
{
	struct buf b = { 0 };
	enum rc rc;

	if (c != NULL) {
		buf_u64(&b, c->made);
		buf_u64(&b, c->size);
		buf_u64(&b, c->serial);
		buf_u64(&b, c->since);
	}
	rc = set_word(WORD, buf_bytes(&b), e);
	buf_free(&b);
	return rc;
}

/* When the backup was made, as the mark says. */
static enum rc
mark_read(uint64_t *made, struct err *e)
{
	uint8_t bytes[8];
	struct rd r;
	enum rc rc;
	int file;

	if ((rc = st.disk->ops->open(st.disk, MARK, false, &file, e)) != RC_OK)
		return rc;
	rc = st.disk->ops->read(st.disk, file, 0, bytes, sizeof(bytes), e);
	st.disk->ops->close(st.disk, file);
	r = rd_init(bytes_of(bytes, sizeof(bytes)));
	*made = rd_u64(&r);
	return rc;
}

/* The mark becomes a word of the database, in a transaction of its own; a kill
 * leaves one or both. */
static enum rc
close_now(struct err *e)
{
	struct closed c = { .serial = st.serial,
		.since = (uint64_t)process_now() };
	enum rc rc;

	if ((rc = mark_read(&c.made, e)) != RC_OK ||
	    (rc = st.store->ops->journal->size(st.store, &c.size, e)) !=
		RC_OK ||
	    (rc = st.store->ops->begin(st.store, e)) != RC_OK)
		return rc;
	if ((rc = closed_write(&c, e)) == RC_OK)
		rc = st.store->ops->commit(st.store, e);
	if (rc != RC_OK)
		st.store->ops->rollback(st.store);
	else
		closed = c;
	return rc;
}

enum rc
restored_open(struct err *e)
{
	struct log_line l;
	enum rc rc;

	if ((rc = closed_read(e)) != RC_OK)
		return rc;
	if (st.disk->ops->exists(st.disk, MARK)) {
		if (!restored_is() && (rc = close_now(e)) != RC_OK)
			return rc;
		if ((rc = st.disk->ops->remove(st.disk, MARK, e)) != RC_OK ||
		    (rc = st.disk->ops->sync_folder(st.disk, "", e)) != RC_OK)
			return rc;
	}
	if (!restored_is())
		return RC_OK;
	l = log_line(LOG_WARN, "station.restored");
	log_uint(&l, "made", closed.made);
	log_uint(&l, "entries", closed.size);
	log_uint(&l, "serial", closed.serial);
	process_log(LOG_WARN, &l);
	return RC_OK;
}

bool
restored_is(void)
{
	return closed.since != 0;
}

int64_t
restored_until(void)
{
	const int64_t wait = st.restore_wait == 0 ? WAIT_S : st.restore_wait;

	return restored_is() ? (int64_t)closed.since + wait : TIME_NEVER;
}

enum rc
restored_check(struct err *e)
{
	if (!restored_is())
		return RC_OK;
	return st.clock.has_parent
		   ? fail(e, RC_DENIED,
			 "docs/backup.md 5.1: this station was restored from a "
			 "backup and is closed until the station above has "
			 "said how far it had come; try again when the line to "
			 "it is up")
		   : fail(e, RC_DENIED,
			 "docs/backup.md 5.1: this station was restored from a "
			 "backup and is closed until all stations below it "
			 "have said how far it had come; antin station "
			 "reopen opens it by your word");
}

/* ---- opening
 * ---------------------------------------------------------------------- */

void
restored_gap(
    struct life_gap *out, uint64_t born, const struct note *n, uint64_t serial)
{
	const bool same =
	    n == NULL || n->checkpoint.incarnation == st.incarnation;

	*out = (struct life_gap){ .incarnation = st.incarnation,
		.born = born,
		.from = closed.size,
		.until = closed.size,
		.serials = same ? closed.serial + 1 : 1,
		.to = serial,
		.since = (int64_t)closed.made,
		.at = station_now() };
	if (n == NULL)
		return;
	out->incarnation = n->checkpoint.incarnation;
	out->root = n->checkpoint.root;
	if (n->checkpoint.size > out->until)
		out->until = n->checkpoint.size;
}

enum rc
restored_over(struct err *e)
{
	return restored_is() ? closed_write(NULL, e) : RC_OK;
}

void
restored_opened(void)
{
	struct log_line l;

	if (!restored_is())
		return;
	closed = (struct closed){ 0 };
	free(said);
	free(best);
	said = NULL;
	best = NULL;
	said_count = 0;
	l = log_line(LOG_INFO, "station.open");
	log_uint(&l, "incarnation", st.incarnation);
	process_log(LOG_INFO, &l);
	lines_again();
}

static void
open_in(uint64_t born)
{
	struct log_line l;
	struct err e;

	if (life_adopt(born, best, 0, &e) == RC_OK)
		return;
	l = log_line(LOG_WARN, "station.closed");
	log_err(&l, &e);
	process_log(LOG_WARN, &l);
}

static uint64_t
next_life(void)
{
	return best != NULL && best->checkpoint.incarnation >= st.incarnation
		   ? best->checkpoint.incarnation + 1
		   : st.incarnation + 1;
}

/* Lives that are left out, where what is known may be old: docs/backup.md 5.5.
 * Another one of the same backup is restored later, and leaves out more; within
 * the hour chance keeps the two apart. */
static uint64_t
ahead(void)
{
	const uint64_t hours = closed.since > closed.made
				   ? (closed.since - closed.made) / 3600
				   : 0;
	uint32_t chance;

	random_bytes(&chance, sizeof(chance));
	return AHEAD + (hours < HOURS_MAX ? hours : HOURS_MAX) +
	       chance % CHANCE;
}

uint64_t
restored_skip(const struct line *l)
{
	return restored_is() && l->conn >= MEDIA_CONN ? ahead() : 0;
}

void
restored_heard(void)
{
	if (restored_is())
		open_in(next_life());
}

enum rc
restored_reopen(struct err *e)
{
	char when[TIME_TEXT];

	if (!restored_is())
		return fail(e, RC_EXISTS, "this station is not closed");
	if (process_now() < restored_until()) {
		time_write_vn(when, restored_until());
		return fail(e, RC_DENIED,
		    "docs/backup.md 5.5: the others have time to speak until "
		    "%s; then a person may open it",
		    when);
	}
	/* in which no number can have been given */
	return life_adopt(next_life() + ahead(), best, 0, e);
}

/* ---- of the root: those below
 * ---------------------------------------------------------------- */

static bool
has_said(const struct id *unit)
{
	size_t i;

	for (i = 0; i < said_count; i++)
		if (id_eq(&said[i], unit))
			return true;
	return false;
}

void
restored_said(const struct line *l)
{
	/* a bundle may be old, and does not say it: docs/backup.md 5.7 */
	if (!restored_is() || st.clock.has_parent || l->parent ||
	    l->conn >= MEDIA_CONN || has_said(&l->uid))
		return;
	said = vec_more(said, said_count, sizeof(*said));
	said[said_count++] = l->uid;
}

void
restored_holds(const struct note *n)
{
	const struct checkpoint *c = &n->checkpoint;

	if (best != NULL &&
	    (c->incarnation < best->checkpoint.incarnation ||
		(c->incarnation == best->checkpoint.incarnation &&
		    c->size <= best->checkpoint.size)))
		return;
	if (best == NULL)
		best = alloc(1, sizeof(*best));
	best->checkpoint = *c; /* all that is asked of it */
}

/* Every station right below that has certificates. */
static bool
all_said(void)
{
	struct directory *d = st.file.directory;
	const int64_t now = station_now();
	size_t u;

	for (u = 0; u < d->state.unit_count; u++)
		if (u != st.unit && unit_open(&d->state.units[u], now) &&
		    station_of(d, u, now) == u &&
		    station_above(d, u, now) == st.unit &&
		    !has_said(&d->state.units[u].uid))
			return false;
	return true;
}

void
restored_tick(void)
{
	if (restored_is() && st.named && !st.clock.has_parent && all_said())
		open_in(next_life());
}
