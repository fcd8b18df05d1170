/* SPDX-License-Identifier: EUPL-1.2 */
/* Work on all cores. */
#ifndef CORE_WORK_H
#define CORE_WORK_H

#include "core/err.h"

/* Threads a job is given: the cores this process may use, at most
 * LIMIT_THREADS; or what work_threads_set() said (0: the cores again). */
unsigned work_threads(void);
void work_threads_set(unsigned threads);

/*
 * Run job(ctx, i, e) for i from 0 to n - 1, on all cores, in any order.  The
 * first failure ends the work: no new i is begun, and its outcome is returned
 * with its text.
 */
enum rc work_each(size_t n, enum rc (*job)(void *ctx, size_t i, struct err *e),
    void *ctx, struct err *e);

/*
 * A stream through all cores.  Each thread in turn fills a piece by take() (one
 * at a time, in the stream's order), works on it by turn() (all at once), and
 * hands it on by give() (one at a time, in the stream's order again).
 *
 * "piece" is one of work_threads() elements of piece_size zeroed bytes; it is
 * wiped in the end, after drop(), which may be NULL, has freed what it owns.
 * take() says through *end that the stream has ended and the piece is void.
 * The first failure ends the work; pieces under way then are not given on.
 */
struct work_stream {
	size_t piece_size;
	enum rc (*take)(void *ctx, void *piece, bool *end, struct err *e);
	enum rc (*turn)(void *ctx, void *piece, struct err *e);
	enum rc (*give)(void *ctx, void *piece, struct err *e);
	void (*drop)(void *ctx, void *piece);
	void *ctx;
};
enum rc work_stream(const struct work_stream *s, struct err *e);

#endif
