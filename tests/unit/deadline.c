/* SPDX-License-Identifier: EUPL-1.2 */
/* Deadlines by rank (docs/station.md 13.2). */
#include "dispatch/deadline.h"
#include "../tests/tap.h"
#include "core/time.h"

int
main(void)
{
	struct deadlines d = deadline_defaults;
	unsigned rank, wrong = 0;

	for (rank = 1; rank < DEADLINE_RANKS; rank++)
		wrong += d.seconds[rank] >= d.seconds[rank - 1];
	is(wrong, 0, "what is more urgent has less time");
	is((uint64_t)d.seconds[3], 600, "hỏa tốc has ten minutes");
	ok(deadline_set(&d, "deadline-khan", 5) && d.seconds[1] == 5,
	    "a setting sets that of its rank");
	ok(!deadline_set(&d, "deadline-", 7) &&
		!deadline_set(&d, "unlock", 7) && d.seconds[0] == 86400,
	    "another sets none");
	is((uint64_t)deadline_at(&d, 1, 100), 105, "it counts from a time");
	ok(deadline_at(&d, 0, TIME_NEVER - 1) == TIME_NEVER,
	    "what is beyond all times is never");
	return done();
}
