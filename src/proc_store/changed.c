/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What browsers may want to ask anew (docs/station.md 20.8): noted as it is
 * decided, told after the commit, and that a few times a second at the most.
 */
#include "proc_store/station.h"

#define BETWEEN_MS 250 /* two tellings */

static uint64_t of_round; /* it is not on disk yet */
static uint64_t to_tell;
static int64_t told;
static struct event *later;

void
changed(uint64_t what)
{
	of_round |= what;
}

void
changed_line(void)
{
	to_tell |= CHANGED_LINES;
}

void
changed_entry(enum entry_kind kind)
{
	static const uint64_t of[] = {
		[ENTRY_SEALED] = CHANGED_MAIL | CHANGED_LINES,
		[ENTRY_ACCEPTED] = CHANGED_MAIL | CHANGED_LINES,
		[ENTRY_COPY] = CHANGED_MAIL | CHANGED_LINES,
		[ENTRY_DELIVERED] = CHANGED_MAIL,
		[ENTRY_OPENED] = CHANGED_MAIL,
		[ENTRY_ACTED] = CHANGED_MAIL,
		[ENTRY_DECLINED] = CHANGED_MAIL,
		[ENTRY_CLASH] = CHANGED_ALARMS,
		[ENTRY_BOUNCED] = CHANGED_MAIL | CHANGED_LINES,
		[ENTRY_EXPIRED] = CHANGED_MAIL | CHANGED_LINES,
		[ENTRY_HELD] = CHANGED_MAIL | CHANGED_LINES,
		[ENTRY_REROUTED] = CHANGED_MAIL | CHANGED_LINES,
		[ENTRY_LEARNED] = CHANGED_DIRECTORY,
		[ENTRY_ANSWERED] = CHANGED_DIRECTORY,
		[ENTRY_PUT_ASIDE] = CHANGED_DIRECTORY,
		[ENTRY_INVITED] = CHANGED_DIRECTORY,
		[ENTRY_NAMED] = CHANGED_DIRECTORY,
		[ENTRY_DESTROYED] = CHANGED_DOCUMENTS,
		[ENTRY_DROPPED] = CHANGED_MAIL | CHANGED_LINES,
		[ENTRY_REBORN] = CHANGED_ALARMS,
		[ENTRY_ROLLED] = CHANGED_ALARMS,
		[ENTRY_CLONE] = CHANGED_ALARMS,
		[ENTRY_DUTY] = CHANGED_ALARMS,
		[ENTRY_STEP] = CHANGED_DOCUMENTS,
		[ENTRY_REGISTER] = CHANGED_DOCUMENTS,
		[ENTRY_USER] = CHANGED_PEOPLE,
	};

	if ((size_t)kind < sizeof(of) / sizeof(of[0]))
		changed(of[kind]);
}

void
changed_settled(bool kept)
{
	if (kept)
		to_tell |= of_round;
	of_round = 0;
}

static void
tell_it(void)
{
	const struct msg_changed m = { to_tell };

	to_tell = 0;
	told = process_ms();
	(void)tell(PROC_WEB, MSG_CHANGED, 0, &m, -1);
}

static void
on_later(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	(void)ctx;
	if (to_tell != 0)
		tell_it();
}

void
changed_round(void)
{
	static const struct timeval in = { 0, BETWEEN_MS * 1000 };

	if (to_tell == 0 ||
	    (later != NULL && event_pending(later, EV_TIMEOUT, NULL) != 0))
		return;
	if (process_ms() - told >= BETWEEN_MS) {
		tell_it();
		return;
	}
	if (later == NULL)
		later = event_new(process_base(), -1, 0, on_later, NULL);
	if (later == NULL || event_add(later, &in) != 0)
		bug("no event");
}
