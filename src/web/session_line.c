/* SPDX-License-Identifier: EUPL-1.2 */
/* The control connections of a session. */
#include "web/sessions.h"

/* One that rests, before one that is to be made. */
static struct line *
line_free(struct entry *s)
{
	struct line *found = NULL;
	size_t i;

	for (i = 0; i < SESSION_LINES; i++) {
		if (s->lines[i].state == LINE_RESTS)
			return &s->lines[i];
		if (s->lines[i].state == LINE_NONE && found == NULL)
			found = &s->lines[i];
	}
	return found;
}

enum rc
web_line_take(
    int *fd, struct web_sessions *ws, struct web_session *s, struct err *e)
{
	struct entry *of = entry_of(s);
	struct line *l = NULL;

	*fd = -1;
	sessions_lock(ws);
	while (!of->over && (l = line_free(of)) == NULL)
		(void)pthread_cond_wait(&ws->rested, &ws->lock);
	if (!of->over && l != NULL) {
		*fd = l->state == LINE_RESTS ? l->fd : -1;
		l->state = LINE_WORKS;
		l->fd = -1; /* the caller's, until he gives it back */
	} else {
		l = NULL;
	}
	sessions_unlock(ws);
	return l != NULL ? RC_OK : fail(e, RC_ABSENT, "this session has ended");
}

void
web_line_give(
    struct web_sessions *ws, struct web_session *s, int fd, int64_t now)
{
	struct entry *of = entry_of(s);
	struct line *l = NULL;
	size_t i;

	sessions_lock(ws);
	for (i = 0; i < SESSION_LINES && l == NULL; i++)
		if (of->lines[i].state == LINE_WORKS)
			l = &of->lines[i];
	if (l == NULL)
		bug("web: a line that nobody took");
	l->state = fd >= 0 ? LINE_RESTS : LINE_NONE;
	l->fd = fd;
	l->since = now;
	(void)pthread_cond_broadcast(&ws->rested);
	sessions_unlock(ws);
}
