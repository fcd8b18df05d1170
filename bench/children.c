/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A station with very many children: what each costs, connected and quiet, and
 * how long it takes until all are back that lost it at one moment.
 * ANTIN_CHILDREN: how many.
 */
#include "bench.h"

#include <sys/resource.h>

#include "../tests/station/cost.h"
#include "../tests/station/crowd.h"

static struct country country;
static struct crowd crowd;
static struct peer *peers;

static double
seconds_all_in(size_t *turned)
{
	const double start = bench_now();

	*turned = crowd_enter(&crowd, peers);
	return bench_now() - start;
}

int
main(void)
{
	const char *n = getenv("ANTIN_CHILDREN");
	const size_t count = n != NULL ? strtoul(n, NULL, 10) : 10000;
	struct rlimit files = { count + 100, count + 100 };
	struct seat *centre;
	double idle, full, first, again, cpu[3];
	size_t i, away[2];

	if (setrlimit(RLIMIT_NOFILE, &files) != 0) {
		puts("children: skipped, so many descriptors are not allowed");
		return 0;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	country_begin(&country);
	centre = country_seat(&country, NULL, "vn");
	crowd_begin(&crowd, &country, centre, count);
	country_write(centre, "");
	if (!seat_start(centre))
		bug("the station does not start");
	(void)usleep(500000);
	idle = pss_of_station(centre);
	peers = alloc(count, sizeof(*peers));
	cpu[0] = cpu_of_station(centre);
	first = seconds_all_in(&away[0]);
	full = pss_of_station(centre);
	cpu[1] = cpu_of_station(centre);
	for (i = 0; i < count; i++)
		crowd_drop(&peers[i]);
	again = seconds_all_in(&away[1]);
	cpu[2] = cpu_of_station(centre);
	printf("children: %zu connected: %.1f MiB more than without, %.1f KiB "
	       "each; all at one moment: in after %.1f s (%zu turned away to "
	       "try again), and once more after %.1f s (%zu); their own work "
	       "on the same cores\n",
	    count, full - idle, (full - idle) * 1024 / (double)count, first,
	    away[0], again, away[1]);
	printf("children: the station works %.1f s for that, and %.1f s once "
	       "more\n",
	    cpu[1] - cpu[0], cpu[2] - cpu[1]);
	for (i = 0; i < count; i++)
		peer_end(&peers[i]);
	free(peers);
	crowd_end(&crowd);
	country_end(&country);
	return 0;
}
