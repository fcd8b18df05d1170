/* SPDX-License-Identifier: EUPL-1.2 */
/* What children are answered that tell of their journals, after the commit, and
 * signing that we have seen them (docs/journal.md 7.2). */
#include <stdlib.h>

#include "proc_store/lives.h"

#define SIGN_MS INT64_C(20) /* between two signatures for children */

static bool replies; /* of some line, in this round */

void
lives_reply(struct line *l, enum life_reply what, uint64_t size)
{
	l->reply = what;
	l->reply_size = size;
	replies = true;
}

/* ---- countersigning
 * ---------------------------------------------------------- */

static struct event *timer;
static uint64_t job; /* that keys was asked; 0: none */
static struct id asked;
static uint64_t asked_conn;

/* The newest first: who has just come back wants to know. */
static struct line *
next_due(void)
{
	size_t i;

	for (i = st.line_count; i-- > 0;)
		if (st.lines[i]->witness)
			return st.lines[i];
	return NULL;
}

static void
wake(void)
{
	static const struct timeval soon = { 0, SIGN_MS * 1000 };

	if (event_add(timer, &soon) != 0)
		bug("no timer is to be had");
}

void
lives_keys_gone(void)
{
	struct line *l = job == 0 ? NULL : line_of(asked_conn);

	job = 0;
	if (l != NULL)
		l->witness = true;
}

void
lives_keys_up(void)
{
	if (timer != NULL && next_due() != NULL)
		wake();
}

bool
lives_witness(struct msg_witness *m, const struct id *unit)
{
	struct life k;
	struct note n;
	struct buf note;
	struct err e;
	bool is;

	*m = (struct msg_witness){ 0 };
	is = lives_get(&k, &note, unit, &e) == RC_OK &&
	     note_read_journal(&n, buf_bytes(&note), &e) == RC_OK;
	if (is) {
		m->note = (struct msg_note){ .unit = n.checkpoint.log,
			.size = n.checkpoint.size,
			.root = n.checkpoint.root,
			.at = n.checkpoint.at,
			.incarnation = n.checkpoint.incarnation };
		m->by = st.file.directory->state.units[st.unit].uid;
	}
	buf_free(&note);
	return is;
}

static void
sign_next(evutil_socket_t fd, short what, void *ctx)
{
	struct line *l = next_due();
	struct msg_witness m;

	(void)fd;
	(void)what;
	(void)ctx;
	if (l == NULL || job != 0 || !st.named)
		return;
	l->witness = false;
	if (lives_witness(&m, &l->uid)) {
		asked = l->uid;
		asked_conn = l->conn;
		job = next_job();
		if (!tell(PROC_KEYS, MSG_WITNESS, job, &m, -1))
			lives_keys_gone();
	}
	if (job == 0 && l->witness)
		return; /* lives_keys_up() goes on */
	wake();
}

bool
lives_countersigned(
    struct buf *message, const struct id *unit, struct bytes noted)
{
	struct life_countersigned c = { .what = LIFE_WITNESSED };
	struct note theirs, ours;
	struct buf note = { 0 };
	struct life k;
	struct err e;
	bool is;

	*message = (struct buf){ 0 };
	is = lives_get(&k, &note, unit, &e) == RC_OK &&
	     note_read_journal(&theirs, buf_bytes(&note), &e) == RC_OK &&
	     note_read_journal(&ours, noted, &e) == RC_OK &&
	     bytes_eq(theirs.text, ours.text);
	if (is) {
		buf_add(&note, ours.signatures);
		c.bytes = buf_bytes(&note);
		life_countersigned_write(message, &c);
	}
	buf_free(&note);
	return is;
}

/* The child's own note, with our line under it. */
void
lives_witnessed(uint64_t of, const struct msg_noted *m)
{
	struct buf message;
	struct line *l;

	if (of != job)
		return;
	job = 0;
	l = line_of(asked_conn);
	if (l != NULL && id_eq(&l->uid, &asked) &&
	    lives_countersigned(&message, &asked, m->note)) {
		if (tell_room(l, message.len))
			(void)tell_send(
			    l, TELL_COUNTERSIGNED, buf_bytes(&message));
		buf_free(&message);
	}
	wake();
}

enum rc
lives_given(struct buf *message, const struct id *unit, struct err *e)
{
	struct life_given g = { 0 };
	struct buf note;
	struct life k;
	enum rc rc;

	*message = (struct buf){ 0 };
	if ((rc = lives_get(&k, &note, unit, e)) != RC_OK)
		return rc;
	if (k.given > k.incarnation) {
		g.incarnation = k.given;
		g.serial = k.serial;
		g.bytes = buf_bytes(&note);
		life_given_write(message, &g);
	}
	buf_free(&note);
	return RC_OK;
}

static void
answer_given(struct line *l)
{
	struct buf message;
	struct err e;

	if (lives_given(&message, &l->uid, &e) != RC_OK) {
		line_leave(l, BYE_BUSY);
		return;
	}
	if (message.len > 0)
		(void)tell_send(l, TELL_INCARNATION, buf_bytes(&message));
	l->gated = true;
	l->gate_ms = 0;
	buf_free(&message);
}

static void
answer(struct line *l, enum life_reply what)
{
	struct life_countersigned c = { .size = l->reply_size };
	struct buf message;

	if (what == REPLY_GIVEN) {
		answer_given(l);
		return;
	}
	c.what = LIFE_HEARD;
	life_countersigned_write(&message, &c);
	(void)tell_send(l, TELL_COUNTERSIGNED, buf_bytes(&message));
	buf_free(&message);
	l->gated = false;
	l->witness = true;
	if (timer == NULL)
		timer = event_new(process_base(), -1, 0, sign_next, NULL);
	if (timer == NULL)
		bug("no memory");
	if (job == 0 && !evtimer_pending(timer, NULL))
		wake();
}

void
lives_settled(bool kept)
{
	enum life_reply what;
	struct line *l;
	size_t i;

	if (!replies)
		return;
	replies = false;
	for (i = st.line_count; i-- > 0;) {
		l = st.lines[i];
		what = l->reply;
		l->reply = REPLY_NONE;
		if (what == REPLY_NONE)
			continue;
		if (kept)
			answer(l, what);
		else
			line_leave(l, BYE_BUSY); /* it comes again */
	}
}
