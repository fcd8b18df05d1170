/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Hours of the line to the parent (docs/link.md 20): when it is dialled, and
 * how much it carries.  By the station's time, at UTC+7.
 */
#include <stdio.h>
#include <stdlib.h>

#include "daemon/hours.h"
#include "daemon/process.h"

#define DAY INT64_C(1440) /* minutes */
#define ZONE (7 * INT64_C(3600))

struct hours {
	int64_t from, to; /* minutes of a day */
	uint64_t rate;	  /* of a cap: bytes a second */
};

static struct hours caps[HOURS_LINES];
static size_t cap_count;
static struct contact own;
static uint8_t own_said[CONTACT_MAX];
static int64_t ahead; /* seconds: of the station's time, of the machine's */

/* As conf.c writes it: "420 510". */
void
hours_contact_is(const char *value)
{
	uint8_t *at = own_said + 4 * own.count;
	uint16_t from, to;
	char *end;

	if (own.count == HOURS_LINES)
		return;
	from = (uint16_t)strtoul(value, &end, 10);
	to = (uint16_t)strtoul(end, NULL, 10);
	own.from[own.count] = from;
	own.to[own.count++] = to;
	at[0] = (uint8_t)(from >> 8);
	at[1] = (uint8_t)from;
	at[2] = (uint8_t)(to >> 8);
	at[3] = (uint8_t)to;
}

/* "420 1020 600" */
void
hours_cap_is(const char *value)
{
	struct hours *h = &caps[cap_count];
	char *end;

	if (cap_count == HOURS_LINES)
		return;
	h->from = strtoll(value, &end, 10);
	h->to = strtoll(end, &end, 10);
	h->rate = strtoull(end, NULL, 10);
	cap_count++;
}

void
hours_clock(int64_t now)
{
	ahead = now - process_now();
}

static bool
holds(int64_t from, int64_t to, int64_t minute)
{
	return from < to ? from <= minute && minute < to
			 : from <= minute || minute < to;
}

static int64_t
minute_now(void)
{
	const int64_t now = process_now() + ahead + ZONE;

	return now / 60 % DAY;
}

bool
hours_contact(void)
{
	return contact_now(&own);
}

uint64_t
hours_cap(void)
{
	const int64_t minute = minute_now();
	uint64_t least = 0;
	size_t i;

	for (i = 0; i < cap_count; i++)
		if (holds(caps[i].from, caps[i].to, minute) &&
		    (least == 0 || caps[i].rate < least))
			least = caps[i].rate;
	return least;
}

/* ---- what a child says of them
 * ---------------------------------------------------------------- */

struct bytes
hours_contact_said(void)
{
	return bytes_of(own_said, 4 * own.count);
}

const struct contact *
hours_contact_own(void)
{
	return &own;
}

static uint16_t
minute_at(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

void
contact_read(struct contact *out, struct bytes said)
{
	struct contact c = { .count = said.len / 4 };
	size_t i;

	*out = (struct contact){ 0 };
	if (said.len > CONTACT_MAX || said.len % 4 != 0)
		return;
	for (i = 0; i < c.count; i++) {
		c.from[i] = minute_at(said.p + 4 * i);
		c.to[i] = minute_at(said.p + 4 * i + 2);
		if (c.from[i] >= DAY || c.to[i] > DAY || c.from[i] == c.to[i])
			return;
	}
	*out = c;
}

bool
contact_now(const struct contact *c)
{
	return contact_lasts(c) >= 0;
}

int64_t
contact_lasts(const struct contact *c)
{
	const int64_t minute = minute_now();
	int64_t most = -1, lasts;
	size_t i;

	for (i = 0; i < c->count; i++) {
		lasts = (minute + DAY - c->from[i]) % DAY;
		if (holds(c->from[i], c->to[i], minute) && lasts > most)
			most = lasts;
	}
	return c->count == 0 ? INT64_MAX : most;
}

void
contact_next(char out[static 6], const struct contact *c)
{
	const int64_t minute = minute_now();
	int64_t least = DAY, in;
	size_t i;

	for (i = 0; i < c->count; i++) {
		in = (c->from[i] + DAY - minute) % DAY;
		if (in < least)
			least = in;
	}
	least = (minute + least) % DAY;
	(void)snprintf(out, 6, "%02u:%02u", (unsigned)least / 60 % 24,
	    (unsigned)least % 60);
}

bool
contact_missed(struct absence *a, const struct contact *c, int64_t down,
    int64_t now, int64_t patience)
{
	if (down == 0) {
		*a = (struct absence){ 0 };
	} else if (!contact_now(c)) {
		a->missed = a->missed || (a->due != 0 && a->out);
		a->due = 0;
		a->out = true;
	} else {
		if (a->due == 0)
			a->due = a->out ? now : down;
		a->missed = a->missed || now - a->due >= patience;
	}
	return a->missed;
}
