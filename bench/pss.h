/* SPDX-License-Identifier: EUPL-1.2 */
/* The memory of a station: the proportional set size of all its processes. */
#ifndef BENCH_PSS_H
#define BENCH_PSS_H

#include "../tests/station/country.h"

/* MiB */
static inline double
pss_of(pid_t pid)
{
	char path[64], line[128];
	double kib = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "Pss: %lf", &kib) == 1)
			break;
	if (f != NULL)
		(void)fclose(f);
	return kib / 1024;
}

static inline double
pss_of_station(const struct seat *s)
{
	static const char *const names[] = { "keys", "store", "seal", "link",
		"control" };
	double sum = pss_of(s->daemon);
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		sum += pss_of(seat_process(s, names[i]));
	return sum;
}

#endif
