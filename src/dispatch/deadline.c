/* SPDX-License-Identifier: EUPL-1.2 */
#include "dispatch/deadline.h"

#include <string.h>

#include "core/err.h"
#include "core/time.h"

const struct deadlines deadline_defaults = { { 86400, 7200, 1800, 600 } };

const char *
deadline_word(unsigned rank)
{
	static const char *const words[DEADLINE_RANKS] = { "deadline-thuong",
		"deadline-khan", "deadline-thuong-khan", "deadline-hoa-toc" };

	if (rank >= DEADLINE_RANKS)
		bug("a rank that is none");
	return words[rank];
}

bool
deadline_set(struct deadlines *d, const char *word, int64_t seconds)
{
	unsigned rank;

	for (rank = 0; rank < DEADLINE_RANKS; rank++)
		if (strcmp(word, deadline_word(rank)) == 0) {
			d->seconds[rank] = seconds;
			return true;
		}
	return false;
}

int64_t
deadline_at(const struct deadlines *d, unsigned rank, int64_t from)
{
	if (rank >= DEADLINE_RANKS)
		bug("a rank that is none");
	return from > TIME_NEVER - d->seconds[rank] ? TIME_NEVER
						    : from + d->seconds[rank];
}
