/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station's clock: this machine's, corrected by what its parent says, and
 * never running back (docs/station.md 6).  Every time a station notes says
 * whether it is the network's or the station's own.
 */
#ifndef DISPATCH_CLOCK_H
#define DISPATCH_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_TRUST 86400 /* seconds a parent's word holds */

struct station_clock {
	int64_t offset; /* seconds to be added to the machine's */
	int64_t heard;	/* the machine's milliseconds when the parent spoke */
	bool network;	/* the parent (or being the root) says so */
	int64_t floor;	/* the latest time that was ever told */
	bool has_parent;
};

/* The time of the station; "machine" in seconds, "ms" of a clock that only
 * goes forward. */
int64_t clock_now(struct station_clock *c, int64_t machine, int64_t ms);
/* It is the station's own clock: nobody above has told it the time lately. */
bool clock_is_own(const struct station_clock *c, int64_t ms);
/* The parent said what time it is; own: that is its own clock only. */
void clock_heard(struct station_clock *c, int64_t said, bool own,
    int64_t machine, int64_t ms);

#endif
