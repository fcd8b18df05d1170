/* SPDX-License-Identifier: EUPL-1.2 */
/* This station's own life: its parent is told of its journal, and answers what
 * it has seen of it (docs/journal.md 7). */
#include <stdlib.h>
#include <string.h>

#include "pki/journal.h"
#include "proc_store/backup.h"
#include "proc_store/life.h"

#define EPOCHS (UINT64_C(1) << 20) /* ahead, and not beyond */
#define STALE_MS INT64_C(5000)
#define NOTES_ROUND 64u /* children that are told in a round */

/* ---- telling
 * ------------------------------------------------------------ */

#define ANSWER_MS INT64_C(5000)
#define ANSWER_MOST INT64_C(600000)
#define ANSWER_THIN_MS INT64_C(60000)
#define NOTE_THIN_MS INT64_C(43200000) /* docs/link.md 20.5 */

static bool wanted;	 /* since the parent's line is up */
static struct seen told; /* what was told last */
static int64_t told_ms;	 /* when; 0: never */

/* A thin line is told seldom. */
static bool
is_soon(const struct line *l, int64_t ms)
{
	return l->thin && ms != 0 && process_ms() - ms < NOTE_THIN_MS;
}

/* Milliseconds: when it is told again, for nobody has answered (0: no); after
 * how long.  The parent may not know our new certificate yet. */
static int64_t unheard, wait_ms;

bool
life_wants(void)
{
	return wanted;
}

/* "from": the size that is known there. */
static void
tell_parent(
    struct line *l, struct bytes note, const struct note *n, uint64_t from)
{
	struct life_checkpoint *c = alloc(1, sizeof(*c));
	struct buf message;
	struct err e;

	c->serial = st.serial;
	c->bytes = note;
	if (from > 0 && from <= n->checkpoint.size &&
	    st.store->ops->journal->prove_extends(st.store, from,
		n->checkpoint.size, c->proof, &c->count, &e) == RC_OK)
		c->from = from;
	told_ms = process_ms();
	told = (struct seen){ n->checkpoint.size, st.serial,
		(uint64_t)n->checkpoint.at };
	life_checkpoint_write(&message, c);
	if (tell_room(l, message.len))
		(void)tell_send(l, TELL_CHECKPOINT, buf_bytes(&message));
	if (unheard == 0)
		unheard = process_ms() + wait_ms;
	buf_free(&message);
	free(c);
}

bool
life_bundle(struct buf *message, bool parent)
{
	struct life_checkpoint *c = alloc(1, sizeof(*c));
	struct seen seen = { 0 };
	struct buf note;
	uint64_t size;
	struct err e;
	bool last;

	*message = (struct buf){ 0 };
	if (st.store->ops->journal->note_last(
		st.store, &size, &note, &last, &e) != RC_OK) {
		free(c);
		return false;
	}
	c->bytes = buf_bytes(&note);
	if (parent && seen_read(&seen, &e) == RC_OK) {
		c->serial = st.serial;
		if (seen.size > 0 && seen.size <= size &&
		    st.store->ops->journal->prove_extends(st.store, seen.size,
			size, c->proof, &c->count, &e) == RC_OK)
			c->from = seen.size;
	}
	life_checkpoint_write(message, c);
	buf_free(&note);
	free(c);
	return true;
}

static bool owes_behind; /* it is still to be told the parent */

static void
tell_behind(struct line *l)
{
	struct buf behind;

	life_behind(&behind);
	owes_behind = behind.len > 0 && !tell_room(l, behind.len);
	if (behind.len > 0 && !owes_behind)
		(void)tell_send(l, TELL_BEHIND, buf_bytes(&behind));
	buf_free(&behind);
}

void
life_owes_behind(void)
{
	owes_behind = true; /* life_tick() tells it */
}

void
life_tick(int64_t ms)
{
	struct line *up = owes_behind ? tell_up() : NULL;

	if (up != NULL)
		tell_behind(up);
	if (unheard == 0 || ms < unheard)
		return;
	unheard = 0;
	wait_ms = wait_ms * 2 < ANSWER_MOST ? wait_ms * 2 : ANSWER_MOST;
	wanted = tell_up() != NULL;
}

static struct buf noted; /* owned; the newest, for those who are owed it */
static size_t owed;	 /* lines, at most */

void
life_noted(struct bytes note, const struct note *n)
{
	const struct life_checkpoint c = { .bytes = note };
	struct seen seen;
	const bool asked = wanted;
	struct line *l;
	struct err e;
	size_t i;

	wanted = false;
	if (n->checkpoint.incarnation != st.incarnation)
		return; /* of before */
	buf_free(&noted);
	life_checkpoint_write(&noted, &c);
	for (owed = i = 0; i < st.line_count; i++) {
		l = st.lines[i];
		if (!l->tells || l->guest != 0 ||
		    (!(l->parent && asked) &&
			is_soon(
			    l, l->parent ? told_ms : l->neighbour->noted_ms)))
			continue;
		if (!l->parent)
			l->neighbour->noted_ms = process_ms();
		if (l->parent && seen_read(&seen, &e) == RC_OK)
			tell_parent(l, note, n, seen.size);
		else if (!l->parent)
			l->owes_note = true, owed++;
	}
}

