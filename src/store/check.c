/* SPDX-License-Identifier: EUPL-1.2 */
#include "store/check.h"

#include <string.h>

enum rc
check_address(struct bytes address, struct err *e)
{
	if (address.len > LIMIT_ADDRESS)
		return fail(e, RC_LIMIT,
		    "store: an address of %zu bytes, at most %u", address.len,
		    LIMIT_ADDRESS);
	return RC_OK;
}

enum rc
check_dest(const struct dest *d, struct err *e)
{
	if (d->address.len == 0)
		return fail(e, RC_INVALID, "store: an empty destination");
	return check_address(d->address, e);
}

enum rc
check_word(const char *name, struct bytes value, struct err *e)
{
	size_t len = strlen(name);

	if (len > STORE_WORD)
		return fail(e, RC_LIMIT,
		    "store: a setting's name of %zu bytes, at most %u", len,
		    STORE_WORD);
	if (value.len > STORE_VALUE)
		return fail(e, RC_LIMIT,
		    "store: a setting of %zu bytes, at most %u", value.len,
		    STORE_VALUE);
	return RC_OK;
}

enum rc
check_stored(const struct stored *d, struct bytes package, struct err *e)
{
	size_t here = d->total > STORE_INLINE ? 0 : (size_t)d->total;
	enum rc rc;

	if ((rc = check_address(d->header.origin, e)) != RC_OK ||
	    (rc = check_address(d->from, e)) != RC_OK ||
	    (rc = check_address(d->desk, e)) != RC_OK)
		return rc;
	if (d->total > STORE_TOTAL)
		return fail(e, RC_LIMIT, "store: a package beyond all measure");
	if (d->envelope > d->total)
		return fail(e, RC_INVALID,
		    "store: an envelope larger than its package");
	if (package.len != here)
		return fail(e, RC_INVALID,
		    "store: a package of %zu bytes, want %zu", package.len,
		    here);
	if ((unsigned)d->header.precedence >= PRECEDENCES)
		return fail(e, RC_INVALID, "store: no such precedence");
	return RC_OK;
}

enum rc
check_leg_state(enum leg_state state, struct err *e)
{
	if ((unsigned)state >= LEG_STATES)
		return fail(e, RC_INVALID, "store: no such state of a leg");
	return RC_OK;
}

enum rc
check_leg(const struct leg *leg, struct err *e)
{
	enum rc rc;

	if ((rc = check_address(leg->hop, e)) != RC_OK ||
	    (rc = check_leg_state(leg->state, e)) != RC_OK)
		return rc;
	if (!leg_waits(leg->state))
		return fail(e, RC_INVALID, "store: a leg that is over already");
	if (leg->again > LEG_AGAIN_MAX)
		return fail(e, RC_LIMIT, "store: a leg that goes too often");
	return RC_OK;
}

enum rc
check_delivery(enum delivery_state state, struct bytes reason, struct err *e)
{
	if ((unsigned)state >= DELIVERY_STATES)
		return fail(e, RC_INVALID, "store: no such state at a desk");
	if (reason.len > STORE_REASON)
		return fail(e, RC_LIMIT,
		    "store: a reason of %zu bytes, at most %u", reason.len,
		    STORE_REASON);
	return RC_OK;
}

const char *const store_alarm_words[STORE_ALARM_KINDS] = {
	[0] = "",
	[STORE_ALARM_WAITS] = "waits",
	[STORE_ALARM_PARENT] = "parent",
	[STORE_ALARM_CHILD] = "child",
	[STORE_ALARM_HELD] = "held",
	[STORE_ALARM_NOT_ARRIVED] = "not-arrived",
	[STORE_ALARM_DISK] = "disk",
	[STORE_ALARM_OLD] = "old",
	[STORE_ALARM_FORK] = "fork",
	[STORE_ALARM_CLASH] = "clash",
	[STORE_ALARM_CLOCK] = "clock",
	[STORE_ALARM_KEY] = "key",
	[STORE_ALARM_EXPIRED] = "expired",
	[STORE_ALARM_ROLLED] = "rolled-back",
	[STORE_ALARM_CLONE] = "clone",
	[STORE_ALARM_DESTROYED] = "destroyed",
	[STORE_ALARM_ROOM] = "room",
	[STORE_ALARM_BELOW] = "below",
	[STORE_ALARM_DUTY] = "duty",
	[STORE_ALARM_MALWARE] = "malware",
};

