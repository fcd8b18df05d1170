/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The journal: what this process decides becomes entries, in the transaction
 * that decides it (docs/journal.md 1.1).  They are gathered as the round goes
 * and appended at its end, in one row.
 */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "crypto/random.h"
#include "journal/note.h"
#include "pki/journal.h"
#include "proc_store/station.h"

#define SALTS 64u

/* Of this round. */
struct gathered {
	uint8_t entry[ENTRY_SIZE];
	size_t at, len; /* its opening */
	uint64_t n;
};
static struct gathered *gathered; /* owned */
static size_t gathered_count;
static struct buf openings;
static uint64_t size;	/* of the journal, before this round */
static bool begun;	/* it has its "started" of this start */
static bool begun_kept; /* on disk */
/* All up to this one are accounted for. */
#define SETTLED_WORD "settled"
static uint64_t settled, settled_kept; /* kept: on disk */

/* Drawn many at a time: each draw costs as much as a hash. */
static void
new_salt(uint8_t out[static ENTRY_SALT])
{
	static uint8_t pool[SALTS * ENTRY_SALT];
	static size_t left;

	if (left == 0) {
		random_bytes(pool, sizeof(pool));
		left = SALTS;
	}
	left--;
	memcpy(out, pool + left * ENTRY_SALT, ENTRY_SALT);
	wipe(pool + left * ENTRY_SALT, ENTRY_SALT);
}

static enum rc
add(enum entry_kind kind, const struct entry_data *d, uint64_t n, struct err *e)
{
	uint8_t salt[ENTRY_SALT];
	struct entry entry = { .kind = kind,
		.own_clock = station_own_clock(),
		.at = station_now() };
	struct gathered *g;
	enum rc rc;

	if (gathered_count == 0 &&
	    (rc = st.store->ops->journal->size(st.store, &size, e)) != RC_OK)
		return rc;
	gathered = vec_more(gathered, gathered_count, sizeof(*gathered));
	g = &gathered[gathered_count++];
	*g = (struct gathered){ .at = openings.len, .n = n };
	new_salt(salt);
	entry_open(&openings, kind, d, salt);
	g->len = openings.len - g->at;
	entry_commit(&entry, bytes_of(openings.p + g->at, g->len));
	entry_write(g->entry, &entry);
	return RC_OK;
}

/* So that entry 0 is the start, whatever became of its transaction. */
static enum rc
begin(struct err *e)
{
	const struct entry_data d = { .incarnation = st.incarnation,
		.text = bytes_str(ANTIN_VERSION) };

	if (begun)
		return RC_OK;
	begun = true;
	return add(ENTRY_STARTED, &d, 0, e);
}

enum rc
journal_next(uint64_t *number, struct err *e)
{
	enum rc rc = begin(e);

	*number = size + gathered_count;
	if (rc == RC_OK && gathered_count == 0)
		rc = st.store->ops->journal->size(st.store, number, e);
	return store_failed(rc);
}

void
journal_add(enum entry_kind kind, const struct entry_data *d, uint64_t n)
{
	struct err e;

	if (store_write(&e) != RC_OK)
		return; /* nothing of this round happens */
	if (begin(&e) != RC_OK || add(kind, d, n, &e) != RC_OK)
		st.broken = true;
	changed_entry(kind);
}

void
journal_of(struct entry_data *out, const struct stored *d)
{
	*out = (struct entry_data){ .id = d->header.id,
		.origin = d->header.origin,
		.incarnation = d->header.incarnation,
		.serial = d->header.serial };
	memcpy(out->digest, d->digest, SHA256_SIZE);
}

