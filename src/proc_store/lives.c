/* SPDX-License-Identifier: EUPL-1.2 */
/* What is known of the journals of neighbours (docs/journal.md 7). */
#include <stdlib.h>
#include <string.h>

#include "pki/journal.h"
#include "pki/resolve.h"
#include "proc_store/backup.h"
#include "proc_store/duty.h"

#define GATE_MS INT64_C(5000) /* an older parent says nothing */
#define HEARD_CHILD 30u	      /* of one line, in HEARD_MS */
#define HEARD_PARENT 120u
#define LIFE_SKIP 64u /* docs/journal.md 7.4 */
#define HEARD_MS INT64_C(60000)

/* ---- what is kept
 * -------------------------------------------------------------- */

enum rc
lives_get(
    struct life *out, struct buf *note, const struct id *unit, struct err *e)
{
	struct buf head, body;
	enum rc rc;

	*out = (struct life){ 0 };
	if (note != NULL)
		*note = (struct buf){ 0 };
	rc = st.store->ops->paper_get(
	    st.store, PAPER_LIFE, bytes_of(unit->b, ID_SIZE), &head, &body, e);
	if (rc != RC_OK)
		return rc == RC_ABSENT ? RC_OK : rc;
	rc = life_read(out, buf_bytes(&head), e);
	buf_free(&head);
	if (rc == RC_OK && note != NULL)
		*note = body;
	else
		buf_free(&body);
	return rc;
}

enum rc
lives_put(const struct life *l, struct bytes note, const struct id *unit,
    struct err *e)
{
	struct paper p = { .kind = PAPER_LIFE,
		.key = bytes_of(unit->b, ID_SIZE),
		.at = station_now() };
	struct buf head;
	enum rc rc;

	life_write(&head, l);
	p.head = buf_bytes(&head);
	if ((rc = store_write(e)) == RC_OK)
		rc = store_failed(
		    st.store->ops->paper_put(st.store, &p, note, e));
	buf_free(&head);
	return rc;
}

/* ---- lines
 * --------------------------------------------------------------------- */

static void
log_life(enum log_level level, const char *event, struct bytes station,
    const struct life *k, const struct err *e)
{
	struct log_line log = log_line(level, event);

	log_str(&log, "station", station);
	log_uint(&log, "incarnation", k->incarnation);
	log_uint(&log, "entries", k->size);
	if (e != NULL)
		log_err(&log, e);
	process_log(level, &log);
}

static void
entry(enum entry_kind kind, struct bytes station, const struct life *k)
{
	struct entry_data d = { .station = station,
		.incarnation = k->incarnation,
		.number = k->size };

	memcpy(d.hash, k->root.b, SHA256_SIZE);
	journal_add(kind, &d, 0);
}

/* The alarm lasts, under whichever of its addresses it was raised: nobody has
 * seen it. */
static bool
unseen(size_t unit)
{
	const struct unit *u = &st.file.directory->state.units[unit];
	char address[LIMIT_ADDRESS + 1];
	size_t i;

	for (i = u->host_count; i-- > 0;)
		if (address_of(st.file.directory, unit, NONE, u->hosts[i].from,
			address) &&
		    alarm_lasts(STORE_ALARM_CLONE, bytes_str(address), 0))
			return true;
	return false;
}

/* An older life of a child, while a newer is known: refused, until a person
 * has seen the alarm; who comes then is given a life of its own.  An alarm that
 * there is no room for was seen by nobody. */
