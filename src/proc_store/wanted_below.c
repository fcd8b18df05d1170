/* SPDX-License-Identifier: EUPL-1.2 */
/* What children ask for: it is given, or asked for in turn; they have half the
 * room (docs/link.md 17.7). */
#include <stdlib.h>
#include <string.h>

#include "core/vec.h"
#include "proc_store/wanted.h"

#define BELOW_A_MINUTE 64u  /* that are asked in a minute, for all children */
#define HEARD_A_MINUTE 600u /* entries of a line that are looked at */

struct wants {		   /* of a line */
	struct want *list; /* owned */
	size_t count;
	unsigned heard; /* entries, since */
	int64_t since;
};

void
wanted_line_free(struct line *l)
{
	if (l->wants != NULL)
		free(l->wants->list);
	free(l->wants);
	l->wants = NULL;
}

/* What it asked for and is not here. */
static void
note_in_vain(struct line *l, enum wanted what, struct bytes which)
{
	struct wants *ws = l->wants;
	size_t i;

	for (i = 0; i < ws->count; i++)
		if (ws->list[i].what == what &&
		    bytes_eq(want_which(&ws->list[i]), which))
			break;
	if (i == ws->count && i == WANTS) {
		memmove(
		    ws->list, ws->list + 1, --ws->count * sizeof(*ws->list));
		i--;
	}
	if (i == ws->count) {
		ws->list = vec_more(ws->list, ws->count, sizeof(*ws->list));
		want_set(&ws->list[ws->count++], what, which);
	}
	ws->list[i].due = true;
}

static struct want *
due_of(const struct line *l)
{
	size_t i;

	for (i = 0; l->wants != NULL && i < l->wants->count; i++)
		if (l->wants->list[i].due)
			return &l->wants->list[i];
	return NULL;
}

/* The child that was asked for longest ago, whatever lines it had since. */
static struct line *
next_below(void)
{
	struct line *found = NULL;
	size_t i;

	for (i = 0; i < st.line_count; i++)
		if (due_of(st.lines[i]) != NULL &&
		    (found == NULL || st.lines[i]->neighbour->asked <
					  found->neighbour->asked))
			found = st.lines[i];
	return found;
}

/* ---- asked above, one after another
 * ------------------------------------------------------------ */

bool
wanted_may_below(int64_t ms)
{
	static unsigned left = BELOW_A_MINUTE;
	static int64_t at;

	for (; left < BELOW_A_MINUTE && ms - at >= MINUTE_MS / BELOW_A_MINUTE;
	     left++)
		at += MINUTE_MS / BELOW_A_MINUTE;
	if (left == 0)
		return false;
	if (left-- == BELOW_A_MINUTE)
		at = ms;
	return true;
}

void
wanted_ask_below(void)
{
	static uint64_t turn;
	const int64_t ms = process_ms();
	struct want *w, *known;
	struct line *l;

	if (!want_can_ask())
		return;
	while ((l = next_below()) != NULL) {
		w = due_of(l);
		known = want_find(w->what, want_which(w));
		if (!want_is_asked(known, ms)) {
			if (!wanted_may_below(ms))
				return;
			(void)want_ask_above(
			    known, w->what, want_which(w), &l->uid);
			l->neighbour->asked = ++turn;
		}
		w->due = false;
	}
}

/* ---- being asked
 * ------------------------------------------------------------ */

static void
hear(struct line *l, enum wanted what, struct bytes which)
{
	size_t unit;

	if (want_is_here(what, which, &unit))
		directory_asked(l, unit, what != WANTED_NEWS);
	else if (what != WANTED_NEWS)
		note_in_vain(l, what, which);
}

void
wanted_came(struct line *l, struct bytes message)
{
	const int64_t ms = process_ms();
	struct bytes which;
	enum wanted what;
	unsigned i;

	if (l->parent)
		return;
	if (l->wants == NULL)
		l->wants = alloc(1, sizeof(*l->wants));
	if (ms - l->wants->since >= MINUTE_MS) {
		l->wants->since = ms;
		l->wants->heard = 0;
	}
	for (i = 0; i < WANTED_MAX && wanted_next(&what, &which, &message) &&
		    l->wants->heard++ < HEARD_A_MINUTE;
	     i++)
		hear(l, what, which);
	wanted_ask_below();
}

void
wanted_carried(struct line *l, struct bytes message)
{
	const int64_t ms = process_ms();
	struct bytes which;
	struct want *known;
	enum wanted what;
	size_t unit;
	unsigned i;

	for (i = 0; i < WANTED_MAX && wanted_next(&what, &which, &message);
	     i++) {
		if (want_is_here(what, which, &unit)) {
			directory_asked(l, unit, what != WANTED_NEWS);
			continue;
		}
		known = want_find(what, which);
		if (what != WANTED_NEWS && want_can_ask() &&
		    !want_is_asked(known, ms) && wanted_may_below(ms))
			(void)want_ask_above(known, what, which, &l->uid);
	}
}

void
wanted_give_below(struct line *l)
{
	struct wants *ws = l->wants;
	size_t i, left = 0, unit;

	for (i = 0; i < ws->count; i++)
		if (want_is_here(
			ws->list[i].what, want_which(&ws->list[i]), &unit))
			directory_asked(l, unit, true);
		else
			ws->list[left++] = ws->list[i];
	ws->count = left;
}
