/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One telegram to a whole city, and all receipts: 30 units and 579 communes
 * below a centre, 61 complete stations and 549 driven ones on this machine.
 */
#include "../tests/station/city.h"

static struct city city;

static void
spread(const char *what, double v[static 3])
{
	printf("city: bytes of a line, %s, least, median, most: %.0f, %.0f, "
	       "%.0f\n",
	    what, v[0], v[1], v[2]);
}

int
main(void)
{
	city_begin(&city, CITY_UNITS, CITY_COMMUNES, CITY_COMPLETE);
	if (!city_start(&city) || !city_telegram(&city, 120))
		bug("not all have it");
	printf("city: %zu desks, %zu complete stations and %zu driven: sealed "
	       "and on disk after %.2f s, all have it after %.2f s, the centre "
	       "knows so from each desk's own receipts (%zu and %zu) after "
	       "%.2f s, all on the same cores\n",
	    city.did.desks, 1 + city.line_count, city.peer_count,
	    city.did.sealed, city.did.all, city.did.said[0], city.did.said[1],
	    city.did.heard);
	printf("city: the centre works %.2f s until all have it, %.2f s with "
	       "all receipts, holds %.1f MiB before and %.1f MiB after\n",
	    city.did.cpu[0], city.did.cpu[1], city.did.memory,
	    city.did.memory_after);
	spread("unit to centre", city.did.units[0]);
	spread("centre to unit", city.did.units[1]);
	spread("commune to unit", city.did.leaves[0]);
	spread("unit to commune", city.did.leaves[1]);
	printf("city: %.1f MiB of directory each; %.1f s to make keys and "
	       "certificates, %.1f s until all run and are connected\n",
	    city.did.file, city.did.built, city.did.started);
	city_end(&city);
	return 0;
}
