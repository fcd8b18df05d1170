/* SPDX-License-Identifier: EUPL-1.2 */
/* The journal (docs/journal.md 4): a row a transaction, tiles, checkpoints. */
#include <stdlib.h>
#include <string.h>

#include "store/check.h"
#include "store/sqlite.h"

#define DESTROYED 0x80u /* in the first byte of an opening's length */
#define LENGTH 2u

static enum rc
damaged(struct err *e)
{
	return fail(e, RC_INVALID,
	    "store: the journal is damaged (docs/station.md 4.12)");
}

/* ---- the tail, and tiles --------------------------------------------------
 */

/* The nodes of a full tile that is kept. */
static enum rc
tile_get(struct sqlite *s, unsigned level, uint64_t i, size_t count,
    struct node *out, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_TILE,
	    "SELECT hashes FROM tile WHERE level = ?1 AND i = ?2");
	struct bytes hashes;
	bool found = false;
	enum rc rc;

	sqlite_int(&r, 1, level);
	sqlite_uint(&r, 2, i);
	if (sqlite_row(&r)) {
		hashes = sqlite_get_bytes(&r, 0);
		found = hashes.len == TILE_SIZE;
		if (found)
			memcpy(out, hashes.p, count * sizeof(*out));
	}
	if ((rc = sqlite_end(&r, e)) != RC_OK)
		return rc;
	return found ? RC_OK : damaged(e);
}

static enum rc
tile_put(void *ctx, unsigned level, uint64_t i,
    const struct node nodes[static TILE_NODES], struct err *e)
{
	struct sqlite_run r = sqlite_run(ctx, QUERY_TILE_ADD,
	    "INSERT INTO tile (level, i, hashes) VALUES (?1, ?2, ?3)");

	sqlite_int(&r, 1, level);
	sqlite_uint(&r, 2, i);
	sqlite_bytes(&r, 3, bytes_of(nodes, TILE_SIZE));
	return sqlite_do(&r, e);
}

static enum rc
size_read(struct sqlite *s, uint64_t *size, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_JOURNAL_LAST,
	    "SELECT first + length(entries) / 43 FROM journal"
	    " ORDER BY first DESC LIMIT 1");

	*size = sqlite_row(&r) ? sqlite_get_uint(&r, 0) : 0;
	return sqlite_end(&r, e);
}

/* The leaves behind the last full tile: of their entries. */
static enum rc
leaves_read(struct sqlite *s, struct tiler *t, struct err *e)
{
	const uint64_t from = t->size - t->size % TILE_NODES;
	struct sqlite_run r = sqlite_run(s, QUERY_JOURNAL_TAIL,
	    "SELECT first, entries FROM journal WHERE first >="
	    " (SELECT max(first) FROM journal WHERE first <= ?1)"
	    " ORDER BY first");
	struct bytes entries;
	uint64_t next = from, first;
	bool whole = true;
	struct rd in;
	enum rc rc;

	sqlite_uint(&r, 1, from);
	while (whole && from < t->size && sqlite_row(&r)) {
		first = sqlite_get_uint(&r, 0);
		entries = sqlite_get_bytes(&r, 1);
		in = rd_init(entries);
		whole = first <= next && entries.len % ENTRY_SIZE == 0 &&
			first + entries.len / ENTRY_SIZE <= t->size;
		if (whole && first < next)
			(void)rd_bytes(
			    &in, (size_t)(next - first) * ENTRY_SIZE);
		for (; whole && !in.bad && in.in.len > 0; next++)
			merkle_leaf(&t->tail[0][next - from],
			    rd_bytes(&in, ENTRY_SIZE));
	}
	if ((rc = sqlite_end(&r, e)) != RC_OK)
		return rc;
	return whole && next == t->size ? RC_OK : damaged(e);
}

/* Of a higher level: the roots of the full tiles below. */
static enum rc
nodes_read(struct sqlite *s, struct tiler *t, unsigned level, struct err *e)
{
	const size_t count = tiler_count(t, level);
	const uint64_t end = t->size >> (TILE_BITS * level);
	struct node nodes[TILE_NODES];
	enum rc rc = RC_OK;
	size_t i;

	for (i = 0; i < count && rc == RC_OK; i++) {
		rc = tile_get(
		    s, level - 1, end - count + i, TILE_NODES, nodes, e);
		if (rc == RC_OK)
			merkle_root_of(&t->tail[level][i], nodes, TILE_NODES);
	}
	return rc;
}

