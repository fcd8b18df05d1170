/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Hours of the line to the parent (docs/link.md 20.2, 20.3), as configured: for
 * link, which dials, and for store, which raises an alarm where there is no
 * line.
 */
#ifndef ANTIND_HOURS_H
#define ANTIND_HOURS_H

#include <stdbool.h>
#include <stdint.h>

/* A line of "contact", or of "cap", as conf.c writes it. */
void hours_contact_is(const char *value);
void hours_cap_is(const char *value);
void hours_clock(int64_t now); /* what the station's time is */
bool hours_contact(void);      /* the line may be up now */
uint64_t hours_cap(void);      /* bytes a second; 0: no bound */

#endif
