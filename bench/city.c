/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One telegram to a whole city: 30 units and 579 communes below a centre, 61
 * complete stations and 549 driven ones on this machine.
 */
#include "../tests/station/city.h"

static struct city city;

int
main(void)
{
	city_begin(&city, CITY_UNITS, CITY_COMMUNES, CITY_COMPLETE);
	if (!city_start(&city) || !city_telegram(&city, 120))
		bug("not all have it");
	printf("city: %zu desks, %zu complete stations and %zu driven: sealed "
	       "and on disk after %.2f s, all have it after %.2f s, all on the "
	       "same cores\n",
	    city.did.desks, 1 + city.line_count, city.peer_count,
	    city.did.sealed, city.did.all);
	printf("city: the centre works %.2f s for it, holds %.1f MiB before "
	       "and %.1f MiB after\n",
	    city.did.cpu, city.did.memory, city.did.memory_after);
	printf("city: bytes of a line, least, median, most: centre to unit "
	       "%.0f, %.0f, %.0f; unit to commune %.0f, %.0f, %.0f\n",
	    city.did.down[0], city.did.down[1], city.did.down[2],
	    city.did.leaf[0], city.did.leaf[1], city.did.leaf[2]);
	printf("city: %.1f MiB of directory each; %.1f s to make keys and "
	       "certificates, %.1f s until all run and are connected\n",
	    city.did.file, city.did.built, city.did.started);
	city_end(&city);
	return 0;
}