/* The tail is there, read anew where it is not known. */
static enum rc
tail(struct sqlite *s, struct err *e)
{
	struct tiler *t;
	unsigned level;
	enum rc rc;

	if (s->journal != NULL)
		return RC_OK;
	t = alloc(1, sizeof(*t));
	if ((rc = size_read(s, &t->size, e)) == RC_OK)
		rc = leaves_read(s, t, e);
	for (level = 1; level < TILE_LEVELS && rc == RC_OK; level++)
		rc = nodes_read(s, t, level, e);
	if (rc == RC_OK)
		s->journal = t;
	else
		free(t);
	return rc;
}

void
sqlite_journal_end(struct sqlite *s, bool kept)
{
	if (!kept && s->journal_grew) {
		free(s->journal);
		s->journal = NULL;
	}
	s->journal_grew = false;
}

static enum rc
tile_read(void *ctx, unsigned level, uint64_t i, size_t count, struct node *out,
    struct err *e)
{
	struct sqlite *s = ctx;
	const struct tiler *t = s->journal;

	if (i < t->size >> (TILE_BITS * (level + 1)))
		return tile_get(s, level, i, count, out, e);
	if (i != t->size >> (TILE_BITS * (level + 1)) ||
	    count > tiler_count(t, level))
		return damaged(e);
	memcpy(out, t->tail[level], count * sizeof(*out));
	return RC_OK;
}

static enum rc
root(struct store *store, uint64_t size, struct node *out, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	const struct tiles t = { tile_read, s };
	enum rc rc = tail(s, e);

	return rc == RC_OK ? tiles_root(out, &t, size, e) : rc;
}

static enum rc
prove(struct store *store, uint64_t number, uint64_t size,
    struct node out[static MERKLE_PROOF], unsigned *len, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	const struct tiles t = { tile_read, s };
	enum rc rc = tail(s, e);

	return rc == RC_OK ? tiles_prove(out, len, &t, number, size, e) : rc;
}

static enum rc
prove_extends(struct store *store, uint64_t m, uint64_t n,
    struct node out[static MERKLE_PROOF], unsigned *len, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	const struct tiles t = { tile_read, s };
	enum rc rc = tail(s, e);

	return rc == RC_OK ? tiles_prove_extends(out, len, &t, m, n, e) : rc;
}

/* ---- entries --------------------------------------------------------------
 */

static enum rc
size_of(struct store *store, uint64_t *size, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	enum rc rc = tail(s, e);

	*size = rc == RC_OK ? s->journal->size : 0;
	return rc;
}

static enum rc
mention(struct sqlite *s, uint64_t n, uint64_t number, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_MENTION_ADD,
	    "INSERT OR IGNORE INTO mention (n, entry) VALUES (?1, ?2)");

	sqlite_uint(&r, 1, n);
	sqlite_uint(&r, 2, number);
	return sqlite_do(&r, e);
}

static enum rc
append(
    struct store *store, const struct noted *list, size_t count, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct buf entries = { 0 }, openings = { 0 };
	struct sqlite_run r;
	struct node leaf;
	uint64_t first;
	enum rc rc;
	size_t i;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = size_of(store, &first, e)) != RC_OK)
		return rc;
	for (i = 0; i < count && rc == RC_OK; i++)
		rc = check_noted(&list[i], e);
	s->journal_grew = true;
	for (i = 0; i < count && rc == RC_OK; i++) {
		buf_add(&entries, list[i].entry);
		buf_u8(&openings, (uint8_t)(list[i].opening.len >> 8));
		buf_u8(&openings, (uint8_t)list[i].opening.len);
		buf_add(&openings, list[i].opening);
		merkle_leaf(&leaf, list[i].entry);
		rc = tiler_add(s->journal, &leaf, tile_put, s, e);
		if (rc == RC_OK && list[i].n != 0)
			rc = mention(s, list[i].n, first + i, e);
	}
	if (rc == RC_OK && count > 0) {
		r = sqlite_run(s, QUERY_JOURNAL_ADD,
		    "INSERT INTO journal (first, entries, openings)"
		    " VALUES (?1, ?2, ?3)");
		sqlite_uint(&r, 1, first);
		sqlite_bytes(&r, 2, buf_bytes(&entries));
		sqlite_bytes(&r, 3, buf_bytes(&openings));
		rc = sqlite_do(&r, e);
	}
	buf_free(&entries);
	buf_free(&openings);
	return rc;
}

/* Where the i-th opening begins; false where they are not so. */
static bool
opening_at(struct bytes openings, size_t i, size_t *at, struct bytes *out,
    bool *destroyed)
{
	struct rd r = rd_init(openings);
	size_t len;

	*at = 0;
	do {
		*at = openings.len - r.in.len;
		len = rd_u8(&r);
		*destroyed = (len & DESTROYED) != 0;
		len = (len & (DESTROYED - 1)) << 8 | rd_u8(&r);
		*out = rd_bytes(&r, len);
	} while (i-- > 0 && !r.bad);
	return !r.bad;
}

