/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What comes in one round of events is decided in one transaction; answers wait
 * for its commit (docs/station.md 4).
 */
#include <stdlib.h>

#include "core/vec.h"
#include "link/enrolment.h"
#include "proc_store/carried.h"
#include "proc_store/duty.h"
#include "proc_store/lives.h"
#include "proc_store/lost.h"
#include "proc_store/notices.h"
#include "proc_store/registry.h"
#include "proc_store/rows.h"
#include "proc_store/sessions.h"
#include "proc_store/webca.h"

#define CLOCK_KEEP 60 /* seconds by which the clock on disk may lag */

/* ---- answers that wait for the commit
 * ------------------------------------------------------------ */

struct after {
	enum proc to;
	uint64_t job; /* of MSG_DONE */
	struct msg_taken taken;
	struct id id;
	struct buf enrolled; /* owned; to taken.conn */
	uint64_t count;	     /* of MSG_DONE */
};
static struct after *afters; /* owned */
static size_t after_count;

void
after_taken(uint64_t conn, uint64_t number, enum ack outcome, enum refusal code)
{
	afters = vec_more(afters, after_count, sizeof(*afters));
	afters[after_count++] = (struct after){ .to = PROC_LINK,
		.taken = { conn, number, outcome, code } };
}

void
after_done(enum proc to, uint64_t job, const struct id *id)
{
	afters = vec_more(afters, after_count, sizeof(*afters));
	afters[after_count++] =
	    (struct after){ .to = to, .job = job, .id = *id };
}

void
after_counted(uint64_t job, uint64_t count)
{
	afters = vec_more(afters, after_count, sizeof(*afters));
	afters[after_count++] =
	    (struct after){ .to = PROC_CONTROL, .job = job, .count = count };
	changed(CHANGED_MAIL | CHANGED_LINES | CHANGED_ALARMS);
}

void
after_enrolled(uint64_t conn, struct buf *message)
{
	afters = vec_more(afters, after_count, sizeof(*afters));
	afters[after_count++] = (struct after){
		.to = PROC_LINK, .taken = { .conn = conn }, .enrolled = *message
	};
	*message = (struct buf){ 0 };
}

void
say_done(enum proc to, uint64_t job, const struct err *e, const struct id *id)
{
	struct msg_done done = { .rc = e->rc, .why = bytes_str(e->text) };

	if (id != NULL)
		done.id = *id;
	(void)tell(to, MSG_DONE, job, &done, -1);
}

static void
answer_one(const struct after *a, bool kept, const struct err *e)
{
	struct msg_taken taken = a->taken;
	struct msg_done done = { .id = a->id, .count = a->count };
	struct msg_enrol enrolled = { .conn = taken.conn };

	if (a->enrolled.len > 0) {
		enrolled.message = bytes_of(a->enrolled.p + ENROLMENT_HEAD,
		    a->enrolled.len - ENROLMENT_HEAD);
		if (kept) /* else it asks again */
			(void)tell(PROC_LINK, MSG_ENROLLED, 0, &enrolled, -1);
	} else if (a->to == PROC_LINK && taken.conn >= MEDIA_CONN) {
		media_taken(&taken, kept);
	} else if (a->to == PROC_LINK) {
		if (!kept)
			taken.outcome = ACK_LATER;
		(void)tell(PROC_LINK, MSG_TAKEN, 0, &taken, -1);
	} else if (kept) {
		(void)tell(a->to, MSG_DONE, a->job, &done, -1);
	} else {
		say_done(a->to, a->job, e, &a->id);
	}
}

/* ---- transactions
 * ------------------------------------------------------------ */

/* Why the round's transaction did not even begin. */
static struct err refused;

enum rc
store_write(struct err *e)
{
	enum rc rc;

	if (st.broken || trouble_is())
		return fail(e, RC_IO, "the disk takes nothing at present");
	if (st.writing)
		return RC_OK;
	if ((rc = st.store->ops->begin(st.store, e)) != RC_OK) {
		st.broken = true;
		refused = *e;
		return rc;
	}
	st.writing = true;
	return RC_OK;
}

enum rc
store_failed(enum rc rc)
{
	if (rc == RC_IO)
		st.broken = true;
	return rc;
}

/* The clock must not run back over a restart either: the network's.  One that
 * was set years ahead by mistake would else be ahead for years. */
static enum rc
keep_clock(struct err *e)
{
	const int64_t now = station_now();

	if (now < st.clock_kept + CLOCK_KEEP || station_own_clock())
		return RC_OK;
	st.clock_kept = now;
	return set_word_u64("clock", (uint64_t)now, e);
}

bool
round_open(void)
{
	return st.writing || st.broken || after_count > 0;
}

/* The end of the round's transaction, if there is one. */
static bool
round_kept(struct err *e)
{
	bool kept;

	if (!st.writing) {
		*e = refused;
		return !st.broken;
	}
	if (!st.broken && notices_round(e) == RC_OK &&
	    journal_round(e) == RC_OK)
		(void)keep_clock(e);
	/* of one that was lost the commit says why */
	kept = st.store->ops->commit(st.store, e) == RC_OK;
	if (kept && st.broken)
		bug("a step failed, and its transaction did not");
	if (!kept)
		st.store->ops->rollback(st.store);
	return kept;
}

/* What was decided in this round happens now, or did not happen. */
void
round_settle(void)
{
	struct err e;
	const bool kept = round_kept(&e);
	size_t i;

	st.writing = st.broken = false;
	for (i = 0; i < after_count; i++) {
		answer_one(&afters[i], kept, &e);
		buf_free(&afters[i].enrolled);
	}
	free(afters);
	afters = NULL;
	after_count = 0;
	journal_settled(kept);
	take_settled();
	lines_settled(kept);
	notices_settled(kept);
	way_settled(kept);
	alarms_settled(kept);
	duty_settled(kept);
	life_settled(kept);
	lives_settled(kept);
	last_settled(kept);
	trouble_settled(kept, &e);
	media_settled(kept, &e);
	rows_settled(kept);
	docs_settled(kept, &e);
	viewed_settled(kept);
	people_settled(kept, &e);
	webca_settled(kept);
	changed_settled(kept);
}
