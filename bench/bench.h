/* SPDX-License-Identifier: EUPL-1.2 */
/* Benchmarks print one figure a line: "what: figure unit".  Compare figures of
 * one run only. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/err.h"

static inline double
bench_now(void) /* seconds */
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline int
bench_by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static inline double
bench_median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), bench_by_size);
	return n % 2 != 0 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static inline void
bench_must(enum rc rc, const struct err *e)
{
	if (rc != RC_OK) {
		(void)fprintf(stderr, "bench: %s\n", e->text);
		exit(1);
	}
}

#endif