/* The row that has this entry, at its place in it. */
struct place {
	uint64_t first;
	size_t i, at; /* the entry's; where its opening's length stands */
	size_t len;   /* of its opening */
	bool destroyed;
};

static enum rc
find(struct sqlite *s, uint64_t number, struct place *p, uint8_t *out,
    struct buf *opening, struct err *e)
{
	struct sqlite_run r = sqlite_run(s, QUERY_JOURNAL_ROW,
	    "SELECT first, entries, openings FROM journal"
	    " WHERE first <= ?1 ORDER BY first DESC LIMIT 1");
	struct bytes entries, one = { 0 };
	bool found, whole = false;
	enum rc rc;

	*p = (struct place){ 0 };
	sqlite_uint(&r, 1, number);
	if ((found = sqlite_row(&r))) {
		p->first = sqlite_get_uint(&r, 0);
		entries = sqlite_get_bytes(&r, 1);
		p->i = (size_t)(number - p->first);
		found = number - p->first < entries.len / ENTRY_SIZE;
		if (found && out != NULL)
			memcpy(out, entries.p + p->i * ENTRY_SIZE, ENTRY_SIZE);
		whole = !found || (opening == NULL && out != NULL) ||
			opening_at(sqlite_get_bytes(&r, 2), p->i, &p->at, &one,
			    &p->destroyed);
		p->len = one.len;
		if (found && whole && opening != NULL && !p->destroyed)
			buf_add(opening, one);
	}
	if ((rc = sqlite_end(&r, e)) != RC_OK)
		return rc;
	if (!found)
		return fail(e, RC_ABSENT, "store: no entry of this number");
	return whole ? RC_OK : damaged(e);
}

static enum rc
entry(struct store *store, uint64_t number, uint8_t out[static ENTRY_SIZE],
    struct buf *opening, struct err *e)
{
	struct place p;

	memset(out, 0, ENTRY_SIZE);
	if (opening != NULL)
		*opening = (struct buf){ 0 };
	return find(sqlite_of(store), number, &p, out, opening, e);
}

/* Of a row, those from the i-th on; false: it is damaged. */
static bool
row_each(const struct sqlite_run *row, size_t i,
    bool (*each)(void *ctx, const uint8_t entry[static ENTRY_SIZE],
	struct bytes opening),
    void *ctx, bool *more)
{
	const struct bytes entries = sqlite_get_bytes(row, 1);
	struct rd r = rd_init(sqlite_get_bytes(row, 2));
	struct bytes opening;
	size_t at, len;
	uint8_t high;

	for (at = 0; *more && at < entries.len / ENTRY_SIZE; at++) {
		high = rd_u8(&r);
		len = (size_t)(high & (DESTROYED - 1)) << 8 | rd_u8(&r);
		opening = rd_bytes(&r, len);
		if (r.bad)
			return false;
		if ((high & DESTROYED) != 0)
			opening = (struct bytes){ 0 };
		if (at >= i)
			*more = each(ctx, entries.p + at * ENTRY_SIZE, opening);
	}
	return true;
}

static enum rc
entries_from(struct store *store, uint64_t from,
    bool (*each)(void *ctx, const uint8_t entry[static ENTRY_SIZE],
	struct bytes opening),
    void *ctx, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_JOURNAL_ROWS,
	    "SELECT first, entries, openings FROM journal WHERE first >="
	    " (SELECT max(first) FROM journal WHERE first <= ?1)"
	    " ORDER BY first");
	bool more = true, whole = true;
	uint64_t first;
	enum rc rc;

	sqlite_uint(&r, 1, from);
	while (more && whole && sqlite_row(&r)) {
		first = sqlite_get_uint(&r, 0);
		whole = row_each(&r, first < from ? (size_t)(from - first) : 0,
		    each, ctx, &more);
	}
	if ((rc = sqlite_end(&r, e)) != RC_OK)
		return rc;
	return whole ? RC_OK : damaged(e);
}

static enum rc
about(struct store *store, uint64_t n, bool (*each)(void *ctx, uint64_t number),
    void *ctx, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r = sqlite_run(s, QUERY_MENTIONS,
	    "SELECT entry FROM dispatch WHERE n = ?1 AND entry <> 0"
	    " UNION SELECT entry FROM mention WHERE n = ?1 ORDER BY 1");

	sqlite_uint(&r, 1, n);
	while (sqlite_row(&r))
		if (!each(ctx, sqlite_get_uint(&r, 0)))
			break;
	return sqlite_end(&r, e);
}

/* ---- destroying -----------------------------------------------------------
 */

