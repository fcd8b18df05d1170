/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Time, as an argument: seconds since 1970-01-01 UTC, without leap seconds.
 * The layers that decide are handed the time; only programs ask the clock.
 */
#ifndef CORE_TIME_H
#define CORE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"

#define TIME_NEVER INT64_MAX	       /* no such time is set */
#define TIME_MIN 0		       /* 1970-01-01T00:00:00Z */
#define TIME_MAX INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
#define TIME_DAY INT64_C(86400)
#define TIME_TEXT 32 /* bytes a written time needs, with its NUL */

struct civil {
	int year, month, day, hour, minute, second;
};

struct civil time_civil(int64_t t); /* UTC; t in TIME_MIN..TIME_MAX */
/* false where the fields name no time in TIME_MIN..TIME_MAX. */
bool time_of_civil(int64_t *t, const struct civil *c);

/* "2026-11-22T03:45:00Z" */
void time_write(char out[static TIME_TEXT], int64_t t);
/* "22/11/2026 10:45:00": Vietnam's time, UTC+7 whatever the machine's zone. */
void time_write_vn(char out[static TIME_TEXT], int64_t t);
/* ISO 8601: "2026-11-22", "2026-11-22T10:45" with optional ":00", then "Z" or
 * "+07:00"; without a zone it is Vietnam's time. */
bool time_parse(int64_t *t, struct bytes in);

int64_t time_now(void); /* the machine's clock; for programs only */

#endif