static enum rc
refuse_older(struct life *k, size_t unit, uint64_t incarnation, struct err *e)
{
	const struct id *uid = &st.file.directory->state.units[unit].uid;
	struct life came = *k;
	char address[LIMIT_ADDRESS + 1] = "";
	struct bytes station;
	struct buf note;
	struct err why;

	if (k->barred && !unseen(unit))
		return RC_OK;
	(void)address_of(st.file.directory, unit, NONE, station_now(), address);
	station = bytes_str(address);
	if (!unseen(unit))
		alarm_raise(STORE_ALARM_CLONE, station, 0, "");
	if (!k->barred && unseen(unit)) {
		came.incarnation = incarnation;
		came.size = 0;
		entry(ENTRY_CLONE, station, &came);
		k->barred = true;
		if (lives_get(&came, &note, uid, &why) == RC_OK)
			(void)lives_put(k, buf_bytes(&note), uid, &why);
		buf_free(&note);
	}
	return fail(e, RC_DENIED,
	    "docs/journal.md 7.6: %.*s came in an older life than is known of "
	    "it: it is there twice, or was restored from a copy that is older",
	    (int)station.len, (const char *)station.p);
}

enum rc
lives_judge(size_t unit, uint64_t incarnation, struct err *e)
{
	const struct id *uid = &st.file.directory->state.units[unit].uid;
	struct life k;
	enum rc rc = lives_get(&k, NULL, uid, e);

	if (rc != RC_OK || incarnation >= k.incarnation)
		return rc;
	return refuse_older(&k, unit, incarnation, e);
}

/* What we hold of its journal; what it lacks of ours. */
static void
tell_held(struct line *l, struct bytes note)
{
	if (note.len > 0 && tell_room(l, note.len))
		(void)tell_send(l, TELL_BEHIND, note);
}

static void
tell_own(struct line *l, struct bytes note)
{
	const struct life_checkpoint c = { .bytes = note };
	struct buf message;

	life_checkpoint_write(&message, &c);
	if (tell_room(l, message.len))
		(void)tell_send(l, TELL_CHECKPOINT, buf_bytes(&message));
	buf_free(&message);
}

/* Nothing is kept of it, so it is said at once. */
static void
ask_again(struct line *l, uint64_t size)
{
	const struct life_countersigned c = { .what = LIFE_AGAIN,
		.size = size };
	struct buf message;

	life_countersigned_write(&message, &c);
	(void)tell_send(l, TELL_COUNTERSIGNED, buf_bytes(&message));
	buf_free(&message);
}

/* docs/link.md 20.4: a child's claim is what we know, or we ask for more. */
static void
weigh_claim(struct line *l, const struct life *k, const struct msg_hello *h)
{
	struct life_countersigned c = { .what = LIFE_HEARD, .size = k->size };
	struct buf message;

	if (!h->claims || h->life.size != k->size ||
	    h->incarnation != k->incarnation ||
	    memcmp(h->life.root, k->root.b, MSG_THIN_ROOT) != 0) {
		if (h->claims)
			ask_again(l, k->size);
		return;
	}
	l->gated = false;
	life_countersigned_write(&message, &c);
	(void)tell_send(l, TELL_COUNTERSIGNED, buf_bytes(&message));
	buf_free(&message);
}

void
lives_line(struct line *l, const struct msg_hello *h)
{
	struct buf held, own = { 0 };
	struct life k;
	uint64_t size;
	struct err e;
	bool seen;

	if (!l->tells || l->guest != 0)
		return;
	if (lives_get(&k, &held, &l->uid, &e) != RC_OK)
		line_event(LOG_WARN, "life.unknown", l, &e);
	/* what an older program has never told is not waited for */
	l->gated = l->parent || k.size > 0;
	l->gate_ms = l->parent ? process_ms() + GATE_MS : 0;
	/* its journal is not shorter than what is held of it: it goes on */
	if (l->parent) {
		life_line(l);
		unseen_line(l);
		if (!h->claims || h->incarnation < k.incarnation ||
		    (h->incarnation == k.incarnation && h->life.size < k.size))
			tell_held(l, buf_bytes(&held));
	} else if (l->thin) {
		weigh_claim(l, &k, h);
	} else if (st.store->ops->journal->note_last(
		       st.store, &size, &own, &seen, &e) == RC_OK) {
		tell_own(l, buf_bytes(&own));
	}
	buf_free(&held);
	buf_free(&own);
}

bool
lives_open(struct line *l)
{
	if (l->gated && l->gate_ms != 0 && process_ms() >= l->gate_ms)
		l->gated = false;
	return !l->gated;
}

