/* SPDX-License-Identifier: EUPL-1.2 */
#include "registry/number.h"

#include "core/time.h"

#define VN_OFFSET (INT64_C(7) * 3600) /* the same all year */

unsigned
number_year(int64_t t)
{
	return (unsigned)time_civil(
	    t > TIME_MAX - VN_OFFSET ? TIME_MAX : t + VN_OFFSET)
	    .year;
}

/* Tell of [from, to], cut where the series was taken up again: what lies right
 * before such a number is explained by it. */
static void
tell(uint64_t from, uint64_t to, const uint64_t *resumed, size_t count,
    void (*each)(void *ctx, const struct number_gap *gap), void *ctx)
{
	struct number_gap gap = { from, to, false };
	size_t i;

	for (i = 0; i < count; i++)
		gap.explained |= resumed[i] == to + 1;
	each(ctx, &gap);
}

enum rc
number_gaps(const struct number_taken *taken, size_t count,
    const uint64_t *resumed, size_t resumed_count,
    void (*each)(void *ctx, const struct number_gap *gap), void *ctx,
    struct err *e)
{
	uint64_t next = 1;
	size_t i;

	for (i = 0; i < count; i++) {
		if (taken[i].number < next)
			return fail(e, RC_INVALID,
			    "docs/registry.md 4.3: number %llu comes twice, or "
			    "after a later one",
			    (unsigned long long)taken[i].number);
		if (taken[i].number > next)
			tell(next, taken[i].number - 1, resumed, resumed_count,
			    each, ctx);
		/* of no document: a gap of one, which its reason explains */
		if (taken[i].left_out)
			each(ctx, &(struct number_gap){ taken[i].number,
				      taken[i].number, taken[i].reason });
		next = taken[i].number + 1;
	}
	return RC_OK;
}
