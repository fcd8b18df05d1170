/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station's clock: what its parent said, and goes on from there; before that
 * this machine's (docs/station.md 6).
 *
 * It is asked for two things.  What is noted never runs back: a clock that was
 * ahead stands still until its time has come, and says that it is the
 * station's own.  What is judged, and told to children, is the network's time
 * wherever there is one.
 */
#ifndef DISPATCH_CLOCK_H
#define DISPATCH_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_TRUST 86400 /* seconds a parent's word holds */
#define CLOCK_SLACK 60	  /* seconds a clock may be behind what it told */

struct station_clock {
	int64_t said, heard; /* by the parent; at which milliseconds here */
	bool network;	     /* the parent, having the network's, said so */
	int64_t floor;	     /* the latest time that was ever told */
	bool has_parent;
};

/* The time to be noted; "machine" in seconds, "ms" of a clock that only goes
 * forward. */
int64_t clock_now(struct station_clock *c, int64_t machine, int64_t ms);
/* That time is the station's own: nobody above has told it the time lately, or
 * it stands still. */
bool clock_is_own(const struct station_clock *c, int64_t machine, int64_t ms);
/* The time to judge by, and to tell children; *own: it is not the network's. */
int64_t clock_judges(
    struct station_clock *c, int64_t machine, int64_t ms, bool *own);
/* The parent said what the network's time is. */
void clock_heard(struct station_clock *c, int64_t said, int64_t ms);

#endif