/* ---- a child's checkpoint
 * --------------------------------------------------------- */

enum verdict { FINE, OLDER, ROLLED, AGAIN };

static enum verdict
weigh(const struct life *k, const struct life_checkpoint *c)
{
	const struct checkpoint *n = &c->note.checkpoint;

	if (k->size == 0 || n->incarnation > k->incarnation)
		return FINE;
	if (n->incarnation < k->incarnation)
		return OLDER;
	if (n->size < k->size)
		return ROLLED;
	if (n->size == k->size)
		return node_eq(&n->root, &k->root) ? FINE : ROLLED;
	if (c->from != k->size)
		return AGAIN;
	return merkle_check_extends(
		   k->size, &k->root, n->size, &n->root, c->proof, c->count)
		   ? FINE
		   : ROLLED;
}

static enum rc
hear(struct line *l, struct life *k, const struct life_checkpoint *c,
    struct err *e)
{
	const struct checkpoint *n = &c->note.checkpoint;

	if (n->incarnation > k->incarnation)
		k->barred = false; /* what was decided is done */
	k->incarnation = n->incarnation;
	k->size = n->size;
	k->root = n->root;
	k->serial = c->serial;
	k->at = station_now();
	if (lives_put(k, c->bytes, &l->uid, e) != RC_OK)
		return e->rc;
	entry(ENTRY_WITNESSED, bytes_str(l->station), k);
	lives_reply(l, REPLY_HEARD, n->size);
	return RC_OK;
}

/* It gets a life of its own: the same where it has not taken it yet. */
static enum rc
give(struct line *l, struct life *k, struct bytes note, struct err *e)
{
	const bool anew = k->given <= k->incarnation;

	if (anew)
		k->given = k->incarnation + 1;
	/* what we gave it since may be of what we have lost ourselves */
	if (anew && k->at <= life_rolled())
		k->given += LIFE_SKIP;
	k->barred = false;
	if (lives_put(k, note, &l->uid, e) != RC_OK)
		return e->rc;
	if (anew) {
		entry(ENTRY_ROLLED, bytes_str(l->station), k);
		alarm_raise(STORE_ALARM_ROLLED, bytes_str(l->station), 0, "");
	}
	log_life(LOG_WARN, "life.given", bytes_str(l->station), k, NULL);
	lives_reply(l, REPLY_GIVEN, 0);
	return RC_OK;
}

/* An older life that was let in, after a person had seen that it is there, is
 * one that was rolled back. */
static enum verdict
older(const struct line *l, const struct life *k)
{
	return k->barred && !unseen(l->unit) ? ROLLED : OLDER;
}

static void
of_child(struct line *l, const struct life_checkpoint *c)
{
	struct buf note;
	struct life k;
	struct err e;
	enum verdict v;
	enum rc rc;

	restored_said(l); /* what it holds of ours it says before */
	if ((rc = lives_get(&k, &note, &l->uid, &e)) != RC_OK)
		goto out;
	if ((v = weigh(&k, c)) == OLDER)
		v = older(l, &k);
	if (v == FINE)
		rc = hear(l, &k, c, &e);
	else if (v == ROLLED)
		rc = give(l, &k, buf_bytes(&note), &e);
	else if (v == AGAIN)
		ask_again(l, k.size);
	else
		rc = refuse_older(
		    &k, l->unit, c->note.checkpoint.incarnation, &e);
out:
	buf_free(&note);
	if (rc == RC_OK)
		return;
	line_event(LOG_WARN, "life.refused", l, &e);
	line_leave(l, rc == RC_DENIED ? BYE_REFUSED : BYE_BUSY);
}

/* The parent's own, which we hold against it when it comes back without. */
static void
of_parent(struct line *l, const struct life_checkpoint *c)
{
	const struct checkpoint *n = &c->note.checkpoint;
	struct life k;
	struct err e;

	if (lives_get(&k, NULL, &l->uid, &e) != RC_OK)
		return;
	if (n->incarnation < k.incarnation ||
	    (n->incarnation == k.incarnation && n->size <= k.size))
		return;
	k.incarnation = n->incarnation;
	k.size = n->size;
	k.root = n->root;
	k.at = station_now();
	if (lives_put(&k, c->bytes, &l->uid, &e) != RC_OK)
		line_event(LOG_WARN, "life.unknown", l, &e);
}

