/* SPDX-License-Identifier: EUPL-1.2 */
/* Steps of documents that keys is asked to sign (docs/registry.md 6.7). */
#include "proc_store/people.h"

#define STEPS 256u /* that keys is asked for at once */

struct step {
	uint64_t job, ref;
	void (*then)(uint64_t ref, const struct msg_step_signed *m);
};
static struct step steps[STEPS];
static size_t step_count;

bool
people_sign(const struct session *s, struct bytes statement, uint64_t ref,
    void (*then)(uint64_t ref, const struct msg_step_signed *m))
{
	const struct msg_step_sign m = { s->uid, bytes_str(s->person),
		statement };
	const struct step step = { next_job(), ref, then };

	if (step_count == STEPS ||
	    !tell(PROC_KEYS, MSG_STEP_SIGN, step.job, &m, -1))
		return false;
	steps[step_count++] = step;
	return true;
}

void
people_step_signed(uint64_t job, const struct msg_step_signed *m)
{
	struct step s;
	size_t i;

	for (i = 0; i < step_count && steps[i].job != job; i++)
		;
	if (i == step_count)
		return;
	s = steps[i];
	steps[i] = steps[--step_count];
	s.then(s.ref, m);
}

void
people_steps_gone(void)
{
	struct msg_step_signed m = { .rc = RC_IO };
	struct err e;

	if (fail(&e, RC_IO,
		"a part of the station was started anew; try again") != RC_OK)
		m.why = bytes_str(e.text);
	while (step_count > 0)
		people_step_signed(steps[0].job, &m);
}
