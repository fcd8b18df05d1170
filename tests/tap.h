/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Tests print TAP.  A name is a sentence that is true.
 */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/err.h"

/* A test: prints "ok" or "not ok"; returns what it was given. */
bool ok(bool is_true, const char *name, ...)
    __attribute__((format(printf, 2, 3)));
/* got and wanted are equal; else both are printed. */
bool is(uint64_t got, uint64_t wanted, const char *name, ...)
    __attribute__((format(printf, 3, 4)));
bool same(struct bytes got, struct bytes wanted, const char *name, ...)
    __attribute__((format(printf, 3, 4)));
/* The outcome is RC_OK; else the error's text is printed. */
bool went(enum rc rc, const struct err *e, const char *name, ...)
    __attribute__((format(printf, 3, 4)));
/* A whole test was not made, and why. */
void skip(const char *why, ...) __attribute__((format(printf, 1, 2)));
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints the plan; what main() returns: 0 if all passed. */
int done(void);

/* The folder of the vectors (ANTIN_VECTORS or ../shared/vectors) with "name"
 * in it, in a static buffer; NULL where the file is not there. */
const char *vector_path(const char *name);
/* The whole of a file, which the caller frees; ends the test if it cannot. */
struct buf slurp(const char *path);

/* The same bytes in every run, for tests that walk at random. */
struct dice {
	uint64_t state;
};
uint32_t dice_below(struct dice *d, uint32_t n);

#endif