static unsigned
most_of(const struct line *l)
{
	return l->parent ? HEARD_PARENT : HEARD_CHILD;
}

bool
lives_hears(struct line *l)
{
	const int64_t ms = process_ms();
	struct err e;

	if (ms - l->heard_ms >= HEARD_MS) {
		l->heard_ms = ms;
		l->heard = 0;
	}
	if (l->heard < most_of(l)) {
		l->heard++;
		return true;
	}
	if (l->heard == most_of(l)) {
		l->heard++;
		(void)fail(&e, RC_LIMIT, "docs/link.md 18.6: too many of them");
		line_event(LOG_WARN, "life.toomany", l, &e);
	}
	return false;
}

/* It is of that station's journal, of a life that it may have, and signed by
 * it. */
static enum rc
check(const struct line *l, const struct note *n, struct err *e)
{
	struct life k;

	if (!id_eq(&n->checkpoint.log, &l->uid))
		return fail(e, RC_DENIED,
		    "docs/link.md 18.2: a checkpoint of another's journal");
	if (lives_get(&k, NULL, &l->uid, e) != RC_OK)
		return e->rc;
	if (life_too_far(n->checkpoint.incarnation, k.incarnation))
		return fail(e, RC_LIMIT,
		    "docs/journal.md 7.8: a life that is too far ahead");
	return journal_counts(st.file.directory, n, e);
}

void
lives_checkpoint(struct line *l, struct bytes message)
{
	struct life_checkpoint *c;
	struct err e;
	enum rc rc;

	if (!lives_hears(l))
		return;
	c = alloc(1, sizeof(*c));
	if ((rc = life_checkpoint_read(c, message, &e)) == RC_OK)
		rc = check(l, &c->note, &e);
	if (rc != RC_OK)
		line_event(LOG_WARN, "checkpoint.refused", l, &e);
	else if (l->parent)
		of_parent(l, c);
	else
		of_child(l, c);
	free(c);
}

/* ---- "behind"
 * ------------------------------------------------------------------ */

/* A child has learnt that it was rolled back, from others than us. */
static void
child_behind(struct line *l, const struct note *n, struct bytes bytes)
{
	const struct checkpoint *c = &n->checkpoint;
	struct buf note;
	struct life k;
	struct err e;
	enum rc rc;

	if ((rc = lives_get(&k, &note, &l->uid, &e)) == RC_OK &&
	    c->incarnation >= k.incarnation) {
		if (c->incarnation > k.incarnation || c->size > k.size ||
		    !node_eq(&c->root, &k.root)) {
			k.incarnation = c->incarnation;
			k.size = c->size;
			k.root = c->root;
			buf_free(&note);
			buf_add(&note, bytes);
		}
		rc = give(l, &k, buf_bytes(&note), &e);
	}
	buf_free(&note);
	if (rc != RC_OK)
		line_event(LOG_WARN, "life.refused", l, &e);
}

void
lives_behind(struct line *l, struct bytes message)
{
	const struct id *own = &st.file.directory->state.units[st.unit].uid;
	struct note n;
	struct err e;
	enum rc rc;

	if (!lives_hears(l))
		return;
	if ((rc = note_read_journal(&n, message, &e)) != RC_OK)
		;
	else if (id_eq(&n.checkpoint.log, own))
		life_held(l, &n, message), restored_said(l);
	else if ((rc = check(l, &n, &e)) == RC_OK &&
		 (rc = journal_counts_at(
		      st.file.directory, &n, station_now(), &e)) == RC_OK &&
		 !l->parent)
		child_behind(l, &n, message);
	if (rc != RC_OK)
		line_event(LOG_WARN, "behind.refused", l, &e);
}
