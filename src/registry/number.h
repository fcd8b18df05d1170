/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Numbers (docs/registry.md 4.1 to 4.4): which series a document's is of, and
 * what explains that one is not there.
 *
 * A series is one unit's (whose, the store knows), has a word, and starts anew
 * with each year of Vietnam's time.  The word is the rules' ("secret-out"),
 * then "." and an advisory council's where it is one's, or, of telegrams that
 * are not live traffic, ".service" or ".test".
 */
#ifndef REGISTRY_NUMBER_H
#define REGISTRY_NUMBER_H

#include "core/bytes.h"
#include "core/err.h"

#define NUMBER_SERIES 64u /* bytes of a series' word */
#define NUMBER_MAX 999999999u
#define NUMBER_GIVEN_MAX                                                       \
	999999u /* that paper brings along: a slip of the pen                  \
		 * leaves room for those after it */

enum number_how {
	NUMBER_NONE,
	NUMBER_NEXT,	  /* the next of the series */
	NUMBER_GIVEN,	  /* this very one, which paper brought along */
	NUMBER_CANCELLED, /* the document's: it stays, with the reason */
};

struct number {
	enum number_how how;
	bool wanted; /* NUMBER_NEXT, and it is not known yet */
	struct bytes series;
	unsigned year;
	uint64_t number; /* 0: not known yet */
	struct bytes reason;
};

/* The year of Vietnam's time. */
unsigned number_year(int64_t t);

/*
 * What is to be said of a series' year: each number from 1 to the highest is a
 * document's, or cancelled, or in a gap that somebody answers for (after a
 * restore the series went on at "from", docs/registry.md 4.4).
 */
struct number_taken {
	uint64_t number;
	bool cancelled, left_out; /* left out: of no document */
	bool reason;		  /* there is one */
};
struct number_gap {
	uint64_t from, to;
	bool explained; /* by a series that was taken up again */
};
/*
 * Walk numbers that rise; "resumed" are the numbers at which the series went on
 * after a restore, rising.  each() gets every stretch of numbers that are not
 * there.  RC_INVALID: the numbers do not rise.
 */
enum rc number_gaps(const struct number_taken *taken, size_t count,
    const uint64_t *resumed, size_t resumed_count,
    void (*each)(void *ctx, const struct number_gap *gap), void *ctx,
    struct err *e);

#endif
