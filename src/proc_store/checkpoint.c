/* SPDX-License-Identifier: EUPL-1.2 */
/* Checkpoints of the journal, and what people ask of it (docs/journal.md 5,
 * 6). */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "journal/note.h"
#include "journal/proof.h"
#include "pki/journal.h"
#include "proc_store/lives.h"

#define EVERY_S 600

/* ---- a checkpoint ---------------------------------------------------------
 */

/* Who waits for the next one. */
struct asker {
	uint64_t job;
	struct msg_journal ask;
	bool asked; /* keys was asked since he came */
};
static struct asker *askers; /* owned */
static size_t asker_count;
static uint64_t job; /* that keys was asked; 0: none */
static struct msg_note asked;
static bool came;	 /* in this round: it counts when that is kept */
static uint8_t tool[32]; /* the key that existing tools take */
static int64_t next;	 /* process_ms() */
static uint64_t last;	 /* size of the newest, so far as is known */

/* Between rounds: of what is on disk. */
static enum rc
ask_keys(struct err *e)
{
	const struct store_journal_ops *ops = st.store->ops->journal;
	enum rc rc;
	size_t i;

	for (i = 0; i < asker_count; i++)
		askers[i].asked = true;
	if (!st.named)
		return fail(e, RC_ABSENT,
		    "this station does not know who it is: its key file is "
		    "not of a station in the directory");
	asked = (struct msg_note){
		.unit = st.file.directory->state.units[st.unit].uid,
		.at = station_now(),
		.incarnation = st.incarnation,
	};
	if ((rc = ops->size(st.store, &asked.size, e)) != RC_OK ||
	    (rc = ops->root(st.store, asked.size, &asked.root, e)) != RC_OK)
		return rc;
	job = next_job();
	if (!tell(PROC_KEYS, MSG_NOTE, job, &asked, -1)) {
		job = 0;
		return fail(e, RC_IO,
		    "a part of the station was started anew; try "
		    "again");
	}
	return RC_OK;
}

static bool
is_due(void)
{
	const int64_t ms = process_ms(),
		      every = (int64_t)(st.checkpoint == 0 ? EVERY_S
							   : st.checkpoint) *
			      1000;
	uint64_t size;
	struct err e;
	size_t i;

	for (i = 0; i < asker_count; i++)
		if (!askers[i].asked)
			return true;
	if (st.named && !trouble_is() && life_wants())
		return true;
	if (next == 0)
		next = ms + every;
	if (ms < next || !st.named)
		return false;
	next = ms + every;
	return st.store->ops->journal->size(st.store, &size, &e) == RC_OK &&
	       size > last;
}

static void answer_all(const struct err *e);

void
checkpoint_round(void)
{
	struct err e;

	if (job == 0 && is_due() && ask_keys(&e) != RC_OK)
		answer_all(&e);
}

/* It is what was asked for. */
static bool
is_asked(struct bytes note)
{
	struct note n;
	struct err e;

	return note_read_journal(&n, note, &e) == RC_OK &&
	       id_eq(&n.checkpoint.log, &asked.unit) &&
	       n.checkpoint.size == asked.size &&
	       node_eq(&n.checkpoint.root, &asked.root);
}

void
checkpoint_noted(uint64_t of, const struct msg_noted *m)
{
	struct err e;
	enum rc rc;

	if (of != job)
		return;
	job = 0;
	if (!is_asked(m->note))
		bug("keys signed another checkpoint than it was asked for");
	memcpy(tool, m->tool, sizeof(tool));
	if ((rc = store_write(&e)) == RC_OK)
		rc = store_failed(st.store->ops->journal->note_put(
		    st.store, asked.size, m->note, false, &e));
	if (rc == RC_OK)
		came = true;
	else
		answer_all(&e);
}

void
checkpoint_keys_gone(void)
{
	struct err e;

	if (job == 0)
		return;
	job = 0;
	if (fail(&e, RC_IO,
		"a part of the station was started anew; try again") != RC_OK)
		answer_all(&e);
}

