/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Routing: over which link a desk's dispatch goes on (docs/station.md 5).
 *
 * A station serves its unit and all units below that have no station of their
 * own nearer to them.  A station's parent is the one that serves the unit above
 * it.  So the directory is the routing table, and there is no other.
 */
#ifndef DISPATCH_ROUTE_H
#define DISPATCH_ROUTE_H

#include "core/limits.h"
#include "pki/directory.h"

enum way {
	WAY_HERE, /* the desk is one of this station's */
	WAY_LINK, /* over the link to "hop" */
	WAY_NONE, /* nowhere: held until the directory knows better */
};

struct route {
	enum way way;
	char address[LIMIT_ADDRESS + 1]; /* the desk, as it is written now */
	char hop[LIMIT_ADDRESS + 1];	 /* WAY_LINK: the next station */
	size_t hop_unit;		 /* NONE where it is not known */
	bool known; /* a station serves its unit, which is open */
};

/* The unit whose station serves this one at t: itself or the nearest above
 * that has a station with a certificate in force; NONE. */
size_t station_of(struct directory *d, size_t unit, int64_t t);
/* The unit whose station is the parent of this unit's; NONE. */
size_t station_above(struct directory *d, size_t unit, int64_t t);

/*
 * Where what is for this desk, or station, goes from the station of unit
 * "self".  An old address is followed.  What nobody here knows goes up, if
 * there is somebody above; so does what lies neither here nor below.
 */
void route_find(struct directory *d, size_t self, struct bytes address,
    int64_t t, struct route *out);

/* The unit whose station serves this address, as far as it is known: of what
 * is not, the nearest above it in the address that is; NONE. */
size_t route_station(struct directory *d, struct bytes address, int64_t t);
/* The way between the stations of two units leads over that of a third, or
 * begins or ends there. */
bool route_over(
    struct directory *d, size_t from, size_t over, size_t to, int64_t t);

#endif
