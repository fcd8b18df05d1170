/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Papers (docs/desk.md 8.5): what draws them takes more memory than all else of
 * a small station, so it is there only while it is wanted.  The first paper has
 * the parent start it; a while after the last it may end.
 */
#include "proc_control/job.h"

#define REST_SECONDS 30 /* without a paper, before it may end */

static enum { GONE, ASKED, THERE } is;
static struct event *rest;

static void
draw(struct job *j)
{
	const struct msg_print m = { j->r.text, j->r.from };

	(void)job_tell(j, PROC_PRINT, MSG_PRINT, &m, MSG_PRINT_IS);
}

static void on_rest(int fd, short what, void *ctx);

static void
rest_later(void)
{
	static const struct timeval after = { REST_SECONDS, 0 };

	if (rest == NULL)
		rest = event_new(process_base(), -1, 0, on_rest, NULL);
	if (rest == NULL || event_add(rest, &after) != 0)
		bug("no event");
}

static void
still_drawn(struct job *j)
{
	(void)j;
	rest_later();
}

static void
on_rest(int fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	jobs_each(PROC_PRINT, still_drawn);
	if (event_pending(rest, EV_TIMEOUT, NULL))
		return;
	is = GONE;
	(void)tell(PROC_PARENT, MSG_PRINT_REST, 0, NULL, -1);
}

void
print_ask(struct job *j)
{
	if (is == THERE) {
		rest_later();
		draw(j);
		return;
	}
	j->at = PROC_PRINT;
	j->wants = MSG_PRINT_IS;
	if (is == GONE)
		(void)tell(PROC_PARENT, MSG_PRINT_WANT, 0, NULL, -1);
	is = ASKED;
}

void
print_peer(bool up)
{
	if (up) {
		is = THERE;
		rest_later();
		jobs_each(PROC_PRINT, draw);
	} else if (is == THERE) {
		/* else it was told to end, and these wait for the next */
		is = GONE;
		jobs_each(PROC_PRINT, job_lost);
	}
}

void
print_stop(void)
{
	if (rest != NULL)
		event_free(rest);
	rest = NULL;
}
