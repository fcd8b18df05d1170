/* SPDX-License-Identifier: EUPL-1.2 */
/* This station's own life: what its parent has seen of its journal, and what
 * follows where it was rolled back to an old copy (docs/journal.md 7). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proc_store/backup.h"
#include "pki/journal.h"

#define EPOCHS (UINT64_C(1) << 20) /* ahead, and not beyond */
#define STALE_MS INT64_C(5000)
#define SEEN_WORD "witnessed" /* u64 size | u64 serial | u64 at */
#define NOTES_ROUND 64u	      /* children that are told in a round */
#define BEHIND_WORD "behind"  /* a note of ours that is not of this journal */

/* What the parent has countersigned, as far as we know. */
struct seen {
	uint64_t size, serial, at;
};

static enum rc
seen_read(struct seen *out, struct err *e)
{
	struct buf b;
	struct rd r;
	enum rc rc;

	*out = (struct seen){ 0 };
	rc = st.store->ops->word(st.store, SEEN_WORD, &b, e);
	if (rc != RC_OK)
		return rc == RC_ABSENT ? RC_OK : rc;
	r = rd_init(buf_bytes(&b));
	out->size = rd_u64(&r);
	out->serial = rd_u64(&r);
	out->at = rd_u64(&r);
	if (!rd_end(&r))
		rc = fail(e, RC_INVALID, "the store's \"%s\" is not whole",
		    SEEN_WORD);
	buf_free(&b);
	return rc;
}

static enum rc
set_word(const char *name, struct bytes value, struct err *e)
{
	enum rc rc = store_write(e);

	return rc != RC_OK ? rc
			   : store_failed(st.store->ops->set_word(
				 st.store, name, value, e));
}

static enum rc
seen_write(const struct seen *s, struct err *e)
{
	struct buf b = { 0 };
	enum rc rc;

	buf_u64(&b, s->size);
	buf_u64(&b, s->serial);
	buf_u64(&b, s->at);
	rc = set_word(SEEN_WORD, buf_bytes(&b), e);
	buf_free(&b);
	return rc;
}

static const struct id *
own_uid(void)
{
	return &st.file.directory->state.units[st.unit].uid;
}

static struct line *
to_parent(void)
{
	struct line *l = line_up();

	return l != NULL && l->tells ? l : NULL;
}

/* Our journal is, or goes on from, what this note says. */
static enum rc
is_ours(const struct note *n, bool *ours, struct err *e)
{
	const struct store_journal_ops *ops = st.store->ops->journal;
	struct node root;
	uint64_t size;
	enum rc rc;

	*ours = false;
	if ((rc = ops->size(st.store, &size, e)) != RC_OK ||
	    size < n->checkpoint.size ||
	    (rc = ops->root(st.store, n->checkpoint.size, &root, e)) != RC_OK)
		return rc;
	*ours = node_eq(&root, &n->checkpoint.root);
	return RC_OK;
}

/* ---- telling
 * ------------------------------------------------------------------- */

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

void
life_behind(struct buf *note)
{
	struct err e;

	*note = (struct buf){ 0 };
	if (st.store->ops->word(st.store, BEHIND_WORD, note, &e) != RC_OK)
		buf_free(note);
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
	struct err e;

	if (st.store->ops->word(st.store, BEHIND_WORD, &behind, &e) != RC_OK) {
		owes_behind = false;
		return;
	}
	owes_behind = behind.len > 0 && !tell_room(l, behind.len);
	if (behind.len > 0 && !owes_behind)
		(void)tell_send(l, TELL_BEHIND, buf_bytes(&behind));
	buf_free(&behind);
}