/* ---- those that are kept: docs/journal.md 4.5
 * --------------------------------------------------------------------- */

#define THIN_AT_ONCE 16u /* that are looked at in a second */

static uint64_t thin_at; /* sizes from there on are still to be looked at */
static bool thin_rests;	 /* all were, and none has come since */
static struct checkpoint thinned; /* the last one that the parent signed */

/* One is looked at; false: there is none. */
static bool
thin_one(struct err *e)
{
	const struct store_journal_ops *ops = st.store->ops->journal;
	struct buf bytes;
	struct note n;
	uint64_t size;
	bool seen, more;

	more =
	    ops->note_from(st.store, thin_at, &size, &bytes, &seen, e) == RC_OK;
	thin_at = size + 1;
	if (more && seen &&
	    note_read_journal(&n, buf_bytes(&bytes), e) == RC_OK) {
		if (thinned.size > 0 &&
		    life_thins(&thinned, &n.checkpoint, station_now()) &&
		    store_write(e) == RC_OK)
			(void)store_failed(
			    ops->note_drop(st.store, thinned.size, e));
		thinned = n.checkpoint;
	}
	buf_free(&bytes);
	return more;
}

void
checkpoint_thin(void)
{
	struct err e;
	size_t i;

	for (i = 0; i < THIN_AT_ONCE && !thin_rests; i++)
		if (!thin_one(&e)) {
			thin_rests = true;
			thin_at = 0;
			thinned.size = 0;
		}
}

void
checkpoint_seen(void)
{
	thin_rests = false;
}

/* ---- answers --------------------------------------------------------------
 */

static void
reply(uint64_t to, struct msg_journal_is *m, struct bytes bytes,
    const struct err *e)
{
	m->why = bytes_str(e->text);
	if (m->rc == RC_OK && bytes.len > MSG_JOURNAL_BYTES)
		m->rc = RC_LIMIT;
	if (m->rc == RC_OK)
		m->bytes = bytes;
	(void)tell(PROC_CONTROL, MSG_JOURNAL_IS, to, m, -1);
}

static bool
add_entry(
    void *ctx, const uint8_t entry[static ENTRY_SIZE], struct bytes opening)
{
	struct buf *bytes = ctx;

	buf_add(bytes, bytes_of(entry, ENTRY_SIZE));
	buf_u8(bytes, (uint8_t)(opening.len >> 8));
	buf_u8(bytes, (uint8_t)opening.len);
	buf_add(bytes, opening);
	return bytes->len + ENTRY_SIZE + 2 + ENTRY_OPENING <= MSG_JOURNAL_BYTES;
}

/* Entry, length of its opening, opening; so many as fit. */
static enum rc
pull(
    uint64_t from, struct msg_journal_is *out, struct buf *bytes, struct err *e)
{
	const struct store_journal_ops *ops = st.store->ops->journal;
	enum rc rc = ops->size(st.store, &out->total, e);

	return rc == RC_OK ? ops->entries(st.store, from, add_entry, bytes, e)
			   : rc;
}

static bool
add_number(void *ctx, uint64_t number)
{
	struct buf *to = ctx;

	buf_u64(to, number);
	return to->len < MSG_JOURNAL_BYTES;
}

static enum rc
entries_of(const struct id *id, struct buf *bytes, struct err *e)
{
	struct stored d;
	enum rc rc = st.store->ops->find(st.store, id, &d, e);

	return rc == RC_OK ? st.store->ops->journal->about(
				 st.store, d.n, add_number, bytes, e)
			   : rc;
}

static enum rc
prove(uint64_t number, struct bytes note, struct buf *out, struct err *e)
{
	const struct store_journal_ops *ops = st.store->ops->journal;
	struct node nodes[MERKLE_PROOF];
	uint8_t entry[ENTRY_SIZE];
	struct buf opening = { 0 };
	struct note n;
	unsigned len;
	enum rc rc;

	if ((rc = note_read_journal(&n, note, e)) == RC_OK &&
	    (rc = ops->prove(st.store, number, n.checkpoint.size, nodes, &len,
		 e)) == RC_OK &&
	    (rc = ops->entry(st.store, number, entry, &opening, e)) == RC_OK)
		proof_write(
		    out, entry, buf_bytes(&opening), number, nodes, len, note);
	buf_free(&opening);
	return rc;
}