enum rc
journal_round(struct err *e)
{
	struct noted *list = alloc(gathered_count + 1, sizeof(*list));
	enum rc rc;
	size_t i;

	for (i = 0; i < gathered_count; i++)
		list[i] = (struct noted){
			bytes_of(gathered[i].entry, ENTRY_SIZE),
			bytes_of(openings.p + gathered[i].at, gathered[i].len),
			gathered[i].n,
		};
	rc = gathered_count == 0 ? RC_OK
				 : store_failed(st.store->ops->journal->append(
				       st.store, list, gathered_count, e));
	free(list);
	return rc;
}

void
journal_settled(bool kept)
{
	if (kept) {
		begun_kept = begun;
		settled_kept = settled;
	} else {
		begun = begun_kept;
		settled = settled_kept;
	}
	free(gathered);
	gathered = NULL;
	gathered_count = 0;
	buf_free(&openings);
	checkpoint_settled(kept);
}

/* ---- at the start ---------------------------------------------------------
 */

static void
doubt(const struct err *e)
{
	struct log_line l = log_line(LOG_WARN, "journal.unsigned");

	log_err(&l, e);
	process_log(LOG_WARN, &l);
}

/* What the newest checkpoint says is what there is. */
static enum rc
check_note(const struct note *n, uint64_t at, struct err *e)
{
	const struct store_journal_ops *ops = st.store->ops->journal;
	struct node root;
	uint64_t there;
	enum rc rc;

	if ((rc = ops->size(st.store, &there, e)) != RC_OK)
		return rc;
	if (n->checkpoint.size != at || there < at)
		return fail(e, RC_INVALID,
		    "docs/journal.md 4.3: the journal has %llu entries, and "
		    "its checkpoint says %llu: it was cut off",
		    (unsigned long long)there,
		    (unsigned long long)n->checkpoint.size);
	if ((rc = ops->root(st.store, at, &root, e)) != RC_OK)
		return rc;
	if (!node_eq(&root, &n->checkpoint.root))
		return fail(e, RC_INVALID,
		    "docs/journal.md 4.3: the journal is not the one of its "
		    "checkpoint: it was rewritten");
	return RC_OK;
}

enum rc
journal_check(struct err *e)
{
	struct buf bytes;
	struct note n;
	struct err why;
	uint64_t at;
	bool seen;
	enum rc rc;

	rc = st.store->ops->journal->note_last(st.store, &at, &bytes, &seen, e);
	if (rc == RC_ABSENT)
		return st.store->ops->journal->size(st.store, &at, e);
	if (rc != RC_OK)
		return rc;
	if ((rc = note_read_journal(&n, buf_bytes(&bytes), e)) == RC_OK)
		rc = check_note(&n, at, e);
	if (rc == RC_OK && journal_counts(st.file.directory, &n, &why) != RC_OK)
		doubt(&why);
	buf_free(&bytes);
	return rc;
}

/* ---- numbers that were given (docs/journal.md 3.4) ------------------------
 */

enum rc
journal_serials(struct err *e)
{
	struct buf b;
	enum rc rc;

	rc = st.store->ops->word(st.store, SETTLED_WORD, &b, e);
	buf_free(&b);
	if (rc == RC_OK)
		rc = word_u64(SETTLED_WORD, &settled, e);
	else
		settled = st.serial; /* from before there was a journal */
	settled_kept = settled;
	return rc == RC_ABSENT ? RC_OK : rc;
}

void
journal_lost(void)
{
	const struct entry_data d = { .incarnation = st.incarnation,
		.serial = settled + 1,
		.number = st.serial - settled };
	struct err e;

	if (settled >= st.serial || store_write(&e) != RC_OK)
		return;
	journal_add(ENTRY_LOST, &d, 0);
	journal_used(st.serial);
}

void
journal_used(uint64_t serial)
{
	struct err e;

	if (serial <= settled)
		return;
	if (set_word_u64(SETTLED_WORD, serial, &e) == RC_OK)
		settled = serial;
}

void
journal_reborn(void)
{
	struct err e;

	if (set_word_u64(SETTLED_WORD, 0, &e) == RC_OK)
		settled = 0;
}
