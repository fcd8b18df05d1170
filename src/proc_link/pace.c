/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * How much of what is to be sent is made at a time (docs/link.md 13.2, 20.3):
 * what goes in half a second, as it was measured, and no more than its cap.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "proc_link/link.h"

#define THIN_PACE_MS INT64_C(2000)
#define THIN_LEAST (2 * SESSION_FRAME_MIN)

static void
send_ahead(const struct conn *c)
{
	/* of a thin one nothing is handed over before all that was has gone;
	 * and what is unanswered has its bound, too: two seconds, by the
	 * system's count of bytes */
	const int unsent = c->thin ? 1 : (int)c->ahead,
		  unanswered = 8 * (int)c->ahead;

	(void)setsockopt(
	    c->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof(unsent));
	if (c->thin)
		(void)setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &unanswered,
		    sizeof(unanswered));
}

/* Of a thin line: what goes is looked at over two seconds.  A shorter time
 * would take its buffers for the line. */
static void
pace_thin(struct conn *c)
{
	const int64_t took = process_ms() - c->went_since;
	size_t ahead = c->ahead, most = 2 * c->ahead;

	if (took < THIN_PACE_MS)
		return;
	if (took > 3 * THIN_PACE_MS)
		; /* it was idle in between */
	else if (c->was_full)
		ahead =
		    (size_t)(c->went * (uint64_t)LINK_OUT_MS / (uint64_t)took);
	else if (c->went >= 8 * c->ahead)
		ahead = most;
	if (ahead > most)
		ahead = most;
	if (ahead < THIN_LEAST)
		ahead = THIN_LEAST;
	if (ahead > LINK_OUT)
		ahead = LINK_OUT;
	c->went = 0;
	c->went_since = process_ms();
	c->was_full = false;
	if (ahead == c->ahead)
		return;
	c->ahead = ahead;
	send_ahead(c);
}

/*
 * What was made has gone into the socket: how long that took says how much may
 * be made the next time.  What is made cannot be overtaken any more, nor what
 * the system has of it; so that has its bound there, too (docs/link.md 13.2).
 */
void
pace_gone(struct conn *c)
{
	const size_t wrote = c->out.len;
	const int64_t took = process_ms() - c->made;
	size_t ahead = c->ahead;

	if (c->thin) {
		pace_thin(c);
		return;
	}
	if (took > LINK_OUT_MS && wrote >= ahead / 2)
		ahead =
		    (size_t)(wrote * (uint64_t)LINK_OUT_MS / (uint64_t)took);
	else if (took < LINK_OUT_MS / 4 && wrote >= ahead)
		ahead *= 2;
	if (ahead < LINK_OUT_LEAST)
		ahead = LINK_OUT_LEAST;
	if (ahead > LINK_OUT)
		ahead = LINK_OUT;
	if (ahead == c->ahead)
		return;
	c->ahead = ahead;
	send_ahead(c);
}

#define CAP_LEAST 64u	     /* bytes a second */
#define CAP_MS INT64_C(1000) /* what was not used is given for so long */

void
conn_capped(struct conn *c, uint64_t rate)
{
	c->cap = rate < CAP_LEAST ? CAP_LEAST : rate;
}

/* On a thin line one frame, of two fifths of a second: what is urgent waits for
 * no more than that and a packet, and each record's 22 bytes still cost little.
 */
static size_t
made_thin(struct conn *c, size_t most)
{
	most = most / 5 * 4;
	if (most < SESSION_FRAME_MIN + FRAME_HEAD)
		most = SESSION_FRAME_MIN + FRAME_HEAD;
	c->conf.frame = most - FRAME_HEAD;
	if (c->conf.frame > FRAME_MAX)
		c->conf.frame = FRAME_MAX;
	return most;
}

/* What is made at a time: it goes in half a second. */
static size_t
made_at_once(struct conn *c)
{
	size_t most = c->ahead, frame;

	if (c->cap != 0 && c->cap / 2 < most)
		most = (size_t)c->cap / 2;
	if (c->thin)
		return made_thin(c, most);
	if (most < 2 * SESSION_FRAME_MIN)
		most = 2 * SESSION_FRAME_MIN;
	frame = most / 2;
	c->conf.frame = frame < FRAME_MAX ? frame : FRAME_MAX;
	return most;
}

/* Else the ticker comes again. */
static bool
cap_allows(const struct conn *c)
{
	return c->cap == 0 || c->state != CONN_TALKING ||
	       process_ms() >= c->cap_at;
}

static void
cap_counts(struct conn *c, size_t made)
{
	const int64_t now = process_ms();

	if (c->cap == 0 || made == 0)
		return;
	if (c->cap_at < now - CAP_MS)
		c->cap_at = now - CAP_MS;
	c->cap_at += (int64_t)(made * 1000 / c->cap);
}

/* Nothing is made for a thin line before the system has sent all it has of it:
 * what is made then is all that cannot be overtaken. */
static bool
thin_has_room(struct conn *c)
{
	if (!c->thin || c->has_room || c->state != CONN_TALKING ||
	    !session_wants_output(c->session)) {
		c->has_room = false;
		return true;
	}
	c->was_full = true;
	(void)event_add(c->writable, NULL);
	return false;
}

void
pace_begin(struct conn *c)
{
	c->ahead = c->thin || c->cap != 0 ? LINK_OUT_THIN : LINK_OUT_FIRST;
	(void)made_at_once(c);
	send_ahead(c);
}

bool
pace_make(struct conn *c)
{
	struct buf frames = { 0 };

	if (!cap_allows(c) || !thin_has_room(c))
		return false;
	c->made = process_ms();
	if (c->compact == NULL) {
		session_output(c->session, &c->out, made_at_once(c));
	} else {
		session_output(c->session, &frames, made_at_once(c));
		compact_pack(c->compact, &c->out, buf_bytes(&frames));
		buf_free(&frames);
	}
	cap_counts(c, c->out.len);
	return true;
}
