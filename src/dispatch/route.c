/* SPDX-License-Identifier: EUPL-1.2 */
#include "dispatch/route.h"

#include <stdio.h>
#include <string.h>

#include "envelope/address.h"
#include "pki/resolve.h"

size_t
station_of(struct directory *d, size_t unit, int64_t t)
{
	while (unit != NONE &&
	       cert_in_force(d, unit, NONE, CERT_STATION, CERT_SIGN, t) == NONE)
		unit = unit_parent(&d->state.units[unit], t);
	return unit;
}

size_t
station_above(struct directory *d, size_t unit, int64_t t)
{
	const size_t parent = unit_parent(&d->state.units[unit], t);

	return parent == NONE ? NONE : station_of(d, parent, t);
}

/* The station of "at" is self's, or below it on the link to *hop. */
static bool
is_below(struct directory *d, size_t self, size_t at, int64_t t, size_t *hop)
{
	size_t above;
	unsigned steps;

	*hop = NONE;
	for (steps = 0; at != NONE && steps <= ADDRESS_DEPTH; steps++) {
		if (at == self)
			return true;
		above = station_above(d, at, t);
		*hop = at;
		at = above;
	}
	return false;
}

static void
go_over(struct directory *d, size_t unit, int64_t t, struct route *out)
{
	if (unit == NONE || !address_of(d, unit, NONE, t, out->hop)) {
		out->way = WAY_NONE;
		return;
	}
	out->way = WAY_LINK;
	out->hop_unit = unit;
}

void
route_find(struct directory *d, size_t self, struct bytes address, int64_t t,
    struct route *out)
{
	struct resolved to;
	size_t hop, above, station;
	struct err e;

	*out = (struct route){ .way = WAY_NONE, .hop_unit = NONE };
	if (address.len > LIMIT_ADDRESS)
		return;
	memcpy(out->address, address.p, address.len);
	above = station_above(d, self, t);
	if (resolve(d, address, t, &to, &e) != RC_OK) {
		go_over(d, above, t, out);
		return;
	}
	(void)snprintf(out->address, sizeof(out->address), "%s", to.address);
	station = station_of(d, to.unit, t);
	out->known = station != NONE && unit_open(&d->state.units[to.unit], t);
	if (!is_below(d, self, station, t, &hop))
		go_over(d, above, t, out);
	else if (hop == NONE)
		out->way = WAY_HERE;
	else
		go_over(d, hop, t, out);
}
