/* SPDX-License-Identifier: EUPL-1.2 */
/* The periodic report, reckoned from what the station says (docs/registry.md
 * 9.4, 9.5). */
#ifndef PRINT_REPORT_H
#define PRINT_REPORT_H

#include <jansson.h>

#include "core/err.h"

/* Of one way and precedence. */
struct took {
	int64_t *seconds; /* owned */
	size_t done, open, late;
	bool at_once; /* no minute is laid down: none is counted as late */
};

#define REPORT_WAYS 2 /* out, in */
#define REPORT_PRECEDENCES 5
struct report {
	json_t *counts; /* rows of "report"; owned */
	struct took took[REPORT_WAYS][REPORT_PRECEDENCES];
};

void report_free(struct report *r);
/* A row of "report-times". */
void report_add(struct report *r, const json_t *row, int64_t now);
/* All are added. */
void report_done(struct report *r);
/* Half of them took no longer; 0: none is done. */
int64_t took_median(const struct took *t);
int64_t took_longest(const struct took *t);
/* The precedence that a row of "report" counts. */
const char *report_rank(const json_t *row);
/* {"from","until","office","superior","counts":[...],"times":[...]}; the caller
 * json_decref()s. */
json_t *report_json(const struct report *r, int64_t from, int64_t until);

/* The period of this name (day, week, month, quarter, half-year, year) that t
 * is in; false: none is called so. */
bool report_period(int64_t *from, int64_t *until, const char *word, int64_t t);

#endif
