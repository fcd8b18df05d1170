/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Hours of the line to the parent (docs/link.md 20.2, 20.3), as configured: for
 * link, which dials, and for store, which raises an alarm where there is no
 * line.
 */
#ifndef DAEMON_HOURS_H
#define DAEMON_HOURS_H

#include "core/bytes.h"

#define HOURS_LINES 16u		       /* of contact, or of caps */
#define CONTACT_MAX (4u * HOURS_LINES) /* bytes that name hours of contact */

/* Hours of contact: minutes of a day.  None: always. */
struct contact {
	uint16_t from[HOURS_LINES], to[HOURS_LINES];
	size_t count;
};

/* How long somebody is away who may call in these hours alone. */
struct absence {
	int64_t due; /* milliseconds: since when he is expected; 0: he is not */
	bool out;    /* he was away out of his hours; till he is back */
	bool missed; /* a whole time of contact; till he is back */
};

/* A line of "contact", or of "cap", as conf.c writes it. */
void hours_contact_is(const char *value);
void hours_cap_is(const char *value);
void hours_clock(int64_t now); /* what the station's time is */
bool hours_contact(void);      /* the line may be up now */
uint64_t hours_cap(void);      /* bytes a second; 0: no bound */

/* ---- docs/link.md 20.7: what a child says of them
 * ---------------------------------------------------------------- */

/* Entries of u16 from | u16 to: our own; it lives as long as the process. */
struct bytes hours_contact_said(void);
const struct contact *hours_contact_own(void);
/* What is not of the form says nothing. */
void contact_read(struct contact *out, struct bytes said);
bool contact_now(const struct contact *c);
/* In its hours: minutes since they began; INT64_MAX: they never end. */
int64_t contact_lasts(const struct contact *c);
/* When the next begin, "HH:MM"; there are some. */
void contact_next(char out[static 6], const struct contact *c);
/*
 * Whether who is away since "down" (milliseconds; 0: he is not) should have
 * been here: for so many milliseconds of his hours, or for all of one time of
 * contact.  Asked again and again.
 */
bool contact_missed(struct absence *a, const struct contact *c, int64_t down,
    int64_t now, int64_t patience);

#endif
