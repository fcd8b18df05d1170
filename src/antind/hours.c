/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Hours of the line to the parent (docs/link.md 20): when it is dialled, and
 * how much it carries.  By the station's time, at UTC+7.
 */
#include <stdlib.h>

#include "antind/hours.h"
#include "daemon/process.h"

#define HOURS 16u
#define ZONE (7 * INT64_C(3600))

struct hours {
	int64_t from, to; /* minutes of a day */
	uint64_t rate;	  /* of a cap: bytes a second */
};

static struct hours contacts[HOURS], caps[HOURS];
static size_t contact_count, cap_count;
static int64_t ahead; /* seconds: of the station's time, of the machine's */

/* As conf.c writes it: "420 510", "420 1020 600". */
static void
add(struct hours *all, size_t *count, const char *value)
{
	struct hours *h = &all[*count];
	char *end;

	if (*count == HOURS)
		return;
	h->from = strtoll(value, &end, 10);
	h->to = strtoll(end, &end, 10);
	h->rate = strtoull(end, NULL, 10);
	(*count)++;
}

void
hours_contact_is(const char *value)
{
	add(contacts, &contact_count, value);
}

void
hours_cap_is(const char *value)
{
	add(caps, &cap_count, value);
}

void
hours_clock(int64_t now)
{
	ahead = now - process_now();
}

static bool
holds(const struct hours *h, int64_t minute)
{
	return h->from < h->to ? h->from <= minute && minute < h->to
			       : h->from <= minute || minute < h->to;
}

static int64_t
minute_now(void)
{
	const int64_t now = process_now() + ahead + ZONE;

	return now / 60 % (24 * 60);
}

bool
hours_contact(void)
{
	const int64_t minute = minute_now();
	size_t i;

	for (i = 0; i < contact_count; i++)
		if (holds(&contacts[i], minute))
			return true;
	return contact_count == 0;
}

uint64_t
hours_cap(void)
{
	const int64_t minute = minute_now();
	uint64_t least = 0;
	size_t i;

	for (i = 0; i < cap_count; i++)
		if (holds(&caps[i], minute) &&
		    (least == 0 || caps[i].rate < least))
			least = caps[i].rate;
	return least;
}