void
life_tick(int64_t ms)
{
	struct line *up = owes_behind ? to_parent() : NULL;

	if (up != NULL)
		tell_behind(up);
	if (unheard == 0 || ms < unheard)
		return;
	unheard = 0;
	wait_ms = wait_ms * 2 < ANSWER_MOST ? wait_ms * 2 : ANSWER_MOST;
	wanted = to_parent() != NULL;
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

uint64_t
life_size(void)
{
	uint64_t size;
	struct err e;

	return st.store->ops->journal->size(st.store, &size, &e) == RC_OK ? size
									  : 0;
}

void
life_claim(struct msg_life *out)
{
	struct node root;
	struct seen seen;
	struct err e;

	*out = (struct msg_life){ 0 };
	if (seen_read(&seen, &e) != RC_OK || seen.size == 0 ||
	    st.store->ops->journal->root(st.store, seen.size, &root, &e) !=
		RC_OK)
		return;
	out->size = seen.size;
	memcpy(out->root, root.b, MSG_THIN_ROOT);
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
 * --------------------------------------------------- */

/* It was told, and holds it to be of our journal. */
static enum rc
countersigned(
    const struct line *l, const struct life_countersigned *c, struct err *e)
{
	const struct note *n = &c->note;
	struct seen seen;
	bool ours;
	enum rc rc;

	if (!id_eq(&n->checkpoint.log, own_uid()) ||
	    n->checkpoint.incarnation != st.incarnation)
		return fail(e, RC_DENIED,
		    "docs/link.md 18.3: not of this station's life");
	if ((rc = is_ours(n, &ours, e)) != RC_OK)
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
	uint64_t at;
	struct err e;
	bool seen;

	if (st.store->ops->journal->note_last(
		st.store, &at, &bytes, &seen, &e) != RC_OK)
		return;
	if (note_read_journal(&n, buf_bytes(&bytes), &e) == RC_OK)
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

/* ---- a new life
 * ---------------------------------------------------------------- */

/* In this round; before: what it was. */
static struct {
	bool is;
	uint64_t incarnation, serial;
} reborn;

/* What is not here of the old one. */
static enum rc
find_gap(struct life_gap *out, uint64_t born, const struct note *n,
    uint64_t serial, struct err *e)
{
	const struct checkpoint *c = &n->checkpoint;
	const bool same = c->incarnation == st.incarnation;
	struct seen seen;
	uint64_t size;
	enum rc rc;

	if ((rc = seen_read(&seen, e)) != RC_OK ||
	    (rc = st.store->ops->journal->size(st.store, &size, e)) != RC_OK)
		return rc;
	*out = (struct life_gap){ .incarnation = c->incarnation,
		.born = born,
		.from = seen.size,
		.until = c->size,
		.serials = same ? seen.serial + 1 : 1,
		.to = serial,
		.again = same ? st.serial : 0,
		.since = (int64_t)seen.at,
		.at = station_now(),
		.root = c->root };
	if (out->from > out->until)
		out->from = out->until;
	return RC_OK;
}

static void
note_reborn(const struct life_gap *g)
{
	struct entry_data d = { .incarnation = g->born,
		.serial = g->to,
		.code = g->from,
		.number = g->until };
	char text[LIMIT_ADDRESS + 1];

	memcpy(d.hash, g->root.b, SHA256_SIZE);
	(void)snprintf(text, sizeof(text),
	    "life=%llu entries=%llu..%llu numbers=%llu..%llu anew=%llu",
	    (unsigned long long)g->incarnation, (unsigned long long)g->from,
	    (unsigned long long)g->until, (unsigned long long)g->serials,
	    (unsigned long long)g->to, (unsigned long long)g->again);
	d.text = bytes_str(text);
	journal_add(ENTRY_REBORN, &d, 0);
}

static enum rc
keep_one(const struct life_gap *g, bool own, struct err *e)
{
	struct buf head, key = { 0 };
	struct paper p = { .kind = PAPER_GAP, .at = g->at };
	enum rc rc;

	life_gap_write(&head, g);
	buf_u64(&key, g->born);
	if (own)
		buf_u64(&key, g->incarnation);
	p.key = buf_bytes(&key);
	p.head = buf_bytes(&head);
	rc = store_failed(
	    st.store->ops->paper_put(st.store, &p, (struct bytes){ 0 }, e));
	buf_free(&head);
	buf_free(&key);
	return rc;
}

/* Where the copy is of an older life than the one that was rolled back, what it
 * knew of its own end is missing, too. */
static enum rc
keep_gap(const struct life_gap *g, struct err *e)
{
	struct life_gap own = *g;
	struct seen seen;
	enum rc rc;

	if ((rc = keep_one(g, false, e)) != RC_OK ||
	    g->incarnation == st.incarnation ||
	    (rc = seen_read(&seen, e)) != RC_OK)
		return rc;
	own.incarnation = st.incarnation;
	own.until = own.from;
	own.serials = seen.serial + 1;
	own.to = 0; /* nobody says so any more */
	own.again = st.serial;
	return keep_one(&own, true, e);
}

/* docs/journal.md 7.4: in one transaction. */
enum rc
life_adopt(uint64_t born, const struct note *n, uint64_t serial, struct err *e)
{
	const struct seen none = { 0 };
	struct life_gap g;
	enum rc rc;

	if (reborn.is)
		return RC_OK; /* in this very round */
	if ((rc = store_write(e)) != RC_OK)
		return rc;
	journal_lost(); /* of what was given and not used here */
	if (restored_is())
		restored_gap(&g, born, n, serial);
	else if ((rc = find_gap(&g, born, n, serial, e)) != RC_OK)
		return rc;
	if ((rc = keep_gap(&g, e)) != RC_OK ||
	    (rc = restored_over(e)) != RC_OK ||
	    (rc = seen_write(&none, e)) != RC_OK ||
	    (rc = set_word(BEHIND_WORD, (struct bytes){ 0 }, e)) != RC_OK ||
	    (rc = set_word_u64("incarnation", born, e)) != RC_OK ||
	    (rc = set_word_u64("serial", 0, e)) != RC_OK)
		return rc;
	reborn.is = true;
	reborn.incarnation = st.incarnation;
	reborn.serial = st.serial;
	st.incarnation = born;
	st.serial = 0;
	journal_reborn();
	note_reborn(&g);
	alarm_raise(STORE_ALARM_ROLLED, bytes_str(st.address), 0, "");
	return RC_OK;
}

void
life_settled(bool kept)
{
	struct log_line l;
	struct line *up;

	if (!reborn.is)
		return;
	reborn.is = false;
	if (!kept) {
		st.incarnation = reborn.incarnation;
		st.serial = reborn.serial;
		return;
	}
	restored_opened();
	told = (struct seen){ 0 };
	owed = 0; /* it is of before */
	l = log_line(LOG_WARN, "station.reborn");
	log_uint(&l, "incarnation", st.incarnation);
	process_log(LOG_WARN, &l);
	line_reborn();
	if ((up = to_parent()) != NULL)
		line_leave(up, BYE_CLOSING); /* again, in the new life */
	wanted = true;
}

/* It is newer than what is here, and ours: we were rolled back. */
static enum rc
check_given(const struct note *n, struct err *e)
{
	bool ours = false;
	enum rc rc;

	if (!id_eq(&n->checkpoint.log, own_uid()))
		return fail(e, RC_DENIED,
		    "docs/link.md 18.4: a checkpoint of another's journal");
	if (n->checkpoint.incarnation < st.incarnation)
		return fail(
		    e, RC_EXPIRED, "docs/link.md 18.4: of a life that is over");
	if (life_too_far(n->checkpoint.incarnation, st.incarnation))
		return fail(e, RC_LIMIT,
		    "docs/journal.md 7.8: a life that is too far ahead");
	if (n->checkpoint.incarnation == st.incarnation &&
	    (rc = is_ours(n, &ours, e)) != RC_OK)
		return rc;
	if (ours)
		return fail(e, RC_EXISTS,
		    "docs/link.md 18.4: this journal goes on from there");
	return journal_counts(st.file.directory, n, e);
}

void
life_given(struct line *l, struct bytes message)
{
	struct life_given g;
	struct err e;
	enum rc rc;

	if (!lives_hears(l))
		return;
	if ((rc = life_given_read(&g, message, &e)) != RC_OK)
		;
	else if (!l->parent)
		rc = fail(
		    &e, RC_DENIED, "docs/link.md 18.4: no child gives a life");
	else if ((rc = check_given(&g.note, &e)) != RC_OK)
		;
	else if (g.incarnation <= g.note.checkpoint.incarnation ||
		 g.incarnation - g.note.checkpoint.incarnation > LIFE_AHEAD ||
		 g.incarnation > INT64_MAX)
		rc = fail(&e, RC_LIMIT,
		    "docs/link.md 18.4: an incarnation that none is");
	else
		rc = life_adopt(
		    g.incarnation + restored_skip(l), &g.note, g.serial, &e);
	if (rc != RC_OK)
		line_event(LOG_WARN, "incarnation.refused", l, &e);
}

/* ---- others know more of us than we do
 * ------------------------------------------ */

/* It has been said before. */
static bool
is_held(struct bytes note)
{
	struct buf behind;
	struct err e;
	bool is;

	if (st.store->ops->word(st.store, BEHIND_WORD, &behind, &e) != RC_OK)
		return false;
	is = bytes_eq(buf_bytes(&behind), note);
	buf_free(&behind);
	return is;
}

void
life_held(struct line *l, const struct note *n, struct bytes note)
{
	struct err e;
	enum rc rc;

	if (is_held(note))
		return;
	if ((rc = check_given(n, &e)) != RC_OK ||
	    (rc = journal_counts_at(st.file.directory, n, station_now(), &e)) !=
		RC_OK) {
		if (rc != RC_EXISTS && rc != RC_EXPIRED)
			line_event(LOG_WARN, "behind.refused", l, &e);
		return;
	}
	if (restored_is() && !st.clock.has_parent) {
		restored_holds(n); /* others may hold more */
		return;
	}
	line_event(LOG_WARN, "station.behind", l, NULL);
	alarm_raise(STORE_ALARM_ROLLED, bytes_str(st.address), 0, "");
	if (!st.clock.has_parent)
		rc = life_adopt(n->checkpoint.incarnation + 1, n, 0, &e);
	else
		rc = set_word(BEHIND_WORD, note, &e);
	if (rc == RC_OK && st.clock.has_parent)
		owes_behind = true; /* life_tick() tells it */
	if (rc != RC_OK)
		line_event(LOG_WARN, "behind.lost", l, &e);
}

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
