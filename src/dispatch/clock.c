/* SPDX-License-Identifier: EUPL-1.2 */
#include "dispatch/clock.h"

#include "core/time.h"

int64_t
clock_now(struct station_clock *c, int64_t machine, int64_t ms)
{
	int64_t now = machine + c->offset;

	(void)ms;
	if (now > c->floor && now <= TIME_MAX)
		c->floor = now;
	return c->floor;
}

bool
clock_is_own(const struct station_clock *c, int64_t ms)
{
	return c->has_parent &&
	       (!c->network || ms - c->heard > CLOCK_TRUST * INT64_C(1000));
}

void
clock_heard(struct station_clock *c, int64_t said, bool own, int64_t machine,
    int64_t ms)
{
	if (said < TIME_MIN || said > TIME_MAX)
		return;
	c->offset = said - machine;
	c->network = !own;
	c->heard = ms;
}
