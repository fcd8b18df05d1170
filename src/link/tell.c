/* SPDX-License-Identifier: EUPL-1.2 */
/* What stations tell one another beside the items: docs/link.md 16. */
#include <stdlib.h>

#include "link/session.h"

#include "link/inner.h"

/* ---- that comes ---- */

enum rc
tell_in(struct session *s, struct bytes payload, struct err *e)
{
	struct bytes piece;
	uint64_t begun = 0;
	uint8_t kind;
	size_t i;
	bool more;

	if (tell_read(&kind, &more, &piece, payload, e) != RC_OK)
		return e->rc;
	if (kind == 0 || kind >= TELLS)
		return RC_OK; /* docs/link.md 16.3 */
	for (i = 0; i < TELLS; i++)
		begun += s->tells_in[i];
	if (begun + piece.len > TELL_MAX)
		return fail(e, RC_INVALID,
		    "docs/link.md 16.4: over %u bytes of messages whose end "
		    "has not come",
		    TELL_MAX);
	s->tells_in[kind] = more ? s->tells_in[kind] + (uint32_t)piece.len : 0;
	if (s->owner->tell != NULL)
		s->owner->tell(s->ctx, (enum tell)kind, more, piece);
	return RC_OK;
}

/* ---- that goes ---- */

bool
session_tell(struct session *s, enum tell kind, struct bytes message)
{
	struct tell_out **at, *t;

	if (message.len == 0 || message.len > TELL_MAX)
		bug("a message that cannot be told");
	if (s->phase == PHASE_OVER || !s->takes_tell)
		return false;
	for (at = &s->tells; *at != NULL; at = &(*at)->next)
		;
	t = alloc(1, sizeof(*t));
	t->kind = (uint8_t)kind;
	buf_add(&t->message, message);
	*at = t;
	return true;
}

static bool
is_large(const struct tell_out *t)
{
	return t->message.len > SESSION_TELL;
}

/* The oldest small one that no other of its kind is before; else the oldest. */
static struct tell_out *
next_tell(const struct session *s)
{
	struct tell_out *t;
	unsigned before = 0; /* kinds that wait */

	for (t = s->tells; t != NULL; t = t->next) {
		if (!is_large(t) && !(before >> t->kind & 1))
			return t;
		before |= 1u << t->kind;
	}
	return s->tells;
}

bool
tell_ready(const struct session *s)
{
	if (s->tells == NULL || s->phase != PHASE_OPEN)
		return false;
	/* docs/link.md 16.5 */
	return !out_urgent(s) || !is_large(next_tell(s));
}

void
tell_step(struct session *s, struct buf *out)
{
	struct tell_out *t = next_tell(s), **at;
	size_t len = t->message.len - t->at, most = s->conf->frame - TELL_HEAD;

	len = len < most ? len : most;
	tell_put(out, t->kind, t->at + len < t->message.len,
	    bytes_of(t->message.p + t->at, len));
	t->at += len;
	if (t->at < t->message.len)
		return;
	len = t->message.len;
	for (at = &s->tells; *at != t; at = &(*at)->next)
		;
	*at = t->next;
	buf_free(&t->message);
	free(t);
	if (s->owner->told != NULL)
		s->owner->told(s->ctx, len);
}

void
tell_free(struct session *s)
{
	struct tell_out *t;

	while ((t = s->tells) != NULL) {
		s->tells = t->next;
		buf_free(&t->message);
		free(t);
	}
}
