/* SPDX-License-Identifier: EUPL-1.2 */
/* Questions whose answer may be another in a moment wait for it (docs/link.md
 * 17.5). */
#include <string.h>

#include "proc_store/wanted.h"

#define QUESTIONS 32u /* that wait */

struct question {
	uint64_t job;
	enum msg kind;
	struct buf message; /* owned: as it came */
	int64_t until;	    /* milliseconds */
};
static struct question questions[QUESTIONS];
static size_t question_count;
static int64_t until;  /* of the one that is put again; 0: none is */
static bool last_time; /* it waits no more */

bool
wanted_waits(uint64_t job, const struct message *m)
{
	struct question *q;

	if (last_time || question_count == QUESTIONS)
		return false;
	q = &questions[question_count++];
	*q = (struct question){ .job = job,
		.kind = m->kind,
		.until = until != 0 ? until : process_ms() + WAIT_MS };
	msg_write(&q->message, m->kind, job, false, &m->body);
	return true;
}

void
questions_again(bool all)
{
	struct question again[QUESTIONS];
	const int64_t ms = process_ms();
	const size_t count = question_count;
	struct message m;
	struct err e;
	size_t i;

	memcpy(again, questions, count * sizeof(*again));
	question_count = 0;
	for (i = 0; i < count; i++) {
		last_time = ms >= again[i].until;
		until = again[i].until;
		if (!all && !last_time) {
			questions[question_count++] = again[i];
			continue;
		}
		if (msg_read(&m, buf_bytes(&again[i].message), PROC_SEAL,
			PROC_STORE, &e) != RC_OK)
			bug(e.text);
		serve(again[i].job, &m);
		buf_free(&again[i].message);
	}
	last_time = false;
	until = 0;
}
