/* SPDX-License-Identifier: EUPL-1.2 */
#include "dispatch/clock.h"

#include "core/time.h"

/* Where the parent has said what time it is, the machine's clock may be set to
 * anything afterwards. */
static int64_t
reckon(const struct station_clock *c, int64_t machine, int64_t ms)
{
	return c->network ? c->said + (ms - c->heard) / 1000 : machine;
}

static bool
is_told(const struct station_clock *c, int64_t ms)
{
	return c->has_parent && c->network &&
	       ms - c->heard <= CLOCK_TRUST * INT64_C(1000);
}

int64_t
clock_now(struct station_clock *c, int64_t machine, int64_t ms)
{
	const int64_t now = reckon(c, machine, ms);

	if (now > c->floor && now <= TIME_MAX)
		c->floor = now;
	return c->floor;
}

bool
clock_is_own(const struct station_clock *c, int64_t machine, int64_t ms)
{
	return (c->has_parent && !is_told(c, ms)) ||
	       reckon(c, machine, ms) < c->floor - CLOCK_SLACK;
}

int64_t
clock_judges(struct station_clock *c, int64_t machine, int64_t ms, bool *own)
{
	const int64_t now = clock_now(c, machine, ms);

	*own = !is_told(c, ms) && clock_is_own(c, machine, ms);
	return is_told(c, ms) ? reckon(c, machine, ms) : now;
}

void
clock_heard(struct station_clock *c, int64_t said, int64_t ms)
{
	if (said < TIME_MIN || said > TIME_MAX)
		return;
	c->said = said;
	c->heard = ms;
	c->network = true;
}
