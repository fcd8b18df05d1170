/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * While the disk refuses, for it is full or broken (docs/station.md 4.10):
 * nothing is tried that writes, and everybody is told "not now"; now and then
 * one transaction sees whether it is over.
 */
#include "proc_store/station.h"

#define TRY_MS INT64_C(1000) /* the first try; each fails longer */
#define TRY_MAX_MS INT64_C(30000)
#define CALM_MS INT64_C(60000)	     /* after which the waits begin anew */
#define ROOM_MIN (UINT64_C(4) << 20) /* bytes, or */
#define ROOM_PART 64u		     /* this part of the disk */

static struct {
	bool is, tries;
	int64_t since, ended; /* process_ms() */
	int64_t next, wait;   /* the next try, and the wait for the one after */
	uint64_t tried;
} trouble;

bool
trouble_is(void)
{
	return trouble.is && !trouble.tries;
}

static void
begins(int64_t ms, const struct err *e)
{
	struct log_line l = log_line(LOG_WARN, "disk.refuses");

	log_err(&l, e);
	process_log(LOG_WARN, &l);
	if (trouble.ended == 0 || ms - trouble.ended > CALM_MS)
		trouble.wait = TRY_MS;
	trouble.is = true;
	trouble.since = ms;
	trouble.tried = 0;
	trouble.next = ms + trouble.wait;
}

static void
ends(int64_t ms)
{
	struct log_line l = log_line(LOG_INFO, "disk.takes");

	log_uint(&l, "seconds", (uint64_t)(ms - trouble.since) / 1000);
	log_uint(&l, "tries", trouble.tried);
	process_log(LOG_INFO, &l);
	trouble.is = trouble.tries = false;
	trouble.ended = ms;
	lines_again();
	if (st.named)
		take_reroute();
	line_self();
}

/* Where a page finds room and a dispatch does not, it is not over. */
static bool
has_room(void)
{
	uint64_t left, all;
	struct err e;

	return st.disk->ops->room(st.disk, &left, &all, &e) == RC_OK &&
	       (left >= ROOM_MIN || left >= all / ROOM_PART);
}

void
trouble_settled(bool kept, const struct err *e)
{
	const int64_t ms = process_ms();

	if (!kept && !trouble.is)
		begins(ms, e);
	else if (kept && trouble.tries && has_room())
		ends(ms);
	trouble.tries = false;
}

/* What memory knows better than the disk is written again. */
static enum rc
write_again(struct err *e)
{
	enum rc rc;

	if ((rc = store_write(e)) == RC_OK &&
	    (rc = set_word_u64("incarnation", st.incarnation, e)) == RC_OK &&
	    (rc = set_word_u64("serial", st.serial, e)) == RC_OK &&
	    (rc = set_word_u64("epoch", st.epoch, e)) == RC_OK &&
	    !station_own_clock())
		rc = set_word_u64("clock", (uint64_t)station_now(), e);
	return rc;
}

bool
trouble_tries(int64_t ms)
{
	struct err e;

	if (!trouble.is || ms < trouble.next)
		return false;
	trouble.wait =
	    trouble.wait * 2 < TRY_MAX_MS ? trouble.wait * 2 : TRY_MAX_MS;
	trouble.next = ms + trouble.wait;
	trouble.tried++;
	trouble.tries = true;
	(void)write_again(&e); /* how it went, its end says */
	return true;
}
