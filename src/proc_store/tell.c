/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages between stations beside the items: docs/link.md 16. */
#include <stdlib.h>

#include "proc_store/carried.h"
#include "proc_store/duty.h"
#include "proc_store/lives.h"
#include "proc_store/lost.h"

#define ROOM (32u << 20) /* bytes on their way to all lines: 15.4 */
#define HELD (64u << 20) /* of what lines have told, and is kept */

static size_t telling, held;

/* What is done with each kind; of the others nothing. */
static void (*const hears[TELLS])(struct line *l, struct bytes message) = {
	[TELL_STATUS] = directory_status,
	[TELL_DIRECTORY] = directory_came,
	[TELL_WANTED] = wanted_came,
	[TELL_CHECKPOINT] = lives_checkpoint,
	[TELL_COUNTERSIGNED] = life_countersigned,
	[TELL_INCARNATION] = life_given,
	[TELL_BEHIND] = lives_behind,
	[TELL_LAST] = last_came,
	[TELL_UNSEEN] = unseen_came,
};

bool
tell_room(const struct line *l, size_t len)
{
	return (l->telling == 0 || l->telling + len <= TELL_MAX) &&
	       (telling == 0 || telling + len <= ROOM);
}

struct line *
tell_up(void)
{
	struct line *l = line_up();

	return l != NULL && l->tells ? l : NULL;
}

bool
tell_send(struct line *l, enum tell kind, struct bytes message)
{
	const struct msg_tell m = {
		.conn = l->conn, .kind = kind, .bytes = message
	};

	if (!l->tells)
		return false;
	if (l->conn >= MEDIA_CONN)
		return true; /* nobody hears it */
	if (!tell(PROC_LINK, MSG_TELL, 0, &m, -1))
		return true; /* it is gone, and so is the line */
	l->telling += message.len;
	telling += message.len;
	return true;
}

void
tell_gone(struct line *l, uint64_t bytes)
{
	if (bytes > l->telling)
		bug("more was told than was to be");
	l->telling -= (size_t)bytes;
	telling -= (size_t)bytes;
}

void
tell_drop(struct line *l)
{
	size_t i;

	telling -= l->telling;
	l->telling = 0;
	tell_let(l, l->holding);
	for (i = 0; l->told != NULL && i < TELLS; i++)
		buf_free(&l->told[i]);
	free(l->told);
	l->told = NULL;
}

/* The line that holds most; this one, would it hold so much more. */
static struct line *
greediest(struct line *l, size_t more)
{
	size_t most = l->holding + more, i;
	struct line *found = l;

	for (i = 0; i < st.line_count; i++)
		if (st.lines[i]->holding > most) {
			found = st.lines[i];
			most = found->holding;
		}
	return found;
}

bool
tell_hold(struct line *l, size_t len)
{
	struct line *most;

	while (held + len > HELD) {
		most = greediest(l, len);
		line_event(LOG_WARN, "tell.full", most, NULL);
		line_leave(most, BYE_BUSY);
		if (most == l)
			return false;
	}
	l->holding += len;
	held += len;
	return true;
}

void
tell_let(struct line *l, size_t len)
{
	l->holding -= len;
	held -= len;
}

/* A piece in the middle of one: kept. */
static void
hold(struct line *l, const struct msg_tell *m)
{
	if (!tell_hold(l, m->bytes.len))
		return;
	if (l->told == NULL)
		l->told = alloc(TELLS, sizeof(*l->told));
	buf_add(&l->told[m->kind], m->bytes);
}

/* Nothing is kept by who is idle. */
static void
rest(struct line *l)
{
	size_t i;

	for (i = 0; i < TELLS; i++)
		if (l->told[i].len > 0)
			return;
	free(l->told);
	l->told = NULL;
}

void
tell_came(struct line *l, const struct msg_tell *m)
{
	struct buf whole = { 0 };

	/* the session has held all of them to TELL_MAX; who does not know
	 * any more who he is hears nothing */
	if (m->kind >= TELLS || hears[m->kind] == NULL || !st.named)
		return;
	if (l->guest != 0) {
		if (m->kind != TELL_STATUS && m->kind != TELL_DIRECTORY)
			return;
		line_stays(l);
	}
	if (m->more) {
		hold(l, m);
		return;
	}
	if (l->told == NULL || l->told[m->kind].len == 0) {
		hears[m->kind](l, m->bytes);
		return;
	}
	whole = l->told[m->kind];
	l->told[m->kind] = (struct buf){ 0 };
	tell_let(l, whole.len);
	rest(l);
	buf_add(&whole, m->bytes);
	hears[m->kind](l, buf_bytes(&whole));
	buf_free(&whole);
}