/* In place: what is written over keeps its length and its page. */
static enum rc
overwrite(struct sqlite *s, const struct place *p, struct err *e)
{
	struct buf zeros = { 0 };
	sqlite3_blob *blob = NULL;
	int code, closed;

	buf_u8(&zeros, (uint8_t)(p->len >> 8 | DESTROYED));
	buf_u8(&zeros, (uint8_t)p->len);
	if (p->len > 0)
		(void)buf_grow(&zeros, p->len);
	code = sqlite3_blob_open(s->db, "main", "journal", "openings",
	    (sqlite3_int64)p->first, 1, &blob);
	if (code == SQLITE_OK)
		code = sqlite3_blob_write(
		    blob, zeros.p, (int)zeros.len, (int)p->at);
	closed = sqlite3_blob_close(blob);
	buf_free(&zeros);
	if (code == SQLITE_OK)
		code = closed;
	return code == SQLITE_OK ? RC_OK : sqlite_trouble(s, code, e);
}

static enum rc
destroy(struct store *store, uint64_t number, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct place p;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = find(s, number, &p, NULL, NULL, e)) != RC_OK)
		return rc;
	return p.destroyed ? RC_OK : overwrite(s, &p, e);
}

static enum rc
scrub(struct store *store, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	int code;

	if (s->in)
		bug("store: a scrub within a transaction");
	code = sqlite3_wal_checkpoint_v2(
	    s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return code == SQLITE_OK ? RC_OK : sqlite_trouble(s, code, e);
}

/* ---- checkpoints ----------------------------------------------------------
 */

static enum rc
note_put(struct store *store, uint64_t size, struct bytes note, bool seen,
    struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK ||
	    (rc = check_note(note, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_NOTE_PUT,
	    "INSERT INTO checkpoint (size, seen, note) VALUES (?1, ?2, ?3)"
	    " ON CONFLICT (size) DO UPDATE SET seen = excluded.seen,"
	    " note = excluded.note WHERE excluded.seen >= checkpoint.seen");
	sqlite_uint(&r, 1, size);
	sqlite_int(&r, 2, seen);
	sqlite_bytes(&r, 3, note);
	if ((rc = sqlite_do(&r, e)) != RC_OK)
		return rc;
	r = sqlite_run(s, QUERY_NOTE_SWEEP,
	    "DELETE FROM checkpoint WHERE seen = 0 AND size <"
	    " (SELECT max(size) FROM checkpoint)");
	return sqlite_do(&r, e);
}

static enum rc
note_drop(struct store *store, uint64_t size, struct err *e)
{
	struct sqlite *s = sqlite_of(store);
	struct sqlite_run r;
	enum rc rc;

	if ((rc = sqlite_writes(s, e)) != RC_OK)
		return rc;
	r = sqlite_run(
	    s, QUERY_NOTE_DROP, "DELETE FROM checkpoint WHERE size = ?1");
	sqlite_uint(&r, 1, size);
	return sqlite_do(&r, e);
}

/* The one row of a run that was bound. */
static enum rc
note_of(struct sqlite_run *r, uint64_t *size, struct buf *note, bool *seen,
    struct err *e)
{
	bool found;
	enum rc rc;

	*note = (struct buf){ 0 };
	*size = 0;
	*seen = false;
	if ((found = sqlite_row(r))) {
		*size = sqlite_get_uint(r, 0);
		*seen = sqlite_get_int(r, 1) != 0;
		buf_add(note, sqlite_get_bytes(r, 2));
	}
	rc = sqlite_end(r, e);
	if (rc == RC_OK && !found)
		rc = fail(e, RC_ABSENT, "store: no checkpoint is kept");
	return rc;
}

static enum rc
note_last(struct store *store, uint64_t *size, struct buf *note, bool *seen,
    struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_NOTE_LAST,
	    "SELECT size, seen, note FROM checkpoint"
	    " ORDER BY size DESC LIMIT 1");

	return note_of(&r, size, note, seen, e);
}

static enum rc
note_from(struct store *store, uint64_t from, uint64_t *size, struct buf *note,
    bool *seen, struct err *e)
{
	struct sqlite_run r = sqlite_run(sqlite_of(store), QUERY_NOTE_FROM,
	    "SELECT size, seen, note FROM checkpoint WHERE size >= ?1"
	    " ORDER BY size LIMIT 1");

	sqlite_uint(&r, 1, from);
	return note_of(&r, size, note, seen, e);
}

const struct store_journal_ops sqlite_journal = {
	.size = size_of,
	.append = append,
	.entry = entry,
	.entries = entries_from,
	.about = about,
	.root = root,
	.prove = prove,
	.prove_extends = prove_extends,
	.destroy = destroy,
	.scrub = scrub,
	.note_put = note_put,
	.note_drop = note_drop,
	.note_last = note_last,
	.note_from = note_from,
};