enum rc
check_alarm(const struct store_alarm *a, struct err *e)
{
	if (a->kind <= 0 || (unsigned)a->kind >= STORE_ALARM_KINDS)
		return fail(e, RC_INVALID, "store: an alarm of no kind");
	if (a->subject.len > STORE_ALARM_SUBJECT ||
	    a->text.len > STORE_ALARM_TEXT)
		return fail(e, RC_LIMIT, "store: an alarm that is too long");
	return RC_OK;
}

enum rc
check_alarm_by(struct bytes by, struct err *e)
{
	return by.len <= STORE_ALARM_BY
		   ? RC_OK
		   : fail(e, RC_LIMIT, "store: who has seen it is too long");
}

bool
leg_waits(enum leg_state state)
{
	return state == LEG_QUEUED || state == LEG_HELD;
}

bool
delivery_follows(enum delivery_state was, enum delivery_state next)
{
	static const bool follows[DELIVERY_STATES][DELIVERY_STATES] = {
		[DELIVERY_ARRIVED] = { [DELIVERY_OPENED] = true,
		    [DELIVERY_ACTED] = true,
		    [DELIVERY_REFUSED] = true },
		[DELIVERY_OPENED] = { [DELIVERY_ACTED] = true,
		    [DELIVERY_REFUSED] = true },
	};

	return follows[was][next];
}

enum rc
check_paper(const struct paper *p, struct bytes body, struct err *e)
{
	if (p->key.len > STORE_PAPER_KEY || p->head.len > STORE_PAPER_HEAD ||
	    body.len > STORE_PAPER)
		return fail(e, RC_LIMIT,
		    "store: a paper of %zu, %zu and %zu bytes", p->key.len,
		    p->head.len, body.len);
	return RC_OK;
}

enum rc
check_noted(const struct noted *n, struct err *e)
{
	if (n->entry.len != ENTRY_SIZE || n->opening.len == 0 ||
	    n->opening.len > ENTRY_OPENING)
		return fail(e, RC_LIMIT,
		    "store: an entry of %zu bytes, and %zu of what it says",
		    n->entry.len, n->opening.len);
	return RC_OK;
}

enum rc
check_note(struct bytes note, struct err *e)
{
	if (note.len > JOURNAL_NOTE)
		return fail(e, RC_LIMIT,
		    "store: a checkpoint of %zu bytes, at most %u", note.len,
		    JOURNAL_NOTE);
	return RC_OK;
}

enum rc
check_pending(const struct pending *p, struct err *e)
{
	enum rc rc;

	if (p->statement.len == 0 || p->statement.len > STORE_PENDING)
		return fail(e, RC_LIMIT, "store: a statement of %zu bytes",
		    p->statement.len);
	rc = check_address(p->signer, e);
	return rc == RC_OK ? check_address(p->to, e) : rc;
}

enum rc
check_batch(struct bytes batch, struct err *e)
{
	return batch.len <= STORE_BATCH
		   ? RC_OK
		   : fail(
			 e, RC_LIMIT, "store: a batch of %zu bytes", batch.len);
}

enum rc
check_said(const struct saying *s, struct err *e)
{
	enum rc rc;

	if (s->statement.len > STORE_STATEMENT)
		return fail(e, RC_LIMIT, "store: a statement of %zu bytes",
		    s->statement.len);
	rc = check_address(s->signer, e);
	return rc == RC_OK && s->about.len > 0 ? check_address(s->about, e)
					       : rc;
}
