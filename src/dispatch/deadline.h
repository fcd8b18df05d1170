/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * By when a dispatch of a rank is to have arrived, and for how long it may wait
 * for a line (docs/station.md 13.2).  The defaults are dated data: one table.
 */
#ifndef DISPATCH_DEADLINE_H
#define DISPATCH_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#define DEADLINE_RANKS 4u

struct deadlines {
	int64_t seconds[DEADLINE_RANKS];
};

/* Of 22 November 2026; see docs/station.md 13.2 for their source. */
extern const struct deadlines deadline_defaults;

/* "deadline-hoa-toc" and so on, as the configuration calls that of a rank. */
const char *deadline_word(unsigned rank);
/* Take a setting's value; false: the word is none of these. */
bool deadline_set(struct deadlines *d, const char *word, int64_t seconds);
/* That of what was accepted at "from"; never before it. */
int64_t deadline_at(const struct deadlines *d, unsigned rank, int64_t from);

#endif
