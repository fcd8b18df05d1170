/* SPDX-License-Identifier: EUPL-1.2 */
/* What a station costs: the memory of all its processes (their proportional
 * set size), and the time that they worked. */
#ifndef TESTS_STATION_COST_H
#define TESTS_STATION_COST_H

#include "country.h"

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

/* Seconds of work so far. */
static inline double
cpu_of(pid_t pid)
{
	char path[64];
	struct buf stat = { 0 };
	unsigned long user = 0, system = 0;
	const char *at;
	struct err e;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (file_read(&stat, path, 4096, &e) == RC_OK) {
		buf_u8(&stat, 0);
		at = strrchr((const char *)stat.p, ')');
		if (at == NULL ||
		    sscanf(at + 1,
			" %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
			&user, &system) != 2)
			bug("the system counts in another way");
	}
	buf_free(&stat);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static inline double
sum_of_station(const struct seat *s, double (*of)(pid_t pid))
{
	static const char *const names[] = { "keys", "store", "seal", "link",
		"control" };
	double sum = of(s->daemon);
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		sum += of(seat_process(s, names[i]));
	return sum;
}

/* MiB */
static inline double
pss_of_station(const struct seat *s)
{
	return sum_of_station(s, pss_of);
}

static inline double
cpu_of_station(const struct seat *s)
{
	return sum_of_station(s, cpu_of);
}

#endif