/* As far as this station knows its own certificates. */
static bool
counts(struct bytes note)
{
	struct note n;
	struct err e;

	return note_read_journal(&n, note, &e) == RC_OK &&
	       st.file.directory != NULL &&
	       journal_counts(st.file.directory, &n, &e) == RC_OK;
}

/* There is a new checkpoint. */
static void
answer_one(const struct asker *a)
{
	struct msg_journal_is out = { 0 };
	struct buf note, bytes = { 0 };
	struct err e = { 0 };
	bool seen;

	out.rc = st.store->ops->journal->note_last(
	    st.store, &out.total, &note, &seen, &e);
	memcpy(out.tool, tool, sizeof(tool));
	out.seen = out.rc == RC_OK && seen;
	out.counts = out.rc == RC_OK && counts(buf_bytes(&note));
	if (out.rc == RC_OK && a->ask.what == JOURNAL_PROVE)
		out.rc = prove(a->ask.at, buf_bytes(&note), &bytes, &e);
	reply(a->job, &out,
	    a->ask.what == JOURNAL_PROVE ? buf_bytes(&bytes) : buf_bytes(&note),
	    &e);
	buf_free(&note);
	buf_free(&bytes);
}

/* "e": there is none. */
static void
answer_all(const struct err *e)
{
	struct msg_journal_is failed = { 0 };
	size_t i, left = 0;

	for (i = 0; i < asker_count; i++)
		if (!askers[i].asked) { /* he wants the next one */
			askers[left++] = askers[i];
		} else if (e == NULL) {
			answer_one(&askers[i]);
		} else {
			failed.rc = e->rc;
			reply(askers[i].job, &failed, (struct bytes){ 0 }, e);
		}
	asker_count = left;
}

/* Neighbours hear of it. */
static void
tell_noted(void)
{
	struct buf bytes;
	struct note n;

	if (life_note_last(&n, &bytes))
		life_noted(buf_bytes(&bytes), &n);
	buf_free(&bytes);
}

void
checkpoint_settled(bool kept)
{
	struct err e;

	if (!came)
		return;
	came = false;
	if (kept)
		last = asked.size, tell_noted();
	if (kept)
		answer_all(NULL);
	else if (fail(&e, RC_IO, "the disk takes nothing at present") != RC_OK)
		answer_all(&e);
}

void
checkpoint_ask(uint64_t of, const struct msg_journal *m)
{
	struct msg_journal_is out = { 0 };
	struct buf bytes = { 0 };
	struct err e = { 0 };
	bool seen;

	if (m->what == JOURNAL_CHECKPOINT || m->what == JOURNAL_PROVE) {
		askers = vec_more(askers, asker_count, sizeof(*askers));
		askers[asker_count++] = (struct asker){ of, *m, false };
		return; /* checkpoint_round() asks for it */
	}
	if (m->what == JOURNAL_PULL) {
		out.rc = pull(m->at, &out, &bytes, &e);
	} else if (m->what == JOURNAL_KEPT || m->what == JOURNAL_WEIGHED) {
		out.rc = st.store->ops->journal->note_from(
		    st.store, m->at, &out.total, &bytes, &seen, &e);
		out.seen = out.rc == RC_OK && seen;
		out.counts = out.rc == RC_OK && m->what == JOURNAL_WEIGHED &&
			     counts(buf_bytes(&bytes));
	} else if (m->what == JOURNAL_GAPS) {
		out.rc = life_gaps(&bytes, m->at, &e);
	} else {
		out.rc = entries_of(&m->id, &bytes, &e);
	}
	reply(of, &out, buf_bytes(&bytes), &e);
	buf_free(&bytes);
}
