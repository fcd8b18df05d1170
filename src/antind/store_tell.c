/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages between stations beside the items: docs/link.md 16. */
#include <stdlib.h>

#include "antind/duty.h"
#include "antind/lives.h"

#define ROOM (32u << 20) /* bytes on their way to all lines: 15.4 */
#define HELD (64u << 20) /* of what lines have begun to tell */

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
	[TELL_UNSEEN] = unseen_came,
};

bool
tell_room(const struct line *l, size_t len)
{
	return (l->telling == 0 || l->telling + len <= TELL_MAX) &&
	       (telling == 0 || telling + len <= ROOM);
}

bool
tell_send(struct line *l, enum tell kind, struct bytes message)
{
	const struct msg_tell m = {
		.conn = l->conn, .kind = kind, .bytes = message
	};

	if (!l->tells)
		return false;
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
	for (i = 0; l->told != NULL && i < TELLS; i++) {
		held -= l->told[i].len;
		buf_free(&l->told[i]);
	}
	free(l->told);
	l->told = NULL;
}

/* A piece in the middle of one: kept. */
static void
hold(struct line *l, const struct msg_tell *m)
{
	struct log_line log;

	if (held + m->bytes.len > HELD) {
		log = log_line(LOG_WARN, "tell.full");
		log_str(&log, "station", bytes_str(l->station));
		process_log(LOG_WARN, &log);
		line_leave(l, BYE_BUSY);
		return;
	}
	if (l->told == NULL)
		l->told = alloc(TELLS, sizeof(*l->told));
	buf_add(&l->told[m->kind], m->bytes);
	held += m->bytes.len;
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
	held -= whole.len;
	rest(l);
	buf_add(&whole, m->bytes);
	hears[m->kind](l, buf_bytes(&whole));
	buf_free(&whole);
}
