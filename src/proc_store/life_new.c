/* SPDX-License-Identifier: EUPL-1.2 */
/* What follows where this station was rolled back to an old copy: a new life,
 * and what is missing of the one before (docs/journal.md 7). */
#include <stdio.h>
#include <string.h>

#include "pki/journal.h"
#include "proc_store/backup.h"
#include "proc_store/life.h"

/* ---- a new life
 * ------------------------------------------------------------ */

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
	    (rc = behind_set((struct bytes){ 0 }, e)) != RC_OK ||
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
	life_told_anew();
	l = log_line(LOG_WARN, "station.reborn");
	log_uint(&l, "incarnation", st.incarnation);
	process_log(LOG_WARN, &l);
	line_reborn();
	if ((up = tell_up()) != NULL)
		line_leave(up, BYE_CLOSING); /* again, in the new life */
}

/* It is newer than what is here, and ours: we were rolled back. */
static enum rc
check_given(const struct note *n, struct err *e)
{
	bool ours = false;
	enum rc rc;

	if (!id_eq(&n->checkpoint.log, life_uid()))
		return fail(e, RC_DENIED,
		    "docs/link.md 18.4: a checkpoint of another's journal");
	if (n->checkpoint.incarnation < st.incarnation)
		return fail(
		    e, RC_EXPIRED, "docs/link.md 18.4: of a life that is over");
	if (life_too_far(n->checkpoint.incarnation, st.incarnation))
		return fail(e, RC_LIMIT,
		    "docs/journal.md 7.8: a life that is too far ahead");
	if (n->checkpoint.incarnation == st.incarnation &&
	    (rc = life_is_ours(n, &ours, e)) != RC_OK)
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
 * ------------------------------------------------------------ */

void
life_held(struct line *l, const struct note *n, struct bytes note)
{
	struct err e;
	enum rc rc;

	if (behind_is(note))
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
		rc = behind_set(note, &e);
	if (rc == RC_OK && st.clock.has_parent)
		life_owes_behind();
	if (rc != RC_OK)
		line_event(LOG_WARN, "behind.lost", l, &e);
}