void
life_feed(void)
{
	struct line *l;
	unsigned told_now = 0;
	size_t i, left = 0;

	if (owed == 0)
		return;
	for (i = 0; i < st.line_count; i++) {
		l = st.lines[i];
		if (!l->owes_note)
			continue;
		if (told_now < NOTES_ROUND && tell_room(l, noted.len)) {
			l->owes_note = false;
			(void)tell_send(l, TELL_CHECKPOINT, buf_bytes(&noted));
			told_now++;
		} else {
			left++;
		}
	}
	owed = left;
}

void
life_told_anew(void)
{
	told = (struct seen){ 0 };
	owed = 0;
	wanted = true;
}

/* On a thin line HELLO has said what the parent knows: docs/link.md 20.4. */
void
life_line(struct line *l)
{
	struct msg_life claim = { 0 };

	if (l->thin)
		life_claim(&claim);
	wanted = claim.size == 0;
	unheard = 0;
	wait_ms = l->thin ? ANSWER_THIN_MS : ANSWER_MS;
	tell_behind(l);
}

/* ---- what the parent answers
 * ------------------------------------------------------------ */

/* It was told, and holds it to be of our journal. */
static enum rc
countersigned(
    const struct line *l, const struct life_countersigned *c, struct err *e)
{
	const struct note *n = &c->note;
	struct seen seen;
	bool ours;
	enum rc rc;

	if (!id_eq(&n->checkpoint.log, life_uid()) ||
	    n->checkpoint.incarnation != st.incarnation)
		return fail(e, RC_DENIED,
		    "docs/link.md 18.3: not of this station's life");
	if ((rc = life_is_ours(n, &ours, e)) != RC_OK)
		return rc;
	if (!ours)
		return fail(e, RC_DENIED,
		    "docs/link.md 18.3: not of this station's journal");
	if ((rc = journal_counts(st.file.directory, n, e)) != RC_OK)
		return rc;
	if (!journal_witnessed(st.file.directory, n, l->unit))
		return fail(e, RC_DENIED,
		    "docs/link.md 18.3: the station above has not signed it");
	if ((rc = seen_read(&seen, e)) != RC_OK)
		return rc;
	if (n->checkpoint.size <= seen.size)
		return RC_OK; /* it was here before */
	seen.size = n->checkpoint.size;
	seen.at = (uint64_t)n->checkpoint.at;
	if (seen.size == told.size)
		seen.serial = told.serial;
	if ((rc = store_write(e)) == RC_OK)
		rc = store_failed(st.store->ops->journal->note_put(
		    st.store, seen.size, c->bytes, true, e));
	checkpoint_seen();
	return rc == RC_OK ? seen_write(&seen, e) : rc;
}

/* It knows less of us than we believed, or asks for the first time. */
static void
prove_again(struct line *l, uint64_t from)
{
	struct buf bytes;
	struct note n;

	if (life_note_last(&n, &bytes))
		tell_parent(l, buf_bytes(&bytes), &n, from);
	buf_free(&bytes);
}

void
life_countersigned(struct line *l, struct bytes message)
{
	struct life_countersigned c;
	struct err e;
	enum rc rc;

	if (!lives_hears(l))
		return;
	rc = life_countersigned_read(&c, message, &e);
	if (rc == RC_OK && !l->parent)
		rc = fail(
		    &e, RC_DENIED, "docs/link.md 18.3: no child countersigns");
	if (rc == RC_OK && c.what == LIFE_HEARD) {
		l->gated = false;
		unheard = 0;
		wait_ms = l->thin ? ANSWER_THIN_MS : ANSWER_MS;
		restored_heard();
	} else if (rc == RC_OK && c.what == LIFE_AGAIN) {
		prove_again(l, c.size);
	} else if (rc == RC_OK) {
		rc = countersigned(l, &c, &e);
	}
	if (rc != RC_OK)
		line_event(LOG_WARN, "countersigned.refused", l, &e);
}

/* ---- what a neighbour has seen
 * ------------------------------------------------------------ */

void
life_stale(uint64_t epoch)
{
	static int64_t last;
	const int64_t ms = process_ms();
	struct log_line l;

	/* docs/link.md 11.4 */
	if (epoch < st.epoch || epoch - st.epoch > EPOCHS ||
	    (last != 0 && ms - last < STALE_MS))
		return;
	last = ms;
	l = log_line(LOG_WARN, "link.stale");
	log_uint(&l, "epoch", st.epoch);
	log_uint(&l, "seen", epoch);
	process_log(LOG_WARN, &l);
	line_epoch(epoch);
}
